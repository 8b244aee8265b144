//! Lanes: the events of each value of a field over time. What a shard says of its own events; `session::lanes` makes one
//! answer of all. An event with several values of the field stands in the lane of each, an event without any in a lane of
//! its own that has no value.

use super::aggregate::{Value, each_value, hot};
use super::cell;
use super::predicate::Select;
use super::scan::Rows;
use crate::integrity::verdict::Worth;
use crate::store::column::Dense;
use crate::store::{Row, Store};
use crate::trail::{Derived, outcome::Outcome};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::BuildHasher;

/// The order of lanes; equals stand in the order of their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LaneOrder {
    /// The one that begins first.
    First,
    /// The one that ends last.
    Last,
    /// The one with the most events.
    Count,
}

/// Which events lanes set off from the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Marked {
    /// Those that were denied or ended with an error.
    #[default]
    Failed,
    /// Those whose file is not as it was recorded, by what chains of custody say.
    Altered,
}

impl Marked {
    /// The field that tells, and its values that are marked.
    fn told_by(self) -> (Derived, Vec<&'static str>) {
        match self {
            Self::Failed => (Derived::Result, [Outcome::Denied, Outcome::Error].map(Outcome::name).into()),
            Self::Altered => {
                (Derived::Integrity, [Worth::Appended, Worth::Modified, Worth::Damaged].map(Worth::name).into())
            }
        }
    }
}

/// What a lane holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Events.
    pub events: u64,
    /// Those of them that are marked.
    pub marked: u64,
    /// The earliest time.
    pub first: Option<i64>,
    /// The latest time.
    pub last: Option<i64>,
}

impl Sums {
    /// Adds what the same lane holds in another shard.
    pub fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.marked += other.marked;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = [self.last, other.last].into_iter().flatten().max();
    }

    fn count(&mut self, time: Option<i64>, marked: bool) {
        self.events += 1;
        self.marked += u64::from(marked);
        if let Some(time) = time {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        }
    }
}

impl LaneOrder {
    /// Compares two lanes by what they hold and their values.
    #[must_use]
    pub fn cmp(self, a: (&Sums, &str), b: (&Sums, &str)) -> Ordering {
        let by = match self {
            // Lanes without any time come last.
            Self::First => (a.0.first.is_none(), a.0.first).cmp(&(b.0.first.is_none(), b.0.first)),
            Self::Last => b.0.last.cmp(&a.0.last),
            Self::Count => b.0.events.cmp(&a.0.events),
        };
        by.then_with(|| a.1.cmp(b.1))
    }
}

/// The lanes of a shard, as far as the answer of all needs them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The first ones in the order asked for.
    pub top: Vec<(String, Sums)>,
    /// The events without the field.
    pub none: Sums,
    /// All others: hash of the value and events, in the order of hashes. Values cost much more than that to send.
    pub rest: Vec<(u64, u64)>,
}

/// A hash of a lane's value, the same in every shard.
#[must_use]
pub fn hash(value: &str) -> u64 {
    FixedState::with_seed(0x1a9e).hash_one(value)
}

/// Which lanes the rows of a store stand in. Lane number `names.len()` is the one without a value.
struct Assigned<'a> {
    names: Vec<Cow<'a, str>>,
    of: Of<'a>,
}

enum Of<'a> {
    /// A column of one value a row, and the lane of each of its cells.
    Cells(&'a Dense, Vec<u32>),
    /// A column of sets, and the lanes of each.
    Sets(&'a Dense, Vec<Vec<u32>>),
    /// Rows and lanes, each pair once; and the rows that have any.
    Pairs(Vec<(Row, u32)>, Rows),
}

/// Numbers texts in the order in which they come, equal ones alike.
#[derive(Default)]
struct Names<'a> {
    all: Vec<Cow<'a, str>>,
    known: HashMap<Cow<'a, str>, u32>,
}

impl<'a> Names<'a> {
    fn number(&mut self, text: Cow<'a, str>) -> u32 {
        let next = self.all.len() as u32;
        *self.known.entry(text).or_insert_with_key(|text| {
            self.all.push(text.clone());
            next
        })
    }

    /// A whole dictionary; the number of each id.
    fn dictionary(&mut self, store: &'a Store, dictionary: u32) -> Vec<u32> {
        let dictionary = store.dictionary(dictionary);
        let texts = (0..dictionary.len() as u32).map(|id| Cow::Borrowed(dictionary.text(id)));
        if dictionary.is_distinct() && self.all.is_empty() {
            self.all = texts.collect();
            return (0..self.all.len() as u32).collect();
        }
        texts.map(|text| self.number(text)).collect()
    }
}

