//! Logs that are not CloudTrail's: every log event of every form becomes an event, with its time, group, stream and format.
//!
//! | Form (`spec/FORMATS.md`) | Held against |
//! |---|---|
//! | 2.1 export to S3 | generated; the vector of the specification |
//! | 2.2 `filter-log-events` | generated |
//! | 2.2 `get-log-events` | real: `aws-cli-examples`, `cloud-custodian` |
//! | 2.3 `aws logs tail`, detailed, short, json; live tail | generated after the source of the aws command |
//! | 2.4 `get-query-results` | generated |
//! | 2.5 Insights console, CSV and JSON | generated after what was seen |
//! | 2.6 log events console, CSV | generated; the vector of the specification |
//! | 2.7 subscription payloads | real: `datadog-forwarder`, `awsdocs-cwlogs`; in Lambda's wrapper: `aws-lambda-go`, `aws-powertools`; in Kinesis: `aws-powertools`; in other JSON: `streamalert`; members of gzip one after the other: generated |
//! | 2.8 embedded metrics | real: `aws-powertools`, `awsdocs-cloudwatch`; text before the JSON: generated |
//! | JSON lines without an envelope | real: `aws-powertools` |
//! | 2.10 lines of services, plain text | generated from the examples of the services' documentation |

mod common;

use flate2::{Compression, write::GzEncoder};
use std::collections::BTreeMap;
use std::io::Write;
use trailglass::import::kind::Kind;
use trailglass::problem::ProblemKind;
use trailglass::session::protocol::FileReport;
use trailglass::session::shard::Shard;
use trailglass::store::write::Secrets;
use trailglass::time;
use trailglass::trail::Derived;

/// What is known of an event: format, time, group, stream, severity; and its record.
fn read(path: &str, bytes: &[u8]) -> (FileReport, Vec<(String, String)>) {
    let mut shard = Shard::default();
    let report = shard.read(0, path, bytes);
    let store = shard.store();
    let events = (0..store.rows()).map(|row| {
        let derived = |of: Derived| {
            let mut text = "-".to_owned();
            let dictionary = store.dictionary(store.derived_dictionary(of));
            store.derived().for_each(of, row, |id| text = dictionary.text(id).to_owned());
            text
        };
        let time = store.hot().time(row).map_or_else(|| "-".to_owned(), time::format);
        let around = [
            derived(Derived::Format),
            time,
            derived(Derived::LogGroup),
            derived(Derived::LogStream),
            derived(Derived::Severity),
        ];
        let mut out = Vec::new();
        store.write_record(row, Secrets::Revealed, &mut out);
        (around.join(" "), String::from_utf8(out).unwrap())
    });
    let events = events.collect();
    (report, events)
}

