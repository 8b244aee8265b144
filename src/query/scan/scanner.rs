//! Looking for the values of one test in the columns of shapes.

use super::{Rows, leaf_holds, mark_all, mark_cells, raw_ids};
use crate::query::compare::{Comparisons, Ids};
use crate::query::search::Folded;
use crate::query::select::{Pattern, Progress};
use crate::store::Store;
use crate::store::raw::{self, RawLeaf};
use crate::store::shape::{Column, Fixed, INT_BIAS, Kind, Shape};
use crate::store::write::uuid_text;
use crate::time;
use hashbrown::HashMap;

/// Looks for the values that satisfy one test, remembering per dictionary which they are.
pub(super) struct Scanner<'a> {
    store: &'a Store,
    comparisons: &'a Comparisons<'a>,
    ids: HashMap<u32, Ids>,
    times: Memo,
    ints: Memo,
    could_be_uuid: bool,
    could_be_time: bool,
    could_be_int: bool,
    buffer: Vec<u8>,
}

/// Answers for cells seen before: times and integers repeat a great deal, and asking means printing them.
struct Memo {
    slots: Vec<(u32, bool)>,
}

impl Memo {
    const SLOTS: usize = 8_192;

    fn new() -> Self {
        Self { slots: vec![(u32::MAX, false); Self::SLOTS] }
    }

    #[inline]
    fn get(&mut self, cell: u32, ask: impl FnOnce() -> bool) -> bool {
        let slot = &mut self.slots[cell as usize % Self::SLOTS];
        if slot.0 != cell {
            *slot = (cell, ask());
        }
        slot.1
    }
}

impl<'a> Scanner<'a> {
    pub fn new(store: &'a Store, comparisons: &'a Comparisons<'a>) -> Self {
        Self {
            store,
            comparisons,
            ids: HashMap::new(),
            times: Memo::new(),
            ints: Memo::new(),
            could_be_uuid: comparisons.could_match_only(b"0123456789abcdef-"),
            could_be_time: comparisons.could_match_only(b"0123456789-:tz"),
            could_be_int: comparisons.could_match_only(b"0123456789-"),
            buffer: Vec::new(),
        }
    }

    pub fn all_rows(&self, shape: u32, hits: &mut Rows) {
        mark_all(&self.store.shapes()[shape as usize], hits);
    }

    pub fn column(&mut self, shape: u32, column: &Column, hits: &mut Rows) {
        let shape = &self.store.shapes()[shape as usize];
        let comparisons = self.comparisons;
        match column.kind {
            Kind::Text | Kind::Number | Kind::Json => {
                let store = self.store;
                let ids = self.ids.entry(column.dictionary).or_insert_with(|| {
                    let dictionary = store.dictionary(column.dictionary);
                    match column.kind {
                        Kind::Text => comparisons.strings(dictionary),
                        Kind::Number => comparisons.numbers(dictionary),
                        _ => raw_ids(dictionary, |_, leaf, secret| !secret && leaf_holds(comparisons, &leaf)),
                    }
                });
                if !ids.is_none() {
                    mark_cells(shape, column, hits, |id| ids.contains(id));
                }
            }
            Kind::Escaped => {}
            Kind::Uuid if self.could_be_uuid => self.uuids(shape, column, hits),
            Kind::Time if self.could_be_time => {
                let memo = &mut self.times;
                mark_cells(shape, column, hits, |cell| {
                    memo.get(cell, || {
                        std::str::from_utf8(&time::canonical_text(cell)).is_ok_and(|text| comparisons.string(text))
                    })
                });
            }
            Kind::Int if self.could_be_int => {
                let memo = &mut self.ints;
                mark_cells(shape, column, hits, |cell| {
                    memo.get(cell, || comparisons.number(&(i64::from(cell) - INT_BIAS).to_string()))
                });
            }
            Kind::Uuid | Kind::Time | Kind::Int => {}
        }
    }

    fn uuids(&mut self, shape: &Shape, column: &Column, hits: &mut Rows) {
        let fragment = self.comparisons.fragment();
        for block in shape.blocks() {
            let rows = block.rows();
            let Some(fragment) = fragment.filter(|fragment| !fragment.is_empty()) else {
                for (at, uuid) in block.uuids(column).enumerate() {
                    let text = uuid_text(uuid);
                    if std::str::from_utf8(&text).is_ok_and(|text| self.comparisons.string(text)) {
                        hits.insert(rows.get(at) as usize);
                    }
                }
                continue;
            };
            // A fragment: write out the whole block and search it in one go.
            self.buffer.clear();
            for uuid in block.uuids(column) {
                self.buffer.extend_from_slice(&uuid_text(uuid));
                self.buffer.push(b' ');
            }
            let searcher = Folded::new(fragment.as_bytes());
            let mut at = 0;
            while let Some(found) = searcher.find(&self.buffer, at) {
                hits.insert(rows.get(found / 37) as usize);
                at = (found / 37 + 1) * 37;
            }
        }
    }

    /// A raw text at a place that the pattern has come to: some of the values in it may be selected.
    pub fn raw(
        &mut self,
        shape: u32,
        column: &Column,
        pattern: &Pattern<'_>,
        progress: Progress,
        hits: &mut Rows,
        selected: Option<&mut Rows>,
    ) {
        let comparisons = self.comparisons;
        let dictionary = self.store.dictionary(column.dictionary);
        let outside = self.store.paths().node(column.path).secret;
        let shape = &self.store.shapes()[shape as usize];
        let asked = |steps: &[raw::RawStep<'_>]| {
            let at = pattern.raw_steps(progress, steps);
            (pattern.selects(at), at.is_below())
        };
        let ids = raw_ids(dictionary, |steps, leaf, secret| {
            let (here, below) = asked(steps);
            if !here && !below {
                return false;
            }
            match leaf {
                RawLeaf::Null => comparisons.fixed(Fixed::Null, here, secret || outside),
                _ if comparisons.present => true,
                _ => here && !secret && !outside && leaf_holds(comparisons, &leaf),
            }
        });
        mark_cells(shape, column, hits, |id| ids.contains(id));
        if let Some(selected) = selected {
            let ids = raw_ids(dictionary, |steps, _, _| {
                let (here, below) = asked(steps);
                here || below
            });
            mark_cells(shape, column, selected, |id| ids.contains(id));
        }
    }
}
