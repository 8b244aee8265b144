//! The lines of the report that are about files: digests, logs, and the manifest of all.

use super::{Listed, Place};
use crate::integrity::names::{StreamId, written};
use crate::integrity::verdict::{DigestStatus, DigestVerdict, Judgement, LogStatus, LogVerdict};
use crate::integrity::words;
use serde::{Serialize, Serializer};
use std::collections::HashMap;

/// The statuses of digests, in the order of the report.
pub(super) const DIGESTS: [&str; 3] = ["AUTHENTIC", "UNPROVEN", "NOT_AUTHENTIC"];

/// The statuses of logs, in the order of the report.
pub(super) const LOGS: [&str; 9] = [
    "AUTHENTIC",
    "EXTRA_DATA_APPENDED",
    "MODIFIED",
    "DAMAGED",
    "REFERENCED_NOT_SUPPLIED",
    "UNPROVEN_HASH_AGREES",
    "UNPROVEN_HASH_DIFFERS",
    "UNPROVEN_NO_HASH_RECORDED",
    "NOT_LISTED_IN_ANY_DIGEST",
];

type Hash = [u8; 32];

/// A digest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DigestLine {
    /// The object it is.
    #[serde(flatten)]
    pub object: Place,
    /// Where CloudTrail put it by its own words, when that is another place.
    pub original: Option<Place>,
    /// Its file.
    pub path: String,
    /// Whether it is what CloudTrail wrote.
    pub status: &'static str,
    /// Why it is not authentic or not proved.
    pub reason: Option<&'static str>,
    /// What proves it.
    pub proof: Vec<&'static str>,
    /// What is odd about it.
    pub flags: Vec<String>,
    /// Why it is worth what it is, and what is odd, in sentences.
    pub explanation: String,
    /// SHA-256 of its content.
    #[serde(serialize_with = "hex")]
    pub sha256: Option<Hash>,
    /// Its stream: account, region, trail, home region, backfill.
    pub stream: Option<(String, String, String, String, bool)>,
    /// First instant of what it covers.
    pub from: Option<String>,
    /// First instant after.
    pub to: Option<String>,
    /// The fingerprint of the key that it names.
    pub fingerprint: String,
    /// The string that its signature is over.
    pub signing_string: String,
    /// The signatures known of it.
    pub signatures: Vec<Signature>,
    /// The digest before it, by its own words.
    pub previous: Option<Place>,
    /// Supplied digests that name it as the one before them.
    pub next: Vec<Place>,
    /// How many logs it names.
    pub logs: u64,
    /// The command whose output would tell more.
    pub command: Option<String>,
    #[serde(skip)]
    verdict: DigestStatus,
}

impl DigestLine {
    /// Its verdict, for words that people read.
    #[must_use]
    pub fn verdict(&self) -> DigestStatus {
        self.verdict
    }
}

/// A signature of a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// `metadata` or `next-digest`.
    pub source: &'static str,
    /// The signature in hex, as it was found.
    pub value: String,
}

/// A log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogLine {
    /// The object it is.
    #[serde(flatten)]
    pub object: Place,
    /// Its file; null when it was not supplied.
    pub path: Option<String>,
    /// What it is worth.
    pub status: &'static str,
    /// What is odd about it.
    pub flags: Vec<&'static str>,
    /// Why it is worth what it is, and what is odd, in sentences.
    pub explanation: String,
    /// The hash that the digest records, as it stands there.
    pub recorded_sha256: Option<String>,
    /// SHA-256 of its content.
    #[serde(serialize_with = "hex")]
    pub found_sha256: Option<Hash>,
    /// The digest that decides.
    pub digest: Option<Place>,
    /// When it was delivered, by its name.
    pub delivered: Option<String>,
    /// The account in its name.
    pub account: String,
    /// The region in its name.
    pub region: String,
    /// Of a log that no digest names: whether its delivery lies in time that is covered.
    pub within_coverage: Option<bool>,
    /// What told that the file is this object: `path`, `name` or `content`; null when it was not supplied.
    pub identified_by: Option<&'static str>,
    /// The command whose output would tell more.
    pub command: Option<String>,
    #[serde(skip)]
    verdict: LogStatus,
}

impl LogLine {
    /// Its verdict, for words that people read.
    #[must_use]
    pub fn verdict(&self) -> LogStatus {
        self.verdict
    }
}

/// A file of the case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileLine {
    /// Its path inside what was dropped.
    pub path: String,
    /// What it is, in words.
    pub kind: &'static str,
    /// Whether it was read.
    pub state: &'static str,
    /// Bytes on disk.
    pub bytes: Option<u64>,
    /// SHA-256 of these bytes.
    #[serde(serialize_with = "hex")]
    pub sha256: Option<Hash>,
    /// Of digests and logs: SHA-256 of what is in it unpacked, which is what chains of custody are about.
    #[serde(serialize_with = "hex")]
    pub content_sha256: Option<Hash>,
    /// Of digests and logs: the status.
    pub status: Option<&'static str>,
    /// The same for people.
    #[serde(skip)]
    pub title: Option<&'static str>,
}

