//! Log events as lines of text: objects of CloudWatch Logs' export to S3 (`2023-07-10T11:42:36.000Z message`), what `aws
//! logs tail` prints (time, stream, message; with `--format json` the message is on lines of its own), and logs as programs
//! and services write them. An event goes on until the next line that begins one.

use super::{About, Message};
use crate::import::records::Sink;
use crate::import::tally::Tally;
use crate::import::when::{Stamp, Zone, stamp};
use crate::problem::ProblemKind;
use crate::trail::line::Severity;
use crate::trail::vended::{self, Columns};

/// A log event has 256 KB at most; a text that goes on for longer without a time is read in parts of this size.
const EVENT_MAX: usize = 4 << 20;

/// Reads the log events of one text.
#[derive(Debug)]
pub(in crate::import) struct LogLines {
    /// The times stand before the messages and are no part of them.
    exported: bool,
    /// The form of the first time. A line that begins with a time of another form belongs to the event before.
    form: Option<(Zone, bool)>,
    /// Time of the event before.
    time: Option<i64>,
}

impl LogLines {
    /// A reader of what CloudWatch Logs exports or `aws logs tail` prints.
    pub fn of_an_export() -> Self {
        Self { exported: true, form: None, time: None }
    }

    /// A reader of a log as a program or a service wrote it.
    pub fn of_a_program() -> Self {
        Self { exported: false, form: None, time: None }
    }

    /// Reads the events in `buf[from..end]`; the position up to which the buffer is done with.
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
        while pos < end {
            let stop = end.min(pos + EVENT_MAX);
            if self.form.is_none() && self.exported {
                self.form = prefix(&buf[pos..stop]).map(|(stamp, _)| form(stamp));
            }
            if !self.exported && matches!(buf[pos], b'#' | b'a'..=b'z') {
                let line = memchr::memchr(b'\n', &buf[pos..stop]).map_or(stop, |at| pos + at + 1);
                if line == end && !last && buf[line - 1] != b'\n' {
                    return pos;
                }
                if header(&buf[pos..line], tally) {
                    pos = line;
                    continue;
                }
            }
            let after = match self.next_event(&buf[..stop], pos, tally, last && stop == end) {
                Some(next) => next,
                None if stop < end => {
                    let what = "no line that begins a log event came for 4 MiB";
                    tally.about(ProblemKind::TooLarge, pos, stop - pos, what, "it was read in parts of that size");
                    stop
                }
                None if last => end,
                // The event may go on in what has not come yet.
                None => return pos,
            };
            self.event(&buf[pos..after], pos, tally, sink);
            pos = after;
        }
        pos
    }

    /// Where the event after the one at `pos` begins; `None` when no line in the text does, or one may that is cut.
    fn next_event(&self, text: &[u8], pos: usize, tally: &Tally, whole: bool) -> Option<usize> {
        let mut from = pos;
        while let Some(at) = memchr::memchr(b'\n', &text[from..]) {
            from += at + 1;
            let line = &text[from..];
            // A line of which not all is there may turn out to be anything.
            if !whole && !line.contains(&b'\n') && (!self.exported || line.len() < 64) {
                return None;
            }
            if self.begins(line, tally) {
                return Some(from);
            }
        }
        None
    }

    /// Whether an event begins with this line.
    fn begins(&self, line: &[u8], tally: &Tally) -> bool {
        if self.exported {
            return prefix(line).is_some_and(|(stamp, _)| self.form.is_none_or(|known| known == form(stamp)));
        }
        tally.columns.is_some() || begins_plain(line)
    }

    fn event(&mut self, event: &[u8], pos: usize, tally: &mut Tally, sink: &mut impl Sink) {
        if event.trim_ascii().is_empty() {
            return;
        }
        let place = (pos, event.trim_ascii_end().len());
        if !self.exported {
            return self.plain(event, place, tally, sink);
        }
        let Some((stamp, at)) = prefix(event) else {
            // The text begins in the middle of an event, or one is longer than any.
            let about = About { time: self.time, sure: true, ..About::default() };
            return tally.line(sink, Message::Text(without_line_end(event)), &about, place);
        };
        let (stream, message) = match stamp.zone {
            Zone::Offset => named_stream(&event[at..]),
            _ => (None, &event[at..]),
        };
        let message = without_line_end(message);
        self.time = Some(stamp.ms);
        let text = message.trim_ascii();
        if text.first() != Some(&b'{') {
            let more = memchr::memchr_iter(b'\n', text).count();
            tally.said.joined += more as u32;
        }
        let stream = stream.map(String::from_utf8_lossy);
        let about = About { time: Some(stamp.ms), stream: stream.as_deref(), sure: true, ..About::default() };
        tally.line(sink, Message::Text(message), &about, place);
    }

    /// An event of a log as it was written, its time being a part of it.
    fn plain(&mut self, event: &[u8], place: (usize, usize), tally: &mut Tally, sink: &mut impl Sink) {
        let end = event.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
        let message = &event[..end];
        let more = memchr::memchr_iter(b'\n', message).count();
        tally.said.joined += more as u32;
        let bracket = usize::from(message.first() == Some(&b'['));
        let about = About { time: stamp(&message[bracket..]).map(|stamp| stamp.ms), sure: true, ..About::default() };
        tally.line(sink, Message::Text(message), &about, place);
    }
}

