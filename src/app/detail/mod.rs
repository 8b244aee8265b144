//! The detail of the selected event: what happened in a sentence, ways on from it, then all of it, as a tree or as JSON.

mod act;
mod custody;
mod line;
mod pivots;
mod tree;
mod tree_keys;

use super::events::outcome_mark;
use super::field;
use super::metrics::MetricsOf;
use super::shown::{counted, elided, grouped, visible, visible_lines, visible_text};
use super::side::{Handle, Side};
use super::view::{FileFilter, Selected, view};
use super::zone::Zone;
use super::{dom, icons};
use crate::query::predicate::Select;
use crate::session::page::Session;
use crate::session::{lanes, questions};
use crate::store::secret::MASK;
use crate::trail::Derived;
use crate::trail::sentence::{self, Part};
use act::{alt_excludes, copy_button, value_buttons};
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use std::sync::Arc;

/// Characters of JSON shown at once: laying out a megabyte of text takes a browser a second.
const SHOWN: usize = 100_000;

/// An event's record.
#[derive(Debug)]
struct Record {
    /// As the shards wrote it.
    text: String,
    /// The same as a tree; `None` when it is nested too deep for one.
    tree: Option<Arc<Value>>,
    /// The same with line ends and indents.
    pretty: String,
}

impl Record {
    fn new(text: String) -> Self {
        let tree: Option<Value> = serde_json::from_str(&text).ok();
        let pretty = tree.as_ref().and_then(|tree| serde_json::to_string_pretty(tree).ok());
        Self { pretty: pretty.unwrap_or_else(|| text.clone()), tree: tree.map(Arc::new), text }
    }
}

const SIDE: Side = Side {
    name: "trailglass-detail-width",
    label: "Width of the detail",
    at_right: true,
    usual: 460.0,
    narrowest: 280.0,
    widest: 0.7,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Fields,
    Json,
}

