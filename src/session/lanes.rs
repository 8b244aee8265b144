//! Questions about lanes to all shards, and the one answer out of theirs: exact, however the files were dealt out.

use super::protocol::{Ask, EventRow, Reply};
use super::questions::{Lost, Shards, ask_all};
use crate::query::lanes::{Bins, Density, LaneOrder, Mark, Marked, Part, Sums, hash};
use crate::query::order::{Order, SortBy, SortKey};
use crate::query::predicate::{Predicate, Select, TimeRange};
use crate::store::Row;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The events that lanes are of.
#[derive(Clone, Debug, PartialEq)]
pub struct Events {
    /// Which.
    pub predicate: Predicate,
    /// Which of them by time.
    pub range: TimeRange,
    /// The field whose values have a lane each.
    pub select: Select,
    /// Which of them are set off.
    pub marked: Marked,
}

/// Some of the lanes there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaneList {
    /// How many values have a lane, those set apart not counted.
    pub total: u64,
    /// The first lanes in the order asked for.
    pub lanes: Vec<(String, Sums)>,
    /// The lanes asked for by name, in that order.
    pub named: Vec<(String, Sums)>,
    /// The events without the field.
    pub none: Sums,
}

/// The first `limit` lanes in an order, and those of the values `named`. Lanes of `named` and `hidden` have no place in the
/// order.
///
/// # Errors
/// See [`Lost`].
pub async fn lanes(
    shards: &impl Shards,
    events: &Events,
    order: LaneOrder,
    limit: u32,
    named: &[String],
    hidden: &[String],
) -> Result<LaneList, Lost> {
    let Events { predicate, range, select, marked } = events.clone();
    let apart: Vec<String> = named.iter().chain(hidden).cloned().collect();
    let mut parts: Vec<Part> = Vec::new();
    for reply in ask_all(shards, Ask::Lanes { predicate, range, select, marked, order, limit, apart }).await? {
        let Reply::Lanes(part) = reply else { return Err(Lost) };
        parts.push(part);
    }
    let mut none = Sums::default();
    parts.iter().for_each(|part| none.add(&part.none));
    // A lane among the first `limit` of all is among the first of some shard, except by count: there the shards can each
    // have a little of it. The values of those are asked for by their hashes.
    let mut values: Vec<String> = Vec::new();
    let mut known: HashMap<u64, u64> = HashMap::new();
    for (value, sums) in parts.iter().flat_map(|part| &part.top) {
        let hash = hash(value);
        if !known.contains_key(&hash) {
            values.push(value.clone());
        }
        *known.entry(hash).or_default() += sums.events;
    }
    let mut total = known.len() as u64;
    let mut scattered: Vec<(u64, u64)> = Vec::new();
    each_rest(&parts, |hash, events, shards| match known.get_mut(&hash) {
        Some(sum) => *sum += events,
        None => {
            total += 1;
            if shards > 1 && order == LaneOrder::Count {
                scattered.push((hash, events));
            }
        }
    });
    let mut counts: Vec<u64> = known.values().copied().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let least = (limit as usize).checked_sub(1).and_then(|last| counts.get(last)).copied().unwrap_or(0);
    let hashes: Vec<u64> =
        scattered.into_iter().filter(|&(_, events)| events >= least && limit > 0).map(|(hash, _)| hash).collect();
    if parts.len() == 1 && named.is_empty() {
        // Nothing to add up.
        let lanes = parts.pop().map(|part| part.top).unwrap_or_default();
        return Ok(LaneList { total, lanes, named: Vec::new(), none });
    }
    let candidates = values.len();
    values.extend(named.iter().cloned());
    let (sums, found) = sums(shards, events, &values, hashes).await?;
    let mut all: Vec<(String, Sums)> = values.into_iter().zip(sums).collect();
    let named = all.split_off(candidates);
    all.extend(found);
    all.sort_by(|a, b| order.cmp((&a.1, &a.0), (&b.1, &b.0)));
    all.truncate(limit as usize);
    Ok(LaneList { total, lanes: all, named, none })
}

/// Calls `each` with every hash in the rests of the shards once: the hash, its events, and how many shards have it there.
fn each_rest(parts: &[Part], mut each: impl FnMut(u64, u64, usize)) {
    let mut places = vec![0; parts.len()];
    loop {
        let at = |shard: usize, place: usize| parts[shard].rest.get(place);
        let next = places.iter().enumerate().filter_map(|(shard, &place)| Some(at(shard, place)?.0)).min();
        let Some(next) = next else { return };
        let (mut events, mut shards) = (0, 0);
        for (shard, place) in places.iter_mut().enumerate() {
            let before = *place;
            while let Some(&(_, count)) = at(shard, *place).filter(|(hash, _)| *hash == next) {
                events += count;
                *place += 1;
            }
            shards += usize::from(*place > before);
        }
        each(next, events, shards);
    }
}

