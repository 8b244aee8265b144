//! What the timeline shows: asks for lanes when the question changes, for other lanes when they are scrolled into sight, and
//! puts each answer up in one step.

use crate::app::ask::Asker;
use crate::app::field;
use crate::app::neighbours;
use crate::app::scroll::ROW;
use crate::app::view::{LaneOrder, Selected, Span, View, range};
use crate::query::lanes::{self as engine, Bins, Mark, Marked, Sums};
use crate::session::lanes::{self, Events, From, Lanes};
use crate::session::page::Session;
use crate::session::questions::Lost;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::ops::Range;
use std::sync::Arc;

/// Lanes that are listed at most: nobody scrolls farther, and a search finds the others.
pub const MOST_LANES: u64 = 2_000;

/// Events in the lanes on the screen that are drawn one by one at most.
const MOST_MARKS: u32 = 4_000;

/// Lanes asked for above and below those on the screen.
const AROUND: usize = 8;

/// Lanes are asked for in steps of so many.
const STEP: u64 = 64;

/// Pixels of a bin.
const BIN: f64 = 2.0;

/// The shortest gesture's range, as of every range on the page.
const SHORTEST: i64 = 1_000;

/// A lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its value; `None` for the events without the field.
    pub value: Option<String>,
    /// What it holds.
    pub sums: Sums,
    /// It is kept on top.
    pub pinned: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The range it is of.
    pub domain: Span,
    /// Which events are set off.
    pub marked: Marked,
    /// How time is cut up, from before the range to after it, so that a person can begin to pan.
    pub bins: Bins,
    /// The lanes from the first on, without the last one if that has no value.
    pub lines: Vec<Line>,
    /// The lane without a value, the last of all.
    pub none: Option<Line>,
    /// Values that have a lane, the hidden ones not counted.
    pub total: u64,
    /// The lanes that `lanes` is of.
    pub window: Range<usize>,
    /// Events over time in those lanes.
    pub lanes: Lanes,
}

impl Picture {
    /// Number of lanes listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.listed() + usize::from(self.none.is_some())
    }

    /// Lanes with a value that are listed.
    fn listed(&self) -> usize {
        self.total.min(MOST_LANES) as usize
    }

    /// A lane by its place in the list, if it is at hand.
    #[must_use]
    pub fn line(&self, at: usize) -> Option<&Line> {
        if at == self.listed() { self.none.as_ref() } else { self.lines.get(at) }
    }

    /// Events and marked events of a bin of a lane.
    #[must_use]
    pub fn bin(&self, at: usize, bin: usize) -> Option<(u32, u32)> {
        let count = self.bins.count as usize;
        if !self.window.contains(&at) || bin >= count {
            return None;
        }
        let place = (at - self.window.start) * count + bin;
        Some((*self.lanes.events.get(place)?, *self.lanes.marked.get(place)?))
    }

    /// The events of a lane in the order of time, where there are few enough.
    #[must_use]
    pub fn marks(&self, at: usize) -> Option<&[(usize, Mark)]> {
        let marks = self.lanes.marks.as_ref()?;
        let lane = at.checked_sub(self.window.start)? as u32;
        let from = marks.partition_point(|(_, mark)| mark.lane < lane);
        let to = marks.partition_point(|(_, mark)| mark.lane <= lane);
        Some(&marks[from..to])
    }

    /// Stretch of time of a bin.
    #[must_use]
    pub fn span(&self, bin: usize) -> Span {
        let from = self.bins.start + bin as i64 * self.bins.width;
        Span { from, to: from + self.bins.width }
    }
}

/// Where the selected event stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Picked {
    /// The event.
    pub event: Selected,
    /// Its time.
    pub time: Option<i64>,
    /// Its values of the field; none for the lane without a value.
    pub values: Vec<String>,
}

