//! The log groups and their streams, to choose from: how much each holds of what the query finds.

use super::defined::{self, Defined};
use super::lines;
use super::streams::{Group, Holding, Listed, listed};
use crate::app::ask::asker;
use crate::app::chips::in_force;
use crate::app::columns::CHARACTER;
use crate::app::facets::focus;
use crate::app::shown::{bytes, counted, elided, grouped, short, visible, visible_text};
use crate::app::side::{Handle, Side};
use crate::app::view::{Room, view};
use crate::app::{dom, field, icons};
use crate::query::kql::clauses::{self, Clause, Standing, standing};
use crate::session::page::Session;
use crate::trail::ids;
use leptos::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use web_sys::{KeyboardEvent, MouseEvent};

/// Groups listed at first, and streams of each; and how many are added at a time. A group may have ten thousand streams.
const GROUPS: usize = 60;
const STREAMS: usize = 12;
const STEP: usize = 200;

/// So many streams are shown in groups that nobody opened.
const FEW: usize = 24;

/// From so many groups and streams on, there is a text to find one by.
const MANY: usize = 8;

const SIDE: Side = Side {
    name: "trailglass-log-groups-width",
    label: "Width of the log groups",
    at_right: false,
    usual: 288.0,
    narrowest: 200.0,
    widest: 0.5,
};

/// What the list follows from. A handle.
#[derive(Clone, Copy)]
struct State {
    listed: Memo<Arc<Listed>>,
    defined: Memo<Arc<BTreeMap<String, Defined>>>,
    clauses: Memo<Arc<Vec<Clause>>>,
    /// Groups that a person opened or closed.
    open: RwSignal<HashMap<String, bool>>,
    /// Streams listed, of groups where more were wanted.
    limits: RwSignal<HashMap<String, usize>>,
    /// What is looked for in names, in lower case.
    find: RwSignal<String>,
    /// Width of the panel in CSS pixels.
    wide: RwSignal<f64>,
}

impl State {
    fn group<T: Default>(self, name: &str, look: impl FnOnce(&Group) -> T) -> T {
        self.listed.with(|listed| listed.groups.get(name).map(look).unwrap_or_default())
    }

    fn standing(self, written: &str, name: &str) -> Standing {
        let Some(select) = field::select(written) else { return Standing::Open };
        let value = Some(name).filter(|name| !name.is_empty());
        self.clauses.with(|clauses| standing(clauses, &select, value))
    }

    fn is_included(self, written: &str, name: &str) -> bool {
        self.standing(written, name) == Standing::Included
    }

    fn is_open(self, name: &str) -> bool {
        if self.find.with(|find| !find.is_empty()) {
            return true;
        }
        let few = self.listed.with(|listed| listed.streams <= FEW);
        self.open.with(|open| open.get(name).copied()).unwrap_or(few || self.is_included(lines::GROUP, name))
    }

    /// The groups to list: those looked for, by their own names or by those of their streams.
    fn names(self) -> Vec<String> {
        let find = self.find.get();
        self.listed.with(|listed| {
            let has = |name: &&String| {
                let inside = |group: &Group| group.streams.iter().any(|(name, _)| name.to_lowercase().contains(&find));
                find.is_empty() || name.to_lowercase().contains(&find) || listed.groups.get(*name).is_some_and(inside)
            };
            listed.names.iter().filter(has).cloned().collect()
        })
    }

    /// The streams of a group to list, as many as are wanted, and how many more there are.
    fn streams(self, group: &str) -> (Vec<String>, usize) {
        let find = self.find.get();
        let limit = self.limits.with(|limits| limits.get(group).copied()).unwrap_or(STREAMS);
        let by_group = group.to_lowercase().contains(&find);
        self.group(group, |group| {
            let fits = |name: &str| by_group || name.to_lowercase().contains(&find);
            let mut names = group.streams.iter().map(|(name, _)| name).filter(|name| fits(name)).cloned();
            let mut first: Vec<String> = names.by_ref().take(limit).collect();
            // What the query names would be lost from sight otherwise.
            let select = field::select(lines::STREAM);
            let is_named = |name: &String| {
                let standing = |clauses: &Vec<Clause>, select| standing(clauses, select, Some(name));
                self.clauses.with(|clauses| select.as_ref().map(|select| standing(clauses, select)))
                    == Some(Standing::Included)
            };
            let (named, rest): (Vec<String>, Vec<String>) = names.partition(is_named);
            first.splice(0..0, named);
            (first, rest.len())
        })
    }
}

