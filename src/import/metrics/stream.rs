//! Metric streams as JSON: an object a metric and minute, one after the other (`spec/FORMATS.md` 3.4).

use super::{Metric, Points, Sheet, Told, Values, told};
use crate::import::tally::Tally;
use crate::problem::ProblemKind;
use hashbrown::HashMap;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

const MINUTE: i64 = 60_000;

/// Bytes of a record at most: what does not end before is none.
const RECORD_MAX: usize = 4 << 20;

/// A record as it is written.
#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    namespace: Cow<'a, str>,
    #[serde(borrow)]
    metric_name: Cow<'a, str>,
    #[serde(borrow, default)]
    account_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    region: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    dimensions: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    timestamp: i64,
    #[serde(borrow)]
    value: BTreeMap<Cow<'a, str>, f64>,
    #[serde(borrow, default)]
    unit: Option<Cow<'a, str>>,
}

/// Values of one metric so far.
#[derive(Debug, Default)]
struct Column {
    sets: Points,
    others: BTreeMap<String, Points>,
    /// A time is no whole minute.
    fine: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(in crate::import) struct Stream {
    metrics: HashMap<Metric, Column>,
}

impl Stream {
    /// See [`super::Reader::feed`].
    pub fn feed(&mut self, buf: &[u8], from: usize, end: usize, last: bool, tally: &mut Tally) -> usize {
        let mut pos = from;
        loop {
            while pos < end && (buf[pos].is_ascii_whitespace() || buf[pos] == b',') {
                pos += 1;
            }
            if pos >= end {
                return end;
            }
            let mut records = serde_json::Deserializer::from_slice(&buf[pos..end]).into_iter::<Record>();
            match records.next() {
                Some(Ok(record)) => {
                    let len = records.byte_offset();
                    match self.take(record) {
                        Ok(()) => tally.number += 1,
                        Err(what) => {
                            tally.lose(ProblemKind::NotAPoint, pos, len, what, "it was left out, the others were kept");
                        }
                    }
                    pos += len;
                }
                Some(Err(error)) if error.is_eof() && !last && end - pos <= RECORD_MAX => return pos,
                Some(Err(error)) => {
                    // The next record stands on a line of its own, or right behind this one.
                    let rest = &buf[pos..end];
                    let line = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
                    let len = memchr::memmem::find(&rest[..line], b"}{").map_or(line, |at| at + 1);
                    if len == end - pos && !last && len <= RECORD_MAX {
                        return pos;
                    }
                    let (kind, outcome) = match error.is_eof() {
                        true => (ProblemKind::Truncated, "every record before it was kept"),
                        false => (ProblemKind::NotAPoint, "it was left out, the others were kept"),
                    };
                    let what = format!(
                        "a record of a metric stream has namespace, metric_name, timestamp and value with count, sum, min and max: {}",
                        plain(&error)
                    );
                    tally.lose(kind, pos, len, what, outcome);
                    pos += len;
                }
                None => return end,
            }
        }
    }

    fn take(&mut self, record: Record) -> Result<(), String> {
        let get = |key: &str| record.value.get(key).copied().filter(|value| value.is_finite());
        let (Some(samples), Some(sum), Some(least), Some(most)) = (get("count"), get("sum"), get("min"), get("max"))
        else {
            return Err("its value lacks count, sum, min or max".to_owned());
        };
        if samples < 0.0 || (samples > 0.0 && least > most) {
            return Err("its value is no statistic set: count is negative, or min is more than max".to_owned());
        }
        if !(0..200_000_000_000_000).contains(&record.timestamp) {
            return Err("its timestamp is no time in milliseconds".to_owned());
        }
        let text = |text: &Option<Cow<str>>| text.as_deref().map(str::to_owned);
        let metric = Metric {
            namespace: Some(record.namespace.clone().into_owned()),
            name: record.metric_name.clone().into_owned(),
            dimensions: record.dimensions.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            unit: text(&record.unit),
            account: text(&record.account_id),
            region: text(&record.region),
        };
        let column = self.metrics.entry(metric).or_insert_with(|| Column {
            sets: Points {
                times: Vec::new(),
                values: Values::Sets { samples: Vec::new(), sums: Vec::new(), minima: Vec::new(), maxima: Vec::new() },
            },
            ..Column::default()
        });
        column.fine |= record.timestamp % MINUTE != 0;
        column.sets.times.push(record.timestamp);
        let values = [samples, sum, least, most];
        column.sets.values.columns_mut().into_iter().zip(values).for_each(|(column, value)| column.push(value));
        for (name, value) in record.value.iter().filter(|(_, value)| value.is_finite()) {
            if !matches!(name.as_ref(), "count" | "sum" | "min" | "max") {
                let points = column.others.entry(name.to_string()).or_insert_with(|| Points {
                    times: Vec::new(),
                    values: Values::Of(Some(name.to_string()), Vec::new()),
                });
                points.times.push(record.timestamp);
                points.values.columns_mut().into_iter().for_each(|column| column.push(*value));
            }
        }
        Ok(())
    }

    /// What was told, once the text is over.
    pub fn finish(self) -> Sheet {
        let mut sheet = Sheet::default();
        for (metric, column) in self.metrics {
            let period = Some(if column.fine { 1_000 } else { MINUTE });
            for points in [column.sets].into_iter().chain(column.others.into_values()) {
                let Points { times, values } = points;
                let one: Told = told(metric.clone(), None, period, times, values);
                sheet.put(Told { points: Arc::new(Arc::unwrap_or_clone(one.points)), ..one });
            }
        }
        sheet.told.sort_by(|a, b| a.metric.cmp(&b.metric));
        sheet
    }
}

/// An error's own words without its place, which is told apart.
fn plain(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.rsplit_once(" at line ").map_or(words.clone(), |(words, _)| words.to_owned())
}
