//! The files of the case: where each stands, why one has no events, the order of the list, and the list as CSV and JSON to
//! take away.

use super::export::cell_of_csv;
use super::protocol::FileReport;
use crate::import::recognise::Kind;
use crate::problem::{Problem, ProblemKind};
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::fmt::Write;

/// One file of the case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseFile {
    /// Its path inside what was dropped; that of a file in an archive begins with the archive's.
    pub path: String,
    /// Its size as it lies on disk (of a file in an archive: unpacked); `None` while nobody has looked.
    pub bytes: Option<u64>,
    /// What came of it, of the parts read so far; `None` while it waits, and when it was not read.
    pub report: Option<FileReport>,
    /// Copies of events in it that were left out.
    pub duplicates: u32,
    /// Nothing more will come of it for now.
    pub done: bool,
    /// A person cancelled before it was read.
    pub cancelled: bool,
    /// A person chose to read others.
    pub left_out: bool,
    /// Files in it, when it is an archive that was opened.
    pub entries: u32,
    /// It is in an archive.
    pub inside: bool,
}

/// Where a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It was read, with or without problems.
    Read,
    /// Its bytes could not be had.
    Unreadable,
    /// It was not read, or not to its end, since a person cancelled.
    Cancelled,
    /// A person chose to read others.
    LeftOut,
    /// It is still to be read.
    Waiting,
}

impl Standing {
    /// One word or two for it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Unreadable => "unreadable",
            Self::Cancelled => "cancelled",
            Self::LeftOut => "left out",
            Self::Waiting => "waiting",
        }
    }
}

impl CaseFile {
    /// Whether something was wrong with it. That some of its lines are no CloudTrail records is told, but nothing is wrong
    /// with that.
    #[must_use]
    pub fn has_problems(&self) -> bool {
        let is_fault = |problem: &Problem| !problem.kind.is_note();
        self.report.as_ref().is_some_and(|report| report.problems.iter().any(is_fault))
    }

    /// Where it stands. Every file stands in exactly one place, so that their numbers add up.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.left_out {
            return Standing::LeftOut;
        }
        if self.cancelled {
            return Standing::Cancelled;
        }
        match &self.report {
            _ if !self.done => Standing::Waiting,
            None => Standing::Waiting,
            Some(report) if report.kind == Kind::Unreadable => Standing::Unreadable,
            Some(report) if report.problems.iter().any(|problem| problem.kind == ProblemKind::Cancelled) => {
                Standing::Cancelled
            }
            Some(_) => Standing::Read,
        }
    }

    /// Records of it that became events, copies included.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.report.as_ref().map_or(0, |report| report.events)
    }

    /// What it is, in words, as far as that is known.
    #[must_use]
    pub fn what(&self) -> &'static str {
        self.report.as_ref().map_or("", |report| report.kind.title())
    }

    /// Why no events came of it, in one sentence; `None` when some did.
    #[must_use]
    pub fn why_no_events(&self) -> Option<String> {
        if self.events() > 0 {
            return None;
        }
        let report = match (self.standing(), &self.report) {
            (Standing::LeftOut, _) => return said("It was left out when the files to read were chosen."),
            (Standing::Waiting, _) => return said("It is still to be read."),
            (Standing::Cancelled, _) | (_, None) => {
                return said("The reading was cancelled before any event of it was read.");
            }
            (_, Some(report)) => report,
        };
        if self.entries > 0 {
            let files = if self.entries == 1 { "the file in it is" } else { "the files in it are" };
            return Some(format!("It is an archive: {files} listed below its path, each with its own events."));
        }
        if report.rejected > 0 {
            return said("None of the records in it could be read; its problems say what is wrong with them.");
        }
        said(report.kind.why_no_events())
    }

    /// The SHA-256 of its bytes, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> Option<String> {
        let hash = self.report.as_ref()?.sha256.as_ref()?;
        Some(hash.iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        }))
    }
}

fn said(sentence: &str) -> Option<String> {
    Some(sentence.to_owned())
}

/// What a list of files is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileColumn {
    /// Its path; what is in an archive or a folder stays together.
    #[default]
    Path,
    /// What it is.
    Kind,
    /// Bytes on disk.
    Size,
    /// Events that are no copies of others.
    Events,
    /// Copies of events.
    Duplicates,
    /// Records that could not be read.
    Rejected,
    /// Sorts of problems.
    Problems,
    /// Where it stands.
    State,
}

