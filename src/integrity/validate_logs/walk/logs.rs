//! Whether the logs that a digest names are valid.

use super::super::account::NoBucket;
use super::super::{Abort, python};
use super::{INVALID_FORMAT, OTHER_HASH, Run};
use crate::import::content::Container;
use crate::integrity::{Supplied, hex};
use serde_json::Value;

impl Run<'_> {
    /// Logs of which not all are as they should be.
    pub(super) fn odd_logs(&mut self, logs: &Value) -> Result<(), Abort> {
        let entries = match logs {
            logs if !python::is_true(logs) => return Ok(()),
            Value::Array(entries) => entries.as_slice(),
            // Names of members, or characters: either way texts.
            Value::Object(_) | Value::String(_) => &[Value::String(String::new())],
            other => return Err(Abort::new(format!("'{}' object is not iterable", python::class(other)))),
        };
        for entry in entries {
            let Value::Object(members) = entry else {
                return Err(Abort::new(match entry {
                    Value::String(_) => "string indices must be integers, not 'str'".to_owned(),
                    Value::Array(_) => "list indices must be integers or slices, not str".to_owned(),
                    other => format!("'{}' object is not subscriptable", python::class(other)),
                }));
            };
            let Some(bucket) = members.get("s3Bucket") else { return Err(Abort::new(python::quoted("s3Bucket"))) };
            let Some(key) = members.get("s3Object") else {
                let absent = bucket.as_str().is_some_and(|bucket| self.no_such_bucket(bucket));
                return Err(if absent { Abort::no_such_bucket() } else { Abort::new(python::quoted("s3Object")) });
            };
            self.log(bucket, key, members.get("hashValue").cloned())?;
        }
        Ok(())
    }

    fn no_such_bucket(&self, bucket: &str) -> bool {
        matches!(self.account.find_bucket(bucket), Err(NoBucket::Absent))
    }

    /// A log that a valid digest names (7).
    pub(super) fn log(&mut self, bucket: &Value, key: &Value, hash: Option<Value>) -> Result<(), Abort> {
        if bucket.as_str().is_some_and(|bucket| self.no_such_bucket(bucket)) {
            return Err(Abort::no_such_bucket());
        }
        let words = match (bucket, key) {
            (Value::String(bucket), Value::String(key))
                if self.account.find_bucket(bucket).is_ok() && !key.is_empty() =>
            {
                self.account.object(bucket, key).map_or(Some("not found"), |file| wrong_with_log(file, hash.as_ref()))
            }
            _ => Some(INVALID_FORMAT),
        };
        let log = format!("Log file\ts3://{}/{}\t", python::text(bucket), python::text(key));
        match words {
            None => {
                self.counts[2].0 += 1;
                self.valid(format!("{log}valid"));
            }
            Some(words) => {
                self.counts[2].1 += 1;
                self.error(format!("{log}INVALID: {words}"));
            }
        }
        Ok(())
    }
}

/// What is wrong with the object that a log lies in.
fn wrong_with_log(file: &Supplied, hash: Option<&Value>) -> Option<&'static str> {
    let Some(content) = &file.content else { return Some(INVALID_FORMAT) };
    match content.container {
        Container::Gzip | Container::Incomplete => {}
        // A single byte is too little for a wrong beginning.
        Container::Plain if file.bytes == 1 => {}
        // Gzip around something else inflates well, to something else.
        Container::Other if content.gzip_outside => {
            return Some(if hash.is_some() { OTHER_HASH } else { INVALID_FORMAT });
        }
        Container::Plain | Container::Damaged | Container::Other => return Some(INVALID_FORMAT),
    }
    if content.trailing {
        return Some("unexpected data after end of compressed stream");
    }
    match hash {
        None => Some(INVALID_FORMAT),
        Some(Value::String(hash)) if *hash == hex(&content.sha256) => None,
        Some(_) => Some(OTHER_HASH),
    }
}
