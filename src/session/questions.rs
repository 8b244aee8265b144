//! Questions to all shards at once, and the one answer out of theirs. Written against a trait, so that the page (workers,
//! messages) and the native engine (threads) cannot differ in it.

use super::protocol::{Ask, EventRow, Reply};
use crate::query::aggregate::{Aggregate, Answer};
use crate::query::order::{Order, SortKey, Split, SplitStep};
use crate::query::predicate::{Predicate, Select, TimeRange};
use crate::store::Row;
use crate::trail::Derived;
use std::collections::BTreeMap;

/// A shard went away before it answered, or answered something else: the answer as a whole cannot be had. Whoever asked
/// asks again once the shard is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost;

/// All shards of a case.
pub trait Shards {
    /// How many there are.
    fn count(&self) -> usize;

    /// Asks every shard something of its own, all at the same time; replies in the order of the shards.
    fn ask(&self, asks: Vec<Ask>) -> impl Future<Output = Result<Vec<Reply>, Lost>>;
}

/// Asks every shard the same.
///
/// # Errors
/// See [`Lost`].
pub async fn ask_all(shards: &impl Shards, ask: Ask) -> Result<Vec<Reply>, Lost> {
    shards.ask(vec![ask; shards.count()]).await
}

/// Aggregates over the whole case.
///
/// # Errors
/// See [`Lost`].
pub async fn aggregates(
    shards: &impl Shards,
    predicate: Predicate,
    aggregates: Vec<(TimeRange, Aggregate)>,
) -> Result<Vec<Answer>, Lost> {
    let mut sum: Option<Vec<Answer>> = None;
    for reply in ask_all(shards, Ask::Aggregates { predicate, aggregates }).await? {
        let Reply::Aggregates(answers) = reply else { return Err(Lost) };
        match &mut sum {
            None => sum = Some(answers),
            Some(sum) => sum.iter_mut().zip(answers).for_each(|(sum, answer)| sum.merge(answer)),
        }
    }
    sum.ok_or(Lost)
}

/// How many events each of these predicates leaves within its range of time.
///
/// # Errors
/// See [`Lost`].
pub async fn counts(shards: &impl Shards, wanted: Vec<(Predicate, TimeRange)>) -> Result<Vec<u64>, Lost> {
    let mut sum = vec![0; wanted.len()];
    for reply in ask_all(shards, Ask::Counts(wanted)).await? {
        let Reply::Counts(counts) = reply else { return Err(Lost) };
        sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    Ok(sum)
}

/// A list of events that stands in the shards.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// Its order.
    pub order: Order,
    /// Events by shard.
    lengths: Vec<u32>,
}

/// Makes a list of events in the shards.
///
/// # Errors
/// See [`Lost`].
pub async fn list(shards: &impl Shards, predicate: Predicate, range: TimeRange, order: Order) -> Result<List, Lost> {
    let replies = ask_all(shards, Ask::List { predicate, range, order: order.clone() }).await?;
    let lengths = replies.into_iter().map(|reply| match reply {
        Reply::List(length) => Ok(length),
        _ => Err(Lost),
    });
    Ok(List { order, lengths: lengths.collect::<Result<_, _>>()? })
}

