//! Tests on the text of events as log messages ([`crate::query::message`]). Messages of text are asked in their dictionary.
//! Of JSON the text is written only where what is looked for could go over the seams of keys and values.

use super::{Comparisons, Rows, Scan, Scanner};
use crate::query::message::{self, Formats};
use crate::query::predicate::Test;
use crate::store::path::{PathId, PathStep, ROOT};
use crate::store::raw;
use crate::store::shape::{Fixed, Kind};
use crate::store::{Row, Store};
use fixedbitset::FixedBitSet;

/// The rows whose message satisfies a test.
pub(super) fn rows(store: &Store, test: &Test, comparisons: &Comparisons<'_>) -> Rows {
    let formats = Formats::new(store);
    let (mut text, mut json, mut none) = (empty(store), empty(store), empty(store));
    for row in 0..store.rows() {
        let set = match formats.of(store, row) {
            format if format.is_json() => &mut json,
            format if format.is_text() => &mut text,
            _ => &mut none,
        };
        set.insert(row as usize);
    }
    let mut hits = empty(store);
    if comparisons.present {
        hits.union_with(&text);
        hits.union_with(&json);
    } else if !comparisons.is_bare() {
        if let Some(path) = message::path(store).filter(|_| !text.is_clear()) {
            let mut scanner = Scanner::new(store, comparisons);
            for &(shape, column) in store.leaves(path) {
                let column = &store.shapes()[shape as usize].columns[column as usize];
                if column.kind != Kind::Json {
                    scanner.column(shape, column, &mut hits);
                }
            }
            hits.intersect_with(&text);
        }
        if !json.is_clear() {
            let found = match comparisons.fragment_as_written().filter(|text| message::is_inside_values(text)) {
                Some(fragment) => {
                    let mut found = inside(store, comparisons, fragment);
                    found.intersect_with(&json);
                    found
                }
                None => written(store, comparisons, &json),
            };
            hits.union_with(&found);
        }
    }
    if test.absent {
        hits.union_with(&none);
    }
    hits
}

fn empty(store: &Store) -> Rows {
    FixedBitSet::with_capacity(store.rows() as usize)
}

/// The rows that have a text in a key or in a value.
fn inside(store: &Store, comparisons: &Comparisons<'_>, fragment: &str) -> Rows {
    let scan = Scan { store, files: &[], root: ROOT, universe: None };
    let mut hits = scan.any_of_values(comparisons);
    let scanner = Scanner::new(store, comparisons);
    let has = |text: &[u8]| memchr::memmem::find(text, fragment.as_bytes()).is_some();
    let nodes = store.paths().nodes();
    // By path whether a key on the way to it has the text: parents come before their children.
    let mut keyed = vec![false; nodes.len()];
    for (path, node) in nodes.iter().enumerate().skip(1) {
        let here = matches!(node.step, PathStep::Key(key) if has(store.paths().key(key).as_bytes()));
        keyed[path] = here || keyed[node.parent as usize];
        for &(shape, fixed) in store.fixed_at(path as PathId) {
            if keyed[path] || (fixed == Fixed::Null && has(b"null")) {
                scanner.all_rows(shape, &mut hits);
            }
        }
        for &(shape, _) in store.leaves(path as PathId).iter().filter(|_| keyed[path]) {
            scanner.all_rows(shape, &mut hits);
        }
    }
    // Keys inside raw texts.
    for path in 0..nodes.len() as PathId {
        for &(shape, column) in store.leaves(path) {
            let column = &store.shapes()[shape as usize].columns[column as usize];
            if column.kind != Kind::Json || store.paths().node(path).secret {
                continue;
            }
            let dictionary = store.dictionary(column.dictionary);
            let mut ids = FixedBitSet::with_capacity(dictionary.len());
            let mut buffer = Vec::new();
            for (id, text) in dictionary.iter().enumerate() {
                buffer.clear();
                raw::write_masked(text, &mut buffer);
                ids.set(id, has(&buffer));
            }
            super::mark_cells(&store.shapes()[shape as usize], column, &mut hits, |id| ids.contains(id as usize));
        }
    }
    hits
}

/// The rows whose record, written out, satisfies the comparisons.
fn written(store: &Store, comparisons: &Comparisons<'_>, rows: &Rows) -> Rows {
    let mut hits = empty(store);
    message::each(store, rows, |row: Row, text| {
        if comparisons.string(text) {
            hits.insert(row as usize);
        }
    });
    hits
}
