//! What can be done with a cell: only events with its value, or without it. There is one set of controls; it stands over
//! the cell under the pointer, or over the one that the keys are at.

use super::cells;
use crate::app::columns;
use crate::app::field;
use crate::app::icons;
use crate::app::pages::Pages;
use crate::app::view::{View, view};
use crate::session::page::Session;
use crate::session::questions;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

/// How long the pointer rests on a cell before its controls appear.
const REST: Duration = Duration::from_millis(200);

/// Bytes of a value that a clause of the query may have.
const LONGEST: usize = 2_000;

/// A cell: position of its row, and its column; column 0 is the time.
pub(super) type Place = (u64, usize);

/// Which cell something can be done with. A handle.
#[derive(Clone, Copy)]
pub(super) struct Cells {
    view: View,
    pages: Pages,
    session: Session,
    /// Under the pointer.
    hovered: RwSignal<Option<Place>>,
    /// The pointer came to a cell and has to rest there.
    resting: StoredValue<Option<TimeoutHandle>>,
    /// The column that the keys are at, in the row of the cursor.
    pub column: RwSignal<Option<usize>>,
}

/// Where a cell stands in the table's own place: left, top, width, height.
type Spot = (f64, f64, f64, f64);

impl Cells {
    pub fn new() -> Self {
        Self {
            view: view(),
            pages: expect_context(),
            session: expect_context(),
            hovered: RwSignal::new(None),
            resting: StoredValue::new(None),
            column: RwSignal::new(None),
        }
    }

    /// The cell that the keys are at.
    pub fn active(&self) -> Option<Place> {
        let last = self.pages.drawn.with(|drawn| drawn.len());
        self.view.cursor.get().zip(self.column.get().map(|column| column.min(last)))
    }

    /// Its id.
    pub fn active_id(&self) -> Option<String> {
        self.active().map(|(position, column)| cells::id(position, column))
    }

    /// The pointer is over something.
    pub fn over(&self, event: &MouseEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(target) = target else { return };
        if target.closest("#cell-actions").ok().flatten().is_some() {
            return;
        }
        let place = place_of(&target);
        if self.hovered.get_untracked() == place {
            return;
        }
        // Whoever clicks on their way wants the row, not what would come to lie under the pointer.
        self.leave();
        let cells = *self;
        let rest = set_timeout_with_handle(move || cells.hovered.set(place), REST).ok();
        self.resting.set_value(rest);
    }

    /// The pointer is over no cell, or cells moved under it.
    pub fn leave(&self) {
        if let Some(rest) = self.resting.try_update_value(Option::take).flatten() {
            rest.clear();
        }
        if self.hovered.get_untracked().is_some() {
            self.hovered.set(None);
        }
    }

    /// Moves the keys' cell sideways.
    pub fn step(&self, right: bool) {
        let last = self.pages.drawn.with_untracked(|drawn| drawn.len());
        self.column.update(|column| {
            *column = Some(match (*column, right) {
                (None, _) => usize::from(right),
                (Some(at), true) => (at + 1).min(last),
                (Some(at), false) => at.saturating_sub(1),
            });
        });
        let cells = *self;
        request_animation_frame(move || cells.reveal());
    }

    /// Scrolls sideways until the keys' cell is beside the columns that stay.
    fn reveal(self) {
        let (Some(id), Some(grid)) = (untrack(|| self.active_id()), self.view.scroll.node.get_untracked()) else {
            return;
        };
        let (Some(cell), Some(column)) = (document().get_element_by_id(&id), self.column.get_untracked()) else {
            return;
        };
        if column < 2 {
            return;
        }
        let (cell, frame) = (cell.get_bounding_client_rect(), grid.get_bounding_client_rect());
        let stays = stays(&id);
        let right = frame.left() + f64::from(grid.client_width());
        let by = if cell.left() < stays { cell.left() - stays } else { (cell.right() - right).max(0.0) };
        if by.abs() > 0.5 {
            grid.set_scroll_left(grid.scroll_left() + by.round() as i32);
        }
    }

    /// Asks for events with the value of a cell, or without it. Of several values each counts.
    pub fn choose(self, (position, column): Place, include: bool) {
        let name = column.checked_sub(1).and_then(|at| self.pages.drawn.with_untracked(|drawn| drawn.get(at).cloned()));
        let line = untrack(|| self.pages.line(position));
        let (Some(name), Some(line)) = (name, line) else { return };
        let Some(select) = field::select(&name) else { return };
        spawn_local(async move {
            let found = questions::values(&self.session.shards(), line.shard, line.row.row, &select).await;
            let Ok(values) = found else { return };
            // A clause as long as some messages would be no clause that anybody reads.
            if values.iter().flatten().any(|value| value.len() > LONGEST) {
                return;
            }
            if values.is_empty() {
                self.view.choose(&name, None, include);
            }
            // Secret values are never searched.
            for value in values.iter().flatten() {
                self.view.choose(&name, Some(value), include);
            }
        });
    }

    /// The cell that the controls are for.
    fn target(&self) -> Option<Place> {
        self.hovered.get().or_else(|| self.active()).filter(|(position, column)| {
            // A bar in place of a value has none.
            *column > 0 && self.pages.line(*position).is_some()
        })
    }
}

