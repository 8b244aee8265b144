//! The one evaluator of predicates: over a store, to a set of rows.
//!
//! A test first asks each dictionary that its path can reach which of its strings satisfy it, then looks for those ids in
//! the columns of the shapes that have the path. Sets of rows are then combined as the predicate says.

mod messages;
mod scanner;

use super::compare::{Comparisons, Ids};
use super::naive;
use super::predicate::{Instant, Predicate, Test, TextTest, TimeRange};
use super::select::{self, Pattern, Progress};
use super::text::CompiledText;
use crate::store::column::Cells;
use crate::store::path::{PathId, ROOT};
use crate::store::raw::{self, RawLeaf};
use crate::store::shape::{Column, Fixed, Kind, Shape};
use crate::store::{Row, Store};
use crate::trail::Derived;
use fixedbitset::FixedBitSet;
use scanner::Scanner;

/// A set of rows.
pub type Rows = FixedBitSet;

/// The rows for which a predicate holds. `files` are the paths of the files by number.
#[must_use]
pub fn rows(store: &Store, files: &[String], predicate: &Predicate) -> Rows {
    Scan { store, files, root: ROOT, universe: None }.rows(predicate)
}

struct Scan<'a> {
    store: &'a Store,
    files: &'a [String],
    /// Where paths start: the record, or an element of an array.
    root: PathId,
    /// The rows that have `root`, where that is not all.
    universe: Option<&'a Rows>,
}

