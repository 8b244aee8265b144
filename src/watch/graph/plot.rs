//! What is to be drawn of some lines: their series looked up, expressions evaluated, points thinned.

use super::label::{labels, of_many};
use super::{Curve, Drawing, Drawn, Line, Of, Stretch, Summary, Wanted};
use crate::import::metrics::Metric;
use crate::query::pattern::Fault;
use crate::time;
use crate::watch::math::{self, Given, Value, What};
use crate::watch::search::Search;
use crate::watch::series::{Resolved, Series, SeriesStore, finest, resolve, thin};
use crate::watch::statistic::Statistic;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// Series that a SEARCH gives at most, as in CloudWatch.
const FOUND_MAX: usize = 500;

/// A line of the question that shows values of a metric.
pub(super) struct Source<'a> {
    /// What its values are of.
    pub series: Cow<'a, Series>,
    /// The statistic asked for.
    pub statistic: Statistic,
    /// The period asked for, or the one that suits the range; `None` where what is stored gives none exactly.
    pub period: Option<i64>,
    /// It is counted from events: there may be none.
    pub made: bool,
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
        let told = wanted.given.iter().find(|(at, _)| *at as usize == line).map(|(_, told)| told.clone());
        // Why they are not counted is said by who counts.
        let told = told.ok_or_else(|| fault("Its events are not counted."))?;
        Ok(SeriesStore::build(vec![told], Vec::new()).series().first().cloned().unwrap_or_default())
    };
    let line = wanted.lines.get(line).ok_or_else(|| fault("There is no such line."))?;
    let series = match &line.of {
        Of::Math(_) => return Ok(None),
        Of::Metric(metric) => Cow::Borrowed(store.find(metric).ok_or_else(|| no_such(metric))?),
        Of::Events(_) | Of::Filter(_) => Cow::Owned(given()?),
    };
    let made = !matches!(line.of, Of::Metric(_));
    let statistic = match line.of {
        Of::Events(_) => Statistic::SampleCount,
        _ => Statistic::parse(&line.statistic)?,
    };
    // Chosen once, by what is shown: what lies beside it and before it, and what expressions take, is by the same.
    let period = line.period.or_else(|| finest(&series, &statistic, &(wanted.range.0..wanted.range.1)));
    Ok(Some(Source { series, statistic, period, made }))
}

fn no_such(metric: &Metric) -> Fault {
    fault(format!("No file of the case tells of {}.", metric.title()))
}

impl Source<'_> {
    fn resolve(&self, range: Range<i64>, beyond: bool) -> Result<Resolved, Fault> {
        // Of no event nothing is stored.
        if self.made && self.series.stored.is_empty() {
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
            // What cannot be had of the stretch before costs no more than that.
            let found = source.resolve(range.start.saturating_sub(length)..range.start, false).ok();
            found.map(|found| shifted(found.points, found.period, wanted))
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
    let notes = found.note.into_iter().chain(found.notes);
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
            Ok(found) => What::Metric(series(found, source, label.clone())),
            Err(fault) => What::Failed(fault.message),
        },
        (_, Ok(None)) => What::Failed("It has no value.".to_owned()),
    };
    let mut given: Vec<Given> = wanted
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
    align(&mut given, sources, &range);
    let found = Found { store, range: range.clone() };
    let answers = math::evaluate(&given, math::Range { from: range.start, to: range.end }, &found);
    let is_math = wanted.lines.iter().map(|line| matches!(line.of, Of::Math(_)));
    answers.into_iter().zip(is_math).map(|(answer, is_math)| is_math.then_some(answer)).collect()
}

fn series(found: Resolved, source: &Source, label: String) -> math::Series {
    math::Series {
        notes: found.note.map(|note| format!("{label}: {note}")).into_iter().collect(),
        label,
        period: found.period,
        points: found.points,
        unit: source.series.metric.unit.clone(),
        is_metric: true,
    }
}

