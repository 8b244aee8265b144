//! The view as a link: the address of the page always says what is seen, and going back and forth in the browser's history,
//! changing the address by hand or opening it in another tab shows it again. Nothing out of a file stands in it but what a
//! person chose; the selected event stands there as a hash of its id.

mod bench;
mod charts;
mod text;

use super::ask::asker;
use super::field;
use super::shown::{elided, visible_text};
use super::view::{Selected, View, view};
use crate::query::order::SortBy;
use crate::query::predicate::{Select, Step};
use crate::session::page::{Phase, Session};
use crate::session::questions;
use charts::Charts;
use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use text::{Said, decode, encode};
use wasm_bindgen::JsValue;

/// The address follows the view after this pause: browsers refuse more than a few changes a second.
const PAUSE: Duration = Duration::from_millis(150);

/// Milliseconds within which changes of the same sort are one step of the history.
const ONE_STEP: f64 = 1_000.0;

/// What a change of the view is about. Changes of one sort that follow each other quickly are one step back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Query,
    Zoom,
    Room,
    Event,
    Stack,
    Lanes,
    Columns,
    Bench,
    Charts,
    /// Nothing that one would go back to by itself.
    Slight,
}

fn sort_of(before: &Said, now: &Said) -> Sort {
    let fields = |said: &Said| {
        let columns = said.columns.iter().chain(&said.line_columns);
        columns.map(|column| column.field.clone()).collect::<Vec<_>>()
    };
    if (&before.query, &before.disabled) != (&now.query, &now.disabled) {
        Sort::Query
    } else if before.zoom != now.zoom {
        Sort::Zoom
    } else if before.room != now.room {
        Sort::Room
    } else if before.detail != now.detail || (now.detail && before.event != now.event) {
        Sort::Event
    } else if (&before.stack, &before.line_stack) != (&now.stack, &now.line_stack) {
        Sort::Stack
    } else if before.lanes != now.lanes {
        Sort::Lanes
    } else if fields(before) != fields(now)
        || (&before.sorted_by, before.descending) != (&now.sorted_by, now.descending)
    {
        Sort::Columns
    } else if before.draft != now.draft {
        Sort::Bench
    } else if before.charts != now.charts {
        Sort::Charts
    } else {
        Sort::Slight
    }
}

/// What the page keeps of links. A handle, provided as context.
#[derive(Clone, Copy)]
pub struct Link {
    session: Session,
    view: View,
    /// The text of the query as it was understood last.
    query: RwSignal<String>,
    /// The selected event and its identity.
    event: RwSignal<Option<(Selected, u64)>>,
    /// The event that a link asks for and that was not found yet, and whether its detail is to be shown.
    wanted: RwSignal<Option<(u64, bool)>>,
    /// What the address says.
    written: StoredValue<Said>,
    /// When the step of the history was begun that is the newest, and what it was about.
    step: StoredValue<Option<(f64, Sort)>>,
    waiting: StoredValue<Option<TimeoutHandle>>,
}

/// Keeps the address of the page in step with the view.
pub fn keep(session: Session, view: View) {
    let link = Link {
        session,
        view,
        query: RwSignal::default(),
        event: RwSignal::new(None),
        wanted: RwSignal::new(None),
        written: StoredValue::new(Said::default()),
        step: StoredValue::new(None),
        waiting: StoredValue::new(None),
    };
    provide_context(link);
    let hash = hash();
    // Without one the page begins as whatever else remembers it left it.
    if !hash.is_empty() {
        link.apply(decode(&hash));
    }
    Effect::new(move || {
        view.query.track();
        if view.fault.with_untracked(Option::is_none) {
            link.query.set(view.typed.get_untracked());
        }
    });
    link.follow_selection();
    link.find_wanted();
    let said = Memo::new(move |_| link.said());
    link.written.set_value(said.get_untracked());
    Effect::new(move |before: Option<()>| {
        let _ = said.get();
        // Before there are events, the address is that of the link that was opened.
        if before.is_some() && session.generation.get_untracked() > 0 {
            link.later();
        }
    });
    let changed = move || {
        let said = decode(&self::hash());
        if said != untrack(|| link.said()) {
            link.apply(said);
        }
    };
    let handles = [window_event_listener(ev::popstate, move |_| changed())];
    let other = window_event_listener(ev::hashchange, move |_| changed());
    on_cleanup(move || {
        handles.into_iter().for_each(WindowListenerHandle::remove);
        other.remove();
    });
}

