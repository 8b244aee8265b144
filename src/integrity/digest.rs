//! The digest document (`spec/INTEGRITY.md` 2) and the string that its signature is over (4).

use super::{Object, names};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// What a digest file says. All texts are the values as JSON decodes them, verbatim.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// Why it cannot be judged as a digest at all; the other fields then hold what could be read.
    pub fault: Option<Fault>,
    /// `digestS3Bucket` and `digestS3Object`: where CloudTrail put it.
    pub object: Object,
    /// `digestStartTime`.
    pub start: String,
    /// `digestEndTime`.
    pub end: String,
    /// `digestPublicKeyFingerprint`.
    pub fingerprint: String,
    /// `awsAccountId`, where there is one.
    pub account: Option<String>,
    /// `previousDigestS3Bucket` and `previousDigestS3Object`; `None` when either is null or absent.
    pub previous: Option<Object>,
    /// `previousDigestHashValue`.
    pub previous_hash: Option<String>,
    /// `previousDigestSignature`.
    pub previous_signature: Option<String>,
    /// `logFiles`, of which entries that are no objects are left out.
    pub logs: Vec<LogEntry>,
    /// A member stands more than once in one object; the last one counts, as everywhere in JSON.
    pub duplicate_keys: bool,
    /// Members that every digest has and this one has not: those of [`REQUIRED`] and `logFiles`.
    pub absent: Vec<String>,
    /// Members of another type than they should be, each with its value as JSON: the AWS command line prints what Python makes
    /// of them. Of a document that is no object, the whole of it under an empty name.
    pub odd: Vec<(String, String)>,
}

/// An entry of `logFiles`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// `s3Bucket` and `s3Object`; empty where absent.
    pub object: Object,
    /// `hashValue`, verbatim; `None` when there is none.
    pub hash: Option<String>,
    /// `oldestEventTime`, where there is one.
    pub oldest: Option<String>,
    /// `newestEventTime`, where there is one.
    pub newest: Option<String>,
}

/// Why a document is no digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// It is not UTF-8, not JSON, or begins with a byte order mark. What the parser says, and where.
    NotJson(String),
    /// It is JSON, but no object: the type that it is.
    NotAnObject(JsonType),
    /// A member that every digest has is absent; all six are in [`REQUIRED`].
    Missing(String),
    /// There is no `logFiles`.
    NoLogFiles,
    /// A member is not of the type that it should be.
    OddMember(String),
    /// It holds `Records` too, as a log does: it could be taken for either, so it is trusted as neither.
    HoldsRecords,
}

/// The types of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JsonType {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
}

/// The members whose absence `validate-logs` calls an invalid format, in the order in which it looks for them.
pub const REQUIRED: [&str; 6] = [
    "digestPublicKeyFingerprint",
    "digestS3Bucket",
    "digestS3Object",
    "previousDigestSignature",
    "digestEndTime",
    "digestStartTime",
];

impl Digest {
    /// The string that its signature is over, given the hash of its content.
    #[must_use]
    pub fn signing_string(&self, sha256: &[u8; 32]) -> String {
        let previous = self.previous_signature.as_deref().unwrap_or("null");
        format!("{}\n{}/{}\n{}\n{previous}", self.end, self.object.bucket, self.object.key, super::hex(sha256))
    }

    /// Its start and end in milliseconds since the epoch, where both are times.
    #[must_use]
    pub fn times(&self) -> Option<(i64, i64)> {
        names::time(&self.start).zip(names::time(&self.end))
    }
}

