//! The engine against a naive evaluator over `serde_json::Value`: random queries, every aggregate, every order, on real and
//! on made-up records, in 1, 2 and 8 shards and with the files in any order.

mod common;
mod naive_trail;
mod random_kql;

use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use random_kql::{Vocabulary, random_query};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use trailglass::query::aggregate::{Aggregate, Answer, By};
use trailglass::query::naive::{self, NaiveEvent};
use trailglass::query::order::{Order, SortBy};
use trailglass::query::predicate::{Arrays, Predicate, Select, Step, Test, TimeRange};
use trailglass::query::{kql, scan};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::protocol::EventRow;
use trailglass::session::questions;
use trailglass::store::secret;
use trailglass::time;
use trailglass::trail::Derived;

/// An event as the naive side knows it.
struct Known {
    record: Value,
    /// Its derived values by name, as the plain second implementation has them.
    derived: Value,
    time: Option<i64>,
    path: String,
    number: u32,
}

impl Known {
    fn naive(&self) -> NaiveEvent<'_> {
        NaiveEvent { record: &self.record, time_ms: self.time, file: &self.path, message: None, derived: &self.derived }
    }
}

fn is_secret(keys: &[&str]) -> bool {
    keys.iter().any(|key| secret::is_secret_key(key))
}

fn derived(record: &Value) -> Value {
    let found = naive_trail::derive(record, &[], false);
    let singles = [
        ("@actor", found.actor),
        ("@actorType", found.actor_type),
        ("@session", found.session),
        ("@human", found.human),
        ("@via", found.via),
        ("@result", found.result),
        ("@family", found.family),
        ("@category", found.category),
        ("@access", found.access),
        ("@service", found.service),
    ];
    let mut object: serde_json::Map<String, Value> =
        singles.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?)))).collect();
    object.insert("@format".to_owned(), json!("CloudTrail"));
    if !found.resources.is_empty() {
        object.insert("@resource".to_owned(), json!(found.resources));
    }
    Value::Object(object)
}

/// What a field selects, and the tree that it does in.
fn field_of<'a>(event: &'a Known, field: &str) -> (Select, &'a Value) {
    match Derived::ALL.into_iter().find(|derived| derived.name() == field) {
        Some(derived) => (Select::of_derived(derived), &event.derived),
        None => (Select::keys(field), &event.record),
    }
}

/// Folder of this run's files, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("trailglass-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays behind harms nothing.
        let _left = std::fs::remove_dir_all(&self.0);
    }
}

/// Writes records into files of some dozens each, and returns the files with what is in them.
fn write(folder: &Path, records: Vec<Value>, per_file: usize) -> (Vec<PathBuf>, Vec<Known>) {
    let mut files = Vec::new();
    let mut known = Vec::new();
    for (at, chunk) in records.chunks(per_file).enumerate() {
        let path = folder.join(format!("part-{at:03}.json"));
        std::fs::write(&path, json!({ "Records": chunk }).to_string()).unwrap();
        for (number, record) in chunk.iter().enumerate() {
            let text = record.get("eventTime").and_then(Value::as_str);
            known.push(Known {
                record: record.clone(),
                derived: derived(record),
                time: text.and_then(time::parse),
                path: path.to_string_lossy().into_owned(),
                number: number as u32,
            });
        }
        files.push(path);
    }
    (files, known)
}

fn real_records() -> Vec<Value> {
    let Some(shared) = common::shared() else { return Vec::new() };
    let mut records = Vec::new();
    for file in common::files_below(&shared.join("data/invictus-ir")) {
        let value: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        records.extend(value["Records"].as_array().unwrap().iter().cloned());
    }
    // Numbers with exponents: serde_json spells them its own way once read, so they are written that way, too.
    records
}

