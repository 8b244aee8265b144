//! The room of files: what came of each, so that nobody has to wonder whether a number is complete.

mod summary;

use super::grid::{Parts, grid};
use super::landing::Choose;
use super::scroll::Scroll;
use super::shown::{bytes, counted, grouped, visible, visible_text};
use super::view::{FileFilter, view};
use crate::problem::Problem;
use crate::session::page::{CaseFile, Phase, Session};
use leptos::either::Either;
use leptos::prelude::*;
use summary::Summary;

const TITLES: [&str; 7] = ["Path", "What it is", "Size", "Events", "Duplicates", "Rejected", "Problems"];

/// The room.
#[component]
pub fn Files() -> impl IntoView {
    let view = view();
    let session = expect_context::<Session>();
    let scroll = Scroll::new();
    let cursor = RwSignal::new(None::<u64>);
    let sum = Memo::new(move |_| {
        let loading = session.progress.with(|progress| progress.phase == Phase::Reading);
        let filter = view.filter.get();
        session.files(|files| {
            let mut sum = summary::summary(files, filter);
            // Ten times a second is too often to sort 50,000 paths.
            if !loading {
                sum.listed.sort_by(|&a, &b| files[a as usize].path.cmp(&files[b as usize].path));
            }
            sum
        })
    });
    Effect::new(move || scroll.set_total(sum.with(|sum| sum.listed.len() as u64)));
    Effect::new(move |before: Option<()>| {
        view.filter.track();
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
    let header = TITLES.map(|title| view! { <div class="cell" role="columnheader">{title}</div> });
    let parts = Parts { id: "file-grid", label: "Files", columns: TITLES.len(), header, row };
    let table = grid(scroll, cursor, parts, move |position| cursor.set(Some(position)));
    let key = move |event: web_sys::KeyboardEvent| {
        if super::grid::step(&event.key(), scroll, cursor, event.shift_key()) {
            event.prevent_default();
        }
    };
    let chosen = move || {
        let number = cursor.get().and_then(number)?;
        session.progress.track();
        let file = session.files(|files| files.get(number as usize).cloned())?;
        Some(view! { <File file close=move || cursor.set(None)/> })
    };
    view! {
        <main id="files" class="room" aria-label="Files">
            <div class="report">
                <div class="report-head">
                    <div>
                        <p id="file-summary" class="title">{move || sum.with(sentence)}</p>
                        <p id="file-kinds">{move || sum.with(kinds)}</p>
                    </div>
                    <Choose/>
                </div>
                {move || sum.with(problems)}
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

/// The sentence in which the numbers add up.
fn sentence(sum: &Summary) -> String {
    let Summary { records, events, duplicates, rejected, waiting, .. } = sum;
    let still =
        if *waiting > 0 { format!(" so far, {} to go", counted(*waiting, "file", "files")) } else { String::new() };
    format!(
        "{} = {} + {} + {} rejected{still}",
        counted(*records, "record", "records"),
        counted(*events, "event", "events"),
        counted(*duplicates, "duplicate", "duplicates"),
        grouped(*rejected),
    )
}

/// Files by kind; first those that events are read from.
fn kinds(sum: &Summary) -> String {
    let list = |opened: bool| {
        let kinds = sum.kinds.iter().filter(|(kind, _)| kind.is_opened() == opened);
        kinds.map(|(kind, count)| format!("{} {}", kind.title(), grouped(*count))).collect::<Vec<_>>().join(" · ")
    };
    match (list(true), list(false)) {
        (opened, others) if others.is_empty() => opened,
        (opened, others) if opened.is_empty() => format!("Not opened yet: {others}"),
        (opened, others) => format!("{opened}. Not opened yet: {others}"),
    }
}

/// The problems of all files, by kind.
fn problems(sum: &Summary) -> impl IntoView + use<> {
    let rows: Vec<_> = sum
        .problems
        .iter()
        .map(|&(kind, files, times)| {
            let often = (times > files).then(|| format!(", {} times", grouped(times)));
            view! { <li><span class="failed">"✕ "</span>{kind.title()}<span class="dim">" · in "{counted(files, "file", "files")}{often}</span></li> }
        })
        .collect();
    (!rows.is_empty()).then(|| view! { <ul id="problem-kinds">{rows}</ul> })
}

#[component]
fn Filters(sum: Memo<Summary>) -> impl IntoView {
    let view = view();
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
    view! {
        <div class="chips" role="group" aria-label="Files listed">
            {chip(FileFilter::All, "filter-all", "All", |sum| sum.files)}
            {chip(FileFilter::Problems, "filter-problems", "With problems", |sum| sum.with_problems)}
            {chip(FileFilter::NotOpened, "filter-not-opened", "Not opened", |sum| sum.not_opened)}
        </div>
    }
}

/// What it is, in words.
fn what(file: &CaseFile) -> String {
    match &file.report {
        Some(report) if report.kind.is_opened() => report.kind.title().to_owned(),
        Some(report) => format!("{} · not opened yet", report.kind.title()),
        None if file.cancelled => "Not read (cancelled)".to_owned(),
        None => "Waiting".to_owned(),
    }
}

fn cells(file: &CaseFile) -> impl IntoView + use<> {
    let path = visible_text(&file.path).into_owned();
    let count = |number: Option<u64>| match number {
        // A nought that carries no news stays quiet.
        Some(0) => Either::Left(view! { <span class="dim">"0"</span> }),
        number => Either::Right(number.map(grouped)),
    };
    let report = file.report.as_ref();
    let problems = report.map(|report| report.problems.len() as u64);
    view! {
        <div class="cell path" role="gridcell" title=path>{visible(&super::shown::elided(&file.path, 84))}</div>
        <div class="cell" role="gridcell">{what(file)}</div>
        <div class="cell number" role="gridcell">{bytes(file.bytes)}</div>
        <div class="cell number" role="gridcell">{count(report.map(|report| u64::from(report.events)))}</div>
        <div class="cell number" role="gridcell">{count(report.map(|_| u64::from(file.duplicates)))}</div>
        <div class="cell number" role="gridcell">{count(report.map(|report| u64::from(report.rejected)))}</div>
        <div class="cell number" class:failed=problems.is_some_and(|count| count > 0) role="gridcell">{count(problems)}</div>
    }
}

/// One file, with its problems in full.
#[component]
fn File(file: CaseFile, close: impl Fn() + 'static) -> impl IntoView {
    let problems = file.report.as_ref().map(|report| report.problems.clone()).unwrap_or_default();
    let none = problems.is_empty().then(|| view! { <p class="dim">"No problems."</p> });
    view! {
        <aside id="file-detail" aria-label="Selected file">
            <div class="detail-head">
                <div class="headline">
                    <h2>{what(&file)}</h2>
                    <p class="data who">{visible(&file.path)}</p>
                    <p class="data">{bytes(file.bytes)}</p>
                </div>
                <button class="plain" aria-label="Close" on:click=move |_| close()>{super::icons::close()}</button>
            </div>
            {none}
            {problems.into_iter().map(|problem| view! { <OneProblem problem/> }).collect_view()}
        </aside>
    }
}

#[component]
fn OneProblem(problem: Problem) -> impl IntoView {
    let Problem { kind, record, at, what, outcome, times, len: _ } = problem;
    let record = record.map(|record| format!("record {}", grouped(u64::from(record))));
    let place: Vec<String> = record.into_iter().chain(at.map(|at| format!("byte {}", grouped(at)))).collect();
    view! {
        <section class="problem">
            <h3><span class="failed">"✕ "</span>{kind.title()}</h3>
            {(!place.is_empty()).then(|| view! { <p class="data dim">{place.join(", ")}</p> })}
            <p>{visible(&what)}</p>
            <p>{visible(&outcome)}</p>
            {(times > 1).then(|| view! { <p class="dim">{format!("Found {} times in this file; the first is described.", grouped(u64::from(times)))}</p> })}
        </section>
    }
}
