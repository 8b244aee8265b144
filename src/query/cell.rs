//! The values of one field in one row: what a table cell shows.

use super::aggregate::Value;
use super::message;
use super::predicate::{Arrays, Select, Step};
use super::select::{self, Pattern};
use crate::store::path::{PathId, PathStep, ROOT};
use crate::store::raw;
use crate::store::shape::{Fixed, Kind};
use crate::store::{Row, Store};

/// The values that a field has in a row, in the record's order of paths.
pub(crate) fn values(store: &Store, row: Row, select: &Select) -> Vec<Value> {
    if let Some(derived) = select.derived() {
        let mut found = Vec::new();
        let dictionary = store.derived_dictionary(derived);
        store.derived().for_each(derived, row, |id| found.push(Value::Id(dictionary, id)));
        // Several stand in the order of their ids, which is another one in every shard. Short ones say most in a cell.
        if found.len() > 1 {
            found.sort_by_cached_key(|value| {
                let text = value.text(store);
                (text.len(), text)
            });
        }
        return found;
    }
    if select.is_message() {
        return message::of(store, row).map(Value::Text).into_iter().collect();
    }
    let Some((shape, block, at)) = store.locate(row) else { return Vec::new() };
    let pattern = Pattern::new(select);
    let mut found = Vec::new();
    for column in &shape.columns {
        if !could_be(store, select, column.path) {
            continue;
        }
        let progress = progress(store, &pattern, column.path);
        let secret = store.paths().node(column.path).secret;
        if column.kind == Kind::Json {
            let cell = block.cells(column).get(at);
            raw::leaves(store.dictionary(column.dictionary).bytes(cell), &mut |steps, leaf| {
                if !pattern.selects(pattern.raw_steps(progress, steps)) {
                    return;
                }
                found.extend(Value::of_raw(&leaf, secret || super::scan::is_secret(steps)));
            });
        } else if pattern.selects(progress) {
            found.push(match column.kind {
                _ if secret => Value::Secret,
                Kind::Uuid => Value::Uuid(block.uuid(column, at)),
                Kind::Time => Value::Time(block.cells(column).get(at)),
                Kind::Int => Value::Int(block.cells(column).get(at)),
                _ => Value::Id(column.dictionary, block.cells(column).get(at)),
            });
        }
    }
    for &(path, fixed) in &shape.fixed {
        let value = match fixed {
            Fixed::True => true,
            Fixed::False => false,
            _ => continue,
        };
        if pattern.selects(progress(store, &pattern, path)) {
            found.push(if store.paths().node(path).secret { Value::Secret } else { Value::Bool(value) });
        }
    }
    found
}

/// The text of a table cell: the values of a field in a row, one after the other; `None` when there are none.
#[must_use]
pub fn text(store: &Store, row: Row, select: &Select) -> Option<String> {
    let values = values(store, row, select);
    let mut texts = values.iter().map(|value| value.text(store));
    let first = texts.next()?;
    Some(texts.fold(first, |all, text| all + ", " + &text))
}

/// The values of a field in a row, each by itself; `None` for one that is secret.
#[must_use]
pub fn texts(store: &Store, row: Row, select: &Select) -> Vec<Option<String>> {
    values(store, row, select)
        .iter()
        .map(|value| (*value != Value::Secret).then(|| value.text(store).to_string()))
        .collect()
}

fn progress(store: &Store, pattern: &Pattern<'_>, path: PathId) -> select::Progress {
    if path == ROOT {
        return pattern.start();
    }
    let node = store.paths().node(path);
    let above = progress(store, pattern, node.parent);
    let step = match node.step {
        PathStep::Key(key) => raw::RawStep::Key(store.paths().key(key).as_bytes().into()),
        PathStep::Index(index) => raw::RawStep::Index(index),
    };
    pattern.raw_steps(above, std::slice::from_ref(&step))
}

/// A cheap look at the first key before the walk: most columns of a row are under another one.
fn could_be(store: &Store, select: &Select, path: PathId) -> bool {
    let (Some(Step::Key(key)), Arrays::Through | Arrays::Exact) = (select.steps.first(), select.arrays) else {
        return true;
    };
    let mut at = path;
    while at != ROOT && store.paths().node(at).parent != ROOT {
        at = store.paths().node(at).parent;
    }
    at == ROOT || matches!(store.paths().node(at).step, PathStep::Key(id) if store.paths().key(id) == key)
}
