//! What is to be drawn of some lines: their series looked up, expressions evaluated, points thinned.

use super::label::{labels, of_many};
use super::{Curve, Drawing, Drawn, Line, Of, Stretch, Summary, Wanted};
use crate::import::metrics::Metric;
use crate::query::pattern::Fault;
use crate::watch::math::{self, Given, Value, What};
use crate::watch::search::Search;
use crate::watch::series::{Resolved, Series, SeriesStore, resolve, thin};
use crate::watch::statistic::Statistic;
use std::borrow::Cow;
use std::ops::Range;

/// Series that a SEARCH gives at most, as in CloudWatch.
const FOUND_MAX: usize = 500;

/// A line of the question that shows values of a metric.
pub(super) struct Source<'a> {
    /// What its values are of.
    pub series: Cow<'a, Series>,
    /// The statistic asked for.
    pub statistic: Statistic,
    /// The period asked for.
    pub period: Option<i64>,
}

type Sources<'a> = Vec<Result<Option<Source<'a>>, Fault>>;

/// What is to be drawn. A line at fault costs only itself and the expressions that use it.
#[must_use]
pub fn plot(store: &SeriesStore, wanted: &Wanted) -> Drawing {
    let sources: Sources = (0..wanted.lines.len()).map(|line| source(store, wanted, line)).collect();
    let labels = labels(&sources, &wanted.lines);
    let range = wanted.range.0..wanted.range.1;
    let mut answers = evaluate(store, wanted, &sources, &labels, range.clone());
    let length = range.end - range.start;
    let earlier = range.start.saturating_sub(length)..range.start;
    let mut before = if wanted.before { evaluate(store, wanted, &sources, &labels, earlier) } else { Vec::new() };
    let lines = wanted.lines.iter().zip(&sources).zip(labels).enumerate().map(|(at, ((line, source), label))| {
        let source = source.as_ref().map_err(Clone::clone)?;
        let label = line.label.clone().unwrap_or(label);
        match source {
            _ if line.hidden => Ok(Drawn::default()),
            Some(source) => drawn(source, wanted, label),
            None => {
                let answer =
                    answers.get_mut(at).and_then(Option::take).unwrap_or_else(|| Err(fault("It has no value.")))?;
                let before = before.get_mut(at).and_then(Option::take).and_then(Result::ok);
                Ok(expressed(answer, before, wanted, &label))
            }
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

impl Source<'_> {
    fn resolve(&self, range: Range<i64>, beyond: bool) -> Result<Resolved, Fault> {
        // Of no event nothing is stored.
        if self.series.stored.is_empty() && self.series.metric == Metric::default() {
            return Ok(Resolved { period: self.period.unwrap_or(60_000), ..Resolved::default() });
        }
        resolve(&self.series, &self.statistic, self.period, range, beyond).map_err(fault)
    }
}

/// A metric's curve.
fn drawn(source: &Source, wanted: &Wanted, label: String) -> Result<Drawn, Fault> {
    let range = wanted.range.0..wanted.range.1;
    let wide = range.start.saturating_sub(wanted.margin)..range.end.saturating_add(wanted.margin);
    let found = source.resolve(wide, true)?;
    let place = |time: i64| found.points.partition_point(|&(at, _)| at < time);
    let summary = Summary::of(&found.points[place(range.start)..place(range.end)]);
    let before = match wanted.before {
        true => {
            let length = range.end - range.start;
            let found = source.resolve(range.start.saturating_sub(length)..range.start, false)?;
            Some(shifted(found.points, found.period, wanted))
        }
        false => None,
    };
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

/// Points of the stretch of time before the range, moved onto it.
fn shifted(mut points: Vec<(i64, f64)>, period: i64, wanted: &Wanted) -> Stretch {
    let length = wanted.range.1 - wanted.range.0;
    points.iter_mut().for_each(|(time, _)| *time = time.saturating_add(length));
    thin(&points, period, &(wanted.range.0..wanted.range.1), wanted.columns)
}

/// The values of the expressions by line; `None` for all other lines. Nothing is worked out where there is no expression.
fn evaluate(
    store: &SeriesStore,
    wanted: &Wanted,
    sources: &Sources,
    labels: &[String],
    range: Range<i64>,
) -> Vec<Option<Result<math::Answer, Fault>>> {
    if !wanted.lines.iter().any(|line| matches!(line.of, Of::Math(_))) {
        return Vec::new();
    }
    let what = |line: &Line, source: &Result<Option<Source>, Fault>, label: &String| match (&line.of, source) {
        (Of::Math(text), _) => What::Expression { text: text.clone(), period: line.period },
        (_, Err(fault)) => What::Failed(fault.message.clone()),
        (_, Ok(Some(source))) => match source.resolve(range.clone(), false) {
            Ok(found) => What::Metric(series(found, &source.series.metric, label.clone())),
            Err(fault) => What::Failed(fault.message),
        },
        (_, Ok(None)) => What::Failed("It has no value.".to_owned()),
    };
    let given: Vec<Given> = wanted
        .lines
        .iter()
        .zip(sources)
        .zip(labels)
        .map(|((line, source), label)| Given {
            id: line.id.clone(),
            label: line.label.clone(),
            what: what(line, source, line.label.as_ref().unwrap_or(label)),
        })
        .collect();
    let found = Found { store, range: range.clone() };
    let answers = math::evaluate(&given, math::Range { from: range.start, to: range.end }, &found);
    let is_math = wanted.lines.iter().map(|line| matches!(line.of, Of::Math(_)));
    answers.into_iter().zip(is_math).map(|(answer, is_math)| is_math.then_some(answer)).collect()
}

fn series(found: Resolved, metric: &Metric, label: String) -> math::Series {
    math::Series { label, period: found.period, points: found.points, unit: metric.unit.clone(), is_metric: true }
}

/// The series that SEARCH looks through.
struct Found<'a> {
    store: &'a SeriesStore,
    range: Range<i64>,
}

impl math::Source for Found<'_> {
    fn search(&self, search: &Search, statistic: &Statistic, period: i64) -> Result<Vec<math::Series>, String> {
        let with_values = |series: &&Series| !series.stored.is_empty() && search.holds(&series.metric);
        let found = self.store.series().iter().filter(with_values).take(FOUND_MAX);
        let sources: Vec<Source> = found
            .map(|series| Source { series: Cow::Borrowed(series), statistic: statistic.clone(), period: Some(period) })
            .collect();
        let labels = of_many(&sources.iter().map(Some).collect::<Vec<_>>());
        let resolved = sources.iter().zip(labels).filter_map(|(source, label)| {
            let found = source.resolve(self.range.clone(), false).ok()?;
            Some(series(found, &source.series.metric, label))
        });
        Ok(resolved.collect())
    }
}

/// The curves of an expression.
fn expressed(answer: math::Answer, before: Option<math::Answer>, wanted: &Wanted, label: &str) -> Drawn {
    let list = |value: Value| match value {
        Value::Scalar(_) => Vec::new(),
        Value::Series(series) => vec![series],
        Value::List(list) => list,
    };
    let series = list(answer.value);
    let alone = series.len() == 1;
    let mut before = before.map(|answer| list(answer.value)).unwrap_or_default().into_iter();
    let curves = series.into_iter().map(|series| Curve {
        // Of several, each with what its own metric is called.
        label: if alone { label.to_owned() } else { format!("{label} {}", series.label).trim().to_owned() },
        metric: None,
        unit: series.unit,
        statistic: None,
        period: series.period,
        points: thin(&series.points, series.period, &(wanted.range.0..wanted.range.1), wanted.columns),
        before: before.next().map(|series| shifted(series.points, series.period, wanted)),
        summary: Summary::of(&series.points),
    });
    Drawn { curves: curves.collect(), notes: answer.warnings }
}
