//! The line at the bottom: how much is shown, what went wrong, how far the loading is.

use super::ask::asker;
use super::commands::commands;
use super::keys;
use super::shown::{bytes, counted, duration, elided, grouped, visible_text};
use super::view::{FileFilter, View, view};
use crate::session::page::{Phase, Progress, Session};
use leptos::prelude::*;
use std::time::Duration;

/// How often those who listen to the page are told of changing counts.
const SPOKEN: Duration = Duration::from_millis(1_500);

/// The line.
#[component]
pub fn Status() -> impl IntoView {
    let view = view();
    let asker = asker();
    let commands = commands();
    let session = expect_context::<Session>();
    let progress = session.progress;
    let phase = Memo::new(move |_| progress.with(|progress| progress.phase));
    let counts =
        Memo::new(move |_| asker.answer.with(|answer| (answer.shown, answer.total, answer.undated, answer.of_lines)));
    let loading = move || matches!(phase.get(), Phase::Looking | Phase::Reading | Phase::Checking);
    let shown = move || {
        let (shown, total, undated, of_lines) = counts.get();
        let what = if of_lines { " log lines" } else { " events" };
        view! {
            <span>
                <b id="shown" class="data">{grouped(shown)}</b>" of "<b id="total" class="data">{grouped(total)}</b>{what}
                {(undated > 0).then(|| format!(" ({} without a time)", grouped(undated)))}
            </span>
        }
    };
    // While a person chooses there is no room to go to.
    let rooms = move || phase.get() != Phase::Choosing;
    let problems = move || {
        let files = progress.with(|progress| progress.files_with_problems);
        (files > 0 && rooms()).then(|| {
            let words = counted(u64::from(files), "file had problems", "files had problems");
            view! { <button id="problems" class="plain failed" on:click=move |_| view.show_files(FileFilter::Problems)>"✕ "{words}</button> }
        })
    };
    let how_far = move || {
        loading().then(|| {
            view! {
                <span id="loading" class="data">{move || progress.with(how_far)}</span>
                <button id="cancel" class="plain" on:click=move |_| session.cancel()>"Cancel"</button>
            }
        })
    };
    let notices = move || {
        let (restarts, cancelled, left_out, stale) = progress.with(|p| (p.restarts, p.cancelled, p.left_out, p.stale));
        view! {
            {(left_out > 0 && rooms()).then(|| {
                let words = counted(u64::from(left_out), "file was left out", "files were left out");
                view! { <button id="left-out" class="plain" on:click=move |_| view.show_files(FileFilter::LeftOut)>{words}</button> }
            })}
            {(restarts > 0).then(|| view! { <span id="restarts" class="denied">{restarted(restarts)}</span> })}
            {(cancelled > 0).then(|| {
                let words = counted(u64::from(cancelled), "file was not read (cancelled)", "files were not read (cancelled)");
                view! { <span id="cancelled" class="denied">{words}</span> }
            })}
            {stale.then(|| {
                view! { <span id="stale" class="failed">"The browser’s cache gave a program of another build: reload the page"</span> }
            })}
        }
    };
    // Every change would be read out, and a search changes with every letter.
    let spoken = RwSignal::new(String::new());
    let tell = StoredValue::new(false);
    let told = StoredValue::new(Told::default());
    Effect::new(move || {
        counts.track();
        phase.track();
        if !tell.get_value() {
            tell.set_value(true);
            set_timeout(
                move || {
                    tell.set_value(false);
                    let now = untrack(|| Told::now(view));
                    let before = told.try_update_value(|told| std::mem::replace(told, now.clone())).unwrap_or_default();
                    let (shown, total, _, of_lines) = counts.get_untracked();
                    spoken.set(said((shown, total), of_lines, &before, &now));
                },
                SPOKEN,
            );
        }
    });
    view! {
        <footer id="status">
            {move || (!matches!(phase.get(), Phase::Empty | Phase::Choosing)).then(shown)}
            {problems}
            {how_far}
            {notices}
            {move || commands.done.get().map(|done| view! { <b aria-hidden="true">{done}</b> })}
            <span class="grow"></span>
            <span title="The page’s Content-Security-Policy allows no connection but to its own server">
                "uploads blocked by policy"
            </span>
            {move || asker.answer.with(|answer| (answer.token > 0).then_some(answer.took_ms)).map(|ms| {
                view! { <span id="took" class="data" title="Time from the last question to its answer">{format!("{ms:.0} ms")}</span> }
            })}
            <button id="open-palette" class="plain" title="All commands by their names" on:click=move |_| commands.palette.set(true)>
                {keys::printed("Ctrl+k")}" commands"
            </button>
            <button id="open-keys" class="plain" title="All keys" on:click=move |_| view.keys.set(true)>"? keys"</button>
            <span id="spoken" class="unseen" aria-live="polite" aria-atomic="true">{spoken}</span>
            <span id="done" class="unseen" aria-live="polite">{move || commands.done.get()}</span>
        </footer>
    }
}

