//! The table of every digest and log: what it is worth, why, and the command that would settle it.

use super::copy::Copy;
use super::custody::{Custody, Filter, Item, Narrow, custody, status_of};
use super::list::listed;
use crate::app::grid::{Parts, grid, step};
use crate::app::scroll::Scroll;
use crate::app::shown::{counted, elided, grouped, visible, visible_text};
use crate::app::view::view;
use crate::integrity::verdict::{DigestStatus, LogStatus};
use crate::integrity::words;
use crate::session::page::Session;
use leptos::prelude::*;

const COLUMNS: [&str; 6] = ["Name", "Type", "Status", "Why", "File", "Next command"];

/// Characters of a name, counted from its end, that are never left out.
const ENDING: usize = 30;

/// The table, its filters, and how many it lists.
#[component]
pub fn Table() -> impl IntoView {
    let custody = custody();
    let session = expect_context::<Session>();
    let scroll = Scroll::new();
    let cursor = RwSignal::new(None::<u64>);
    let list = Memo::new(move |_| {
        let (filter, narrow) = (custody.filter.get(), custody.narrow.get());
        let (judgement, chart) = (custody.shown(), custody.chart.get());
        custody.text.with(|text| listed(&judgement, &chart, filter, narrow, text))
    });
    Effect::new(move || scroll.set_total(list.with(|list| list.len() as u64)));
    Effect::new(move |before: Option<()>| {
        list.track();
        if before.is_some() {
            cursor.set(None);
            scroll.to(0.0);
        }
    });
    let item = move |position: u64| list.with_untracked(|list| list.get(position as usize).copied());
    Effect::new(move || {
        if let Some(item) = cursor.get().and_then(item) {
            custody.open(item);
        }
    });
    let row = move |position: u64| {
        let item = list.with(|list| list.get(position as usize).copied());
        let here = move || item.is_some() && custody.open.get() == item;
        view! {
            <div
                class="row"
                class:here=here
                role="row"
                id=format!("custody-grid-{position}")
                data-index=position.to_string()
                aria-rowindex=(position + 2).to_string()
                aria-selected=move || here().to_string()
            >
                {item.map(|item| cells(custody, session, item))}
            </div>
        }
    };
    let heading = |title: &'static str| view! { <div class="cell" role="columnheader">{title}</div> };
    let parts = Parts {
        id: "custody-grid",
        label: "Digests and logs",
        columns: Signal::stored(COLUMNS.len()),
        several: false,
        cell: Signal::stored(None),
        header: COLUMNS.map(heading),
        row,
    };
    let table = grid(scroll, cursor, parts, move |position, _| cursor.set(Some(position)));
    let key = move |event: web_sys::KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        if step(&event.key(), scroll, cursor, event.shift_key()) {
            event.prevent_default();
        } else if event.key() == "Escape" && custody.open.get_untracked().is_some() {
            event.prevent_default();
            cursor.set(None);
            custody.open.set(None);
        }
    };
    view! {
        <Filters count=Signal::derive(move || list.with(Vec::len) as u64)/>
        <div class="table-place" on:keydown=key>
            {table}
            {move || list.with(Vec::is_empty).then(|| {
                view! { <div class="nothing"><p class="title">"No such digests or logs"</p></div> }
            })}
        </div>
    }
}

fn cells(custody: Custody, session: Session, item: Item) -> impl IntoView {
    let judgement = custody.now();
    let (digest, log) = match item {
        Item::Digest(at) => (judgement.digests.get(at as usize), None),
        Item::Log(at) => (None, judgement.logs.get(at as usize)),
    };
    let object = digest.map(|digest| &digest.object).or(log.map(|log| &log.object));
    let key = object.map(|object| object.key.clone()).unwrap_or_default();
    let file = digest.map(|digest| digest.file).or(log.and_then(|log| log.file));
    let path = file.map(|file| session.path(file)).unwrap_or_default();
    // What was supplied without a place of its own is named by its path.
    let named = if key.is_empty() { path.clone() } else { key };
    let (folder, name) = named.rsplit_once('/').map_or(("", named.as_str()), |(folder, name)| (folder, name));
    let ending = name.char_indices().rev().nth(ENDING - 1).map(|(at, _)| at).filter(|at| *at > 0);
    let (name, ending) = ending.map_or((name, None), |at| (&name[..at], Some(&name[at..])));
    let folder = (!folder.is_empty()).then(|| format!("{}/", elided(folder, 160)));
    let (class, mark, status) = status_of(digest, log);
    let why = match (digest, log) {
        (Some(digest), _) => words::digest_reason(&judgement, digest),
        (None, Some(log)) => words::log_reason(log),
        (None, None) => String::new(),
    };
    let command = digest.and_then(|digest| digest.command.clone()).or(log.and_then(|log| log.command.clone()));
    let word = digest.map(|digest| digest.status.word()).or(log.map(|log| log.status.word()));
    view! {
        <div class="cell path" role="gridcell" title=visible_text(&named).into_owned()>
            {folder.map(|folder| view! { <span class="folder">{visible(&folder)}</span> })}
            <span class="name">{visible(&elided(name, 160))}</span>
            {ending.map(|ending| view! { <span class="ending">{visible(ending)}</span> })}
        </div>
        <div class="cell dim" role="gridcell">{if digest.is_some() { "digest" } else { "log" }}</div>
        <div class=format!("cell {class}") role="gridcell" data-status=word>
            <span class="worth-mark" aria-hidden="true">{mark}</span>{status}
        </div>
        <div class="cell words" role="gridcell" title=visible_text(&why).into_owned()>{visible(&why)}</div>
        <div class="cell dim" role="gridcell" title=visible_text(&path).into_owned()>
            {if file.is_some() {
                visible(&elided(path.rsplit('/').next().unwrap_or_default(), 48)).into_any()
            } else {
                "none".into_any()
            }}
        </div>
        <div class="cell next" role="gridcell">
            {command.map(|command| view! { <span title=visible_text(&command).into_owned()><Copy text=command.clone() what="the next command"/></span> })}
        </div>
    }
}

