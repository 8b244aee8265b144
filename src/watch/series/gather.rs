//! What files tell, put together by metric: sorted, told twice or differently settled, periods worked out. The outcome does not
//! depend on the order of files or shards.

use super::catalog::{Catalog, Form, Listed, StoredAs};
use crate::import::metrics::{Metric, Origin, Points, Told, Values};
use crate::time;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The period of values of which neither a period nor a second point is told: CloudWatch's shortest of a metric that is not of
/// high resolution.
const MINUTE: i64 = 60_000;

/// What values are called from now on that a shard has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Naming {
    /// The metric.
    pub metric: Metric,
    /// The id of the query that it answers, where that is all that is known.
    pub id: Option<String>,
    /// The statistic, where the values are of one.
    pub statistic: Option<String>,
    /// Length of a period in milliseconds.
    pub period: Option<i64>,
}

impl Naming {
    /// The values under what they are called.
    #[must_use]
    pub fn give(self, told: &Told) -> Told {
        let mut points = told.points.clone();
        if let (Values::Of(known, _), Some(statistic)) = (&points.values, &self.statistic)
            && known.is_none()
        {
            // Only what has no statistic is copied: the id of a query and a label is all that its file tells.
            let mut named = (*points).clone();
            if let Values::Of(known, _) = &mut named.values {
                *known = Some(statistic.clone());
            }
            points = Arc::new(named);
        }
        Told {
            metric: self.metric,
            id: self.id,
            period: self.period,
            points,
            origins: told.origins.clone(),
            notes: told.notes.clone(),
        }
    }
}

/// The series of a case.
#[derive(Clone, Debug, Default)]
pub struct SeriesStore {
    series: Vec<Series>,
}

/// What is stored of a metric.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// The metric.
    pub metric: Metric,
    /// The id of the query that it answers, where it has no name.
    pub id: Option<String>,
    /// Its values by statistic and period.
    pub stored: Vec<Stored>,
}

/// Values of one kind and period.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Length of a period in milliseconds; of samples the resolution of the metric.
    pub period: i64,
    /// The period was not told.
    pub inferred: bool,
    /// The values, times rising; no time twice but of samples.
    pub points: Arc<Points>,
    /// Where they come from.
    pub origins: Vec<(Origin, u64)>,
    /// What a person should know of them.
    pub notes: Vec<String>,
}

impl Stored {
    /// The statistic, where the values are of one that is told.
    #[must_use]
    pub fn statistic(&self) -> Option<&str> {
        match &self.points.values {
            Values::Of(statistic, _) => statistic.as_deref(),
            Values::Sets { .. } | Values::Samples(_) => None,
        }
    }

    /// What is stored of a period.
    #[must_use]
    pub fn form(&self) -> Form {
        match self.points.values {
            Values::Of(..) => Form::One,
            Values::Sets { .. } => Form::Sets,
            Values::Samples(_) => Form::Samples,
        }
    }
}

/// Values of one kind that are told of one metric.
type Kind = (Option<i64>, u8, Option<String>);

fn kind(told: &Told) -> Kind {
    let (form, statistic) = match &told.points.values {
        Values::Of(statistic, _) => (0, statistic.clone()),
        Values::Sets { .. } => (1, None),
        Values::Samples(_) => (2, None),
    };
    (told.period, form, statistic)
}

impl SeriesStore {
    /// Puts together what is told. `listed`: metrics that are there, perhaps without values.
    #[must_use]
    pub fn build(told: Vec<Told>, listed: Vec<Metric>) -> Self {
        let mut metrics: BTreeMap<(Metric, Option<String>), BTreeMap<Kind, Vec<Told>>> = BTreeMap::new();
        for told in whole(told) {
            let kinds = metrics.entry((told.metric.clone(), told.id.clone())).or_default();
            kinds.entry(kind(&told)).or_default().push(told);
        }
        // A list tells no unit: it is of whatever unit there are values of.
        let mut valued: HashMap<Metric, Vec<Metric>> = HashMap::new();
        for (metric, _) in metrics.keys() {
            valued.entry(plain(metric)).or_default().push(metric.clone());
        }
        for metric in listed {
            let known =
                valued.get(&plain(&metric)).is_some_and(|known| known.iter().any(|known| answers(known, &metric)));
            if !known {
                metrics.entry((metric, None)).or_default();
            }
        }
        let series = metrics.into_iter().map(|((metric, id), kinds)| {
            let stored = kinds.into_values().filter_map(settled).collect();
            Series { metric, id, stored }
        });
        Self { series: series.collect() }
    }

