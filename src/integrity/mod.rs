//! Chains of custody: which files CloudTrail delivered as they are, proved by its signed digest files; what is not proved, and
//! what would settle it. Floor 3: knows documents, hashes and signatures, and nothing of shards or the page. The rules are
//! those of `spec/INTEGRITY.md`, whose section numbers stand beside the code.
//!
//! There are two answers and they are never blended. [`judge`] weighs the evidence of any heap of files (section 9).
//! [`validate_logs`] says what the AWS command line would print of a bucket's tree (section 8), its blind spots included.
//!
//! Both start from the same [`Supplied`] files. [`paper`] reads the documents among them, [`place`] finds which object of S3
//! each file is.

pub mod cover;
pub mod digest;
pub mod head;
pub mod judge;
pub mod keys;
pub mod listing;
pub mod names;
pub mod of_event;
pub mod paper;
pub mod place;
pub mod report;

pub mod trails;
pub mod validate_logs;
pub mod verdict;
pub mod vocabulary;
pub mod words;

use crate::import::content::Content;
use crate::import::kind::Kind;
use paper::Paper;
use serde::{Deserialize, Serialize};

/// One file of the case, with all that chains of custody need to know of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Supplied {
    /// Its number in the case.
    pub file: u32,
    /// Its path inside what was dropped, folders parted by `/`.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// Its size as it lies on disk.
    pub bytes: u64,
    /// SHA-256 of its bytes as they lie on disk, where all were seen.
    pub sha256: Option<[u8; 32]>,
    /// MD5 of its bytes as they lie on disk, as S3 gives it as ETag. Of digest files only, and only when read in one go.
    pub md5: Option<[u8; 16]>,
    /// What it holds unpacked; `None` when it could not be read to its end.
    pub content: Option<Content>,
    /// What it says, when it is a document that chains of custody are made of.
    pub paper: Option<Paper>,
}

/// An object of S3.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Object {
    /// The bucket; empty where nothing tells it.
    pub bucket: String,
    /// The key. It may hold any characters: never to be shown raw.
    pub key: String,
}

impl Object {
    /// The last part of its key.
    #[must_use]
    pub fn name(&self) -> &str {
        self.key.rsplit('/').next().unwrap_or_default()
    }
}

/// A call that switches the recording of a trail, as the logs tell it: what a restart of a chain is held against (9.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// `StopLogging`, `StartLogging`, `CreateTrail`, `UpdateTrail` or `DeleteTrail`.
    pub name: String,
    /// The trail that it names, by name or ARN; empty where the record does not tell.
    pub trail: String,
    /// The account it was called in.
    pub account: String,
    /// Who called.
    pub actor: String,
    /// `enableLogFileValidation` of its request, where there is one.
    pub validation: Option<bool>,
    /// Its file and record.
    pub record: (u32, u32),
}

/// Lower-case hex of some bytes.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _infallible = write!(out, "{byte:02x}");
        out
    })
}
