//! The events that match, or do not, with the values that the pattern names: the first ones by time, and more on demand.

use super::bench::{Bench, Found, Side, bench};
use crate::app::ask::asker;
use crate::app::events::outcome_mark;
use crate::app::grid::{Parts, grid, step};
use crate::app::logs::lines::without_escapes;
use crate::app::scroll::Scroll;
use crate::app::shown::{counted, elided, grouped, short, visible, visible_text};
use crate::app::view::{Selected, view};
use crate::query::order::SortKey;
use crate::query::series::Source;
use crate::session::protocol::EventRow;
use leptos::prelude::*;
use std::sync::Arc;

/// Characters of a value that are fetched.
pub const LONGEST: u32 = 400;

/// What a column of the table shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// What the metric is published with.
    Value,
    /// A dimension's value.
    Dimension,
    /// A field that the pattern names.
    Field,
    /// A part of the words for the event, at the end of its row; not a column of its own.
    Part,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Where its values come from.
    pub source: Source,
    /// What they are.
    pub shows: Shows,
}

/// The parts of the words for an event, in the order in which they stand behind the columns.
pub const PARTS: [&str; 5] = ["action", "result", "error", "actor", "@message"];

/// An event of the table.
#[derive(Debug, PartialEq)]
pub struct Line {
    /// Where it stands in the order.
    pub key: SortKey,
    /// Which event it is.
    pub event: Selected,
    /// Its time.
    pub time: Option<i64>,
    /// Its values, by column.
    pub cells: Vec<Option<String>>,
}

impl Line {
    /// Of what a shard found.
    #[must_use]
    pub fn new((key, shard, row): (SortKey, usize, EventRow)) -> Self {
        let event = Selected { shard, row: row.row, file: row.file, record: row.record };
        Self { key, event, time: row.time, cells: row.cells }
    }

    /// The words for the event: the call of a trail, or the message of a line.
    fn words(&self) -> [Option<&str>; PARTS.len()] {
        let from = self.cells.len().saturating_sub(PARTS.len());
        std::array::from_fn(|at| self.cells.get(from + at).and_then(Option::as_deref))
    }
}

/// Width of a column in CSS pixels.
fn width(column: &Column) -> u32 {
    match column.shows {
        Shows::Value => 96,
        _ => 124,
    }
}

/// The tables.
#[component]
pub fn Lines() -> impl IntoView {
    let bench = bench();
    let view = view();
    let asker = asker();
    let scroll = Scroll::new();
    let cursor = RwSignal::new(None::<u64>);
    let lines = Memo::new(move |_| bench.found.with(|found| found.as_ref().map(|found| found.lines.clone())));
    let columns = Memo::new(move |_| {
        let columns = bench.found.with(|found| found.as_ref().map(|found| found.columns())).unwrap_or_default();
        Arc::new(columns.iter().filter(|column| column.shows != Shows::Part).cloned().collect::<Vec<_>>())
    });
    let total = move || lines.with(|lines| lines.as_ref().map_or(0, |lines| lines.len() as u64));
    Effect::new(move || scroll.set_total(total()));
    // Another question is read from its top; more of the same one is not.
    let of = Memo::new(move |_| bench.found.with(|found| found.as_ref().map(|found| found.identity())));
    Effect::new(move |before: Option<_>| {
        let now = of.get();
        if before.is_some_and(|before| before != now) {
            cursor.set(None);
            scroll.to(0.0);
        }
        now
    });
    let line = move |position: u64| lines.with(|lines| lines.as_ref()?.get(position as usize).cloned());
    let open = move |position: u64| {
        if let Some(line) = untrack(|| line(position)) {
            asker.open(line.event);
        }
    };
    // Where an event is open, the keys go from one to the next.
    Effect::new(move || {
        if let Some(position) = cursor.get().filter(|_| view.detail.get_untracked()) {
            open(position);
        }
    });
    let row = move |position: u64| {
        let line = line(position);
        let here = move || cursor.get() == Some(position);
        let event = line.as_ref().map(|line| line.event);
        view! {
            <div
                class="row"
                class:here=here
                role="row"
                id=format!("bench-grid-{position}")
                data-index=position.to_string()
                aria-rowindex=(position + 2).to_string()
                aria-selected=move || (here() || (event.is_some() && view.selected.get() == event)).to_string()
            >
                {line.map(|line| cells(&line, &columns.get()))}
            </div>
        }
    };
    let header = move || {
        let named = columns.get();
        let titles = named.iter().map(|column| {
            let class = if column.shows == Shows::Value { "cell number" } else { "cell" };
            view! { <div class=class role="columnheader" title=visible_text(&column.title).into_owned()>{visible(&elided(&column.title, 60))}</div> }
        });
        view! {
            <div class="cell" role="columnheader">{move || format!("Time ({})", view.zone.get().name())}</div>
            {titles.collect_view()}
            <div class="cell" role="columnheader">"Event"</div>
        }
    };
    let parts = Parts {
        id: "bench-grid",
        label: "Events, with the values that the pattern names",
        columns: Signal::derive(move || columns.with(|columns| columns.len()) + 2),
        several: false,
        cell: Signal::stored(None),
        header,
        row,
    };
    let table = grid(scroll, cursor, parts, move |position, _| {
        cursor.set(Some(position));
        open(position);
    });
    let key = move |event: web_sys::KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        if step(&event.key(), scroll, cursor, event.shift_key()) {
            event.prevent_default();
        } else if let ("Enter", Some(position)) = (event.key().as_str(), cursor.get_untracked()) {
            event.prevent_default();
            open(position);
        }
    };
    let widths = move || {
        let columns = columns.get();
        let each = columns.iter().map(|column| format!("{}px ", width(column)));
        format!("196px {}minmax(280px, 1fr)", each.collect::<String>())
    };
    let least = move || format!("{}px", 196 + 280 + columns.with(|all| all.iter().map(width).sum::<u32>()));
    let none = move || {
        let found = bench.found.get()?;
        found.lines.is_empty().then(|| {
            let words = match found.side() {
                _ if found.sums.events == 0 => "There is no event to match",
                Side::Matches => "No event matches",
                Side::Misses => "Every event matches",
            };
            view! { <div class="nothing"><p class="title">{words}</p></div> }
        })
    };
    view! {
        <section class="bench-lines" aria-label="Events">
            <Sides/>
            <div
                class="table-place"
                class:dimmed=move || bench.dimmed()
                style=("--columns", widths)
                style=("--least", least)
                on:keydown=key
            >
                {table}
                {none}
            </div>
            <More/>
        </section>
    }
}

