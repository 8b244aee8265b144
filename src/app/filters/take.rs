//! The filter taken on: as the AWS command line takes it, and as a chart.

use super::bench::bench;
use super::draft::Draft;
use crate::app::dom;
use crate::app::metrics;
use crate::app::shown::visible_text;
use crate::app::view::{Room, view};
use crate::watch::graph::{Graph, Of, Sampling};
use crate::watch::metric_filter::Scope;
use leptos::prelude::*;

/// How long a button says what it did.
const SAID: std::time::Duration = std::time::Duration::from_secs(2);

/// What a filter samples, as a chart.
fn chart(draft: &Draft) -> Graph {
    let sampling = Sampling {
        pattern: draft.pattern.clone(),
        value: draft.value.clone(),
        group: match &draft.scope {
            Scope::All => None,
            Scope::CloudTrail => Some(String::new()),
            Scope::Group(group) => Some(group.clone()),
        },
        strict: draft.strict,
    };
    let mut line = metrics::line_of(Of::Filter(sampling), &[]);
    line.period = Some(draft.period);
    let title = [&draft.name, &draft.metric].into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default();
    Graph { title, lines: vec![line], ..Graph::default() }
}

/// The buttons, and why they cannot be pressed.
#[component]
pub fn Take() -> impl IntoView {
    let bench = bench();
    let why = Memo::new(move |_| bench.reading.with(|reading| reading.cannot_be_put()));
    let copied = RwSignal::new(false);
    let copy = move |_| {
        if let Some(command) = bench.reading.with_untracked(|reading| reading.command()) {
            dom::copy(&command);
            copied.set(true);
            set_timeout(
                move || {
                    // Whoever left the room has no button any more.
                    let _gone = copied.try_set(false);
                },
                SAID,
            );
        }
    };
    let save = move |_| {
        if let Some((name, json)) = bench.reading.with_untracked(|reading| reading.input()) {
            dom::save(&name, "application/json", &json);
        }
    };
    let said = move || match why.get() {
        Some(why) => Some(visible_text(&why).into_owned()),
        None => bench.reading.with(|reading| reading.put_note()).map(str::to_owned),
    };
    let held = move || why.with(Option::is_some);
    let title =
        move |free: &'static str| why.get().map_or_else(|| free.to_owned(), |why| visible_text(&why).into_owned());
    let view = view();
    let faulty = move || bench.reading.with(|reading| reading.asked().is_none());
    let chart = move |_| {
        let graph = view.draft.with_untracked(chart);
        batch(|| {
            metrics::open(view, vec![graph]);
            view.room.set(Room::Metrics);
        });
    };
    view! {
        <div class="bench-take">
            <button id="chart-filter" class="button" disabled=faulty title="What the filter samples, over time" on:click=chart>"Chart it"</button>
            <button
                id="copy-put-metric-filter"
                class="button"
                disabled=held
                aria-describedby="take-why"
                title=move || title("The command that makes this filter: aws logs put-metric-filter …")
                on:click=copy
            >
                {move || if copied.get() { "Copied" } else { "Copy as put-metric-filter" }}
            </button>
            <button
                id="save-put-metric-filter"
                class="button"
                disabled=held
                aria-describedby="take-why"
                title=move || title("For aws logs put-metric-filter --cli-input-json")
                on:click=save
            >
                "Save JSON"
            </button>
            <span id="take-why" class="dim">{said}</span>
        </div>
    }
}
