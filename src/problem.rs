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
    /// How many times: 1 for a problem told by itself, more for the entry that counts those beyond [`TOLD`].
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
    /// A row of a CSV file with too many or too few fields, or with a quote that never ends.
    BrokenRow,
    /// An element of `Records` is JSON, but not a CloudTrail record.
    NotARecord,
    /// A metric, or a data point of one, that could not be read.
    NotAPoint,
    /// A record that was not whole; what was there of it was closed and kept.
    Repaired,
    /// A value that a spreadsheet program changed when it opened and saved the file.
    Damaged,
    /// Bytes that are not UTF-8; they were replaced.
    NotUtf8,
    /// A record whose eventTime is absent or not a time.
    Undated,
    /// The file is one page of a longer answer.
    OnePage,
    /// Messages, envelopes or rows in which there is no event: nothing is wrong with them.
    NoRecord,
    /// Log events without a time.
    NoTime,
    /// Lines without a time of their own, which belong to the log event before: nothing is wrong with them.
    JoinedLines,
    /// Log events whose times do not agree.
    ClockSkew,
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
            Self::BrokenRow => "Broken CSV row",
            Self::NotARecord => "Not a CloudTrail record",
            Self::NotAPoint => "Not a metric or data point",
            Self::Repaired => "Repaired record",
            Self::Damaged => "Changed by a spreadsheet",
            Self::NotUtf8 => "Not UTF-8",
            Self::Undated => "No usable eventTime",
            Self::OnePage => "Incomplete export",
            Self::NoRecord => "No record or log event",
            Self::NoTime => "Log events without a time",
            Self::JoinedLines => "Lines without a time",
            Self::ClockSkew => "Clocks differ",
            Self::Cancelled => "Cancelled",
            Self::SameIdDifferentContent => "Same eventID, different content",
            Self::DamagedArchive => "Damaged archive",
            Self::Encrypted => "Encrypted",
            Self::UnknownPacking => "Packed in an unknown way",
            Self::TooDeep => "Packed too deeply",
            Self::NotBase64 => "Damaged base64",
        }
    }

    /// Whether it tells something about a file in which nothing is wrong.
    #[must_use]
    pub fn is_note(self) -> bool {
        matches!(self, Self::NoRecord | Self::JoinedLines)
    }

    /// Whether it only says what the file is like, so that every one of its sort reads the same and none needs telling
    /// by itself.
    fn is_counted_only(self) -> bool {
        matches!(self, Self::NoRecord | Self::OnePage | Self::JoinedLines | Self::NoTime)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind.title())?;
        if let Some(record) = self.record {
            write!(f, ", record {record}")?;
        }
        match (self.at, self.len) {
            (Some(at), Some(len)) => write!(f, ", bytes {at} to {}", at + len)?,
            (Some(at), None) => write!(f, ", byte {at}")?,
            (None, _) => {}
        }
        write!(f, ": {}", self.what)?;
        if self.times > 1 {
            write!(f, " ({} times)", self.times)?;
        }
        write!(f, "; {}", self.outcome)
    }
}

/// So many problems of one kind are told one by one in a file; those beyond are one entry that counts them.
pub const TOLD: usize = 50;

/// The problems of one file: the first [`TOLD`] of each kind as they are, and one entry that counts the rest of its kind,
/// so that a file of a million broken records costs no more than a file with a few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    /// Adds a problem, or counts it where enough of its kind are told already.
    pub fn add(&mut self, problem: Problem) {
        let told = if problem.kind.is_counted_only() { 0 } else { TOLD };
        let mut alike = self.list.iter_mut().filter(|known| known.kind == problem.kind);
        match alike.by_ref().nth(told) {
            Some(rest) => {
                rest.times += problem.times;
                // Each is somewhere else, so the entry that counts them names no place but where the first of them is.
                rest.len = None;
                rest.record = None;
                if !problem.kind.is_counted_only() {
                    rest.what = format!("more of the same kind, from this byte on, such as: {}", problem.what);
                }
            }
            None => self.list.push(problem),
        }
    }

    /// The problems found, in the order in which they were met.
    #[must_use]
    pub fn into_vec(self) -> Vec<Problem> {
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(kind: ProblemKind, at: u64) -> Problem {
        let (what, outcome) = (format!("w{at}"), "o".to_owned());
        Problem { kind, record: Some(at as u32), at: Some(at), len: Some(1), what, outcome, times: 1 }
    }

    #[test]
    fn tells_the_first_and_counts_the_rest() {
        let mut problems = Problems::default();
        for at in 0..1_000 {
            problems.add(problem(ProblemKind::NotJson, at));
            problems.add(problem(ProblemKind::NoRecord, at));
        }
        let list = problems.into_vec();
        let of = |kind| list.iter().filter(move |problem| problem.kind == kind);
        assert_eq!(of(ProblemKind::NotJson).count(), TOLD + 1);
        assert_eq!(of(ProblemKind::NotJson).map(|problem| problem.times).sum::<u32>(), 1_000);
        assert!(of(ProblemKind::NotJson).take(TOLD).enumerate().all(|(n, problem)| problem.at == Some(n as u64)));
        assert_eq!(of(ProblemKind::NoRecord).map(|problem| problem.times).collect::<Vec<_>>(), [1_000]);
        // What two pieces of a file tell comes to the same when it is put together.
        let mut merged = Problems::default();
        list.iter().chain(&list).cloned().for_each(|problem| merged.add(problem));
        let merged = merged.into_vec();
        assert_eq!(merged.len(), list.len());
        assert_eq!(merged.iter().map(|problem| problem.times).sum::<u32>(), 4_000);
    }
}
