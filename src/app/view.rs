//! What a person is looking at: one signal for each choice that can be made on the page, and what follows from a choice.

use super::filters::Draft;
use super::logs::lines;
use super::scroll::Scroll;
use super::zone::Zone;
use crate::problem::ProblemKind;
use crate::query::kql::{Parsed, SyntaxError, clauses};
use crate::query::order::{Order, SortBy};
use crate::query::predicate::{Instant, Predicate, TimeRange};
use crate::session::file_list::FileColumn;
use crate::watch::graph::Graph;
use leptos::prelude::*;
use std::sync::Arc;

/// The table's list of fields and widths that a person changes, and what the bars are stacked by: the Logs room has its own,
/// since what is worth a column of calls says nothing of lines.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// The columns of the table behind the time.
    pub columns: RwSignal<Vec<Column>>,
    /// What the time strip is stacked by.
    pub stack: RwSignal<Stack>,
}

/// A room of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// The table of events.
    Events,
    /// Events in lanes over time.
    Timeline,
    /// Log groups and streams, and their lines.
    Logs,
    /// Metric filters, and what they make of the events.
    Filters,
    /// Metrics over time.
    Metrics,
    /// What is proved of the files, and what is covered.
    Integrity,
    /// What came of each file.
    Files,
}

impl Room {
    /// All of them, in the order of the rail; the place is the key that opens it.
    pub const ALL: [Self; 7] =
        [Self::Events, Self::Timeline, Self::Logs, Self::Filters, Self::Metrics, Self::Integrity, Self::Files];

    /// Whether it shows events, beside which facets and the detail stand.
    #[must_use]
    pub fn is_of_events(self) -> bool {
        matches!(self, Self::Events | Self::Timeline | Self::Logs)
    }

    /// Whether the detail of the selected event stands beside it.
    #[must_use]
    pub fn has_detail(self) -> bool {
        self.is_of_events() || self == Self::Filters
    }

    /// Its name.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Events => "Events",
            Self::Timeline => "Timeline",
            Self::Logs => "Logs",
            Self::Filters => "Filters",
            Self::Metrics => "Metrics",
            Self::Integrity => "Integrity",
            Self::Files => "Files",
        }
    }
}

/// A column of the table of events.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its field, as it is written in a query.
    pub field: String,
    /// Its width in CSS pixels; `None` for what suits the field.
    pub width: Option<u32>,
}

/// What the bars of the time strip are stacked by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// The field, as it is written in a query.
    pub field: String,
    /// Every bar as tall as the strip, its parts as shares.
    pub share: bool,
}

/// The order of lanes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LaneOrder {
    /// The lane that begins first.
    First,
    /// The lane that ends last.
    Last,
    /// The lane with the most events.
    #[default]
    Count,
}

/// The lanes of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lanes {
    /// The field that has a lane for each value, as it is written in a query.
    pub field: String,
    /// Their order.
    pub order: LaneOrder,
    /// Values whose lanes stand first, in this order.
    pub pinned: Vec<String>,
    /// Values whose lanes are not shown.
    pub hidden: Vec<String>,
}

/// A half-open stretch of time in milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First instant inside.
    pub from: i64,
    /// First instant after.
    pub to: i64,
}

impl Span {
    /// Its length, more than 0.
    #[must_use]
    pub fn length(self) -> i64 {
        self.to.saturating_sub(self.from).max(1)
    }
}

/// Nobody can tell apart events closer together than this: CloudTrail writes whole seconds.
const SHORTEST: i64 = 1_000;

/// An event that a person selected, known by where it came from: its position changes with every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Its shard.
    pub shard: usize,
    /// Its number there.
    pub row: u32,
    /// Its file.
    pub file: u32,
    /// Its record there.
    pub record: u32,
}

/// A field of the query that no event has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// As it was written.
    pub written: String,
    /// Fields with a similar name.
    pub nearest: Vec<String>,
    /// It looks like a value that was pasted without quotes.
    pub pasted: bool,
}

