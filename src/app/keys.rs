//! Keys: what each does, and the list of them.

use super::view::{Room, View, view};
use super::{dom, grid};
use leptos::html::Dialog;
use leptos::prelude::*;

/// All keys, as the list shows them.
const KEYS: [(&str, &str); 13] = [
    ("/", "Search"),
    ("Ctrl Space", "In the search box: offer fields and values; ↓ chooses, Enter or Tab takes"),
    ("j k or ↓ ↑", "Next and previous row"),
    ("Page Up, Page Down, Home, End", "Move by pages, to the first and the last row"),
    ("Enter", "Open the selected row"),
    ("Esc", "Clear the search, close the detail, zoom out"),
    ("w s", "Zoom in, zoom out"),
    ("a d", "Earlier, later"),
    ("Drag in the time strip", "Zoom to a range"),
    ("Double-click in the time strip", "Zoom out"),
    ("t", "UTC or local time"),
    ("1 2 3", "Events, Timeline, Files"),
    ("?", "This list"),
];

/// Listens to the keys of the whole page.
pub fn listen(view: View) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() || dom::is_dialog_open() {
            return;
        }
        if dom::is_typing() {
            return;
        }
        if pressed(view, &event.key(), event.shift_key()) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Does what a key does; whether it does anything.
fn pressed(view: View, key: &str, shift: bool) -> bool {
    match key {
        "/" => dom::focus("search"),
        "?" => view.keys.set(true),
        "Escape" => view.step_back(),
        "w" => view.zoom_in(),
        "s" => view.zoom_out(),
        "a" => view.pan(false),
        "d" => view.pan(true),
        "t" => view.zone.update(|zone| *zone = zone.other()),
        "1" | "2" | "3" => {
            let room = key.parse::<usize>().ok().and_then(|number| Room::ALL.get(number - 1));
            room.into_iter().for_each(|&room| view.room.set(room));
        }
        _ => return in_table(view, key, shift),
    }
    true
}

/// Keys of the table. Those that also move or press other things are the table's only when nothing else has the focus.
fn in_table(view: View, key: &str, shift: bool) -> bool {
    if view.room.get_untracked() != Room::Events {
        return false;
    }
    let focus = document().active_element();
    let elsewhere = focus.is_some_and(|element| element.tag_name() != "BODY" && element.id() != "grid");
    if elsewhere && !matches!(key, "j" | "k") {
        return false;
    }
    if key == "Enter" {
        let any = view.cursor.get_untracked().is_some();
        if any {
            view.detail.set(true);
        }
        return any;
    }
    grid::step(key, view.scroll, view.cursor, shift)
}

/// The list of keys.
#[component]
pub fn Keys() -> impl IntoView {
    let view = view();
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if view.keys.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !view.keys.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog id="keys" node_ref=dialog aria-label="Keys" on:close=move |_| view.keys.set(false)>
            <h2>"Keys"</h2>
            <dl>
                {KEYS.map(|(keys, what)| view! { <dt><kbd>{keys}</kbd></dt><dd>{what}</dd> })}
            </dl>
            <button class="button" on:click=move |_| view.keys.set(false)>"Close"</button>
        </dialog>
    }
}
