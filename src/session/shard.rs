//! A shard: a store, the reading of the files dealt to it, and answers to what it is asked. In the browser one runs in each
//! worker; natively they run in threads. It knows nothing of either.

use super::custody;
use super::embedded;
use super::export;
use super::first;
use super::lanes::From;
use super::protocol::{Ask, Candidate, EventRow, FileReport, Reply};
use crate::import::archive::{self, Archive};
use crate::import::metrics::{Origin, Sheet};
use crate::import::{self, Reading, Workbench, records::Outcome, records::StoreSink};
use crate::integrity::judge::judge;
use crate::integrity::{Supplied, names, validate_logs};
use crate::problem::Problem;
use crate::query::order::{self, Order, SortBy};
use crate::query::predicate::{Predicate, TimeRange};
use crate::query::scan::{self, Rows};
use crate::query::suggest::suggest;
use crate::query::{aggregate, cell, facet, lanes};
use crate::store::write::Secrets;
use crate::store::{Row, Store};
use crate::trail::Derived;
use crate::trail::calls::SUMMARY;
use crate::watch::definitions::Document;
use crate::watch::graph::plot;
use crate::watch::series::SeriesStore;
use std::borrow::Cow;

/// Entries of archives are read in pieces of this size.
const ENTRY_PIECE: usize = 8 << 20;

/// So many sets of rows of earlier predicates are kept: a hundred kilobytes each for a million events.
const BEFORE: usize = 4;
/// The order that neighbours are looked for in.
/// Characters of a message that a cell of a table shows at most.
const CELL: usize = 1_200;

const BY_TIME: Order = Order { by: SortBy::Time, descending: false };

/// See the module.
#[derive(Default)]
pub struct Shard {
    store: Store,
    /// Paths of files by number; empty for files of other shards.
    files: Vec<String>,
    bench: Workbench,
    dropped: Vec<Row>,
    /// The rows of the last predicate, while nothing changed: brushing asks the same one over and over.
    last: Option<(Predicate, u32, Rows)>,
    /// The rows of the few predicates before it: a field that a person chose values of is counted without that choice.
    before: Vec<(Predicate, u32, Rows)>,
    /// All rows by time, and how many there were.
    timely: Vec<Row>,
    order: Option<Order>,
    list: Vec<Row>,
    /// The list that is being written out, and its order.
    kept: (Vec<Row>, Order),
    archive: Option<Archive>,
    /// What the files read are to chains of custody.
    evidence: Vec<Supplied>,
    /// Files that say what somebody configured.
    definitions: Vec<Document>,
    /// What the files read tell of metrics.
    metrics: Sheet,
    /// What its log events tell of metrics.
    embedded: Sheet,
    /// The series of the case, where this shard holds them.
    series: SeriesStore,
}

/// A file that is read as its bytes come.
#[derive(Default)]
pub struct Stream {
    reading: Reading,
    bench: Workbench,
    file: u32,
}

impl Stream {
    /// Events so far.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.reading.events()
    }
}

