//! The metrics of the sample case: files as CloudWatch and its command line write them, read here in the plainest way; one
//! story with the events, since instances, times and log lines are the same.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::MultiGzDecoder;
use serde_json::Value;
use trailglass::query::aggregate::{Aggregate, Answer};
use trailglass::query::kql;
use trailglass::query::predicate::{Instant, Select, TimeRange};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::questions;
use trailglass::time;
use xtask::sample::logs::{FUNCTION, ORGANIZATION_TRAIL, PAYMENTS, WEB};
use xtask::sample::metrics::{STREAM, Series, measured};
use xtask::sample::{self, DUMPED, INSTANCE, TERMINATED, logs};

const SHOP: &str = "cloudwatch/111122223333";

/// Files by path, unpacked.
fn files() -> &'static BTreeMap<String, String> {
    static FILES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        let files = sample::files().unwrap().into_iter();
        let files = files.filter(|file| file.path.starts_with("cloudwatch") || file.path.starts_with("firehose"));
        let open = |file: sample::Delivered| {
            let mut text = String::new();
            if file.bytes.starts_with(b"\x1f\x8b") {
                MultiGzDecoder::new(&*file.bytes).read_to_string(&mut text).unwrap();
            } else {
                text = String::from_utf8(file.bytes).unwrap();
            }
            (file.path, text)
        };
        files.map(open).collect()
    });
    &FILES
}

fn printed(name: &str) -> Value {
    let path = format!("{SHOP}/{name}");
    serde_json::from_str(&files()[&path]).unwrap()
}

/// Lines of the metric stream.
fn streamed() -> &'static [Value] {
    static LINES: LazyLock<Vec<Value>> = LazyLock::new(|| {
        let objects = files().iter().filter(|(path, _)| path.contains("MetricStreams-"));
        objects.flat_map(|(_, text)| text.lines()).map(|line| serde_json::from_str(line).unwrap()).collect()
    });
    &LINES
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn number(value: &Value, pointer: &str) -> f64 {
    value.pointer(pointer).and_then(Value::as_f64).unwrap_or_else(|| panic!("no {pointer} in {value}"))
}

/// Seconds since 1970 of `2026-09-15T18:00:00+00:00`.
fn at(stamp: &Value) -> i64 {
    let stamp = stamp.as_str().unwrap().replace("+00:00", "Z");
    time::parse(&stamp).unwrap_or_else(|| panic!("{stamp}")) / 1000
}

/// A metric of the stream: times in seconds with their values.
fn of_stream(name: &str, dimension: &str) -> BTreeMap<i64, Value> {
    let lines = streamed().iter().filter(|line| text(line, "/metric_name") == name);
    let lines = lines.filter(|line| line["dimensions"].to_string().contains(dimension));
    lines.map(|line| (line["timestamp"].as_i64().unwrap() / 1000, line["value"].clone())).collect()
}

/// Ids and results of `get-metric-data`, the oldest point first.
fn results() -> BTreeMap<String, BTreeMap<i64, f64>> {
    let printed = printed("get-metric-data.processors.json.gz");
    let result = |result: &Value| {
        let (times, values) = (result["Timestamps"].as_array().unwrap(), result["Values"].as_array().unwrap());
        assert_eq!((times.len(), &result["StatusCode"]), (values.len(), &"Complete".into()));
        let times: Vec<i64> = times.iter().map(at).collect();
        assert!(times.is_sorted_by(|a, b| a > b), "the newest comes first");
        let values = values.iter().map(|value| value.as_f64().unwrap());
        (text(result, "/Id").to_owned(), times.into_iter().zip(values).collect())
    };
    printed["MetricDataResults"].as_array().unwrap().iter().map(result).collect()
}