/// Records with everything that a search could stumble over.
fn made_up_records(rng: &mut SmallRng) -> Vec<Value> {
    let texts = [
        "Alice",
        "ALICE",
        "alice",
        "straße",
        "STRASSE",
        "Ünï",
        "K",
        "k",
        "ſ",
        "İ",
        "10.1.2.3",
        "10.1.2.0",
        "2001:db8::7",
        "2001:0db8:0:0:0:0:0:7",
        "400",
        "true",
        "null",
        "",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "a*b?c",
        "x\"y\\z",
        "2023-07-10T11:59:59Z",
        "2023-07-10",
        "AccessDenied",
        "-5",
        "ab\u{202e}cd",
        "AWS Internal",
        "i-0a",
        "i-0b",
    ];
    let value = |rng: &mut SmallRng| match rng.random_range(0..12) {
        0 => json!(rng.random_range(-3..500)),
        1 => json!(rng.random::<bool>()),
        2 => Value::Null,
        3 => serde_json::from_str(["4.0e+2", "1.10", "123456789012345678901234567890", "-0.5"][rng.random_range(0..4)])
            .unwrap(),
        4 => json!({}),
        5 => json!([]),
        6 => json!(format!("{:08x}-d9cb-469f-a165-{:012x}", rng.random::<u32>(), rng.random_range(0..99u64))),
        _ => Value::from(texts[rng.random_range(0..texts.len())]),
    };
    let mut records = Vec::new();
    for n in 0..600 {
        let name = ["Invoke", "DeleteBucket", "ConsoleLogin", "invoke"][rng.random_range(0..4)];
        let mut record = json!({
            "eventVersion": "1.08",
            "eventName": name,
            "eventID": format!("{:08x}-d9cb-469f-a165-70867728950e", n * 7_919),
            "requestParameters": { "name": value(rng), "size": value(rng) },
        });
        if rng.random_ratio(9, 10) {
            record["eventTime"] = json!(time::format(1_688_990_082_000 + rng.random_range(0..200) * 61_000));
        } else if rng.random() {
            let odd = ["yesterday", "2023-02-30T00:00:00Z"][rng.random_range(0..2)];
            record["eventTime"] = json!(odd);
        }
        if rng.random() {
            let kind = ["IAMUser", "AssumedRole"][rng.random_range(0..2)];
            record["userIdentity"] = json!({ "type": kind, "arn": value(rng), "userName": value(rng) });
        }
        if rng.random_ratio(1, 3) {
            record["errorCode"] = value(rng);
        }
        if rng.random_ratio(1, 2) {
            let items: Vec<Value> = (0..rng.random_range(0..5))
                .map(|_| json!({ "instanceId": value(rng), "tags": [value(rng), [value(rng)]] }))
                .collect();
            record["requestParameters"]["items"] = json!(items);
        }
        if rng.random_ratio(1, 8) {
            record["responseElements"] =
                json!({ "credentials": { "sessionToken": value(rng) }, "password": { "x": value(rng) } });
        }
        if rng.random_ratio(1, 10) {
            // Long enough to be kept as one raw text.
            let long: Vec<Value> =
                (0..300).map(|at| json!({ "at": at, "v": value(rng), "userData": "secret" })).collect();
            record["long"] = json!({ "list": long });
        }
        if rng.random_ratio(1, 2) {
            record["map"] = json!({ format!("key{n}"): value(rng), "same": value(rng) });
        }
        records.push(record);
    }
    records
}

fn rows_of(case: &NativeCase, list: &questions::List, columns: &[Select]) -> Vec<EventRow> {
    // In pages of odd sizes, as a person scrolling about would ask for them.
    let mut rows = Vec::new();
    while (rows.len() as u64) < list.len() {
        let page = block_on(list.page(case, rows.len() as u64, 97, columns)).unwrap();
        assert!(!page.is_empty(), "{} of {}", rows.len(), list.len());
        rows.extend(page.into_iter().map(|(_, row)| row));
    }
    rows
}

fn place(case: &NativeCase, row: &EventRow) -> (String, u32) {
    (case.paths[row.file as usize].clone(), row.record)
}

