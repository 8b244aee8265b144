//! Choosing what to read before anything is: many files were found, and their paths say of which account, region, kind of
//! log and day they are. Everything is selected, and Enter reads it.

mod days;

use super::shown::{bytes, counted, grouped, visible, visible_text};
use crate::session::choice::{Column, Counts, OTHER, Selection, Tally, Value};
use crate::session::page::Session;
use days::Days;
use leptos::html::Button;
use leptos::prelude::*;
use std::collections::HashMap;

/// What is offered, counted under what is selected.
#[derive(Clone, Copy)]
struct Offer {
    selection: RwSignal<Selection>,
    counts: Memo<Counts>,
}

/// The whole of it.
#[component]
pub fn Choice() -> impl IntoView {
    let session = expect_context::<Session>();
    let selection = RwSignal::new(Selection::default());
    let counts = Memo::new(move |before: Option<&Counts>| {
        session.progress.track();
        // The last moment of the chooser, when there is nothing to choose from any more, shows what it did before.
        let counts = selection.with(|selection| session.count_choice(selection));
        counts.or_else(|| before.cloned()).unwrap_or_default()
    });
    let offer = Offer { selection, counts };
    let again = Memo::new(move |_| session.progress.with(|progress| progress.again));
    let looking = Memo::new(move |_| session.progress.with(|progress| progress.looking));
    let read = NodeRef::<Button>::new();
    Effect::new(move || {
        if let Some(read) = read.get() {
            request_animation_frame(move || {
                let _ = read.focus();
            });
        }
    });
    let title = move || {
        let files = counts.with(|counts| counts.all.files);
        let (one, many) = if again.get() {
            ("file was left out", "files were left out")
        } else {
            ("file was found", "files were found")
        };
        counted(u64::from(files), one, many)
    };
    let note = move || {
        let sizes = match counts.with(|counts| counts.all) {
            _ if looking.get() => "Folders are still being looked through.".to_owned(),
            Tally { unsized_files: 0, bytes: all, .. } => format!("{} on disk.", bytes(all)),
            Tally { bytes: known, .. } => format!("At least {} on disk, still counting.", bytes(known)),
        };
        format!("Choose by what their paths say; none of them has been read yet. {sizes}")
    };
    let key = move |event: web_sys::KeyboardEvent| {
        // The keys of the rooms mean nothing here; the list of keys and the commands can be had anywhere.
        if !matches!(super::keys::named(&event).as_str(), "?" | "Ctrl+k") {
            event.stop_propagation();
        }
        if event.key() == "Escape" {
            event.prevent_default();
            session.read_chosen(None);
        }
    };
    view! {
        <main id="choice" aria-labelledby="choice-title" on:keydown=key>
            <div class="choice-head">
                <div>
                    <h1 id="choice-title">{title}</h1>
                    <p id="choice-note">{note}</p>
                </div>
                <div class="choice-do">
                    <button
                        id="choice-read"
                        class="button main"
                        node_ref=read
                        disabled=move || counts.with(|counts| counts.chosen.files == 0)
                        on:click=move |_| session.read_chosen(Some(selection.get_untracked()))
                    >
                        {move || counts.with(words)}
                    </button>
                    <button id="choice-cancel" class="button" title="Esc" on:click=move |_| session.read_chosen(None)>
                        {move || if again.get() { "Leave them out" } else { "Read none of them" }}
                    </button>
                </div>
            </div>
            <Days offer/>
            <div class="choice-columns">
                {Column::ALL.map(|column| view! { <Values offer column/> })}
            </div>
        </main>
    }
}

/// The words on the button.
fn words(counts: &Counts) -> String {
    let Counts { all, chosen, .. } = counts;
    match chosen.files {
        0 => "Nothing is selected".to_owned(),
        1 if all.files == 1 => "Read this file".to_owned(),
        files if files == all.files => format!("Read all {} files", grouped(u64::from(files))),
        files => {
            let of = counted(u64::from(all.files), "file", "files");
            format!("Read {} of {of} ({})", grouped(u64::from(files)), size(*chosen))
        }
    }
}

/// Bytes as far as they are known.
fn size(tally: Tally) -> String {
    match tally {
        Tally { unsized_files: 0, .. } => bytes(tally.bytes),
        Tally { bytes: 0, .. } => "counting…".to_owned(),
        _ => format!("≥ {}", bytes(tally.bytes)),
    }
}

