//! Log events: a message with what its file says about it becomes an event of the store. Each message is looked at once and
//! written into one buffer; whether it is JSON the sink finds out.

use super::format::{About, Found, Message, Opening};
use super::json::Value;
use super::records::Sink;
use super::tally::{Offered, Tally};
use super::when;
use crate::problem::ProblemKind;
use crate::store::tokens::{self, PADDING};
use crate::store::{Around, Line};
use crate::trail::line::{Format, MESSAGE, Severity};
use crate::trail::vended;
use memchr::memmem::Finder;
use std::sync::LazyLock;

/// What every record of CloudTrail has one of, and few other messages.
static EVENT_NAME: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("eventName"));
static EVENT_VERSION: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("eventVersion"));
static EMBEDDED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("CloudWatchMetrics"));

/// An event that is stamped this much later than it was ingested has another clock: a minute.
const AHEAD: i64 = 60_000;

/// One that was ingested this much later was sent long after: a day.
const BEHIND: i64 = 86_400_000;

/// Where the log events of a file stand, as far as its path tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    pub group: Option<String>,
    pub stream: Option<String>,
}

impl Source {
    /// What the path of an object of an export to S3 tells: `…/TASK/STREAM/000000.gz`. The group is nowhere; the id of the
    /// task stands for it.
    pub fn of(path: &str) -> Self {
        let mut parts = path.rsplit(['/', '\\']);
        let name = parts.next().unwrap_or_default();
        let number = name.strip_suffix(".gz").unwrap_or(name);
        let (Some(stream), task) = (parts.next(), parts.next()) else { return Self::default() };
        if number.len() != 6 || !number.bytes().all(|byte| byte.is_ascii_digit()) || stream.is_empty() {
            return Self::default();
        }
        let uuid = |text: &&str| {
            text.len() == 36
                && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
                && text.matches('-').count() == 4
        };
        Self { group: task.filter(uuid).map(str::to_owned), stream: Some(stream.to_owned()) }
    }
}

/// What is to be said of the log events of a file once it is over.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Log events without a time.
    pub undated: u32,
    /// Lines without a time that were kept with the line before.
    pub joined: u32,
    /// Log events stamped later than they were ingested, ...
    ahead: u32,
    /// ... by this much at most.
    most_ahead: i64,
    /// Log events ingested long after.
    behind: u32,
    most_behind: i64,
    /// Log events whose time differs from one inside the message by whole quarters of an hour: how many, of how many that
    /// could be compared, and the last such difference.
    shifted: u32,
    compared: u32,
    shift: i64,
    /// Rows of results that are counts or groups.
    pub rows: u32,
}

impl Tally {
    /// Takes a log event. `place` is where it stands in the text.
    pub fn line(&mut self, sink: &mut impl Sink, message: Message<'_>, about: &About<'_>, place: (usize, usize)) {
        let source = std::mem::take(&mut self.source);
        let known = |own: Option<&'_ str>, stated: &Option<String>| own.is_none().then(|| stated.clone()).flatten();
        let (group, stream) = (known(about.group, &source.group), known(about.stream, &source.stream));
        let about =
            About { group: about.group.or(group.as_deref()), stream: about.stream.or(stream.as_deref()), ..*about };
        match message {
            Message::Text(text) => self.text_line(sink, text, &about, place),
            Message::Parsed(value) => self.parsed_line(sink, value, &about, place),
        }
        self.source = source;
    }

    fn text_line(&mut self, sink: &mut impl Sink, text: &[u8], about: &About<'_>, place: (usize, usize)) {
        let inside = text.trim_ascii();
        let json = matches!(inside.first(), Some(b'{' | b'['));
        if json && may_hold_record(inside) && self.records_in(sink, inside, about, text.len(), place) {
            return;
        }
        if !(self.keeps_lines || about.sure) {
            self.without += 1;
            return;
        }
        self.compare(text, about);
        if inside.first() == Some(&b'{') && inside.last() == Some(&b'}') {
            let mut buf = std::mem::take(&mut self.scratch);
            buf.clear();
            buf.extend_from_slice(inside);
            buf.resize(inside.len() + PADDING, 0);
            let taken = is_one_object(&buf, inside.len())
                && self.json_line(sink, (&buf, 0, inside.len()), about, text.len(), place);
            self.scratch = buf;
            if taken {
                return;
            }
        }
        self.plain_line(sink, text, about, place);
    }