/// Without what is no field of events: a link can be cut off or made up.
fn understood(mut said: Said) -> Said {
    let is_field = |written: &String| field::select(written).is_some();
    let first = Said::default();
    if !is_field(&said.stack.field) {
        said.stack = first.stack;
    }
    if !is_field(&said.line_stack.field) {
        said.line_stack = first.line_stack;
    }
    if !is_field(&said.lanes.field) {
        said.lanes = first.lanes;
    }
    said.facets.retain(is_field);
    said.columns.retain(|column| is_field(&column.field));
    said.line_columns.retain(|column| is_field(&column.field));
    said
}

/// What the address says behind the page's own.
fn hash() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

impl Link {
    /// The view as it is now.
    fn said(&self) -> Said {
        let view = self.view;
        let order = view.order.get();
        let event = match (self.wanted.get(), self.event.get(), view.selected.get()) {
            (Some((wanted, detail)), ..) => Some((wanted, detail)),
            (None, Some((known, identity)), Some(now)) if known == now => Some((identity, view.detail.get())),
            _ => None,
        };
        Said {
            query: self.query.get(),
            disabled: view.disabled.get(),
            zoom: view.zoom.get(),
            columns: view.events.columns.get(),
            line_columns: view.lines.columns.get(),
            wrap: view.wrap.get(),
            sorted_by: match &order.by {
                SortBy::Time => None,
                SortBy::Field(select) => untrack(|| written(view, select)),
            },
            descending: order.descending,
            stack: view.events.stack.get(),
            line_stack: view.lines.stack.get(),
            lanes: view.lanes.get(),
            facets: view.facets.get(),
            facets_open: view.facets_open.get(),
            room: view.room.get(),
            zone: view.zone.get(),
            files: view.filter.get(),
            event: event.map(|(event, _)| event),
            detail: event.is_some_and(|(_, detail)| detail),
            draft: view.draft.get(),
            charts: Charts { graphs: view.graphs.get(), graph: view.graph.get(), under: view.under.get() },
        }
    }

    /// Shows what a link says. All at once, so that one question is asked at most.
    fn apply(self, said: Said) {
        let said = understood(said);
        let view = self.view;
        self.stop();
        self.step.set_value(None);
        let now = untrack(|| self.said());
        batch(|| {
            if now.query != said.query || view.fault.with_untracked(Option::is_some) {
                view.search(said.query.clone());
                if view.fault.with_untracked(Option::is_none) {
                    self.query.set(said.query.clone());
                }
            }
            let by = said.sorted_by.as_deref().and_then(field::select).map_or(SortBy::Time, SortBy::Field);
            set(view.disabled, said.disabled.clone());
            set(view.zoom, said.zoom.clone());
            set(view.events.columns, said.columns.clone());
            set(view.lines.columns, said.line_columns.clone());
            set(view.wrap, said.wrap);
            set(view.order, crate::query::order::Order { by, descending: said.descending });
            set(view.events.stack, said.stack.clone());
            set(view.lines.stack, said.line_stack.clone());
            set(view.lanes, said.lanes.clone());
            set(view.facets, said.facets.clone());
            set(view.facets_open, said.facets_open);
            set(view.room, said.room);
            set(view.zone, said.zone);
            set(view.filter, said.files);
            set(view.draft, said.draft.clone());
            set(view.graphs, said.charts.graphs.clone());
            set(view.graph, said.charts.graph);
            set(view.under, said.charts.under.clone());
            match said.event {
                None => {
                    self.wanted.set(None);
                    set(view.selected, None);
                    set(view.cursor, None);
                    set(view.detail, false);
                }
                Some(event) if now.event == Some(event) && self.wanted.with_untracked(Option::is_none) => {
                    set(view.detail, said.detail);
                }
                Some(event) => self.wanted.set(Some((event, said.detail))),
            }
        });
        self.written.set_value(said);
    }

    /// Learns the identity of each event that is selected.
    fn follow_selection(self) {
        let Self { session, view, .. } = self;
        Effect::new(move || {
            let Some(selected) = view.selected.get() else { return };
            if self.event.with_untracked(|known| known.is_some_and(|(known, _)| known == selected)) {
                return;
            }
            // A person chose another than the link did.
            self.wanted.set(None);
            spawn_local(async move {
                let identity = questions::identity(&session.shards(), selected.shard, selected.row).await;
                if let Ok(Some(identity)) = identity
                    && view.selected.get_untracked() == Some(selected)
                {
                    self.event.set(Some((selected, identity)));
                }
            });
        });
    }

