//! Series of a case: the same whatever the number of shards and the order of files, and what a plain reading of the same numbers
//! gives. Files of metrics, embedded metrics, metric filters and counts of events in one case.

use rand::rngs::SmallRng;
use rand::seq::SliceRandom as _;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use trailglass::import::metrics::{Metric, Origin};
use trailglass::session::native::NativeCase;
use trailglass::watch::graph::{Drawing, Line, Of, Sampling, Wanted};

const START: i64 = 1_790_000_040_000;
const MINUTE: i64 = 60_000;

/// A statistic set: samples, sum, least, greatest.
type Set = (f64, f64, f64, f64);

struct Known {
    /// By instance and minute, what the metric stream tells.
    cpu: BTreeMap<(usize, i64), Set>,
    /// Samples of the embedded metric: time, value.
    latency: Vec<(i64, f64)>,
    /// Times of the calls that were denied.
    denied: Vec<i64>,
    /// The averages of five minutes of get-metric-data.
    averages: BTreeMap<i64, f64>,
}

fn save(folder: &Path, name: &str, text: String) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

fn iso(ms: i64) -> String {
    trailglass::time::format(ms)
}

fn write(folder: &Path) -> (Vec<PathBuf>, Known) {
    let mut rng = SmallRng::seed_from_u64(7);
    let mut known = Known { cpu: BTreeMap::new(), latency: Vec::new(), denied: Vec::new(), averages: BTreeMap::new() };
    let mut files = Vec::new();
    // A metric stream in twelve objects, records of a minute scattered over them, some delivered twice.
    let mut records: Vec<String> = Vec::new();
    for instance in 0..3 {
        for at in 0..120 {
            if rng.random_bool(0.1) {
                continue;
            }
            let minute = START + at * MINUTE;
            let samples: Vec<f64> =
                (0..rng.random_range(1..5)).map(|_| f64::from(rng.random_range(0..1_000)) / 8.0).collect();
            let set = (
                samples.len() as f64,
                samples.iter().sum(),
                samples.iter().copied().fold(f64::INFINITY, f64::min),
                samples.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            );
            known.cpu.insert((instance, minute), set);
            let record = json!({
                "metric_stream_name": "all", "account_id": "111122223333", "region": "eu-west-1", "namespace": "AWS/EC2",
                "metric_name": "CPUUtilization", "dimensions": {"InstanceId": format!("i-{instance}")}, "timestamp": minute,
                "value": {"count": set.0, "sum": set.1, "min": set.2, "max": set.3}, "unit": "Percent",
            });
            records.push(record.to_string());
            if rng.random_bool(0.05) {
                records.push(record.to_string());
            }
        }
    }
    records.shuffle(&mut rng);
    for (number, part) in records.chunks(records.len().div_ceil(12)).enumerate() {
        files.push(save(folder, &format!("stream/{number}.ndjson"), part.join("\n")));
    }
    // get-metric-data of two instances, newest first, and the request that says what they are.
    let results: Vec<Value> = (0..2)
        .map(|at| {
            let points: Vec<(i64, f64)> = (0..24).map(|step| (START + step * 5 * MINUTE, f64::from(rng.random_range(0..100)))).collect();
            if at == 0 {
                known.averages.extend(points.iter().copied());
            }
            let times: Vec<String> = points.iter().rev().map(|(time, _)| iso(*time)).collect();
            let values: Vec<f64> = points.iter().rev().map(|(_, value)| *value).collect();
            json!({"Id": format!("q{at}"), "Label": "CPUUtilization", "Timestamps": times, "Values": values, "StatusCode": "Complete"})
        })
        .collect();
    files.push(save(folder, "data/answer.json", json!({"MetricDataResults": results, "Messages": []}).to_string()));
    let query = json!([{"Id": "q0", "MetricStat": {"Metric": {"Namespace": "AWS/EC2", "MetricName": "CPUUtilization",
        "Dimensions": [{"Name": "InstanceId", "Value": "i-far"}]}, "Period": 300, "Stat": "Average"}}]);
    files.push(save(folder, "data/request.json", query.to_string()));
    // Embedded metrics in log events, one file a copy of another.
    let mut lines = Vec::new();
    for at in 0..200 {
        let time = START + rng.random_range(0..120 * MINUTE);
        let values: Vec<f64> =
            (0..rng.random_range(1..4)).map(|_| f64::from(rng.random_range(1..4_000)) / 4.0).collect();
        known.latency.extend(values.iter().map(|value| (time, *value)));
        let message = json!({
            "_aws": {"Timestamp": time, "CloudWatchMetrics": [{"Namespace": "Shop", "Dimensions": [["Service"]],
                "Metrics": [{"Name": "Latency", "Unit": "Milliseconds"}]}]},
            "Service": "checkout", "Latency": values, "request": at,
        });
        lines.push(json!({"eventId": format!("{at:056}"), "logStreamName": "s", "timestamp": time, "message": message.to_string()}));
    }
    let page = json!({"events": lines, "searchedLogStreams": []}).to_string();
    files.push(save(folder, "logs/a.json", page.clone()));
    files.push(save(folder, "logs/b.json", page));
    // Calls, some denied, and the metric filter that counts them.
    for number in 0..4 {
        let records: Vec<Value> = (0..50)
            .map(|at| {
                let time = START + rng.random_range(0..120 * 60) * 1_000;
                let denied = rng.random_bool(0.3);
                if denied {
                    known.denied.push(time);
                }
                let mut record = json!({
                    "eventVersion": "1.08", "eventTime": iso(time), "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances",
                    "awsRegion": "eu-west-1", "eventID": format!("{number:08}-0000-4000-8000-{at:012}"), "eventType": "AwsApiCall",
                    "userIdentity": {"type": "IAMUser", "userName": "a"}, "recipientAccountId": "111122223333",
                });
                if denied {
                    record["errorCode"] = json!("AccessDenied");
                }
                record
            })
            .collect();
        files.push(save(folder, &format!("trail/{number}.json"), json!({"Records": records}).to_string()));
    }
    let filter = json!({"metricFilters": [{"filterName": "denied", "filterPattern": "{ $.errorCode = \"AccessDenied*\" }", "logGroupName": "trail",
        "metricTransformations": [{"metricName": "Denied", "metricNamespace": "Security", "metricValue": "1"}]}]});
    files.push(save(folder, "filters.json", filter.to_string()));
    (files, known)
}