fn check(case: &NativeCase, known: &[Known], query: &str, predicate: &Predicate, order: &Order) {
    let expected: HashSet<(String, u32)> = known
        .iter()
        .filter(|event| naive::holds(predicate, &event.naive(), &is_secret))
        .map(|event| (event.path.clone(), event.number))
        .collect();
    let list = block_on(questions::list(case, predicate.clone(), TimeRange::default(), order.clone())).unwrap();
    let rows = rows_of(case, &list, &[]);
    let got: HashSet<(String, u32)> = rows.iter().map(|row| place(case, row)).collect();
    assert_eq!(got.len(), rows.len(), "{query}: an event is listed twice");
    let odd: Vec<_> = got.symmetric_difference(&expected).take(3).collect();
    assert!(odd.is_empty(), "{query}\n{predicate:?}\nengine {} naive {}, such as {odd:?}", got.len(), expected.len());
}

fn run(name: &str, records: Vec<Value>, queries: usize, seed: u64) {
    let mut rng = SmallRng::seed_from_u64(seed);
    let folder = Folder::new(name);
    let (mut files, known) = write(&folder.0, records, 61);
    let vocabulary = Vocabulary::of(known.iter().flat_map(|event| [&event.record, &event.derived]));
    let by_time = Order { by: SortBy::Time, descending: false };
    let newest = known.iter().filter_map(|event| event.time).max().unwrap();
    let mut selective = 0;
    for shards in [1, 2, 8] {
        files.shuffle(&mut rng);
        let case = NativeCase::load(&files, shards);
        assert_eq!(case.duplicates.total(), 0);
        for _ in 0..queries {
            let query = random_query(&mut rng, &vocabulary);
            let predicate = kql::parse(&query).unwrap_or_else(|error| panic!("{query}: {error}")).predicate;
            let predicate = predicate.resolve_now(newest);
            check(&case, &known, &query, &predicate, &by_time);
            let holds = known.iter().filter(|event| naive::holds(&predicate, &event.naive(), &is_secret)).count();
            selective += usize::from(holds > 0 && holds < known.len());
        }
    }
    assert!(selective * 4 > queries, "only {selective} of {} queries told events apart", queries * 3);
}

#[test]
fn random_queries_on_made_up_records() {
    let mut rng = SmallRng::seed_from_u64(11);
    run("made-up", made_up_records(&mut rng), 60, 1);
}

#[test]
fn random_queries_on_real_records() {
    let records = real_records();
    if !records.is_empty() {
        run("real", records, 12, 2);
    }
}

#[test]
fn predicates_that_no_box_spells_yet() {
    let mut rng = SmallRng::seed_from_u64(12);
    let folder = Folder::new("predicates");
    let (files, known) = write(&folder.0, made_up_records(&mut rng), 100);
    let case = NativeCase::load(&files, 2);
    let by_time = Order { by: SortBy::Time, descending: false };
    let exact = |steps: &[Step]| Select { steps: steps.to_vec(), arrays: Arrays::Exact };
    let key = |key: &str| Step::Key(key.to_owned());
    for inner in
        ["instanceId: i-0a", "instanceId: * and not tags: true", "not instanceId: *", "v: Alice", "at > 298", ""]
    {
        for array in [
            Select::keys("requestParameters.items"),
            Select::keys("long.list"),
            exact(&[key("requestParameters"), key("items")]),
            exact(&[Step::AnyDepth, key("tags")]),
        ] {
            let of = Box::new(kql::parse(inner).unwrap().predicate);
            let predicate = Predicate::SomeElement { array, of };
            check(&case, &known, inner, &predicate, &by_time);
            check(&case, &known, inner, &Predicate::Not(Box::new(predicate)), &by_time);
        }
    }
    // Absence that yields true, and arrays that are not stepped through.
    for select in [
        Select::keys("errorCode"),
        Select::keys("requestParameters.items.instanceId"),
        exact(&[key("requestParameters"), key("items"), key("instanceId")]),
        exact(&[key("requestParameters"), key("items"), Step::AnyElement, key("tags"), Step::Index(0)]),
        exact(&[key("long"), Step::AnyKey, Step::Index(7), key("v")]),
    ] {
        for value in ["Alice", "null", "*", "400"] {
            let Predicate::Test(Test { any, .. }) = kql::parse(&format!("x: {value}")).unwrap().predicate else {
                panic!()
            };
            let test = Test { select: select.clone(), any, absent: true };
            check(&case, &known, value, &Predicate::Test(test), &by_time);
        }
    }
}

