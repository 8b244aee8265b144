//! Ids of requests and traces in a record: what one program hands to the next, so that the same work is found again in another
//! log.

use serde_json::Value;

/// Ids that one record gives at most; a line that lists hundreds is no line of one request.
const MOST: usize = 8;

/// Bytes of a text that are looked through.
const LOOKED_AT: usize = 64 << 10;

/// Levels of a record that are looked through.
const DEEP: usize = 8;

/// Names of members that hold such an id, without case, hyphens and underscores.
const NAMES: [&str; 9] = [
    "requestid",
    "@requestid",
    "awsrequestid",
    "xamznrequestid",
    "xamzrequestid",
    "traceid",
    "@xraytraceid",
    "xraytraceid",
    "correlationid",
];

fn is_name(key: &str) -> bool {
    let plain: String =
        key.chars().filter(|char| !matches!(char, '-' | '_')).map(|char| char.to_ascii_lowercase()).collect();
    NAMES.contains(&plain.as_str())
}

/// The ids in a record, each once, those that are named so first. With `anywhere` every UUID in its texts counts as one, which
/// it does in a line of a program's log; in a call of an API most are of something else.
#[must_use]
pub fn of(record: &Value, anywhere: bool) -> Vec<String> {
    let mut found = Vec::new();
    named(record, 0, &mut found);
    if anywhere {
        uuids_in(record, 0, &mut found);
    }
    found
}

fn put(found: &mut Vec<String>, id: &str) {
    if found.len() < MOST && found.iter().all(|known| !known.eq_ignore_ascii_case(id)) {
        found.push(id.to_owned());
    }
}

fn named(value: &Value, depth: usize, found: &mut Vec<String>) {
    match value {
        Value::Object(members) if depth < DEEP => {
            for (key, value) in members {
                match value {
                    Value::String(id) if is_name(key) && is_id(id) => put(found, id),
                    value => named(value, depth + 1, found),
                }
            }
        }
        Value::Array(elements) if depth < DEEP => elements.iter().for_each(|element| named(element, depth + 1, found)),
        _ => {}
    }
}

fn uuids_in(value: &Value, depth: usize, found: &mut Vec<String>) {
    match value {
        Value::Object(members) if depth < DEEP => {
            members.values().for_each(|value| uuids_in(value, depth + 1, found));
        }
        Value::Array(elements) if depth < DEEP => {
            elements.iter().for_each(|element| uuids_in(element, depth + 1, found));
        }
        Value::String(text) => uuids(text).for_each(|id| put(found, id)),
        _ => {}
    }
}

/// A word that is long enough to mean one thing.
fn is_id(text: &str) -> bool {
    (8..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The UUIDs in a text.
pub fn uuids(text: &str) -> impl Iterator<Item = &str> {
    let bytes = &text.as_bytes()[..text.len().min(LOOKED_AT)];
    let mut at = 0;
    std::iter::from_fn(move || {
        while at + 36 <= bytes.len() {
            let here = at;
            if is_uuid(&bytes[here..here + 36])
                && !here.checked_sub(1).is_some_and(|before| is_part(bytes[before]))
                && !bytes.get(here + 36).is_some_and(|&after| is_part(after))
            {
                at += 36;
                return text.get(here..here + 36);
            }
            at += 1;
        }
        None
    })
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const A: &str = "b748ef58-0b8c-4b2a-9d3e-1c2d3e4f5a6b";
    const B: &str = "11111111-2222-4333-8444-555566667777";

    #[test]
    fn ids_by_name_and_by_look() {
        let line = json!({"level": "info", "ctx": {"aws_request_id": A}, "msg": format!("for order {B}, again {A}")});
        assert_eq!(of(&line, true), [A, B]);
        assert_eq!(of(&line, false), [A]);
        let call = json!({"requestID": "C3D13FE58DE4C810", "requestParameters": {"keyId": B}, "traceId": "1-2"});
        assert_eq!(of(&call, false), ["C3D13FE58DE4C810"]);
        assert_eq!(of(&json!({"@xrayTraceId": "1-5759e988-bd862e3fe1be46a994272793"}), true).len(), 1);
        assert!(of(&json!({"requestId": "two words here"}), true).is_empty());
    }

    #[test]
    fn uuids_stand_by_themselves() {
        let found = |text: &str| uuids(text).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(found(&format!("START RequestId: {A} Version: 1")), [A]);
        assert_eq!(found(&format!("{A}{B}")), Vec::<String>::new());
        assert_eq!(found(&format!("é{A}é ({B})")), [A, B]);
        assert!(found("").is_empty() && found(&A[..35]).is_empty());
    }
}
