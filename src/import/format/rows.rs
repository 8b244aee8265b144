//! CSV with a header: Event history, tables of CloudTrail Lake and Athena, and exports of log events. Rows are taken as they
//! come; a broken one costs itself, and reading goes on at the next line that has the right number of fields.

use super::cut::{cells, cut, header, is_one_row};
use super::event_history::EventHistory;
use super::lake::Lake;
use super::spreadsheet::{self, Holds};
use super::{About, Cell, Found, Message, Opening, insights_results};
use crate::import::json::{Object, Value, padded};
use crate::import::records::Sink;
use crate::import::repair::tells_enough;
use crate::import::tally::Tally;
use crate::import::when;
use crate::problem::ProblemKind;
use crate::store::Around;
use crate::store::tokens::{self, PADDING};
use std::borrow::Cow;

/// A row may have this many bytes; where a quote opens and nothing closes it before, it was never meant to be one.
const ROW_MAX: usize = 4 << 20;

/// A record made from a row.
#[derive(Debug, Default)]
pub(in crate::import) struct Made {
    /// Its JSON text.
    pub json: Vec<u8>,
    /// Names of its resources.
    pub resources: Vec<String>,
    /// Whether the row cannot tell how a sign-in ended.
    pub mute_sign_in: bool,
    /// Whether a failure may have stood in what is missing of the row.
    incomplete: bool,
    damage: Vec<String>,
    keys: Vec<String>,
    whole: bool,
}

impl Made {
    /// Begins the record.
    pub fn begin(&mut self) {
        *self = Self { json: std::mem::take(&mut self.json), ..Self::default() };
        self.json.clear();
        self.json.push(b'{');
    }

    /// Ends it.
    pub fn end(&mut self) {
        if !self.whole {
            self.json.push(b'}');
        }
    }

    /// Writes the key of the next member.
    pub fn key(&mut self, name: &str) {
        if self.json.len() > 1 {
            self.json.push(b',');
        }
        tokens::write_string(name.as_bytes(), &mut self.json);
        self.json.push(b':');
        self.keys.push(name.to_owned());
    }

    /// Whether a member of this name was written.
    pub fn has(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key == name)
    }

    /// Writes a string.
    pub fn text(&mut self, text: &[u8]) {
        tokens::write_string(text, &mut self.json);
    }

    /// Makes this text the whole record.
    pub fn whole(&mut self, json: &[u8]) {
        self.json.clear();
        self.json.extend_from_slice(json);
        self.whole = true;
    }

    /// Looks for what a spreadsheet did to a value and remembers it; the time that the value certainly means, if so.
    pub(super) fn check(&mut self, name: &str, holds: Holds, cell: &[u8]) -> Option<String> {
        let damage = spreadsheet::damage(name, holds, cell)?;
        self.damage.push(damage.what);
        damage.time
    }

    /// What stands around the record.
    pub fn around(&self) -> Around<'_> {
        Around {
            resources: &self.resources,
            partial: !self.whole,
            mute_sign_in: self.mute_sign_in,
            incomplete: self.incomplete,
            line: None,
        }
    }

    /// Tells what was found to be changed, in one problem for the row.
    pub fn tell(&self, tell: &mut dyn FnMut(ProblemKind, String, &'static str)) {
        if !self.damage.is_empty() {
            let what = self.damage.join("; ");
            tell(ProblemKind::Damaged, what, "the record was kept with the values as they stand in the file");
        }
    }
}

/// The tables that are known.
#[derive(Debug)]
enum Table {
    EventHistory(EventHistory),
    Lake(Lake),
    /// Log events: results of Logs Insights, or what the log events console downloads.
    Lines {
        insights: bool,
    },
}

impl Table {
    fn of(header: &[String]) -> Option<Self> {
        let has = |names: &[&str]| {
            header.iter().any(|name| names.iter().any(|known| known.eq_ignore_ascii_case(name.trim())))
        };
        let lines = || match () {
            () if has(&["@message", "@timestamp"]) => Some(Self::Lines { insights: true }),
            () if has(&["message"]) => Some(Self::Lines { insights: false }),
            () => None,
        };
        EventHistory::of(header).map(Self::EventHistory).or_else(|| Lake::of(header).map(Self::Lake)).or_else(lines)
    }
}

