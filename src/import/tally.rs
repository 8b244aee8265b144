//! What comes of one text while it is read: records to the sink, losses and notices to the report. Every reader of a form
//! of text keeps one.

use super::format::{Found, Opening};
use super::json::{Value, padded};
use super::line::{Said, Source};
use super::records::Sink;
use super::repair;
use crate::problem::{Problem, ProblemKind, Problems};
use crate::store::tokens::{JsonError, PADDING};
use crate::store::{Around, RecordError};
use crate::trail::line::Format;
use crate::trail::vended::Columns;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Position of the buffer's start in the content.
    pub base: u64,
    /// Number of the next record.
    pub number: u32,
    pub events: u32,
    /// How many of the events are five-minute summaries.
    pub summaries: u32,
    pub rejected: u32,
    /// Log events, messages and envelopes that hold no record.
    pub without: u32,
    /// Where what is hashed of the content ends, once that is known, and ...
    pub sealed: Option<u64>,
    /// ... the number of the first record that ends behind it.
    pub appended_from: Option<u32>,
    /// How many of the events are log events that are no records of CloudTrail.
    pub lines: u32,
    /// Where the log events stand, as far as the file's path tells.
    pub source: Source,
    /// What is to be said of the log events.
    pub said: Said,
    /// The file is one of log events, so that whatever is in it is one.
    pub keeps_lines: bool,
    /// The columns that a header of the file names.
    pub columns: Option<Columns>,
    /// What the record of a line is written into.
    pub scratch: Vec<u8>,
    problems: Problems,
    one_page: bool,
}

/// What became of an object that was offered to the sink in place.
pub(super) enum Offered {
    /// It is an event now, or was refused for good; go on at this position.
    Done(usize),
    /// It is JSON but no record; it ends here.
    NoRecord(usize),
    /// It is not JSON, or not all there.
    Broken(JsonError),
}

impl Tally {
    /// The tally of a text that begins `base` bytes into the content, with the record of this number.
    pub fn from(base: u64, number: u32) -> Self {
        Self { base, number, ..Self::default() }
    }

    /// A problem as it is.
    pub fn add(&mut self, problem: Problem) {
        self.problems.add(problem);
    }

    /// A problem with the text, or its container, as a whole.
    pub fn problem(&mut self, kind: ProblemKind, at: Option<u64>, what: impl Into<String>, outcome: &str) {
        self.problems.add(Problem {
            kind,
            record: None,
            at,
            len: None,
            what: what.into(),
            outcome: outcome.to_owned(),
            times: 1,
        });
    }

    /// A problem with the record whose turn it is, which takes up `len` bytes from `pos` of the buffer.
    pub fn about(&mut self, kind: ProblemKind, pos: usize, len: usize, what: impl Into<String>, outcome: &str) {
        self.problems.add(Problem {
            kind,
            record: Some(self.number),
            at: Some(self.base + pos as u64),
            len: Some(len as u64),
            what: what.into(),
            outcome: outcome.to_owned(),
            times: 1,
        });
    }

    /// Counts a record that is lost.
    pub fn lose(&mut self, kind: ProblemKind, pos: usize, len: usize, what: impl Into<String>, outcome: &str) {
        self.about(kind, pos, len, what, outcome);
        self.rejected += 1;
        self.number += 1;
    }

    /// Notes that the file is one page of more.
    pub fn one_page(&mut self) {
        if !std::mem::replace(&mut self.one_page, true) {
            self.problem(
                ProblemKind::OnePage,
                None,
                "it holds one page of the answer only: a token for the next page stands in it",
                "the events of this page were kept; export again without a limit on items or pages to have the others",
            );
        }
    }

    /// Hands the object at `at` to the sink and counts what comes of it. `from` and `len` say where in the buffer of the
    /// text it comes from (the same place, but for what was embedded in a string).
    #[inline]
    pub fn offer(
        &mut self,
        sink: &mut impl Sink,
        buf: &[u8],
        (at, end): (usize, usize),
        around: &Around<'_>,
        from: Option<(usize, usize)>,
    ) -> Offered {
        match sink.record(buf, at, end, self.number, around) {
            Ok(ingested) => {
                let line = around.line.is_some_and(|line| line.format != Format::CloudTrail);
                if ingested.replaced || ingested.undated {
                    let (pos, len) = from.unwrap_or((at, ingested.end - at));
                    self.odd(ingested.replaced, ingested.undated && !line, pos, len);
                    self.said.undated += u32::from(ingested.undated && line);
                }
                self.lines += u32::from(line);
                if let Some(sealed) = self.sealed
                    && self.appended_from.is_none()
                    && self.base + from.map_or(ingested.end, |(pos, len)| pos + len) as u64 > sealed
                {
                    self.appended_from = Some(self.number);
                }
                self.events += 1;
                self.summaries += u32::from(ingested.summary);
                self.number += 1;
                Offered::Done(ingested.end)
            }
            Err(RecordError::NotARecord(after)) => Offered::NoRecord(after),
            Err(RecordError::Full(after)) => {
                let (pos, len) = from.unwrap_or((at, after - at));
                let what = "this shard's memory for distinct values is full (4 GiB)";
                self.lose(ProblemKind::TooLarge, pos, len, what, "the record was left out");
                Offered::Done(after)
            }
            Err(RecordError::Json(error)) => Offered::Broken(error),
        }
    }

