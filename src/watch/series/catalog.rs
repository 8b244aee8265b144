//! What series there are, without their points: for lists of them.

use crate::import::metrics::{Metric, Origin};
use serde::{Deserialize, Serialize};

/// All series of a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// The series in the order of their metrics.
    pub series: Vec<Listed>,
    /// Start of the first period of all, and the end of the last one, in milliseconds since the epoch.
    pub span: Option<(i64, i64)>,
}

/// A metric of the case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// The metric. One without a namespace is known by its label and the file alone, which then stands as its dimension `@file`.
    pub metric: Metric,
    /// The id of the query that it answers, where it has no name.
    pub id: Option<String>,
    /// What is stored of it; nothing for one that is only named by `list-metrics`.
    pub stored: Vec<StoredAs>,
}

/// Values that are stored of a metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredAs {
    /// Their statistic; `None` where it is not told which, of statistic sets and of samples.
    pub statistic: Option<String>,
    /// What they are.
    pub form: Form,
    /// Length of a period in milliseconds.
    pub period: i64,
    /// The period was not told: it is the most frequent distance of the points.
    pub inferred: bool,
    /// Number of points.
    pub points: u64,
    /// The first period's start in milliseconds since the epoch.
    pub first: i64,
    /// The last period's start.
    pub last: i64,
    /// Where they come from, and how many from each.
    pub origins: Vec<(Origin, u64)>,
    /// What a person should know of them, in sentences.
    pub notes: Vec<String>,
}

/// What is stored of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// One statistic.
    One,
    /// A statistic set: any basic statistic, of any longer period.
    Sets,
    /// Its samples: any statistic, of any period.
    Samples,
}

impl Listed {
    /// The metric's name with what distinguishes it, on one line.
    #[must_use]
    pub fn title(&self) -> String {
        self.metric.title()
    }
}