/// The panel.
#[component]
pub fn Groups() -> impl IntoView {
    let view = view();
    let asker = asker();
    let session = expect_context::<Session>();
    let text = in_force(view);
    let found = Memo::new(move |before: Option<&Option<_>>| {
        // Those of the answer before stay until the next one has some.
        let now = asker.answer.with(|answer| answer.streams.clone());
        now.or_else(|| before.cloned().flatten())
    });
    let defined = Memo::new(move |_| Arc::new(session.definitions.with(|documents| defined::defined(documents))));
    let state = State {
        listed: Memo::new(move |_| {
            let streams =
                defined.with(|all| all.iter().map(|(name, one)| (name.clone(), one.streams.clone())).collect());
            Arc::new(found.with(|found| found.as_ref().map(|found| listed(found, &streams)).unwrap_or_default()))
        }),
        defined,
        clauses: Memo::new(move |_| Arc::new(text.with(|text| clauses::clauses(text)))),
        open: RwSignal::default(),
        limits: RwSignal::default(),
        find: RwSignal::default(),
        wide: RwSignal::new(SIDE.usual),
    };
    // A stream that was chosen elsewhere is brought into sight; one that was clicked here stays where it is.
    Effect::new(move || {
        state.clauses.track();
        request_animation_frame(show_chosen);
    });
    let place = NodeRef::<leptos::html::Aside>::new();
    Effect::new(move || {
        if let Some(place) = place.get() {
            dom::on_resize(&place, move |wide, _| state.wide.set(wide));
        }
    });
    let width = SIDE.width();
    let limit = RwSignal::new(GROUPS);
    let shown = move || state.names().into_iter().take(limit.get()).collect::<Vec<_>>();
    let more = move || {
        let more = state.names().len().saturating_sub(limit.get());
        (more > 0).then(|| {
            let words = format!("{} more", counted(more as u64, "log group", "log groups"));
            view! { <button class="plain more-groups" on:click=move |_| limit.update(|limit| *limit += STEP)>{words}</button> }
        })
    };
    let none = move || {
        state.names().is_empty().then(|| {
            let words = if state.find.with(String::is_empty) {
                "No line of any group matches."
            } else {
                "No group or stream is called so."
            };
            view! { <p class="dim note">{words}</p> }
        })
    };
    let many = Memo::new(move |_| state.listed.with(|listed| listed.streams + listed.names.len() > MANY));
    let counts = move || {
        state.listed.with(|listed| {
            let groups = listed.names.iter().filter(|name| !name.is_empty()).count();
            format!(
                "{} · {}",
                counted(groups as u64, "group", "groups"),
                counted(listed.streams as u64, "stream", "streams")
            )
        })
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowDown" => {
            event.prevent_default();
            focus::step("#log-groups .pick", false);
        }
        "ArrowUp" => {
            event.prevent_default();
            focus::step("#log-groups .pick", true);
        }
        way @ ("ArrowLeft" | "ArrowRight") => {
            let focus = document().active_element().and_then(|element| element.closest(".log-group").ok().flatten());
            if let Some(name) = focus.and_then(|group| group.get_attribute("data-group")) {
                event.prevent_default();
                state.open.update(|open| _ = open.insert(name, way == "ArrowRight"));
            }
        }
        _ => {}
    };
    view! {
        <aside id="log-groups" node_ref=place aria-label="Log groups" style:width=move || (!view.facets_open.get()).then(|| format!("{}px", width.get()))>
            <div class="groups-head">
                <h2>"Log groups"</h2>
                <span class="dim">{counts}</span>
            </div>
            <Show when=move || many.get() || state.find.with(|find| !find.is_empty())>
                <input
                    id="find-group"
                    type="text"
                    placeholder="Find a group or stream"
                    aria-label="Find a group or stream"
                    autocomplete="off"
                    spellcheck="false"
                    on:input=move |event| state.find.set(event_target_value(&event).trim().to_lowercase())
                />
            </Show>
            <div class="groups-list" on:keydown=key>
                <ul aria-label="Log groups and their streams">
                    <For each=shown key=Clone::clone children=move |name| view! { <One name state/> }/>
                </ul>
                {none}
                {more}
            </div>
            <Show when=move || !view.facets_open.get()>
                <Handle side=&SIDE width/>
            </Show>
        </aside>
    }
}

/// Scrolls the list until a stream that is asked for can be seen.
fn show_chosen() {
    let find = |css: &str| document().query_selector(css).ok().flatten();
    let within =
        document().active_element().is_some_and(|focus| focus.closest("#log-groups").is_ok_and(|it| it.is_some()));
    let chosen = find("#log-groups .log-stream .choice[data-standing='included']");
    if let (false, Some(list), Some(chosen)) = (within, find("#log-groups .groups-list"), chosen) {
        let (frame, row) = (list.get_bounding_client_rect(), chosen.get_bounding_client_rect());
        if row.top() < frame.top() || row.bottom() > frame.bottom() {
            let middle = (frame.height() - row.height()) / 2.0;
            list.set_scroll_top(list.scroll_top() + (row.top() - frame.top() - middle) as i32);
        }
    }
}