/// The values of a field as facets count them, worked out plainly.
fn naive_values(record: &Value, path: &[&str], secret: bool, found: &mut Vec<String>) {
    match (record, path.split_first()) {
        (Value::Array(items), _) => items.iter().for_each(|item| naive_values(item, path, secret, found)),
        (Value::Object(members), Some((key, rest))) => {
            if let Some(value) = members.get(*key) {
                naive_values(value, rest, secret || secret::is_secret_key(key), found);
            }
        }
        (Value::Null | Value::Object(_), None) | (_, Some(_)) => {}
        (_, None) if secret => found.push(secret::MASK.to_owned()),
        (Value::String(text), None) => found.push(text.clone()),
        (value, None) => found.push(value.to_string()),
    }
}

const FIELDS: [&str; 14] = [
    "@actor",
    "@result",
    "@session",
    "@resource",
    "@integrity",
    "eventName",
    "errorCode",
    "userIdentity.arn",
    "eventID",
    "requestParameters.size",
    "requestParameters.items.tags",
    "long.list.v",
    "responseElements.credentials.sessionToken",
    "map.same",
];

#[test]
fn aggregates_merge_exactly() {
    let mut rng = SmallRng::seed_from_u64(13);
    let folder = Folder::new("aggregates");
    let (mut files, known) = write(&folder.0, made_up_records(&mut rng), 37);
    for shards in [1, 2, 8] {
        files.shuffle(&mut rng);
        let case = NativeCase::load(&files, shards);
        for query in ["", "eventName: *nvoke", "not errorCode: *"] {
            let predicate = kql::parse(query).unwrap().predicate;
            let holding: Vec<&Known> =
                known.iter().filter(|event| naive::holds(&predicate, &event.naive(), &is_secret)).collect();
            let (start, width, bins) = (1_688_990_000_000, 600_000, 30);
            for field in FIELDS {
                let (select, _) = field_of(&known[0], field);
                let path: Vec<&str> = field.split('.').collect();
                let mut expected: BTreeMap<String, u64> = BTreeMap::new();
                let mut none = 0;
                for event in &holding {
                    let mut values = Vec::new();
                    naive_values(field_of(event, field).1, &path, false, &mut values);
                    none += u64::from(values.is_empty());
                    let values: HashSet<String> = values.into_iter().collect();
                    values.into_iter().for_each(|value| *expected.entry(value).or_default() += 1);
                }
                let by = By { select: select.clone(), values: vec!["Alice".to_owned(), "Invoke".to_owned()] };
                let asked = vec![
                    (TimeRange::default(), Aggregate::Top(select)),
                    (TimeRange::default(), Aggregate::Histogram { start, width, bins, by: Some(by) }),
                    (TimeRange::default(), Aggregate::Histogram { start, width, bins, by: None }),
                    (TimeRange::default(), Aggregate::Count),
                ];
                let mut answers = block_on(questions::aggregates(&case, predicate.clone(), asked)).unwrap().into_iter();
                let Some(Answer::Top(counts)) = answers.next() else { panic!() };
                assert_eq!(counts.none, none, "{query} {field}");
                let got: BTreeMap<String, u64> = counts.values.into_iter().collect();
                assert_eq!(got, expected, "{query} {field} in {shards} shards");
                let (Some(Answer::Histogram(split)), Some(Answer::Histogram(plain))) = (answers.next(), answers.next())
                else {
                    panic!()
                };
                let mut expected = vec![0u32; bins as usize];
                for time in holding.iter().filter_map(|event| event.time) {
                    if let Some(bin) = expected.get_mut(((time - start) / width) as usize) {
                        *bin += 1;
                    }
                }
                assert_eq!(plain[0], expected, "{query}");
                let sums: Vec<u32> =
                    (0..bins as usize).map(|bin| split.iter().map(|series| series[bin]).sum()).collect();
                assert_eq!(sums, expected, "{query} split by {field}");
                let Some(Answer::Count(count)) = answers.next() else { panic!() };
                assert_eq!(count.rows, holding.len() as u64);
                assert_eq!(count.undated, holding.iter().filter(|event| event.time.is_none()).count() as u64);
                assert_eq!(count.last, holding.iter().filter_map(|event| event.time).max());
            }
        }
    }
}

