//! Files of metrics: what each form tells, however the file is cut and packed (`spec/FORMATS.md` 3.1 to 3.4, 3.10). The numbers
//! expected are worked out here, by arithmetic of its own.

mod common;

use flate2::{Compression, write::GzEncoder};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::io::Write;
use trailglass::import::Reading;
use trailglass::import::kind::Kind;
use trailglass::import::metrics::{Metric, Sheet, Told, Values};
use trailglass::problem::ProblemKind;
use trailglass::session::protocol::{Ask, FileReport, Reply};
use trailglass::session::shard::Shard;

const START: i64 = 1_767_225_600_000;
const MINUTE: i64 = 60_000;

fn sheet(shard: &mut Shard) -> Sheet {
    match shard.answer(Ask::MetricPoints) {
        Reply::Metrics(sheet) => *sheet,
        other => panic!("{other:?}"),
    }
}

fn whole(path: &str, bytes: &[u8]) -> (FileReport, Sheet) {
    let mut shard = Shard::default();
    let report = shard.read(0, path, bytes);
    (report, sheet(&mut shard))
}

fn in_pieces(path: &str, bytes: &[u8], mut length: impl FnMut() -> usize) -> (FileReport, Sheet) {
    let mut shard = Shard::default();
    let mut stream = shard.begin(0, path, Reading::default());
    let mut rest = bytes;
    loop {
        let take = length().clamp(1, rest.len().max(1));
        if take >= rest.len() {
            break;
        }
        let (piece, after) = rest.split_at(take);
        shard.push(&mut stream, piece, false);
        rest = after;
    }
    shard.push(&mut stream, rest, true);
    (shard.finish(stream), sheet(&mut shard))
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Reads a file whole, cut in two at every place, cut at random and packed, which must make no difference.
fn read(path: &str, text: &str) -> (FileReport, Sheet) {
    let bytes = text.as_bytes();
    let known = whole(path, bytes);
    let same = |(report, sheet): (FileReport, Sheet), how: &str| {
        assert_eq!(sheet.told, known.1.told, "{path} {how}");
        assert_eq!((&sheet.requests, &sheet.listed), (&known.1.requests, &known.1.listed), "{path} {how}");
        assert_eq!((report.kind, report.points, report.rejected), (known.0.kind, known.0.points, known.0.rejected));
        assert_eq!(report.problems, known.0.problems, "{path} {how}");
    };
    for cut in 1..bytes.len().min(5_000) {
        let mut lengths = [cut, usize::MAX].into_iter();
        same(in_pieces(path, bytes, || lengths.next().unwrap()), "cut in two");
    }
    let mut rng = SmallRng::seed_from_u64(11);
    for _ in 0..20 {
        same(in_pieces(path, bytes, || rng.random_range(1..400)), "cut at random");
    }
    let (report, packed) = whole(&format!("{path}.gz"), &gz(bytes));
    assert_eq!((report.points, packed.told), (known.0.points, known.1.told.clone()), "{path} packed");
    assert_eq!((known.0.events, known.0.lines), (0, 0));
    known
}

fn values(told: &Told) -> Vec<(i64, Vec<f64>)> {
    let columns = told.points.values.columns();
    let at = |place: usize| columns.iter().map(|column| column[place]).collect();
    told.points.times.iter().enumerate().map(|(place, time)| (*time, at(place))).collect()
}

fn said(report: &FileReport) -> Vec<ProblemKind> {
    report.problems.iter().map(|problem| problem.kind).collect()
}

#[test]
fn get_metric_data_in_pages() {
    let page = |times: &str, values: &str, token: &str| {
        format!(
            r#"{{"MetricDataResults":[{{"Id":"m1","Label":"CPU","Timestamps":{times},"Values":{values},"StatusCode":"Complete"}}],"Messages":[]{token}}}"#
        )
    };
    let first = page(r#"["2026-01-01T01:01:00+01:00","2026-01-01T00:00:00Z"]"#, "[2.5,1]", "");
    let second = page("[1767225720,1767225780.0]", "[3,-4e2]", "");
    let (report, sheet) = read("answers.json", &format!("{first}\n{second}"));
    assert_eq!((report.kind, report.points, said(&report)), (Kind::MetricData, 4, vec![]));
    let [told] = &sheet.told[..] else { panic!("{sheet:?}") };
    assert_eq!((told.metric.name.as_str(), told.id.as_deref(), told.period), ("CPU", Some("m1"), None));
    assert!(matches!(told.points.values, Values::Of(None, _)));
    let expected = [(1, 2.5), (0, 1.0), (2, 3.0), (3, -400.0)];
    assert_eq!(values(told), expected.map(|(at, value)| (START + at * MINUTE, vec![value])));
    let (report, _) = read("page.json", &page("[]", "[]", r#","NextToken":"x""#));
    assert_eq!(said(&report), [ProblemKind::OnePage]);
    let (_, recorded) = read("recorded.json", &format!(r#"{{"status_code":200,"data":{first}}}"#));
    assert_eq!(recorded.told[0].points.times.len(), 2);
    let parts =
        r#"[{"__class__":"datetime","year":2026,"month":1,"day":1,"hour":0,"minute":2,"second":0,"microsecond":5000}]"#;
    let (_, in_parts) = read("parts.json", &page(parts, "[1]", ""));
    assert_eq!(in_parts.told[0].points.times, [START + 2 * MINUTE + 5]);
}

#[test]
fn get_metric_statistics_by_unit() {
    let (report, sheet) = read(
        "statistics.json",
        r#"{"Label":"Latency","Datapoints":[
        {"Timestamp":"2026-01-01T00:01:00Z","SampleCount":4,"Average":2.5,"Minimum":1,"Maximum":4,"Unit":"Seconds","ExtendedStatistics":{"p99":3.9}},
        {"Timestamp":"2026-01-01T00:00:00Z","SampleCount":2,"Average":0.5,"Minimum":0,"Maximum":1,"Unit":"Seconds","ExtendedStatistics":{"p99":1}},
        {"Timestamp":"2026-01-01T00:00:00Z","Average":7,"Unit":"None"}]}"#,
    );
    assert_eq!((report.kind, said(&report)), (Kind::MetricStatistics, vec![]));
    let of = |unit: &str| {
        let told = sheet.told.iter().filter(|told| told.metric.unit.as_deref() == Some(unit));
        told.map(|told| (matches!(told.points.values, Values::Sets { .. }), values(told))).collect::<Vec<_>>()
    };
    let sets = vec![(START + MINUTE, vec![4.0, 10.0, 1.0, 4.0]), (START, vec![2.0, 1.0, 0.0, 1.0])];
    assert_eq!(of("Seconds"), [(true, sets), (false, vec![(START + MINUTE, vec![3.9]), (START, vec![1.0])])]);
    assert_eq!(of("None"), [(false, vec![(START, vec![7.0])])]);
}

#[test]
fn metrics_that_are_listed_and_asked_for() {
    let (report, sheet) = read(
        "list.json",
        r#"{"Metrics":[{"Namespace":"N","MetricName":"m","Dimensions":[{"Name":"b","Value":"2"},{"Name":"a","Value":"1"}]},{"Namespace":"N","MetricName":"m","Dimensions":[]}]}"#,
    );
    assert_eq!(report.kind, Kind::MetricList);
    let dimensions = vec![("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())];
    let plain = Metric { namespace: Some("N".to_owned()), name: "m".to_owned(), ..Metric::default() };
    assert_eq!(sheet.listed, [Metric { dimensions, ..plain.clone() }, plain.clone()]);
    let queries = r#"[{"Id":"m1","MetricStat":{"Metric":{"Namespace":"N","MetricName":"m"},"Period":300,"Stat":"p99"}},{"Id":"e1","Expression":"m1*2","Label":"twice"}]"#;
    for text in [queries.to_owned(), format!(r#"{{"MetricDataQueries":{queries},"StartTime":"2026-01-01T00:00:00Z"}}"#)]
    {
        let (report, sheet) = read("queries.json", &text);
        assert_eq!(report.kind, Kind::MetricDataQueries);
        let [first, second] = &sheet.requests[..] else { panic!("{sheet:?}") };
        assert_eq!(
            (first.metric.as_ref(), first.period, first.statistic.as_deref()),
            (Some(&plain), Some(300_000), Some("p99"))
        );
        assert_eq!(
            (second.id.as_str(), second.expression.as_deref(), second.label.as_deref()),
            ("e1", Some("m1*2"), Some("twice"))
        );
    }
}

#[test]
fn metric_streams_with_and_without_lines() {
    let record = |at: i64, name: &str| {
        format!(
            r#"{{"metric_stream_name":"s","account_id":"111122223333","region":"eu-west-1","namespace":"N","metric_name":"{name}","dimensions":{{"b":"2","a":"\u0031"}},"timestamp":{},"value":{{"count":{}.0,"sum":6.0,"min":1.0,"max":3.0,"p99":2.5}},"unit":"Count"}}"#,
            START + at,
            at / 1_000 + 1
        )
    };
    for between in ["\n", "", ",\r\n"] {
        let records: Vec<String> = (0..5).map(|at| record(at * MINUTE, "m")).chain([record(1_000, "fine")]).collect();
        let (report, sheet) = read("stream", &records.join(between));
        assert_eq!((report.kind, said(&report)), (Kind::MetricStream, vec![]));
        let of = |name: &str| sheet.told.iter().filter(|told| told.metric.name == name).collect::<Vec<_>>();
        let [sets, extra] = of("m")[..] else { panic!("{sheet:?}") };
        let set = |at: i64| (START + at * MINUTE, vec![(at * 60 + 1) as f64, 6.0, 1.0, 3.0]);
        assert_eq!(values(sets), (0..5).map(set).collect::<Vec<_>>());
        assert_eq!(values(extra), (0..5).map(|at| (START + at * MINUTE, vec![2.5])).collect::<Vec<_>>());
        assert!(matches!(&extra.points.values, Values::Of(Some(name), _) if name == "p99"));
        assert_eq!((sets.period, of("fine")[0].period), (Some(MINUTE), Some(1_000)));
        let dimensions = [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())];
        assert_eq!(sets.metric.dimensions, dimensions);
        assert_eq!(
            (sets.metric.account.as_deref(), sets.metric.unit.as_deref()),
            (Some("111122223333"), Some("Count"))
        );
    }
}

#[test]
fn tables_of_one_and_of_several_columns() {
    let (report, sheet) = read("a/cpu.csv", "timestamp,value\n2026-01-01 00:00:00,1.5\n2026-01-01 00:01:00,2\n");
    assert_eq!((report.kind, said(&report)), (Kind::MetricCsv, vec![]));
    assert!(sheet.told[0].notes.iter().any(|note| note.contains("UTC")), "{:?}", sheet.told[0].notes);
    assert_eq!(sheet.told[0].metric.name, "cpu");
    assert_eq!(values(&sheet.told[0]), [(START, vec![1.5]), (START + MINUTE, vec![2.0])]);
    let (report, sheet) =
        read("b.csv", "Time,\"in, bytes\",out\r\n2026-01-01T00:00:00Z,1,2\r\n2026-01-01T00:01:00Z,,3\r\n");
    assert_eq!((report.kind, report.points, said(&report)), (Kind::MetricCsv, 3, vec![]));
    let told: Vec<_> = sheet.told.iter().map(|told| (told.metric.name.as_str(), values(told))).collect();
    let out = vec![(START, vec![2.0]), (START + MINUTE, vec![3.0])];
    assert_eq!(told, [("in, bytes", vec![(START, vec![1.0])]), ("out", out)]);
    // Other tables stay what they are.
    for text in ["a,b\nx,1\n", "day,who\n2026-01-01,alice\n2026-01-02,bob\n", "id,n\n1,2\n3,4\n"] {
        assert_eq!(whole("c.csv", text.as_bytes()).0.kind, Kind::OtherCsv, "{text}");
    }
}

#[test]
fn a_row_with_an_open_quote_costs_itself_and_two_columns_of_one_name_are_two() {
    for row in ["\"oops\n", "\"\n", "\"2026-01-01T00:02:00Z\n"] {
        let (report, sheet) =
            read("a.csv", &format!("timestamp,value\n2026-01-01T00:00:00Z,1\n{row}2026-01-01T00:03:00Z,4\n"));
        assert_eq!(said(&report), [ProblemKind::BrokenRow], "{row}");
        assert_eq!(values(&sheet.told[0]), [(START, vec![1.0]), (START + 3 * MINUTE, vec![4.0])], "{row}");
    }
    let (_, sheet) = read("b.csv", "time,CPU,CPU\n2026-01-01T00:00:00Z,1,2\n2026-01-01T00:01:00Z,3,4\n");
    let told: Vec<_> = sheet.told.iter().map(|told| (told.metric.name.as_str(), values(told)[0].1[0])).collect();
    assert_eq!(told, [("CPU", 1.0), ("CPU (2)", 2.0)]);
    let result = |id: &str, value: f64| serde_json::json!({"Id": id, "Label": "CPU", "StatusCode": "Complete", "Timestamps": ["2026-01-01T00:00:00Z"], "Values": [value]});
    let answer = serde_json::json!({"MetricDataResults": [result("m1", 1.0), result("m2", 2.0)], "Messages": []});
    let (_, sheet) = read("c.json", &answer.to_string());
    let told: Vec<_> = sheet.told.iter().map(|told| (told.metric.name.as_str(), values(told)[0].1[0])).collect();
    assert_eq!(told, [("CPU (m1)", 1.0), ("CPU (m2)", 2.0)]);
}
