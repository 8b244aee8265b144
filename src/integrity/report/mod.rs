//! The report that an auditor can file: what was supplied, with which keys it was weighed, what was found of each file and each
//! hour, and what nobody looked at. The page prints it and saves it as JSON ([`json`]); both are drawn from a [`Report`].
//!
//! The same files give the same bytes: nothing in here is a time of now or a number that hangs on the order in which files
//! came. Files are named by their paths, objects by bucket and key, and every list is sorted by what it says.
//!
//! The JSON is one object. `format` names its shape; every other member is a field of [`Report`], under the same name, with
//! the statuses, reasons, proofs and flags of [`super::vocabulary`]. Times are UTC, hashes are lower-case hex, what is not
//! known is null.

mod files;
mod limits;
mod time;

use super::verdict::Judgement;
use super::{Object, vocabulary, words};
use serde::{Serialize, Serializer};

pub use files::{DigestLine, FileLine, LogLine, Signature};
pub use time::{Call, Interval, Stream};

/// The name of the shape of the JSON.
pub const FORMAT: &str = "trailglass-integrity-report/1";

/// A file of the case, as the session knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its path inside what was dropped.
    pub path: String,
    /// What it is, in words.
    pub kind: &'static str,
    /// Whether it was read, in a word or two.
    pub state: &'static str,
    /// Bytes on disk (of a file in an archive: unpacked), where known.
    pub bytes: Option<u64>,
    /// SHA-256 of these bytes, where all were seen.
    pub sha256: Option<[u8; 32]>,
}

/// The word for [`Listed::state`] of a file that was read.
pub const READ: &str = "read";

/// What the report was made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// The program.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its build: the commit it was made from and a hash over its source, or `native`.
    pub build: &'static str,
}

impl Tool {
    /// This program, of this build.
    #[must_use]
    pub fn this(build: &'static str) -> Self {
        Self { name: "Trailglass", version: env!("CARGO_PKG_VERSION"), build }
    }
}

/// The whole report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// [`FORMAT`].
    pub format: &'static str,
    /// What it was made with.
    pub tool: Tool,
    /// What is known of the logs, in one sentence with its conditions.
    pub sentence: String,
    /// What is known of the digests and the time that they cover, in one sentence.
    pub coverage_sentence: String,
    /// What every claim rests on.
    pub condition: String,
    /// How many files there are of what.
    pub supplied: Sums,
    /// Digests by status.
    pub digest_statuses: Counts,
    /// Logs by status.
    pub log_statuses: Counts,
    /// The public keys.
    pub keys: Vec<Key>,
    /// What a person should know, the gravest first.
    pub findings: Vec<Finding>,
    /// What is covered, stream by stream.
    pub coverage: Vec<Stream>,
    /// Every digest supplied.
    pub digests: Vec<DigestLine>,
    /// Every log supplied or named by a digest.
    pub logs: Vec<LogLine>,
    /// What was not checked, a sentence or two each.
    pub not_checked: Vec<String>,
    /// Every file, with its hashes.
    pub manifest: Vec<FileLine>,
}

/// What was supplied.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sums {
    /// Files, those in archives among them.
    pub files: u64,
    /// Their bytes on disk.
    pub bytes: u64,
    /// Files that were not read: left out, cancelled or unreadable.
    pub files_not_read: u64,
    /// Digests.
    pub digests: u64,
    /// Logs; those that a digest names and that were not supplied are not among them.
    pub logs: u64,
    /// Public keys.
    pub keys: u64,
    /// Outputs of head-object.
    pub head_objects: u64,
    /// A listing of a bucket was supplied.
    pub listing: bool,
    /// When the newest object in it was written.
    pub listing_newest_object: Option<String>,
    /// Files by kind, in the order of the kinds' names.
    pub kinds: Vec<KindSum>,
}

/// Files of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KindSum {
    /// The kind.
    pub kind: &'static str,
    /// Files.
    pub files: u64,
    /// Their bytes on disk.
    pub bytes: u64,
}

/// How many there are of each word; all words are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub Vec<(&'static str, u64)>);

impl Counts {
    fn of(words: &[&'static str], found: impl Iterator<Item = &'static str>) -> Self {
        let mut counts = Self(words.iter().map(|word| (*word, 0)).collect());
        for word in found {
            if let Some((_, count)) = counts.0.iter_mut().find(|(known, _)| *known == word) {
                *count += 1;
            }
        }
        counts
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().copied())
    }
}

/// A public key.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Key {
    /// Its fingerprint as it was supplied.
    pub fingerprint: String,
    /// Its regions, by the names of the files it was in.
    pub regions: Vec<String>,
    /// From when it is valid.
    pub valid_from: Option<String>,
    /// To when it is valid.
    pub valid_to: Option<String>,
    /// Bits of its modulus; null when it cannot be used.
    pub bits: Option<u32>,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// Digests that name it.
    pub digests: u32,
    /// The files it was in.
    pub paths: Vec<String>,
}

