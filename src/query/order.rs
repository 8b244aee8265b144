//! Rows in an order, and pages of them out of many shards.
//!
//! A shard keeps its own rows sorted. To show rows 900,000 to 900,060 of all, nobody sends 900,000 rows: [`Split`] finds out
//! how many of them each shard contributes by asking for a few keys and how many rows come before them, a few times over.

use super::aggregate::each_value;
use super::predicate::Select;
use super::scan::Rows;
use crate::store::{Row, Store};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// An order of rows. Equal rows stand in the order of time, file path and record number; undated rows and rows without the
/// value come last, whichever way it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What decides first.
    pub by: SortBy,
    /// Largest first.
    pub descending: bool,
}

/// What an [`Order`] goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortBy {
    /// The event's time.
    #[default]
    Time,
    /// A field: numbers before texts, numbers by value, texts by code points; of several values the smallest.
    Field(Select),
}

/// Where a row stands in an order: comparable across shards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SortKey {
    value: Option<SortValue>,
    time: Option<i64>,
    path: String,
    file: u32,
    record: u32,
}

impl SortKey {
    /// The row's time.
    #[must_use]
    pub fn time(&self) -> Option<i64> {
        self.time
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum SortValue {
    Number(f64),
    Text(String),
}

impl SortValue {
    fn of(text: String, number: bool) -> Self {
        match text.parse::<f64>() {
            Ok(value) if number => Self::Number(value),
            _ => Self::Text(text),
        }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

/// What is there before what is not; there, by `cmp`, the other way round when `descending`.
fn compare<T>(a: Option<&T>, b: Option<&T>, descending: bool, cmp: impl Fn(&T, &T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => cmp(b, a),
        (Some(a), Some(b)) => cmp(a, b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

impl Order {
    /// Compares two rows by their keys.
    #[must_use]
    pub fn cmp(&self, a: &SortKey, b: &SortKey) -> Ordering {
        let by_time = self.by == SortBy::Time;
        let down = self.descending && by_time;
        let place = || {
            let place = a.path.cmp(&b.path).then(a.file.cmp(&b.file)).then(a.record.cmp(&b.record));
            if down { place.reverse() } else { place }
        };
        compare(a.value.as_ref(), b.value.as_ref(), self.descending, SortValue::cmp)
            .then_with(|| compare(a.time.as_ref(), b.time.as_ref(), down, i64::cmp))
            .then_with(place)
    }
}

/// All rows of a store in the order of time, file path and record; undated ones last.
#[must_use]
pub fn by_time(store: &Store, files: &[String]) -> Vec<Row> {
    let mut runs: Vec<_> = store.runs().collect();
    let path = |file: u32| files.get(file as usize).map_or("", String::as_str);
    runs.sort_by(|a, b| path(a.2).cmp(path(b.2)).then(a.2.cmp(&b.2)).then(a.3.cmp(&b.3)));
    let mut rows: Vec<Row> = Vec::with_capacity(store.rows() as usize);
    for (first, count, ..) in runs {
        rows.extend(first..first + count);
    }
    // Stable, so that equal times stay in the order of path and record. Radix sort: three passes over the seconds.
    let seconds = store.hot().seconds();
    if store.hot().has_millis() {
        rows.sort_by_key(|&row| store.hot().time(row).unwrap_or(i64::MAX));
    } else {
        let mut other = vec![0; rows.len()];
        for shift in [0, 11, 22] {
            counting_pass(&rows, &mut other, 2_048, |row| (seconds[row as usize] >> shift & 2_047) as usize);
            std::mem::swap(&mut rows, &mut other);
        }
    }
    rows
}

/// One stable pass of a counting sort; `key` is below `keys`.
fn counting_pass(from: &[Row], to: &mut [Row], keys: usize, key: impl Fn(Row) -> usize) {
    let mut starts = vec![0usize; keys + 1];
    from.iter().for_each(|&row| starts[key(row) + 1] += 1);
    for at in 0..keys {
        starts[at + 1] += starts[at];
    }
    for &row in from {
        let at = &mut starts[key(row)];
        to[*at] = row;
        *at += 1;
    }
}

/// The given rows in an order. `timely`: all rows by time, from [`by_time`].
#[must_use]
pub fn sort(store: &Store, rows: &Rows, order: &Order, timely: &[Row]) -> Vec<Row> {
    let mut sorted: Vec<Row> = timely.iter().copied().filter(|&row| rows.contains(row as usize)).collect();
    match &order.by {
        SortBy::Time => {
            if order.descending {
                let dated = sorted.partition_point(|&row| store.hot().time(row).is_some());
                sorted.reverse();
                // Undated rows are last either way; reversed they were first.
                sorted.rotate_left(rows.count_ones(..) - dated);
            }
            sorted
        }
        SortBy::Field(select) => {
            let (ranks, distinct) = ranks(store, rows, select);
            let none = distinct;
            let key = |row: Row| match ranks[row as usize] {
                u32::MAX => none,
                rank if order.descending => distinct - 1 - rank as usize,
                rank => rank as usize,
            };
            let mut out = vec![0; sorted.len()];
            counting_pass(&sorted, &mut out, distinct + 1, key);
            out
        }
    }
}

/// By row, the rank of its smallest value among all values of the field; and the number of ranks.
fn ranks(store: &Store, rows: &Rows, select: &Select) -> (Vec<u32>, usize) {
    // Number each different value as it is met, then rank the numbers.
    let mut numbers = hashbrown::HashMap::new();
    let mut met: Vec<(Row, u32)> = Vec::with_capacity(rows.count_ones(..));
    let mut values: Vec<SortValue> = Vec::new();
    each_value(store, rows, select, &mut |value, row| {
        let number = numbers.len() as u32;
        let number = *numbers.entry(value.clone()).or_insert_with(|| {
            values.push(sort_value(store, &value));
            number
        });
        met.push((row, number));
    });
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_by(|&a, &b| values[a as usize].cmp(&values[b as usize]));
    let mut rank_of = vec![0u32; values.len()];
    let mut rank = 0;
    for (at, &number) in order.iter().enumerate() {
        if at > 0 && values[order[at - 1] as usize].cmp(&values[number as usize]) != Ordering::Equal {
            rank += 1;
        }
        rank_of[number as usize] = rank;
    }
    let mut ranks = vec![u32::MAX; store.rows() as usize];
    for (row, number) in met {
        let known = &mut ranks[row as usize];
        *known = (*known).min(rank_of[number as usize]);
    }
    (ranks, rank as usize + 1)
}

fn sort_value(store: &Store, value: &super::aggregate::Value) -> SortValue {
    use super::aggregate::Value;
    use crate::store::shape::Kind;
    let number = match value {
        Value::Int(_) => true,
        Value::Id(dictionary, _) => store.dictionaries()[*dictionary as usize].kind == Kind::Number,
        _ => false,
    };
    SortValue::of(value.text(store), number)
}

/// The key of a row.
#[must_use]
pub fn key(store: &Store, files: &[String], order: &Order, row: Row) -> SortKey {
    let (file, record) = store.provenance(row);
    let value = match &order.by {
        SortBy::Time => None,
        SortBy::Field(select) => smallest(store, select, row),
    };
    let path = files.get(file as usize).cloned().unwrap_or_default();
    SortKey { value, time: store.hot().time(row), path, file, record }
}

fn smallest(store: &Store, select: &Select, row: Row) -> Option<SortValue> {
    super::cell::values(store, row, select).iter().map(|value| sort_value(store, value)).min_by(SortValue::cmp)
}

/// Finds how a page of all shards' rows is made up of the shards' own rows.
///
/// Of each shard, `low..high` is where its share of the rows before the wanted position may end. Each round takes keys from
/// within those ranges, asks every shard how many of its rows come before each key, and narrows.
#[derive(Clone, Debug)]
pub struct Split {
    wanted: u64,
    ranges: Vec<(u32, u32)>,
    asked: Vec<(usize, u32)>,
}

/// What [`Split`] wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SplitStep {
    /// The keys at these positions of each shard (one list a shard), to be given to every shard for ranking.
    Keys(Vec<Vec<u32>>),
    /// This many rows of each shard come before the wanted position.
    Done(Vec<u32>),
}

/// Keys a shard is asked for in one round.
const KEYS: u32 = 15;

impl Split {
    /// `wanted` rows come before the page; `lengths`: rows that each shard has.
    #[must_use]
    pub fn new(wanted: u64, lengths: &[u32]) -> Self {
        let ranges = lengths.iter().map(|&len| (0, len.min(u32::try_from(wanted).unwrap_or(u32::MAX)))).collect();
        Self { wanted, ranges, asked: Vec::new() }
    }

    /// What to ask now.
    pub fn step(&mut self) -> SplitStep {
        let (low, high): (u64, u64) =
            self.ranges.iter().fold((0, 0), |(low, high), range| (low + u64::from(range.0), high + u64::from(range.1)));
        if high <= self.wanted {
            return SplitStep::Done(self.ranges.iter().map(|range| range.1).collect());
        }
        if low == self.wanted {
            return SplitStep::Done(self.ranges.iter().map(|range| range.0).collect());
        }
        self.asked.clear();
        let mut keys = Vec::new();
        for (shard, &(low, high)) in self.ranges.iter().enumerate() {
            let span = high - low;
            let count = span.min(KEYS);
            let places: Vec<u32> =
                (0..count).map(|at| low + (u64::from(span) * u64::from(at) / u64::from(count)) as u32).collect();
            self.asked.extend(places.iter().map(|&place| (shard, place)));
            keys.push(places);
        }
        SplitStep::Keys(keys)
    }

    /// The answers: for each shard, how many of its rows come before each of the keys, in the order in which they were
    /// asked for, shard after shard.
    pub fn ranked(&mut self, ranks: &[Vec<u32>]) {
        for at in 0..self.asked.len() {
            let before: u64 = ranks.iter().map(|ranks| u64::from(ranks[at])).sum();
            let (owner, place) = self.asked[at];
            for (shard, range) in self.ranges.iter_mut().enumerate() {
                let rank = ranks[shard][at];
                if before < self.wanted {
                    // The key's row is inside the first `wanted` rows, and so is all before it.
                    let least = if shard == owner { place + 1 } else { rank };
                    range.0 = range.0.max(least);
                } else {
                    range.1 = range.1.min(rank);
                }
            }
        }
    }
}
