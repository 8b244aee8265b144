//! One dictionary for each family of paths and kind of text: every distinct string once, end to end in one arena. Ids are
//! dense and count from 0 in the order of first sight, so a column of them is narrow.

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};

/// Number of a string in its dictionary.
pub type ValueId = u32;

/// Distinct strings of one family of paths.
#[derive(Debug, Default)]
pub struct Dictionary {
    arena: Vec<u8>,
    /// Where each string ends in the arena; it begins where the one before ends.
    ends: Vec<u32>,
    /// Hash (upper half) and id (lower half) of every string; `None` once the dictionary only appends.
    table: Option<HashTable<u64>>,
    state: Growth,
    /// Look-ups so far.
    seen: u64,
    /// Some string has a byte above 127.
    non_ascii: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Growth {
    /// Equal strings share an id.
    #[default]
    Shared,
    /// Nearly all strings differ (request ids, object keys): a look-up would find nothing, so none is made and equal
    /// strings may have several ids.
    Append,
}

/// A dictionary decides whether to go on looking strings up when it has this many.
const DECIDE_AT: usize = 4_096;

/// More than this share (in percent) of distinct strings among those looked up ends the looking up.
const APPEND_ABOVE: u64 = 90;

/// Bounds an arena so that ends fit 32 bits; a shard has 4 GiB in all.
const ARENA_MAX: usize = u32::MAX as usize - (1 << 26);

fn hash(text: &[u8]) -> u32 {
    let mut hasher = FixedState::with_seed(0x5eed_0f7a_11c1_a55e).build_hasher();
    hasher.write(text);
    hasher.finish() as u32
}

/// The table takes its tags from the top bits of 64 and its buckets from the bottom ones.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

/// Compares eight bytes at a time: the general `memcmp` of wasm32 goes byte by byte.
#[inline]
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut left = a.chunks_exact(8);
    let mut right = b.chunks_exact(8);
    for (x, y) in left.by_ref().zip(right.by_ref()) {
        let (x, y): ([u8; 8], [u8; 8]) = (x.try_into().expect("8 bytes"), y.try_into().expect("8 bytes"));
        if u64::from_le_bytes(x) != u64::from_le_bytes(y) {
            return false;
        }
    }
    left.remainder().iter().zip(right.remainder()).all(|(x, y)| x == y)
}

impl Dictionary {
    /// Number of ids given out.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no string.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether no two ids have equal strings.
    #[must_use]
    pub fn is_distinct(&self) -> bool {
        self.state == Growth::Shared
    }

    /// Whether some string is not ASCII, so that ignoring case needs more than one bit.
    #[must_use]
    pub fn has_non_ascii(&self) -> bool {
        self.non_ascii
    }

    /// All strings end to end. A match may run over the seam between two: see [`Self::value_at`].
    #[must_use]
    pub fn arena(&self) -> &[u8] {
        &self.arena
    }

    /// The id whose string holds the arena's byte `at`, and where that string ends. `at` must be inside the arena.
    #[must_use]
    pub fn value_at(&self, at: usize) -> (ValueId, usize) {
        let id = self.ends.partition_point(|&end| end as usize <= at);
        (id as ValueId, self.ends[id] as usize)
    }

    /// The bytes of a string (UTF-8, except in dictionaries of raw texts, which are UTF-8 too, but JSON).
    #[inline]
    #[must_use]
    pub fn bytes(&self, id: ValueId) -> &[u8] {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        &self.arena[start..self.ends[id] as usize]
    }

    /// A string.
    #[must_use]
    pub fn text(&self, id: ValueId) -> &str {
        // Every string was checked when it came in; checking again is cheap beside everything a caller does with it.
        std::str::from_utf8(self.bytes(id)).unwrap_or("")
    }

    /// All strings in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let text = &self.arena[start..end as usize];
            start = end as usize;
            text
        })
    }

    /// The id of a string that is there by the look-up table; `None` also when the dictionary has no table.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Option<ValueId> {
        let hash = hash(text);
        self.table
            .as_ref()?
            .find(spread(hash), |&slot| (slot >> 32) as u32 == hash && same(self.bytes(slot as u32), text))
            .map(|&slot| slot as u32)
    }

    /// Whether [`Self::find`] can be trusted.
    #[must_use]
    pub fn has_table(&self) -> bool {
        self.table.is_some() || self.ends.is_empty()
    }

    /// The id of a string, added if need be; `None` when the arena is full (the caller drops the record with a problem).
    #[inline]
    pub(super) fn intern(&mut self, text: &[u8]) -> Option<ValueId> {
        self.seen += 1;
        if self.state == Growth::Append {
            return self.push(text);
        }
        let hash = hash(text);
        if self.table.is_none() {
            self.rebuild();
        }
        let table = self.table.as_ref().expect("just rebuilt");
        if let Some(&slot) =
            table.find(spread(hash), |&slot| (slot >> 32) as u32 == hash && same(self.bytes(slot as u32), text))
        {
            return Some(slot as u32);
        }
        let id = self.push(text)?;
        let table = self.table.as_mut().expect("just rebuilt");
        table.insert_unique(spread(hash), u64::from(hash) << 32 | u64::from(id), |&slot| spread((slot >> 32) as u32));
        if self.ends.len() == DECIDE_AT && DECIDE_AT as u64 * 100 > self.seen * APPEND_ABOVE {
            self.state = Growth::Append;
            self.table = None;
        }
        Some(id)
    }

    fn push(&mut self, text: &[u8]) -> Option<ValueId> {
        if self.arena.len() + text.len() > ARENA_MAX {
            return None;
        }
        self.arena.extend_from_slice(text);
        self.non_ascii |= !text.is_ascii();
        let id = self.ends.len() as ValueId;
        self.ends.push(self.arena.len() as u32);
        Some(id)
    }

    fn rebuild(&mut self) {
        let mut table = HashTable::with_capacity(self.ends.len().max(8));
        for id in 0..self.ends.len() as ValueId {
            let hash = hash(self.bytes(id));
            table.insert_unique(spread(hash), u64::from(hash) << 32 | u64::from(id), |&slot: &u64| {
                spread((slot >> 32) as u32)
            });
        }
        self.table = Some(table);
    }

    /// Gives back what only loading needs; the table is made again when more strings come.
    pub(super) fn settle(&mut self) {
        // A small table answers equality at once and costs little; a large one is 9 bytes a string.
        if self.ends.len() > DECIDE_AT {
            self.table = None;
        }
        self.arena.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Heap bytes held.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.arena.capacity() + self.ends.capacity() * 4 + self.table.as_ref().map_or(0, |table| table.capacity() * 10)
    }
}
