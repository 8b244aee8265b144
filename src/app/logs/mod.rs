//! The Logs room: log groups and streams, and their lines.

use leptos::prelude::*;

/// See the module.
#[component]
pub fn Logs() -> impl IntoView {
    view! { <section id="logs" aria-label="Logs"></section> }
}
