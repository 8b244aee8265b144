//! The loading: files found, dealt to the workers, read, counted; copies of events found at the end. And again when more is
//! dropped, or when a worker died.

use super::intake::{Found, Taker};
use super::wire::{FileToRead, FromShard, ToShard};
use super::workers::{Happened, Workers};
use super::{CaseFile, Phase, Progress};
use crate::import::split::Piece;
use crate::session::duplicates::{Duplicates, drop_duplicates};
use crate::session::protocol::{Ask, FileReport};
use crate::session::questions::{Shards, ask_all};
use crate::session::shard::Shard;
use leptos::prelude::{Set, Update, WriteSignal};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// Files given to a worker at a time, and ...
const BATCH: usize = 64;

/// ... batches it has at a time: one being opened, one being read from disk, one being taken apart. Small files are read
/// 8 MB together at most, so the bytes in flight stay far below 64 MB a worker.
const BATCHES: usize = 3;

/// A worker that has read nothing yet gets this many: something is to be seen soon.
const FIRST_BATCH: usize = 8;

/// The page is told about progress this often, in milliseconds.
const TELL_EVERY: u32 = 100;

/// Work for a worker.
#[derive(Clone)]
enum Unit {
    File { file: u32, whole: bool },
    Cut(u32),
    Piece(u32, Piece),
}

impl Unit {
    fn file(&self) -> u32 {
        match self {
            Self::File { file, .. } | Self::Cut(file) | Self::Piece(file, _) => *file,
        }
    }
}

/// What is kept of a file besides what the page sees.
struct Handle {
    /// A `File` or a handle of one; `None` when it could not be opened.
    file: Option<JsValue>,
    /// Pieces that are still to be read, when it was cut; and whether more may be found.
    pieces: u32,
    cutting: bool,
}

#[derive(Default)]
struct State {
    files: Vec<CaseFile>,
    handles: Vec<Handle>,
    queue: VecDeque<Unit>,
    /// By worker: what it was given and has not reported; what it holds in its store, with what came of it.
    given: Vec<Vec<Unit>>,
    held: Vec<Vec<(Unit, FileReport)>>,
    /// By worker: bytes and events of large files that it is in the middle of.
    partial: Vec<(u64, u64)>,
    /// Drops that are still being looked through.
    intakes: u32,
    /// Rises with every cancel: drops that began under a lower number are looked through no further.
    cancels: u32,
    progress: Progress,
    changed: bool,
    refresh: bool,
    started_ms: f64,
    ticks: u32,
    /// The page is told of new events when the ticks have come this far; see [`State::refresh_due`].
    refresh_at: u32,
    ticking: bool,
    /// Rises with every change of what is in the shards, so that a finding of copies knows that it is out of date.
    epoch: u32,
}

pub(super) struct Loading {
    workers: Workers,
    state: RefCell<State>,
    progress: WriteSignal<Progress>,
    generation: WriteSignal<u64>,
}

fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

impl Loading {
    pub fn start(progress: WriteSignal<Progress>, generation: WriteSignal<u64>) -> Rc<Self> {
        let workers = Workers::start();
        let count = workers.count();
        let state = State {
            given: vec![Vec::new(); count],
            held: vec![Vec::new(); count],
            partial: vec![(0, 0); count],
            ..State::default()
        };
        let loading = Rc::new(Self { workers: workers.clone(), state: RefCell::new(state), progress, generation });
        let listener = Rc::downgrade(&loading);
        workers.listen(Rc::new(move |at, happened| {
            if let Some(loading) = listener.upgrade() {
                loading.happened(at, happened);
            }
        }));
        loading
    }

    pub fn workers(&self) -> Workers {
        self.workers.clone()
    }

    pub fn look_at_files<T>(&self, look: impl FnOnce(&[CaseFile]) -> T) -> T {
        look(&self.state.borrow().files)
    }

    /// A person dropped or chose something; what is in it goes to the taker.
    pub fn begins(self: &Rc<Self>) -> Taker {
        let cancels = {
            let mut state = self.state.borrow_mut();
            state.intakes += 1;
            if !matches!(state.progress.phase, Phase::Reading) {
                state.started_ms = now();
            }
            state.progress.phase = Phase::Reading;
            state.changed = true;
            state.epoch += 1;
            state.cancels
        };
        self.tick();
        let loading = self.clone();
        Rc::new(move |files| {
            let wanted = loading.state.borrow().cancels == cancels;
            if wanted {
                loading.found(files);
            }
            wanted
        })
    }

