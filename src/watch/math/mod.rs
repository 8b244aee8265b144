//! Metric math (for the time being).
use crate::query::pattern::Fault;
use crate::watch::search::Search;
use crate::watch::statistic::Statistic;
#[allow(missing_docs)]
pub type Line = Vec<(i64, f64)>;
#[allow(missing_docs)]
#[derive(Clone, Debug, Default)]
pub struct Series {
    pub label: String,
    pub period: i64,
    pub points: Line,
    pub unit: Option<String>,
    pub is_metric: bool,
}
#[allow(missing_docs)]
pub enum What {
    Metric(Series),
    Failed(String),
    Expression { text: String, period: Option<i64> },
}
#[allow(missing_docs)]
pub struct Given {
    pub id: String,
    pub label: Option<String>,
    pub what: What,
}
#[allow(missing_docs)]
pub struct Range {
    pub from: i64,
    pub to: i64,
}
#[allow(missing_docs, clippy::missing_errors_doc)]
pub trait Source {
    fn search(&self, search: &Search, statistic: &Statistic, period: i64) -> Result<Vec<Series>, String>;
}
#[allow(missing_docs)]
pub enum Value {
    Scalar(f64),
    Series(Series),
    List(Vec<Series>),
}
#[allow(missing_docs)]
pub struct Answer {
    pub value: Value,
    pub warnings: Vec<String>,
}
#[allow(missing_docs, clippy::missing_errors_doc)]
pub fn evaluate(given: &[Given], _range: Range, _source: &dyn Source) -> Vec<Result<Answer, Fault>> {
    given.iter().map(|_| Err(Fault { position: 1, message: "not yet".to_owned() })).collect()
}
