//! What is exported is read again as the same events: every form of every real event, and hostile ones.

mod common;

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use trailglass::import::kind::Kind;
use trailglass::query::kql::{self, clauses::field_select};
use trailglass::query::order::{Order, SortBy};
use trailglass::query::predicate::{Predicate, Select, TimeRange};
use trailglass::session::export::{self, Form, walk, walk::Walk};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::protocol::{Ask, Candidate, Reply};
use trailglass::session::questions::{self, Shards};
use trailglass::store::secret::MASK;

const SHOWN: [&str; 8] =
    ["action", "actor", "result", "ip", "resource", "agent", "account", "requestParameters.bucketName"];

fn selects() -> Vec<Select> {
    export::columns(SHOWN.map(|name| field_select(name).unwrap()))
}

fn table(tabs: bool) -> Form {
    Form::Table { tabs, columns: selects() }
}

/// Walks through a list and gives each event's text.
fn written(
    case: &NativeCase,
    query: &str,
    order: Order,
    range: Option<std::ops::Range<u64>>,
    form: Form,
) -> Vec<String> {
    block_on(async {
        let predicate = kql::parse(query).unwrap().predicate;
        let list = questions::list(case, predicate, TimeRange::default(), order).await.unwrap();
        let range = range.unwrap_or(0..list.len());
        let mut walk = Walk::begin(case, list, range, form).await.unwrap();
        // Another list is made meanwhile: that changes nothing.
        let other = Order { by: SortBy::Field(Select::keys("eventName")), descending: true };
        questions::list(case, Predicate::Everything, TimeRange::default(), other).await.unwrap();
        let mut all = Vec::new();
        loop {
            let piece = walk.next(case).await.unwrap();
            if piece.is_empty() {
                walk::end(case).await.unwrap();
                return all;
            }
            all.extend(piece);
        }
    })
}

fn by_time() -> Order {
    Order::default()
}

fn csv(case: &NativeCase) -> String {
    export::header(false, &selects()) + &written(case, "", by_time(), None, table(false)).concat()
}

fn ndjson(case: &NativeCase) -> String {
    written(case, "", by_time(), None, Form::Json).join("\n") + "\n"
}

fn records(case: &NativeCase) -> String {
    format!("{{\"Records\":[{}]}}\n", written(case, "", by_time(), None, Form::Json).join(",\n"))
}

fn load(name: &str, text: &str) -> NativeCase {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    NativeCase::load(&[path], 2)
}

/// The content hash of every event by its identity.
fn hashes(case: &NativeCase) -> HashMap<u64, Vec<u64>> {
    let all = block_on(questions::ask_all(case, Ask::Identities)).unwrap();
    let mut ids: Vec<u64> = Vec::new();
    for reply in all {
        let Reply::Identities(found) = reply else { panic!() };
        ids.extend(found);
    }
    ids.sort_unstable();
    ids.dedup();
    let mut hashes: HashMap<u64, Vec<u64>> = HashMap::new();
    for reply in block_on(questions::ask_all(case, Ask::Candidates(ids))).unwrap() {
        let Reply::Candidates(found) = reply else { panic!() };
        for Candidate { identity, content, .. } in found {
            hashes.entry(identity).or_default().push(content);
        }
    }
    hashes.values_mut().for_each(|all| all.sort_unstable());
    hashes
}

fn total(case: &NativeCase) -> u64 {
    block_on(questions::list(case, Predicate::Everything, TimeRange::default(), by_time())).unwrap().len()
}

fn count(case: &NativeCase, query: &str) -> u64 {
    let predicate = kql::parse(query).unwrap().predicate;
    block_on(questions::list(case, predicate, TimeRange::default(), by_time())).unwrap().len()
}

fn invictus(shards: usize) -> Option<NativeCase> {
    let files: Vec<PathBuf> = common::files_below(&common::shared()?.join("data/invictus-ir"));
    Some(NativeCase::load(&files, shards))
}

#[test]
fn every_form_is_read_again() {
    let Some(case) = invictus(3) else { return };
    let events = total(&case);
    assert_eq!(events, 2_900);
    let original = hashes(&case);

    let lines = ndjson(&case);
    let masked = lines.lines().filter(|line| line.contains(MASK)).count();
    for (name, text) in [("events.ndjson", &lines), ("events.json", &records(&case))] {
        let again = load(name, text);
        assert_eq!(total(&again), events, "{name}");
        assert!(again.reports.iter().all(|report| report.problems.is_empty() && report.rejected == 0), "{name}");
        let back = hashes(&again);
        let changed = original.iter().filter(|(id, hash)| back.get(*id) != Some(*hash)).count();
        // A record with a masked value is another one; no other is.
        assert!(changed <= masked && masked < 100, "{name}: {changed} of {masked} masked");
        assert_eq!(ndjson(&again), lines, "{name}");
    }

    let text = csv(&case);
    let again = load("events.csv", &text);
    assert_eq!(again.reports[0].kind, Kind::TrailglassCsv);
    assert_eq!((total(&again), again.reports[0].rejected), (events, 0));
    assert!(again.reports[0].problems.is_empty(), "{:?}", again.reports[0].problems);
    for query in
        ["eventName: Get*", "region: us-east-1", "ip: 10.0.0.0/8", "service: s3", "requestParameters.bucketName: *"]
    {
        assert_eq!(count(&again, query), count(&case, query), "{query}");
    }
    // Whole records win over the rows of the table.
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a.csv"), folder.path().join("b.json"));
    fs::write(&a, &text).unwrap();
    fs::write(&b, &lines).unwrap();
    let both = NativeCase::load(&[a, b], 2);
    assert_eq!(total(&both), events);
    assert_eq!(count(&both, "userIdentity.type: *"), count(&case, "userIdentity.type: *"));
}