    /// Files that were found; `None` at the end of one drop.
    fn found(self: &Rc<Self>, files: Option<Vec<Found>>) {
        {
            let mut state = self.state.borrow_mut();
            let Some(files) = files else {
                state.intakes = state.intakes.saturating_sub(1);
                drop(state);
                self.deal();
                return;
            };
            for found in files {
                let file = state.files.len() as u32;
                let (handle, report) = match found.file {
                    Ok(handle) => (Some(handle), None),
                    Err(reason) => (None, Some(Shard::unreadable(file, &reason))),
                };
                state.progress.files_found += 1;
                if report.is_some() {
                    state.progress.files_done += 1;
                    state.progress.files_with_problems += 1;
                } else {
                    state.queue.push_back(Unit::File { file, whole: false });
                }
                state.files.push(CaseFile { path: found.path, bytes: 0, report, duplicates: 0, cancelled: false });
                state.handles.push(Handle { file: handle, pieces: 0, cutting: false });
            }
            state.changed = true;
        }
        self.deal();
    }

    pub fn cancel(self: &Rc<Self>) {
        {
            let mut state = self.state.borrow_mut();
            state.cancels += 1;
            state.intakes = 0;
            let state = &mut *state;
            for unit in std::mem::take(&mut state.queue) {
                state.skip(&unit);
            }
            // What the workers were given they report, read or skipped; pieces still to be found are not wanted.
            for unit in state.given.iter().flatten().filter(|unit| matches!(unit, Unit::Cut(_))) {
                state.files[unit.file() as usize].cancelled = true;
            }
            state.count_cancelled();
            state.changed = true;
        }
        for at in 0..self.workers.count() {
            self.workers.send(at, &ToShard::Cancel, &[]);
        }
        self.deal();
    }

    /// Gives work to workers that have room for it.
    fn deal(self: &Rc<Self>) {
        for at in 0..self.workers.count() {
            while self.workers.is_ready(at) && self.give(at) {}
        }
        let finished = {
            let state = self.state.borrow();
            state.progress.phase == Phase::Reading
                && state.intakes == 0
                && state.queue.is_empty()
                && state.given.iter().all(Vec::is_empty)
        };
        if finished {
            self.check();
        }
    }

    /// Gives a worker a batch, if it has room and there is one.
    fn give(&self, at: usize) -> bool {
        let mut state = self.state.borrow_mut();
        let has_large = state.given[at].iter().any(|unit| !matches!(unit, Unit::File { whole: false, .. }));
        if state.given[at].len() > BATCH * (BATCHES - 1) || (has_large && state.given[at].len() >= BATCHES) {
            return false;
        }
        let Some(first) = state.queue.pop_front() else { return false };
        let mut units = vec![first];
        if matches!(units[0], Unit::File { whole: false, .. }) {
            let batch = if state.held[at].is_empty() { FIRST_BATCH } else { BATCH };
            while units.len() < batch && matches!(state.queue.front(), Some(Unit::File { whole: false, .. })) {
                units.extend(state.queue.pop_front());
            }
        }
        let handles: Vec<JsValue> =
            units.iter().filter_map(|unit| state.handles[unit.file() as usize].file.clone()).collect();
        let wanted = |unit: &Unit| FileToRead {
            file: unit.file(),
            path: state.files[unit.file() as usize].path.clone(),
            whole: matches!(unit, Unit::File { whole: true, .. }),
        };
        let message = match &units[0] {
            Unit::File { .. } => ToShard::Read(units.iter().map(wanted).collect()),
            Unit::Cut(_) => ToShard::Cut(wanted(&units[0])),
            Unit::Piece(_, piece) => ToShard::Piece(wanted(&units[0]), *piece),
        };
        state.given[at].append(&mut units);
        drop(state);
        self.workers.send(at, &message, &handles);
        true
    }

    fn happened(self: &Rc<Self>, at: usize, happened: Happened) {
        match happened {
            Happened::Ready => {}
            Happened::Stale => {
                self.state.borrow_mut().progress.stale = true;
                self.tell();
            }
            Happened::Restarted => self.restarted(at),
            Happened::Said(said) => self.said(at, said),
        }
        self.deal();
    }

