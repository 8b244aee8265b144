//! Series made of events: what metric filters would publish of them, and counts of what a query finds.

use super::super::questions::{self, Lost, Shards};
use crate::import::metrics::{Metric, Origin, Points, Told, Values};
use crate::query::aggregate::{Aggregate, Answer};
use crate::query::kql;
use crate::query::pattern::{self, Counting, Fault};
use crate::query::predicate::{Instant, Predicate, TimeRange};
use crate::query::series::{Points as Sets, SeriesOf, Source, Statistics};
use crate::watch::definitions::MetricFilter;
use crate::watch::graph::Sampling;
use crate::watch::metric_filter::{MINUTE, Scope, counted, sampled};
use crate::watch::statistic::Set;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// The metrics of a metric filter of a file, tried on the events of the case: one for each combination of values of its dimensions.
/// Nothing of a filter at fault: that is said in the room of filters.
pub(super) async fn filtered(shards: &impl Shards, filter: &MetricFilter) -> Result<Vec<Told>, Lost> {
    let Some(transformation) = filter.transformations.first() else { return Ok(Vec::new()) };
    let Ok(pattern) = pattern::parse(&filter.pattern, Counting::default()) else { return Ok(Vec::new()) };
    let Ok(of) = sampled(&pattern, transformation, MINUTE) else { return Ok(Vec::new()) };
    let group = match &filter.group {
        Some(group) => {
            let scope = Scope::Group(group.clone()).predicate();
            let lines = questions::counts(shards, vec![(scope, TimeRange::default())]).await?;
            lines.first().is_some_and(|&lines| lines > 0)
        }
        None => false,
    };
    let scope = Scope::of(filter, Some(&pattern), |_| group).predicate();
    let names: Vec<String> = of.dimensions.iter().map(|(name, _)| name.clone()).collect();
    let mut parts = points(shards, both(&scope, pattern.predicate), of, TimeRange::default()).await?;
    if let Some(default) = transformation.default {
        // A metric with a default value has no dimensions.
        let known = parts.pop().map_or_else(empty, |(_, points)| points);
        let minutes: HashSet<i64> = known.times.iter().map(|time| time.div_euclid(MINUTE) * MINUTE).collect();
        let all = series(shards, scope, counted(MINUTE), TimeRange::default()).await?;
        let missing = all.into_iter().map(|(start, _)| start).filter(|start| !minutes.contains(start));
        parts = vec![(Vec::new(), with_default(known, missing, default))];
    }
    let told = parts.into_iter().filter(|(_, points)| !points.times.is_empty()).map(|(values, points)| {
        let mut dimensions: Vec<(String, String)> = names.iter().cloned().zip(values).collect();
        dimensions.sort();
        Told {
            metric: Metric {
                namespace: Some(transformation.namespace.clone()),
                name: transformation.name.clone(),
                dimensions,
                unit: transformation.unit.clone(),
                ..Metric::default()
            },
            id: None,
            period: Some(MINUTE),
            origins: vec![(Origin::MetricFilter(filter.name.clone()), points.times.len() as u64)],
            points: Arc::new(points),
            notes: Vec::new(),
        }
    });
    Ok(told.collect())
}

/// The values of several filters that publish one metric, as one: samples of the same time add up, as CloudWatch adds them.
pub(super) fn together(told: Vec<Told>) -> Vec<Told> {
    let mut metrics: BTreeMap<Metric, Vec<Told>> = BTreeMap::new();
    for told in told {
        metrics.entry(told.metric.clone()).or_default().push(told);
    }
    let one = |mut told: Vec<Told>| {
        let samples = told.iter().any(|told| matches!(told.points.values, Values::Samples(_)));
        let mut first = told.remove(0);
        if told.is_empty() {
            return first;
        }
        let mut points = if samples { apart(&first.points) } else { (*first.points).clone() };
        for other in told {
            first.origins.extend(other.origins);
            if samples { points.append(&apart(&other.points)) } else { points.append(&other.points) }
        }
        first.points = Arc::new(if samples { points } else { merged(&points) });
        first
    };
    metrics.into_values().map(one).collect()
}

