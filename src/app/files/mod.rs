//! The room of files: what came of each, so that nobody has to wonder whether a number is complete.

mod one;
mod summary;

use super::dom;
use super::grid::{Parts, grid};
use super::landing::Choose;
use super::scroll::Scroll;
use super::shown::{bytes, counted, elided, grouped, visible, visible_text};
use super::view::{FileFilter, view};
use crate::session::file_list::{FileColumn, Standing, csv, json};
use crate::session::page::{CaseFile, Phase, Session};
use leptos::either::Either;
use leptos::prelude::*;
use one::One;
use summary::Summary;

const COLUMNS: [(&str, FileColumn); 8] = [
    ("Path", FileColumn::Path),
    ("What it is", FileColumn::Kind),
    ("Size", FileColumn::Size),
    ("Events", FileColumn::Events),
    ("Duplicates", FileColumn::Duplicates),
    ("Rejected", FileColumn::Rejected),
    ("Problems", FileColumn::Problems),
    ("State", FileColumn::State),
];

/// Characters of a file's name, counted from its end, that are never left out.
const ENDING: usize = 32;

/// The room.
#[component]
pub fn Files() -> impl IntoView {
    let view = view();
    let session = expect_context::<Session>();
    let scroll = Scroll::new();
    let cursor = RwSignal::new(None::<u64>);
    let sum = Memo::new(move |_| {
        let loading = session.progress.with(|progress| progress.phase == Phase::Reading);
        let (filter, (by, descending)) = (view.filter.get(), view.file_order.get());
        session.files(|files| summary::summary(files, filter, by, descending, loading))
    });
    Effect::new(move || scroll.set_total(sum.with(|sum| sum.listed.len() as u64)));
    Effect::new(move |before: Option<()>| {
        view.filter.track();
        view.file_order.track();
        if before.is_some() {
            cursor.set(None);
            scroll.to(0.0);
        }
    });
    let number = move |position: u64| sum.with(|sum| sum.listed.get(position as usize).copied());
    let row = move |position: u64| {
        let file = number(position).and_then(|number| session.files(|files| files.get(number as usize).cloned()));
        let here = cursor.get() == Some(position);
        view! {
            <div
                class="row"
                class:here=here
                role="row"
                id=format!("file-grid-{position}")
                data-index=position.to_string()
                aria-rowindex=(position + 2).to_string()
                aria-selected=here.to_string()
            >
                {file.as_ref().map(cells)}
            </div>
        }
    };
    let parts = Parts {
        id: "file-grid",
        label: "Files",
        columns: Signal::stored(COLUMNS.len()),
        several: false,
        cell: Signal::stored(None),
        header: header(),
        row,
    };
    let table = grid(scroll, cursor, parts, move |position, _| cursor.set(Some(position)));
    let key = move |event: web_sys::KeyboardEvent| {
        if super::grid::step(&event.key(), scroll, cursor, event.shift_key()) {
            event.prevent_default();
        }
    };
    let chosen = move || {
        let number = cursor.get().and_then(number)?;
        session.progress.track();
        let file = session.files(|files| files.get(number as usize).cloned())?;
        Some(view! { <One file close=move || cursor.set(None)/> })
    };
    view! {
        <main id="files" class="room" aria-label="Files">
            <div class="report">
                <div class="report-head">
                    <div>
                        <p id="file-counts" class="sum">{move || sum.with(files_sum)}</p>
                        <p id="file-summary" class="sum">{move || sum.with(records_sum)}</p>
                        <p id="file-kinds">{move || sum.with(kinds)}</p>
                        <LeftOut/>
                    </div>
                    <Choose/>
                </div>
                <Problems sum/>
                <Filters sum/>
                <div class="table-place" on:keydown=key>
                    {table}
                    {move || sum.with(|sum| sum.listed.is_empty()).then(|| {
                        view! { <div class="nothing"><p class="title">"No such files"</p></div> }
                    })}
                </div>
            </div>
            {chosen}
        </main>
    }
}

/// A sum whose parts add up: the total, and what it consists of. Parts that carry no news stay quiet.
fn equation(total: String, note: impl IntoView, parts: impl IntoIterator<Item = (u64, String)>) -> impl IntoView {
    let parts = parts.into_iter().enumerate().map(|(at, (number, words))| {
        let sign = if at == 0 { " = " } else { " + " };
        view! { <span class="dim">{sign}</span><span class:dim=number == 0>{words}</span> }
    });
    (view! { <b>{total}</b> }, note, parts.collect_view())
}

