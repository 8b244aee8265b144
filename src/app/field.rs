//! Fields as the page names them: the words above columns, facets and lanes.

use crate::query::kql::{clauses, written_field};
use crate::query::predicate::Select;

/// What people call the fields with a short name.
const TITLES: [(&str, &str); 30] = [
    ("actor", "Actor"),
    ("actorType", "Actor type"),
    ("session", "Session"),
    ("human", "Person"),
    ("@via", "Via service"),
    ("result", "Result"),
    ("family", "Error family"),
    ("category", "Category"),
    ("access", "Access"),
    ("service", "Service"),
    ("resource", "Resource"),
    ("integrity", "Integrity"),
    ("user", "User name"),
    ("name", "Event name"),
    ("action", "Event name"),
    ("source", "Event source"),
    ("ip", "Source IP"),
    ("region", "Region"),
    ("account", "Account"),
    ("error", "Error code"),
    ("key", "Access key"),
    ("agent", "User agent"),
    ("id", "Event ID"),
    ("severity", "Severity"),
    ("logGroup", "Log group"),
    ("logStream", "Log stream"),
    ("format", "Format"),
    ("@message", "Message"),
    ("@ingestionTime", "Ingestion time"),
    ("@owner", "Owner of the log group"),
];

/// The heading of a field, given as it is written in a query; a path is its own heading.
#[must_use]
pub fn title(written: &str) -> String {
    let known = TITLES.iter().find(|(name, _)| *name == written);
    known.map_or_else(|| written.to_owned(), |(_, title)| (*title).to_owned())
}

/// The fields with a short name that one would group or show by, in the order to offer them in.
pub fn short() -> impl Iterator<Item = &'static str> {
    TITLES.iter().map(|(name, _)| *name).filter(|name| *name != "name")
}

/// How a path of a record is written in a query.
#[must_use]
pub fn of_path(path: &str) -> String {
    written_field(path)
}

/// What a field selects; `None` when it is no field of events.
#[must_use]
pub fn select(written: &str) -> Option<Select> {
    clauses::field_select(written)
}
