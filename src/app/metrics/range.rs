//! The stretch of time that the charts show, how many events are in it, and the ways to these.

use super::{charts, room};
use crate::app::dom;
use crate::app::filters::{Bench, Draft};
use crate::app::shown::{counted, elided, visible_text};
use crate::app::view::{Room, View, range, view};
use crate::import::metrics::Origin;
use crate::query::kql;
use crate::query::predicate::{Predicate, TimeRange};
use crate::session::page::Session;
use crate::session::questions::{self, Lost};
use crate::watch::definitions::MetricFilter;
use crate::watch::graph::{Of, Sampling};
use crate::watch::metric_filter::Scope;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Ways that are offered beside that to all events.
const WAYS: usize = 3;

/// Milliseconds for which nothing is asked while the range still changes.
const PAUSE: u32 = 150;

/// Events that a line of the chart is made of.
#[derive(Clone, Debug, PartialEq)]
enum Way {
    /// All of them.
    All,
    /// Those of a query.
    Query(String),
    /// Those that a filter matches that was typed.
    Sampling(Sampling),
    /// Those that a filter of a file matches.
    Filter(MetricFilter),
}

/// The bench as it samples.
fn draft(sampling: &Sampling) -> Draft {
    let (pattern, value, strict) = (sampling.pattern.clone(), sampling.value.clone(), sampling.strict);
    Draft { pattern, value, strict, scope: sampling.scope(), ..Draft::default() }
}

impl Way {
    /// What a filter is in the bench; whether its group has events decides what it is applied to.
    async fn draft(&self, session: Session) -> Result<Option<Draft>, Lost> {
        match self {
            Self::All | Self::Query(_) => Ok(None),
            Self::Sampling(sampling) => Ok(Some(draft(sampling))),
            Self::Filter(filter) => {
                let mut groups = Vec::new();
                if let Some(group) = &filter.group {
                    let asked = vec![(Scope::Group(group.clone()).predicate(), TimeRange::default())];
                    let count = questions::counts(&session.shards(), asked).await?.first().copied().unwrap_or(0);
                    groups.extend((count > 0).then(|| (group.clone(), count)));
                }
                Ok(Some(Draft::of(filter, &groups)))
            }
        }
    }

    /// Its events; `None` where what is typed cannot be read.
    async fn events(&self, session: Session, bench: Bench) -> Result<Option<Predicate>, Lost> {
        Ok(match self {
            Self::All => Some(Predicate::Everything),
            Self::Query(query) => kql::parse(query).ok().map(|parsed| parsed.predicate),
            Self::Sampling(_) | Self::Filter(_) => self.draft(session).await?.and_then(|draft| bench.matched(&draft)),
        })
    }

    fn words(&self) -> (String, String) {
        let text = |text: &str| visible_text(&elided(text, 40)).into_owned();
        match self {
            Self::All => {
                ("Show these events".to_owned(), "All events of this stretch of time, in their table".to_owned())
            }
            Self::Query(query) if query.trim().is_empty() => Self::All.words(),
            Self::Query(query) => (
                format!("Show those of {}", text(query)),
                "The events of this stretch of time that the query finds".to_owned(),
            ),
            Self::Sampling(sampling) => (
                format!("Show what matches {}", text(&sampling.pattern)),
                "The events of this stretch of time, on the bench of metric filters".to_owned(),
            ),
            Self::Filter(filter) => (
                format!("Show what {} matches", text(&filter.name)),
                "The events of this stretch of time, on the bench of metric filters".to_owned(),
            ),
        }
    }

    fn go(&self, session: Session, view: View) {
        let query = match self {
            Self::All => String::new(),
            Self::Query(query) => query.clone(),
            Self::Sampling(_) | Self::Filter(_) => {
                let way = self.clone();
                spawn_local(async move {
                    if let Ok(Some(draft)) = way.draft(session).await {
                        batch(|| {
                            view.draft.set(draft);
                            view.room.set(Room::Filters);
                        });
                    }
                });
                return;
            }
        };
        batch(|| {
            view.disabled.set(Vec::new());
            view.search(query);
            view.room.set(Room::Events);
        });
    }
}

