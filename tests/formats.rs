//! Every form in which CloudTrail records travel, as a file of hundreds: all of them come out, whole or in pieces of any
//! size, and a file that was cut keeps what was whole.

use base64::Engine;
use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use trailglass::import::Reading;
use trailglass::import::kind::Kind;
use trailglass::problem::ProblemKind;
use trailglass::session::protocol::FileReport;
use trailglass::session::shard::Shard;
use trailglass::store::write::Secrets;

const RECORDS: usize = 300;

fn record(n: usize) -> String {
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","userName":"a, \"b\"","arn":"arn:aws:iam::111122223333:user/u{n}"}},"eventTime":"2023-07-10T11:{:02}:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","requestParameters":{{"key":"line\nbreak {n}","n":1.10}},"eventID":"id-{n}"}}"#,
        n % 60
    )
}

fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

fn packed(text: &str) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap())
}

fn all(wrap: impl Fn(&str) -> String, between: &str) -> String {
    let all: Vec<String> = (0..RECORDS).map(|n| wrap(&record(n))).collect();
    all.join(between)
}

fn payload(records: &[String]) -> String {
    let events: Vec<String> =
        records.iter().map(|r| format!(r#"{{"id":"1","timestamp":1432826855000,"message":{}}}"#, quoted(r))).collect();
    format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":["f"],"logEvents":[{}]}}"#,
        events.join(",")
    )
}

fn payloads(between: &str) -> String {
    let records: Vec<String> = (0..RECORDS).map(record).collect();
    let payloads: Vec<String> = records.chunks(7).map(payload).collect();
    payloads.join(between)
}

fn csv(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The name of a form, the file, what it is called, and whether its elements can be cut off one by one at its end.
fn files() -> Vec<(&'static str, String, Kind, bool)> {
    let event = |r: &str| {
        format!(r#"{{"version":"0","detail-type":"AWS API Call via CloudTrail","source":"aws.s3","detail":{r}}}"#)
    };
    let lookup = |r: &str| {
        format!(
            r#"{{"EventId":"e","EventName":"x","ReadOnly":"true","EventTime":1424476529.0,"Resources":[{{"ResourceName":"b"}}],"CloudTrailEvent":{}}}"#,
            quoted(r)
        )
    };
    let log = |r: &str| format!(r#"{{"timestamp":1,"message":{},"ingestionTime":2}}"#, quoted(r));
    let sqs = |r: &str| format!(r#"{{"messageId":"1","body":{},"eventSource":"aws:sqs"}}"#, quoted(r));
    let field = |r: &str| {
        format!(
            r#"[{{"field":"@timestamp","value":"t"}},{{"field":"@message","value":{}}},{{"field":"@ptr","value":"p"}}]"#,
            quoted(r)
        )
    };
    vec![
        ("log", format!("{{\"Records\":[{}]}}", all(str::to_owned, ",")), Kind::CloudTrailLog, true),
        ("array", format!("[{}]", all(str::to_owned, ",")), Kind::CloudTrailArray, true),
        ("lines", all(str::to_owned, "\n"), Kind::CloudTrailRecords, true),
        ("no lines", all(str::to_owned, ""), Kind::CloudTrailRecords, true),
        ("strings", format!("[{}]", all(quoted, ",\n")), Kind::CloudTrailStrings, true),
        ("lookup-events", format!("{{\"Events\": [{}]}}", all(lookup, ", ")), Kind::LookupEvents, true),
        ("EventBridge lines", all(event, "\n"), Kind::CloudTrailInEventBridge, true),
        ("EventBridge array", format!("[{}]", all(event, ",")), Kind::CloudTrailInEventBridge, true),
        ("payloads", payloads(""), Kind::CloudTrailInSubscription, true),
        ("payload lines", payloads("\n"), Kind::CloudTrailInSubscription, true),
        (
            "awslogs",
            all(|r| format!(r#"{{"awslogs":{{"data":"{}"}}}}"#, packed(&payload(&[r.to_owned()]))), "\n"),
            Kind::CloudTrailInSubscription,
            true,
        ),
        (
            "Kinesis",
            format!(
                "{{\"Records\":[{}],\"MillisBehindLatest\":0}}",
                all(
                    |r| format!(
                        r#"{{"SequenceNumber":"1","Data":"{}","PartitionKey":"k"}}"#,
                        packed(&payload(&[r.to_owned()]))
                    ),
                    ","
                )
            ),
            Kind::CloudTrailInKinesis,
            true,
        ),
        ("SQS", format!("{{\"Records\":[{}]}}", all(sqs, ",")), Kind::CloudTrailInNotification, true),
        (
            "filter-log-events",
            format!("{{\"events\":[{}],\"searchedLogStreams\":[]}}", all(log, ",")),
            Kind::CloudTrailInLogEvents,
            true,
        ),
        (
            "get-query-results",
            format!("{{\"results\":[{}],\"statistics\":{{}},\"status\":\"Complete\"}}", all(field, ",")),
            Kind::CloudTrailInInsights,
            true,
        ),
        (
            "Insights download",
            format!("[{}]", all(|r| format!(r#"{{"@timestamp":"t","@message":{r}}}"#), ",")),
            Kind::CloudTrailInInsights,
            true,
        ),
        (
            "Insights CSV",
            format!("@timestamp,@message\n{}\n", all(|r| format!("t,{}", csv(r)), "\n")),
            Kind::CloudTrailInInsights,
            true,
        ),
        ("S3 export", all(|r| format!("2023-07-10T11:42:36.000Z {r}\n"), ""), Kind::CloudTrailInLogLines, true),
        (
            "logs tail",
            all(|r| format!("2026-01-18T10:00:00.123000+00:00 s {r}\n"), ""),
            Kind::CloudTrailInLogLines,
            true,
        ),
        (
            "Lake",
            format!(
                "{{\"QueryStatus\":\"FINISHED\",\"QueryResultRows\":[{}]}}",
                all(|r| format!(r#"[{{"eventJson":{}}}]"#, quoted(r)), ",")
            ),
            Kind::LakeResults,
            true,
        ),
        ("Lake CSV", format!("eventname,eventjson\n{}\n", all(|r| format!("x,{}", csv(r)), "\n")), Kind::LakeCsv, true),
        (
            "wrappers",
            format!("[{}]", all(|r| format!(r#"{{"data":{r},"log":"x"}}"#), ",")),
            Kind::CloudTrailInWrapper,
            true,
        ),
    ]
}

fn read(bytes: &[u8], step: usize) -> (FileReport, Vec<String>) {
    let mut shard = Shard::default();
    let mut stream = shard.begin(0, "file", Reading::default());
    let chunks: Vec<&[u8]> = bytes.chunks(step).collect();
    for (at, chunk) in chunks.iter().enumerate() {
        shard.push(&mut stream, chunk, at + 1 == chunks.len());
    }
    let report = shard.finish(stream);
    let records = (0..shard.store().rows()).map(|row| {
        let mut out = Vec::new();
        shard.store().write_record(row, Secrets::Revealed, &mut out);
        String::from_utf8(out).unwrap()
    });
    (report, records.collect())
}

#[test]
fn every_record_comes_out_of_every_form() {
    let expected: Vec<String> = (0..RECORDS).map(record).collect();
    for (name, text, kind, _) in files() {
        assert!(text.len() > 70_000, "{name} is too small to be read in pieces");
        for step in [text.len(), 4_099, 31_337, 65_536] {
            let (report, records) = read(text.as_bytes(), step);
            assert_eq!((report.kind, report.events, report.rejected), (kind, 300, 0), "{name} by {step}: {report:#?}");
            assert!(report.problems.is_empty(), "{name} by {step}: {:#?}", report.problems);
            assert!(records == expected, "{name} by {step}");
        }
    }
}

#[test]
fn a_cut_file_keeps_what_was_whole() {
    let expected: Vec<String> = (0..RECORDS).map(record).collect();
    for (name, text, _, _) in files() {
        for cut in [text.len() / 3, text.len() / 2 + 1, text.len() - 100, text.len() - 40] {
            let cut = (0..=cut).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let (report, records) = read(&text.as_bytes()[..cut], cut);
            let repaired = report.problems.iter().filter(|p| p.kind == ProblemKind::Repaired).count();
            // Where a log event of an export ends nobody says, so that half a record is kept as text when it is too little.
            let whole = records.len() - repaired - report.lines as usize;
            assert!(report.lines < 2, "{name} cut at {cut}");
            assert!(records[..whole] == expected[..whole], "{name} cut at {cut}");
            // As much as could be there is there.
            let share = whole * text.len() / RECORDS;
            let batch = if name.starts_with("payload") || name == "awslogs" { 8 } else { 2 };
            assert!(share + batch * text.len() / RECORDS >= cut, "{name} cut at {cut}: {whole} events");
            let told = report.problems.iter().any(|p| {
                matches!(
                    p.kind,
                    ProblemKind::Truncated | ProblemKind::Repaired | ProblemKind::BrokenRow | ProblemKind::NotJson
                )
            });
            assert!(told || name.contains("lines") || name == "S3 export", "{name} cut at {cut}: {report:#?}");
            for step in [4_099, 31_337] {
                let (pieces, same) = read(&text.as_bytes()[..cut], step);
                assert!(same == records, "{name} cut at {cut} by {step}");
                assert_eq!(
                    (pieces.kind, pieces.rejected),
                    (report.kind, report.rejected),
                    "{name} cut at {cut} by {step}"
                );
                assert_eq!(pieces.problems, report.problems, "{name} cut at {cut} by {step}");
            }
        }
    }
}

#[test]
fn one_broken_element_costs_itself_in_every_form() {
    for (name, text, kind, _) in files() {
        // The record in the middle loses its first colon, whichever way it is written down.
        let middle = text.len() / 2;
        let Some(at) = text[middle..].find("eventSource").map(|at| middle + at) else { continue };
        let broken = format!("{}eventSource{}", &text[..at], text[at + "eventSource".len()..].replacen(':', " ", 1));
        let (report, records) = read(broken.as_bytes(), broken.len());
        // What is broken inside a log event is a line of text; elsewhere it is lost.
        let lines = report.kind.is_log();
        assert!(lines || report.kind == kind, "{name}: {report:#?}");
        assert_eq!(records.len(), RECORDS - usize::from(!lines), "{name}: {report:#?}");
        assert_eq!((report.rejected, report.lines), (u32::from(!lines), u32::from(lines)), "{name}: {report:#?}");
        let told = format!("eventSource{}", &broken[at + "eventSource".len()..][..3]).replace(['\\', '"'], "");
        assert!(!lines || records.iter().any(|record| record.replace(['\\', '"'], "").contains(&told)), "{name}");
        let problem = report.problems.iter().find(|problem| problem.kind == ProblemKind::NotJson).unwrap();
        let (from, len) = (problem.at.unwrap() as usize, problem.len.unwrap() as usize);
        assert!((from..from + len).contains(&at), "{name}: {problem:?} is not at {at}");
        assert!(problem.record.is_some(), "{name}");
        let (pieces, same) = read(broken.as_bytes(), 31_337);
        assert!(same == records && pieces.problems == report.problems, "{name}: {:#?}", pieces.problems);
    }
}

#[test]
fn pages_and_other_messages_are_told_once() {
    let lookup = format!(r#"{{"NextToken":"t","Events":[{{"CloudTrailEvent":{}}}]}}"#, quoted(&record(1)));
    for text in [lookup.clone(), lookup.replace(r#""NextToken":"t","#, "").replace("]}", r#"],"NextToken":"t"}"#)] {
        let (report, _) = read(text.as_bytes(), 10_000);
        assert_eq!(report.events, 1);
        assert_eq!(report.problems.iter().filter(|p| p.kind == ProblemKind::OnePage).count(), 1, "{report:#?}");
    }
    let (report, _) = read(lookup.replace("\"t\"", "null").as_bytes(), 10_000);
    assert!(report.problems.is_empty(), "{report:#?}");

    let mixed = format!(
        r#"{{"events":[{{"timestamp":1,"message":"START"}},{{"timestamp":1,"message":{}}},{{"timestamp":1,"message":"{{}}"}}]}}"#,
        quoted(&record(1))
    );
    let (report, records) = read(mixed.as_bytes(), 10_000);
    assert_eq!((report.kind, report.events, report.lines, report.rejected), (Kind::LogEvents, 3, 2, 0));
    assert_eq!(records, [r#"{"@message":"START"}"#, &record(1), "{}"]);
    // Times so near to 1970 are none that a log has.
    let told: Vec<_> = report.problems.iter().map(|problem| (problem.kind, problem.times)).collect();
    assert_eq!(told, [(ProblemKind::NoTime, 2)]);
}
