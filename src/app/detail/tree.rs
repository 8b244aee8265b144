//! A record as a tree. What is closed is not on the page, what is long is shown in part: a value of a megabyte costs no more
//! than a word until somebody asks for it. A text that holds JSON has it as a branch below.

use super::act::{self, copy_button, value_buttons};
use super::tree_keys;
use crate::app::shown::{counted, visible, visible_lines};
use crate::query::kql::written_path;
use crate::store::secret::MASK;
use crate::trail::embedded::{self, Embedded, embedded};
use leptos::attr::custom::{CustomAttr, custom_attribute};
use leptos::either::Either;
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;

/// Characters of a text shown at once.
const TEXT: usize = 400;

/// Members of a container shown at once.
const MEMBERS: usize = 100;

/// Members up to which a container below the top starts open: a policy document does not, a userIdentity does.
const OPEN: usize = 12;

/// What is known of the place of a node.
#[derive(Clone)]
struct Place {
    /// Keys from the root, elements of arrays left out; `None` inside of what was decoded, which no field reaches.
    keys: Option<Vec<String>>,
    /// Levels above it.
    depth: usize,
    /// How often texts around it were decoded.
    decoded: usize,
    /// What must be found in it, in lower case; empty for all.
    find: Arc<str>,
}

impl Place {
    fn inside(&self, key: &str, is_element: bool, find: Arc<str>) -> Self {
        let mut keys = self.keys.clone();
        if let Some(keys) = keys.as_mut().filter(|_| !is_element) {
            keys.push(key.to_owned());
        }
        Self { keys, depth: self.depth + 1, decoded: self.decoded, find }
    }

    /// The place as a field of a query.
    fn field(&self) -> Option<String> {
        let keys: Vec<&str> = self.keys.as_ref()?.iter().map(String::as_str).collect();
        written_path(&keys)
    }
}

/// The tree; of `find` (in lower case, empty for all) only what has it in a key or a value.
#[component]
pub fn Tree(root: Arc<Value>, find: Arc<str>) -> impl IntoView {
    let place = Place { keys: Some(Vec::new()), depth: 0, decoded: 0, find };
    let any = place.find.is_empty() || has(&root, &place.find, 0);
    if !any {
        return Either::Left(view! { <p class="note">"Nothing in this event has this text."</p> });
    }
    let node = NodeRef::<leptos::html::Ul>::new();
    Effect::new(move || {
        if let Some(node) = node.get() {
            tree_keys::begin(&node);
        }
    });
    Either::Right(view! {
        <ul
            id="detail-fields"
            class="tree data"
            role="tree"
            aria-label="Fields of the event"
            aria-keyshortcuts="c + -"
            node_ref=node
            on:keydown=tree_keys::pressed
            on:focusin=tree_keys::focused
        >
            {members(&root, &place)}
        </ul>
    })
}

/// Whether a key or a value in it has the text.
fn has(value: &Value, find: &str, decoded: usize) -> bool {
    let contains = |text: &str| text.to_lowercase().contains(find);
    match value {
        Value::Object(members) => members.iter().any(|(key, value)| contains(key) || has(value, find, decoded)),
        Value::Array(elements) => elements.iter().any(|element| has(element, find, decoded)),
        Value::String(text) => {
            contains(text)
                || (decoded < embedded::TIMES
                    && embedded(text).is_some_and(|inside| has(&inside.value, find, decoded + 1)))
        }
        Value::Number(number) => contains(&number.to_string()),
        Value::Bool(value) => contains(if *value { "true" } else { "false" }),
        Value::Null => contains("null"),
    }
}

/// Keys and values of a container that have the text looked for, and that text for each; in an array the keys are positions.
fn pairs(value: &Value, place: &Place) -> Vec<(String, Arc<Value>, Arc<str>)> {
    let keep = |key: String, value: &Value| {
        // Of what is called so, all is shown.
        let find = if key.to_lowercase().contains(&*place.find) { "".into() } else { place.find.clone() };
        (find.is_empty() || has(value, &find, place.decoded)).then(|| (key, Arc::new(value.clone()), find))
    };
    match value {
        Value::Object(members) => members.iter().filter_map(|(key, value)| keep(key.clone(), value)).collect(),
        Value::Array(elements) => {
            let looked_for = |at: usize, value: &Value| {
                let all = place.find.is_empty() || has(value, &place.find, place.decoded);
                all.then(|| (at.to_string(), Arc::new(value.clone()), place.find.clone()))
            };
            elements.iter().enumerate().filter_map(|(at, value)| looked_for(at, value)).collect()
        }
        _ => Vec::new(),
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.len(),
        Value::Array(elements) => elements.len(),
        _ => 0,
    }
}

fn members(value: &Value, place: &Place) -> AnyView {
    let is_array = value.is_array();
    let mut all = pairs(value, place);
    let total = all.len();
    let rest = if total > MEMBERS { all.split_off(MEMBERS) } else { Vec::new() };
    let draw = {
        let place = place.clone();
        move |all: Vec<(String, Arc<Value>, Arc<str>)>| -> Vec<AnyView> {
            all.into_iter()
                .map(|(key, value, find)| {
                    let place = place.inside(&key, is_array, find);
                    node(&key, &value, place)
                })
                .collect()
        }
    };
    let first = draw(all);
    let level = place.depth + 1;
    let rest = (!rest.is_empty()).then(|| {
        let all = RwSignal::new(false);
        move || {
            if all.get() {
                return Either::Left(draw(rest.clone()));
            }
            let words = format!("Show all {}", counted(total as u64, "member", "members"));
            Either::Right(view! {
                <li role="treeitem" {..level_of(level)} tabindex="-1">
                    <div class="line"><button class="more" tabindex="-1" on:click=move |_| all.set(true)>{words}</button></div>
                </li>
            })
        }
    });
    (first, rest).into_any()
}

