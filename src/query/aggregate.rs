//! The one aggregate: what is asked of the rows that a predicate leaves, and answers of shards that add up to the answer
//! of the whole. Everything merges exactly, in any order and however the files were dealt out.

use super::message;
use super::predicate::Select;
use super::scan::Rows;
use super::select::{self, Pattern};
use super::series::{Samples, Series, SeriesOf, samples, series};
use super::streams::{StreamSum, streams};
use crate::store::column::Dense;
use crate::store::dictionary::Dictionary;
use crate::store::raw::{self, RawLeaf};
use crate::store::shape::{Column, Fixed, INT_BIAS, Kind};
use crate::store::write::uuid_text;
use crate::store::{Store, secret};
use crate::time;
use crate::trail::Derived;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// Something to work out over rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Aggregate {
    /// How many rows, the first and the last time, and how many rows have none.
    Count,
    /// Rows by time, and by the value of a field.
    Histogram {
        /// Start of the first bin, milliseconds since the epoch.
        start: i64,
        /// Width of a bin in milliseconds, more than 0.
        width: i64,
        /// Number of bins; rows outside are left out.
        bins: u32,
        /// Split each bin by this field.
        by: Option<By>,
    },
    /// How often each value of a field occurs, counted in events; see [`Counts`].
    Top(Select),
    /// How many different values a field has.
    Distinct(Select),
    /// Samples of a value by period.
    Series(SeriesOf),
    /// Samples of a value one by one.
    Samples(SeriesOf),
    /// What each log stream holds.
    Streams,
}

/// The split of a histogram.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The field; of several values in one event the one that stands first in `values` counts.
    pub select: Select,
    /// The values that get a series of their own, in this order. After them come all other values, then none.
    pub values: Vec<String>,
}

/// The answer to an [`Aggregate`], of one shard or of all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Aggregate::Count`].
    Count(Count),
    /// To [`Aggregate::Histogram`]: by series, then by bin. Without a split there is one series.
    Histogram(Vec<Vec<u32>>),
    /// To [`Aggregate::Top`] and, before [`Answer::distinct`] is asked of the sum, [`Aggregate::Distinct`].
    Top(Counts),
    /// To [`Aggregate::Series`].
    Series(Series),
    /// To [`Aggregate::Samples`].
    Samples(Samples),
    /// To [`Aggregate::Streams`], by owner, group and stream.
    Streams(Vec<StreamSum>),
}

/// Rows counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Rows.
    pub rows: u64,
    /// Rows without a time.
    pub undated: u64,
    /// The earliest time.
    pub first: Option<i64>,
    /// The latest time.
    pub last: Option<i64>,
}

/// Events by the values of a field. An event with several different values counts under each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Value as text, and events; in no particular order.
    pub values: Vec<(String, u64)>,
    /// Events in which the field is absent, null, or a container.
    pub none: u64,
}

impl Counts {
    /// The `limit` commonest values, commonest first, equals in the order of their code points.
    #[must_use]
    pub fn top(mut self, limit: usize) -> Vec<(String, u64)> {
        self.values.sort_unstable_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
        self.values.truncate(limit);
        self.values
    }
}

impl Answer {
    /// Adds the answer of another shard to the same question.
    pub fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Count(sum), Self::Count(part)) => {
                sum.rows += part.rows;
                sum.undated += part.undated;
                sum.first = [sum.first, part.first].into_iter().flatten().min();
                sum.last = [sum.last, part.last].into_iter().flatten().max();
            }
            (Self::Histogram(sum), Self::Histogram(part)) => {
                for (sum, part) in sum.iter_mut().zip(part) {
                    sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
                }
            }
            (Self::Top(sum), Self::Top(part)) => {
                sum.none += part.none;
                let mut known: HashMap<String, u64> = std::mem::take(&mut sum.values).into_iter().collect();
                for (value, count) in part.values {
                    *known.entry(value).or_default() += count;
                }
                sum.values = known.into_iter().collect();
            }
            (Self::Series(sum), Self::Series(part)) => sum.merge(part),
            (Self::Samples(sum), Self::Samples(part)) => sum.merge(part),
            (Self::Streams(sum), Self::Streams(part)) => StreamSum::merge(sum, part),
            _ => unreachable!("answers to the same question are of one sort"),
        }
    }
}

/// Works out an aggregate over rows.
#[must_use]
pub fn aggregate(store: &Store, rows: &Rows, aggregate: &Aggregate) -> Answer {
    match aggregate {
        Aggregate::Count => Answer::Count(count(store, rows)),
        Aggregate::Histogram { start, width, bins, by } => {
            let bins = Bins { start: *start, width: (*width).max(1), bins: *bins as usize };
            Answer::Histogram(histogram(store, rows, &bins, by.as_ref()))
        }
        Aggregate::Top(select) | Aggregate::Distinct(select) => Answer::Top(counts(store, rows, select)),
        Aggregate::Series(of) => Answer::Series(series(store, rows, of)),
        Aggregate::Samples(of) => Answer::Samples(samples(store, rows, of)),
        Aggregate::Streams => Answer::Streams(streams(store, rows)),
    }
}

