//! The derived values (who, for what, with which result): the vectors of `spec/CLOUDTRAIL-RECORD.md` 7 as records of our
//! own in `tests/data/derivations`, and the engine against the plain second implementation of `tests/naive_trail` on
//! those, on every real record at hand and on records made up of everything that is odd.

mod common;
mod naive_trail;
mod random_trail;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use naive_trail::{Derived, derive};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use random_trail::{TYPES, made_up_record};
use serde_json::{Value, json};
use trailglass::query::aggregate::{Aggregate, Answer};
use trailglass::query::kql::{self, Field};
use trailglass::query::order::{Order, SortBy};
use trailglass::query::predicate::{Predicate, Select, TimeRange};
use trailglass::session::protocol::{Ask, EventRow, Reply};
use trailglass::session::shard::Shard;

/// The vectors of the specification.
const VECTORS: usize = 24;

/// A field of the engine, and the naive value it must show.
type Single = (&'static str, fn(&Derived) -> &Option<String>);

/// The fields with at most one value.
const SINGLES: [Single; 10] = [
    ("@actor", |it| &it.actor),
    ("@actorType", |it| &it.actor_type),
    ("@session", |it| &it.session),
    ("@human", |it| &it.human),
    ("@via", |it| &it.via),
    ("@result", |it| &it.result),
    ("@family", |it| &it.family),
    ("@category", |it| &it.category),
    ("@access", |it| &it.access),
    ("@service", |it| &it.service),
];

// --- the engine's side -----------------------------------------------------------------------------------------------

/// A shard that has read these records as one log file.
fn shard_of(records: &[Value]) -> Shard {
    let mut shard = Shard::default();
    let report = shard.read(0, "records.json", json!({ "Records": records }).to_string().as_bytes());
    assert_eq!((report.events as usize, report.rejected), (records.len(), 0), "{report:#?}");
    shard
}

/// What a field's name selects.
fn select(field: &str) -> Select {
    match kql::parse(&format!("{field}: *")).unwrap().fields.remove(0).field {
        Field::Values(mut selects) => selects.remove(0),
        other => panic!("{field} is {other:?}"),
    }
}

/// What a query asks, five-minute summaries included: those are found by whoever asks for a category.
fn predicate(query: &str) -> Predicate {
    let query = if query.is_empty() { "category: *".to_owned() } else { format!("({query}) and category: *") };
    kql::parse(&query).unwrap_or_else(|error| panic!("{query}: {error}")).predicate
}

/// The events that a query selects, with some columns, in no particular order.
fn rows(shard: &mut Shard, query: &str, columns: Vec<Select>) -> Vec<EventRow> {
    let predicate = predicate(query);
    let order = Order { by: SortBy::Time, descending: false };
    let Reply::List(to) = shard.answer(Ask::List { predicate, range: TimeRange::default(), order }) else { panic!() };
    let Reply::Rows(rows) = shard.answer(Ask::Rows { from: 0, to, columns }) else { panic!() };
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The text of one field's cell in every record.
fn engine_cells(records: &[Value], field: &str) -> Vec<Option<String>> {
    cells(&mut shard_of(records), records.len(), field)
}

fn cells(shard: &mut Shard, records: usize, field: &str) -> Vec<Option<String>> {
    let mut cells = vec![None; records];
    for mut row in rows(shard, "", vec![select(field)]) {
        cells[row.record as usize] = row.cells.remove(0);
    }
    cells
}

/// Events by the value of a field.
fn counts(shard: &mut Shard, field: &str) -> BTreeMap<String, u64> {
    let aggregates = vec![(TimeRange::default(), Aggregate::Top(select(field)))];
    let ask = Ask::Aggregates { predicate: predicate(""), aggregates };
    let Reply::Aggregates(mut answers) = shard.answer(ask) else { panic!() };
    let Answer::Top(counts) = answers.remove(0) else { panic!() };
    counts.values.into_iter().collect()
}

/// What the engine derives from one record alone.
fn engine(record: &Value) -> Derived {
    let records = std::slice::from_ref(record);
    let cell = |field: &str| engine_cells(records, field).remove(0);
    Derived {
        actor: cell("@actor"),
        actor_type: cell("@actorType"),
        session: cell("@session"),
        human: cell("@human"),
        via: cell("@via"),
        result: cell("@result"),
        family: cell("@family"),
        category: cell("@category"),
        access: cell("@access"),
        service: cell("@service"),
        resources: counts(&mut shard_of(records), "@resource").into_keys().collect(),
    }
}

/// A text as a query writes it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Compares all values of all records; at most a dozen differences of each field are shown.
fn compare(what: &str, records: &[Value]) {
    let expected: Vec<Derived> = records.iter().map(|record| derive(record, &[], false)).collect();
    let mut shard = shard_of(records);
    let mut wrong: Vec<String> = Vec::new();
    // What follows from evidence does not follow from the record.
    assert!(cells(&mut shard, records.len(), "@integrity").iter().all(Option::is_none));
    for (field, value) in SINGLES {
        let cells = cells(&mut shard, records.len(), field);
        let odd = (0..records.len()).filter(|&at| cells[at] != *value(&expected[at]));
        wrong.extend(
            odd.take(12)
                .map(|at| format!("{field} is {:?}, naively {:?}: {}", cells[at], value(&expected[at]), records[at])),
        );
        // What a cell shows is what counts, too.
        let mut naive: BTreeMap<String, u64> = BTreeMap::new();
        expected.iter().filter_map(|it| value(it).clone()).for_each(|text| *naive.entry(text).or_default() += 1);
        if counts(&mut shard, field) != naive {
            wrong.push(format!("{field} is counted as {:?}, naively {naive:?}", counts(&mut shard, field)));
        }
        // And searching for it finds it, and nothing else.
        for text in naive.keys() {
            let found = numbers(rows(&mut shard, &format!("{field}: {}", quoted(text)), Vec::new()));
            let with: BTreeSet<usize> =
                (0..records.len()).filter(|&at| value(&expected[at]).as_ref() == Some(text)).collect();
            if found != with {
                wrong.push(format!("{field}: {text:?} finds {} records, naively {}", found.len(), with.len()));
            }
        }
    }
    let mut holders: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (at, derived) in expected.iter().enumerate() {
        derived.resources.iter().for_each(|name| {
            holders.entry(name).or_default().insert(at);
        });
    }
    let naive: BTreeMap<String, u64> = holders.iter().map(|(name, at)| ((*name).to_owned(), at.len() as u64)).collect();
    let counted = counts(&mut shard, "@resource");
    let differ = |(name, count): &(&String, &u64)| naive.get(*name) != Some(*count);
    wrong.extend(counted.iter().filter(differ).take(12).map(|(name, count)| {
        let record = holders.get(name.as_str()).and_then(|at| at.first()).map(|&at| &records[at]);
        format!("resource {name:?} counts {count}, naively {:?}: {record:?}", naive.get(name))
    }));
    for (name, with) in &holders {
        let found = numbers(rows(&mut shard, &format!("resource: {}", quoted(name)), Vec::new()));
        if let Some(at) = found.symmetric_difference(with).next() {
            let (found, with) = (found.len(), with.len());
            wrong.push(format!("resource: {name:?} finds {found} records, naively {with}; one is {}", records[*at]));
        }
    }
    let differences = wrong.len();
    wrong.truncate(60);
    assert!(wrong.is_empty(), "{what}: {differences} differences, such as\n{}", wrong.join("\n"));
}

fn numbers(rows: Vec<EventRow>) -> BTreeSet<usize> {
    rows.into_iter().map(|row| row.record as usize).collect()
}

// --- the vectors -----------------------------------------------------------------------------------------------------

struct Vector {
    name: String,
    record: Value,
    expected: Derived,
}

/// Every record of the vectors with the values that it must have; a value that is not given must not be there.
fn vectors() -> Vec<Vector> {
    let mut vectors = Vec::new();
    let mut seen = BTreeSet::new();
    for file in common::files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/derivations")) {
        let content: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        seen.insert(content["vector"].as_u64().unwrap());
        for (at, one) in content["records"].as_array().unwrap().iter().enumerate() {
            let expect = one["expect"].as_object().unwrap();
            let text = |key: &str| expect.get(key).map(|value| value.as_str().unwrap().to_owned());
            let resources = expect.get("resources").and_then(Value::as_array).into_iter().flatten();
            let expected = Derived {
                actor: text("actor"),
                actor_type: text("actor_type"),
                session: text("session"),
                human: text("human"),
                via: text("via"),
                result: text("result"),
                family: text("family"),
                category: text("category"),
                access: text("access"),
                service: text("service"),
                resources: resources.map(|name| name.as_str().unwrap().to_owned()).collect(),
            };
            let name = format!("{}, record {at}", file.file_name().unwrap().to_string_lossy());
            vectors.push(Vector { name, record: one["record"].clone(), expected });
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), (1..=VECTORS as u64).collect::<Vec<_>>());
    vectors
}

#[test]
fn vectors_naively() {
    for Vector { name, record, expected } in vectors() {
        assert_eq!(derive(&record, &[], false), expected, "{name}");
    }
}

#[test]
fn vectors_in_the_engine() {
    let vectors = vectors();
    let wrong: Vec<String> = vectors
        .iter()
        .map(|vector| (vector, engine(&vector.record)))
        .filter(|(vector, got)| *got != vector.expected)
        .map(|(vector, got)| format!("{}: {got:#?}\nexpected {:#?}", vector.name, vector.expected))
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ: {}", wrong.len(), vectors.len(), wrong.join("\n"));
    // All in one file they are the same: no record's values lean on another's.
    compare("the vectors", &vectors.into_iter().map(|vector| vector.record).collect::<Vec<_>>());
}

#[test]
fn pairs_of_records_are_both_kept() {
    // One action in two accounts' logs, a record that corrects another, a key and its use: none is a copy of another.
    let records: Vec<Value> = vectors().into_iter().map(|vector| vector.record).collect();
    let mut shard = shard_of(&records);
    let Reply::Identities(identities) = shard.answer(Ask::Identities) else { panic!() };
    let different: BTreeSet<u64> = identities.iter().copied().collect();
    assert_eq!((identities.len(), different.len()), (records.len(), records.len()));
    assert_eq!(rows(&mut shard, "sharedEventID: \"10000016-0000-4000-8000-0000000000ff\"", Vec::new()).len(), 2);
    assert_eq!(rows(&mut shard, "addendum.originalEventID: 10000022-0000-4000-8000-000000000001", Vec::new()).len(), 1);
}

#[test]
fn secrets_are_no_resources() {
    let mut shard = shard_of(&vectors().into_iter().map(|vector| vector.record).collect::<Vec<_>>());
    for secret in ["not to be shown", "never"] {
        assert_eq!(rows(&mut shard, &format!("resource: {}", quoted(secret)), Vec::new()).len(), 0);
    }
}

#[test]
fn sign_ins_of_a_format_without_results_are_unknown() {
    let record = json!({
        "eventName": "ConsoleLogin", "eventSource": "signin.amazonaws.com", "eventTime": "2024-02-05T08:30:00Z",
        "userIdentity": { "userName": "Heron" }, "readOnly": false,
    });
    let muted = derive(&record, &[], true);
    assert_eq!((muted.result.as_deref(), muted.actor.as_deref()), (Some("unknown"), Some("Heron")));
    assert_eq!(derive(&record, &[], false).result.as_deref(), Some("success"));
    // Only sign-ins are in doubt, and only where nothing says that they failed.
    let with = |key: &str, value: &str| {
        let mut record = record.clone();
        record[key] = json!(value);
        derive(&record, &[], true).result
    };
    assert_eq!(with("eventName", "CheckMfa").as_deref(), Some("success"));
    assert_eq!(with("errorCode", "AccessDenied").as_deref(), Some("denied"));

    // The console's own download is such a format.
    let csv = "User name,AWS access key,Event time,Event source,Event name,AWS region,Source IP address,User agent,\
        Error code,Resources,Request ID,Event ID,Read-only,Event type,Recipient Account Id,Event category\n\
        Heron,,2024-02-05T08:30:00Z,signin.amazonaws.com,ConsoleLogin,us-east-1,203.0.113.20,browser,,[],,\
        10000100-0000-4000-8000-000000000001,false,AwsConsoleSignIn,222233334444,Management\n\
        Heron,ASIAWRENEXAMPLE00100,2024-02-05T08:31:00Z,s3.amazonaws.com,DeleteBucket,us-east-1,203.0.113.20,browser,\
        AccessDenied,\"[{\"\"resourceType\"\":\"\"AWS::S3::Bucket\"\",\"\"resourceName\"\":\"\"tide-tables\"\"}]\",,\
        10000100-0000-4000-8000-000000000002,false,AwsApiCall,222233334444,Management\n";
    let mut shard = Shard::default();
    let report = shard.read(0, "event_history.csv", csv.as_bytes());
    assert_eq!((report.events, report.rejected, report.problems.len()), (2, 0, 0), "{report:#?}");
    assert_eq!(cells(&mut shard, 2, "@result"), [Some("unknown".to_owned()), Some("denied".to_owned())]);
    assert_eq!(cells(&mut shard, 2, "@actor"), [Some("Heron".to_owned()), Some("Heron".to_owned())]);
    assert_eq!(cells(&mut shard, 2, "@actorType"), [None, None]);
    assert_eq!(cells(&mut shard, 2, "@access"), [Some("write".to_owned()), Some("write".to_owned())]);
    assert_eq!(cells(&mut shard, 2, "@category"), [Some("management".to_owned()), Some("management".to_owned())]);
    assert_eq!(cells(&mut shard, 2, "@resource")[1].as_deref(), Some("tide-tables"));
}

#[test]
fn how_a_cut_record_ended_is_unknown() {
    let head = r#"{"eventVersion":"1.08","eventTime":"2024-02-05T08:30:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject""#;
    // The whole record is there first, so that what is known of its call is not taken for the cut one.
    for (rest, result) in [
        ("", Some("unknown")),
        (r#","errorCode":"AccessDenied""#, Some("denied")),
        (r#","eventType":"AwsServiceEvent""#, Some("service event")),
    ] {
        let text = format!(r#"{{"Records":[{head}}},{head}{rest},"requestParameters":{{"key":"tide"#);
        let mut shard = Shard::default();
        let report = shard.read(0, "cut.json", text.as_bytes());
        assert_eq!((report.events, report.rejected), (2, 0), "{report:#?}");
        let found = cells(&mut shard, 2, "@result");
        assert_eq!([found[0].as_deref(), found[1].as_deref()], [Some("success"), result], "{rest}");
    }
    // A row that ends before the column of the error cannot tell either.
    let header = "Event time,Event source,Event name,AWS region,Error code,Event ID\n";
    let rows = "2024-03-01T10:01:00Z,s3.amazonaws.com,GetBucketAcl,eu-west-1,,1\n\
        2024-03-01T10:02:00Z,s3.amazonaws.com,GetBucketAcl\n2024-03-01T10:03:00Z,s3.amazonaws.com,GetBucketAcl,eu-west-1,\n";
    let mut shard = Shard::default();
    shard.read(0, "event_history.csv", format!("{header}{rows}").as_bytes());
    let found = cells(&mut shard, 3, "@result");
    let found: Vec<_> = found.iter().map(Option::as_deref).collect();
    assert_eq!(found, [Some("success"), Some("unknown"), Some("success")]);
}

#[test]
fn resources_around_a_record_are_its_resources() {
    let record = vectors().remove(0).record;
    let around = ["harbour-trail".to_owned(), "arn:aws:s3:::tide-tables".to_owned(), String::new()];
    let naive = derive(&record, &around, false).resources;
    assert_eq!(naive.iter().map(String::as_str).collect::<Vec<_>>(), ["arn:aws:s3:::tide-tables", "harbour-trail"]);
    let named: Vec<Value> = around.iter().map(|name| json!({ "ResourceType": "x", "ResourceName": name })).collect();
    let text = json!({ "Events": [{
        "EventId": record["eventID"], "EventName": record["eventName"], "EventTime": "2024-02-05T09:30:00+01:00",
        "Resources": named, "Username": "Wren", "CloudTrailEvent": record.to_string(),
    }] });
    let mut shard = Shard::default();
    let report = shard.read(0, "lookup.json", text.to_string().as_bytes());
    assert_eq!((report.events, report.rejected, report.problems.len()), (1, 0, 0), "{report:#?}");
    assert_eq!(counts(&mut shard, "@resource").into_keys().collect::<BTreeSet<_>>(), naive);
}

// --- every real record -----------------------------------------------------------------------------------------------

/// All CloudTrail records in a value: wherever they are, also as JSON text in a string.
fn gather(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, found)),
        Value::Object(members) => {
            let has = |key: &str| members.get(key).is_some_and(Value::is_string);
            let foreign = members.get("eventSource").and_then(Value::as_str).is_some_and(|it| it.starts_with("aws:"));
            if has("eventVersion") && (has("eventName") || has("eventType")) && !foreign {
                found.push(value.clone());
            } else {
                members.values().for_each(|inner| gather(inner, found));
            }
        }
        Value::String(text) if text.starts_with('{') => {
            if let Ok(inner) = serde_json::from_str(text) {
                gather(&inner, found);
            }
        }
        _ => {}
    }
}

fn real_records(shared: &Path) -> Vec<Value> {
    let mut found = Vec::new();
    for path in common::files_below(&shared.join("data")) {
        let mut bytes = std::fs::read(&path).unwrap();
        if bytes.starts_with(b"\x1f\x8b") {
            let packed = std::mem::take(&mut bytes);
            MultiGzDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
        }
        // One value after the other: documents and lines of documents alike. What is no JSON has no records.
        for value in serde_json::Deserializer::from_slice(&bytes).into_iter::<Value>() {
            match value {
                Ok(value) => gather(&value, &mut found),
                Err(_) => break,
            }
        }
    }
    found
}

#[test]
fn real_records_have_values() {
    let Some(shared) = common::shared() else { return };
    let records = real_records(&shared);
    assert!(records.len() > 3_600, "{} records", records.len());
    let derived: Vec<Derived> = records.iter().map(|record| derive(record, &[], false)).collect();
    let tally = |value: fn(&Derived) -> &Option<String>| {
        let mut tally: BTreeMap<String, usize> = BTreeMap::new();
        derived.iter().for_each(|it| *tally.entry(value(it).clone().unwrap_or_default()).or_default() += 1);
        tally
    };
    let (results, families) = (tally(|it| &it.result), tally(|it| &it.family));
    eprintln!("{} records\n{results:?}\n{families:?}\n{:?}", records.len(), tally(|it| &it.category));
    // What these say about real logs is plausible: most calls succeed, everybody is somebody, few errors are strange.
    assert!(results["success"] * 10 > records.len() * 6, "{results:?}");
    assert!(results["denied"] > 60 && results["service event"] > 20, "{results:?}");
    let failed: usize = families.iter().filter(|(family, _)| !family.is_empty()).map(|(_, count)| count).sum();
    assert!(families["throttling"] >= 102 && families["authorization"] > 60, "{families:?}");
    assert!(families["other"] * 2 < failed, "{families:?}");
    let nobody = derived.iter().filter(|it| it.actor.is_none()).count();
    assert!(nobody * 50 < records.len(), "{nobody} of {} have no actor", records.len());
    assert!(derived.iter().filter(|it| !it.resources.is_empty()).count() * 3 > records.len());
}

#[test]
fn real_records_in_the_engine() {
    let Some(shared) = common::shared() else { return };
    compare("real records", &real_records(&shared));
}

// --- made-up records -------------------------------------------------------------------------------------------------

fn made_up_records() -> Vec<Value> {
    let mut rng = SmallRng::seed_from_u64(24);
    (0..6_000).map(|number| made_up_record(&mut rng, number)).collect()
}

#[test]
fn made_up_records_reach_everything() {
    let mut seen: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for record in made_up_records() {
        let derived = derive(&record, &[], false);
        for (field, value) in SINGLES {
            seen.entry(field).or_default().insert(value(&derived).clone().unwrap_or_default());
        }
    }
    let count = |field: &str| seen[field].len();
    assert_eq!(count("@family"), 11, "{:?}", seen["@family"]);
    assert_eq!(count("@result"), 6, "{:?}", seen["@result"]);
    assert_eq!(count("@access"), 3);
    assert_eq!(count("@actorType"), TYPES.len() + 2, "{:?}", seen["@actorType"]);
    assert!(count("@actor") > 40 && count("@session") > 8 && count("@human") > 6, "{seen:#?}");
    assert!(seen["@actor"].contains("unknown") && seen["@actor"].contains("unknown (hidden)"));
}

#[test]
fn made_up_records_in_the_engine() {
    compare("made-up records", &made_up_records());
}
