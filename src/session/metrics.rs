//! Series in a case of shards: what each was told, gathered; one shard holds them all and draws. Which one does follows from
//! where the points are, so that the largest part need not travel.

use super::protocol::{Ask, Reply};
use super::questions::{self, Lost, Shards, ask_all};
use crate::import::metrics::{Metric, Origin, Points, Request, Sheet, Told, Values};
use crate::query::aggregate::{Aggregate, Answer};
use crate::query::kql;
use crate::query::pattern::{self, Counting, Fault};
use crate::query::predicate::{Predicate, TimeRange};
use crate::query::series::{Series, SeriesOf, Source};
use crate::watch::definitions::{Definitions, MetricFilter};
use crate::watch::graph::{Drawing, Of, Sampling, Wanted};
use crate::watch::metric_filter::{MINUTE, Scope, counted, published, sampled, sampling};
use crate::watch::series::{Catalog, Naming};
use std::collections::HashMap;
use std::sync::Arc;

/// The name of the dimension that stands for the file of a metric which is known by a label alone.
pub const FILE: &str = "@file";

/// A count of events is made of no more periods than this; longer ones are taken where it would be.
const PERIODS_MAX: i64 = 100_000;

/// What a person said of a metric that files only give a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The metric as it is listed.
    pub listed: Metric,
    /// What it is.
    pub metric: Metric,
    /// Its statistic.
    pub statistic: Option<String>,
}

/// Where the series of a case are, and which there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    /// The shard that holds them.
    pub shard: usize,
    /// What there is.
    pub catalog: Catalog,
    /// What could not be joined, in sentences: the file, where one is to blame, and a sentence.
    pub faults: Vec<(Option<u32>, String)>,
}

/// Puts the series of a case together. `paths` of the files by number; `names`: what a person said of some.
///
/// # Errors
/// See [`Lost`].
pub async fn gather(
    shards: &impl Shards,
    paths: &[String],
    definitions: &Definitions,
    names: &[Named],
) -> Result<Held, Lost> {
    let mut sheets = Vec::new();
    for reply in ask_all(shards, Ask::MetricHeads).await? {
        let Reply::Metrics(sheet) = reply else { return Err(Lost) };
        sheets.push(*sheet);
    }
    let size = |sheet: &Sheet| sheet.told.iter().flat_map(|told| &told.origins).map(|(_, count)| count).sum::<u64>();
    let shard = (0..sheets.len()).max_by_key(|&at| (size(&sheets[at]), usize::MAX - at)).unwrap_or(0);
    let requests: Vec<Request> = sheets.iter().flat_map(|sheet| sheet.requests.clone()).collect();
    let mut faults = Vec::new();
    let mut naming = |told: &Told| name(told, &requests, paths, names, &mut faults);
    let own: Vec<Naming> = sheets[shard].told.iter().map(&mut naming).collect();
    let asks = sheets.iter().enumerate().map(|(at, sheet)| {
        if at == shard || sheet.told.is_empty() { Ask::Counts(Vec::new()) } else { Ask::MetricPoints }
    });
    let mut others = Vec::new();
    for reply in shards.ask(asks.collect()).await? {
        if let Reply::Metrics(sheet) = reply {
            others.extend(sheet.told.into_iter().map(|told| naming(&told).give(&told)));
        }
    }
    for filter in &definitions.metric_filters {
        others.extend(filtered(shards, filter).await?);
    }
    let mut listed: Vec<Metric> = sheets.into_iter().flat_map(|sheet| sheet.listed).collect();
    listed.sort();
    listed.dedup();
    let mut asks = vec![Ask::HoldMetrics { own: Vec::new(), others: Vec::new(), listed: Vec::new() }; shards.count()];
    asks[shard] = Ask::HoldMetrics { own, others, listed };
    let mut catalog = Catalog::default();
    for (at, reply) in shards.ask(asks).await?.into_iter().enumerate() {
        let Reply::Catalog(found) = reply else { return Err(Lost) };
        if at == shard {
            catalog = *found;
        }
    }
    faults.sort();
    faults.dedup();
    Ok(Held { shard, catalog, faults })
}