    /// Looks for the event that a link asks for, once all files are read, and again when there are more.
    fn find_wanted(self) {
        let Self { session, view, .. } = self;
        let asker = asker();
        let done = Memo::new(move |_| session.progress.with(|progress| progress.phase == Phase::Done));
        Effect::new(move || {
            let (Some((wanted, detail)), true) = (self.wanted.get(), done.get()) else { return };
            session.generation.track();
            spawn_local(async move {
                let found = questions::identified(&session.shards(), wanted).await;
                if self.wanted.get_untracked() != Some((wanted, detail)) {
                    return;
                }
                if let Ok(Some((shard, row, file, record))) = found {
                    let event = Selected { shard, row, file, record };
                    batch(|| {
                        self.event.set(Some((event, wanted)));
                        asker.open(event);
                        view.detail.set(detail);
                        self.wanted.set(None);
                    });
                }
            });
        });
    }

    fn stop(self) {
        if let Some(timeout) = self.waiting.try_update_value(Option::take).flatten() {
            timeout.clear();
        }
    }

    /// Writes the address in a moment, if nothing else has that in mind already.
    fn later(self) {
        if self.waiting.with_value(Option::is_none) {
            let write = move || {
                self.waiting.set_value(None);
                self.write();
            };
            self.waiting.set_value(set_timeout_with_handle(write, PAUSE).ok());
        }
    }

    fn write(self) {
        let said = untrack(|| self.said());
        let before = self.written.get_value();
        if said == before {
            return;
        }
        let sort = sort_of(&before, &said);
        let now = super::dom::now();
        let same = self.step.get_value().is_some_and(|(at, known)| known == sort && now - at < ONE_STEP);
        let text = encode(&said);
        let location = window().location();
        let address = if text.is_empty() {
            location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
        } else {
            format!("#{text}")
        };
        let Ok(history) = window().history() else { return };
        // A browser that refuses leaves the address as it was; the next change tries again.
        let _ = if same || sort == Sort::Slight {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&address))
        } else {
            history.push_state_with_url(&JsValue::NULL, "", Some(&address))
        };
        if sort != Sort::Slight {
            self.step.set_value(Some((now, sort)));
        }
        self.written.set_value(said);
    }
}

/// Sets a signal whose value differs, and leaves others alone: whoever listens does so for a reason.
fn set<T: PartialEq + Clone + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|known| *known != value) {
        signal.set(value);
    }
}

/// How a field that something is sorted by is written in a query.
fn written(view: View, select: &Select) -> Option<String> {
    let columns =
        view.shown().columns.with(|columns| columns.iter().map(|column| column.field.clone()).collect::<Vec<_>>());
    let known = columns.into_iter().chain(field::short().map(str::to_owned)).chain(view.facets.get());
    let path = || {
        let keys = select.steps.iter().map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            _ => None,
        });
        Some(field::of_path(&keys.collect::<Option<Vec<_>>>()?.join(".")))
    };
    let means = |written: &String| field::select(written).as_ref() == Some(select);
    known.into_iter().find(means).or_else(|| path().filter(means))
}

/// On the empty page: what the link that was opened will show.
#[component]
pub fn Note() -> impl IntoView {
    let view = view();
    let link = expect_context::<Link>();
    let note = move || {
        let said = link.said();
        if said == Said::default() {
            return None;
        }
        let zone = view.zone.get();
        let query = said.query.trim();
        let about = [
            (!query.is_empty()).then(|| format!("the query {}", visible_text(&elided(query, 200)))),
            said.zoom.last().map(|span| format!("{} {}", zone.span_with_year(span.from, span.to), zone.name())),
            said.event.map(|_| "one event selected".to_owned()),
        ];
        let about: Vec<String> = about.into_iter().flatten().collect();
        let about = if about.is_empty() { String::new() } else { format!(": {}", about.join(", ")) };
        Some(format!("This link holds a view{about}. Drop the same files and it is shown; they are not in the link."))
    };
    move || note().map(|note| view! { <p id="link-note">{note}</p> })
}