    fn said(&self, at: usize, said: FromShard) {
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        state.changed = true;
        match said {
            FromShard::Read(reports) => {
                for (report, bytes) in reports {
                    state.read(at, report, bytes);
                }
            }
            FromShard::Large(file, bytes) => {
                take(&mut state.given[at], |unit| matches!(unit, Unit::File { file: known, .. } if *known == file));
                state.files[file as usize].bytes = bytes;
                state.progress.bytes_found += bytes;
                state.handles[file as usize].cutting = true;
                state.queue.push_front(Unit::Cut(file));
            }
            FromShard::Pieces(file, pieces) if !state.files[file as usize].cancelled => {
                state.handles[file as usize].pieces += pieces.len() as u32;
                pieces.into_iter().rev().for_each(|piece| state.queue.push_front(Unit::Piece(file, piece)));
            }
            FromShard::CutDone(file, found) => {
                let cut = take(&mut state.given[at], |unit| matches!(unit, Unit::Cut(known) if *known == file));
                match cut {
                    // It was done before the worker heard of the cancel; its pieces were not taken.
                    Some(cut) if state.files[file as usize].cancelled => {
                        state.skip(&cut);
                        state.count_cancelled();
                    }
                    _ => {
                        state.handles[file as usize].cutting = false;
                        if !found {
                            state.queue.push_front(Unit::File { file, whole: true });
                        }
                    }
                }
            }
            FromShard::Skipped(files) => {
                for file in files {
                    if let Some(unit) = take(&mut state.given[at], |unit| unit.file() == file) {
                        state.skip(&unit);
                    }
                }
                state.count_cancelled();
            }
            FromShard::Reading(bytes, events) => {
                state.partial[at].0 += bytes;
                state.partial[at].1 += u64::from(events);
                state.refresh |= events > 0;
            }
            _ => {}
        }
    }

    /// A worker died. What it held and what it was given is to be read again.
    fn restarted(self: &Rc<Self>, at: usize) {
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            state.epoch += 1;
            state.progress.restarts += 1;
            state.partial[at] = (0, 0);
            let held: Vec<Unit> = state.held[at].drain(..).map(|(unit, _)| unit).collect();
            for unit in &held {
                state.lose(unit);
            }
            let lost: Vec<Unit> = held.into_iter().chain(state.given[at].drain(..)).collect();
            state.queue.extend(lost);
            if state.progress.phase != Phase::Empty
                && (!state.queue.is_empty() || state.progress.phase == Phase::Checking)
            {
                if state.progress.phase != Phase::Reading {
                    state.started_ms = now();
                }
                state.progress.phase = Phase::Reading;
            }
            state.changed = true;
            state.refresh = true;
        }
        self.tick();
    }

    /// All files are read: find the copies of events, then all is done.
    fn check(self: &Rc<Self>) {
        let (epoch, paths) = {
            let mut state = self.state.borrow_mut();
            state.progress.phase = Phase::Checking;
            state.changed = true;
            (state.epoch, state.files.iter().map(|file| file.path.clone()).collect::<Vec<_>>())
        };
        self.tell();
        let loading = self.clone();
        spawn_local(async move {
            let found = drop_duplicates(&loading.workers, &paths).await;
            let current = || {
                let state = loading.state.borrow();
                state.epoch == epoch && state.progress.phase == Phase::Checking
            };
            if !current() {
                return;
            }
            if let Ok(found) = found {
                loading.state.borrow_mut().note_duplicates(&found, &paths);
            }
            // Numbers are right now; giving back memory may take a moment and can wait for the answers.
            loading.finish();
            let _lost = ask_all(&loading.workers, Ask::Settle).await;
        });
    }

    fn finish(&self) {
        {
            let mut state = self.state.borrow_mut();
            state.progress.phase = Phase::Done;
            state.progress.elapsed_ms = now() - state.started_ms;
            state.refresh = true;
        }
        self.tell();
    }

    /// Tells the page about progress every now and then while there is some.
    fn tick(self: &Rc<Self>) {
        if std::mem::replace(&mut self.state.borrow_mut().ticking, true) {
            return;
        }
        let loading = self.clone();
        spawn_local(async move {
            loop {
                gloo::timers::future::TimeoutFuture::new(TELL_EVERY).await;
                let busy = {
                    let mut state = loading.state.borrow_mut();
                    state.ticks += 1;
                    let busy = matches!(state.progress.phase, Phase::Reading | Phase::Checking);
                    if busy {
                        state.progress.elapsed_ms = now() - state.started_ms;
                    }
                    state.ticking = busy;
                    busy
                };
                loading.tell();
                if !busy {
                    break;
                }
            }
        });
    }

    fn tell(&self) {
        let (progress, refresh) = {
            let mut state = self.state.borrow_mut();
            let busy = state.progress.phase == Phase::Reading;
            let refresh = state.refresh && (!busy || state.refresh_due());
            if refresh {
                state.refresh = false;
            }
            let changed = std::mem::take(&mut state.changed) || busy || refresh;
            let mut progress = state.progress.clone();
            for (bytes, events) in &state.partial {
                progress.bytes_done += bytes;
                progress.events += events;
            }
            (changed.then_some(progress), refresh)
        };
        // Outside the borrow: signals call back.
        if let Some(progress) = progress {
            self.progress.set(progress);
        }
        if refresh {
            self.generation.update(|generation| *generation += 1);
        }
    }
}

