//! CloudTrail records out of a text, whatever its form, in pieces as they come. What the text is is decided by its
//! beginning; then one of the readers takes it: of JSON elements, of CSV rows, or of log lines.

use super::archive::Archive;
use super::content::Content;
use super::elements::{Elements, Form, Place};
use super::format::log_lines::LogLines;
use super::format::rows::Rows;
use super::line::Source;
use super::metrics::{self, Sheet};
use super::recognise::{HEAD, Kind, recognise};
use super::tally::Tally;
use crate::problem::{Problem, ProblemKind};
use crate::store::tokens;
use crate::store::{Around, Ingested, RecordError, Store};

/// The mark of UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A document may be this large: a digest of a busy hour has a megabyte.
const DOCUMENT_MAX: usize = 64 << 20;

/// Where records go.
pub trait Sink {
    /// Takes the object that starts at `at`; the buffer has [`tokens::PADDING`] zero bytes from `end` on. `around` is what its file
    /// says about it besides the record itself.
    ///
    /// # Errors
    /// See [`RecordError`].
    fn record(
        &mut self,
        buf: &[u8],
        at: usize,
        end: usize,
        number: u32,
        around: &Around<'_>,
    ) -> Result<Ingested, RecordError>;
}

/// A store, taking the records of one file.
pub struct StoreSink<'a> {
    /// The store.
    pub store: &'a mut Store,
    /// The file's number.
    pub file: u32,
}

impl Sink for StoreSink<'_> {
    fn record(
        &mut self,
        buf: &[u8],
        at: usize,
        end: usize,
        number: u32,
        around: &Around<'_>,
    ) -> Result<Ingested, RecordError> {
        let ingested = self.store.ingest(buf, at, end, around)?;
        self.store.came_from(self.file, number);
        Ok(ingested)
    }
}

/// Reads the records of one text.
#[derive(Debug, Default)]
pub struct Records {
    kind: Option<Kind>,
    reader: Reader,
    tally: Tally,
    /// The text is the first piece of a larger one.
    piece: bool,
    /// Whatever it is, it stands where a document should.
    named_document: bool,
    /// The path of its file.
    path: String,
    document: Option<Vec<u8>>,
}

#[derive(Debug, Default)]
enum Reader {
    /// What the text is is not known yet.
    #[default]
    Unknown,
    Elements(Elements),
    Rows(Box<Rows>),
    Lines(LogLines),
    Metrics(metrics::Reader),
    /// It is a document that chains of custody are made of: kept whole.
    Document,
    /// It is nothing that is read.
    Nothing,
}

/// What came of a text.
#[derive(Debug)]
pub struct Outcome {
    /// What it is.
    pub kind: Kind,
    /// Records that became events.
    pub events: u32,
    /// How many of them are five-minute summaries of data events rather than events.
    pub summaries: u32,
    /// How many of them are lines of other logs than CloudTrail's.
    pub lines: u32,
    /// Records that did not.
    pub rejected: u32,
    /// What was wrong.
    pub problems: Vec<Problem>,
    /// SHA-256 of the file's bytes as they lie on disk; `None` when they were not all seen.
    pub sha256: Option<[u8; 32]>,
    /// The files in it, when it is an archive.
    pub archive: Option<Archive>,
    /// Its size as it lies on disk, as far as it was seen.
    pub bytes: u64,
    /// What it holds unpacked; `None` when that was not looked at to its end.
    pub content: Option<Content>,
    /// The text of a document that chains of custody are made of: the very bytes that were hashed.
    pub document: Option<Vec<u8>>,
    /// What it tells of metrics; origins and numbers of files are not filled in.
    pub sheet: Option<Box<Sheet>>,
}

impl Records {
    /// A reader of a piece of a text: it starts at (or at the comma before) the record with this number, `base` bytes in.
    /// `kind` is what the whole text is; `last` says that the piece goes on to the text's end.
    pub(super) fn from_piece(kind: Kind, base: u64, number: u32, last: bool) -> Self {
        let place = match kind {
            Kind::CloudTrailRecords => Place::Stream,
            _ => Place::Array { wrapped: kind == Kind::CloudTrailLog },
        };
        Self {
            kind: Some(kind),
            reader: Reader::Elements(Elements::new(form(kind), place, !last)),
            tally: Tally::from(base, number),
            piece: !last,
            ..Self::default()
        }
    }