/// Sets of samples that are all alike, as those samples.
fn apart(points: &Points) -> Points {
    let Values::Sets { samples, maxima, .. } = &points.values else { return points.clone() };
    let mut out = empty();
    for ((&time, &count), &value) in points.times.iter().zip(samples).zip(maxima) {
        let one = Points { times: vec![time; count as usize], values: Values::Samples(vec![value; count as usize]) };
        out.append(&one);
    }
    out
}

/// Sets of which those of one time are one.
fn merged(points: &Points) -> Points {
    let Values::Sets { samples, sums, minima, maxima } = &points.values else { return points.clone() };
    let mut by_time: BTreeMap<i64, Set> = BTreeMap::new();
    for (at, &time) in points.times.iter().enumerate() {
        let set = Set { samples: samples[at], sum: sums[at], minimum: minima[at], maximum: maxima[at] };
        by_time.entry(time).and_modify(|known| known.merge(&set)).or_insert(set);
    }
    let column = |of: fn(&Set) -> f64| by_time.values().map(of).collect();
    Points {
        times: by_time.keys().copied().collect(),
        values: Values::Sets {
            samples: column(|set| set.samples),
            sums: column(|set| set.sum),
            minima: column(|set| set.minimum),
            maxima: column(|set| set.maximum),
        },
    }
}

fn empty() -> Points {
    Points { times: Vec::new(), values: Values::Samples(Vec::new()) }
}

/// Points with a default value in each of some minutes: one sample.
fn with_default(mut points: Points, minutes: impl Iterator<Item = i64>, default: f64) -> Points {
    let empty = points.values.empty();
    for start in minutes {
        let mut one = Points { times: vec![start], values: empty.clone() };
        let set = matches!(empty, Values::Sets { .. });
        for (at, column) in one.values.columns_mut().into_iter().enumerate() {
            column.push(if set && at == 0 { 1.0 } else { default });
        }
        points.append(&one);
    }
    points
}

/// What is sampled of events, by values of the dimensions: statistic sets where every sample is the same, which say all that there
/// is to say; samples one by one where they differ, so that there are percentiles.
async fn points(
    shards: &impl Shards,
    predicate: Predicate,
    of: SeriesOf,
    range: TimeRange,
) -> Result<Vec<(Vec<String>, Points)>, Lost> {
    let alike = matches!(of.value, Source::Number(_));
    let aggregate = if alike { Aggregate::Series(of) } else { Aggregate::Samples(of) };
    match questions::aggregates(shards, predicate, vec![(range, aggregate)]).await?.pop() {
        Some(Answer::Series(series)) => {
            Ok(series.parts.into_iter().map(|(values, points)| (values, sets(&points))).collect())
        }
        Some(Answer::Samples(samples)) => {
            let of = |samples: Vec<(i64, f64)>| {
                let (times, values) = samples.into_iter().unzip();
                Points { times, values: Values::Samples(values) }
            };
            Ok(samples.parts.into_iter().map(|(values, samples)| (values, of(samples))).collect())
        }
        _ => Err(Lost),
    }
}

/// Samples of a value without dimensions, by period.
async fn series(shards: &impl Shards, predicate: Predicate, of: SeriesOf, range: TimeRange) -> Result<Sets, Lost> {
    match questions::aggregates(shards, predicate, vec![(range, Aggregate::Series(of))]).await?.pop() {
        Some(Answer::Series(series)) => Ok(series.together()),
        _ => Err(Lost),
    }
}

