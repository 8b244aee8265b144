//! From files that were found to files that are read: few go straight on; many are held back until a person has chosen among
//! them, and meanwhile the workers look how large they are.

use super::Phase;
use super::intake::{Found, Taker};
use super::loading::{Loading, now};
use super::state::{State, Unit};
use crate::session::choice::{Choice, Column, ENOUGH, Selection, told};
use crate::session::questions::Shards;
use crate::session::worker::wire::ToShard;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// Sizes are asked for this many files at a time, ...
const SIZES: usize = 32;

/// ... of a worker that has no more than this many to answer: what it has begun when reading begins is soon done.
const SIZES_WAITING: usize = 32;

/// A drop whose folders are still being looked through.
pub(super) enum Intake {
    /// Too few files to know yet whether there is a choice; and how many of their paths say something.
    Holding { held: Vec<u32>, telling: usize },
    /// There is none: files are read as they are found.
    Straight,
    /// They are added to what is offered.
    Offering,
    /// A person has chosen already; files found since are taken or not by what was chosen.
    Chosen(Rc<Selection>),
}

impl Loading {
    /// A person dropped or chose something; what is in it goes to the taker.
    pub fn begins(self: &Rc<Self>) -> Taker {
        let number = {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            let number = state.next_intake;
            state.next_intake += 1;
            let intake = match state.choice {
                Some(_) => Intake::Offering,
                None => Intake::Holding { held: Vec::new(), telling: 0 },
            };
            state.intakes.insert(number, intake);
            if !matches!(state.progress.phase, Phase::Choosing | Phase::Reading | Phase::Looking) {
                state.started_ms = now();
                state.progress.phase = Phase::Looking;
            }
            state.changed = true;
            state.epoch += 1;
            number
        };
        self.tick();
        let loading = self.clone();
        Rc::new(move |files| {
            // A cancel forgets the drops that are under way.
            let wanted = loading.state.borrow().intakes.contains_key(&number);
            if wanted {
                loading.found(number, files);
            }
            wanted
        })
    }

    /// Files that were found; `None` at the end of one drop.
    fn found(self: &Rc<Self>, number: u32, files: Option<Vec<Found>>) {
        let offered = {
            let mut state = self.state.borrow_mut();
            let offered_before = state.choice.is_some();
            match files {
                Some(files) => state.take_in(number, files),
                None => state.taken_in(number),
            }
            state.changed = true;
            state.choice.is_some() && !offered_before
        };
        if offered {
            self.tell();
        }
        self.deal();
    }

    /// Offers the files that were left out.
    pub fn offer_left_out(self: &Rc<Self>) {
        {
            let mut state = self.state.borrow_mut();
            if state.choice.is_some() || state.progress.left_out == 0 {
                return;
            }
            let mut choice = Choice::default();
            let left_out = (0_u32..).zip(&state.files).filter(|(_, file)| file.left_out);
            left_out.for_each(|(number, file)| choice.add(number, &file.path, file.bytes));
            state.offer(choice);
            state.progress.again = true;
            state.epoch += 1;
        }
        self.tick();
        self.tell();
        self.deal();
    }

    /// What a person makes of the files offered; `None`: none of them is read.
    pub fn choose(self: &Rc<Self>, selection: Option<Selection>) {
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            let Some(choice) = state.choice.take() else { return };
            state.unsized_files.clear();
            state.progress.again = false;
            state.epoch += 1;
            let mut none = Selection::default();
            none.every(Column::Account, false);
            let selection = Rc::new(selection.unwrap_or(none));
            for (file, taken) in choice.chosen(&selection) {
                state.decide(file, taken);
            }
            for intake in state.intakes.values_mut().filter(|intake| matches!(intake, Intake::Offering)) {
                *intake = Intake::Chosen(selection.clone());
            }
            state.count_left_out();
            state.progress.phase = if state.is_idle() && state.settled { Phase::Done } else { Phase::Reading };
            // The time that a person took to choose is not the page's.
            state.started_ms = now();
            state.changed = true;
        }
        self.tick();
        self.tell();
        self.deal();
    }

    /// Looks at what is offered, while it is.
    pub fn look_at_choice<T>(&self, look: impl FnOnce(&Choice) -> T) -> Option<T> {
        self.state.borrow().choice.as_ref().map(look)
    }

    /// Asks workers with nothing else to do for the sizes of the files offered. Only once all are found: until then the
    /// number of files is what a person waits for.
    pub(super) fn ask_sizes(&self) {
        for at in 0..self.workers.count() {
            while self.workers.is_ready(at) {
                let (files, handles): (Vec<u32>, Vec<JsValue>) = {
                    let mut state = self.state.borrow_mut();
                    let state = &mut *state;
                    if !state.intakes.is_empty() || state.sizing[at].len() > SIZES_WAITING {
                        break;
                    }
                    let some = state.unsized_files.len().min(SIZES);
                    let files: Vec<u32> = state.unsized_files.drain(..some).collect();
                    state.sizing[at].extend(&files);
                    let handle = |&file: &u32| state.handles[file as usize].file.clone().unwrap_or(JsValue::NULL);
                    let handles = files.iter().map(handle).collect();
                    (files, handles)
                };
                if files.is_empty() {
                    break;
                }
                self.workers.send(at, &ToShard::Sizes(files), &handles);
            }
        }
    }
}