fn count(store: &Store, rows: &Rows) -> Count {
    let seconds = store.hot().seconds();
    let mut count = Count::default();
    let (mut low, mut high) = (u32::MAX, 0);
    for row in rows.ones() {
        count.rows += 1;
        let at = seconds[row];
        if at == u32::MAX {
            count.undated += 1;
        } else {
            low = low.min(at);
            high = high.max(at);
        }
    }
    if count.rows > count.undated {
        (count.first, count.last) = (Some(i64::from(low) * 1_000), Some(i64::from(high) * 1_000));
        if store.hot().has_millis() {
            let times = || rows.ones().filter_map(|row| store.hot().time(row as u32));
            (count.first, count.last) = (times().min(), times().max());
        }
    }
    count
}

struct Bins {
    start: i64,
    width: i64,
    bins: usize,
}

impl Bins {
    /// Calls `each(row, bin)` for the rows that fall into a bin.
    fn for_each(&self, store: &Store, rows: &Rows, mut each: impl FnMut(usize, usize)) {
        let seconds = store.hot().seconds();
        if !store.hot().has_millis() && self.start % 1_000 == 0 && self.width % 1_000 == 0 && self.start >= 0 {
            // 32-bit arithmetic on whole seconds; undated rows are beyond the last bin.
            let start = (self.start / 1_000).min(i64::from(u32::MAX)) as u32;
            let width = (self.width / 1_000).min(i64::from(u32::MAX)) as u32;
            for row in rows.ones() {
                let at = seconds[row];
                if at >= start && at != u32::MAX {
                    let bin = ((at - start) / width) as usize;
                    if bin < self.bins {
                        each(row, bin);
                    }
                }
            }
            return;
        }
        for row in rows.ones() {
            let Some(time) = store.hot().time(row as u32) else { continue };
            if let Ok(bin) = usize::try_from((time - self.start).div_euclid(self.width))
                && bin < self.bins
            {
                each(row, bin);
            }
        }
    }
}

fn histogram(store: &Store, rows: &Rows, bins: &Bins, by: Option<&By>) -> Vec<Vec<u32>> {
    let Some(By { select, values }) = by else {
        let mut series = vec![0; bins.bins];
        bins.for_each(store, rows, |_, bin| series[bin] += 1);
        return vec![series];
    };
    let (other, none) = (values.len(), values.len() + 1);
    let mut series = vec![vec![0; bins.bins]; values.len() + 2];
    if let Some((column, dictionary)) = hot(store, select) {
        let dictionary = store.dictionary(dictionary);
        // By cell: 0 is none, others one more than the id.
        let mut series_of = vec![other; dictionary.len() + 1];
        series_of[0] = none;
        for (id, text) in dictionary.iter().enumerate() {
            if let Some(at) = values.iter().position(|value| value.as_bytes() == text) {
                series_of[id + 1] = at;
            }
        }
        bins.for_each(store, rows, |row, bin| series[series_of[column.get(row) as usize]][bin] += 1);
        return series;
    }
    let mut series_of = vec![none as u32; store.rows() as usize];
    // What was looked at as text once is known, unless nearly every event has a value of its own.
    const KNOWN: usize = 65_536;
    let mut known: HashMap<Value, u32> = HashMap::new();
    each_value(store, rows, select, &mut |value, row| {
        let at = known.get(&value).copied().unwrap_or_else(|| {
            let text = value.text(store);
            let at = values.iter().position(|value| *value == text).unwrap_or(other) as u32;
            if known.len() < KNOWN {
                known.insert(value, at);
            }
            at
        });
        // None comes after other, and other after all that are named, so the least wins: it does not matter in which order
        // a shard comes by the values of an event.
        let series = &mut series_of[row as usize];
        *series = at.min(*series);
    });
    bins.for_each(store, rows, |row, bin| series[series_of[row] as usize][bin] += 1);
    series
}

/// The column of a field that has one value a row at most, and all of them in one column; and its dictionary.
pub(super) fn hot<'a>(store: &'a Store, select: &Select) -> Option<(&'a Dense, u32)> {
    if let Some(derived) = select.derived().filter(|&derived| derived != Derived::Resource) {
        return Some((store.derived().column(derived), store.derived_dictionary(derived)));
    }
    let path = select::plain_path(store, select)?;
    let hot = store.hot_of(path).filter(|&hot| store.hot().is_exact(hot))?;
    Some((store.hot().column(hot), store.hot_dictionary(hot)))
}

