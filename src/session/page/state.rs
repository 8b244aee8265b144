//! What the loading knows: the files, what is still to be read, what each worker was given and holds, and the numbers that
//! follow from it. No message is sent from here.

use super::choosing::Intake;
use super::{CaseFile, Phase, Progress};
use crate::import::split::Piece;
use crate::integrity::Supplied;
use crate::session::choice::Choice;
use crate::session::custody;
use crate::session::duplicates::Duplicates;
use crate::session::protocol::FileReport;
use crate::session::shard::Shard;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use wasm_bindgen::{JsCast, JsValue};

/// Work for a worker.
#[derive(Clone)]
pub(super) enum Unit {
    File {
        file: u32,
        whole: bool,
    },
    Cut(u32),
    Piece(u32, Piece),
    /// A file in an archive, that was read.
    Entry(u32),
    /// Files in an archive that are still to be reported by the worker that has it open.
    Entries {
        archive: u32,
        left: u32,
    },
}

impl Unit {
    pub fn file(&self) -> u32 {
        match self {
            Self::File { file, .. } | Self::Cut(file) | Self::Piece(file, _) | Self::Entry(file) => *file,
            Self::Entries { archive, .. } => *archive,
        }
    }
}

/// What is kept of a file besides what the page sees.
#[derive(Default)]
pub(super) struct Handle {
    /// A `File` or a handle of one; `None` when it could not be opened, and for files in archives.
    pub file: Option<JsValue>,
    /// Pieces that are still to be read, when it was cut; and whether more may be found.
    pub pieces: u32,
    pub cutting: bool,
    /// SHA-256 of a file that was cut, which no piece of it can know.
    pub sha256: Option<[u8; 32]>,
    /// The archive that it is in.
    pub archive: Option<u32>,
    /// The numbers of the files in it, when it is an archive, and whether the worker that has it now knows them.
    pub entries: Option<(Range<u32>, bool)>,
}

#[derive(Default)]
pub(super) struct State {
    pub files: Vec<CaseFile>,
    pub handles: Vec<Handle>,
    pub queue: VecDeque<Unit>,
    /// By worker: what it was given and has not reported; what it holds in its store, with what came of it.
    pub given: Vec<Vec<Unit>>,
    pub held: Vec<Vec<(Unit, FileReport)>>,
    /// By worker: bytes and events of large files that it is in the middle of.
    pub partial: Vec<(u64, u64)>,
    /// Drops that are still being looked through.
    pub intakes: HashMap<u32, Intake>,
    /// The number of the next drop.
    pub next_intake: u32,
    /// What is offered for choosing, while it is.
    pub choice: Option<Choice>,
    /// Files whose sizes are wanted; by worker, those that it was asked for.
    pub unsized_files: VecDeque<u32>,
    pub sizing: Vec<Vec<u32>>,
    /// Copies of events were found for all that is read.
    pub settled: bool,
    pub progress: Progress,
    pub changed: bool,
    pub refresh: bool,
    pub started_ms: f64,
    pub ticks: u32,
    /// The page is told of new events when the ticks have come this far; see [`State::refresh_due`].
    refresh_at: u32,
    pub ticking: bool,
    /// Rises with every change of what is in the shards, so that a finding of copies knows that it is out of date.
    pub epoch: u32,
}

/// Takes the first unit that fits out of a list.
pub(super) fn take(units: &mut Vec<Unit>, fits: impl Fn(&Unit) -> bool) -> Option<Unit> {
    let at = units.iter().position(fits)?;
    Some(units.swap_remove(at))
}

impl State {
    pub fn new(workers: usize) -> Self {
        Self {
            given: vec![Vec::new(); workers],
            held: vec![Vec::new(); workers],
            partial: vec![(0, 0); workers],
            sizing: vec![Vec::new(); workers],
            ..Self::default()
        }
    }

    /// Adds a file of the case and gives it its number.
    pub fn add(&mut self, file: CaseFile, handle: Handle) -> u32 {
        self.progress.files_found += 1;
        self.files.push(file);
        self.handles.push(handle);
        self.files.len() as u32 - 1
    }

