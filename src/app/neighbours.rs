//! From an event to the next one of the same lane, or to the one before: of the same actor, address, or whatever field one
//! goes by.

use super::ask::Asker;
use super::view::{Selected, View, range};
use super::{field, worth};
use crate::query::lanes::Marked;
use crate::query::predicate::{Select, TimeRange};
use crate::session::lanes::{self, Events, From};
use crate::session::page::Session;
use crate::session::protocol::EventRow;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The events that the page is about, by a field.
#[must_use]
pub fn events(view: View, select: Select) -> Events {
    let predicate = untrack(|| view.asked());
    let predicate = match view.whole.get_untracked() {
        Some(whole) => predicate.resolve_now(whole.to - 1),
        None => predicate,
    };
    let zoom = view.zoom.with_untracked(|zoom| zoom.last().copied());
    Events { predicate, range: zoom.map_or_else(TimeRange::default, range), select, marked: marked(view) }
}

/// What lanes set off: what the bars above them do.
#[must_use]
pub fn marked(view: View) -> Marked {
    let altered = untrack(|| view.stack()).with_untracked(|stack| worth::is_integrity(&stack.field));
    if altered { Marked::Altered } else { Marked::Failed }
}

/// The event of a row.
#[must_use]
pub fn event(shard: usize, row: &EventRow) -> Selected {
    Selected { shard, row: row.row, file: row.file, record: row.record }
}

/// Goes to an event: opens it where an event is open already, and only selects it where none is.
pub fn go(view: View, asker: Asker, event: Selected) {
    if view.detail.get_untracked() {
        asker.open(event);
    } else {
        view.cursor.set(None);
        view.selected.set(Some(event));
    }
}

/// From the selected event to the next or the previous one with the same value of a field, given as it is written in a
/// query. Of several values the first counts; an event without any leads to others without.
pub fn step(session: Session, view: View, asker: Asker, written: &str, later: bool) {
    let (Some(from), Some(select)) = (view.selected.get_untracked(), field::select(written)) else { return };
    spawn_local(async move {
        let shards = session.shards();
        let Ok(Some((key, values))) = lanes::place(&shards, from.shard, from.row, &select).await else { return };
        let events = events(view, select);
        let found = lanes::neighbour(&shards, &events, values.into_iter().next(), From::Event(key), later).await;
        // Another may have been selected meanwhile.
        if let Ok(Some((shard, row))) = found
            && view.selected.get_untracked() == Some(from)
        {
            go(view, asker, event(shard, &row));
        }
    });
}
