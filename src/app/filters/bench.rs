//! What the bench asks and what came of it. The draft is read at every key stroke; the answer, tables and numbers alike, is
//! replaced in one step, and never by one to an older question.

use super::draft::Draft;
use super::examples::Example;
use super::lines::{self, Line};
use super::reading::{Reading, read};
use crate::app::dom;
use crate::app::pages::AGAIN;
use crate::app::view::{Room, View, range};
use crate::query::aggregate::{Aggregate, Answer};
use crate::query::predicate::{Predicate, TimeRange};
use crate::query::series::{Series, SeriesOf};
use crate::session::first::{First, first};
use crate::session::page::{Phase, Session, Workers};
use crate::session::questions::{self, Lost};
use crate::watch::definitions::{Definitions, MetricFilter};
use crate::watch::metric_filter::{Scope, counted};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// Events of a table that are fetched at a time.
pub const PAGE: u32 = 100;

/// Milliseconds after which an answer that did not come is asked for again.
const PATIENCE: u32 = 60_000;

/// Filters that are counted in one question, so that no shard is kept from others for long.
const AT_ONCE: usize = 4;

/// Filters of files that are counted.
pub const MOST: usize = 300;

/// Which events the table lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those that match.
    Matches,
    /// Those that do not.
    Misses,
}

/// All that the numbers follow from.
#[derive(Clone, Debug, PartialEq)]
struct Sum {
    generation: u64,
    scope: Predicate,
    pattern: Predicate,
    range: TimeRange,
    of: SeriesOf,
    period: i64,
    default: Option<f64>,
}

/// All that an answer follows from.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    sum: Sum,
    columns: Arc<Vec<lines::Column>>,
    side: Side,
    newest: bool,
}

impl Question {
    /// The events of the table.
    fn listed(&self) -> Predicate {
        let pattern = self.sum.pattern.clone();
        both(&self.sum.scope, if self.side == Side::Matches { pattern } else { Predicate::Not(Box::new(pattern)) })
    }

    fn page(&self, after: Option<&Line>) -> First {
        First {
            predicate: self.listed(),
            range: self.sum.range,
            after: after.map(|line| line.key.clone()),
            count: PAGE,
            columns: self.columns.iter().map(|column| column.source.clone()).collect(),
            longest: lines::LONGEST,
            descending: self.newest,
        }
    }
}

/// The numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    of: Sum,
    /// Events that the filter is applied to.
    pub events: u64,
    /// Of them, those that match.
    pub matches: u64,
    /// Samples.
    pub series: Series,
    /// The events that the filter is applied to, by period.
    pub all: Arc<Series>,
}

impl Sums {
    /// Length of a period.
    #[must_use]
    pub fn period(&self) -> i64 {
        self.of.period
    }

    /// What is published where nothing matches.
    #[must_use]
    pub fn default(&self) -> Option<f64> {
        self.of.default
    }
}

/// The answer on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    question: Question,
    /// The numbers.
    pub sums: Arc<Sums>,
    /// The first events of the table.
    pub lines: Arc<Vec<Arc<Line>>>,
}

impl Found {
    /// The columns that the events have.
    #[must_use]
    pub fn columns(&self) -> Arc<Vec<lines::Column>> {
        self.question.columns.clone()
    }

    /// What the table is about, whatever is fetched of it.
    #[must_use]
    pub fn identity(&self) -> (usize, Side, bool) {
        (Arc::as_ptr(&self.sums) as usize, self.question.side, self.question.newest)
    }

    /// Which events are listed.
    #[must_use]
    pub fn side(&self) -> Side {
        self.question.side
    }

    /// How many there are of them.
    #[must_use]
    pub fn listed(&self) -> u64 {
        match self.question.side {
            Side::Matches => self.sums.matches,
            Side::Misses => self.sums.events - self.sums.matches,
        }
    }
}

