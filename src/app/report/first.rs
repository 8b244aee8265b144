//! The first page: all of it in one look.

use super::Findings;
use crate::app::shown::{bytes, counted, grouped, visible};
use crate::integrity::report::{Counts, Interval, Key, Stream};
use crate::integrity::verdict::{Coverage, DigestStatus, LogStatus};
use leptos::prelude::*;
use std::sync::Arc;

/// Streams, holes and keys that stand on the first page; more of them stand on the next ones.
const FEW: usize = 12;

/// The first page.
#[component]
pub(super) fn First(report: Arc<Findings>, hash: RwSignal<Option<String>>) -> impl IntoView {
    let tool = &report.tool;
    let made = format!("{} {} (build {})", tool.name, tool.version, tool.build);
    let hash = move || {
        hash.get().map(|hash| {
            view! {
                <p class="small">
                    "The JSON file of this report, which lists everything that is said here and more, has the SHA-256 "
                    <span class="data" id="report-hash">{hash}</span>"."
                </p>
            }
        })
    };
    view! {
        <section class="first">
            <p class="small">{made}</p>
            <h1 id="report-title">"Chain of custody of CloudTrail logs"</h1>
            <p id="report-sentence">{report.sentence.clone()}</p>
            <p id="report-coverage">{report.coverage_sentence.clone()}</p>
            <p id="report-condition">{report.condition.clone()}</p>
            <div class="pair">
                {counts("Log files", &report.log_statuses, "report-logs", log)}
                {counts("Digest files", &report.digest_statuses, "report-digests", digest)}
            </div>
            <h2>"Public keys that all of this rests on"</h2>
            {keys(&report.keys)}
            <h2>"What is covered"</h2>
            {streams(&report.coverage)}
            <h2>"What was supplied"</h2>
            {supplied(&report)}
            {hash}
        </section>
    }
}

/// What a status of a log is called.
fn log(word: &str) -> Option<&'static str> {
    LogStatus::ALL.into_iter().find(|status| status.word() == word).map(LogStatus::title)
}

/// What a status of a digest is called.
fn digest(word: &str) -> Option<&'static str> {
    DigestStatus::ALL.into_iter().find(|status| status.word() == word).map(DigestStatus::title)
}

fn counts(
    heading: &'static str,
    counts: &Counts,
    id: &'static str,
    title: fn(&str) -> Option<&'static str>,
) -> impl IntoView + use<> {
    let all: u64 = counts.0.iter().map(|(_, count)| count).sum();
    let line = |(word, count): &(&'static str, u64)| {
        let (word, count) = (*word, *count);
        (count > 0).then(|| {
            view! { <tr data-status=word><td class="number">{grouped(count)}</td><td>{title(word)}</td></tr> }
        })
    };
    view! {
        <div>
            <h2>{heading}</h2>
            <table id=id>
                <tbody>
                    {counts.0.iter().map(line).collect_view()}
                    <tr class="all"><td class="number">{grouped(all)}</td><td>"in all"</td></tr>
                </tbody>
            </table>
        </div>
    }
}

