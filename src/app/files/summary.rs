//! What came of all files together: numbers that add up, and which files to list.

use crate::app::view::FileFilter;
use crate::import::recognise::Kind;
use crate::problem::ProblemKind;
use crate::session::page::CaseFile;
use std::collections::BTreeMap;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Records found: what follows is what became of them.
    pub records: u64,
    /// Records that are events of the case.
    pub events: u64,
    /// Records that are copies of such.
    pub duplicates: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Files by kind, commonest first.
    pub kinds: Vec<(Kind, u64)>,
    /// Problems by kind: files that have it, and how often it was found. Most files first.
    pub problems: Vec<(ProblemKind, u64, u64)>,
    /// Files there are.
    pub files: u64,
    /// Files with problems.
    pub with_problems: u64,
    /// Files whose kind is not opened.
    pub not_opened: u64,
    /// Files still to be read.
    pub waiting: u64,
    /// The files that the filter leaves, by number.
    pub listed: Vec<u32>,
}

/// Sums up.
#[must_use]
pub fn summary(files: &[CaseFile], filter: FileFilter) -> Summary {
    let mut sum = Summary { files: files.len() as u64, ..Summary::default() };
    let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
    let mut problems: BTreeMap<ProblemKind, (u64, u64)> = BTreeMap::new();
    for (number, file) in files.iter().enumerate() {
        let mut not_opened = false;
        if let Some(report) = &file.report {
            sum.records += u64::from(report.events) + u64::from(report.rejected);
            sum.events += u64::from(report.events.saturating_sub(file.duplicates));
            sum.duplicates += u64::from(file.duplicates);
            sum.rejected += u64::from(report.rejected);
            *kinds.entry(report.kind).or_default() += 1;
            not_opened = !report.kind.is_opened();
            for problem in &report.problems {
                let (files, times) = problems.entry(problem.kind).or_default();
                *files += 1;
                *times += u64::from(problem.times);
            }
        } else if !file.cancelled {
            sum.waiting += 1;
        }
        sum.with_problems += u64::from(file.has_problems());
        sum.not_opened += u64::from(not_opened);
        let listed = match filter {
            FileFilter::All => true,
            FileFilter::Problems => file.has_problems(),
            FileFilter::NotOpened => not_opened,
        };
        if listed {
            sum.listed.push(number as u32);
        }
    }
    sum.kinds = kinds.into_iter().collect();
    sum.kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    sum.problems = problems.into_iter().map(|(kind, (files, times))| (kind, files, times)).collect();
    sum.problems.sort_by_key(|(_, files, _)| std::cmp::Reverse(*files));
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::protocol::FileReport;

    fn file(kind: Kind, events: u32, rejected: u32, duplicates: u32) -> CaseFile {
        let report =
            FileReport { file: 0, kind, events, rejected, content_bytes: 0, sha256: None, problems: Vec::new() };
        CaseFile { path: String::new(), bytes: 0, report: Some(report), duplicates, cancelled: false }
    }

    #[test]
    fn the_numbers_add_up() {
        let files = [file(Kind::CloudTrailLog, 10, 2, 3), file(Kind::CloudTrailLog, 1, 0, 0), file(Kind::Pdf, 0, 0, 0)];
        let sum = summary(&files, FileFilter::NotOpened);
        assert_eq!((sum.records, sum.events, sum.duplicates, sum.rejected), (13, 8, 3, 2));
        assert_eq!(sum.records, sum.events + sum.duplicates + sum.rejected);
        assert_eq!(sum.kinds, [(Kind::CloudTrailLog, 2), (Kind::Pdf, 1)]);
        assert_eq!((sum.not_opened, sum.listed), (1, vec![2]));
    }
}