impl State {
    fn take_in(&mut self, number: u32, files: Vec<Found>) {
        let Some(mut intake) = self.intakes.remove(&number) else { return };
        for found in files {
            let file = self.found(found.path, found.file);
            if self.files[file as usize].done {
                continue;
            }
            match &mut intake {
                Intake::Straight => self.queue.push_back(Unit::File { file, whole: false }),
                Intake::Offering => self.add_to_choice(file),
                Intake::Chosen(selection) => {
                    let taken = selection.takes(&told(&self.files[file as usize].path));
                    self.decide(file, taken);
                    self.progress.left_out += u32::from(!taken);
                }
                Intake::Holding { held, telling } => {
                    *telling += usize::from(told(&self.files[file as usize].path).says());
                    held.push(file);
                    if held.len() < ENOUGH {
                        continue;
                    }
                    // Where hardly a path says anything there is nothing to choose by.
                    if *telling * 10 < held.len() {
                        let held = std::mem::take(held);
                        self.read_all(held);
                        intake = Intake::Straight;
                    } else {
                        let held = std::mem::take(held);
                        if self.choice.is_none() {
                            self.offer(Choice::default());
                        }
                        held.into_iter().for_each(|file| self.add_to_choice(file));
                        intake = Intake::Offering;
                    }
                }
            }
        }
        self.intakes.insert(number, intake);
    }

    fn taken_in(&mut self, number: u32) {
        if let Some(Intake::Holding { held, .. }) = self.intakes.remove(&number) {
            self.read_all(held);
        }
    }

    fn read_all(&mut self, files: Vec<u32>) {
        if self.progress.phase == Phase::Looking {
            self.progress.phase = Phase::Reading;
        }
        self.queue.extend(files.into_iter().map(|file| Unit::File { file, whole: false }));
    }

    fn offer(&mut self, choice: Choice) {
        self.unsized_files = choice.files().filter(|&file| self.files[file as usize].bytes.is_none()).collect();
        self.choice = Some(choice);
        self.progress.phase = Phase::Choosing;
        self.changed = true;
    }

    fn add_to_choice(&mut self, file: u32) {
        let known = &self.files[file as usize];
        if let Some(choice) = &mut self.choice {
            choice.add(file, &known.path, known.bytes);
        }
        if known.bytes.is_none() {
            self.unsized_files.push_back(file);
        }
    }

    /// Takes a file, or leaves it out.
    fn decide(&mut self, file: u32, taken: bool) {
        self.files[file as usize].left_out = !taken;
        if taken {
            self.queue.push_back(Unit::File { file, whole: false });
        }
    }

    /// A worker answered how large some files are.
    pub fn sized(&mut self, at: usize, sizes: Vec<(u32, Option<u64>)>) {
        for (file, bytes) in sizes {
            self.sizing[at].retain(|known| *known != file);
            if let Some(bytes) = bytes {
                self.size(file, bytes);
            }
            // One that cannot be opened has nothing to count; it will say so when it is read.
            if let Some(choice) = &mut self.choice {
                choice.sized(file, bytes.unwrap_or(0));
            }
        }
    }

    /// A person cancelled: what was only found is not read.
    pub fn forget_intakes(&mut self) {
        for (_, intake) in std::mem::take(&mut self.intakes) {
            if let Intake::Holding { held, .. } = intake {
                held.into_iter().for_each(|file| self.skip(&Unit::File { file, whole: false }));
            }
        }
    }
}
