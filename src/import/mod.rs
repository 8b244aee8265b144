//! Files to events. Floor 1: `recognise` says what a file is, by its content; a [`Reading`] takes its bytes as they come and
//! hands records to a [`Sink`]. Nothing here fails: a file yields events *and* problems.

pub mod archive;
mod elements;
mod format;
pub mod gzip;
mod json;
pub mod kind;
mod outline;
pub mod recognise;
pub mod records;
mod repair;
pub mod split;
mod tally;
mod unpack;

use crate::problem::{Problem, ProblemKind};
use crate::store::tokens::PADDING;
use gzip::Gunzip;
use recognise::Kind;
use records::{Outcome, Records, Sink};

/// Inflated content is handed on in pieces of about this size.
const PIECE: usize = 4 << 20;

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
    container: Container,
    records: Records,
    /// Content bytes in the workbench's buffer that are not done with.
    filled: usize,
    taken: u64,
    content: u64,
    stopped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Unknown,
    Plain,
    Gzip,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            container: Container::Unknown,
            records: Records::default(),
            filled: 0,
            taken: 0,
            content: 0,
            stopped: false,
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
        Self { container: Container::Plain, records, ..Self::default() }
    }

    /// Takes the next bytes of the file. `last`: they are the last ones.
    pub fn push(&mut self, bytes: &[u8], last: bool, bench: &mut Workbench, sink: &mut impl Sink) {
        if self.container == Container::Unknown {
            self.container = if gzip::is_gzip(bytes) { Container::Gzip } else { Container::Plain };
            if self.container == Container::Gzip {
                bench.gunzip.restart();
                // Most files are small and state their length: inflate them in one go.
                let stated = if last { gzip::stated_length(bytes) } else { PIECE };
                reserve(&mut bench.buf, stated.clamp(64 << 10, PIECE) + 1);
            }
        }
        match self.container {
            Container::Gzip => self.push_gzip(bytes, last, bench, sink),
            _ => {
                reserve(&mut bench.buf, self.filled + bytes.len());
                bench.buf[self.filled..self.filled + bytes.len()].copy_from_slice(bytes);
                self.filled += bytes.len();
                self.content += bytes.len() as u64;
                self.taken += bytes.len() as u64;
                self.feed(last, bench, sink);
            }
        }
    }

    fn push_gzip(&mut self, bytes: &[u8], last: bool, bench: &mut Workbench, sink: &mut impl Sink) {
        let mut at = 0;
        while !self.stopped {
            if bench.buf.len() < self.filled + PADDING + (16 << 10) {
                let len = bench.buf.len();
                reserve(&mut bench.buf, len * 2);
            }
            let room = bench.buf.len() - PADDING;
            let (taken, made, result) = bench.gunzip.pump(&bytes[at..], &mut bench.buf[self.filled..room]);
            at += taken;
            self.filled += made;
            self.content += made as u64;
            if let Err(error) = result {
                let what = error.what();
                self.records.problem(
                    ProblemKind::DamagedGzip,
                    Some(self.taken + at as u64),
                    what,
                    "every complete record before this place was kept",
                );
                self.stopped = true;
            }
            if self.content > CONTENT_MAX
                || (self.content > SURELY_FINE && self.content > (self.taken + at as u64) * RATIO_MAX)
            {
                self.records.problem(
                    ProblemKind::TooLarge,
                    Some(self.content),
                    format!("it inflates to more than {RATIO_MAX} times its size, or to more than 16 GiB"),
                    "what came before was kept, the rest was not read",
                );
                self.stopped = true;
            }
            let full = self.filled + (16 << 10) >= room;
            let dry = at == bytes.len() && !full;
            if full || self.stopped || dry {
                let over = self.stopped || (dry && last);
                if dry && last && !bench.gunzip.is_complete() && !self.stopped {
                    self.records.problem(
                        ProblemKind::Truncated,
                        Some(self.taken + at as u64),
                        "the gzip data ends before its end mark",
                        "what it held up to there was kept",
                    );
                }
                self.feed(over, bench, sink);
            }
            if dry || self.records.is_over() {
                break;
            }
        }
        self.taken += bytes.len() as u64;
    }

    fn feed(&mut self, last: bool, bench: &mut Workbench, sink: &mut impl Sink) {
        bench.buf[self.filled..self.filled + PADDING].fill(0);
        let done = self.records.feed(&bench.buf, self.filled, last, sink);
        bench.buf.copy_within(done..self.filled, 0);
        self.filled -= done;
    }

    /// Whether no more of the file's bytes are wanted: what it is has been seen, and it is nothing that is read.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stopped || self.records.is_over()
    }

    /// Content bytes (after inflating) so far.
    #[must_use]
    pub fn content_bytes(&self) -> u64 {
        self.content
    }

    /// Events so far.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.records.events()
    }

    /// The end of the file; the last [`Self::push`] said so, or [`Self::is_over`].
    #[must_use]
    pub fn finish(self) -> Outcome {
        self.records.finish()
    }
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
    Outcome { kind: Kind::Unreadable, events: 0, rejected: 0, problems: vec![problem], sha256: None, archive: None }
}