    /// Adds a file that was found, with its size where the browser says it at once.
    pub fn found(&mut self, path: String, file: Result<JsValue, String>) -> u32 {
        match file {
            Ok(file) => {
                let bytes = file.dyn_ref::<web_sys::File>().map(|file| file.size() as u64);
                self.progress.bytes_found += bytes.unwrap_or(0);
                let handle = Handle { file: Some(file), ..Handle::default() };
                self.add(CaseFile { path, bytes, ..CaseFile::default() }, handle)
            }
            Err(reason) => {
                let number = self.add(CaseFile { path, ..CaseFile::default() }, Handle::default());
                self.unreadable(number, &reason);
                number
            }
        }
    }

    pub fn size(&mut self, file: u32, bytes: u64) {
        let known = &mut self.files[file as usize];
        if known.bytes.is_none() {
            self.progress.bytes_found += bytes;
        }
        known.bytes = Some(bytes);
    }

    fn unreadable(&mut self, file: u32, reason: &str) {
        self.files[file as usize].report = Some(Shard::unreadable(file, reason));
        self.done(file);
    }

    /// Files that were read in pieces, of which no worker knows the whole: plain ones, whose bytes are their content.
    pub fn cut_files(&self) -> Vec<Supplied> {
        let files = self.files.iter().zip(&self.handles);
        let cut = files.filter_map(|(file, handle)| {
            let (sha256, report) = (handle.sha256?, file.report.as_ref()?);
            Some(custody::cut(report, &file.path, file.bytes.unwrap_or(report.content_bytes), sha256))
        });
        cut.collect()
    }

    /// Whether nothing is to be read any more.
    pub fn is_idle(&self) -> bool {
        self.intakes.is_empty() && self.queue.is_empty() && self.given.iter().all(Vec::is_empty)
    }

    /// Notes that a file is over, if no part of it is to be read any more.
    pub fn done(&mut self, file: u32) {
        let (known, handle) = (&mut self.files[file as usize], &self.handles[file as usize]);
        if known.done || handle.pieces > 0 || handle.cutting {
            return;
        }
        known.done = true;
        if let (Some(report), Some(_)) = (&mut known.report, handle.sha256) {
            report.sha256 = handle.sha256;
        }
        self.progress.files_done += 1;
        self.progress.files_with_problems += u32::from(known.has_problems());
    }

    /// Notes that a file is to be read again.
    fn undone(&mut self, file: u32) {
        let known = &mut self.files[file as usize];
        if std::mem::take(&mut known.done) {
            self.progress.files_done -= 1;
            self.progress.files_with_problems -= u32::from(known.has_problems());
        }
    }

    /// A worker has read a file, or a piece of one.
    pub fn read(&mut self, at: usize, report: FileReport, bytes: u64) {
        let file = report.file;
        let unit = match self.handles[file as usize].archive {
            Some(archive) => self.entry_over(at, archive).then_some(Unit::Entry(file)),
            None => take(&mut self.given[at], |unit| {
                unit.file() == file && matches!(unit, Unit::File { .. } | Unit::Piece(..))
            }),
        };
        // Nothing is found where it was cancelled in the meantime.
        let Some(unit) = unit else { return };
        self.settled = false;
        match unit {
            // What is in archives does not lie on the disk.
            Unit::Entry(_) => self.files[file as usize].bytes = Some(bytes),
            _ if self.files[file as usize].bytes.is_none() => self.size(file, bytes),
            _ => {}
        }
        let bytes = self.bytes_of(&unit);
        // What was counted while it was read is counted by its report from now on.
        if !matches!(unit, Unit::Entry(_)) {
            let (partial_bytes, partial_events) = &mut self.partial[at];
            *partial_bytes = partial_bytes.saturating_sub(bytes);
            *partial_events = partial_events.saturating_sub(u64::from(report.events));
        }
        self.progress.bytes_done += bytes;
        self.progress.events += u64::from(report.events);
        self.progress.rejected += u64::from(report.rejected);
        self.refresh |= report.events > 0;
        if matches!(unit, Unit::Piece(..)) {
            self.handles[file as usize].pieces -= 1;
        }
        let known = &mut self.files[file as usize];
        match &mut known.report {
            Some(all) => all.add(report.clone()),
            None => known.report = Some(report.clone()),
        }
        self.done(file);
        self.held[at].push((unit, report));
        // It was an archive once, and this time it is none.
        if let Some((entries, false)) = self.handles[file as usize].entries.clone() {
            self.entries_gone(entries);
        }
    }

