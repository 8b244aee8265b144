//! The bench of metric filters: what a pattern matches, and what it makes of it.

use leptos::prelude::*;

/// See the module.
#[component]
pub fn Filters() -> impl IntoView {
    view! { <section id="filters" aria-label="Metric filters"></section> }
}
