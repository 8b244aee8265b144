//! Long tables, written in slices: a few hundred lines a frame, so that the page answers all the time.

use leptos::prelude::*;
use std::sync::Arc;

/// Lines that are written at a time.
const SLICE: usize = 200;

/// How many lines are still to be written, of all tables. A handle.
#[derive(Clone, Copy)]
pub(super) struct Rows(RwSignal<usize>);

impl Rows {
    pub fn new() -> Self {
        Self(RwSignal::new(0))
    }

    /// Lines that are not on the sheet yet.
    pub fn missing(self) -> usize {
        self.0.get()
    }

    /// The bodies of a table of these lines. The first slice is there at once.
    pub fn bodies<T, V>(self, lines: Vec<T>, row: impl Fn(&T) -> V + Copy + Send + Sync + 'static) -> impl IntoView
    where
        T: Send + Sync + 'static,
        V: IntoView + 'static,
    {
        let lines = Arc::new(lines);
        let slices = RwSignal::new(lines.len().min(1));
        let count = lines.len().div_ceil(SLICE);
        self.0.update(|missing| *missing += lines.len().saturating_sub(SLICE));
        self.more(slices, count, lines.len());
        view! {
            <For each=move || 0..slices.get() key=|slice| *slice let:slice>
                <tbody>
                    {lines.iter().skip(slice * SLICE).take(SLICE).map(row).collect_view()}
                </tbody>
            </For>
        }
    }

    /// Another slice with the next frame.
    fn more(self, slices: RwSignal<usize>, count: usize, lines: usize) {
        request_animation_frame(move || {
            // The sheet may be gone.
            let Some(written) = slices.try_get_untracked().filter(|written| *written < count) else { return };
            slices.set(written + 1);
            let now = lines.min((written + 1) * SLICE) - lines.min(written * SLICE);
            let _gone = self.0.try_update(|missing| *missing = missing.saturating_sub(now));
            self.more(slices, count, lines);
        });
    }
}
