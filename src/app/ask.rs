//! Asks the session what the page shows, and puts the whole answer on the page in one step: the table, the counts and the
//! histogram are always of the same question.

use super::logs::{lines, streams};
use super::pages::{self, Cache, Pages};
use super::strip::scale;
use super::strip::stack::{Histogram, Stacker};
use super::view::{Selected, Span, Unknown, View, range};
use super::{dom, nearest};
use crate::query::aggregate::{Aggregate, Answer as Sum, Count};
use crate::query::kql::{Field, Parsed};
use crate::query::order::Order;
use crate::query::predicate::{Predicate, Select, TimeRange};
use crate::session::page::{Session, Workers};
use crate::session::questions::{self, List, Lost};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// Milliseconds after which an answer that did not come is asked for again: no question takes a tenth of it.
const PATIENCE: u32 = 60_000;

/// The answer on the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Number of the question; 0 before the first.
    pub token: u64,
    /// The events it is about.
    pub generation: u64,
    /// Events found.
    pub shown: u64,
    /// It is of log lines alone: the counts that follow are, too.
    pub of_lines: bool,
    /// Events there are.
    pub total: u64,
    /// Events without a time among those there are: no histogram has them, and no range of time.
    pub undated: u64,
    /// All events, of whatever sort.
    pub events: u64,
    /// Log lines among them.
    pub lines: u64,
    /// What the log streams hold, where it is of log lines.
    pub streams: Option<Arc<streams::Found>>,
    /// Events over time.
    pub histogram: Option<Arc<Histogram>>,
    /// Milliseconds from the question to the answer.
    pub took_ms: f64,
}

/// See the module. A handle, provided as context.
#[derive(Clone, Copy)]
pub struct Asker {
    session: Session,
    view: View,
    pages: Pages,
    /// The answer on the page.
    pub answer: RwSignal<Answer>,
    /// A question is on its way.
    pub busy: RwSignal<bool>,
    /// A question that a person asked is on its way, so what is on the page is of an older one.
    pub dimmed: RwSignal<bool>,
    token: StoredValue<u64>,
    /// Something else changed while a question was on its way.
    again: StoredValue<bool>,
    /// The count of everything, by generation: it changes only with that.
    everything: StoredValue<Option<(u64, Count, Count)>>,
    stacker: Stacker,
}

/// All that a question consists of.
struct Question {
    token: u64,
    person: bool,
    generation: u64,
    query: Arc<Parsed>,
    /// The text that it is of, as far as that is known.
    text: String,
    /// Log lines alone.
    of_lines: bool,
    span: Option<Span>,
    order: Order,
    stacked_by: String,
    asked: f64,
}

impl Asker {
    /// Starts to ask whenever the question or the events change.
    #[must_use]
    pub fn new(session: Session, view: View, pages: Pages) -> Self {
        let asker = Self {
            session,
            view,
            pages,
            answer: RwSignal::default(),
            busy: RwSignal::new(false),
            dimmed: RwSignal::new(false),
            token: StoredValue::new(0),
            again: StoredValue::new(false),
            everything: StoredValue::new(None),
            stacker: Stacker::new(),
        };
        let stacked_by = Memo::new(move |_| view.stack().with(|stack| stack.field.clone()));
        let of_lines = Memo::new(move |_| view.in_logs());
        Effect::new(move |before: Option<_>| {
            let now = (view.query.get(), view.zoom.get(), view.order.get(), of_lines.get());
            // Bars stacked by another field are another question, but no other list: what is read stays in sight.
            let _ = stacked_by.get();
            if let Some(before) = before {
                asker.ask(before != now);
            }
            now
        });
        let series = Memo::new(move |_| session.held.with(|held| held.catalog.span));
        Effect::new(move || {
            session.generation.track();
            // Read, not merely tracked: a memo that nobody reads never changes.
            let _ = series.get();
            asker.ask(false);
        });
        // Another width of the strip is another question only when its bins change.
        let bins = Memo::new(move |_| {
            let width = view.width.get();
            view.domain().map(|domain| scale::bin_width(domain, width))
        });
        Effect::new(move || {
            let wanted = bins.get();
            let now = asker.answer.with_untracked(|answer| answer.histogram.as_ref().map(|histogram| histogram.width));
            if now.is_some() && wanted.is_some() && wanted != now {
                asker.ask(false);
            }
        });
        asker
    }

