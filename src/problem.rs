//! What went wrong with a file, said so that a person can act on it: never a panic, never silence.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing that was wrong in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The sort of problem, one of a fixed set, so that problems can be grouped.
    pub kind: ProblemKind,
    /// Number of the record in its file, from 0, when it concerns one.
    pub record: Option<u32>,
    /// Where, in bytes of the file's content after unpacking, when known.
    pub at: Option<u64>,
    /// How many bytes from there on are concerned, when known.
    pub len: Option<u64>,
    /// What was found and what was expected there.
    pub what: String,
    /// What was kept and what was lost.
    pub outcome: String,
    /// How many times the same thing was found in this file (the first is described).
    pub times: u32,
}

/// The sorts of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ProblemKind {
    /// The browser or the file system would not give the file's bytes.
    Unreadable,
    /// The file ends in the middle of something.
    Truncated,
    /// gzip data that does not inflate, or whose check sum differs.
    DamagedGzip,
    /// A cap on inflated size or ratio was reached.
    TooLarge,
    /// A record, or the text around the records, is not JSON.
    NotJson,
    /// An element of `Records` is JSON, but not a CloudTrail record.
    NotARecord,
    /// Bytes that are not UTF-8; they were replaced.
    NotUtf8,
    /// A record whose eventTime is absent or not a time.
    Undated,
    /// A person stopped the reading.
    Cancelled,
    /// An event id that stands on records with different content.
    SameIdDifferentContent,
    /// A zip or tar, or an entry of one, that is not as it should be.
    DamagedArchive,
    /// An entry that needs a password.
    Encrypted,
    /// An entry compressed or stored in a way that is not read here.
    UnknownPacking,
    /// Packed in itself, or archives in archives, deeper than is opened.
    TooDeep,
    /// Text that began as base64 and is not.
    NotBase64,
}

impl ProblemKind {
    /// A few words for a heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Unreadable => "Could not be read",
            Self::Truncated => "Ends too early",
            Self::DamagedGzip => "Damaged gzip",
            Self::TooLarge => "Larger than the cap",
            Self::NotJson => "Not valid JSON",
            Self::NotARecord => "Not a CloudTrail record",
            Self::NotUtf8 => "Not UTF-8",
            Self::Undated => "No usable eventTime",
            Self::Cancelled => "Cancelled",
            Self::SameIdDifferentContent => "Same eventID, different content",
            Self::DamagedArchive => "Damaged archive",
            Self::Encrypted => "Encrypted",
            Self::UnknownPacking => "Packed in an unknown way",
            Self::TooDeep => "Packed too deeply",
            Self::NotBase64 => "Damaged base64",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind.title())?;
        if let Some(record) = self.record {
            write!(f, ", record {record}")?;
        }
        if let Some(at) = self.at {
            write!(f, ", byte {at}")?;
        }
        write!(f, ": {}", self.what)?;
        if self.times > 1 {
            write!(f, " ({} times)", self.times)?;
        }
        write!(f, "; {}", self.outcome)
    }
}

/// The problems of one file, one entry a kind with the first of its sort described, so that a file of a million broken
/// records costs no more than a file with one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    /// Adds a problem, or counts it where one of its kind stands already.
    pub fn add(&mut self, problem: Problem) {
        match self.list.iter_mut().find(|known| known.kind == problem.kind) {
            Some(known) => known.times += problem.times,
            None => self.list.push(problem),
        }
    }

    /// The problems found, in the order in which their kinds were first met.
    #[must_use]
    pub fn into_vec(self) -> Vec<Problem> {
        self.list
    }
}