/// One column: a value a row.
#[component]
fn Values(offer: Offer, column: Column) -> impl IntoView {
    let Offer { selection, counts } = offer;
    let (id, title) = match column {
        Column::Account => ("choice-account", "Account"),
        Column::Region => ("choice-region", "Region"),
        Column::Kind => ("choice-kind", "Kind of log"),
    };
    let values = Memo::new(move |_| counts.with(|counts| counts.columns[column as usize].clone()));
    let by_name = Memo::new(move |_| {
        values.with(|values| values.iter().map(|value| (value.name.clone(), value.clone())).collect::<HashMap<_, _>>())
    });
    let most = Memo::new(move |_| values.with(|values| values.iter().map(|value| value.of).max().unwrap_or(1)));
    // Paths that do not say have no value that could be counted.
    let named = move |wanted: fn(&Value) -> bool| {
        values.with(|values| values.iter().filter(|value| !value.name.is_empty() && wanted(value)).count())
    };
    let many = Memo::new(move |_| values.with(Vec::len) > 1);
    let every = move |words: &'static str, all: bool| {
        let id = format!("{id}-{}", if all { "all" } else { "none" });
        let pressed = move |_| selection.update(|selection| selection.every(column, all));
        view! { <button id=id class="plain" on:click=pressed>{words}</button> }
    };
    view! {
        <section id=id class="choice-column" aria-label=title>
            <header>
                <h2>{title}</h2>
                <span class="dim data">
                    {move || {
                        let (selected, all) = (named(|value| value.selected), named(|_| true));
                        if selected == all { grouped(all as u64) } else { format!("{selected} of {all}") }
                    }}
                </span>
                <span class="grow"></span>
                {move || many.get().then(|| (every("All", true), every("None", false)))}
            </header>
            <ul>
                <For each=move || values.get() key=|value| value.name.clone() let:value>
                    <OneValue offer column name=value.name by_name most/>
                </For>
            </ul>
        </section>
    }
}

#[component]
fn OneValue(
    offer: Offer,
    column: Column,
    name: String,
    by_name: Memo<HashMap<String, Value>>,
    most: Memo<u32>,
) -> impl IntoView {
    let selection = offer.selection;
    let known = name.clone();
    let value = Memo::new(move |_| by_name.with(|by_name| by_name.get(&known).cloned()));
    let selected = move || value.with(|value| value.as_ref().is_some_and(|value| value.selected));
    let tally = Memo::new(move |_| value.with(|value| value.as_ref().map_or_else(Tally::default, |value| value.tally)));
    let share = move || f64::from(tally.get().files) / f64::from(most.get().max(1)) * 100.0;
    let name = StoredValue::new(name);
    let toggle = move |_| {
        let all = by_name.with_untracked(|by_name| by_name.keys().cloned().collect::<Vec<_>>());
        name.with_value(|name| {
            selection.update(|selection| selection.toggle(column, name, all.iter().map(String::as_str)))
        });
    };
    let only = move |_| name.with_value(|name| selection.update(|selection| selection.only(column, name)));
    let shown = name.with_value(|name| visible_text(name).into_owned());
    let (words, hint) = match (shown.as_str(), column) {
        ("", _) => (None, "The path of these files does not say it".to_owned()),
        (kind, Column::Kind) => (Some(kind.to_owned()), hint(kind).to_owned()),
        (text, _) => (Some(text.to_owned()), text.to_owned()),
    };
    view! {
        <li class="choice-value" class:off=move || !selected() data-value=shown title=hint>
            <span class="share" aria-hidden="true"><i style:width=move || format!("{:.2}%", share())></i></span>
            <label>
                <input type="checkbox" prop:checked=selected on:change=toggle/>
                {match words {
                    Some(words) => view! { <span class="value-name data">{visible(&words)}</span> }.into_any(),
                    None => view! { <span class="value-name dim">"path does not say"</span> }.into_any(),
                }}
                <span class="number data">{move || grouped(u64::from(tally.get().files))}</span>
                <span class="number data dim">{move || size(tally.get())}</span>
            </label>
            <button class="only plain" on:click=only>"only"</button>
        </li>
    }
}

/// What is in a kind of log.
fn hint(kind: &str) -> &'static str {
    match kind {
        "CloudTrail" => "Management and data events",
        "CloudTrail-Insight" => "Unusual rates of calls and errors, as CloudTrail found them",
        "CloudTrail-Digest" => "Hashes and signatures of the log files, to prove that none was altered",
        "CloudTrail-NetworkActivity" => "Calls through VPC endpoints",
        "CloudTrail-Aggregated" => "Data events summed up",
        OTHER => "Logs of other services",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_says_what_it_does() {
        let tally = |files, bytes, unsized_files| Tally { files, bytes, unsized_files };
        let counts = |chosen| Counts { all: tally(10_000, 148_000_000, 0), chosen, ..Counts::default() };
        assert_eq!(words(&counts(tally(10_000, 148_000_000, 0))), "Read all 10,000 files");
        assert_eq!(words(&counts(tally(1_204, 118_000_000, 0))), "Read 1,204 of 10,000 files (118 MB)");
        assert_eq!(words(&counts(tally(1_204, 18_000_000, 7))), "Read 1,204 of 10,000 files (≥ 18.0 MB)");
        assert_eq!(words(&counts(tally(4, 0, 4))), "Read 4 of 10,000 files (counting…)");
        assert_eq!(words(&counts(tally(0, 0, 0))), "Nothing is selected");
    }
}
