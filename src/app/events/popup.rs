//! A panel that opens below a button, and closes by Escape, by a press elsewhere, or by its button.

use crate::app::dom;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// The button `id`, which says `label` and shows `icon`, and its panel with the id `panel`. `open` is which panel of the
/// room is open: one at a time.
#[component]
pub(super) fn Popup<V: IntoView + 'static>(
    id: &'static str,
    panel: &'static str,
    label: &'static str,
    open: RwSignal<Option<&'static str>>,
    icon: V,
    children: ChildrenFn,
) -> impl IntoView {
    let shown = Memo::new(move |_| open.get() == Some(id));
    let place = NodeRef::<leptos::html::Div>::new();
    let pressed = window_event_listener(leptos::ev::pointerdown, move |event| {
        if !shown.get_untracked() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let inside = place.get_untracked().is_some_and(|place| place.contains(target.as_deref()));
        if !inside {
            open.set(None);
        }
    });
    on_cleanup(move || pressed.remove());
    let key = move |event: KeyboardEvent| {
        if shown.get_untracked() {
            if event.key() == "Escape" {
                open.set(None);
                dom::focus(id);
                event.prevent_default();
            }
            // Keys pressed in here are none of the page's.
            event.stop_propagation();
        }
    };
    let children = StoredValue::new(children);
    view! {
        <div class="popup" node_ref=place on:keydown=key>
            <button
                id=id
                class="tool"
                aria-label=label
                title=label
                aria-haspopup="dialog"
                aria-expanded=move || shown.get().to_string()
                on:click=move |_| open.update(|open| *open = if *open == Some(id) { None } else { Some(id) })
            >
                {icon}
            </button>
            <Show when=move || shown.get()>
                <div id=panel class="panel" role="dialog" aria-label=label>
                    {children.with_value(|children| children())}
                </div>
            </Show>
        </div>
    }
}
