//! The map of streams and hours, as a grid of cells: arrows move through it, Enter and clicks narrow the table to a cell.

use super::chart::{Chart, HOUR, State};
use super::custody::{Narrow, Tab, custody};
use crate::app::dom;
use crate::app::grid::{Parts, grid};
use crate::app::scroll::{HEAD, Scroll};
use crate::app::shown::{grouped, visible, visible_text};
use crate::app::view::{Span, view};
use crate::app::zone::Zone;
use leptos::html::Div;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// Height of a row in CSS pixels; the style sheet says the same.
const ROW: f64 = 20.0;

/// Rows on the screen at once, at most.
const ROWS: usize = 10;

/// Width of a cell, at least and at most.
const NARROWEST: f64 = 13.0;
const WIDEST: f64 = 30.0;

/// Width of the names of rows.
fn names(room: f64) -> f64 {
    if room > 900.0 { 260.0 } else { 190.0 }
}

/// The map, its legend, and what is known of the cell that one points at.
#[component]
pub fn Map() -> impl IntoView {
    let custody = custody();
    let view = view();
    let scroll = Scroll::new();
    scroll.set_row(ROW);
    let (row, column) = (RwSignal::new(None::<u64>), RwSignal::new(0usize));
    let pointed = RwSignal::new(None::<(usize, usize)>);
    let room = RwSignal::new(0.0);
    let place = NodeRef::<Div>::new();
    Effect::new(move || {
        if let Some(node) = place.get() {
            dom::on_resize(&node, move |width, _| {
                room.set(width);
                let most = ((width - names(width) - 24.0) / NARROWEST).clamp(6.0, 200.0) as usize;
                if custody.most.get_untracked() != most {
                    custody.most.set(most);
                }
            });
        }
    });
    let chart = custody.chart;
    Effect::new(move || scroll.set_total(chart.with(|chart| chart.rows.len() as u64)));
    Effect::new(move || {
        chart.track();
        pointed.set(None);
        row.set(None);
    });
    let cell_width = Memo::new(move |_| {
        let columns = chart.with(|chart| chart.columns).max(1) as f64;
        ((room.get() - names(room.get()) - 24.0) / columns).floor().clamp(NARROWEST, WIDEST)
    });
    let columns =
        move || format!("{}px repeat({}, {}px)", names(room.get()), chart.with(|it| it.columns), cell_width.get());
    let toggle = move |row: usize, column: usize| {
        let (from, to) = chart.with_untracked(|chart| chart.span(column));
        let cell = Narrow::Cell { row: row as u32, from, to };
        custody.narrow.update(|narrow| *narrow = (*narrow != Some(cell)).then_some(cell));
        custody.tab.set(Tab::Files);
        if let Some(stream) = chart.with_untracked(|chart| chart.rows.get(row).and_then(|row| row.stream)) {
            custody.stream.set(stream);
        }
    };
    let narrowed = Memo::new(move |_| match custody.narrow.get() {
        Some(Narrow::Cell { row, from, .. }) => Some((row as usize, chart.with(|chart| chart.column(from)))),
        _ => None,
    });
    let at = Memo::new(move |_| row.get().map(|row| (row as usize, column.get())));
    let one_row = move |position: u64| {
        let chart = chart.get();
        let number = position as usize;
        let name = chart.rows.get(number).map(|row| row.name.clone()).unwrap_or_default();
        let cells = (0..chart.columns).map(|column| {
            let state = chart.cell(number, column).state;
            view! {
                <i
                    role="gridcell"
                    id=format!("custody-map-{number}-{column}")
                    class=format!("state {}", state.name())
                    class:here=move || at.get() == Some((number, column))
                    class:picked=move || narrowed.get() == Some((number, column))
                    data-state=state.name()
                    data-column=column.to_string()
                    aria-label=state.title()
                    aria-selected=move || (narrowed.get() == Some((number, column))).to_string()
                ></i>
            }
        });
        view! {
            <div class="row" role="row" id=format!("custody-map-{number}") data-index=number.to_string() aria-rowindex=(number + 2).to_string()>
                <div class="cell" role="rowheader" title=visible_text(&name).into_owned()>{visible(&name)}</div>
                {cells.collect_view()}
            </div>
        }
    };
    let header = move || {
        let chart = chart.get();
        let zone = view.zone.get();
        let every = label_every(&chart, cell_width.get());
        let ticks = (0..chart.columns).map(|column| {
            let label = column.is_multiple_of(every).then(|| tick(&chart, column, every, zone));
            let (from, to) = chart.span(column);
            view! {
                <div class="tick-of" role="columnheader" aria-label=zone.span_with_year(from, to)>{label}</div>
            }
        });
        view! {
            <div class="cell" role="columnheader">"Account and region"</div>
            {ticks.collect_view()}
        }
    };
    let parts = Parts {
        id: "custody-map",
        label: "Map of what digests cover: a row for each stream, a column for each stretch of time",
        columns: Signal::derive(move || chart.with(|chart| chart.columns) + 1),
        several: false,
        cell: Signal::derive(move || at.get().map(|(row, column)| format!("custody-map-{row}-{column}"))),
        header,
        row: one_row,
    };
    let table = grid(scroll, row, parts, move |position, event| {
        if let Some(at) = column_of(event) {
            row.set(Some(position));
            column.set(at);
            toggle(position as usize, at);
        }
    });
    let key = move |event: web_sys::KeyboardEvent| {
        let (rows, columns) = chart.with_untracked(|chart| (chart.rows.len() as u64, chart.columns));
        if rows == 0 || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let (now, across) = (row.get_untracked(), column.get_untracked());
        let last = columns.saturating_sub(1);
        match event.key().as_str() {
            "ArrowLeft" => column.set(across.saturating_sub(usize::from(now.is_some()))),
            "ArrowRight" => column.set((across + usize::from(now.is_some())).min(last)),
            "Home" => column.set(0),
            "End" => column.set(last),
            "Enter" | " " => {
                if let Some(now) = now {
                    toggle(now as usize, across);
                }
            }
            "ArrowUp" => row.set(Some(now.map_or(0, |now| now.saturating_sub(1)))),
            "ArrowDown" => row.set(Some(now.map_or(0, |now| (now + 1).min(rows - 1)))),
            _ => return,
        }
        event.prevent_default();
        if row.get_untracked().is_none() {
            row.set(Some(0));
        }
        if let Some(row) = row.get_untracked() {
            scroll.reveal(row);
        }
        pointed.set(at.get_untracked());
    };
    let over = move |event: web_sys::MouseEvent| {
        let row = element(&event).and_then(|it| it.closest(".row").ok().flatten());
        let row = row.and_then(|row| row.get_attribute("data-index")).and_then(|index| index.parse().ok());
        pointed.set(row.zip(column_of(&event)));
    };
    let told = Memo::new(move |_| {
        let (row, column) = pointed.get().or_else(|| at.get()).or_else(|| narrowed.get())?;
        let (chart, judgement, zone) = (chart.get(), custody.shown(), view.zone.get());
        let name = chart.rows.get(row)?.name.clone();
        let (from, to) = chart.span(column);
        let said = chart.told(&judgement, row, column, |from, to| zone.span(from, to));
        Some((format!("{name}, {} {}", zone.span_with_year(from, to), zone.name()), said))
    });
    let height = move || format!("{}px", chart.with(|chart| chart.rows.len()).clamp(1, ROWS) as f64 * ROW + HEAD + 1.0);
    let picked = move || match custody.narrow.get() {
        Some(Narrow::Cell { from, to, .. }) => Some(Span { from, to }),
        _ => None,
    };
    view! {
        <div id="custody-map-place" role="region" aria-label="Map" node_ref=place>
            <div
                class="table-place"
                style:height=height
                style:--map-columns=columns
                on:keydown=key
                on:mousemove=over
                on:mouseleave=move |_| pointed.set(None)
            >
                {table}
            </div>
            <p id="custody-said" aria-live="polite">
                {move || match told.get() {
                    Some((which, said)) => view! {
                        <b>{visible(&which)}": "</b>{visible(&said)}
                    }.into_any(),
                    None => view! {
                        <span class="dim">{column_words(&chart.get())}</span>
                    }.into_any(),
                }}
                {move || picked().map(|span| view! {
                    <button id="custody-zoom" class="plain" on:click=move |_| view.zoom_to(span)>"Set the time range to it"</button>
                    <button id="custody-unpick" class="plain" on:click=move |_| custody.narrow.set(None)>"Clear"</button>
                })}
            </p>
            <Legend/>
        </div>
    }
}