/// The cells of a row.
fn cells(line: &Line, columns: &[Column]) -> impl IntoView + use<> {
    let view = view();
    let time = line.time;
    let values = columns.iter().zip(&line.cells).map(|(column, cell)| {
        let class = if column.shows == Shows::Value { "cell number" } else { "cell" };
        let title = cell.as_deref().map(|text| visible_text(text).into_owned());
        let shown = cell.as_deref().map(|text| visible(&elided(text, 80)));
        view! { <div class=class role="gridcell" title=title>{shown.map_or_else(|| view! { <span class="dim">"–"</span> }.into_any(), IntoAny::into_any)}</div> }
    });
    let [action, result, error, actor, message] = line.words().map(|part| part.map(str::to_owned));
    let words = match action {
        Some(action) => {
            let outcome = result.map(|result| (outcome_mark(&result), error.unwrap_or(result)));
            let outcome = outcome.filter(|((_, mark), _)| !mark.is_empty()).map(|((class, mark), words)| {
                view! { <span class=class>{mark}" "{visible(&elided(&words, 60))}</span>" " }
            });
            view! {
                <b>{visible(&elided(&action, 80))}</b>" "{outcome}
                <span class="dim">{actor.map(|actor| visible(&short(&actor, 32)))}</span>
            }
            .into_any()
        }
        None => message.map(|message| visible(&without_escapes(&message).trim_end().replace('\t', "  "))).into_any(),
    };
    view! {
        <div class="cell" role="gridcell">{move || time.map_or_else(|| "undated".to_owned(), |at| view.zone.get().full(at))}</div>
        {values.collect_view()}
        <div class="cell" role="gridcell">{words}</div>
    }
}

/// Matches or misses, and which end of time first.
#[component]
fn Sides() -> impl IntoView {
    let bench = bench();
    let number = move |of: fn(&Found) -> u64| bench.found.with(|found| found.as_ref().map(|found| grouped(of(found))));
    let tab = move |side: Side, id: &'static str, words: &'static str, of: fn(&Found) -> u64| {
        view! {
            <button
                id=id
                role="tab"
                aria-selected=move || (bench.side.get() == side).to_string()
                aria-controls="bench-grid"
                on:click=move |_| bench.side.set(side)
            >
                {words}" "<span class="data dim">{move || number(of)}</span>
            </button>
        }
    };
    view! {
        <div class="tabs">
            <div role="tablist" aria-label="Events listed">
                {tab(Side::Matches, "bench-matches", "Matches", |found| found.sums.matches)}
                {tab(Side::Misses, "bench-misses", "Misses", |found| found.sums.events - found.sums.matches)}
            </div>
            <button
                id="bench-order"
                class="plain"
                title="Which end of time the table begins with"
                on:click=move |_| bench.newest.update(|newest| *newest = !*newest)
            >
                {move || if bench.newest.get() { "Newest first ↓" } else { "Oldest first ↑" }}
            </button>
        </div>
    }
}

/// How many of the events are listed, and the way to more.
#[component]
fn More() -> impl IntoView {
    let bench: Bench = bench();
    let rest = move || {
        let found = bench.found.get()?;
        let (listed, all) = (found.lines.len() as u64, found.listed());
        let sort = if found.side() == Side::Matches { ("match", "matches") } else { ("miss", "misses") };
        let more = (listed < all).then(|| {
            view! {
                <button id="bench-more" class="plain" disabled=move || bench.fetching.get() on:click=move |_| bench.more()>
                    "Show 100 more"
                </button>
            }
        });
        let words = if listed < all {
            format!("The first {} of {}", grouped(listed), counted(all, sort.0, sort.1))
        } else {
            format!("{}, all listed", counted(all, sort.0, sort.1))
        };
        Some(view! { <span id="bench-listed">{words}</span>{more} })
    };
    view! { <p class="bench-foot dim">{rest}</p> }
}