    /// What the path of the file tells of the log events in it.
    pub(super) fn at(mut self, path: &str) -> Self {
        self.tally.source = Source::of(path);
        path.clone_into(&mut self.path);
        self
    }

    /// Whatever the text is, it stands where a digest should.
    pub(super) fn expecting_document(mut self, expected: bool) -> Self {
        self.named_document = expected;
        self
    }

    /// What is hashed of the content ends here.
    pub(super) fn seal(&mut self, at: u64) {
        self.tally.sealed = Some(at);
    }

    /// What was taken for the content was packed once more.
    pub(super) fn unseal(&mut self) {
        self.tally.sealed = None;
    }

    /// The number of the first record that does not stand wholly in what is hashed.
    pub(super) fn appended_from(&self) -> Option<u32> {
        self.tally.appended_from
    }

    /// Whether the text is the first piece of a larger one.
    pub(super) fn ending_early(mut self, early: bool) -> Self {
        self.piece = early;
        self
    }

    /// Whether nothing more of the text is wanted (it is not a file of records).
    #[must_use]
    pub fn is_over(&self) -> bool {
        match &self.reader {
            Reader::Elements(elements) => elements.is_over(),
            Reader::Rows(rows) => rows.is_over(),
            Reader::Nothing => true,
            Reader::Unknown | Reader::Lines(_) | Reader::Metrics(_) | Reader::Document => false,
        }
    }

    /// Adds a problem that was found around the text, such as in its container.
    pub fn problem(&mut self, kind: ProblemKind, at: Option<u64>, what: impl Into<String>, outcome: &str) {
        self.tally.problem(kind, at, what, outcome);
    }

    /// Adds a problem as it is.
    pub(super) fn add(&mut self, problem: Problem) {
        self.tally.add(problem);
    }

    /// The text is no text but an archive of this kind.
    pub(super) fn is_archive(&mut self, kind: Kind) {
        self.kind = Some(kind);
    }

