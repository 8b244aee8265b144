//! The query as chips: a clause each.

use leptos::prelude::*;

/// See the module.
#[component]
pub fn Chips() -> impl IntoView {}
