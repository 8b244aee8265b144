//! Files to events. Floor 1: `layers` and `archive` open what a file is packed in, `recognise` says what it is, by its
//! content; a [`Reading`] takes its bytes as they come and hands records to a [`Sink`]. Nothing here fails: a file yields
//! events *and* problems.

pub mod archive;
mod base64;
pub mod content;
mod elements;
mod format;
pub mod gzip;
mod json;
pub mod kind;
mod layers;
mod line;
pub mod metrics;
mod outline;
pub mod recognise;
pub mod records;
mod repair;
pub mod split;
mod tally;
mod utf16;
mod when;

pub(crate) use layers::{Refusal, unpack};

use crate::problem::{Problem, ProblemKind};
use crate::store::tokens::PADDING;
use archive::{ARCHIVE_MAX, Archive, Format};
use content::{Container, Content};
use gzip::Gunzip;
use layers::{LAYERS_MAX, ROOM, SNIFF, Stage, Wrapping, sniff};
use recognise::Kind;
use records::{Outcome, Records, Sink};
use sha2::{Digest, Sha256};

/// Inflated content is handed on in pieces of about this size.
const PIECE: usize = 4 << 20;

/// What one layer makes for the next is handed on in pieces of this size.
const BETWEEN: usize = 256 << 10;

/// A gzip file may inflate to this much whatever its ratio ...
const SURELY_FINE: u64 = 256 << 20;

/// ... and beyond it to no more than this many times its size. CloudTrail compresses 7 to 20 times; only a bomb does 1,000.
const RATIO_MAX: u64 = 200;

/// Content beyond this is not read, compressed or not.
const CONTENT_MAX: u64 = 16 << 30;

/// What is kept from file to file, so that ten thousand small ones do not each make their buffers.
#[derive(Default)]
pub struct Workbench {
    gunzip: Gunzip,
    buf: Vec<u8>,
}

/// One file being read.
pub struct Reading {
    /// `None` for a piece of a file, which tells nothing of the whole.
    hash: Option<Sha256>,
    /// Whether the file's last byte was pushed.
    ended: bool,
    /// The layers around the content, outermost first.
    stages: Vec<Stage>,
    /// Whether it is known that no further layer comes.
    settled: bool,
    /// The archive that the content turned out to be, as far as it has come.
    gathering: Option<(Format, Vec<u8>)>,
    records: Records,
    /// Content bytes in the workbench's buffer that are not done with.
    filled: usize,
    content: u64,
    stopped: bool,
    /// The file is read to its end whatever it holds.
    whole: bool,
    /// Bytes of the file so far, packed as it is.
    bytes: u64,
    custody: Custody,
}

/// What is kept while a content goes by, for chains of custody.
#[derive(Default)]
struct Custody {
    hash: Sha256,
    /// Bytes of the content that were hashed.
    hashed: u64,
    /// Bytes at the start of the workbench's buffer that were hashed, or will not be.
    fresh: usize,
    /// Where the first gzip member of the content ends in it, once it has.
    sealed: Option<u64>,
    container: Option<Container>,
    trailing: bool,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            hash: Some(Sha256::new()),
            ended: false,
            stages: Vec::new(),
            settled: false,
            gathering: None,
            records: Records::default(),
            filled: 0,
            content: 0,
            stopped: false,
            whole: false,
            bytes: 0,
            custody: Custody::default(),
        }
    }
}

impl Reading {
    /// Reading of a piece of a plain file.
    #[must_use]
    pub fn of(piece: &split::Piece) -> Self {
        // The first piece begins with what stands before the records, so it is read as a file is.
        let records = match piece.start {
            0 => Records::default().ending_early(piece.end.is_some()),
            start => Records::from_piece(piece.kind, start, piece.record, piece.end.is_none()),
        };
        Self { hash: None, settled: true, records, ..Self::default() }
    }

    /// The file is wanted to its end whatever it holds: its name is that of a file of CloudTrail. `digest`: of a digest, so
    /// that what it holds is kept as a document.
    #[must_use]
    pub fn named(mut self, digest: bool) -> Self {
        self.whole = true;
        self.records = self.records.expecting_document(digest);
        self
    }

