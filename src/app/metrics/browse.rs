//! The metrics of the case, to choose from: by namespace and by the names of their dimensions, or by a text.

use super::charts::{self, LINES_MAX};
use super::tree::{Group, Row, Tree, beyond, further, haystack};
use super::words;
use super::{RoomState, room};
use crate::app::facets::focus;
use crate::app::shown::{counted, elided, grouped, visible, visible_text};
use crate::app::view::view;
use crate::app::{dom, icons};
use crate::import::metrics::Metric;
use crate::session::page::Session;
use crate::watch::search::Search;
use crate::watch::series::Listed;
use leptos::either::EitherOf4;
use leptos::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// Whether a text is more than words: a search as metric math has it.
fn is_search(text: &str) -> bool {
    text.contains(['{', '"', '=', '(', ')']) || text.split_whitespace().any(|word| matches!(word, "AND" | "OR" | "NOT"))
}

/// What the list follows from. A handle.
#[derive(Clone, Copy)]
struct State {
    room: RoomState,
    tree: Memo<Arc<Tree>>,
    /// The metrics of the chart that is edited.
    on: Memo<Arc<HashSet<Metric>>>,
    /// Groups that a person opened or closed.
    open: RwSignal<HashMap<Group, bool>>,
    /// Metrics listed, of groups where more were wanted.
    limits: RwSignal<HashMap<Group, usize>>,
    /// Something is looked for.
    finding: Memo<bool>,
}

impl State {
    fn is_open(self, group: &Group) -> bool {
        let said = self.open.with(|open| open.get(group).copied());
        let finding = self.finding.get();
        said.unwrap_or_else(|| finding || self.tree.with(|tree| tree.is_open_at_first(group)))
    }

    fn members(self, group: &Group) -> Vec<Listed> {
        let places = self.tree.with_untracked(|tree| tree.members(group));
        self.room
            .session
            .held
            .with_untracked(|held| places.into_iter().filter_map(|at| held.catalog.series.get(at).cloned()).collect())
    }

    /// How many metrics a group has, and how many of them the chart shows.
    fn sizes(self, group: &Group) -> (usize, usize) {
        let on = self.on.get();
        self.tree.with(|tree| {
            let size = tree.size(group);
            if on.is_empty() {
                return (size, 0);
            }
            let (space, names) = group;
            let within = |metric: &&Metric| {
                metric.namespace == *space
                    && names.as_ref().is_none_or(|names| metric.dimensions.iter().map(|(name, _)| name).eq(names))
            };
            (size, on.iter().filter(within).count())
        })
    }
}