/// Takes the first unit that fits out of a list.
fn take(units: &mut Vec<Unit>, fits: impl Fn(&Unit) -> bool) -> Option<Unit> {
    let at = units.iter().position(fits)?;
    Some(units.swap_remove(at))
}

impl State {
    /// A worker has read a file, or a piece of one.
    fn read(&mut self, at: usize, report: FileReport, bytes: u64) {
        let file = report.file;
        // Nothing is found where it was cancelled in the meantime.
        let Some(unit) = take(&mut self.given[at], |unit| unit.file() == file && !matches!(unit, Unit::Cut(_))) else {
            return;
        };
        let known = &mut self.files[file as usize];
        if known.bytes == 0 {
            known.bytes = bytes;
            self.progress.bytes_found += bytes;
        }
        let bytes = self.bytes_of(&unit);
        // What was counted while it was read is counted by its report from now on.
        let (partial_bytes, partial_events) = &mut self.partial[at];
        *partial_bytes = partial_bytes.saturating_sub(bytes);
        *partial_events = partial_events.saturating_sub(u64::from(report.events));
        self.progress.bytes_done += bytes;
        self.progress.events += u64::from(report.events);
        self.progress.rejected += u64::from(report.rejected);
        self.refresh |= report.events > 0;
        let handle = &mut self.handles[file as usize];
        if matches!(unit, Unit::Piece(..)) {
            handle.pieces -= 1;
        }
        let whole = handle.pieces == 0 && !handle.cutting;
        let known = &mut self.files[file as usize];
        match &mut known.report {
            Some(all) => all.add(report.clone()),
            None => known.report = Some(report.clone()),
        }
        if whole {
            self.progress.files_done += 1;
            self.progress.files_with_problems += u32::from(known.has_problems());
        }
        self.held[at].push((unit, report));
    }

    /// A unit will not be read, since a person cancelled.
    fn skip(&mut self, unit: &Unit) {
        let file = unit.file() as usize;
        let handle = &mut self.handles[file];
        match unit {
            Unit::Piece(..) => handle.pieces -= 1,
            Unit::Cut(_) => handle.cutting = false,
            Unit::File { .. } => {}
        }
        self.files[file].cancelled = true;
        if handle.pieces == 0 && !handle.cutting {
            self.progress.files_done += 1;
        }
    }

    fn count_cancelled(&mut self) {
        self.progress.cancelled = self.files.iter().filter(|file| file.cancelled).count() as u32;
    }

    /// Bytes on disk of a unit.
    fn bytes_of(&self, unit: &Unit) -> u64 {
        let bytes = self.files[unit.file() as usize].bytes;
        match unit {
            Unit::Piece(_, piece) => piece.end.unwrap_or(bytes).saturating_sub(piece.start),
            _ => bytes,
        }
    }

    /// What was read is gone with its worker: takes it out of the numbers. It is no longer among `held`.
    fn lose(&mut self, unit: &Unit) {
        let file = unit.file();
        let bytes = self.bytes_of(unit);
        let handle = &mut self.handles[file as usize];
        let was_whole = handle.pieces == 0 && !handle.cutting;
        if matches!(unit, Unit::Piece(..)) {
            handle.pieces += 1;
        }
        let known = &mut self.files[file as usize];
        if was_whole {
            self.progress.files_done -= 1;
            self.progress.files_with_problems -= u32::from(known.has_problems());
        }
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
    fn refresh_due(&mut self) -> bool {
        let due = self.ticks >= self.refresh_at;
        if due {
            self.refresh_at = self.ticks + 3 + (self.progress.elapsed_ms / 500.0) as u32;
        }
        due
    }

    fn note_duplicates(&mut self, found: &Duplicates, paths: &[String]) {
        self.progress.duplicates = found.total();
        for (at, file) in self.files.iter_mut().enumerate() {
            file.duplicates = found.by_file.get(&(at as u32)).copied().unwrap_or(0);
        }
        for conflict in &found.conflicts {
            let (first, record) = conflict.first;
            let what =
                format!("the eventID of this record also stands on record {record} of {}", paths[first as usize]);
            let Some(report) = &mut self.files[conflict.other.0 as usize].report else { continue };
            self.progress.files_with_problems += u32::from(report.problems.is_empty());
            report.conflict(conflict.other.1, what);
        }
        self.changed = true;
    }
}