    /// Asks. What a person asks replaces what is on its way; what merely grew waits for it, since files that come in faster
    /// than answers would otherwise never let one through.
    fn ask(self, person: bool) {
        // A case may be of metrics alone: then nothing else says which stretch of time there is.
        let metrics = self.session.held.with_untracked(|held| held.catalog.span.is_some());
        if self.session.generation.get_untracked() == 0 && !metrics {
            return;
        }
        if person {
            self.dimmed.set(true);
        } else if self.busy.get_untracked() {
            self.again.set_value(true);
            return;
        }
        self.again.set_value(false);
        self.token.update_value(|token| *token += 1);
        self.busy.set(true);
        self.pages.hold();
        let question = Question {
            token: self.token.get_value(),
            person,
            generation: self.session.generation.get_untracked(),
            query: self.view.query.get_untracked(),
            text: self.view.typed.get_untracked(),
            of_lines: untrack(|| self.view.in_logs()),
            span: self.view.zoom.with_untracked(|zoom| zoom.last().copied()),
            order: self.view.order.get_untracked(),
            stacked_by: untrack(|| self.view.stack()).with_untracked(|stack| stack.field.clone()),
            asked: super::dom::now(),
        };
        let token = question.token;
        spawn_local(async move {
            dom::later(PATIENCE).await;
            if self.token.get_value() == token && self.busy.get_untracked() {
                dom::warn("an answer did not come and is asked for again");
                self.busy.set(false);
                self.ask(false);
            }
        });
        spawn_local(async move {
            let query = question.query.clone();
            let outcome = self.answer(question).await;
            if self.token.get_value() != token {
                return;
            }
            self.busy.set(false);
            if outcome.is_ok() {
                self.dimmed.set(false);
            }
            if self.again.get_value() {
                self.ask(false);
            } else if outcome.is_ok() {
                self.warn(token, query).await;
            } else {
                // Until it is answered the old answer stays, but none of its rows can be fetched.
                dom::warn("an answer was lost and is asked for again");
                dom::later(pages::AGAIN).await;
                if self.token.get_value() == token {
                    self.ask(false);
                }
            }
        });
    }

    /// All events, and the log lines among them.
    async fn everything(&self, shards: &Workers, generation: u64) -> Result<(Count, Count), Lost> {
        if let Some((known, events, lines)) = self.everything.get_value()
            && known == generation
        {
            return Ok((events, lines));
        }
        let (mut events, mut lines) = (Count::default(), Count::default());
        for (count, predicate) in [(&mut events, Predicate::Everything), (&mut lines, lines::are())] {
            let wanted = vec![(TimeRange::default(), Aggregate::Count)];
            let Some(Sum::Count(found)) = questions::aggregates(shards, predicate, wanted).await?.pop() else {
                return Err(Lost);
            };
            *count = found;
        }
        self.everything.set_value(Some((generation, events, lines)));
        Ok((events, lines))
    }

    async fn answer(&self, question: Question) -> Result<(), Lost> {
        let Question { token, person, generation, query, text, of_lines, span, order, stacked_by, asked } = question;
        let superseded = || self.token.get_value() != token;
        let shards = self.session.shards();
        let (everything, all_lines) = self.everything(&shards, generation).await?;
        let events = everything.first.zip(everything.last).map(|(from, last)| Span { from, to: last + 1 });
        // Metrics may begin earlier than the events, or there may be nothing but metrics.
        let series = self.session.held.with_untracked(|held| held.catalog.span);
        let series = series.map(|(from, to)| Span { from, to });
        let whole = match (events, series) {
            (Some(a), Some(b)) => Some(Span { from: a.from.min(b.from), to: a.to.max(b.to) }),
            (a, b) => a.or(b),
        };
        let now = |predicate: Predicate| match everything.last {
            Some(newest) => predicate.resolve_now(newest),
            None => predicate,
        };
        let predicate = now(query.predicate.clone());
        let predicate = if of_lines { lines::and(predicate) } else { predicate };
        if superseded() {
            return Ok(());
        }
        // Which fields come along with the rows depends on it.
        if self.view.has_lines.get_untracked() != (all_lines.rows > 0) {
            self.view.has_lines.set(all_lines.rows > 0);
        }
        let within = span.map_or_else(TimeRange::default, range);
        let streams = match of_lines {
            true => Some(streams::ask(&shards, &query, &text, now, within).await?),
            false => None,
        };
        let list = Arc::new(questions::list(&shards, predicate.clone(), within, order).await?);
        let histogram = match span.or(whole) {
            Some(domain) => {
                let pixels = self.view.width.get_untracked();
                Some(self.stacker.ask(&shards, generation, predicate, domain, pixels, &stacked_by).await?)
            }
            None => None,
        };
        let (selected, cursor) = self.cursor(&shards, &list).await?;
        // A new answer is read from its top, unless an event is being looked at: that one stays in sight. An answer that
        // only grew stays where it is.
        let top = match (person, cursor.filter(|_| self.view.detail.get_untracked())) {
            (true, Some(cursor)) => Some(cursor.saturating_sub(self.view.scroll.page() / 2)),
            (true, None) => Some(0),
            (false, _) => None,
        };
        let mut cache = Cache::new();
        for page in untrack(|| self.pages_of(&list, top)) {
            cache.insert(page, self.pages.load(&shards, &list, page).await?);
        }
        if superseded() {
            return Ok(());
        }
        batch(|| {
            self.view.whole.set(whole);
            let one_stream = streams.as_ref().is_some_and(|streams| streams.in_force() == 1);
            if of_lines && self.view.one_stream.get_untracked() != one_stream {
                self.view.one_stream.set(one_stream);
            }
            self.view.cursor.set(cursor);
            self.pages.replace(list.clone(), cache);
            match top {
                Some(row) => self.view.scroll.show_first(row),
                None => self.view.scroll.put_bar(),
            }
            self.answer.set(Answer {
                token,
                generation,
                shown: list.len(),
                of_lines,
                // While files come in, the list is a moment younger than the count.
                total: if of_lines { all_lines.rows } else { everything.rows }.max(list.len()),
                undated: if of_lines { all_lines.undated } else { everything.undated },
                events: everything.rows.max(list.len()),
                lines: all_lines.rows,
                streams: streams.map(Arc::new),
                histogram: histogram.map(Arc::new),
                took_ms: super::dom::now() - asked,
            });
        });
        // An event that was opened after it was looked for in this list.
        let opened = self.view.selected.get_untracked().filter(|event| Some(*event) != selected);
        if let Some(event) = opened.filter(|_| self.view.cursor.with_untracked(Option::is_none)) {
            self.find(event);
        }
        Ok(())
    }

