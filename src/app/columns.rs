//! The columns of the table of events: which there are, how wide each is, and what of that a browser remembers.

use super::logs::lines;
use super::view::{COLUMNS, Column, LOG_COLUMNS, Room, View, columns_of};
use super::{field, kept};
use crate::query::order::SortBy;
use crate::query::predicate::Select;
use leptos::prelude::*;

/// The field whose failures are shown by their code, which is fetched with it.
pub const RESULT: &str = "result";
/// That code.
pub const ERROR_CODE: &str = "error";

/// The narrowest that a column can be made.
pub const NARROWEST: u32 = 48;
/// The widest.
pub const WIDEST: u32 = 1_600;
/// Room at the end of the header for what stands there.
pub const TOOLS: u32 = 108;
/// One tool more.
pub const TOOL: u32 = 25;
/// Pixels of a character of data.
pub const CHARACTER: f64 = 7.23;
/// Pixels of a cell that are none of its text.
pub const PADDING: u32 = 20;

const STORED: &str = "trailglass-columns";
const STORED_LINES: &str = "trailglass-log-columns";
const STORED_DENSITY: &str = "trailglass-density";

/// Width of the column of times, without milliseconds and with them.
#[must_use]
pub fn time_width(milliseconds: bool) -> u32 {
    if milliseconds { 190 } else { 160 }
}

/// Whether a field is the name of the event.
#[must_use]
pub fn is_name(field: &str) -> bool {
    matches!(field, "action" | "name" | "eventName")
}

/// Whether a field is the service that an event came from.
#[must_use]
pub fn is_source(field: &str) -> bool {
    matches!(field, "service" | "source" | "eventSource")
}

/// The least width of a field's column, and its share of what is left over.
fn usual(field: &str) -> (u32, f64) {
    match field {
        "action" | "name" | "eventName" => (200, 1.0),
        "actor" => (232, 1.2),
        "result" => (144, 0.6),
        "ip" => (124, 0.0),
        "resource" => (208, 1.4),
        "service" => (96, 0.0),
        "region" | "access" | "actorType" => (100, 0.0),
        "integrity" => (112, 0.0),
        "account" => (112, 0.0),
        "severity" => (84, 0.0),
        "logStream" | "logGroup" => (172, 0.0),
        "format" => (112, 0.0),
        lines::MESSAGE => (240, 6.0),
        "id" => (280, 0.0),
        _ => (160, 0.8),
    }
}

/// The width of a column in pixels, and its share of what is left over where nobody set it.
#[must_use]
pub fn width(column: &Column) -> (u32, f64) {
    column.width.map_or_else(|| usual(&column.field), |width| (width.clamp(NARROWEST, WIDEST), 0.0))
}

/// The columns as a grid of the style sheet has them, and the width below which the table is scrolled sideways.
#[must_use]
pub fn template(time: u32, columns: &[Column], tools: u32) -> (String, u32) {
    let mut out = format!("{time}px");
    let mut least = time + tools;
    for column in columns {
        let (width, share) = width(column);
        least += width;
        out += &if share > 0.0 { format!(" minmax({width}px, {share}fr)") } else { format!(" {width}px") };
    }
    out += &format!(" minmax({tools}px, 0.001fr)");
    (out, least)
}

/// The columns that the table has in this room. The stream of lines has none while there is but one.
#[must_use]
pub fn here(view: View) -> Vec<Column> {
    let mut columns = view.shown().columns.get();
    if view.in_logs() && view.one_stream.get() {
        columns.retain(|column| column.field != lines::STREAM);
    }
    columns
}

/// The fields of columns, with those that come along. With `lines` among the events a cell that is about calls shows
/// something of a line in its place.
#[must_use]
pub fn wanted(columns: &[Column], lines: bool) -> Vec<String> {
    let mut fields: Vec<String> = columns.iter().map(|column| column.field.clone()).collect();
    let mut along: Vec<&str> = Vec::new();
    if fields.iter().any(|field| field == RESULT) {
        along.push(ERROR_CODE);
    }
    if lines && fields.iter().any(|field| is_name(field)) {
        along.extend([lines::MESSAGE, lines::FORMAT, lines::SEVERITY]);
    }
    if lines && fields.iter().any(|field| is_source(field)) {
        along.extend([lines::FORMAT, lines::GROUP]);
    }
    for field in along {
        if fields.iter().all(|known| known != field) {
            fields.push(field.to_owned());
        }
    }
    fields
}

/// What fields select. One that is none selects what no event has.
#[must_use]
pub fn selects(fields: &[String]) -> Vec<Select> {
    fields.iter().map(|name| field::select(name).unwrap_or_else(|| Select::keys(""))).collect()
}

