//! Questions about fields rather than events: their commonest values, and which of them there are.

use super::protocol::{Ask, Reply};
use super::questions::{Lost, Shards, ask_all};
use crate::query::facet::{Facet, FacetAsk, FacetValues, Merge};
use crate::query::predicate::{Predicate, Select, TimeRange};
use std::collections::BTreeMap;

/// The events that a predicate and a range of time leave, and the commonest values of some fields among them.
///
/// # Errors
/// See [`Lost`].
pub async fn facets(
    shards: &impl Shards,
    predicate: &Predicate,
    range: TimeRange,
    facets: Vec<Facet>,
) -> Result<(u64, Vec<FacetValues>), Lost> {
    let mut merges: Vec<Merge> = facets.into_iter().map(|facet| Merge::new(facet, shards.count())).collect();
    let mut rows = 0;
    loop {
        let open: Vec<(usize, FacetAsk)> =
            merges.iter().enumerate().filter_map(|(at, merge)| Some((at, merge.next()?))).collect();
        if open.is_empty() {
            return Ok((rows, merges.into_iter().map(Merge::finish).collect()));
        }
        let asks = open.iter().map(|(_, ask)| ask.clone()).collect();
        let ask = Ask::Facets { predicate: predicate.clone(), range, facets: asks };
        let mut by_facet = vec![Vec::new(); open.len()];
        rows = 0;
        for reply in ask_all(shards, ask).await? {
            let Reply::Facets(found, parts) = reply else { return Err(Lost) };
            if parts.len() != open.len() {
                return Err(Lost);
            }
            rows += found;
            by_facet.iter_mut().zip(parts).for_each(|(all, part)| all.push(part));
        }
        for ((at, ask), parts) in open.into_iter().zip(by_facet) {
            merges[at].add(&ask, parts);
        }
    }
}

/// Fields, and how many events have each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldCounts {
    /// The events that a predicate and a range of time leave.
    pub rows: u64,
    /// Every path that holds values in any event of the case, in the order of their texts.
    pub paths: Vec<(String, u64)>,
    /// The fields asked for, in that order.
    pub selects: Vec<u64>,
}

/// How many of the events have each path and each of some fields.
///
/// # Errors
/// See [`Lost`].
pub async fn field_counts(
    shards: &impl Shards,
    predicate: Predicate,
    range: TimeRange,
    selects: Vec<Select>,
) -> Result<FieldCounts, Lost> {
    let mut sum = FieldCounts { selects: vec![0; selects.len()], ..FieldCounts::default() };
    let mut by_path: BTreeMap<String, u64> = BTreeMap::new();
    for reply in ask_all(shards, Ask::PathCounts { predicate, range, selects }).await? {
        let Reply::PathCounts { rows, paths, selects } = reply else { return Err(Lost) };
        sum.rows += rows;
        paths.into_iter().for_each(|(path, events)| *by_path.entry(path).or_default() += events);
        sum.selects.iter_mut().zip(selects).for_each(|(sum, events)| *sum += events);
    }
    sum.paths = by_path.into_iter().collect();
    Ok(sum)
}
