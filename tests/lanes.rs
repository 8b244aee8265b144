//! Lanes against plain counting over `serde_json::Value`: which there are, their order, what they hold over time, and the way
//! from one event to the next, in 1, 2 and 8 shards and with the files in any order.

mod common;
mod naive_trail;

use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use trailglass::query::kql::{self, clauses::field_select};
use trailglass::query::lanes::{Bins, LaneOrder, Marked, Sums};
use trailglass::query::predicate::{Instant, Predicate, TimeRange};
use trailglass::session::lanes::{self, Events, From};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::time;

const START: i64 = 1_688_990_000_000;

/// An event as plain counting sees it. Its order is that of the table: undated ones last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Plain {
    undated: bool,
    time: Option<i64>,
    path: String,
    number: u32,
    name: String,
    failed: bool,
    /// By field, its values.
    values: BTreeMap<&'static str, BTreeSet<String>>,
}

const FIELDS: [&str; 6] = ["actor", "ip", "result", "requestParameters.tags.key", "resource", "id"];

fn texts(value: &Value, path: &[&str], into: &mut BTreeSet<String>) {
    match (value, path) {
        (Value::Array(items), _) => items.iter().for_each(|item| texts(item, path, into)),
        (Value::Object(object), [key, rest @ ..]) => {
            if let Some(value) = object.get(*key) {
                texts(value, rest, into);
            }
        }
        (Value::String(text), []) => {
            into.insert(text.clone());
        }
        (Value::Number(number), []) => {
            into.insert(number.to_string());
        }
        _ => {}
    }
}

fn plain(record: &Value, path: &str, number: u32) -> Plain {
    let derived = naive_trail::derive(record, &[], false);
    let of = |path: &[&str]| {
        let mut found = BTreeSet::new();
        texts(record, path, &mut found);
        found
    };
    let result = derived.result.clone();
    let time = record["eventTime"].as_str().and_then(time::parse);
    Plain {
        undated: time.is_none(),
        time,
        path: path.to_owned(),
        number,
        name: record["eventName"].as_str().unwrap_or_default().to_owned(),
        failed: matches!(result.as_deref(), Some("denied" | "error")),
        values: BTreeMap::from([
            ("actor", derived.actor.into_iter().collect()),
            ("ip", of(&["sourceIPAddress"])),
            ("result", result.into_iter().collect()),
            ("requestParameters.tags.key", of(&["requestParameters", "tags", "key"])),
            ("resource", derived.resources.into_iter().collect()),
            ("id", of(&["eventID"])),
        ]),
    }
}

/// Records with few actors and many addresses, times that coincide and times that are missing.
fn records(count: u32, rng: &mut SmallRng, millis: bool) -> Vec<Value> {
    (0..count)
        .map(|n| {
            // A few addresses are common, most are met once or twice, in whichever shard.
            let ip = match rng.random_range(0..3) {
                0 => rng.random_range(0..6),
                _ => 10 + rng.random_range(0..count / 2),
            };
            let name = ["GetObject", "PutObject", "ListBuckets"][rng.random_range(0..3)];
            let mut record = json!({
                "eventVersion": "1.08",
                "eventID": format!("{:08x}-d9cb-469f-a165-70867728950e", n * 7_919),
                "eventSource": "s3.amazonaws.com",
                "eventName": name,
                "sourceIPAddress": format!("10.{}.{}.{}", ip / 200, ip % 200, ip % 7),
                "requestParameters": { "bucketName": format!("bucket-{}", rng.random_range(0..9)) },
            });
            let tags: Vec<Value> =
                (0..rng.random_range(0..4)).map(|_| json!({ "key": format!("k{}", rng.random_range(0..5)) })).collect();
            record["requestParameters"]["tags"] = json!(tags);
            if rng.random_ratio(19, 20) {
                let at = START + rng.random_range(0..400) * 7_000 + if millis { rng.random_range(0..1_000) } else { 0 };
                record["eventTime"] = json!(time::format(at));
            }
            if rng.random_ratio(4, 5) {
                let user = format!("user-{}", rng.random_range(0..12));
                let arn = format!("arn:aws:iam::111122223333:user/{user}");
                record["userIdentity"] =
                    json!({ "type": "IAMUser", "arn": arn, "userName": user, "accountId": "111122223333" });
            }
            if rng.random_ratio(1, 6) {
                let code = ["AccessDenied", "NoSuchKey"][rng.random_range(0..2)];
                record["errorCode"] = json!(code);
            }
            record
        })
        .collect()
}

struct Case {
    plain: Vec<Plain>,
    files: Vec<PathBuf>,
    _folder: tempfile::TempDir,
}

fn case(count: u32, rng: &mut SmallRng, millis: bool) -> Case {
    let folder = tempfile::tempdir().unwrap();
    let (mut files, mut known) = (Vec::new(), Vec::new());
    for (at, chunk) in records(count, rng, millis).chunks(37).enumerate() {
        let path = folder.path().join(format!("part-{at:03}.json"));
        std::fs::write(&path, json!({ "Records": chunk }).to_string()).unwrap();
        let name = path.to_string_lossy().into_owned();
        known.extend(chunk.iter().enumerate().map(|(number, record)| plain(record, &name, number as u32)));
        files.push(path);
    }
    known.sort();
    Case { plain: known, files, _folder: folder }
}