fn metric(namespace: &str, name: &str, dimension: Option<(&str, &str)>) -> Metric {
    Metric {
        namespace: Some(namespace.to_owned()),
        name: name.to_owned(),
        dimensions: dimension.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect(),
        ..Metric::default()
    }
}

fn line(id: &str, of: Of, statistic: &str, minutes: Option<i64>) -> Line {
    Line {
        id: id.to_owned(),
        of,
        label: None,
        statistic: statistic.to_owned(),
        period: minutes.map(|minutes| minutes * MINUTE),
        right: false,
        hidden: false,
    }
}

fn wanted(lines: Vec<Line>) -> Wanted {
    Wanted { lines, range: (START - 60 * MINUTE, START + 180 * MINUTE), before: false, ..Wanted::default() }
}

fn lines() -> Vec<Line> {
    let cpu = || Of::Metric(metric("AWS/EC2", "CPUUtilization", Some(("InstanceId", "i-1"))));
    let latency = || Of::Metric(metric("Shop", "Latency", Some(("Service", "checkout"))));
    vec![
        line("m1", cpu(), "Average", Some(5)),
        line("m2", cpu(), "Maximum", None),
        line("m3", latency(), "p90", Some(10)),
        line("m4", Of::Metric(metric("Security", "Denied", None)), "Sum", Some(60)),
        line("m5", Of::Metric(metric("AWS/EC2", "CPUUtilization", Some(("InstanceId", "i-far")))), "Average", None),
        line("m6", Of::Events("errorCode: AccessDenied".to_owned()), "SampleCount", Some(15)),
        line(
            "m7",
            Of::Filter(Sampling {
                pattern: "{ $.request > 100 }".to_owned(),
                value: "$.request".to_owned(),
                group: None,
                strict: false,
            }),
            "Maximum",
            Some(120),
        ),
        line("e1", Of::Math("m1 - m2".to_owned()), "", Some(5)),
    ]
}

fn points(drawing: &Drawing, line: usize) -> Vec<(i64, f64)> {
    let drawn = drawing.lines[line].as_ref().unwrap_or_else(|fault| panic!("line {line}: {fault:?}"));
    drawn.curves[0].points.points.clone()
}

fn close(found: &[(i64, f64)], expected: &[(i64, f64)]) {
    assert_eq!(found.len(), expected.len(), "{found:?}\n{expected:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.0 == expected.0 && (found.1 - expected.1).abs() < 1e-9, "{found:?} {expected:?}");
    }
}

fn buckets(samples: &[(i64, f64)], minutes: i64) -> BTreeMap<i64, Vec<f64>> {
    let mut buckets: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for &(time, value) in samples {
        buckets.entry(time / (minutes * MINUTE) * (minutes * MINUTE)).or_default().push(value);
    }
    buckets
}

