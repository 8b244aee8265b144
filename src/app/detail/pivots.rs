//! Ways on from an event: all events of the same actor, session, address and so on, each with how many there are. A way on
//! replaces the query, so that everything is seen, and the event stays open.

use crate::app::logs::{self, lines};
use crate::app::shown::{counted, elided, short, visible, visible_text};
use crate::app::view::{Room, Selected, Span, View, range, view};
use crate::query::kql::{self, clauses};
use crate::query::predicate::{Predicate, TimeRange};
use crate::session::page::Session;
use crate::session::questions;
use crate::time;
use crate::trail::{Derived, ids};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Half of the ten minutes around an event.
const AROUND: i64 = 5 * 60_000;

/// Resources shown before one asks for more.
const RESOURCES: usize = 5;

/// Whoever steps through the table quickly is not asked for: counts are.
const PAUSE: Duration = Duration::from_millis(120);

/// Where a way leads.
#[derive(Clone, Debug, PartialEq)]
enum Where {
    /// To the events with a value of a field.
    Value { field: &'static str, value: String },
    /// To all events of a stretch of time.
    Time(Span),
    /// To whatever has this id anywhere, events and log lines.
    Id(String),
    /// To the log stream, or the file, that a line stands in; a query.
    Stream(String),
}

/// A way on.
#[derive(Clone, Debug, PartialEq)]
pub struct Pivot {
    kind: &'static str,
    words: &'static str,
    to: Where,
}

impl Pivot {
    fn query(&self) -> String {
        match &self.to {
            Where::Value { field, value } => match clauses::field_select(field) {
                Some(select) => clauses::include("", field, &select, Some(value)),
                None => String::new(),
            },
            Where::Time(_) => String::new(),
            Where::Id(id) => quoted(id),
            Where::Stream(query) => query.clone(),
        }
    }

    /// What is counted.
    fn counted(&self) -> (Predicate, TimeRange) {
        match &self.to {
            Where::Value { .. } | Where::Id(_) => {
                let parsed = kql::parse(&self.query()).map(|parsed| parsed.predicate);
                (parsed.unwrap_or(Predicate::Everything), TimeRange::default())
            }
            Where::Time(span) => (Predicate::Everything, range(*span)),
            Where::Stream(query) => {
                let parsed = kql::parse(query).map(|parsed| parsed.predicate);
                (lines::and(parsed.unwrap_or(Predicate::Everything)), TimeRange::default())
            }
        }
    }

