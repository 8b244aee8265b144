//! The panels beside the room, and the edge by which a person makes one wider or narrower.

use super::{dom, kept};
use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

/// A panel.
pub struct Side {
    /// Under what its width is kept.
    pub name: &'static str,
    /// What the edge is, for those who do not see it.
    pub label: &'static str,
    /// It stands at the right of the room, so its edge is at its left.
    pub at_right: bool,
    /// Its width at first, in CSS pixels.
    pub usual: f64,
    /// Narrower than this it cannot be read.
    pub narrowest: f64,
    /// The share of the window that it may take.
    pub widest: f64,
}

/// By how much an arrow key moves the edge.
const STEP: f64 = 24.0;

impl Side {
    /// The width that a person left it with.
    #[must_use]
    pub fn width(&self) -> RwSignal<f64> {
        let known = kept::get(self.name).and_then(|text| text.parse().ok());
        RwSignal::new(known.filter(|width| *width >= self.narrowest).unwrap_or(self.usual))
    }
}

/// The edge of a panel.
#[component]
pub fn Handle(side: &'static Side, width: RwSignal<f64>) -> impl IntoView {
    let held = RwSignal::new(None::<f64>);
    let node = NodeRef::<leptos::html::Div>::new();
    let sign = if side.at_right { -1.0 } else { 1.0 };
    let set = move |to: f64| width.set(to.clamp(side.narrowest, (dom::width() * side.widest).max(side.narrowest)));
    let keep = move || kept::put(side.name, &format!("{:.0}", width.get_untracked()));
    let down = move |event: PointerEvent| {
        event.prevent_default();
        held.set(Some(width.get_untracked() - sign * f64::from(event.client_x())));
        if let Some(node) = node.get_untracked() {
            let _ = node.set_pointer_capture(event.pointer_id());
        }
    };
    let moved = move |event: PointerEvent| {
        if let Some(start) = held.get_untracked() {
            set(start + sign * f64::from(event.client_x()));
        }
    };
    let key = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowLeft" => -STEP,
            "ArrowRight" => STEP,
            _ => return,
        };
        event.prevent_default();
        set(width.get_untracked() + sign * by);
        keep();
    };
    view! {
        <div
            class="handle"
            node_ref=node
            role="separator"
            aria-orientation="vertical"
            aria-label=side.label
            aria-valuenow=move || format!("{:.0}", width.get())
            tabindex="0"
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=move |_| {
                held.set(None);
                keep();
            }
            on:pointercancel=move |_| held.set(None)
            on:keydown=key
        ></div>
    }
}
