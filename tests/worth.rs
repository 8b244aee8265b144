//! The field `integrity`: what every event is worth as evidence, against what the oracle says of its file; facet, search, sort
//! and export of it, in 1, 2 and 8 shards the same.

mod common;

use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use trailglass::integrity::of_event;
use trailglass::integrity::verdict::Worth;
use trailglass::query::facet::Facet;
use trailglass::query::kql::{self, clauses::field_select};
use trailglass::query::lanes::{Bins, LaneOrder, Marked};
use trailglass::query::order::{Order, SortBy};
use trailglass::query::predicate::{Predicate, Select, TimeRange};
use trailglass::session::export::{self, Form, walk::Walk};
use trailglass::session::lanes::{self, Events};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::{facets, questions};
use trailglass::trail::Derived;

/// What a scenario of the oracle supplies: all but what it says of itself.
fn supplied(scenario: &Path) -> Vec<PathBuf> {
    let mut files = common::files_below(scenario);
    files.retain(|path| !path.ends_with("scenario.json"));
    files
}

/// By name of the log, what the oracle says of it with all metadata at hand.
fn said(oracle: &Path, scenario: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(oracle.join("expected_offline").join(format!("{scenario}.json"))).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let logs = all["with_head_objects"]["logs"].as_array().unwrap();
    let name = |log: &Value| log["key"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    logs.iter().map(|log| (name(log), log["status"].as_str().unwrap().to_owned())).collect()
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn integrity() -> Select {
    Select::of_derived(Derived::Integrity)
}

/// What every event is worth: path of its file, record, value.
fn worths(case: &NativeCase, query: &str, order: Order) -> Vec<(String, u32, Option<String>)> {
    let predicate = kql::parse(query).unwrap().predicate;
    block_on(async {
        let list = questions::list(case, predicate, TimeRange::default(), order).await.unwrap();
        let rows = list.page(case, 0, list.len() as u32, &[integrity()]).await.unwrap();
        rows.into_iter()
            .map(|(_, mut row)| (case.paths[row.file as usize].clone(), row.record, row.cells.remove(0)))
            .collect()
    })
}

fn count(case: &NativeCase, query: &str) -> u64 {
    let predicate = kql::parse(query).unwrap().predicate;
    block_on(questions::counts(case, vec![(predicate, TimeRange::default())])).unwrap()[0]
}

fn facet(case: &NativeCase) -> BTreeMap<String, u64> {
    let facet = Facet { select: integrity(), contains: String::new(), limit: 20, named: Vec::new() };
    let found = block_on(facets::facets(case, &Predicate::Everything, TimeRange::default(), vec![facet]));
    found.unwrap().1.remove(0).top.into_iter().collect()
}

fn by_integrity(descending: bool) -> Order {
    Order { by: SortBy::Field(integrity()), descending }
}

fn csv(case: &NativeCase) -> String {
    block_on(async {
        let list =
            questions::list(case, Predicate::Everything, TimeRange::default(), by_integrity(false)).await.unwrap();
        let all = 0..list.len();
        let form = Form::Table { tabs: false, columns: vec![Select::keys("eventID"), integrity()] };
        let mut walk = Walk::begin(case, list, all, form).await.unwrap();
        let mut text = String::new();
        loop {
            let piece = walk.next(case).await.unwrap();
            if piece.is_empty() {
                return text;
            }
            text.extend(piece);
        }
    })
}

/// How many events of each lane are altered by what lanes say, in sums, over time and one by one.
fn altered(case: &NativeCase, field: &str) -> [BTreeMap<String, u64>; 3] {
    let events = Events {
        predicate: Predicate::Everything,
        range: TimeRange::default(),
        select: field_select(field).unwrap(),
        marked: Marked::Altered,
    };
    let list = block_on(lanes::lanes(case, &events, LaneOrder::Count, 100, &[], &[])).unwrap();
    let sums: BTreeMap<String, u64> = list.lanes.into_iter().map(|(value, sums)| (value, sums.marked)).collect();
    let values: Vec<String> = sums.keys().cloned().collect();
    let wanted = values.iter().cloned().map(Some).collect();
    // From 4 March 2024 on, in hours.
    let bins = Bins { start: 1_709_510_400_000, width: 3_600_000, count: 24 };
    let density = block_on(lanes::density(case, &events, wanted, bins, 10_000)).unwrap();
    let over_time = density.marked.chunks(24).map(|lane| lane.iter().map(|&events| u64::from(events)).sum());
    let over_time = values.iter().cloned().zip(over_time).collect();
    let mut one_by_one: BTreeMap<String, u64> = values.iter().map(|value| (value.clone(), 0)).collect();
    for (_, mark) in density.marks.unwrap() {
        let altered = matches!(mark.result.as_str(), "modified" | "appended" | "damaged");
        *one_by_one.get_mut(&values[mark.lane as usize]).unwrap() += u64::from(altered);
    }
    [sums, over_time, one_by_one]
}

/// The records of a log as it lies there, of all gzip members that inflate.
fn records(path: &str) -> u64 {
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["Records"].as_array().unwrap().len() as u64
}

#[test]
fn events_of_a_modified_log_are_told_from_all_others() {
    let Some(shared) = common::shared() else { return };
    let oracle = shared.join("oracle/integrity");
    let files = supplied(&oracle.join("corpus/log_modified"));
    let said = said(&oracle, "log_modified");
    let mut first = None;
    for shards in [1, 2, 8] {
        let case = NativeCase::load(&files, shards);
        let mut expected: BTreeMap<String, u64> = BTreeMap::new();
        for path in &case.paths {
            match said.get(name(path)).map(String::as_str) {
                Some("AUTHENTIC") => *expected.entry("unchanged".to_owned()).or_default() += records(path),
                Some("MODIFIED") => *expected.entry("modified".to_owned()).or_default() += records(path),
                Some(other) => panic!("{other}: {path}"),
                None => {}
            }
        }
        assert_eq!(expected.len(), 2, "{expected:?}");
        assert_eq!(facet(&case), expected, "in {shards} shards");
        let (modified, unchanged) = (expected["modified"], expected["unchanged"]);
        let all = modified + unchanged;
        for (query, events) in [
            ("", all),
            ("integrity: modified", modified),
            ("@integrity: MODIFIED", modified),
            ("-integrity: unchanged", modified),
            ("not integrity: unchanged", modified),
            ("integrity: (modified or unchanged)", all),
            ("integrity: *", all),
            ("integrity: mod*", modified),
            ("integrity: damaged", 0),
            ("not integrity: *", 0),
        ] {
            assert_eq!(count(&case, query), events, "{query} in {shards} shards");
        }
        for (path, _, value) in worths(&case, "", Order::default()) {
            let expected = if said[name(&path)] == "MODIFIED" { "modified" } else { "unchanged" };
            assert_eq!(value.as_deref(), Some(expected), "{path}");
        }
        for descending in [false, true] {
            let sorted: Vec<_> = worths(&case, "", by_integrity(descending)).into_iter().map(|(.., it)| it).collect();
            let mut expected = sorted.clone();
            expected.sort();
            if descending {
                expected.reverse();
            }
            assert_eq!((sorted.len() as u64, &sorted), (all, &expected));
        }
        let csv = csv(&case);
        assert_eq!(csv.lines().filter(|line| line.ends_with(",modified")).count() as u64, modified);
        assert_eq!(csv.lines().count() as u64, all);
        assert_eq!(*first.get_or_insert_with(|| csv.clone()), csv, "in {shards} shards");
        for field in ["integrity", "action", "actor"] {
            let all = altered(&case, field);
            let sum: u64 = all[0].values().sum();
            assert_eq!((sum, &all[0], &all[0]), (modified, &all[1], &all[2]), "{field} in {shards} shards");
        }
        // The histogram's parts are made of counts by the same values, and the detail agrees with the column.
        let judgement = case.judgement.as_ref().unwrap();
        for (file, path) in case.paths.iter().enumerate().filter(|(_, path)| said.contains_key(name(path))) {
            let evidence = of_event::of_record(judgement, file as u32, 0).unwrap();
            let modified = said[name(path)] == "MODIFIED";
            assert_eq!(evidence.worth, if modified { Worth::Modified } else { Worth::Unchanged });
            assert!(evidence.why.len() >= 3, "{:?}", evidence.why);
        }
    }
}

#[test]
fn records_behind_the_first_member_are_appended_and_nothing_odd_is_unchanged() {
    let Some(shared) = common::shared() else { return };
    let oracle = shared.join("oracle/integrity");
    let files = supplied(&oracle.join("corpus/log_container_variants"));
    let said = said(&oracle, "log_container_variants");
    let mut first = None;
    for shards in [1, 2, 8] {
        let case = NativeCase::load(&files, shards);
        let judgement = case.judgement.as_ref().unwrap();
        let mut found: BTreeMap<String, u64> = BTreeMap::new();
        let mut all = worths(&case, "", Order::default());
        for (path, record, value) in &all {
            let value = value.as_deref().unwrap();
            *found.entry(value.to_owned()).or_default() += 1;
            let may_be: &[&str] = match said[name(path)].as_str() {
                "AUTHENTIC" => &["unchanged"],
                "EXTRA_DATA_APPENDED" => &["unchanged", "appended"],
                "MODIFIED" => &["modified", "appended"],
                "DAMAGED" => &["damaged"],
                other => panic!("{other}: {path}"),
            };
            assert!(may_be.contains(&value), "{path} {record} is {value}");
            let file = case.paths.iter().position(|known| known == path).unwrap() as u32;
            assert_eq!(of_event::of_record(judgement, file, *record).unwrap().worth.name(), value);
        }
        assert_eq!(facet(&case), found, "in {shards} shards");
        for worth in [Worth::Unchanged, Worth::Appended, Worth::Modified, Worth::Damaged] {
            let events = found.get(worth.name()).copied().unwrap_or(0);
            assert!(events > 0, "{} in {found:?}", worth.name());
            assert_eq!(count(&case, &format!("integrity: {}", worth.name())), events);
        }
        let all_altered: u64 = altered(&case, "action")[0].values().sum();
        assert_eq!(all_altered, found["appended"] + found["modified"] + found["damaged"]);
        all.sort();
        assert_eq!(*first.get_or_insert_with(|| all.clone()), all, "in {shards} shards");
    }
}

#[test]
fn without_a_digest_no_event_has_the_field() {
    let Some(shared) = common::shared() else { return };
    let mut files = supplied(&shared.join("oracle/integrity/corpus/log_modified"));
    files.retain(|path| !path.to_string_lossy().contains("CloudTrail-Digest"));
    let case = NativeCase::load(&files, 2);
    assert!(case.judgement.is_none() && count(&case, "") > 0);
    assert_eq!((facet(&case).len(), count(&case, "integrity: *")), (0, 0));
    assert!(worths(&case, "", Order::default()).iter().all(|(.., value)| value.is_none()));
    let header = export::header(false, &[integrity()]);
    assert!(header.contains("integrity"), "{header}");
}
