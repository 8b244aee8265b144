//! Any JSON where a record says who did what: the engine derives the same from it as the plain second implementation that
//! the tests use, and never panics.
#![no_main]

#[path = "../../tests/naive_trail/mod.rs"]
mod naive_trail;

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use naive_trail::{Derived, derive};
use serde_json::{Map, Value, json};
use trailglass::query::aggregate::{Aggregate, Answer};
use trailglass::query::kql::{self, Field};
use trailglass::query::order::{Order, SortBy};
use trailglass::query::predicate::{Select, TimeRange};
use trailglass::session::protocol::{Ask, Reply};
use trailglass::session::shard::Shard;

/// Members that decide something, to build a record of when the input is no JSON.
const KEYS: [&str; 32] = [
    "type",
    "arn",
    "principalId",
    "userName",
    "accountId",
    "accessKeyId",
    "identityProvider",
    "invokedBy",
    "sessionContext",
    "sessionIssuer",
    "attributes",
    "sourceIdentity",
    "onBehalfOf",
    "identityStoreArn",
    "userId",
    "eventName",
    "eventSource",
    "eventType",
    "eventCategory",
    "errorCode",
    "errorMessage",
    "readOnly",
    "managementEvent",
    "bucketName",
    "key",
    "name",
    "instancesSet",
    "items",
    "instanceId",
    "resources",
    "ARN",
    "role",
];

/// Values that mean something in one of them.
const TEXTS: [&str; 31] = [
    "",
    "Root",
    "IAMUser",
    "AssumedRole",
    "FederatedUser",
    "WebIdentityUser",
    "IdentityCenterUser",
    "AWSAccount",
    "AWSService",
    "HIDDEN_DUE_TO_SECURITY_REASONS",
    "arn:aws:sts::1:assumed-role/R/s@t",
    "arn:aws:iam::1:root",
    "AROA:s@t",
    "a:b:c",
    "ASIA1",
    "ConsoleLogin",
    "GetObject",
    "AssumeRole",
    "signin.amazonaws.com",
    "s3.amazonaws.com",
    "iam.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "AwsServiceEvent",
    "AwsCloudTrailInsight",
    "Data",
    "NetworkActivity",
    "Client.UnauthorizedOperation",
    "DryRunOperation",
    "NoSuchBucket",
    "not authorized to perform",
    "Failure",
];

/// Makes a value of bytes: every byte is a decision.
fn grown(bytes: &mut std::slice::Iter<'_, u8>, depth: usize) -> Value {
    let Some(&byte) = bytes.next() else { return Value::Null };
    match byte {
        0..=9 => Value::Bool(byte % 2 == 0),
        10..=14 => json!(byte),
        15..=19 => Value::Null,
        20..=119 if depth < 6 => {
            let mut object = Map::new();
            for _ in 0..byte % 8 {
                let key = bytes.next().map_or("type", |byte| KEYS[usize::from(*byte) % KEYS.len()]);
                object.insert(key.to_owned(), grown(bytes, depth + 1));
            }
            Value::Object(object)
        }
        120..=139 if depth < 6 => (0..byte % 4).map(|_| grown(bytes, depth + 1)).collect(),
        _ => json!(TEXTS[usize::from(byte) % TEXTS.len()]),
    }
}

/// The record that an input stands for: the first byte says where in it the others are.
fn record(input: &[u8]) -> Option<Value> {
    let (&place, bytes) = input.split_first()?;
    let value = serde_json::from_slice(bytes).unwrap_or_else(|_| grown(&mut bytes.iter(), 0));
    let mut record = json!({
        "eventVersion": "1.08", "eventTime": "2024-03-01T10:00:00Z", "eventID": "1",
        "eventName": "GetObject", "eventSource": "s3.amazonaws.com", "recipientAccountId": "2",
    });
    let own =
        ["userIdentity", "requestParameters", "responseElements", "resources", "serviceEventDetails", "insightDetails"];
    match own.get(usize::from(place & 7)) {
        Some(key) => record[key] = value,
        // Its members are the record's own.
        None => record.as_object_mut()?.extend(value.as_object()?.clone()),
    }
    if place & 8 != 0 {
        record["eventSource"] = json!("signin.amazonaws.com");
        record["eventName"] = json!("ConsoleLogin");
    }
    if place & 16 != 0 && record.get("userIdentity").is_none_or(Value::is_object) {
        record["userIdentity"]["type"] = json!(TEXTS[usize::from(place >> 5) + 1]);
    }
    if place & 32 != 0 {
        // So many members that a store may keep the record in another way: that must change nothing.
        for number in 0..400 {
            record[format!("pad{number}")] = json!(number);
        }
    }
    Some(record)
}

fn select(field: &str) -> Select {
    match kql::parse(&format!("{field}: *")).expect("a field").fields.remove(0).field {
        Field::Values(mut selects) => selects.remove(0),
        other => panic!("{field} is {other:?}"),
    }
}

/// What the engine derives from a record, through cells and counts as the page shows them.
fn engine(record: &Value) -> Option<Derived> {
    let mut shard = Shard::default();
    let report = shard.read(0, "record.json", json!({ "Records": [record] }).to_string().as_bytes());
    if report.events == 0 {
        return None;
    }
    let fields = ["actor", "actorType", "session", "human", "via", "result", "family", "category", "access", "service"];
    let columns: Vec<Select> = fields.iter().map(|field| select(&format!("@{field}"))).collect();
    let order = Order { by: SortBy::Time, descending: false };
    // Five-minute summaries are found by whoever asks for a category.
    let everything = kql::parse("category: *").expect("a query").predicate;
    shard.answer(Ask::List { predicate: everything.clone(), range: TimeRange::default(), order });
    let Reply::Rows(mut rows) = shard.answer(Ask::Rows { from: 0, to: 1, columns }) else { panic!("rows") };
    let mut cells = rows.remove(0).1.cells.into_iter();
    let mut cell = || cells.next().expect("a cell for every column");
    let top = vec![(TimeRange::default(), Aggregate::Top(select("@resource")))];
    let ask = Ask::Aggregates { predicate: everything, aggregates: top };
    let Reply::Aggregates(mut answers) = shard.answer(ask) else { panic!("aggregates") };
    let Answer::Top(resources) = answers.remove(0) else { panic!("counts") };
    Some(Derived {
        actor: cell(),
        actor_type: cell(),
        session: cell(),
        human: cell(),
        via: cell(),
        result: cell(),
        family: cell(),
        category: cell(),
        access: cell(),
        service: cell(),
        resources: resources.values.into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>(),
    })
}

fuzz_target!(|input: &[u8]| {
    let Some(record) = record(input) else { return };
    // A record that is not one (its members were overwritten with other things) has no values.
    let Some(derived) = engine(&record) else { return };
    assert!(derived.actor.as_ref().is_none_or(|actor| !actor.is_empty()), "{record}");
    assert_eq!(derived, derive(&record, &[], false), "{record}");
});
