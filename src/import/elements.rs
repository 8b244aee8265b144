//! Values out of JSON text as it comes: the elements of an array, with an object around it or not, or values one after the
//! other. A broken one costs itself; the reader goes on at the next.

mod find;

pub(super) use find::find_records;

use super::format::{About, Found, Message, Opening};
use super::json::{Value, padded};
use super::records::Sink;
use super::tally::{Offered, Tally};
use crate::problem::ProblemKind;
use crate::store::Around;
use crate::store::tokens::{self, JsonError, PADDING};
use find::{Close, Search, array_at, closing_bracket, find_array, first_key, is_token, next_with_key, unfinished};

/// A single value may be this large; what is larger stops the reading of its file.
const VALUE_MAX: usize = 256 << 20;

/// What the reader needs to know about the kind of file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// The member of the object around that is the array of the elements.
    pub key: &'static str,
    /// The elements are CloudTrail records as they stand, to be handed on without a look at them.
    pub plain: bool,
    /// A member that says, unless it is null, that there are more pages.
    pub token: &'static str,
    /// The values are lines of a log: each is an event, and text between them is one, too.
    pub lines: bool,
}

/// Where the reader is in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the object around the array, or the first value.
    Start,
    /// In an array: `wrapped` when an object is around it.
    Array { wrapped: bool },
    /// In the object around the array, after it.
    AfterArray,
    /// Between values that follow each other.
    Stream,
    /// Nothing more is read.
    Over,
}

/// Reads the values of one text.
#[derive(Debug)]
pub(super) struct Elements {
    form: Form,
    pub place: Place,
    /// The text is a piece of a larger one, whose end is not the end of the array.
    pub piece: bool,
    /// The first key of the first element, by which elements are found again after something broken.
    first_key: Option<Vec<u8>>,
    /// Something that is none of a record was told of since the last record, so that a run of it is told once.
    stray: bool,
}

enum Next {
    /// Go on at this position.
    At(usize),
    /// More of the text is needed to go on from this position.
    More(usize),
}

impl Elements {
    pub fn new(form: Form, place: Place, piece: bool) -> Self {
        Self { form, place, piece, first_key: None, stray: false }
    }

    /// Whether the object at `pos` has the array of this form.
    pub fn has_array(buf: &[u8], pos: usize, end: usize, form: Form) -> bool {
        matches!(find_array(buf, pos, end, form, &mut false), Search::Found(_))
    }

    pub fn is_over(&self) -> bool {
        self.place == Place::Over
    }

    /// Reads `buf[from..end]`; the position up to which the buffer is done with.
    pub fn feed(
        &mut self,
        buf: &[u8],
        from: usize,
        end: usize,
        last: bool,
        tally: &mut Tally,
        sink: &mut impl Sink,
    ) -> usize {
        let mut pos = from;
        let done = loop {
            if self.place == Place::Over {
                break end;
            }
            match self.step(buf, pos, end, last, tally, sink) {
                Next::At(next) => pos = next,
                Next::More(from) => break from,
            }
        };
        if !last && self.place != Place::Over && end - done > VALUE_MAX {
            let what = "a single record of more than 256 MiB begins here";
            let outcome = "the records before it were kept, it and what follows were not read";
            tally.lose(ProblemKind::TooLarge, done, end - done, what, outcome);
            self.place = Place::Over;
        }
        done
    }