    /// All of them, in the order of their metrics.
    #[must_use]
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// The series of a metric. Unit, account and region of the metric asked for need not be told; of several the one with most
    /// points is taken.
    #[must_use]
    pub fn find(&self, metric: &Metric) -> Option<&Series> {
        if let Ok(at) = self.series.binary_search_by(|series| series.metric.cmp(metric)) {
            return self.series.get(at);
        }
        let size = |series: &&Series| series.stored.iter().map(|stored| stored.points.times.len()).sum::<usize>();
        self.series.iter().filter(|series| answers(&series.metric, metric)).max_by_key(size)
    }

    /// Bytes of the points that it does not share with those who told them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let stored = self.series.iter().flat_map(|series| &series.stored);
        stored.filter(|stored| Arc::strong_count(&stored.points) == 1).map(|stored| stored.points.bytes()).sum()
    }

    /// What there is, without the points.
    #[must_use]
    pub fn catalog(&self) -> Catalog {
        let mut catalog = Catalog::default();
        for series in &self.series {
            for stored in &series.stored {
                let times = &stored.points.times;
                let (Some(first), Some(last)) = (times.first(), times.last()) else { continue };
                let (from, to) = catalog.span.unwrap_or((i64::MAX, i64::MIN));
                catalog.span = Some((from.min(*first), to.max(last.saturating_add(stored.period))));
            }
            catalog.series.push(listed(series));
        }
        catalog
    }
}

fn listed(series: &Series) -> Listed {
    let stored = series.stored.iter().map(|stored| StoredAs {
        statistic: stored.statistic().map(str::to_owned),
        form: stored.form(),
        period: stored.period,
        inferred: stored.inferred,
        points: stored.points.times.len() as u64,
        first: stored.points.times.first().copied().unwrap_or_default(),
        last: stored.points.times.last().copied().unwrap_or_default(),
        origins: stored.origins.clone(),
        notes: stored.notes.clone(),
    });
    Listed { metric: series.metric.clone(), id: series.id.clone(), stored: stored.collect() }
}

/// A metric by what every file tells of it.
fn plain(metric: &Metric) -> Metric {
    Metric { unit: None, account: None, region: None, ..metric.clone() }
}

/// Values whose file tells neither unit nor account nor region (those of `get-metric-data`) are of the metric of that name and those
/// dimensions of which other files tell more, where there is just one.
fn whole(mut told: Vec<Told>) -> Vec<Told> {
    let mut fuller: HashMap<Metric, Vec<Metric>> = HashMap::new();
    for told in told.iter().filter(|told| told.metric.namespace.is_some() && plain(&told.metric) != told.metric) {
        let known = fuller.entry(plain(&told.metric)).or_default();
        if !known.contains(&told.metric) {
            known.push(told.metric.clone());
        }
    }
    for told in &mut told {
        if let Some([metric]) = fuller.get(&told.metric).map(Vec::as_slice) {
            told.metric = metric.clone();
            told.notes
                .push("Its file tells neither unit nor account; another file does, for this metric alone.".to_owned());
        }
    }
    told
}

/// Whether a metric is the one asked for, where what is not told of that may be anything.
fn answers(known: &Metric, asked: &Metric) -> bool {
    let may = |known: &Option<String>, asked: &Option<String>| asked.is_none() || known == asked;
    known.namespace == asked.namespace
        && known.name == asked.name
        && known.dimensions == asked.dimensions
        && may(&known.unit, &asked.unit)
        && may(&known.account, &asked.account)
        && may(&known.region, &asked.region)
}

