//! Facets and the counts of paths against plain counting, in 1, 2 and 8 shards: ties, fields of several values, missing
//! ones, secrets, more values than a shard sends at once, and copies of events.

mod common;
mod naive_trail;

use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use trailglass::query::facet::{Facet, FacetValues};
use trailglass::query::kql;
use trailglass::query::predicate::{Instant, Predicate, Select, TimeRange};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::{facets, questions};
use trailglass::store::secret;
use trailglass::time;

/// Folder of this run's files, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("trailglass-facets-{name}-{}", std::process::id()));
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

const START: i64 = 1_688_990_082_000;

/// Records whose values are spread in every way: few and many, even and steep, tied, in arrays, absent, secret.
fn records(rng: &mut SmallRng) -> Vec<Value> {
    let mut all = Vec::new();
    for n in 0..6_000u32 {
        let steep = (f64::from(rng.random_range(1..=1_000_000u32)).powf(0.55)) as u32;
        let mut record = json!({
            "eventVersion": "1.08",
            "eventID": format!("{n:08x}-d9cb-469f-a165-70867728950e"),
            "eventName": format!("Do{}", rng.random_range(0..7u32)),
            "eventSource": "s3.amazonaws.com",
            "eventTime": time::format(START + i64::from(n % 4_000) * 1_000),
            "sourceIPAddress": format!("10.{}.{}.7", steep % 200, steep / 200),
            "userIdentity": { "type": "IAMUser", "arn": format!("arn:aws:iam::222233334444:user/{}", steep % 900) },
            "requestParameters": { "tied": format!("t{:04}", n % 1_500), "even": format!("E{}", n % 2_500) },
        });
        if n % 3 == 0 {
            record["errorCode"] = json!(["AccessDenied", "accessdenied", "NoSuchBucket"][rng.random_range(0..3)]);
        }
        if n % 2 == 0 {
            let tags: Vec<u32> = (0..rng.random_range(0..4)).map(|_| rng.random_range(0..400u32).min(300)).collect();
            record["requestParameters"]["tags"] = json!(tags);
        }
        if n % 5 == 0 {
            record["resources"] = json!([
                { "ARN": format!("arn:aws:s3:::bucket-{}", steep % 700) },
                { "ARN": format!("arn:aws:s3:::bucket-{}", rng.random_range(0..3)) },
            ]);
        }
        if n % 7 == 0 {
            record["requestParameters"]["flag"] =
                json!([json!(true), json!(null), json!({}), json!(1.5)][n as usize % 4]);
            record["responseElements"] = json!({ "sessionToken": format!("token{n}"), "password": { "deep": "x" } });
        }
        all.push(record);
    }
    all
}

fn write(folder: &Path, name: &str, records: &[Value]) -> Vec<PathBuf> {
    let chunks = records.chunks(211).enumerate();
    let write = |(at, chunk): (usize, &[Value])| {
        let path = folder.join(format!("{name}-{at:03}.json"));
        std::fs::write(&path, json!({ "Records": chunk }).to_string()).unwrap();
        path
    };
    chunks.map(write).collect()
}

/// The values of a field, worked out plainly; `None` for one that is secret.
fn values(record: &Value, path: &[&str], hidden: bool, found: &mut BTreeSet<Option<String>>) {
    match (record, path.split_first()) {
        (Value::Array(items), _) => items.iter().for_each(|item| values(item, path, hidden, found)),
        (Value::Object(members), Some((key, rest))) => {
            if let Some(value) = members.get(*key) {
                values(value, rest, hidden || secret::is_secret_key(key), found);
            }
        }
        (Value::Null | Value::Object(_), None) | (_, Some(_)) => {}
        (_, None) if hidden => _ = found.insert(None),
        (Value::String(text), None) => _ = found.insert(Some(text.clone())),
        (value, None) => _ = found.insert(Some(value.to_string())),
    }
}

fn values_of(record: &Value, field: &str) -> BTreeSet<Option<String>> {
    let derived = naive_trail::derive(record, &[], false);
    let one = |value: Option<String>| value.into_iter().map(Some).collect();
    match field {
        "actor" => one(derived.actor),
        "result" => one(derived.result),
        "human" => one(derived.human),
        "resource" => derived.resources.into_iter().map(Some).collect(),
        path => {
            let path: Vec<&str> = match path {
                "ip" => vec!["sourceIPAddress"],
                "action" => vec!["eventName"],
                "error" => vec!["errorCode"],
                "id" => vec!["eventID"],
                path => path.split('.').collect(),
            };
            let mut found = BTreeSet::new();
            values(record, &path, false, &mut found);
            found
        }
    }
}