    /// Records read so far that became events.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.tally.events
    }

    /// Reads `buf[..end]` (zero bytes follow, at least [`tokens::PADDING`]) and says how much of it is done with; the rest must
    /// come again with more behind it. `last`: nothing comes after.
    pub fn feed(&mut self, buf: &[u8], end: usize, last: bool, sink: &mut impl Sink) -> usize {
        let mut from = 0;
        if matches!(self.reader, Reader::Unknown) {
            if end < HEAD && !last {
                return 0;
            }
            from = self.start(buf, end);
        }
        if matches!(self.reader, Reader::Document) {
            if !last && end <= DOCUMENT_MAX {
                return 0;
            }
            from = self.document(buf, end, last);
        }
        let tally = &mut self.tally;
        let done = match &mut self.reader {
            Reader::Elements(elements) => elements.feed(buf, from, end, last, tally, sink),
            Reader::Rows(rows) => rows.feed(buf, from, end, last, tally, sink),
            Reader::Lines(lines) => lines.feed(buf, from, end, last, tally, sink),
            Reader::Metrics(metrics) => metrics.feed(buf, from, end, last, tally),
            Reader::Unknown | Reader::Nothing | Reader::Document => end,
        };
        self.tally.base += done as u64;
        done
    }

    /// The end of the text.
    #[must_use]
    pub fn finish(mut self) -> Outcome {
        let sheet = match self.reader {
            Reader::Metrics(metrics) => Some(metrics.finish(&mut self.tally)),
            _ => None,
        };
        let kind = self.kind.unwrap_or(Kind::Empty);
        let Tally { events, lines, rejected, .. } = self.tally;
        Outcome {
            // Containers of log events and messages are of CloudTrail when there was nothing but its records in them.
            kind: match () {
                () if lines > 0 => kind.with_lines(),
                () if events + rejected > 0 => kind.with_records(),
                () => kind,
            },
            lines,
            events: self.tally.events,
            summaries: self.tally.summaries,
            rejected: self.tally.rejected,
            problems: self.tally.into_problems(),
            sha256: None,
            archive: None,
            bytes: 0,
            content: None,
            document: self.document,
            sheet: sheet.filter(|sheet| !sheet.is_empty()).map(Box::new),
        }
    }

    /// All of a document is there: keeps it, and says where to go on when there are records in it as well.
    fn document(&mut self, buf: &[u8], end: usize, last: bool) -> usize {
        self.reader = Reader::Nothing;
        if !last {
            let what = format!("a document of more than {} MiB", DOCUMENT_MAX >> 20);
            self.problem(ProblemKind::TooLarge, None, what, "nothing was read from this file");
            return end;
        }
        let hashed = self.tally.sealed.map_or(end, |sealed| (sealed as usize).min(end));
        self.document = Some(buf[..hashed].to_vec());
        // One that says it is a digest and holds records as well is trusted as neither, but its records are not lost.
        let kind = self.kind.unwrap_or(Kind::Empty);
        let pos = tokens::skip_space(buf, if buf.starts_with(BOM) { 3 } else { 0 }).min(end);
        let log = form(Kind::CloudTrailLog);
        if kind.may_hold_records() {
            self.reader = self.reader_of(kind, buf, pos, end);
        } else if buf[pos] == b'{' && Elements::has_array(buf, pos, end, log) {
            self.reader = Reader::Elements(Elements::new(log, Place::Start, false));
        }
        pos
    }

    /// Decides what the text is and who reads it; where it begins after a byte order mark.
    fn start(&mut self, buf: &[u8], end: usize) -> usize {
        let bom = if buf.starts_with(BOM) { 3 } else { 0 };
        let kind = recognise(&buf[..end]);
        self.kind = Some(kind);
        self.tally.keeps_lines = kind.keeps_lines();
        let pos = tokens::skip_space(buf, bom).min(end);
        if (self.named_document || kind.is_document() || kind.is_definition()) && !self.piece {
            self.reader = Reader::Document;
            return 0;
        }
        self.reader = self.reader_of(kind, buf, pos, end);
        // Blanks are a part of what stands in lines.
        if matches!(self.reader, Reader::Lines(_)) { bom } else { pos }
    }

    /// Who reads a text of this kind that begins at `pos`.
    fn reader_of(&mut self, kind: Kind, buf: &[u8], pos: usize, end: usize) -> Reader {
        let json = matches!(buf[pos], b'{' | b'[' | b'"');
        match kind {
            Kind::CloudTrailArray | Kind::CloudTrailStrings => {
                let form = form(kind);
                Reader::Elements(Elements::new(form, Place::Stream, self.piece))
            }
            Kind::EventHistoryCsv | Kind::LakeCsv | Kind::TrailglassCsv => Reader::Rows(Box::default()),
            Kind::LogEvents | Kind::InsightsResults if !json => Reader::Rows(Box::default()),
            Kind::LogLines => Reader::Lines(LogLines::of_an_export()),
            Kind::PlainLog => Reader::Lines(LogLines::of_a_program()),
            kind if kind.may_hold_records() => Reader::Elements(Elements::new(form(kind), Place::Start, self.piece)),
            kind if kind.is_metrics() => metrics::Reader::of(kind, &self.path).map_or(Reader::Nothing, Reader::Metrics),
            kind => {
                if kind == Kind::OtherJson && records_is_no_array(&buf[pos..end.min(pos + HEAD)]) {
                    self.problem(
                        ProblemKind::NotARecord,
                        None,
                        "`Records` is not an array, as it is in a CloudTrail log file",
                        "nothing was read from this file",
                    );
                }
                Reader::Nothing
            }
        }
    }
}

/// How files of this kind hold their elements.
fn form(kind: Kind) -> Form {
    let lines = matches!(kind, Kind::StructuredLog | Kind::EmbeddedMetrics);
    let (key, plain, token) = match kind {
        Kind::CloudTrailLog => ("Records", true, ""),
        Kind::CloudTrailRecords | Kind::CloudTrailArray => ("Records", true, ""),
        Kind::LookupEvents => ("Events", false, "NextToken"),
        Kind::LogEvents => ("events", false, "nextToken"),
        Kind::InsightsResults => ("results", false, "nextToken"),
        Kind::LakeResults => ("QueryResultRows", false, "NextToken"),
        Kind::Kinesis | Kind::Notification => ("Records", false, ""),
        // What stands beside the log events of a subscription says where they are from: payloads are opened whole.
        _ => ("", false, ""),
    };
    Form { key, plain, token, lines }
}

fn records_is_no_array(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"{").unwrap_or(head);
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(10).eq(b"\"Records\":".iter().copied())
}