    /// A message that came parsed: JSON in the JSON of its file.
    fn parsed_line(&mut self, sink: &mut impl Sink, value: Value<'_>, about: &About<'_>, place: (usize, usize)) {
        let text = value.text();
        if may_hold_record(text) && self.records_in(sink, text, about, text.len(), place) {
            return;
        }
        if !(self.keeps_lines || about.sure) {
            self.without += 1;
            return;
        }
        self.compare(text, about);
        let at = (value.buf, value.at, value.end);
        if !value.is_object() || !self.json_line(sink, at, about, text.len(), place) {
            match value.string() {
                Some(text) => self.plain_line(sink, &text, about, place),
                None => self.plain_line(sink, text, about, place),
            }
        }
    }

    /// Takes the records of CloudTrail in a message; whether there were any.
    fn records_in(
        &mut self,
        sink: &mut impl Sink,
        text: &[u8],
        about: &About<'_>,
        bytes: usize,
        place: (usize, usize),
    ) -> bool {
        let line = about.line(Format::CloudTrail, about.time, None, bytes);
        let mut any = false;
        let mut out = |found: Found<'_>| match found {
            Found::Record { value, around } => {
                any = true;
                let around = Around { line: Some(line), ..around };
                self.found(sink, Found::Record { value, around }, place);
            }
            Found::Broken { text, error, around } => {
                let around = Around { line: Some(line), ..around };
                if self.repair(sink, text, &around, place).is_some() {
                    any = true;
                } else {
                    let what = format!("the record in this text is broken, at its byte {}: {error}", error.at);
                    self.about(ProblemKind::NotJson, place.0, place.1, what, "it was kept as a line of text");
                }
            }
            _ => {}
        };
        Opening::new(&mut out).text(text);
        any
    }

    /// Takes an object as the record of a line; `false` when it is not JSON.
    pub fn json_line(
        &mut self,
        sink: &mut impl Sink,
        (buf, at, end): (&[u8], usize, usize),
        about: &About<'_>,
        bytes: usize,
        place: (usize, usize),
    ) -> bool {
        let mut format = Format::Json;
        let mut time = about.time;
        let embedded = EMBEDDED.find(&buf[at..end]).is_some();
        if (embedded || time.is_none())
            && let Ok(value) = Value::read(buf, at, end)
        {
            if embedded && is_embedded(value) {
                format = Format::EmbeddedMetrics;
            }
            time = time.or_else(|| when::of_object(value));
        }
        let around = Around { line: Some(about.line(format, time, None, bytes)), ..Around::default() };
        match self.offer(sink, buf, (at, end), &around, Some(place)) {
            Offered::Done(after) => {
                let rest = buf[after.min(end)..end].trim_ascii();
                if !rest.is_empty() {
                    self.plain_line(sink, rest, about, place);
                }
                true
            }
            Offered::NoRecord(_) | Offered::Broken(_) => false,
        }
    }

    /// Takes a message that is no JSON object.
    fn plain_line(&mut self, sink: &mut impl Sink, message: &[u8], about: &About<'_>, place: (usize, usize)) {
        let text = String::from_utf8_lossy(message);
        let mut buf = std::mem::take(&mut self.scratch);
        buf.clear();
        buf.push(b'{');
        tokens::write_string(MESSAGE.as_bytes(), &mut buf);
        buf.push(b':');
        tokens::write_string(message, &mut buf);
        let before = buf.len();
        let mut put = |name: &str, value: vended::Value<'_>| {
            key(name.as_bytes(), &mut buf);
            match value {
                vended::Value::Text(text) => tokens::write_string(text.as_bytes(), &mut buf),
                vended::Value::Number(text) => buf.extend_from_slice(text.as_bytes()),
                vended::Value::Integer(number) => buf.extend_from_slice(number.to_string().as_bytes()),
            }
        };
        let known = match &self.columns {
            Some(columns) => columns.read(&text, &mut put),
            None => vended::read(&text, &mut put),
        };
        if known.is_none() {
            buf.truncate(before);
        }
        for (name, value) in about.more {
            // What the line itself says is not said twice.
            if known.is_none() || !name.first().is_some_and(u8::is_ascii_alphabetic) {
                key(name, &mut buf);
                value.write(&mut buf);
            }
        }
        buf.push(b'}');
        let format = known.map_or(Format::Text, |known| known.format);
        let time = about.time.or_else(|| known?.when.ms());
        // Lines of services have columns, not words that say how bad things are.
        let worded = matches!(format, Format::Text | Format::ApiGateway);
        let severity = worded.then(|| Severity::of_text(&text)).flatten();
        let line = about.line(format, time, severity, message.len());
        self.made_line(sink, &mut buf, line, place);
        self.scratch = buf;
    }

    /// Takes a row of results that has no message.
    pub fn row(&mut self, sink: &mut impl Sink, about: &About<'_>, place: (usize, usize)) {
        let mut buf = std::mem::take(&mut self.scratch);
        buf.clear();
        buf.push(b'{');
        for (name, value) in about.more {
            if buf.len() > 1 {
                key(name, &mut buf);
            } else {
                tokens::write_string(name, &mut buf);
                buf.push(b':');
            }
            value.write(&mut buf);
        }
        buf.push(b'}');
        let bytes = buf.len();
        self.made_line(sink, &mut buf, about.line(Format::InsightsRow, about.time, None, bytes), place);
        self.scratch = buf;
    }

    fn made_line(&mut self, sink: &mut impl Sink, buf: &mut Vec<u8>, line: Line<'_>, place: (usize, usize)) {
        let end = buf.len();
        buf.resize(end + PADDING, 0);
        let around = Around { line: Some(line), ..Around::default() };
        if let Offered::NoRecord(_) | Offered::Broken(_) = self.offer(sink, buf, (0, end), &around, Some(place)) {
            let what = "the fields of this line could not be written as JSON";
            self.lose(ProblemKind::NotJson, place.0, place.1, what, "it was left out, the others were kept");
        }
    }

    /// Compares the clocks that a log event was stamped by.
    fn compare(&mut self, message: &[u8], about: &About<'_>) {
        let Some(time) = about.time else { return };
        let said = &mut self.said;
        if let Some(ingested) = about.ingested {
            let ahead = time.saturating_sub(ingested);
            if ahead > AHEAD {
                said.ahead += 1;
                said.most_ahead = said.most_ahead.max(ahead);
            } else if -ahead > BEHIND {
                said.behind += 1;
                said.most_behind = said.most_behind.max(-ahead);
            }
        }
        if about.zoneless
            && let Some(inner) = when::inside(message)
        {
            said.compared += 1;
            let shift = time.saturating_sub(inner);
            let quarters = (shift as f64 / 900_000.0).round() as i64;
            if quarters != 0 && quarters.abs() <= 56 && (shift - quarters * 900_000).abs() < 60_000 {
                said.shifted += 1;
                said.shift = quarters;
            }
        }
    }
}