impl List {
    /// Events in the list.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.lengths.iter().map(|&length| u64::from(length)).sum()
    }

    /// Events by shard.
    pub(super) fn lengths(&self) -> &[u32] {
        &self.lengths
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The events from position `from` on, `count` of them where there are so many, with the shard of each.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn page(
        &self,
        shards: &impl Shards,
        from: u64,
        count: u32,
        columns: &[Select],
    ) -> Result<Vec<(usize, EventRow)>, Lost> {
        let starts = self.split(shards, from).await?;
        let asks =
            starts.iter().map(|&from| Ask::Rows { from, to: from.saturating_add(count), columns: columns.to_vec() });
        let mut rows: Vec<(SortKey, usize, EventRow)> = Vec::new();
        for (shard, reply) in shards.ask(asks.collect()).await?.into_iter().enumerate() {
            let Reply::Rows(found) = reply else { return Err(Lost) };
            rows.extend(found.into_iter().map(|(key, row)| (key, shard, row)));
        }
        rows.sort_by(|(a, ..), (b, ..)| self.order.cmp(a, b));
        rows.truncate(count as usize);
        Ok(rows.into_iter().map(|(_, shard, row)| (shard, row)).collect())
    }

    /// How many of the first `wanted` events each shard has.
    pub(super) async fn split(&self, shards: &impl Shards, wanted: u64) -> Result<Vec<u32>, Lost> {
        let mut split = Split::new(wanted, &self.lengths);
        loop {
            let places = match split.step() {
                SplitStep::Done(counts) => return Ok(counts),
                SplitStep::Keys(places) => places,
            };
            let mut keys = Vec::new();
            for reply in shards.ask(places.into_iter().map(Ask::Keys).collect()).await? {
                let Reply::Keys(found) = reply else { return Err(Lost) };
                keys.extend(found);
            }
            split.ranked(&ranks(shards, keys).await?);
        }
    }

    /// The position of an event in the list; `None` when it is not in it.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn position(&self, shards: &impl Shards, shard: usize, row: Row) -> Result<Option<u64>, Lost> {
        // A row number means something in its own shard only; the others are asked for a row that nobody has.
        let asks = (0..shards.count()).map(|at| Ask::Find(if at == shard { row } else { Row::MAX }));
        let replies = shards.ask(asks.collect()).await?;
        let Some(Reply::Find(key)) = replies.into_iter().nth(shard) else { return Err(Lost) };
        let Some(key) = key else { return Ok(None) };
        let ranks = ranks(shards, vec![key]).await?;
        Ok(Some(ranks.iter().filter_map(|ranks| ranks.first()).map(|&rank| u64::from(rank)).sum()))
    }
}

async fn ranks(shards: &impl Shards, keys: Vec<SortKey>) -> Result<Vec<Vec<u32>>, Lost> {
    let wanted = keys.len();
    let replies = ask_all(shards, Ask::Rank(keys)).await?;
    let ranks = replies.into_iter().map(|reply| match reply {
        Reply::Rank(ranks) if ranks.len() == wanted => Ok(ranks),
        _ => Err(Lost),
    });
    ranks.collect()
}

/// The JSON of one event.
///
/// # Errors
/// See [`Lost`].
pub async fn record(shards: &impl Shards, shard: usize, row: Row, reveal: bool) -> Result<String, Lost> {
    let asks = (0..shards.count()).map(|at| Ask::Record { row: if at == shard { row } else { Row::MAX }, reveal });
    match shards.ask(asks.collect()).await?.into_iter().nth(shard) {
        Some(Reply::Record(text)) => Ok(text),
        _ => Err(Lost),
    }
}

/// The derived values of one event.
///
/// # Errors
/// See [`Lost`].
pub async fn derived(shards: &impl Shards, shard: usize, row: Row) -> Result<Vec<(Derived, String)>, Lost> {
    let asks = (0..shards.count()).map(|at| Ask::Derived(if at == shard { row } else { Row::MAX }));
    match shards.ask(asks.collect()).await?.into_iter().nth(shard) {
        Some(Reply::Derived(values)) => Ok(values),
        _ => Err(Lost),
    }
}

/// The hash of one event's id, which is the same in every case that has the event; `None` when there is no such row.
///
/// # Errors
/// See [`Lost`].
pub async fn identity(shards: &impl Shards, shard: usize, row: Row) -> Result<Option<u64>, Lost> {
    let asks = (0..shards.count()).map(|at| Ask::Identity(if at == shard { row } else { Row::MAX }));
    match shards.ask(asks.collect()).await?.into_iter().nth(shard) {
        Some(Reply::Identity(identity)) => Ok(identity),
        _ => Err(Lost),
    }
}

