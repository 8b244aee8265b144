//! The functions of metric math: their names, forms and what they do, for help and for checking.

use super::fault;
use super::parse::unknown;
use crate::query::pattern::Fault;

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it does, in a few words.
    pub does: &'static str,
    /// Arguments at least and at most.
    pub arguments: (usize, usize),
}

const fn of(name: &'static str, form: &'static str, does: &'static str, least: usize, most: usize) -> Function {
    Function { name, form, does, arguments: (least, most) }
}

/// All of them, in the order of their names.
pub const FUNCTIONS: [Function; 39] = [
    of("ABS", "ABS(m1)", "values without their sign", 1, 1),
    of(
        "ANOMALY_DETECTION_BAND",
        "ANOMALY_DETECTION_BAND(m1, 2)",
        "mean and so many standard deviations around it; AWS has a model of its own",
        1,
        2,
    ),
    of("AVG", "AVG([m1, m2])", "mean of a series, or across several", 1, 1),
    of("CEIL", "CEIL(m1)", "values rounded up", 1, 1),
    of("DATAPOINT_COUNT", "DATAPOINT_COUNT(m1)", "number of points", 1, 1),
    of("DATE", "DATE(m1)", "day of the month of each period, in UTC", 1, 1),
    of("DAY", "DAY(m1)", "day of the week of each period: 1 is Monday, 7 Sunday", 1, 1),
    of("DB_PERF_INSIGHTS", "DB_PERF_INSIGHTS(…)", "not available offline", 0, 9),
    of("DIFF", "DIFF(m1)", "difference to the point before", 1, 1),
    of("DIFF_TIME", "DIFF_TIME(m1)", "seconds since the point before", 1, 1),
    of("EPOCH", "EPOCH(m1)", "seconds since 1970 of each period", 1, 1),
    of("FILL", "FILL(m1, 0 | REPEAT | LINEAR | m2)", "a value in place of each missing point", 2, 2),
    of("FIRST", "FIRST(METRICS())", "the first series of a list", 1, 1),
    of("FLOOR", "FLOOR(m1)", "values rounded down", 1, 1),
    of("HOUR", "HOUR(m1)", "hour of each period, in UTC", 1, 1),
    of("IF", "IF(m1 > 5, m2, 0)", "one or the other, point by point", 2, 3),
    of("INSIGHT_RULE_METRIC", "INSIGHT_RULE_METRIC(…)", "not available offline", 0, 9),
    of("LAMBDA", "LAMBDA(…)", "not available offline", 0, 9),
    of("LAST", "LAST(METRICS())", "the last series of a list", 1, 1),
    of("LOG", "LOG(m1)", "natural logarithm", 1, 1),
    of("LOG10", "LOG10(m1)", "decimal logarithm", 1, 1),
    of("MAX", "MAX([m1, m2])", "the greatest value of a series, or across several", 1, 1),
    of("METRICS", "METRICS('cpu')", "all metrics of the chart, or those whose id holds a text", 0, 1),
    of("METRIC_COUNT", "METRIC_COUNT(METRICS())", "number of series in a list", 1, 1),
    of("MIN", "MIN([m1, m2])", "the least value of a series, or across several", 1, 1),
    of("MINUTE", "MINUTE(m1)", "minute of each period, in UTC", 1, 1),
    of("MONTH", "MONTH(m1)", "month of each period, in UTC", 1, 1),
    of("PERIOD", "PERIOD(m1)", "seconds of a metric's period", 1, 1),
    of("RATE", "RATE(m1)", "change by the second since the point before", 1, 1),
    of("REMOVE_EMPTY", "REMOVE_EMPTY(METRICS())", "the series that have points", 1, 1),
    of("RUNNING_SUM", "RUNNING_SUM(m1)", "sum of all points up to each", 1, 1),
    of(
        "SEARCH",
        "SEARCH('{AWS/EC2,InstanceId} CPUUtilization', 'Average', 300)",
        "the series of all metrics found",
        2,
        3,
    ),
    of("SERVICE_QUOTA", "SERVICE_QUOTA(m1)", "not available offline", 0, 9),
    of("SLICE", "SLICE(METRICS(), 0, 10)", "series of a list from one place to another", 2, 3),
    of("SORT", "SORT(METRICS(), MAX, DESC, 10)", "a list by AVG, MIN, MAX or SUM of each series", 3, 4),
    of("STDDEV", "STDDEV([m1, m2])", "standard deviation of a series, or across several", 1, 1),
    of("SUM", "SUM([m1, m2])", "sum of a series, or across several", 1, 1),
    of("TIME_SERIES", "TIME_SERIES(5)", "the same number in every period", 1, 1),
    of("YEAR", "YEAR(m1)", "year of each period, in UTC", 1, 1),
];

pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// Whether there is such a function that takes so many arguments.
pub(super) fn arity(at: usize, name: &str, count: usize) -> Result<(), Fault> {
    let function = find(name).ok_or_else(|| unknown(at, name))?;
    let (least, most) = function.arguments;
    if (least..=most).contains(&count) {
        return Ok(());
    }
    let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
    Err(fault(at, format!("{name} takes {wanted} arguments, and not {count}: {}.", function.form)))
}
