//! `ask --series` and `--math`: what they print of the metrics of the sample case, held against what these were made from.

#[path = "../examples/ask/series.rs"]
#[allow(dead_code, reason = "the command line uses the rest")]
mod series;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;
use trailglass::session::native::NativeCase;
use trailglass::time;
use xtask::sample::metrics::{Series, measured};
use xtask::sample::{self, INSTANCE};

/// The files of the sample case that tell of metrics.
fn case() -> &'static NativeCase {
    static CASE: LazyLock<NativeCase> = LazyLock::new(read);
    &CASE
}

fn read() -> NativeCase {
    let dir = tempfile::tempdir().unwrap();
    sample::write(dir.path()).unwrap();
    let of_metrics = |path: &&String| {
        let name = path.rsplit('/').next().unwrap();
        ["MetricStreams-", "get-metric-", "metric-data-queries", "list-metrics"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    let files = sample::files().unwrap();
    let paths: Vec<PathBuf> =
        files.iter().map(|file| &file.path).filter(of_metrics).map(|path| dir.path().join(path)).collect();
    assert_eq!(paths.len(), 7 + 5);
    NativeCase::load(&paths, 2)
}

/// Asks as a command line does: names of series, then options with their values.
fn ask(case: &NativeCase, names: &[&str], period: Option<u32>, options: &[(&str, &str)]) -> Result<Value, String> {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    let mut asked = series::Asked::default();
    (asked.names, asked.period) = (names, period);
    for (option, value) in options {
        assert!(asked.take(option, || Ok((*value).to_owned())).unwrap(), "{option}");
    }
    asked.answer(case, 0.0)
}

/// Points of the only line that has an id, by time.
fn points(answer: &Value, id: &str) -> BTreeMap<i64, f64> {
    let lines: Vec<&Value> = answer["lines"].as_array().unwrap().iter().filter(|line| line["id"] == id).collect();
    assert_eq!(lines.len(), 1, "{answer}");
    let point = |point: &Value| (time::parse(point[0].as_str().unwrap()).unwrap(), point[1].as_f64().unwrap());
    lines[0]["points"].as_array().unwrap().iter().map(point).collect()
}

/// What the stream has of a metric: the minutes of the night.
fn streamed<'a>(all: &'a [&Series], name: &str) -> &'a Series {
    all.iter().find(|series| series.name == name).unwrap()
}

#[test]
fn all_series_are_listed_with_what_is_stored_of_them() {
    let case = case();
    let answer = ask(case, &[], None, &[]).unwrap();
    let series = answer["series"].as_array().unwrap();
    assert_eq!(answer["faults"].as_array().map(Vec::len), Some(0), "{}", answer["faults"]);
    let stored: Vec<(&Value, &Value)> = series
        .iter()
        .flat_map(|series| series["stored"].as_array().unwrap().iter().map(move |stored| (series, stored)))
        .collect();
    // Of the stream: statistic sets of a minute, from several objects.
    let sets: BTreeSet<&str> = stored
        .iter()
        .filter(|(series, stored)| stored["form"] == "sets" && series["account"] == "111122223333")
        .map(|(series, stored)| {
            assert_eq!(stored["period_seconds"], 60, "{stored}");
            let points: u64 =
                stored["origins"].as_array().unwrap().iter().map(|of| of["points"].as_u64().unwrap()).sum();
            assert_eq!(stored["points"].as_u64(), Some(points));
            let files: BTreeSet<&str> =
                stored["origins"].as_array().unwrap().iter().map(|of| of["file"].as_str().unwrap()).collect();
            assert!(files.len() >= 5 && files.iter().all(|file| file.contains("MetricStreams-")));
            series["name"].as_str().unwrap()
        })
        .collect();
    let expected = ["CPUUtilization", "Duration", "Errors", "Invocations", "NetworkOut", "Throttles"];
    assert_eq!(sets, BTreeSet::from(expected));
    // Of get-metric-data: what the request says, five minutes.
    let asked = stored.iter().filter(|(series, stored)| {
        series["namespace"] == "AWS/EC2" && stored["form"] == "statistic" && stored["period_seconds"] == 300
    });
    assert_eq!(asked.count(), 7);
    // What is only listed has no values.
    let listed = series.iter().filter(|series| series["stored"].as_array().unwrap().is_empty());
    assert!(listed.count() > 60);
}

