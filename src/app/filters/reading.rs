//! A draft, understood as far as it can be: what it asks of the events, what is wrong with which of its texts, and the filter
//! that AWS would make of it.

use super::draft::Draft;
use super::lines::{Column, PARTS, Shows};
use crate::app::field;
use crate::query::pattern::{Counting, Fault, Pattern, parse};
use crate::query::predicate::{Predicate, Select};
use crate::query::series::{SeriesOf, Source, number};
use crate::watch::definitions::MetricFilter;
use std::sync::Arc;

/// Fields of a pattern that have a column: of more, no table has room.
const FIELDS: usize = 8;

/// How much a person should mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Good to know.
    Note,
    /// Most probably not what is wanted.
    Warning,
    /// AWS would not take it.
    Refused,
}

impl Weight {
    /// Class, mark and word.
    #[must_use]
    pub fn mark(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Note => ("unsure", "◇", "Note"),
            Self::Warning => ("denied", "▲", "Look again"),
            Self::Refused => ("failed", "✕", "AWS would refuse it"),
        }
    }
}

/// What a draft asks of the events.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The events that it is applied to.
    pub scope: Predicate,
    /// Those that match.
    pub pattern: Predicate,
    /// What is sampled.
    pub of: SeriesOf,
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

/// Reads a draft.
#[must_use]
pub fn read(draft: &Draft) -> Reading {
    let counting = if draft.strict { Counting::Strict } else { Counting::RestInLast };
    let pattern = parse(&draft.pattern, counting).map(Arc::new);
    let source = |text: &str| match &pattern {
        Ok(pattern) => pattern.source(text).map_err(|fault| fault.message),
        // What is wrong is the pattern, and said there.
        Err(_) => Ok(Source::Number(1.0)),
    };
    let value = source(draft.value.trim());
    let default = match draft.default.trim() {
        "" => Ok(None),
        text => number(text).map(Some).ok_or_else(|| "a default value is a number".to_owned()),
    };
    let dimensions = draft.dimensions.iter().map(|(name, text)| match (name.trim(), text.trim()) {
        ("", "") => Err(String::new()),
        ("", _) => Err("a dimension has a name".to_owned()),
        (name, text) => match source(text) {
            Ok(Source::Number(_)) if pattern.is_ok() => Err("the value of a dimension is a field of the pattern".to_owned()),
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
        Some(Asked {
            scope: self.draft.scope.predicate(),
            pattern: pattern.predicate.clone(),
            of: SeriesOf { value, period: self.draft.period, dimensions },
            default: self.default.clone().ok().flatten(),
            columns,
        })
    }

    fn columns(&self, pattern: &Pattern, value: &Source, dimensions: &[(String, Source)]) -> Vec<Column> {
        let mut columns = Vec::new();
        if !matches!(value, Source::Number(_)) {
            columns.push(Column { title: self.draft.value.trim().to_owned(), source: value.clone(), shows: Shows::Value });
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

    /// What of the pattern relied on a reading that AWS does not document.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.pattern.as_ref().map(|pattern| pattern.notes.clone()).unwrap_or_default()
    }

    /// The filter as a file would have it.
    #[must_use]
    pub fn filter(&self) -> MetricFilter {
        self.draft.filter()
    }

    /// What a person should know of the filter, given how many events it is applied to and how many of them match.
    #[must_use]
    pub fn health(&self, _numbers: Option<(u64, u64)>) -> Vec<(Weight, &'static str, String)> {
        Vec::new()
    }

    /// Why the filter cannot be handed to AWS.
    #[must_use]
    pub fn cannot_be_put(&self) -> Option<String> {
        self.pattern.as_ref().err().map(|fault| fault.message.clone())
    }

    /// The command that makes the filter.
    #[must_use]
    pub fn command(&self) -> Option<String> {
        None
    }

    /// The same for `--cli-input-json`: the name of a file and what it holds.
    #[must_use]
    pub fn input(&self) -> Option<(String, String)> {
        None
    }
}

/// The fields that a pattern names, as they are written in a metric value, and where they stand.
fn named(pattern: &Pattern) -> Vec<(String, Source)> {
    let columns = pattern.columns.iter().enumerate().map(|(at, name)| match name {
        Some(name) => format!("${name}"),
        None => format!("${}", at + 1),
    });
    let texts = columns.chain(pattern.fields.iter().cloned());
    texts.filter_map(|text| pattern.source(&text).ok().map(|source| (text, source))).collect()
}
