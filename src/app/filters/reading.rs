//! A draft, understood as far as it can be: what it asks of the events, what is wrong with which of its texts, and the filter
//! that AWS would make of it.

use super::draft::Draft;
use super::lines::{Column, PARTS, Shows};
use crate::app::field;
use crate::query::pattern::{Counting, Fault, Pattern, parse};
use crate::query::predicate::{Predicate, Select};
use crate::query::series::{SeriesOf, Source, number};
use crate::watch::definitions::MetricFilter;
use crate::watch::metric_filter::health::{Counts, Health, Weight, health};
use crate::watch::metric_filter::{self, sampling};
use std::sync::Arc;

/// Fields of a pattern that have a column: of more, no table has room.
const FIELDS: usize = 8;

/// What a draft asks of the events.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The events that it is applied to.
    pub scope: Predicate,
    /// Those that match.
    pub pattern: Predicate,
    /// What is sampled.
    pub of: SeriesOf,
    /// Length of a period in milliseconds; sampled may be by shorter ones.
    pub period: i64,
    /// What is published where nothing matches.
    pub default: Option<f64>,
    /// What the table shows of each event.
    pub columns: Arc<Vec<Column>>,
}

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    draft: Draft,
    /// The pattern, or why it is none.
    pub pattern: Result<Arc<Pattern>, Fault>,
    /// Where the value of each sample comes from.
    pub value: Result<Source, String>,
    /// What is published where nothing matches.
    pub default: Result<Option<f64>, String>,
    /// Dimensions with a name or a value, in their order.
    pub dimensions: Vec<Result<(String, Source), String>>,
}

/// How lines with more fields than columns are taken.
fn counting(draft: &Draft) -> Counting {
    if draft.strict { Counting::Strict } else { Counting::Rest }
}

/// Reads a draft.
#[must_use]
pub fn read(draft: &Draft) -> Reading {
    let pattern = parse(&draft.pattern, counting(draft)).map(Arc::new);
    let source = |text: &str| match &pattern {
        Ok(pattern) => pattern.source(text).map_err(|fault| fault.message),
        // What is wrong is the pattern, and said there.
        Err(_) => Ok(Source::Number(1.0)),
    };
    let value = source(draft.value.trim());
    let default = match draft.default.trim() {
        "" => Ok(None),
        text => number(text).map(Some).ok_or_else(|| "A default value is a number.".to_owned()),
    };
    let dimensions = draft.dimensions.iter().map(|(name, text)| match (name.trim(), text.trim()) {
        ("", "") => Err(String::new()),
        ("", _) => Err("A dimension has a name.".to_owned()),
        (name, text) => match source(text) {
            Ok(Source::Number(_)) if pattern.is_ok() => {
                Err("A dimension takes its value from a field of the pattern.".to_owned())
            }
            other => other.map(|source| (name.to_owned(), source)),
        },
    });
    let dimensions = dimensions.collect();
    Reading { draft: draft.clone(), pattern, value, default, dimensions }
}

impl Reading {
    /// What is asked of the events; `None` while the pattern is at fault.
    #[must_use]
    pub fn asked(&self) -> Option<Asked> {
        let pattern = self.pattern.as_ref().ok()?;
        let value = self.value.clone().unwrap_or(Source::Number(1.0));
        let dimensions: Vec<(String, Source)> = self.dimensions.iter().filter_map(|one| one.clone().ok()).collect();
        let columns = Arc::new(self.columns(pattern, &value, &dimensions));
        let default = self.default.clone().ok().flatten();
        Some(Asked {
            scope: self.draft.scope.predicate(),
            pattern: pattern.predicate.clone(),
            of: SeriesOf { value, period: sampling(self.draft.period, default), dimensions },
            period: self.draft.period,
            default,
            columns,
        })
    }

    fn columns(&self, pattern: &Pattern, value: &Source, dimensions: &[(String, Source)]) -> Vec<Column> {
        let mut columns = Vec::new();
        if !matches!(value, Source::Number(_)) {
            columns.push(Column {
                title: self.draft.value.trim().to_owned(),
                source: value.clone(),
                shows: Shows::Value,
            });
        }
        columns.extend(dimensions.iter().map(|(name, source)| Column {
            title: name.clone(),
            source: source.clone(),
            shows: Shows::Dimension,
        }));
        let known: Vec<Source> = columns.iter().map(|column: &Column| column.source.clone()).collect();
        let fields = named(pattern).into_iter().filter(|(_, source)| !known.contains(source)).take(FIELDS);
        columns.extend(fields.map(|(title, source)| Column { title, source, shows: Shows::Field }));
        columns.extend(PARTS.map(|part| Column {
            title: part.to_owned(),
            source: Source::Field(field::select(part).unwrap_or_else(Select::message)),
            shows: Shows::Part,
        }));
        columns
    }

