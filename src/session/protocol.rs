//! What the session and its shards say to each other. In the browser these go as bytes ([`encode`]) between the page and its
//! workers; natively they are handed over as they are.

use super::export::Form;
use super::first::First;
use super::lanes::From;
use crate::import::metrics::{Metric, Sheet, Told};
use crate::import::recognise::Kind;
use crate::integrity::validate_logs::{Printed, Request};
use crate::integrity::verdict::{FileVerdict, Judgement};
use crate::integrity::{Supplied, Switch};
use crate::problem::{Problem, ProblemKind, Problems};
use crate::query::aggregate::{Aggregate, Answer};
use crate::query::facet::{FacetAsk, FacetPart};
use crate::query::lanes::{self, Bins, LaneOrder, Marked, Sums};
use crate::query::order::{Order, SortKey};
use crate::query::predicate::{Predicate, Select, TimeRange};
use crate::store::Row;
use crate::trail::Derived;
use crate::watch::definitions::Document;
use crate::watch::graph::{Drawing, Wanted};
use crate::watch::series::{Catalog, Naming};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A question to one shard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    /// Aggregates over the events that a predicate holds for, each over its own range of time.
    Aggregates {
        /// Which events.
        predicate: Predicate,
        /// What to work out, and the range of time it is worked out over.
        aggregates: Vec<(TimeRange, Aggregate)>,
    },
    /// How many events each of these predicates leaves within its range of time.
    Counts(Vec<(Predicate, TimeRange)>),
    /// Make a list of events that pages are then taken from; it stands until the next one is made.
    List {
        /// Which events.
        predicate: Predicate,
        /// Which of them by time.
        range: TimeRange,
        /// In which order.
        order: Order,
    },
    /// The sort keys of the list at these positions.
    Keys(Vec<u32>),
    /// How many events of the list come before each of these keys.
    Rank(Vec<SortKey>),
    /// The events of the list from one position to another.
    Rows {
        /// First position.
        from: u32,
        /// Position after the last.
        to: u32,
        /// What to show of each.
        columns: Vec<Select>,
    },
    /// The first events of a predicate by time, whatever the list is.
    First(First),
    /// The sort key of one event, if it is in the list.
    Find(Row),
    /// The JSON of one event.
    Record {
        /// The event.
        row: Row,
        /// With its secret values.
        reveal: bool,
    },
    /// The derived values of one event.
    Derived(Row),
    /// Hashes of the ids of all events.
    Identities,
    /// The hash of one event's id.
    Identity(Row),
    /// The events whose id has this hash, without copies of others.
    Identified(u64),
    /// All about the events whose id has one of these hashes (rising).
    Candidates(Vec<u64>),
    /// These events are copies of others: leave them out of every answer. Replaces what was said before.
    Drop(Vec<Row>),
    /// Loading is over for now: give back memory.
    Settle,
    /// Which of these fields occur at all, and the paths there are (for nearest names) when any does not.
    Fields(Vec<Select>),
    /// Paths that hold values, to be offered while a person types.
    Paths,
    /// Values of these fields that contain a text, to be offered while a person types.
    Suggest {
        /// The fields.
        selects: Vec<Select>,
        /// What is typed.
        typed: String,
        /// How many at most.
        limit: u32,
    },
    /// The commonest values of some fields.
    Facets {
        /// Among which events.
        predicate: Predicate,
        /// Which of them by time.
        range: TimeRange,
        /// The fields.
        facets: Vec<FacetAsk>,
    },
    /// How many events have each path, and each of some fields.
    PathCounts {
        /// Among which events.
        predicate: Predicate,
        /// Which of them by time.
        range: TimeRange,
        /// The fields.
        selects: Vec<Select>,
    },
    /// How much memory the events take.
    Memory,
    /// The first lanes of a field in an order.
    Lanes {
        /// Which events.
        predicate: Predicate,
        /// Which of them by time.
        range: TimeRange,
        /// The field.
        select: Select,
        /// Which events are set off.
        marked: Marked,
        /// In which order.
        order: LaneOrder,
        /// How many.
        limit: u32,
        /// Values whose lanes are left out.
        apart: Vec<String>,
    },
    /// What some lanes of a field hold.
    LaneSums {
        /// Which events.
        predicate: Predicate,
        /// Which of them by time.
        range: TimeRange,
        /// The field.
        select: Select,
        /// Which events are set off.
        marked: Marked,
        /// The values of the lanes.
        values: Vec<String>,
        /// Hashes of more values.
        hashes: Vec<u64>,
    },
    /// Some lanes of a field over time.
    Density {
        /// Which events.
        predicate: Predicate,
        /// Which of them by time.
        range: TimeRange,
        /// The field.
        select: Select,
        /// Which events are set off.
        marked: Marked,
        /// The values of the lanes; `None` for that of the events without the field.
        values: Vec<Option<String>>,
        /// How time is cut up.
        bins: Bins,
        /// The events are wanted one by one when there are at most so many.
        marks: u32,
    },
    /// The key of one event in the order of time, and its values of a field.
    Place {
        /// The event.
        row: Row,
        /// The field.
        select: Select,
    },
    /// Keep the list as it stands, to be written out while other lists are made; or give up the one that was kept.
    Keep(bool),
    /// The events of the kept list from one position to another, written out.
    Write {
        /// First position.
        from: u32,
        /// Position after the last.
        to: u32,
        /// How.
        form: Form,
    },
    /// The values of a field of one event.
    Values {
        /// The event.
        row: Row,
        /// The field.
        select: Select,
    },
    /// What the shard's files are to chains of custody.
    Evidence,
    /// Files that say what somebody configured.
    Definitions,
    /// The names of log groups that were read under another one, and the groups of streams that were read without any.
    NameGroups(Vec<(String, String)>, Vec<(String, String)>),
    /// What the shard was told of metrics, without the points themselves.
    MetricHeads,
    /// The same with the points.
    MetricPoints,
    /// Hold the series of the case: what this shard was told under these names (in the order of [`Ask::MetricHeads`]), what others
    /// were told, and metrics that are only named. Replaces what was held before.
    HoldMetrics {
        /// What its own values are called.
        own: Vec<Naming>,
        /// What other shards were told.
        others: Vec<Told>,
        /// Metrics that a file names.
        listed: Vec<Metric>,
    },
    /// What is to be drawn of some lines, of the series that the shard holds.
    Draw(Box<Wanted>),
    /// The calls that switched the recording of trails.
    Switches,
    /// Weigh the evidence of all shards. Any shard can: it looks at nothing of its own.
    Judge(Vec<Supplied>, Vec<Switch>),
    /// What the AWS command line would print of these files. Any shard can say.
    ValidateLogs(Box<Request>, Vec<Supplied>),
    /// What events are worth, by the files they came from: fills the field `integrity`. Replaces what was said before.
    Worth(Vec<FileVerdict>),
    /// The next event of a lane, or the one before.
    Neighbour {
        /// Which events.
        predicate: Predicate,
        /// Which of them by time.
        range: TimeRange,
        /// The field.
        select: Select,
        /// The value of the lane.
        value: Option<String>,
        /// Where to begin.
        from: From,
        /// The next one, not the one before.
        later: bool,
    },
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// To [`Ask::Aggregates`], in the same order.
    Aggregates(Vec<Answer>),
    /// To [`Ask::Counts`], in the same order.
    Counts(Vec<u64>),
    /// To [`Ask::List`] and [`Ask::Keep`]: its length.
    List(u32),
    /// To [`Ask::Keys`].
    Keys(Vec<SortKey>),
    /// To [`Ask::Rank`].
    Rank(Vec<u32>),
    /// To [`Ask::Rows`] and [`Ask::First`], with the keys by which rows of several shards merge.
    Rows(Vec<(SortKey, EventRow)>),
    /// To [`Ask::Find`].
    Find(Option<SortKey>),
    /// To [`Ask::Record`].
    Record(String),
    /// To [`Ask::Derived`]: every value there is, in the order of [`Derived::ALL`].
    Derived(Vec<(Derived, String)>),
    /// To [`Ask::Identities`]: rising.
    Identities(Vec<u64>),
    /// To [`Ask::Identity`].
    Identity(Option<u64>),
    /// To [`Ask::Identified`]: number in the shard, file and record there.
    Identified(Vec<(Row, u32, u32)>),
    /// To [`Ask::Candidates`].
    Candidates(Vec<Candidate>),
    /// To [`Ask::Fields`]: for each whether it occurs; all paths when one does not.
    Fields(Vec<bool>, Vec<String>),
    /// To [`Ask::Paths`].
    Paths(Vec<String>),
    /// To [`Ask::Suggest`]: values, with the events that have them where that is known.
    Suggest(Vec<(String, Option<u64>)>),
    /// To [`Ask::Facets`]: the events there are, and of each field its values.
    Facets(u64, Vec<FacetPart>),
    /// To [`Ask::PathCounts`].
    PathCounts {
        /// The events there are.
        rows: u64,
        /// Every path that holds values, and how many of the events have one there.
        paths: Vec<(String, u64)>,
        /// How many of the events have each field that was asked for.
        selects: Vec<u64>,
    },
    /// To [`Ask::Memory`]: bytes by part, and events.
    Memory(Vec<(String, u64)>, u32),
    /// To [`Ask::Lanes`].
    Lanes(lanes::Part),
    /// To [`Ask::LaneSums`]: by value, then the lanes found by hash.
    LaneSums(Vec<Sums>, Vec<(String, Sums)>),
    /// To [`Ask::Density`].
    Density(lanes::Density),
    /// To [`Ask::Place`].
    Place(Option<(SortKey, Vec<String>)>),
    /// To [`Ask::Definitions`].
    Definitions(Vec<Document>),
    /// To [`Ask::MetricHeads`] and [`Ask::MetricPoints`].
    Metrics(Box<Sheet>),
    /// To [`Ask::HoldMetrics`].
    Catalog(Box<Catalog>),
    /// To [`Ask::Draw`].
    Drawing(Box<Drawing>),
    /// To [`Ask::Evidence`].
    Evidence(Vec<Supplied>),
    /// To [`Ask::Switches`].
    Switches(Vec<Switch>),
    /// To [`Ask::Judge`].
    Judged(Box<Judgement>),
    /// To [`Ask::ValidateLogs`].
    Printed(Printed),
    /// To [`Ask::Neighbour`].
    Neighbour(Option<(SortKey, EventRow)>),
    /// To [`Ask::Write`].
    Written(Vec<(SortKey, String)>),
    /// To [`Ask::Values`]; `None` when it is secret.
    Values(Vec<Option<String>>),
    /// Done.
    Done,
}

