//! The facets: the commonest values of some fields, to choose from.

use leptos::prelude::*;

/// See the module.
#[component]
pub fn Facets() -> impl IntoView {}