    /// Warns of fields that no event has. Not a part of the answer, which nobody should wait longer for.
    async fn warn(&self, token: u64, query: Arc<Parsed>) {
        if let Ok(unknown) = self.unknown(&self.session.shards(), &query).await
            && self.token.get_value() == token
        {
            self.view.unknown.set(unknown);
        }
    }

    /// The pages that will be on the screen once the list is.
    fn pages_of(&self, list: &List, top: Option<u64>) -> std::ops::Range<u64> {
        let first =
            top.unwrap_or_else(|| self.view.scroll.first()).min(list.len().saturating_sub(self.view.scroll.fit()));
        let end = (first + self.view.scroll.fit()).min(list.len());
        first / pages::PAGE..end.div_ceil(pages::PAGE)
    }

    /// Shows an event that was found elsewhere than in the table, and moves the table's cursor to it if it is there.
    pub fn open(self, event: Selected) {
        self.view.cursor.set(None);
        self.view.selected.set(Some(event));
        self.view.detail.set(true);
        self.find(event);
    }

    /// Moves the table's cursor to an event, if it is there.
    fn find(self, event: Selected) {
        let Some(list) = self.pages.list() else { return };
        spawn_local(async move {
            let found = list.position(&self.session.shards(), event.shard, event.row).await;
            // Another may have been opened meanwhile.
            if let Ok(Some(position)) = found
                && self.view.selected.get_untracked() == Some(event)
            {
                self.view.select(position);
            }
        });
    }

    /// The selected event, and where it is in a new list.
    async fn cursor(&self, shards: &Workers, list: &List) -> Result<(Option<Selected>, Option<u64>), Lost> {
        loop {
            let selected = self.view.selected.get_untracked();
            let Some(Selected { shard, row, .. }) = selected else { return Ok((None, None)) };
            let position = list.position(shards, shard, row).await?;
            // Another event may have been selected while the shards looked for this one.
            if self.view.selected.get_untracked() == selected {
                return Ok((selected, position));
            }
        }
    }

    async fn unknown(&self, shards: &Workers, query: &Parsed) -> Result<Vec<Unknown>, Lost> {
        let fields: Vec<(&str, &[Select])> = query
            .fields
            .iter()
            .filter_map(|used| match &used.field {
                Field::Values(selects) => Some((used.written.as_str(), selects.as_slice())),
                Field::Time | Field::File => None,
            })
            .collect();
        if fields.is_empty() {
            return Ok(Vec::new());
        }
        let selects = fields.iter().flat_map(|(_, selects)| selects.iter().cloned()).collect();
        let (unknown, paths) = questions::unknown_fields(shards, selects).await?;
        let mut found: Vec<Unknown> = Vec::new();
        let mut at = 0;
        for (written, selects) in fields {
            let all = unknown[at..at + selects.len()].iter().all(|unknown| *unknown);
            at += selects.len();
            if all && found.iter().all(|known| known.written != written) {
                let nearest = nearest::nearest(written, &paths);
                found.push(Unknown { written: written.to_owned(), nearest, pasted: nearest::is_pasted_value(written) });
            }
        }
        Ok(found)
    }
}

/// The asker of the page.
#[must_use]
pub fn asker() -> Asker {
    expect_context()
}