/// Something that a person should know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Of what sort.
    pub kind: &'static str,
    /// The sort in a few words for people.
    pub title: &'static str,
    /// The bucket of the object it is about.
    pub bucket: Option<String>,
    /// Its key.
    pub key: Option<String>,
    /// The file it is about.
    pub path: Option<String>,
    /// What was found, and what that means.
    pub what: String,
}

/// An object of S3.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// Its bucket; empty where nothing tells it.
    pub bucket: String,
    /// Its key.
    pub key: String,
}

impl Place {
    fn of(object: &Object) -> Self {
        Self { bucket: object.bucket.clone(), key: object.key.clone() }
    }
}

impl Report {
    /// Draws it up. `files`: those of the case, in the order of their numbers.
    #[must_use]
    pub fn of(judgement: &Judgement, files: &[Listed], tool: &Tool) -> Self {
        let path = |file: u32| files.get(file as usize).map(|file| file.path.clone()).unwrap_or_default();
        let digests = files::digests(judgement, &path);
        let logs = files::logs(judgement, &path);
        let supplied = supplied(judgement, files);
        Self {
            format: FORMAT,
            tool: tool.clone(),
            sentence: words::sentence(judgement),
            coverage_sentence: words::coverage_sentence(judgement),
            condition: format!("{} the output of \"{}\".", words::KEYS, words::LIST_KEYS),
            digest_statuses: Counts::of(&files::DIGESTS, digests.iter().map(|line| line.status)),
            log_statuses: Counts::of(&files::LOGS, logs.iter().map(|line| line.status)),
            keys: keys(judgement, &path),
            findings: findings(judgement, &path),
            coverage: time::streams(judgement, &path),
            not_checked: limits::not_checked(&supplied),
            manifest: files::manifest(judgement, files),
            digests,
            logs,
            supplied,
        }
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self) -> String {
        vocabulary::printed(self)
    }
}

/// The report as JSON. `files`: those of the case, in the order of their numbers.
#[must_use]
pub fn json(judgement: &Judgement, files: &[Listed], tool: &Tool) -> String {
    Report::of(judgement, files, tool).json()
}

fn supplied(judgement: &Judgement, files: &[Listed]) -> Sums {
    let mut kinds: std::collections::BTreeMap<&'static str, KindSum> = std::collections::BTreeMap::new();
    let mut sums = Sums {
        digests: judgement.digests.len() as u64,
        logs: judgement.logs.iter().filter(|log| log.file.is_some()).count() as u64,
        keys: judgement.keys.len() as u64,
        head_objects: u64::from(judgement.heads),
        listing: judgement.listed.is_some(),
        listing_newest_object: judgement.listed.flatten().map(super::names::written),
        ..Sums::default()
    };
    for file in files {
        let bytes = file.bytes.unwrap_or(0);
        sums.files += 1;
        sums.bytes += bytes;
        if file.state != READ {
            sums.files_not_read += 1;
            continue;
        }
        let kind = kinds.entry(file.kind).or_insert_with(|| KindSum { kind: file.kind, ..KindSum::default() });
        kind.files += 1;
        kind.bytes += bytes;
    }
    sums.kinds = kinds.into_values().collect();
    sums
}

fn keys(judgement: &Judgement, path: &impl Fn(u32) -> String) -> Vec<Key> {
    let key = |key: &super::verdict::KeyVerdict| Key {
        fingerprint: key.fingerprint.clone(),
        regions: sorted(key.regions.iter().cloned()),
        valid_from: key.validity.0.map(super::names::written),
        valid_to: key.validity.1.map(super::names::written),
        bits: key.bits,
        problem: key.problem.clone(),
        digests: key.digests,
        paths: sorted(key.files.iter().map(|file| path(*file))),
    };
    sorted(judgement.keys.iter().map(key))
}

fn findings(judgement: &Judgement, path: &impl Fn(u32) -> String) -> Vec<Finding> {
    let mut findings: Vec<_> = judgement
        .findings
        .iter()
        .map(|finding| {
            let line = Finding {
                kind: finding.kind.word(),
                title: finding.kind.title(),
                bucket: finding.object.as_ref().map(|object| object.bucket.clone()),
                key: finding.object.as_ref().map(|object| object.key.clone()),
                path: finding.file.map(path),
                what: finding.what.clone(),
            };
            (finding.kind, line)
        })
        .collect();
    findings.sort_by(|(kind, a), (other, b)| {
        (kind, &a.bucket, &a.key, &a.path, &a.what).cmp(&(other, &b.bucket, &b.key, &b.path, &b.what))
    });
    findings.into_iter().map(|(_, finding)| finding).collect()
}

fn sorted<T: Ord>(list: impl Iterator<Item = T>) -> Vec<T> {
    let mut list: Vec<T> = list.collect();
    list.sort();
    list.dedup();
    list
}