/// Which files the Files room lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileFilter {
    /// All of them.
    #[default]
    All,
    /// Those with problems.
    Problems,
    /// Those of kinds that are not opened.
    NotOpened,
    /// Those without events.
    NoEvents,
    /// Those that a person left out.
    LeftOut,
    /// Those with one sort of problem.
    Problem(ProblemKind),
}

/// A window this wide, in CSS pixels, has room for the facets beside the room; style sheets say the same.
const WIDE: f64 = 1_100.0;

/// The fields of the facets that are there at first.
pub const FACETS: [&str; 10] =
    ["actor", "result", "service", "action", "resource", "ip", "region", "account", "access", "category"];

/// The columns that are there at first, behind the time.
pub const COLUMNS: [&str; 8] = ["action", "actor", "result", "ip", "resource", "service", "region", "account"];

/// The columns of log lines that are there at first, behind the time.
pub const LOG_COLUMNS: [&str; 3] = ["severity", "logStream", "@message"];

/// Columns as wide as suits their fields.
#[must_use]
pub fn columns_of(fields: &[&str]) -> Vec<Column> {
    fields.iter().map(|&field| Column { field: field.to_owned(), width: None }).collect()
}

/// See the module. A handle, provided as context.
#[derive(Clone, Copy)]
pub struct View {
    /// The room shown.
    pub room: RwSignal<Room>,
    /// The search box as it stands.
    pub typed: RwSignal<String>,
    /// The last query that was understood.
    pub query: RwSignal<Arc<Parsed>>,
    /// Why the text of the search box is not a query.
    pub fault: RwSignal<Option<SyntaxError>>,
    /// Fields of the query that no event has.
    pub unknown: RwSignal<Vec<Unknown>>,
    /// The ranges zoomed into, each inside the one before; empty for all of time.
    pub zoom: RwSignal<Vec<Span>>,
    /// From the first event or data point to the last, of the whole case.
    pub whole: RwSignal<Option<Span>>,
    /// The order of the table.
    pub order: RwSignal<Order>,
    /// The zone of all times.
    pub zone: RwSignal<Zone>,
    /// Position of the cursor in the table.
    pub cursor: RwSignal<Option<u64>>,
    /// The event under the cursor.
    pub selected: RwSignal<Option<Selected>>,
    /// Whether the detail of the selected event is shown.
    pub detail: RwSignal<bool>,
    /// The fields of the facets, as they are written in a query.
    pub facets: RwSignal<Vec<String>>,
    /// Whether the facets are shown.
    pub facets_open: RwSignal<bool>,
    /// Clauses that were switched off: they stand beside the query and take part in nothing.
    pub disabled: RwSignal<Vec<String>>,
    /// How events are shown.
    pub events: Shown,
    /// How log lines are shown, in their room.
    pub lines: Shown,
    /// Whether the messages of log lines are wrapped.
    pub wrap: RwSignal<bool>,
    /// Whether the log groups are shown beside the lines.
    pub groups_open: RwSignal<bool>,
    /// Whether the rows of the table are low.
    pub compact: RwSignal<bool>,
    /// Whether there are log lines among the events.
    pub has_lines: RwSignal<bool>,
    /// All lines found are of one stream, so that its name tells nothing.
    pub one_stream: RwSignal<bool>,
    /// The lanes of the timeline.
    pub lanes: RwSignal<Lanes>,
    /// Where the table of events is scrolled to.
    pub scroll: Scroll,
    /// Which files are listed.
    pub filter: RwSignal<FileFilter>,
    /// What they are sorted by, and whether the other way round.
    pub file_order: RwSignal<(FileColumn, bool)>,
    /// Width of the histogram in CSS pixels.
    pub width: RwSignal<f64>,
    /// The instant under the pointer in the time strip.
    pub pointed: RwSignal<Option<i64>>,
    /// Whether the list of keys is shown.
    pub keys: RwSignal<bool>,
    /// Whether the report of chains of custody lies over the page.
    pub report: RwSignal<bool>,
    /// The metric filter in the bench.
    pub draft: RwSignal<Draft>,
    /// The charts in the room of metrics.
    pub graphs: RwSignal<Vec<Graph>>,
    /// Which of them is edited, by place.
    pub graph: RwSignal<usize>,
    /// The series under the lanes of the timeline.
    pub under: RwSignal<Option<Graph>>,
}

