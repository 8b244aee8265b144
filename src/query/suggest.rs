//! Values to offer while a person types one: from the data, never a secret one.

use super::aggregate::{self, Aggregate, Answer};
use super::predicate::Select;
use super::scan::Rows;
use super::select::{self, Pattern};
use super::text::fold;
use crate::store::Store;
use crate::store::path::ROOT;
use crate::store::shape::Kind;
use std::collections::BTreeSet;

/// Values of a field that contain what was typed, case ignored, at most `limit` of them; with the number of events where
/// counting them is quick (fields with a column of their own), commonest first, and alphabetically where it is not. Ids that
/// are UUIDs are not offered: nobody chooses among them.
#[must_use]
pub fn suggest(store: &Store, rows: &Rows, select: &Select, typed: &str, limit: usize) -> Vec<(String, Option<u64>)> {
    let typed = fold(typed);
    let fits = |value: &str| fold(value).contains(&*typed);
    if aggregate::is_quick(store, select) {
        let Answer::Top(mut counts) = aggregate::aggregate(store, rows, &Aggregate::Top(select.clone())) else {
            return Vec::new();
        };
        counts.values.retain(|(value, _)| fits(value));
        return counts.top(limit).into_iter().map(|(value, count)| (value, Some(count))).collect();
    }
    let pattern = Pattern::new(select);
    let mut dictionaries = BTreeSet::new();
    for (path, progress) in select::walk(store, &pattern, ROOT) {
        if !pattern.selects(progress) || store.paths().node(path).secret {
            continue;
        }
        for &(shape, column) in store.leaves(path) {
            let column = &store.shapes()[shape as usize].columns[column as usize];
            if matches!(column.kind, Kind::Text | Kind::Number) {
                dictionaries.insert(column.dictionary);
            }
        }
    }
    let mut found = BTreeSet::new();
    for dictionary in dictionaries {
        let texts = store.dictionary(dictionary).iter().filter_map(|text| std::str::from_utf8(text).ok());
        for text in texts.filter(|text| fits(text)) {
            found.insert(text);
            if found.len() > limit {
                found.pop_last();
            }
        }
    }
    found.into_iter().map(|value| (value.to_owned(), None)).collect()
}
