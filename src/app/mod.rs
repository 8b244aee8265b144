//! What a person sees. Floor 5: no parsing, no scanning, no arithmetic on events; it asks the session and shows what it says.
//!
//! `view` holds what a person chose, `ask` turns that into questions and puts whole answers on the page, `pages` keeps the
//! rows around the place scrolled to; everything else is a part of the page. Text out of a log reaches the page only as text,
//! through `shown`.

mod again;
mod ask;
mod chips;
mod choice;
mod columns;
mod commands;
mod detail;
mod dom;
mod dropping;
mod events;
mod facets;
mod field;
mod files;
mod filters;
mod grid;
mod help;
mod icons;
mod integrity;
mod kept;
mod keys;
mod landing;
mod link;
mod loadbar;
mod logs;
mod metrics;
mod nearest;
mod neighbours;
mod offers;
mod pages;
mod palette;
mod rail;
mod report;
mod scroll;
mod search;
mod shown;
mod side;
mod status;
mod strip;
mod timeline;
mod view;
mod worth;
mod zone;

use crate::session::page::{Phase, Session};
use leptos::prelude::*;
use shown::counted;
use view::{Room, View};

/// What fills the page between its bars.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Landing,
    Choice,
    Rooms,
}

/// The page.
#[component]
pub fn App() -> impl IntoView {
    let session = Session::start();
    let view = View::new();
    let pages = pages::Pages::new(session, view);
    let asker = ask::Asker::new(session, view, pages);
    provide_context(session);
    provide_context(view);
    provide_context(pages);
    provide_context(asker);
    provide_context(filters::Bench::new(session, view));
    provide_context(metrics::RoomState::new(session, view));
    provide_context(metrics::Plots::new(session, view));
    link::keep(session, view);
    let held = dropping::listen(session);

    let phase = Memo::new(move |_| session.progress.with(|progress| progress.phase));
    let restarts = Memo::new(move |_| session.progress.with(|progress| progress.restarts));
    // Row numbers mean nothing any more once a shard was read anew: rather nothing selected than another event.
    Effect::new(move |before: Option<u32>| {
        let now = restarts.get();
        if before.is_some_and(|before| before != now) {
            view.selected.set(None);
            view.cursor.set(None);
        }
        now
    });
    // While the first folders are looked through the page stays as it was: they may lead to a choice, or to events.
    let stage = Memo::new(move |_| match phase.get() {
        Phase::Empty => Stage::Landing,
        Phase::Looking if session.generation.get() == 0 => Stage::Landing,
        Phase::Choosing => Stage::Choice,
        Phase::Looking | Phase::Reading | Phase::Checking | Phase::Done => Stage::Rooms,
    });
    let rooms = move || stage.get() == Stage::Rooms;
    let commands = commands::Commands::new(session, view, asker, Signal::derive(rooms));
    provide_context(commands);
    keys::listen(commands);
    let busy = move || {
        let loading = matches!(phase.get(), Phase::Looking | Phase::Choosing | Phase::Reading | Phase::Checking);
        loading
            || asker.busy.get()
            || asker.dimmed.get()
            || (matches!(view.room.get(), Room::Events | Room::Logs) && pages.waiting())
    };
    let files = move || counted(u64::from(session.progress.with(|progress| progress.files_found)), "file", "files");
    view! {
        <div
            id="app"
            class:holding=held
            class:reporting=move || view.report.get() && session.judgement.with(Option::is_some)
            data-phase=move || match phase.get() {
                Phase::Empty => "empty",
                Phase::Looking => "looking",
                Phase::Choosing => "choosing",
                Phase::Reading => "reading",
                Phase::Checking => "checking",
                Phase::Done => "done",
            }
            data-generation=move || asker.answer.with(|answer| answer.generation.to_string())
            data-answered=move || asker.answer.with(|answer| answer.token.to_string())
            data-busy=move || busy().to_string()
        >
            <Show when=rooms>
                <button id="skip" class="button" on:click=move |_| skip(view.room.get_untracked())>"Skip to the table"</button>
            </Show>
            <header id="top">
                <span class="mark">"Trailglass"</span>
                <Show when=rooms>
                    <h1 class="unseen">{move || format!("Trailglass: {}", view.room.get().title())}</h1>
                    <button id="case" class="plain" title="Show the files" on:click=move |_| view.room.set(Room::Files)>{files}</button>
                    <search::Search/>
                    <button
                        id="zone"
                        class="plain data"
                        title="Times in UTC or local (t)"
                        on:click=move |_| view.zone.update(|zone| *zone = zone.other())
                    >
                        {move || view.zone.get().name()}
                    </button>
                </Show>
            </header>
            {move || match stage.get() {
                Stage::Landing => landing::Landing().into_any(),
                Stage::Choice => choice::Choice().into_any(),
                Stage::Rooms => view! { <Rooms/> }.into_any(),
            }}
            <status::Status/>
            <help::Help/>
            <palette::Palette/>
            <report::Report/>
            <div id="drop-hint" aria-hidden="true"><span>"Drop to add these files"</span></div>
        </div>
    }
}

/// The rail, the query as chips, the time strip and the room that is open, with the facets and the detail beside it.
#[component]
fn Rooms() -> impl IntoView {
    let view = view::view();
    let asker = ask::asker();
    // Going where one is already must not make the room anew.
    let room = Memo::new(move |_| view.room.get());
    let of_events = move || room.get().is_of_events();
    // Values of nothing say nothing.
    let no_lines = move || room.get() == Room::Logs && !view.has_lines.get();
    let has_detail = move || room.get().has_detail();
    let detail = Memo::new(move |_| has_detail() && view.detail.get() && view.selected.with(Option::is_some));
    view! {
        <div id="middle">
            <rail::Rail/>
            <div id="stage">
                <chips::Chips/>
                <strip::Strip/>
                <div id="below" aria-busy=move || asker.dimmed.get().to_string()>
                    <div class="side" class:alone=move || !view.facets_open.get()>
                        <Show when=move || room.get() == Room::Logs && view.has_lines.get() && view.groups_open.get()>
                            <logs::Groups/>
                        </Show>
                        <Show when=move || of_events() && view.facets_open.get() && !no_lines()>
                            <facets::Facets/>
                        </Show>
                    </div>
                    {move || match room.get() {
                        Room::Events => events::Events().into_any(),
                        Room::Timeline => timeline::Timeline().into_any(),
                        Room::Logs => logs::Logs().into_any(),
                        Room::Filters => filters::Filters().into_any(),
                        Room::Metrics => metrics::Metrics().into_any(),
                        Room::Integrity => integrity::Integrity().into_any(),
                        Room::Files => files::Files().into_any(),
                    }}
                    <Show when=move || detail.get()>
                        <detail::Detail/>
                    </Show>
                </div>
            </div>
        </div>
    }
}

/// Gives the keyboard to what a room is about, past all that stands before it.
fn skip(room: Room) {
    let _found = match room {
        Room::Events => dom::focus_first("#grid"),
        Room::Timeline => dom::focus_first("#timeline [tabindex='0']") || dom::focus_first("#timeline button"),
        Room::Logs => dom::focus_first("#grid"),
        Room::Filters => dom::focus_first("#pattern"),
        Room::Metrics => dom::focus_first("#metric-search"),
        Room::Integrity => dom::focus_first("#custody-map") || dom::focus_first("#integrity button"),
        Room::Files => dom::focus_first("#file-grid"),
    };
}