impl<'a> Assigned<'a> {
    fn new(store: &'a Store, rows: &Rows, select: &Select) -> Self {
        let mut names = Names::default();
        let of = if select.derived() == Some(Derived::Resource) {
            let derived = store.derived();
            let lanes = names.dictionary(store, store.derived_dictionary(Derived::Resource));
            let sets = (0..derived.sets()).map(|set| {
                let mut set: Vec<u32> = derived.set(set).iter().map(|&id| lanes[id as usize]).collect();
                set.sort_unstable();
                set.dedup();
                set
            });
            Of::Sets(derived.column(Derived::Resource), sets.collect())
        } else if let Some((column, dictionary)) = hot(store, select) {
            Of::Cells(column, names.dictionary(store, dictionary))
        } else {
            let mut numbers: HashMap<Value, u32> = HashMap::new();
            let mut with = Rows::with_capacity(store.rows() as usize);
            let mut pairs = Vec::new();
            let mut several = false;
            each_value(store, rows, select, &mut |value, row| {
                several |= with.put(row as usize);
                let number = *numbers.entry(value).or_insert_with_key(|value| names.number(value.text(store).into()));
                pairs.push((row, number));
            });
            if several {
                pairs.sort_unstable();
                pairs.dedup();
            }
            Of::Pairs(pairs, with)
        };
        Self { names: names.all, of }
    }

    fn none(&self) -> u32 {
        self.names.len() as u32
    }

    /// Calls `each(row, lane)` for every lane that a row stands in.
    fn for_each(&self, rows: &Rows, mut each: impl FnMut(usize, u32)) {
        let none = self.none();
        match &self.of {
            Of::Cells(column, lanes) => rows.ones().for_each(|row| {
                let cell = column.get(row);
                each(row, if cell == 0 { none } else { lanes[cell as usize - 1] });
            }),
            Of::Sets(column, sets) => rows.ones().for_each(|row| match column.get(row) {
                0 => each(row, none),
                set => sets[set as usize - 1].iter().for_each(|&lane| each(row, lane)),
            }),
            Of::Pairs(pairs, with) => {
                pairs.iter().for_each(|&(row, lane)| each(row as usize, lane));
                rows.difference(with).for_each(|row| each(row, none));
            }
        }
    }

    /// By lane, its place among these values; `u32::MAX` for a lane that is not among them.
    fn places(&self, wanted: &[Option<String>]) -> Vec<u32> {
        let by_text: HashMap<&str, u32> =
            wanted.iter().enumerate().filter_map(|(at, value)| Some((value.as_deref()?, at as u32))).collect();
        let mut places: Vec<u32> =
            self.names.iter().map(|name| by_text.get(&**name).copied().unwrap_or(u32::MAX)).collect();
        places.push(wanted.iter().position(Option::is_none).map_or(u32::MAX, |at| at as u32));
        places
    }
}

/// Which rows are marked.
struct Marks<'a> {
    column: &'a Dense,
    cells: Vec<bool>,
}

impl<'a> Marks<'a> {
    fn new(store: &'a Store, marked: Marked) -> Self {
        let (derived, values) = marked.told_by();
        let dictionary = store.dictionary(store.derived_dictionary(derived));
        let is_marked = |text: &[u8]| values.iter().any(|value| value.as_bytes() == text);
        let cells = std::iter::once(false).chain(dictionary.iter().map(is_marked)).collect();
        Self { column: store.derived().column(derived), cells }
    }

    fn has(&self, row: usize) -> bool {
        self.cells[self.column.get(row) as usize]
    }
}

/// What each lane holds; the last is the one without a value.
fn sums<'a>(store: &'a Store, rows: &Rows, select: &Select, marked: Marked) -> (Assigned<'a>, Vec<Sums>) {
    let assigned = Assigned::new(store, rows, select);
    let marks = Marks::new(store, marked);
    let mut sums = vec![Sums::default(); assigned.names.len() + 1];
    assigned.for_each(rows, |row, lane| {
        sums[lane as usize].count(store.hot().time(row as Row), marks.has(row));
    });
    (assigned, sums)
}

/// The first `limit` lanes of the rows, and in short all others. Lanes of the values `apart` are left out.
#[must_use]
pub fn part(
    store: &Store,
    rows: &Rows,
    (select, marked): (&Select, Marked),
    order: LaneOrder,
    limit: usize,
    apart: &[String],
) -> Part {
    let (assigned, sums) = sums(store, rows, select, marked);
    let none = sums[assigned.names.len()];
    let name = |lane: usize| &*assigned.names[lane];
    let mut lanes: Vec<usize> = (0..assigned.names.len())
        .filter(|&lane| sums[lane].events > 0 && !apart.iter().any(|value| value == name(lane)))
        .collect();
    let cmp = |a: &usize, b: &usize| order.cmp((&sums[*a], name(*a)), (&sums[*b], name(*b)));
    if lanes.len() > limit && limit > 0 {
        lanes.select_nth_unstable_by(limit - 1, cmp);
    }
    let rest = lanes.split_off(limit.min(lanes.len()));
    lanes.sort_unstable_by(cmp);
    let mut rest: Vec<(u64, u64)> = rest.into_iter().map(|lane| (hash(name(lane)), sums[lane].events)).collect();
    rest.sort_unstable();
    let top = lanes.into_iter().map(|lane| (name(lane).to_owned(), sums[lane])).collect();
    Part { top, none, rest }
}

