//! The room of metrics: what there is to choose from at the left, charts beside it, and below them the lines of the chart that
//! is edited. Charts share the stretch of time with everything else on the page.

mod about;
mod browse;
mod chart;
mod charts;
mod empty;
mod events;
mod formula;
mod lines;
mod plots;
mod range;
mod tools;
mod tree;
mod words;

pub use chart::Under;
pub use charts::{line_of, open};
pub use events::MetricsOf;
pub use plots::Plots;

use super::ask::asker;
use super::dom;
use super::icons;
use super::shown::visible_text;
use super::view::{Room, View};
use crate::import::metrics::Metric;
use crate::session::page::{Phase, Session};
use crate::watch::graph::{Graph, Of};
use crate::watch::series::Listed;
use leptos::prelude::*;

/// A window this wide, in CSS pixels, has room for the list of metrics beside charts; style sheets say the same.
const WIDE: f64 = 1_100.0;

/// What the room keeps while another is looked at. A handle, provided as context.
#[derive(Clone, Copy)]
pub struct RoomState {
    session: Session,
    view: View,
    /// What is looked for among the metrics.
    find: RwSignal<String>,
    /// The metric chosen last.
    about: RwSignal<Option<Metric>>,
    /// Whether the list of metrics is shown.
    browse: RwSignal<bool>,
}

impl RoomState {
    /// Of this page. A case of nothing but metrics opens here.
    #[must_use]
    pub fn new(session: Session, view: View) -> Self {
        let asker = asker();
        let alone = Memo::new(move |_| {
            let done = session.progress.with(|progress| progress.phase == Phase::Done);
            let events = asker.answer.with(|answer| answer.events);
            done && events == 0
                && session.progress.with(|progress| progress.events == 0)
                && session.held.with(|held| !held.catalog.series.is_empty())
        });
        Effect::new(move || {
            if alone.get() && view.room.get_untracked() == Room::Events {
                view.room.set(Room::Metrics);
            }
        });
        Self {
            session,
            view,
            find: RwSignal::default(),
            about: RwSignal::default(),
            browse: RwSignal::new(dom::width() >= WIDE),
        }
    }

    /// What is known of a metric.
    fn listed(&self, metric: &Metric) -> Option<Listed> {
        self.session.held.with_untracked(|held| {
            let series = &held.catalog.series;
            let at = series.binary_search_by(|listed| listed.metric.cmp(metric)).ok()?;
            series.get(at).cloned()
        })
    }
}

/// The room's state.
fn room() -> RoomState {
    expect_context()
}

/// Opens the room with a chart of the events that the search finds.
pub fn chart_search(view: View) {
    let query = if view.fault.with_untracked(Option::is_none) { view.typed.get_untracked() } else { String::new() };
    let lines = vec![line_of(Of::Events(query), &[])];
    batch(|| {
        open(view, vec![Graph { lines, ..Graph::default() }]);
        view.room.set(Room::Metrics);
    });
}

/// The room.
#[component]
pub fn Metrics() -> impl IntoView {
    let room = room();
    let RoomState { session, view, .. } = room;
    let any = Memo::new(move |_| session.held.with(|held| !held.catalog.series.is_empty()));
    let anything = Memo::new(move |_| any.get() || view.graphs.with(|graphs| !graphs.is_empty()));
    view! {
        <main id="metrics" class="room" aria-label="Metrics">
            {move || if anything.get() { view! { <Desk/> }.into_any() } else { empty::Empty().into_any() }}
        </main>
    }
}