    fn step(&mut self, buf: &[u8], at: usize, end: usize, last: bool, tally: &mut Tally, sink: &mut impl Sink) -> Next {
        let pos = tokens::skip_space(buf, at);
        if self.form.lines && pos < end && matches!(self.place, Place::Start | Place::Stream) {
            let list = buf[pos] == b'[' && buf[tokens::skip_space(buf, pos + 1)] == b'{';
            self.place = Place::Stream;
            if !list && buf[pos] != 0 {
                return line(buf, pos, end, last, tally, sink);
            }
        }
        if pos >= end {
            if last {
                self.ended(end, tally);
            }
            return Next::More(end);
        }
        // What a copying program left where nothing was written: zero bytes, above all after the end.
        if buf[pos] < b' ' && self.place != Place::Start {
            self.stray(pos, "bytes that are no text stand outside the records", tally);
            return Next::At(pos + 1);
        }
        match self.place {
            Place::Start => self.begin(buf, pos, end, last, tally, sink),
            Place::Over => Next::More(end),
            Place::Array { wrapped } => match buf[pos] {
                b']' => {
                    self.place = if wrapped { Place::AfterArray } else { Place::Stream };
                    Next::At(pos + 1)
                }
                // A comma that is missing, or some too many, lose no record.
                b',' => Next::At(pos + 1),
                // One too many, when the array goes on behind it; else the wrong one.
                b'}' => {
                    let next = tokens::skip_space(buf, pos + 1);
                    if next >= end && !last {
                        return Next::More(pos);
                    }
                    self.stray(pos, "a `}` stands where the next record or a `]` was expected", tally);
                    if next >= end || !matches!(buf[next], b',' | b'{' | b']') {
                        self.place = if wrapped { Place::AfterArray } else { Place::Stream };
                    }
                    Next::At(pos + 1)
                }
                _ => self.element(buf, pos, end, last, tally, sink),
            },
            Place::AfterArray => self.after_array(buf, pos, end, last, tally),
            Place::Stream => match buf[pos] {
                b',' => Next::At(pos + 1),
                b']' | b'}' => {
                    self.stray(pos, "a bracket closes what nothing opened", tally);
                    Next::At(pos + 1)
                }
                b'[' => {
                    self.place = Place::Array { wrapped: false };
                    Next::At(pos + 1)
                }
                b'{' if self.form.plain => match array_at(buf, pos, end, self.form.key) {
                    Some(inside) => {
                        self.place = Place::Array { wrapped: true };
                        Next::At(inside)
                    }
                    None => self.element(buf, pos, end, last, tally, sink),
                },
                b'{' if !self.form.key.is_empty() => self.begin(buf, pos, end, last, tally, sink),
                _ => self.element(buf, pos, end, last, tally, sink),
            },
        }
    }

    /// Tells of something that is no part of a record, and costs none.
    fn stray(&mut self, pos: usize, what: &str, tally: &mut Tally) {
        if !std::mem::replace(&mut self.stray, true) {
            tally.problem(ProblemKind::NotJson, Some(tally.base + pos as u64), what, "every record was kept");
        }
    }

    /// The beginning of the text, or of another object with an array in it.
    fn begin(
        &mut self,
        buf: &[u8],
        pos: usize,
        end: usize,
        last: bool,
        tally: &mut Tally,
        sink: &mut impl Sink,
    ) -> Next {
        if buf[pos] == b'{' && !self.form.key.is_empty() {
            let mut token = false;
            match find_array(buf, pos, end, self.form, &mut token) {
                Search::Found(inside) => {
                    if token {
                        tally.one_page();
                    }
                    self.place = Place::Array { wrapped: true };
                    return Next::At(inside);
                }
                Search::Ended if !last => return Next::More(pos),
                Search::Ended | Search::Absent => {}
            }
        }
        if buf[pos] == b'"' {
            return self.headless(buf, pos, end, last, tally, sink);
        }
        if self.place == Place::Start {
            self.place = Place::Stream;
            return Next::At(pos);
        }
        self.element(buf, pos, end, last, tally, sink)
    }

    /// Text that begins with a member: the brace before it is missing.
    fn headless(
        &mut self,
        buf: &[u8],
        pos: usize,
        end: usize,
        last: bool,
        tally: &mut Tally,
        sink: &mut impl Sink,
    ) -> Next {
        let next = self.resync(buf, pos, end, last);
        if next.is_none() && !last {
            return Next::More(pos);
        }
        let limit = next.unwrap_or(end);
        let text = buf[pos..limit].trim_ascii_end();
        if tally.repair(sink, text, &Around::default(), (pos, text.len())).is_none() {
            let what = "a record was expected, a key stands here";
            tally.lose(ProblemKind::NotJson, pos, text.len(), what, "it was left out");
        }
        self.place = if next.is_some() { Place::Stream } else { Place::Over };
        Next::At(limit)
    }

