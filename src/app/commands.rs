//! Every command of the page: its name, its keys, when it makes sense and what it does. The keys, the list of them and the
//! palette all read this list, so that none of them can say what another does not do.

use super::ask::Asker;
use super::logs::{self, lines};
use super::view::{Column, FileFilter, LaneOrder, Room, View};
use super::{dom, field, grid, metrics, neighbours, worth};
use crate::query::order::{Order, SortBy};
use crate::session::page::Session;
use leptos::prelude::*;
use std::time::Duration;
use web_sys::wasm_bindgen::JsCast;

/// What a command has to do with: a heading of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The query.
    Search,
    /// Ways through the page.
    Go,
    /// The table of events, and the one selected.
    Events,
    /// The range of time.
    Time,
    /// What is shown, and how.
    Show,
    /// Files in and out.
    Files,
}

impl Group {
    /// All of them, in the order of the lists.
    pub const ALL: [Self; 6] = [Self::Search, Self::Go, Self::Events, Self::Time, Self::Show, Self::Files];

    /// The heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Search => "Search",
            Self::Go => "Go to",
            Self::Events => "Events",
            Self::Time => "Time",
            Self::Show => "Show",
            Self::Files => "Files",
        }
    }
}

/// What a command does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Puts the caret into the search box.
    Search,
    /// Empties the search box.
    ClearQuery,
    /// The search, the clauses beside it and the range of time: all gone.
    ClearFilters,
    /// As on the first day: no filter, no selection, the table of events from its top.
    Start,
    /// Closes what is open, then goes back to the range of time before.
    Back,
    /// Opens a room.
    Room(Room),
    /// Opens the palette.
    Palette,
    /// Opens the list of keys.
    Keys,
    /// Puts the address of this view on the clipboard.
    CopyLink,
    /// Moves the cursor of the table, by the name of the key that does it in any list.
    Move(&'static str),
    /// Shows the event under the cursor in full.
    Open,
    /// Gives the keyboard to the detail of the event.
    IntoDetail,
    /// Goes to another event of the selected event's actor; `true` is the next one.
    SameActor(bool),
    /// Sorts by time; `true` has the newest first.
    ByTime(bool),
    /// Half the range of time.
    ZoomIn,
    /// The range before.
    ZoomOut,
    /// Moves the range; `true` is later.
    Pan(bool),
    /// Leaves all ranges.
    AllOfTime,
    /// Times in UTC or in the zone of this computer.
    Zone,
    /// Shows the facets, or hides them.
    Facets,
    /// Stacks the time strip by a field.
    Stack(&'static str),
    /// Bars of the strip as shares, or as counts.
    Share,
    /// Lanes of the timeline by a field.
    Lanes(&'static str),
    /// The order of the lanes.
    LaneOrder(LaneOrder),
    /// Adds a facet, or takes it away.
    Facet(&'static str),
    /// Adds a column, or takes it away.
    Column(&'static str),
    /// Wraps the messages of log lines, or cuts them to one line each.
    Wrap,
    /// Shows the log groups beside the lines, or hides them.
    Groups,
    /// Shows the stream that the selected log line stands in, alone.
    InStream,
    /// Lists some of the files.
    Files(FileFilter),
    /// Opens a chart of how many events the search finds.
    ChartSearch,
    /// Opens the report of chains of custody.
    Report,
    /// Opens the browser's dialog for files, by the id of the input.
    Choose(&'static str),
    /// Presses the button with this id, where the page has one.
    Press(&'static str),
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What it is called in the page's own code.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Where it is listed.
    pub group: Group,
    /// Its keys: as the browser names them, with `Ctrl+` (which is ⌘ on a Mac) or `Shift+` before.
    pub keys: &'static [&'static str],
    /// What it does.
    pub act: Act,
}

/// The keys of the rooms, in their order.
const DIGITS: [&[&str]; 9] = [&["1"], &["2"], &["3"], &["4"], &["5"], &["6"], &["7"], &["8"], &["9"]];

type Line = (Group, &'static str, &'static str, &'static [&'static str], Act);

/// The commands that are always the same.
const FIXED: [Line; 53] = [
    (Group::Search, "search", "Into the search box", &["/"], Act::Search),
    (Group::Search, "chart-search", "Chart this search", &[], Act::ChartSearch),
    (Group::Search, "clear-query", "Clear the search", &[], Act::ClearQuery),
    (Group::Search, "clear-filters", "Clear all filters and the time range", &[], Act::ClearFilters),
    (Group::Go, "back", "Back one step: close the detail, then zoom out", &["Escape"], Act::Back),
    (Group::Go, "start", "Back to the start: no filter, no range, nothing selected", &["0"], Act::Start),
    (Group::Go, "palette", "Find a command", &["Ctrl+k"], Act::Palette),
    (Group::Go, "keys", "Keys and help", &["?"], Act::Keys),
    (Group::Go, "copy-link", "Copy a link to this view", &["y"], Act::CopyLink),
    (Group::Events, "next", "Next row", &["j", "ArrowDown"], Act::Move("ArrowDown")),
    (Group::Events, "previous", "Previous row", &["k", "ArrowUp"], Act::Move("ArrowUp")),
    (Group::Events, "next-page", "A page down", &["PageDown", " "], Act::Move("PageDown")),
    (Group::Events, "previous-page", "A page up", &["PageUp", "Shift+ "], Act::Move("PageUp")),
    (Group::Events, "first", "First row", &["Home"], Act::Move("Home")),
    (Group::Events, "last", "Last row", &["End"], Act::Move("End")),
    (Group::Events, "open", "Open the selected event", &["Enter"], Act::Open),
    (Group::Events, "into-detail", "Into the detail of the event", &["e"], Act::IntoDetail),
    (
        Group::Events,
        "next-of-actor",
        "Next event of the same actor; in Logs, line of the same stream",
        &["]"],
        Act::SameActor(true),
    ),
    (
        Group::Events,
        "previous-of-actor",
        "Previous event of the same actor; in Logs, line of the same stream",
        &["["],
        Act::SameActor(false),
    ),
    (Group::Events, "in-stream", "Show the log line in its stream", &["i"], Act::InStream),
    (Group::Events, "newest", "Sort by time, newest first", &[], Act::ByTime(true)),
    (Group::Events, "oldest", "Sort by time, oldest first", &[], Act::ByTime(false)),
    (Group::Events, "copy-tsv", "Copy rows as a table (TSV)", &[], Act::Press("copy-tsv")),
    (Group::Events, "copy-json", "Copy rows as JSON", &[], Act::Press("copy-json")),
    (Group::Events, "export-events-csv", "Save events as CSV", &[], Act::Press("export-events-csv")),
    (Group::Events, "export-events-ndjson", "Save events as NDJSON", &[], Act::Press("export-events-ndjson")),
    (Group::Events, "export-events-records", "Save the original records", &[], Act::Press("export-events-records")),
    (Group::Time, "zoom-in", "Zoom in", &["w"], Act::ZoomIn),
    (Group::Time, "zoom-out", "Zoom out", &["s"], Act::ZoomOut),
    (Group::Time, "earlier", "Earlier", &["a"], Act::Pan(false)),
    (Group::Time, "later", "Later", &["d"], Act::Pan(true)),
    (Group::Time, "all-of-time", "Show all of time", &[], Act::AllOfTime),
    (Group::Time, "zone", "Times in UTC or local", &["t"], Act::Zone),
    (Group::Show, "facets", "Show or hide the facets", &["f"], Act::Facets),
    (Group::Show, "columns", "Choose columns", &[], Act::Press("columns")),
    (Group::Show, "density", "Denser or wider rows", &[], Act::Press("density")),
    (Group::Show, "wrap", "Wrap the messages of log lines", &["z"], Act::Wrap),
    (Group::Show, "groups", "Show or hide the log groups", &["g"], Act::Groups),
    (Group::Show, "share", "Time strip as shares or counts", &[], Act::Share),
    (Group::Show, "lanes-first", "Order lanes by their first event", &[], Act::LaneOrder(LaneOrder::First)),
    (Group::Show, "lanes-last", "Order lanes by their last event", &[], Act::LaneOrder(LaneOrder::Last)),
    (Group::Show, "lanes-count", "Order lanes by number of events", &[], Act::LaneOrder(LaneOrder::Count)),
    (Group::Files, "choose-folder", "Choose a folder…", &[], Act::Choose("choose-folder")),
    (Group::Files, "choose-files", "Choose files…", &[], Act::Choose("choose-files")),
    (Group::Files, "choice-read", "Read the files that are selected", &[], Act::Press("choice-read")),
    (Group::Files, "choice-cancel", "Read none of the files found", &[], Act::Press("choice-cancel")),
    (Group::Files, "cancel", "Cancel reading", &[], Act::Press("cancel")),
    (Group::Files, "files-all", "List all files", &[], Act::Files(FileFilter::All)),
    (Group::Files, "files-problems", "List files with problems", &[], Act::Files(FileFilter::Problems)),
    (Group::Files, "files-no-events", "List files without events", &[], Act::Files(FileFilter::NoEvents)),
    (
        Group::Files,
        "files-not-opened",
        "List files of kinds that are not opened",
        &[],
        Act::Files(FileFilter::NotOpened),
    ),
    (Group::Files, "report", "Integrity report", &[], Act::Report),
    (Group::Files, "files-left-out", "List files that were left out", &[], Act::Files(FileFilter::LeftOut)),
];

/// The commands that do not depend on what is shown: all that have keys are among them.
#[must_use]
pub fn fixed() -> Vec<Command> {
    let rooms = Room::ALL.into_iter().zip(DIGITS).map(|(room, keys)| Command {
        id: format!("room-{}", room.title().to_lowercase()),
        title: room.title().to_owned(),
        group: Group::Go,
        keys,
        act: Act::Room(room),
    });
    let rest = FIXED.into_iter().map(|(group, id, title, keys, act)| Command {
        id: id.to_owned(),
        title: title.to_owned(),
        group,
        keys,
        act,
    });
    rooms.chain(rest).collect()
}

/// The command of a key, named as in [`Command::keys`].
#[must_use]
pub fn of_key(key: &str) -> Option<Command> {
    fixed().into_iter().find(|command| command.keys.contains(&key))
}

/// A heading within a sentence: "Source IP" is "source IP" there.
fn in_sentence(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Does commands. A handle, provided as context.
#[derive(Clone, Copy)]
pub struct Commands {
    session: Session,
    view: View,
    asker: Asker,
    /// Whether the rooms are there: before, there is nothing to search or to move through.
    pub in_rooms: Signal<bool>,
    /// Whether the palette is open.
    pub palette: RwSignal<bool>,
    /// Ids of the commands chosen in the palette, the last one first.
    pub recent: RwSignal<Vec<String>>,
    /// What was done, where nothing else on the page shows it.
    pub done: RwSignal<Option<&'static str>>,
}

impl Commands {
    /// Of this page.
    #[must_use]
    pub fn new(session: Session, view: View, asker: Asker, in_rooms: Signal<bool>) -> Self {
        let (palette, recent, done) = (RwSignal::new(false), RwSignal::default(), RwSignal::new(None));
        Self { session, view, asker, in_rooms, palette, recent, done }
    }

    /// The commands that can be done now, those of each field among them.
    #[must_use]
    pub fn now(self) -> Vec<Command> {
        let mut all = fixed();
        let view = self.view;
        let shown = untrack(|| view.shown());
        for name in field::short() {
            let said = in_sentence(&field::title(name));
            let facet = view.facets.with_untracked(|facets| facets.iter().any(|known| known == name));
            let column = shown.columns.with_untracked(|columns| columns.iter().any(|known| known.field == name));
            let of_field = [
                ("stack", format!("Stack by {said}"), Act::Stack(name)),
                ("lanes", format!("Lanes by {said}"), Act::Lanes(name)),
                ("facet", format!("{} facet: {said}", if facet { "Remove" } else { "Add" }), Act::Facet(name)),
                ("column", format!("{} column: {said}", if column { "Remove" } else { "Add" }), Act::Column(name)),
            ];
            // Whole messages are no values to count by.
            let of_field = of_field.into_iter().filter(|(what, ..)| name != lines::MESSAGE || *what == "column");
            all.extend(of_field.map(|(what, title, act)| Command {
                id: format!("{what}-by-{}", name.trim_start_matches('@')),
                title,
                group: Group::Show,
                keys: &[],
                act,
            }));
        }
        all.retain(|command| self.applies(&command.act));
        all
    }

    /// Whether a command makes sense now.
    #[must_use]
    pub fn applies(self, act: &Act) -> bool {
        let view = self.view;
        let zoomed = || view.zoom.with_untracked(|zoom| !zoom.is_empty());
        let searching = || view.typed.with_untracked(|typed| !typed.is_empty());
        let filtered = || searching() || zoomed() || view.disabled.with_untracked(|disabled| !disabled.is_empty());
        let in_logs = || view.room.get_untracked() == Room::Logs;
        let in_table =
            || matches!(view.room.get_untracked(), Room::Events | Room::Logs) && view.scroll.total.get_untracked() > 0;
        match act {
            Act::Palette | Act::Keys => return true,
            Act::Press(id) => return button(id).is_some(),
            Act::Choose(id) if document().get_element_by_id(id).is_some() => return true,
            _ if !self.in_rooms.get_untracked() => return false,
            _ => {}
        }
        match act {
            Act::ClearQuery => searching(),
            Act::ClearFilters => filtered(),
            Act::Back => zoomed() || view.detail.get_untracked(),
            Act::ZoomOut | Act::AllOfTime | Act::Pan(_) => zoomed(),
            Act::Move(_) => in_table(),
            Act::Open => in_table() && view.cursor.with_untracked(Option::is_some),
            Act::IntoDetail | Act::SameActor(_) => {
                view.selected.with_untracked(Option::is_some) && view.room.get_untracked().has_detail()
            }
            Act::Wrap | Act::Groups => in_logs() && view.has_lines.get_untracked(),
            Act::InStream => view.selected.with_untracked(Option::is_some) && view.has_lines.get_untracked(),
            Act::Report => self.session.judgement.with_untracked(Option::is_some),
            // Where there are log lines, their facets come by themselves.
            Act::Facet(field) if lines::FACETS.contains(field) => !view.has_lines.get_untracked(),
            // Where the evidence was weighed, its facet comes by itself.
            Act::Facet(worth::INTEGRITY) => self.session.judgement.with_untracked(Option::is_none),
            Act::Files(FileFilter::LeftOut) => self.session.progress.with_untracked(|progress| progress.left_out > 0),
            _ => true,
        }
    }

    /// Does what a command does; whether there was anything to do.
    pub fn run(self, act: &Act) -> bool {
        if !self.applies(act) {
            return false;
        }
        let view = self.view;
        match act {
            Act::Search => dom::focus("search"),
            Act::ClearQuery => view.search(String::new()),
            Act::ClearFilters => self.clear_filters(),
            Act::Start => self.start(),
            Act::Back => self.back(),
            Act::Room(room) => view.room.set(*room),
            Act::Palette => self.palette.set(true),
            Act::Keys => view.keys.set(true),
            Act::CopyLink => {
                // Whatever was chosen last is in the address by then.
                request_animation_frame(|| dom::copy(&window().location().href().unwrap_or_default()));
                self.tell("Link copied");
            }
            Act::Move(key) => return grid::step(key, view.scroll, view.cursor, false),
            Act::Open => view.detail.set(true),
            Act::IntoDetail => {
                view.detail.set(true);
                request_animation_frame(|| {
                    let _found = dom::focus_first("#pivots button") || dom::focus_first("#detail button");
                });
            }
            Act::SameActor(later) => {
                let by = if view.room.get_untracked() == Room::Logs { lines::STREAM } else { "actor" };
                neighbours::step(self.session, view, self.asker, by, *later);
            }
            Act::ByTime(newest) => view.order.set(Order { by: SortBy::Time, descending: *newest }),
            Act::ZoomIn => view.zoom_in(),
            Act::ZoomOut => view.zoom_out(),
            Act::Pan(later) => view.pan(*later),
            Act::AllOfTime => view.zoom.set(Vec::new()),
            Act::Zone => view.zone.update(|zone| *zone = zone.other()),
            Act::Facets => view.facets_open.update(|open| *open = !*open),
            Act::Stack(field) => untrack(|| view.stack()).update(|stack| stack.field = (*field).to_owned()),
            Act::Share => untrack(|| view.stack()).update(|stack| stack.share = !stack.share),
            Act::Lanes(field) => {
                view.lanes.update(|lanes| {
                    // Pinned and hidden are values of the field that was.
                    if lanes.field != *field {
                        lanes.field = (*field).to_owned();
                        lanes.pinned.clear();
                        lanes.hidden.clear();
                    }
                });
                view.room.set(Room::Timeline);
            }
            Act::LaneOrder(order) => {
                view.lanes.update(|lanes| lanes.order = *order);
                view.room.set(Room::Timeline);
            }
            Act::Facet(field) => view.facets.update(|facets| {
                let before = facets.len();
                facets.retain(|known| known != field);
                if facets.len() == before {
                    facets.push((*field).to_owned());
                    view.facets_open.set(true);
                }
            }),
            Act::Wrap => view.wrap.update(|wrap| *wrap = !*wrap),
            Act::Groups => view.groups_open.update(|open| *open = !*open),
            Act::InStream => logs::in_stream(self.session, view),
            Act::Column(field) => untrack(|| view.shown()).columns.update(|columns| {
                let before = columns.len();
                columns.retain(|known| known.field != *field);
                if columns.len() == before {
                    columns.push(Column { field: (*field).to_owned(), width: None });
                }
            }),
            Act::Files(filter) => view.show_files(*filter),
            Act::ChartSearch => metrics::chart_search(view),
            Act::Report => view.report.set(true),
            Act::Choose(id) => self.choose(id),
            Act::Press(id) => {
                if let Some(button) = button(id) {
                    button.click();
                }
            }
        }
        true
    }

    fn clear_filters(self) {
        self.view.disabled.set(Vec::new());
        self.view.zoom.set(Vec::new());
        self.view.search(String::new());
    }

    fn start(self) {
        let view = self.view;
        self.clear_filters();
        view.detail.set(false);
        view.selected.set(None);
        view.cursor.set(None);
        view.room.set(Room::Events);
        view.scroll.show_first(0);
        request_animation_frame(|| dom::focus("grid"));
    }

    /// One step back. A keyboard that was in what closes goes on in the table.
    fn back(self) {
        let within =
            document().active_element().is_some_and(|focus| focus.closest("#detail").is_ok_and(|it| it.is_some()));
        self.view.step_back();
        if within {
            request_animation_frame(|| dom::focus("grid"));
        }
    }

    /// Presses an input for files where it is, or else in the room of files.
    fn choose(self, id: &'static str) {
        let press = move || {
            if let Some(input) = button(id) {
                input.click();
            }
        };
        if button(id).is_some() {
            press();
        } else {
            self.view.room.set(Room::Files);
            request_animation_frame(press);
        }
    }

    fn tell(self, what: &'static str) {
        self.done.set(Some(what));
        set_timeout(move || self.done.set(None), Duration::from_secs(4));
    }
}

/// The element with this id, when it can be pressed.
fn button(id: &str) -> Option<web_sys::HtmlElement> {
    let element = document().get_element_by_id(id)?;
    (!element.has_attribute("disabled")).then_some(())?;
    element.dyn_into().ok()
}

/// The commands of the page.
#[must_use]
pub fn commands() -> Commands {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_key_and_an_id_mean_one_command() {
        let all = fixed();
        let (mut ids, mut keys) = (HashSet::new(), HashSet::new());
        for command in &all {
            assert!(ids.insert(command.id.clone()), "{}", command.id);
            for key in command.keys {
                assert!(keys.insert(*key), "{key}");
                assert_eq!(of_key(key).as_ref(), Some(command));
            }
        }
        assert_eq!(of_key("1").map(|command| command.act), Some(Act::Room(Room::Events)));
        assert_eq!(of_key("x"), None);
    }

    #[test]
    fn titles_stand_within_sentences() {
        assert_eq!(in_sentence("Source IP"), "source IP");
        assert_eq!(in_sentence("Actor"), "actor");
    }
}
