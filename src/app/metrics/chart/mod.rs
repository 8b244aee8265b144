//! A chart as a card: its title and tools, what it draws, its legend, and the table behind it.

mod dash;
mod draw;
mod forms;
mod frame;
mod legend;
mod out;
mod over_time;
mod rows;
mod scale;
mod stack;

pub use draw::colour;

use super::plots::{Picture, Which, plots};
use crate::app::shown::visible_text;
use crate::app::view::view;
use crate::watch::graph::{Form, Graph};
use leptos::prelude::*;
use std::sync::Arc;

/// What a chart is called: its title, or the labels of its lines.
fn title(graph: &Graph, picture: Option<&Arc<Picture>>) -> String {
    if !graph.title.trim().is_empty() {
        return graph.title.clone();
    }
    let labels =
        picture.map(|picture| scale::curves(picture).map(|(_, curve)| curve.label.clone()).collect::<Vec<_>>());
    let labels = labels.unwrap_or_default();
    match labels.len() {
        0 => String::new(),
        1..=3 => labels.join(", "),
        more => format!("{}, {} and {} others", labels[0], labels[1], more - 2),
    }
}

/// A chart of the room.
#[component]
pub fn Chart(at: usize) -> impl IntoView {
    let view = view();
    let plots = plots();
    let which = Which::At(at);
    let picture = plots.of(which);
    let waits = plots.waits(which);
    let graph = Memo::new(move |_| view.graphs.with(|graphs| graphs.get(at).cloned().unwrap_or_default()));
    let form = Memo::new(move |_| graph.with(|graph| graph.form));
    let called = Memo::new(move |_| graph.with(|graph| picture.with(|picture| title(graph, picture.as_ref()))));
    let empty = Memo::new(move |_| graph.with(|graph| graph.lines.is_empty()));
    let table = RwSignal::new(false);
    // What is not over time is no drawing of the plot: its values are in the CSV.
    let pictures = move || {
        matches!(form.get(), Form::Line | Form::Area).then(|| view! {
                <button class="plain" data-out="png" title="Save as a picture" on:click=move |_| out::png(picture, called.get_untracked(), view)>"PNG"</button>
                <button class="plain" data-out="svg" title="Save as a drawing" on:click=move |_| out::svg(picture, called.get_untracked(), view)>"SVG"</button>
        })
    };
    let notes = move || {
        let notes = picture.with(|picture| picture.as_ref().map(|picture| stack::notes(picture)).unwrap_or_default());
        let note = |words: String| view! { <p class="note">{visible_text(&words).into_owned()}</p> };
        (form.get() == Form::Area && !table.get()).then(|| notes.into_iter().map(note).collect_view())
    };
    let tools = move || {
        (!empty.get()).then(|| view! {
            <div class="chart-out">
                {pictures}
                <button class="plain" data-out="csv" title="Save every point of the range as CSV" on:click=move |_| out::csv(plots, picture, called.get_untracked())>"CSV"</button>
                <button class="plain" data-out="table" aria-pressed=move || table.get().to_string() title="The values behind the chart" on:click=move |_| table.update(|table| *table = !*table)>"Table"</button>
                <button class="plain" data-out="under" title="Show it under the event timeline" on:click=move |_| out::under(graph.get_untracked(), view)>"To the timeline"</button>
            </div>
        })
    };
    view! {
        <div class="metric-chart" data-at=at.to_string() data-busy=move || waits.get().to_string() aria-busy=move || waits.get().to_string()>
            <header>
                <h3 title=move || visible_text(&called.get()).into_owned()>{move || visible_text(&called.get()).into_owned()}</h3>
                {tools}
            </header>
            {move || {
                if empty.get() {
                    return view! { <p class="dim note">"No line yet: choose metrics at the left."</p> }.into_any();
                }
                if table.get() {
                    return view! { <rows::Rows which/> }.into_any();
                }
                match form.get() {
                    Form::Line | Form::Area => view! { <over_time::OverTime which inside=false/> }.into_any(),
                    Form::Bar => view! { <forms::Bars picture/> }.into_any(),
                    Form::Number => view! { <forms::Numbers picture/> }.into_any(),
                    Form::Gauge => view! { <forms::Gauges picture/> }.into_any(),
                    Form::Pie => view! { <forms::Pie picture/> }.into_any(),
                    Form::Table => view! { <forms::Summaries picture/> }.into_any(),
                }
            }}
            {notes}
            {move || (!empty.get()).then(|| view! { <legend::Legend which/> })}
        </div>
    }
}

/// The chart under the lanes of the timeline, on their axis.
#[component]
pub fn Under() -> impl IntoView {
    let view = view();
    let picture = plots().of(Which::Under);
    let graph = Memo::new(move |_| view.under.get().unwrap_or_default());
    let called = move || graph.with(|graph| picture.with(|picture| title(graph, picture.as_ref())));
    view! {
        <section id="under" class="metric-chart" aria-label="Series under the timeline" data-busy=move || plots().waits(Which::Under).get().to_string()>
            <div class="under-name">
                <h3 title=move || visible_text(&called()).into_owned()>{move || visible_text(&called()).into_owned()}</h3>
                <legend::Legend which=Which::Under/>
                <button class="plain" id="under-remove" title="Take it away" on:click=move |_| view.under.set(None)>"Remove"</button>
            </div>
            <over_time::OverTime which=Which::Under inside=true/>
        </section>
    }
}