/// What became of the files.
fn files_sum(sum: &Summary) -> impl IntoView + use<> {
    let standings = [Standing::Read, Standing::Unreadable, Standing::Cancelled, Standing::LeftOut, Standing::Waiting];
    let parts: Vec<_> = standings
        .into_iter()
        .map(|standing| (sum.standing[standing as usize], standing))
        .filter(|(number, standing)| *number > 0 || *standing != Standing::Waiting)
        .map(|(number, standing)| (number, format!("{} {}", grouped(number), standing.title())))
        .collect();
    let inside = (sum.inside > 0).then(|| {
        view! { <span class="dim">{format!(" ({} of them in archives)", grouped(sum.inside))}</span> }
    });
    equation(counted(sum.files, "file", "files"), inside, parts)
}

/// What became of the records.
fn records_sum(sum: &Summary) -> impl IntoView + use<> {
    let Summary { records, events, duplicates, rejected, summaries, .. } = sum;
    let mut parts = vec![
        (*events, counted(*events, "event", "events")),
        (*duplicates, counted(*duplicates, "duplicate", "duplicates")),
        (*rejected, format!("{} rejected", grouped(*rejected))),
    ];
    // Few have any, and who has none need not wonder what they are.
    if *summaries > 0 {
        parts.push((*summaries, counted(*summaries, "five-minute summary", "five-minute summaries")));
    }
    equation(counted(*records, "record", "records"), (), parts)
}

/// Kinds that are named in the sum; the table has them all.
const KINDS_NAMED: usize = 4;

/// Files by kind; first those that events are read from.
fn kinds(sum: &Summary) -> String {
    let list = |opened: bool| {
        let kinds: Vec<_> = sum.kinds.iter().filter(|(kind, _)| kind.is_opened() == opened).collect();
        let (first, rest) = kinds.split_at(kinds.len().min(KINDS_NAMED));
        let mut words: Vec<String> =
            first.iter().map(|(kind, count)| format!("{} {}", kind.title(), grouped(*count))).collect();
        if !rest.is_empty() {
            let files = rest.iter().map(|(_, count)| count).sum();
            let files = counted(files, "file", "files");
            words.push(format!("{files} of {}", counted(rest.len() as u64, "other kind", "other kinds")));
        }
        words.join(" · ")
    };
    match (list(true), list(false)) {
        (opened, others) if others.is_empty() => opened,
        (opened, others) if opened.is_empty() => format!("Without events of their own: {others}"),
        (opened, others) => format!("{opened}. Without events of their own: {others}"),
    }
}

/// That files were left out, and the way to read them after all.
#[component]
fn LeftOut() -> impl IntoView {
    let session = expect_context::<Session>();
    let left_out = Memo::new(move |_| session.progress.with(|progress| progress.left_out));
    move || {
        let words = counted(u64::from(left_out.get()), "file was left out", "files were left out");
        (left_out.get() > 0).then(|| {
            view! {
                <p id="files-left-out">
                    {words}
                     <button id="add-left-out" class="chip" on:click=move |_| session.offer_left_out()>"Add them"</button>
                </p>
            }
        })
    }
}

/// The problems of all files, by kind; pressing one lists the files that have it.
#[component]
fn Problems(sum: Memo<Summary>) -> impl IntoView {
    let view = view();
    let problems = Memo::new(move |_| sum.with(|sum| sum.problems.clone()));
    let one = move |(kind, files, times): (crate::problem::ProblemKind, u64, u64)| {
        let wanted = FileFilter::Problem(kind);
        let pressed = move || view.filter.get() == wanted;
        view! {
            <li>
                <button
                    class="chip"
                    data-kind=format!("{kind:?}")
                    aria-pressed=move || pressed().to_string()
                    title="List the files that have this problem"
                    on:click=move |_| view.filter.set(if pressed() { FileFilter::All } else { wanted })
                >
                    <span class="failed" aria-hidden="true">"✕ "</span>
                    {kind.title()}
                    <span class="data dim">
                        {format!(" {}, {}", counted(files, "file", "files"), counted(times, "time", "times"))}
                    </span>
                </button>
            </li>
        }
    };
    move || {
        let problems = problems.get();
        (!problems.is_empty()).then(|| {
            view! { <ul id="problem-kinds" aria-label="Problems by kind">{problems.into_iter().map(one).collect_view()}</ul> }
        })
    }
}

