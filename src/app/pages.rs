//! The rows of the table that are at hand: pages around the place scrolled to, fetched as a person scrolls and given up far
//! from it. Never the events themselves.

use super::view::{Selected, View};
use super::{columns, dom};
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

/// Milliseconds until what was lost is asked for again.
pub const AGAIN: u32 = 300;

/// Milliseconds after which rows that did not come are asked for again.
const PATIENCE: u32 = 20_000;

/// Pages kept: 8,000 rows, a few megabytes.
const KEPT: usize = 40;

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its shard.
    pub shard: usize,
    /// What it shows.
    pub row: EventRow,
    /// The fields of its cells, as they are written in a query.
    fields: Arc<Vec<String>>,
}

impl Line {
    /// Which event it is.
    #[must_use]
    pub fn event(&self) -> Selected {
        Selected { shard: self.shard, row: self.row.row, file: self.row.file, record: self.row.record }
    }

    /// The text of a field that was fetched.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        let at = self.fields.iter().position(|known| known == field)?;
        self.row.cells.get(at)?.as_deref()
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
    /// The number of the fetch under way.
    fetching: RwSignal<Option<u64>>,
    /// Counts fetches.
    fetches: StoredValue<u64>,
    /// The columns that are drawn: those chosen, once the rows on the screen have them.
    pub drawn: RwSignal<Arc<Vec<String>>>,
    /// Counts changes of columns.
    changes: StoredValue<u64>,
    /// What is being copied or saved.
    pub taking: RwSignal<Taking>,
}

/// How far the saving of events has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taking {
    /// Events so far and events in all, while it goes on.
    pub progress: Option<(u64, u64)>,
    /// Somebody wants it to end.
    pub cancelled: bool,
    /// How the last one ended.
    pub said: String,
}

impl Pages {
    /// No pages of no list.
    #[must_use]
    pub fn new(session: Session, view: View) -> Self {
        columns::recall(view);
        let chosen = Memo::new(move |_| {
            (columns::here(view).into_iter().map(|column| column.field).collect::<Vec<_>>(), view.has_lines.get())
        });
        let pages = Self {
            session,
            view,
            cache: RwSignal::default(),
            list: RwSignal::new(None),
            token: StoredValue::new(0),
            fetching: RwSignal::new(None),
            fetches: StoredValue::new(0),
            drawn: RwSignal::new(Arc::new(chosen.get_untracked().0)),
            changes: StoredValue::new(0),
            taking: RwSignal::default(),
        };
        Effect::new(move |before: Option<()>| {
            chosen.track();
            if before.is_some() {
                pages.follow();
            }
        });
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
        let drawn = self.drawn.get();
        self.cache.with(|cache| visible.into_iter().any(|page| !has(cache, page, &drawn)))
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
        let drawn = self.drawn.get();
        self.cache.with(|cache| visible.clone().chain(around).find(|page| !has(cache, *page, &drawn)))
    }

    /// One page at a time: whoever drags the scroll bar through a million rows wants only those where it stops.
    fn fetch(self, page: u64) {
        let Some(list) = self.list.get_untracked() else { return };
        if self.fetching.get_untracked().is_some() {
            return;
        }
        self.fetches.update_value(|fetches| *fetches += 1);
        let fetch = self.fetches.get_value();
        self.fetching.set(Some(fetch));
        let token = self.token.get_value();
        spawn_local(async move {
            dom::later(PATIENCE).await;
            if self.fetching.try_get_untracked().flatten() == Some(fetch) {
                dom::warn("rows did not come and are asked for again");
                self.fetching.set(None);
                self.list.notify();
            }
        });
        spawn_local(async move {
            let found = self.load(&self.session.shards(), &list, page).await;
            if self.fetching.get_untracked() == Some(fetch) {
                self.fetching.set(None);
            }
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
            } else {
                dom::warn("rows were lost and are asked for again");
                dom::later(AGAIN).await;
                self.list.notify();
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
        self.follow();
    }

    /// Draws the columns that are chosen now, in one step: at once when the rows on the screen have them, else when they do.
    fn follow(self) {
        self.changes.update_value(|changes| *changes += 1);
        let change = self.changes.get_value();
        let columns = untrack(|| columns::here(self.view));
        let drawn = Arc::new(columns.iter().map(|column| column.field.clone()).collect::<Vec<_>>());
        let wanted = columns::wanted(&columns, self.view.has_lines.get_untracked());
        let visible = untrack(|| self.visible());
        if self.cache.with_untracked(|cache| visible.clone().all(|page| has(cache, page, &wanted))) {
            if self.drawn.get_untracked() != drawn {
                self.drawn.set(drawn);
            }
            return;
        }
        // While a list is made, whoever makes it brings the rows.
        let Some(list) = self.list.get_untracked() else { return };
        let token = self.token.get_value();
        spawn_local(async move {
            let shards = self.session.shards();
            let mut found = Cache::new();
            for page in visible {
                let Ok(lines) = self.load(&shards, &list, page).await else { return };
                found.insert(page, lines);
            }
            if self.token.get_value() == token && self.changes.get_value() == change {
                batch(|| {
                    self.cache.update(|cache| cache.extend(found));
                    self.drawn.set(drawn);
                });
            }
        });
    }

    /// Whether any row on the screen has milliseconds. Those of log lines are always shown.
    #[must_use]
    pub fn milliseconds(&self) -> bool {
        if self.view.in_logs() {
            return true;
        }
        let visible = self.visible();
        let odd = |line: &Arc<Line>| line.row.time.is_some_and(|time| time.rem_euclid(1_000) != 0);
        self.cache
            .with(|cache| visible.into_iter().filter_map(|page| cache.get(&page)).any(|page| page.iter().any(odd)))
    }

    /// Asks for a page of a list, with the columns that are chosen and those that are drawn.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn load(&self, shards: &Workers, list: &List, page: u64) -> Result<Arc<Vec<Arc<Line>>>, Lost> {
        let columns = untrack(|| columns::here(self.view));
        let mut fields = columns::wanted(&columns, self.view.has_lines.get_untracked());
        for drawn in self.drawn.get_untracked().iter() {
            if !fields.contains(drawn) {
                fields.push(drawn.clone());
            }
        }
        let rows = list.page(shards, page * PAGE, PAGE as u32, &columns::selects(&fields)).await?;
        let fields = Arc::new(fields);
        let line = |(shard, row)| Arc::new(Line { shard, row, fields: fields.clone() });
        Ok(Arc::new(rows.into_iter().map(line).collect()))
    }
}

/// Whether a page is at hand with these fields.
fn has(cache: &Cache, page: u64, fields: &[String]) -> bool {
    let known = cache.get(&page).map(|lines| lines.first());
    known.is_some_and(|line| line.is_none_or(|line| fields.iter().all(|field| line.fields.contains(field))))
}
