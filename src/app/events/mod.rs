//! The room of events, and its table, which the room of log lines has as well.

mod actions;
mod cells;
mod choose;
mod head;
mod popup;
mod selection;
mod take;

use super::ask::asker;
use super::grid::{Parts, grid};
use super::pages::Pages;
use super::view::view;
use super::{columns, dom, icons, logs};
use crate::session::page::{Phase, Session};
use actions::{Actions, Cells, Density};
use cells::Looks;
pub(super) use cells::outcome_mark;
use leptos::prelude::*;
use selection::Selection;
use take::{As, Taker};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, MouseEvent};

/// The room.
#[component]
pub fn Events() -> impl IntoView {
    view! {
        <main id="events" class="room" aria-label="Events">
            <Table label="Events"/>
        </main>
    }
}

/// The table.
#[component]
pub fn Table(
    /// What it holds.
    label: &'static str,
) -> impl IntoView {
    let view = view();
    let asker = asker();
    let pages = expect_context::<Pages>();
    let selection = Selection::new();
    let cells = Cells::new();
    let taker = Taker::new(selection);
    let room = Memo::new(move |_| cells::room(&columns::here(view)));
    let row = move |position: u64| {
        let line = pages.line(position);
        let awaited = line.is_none();
        let drawn = pages.drawn.get();
        let chosen = move || selection.has(position).to_string();
        view! {
            <div
                class="row"
                class:here=move || view.cursor.get() == Some(position)
                class:awaited=awaited
                role="row"
                id=format!("grid-{position}")
                data-index=position.to_string()
                aria-rowindex=(position + 2).to_string()
                aria-selected=chosen
            >
                {cells::cells(position, line.as_deref(), &drawn, Looks::now(view, room.get()))}
            </div>
        }
    };
    let parts = Parts {
        id: "grid",
        label,
        columns: Signal::derive(move || pages.drawn.with(|drawn| drawn.len()) + 1),
        several: true,
        cell: Signal::derive(move || cells.active_id()),
        header: head::Head(),
        row,
    };
    let table = grid(view.scroll, view.cursor, parts, move |position, event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let place = target.as_ref().and_then(actions::place_of).filter(|(_, column)| *column > 0);
        match place {
            Some(place) if event.alt_key() => cells.choose(place, false),
            Some(place) if event.ctrl_key() || event.meta_key() => cells.choose(place, true),
            _ if event.shift_key() => selection.extend(position),
            _ => {
                selection.forget();
                cells.column.set(None);
                view.select(position);
                view.detail.set(true);
            }
        }
    });
    let time = Memo::new(move |_| columns::time_width(pages.milliseconds()));
    // Columns keep their widths until those chosen in their place are drawn.
    let template = Memo::new(move |before: Option<&(String, u32)>| {
        let drawn = pages.drawn.get();
        let chosen = columns::here(view);
        let same = chosen.len() == drawn.len() && chosen.iter().zip(drawn.iter()).all(|(a, b)| a.field == *b);
        match before {
            Some(before) if !same => before.clone(),
            _ => {
                columns::template(time.get(), &chosen, columns::TOOLS + if view.in_logs() { columns::TOOL } else { 0 })
            }
        }
    });
    let bar = RwSignal::new(0);
    Effect::new(move || {
        // Its inside changes with the window, and when a scroll bar comes or goes.
        if let Some(grid) = view.scroll.node.get() {
            dom::on_resize(&grid, move |_, _| {
                if let Some(grid) = view.scroll.node.get_untracked() {
                    bar.set(grid.offset_width() - grid.client_width());
                }
            });
        }
    });
    // Cells that move are no longer those under the pointer.
    Effect::new(move || {
        let _moved = (view.scroll.first(), view.scroll.hidden(), pages.drawn.get());
        cells.leave();
    });
    let key = move |event: KeyboardEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| target.id() == "grid") && pressed(&event, selection, cells, taker) {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    // Shift-click selects rows, not the text between.
    let press = move |event: MouseEvent| {
        if event.shift_key() && event.button() == 0 {
            event.prevent_default();
            dom::focus("grid");
        }
    };
    let open = RwSignal::new(None::<&'static str>);
    view! {
            <div
                class="table-place"
                class:wrapped=move || view.in_logs() && view.wrap.get()
                class:dimmed=move || asker.dimmed.get() || view.fault.with(Option::is_some)
                class:compact=move || actions::is_compact(view)
                style=("--columns", move || template.with(|(columns, _)| columns.clone()))
                style=("--least", move || template.with(|(_, least)| format!("{least}px")))
                style=("--time", move || format!("{}px", time.get()))
                style=("--row", move || format!("{}px", view.scroll.row()))
                style=("--bar-width", move || format!("{}px", bar.get()))
                on:keydown=key
                on:mousedown=press
                on:mousemove=move |event| cells.over(&event)
                on:mouseleave=move |_| cells.leave()
            >
                {table}
                <Actions cells/>
                <div class="tools" role="toolbar" aria-label="Table">
                    <choose::Choose open/>
                    <logs::Wrap/>
                    <Density/>
                    <take::Copy open taker/>
                    <take::Save open taker/>
                </div>
                <take::Progress/>
                <Nothing/>
            </div>
    }
}

/// Does what a key does in the table; whether it does anything. Keys that move the cursor alone are the page's.
fn pressed(event: &KeyboardEvent, selection: Selection, cells: Cells, taker: Taker) -> bool {
    let key = event.key();
    if event.alt_key() {
        return false;
    }
    if event.ctrl_key() || event.meta_key() {
        match key.as_str() {
            "c" if !dom::is_text_selected() => taker.copy(As::Tsv),
            "a" => selection.all(),
            _ => return false,
        }
        return true;
    }
    match key.as_str() {
        "ArrowLeft" => cells.step(false),
        "ArrowRight" => cells.step(true),
        "+" | "-" => {
            let Some(place) = untrack(|| cells.active()) else { return false };
            cells.choose(place, key == "+");
        }
        "ArrowDown" | "ArrowUp" | "PageDown" | "PageUp" | "Home" | "End" if event.shift_key() => {
            return selection.step(&key);
        }
        "Escape" => {
            let any = selection.forget();
            let column = cells.column.get_untracked().is_some();
            if column {
                cells.column.set(None);
            }
            return any || column;
        }
        _ => return false,
    }
    true
}

/// What stands in the place of rows where there are none.
#[component]
fn Nothing() -> impl IntoView {
    let view = view();
    let asker = asker();
    let session = expect_context::<Session>();
    move || {
        let (shown, total) = asker.answer.with(|answer| (answer.shown, answer.total));
        let phase = session.progress.with(|progress| progress.phase);
        if shown > 0 {
            return None;
        }
        let (head, what) = match (total, phase) {
            (0, Phase::Looking | Phase::Reading | Phase::Checking) => {
                ("Reading", "Events appear here as the files come in.")
            }
            (0, _) => {
                ("No events", "None of the files holds CloudTrail records that could be read. Files has the reasons.")
            }
            _ if view.in_logs() => {
                ("No line matches", "Clear the search with Esc, or go back to a longer range of time.")
            }
            _ => ("No event matches", "Clear the search with Esc, or go back to a longer range of time."),
        };
        let back = (total > 0 && !view.zoom.with(Vec::is_empty)).then(|| {
            view! { <button class="plain" on:click=move |_| view.zoom.set(Vec::new())>"Show all of time"</button> }
        });
        Some(view! { <div class="nothing">{icons::search()}<p class="title">{head}</p><p>{what}</p>{back}</div> })
    }
}
