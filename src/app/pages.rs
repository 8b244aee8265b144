//! The rows of the table that are at hand: pages around the place scrolled to, fetched as a person scrolls and given up far
//! from it. Never the events themselves.

use super::columns;
use super::view::{Selected, View};
use crate::query::predicate::Select;
use crate::session::page::{Session, Workers};
use crate::session::protocol::EventRow;
use crate::session::questions::{List, Lost};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Rows of a page: several screens, so that scrolling by the wheel finds its rows there already.
pub const PAGE: u64 = 200;

/// Pages kept: 8,000 rows, a few megabytes.
const KEPT: usize = 40;

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its shard.
    pub shard: usize,
    /// What it shows.
    pub row: EventRow,
}

impl Line {
    /// Which event it is.
    #[must_use]
    pub fn event(&self) -> Selected {
        Selected { shard: self.shard, row: self.row.row, file: self.row.file, record: self.row.record }
    }
}

/// Pages by number.
pub type Cache = BTreeMap<u64, Arc<Vec<Arc<Line>>>>;

/// See the module. A handle, provided as context.
#[derive(Clone, Copy)]
pub struct Pages {
    session: Session,
    view: View,
    cache: RwSignal<Cache>,
    /// The list that the pages are of; `None` while another is being made, since the shards hold one at a time and would
    /// answer out of the new one.
    list: RwSignal<Option<Arc<List>>>,
    /// Counts lists: a page that arrives for an older one is dropped.
    token: StoredValue<u64>,
    fetching: RwSignal<bool>,
}

impl Pages {
    /// No pages of no list.
    #[must_use]
    pub fn new(session: Session, view: View) -> Self {
        let pages = Self {
            session,
            view,
            cache: RwSignal::default(),
            list: RwSignal::new(None),
            token: StoredValue::new(0),
            fetching: RwSignal::new(false),
        };
        Effect::new(move || {
            let (_, missing) = (pages.list.track(), pages.missing());
            if let Some(page) = missing {
                pages.fetch(page);
            }
        });
        // The event under the cursor is known once its row is at hand.
        Effect::new(move || {
            let line = view.cursor.get().and_then(|position| pages.line(position));
            if let Some(line) = line {
                let event = line.event();
                if view.selected.get_untracked() != Some(event) {
                    view.selected.set(Some(event));
                }
            }
        });
        pages
    }

    /// The row at a position, if it is at hand.
    #[must_use]
    pub fn line(&self, position: u64) -> Option<Arc<Line>> {
        self.cache.with(|cache| cache.get(&(position / PAGE))?.get((position % PAGE) as usize).cloned())
    }

    /// The list that is shown, while there is one.
    #[must_use]
    pub fn list(&self) -> Option<Arc<List>> {
        self.list.get_untracked()
    }

    /// Whether rows on the screen are still to come.
    #[must_use]
    pub fn waiting(&self) -> bool {
        let visible = self.visible();
        self.cache.with(|cache| visible.into_iter().any(|page| !cache.contains_key(&page)))
    }

    /// Pages on the screen now.
    #[must_use]
    pub fn visible(&self) -> Range<u64> {
        let (first, total) = (self.view.scroll.first(), self.view.scroll.total.get());
        let end = (first + self.view.scroll.fit()).min(total);
        if first >= end { 0..0 } else { first / PAGE..(end - 1) / PAGE + 1 }
    }

    /// The next page to fetch: what is on the screen before its neighbours.
    fn missing(&self) -> Option<u64> {
        let visible = self.visible();
        let last = self.view.scroll.total.get().checked_sub(1)? / PAGE;
        let around = [visible.end, visible.start.saturating_sub(1)].into_iter().filter(|&page| page <= last);
        self.cache.with(|cache| visible.clone().chain(around).find(|page| !cache.contains_key(page)))
    }

    /// One page at a time: whoever drags the scroll bar through a million rows wants only those where it stops.
    fn fetch(self, page: u64) {
        let Some(list) = self.list.get_untracked() else { return };
        if self.fetching.get_untracked() {
            return;
        }
        self.fetching.set(true);
        let token = self.token.get_value();
        spawn_local(async move {
            let found = load(&self.session.shards(), &list, page).await;
            self.fetching.set(false);
            if self.token.get_value() != token {
                // The list changed meanwhile; whoever changed it brought the rows on the screen. More may be missing.
                self.list.notify();
            } else if let Ok(lines) = found {
                let near = untrack(|| self.view.scroll.first()) / PAGE;
                self.cache.update(|cache| {
                    cache.insert(page, lines);
                    while cache.len() > KEPT {
                        let far = cache.keys().copied().max_by_key(|page| page.abs_diff(near)).unwrap_or_default();
                        cache.remove(&far);
                    }
                });
            }
        });
    }

    /// A new list is about to be made: what is at hand stays on the screen, and nothing is fetched.
    pub fn hold(&self) {
        self.token.update_value(|token| *token += 1);
        self.list.set(None);
    }

    /// The new list stands, and these are its first rows at hand.
    pub fn replace(&self, list: Arc<List>, cache: Cache) {
        self.view.scroll.set_total(list.len());
        self.cache.set(cache);
        self.list.set(Some(list));
    }
}

/// Asks for a page of a list.
///
/// # Errors
/// See [`Lost`].
pub async fn load(shards: &Workers, list: &List, page: u64) -> Result<Arc<Vec<Arc<Line>>>, Lost> {
    let columns: Vec<Select> = columns::fields().into();
    let rows = list.page(shards, page * PAGE, PAGE as u32, &columns).await?;
    Ok(Arc::new(rows.into_iter().map(|(shard, row)| Arc::new(Line { shard, row })).collect()))
}
