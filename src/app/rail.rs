//! The rooms, and the way from one to another.

use super::ask::asker;
use super::filters::Bench;
use super::icons;
use super::shown::grouped;
use super::view::{Room, view};
use crate::integrity::words;
use crate::session::page::Session;
use leptos::prelude::*;

/// The rail at the left.
#[component]
pub fn Rail() -> impl IntoView {
    let view = view();
    let asker = asker();
    let filters = expect_context::<Bench>();
    let session = expect_context::<Session>();
    let here = move |room: Room| (view.room.get() == room).then_some("page");
    let problems = move || session.progress.with(|progress| progress.files_with_problems);
    let count = move |room: Room| match room {
        Room::Events => Some(asker.answer.with(|answer| answer.events)),
        Room::Logs => Some(asker.answer.with(|answer| answer.lines)).filter(|&lines| lines > 0),
        Room::Filters => Some(filters.loaded.with(|all| all.metric_filters.len() as u64)).filter(|&all| all > 0),
        Room::Metrics => Some(session.held.with(|held| held.catalog.series.len() as u64)).filter(|&all| all > 0),
        Room::Timeline | Room::Integrity => None,
        Room::Files => Some(u64::from(session.progress.with(|progress| progress.files_found))),
    };
    let altered =
        Memo::new(move |_| session.judgement.with(|judged| judged.as_deref().map_or(0, words::count_altered)));
    let trouble = move |room: Room| {
        let (count, what) = match room {
            Room::Events | Room::Timeline | Room::Logs | Room::Filters | Room::Metrics => return None,
            Room::Integrity => (altered.get(), "not as recorded"),
            Room::Files => (u64::from(problems()), "with problems"),
        };
        (count > 0).then(|| {
            let title = format!("{} {what}", grouped(count));
            view! { <span class="count failed data" title=title>"✕ "{grouped(count)}</span> }
        })
    };
    let icon = |room: Room| match room {
        Room::Events => icons::events().into_any(),
        Room::Timeline => icons::timeline().into_any(),
        Room::Logs => icons::logs().into_any(),
        Room::Filters => icons::filters().into_any(),
        Room::Metrics => icons::metrics().into_any(),
        Room::Integrity => icons::integrity().into_any(),
        Room::Files => icons::files().into_any(),
    };
    let buttons = Room::ALL.into_iter().enumerate().map(|(at, room)| {
        view! {
            <button
                id=format!("room-{}", room.title().to_lowercase())
                aria-current=move || here(room)
                title=format!("{} ({})", room.title(), at + 1)
                on:click=move |_| view.room.set(room)
            >
                {icon(room)}
                <span>{room.title()}</span>
                {move || count(room).map(|count| view! { <span class="count data">{grouped(count)}</span> })}
                {move || trouble(room)}
            </button>
        }
    });
    view! { <nav id="rail" aria-label="Rooms">{buttons.collect_view()}</nav> }
}