impl Scan<'_> {
    fn none(&self) -> Rows {
        Rows::with_capacity(self.store.rows() as usize)
    }

    fn all(&self) -> Rows {
        self.universe.cloned().unwrap_or_else(|| {
            let mut all = self.none();
            all.insert_range(..);
            all
        })
    }

    fn rows(&self, predicate: &Predicate) -> Rows {
        match predicate {
            Predicate::Everything => self.all(),
            Predicate::Nothing => self.none(),
            Predicate::Not(inner) => {
                let mut rows = self.all();
                rows.difference_with(&self.rows(inner));
                rows
            }
            Predicate::And(all) => {
                let mut parts = all.iter();
                let Some(first) = parts.next() else { return self.all() };
                let mut rows = self.rows(first);
                for part in parts {
                    if rows.is_clear() {
                        break;
                    }
                    rows.intersect_with(&self.rows(part));
                }
                rows
            }
            Predicate::Or(any) => any.iter().fold(self.none(), |mut rows, part| {
                rows.union_with(&self.rows(part));
                rows
            }),
            Predicate::Test(test) => self.test(test),
            Predicate::AnyValue(test) => self.any_value(test),
            Predicate::Time(range) => self.within(self.time(range)),
            Predicate::Dated => self.within(self.time(&TimeRange::default())),
            Predicate::File(test) => self.within(self.file(test)),
            Predicate::SomeElement { array, of } => self.some_element(array, of),
        }
    }

    fn within(&self, mut rows: Rows) -> Rows {
        if let Some(universe) = self.universe {
            rows.intersect_with(universe);
        }
        rows
    }

    fn time(&self, range: &TimeRange) -> Rows {
        let mut rows = self.none();
        let bound = |instant: Option<Instant>, open: i64| match instant {
            None => Some(open),
            Some(Instant::At(ms)) => Some(ms),
            Some(Instant::Now(_)) => None,
        };
        let (Some(from), Some(to)) = (bound(range.from, i64::MIN), bound(range.to, i64::MAX)) else { return rows };
        let hot = self.store.hot();
        if hot.has_millis() {
            for row in 0..self.store.rows() {
                if hot.time(row).is_some_and(|time| from <= time && time < to) {
                    rows.insert(row as usize);
                }
            }
            return rows;
        }
        // Whole seconds: both ends round up, and `u32::MAX` (undated) is never inside.
        let seconds = |ms: i64| ms.div_euclid(1_000) + i64::from(ms.rem_euclid(1_000) != 0);
        let last = i64::from(u32::MAX);
        let from = if from == i64::MIN { 0 } else { seconds(from).clamp(0, last) } as u32;
        let to = if to == i64::MAX { last } else { seconds(to).clamp(0, last) } as u32;
        for (row, &at) in hot.seconds().iter().enumerate() {
            if from <= at && at < to {
                rows.insert(row);
            }
        }
        rows
    }

    fn file(&self, test: &TextTest) -> Rows {
        let mut rows = self.none();
        let Ok(text) = CompiledText::new(test) else { return rows };
        for (first, count, file, _) in self.store.runs() {
            if self.files.get(file as usize).is_some_and(|path| text.is_match(path)) {
                rows.insert_range(first as usize..(first + count) as usize);
            }
        }
        rows
    }

    fn test(&self, test: &Test) -> Rows {
        let comparisons = Comparisons::new(&test.any);
        let mut hits = self.none();
        if test.select.is_message() {
            // Elements of arrays are no messages.
            return match self.root {
                ROOT => self.within(messages::rows(self.store, test, &comparisons)),
                _ if test.absent => self.all(),
                _ => hits,
            };
        }
        if let Some(derived) = test.select.derived() {
            // Elements of arrays have no derived values.
            if self.root == ROOT {
                self.derived_test(derived, test, &comparisons, &mut hits);
            } else if test.absent {
                return self.all();
            }
            return hits;
        }
        let pattern = Pattern::new(&test.select);
        if self.root == ROOT && !test.absent && self.hot_test(test, &comparisons, &mut hits) {
            return hits;
        }
        let places = select::walk(self.store, &pattern, self.root);
        let mut selected = test.absent.then(|| self.none());
        let mut scanner = Scanner::new(self.store, &comparisons);
        for (path, progress) in places {
            let here = pattern.selects(progress);
            let secret = self.store.paths().node(path).secret;
            for &(shape, fixed) in self.store.fixed_at(path) {
                if (here || progress.is_below()) && comparisons.fixed(fixed, here, secret) {
                    scanner.all_rows(shape, &mut hits);
                }
                if let Some(selected) = &mut selected
                    && (here || progress.is_below())
                {
                    scanner.all_rows(shape, selected);
                }
            }
            for &(shape, column) in self.store.leaves(path) {
                let column = &self.store.shapes()[shape as usize].columns[column as usize];
                if column.kind == Kind::Json {
                    scanner.raw(shape, column, &pattern, progress, &mut hits, selected.as_mut());
                    continue;
                }
                if !here && !progress.is_below() {
                    continue;
                }
                if let Some(selected) = &mut selected {
                    scanner.all_rows(shape, selected);
                }
                if comparisons.present {
                    scanner.all_rows(shape, &mut hits);
                } else if here && !secret && !comparisons.is_bare() {
                    scanner.column(shape, column, &mut hits);
                }
            }
        }
        if let Some(selected) = selected {
            let mut absent = self.all();
            absent.difference_with(&selected);
            hits.union_with(&absent);
        }
        self.within(hits)
    }

    /// Answers a test on a path with a hot column from that column alone; false when it cannot.
    fn hot_test(&self, test: &Test, comparisons: &Comparisons<'_>, hits: &mut Rows) -> bool {
        let Some(path) = select::plain_path(self.store, &test.select) else { return false };
        let Some(hot) = self.store.hot_of(path).filter(|&hot| self.store.hot().is_exact(hot)) else { return false };
        let null = || self.store.fixed_at(path).iter().any(|&(_, fixed)| fixed == Fixed::Null);
        // The hot column does not tell null from absence.
        if comparisons.null || (comparisons.null_differs && null()) {
            return false;
        }
        let column = self.store.hot().column(hot);
        if comparisons.present {
            column.iter().enumerate().filter(|&(_, cell)| cell != 0).for_each(|(row, _)| hits.insert(row));
            return true;
        }
        let ids = comparisons.strings(self.store.dictionary(self.store.hot_dictionary(hot)));
        column.mark(hits, &ids);
        true
    }

    /// A test on a derived value: its column says all there is.
    fn derived_test(&self, derived: Derived, test: &Test, comparisons: &Comparisons<'_>, hits: &mut Rows) {
        let columns = self.store.derived();
        let column = columns.column(derived);
        if comparisons.present || test.absent {
            for (row, cell) in column.iter().enumerate() {
                if if cell == 0 { test.absent } else { comparisons.present } {
                    hits.insert(row);
                }
            }
        }
        if comparisons.present || comparisons.is_bare() {
            return;
        }
        let mut ids = comparisons.strings(self.store.dictionary(self.store.derived_dictionary(derived)));
        if derived == Derived::Resource && !ids.is_none() {
            let mut sets = FixedBitSet::with_capacity(columns.sets() as usize);
            for set in 0..columns.sets() {
                sets.set(set as usize, columns.set(set).iter().any(|&id| ids.contains(id)));
            }
            ids = Ids::Many(sets);
        }
        column.mark(hits, &ids);
    }

    fn any_value(&self, test: &TextTest) -> Rows {
        self.any_of_values(&Comparisons::of_text(test))
    }

    fn any_of_values(&self, comparisons: &Comparisons<'_>) -> Rows {
        let mut hits = self.none();
        let mut scanner = Scanner::new(self.store, comparisons);
        for path in 0..self.store.paths().nodes().len() as PathId {
            if self.store.paths().node(path).secret || (self.root != ROOT && !self.store.is_inside(path, self.root)) {
                continue;
            }
            for &(shape, fixed) in self.store.fixed_at(path) {
                let value = match fixed {
                    Fixed::True => true,
                    Fixed::False => false,
                    _ => continue,
                };
                if comparisons.boolean(value) {
                    scanner.all_rows(shape, &mut hits);
                }
            }
            for &(shape, column) in self.store.leaves(path) {
                let column = &self.store.shapes()[shape as usize].columns[column as usize];
                scanner.column(shape, column, &mut hits);
            }
        }
        self.within(hits)
    }

    fn some_element(&self, array: &super::predicate::Select, of: &Predicate) -> Rows {
        let mut hits = self.none();
        let pattern = Pattern::new(array);
        for (path, progress) in select::walk(self.store, &pattern, self.root) {
            // Arrays that were kept as raw texts, or are inside one.
            for &(shape, column) in self.store.leaves(path) {
                let column = &self.store.shapes()[shape as usize].columns[column as usize];
                if column.kind == Kind::Json {
                    self.raw_elements(shape, column, &pattern, progress, of, &mut hits);
                }
            }
            if !pattern.selects(progress) {
                continue;
            }
            for element in elements(self.store, path) {
                let universe = self.having(element);
                let inner = Scan { store: self.store, files: self.files, root: element, universe: Some(&universe) };
                hits.union_with(&inner.rows(of));
            }
        }
        self.within(hits)
    }

    /// The rows with anything at or below a path.
    fn having(&self, path: PathId) -> Rows {
        let mut rows = self.none();
        for inside in path..self.store.paths().nodes().len() as PathId {
            if self.store.is_inside(inside, path) {
                for &(shape, _) in self.store.leaves(inside) {
                    mark_all(&self.store.shapes()[shape as usize], &mut rows);
                }
                for &(shape, _) in self.store.fixed_at(inside) {
                    mark_all(&self.store.shapes()[shape as usize], &mut rows);
                }
            }
        }
        rows
    }

    fn raw_elements(
        &self,
        shape: u32,
        column: &Column,
        pattern: &Pattern<'_>,
        progress: Progress,
        of: &Predicate,
        hits: &mut Rows,
    ) {
        let questions: Vec<Predicate> =
            pattern.rests(progress).map(|array| Predicate::SomeElement { array, of: Box::new(of.clone()) }).collect();
        let dictionary = self.store.dictionary(column.dictionary);
        let mut ids = Rows::with_capacity(dictionary.len());
        for (id, text) in dictionary.iter().enumerate() {
            // Raw texts nested more deeply than serde_json reads (128) have no element that anyone asks about.
            let Ok(value) = serde_json::from_slice(text) else { continue };
            let event = naive::NaiveEvent {
                record: &value,
                time_ms: None,
                file: "",
                message: None,
                derived: &serde_json::Value::Null,
            };
            let secret = |keys: &[&str]| keys.iter().any(|key| crate::store::secret::is_secret_key(key));
            if questions.iter().any(|question| naive::holds(question, &event, &secret)) {
                ids.insert(id);
            }
        }
        mark_cells(&self.store.shapes()[shape as usize], column, hits, |id| ids.contains(id as usize));
    }
}