#[test]
fn orders_are_the_same_in_any_number_of_shards() {
    let mut rng = SmallRng::seed_from_u64(14);
    let folder = Folder::new("orders");
    let (mut files, known) = write(&folder.0, made_up_records(&mut rng), 23);
    let mut orders = vec![SortBy::Time];
    orders.extend(FIELDS.iter().map(|field| SortBy::Field(field_of(&known[0], field).0)));
    for by in orders {
        for descending in [false, true] {
            let order = Order { by: by.clone(), descending };
            let mut first: Option<Vec<(String, u32)>> = None;
            for shards in [1, 2, 8] {
                files.shuffle(&mut rng);
                let case = NativeCase::load(&files, shards);
                let list = block_on(questions::list(&case, Predicate::Everything, TimeRange::default(), order.clone()))
                    .unwrap();
                assert_eq!(list.len(), known.len() as u64);
                let columns: Vec<Select> = match &by {
                    SortBy::Time => Vec::new(),
                    SortBy::Field(select) => vec![select.clone()],
                };
                let rows = rows_of(&case, &list, &columns);
                if by == SortBy::Time {
                    let times: Vec<i64> = rows.iter().filter_map(|row| row.time).collect();
                    assert!(times.is_sorted_by(|a, b| if descending { a >= b } else { a <= b }));
                    assert!(rows.iter().skip(times.len()).all(|row| row.time.is_none()), "undated last");
                }
                let places: Vec<(String, u32)> = rows.iter().map(|row| place(&case, row)).collect();
                assert_eq!(places.len(), places.iter().collect::<HashSet<_>>().len());
                // Any event is found again where it is.
                let page = block_on(list.page(&case, 300, 1, &[])).unwrap();
                let position = block_on(list.position(&case, page[0].0, page[0].1.row)).unwrap();
                assert_eq!(position, Some(300));
                match &first {
                    None => first = Some(places),
                    Some(first) => assert_eq!(&places, first, "{order:?} in {shards} shards"),
                }
            }
        }
    }
}

#[test]
fn secrets_are_not_found_and_masked() {
    let folder = Folder::new("secrets");
    let record = json!({
        "eventVersion": "1.08", "eventName": "AssumeRole", "eventID": "1",
        "responseElements": { "credentials": { "sessionToken": "FwoGZXIvYXdzEXAMPLE", "accessKeyId": "ASIA1" } },
        "requestParameters": { "userData": { "value": ["IyEvYmluL2Jhc2g="] }, "long": vec![json!({ "password": "hunter2" }); 400] },
    });
    let (files, _) = write(&folder.0, vec![record.clone()], 1);
    let case = NativeCase::load(&files, 1);
    let count = |query: &str| {
        let predicate = kql::parse(query).unwrap().predicate;
        case.with_shard(0, |shard| scan::rows(shard.store(), &case.paths, &predicate).count_ones(..))
    };
    for query in
        ["FwoGZXIv", "hunter2", "IyEv", "*.sessionToken: Fwo*", "requestParameters.long.password: hunter2", "/hunter/"]
    {
        assert_eq!(count(query), 0, "{query}");
    }
    for query in ["ASIA1", "*.sessionToken: *", "requestParameters.long.password: *", "requestParameters.userData: *"] {
        assert_eq!(count(query), 1, "{query}");
    }
    let shown = block_on(questions::record(&case, 0, 0, false)).unwrap();
    for secret in ["FwoGZXIv", "hunter2", "IyEv"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert!(shown.contains("ASIA1") && shown.matches(secret::MASK).count() == 402);
    assert_eq!(
        serde_json::from_str::<Value>(&block_on(questions::record(&case, 0, 0, true)).unwrap()).unwrap(),
        record
    );
}
