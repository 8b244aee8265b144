//! Times and values in columns: `timestamp,value`, and what the metrics console downloads (`spec/FORMATS.md` 3.10). The first column
//! is a time; every other one is a series.

use super::{Metric, Sheet, Values, told};
use crate::import::tally::Tally;
use crate::import::when;
use crate::problem::ProblemKind;
use hashbrown::HashMap;

/// Rows before the first one that begins with a time, at most.
const HEAD_MAX: usize = 64;

/// Bytes of a row at most: what is longer has no ends of lines.
const ROW_MAX: usize = 4 << 20;

/// Series of a table at most; the metrics console puts 500 into one.
const COLUMNS_MAX: usize = 2_000;

/// See the module.
#[derive(Debug, Default)]
pub(in crate::import) struct Table {
    /// The name of the file, without folders and endings.
    stem: String,
    /// The cells of the rows before the first time.
    head: Vec<Vec<String>>,
    columns: Vec<Column>,
    /// Nothing could be made of the beginning.
    lost: bool,
    without_zone: bool,
    began: bool,
}

#[derive(Debug, Default)]
struct Column {
    name: String,
    times: Vec<i64>,
    values: Vec<f64>,
}

impl Table {
    /// Of a file at this path.
    pub fn new(path: &str) -> Self {
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.strip_suffix(".gz").unwrap_or(name);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        Self { stem: stem.to_owned(), ..Self::default() }
    }

    /// See [`super::Reader::feed`].
    pub fn feed(&mut self, buf: &[u8], from: usize, end: usize, last: bool, tally: &mut Tally) -> usize {
        let mut pos = from;
        while pos < end && !self.lost {
            let stop = match memchr::memchr(b'\n', &buf[pos..end]) {
                Some(at) => pos + at + 1,
                None if last || end - pos > ROW_MAX => end,
                None => return pos,
            };
            self.row(&buf[pos..stop], pos, tally);
            pos = stop;
        }
        if self.lost { end } else { pos }
    }

    fn row(&mut self, line: &[u8], pos: usize, tally: &mut Tally) {
        let text = line.trim_ascii();
        if text.is_empty() {
            return;
        }
        let quoted;
        let cells: Vec<&[u8]> = if text.contains(&b'"') {
            quoted = unquoted(text);
            quoted.iter().map(Vec::as_slice).collect()
        } else {
            text.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).collect()
        };
        let first = cells.first().copied().unwrap_or_default();
        let Some(time) = time(first) else {
            if self.began {
                let what = format!("the row begins with {} and no time", shown(first));
                tally.lose(ProblemKind::BrokenRow, pos, line.len(), what, "it was left out, the others were kept");
            } else if self.head.len() < HEAD_MAX {
                self.head.push(cells.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect());
            } else {
                self.lost = true;
                let what = "no row of the first 64 begins with a time";
                tally.problem(
                    ProblemKind::BrokenRow,
                    Some(tally.base + pos as u64),
                    what,
                    "nothing was read from this file",
                );
            }
            return;
        };
        if !self.began && cells.len() > COLUMNS_MAX + 1 {
            self.lost = true;
            let what = format!("its first row has {} cells, and {} are read at most", cells.len(), COLUMNS_MAX + 1);
            let at = Some(tally.base + pos as u64);
            tally.problem(ProblemKind::BrokenRow, at, what, "nothing was read from this file");
            return;
        }
        if !self.began {
            self.began = true;
            self.begin(cells.len());
        }
        self.without_zone |= time.1;
        if cells.len() != self.columns.len() + 1 {
            let what = format!("a row has {} cells, and {} are expected", cells.len(), self.columns.len() + 1);
            tally.lose(ProblemKind::BrokenRow, pos, line.len(), what, "it was left out, the others were kept");
            return;
        }
        let mut odd = None;
        for (cell, column) in cells[1..].iter().zip(&mut self.columns) {
            // Where one series has no value at a time of another, nothing stands.
            if cell.is_empty() {
                continue;
            }
            let number = std::str::from_utf8(cell).ok().and_then(|cell| cell.parse::<f64>().ok());
            match number.filter(|number| number.is_finite()) {
                Some(number) => {
                    column.times.push(time.0);
                    column.values.push(number);
                }
                None => odd = Some(shown(cell)),
            }
        }
        match odd {
            Some(cell) => {
                let what = format!("{cell} stands where a finite number is expected");
                tally.lose(
                    ProblemKind::BrokenRow,
                    pos,
                    line.len(),
                    what,
                    "this value was left out, the others were kept",
                );
            }
            None => tally.number += 1,
        }
    }

    /// Names the columns by the rows before the first time.
    fn begin(&mut self, cells: usize) {
        let label = |row: &&Vec<String>| row.first().is_some_and(|first| first.trim().eq_ignore_ascii_case("label"));
        let row = self.head.iter().find(label).or_else(|| self.head.iter().rfind(|row| row.len() == cells));
        let names = row.cloned().unwrap_or_default();
        let mut known: HashMap<String, u32> = HashMap::new();
        self.columns = (1..cells.max(2))
            .map(|at| {
                let name = names.get(at).map(|name| name.trim()).filter(|name| !name.is_empty());
                let name = match name {
                    Some(name) if !name.eq_ignore_ascii_case("value") => name.to_owned(),
                    _ if cells <= 2 => self.stem.clone(),
                    _ => format!("{} {at}", self.stem),
                };
                // Two columns of one name are two series.
                let again = known.entry(name.clone()).or_default();
                *again += 1;
                let name = if *again > 1 { format!("{name} ({again})") } else { name };
                Column { name, ..Column::default() }
            })
            .collect();
    }

    /// What was told, once the text is over.
    pub fn finish(self, tally: &mut Tally) -> Sheet {
        let mut sheet = Sheet::default();
        if !self.began && !self.lost && self.head.len() > 1 {
            let what = "no row begins with a time";
            tally.problem(ProblemKind::BrokenRow, None, what, "nothing was read from this file");
        }
        for column in self.columns.into_iter().filter(|column| !column.times.is_empty()) {
            let metric = Metric { name: column.name, ..Metric::default() };
            let mut told = told(metric, None, None, column.times, Values::Of(None, column.values));
            if self.without_zone {
                told.notes.push("Its times have no zone; they were taken as UTC.".to_owned());
            }
            sheet.put(told);
        }
        sheet
    }
}

/// The time that a cell is, and whether it has no zone.
fn time(cell: &[u8]) -> Option<(i64, bool)> {
    let stamp = when::stamp(cell).filter(|stamp| stamp.len == cell.len());
    match stamp {
        Some(stamp) => Some((stamp.ms, matches!(stamp.zone, when::Zone::None))),
        None => Some((when::of_text(cell)?, false)),
    }
}

fn shown(cell: &[u8]) -> String {
    format!("`{}`", String::from_utf8_lossy(cell).chars().take(40).collect::<String>())
}

/// The cells of a row that has quotes.
fn unquoted(line: &[u8]) -> Vec<Vec<u8>> {
    let text = [line, b"\n"].concat();
    let (mut out, mut ends) = (vec![0; text.len()], vec![0; text.len()]);
    let mut reader = csv_core::Reader::new();
    let (result, _, written, mut fields) = reader.read_record(&text, &mut out, &mut ends);
    // A quote that is not closed ends with its row.
    if result == csv_core::ReadRecordResult::InputEmpty {
        fields += reader.read_record(&[], &mut out[written..], &mut ends[fields..]).3;
    }
    let mut from = 0;
    ends[..fields].iter().map(|&to| out[std::mem::replace(&mut from, to)..to].to_vec()).collect()
}