/// What the columns are, said while nothing is pointed at.
fn column_words(chart: &Chart) -> String {
    let name = chart.column_name();
    let each = if chart.step == HOUR {
        "an hour".to_owned()
    } else if name.contains(' ') {
        name
    } else {
        format!("a {name}")
    };
    format!(
        "Each column is {each} of deliveries. Point at a cell, or move there with the arrow keys, for what is known of it."
    )
}

fn element(event: &web_sys::MouseEvent) -> Option<web_sys::Element> {
    event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok())
}

fn column_of(event: &web_sys::MouseEvent) -> Option<usize> {
    element(event)?.get_attribute("data-column")?.parse().ok()
}

/// Every how many columns there is room for a label, in steps that clocks and calendars have.
fn label_every(chart: &Chart, width: f64) -> usize {
    let steps: &[usize] = match chart.step / HOUR {
        1 => &[2, 3, 4, 6, 12, 24],
        6 => &[4, 8, 16, 28, 56],
        24 => &[4, 7, 14, 28],
        _ => &[5, 10, 20, 40],
    };
    let fits = |every: &&usize| **every as f64 * width >= 52.0;
    steps.iter().find(fits).or(steps.last()).copied().unwrap_or(1)
}

/// The label of a column: the day where one begins, else the hour.
fn tick(chart: &Chart, column: usize, every: usize, zone: Zone) -> String {
    let (from, _) = chart.span(column);
    let days = |column: usize| zone.date(chart.span(column).0);
    let new_day = column < every || days(column) != days(column - every);
    if chart.step < 24 * HOUR && !new_day { zone.clock(from) } else { zone.day(from) }
}

/// The states with their marks and how many cells have each.
#[component]
fn Legend() -> impl IntoView {
    let custody = custody();
    let counts = Memo::new(move |_| custody.chart.with(|chart: &Arc<Chart>| chart.counts()));
    let one = move |state: State| {
        let count = move || counts.get()[state as usize];
        view! {
            <li title=state.said() data-state=state.name() class:none=move || count() == 0>
                <i class=format!("state {}", state.name()) aria-hidden="true"></i>
                {state.title()}" "<span class="data dim">{move || grouped(count())}</span>
            </li>
        }
    };
    // The worst first, as everywhere in the room.
    view! { <ul id="custody-legend" aria-label="States of the map">{State::ALL.into_iter().rev().map(one).collect_view()}</ul> }
}