/// All of it, where there is anything to show.
#[component]
fn Desk() -> impl IntoView {
    let room = room();
    let view = room.view;
    let count = Memo::new(move |_| view.graphs.with(Vec::len));
    let add = move |_| {
        batch(|| {
            view.graphs.update(|graphs| {
                if graphs.len() < charts::CHARTS_MAX {
                    graphs.push(Graph::default());
                }
            });
            view.graph.set(view.graphs.with_untracked(Vec::len).saturating_sub(1));
        });
    };
    let hint = move || {
        (count.get() == 0).then(|| {
            // In a narrow window the list is closed until it is wanted.
            let open = (!room.browse.get()).then(|| {
                view! { <button class="button" id="choose-metrics" on:click=move |_| room.browse.set(true)>"Choose metrics"</button> }
            });
            view! {
                <p class="dim note" id="no-charts">"Choose a metric, and its chart stands here."</p>
                {open}
            }
        })
    };
    view! {
        <Show when=move || room.browse.get()>
            <nav id="metric-browse" aria-label="Metrics of the case">
                <browse::Browse/>
                <about::About/>
            </nav>
        </Show>
        <div class="desk">
            <range::Range/>
            <div id="charts" tabindex="-1">
                <For each=move || 0..count.get() key=|at| *at children=move |at| view! { <Card at/> }/>
                {hint}
                <button id="new-chart" class="button" on:click=add>"New chart"</button>
            </div>
            <Show when=move || count.get() != 0>
                <section id="chart-editor" aria-label="The chart that is edited">
                    <tools::Tools/>
                    <lines::Lines/>
                </section>
            </Show>
        </div>
    }
    .into_any()
}

/// A chart, and what one does with it as a whole.
#[component]
fn Card(at: usize) -> impl IntoView {
    let view = room().view;
    let edited = Memo::new(move |_| charts::edited(view) == Some(at));
    let count = Memo::new(move |_| view.graphs.with(Vec::len));
    let title = Memo::new(move |_| {
        let title = view.graphs.with(|graphs| graphs.get(at).map(|graph| graph.title.clone()).unwrap_or_default());
        if title.is_empty() { format!("chart {}", at + 1) } else { visible_text(&title).into_owned() }
    });
    let edit = move |_| view.graph.set(at);
    let remove = move |_| {
        batch(|| {
            let now = view.graph.get_untracked();
            view.graphs.update(|graphs| {
                if at < graphs.len() {
                    graphs.remove(at);
                }
            });
            view.graph.set(if now > at { now - 1 } else { now });
        });
    };
    let copy = move |_| {
        batch(|| {
            view.graphs.update(|graphs| {
                if let Some(graph) = graphs.get(at).filter(|_| graphs.len() < charts::CHARTS_MAX).cloned() {
                    graphs.insert(at + 1, graph);
                }
            });
            view.graph.set(at + 1);
        });
    };
    let full = move || count.get() >= charts::CHARTS_MAX;
    let up = move |_| {
        if at > 0 {
            batch(|| {
                view.graphs.update(|graphs| graphs.swap(at - 1, at));
                view.graph.set(at - 1);
            });
        }
    };
    view! {
        <section class="chart-card" data-chart=at.to_string() aria-label=move || title.get() class:edited=move || edited.get()>
            <div class="card-side">
                <button
                    class="card-edit"
                    aria-pressed=move || edited.get().to_string()
                    aria-label=move || format!("Edit {}", title.get())
                    title="Edit this chart: its lines stand below, and metrics are added to it"
                    on:click=edit
                >
                    {(at + 1).to_string()}
                </button>
                <button
                    class="plain card-up"
                    aria-label=move || format!("Move {} up", title.get())
                    title="Move it up"
                    disabled=at == 0
                    on:click=up
                >
                    "↑"
                </button>
                <button
                    class="plain card-copy"
                    aria-label=move || format!("Duplicate {}", title.get())
                    title="Duplicate it"
                    disabled=full
                    on:click=copy
                >
                    {icons::copy()}
                </button>
                <button class="plain card-remove" aria-label=move || format!("Remove {}", title.get()) title="Remove it" on:click=remove>
                    {icons::close()}
                </button>
            </div>
            <div class="card-chart">
                <chart::Chart at/>
            </div>
        </section>
    }
    .into_any()
}
