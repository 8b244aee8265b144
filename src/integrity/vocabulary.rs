//! The words of the evidence as machines read them: those of `expected_offline/` of the oracle, which `ask --integrity` prints
//! and the report repeats. What people read of the same things is in `words`.

use super::names::{StreamId, written};
use super::verdict::{
    Coverage, DigestStatus, DigestVerdict, Finding, FindingKind, Flag, IdentifiedBy, Interval, Judgement, LogStatus,
    LogVerdict, Proof, Reason,
};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use serde_json::{Value, json};
use std::io::{Result, Write};

impl DigestStatus {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Authentic => "AUTHENTIC",
            Self::NotAuthentic => "NOT_AUTHENTIC",
            Self::Unproven => "UNPROVEN",
        }
    }
}

impl Reason {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::SignatureOrHashMismatch => "signature-or-hash-mismatch",
            Self::NoSignatureAvailable => "no-signature-available",
            Self::KeyNotSupplied => "key-not-supplied",
            Self::KeyUnusable => "key-unusable",
            Self::KeyDoesNotMatchFingerprint => "key-value-does-not-match-its-fingerprint",
        }
    }
}

impl Proof {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::HashInAuthenticNextDigest => "hash-in-authentic-next-digest",
            Self::OwnSignature => "own-signature",
            Self::SignatureInNextDigest => "signature-in-next-digest",
        }
    }
}

impl Flag {
    /// Its word; that of [`Flag::SignedWithKeyOf`] lacks the region, see [`DigestVerdict::flag_words`].
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::BytesAfterGzipStream => "bytes-after-gzip-stream",
            Self::DuplicateJsonKeys => "duplicate-json-keys",
            Self::GzipStreamIncomplete => "gzip-stream-incomplete",
            Self::KeyGivenAsSubjectPublicKeyInfo => "key-given-as-SubjectPublicKeyInfo",
            Self::KeyValueDoesNotMatchItsFingerprint => "key-value-does-not-match-its-fingerprint",
            Self::MetadataAlgorithmUnexpected => "metadata-algorithm-unexpected",
            Self::MetadataSignatureAbsent => "metadata-signature-absent",
            Self::MetadataSignatureDoesNotVerify => "metadata-signature-does-not-verify",
            Self::NextDigestRecordsAnotherHash => "next-digest-records-another-hash",
            Self::NotAtItsOriginalLocation => "not-at-its-original-location",
            Self::OutsideKeyValidity => "outside-key-validity",
            Self::RecordedHashNotLowerCase => "recorded-hash-not-lower-case",
            Self::SignedWithKeyOf => "signed-with-key-of",
            Self::SuppliedUncompressed => "supplied-uncompressed",
        }
    }
}

impl LogStatus {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Authentic => "AUTHENTIC",
            Self::ExtraDataAppended => "EXTRA_DATA_APPENDED",
            Self::Modified => "MODIFIED",
            Self::Damaged => "DAMAGED",
            Self::ReferencedNotSupplied => "REFERENCED_NOT_SUPPLIED",
            Self::UnprovenHashAgrees => "UNPROVEN_HASH_AGREES",
            Self::UnprovenHashDiffers => "UNPROVEN_HASH_DIFFERS",
            Self::UnprovenNoHashRecorded => "UNPROVEN_NO_HASH_RECORDED",
            Self::NotListedInAnyDigest => "NOT_LISTED_IN_ANY_DIGEST",
        }
    }
}

impl IdentifiedBy {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Name => "name",
            Self::Content => "content",
        }
    }
}