#[test]
fn series_are_what_a_plain_reading_gives_on_any_shards() {
    let folder = tempfile::tempdir().unwrap();
    let (mut files, known) = write(folder.path());
    let mut rng = SmallRng::seed_from_u64(99);
    let mut first: Option<(Vec<String>, Drawing)> = None;
    for shards in [1, 2, 8] {
        files.shuffle(&mut rng);
        let case = NativeCase::load(&files, shards);
        let catalog = &case.held.catalog;
        let titles: Vec<String> = catalog.series.iter().map(trailglass::watch::series::Listed::title).collect();
        assert_eq!(case.held.faults, []);
        let drawing = case.draw(wanted(lines())).unwrap();
        // Files have other numbers in another order; all else is the same.
        match &first {
            None => first = Some((titles, drawing.clone())),
            Some((known, drawn)) => {
                assert_eq!(known, &titles, "{shards} shards");
                assert_eq!(drawn, &drawing, "{shards} shards");
            }
        }
        let cpu =
            catalog.series.iter().find(|listed| listed.title() == "AWS/EC2 CPUUtilization InstanceId=i-1").unwrap();
        let stored = &cpu.stored[0];
        assert_eq!(stored.points as usize, known.cpu.keys().filter(|(instance, _)| *instance == 1).count());
        assert!(stored.origins.iter().all(|(origin, _)| matches!(origin, Origin::File(_))));
        let shop = catalog.series.iter().find(|listed| listed.metric.namespace.as_deref() == Some("Shop")).unwrap();
        assert_eq!(shop.stored[0].points as usize, known.latency.len(), "copies of log events count once");
        assert_eq!(shop.stored[0].origins, [(Origin::Embedded, known.latency.len() as u64)]);
        let unnamed: Vec<&Metric> =
            catalog.series.iter().map(|listed| &listed.metric).filter(|metric| metric.namespace.is_none()).collect();
        assert_eq!(unnamed.len(), 1, "{unnamed:?}");
        assert!(unnamed[0].dimensions[0].1.ends_with("data/answer.json"));
    }
    let (_, drawing) = first.unwrap();
    // Five minutes of sets: sums over counts, not the mean of means.
    let mut sets: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    let of_one = known.cpu.iter().filter(|((instance, _), _)| *instance == 1).map(|((_, minute), set)| (*minute, *set));
    for (minute, set) in of_one.clone() {
        let sum = sets.entry(minute / (5 * MINUTE) * (5 * MINUTE)).or_default();
        *sum = (sum.0 + set.0, sum.1 + set.1);
    }
    let averages: Vec<(i64, f64)> = sets.into_iter().map(|(time, (count, sum))| (time, sum / count)).collect();
    close(&points(&drawing, 0), &averages);
    let maxima: Vec<(i64, f64)> = of_one.map(|(minute, set)| (minute, set.3)).collect();
    close(&points(&drawing, 1), &maxima);
    let nearest_rank = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[((0.9 * values.len() as f64).ceil() as usize).max(1) - 1]
    };
    let latency: Vec<(i64, f64)> =
        buckets(&known.latency, 10).into_iter().map(|(time, values)| (time, nearest_rank(values))).collect();
    close(&points(&drawing, 2), &latency);
    let denied: Vec<(i64, f64)> = known.denied.iter().map(|time| (*time, 1.0)).collect();
    let hourly: Vec<(i64, f64)> =
        buckets(&denied, 60).into_iter().map(|(time, values)| (time, values.len() as f64)).collect();
    close(&points(&drawing, 3), &hourly);
    close(&points(&drawing, 4), &known.averages.iter().map(|(time, value)| (*time, *value)).collect::<Vec<_>>());
    let counted = points(&drawing, 5);
    assert_eq!(counted.iter().map(|(_, count)| count).sum::<f64>() as usize, known.denied.len());
    assert!(counted.windows(2).all(|pair| pair[1].0 - pair[0].0 == 15 * MINUTE), "nothing found is 0 and no gap");
    assert_eq!(points(&drawing, 6).iter().map(|(_, value)| *value).fold(0.0, f64::max), 199.0);
    assert!(points(&drawing, 7).iter().all(|(_, value)| value.is_finite()));
}