fn within(event: &Plain, range: Option<(i64, i64)>) -> bool {
    range.is_none_or(|(from, to)| event.time.is_some_and(|time| from <= time && time < to))
}

fn time_range(range: Option<(i64, i64)>) -> TimeRange {
    range.map_or_else(TimeRange::default, |(from, to)| TimeRange {
        from: Some(Instant::At(from)),
        to: Some(Instant::At(to)),
    })
}

/// Lanes by plain counting: by value, and the events without any.
fn counted<'a>(events: impl Iterator<Item = &'a Plain>, field: &str) -> (BTreeMap<String, Sums>, Sums) {
    let (mut lanes, mut none): (BTreeMap<String, Sums>, Sums) = Default::default();
    for event in events {
        let one = Sums { events: 1, marked: u64::from(event.failed), first: event.time, last: event.time };
        event.values[field].iter().for_each(|value| lanes.entry(value.clone()).or_default().add(&one));
        if event.values[field].is_empty() {
            none.add(&one);
        }
    }
    (lanes, none)
}

fn naive_order(order: LaneOrder, lanes: BTreeMap<String, Sums>) -> Vec<(String, Sums)> {
    let mut lanes: Vec<(String, Sums)> = lanes.into_iter().collect();
    // Stable, so equals stay in the order of their values.
    match order {
        LaneOrder::First => lanes.sort_by_key(|(_, sums)| sums.first.unwrap_or(i64::MAX)),
        LaneOrder::Last => lanes.sort_by_key(|(_, sums)| std::cmp::Reverse(sums.last.unwrap_or(i64::MIN))),
        LaneOrder::Count => lanes.sort_by_key(|(_, sums)| std::cmp::Reverse(sums.events)),
    }
    lanes
}

#[test]
fn lanes_are_those_of_plain_counting() {
    let mut rng = SmallRng::seed_from_u64(4);
    let mut case = case(900, &mut rng, false);
    let mut scattered = 0;
    for shards in [1, 2, 8] {
        case.files.shuffle(&mut rng);
        let native = NativeCase::load(&case.files, shards);
        for range in [None, Some((START + 300_000, START + 1_500_000)), Some((START, START))] {
            for field in FIELDS {
                let select = field_select(field).unwrap();
                let events = Events {
                    predicate: Predicate::Everything,
                    range: time_range(range),
                    select,
                    marked: Marked::Failed,
                };
                let (all, none) = counted(case.plain.iter().filter(|event| within(event, range)), field);
                let some: Vec<String> = all.keys().step_by(5).take(3).cloned().chain(["nobody".to_owned()]).collect();
                for order in [LaneOrder::First, LaneOrder::Last, LaneOrder::Count] {
                    for limit in [0, 1, 4, 20, 5_000] {
                        for (named, hidden) in [(&some[..0], &some[..0]), (&some[..1], &some[1..])] {
                            let got = block_on(lanes::lanes(&native, &events, order, limit, named, hidden)).unwrap();
                            let told = format!("{field} {order:?} {limit} in {shards} shards, {range:?}");
                            let mut others = all.clone();
                            others.retain(|value, _| !named.contains(value) && !hidden.contains(value));
                            assert_eq!(got.total, others.len() as u64, "{told}");
                            assert_eq!(got.none, none, "{told}");
                            let mut expected = naive_order(order, others);
                            scattered += usize::from(expected.len() > limit as usize);
                            expected.truncate(limit as usize);
                            assert_eq!(got.lanes, expected, "{told}");
                            let sums = |value: &String| all.get(value).copied().unwrap_or_default();
                            let expected: Vec<_> = named.iter().map(|value| (value.clone(), sums(value))).collect();
                            assert_eq!(got.named, expected, "{told}");
                        }
                    }
                }
            }
        }
    }
    assert!(scattered > 100, "only {scattered} answers were cut short");
}

#[test]
fn lanes_follow_the_predicate() {
    let mut rng = SmallRng::seed_from_u64(5);
    let case = case(400, &mut rng, false);
    let native = NativeCase::load(&case.files, 3);
    let predicate = kql::parse("result: (denied or error)").unwrap().predicate;
    let events = Events {
        predicate,
        range: TimeRange::default(),
        select: field_select("actor").unwrap(),
        marked: Marked::Failed,
    };
    let got = block_on(lanes::lanes(&native, &events, LaneOrder::Count, 100, &[], &[])).unwrap();
    let (all, none) = counted(case.plain.iter().filter(|event| event.failed), "actor");
    assert_eq!((got.lanes, got.none), (naive_order(LaneOrder::Count, all), none));
    assert!(none.events > 0 && none.events == none.marked);
}