#[test]
fn a_stream_has_lines_with_statistic_sets() {
    assert!((1_200..2_000).contains(&streamed().len()), "{}", streamed().len());
    let mut seen = HashSet::new();
    for line in streamed() {
        assert_eq!([text(line, "/metric_stream_name"), text(line, "/account_id")], [STREAM, "111122223333"]);
        assert_eq!(line["dimensions"].as_object().unwrap().len(), 1);
        assert_eq!(line["timestamp"].as_i64().unwrap() % 60_000, 0);
        let [count, sum, min, max] =
            ["count", "sum", "min", "max"].map(|key| number(&line["value"], &format!("/{key}")));
        let average = sum / count;
        assert!(min <= max && average > min - 1e-6 && average < max + 1e-6, "{line}");
        assert_eq!(text(line, "/metric_name") == "Duration", line["value"].get("p99").is_some());
        let units = [("CPUUtilization", "Percent"), ("NetworkOut", "Bytes"), ("Duration", "Milliseconds")];
        let unit = units.iter().find(|(name, _)| *name == text(line, "/metric_name")).map_or("Count", |known| known.1);
        assert_eq!(text(line, "/unit"), unit);
        assert!(seen.insert((line["metric_name"].to_string(), line["timestamp"].to_string())), "a minute twice");
    }
}

#[test]
fn the_ledger_is_busy_from_the_command_on_and_has_no_points_after_its_end() {
    let events: Vec<Value> = sample::events().iter().map(|event| serde_json::from_str(&event.text).unwrap()).collect();
    let of_instance: Vec<&Value> =
        events.iter().filter(|event| event["requestParameters"].to_string().contains(INSTANCE)).collect();
    let one = |name: &str| {
        let found =
            of_instance.iter().filter(|event| text(event, "/eventName") == name && event.get("errorCode").is_none());
        let found: Vec<_> = found.collect();
        assert_eq!(found.len(), 1, "{name}");
        time::parse(text(found[0], "/eventTime")).unwrap() / 1000
    };
    let (sent, ended) = (one("SendCommand"), one("TerminateInstances"));
    assert_eq!((sent, ended), (DUMPED, TERMINATED));

    let minutes = of_stream("CPUUtilization", INSTANCE);
    let busy: Vec<i64> = minutes.iter().filter(|(_, set)| number(set, "/sum") > 90.0).map(|(at, _)| *at).collect();
    // No other minute is: whoever looks at the spike and asks for the instance's calls finds the command.
    assert!((25..32).contains(&busy.len()), "{}", busy.len());
    assert_eq!(busy.len() as i64 * 60, busy[busy.len() - 1] - busy[0] + 60, "one stretch");
    assert!((sent - 60..sent + 60).contains(&busy[0]));
    let last = *minutes.keys().last().unwrap();
    assert!((ended - 120..=ended - 60).contains(&last));
    let rest = minutes.iter().filter(|(at, _)| !busy.contains(at));
    assert!(rest.into_iter().all(|(_, set)| number(set, "/max") < 60.0));

    let results = results();
    let highest = results["ledger"].iter().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
    assert!((sent - 300..sent + 1_800).contains(highest.0) && *highest.1 > 90.0);
    assert_eq!(*results["ledger"].keys().last().unwrap(), last / 300 * 300);
    // What leaves by the network leaves meanwhile.
    let sent_bytes = of_stream("NetworkOut", INSTANCE);
    let much: Vec<i64> = sent_bytes.iter().filter(|(_, set)| number(set, "/sum") > 5e6).map(|(at, _)| *at).collect();
    assert_eq!(much, busy);
}