/// The panel.
#[component]
pub fn Detail() -> impl IntoView {
    let view = view();
    let session = expect_context::<Session>();
    let tab = RwSignal::new(Tab::Fields);
    let reveal = RwSignal::new(None::<Selected>);
    let record = RwSignal::new(None::<(Selected, Arc<Record>)>);
    let derived = RwSignal::new(Arc::new(Values::new()));
    let time = StoredValue::new(None::<i64>);
    let find = RwSignal::new(String::new());
    let width = SIDE.width();
    let asked = StoredValue::new(0u64);
    Effect::new(move || {
        let Some(event) = view.selected.get() else { return };
        // Revealed is what a person asked to reveal, not what is selected next.
        let reveal = reveal.get() == Some(event);
        asked.update_value(|asked| *asked += 1);
        let token = asked.get_value();
        spawn_local(async move {
            let shards = session.shards();
            let found = questions::record(&shards, event.shard, event.row, reveal).await;
            let values = questions::derived(&shards, event.shard, event.row).await;
            let place = lanes::place(&shards, event.shard, event.row, &Select::of_derived(Derived::Format)).await;
            // Closed meanwhile, or another event selected: too late.
            if asked.try_get_value() == Some(token)
                && let Ok(text) = found
            {
                time.set_value(place.ok().flatten().and_then(|(key, _)| key.time()));
                derived.set(Arc::new(values.unwrap_or_default()));
                record.set(Some((event, Arc::new(Record::new(text)))));
            }
        });
    });
    let masked = move || {
        let masked = record.with(|record| record.as_ref().is_some_and(|(_, record)| record.text.contains(MASK)));
        masked.then(|| {
            view! {
                <p class="masked">
                    "Secret values are masked. "
                    <button id="reveal" class="button" on:click=move |_| reveal.set(view.selected.get_untracked())>
                        "Reveal secret values"
                    </button>
                </p>
            }
        })
    };
    let body = move || {
        let Some((_, record)) = record.get() else { return EitherOf3::A(()) };
        match (tab.get(), record.tree.clone()) {
            (Tab::Fields, Some(tree)) => {
                let looked_for: Arc<str> = find.with(|find| find.trim().to_lowercase().into());
                let values = looked_for.is_empty().then(|| view! { <Derivations values=derived.get_untracked()/> });
                EitherOf3::B(view! {
                    {values}
                    <tree::Tree root=tree find=looked_for/>
                })
            }
            (Tab::Fields, None) => EitherOf3::C(Either::Left(view! {
                <p class="note">"This record is nested too deep to be shown as a tree. Its text is below."</p>
                <Json record/>
            })),
            (Tab::Json, _) => EitherOf3::C(Either::Right(view! { <Json record/> })),
        }
    };
    let tab_button = move |this: Tab, id: &'static str, words: &'static str| {
        view! {
            <button
                id=id
                role="tab"
                aria-selected=move || (tab.get() == this).to_string()
                aria-controls="detail-body"
                on:click=move |_| tab.set(this)
            >
                {words}
            </button>
        }
    };
    let about = move || {
        let (event, record) = record.get()?;
        let tree = record.tree.clone()?;
        let values = derived.get_untracked();
        let (time, path) = (time.get_value(), session.path(event.file));
        let pivots = pivots::of(&tree, &values, time, &path, view.has_lines.get_untracked());
        let named = tree.clone();
        let head = if line::is_line(&values) {
            Either::Left(view! { <line::About tree values time/> })
        } else {
            // What chains of custody prove are CloudTrail's files: of a log line they say nothing.
            Either::Right(view! {
                <Sentence tree values=values.clone()/>
                <line::Place values/>
                <custody::Custody event/>
            })
        };
        Some(view! {
            {head}
            <pivots::Pivots event pivots/>
            <MetricsOf record=named/>
        })
    };
    view! {
        <aside id="detail" aria-label="Selected event" tabindex="-1" style:width=move || format!("{}px", width.get())>
            <Handle side=&SIDE width/>
            <button
                id="close-detail"
                class="plain"
                aria-label="Close"
                title="Close (Esc)"
                on:click=move |_| view.detail.set(false)
            >
                {icons::close()}
            </button>
            // Not before there is something to show: what comes above the tabs would move them away from under the mouse.
            <div class="detail-all" style:display=move || record.with(Option::is_none).then_some("none")>
                {about}
                {masked}
                <div class="tabs">
                    <div role="tablist">
                        {tab_button(Tab::Fields, "tab-fields", "Fields")}
                        {tab_button(Tab::Json, "tab-json", "JSON")}
                    </div>
                    <input
                        id="find-in-event"
                        type="text"
                        placeholder="Find in this event"
                        aria-label="Find in this event"
                        autocomplete="off"
                        spellcheck="false"
                        prop:value=find
                        class:off=move || tab.get() == Tab::Json
                        prop:disabled=move || tab.get() == Tab::Json
                        on:input=move |event| find.set(event_target_value(&event))
                        on:keydown=move |event| {
                            // One step back of its own: the text goes first, the panel stays.
                            if event.key() == "Escape" && find.with_untracked(|find| !find.is_empty()) {
                                event.prevent_default();
                                event.stop_propagation();
                                find.set(String::new());
                            }
                        }
                    />
                </div>
                <div id="detail-body" role="tabpanel">{body}</div>
            </div>
            {move || view.selected.get().map(|event| view! { <Provenance event/> })}
        </aside>
    }
}

/// A value in a sentence is not longer than this; the whole of it is in the tree.
const DATUM: usize = 96;

/// A time in a sentence: `10 Jul 2023 at 12:24:07 UTC`.
fn moment(zone: Zone, at: i64) -> String {
    let full = zone.full(at);
    let clock = full.split_once(' ').map_or(full.as_str(), |(_, clock)| clock);
    format!("{} at {clock} {}", zone.date(at), zone.name())
}

/// What happened, in words, with what the service said about a failure.
#[component]
fn Sentence(tree: Arc<Value>, values: Arc<Values>) -> impl IntoView {
    let view = view();
    let said = sentence::message(&tree).map(|said| {
        let said: Arc<str> = said.into();
        view! { <p id="message" class="data">{tree::long(said)}</p> }
    });
    let (again, known) = (tree.clone(), values.clone());
    let parts = move || sentence::sentence(&again, &known, &|at| moment(view.zone.get(), at));
    let copy = copy_button("the sentence", {
        let parts = move || sentence::sentence(&tree, &values, &|at| moment(view.zone.get_untracked(), at));
        move || sentence::plain(&parts())
    });
    view! {
        <div class="about">
            <p id="sentence">{move || parts().into_iter().map(part).collect_view()}<span class="acts">{copy}</span></p>
            {said}
        </div>
    }
}

