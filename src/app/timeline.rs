//! The timeline: events in lanes.

use leptos::prelude::*;

/// See the module.
#[component]
pub fn Timeline() -> impl IntoView {
    view! { <main id="timeline" class="room" aria-label="Timeline"></main> }
}