impl Said {
    /// What is to be told: the sort of problem, what was found, what came of it, how many times.
    pub fn told(&self) -> Vec<(ProblemKind, String, &'static str, u32)> {
        let mut told = Vec::new();
        let lines = |count: u32| if count == 1 { "1 log event".to_owned() } else { format!("{count} log events") };
        if self.undated > 0 {
            let verb = if self.undated == 1 { "has" } else { "have" };
            let what = format!("{} {verb} no time", lines(self.undated));
            let outcome = "it is kept all the same, and listed as undated";
            told.push((ProblemKind::NoTime, what, outcome, self.undated));
        }
        if self.joined > 0 {
            let (noun, verb) = if self.joined == 1 { ("line", "has") } else { ("lines", "have") };
            let what = format!("{} {noun} {verb} no time", self.joined);
            told.push((
                ProblemKind::JoinedLines,
                what,
                "each was kept as part of the log event before it",
                self.joined,
            ));
        }
        if self.ahead > 0 {
            let verb = if self.ahead == 1 { "is" } else { "are" };
            let by = span(self.most_ahead);
            let what =
                format!("{} {verb} stamped later than CloudWatch Logs got them, by up to {by}", lines(self.ahead));
            told.push((ProblemKind::ClockSkew, what, "the times were kept as they stand in the file", self.ahead));
        }
        if self.behind > 0 {
            let by = span(self.most_behind);
            let what = format!("{} came to CloudWatch Logs more than a day late, by up to {by}", lines(self.behind));
            told.push((ProblemKind::ClockSkew, what, "the times were kept as they stand in the file", self.behind));
        }
        if self.shifted > 0 {
            let (sign, minutes) = (if self.shift < 0 { '-' } else { '+' }, self.shift.abs() * 15);
            let what = format!(
                "of {} times that could be compared with one inside the message, {} differ from it by whole quarters of an hour ({sign}{}:{:02})",
                self.compared,
                self.shifted,
                minutes / 60,
                minutes % 60
            );
            let outcome = "the times have no zone and were read as UTC; the console may have shown local time";
            told.push((ProblemKind::ClockSkew, what, outcome, self.shifted));
        }
        if self.rows > 0 {
            let (noun, verb) =
                if self.rows == 1 { ("row", "is a count or group") } else { ("rows", "are counts or groups") };
            let what = format!("{} {noun} of the results {verb}, not log events", self.rows);
            told.push((ProblemKind::NoRecord, what, "nothing is wrong with that; they are not shown", self.rows));
        }
        told
    }
}

