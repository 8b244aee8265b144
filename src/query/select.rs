//! Which paths of a store a [`Select`] means. Paths form a tree whose parents come first, so one pass carries the state of
//! the pattern from each path to its children.

use super::predicate::{Arrays, Select, Step};
use crate::store::Store;
use crate::store::path::{PathId, PathStep};
use crate::store::raw::RawStep;

/// A pattern of more steps than this selects nothing; records are nested less deeply where they are shredded.
const STEPS_MAX: usize = 60;

/// How far a pattern has come at a place: bit `i` means that the first `i` steps are spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    bits: u64,
    /// The place is inside a selected one.
    below: bool,
}

/// A pattern ready to walk.
pub(super) struct Pattern<'a> {
    steps: &'a [Step],
    arrays: Arrays,
}

impl<'a> Pattern<'a> {
    pub fn new(select: &'a Select) -> Self {
        Self { steps: &select.steps, arrays: select.arrays }
    }

    /// At the root of the walk.
    pub fn start(&self) -> Progress {
        if self.steps.len() > STEPS_MAX {
            return Progress::default();
        }
        Progress { bits: self.with_free_steps(1), below: false }
    }

    /// "Any depth" may be no step at all.
    fn with_free_steps(&self, mut bits: u64) -> u64 {
        for (at, step) in self.steps.iter().enumerate() {
            if bits & 1 << at != 0 && *step == Step::AnyDepth {
                bits |= 1 << (at + 1);
            }
        }
        bits
    }

    /// From a container to the member or element in it.
    fn advance(&self, from: Progress, is_key: bool, matches: impl Fn(&Step) -> bool) -> Progress {
        let mut bits = 0;
        let mut left = from.bits;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            match self.steps.get(at) {
                // Past the last step: elements of a selected array are selected too.
                None if !is_key && self.arrays == Arrays::Through => bits |= 1 << at,
                None => {}
                Some(Step::AnyDepth) => bits |= 1 << at,
                Some(step) => {
                    if matches(step) {
                        bits |= 1 << (at + 1);
                    }
                    if !is_key && self.arrays == Arrays::Through && matches!(step, Step::Key(_) | Step::AnyKey) {
                        bits |= 1 << at;
                    }
                }
            }
        }
        Progress { bits: self.with_free_steps(bits), below: from.below || self.selects(from) }
    }

    fn key_step(&self, from: Progress, key: &[u8]) -> Progress {
        self.advance(from, true, |step| match step {
            Step::Key(wanted) => wanted.as_bytes() == key,
            Step::AnyKey => true,
            _ => false,
        })
    }

    fn element_step(&self, from: Progress, index: u32) -> Progress {
        self.advance(from, false, |step| match step {
            Step::Index(wanted) => *wanted == index,
            Step::AnyElement => true,
            _ => false,
        })
    }

    /// Whether the place itself is selected.
    pub fn selects(&self, at: Progress) -> bool {
        at.bits & 1 << self.steps.len() != 0
    }

    /// From a place in the store into a raw text below it.
    pub fn raw_steps(&self, mut at: Progress, steps: &[RawStep<'_>]) -> Progress {
        for step in steps {
            at = match step {
                RawStep::Key(key) => self.key_step(at, key),
                RawStep::Index(index) => self.element_step(at, *index),
            };
        }
        at
    }

    /// The rest of the pattern at a place, once for each way it came there.
    pub fn rests(&self, at: Progress) -> impl Iterator<Item = Select> {
        let arrays = self.arrays;
        (0..=self.steps.len())
            .filter(move |spent| at.bits & 1 << spent != 0)
            .map(move |spent| Select { steps: self.steps[spent..].to_vec(), arrays })
    }
}

impl Progress {
    /// Whether neither this place nor any below it can be selected or be inside a selected one.
    pub fn is_dead(self) -> bool {
        self.bits == 0 && !self.below
    }

    /// Whether the place is inside a selected one.
    pub fn is_below(self) -> bool {
        self.below
    }
}

/// The paths from `root` down that are not dead, with the pattern's progress there; `root` itself included.
pub(super) fn walk(store: &Store, pattern: &Pattern<'_>, root: PathId) -> Vec<(PathId, Progress)> {
    let nodes = store.paths().nodes();
    let mut progress = vec![Progress::default(); nodes.len()];
    let mut found = Vec::new();
    let start = pattern.start();
    progress[root as usize] = start;
    found.push((root, start));
    for (id, node) in nodes.iter().enumerate().skip(root as usize + 1) {
        let above = progress[node.parent as usize];
        if above.is_dead() {
            continue;
        }
        let here = match node.step {
            PathStep::Key(key) => pattern.key_step(above, store.paths().key(key).as_bytes()),
            PathStep::Index(index) => pattern.element_step(above, index),
        };
        if !here.is_dead() {
            progress[id] = here;
            found.push((id as PathId, here));
        }
    }
    found
}

/// The one path that a select of plain keys means, when no other could be meant: every array below or inside would need
/// the general walk, so the caller must know that there is none (hot columns do).
pub(super) fn plain_path(store: &Store, select: &Select) -> Option<PathId> {
    select.steps.iter().try_fold(crate::store::path::ROOT, |at, step| match step {
        Step::Key(key) => store.paths().member(at, key),
        _ => None,
    })
}