/// Compares two files by a column; those that are equal there by path.
#[must_use]
pub fn compare(a: &CaseFile, b: &CaseFile, by: FileColumn, descending: bool) -> Ordering {
    let number = |file: &CaseFile| match by {
        FileColumn::Size => file.bytes,
        FileColumn::Events => {
            file.report.as_ref().map(|report| u64::from(report.events.saturating_sub(file.duplicates)))
        }
        FileColumn::Duplicates => file.report.as_ref().map(|_| u64::from(file.duplicates)),
        FileColumn::Rejected => file.report.as_ref().map(|report| u64::from(report.rejected)),
        FileColumn::Problems => file.report.as_ref().map(|report| report.problems.len() as u64),
        FileColumn::Path | FileColumn::Kind | FileColumn::State => None,
    };
    let order = match by {
        FileColumn::Path => by_path(&a.path, &b.path),
        FileColumn::Kind => a.what().cmp(b.what()),
        FileColumn::State => a.standing().cmp(&b.standing()),
        _ => number(a).cmp(&number(b)),
    };
    let order = if descending { order.reverse() } else { order };
    order.then_with(|| by_path(&a.path, &b.path))
}

/// Like the order of texts, but `/` comes before everything: `a.zip/x` stands between `a.zip` and `a.zip-old`.
fn by_path(a: &str, b: &str) -> Ordering {
    let key = |byte: u8| if byte == b'/' { 0 } else { byte };
    a.bytes().map(key).cmp(b.bytes().map(key))
}

const HEADINGS: [&str; 10] =
    ["path", "kind", "bytes", "content bytes", "events", "rejected", "duplicates", "sha256", "state", "problems"];

/// A list of files as CSV (RFC 4180). A cell that a spreadsheet would take for a formula gets an apostrophe before it: paths
/// and problems hold text that others wrote.
#[must_use]
pub fn csv<'a>(files: impl Iterator<Item = &'a CaseFile>) -> String {
    let mut out = HEADINGS.join(",");
    out.push_str("\r\n");
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    for file in files {
        let report = file.report.as_ref();
        let problems = report.map(|report| report.problems.iter().map(ToString::to_string).collect::<Vec<_>>());
        let cells = [
            file.path.clone(),
            file.what().to_owned(),
            number(file.bytes),
            number(report.map(|report| report.content_bytes)),
            number(report.map(|report| u64::from(report.events))),
            number(report.map(|report| u64::from(report.rejected))),
            number(report.map(|_| u64::from(file.duplicates))),
            file.sha256().unwrap_or_default(),
            file.standing().title().to_owned(),
            problems.unwrap_or_default().join("\n"),
        ];
        for (at, text) in cells.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            cell_of_csv(&mut out, text);
        }
        out.push_str("\r\n");
    }
    out
}