fn sets(points: &[(i64, Statistics)]) -> Points {
    let column = |of: &dyn Fn(&Statistics) -> f64| points.iter().map(|(_, statistics)| of(statistics)).collect();
    Points {
        times: points.iter().map(|(start, _)| *start).collect(),
        values: Values::Sets {
            samples: column(&|of| of.samples as f64),
            sums: column(&Statistics::sum),
            minima: column(&|of| of.minimum),
            maxima: column(&|of| of.maximum),
        },
    }
}

fn both(scope: &Predicate, pattern: Predicate) -> Predicate {
    match scope {
        Predicate::Everything => pattern,
        scope => Predicate::And(vec![scope.clone(), pattern]),
    }
}

/// The whole periods in which a range lies.
fn whole((from, to): (i64, i64), period: i64) -> TimeRange {
    let start = |time: i64| time.div_euclid(period).saturating_mul(period);
    TimeRange { from: Some(Instant::At(start(from))), to: Some(Instant::At(start(to).saturating_add(period))) }
}

/// How many events a query finds by periods of so many milliseconds: 0 where none is found, from the first event of the case to the
/// last, within the range.
pub(super) async fn counted_by(
    shards: &impl Shards,
    query: &str,
    period: i64,
    range: (i64, i64),
) -> Result<Result<Told, Fault>, Lost> {
    let predicate = match kql::parse(query) {
        Ok(parsed) => parsed.predicate,
        Err(error) => return Ok(Err(Fault { position: error.position, message: error.sentence() })),
    };
    let count = vec![(TimeRange::default(), Aggregate::Count)];
    let Some(Answer::Count(all)) = questions::aggregates(shards, Predicate::Everything, count).await?.pop() else {
        return Err(Lost);
    };
    let predicate = all.last.map_or(predicate.clone(), |newest| predicate.resolve_now(newest));
    let mut found = series(shards, predicate, counted(period), whole(range, period)).await?.into_iter().peekable();
    let (mut times, mut values) = (Vec::new(), Vec::new());
    if let (Some(first), Some(last)) = (all.first, all.last) {
        let mut at = first.max(range.0).div_euclid(period) * period;
        while at <= last.min(range.1) {
            while found.next_if(|(time, _)| *time < at).is_some() {}
            times.push(at);
            values.push(found.next_if(|(time, _)| *time == at).map_or(0.0, |(_, of)| of.samples as f64));
            at += period;
        }
    }
    let points = Points { times, values: Values::Of(Some("SampleCount".to_owned()), values) };
    let metric = Metric { name: query.to_owned(), unit: Some("Count".to_owned()), ..Metric::default() };
    Ok(Ok(Told {
        metric,
        id: None,
        period: Some(period),
        points: Arc::new(points),
        origins: Vec::new(),
        notes: Vec::new(),
    }))
}

/// What a metric filter samples within a range, as it is typed.
pub(super) async fn sampled_by(
    shards: &impl Shards,
    of: &Sampling,
    period: i64,
    range: (i64, i64),
) -> Result<Result<Told, Fault>, Lost> {
    let counting = if of.strict { Counting::Strict } else { Counting::Rest };
    let read = pattern::parse(&of.pattern, counting);
    let read = read.and_then(|parsed| parsed.source(&of.value).map(|value| (parsed.predicate, value)));
    let (predicate, value) = match read {
        Ok(read) => read,
        Err(fault) => return Ok(Err(fault)),
    };
    let asked = SeriesOf { value, period, dimensions: Vec::new() };
    let mut parts = points(shards, both(&of.scope().predicate(), predicate), asked, whole(range, period)).await?;
    let points = parts.pop().map_or_else(empty, |(_, points)| points);
    let metric = Metric { name: of.pattern.clone(), ..Metric::default() };
    let period = if matches!(points.values, Values::Samples(_)) { 1_000 } else { period };
    Ok(Ok(Told {
        metric,
        id: None,
        period: Some(period),
        points: Arc::new(points),
        origins: Vec::new(),
        notes: Vec::new(),
    }))
}