    /// What the file's path tells of the log events in it.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        self.records = self.records.at(path);
        self
    }

    /// Takes the next bytes of the file. `last`: they are the last ones.
    pub fn push(&mut self, bytes: &[u8], last: bool, bench: &mut Workbench, sink: &mut impl Sink) {
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
        self.bytes += bytes.len() as u64;
        self.ended |= last;
        if self.is_done() {
            return;
        }
        if !self.settled && self.stages.is_empty() && self.filled == 0 && (bytes.len() >= SNIFF || last) {
            // The usual case, looked at before anything is copied.
            match sniff(bytes) {
                Some(Wrapping::Layer(layer)) => {
                    self.begin(layer, bench);
                    // Most files are small and state their length: inflate them in one go.
                    let stated = if last { gzip::stated_length(bytes) } else { PIECE };
                    reserve(&mut bench.buf, stated.clamp(64 << 10, PIECE) + 1);
                }
                Some(Wrapping::Archive(format)) => self.gather(format),
                None => self.settled = true,
            }
        }
        self.advance(0, bytes, last, bench, sink);
    }

    fn begin(&mut self, layer: layers::Layer, bench: &mut Workbench) {
        let shared = self.stages.is_empty();
        if shared {
            bench.gunzip.restart();
        }
        self.stages.push(Stage::new(layer, shared));
    }

    fn gather(&mut self, format: Format) {
        self.settled = true;
        self.gathering = Some((format, Vec::new()));
    }

    /// Takes bytes through the layers from the one with this number on. `last`: it gets no more.
    fn advance(&mut self, level: usize, bytes: &[u8], last: bool, bench: &mut Workbench, sink: &mut impl Sink) {
        if level == self.stages.len() {
            if self.gathering.is_some() {
                self.content += bytes.len() as u64;
                return self.collect(bytes);
            }
            reserve(&mut bench.buf, self.filled + bytes.len());
            bench.buf[self.filled..self.filled + bytes.len()].copy_from_slice(bytes);
            self.filled += bytes.len();
            self.content += bytes.len() as u64;
            self.arrived(last, bench, sink);
            return;
        }
        let mut between = Vec::new();
        let mut at = 0;
        while !self.is_done() {
            // The innermost layer writes to where records are read from.
            let innermost = level + 1 == self.stages.len();
            let (buf, filled) = if innermost { (&mut bench.buf, self.filled) } else { (&mut between, 0) };
            if buf.len() < filled + PADDING + ROOM {
                let wanted = if innermost { buf.len() * 2 } else { BETWEEN };
                reserve(buf, wanted.max(filled + PADDING + ROOM));
            }
            let room = buf.len() - PADDING;
            let stage = &mut self.stages[level];
            let (taken, mut made, result) = stage.pump(&mut bench.gunzip, &bytes[at..], &mut buf[filled..room]);
            let first_is_over = stage.gunzip(&bench.gunzip).is_some_and(Gunzip::first_is_over);
            at += taken;
            let full = filled + made + ROOM >= room;
            let dry = at == bytes.len() && !full;
            let position = stage.taken;
            let (made_so_far, of_the_file) = (stage.made, self.stages[0].taken);
            let stage = &mut self.stages[level];
            let mut refusal = result.err();
            let mut over = refusal.is_some();
            if made_so_far > CONTENT_MAX || (made_so_far > SURELY_FINE && made_so_far > of_the_file * RATIO_MAX) {
                over = true;
                let what = format!("it inflates to more than {RATIO_MAX} times its size, or to more than 16 GiB");
                refusal = refusal.or(Some(Refusal { kind: ProblemKind::TooLarge, what }));
            } else if dry && last && !over {
                let (rest, result) = stage.end(&bench.gunzip, &mut buf[filled + made..]);
                made += rest;
                refusal = result.err();
            }
            let ends = over || (dry && last);
            if ends && stage.replaced() > 0 {
                let what = format!("{} halves of UTF-16 pairs stand alone", stage.replaced());
                self.records.problem(ProblemKind::NotUtf8, None, what, "U+FFFD stands in their place");
            }
            if let Some(Refusal { kind, what }) = refusal {
                let outcome = match kind {
                    ProblemKind::Truncated => "what it held up to there was kept",
                    ProblemKind::TooLarge => "what came before was kept, the rest was not read",
                    _ => "every complete record before this place was kept",
                };
                self.records.problem(kind, Some(position), what, outcome);
            }
            if ends {
                self.packed(level, bench);
            }
            if innermost {
                self.filled += made;
                self.content += made as u64;
                if first_is_over && self.custody.sealed.is_none() {
                    self.custody.sealed = Some(self.content);
                    self.records.seal(self.content);
                }
                if full || ends || dry {
                    self.arrived(ends, bench, sink);
                }
            } else {
                self.advance(level + 1, &between[..made], ends, bench, sink);
            }
            self.stopped |= over;
            if dry {
                break;
            }
        }
    }

    /// More of the innermost content stands in the workbench's buffer.
    fn arrived(&mut self, last: bool, bench: &mut Workbench, sink: &mut impl Sink) {
        if !self.settled {
            if self.filled < SNIFF && !last {
                return;
            }
            match sniff(&bench.buf[..self.filled]) {
                Some(Wrapping::Layer(layer)) if self.stages.len() < LAYERS_MAX => {
                    self.begin(layer, bench);
                    let packed = bench.buf[..self.filled].to_vec();
                    self.content -= self.filled as u64;
                    self.filled = 0;
                    self.custody.sealed = None;
                    self.records.unseal();
                    reserve(&mut bench.buf, PIECE);
                    return self.advance(self.stages.len() - 1, &packed, last, bench, sink);
                }
                Some(Wrapping::Layer(_)) => {
                    self.settled = true;
                    self.records.problem(
                        ProblemKind::TooDeep,
                        None,
                        format!("it is packed more than {LAYERS_MAX} times, one in the other"),
                        "nothing was read from this file: unpack it and drop what comes out",
                    );
                }
                Some(Wrapping::Archive(format)) => self.gather(format),
                None => self.settled = true,
            }
        }
        if self.gathering.is_some() {
            let bytes = &bench.buf[..std::mem::take(&mut self.filled)];
            return self.collect(bytes);
        }
        self.feed(last, bench, sink);
    }

    /// More of an archive.
    fn collect(&mut self, bytes: &[u8]) {
        let Some((_, archive)) = &mut self.gathering else { return };
        if archive.len() + bytes.len() <= ARCHIVE_MAX && archive.try_reserve(bytes.len()).is_ok() {
            archive.extend_from_slice(bytes);
            return;
        }
        *archive = Vec::new();
        self.stopped = true;
        self.records.problem(
            ProblemKind::TooLarge,
            None,
            "an archive is held in memory while it is read, and this one is larger than 1 GiB or than the memory left",
            "nothing was read from it: unpack it and drop the folder",
        );
    }

    /// The layer at this level is over: what is to be told of it.
    fn packed(&mut self, level: usize, bench: &Workbench) {
        let custody = &mut self.custody;
        let container = match self.stages[level].gunzip(&bench.gunzip) {
            Some(gunzip) => {
                custody.trailing |= gunzip.has_more();
                match () {
                    () if gunzip.first_is_good() => Container::Gzip,
                    // A trailer that says something else, or data that make no sense.
                    () if gunzip.is_over() => Container::Damaged,
                    () => Container::Incomplete,
                }
            }
            None => Container::Other,
        };
        custody.container = Some(if self.stages.len() > 1 { Container::Other } else { container });
    }

    fn feed(&mut self, last: bool, bench: &mut Workbench, sink: &mut impl Sink) {
        let custody = &mut self.custody;
        // What the buffer begins with in the content; what is hashed is what the records are read from.
        let begins = self.content - self.filled as u64;
        let to = custody.sealed.map_or(self.filled, |sealed| ((sealed - begins.min(sealed)) as usize).min(self.filled));
        // The bytes of a plain file are its content, and hashed already.
        if custody.fresh < to && self.hash.is_some() && !self.stages.is_empty() {
            custody.hash.update(&bench.buf[custody.fresh..to]);
            custody.hashed += (to - custody.fresh) as u64;
        }
        bench.buf[self.filled..self.filled + PADDING].fill(0);
        let done = self.records.feed(&bench.buf, self.filled, last, sink);
        bench.buf.copy_within(done..self.filled, 0);
        self.filled -= done;
        self.custody.fresh = self.filled;
    }

    /// Whether nothing more is read; what still comes is only hashed.
    fn is_done(&self) -> bool {
        self.stopped || (self.records.is_over() && !self.whole)
    }

    /// Whether it is a piece of a file rather than a file.
    #[must_use]
    pub fn is_piece(&self) -> bool {
        self.hash.is_none()
    }

    /// Whether not all of the content was looked at: nothing was to be read from it, or it was too much.
    fn is_broken_off(&self) -> bool {
        let cut_short = self.stopped && !matches!(self.custody.container, Some(Container::Gzip | Container::Damaged));
        cut_short || (self.records.is_over() && !self.whole)
    }

    /// Whether no more bytes are wanted. Never so for a whole file: even where nothing more is read from it, such as in a
    /// picture, its hash wants every byte, and [`Self::push`] then does nothing but hash.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.hash.is_none() && self.is_done()
    }

    /// Content bytes (after unpacking) so far.
    #[must_use]
    pub fn content_bytes(&self) -> u64 {
        self.content
    }

    /// Events so far.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.records.events()
    }

    /// The end of the file; the last [`Self::push`] said so, or [`Self::is_over`]. Without either, when the reading was
    /// broken off, there is neither a hash nor an archive.
    #[must_use]
    pub fn finish(self) -> Outcome {
        let complete = self.ended && !self.is_broken_off() && self.gathering.is_none();
        let Self { hash, ended, gathering, stopped, mut records, custody, bytes, stages, .. } = self;
        let sha256: Option<[u8; 32]> = hash.filter(|_| ended).map(|hash| hash.finalize().into());
        let content = sha256.filter(|_| complete).map(|sha256| Content {
            sha256: if stages.is_empty() { sha256 } else { custody.hash.finalize().into() },
            bytes: if stages.is_empty() { bytes } else { custody.hashed },
            container: match custody.container {
                None if bytes == 0 => Container::Incomplete,
                None => Container::Plain,
                Some(container) => container,
            },
            gzip_outside: stages.first().is_some_and(Stage::is_gzip),
            trailing: custody.trailing,
            // Where members of an outer layer run on, nothing says which records are of the first.
            appended_from: if custody.trailing && stages.len() > 1 { Some(0) } else { records.appended_from() },
        });
        let mut opened = None;
        if let Some((format, bytes)) = gathering {
            records.is_archive(format.kind());
            // Of what was too large nothing is there; of damaged gzip all that came before the damage.
            if ended && !(stopped && bytes.is_empty()) {
                let (archive, problems) = Archive::open(format, bytes);
                problems.into_iter().for_each(|problem| records.add(problem));
                opened = Some(archive);
            }
        }
        Outcome { sha256, archive: opened, bytes, content, ..records.finish() }
    }
}

