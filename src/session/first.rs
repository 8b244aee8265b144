//! A look at what a predicate holds for: its first events by time, or its last ones, with values of theirs. It leaves the
//! list that the table stands on alone, and any number of looks go on at a time.

use super::protocol::{Ask, EventRow, Reply};
use super::questions::{Lost, Shards};
use crate::query::order::{self, Order, SortBy, SortKey};
use crate::query::predicate::{Predicate, TimeRange};
use crate::query::scan::Rows;
use crate::query::series::{self, Source};
use crate::store::{Row, Store};
use serde::{Deserialize, Serialize};

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct First {
    /// Which events.
    pub predicate: Predicate,
    /// Which of them by time.
    pub range: TimeRange,
    /// Only those that come after this one in the order.
    pub after: Option<SortKey>,
    /// How many at most.
    pub count: u32,
    /// What to show of each.
    pub columns: Vec<Source>,
    /// Characters of a value that are shown; what is longer ends in an ellipsis.
    pub longest: u32,
    /// The latest first.
    pub descending: bool,
}

impl First {
    fn order(&self) -> Order {
        Order { by: SortBy::Time, descending: self.descending }
    }
}

/// The events, each with its key and its shard.
///
/// # Errors
/// See [`Lost`].
pub async fn first(shards: &impl Shards, wanted: First) -> Result<Vec<(SortKey, usize, EventRow)>, Lost> {
    let (order, count) = (wanted.order(), wanted.count as usize);
    let mut rows = Vec::new();
    for (shard, reply) in shards.ask(vec![Ask::First(wanted); shards.count()]).await?.into_iter().enumerate() {
        let Reply::Rows(found) = reply else { return Err(Lost) };
        rows.extend(found.into_iter().map(|(key, row)| (key, shard, row)));
    }
    rows.sort_by(|(a, ..), (b, ..)| order.cmp(a, b));
    rows.truncate(count);
    Ok(rows)
}

/// Those of one shard. `timely`: all its rows in the order of time; `rows`: those of the predicate within the range.
pub(super) fn pick(
    store: &Store,
    files: &[String],
    timely: &[Row],
    rows: &Rows,
    wanted: &First,
) -> Vec<(SortKey, EventRow)> {
    let order = wanted.order();
    let key = |row: Row| order::key(store, files, &order, row);
    let there = |row: &&Row| rows.contains(**row as usize);
    // Undated events come last, whichever way it goes.
    let (dated, undated) = timely.split_at(timely.partition_point(|&row| store.hot().time(row).is_some()));
    let mut picked: Vec<Row> = Vec::new();
    for part in [dated, undated] {
        let room = wanted.count as usize - picked.len();
        // What stands before the one that was last comes before it in the order, so halves can be left aside.
        let is_seen = |row: Row| wanted.after.as_ref().is_some_and(|after| !order.cmp(&key(row), after).is_gt());
        if wanted.descending {
            let end = part.partition_point(|&row| !is_seen(row));
            picked.extend(part[..end].iter().rev().filter(there).take(room));
        } else {
            let start = part.partition_point(|&row| is_seen(row));
            picked.extend(part[start..].iter().filter(there).take(room));
        }
    }
    let columns: Vec<Vec<Option<String>>> =
        wanted.columns.iter().map(|source| series::texts(store, &picked, source, wanted.longest as usize)).collect();
    let event = |(at, &row): (usize, &Row)| {
        let (file, record) = store.provenance(row);
        let cells = columns.iter().map(|column| column[at].clone()).collect();
        (key(row), EventRow { row, file, record, time: store.hot().time(row), cells })
    };
    picked.iter().enumerate().map(event).collect()
}
