//! The values of a metric by statistic and period, from what is stored of it. Statistic sets and samples give longer periods
//! exactly, and so do sums, counts and extremes; averages and percentiles are never averaged: they are shown as they are stored,
//! and that is said (`spec/ALARMS.md` 4, `spec/DASHBOARD.md` 3).

use super::catalog::Form;
use super::gather::{Series, Stored};
use crate::import::metrics::{Points, Values};
use crate::time;
use crate::watch::statistic::{Set, Statistic};
use std::ops::Range;

/// Values to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolved {
    /// Starts of periods in milliseconds since the epoch, rising, and values.
    pub points: Vec<(i64, f64)>,
    /// Length of a period in milliseconds.
    pub period: i64,
    /// The statistic shown; `None` where it is not told which the values are.
    pub statistic: Option<String>,
    /// What is shown in place of what was asked for, and why.
    pub note: Option<String>,
    /// What is known of the values themselves.
    pub notes: Vec<String>,
}

/// The values of a series from `range.start` on and before `range.end`, in milliseconds since the epoch. `period`: its length in
/// milliseconds; `None` for the finest of those stored that cover most of the range. `beyond`: with the point before the range and the one behind it.
///
/// # Errors
/// A sentence, when nothing is stored that could be shown.
pub fn resolve(
    series: &Series,
    statistic: &Statistic,
    period: Option<i64>,
    range: Range<i64>,
    beyond: bool,
) -> Result<Resolved, String> {
    let period = period.filter(|&period| period > 0);
    if let Some(stored) = best(series, statistic, period, &range) {
        let period = period.unwrap_or(stored.period);
        let (points, note) = values(stored, statistic, period, &range, beyond)?;
        let statistic = Some(statistic.to_string());
        return Ok(Resolved { points, period, statistic, note, notes: stored.notes.clone() });
    }
    // Something else is better than nothing, when it says what it is: the same statistic, else one that is not told, else any.
    let like = |stored: &&Stored| {
        let same =
            stored.statistic().is_some_and(|known| Statistic::parse(known).is_ok_and(|known| known == *statistic));
        (
            match (stored.statistic(), stored.form()) {
                _ if same => 0,
                (None, Form::One) => 1,
                (None, _) => 2,
                _ => 3,
            },
            stored.period,
        )
    };
    let Some(stored) = series.stored.iter().min_by_key(like) else {
        return Err("No file of the case has values of this metric; it is only named by one.".to_owned());
    };
    as_stored(stored, statistic, period, &range, beyond)
}

/// The period in milliseconds that values of a statistic have where none is asked for; `None` where what is stored gives none exactly.
#[must_use]
pub fn finest(series: &Series, statistic: &Statistic, range: &Range<i64>) -> Option<i64> {
    best(series, statistic, None, range).map(|stored| stored.period)
}

/// What gives a statistic exactly.
fn best<'a>(series: &'a Series, statistic: &Statistic, period: Option<i64>, range: &Range<i64>) -> Option<&'a Stored> {
    let exact: Vec<&Stored> = series.stored.iter().filter(|stored| gives(stored, statistic, period)).collect();
    // What is stored by the minute of the last hours is no answer for a week that is stored by five.
    let length = range.end.saturating_sub(range.start);
    let covered = |stored: &Stored| {
        (within(&stored.points.times, range, false).len() as i64).saturating_mul(stored.period).min(length)
    };
    let most = exact.iter().map(|stored| covered(stored)).max().unwrap_or(0);
    let enough = exact.into_iter().filter(|stored| period.is_some() || covered(stored) / 4 >= most / 5);
    // The finest where the period is free; where it is not, samples before sets before single statistics: those need no adding up.
    enough.min_by_key(|stored| (if period.is_none() { stored.period } else { 0 }, rank(stored), -stored.period))
}

fn rank(stored: &Stored) -> u8 {
    match stored.points.values {
        Values::Samples(_) => 0,
        Values::Sets { .. } => 1,
        Values::Of(..) => 2,
    }
}

