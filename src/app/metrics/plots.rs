//! Asks the session what to draw: of each chart when it, the stretch of time, the width or the events change. One question is on its
//! way at a time; what is on the page stays until its answer replaces it in one step.

use crate::app::dom;
use crate::app::view::{Span, View};
use crate::session::page::Session;
use crate::session::questions::Lost;
use crate::watch::graph::{Drawing, Graph, Wanted};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// An answer that does not come within so many milliseconds is asked for again.
const PATIENCE: u32 = 20_000;

/// After an answer was lost one waits so many milliseconds.
const AGAIN: u32 = 250;

/// Every point of a chart is asked for so often again.
const RETRIES: u32 = 40;

/// Columns that a chart is asked for at least.
const COLUMNS: f64 = 200.0;

/// What a chart shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The chart as it was asked for.
    pub graph: Graph,
    /// The answer.
    pub drawing: Drawing,
    /// The stretch of time that it is of.
    pub domain: Span,
    /// Milliseconds before and behind it of which there are points as well.
    pub margin: i64,
    /// Columns of pixels that its curves were thinned to.
    pub columns: u32,
}

/// All that a picture follows from.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    graph: Graph,
    domain: Span,
    columns: u32,
    /// Numbers of the events' and the series' state.
    state: (u64, u64),
}

/// Which chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// That at a place of the room.
    At(usize),
    /// That under the lanes of the timeline.
    Under,
}

type Answered = Option<(Question, Arc<Picture>)>;

/// See the module. A handle, provided as context.
#[derive(Clone, Copy)]
pub struct Plots {
    session: Session,
    wanted: Memo<Vec<Question>>,
    answered: RwSignal<Vec<Answered>>,
    busy: StoredValue<bool>,
    attempt: StoredValue<u64>,
}

impl Plots {
    /// Begins to ask.
    #[must_use]
    pub fn new(session: Session, view: View) -> Self {
        // Only that it is another one counts.
        let held = Memo::new(move |before: Option<&(u64, _)>| {
            let held = session.held.get();
            match before {
                Some((number, known)) if Arc::ptr_eq(known, &held) => (*number, held),
                Some((number, _)) => (number + 1, held),
                None => (0, held),
            }
        });
        let wanted = Memo::new(move |_| {
            let Some(domain) = view.domain() else { return Vec::new() };
            let state = (session.generation.get(), held.with(|(number, _)| *number));
            let columns = (f64::max(view.width.get(), COLUMNS) / 50.0).ceil() as u32 * 50;
            let question = |graph: &Graph| Question { graph: graph.clone(), domain, columns, state };
            let mut all: Vec<Question> = view.graphs.with(|graphs| graphs.iter().map(question).collect());
            all.extend(view.under.with(|under| under.as_ref().map(question)));
            all
        });
        let plots = Self {
            session,
            wanted,
            answered: RwSignal::default(),
            busy: StoredValue::new(false),
            attempt: StoredValue::new(0),
        };
        Effect::new(move || {
            let wanted = wanted.get();
            // A chart that was moved keeps its picture.
            plots.answered.update(|answered| {
                let known = std::mem::take(answered);
                *answered = moved(known, &wanted, |(known, _), question| known.graph == question.graph);
            });
            plots.ask();
        });
        plots
    }

    /// The picture of a chart.
    #[must_use]
    pub fn of(self, which: Which) -> Signal<Option<Arc<Picture>>> {
        // Another chart's answer is no change of this one.
        let same = |a: Option<&Option<Arc<Picture>>>, b: Option<&Option<Arc<Picture>>>| match (a, b) {
            (Some(Some(a)), Some(Some(b))) => !Arc::ptr_eq(a, b),
            (a, b) => a != b,
        };
        let picture = move |_: Option<&Option<Arc<Picture>>>| {
            self.answered.with(|all| {
                let at = match which {
                    Which::At(at) => at,
                    Which::Under => all.len().checked_sub(1)?,
                };
                all.get(at)?.as_ref().map(|(_, picture)| picture.clone())
            })
        };
        Memo::new_with_compare(picture, same).into()
    }

    /// Whether the picture of a chart is of something older than what stands on the page.
    #[must_use]
    pub fn waits(self, which: Which) -> Signal<bool> {
        Signal::derive(move || {
            let wanted = self.wanted.get();
            let at = match which {
                Which::At(at) => at,
                Which::Under => wanted.len().saturating_sub(1),
            };
            let known = self.answered.with(|all| all.get(at).cloned().flatten().map(|(question, _)| question));
            known.as_ref() != wanted.get(at)
        })
    }