/// See the module. A handle.
#[derive(Clone, Copy)]
pub struct Chart {
    session: Session,
    /// What a person chose.
    pub view: View,
    asker: Asker,
    /// The answer on the page.
    pub picture: RwSignal<Option<Arc<Picture>>>,
    /// The range shown while a gesture goes on, and until its answer is there.
    pub live: RwSignal<Option<Span>>,
    /// A gesture goes on.
    pub moving: StoredValue<bool>,
    /// Size of the chart in CSS pixels.
    pub size: RwSignal<(f64, f64)>,
    /// Pixels of lanes above the first visible one.
    pub top: RwSignal<f64>,
    /// The lane that the keys are in.
    pub lane: RwSignal<usize>,
    /// The selected event.
    pub picked: RwSignal<Option<Picked>>,
    /// What a step led to, in words.
    pub said: RwSignal<String>,
    /// A question is on its way.
    pub busy: RwSignal<bool>,
    /// Number of the answer.
    pub token: RwSignal<u64>,
    asked: StoredValue<u64>,
    again: StoredValue<bool>,
}

struct Question {
    number: u64,
    events: Events,
    order: engine::LaneOrder,
    pinned: Vec<String>,
    hidden: Vec<String>,
    domain: Span,
    whole: Span,
    width: f64,
    rows: Range<usize>,
}

impl Chart {
    /// Starts to ask whenever the question, the events or the lanes in sight change.
    #[must_use]
    pub fn new(session: Session, view: View, asker: Asker) -> Self {
        let chart = Self {
            session,
            view,
            asker,
            picture: RwSignal::new(None),
            live: RwSignal::new(None),
            moving: StoredValue::new(false),
            size: RwSignal::default(),
            top: RwSignal::new(0.0),
            lane: RwSignal::new(0),
            picked: RwSignal::new(None),
            said: RwSignal::default(),
            busy: RwSignal::new(false),
            token: RwSignal::new(0),
            asked: StoredValue::new(0),
            again: StoredValue::new(false),
        };
        let domain = Memo::new(move |_| view.domain());
        let marked = Memo::new(move |_| {
            view.stack().track();
            neighbours::marked(view)
        });
        let width = Memo::new(move |_| chart.size.get().0.round());
        Effect::new(move || {
            view.query.track();
            view.lanes.track();
            // Read and not only tracked: a memo that nobody reads never notices a change.
            let _now = (domain.get(), width.get(), marked.get());
            chart.ask(true);
        });
        Effect::new(move || {
            session.generation.track();
            chart.ask(false);
        });
        // Lanes that come into sight and are not in the picture.
        Effect::new(move || {
            let rows = chart.rows();
            let missing = chart.picture.with(|picture| {
                picture.as_ref().is_some_and(|picture| {
                    let there = rows.start.min(picture.len())..rows.end.min(picture.len());
                    !there.is_empty() && (there.start < picture.window.start || there.end > picture.window.end)
                })
            });
            if missing {
                chart.ask(false);
            }
        });
        Effect::new(move || {
            let written = view.lanes.with(|lanes| lanes.field.clone());
            chart.pick(view.selected.get(), &written);
        });
        chart
    }

    /// The lanes in sight.
    pub fn rows(&self) -> Range<usize> {
        let (top, height) = (self.top.get(), self.size.get().1);
        (top / ROW) as usize..((top + height) / ROW).ceil() as usize
    }

    /// The range that is drawn.
    pub fn domain(&self) -> Option<Span> {
        self.live.get().or_else(|| self.picture.with(|picture| picture.as_ref().map(|picture| picture.domain)))
    }

    fn question(&self, number: u64) -> Option<Question> {
        let (domain, whole) = (self.view.domain()?, self.view.whole.get()?);
        let lanes = self.view.lanes.get();
        let width = self.size.get().0;
        if width < 1.0 {
            return None;
        }
        Some(Question {
            number,
            events: neighbours::events(self.view, field::select(&lanes.field)?),
            order: match lanes.order {
                LaneOrder::First => engine::LaneOrder::First,
                LaneOrder::Last => engine::LaneOrder::Last,
                LaneOrder::Count => engine::LaneOrder::Count,
            },
            pinned: lanes.pinned,
            hidden: lanes.hidden,
            domain,
            whole,
            width,
            rows: self.rows(),
        })
    }

    /// Asks. What a person asks replaces what is on its way; what merely grew waits for it.
    fn ask(self, person: bool) {
        if !person && self.busy.get_untracked() {
            self.again.set_value(true);
            return;
        }
        let number = self.asked.get_value() + 1;
        let Some(question) = untrack(|| self.question(number)) else { return };
        self.asked.set_value(number);
        self.again.set_value(false);
        self.busy.set(true);
        spawn_local(async move {
            // After a loss the next generation asks again, and until then the old answer stays.
            let _lost = self.answer(question).await;
            // The room may be left meanwhile.
            if self.asked.try_get_value() == Some(number) {
                self.busy.set(false);
                if self.again.get_value() {
                    self.ask(false);
                }
            }
        });
    }