    /// The filter as a file would have it; of one that a file has, with what the bench does not show.
    #[must_use]
    pub fn filter(&self, known: &[MetricFilter]) -> MetricFilter {
        let like = known.iter().find(|filter| self.draft.is_of(filter));
        MetricFilter {
            selection: like.and_then(|filter| filter.selection.clone()),
            on_transformed: like.is_some_and(|filter| filter.on_transformed),
            ..self.draft.filter()
        }
    }

    /// What a person should know of the filter. A pattern's own faults are said at its field.
    #[must_use]
    pub fn health(&self, known: &[MetricFilter], counts: Option<Counts>) -> Vec<Health> {
        if self.pattern.is_err() || self.draft.is_empty() {
            return Vec::new();
        }
        health(&self.filter(known), counting(&self.draft), counts)
    }

    /// Why the filter cannot be handed to AWS.
    #[must_use]
    pub fn cannot_be_put(&self) -> Option<String> {
        let refused = |health: &Health| health.weight == Weight::Refused;
        if self.pattern.is_err() {
            return Some("The pattern is at fault.".to_owned());
        }
        if let Some(fault) = self.default.as_ref().err() {
            return Some(fault.clone());
        }
        if let Some(health) = health(&self.draft.filter(), counting(&self.draft), None).into_iter().find(refused) {
            return Some(health.text);
        }
        let filter = self.draft.filter();
        let metric = filter.transformations.first();
        let missing = [
            (filter.name.is_empty(), "filter name"),
            (metric.is_none_or(|metric| metric.namespace.is_empty()), "metric namespace"),
            (metric.is_none_or(|metric| metric.name.is_empty()), "metric name"),
        ];
        let missing: Vec<&str> = missing.into_iter().filter(|(missing, _)| *missing).map(|(_, what)| what).collect();
        (!missing.is_empty()).then(|| format!("Still missing: {}.", missing.join(", ")))
    }

    /// What a person should know of what is handed to AWS.
    #[must_use]
    pub fn put_note(&self) -> Option<&'static str> {
        let filter = self.draft.filter();
        filter.group.is_none().then_some("Applied to no one log group: LOG-GROUP stands in its place.")
    }

    /// The command that makes the filter; `None` when AWS would not take it.
    #[must_use]
    pub fn command(&self) -> Option<String> {
        self.cannot_be_put().is_none().then(|| metric_filter::command(&self.draft.filter()))
    }

    /// The same for `--cli-input-json`: the name of a file, and what it holds.
    #[must_use]
    pub fn input(&self) -> Option<(String, String)> {
        let filter = self.draft.filter();
        // A name may have characters that no file's has.
        let safe =
            |char: char| if char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.') { char } else { '-' };
        let name: String = filter.name.chars().map(safe).take(80).collect();
        let input = metric_filter::input(&filter);
        self.cannot_be_put().is_none().then(|| (format!("put-metric-filter.{name}.json"), input))
    }
}

/// Class, mark and word of a weight.
#[must_use]
pub fn mark(weight: Weight) -> (&'static str, &'static str, &'static str) {
    match weight {
        Weight::Note => ("unsure", "◇", "Note"),
        Weight::Warning => ("denied", "▲", "Look again"),
        Weight::Refused => ("failed", "✕", "AWS would refuse it"),
    }
}

/// The fields that a pattern names, as they are written in a metric value, and where they stand.
fn named(pattern: &Pattern) -> Vec<(String, Source)> {
    let columns = pattern.columns.iter().enumerate().map(|(at, name)| match name {
        Some(name) => format!("${name}"),
        None => format!("${}", at + 1),
    });
    let columns = columns.filter_map(|text| pattern.source(&text).ok().map(|source| (text, source)));
    let fields = pattern.fields.iter().map(|(written, select)| (written.clone(), Source::Field(select.clone())));
    let mut all: Vec<(String, Source)> = Vec::new();
    for one in columns.chain(fields) {
        if all.iter().all(|(_, known)| *known != one.1) {
            all.push(one);
        }
    }
    all
}
