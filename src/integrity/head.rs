//! What `head-object` says of a digest: the signature that S3 keeps beside it (`spec/INTEGRITY.md` 6).

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The metadata of one object. It names neither the bucket nor the key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The ETag without quotes.
    pub etag: Option<String>,
    /// The object's size.
    pub bytes: Option<u64>,
    /// `x-amz-meta-signature`.
    pub signature: Option<String>,
    /// `x-amz-meta-signature-algorithm`.
    pub algorithm: Option<String>,
    /// `x-amz-meta-backfill-generation-timestamp`.
    pub generation: Option<String>,
}

/// Reads one output of `head-object` or `get-object`, an array or a row of them, or pasted headers.
#[must_use]
pub fn read(text: &[u8]) -> Vec<Head> {
    let mut heads = Vec::new();
    let mut json = false;
    for value in serde_json::Deserializer::from_slice(text).into_iter::<Value>() {
        let Ok(value) = value else { break };
        json = true;
        match value {
            Value::Array(list) => heads.extend(list.iter().filter_map(head)),
            value => heads.extend(head(&value)),
        }
    }
    if json { heads } else { headers(&String::from_utf8_lossy(text)).into_iter().collect() }
}

fn head(value: &Value) -> Option<Head> {
    let members = value.as_object()?;
    let metadata = members.get("Metadata").and_then(Value::as_object);
    // The command line drops `x-amz-meta-` and writes lower case; other programs need not.
    let meta = |wanted: &str| {
        let is_it = |name: &str| {
            let name = name.to_ascii_lowercase();
            name.strip_prefix("x-amz-meta-").unwrap_or(&name) == wanted
        };
        metadata?.iter().find(|(name, _)| is_it(name)).and_then(|(_, value)| value.as_str()).map(str::to_owned)
    };
    Some(Head {
        etag: members.get("ETag").and_then(Value::as_str).map(|etag| etag.trim_matches('"').to_owned()),
        bytes: members.get("ContentLength").and_then(Value::as_u64),
        signature: meta("signature"),
        algorithm: meta("signature-algorithm"),
        generation: meta("backfill-generation-timestamp"),
    })
}

/// `Name: value` lines; `None` when there is no signature among them.
fn headers(text: &str) -> Option<Head> {
    let value = |wanted: &str| {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    };
    Some(Head {
        etag: value("etag").map(|etag| etag.trim_matches('"').to_owned()),
        bytes: value("content-length").and_then(|text| text.parse().ok()),
        signature: Some(value("x-amz-meta-signature")?),
        algorithm: value("x-amz-meta-signature-algorithm"),
        generation: value("x-amz-meta-backfill-generation-timestamp"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape() {
        let one = r#"{"ContentLength":959,"ETag":"\"aa\"","Metadata":{"signature":"0a","signature-algorithm":"SHA256withRSA"}}"#;
        let whole = Head {
            etag: Some("aa".to_owned()),
            bytes: Some(959),
            signature: Some("0a".to_owned()),
            algorithm: Some("SHA256withRSA".to_owned()),
            generation: None,
        };
        assert_eq!(read(one.as_bytes()), std::slice::from_ref(&whole));
        assert_eq!(read(format!("[{one},{one}]").as_bytes()), [whole.clone(), whole.clone()]);
        assert_eq!(read(format!("{one}\n{one}\n").as_bytes()), [whole.clone(), whole.clone()]);
        let headers = "HTTP/1.1 200 OK\r\nETag: \"aa\"\r\nContent-Length: 959\r\nX-Amz-Meta-Signature: 0a\r\nx-amz-meta-signature-algorithm: SHA256withRSA\r\n";
        assert_eq!(read(headers.as_bytes()), [whole]);
        let backfill = read(br#"{"Metadata":{"X-Amz-Meta-Backfill-Generation-Timestamp":"2024-03-04T10:00:00Z"}}"#);
        assert_eq!(backfill[0].generation.as_deref(), Some("2024-03-04T10:00:00Z"));
        assert_eq!(
            read(br#"{"ETag":"x","ContentLength":1}"#),
            [Head { etag: Some("x".to_owned()), bytes: Some(1), ..Head::default() }]
        );
        assert!(read(b"nothing").is_empty() && read(b"").is_empty());
    }
}