#[test]
fn the_order_is_that_of_the_list_whatever_the_shards() {
    let Some(one) = invictus(1) else { return };
    let Some(four) = invictus(4) else { return };
    assert_eq!(four.count(), 4);
    let orders = [
        by_time(),
        Order { by: SortBy::Time, descending: true },
        Order { by: SortBy::Field(Select::keys("eventName")), descending: false },
        Order { by: SortBy::Field(Select::keys("errorCode")), descending: true },
    ];
    for order in orders {
        let whole = written(&one, "", order.clone(), None, table(false));
        assert_eq!(whole.len(), 2_900);
        let other = written(&four, "", order.clone(), None, table(false));
        let differs = whole.iter().zip(&other).find(|(a, b)| a != b);
        assert!(other.len() == whole.len() && differs.is_none(), "{order:?}: {differs:#?}");
        for range in [0..1, 399..402, 1_000..1_900, 2_899..2_900, 7..7] {
            let part = written(&four, "", order.clone(), Some(range.clone()), table(false));
            assert!(part == whole[range.start as usize..range.end as usize], "{order:?} {range:?}");
        }
    }
    let some = written(&four, "errorCode: *", by_time(), None, table(true));
    assert_eq!(some.len(), 300);
    assert!(some.iter().all(|line| line.ends_with('\n') && line.matches('\t').count() == selects().len() - 1));
}

#[test]
fn formulas_are_guarded_and_secrets_masked() {
    let record = |n: usize, agent: &str| {
        serde_json::json!({
            "eventVersion": "1.08", "eventTime": format!("2024-03-01T00:00:{n:02}Z"), "eventSource": "iam.amazonaws.com",
            "eventName": "CreateLoginProfile", "awsRegion": "us-east-1", "eventID": format!("e-{n}"), "userAgent": agent,
            "requestParameters": { "bucketName": "a\r\nb\t\"c\"", "password": "hunter2" }, "readOnly": false,
        })
    };
    let agents =
        ["=cmd()", "+1", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝cmd()", "'=already", "''-twice", "'plain", "=\",\"", "x"];
    let all: Vec<_> = agents.iter().enumerate().map(|(n, agent)| record(n, agent)).collect();
    let case = load("log.json", &serde_json::json!({ "Records": all }).to_string());
    let columns = export::columns(
        ["userAgent", "requestParameters.password", "requestParameters.bucketName", "readOnly"]
            .map(|name| field_select(name).unwrap()),
    );
    for form in [
        Form::Json,
        Form::Table { tabs: false, columns: columns.clone() },
        Form::Table { tabs: true, columns: columns.clone() },
    ] {
        let lines = written(&case, "", by_time(), None, form.clone());
        assert_eq!(lines.len(), agents.len());
        assert!(lines.iter().all(|line| !line.contains("hunter2") && line.contains(MASK)), "{form:?}");
        let Form::Table { tabs, .. } = form else { continue };
        for (line, agent) in lines.iter().zip(agents) {
            let between = if tabs { '\t' } else { ',' };
            let cell = line.split(between).nth(5).unwrap().trim_start_matches('"');
            let first = cell.chars().next().unwrap();
            assert!(!"=+-@\t\r＝＋－＠".contains(first), "{agent:?} as {cell:?}");
        }
    }
    let text = export::header(false, &columns)
        + &written(&case, "", by_time(), None, Form::Table { tabs: false, columns: columns.clone() }).concat();
    let again = load("again.csv", &text);
    let back = written(&again, "", by_time(), None, Form::Table { tabs: false, columns: columns.clone() });
    assert_eq!(export::header(false, &columns) + &back.concat(), text);
    // Value for value what it was.
    for (n, agent) in agents.iter().enumerate() {
        let said = block_on(questions::ask_all(
            &again,
            Ask::Suggest { selects: vec![Select::keys("userAgent")], typed: String::new(), limit: 100 },
        ));
        let any = said.unwrap().into_iter().any(|reply| match reply {
            Reply::Suggest(values) => values.iter().any(|(value, _)| value == agent),
            _ => false,
        });
        assert!(any, "{n}: {agent:?}");
    }
}
