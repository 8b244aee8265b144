//! Log lines and CloudTrail records in one case against a naive reading of what was written: searches, counts by value, orders
//! and exports, for 1, 2 and 8 shards and the files in any order.

mod common;

use rand::rngs::SmallRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use trailglass::query::aggregate::{Aggregate, Answer};
use trailglass::query::kql::{self, clauses::field_select};
use trailglass::query::naive::{self, NaiveEvent};
use trailglass::query::order::Order;
use trailglass::query::predicate::{Predicate, Select, TimeRange};
use trailglass::session::export::{self, Form, walk::Walk};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::questions;
use trailglass::store::secret;
use trailglass::time;

/// An event as it was written, and what can be said of it.
struct Known {
    record: Value,
    message: String,
    time: i64,
    derived: BTreeMap<&'static str, String>,
    path: String,
}

/// Record, message, time and derived values.
type Said = (Value, String, i64, BTreeMap<&'static str, String>);

impl Known {
    fn of((record, message, time, derived): Said, path: &str) -> Self {
        Self { record, message, time, derived, path: path.to_owned() }
    }

    fn holds(&self, predicate: &Predicate) -> bool {
        let derived = json!(self.derived);
        let event = NaiveEvent {
            record: &self.record,
            time_ms: Some(self.time),
            file: &self.path,
            message: Some(&self.message),
            derived: &derived,
        };
        naive::holds(predicate, &event, &|keys| keys.iter().any(|key| secret::is_secret_key(key)))
    }

    /// The one text of a field, where it has one.
    fn text(&self, field: &str) -> Option<String> {
        if field == "@message" {
            return Some(self.message.clone());
        }
        if let Some(text) = self.derived.get(field) {
            return Some(text.clone());
        }
        if field.starts_with('@') && self.record.get(field).is_none() {
            return None;
        }
        let mut at = &self.record;
        for key in field.split('.') {
            at = at.get(key)?;
        }
        match at {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }
}

const GROUP: &str = "/aws/lambda/orders";
const START: i64 = 1_760_000_000_000;

/// What a line says: its message, the record that comes of it, its form and its severity.
fn line(rng: &mut SmallRng) -> (String, Value, &'static str, Option<&'static str>) {
    let id = format!("{:08x}-0000-4000-8000-{:012x}", rng.random_range(0..6u32), rng.random_range(0..3u32));
    let words = ["disk full", "straße", "timeout", "ERROR handled", "user=alice"];
    let word = words.choose(rng).expect("some");
    match rng.random_range(0..6) {
        0 => {
            let level = ["INFO", "ERROR", "warning", "debug"].choose(rng).expect("some");
            let severity = match *level {
                "INFO" => "info",
                "ERROR" => "error",
                "warning" => "warn",
                _ => "debug",
            };
            let latency: u32 = rng.random_range(1..900);
            let text = format!(
                r#"{{"level":"{level}","msg":"{word}","requestId":"{id}","latency":{latency},"ok":{},"user":{{"name":"bob","ids":[1,2]}}}}"#,
                latency < 500
            );
            (text.clone(), serde_json::from_str(&text).expect("JSON"), "JSON", Some(severity))
        }
        1 => {
            let text = format!(r#"{{"errorCode":"AccessDenied","eventName":"NotACall","note":"{word}","n":null}}"#);
            (text.clone(), serde_json::from_str(&text).expect("JSON"), "JSON", None)
        }
        2 => {
            let text = format!("START RequestId: {id} Version: $LATEST");
            let record = json!({"@message": text, "@type": "START", "@requestId": id});
            (text, record, "Lambda", None)
        }
        3 => {
            let text = format!("[ERROR] {word} while serving {id}");
            (text.clone(), json!({ "@message": text }), "text", Some("error"))
        }
        4 => {
            let text = format!("{word}; nothing to do, \"quoted\" = <b>x</b>");
            let severity = word.starts_with("ERROR").then_some("error");
            (text.clone(), json!({ "@message": text }), "text", severity)
        }
        _ => {
            let text = format!("=cmd|' /C calc'!A{}", rng.random_range(0..4));
            (text.clone(), json!({ "@message": text }), "text", None)
        }
    }
}

/// Writes one case: filter-log-events, an export to S3, subscription payloads, and a file of the trail.
fn write(folder: &Path, rng: &mut SmallRng) -> (Vec<PathBuf>, Vec<Known>) {
    let (mut files, mut known) = (Vec::new(), Vec::new());
    let mut save = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("written");
        files.push(path.clone());
        path.to_string_lossy().into_owned()
    };
    let derived = |format: &str, severity: Option<&str>, more: &[(&'static str, &str)]| {
        let mut all = BTreeMap::from([("@format", format.to_owned())]);
        all.extend(severity.map(|severity| ("@severity", severity.to_owned())));
        all.extend(more.iter().map(|&(name, value)| (name, value.to_owned())));
        all
    };
    for number in 0..3 {
        let mut events = Vec::new();
        let mut lines = Vec::new();
        for at in 0..120 {
            let (message, record, format, severity) = line(rng);
            let time = START + rng.random_range(0..3_600_000);
            let stream = format!("2025/10/09/[$LATEST]{}", at % 3);
            events.push(json!({"logStreamName": stream, "timestamp": time, "message": message,
                "ingestionTime": time + 1_500, "eventId": format!("{number}{at:05}")}));
            let around =
                derived(format, severity, &[("@logStream", &stream), ("@ingestionTime", &time::format(time + 1_500))]);
            lines.push((record, message, time, around));
        }
        let text = json!({"events": events, "searchedLogStreams": []}).to_string();
        let path = save(&format!("lines-{number}.json"), text);
        known.extend(lines.into_iter().map(|said| Known::of(said, &path)));
    }
    let mut text = String::new();
    let mut lines = Vec::new();
    let task = "0d1c2b3a-0000-4000-8000-00000000000a";
    for _ in 0..150 {
        let (message, record, format, severity) = line(rng);
        let time = START + rng.random_range(0..3_600_000);
        let stamp = time::format(time);
        let stamp = if stamp.len() == 20 { format!("{}.000Z", &stamp[..19]) } else { stamp };
        text += &format!("{stamp} {message}\n");
        lines.push((record, message, time, derived(format, severity, &[("@logStream", "web-1"), ("@logGroup", task)])));
    }
    let path = save(&format!("exportedlogs/{task}/web-1/000000"), text);
    known.extend(lines.into_iter().map(|said| Known::of(said, &path)));
    let mut payloads = String::new();
    let mut lines = Vec::new();
    for part in 0..4 {
        let mut events = Vec::new();
        for at in 0..40 {
            let (message, record, format, severity) = line(rng);
            let time = START + rng.random_range(0..3_600_000);
            events.push(json!({"id": format!("9{part}{at:04}"), "timestamp": time, "message": message}));
            let more = [("@logGroup", GROUP), ("@logStream", "s"), ("@owner", "111122223333")];
            lines.push((record, message, time, derived(format, severity, &more)));
        }
        payloads +=
            &json!({"messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": GROUP, "logStream": "s",
            "subscriptionFilters": ["f"], "logEvents": events})
            .to_string();
    }
    let path = save("payloads", payloads);
    known.extend(lines.into_iter().map(|said| Known::of(said, &path)));
    let mut records = Vec::new();
    let mut calls = Vec::new();
    for at in 0..200 {
        let code = [None, Some("AccessDenied"), Some("AccessDeniedException"), Some("ThrottlingException")]
            .choose(rng)
            .copied()
            .flatten();
        let seconds = START / 1_000 + rng.random_range(0..3_600);
        let stamp = time::format(seconds * 1_000);
        let error = code.map_or(String::new(), |code| format!(r#","errorCode":"{code}""#));
        let text = format!(
            r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","userName":"alice","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333"}},"eventTime":"{stamp}","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.7","requestID":"{:08x}-0000-4000-8000-{:012x}","eventID":"00000000-0000-4000-8000-{at:012x}","readOnly":true,"recipientAccountId":"111122223333"{error}}}"#,
            rng.random_range(0..6u32),
            rng.random_range(0..3u32),
        );
        let result = match code {
            None => "success",
            Some("ThrottlingException") => "error",
            Some(_) => "denied",
        };
        let more = [("@result", result), ("@service", "s3"), ("@access", "read"), ("@category", "data")];
        calls.push((
            serde_json::from_str(&text).expect("JSON"),
            text.clone(),
            seconds * 1_000,
            derived("CloudTrail", None, &more),
        ));
        records.push(text);
    }
    let path = save("trail.json", format!("{{\"Records\":[{}]}}", records.join(",")));
    known.extend(calls.into_iter().map(|said| Known::of(said, &path)));
    (files, known)
}

/// Questions that mean the same to both sides; `result`, `service` and the like stand for calls only.
const QUERIES: [&str; 34] = [
    "",
    "alice",
    "\"disk full\"",
    "stra*",
    "@message: *ERROR*",
    "@message: \"ERROR handled\"",
    "@message: *errorCode*",
    "@message: *disk?full*",
    "@message: START*",
    "severity: error",
    "severity: (error or warn)",
    "not severity: *",
    "format: JSON",
    "format: CloudTrail and result: denied",
    "not format: CloudTrail",
    "logGroup: *",
    "logGroup: \"/aws/lambda/orders\"",
    "logStream: web-1 and error",
    "logStream: *LATEST*",
    "errorCode: AccessDenied*",
    "errorCode: AccessDenied* and format: JSON",
    "result: denied or severity: error",
    "latency > 400",
    "latency >= 100 and ok: true",
    "user.name: bob",
    "user.ids: 2",
    "requestId: 00000001*",
    "@requestId: 00000002*",
    "00000003-0000-4000-8000-000000000001",
    "@type: START",
    "eventName: (GetObject or NotACall)",
    "@owner: 111122223333 and not @message: *timeout*",
    "n: *",
    "@ingestionTime: * and time >= \"2025-10-09T09:00:00Z\"",
];

const FIELDS: [&str; 12] = [
    "@format",
    "@severity",
    "@logGroup",
    "@logStream",
    "@owner",
    "errorCode",
    "eventName",
    "level",
    "latency",
    "user.name",
    "@requestId",
    "requestId",
];

fn random_query(rng: &mut SmallRng) -> String {
    let clause = |rng: &mut SmallRng| {
        let query = loop {
            let query = *QUERIES.choose(rng).expect("some");
            if !query.is_empty() {
                break query;
            }
        };
        if rng.random_bool(0.3) { format!("not ({query})") } else { format!("({query})") }
    };
    let mut all = clause(rng);
    for _ in 0..rng.random_range(0..3) {
        let joint = if rng.random_bool(0.5) { "and" } else { "or" };
        all = format!("{all} {joint} {}", clause(rng));
    }
    all
}

async fn export_of(case: &NativeCase, predicate: Predicate, form: Form) -> Vec<String> {
    let order = Order::default();
    let list = questions::list(case, predicate, TimeRange::default(), order).await.expect("answered");
    let range = 0..list.len();
    let mut walk = Walk::begin(case, list, range, form).await.expect("answered");
    let mut all = Vec::new();
    loop {
        let piece = walk.next(case).await.expect("answered");
        if piece.is_empty() {
            return all;
        }
        all.extend(piece);
    }
}

#[test]
fn mixed_cases_agree_with_the_naive_reading() {
    let mut rng = SmallRng::seed_from_u64(0x1065);
    let folder = tempfile::tempdir().expect("a folder");
    let (mut files, known) = write(folder.path(), &mut rng);
    for shards in [1, 2, 8] {
        files.shuffle(&mut rng);
        let case = NativeCase::load(&files, shards);
        assert_eq!(case.reports.iter().map(|report| report.rejected).sum::<u32>(), 0);
        let mut queries: Vec<String> = QUERIES.map(str::to_owned).into();
        queries.extend((0..60).map(|_| random_query(&mut rng)));
        for query in &queries {
            let predicate = kql::parse(query).unwrap_or_else(|error| panic!("{query}: {error}")).predicate;
            let expected: Vec<&Known> = known.iter().filter(|event| event.holds(&predicate)).collect();
            // Each event by what it says: several may say the same.
            let form = Form::Table {
                tabs: false,
                columns: export::columns(["@message", "@logStream"].map(|name| field_select(name).expect("a field"))),
            };
            let mut found: Vec<String> = block_on(export_of(&case, predicate.clone(), form));
            let mut wanted: Vec<String> = expected.iter().map(|event| row(event)).collect();
            found.sort();
            wanted.sort();
            assert_eq!(found.len(), wanted.len(), "{shards} shards: {query}");
            for (found, wanted) in found.iter().zip(&wanted) {
                assert_eq!(found, wanted, "{shards} shards: {query}");
            }
            for field in FIELDS {
                let select = field_select(field).expect("a field");
                let mut counts: BTreeMap<String, u64> = BTreeMap::new();
                let mut none = 0;
                for event in &expected {
                    match event.text(field) {
                        Some(text) => *counts.entry(text).or_default() += 1,
                        None => none += 1,
                    }
                }
                let asked = vec![(TimeRange::default(), Aggregate::Top(select))];
                let answer = block_on(questions::aggregates(&case, predicate.clone(), asked)).expect("answered");
                let [Answer::Top(top)] = &answer[..] else { panic!("another answer") };
                assert_eq!(top.values.iter().cloned().collect::<BTreeMap<_, _>>(), counts, "{query}: {field}");
                assert_eq!(top.none, none, "{query}: {field}");
            }
        }
    }
}

/// A row of the table as it should be written.
fn row(event: &Known) -> String {
    let record = |key: &str| event.record.get(key).and_then(Value::as_str).map(str::to_owned);
    let cells = [
        Some(time::format(event.time)),
        record("eventID"),
        record("eventSource"),
        record("eventName"),
        record("awsRegion"),
        Some(event.message.clone()),
        event.derived.get("@logStream").cloned(),
    ];
    let cells = cells.map(|cell| {
        let text = cell.unwrap_or_default();
        // What a spreadsheet would take for a formula begins with an apostrophe.
        let guarded = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text };
        if guarded.contains([',', '"', '\n']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
    });
    cells.join(",") + "\r\n"
}

#[test]
fn exported_lines_are_read_again_as_the_same() {
    let mut rng = SmallRng::seed_from_u64(7);
    let folder = tempfile::tempdir().expect("a folder");
    let (files, known) = write(folder.path(), &mut rng);
    let case = NativeCase::load(&files, 2);
    let text = block_on(export_of(&case, Predicate::Everything, Form::Json)).join("\n");
    let again = folder.path().join("again.ndjson");
    std::fs::write(&again, text).expect("written");
    let other = NativeCase::load(&[again], 2);
    let columns = [
        "time",
        "@message",
        "@logGroup",
        "@logStream",
        "@owner",
        "@severity",
        "@format",
        "@ingestionTime",
        "errorCode",
    ];
    let columns: Vec<Select> = columns.into_iter().filter_map(field_select).collect();
    let rows = |case: &NativeCase| {
        let form = Form::Table { tabs: false, columns: export::columns(columns.clone()) };
        let mut rows = block_on(export_of(case, Predicate::Everything, form));
        rows.sort();
        rows
    };
    let (first, again) = (rows(&case), rows(&other));
    assert_eq!((first.len(), again.len()), (known.len(), known.len()));
    for (first, again) in first.iter().zip(&again) {
        assert_eq!(first, again);
    }
}