/// An event as a table shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// Number in its shard.
    pub row: Row,
    /// Number of its file.
    pub file: u32,
    /// Number of its record there.
    pub record: u32,
    /// Milliseconds since the epoch.
    pub time: Option<i64>,
    /// The columns asked for.
    pub cells: Vec<Option<String>>,
}

/// An event that may be a copy of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Hash of its eventID, or of its content where it has none.
    pub identity: u64,
    /// Hash of all its values and their paths, whatever the order of its keys.
    pub content: u64,
    /// Its file.
    pub file: u32,
    /// Its record there.
    pub record: u32,
    /// Its number in its shard.
    pub row: Row,
    /// It was put together from the columns of a table that leaves things out.
    pub partial: bool,
    /// It is a log line without an id: equal ones of one file are lines of their own, equal ones of two files are copies.
    pub nameless: bool,
}

/// What came of a file, or of a piece of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    /// Its number.
    pub file: u32,
    /// What it is.
    pub kind: Kind,
    /// Records that became events.
    pub events: u32,
    /// Of them so many are summaries: records that count the data events of five minutes instead of telling each.
    pub summaries: u32,
    /// Of them so many are lines of other logs than CloudTrail's.
    pub lines: u32,
    /// Data points of metrics that were read.
    pub points: u64,
    /// Records that did not.
    pub rejected: u32,
    /// Bytes after inflating.
    pub content_bytes: u64,
    /// SHA-256 of the file's bytes as they lie on disk; `None` when they were not all seen.
    pub sha256: Option<[u8; 32]>,
    /// What was wrong.
    pub problems: Vec<Problem>,
}