    /// One record, or something that stands where one should.
    fn element(
        &mut self,
        buf: &[u8],
        pos: usize,
        end: usize,
        last: bool,
        tally: &mut Tally,
        sink: &mut impl Sink,
    ) -> Next {
        self.stray = false;
        if self.form.lines {
            return line(buf, pos, end, last, tally, sink);
        }
        if self.form.plain && buf[pos] == b'{' {
            return match tally.offer(sink, buf, (pos, end), &Around::default(), None) {
                Offered::Done(after) => {
                    self.learn(buf, pos, after);
                    Next::At(after)
                }
                Offered::NoRecord(after) => {
                    if !tally.open(sink, Value { buf, at: pos, end: after }) {
                        let what = "an object without any of the members that a CloudTrail record has";
                        tally.refuse(pos, after - pos, what);
                    }
                    Next::At(after)
                }
                Offered::Broken(error) => self.broken(buf, pos, end, last, &error, tally, sink),
            };
        }
        match Value::read(buf, pos, end) {
            Ok(value) => {
                if !tally.open(sink, value) {
                    if self.form.plain {
                        let what = "an object was expected, another value stands here";
                        tally.refuse(pos, value.end - pos, what);
                    } else {
                        tally.without += 1;
                    }
                }
                self.learn(buf, pos, value.end);
                Next::At(value.end)
            }
            Err(error) => self.broken(buf, pos, end, last, &error, tally, sink),
        }
    }

    /// Remembers how the elements begin.
    #[inline]
    fn learn(&mut self, buf: &[u8], pos: usize, end: usize) {
        if self.first_key.is_none() {
            self.first_key = Some(first_key(buf, pos, end).unwrap_or_default());
        }
    }

    /// A record that is not JSON, or not all there: where to go on.
    #[expect(clippy::too_many_arguments, reason = "the place in the text, and where things go")]
    fn broken(
        &mut self,
        buf: &[u8],
        start: usize,
        end: usize,
        last: bool,
        error: &JsonError,
        tally: &mut Tally,
        sink: &mut impl Sink,
    ) -> Next {
        if error.ended && !last {
            return Next::More(start);
        }
        let next = self.resync(buf, start, end, last);
        if next.is_none() && !last {
            // The next record may begin in what has not come yet.
            return Next::More(start);
        }
        let limit = next.unwrap_or(end);
        let len = limit - start;
        let cut = next.is_none() && error.ended;
        if cut {
            tally.about(
                ProblemKind::Truncated,
                start,
                len,
                format!("the text ends in the middle of this record ({len} bytes of it are there)"),
                "every complete record before it was kept",
            );
        }
        let text = buf[start..limit].trim_ascii_end();
        let text = text.strip_suffix(b",").unwrap_or(text);
        let mended = if self.form.plain {
            tally.repair(sink, text, &Around::default(), (start, text.len()))
        } else {
            in_envelope(text, tally, sink, start)
        };
        if let Some(used) = mended {
            // What closes the array after a record without its braces is still to be read.
            let rest = tokens::skip_space(buf, start + used);
            if next.is_none() && rest < end && matches!(buf[rest], b']' | b'}') {
                return Next::At(rest);
            }
        } else if !self.form.plain && memchr::memmem::find(text, b"eventVersion").is_none() {
            // What breaks here was no CloudTrail record; of what is cut nobody can tell.
            if !cut {
                tally.without += 1;
                let what = format!("{error} at byte {}", tally.base + error.at as u64);
                tally.about(ProblemKind::NotJson, start, len, what, "nothing in it looks like a CloudTrail record");
            }
        } else if cut {
            tally.rejected += 1;
            tally.number += 1;
        } else {
            let what = format!("{error} at byte {}", tally.base + error.at as u64);
            let outcome = "it was left out, reading went on at the next record";
            tally.lose(ProblemKind::NotJson, start, len, what, outcome);
        }
        match next {
            Some(next) => Next::At(next),
            None => {
                self.place = Place::Over;
                Next::More(end)
            }
        }
    }

