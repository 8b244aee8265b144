//! Dropping files anywhere on the page, at any time.

use crate::session::page::Session;
use leptos::ev;
use leptos::prelude::*;

/// Listens on the whole page; the signal tells whether files are held over it.
pub fn listen(session: Session) -> ReadSignal<bool> {
    let (held, set_held) = signal(false);
    let over = move |event: web_sys::DragEvent| {
        // Without this the browser would open the file in place of the page.
        event.prevent_default();
        let has_files = event.data_transfer().is_some_and(|transfer| transfer.types().includes(&"Files".into(), 0));
        if has_files && !held.get_untracked() {
            set_held.set(true);
        }
    };
    let handles = [
        window_event_listener(ev::dragenter, over),
        window_event_listener(ev::dragover, over),
        // Leaving an element for another inside the page has a related target; leaving the page has none.
        window_event_listener(ev::dragleave, move |event| {
            if event.related_target().is_none() {
                set_held.set(false);
            }
        }),
        window_event_listener(ev::drop, move |event| {
            event.prevent_default();
            set_held.set(false);
            if let Some(transfer) = event.data_transfer() {
                session.drop(&transfer);
            }
        }),
    ];
    on_cleanup(move || handles.into_iter().for_each(WindowListenerHandle::remove));
    held
}
