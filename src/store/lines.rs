//! Lines of CloudWatch Logs among the events: what stands around them, kept beside their records.

use super::Row;
use super::derive::Fresh;
use super::path::Paths;
use super::shape::{Column, INT_BIAS, Kind};
use crate::time;
use crate::trail::line::{Format, Severity};
use crate::trail::{Derived, SINGLE};

/// What a file says about a log line besides its message.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// When it was written, milliseconds since the epoch; `None` when no time stands with it.
    pub time: Option<i64>,
    /// When CloudWatch Logs got it.
    pub ingested: Option<i64>,
    /// Its log group.
    pub group: Option<&'a str>,
    /// Its log stream.
    pub stream: Option<&'a str>,
    /// The account that owns the log group.
    pub owner: Option<&'a str>,
    /// The id that CloudWatch Logs gave it: copies have the same one.
    pub id: Option<&'a [u8]>,
    /// The form of the message. Of a CloudTrail record it is [`Format::CloudTrail`], and the record says all else.
    pub format: Format,
    /// What the message states; of JSON the store looks itself.
    pub severity: Option<Severity>,
    /// Bytes of the message as it stood in the file.
    pub bytes: u32,
}

/// Members of a JSON line that state its severity, in the order in which they are believed.
const SEVERITY_KEYS: [&str; 10] = [
    "level",
    "severity",
    "log.level",
    "logLevel",
    "log_level",
    "levelname",
    "severity_text",
    "severityText",
    "lvl",
    "loglevel",
];

/// The columns of a shape that may state a severity, the most believable first.
pub(super) fn severity_columns(columns: &[Column], paths: &Paths) -> Vec<u32> {
    let place = |column: &Column| {
        let known = matches!(column.kind, Kind::Text | Kind::Int);
        known.then(|| paths.text(column.path)).and_then(|path| SEVERITY_KEYS.iter().position(|key| *key == path))
    };
    let mut found: Vec<(usize, u32)> =
        columns.iter().enumerate().filter_map(|(at, column)| Some((place(column)?, at as u32))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, at)| at).collect()
}

/// What is kept of lines besides their derived values: one entry a line, by row.
#[derive(Debug, Default)]
pub(super) struct LineRows {
    rows: Vec<Row>,
    /// Hash of the line's id; of a nameless line that of its record as it stood in the file.
    ids: Vec<u64>,
    /// Bytes of the message, with [`NAMELESS`] where the line has no id.
    bytes: Vec<u32>,
}

/// The bit that marks a line without an id; no message has so many bytes.
const NAMELESS: u32 = 1 << 31;

impl LineRows {
    /// Adds a line: the hash of its id or, where it has none, of its record.
    pub fn push(&mut self, row: Row, id: Option<u64>, record: u64, bytes: u32) {
        self.rows.push(row);
        self.ids.push(id.unwrap_or(record));
        self.bytes.push(bytes & !NAMELESS | if id.is_none() { NAMELESS } else { 0 });
    }

    fn at(&self, row: Row) -> Option<usize> {
        self.rows.binary_search(&row).ok()
    }

    /// The hash of a line's id, or of its record where it is nameless (`true`); `None` for a row that is no line.
    pub fn id(&self, row: Row) -> Option<(u64, bool)> {
        self.at(row).map(|at| (self.ids[at], self.bytes[at] & NAMELESS != 0))
    }

    /// The bytes of a line's message.
    pub fn bytes_of(&self, row: Row) -> Option<u32> {
        self.at(row).map(|at| self.bytes[at] & !NAMELESS)
    }

    /// The lines: row, hash of id or record, whether it is nameless.
    pub fn ids(&self) -> impl Iterator<Item = (Row, u64, bool)> {
        let ids = self.ids.iter().zip(&self.bytes).map(|(&id, &bytes)| (id, bytes & NAMELESS != 0));
        self.rows.iter().zip(ids).map(|(&row, (id, nameless))| (row, id, nameless))
    }

    /// The lines: row, bytes of the message.
    pub fn bytes(&self) -> impl Iterator<Item = (Row, u32)> {
        self.rows.iter().copied().zip(self.bytes.iter().map(|bytes| bytes & !NAMELESS))
    }

    pub fn settle(&mut self) {
        self.rows.shrink_to_fit();
        self.ids.shrink_to_fit();
        self.bytes.shrink_to_fit();
    }

    pub fn heap_bytes(&self) -> usize {
        self.rows.capacity() * 4 + self.ids.capacity() * 8 + self.bytes.capacity() * 4
    }
}

/// Fills the derived values that follow from what stands around a line.
pub(super) fn derive(fresh: &mut Fresh<'_>, line: &Line<'_>, cells: &mut [u32; SINGLE]) {
    let mut set = |derived: Derived, text: Option<&str>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            cells[derived as usize] = fresh.intern(derived, text);
        }
    };
    set(Derived::Format, Some(line.format.name()));
    set(Derived::LogGroup, line.group);
    set(Derived::LogStream, line.stream);
    set(Derived::Owner, line.owner);
    set(Derived::IngestionTime, line.ingested.map(time::format).as_deref());
    let severity = line.severity.or_else(|| {
        let json = matches!(line.format, Format::Json | Format::EmbeddedMetrics | Format::InsightsRow);
        json.then(|| stated(fresh)).flatten()
    });
    if let Some(severity) = severity {
        cells[Derived::Severity as usize] = fresh.intern(Derived::Severity, severity.name());
    }
}

/// The severity that a JSON line states.
fn stated(fresh: &Fresh<'_>) -> Option<Severity> {
    fresh.plan.severity.iter().find_map(|&at| {
        let column = &fresh.columns[at as usize];
        let cell = fresh.ids[column.lane as usize];
        match column.kind {
            Kind::Int => Severity::of_number(i64::from(cell) - INT_BIAS),
            _ => Severity::of_word(fresh.dictionaries[column.dictionary as usize].text(cell)),
        }
    })
}