/// Sums of the lanes of values, in the order of the values; and the lanes of which only hashes are known.
async fn sums(
    shards: &impl Shards,
    events: &Events,
    values: &[String],
    hashes: Vec<u64>,
) -> Result<(Vec<Sums>, Vec<(String, Sums)>), Lost> {
    let Events { predicate, range, select, marked } = events.clone();
    let mut sums = vec![Sums::default(); values.len()];
    let mut found: BTreeMap<String, Sums> = BTreeMap::new();
    let known: HashSet<&String> = values.iter().collect();
    let ask = Ask::LaneSums { predicate, range, select, marked, values: values.to_vec(), hashes };
    for reply in ask_all(shards, ask).await? {
        let Reply::LaneSums(by_value, by_hash) = reply else { return Err(Lost) };
        sums.iter_mut().zip(&by_value).for_each(|(sum, part)| sum.add(part));
        for (value, part) in by_hash.into_iter().filter(|(value, _)| !known.contains(value)) {
            found.entry(value).or_default().add(&part);
        }
    }
    Ok((sums, found.into_iter().collect()))
}

/// Lanes over time, of all shards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lanes {
    /// Events, by lane and then by bin.
    pub events: Vec<u32>,
    /// Those of them that are marked.
    pub marked: Vec<u32>,
    /// The events one by one with their shards, in the order of lane and time, where there are few enough.
    pub marks: Option<Vec<(usize, Mark)>>,
}

/// The lanes of some values (`None`: of the events without the field) over time, and the events one by one where there are
/// at most `most`.
///
/// # Errors
/// See [`Lost`].
pub async fn density(
    shards: &impl Shards,
    events: &Events,
    values: Vec<Option<String>>,
    bins: Bins,
    most: u32,
) -> Result<Lanes, Lost> {
    let Events { predicate, range, select, marked } = events.clone();
    let mut sum: Option<Lanes> = None;
    let ask = Ask::Density { predicate, range, select, marked, values, bins, marks: most };
    for (shard, reply) in ask_all(shards, ask).await?.into_iter().enumerate() {
        let Reply::Density(Density { events, marked, marks }) = reply else { return Err(Lost) };
        let marks = marks.map(|marks| marks.into_iter().map(|mark| (shard, mark)).collect::<Vec<_>>());
        match &mut sum {
            None => sum = Some(Lanes { events, marked, marks }),
            Some(sum) => {
                sum.events.iter_mut().zip(events).for_each(|(sum, part)| *sum += part);
                sum.marked.iter_mut().zip(marked).for_each(|(sum, part)| *sum += part);
                sum.marks = sum.marks.take().zip(marks).map(|(mut sum, part)| {
                    sum.extend(part);
                    sum
                });
            }
        }
    }
    let mut sum = sum.ok_or(Lost)?;
    sum.marks = sum.marks.filter(|marks| marks.len() <= most as usize);
    if let Some(marks) = &mut sum.marks {
        marks.sort_by_key(|(shard, mark)| (mark.lane, mark.time, mark.file, mark.record, *shard));
    }
    Ok(sum)
}

/// Where one event stands: its key in the order of time, and its values of a field.
///
/// # Errors
/// See [`Lost`].
pub async fn place(
    shards: &impl Shards,
    shard: usize,
    row: Row,
    select: &Select,
) -> Result<Option<(SortKey, Vec<String>)>, Lost> {
    let asks = (0..shards.count())
        .map(|at| Ask::Place { row: if at == shard { row } else { Row::MAX }, select: select.clone() });
    match shards.ask(asks.collect()).await?.into_iter().nth(shard) {
        Some(Reply::Place(place)) => Ok(place),
        _ => Err(Lost),
    }
}

/// Where a look for a neighbour begins.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum From {
    /// At an event, which is not its own neighbour.
    Event(SortKey),
    /// At an instant: later is what happened then or after, earlier what happened before.
    Time(i64),
}

/// The next event (`later`) or the one before in the lane of a value, in the order of time, with its shard.
///
/// # Errors
/// See [`Lost`].
pub async fn neighbour(
    shards: &impl Shards,
    events: &Events,
    value: Option<String>,
    from: From,
    later: bool,
) -> Result<Option<(usize, EventRow)>, Lost> {
    let Events { predicate, range, select, .. } = events.clone();
    let order = Order { by: SortBy::Time, descending: false };
    let mut best: Option<(SortKey, usize, EventRow)> = None;
    let ask = Ask::Neighbour { predicate, range, select, value, from, later };
    for (shard, reply) in ask_all(shards, ask).await?.into_iter().enumerate() {
        let Reply::Neighbour(found) = reply else { return Err(Lost) };
        let Some((key, row)) = found else { continue };
        let better = best.as_ref().is_none_or(|(known, ..)| order.cmp(&key, known).is_lt() == later);
        if better {
            best = Some((key, shard, row));
        }
    }
    Ok(best.map(|(_, shard, row)| (shard, row)))
}
