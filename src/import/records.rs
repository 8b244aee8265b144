//! CloudTrail records out of JSON text: `{"Records":[…]}`, arrays, and records one after the other, in pieces as they come.
//! A broken record costs itself; the reader goes on at the next one.

use super::archive::Archive;
use super::recognise::{HEAD, Kind, recognise};
use crate::problem::{Problem, ProblemKind, Problems};
use crate::store::tokens::{self, JsonError, PADDING};
use crate::store::{Around, Ingested, RecordError, Store};

/// Where records go.
pub trait Sink {
    /// Takes the object that starts at `at`; the buffer has [`PADDING`] zero bytes from `end` on. `around` is what its file
    /// says about it besides the record itself.
    ///
    /// # Errors
    /// See [`RecordError`].
    fn record(
        &mut self,
        buf: &[u8],
        at: usize,
        end: usize,
        number: u32,
        around: &Around<'_>,
    ) -> Result<Ingested, RecordError>;
}

/// A store, taking the records of one file.
pub struct StoreSink<'a> {
    /// The store.
    pub store: &'a mut Store,
    /// The file's number.
    pub file: u32,
}

impl Sink for StoreSink<'_> {
    fn record(
        &mut self,
        buf: &[u8],
        at: usize,
        end: usize,
        number: u32,
        around: &Around<'_>,
    ) -> Result<Ingested, RecordError> {
        let ingested = self.store.ingest(buf, at, end, around)?;
        self.store.came_from(self.file, number);
        Ok(ingested)
    }
}

/// A single record may be this large; what is larger stops the reading of its file.
const RECORD_MAX: usize = 256 << 20;

/// Where the reader is in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nothing was read yet.
    Start,
    /// In an array of records: `wrapped` when an object is around it. `first` before its first element.
    Array { wrapped: bool, first: bool },
    /// In the object around `Records`, after that array.
    AfterArray,
    /// Between values that follow each other.
    Stream,
    /// Nothing more is read.
    Over,
}

/// Reads the records of one text.
#[derive(Debug)]
pub struct Records {
    place: Place,
    kind: Option<Kind>,
    /// Position of the buffer's start in the content.
    base: u64,
    number: u32,
    events: u32,
    rejected: u32,
    problems: Problems,
    /// The text is a piece of a larger one, whose end is not the end of the array.
    piece: bool,
}

/// What came of a text.
#[derive(Debug)]
pub struct Outcome {
    /// What it is.
    pub kind: Kind,
    /// Records that became events.
    pub events: u32,
    /// Records that did not.
    pub rejected: u32,
    /// What was wrong.
    pub problems: Vec<Problem>,
    /// SHA-256 of the file's bytes as they lie on disk; `None` when they were not all seen.
    pub sha256: Option<[u8; 32]>,
    /// The files in it, when it is an archive.
    pub archive: Option<Archive>,
}

enum Next {
    /// Go on at this position.
    At(usize),
    /// More of the text is needed to go on from this position.
    More(usize),
}

impl Default for Records {
    fn default() -> Self {
        Self {
            place: Place::Start,
            kind: None,
            base: 0,
            number: 0,
            events: 0,
            rejected: 0,
            problems: Problems::default(),
            piece: false,
        }
    }
}

impl Records {
    /// A reader of a piece of a text: it starts at (or at the comma before) the record with this number, `base` bytes in.
    /// `kind` is what the whole text is; `last` says that the piece goes on to the text's end.
    pub(super) fn from_piece(kind: Kind, base: u64, number: u32, last: bool) -> Self {
        let place = match kind {
            Kind::CloudTrailRecords => Place::Stream,
            _ => Place::Array { wrapped: kind == Kind::CloudTrailLog, first: false },
        };
        Self { place, kind: Some(kind), base, number, piece: !last, ..Self::default() }
    }

    /// Whether the text is the first piece of a larger one.
    pub(super) fn ending_early(mut self, early: bool) -> Self {
        self.piece = early;
        self
    }