/// Whether a line is a comment or names the columns of those that follow, so that it is no event.
fn header(line: &[u8], tally: &mut Tally) -> bool {
    let Ok(line) = std::str::from_utf8(&line[..line.len().min(8_192)]) else { return false };
    let columns = Columns::of(line);
    let known = columns.is_some();
    if known {
        tally.columns = columns;
    }
    known || line.starts_with('#')
}

/// What makes the times of one file alike. Fractions of zero are left out by some writers, not by exports.
fn form(stamp: Stamp) -> (Zone, bool) {
    (stamp.zone, stamp.zone == Zone::Utc && stamp.digits == 3)
}

/// The time at the beginning of an event and where what follows it begins.
fn prefix(line: &[u8]) -> Option<(Stamp, usize)> {
    let before = escapes(line);
    let stamp = stamp(&line[before..])?;
    if !(stamp.iso || stamp.zone == Zone::Epoch && stamp.len == 13) {
        return None;
    }
    let after = before + stamp.len;
    let after = after + escapes(&line[after..]);
    matches!(line.get(after), Some(b' ' | b'\n')).then(|| (stamp, after + usize::from(line[after] == b' ')))
}

/// The length of the colour codes of a terminal that stand here.
fn escapes(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(rest) = text[at..].strip_prefix(b"\x1b[") {
        let code = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
        if rest.get(code) != Some(&b'm') {
            break;
        }
        at += code + 3;
    }
    at
}

/// The length of the time at the beginning of an event, with the space after it.
pub(in crate::import) fn time_prefix(line: &[u8]) -> Option<usize> {
    prefix(line).map(|(_, after)| after)
}

/// Whether a line of a log as it was written begins an event: with a time, or as lines of known services do.
pub(in crate::import) fn begins_plain(line: &[u8]) -> bool {
    let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
    let bracket = usize::from(line.first() == Some(&b'['));
    if stamp(&line[bracket..]).is_some_and(|stamp| {
        matches!(line.get(bracket + stamp.len), None | Some(b' ' | b'\t' | b']' | b',' | b':' | b'\r' | b'['))
    }) {
        return true;
    }
    match line.first() {
        Some(b'#') => line.starts_with(b"#Fields:"),
        Some(b'{') => line.trim_ascii_end().ends_with(b"}"),
        Some(_) => std::str::from_utf8(line).is_ok_and(|line| vended::read(line, &mut |_, _| {}).is_some()),
        None => false,
    }
}

/// The stream that `aws logs tail` prints after the time, and the message after that. Stream names have no spaces.
fn named_stream(rest: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let before = escapes(rest);
    let Some(len) = rest[before..].iter().position(|byte| matches!(byte, b' ' | b'\n')) else { return (None, rest) };
    let word = &rest[before..before + len];
    let codes = word.iter().position(|&byte| byte == 0x1b).unwrap_or(word.len());
    let name = &word[..codes];
    let plain = String::from_utf8_lossy(name);
    let level = Severity::of_word(plain.trim_matches(|c: char| !c.is_ascii_alphabetic())).is_some();
    if name.is_empty() || level || name[0] == b'{' {
        return (None, rest);
    }
    let after = before + len + 1;
    let message = &rest[after.min(rest.len())..];
    let message = &message[escapes(message)..];
    // With `--format json` the message begins on the next line.
    (Some(name), message.strip_prefix(b"\n").unwrap_or(message))
}

