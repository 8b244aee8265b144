//! The trie that reads records by prediction. A [`Node`] is the place just after a value; a [`Slot`] is the place of the
//! next value; an edge remembers the bytes that stood between the two. One comparison of those bytes usually replaces the
//! reading of punctuation, keys, booleans and nulls, and the way through the trie *is* the record's shape.

use super::path::PathId;
use super::shape::{Fixed, Kind, ShapeId, Span};
use hashbrown::HashTable;

/// What may stand in a slot, told by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// The inside of a string; the bytes before it end with its quote.
    String,
    /// A number.
    Number,
    /// A whole object or array.
    Json,
}

/// A node has at most this many remembered ways; the least recently used one gives way.
const EDGES_MAX: usize = 16;

/// Target of an edge: a slot, or with this bit the end of the record.
pub(super) const END: u32 = 1 << 31;

#[derive(Clone, Copy, Debug)]
struct Edge {
    /// The first 16 bytes; those beyond `len` are 0.
    head: [u64; 2],
    len: u32,
    /// The bytes from the 16th on, in the arena of literals.
    rest: u32,
    target: u32,
}

/// An edge that leads nowhere.
const NO_EDGE: Edge = Edge { head: [0; 2], len: 0, rest: 0, target: u32::MAX };

#[derive(Debug)]
pub(super) struct Node {
    /// The way that was taken last, here in place: nearly every node has but one, and following a pointer to it would cost
    /// a miss of the cache for each value read.
    first: Edge,
    others: Vec<Edge>,
    /// The slot whose value was just read; `u32::MAX` at the start of a record.
    pub slot: u32,
    /// Dictionary of the value, where it has one.
    pub dictionary: u32,
    pub kind: Kind,
}

impl Node {
    fn new(slot: u32, kind: Kind, dictionary: u32) -> Self {
        Self { first: NO_EDGE, others: Vec::new(), slot, dictionary, kind }
    }
}

#[derive(Debug)]
pub(super) struct Slot {
    /// The node before.
    pub from: u32,
    pub class: Class,
    pub path: PathId,
    pub before: Span,
    pub fixed: Box<[(PathId, Fixed)]>,
    /// The node after, by [`kind_index`]; 0 (the start, which follows nothing) where not seen.
    pub nodes: [u32; 4],
    /// The dictionary's id that the last text here had.
    pub last: u32,
}

#[derive(Debug)]
pub(super) struct Ending {
    pub from: u32,
    pub after: Span,
    pub shape: ShapeId,
}

/// A text between values: new, or in the arena already.
pub(super) enum Text<'a> {
    New(&'a [u8]),
    Kept(Span),
}

/// The place of a kind among those of its class.
pub(super) fn kind_index(kind: Kind) -> usize {
    match kind {
        Kind::Text | Kind::Number | Kind::Json => 0,
        Kind::Uuid | Kind::Int => 1,
        Kind::Time => 2,
        Kind::Escaped => 3,
    }
}

#[derive(Debug)]
pub(super) struct Trie {
    pub nodes: Vec<Node>,
    pub slots: Vec<Slot>,
    pub endings: Vec<Ending>,
    /// Canonical texts between values.
    pub texts: Vec<u8>,
    literals: Vec<u8>,
    /// Slots and endings by the node before and the text between.
    lookup: HashTable<u32>,
}

impl Default for Trie {
    fn default() -> Self {
        let start = Node::new(u32::MAX, Kind::Json, u32::MAX);
        Self {
            nodes: vec![start],
            slots: Vec::new(),
            endings: Vec::new(),
            texts: Vec::new(),
            // Literals are read 8 bytes at a time.
            literals: vec![0; 8],
            lookup: HashTable::new(),
        }
    }
}

fn hash(from: u32, class: Option<Class>, text: &[u8]) -> u64 {
    use std::hash::{BuildHasher, Hasher};
    let mut hasher = foldhash::fast::FixedState::with_seed(0x7a11_91a5).build_hasher();
    hasher.write_u32(from);
    hasher.write_u8(class.map_or(9, |class| class as u8));
    hasher.write(text);
    hasher.finish()
}

impl Trie {
    pub fn text(&self, span: Span) -> &[u8] {
        &self.texts[span.start as usize..(span.start + span.len) as usize]
    }

    /// The remembered way from `node` that the bytes at `pos` take: its target and length.
    #[inline]
    pub fn predict(&mut self, node: u32, buf: &[u8], pos: usize) -> Option<(u32, usize)> {
        let window = [super::tokens::word(buf, pos), super::tokens::word(buf, pos + 8)];
        let node = &mut self.nodes[node as usize];
        let first = node.first;
        if first.target != u32::MAX && matches(&self.literals, &first, window, buf, pos) {
            return Some((first.target, first.len as usize));
        }
        for at in 0..node.others.len() {
            let edge = node.others[at];
            if matches(&self.literals, &edge, window, buf, pos) {
                // Halfway to the front: one odd record does not undo the order that the many made.
                if at == 0 {
                    std::mem::swap(&mut node.first, &mut node.others[0]);
                } else {
                    node.others.swap(at, at / 2);
                }
                return Some((edge.target, edge.len as usize));
            }
        }
        None
    }