impl Shard {
    /// The store, to look at.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn name(&mut self, file: u32, path: &str) {
        let file = file as usize;
        if self.files.len() <= file {
            self.files.resize(file + 1, String::new());
        }
        if self.files[file].is_empty() {
            path.clone_into(&mut self.files[file]);
        }
    }

    /// Reads a whole file.
    pub fn read(&mut self, file: u32, path: &str, bytes: &[u8]) -> FileReport {
        self.name(file, path);
        let mut reading = named(Reading::default(), path);
        let mut sink = StoreSink { store: &mut self.store, file };
        reading.push(bytes, true, &mut self.bench, &mut sink);
        let content = reading.content_bytes();
        self.report(file, content, reading.finish(), Some(bytes))
    }

    /// Reads an entry of an archive of this depth, a file of the case with its own number and path: `content` is what
    /// [`Archive::content`] gave. When it is an archive itself, [`Self::take_archive`] has it, unless it lies too deep.
    pub fn read_entry(&mut self, file: u32, path: &str, content: Result<Vec<u8>, Problem>, depth: u8) -> FileReport {
        self.archive = None;
        let content = match content {
            Ok(content) => content,
            Err(problem) => {
                let mut refused = Self::unreadable(file, "");
                refused.problems = vec![problem];
                return refused;
            }
        };
        self.name(file, path);
        let mut reading = named(Reading::default(), path);
        let mut sink = StoreSink { store: &mut self.store, file };
        // In pieces, so that a large entry does not stand in memory once more; an empty one is one piece.
        let mut rest = content.as_slice();
        loop {
            let (piece, after) = rest.split_at(rest.len().min(ENTRY_PIECE));
            reading.push(piece, after.is_empty(), &mut self.bench, &mut sink);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        let bytes = reading.content_bytes();
        let mut report = self.report(file, bytes, reading.finish(), Some(&content));
        self.archive = self.archive.take().map(|inner| inner.at_depth(depth + 1));
        if self.archive.as_ref().is_some_and(|inner| inner.depth() > archive::DEPTH_MAX) {
            self.archive = None;
            report.problems.push(archive::too_deep());
        }
        report
    }

    /// Begins a file whose bytes come in turn; `reading` says where it starts.
    pub fn begin(&mut self, file: u32, path: &str, reading: Reading) -> Stream {
        self.name(file, path);
        let reading = if reading.is_piece() { reading } else { named(reading, path) };
        Stream { reading, bench: Workbench::default(), file }
    }

    /// The next bytes of a file; whether more are wanted.
    pub fn push(&mut self, stream: &mut Stream, bytes: &[u8], last: bool) -> bool {
        let mut sink = StoreSink { store: &mut self.store, file: stream.file };
        stream.reading.push(bytes, last, &mut stream.bench, &mut sink);
        !stream.reading.is_over()
    }

    /// The end of a file.
    #[must_use]
    pub fn finish(&mut self, stream: Stream) -> FileReport {
        let content = stream.reading.content_bytes();
        self.report(stream.file, content, stream.reading.finish(), None)
    }

    /// `bytes`: the whole file, where it was read in one go.
    fn report(&mut self, file: u32, content_bytes: u64, mut outcome: Outcome, bytes: Option<&[u8]>) -> FileReport {
        self.archive = outcome.archive.take();
        if outcome.kind.is_definition()
            && let Some(document) = outcome.document.take()
        {
            let text = String::from_utf8_lossy(&document).into_owned();
            self.definitions.push(Document { file, kind: outcome.kind, text });
        }
        let mut points = 0;
        if let Some(mut sheet) = outcome.sheet.take() {
            sheet.requests.iter_mut().for_each(|request| request.file = file);
            for told in &mut sheet.told {
                told.origins = vec![(Origin::File(file), told.points.times.len() as u64)];
                points += told.points.times.len() as u64;
            }
            self.metrics.add(*sheet);
        }
        let path = self.files.get(file as usize).map_or("", String::as_str);
        self.evidence.extend(custody::supplied(file, path, &mut outcome, bytes));
        FileReport { points, ..report(file, content_bytes, outcome) }
    }

    /// The archive that the file read last turned out to be. Its entries are files of the case: whoever reads the files
    /// numbers them and has them read by [`Self::read_entry`].
    pub fn take_archive(&mut self) -> Option<Archive> {
        self.archive.take()
    }

    /// The report on a file whose bytes could not be had.
    #[must_use]
    pub fn unreadable(file: u32, reason: &str) -> FileReport {
        report(file, 0, import::unreadable(reason))
    }

    /// Answers a question.
    pub fn answer(&mut self, ask: Ask) -> Reply {
        match ask {
            Ask::Aggregates { predicate, aggregates } => {
                self.scan(&predicate);
                let Some((_, _, rows)) = &self.last else { return Reply::Done };
                let mut ranged: Option<(TimeRange, Rows)> = None;
                let answers = aggregates.iter().map(|(range, wanted)| {
                    if *range == TimeRange::default() {
                        return aggregate::aggregate(&self.store, rows, wanted);
                    }
                    if ranged.as_ref().is_none_or(|(known, _)| known != range) {
                        let mut within = scan::rows(&self.store, &self.files, &Predicate::Time(*range));
                        within.intersect_with(rows);
                        ranged = Some((*range, within));
                    }
                    let rows = ranged.as_ref().map_or(rows, |(_, rows)| rows);
                    aggregate::aggregate(&self.store, rows, wanted)
                });
                Reply::Aggregates(answers.collect())
            }
            Ask::Counts(wanted) => Reply::Counts(wanted.iter().map(|(of, range)| self.count(of, *range)).collect()),
            Ask::List { predicate, range, order } => {
                self.scan(&predicate);
                self.sort_by_time();
                let Some((_, _, rows)) = &self.last else { return Reply::Done };
                self.list = if range == TimeRange::default() {
                    order::sort(&self.store, rows, &order, &self.timely)
                } else {
                    let mut within = scan::rows(&self.store, &self.files, &Predicate::Time(range));
                    within.intersect_with(rows);
                    order::sort(&self.store, &within, &order, &self.timely)
                };
                self.order = Some(order);
                Reply::List(self.list.len() as u32)
            }
            Ask::Keys(places) => {
                let keys = places.iter().filter_map(|&place| Some(self.key(*self.list.get(place as usize)?)));
                Reply::Keys(keys.collect())
            }
            Ask::Rank(keys) => {
                let order = self.current_order();
                let before = |key| self.list.partition_point(|&row| order.cmp(&self.key(row), key).is_lt()) as u32;
                Reply::Rank(keys.iter().map(before).collect())
            }
            Ask::Rows { from, to, columns } => {
                let to = (to as usize).min(self.list.len());
                let rows = self.list.get(from as usize..to).unwrap_or(&[]);
                Reply::Rows(rows.iter().map(|&row| (self.key(row), self.event(row, &columns))).collect())
            }
            Ask::First(wanted) => {
                let rows = self.rows_within(&wanted.predicate, wanted.range);
                self.sort_by_time();
                Reply::Rows(first::pick(&self.store, &self.files, &self.timely, &rows, &wanted))
            }
            Ask::Find(row) => {
                let found = row < self.store.rows() && self.list.contains(&row);
                Reply::Find(found.then(|| self.key(row)))
            }
            Ask::Record { row, reveal } => {
                let mut out = Vec::new();
                if row < self.store.rows() {
                    let secrets = if reveal { Secrets::Revealed } else { Secrets::Masked };
                    self.store.write_record(row, secrets, &mut out);
                }
                Reply::Record(String::from_utf8_lossy(&out).into_owned())
            }
            Ask::Derived(row) => {
                let mut values = Vec::new();
                for derived in Derived::ALL.into_iter().filter(|_| row < self.store.rows()) {
                    let texts = self.store.dictionary(self.store.derived_dictionary(derived));
                    self.store.derived().for_each(derived, row, |id| values.push((derived, texts.text(id).to_owned())));
                }
                Reply::Derived(values)
            }
            Ask::Identities => {
                let mut hashes = self.store.identities();
                hashes.sort_unstable();
                Reply::Identities(hashes)
            }
            Ask::Identity(row) => Reply::Identity((row < self.store.rows()).then(|| self.store.identity(row))),
            Ask::Identified(wanted) => {
                let identities = self.store.identities();
                let rows = (0..self.store.rows()).zip(identities).filter(|(_, identity)| *identity == wanted);
                let rows = rows.map(|(row, _)| row).filter(|row| !self.dropped.contains(row));
                let place = |row: Row| {
                    let (file, record) = self.store.provenance(row);
                    (row, file, record)
                };
                Reply::Identified(rows.map(place).collect())
            }
            Ask::Candidates(wanted) => Reply::Candidates(self.candidates(&wanted)),
            Ask::Drop(rows) => {
                self.dropped = rows;
                self.last = None;
                self.before.clear();
                Reply::Done
            }
            Ask::Settle => {
                self.store.settle();
                self.bench = Workbench::default();
                Reply::Done
            }
            Ask::Fields(selects) => {
                let there: Vec<bool> = selects.iter().map(|select| scan::occurs(&self.store, select)).collect();
                let paths = if there.iter().all(|there| *there) { Vec::new() } else { scan::families(&self.store) };
                Reply::Fields(there, paths)
            }
            Ask::Paths => Reply::Paths(scan::families(&self.store)),
            Ask::Suggest { selects, typed, limit } => {
                self.scan(&Predicate::Everything);
                let Some((_, _, rows)) = &self.last else { return Reply::Done };
                let values =
                    selects.iter().flat_map(|select| suggest(&self.store, rows, select, &typed, limit as usize));
                Reply::Suggest(values.collect())
            }
            Ask::Facets { predicate, range, facets } => {
                self.scan(&predicate);
                let Some(rows) = self.last_within(range) else { return Reply::Done };
                let parts = facets.iter().map(|ask| facet::part(&self.store, &rows, ask)).collect();
                Reply::Facets(rows.count_ones(..) as u64, parts)
            }
            Ask::PathCounts { predicate, range, selects } => {
                self.scan(&predicate);
                let Some(rows) = self.last_within(range) else { return Reply::Done };
                let selects = selects.iter().map(|select| facet::events_with(&self.store, &rows, select)).collect();
                Reply::PathCounts { rows: rows.count_ones(..) as u64, paths: facet::paths(&self.store, &rows), selects }
            }
            Ask::Memory => {
                let parts = self.store.memory().into_iter().map(|(part, bytes)| (part.to_owned(), bytes as u64));
                let told =
                    self.metrics.told.iter().chain(&self.embedded.told).map(|told| told.points.bytes()).sum::<usize>();
                let metrics = ("metrics".to_owned(), (told + self.series.bytes()) as u64);
                Reply::Memory(parts.chain([metrics]).collect(), self.store.rows())
            }
            Ask::Lanes { predicate, range, select, marked, order, limit, apart } => {
                let rows = self.rows_within(&predicate, range);
                Reply::Lanes(lanes::part(&self.store, &rows, (&select, marked), order, limit as usize, &apart))
            }
            Ask::LaneSums { predicate, range, select, marked, values, hashes } => {
                let rows = self.rows_within(&predicate, range);
                let (by_value, by_hash) = lanes::named(&self.store, &rows, (&select, marked), &values, &hashes);
                Reply::LaneSums(by_value, by_hash)
            }
            Ask::Density { predicate, range, select, marked, values, bins, marks } => {
                let rows = self.rows_within(&predicate, range);
                Reply::Density(lanes::density(&self.store, &rows, (&select, marked), &values, bins, marks as usize))
            }
            Ask::Place { row, select } => Reply::Place((row < self.store.rows()).then(|| {
                let mut values: Vec<String> =
                    cell::values(&self.store, row, &select).iter().map(|value| value.text(&self.store)).collect();
                values.dedup();
                (self.time_key(row), values)
            })),
            Ask::Neighbour { predicate, range, select, value, from, later } => {
                let rows = self.rows_within(&predicate, range);
                let rows = lanes::members(&self.store, &rows, &select, value.as_deref());
                Reply::Neighbour(self.neighbour(&rows, &from, later))
            }
            Ask::Keep(keep) => {
                let list = if keep { self.list.clone() } else { Vec::new() };
                self.kept = (list, self.current_order());
                Reply::List(self.kept.0.len() as u32)
            }
            Ask::Write { from, to, form } => {
                let (list, order) = &self.kept;
                let rows = list.get(from as usize..(to as usize).min(list.len())).unwrap_or(&[]);
                let written = |&row: &Row| {
                    (order::key(&self.store, &self.files, order, row), export::write(&self.store, row, &form))
                };
                Reply::Written(rows.iter().map(written).collect())
            }
            Ask::Definitions => Reply::Definitions(self.definitions.clone()),
            Ask::NameGroups(names, streams) => {
                self.store.name_groups(&names, &streams);
                self.last = None;
                self.before.clear();
                Reply::Done
            }
            Ask::MetricHeads => Reply::Metrics(Box::new(self.metric_heads())),
            Ask::MetricPoints => {
                let mut sheet = self.metrics.clone();
                sheet.told.extend(self.embedded.told.iter().cloned());
                Reply::Metrics(Box::new(sheet))
            }
            Ask::HoldMetrics { own, others, listed } => {
                let own = self
                    .metrics
                    .told
                    .iter()
                    .chain(&self.embedded.told)
                    .zip(own)
                    .map(|(told, naming)| naming.give(told));
                self.series = SeriesStore::build(own.chain(others).collect(), listed);
                Reply::Catalog(Box::new(self.series.catalog()))
            }
            Ask::Draw(wanted) => Reply::Drawing(Box::new(plot(&self.series, &wanted))),
            Ask::Evidence => Reply::Evidence(self.evidence.clone()),
            Ask::Switches => {
                let rows = self.found(&custody::switches());
                Reply::Switches(rows.ones().filter_map(|row| custody::switch(&self.store, row as Row)).collect())
            }
            Ask::Judge(files, switches) => Reply::Judged(Box::new(judge(&files, &switches))),
            Ask::ValidateLogs(request, files) => Reply::Printed(validate_logs::validate(&request, &files)),
            Ask::Worth(files) => {
                custody::set_worth(&mut self.store, &files);
                self.last = None;
                self.before.clear();
                Reply::Done
            }
            Ask::Values { row, select } => {
                let there = row < self.store.rows();
                Reply::Values(if there { cell::texts(&self.store, row, &select) } else { Vec::new() })
            }
        }
    }

    /// What the shard was told of metrics, without the points.
    fn metric_heads(&mut self) -> Sheet {
        // Points that the series share could not grow in place.
        self.series = SeriesStore::default();
        self.metrics.shrink();
        let rows = self.found(&embedded::events());
        self.embedded = embedded::sheet(&self.store, &rows);
        let mut heads = self.metrics.heads();
        let embedded = self.embedded.heads();
        heads.told.extend(embedded.told);
        heads.faults.extend(embedded.faults);
        heads
    }

    /// The rows of a predicate within a range of time.
    fn rows_within(&mut self, predicate: &Predicate, range: TimeRange) -> Rows {
        self.scan(predicate);
        self.last_within(range).map(Cow::into_owned).unwrap_or_default()
    }

    /// Makes `self.timely` all rows in the order of time.
    fn sort_by_time(&mut self) {
        if self.timely.len() != self.store.rows() as usize {
            self.timely = order::by_time(&self.store, &self.files);
        }
    }

    /// Where a row stands in the order of time.
    fn time_key(&self, row: Row) -> order::SortKey {
        order::key(&self.store, &self.files, &BY_TIME, row)
    }

    /// The first of the rows after a place in the order of time, or the last before it.
    fn neighbour(&mut self, rows: &Rows, from: &From, later: bool) -> Option<(order::SortKey, EventRow)> {
        self.sort_by_time();
        let split = |before: &dyn Fn(Row) -> bool| self.timely.partition_point(|&row| before(row));
        let is_before = |row: Row, or_at: bool| match from {
            From::Event(key) => {
                let place = BY_TIME.cmp(&self.time_key(row), key);
                place.is_lt() || (or_at && place.is_eq())
            }
            From::Time(at) => self.store.hot().time(row).is_some_and(|time| time < *at),
        };
        let wanted = |row: &&Row| rows.contains(**row as usize);
        let row = if later {
            self.timely[split(&|row| is_before(row, true))..].iter().find(wanted)
        } else {
            self.timely[..split(&|row| is_before(row, false))].iter().rev().find(wanted)
        };
        row.map(|&row| (self.time_key(row), self.event(row, &[])))
    }

    /// Makes `self.last` the rows of a predicate, copies of events left out.
    fn scan(&mut self, predicate: &Predicate) {
        let rows = self.store.rows();
        if self.last.as_ref().is_some_and(|(known, at, _)| *at == rows && known == predicate) {
            return;
        }
        let known = self.before.iter().position(|(known, at, _)| *at == rows && known == predicate);
        let known = known.map(|at| self.before.remove(at));
        self.before.extend(self.last.take());
        if let Some(known) = known {
            self.last = Some(known);
            return;
        }
        if self.before.len() > BEFORE {
            self.before.remove(0);
        }
        self.last = Some((predicate.clone(), rows, self.found(predicate)));
    }

    fn found(&self, predicate: &Predicate) -> Rows {
        let mut found = self.without_dropped(scan::rows(&self.store, &self.files, predicate));
        if !predicate.asks(Derived::Category) {
            self.leave_out_summaries(&mut found);
        }
        found
    }

    /// How many events a predicate leaves; the rows of the last one stay at hand for the table and the time strip.
    fn count(&self, predicate: &Predicate, range: TimeRange) -> u64 {
        let mut rows = self.found(predicate);
        if range != TimeRange::default() {
            rows.intersect_with(&scan::rows(&self.store, &self.files, &Predicate::Time(range)));
        }
        rows.count_ones(..) as u64
    }

    /// Of the rows of the last predicate those within a range of time.
    fn last_within(&self, range: TimeRange) -> Option<Cow<'_, Rows>> {
        let (_, _, rows) = self.last.as_ref()?;
        if range == TimeRange::default() {
            return Some(Cow::Borrowed(rows));
        }
        let mut within = scan::rows(&self.store, &self.files, &Predicate::Time(range));
        within.intersect_with(rows);
        Some(Cow::Owned(within))
    }

    /// Takes five-minute summaries out: they tell of many calls each and would spoil every count of calls, so they are shown
    /// to who asks for their category and to nobody else.
    fn leave_out_summaries(&self, rows: &mut Rows) {
        let category = self.store.derived_dictionary(Derived::Category);
        if !self.store.dictionary(category).iter().any(|text| text == SUMMARY.as_bytes()) {
            return;
        }
        let found: Vec<usize> = rows.ones().filter(|&row| self.store.is_summary(row as Row)).collect();
        found.into_iter().for_each(|row| rows.set(row, false));
    }

    fn without_dropped(&self, mut rows: Rows) -> Rows {
        for &row in &self.dropped {
            rows.set(row as usize, false);
        }
        rows
    }

    fn current_order(&self) -> Order {
        self.order.clone().unwrap_or_default()
    }

    fn key(&self, row: Row) -> order::SortKey {
        order::key(&self.store, &self.files, &self.current_order(), row)
    }

    fn event(&self, row: Row, columns: &[crate::query::predicate::Select]) -> EventRow {
        let (file, record) = self.store.provenance(row);
        let cells = columns.iter().map(|column| {
            let mut text = cell::text(&self.store, row, column)?;
            // A message may be a megabyte, and a page has hundreds of rows.
            if let Some((cut, _)) = text.char_indices().nth(CELL).filter(|_| column.is_message()) {
                text.truncate(cut);
                text.push('…');
            }
            Some(text)
        });
        let cells = cells.collect();
        EventRow { row, file, record, time: self.store.hot().time(row), cells }
    }

    fn candidates(&self, wanted: &[u64]) -> Vec<Candidate> {
        let identities = self.store.identities();
        let rows = identities.iter().enumerate().filter(|(_, identity)| wanted.binary_search(identity).is_ok());
        rows.map(|(row, &identity)| {
            let (file, record) = self.store.provenance(row as Row);
            let row = row as Row;
            let (content, partial) = (self.store.content_hash(row), self.store.is_partial(row));
            let nameless = self.store.is_nameless_line(row);
            Candidate { identity, content, file, record, row, partial, nameless }
        })
        .collect()
    }
}

/// A file of CloudTrail, by its name, is read to its end whatever it holds.
fn named(reading: Reading, path: &str) -> Reading {
    let digest = names::is_digest(path);
    let reading = reading.at(path);
    if digest || names::log(path).is_some() { reading.named(digest) } else { reading }
}

fn report(file: u32, content_bytes: u64, outcome: Outcome) -> FileReport {
    let Outcome { kind, events, summaries, lines, rejected, problems, sha256, .. } = outcome;
    FileReport { file, kind, events, summaries, lines, points: 0, rejected, content_bytes, sha256, problems }
}