/// An event without the line end that parts it from the next; the message may end with one of its own.
fn without_line_end(event: &[u8]) -> &[u8] {
    match event.strip_suffix(b"\n") {
        Some(event) => event.strip_suffix(b"\r").unwrap_or(event),
        None => event,
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::tests::read;
    use super::super::tests::RECORD;
    use super::*;

    #[test]
    fn exports_and_tails() {
        let pretty = RECORD.replace(',', ",\n    ");
        let z = "2023-07-10T11:42:36.000Z";
        for (text, records, lines) in [
            (format!("{z} {RECORD}\n{z} {RECORD}\n"), 2, vec![]),
            (format!("1692711291724 {RECORD}\n"), 1, vec![]),
            (
                format!("{z} END RequestId: b7\n\n2023-08-22T13:34:51.724Z REPORT\n  at line2\n{z} {RECORD}\n"),
                1,
                vec![
                    r#"{"@message":"END RequestId: b7\n","@type":"END","@requestId":"b7"}"#,
                    r#"{"@message":"REPORT\n  at line2"}"#,
                ],
            ),
            // A time of another form is part of the message.
            (
                format!("{z} a\n2023-07-10T11:42:36Z b\n{z} c"),
                0,
                vec![r#"{"@message":"a\n2023-07-10T11:42:36Z b"}"#, r#"{"@message":"c"}"#],
            ),
            (format!("2026-01-18T10:00:00.123000+00:00 111_CloudTrail_us-east-1 {RECORD}\n"), 1, vec![]),
            (
                format!(
                    "\x1b[32m2026-01-18T10:00:00+00:00\x1b[0m \x1b[36m111_CloudTrail_us-east-1\x1b[0m \n{pretty}\n2026-01-18T10:00:00+00:00 s text\n"
                ),
                1,
                vec![r#"{"@message":"text"}"#],
            ),
            (format!("2026-01-18T10:00:00 {RECORD}\n"), 1, vec![]),
            (
                "2023-08-22 13:34:51,724 ERROR root: x\nTraceback\n  File\n2023-08-22 13:34:52,000 INFO root: y\n"
                    .to_owned(),
                0,
                vec![
                    r#"{"@message":"2023-08-22 13:34:51,724 ERROR root: x\nTraceback\n  File"}"#,
                    r#"{"@message":"2023-08-22 13:34:52,000 INFO root: y"}"#,
                ],
            ),
            (
                "version vpc-id srcaddr start\n3 vpc-1 10.0.0.1 1692711291\n".to_owned(),
                0,
                vec![
                    r#"{"@message":"3 vpc-1 10.0.0.1 1692711291","version":3,"vpcId":"vpc-1","srcAddr":"10.0.0.1","startTime":1692711291}"#,
                ],
            ),
        ] {
            let report = read(&text);
            let (trail, others): (Vec<_>, Vec<_>) =
                report.lines.iter().zip(&report.records).partition(|(line, _)| line.starts_with("CloudTrail "));
            assert_eq!(trail.len(), records, "{text}");
            assert_eq!(others.iter().map(|(_, record)| record.as_str()).collect::<Vec<_>>(), lines, "{text}");
            assert!(report.lines.iter().all(|line| !line.contains("undated")), "{:?}", report.lines);
            assert_eq!(report.rejected, 0, "{text}");
            let told = |kind| report.problems.iter().any(|problem| problem.kind == kind);
            let joined = lines.iter().any(|line| line.trim_end_matches("\\n\"}").contains("\\n "));
            assert!(told(ProblemKind::JoinedLines) || !joined, "{text}: {:?}", report.problems);
        }
        let streams = read("2026-01-18T10:00:00+00:00 a/[$LATEST]b x\n2026-01-18T10:00:01.5+00:00 INFO y\n");
        assert_eq!(streams.lines, ["text 2026-01-18T10:00:00Z - a/[$LATEST]b", "text 2026-01-18T10:00:01.500Z - -"]);
    }

    #[test]
    fn lines_before_the_first_time_are_kept() {
        let report = read("  at x\n2023-07-10T11:42:36.000Z a\n2023-07-10T11:42:36.000Z b\n");
        assert_eq!(report.records.len(), 3);
        assert_eq!(report.lines[0], "text undated - -");
        assert!(report.problems.iter().any(|problem| problem.kind == ProblemKind::NoTime && problem.times == 1));
    }

    #[test]
    fn tells_times_from_text() {
        for (line, length) in [
            ("2023-07-10T11:42:36.000Z x", Some(25)),
            ("2026-01-18T10:00:00.123000+00:00 x", Some(33)),
            ("2026-01-18T10:00:00 x", Some(20)),
            ("1692711291724 x", Some(14)),
            ("2023-07-10 11:42:36 x", None),
            ("169271129172 x", None),
            ("START RequestId", None),
            ("2023-07-10T11:42:36.000Z", None),
        ] {
            assert_eq!(time_prefix(line.as_bytes()), length, "{line}");
        }
    }
}