pub(super) fn digests(judgement: &Judgement, path: &impl Fn(u32) -> String) -> Vec<DigestLine> {
    let place = |number: &u32| judgement.digests.get(*number as usize).map(|digest| Place::of(&digest.object));
    let line = |digest: &DigestVerdict| {
        let known = digest.span.0 < digest.span.1;
        let signature = |source, value: &Option<String>| value.clone().map(|value| Signature { source, value });
        let signatures = [("metadata", &digest.own_signature), ("next-digest", &digest.next_signature)];
        let mut next: Vec<Place> = digest.next.iter().filter_map(place).collect();
        next.sort();
        DigestLine {
            object: Place::of(&digest.object),
            original: digest.original.as_ref().map(Place::of),
            path: path(digest.file),
            status: digest.status.word(),
            reason: digest.reason.map(|reason| reason.word()),
            proof: digest.proofs.iter().map(|proof| proof.word()).collect(),
            flags: digest.flag_words(),
            explanation: explanation(
                words::digest_reason(judgement, digest),
                digest.flags.iter().map(|flag| words::flag_said(*flag, digest.key_region.as_deref())),
            ),
            sha256: digest.sha256,
            stream: digest.stream.and_then(|number| judgement.streams.get(number as usize)).map(|it| tuple(&it.id)),
            from: known.then(|| written(digest.span.0)),
            to: known.then(|| written(digest.span.1)),
            fingerprint: digest.fingerprint.clone(),
            signing_string: digest.signing_string.clone(),
            signatures: signatures.into_iter().filter_map(|(source, value)| signature(source, value)).collect(),
            previous: digest.previous.as_ref().map(Place::of),
            next,
            logs: digest.logs.len() as u64,
            command: digest.command.clone(),
            verdict: digest.status,
        }
    };
    let mut lines: Vec<DigestLine> = judgement.digests.iter().map(line).collect();
    lines.sort_by(|a, b| (&a.object, &a.path, &a.sha256).cmp(&(&b.object, &b.path, &b.sha256)));
    lines
}

/// Sentences one after the other; what the first ones say already is not said again.
fn explanation(mut said: String, flags: impl Iterator<Item = String>) -> String {
    for flag in flags {
        if !said.contains(&flag) {
            said.push(' ');
            said.push_str(&flag);
        }
    }
    said
}

fn tuple(id: &StreamId) -> (String, String, String, String, bool) {
    (id.account.clone(), id.region.clone(), id.trail.clone(), id.home.clone(), id.backfill)
}

pub(super) fn logs(judgement: &Judgement, path: &impl Fn(u32) -> String) -> Vec<LogLine> {
    let place = |number: u32| judgement.digests.get(number as usize).map(|digest| Place::of(&digest.object));
    let line = |log: &LogVerdict| LogLine {
        object: Place::of(&log.object),
        path: log.file.map(path),
        status: log.status.word(),
        flags: log.flag_words(),
        explanation: explanation(words::log_reason(log), log.flags.iter().map(|flag| words::flag_said(*flag, None))),
        recorded_sha256: log.recorded.clone(),
        found_sha256: log.sha256,
        digest: log.digest.and_then(place),
        delivered: log.delivered.map(written),
        account: log.account.clone(),
        region: log.region.clone(),
        within_coverage: log.within_coverage,
        identified_by: log.file.map(|_| log.identified_by.word()),
        command: log.command.clone(),
        verdict: log.status,
    };
    let mut lines: Vec<LogLine> = judgement.logs.iter().map(line).collect();
    lines.sort_by(|a, b| (&a.object, &a.path, &a.found_sha256).cmp(&(&b.object, &b.path, &b.found_sha256)));
    lines
}

pub(super) fn manifest(judgement: &Judgement, files: &[Listed]) -> Vec<FileLine> {
    let mut verdicts: HashMap<u32, (Option<Hash>, &'static str, &'static str)> = HashMap::new();
    for log in &judgement.logs {
        if let Some(file) = log.file {
            verdicts.insert(file, (log.sha256, log.status.word(), log.status.title()));
        }
    }
    for digest in &judgement.digests {
        verdicts.insert(digest.file, (digest.sha256, digest.status.word(), digest.status.title()));
    }
    let line = |(number, file): (usize, &Listed)| {
        let verdict = u32::try_from(number).ok().and_then(|number| verdicts.get(&number));
        FileLine {
            path: file.path.clone(),
            kind: file.kind,
            state: file.state,
            bytes: file.bytes,
            sha256: file.sha256,
            content_sha256: verdict.and_then(|(content, ..)| *content),
            status: verdict.map(|(_, status, _)| *status),
            title: verdict.map(|(.., title)| *title),
        }
    };
    let mut lines: Vec<FileLine> = files.iter().enumerate().map(line).collect();
    lines.sort_by(|a, b| (&a.path, &a.sha256, &a.bytes).cmp(&(&b.path, &b.sha256, &b.bytes)));
    lines
}

fn hex<S: Serializer>(hash: &Option<Hash>, to: S) -> Result<S::Ok, S::Error> {
    hash.map(|hash| crate::integrity::hex(&hash)).serialize(to)
}