/// Whether `field: *` finds an event: an object or array counts, even an empty one; null does not.
fn has(record: &Value, field: &str) -> bool {
    let path: Vec<&str> = field.split('.').collect();
    let at = path.iter().try_fold(record, |at, key| at.get(*key));
    !values_of(record, field).is_empty() || at.is_some_and(|value| value.is_object() || value.is_array())
}

const FIELDS: [&str; 16] = [
    "actor",
    "result",
    "human",
    "resource",
    "ip",
    "action",
    "error",
    "id",
    "requestParameters.tied",
    "requestParameters.even",
    "requestParameters.tags",
    "requestParameters.flag",
    "responseElements.sessionToken",
    "responseElements.password",
    "nobody.has.this",
    "requestParameters",
];

fn select(field: &str) -> Select {
    kql::clauses::field_select(field).unwrap_or_else(|| panic!("{field}"))
}

/// What an event has: by field its values, and whether it has the field at all.
type Known = Vec<(BTreeSet<Option<String>>, bool)>;

fn expected(holding: &[(&Value, &Known)], at: usize, facet: &Facet) -> FacetValues {
    let mut counts: BTreeMap<&String, u64> = BTreeMap::new();
    for (_, known) in holding {
        known[at].0.iter().flatten().for_each(|value| *counts.entry(value).or_default() += 1);
    }
    let counts = counts.into_iter().map(|(value, count)| (value.clone(), count));
    let mut all: Vec<(String, u64)> = counts.collect();
    all.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
    let wanted: Vec<String> = facet.named.iter().map(|value| value.to_lowercase()).collect();
    let named = all.iter().filter(|(value, _)| wanted.contains(&value.to_lowercase())).cloned().collect();
    all.retain(|(value, _)| value.to_lowercase().contains(&facet.contains.to_lowercase()));
    let distinct = all.len() as u64;
    all.truncate(facet.limit);
    let none = holding.iter().filter(|(_, known)| !known[at].1).count() as u64;
    FacetValues { top: all, named, none, distinct, all_known: true, doubt: 0 }
}

#[test]
fn facets_are_what_plain_counting_says() {
    let mut rng = SmallRng::seed_from_u64(41);
    let folder = Folder::new("values");
    let records = records(&mut rng);
    let mut files = write(&folder.0, "part", &records);
    let known: Vec<Known> = records
        .iter()
        .map(|record| FIELDS.iter().map(|field| (values_of(record, field), has(record, field))).collect())
        .collect();
    let range = TimeRange { from: Some(Instant::At(START + 500_000)), to: Some(Instant::At(START + 2_500_000)) };
    let mut bounded = 0;
    for shards in [1, 2, 8] {
        files.shuffle(&mut rng);
        let case = NativeCase::load(&files, shards);
        for (query, range) in [("", TimeRange::default()), ("action: Do3 or error: *", range), ("action: Do9", range)] {
            let predicate = kql::parse(query).unwrap().predicate;
            let listed = block_on(questions::list(
                &case,
                predicate.clone(),
                range,
                trailglass::query::order::Order { by: trailglass::query::order::SortBy::Time, descending: false },
            ));
            let holding: Vec<(&Value, &Known)> = records
                .iter()
                .zip(&known)
                .filter(|(record, _)| {
                    let at = time::parse(record["eventTime"].as_str().unwrap()).unwrap();
                    let inside = range == TimeRange::default() || (START + 500_000..START + 2_500_000).contains(&at);
                    let found = match query {
                        "" => true,
                        "action: Do9" => false,
                        _ => record["eventName"] == "Do3" || record.get("errorCode").is_some(),
                    };
                    inside && found
                })
                .collect();
            assert_eq!(listed.unwrap().len(), holding.len() as u64, "{query}");
            for (contains, limit, named) in [
                ("", 5, vec![]),
                ("", 25, vec!["ACCESSDENIED", "t0003", "nowhere", "10.3.0.7"]),
                ("1.", 10, vec!["success"]),
                ("E1", 5, vec![]),
                ("", 700, vec![]),
            ] {
                let named: Vec<String> = named.into_iter().map(str::to_owned).collect();
                let contains = contains.to_owned();
                let facet = |field: &&str| Facet {
                    select: select(field),
                    contains: contains.clone(),
                    limit,
                    named: named.clone(),
                };
                let asked: Vec<Facet> = FIELDS.iter().map(facet).collect();
                let (rows, got) = block_on(facets::facets(&case, &predicate, range, asked.clone())).unwrap();
                assert_eq!(rows, holding.len() as u64);
                for (at, ((field, facet), got)) in FIELDS.iter().zip(&asked).zip(got).enumerate() {
                    let mut expected = expected(&holding, at, facet);
                    let what = format!("{query:?} {field} {contains:?} {limit} in {shards} shards");
                    if !got.all_known {
                        // What is not known to be all is no more than there are.
                        assert!(got.distinct <= expected.distinct && got.distinct >= limit as u64, "{what}");
                        (expected.distinct, expected.all_known) = (got.distinct, false);
                        bounded += 1;
                    }
                    assert_eq!(got, expected, "{what}");
                }
            }
        }
    }
    assert!(bounded > 10, "only {bounded} answers came of shards that did not send all");
}

