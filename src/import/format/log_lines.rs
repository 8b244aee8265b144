//! Log events as lines of text: objects of CloudWatch Logs' export to S3 (`2023-07-10T11:42:36.000Z message`), and what
//! `aws logs tail` prints (time, stream, message; with `--format json` the message is on lines of its own). An event goes
//! on until the next line that begins with a time.

use super::{Found, Opening};
use crate::import::records::Sink;
use crate::import::tally::Tally;

/// A log event has 256 KB at most; a text that goes on for longer without a time is read in parts of this size.
const EVENT_MAX: usize = 4 << 20;

/// Reads the log events of one text.
#[derive(Debug, Default)]
pub(in crate::import) struct LogLines;

impl LogLines {
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
            let next = next_event(&buf[..stop], pos);
            let after = match next {
                Some(next) => next,
                None if stop < end || last => stop,
                // The event may go on in what has not come yet.
                None => return pos,
            };
            let event = &buf[pos..after];
            let place = (pos, event.trim_ascii_end().len());
            let mut out = |found: Found<'_>| tally.found(sink, found, place);
            let mut opening = Opening::new(&mut out);
            match time_prefix(event) {
                Some(time) => opening.message(message(&event[time..])),
                None if event.trim_ascii().is_empty() => {}
                None => opening.message(event),
            }
            pos = after;
        }
        pos
    }
}

/// Where the event after the one at `pos` begins; `None` when no line in the text does, or one may that is cut.
fn next_event(text: &[u8], pos: usize) -> Option<usize> {
    let mut from = pos;
    while let Some(at) = memchr::memchr(b'\n', &text[from..]) {
        from += at + 1;
        if from + 40 > text.len() && !text[from..].contains(&b'\n') {
            return None;
        }
        if time_prefix(&text[from..]).is_some() {
            return Some(from);
        }
    }
    None
}

/// The length of the time at the beginning of an event, with the space after it: ISO 8601 with a zone, without one as
/// `--format short` has it, or milliseconds since the epoch.
pub(in crate::import) fn time_prefix(line: &[u8]) -> Option<usize> {
    let line = &line[..line.len().min(48)];
    let space = line.iter().position(|byte| matches!(byte, b' ' | b'\n'))?;
    let time = &line[..space];
    if time.len() == 13 && time.iter().all(u8::is_ascii_digit) {
        return Some(space + 1);
    }
    let shape = time.len() >= 19
        && time[..19].iter().zip(b"0000-00-00T00:00:00").all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            shape => byte == shape,
        });
    let rest = time.get(19..)?;
    let zone = rest.iter().all(|byte| byte.is_ascii_digit() || b".:+-Z".contains(byte));
    (shape && zone).then_some(space + 1)
}

/// The message after the time: behind the name of the stream when there is one, which has no spaces.
fn message(rest: &[u8]) -> &[u8] {
    let text = rest.trim_ascii();
    if text.first() == Some(&b'{') {
        return text;
    }
    match text.iter().position(u8::is_ascii_whitespace) {
        Some(space) if text[space..].trim_ascii_start().first() == Some(&b'{') => &text[space + 1..],
        _ => text,
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
        for (text, records, without) in [
            (format!("2023-07-10T11:42:36.000Z {RECORD}\n2023-07-10T11:42:36.000Z {RECORD}\n"), 2, 0),
            (format!("1692711291724 {RECORD}\n"), 1, 0),
            (
                format!(
                    "2023-07-10T11:42:36.000Z END RequestId: b7\n\n2023-08-22T13:34:51.724Z REPORT\n  at line2\n2023-07-10T11:42:36.000Z {RECORD}\n"
                ),
                1,
                2,
            ),
            (format!("2026-01-18T10:00:00.123000+00:00 111_CloudTrail_us-east-1 {RECORD}\n"), 1, 0),
            (
                format!(
                    "2026-01-18T10:00:00+00:00 111_CloudTrail_us-east-1 \n{pretty}\n2026-01-18T10:00:00+00:00 s text\n"
                ),
                1,
                1,
            ),
            (format!("2026-01-18T10:00:00 {RECORD}\n"), 1, 0),
        ] {
            let report = read(&text);
            assert_eq!(report.records.len(), records, "{text}");
            assert_eq!(report.rejected, 0, "{text}");
            let told: u32 = report.problems.iter().map(|problem| problem.times).sum();
            assert_eq!(told, without, "{text}: {:?}", report.problems);
        }
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