impl FileReport {
    /// Adds what came of another piece of the same file.
    pub fn add(&mut self, other: Self) {
        self.events += other.events;
        self.summaries += other.summaries;
        self.lines += other.lines;
        self.points += other.points;
        self.rejected += other.rejected;
        self.content_bytes += other.content_bytes;
        let mut problems = Problems::default();
        self.problems.drain(..).chain(other.problems).for_each(|problem| problems.add(problem));
        self.problems = problems.into_vec();
    }

    /// Notes that a person cancelled when the file was read up to this byte.
    pub fn cancelled(&mut self, at: u64) {
        self.note(Problem {
            kind: ProblemKind::Cancelled,
            record: None,
            at: Some(at),
            len: None,
            what: "loading was cancelled here".to_owned(),
            outcome: "what was read up to here stays, the rest was not read".to_owned(),
            times: 1,
        });
    }

    fn note(&mut self, problem: Problem) {
        let mut problems = Problems::default();
        self.problems.drain(..).for_each(|known| problems.add(known));
        problems.add(problem);
        self.problems = problems.into_vec();
    }

    /// Notes that a record of this file shares its id with another of different content.
    pub fn conflict(&mut self, record: u32, what: String) {
        self.note(Problem {
            kind: ProblemKind::SameIdDifferentContent,
            record: Some(record),
            at: None,
            len: None,
            what,
            outcome: "both were kept".to_owned(),
            times: 1,
        });
    }
}

/// Bytes of a message.
#[must_use]
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    postcard::to_stdvec(message).unwrap_or_default()
}

/// The message that bytes are; `None` when they are of another build.
#[must_use]
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}
