//! The detail of the selected event: what it is in one line, then all of it, as a tree or as JSON.

mod tree;

use super::events::outcome_mark;
use super::pages::Pages;
use super::shown::{counted, elided, grouped, visible, visible_lines, visible_text};
use super::view::{Selected, view};
use super::{dom, icons};
use crate::session::page::Session;
use crate::session::questions;
use crate::store::secret::MASK;
use crate::trail::Derived;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use std::sync::Arc;
use web_sys::PointerEvent;

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

    fn text_at(&self, path: &str) -> Option<String> {
        let mut value = self.tree.as_deref()?;
        for key in path.split('.') {
            value = value.get(key)?;
        }
        match value {
            Value::String(text) => Some(text.clone()),
            _ => None,
        }
    }
}

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
    let derived = RwSignal::new(Arc::new(Values::default()));
    let width = RwSignal::new(stored_width());
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
            // Closed meanwhile, or another event selected: too late.
            if asked.try_get_value() == Some(token)
                && let Ok(text) = found
            {
                derived.set(Arc::new(Values(values.unwrap_or_default())));
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
            (Tab::Fields, Some(tree)) => EitherOf3::B(view! {
                <Derivations values=derived.get_untracked()/>
                <tree::Tree root=tree/>
            }),
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
    view! {
        <aside id="detail" aria-label="Selected event" style:width=move || format!("{}px", width.get())>
            <Handle width/>
            <div class="detail-head">
                {move || record.get().map(|(event, record)| view! { <Headline event record values=derived.get_untracked()/> })}
                <button id="close-detail" class="plain" aria-label="Close" title="Close (Esc)" on:click=move |_| view.detail.set(false)>
                    {icons::close()}
                </button>
            </div>
            {masked}
            <div class="tabs" role="tablist">
                {tab_button(Tab::Fields, "tab-fields", "Fields")}
                {tab_button(Tab::Json, "tab-json", "JSON")}
            </div>
            <div id="detail-body" role="tabpanel" tabindex="0">{body}</div>
            {move || view.selected.get().map(|event| view! { <Provenance event/> })}
        </aside>
    }
}

/// What it is: what was done, when, and by whom.
#[component]
fn Headline(event: Selected, record: Arc<Record>, values: Arc<Values>) -> impl IntoView {
    let view = view();
    let pages = expect_context::<Pages>();
    let name = record.text_at("eventName").unwrap_or_else(|| "Event without a name".to_owned());
    let service = values.first(Derived::Service);
    let who = values.first(Derived::Actor);
    let result = values.first(Derived::Result).filter(|result| !outcome_mark(result).0.is_empty());
    let error = result.map(|result| {
        let (class, glyph) = outcome_mark(&result);
        let said = record.text_at("errorCode").or_else(|| record.text_at("errorMessage")).filter(|said| !said.is_empty());
        let said = said.map_or_else(|| result.clone(), |said| format!("{result}: {said}"));
        view! { <p class=format!("data {class}")><span aria-hidden="true">{glyph}" "</span>{visible(&elided(&said, 300))}</p> }
    });
    let written = record.text_at("eventTime");
    let time = move || {
        let line = view.cursor.get().and_then(|position| pages.line(position)).filter(|line| line.event() == event);
        let at = line.and_then(|line| line.row.time).or_else(|| crate::time::parse(written.as_deref()?));
        let zone = view.zone.get();
        at.map_or_else(|| "no time".to_owned(), |at| format!("{} {}", zone.full(at), zone.name()))
    };
    view! {
        <div class="headline">
            <h2>
                {visible(&name)}
                {service.map(|service| view! { <span class="dim">" · "{visible(&service)}</span> })}
            </h2>
            <p class="data">{time}</p>
            {who.map(|who| view! { <p class="data who">{visible(&who)}</p> })}
            {error}
        </div>
    }
}

/// The derived values of an event.
#[derive(Debug, Default)]
struct Values(Vec<(Derived, String)>);

impl Values {
    fn first(&self, wanted: Derived) -> Option<String> {
        self.0.iter().find(|(derived, _)| *derived == wanted).map(|(_, text)| text.clone())
    }
}

/// What follows from the record: who, how it ended, on what.
#[component]
fn Derivations(values: Arc<Values>) -> impl IntoView {
    let rows = Derived::ALL.into_iter().filter_map(|derived| {
        let texts: Vec<_> = values.0.iter().filter(|(known, _)| *known == derived).map(|(_, text)| text).collect();
        let shown: Vec<_> = texts.iter().map(|text| view! { <span>{visible(text)}</span> }).collect();
        (!texts.is_empty()).then(|| view! { <dt>{derived.name()}</dt><dd>{shown}</dd> })
    });
    view! { <dl id="derived" class="data" aria-label="Derived values">{rows.collect_view()}</dl> }
}

/// Where it came from.
#[component]
fn Provenance(event: Selected) -> impl IntoView {
    let session = expect_context::<Session>();
    let path = session.path(event.file);
    let whole = visible_text(&path).into_owned();
    view! {
        <p id="provenance" class="data">
            <span class="path" title=whole>{visible(&elided(&path, 52))}</span>
            <span>{format!("record {}", grouped(u64::from(event.record)))}</span>
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

/// Where the width is kept between visits: it says nothing of any log.
const WIDTH: &str = "trailglass-detail-width";

/// Narrower than this the tree cannot be read.
const NARROWEST: f64 = 280.0;

fn stored_width() -> f64 {
    let kept = window().local_storage().ok().flatten().and_then(|storage| storage.get_item(WIDTH).ok().flatten());
    kept.and_then(|text| text.parse().ok()).filter(|width| *width >= NARROWEST).unwrap_or(460.0)
}

/// The edge by which the panel is made wider or narrower.
#[component]
fn Handle(width: RwSignal<f64>) -> impl IntoView {
    let held = RwSignal::new(None::<f64>);
    let node = NodeRef::<leptos::html::Div>::new();
    let set = move |to: f64| {
        let room = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(1_200.0);
        width.set(to.clamp(NARROWEST, (room * 0.7).max(NARROWEST)));
    };
    let keep = move || {
        if let Ok(Some(storage)) = window().local_storage() {
            // A browser that keeps nothing forgets the width; no harm.
            let _ = storage.set_item(WIDTH, &format!("{:.0}", width.get_untracked()));
        }
    };
    let down = move |event: PointerEvent| {
        event.prevent_default();
        held.set(Some(width.get_untracked() + f64::from(event.client_x())));
        if let Some(node) = node.get_untracked() {
            let _ = node.set_pointer_capture(event.pointer_id());
        }
    };
    let moved = move |event: PointerEvent| {
        if let Some(start) = held.get_untracked() {
            set(start - f64::from(event.client_x()));
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowLeft" => 24.0,
            "ArrowRight" => -24.0,
            _ => return,
        };
        event.prevent_default();
        set(width.get_untracked() + by);
        keep();
    };
    view! {
        <div
            class="handle"
            node_ref=node
            role="separator"
            aria-orientation="vertical"
            aria-label="Width of the detail"
            aria-valuenow=move || format!("{:.0}", width.get())
            tabindex="0"
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=move |_| {
                held.set(None);
                keep();
            }
            on:pointercancel=move |_| held.set(None)
            on:keydown=key
        ></div>
    }
}
