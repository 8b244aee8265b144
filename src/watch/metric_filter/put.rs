//! How to make a metric filter: what `aws logs put-metric-filter` takes.

use crate::shell::quoted;
use crate::watch::definitions::{MetricFilter, Transformation};
use serde_json::{Map, Value, json};

fn request(filter: &MetricFilter) -> Value {
    let transformation = |metric: &Transformation| {
        let mut out = Map::new();
        out.insert("metricName".into(), json!(metric.name));
        out.insert("metricNamespace".into(), json!(metric.namespace));
        out.insert("metricValue".into(), json!(metric.value));
        out.extend(metric.default.map(|default| ("defaultValue".to_owned(), json!(default))));
        out.extend(metric.unit.as_ref().map(|unit| ("unit".to_owned(), json!(unit))));
        if !metric.dimensions.is_empty() {
            let all: Map<String, Value> =
                metric.dimensions.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            out.insert("dimensions".into(), Value::Object(all));
        }
        Value::Object(out)
    };
    json!({
        "logGroupName": filter.group.as_deref().unwrap_or("LOG-GROUP"),
        "filterName": filter.name,
        "filterPattern": filter.pattern,
        "metricTransformations": filter.transformations.iter().map(transformation).collect::<Vec<_>>(),
    })
}

/// The JSON that `--cli-input-json` takes, to be saved as a file. A filter whose log group is not known has a placeholder there.
#[must_use]
pub fn input(filter: &MetricFilter) -> String {
    // Of plain texts and numbers: it can be written.
    serde_json::to_string_pretty(&request(filter)).unwrap_or_default()
}

/// The command line that makes the filter.
#[must_use]
pub fn command(filter: &MetricFilter) -> String {
    format!("aws logs put-metric-filter --cli-input-json {}", quoted(&request(filter).to_string()))
}