#[test]
fn a_search_for_the_instance_in_the_minutes_of_the_spike_finds_the_command() {
    let dir = tempfile::tempdir().unwrap();
    sample::write(dir.path()).unwrap();
    let files = sample::files().unwrap().into_iter();
    let trail = files.filter(|file| file.path.contains("/CloudTrail/eu-central-1/2026/09/16/"));
    let case = NativeCase::load(&trail.map(|file| dir.path().join(file.path)).collect::<Vec<_>>(), 2);
    let names = |from: i64, to: i64| {
        // As a click on the value of the dimension searches, in the time that the chart shows.
        let of_instance = kql::parse(&format!("\"{INSTANCE}\"")).unwrap().predicate.resolve_now(0);
        let range = TimeRange { from: Some(Instant::At(from * 1000)), to: Some(Instant::At(to * 1000)) };
        let asked = vec![(range, Aggregate::Top(Select::keys("eventName")))];
        match block_on(questions::aggregates(&case, of_instance, asked)).unwrap().pop() {
            Some(Answer::Top(counts)) => counts.top(20).into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>(),
            _ => panic!("names were asked for"),
        }
    };
    let busy: Vec<i64> = of_stream("CPUUtilization", INSTANCE)
        .into_iter()
        .filter(|(_, set)| number(set, "/sum") > 90.0)
        .map(|(at, _)| at)
        .collect();
    let (first, last) = (busy[0], busy[busy.len() - 1] + 60);
    let during = names(first - 60, last);
    assert!(during.contains("SendCommand") && during.contains("GetCommandInvocation"), "{during:?}");
    assert!(!names(first - 86_400, first - 60).contains("SendCommand"));
    assert!(names(last, last + 900).contains("TerminateInstances"));
}

#[test]
fn five_minutes_are_made_of_the_minutes() {
    let (results, minutes) = (results(), of_stream("CPUUtilization", INSTANCE));
    let mut compared = 0;
    for (start, average) in &results["ledger"] {
        let inside: Vec<f64> = minutes.range(start..&(start + 300)).map(|(_, set)| number(set, "/sum")).collect();
        if !inside.is_empty() {
            assert!((inside.iter().sum::<f64>() / inside.len() as f64 - average).abs() < 1e-9);
            let greatest = inside.iter().copied().fold(0.0, f64::max);
            assert_eq!(results["ledger_max"][start], greatest);
            compared += 1;
        }
    }
    assert!(compared > 100);
    let of_network = printed("get-metric-statistics.ledger-network-out.json");
    let points = of_network["Datapoints"].as_array().unwrap();
    assert!(!points.is_sorted_by_key(|point| at(&point["Timestamp"])), "they are in no order");
    let minutes = of_stream("NetworkOut", INSTANCE);
    for point in points {
        let start = at(&point["Timestamp"]);
        let inside: Vec<f64> = minutes.range(start..start + 300).map(|(_, set)| number(set, "/sum")).collect();
        assert_eq!((inside.len() as f64, inside.iter().sum()), (number(point, "/SampleCount"), number(point, "/Sum")));
    }
    assert_eq!(text(&of_network, "/Label"), "NetworkOut");
}

#[test]
fn requests_say_what_the_results_are_of() {
    let queries = printed("metric-data-queries.processors.json");
    let queries = queries.as_array().unwrap();
    let results = results();
    assert_eq!(queries.len(), results.len());
    let told: String = sample::events().into_iter().map(|event| event.text).collect();
    for query in queries {
        let points = &results[text(query, "/Id")];
        assert!(points.len() > 100 && points.keys().all(|at| at % 300 == 0));
        if let Some(of) = query.get("MetricStat") {
            assert_eq!((&of["Period"], text(of, "/Metric/Namespace")), (&300.into(), "AWS/EC2"));
            let instance = text(of, "/Metric/Dimensions/0/Value");
            assert!(told.contains(instance), "{instance} occurs in no event");
        }
    }
    let mean = queries.iter().find(|query| query.get("Expression").is_some()).unwrap();
    assert_eq!(text(mean, "/Expression"), "(web_05c2 + web_09d1) / 2");
    let (a, b) = (&results["web_05c2"], &results["web_09d1"]);
    assert!(results["web_mean"].iter().all(|(at, mean)| ((a[at] + b[at]) / 2.0 - mean).abs() < 1e-9));
    // Three days without a gap; what comes and goes has gaps.
    assert_eq!(a.len(), 3 * 288);
    let gaps =
        |points: &BTreeMap<i64, f64>| points.keys().zip(points.keys().skip(1)).filter(|(a, b)| *b - *a > 300).count();
    assert_eq!(gaps(a), 0);
    assert!(results.values().any(|points| gaps(points) > 0));
}

