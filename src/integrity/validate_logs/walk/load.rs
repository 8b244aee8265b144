//! Whether a digest is valid.

use super::super::dates::{self, When};
use super::super::python;
use super::{BAD_SIGNATURE, INVALID_FORMAT, Run, Trouble, is_backfill, told};
use crate::import::content::Container;
use crate::import::kind::Kind;
use crate::integrity::digest::{Digest, Fault, REQUIRED};
use crate::integrity::hex;
use crate::integrity::keys::{Form, PublicKey, Usable};
use crate::integrity::paper::Paper;
use serde_json::Value;
use std::collections::HashMap;

impl<'a> Run<'a> {
    /// 8.3: the digest at this place and its end, or the first thing that is wrong with it.
    pub(super) fn load(
        &self,
        bucket: &Value,
        key: &Value,
        keys: &mut HashMap<&'a str, &'a PublicKey>,
        backfill: bool,
    ) -> Result<(&'a Digest, When), Trouble> {
        self.find_bucket(bucket)?;
        let key = match key {
            Value::String(key) => key,
            Value::Object(_) => return Err(Trouble::Python("unhashable type: 'dict'".to_owned())),
            _ => return Err(Trouble::Python("Value (Key) is the wrong type. Must be <class 'str'>.".to_owned())),
        };
        let bucket = bucket.as_str().unwrap_or_default();
        let file = self.account.object(bucket, key).ok_or(Trouble::NotFound)?;
        // What follows the first member does not matter here.
        let content = file.content.as_ref().filter(|content| content.container == Container::Gzip);
        if file.paper.is_none() && file.kind == Kind::EmptyJson {
            // An object without members; nothing named so has metadata.
            return told(BAD_SIGNATURE);
        }
        let (Some(content), Some(Paper::Digest(digest))) = (content, &file.paper) else { return told(INVALID_FORMAT) };
        if let Some(Fault::NotJson(_)) = digest.fault {
            return told(INVALID_FORMAT);
        }
        let head = self.account.head(file);
        let Some(signature) = head.filter(|head| head.algorithm.is_some()).and_then(|head| head.signature.as_ref())
        else {
            return told(BAD_SIGNATURE);
        };
        if let Some(Fault::NotAnObject(_)) = digest.fault {
            let document = member(digest, "").unwrap_or_default();
            return Err(Trouble::Python(match document {
                Value::Array(_) => "list indices must be integers or slices, not str".to_owned(),
                other => format!("'{}' object does not support item assignment", python::class(&other)),
            }));
        }
        let generation = head.and_then(|head| head.generation.as_ref());
        if is_backfill(key) && generation.is_none() {
            return told(INVALID_FORMAT);
        }
        let wanted = |name: &str| member(digest, name).unwrap_or_default();
        if REQUIRED.iter().any(|name| digest.absent.iter().any(|absent| absent == name)) {
            return told(INVALID_FORMAT);
        }
        if wanted("digestS3Bucket") != *bucket || wanted("digestS3Object") != **key {
            return told("has been moved from its original location");
        }
        let fingerprint = wanted("digestPublicKeyFingerprint");
        if matches!(fingerprint, Value::Array(_) | Value::Object(_)) {
            return Err(Trouble::Python(format!("unhashable type: '{}'", python::class(&fingerprint))));
        }
        let known = |keys: &HashMap<&'a str, &'a PublicKey>| keys.get(fingerprint.as_str()?).copied();
        if known(keys).is_none() && backfill {
            let generation = generation.filter(|_| is_backfill(key));
            let generation = generation.ok_or_else(|| python::quoted("_backfill_generation_timestamp"))?;
            let at = dates::parse(generation, self.request.now)?.normalized();
            keys.extend(self.public_keys(at.plus(-3_600), at.plus(3_600))?);
        }
        let fingerprint = python::text(&fingerprint);
        let Some(public_key) = known(keys) else {
            let home = &self.home;
            return told(&format!("public key not found in region {home} for fingerprint {fingerprint}"));
        };
        let Some(usable) = loadable(&python::from_base64(&public_key.value)?) else {
            return told(&format!("Unable to load PKCS #1 key with fingerprint {fingerprint}"));
        };
        if let Some(words) = python::not_hex(signature) {
            return Err(Trouble::Python(words.to_owned()));
        }
        let previous = match wanted("previousDigestSignature") {
            Value::Null => "null".to_owned(),
            other => python::text(&other),
        };
        let end = wanted("digestEndTime");
        let signed = format!("{}\n{bucket}/{key}\n{}\n{previous}", python::text(&end), hex(&content.sha256));
        if !usable.verifies(&signed, signature) {
            return told(BAD_SIGNATURE);
        }
        Ok((digest, self.time(&end)?))
    }
}

/// A member of a digest as JSON has it; `None` when it is absent or, of those that may be, null.
pub(super) fn member(digest: &Digest, name: &str) -> Option<Value> {
    if let Some((_, text)) = digest.odd.iter().find(|(odd, _)| odd == name) {
        return Some(serde_json::from_str(text).unwrap_or_default());
    }
    let previous = digest.previous.as_ref();
    let text = match name {
        "digestS3Bucket" => Some(&digest.object.bucket),
        "digestS3Object" => Some(&digest.object.key),
        "digestStartTime" => Some(&digest.start),
        "digestEndTime" => Some(&digest.end),
        "digestPublicKeyFingerprint" => Some(&digest.fingerprint),
        "previousDigestS3Bucket" => previous.map(|object| &object.bucket),
        "previousDigestS3Object" => previous.map(|object| &object.key),
        "previousDigestSignature" => digest.previous_signature.as_ref(),
        _ => None,
    };
    text.cloned().map(Value::String)
}

/// The key in these bytes, if the command's library loads it: bytes after its end do not matter to that.
fn loadable(bytes: &[u8]) -> Option<Usable> {
    let key = Usable::read(&bytes[..first_value(bytes)]).ok().filter(|key| key.form == Form::Pkcs1)?;
    (key.bits() <= 4_096 && key.bits() % 8 == 0).then_some(key)
}

/// The length of the first value of DER.
fn first_value(bytes: &[u8]) -> usize {
    let length = match bytes {
        [_, length @ 0..=0x7f, ..] => 2 + usize::from(*length),
        [_, 0x81, length, ..] => 3 + usize::from(*length),
        [_, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([*high, *low])),
        _ => bytes.len(),
    };
    length.min(bytes.len())
}