/// Whether counting the values of a field is quick.
pub(super) fn is_quick(store: &Store, select: &Select) -> bool {
    select.derived().is_some() || hot(store, select).is_some()
}

/// How many of the rows have each cell of a column.
pub(super) fn by_cell(column: &Dense, rows: &Rows, cells: usize) -> Vec<u64> {
    let mut counts = vec![0u64; cells];
    match column {
        Dense::Zero(_) => counts.iter_mut().take(1).for_each(|none| *none = rows.count_ones(..) as u64),
        Dense::One(cells) => rows.ones().for_each(|row| counts[usize::from(cells[row])] += 1),
        Dense::Two(cells) => rows.ones().for_each(|row| counts[usize::from(cells[row])] += 1),
        Dense::Four(cells) => rows.ones().for_each(|row| counts[cells[row] as usize] += 1),
    }
    counts
}

/// Events by resource: events are counted by their sets of resources first, of which there are far fewer.
fn resource_counts(store: &Store, rows: &Rows, each: &mut impl FnMut(&str, u64)) -> u64 {
    let columns = store.derived();
    let dictionary = store.dictionary(store.derived_dictionary(Derived::Resource));
    let by_set = by_cell(columns.column(Derived::Resource), rows, columns.sets() as usize + 1);
    let mut by_id = vec![0u64; dictionary.len()];
    for set in 0..columns.sets() {
        let count = by_set[set as usize + 1];
        if count > 0 {
            columns.set(set).iter().for_each(|&id| by_id[id as usize] += count);
        }
    }
    by_text(dictionary, &by_id, each);
    by_set[0]
}

/// Calls `each` with every text that was counted under any of its ids.
fn by_text(dictionary: &Dictionary, by_id: &[u64], each: &mut impl FnMut(&str, u64)) {
    let found = by_id.iter().enumerate().filter(|&(_, &count)| count > 0);
    let found = found.map(|(id, &count)| (dictionary.text(id as u32), count));
    if dictionary.is_distinct() {
        found.for_each(|(text, count)| each(text, count));
        return;
    }
    let mut sums: HashMap<&str, u64> = HashMap::new();
    found.for_each(|(text, count)| *sums.entry(text).or_default() += count);
    sums.into_iter().for_each(|(text, count)| each(text, count));
}

fn counts(store: &Store, rows: &Rows, select: &Select) -> Counts {
    let mut values = Vec::new();
    let none = each_count(store, rows, select, &mut |text, count| values.push((text.to_owned(), count)));
    Counts { values, none }
}

/// Calls `each` with every value of a field, once, and the events that have it; the events that have none. Values in
/// secret places are one, [`secret::MASK`].
pub(super) fn each_count(store: &Store, rows: &Rows, select: &Select, each: &mut impl FnMut(&str, u64)) -> u64 {
    if select.derived() == Some(Derived::Resource) {
        return resource_counts(store, rows, each);
    }
    if let Some((column, id)) = hot(store, select) {
        let dictionary = store.dictionary(id);
        let by_cell = by_cell(column, rows, dictionary.len() + 1);
        by_text(dictionary, &by_cell[1..], each);
        return by_cell[0];
    }
    // By value, the events that have it; the last row seen keeps an event with the same value twice from counting twice.
    let mut by_value: HashMap<Value, (u64, u32)> = HashMap::new();
    let mut with = Rows::with_capacity(store.rows() as usize);
    let mut several = false;
    each_value(store, rows, select, &mut |value, row| {
        several |= with.put(row as usize);
        let (count, last) = by_value.entry(value).or_insert((0, u32::MAX));
        if *last != row {
            *count += 1;
            *last = row;
        }
    });
    if several {
        // Values of one event come from several columns, so equal ones need not come one after the other.
        let mut events: HashMap<String, Rows> = HashMap::new();
        each_value(store, rows, select, &mut |value, row| {
            let set = events.entry(value.text(store)).or_insert_with(|| Rows::with_capacity(store.rows() as usize));
            set.insert(row as usize);
        });
        events.into_iter().for_each(|(text, rows)| each(&text, rows.count_ones(..) as u64));
    } else {
        let mut by_text: HashMap<String, u64> = HashMap::with_capacity(by_value.len());
        for (value, (count, _)) in by_value {
            *by_text.entry(value.text(store)).or_default() += count;
        }
        by_text.into_iter().for_each(|(text, count)| each(&text, count));
    }
    (rows.count_ones(..) - with.count_ones(..)) as u64
}

/// A value in the form in which its column has it: cheap to compare, printed only when wanted.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    /// A string or number: its dictionary and id.
    Id(u32, u32),
    Uuid([u8; 16]),
    Time(u32),
    Int(u32),
    Bool(bool),
    /// Of a raw text.
    Text(String),
    /// A secret, whatever it is.
    Secret,
}

