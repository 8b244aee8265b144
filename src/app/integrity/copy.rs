//! A button that copies a text.

use crate::app::dom;
use leptos::prelude::*;

/// A button with words that copies a text. `what` tells those who do not see what it stands beside.
#[component]
pub fn Copy(#[prop(into)] text: String, what: &'static str, #[prop(optional)] id: &'static str) -> impl IntoView {
    let copied = RwSignal::new(false);
    let text = StoredValue::new(text);
    let copy = move |event: web_sys::MouseEvent| {
        // In a row of a table the click would select it, too, and make this button anew.
        event.stop_propagation();
        text.with_value(|text| dom::copy(text));
        copied.set(true);
    };
    view! {
        <button
            id=(!id.is_empty()).then_some(id)
            class="plain copy"
            aria-label=move || format!("{} {what}", if copied.get() { "Copied" } else { "Copy" })
            on:click=copy
        >
            {move || if copied.get() { "Copied" } else { "Copy" }}
        </button>
    }
}

/// A command, whole, with its button.
#[component]
pub fn Command(#[prop(into)] text: String, #[prop(optional)] id: &'static str) -> impl IntoView {
    let shown = crate::app::shown::visible_text(&text).into_owned();
    view! {
        <div class="command">
            <code tabindex="0">{shown}</code>
            <Copy text what="the command" id/>
        </div>
    }
}
