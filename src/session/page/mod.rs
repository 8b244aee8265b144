//! The session in the browser: files dropped on the page, shards in workers, and what the page shows of both. The parts of
//! the page ([`crate::app`]) know this module and the plain types of [`super::questions`], and nothing of workers.

mod choosing;
mod intake;
mod loading;
mod remember;
mod sample;
mod state;
mod workers;

use super::choice::{Counts, Selection};
use super::custody;
use super::metrics::{self, Held, Named};
use super::questions::Lost;
use crate::integrity::validate_logs::{Printed, Request};
use crate::integrity::verdict::Judgement;
use crate::watch::definitions::Document;
use crate::watch::graph::{Drawing, Wanted};
use leptos::prelude::*;
use loading::{Known, Loading};
use std::rc::Rc;
use std::sync::Arc;

pub use super::file_list::CaseFile;
pub use remember::{Folder, Refused, forget, kept};
pub use sample::fetch_sample;
pub use workers::Workers;

/// How the loading stands. All counts are since the page was opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// What is going on.
    pub phase: Phase,
    /// Files found so far in what was dropped.
    pub files_found: u32,
    /// Files read (or given up).
    pub files_done: u32,
    /// Bytes of the files found, as they lie on disk.
    pub bytes_found: u64,
    /// Bytes of the files read.
    pub bytes_done: u64,
    /// Records that became events, copies included.
    pub events: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Files with problems.
    pub files_with_problems: u32,
    /// Copies of events left out; known after reading.
    pub duplicates: u64,
    /// Milliseconds that the loading under way has taken, or that the last one took.
    pub elapsed_ms: f64,
    /// Workers that died and were started again.
    pub restarts: u32,
    /// Files not read because a person cancelled.
    pub cancelled: u32,
    /// Files not read because a person chose others.
    pub left_out: u32,
    /// Folders are still being looked through.
    pub looking: bool,
    /// What is offered for choosing was left out before.
    pub again: bool,
    /// The worker's program is of another build than the page: a cache gave an old file. Reloading helps.
    pub stale: bool,
}

impl Progress {
    /// Files that were read or are to be.
    #[must_use]
    pub fn files_wanted(&self) -> u32 {
        self.files_found.saturating_sub(self.left_out)
    }
}

/// What a loading is busy with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was dropped yet.
    #[default]
    Empty,
    /// Folders are being looked through; nothing new is read yet.
    Looking,
    /// Many files were found: a person chooses which of them are read.
    Choosing,
    /// Files are read; folders may still be looked through.
    Reading,
    /// All files are read; copies of events are being found.
    Checking,
    /// All is in.
    Done,
}

/// The session. One a page; a handle that can be copied everywhere.
#[derive(Clone, Copy)]
pub struct Session {
    /// How the loading stands; changes at most ten times a second.
    pub progress: ReadSignal<Progress>,
    /// Changes whenever the shards hold other events than before: whoever shows an answer asks again.
    pub generation: ReadSignal<u64>,
    /// What chains of custody say of what was read; `None` until that is known, and without any digest.
    pub judgement: ReadSignal<Option<Arc<Judgement>>>,
    /// Files that say what somebody configured, by number; known when all is read.
    pub definitions: ReadSignal<Arc<Vec<Document>>>,
    /// The series; known a moment after all is read.
    pub held: ReadSignal<Arc<Held>>,
    loading: StoredValue<Rc<Loading>, LocalStorage>,
}

impl Session {
    /// Starts the workers of a new, empty case.
    #[must_use]
    pub fn start() -> Self {
        let (progress, set_progress) = signal(Progress::default());
        let (generation, set_generation) = signal(0);
        let (judgement, set_judgement) = signal(None);
        let (definitions, set_definitions) = signal(Arc::default());
        let (held, set_held) = signal(Arc::default());
        let known = Known { judgement: set_judgement, definitions: set_definitions, held: set_held };
        let loading = Loading::start(set_progress, set_generation, known);
        Self { progress, generation, judgement, definitions, held, loading: StoredValue::new_local(loading) }
    }

    fn loading(&self) -> Rc<Loading> {
        self.loading.get_value()
    }

    /// Takes in what was dropped. To be called in the drop handler itself.
    pub fn drop(&self, transfer: &web_sys::DataTransfer) {
        let taker = self.loading().begins();
        intake::dropped(transfer, taker);
    }

    /// Takes in files chosen in a dialog.
    pub fn choose(&self, list: &web_sys::FileList) {
        let taker = self.loading().begins();
        intake::chosen(list, taker);
    }

    /// Takes in a file that the page has itself.
    pub fn take(&self, file: web_sys::File) {
        let taker = self.loading().begins();
        intake::given(file, &taker);
    }

    /// Takes in a folder that was opened before and may be read.
    pub fn open_folder(&self, folder: &Folder) {
        let taker = self.loading().begins();
        intake::folder(folder.handle(), taker);
    }

    /// Stops reading. What was read stays; files that were not are listed as cancelled.
    pub fn cancel(&self) {
        self.loading().cancel();
    }

    /// Counts what is offered for choosing under a selection; `None` when nothing is.
    #[must_use]
    pub fn count_choice(&self, selection: &Selection) -> Option<Counts> {
        self.loading().look_at_choice(|choice| choice.count(selection))
    }

    /// Reads the files that a selection takes of those offered and leaves out the others; `None` leaves out all.
    pub fn read_chosen(&self, selection: Option<Selection>) {
        self.loading().choose(selection);
    }

    /// Offers the files that were left out.
    pub fn offer_left_out(&self) {
        self.loading().offer_left_out();
    }

    /// What the AWS command line would print of the files of the case; see [`crate::integrity::validate_logs`].
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn validate_logs(&self, request: Request) -> Result<Printed, Lost> {
        let loading = self.loading();
        let cut = loading.state.borrow().cut_files();
        custody::validate_logs(&loading.workers, cut, request).await
    }

    /// What is to be drawn of some lines of charts; see [`crate::watch::graph`].
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn draw(&self, wanted: Wanted) -> Result<Drawing, Lost> {
        let holder = self.held.with_untracked(|held| held.shard);
        metrics::draw(&self.shards(), holder, wanted).await
    }

    /// Takes what a person said of a metric that files only give a label; the series are put together again.
    pub fn name_metric(&self, named: Named) {
        self.loading().name_metric(named);
    }

    /// Looks at the files of the case.
    pub fn files<T>(&self, look: impl FnOnce(&[CaseFile]) -> T) -> T {
        self.loading().look_at_files(look)
    }

    /// The path of a file.
    #[must_use]
    pub fn path(&self, file: u32) -> String {
        self.files(|files| files.get(file as usize).map_or_else(String::new, |file| file.path.clone()))
    }

    /// The shards, to be asked by [`super::questions`].
    #[must_use]
    pub fn shards(&self) -> Workers {
        self.loading().workers()
    }
}