/// The same list as JSON, an array of one object a file.
#[must_use]
pub fn json<'a>(files: impl Iterator<Item = &'a CaseFile>) -> String {
    let list: Vec<Value> = files
        .map(|file| {
            let report = file.report.as_ref();
            let problems = report.map(|report| {
                let problems = report.problems.iter().map(|problem| {
                    json!({
                        "kind": problem.kind.title(),
                        "times": problem.times,
                        "record": problem.record,
                        "at": problem.at,
                        "length": problem.len,
                        "what": problem.what,
                        "outcome": problem.outcome,
                    })
                });
                problems.collect::<Vec<_>>()
            });
            json!({
                "path": file.path,
                "kind": report.map(|report| report.kind.title()),
                "bytes": file.bytes,
                "contentBytes": report.map(|report| report.content_bytes),
                "events": report.map(|report| report.events),
                "rejected": report.map(|report| report.rejected),
                "duplicates": report.map(|_| file.duplicates),
                "sha256": file.sha256(),
                "state": file.standing().title(),
                "whyNoEvents": file.why_no_events(),
                "problems": problems.unwrap_or_default(),
            })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&list).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, kind: Kind, events: u32) -> CaseFile {
        let report = FileReport {
            file: 0,
            kind,
            events,
            summaries: 0,
            lines: 0,
            points: 0,
            rejected: 0,
            content_bytes: 20,
            sha256: Some([0xab; 32]),
            problems: Vec::new(),
        };
        CaseFile { path: path.to_owned(), bytes: Some(10), report: Some(report), done: true, ..CaseFile::default() }
    }

    #[test]
    fn a_file_stands_in_one_place() {
        assert_eq!(CaseFile::default().standing(), Standing::Waiting);
        assert_eq!(read("a", Kind::Pdf, 0).standing(), Standing::Read);
        assert_eq!(read("a", Kind::Unreadable, 0).standing(), Standing::Unreadable);
        assert_eq!(CaseFile { cancelled: true, ..read("a", Kind::Pdf, 0) }.standing(), Standing::Cancelled);
        assert_eq!(CaseFile { left_out: true, ..CaseFile::default() }.standing(), Standing::LeftOut);
        let mut partly = read("a", Kind::CloudTrailLog, 5);
        if let Some(report) = &mut partly.report {
            report.cancelled(7);
        }
        assert_eq!(partly.standing(), Standing::Cancelled);
    }

    #[test]
    fn every_file_without_events_says_why() {
        assert_eq!(read("a", Kind::CloudTrailLog, 1).why_no_events(), None);
        let mut archive = read("a.zip", Kind::Zip, 0);
        archive.entries = 3;
        let mut files = vec![
            CaseFile::default(),
            CaseFile { left_out: true, ..CaseFile::default() },
            CaseFile { cancelled: true, ..CaseFile::default() },
            archive,
        ];
        files.extend([Kind::CloudTrailLog, Kind::Empty, Kind::Unreadable, Kind::Pdf].map(|kind| read("a", kind, 0)));
        let mut sentences: Vec<String> = files.iter().filter_map(CaseFile::why_no_events).collect();
        assert_eq!(sentences.len(), files.len());
        assert!(sentences.iter().all(|sentence| sentence.ends_with('.')), "{sentences:?}");
        sentences.sort();
        sentences.dedup();
        assert_eq!(sentences.len(), files.len(), "each reason has words of its own");
    }

    #[test]
    fn what_is_in_an_archive_stands_below_it() {
        let mut paths =
            ["a.zip-old", "b", "a.zip/x/1", "a.zip", "a.zip/x.txt", "a"].map(|path| read(path, Kind::Text, 0));
        paths.sort_by(|a, b| compare(a, b, FileColumn::Path, false));
        let sorted: Vec<&str> = paths.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(sorted, ["a", "a.zip", "a.zip/x/1", "a.zip/x.txt", "a.zip-old", "b"]);
        let (small, large) = (read("z", Kind::Text, 1), read("y", Kind::Text, 30));
        assert_eq!(compare(&small, &large, FileColumn::Events, false), Ordering::Less);
        assert_eq!(compare(&small, &large, FileColumn::Events, true), Ordering::Greater);
        assert_eq!(compare(&small, &large, FileColumn::Rejected, true), Ordering::Greater, "then by path");
    }

    #[test]
    fn spreadsheets_find_no_formula() {
        for (text, written) in [
            ("plain", "plain"),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("=a,\"b\"", "\"'=a,\"\"b\"\"\""),
            ("a\nb", "\"a\nb\""),
            ("", ""),
        ] {
            let mut out = String::new();
            cell_of_csv(&mut out, text);
            assert_eq!(out, written);
        }
    }

    #[test]
    fn the_list_can_be_taken_away() {
        let mut file = read("=cmd()/a,b.json", Kind::CloudTrailLog, 7);
        file.duplicates = 2;
        if let Some(report) = &mut file.report {
            report.problems.push(Problem {
                kind: ProblemKind::Truncated,
                record: Some(3),
                at: Some(100),
                len: Some(20),
                what: "it says \"stop\"".to_owned(),
                outcome: "2 records were kept".to_owned(),
                times: 1,
            });
        }
        let hash = "ab".repeat(32);
        let list = [file, CaseFile { path: "later".to_owned(), left_out: true, ..CaseFile::default() }];
        let lines = csv(list.iter());
        assert_eq!(
            lines,
            format!(
                "path,kind,bytes,content bytes,events,rejected,duplicates,sha256,state,problems\r\n\
                 \"'=cmd()/a,b.json\",CloudTrail log file,10,20,7,0,2,{hash},read,\
                 \"Ends too early, record 3, bytes 100 to 120: it says \"\"stop\"\"; 2 records were kept\"\r\n\
                 later,,,,,,,,left out,\r\n"
            )
        );
        let list: Value = serde_json::from_str(&json(list.iter())).unwrap();
        assert_eq!(list[0]["path"], "=cmd()/a,b.json");
        assert_eq!(list[0]["sha256"], hash);
        assert_eq!(list[0]["problems"][0]["at"], 100);
        assert_eq!((&list[1]["state"], &list[1]["bytes"]), (&json!("left out"), &Value::Null));
    }
}
