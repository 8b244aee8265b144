//! Rows back to JSON: value for value, in the record's own key order, numbers as they were written.

use super::secret::MASK;
use super::shape::{BlockView, Column, INT_BIAS, Kind, Shape};
use super::{Row, Store, raw, tokens};
use crate::time;

/// Whether secret values are written as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// A mask stands in their place.
    Masked,
    /// As they are: a person asked for it.
    Revealed,
}

impl Store {
    /// Appends the record of a row to `out`, without white space.
    pub fn write_record(&self, row: Row, secrets: Secrets, out: &mut Vec<u8>) {
        let shape = &self.shapes[self.row_shapes.get(row as usize) as usize];
        let Some((block, at)) = shape.locate(row) else { return };
        for column in &shape.columns {
            out.extend_from_slice(self.trie.text(column.before));
            self.write_value(&block, at, column, secrets, out);
        }
        out.extend_from_slice(self.trie.text(shape.after));
    }

    fn write_value(&self, block: &BlockView<'_>, at: usize, column: &Column, secrets: Secrets, out: &mut Vec<u8>) {
        let masked = secrets == Secrets::Masked && self.paths.node(column.path).secret;
        if masked {
            tokens::write_string(MASK.as_bytes(), out);
            return;
        }
        if column.kind == Kind::Uuid {
            out.push(b'"');
            out.extend_from_slice(&uuid_text(&block.uuid(column, at)));
            out.push(b'"');
            return;
        }
        let cell = block.cells(column).get(at);
        let bytes = || self.dictionary(column.dictionary).bytes(cell);
        match column.kind {
            Kind::Text => tokens::write_string(bytes(), out),
            Kind::Escaped => {
                out.push(b'"');
                out.extend_from_slice(bytes());
                out.push(b'"');
            }
            Kind::Number => out.extend_from_slice(bytes()),
            Kind::Json if secrets == Secrets::Masked => raw::write_masked(bytes(), out),
            Kind::Json => out.extend_from_slice(bytes()),
            Kind::Time => {
                out.push(b'"');
                out.extend_from_slice(&time::canonical_text(cell));
                out.push(b'"');
            }
            Kind::Int => out.extend_from_slice((i64::from(cell) - INT_BIAS).to_string().as_bytes()),
            Kind::Uuid => unreachable!("written above"),
        }
    }

    /// The shape of a row, and where the row is.
    #[must_use]
    pub fn locate(&self, row: Row) -> Option<(&Shape, BlockView<'_>, usize)> {
        let shape = &self.shapes[self.row_shapes.get(row as usize) as usize];
        let (block, at) = shape.locate(row)?;
        Some((shape, block, at))
    }
}

/// The 36 characters of a UUID.
#[must_use]
pub fn uuid_text(uuid: &[u8; 16]) -> [u8; 36] {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut out = [b'-'; 36];
    let mut at = 0;
    for (index, byte) in uuid.iter().enumerate() {
        at += usize::from(matches!(index, 4 | 6 | 8 | 10));
        out[at] = HEX[usize::from(byte >> 4)];
        out[at + 1] = HEX[usize::from(byte & 15)];
        at += 2;
    }
    out
}