#[test]
fn secret_values_are_never_offered() {
    let folder = Folder::new("secret");
    let records: Vec<Value> = (0..40)
        .map(|n| {
            json!({
                "eventVersion": "1.08", "eventID": n.to_string(), "eventName": "AssumeRole",
                "responseElements": { "credentials": { "sessionToken": "FwoGZXIv", "accessKeyId": "ASIA1" } },
                "requestParameters": { "long": vec![json!({ "password": "hunter2", "n": 1 }); 300] },
            })
        })
        .collect();
    let case = NativeCase::load(&write(&folder.0, "part", &records), 2);
    let of = |field: &str| {
        let facet =
            Facet { select: select(field), contains: String::new(), limit: 10, named: vec!["hunter2".to_owned()] };
        let (_, mut values) =
            block_on(facets::facets(&case, &Predicate::Everything, TimeRange::default(), vec![facet])).unwrap();
        values.remove(0)
    };
    for field in ["responseElements.credentials.sessionToken", "requestParameters.long.password"] {
        assert_eq!(of(field), FacetValues { all_known: true, ..FacetValues::default() }, "{field}");
    }
    assert_eq!(of("responseElements.credentials.accessKeyId").top, [("ASIA1".to_owned(), 40)]);
    assert_eq!(of("requestParameters.long.n").top, [("1".to_owned(), 40)]);
}

/// The paths of an event that hold values, arrays stepped through.
fn paths_of(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| paths_of(item, at, found)),
        Value::Object(members) => {
            let members: &Map<String, Value> = members;
            for (key, value) in members {
                let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                paths_of(value, &path, found);
            }
        }
        _ => _ = found.insert(at.to_owned()),
    }
}

#[test]
fn every_path_is_listed_with_its_events() {
    let mut rng = SmallRng::seed_from_u64(42);
    let folder = Folder::new("paths");
    let records = records(&mut rng);
    let mut files = write(&folder.0, "part", &records);
    // Some of them once more: copies count in no answer.
    files.extend(write(&folder.0, "zz-copy", &records[1_000..1_900]));
    let shorts = ["actor", "human", "error", "resource", "requestParameters.tags", "nobody.has.this"];
    for shards in [1, 2, 8] {
        files.shuffle(&mut rng);
        let case = NativeCase::load(&files, shards);
        assert_eq!(case.duplicates.total(), 900);
        for (query, holds) in [
            ("", (|_| true) as fn(&Value) -> bool),
            ("error: nosuchbucket", |record| record.get("errorCode").is_some_and(|code| code == "NoSuchBucket")),
        ] {
            let holding: Vec<&Value> = records.iter().filter(|record| holds(record)).collect();
            let mut expected: BTreeMap<String, u64> = BTreeMap::new();
            for record in &records {
                let mut found = BTreeSet::new();
                paths_of(record, "", &mut found);
                found.into_iter().for_each(|path| *expected.entry(path).or_default() += u64::from(holds(record)));
            }
            let predicate = kql::parse(query).unwrap().predicate;
            let selects = shorts.iter().map(|field| select(field)).collect();
            let counts = block_on(facets::field_counts(&case, predicate, TimeRange::default(), selects)).unwrap();
            assert_eq!(counts.rows, holding.len() as u64);
            let got: BTreeMap<String, u64> = counts.paths.into_iter().collect();
            assert_eq!(got, expected, "{query:?} in {shards} shards");
            let with = |field: &&str| holding.iter().filter(|record| has(record, field)).count() as u64;
            assert_eq!(counts.selects, shorts.iter().map(with).collect::<Vec<_>>(), "{query:?}");
        }
    }
}
