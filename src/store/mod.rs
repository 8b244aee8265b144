//! Events as columns: dictionary, shapes, rows, hot columns. Floor 1: knows bytes and JSON, not files, questions or AWS
//! beyond the names of the hot paths.
//!
//! A record's JSON is taken apart once, as it is read ([`ingest`]); what it says besides its values is a [`shape`], kept
//! once; values go to per-path [`dictionary`]s and then as small numbers into blocks of columns. Nothing is lost: see
//! [`Store::write_record`].

mod between;
pub mod column;
mod derive;
pub mod derived;
pub mod dictionary;
pub mod hot;
mod identity;
mod ingest;
mod lines;
pub mod path;
pub mod raw;
pub mod secret;
pub mod shape;
pub mod tokens;
mod trie;
pub mod write;

use crate::trail::{Derived, SINGLE, calls};
use column::Dense;
use derive::{Deriver, Plan};
use derived::DerivedColumns;
use dictionary::Dictionary;
use hashbrown::HashMap;
use hot::Hot;
use lines::LineRows;
use path::{PathId, Paths, ROOT};
use shape::{Fixed, Kind, Shape, ShapeId};
use trie::Trie;

pub use ingest::{Around, Ingested, RecordError};
pub use lines::Line;

/// Number of an event in its store, in the order of arrival.
pub type Row = u32;

/// An object is a CloudTrail record when it has at least one of these members (`spec/FORMATS.md` 0.3, types 4 and 5;
/// records of version 1.0 have few).
pub const RECORD_KEYS: [&str; 6] = ["eventVersion", "eventSource", "eventName", "eventType", "eventID", "eventTime"];

/// What a dictionary is of.
#[derive(Clone, Copy, Debug)]
pub struct DictionaryOf {
    /// The family of paths (array indices 0).
    pub path: PathId,
    /// The kind of its texts.
    pub kind: Kind,
    /// Never searched, masked when shown.
    pub secret: bool,
}

/// Rows that came from one file one after the other.
#[derive(Clone, Copy, Debug)]
struct Run {
    first_row: Row,
    file: u32,
    first_record: u32,
}

/// All events of one shard.
#[derive(Debug)]
pub struct Store {
    paths: Paths,
    trie: Trie,
    /// The trie was given back; it is made again from the shapes when more is read.
    trie_is_gone: bool,
    shapes: Vec<Shape>,
    dictionaries: Vec<Dictionary>,
    dictionary_of: Vec<DictionaryOf>,
    dictionary_by: HashMap<(PathId, Kind), u32, foldhash::fast::FixedState>,
    /// By path: the columns that hold its values.
    leaves: Vec<Vec<(ShapeId, u32)>>,
    /// By path: the shapes that fix its value.
    fixed_at: Vec<Vec<(ShapeId, Fixed)>>,
    row_shapes: Dense,
    hot: Hot,
    hot_dictionaries: [u32; hot::COUNT],
    hot_paths: [PathId; hot::COUNT],
    time_path: PathId,
    /// Where a five-minute summary of data events has its time instead.
    window_path: PathId,
    runs: Vec<Run>,
    derived: DerivedColumns,
    /// Rows of records that were put together from tables or repaired, rising.
    partial: Vec<Row>,
    lines: LineRows,
    derived_dictionaries: [u32; SINGLE + 1],
    deriver: Deriver,
    // Of the record being read:
    ids: Vec<u32>,
    uuids: Vec<u8>,
    scratch: Vec<u8>,
    text: Vec<u8>,
    fixed: Vec<(PathId, Fixed)>,
}