/// Reads the rows of one file.
#[derive(Debug, Default)]
pub(in crate::import) struct Rows {
    table: Option<Table>,
    names: Vec<String>,
    width: usize,
    delimiter: u8,
    made: Made,
    fields: Vec<u8>,
    ends: Vec<usize>,
    over: bool,
    /// Kept, since making its tables costs more than a row.
    reader: csv_core::Reader,
}

/// What stands at a place of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    /// A row with this many fields; the position after it.
    Whole { fields: usize, after: usize },
    /// The text ends, or has gone on for too long, inside a quoted field or before the line did.
    Open,
}

impl Rows {
    /// Whether nothing more is wanted.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Reads the rows in `buf[from..end]`; the position up to which the buffer is done with.
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
        loop {
            while pos < end && matches!(buf[pos], b'\n' | b'\r') {
                pos += 1;
            }
            if pos >= end || self.over {
                return pos.max(from);
            }
            if self.table.is_none() {
                match self.header(buf, pos, end, last) {
                    Some(next) => pos = next,
                    None => return pos,
                }
                continue;
            }
            let limit = end.min(pos + ROW_MAX);
            match self.row(buf, pos, limit) {
                Row::Whole { fields, after } if after < end || last => {
                    if fields == self.width && is_one_row(&buf[pos..after], self.delimiter) {
                        if !self.is_header() {
                            self.take(pos, after, fields, tally, sink);
                        }
                        pos = after;
                        continue;
                    }
                    let ends = after >= end && buf[end - 1] != b'\n';
                    if fields != self.width && self.salvage(buf, (pos, after), fields, ends, tally, sink) {
                        pos = after;
                        continue;
                    }
                    match self.resync(buf, pos, after, end, last) {
                        Some(next) => {
                            let cut = last && next >= end && fields < self.width && buf[end - 1] != b'\n';
                            self.lose(buf, pos, next, Some(fields), cut, tally);
                            pos = next;
                        }
                        None => return pos,
                    }
                }
                Row::Open if last || limit < end => match self.resync(buf, pos, end, end, last) {
                    Some(next) => {
                        self.lose(buf, pos, next, None, next >= end && last, tally);
                        pos = next;
                    }
                    None => return pos,
                },
                // The row may go on in what has not come yet.
                _ => return pos,
            }
        }
    }

    /// Reads the header; `None` when it is not whole yet.
    fn header(&mut self, buf: &[u8], pos: usize, end: usize, last: bool) -> Option<usize> {
        let (delimiter, names, after) = header(&buf[pos..end], last)?;
        self.delimiter = delimiter;
        self.reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        self.width = names.len();
        self.table = Table::of(&names);
        self.names = names;
        self.over = self.table.is_none();
        Some(pos + after)
    }

    /// Cuts a row into fields, which are in `self.fields` afterwards.
    fn row(&mut self, buf: &[u8], pos: usize, limit: usize) -> Row {
        cut(&mut self.reader, &buf[pos..limit], self.delimiter, &mut self.fields, &mut self.ends)
            .map_or(Row::Open, |(fields, after)| Row::Whole { fields, after: pos + after })
    }

    /// Whether the row is the header once more, as it is where files were joined.
    fn is_header(&self) -> bool {
        let mut cells = cells(&self.fields, &self.ends, self.width).zip(&self.names).enumerate();
        cells.all(|(at, (cell, name))| {
            if at > 0 {
                return cell == name.as_bytes();
            }
            // A mark before a file that was joined to this one leaves the first name in its quotes.
            let cell = cell.strip_prefix(b"\xef\xbb\xbf").unwrap_or(cell);
            let inside = cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\""));
            inside.unwrap_or(cell) == name.as_bytes()
        })
    }

    /// Writes the record of the row that was cut into fields last, from its first fields; `false` when there is none in it
    /// to be written, but a message.
    fn make(&mut self, fields: usize) -> bool {
        let cells: Vec<&[u8]> = cells(&self.fields, &self.ends, fields.min(self.width)).collect();
        self.made.begin();
        match &self.table {
            Some(Table::EventHistory(table)) => table.row(&cells, &mut self.made),
            Some(Table::Lake(table)) => table.row(&cells, &mut self.made),
            Some(Table::Lines { .. }) | None => return false,
        }
        self.made.end();
        true
    }

    /// Takes a row with fewer or more fields than the header has, when what it has makes sense; `ends` when the text ends
    /// with it. Whether it was taken.
    fn salvage(
        &mut self,
        buf: &[u8],
        (pos, after): (usize, usize),
        fields: usize,
        ends: bool,
        tally: &mut Tally,
        sink: &mut impl Sink,
    ) -> bool {
        // Over several lines it is a quote that is out of place.
        if buf[pos..after].trim_ascii_end().contains(&b'\n') {
            return false;
        }
        let cut = ends && fields < self.width;
        // Where the text ends its last field may be half of one.
        let whole = fields - usize::from(cut);
        if !self.make(whole) {
            return false;
        }
        let record = padded(&self.made.json);
        let sense = Value::read(&record, 0, record.len() - PADDING).is_ok_and(|value| makes_sense(&value.object()));
        if !sense {
            return false;
        }
        let missing = self.names.get(whole..).unwrap_or_default();
        let silent = missing.iter().any(|name| {
            let name = name.trim().replace(' ', "").to_lowercase();
            matches!(name.as_str(), "errorcode" | "errormessage" | "eventjson")
        });
        let columns = self.width;
        let (kind, what) = if cut {
            let what = format!("the text ends in the middle of this row, before {}", missing.join(", "));
            (ProblemKind::Truncated, what)
        } else if missing.is_empty() {
            let what = format!("the row has {fields} fields, the header has {columns}; the last ones have no name");
            (ProblemKind::BrokenRow, what)
        } else {
            let missing = missing.join(", ");
            (
                ProblemKind::BrokenRow,
                format!("the row has {fields} fields, the header has {columns}; missing: {missing}"),
            )
        };
        tally.about(kind, pos, after - pos, what, "the record was kept with the columns that are there");
        self.take_with(pos, after, whole, silent, tally, sink);
        true
    }

    fn take(&mut self, pos: usize, after: usize, fields: usize, tally: &mut Tally, sink: &mut impl Sink) {
        self.take_with(pos, after, fields, false, tally, sink);
    }

    fn take_with(
        &mut self,
        pos: usize,
        after: usize,
        fields: usize,
        incomplete: bool,
        tally: &mut Tally,
        sink: &mut impl Sink,
    ) {
        let place = (pos, after - pos);
        if !self.make(fields) {
            let Some(Table::Lines { insights }) = self.table else { return };
            let cells = cells(&self.fields, &self.ends, fields.min(self.width));
            let named = self.names.iter().map(|name| Cow::Borrowed(name.trim().as_bytes())).zip(cells);
            let mut out = |found: Found<'_>| tally.found(sink, found, place);
            let mut opening = Opening::new(&mut out);
            if insights {
                let members = named.map(|(name, cell)| (name, Cell::Text(Cow::Borrowed(cell)))).collect();
                insights_results::tell_row(members, &mut opening);
            } else {
                log_event(named.collect(), &mut opening);
            }
            return;
        }
        let made = &mut self.made;
        made.incomplete = incomplete;
        let number = tally.number;
        let record = padded(&made.json);
        let ends = (0, record.len() - PADDING);
        let mut out = |found: Found<'_>| tally.found(sink, found, place);
        match Value::read(&record, ends.0, ends.1) {
            Ok(value) => out(Found::Record { value, around: made.around() }),
            Err(error) => out(Found::Broken { text: &made.json, error, around: made.around() }),
        }
        let next = std::mem::replace(&mut tally.number, number);
        made.tell(&mut |kind, what, outcome| tally.about(kind, place.0, place.1, what, outcome));
        tally.number = next;
    }

    /// Where to go on after a row that starts at `pos` and is broken; `None` when that cannot be told yet.
    fn resync(&mut self, buf: &[u8], pos: usize, after: usize, end: usize, last: bool) -> Option<usize> {
        // Without a quote nothing but this line is in doubt.
        if after < end && !buf[pos..after].contains(&b'"') {
            return Some(after);
        }
        let stop = end.min(pos + 2 * ROW_MAX);
        let mut from = pos;
        while let Some(line) = memchr::memchr(b'\n', &buf[from..stop]).map(|at| from + at + 1) {
            from = line;
            if line >= end {
                break;
            }
            let limit = end.min(line + ROW_MAX);
            match self.row(buf, line, limit) {
                Row::Whole { fields, after } if fields == self.width && (after < end || last) => return Some(line),
                Row::Whole { after, .. } if after >= end && !last => return None,
                _ => {}
            }
        }
        if last || stop < end { Some(if stop < end { stop } else { end }) } else { None }
    }

    fn lose(&self, buf: &[u8], pos: usize, next: usize, fields: Option<usize>, cut: bool, tally: &mut Tally) {
        let len = next - pos;
        if cut {
            let what = format!("the text ends in the middle of this row ({len} bytes of it are there)");
            tally.lose(ProblemKind::Truncated, pos, len, what, "every complete row before it was kept");
            return;
        }
        let lines = buf[pos..next].iter().filter(|&&byte| byte == b'\n').count().max(1);
        let columns = self.width;
        let what = match fields {
            Some(fields) if lines == 1 => format!("the row has {fields} fields, the header has {columns}"),
            Some(_) | None => format!("a quote is out of place; {lines} lines are lost to it"),
        };
        tally.lose(ProblemKind::BrokenRow, pos, len, what, "it was left out, reading went on at the next whole row");
    }
}

