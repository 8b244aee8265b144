//! Charts: what one is made of ([`Graph`]), and what is to be drawn of it ([`Drawing`]). A widget of a dashboard is one as well.

mod label;
mod plot;

pub use plot::plot;

use crate::import::metrics::{Metric, Told};
use crate::query::pattern::Fault;
use crate::watch::metric_filter::Scope;
use serde::{Deserialize, Serialize};

/// A chart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    /// Its title; empty for one that is made of its lines.
    pub title: String,
    /// How it is drawn.
    pub form: Form,
    /// What it shows.
    pub lines: Vec<Line>,
    /// The vertical axis at the left.
    pub left: Axis,
    /// The vertical axis at the right.
    pub right: Axis,
    /// Levels that are marked.
    pub thresholds: Vec<Threshold>,
    /// The stretch of time before the one shown is drawn as well, as long and shifted onto it.
    pub before: bool,
    /// Events stand over it as marks.
    pub marks: bool,
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// Lines over time.
    #[default]
    Line,
    /// Areas over time, one on the other; a missing point adds nothing.
    Area,
    /// A bar for each line: its latest value.
    Bar,
    /// The latest value in figures, with a small line.
    Number,
    /// The latest value on a scale; the left axis has both ends.
    Gauge,
    /// A sector for each line: its latest value.
    Pie,
    /// A row for each line.
    Table,
}

impl Form {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 7] = [Self::Line, Self::Area, Self::Bar, Self::Number, Self::Gauge, Self::Pie, Self::Table];
}

/// A line of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its name in metric math: `m1`, `e1`.
    pub id: String,
    /// What it shows.
    pub of: Of,
    /// What it is called; `None` for what distinguishes it from the others.
    pub label: Option<String>,
    /// The statistic, as AWS writes it: `Average`, `p99`, `TM(10%:90%)`.
    pub statistic: String,
    /// Length of a period in milliseconds; `None` for that of the values as they are stored.
    pub period: Option<i64>,
    /// It belongs to the right axis.
    pub right: bool,
    /// It is not drawn, but can be used in metric math.
    pub hidden: bool,
}

/// What a line shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Of {
    /// A metric.
    Metric(Metric),
    /// An expression over the other lines.
    Math(String),
    /// How many events a query finds, as it is written in the search box.
    Events(String),
    /// What a metric filter samples of the events that it matches.
    Filter(Sampling),
}

/// A metric filter, as it is typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// Its pattern.
    pub pattern: String,
    /// The value of each sample: `1`, `$.latency`, `$size`.
    pub value: String,
    /// The log group that it is applied to: `None` for all events, an empty text for those of CloudTrail.
    pub group: Option<String>,
    /// Columns are counted strictly.
    pub strict: bool,
}

impl Sampling {
    /// What it is applied to.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self.group.as_deref() {
            None => Scope::All,
            Some("") => Scope::CloudTrail,
            Some(group) => Scope::Group(group.to_owned()),
        }
    }
}

/// A vertical axis. What is `None` follows from the values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// Its lower end. It clips what is drawn, not the data.
    pub min: Option<f64>,
    /// Its upper end.
    pub max: Option<f64>,
    /// What stands beside it in place of the unit.
    pub label: Option<String>,
}

/// A level that is marked in a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The level.
    pub value: f64,
    /// What it is called.
    pub label: String,
    /// It belongs to the right axis.
    pub right: bool,
}

/// A question to who holds the series: what to draw of some lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    /// The lines, hidden ones included: expressions may use them.
    pub lines: Vec<Line>,
    /// The values of the lines that are made of events, by place in `lines`.
    pub given: Vec<(u32, Told)>,
    /// The first instant of the stretch of time shown, in milliseconds since the epoch, and the first one behind it.
    pub range: (i64, i64),
    /// Milliseconds before and behind it of which points of metrics are wanted as well, so that a person can begin to pan.
    /// Numbers, expressions and ghosts are of the range alone.
    pub margin: i64,
    /// Pixel columns of the range: no more than the least and the greatest point of each are wanted. 0 for every point.
    pub columns: u32,
    /// The stretch before is wanted as well.
    pub before: bool,
}

/// The answer to [`Wanted`]: for each line its curves (an expression may have several, a hidden line has none), or what is wrong
/// with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    /// By line.
    pub lines: Vec<Result<Drawn, Fault>>,
}

/// What is to be drawn of a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// Its curves.
    pub curves: Vec<Curve>,
    /// What a person should know of it, in sentences: what was drawn in place of what was asked for, mixed units, how AWS differs.
    pub notes: Vec<String>,
}

/// A curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// What it is called: what distinguishes it from the others of the question.
    pub label: String,
    /// The metric, if it is one.
    pub metric: Option<Metric>,
    /// Its unit; `None` where none is told or several are mixed.
    pub unit: Option<String>,
    /// The statistic shown; `None` where it is not told which it is, or it is an expression.
    pub statistic: Option<String>,
    /// Length of its periods in milliseconds.
    pub period: i64,
    /// The points, thinned.
    pub points: Stretch,
    /// Those of the stretch of time before, shifted onto the one shown.
    pub before: Option<Stretch>,
    /// Numbers of all its points in the range.
    pub summary: Summary,
}

/// Points to draw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// Starts of periods in milliseconds since the epoch, rising, and values. May begin with a point before what was asked for and
    /// end with one behind it, so that the line goes on to the edge.
    pub points: Vec<(i64, f64)>,
    /// Places in `points` at which a new piece begins, rising, without 0: between it and the point before lies a gap.
    pub breaks: Vec<u32>,
}

impl Stretch {
    /// The pieces between the gaps.
    pub fn pieces(&self) -> impl Iterator<Item = &[(i64, f64)]> {
        let ends = self.breaks.iter().map(|&at| at as usize).chain([self.points.len()]);
        let starts = [0].into_iter().chain(self.breaks.iter().map(|&at| at as usize));
        starts.zip(ends).filter_map(|(from, to)| self.points.get(from..to)).filter(|piece| !piece.is_empty())
    }
}

/// Numbers of the points of a curve: of what is drawn, not statistics of CloudWatch's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Number of points.
    pub count: u64,
    /// The least value, and its period.
    pub min: Option<(i64, f64)>,
    /// The greatest value, and its period.
    pub max: Option<(i64, f64)>,
    /// The sum.
    pub sum: f64,
    /// The first point.
    pub first: Option<(i64, f64)>,
    /// The last point.
    pub last: Option<(i64, f64)>,
}

impl Summary {
    /// The mean of the points.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    /// Of points in their order.
    #[must_use]
    pub fn of(points: &[(i64, f64)]) -> Self {
        let mut summary = Self {
            count: points.len() as u64,
            first: points.first().copied(),
            last: points.last().copied(),
            ..Self::default()
        };
        for &(time, value) in points {
            summary.sum += value;
            if summary.min.is_none_or(|(_, least)| value < least) {
                summary.min = Some((time, value));
            }
            if summary.max.is_none_or(|(_, greatest)| value > greatest) {
                summary.max = Some((time, value));
            }
        }
        summary
    }
}