/// The line above the charts.
#[component]
pub fn Range() -> impl IntoView {
    let view = view();
    let room = room();
    let session = room.session;
    let bench = expect_context::<Bench>();
    let ways = Memo::new(move |_| {
        session.held.track();
        let lines = charts::edited(view)
            .and_then(|at| view.graphs.with(|graphs| graphs.get(at).map(|graph| graph.lines.clone())))
            .unwrap_or_default();
        let mut ways = vec![Way::All];
        let mut put = |way: Way| {
            if !ways.contains(&way) && ways.len() <= WAYS {
                ways.push(way);
            }
        };
        for line in lines {
            match line.of {
                Of::Events(query) if !query.trim().is_empty() => put(Way::Query(query)),
                Of::Filter(sampling) => put(Way::Sampling(sampling)),
                Of::Metric(metric) => {
                    let listed = room.listed(&metric);
                    let stored = listed.iter().flat_map(|listed| &listed.stored);
                    for (origin, _) in stored.flat_map(|stored| &stored.origins) {
                        if let Origin::MetricFilter(name) = origin {
                            let filter = bench.loaded.with(|loaded| {
                                loaded.metric_filters.iter().find(|filter| filter.name == *name).cloned()
                            });
                            filter.into_iter().map(Way::Filter).for_each(&mut put);
                        }
                    }
                }
                Of::Events(_) | Of::Math(_) => {}
            }
        }
        ways
    });
    let counts = RwSignal::new(Vec::<Option<u64>>::new());
    let asked = StoredValue::new(0u64);
    Effect::new(move || {
        session.generation.track();
        let (ways, span) = (ways.get(), view.domain());
        asked.update_value(|asked| *asked += 1);
        let token = asked.get_value();
        let current = move || asked.try_get_value() == Some(token);
        spawn_local(async move {
            dom::later(PAUSE).await;
            if !current() {
                return;
            }
            let within = span.map_or_else(TimeRange::default, range);
            let (mut wanted, mut known) = (Vec::new(), Vec::new());
            for way in &ways {
                let predicate = way.events(session, bench).await.ok().flatten();
                known.push(predicate.is_some());
                wanted.extend(predicate.map(|predicate| (predicate, within)));
            }
            if let (Ok(found), true) = (questions::counts(&session.shards(), wanted).await, current()) {
                let mut found = found.into_iter();
                let all = known.into_iter().map(|known| if known { found.next() } else { None });
                counts.set(all.collect());
            }
        });
    });
    let when = move || {
        view.domain().map(|span| {
            let zone = view.zone.get();
            format!("{} {}", zone.span_with_year(span.from, span.to), zone.name())
        })
    };
    let links = move || {
        let links = ways.get().into_iter().enumerate().map(|(at, way)| {
            let count = Memo::new(move |_| counts.with(|counts| counts.get(at).copied().flatten()));
            let (words, title) = way.words();
            let go = move |_| way.go(session, view);
            view! {
                <span class="way">
                    <span class="data way-count">{move || count.get().map(|count| counted(count, "event", "events"))}</span>
                    <button
                        class="plain"
                        data-way=at.to_string()
                        title=title
                        disabled=move || count.get() == Some(0)
                        on:click=go
                    >
                        {words}
                    </button>
                </span>
            }
        });
        links.collect_view()
    };
    let zoomed = Memo::new(move |_| view.zoom.with(|zoom| !zoom.is_empty()));
    view! {
        <div id="metrics-range" role="group" aria-label="The stretch of time">
            <button
                id="open-browse"
                class="button"
                aria-pressed=move || room.browse.get().to_string()
                on:click=move |_| room.browse.update(|open| *open = !*open)
            >
                "Metrics"
            </button>
            <span class="data" id="metrics-when">{when}</span>
            {move || zoomed.get().then(|| view! { <button id="metrics-zoom-out" class="plain" title="The stretch of time before (s)" on:click=move |_| view.zoom_out()>"Zoom out"</button> })}
            {links}
        </div>
    }
    .into_any()
}
