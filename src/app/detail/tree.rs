//! A record as a tree. What is closed is not on the page, what is long is shown in part: a value of a megabyte costs no more
//! than a word until somebody asks for it.

use crate::app::shown::{counted, visible, visible_lines};
use crate::app::{dom, icons};
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

/// The tree.
#[component]
pub fn Tree(root: Arc<Value>) -> impl IntoView {
    view! { <ul id="detail-fields" class="tree data" role="tree">{members(&root, 0)}</ul> }
}

/// Keys and values of a container; in an array the keys are the positions.
fn pairs(value: &Value, from: usize, most: usize) -> Vec<(String, Arc<Value>)> {
    match value {
        Value::Object(members) => {
            members.iter().skip(from).take(most).map(|(key, value)| (key.clone(), Arc::new(value.clone()))).collect()
        }
        Value::Array(elements) => {
            let elements = elements.iter().enumerate().skip(from).take(most);
            elements.map(|(at, value)| (at.to_string(), Arc::new(value.clone()))).collect()
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

fn members(value: &Arc<Value>, depth: usize) -> AnyView {
    let first: Vec<_> = pairs(value, 0, MEMBERS).into_iter().map(|(key, value)| node(key, value, depth)).collect();
    let total = length(value);
    let rest = (total > MEMBERS).then(|| {
        let all = RwSignal::new(false);
        let value = value.clone();
        move || {
            if all.get() {
                let rest: Vec<_> = pairs(&value, MEMBERS, usize::MAX)
                    .into_iter()
                    .map(|(key, value)| node(key, value, depth))
                    .collect();
                Either::Left(rest)
            } else {
                let words = format!("Show all {}", counted(total as u64, "member", "members"));
                Either::Right(view! { <li><button class="more" on:click=move |_| all.set(true)>{words}</button></li> })
            }
        }
    });
    (first, rest).into_any()
}

fn node(key: String, value: Arc<Value>, depth: usize) -> AnyView {
    let total = length(&value);
    match &*value {
        Value::Object(_) | Value::Array(_) if total > 0 => branch(key, value, depth),
        _ => leaf(key, &value),
    }
}

fn branch(key: String, value: Arc<Value>, depth: usize) -> AnyView {
    let total = length(&value);
    let open = RwSignal::new(depth < 2 && total <= OPEN);
    let words = match &*value {
        Value::Array(_) => counted(total as u64, "element", "elements"),
        _ => counted(total as u64, "member", "members"),
    };
    let inside = move || open.get().then(|| view! { <ul role="group">{members(&value, depth + 1)}</ul> });
    view! {
        <li role="treeitem" aria-expanded=move || open.get().to_string()>
            <button class="branch" on:click=move |_| open.update(|open| *open = !*open)>
                <span class="fold" aria-hidden="true">{move || if open.get() { "▾" } else { "▸" }}</span>
                <span class="key">{visible(&key)}</span>
                {move || (!open.get()).then(|| view! { <span class="dim">{words.clone()}</span> })}
            </button>
            {inside}
        </li>
    }
    .into_any()
}

fn leaf(key: String, value: &Value) -> AnyView {
    let (class, text) = match value {
        Value::String(text) => ("text", text.clone()),
        Value::Number(number) => ("number", number.to_string()),
        Value::Bool(value) => ("word", value.to_string()),
        Value::Null => ("word", "null".to_owned()),
        Value::Object(_) => ("word", "{}".to_owned()),
        Value::Array(_) => ("word", "[]".to_owned()),
    };
    let text: Arc<str> = text.into();
    let copied = text.clone();
    let label = format!("Copy {key}");
    let done = RwSignal::new(false);
    let copy = move |_| {
        dom::copy(&copied);
        done.set(true);
    };
    view! {
        <li role="treeitem" class="leaf">
            <span class="key">{visible(&key)}</span>
            <span class=format!("value {class}")>{long(text)}</span>
            <button class="copy" class:done=done aria-label=label title="Copy" on:click=copy>{icons::copy()}</button>
        </li>
    }
    .into_any()
}

/// A text, the first of it when it is long.
fn long(text: Arc<str>) -> impl IntoView {
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
                <button class="more" on:click=move |_| all.set(true)>{words}</button>
            })
        }
    })
}