    /// The members after the array, up to the end of the object.
    fn after_array(&mut self, buf: &[u8], pos: usize, end: usize, last: bool, tally: &mut Tally) -> Next {
        let mut failed = None;
        match buf[pos] {
            b'}' => {
                self.place = Place::Stream;
                return Next::At(pos + 1);
            }
            b']' => {
                self.stray(pos, "a `]` stands where a `}` was expected", tally);
                return Next::At(pos + 1);
            }
            b'{' => {
                // The object was not closed, and the next one begins.
                self.stray(pos, "a `}` is missing after the records", tally);
                self.place = Place::Stream;
                return Next::At(pos);
            }
            b',' => {
                // A program that joins logs may write the array twice into one object.
                if !self.form.key.is_empty()
                    && let Some(inside) = array_at(buf, pos, end, self.form.key)
                {
                    self.place = Place::Array { wrapped: true };
                    return Next::At(inside);
                }
                let key = tokens::skip_space(buf, pos + 1);
                let member = Value::read(buf, key, end).and_then(|key| {
                    let colon = tokens::skip_space(buf, key.end);
                    Ok((key, Value::read(buf, colon + 1, end)?))
                });
                match member {
                    Ok((key, value)) => {
                        if is_token(key.string().as_deref(), value, self.form) {
                            tally.one_page();
                        }
                        unfinished(key.string().as_deref(), value, self.form, tally);
                        return Next::At(value.end);
                    }
                    Err(error) if error.ended && !last => return Next::More(pos),
                    Err(error) => failed = Some(error),
                }
            }
            _ => {}
        }
        let error = failed.unwrap_or(JsonError { at: pos, expected: "`}` after the records", ended: false });
        let kind = if error.ended { ProblemKind::Truncated } else { ProblemKind::NotJson };
        tally.problem(kind, Some(tally.base + pos as u64), error.to_string(), "every record was kept");
        self.place = Place::Over;
        Next::More(end)
    }

    /// The text ended where the reader stands.
    fn ended(&mut self, end: usize, tally: &mut Tally) {
        let expected = match self.place {
            _ if self.piece => return,
            Place::Array { .. } => "`]` after the records",
            Place::AfterArray => "`}` after the records",
            _ => return,
        };
        tally.problem(
            ProblemKind::Truncated,
            Some(tally.base + end as u64),
            format!("the text ends where {expected} was expected"),
            "every complete record was kept; records after it are not there",
        );
        self.place = Place::Over;
    }

    /// Where to go on after a value that starts at `start` and breaks somewhere.
    ///
    /// First by structure: the bracket that closes it, if something that may follow it follows, or a record that begins
    /// where a key should stand, which belongs to no record before it. Else, when the break has upset quotes or brackets,
    /// the next text that begins as records, or as the elements of this file, begin.
    fn resync(&self, buf: &[u8], start: usize, end: usize, last: bool) -> Option<usize> {
        let keys = [Some(&b"eventVersion"[..]), self.first_key.as_deref()];
        let keys: Vec<Vec<u8>> =
            keys.into_iter().flatten().filter(|key| !key.is_empty()).map(|key| [b"\"", key, b"\""].concat()).collect();
        let mut astray = None;
        if matches!(buf[start], b'{' | b'[') {
            match closing_bracket(buf, start, end, &keys) {
                Some(Close::Bracket(close)) => {
                    let next = tokens::skip_space(buf, close + 1);
                    if next >= end && !last {
                        return None;
                    }
                    if next >= end || matches!(buf[next], b',' | b']' | b'{') {
                        return Some(close + 1);
                    }
                }
                Some(Close::Record(at)) => astray = Some(at),
                None => {}
            }
        }
        keys.iter().filter_map(|key| next_with_key(buf, start, end, key)).chain(astray).min()
    }
}

