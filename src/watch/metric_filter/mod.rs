//! Metric filters: which events one is applied to, what it publishes, what is wrong with it, and how to make it
//! (`spec/FILTERPATTERN.md` 6).

pub mod health;
mod put;

pub use put::{command, input};

use super::definitions::{MetricFilter, Transformation};
use crate::query::pattern::{Fault, Kind, Pattern};
use crate::query::predicate::{Arrays, Case, Compare, Predicate, Select, Step, Test, TextOp, TextTest, Types};
use crate::query::series::{Series, SeriesOf, Source, Statistics};
use crate::trail::Derived;
use crate::trail::line::Format;

/// A metric filter's metrics have a sample a minute at most.
pub const MINUTE: i64 = 60_000;

/// Dimensions that a metric filter may have.
pub const DIMENSIONS_MAX: usize = 3;

/// The events that a filter is applied to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    #[default]
    All,
    /// The records of CloudTrail, as if they were delivered to a log group.
    CloudTrail,
    /// The events of a log group.
    Group(String),
}

impl Scope {
    /// Which events these are.
    #[must_use]
    pub fn predicate(&self) -> Predicate {
        let is = |derived: Derived, text: &str| {
            let test = TextTest { op: TextOp::Equals(text.to_owned()), case: Case::Kept };
            let any = vec![Compare::Text { test, types: Types::ALL }];
            Predicate::Test(Test { select: Select::of_derived(derived), any, absent: false })
        };
        match self {
            Self::All => Predicate::Everything,
            Self::CloudTrail => is(Derived::Format, Format::CloudTrail.name()),
            Self::Group(group) => is(Derived::LogGroup, group),
        }
    }

    /// The events that a filter is meant for: those of its log group where the case has any (`has`), otherwise CloudTrail's
    /// where its pattern asks for what only these have. Otherwise still its group, of which there is nothing to see; a filter
    /// whose group nobody tells is shown all events.
    #[must_use]
    pub fn of(filter: &MetricFilter, pattern: Option<&Pattern>, has: impl Fn(&str) -> bool) -> Self {
        if let Some(group) = filter.group.as_deref().filter(|group| has(group)) {
            return Self::Group(group.to_owned());
        }
        const CALLS: [&str; 11] = [
            "eventName",
            "eventSource",
            "userIdentity",
            "sourceIPAddress",
            "awsRegion",
            "requestParameters",
            "additionalEventData",
            "eventType",
            "errorCode",
            "errorMessage",
            "recipientAccountId",
        ];
        let of_calls = pattern.is_some_and(|pattern| {
            let mut firsts = pattern.fields.iter().filter_map(|(_, select)| select.steps.first());
            firsts.any(|step| matches!(step, Step::Key(key) if CALLS.contains(&key.as_str())))
        });
        match &filter.group {
            _ if of_calls => Self::CloudTrail,
            Some(group) => Self::Group(group.clone()),
            None => Self::All,
        }
    }
}

/// What a filter samples of the events that match its pattern, by periods of so many milliseconds.
///
/// # Errors
/// When the value or a dimension is no number and no field of the pattern, or there may be no dimensions.
pub fn sampled(pattern: &Pattern, transformation: &Transformation, period: i64) -> Result<SeriesOf, Fault> {
    let fault = |message: String| Fault { position: 1, message };
    let value = pattern.source(&transformation.value)?;
    let dimensions = &transformation.dimensions;
    if !dimensions.is_empty() && !matches!(pattern.kind, Kind::Json | Kind::Columns) {
        return Err(fault("Only JSON and space-delimited patterns have dimensions.".to_owned()));
    }
    if !dimensions.is_empty() && transformation.default.is_some() {
        return Err(fault("A metric has a default value or dimensions, not both.".to_owned()));
    }
    if dimensions.len() > DIMENSIONS_MAX {
        return Err(fault(format!("A metric has {DIMENSIONS_MAX} dimensions at most, not {}.", dimensions.len())));
    }
    let of = |(name, value): &(String, String)| match pattern.source(value)? {
        Source::Number(_) => {
            Err(fault(format!("The dimension {name} takes its value from a field of the pattern, not a number.")))
        }
        source => Ok((name.clone(), source)),
    };
    let dimensions = dimensions.iter().map(of).collect::<Result<_, _>>()?;
    Ok(SeriesOf { value, period, dimensions })
}

/// What counts the events that a filter is applied to, for [`published`].
#[must_use]
pub fn counted(period: i64) -> SeriesOf {
    SeriesOf { value: Source::Number(1.0), period, dimensions: Vec::new() }
}

/// The period in milliseconds to sample by, so that [`published`] can say what is published by periods of this length:
/// default values are published by the minute.
#[must_use]
pub fn sampling(period: i64, default: Option<f64>) -> i64 {
    if default.is_some() { period.min(MINUTE) } else { period }
}

/// A period of a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its start, milliseconds since the epoch.
    pub start: i64,
    /// Its samples.
    pub statistics: Statistics,
    /// They are default values alone: there were events and none matched.
    pub default: bool,
}

/// What is published, by periods of this many milliseconds: the samples, and the default value once for every minute with
/// events of which none gave a sample. Minutes without events publish nothing. `series` and `all` (all events that the
/// filter is applied to, [`counted`]) are sampled by [`sampling`].
#[must_use]
pub fn published(series: &Series, all: &Series, default: Option<f64>, period: i64) -> Vec<Point> {
    let samples = series.together();
    let mut points: Vec<Point> =
        samples.iter().map(|&(start, statistics)| Point { start, statistics, default: false }).collect();
    if let Some(default) = default {
        let with = |start: i64| samples.binary_search_by_key(&start, |&(start, _)| start).is_ok();
        let missing = all.together().into_iter().filter(|&(start, _)| !with(start));
        points.extend(missing.map(|(start, _)| Point { start, statistics: Statistics::of(default), default: true }));
        points.sort_by_key(|point| point.start);
    }
    let mut out: Vec<Point> = Vec::new();
    for point in points {
        let start = point.start.div_euclid(period.max(1)) * period.max(1);
        match out.last_mut() {
            Some(last) if last.start == start => {
                last.statistics.merge(&point.statistics);
                last.default &= point.default;
            }
            _ => out.push(Point { start, ..point }),
        }
    }
    out
}

/// A select of one plain value: neither wildcards nor arrays are stepped through.
fn is_plain(select: &Select) -> bool {
    select.arrays == Arrays::Exact && select.steps.iter().all(|step| matches!(step, Step::Key(_) | Step::Index(_)))
}
