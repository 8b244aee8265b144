//! What `list-objects-v2` says: which objects were in a bucket when it was asked.

use super::names;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A listing of a bucket, or of a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The bucket, where the output names it; the command line's does not.
    pub bucket: Option<String>,
    /// The prefix that was asked for, where the output names it.
    pub prefix: Option<String>,
    /// It was cut: more objects follow on another page.
    pub cut: bool,
    /// The objects.
    pub objects: Vec<Listed>,
}

/// One object of a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// Its ETag without quotes.
    pub etag: Option<String>,
    /// Its size.
    pub bytes: Option<u64>,
    /// When it was last written, in milliseconds since the epoch.
    pub modified: Option<i64>,
}

/// Reads a listing; an entry without a key is passed over.
#[must_use]
pub fn read(text: &[u8]) -> Listing {
    let Ok(document) = serde_json::from_slice::<Value>(text) else { return Listing::default() };
    let word = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let listed = |entry: &Value| {
        Some(Listed {
            key: word(entry, "Key")?,
            etag: word(entry, "ETag").map(|etag| etag.trim_matches('"').to_owned()),
            bytes: entry.get("Size").and_then(Value::as_u64),
            modified: word(entry, "LastModified").and_then(|text| names::time(&text)),
        })
    };
    let objects = document.get("Contents").and_then(Value::as_array);
    Listing {
        bucket: word(&document, "Name"),
        prefix: word(&document, "Prefix"),
        cut: document.get("IsTruncated").and_then(Value::as_bool).unwrap_or(false)
            || document.get("NextToken").is_some_and(|token| !token.is_null()),
        objects: objects.map(|objects| objects.iter().filter_map(listed).collect()).unwrap_or_default(),
    }
}
