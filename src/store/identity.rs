//! What makes an event the same event: its eventID, and all it says. CloudTrail may deliver an event twice, and people drop
//! the same folder twice.

use super::path::{PathId, PathStep, ROOT};
use super::raw::{self, RawLeaf, RawStep};
use super::shape::{Fixed, INT_BIAS, Kind};
use super::write::uuid_text;
use super::{Row, Store};
use crate::time;
use crate::trail::Derived;
use crate::trail::line::Format;
use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};

/// What hashes of ids begin with.
const SEED: u64 = 0x1de7;

fn hash(seed: u64, tag: u8, bytes: &[u8]) -> u64 {
    let mut hasher = FixedState::with_seed(seed).build_hasher();
    hasher.write_u8(tag);
    hasher.write(bytes);
    hasher.finish()
}

/// The hash of the id that CloudWatch Logs gave a line, never 0.
pub(super) fn of_line(id: &[u8]) -> u64 {
    hash(SEED, 2, id).max(1)
}

/// The hash of a line's record as it stands in its file.
pub(super) fn of_record(text: &[u8]) -> u64 {
    hash(SEED, 5, text)
}

impl Store {
    /// For every row a hash of its eventID, or of its content where it has none that is a string. Of a log line that of the
    /// id that CloudWatch Logs gave it, or of its message, time, group and stream.
    #[must_use]
    pub fn identities(&self) -> Vec<u64> {
        let mut out = vec![0u64; self.rows() as usize];
        if let Some(path) = self.paths().member(ROOT, "eventID") {
            for &(shape, column) in self.leaves(path) {
                let shape = &self.shapes()[shape as usize];
                let column = &shape.columns[column as usize];
                for block in shape.blocks() {
                    let rows = block.rows();
                    match column.kind {
                        Kind::Uuid => block.uuids(column).enumerate().for_each(|(at, uuid)| {
                            out[rows.get(at) as usize] = hash(SEED, 1, &uuid_text(uuid));
                        }),
                        Kind::Text => block.cells(column).for_each(|at, id| {
                            let text = self.dictionary(column.dictionary).bytes(id);
                            out[rows.get(at) as usize] = hash(SEED, 1, text);
                        }),
                        _ => {}
                    }
                }
            }
        }
        for (row, id, nameless) in self.lines.ids() {
            if !self.is_call(row) {
                out[row as usize] = if nameless { self.line_hash(row, id) } else { id };
            }
        }
        for (row, identity) in out.iter_mut().enumerate() {
            if *identity == 0 {
                *identity = self.content_hash(row as Row);
            }
        }
        out
    }

    /// Whether a row is a record of CloudTrail, not a line of a program's log.
    #[must_use]
    pub fn is_call(&self, row: Row) -> bool {
        let cell = self.derived().column(Derived::Format).get(row as usize);
        let format = || self.dictionary(self.derived_dictionary(Derived::Format)).bytes(cell - 1);
        cell == 0 || format() == Format::CloudTrail.name().as_bytes()
    }

    /// A hash of all that tells a line without an id from another; `record` is that of its record.
    fn line_hash(&self, row: Row, record: u64) -> u64 {
        let mut sum = record;
        if let Some(time) = self.hot().time(row) {
            sum = sum.wrapping_add(hash(SEED, 3, &time.to_le_bytes()));
        }
        for derived in [Derived::LogGroup, Derived::LogStream] {
            let texts = self.dictionary(self.derived_dictionary(derived));
            self.derived().for_each(derived, row, |id| {
                sum = sum.wrapping_add(hash(derived as u64, 4, texts.bytes(id)));
            });
        }
        sum.max(1)
    }

