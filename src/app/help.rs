//! All keys by what they do, what the mouse does, and how a query is written.

use super::commands::{Group, commands, fixed};
use super::view::view;
use super::{dom, keys};
use leptos::either::Either;
use leptos::html::Dialog;
use leptos::prelude::*;

/// What the mouse does, in the order of the page.
const MOUSE: [(&str, &str); 5] = [
    ("Click a value", "only events with it; once more takes that back"),
    ("Alt-click a value", "without events that have it"),
    ("Drag in the time strip", "zoom to a range"),
    ("Double-click in the time strip", "zoom out"),
    ("Click a row", "open the event"),
];

/// Keys that a part of the page has for itself.
const ELSEWHERE: [(&str, &[(&str, &str)]); 3] = [
    ("In the search box", &[("Ctrl Space", "Offer fields and values"), ("Tab", "Take the offer that is chosen")]),
    (
        "In the table",
        &[
            ("← →", "Another cell of the row"),
            ("+ -", "Only events with its value, or without it"),
            ("Shift ↑ ↓", "Select several rows"),
            ("Ctrl A", "Select all rows"),
            ("Ctrl C", "Copy the selected rows"),
        ],
    ),
    (
        "In the timeline",
        &[
            ("↑ ↓", "Another lane"),
            ("← →", "Previous and next event in the lane"),
            ("Enter", "Open the event"),
            ("Ctrl wheel", "Zoom around the pointer"),
            ("Shift wheel", "Earlier, later"),
        ],
    ),
];

/// Queries to begin with.
const QUERIES: [(&str, &str); 10] = [
    ("AccessDenied", "the word anywhere in an event"),
    ("name: StopLogging", "a field and its value"),
    ("name: (StopLogging or DeleteTrail)", "one of several values"),
    ("actor: *admin* and result: denied", "both; * stands for anything"),
    ("not service: kms", "all but these"),
    ("ip: 10.0.0.0/8", "a range of addresses"),
    ("error: *", "any value at all"),
    ("integrity: *", "events that digest files say something of"),
    ("not integrity: unchanged", "what they do not prove unchanged"),
    ("time >= now-6h and access: write", "the last six hours of the case, changes only"),
];

/// The dialog.
#[component]
pub fn Help() -> impl IntoView {
    let view = view();
    let commands = commands();
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if view.keys.get() && !dialog.open() {
            let _ = dialog.show_modal();
            dom::focus("keys-body");
        } else if !view.keys.get() && dialog.open() {
            dialog.close();
        }
    });
    let close = move || view.keys.set(false);
    let group = |group: Group| {
        let of_group = fixed().into_iter().filter(|command| command.group == group && !command.keys.is_empty());
        let lines = of_group.map(|command| {
            view! {
                <div class="line" data-command=command.id data-keys=command.keys.join(" ")>
                    <dt>{keys::shown(command.keys)}</dt>
                    <dd>{command.title}</dd>
                </div>
            }
        });
        let lines: Vec<_> = lines.collect();
        (!lines.is_empty()).then(|| view! { <section><h3>{group.title()}</h3><dl>{lines}</dl></section> })
    };
    let plain =
        |(what, does): (&'static str, &'static str)| view! { <div class="line"><dt>{what}</dt><dd>{does}</dd></div> };
    let typed = |(key, does): (&'static str, &'static str)| {
        view! { <div class="line"><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div> }
    };
    let query = move |(query, means): (&'static str, &'static str)| {
        let shown = move || {
            if commands.in_rooms.get() {
                let ask = move |_| {
                    close();
                    view.search(query.to_owned());
                    dom::focus("search");
                };
                Either::Left(view! { <button class="plain data" title="Search for this" on:click=ask>{query}</button> })
            } else {
                Either::Right(view! { <code class="data">{query}</code> })
            }
        };
        view! { <div class="line" data-query=query><dt>{shown}</dt><dd>{means}</dd></div> }
    };
    view! {
        <dialog
            id="keys"
            node_ref=dialog
            aria-labelledby="keys-title"
            // Told a moment later, when it may be open again.
            on:close=move |_| {
                if dialog.get_untracked().is_none_or(|dialog| !dialog.open()) {
                    close();
                }
            }
            on:mousedown=move |event| {
                if dom::is_backdrop(&event) {
                    close();
                }
            }
        >
            <div class="help-head">
                <h2 id="keys-title">"Keys and help"</h2>
                <button id="close-keys" class="plain" title="Close (Esc)" on:click=move |_| close()>"Close"</button>
            </div>
            // Takes the focus, so that the arrows scroll it.
            <div id="keys-body" tabindex="0" role="region" aria-labelledby="keys-title">
                {Group::ALL.map(group)}
                {ELSEWHERE.map(|(title, keys)| {
                    view! { <section><h3>{title}</h3><dl>{keys.iter().copied().map(typed).collect_view()}</dl></section> }
                })}
                <section><h3>"Mouse"</h3><dl>{MOUSE.map(plain)}</dl></section>
                <section class="queries">
                    <h3>"Queries"</h3>
                    <dl>{QUERIES.map(query)}</dl>
                    <p class="dim">
                        "Any field of a record can be named by its path, as in requestParameters.bucketName: logs. Case does not \
                        matter in values; a value with a colon or a space stands in quotes."
                    </p>
                </section>
            </div>
        </dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::QUERIES;
    use crate::query::kql;

    #[test]
    fn the_examples_are_queries_of_known_fields() {
        for (query, _) in QUERIES {
            let parsed = kql::parse(query).unwrap_or_else(|fault| panic!("{query}: {}", fault.sentence()));
            for field in parsed.fields {
                assert!(kql::short_names().any(|name| name == field.written), "{query}: {}", field.written);
            }
        }
    }
}
