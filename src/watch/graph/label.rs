//! What lines are called: only what distinguishes them, as in CloudWatch (`spec/FORMATS.md` 3.1, `spec/DASHBOARD.md` 5).

use super::plot::Source;
use super::{Line, Of};
use crate::query::pattern::Fault;
use crate::time;
use std::collections::BTreeSet;

/// The labels of lines that have none of their own.
pub(super) fn labels(sources: &[Result<Option<Source>, Fault>], lines: &[Line]) -> Vec<String> {
    let parts: Vec<Option<Vec<String>>> = sources
        .iter()
        .zip(lines)
        .map(|(source, line)| match (&line.of, source) {
            (Of::Metric(_), Ok(Some(source))) => Some(parts(source)),
            _ => None,
        })
        .collect();
    let count = parts.iter().flatten().map(Vec::len).max().unwrap_or(0);
    let differs: Vec<bool> = (0..count)
        .map(|at| {
            let values: BTreeSet<&str> =
                parts.iter().flatten().map(|parts| parts.get(at).map_or("", String::as_str)).collect();
            values.len() > 1
        })
        .collect();
    parts
        .into_iter()
        .zip(lines)
        .map(|(parts, line)| match (parts, &line.of) {
            (Some(parts), _) => {
                let told: Vec<&str> = parts
                    .iter()
                    .zip(&differs)
                    .filter(|(part, differs)| **differs && !part.is_empty())
                    .map(|(part, _)| part.as_str())
                    .collect();
                if told.is_empty() { parts.get(1).cloned().unwrap_or_default() } else { told.join(" ") }
            }
            (None, Of::Metric(metric)) => metric.name.clone(),
            (None, Of::Math(text) | Of::Events(text)) if !text.trim().is_empty() => text.clone(),
            (None, Of::Filter(sampling)) if !sampling.pattern.is_empty() => sampling.pattern.clone(),
            (None, Of::Math(_)) => line.id.clone(),
            (None, _) => "all events".to_owned(),
        })
        .collect()
}

/// What may distinguish a line from another.
fn parts(source: &Source) -> Vec<String> {
    let metric = &source.series.metric;
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let values: Vec<&str> = metric.dimensions.iter().map(|(_, value)| value.as_str()).collect();
    vec![
        text(&metric.namespace),
        metric.name.clone(),
        values.join(" "),
        source.statistic.to_string(),
        source.period.map(time::length).unwrap_or_default(),
        text(&metric.unit),
        text(&metric.region),
        text(&metric.account),
    ]
}
