//! The histogram in words and as a table: for the pointer, and for those who do not see it.

use super::stack::{Histogram, Part, Series};
use crate::app::field;
use crate::app::shown::{counted, grouped, short, visible_text};
use crate::app::view::{View, view};
use leptos::prelude::*;
use std::sync::Arc;

/// Parts of a bar that are told one by one.
const TOLD: usize = 5;

/// Cells that the table has about at most: with more, a row is of several bins.
const CELLS: usize = 2_000;

/// What a part is called.
#[must_use]
pub fn name(series: &Series, histogram: &Histogram) -> String {
    match &series.part {
        Part::Value(value) => visible_text(&short(value, 40)).into_owned(),
        Part::Other => counted(histogram.others as u64, "other value", "other values"),
        Part::None => "none".to_owned(),
        Part::NotFailed => "not failed".to_owned(),
    }
}

/// One bin: when, how many events, and how many of each part.
#[must_use]
pub fn said(histogram: &Histogram, at: i64, view: View) -> String {
    let Ok(bin) = usize::try_from((at - histogram.start).div_euclid(histogram.width)) else { return String::new() };
    if bin >= histogram.bins() {
        return String::new();
    }
    let from = histogram.start + bin as i64 * histogram.width;
    let zone = view.zone.get();
    let sum = histogram.sum(bin);
    let mut text = format!(
        "{} {} · {}",
        zone.span(from, from + histogram.width),
        zone.name(),
        counted(u64::from(sum), "event", "events")
    );
    let share = view.stack().with(|stack| stack.share);
    let mut parts: Vec<(&Series, u32)> =
        histogram.series.iter().map(|series| (series, series.counts[bin])).filter(|(_, count)| *count > 0).collect();
    parts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let more = parts.len().saturating_sub(TOLD);
    for (series, count) in parts.into_iter().take(TOLD) {
        text.push_str(&format!(" · {} {}", name(series, histogram), grouped(u64::from(count))));
        if share {
            text.push_str(&format!(" ({})", percent(count, sum)));
        }
    }
    if more > 0 {
        text.push_str(&format!(" · {more} more"));
    }
    text
}

fn percent(part: u32, of: u32) -> String {
    let share = f64::from(part) / f64::from(of.max(1)) * 100.0;
    if share > 0.0 && share < 1.0 { "<1%".to_owned() } else { format!("{share:.0}%") }
}

/// All of it in two sentences.
#[must_use]
pub fn summary(histogram: Option<&Histogram>, view: View) -> String {
    let Some(histogram) = histogram else { return "No events with a time.".to_owned() };
    let zone = view.zone.get();
    let all: u64 = histogram.series.iter().map(|series| series.total).sum();
    let parts: Vec<String> = histogram
        .series
        .iter()
        .map(|series| format!("{} {}", name(series, histogram), grouped(series.total)))
        .collect();
    format!(
        "{} over {} {}, by {}: {}. The table that follows has the counts.",
        counted(all, "event", "events"),
        zone.span_with_year(histogram.domain.from, histogram.domain.to),
        zone.name(),
        visible_text(&field::title(&histogram.field)),
        parts.join(", "),
    )
}

/// The histogram as a table.
#[component]
pub fn BinTable(histogram: Memo<Option<Arc<Histogram>>>) -> impl IntoView {
    let view = view();
    let head = move || {
        let histogram = histogram.get()?;
        let names = histogram.series.iter().map(|series| view! { <th scope="col">{name(series, &histogram)}</th> });
        Some(names.collect_view())
    };
    let rows = move || {
        let histogram = histogram.get()?;
        let zone = view.zone.get();
        let together = (histogram.bins() * (histogram.series.len() + 1)).div_ceil(CELLS).max(1);
        let row = |first: usize| {
            let bins = first..(first + together).min(histogram.bins());
            let sums: Vec<u64> = histogram
                .series
                .iter()
                .map(|series| series.counts[bins.clone()].iter().map(|&count| u64::from(count)).sum())
                .collect();
            if sums.iter().all(|&sum| sum == 0) {
                return None;
            }
            let at = |bin: usize| histogram.start + bin as i64 * histogram.width;
            Some(view! {
                <tr>
                    <th scope="row">{zone.span(at(bins.start), at(bins.end))}</th>
                    {sums.into_iter().map(|sum| view! { <td>{grouped(sum)}</td> }).collect_view()}
                </tr>
            })
        };
        Some((0..histogram.bins()).step_by(together).filter_map(row).collect_view())
    };
    view! {
        <table id="bins" class="unseen">
            <caption>"Events over time"</caption>
            <thead><tr><th scope="col">"Time"</th>{head}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