#[test]
fn lanes_over_time() {
    let mut rng = SmallRng::seed_from_u64(6);
    for millis in [false, true] {
        let case = case(700, &mut rng, millis);
        for shards in [1, 2, 8] {
            let native = NativeCase::load(&case.files, shards);
            for field in FIELDS {
                let events = Events {
                    predicate: Predicate::Everything,
                    range: TimeRange::default(),
                    select: field_select(field).unwrap(),
                    marked: Marked::Failed,
                };
                let (all, _) = counted(case.plain.iter(), field);
                let mut values: Vec<Option<String>> = all.into_keys().take(30).map(Some).collect();
                values.insert(1, None);
                for (start, width, count) in [(START - 1_000, 60_000, 50), (START + 500, 7_777, 100)] {
                    let bins = Bins { start, width, count };
                    let got = block_on(lanes::density(&native, &events, values.clone(), bins, 200)).unwrap();
                    let mut expected = vec![(0, 0); values.len() * count as usize];
                    let mut marks = Vec::new();
                    for (lane, value) in values.iter().enumerate() {
                        for event in &case.plain {
                            let there = match value {
                                Some(value) => event.values[field].contains(value),
                                None => event.values[field].is_empty(),
                            };
                            let bin = event.time.map(|time| (time - start).div_euclid(width));
                            let Some(bin) = bin.filter(|bin| there && (0..i64::from(count)).contains(bin)) else {
                                continue;
                            };
                            let (all, failed) = &mut expected[lane * count as usize + bin as usize];
                            *all += 1;
                            *failed += u32::from(event.failed);
                            marks.push((
                                lane as u32,
                                event.time.unwrap(),
                                event.path.clone(),
                                event.number,
                                event.name.clone(),
                            ));
                        }
                    }
                    let (all, failed): (Vec<u32>, Vec<u32>) = expected.into_iter().unzip();
                    assert_eq!((got.events, got.marked), (all, failed), "{field} in {shards} shards");
                    marks.sort();
                    let told = got.marks.map(|marks| {
                        let mut marks: Vec<_> = marks
                            .into_iter()
                            .map(|(_, mark)| {
                                let path = native.paths[mark.file as usize].clone();
                                (mark.lane, mark.time, path, mark.record, mark.name)
                            })
                            .collect();
                        marks.sort();
                        marks
                    });
                    let few = marks.len() <= 200;
                    assert_eq!(told, few.then_some(marks), "{field} in {shards} shards");
                }
            }
        }
    }
}

#[test]
fn from_one_event_to_the_next() {
    let mut rng = SmallRng::seed_from_u64(7);
    let mut case = case(300, &mut rng, false);
    for shards in [1, 2, 8] {
        case.files.shuffle(&mut rng);
        let native = NativeCase::load(&case.files, shards);
        for (field, range) in
            [("actor", None), ("requestParameters.tags.key", Some((START, START + 2_000_000))), ("resource", None)]
        {
            let select = field_select(field).unwrap();
            let events = Events {
                predicate: Predicate::Everything,
                range: time_range(range),
                select: select.clone(),
                marked: Marked::Failed,
            };
            let (all, _) = counted(case.plain.iter(), field);
            let lanes: Vec<Option<String>> = all.into_keys().take(4).map(Some).chain([None]).collect();
            for value in lanes {
                let of_lane: Vec<&Plain> = case
                    .plain
                    .iter()
                    .filter(|event| within(event, range))
                    .filter(|event| match &value {
                        Some(value) => event.values[field].contains(value),
                        None => event.values[field].is_empty(),
                    })
                    .collect();
                let place = |row: &trailglass::session::protocol::EventRow| {
                    (native.paths[row.file as usize].clone(), row.record)
                };
                let step = |from: From, later: bool| {
                    block_on(lanes::neighbour(&native, &events, value.clone(), from, later)).unwrap()
                };
                // Through the whole lane and back.
                for later in [true, false] {
                    let mut walked = Vec::new();
                    let mut at = step(From::Time(if later { i64::MIN } else { i64::MAX }), later);
                    while let Some((shard, row)) = at {
                        walked.push(place(&row));
                        let (key, values) = block_on(lanes::place(&native, shard, row.row, &select)).unwrap().unwrap();
                        assert_eq!(key.time(), row.time);
                        assert!(value.as_ref().is_none_or(|value| values.contains(value)));
                        at = step(From::Event(key), later);
                    }
                    let mut expected: Vec<_> = of_lane
                        .iter()
                        .filter(|event| later || event.time.is_some())
                        .map(|event| (event.path.clone(), event.number))
                        .collect();
                    if !later {
                        expected.reverse();
                    }
                    assert_eq!(walked, expected, "{field} {value:?} later {later} in {shards} shards");
                }
                // From an instant: what happened then is later, not earlier.
                let at = START + 7_000 * 100;
                let next = of_lane.iter().find(|event| event.time.is_none_or(|time| time >= at));
                let before = of_lane.iter().rev().find(|event| event.time.is_some_and(|time| time < at));
                for (expected, later) in [(next, true), (before, false)] {
                    let got = step(From::Time(at), later).map(|(_, row)| place(&row));
                    assert_eq!(got, expected.map(|event| (event.path.clone(), event.number)));
                }
            }
        }
    }
}