/// A group with its streams.
#[component]
fn One(name: String, state: State) -> impl IntoView {
    let group = StoredValue::new(name.clone());
    let of_group = move |look: fn(&Group) -> Holding| group.with_value(|name| state.group(name, look));
    let holds = Memo::new(move |_| of_group(|group| group.holds.clone()));
    let open = Memo::new(move |_| group.with_value(|name| state.is_open(name)));
    let toggle = move |_| {
        let now = open.get_untracked();
        state.open.update(|open| _ = open.insert(group.get_value(), !now));
    };
    let streams = Memo::new(move |_| group.with_value(|name| state.streams(name)));
    let more = move || {
        let more = streams.with(|(_, more)| *more);
        (more > 0).then(|| {
            let words = format!("{} more", counted(more as u64, "stream", "streams"));
            let add = move |_| {
                state.limits.update(|limits| {
                    let limit = limits.entry(group.get_value()).or_insert(STREAMS);
                    // Rounded, so that the second step shows hundreds and not hundreds and a few.
                    *limit = *limit / STEP * STEP + STEP;
                });
            };
            view! { <button class="plain more-streams" on:click=add>{words}</button> }
        })
    };
    let title = if name.is_empty() { "Group not in the files".to_owned() } else { visible_text(&name).into_owned() };
    let label = format!("Streams of {title}");
    let inside = move || {
        let label = label.clone();
        open.get().then(|| {
            view! {
                <About group state/>
                <ul class="log-streams" aria-label=label>
                    <For
                        each=move || streams.with(|(names, _)| names.clone())
                        key=Clone::clone
                        children=move |name| view! { <Stream group name state/> }
                    />
                </ul>
                {more}
            }
        })
    };
    view! {
        <li class="log-group" data-group=group.get_value()>
            <div class="group-row">
                <button
                    class="fold"
                    tabindex="-1"
                    aria-label=format!("Streams of {title}")
                    aria-expanded=move || open.get().to_string()
                    on:click=toggle
                >
                    {move || if open.get() { "▾" } else { "▸" }}
                </button>
                <Choice written=lines::GROUP name title holds state/>
            </div>
            {inside}
        </li>
    }
}

/// A stream.
#[component]
fn Stream(group: StoredValue<String>, name: String, state: State) -> impl IntoView {
    let title = if name.is_empty() { "Stream not in the files".to_owned() } else { visible_text(&name).into_owned() };
    let (known, id) = (name.clone(), name.clone());
    let holds = Memo::new(move |_| {
        group.with_value(|group| state.group(group, |group| group.stream(&known).cloned().unwrap_or_default()))
    });
    view! {
        <li class="log-stream" data-stream=id>
            <Choice written=lines::STREAM name title holds state/>
        </li>
    }
}

