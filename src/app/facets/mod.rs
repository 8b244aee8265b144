//! The facets: the commonest values of some fields, to choose from.

pub(super) mod focus;
mod one;
mod paths;
mod state;

use crate::app::view::view;
use leptos::prelude::*;
use one::One;
use paths::Paths;
use state::{State, keep, kept};
use web_sys::{KeyboardEvent, PointerEvent};

/// Where the width is kept between visits: it says nothing of any log.
const WIDTH: &str = "trailglass-facets-width";

/// Narrower than this no value can be read.
const NARROWEST: f64 = 180.0;

fn stored_width() -> f64 {
    kept(WIDTH).and_then(|text| text.parse().ok()).filter(|width| *width >= NARROWEST).unwrap_or(256.0)
}

/// The panel.
#[component]
pub fn Facets() -> impl IntoView {
    let view = view();
    let state = State::start(stored_width());
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
                <For each=move || view.facets.get() key=Clone::clone children=move |field| view! { <One field state/> }/>
            </div>
            <button id="add-field" class="plain" aria-haspopup="dialog" on:click=move |_| browsing.set(true)>
                "Add field…"
            </button>
            <Handle width=state.width/>
        </aside>
        <Paths open=browsing state/>
    }
}

/// The edge by which the panel is made wider or narrower.
#[component]
fn Handle(width: RwSignal<f64>) -> impl IntoView {
    let held = RwSignal::new(None::<f64>);
    let node = NodeRef::<leptos::html::Div>::new();
    let set = move |to: f64| {
        let room = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(1_200.0);
        width.set(to.clamp(NARROWEST, (room * 0.45).max(NARROWEST)));
    };
    let keep_it = move || keep(WIDTH, &format!("{:.0}", width.get_untracked()));
    let down = move |event: PointerEvent| {
        event.prevent_default();
        held.set(Some(width.get_untracked() - f64::from(event.client_x())));
        if let Some(node) = node.get_untracked() {
            let _ = node.set_pointer_capture(event.pointer_id());
        }
    };
    let moved = move |event: PointerEvent| {
        if let Some(start) = held.get_untracked() {
            set(start + f64::from(event.client_x()));
        }
    };
    let key = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowLeft" => -24.0,
            "ArrowRight" => 24.0,
            _ => return,
        };
        event.prevent_default();
        set(width.get_untracked() + by);
        keep_it();
    };
    view! {
        <div
            class="handle"
            node_ref=node
            role="separator"
            aria-orientation="vertical"
            aria-label="Width of the facets"
            aria-valuenow=move || format!("{:.0}", width.get())
            tabindex="0"
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=move |_| {
                held.set(None);
                keep_it();
            }
            on:pointercancel=move |_| held.set(None)
            on:keydown=key
        ></div>
    }
}
