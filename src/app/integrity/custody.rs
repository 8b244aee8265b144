//! What a person chose in the room.

use super::chart::Chart;
use crate::integrity::verdict::{DigestStatus, DigestVerdict, Judgement, LogStatus, LogVerdict};
use leptos::prelude::*;
use std::sync::Arc;

/// What stands below the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// The table of digests and logs.
    Files,
    /// The chain of a stream.
    Chain,
    /// The findings.
    Findings,
    /// The keys.
    Keys,
    /// What the AWS command line would print.
    CommandLine,
}

/// A digest or a log, by its number in the judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A digest.
    Digest(u32),
    /// A log.
    Log(u32),
}

/// Which of them the table lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Digests with a status.
    Digests(DigestStatus),
    /// Logs with a status.
    Logs(LogStatus),
}

/// What the table is narrowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrow {
    /// A row of the map, between two instants.
    Cell {
        /// The row.
        row: u32,
        /// First instant.
        from: i64,
        /// First instant after.
        to: i64,
    },
    /// A digest and the logs that it names.
    Digest(u32),
}

/// See the module. A handle, provided as context.
#[derive(Clone, Copy)]
pub struct Custody {
    /// What is shown.
    pub judgement: ReadSignal<Option<Arc<Judgement>>>,
    /// What stands below the map.
    pub tab: RwSignal<Tab>,
    /// What is open at the side.
    pub open: RwSignal<Option<Item>>,
    /// What the table is narrowed to.
    pub narrow: RwSignal<Option<Narrow>>,
    /// Which status the table lists.
    pub filter: RwSignal<Filter>,
    /// A part of the key.
    pub text: RwSignal<String>,
    /// The stream whose chain is drawn.
    pub stream: RwSignal<u32>,
    /// Columns that the map has room for.
    pub most: RwSignal<usize>,
    /// The map.
    pub chart: Memo<Arc<Chart>>,
}

impl Custody {
    /// Nothing chosen.
    #[must_use]
    pub fn new(judgement: ReadSignal<Option<Arc<Judgement>>>) -> Self {
        let most = RwSignal::new(0);
        let chart = Memo::new(move |_| {
            let columns = most.get();
            let judgement = judgement.get();
            Arc::new(judgement.filter(|_| columns > 0).map_or_else(Chart::default, |it| Chart::of(&it, columns)))
        });
        let custody = Self {
            judgement,
            tab: RwSignal::new(Tab::Files),
            open: RwSignal::new(None),
            narrow: RwSignal::new(None),
            filter: RwSignal::default(),
            text: RwSignal::default(),
            stream: RwSignal::new(0),
            most,
            chart,
        };
        // Numbers mean something else in another judgement.
        Effect::new(move |before: Option<()>| {
            judgement.track();
            if before.is_some() {
                custody.open.set(None);
                custody.narrow.set(None);
                custody.stream.set(0);
            }
        });
        custody
    }

    /// What is shown; nothing, while there is none.
    #[must_use]
    pub fn shown(self) -> Arc<Judgement> {
        self.judgement.get().unwrap_or_default()
    }

    /// The same, unfollowed.
    #[must_use]
    pub fn now(self) -> Arc<Judgement> {
        self.judgement.get_untracked().unwrap_or_default()
    }

    /// Opens a digest or log at the side; the chain drawn is then that of the digest.
    pub fn open(self, item: Item) {
        if let Item::Digest(digest) = item
            && let Some(stream) = self.now().digests.get(digest as usize).and_then(|digest| digest.stream)
        {
            self.stream.set(stream);
        }
        self.open.set(Some(item));
    }
}

/// Where we are.
#[must_use]
pub fn custody() -> Custody {
    expect_context()
}

/// The class and mark of a status: those of the field `integrity`, where it has one of the same meaning.
#[must_use]
pub fn mark_of_log(status: LogStatus) -> (&'static str, &'static str) {
    match status {
        LogStatus::Authentic => ("", "="),
        LogStatus::ExtraDataAppended => ("failed", "⊕"),
        LogStatus::Modified => ("failed", "≠"),
        LogStatus::Damaged => ("failed", "⊗"),
        LogStatus::ReferencedNotSupplied => ("denied", "–"),
        LogStatus::UnprovenHashAgrees | LogStatus::UnprovenNoHashRecorded => ("unsure", "?"),
        LogStatus::UnprovenHashDiffers => ("failed", "?"),
        LogStatus::NotListedInAnyDigest => ("unsure", "○"),
    }
}

/// The same of a digest.
#[must_use]
pub fn mark_of_digest(status: DigestStatus) -> (&'static str, &'static str) {
    match status {
        DigestStatus::Authentic => ("", "="),
        DigestStatus::NotAuthentic => ("failed", "≠"),
        DigestStatus::Unproven => ("unsure", "?"),
    }
}

/// Class, mark and words of a status.
#[must_use]
pub fn status_of(
    digest: Option<&DigestVerdict>,
    log: Option<&LogVerdict>,
) -> (&'static str, &'static str, &'static str) {
    match (digest, log) {
        (Some(digest), _) => {
            let (class, mark) = mark_of_digest(digest.status);
            (class, mark, digest.status.title())
        }
        (None, Some(log)) => {
            let (class, mark) = mark_of_log(log.status);
            (class, mark, log.status.title())
        }
        (None, None) => ("", "", ""),
    }
}