    /// Whether nothing more of the text is wanted (it is not a file of records).
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.place == Place::Over
    }

    /// Adds a problem that was found around the text, such as in its container.
    pub fn problem(&mut self, kind: ProblemKind, at: Option<u64>, what: impl Into<String>, outcome: &str) {
        self.add(Problem {
            kind,
            record: None,
            at,
            len: None,
            what: what.into(),
            outcome: outcome.to_owned(),
            times: 1,
        });
    }

    /// Adds a problem as it is.
    pub(super) fn add(&mut self, problem: Problem) {
        self.problems.add(problem);
    }

    /// The text is no text but an archive of this kind.
    pub(super) fn is_archive(&mut self, kind: Kind) {
        self.kind = Some(kind);
    }

    /// Records read so far that became events.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.events
    }

    /// Reads `buf[..end]` (zero bytes follow, at least [`PADDING`]) and says how much of it is done with; the rest must
    /// come again with more behind it. `last`: nothing comes after.
    pub fn feed(&mut self, buf: &[u8], end: usize, last: bool, sink: &mut impl Sink) -> usize {
        let mut pos = 0;
        let done = loop {
            if self.place == Place::Over {
                break end;
            }
            match self.step(buf, pos, end, last, sink) {
                Next::At(next) => pos = next,
                Next::More(from) => break from,
            }
        };
        if !last && self.place != Place::Over && end - done > RECORD_MAX {
            let at = Some(self.base + done as u64);
            self.problem(
                ProblemKind::TooLarge,
                at,
                "a single record of more than 256 MiB begins here",
                "the records before it were kept, it and what follows were not read",
            );
            self.rejected += 1;
            self.place = Place::Over;
        }
        self.base += done as u64;
        done
    }

    /// The end of the text.
    #[must_use]
    pub fn finish(self) -> Outcome {
        Outcome {
            kind: self.kind.unwrap_or(Kind::Empty),
            events: self.events,
            rejected: self.rejected,
            problems: self.problems.into_vec(),
            sha256: None,
            archive: None,
        }
    }

    fn step(&mut self, buf: &[u8], at: usize, end: usize, last: bool, sink: &mut impl Sink) -> Next {
        let pos = tokens::skip_space(buf, at);
        if pos >= end && self.place != Place::Start {
            if last {
                self.ended(end);
            }
            return Next::More(end);
        }
        match self.place {
            Place::Start => self.start(buf, end, last),
            Place::Over => Next::More(end),
            Place::Array { wrapped, first } => match buf[pos] {
                b']' => {
                    self.place = if wrapped { Place::AfterArray } else { Place::Stream };
                    Next::At(pos + 1)
                }
                // A comma that is missing or one too many loses no record.
                b',' if !first => {
                    self.place = Place::Array { wrapped, first: true };
                    Next::At(pos + 1)
                }
                _ => {
                    let next = self.element(buf, pos, end, last, sink);
                    if matches!(next, Next::At(_)) {
                        self.place = Place::Array { wrapped, first: false };
                    }
                    next
                }
            },
            Place::AfterArray => self.after_array(buf, pos, end, last),
            Place::Stream => match buf[pos] {
                b',' => Next::At(pos + 1),
                b'{' => match records_at(buf, pos, end) {
                    Some(inside) => {
                        self.place = Place::Array { wrapped: true, first: true };
                        Next::At(inside)
                    }
                    None => self.element(buf, pos, end, last, sink),
                },
                b'[' => {
                    self.place = Place::Array { wrapped: false, first: true };
                    Next::At(pos + 1)
                }
                _ => self.element(buf, pos, end, last, sink),
            },
        }
    }

    fn start(&mut self, buf: &[u8], end: usize, last: bool) -> Next {
        if end < HEAD && !last {
            return Next::More(0);
        }
        let bom = if buf.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let kind = recognise(&buf[..end]);
        self.kind = Some(kind);
        let pos = tokens::skip_space(buf, bom);
        match kind {
            Kind::CloudTrailRecords => self.place = Place::Stream,
            Kind::CloudTrailArray => {
                self.place = Place::Array { wrapped: false, first: true };
                return Next::At(pos + 1);
            }
            Kind::CloudTrailLog => match find_records(buf, pos, end) {
                Some(inside) => {
                    self.place = Place::Array { wrapped: true, first: true };
                    return Next::At(inside);
                }
                None => self.place = Place::Over,
            },
            _ => {
                if kind == Kind::OtherJson && records_is_no_array(&buf[pos..end.min(pos + HEAD)]) {
                    self.problem(
                        ProblemKind::NotARecord,
                        None,
                        "`Records` is not an array, as it is in a CloudTrail log file",
                        "nothing was read from this file",
                    );
                }
                self.place = Place::Over;
            }
        }
        Next::At(pos)
    }

    /// One record, or something that stands where one should.
    fn element(&mut self, buf: &[u8], pos: usize, end: usize, last: bool, sink: &mut impl Sink) -> Next {
        if buf[pos] != b'{' {
            return match tokens::walk_value(buf, pos, end, None) {
                Ok(extent) => {
                    self.refuse(pos, "an object was expected, another value stands here");
                    Next::At(extent.end)
                }
                Err(error) => self.broken(buf, pos, end, last, &error),
            };
        }
        match sink.record(buf, pos, end, self.number, &Around::default()) {
            Ok(ingested) => {
                if ingested.replaced {
                    self.about(
                        ProblemKind::NotUtf8,
                        pos,
                        "bytes that are not UTF-8 stand in a string".into(),
                        "the record was kept, with U+FFFD in their place",
                    );
                }
                if ingested.undated {
                    self.about(
                        ProblemKind::Undated,
                        pos,
                        "eventTime is absent or not a time".into(),
                        "the record was kept and is listed as undated",
                    );
                }
                self.events += 1;
                self.number += 1;
                Next::At(ingested.end)
            }
            Err(RecordError::NotARecord(after)) => {
                self.refuse(pos, "an object without any of the members that a CloudTrail record has");
                Next::At(after)
            }
            Err(RecordError::Full(after)) => {
                self.about(
                    ProblemKind::TooLarge,
                    pos,
                    "this shard's memory for distinct values is full (4 GiB)".into(),
                    "the record was left out",
                );
                self.rejected += 1;
                self.number += 1;
                Next::At(after)
            }
            Err(RecordError::Json(error)) => self.broken(buf, pos, end, last, &error),
        }
    }

    fn about(&mut self, kind: ProblemKind, pos: usize, what: String, outcome: &str) {
        let (record, at) = (Some(self.number), Some(self.base + pos as u64));
        self.problems.add(Problem { kind, record, at, len: None, what, outcome: outcome.to_owned(), times: 1 });
    }

    fn refuse(&mut self, pos: usize, what: &str) {
        self.about(ProblemKind::NotARecord, pos, what.to_owned(), "it was left out, the others were kept");
        self.rejected += 1;
        self.number += 1;
    }

    /// A record that is not JSON, or not all there: where to go on.
    fn broken(&mut self, buf: &[u8], start: usize, end: usize, last: bool, error: &JsonError) -> Next {
        if error.ended && !last {
            return Next::More(start);
        }
        let next = resync(buf, start, end);
        if next.is_none() && !last {
            // The next record may begin in what has not come yet.
            return Next::More(start);
        }
        if next.is_none() && error.ended {
            self.about(
                ProblemKind::Truncated,
                start,
                format!("the text ends in the middle of this record ({} bytes of it are there)", end - start),
                "every complete record before it was kept",
            );
        } else {
            let what = format!("{} at byte {}", error, self.base + error.at as u64);
            self.about(ProblemKind::NotJson, start, what, "it was left out, reading went on at the next record");
        }
        self.rejected += 1;
        self.number += 1;
        match next {
            Some(next) => Next::At(next),
            None => {
                self.place = Place::Over;
                Next::More(end)
            }
        }
    }

    /// The members after `Records`, up to the end of the object.
    fn after_array(&mut self, buf: &[u8], pos: usize, end: usize, last: bool) -> Next {
        let mut failed = None;
        match buf[pos] {
            b'}' => {
                self.place = Place::Stream;
                return Next::At(pos + 1);
            }
            b',' => {
                let key = tokens::skip_space(buf, pos + 1);
                let value = tokens::walk_value(buf, key, end, None).and_then(|key| {
                    let colon = tokens::skip_space(buf, key.end);
                    tokens::walk_value(buf, colon + 1, end, None)
                });
                match value {
                    Ok(value) => return Next::At(value.end),
                    Err(error) if error.ended && !last => return Next::More(pos),
                    Err(error) => failed = Some(error),
                }
            }
            _ => {}
        }
        let error = failed.unwrap_or(JsonError { at: pos, expected: "`}` after the records", ended: false });
        let at = Some(self.base + pos as u64);
        self.problem(ProblemKind::NotJson, at, error.to_string(), "every record was kept");
        self.place = Place::Over;
        Next::More(end)
    }

    /// The text ended where the reader stands.
    fn ended(&mut self, end: usize) {
        let expected = match self.place {
            _ if self.piece => return,
            Place::Array { .. } => "`]` after the records",
            Place::AfterArray => "`}` after the records",
            _ => return,
        };
        let at = Some(self.base + end as u64);
        let what = format!("the text ends where {expected} was expected");
        self.problem(
            ProblemKind::Truncated,
            at,
            what,
            "every complete record was kept; records after it are not there",
        );
        self.place = Place::Over;
    }
}