/// Whether a file that begins so is packed in something, so that its bytes on disk are not its content and it cannot be cut
/// into pieces.
#[must_use]
pub fn is_packed(head: &[u8]) -> bool {
    sniff(head).is_some()
}

fn reserve(buf: &mut Vec<u8>, len: usize) {
    if buf.len() < len + PADDING {
        buf.resize(len + PADDING, 0);
    }
}

/// Reads a whole file.
pub fn read(bytes: &[u8], bench: &mut Workbench, sink: &mut impl Sink) -> Outcome {
    let mut reading = Reading::default();
    reading.push(bytes, true, bench, sink);
    reading.finish()
}

/// The outcome for a file whose bytes could not be had.
#[must_use]
pub fn unreadable(reason: &str) -> Outcome {
    let problem = Problem {
        kind: ProblemKind::Unreadable,
        record: None,
        at: None,
        len: None,
        what: reason.to_owned(),
        outcome: "nothing was read from it; the other files are not affected".to_owned(),
        times: 1,
    };
    Outcome {
        kind: Kind::Unreadable,
        events: 0,
        summaries: 0,
        lines: 0,
        rejected: 0,
        problems: vec![problem],
        sha256: None,
        archive: None,
        bytes: 0,
        content: None,
        document: None,
        sheet: None,
    }
}
