//! Facets: the commonest values of a field, exact though no shard says all that it has. Each shard sends its commonest
//! values, and the count that all others stay below; [`Merge`] adds them up and says what has still to be asked before the
//! order is certain (the threshold algorithm of Fagin, Lotem and Naor, asked in rounds). And the paths there are, with the
//! number of events that have each.

use super::aggregate::{by_cell, each_count, is_quick};
use super::predicate::{Compare, Predicate, Select, Test};
use super::scan::{self, Rows};
use super::text::fold;
use crate::store::path::PathId;
use crate::store::shape::Fixed;
use crate::store::{Store, secret};
use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A shard sends so many values at least: most fields have no more, and are answered at once.
const FEWEST: usize = 256;

/// And so many at most. Where thousands of values are equally rare, which of them are listed first is not worth more.
const MOST: usize = 16_384;

/// So often is asked at most.
const ROUNDS: u32 = 4;

/// What is asked of a shard about one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetAsk {
    /// The field.
    pub select: Select,
    /// Only values that contain this text, case ignored.
    pub contains: String,
    /// The commonest values, so many.
    pub limit: u32,
    /// Of them only those that so many events have.
    pub least: u64,
    /// And these values, however rare, with all that differ from them in case alone.
    pub named: Vec<String>,
}

/// What a shard says about one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetPart {
    /// The commonest values, commonest first, equals in the order of their code points.
    pub top: Vec<(String, u64)>,
    /// No value that is not among them is in more events; 0 when they are all.
    pub bound: u64,
    /// The values asked for by name, as far as they are there.
    pub named: Vec<(String, u64)>,
    /// Events without the field.
    pub none: u64,
    /// Different values that contain the text.
    pub distinct: u64,
}

/// What a person wants to know about one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The field.
    pub select: Select,
    /// Only values that contain this text, case ignored.
    pub contains: String,
    /// So many of the commonest values.
    pub limit: usize,
    /// Values to count in any case.
    pub named: Vec<String>,
}

/// The values of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacetValues {
    /// The commonest values, commonest first, equals in the order of their code points.
    pub top: Vec<(String, u64)>,
    /// The values asked for by name that there are; they may be among the commonest, too.
    pub named: Vec<(String, u64)>,
    /// Events without the field.
    pub none: u64,
    /// Different values; see `all_known`.
    pub distinct: u64,
    /// `distinct` is exact; else there are at least so many.
    pub all_known: bool,
    /// Values that are not listed may be in so many events; 0 when none is in more than any listed.
    pub doubt: u64,
}

/// Commonest first, equals in the order of their code points.
fn commoner((a, n): (&str, u64), (b, m): (&str, u64)) -> Ordering {
    m.cmp(&n).then_with(|| a.cmp(b))
}

/// The commonest values of many that pass by.
struct Best {
    limit: usize,
    kept: Vec<(String, u64)>,
    /// Values that come after this one are not among the commonest.
    worst: Option<(String, u64)>,
    bound: u64,
}

impl Best {
    fn push(&mut self, text: &str, count: u64) {
        if self.worst.as_ref().is_some_and(|(worst, n)| commoner((text, count), (worst, *n)).is_gt()) {
            self.bound = self.bound.max(count);
            return;
        }
        self.kept.push((text.to_owned(), count));
        if self.kept.len() >= self.limit * 2 + 64 {
            self.cut(self.limit);
            self.worst = self.kept.last().cloned();
        }
    }

    fn cut(&mut self, to: usize) {
        self.kept.sort_unstable_by(|(a, n), (b, m)| commoner((a, *n), (b, *m)));
        if let Some((_, first_out)) = self.kept.get(to) {
            self.bound = self.bound.max(*first_out);
        }
        self.kept.truncate(to);
    }
}