/// The position after the `[` of `Records`, which need not be the first member.
pub(super) fn find_records(buf: &[u8], object: usize, end: usize) -> Option<usize> {
    let mut pos = object;
    loop {
        if let Some(inside) = records_at(buf, pos, end) {
            return Some(inside);
        }
        let key = tokens::scan_string(buf, tokens::skip_space(buf, pos + 1) + 1, end).ok()?;
        let colon = tokens::skip_space(buf, key.end + 1);
        let value = tokens::walk_value(buf, colon + 1, end, None).ok()?;
        pos = tokens::skip_space(buf, value.end);
        if buf[pos] != b',' {
            return None;
        }
    }
}

/// When the object at `pos` begins with `"Records": [`, or `pos` is a comma before it: the position after the bracket.
fn records_at(buf: &[u8], pos: usize, end: usize) -> Option<usize> {
    let key = tokens::skip_space(buf, pos + 1);
    if !buf[key..end.max(key)].starts_with(b"\"Records\"") {
        return None;
    }
    let colon = tokens::skip_space(buf, key + 9);
    let bracket = tokens::skip_space(buf, colon + 1);
    (buf[colon] == b':' && buf[bracket] == b'[').then_some(bracket + 1)
}

fn records_is_no_array(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"{").unwrap_or(head);
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(10).eq(b"\"Records\":".iter().copied())
}

