//! What the bars consist of: which values of the field have a part of their own, in which colour, and the counts.

use super::scale;
use crate::app::view::{Span, range};
use crate::app::{field, worth};
use crate::integrity::verdict::Worth;
use crate::query::aggregate::{Aggregate, Answer, By};
use crate::query::predicate::{Predicate, Select};
use crate::session::page::Workers;
use crate::session::questions::{self, Lost};
use crate::trail::line::Severity;
use leptos::prelude::*;
use std::collections::HashMap;

/// Values that have a part of their own at most: so many colours are told apart.
pub const SLOTS: usize = 8;

/// The field that the bars are stacked by at first. Its parts are always the same, and mean well or ill.
pub const RESULT: &str = "result";

/// The results that are failures, the worst first.
pub const FAILURES: [&str; 2] = ["error", "denied"];

/// What events are worth as evidence, in the order of the parts: the gravest first.
const WORTHS: [Worth; 6] =
    [Worth::Modified, Worth::Appended, Worth::Damaged, Worth::Unlisted, Worth::Unproved, Worth::Unchanged];

/// The field of log lines whose parts are always the same, the worst first.
pub const SEVERITY: &str = "severity";

/// Whose events a part counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Those with this value.
    Value(String),
    /// Those with another value than the named ones.
    Other,
    /// Those without a value.
    None,
    /// Those that ended neither with an error nor denied.
    NotFailed,
}

/// How a part looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// An error.
    Error,
    /// A denial.
    Denied,
    /// Neither.
    Plain,
    /// What the evidence says.
    Worth(Worth),
    /// How bad a log line says things are.
    Severity(Severity),
    /// One of the colours for values, from 0.
    Slot(usize),
    /// All other values.
    Other,
    /// No value.
    None,
}

/// One part of the bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Whose events.
    pub part: Part,
    /// How it looks.
    pub look: Look,
    /// Events by bin.
    pub counts: Vec<u32>,
    /// Their sum.
    pub total: u64,
}

/// Events over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// What it covers.
    pub domain: Span,
    /// Start of its first bin.
    pub start: i64,
    /// Width of a bin in milliseconds.
    pub width: i64,
    /// The field that it is stacked by, as it is written in a query.
    pub field: String,
    /// The parts, from the base line up. Each event is counted once, under the named value that comes first.
    pub series: Vec<Series>,
    /// How many values are not named.
    pub others: usize,
}

impl Histogram {
    /// Number of bins.
    #[must_use]
    pub fn bins(&self) -> usize {
        self.series.first().map_or(0, |series| series.counts.len())
    }

    /// Events in a bin.
    #[must_use]
    pub fn sum(&self, bin: usize) -> u32 {
        self.series.iter().filter_map(|series| series.counts.get(bin)).sum()
    }

    /// Events in the fullest bin.
    #[must_use]
    pub fn most(&self) -> u32 {
        (0..self.bins()).map(|bin| self.sum(bin)).max().unwrap_or(0)
    }
}

/// Which value has which colour, by field: a value keeps its colour as long as it stays among the named ones.
#[derive(Debug, Default)]
struct Colours(HashMap<String, [Option<String>; SLOTS]>);

impl Colours {
    /// The colours of these values of a field, at most [`SLOTS`] different ones.
    fn of(&mut self, field: &str, values: &[String]) -> Vec<usize> {
        let slots = self.0.entry(field.to_owned()).or_default();
        for slot in slots.iter_mut() {
            slot.take_if(|known| !values.contains(known));
        }
        let place = |value: &String| {
            let known = slots.iter().position(|slot| slot.as_ref() == Some(value));
            let at = known.or_else(|| slots.iter().position(Option::is_none)).unwrap_or(0);
            slots[at] = Some(value.clone());
            at
        };
        values.iter().map(place).collect()
    }
}

/// The commonest values of a field, and what they are of.
#[derive(Clone, Debug, PartialEq)]
struct Top {
    generation: u64,
    predicate: Predicate,
    domain: Span,
    field: String,
    values: Vec<String>,
    others: usize,
}

/// Asks for histograms, and remembers between two of them what keeps them alike. A handle.
#[derive(Clone, Copy, Debug)]
pub struct Stacker {
    top: StoredValue<Option<Top>>,
    colours: StoredValue<Colours>,
}

