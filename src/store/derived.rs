//! The columns of derived values ([`Derived`]): one cell a row, whatever the row's shape, beside the hot columns.

use super::Row;
use super::column::Dense;
use crate::trail::{Derived, SINGLE};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// The derived values of all rows.
#[derive(Debug, Default)]
pub struct DerivedColumns {
    /// By row one more than the id in the value's dictionary; 0 for none. In the order of [`Derived::ALL`].
    singles: [Dense; SINGLE],
    /// By row one more than the number of its set of resources; 0 for none.
    resources: Dense,
    /// Where each set ends in `members`; it begins where the one before ends.
    ends: Vec<u32>,
    /// Ids in the dictionary of resources.
    members: Vec<u32>,
    /// Numbers of sets by their content; `None` when given back.
    known: Option<HashTable<u32>>,
}

fn hash(set: &[u32]) -> u64 {
    FixedState::with_seed(0x5e7).hash_one(set)
}

impl DerivedColumns {
    /// Appends a row: one more than the ids of its values, and its resources in rising order.
    pub(super) fn push(&mut self, singles: &[u32; SINGLE], resources: &[u32]) {
        for (column, &cell) in self.singles.iter_mut().zip(singles) {
            column.push(cell);
        }
        let set = if resources.is_empty() { 0 } else { self.set_number(resources) + 1 };
        self.resources.push(set);
    }

    fn set_number(&mut self, set: &[u32]) -> u32 {
        let mut known = self.known.take().unwrap_or_else(|| {
            let mut table = HashTable::with_capacity(self.ends.len());
            for number in 0..self.ends.len() as u32 {
                table.insert_unique(hash(self.set(number)), number, |&number| hash(self.set(number)));
            }
            table
        });
        let hashed = hash(set);
        let number = match known.find(hashed, |&number| self.set(number) == set) {
            Some(&number) => number,
            None => {
                let number = self.ends.len() as u32;
                self.members.extend_from_slice(set);
                self.ends.push(self.members.len() as u32);
                known.insert_unique(hashed, number, |&number| hash(self.set(number)));
                number
            }
        };
        self.known = Some(known);
        number
    }

    /// Gives one derived value of all rows anew: by row one more than the id in the value's dictionary, 0 for none.
    pub(super) fn replace(&mut self, derived: Derived, cells: impl Iterator<Item = u32>) {
        if let Some(column) = self.singles.get_mut(derived as usize) {
            *column = Dense::default();
            cells.for_each(|cell| column.push(cell));
        }
    }

    /// By row one more than the id in the value's dictionary, 0 for none; of [`Derived::Resource`] one more than the number
    /// of its [`Self::set`].
    #[must_use]
    pub fn column(&self, derived: Derived) -> &Dense {
        self.singles.get(derived as usize).unwrap_or(&self.resources)
    }

    /// A set of resources: ids in their dictionary, rising.
    #[must_use]
    pub fn set(&self, number: u32) -> &[u32] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.members[start..self.ends[number] as usize]
    }

    /// Number of different sets of resources.
    #[must_use]
    pub fn sets(&self) -> u32 {
        self.ends.len() as u32
    }

    /// Calls `each` with the id of every value that a row has.
    pub fn for_each(&self, derived: Derived, row: Row, mut each: impl FnMut(u32)) {
        match (self.column(derived).get(row as usize), derived) {
            (0, _) => {}
            (cell, Derived::Resource) => self.set(cell - 1).iter().for_each(|&id| each(id)),
            (cell, _) => each(cell - 1),
        }
    }

    pub(super) fn settle(&mut self) {
        self.singles.iter_mut().for_each(Dense::settle);
        self.resources.settle();
        self.ends.shrink_to_fit();
        self.members.shrink_to_fit();
        self.known = None;
    }

    /// Heap bytes held.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.singles.iter().map(Dense::heap_bytes).sum::<usize>()
            + self.resources.heap_bytes()
            + (self.ends.capacity() + self.members.capacity()) * 4
            + self.known.as_ref().map_or(0, |known| known.capacity() * 5)
    }
}