/// See the module. A handle, provided as context.
#[derive(Clone, Copy)]
pub struct Bench {
    session: Session,
    view: View,
    /// The draft, understood as far as it can be.
    pub reading: Memo<Arc<Reading>>,
    /// Which events are wanted in the table.
    pub side: RwSignal<Side>,
    /// Whether the newest come first.
    pub newest: RwSignal<bool>,
    question: Memo<Option<Question>>,
    /// The answer on the page.
    pub found: RwSignal<Option<Arc<Found>>>,
    /// More events of the table are on their way.
    pub fetching: RwSignal<bool>,
    /// What files say is configured.
    pub loaded: Memo<Arc<Definitions>>,
    /// Matches in the case of each of the filters, as far as they are counted.
    pub counts: RwSignal<Vec<Option<u64>>>,
    /// Log groups of the case and their lines, largest first.
    pub groups: RwSignal<Arc<Vec<(String, u64)>>>,
    /// Events of CloudTrail in the case.
    pub trail: RwSignal<u64>,
    /// Events in the case.
    pub total: RwSignal<u64>,
    busy: StoredValue<bool>,
    attempt: StoredValue<u64>,
    events: StoredValue<Option<(Sum, Arc<Series>)>>,
}

impl Bench {
    /// Begins to ask whenever the room is open and the draft, the range of time or the events change.
    #[must_use]
    pub fn new(session: Session, view: View) -> Self {
        let reading = Memo::new(move |_| view.draft.with(|draft| Arc::new(read(draft))));
        let side = RwSignal::new(Side::Matches);
        let newest = RwSignal::new(false);
        let here = Memo::new(move |_| view.room.get() == Room::Filters && session.generation.get() > 0);
        let question = Memo::new(move |before: Option<&Option<Question>>| {
            let before = || before.cloned().flatten();
            if !here.get() {
                return before();
            }
            // A pattern at fault asks nothing: what was found before stays, dimmed.
            let reading = reading.get();
            let Some(asked) = reading.asked() else { return before() };
            let zoom = view.zoom.with(|zoom| zoom.last().copied());
            let sum = Sum {
                generation: session.generation.get(),
                scope: asked.scope,
                pattern: asked.pattern,
                range: zoom.map_or_else(TimeRange::default, range),
                of: asked.of,
                period: asked.period,
                default: asked.default,
            };
            Some(Question { sum, columns: asked.columns, side: side.get(), newest: newest.get() })
        });
        let loaded = Memo::new(move |_| Arc::new(session.definitions.with(|documents| Definitions::read(documents))));
        let bench = Self {
            session,
            view,
            reading,
            side,
            newest,
            question,
            found: RwSignal::new(None),
            fetching: RwSignal::new(false),
            loaded,
            counts: RwSignal::default(),
            groups: RwSignal::default(),
            trail: RwSignal::new(0),
            total: RwSignal::new(0),
            busy: StoredValue::new(false),
            attempt: StoredValue::new(0),
            events: StoredValue::new(None),
        };
        Effect::new(move || {
            if here.get() && question.with(Option::is_some) {
                bench.ask();
            }
        });
        Effect::new(move || {
            let done = session.progress.with(|progress| progress.phase == Phase::Done);
            if here.get() && done {
                bench.survey(session.generation.get());
            }
        });
        bench
    }