impl Default for Store {
    fn default() -> Self {
        let mut paths = Paths::default();
        let hot_paths = hot::PATHS.map(|path| path.split('.').fold(ROOT, |at, key| paths.member_or_new(at, key)));
        let time_path = paths.member_or_new(ROOT, "eventTime");
        let window = paths.member_or_new(ROOT, "timeWindow");
        let window_path = paths.member_or_new(window, "windowStart");
        let mut store = Self {
            paths,
            trie: Trie::default(),
            trie_is_gone: false,
            shapes: Vec::new(),
            dictionaries: Vec::new(),
            dictionary_of: Vec::new(),
            dictionary_by: HashMap::default(),
            leaves: Vec::new(),
            fixed_at: Vec::new(),
            row_shapes: Dense::default(),
            hot: Hot::default(),
            hot_dictionaries: [0; hot::COUNT],
            hot_paths,
            time_path,
            window_path,
            runs: Vec::new(),
            derived: DerivedColumns::default(),
            partial: Vec::new(),
            lines: LineRows::default(),
            derived_dictionaries: [0; SINGLE + 1],
            deriver: Deriver::default(),
            ids: Vec::new(),
            uuids: Vec::new(),
            scratch: Vec::new(),
            text: Vec::new(),
            fixed: Vec::new(),
        };
        store.hot_dictionaries = hot_paths.map(|path| store.dictionary_for(path, Kind::Text));
        store.derived_dictionaries = Derived::ALL.map(|_| {
            store.dictionaries.push(Dictionary::default());
            store.dictionary_of.push(DictionaryOf { path: ROOT, kind: Kind::Text, secret: false });
            store.dictionaries.len() as u32 - 1
        });
        store
    }
}

impl Store {
    fn dictionary_for(&mut self, path: PathId, kind: Kind) -> u32 {
        let node = self.paths.node(path);
        let (family, secret) = (node.family, node.secret);
        *self.dictionary_by.entry((family, kind)).or_insert_with(|| {
            self.dictionaries.push(Dictionary::default());
            self.dictionary_of.push(DictionaryOf { path: family, kind, secret });
            self.dictionaries.len() as u32 - 1
        })
    }

    /// Takes in a new shape: where its columns are found by path, which of them are hot.
    fn add_shape(&mut self, mut shape: Shape) {
        let id = self.shapes.len() as ShapeId;
        let paths = self.paths.nodes().len();
        self.leaves.resize_with(paths, Vec::new);
        self.fixed_at.resize_with(paths, Vec::new);
        for (number, column) in shape.columns.iter().enumerate() {
            self.leaves[column.path as usize].push((id, number as u32));
            if let Some(hot) = self.hot_paths.iter().position(|&path| path == column.path) {
                if column.kind == Kind::Text && !shape.hot.iter().any(|&(known, _)| usize::from(known) == hot) {
                    shape.hot.push((hot as u8, column.lane));
                } else {
                    self.hot.mark_inexact(hot);
                }
            }
            let is_time = column.path == self.time_path || (column.path == self.window_path && shape.time.is_none());
            if is_time && matches!(column.kind, Kind::Text | Kind::Time) {
                shape.time = Some(number as u32);
            }
            // Below a hot path, or around it in one raw text, there are values that the hot column does not have.
            for (hot, &path) in self.hot_paths.iter().enumerate() {
                let inside = column.path != path && self.is_inside(column.path, path);
                if inside || (column.kind == Kind::Json && self.is_inside(path, column.path)) {
                    self.hot.mark_inexact(hot);
                }
            }
        }
        for &(path, fixed) in &shape.fixed {
            self.fixed_at[path as usize].push((id, fixed));
            if let Some(hot) = self.hot_paths.iter().position(|&hot| hot == path)
                && fixed != Fixed::Null
            {
                self.hot.mark_inexact(hot);
            }
        }
        let known: Vec<PathId> = RECORD_KEYS.iter().filter_map(|key| self.paths.member(ROOT, key)).collect();
        let is_record = |path: PathId| known.iter().any(|&key| self.is_inside(path, key));
        shape.record = shape.columns.iter().any(|column| is_record(column.path))
            || shape.fixed.iter().any(|&(path, _)| is_record(path));
        shape.plan = Plan::new(&shape.columns, &shape.fixed, &self.paths);
        self.shapes.push(shape);
    }

    /// Whether `path` is `around` or below it.
    #[must_use]
    pub fn is_inside(&self, mut path: PathId, around: PathId) -> bool {
        while path > around {
            path = self.paths.node(path).parent;
        }
        path == around
    }

    /// Notes that the row just appended is this record of this file.
    pub fn came_from(&mut self, file: u32, record: u32) {
        let row = self.rows() - 1;
        if let Some(run) = self.runs.last()
            && run.file == file
            && run.first_record + (row - run.first_row) == record
        {
            return;
        }
        self.runs.push(Run { first_row: row, file, first_record: record });
    }