/// What a shard has to say about one field.
#[must_use]
pub fn part(store: &Store, rows: &Rows, ask: &FacetAsk) -> FacetPart {
    let mut part = FacetPart::default();
    let limit = (ask.limit as usize).clamp(1, MOST);
    let mut best = Best { limit, kept: Vec::new(), worst: None, bound: 0 };
    let contains = fold(&ask.contains);
    let named: HashSet<String> = ask.named.iter().map(|value| fold(value).into_owned()).collect();
    let none = each_count(store, rows, &ask.select, &mut |text, count| {
        // Nobody can choose among values that are not shown.
        if text == secret::MASK {
            return;
        }
        if !named.is_empty() && named.contains(&*fold(text)) {
            part.named.push((text.to_owned(), count));
        }
        if contains.is_empty() || fold(text).contains(&*contains) {
            part.distinct += 1;
            best.push(text, count);
        }
    });
    best.cut(limit);
    best.cut(best.kept.partition_point(|&(_, count)| count >= ask.least));
    part.none = if is_quick(store, &ask.select) {
        none
    } else {
        rows.count_ones(..) as u64 - events_with(store, rows, &ask.select)
    };
    (part.top, part.bound) = (best.kept, best.bound);
    part
}

/// How many of the rows have a field, so that `field: *` finds them: an object without a value in it counts.
#[must_use]
pub fn events_with(store: &Store, rows: &Rows, select: &Select) -> u64 {
    let present = Test { select: select.clone(), any: vec![Compare::Present], absent: false };
    scan::rows(store, &[], &Predicate::Test(present)).intersection_count(rows) as u64
}

/// Every path that holds values anywhere, elements of arrays not told apart, and how many of the rows have a value there. It
/// follows from the shapes: their rows are counted once, whatever the number of paths.
#[must_use]
pub fn paths(store: &Store, rows: &Rows) -> Vec<(String, u64)> {
    let by_shape = by_cell(store.row_shapes(), rows, store.shapes().len());
    let mut by_family: HashMap<PathId, u64> = HashMap::new();
    let mut families: Vec<PathId> = Vec::new();
    for (shape, events) in store.shapes().iter().zip(by_shape) {
        families.clear();
        families.extend(shape.columns.iter().map(|column| column.path));
        let fixed = shape.fixed.iter().filter(|(_, fixed)| matches!(fixed, Fixed::True | Fixed::False));
        families.extend(fixed.map(|&(path, _)| path));
        families.iter_mut().for_each(|path| *path = store.paths().node(*path).family);
        // An array of four is one value of the path.
        families.sort_unstable();
        families.dedup();
        families.iter().for_each(|&family| *by_family.entry(family).or_default() += events);
    }
    // A key with brackets in it and an array may be written the same; then they are counted together, perhaps twice.
    let mut by_text: HashMap<String, u64> = HashMap::with_capacity(by_family.len());
    for (family, events) in by_family {
        *by_text.entry(store.paths().text(family).replace("[0]", "")).or_default() += events;
    }
    by_text.into_iter().collect()
}

/// What the shards have said about one field so far.
#[derive(Clone, Debug)]
pub struct Merge {
    facet: Facet,
    /// By value what each shard counted; `None` where it did not say.
    seen: HashMap<String, Vec<Option<u64>>>,
    bounds: Vec<u64>,
    none: u64,
    distinct: Vec<u64>,
    round: u32,
}

impl Merge {
    /// Nothing was said yet by so many shards.
    #[must_use]
    pub fn new(facet: Facet, shards: usize) -> Self {
        Self {
            facet,
            seen: HashMap::new(),
            bounds: vec![u64::MAX; shards],
            none: 0,
            distinct: vec![0; shards],
            round: 0,
        }
    }

    /// Takes in what the shards said, in their order, to what was asked.
    pub fn add(&mut self, asked: &FacetAsk, parts: Vec<FacetPart>) {
        self.none = parts.iter().map(|part| part.none).sum();
        self.distinct = parts.iter().map(|part| part.distinct).collect();
        let shards = self.bounds.len();
        for (shard, part) in parts.into_iter().enumerate().take(shards) {
            self.bounds[shard] = self.bounds[shard].min(part.bound);
            for (text, count) in part.top.into_iter().chain(part.named) {
                self.seen.entry(text).or_insert_with(|| vec![None; shards])[shard] = Some(count);
            }
        }
        // A value asked for by name that a shard says nothing of is not there.
        let named: HashSet<String> = asked.named.iter().map(|value| fold(value).into_owned()).collect();
        for (text, counts) in &mut self.seen {
            if named.contains(&*fold(text)) {
                counts.iter_mut().for_each(|count| *count = Some(count.unwrap_or_default()));
            }
        }
        self.round += 1;
    }