/// What values are called: by a person, else by the request of their id, else by their label and file.
fn name(
    told: &Told,
    requests: &[Request],
    paths: &[String],
    names: &[Named],
    faults: &mut Vec<(Option<u32>, String)>,
) -> Naming {
    let mut naming = Naming { metric: told.metric.clone(), id: told.id.clone(), statistic: None, period: told.period };
    if told.metric.namespace.is_some() {
        naming.id = None;
        return naming;
    }
    let file = told.origins.first().and_then(|(origin, _)| match origin {
        Origin::File(file) => Some(*file),
        _ => None,
    });
    let path = |file: u32| paths.get(file as usize).map_or("", String::as_str);
    let own = file.map(path).unwrap_or_default();
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let mut known: Vec<&Request> =
        requests.iter().filter(|request| told.id.as_ref().is_some_and(|id| *id == request.id)).collect();
    if known.len() > 1 {
        let near: Vec<&Request> =
            known.iter().copied().filter(|request| folder(path(request.file)) == folder(own)).collect();
        if !near.is_empty() {
            known = near;
        }
        known.dedup_by(|a, b| {
            a.metric == b.metric && a.statistic == b.statistic && a.period == b.period && a.expression == b.expression
        });
    }
    match known[..] {
        [request] => {
            naming.statistic.clone_from(&request.statistic);
            naming.period = naming.period.or(request.period);
            if let Some(metric) = &request.metric {
                let unit = told.metric.unit.clone().or_else(|| metric.unit.clone());
                naming.metric = Metric { unit, ..metric.clone() };
                naming.id = None;
                return naming;
            }
        }
        [] => {}
        _ => faults.push((
            file,
            format!(
                "Several requests ask for the id {}, and none of them lies beside this file: which one it answers is not known.",
                told.id.as_deref().unwrap_or_default()
            ),
        )),
    }
    naming.metric.dimensions = vec![(FILE.to_owned(), own.to_owned())];
    if let Some(named) = names.iter().find(|named| named.listed == naming.metric) {
        naming.metric = named.metric.clone();
        naming.statistic = named.statistic.clone().or(naming.statistic);
        naming.id = None;
    }
    naming
}

/// The metric of a metric filter of a file, tried on the events of the case. Nothing of one at fault: that is said in the room of
/// filters.
async fn filtered(shards: &impl Shards, filter: &MetricFilter) -> Result<Vec<Told>, Lost> {
    let Some(transformation) = filter.transformations.first() else { return Ok(Vec::new()) };
    let Ok(pattern) = pattern::parse(&filter.pattern, Counting::default()) else { return Ok(Vec::new()) };
    let step = sampling(MINUTE, transformation.default);
    let Ok(of) = sampled(&pattern, transformation, step) else { return Ok(Vec::new()) };
    let group = match &filter.group {
        Some(group) => {
            let scope = Scope::Group(group.clone()).predicate();
            questions::counts(shards, vec![(scope, TimeRange::default())])
                .await?
                .first()
                .is_some_and(|&count| count > 0)
        }
        None => false,
    };
    let scope = Scope::of(filter, Some(&pattern), |_| group).predicate();
    let names: Vec<String> = of.dimensions.iter().map(|(name, _)| name.clone()).collect();
    let series = series(shards, both(&scope, pattern.predicate), of, TimeRange::default()).await?;
    let all = match transformation.default {
        Some(_) => series_of_all(shards, &scope).await?,
        None => Series::default(),
    };
    let told = series.parts.iter().map(|(values, points)| {
        let mut dimensions: Vec<(String, String)> = names.iter().cloned().zip(values.iter().cloned()).collect();
        dimensions.sort();
        let part = Series { parts: vec![(Vec::new(), points.clone())], ..Series::default() };
        (dimensions, part)
    });
    let mut told: Vec<(Vec<(String, String)>, Series)> = told.collect();
    if told.is_empty() && transformation.default.is_some() {
        told.push((Vec::new(), Series::default()));
    }
    let told = told.into_iter().map(|(dimensions, part)| {
        let points = published(&part, &all, transformation.default, MINUTE);
        let sets = sets(points.iter().map(|point| (point.start, &point.statistics)));
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
            origins: vec![(Origin::MetricFilter(filter.name.clone()), sets.times.len() as u64)],
            points: Arc::new(sets),
        }
    });
    Ok(told.filter(|told| !told.points.times.is_empty()).collect())
}