/// A name with what it holds: a click asks for its lines alone, with Alt for all but them.
#[component]
fn Choice(written: &'static str, name: String, title: String, holds: Memo<Holding>, state: State) -> impl IntoView {
    let view = view();
    let value = StoredValue::new(name.clone());
    let standing = Memo::new(move |_| value.with_value(|name| state.standing(written, name)));
    let choose = move |include: bool| {
        value.with_value(|name| view.choose(written, Some(name.as_str()).filter(|name| !name.is_empty()), include));
    };
    let picked = move |event: MouseEvent| {
        choose(!event.alt_key() && standing.get_untracked() != Standing::Excluded);
    };
    let sign = move || match standing.get() {
        Standing::Included => "✓",
        Standing::Excluded => "−",
        Standing::Open => "+",
    };
    let word = move || match standing.get() {
        Standing::Included => "included",
        Standing::Excluded => "excluded",
        Standing::Open => "open",
    };
    let when = move || {
        holds.with(|holds| holds.span).map_or_else(String::new, |(from, to)| {
            let zone = view.zone.get();
            // The day is told by the strip where it is the same all over.
            let day = view.whole.get().is_some_and(|whole| zone.date(whole.from) == zone.date(whole.to));
            if day && from != to {
                format!("{}–{}", zone.clock(from), zone.clock(to))
            } else if from == to {
                format!("{} {}", zone.day(from), zone.clock(from))
            } else {
                zone.span(from, to)
            }
        })
    };
    let forms = move || {
        holds.with(|holds| holds.formats.iter().map(|(format, _)| format.name()).collect::<Vec<_>>().join(", "))
    };
    let whole = {
        let title = title.clone();
        move || {
            let holds = holds.get();
            let mut said = format!("{title}\n{}, {}", counted(holds.lines, "line", "lines"), bytes(holds.bytes));
            if let Some((from, to)) = holds.span {
                let zone = view.zone.get();
                said += &format!("\n{} to {} {}", zone.exact(from), zone.exact(to), zone.name());
            }
            if holds.undated > 0 {
                said += &format!("\n{} without a time", grouped(holds.undated));
            }
            for (format, lines) in holds.formats {
                said += &format!("\n{}: {}", format.name(), counted(lines, "line", "lines"));
            }
            said
        }
    };
    let said = move || match standing.get() {
        Standing::Excluded => format!("Give back {title}"),
        _ => format!("Exclude {title}"),
    };
    let unnamed = name.is_empty();
    let shown = if unnamed {
        view! { <i>{if written == lines::GROUP { "Group not in the files" } else { "Stream not in the files" }}</i> }
            .into_any()
    } else {
        // As many characters as there is room for beside the count: streams of a function begin and end alike.
        let taken = if written == lines::GROUP { 72.0 } else { 92.0 };
        let name = value;
        (move || {
            let digits = grouped(holds.with(|holds| holds.lines)).len() as f64;
            let room = (state.wide.get() - taken) / CHARACTER - digits;
            name.with_value(|name| visible(&short(name, (room as usize).max(8))))
        })
        .into_any()
    };
    view! {
        <div class="choice" data-standing=word class:none=move || holds.with(|holds| holds.lines == 0)>
            <button
                class="pick"
                title=whole
                aria-pressed=move || (standing.get() == Standing::Included).to_string()
                on:click=picked
            >
                <span class="sign" aria-hidden="true">{sign}</span>
                <span class="name" class:data=!unnamed>{shown}</span>
                <span class="count data">{move || grouped(holds.with(|holds| holds.lines))}<span class="unseen">" lines"</span></span>
                <span class="when">{move || if holds.with(|holds| holds.lines == 0) { "no lines".to_owned() } else { format!("{} · {}", when(), forms()) }}</span>
                <span class="size">{move || holds.with(|holds| (holds.lines > 0).then(|| bytes(holds.bytes)))}</span>
            </button>
            <button class="minus" tabindex="-1" title=move || if standing.get() == Standing::Excluded { "Give back" } else { "Exclude (Alt-click)" } aria-label=said on:click=move |_| choose(false)>
                {move || if standing.get() == Standing::Excluded { icons::include().into_any() } else { icons::exclude().into_any() }}
            </button>
        </div>
    }
}

/// What is configured of a group, where a file says.
#[component]
fn About(group: StoredValue<String>, state: State) -> impl IntoView {
    let view = view();
    let owners = Memo::new(move |_| group.with_value(|name| state.group(name, |group| group.owners.clone())));
    move || {
        let name = group.get_value();
        if name.is_empty() {
            return Some(
                view! { <p class="about-group dim">"What was read does not say which group these streams are of."</p> }
                    .into_any(),
            );
        }
        let known = state.defined.with(|defined| defined.get(&name).cloned()).unwrap_or_default();
        let mut facts: Vec<String> = Vec::new();
        if ids::uuids(&name).any(|id| id == name) {
            facts.push("named after its export task: an export does not tell the group".to_owned());
        }
        if owners.with(|owners| !owners.is_empty()) {
            let owners = owners.with(|owners| {
                owners.iter().map(|owner| visible_text(&elided(owner, 24)).into_owned()).collect::<Vec<_>>()
            });
            facts.push(format!("account {}", owners.join(", ")));
        }
        if known.described {
            facts.push(match known.retention {
                Some(days) => format!("kept {}", counted(days, "day", "days")),
                None => "kept for ever".to_owned(),
            });
            facts.push(
                known
                    .key
                    .as_ref()
                    .map_or("no KMS key".to_owned(), |key| format!("KMS key {}", visible_text(&elided(key, 48)))),
            );
        }
        if let Some(stored) = known.stored {
            facts.push(format!("{} stored", bytes(stored)));
        }
        let subscriptions = known.subscriptions.iter().map(|(name, to)| {
            format!("subscription filter {} to {}", visible_text(&elided(name, 40)), visible_text(&elided(to, 60)))
        });
        facts.extend(subscriptions);
        let filters = known.metric_filters.len() as u64;
        let filters = (filters > 0).then(|| {
            let names = known.metric_filters.iter().map(|name| visible_text(&elided(name, 80)).into_owned());
            let title = names.collect::<Vec<_>>().join("\n");
            view! {
                <button class="plain" title=title on:click=move |_| view.room.set(Room::Filters)>
                    {counted(filters, "metric filter", "metric filters")}
                </button>
            }
        });
        if facts.is_empty() && filters.is_none() {
            return None;
        }
        Some(view! { <p class="about-group dim">{facts.join(" · ")}" "{filters}</p> }.into_any())
    }
}