    /// The file that a row came from, and the number of its record there.
    #[must_use]
    pub fn provenance(&self, row: Row) -> (u32, u32) {
        let run = self.runs[self.runs.partition_point(|run| run.first_row <= row) - 1];
        (run.file, run.first_record + (row - run.first_row))
    }

    /// Runs of rows from one file: first row, rows, file, number of the first record; in the order of rows.
    pub fn runs(&self) -> impl Iterator<Item = (Row, u32, u32, u32)> {
        self.runs.iter().enumerate().map(|(at, run)| {
            let end = self.runs.get(at + 1).map_or(self.rows(), |next| next.first_row);
            (run.first_row, end - run.first_row, run.file, run.first_record)
        })
    }

    /// Gives [`Derived::Integrity`] of all rows anew, by file and record; `None` for events that there is nothing to say of.
    /// Lines of a program's log stand in no digest: there is never anything to say of them.
    pub fn set_integrity(&mut self, value: impl Fn(u32, u32) -> Option<&'static str>) {
        let mut known: Vec<(&'static str, u32)> = Vec::new();
        let mut cells = Vec::with_capacity(self.row_shapes.len());
        let runs: Vec<_> = self.runs().collect();
        for (first_row, rows, file, first_record) in runs {
            for at in 0..rows {
                let said = if self.is_call(first_row + at) { value(file, first_record + at) } else { None };
                let cell = said.and_then(|text| {
                    if let Some(&(_, id)) = known.iter().find(|(known, _)| *known == text) {
                        return Some(id + 1);
                    }
                    let dictionary = self.derived_dictionaries[Derived::Integrity as usize] as usize;
                    let id = self.dictionaries[dictionary].intern(text.as_bytes())?;
                    known.push((text, id));
                    Some(id + 1)
                });
                cells.push(cell.unwrap_or(0));
            }
        }
        self.derived.replace(Derived::Integrity, cells.into_iter());
    }

    /// Gives log groups their names, where they are known only now: `names` of groups that were read under another one (an
    /// export to S3 under the id of its task), and the groups of `streams` that were read without any.
    pub fn name_groups(&mut self, names: &[(String, String)], streams: &[(String, String)]) {
        let [groups, of_streams] =
            [Derived::LogGroup, Derived::LogStream].map(|of| self.derived_dictionary(of) as usize);
        let mut name = |from: usize, known: &[(String, String)]| -> Vec<u32> {
            let named = (0..self.dictionaries[from].len() as u32).map(|id| {
                let text = self.dictionaries[from].bytes(id);
                let to = known.iter().find(|(from, _)| from.as_bytes() == text).map(|(_, to)| to.clone());
                to.and_then(|to| self.dictionaries[groups].intern(to.as_bytes())).map_or(0, |id| id + 1)
            });
            named.collect()
        };
        let (by_group, by_stream) = (name(groups, names), name(of_streams, streams));
        if by_group.iter().chain(&by_stream).all(|&cell| cell == 0) {
            return;
        }
        let cells: Vec<u32> = self
            .derived
            .column(Derived::LogGroup)
            .iter()
            .zip(self.derived.column(Derived::LogStream).iter())
            .map(|(group, stream)| match (group.checked_sub(1), stream.checked_sub(1)) {
                (Some(id), _) => by_group.get(id as usize).copied().filter(|&cell| cell > 0).unwrap_or(group),
                (None, Some(id)) => by_stream.get(id as usize).copied().unwrap_or(0),
                (None, None) => 0,
            })
            .collect();
        self.derived.replace(Derived::LogGroup, cells.into_iter());
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.row_shapes.len() as u32
    }

    /// The paths.
    #[must_use]
    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// The shapes, in the order of their ids.
    #[must_use]
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// The shape of every row.
    #[must_use]
    pub fn row_shapes(&self) -> &Dense {
        &self.row_shapes
    }

    /// The hot columns.
    #[must_use]
    pub fn hot(&self) -> &Hot {
        &self.hot
    }

    /// The columns of derived values.
    #[must_use]
    pub fn derived(&self) -> &DerivedColumns {
        &self.derived
    }

    /// Whether a row does not say all that the event's own record does, since it was put together from the columns of a table
    /// or repaired; see [`Around::partial`] and [`Around::incomplete`].
    #[must_use]
    pub fn is_partial(&self, row: Row) -> bool {
        self.partial.binary_search(&row).is_ok()
    }

    /// Bytes of a log line's message as it stood in its file; `None` for a row that is no line.
    #[must_use]
    pub fn line_bytes(&self, row: Row) -> Option<u32> {
        self.lines.bytes_of(row)
    }

    /// The log lines: row, and bytes of the message as it stood in its file; rows rise.
    pub fn lines(&self) -> impl Iterator<Item = (Row, u32)> {
        self.lines.bytes()
    }

    /// Whether a row is a log line without an id of its own, so that only what it says can tell a copy.
    #[must_use]
    pub fn is_nameless_line(&self, row: Row) -> bool {
        self.lines.id(row).is_some_and(|(_, nameless)| nameless) && !self.is_call(row)
    }

    /// Whether a row is a five-minute summary of data events rather than an event.
    #[must_use]
    pub fn is_summary(&self, row: Row) -> bool {
        let dictionary = self.dictionary(self.derived_dictionary(Derived::Category));
        let cell = self.derived.column(Derived::Category).get(row as usize);
        cell != 0 && dictionary.bytes(cell - 1) == calls::SUMMARY.as_bytes()
    }

    /// The dictionary of a derived value.
    #[must_use]
    pub fn derived_dictionary(&self, derived: Derived) -> u32 {
        self.derived_dictionaries[derived as usize]
    }

    /// The hot column of a path, if it has one.
    #[must_use]
    pub fn hot_of(&self, path: PathId) -> Option<usize> {
        self.hot_paths.iter().position(|&hot| hot == path)
    }

    /// The dictionary behind a hot column.
    #[must_use]
    pub fn hot_dictionary(&self, column: usize) -> u32 {
        self.hot_dictionaries[column]
    }

    /// Columns that hold values at a path.
    #[must_use]
    pub fn leaves(&self, path: PathId) -> &[(ShapeId, u32)] {
        self.leaves.get(path as usize).map_or(&[], Vec::as_slice)
    }

    /// Shapes that fix the value at a path.
    #[must_use]
    pub fn fixed_at(&self, path: PathId) -> &[(ShapeId, Fixed)] {
        self.fixed_at.get(path as usize).map_or(&[], Vec::as_slice)
    }

    /// A dictionary.
    #[must_use]
    pub fn dictionary(&self, id: u32) -> &Dictionary {
        &self.dictionaries[id as usize]
    }

    /// What the dictionaries are of, in the order of their ids.
    #[must_use]
    pub fn dictionaries(&self) -> &[DictionaryOf] {
        &self.dictionary_of
    }

    /// Gives back memory that only loading needs. More may be loaded after.
    pub fn settle(&mut self) {
        self.shapes.iter_mut().for_each(Shape::settle);
        self.dictionaries.iter_mut().for_each(Dictionary::settle);
        self.hot.settle();
        self.derived.settle();
        self.deriver.settle();
        self.row_shapes.settle();
        self.lines.settle();
        self.trie.cut_down();
        self.trie_is_gone = true;
    }

    /// Heap bytes held, counted and not estimated but for hash tables.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.memory().iter().map(|(_, bytes)| bytes).sum()
    }

    /// Heap bytes by part.
    #[must_use]
    pub fn memory(&self) -> [(&'static str, usize); 6] {
        [
            ("dictionaries", self.dictionaries.iter().map(|d| d.heap_bytes() + size_of::<Dictionary>()).sum()),
            ("blocks and shapes", self.shapes.iter().map(|s| s.heap_bytes() + size_of::<Shape>()).sum()),
            ("hot columns", self.hot.heap_bytes() + self.row_shapes.heap_bytes()),
            ("derived columns", self.derived.heap_bytes() + self.deriver.heap_bytes()),
            ("trie", self.trie.heap_bytes()),
            (
                "paths and provenance",
                self.paths.bytes()
                    + self.runs.capacity() * size_of::<Run>()
                    + self.partial.capacity() * 4
                    + self.lines.heap_bytes()
                    + (self.leaves.iter().map(|l| l.capacity() * 8 + 24).sum::<usize>())
                    + (self.fixed_at.iter().map(|l| l.capacity() * 8 + 24).sum::<usize>()),
            ),
        ]
    }
}