    /// The same for one row.
    #[must_use]
    pub fn identity(&self, row: Row) -> u64 {
        if let Some((id, nameless)) = self.lines.id(row)
            && !self.is_call(row)
        {
            return if nameless { self.line_hash(row, id) } else { id };
        }
        let id = || {
            let path = self.paths().member(ROOT, "eventID")?;
            let (shape, block, at) = self.locate(row)?;
            let mut columns = shape.columns.iter().filter(|column| column.path == path);
            columns.rfind(|column| matches!(column.kind, Kind::Uuid | Kind::Text)).map(|column| match column.kind {
                Kind::Uuid => hash(SEED, 1, &uuid_text(&block.uuid(column, at))),
                _ => hash(SEED, 1, self.dictionary(column.dictionary).bytes(block.cells(column).get(at))),
            })
        };
        id().filter(|&id| id != 0).unwrap_or_else(|| self.content_hash(row))
    }

    /// A hash of all values of a row and their paths; the order of keys does not count, nor whether a part was shredded or
    /// kept as raw text.
    #[must_use]
    pub fn content_hash(&self, row: Row) -> u64 {
        let Some((shape, block, at)) = self.locate(row) else { return 0 };
        let mut sum = 0u64;
        let mut add = |path: u64, tag: u8, bytes: &[u8]| sum = sum.wrapping_add(hash(path, tag, bytes));
        for &(path, fixed) in &shape.fixed {
            add(self.path_hash(path), fixed_tag(fixed), b"");
        }
        for column in &shape.columns {
            let path = self.path_hash(column.path);
            if column.kind == Kind::Uuid {
                add(path, b's', &uuid_text(&block.uuid(column, at)));
                continue;
            }
            let cell = block.cells(column).get(at);
            match column.kind {
                Kind::Text => add(path, b's', self.dictionary(column.dictionary).bytes(cell)),
                Kind::Escaped => add(path, b'e', self.dictionary(column.dictionary).bytes(cell)),
                Kind::Number => add(path, b'n', self.dictionary(column.dictionary).bytes(cell)),
                Kind::Time => add(path, b's', &time::canonical_text(cell)),
                Kind::Int => add(path, b'n', (i64::from(cell) - INT_BIAS).to_string().as_bytes()),
                Kind::Json => raw::leaves(self.dictionary(column.dictionary).bytes(cell), &mut |steps, leaf| {
                    let path = steps.iter().fold(path, |at, step| match step {
                        RawStep::Key(key) => hash(at, b'k', key),
                        RawStep::Index(index) => hash(at, b'i', &index.to_le_bytes()),
                    });
                    match leaf {
                        RawLeaf::String(text) => add(path, b's', &text),
                        RawLeaf::Escaped(text) => add(path, b'e', text),
                        RawLeaf::Number(text) => add(path, b'n', text),
                        RawLeaf::Bool(true) => add(path, fixed_tag(Fixed::True), b""),
                        RawLeaf::Bool(false) => add(path, fixed_tag(Fixed::False), b""),
                        RawLeaf::Null => add(path, fixed_tag(Fixed::Null), b""),
                        RawLeaf::EmptyObject => add(path, fixed_tag(Fixed::EmptyObject), b""),
                        RawLeaf::EmptyArray => add(path, fixed_tag(Fixed::EmptyArray), b""),
                    }
                }),
                Kind::Uuid => unreachable!("added above"),
            }
        }
        sum
    }

    fn path_hash(&self, path: PathId) -> u64 {
        if path == ROOT {
            return 0;
        }
        let node = self.paths().node(path);
        let above = self.path_hash(node.parent);
        match node.step {
            PathStep::Key(key) => hash(above, b'k', self.paths().key(key).as_bytes()),
            PathStep::Index(index) => hash(above, b'i', &index.to_le_bytes()),
        }
    }
}

fn fixed_tag(fixed: Fixed) -> u8 {
    match fixed {
        Fixed::True => b't',
        Fixed::False => b'f',
        Fixed::Null => b'0',
        Fixed::EmptyObject => b'{',
        Fixed::EmptyArray => b'[',
    }
}
