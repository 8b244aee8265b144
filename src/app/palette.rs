//! Every command by its name.

use leptos::prelude::*;

/// See the module.
#[component]
pub fn Palette() -> impl IntoView {}