/// Whether a statistic of this period follows exactly from what is stored.
fn gives(stored: &Stored, statistic: &Statistic, period: Option<i64>) -> bool {
    let fits = period.is_none_or(|period| period % stored.period == 0);
    match &stored.points.values {
        Values::Samples(_) => fits,
        Values::Sets { .. } => fits && !statistic.needs_samples(),
        Values::Of(known, _) => {
            let same =
                known.as_deref().is_some_and(|known| Statistic::parse(known).is_ok_and(|known| known == *statistic));
            let adds =
                matches!(statistic, Statistic::Sum | Statistic::SampleCount | Statistic::Minimum | Statistic::Maximum);
            same && (period.is_none_or(|period| period == stored.period) || (fits && adds))
        }
    }
}

/// The places of the times within a range; `beyond`: with one more at each side.
fn within(times: &[i64], range: &Range<i64>, beyond: bool) -> Range<usize> {
    let from = times.partition_point(|&time| time < range.start);
    let to = times.partition_point(|&time| time < range.end).max(from);
    if beyond { from.saturating_sub(1)..(to + 1).min(times.len()) } else { from..to }
}

/// Values by time, and a word on what is missing of them.
type Noted = (Vec<(i64, f64)>, Option<String>);

/// A statistic that follows from what is stored; and a word on periods that have none.
fn values(
    stored: &Stored,
    statistic: &Statistic,
    period: i64,
    range: &Range<i64>,
    beyond: bool,
) -> Result<Noted, String> {
    let Points { times, values } = &*stored.points;
    // Whole periods, so that the first and the last are not cut short; one more at each side where it is wanted.
    let more = if beyond { period } else { 0 };
    let start = |time: i64| time.div_euclid(period) * period;
    let wide = if period == stored.period && !matches!(values, Values::Samples(_)) {
        within(times, range, beyond)
    } else {
        let from = range.start.saturating_sub(more).div_euclid(period) * period;
        let from = if beyond || from >= range.start { from } else { from + period };
        let to = start(range.end.saturating_add(more).saturating_sub(1)).saturating_add(period);
        within(times, &(from..to), false)
    };
    let mut points = Vec::new();
    let mut refused: Option<(u64, String)> = None;
    let mut put = |time: i64, value: Result<f64, String>| match value {
        Ok(value) if value.is_finite() => points.push((time, value)),
        Ok(_) => {}
        Err(why) => refused = Some((refused.as_ref().map_or(1, |(count, _)| count + 1), why)),
    };
    match values {
        Values::Of(_, values) if period == stored.period => {
            wide.for_each(|at| put(times[at], Ok(values[at])));
        }
        Values::Of(_, values) => {
            let fold = match statistic {
                Statistic::Minimum => f64::min,
                Statistic::Maximum => f64::max,
                _ => |sum: f64, value: f64| sum + value,
            };
            for (time, places) in periods(times, wide, start) {
                put(time, values[places].iter().copied().reduce(fold).ok_or_else(String::new));
            }
        }
        Values::Sets { samples, sums, minima, maxima } => {
            let set = |at: usize| Set { samples: samples[at], sum: sums[at], minimum: minima[at], maximum: maxima[at] };
            for (time, places) in periods(times, wide, |time| if period == stored.period { time } else { start(time) })
            {
                let sum = places.map(set).reduce(|mut sum, next| {
                    sum.merge(&next);
                    sum
                });
                put(time, sum.map_or_else(|| Err(String::new()), |sum| statistic.of_set(&sum)));
            }
        }
        Values::Samples(values) => {
            let mut bench = Vec::new();
            for (time, places) in periods(times, wide, start) {
                bench.clear();
                bench.extend_from_slice(&values[places]);
                put(time, statistic.of_samples(&mut bench));
            }
        }
    }
    match refused {
        Some((_, why)) if points.is_empty() => Err(why),
        Some((count, why)) => Ok((points, Some(format!("{count} periods have no {statistic}: {why}")))),
        None => Ok((points, None)),
    }
}

/// Places in a list of rising times by period.
fn periods(
    times: &[i64],
    places: Range<usize>,
    start: impl Fn(i64) -> i64,
) -> impl Iterator<Item = (i64, Range<usize>)> {
    let mut at = places.start;
    std::iter::from_fn(move || {
        let first = at;
        let time = start(*times.get(first).filter(|_| first < places.end)?);
        while at < places.end && start(times[at]) == time {
            at += 1;
        }
        Some((time, first..at))
    })
}

