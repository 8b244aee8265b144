//! The text of an event as a log message: what a person sees of a log line, and what patterns of terms are asked of. Of JSON
//! it is the record without white space; of other lines the message as it stood in the file.

use super::scan::Rows;
use crate::store::path::{PathId, ROOT};
use crate::store::shape::Kind;
use crate::store::write::{Secrets, uuid_text};
use crate::store::{Row, Store};
use crate::time;
use crate::trail::Derived;
use crate::trail::line::{Format, MESSAGE};
use std::borrow::Cow;

/// Which of the formats of a store's events are what, by cell of [`Derived::Format`].
pub(super) struct Formats {
    cells: Vec<Option<Format>>,
}

impl Formats {
    pub fn new(store: &Store) -> Self {
        let dictionary = store.dictionary(store.derived_dictionary(Derived::Format));
        let format = |text: &[u8]| Format::ALL.into_iter().find(|format| format.name().as_bytes() == text);
        let cells = std::iter::once(None).chain(dictionary.iter().map(format));
        Self { cells: cells.collect() }
    }

    /// The form of an event's message.
    pub fn of(&self, store: &Store, row: Row) -> Format {
        let cell = store.derived().column(Derived::Format).get(row as usize);
        self.cells.get(cell as usize).copied().flatten().unwrap_or(Format::CloudTrail)
    }
}

/// Where the messages of lines of text stand, if there are any.
pub(super) fn path(store: &Store) -> Option<PathId> {
    store.paths().member(ROOT, MESSAGE)
}

/// The message of an event; `None` for a row of Insights results, which has none. `buffer` is written over.
pub(super) fn text<'b>(store: &'b Store, row: Row, format: Format, buffer: &'b mut Vec<u8>) -> Option<Cow<'b, str>> {
    if format.is_json() {
        buffer.clear();
        store.write_record(row, Secrets::Masked, buffer);
        return Some(String::from_utf8_lossy(buffer));
    }
    let path = path(store).filter(|_| format.is_text())?;
    let (shape, block, at) = store.locate(row)?;
    let column = shape.columns.iter().find(|column| column.path == path)?;
    match column.kind {
        Kind::Text | Kind::Number => Some(store.dictionary(column.dictionary).text(block.cells(column).get(at)).into()),
        // A message that is nothing but an id or a time, or has half a surrogate pair.
        Kind::Uuid => Some(String::from_utf8_lossy(&uuid_text(&block.uuid(column, at))).into_owned().into()),
        Kind::Time => {
            let seconds = block.cells(column).get(at);
            Some(String::from_utf8_lossy(&time::canonical_text(seconds)).into_owned().into())
        }
        Kind::Escaped => Some(store.dictionary(column.dictionary).text(block.cells(column).get(at)).into()),
        Kind::Int | Kind::Json => None,
    }
}

/// The message of an event, made by itself.
#[must_use]
pub fn of(store: &Store, row: Row) -> Option<String> {
    let mut buffer = Vec::new();
    text(store, row, Formats::new(store).of(store, row), &mut buffer).map(Cow::into_owned)
}

/// Calls `each` with the message of every row that has one, in no particular order.
pub(super) fn each(store: &Store, rows: &Rows, mut each: impl FnMut(Row, &str)) {
    let formats = Formats::new(store);
    let mut buffer = Vec::new();
    // Texts column by column: finding the block of each row by itself would cost more than most messages.
    let mut others = rows.clone();
    for &(shape, column) in path(store).map_or(&[][..], |path| store.leaves(path)) {
        let shape = &store.shapes()[shape as usize];
        let column = &shape.columns[column as usize];
        if column.kind != Kind::Text {
            continue;
        }
        let dictionary = store.dictionary(column.dictionary);
        for block in shape.blocks() {
            let numbers = block.rows();
            block.cells(column).for_each(|at, cell| {
                let row = numbers.get(at);
                if rows.contains(row as usize) && formats.of(store, row).is_text() {
                    others.set(row as usize, false);
                    each(row, dictionary.text(cell));
                }
            });
        }
    }
    for row in others.ones() {
        let row = row as Row;
        if let Some(text) = text(store, row, formats.of(store, row), &mut buffer) {
            each(row, &text);
        }
    }
}

/// Whether a text that is looked for in JSON can only stand inside one key or one value: it has none of the characters
/// that JSON puts around them.
pub(super) fn is_inside_values(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(':') && !text.contains(['{', '}', '[', ']', '"', ',', '\\'])
}