/// A line of a log: one object, over as many lines as it takes, or text up to the end of its line.
fn line(buf: &[u8], pos: usize, end: usize, last: bool, tally: &mut Tally, sink: &mut impl Sink) -> Next {
    let mut broken = false;
    if buf[pos] == b'{' {
        match Value::read(buf, pos, end) {
            Ok(value) => {
                let place = (pos, value.end - pos);
                tally.line(sink, Message::Parsed(value), &About::default(), place);
                return Next::At(value.end);
            }
            Err(error) if error.ended && !last => return Next::More(pos),
            Err(_) => broken = true,
        }
    }
    // An object that breaks is text up to the next that begins a line.
    let mut from = pos;
    let stop = loop {
        match memchr::memchr(b'\n', &buf[from..end]) {
            Some(at) if !broken || buf[from + at + 1] == b'{' => break from + at,
            Some(at) => from += at + 1,
            None if last => break end,
            None => return Next::More(pos),
        }
    };
    let text = buf[pos..stop].trim_ascii_end();
    tally.line(sink, Message::Text(text), &About::default(), (pos, text.len()));
    Next::At(stop)
}

/// An element of an envelope that breaks: what it holds of a record is in a string that breaks too, or beside it.
fn in_envelope(text: &[u8], tally: &mut Tally, sink: &mut impl Sink, start: usize) -> Option<usize> {
    let place = (start, text.len());
    if let Some(used) = tally.repair(sink, text, &Around::default(), place) {
        return Some(used);
    }
    let whole = log_events_of(text, tally, sink, place);
    let half = half_record(&text[whole.unwrap_or(0)..], tally, sink, place);
    (whole.is_some() || half).then_some(text.len())
}

/// Takes what there is of the record in the string of a message that breaks; whether that was enough.
fn half_record(text: &[u8], tally: &mut Tally, sink: &mut impl Sink, place: (usize, usize)) -> bool {
    let Some(record) = half_string(text) else { return false };
    tally.repair(sink, &record, &Around::default(), place).is_some()
}

/// What the message in an envelope says, as far as it is there.
fn half_string(text: &[u8]) -> Option<Vec<u8>> {
    let keys: [&[u8]; 3] = [b"\"CloudTrailEvent\"", b"\"message\"", b"\"@message\""];
    let at = keys.iter().find_map(|key| memchr::memmem::find(text, key).map(|at| at + key.len()))?;
    let quote = at + memchr::memchr(b'"', &text[at..])? + 1;
    if !text[at..quote - 1].iter().all(|byte| byte.is_ascii_whitespace() || *byte == b':') {
        return None;
    }
    // The string as far as it goes, without an escape that is cut.
    let mut inside = &text[quote..];
    let mut pos = 0;
    while let Some(&byte) = inside.get(pos) {
        match byte {
            b'"' => inside = &inside[..pos],
            b'\\' if pos + 1 >= inside.len() => inside = &inside[..pos],
            b'\\' => pos += 2,
            _ => pos += 1,
        }
    }
    let mut record = Vec::new();
    matches!(tokens::unescape(inside, 0, &mut record), Ok(tokens::Unescaped::Text)).then_some(record)
}

/// A subscription payload that breaks: takes the log events before the break; where they end, when there are any.
fn log_events_of(text: &[u8], tally: &mut Tally, sink: &mut impl Sink, place: (usize, usize)) -> Option<usize> {
    let head = &text[..text.len().min(4_096)];
    let at = memchr::memmem::find(head, b"\"logEvents\"")?;
    let bracket = at + memchr::memchr(b'[', &text[at..])?;
    let buf = padded(text);
    let (mut pos, mut whole) = (bracket + 1, bracket + 1);
    while let Ok(value) = Value::read(&buf, pos, text.len()) {
        whole = value.end;
        pos = tokens::skip_space(&buf, value.end);
        if buf[pos] != b',' {
            break;
        }
        pos += 1;
    }
    // Closed behind the last whole log event, it is a payload like any other. What stood behind the list was no log event.
    let closed = padded(&[&text[..whole], b"]}"].concat());
    let value = Value::read(&closed, 0, closed.len() - PADDING).ok()?;
    let events = tally.events;
    let mut out = |found: Found<'_>| tally.found(sink, found, place);
    Opening::new(&mut out).value(value);
    (tally.events > events).then_some(whole)
}
