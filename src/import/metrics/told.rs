//! What files tell of metrics, as plain columns: nothing is worked out here, and nothing is thrown away.

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The name of the dimension that stands for the file of a metric which is known by a label alone.
pub const FILE: &str = "@file";

/// A metric, as far as it is told what it is. Two are the same when all of this is (`spec/FORMATS.md` 3.3): a metric without
/// dimensions is another one than that with some.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Metric {
    /// Its namespace, such as `AWS/EC2`; `None` where only a label is told.
    pub namespace: Option<String>,
    /// Its name, or the label that stands in its place.
    pub name: String,
    /// Its dimensions in the order of their names.
    pub dimensions: Vec<(String, String)>,
    /// Its unit, one of CloudWatch's names; `None` where none is told. `Some("None")` is the unit of that name.
    pub unit: Option<String>,
    /// The account that it is of.
    pub account: Option<String>,
    /// The region that it is of.
    pub region: Option<String>,
}

impl Metric {
    /// Namespace, name and dimensions on one line.
    #[must_use]
    pub fn title(&self) -> String {
        let namespace = self.namespace.iter().map(String::as_str);
        let dimensions = self.dimensions.iter().map(|(name, value)| format!("{name}={value}"));
        let parts = namespace.map(str::to_owned).chain([self.name.clone()]).chain(dimensions);
        parts.collect::<Vec<_>>().join(" ")
    }
}

/// Where values come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Origin {
    /// The file with this number.
    File(u32),
    /// Log events with embedded metrics.
    Embedded,
    /// The metric filter with this name, tried on the log events of the case.
    MetricFilter(String),
}

/// Values by time. As many times as values; in any order, and more than one of a time may be told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Points {
    /// Starts of periods in milliseconds since the epoch; of samples their own time.
    pub times: Vec<i64>,
    /// What is told of each.
    pub values: Values,
}

/// What is told of each period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Values {
    /// One statistic of it, as AWS writes it: `Average`, `p99`; `None` where it is not told which.
    Of(Option<String>, Vec<f64>),
    /// Statistic sets, which add up exactly.
    Sets {
        /// Number of samples.
        samples: Vec<f64>,
        /// Their sum.
        sums: Vec<f64>,
        /// The least of them.
        minima: Vec<f64>,
        /// The greatest.
        maxima: Vec<f64>,
    },
    /// Samples one by one.
    Samples(Vec<f64>),
}

impl Default for Values {
    fn default() -> Self {
        Self::Of(None, Vec::new())
    }
}

impl Values {
    /// The same kind of values, none of them.
    #[must_use]
    pub fn empty(&self) -> Self {
        match self {
            Self::Of(statistic, _) => Self::Of(statistic.clone(), Vec::new()),
            Self::Sets { .. } => {
                Self::Sets { samples: Vec::new(), sums: Vec::new(), minima: Vec::new(), maxima: Vec::new() }
            }
            Self::Samples(_) => Self::Samples(Vec::new()),
        }
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> Vec<&Vec<f64>> {
        match self {
            Self::Of(_, values) | Self::Samples(values) => vec![values],
            Self::Sets { samples, sums, minima, maxima } => vec![samples, sums, minima, maxima],
        }
    }

    /// The columns, to be changed all alike.
    pub fn columns_mut(&mut self) -> Vec<&mut Vec<f64>> {
        match self {
            Self::Of(_, values) | Self::Samples(values) => vec![values],
            Self::Sets { samples, sums, minima, maxima } => vec![samples, sums, minima, maxima],
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Of(a, _), Self::Of(b, _)) => a == b,
            (Self::Sets { .. }, Self::Sets { .. }) | (Self::Samples(_), Self::Samples(_)) => true,
            _ => false,
        }
    }
}

impl Points {
    /// Adds other points of the same kind of values.
    pub fn append(&mut self, other: &Self) {
        self.times.extend(&other.times);
        for (column, more) in self.values.columns_mut().into_iter().zip(other.values.columns()) {
            column.extend(more);
        }
    }

    /// Bytes that they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let columns = self.values.columns().into_iter().map(Vec::capacity).sum::<usize>();
        self.times.capacity() * size_of::<i64>() + columns * size_of::<f64>()
    }

    /// Gives back memory that is held for more to come.
    pub fn shrink(&mut self) {
        self.times.shrink_to_fit();
        self.values.columns_mut().into_iter().for_each(Vec::shrink_to_fit);
    }
}