/// A span of time in its largest unit.
fn span(ms: i64) -> String {
    let (count, unit) = match ms / 1_000 {
        seconds if seconds < 120 => (seconds, "seconds"),
        seconds if seconds < 7_200 => (seconds / 60, "minutes"),
        seconds if seconds < 172_800 => (seconds / 3_600, "hours"),
        seconds => (seconds / 86_400, "days"),
    };
    format!("{count} {unit}")
}

fn key(name: &[u8], buf: &mut Vec<u8>) {
    buf.push(b',');
    tokens::write_string(name, buf);
    buf.push(b':');
}

fn may_hold_record(text: &[u8]) -> bool {
    EVENT_NAME.find(text).is_some() || EVENT_VERSION.find(text).is_some()
}

/// Whether a text that begins and ends with a brace is no more than one object. Behind a brace that closes one inside
/// another stands a comma or a bracket; where something else does, in a string or behind the object, it is looked at whole.
fn is_one_object(buf: &[u8], end: usize) -> bool {
    let mut braces = memchr::memchr_iter(b'}', &buf[..end]);
    let plain = braces.all(|at| {
        let next = tokens::skip_space(buf, at + 1);
        match buf[next] {
            _ if next >= end => true,
            // An object may follow in a list, or behind the first.
            b',' => buf[tokens::skip_space(buf, next + 1)] != b'{',
            byte => matches!(byte, b'}' | b']'),
        }
    });
    plain || Value::read(buf, 0, end).is_ok_and(|value| tokens::skip_space(buf, value.end) >= end)
}

/// Whether an object is in the embedded metric format.
fn is_embedded(value: Value<'_>) -> bool {
    let directives = value.object().get("_aws").and_then(|aws| aws.object().get("CloudWatchMetrics"));
    directives.is_some_and(Value::is_array)
}

impl<'a> About<'a> {
    /// What stands around the record of a message of this form.
    fn line(&self, format: Format, time: Option<i64>, severity: Option<Severity>, bytes: usize) -> Line<'a> {
        Line {
            time,
            ingested: self.ingested,
            group: self.group,
            stream: self.stream,
            owner: self.owner,
            id: self.id,
            format,
            severity,
            bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::json::padded;

    #[test]
    fn paths_of_exports() {
        let task = "8c2b0c0e-1c6b-4d0a-9d5c-0f9a5a3c8d11";
        let of = |path: &str| {
            let Source { group, stream } = Source::of(path);
            (group.unwrap_or_default(), stream.unwrap_or_default())
        };
        let stream = "2026-01-18-[$LATEST]abc".to_owned();
        assert_eq!(of(&format!("out/{task}/{stream}/000000.gz")), (task.to_owned(), stream.clone()));
        assert_eq!(of(&format!("{stream}/000001")), (String::new(), stream));
        for path in ["000000.gz", "a/b.gz", "a/0000000.gz", "", "/000000"] {
            assert_eq!(of(path), Default::default(), "{path}");
        }
    }

    #[test]
    fn one_object_and_no_more() {
        for (text, one) in [
            (r#"{"a":{"b":[{}]} , "c":"}x"}"#, true),
            (r#"{"a":1}{"b":2}"#, false),
            (r#"{"a":1} x {"b":2}"#, false),
            (r#"{"a":"}{"}"#, true),
            (r#"{"a":1}, {"b":2}"#, false),
            (r#"{"a":[{}, {}]}"#, true),
            ("{}", true),
        ] {
            assert_eq!(is_one_object(&padded(text.as_bytes()), text.len()), one, "{text}");
        }
    }
}