/// What sorting by a field goes by.
#[must_use]
pub fn sort(written: &str) -> Option<SortBy> {
    field::select(written).map(SortBy::Field)
}

/// The columns that are there at first in a room.
#[must_use]
pub fn usual_columns(room: Room) -> Vec<Column> {
    columns_of(if room == Room::Logs { &LOG_COLUMNS } else { &COLUMNS })
}

/// Changes the columns of this room, as a person did, and remembers them.
pub fn change(view: View, change: impl FnOnce(&mut Vec<Column>)) {
    untrack(|| view.shown()).columns.update(change);
    keep(view);
}

/// Remembers the columns: names of fields and widths.
pub fn keep(view: View) {
    let room = view.room.get_untracked();
    let stored = if room == Room::Logs { STORED_LINES } else { STORED };
    let columns = untrack(|| view.shown()).columns.get_untracked();
    if columns == usual_columns(room) {
        kept::forget(stored);
    } else {
        let all: Vec<(String, Option<u32>)> = columns.into_iter().map(|one| (one.field, one.width)).collect();
        kept::put(stored, &serde_json::to_string(&all).unwrap_or_default());
    }
}

/// Takes the columns and the height of rows that a person chose last time.
pub fn recall(view: View) {
    for (stored, columns) in [(STORED, view.events.columns), (STORED_LINES, view.lines.columns)] {
        let text = kept::get(stored).unwrap_or_default();
        if let Ok(all) = serde_json::from_str::<Vec<(String, Option<u32>)>>(&text) {
            let fits = |(field, width): (String, Option<u32>)| {
                let width = width.map(|width| width.clamp(NARROWEST, WIDEST));
                field::select(&field).is_some().then_some(Column { field, width })
            };
            columns.set(all.into_iter().filter_map(fits).collect());
        }
    }
    view.compact.set(kept::get(STORED_DENSITY).as_deref() == Some("compact"));
    Effect::new(move || view.scroll.set_row(row_height(view)));
    view.scroll.set_row(untrack(|| row_height(view)));
}

/// The height of the table's rows.
fn row_height(view: View) -> f64 {
    match (view.in_logs() && view.wrap.get(), view.compact.get()) {
        (true, _) => super::scroll::WRAPPED,
        (false, true) => super::scroll::COMPACT,
        (false, false) => super::scroll::ROW,
    }
}

/// Makes rows lower or higher, and remembers it.
pub fn set_compact(view: View, compact: bool) {
    view.compact.set(compact);
    if compact {
        kept::put(STORED_DENSITY, "compact");
    } else {
        kept::forget(STORED_DENSITY);
    }
}

/// Adds a field behind the others, unless it is there.
pub fn add(view: View, field: &str) {
    change(view, |columns| {
        if columns.iter().all(|column| column.field != field) {
            columns.push(Column { field: field.to_owned(), width: None });
        }
    });
}

/// Takes a field away.
pub fn remove(view: View, field: &str) {
    change(view, |columns| columns.retain(|column| column.field != field));
}

/// Moves a field to a place, as far as there are places.
pub fn move_to(view: View, field: &str, place: usize) {
    change(view, |columns| {
        if let Some(from) = columns.iter().position(|column| column.field == field) {
            let column = columns.remove(from);
            columns.insert(place.min(columns.len()), column);
        }
    });
}

/// Sets the width of a field's column, to be remembered by [`keep`] once it is final.
pub fn set_width(view: View, field: &str, width: f64) {
    let width = (width.round().max(0.0) as u32).clamp(NARROWEST, WIDEST);
    let shown = untrack(|| view.shown()).columns;
    let known =
        shown.with_untracked(|columns| columns.iter().any(|one| one.field == field && one.width == Some(width)));
    if !known {
        shown.update(|columns| {
            columns.iter_mut().filter(|column| column.field == field).for_each(|column| column.width = Some(width));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_columns_fit_beside_the_facets() {
        // 1440 pixels less the rail, the facets and a scroll bar.
        let columns = usual_columns(Room::Events);
        let first: u32 = columns[..5].iter().map(|column| width(column).0).sum();
        assert!(time_width(false) + first <= 1_440 - 72 - 260 - 16, "{first}");
        let fields: Vec<&str> = columns[..5].iter().map(|column| column.field.as_str()).collect();
        assert_eq!(fields, ["action", "actor", "result", "ip", "resource"]);
    }

    #[test]
    fn widths_that_were_set_are_fixed() {
        let column = |field: &str, width| Column { field: field.to_owned(), width };
        let (text, least) =
            template(160, &[column("action", None), column("x", Some(300)), column("y", Some(1))], TOOLS);
        assert_eq!(text, "160px minmax(200px, 1fr) 300px 48px minmax(108px, 0.001fr)");
        assert_eq!(least, 160 + 200 + 300 + 48 + 108);
    }
}