    async fn answer(&self, question: Question) -> Result<(), Lost> {
        let Question { number, events, order, pinned, hidden, domain, whole, width, rows } = question;
        let current = || self.asked.try_get_value() == Some(number);
        let shards = self.session.shards();
        let limit = ((rows.end as u64).div_ceil(STEP) + 1) * STEP;
        let limit = limit.min(MOST_LANES) as u32;
        let list = lanes::lanes(&shards, &events, order, limit, &pinned, &hidden).await?;
        if !current() {
            return Ok(());
        }
        let line = |pinned: bool| move |(value, sums)| Line { value: Some(value), sums, pinned };
        let total = list.total + list.named.len() as u64;
        let mut lines: Vec<Line> = list.named.into_iter().map(line(true)).collect();
        lines.extend(list.lanes.into_iter().map(line(false)));
        let none = (list.none.events > 0).then_some(Line { value: None, sums: list.none, pinned: false });
        let mut picture = Picture {
            domain,
            marked: events.marked,
            bins: bins(domain, whole, width),
            lines,
            none,
            total,
            window: 0..0,
            lanes: Lanes::default(),
        };
        // What was scrolled to may be gone, and the list then ends on the screen.
        let rows = rows.len();
        let first = ((untrack(|| self.top.get()) / ROW) as usize).min((picture.len() + 1).saturating_sub(rows));
        picture.window = first.saturating_sub(AROUND)..(first + rows + AROUND).min(picture.len());
        let values: Vec<Option<String>> =
            picture.window.clone().map_while(|at| picture.line(at)).map(|line| line.value.clone()).collect();
        picture.window.end = picture.window.start + values.len();
        let wide = Span {
            from: picture.bins.start,
            to: picture.bins.start + i64::from(picture.bins.count) * picture.bins.width,
        };
        let within = Events { range: range(wide), ..events };
        picture.lanes = lanes::density(&shards, &within, values, picture.bins, MOST_MARKS).await?;
        if !current() {
            return Ok(());
        }
        batch(|| {
            let last = picture.len().saturating_sub(1);
            self.lane.update(|lane| *lane = (*lane).min(last));
            // The picture is sharp now; unless a person goes on, it is what the gesture was for.
            if !self.moving.get_value() {
                self.live.set(None);
            }
            self.picture.set(Some(Arc::new(picture)));
            self.token.set(number);
        });
        Ok(())
    }

    /// Finds out where the selected event stands.
    fn pick(self, event: Option<Selected>, written: &str) {
        let (Some(event), Some(select)) = (event, field::select(written)) else {
            self.picked.set(None);
            return;
        };
        spawn_local(async move {
            let place = lanes::place(&self.session.shards(), event.shard, event.row, &select).await;
            if let Ok(Some((key, values))) = place
                && self.view.selected.get_untracked() == Some(event)
            {
                let _left = self.picked.try_set(Some(Picked { event, time: key.time(), values }));
            }
        });
    }

    /// Shows another range while a gesture goes on.
    pub fn drag_to(&self, span: Span) {
        let Some(whole) = self.view.whole.get_untracked() else { return };
        let length = span.length().clamp(SHORTEST, whole.length().max(SHORTEST));
        let from = span.from.min(whole.to - length).max(whole.from);
        // Nobody means all but the last pixels.
        let all = length as f64 > whole.length() as f64 * 0.99;
        self.moving.set_value(true);
        self.live.set(Some(if all { whole } else { Span { from, to: from + length } }));
    }

    /// The gesture rests: its range is the page's.
    pub fn rest(&self) {
        if self.moving.try_set_value(false).is_some() {
            return;
        }
        let Some(live) = self.live.get_untracked() else { return };
        let before = untrack(|| self.view.domain());
        self.view.move_to(live);
        if untrack(|| self.view.domain()) == before {
            self.live.set(None);
        }
    }

    /// Opens an event.
    pub fn open(&self, event: Selected) {
        self.asker.open(event);
    }