/// The paths of the elements of the array at a path.
fn elements(store: &Store, array: PathId) -> impl Iterator<Item = PathId> {
    use crate::store::path::PathStep;
    let nodes = store.paths().nodes().iter().enumerate();
    nodes
        .filter(move |(_, node)| node.parent == array && matches!(node.step, PathStep::Index(_)))
        .map(|(id, _)| id as PathId)
        .filter(move |&id| id != array)
}

fn mark_all(shape: &Shape, rows: &mut Rows) {
    for block in shape.blocks() {
        block.rows().for_each(|_, row| rows.insert(row as usize));
    }
}

/// Adds the rows of a shape whose cell in a column satisfies `holds`.
fn mark_cells(shape: &Shape, column: &Column, rows: &mut Rows, mut holds: impl FnMut(u32) -> bool) {
    for block in shape.blocks() {
        let cells = block.cells(column);
        mark_block(&cells, &block.rows(), rows, &mut holds);
    }
}

#[inline]
fn mark_block(cells: &Cells<'_>, numbers: &Cells<'_>, rows: &mut Rows, holds: &mut impl FnMut(u32) -> bool) {
    if let Some(all) = cells.constant() {
        if holds(all) {
            numbers.for_each(|_, row| rows.insert(row as usize));
        }
        return;
    }
    cells.for_each(|at, cell| {
        if holds(cell) {
            rows.insert(numbers.get(at) as Row as usize);
        }
    });
}