    fn odd(&mut self, replaced: bool, undated: bool, pos: usize, len: usize) {
        if replaced {
            self.about(
                ProblemKind::NotUtf8,
                pos,
                len,
                "bytes that are not UTF-8 stand in a string",
                "the record was kept, with U+FFFD in their place",
            );
        }
        if undated {
            self.about(
                ProblemKind::Undated,
                pos,
                len,
                "eventTime is absent or not a time",
                "the record was kept and is listed as undated",
            );
        }
    }

    /// Refuses a value that is JSON and no record.
    pub fn refuse(&mut self, pos: usize, len: usize, what: &str) {
        self.lose(ProblemKind::NotARecord, pos, len, what, "it was left out, the others were kept");
    }

    /// Looks for records inside a value, whatever format it is of, and takes them. Says whether there was any, or
    /// anything known that might have held one.
    pub fn open(&mut self, sink: &mut impl Sink, value: Value<'_>) -> bool {
        let place = (value.at, value.end - value.at);
        let mut out = |found: Found<'_>| self.found(sink, found, place);
        Opening::new(&mut out).value(value)
    }

    /// Takes what an opened value gave. `place` is where that value stands in the text.
    pub fn found(&mut self, sink: &mut impl Sink, found: Found<'_>, place: (usize, usize)) {
        match found {
            Found::Record { value, around } => {
                let ends = (value.at, value.end);
                match self.offer(sink, value.buf, ends, &around, Some(place)) {
                    Offered::Done(_) => {}
                    Offered::NoRecord(_) => self.without += 1,
                    Offered::Broken(error) => self.embedded(sink, value.text(), &error, &around, place),
                }
            }
            Found::Broken { text, error, around } => self.embedded(sink, text, &error, &around, place),
            Found::Line { message, about } => self.line(sink, message, &about, place),
            Found::Row { about } => self.row(sink, &about, place),
            Found::Count => self.said.rows += 1,
            Found::Without => self.without += 1,
            Found::OnePage => self.one_page(),
            Found::Problem { kind, what, outcome } => self.about(kind, place.0, place.1, what, outcome),
        }
    }

    /// A text that stands where a record should and is not whole.
    fn embedded(
        &mut self,
        sink: &mut impl Sink,
        text: &[u8],
        error: &JsonError,
        around: &Around<'_>,
        place: (usize, usize),
    ) {
        if self.repair(sink, text, around, place).is_none() {
            let what = format!("the record in this text is broken, at its byte {}: {error}", error.at);
            self.lose(ProblemKind::NotJson, place.0, place.1, what, "it was left out, the others were kept");
        }
    }

    /// Closes what is left of a broken record and takes that, if it still tells of an event; how much of the text it was.
    /// A text that stands in the buffer itself, and is not embedded in a string there, is as long as its place.
    pub fn repair(
        &mut self,
        sink: &mut impl Sink,
        text: &[u8],
        around: &Around<'_>,
        (pos, len): (usize, usize),
    ) -> Option<usize> {
        let repaired = repair::repair(text)?;
        let len = if len == text.len() { repaired.used } else { len };
        let buf = padded(&repaired.json);
        let events = self.events;
        let number = self.number;
        let ends = (0, buf.len() - PADDING);
        let around = Around { incomplete: true, ..*around };
        if matches!(self.offer(sink, &buf, ends, &around, Some((pos, len))), Offered::Done(_)) && self.events > events {
            self.number = number;
            let outcome = "what is there of the record was kept; it may have said more";
            self.about(ProblemKind::Repaired, pos, len, repaired.what, outcome);
            self.number += 1;
            return Some(repaired.used);
        }
        None
    }

    /// The problems, once the text is over.
    pub fn into_problems(mut self) -> Vec<Problem> {
        // A file without any record is named for what it is instead.
        if self.without > 0 && self.events + self.rejected > 0 {
            let (noun, verb) =
                if self.without == 1 { ("message or element", "holds") } else { ("messages or elements", "hold") };
            self.problems.add(Problem {
                kind: ProblemKind::NoRecord,
                record: None,
                at: None,
                len: None,
                what: format!("{} {noun} {verb} neither a CloudTrail record nor a log event", self.without),
                outcome: "nothing is wrong with that; every event in the file was kept".to_owned(),
                times: self.without,
            });
        }
        for (kind, what, outcome, times) in self.said.told() {
            let outcome = outcome.to_owned();
            self.problems.add(Problem { kind, record: None, at: None, len: None, what, outcome, times });
        }
        self.problems.into_vec()
    }
}
