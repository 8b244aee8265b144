//! The filters that files say are configured, each with what it matches here and how it is; and patterns to begin with.

use super::bench::{Bench, MOST, bench};
use super::draft::Draft;
use super::examples::EXAMPLES;
use super::reading::{mark, read};
use crate::app::shown::{counted, elided, grouped, visible, visible_text};
use crate::app::view::view;
use crate::query::pattern::Counting;
use crate::session::page::Session;
use crate::watch::definitions::MetricFilter;
use crate::watch::metric_filter::health::{Counts, Weight, health};
use leptos::prelude::*;
use std::sync::Arc;

/// What fetches the filters of an account.
const COMMAND: &str = "aws logs describe-metric-filters > metric-filters.json";

/// See the module.
#[component]
pub fn Loaded() -> impl IntoView {
    let bench = bench();
    let session = expect_context::<Session>();
    let loaded = bench.loaded;
    let count = move || loaded.with(|loaded| loaded.metric_filters.len());
    let list = move || {
        let loaded = loaded.get();
        let filters = &loaded.metric_filters;
        let shown = filters.iter().take(MOST).enumerate().map(|(at, filter)| entry(bench, at, filter)).collect_view();
        let more = filters.len().saturating_sub(MOST);
        let more = (more > 0).then(|| view! { <li class="dim">{format!("{} that are not listed", counted(more as u64, "more filter", "more filters"))}</li> });
        view! { <ul id="filter-list" aria-label="Filters of files">{shown}{more}</ul> }
    };
    let faults = move || {
        let loaded = loaded.get();
        let faults = loaded.faults.iter().take(20).map(|(file, fault)| {
            let said = format!("{}: {fault}", session.path(*file));
            view! { <li class="denied"><span aria-hidden="true">"▲ "</span>{visible_text(&said).into_owned()}</li> }
        });
        view! { <ul class="filter-faults">{faults.collect_view()}</ul> }
    };
    let none = move || {
        (count() == 0).then(|| {
            view! {
                <div id="no-filters">
                    <p>"No metric filters were loaded. This command writes those of an account and region; drop its file here."</p>
                    <code class="command" tabindex="0">{COMMAND}</code>
                </div>
            }
        })
    };
    let examples = EXAMPLES.map(|example| {
        let take = move |_| bench.example(&example);
        view! {
            <li>
                <button class="filter-of" data-example=example.id title=example.pattern on:click=take>
                    <span class="name">{example.title}</span>
                    <span class="dim data">{example.pattern}</span>
                </button>
            </li>
        }
    });
    view! {
        <nav id="filter-side" aria-label="Filters and examples">
            <div class="filter-head">
                <h2>"Metric filters"</h2>
                <button id="new-filter" class="button" on:click=move |_| bench.clear()>"New filter"</button>
            </div>
            {none}
            {list}
            {faults}
            <h3>"Examples"</h3>
            <ul id="filter-examples">{examples}</ul>
        </nav>
    }
}

fn entry(bench: Bench, at: usize, filter: &MetricFilter) -> impl IntoView + use<> {
    let view = view();
    let filter = Arc::new(filter.clone());
    let draft = Draft::of(&filter, &bench.groups.get());
    let readable = read(&draft).asked().is_some();
    let here = {
        let filter = filter.clone();
        Memo::new(move |_| view.draft.with(|draft| draft.is_of(&filter)))
    };
    let count = Memo::new(move |_| bench.counts.with(|counts| counts.get(at).copied().flatten()));
    let scope = draft.scope.clone();
    let total = move || bench.size(&scope);
    let worst = {
        let filter = filter.clone();
        move || {
            let counts = count.get().map(|matched| Counts { events: total(), matched, without_value: 0 });
            let worst = health(&filter, Counting::default(), counts).into_iter().next();
            worst.filter(|worst| worst.weight > Weight::Note).map(|worst| {
                let (class, mark, word) = mark(worst.weight);
                let title = format!("{word}: {}", visible_text(&worst.text));
                view! { <span class=class title=title><span aria-hidden="true">{mark}</span><span class="unseen">{word}</span></span> }
            })
        }
    };
    let matches = move || match count.get() {
        Some(count) => grouped(count),
        None if readable => "…".to_owned(),
        None => "–".to_owned(),
    };
    let (name, metric) = (filter.name.clone(), metric_of(&filter));
    let group = filter.group.clone().unwrap_or_else(|| "no log group told".to_owned());
    let title = format!("{}\n{}\n{}", visible_text(&group), visible_text(&metric), visible_text(&filter.pattern));
    let take = {
        let filter = filter.clone();
        move |_| bench.take(&filter)
    };
    view! {
        <li>
            <button class="filter-of" data-filter=at.to_string() title=title aria-current=move || here.get().then_some("true") on:click=take>
                <span class="name">{visible(&elided(&name, 60))}</span>
                <span class="filter-count data" title="Matches in the case">{worst}" "{matches}</span>
                <span class="dim">{visible(&elided(&group, 44))}" · "{visible(&elided(&metric, 44))}</span>
            </button>
        </li>
    }
}

/// The metric that a filter publishes.
fn metric_of(filter: &MetricFilter) -> String {
    let names = filter.transformations.iter().map(|metric| format!("{}/{}", metric.namespace, metric.name));
    names.collect::<Vec<_>>().join(", ")
}