    /// Whether an answer is on its way.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.question
            .with(|question| self.found.with(|found| found.as_ref().map(|found| &found.question) != question.as_ref()))
    }

    /// Whether what is on the page is not of what stands in the bench.
    #[must_use]
    pub fn dimmed(&self) -> bool {
        let faulty = self.reading.with(|reading| reading.pattern.is_err());
        self.found.with(Option::is_some) && (faulty || self.waits())
    }

    /// One question is on its way at a time; the newest is looked for when its answer is there.
    fn ask(self) {
        if self.busy.get_value() {
            return;
        }
        self.busy.set_value(true);
        self.attempt.update_value(|attempt| *attempt += 1);
        let attempt = self.attempt.get_value();
        let current = move || self.attempt.get_value() == attempt;
        spawn_local(async move {
            dom::later(PATIENCE).await;
            if current() && self.busy.get_value() {
                dom::warn("an answer did not come and is asked for again");
                self.busy.set_value(false);
                self.ask();
            }
        });
        spawn_local(async move {
            while let Some(question) = self.wanted() {
                let answer = self.answer(&question).await;
                if !current() {
                    return;
                }
                match answer {
                    Ok(found) if self.question.get_untracked().as_ref() == Some(&question) => {
                        self.found.set(Some(Arc::new(found)));
                    }
                    // Something else is asked by now.
                    Ok(_) => {}
                    Err(Lost) => dom::later(AGAIN).await,
                }
            }
            self.busy.set_value(false);
        });
    }

    /// The question that is not answered yet.
    fn wanted(self) -> Option<Question> {
        let question = self.question.get_untracked()?;
        let known = self.found.with_untracked(|found| found.as_ref().is_some_and(|found| found.question == question));
        (!known).then_some(question)
    }

    async fn answer(self, question: &Question) -> Result<Found, Lost> {
        let shards = self.session.shards();
        let known = self.found.with_untracked(|found| found.as_ref().map(|found| found.sums.clone()));
        let sums = match known.filter(|sums| sums.of == question.sum) {
            Some(sums) => sums,
            None => Arc::new(self.sums(&shards, &question.sum).await?),
        };
        let lines = first(&shards, question.page(None)).await?;
        let lines = lines.into_iter().map(|found| Arc::new(Line::new(found))).collect();
        Ok(Found { question: question.clone(), sums, lines: Arc::new(lines) })
    }

    async fn sums(self, shards: &Workers, sum: &Sum) -> Result<Sums, Lost> {
        let all = self.events(shards, sum).await?;
        let wanted = vec![(sum.range, Aggregate::Series(sum.of.clone()))];
        let answer = questions::aggregates(shards, both(&sum.scope, sum.pattern.clone()), wanted).await?.pop();
        let Some(Answer::Series(series)) = answer else { return Err(Lost) };
        Ok(Sums { of: sum.clone(), events: all.events, matches: series.events, series, all })
    }

    /// The events of the scope by period, whatever the pattern is.
    async fn events(self, shards: &Workers, sum: &Sum) -> Result<Arc<Series>, Lost> {
        let of = counted(sum.of.period);
        let sum = Sum { pattern: Predicate::Everything, period: of.period, of, default: None, ..sum.clone() };
        if let Some((known, series)) = self.events.get_value()
            && known == sum
        {
            return Ok(series);
        }
        let wanted = vec![(sum.range, Aggregate::Series(sum.of.clone()))];
        let answer = questions::aggregates(shards, sum.scope.clone(), wanted).await?.pop();
        let Some(Answer::Series(series)) = answer else { return Err(Lost) };
        let series = Arc::new(series);
        self.events.set_value(Some((sum, series.clone())));
        Ok(series)
    }

    /// Fetches the next events of the table.
    pub fn more(self) {
        let Some(found) = self.found.get_untracked() else { return };
        if self.fetching.get_untracked() || found.lines.len() as u64 >= found.listed() {
            return;
        }
        self.fetching.set(true);
        spawn_local(async move {
            let last = found.lines.last().map(|line| &**line);
            let more = first(&self.session.shards(), found.question.page(last)).await;
            self.fetching.set(false);
            let unchanged = self.found.with_untracked(|now| now.as_ref().is_some_and(|now| Arc::ptr_eq(now, &found)));
            if let Ok(more) = more
                && unchanged
            {
                let more = more.into_iter().map(|found| Arc::new(Line::new(found)));
                let lines = Arc::new(found.lines.iter().cloned().chain(more).collect());
                self.found.set(Some(Arc::new(Found { lines, ..(*found).clone() })));
            }
        });
    }

    /// Counts what there is to choose from: log groups, events of CloudTrail, and the matches of the filters of files.
    fn survey(self, generation: u64) {
        let loaded = self.loaded.get();
        let is_current = move || self.session.generation.get_untracked() == generation;
        spawn_local(async move {
            let shards = self.session.shards();
            let streams =
                questions::aggregates(&shards, Predicate::Everything, vec![(TimeRange::default(), Aggregate::Streams)]);
            let Ok(Some(Answer::Streams(streams))) = streams.await.map(|mut answers| answers.pop()) else { return };
            let mut groups: Vec<(String, u64)> = Vec::new();
            for stream in streams.into_iter().filter(|stream| !stream.group.is_empty()) {
                match groups.iter_mut().find(|(group, _)| *group == stream.group) {
                    Some((_, lines)) => *lines += stream.lines,
                    None => groups.push((stream.group, stream.lines)),
                }
            }
            groups.sort_by(|(a, lines), (b, more)| more.cmp(lines).then_with(|| a.cmp(b)));
            let sorts = [Predicate::Everything, Scope::CloudTrail.predicate()];
            let sorts = questions::counts(&shards, sorts.map(|sort| (sort, TimeRange::default())).into()).await;
            let (Ok(sorts), true) = (sorts, is_current()) else { return };
            let filters = &loaded.metric_filters;
            let wanted: Vec<Option<Predicate>> =
                filters.iter().take(MOST).map(|filter| whole(filter, &groups)).collect();
            batch(|| {
                self.groups.set(Arc::new(groups));
                self.total.set(sorts.first().copied().unwrap_or_default());
                self.trail.set(sorts.get(1).copied().unwrap_or_default());
                self.counts.set(vec![None; filters.len()]);
            });
            for (chunk, wanted) in wanted.chunks(AT_ONCE).enumerate() {
                let asked = wanted.iter().flatten().map(|predicate| (predicate.clone(), TimeRange::default()));
                let Ok(counts) = questions::counts(&shards, asked.collect()).await else { return };
                if !is_current() {
                    return;
                }
                let mut counts = counts.into_iter();
                self.counts.update(|known| {
                    let places = known.iter_mut().skip(chunk * AT_ONCE).zip(wanted);
                    places.for_each(|(known, wanted)| *known = wanted.as_ref().and_then(|_| counts.next()));
                });
            }
        });
    }

    /// Events of the case that a filter is applied to.
    #[must_use]
    pub fn size(self, scope: &Scope) -> u64 {
        match scope {
            Scope::All => self.total.get(),
            Scope::CloudTrail => self.trail.get(),
            Scope::Group(group) => self
                .groups
                .with(|groups| groups.iter().find(|(known, _)| known == group).map_or(0, |(_, lines)| *lines)),
        }
    }

    /// Puts an example on the bench.
    pub fn example(self, example: &Example) {
        self.side.set(Side::Matches);
        self.view.draft.set(Draft::example(example));
    }

    /// Puts a filter of a file on the bench.
    pub fn take(self, filter: &MetricFilter) {
        let groups = self.groups.get_untracked();
        let now = self.view.draft.get_untracked();
        self.side.set(Side::Matches);
        self.view.draft.set(Draft { period: now.period, ..Draft::of(filter, &groups) });
    }

    /// The events that a filter matches; `None` when it cannot be read.
    #[must_use]
    pub fn matched(self, draft: &Draft) -> Option<Predicate> {
        let reading = read(draft);
        let asked = reading.asked()?;
        Some(both(&asked.scope, asked.pattern))
    }

    /// Empties the bench.
    pub fn clear(self) {
        self.side.set(Side::Matches);
        self.view.draft.set(Draft::default());
    }
}

/// All events that a filter matches; `None` when it cannot be read.
fn whole(filter: &MetricFilter, groups: &[(String, u64)]) -> Option<Predicate> {
    let reading = read(&Draft::of(filter, groups));
    let asked = reading.asked()?;
    Some(both(&asked.scope, asked.pattern))
}

/// What both hold for.
fn both(scope: &Predicate, pattern: Predicate) -> Predicate {
    match scope {
        Predicate::Everything => pattern,
        scope => Predicate::And(vec![scope.clone(), pattern]),
    }
}

/// The bench of the page.
#[must_use]
pub fn bench() -> Bench {
    expect_context()
}
