//! Metric math: expressions over the series of a chart (`spec/ALARMS.md` 5).

mod call;
mod evaluate;
mod functions;
mod line;
mod parse;
mod tokens;

pub use evaluate::evaluate;
pub use functions::{FUNCTIONS, Function};

use super::search::Search;
use super::statistic::Statistic;
use crate::query::pattern::Fault;

/// Starts of periods in milliseconds since the epoch, rising, and finite values.
pub type Line = Vec<(i64, f64)>;

/// Points that a series of every period of a range has at most.
pub const POINTS_MAX: usize = 1_000_000;

/// Series of a list at most, as in CloudWatch.
pub const SERIES_MAX: usize = 500;

/// A series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// What it is called.
    pub label: String,
    /// Length of a period in milliseconds.
    pub period: i64,
    /// Its points.
    pub points: Line,
    /// Its unit; `None` where none is told or several are mixed.
    pub unit: Option<String>,
    /// It is a metric and no expression.
    pub is_metric: bool,
    /// What a person should know of its values, for those who use it.
    pub notes: Vec<String>,
}

/// What stands behind an id.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The values of a metric within the range.
    Metric(Series),
    /// Something that has no values, and why.
    Failed(String),
    /// An expression.
    Expression {
        /// Its text.
        text: String,
        /// Its own period in milliseconds, where it has one.
        period: Option<i64>,
    },
}

/// A line of the chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Its id.
    pub id: String,
    /// Its label, where it has one.
    pub label: Option<String>,
    /// What it is.
    pub what: What,
}

/// A half-open range of time in milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first instant.
    pub from: i64,
    /// The first one behind it.
    pub to: i64,
}

/// Where SEARCH finds metrics.
pub trait Source {
    /// The series of the metrics that a search holds for.
    ///
    /// # Errors
    /// A sentence, when they cannot be had.
    fn search(&self, search: &Search, statistic: &Statistic, period: i64) -> Result<Vec<Series>, String>;
}

/// What an expression gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Scalar(f64),
    /// A series.
    Series(Series),
    /// Several.
    List(Vec<Series>),
}

/// The answer to an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Its value: of an expression a series or several.
    pub value: Value,
    /// What a person should know of it, in sentences.
    pub warnings: Vec<String>,
}

/// What is wrong with an expression as it is typed: its form, the ids and functions in it. `ids`: those of the other lines.
///
/// # Errors
/// What is expected, and the character where it goes wrong.
pub fn check(text: &str, ids: &[&str]) -> Result<(), Fault> {
    parse::parse(text)?.check(ids)
}

/// The ids that an expression names; `None` where it takes all metrics.
#[must_use]
pub fn names(text: &str) -> Option<Vec<String>> {
    parse::parse(text).map_or_else(|_| Some(Vec::new()), |node| node.names())
}

/// Whether a text may be an id: a small letter, then letters, digits and underscores.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn fault(position: usize, message: impl Into<String>) -> Fault {
    Fault { position, message: message.into() }
}