/// The right edge of the columns that stay where they are, of the row that a cell is in.
fn stays(cell: &str) -> f64 {
    let row = cell.rsplit_once('-').map_or(cell, |(row, _)| row);
    let first = document().get_element_by_id(&format!("{row}-1"));
    first.map_or(0.0, |cell| cell.get_bounding_client_rect().right())
}

/// The cell that an element is in.
pub(super) fn place_of(target: &Element) -> Option<Place> {
    let cell = target.closest("#grid .row > .cell").ok().flatten()?;
    let id = cell.id();
    let (position, column) = id.strip_prefix("grid-")?.split_once('-')?;
    Some((position.parse().ok()?, column.parse().ok()?))
}

/// Where a cell is, in pixels from the corner of the element that the controls are placed in.
fn spot((position, column): Place) -> Option<Spot> {
    let id = cells::id(position, column);
    let cell = document().get_element_by_id(&id)?;
    let grid = document().get_element_by_id("grid")?;
    let (rect, frame) = (cell.get_bounding_client_rect(), grid.get_bounding_client_rect());
    let left = if column > 1 { rect.left().max(stays(&id)) } else { rect.left() };
    let right = rect.right().min(frame.left() + f64::from(grid.client_width()));
    let seen = right - left > 8.0 && rect.top() >= frame.top() + super::super::scroll::HEAD - rect.height();
    seen.then(|| (left - frame.left(), rect.top() - frame.top(), right - left, rect.height()))
}

/// The frame around the keys' cell, and the controls.
#[component]
pub(super) fn Actions(cells: Cells) -> impl IntoView {
    let spots = RwSignal::new((None::<Spot>, None::<(Place, Spot)>));
    let view = cells.view;
    Effect::new(move || {
        // Whatever moves cells.
        let _moved = (view.scroll.first(), view.scroll.hidden(), view.scroll.row());
        view.shown().columns.track();
        cells.pages.drawn.track();
        let (active, target) = (cells.active(), cells.target());
        // Once the cells stand where they are going to.
        request_animation_frame(move || {
            let new = (active.and_then(spot), target.and_then(|place| Some((place, spot(place)?))));
            let _late = spots.try_update(|known| {
                if *known != new {
                    *known = new;
                }
            });
        });
    });
    // The buttons stay the same ones, so that a press on one is not lost to what moves.
    let place = move || spots.with(|spots| spots.1.map(|(place, _)| place));
    let act = move |include: bool| {
        if let Some(place) = untrack(place) {
            cells.choose(place, include);
        }
    };
    let left =
        move || spots.with(|spots| spots.1.map_or(0.0, |(_, (left, _, width, _))| left + (width - 44.0).max(0.0)));
    let top = move || spots.with(|spots| spots.1.map_or(0.0, |(_, (_, top, ..))| top));
    let height = move || spots.with(|spots| spots.1.map_or(0.0, |(_, (.., height))| height - 1.0));
    let named = move |what: &str| {
        let column = place().and_then(|(_, column)| column.checked_sub(1));
        let name = column.and_then(|at| cells.pages.drawn.with(|drawn| drawn.get(at).map(|name| field::title(name))));
        format!("{what}: {}", name.unwrap_or_default())
    };
    view! {
        <div class="cell-layer" aria-hidden="true">
            <Show when=move || spots.with(|spots| spots.0.is_some())>
                <div
                    class="cell-mark"
                    style:left=move || spots.with(|spots| spots.0.map(|(left, ..)| format!("{left:.1}px")))
                    style:top=move || spots.with(|spots| spots.0.map(|(_, top, ..)| format!("{top:.1}px")))
                    style:width=move || spots.with(|spots| spots.0.map(|(_, _, width, _)| format!("{width:.1}px")))
                    style:height=move || spots.with(|spots| spots.0.map(|(.., height)| format!("{height:.1}px")))
                ></div>
            </Show>
            <div
                id="cell-actions"
                class:none=move || place().is_none()
                style:left=move || format!("{:.1}px", left())
                style:top=move || format!("{:.1}px", top())
                style:height=move || format!("{:.1}px", height())
            >
                <button
                    id="cell-include"
                    tabindex="-1"
                    title=move || named("Only with this value (Ctrl-click)")
                    on:click=move |_| act(true)
                >
                    {icons::include()}
                </button>
                <button
                    id="cell-exclude"
                    tabindex="-1"
                    title=move || named("Without this value (Alt-click)")
                    on:click=move |_| act(false)
                >
                    {icons::exclude()}
                </button>
            </div>
        </div>
    }
}

/// Whether the table is drawn with low rows.
pub(super) fn is_compact(view: View) -> bool {
    view.compact.get()
}

/// The button that makes rows lower or higher.
#[component]
pub(super) fn Density() -> impl IntoView {
    let view = view();
    view! {
        <button
            id="density"
            class="tool"
            aria-label="Compact rows"
            title="Compact rows"
            aria-pressed=move || is_compact(view).to_string()
            on:click=move |_| columns::set_compact(view, !untrack(|| is_compact(view)))
        >
            {icons::density()}
        </button>
    }
}
