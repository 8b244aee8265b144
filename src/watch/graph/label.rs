//! What lines are called: only what distinguishes them, as in CloudWatch (`spec/FORMATS.md` 3.1, `spec/DASHBOARD.md` 5).

use super::plot::Source;
use super::{Line, Of};
use crate::import::metrics::FILE;
use crate::query::pattern::Fault;
use crate::time;
use std::collections::BTreeSet;

/// The labels of lines that have none of their own.
pub(super) fn labels(sources: &[Result<Option<Source>, Fault>], lines: &[Line]) -> Vec<String> {
    let metrics = sources.iter().zip(lines).map(|(source, line)| match (&line.of, source) {
        (Of::Metric(_), Ok(source)) => source.as_ref(),
        _ => None,
    });
    let named = of_many(&metrics.collect::<Vec<_>>()).into_iter().zip(lines).map(|(metric, line)| match &line.of {
        Of::Metric(of) if metric.is_empty() => of.name.clone(),
        Of::Metric(_) => metric,
        Of::Math(text) | Of::Events(text) if !text.trim().is_empty() => text.clone(),
        Of::Filter(sampling) if !sampling.pattern.is_empty() => sampling.pattern.clone(),
        Of::Math(_) => line.id.clone(),
        Of::Events(_) | Of::Filter(_) => "all events".to_owned(),
    });
    named.collect()
}

/// Of each metric what distinguishes it from the others, or its name where nothing does; nothing for what is no metric.
pub(super) fn of_many(sources: &[Option<&Source>]) -> Vec<String> {
    let names: Vec<&str> = sources.iter().flatten().map(|source| source.series.metric.name.as_str()).collect();
    let alone = names.iter().collect::<BTreeSet<_>>().len() == names.len();
    let parts: Vec<Vec<String>> =
        sources.iter().map(|source| source.map(|source| parts(source, alone)).unwrap_or_default()).collect();
    let count = parts.iter().map(Vec::len).max().unwrap_or(0);
    let differs = |at: usize| {
        let values: BTreeSet<&String> = parts.iter().filter_map(|parts| parts.get(at)).collect();
        values.len() > 1
    };
    let differs: Vec<bool> = (0..count).map(differs).collect();
    let label = |parts: &Vec<String>| {
        let told = parts.iter().zip(&differs).filter(|(part, differs)| **differs && !part.is_empty());
        let told: Vec<&str> = told.map(|(part, _)| part.as_str()).collect();
        if told.is_empty() { parts.get(1).cloned().unwrap_or_default() } else { told.join(" ") }
    };
    parts.iter().map(label).collect()
}

/// What may distinguish a line from another. `alone`: names do already, so that files need not.
fn parts(source: &Source, alone: bool) -> Vec<String> {
    let metric = &source.series.metric;
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let value = |(name, value): &'_ (String, String)| match name.as_str() {
        FILE if alone => String::new(),
        FILE => value.rsplit('/').next().unwrap_or_default().to_owned(),
        _ => value.clone(),
    };
    let values: Vec<String> = metric.dimensions.iter().map(value).collect();
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
