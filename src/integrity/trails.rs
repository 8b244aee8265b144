//! What `describe-trails` says of trails: where they deliver.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    /// Its ARN.
    pub arn: String,
    /// The bucket it delivers to now.
    pub bucket: String,
    /// The prefix of its keys there, without a `/` at its end.
    pub prefix: Option<String>,
    /// It is of an organisation.
    pub organization: bool,
}

/// Reads the output of `describe-trails`, `get-trail`, `create-trail` or `update-trail`; what is no trail is passed over.
#[must_use]
pub fn read(text: &[u8]) -> Vec<Trail> {
    let Ok(document) = serde_json::from_slice::<Value>(text) else { return Vec::new() };
    let list = match (document.get("trailList").and_then(Value::as_array), document.get("trail")) {
        (Some(list), _) => list.clone(),
        (None, Some(one)) => vec![one.clone()],
        (None, None) => vec![document],
    };
    list.iter().filter_map(trail).collect()
}

fn trail(value: &Value) -> Option<Trail> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Trail {
        arn: text("TrailARN")?,
        bucket: text("S3BucketName")?,
        prefix: text("S3KeyPrefix").filter(|prefix| !prefix.is_empty()),
        organization: value.get("IsOrganizationTrail").and_then(Value::as_bool).unwrap_or(false),
    })
}