/// The pane.
#[component]
pub fn Browse() -> impl IntoView {
    let view = view();
    let room = room();
    let session = expect_context::<Session>();
    let hays = Memo::new(move |_| {
        session.held.with(|held| Arc::new(held.catalog.series.iter().map(haystack).collect::<Vec<String>>()))
    });
    let search = Memo::new(move |_| {
        let text = room.find.get();
        is_search(&text).then(|| Search::parse(&text))
    });
    let found = Memo::new(move |before: Option<&Arc<Tree>>| match search.get() {
        // What is not understood yet leaves the list as it was.
        Some(Err(_)) if before.is_some() => before.cloned().unwrap_or_default(),
        Some(Err(_)) => Arc::default(),
        Some(Ok(search)) => session.held.with(|held| {
            let fits = |at: usize| held.catalog.series.get(at).is_some_and(|listed| search.holds(&listed.metric));
            Arc::new(Tree::of(&held.catalog, fits))
        }),
        None => {
            let text = room.find.get().trim().to_lowercase();
            let words: Vec<&str> = text.split_whitespace().collect();
            let hays = hays.get();
            let fits = |at: usize| hays.get(at).is_some_and(|hay| words.iter().all(|word| hay.contains(word)));
            session.held.with(|held| Arc::new(Tree::of(&held.catalog, fits)))
        }
    });
    let fault = Memo::new(move |_| search.get().and_then(Result::err));
    let state = State {
        room,
        tree: found,
        on: Memo::new(move |_| {
            let at = charts::edited(view);
            view.graphs
                .with(|graphs| Arc::new(at.and_then(|at| graphs.get(at)).map(charts::metrics).unwrap_or_default()))
        }),
        open: RwSignal::default(),
        limits: RwSignal::default(),
        finding: Memo::new(move |_| room.find.with(|find| !find.trim().is_empty())),
    };
    let rows = Memo::new(move |_| {
        let limits = state.limits.get();
        session
            .held
            .with(|held| state.tree.with(|tree| tree.rows(&held.catalog, |group| state.is_open(group), &limits)))
    });
    let counts = move || {
        let all = session.held.with(|held| held.catalog.series.len());
        let found = state.tree.with(|tree| tree.count);
        if state.finding.get() {
            format!("{} of {}", grouped(found as u64), counted(all as u64, "metric", "metrics"))
        } else {
            counted(all as u64, "metric", "metrics")
        }
    };
    let none = move || {
        (state.finding.get() && state.tree.with(|tree| tree.count == 0)).then(|| {
            view! { <p class="dim note" id="no-metric-found">"No metric has all of these words."</p> }
        })
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        way @ ("ArrowDown" | "ArrowUp") => {
            event.prevent_default();
            focus::step("#metric-list .pick, #metric-list .fold", way == "ArrowUp");
        }
        way @ ("ArrowLeft" | "ArrowRight") => {
            let focus = document().active_element().and_then(|element| element.closest(".metric-group").ok().flatten());
            let head = focus.and_then(|row| row.query_selector(".fold").ok().flatten()?.dyn_into::<HtmlElement>().ok());
            if let Some(head) = head
                && head.get_attribute("aria-expanded").as_deref()
                    == Some(if way == "ArrowRight" { "false" } else { "true" })
            {
                event.prevent_default();
                head.click();
            }
        }
        _ => {}
    };
    let into = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowDown" | "Enter" if !event.is_composing() => {
            event.prevent_default();
            let _found = dom::focus_first("#metric-list .pick") || dom::focus_first("#metric-list .fold");
        }
        "Escape" if room.find.with_untracked(|find| !find.is_empty()) => {
            event.prevent_default();
            event.stop_propagation();
            room.find.set(String::new());
        }
        _ => {}
    };
    let faults = move || {
        session.held.with(|held| {
            let one = |(file, said): &(Option<u32>, String)| {
                let path = file.map(|file| format!("{}: ", session.path(file))).unwrap_or_default();
                let said = visible_text(&format!("{}{said}", elided(&path, 120))).into_owned();
                view! { <li class="denied"><span aria-hidden="true">"▲ "</span>{said}</li> }
            };
            let list = held.faults.iter().take(20).map(one).collect_view();
            (!held.faults.is_empty()).then(|| view! { <ul id="metric-faults">{list}</ul> })
        })
    };
    view! {
        <div class="browse-head">
            <h2>"Metrics"</h2>
            <span class="dim data" id="metric-count" role="status">{counts}</span>
            <button class="plain narrow" id="close-browse" aria-label="Close the list of metrics" on:click=move |_| room.browse.set(false)>{icons::close()}</button>
        </div>
        <input
            id="metric-search"
            type="text"
            placeholder="Find metrics"
            aria-label="Find metrics by namespace, name, dimension or unit"
            title="Words, or a search as in metric math: {AWS/EC2,InstanceId} MetricName=\"CPUUtilization\" AND NOT i-0a"
            autocomplete="off"
            spellcheck="false"
            aria-invalid=move || fault.with(Option::is_some).to_string()
            aria-describedby="metric-search-fault"
            prop:value=move || room.find.get()
            on:input=move |event| room.find.set(event_target_value(&event))
            on:keydown=into
        />
        {move || fault.get().map(|fault| {
            let said = format!("Character {}: {}", fault.position, visible_text(&fault.message));
            view! { <p id="metric-search-fault" class="failed note" role="status" data-position=fault.position.to_string()><span aria-hidden="true">"✕ "</span>{said}</p> }
        })}
        <div id="metric-list" on:keydown=key>
            <ul aria-label="Metrics by namespace and dimensions">
                <For each=move || rows.get() key=Clone::clone children=move |row| view! { <OneRow row state/> }/>
            </ul>
            {none}
            {faults}
        </div>
    }
    .into_any()
}

#[component]
fn OneRow(row: Row, state: State) -> impl IntoView {
    match row {
        Row::Group(group) => EitherOf4::A(view! { <Head group state/> }),
        Row::Metric(metric) => EitherOf4::B(view! { <OneMetric metric state/> }),
        Row::More(group) => {
            let known = group.clone();
            let words = move || {
                let limit = state.limits.with(|limits| limits.get(&known).copied());
                let more = beyond(state.tree.with(|tree| tree.size(&known)), limit);
                format!("{} more", grouped(more as u64))
            };
            let add = move |_| {
                state.limits.update(|limits| {
                    let next = further(limits.get(&group).copied());
                    _ = limits.insert(group.clone(), next);
                });
            };
            EitherOf4::C(view! { <li><button class="plain more-metrics pick" on:click=add>{words}</button></li> })
        }
        Row::Rest => EitherOf4::D(view! { <li class="dim note">"There are more: search for them."</li> }),
    }
}

