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
    let parts: Vec<[String; PARTS]> = sources.iter().map(|source| source.map(parts).unwrap_or_default()).collect();
    let apart = |told: &[bool; PARTS]| {
        let one = |parts: &[String; PARTS]| -> Vec<String> {
            parts.iter().zip(told).filter(|(_, told)| **told).map(|(part, _)| part.clone()).collect()
        };
        let metrics = parts.iter().zip(sources).filter(|(_, source)| source.is_some());
        metrics.map(|(parts, _)| one(parts)).collect::<BTreeSet<_>>().len()
    };
    let mut told = [false; PARTS];
    for part in ORDER {
        let mut more = told;
        more[part] = true;
        if apart(&more) > apart(&told) {
            told = more;
        }
    }
    let label = |parts: &[String; PARTS]| {
        let told = parts.iter().zip(told).filter(|(part, told)| *told && !part.is_empty());
        let told: Vec<&str> = told.map(|(part, _)| part.as_str()).collect();
        if told.is_empty() { parts[NAME].clone() } else { told.join(" ") }
    };
    parts.iter().map(label).collect()
}

/// How many parts a label may have.
const PARTS: usize = 8;

/// Where the name is among them.
const NAME: usize = 1;

/// The order in which parts are tried: what comes first is what people tell series apart by.
const ORDER: [usize; PARTS] = [NAME, 2, 3, 4, 0, 5, 6, 7];

/// What may distinguish a line from another, in the order in which it is read.
fn parts(source: &Source) -> [String; PARTS] {
    let metric = &source.series.metric;
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let value = |(name, value): &'_ (String, String)| match name.as_str() {
        FILE => value.rsplit('/').next().unwrap_or_default().to_owned(),
        _ => value.clone(),
    };
    let values: Vec<String> = metric.dimensions.iter().map(value).collect();
    [
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::metrics::Metric;
    use crate::watch::series::Series;
    use crate::watch::statistic::Statistic;
    use std::borrow::Cow;

    /// Labels of metrics told as `namespace|name|dimensions|unit`.
    fn labels(told: &[&str]) -> Vec<String> {
        let source = |told: &&str| {
            let parts: Vec<&str> = told.split('|').collect();
            let dimensions = parts[2].split(' ').filter(|value| !value.is_empty());
            let metric = Metric {
                namespace: Some(parts[0].into()),
                name: parts[1].into(),
                dimensions: dimensions.map(|value| ("D".into(), value.into())).collect(),
                unit: (!parts[3].is_empty()).then(|| parts[3].into()),
                ..Metric::default()
            };
            let series = Series { metric, ..Series::default() };
            Source { series: Cow::Owned(series), statistic: Statistic::Sum, period: None, made: false }
        };
        let sources: Vec<Source> = told.iter().map(source).collect();
        of_many(&sources.iter().map(Some).collect::<Vec<_>>())
    }

    #[test]
    fn a_label_has_no_more_than_tells_lines_apart() {
        assert_eq!(labels(&["AWS/Lambda|Errors|fnA|Count"]), ["Errors"]);
        assert_eq!(labels(&["AWS/Lambda|Errors|fnA|Count", "AWS/Lambda|Errors|fnB|Count"]), ["fnA", "fnB"]);
        // The names do: where else they differ is of no use.
        assert_eq!(labels(&["AWS/EC2|CPUUtilization|i-1|Percent", "A|Sent|i-2|Bytes"]), ["CPUUtilization", "Sent"]);
        let three = ["N|Errors|fnA|Count", "N|Errors|fnB|Count", "N|Duration|fnA|Milliseconds"];
        assert_eq!(labels(&three), ["Errors fnA", "Errors fnB", "Duration fnA"]);
        assert_eq!(labels(&["A|x|i-1|", "B|x|i-1|"]), ["A", "B"]);
        assert_eq!(labels(&["A|x|i-1|", "A|x|i-1|"]), ["x", "x"]);
    }
}