#[test]
fn a_line_at_fault_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (files, _) = write(folder.path());
    let case = NativeCase::load(&files, 2);
    let cpu = Of::Metric(metric("AWS/EC2", "CPUUtilization", Some(("InstanceId", "i-1"))));
    let faulty = [
        (Of::Metric(metric("AWS/EC2", "NetworkIn", None)), "Sum", "NetworkIn"),
        (cpu.clone(), "p101", "101"),
        (Of::Events("errorCode: (".to_owned()), "Sum", ""),
        (
            Of::Filter(Sampling { pattern: "{ $.a = ".to_owned(), value: "1".to_owned(), group: None, strict: false }),
            "Sum",
            "",
        ),
        (Of::Math("m1 + nowhere".to_owned()), "", "nowhere"),
        (Of::Math("e6 + 1".to_owned()), "", ""),
        (Of::Math("e5 + 1".to_owned()), "", ""),
        (Of::Math("SUM(m1)".to_owned()), "", ""),
    ];
    let mut lines = vec![line("m1", cpu, "Average", None)];
    lines.extend(faulty.iter().enumerate().map(|(at, (of, statistic, _))| {
        let id = if matches!(of, Of::Math(_)) { format!("e{}", at + 1) } else { format!("m{}", at + 2) };
        line(&id, of.clone(), statistic, None)
    }));
    let drawing = case.draw(wanted(lines)).unwrap();
    assert!(drawing.lines[0].is_ok());
    for (at, (of, _, words)) in faulty.iter().enumerate() {
        let fault = drawing.lines[at + 1].as_ref().expect_err(&format!("{of:?}"));
        assert!(fault.position >= 1 && fault.message.contains(words), "{of:?}: {fault:?}");
    }
}

#[test]
fn filters_of_one_metric_add_up_and_an_expression_takes_the_longest_period() {
    let folder = tempfile::tempdir().unwrap();
    let (mut files, known) = write(folder.path());
    let filter = |name: &str, pattern: &str| {
        json!({"filterName": name, "filterPattern": pattern, "logGroupName": "trail",
            "metricTransformations": [{"metricName": "Denied", "metricNamespace": "Security", "metricValue": "1"}]})
    };
    let again = json!({"metricFilters": [filter("denied", "{ $.errorCode = \"AccessDenied*\" }"), filter("calls", "{ $.eventName = RunInstances }")]});
    files.push(save(folder.path(), "filters-later.json", again.to_string()));
    let cpu = || Of::Metric(metric("AWS/EC2", "CPUUtilization", Some(("InstanceId", "i-1"))));
    let none = Sampling { pattern: "{ $.nowhere = 1 }".to_owned(), value: "1".to_owned(), group: None, strict: false };
    let lines = vec![
        line("hourly", Of::Metric(metric("Security", "Denied", None)), "Sum", Some(60)),
        line("samples", cpu(), "SampleCount", None),
        line("e1", Of::Math("hourly + samples".to_owned()), "", None),
        line("p", cpu(), "p90", None),
        line("e2", Of::Math("p * 2".to_owned()), "", None),
        line("none", Of::Filter(none), "Sum", None),
        line("broken", Of::Events("errorCode: (".to_owned()), "SampleCount", None),
        line("e3", Of::Math("samples + broken".to_owned()), "", None),
        line("e4", Of::Math("samples * 1".to_owned()), "", None),
    ];
    for shards in [1, 3] {
        let case = NativeCase::load(&files, shards);
        let drawing = case.draw(wanted(lines.clone())).unwrap();
        // Each call once, each denied one twice: the copy of a filter counts nothing again.
        let all = 200 + known.denied.len();
        assert_eq!(points(&drawing, 0).iter().map(|(_, value)| value).sum::<f64>() as usize, all);
        // Samples by the minute are taken by the hour, and that is said.
        let mut sums: BTreeMap<i64, f64> = points(&drawing, 0).into_iter().collect();
        for ((instance, minute), set) in &known.cpu {
            if *instance == 1 {
                *sums.entry(minute / (60 * MINUTE) * (60 * MINUTE)).or_default() += set.0;
            }
        }
        close(&points(&drawing, 2), &sums.into_iter().collect::<Vec<_>>());
        let notes = |line: usize| drawing.lines[line].as_ref().unwrap().notes.join(" ");
        assert!(notes(2).contains("samples is taken by 1 h instead of 1 min"), "{}", notes(2));
        // What stands alone keeps its period.
        assert_eq!(drawing.lines[1].as_ref().unwrap().curves[0].period, MINUTE);
        // What is not there of a metric is said of its expressions, too.
        assert!(notes(4).contains("periods have no p90"), "{}", notes(4));
        assert_eq!(points(&drawing, 5), []);
        let fault = |line: usize| drawing.lines[line].as_ref().unwrap_err().message.clone();
        assert!(fault(7).contains("broken has no value"), "{}", fault(7));
        assert!(drawing.lines[8].is_ok());
    }
}
