//! All fields of the events found, to be added as a facet, shown as a column, or used for bars and lanes.

use super::focus;
use super::one::share;
use super::state::State;
use crate::app::shown::{counted, elided, grouped, visible, visible_text};
use crate::app::view::{Column, view};
use crate::app::{dom, field};
use crate::query::text::fold;
use crate::session::facets::{FieldCounts, field_counts};
use crate::session::page::Session;
use leptos::html::Dialog;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// Rows shown, and added at a time: an account with Lambda and IAM in it has thousands of paths.
const STEP: usize = 200;

/// A field that can be added.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Entry {
    /// As it is written in a query.
    field: String,
    /// What is shown.
    name: String,
    /// What people call it, where it has a short name.
    title: Option<String>,
    events: u64,
    of: u64,
}

fn entries(counts: &FieldCounts) -> Vec<Entry> {
    let entry = |field: String, name: String, title, events| Entry { field, name, title, events, of: counts.rows };
    let short = field::short().zip(&counts.selects);
    let short = short.map(|(name, events)| entry(name.to_owned(), name.to_owned(), Some(field::title(name)), *events));
    let mut paths: Vec<Entry> = counts
        .paths
        .iter()
        .map(|(path, events)| entry(field::of_path(path), path.clone(), None, *events))
        .filter(|entry| field::select(&entry.field).is_some())
        .collect();
    // They come in the order of their names.
    paths.sort_by_key(|entry| std::cmp::Reverse(entry.events));
    short.chain(paths).collect()
}

/// The dialog.
#[component]
pub fn Paths(open: RwSignal<bool>, state: State) -> impl IntoView {
    let session = expect_context::<Session>();
    let dialog = NodeRef::<Dialog>::new();
    let all = RwSignal::new(Arc::new(Vec::<Entry>::new()));
    let rows = RwSignal::new(None::<u64>);
    let typed = RwSignal::new(String::new());
    let limit = RwSignal::new(STEP);
    let token = StoredValue::new(0u64);
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if !open.get() {
            if dialog.open() {
                dialog.close();
            }
            return;
        }
        if !dialog.open() {
            typed.set(String::new());
            limit.set(STEP);
            let _ = dialog.show_modal();
            dom::focus("paths-search");
        }
        // Files may still come in while it is open.
        session.generation.track();
        token.update_value(|token| *token += 1);
        let now = token.get_value();
        let (predicate, range) = state.now();
        spawn_local(async move {
            let selects: Vec<_> = field::short().filter_map(field::select).collect();
            let found = field_counts(&session.shards(), predicate, range, selects).await;
            if token.try_get_value() == Some(now)
                && let Ok(counts) = found
            {
                rows.set(Some(counts.rows));
                all.set(Arc::new(entries(&counts)));
            }
        });
    });
    let found = Memo::new(move |_| {
        let wanted = typed.with(|typed| fold(typed.trim()).into_owned());
        let fits = |entry: &&Entry| {
            fold(&entry.name).contains(&wanted)
                || entry.title.as_ref().is_some_and(|title| fold(title).contains(&wanted))
        };
        all.with(|all| all.iter().filter(fits).cloned().collect::<Vec<_>>())
    });
    let each = move || found.with(|found| found[..limit.get().min(found.len())].to_vec());
    let said = move || match rows.get() {
        None => "Counting…".to_owned(),
        Some(rows) => {
            let fields = counted(found.with(Vec::len) as u64, "field", "fields");
            format!("{fields}, with how many of {} have each", counted(rows, "event", "events"))
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let back = match event.key().as_str() {
            "ArrowDown" => false,
            "ArrowUp" => true,
            _ => return,
        };
        event.prevent_default();
        focus::step("#paths .path-pick", back);
    };
    let more = move || {
        let left = found.with(Vec::len).saturating_sub(limit.get());
        (left > 0).then(|| {
            let words = format!("{} more", grouped(left as u64));
            view! { <button class="facet-more plain" on:click=move |_| limit.update(|limit| *limit += STEP)>{words}</button> }
        })
    };
    view! {
        <dialog id="paths" node_ref=dialog aria-label="Add a field" on:close=move |_| open.set(false) on:keydown=key>
            <div class="paths-head">
                <h2>"Add a field"</h2>
                <button class="plain" on:click=move |_| open.set(false)>"Close"</button>
            </div>
            <input
                id="paths-search"
                class="data"
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder="Find a field, such as bucketName"
                aria-label="Find a field"
                prop:value=move || typed.get()
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    limit.set(STEP);
                }
            />
            <p id="paths-said" class="dim" role="status">{said}</p>
            <ul id="paths-list" aria-label="Fields">
                <For
                    each=each
                    key=Clone::clone
                    children=move |entry| view! { <Row entry state open/> }
                />
            </ul>
            {more}
        </dialog>
    }
}

/// One field.
#[component]
fn Row(entry: Entry, state: State, open: RwSignal<bool>) -> impl IntoView {
    let view = view();
    let Entry { field, name, title, events, of } = entry;
    let path = visible_text(&name).into_owned();
    let shown = elided(&name, 56).into_owned();
    let id = StoredValue::new(field.clone());
    let is = move |known: &str| id.with_value(|field| field == known);
    let column = move || view.shown().columns.with(|columns| columns.iter().any(|column| is(&column.field)));
    let stacked = move || view.stack().with(|stack| is(&stack.field));
    let lanes = move || view.lanes.with(|lanes| is(&lanes.field));
    let add = move |_| {
        id.with_value(|field| state.add(field));
        open.set(false);
        let field = id.get_value();
        request_animation_frame(move || focus::facet(&field));
    };
    let to_column = move |_| {
        let there = untrack(column);
        untrack(|| view.shown()).columns.update(|columns| {
            if there {
                columns.retain(|column| !is(&column.field));
            } else {
                columns.push(Column { field: id.get_value(), width: None });
            }
        });
    };
    let to_stack = move |_| untrack(|| view.stack()).update(|stack| stack.field = id.get_value());
    let to_lanes = move |_| {
        view.lanes.update(|lanes| {
            if lanes.field != id.get_value() {
                lanes.field = id.get_value();
                lanes.pinned.clear();
                lanes.hidden.clear();
            }
        });
    };
    view! {
        <li class="path-row" data-path=field class:absent={events == 0}>
            <button class="path-pick" title=format!("Add {path} to the facets") on:click=add>
                <span class="data">{visible(&shown)}</span>
                {title.filter(|title| *title != name).map(|title| view! { <span class="dim">{title}</span> })}
            </button>
            <span class="path-count data">{grouped(events)}</span>
            <span class="path-share data dim">{share(events, of)}</span>
            <span class="path-uses">
                <button title="Show as a column of the table" aria-label=format!("Column: {path}") aria-pressed=move || column().to_string() on:click=to_column>"column"</button>
                <button title="Stack the bars of the time strip by it" aria-label=format!("Bars: {path}") aria-pressed=move || stacked().to_string() on:click=to_stack>"bars"</button>
                <button title="A lane of the timeline for each value" aria-label=format!("Lanes: {path}") aria-pressed=move || lanes().to_string() on:click=to_lanes>"lanes"</button>
            </span>
        </li>
    }
}
