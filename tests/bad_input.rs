//! Files that are broken, hostile or something else: each is named for what it is, each loss is told, nothing else is lost.

use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use trailglass::import::recognise::Kind;
use trailglass::import::records::StoreSink;
use trailglass::import::{self, Reading, Workbench};
use trailglass::problem::ProblemKind;
use trailglass::query::aggregate::{Aggregate, Answer};
use trailglass::query::kql;
use trailglass::query::predicate::TimeRange;
use trailglass::session::protocol::{Ask, FileReport, Reply};
use trailglass::session::shard::Shard;
use trailglass::store::Store;

fn record(n: usize) -> String {
    format!(
        r#"{{"eventVersion":"1.08","eventTime":"2023-07-10T11:{:02}:00Z","eventName":"Get{n}","eventSource":"s3.amazonaws.com","eventID":"id-{n}","userIdentity":{{"type":"IAMUser"}}}}"#,
        n % 60
    )
}

fn log(records: usize) -> String {
    let records: Vec<String> = (0..records).map(record).collect();
    format!("{{\"Records\":[{}]}}", records.join(","))
}

fn gz(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Reads a file whole, and again in pieces of odd sizes: the outcome must be the same but for where problems are placed.
fn read(bytes: &[u8]) -> FileReport {
    let whole = Shard::default().read(0, "file", bytes);
    let mut shard = Shard::default();
    let mut stream = shard.begin(0, "file", Reading::default());
    let step = (bytes.len() / 7).max(4_099);
    let chunks: Vec<&[u8]> = bytes.chunks(step).collect();
    for (at, chunk) in chunks.iter().enumerate() {
        shard.push(&mut stream, chunk, at + 1 == chunks.len());
    }
    if chunks.is_empty() {
        shard.push(&mut stream, b"", true);
    }
    let pieces = shard.finish(stream);
    assert_eq!((whole.kind, whole.events, whole.rejected), (pieces.kind, pieces.events, pieces.rejected));
    let kinds = |report: &FileReport| sums(report);
    assert_eq!(kinds(&whole), kinds(&pieces));
    whole
}

/// How often each kind of problem was found, in the order in which the kinds were first met.
fn sums(report: &FileReport) -> Vec<(ProblemKind, u32)> {
    let mut sums: Vec<(ProblemKind, u32)> = Vec::new();
    for problem in &report.problems {
        match sums.iter_mut().find(|(kind, _)| *kind == problem.kind) {
            Some((_, times)) => *times += problem.times,
            None => sums.push((problem.kind, problem.times)),
        }
    }
    sums
}

#[track_caller]
fn expect(bytes: &[u8], kind: Kind, events: u32, rejected: u32, problems: &[(ProblemKind, u32)]) -> FileReport {
    let report = read(bytes);
    let found = sums(&report);
    assert_eq!(
        (report.kind, report.events, report.rejected, found.as_slice()),
        (kind, events, rejected, problems),
        "{report:#?}"
    );
    for problem in &report.problems {
        assert!(!problem.what.is_empty() && !problem.outcome.is_empty());
    }
    report
}

#[test]
fn good_files_of_every_shape() {
    let ten = log(10);
    expect(ten.as_bytes(), Kind::CloudTrailLog, 10, 0, &[]);
    expect(&gz(ten.as_bytes()), Kind::CloudTrailLog, 10, 0, &[]);
    expect(format!("\u{feff}{ten}").as_bytes(), Kind::CloudTrailLog, 10, 0, &[]);
    expect(br#"{"Records":[]}"#, Kind::CloudTrailLog, 0, 0, &[]);
    expect(format!("{{\"a\":{{\"Records\":[]}},{}", &ten[1..]).as_bytes(), Kind::CloudTrailLog, 10, 0, &[]);
    expect(format!("{},\"next\":[1,{{}}]}}\n", &ten[..ten.len() - 1]).as_bytes(), Kind::CloudTrailLog, 10, 0, &[]);
    let lines: Vec<String> = (0..10).map(record).collect();
    expect(lines.join("\n").as_bytes(), Kind::CloudTrailRecords, 10, 0, &[]);
    expect(lines.concat().as_bytes(), Kind::CloudTrailRecords, 10, 0, &[]);
    expect(format!("[{}]", lines.join(",")).as_bytes(), Kind::CloudTrailArray, 10, 0, &[]);
    expect(format!("{ten}\n{ten}").as_bytes(), Kind::CloudTrailLog, 20, 0, &[]);
    // Several gzip members, cut anywhere in the content.
    let (left, right) = ten.as_bytes().split_at(777);
    expect(&[gz(left), gz(b""), gz(right)].concat(), Kind::CloudTrailLog, 10, 0, &[]);
}

#[test]
fn what_is_not_opened_is_named() {
    expect(b"", Kind::Empty, 0, 0, &[]);
    expect(&gz(b""), Kind::Empty, 0, 0, &[]);
    expect(b" \n\t ", Kind::Empty, 0, 0, &[]);
    expect(b"\x89PNG\r\n\x1a\n....", Kind::Image, 0, 0, &[]);
    expect(&(0..=255).cycle().skip(200).take(9_000).collect::<Vec<u8>>(), Kind::Binary, 0, 0, &[]);
    expect(
        br#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{}}]}"#,
        Kind::Notification,
        0,
        0,
        &[],
    );
    expect(b"{\"Records\":{}}", Kind::OtherJson, 0, 0, &[(ProblemKind::NotARecord, 1)]);
    expect(b"[1,2,3]", Kind::OtherJson, 0, 0, &[]);
    expect(b"{\"digestStartTime\":\"x\",\"digestEndTime\":\"y\",\"logFiles\":[]}", Kind::Digest, 0, 0, &[]);
    expect("[".repeat(10_000).as_bytes(), Kind::OtherJson, 0, 0, &[]);
}

#[test]
fn truncated_files_keep_every_complete_record() {
    let hundred = log(100);
    let bytes = hundred.as_bytes();
    let mut halves = 0;
    for cut in (20..bytes.len()).step_by(61) {
        let whole = bytes[..cut].windows(3).filter(|window| *window == b"\"}}").count() as u32;
        let report = read(&bytes[..cut]);
        // The record that is cut is kept as far as it goes, or told as lost.
        let of = |kind| report.problems.iter().filter(move |problem| problem.kind == kind);
        let repaired = of(ProblemKind::Repaired).count() as u32;
        assert_eq!(report.events, whole + repaired, "cut at {cut}");
        assert_eq!(of(ProblemKind::Truncated).count(), 1, "cut at {cut}: {report:#?}");
        assert!(report.rejected + repaired <= 1, "cut at {cut}: {report:#?}");
        for problem in of(ProblemKind::Repaired) {
            // A comma at the very end is none of the record's.
            let end = cut - usize::from(bytes[cut - 1] == b',');
            assert_eq!((problem.record, problem.at.unwrap() + problem.len.unwrap()), (Some(whole), end as u64));
        }
        halves += repaired;
    }
    assert!(halves > 100, "{halves}");
    // The gzip cut: what inflates is kept, and both losses are told.
    let packed = gz(bytes);
    let report = read(&packed[..packed.len() / 2]);
    assert!(report.events > 20 && report.events < 100, "{report:#?}");
    let kinds = [ProblemKind::Truncated, ProblemKind::Repaired, ProblemKind::Undated];
    assert!(report.problems.iter().all(|problem| kinds.contains(&problem.kind)), "{report:#?}");
    expect(&packed[..packed.len() - 4], Kind::CloudTrailLog, 100, 0, &[(ProblemKind::Truncated, 1)]);
}

#[test]
fn damage_costs_what_it_hits() {
    // A broken record costs itself, wherever it breaks.
    for broken in [
        r#"{"eventVersion":"1.08","eventTime":"2024-03-02T10:01:00Z","eventName":}"#,
        r#"{"eventVersion":"1.08","eventTime":"2024-03-02T10:01:00Z","eventName":"x","n":007}"#,
        r#"{"eventVersion":"1.08","eventTime":"2024-03-02T10:01:00Z","eventName":"x" "y":1}"#,
        r#"{"eventVersion":"1.08","eventTime":"2024-03-02T10:01:00Z","eventName":"x","y":tru}"#,
        r#"{"eventVersion":"1.08","eventTime":"2024-03-02T10:01:00Z","eventName":"\x"}"#,
        r#"{"eventVersion":"1.08,"eventTime":"2024-03-02T10:01:00Z","eventName":"x"}"#,
    ] {
        let text = format!("{{\"Records\":[{},{broken},{},{}]}}", record(1), record(2), record(3));
        let report = expect(text.as_bytes(), Kind::CloudTrailLog, 3, 1, &[(ProblemKind::NotJson, 1)]);
        assert_eq!(report.problems[0].record, Some(1), "{broken}");
        assert_eq!(report.problems[0].at, Some(text.find(broken).unwrap() as u64), "{broken}");
    }
    // One whose brackets are missing is closed and kept, and that is told.
    for (broken, mended) in [
        (
            r#"{"eventVersion":"1.08","eventTime":"2024-03-02T10:01:00Z","eventName":"x","y":[1,}"#,
            r#"{"eventVersion":"1.08","eventTime":"2024-03-02T10:01:00Z","eventName":"x","y":[1]}"#,
        ),
        (
            r#"{"eventVersion":"1.08","eventTime":"2024-03-02T10:01:00Z","eventName":"x""#,
            r#"{"eventVersion":"1.08","eventTime":"2024-03-02T10:01:00Z","eventName":"x"}"#,
        ),
        (
            "{\"eventVersion\":\"1\",\"eventTime\":\"2024-03-02T10:01:00Z\",\"eventName\":\"a\u{1}\n\"}",
            r#"{"eventVersion":"1","eventTime":"2024-03-02T10:01:00Z","eventName":"a\u0001\n"}"#,
        ),
        (
            r#"{"eventVersion":"1.08","eventTime":"2024-03-02T10:01:00Z","eventName":"x","y":{"z":["a"#,
            r#"{"eventVersion":"1.08","eventTime":"2024-03-02T10:01:00Z","eventName":"x","y":{"z":["a"]}}"#,
        ),
    ] {
        // Inside a string that never ends, the next record's text would be the string's.
        let last = broken.ends_with("\"a");
        let text = match last {
            true => format!("{{\"Records\":[{},{},{broken}", record(1), record(2)),
            false => format!("{{\"Records\":[{},{broken},{}]}}", record(1), record(2)),
        };
        let mut store = Store::default();
        let mut sink = StoreSink { store: &mut store, file: 0 };
        let outcome = import::read(text.as_bytes(), &mut Workbench::default(), &mut sink);
        assert_eq!((outcome.events, outcome.rejected), (3, 0), "{broken}: {outcome:#?}");
        let row = if last { 2 } else { 1 };
        let mut kept = Vec::new();
        store.write_record(row, trailglass::store::write::Secrets::Revealed, &mut kept);
        assert_eq!(String::from_utf8_lossy(&kept), mended);
        let problem = outcome.problems.iter().find(|problem| problem.kind == ProblemKind::Repaired).unwrap();
        let place = (text.find(broken).unwrap() as u64, broken.len() as u64);
        assert_eq!((problem.record, problem.at, problem.len), (Some(row), Some(place.0), Some(place.1)));
        assert_eq!(read(text.as_bytes()).events, 3);
    }
    // The last record's braces and nothing else: the array around it still ends where it should.
    let text = format!(
        "{{\"Records\":[{},{{\"eventVersion\":\"1.08\",\"eventTime\":\"2024-03-02T10:01:00Z\",\"eventName\":\"x\"]}}",
        record(1)
    );
    let report = expect(text.as_bytes(), Kind::CloudTrailLog, 2, 0, &[(ProblemKind::Repaired, 1)]);
    assert_eq!(report.problems[0].len, Some(73));
    let mixed = format!("{{\"Records\":[1,{},\"x\",null,{{}},[{{}}],{{\"a\":1}},{}]}}", record(1), record(2));
    expect(mixed.as_bytes(), Kind::CloudTrailLog, 2, 6, &[(ProblemKind::NotARecord, 6)]);
    let lines = format!("{}\n{{\"eventVersion\":\n{}\nnot json\n{}\n", record(1), record(2), record(3));
    let report = read(lines.as_bytes());
    assert_eq!(report.events, 3, "{report:#?}");

    let mut flipped = gz(log(3_000).as_bytes());
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    let report = read(&flipped);
    assert!(report.problems.iter().any(|problem| problem.kind == ProblemKind::DamagedGzip), "{report:#?}");
    assert!(report.events > 500, "{report:#?}");
    let mut sum = gz(log(30).as_bytes());
    let at = sum.len() - 6;
    sum[at] ^= 1;
    expect(&sum, Kind::CloudTrailLog, 30, 0, &[(ProblemKind::DamagedGzip, 1)]);
}

/// The names of the events of a text, after it was read whole and in pieces.
fn names(text: &str) -> Vec<String> {
    let mut store = Store::default();
    import::read(text.as_bytes(), &mut Workbench::default(), &mut StoreSink { store: &mut store, file: 0 });
    let name = |row| {
        let mut json = Vec::new();
        store.write_record(row, trailglass::store::write::Secrets::Revealed, &mut json);
        let record: serde_json::Value = serde_json::from_slice(&json).unwrap();
        record["eventName"].as_str().unwrap_or_default().to_owned()
    };
    (0..store.rows()).map(name).collect()
}

#[test]
fn half_a_record_does_not_swallow_the_next() {
    let half = r#"{"eventVersion":"1.0","eventTime":"2014-03-06T21:22:54Z","eventName":"Half","responseElements":"#;
    for tail in [
        r#"{"items":[{"code":0}]},"#,
        r#"{"a":{"items":[{"code":0}]},"#,
        r#"{"a":[{"items":{"code":0},"#,
        r#"{"a":[{"code":0}],"#,
    ] {
        for (before, after) in [("", "]}"), (&*format!("{},", record(1)), &*format!(",{}]}}", record(3)))] {
            let text = format!("{{\"Records\":[{before}{half}{tail}{}{after}", record(2));
            let report = read(text.as_bytes());
            let good = 1 + 2 * u32::from(!before.is_empty());
            assert_eq!((report.events, report.rejected), (good + 1, 0), "{text}: {report:#?}");
            assert_eq!(sums(&report), [(ProblemKind::Repaired, 1)], "{text}");
            let expected: &[&str] =
                if before.is_empty() { &["Half", "Get2"] } else { &["Get1", "Half", "Get2", "Get3"] };
            assert_eq!(names(&text), expected, "{text}");
        }
    }
    // One that tells too little is lost, and counted once.
    let text = format!(r#"{{"Records":[{{"eventVersion":"1.0","eventName":"Half","a":{{"b":1,{}]}}"#, record(2));
    expect(text.as_bytes(), Kind::CloudTrailLog, 1, 1, &[(ProblemKind::NotJson, 1)]);
    let text = format!(r#"{{"Records":[{},{{"eventVersion":"1.0","eventName":"Half","a":{{"b":1"#, record(2));
    expect(text.as_bytes(), Kind::CloudTrailLog, 1, 1, &[(ProblemKind::Truncated, 1)]);
}

#[test]
fn what_stands_around_records_costs_none() {
    let (a, b) = (record(1), record(2));
    let strays = [(ProblemKind::NotJson, 1)];
    for (text, kind, events, problems) in [
        (format!("{{\"Records\":[{a}],\"Records\":[{b}]}}"), Kind::CloudTrailLog, 2, &[][..]),
        (format!("{{\"Records\":[{a}],\"x\":1, \"Records\" : [ {b},{a}]}}"), Kind::CloudTrailLog, 3, &[]),
        (format!("{{\"Records\":[,{a},,{b},,,{a},]}}"), Kind::CloudTrailLog, 3, &[]),
        (format!("{{\"Records\":[{a},{b}}}}}"), Kind::CloudTrailLog, 2, &strays),
        (format!("{{\"Records\":[{a}}},{b}]}}"), Kind::CloudTrailLog, 2, &strays),
        (format!("{{\"Records\":[{a},{b}]]}}"), Kind::CloudTrailLog, 2, &strays),
        (format!("{{\"Records\":[{a}]]}}\n{{\"Records\":[{b}]}}"), Kind::CloudTrailLog, 2, &strays),
        (format!("{{\"Records\":[{a}]{{\"Records\":[{b}]}}"), Kind::CloudTrailLog, 2, &strays),
        (format!("[{a},{b}]]"), Kind::CloudTrailArray, 2, &strays),
        (format!("[{a},{b}}}"), Kind::CloudTrailArray, 2, &strays),
        (format!("{{\"Records\":[{a},{b}]}}{}", "\0".repeat(9_000)), Kind::CloudTrailLog, 2, &strays),
        (format!("{a}\n{b}\n\0\0\u{1a}\u{b}\n"), Kind::CloudTrailRecords, 2, &strays),
    ] {
        let report = expect(text.as_bytes(), kind, events, 0, problems);
        assert!(report.problems.iter().all(|problem| problem.outcome == "every record was kept"), "{report:#?}");
    }
}

#[test]
fn rows_that_are_too_short_or_too_long_keep_what_they_have() {
    let header = "Event time,Event source,Event name,AWS region,Error code,Event ID,Read-only\n";
    let good = "2024-03-01T10:01:00Z,s3.amazonaws.com,GetBucketAcl,eu-west-1,,1,true\n";
    let csv = |rows: &str| format!("{header}{good}{rows}");
    let kind = Kind::EventHistoryCsv;
    // The header once more, as it stands in joined files.
    expect(csv(&format!("{header}{good}\u{feff}{header}{good}")).as_bytes(), kind, 3, 0, &[]);
    let report = expect(
        csv("2024-03-01T10:02:00Z,s3.amazonaws.com,PutObject\n").as_bytes(),
        kind,
        2,
        0,
        &[(ProblemKind::BrokenRow, 1)],
    );
    assert!(report.problems[0].what.ends_with("missing: AWS region, Error code, Event ID, Read-only"), "{report:#?}");
    expect(csv(&good.replace("true", "true,more")).as_bytes(), kind, 2, 0, &[(ProblemKind::BrokenRow, 1)]);
    // A comma in the middle moves what follows it; that is no event.
    expect(csv(&good.replace("eu-", "eu,")).as_bytes(), kind, 1, 1, &[(ProblemKind::BrokenRow, 1)]);
    expect(csv("yesterday,s3.amazonaws.com,PutObject\n").as_bytes(), kind, 1, 1, &[(ProblemKind::BrokenRow, 1)]);
    // Where the file ends the last cell is half of one.
    let text = csv("2024-03-01T10:02:00Z,s3.amazonaws.com,PutObject,eu");
    let report = expect(text.as_bytes(), kind, 2, 0, &[(ProblemKind::Truncated, 1)]);
    assert!(report.problems[0].what.contains("before AWS region, Error code"), "{report:#?}");
    expect(csv("2024-03-01T10:02").as_bytes(), kind, 1, 1, &[(ProblemKind::Truncated, 1)]);
}

#[test]
fn data_that_is_nothing_is_told() {
    for data in ["%%%", "*** not base64 ***"] {
        let text = format!(r#"{{"awslogs":{{"data":"{data}"}}}}"#);
        expect(text.as_bytes(), Kind::Subscription, 0, 0, &[(ProblemKind::NotBase64, 1)]);
    }
}

#[test]
fn summaries_are_events_and_counted() {
    let summary = r#"{"eventVersion":"1.0","eventType":"AwsAggregatedEvent","eventCategory":"Aggregated","eventSource":"s3.amazonaws.com","eventTime":"2024-03-01T10:00:00Z"}"#;
    let text = format!("{{\"Records\":[{},{summary},{summary}]}}", record(1));
    let report = expect(text.as_bytes(), Kind::CloudTrailLog, 3, 0, &[]);
    assert_eq!(report.summaries, 2);
    let mut both = report.clone();
    both.add(report);
    assert_eq!((both.events, both.summaries), (6, 4));
    // No count of calls has them in it, but who asks for a category finds them.
    let mut shard = Shard::default();
    shard.read(0, "file", text.as_bytes());
    let mut count = |query: &str| {
        let predicate = kql::parse(query).unwrap().predicate;
        let aggregates = vec![(TimeRange::default(), Aggregate::Count)];
        match shard.answer(Ask::Aggregates { predicate, aggregates }) {
            Reply::Aggregates(answers) => match answers[..] {
                [Answer::Count(count)] => count.rows,
                _ => panic!("{answers:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((count(""), count("service: s3"), count("not category: data")), (1, 1, 3));
    assert_eq!(count("category: aggregated"), 2);
}

#[test]
fn odd_text_and_times_are_kept_and_told() {
    let mut bytes = log(2).into_bytes();
    let at = bytes.windows(4).position(|window| window == b"Get1").unwrap();
    bytes[at] = 0xff;
    expect(&bytes, Kind::CloudTrailLog, 2, 0, &[(ProblemKind::NotUtf8, 1)]);
    for time in ["\"yesterday\"", "null", "1688990082", "\"2023-13-01T00:00:00Z\"", "{}"] {
        let text = format!(
            "{{\"Records\":[{},{{\"eventVersion\":\"1.0\",\"eventName\":\"x\",\"eventTime\":{time}}}]}}",
            record(1)
        );
        expect(text.as_bytes(), Kind::CloudTrailLog, 2, 0, &[(ProblemKind::Undated, 1)]);
    }
}

#[test]
fn a_gzip_bomb_is_stopped() {
    // Valid records, 1,000 times smaller packed: 400 MB out of less than 2.
    let record = format!("{{\"eventVersion\":\"1.08\",\"eventName\":\"x\",\"pad\":\"{}\"}},", "a".repeat(1 << 20));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(b"{\"Records\":[").unwrap();
    for _ in 0..400 {
        encoder.write_all(record.as_bytes()).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 2 << 20);
    let mut store = Store::default();
    let outcome = import::read(&bomb, &mut Workbench::default(), &mut StoreSink { store: &mut store, file: 0 });
    let problem = outcome.problems.iter().find(|problem| problem.kind == ProblemKind::TooLarge);
    assert!(problem.is_some_and(|problem| problem.what.contains("inflates")), "{outcome:?}");
    assert!(outcome.events < 300, "{}", outcome.events);
    assert!(store.heap_bytes() < 600 << 20);
}

#[test]
fn ten_thousand_deep_is_an_event() {
    let deep = format!("{}1{}", "{\"a\":[".repeat(5_000), "]}".repeat(5_000));
    let text =
        format!("{{\"Records\":[{{\"eventVersion\":\"1.08\",\"eventName\":\"x\",\"deep\":{deep}}},{}]}}", record(1));
    let report = read(text.as_bytes());
    assert_eq!((report.events, report.rejected), (2, 0), "{report:#?}");
    let open = "{\"Records\":[".to_owned() + &"{\"a\":".repeat(10_000);
    let report = read(open.as_bytes());
    assert_eq!((report.events, report.rejected), (0, 1), "{report:#?}");
}