#[component]
fn Filters(sum: Memo<Summary>) -> impl IntoView {
    let view = view();
    let session = expect_context::<Session>();
    let chip = move |filter: FileFilter, id: &'static str, words: &'static str, count: fn(&Summary) -> u64| {
        view! {
            <button
                id=id
                class="chip"
                aria-pressed=move || (view.filter.get() == filter).to_string()
                on:click=move |_| view.filter.set(filter)
            >
                {words}" "<span class="data dim">{move || grouped(sum.with(count))}</span>
            </button>
        }
    };
    let any_left_out = Memo::new(move |_| sum.with(|sum| sum.standing[Standing::LeftOut as usize] > 0));
    let export = move |name: &'static str, mime: &'static str, write: fn(&[CaseFile], &[u32]) -> String| {
        let text = session.files(|files| sum.with_untracked(|sum| write(files, &sum.listed)));
        dom::save(name, mime, &text);
    };
    view! {
        <div class="chips">
            <div class="chips-of" role="group" aria-label="Files listed">
                {chip(FileFilter::All, "filter-all", "All", |sum| sum.files)}
                {chip(FileFilter::Problems, "filter-problems", "With problems", |sum| sum.with_problems)}
                {chip(FileFilter::NoEvents, "filter-no-events", "Without events", |sum| sum.no_events)}
                {chip(FileFilter::NotOpened, "filter-not-opened", "Not opened", |sum| sum.not_opened)}
                {move || any_left_out.get().then(|| {
                    chip(FileFilter::LeftOut, "filter-left-out", "Left out", |sum| sum.standing[Standing::LeftOut as usize])
                })}
            </div>
            <div class="chips-of" role="group" aria-label="Save this list">
                <span class="dim">"Save this list as"</span>
                <button
                    id="export-csv"
                    class="chip"
                    on:click=move |_| export("trailglass-files.csv", "text/csv", |files, listed| csv(those(files, listed)))
                >
                    "CSV"
                </button>
                <button
                    id="export-json"
                    class="chip"
                    on:click=move |_| {
                        export("trailglass-files.json", "application/json", |files, listed| json(those(files, listed)));
                    }
                >
                    "JSON"
                </button>
            </div>
        </div>
    }
}

/// The files listed, in the order listed.
fn those<'a>(files: &'a [CaseFile], listed: &'a [u32]) -> impl Iterator<Item = &'a CaseFile> {
    listed.iter().filter_map(|number| files.get(*number as usize))
}

fn header() -> impl IntoView {
    let view = view();
    let heading = move |(title, by): (&'static str, FileColumn)| {
        let sorted = Memo::new(move |_| {
            let (known, descending) = view.file_order.get();
            (known == by).then_some(descending)
        });
        let said = move || match sorted.get() {
            None => "none",
            Some(false) => "ascending",
            Some(true) => "descending",
        };
        view! {
            <div class="cell" role="columnheader" aria-sort=said data-column=title>
                <button class="sort" on:click=move |_| view.sort_files(by)>
                    {title}
                    <span class="arrow" aria-hidden="true">
                        {move || sorted.get().map(|descending| if descending { " ↓" } else { " ↑" })}
                    </span>
                </button>
            </div>
        }
    };
    COLUMNS.map(heading)
}

fn cells(file: &CaseFile) -> impl IntoView + use<> {
    let path = visible_text(&file.path).into_owned();
    let (folder, name) = file.path.rsplit_once('/').map_or(("", file.path.as_str()), |(folder, name)| (folder, name));
    // Names of log files begin alike; what tells them apart stands at their end and always has its room.
    let ending = name.char_indices().rev().nth(ENDING - 1).map(|(at, _)| at).filter(|at| *at > 0);
    let (name, ending) = ending.map_or((name, None), |at| (&name[..at], Some(&name[at..])));
    let folder = (!folder.is_empty()).then(|| format!("{}/", elided(folder, 160)));
    let count = |number: Option<u64>| match number {
        // A nought that carries no news stays quiet.
        Some(0) => Either::Left(view! { <span class="dim">"0"</span> }),
        number => Either::Right(number.map(grouped)),
    };
    let report = file.report.as_ref();
    let problems = report.map(|report| report.problems.len() as u64);
    let standing = file.standing();
    let class = match standing {
        Standing::Read | Standing::Waiting => "cell dim",
        Standing::Unreadable => "cell failed",
        Standing::Cancelled | Standing::LeftOut => "cell denied",
    };
    let events = report.map(|report| u64::from(report.events.saturating_sub(file.duplicates)));
    view! {
        <div class="cell path" role="gridcell" title=path>
            {folder.map(|folder| view! { <span class="folder">{visible(&folder)}</span> })}
            <span class="name">{visible(&elided(name, 160))}</span>
            {ending.map(|ending| view! { <span class="ending">{visible(ending)}</span> })}
        </div>
        <div class="cell" role="gridcell">{file.what()}</div>
        <div class="cell number" role="gridcell">{file.bytes.map(bytes)}</div>
        <div class="cell number" role="gridcell">{count(events)}</div>
        <div class="cell number" role="gridcell">{count(report.map(|_| u64::from(file.duplicates)))}</div>
        <div class="cell number" role="gridcell">{count(report.map(|report| u64::from(report.rejected)))}</div>
        <div class="cell number" class:failed=problems.is_some_and(|count| count > 0) role="gridcell">{count(problems)}</div>
        <div class=class role="gridcell">{standing.title()}</div>
    }
}
