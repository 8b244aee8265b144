//! What CloudWatch measured, as the same person took it home: processors of instances, runs of a function, and what there is
//! besides.
//!
//! One story with the events: the processor of the ledger's instance stands at its end from the command that the intruder
//! sends to it until all is packed, and when the instance is terminated there are no more points. Instances of the scaling
//! group have points from their launch to their end. The function's numbers are those that its log lines tell.
//!
//! - `machines`: who runs when, and how busy; - `function`: minutes of the function; - `printed`: what the command line
//!   printed of that; - `stream`: a metric stream; - `sheets`: tables.

mod function;
mod machines;
mod printed;
mod sheets;
mod stream;

use anyhow::Result;

use super::book::Told;
use super::custody::Delivered;
use super::logs;

pub use sheets::{REQUESTS, WAITING};

/// The metric stream, as its objects say it.
pub const STREAM: &str = "harborline-prod";
/// The web servers that are always there.
pub const WEB_SERVERS: [&str; 2] = ["i-05c2e8a91d7f3b640", "i-09d17b4f6ea2c8350"];

/// What is known of the samples of one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Set {
    /// When the period begins, in seconds since 1970.
    pub at: i64,
    /// Number of samples.
    pub count: i64,
    /// Their sum, in thousandths.
    pub sum: i64,
    /// The least and the greatest of them, in thousandths.
    pub range: (i64, i64),
    /// The 99th percentile in thousandths, where somebody asked for it.
    pub p99: Option<i64>,
}

impl Set {
    /// A set of samples in thousandths; `None` of none.
    fn of(at: i64, samples: &[i64], p99: bool) -> Option<Self> {
        let mut sorted = samples.to_vec();
        sorted.sort_unstable();
        let (&least, &greatest) = (sorted.first()?, sorted.last()?);
        let rank = (sorted.len() * 99).div_ceil(100).max(1);
        let p99 = p99.then(|| sorted[rank - 1]);
        Some(Self { at, count: samples.len() as i64, sum: samples.iter().sum(), range: (least, greatest), p99 })
    }

    /// The average.
    pub fn average(&self) -> f64 {
        thousandths(self.sum) / self.count as f64
    }
}

/// A number of which thousandths are counted.
fn thousandths(value: i64) -> f64 {
    value as f64 / 1000.0
}

/// Longer periods out of shorter ones.
fn in_periods(sets: &[Set], period: i64) -> Vec<Set> {
    let mut out: Vec<Set> = Vec::new();
    for set in sets {
        let at = set.at.div_euclid(period) * period;
        match out.last_mut() {
            Some(last) if last.at == at => {
                last.count += set.count;
                last.sum += set.sum;
                last.range = (last.range.0.min(set.range.0), last.range.1.max(set.range.1));
            }
            _ => out.push(Set { at, p99: None, ..*set }),
        }
    }
    out
}

/// A metric and its minutes.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its namespace.
    pub namespace: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its dimension.
    pub dimension: (&'static str, String),
    /// Its unit.
    pub unit: &'static str,
    /// What is known of each minute, in the order of time.
    pub minutes: Vec<Set>,
}

/// All that was measured minute by minute in three days.
pub struct Measured {
    /// Processors of instances, the ledger's first.
    pub processors: Vec<Series>,
    /// What the ledger's instance sent.
    pub sent: Series,
    /// The function's invocations, errors, throttles and durations, while log lines tell of it.
    pub function: Vec<Series>,
}

fn measured_of(told: &Told) -> Measured {
    let processors = machines::processors(told);
    let sent = machines::sent();
    let groups = logs::of(told);
    let lines = groups.iter().find(|group| group.name == logs::FUNCTION).map_or(&[][..], |group| &group.lines);
    Measured { processors, sent, function: function::series(lines) }
}

/// All that was measured.
pub fn measured() -> Measured {
    measured_of(&super::told())
}

/// The files it is in.
pub(super) fn files(told: &Told) -> Result<Vec<Delivered>> {
    let measured = measured_of(told);
    let mut files = printed::files(&measured)?;
    files.extend(stream::files(&measured)?);
    files.extend(sheets::files(&logs::of(told)));
    Ok(files)
}