/// Values of one kind made one: sorted, each time once. `None` without any.
fn settled(mut told: Vec<Told>) -> Option<Stored> {
    let mut origins: BTreeMap<Origin, u64> = BTreeMap::new();
    for (origin, count) in told.iter_mut().flat_map(|told| std::mem::take(&mut told.origins)) {
        *origins.entry(origin).or_default() += count;
    }
    let mut notes: Vec<String> = told.iter().flat_map(|told| told.notes.clone()).collect();
    notes.sort();
    notes.dedup();
    let first = told.swap_remove(0);
    let mut points = first.points;
    for other in &told {
        Arc::make_mut(&mut points).append(&other.points);
    }
    let samples = matches!(points.values, Values::Samples(_));
    let finite = points.values.columns().iter().all(|column| column.iter().all(|value| value.is_finite()));
    let rising = points.times.is_sorted_by(|a, b| if samples { a <= b } else { a < b });
    if !rising || !finite || samples {
        let (sorted, said) = sort(&points);
        points = Arc::new(sorted);
        notes.extend(said);
    }
    if points.times.is_empty() {
        return None;
    }
    let told_period = first.period.filter(|&period| period > 0);
    let period = told_period.unwrap_or_else(|| usual_step(&points.times));
    if told_period.is_none() {
        let steps = points.times.windows(2).filter(|pair| pair[1] - pair[0] != period).count();
        if steps > 0 {
            notes.push(format!(
                "The period is not told: {} is the most frequent distance of its points; {steps} of {} distances are others.",
                time::length(period),
                points.times.len() - 1,
            ));
        }
    }
    Some(Stored { period, inferred: told_period.is_none(), points, origins: origins.into_iter().collect(), notes })
}

/// The points by time; of several of one time, which samples alone may have, the one with the most samples, then the greatest
/// value. What is no finite number is left out.
fn sort(points: &Points) -> (Points, Vec<String>) {
    let columns = points.values.columns();
    let samples = matches!(points.values, Values::Samples(_));
    let finite = |at: &u32| columns.iter().all(|column| column[*at as usize].is_finite());
    let mut order: Vec<u32> = (0..points.times.len() as u32).filter(finite).collect();
    let dropped = points.times.len() - order.len();
    let by = |&a: &u32, &b: &u32| {
        let (a, b) = (a as usize, b as usize);
        let values = columns.iter().map(|column| column[b].total_cmp(&column[a]));
        points.times[a]
            .cmp(&points.times[b])
            .then_with(|| values.fold(std::cmp::Ordering::Equal, |sum, next| sum.then(next)))
    };
    order.sort_unstable_by(by);
    let (mut again, mut differing) = (0_u64, 0_u64);
    if !samples {
        order.dedup_by(|&mut next, &mut kept| {
            let (a, b) = (next as usize, kept as usize);
            let same = points.times[a] == points.times[b];
            if same && columns.iter().all(|column| column[a] == column[b]) {
                again += 1;
            } else if same {
                differing += 1;
            }
            same
        });
    }
    let mut sorted = Points { times: Vec::with_capacity(order.len()), values: points.values.empty() };
    sorted.times.extend(order.iter().map(|&at| points.times[at as usize]));
    for (into, from) in sorted.values.columns_mut().into_iter().zip(&columns) {
        into.reserve_exact(order.len());
        into.extend(order.iter().map(|&at| from[at as usize]));
    }
    let mut notes = Vec::new();
    if dropped > 0 {
        notes.push(format!("{dropped} of its values are no finite number and were left out."));
    }
    if again > 0 {
        notes.push(format!("{again} of its points were told more than once, alike; each counts once."));
    }
    if differing > 0 {
        notes.push(format!(
            "{differing} of its points were told again with another value; the one of the most samples was kept, then the greatest."
        ));
    }
    (sorted, notes)
}