    /// The least and the most that a value can count.
    fn between(&self, counts: &[Option<u64>]) -> (u64, u64) {
        let pairs = counts.iter().zip(&self.bounds);
        pairs.fold((0, 0), |(least, most), (count, bound)| match count {
            Some(count) => (least + count, most + count),
            None => (least, most.saturating_add(*bound)),
        })
    }

    fn fits(&self, text: &str) -> bool {
        self.facet.contains.is_empty() || fold(text).contains(&*fold(&self.facet.contains))
    }

    /// What has to be asked next; `None` when all is said.
    #[must_use]
    pub fn next(&self) -> Option<FacetAsk> {
        let Facet { select, contains, limit, named } = &self.facet;
        let ask = |limit: usize, least, named| {
            let (select, contains) = (select.clone(), contains.clone());
            Some(FacetAsk { select, contains, limit: limit as u32, least, named })
        };
        if self.round == 0 {
            return ask(FEWEST.max(limit * 2), 0, named.clone());
        }
        if self.bounds.len() < 2 || self.bounds.iter().all(|&bound| bound == 0) || self.round >= ROUNDS {
            return None;
        }
        let mut ranged: Vec<(&str, u64, u64)> = Vec::with_capacity(self.seen.len());
        for (text, counts) in self.seen.iter().filter(|(text, _)| self.fits(text)) {
            let (least, most) = self.between(counts);
            ranged.push((text, least, most));
        }
        ranged.sort_unstable_by(|a, b| commoner((a.0, a.1), (b.0, b.1)));
        // At least so many events has the last value that will be listed.
        let threshold = ranged.get(limit.saturating_sub(1)).map_or(1, |&(_, least, _)| least.max(1));
        let mut doubtful: Vec<_> =
            ranged.into_iter().filter(|&(_, least, most)| most >= threshold && most > least).collect();
        doubtful.sort_unstable_by_key(|&(_, _, most)| std::cmp::Reverse(most));
        doubtful.truncate(MOST);
        let doubtful: Vec<String> = doubtful.into_iter().map(|(text, ..)| text.to_owned()).collect();
        let unseen = self.bounds.iter().fold(0u64, |sum, bound| sum.saturating_add(*bound));
        if unseen >= threshold && self.round == 1 {
            // A value that reaches the threshold reaches its share of it in some shard.
            let least = threshold.div_ceil(self.bounds.len() as u64);
            return ask(MOST, least, doubtful);
        }
        if doubtful.is_empty() { None } else { ask(1, u64::MAX, doubtful) }
    }

    /// The answer, as certain as what was said.
    #[must_use]
    pub fn finish(self) -> FacetValues {
        let unseen = self.bounds.iter().fold(0u64, |sum, bound| sum.saturating_add(*bound));
        let all_known = self.bounds.len() < 2 || unseen == 0;
        let wanted: HashSet<String> = self.facet.named.iter().map(|value| fold(value).into_owned()).collect();
        let (mut top, mut named) = (Vec::new(), Vec::new());
        let mut doubt = 0;
        for (text, counts) in &self.seen {
            let (least, most) = self.between(counts);
            if wanted.contains(&*fold(text)) {
                named.push((text.clone(), least));
            }
            if !self.fits(text) {
                continue;
            }
            // What is listed is exact.
            if least == most || self.bounds.len() < 2 {
                top.push((text.clone(), least))
            } else {
                doubt = doubt.max(most)
            }
        }
        let most_distinct = self.distinct.iter().copied().max().unwrap_or_default();
        let fitting = self.seen.keys().filter(|text| self.fits(text)).count() as u64;
        let distinct = match self.bounds.len() {
            0 | 1 => most_distinct,
            _ if all_known => fitting,
            _ => most_distinct.max(fitting),
        };
        let order = |a: &(String, u64), b: &(String, u64)| commoner((&a.0, a.1), (&b.0, b.1));
        top.sort_unstable_by(order);
        named.sort_unstable_by(order);
        top.truncate(self.facet.limit);
        let last = if top.len() < self.facet.limit { 0 } else { top.last().map_or(0, |&(_, count)| count) };
        let doubt = if self.bounds.len() < 2 { 0 } else { doubt.max(unseen) };
        let doubt = if doubt >= last && !all_known { doubt } else { 0 };
        FacetValues { top, named, none: self.none, distinct, all_known, doubt }
    }
}
