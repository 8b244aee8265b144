//! What can be done with a value: copy it, show only events with it, show events without it.

use crate::app::shown::{elided, visible_text};
use crate::app::view::view;
use crate::app::{dom, icons};
use leptos::prelude::*;
use web_sys::MouseEvent;

/// A button that copies what `text` gives.
pub fn copy_button<F: Fn() -> String + 'static>(what: &str, text: F) -> impl IntoView + use<F> {
    let done = RwSignal::new(false);
    let label = format!("Copy {}", visible_text(&elided(what, 60)));
    let text = StoredValue::new_local(text);
    let copy = move |_| {
        text.with_value(|text| dom::copy(&text()));
        done.set(true);
    };
    view! {
        <button
            class="act act-copy"
            class:done=done
            tabindex="-1"
            aria-label=label
            title=move || if done.get() { "Copied" } else { "Copy (c)" }
            on:click=copy
        >
            {icons::copy()}
        </button>
    }
}

/// Buttons for only events with a value of a field, and for those without it.
pub fn value_buttons(field: String, value: String) -> impl IntoView {
    let view = view();
    let said = visible_text(&elided(&value, 60)).into_owned();
    let (with, without) = (format!("Only events with {said}"), format!("Without events with {said}"));
    let chosen = StoredValue::new((field, value));
    let choose = move |include: bool| {
        chosen.with_value(|(field, value)| view.choose(field, Some(value), include));
    };
    view! {
        <button class="act act-include" tabindex="-1" aria-label=with title="Only events with this (+)" on:click=move |_| choose(true)>
            {icons::include()}
        </button>
        <button class="act act-exclude" tabindex="-1" aria-label=without title="Without this (-)" on:click=move |_| choose(false)>
            {icons::exclude()}
        </button>
    }
}

/// A click on a value with the Alt key excludes it; without, a click is left to whoever selects text.
pub fn alt_excludes(field: Option<String>, value: String) -> impl Fn(MouseEvent) + 'static {
    let view = view();
    move |event: MouseEvent| {
        if let Some(field) = field.as_ref().filter(|_| event.alt_key()) {
            event.prevent_default();
            view.choose(field, Some(&value), false);
        }
    }
}