impl View {
    /// What is seen at first.
    #[must_use]
    pub fn new() -> Self {
        Self {
            room: RwSignal::new(Room::Events),
            typed: RwSignal::default(),
            query: RwSignal::new(Arc::new(Parsed { predicate: Predicate::Everything, fields: Vec::new() })),
            fault: RwSignal::new(None),
            unknown: RwSignal::default(),
            zoom: RwSignal::default(),
            whole: RwSignal::new(None),
            order: RwSignal::new(Order { by: SortBy::Time, descending: false }),
            zone: RwSignal::default(),
            cursor: RwSignal::new(None),
            selected: RwSignal::new(None),
            detail: RwSignal::new(false),
            facets: RwSignal::new(FACETS.map(str::to_owned).into()),
            // Beside facets a narrow window has no room for a table.
            facets_open: RwSignal::new(super::dom::width() >= WIDE),
            disabled: RwSignal::default(),
            events: Shown {
                columns: RwSignal::new(columns_of(&COLUMNS)),
                stack: RwSignal::new(Stack { field: "result".to_owned(), share: false }),
            },
            lines: Shown {
                columns: RwSignal::new(columns_of(&LOG_COLUMNS)),
                stack: RwSignal::new(Stack { field: "severity".to_owned(), share: false }),
            },
            wrap: RwSignal::new(false),
            groups_open: RwSignal::new(super::dom::width() >= WIDE),
            compact: RwSignal::new(false),
            has_lines: RwSignal::new(false),
            one_stream: RwSignal::new(false),
            lanes: RwSignal::new(Lanes {
                field: "actor".to_owned(),
                order: LaneOrder::default(),
                pinned: Vec::new(),
                hidden: Vec::new(),
            }),
            scroll: Scroll::new(),
            filter: RwSignal::default(),
            file_order: RwSignal::default(),
            width: RwSignal::new(0.0),
            pointed: RwSignal::new(None),
            keys: RwSignal::new(false),
            report: RwSignal::new(false),
            draft: RwSignal::default(),
            graphs: RwSignal::default(),
            graph: RwSignal::new(0),
            under: RwSignal::default(),
        }
    }

    /// Whether log lines alone are shown.
    #[must_use]
    pub fn in_logs(&self) -> bool {
        self.room.get() == Room::Logs
    }

    /// How the events of this room are shown.
    #[must_use]
    pub fn shown(&self) -> Shown {
        if self.in_logs() { self.lines } else { self.events }
    }

    /// What the bars are stacked by in this room.
    #[must_use]
    pub fn stack(&self) -> RwSignal<Stack> {
        self.shown().stack
    }

    /// Which events are asked for: those of the query, and in the room of log lines none but these.
    #[must_use]
    pub fn asked(&self) -> Predicate {
        self.asked_of(&self.query.get().predicate)
    }

    /// The same of another query.
    #[must_use]
    pub fn asked_of(&self, query: &Predicate) -> Predicate {
        if self.in_logs() { lines::and(query.clone()) } else { query.clone() }
    }

    /// The stretch of time that the strip shows.
    #[must_use]
    pub fn domain(&self) -> Option<Span> {
        self.zoom.with(|zoom| zoom.last().copied()).or_else(|| self.whole.get())
    }

    /// Shows a stretch of time alone.
    pub fn zoom_to(&self, span: Span) {
        let Some(domain) = untrack(|| self.domain()) else { return };
        let mut span = Span { from: span.from.max(domain.from), to: span.to.min(domain.to) };
        if span.length() < SHORTEST {
            span = Span {
                from: span.from.div_euclid(SHORTEST) * SHORTEST,
                to: (span.from.div_euclid(SHORTEST) + 1) * SHORTEST,
            };
        }
        if span != domain {
            self.zoom.update(|zoom| zoom.push(span));
        }
    }

    /// Zooms in to half the time, around the pointer where it is in the strip.
    pub fn zoom_in(&self) {
        let Some(domain) = untrack(|| self.domain()) else { return };
        let half = domain.length() / 2;
        let around = self.pointed.get_untracked().unwrap_or(domain.from + half);
        // The instant under the pointer stays where it is.
        let from = around - (around - domain.from) / 2;
        self.zoom_to(Span { from, to: from + half.max(SHORTEST) });
    }

