//! Where a long table is scrolled to. Browsers cap the height of an element (Firefox at 17 million pixels, and a million
//! rows are 26), so from [`TALLEST`] on the scroll bar stands for more than its own length: it then leads to a place, and
//! the wheel, which must stay exact, moves the place and drags the bar along.

use leptos::html::Div;
use leptos::prelude::*;

/// Height of a row in CSS pixels.
pub const ROW: f64 = 26.0;

/// Height of a row for those who want more of them.
pub const COMPACT: f64 = 20.0;

/// Height of a row with room for four lines of a message.
pub const WRAPPED: f64 = 76.0;

/// Height of the header.
pub const HEAD: f64 = 26.0;

/// The tallest element that is made.
const TALLEST: f64 = 8_000_000.0;

/// See the module. A handle; it outlives the table, so that a room is found as it was left.
#[derive(Clone, Copy)]
pub struct Scroll {
    /// Rows there are.
    pub total: RwSignal<u64>,
    /// Pixels above the first visible one, as if nothing were capped.
    top: RwSignal<f64>,
    /// Height of a row.
    row: RwSignal<f64>,
    /// Height of the part that shows rows.
    height: RwSignal<f64>,
    /// The element that scrolls, while there is one.
    pub node: NodeRef<Div>,
    /// Where we put the bar ourselves: the event that tells of it tells nothing new.
    put: StoredValue<i32>,
    /// Where the bar is, as far as is known.
    at: StoredValue<i32>,
    /// It is put where it belongs before the next frame.
    due: StoredValue<bool>,
}

impl Scroll {
    /// At the top of an empty table.
    #[must_use]
    pub fn new() -> Self {
        Self {
            total: RwSignal::new(0),
            top: RwSignal::new(0.0),
            row: RwSignal::new(ROW),
            height: RwSignal::new(ROW * 24.0),
            node: NodeRef::new(),
            put: StoredValue::new(-1),
            at: StoredValue::new(0),
            due: StoredValue::new(false),
        }
    }

    /// Height of a row.
    #[must_use]
    pub fn row(&self) -> f64 {
        self.row.get()
    }

    /// Rows are of another height from now on; the first one on the screen stays the first.
    pub fn set_row(&self, row: f64) {
        let before = self.row.get_untracked();
        if (before - row).abs() > 0.1 {
            let top = self.top.get_untracked() / before * row;
            self.row.set(row);
            self.to(top);
        }
    }

    /// Rows that fit, the last perhaps in part.
    #[must_use]
    pub fn fit(&self) -> u64 {
        (self.height.get() / self.row.get()).ceil() as u64 + 1
    }

    /// The first visible row.
    #[must_use]
    pub fn first(&self) -> u64 {
        (self.top.get() / self.row.get()) as u64
    }

    /// How many pixels of the first visible row are above the edge.
    #[must_use]
    pub fn hidden(&self) -> f64 {
        self.top.get() % self.row.get()
    }

    /// Height of all rows.
    fn full(&self) -> f64 {
        self.total.get() as f64 * self.row.get()
    }

    /// Height of the element that stands for all rows.
    #[must_use]
    pub fn spacer(&self) -> f64 {
        self.full().min(TALLEST)
    }

    fn farthest(&self) -> f64 {
        (self.full() - self.height.get()).max(0.0)
    }

    /// How many pixels of rows a pixel of the scroll bar stands for.
    fn ratio(&self) -> f64 {
        let bar = (self.spacer() - self.height.get()).max(1.0);
        (self.farthest() / bar).max(1.0)
    }

    /// The part that shows rows has another height.
    pub fn resized(&self, height: f64) {
        if (self.height.get_untracked() - height).abs() > 0.5 {
            self.height.set(height.max(ROW));
        }
    }

    /// The browser moved the scroll bar, or tells that we did.
    pub fn moved(&self, bar: i32) {
        self.at.set_value(bar);
        let known = self.put.try_update_value(|put| std::mem::replace(put, -1) == bar);
        if known != Some(true) {
            let top = untrack(|| (f64::from(bar) * self.ratio()).min(self.farthest()));
            if (self.top.get_untracked() - top).abs() > 0.5 {
                self.top.set(top);
            }
        }
    }

    /// The wheel was turned; whether it was dealt with here. While the bar is as long as the rows the browser does it best.
    pub fn wheel(&self, pixels: f64) -> bool {
        let capped = untrack(|| self.ratio()) > 1.0;
        if capped {
            self.to(self.top.get_untracked() + pixels);
        }
        capped
    }

    /// Moves to a place.
    pub fn to(&self, top: f64) {
        let top = untrack(|| top.clamp(0.0, self.farthest()));
        self.top.set(top);
        self.put_bar();
    }

    /// Moves so that a row is the first visible one.
    pub fn show_first(&self, row: u64) {
        self.to(row as f64 * self.row.get_untracked());
    }

    /// The element is new, and at its top.
    pub fn attached(self) {
        self.at.set_value(0);
        self.put_bar();
    }

    /// Puts the scroll bar where it belongs, when the place, the number of rows or the element is new: just before the next
    /// frame, when the element has its new height. Where it is now is not asked of the browser, which would have to lay out
    /// everything for the answer.
    pub fn put_bar(self) {
        if self.due.try_update_value(|due| std::mem::replace(due, true)) == Some(false) {
            request_animation_frame(move || self.put_bar_now());
        }
    }

    fn put_bar_now(self) {
        let _done = self.due.try_set_value(false);
        let Some(node) = self.node.try_get_untracked().flatten() else { return };
        let bar = untrack(|| self.top.get() / self.ratio()).round() as i32;
        if self.at.get_value() != bar {
            self.at.set_value(bar);
            self.put.set_value(bar);
            node.set_scroll_top(bar);
        }
    }

    /// There are this many rows now. The place stays as long as there is such a place.
    pub fn set_total(&self, total: u64) {
        if self.total.get_untracked() != total {
            self.total.set(total);
            let farthest = untrack(|| self.farthest());
            if self.top.get_untracked() > farthest {
                self.top.set(farthest);
            }
        }
    }

    /// Scrolls as little as needed for a row to be wholly seen.
    pub fn reveal(&self, row: u64) {
        let (top, height, each) = (self.top.get_untracked(), self.height.get_untracked(), self.row.get_untracked());
        let row = row as f64 * each;
        if row < top {
            self.to(row);
        } else if row + each > top + height {
            self.to(row + each - height);
        }
    }

    /// Whole rows that fit, at least one: what Page Down moves by.
    #[must_use]
    pub fn page(&self) -> u64 {
        ((self.height.get_untracked() / self.row.get_untracked()) as u64).max(2) - 1
    }
}

impl Default for Scroll {
    fn default() -> Self {
        Self::new()
    }
}