fn part(part: Part) -> impl IntoView {
    match part {
        Part::Plain(words) => EitherOf3::A(words),
        Part::Datum { shown, value, field, main } => {
            let title = visible_text(&elided(&value, 300)).into_owned();
            let field = field.map(field::title);
            let title = field.map_or_else(|| title.clone(), |field| format!("{field}: {title}"));
            EitherOf3::B(view! {
                <span class="datum data" class:main=main title=title>{visible(&elided(&shown, DATUM))}</span>
            })
        }
        Part::Emphasis { word, result } => {
            let (class, glyph) = outcome_mark(result);
            let glyph = (!glyph.is_empty()).then(|| view! { <span aria-hidden="true">{glyph}" "</span> });
            EitherOf3::C(view! { <b class=class data-result=result>{glyph}{word}</b> })
        }
    }
}

/// The derived values of an event.
type Values = Vec<(Derived, String)>;

/// What follows from the record: who, how it ended, on what.
#[component]
fn Derivations(values: Arc<Values>) -> impl IntoView {
    let value = |derived: Derived, text: &String| {
        let field = written(derived);
        let buttons = (
            value_buttons(field.clone(), text.clone()),
            copy_button(derived.name(), {
                let text = text.clone();
                move || text.clone()
            }),
        );
        let alt = alt_excludes(Some(field), text.clone());
        view! {
            <div class="line">
                <span class="value" title="Alt-click: without this value" on:click=alt>{visible(text)}</span>
                <span class="acts">{buttons.1}{buttons.0}</span>
            </div>
        }
    };
    let rows = Derived::ALL.into_iter().filter_map(|derived| {
        let texts: Vec<_> = values.iter().filter(|(known, _)| *known == derived).map(|(_, text)| text).collect();
        let shown: Vec<_> = texts.iter().map(|text| value(derived, text)).collect();
        (!texts.is_empty()).then(|| view! { <dt>{derived.name()}</dt><dd>{shown}</dd> })
    });
    view! { <dl id="derived" class="data" aria-label="Derived values">{rows.collect_view()}</dl> }
}

/// A derived value as a field of a query: by its short name where it has one.
fn written(derived: Derived) -> String {
    let short = derived.name().trim_start_matches('@');
    let is_its_own = field::select(short).and_then(|select| select.derived()) == Some(derived);
    if is_its_own { short.to_owned() } else { derived.name().to_owned() }
}

/// Where it came from.
#[component]
fn Provenance(event: Selected) -> impl IntoView {
    let view = view();
    let session = expect_context::<Session>();
    let path = session.path(event.file);
    let whole = visible_text(&path).into_owned();
    let copied = path.clone();
    view! {
        <p id="provenance" class="data">
            <button id="provenance-file" class="path" title=format!("{whole} (click: all files)") on:click=move |_| view.show_files(FileFilter::All)>
                {visible(&elided(&path, 52))}
            </button>
            <span class="acts">{copy_button("the path of the file", move || copied.clone())}</span>
            <span class="record">{format!("record {}", grouped(u64::from(event.record)))}</span>
        </p>
    }
}

/// The record as text.
#[component]
fn Json(record: Arc<Record>) -> impl IntoView {
    let all = RwSignal::new(false);
    let copied = RwSignal::new(false);
    let length = record.pretty.chars().count();
    let shown = record.clone();
    let text = move || {
        if all.get() || length <= SHOWN {
            Either::Left(visible_lines(&shown.pretty))
        } else {
            Either::Right(visible_lines(&shown.pretty.chars().take(SHOWN).collect::<String>()))
        }
    };
    let copy = move |_| {
        dom::copy(&record.pretty);
        copied.set(true);
    };
    view! {
        <div class="json-tools">
            <button class="plain" on:click=copy>{icons::copy()}{move || if copied.get() { "Copied" } else { "Copy" }}</button>
        </div>
        <pre id="detail-json" class="data">{text}</pre>
        {move || (length > SHOWN && !all.get()).then(|| {
            let words = format!("Show all {}", counted(length as u64, "character", "characters"));
            view! { <button class="button" on:click=move |_| all.set(true)>{words}</button> }
        })}
    }
}