#[test]
fn the_function_says_what_its_lines_say() {
    let groups = logs::groups();
    let lines = &groups.iter().find(|group| group.name == FUNCTION).unwrap().lines;
    let with = |part: &str| lines.iter().filter(|line| line.message.contains(part)).count() as f64;
    let sum = |name: &str| of_stream(name, "prod-ledger-stream").values().map(|set| number(set, "/sum")).sum::<f64>();
    assert_eq!(sum("Invocations"), with("REPORT RequestId: "));
    assert_eq!(sum("Errors"), logs::tally().errors as f64 + logs::tally().timeouts as f64);
    let took = |line: &logs::Line| {
        let rest = line.message.strip_prefix("REPORT ")?.split("\tDuration: ").nth(1)?;
        rest.split(' ').next()?.parse::<f64>().ok()
    };
    let took: f64 = lines.iter().filter_map(took).sum();
    assert!((sum("Duration") - took).abs() < 0.01, "{took}");
    for name in ["Errors", "Throttles"] {
        let before = of_stream(name, "prod-ledger-stream").into_iter().filter(|(at, _)| *at < TERMINATED - 60);
        assert!(before.into_iter().all(|(_, set)| number(&set, "/sum") == 0.0));
    }
    assert!(sum("Throttles") > 10.0);
    let durations = printed("get-metric-statistics.ledger-stream-duration.json");
    let points = durations["Datapoints"].as_array().unwrap();
    assert!(points.iter().all(|point| number(point, "/ExtendedStatistics/p99") <= number(point, "/Maximum")));
    assert_eq!(points.iter().map(|point| number(point, "/SampleCount")).sum::<f64>(), sum("Invocations"));
}