/// The most frequent distance of times that rise, the shorter of two that are as frequent.
fn usual_step(times: &[i64]) -> i64 {
    let mut steps: HashMap<i64, u32> = HashMap::new();
    for pair in times.windows(2) {
        *steps.entry(pair[1] - pair[0]).or_default() += 1;
    }
    let usual = steps.into_iter().filter(|(step, _)| *step > 0).max_by_key(|&(step, count)| (count, -step));
    usual.map_or(MINUTE, |(step, _)| step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(name: &str) -> Metric {
        Metric { namespace: Some("N".to_owned()), name: name.to_owned(), ..Metric::default() }
    }

    fn told(period: Option<i64>, file: u32, points: &[(i64, f64)]) -> Told {
        let (times, values) = points.iter().copied().unzip();
        let points = Points { times, values: Values::Of(Some("Average".to_owned()), values) };
        let origins = vec![(Origin::File(file), points.times.len() as u64)];
        Told { metric: metric("m"), id: None, period, points: Arc::new(points), origins, notes: Vec::new() }
    }

    #[test]
    fn points_of_several_files_are_one_series_whatever_their_order() {
        let parts = [
            told(Some(60), 1, &[(120, 3.0), (60, 2.0)]),
            told(Some(60), 2, &[(120, 3.0), (0, 1.0)]),
            told(Some(60), 3, &[(60, 7.0), (180, f64::NAN)]),
        ];
        let build = |order: [usize; 3]| SeriesStore::build(order.map(|at| parts[at].clone()).to_vec(), Vec::new());
        let store = build([0, 1, 2]);
        let stored = &store.series()[0].stored[0];
        assert_eq!(stored.points.times, [0, 60, 120]);
        assert_eq!(stored.points.values, Values::Of(Some("Average".to_owned()), vec![1.0, 7.0, 3.0]));
        assert_eq!(stored.origins, [1, 2, 3].map(|file| (Origin::File(file), 2)));
        assert_eq!(stored.notes.len(), 3, "{:?}", stored.notes);
        for order in [[2, 1, 0], [1, 0, 2], [1, 2, 0]] {
            assert_eq!(build(order).catalog(), store.catalog(), "{order:?}");
            assert_eq!(build(order).series()[0].stored[0].points, stored.points);
        }
    }

    #[test]
    fn what_is_in_order_is_shared_and_not_copied() {
        let one = told(Some(60), 1, &[(0, 1.0), (60, 2.0)]);
        let store = SeriesStore::build(vec![one.clone()], Vec::new());
        assert!(Arc::ptr_eq(&store.series()[0].stored[0].points, &one.points));
    }

    #[test]
    fn a_period_that_is_not_told_is_the_most_frequent_distance() {
        let minutes = |minutes: &[i64]| minutes.iter().map(|&at| (at * 60_000, 1.0)).collect::<Vec<_>>();
        // A step of nothing and one of 64 minutes, as real files have them.
        let store = SeriesStore::build(vec![told(None, 1, &minutes(&[0, 5, 10, 10, 74, 79]))], Vec::new());
        let stored = &store.series()[0].stored[0];
        assert_eq!((stored.period, stored.inferred), (300_000, true));
        assert!(stored.notes.iter().any(|note| note.contains("1 of 4 distances")), "{:?}", stored.notes);
        let alone = SeriesStore::build(vec![told(None, 1, &minutes(&[3]))], Vec::new());
        assert_eq!(alone.series()[0].stored[0].period, MINUTE);
    }

    #[test]
    fn values_without_a_unit_are_of_the_one_metric_that_has_one() {
        let of = |unit: &str| Told {
            metric: Metric { unit: Some(unit.to_owned()), ..metric("m") },
            ..told(Some(60), 2, &[(0, 1.0)])
        };
        let plain = || told(Some(300), 1, &[(0, 2.0)]);
        let units = |told: Vec<Told>| {
            let store = SeriesStore::build(told, Vec::new());
            store.series().iter().map(|series| (series.metric.unit.clone(), series.stored.len())).collect::<Vec<_>>()
        };
        assert_eq!(units(vec![plain(), of("Percent")]), [(Some("Percent".to_owned()), 2)]);
        // Of two nobody knows which.
        let two = units(vec![plain(), of("Percent"), of("Bytes")]);
        assert_eq!(two, [(None, 1), (Some("Bytes".to_owned()), 1), (Some("Percent".to_owned()), 1)]);
    }

    #[test]
    fn metrics_of_a_list_stand_beside_those_with_values() {
        let store = SeriesStore::build(vec![told(Some(60), 1, &[(0, 1.0)])], vec![metric("m"), metric("other")]);
        let names: Vec<(&str, usize)> =
            store.series().iter().map(|series| (series.metric.name.as_str(), series.stored.len())).collect();
        assert_eq!(names, [("m", 1), ("other", 0)]);
        assert_eq!(store.catalog().span, Some((0, 60)));
        let asked = Metric { unit: Some("Count".to_owned()), ..metric("m") };
        assert!(store.find(&asked).is_none() && store.find(&metric("m")).is_some());
    }
}