/// What is stored, in place of what was asked for.
fn as_stored(
    stored: &Stored,
    statistic: &Statistic,
    period: Option<i64>,
    range: &Range<i64>,
    beyond: bool,
) -> Result<Resolved, String> {
    let known = stored.statistic();
    let (shown, told) = match (&stored.points.values, known) {
        (Values::Of(..), None) => (None, "Values of a statistic that is not told".to_owned()),
        (Values::Of(..), Some(known)) => (Some(known.to_owned()), known.to_owned()),
        // Percentiles of sets, where all samples of a period are alike; otherwise what sets are there for.
        (Values::Sets { .. }, _) if statistic.needs_samples() => {
            let period = period.filter(|period| period % stored.period == 0).unwrap_or(stored.period);
            if let Ok((points, note)) = values(stored, statistic, period, range, beyond) {
                let statistic = Some(statistic.to_string());
                return Ok(Resolved { points, period, statistic, note, notes: stored.notes.clone() });
            }
            (Some("Average".to_owned()), "Average".to_owned())
        }
        _ => (Some(statistic.to_string()), statistic.to_string()),
    };
    let shows = match &shown {
        Some(shown) => Statistic::parse(shown).unwrap_or(Statistic::Average),
        None => Statistic::Average,
    };
    let points = match &stored.points.values {
        Values::Of(_, column) => {
            let places = within(&stored.points.times, range, beyond);
            places.map(|at| (stored.points.times[at], column[at])).collect()
        }
        _ => values(stored, &shows, stored.period, range, beyond)?.0,
    };
    let length = time::length(stored.period);
    let asked = period.filter(|&period| period != stored.period).map(time::length);
    let note = match (known, asked) {
        (None, None) if matches!(stored.points.values, Values::Of(..)) => None,
        (_, Some(asked)) => {
            Some(format!("Shown as stored: {told}, {length}. {statistic} by {asked} does not follow from that."))
        }
        (_, None) => Some(format!("Shown as stored: {told}, {length}. {statistic} does not follow from that.")),
    };
    Ok(Resolved { points, period: stored.period, statistic: shown, note, notes: stored.notes.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn stored(period: i64, times: &[i64], values: Values) -> Stored {
        let points = Arc::new(Points { times: times.to_vec(), values });
        Stored { period, inferred: false, points, origins: Vec::new(), notes: Vec::new() }
    }

    fn series(stored: Vec<Stored>) -> Series {
        Series { stored, ..Series::default() }
    }

    fn of(statistic: &str, values: &[f64]) -> Values {
        Values::Of(Some(statistic.to_owned()), values.to_vec())
    }

    fn get(series: &Series, statistic: Statistic, period: Option<i64>) -> Resolved {
        resolve(series, &statistic, period, 0..1_000, false).unwrap()
    }

    #[test]
    fn statistic_sets_give_longer_periods_exactly() {
        let sets = Values::Sets {
            samples: vec![1.0, 3.0, 2.0],
            sums: vec![10.0, 6.0, 1.0],
            minima: vec![10.0, 1.0, 0.0],
            maxima: vec![10.0, 3.0, 1.0],
        };
        let series = series(vec![stored(60, &[0, 60, 120], sets)]);
        let two = |statistic| get(&series, statistic, Some(120)).points;
        // Not the mean of 10 and 2.
        assert_eq!(two(Statistic::Average), [(0, 4.0), (120, 0.5)]);
        assert_eq!(two(Statistic::Sum), [(0, 16.0), (120, 1.0)]);
        assert_eq!(two(Statistic::Minimum), [(0, 1.0), (120, 0.0)]);
        assert_eq!(two(Statistic::SampleCount), [(0, 4.0), (120, 2.0)]);
        assert_eq!(get(&series, Statistic::Average, None).points, [(0, 10.0), (60, 2.0), (120, 0.5)]);
    }

    #[test]
    fn a_set_without_samples_has_neither_a_least_nor_a_greatest_one() {
        let sets = Values::Sets {
            samples: vec![0.0, 1.0, 0.0],
            sums: vec![0.0, 10.0, 0.0],
            minima: vec![0.0, 10.0, 0.0],
            maxima: vec![0.0, 10.0, 0.0],
        };
        let series = series(vec![stored(60, &[0, 60, 120], sets)]);
        assert_eq!(get(&series, Statistic::Minimum, Some(300)).points, [(0, 10.0)]);
    }

    #[test]
    fn the_period_is_the_one_that_suits_the_range_and_not_what_lies_beside_it() {
        let minutes: Vec<i64> = (0..10).map(|at| 600 + at * 60).collect();
        let series = series(vec![
            stored(60, &minutes, of("Average", &[5.0; 10])),
            stored(300, &[0, 300, 600, 900, 1200, 1500], of("Average", &[1.0; 6])),
        ]);
        assert_eq!(finest(&series, &Statistic::Average, &(600..1_200)), Some(60));
        assert_eq!(finest(&series, &Statistic::Average, &(0..1_800)), Some(300));
        assert_eq!(finest(&series, &Statistic::Sum, &(0..1_800)), None);
    }

    #[test]
    fn averages_are_never_averaged() {
        let series = series(vec![
            stored(60, &[0, 60], of("Average", &[1.0, 3.0])),
            stored(60, &[0, 60], of("Sum", &[1.0, 3.0])),
        ]);
        let shown = get(&series, Statistic::Average, Some(120));
        assert_eq!((shown.points.len(), shown.period), (2, 60));
        assert!(shown.note.is_some_and(|note| note.contains("Shown as stored")));
        // Sums add up.
        let sum = get(&series, Statistic::Sum, Some(120));
        assert_eq!((sum.points, sum.note), (vec![(0, 4.0)], None));
    }

    #[test]
    fn the_finest_is_taken_when_the_period_is_free_and_the_right_one_when_not() {
        let series = series(vec![
            stored(300, &[0, 300], of("Average", &[1.0, 2.0])),
            stored(60, &[0, 60, 120, 180, 240, 300, 360, 420, 480, 540], of("Average", &[5.0; 10])),
        ]);
        assert_eq!(get(&series, Statistic::Average, None).period, 60);
        assert_eq!(get(&series, Statistic::Average, Some(300)).points, [(0, 1.0), (300, 2.0)]);
        // Of a longer time only the coarser ones tell.
        let longer = self::series(vec![
            stored(300, &[0, 300, 600, 900], of("Average", &[1.0; 4])),
            stored(60, &[840, 900], of("Average", &[5.0; 2])),
        ]);
        assert_eq!(get(&longer, Statistic::Average, None).period, 300);
        let near = resolve(&longer, &Statistic::Average, None, 840..960, false).unwrap();
        assert_eq!((near.period, near.points.len()), (60, 2));
    }

    #[test]
    fn what_is_not_told_is_shown_as_it_is() {
        let series = series(vec![stored(60, &[0, 60], Values::Of(None, vec![1.0, 2.0]))]);
        let shown = get(&series, Statistic::Average, None);
        assert_eq!((shown.statistic, shown.note, shown.points.len()), (None, None, 2));
        let other = series_without_values();
        assert!(resolve(&other, &Statistic::Sum, None, 0..10, false).is_err());
    }

    fn series_without_values() -> Series {
        series(Vec::new())
    }

    #[test]
    fn a_range_takes_whole_periods_and_one_point_beyond_where_it_is_wanted() {
        let series = series(vec![stored(60, &[0, 60, 120, 180, 240], of("Sum", &[1.0; 5]))]);
        let within = |period, beyond| {
            let found = resolve(&series, &Statistic::Sum, Some(period), 60..180, beyond).unwrap();
            found.points.into_iter().map(|(time, value)| (time, value as i64)).collect::<Vec<_>>()
        };
        assert_eq!(within(60, false), [(60, 1), (120, 1)]);
        assert_eq!(within(60, true), [(0, 1), (60, 1), (120, 1), (180, 1)]);
        // The period from 0 began before the range; that from 120 is whole.
        assert_eq!(within(120, false), [(120, 2)]);
        assert_eq!(within(120, true), [(0, 2), (120, 2), (240, 1)]);
    }
}
