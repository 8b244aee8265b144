//! What the browser keeps between visits: widths, columns, what is folded. Names of fields and numbers, nothing of any log. A
//! browser that keeps nothing (no room, no leave) forgets them; no harm.

use leptos::prelude::*;
use web_sys::Storage;

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// The text kept under a name.
#[must_use]
pub fn get(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Keeps a text under a name.
pub fn put(name: &str, text: &str) {
    if let Some(storage) = storage() {
        let _kept = storage.set_item(name, text);
    }
}

/// Keeps nothing under a name any more.
pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        let _forgotten = storage.remove_item(name);
    }
}