#[test]
fn points_are_printed_by_statistic_and_period() {
    let case = case();
    let measured = measured();
    let all: Vec<&Series> = measured.function.iter().collect();
    for (name, statistic) in
        [("Invocations", "Sum"), ("Duration", "Average"), ("Duration", "Maximum"), ("Errors", "SampleCount")]
    {
        let answer = ask(
            case,
            &[&format!("AWS/Lambda/{name},FunctionName=prod-ledger-stream")],
            Some(900),
            &[("--stat", statistic)],
        );
        let answer = answer.unwrap();
        let found = points(&answer, "m1");
        let mut expected: BTreeMap<i64, (f64, f64, f64)> = BTreeMap::new();
        for set in &streamed(&all, name).minutes {
            let of = expected.entry(set.at.div_euclid(900) * 900_000).or_insert((0.0, 0.0, f64::MIN));
            *of = (of.0 + set.count as f64, of.1 + set.sum as f64 / 1000.0, of.2.max(set.range.1 as f64 / 1000.0));
        }
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{name}");
        for (at, (count, sum, most)) in expected {
            let value = match statistic {
                "Sum" => sum,
                "Average" => sum / count,
                "Maximum" => most,
                _ => count,
            };
            assert!((found[&at] - value).abs() < 1e-6, "{name} {statistic} at {at}: {} and {value}", found[&at]);
        }
        let line = &answer["lines"][0];
        assert_eq!((line["statistic"].as_str(), &line["period_seconds"]), (Some(statistic), &900.into()));
        assert_eq!(line["count"].as_u64(), Some(found.len() as u64));
        assert!(answer["answer_seconds"].is_number());
    }
}

#[test]
fn of_a_name_all_series_are_meant_and_of_dimensions_those_that_have_them() {
    let case = case();
    let every = ask(case, &["AWS/EC2/CPUUtilization"], None, &[]).unwrap();
    let ids: Vec<&str> =
        every["series"].as_array().unwrap().iter().map(|series| series["id"].as_str().unwrap()).collect();
    assert!(ids.len() >= 6 && ids.iter().enumerate().all(|(n, id)| *id == format!("m{}", n + 1)));
    let one = format!("AWS/EC2/CPUUtilization,InstanceId={INSTANCE}");
    let one = ask(case, &[&one, &one], None, &[]).unwrap();
    let of = one["series"].as_array().unwrap();
    assert!(!of.is_empty() && of.len() < ids.len());
    assert!(of.iter().all(|series| series["metric"]["dimensions"]["InstanceId"] == INSTANCE));
}

#[test]
fn an_expression_is_evaluated_over_the_series_named() {
    let case = case();
    let names =
        ["AWS/Lambda/Errors,FunctionName=prod-ledger-stream", "AWS/Lambda/Invocations,FunctionName=prod-ledger-stream"];
    let answer = ask(case, &names, Some(3_600), &[("--stat", "Sum"), ("--math", "100 * m1 / m2")]).unwrap();
    let rate = points(&answer, "e1");
    assert_eq!(answer["lines"].as_array().unwrap().len(), 1, "the series themselves are not printed");
    let of = |name| points(&ask(case, &[name], Some(3_600), &[("--stat", "Sum")]).unwrap(), "m1");
    let (errors, runs) = (of(names[0]), of(names[1]));
    assert_eq!(rate.len(), runs.len());
    assert!(rate.iter().all(|(at, rate)| (errors[at] / runs[at] * 100.0 - rate).abs() < 1e-9));
    assert!(rate.values().any(|rate| *rate > 99.0));
}

#[test]
fn what_is_wrong_stands_over_a_caret() {
    let case = case();
    let name = "AWS/Lambda/Errors,FunctionName=prod-ledger-stream";
    let complaint = |names: &[&str], options: &[(&str, &str)]| ask(case, names, None, options).unwrap_err();
    let text = complaint(&[name], &[("--math", "m1 + nosuch")]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("--math, character 6: "), "{text}");
    assert_eq!(lines[1..], ["m1 + nosuch", "     ^"]);
    let text = complaint(&[name], &[("--stat", "p1000")]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("--stat, character ") && lines[1] == "p1000" && lines[2].trim() == "^", "{text}");
    assert!(complaint(&["AWS/EC2/NoSuchMetric"], &[]).contains("no series is called AWS/EC2/NoSuchMetric"));
    assert!(complaint(&[], &[("--stat", "Sum")]).contains("--stat needs a series"));
    assert!(complaint(&["AWS/EC2/CPUUtilization,InstanceId"], &[]).contains("DIMENSION=VALUE"));
}