async fn series_of_all(shards: &impl Shards, scope: &Predicate) -> Result<Series, Lost> {
    series(shards, scope.clone(), counted(MINUTE), TimeRange::default()).await
}

async fn series(shards: &impl Shards, predicate: Predicate, of: SeriesOf, range: TimeRange) -> Result<Series, Lost> {
    match questions::aggregates(shards, predicate, vec![(range, Aggregate::Series(of))]).await?.pop() {
        Some(Answer::Series(series)) => Ok(series),
        _ => Err(Lost),
    }
}

fn sets<'a>(points: impl Iterator<Item = (i64, &'a crate::query::series::Statistics)>) -> Points {
    let mut times = Vec::new();
    let (mut samples, mut sums, mut minima, mut maxima) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (start, of) in points {
        times.push(start);
        samples.push(of.samples as f64);
        sums.push(of.sum());
        minima.push(of.minimum);
        maxima.push(of.maximum);
    }
    Points { times, values: Values::Sets { samples, sums, minima, maxima } }
}

fn both(scope: &Predicate, pattern: Predicate) -> Predicate {
    match scope {
        Predicate::Everything => pattern,
        scope => Predicate::And(vec![scope.clone(), pattern]),
    }
}

/// What is to be drawn of some lines: those of events are sampled by all shards, the rest is for the one that holds the series.
/// `wanted.given` is filled here.
///
/// # Errors
/// See [`Lost`].
pub async fn draw(shards: &impl Shards, holder: usize, mut wanted: Wanted) -> Result<Drawing, Lost> {
    let mut faults: HashMap<usize, Fault> = HashMap::new();
    let mut notes: HashMap<usize, String> = HashMap::new();
    for (at, line) in wanted.lines.iter_mut().enumerate() {
        let found = match &line.of {
            Of::Metric(_) | Of::Math(_) => continue,
            Of::Events(query) => events(shards, query, line.period, &wanted.range).await?,
            Of::Filter(of) => samples(shards, of, line.period, &wanted.range).await?,
        };
        match found {
            Ok((told, note)) => {
                line.period = told.period;
                wanted.given.push((at as u32, told));
                notes.extend(note.map(|note| (at, note)));
            }
            Err(fault) => {
                faults.insert(at, fault);
            }
        }
    }
    let mut asks = vec![Ask::Counts(Vec::new()); shards.count()];
    *asks.get_mut(holder).ok_or(Lost)? = Ask::Draw(Box::new(wanted));
    let Some(Reply::Drawing(mut drawing)) = shards.ask(asks).await?.into_iter().nth(holder) else { return Err(Lost) };
    for (at, line) in drawing.lines.iter_mut().enumerate() {
        if let Some(fault) = faults.remove(&at) {
            *line = Err(fault);
        } else if let (Ok(drawn), Some(note)) = (line, notes.remove(&at)) {
            drawn.notes.push(note);
        }
    }
    Ok(*drawing)
}

type Found = Result<(Told, Option<String>), Fault>;

/// The period that suits a range, in milliseconds (`spec/DASHBOARD.md` 3).
#[must_use]
pub fn period_of(range: &(i64, i64)) -> i64 {
    const HOUR: i64 = 3_600_000;
    match range.1 - range.0 {
        length if length <= 3 * HOUR => 60_000,
        length if length <= 24 * HOUR => 300_000,
        length if length <= 3 * 24 * HOUR => 900_000,
        length if length <= 15 * 24 * HOUR => HOUR,
        _ => 24 * HOUR,
    }
}