impl Stacker {
    /// Remembers nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { top: StoredValue::new(None), colours: StoredValue::new(Colours::default()) }
    }

    /// Events over time, stacked by a field, for a strip of so many pixels.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn ask(
        &self,
        shards: &Workers,
        generation: u64,
        predicate: Predicate,
        domain: Span,
        pixels: f64,
        written: &str,
    ) -> Result<Histogram, Lost> {
        let written = if field::select(written).is_some() { written } else { RESULT };
        let select = field::select(written);
        let (values, others) = match &select {
            // Not by the error code: a sign-in that failed has none.
            _ if written == RESULT => (FAILURES.map(str::to_owned).into(), 0),
            // Always the same values in the same order, so that one learns what they look like.
            Some(_) if worth::is_integrity(written) => (WORTHS.map(|worth| worth.name().to_owned()).into(), 0),
            Some(_) if written == SEVERITY => (Severity::ALL.map(|severity| severity.name().to_owned()).into(), 0),
            Some(select) => {
                let top = self.top(shards, generation, &predicate, domain, written, select).await?;
                (top.values, top.others)
            }
            None => (Vec::new(), 0),
        };
        let (start, width, bins) = scale::bins(domain, pixels);
        let by = select.map(|select| By { select, values: values.clone() });
        let wanted = vec![(range(domain), Aggregate::Histogram { start, width, bins, by })];
        let Some(Answer::Histogram(counts)) = questions::aggregates(shards, predicate, wanted).await?.pop() else {
            return Err(Lost);
        };
        let parts = match written {
            RESULT => by_result(counts),
            SEVERITY => by_severity(counts),
            written if worth::is_integrity(written) => by_worth(counts),
            written => self.by_value(written, values, counts),
        };
        Ok(Histogram { domain, start, width, field: written.to_owned(), series: parts, others })
    }

    async fn top(
        &self,
        shards: &Workers,
        generation: u64,
        predicate: &Predicate,
        domain: Span,
        written: &str,
        select: &Select,
    ) -> Result<Top, Lost> {
        let same = |top: &Top| {
            (top.generation, &top.predicate, top.domain, top.field.as_str()) == (generation, predicate, domain, written)
        };
        if let Some(known) = self.top.get_value().filter(same) {
            return Ok(known);
        }
        let wanted = vec![(range(domain), Aggregate::Top(select.clone()))];
        let Some(Answer::Top(counts)) = questions::aggregates(shards, predicate.clone(), wanted).await?.pop() else {
            return Err(Lost);
        };
        let others = counts.values.len().saturating_sub(SLOTS);
        let values = counts.top(SLOTS).into_iter().map(|(value, _)| value).collect();
        let (predicate, field) = (predicate.clone(), written.to_owned());
        let top = Top { generation, predicate, domain, field, values, others };
        self.top.set_value(Some(top.clone()));
        Ok(top)
    }

    fn by_value(&self, written: &str, values: Vec<String>, counts: Vec<Vec<u32>>) -> Vec<Series> {
        let looks = self.colours.try_update_value(|colours| colours.of(written, &values)).unwrap_or_default();
        let named = values.into_iter().zip(looks).map(|(value, slot)| (Part::Value(value), Look::Slot(slot)));
        let parts = named.chain([(Part::Other, Look::Other), (Part::None, Look::None)]);
        parts.zip(counts).map(series).filter(|series| series.total > 0).collect()
    }
}

fn series(((part, look), counts): ((Part, Look), Vec<u32>)) -> Series {
    let total = counts.iter().map(|&count| u64::from(count)).sum();
    Series { part, look, counts, total }
}

/// Failures first, so that they stand on the base line and compare; then all that did not fail, whatever it is.
fn by_result(counts: Vec<Vec<u32>>) -> Vec<Series> {
    let Ok([error, denied, other, none]) = <[Vec<u32>; 4]>::try_from(counts) else { return Vec::new() };
    let plain = other.into_iter().zip(none).map(|(a, b)| a + b).collect();
    let [worst, second] = FAILURES.map(|value| Part::Value(value.to_owned()));
    [((worst, Look::Error), error), ((second, Look::Denied), denied), ((Part::NotFailed, Look::Plain), plain)]
        .map(series)
        .into()
}

/// The worst first, so that it stands on the base line.
fn by_severity(counts: Vec<Vec<u32>>) -> Vec<Series> {
    let named = Severity::ALL.into_iter();
    let named = named.map(|severity| (Part::Value(severity.name().to_owned()), Look::Severity(severity)));
    let parts = named.chain([(Part::Other, Look::Other), (Part::None, Look::None)]);
    parts.zip(counts).map(series).filter(|series| series.total > 0).collect()
}

/// What is not as it was recorded first, so that it stands on the base line.
fn by_worth(counts: Vec<Vec<u32>>) -> Vec<Series> {
    let named = WORTHS.into_iter().map(|worth| (Part::Value(worth.name().to_owned()), Look::Worth(worth)));
    let parts = named.chain([(Part::Other, Look::Other), (Part::None, Look::None)]);
    parts.zip(counts).map(series).filter(|series| series.total > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_its_colour_while_it_is_named() {
        let mut colours = Colours::default();
        let mut of = |field: &str, values: &[&str]| {
            colours.of(field, &values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(of("service", &["s3", "iam", "ec2"]), [0, 1, 2]);
        assert_eq!(of("service", &["ec2", "kms", "s3"]), [2, 1, 0]);
        assert_eq!(of("actor", &["ec2"]), [0]);
        assert_eq!(of("service", &["iam", "ec2"]), [0, 2]);
        assert_eq!(of("service", &["1", "2", "3", "4", "5", "6", "7", "8"]), [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn every_event_of_a_result_is_in_one_part() {
        let parts = by_result(vec![vec![1, 0], vec![2, 1], vec![7, 7], vec![1, 0]]);
        let totals: Vec<(Look, u64)> = parts.iter().map(|series| (series.look, series.total)).collect();
        assert_eq!(totals, [(Look::Error, 1), (Look::Denied, 3), (Look::Plain, 15)]);
    }

    #[test]
    fn what_the_evidence_says_has_its_own_order_and_looks() {
        assert!(Worth::ALL.iter().all(|worth| WORTHS.contains(worth)));
        let counts = [3, 0, 1, 0, 2, 90, 0, 7].map(|count| vec![count]).into();
        let parts: Vec<(Look, u64)> = by_worth(counts).iter().map(|series| (series.look, series.total)).collect();
        let looks = [Worth::Modified, Worth::Damaged, Worth::Unproved, Worth::Unchanged].map(Look::Worth);
        assert_eq!(parts, [(looks[0], 3), (looks[1], 1), (looks[2], 2), (looks[3], 90), (Look::None, 7)]);
    }
}
