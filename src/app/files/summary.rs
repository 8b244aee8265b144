//! What came of all files together: numbers that add up, and which files to list.

use crate::app::view::FileFilter;
use crate::import::recognise::Kind;
use crate::problem::ProblemKind;
use crate::session::file_list::{CaseFile, FileColumn, Standing, compare};
use std::collections::BTreeMap;

/// While files come in the list changes ten times a second, too often to sort more than this.
const SORTED_WHILE_LOADING: usize = 3_000;

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
    /// Five-minute summaries of data events, which are in no count of events.
    pub summaries: u64,
    /// Problems by kind: files that have it, and how often it was found. Most files first.
    pub problems: Vec<(ProblemKind, u64, u64)>,
    /// Files there are.
    pub files: u64,
    /// By [`Standing`]: they add up to the files.
    pub standing: [u64; 5],
    /// Files that are in archives.
    pub inside: u64,
    /// Files with problems.
    pub with_problems: u64,
    /// Files whose kind is not opened.
    pub not_opened: u64,
    /// Files without events that are not waiting.
    pub no_events: u64,
    /// The files that the filter leaves, by number.
    pub listed: Vec<u32>,
}

fn is_not_opened(file: &CaseFile) -> bool {
    file.report
        .as_ref()
        .is_some_and(|report| !(report.kind.is_opened() || report.kind.is_metrics()) && file.entries == 0)
}

fn has_no_events(file: &CaseFile) -> bool {
    file.events() == 0 && file.standing() != Standing::Waiting
}

/// Sums up.
#[must_use]
pub fn summary(files: &[CaseFile], filter: FileFilter, by: FileColumn, descending: bool, loading: bool) -> Summary {
    let mut sum = Summary { files: files.len() as u64, ..Summary::default() };
    let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
    let mut problems: BTreeMap<ProblemKind, (u64, u64)> = BTreeMap::new();
    for (number, file) in files.iter().enumerate() {
        if let Some(report) = &file.report {
            sum.records += u64::from(report.events) + u64::from(report.rejected);
            let kept = report.events.saturating_sub(file.duplicates);
            let summaries = report.summaries.min(kept);
            sum.events += u64::from(kept - summaries);
            sum.summaries += u64::from(summaries);
            sum.duplicates += u64::from(file.duplicates);
            sum.rejected += u64::from(report.rejected);
            *kinds.entry(report.kind).or_default() += 1;
            let mut seen: Vec<ProblemKind> = Vec::new();
            for problem in &report.problems {
                let (files, times) = problems.entry(problem.kind).or_default();
                *times += u64::from(problem.times);
                // One file may have many of a kind.
                if !seen.contains(&problem.kind) {
                    seen.push(problem.kind);
                    *files += 1;
                }
            }
        }
        sum.standing[file.standing() as usize] += 1;
        sum.inside += u64::from(file.inside);
        sum.with_problems += u64::from(file.has_problems());
        sum.not_opened += u64::from(is_not_opened(file));
        sum.no_events += u64::from(has_no_events(file));
        let listed = match filter {
            FileFilter::All => true,
            FileFilter::Problems => file.has_problems(),
            FileFilter::NotOpened => is_not_opened(file),
            FileFilter::NoEvents => has_no_events(file),
            FileFilter::LeftOut => file.left_out,
            FileFilter::Problem(kind) => {
                file.report.iter().flat_map(|report| &report.problems).any(|problem| problem.kind == kind)
            }
        };
        if listed {
            sum.listed.push(number as u32);
        }
    }
    sum.kinds = kinds.into_iter().collect();
    sum.kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    sum.problems = problems.into_iter().map(|(kind, (files, times))| (kind, files, times)).collect();
    sum.problems.sort_by_key(|(_, files, _)| std::cmp::Reverse(*files));
    if !loading || sum.listed.len() <= SORTED_WHILE_LOADING {
        sum.listed.sort_by(|&a, &b| compare(&files[a as usize], &files[b as usize], by, descending));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::session::protocol::FileReport;

    fn file(path: &str, kind: Kind, events: u32, rejected: u32, duplicates: u32) -> CaseFile {
        let report = FileReport {
            file: 0,
            kind,
            events,
            summaries: 0,
            lines: 0,
            points: 0,
            rejected,
            content_bytes: 0,
            sha256: None,
            problems: Vec::new(),
        };
        CaseFile { path: path.to_owned(), report: Some(report), duplicates, done: true, ..CaseFile::default() }
    }

    fn listed(files: &[CaseFile], filter: FileFilter) -> Vec<u32> {
        summary(files, filter, FileColumn::Path, false, false).listed
    }

    #[test]
    fn the_numbers_add_up() {
        let files = [
            file("b", Kind::CloudTrailLog, 10, 2, 3),
            file("a", Kind::CloudTrailLog, 1, 0, 0),
            file("c", Kind::Pdf, 0, 0, 0),
            file("d", Kind::Unreadable, 0, 0, 0),
            CaseFile { left_out: true, ..CaseFile::default() },
            CaseFile { cancelled: true, ..CaseFile::default() },
            CaseFile { inside: true, ..CaseFile::default() },
        ];
        let sum = summary(&files, FileFilter::NotOpened, FileColumn::Path, false, false);
        assert_eq!((sum.records, sum.events, sum.duplicates, sum.rejected), (13, 8, 3, 2));
        assert_eq!(sum.records, sum.events + sum.duplicates + sum.rejected);
        assert_eq!(sum.standing, [3, 1, 1, 1, 1]);
        assert_eq!(sum.standing.iter().sum::<u64>(), sum.files);
        assert_eq!(sum.kinds[0], (Kind::CloudTrailLog, 2));
        assert_eq!((sum.not_opened, sum.no_events, sum.inside), (2, 4, 1));
        assert_eq!(sum.listed, [2, 3]);
    }

    #[test]
    fn filters_and_order() {
        let mut files = [file("b", Kind::CloudTrailLog, 10, 0, 0), file("a", Kind::CloudTrailLog, 30, 0, 0)];
        assert_eq!(listed(&files, FileFilter::All), [1, 0]);
        assert!(listed(&files, FileFilter::NoEvents).is_empty());
        if let Some(report) = &mut files[0].report {
            report.problems.push(Problem {
                kind: ProblemKind::Undated,
                record: None,
                at: None,
                len: None,
                what: String::new(),
                outcome: String::new(),
                times: 4,
            });
        }
        assert_eq!(listed(&files, FileFilter::Problem(ProblemKind::Undated)), [0]);
        assert!(listed(&files, FileFilter::Problem(ProblemKind::NotJson)).is_empty());
        let sum = summary(&files, FileFilter::All, FileColumn::Events, false, false);
        assert_eq!((sum.listed, sum.problems), (vec![0, 1], vec![(ProblemKind::Undated, 1, 4)]));
    }
}