    /// Remembers that `literal` led from `node` to `target`.
    pub fn learn(&mut self, node: u32, literal: &[u8], target: u32) {
        // Texts of unusual length would fill the arena for little; they are tokenised each time.
        if literal.is_empty() || literal.len() > 2_048 {
            return;
        }
        let mut head = [0; 16];
        let short = literal.len().min(16);
        head[..short].copy_from_slice(&literal[..short]);
        let head = [super::tokens::word(&head, 0), super::tokens::word(&head, 8)];
        let rest = self.literals.len() - 8;
        if literal.len() > 16 {
            self.literals.truncate(rest);
            self.literals.extend_from_slice(&literal[16..]);
            self.literals.extend_from_slice(&[0; 8]);
        }
        let edge = Edge { head, len: literal.len() as u32, rest: rest as u32, target };
        let node = &mut self.nodes[node as usize];
        if node.first.target == u32::MAX {
            node.first = edge;
            return;
        }
        if node.others.len() + 1 == EDGES_MAX {
            node.others.pop();
        }
        node.others.push(edge);
    }

    pub fn find_slot(&self, from: u32, class: Class, text: &[u8]) -> Option<u32> {
        self.lookup
            .find(hash(from, Some(class), text), |&target| {
                target & END == 0 && {
                    let slot = &self.slots[target as usize];
                    slot.from == from && slot.class == class && self.text(slot.before) == text
                }
            })
            .copied()
    }

    pub fn find_ending(&self, from: u32, text: &[u8]) -> Option<u32> {
        self.lookup
            .find(hash(from, None, text), |&target| {
                target & END != 0 && {
                    let ending = &self.endings[(target & !END) as usize];
                    ending.from == from && self.text(ending.after) == text
                }
            })
            .copied()
    }

    fn keep(&mut self, text: Text<'_>) -> Span {
        match text {
            Text::Kept(span) => span,
            Text::New(text) => {
                let start = self.texts.len() as u32;
                self.texts.extend_from_slice(text);
                Span { start, len: text.len() as u32 }
            }
        }
    }

    pub fn add_node(&mut self, slot: u32, kind: Kind, dictionary: u32) -> u32 {
        let id = self.nodes.len() as u32;
        self.nodes.push(Node::new(slot, kind, dictionary));
        self.slots[slot as usize].nodes[kind_index(kind)] = id;
        id
    }

    /// Gives back all but the texts, which the shapes refer to.
    pub fn cut_down(&mut self) {
        let texts = std::mem::take(&mut self.texts);
        *self = Self { texts, ..Self::default() };
        self.texts.shrink_to_fit();
    }

    pub fn add_slot(
        &mut self,
        from: u32,
        class: Class,
        text: Text<'_>,
        path: PathId,
        fixed: Box<[(PathId, Fixed)]>,
    ) -> u32 {
        let before = self.keep(text);
        let id = self.slots.len() as u32;
        self.slots.push(Slot { from, class, path, before, fixed, nodes: [0; 4], last: u32::MAX });
        let hash = hash(from, Some(class), self.text(before));
        self.insert(hash, id);
        id
    }

    pub fn add_ending(&mut self, from: u32, text: Text<'_>, shape: ShapeId) -> u32 {
        let after = self.keep(text);
        let id = self.endings.len() as u32 | END;
        self.endings.push(Ending { from, after, shape });
        let hash = hash(from, None, self.text(after));
        self.insert(hash, id);
        id
    }

    fn insert(&mut self, hash_of_new: u64, id: u32) {
        let (slots, endings, texts) = (&self.slots, &self.endings, &self.texts);
        self.lookup.insert_unique(hash_of_new, id, |&target| {
            let piece = |span: Span| &texts[span.start as usize..(span.start + span.len) as usize];
            if target & END == 0 {
                let slot = &slots[target as usize];
                hash(slot.from, Some(slot.class), piece(slot.before))
            } else {
                let ending = &endings[(target & !END) as usize];
                hash(ending.from, None, piece(ending.after))
            }
        });
    }

    pub fn heap_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>()
            + self.nodes.iter().map(|node| node.others.capacity() * size_of::<Edge>()).sum::<usize>()
            + self.slots.capacity() * size_of::<Slot>()
            + self.slots.iter().map(|slot| slot.fixed.len() * size_of::<(PathId, Fixed)>()).sum::<usize>()
            + self.endings.capacity() * size_of::<Ending>()
            + self.texts.capacity()
            + self.literals.capacity()
            + self.lookup.capacity() * 5
    }
}

/// The mask of the low `bytes` of a word.
#[inline]
fn low(bytes: usize) -> u64 {
    if bytes >= 8 { u64::MAX } else { (1 << (bytes * 8)) - 1 }
}

#[inline]
fn matches(literals: &[u8], edge: &Edge, window: [u64; 2], buf: &[u8], pos: usize) -> bool {
    let len = edge.len as usize;
    let differ = (window[0] ^ edge.head[0]) & low(len) | (window[1] ^ edge.head[1]) & low(len.saturating_sub(8));
    if differ != 0 {
        return false;
    }
    if len <= 16 {
        return true;
    }
    if pos + len + 8 > buf.len() {
        return false;
    }
    let rest = edge.rest as usize;
    let mut at = 16;
    while at < len {
        let a = super::tokens::word(literals, rest + at - 16);
        let b = super::tokens::word(buf, pos + at);
        if (a ^ b) & low(len - at) != 0 {
            return false;
        }
        at += 8;
    }
    true
}
