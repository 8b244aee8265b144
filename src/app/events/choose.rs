//! Choosing the columns: those there are, in order, and a search for others.

use super::popup::Popup;
use crate::app::shown::{elided, visible};
use crate::app::view::view;
use crate::app::{columns, dom, field, icons};
use crate::session::page::Session;
use crate::session::questions;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// Fields offered at once: whoever wants another types more of its name.
const OFFERED: usize = 40;

#[component]
pub(super) fn Choose(open: RwSignal<Option<&'static str>>) -> impl IntoView {
    view! {
        <Popup id="columns" panel="column-list" label="Columns" open icon=icons::columns()>
            <Chosen/>
            <Others/>
        </Popup>
    }
}

/// The columns there are.
#[component]
fn Chosen() -> impl IntoView {
    let view = view();
    let fields =
        move || view.shown().columns.with(|all| all.iter().map(|column| column.field.clone()).collect::<Vec<_>>());
    let one = move |field: String| {
        let name = StoredValue::new(field.clone());
        let title = field::title(&field);
        let place = move || {
            let find = |all: &Vec<_>| {
                name.with_value(|name| all.iter().position(|one: &crate::app::view::Column| one.field == *name))
            };
            view.shown().columns.with(find).unwrap_or_default()
        };
        let last = move || view.shown().columns.with(|all| place() + 1 >= all.len());
        let shift = move |to: usize, button: &str| {
            name.with_value(|name| columns::move_to(view, name, to));
            // The button that was pressed may have nothing left to do.
            let focused = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
            if focused {
                dom::focus(button);
            }
        };
        let label = |what: &str| format!("{what} {title}");
        let (up, down, away) = (label("Move to the front:"), label("Move to the back:"), label("Remove"));
        view! {
            <li data-field=field.clone()>
                <span class="named">{visible(&elided(&title, 60))}</span>
                <button
                    class="tool"
                    aria-label=up
                    disabled=move || place() == 0
                    on:click=move |_| shift(place().saturating_sub(1), "column-search")
                >
                    "↑"
                </button>
                <button
                    class="tool"
                    aria-label=down
                    disabled=last
                    on:click=move |_| shift(place() + 1, "column-search")
                >
                    "↓"
                </button>
                <button
                    class="tool"
                    aria-label=away
                    on:click=move |_| {
                        name.with_value(|name| columns::remove(view, name));
                        dom::focus("column-search");
                    }
                >
                    {icons::close()}
                </button>
            </li>
        }
    };
    view! {
        <div class="panel-head">
            <h2>"Columns"</h2>
            <button
                id="columns-reset"
                class="plain"
                on:click=move |_| columns::change(view, |all| *all = columns::usual_columns(view.room.get_untracked()))
            >
                "Back to the usual ones"
            </button>
        </div>
        <ul id="columns-chosen" aria-label="Columns, in order">
            <For each=fields key=Clone::clone children=one/>
        </ul>
    }
}

/// A search for fields that are no columns yet.
#[component]
fn Others() -> impl IntoView {
    let view = view();
    let session = expect_context::<Session>();
    let typed = RwSignal::new(String::new());
    let known = RwSignal::new(Arc::new(Vec::<String>::new()));
    Effect::new(move || {
        session.generation.track();
        spawn_local(async move {
            if let Ok(paths) = questions::paths(&session.shards()).await {
                // The panel may be closed by now.
                let _late = known.try_set(Arc::new(paths.iter().map(|path| field::of_path(path)).collect()));
            }
        });
    });
    request_animation_frame(|| dom::focus("column-search"));
    let found = Memo::new(move |_| {
        let typed = typed.get().trim().to_lowercase();
        let chosen: Vec<String> =
            view.shown().columns.with(|all| all.iter().map(|column| column.field.clone()).collect());
        let fits =
            |name: &str| name.to_lowercase().contains(&typed) || field::title(name).to_lowercase().contains(&typed);
        let known = known.get();
        let short = field::short().map(str::to_owned);
        let all = short.chain(known.iter().cloned()).filter(|name| fits(name) && !chosen.contains(name));
        // What begins with it first; beyond that the order stays.
        let (mut first, rest): (Vec<String>, Vec<String>) =
            all.partition(|name| name.to_lowercase().starts_with(&typed));
        first.extend(rest);
        (first.len(), first.into_iter().take(OFFERED).collect::<Vec<_>>())
    });
    let one = move |name: String| {
        let title = field::title(&name);
        let aside = (title != name).then(|| view! { <span class="dim">{name.clone()}</span> });
        let field = name.clone();
        view! {
            <li>
                <button
                    data-add=name
                    on:click=move |_| {
                        columns::add(view, &field);
                        dom::focus("column-search");
                    }
                >
                    {icons::include()}
                    <span class="named">{visible(&elided(&title, 60))}</span>
                    {aside}
                </button>
            </li>
        }
    };
    let more = move || {
        let (all, shown) = found.with(|(all, shown)| (*all, shown.len()));
        match all {
            0 => Some("No such field.".to_owned()),
            all if all > shown => Some(format!("{} more; type a part of the name.", all - shown)),
            _ => None,
        }
    };
    view! {
        <input
            id="column-search"
            type="search"
            placeholder="Add a field"
            aria-label="Add a field"
            autocomplete="off"
            spellcheck="false"
            prop:value=typed
            on:input=move |event| typed.set(event_target_value(&event))
            on:keydown=move |event| {
                let first = found.with_untracked(|(_, names)| names.first().cloned());
                if let ("Enter", Some(first)) = (event.key().as_str(), first) {
                    columns::add(view, &first);
                    typed.set(String::new());
                }
            }
        />
        <ul id="columns-others" aria-label="Fields to add">
            <For each=move || found.with(|(_, names)| names.clone()) key=Clone::clone children=one/>
        </ul>
        <p class="dim">{more}</p>
    }
}