    /// One file fewer is awaited from an archive that a worker has open; whether any was.
    fn entry_over(&mut self, at: usize, archive: u32) -> bool {
        let fits = |unit: &Unit| matches!(unit, Unit::Entries { archive: known, .. } if *known == archive);
        let Some(place) = self.given[at].iter().position(fits) else { return false };
        if let Unit::Entries { left, .. } = &mut self.given[at][place] {
            *left -= 1;
            if *left == 0 {
                self.given[at].swap_remove(place);
            }
        }
        true
    }

    /// A worker opened an archive: gives the files in it their numbers, the same ones again if it was open before.
    pub fn entries(&mut self, at: usize, archive: u32, listed: Vec<(String, u64)>) -> u32 {
        let left = listed.len() as u32;
        let path = self.files[archive as usize].path.clone();
        let listed: Vec<(String, u64)> =
            listed.into_iter().map(|(inner, bytes)| (format!("{path}/{inner}"), bytes)).collect();
        let known = self.handles[archive as usize].entries.take().map(|(entries, _)| entries);
        let same = known.filter(|known| {
            let paths = self.files[known.start as usize..known.end as usize].iter().map(|file| &file.path);
            let same = paths.eq(listed.iter().map(|(path, _)| path));
            if !same {
                self.entries_gone(known.clone());
            }
            same
        });
        let entries = same.unwrap_or_else(|| {
            let first = self.files.len() as u32;
            for (path, bytes) in listed {
                let file = CaseFile { path, bytes: Some(bytes), inside: true, ..CaseFile::default() };
                self.add(file, Handle { archive: Some(archive), ..Handle::default() });
            }
            first..self.files.len() as u32
        });
        let first = entries.start;
        self.files[archive as usize].entries = left;
        self.handles[archive as usize].entries = Some((entries, true));
        self.given[at].push(Unit::Entries { archive, left });
        first
    }

    /// Files of an archive that is no longer what it was.
    fn entries_gone(&mut self, entries: Range<u32>) {
        for file in entries {
            if !self.files[file as usize].done {
                self.unreadable(file, "the archive that it was in is not the same any more");
            }
            if let Some((inner, _)) = self.handles[file as usize].entries.clone() {
                self.entries_gone(inner);
            }
        }
    }

    /// A unit will not be read, since a person cancelled.
    pub fn skip(&mut self, unit: &Unit) {
        let file = unit.file();
        let handle = &mut self.handles[file as usize];
        match unit {
            Unit::Piece(..) => handle.pieces -= 1,
            Unit::Cut(_) => handle.cutting = false,
            Unit::File { .. } | Unit::Entry(_) | Unit::Entries { .. } => {}
        }
        let entries = handle.entries.clone();
        self.files[file as usize].cancelled = true;
        self.done(file);
        // Of an archive that was to be opened again, what was in it is not read either.
        for inner in entries.into_iter().flat_map(|(entries, _)| entries) {
            if !self.files[inner as usize].done {
                self.skip(&Unit::Entry(inner));
            }
        }
    }

    /// A worker did not read a file, since a person cancelled.
    pub fn skipped(&mut self, at: usize, file: u32) {
        match self.handles[file as usize].archive {
            Some(archive) => {
                if self.entry_over(at, archive) {
                    self.skip(&Unit::Entry(file));
                }
            }
            None => {
                if let Some(unit) = take(&mut self.given[at], |unit| unit.file() == file) {
                    self.skip(&unit);
                }
            }
        }
    }

    pub fn count_cancelled(&mut self) {
        self.progress.cancelled = self.files.iter().filter(|file| file.cancelled).count() as u32;
    }