fn gz(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn check(path: &str, bytes: &[u8], kind: Kind, expected: &[(&str, &str)]) -> FileReport {
    let (report, events) = read(path, bytes);
    let events: Vec<(&str, &str)> = events.iter().map(|(around, record)| (around.as_str(), record.as_str())).collect();
    assert_eq!(events, expected, "{path}: {report:#?}");
    assert_eq!((report.kind, report.rejected), (kind, 0), "{path}: {:#?}", report.problems);
    report
}

fn told(report: &FileReport) -> Vec<(ProblemKind, u32)> {
    report.problems.iter().map(|problem| (problem.kind, problem.times)).collect()
}

const TASK: &str = "8c2b0c0e-1c6b-4d0a-9d5c-0f9a5a3c8d11";

#[test]
fn an_export_to_s3() {
    let text = "2023-08-22T13:34:51.724Z END RequestId: b748ef58\n\n2023-08-22T13:34:51.724Z REPORT RequestId: b748ef58\tDuration: 2.73 ms\n  at line2\n2023-08-22T13:34:52.000Z {\"level\":\"warn\",\"n\":1}\n";
    let around = format!("{TASK} 2026-01-18-[$LATEST]abc");
    let report = check(
        &format!("out/{TASK}/2026-01-18-[$LATEST]abc/000000.gz"),
        &gz(text),
        Kind::LogLines,
        &[
            (
                &format!("Lambda 2023-08-22T13:34:51.724Z {around} -"),
                r#"{"@message":"END RequestId: b748ef58\n","@type":"END","@requestId":"b748ef58"}"#,
            ),
            (
                &format!("Lambda 2023-08-22T13:34:51.724Z {around} -"),
                r#"{"@message":"REPORT RequestId: b748ef58\tDuration: 2.73 ms\n  at line2","@type":"REPORT","@requestId":"b748ef58","@duration":2.73}"#,
            ),
            (&format!("JSON 2023-08-22T13:34:52Z {around} warn"), r#"{"level":"warn","n":1}"#),
        ],
    );
    assert_eq!(told(&report), [(ProblemKind::JoinedLines, 1)]);
    check(&format!("{TASK}/aws-logs-write-test"), b"Permission Check Successful", Kind::WriteTest, &[]);
}

#[test]
fn answers_of_the_aws_command() {
    let filter = r#"{"events":[{"logStreamName":"s","timestamp":1692711291724,"message":"[ERROR] x","ingestionTime":1692711291999,"eventId":"36"}],"searchedLogStreams":[],"nextToken":"t"}"#;
    let report = check(
        "f.json",
        filter.as_bytes(),
        Kind::LogEvents,
        &[("text 2023-08-22T13:34:51.724Z - s error", r#"{"@message":"[ERROR] x"}"#)],
    );
    assert_eq!(told(&report), [(ProblemKind::OnePage, 1)]);
    let results = r#"{"queryLanguage":"CWLI","results":[[{"field":"@timestamp","value":"2023-08-22 13:34:51.724"},{"field":"@message","value":"x"},{"field":"ip","value":"1.2.3.4"},{"field":"@log","value":"111122223333:/g"},{"field":"@logStream","value":"s"},{"field":"@ptr","value":"p"}],[{"field":"@timestamp","value":"2023-08-22 13:34:51.724"},{"field":"n","value":"7"},{"field":"@ptr","value":"p"}],[{"field":"count(*)","value":"7"}]],"statistics":{"recordsMatched":2.0},"status":"Cancelled"}"#;
    let report = check(
        "q.json",
        results.as_bytes(),
        Kind::InsightsResults,
        &[
            ("text 2023-08-22T13:34:51.724Z /g s -", r#"{"@message":"x","ip":"1.2.3.4"}"#),
            ("Insights row 2023-08-22T13:34:51.724Z - - -", r#"{"@timestamp":"2023-08-22 13:34:51.724","n":"7"}"#),
        ],
    );
    assert_eq!(told(&report), [(ProblemKind::OnePage, 1), (ProblemKind::NoRecord, 1)]);
    let detailed = "2026-01-18T10:00:00.123000+00:00 web/1 hello\n2026-01-18T10:00:01+00:00 web/1 \n{\n    \"level\": \"info\"\n}\n";
    check(
        "tail.txt",
        detailed.as_bytes(),
        Kind::LogLines,
        &[
            ("text 2026-01-18T10:00:00.123Z - web/1 -", r#"{"@message":"hello"}"#),
            ("JSON 2026-01-18T10:00:01Z - web/1 info", r#"{"level":"info"}"#),
        ],
    );
    check(
        "short.txt",
        b"2026-01-18T10:00:00 a b\n",
        Kind::LogLines,
        &[("text 2026-01-18T10:00:00Z - - -", r#"{"@message":"a b"}"#)],
    );
    // What a live tail prints has no times but those that messages state.
    let live = "{\"level\":\"info\",\"timestamp\":\"2026-01-18T10:00:00Z\"}\nSTART RequestId: 1 Version: 2\n";
    check(
        "live.txt",
        live.as_bytes(),
        Kind::StructuredLog,
        &[
            ("JSON 2026-01-18T10:00:00Z - - info", r#"{"level":"info","timestamp":"2026-01-18T10:00:00Z"}"#),
            ("Lambda - - - -", r#"{"@message":"START RequestId: 1 Version: 2","@type":"START","@requestId":"1"}"#),
        ],
    );
}

#[test]
fn downloads_of_the_console() {
    let report = check(
        "logs-insights-results.json",
        br#"[{"@timestamp":"2025-04-30 18:17:40.146","@message":{"level":"error","a":[1]}},{"@timestamp":"2025-04-30 18:17:41.000","@message":"[1, 2]"}]"#,
        Kind::InsightsResults,
        &[
            ("JSON 2025-04-30T18:17:40.146Z - - error", r#"{"level":"error","a":[1]}"#),
            ("text 2025-04-30T18:17:41Z - - -", r#"{"@message":"[1, 2]"}"#),
        ],
    );
    assert!(report.problems.is_empty(), "{report:#?}");
    let shifted = "@timestamp,@message\n2023-08-22 15:34:51.000,2023-08-22T13:34:51.003Z a\n";
    let (report, _) = read("local.csv", shifted.as_bytes());
    assert_eq!(told(&report), [(ProblemKind::ClockSkew, 1)]);
    assert!(report.problems[0].what.contains("+2:00"), "{report:#?}");
    let viewer =
        "timestamp,message,logStreamName\n1692711291724,\"REPORT RequestId: b748ef58\tDuration: 2.73 ms\t\n\",s\n";
    check(
        "log-events-viewer-result.csv",
        viewer.as_bytes(),
        Kind::LogEvents,
        &[(
            "Lambda 2023-08-22T13:34:51.724Z - s -",
            r#"{"@message":"REPORT RequestId: b748ef58\tDuration: 2.73 ms\t\n","@type":"REPORT","@requestId":"b748ef58","@duration":2.73}"#,
        )],
    );
}

#[test]
fn subscriptions() {
    let payload = |id: u32| {
        format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/g","logStream":"s","subscriptionFilters":["f"],"logEvents":[{{"id":"{id}","timestamp":1692711291724,"message":"a {id}","extractedFields":{{"n":"{id}"}}}}]}}"#
        )
    };
    let control = r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: x"}]}"#;
    let expected = [
        ("text 2023-08-22T13:34:51.724Z /g s -", r#"{"@message":"a 1","n":"1"}"#),
        ("text 2023-08-22T13:34:51.724Z /g s -", r#"{"@message":"a 2","n":"2"}"#),
    ];
    let members = [gz(control), gz(&payload(1)), gz(&payload(2))].concat();
    let report = check("firehose", &members, Kind::Subscription, &expected);
    assert!(report.problems.is_empty(), "{report:#?}");
    check("plain", [payload(1), payload(2)].concat().as_bytes(), Kind::Subscription, &expected);
    // A copy has the identity of what it is a copy of.
    let mut shard = Shard::default();
    shard.read(0, "a", [payload(1), payload(1), payload(2)].concat().as_bytes());
    let ids = shard.store().identities();
    assert!(ids[0] == ids[1] && ids[0] != ids[2], "{ids:?}");
}

#[test]
fn embedded_metrics_and_what_only_looks_like_them() {
    let metric = r#"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"n"}]},"time":100}"#;
    check("m.json", metric.as_bytes(), Kind::EmbeddedMetrics, &[("EMF 2019-11-18T20:42:12.004Z - - -", metric)]);
    let text = format!("2023-08-22T13:34:51.724Z 2023 INFO {metric}\n2023-08-22T13:34:51.724Z {metric}\n");
    let (_, events) = read("export", text.as_bytes());
    assert!(events[0].0.starts_with("text ") && events[1].0.starts_with("EMF 2023-08-22"), "{events:?}");
}

#[test]
fn lines_of_services_and_programs() {
    for (text, around, field) in [
        (
            "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n",
            "VPC flow 2014-12-14T04:06:50Z - - -",
            r#""dstPort":22"#,
        ),
        (
            "1.0 2017-12-13T08:16:02.130Z Z123412341234 example.com A NOERROR UDP FRA6 192.168.1.1 -\n",
            "Route 53 2017-12-13T08:16:02.130Z - - -",
            r#""queryName":"example.com""#,
        ),
        (
            "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326\n",
            "web server 2000-10-10T20:55:36Z - - -",
            r#""status":200"#,
        ),
        (
            "2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 \"GET http://www.example.com:80/ HTTP/1.1\" \"curl/7.38.0\" - -\n",
            "load balancer 2015-05-13T23:39:43.945Z - - -",
            r#""elbStatusCode":200"#,
        ),
        (
            "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes\n2019-12-04\t21:02:31\tLAX1\t392\n",
            "CloudFront 2019-12-04T21:02:31Z - - -",
            r#""sc-bytes":392"#,
        ),
        (
            "2023-08-22 13:34:51,724 ERROR root: x\n",
            "text 2023-08-22T13:34:51.724Z - - error",
            r#""@message":"2023-08-22 13:34:51,724 ERROR root: x""#,
        ),
    ] {
        let (report, events) = read("a.log", text.as_bytes());
        assert_eq!((report.kind, events.len()), (Kind::PlainLog, 1), "{text}: {report:#?}");
        assert_eq!(events[0].0, around, "{text}");
        assert!(events[0].1.contains(field), "{}", events[0].1);
    }
    for prose in ["# Title\n\nText of 2023.\n", "The MIT License\n", "fn main() {}\n", "2 files were changed\n"] {
        let (report, events) = read("README", prose.as_bytes());
        assert!(events.is_empty() && !report.kind.is_log(), "{prose}: {report:#?}");
    }
}

#[test]
fn a_line_of_a_megabyte_and_one_beyond_all_bounds() {
    let long = "x".repeat(1 << 20);
    let text = format!(
        "2023-08-22T13:34:51.724Z {long}\n2023-08-22T13:34:51.724Z {{\"a\":\"{long}\"}}\n2023-08-22T13:34:51.724Z z\n"
    );
    let (report, events) = read("a", text.as_bytes());
    assert_eq!((report.events, report.problems.len()), (3, 0), "{:?}", report.problems);
    assert!(events[0].1.len() > 1 << 20 && events[1].0.starts_with("JSON "));
    let endless = format!("2023-08-22T13:34:51.724Z {}\n2023-08-22T13:34:52.000Z z\n", "x".repeat(9 << 20));
    let (report, events) = read("a", endless.as_bytes());
    assert_eq!(events.len(), 4);
    assert_eq!(told(&report), [(ProblemKind::TooLarge, 1), (ProblemKind::TooLarge, 1)]);
    assert!(events[..3].iter().all(|(around, _)| around.starts_with("text 2023-08-22T13:34:51.724Z")), "in parts");
}

#[test]
fn real_files() {
    let Some(shared) = common::shared() else { return };
    let data = shared.join("data");
    // Kind, events, lines among them, undated ones.
    for (path, kind, events, lines, undated) in [
        ("aws-cli-examples/logs.get-log-events.1.json", Kind::LogEvents, 3, 3, 0),
        ("aws-lambda-go/cloudwatch-logs-event.json", Kind::Subscription, 2, 2, 0),
        ("aws-powertools/events/cloudWatchLogEvent.json", Kind::Subscription, 2, 2, 0),
        ("aws-powertools/events/kinesisStreamCloudWatchLogsEvent.json", Kind::Subscription, 6, 6, 0),
        ("aws-powertools/logger/src/append_keys_output.json", Kind::StructuredLog, 1, 1, 0),
        // One time is of a form that its program made up.
        ("aws-powertools/logger/src/date_formatting_output.json", Kind::StructuredLog, 2, 2, 1),
        ("aws-powertools/metrics/src/log_metrics_output.json", Kind::EmbeddedMetrics, 1, 1, 0),
        ("awsdocs-cloudwatch/Lambda-Insights-example-event.1.json", Kind::EmbeddedMetrics, 1, 1, 0),
        ("awsdocs-cwlogs/SubscriptionFilters.14.json", Kind::Subscription, 3, 3, 0),
        ("cloud-custodian/placebo/test_logs_from_group/logs.GetLogEvents_1.json", Kind::LogEvents, 6, 6, 0),
        ("datadog-forwarder/tests/events/cloudwatch_logs.json", Kind::Subscription, 19, 19, 0),
        (
            "datadog-forwarder/tools/integration_tests/snapshots/cloudwatch_log_coldstart.json",
            Kind::Subscription,
            3,
            3,
            0,
        ),
        (
            "datadog-forwarder/tools/integration_tests/snapshots/cloudwatch_log_cloudtrail.json",
            Kind::CloudTrailInSubscription,
            4,
            0,
            0,
        ),
        ("streamalert/classifier/cloudwatch/cloudwatch_control_message.json", Kind::Wrapped, 0, 0, 0),
        ("streamalert/classifier/cloudwatch/cloudwatch_rds_aurora.json", Kind::LogEvents, 3, 3, 0),
    ] {
        let (report, found) = read(path, &std::fs::read(data.join(path)).unwrap());
        let without =
            found.iter().filter(|(around, _)| around.contains(" - ") && around.split(' ').nth(1) == Some("-")).count();
        assert_eq!(
            (report.kind, report.events, report.lines, without),
            (kind, events, lines, undated),
            "{path}: {found:#?}"
        );
    }
}

/// Lines and trail of about the same bytes, with the nanoseconds that each byte took: `cargo test --release … -- --ignored`.
#[test]
#[ignore = "it measures"]
fn lines_load_about_as_fast_as_trail() {
    let record = |n: usize| {
        format!(
            r#"{{"eventVersion":"1.08","userIdentity":{{"type":"AssumedRole","principalId":"AROAEXAMPLE:s{}","arn":"arn:aws:sts::111122223333:assumed-role/r/s{}","accountId":"111122223333"}},"eventTime":"2023-07-10T11:{:02}:{:02}Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","sourceIPAddress":"10.0.{}.{}","userAgent":"aws-cli/2","requestParameters":{{"bucketName":"b","key":"k/{n}"}},"responseElements":null,"requestID":"{n:016X}","eventID":"6f1a2b3c-0000-4000-8000-{n:012x}","readOnly":true,"eventType":"AwsApiCall","recipientAccountId":"111122223333"}}"#,
            n % 50,
            n % 50,
            n / 60 % 60,
            n % 60,
            n / 250 % 250,
            n % 250
        )
    };
    let trail = format!("{{\"Records\":[{}]}}", (0..100_000).map(record).collect::<Vec<_>>().join(","));
    let id = |n: usize| format!("{n:08x}-9a8a-4b6b-b1c4-0e5c0e4bd8a5");
    let text = |n: usize| match n % 4 {
        0 => format!("START RequestId: {} Version: $LATEST\n", id(n / 4)),
        1 => format!(
            "{{\"level\":\"INFO\",\"location\":\"handler:{}\",\"message\":\"Processing order {n}\",\"timestamp\":\"2023-08-22T13:34:51.724Z\",\"service\":\"orders\",\"function_request_id\":\"{}\",\"cold_start\":false,\"duration\":{n}}}",
            n % 90,
            id(n / 4)
        ),
        2 => format!(
            "10.0.{}.{} - - [22/Aug/2023:13:34:{:02} +0000] \"GET /orders/{} HTTP/1.1\" 200 {} \"https://shop.example.com/\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\"",
            n / 250 % 250,
            n % 250,
            n % 60,
            n % 1_000,
            n % 9_000
        ),
        _ => format!(
            "REPORT RequestId: {}\tDuration: {}.73 ms\tBilled Duration: {} ms\tMemory Size: 1024 MB\tMax Memory Used: 67 MB\t\n",
            id(n / 4),
            n % 900,
            n % 900 + 1
        ),
    };
    let count = trail.len() / 190;
    let export: String = (0..count)
        .map(|n| format!("2023-08-22T13:{:02}:{:02}.{:03}Z {}\n", n / 60_000 % 60, n / 1_000 % 60, n % 1_000, text(n)))
        .collect();
    let filter = format!(
        "{{\"events\":[{}],\"searchedLogStreams\":[]}}",
        (0..count)
            .map(|n| format!(
                r#"{{"logStreamName":"s{}","timestamp":{},"message":{},"ingestionTime":{},"eventId":"37{n:050}"}}"#,
                n % 10,
                1_692_711_291_724 + n,
                serde_json::Value::String(text(n)),
                1_692_711_291_999 + n
            ))
            .collect::<Vec<_>>()
            .join(",")
    );
    let mut per_byte = BTreeMap::new();
    for (name, bytes) in [("trail", &trail), ("export", &export), ("filter", &filter)] {
        for _ in 0..3 {
            let mut shard = Shard::default();
            let began = std::time::Instant::now();
            let report = shard.read(0, name, bytes.as_bytes());
            let ns = began.elapsed().as_nanos() as f64 / bytes.len() as f64;
            println!("{name}: {} events, {} MB, {ns:.2} ns a byte", report.events, bytes.len() >> 20);
            per_byte.entry(name).and_modify(|least: &mut f64| *least = least.min(ns)).or_insert(ns);
        }
    }
    println!("{per_byte:.2?}");
}
