//! Embedded metric format: what a log message that is one JSON object tells of metrics (`spec/FORMATS.md` 2.8).

use super::Metric;
use serde_json::{Map, Value};

/// Keys of a set of dimensions at most.
const KEYS_MAX: usize = 30;

/// Metrics of a directive at most.
const METRICS_MAX: usize = 100;

/// Sets of dimensions of a directive that are read: 100 metrics by each of them are a lot of one event.
const SETS_MAX: usize = 100;

/// Numbers of one member at most.
const VALUES_MAX: usize = 100;

/// Characters of a dimension's value at most.
const VALUE_MAX: usize = 1_024;

/// What a message tells of metrics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embedded {
    /// The metric, its resolution and the time of its samples in milliseconds, and the samples.
    pub told: Vec<(Metric, i64, i64, Vec<f64>)>,
    /// What AWS would count as a validation error, in sentences that do not depend on values.
    pub faults: Vec<String>,
}

/// The samples of a message. `record`: the JSON text of one object.
#[must_use]
pub fn samples(record: &[u8]) -> Embedded {
    let mut out = Embedded::default();
    let Ok(Value::Object(root)) = serde_json::from_slice::<Value>(record) else { return out };
    let Some(aws) = root.get("_aws").and_then(Value::as_object) else { return out };
    let Some(directives) = aws.get("CloudWatchMetrics") else { return out };
    let Some(directives) = directives.as_array() else {
        out.faults.push("`CloudWatchMetrics` is not an array.".to_owned());
        return out;
    };
    let Some(time) = aws.get("Timestamp").and_then(Value::as_f64).filter(|time| (0.0..2e14).contains(time)) else {
        out.faults.push("`Timestamp` is absent or no number of milliseconds.".to_owned());
        return out;
    };
    for directive in directives {
        match directive.as_object() {
            Some(directive) => read(&root, directive, time as i64, &mut out),
            None => out.faults.push("An element of `CloudWatchMetrics` is not an object.".to_owned()),
        }
    }
    out
}

fn read(root: &Map<String, Value>, directive: &Map<String, Value>, time: i64, out: &mut Embedded) {
    let Some(namespace) = directive.get("Namespace").and_then(Value::as_str).filter(|name| !name.is_empty()) else {
        out.faults.push("`Namespace` is absent or not a string.".to_owned());
        return;
    };
    let sets = match directive.get("Dimensions") {
        None => vec![Vec::new()],
        Some(Value::Array(sets)) => {
            if sets.len() > SETS_MAX {
                out.faults.push(format!(
                    "A directive has more than {SETS_MAX} sets of dimensions; the first ones were read."
                ));
            }
            let mut sets: Vec<_> = sets.iter().take(SETS_MAX).filter_map(|set| dimensions(root, set, out)).collect();
            sets.sort();
            sets.dedup();
            sets
        }
        Some(_) => {
            out.faults.push("`Dimensions` is not an array of arrays.".to_owned());
            return;
        }
    };
    let Some(metrics) = directive.get("Metrics").and_then(Value::as_array) else {
        out.faults.push("`Metrics` is absent or not an array.".to_owned());
        return;
    };
    if metrics.len() > METRICS_MAX {
        out.faults.push(format!("A directive names more than {METRICS_MAX} metrics; the first ones were read."));
    }
    for metric in metrics.iter().take(METRICS_MAX) {
        let Some(name) = metric.get("Name").and_then(Value::as_str) else {
            out.faults.push("A metric has no `Name`.".to_owned());
            continue;
        };
        let values = match numbers(root.get(name)) {
            Ok(values) => values,
            Err(fault) => {
                out.faults.push(fault);
                continue;
            }
        };
        let resolution = match metric.get("StorageResolution").map(Value::as_i64) {
            None | Some(Some(60)) => 60_000,
            Some(Some(1)) => 1_000,
            Some(_) => {
                out.faults.push("A `StorageResolution` is neither 1 nor 60; 60 was taken.".to_owned());
                60_000
            }
        };
        for dimensions in &sets {
            let metric = Metric {
                namespace: Some(namespace.to_owned()),
                name: name.to_owned(),
                dimensions: dimensions.clone(),
                unit: Some(metric.get("Unit").and_then(Value::as_str).unwrap_or("None").to_owned()),
                ..Metric::default()
            };
            out.told.push((metric, resolution, time, values.clone()));
        }
    }
}

/// The dimensions of a set, in the order of their names; `None` with a fault when one is missing.
fn dimensions(root: &Map<String, Value>, set: &Value, out: &mut Embedded) -> Option<Vec<(String, String)>> {
    let mut fault = |words: String| {
        out.faults.push(words);
        None
    };
    let Some(keys) = set.as_array() else { return fault("A set of dimensions is not an array.".to_owned()) };
    if keys.len() > KEYS_MAX {
        return fault(format!("A set of dimensions has more than {KEYS_MAX} keys."));
    }
    let mut dimensions = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(key) = key.as_str() else { return fault("The key of a dimension is not a string.".to_owned()) };
        match root.get(key).map(Value::as_str) {
            Some(Some(value)) if value.chars().count() <= VALUE_MAX => {
                dimensions.push((key.to_owned(), value.to_owned()))
            }
            Some(Some(_)) => return fault(format!("The value of a dimension has more than {VALUE_MAX} characters.")),
            Some(None) => return fault("The value of a dimension is not a string.".to_owned()),
            None => return fault("A dimension names a member that is not there.".to_owned()),
        }
    }
    dimensions.sort();
    dimensions.dedup();
    Some(dimensions)
}

fn numbers(target: Option<&Value>) -> Result<Vec<f64>, String> {
    let number = |value: &Value| value.as_f64().filter(|number| number.is_finite() && value.is_number());
    let fault = || Err("The value of a metric is neither a number nor an array of numbers.".to_owned());
    match target {
        None => Err("A metric names a member that is not there.".to_owned()),
        Some(Value::Array(values)) if values.len() > VALUES_MAX => {
            Err(format!("A metric has more than {VALUES_MAX} values in one event."))
        }
        Some(Value::Array(values)) => values.iter().map(number).collect::<Option<Vec<f64>>>().map_or_else(fault, Ok),
        Some(value) => number(value).map(|number| vec![number]).map_or_else(fault, Ok),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_says_how_long_it_took() {
        let told = samples(
            br#"{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"lambda-function-metrics",
                "Dimensions":[["functionVersion"]],"Metrics":[{"Name":"time","Unit":"Milliseconds","StorageResolution":60}]}]},
                "functionVersion":"$LATEST","time":100,"requestId":"989ffbf8-9ace-4817-a57c-e4dd734019ee"}"#,
        );
        assert_eq!(told.faults, Vec::<String>::new());
        let [(metric, resolution, time, values)] = &told.told[..] else { panic!("{told:?}") };
        assert_eq!((metric.namespace.as_deref(), metric.name.as_str()), (Some("lambda-function-metrics"), "time"));
        assert_eq!(metric.unit.as_deref(), Some("Milliseconds"));
        assert_eq!(metric.dimensions, [("functionVersion".to_owned(), "$LATEST".to_owned())]);
        assert_eq!((*resolution, *time, values.as_slice()), (60_000, 1_574_109_732_004, &[100.0][..]));
    }
}