impl FindingKind {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::LogModified => "log-modified",
            Self::LogAppended => "log-appended",
            Self::LogDamaged => "log-damaged",
            Self::DigestNotAuthentic => "digest-not-authentic",
            Self::DigestMalformed => "digest-malformed",
            Self::DigestWithRecords => "digest-with-records",
            Self::SameObjectTwice => "same-object-twice",
            Self::PlantedLog => "planted-log",
            Self::KeyFingerprintMismatch => "key-fingerprint-mismatch",
            Self::KeyUnusable => "key-unusable",
            Self::KeyOfAnotherRegion => "key-of-another-region",
            Self::KeyOutsideValidity => "key-outside-validity",
            Self::KeyShort => "key-short",
            Self::MetadataOdd => "metadata-odd",
            Self::ChainDisagrees => "chain-disagrees",
            Self::DigestOddEntries => "digest-odd-entries",
            Self::EndDiffersFromName => "end-differs-from-name",
            Self::ListingPoisoned => "listing-poisoned",
            Self::RestartUnexplained => "restart-unexplained",
            Self::Hole => "hole",
            Self::LogAbsent => "log-absent",
            Self::NewestUnproved => "newest-unproved",
            Self::DigestAppended => "digest-appended",
            Self::Copied => "copied",
            Self::ContentUnderAnotherName => "content-under-another-name",
            Self::HeadUnpaired => "head-unpaired",
        }
    }
}

impl Coverage {
    /// Its word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Covered { .. } => "covered",
            Self::Unproved => "unproved",
            Self::NotAuthentic => "not-authentic",
            Self::Hole { supplied: false, .. } => "previous-digest-not-supplied",
            Self::Hole { supplied: true, .. } => "previous-digest-not-authentic",
            Self::Restart { .. } => "chain-restart",
        }
    }
}

impl DigestVerdict {
    /// The words of its flags.
    #[must_use]
    pub fn flag_words(&self) -> Vec<String> {
        let word = |flag: &Flag| match (flag, &self.key_region) {
            (Flag::SignedWithKeyOf, Some(region)) => format!("{}-{region}", flag.word()),
            _ => flag.word().to_owned(),
        };
        self.flags.iter().map(word).collect()
    }
}

impl LogVerdict {
    /// The words of its flags.
    #[must_use]
    pub fn flag_words(&self) -> Vec<&'static str> {
        self.flags.iter().map(|flag| flag.word()).collect()
    }
}

/// The whole answer as `ask --integrity` prints it, in the shape of `expected_offline/`.
#[must_use]
pub fn answer(judgement: &Judgement) -> Value {
    let digests: Vec<Value> = judgement.digests.iter().map(digest).collect();
    let logs: Vec<Value> = judgement.logs.iter().map(log).collect();
    let (mut gaps, mut ranges) = (Vec::new(), Vec::new());
    for stream in &judgement.streams {
        for interval in &stream.intervals {
            match &interval.coverage {
                Coverage::Restart { .. } => gaps.push(gap(&stream.id, interval)),
                Coverage::Hole { .. } => ranges.push(gap(&stream.id, interval)),
                Coverage::Covered { .. } | Coverage::Unproved | Coverage::NotAuthentic => {}
            }
        }
    }
    let findings: Vec<Value> = judgement.findings.iter().map(finding).collect();
    json!({
        "digests": digests,
        "logs": logs,
        "gaps": gaps,
        "unverifiable_ranges": ranges,
        "findings": findings,
    })
}

fn digest(digest: &DigestVerdict) -> Value {
    json!({
        "bucket": digest.object.bucket,
        "key": digest.object.key,
        "status": digest.status.word(),
        "reason": digest.reason.map(Reason::word),
        "proof": digest.proofs.iter().map(|proof| proof.word()).collect::<Vec<_>>(),
        "flags": digest.flag_words(),
    })
}

fn log(log: &LogVerdict) -> Value {
    json!({
        "bucket": log.object.bucket,
        "key": log.object.key,
        "flags": log.flag_words(),
        "status": log.status.word(),
    })
}

/// A hole or a restart.
fn gap(stream: &StreamId, interval: &Interval) -> Value {
    let mut gap = json!({
        "stream": [stream.account, stream.region, stream.trail, stream.home, stream.backfill],
        "from": written(interval.from),
        "to": written(interval.to),
    });
    if let Coverage::Hole { points_at, open, .. } = &interval.coverage {
        // Nothing older is proved, so how far back it goes is not known.
        if *open {
            gap["from"] = Value::Null;
        }
        gap["points_at"] = json!(points_at.key);
    }
    gap["kind"] = json!(interval.coverage.word());
    gap
}

