//! The room of metrics.

use leptos::prelude::*;

/// The room.
#[component]
pub fn Metrics() -> impl IntoView {
    view! { <section id="metrics" aria-label="Metrics"></section> }
}