/// The values of a field of one event; `None` for one that is secret.
///
/// # Errors
/// See [`Lost`].
pub async fn values(
    shards: &impl Shards,
    shard: usize,
    row: Row,
    select: &Select,
) -> Result<Vec<Option<String>>, Lost> {
    let row = |at: usize| if at == shard { row } else { Row::MAX };
    let asks = (0..shards.count()).map(|at| Ask::Values { row: row(at), select: select.clone() });
    match shards.ask(asks.collect()).await?.into_iter().nth(shard) {
        Some(Reply::Values(values)) => Ok(values),
        _ => Err(Lost),
    }
}

/// The event whose id has this hash: its shard, its number there, its file and its record. Of several, the first of the
/// file with the lowest number.
///
/// # Errors
/// See [`Lost`].
pub async fn identified(shards: &impl Shards, identity: u64) -> Result<Option<(usize, Row, u32, u32)>, Lost> {
    let mut found = Vec::new();
    for (shard, reply) in ask_all(shards, Ask::Identified(identity)).await?.into_iter().enumerate() {
        let Reply::Identified(rows) = reply else { return Err(Lost) };
        found.extend(rows.into_iter().map(|(row, file, record)| (shard, row, file, record)));
    }
    Ok(found.into_iter().min_by_key(|&(.., file, record)| (file, record)))
}

/// Of each field, whether no event has it; and all paths there are, when some field does not occur.
///
/// # Errors
/// See [`Lost`].
pub async fn unknown_fields(shards: &impl Shards, fields: Vec<Select>) -> Result<(Vec<bool>, Vec<String>), Lost> {
    let mut unknown = vec![true; fields.len()];
    let mut paths = Vec::new();
    for reply in ask_all(shards, Ask::Fields(fields)).await? {
        let Reply::Fields(there, known) = reply else { return Err(Lost) };
        unknown.iter_mut().zip(there).for_each(|(unknown, there)| *unknown &= !there);
        paths.extend(known);
    }
    paths.sort_unstable();
    paths.dedup();
    Ok((unknown, paths))
}

/// All paths that hold values.
///
/// # Errors
/// See [`Lost`].
pub async fn paths(shards: &impl Shards) -> Result<Vec<String>, Lost> {
    let mut all = Vec::new();
    for reply in ask_all(shards, Ask::Paths).await? {
        let Reply::Paths(paths) = reply else { return Err(Lost) };
        all.extend(paths);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Values of fields that contain what was typed, the best first: those that begin with it before those that contain it, then
/// the commonest. The counts are of what each shard offered, so they may be too low for values rare in some.
///
/// # Errors
/// See [`Lost`].
pub async fn suggestions(
    shards: &impl Shards,
    selects: Vec<Select>,
    typed: String,
    limit: usize,
) -> Result<Vec<(String, Option<u64>)>, Lost> {
    let folded = crate::query::text::fold(&typed).into_owned();
    // Each shard offers more than is wanted, so that what is common in all is not missed for being just below in some.
    let ask = Ask::Suggest { selects, typed, limit: limit as u32 * 8 };
    let mut all: BTreeMap<String, Option<u64>> = BTreeMap::new();
    for reply in ask_all(shards, ask).await? {
        let Reply::Suggest(values) = reply else { return Err(Lost) };
        for (value, count) in values {
            let known = all.entry(value).or_default();
            *known = known.map_or(count, |known| Some(known + count.unwrap_or_default()));
        }
    }
    let mut all: Vec<_> = all.into_iter().collect();
    let begins = |value: &str| crate::query::text::fold(value).starts_with(&*folded);
    all.sort_by_cached_key(|(value, count)| (!begins(value), std::cmp::Reverse(*count)));
    all.truncate(limit);
    Ok(all)
}
