//! A metric filter as it stands in the bench: texts, as they were typed.

use crate::query::pattern::{Counting, LENGTH_MAX, parse};
use crate::watch::definitions::{MetricFilter, Transformation};
use crate::watch::metric_filter::{DIMENSIONS_MAX, MINUTE, Scope};

/// Lengths of a period in milliseconds, with the words of links and of the page.
pub const PERIODS: [(i64, &str, &str); 5] = [
    (1_000, "1s", "1 second"),
    (10_000, "10s", "10 seconds"),
    (60_000, "1min", "1 minute"),
    (300_000, "5min", "5 minutes"),
    (3_600_000, "1h", "1 hour"),
];

/// CloudWatch's units.
pub const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

/// Dimensions that a filter may have.
pub const DIMENSIONS: usize = DIMENSIONS_MAX;

/// Characters that a pattern may have.
pub const LONGEST: usize = LENGTH_MAX;

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The name of the filter, where it has one.
    pub name: String,
    /// Its pattern.
    pub pattern: String,
    /// The namespace of its metric.
    pub namespace: String,
    /// The name of its metric.
    pub metric: String,
    /// What each match publishes.
    pub value: String,
    /// What is published where nothing matched; empty for nothing.
    pub default: String,
    /// The unit; empty for none.
    pub unit: String,
    /// Dimensions: names, and where their values stand.
    pub dimensions: Vec<(String, String)>,
    /// Length of a period in milliseconds.
    pub period: i64,
    /// The events that it is applied to.
    pub scope: Scope,
    /// Space-delimited patterns match lines with exactly as many fields.
    pub strict: bool,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            name: String::new(),
            pattern: String::new(),
            namespace: String::new(),
            metric: String::new(),
            value: "1".to_owned(),
            default: String::new(),
            unit: String::new(),
            dimensions: Vec::new(),
            period: MINUTE,
            scope: Scope::All,
            strict: false,
        }
    }
}

impl Draft {
    /// The draft that a filter of a file is, applied to the events of the case that it is meant for; see [`Scope::of`].
    #[must_use]
    pub fn of(filter: &MetricFilter, groups: &[(String, u64)]) -> Self {
        let metric = filter.transformations.first().cloned().unwrap_or_default();
        let pattern = parse(&filter.pattern, Counting::default()).ok();
        let scope = Scope::of(filter, pattern.as_ref(), |group| groups.iter().any(|(known, _)| known == group));
        Self {
            name: filter.name.clone(),
            pattern: filter.pattern.clone(),
            namespace: metric.namespace,
            metric: metric.name,
            value: metric.value,
            default: metric.default.map_or_else(String::new, |number| number.to_string()),
            unit: metric.unit.unwrap_or_default(),
            dimensions: metric.dimensions,
            scope,
            ..Self::default()
        }
    }

    /// The filter as a file would have it.
    #[must_use]
    pub fn filter(&self) -> MetricFilter {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let metric = Transformation {
            name: self.metric.trim().to_owned(),
            namespace: self.namespace.trim().to_owned(),
            value: self.value.trim().to_owned(),
            default: self.default.trim().parse().ok(),
            unit: text(&self.unit),
            dimensions: self
                .dimensions
                .iter()
                .filter(|(name, value)| !(name.is_empty() && value.is_empty()))
                .cloned()
                .collect(),
        };
        let group = match &self.scope {
            Scope::Group(group) => Some(group.clone()),
            Scope::All | Scope::CloudTrail => None,
        };
        MetricFilter {
            name: self.name.trim().to_owned(),
            pattern: self.pattern.clone(),
            group,
            transformations: vec![metric],
            ..MetricFilter::default()
        }
    }

    /// Whether nothing of a filter stands in the bench yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let around = Self { period: self.period, scope: self.scope.clone(), strict: self.strict, ..Self::default() };
        *self == around
    }

    /// Whether it is a filter of a file, unchanged.
    #[must_use]
    pub fn is_of(&self, filter: &MetricFilter) -> bool {
        let metric = filter.transformations.first().cloned().unwrap_or_default();
        (&self.name, &self.pattern, &self.value) == (&filter.name, &filter.pattern, &metric.value)
    }
}
