//! The log groups and streams of a case: what each holds.

use super::message::Formats;
use super::scan::Rows;
use crate::store::{Row, Store};
use crate::trail::Derived;
use crate::trail::line::Format;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// What one log stream holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamSum {
    /// The account that owns the group; empty where no file tells.
    pub owner: String,
    /// The log group; empty where no file tells.
    pub group: String,
    /// The log stream; empty where no file tells.
    pub stream: String,
    /// Lines.
    pub lines: u64,
    /// Bytes of their messages as they stood in the files.
    pub bytes: u64,
    /// The earliest time, milliseconds since the epoch.
    pub first: Option<i64>,
    /// The latest.
    pub last: Option<i64>,
    /// Lines without a time.
    pub undated: u64,
    /// Lines by the form of their messages, in the order of [`Format::ALL`].
    pub formats: Vec<(Format, u64)>,
}

impl StreamSum {
    fn name(&self) -> (&str, &str, &str) {
        (&self.owner, &self.group, &self.stream)
    }

    fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.bytes += other.bytes;
        self.undated += other.undated;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = [self.last, other.last].into_iter().flatten().max();
        for (format, lines) in other.formats {
            match self.formats.iter_mut().find(|(known, _)| *known == format) {
                Some((_, sum)) => *sum += lines,
                None => self.formats.push((format, lines)),
            }
        }
        self.formats.sort_by_key(|(format, _)| Format::ALL.iter().position(|known| known == format));
    }

    /// Adds the streams of another shard; both lists are, and stay, in the order of owner, group and stream.
    pub(super) fn merge(sum: &mut Vec<Self>, part: Vec<Self>) {
        for stream in part {
            match sum.binary_search_by(|known| known.name().cmp(&stream.name())) {
                Ok(at) => sum[at].add(stream),
                Err(at) => sum.insert(at, stream),
            }
        }
    }
}

/// The streams that rows stand in. Rows that are no log lines are left out.
pub(super) fn streams(store: &Store, rows: &Rows) -> Vec<StreamSum> {
    let columns = store.derived();
    let cell = |derived: Derived, row: usize| columns.column(derived).get(row);
    let text = |derived: Derived, cell: u32| {
        let dictionary = store.dictionary(store.derived_dictionary(derived));
        cell.checked_sub(1).map_or_else(String::new, |id| dictionary.text(id).to_owned())
    };
    let formats = Formats::new(store);
    let mut found: HashMap<[u32; 3], StreamSum> = HashMap::new();
    for (row, bytes) in store.lines() {
        let at = row as usize;
        if !rows.contains(at) {
            continue;
        }
        let [owner, group, stream] =
            [Derived::Owner, Derived::LogGroup, Derived::LogStream].map(|derived| cell(derived, at));
        let sum = found.entry([owner, group, stream]).or_insert_with(|| StreamSum {
            owner: text(Derived::Owner, owner),
            group: text(Derived::LogGroup, group),
            stream: text(Derived::LogStream, stream),
            ..StreamSum::default()
        });
        let time = store.hot().time(row as Row);
        sum.lines += 1;
        sum.bytes += u64::from(bytes);
        sum.undated += u64::from(time.is_none());
        sum.first = [sum.first, time].into_iter().flatten().min();
        sum.last = [sum.last, time].into_iter().flatten().max();
        let format = formats.of(store, row);
        match sum.formats.iter_mut().find(|(known, _)| *known == format) {
            Some((_, lines)) => *lines += 1,
            None => sum.formats.push((format, 1)),
        }
    }
    // A dictionary may have one text under several ids.
    let mut all: Vec<StreamSum> = Vec::new();
    StreamSum::merge(&mut all, found.into_values().collect());
    all.iter_mut().for_each(|sum| sum.add(StreamSum::default()));
    all
}