/// What the lanes of some values hold, in the order of the values, and the lanes of which only hashes are known.
#[must_use]
pub fn named(
    store: &Store,
    rows: &Rows,
    (select, marked): (&Select, Marked),
    values: &[String],
    hashes: &[u64],
) -> (Vec<Sums>, Vec<(String, Sums)>) {
    let (assigned, sums) = sums(store, rows, select, marked);
    let wanted: HashMap<&str, usize> = values.iter().enumerate().map(|(at, value)| (value.as_str(), at)).collect();
    let mut by_value = vec![Sums::default(); values.len()];
    let mut by_hash = Vec::new();
    for (name, sums) in assigned.names.iter().zip(&sums).filter(|(_, sums)| sums.events > 0) {
        if let Some(&at) = wanted.get(&**name) {
            by_value[at] = *sums;
        }
        if !hashes.is_empty() && hashes.contains(&hash(name)) {
            by_hash.push((name.clone().into_owned(), *sums));
        }
    }
    (by_value, by_hash)
}

/// Bins of equal width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bins {
    /// Start of the first one, milliseconds since the epoch.
    pub start: i64,
    /// Width in milliseconds, more than 0.
    pub width: i64,
    /// How many; events outside are left out.
    pub count: u32,
}

/// An event in a lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The place of its lane among those asked about.
    pub lane: u32,
    /// Its time.
    pub time: i64,
    /// Number in its shard.
    pub row: Row,
    /// Its file.
    pub file: u32,
    /// Its record there.
    pub record: u32,
    /// Its name.
    pub name: String,
    /// How it ended; or what it is worth, where lanes mark that.
    pub result: String,
}

/// Some lanes over time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Density {
    /// Events, by lane and then by bin.
    pub events: Vec<u32>,
    /// Those of them that are marked.
    pub marked: Vec<u32>,
    /// The events one by one, as long as there are not too many.
    pub marks: Option<Vec<Mark>>,
}

/// The lanes of some values over time; the events themselves where there are at most `marks`.
#[must_use]
pub fn density(
    store: &Store,
    rows: &Rows,
    (select, marked): (&Select, Marked),
    values: &[Option<String>],
    bins: Bins,
    most: usize,
) -> Density {
    let assigned = Assigned::new(store, rows, select);
    let places = assigned.places(values);
    let marks = Marks::new(store, marked);
    let count = bins.count as usize;
    let mut density =
        Density { events: vec![0; values.len() * count], marked: vec![0; values.len() * count], marks: None };
    let mut found: Vec<(u32, Row)> = Vec::new();
    let mut total = 0;
    let bin_of = bin_of(store, bins);
    assigned.for_each(rows, |row, lane| {
        let place = places[lane as usize];
        if place == u32::MAX {
            return;
        }
        let Some(bin) = bin_of(row) else { return };
        let at = place as usize * count + bin;
        density.events[at] += 1;
        density.marked[at] += u32::from(marks.has(row));
        total += 1;
        if total <= most {
            found.push((place, row as Row));
        }
    });
    if total <= most {
        let told_by = Select::of_derived(marked.told_by().0);
        density.marks = Some(found.into_iter().filter_map(|(lane, row)| mark(store, lane, row, &told_by)).collect());
    }
    density
}

/// The bin of a row, quickly where all times are whole seconds.
fn bin_of(store: &Store, bins: Bins) -> impl Fn(usize) -> Option<usize> {
    let width = bins.width.max(1);
    let whole = !store.hot().has_millis() && bins.start % 1_000 == 0 && width % 1_000 == 0;
    let seconds = u32::try_from(bins.start / 1_000).ok().zip(u32::try_from(width / 1_000).ok()).filter(|_| whole);
    move |row| {
        let bin = match seconds {
            Some((start, width)) => {
                let at = store.hot().seconds()[row];
                if at == u32::MAX {
                    return None;
                }
                (at.checked_sub(start)? / width) as usize
            }
            None => usize::try_from((store.hot().time(row as Row)? - bins.start).div_euclid(width)).ok()?,
        };
        (bin < bins.count as usize).then_some(bin)
    }
}

fn mark(store: &Store, lane: u32, row: Row, told_by: &Select) -> Option<Mark> {
    let time = store.hot().time(row)?;
    let (file, record) = store.provenance(row);
    let text = |select: &Select| cell::text(store, row, select).unwrap_or_default();
    let (name, result) = (text(&Select::keys("eventName")), text(told_by));
    Some(Mark { lane, time, row, file, record, name, result })
}

/// Those of the rows that stand in the lane of a value.
#[must_use]
pub fn members(store: &Store, rows: &Rows, select: &Select, value: Option<&str>) -> Rows {
    let assigned = Assigned::new(store, rows, select);
    let places = assigned.places(&[value.map(str::to_owned)]);
    let mut members = Rows::with_capacity(store.rows() as usize);
    assigned.for_each(rows, |row, lane| {
        if places[lane as usize] != u32::MAX {
            members.insert(row);
        }
    });
    members
}
