//! The loading: files found, dealt to the workers, read, counted; copies of events found at the end. And again when more is
//! dropped, or when a worker died.

use super::state::{State, Unit, take};
use super::workers::{Happened, Workers};
use super::{CaseFile, Phase, Progress};
use crate::integrity::verdict::Judgement;
use crate::session::custody;
use crate::session::definitions::definitions;
use crate::session::duplicates::drop_duplicates;
use crate::session::metrics::{self, Held, Named};
use crate::session::protocol::Ask;
use crate::session::questions::{Shards, ask_all};
use crate::session::worker::wire::{FileToRead, FromShard, ToShard};
use crate::watch::definitions::{Definitions, Document};
use leptos::prelude::{Set, Update, WriteSignal};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
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

pub(super) struct Loading {
    pub(super) workers: Workers,
    pub(super) state: RefCell<State>,
    progress: WriteSignal<Progress>,
    generation: WriteSignal<u64>,
    known: Known,
    documents: RefCell<Arc<Vec<Document>>>,
    /// What a person said of metrics.
    names: RefCell<Vec<Named>>,
}

/// What is known once all is read.
pub(super) struct Known {
    pub judgement: WriteSignal<Option<Arc<Judgement>>>,
    pub definitions: WriteSignal<Arc<Vec<Document>>>,
    pub held: WriteSignal<Arc<Held>>,
}

pub(super) fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

impl Loading {
    pub fn start(progress: WriteSignal<Progress>, generation: WriteSignal<u64>, known: Known) -> Rc<Self> {
        let workers = Workers::start();
        let state = State::new(workers.count());
        let loading = Rc::new(Self {
            workers: workers.clone(),
            state: RefCell::new(state),
            progress,
            generation,
            known,
            documents: RefCell::default(),
            names: RefCell::default(),
        });
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

    pub fn cancel(self: &Rc<Self>) {
        self.choose(None);
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            state.forget_intakes();
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

    /// Gives work to workers that have room for it. While a person chooses, nothing new is read.
    pub(super) fn deal(self: &Rc<Self>) {
        if self.state.borrow().choice.is_some() {
            self.ask_sizes();
            return;
        }
        for at in 0..self.workers.count() {
            while self.workers.is_ready(at) && self.give(at) {}
        }
        let finished = {
            let state = self.state.borrow();
            matches!(state.progress.phase, Phase::Looking | Phase::Reading) && state.is_idle()
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
            // Never in the queue: they come with their archive.
            Unit::Entry(_) | Unit::Entries { .. } => return false,
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
                state.size(file, bytes);
                state.handles[file as usize].cutting = true;
                state.queue.push_front(Unit::Cut(file));
            }
            FromShard::Pieces(file, pieces) if !state.files[file as usize].cancelled => {
                state.handles[file as usize].pieces += pieces.len() as u32;
                pieces.into_iter().rev().for_each(|piece| state.queue.push_front(Unit::Piece(file, piece)));
            }
            FromShard::CutDone(file, found, sha256) => {
                let cut = take(&mut state.given[at], |unit| matches!(unit, Unit::Cut(known) if *known == file));
                match cut {
                    // It was done before the worker heard of the cancel; its pieces were not taken.
                    Some(cut) if state.files[file as usize].cancelled => {
                        state.skip(&cut);
                        state.count_cancelled();
                    }
                    _ => {
                        let handle = &mut state.handles[file as usize];
                        handle.cutting = false;
                        if found {
                            handle.sha256 = sha256;
                            state.done(file);
                        } else {
                            state.queue.push_front(Unit::File { file, whole: true });
                        }
                    }
                }
            }
            FromShard::Archive(file, entries) => {
                let first = state.entries(at, file, entries);
                self.workers.send(at, &ToShard::Numbers(file, first), &[]);
            }
            FromShard::Skipped(files) => {
                files.into_iter().for_each(|file| state.skipped(at, file));
                state.count_cancelled();
            }
            FromShard::Sizes(sizes) => state.sized(at, sizes),
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
            state.lost(at);
            let phase = state.progress.phase;
            let again = !state.queue.is_empty() || phase == Phase::Checking;
            if again && matches!(phase, Phase::Checking | Phase::Done) {
                state.started_ms = now();
                state.progress.phase = Phase::Reading;
            }
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
            // Copies of lines are told by their groups, too, so these are named first.
            let defined = definitions(&loading.workers).await;
            let found = drop_duplicates(&loading.workers, &paths).await;
            let current = || {
                let state = loading.state.borrow();
                state.epoch == epoch && state.progress.phase == Phase::Checking
            };
            if !current() {
                return;
            }
            if let Ok(defined) = defined {
                let defined = Arc::new(defined);
                loading.documents.replace(defined.clone());
                loading.known.definitions.set(defined);
            }
            if let Ok(found) = found {
                loading.state.borrow_mut().note_duplicates(&found, &paths);
            }
            let cut = loading.state.borrow().cut_files();
            let judged = custody::judge(&loading.workers, cut).await;
            if !current() {
                return;
            }
            if let Ok(judged) = judged {
                loading.known.judgement.set(judged.map(Arc::new));
            }
            // Numbers are right now; giving back memory may take a moment and can wait for the answers.
            loading.finish();
            let _lost = ask_all(&loading.workers, Ask::Settle).await;
            loading.gather(epoch).await;
        });
    }

    /// Puts the series together, if nothing else is read by then.
    async fn gather(&self, epoch: u32) {
        let paths: Vec<String> = self.look_at_files(|files| files.iter().map(|file| file.path.clone()).collect());
        let documents = self.documents.borrow().clone();
        let names = self.names.borrow().clone();
        let held = metrics::gather(&self.workers, &paths, &Definitions::read(&documents), &names).await;
        let current = {
            let state = self.state.borrow();
            state.epoch == epoch && state.progress.phase == Phase::Done
        };
        if let (Ok(held), true) = (held, current) {
            self.known.held.set(Arc::new(held));
        }
    }

    /// Takes what a person said of a metric that has only a label.
    pub fn name_metric(self: &Rc<Self>, named: Named) {
        {
            let mut names = self.names.borrow_mut();
            names.retain(|known| known.listed != named.listed);
            names.push(named);
        }
        let loading = self.clone();
        let epoch = self.state.borrow().epoch;
        spawn_local(async move { loading.gather(epoch).await });
    }

    fn finish(&self) {
        {
            let mut state = self.state.borrow_mut();
            state.progress.phase = Phase::Done;
            state.settled = true;
            state.progress.elapsed_ms = now() - state.started_ms;
            state.refresh = true;
        }
        self.tell();
    }

    /// Tells the page about progress every now and then while there is some.
    pub(super) fn tick(self: &Rc<Self>) {
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
                    let busy = state.is_busy();
                    if busy && state.choice.is_none() {
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

    pub(super) fn tell(&self) {
        let (progress, refresh) = {
            let mut state = self.state.borrow_mut();
            let busy = state.progress.phase == Phase::Reading;
            let refresh = state.refresh && (!busy || state.refresh_due());
            if refresh {
                state.refresh = false;
            }
            let changed = std::mem::take(&mut state.changed) || busy || refresh;
            let mut progress = state.progress.clone();
            progress.looking = !state.intakes.is_empty();
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