/// Where to go on after a record that starts at `start` and breaks somewhere.
///
/// First by structure: the brace that closes the record, if something that may follow a record follows it. Else, when the
/// break has upset quotes or braces, the next text that begins as records begin.
fn resync(buf: &[u8], start: usize, end: usize) -> Option<usize> {
    if buf[start] == b'{'
        && let Some(close) = closing_brace(buf, start, end)
    {
        let next = tokens::skip_space(buf, close + 1);
        if next >= end || matches!(buf[next], b',' | b']' | b'{') {
            return Some(close + 1);
        }
    }
    let mut from = start + 1;
    while let Some(offset) = memchr::memmem::find(&buf[from.min(end)..end], b"\"eventVersion\"") {
        let key = from + offset;
        let before = buf[..key].iter().rposition(|byte| !byte.is_ascii_whitespace());
        if let Some(brace) = before.filter(|&brace| buf[brace] == b'{' && brace > start) {
            return Some(brace);
        }
        from = key + 1;
    }
    None
}

fn closing_brace(buf: &[u8], start: usize, end: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut pos = start;
    while pos < end {
        match buf[pos] {
            b'"' => pos = tokens::scan_string(buf, pos + 1, end).ok()?.end,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(pos);
                }
            }
            _ => {}
        }
        pos += 1;
    }
    None
}

const _: () = assert!(PADDING >= 16, "records_at and constants look a few bytes ahead");