    /// Goes back to the zoom before, if there was one.
    pub fn zoom_out(&self) {
        if self.zoom.with_untracked(|zoom| !zoom.is_empty()) {
            self.zoom.update(|zoom| zoom.truncate(zoom.len() - 1));
        }
    }

    /// Moves the range by a quarter of its length, as far as there are events.
    pub fn pan(&self, later: bool) {
        let Some(whole) = self.whole.get_untracked() else { return };
        let Some(now) = self.zoom.with_untracked(|zoom| zoom.last().copied()) else { return };
        let step = (now.length() / 4).max(SHORTEST);
        let from = if later { now.from + step } else { now.from - step };
        let from = from.min(whole.to - now.length()).max(whole.from);
        if from != now.from {
            let to = from + now.length();
            // What was zoomed into before need not hold the new range: the way back then leads to all.
            self.zoom.update(|zoom| {
                zoom.pop();
                zoom.retain(|outer| outer.from <= from && outer.to >= to);
                zoom.push(Span { from, to });
            });
        }
    }

    /// Shows another stretch of time in place of the one shown: what dragging and turning the wheel end in. The way back
    /// leads past it.
    pub fn move_to(&self, span: Span) {
        let Some(whole) = self.whole.get_untracked() else { return };
        let length = span.length().clamp(SHORTEST, whole.length());
        let from = span.from.min(whole.to - length).max(whole.from);
        let span = Span { from, to: from + length };
        if untrack(|| self.domain()) == Some(span) {
            return;
        }
        self.zoom.update(|zoom| {
            zoom.pop();
            zoom.retain(|outer| outer.from <= span.from && outer.to >= span.to && *outer != span);
            if span != whole {
                zoom.push(span);
            }
        });
    }

    /// Replaces the query.
    pub fn search(&self, text: String) {
        self.typed.set(text);
        super::search::apply(*self);
    }

    /// A click on a value of a field: only events with it (`include`), or without it. A second click takes that back.
    /// `value` `None` is the absence of any.
    pub fn choose(&self, field: &str, value: Option<&str>, include: bool) {
        let Some(select) = clauses::field_select(field) else { return };
        // A text that is no query cannot be added to.
        let text = if self.fault.with_untracked(Option::is_some) { String::new() } else { self.typed.get_untracked() };
        let change = if include { clauses::include } else { clauses::exclude };
        self.search(change(&text, field, &select, value));
    }

    /// Sorts by a column, or the other way round when it is sorted by it already.
    pub fn sort(&self, by: SortBy) {
        self.order.update(|order| {
            order.descending = order.by == by && !order.descending;
            order.by = by;
        });
    }

    /// Sorts the files by a column. Numbers begin with the largest, which is what one looks for.
    pub fn sort_files(&self, by: FileColumn) {
        self.file_order.update(|(known, descending)| {
            let first = !matches!(by, FileColumn::Path | FileColumn::Kind | FileColumn::State);
            *descending = if *known == by { !*descending } else { first };
            *known = by;
        });
    }

    /// Selects the row at a position of the table.
    pub fn select(&self, position: u64) {
        self.cursor.set(Some(position));
        self.scroll.reveal(position);
    }

    /// One step back: the detail first, then the zoom.
    pub fn step_back(&self) {
        if self.detail.get_untracked() {
            self.detail.set(false);
        } else {
            self.zoom_out();
        }
    }

    /// Shows some of the files.
    pub fn show_files(&self, filter: FileFilter) {
        self.filter.set(filter);
        self.room.set(Room::Files);
    }
}

impl Default for View {
    fn default() -> Self {
        Self::new()
    }
}

/// The range of time that a span is.
#[must_use]
pub fn range(span: Span) -> TimeRange {
    TimeRange { from: Some(Instant::At(span.from)), to: Some(Instant::At(span.to)) }
}

/// The view of the page.
#[must_use]
pub fn view() -> View {
    expect_context()
}
