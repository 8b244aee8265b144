//! What is to be drawn of some lines: their series looked up, expressions evaluated, points thinned.

use super::label::labels;
use super::{Curve, Drawing, Drawn, Of, Stretch, Summary, Wanted};
use crate::import::metrics::Metric;
use crate::query::pattern::Fault;
use crate::watch::series::{Resolved, Series, SeriesStore, resolve, thin};
use crate::watch::statistic::Statistic;
use std::borrow::Cow;
use std::ops::Range;

/// A line of the question that shows values of a metric.
pub(super) struct Source<'a> {
    /// What its values are of.
    pub series: Cow<'a, Series>,
    /// The statistic asked for.
    pub statistic: Statistic,
    /// The period asked for.
    pub period: Option<i64>,
}

/// What is to be drawn. A line at fault costs only itself and the expressions that use it.
#[must_use]
pub fn plot(store: &SeriesStore, wanted: &Wanted) -> Drawing {
    let sources: Vec<Result<Option<Source>, Fault>> =
        (0..wanted.lines.len()).map(|line| source(store, wanted, line)).collect();
    let labels = labels(&sources, &wanted.lines);
    let lines = wanted.lines.iter().zip(&sources).zip(labels).map(|((line, source), label)| {
        let source = source.as_ref().map_err(Clone::clone)?;
        if line.hidden {
            return Ok(Drawn::default());
        }
        match source {
            Some(source) => drawn(source, wanted, line.label.clone().unwrap_or(label)),
            None => Err(fault("expressions are not evaluated yet")),
        }
    });
    Drawing { lines: lines.collect() }
}

fn fault(message: impl Into<String>) -> Fault {
    Fault { position: 1, message: message.into() }
}

/// What a line shows; `None` for an expression.
fn source<'a>(store: &'a SeriesStore, wanted: &Wanted, line: usize) -> Result<Option<Source<'a>>, Fault> {
    let given = || {
        let told = wanted.given.iter().find(|(at, _)| *at as usize == line).map(|(_, told)| told.clone())?;
        SeriesStore::build(vec![told], Vec::new()).series().first().cloned()
    };
    let line = wanted.lines.get(line).ok_or_else(|| fault("There is no such line."))?;
    let series = match &line.of {
        Of::Math(_) => return Ok(None),
        Of::Metric(metric) => Cow::Borrowed(store.find(metric).ok_or_else(|| no_such(metric))?),
        // No event at all leaves no period either.
        Of::Events(_) | Of::Filter(_) => Cow::Owned(given().unwrap_or_default()),
    };
    let statistic = match line.of {
        Of::Events(_) => Statistic::SampleCount,
        _ => Statistic::parse(&line.statistic)?,
    };
    Ok(Some(Source { series, statistic, period: line.period }))
}

fn no_such(metric: &Metric) -> Fault {
    fault(format!("No file of the case tells of {}.", metric.title()))
}

/// A metric's curve.
fn drawn(source: &Source, wanted: &Wanted, label: String) -> Result<Drawn, Fault> {
    let range = wanted.range.0..wanted.range.1;
    let wide = range.start.saturating_sub(wanted.margin)..range.end.saturating_add(wanted.margin);
    let get = |range: Range<i64>, beyond: bool| {
        // Of no event nothing is stored.
        if source.series.stored.is_empty() && source.series.metric == Metric::default() {
            return Ok(Resolved::default());
        }
        resolve(&source.series, &source.statistic, source.period, range, beyond).map_err(fault)
    };
    let found = get(wide, true)?;
    let place = |time: i64| found.points.partition_point(|&(at, _)| at < time);
    let summary = Summary::of(&found.points[place(range.start)..place(range.end)]);
    let before = if wanted.before { Some(before(&range, &get, wanted.columns)?) } else { None };
    let curve = Curve {
        label,
        metric: Some(source.series.metric.clone()),
        unit: source.series.metric.unit.clone(),
        points: thin(&found.points, found.period, &range, wanted.columns),
        statistic: found.statistic,
        period: found.period,
        before,
        summary,
    };
    let stored = source.series.stored.iter().find(|stored| stored.period == found.period);
    let notes = found.note.into_iter().chain(stored.iter().flat_map(|stored| stored.notes.clone()));
    Ok(Drawn { curves: vec![curve], notes: notes.collect() })
}

/// The stretch of time before the range, shifted onto it.
fn before(
    range: &Range<i64>,
    get: &impl Fn(Range<i64>, bool) -> Result<Resolved, Fault>,
    columns: u32,
) -> Result<Stretch, Fault> {
    let length = range.end - range.start;
    let mut found = get(range.start - length..range.start, false)?;
    found.points.iter_mut().for_each(|(time, _)| *time += length);
    Ok(thin(&found.points, found.period, range, columns))
}