/// The filters by status with their counts, and the part of the key to look for.
#[component]
fn Filters(count: Signal<u64>) -> impl IntoView {
    let custody = custody();
    let view = view();
    let digests = Memo::new(move |_| words::count_digests(&custody.shown()));
    let logs = Memo::new(move |_| words::count_logs(&custody.shown()));
    let chip = move |filter: Filter,
                     id: String,
                     title: &'static str,
                     mark: (&'static str, &'static str),
                     number: u64| {
        let pressed = move || custody.filter.get() == filter;
        let (class, mark) = mark;
        view! {
            <button
                id=id
                class="chip"
                aria-pressed=move || pressed().to_string()
                on:click=move |_| custody.filter.set(if pressed() { Filter::All } else { filter })
            >
                {(!mark.is_empty()).then(|| view! { <span class=format!("worth-mark {class}") aria-hidden="true">{mark}</span> })}
                {title}" "<span class="data dim">{grouped(number)}</span>
            </button>
        }
    };
    let id = |sort: &str, word: &str| format!("custody-{sort}-{}", word.to_lowercase().replace('_', "-"));
    let all = move || {
        let total = digests.get().iter().sum::<u64>() + logs.get().iter().sum::<u64>();
        chip(Filter::All, "custody-all".to_owned(), "All", ("", ""), total)
    };
    let of_digests = move || {
        let counts = digests.get();
        let shown = DigestStatus::ALL.into_iter().rev().filter(|status| counts[*status as usize] > 0);
        shown
            .map(|status| {
                let mark = super::custody::mark_of_digest(status);
                let number = counts[status as usize];
                chip(Filter::Digests(status), id("digests", status.word()), status.title(), mark, number)
            })
            .collect_view()
    };
    let of_logs = move || {
        let counts = logs.get();
        // Those that are as they should be come last.
        let shown = LogStatus::ALL.into_iter().skip(1).chain([LogStatus::Authentic]);
        shown
            .filter(|status| counts[*status as usize] > 0)
            .map(|status| {
                let mark = super::custody::mark_of_log(status);
                let number = counts[status as usize];
                chip(Filter::Logs(status), id("logs", status.word()), status.title(), mark, number)
            })
            .collect_view()
    };
    let narrowed = move || {
        let zone = view.zone.get();
        let words = match custody.narrow.get()? {
            Narrow::Cell { row, from, to } => {
                let name = custody.chart.with(|chart| chart.rows.get(row as usize).map(|row| row.name.clone()));
                format!("{}, {}", name.unwrap_or_default(), zone.span(from, to))
            }
            Narrow::Digest(at) => {
                let judgement = custody.shown();
                format!("logs of {}", judgement.digests.get(at as usize)?.object.name())
            }
        };
        let said = visible_text(&elided(&words, 90)).into_owned();
        Some(view! {
            <button id="custody-narrowed" class="chip" aria-pressed="true" title="List all again" on:click=move |_| custody.narrow.set(None)>
                {said}" ✕"
            </button>
        })
    };
    view! {
        <div class="chips">
            <div class="chips-of" role="group" aria-label="Digests and logs listed">
                {all}
                <span class="dim">"Digests"</span>{of_digests}
                <span class="dim">"Logs"</span>{of_logs}
                {narrowed}
            </div>
            <div class="chips-of">
                <span id="custody-count" class="data dim" role="status">{move || counted(count.get(), "row", "rows")}</span>
                <input
                    id="custody-text"
                    type="text"
                    placeholder="Part of a name"
                    aria-label="List only names with this"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=custody.text
                    on:input:target=move |event| custody.text.set(event.target().value())
                />
            </div>
        </div>
    }
}