/// The head of a group: opens it, and puts all of it on the chart.
#[component]
fn Head(group: Group, state: State) -> impl IntoView {
    let level = if group.1.is_some() { "2" } else { "1" };
    let title = match &group {
        (None, _) => "Not named by their file".to_owned(),
        (Some(space), None) => space.clone(),
        (Some(_), Some(names)) if names.is_empty() => "without dimensions".to_owned(),
        (Some(_), Some(names)) => names.join(", "),
    };
    let unnamed = (group.0.is_none()).then(|| {
        view! { <p class="dim note">"Their files tell only a label or an id of each. Choose one to say what it is, or drop the file with the request."</p> }
    });
    let group = StoredValue::new(group);
    let open = Memo::new(move |_| group.with_value(|group| state.is_open(group)));
    let sizes = Memo::new(move |_| group.with_value(|group| state.sizes(group)));
    let toggle = move |_| {
        let now = open.get_untracked();
        state.open.update(|open| _ = open.insert(group.get_value(), !now));
    };
    let all = move |_| {
        let members = group.with_value(|group| state.members(group));
        let (size, on) = sizes.get_untracked();
        charts::change(state.room.view, |graph| {
            if on >= size {
                charts::remove(graph, &members);
            } else {
                let _left_out = charts::add(graph, &members);
            }
        });
    };
    let shown = visible_text(&title).into_owned();
    let said = shown.clone();
    let all_of = move || {
        let (size, on) = sizes.get();
        (size > 1 && size <= LINES_MAX).then(|| {
            // The words of the button begin its name, for who speaks to it.
            let (words, does) = if on >= size { ("none".to_owned(), "remove") } else { (format!("all {size}"), "add") };
            let label = format!("{words} of {said}: {does} them");
            view! { <button class="plain all-of" title=label.clone() aria-label=label on:click=all>{words}</button> }
        })
    };
    let count = move || {
        let (size, on) = sizes.get();
        if on > 0 { format!("{on} of {}", grouped(size as u64)) } else { grouped(size as u64) }
    };
    view! {
        <li class="metric-group" data-level=level data-group=shown.clone()>
            <div class="group-line">
                <button class="fold" aria-expanded=move || open.get().to_string() on:click=toggle>
                    <span class="sign" aria-hidden="true">{move || if open.get() { "▾" } else { "▸" }}</span>
                    <span class="name">{visible(&elided(&title, 60))}</span>
                    <span class="count data">{count}</span>
                </button>
                {all_of}
            </div>
            {unnamed}
        </li>
    }
    .into_any()
}

/// A metric: pressed, it is on the chart that is edited.
#[component]
fn OneMetric(metric: Metric, state: State) -> impl IntoView {
    let room = state.room;
    let Some(listed) = room.listed(&metric) else { return ().into_any() };
    let known = metric.clone();
    let on = Memo::new(move |_| state.on.with(|on| on.contains(&known)));
    let about = {
        let metric = metric.clone();
        move || {
            if room.about.with_untracked(|about| about.as_ref() != Some(&metric)) {
                room.about.set(Some(metric.clone()));
            }
        }
    };
    let is_about = {
        let metric = metric.clone();
        move || room.about.with(|about| about.as_ref() == Some(&metric)).then_some("true")
    };
    let unnamed = words::is_unnamed(&metric);
    let empty = listed.stored.is_empty();
    let badge = words::badge(&listed)
        .filter(|(word, _)| *word != "file")
        .map(|(word, meaning)| view! { <span class="badge" title=meaning>{word}</span> });
    let unit = metric.unit.clone().unwrap_or_default();
    let second = match (&listed.id, unnamed) {
        (Some(id), true) => format!("id {id} in {}", words::values(&metric)),
        _ => words::values(&metric),
    };
    let title = format!("{}\n{}", visible_text(&metric.title()), words::held(&listed));
    let press = {
        let about = about.clone();
        let listed = listed.clone();
        move |_| {
            about();
            let was_on = on.get_untracked();
            let listed = std::slice::from_ref(&listed);
            charts::change(room.view, |graph| {
                if was_on {
                    charts::remove(graph, listed);
                } else {
                    let _left_out = charts::add(graph, listed);
                }
            });
        }
    };
    view! {
        <li class="metric-row" class:empty=empty class:named=!second.is_empty()>
            <button
                class="pick"
                data-metric=visible_text(&metric.title()).into_owned()
                aria-pressed=move || on.get().to_string()
                aria-current=is_about
                title=title
                on:focus=move |_| about()
                on:click=press
            >
                <span class="sign" aria-hidden="true">{move || if on.get() { "✓" } else { "" }}</span>
                <span class="name">{visible(&elided(&metric.name, 60))}{badge}</span>
                <span class="unit dim">{visible(&elided(&unit, 20))}</span>
                {(!second.is_empty()).then(|| view! { <span class="dims data">{visible(&elided(&second, 80))}</span> })}
                <span class="held dim">{words::held(&listed)}</span>
            </button>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::is_search;

    #[test]
    fn words_are_no_search() {
        assert!(!is_search("cpu i-0a AWS/EC2") && !is_search("lambda errors and not"));
        assert!(is_search("{AWS/EC2}") && is_search("a OR b") && is_search("MetricName=\"x\""));
    }
}
