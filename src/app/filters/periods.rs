//! The metric that the filter would publish, as numbers by period.

use super::answer::period_words;
use super::bench::{Sums, bench};
use crate::app::grid::{Parts, grid, step};
use crate::app::scroll::Scroll;
use crate::app::shown::{counted, elided, grouped, visible_text};
use crate::app::view::{Span, view};
use crate::app::zone::Zone;
use crate::query::series::{Series, Statistics};
use crate::watch::metric_filter::{Point, published};
use leptos::prelude::*;
use std::sync::Arc;

/// Values of dimensions that are offered; a select of more is no help.
const OFFERED: usize = 200;

const COLUMNS: [&str; 5] = ["Samples", "Sum", "Minimum", "Maximum", "Average"];

/// A number, whole where it is whole, else with as many digits behind the point as tell something.
fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 1e15 || (size > 0.0 && size < 0.001) {
        return format!("{value:.3e}").replacen('-', if value < 0.0 { "−" } else { "-" }, 1);
    }
    let sign = if value < 0.0 { "−" } else { "" };
    let digits = if size >= 100.0 { 1 } else { 3 };
    let text = format!("{size:.digits$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    match rest.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}.{rest}"),
    }
}

/// What the table shows.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    points: Vec<Point>,
    total: Option<Statistics>,
    /// The largest sum, and where it is.
    largest: Option<(usize, f64)>,
    period: i64,
    /// Periods with the default value.
    defaults: u64,
}

impl Shown {
    fn of(sums: &Sums, part: Option<&Vec<String>>) -> Self {
        let one = part.map(|part| Series {
            parts: sums.series.parts.iter().filter(|(values, _)| values == part).cloned().collect(),
            ..sums.series.clone()
        });
        let points = published(one.as_ref().unwrap_or(&sums.series), &sums.all, sums.default(), sums.period());
        let mut total: Option<Statistics> = None;
        for point in &points {
            match &mut total {
                Some(total) => total.merge(&point.statistics),
                None => total = Some(point.statistics),
            }
        }
        let sums_of = points.iter().enumerate().map(|(at, point)| (at, point.statistics.sum()));
        let largest = sums_of.reduce(|best, next| if next.1 > best.1 { next } else { best });
        let defaults = points.iter().filter(|point| point.default).count() as u64;
        Self { points, total, largest, period: sums.period(), defaults }
    }
}

/// The table of periods.
#[component]
pub fn Periods() -> impl IntoView {
    let bench = bench();
    let view = view();
    let scroll = Scroll::new();
    let cursor = RwSignal::new(None::<u64>);
    let part = RwSignal::new(None::<Vec<String>>);
    let sums = Memo::new(move |_| bench.found.with(|found| found.as_ref().map(|found| found.sums.clone())));
    let shown = Memo::new(move |_| {
        let sums = sums.get()?;
        let part = part.get().filter(|part| sums.series.parts.iter().any(|(values, _)| values == part));
        Some(Arc::new(Shown::of(&sums, part.as_ref())))
    });
    let faulty = Memo::new(move |_| bench.reading.with(|reading| reading.value.is_err()));
    Effect::new(move || {
        let total = shown.with(|shown| shown.as_ref().map_or(0, |shown| shown.points.len() as u64));
        scroll.set_total(total);
    });
    let period = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(|shown| shown.period)));
    Effect::new(move |before: Option<()>| {
        period.track();
        if before.is_some() {
            cursor.set(None);
            scroll.to(0.0);
        }
    });
    let zoom = move |position: u64| {
        let point = shown.with_untracked(|shown| {
            let shown = shown.as_ref()?;
            Some((shown.points.get(position as usize)?.start, shown.period))
        });
        if let Some((start, period)) = point {
            view.zoom_to(Span { from: start, to: start.saturating_add(period) });
        }
    };
    let row = move |position: u64| {
        let cells = shown.with(|shown| {
            let shown = shown.as_ref()?;
            let point = shown.points.get(position as usize)?;
            let most = shown.largest.filter(|(_, sum)| *sum > 0.0);
            let sum = point.statistics.sum();
            let width = most.map_or(0.0, |(_, most)| (sum / most).clamp(0.0, 1.0) * 100.0);
            let largest = most.is_some_and(|(at, _)| at == position as usize);
            Some((point.clone(), width, largest, shown.period))
        });
        view! {
            <div
                class="row"
                class:here=move || cursor.get() == Some(position)
                role="row"
                id=format!("period-grid-{position}")
                data-index=position.to_string()
                aria-rowindex=(position + 2).to_string()
                title="Show this period alone"
            >
                {cells.map(|(point, width, largest, period)| cells_of(&point, width, largest, period))}
            </div>
        }
    };
    let headings = COLUMNS.map(|title| view! { <div class="cell number" role="columnheader">{title}</div> });
    let parts = Parts {
        id: "period-grid",
        label: "The metric by period",
        columns: Signal::stored(COLUMNS.len() + 2),
        several: false,
        cell: Signal::stored(None),
        header: (
            view! { <div class="cell" role="columnheader">{move || format!("Period ({})", view.zone.get().name())}</div> },
            headings,
            view! { <div class="cell" role="columnheader">"Sum"</div> },
        ),
        row,
    };
    let table = grid(scroll, cursor, parts, move |position, _| {
        cursor.set(Some(position));
        zoom(position);
    });
    let key = move |event: web_sys::KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        if step(&event.key(), scroll, cursor, event.shift_key()) {
            event.prevent_default();
        } else if let ("Enter", Some(position)) = (event.key().as_str(), cursor.get_untracked()) {
            event.prevent_default();
            zoom(position);
        }
    };
    let head = move || {
        let Some(shown) = shown.get() else { return String::new() };
        let per = format!("Per {}", period_words(shown.period));
        let periods = counted(shown.points.len() as u64, "period", "periods");
        match shown.defaults {
            0 => format!("{per}: {periods} with samples"),
            defaults => format!("{per}: {periods}, {} with the default value", grouped(defaults)),
        }
    };
    let total = move || {
        let shown = shown.get()?;
        let total = shown.total?;
        Some(view! {
            <div class="row total" id="period-total">
                <div class="cell">"All periods"</div>
                {numbers(&total, None)}
                <div class="cell"></div>
            </div>
        })
    };
    let none = move || {
        let words = if faulty.get() {
            "The metric value cannot be read"
        } else if shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.points.is_empty())) {
            "Nothing is published"
        } else {
            return None;
        };
        Some(view! { <div class="nothing"><p class="title">{words}</p></div> })
    };
    view! {
        <section class="bench-periods" aria-label="The metric">
            <div class="tabs">
                <p id="period-head" class="data">{head}</p>
                <DimensionValues sums part/>
            </div>
            <div class="table-place" class:dimmed=move || bench.dimmed() || faulty.get() on:keydown=key>{table}{none}</div>
            {total}
        </section>
    }
}