fn keys(keys: &[Key]) -> impl IntoView + use<> {
    if keys.is_empty() {
        return view! { <p>"No public key was supplied: no signature could be checked."</p> }.into_any();
    }
    let line = |key: &Key| {
        let valid = match (&key.valid_from, &key.valid_to) {
            (None, None) => "not told".to_owned(),
            (from, to) => {
                let day =
                    |time: &Option<String>| time.as_deref().map_or("…", |time| &time[..time.len().min(10)]).to_owned();
                format!("{} to {}", day(from), day(to))
            }
        };
        let regions = if key.regions.is_empty() { "not told".to_owned() } else { key.regions.join(", ") };
        view! {
            <tr class:failed=key.problem.is_some()>
                <td class="data">{visible(&key.fingerprint)}</td>
                <td>{visible(&regions)}</td>
                <td>{visible(&valid)}</td>
                <td class="number">{key.bits.map_or_else(|| "—".to_owned(), |bits| bits.to_string())}</td>
                <td class="number">{grouped(u64::from(key.digests))}</td>
                <td>{visible(key.problem.as_deref().unwrap_or("none found"))}</td>
            </tr>
        }
    };
    view! {
        <table id="report-keys">
            <thead>
                <tr>
                    <th>"Fingerprint"</th>
                    <th>"Region"</th>
                    <th>"Valid"</th>
                    <th class="number">"Bits"</th>
                    <th class="number">"Digests"</th>
                    <th>"Problem"</th>
                </tr>
            </thead>
            <tbody>{keys.iter().map(line).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// What a stream is called.
pub(super) fn name(stream: &Stream) -> String {
    let organization =
        stream.organization.as_ref().map(|organization| format!("{organization} / ")).unwrap_or_default();
    let backfill = if stream.backfill { ", backfill" } else { "" };
    format!("{organization}{} / {} / {}{backfill}", stream.account, stream.region, stream.trail)
}

/// A time for people: without the letters of the standard.
pub(super) fn time(time: &str) -> String {
    time.replace('T', " ").replace('Z', "")
}

pub(super) fn is_hole(interval: &Interval) -> bool {
    interval.points_at.is_some()
}

/// A word or two for a stretch of time.
pub(super) fn span(interval: &Interval) -> String {
    let from = interval.from.as_deref().map_or_else(|| "unknown".to_owned(), time);
    format!("{from} to {}", time(&interval.to))
}

fn streams(streams: &[Stream]) -> impl IntoView + use<> {
    if streams.is_empty() {
        return view! { <p>"No digest that was supplied names a stream: nothing is covered."</p> }.into_any();
    }
    let line = |stream: &Stream| {
        let count = |is: fn(&Interval) -> bool| stream.intervals.iter().filter(|interval| is(interval)).count() as u64;
        let restarts = count(|interval| interval.explained.is_some());
        let open = count(|interval| interval.explained == Some(false));
        let restarts = match (restarts, open) {
            (0, _) => "0".to_owned(),
            (all, 0) => format!("{all}, explained"),
            (all, open) => format!("{all}, {open} not explained"),
        };
        let proved = match (&stream.first_proved, &stream.last_proved) {
            (Some(from), Some(to)) => format!("{} to {}", time(from), time(to)),
            _ => "nothing".to_owned(),
        };
        view! {
            <tr>
                <td>{visible(&name(stream))}</td>
                <td>{proved}</td>
                <td class="number">{grouped(count(is_hole))}</td>
                <td class="number">{restarts}</td>
            </tr>
        }
    };
    let holes = streams.iter().flat_map(|stream| {
        let of_stream = stream.intervals.iter().filter(|interval| is_hole(interval));
        of_stream.map(move |interval| (stream, interval))
    });
    let holes: Vec<_> = holes.collect();
    let hole = |(stream, interval): &(&Stream, &Interval)| {
        let digests = u64::from(interval.digests_estimated.unwrap_or(1));
        let words = format!(
            "Not covered: {} ({}), about {}.",
            span(interval),
            name(stream),
            counted(digests, "hourly digest", "hourly digests")
        );
        view! { <li>{visible(&words)}</li> }
    };
    let more = |all: usize, what: &str| {
        (all > FEW)
            .then(|| view! { <p class="small">{format!("And {} more {what} on the next pages.", all - FEW)}</p> })
    };
    view! {
        <table id="report-streams">
            <thead>
                <tr>
                    <th>"Account / region / trail"</th>
                    <th>"First to last proved delivery hour (UTC)"</th>
                    <th class="number">"Holes"</th>
                    <th class="number">"Restarts"</th>
                </tr>
            </thead>
            <tbody>{streams.iter().take(FEW).map(line).collect_view()}</tbody>
        </table>
        {more(streams.len(), "streams")}
        <ul id="report-holes">{holes.iter().take(FEW).map(hole).collect_view()}</ul>
        {more(holes.len(), "holes")}
    }
    .into_any()
}

fn supplied(report: &Findings) -> impl IntoView + use<> {
    let sums = &report.supplied;
    let mut parts = vec![
        counted(sums.digests, "digest file", "digest files"),
        counted(sums.logs, "log file", "log files"),
        counted(sums.keys, "public key", "public keys"),
        counted(sums.head_objects, "output of head-object", "outputs of head-object"),
    ];
    parts.push(match (&sums.listing_newest_object, sums.listing) {
        (_, false) => "no listing of the bucket".to_owned(),
        (None, true) => "a listing of the bucket".to_owned(),
        (Some(newest), true) => format!("a listing of the bucket whose newest object is of {}", time(newest)),
    });
    let files = format!("{}, {}: {}.", counted(sums.files, "file", "files"), bytes(sums.bytes), parts.join(", "));
    let kind = |kind: &crate::integrity::report::KindSum| {
        view! {
            <tr>
                <td>{kind.kind}</td>
                <td class="number">{grouped(kind.files)}</td>
                <td class="number">{bytes(kind.bytes)}</td>
            </tr>
        }
    };
    let not_read = (sums.files_not_read > 0).then(|| {
        view! {
            <tr class="failed">
                <td>"Not read (left out, cancelled or unreadable)"</td>
                <td class="number">{grouped(sums.files_not_read)}</td>
                <td></td>
            </tr>
        }
    });
    view! {
        <p id="report-supplied">{files}</p>
        <table>
            <thead>
                <tr><th>"Kind"</th><th class="number">"Files"</th><th class="number">"On disk"</th></tr>
            </thead>
            <tbody>{sums.kinds.iter().map(kind).collect_view()}{not_read}</tbody>
        </table>
    }
}

/// Whether a kind of coverage is one that a proved digest states.
pub(super) fn is_covered(interval: &Interval) -> bool {
    interval.kind == Coverage::Covered { named: 0, unchanged: 0, altered: 0, absent: 0 }.word()
}