fn finding(finding: &Finding) -> Value {
    let object = finding.object.as_ref();
    json!({
        "kind": finding.kind.word(),
        "bucket": object.map(|object| &object.bucket),
        "key": object.map(|object| &object.key),
        "what": finding.what,
    })
}

/// JSON as text for a file or a terminal: indented, and of nothing but printable ASCII. Names in logs may hold characters that
/// a terminal or an editor obeys (control characters, changes of writing direction) or that look like others; here each is
/// spelled out.
#[must_use]
pub fn printed(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    // Neither can memory fail to be written to, nor is there a map here whose keys are no texts.
    let _infallible = value.serialize(&mut Serializer::with_formatter(&mut out, Ascii(PrettyFormatter::new())));
    out.push(b'\n');
    String::from_utf8(out).unwrap_or_default()
}

/// Writes JSON indented, in ASCII.
struct Ascii(PrettyFormatter<'static>);

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> Result<()> {
        let mut plain = 0;
        for (at, char) in fragment.char_indices().filter(|(_, char)| !(' '..='~').contains(char)) {
            out.write_all(&fragment.as_bytes()[plain..at])?;
            for unit in char.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            plain = at + char.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[plain..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrity::Object;
    use crate::integrity::verdict::{Stream, Switched};

    #[test]
    fn a_flag_names_the_region_of_its_key() {
        let digest = DigestVerdict {
            flags: vec![Flag::OutsideKeyValidity, Flag::SignedWithKeyOf],
            key_region: Some("us-east-1".to_owned()),
            ..DigestVerdict::default()
        };
        assert_eq!(digest.flag_words(), ["outside-key-validity", "signed-with-key-of-us-east-1"]);
    }

    #[test]
    fn holes_and_restarts_are_told_apart() {
        let points_at = Object { bucket: "b".to_owned(), key: "k".to_owned() };
        let hole = |supplied, open| Coverage::Hole { points_at: points_at.clone(), supplied, estimate: 3, open };
        let switch = Switched { at: 0, name: "StopLogging".to_owned(), actor: String::new(), record: (0, 0) };
        let coverages = [
            Coverage::Covered { named: 1, unchanged: 1, altered: 0, absent: 0 },
            hole(false, true),
            hole(true, false),
            Coverage::Unproved,
            Coverage::NotAuthentic,
            Coverage::Restart { switches: vec![switch], explained: false },
        ];
        let interval = |coverage: &Coverage| Interval { from: 0, to: 60_000, coverage: coverage.clone(), digest: 0 };
        let id = StreamId {
            account: "111122223333".to_owned(),
            region: "us-west-2".to_owned(),
            trail: "audit".to_owned(),
            home: "us-east-1".to_owned(),
            ..StreamId::default()
        };
        let stream = Stream { id, intervals: coverages.iter().map(interval).collect(), ..Stream::default() };
        let answer = answer(&Judgement { streams: vec![stream], ..Judgement::default() });
        let stream = json!(["111122223333", "us-west-2", "audit", "us-east-1", false]);
        let (from, to) = ("1970-01-01T00:00:00Z", "1970-01-01T00:01:00Z");
        assert_eq!(
            answer,
            json!({
                "digests": [],
                "logs": [],
                "gaps": [{"stream": stream, "from": from, "to": to, "kind": "chain-restart"}],
                "unverifiable_ranges": [
                    {"stream": stream, "from": null, "to": to, "points_at": "k", "kind": "previous-digest-not-supplied"},
                    {"stream": stream, "from": from, "to": to, "points_at": "k", "kind": "previous-digest-not-authentic"},
                ],
                "findings": [],
            })
        );
    }

    #[test]
    fn what_is_printed_is_plain_ascii_and_the_same_json() {
        let value = json!({"key": "a\u{202e}b\u{1b}\u{7f}\u{9b}\u{e0041}é\"\n", "n": 1});
        let text = printed(&value);
        assert!(text.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)), "{text}");
        assert!(text.contains(r#""a\u202eb\u001b\u007f\u009b\udb40\udc41\u00e9\"\n""#), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
        let plain = json!({"a": [1, [], {}, [{"b": null, "c": [true, "x"]}]]});
        assert_eq!(printed(&plain), serde_json::to_string_pretty(&plain).unwrap() + "\n");
    }
}