    /// Opens the first event of a lane in a stretch of time.
    pub fn open_first(self, at: usize, span: Span) {
        let Some((mut events, value)) = self.lane_events(at) else { return };
        events.range = range(span);
        spawn_local(async move {
            let shards = self.session.shards();
            let found = lanes::neighbour(&shards, &events, value, From::Time(span.from), true).await;
            if let Ok(Some((shard, row))) = found {
                self.asker.open(neighbours::event(shard, &row));
            }
        });
    }

    fn lane_events(&self, at: usize) -> Option<(Events, Option<String>)> {
        let value = self.picture.with_untracked(|picture| Some(picture.as_ref()?.line(at)?.value.clone()))?;
        let select = field::select(&self.view.lanes.with_untracked(|lanes| lanes.field.clone()))?;
        Some((neighbours::events(self.view, select), value))
    }

    /// Goes to the next or the previous event of the lane that the keys are in: from the selected event, or from the ends of
    /// the range where none is selected.
    pub fn step(self, later: bool) {
        let Some((events, value)) = self.lane_events(self.lane.get_untracked()) else { return };
        let selected = self.view.selected.get_untracked();
        let select = events.select.clone();
        spawn_local(async move {
            let shards = self.session.shards();
            let from = match selected {
                None => From::Time(if later { i64::MIN } else { i64::MAX }),
                Some(event) => match lanes::place(&shards, event.shard, event.row, &select).await {
                    Ok(Some((key, _))) => From::Event(key),
                    _ => return,
                },
            };
            let Ok(found) = lanes::neighbour(&shards, &events, value, from, later).await else { return };
            if self.view.selected.get_untracked() != selected || self.said.is_disposed() {
                return;
            }
            match found {
                Some((shard, row)) => {
                    let time =
                        row.time.map_or_else(|| "no time".to_owned(), |at| self.view.zone.get_untracked().full(at));
                    self.said.set(time);
                    neighbours::go(self.view, self.asker, neighbours::event(shard, &row));
                }
                None if later => self.said.set("No later event in this lane".to_owned()),
                None => self.said.set("No earlier event in this lane".to_owned()),
            }
        });
    }

    /// Moves the keys to another lane, and scrolls it into sight.
    pub fn to_lane(self, at: usize) -> f64 {
        let last = self.picture.with_untracked(|picture| picture.as_ref().map_or(0, |picture| picture.len()));
        let at = at.min(last.saturating_sub(1));
        self.lane.set(at);
        self.picture.with_untracked(|picture| {
            if let Some(line) = picture.as_ref().and_then(|picture| picture.line(at)) {
                let name = line.value.as_deref().unwrap_or("none");
                let name = crate::app::shown::visible_text(name).into_owned();
                self.said.set(format!("{name}: {}", crate::app::shown::counted(line.sums.events, "event", "events")));
            }
        });
        let (top, height) = (self.top.get_untracked(), self.size.get_untracked().1);
        let row = at as f64 * ROW;
        if row < top { row } else { top.max(row + ROW - height) }
    }
}

/// Bins of about two pixels, on both sides of the range half as long as the range itself.
fn bins(domain: Span, whole: Span, width: f64) -> Bins {
    let width = (domain.length() as f64 * BIN / width.max(1.0)).ceil() as i64;
    // Times are whole seconds, and dividing them is quicker then.
    let width = (width.max(1) + 999) / 1_000 * 1_000;
    let half = domain.length() / 2;
    let from = (domain.from - half).max(whole.from).min(domain.from);
    let to = (domain.to + half).min(whole.to).max(domain.to);
    let start = from.div_euclid(width) * width;
    let count = ((to - start).max(1) as u64).div_ceil(width as u64) as u32;
    Bins { start, width, count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_reach_beyond_the_range_but_not_beyond_the_events() {
        let whole = Span { from: 1_688_990_000_000, to: 1_689_000_000_001 };
        let all = bins(whole, whole, 1_000.0);
        assert!(all.start <= whole.from && all.start + all.width > whole.from);
        assert!(all.start + all.width * i64::from(all.count) >= whole.to);
        let part = Span { from: whole.from + 4_000_000, to: whole.from + 6_000_000 };
        let some = bins(part, whole, 1_000.0);
        assert!(some.start <= part.from - 1_000_000 && some.start > part.from - 1_010_000);
        assert!(some.count < 1_100, "{}", some.count);
        assert_eq!(bins(part, part, 1_000.0).count, 500);
    }
}