/// The period wanted, or a longer one where there would be too many; with a word on that.
fn feasible(period: Option<i64>, range: &(i64, i64)) -> (i64, Option<String>) {
    let wanted = period.filter(|&period| period > 0).unwrap_or_else(|| period_of(range));
    if (range.1 - range.0) / wanted <= PERIODS_MAX {
        return (wanted, None);
    }
    let longer = period_of(range);
    let note = format!(
        "Counted by {}: by {} it would be more than {PERIODS_MAX} periods.",
        crate::time::length(longer),
        crate::time::length(wanted)
    );
    (longer, Some(note))
}

/// How many events a query finds, by period: nothing found is 0 from the first event of the case to the last.
async fn events(shards: &impl Shards, query: &str, period: Option<i64>, range: &(i64, i64)) -> Result<Found, Lost> {
    let predicate = match kql::parse(query) {
        Ok(parsed) => parsed.predicate,
        Err(error) => return Ok(Err(Fault { position: error.position, message: error.sentence() })),
    };
    let (period, note) = feasible(period, range);
    let of = SeriesOf { value: Source::Number(1.0), period, dimensions: Vec::new() };
    let found = series(shards, predicate, of, TimeRange::default()).await?;
    let count = vec![(TimeRange::default(), Aggregate::Count)];
    let answer = questions::aggregates(shards, Predicate::Everything, count).await?.pop();
    let Some(Answer::Count(all)) = answer else { return Err(Lost) };
    let mut points = Points { times: Vec::new(), values: Values::Of(Some("SampleCount".to_owned()), Vec::new()) };
    if let (Some(first), Some(last)) = (all.first, all.last) {
        let start = |time: i64| time.div_euclid(period) * period;
        let mut counts = found.together().into_iter().peekable();
        let (mut at, end) = (start(first.max(range.0)), start(last.min(range.1)));
        let mut values = Vec::new();
        while at <= end {
            while counts.next_if(|(time, _)| *time < at).is_some() {}
            let count = counts.next_if(|(time, _)| *time == at).map_or(0, |(_, of)| of.samples);
            points.times.push(at);
            values.push(count as f64);
            at += period;
        }
        points.values = Values::Of(Some("SampleCount".to_owned()), values);
    }
    let metric = Metric { name: query.to_owned(), unit: Some("Count".to_owned()), ..Metric::default() };
    let told = Told { metric, id: None, period: Some(period), points: Arc::new(points), origins: Vec::new() };
    Ok(Ok((told, note)))
}

/// What a metric filter samples, by period.
async fn samples(shards: &impl Shards, of: &Sampling, period: Option<i64>, range: &(i64, i64)) -> Result<Found, Lost> {
    let counting = if of.strict { Counting::Strict } else { Counting::Rest };
    let parsed = match pattern::parse(&of.pattern, counting) {
        Ok(parsed) => parsed,
        Err(fault) => return Ok(Err(fault)),
    };
    let value = match parsed.source(&of.value) {
        Ok(value) => value,
        Err(fault) => return Ok(Err(fault)),
    };
    let scope = match of.group.as_deref() {
        None => Scope::All,
        Some("") => Scope::CloudTrail,
        Some(group) => Scope::Group(group.to_owned()),
    };
    let (period, note) = feasible(period, range);
    let of_value = SeriesOf { value, period, dimensions: Vec::new() };
    let predicate = both(&scope.predicate(), parsed.predicate);
    let found = series(shards, predicate, of_value, TimeRange::default()).await?.together();
    let points = sets(found.iter().map(|(start, of)| (*start, of)));
    let metric = Metric { name: of.pattern.clone(), ..Metric::default() };
    let told = Told { metric, id: None, period: Some(period), points: Arc::new(points), origins: Vec::new() };
    Ok(Ok((told, note)))
}
