//! The rooms, and the way from one to another.

use super::ask::asker;
use super::icons;
use super::shown::grouped;
use super::view::{Room, view};
use crate::session::page::Session;
use leptos::prelude::*;

/// The rail at the left.
#[component]
pub fn Rail() -> impl IntoView {
    let view = view();
    let asker = asker();
    let session = expect_context::<Session>();
    let here = move |room: Room| (view.room.get() == room).then_some("page");
    let problems = move || session.progress.with(|progress| progress.files_with_problems);
    view! {
        <nav id="rail" aria-label="Rooms">
            <button
                id="room-events"
                aria-current=move || here(Room::Events)
                title="Events (1)"
                on:click=move |_| view.room.set(Room::Events)
            >
                {icons::events()}
                <span>"Events"</span>
                <span class="count data">{move || grouped(asker.answer.with(|answer| answer.total))}</span>
            </button>
            <button
                id="room-files"
                aria-current=move || here(Room::Files)
                title="Files (2)"
                on:click=move |_| view.room.set(Room::Files)
            >
                {icons::files()}
                <span>"Files"</span>
                <span class="count data">{move || grouped(u64::from(session.progress.with(|p| p.files_found)))}</span>
                {move || (problems() > 0).then(|| {
                    let title = format!("{} with problems", grouped(u64::from(problems())));
                    view! { <span class="count failed data" title=title>"✕ "{grouped(u64::from(problems()))}</span> }
                })}
            </button>
        </nav>
    }
}