fn node(key: &str, value: &Arc<Value>, place: Place) -> AnyView {
    match &**value {
        Value::Object(_) | Value::Array(_) if length(value) > 0 => branch(key, value, place, None),
        _ => leaf(key, value, place),
    }
}

/// How deep an item stands, from 1. The view macro does not know this attribute.
fn level_of(depth: usize) -> CustomAttr<&'static str, String> {
    custom_attribute("aria-level", depth.to_string())
}

/// A container that opens and closes. `words` say what it is, in place of how many members it has.
fn branch(key: &str, value: &Arc<Value>, place: Place, words: Option<(&'static str, String)>) -> AnyView {
    let total = length(value);
    let level = place.depth;
    let decoded = words.is_some();
    let open = RwSignal::new(!place.find.is_empty() || (!decoded && place.depth <= 2 && total <= OPEN));
    let (said, text) = words.map_or_else(|| (None, None), |(said, text)| (Some(said), Some(text)));
    let counted = match &**value {
        Value::Array(_) => counted(total as u64, "element", "elements"),
        _ => counted(total as u64, "member", "members"),
    };
    let words = said.map_or_else(|| counted.clone(), |said| format!("{said}, {counted}"));
    let copied = value.clone();
    let copy = copy_button(key, move || {
        text.clone().unwrap_or_else(|| serde_json::to_string_pretty(&copied).unwrap_or_default())
    });
    let value = value.clone();
    let inside = move || open.get().then(|| view! { <ul role="group">{members(&value, &place)}</ul> });
    view! {
        <li
            role="treeitem"
            {..level_of(level)}
            aria-expanded=move || open.get().to_string()
            tabindex="-1"
            data-decoded=decoded.then_some("true")
        >
            <div class="line">
                <button class="branch" tabindex="-1" on:click=move |_| open.update(|open| *open = !*open)>
                    <span class="fold" aria-hidden="true">{move || if open.get() { "▾" } else { "▸" }}</span>
                    <span class="key">{visible(key)}</span>
                    {move || (decoded || !open.get()).then(|| view! { <span class="dim">{words.clone()}</span> })}
                </button>
                <span class="acts">{copy}</span>
            </div>
            {inside}
        </li>
    }
    .into_any()
}

fn leaf(key: &str, value: &Value, place: Place) -> AnyView {
    let (class, text) = match value {
        Value::String(text) => ("text", text.clone()),
        Value::Number(number) => ("number", number.to_string()),
        Value::Bool(value) => ("word", value.to_string()),
        Value::Null => ("word", "null".to_owned()),
        Value::Object(_) => ("word", "{}".to_owned()),
        Value::Array(_) => ("word", "[]".to_owned()),
    };
    let text: Arc<str> = text.into();
    // What is masked is neither found by a query nor decoded; null and what is empty are no values.
    let masked = text.contains(MASK);
    let is_value = matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_)) && !masked;
    let field = if is_value { place.field() } else { None };
    let inside = match value {
        Value::String(text) if !masked && place.decoded < embedded::TIMES => embedded(text),
        _ => None,
    };
    let copied = text.clone();
    let copy = copy_button(key, move || copied.to_string());
    let buttons = field.clone().map(|field| value_buttons(field, text.to_string()));
    let alt = act::alt_excludes(field.clone(), text.to_string());
    let title = field.as_ref().map(|_| "Alt-click: without this value");
    let level = place.depth;
    let branch = inside.map(|Embedded { text, value }| {
        let place = Place { keys: None, depth: place.depth + 1, decoded: place.decoded + 1, find: place.find };
        let nested = branch("decoded", &Arc::new(value), place, Some(("JSON in this text", text)));
        view! { <ul role="group">{nested}</ul> }
    });
    view! {
        <li role="treeitem" class="leaf" {..level_of(level)} tabindex="-1" data-field=field>
            <div class="line">
                <span class="key">{visible(key)}</span>
                <span class=format!("value {class}") title=title on:click=alt>{long(text)}</span>
                <span class="acts">{copy}{buttons}</span>
            </div>
            {branch}
        </li>
    }
    .into_any()
}

/// A text, the first of it when it is long.
pub(super) fn long(text: Arc<str>) -> impl IntoView {
    if text.is_empty() {
        return Either::Left(view! { <span class="dim">"empty text"</span> }.into_any());
    }
    let Some((cut, _)) = text.char_indices().nth(TEXT) else { return Either::Left(visible_lines(&text).into_any()) };
    let all = RwSignal::new(false);
    Either::Right(move || {
        if all.get() {
            Either::Left(visible_lines(&text))
        } else {
            let words = format!("show all {}", counted(text.chars().count() as u64, "character", "characters"));
            Either::Right(view! {
                {visible_lines(&text[..cut])}"… "
                <button class="more" tabindex="-1" on:click=move |_| all.set(true)>{words}</button>
            })
        }
    })
}