    fn take(&self, session: Session, view: View) {
        match &self.to {
            Where::Stream(query) => return logs::show_stream(view, query.clone()),
            Where::Id(_) => return follow(session, view, self.query()),
            Where::Value { .. } | Where::Time(_) => {}
        }
        batch(|| {
            view.zoom.set(Vec::new());
            view.search(self.query());
            if let Where::Time(span) = self.to {
                view.zoom_to(span);
            }
        });
    }
}

/// A text to be found anywhere, as it is written in a query.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Shows all that has an id. The room of log lines stays where it shows all of it; calls stand in that of events.
fn follow(session: Session, view: View, query: String) {
    spawn_local(async move {
        let Ok(predicate) = kql::parse(&query).map(|parsed| parsed.predicate) else { return };
        let asked = [predicate.clone(), lines::and(predicate)].map(|one| (one, TimeRange::default()));
        let Ok(found) = questions::counts(&session.shards(), asked.into()).await else { return };
        batch(|| {
            view.zoom.set(Vec::new());
            view.search(query);
            if !(view.room.get_untracked() == Room::Logs && found.first() == found.last()) {
                view.room.set(Room::Events);
            }
        });
    });
}

/// The ways on from an event at a time, in the file of a path. Where there are log lines, its ids lead there.
pub fn of(record: &Value, derived: &[(Derived, String)], time: Option<i64>, path: &str, lines: bool) -> Vec<Pivot> {
    let text = |path: &[&str]| {
        let found = path.iter().try_fold(record, |value, key| value.get(key))?.as_str()?;
        (!found.trim().is_empty()).then(|| found.to_owned())
    };
    let one = |wanted: Derived| derived.iter().find(|(known, _)| *known == wanted).map(|(_, text)| text.clone());
    let resources = derived.iter().filter(|(known, _)| *known == Derived::Resource).map(|(_, text)| text.clone());
    let actor = one(Derived::Actor).filter(|actor| !actor.starts_with("unknown"));
    let is_line = super::line::is_line(derived);
    let mut pivots = Vec::new();
    if let Some(query) = logs::stream_of(derived, path) {
        let words = if query.starts_with("file") { "Show in its file" } else { "Show in its stream" };
        pivots.push(Pivot { kind: "stream", words, to: Where::Stream(query) });
    }
    if lines {
        let follow = |id| Pivot { kind: "follow", words: "Follow this ID", to: Where::Id(id) };
        pivots.extend(ids::of(record, is_line).into_iter().map(follow));
    }
    if is_line {
        pivots.extend(around(time));
        return pivots;
    }
    let mut all: Vec<(&str, &str, &'static str, Option<String>)> = vec![
        ("actor", "Same actor", "actor", actor),
        ("session", "Same session", "session", one(Derived::Session)),
        ("key", "Same access key", "key", text(&["userIdentity", "accessKeyId"])),
        ("ip", "Same source IP", "ip", text(&["sourceIPAddress"])),
    ];
    all.extend(resources.map(|resource| ("resource", "Same resource", "resource", Some(resource))));
    all.push(("request", "Same request", "requestID", text(&["requestID"])));
    all.push(("request", "Same shared event", "sharedEventID", text(&["sharedEventID"])));
    let mut calls: Vec<Pivot> = all
        .into_iter()
        .filter_map(|(kind, words, field, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some(Pivot { kind, words, to: Where::Value { field, value } })
        })
        .collect();
    // The key of a user's own session is the session.
    calls.dedup_by(|b, a| match (&a.to, &b.to) {
        (Where::Value { value: a, .. }, Where::Value { value: b, .. }) => a == b,
        _ => false,
    });
    calls.extend(pivots);
    calls.extend(around(text(&["eventTime"]).as_deref().and_then(time::parse)));
    calls
}

fn around(time: Option<i64>) -> Option<Pivot> {
    let at = time?;
    let span = Span { from: at.saturating_sub(AROUND), to: at.saturating_add(AROUND) };
    Some(Pivot { kind: "around", words: "Ten minutes around", to: Where::Time(span) })
}

/// The ways on, each a line with its count.
#[component]
pub fn Pivots(event: Selected, pivots: Vec<Pivot>) -> impl IntoView {
    let view = view();
    let session = expect_context::<Session>();
    let counts = RwSignal::new(Vec::<u64>::new());
    let all = RwSignal::new(false);
    let pivots = Arc::new(pivots);
    let wanted = pivots.clone();
    // More files may come in while the event is open.
    Effect::new(move || {
        session.generation.track();
        let wanted = wanted.clone();
        let ask = move || {
            // Another event was opened meanwhile.
            if view.selected.get_untracked() != Some(event) || counts.is_disposed() {
                return;
            }
            spawn_local(async move {
                let asked = wanted.iter().map(Pivot::counted).collect();
                if let Ok(found) = questions::counts(&session.shards(), asked).await {
                    let _ = counts.try_set(found);
                }
            });
        };
        set_timeout(ask, PAUSE);
    });
    let hidden = pivots.iter().filter(|pivot| pivot.kind == "resource").count().saturating_sub(RESOURCES);
    let lines = move || {
        let mut resources = 0;
        let shown = pivots.iter().enumerate().filter(|(_, pivot)| {
            resources += usize::from(pivot.kind == "resource");
            pivot.kind != "resource" || resources <= RESOURCES || all.get()
        });
        let lines: Vec<_> = shown.map(|(at, pivot)| line(session, view, counts, at, pivot.clone())).collect();
        lines
    };
    let more = move || {
        (hidden > 0 && !all.get()).then(|| {
            let words = format!("{} more", counted(hidden as u64, "resource", "resources"));
            view! { <li><button class="plain" on:click=move |_| all.set(true)>{words}</button></li> }
        })
    };
    view! { <ul id="pivots" aria-label="Ways on from this event">{lines}{more}</ul> }
}

fn line(session: Session, view: View, counts: RwSignal<Vec<u64>>, at: usize, pivot: Pivot) -> impl IntoView {
    let title = match &pivot.to {
        Where::Value { value, .. } => {
            format!("In place of the query, in all of time: {}", visible_text(&elided(value, 300)))
        }
        Where::Time(_) => "What else happened then: five minutes before and after, without the query".to_owned(),
        Where::Id(id) => {
            let id = visible_text(&elided(id, 300)).into_owned();
            format!("All events and log lines that have this id anywhere, in all of time: {id}")
        }
        Where::Stream(_) => {
            "The lines around this one, in the order of time; going back leads here again (i)".to_owned()
        }
    };
    let value = match &pivot.to {
        Where::Value { value, .. } => Some(view! { <span class="data">{visible(&short(value, 54))}</span> }),
        Where::Id(id) => Some(view! { <span class="data">{visible(&short(id, 54))}</span> }),
        Where::Time(_) | Where::Stream(_) => None,
    };
    let what = if matches!(pivot.to, Where::Stream(_)) { ("line", "lines") } else { ("event", "events") };
    let count = move || counts.with(|counts| counts.get(at).map(|&count| counted(count, what.0, what.1)));
    let (kind, words) = (pivot.kind, pivot.words);
    view! {
        <li>
            <button data-pivot=kind title=title on:click=move |_| pivot.take(session, view)>
                <span class="words">{words}</span>
                {value}
                <span class="count">{count}</span>
            </button>
        </li>
    }
}