/// A metric's values, as some files tell them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The metric.
    pub metric: Metric,
    /// The id of the query that the values answer, where only it and a label are told (`get-metric-data`): a request of that
    /// id says what the metric is.
    pub id: Option<String>,
    /// Length of a period in milliseconds, where it is told; of samples the resolution of the metric.
    pub period: Option<i64>,
    /// The values.
    pub points: Arc<Points>,
    /// Where they come from, and how many from each.
    pub origins: Vec<(Origin, u64)>,
    /// What was assumed of them, in sentences.
    pub notes: Vec<String>,
}

/// One query of a `--metric-data-queries` file: what the values of an id are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The id.
    pub id: String,
    /// The metric; `None` for an expression.
    pub metric: Option<Metric>,
    /// Its statistic.
    pub statistic: Option<String>,
    /// Its period in milliseconds.
    pub period: Option<i64>,
    /// The expression.
    pub expression: Option<String>,
    /// The label wanted.
    pub label: Option<String>,
    /// The file that says so.
    pub file: u32,
}

/// All that files tell of metrics.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Values.
    pub told: Vec<Told>,
    /// Queries.
    pub requests: Vec<Request>,
    /// Metrics that are there, of which no values are told (`list-metrics`).
    pub listed: Vec<Metric>,
    /// What is wrong with embedded metrics, and how often: AWS counts these as validation errors.
    pub faults: Vec<(String, u64)>,
    /// Places in `told` by hash of the metric.
    #[serde(skip)]
    places: HashMap<u64, Vec<u32>, foldhash::fast::FixedState>,
}

impl Sheet {
    /// Whether nothing is told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told.is_empty() && self.requests.is_empty() && self.listed.is_empty()
    }

    /// Adds values; those of a metric that is known are put behind the others of their kind.
    pub fn put(&mut self, told: Told) {
        use std::hash::BuildHasher as _;
        let hash = foldhash::fast::FixedState::default().hash_one((&told.metric, &told.id, told.period));
        let places = self.places.entry(hash).or_default();
        let known = places.iter().find(|&&place| {
            let known = &self.told[place as usize];
            let same = known.metric == told.metric && known.id == told.id && known.period == told.period;
            // What has only a label may be another metric in another file.
            let named = told.metric.namespace.is_some()
                || known.origins.iter().map(|(origin, _)| origin).eq(told.origins.iter().map(|(origin, _)| origin));
            same && named && known.points.values.is_like(&told.points.values)
        });
        let Some(&place) = known else {
            places.push(self.told.len() as u32);
            self.told.push(told);
            return;
        };
        let known = &mut self.told[place as usize];
        Arc::make_mut(&mut known.points).append(&told.points);
        for note in told.notes {
            if !known.notes.contains(&note) {
                known.notes.push(note);
            }
        }
        for (origin, count) in told.origins {
            // Files come one after the other, and there may be ten thousand of them.
            match known.origins.last_mut() {
                Some((last, known)) if *last == origin => *known += count,
                _ => known.origins.push((origin, count)),
            }
        }
    }

    /// Adds what another file tells.
    pub fn add(&mut self, other: Self) {
        other.told.into_iter().for_each(|told| self.put(told));
        self.requests.extend(other.requests);
        self.listed.extend(other.listed);
        self.faults.extend(other.faults);
    }

    /// The same without any point.
    #[must_use]
    pub fn heads(&self) -> Self {
        let told = self.told.iter().map(|told| {
            let points = Arc::new(Points { times: Vec::new(), values: told.points.values.empty() });
            Told {
                points,
                metric: told.metric.clone(),
                id: told.id.clone(),
                origins: told.origins.clone(),
                notes: told.notes.clone(),
                ..*told
            }
        });
        Self {
            told: told.collect(),
            requests: self.requests.clone(),
            listed: self.listed.clone(),
            faults: self.faults.clone(),
            places: HashMap::default(),
        }
    }

    /// Gives back memory that is held for more to come. A copy of points that somebody else holds is not made for that.
    pub fn shrink(&mut self) {
        self.told.iter_mut().filter_map(|told| Arc::get_mut(&mut told.points)).for_each(Points::shrink);
    }
}