    /// The first question that is not answered yet.
    fn next(self) -> Option<(usize, Question)> {
        let wanted = self.wanted.get_untracked();
        self.answered.with_untracked(|answered| {
            let is_open = |(at, question): &(usize, Question)| {
                answered.get(*at).and_then(Option::as_ref).is_none_or(|(known, _)| known != question)
            };
            wanted.into_iter().enumerate().find(is_open)
        })
    }

    fn ask(self) {
        if self.busy.get_value() {
            return;
        }
        self.busy.set_value(true);
        self.attempt.update_value(|attempt| *attempt += 1);
        let attempt = self.attempt.get_value();
        let current = move || self.attempt.get_value() == attempt;
        spawn_local(async move {
            while let Some((at, question)) = self.next() {
                let alive = StoredValue::new(true);
                spawn_local(async move {
                    dom::later(PATIENCE).await;
                    if current() && alive.try_get_value() == Some(true) {
                        dom::warn("a chart's answer did not come and is asked for again");
                        self.busy.set_value(false);
                        self.ask();
                    }
                });
                let answer = self.answer(&question).await;
                alive.set_value(false);
                if !current() {
                    return;
                }
                match answer {
                    Ok(picture) => self.answered.update(|answered| {
                        if answered.len() <= at {
                            answered.resize(at + 1, None);
                        }
                        answered[at] = Some((question, Arc::new(picture)));
                    }),
                    Err(Lost) => dom::later(AGAIN).await,
                }
            }
            self.busy.set_value(false);
        });
    }

    async fn answer(self, question: &Question) -> Result<Picture, Lost> {
        let Question { graph, domain, columns, .. } = question.clone();
        let margin = domain.length() / 2;
        let wanted = Wanted {
            lines: graph.lines.clone(),
            range: (domain.from, domain.to),
            margin,
            columns,
            before: graph.before,
            ..Wanted::default()
        };
        let drawing = if graph.lines.is_empty() { Drawing::default() } else { self.session.draw(wanted).await? };
        Ok(Picture { graph, drawing, domain, margin, columns })
    }

    /// Every point of a chart within a stretch of time.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn all_points(self, graph: &Graph, domain: Span) -> Result<Drawing, Lost> {
        let wanted = Wanted { lines: graph.lines.clone(), range: (domain.from, domain.to), ..Wanted::default() };
        // A worker that died is back soon.
        for _ in 0..RETRIES {
            match self.session.draw(wanted.clone()).await {
                Err(Lost) => dom::later(AGAIN).await,
                found => return found,
            }
        }
        self.session.draw(wanted).await
    }
}

/// What is known, in the places of what is wanted: what stands in its place stays there, what was moved goes along, and a place
/// where nothing else belongs keeps what it had, which is better than nothing until its answer comes.
fn moved<K, W>(mut known: Vec<Option<K>>, wanted: &[W], belongs: impl Fn(&K, &W) -> bool) -> Vec<Option<K>> {
    let is = |one: &Option<K>, wanted: &W| one.as_ref().is_some_and(|known| belongs(known, wanted));
    let stays = |known: &mut Vec<Option<K>>, at: usize, wanted: &W| {
        known.get_mut(at).filter(|one| is(one, wanted)).and_then(Option::take)
    };
    let mut kept: Vec<Option<K>> =
        wanted.iter().enumerate().map(|(at, wanted)| stays(&mut known, at, wanted)).collect();
    for (one, wanted) in kept.iter_mut().zip(wanted).filter(|(one, _)| one.is_none()) {
        *one = known.iter_mut().find(|one| is(one, wanted)).and_then(Option::take);
    }
    for (one, known) in kept.iter_mut().zip(known).filter(|(one, _)| one.is_none()) {
        *one = known;
    }
    kept
}

/// The pictures of the page.
#[must_use]
pub fn plots() -> Plots {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_stay_go_along_or_wait() {
        let moved = |known: &[&'static str], wanted: &[&str]| -> Vec<Option<&'static str>> {
            moved(known.iter().copied().map(Some).collect(), wanted, |a, b| a == b)
        };
        // Of two alike, one is changed: its picture stays until the answer comes.
        assert_eq!(moved(&["a", "a"], &["b", "a"]), [Some("a"), Some("a")]);
        assert_eq!(moved(&["a", "b"], &["b", "a"]), [Some("b"), Some("a")]);
        assert_eq!(moved(&["a", "b", "c"], &["a", "c"]), [Some("a"), Some("c")]);
        assert_eq!(moved(&["a"], &["a", "b"]), [Some("a"), None]);
    }
}
