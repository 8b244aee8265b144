//! What the pattern matches, in a sentence; and what a person should know of the filter.

use super::bench::{Sums, bench};
use super::draft::PERIODS;
use super::reading::mark;
use crate::app::shown::{counted, elided, grouped, visible_text};
use crate::app::view::view;
use crate::watch::metric_filter::Scope;
use crate::watch::metric_filter::health::{Counts, Health};
use leptos::prelude::*;

/// `2.07 %`; nothing is rounded to none or to all.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 || part == 0 {
        return "0 %".to_owned();
    }
    let percent = part as f64 * 100.0 / whole as f64;
    match percent {
        _ if part == whole => "100 %".to_owned(),
        ..0.01 => "less than 0.01 %".to_owned(),
        ..9.995 => format!("{percent:.2} %"),
        99.95.. => "more than 99.9 %".to_owned(),
        _ => format!("{percent:.1} %"),
    }
}

/// Matches that are in no period.
fn undated(sums: &Sums) -> Option<String> {
    let undated = sums.series.undated;
    let is = if undated == 1 { "has no time and is" } else { "have no time and are" };
    (undated > 0).then(|| format!("{} {is} in no period.", counted(undated, "match", "matches")))
}

/// The sentence, and the health of the filter.
#[component]
pub fn Answer() -> impl IntoView {
    let bench = bench();
    let view = view();
    let sums = Memo::new(move |_| bench.found.with(|found| found.as_ref().map(|found| found.sums.clone())));
    let sentence = move || {
        let Some(sums) = sums.get() else { return "Counting".to_owned() };
        if sums.events == 0 {
            return "There is no event to match.".to_owned();
        }
        let verb = if sums.matches == 1 { "matches" } else { "match" };
        format!("{} of {} {verb}", grouped(sums.matches), counted(sums.events, "event", "events"))
    };
    let percent = move || sums.get().filter(|sums| sums.events > 0).map(|sums| share(sums.matches, sums.events));
    let about = move || {
        let of = view.draft.with(|draft| match &draft.scope {
            Scope::All => "All events".to_owned(),
            Scope::CloudTrail => "Events of CloudTrail".to_owned(),
            Scope::Group(group) => format!("Lines of {}", visible_text(&elided(group, 80))),
        });
        let zone = view.zone.get();
        let when = match view.zoom.with(|zoom| zoom.last().copied()) {
            Some(span) => format!("from {} {}", zone.span_with_year(span.from, span.to), zone.name()),
            None => "of all times".to_owned(),
        };
        format!("{of} {when}, whatever the search above says.")
    };
    let undated = move || {
        let said = sums.get().and_then(|sums| undated(&sums));
        said.map(
            |said| view! { <li data-health="Undated"><span class="denied" aria-hidden="true">"▲ "</span>{said}</li> },
        )
    };
    let health = move || {
        let sums = sums.get().filter(|_| !bench.dimmed());
        let counts = sums.map(|sums| {
            let without_value = sums.series.without_value + sums.series.without_dimension;
            Counts { events: sums.events, matched: sums.matches, without_value }
        });
        let loaded = bench.loaded.get();
        let health = bench.reading.with(|reading| reading.health(&loaded.metric_filters, counts));
        let one = |health: Health| {
            let (class, mark, word) = mark(health.weight);
            view! {
                <li data-health=format!("{:?}", health.about)>
                    <span class=class><span aria-hidden="true">{mark}" "</span>{word}":"</span>
                    " "{visible_text(&health.text).into_owned()}
                </li>
            }
        };
        health.into_iter().map(one).collect_view()
    };
    view! {
        <div class="bench-answer" class:old=move || bench.dimmed()>
            <p id="bench-sentence" role="status">
                <b>{sentence}</b>
                {move || percent().map(|percent| view! { <span class="data" id="bench-share">" "{percent}</span> })}
                <span id="bench-about" class="dim">{about}</span>
            </p>
            <ul id="bench-health" aria-label="What to know of this filter">{health}{undated}</ul>
        </div>
    }
}

/// The words for a length of a period.
pub fn period_words(period: i64) -> &'static str {
    PERIODS.iter().find(|(length, ..)| *length == period).map_or("period", |(.., words)| words.trim_start_matches("1 "))
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_are_never_rounded_to_all_or_none() {
        let said = [(0, 9), (1, 100_000), (60, 2_900), (1, 3), (2_899, 2_900), (99_999, 100_000), (7, 7), (0, 0)]
            .map(|(part, whole)| share(part, whole));
        assert_eq!(
            said,
            ["0 %", "less than 0.01 %", "2.07 %", "33.3 %", "more than 99.9 %", "more than 99.9 %", "100 %", "0 %"]
        );
    }
}