/// Metrics of different periods that stand in one expression are taken by the longest of them, and that is said
/// (`spec/ALARMS.md` 5).
fn align(given: &mut [Given], sources: &Sources, range: &Range<i64>) {
    for together in joined(given) {
        let period = |at: usize| match &given[at].what {
            What::Metric(series) if !series.points.is_empty() => Some((at, series.period)),
            _ => None,
        };
        let periods: Vec<(usize, i64)> = together.into_iter().filter_map(period).collect();
        let Some(longest) = periods.iter().map(|(_, period)| *period).max() else { continue };
        for (at, finer) in periods.into_iter().filter(|(_, period)| *period < longest) {
            let Ok(Some(source)) = &sources[at] else { continue };
            let coarser = Source {
                series: Cow::Borrowed(&source.series),
                statistic: source.statistic.clone(),
                period: Some(longest),
                made: source.made,
            };
            let found = coarser.resolve(range.clone(), false).ok().filter(|found| found.period == longest);
            let (Some(found), What::Metric(known)) = (found, &given[at].what) else { continue };
            let mut one = series(found, &coarser, known.label.clone());
            let words = (time::length(longest), time::length(finer));
            one.notes.push(format!(
                "{} is taken by {} instead of {}, as what it stands with is.",
                given[at].id, words.0, words.1
            ));
            given[at].what = What::Metric(one);
        }
    }
}

/// The lines that are no expressions, those together that some expression takes together, directly or by way of others.
fn joined(given: &[Given]) -> Vec<Vec<usize>> {
    let place = |id: &String| given.iter().position(|line| line.id == *id);
    // Each line is of the group of the first one that it stands with.
    let mut group: Vec<usize> = (0..given.len()).collect();
    for (at, line) in given.iter().enumerate() {
        let What::Expression { text, .. } = &line.what else { continue };
        let parts: Vec<usize> = match math::names(text) {
            Some(names) => names.iter().filter_map(place).collect(),
            None => (0..given.len()).filter(|&at| matches!(given[at].what, What::Metric(_))).collect(),
        };
        for part in parts {
            let (from, to) = (group[at].max(group[part]), group[at].min(group[part]));
            group.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, line) in given.iter().enumerate() {
        if matches!(line.what, What::Metric(_)) {
            groups.entry(group[at]).or_default().push(at);
        }
    }
    groups.into_values().filter(|lines| lines.len() > 1).collect()
}

/// The series that SEARCH looks through.
struct Found<'a> {
    store: &'a SeriesStore,
    range: Range<i64>,
}

impl math::Source for Found<'_> {
    fn search(&self, search: &Search, statistic: &Statistic, period: i64) -> Result<Vec<math::Series>, String> {
        let with_values = |series: &&Series| !series.stored.is_empty() && search.holds(&series.metric);
        let mut found = self.store.series().iter().filter(with_values);
        let sources: Vec<Source> = found
            .by_ref()
            .take(FOUND_MAX)
            .map(|series| Source {
                series: Cow::Borrowed(series),
                statistic: statistic.clone(),
                period: Some(period),
                made: false,
            })
            .collect();
        let more = found.count();
        let labels = of_many(&sources.iter().map(Some).collect::<Vec<_>>());
        let resolved = sources.iter().zip(labels).filter_map(|(source, label)| {
            let found = source.resolve(self.range.clone(), false).ok()?;
            Some(series(found, source, label))
        });
        let mut all: Vec<math::Series> = resolved.collect();
        if let Some(first) = all.first_mut().filter(|_| more > 0) {
            first.notes.push(format!("SEARCH gives {FOUND_MAX} series at most: {more} others were left out."));
        }
        Ok(all)
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
    let mut before = before.map(|answer| list(answer.value)).unwrap_or_default();
    // A list may be sorted otherwise in the stretch before: what belongs together has one label.
    let mut ghost = |label: &str| {
        let place = before.iter().position(|series| alone || series.label == label)?;
        let series = before.swap_remove(place);
        Some(shifted(series.points, series.period, wanted))
    };
    let curves = series.into_iter().map(|series| Curve {
        before: ghost(&series.label),
        // Of several, each with what its own metric is called.
        label: if alone { label.to_owned() } else { format!("{label} {}", series.label).trim().to_owned() },
        metric: None,
        unit: series.unit,
        statistic: None,
        period: series.period,
        points: thin(&series.points, series.period, &(wanted.range.0..wanted.range.1), wanted.columns),
        summary: Summary::of(&series.points),
    });
    Drawn { curves: curves.collect(), notes: answer.warnings }
}