/// Tells a row of what the log events console downloads.
fn log_event(members: Vec<(Cow<'_, [u8]>, &[u8])>, opening: &mut Opening<'_>) {
    let cell = |key: &str| {
        let (_, cell) = members.iter().find(|(name, _)| name.eq_ignore_ascii_case(key.as_bytes()))?;
        Some(*cell).filter(|cell| !cell.is_empty())
    };
    let text = |key: &str| cell(key).map(String::from_utf8_lossy);
    let (group, stream) = (text("logGroupName"), text("logStreamName"));
    let about = About {
        time: cell("timestamp").and_then(when::of_text),
        ingested: cell("ingestionTime").and_then(when::of_text),
        group: group.as_deref(),
        stream: stream.as_deref(),
        id: cell("eventId"),
        sure: true,
        ..About::default()
    };
    opening.log(Message::Text(cell("message").unwrap_or_default()), &about);
}

/// Whether a record that was made from a row of the wrong length has its values in the right places, as far as can be told:
/// a comma too many in a cell moves all that follow by one column.
fn makes_sense(record: &Object<'_>) -> bool {
    let flag = record.get("readOnly").is_none_or(|value| value.string().is_none());
    let account = record.string("recipientAccountId").is_none_or(|id| id.iter().all(u8::is_ascii_digit));
    tells_enough(record) && flag && account
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::import::records::{Records, Sink};
    use crate::problem::Problem;
    use crate::store::{Ingested, RecordError, Store};

    /// What a text gives.
    #[derive(Debug, Default, PartialEq)]
    pub struct Report {
        pub records: Vec<String>,
        pub resources: Vec<Vec<String>>,
        /// What stands around the log events among them: format, time, group, stream.
        pub lines: Vec<String>,
        pub mute_sign_in: bool,
        pub rejected: u32,
        pub problems: Vec<Problem>,
    }

    #[derive(Default)]
    struct Keeping {
        store: Store,
        report: Report,
    }

    impl Sink for Keeping {
        fn record(
            &mut self,
            buf: &[u8],
            at: usize,
            end: usize,
            _: u32,
            around: &Around<'_>,
        ) -> Result<Ingested, RecordError> {
            let ingested = self.store.ingest(buf, at, end, around)?;
            self.report.records.push(String::from_utf8_lossy(&buf[at..ingested.end]).into_owned());
            self.report.resources.push(around.resources.to_vec());
            if let Some(line) = around.line {
                let time = line.time.map_or_else(|| "undated".to_owned(), crate::time::format);
                let place = [line.group.unwrap_or("-"), line.stream.unwrap_or("-")].join(" ");
                self.report.lines.push(format!("{} {time} {place}", line.format.name()));
            }
            self.report.mute_sign_in |= around.mute_sign_in;
            Ok(ingested)
        }
    }

    fn in_pieces(text: &str, step: usize) -> Report {
        let mut sink = Keeping::default();
        let mut records = Records::default();
        let mut buf: Vec<u8> = Vec::new();
        let chunks: Vec<&[u8]> = text.as_bytes().chunks(step).collect();
        for (n, chunk) in chunks.iter().enumerate() {
            buf.extend_from_slice(chunk);
            let end = buf.len();
            buf.resize(end + PADDING, 0);
            let done = records.feed(&buf, end, n + 1 == chunks.len(), &mut sink);
            buf.truncate(end);
            buf.drain(..done);
        }
        let outcome = records.finish();
        assert_eq!(outcome.events as usize, sink.report.records.len());
        Report { rejected: outcome.rejected, problems: outcome.problems, ..sink.report }
    }

    /// Reads a file whole, and again in pieces: it must come to the same.
    pub fn read(text: &str) -> Report {
        let whole = in_pieces(text, text.len().max(1));
        for step in [997, 7_919] {
            // The first piece must be enough to tell what the file is, or all of it.
            let padded = format!("{text}{}", "\n".repeat(if text.ends_with('\n') { 70_000 } else { 0 }));
            if text.ends_with('\n') {
                let pieces = in_pieces(&padded, step);
                // What is added may belong to the last message of a log.
                let plain = |records: &[String]| records.iter().map(|text| text.replace("\\n", "")).collect::<Vec<_>>();
                assert!(plain(&pieces.records) == plain(&whole.records), "step {step}: {text}");
                assert_eq!(pieces.rejected, whole.rejected, "step {step}");
            }
        }
        whole
    }

    const HEADER: &str = "eventname,eventid,useragent\n";

    #[test]
    fn broken_rows_cost_themselves() {
        for (rows, events, rejected) in [
            ("a,1,x\nb,2,y\n", 2, 0),
            ("a,1,x\nb,2\nc,3,z\n", 2, 1),
            ("a,1,x\nb,2,y,z\nc,3,z\n", 2, 1),
            ("a,1,x\n\n\nb,2,y", 2, 0),
            // Quoted line ends and delimiters are no end of a row.
            ("a,1,\"x\n,,\"\"\n\"\nb,2,y\n", 2, 0),
            // A quote that never ends takes its own line only.
            ("a,1,x\nb,2,\"y\nc,3,z\nd,4,w\n", 3, 1),
            ("a,1,x\nb,\"2,y\nc,3,z\nd,\"4\",w\n", 3, 1),
            ("a,1,x\nb,2,\"y", 1, 1),
            ("a,1,x\nb,2", 1, 1),
        ] {
            let report = read(&format!("{HEADER}{rows}"));
            assert_eq!((report.records.len(), report.rejected), (events, rejected), "{rows:?}: {report:#?}");
            for problem in report.problems.iter().filter(|problem| problem.kind != ProblemKind::Undated) {
                assert!(problem.at.is_some() && problem.len.is_some() && problem.record.is_some(), "{problem:?}");
            }
        }
        let report = read(&format!("{HEADER}a,1,x\nb,2"));
        assert!(report.problems.iter().any(|problem| problem.kind == ProblemKind::Truncated));
        let report = read(&format!("{HEADER}a,1,x\nb,2\nc,3,z\n"));
        let broken = report.problems.iter().find(|problem| problem.kind == ProblemKind::BrokenRow).unwrap();
        assert_eq!((broken.at, broken.len), (Some(HEADER.len() as u64 + 6), Some(4)));
    }

    #[test]
    fn a_long_quote_is_not_waited_for() {
        let good = format!("a,1,{}\n", "x".repeat(90)).repeat(100_000);
        let report = in_pieces(&format!("{HEADER}b,2,\"y\n{good}"), 1 << 20);
        assert_eq!((report.records.len(), report.rejected), (100_000, 1));
    }

    #[test]
    fn messages_of_log_exports() {
        let record = super::super::tests::RECORD;
        let csv = record.replace('"', "\"\"");
        for (text, other, line) in [
            (
                format!("timestamp,message\n1692711291724,\"{csv}\n\"\n1692711291724,\"END\n\"\n"),
                r#"{"@message":"END\n"}"#,
                "text 2023-08-22T13:34:51.724Z - -",
            ),
            (
                format!(
                    "@timestamp,@message,ip,@log,@logStream\n2023-07-10 11:42:36.000,\"{csv}\",,,\n2023-07-10 11:42:36.000,START,1.2.3.4,111122223333:/g,s\n"
                ),
                r#"{"@message":"START","ip":"1.2.3.4"}"#,
                "text 2023-07-10T11:42:36Z /g s",
            ),
            (
                format!("@timestamp,@message,n\n2023-07-10 11:42:36.000,\"{csv}\",\n2023-07-10 11:42:36.000,,7\n"),
                r#"{"@timestamp":"2023-07-10 11:42:36.000","n":"7"}"#,
                "Insights row 2023-07-10T11:42:36Z - -",
            ),
        ] {
            let report = read(&text);
            assert_eq!(report.records, [record, other]);
            assert_eq!(report.rejected, 0);
            assert!(report.lines[0].starts_with("CloudTrail 2023-"), "{:?}", report.lines);
            assert_eq!(report.lines[1], line);
            assert!(report.problems.is_empty(), "{:?}", report.problems);
        }
    }
}
