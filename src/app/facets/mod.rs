//! The facets: the commonest values of some fields, to choose from.

pub(super) mod focus;
mod one;
mod paths;
mod state;

use crate::app::side::{Handle, Side};
use leptos::prelude::*;
use one::One;
use paths::Paths;
use state::State;
use web_sys::KeyboardEvent;

const SIDE: Side = Side {
    name: "trailglass-facets-width",
    label: "Width of the facets",
    at_right: false,
    usual: 256.0,
    narrowest: 180.0,
    widest: 0.45,
};

/// The panel.
#[component]
pub fn Facets() -> impl IntoView {
    let state = State::start(SIDE.width());
    let browsing = RwSignal::new(false);
    let key = move |event: KeyboardEvent| {
        let back = match event.key().as_str() {
            "ArrowDown" => false,
            "ArrowUp" => true,
            _ => return,
        };
        event.prevent_default();
        focus::step("#facets .pick", back);
    };
    view! {
        <aside id="facets" aria-label="Facets" style:width=move || format!("{}px", state.width.get())>
            <div class="facet-list" on:keydown=key>
                <For each=move || state.fields() key=Clone::clone children=move |field| view! { <One field state/> }/>
            </div>
            <button id="add-field" class="plain" aria-haspopup="dialog" on:click=move |_| browsing.set(true)>
                "Add field…"
            </button>
            <Handle side=&SIDE width=state.width/>
        </aside>
        <Paths open=browsing state/>
    }
}
