//! The keys of the page. Which there are, and what they do, is in `commands`.

use super::commands::{Act, Commands, of_key};
use super::dom;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// Listens to the keys of the whole page.
pub fn listen(commands: Commands) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        // A part of the page that has dealt with a key says so by preventing what the browser would do.
        if event.alt_key() || event.is_composing() || event.default_prevented() || dom::is_dialog_open() {
            return;
        }
        let key = named(&event);
        if dom::is_typing() && !key.starts_with("Ctrl+") {
            return;
        }
        let Some(command) = of_key(&key) else { return };
        if !is_elsewhere(&command.act, &key) && commands.run(&command.act) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// What a key is called in the list of commands.
pub fn named(event: &KeyboardEvent) -> String {
    let mut key = event.key();
    // With the capitals locked, `J` is still the key `j`.
    if !event.shift_key() && key.chars().count() == 1 {
        key = key.to_lowercase();
    }
    match (event.ctrl_key() || event.meta_key(), event.shift_key()) {
        (true, _) => format!("Ctrl+{key}"),
        (false, true) if key == " " => format!("Shift+{key}"),
        _ => key,
    }
}

/// Keys of the table that also move or press other things are the table's only when nothing else has the focus.
fn is_elsewhere(act: &Act, key: &str) -> bool {
    if !matches!(act, Act::Move(_) | Act::Open) || matches!(key, "j" | "k") {
        return false;
    }
    document().active_element().is_some_and(|element| element.tag_name() != "BODY" && element.id() != "grid")
}

/// Whether the keyboard is a Mac's, where ⌘ stands for Ctrl.
fn is_mac() -> bool {
    window().navigator().platform().is_ok_and(|platform| platform.starts_with("Mac"))
}

/// A key as it is printed on keyboards.
#[must_use]
pub fn printed(key: &str) -> String {
    let (held, bare) = match key.split_once('+') {
        Some(("Ctrl", bare)) => (if is_mac() { "⌘ " } else { "Ctrl " }, bare),
        Some((_, bare)) => ("Shift ", bare),
        None => ("", key),
    };
    let bare = match bare {
        "ArrowDown" => "↓",
        "ArrowUp" => "↑",
        "PageDown" => "Page Down",
        "PageUp" => "Page Up",
        "Escape" => "Esc",
        " " => "Space",
        bare => bare,
    };
    // A letter that goes with Ctrl is written as on the key.
    let bare = if held.starts_with(['C', '⌘']) { bare.to_uppercase() } else { bare.to_owned() };
    format!("{held}{bare}")
}

/// The keys of a command, side by side.
pub fn shown(keys: &'static [&'static str]) -> impl IntoView {
    keys.iter().map(|key| view! { <kbd>{printed(key)}</kbd> }).collect_view()
}