    pub fn count_left_out(&mut self) {
        self.progress.left_out = self.files.iter().filter(|file| file.left_out).count() as u32;
    }

    /// Bytes on disk of a unit.
    fn bytes_of(&self, unit: &Unit) -> u64 {
        let bytes = self.files[unit.file() as usize].bytes.unwrap_or(0);
        match unit {
            Unit::Piece(_, piece) => piece.end.unwrap_or(bytes).saturating_sub(piece.start),
            Unit::Entry(_) | Unit::Entries { .. } => 0,
            _ => bytes,
        }
    }

    /// A worker died: all that it held and was given is to be read again.
    pub fn lost(&mut self, at: usize) {
        self.epoch += 1;
        self.settled = false;
        self.progress.restarts += 1;
        self.partial[at] = (0, 0);
        let held: Vec<Unit> = self.held[at].drain(..).map(|(unit, _)| unit).collect();
        for unit in &held {
            self.lose(unit);
        }
        let lost: Vec<Unit> = held.into_iter().chain(self.given[at].drain(..)).collect();
        for unit in &lost {
            if let Some((_, open)) = &mut self.handles[unit.file() as usize].entries {
                *open = false;
            }
        }
        // Files in archives come again with their archive, which this worker held too.
        self.queue.extend(lost.into_iter().filter(|unit| !matches!(unit, Unit::Entry(_) | Unit::Entries { .. })));
        let sizes = std::mem::take(&mut self.sizing[at]);
        self.unsized_files.extend(sizes);
        self.changed = true;
        self.refresh = true;
    }

    /// What was read is gone with its worker: takes it out of the numbers. It is no longer among `held`.
    fn lose(&mut self, unit: &Unit) {
        let file = unit.file();
        let bytes = self.bytes_of(unit);
        self.undone(file);
        if matches!(unit, Unit::Piece(..)) {
            self.handles[file as usize].pieces += 1;
        }
        let known = &mut self.files[file as usize];
        let before = known.report.take();
        // What other workers hold of the file stays.
        for (_, report) in self.held.iter().flatten().filter(|(unit, _)| unit.file() == file) {
            match &mut known.report {
                Some(all) => all.add(report.clone()),
                None => known.report = Some(report.clone()),
            }
        }
        let sum = |report: &Option<FileReport>| {
            report.as_ref().map_or((0, 0), |report| (u64::from(report.events), u64::from(report.rejected)))
        };
        let (before, after) = (sum(&before), sum(&known.report));
        self.progress.events -= before.0.saturating_sub(after.0);
        self.progress.rejected -= before.1.saturating_sub(after.1);
        self.progress.bytes_done = self.progress.bytes_done.saturating_sub(bytes);
    }

    /// Whether it is time to let every view ask again. At once for the first events, then ever less often: an answer over
    /// more events costs the workers more, which they could spend on reading.
    pub fn refresh_due(&mut self) -> bool {
        let due = self.ticks >= self.refresh_at;
        if due {
            self.refresh_at = self.ticks + 3 + (self.progress.elapsed_ms / 500.0) as u32;
        }
        due
    }

    pub fn note_duplicates(&mut self, found: &Duplicates, paths: &[String]) {
        self.progress.duplicates = found.total();
        for (at, file) in self.files.iter_mut().enumerate() {
            file.duplicates = found.by_file.get(&(at as u32)).copied().unwrap_or(0);
        }
        for conflict in &found.conflicts {
            let (first, record) = conflict.first;
            let what =
                format!("the eventID of this record also stands on record {record} of {}", paths[first as usize]);
            let file = &mut self.files[conflict.other.0 as usize];
            self.progress.files_with_problems += u32::from(!file.has_problems());
            let Some(report) = &mut file.report else { continue };
            report.conflict(conflict.other.1, what);
        }
        self.changed = true;
    }

    /// Whether a loading is under way.
    pub fn is_busy(&self) -> bool {
        matches!(self.progress.phase, Phase::Looking | Phase::Choosing | Phase::Reading | Phase::Checking)
    }
}