impl Value {
    /// A value inside a raw text; null and empty containers are none.
    pub fn of_raw(leaf: &RawLeaf<'_>, secret: bool) -> Option<Self> {
        let text = match leaf {
            RawLeaf::String(text) => String::from_utf8_lossy(text).into_owned(),
            RawLeaf::Number(text) | RawLeaf::Escaped(text) => String::from_utf8_lossy(text).into_owned(),
            RawLeaf::Bool(value) => value.to_string(),
            RawLeaf::Null | RawLeaf::EmptyObject | RawLeaf::EmptyArray => return None,
        };
        Some(if secret { Self::Secret } else { Self::Text(text) })
    }

    /// As it is shown and compared, where that stands somewhere as a text.
    #[must_use]
    pub fn known_text<'a>(&'a self, store: &'a Store) -> Option<&'a str> {
        match self {
            Self::Id(dictionary, id) => Some(store.dictionary(*dictionary).text(*id)),
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// As it is shown and compared.
    #[must_use]
    pub fn text(&self, store: &Store) -> String {
        match self {
            Self::Id(dictionary, id) => store.dictionary(*dictionary).text(*id).to_owned(),
            Self::Uuid(uuid) => String::from_utf8_lossy(&uuid_text(uuid)).into_owned(),
            Self::Time(seconds) => String::from_utf8_lossy(&time::canonical_text(*seconds)).into_owned(),
            Self::Int(cell) => (i64::from(*cell) - INT_BIAS).to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Text(text) => text.clone(),
            Self::Secret => secret::MASK.to_owned(),
        }
    }
}

/// Calls `each` with every value that a field has in the given rows (null and containers are no values).
pub(super) fn each_value(store: &Store, rows: &Rows, select: &Select, each: &mut impl FnMut(Value, u32)) {
    if let Some(derived) = select.derived() {
        let dictionary = store.derived_dictionary(derived);
        for row in rows.ones() {
            store.derived().for_each(derived, row as u32, |id| each(Value::Id(dictionary, id), row as u32));
        }
        return;
    }
    if select.is_message() {
        return message::each(store, rows, |row, text| each(Value::Text(text.to_owned()), row));
    }
    let pattern = Pattern::new(select);
    for (path, progress) in select::walk(store, &pattern, crate::store::path::ROOT) {
        let here = pattern.selects(progress);
        let secret = store.paths().node(path).secret;
        for &(shape, fixed) in store.fixed_at(path) {
            let value = match fixed {
                Fixed::True | Fixed::False if here && secret => Value::Secret,
                Fixed::True if here => Value::Bool(true),
                Fixed::False if here => Value::Bool(false),
                _ => continue,
            };
            for block in store.shapes()[shape as usize].blocks() {
                block.rows().for_each(|_, row| {
                    if rows.contains(row as usize) {
                        each(value.clone(), row);
                    }
                });
            }
        }
        for &(shape, column) in store.leaves(path) {
            let shape = &store.shapes()[shape as usize];
            let column = &shape.columns[column as usize];
            if !here && column.kind != Kind::Json {
                continue;
            }
            for block in shape.blocks() {
                let numbers = block.rows();
                if column.kind == Kind::Uuid {
                    for (at, uuid) in block.uuids(column).enumerate() {
                        let row = numbers.get(at);
                        if rows.contains(row as usize) {
                            each(if secret { Value::Secret } else { Value::Uuid(*uuid) }, row);
                        }
                    }
                    continue;
                }
                block.cells(column).for_each(|at, cell| {
                    let row = numbers.get(at);
                    if !rows.contains(row as usize) {
                        return;
                    }
                    if column.kind == Kind::Json {
                        raw_values(store, column, cell, &pattern, progress, &mut |value| each(value, row));
                        return;
                    }
                    each(if secret { Value::Secret } else { cell_value(column, cell) }, row);
                });
            }
        }
    }
}

fn cell_value(column: &Column, cell: u32) -> Value {
    match column.kind {
        Kind::Time => Value::Time(cell),
        Kind::Int => Value::Int(cell),
        _ => Value::Id(column.dictionary, cell),
    }
}

fn raw_values(
    store: &Store,
    column: &Column,
    id: u32,
    pattern: &Pattern<'_>,
    progress: select::Progress,
    each: &mut impl FnMut(Value),
) {
    let outside = store.paths().node(column.path).secret;
    raw::leaves(store.dictionary(column.dictionary).bytes(id), &mut |steps, leaf| {
        if !pattern.selects(pattern.raw_steps(progress, steps)) {
            return;
        }
        if let Some(value) = Value::of_raw(&leaf, outside || super::scan::is_secret(steps)) {
            each(value);
        }
    });
}