/// What narrows the events down, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Told {
    search: String,
    range: Option<String>,
}

impl Told {
    fn now(view: View) -> Self {
        let range = view.zoom.with(|zoom| zoom.last().copied());
        let zone = view.zone.get();
        let range = range.map(|span| format!("{} {}", zone.span_with_year(span.from, span.to), zone.name()));
        Self { search: view.typed.with(|typed| visible_text(typed.trim()).into_owned()), range }
    }
}

/// What is read out: the counts, and what changed about them.
fn said((shown, total): (u64, u64), of_lines: bool, before: &Told, now: &Told) -> String {
    let what = if of_lines { "log lines" } else { "events" };
    let mut said = format!("{} of {} {what}", grouped(shown), grouped(total));
    if before.search != now.search {
        match now.search.as_str() {
            "" => said.push_str("; no search"),
            search => said.push_str(&format!("; search: {}", elided(search, 80))),
        }
    }
    if before.range != now.range {
        match &now.range {
            None => said.push_str("; all of time"),
            Some(range) => said.push_str(&format!("; {range}")),
        }
    }
    said
}

fn restarted(times: u32) -> String {
    match times {
        1 => "A worker was restarted; its files were read again".to_owned(),
        times => format!("Workers were restarted {times} times; their files were read again"),
    }
}

fn how_far(progress: &Progress) -> String {
    let Progress { files_done, bytes_done, events, elapsed_ms, .. } = *progress;
    let files_found = progress.files_wanted();
    if progress.phase == Phase::Looking {
        return format!("Looking through folders · {}", counted(u64::from(files_found), "file", "files"));
    }
    if progress.phase == Phase::Checking {
        return format!("{} files read · looking for duplicates", grouped(u64::from(files_done)));
    }
    let mut parts = vec![
        format!("{} of {} files", grouped(u64::from(files_done)), grouped(u64::from(files_found))),
        format!("{} read", bytes(bytes_done)),
        counted(events, "event", "events"),
    ];
    // A rate out of the first moments would jump about.
    if elapsed_ms > 1_000.0 && files_done > 0 {
        parts.push(format!("{}/s", bytes((bytes_done as f64 / elapsed_ms * 1_000.0) as u64)));
        // By files and not by bytes: the size of a file is not known before it is opened.
        let left = elapsed_ms / f64::from(files_done) * f64::from(files_found.saturating_sub(files_done));
        parts.push(format!("about {} left", duration(left)));
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_read_out() {
        let all = Told::default();
        let some = Told { search: "result: denied".to_owned(), range: None };
        let zoomed = Told { range: Some("10 Jul 12:00–13:00 UTC".to_owned()), ..some.clone() };
        assert_eq!(said((2_900, 2_900), false, &all, &all), "2,900 of 2,900 events");
        assert_eq!(said((60, 2_900), false, &all, &some), "60 of 2,900 events; search: result: denied");
        assert_eq!(said((7, 2_900), false, &some, &zoomed), "7 of 2,900 events; 10 Jul 12:00–13:00 UTC");
        assert_eq!(said((2_900, 2_900), false, &zoomed, &all), "2,900 of 2,900 events; no search; all of time");
    }
}
