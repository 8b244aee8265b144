//! Which rows are selected: the one that the cursor is in, or all from an anchor to it.

use crate::app::ask::{Asker, asker};
use crate::app::grid;
use crate::app::view::{View, view};
use leptos::prelude::*;
use std::ops::Range;

/// See the module. A handle.
#[derive(Clone, Copy)]
pub(super) struct Selection {
    view: View,
    asker: Asker,
    /// The answer that it is of, the row where it began, and the cursor it goes to: once either is another, so is the
    /// selection.
    anchor: RwSignal<Option<(u64, u64, u64)>>,
}

impl Selection {
    pub fn new() -> Self {
        Self { view: view(), asker: asker(), anchor: RwSignal::new(None) }
    }

    /// The positions selected, when they are several.
    pub fn several(&self) -> Option<Range<u64>> {
        let (answer, anchor, end) = self.anchor.get()?;
        let now = self.asker.answer.with(|answer| answer.token);
        (answer == now && self.view.cursor.get() == Some(end) && anchor != end)
            .then(|| anchor.min(end)..anchor.max(end) + 1)
    }

    /// Whether any row is selected.
    pub fn any(&self) -> bool {
        self.view.cursor.get().is_some()
    }

    /// The positions selected; all where none is.
    pub fn or_all(&self) -> Range<u64> {
        let cursor = || self.view.cursor.get().map(|cursor| cursor..cursor + 1);
        self.several().or_else(cursor).unwrap_or(0..self.view.scroll.total.get())
    }

    /// Whether a row is selected.
    pub fn has(&self, position: u64) -> bool {
        self.several().map_or_else(|| self.view.cursor.get() == Some(position), |range| range.contains(&position))
    }

    /// Where an extended selection begins.
    fn start(&self) -> u64 {
        let known = untrack(|| self.several()).and(self.anchor.get_untracked()).map(|(_, anchor, _)| anchor);
        known.or_else(|| self.view.cursor.get_untracked()).unwrap_or(0)
    }

    fn set(&self, anchor: u64, end: u64) {
        let answer = self.asker.answer.with_untracked(|answer| answer.token);
        self.anchor.set(Some((answer, anchor, end)));
    }

    /// Extends it to a position.
    pub fn extend(&self, position: u64) {
        let anchor = self.start();
        batch(|| {
            self.set(anchor, position);
            self.view.select(position);
        });
    }

    /// Extends it by a key; whether the key does so.
    pub fn step(&self, key: &str) -> bool {
        let anchor = self.start();
        if !grid::step(key, self.view.scroll, self.view.cursor, false) {
            return false;
        }
        if let Some(end) = self.view.cursor.get_untracked() {
            self.set(anchor, end);
        }
        true
    }

    /// Selects every row.
    pub fn all(&self) {
        let Some(last) = self.view.scroll.total.get_untracked().checked_sub(1) else { return };
        batch(|| {
            self.set(0, last);
            self.view.cursor.set(Some(last));
        });
    }

    /// Only the row of the cursor; whether there were more.
    pub fn forget(&self) -> bool {
        let several = untrack(|| self.several()).is_some();
        self.anchor.set(None);
        several
    }
}