/// Reads what stands where a digest should.
#[must_use]
pub fn read(text: &[u8]) -> Digest {
    let value = match serde_json::from_slice::<Value>(text) {
        Ok(value) => value,
        Err(error) => return faulty(Fault::NotJson(error.to_string())),
    };
    let Value::Object(members) = &value else {
        let mut digest = faulty(Fault::NotAnObject(match value {
            Value::Null => JsonType::Null,
            Value::Bool(_) => JsonType::Bool,
            Value::Number(_) => JsonType::Number,
            Value::String(_) => JsonType::String,
            Value::Array(_) | Value::Object(_) => JsonType::Array,
        }));
        digest.odd = vec![(String::new(), value.to_string())];
        return digest;
    };
    let mut fault = None;
    let mut text_of = |name: &str| match members.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        None | Some(Value::Null) => None,
        Some(_) => {
            fault = fault.take().or(Some(Fault::OddMember(name.to_owned())));
            None
        }
    };
    let mut digest = Digest {
        object: Object {
            bucket: text_of("digestS3Bucket").unwrap_or_default(),
            key: text_of("digestS3Object").unwrap_or_default(),
        },
        start: text_of("digestStartTime").unwrap_or_default(),
        end: text_of("digestEndTime").unwrap_or_default(),
        fingerprint: text_of("digestPublicKeyFingerprint").unwrap_or_default(),
        account: text_of("awsAccountId"),
        previous: text_of("previousDigestS3Bucket")
            .zip(text_of("previousDigestS3Object"))
            .map(|(bucket, key)| Object { bucket, key }),
        previous_hash: text_of("previousDigestHashValue"),
        previous_signature: text_of("previousDigestSignature"),
        ..Digest::default()
    };
    match members.get("logFiles") {
        Some(Value::Array(entries)) => {
            digest.logs = entries.iter().filter_map(entry).collect();
            if digest.logs.len() < entries.len() {
                fault = fault.or(Some(Fault::OddMember("logFiles".to_owned())));
            }
        }
        Some(_) => fault = fault.or(Some(Fault::OddMember("logFiles".to_owned()))),
        None => fault = Some(Fault::NoLogFiles),
    }
    // Null is a value, but not of what a signature is about or a chain is put in order by.
    for name in REQUIRED {
        match members.get(name) {
            None => {
                fault = Some(Fault::Missing(name.to_owned()));
                break;
            }
            Some(Value::Null) if name != "previousDigestSignature" => {
                fault = fault.or(Some(Fault::OddMember(name.to_owned())));
            }
            Some(_) => {}
        }
    }
    if members.contains_key("Records") {
        fault = Some(Fault::HoldsRecords);
    }
    digest.fault = fault;
    digest.duplicate_keys = Duplicates::in_text(text);
    let expected = REQUIRED.into_iter().chain(["logFiles"]);
    digest.absent = expected.filter(|name| !members.contains_key(*name)).map(str::to_owned).collect();
    digest.odd = odd(members);
    digest
}

/// The members of another type than they should be, as JSON.
fn odd(members: &Map<String, Value>) -> Vec<(String, String)> {
    let is_text = |name: &str| members.get(name).is_some_and(Value::is_string);
    let is_odd = |name: &str| match members.get(name) {
        None | Some(Value::String(_)) => false,
        Some(Value::Null) => REQUIRED.contains(&name) && name != "previousDigestSignature",
        Some(_) => true,
    };
    let of_log = |entry: &Value| {
        let has = |name: &str| entry.get(name).is_some_and(Value::is_string);
        has("s3Bucket") && has("s3Object") && entry.get("hashValue").is_none_or(Value::is_string)
    };
    let mut names: Vec<&str> = REQUIRED.into_iter().filter(|name| is_odd(name)).collect();
    // Where one of the two is odd the other is wanted with it, as there is no object of which to be a part.
    let previous = ["previousDigestS3Bucket", "previousDigestS3Object"];
    if previous.iter().any(|name| is_odd(name)) {
        names.extend(previous.iter().filter(|name| is_odd(name) || is_text(name)));
    }
    match members.get("logFiles") {
        Some(Value::Array(entries)) if entries.iter().all(of_log) => {}
        Some(_) => names.push("logFiles"),
        None => {}
    }
    names.into_iter().map(|name| (name.to_owned(), members[name].to_string())).collect()
}

fn faulty(fault: Fault) -> Digest {
    Digest { fault: Some(fault), ..Digest::default() }
}

fn entry(value: &Value) -> Option<LogEntry> {
    let members = value.as_object()?;
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(LogEntry {
        object: Object { bucket: text("s3Bucket").unwrap_or_default(), key: text("s3Object").unwrap_or_default() },
        hash: text("hashValue"),
        oldest: text("oldestEventTime"),
        newest: text("newestEventTime"),
    })
}

/// Looks for members that stand twice in one object, which a parser to values does not tell.
struct Duplicates<'a>(&'a mut bool);

impl Duplicates<'_> {
    fn in_text(text: &[u8]) -> bool {
        let mut found = false;
        let mut parser = serde_json::Deserializer::from_slice(text);
        // Whether it is JSON at all was found out before.
        let _read = Duplicates(&mut found).deserialize(&mut parser);
        found
    }
}

impl<'de> DeserializeSeed<'de> for Duplicates<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Duplicates<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element_seed(Duplicates(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            // serde_json hands big numbers over as an object of one member.
            if name.starts_with("$serde_json::") {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            if !seen.insert(name) {
                *self.0 = true;
            }
            members.next_value_seed(Duplicates(self.0))?;
        }
        Ok(())
    }
}