#[test]
fn the_payments_worker_logs_metrics_and_nothing_else() {
    let groups = logs::groups();
    let lines = &groups.iter().find(|group| group.name == PAYMENTS).unwrap().lines;
    assert!((600..1_200).contains(&lines.len()), "{}", lines.len());
    let (mut lists, mut slow) = (0, (0.0_f64, f64::MAX));
    for line in lines {
        let emf: Value = serde_json::from_str(&line.message).unwrap();
        assert_eq!(emf["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap().len(), 3);
        let at = emf["_aws"]["Timestamp"].as_i64().unwrap();
        assert!(at < line.at && line.at - at < 62_000);
        let times: Vec<f64> = match &emf["PaymentTime"] {
            Value::Array(times) => times.iter().map(|time| time.as_f64().unwrap()).collect(),
            time => vec![time.as_f64().unwrap()],
        };
        lists += usize::from(times.len() > 1);
        assert_eq!(emf["Payments"].as_i64().unwrap(), times.len() as i64);
        let mean = times.iter().sum::<f64>() / times.len() as f64;
        match at / 1000 {
            at if at < DUMPED - 60 => slow.0 = slow.0.max(mean),
            at if at > DUMPED && at < DUMPED + 1_600 => slow.1 = slow.1.min(mean),
            _ => {}
        }
        assert_eq!(emf["Declined"].as_i64().unwrap() > 0, at > TERMINATED * 1000, "{emf}");
    }
    assert!(lists > 100);
    // While the ledger is packed, those who pay wait.
    assert!(slow.1 > 800.0 && slow.0 < 1_500.0, "{slow:?}");
}

#[test]
fn its_lines_are_series_by_every_set_of_dimensions() {
    let dir = tempfile::tempdir().unwrap();
    sample::write(dir.path()).unwrap();
    let files = files().keys().filter(|path| path.contains("prod-payments-worker/"));
    let case = NativeCase::load(&files.map(|path| dir.path().join(path)).collect::<Vec<_>>(), 2);
    let groups = logs::groups();
    let lines = &groups.iter().find(|group| group.name == PAYMENTS).unwrap().lines;
    let mut expected: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for line in lines {
        let emf: Value = serde_json::from_str(&line.message).unwrap();
        let provider = format!("Provider={},", text(&emf, "/Provider"));
        for of in [provider, String::new()] {
            let of = of + "Service=payments-worker,";
            *expected.entry(("PaymentTime", of.clone())).or_default() += emf["Payments"].as_u64().unwrap();
            *expected.entry(("Payments", of.clone())).or_default() += 1;
            *expected.entry(("Declined", of)).or_default() += 1;
        }
    }
    let series = case.held.catalog.series.iter().map(|series| {
        assert_eq!(series.metric.namespace.as_deref(), Some("Harborline/Checkout"));
        let of = series.metric.dimensions.iter().map(|(name, value)| format!("{name}={value},")).collect::<String>();
        ((series.metric.name.as_str(), of), series.stored[0].points)
    });
    assert_eq!(series.collect::<BTreeMap<_, _>>(), expected);
    assert_eq!(expected.len(), 9);
}

#[test]
fn more_metrics_are_listed_than_there_are_values_of() {
    let listed = printed("list-metrics.json");
    let key = |metric: &Value| format!("{}{}{}", metric["Namespace"], metric["MetricName"], metric["Dimensions"]);
    let listed: BTreeSet<String> = listed["Metrics"].as_array().unwrap().iter().map(key).collect();
    let measured = measured();
    let of: Vec<&Series> = measured.processors.iter().chain([&measured.sent]).chain(&measured.function).collect();
    assert!(listed.len() > of.len() * 4);
    for series in of {
        let (name, value) = &series.dimension;
        let metric = serde_json::json!({
            "Namespace": series.namespace, "MetricName": series.name, "Dimensions": [{ "Name": name, "Value": value }],
        });
        assert!(listed.contains(&key(&metric)), "{metric}");
    }
}

#[test]
fn tables_have_a_time_in_their_first_column() {
    for (path, columns, rows) in [(sample::metrics::REQUESTS, 4, 56), (sample::metrics::WAITING, 2, 168)] {
        let mut lines = files()[path].lines();
        let header = lines.next().unwrap();
        assert!(header.starts_with("timestamp,"));
        let rows_read: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
        assert_eq!(rows_read.len(), rows);
        for row in rows_read {
            assert!(row.len() == columns && time::parse(row[0]).is_some(), "{row:?}");
        }
    }
    let requests: usize = files()[sample::metrics::REQUESTS]
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).unwrap().parse::<usize>().unwrap())
        .sum();
    let groups = logs::groups();
    assert_eq!(requests, groups.iter().find(|group| group.name == WEB).unwrap().lines.len());
}

#[test]
fn a_metric_filter_of_the_trail_has_a_burst_when_the_key_is_tried() {
    let filters: Value =
        serde_json::from_str(&files()["cloudwatch/777788889999/describe-metric-filters.json"]).unwrap();
    let filters = filters["metricFilters"].as_array().unwrap();
    let denied = filters.iter().find(|filter| text(filter, "/filterName") == "cis-4.1-unauthorized-api-calls").unwrap();
    assert_eq!(text(denied, "/logGroupName"), ORGANIZATION_TRAIL);
    let mut hours: BTreeMap<i64, usize> = BTreeMap::new();
    for event in sample::events() {
        let refused = ["\"AccessDenied", "UnauthorizedOperation\""].iter().any(|code| event.text.contains(code));
        *hours.entry(event.at / 3600).or_default() += usize::from(refused);
    }
    let (hour, most) = hours.iter().max_by_key(|(_, count)| **count).unwrap();
    assert_eq!((*hour, *most > 100), (time::parse("2026-09-16T01:00:00Z").unwrap() / 3_600_000, true));
    assert!(hours.values().filter(|count| **count > 0).count() > 5);
}