/// The ids of raw texts in which some leaf satisfies `holds(steps, leaf, secret)`.
fn raw_ids(
    dictionary: &crate::store::dictionary::Dictionary,
    mut holds: impl FnMut(&[raw::RawStep<'_>], RawLeaf<'_>, bool) -> bool,
) -> Ids {
    let mut ids = FixedBitSet::with_capacity(dictionary.len());
    for (id, text) in dictionary.iter().enumerate() {
        let mut found = false;
        raw::leaves(text, &mut |steps, leaf| {
            if !found {
                found = holds(steps, leaf, is_secret(steps));
            }
        });
        ids.set(id, found);
    }
    Ids::Many(ids)
}

pub(super) fn is_secret(steps: &[raw::RawStep<'_>]) -> bool {
    steps.iter().any(|step| match step {
        raw::RawStep::Key(key) => std::str::from_utf8(key).is_ok_and(crate::store::secret::is_secret_key),
        raw::RawStep::Index(_) => false,
    })
}

fn leaf_holds(comparisons: &Comparisons<'_>, leaf: &RawLeaf<'_>) -> bool {
    match leaf {
        RawLeaf::String(text) => std::str::from_utf8(text).is_ok_and(|text| comparisons.string(text)),
        RawLeaf::Number(text) => std::str::from_utf8(text).is_ok_and(|text| comparisons.number(text)),
        RawLeaf::Bool(value) => comparisons.boolean(*value),
        RawLeaf::Escaped(_) | RawLeaf::Null | RawLeaf::EmptyObject | RawLeaf::EmptyArray => false,
    }
}

trait Mark {
    fn mark(&self, hits: &mut Rows, ids: &Ids);
}

impl Mark for crate::store::column::Dense {
    /// Adds the rows whose cell, less 1, is among the ids.
    fn mark(&self, hits: &mut Rows, ids: &Ids) {
        fn run<T: Copy + Into<u32>>(cells: &[T], hits: &mut Rows, ids: &Ids) {
            match ids {
                Ids::None => {}
                Ids::One(id) => {
                    for (row, &cell) in cells.iter().enumerate() {
                        if cell.into() == id + 1 {
                            hits.insert(row);
                        }
                    }
                }
                Ids::Many(many) => {
                    for (row, &cell) in cells.iter().enumerate() {
                        if many.contains((cell.into() as usize).wrapping_sub(1)) {
                            hits.insert(row);
                        }
                    }
                }
            }
        }
        match self {
            Self::Zero(_) => {}
            Self::One(cells) => run(cells, hits, ids),
            Self::Two(cells) => run(cells, hits, ids),
            Self::Four(cells) => run(cells, hits, ids),
        }
    }
}

/// Derived values that only log lines have.
const LINES: [Derived; 5] =
    [Derived::LogGroup, Derived::LogStream, Derived::Severity, Derived::IngestionTime, Derived::Owner];

/// Whether any event has anything at a field, null included. Derived values are there whatever the events are.
#[must_use]
pub fn occurs(store: &Store, select: &super::predicate::Select) -> bool {
    match select.derived() {
        // Not there before evidence was weighed: that nothing is found then must not be taken for a finding.
        Some(Derived::Integrity) => {
            return !store.dictionary(store.derived_dictionary(Derived::Integrity)).is_empty();
        }
        Some(Derived::Format) => return store.rows() > 0,
        Some(lines) if LINES.contains(&lines) => {
            return !store.dictionary(store.derived_dictionary(lines)).is_empty();
        }
        Some(_) => return true,
        None => {}
    }
    if select.is_message() {
        return store.rows() > 0;
    }
    let pattern = Pattern::new(select);
    select::walk(store, &pattern, ROOT).into_iter().any(|(path, progress)| {
        let seen = pattern.selects(progress) || progress.is_below();
        let here = || !store.leaves(path).is_empty() || !store.fixed_at(path).is_empty();
        let mut in_raw = store.leaves(path).iter().filter_map(|&(shape, column)| {
            let column = &store.shapes()[shape as usize].columns[column as usize];
            (column.kind == Kind::Json).then_some(column.dictionary)
        });
        (seen && here())
            || in_raw.any(|dictionary| {
                let found = |steps: &[raw::RawStep<'_>], _: RawLeaf<'_>, _| {
                    let at = pattern.raw_steps(progress, steps);
                    pattern.selects(at) || at.is_below()
                };
                matches!(raw_ids(store.dictionary(dictionary), found), Ids::Many(ids) if !ids.is_clear())
            })
    })
}

/// The paths that hold values, elements of arrays not told apart.
#[must_use]
pub fn families(store: &Store) -> Vec<String> {
    let nodes = store.paths().nodes().iter().enumerate();
    let mut families: Vec<PathId> = nodes
        .filter(|&(path, _)| !store.leaves(path as PathId).is_empty() || !store.fixed_at(path as PathId).is_empty())
        .map(|(_, node)| node.family)
        .collect();
    families.sort_unstable();
    families.dedup();
    families.into_iter().map(|path| store.paths().text(path).replace("[0]", "")).collect()
}