/// When a period begins, without seconds where it has none.
fn begins(zone: Zone, start: i64, period: i64) -> String {
    let text = zone.full(start);
    let whole = period % 60_000 == 0;
    text.strip_suffix(":00").filter(|_| whole).map_or_else(|| text.clone(), str::to_owned)
}

fn numbers(statistics: &Statistics, role: Option<&'static str>) -> impl IntoView + use<> {
    let values = [statistics.sum(), statistics.minimum, statistics.maximum, statistics.average()];
    let samples = view! { <div class="cell number" role=role>{grouped(statistics.samples)}</div> };
    (
        samples,
        values.map(|value| {
            // Whole on hover, however narrow the column is.
            view! { <div class="cell number" role=role title=value.to_string()>{number(value)}</div> }
        }),
    )
}

fn cells_of(point: &Point, width: f64, largest: bool, period: i64) -> impl IntoView + use<> {
    let view = view();
    let start = point.start;
    let default = point.default;
    // A range of time may begin or end within a period, which is then not all there.
    let cut = move || {
        let zoom = view.zoom.with(|zoom| zoom.last().copied());
        zoom.is_some_and(|span| start < span.from || start.saturating_add(period) > span.to)
    };
    let note = move || match (default, cut()) {
        (true, _) => Some("default"),
        (false, true) => Some("in part"),
        (false, false) => None,
    };
    view! {
        <div class="cell" role="gridcell">{move || begins(view.zone.get(), start, period)}</div>
        {numbers(&point.statistics, Some("gridcell"))}
        <div class="cell bar-cell" role="gridcell">
            <i class="bar" class:largest=largest style:width=format!("{width:.1}%") aria-hidden="true"></i>
            {largest.then(|| view! { <span class="bar-word">"largest"</span> })}
            {move || note().map(|note| view! { <span class="bar-word dim">{note}</span> })}
        </div>
    }
}

/// The values of dimensions, each of which is a metric of its own.
#[component]
fn DimensionValues(sums: Memo<Option<Arc<Sums>>>, part: RwSignal<Option<Vec<String>>>) -> impl IntoView {
    let parts = Memo::new(move |_| {
        let Some(sums) = sums.get() else { return Vec::new() };
        let mut parts: Vec<(u64, Vec<String>)> = sums
            .series
            .parts
            .iter()
            .filter(|(values, _)| !values.is_empty())
            .map(|(values, points)| (points.iter().map(|(_, statistics)| statistics.samples).sum(), values.clone()))
            .collect();
        parts.sort_by(|(a, first), (b, second)| b.cmp(a).then_with(|| first.cmp(second)));
        parts
    });
    let choose = move |event| {
        let place: Option<usize> = event_target_value(&event).parse().ok();
        part.set(
            place.and_then(|place| parts.with_untracked(|parts| parts.get(place).map(|(_, values)| values.clone()))),
        );
    };
    move || {
        let parts = parts.get();
        (!parts.is_empty()).then(|| {
            let all = format!("All {} together", counted(parts.len() as u64, "combination", "combinations"));
            let options = parts.into_iter().enumerate().take(OFFERED).map(|(at, (samples, values))| {
                let words = visible_text(&elided(&values.join(", "), 60)).into_owned();
                let words = format!("{words} ({})", counted(samples, "sample", "samples"));
                view! { <option value=at.to_string() prop:selected=move || part.with(|part| part.as_ref() == Some(&values))>{words}</option> }
            });
            view! {
                <select id="dimension-values" aria-label="Values of the dimensions" on:change=choose>
                    <option value="">{all}</option>
                    {options.collect_view()}
                </select>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_short() {
        let said = [0.0, 12_345.0, -3.0, 0.5, 1.0 / 3.0, 11_213.0 / 3.0, 2e18, 1e-9, -0.25].map(number);
        assert_eq!(said, ["0", "12,345", "−3", "0.5", "0.333", "3,737.7", "2.000e18", "1.000e-9", "−0.25"]);
    }
}
