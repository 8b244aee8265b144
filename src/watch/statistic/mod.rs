//! Statistics of a period, as CloudWatch names and works them out (`spec/ALARMS.md` 4): basic ones from statistic sets, the others
//! from single samples, or from sets whose samples are all alike.

mod parse;

use serde::{Deserialize, Serialize};
use std::fmt;

/// A statistic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Statistic {
    /// Number of samples.
    SampleCount,
    /// Their mean.
    Average,
    /// Their sum.
    Sum,
    /// The least.
    Minimum,
    /// The greatest.
    Maximum,
    /// The value that so many percent of the samples do not exceed: `p99.9`.
    Percentile(f64),
    /// Mean of the samples within bounds: `tm90`, `TM(10%:90%)`, `TM(150:1000)`.
    TrimmedMean(Bounds),
    /// Mean of all samples, those outside of bounds moved to them: `wm98`.
    WinsorizedMean(Bounds),
    /// Number of samples within bounds; of a part of a sample a fraction: `tc90`.
    TrimmedCount(Bounds),
    /// Sum of the samples within bounds: `ts90`.
    TrimmedSum(Bounds),
    /// Percent of the samples that lie between two values: `PR(:300)`.
    PercentileRank(Bounds),
    /// Mean of the middle half.
    Iqm,
}

/// What is kept of the samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Bounds {
    /// From one percentage of the samples in their order to another, 0 to 100.
    Percent(f64, f64),
    /// Samples greater than the first value and not greater than the second.
    Values(Option<f64>, Option<f64>),
}

/// Samples of a period, as far as CloudWatch keeps them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Set {
    /// Their number.
    pub samples: f64,
    /// Their sum.
    pub sum: f64,
    /// The least.
    pub minimum: f64,
    /// The greatest.
    pub maximum: f64,
}

impl Set {
    /// Adds another set's samples. Without samples there is neither a least nor a greatest one.
    pub fn merge(&mut self, other: &Self) {
        if other.samples <= 0.0 {
            return;
        }
        if self.samples <= 0.0 {
            *self = *other;
            return;
        }
        self.samples += other.samples;
        self.sum += other.sum;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
    }
}

const NONE: &str = "There is no sample.";
const NEGATIVE: &str = "Some values are negative: CloudWatch then has basic statistics only.";
const NO_SAMPLES: &str = "Statistic sets of more than one value give basic statistics only.";
const OUTSIDE: &str = "No sample lies within the bounds.";

impl Statistic {
    /// Whether single samples are needed for it, or sets of equal ones.
    #[must_use]
    pub fn needs_samples(&self) -> bool {
        !matches!(self, Self::SampleCount | Self::Average | Self::Sum | Self::Minimum | Self::Maximum)
    }

    /// Of a statistic set.
    ///
    /// # Errors
    /// A sentence that says why it cannot be had.
    pub fn of_set(&self, set: &Set) -> Result<f64, String> {
        let basic = match self {
            Self::SampleCount => Some(set.samples),
            _ if set.samples <= 0.0 => return Err(NONE.to_owned()),
            Self::Average => Some(set.sum / set.samples),
            Self::Sum => Some(set.sum),
            Self::Minimum => Some(set.minimum),
            Self::Maximum => Some(set.maximum),
            _ => None,
        };
        if let Some(value) = basic {
            return Ok(value);
        }
        if set.samples > 1.0 && set.minimum < set.maximum {
            return Err(NO_SAMPLES.to_owned());
        }
        if set.minimum < 0.0 {
            return Err(NEGATIVE.to_owned());
        }
        let (value, count) = (set.maximum, set.samples);
        let kept = |bounds: &Bounds| match bounds {
            Bounds::Percent(from, to) => count * (to - from) / 100.0,
            Bounds::Values(..) if bounds.hold(value) => count,
            Bounds::Values(..) => 0.0,
        };
        match self {
            Self::TrimmedMean(bounds) if kept(bounds) <= 0.0 => Err(OUTSIDE.to_owned()),
            Self::WinsorizedMean(bounds) => Ok(bounds.moved(value)),
            Self::TrimmedCount(bounds) => Ok(kept(bounds)),
            Self::TrimmedSum(bounds) => Ok(kept(bounds) * value),
            Self::PercentileRank(bounds) => Ok(if bounds.hold(value) { 100.0 } else { 0.0 }),
            _ => Ok(value),
        }
    }

    /// Of samples in any order, which are put in order where that is needed.
    ///
    /// # Errors
    /// A sentence that says why it cannot be had.
    pub fn of_samples(&self, samples: &mut [f64]) -> Result<f64, String> {
        if samples.is_empty() {
            return Err(NONE.to_owned());
        }
        if !self.needs_samples() {
            let (first, rest) = (samples[0], &samples[1..]);
            let mut set = Set { samples: 1.0, sum: first, minimum: first, maximum: first };
            rest.iter().for_each(|&value| set.merge(&Set { samples: 1.0, sum: value, minimum: value, maximum: value }));
            return self.of_set(&set);
        }
        if samples.iter().any(|value| *value < 0.0) {
            return Err(NEGATIVE.to_owned());
        }
        samples.sort_unstable_by(f64::total_cmp);
        let count = samples.len() as f64;
        let mean = |(weight, sum): (f64, f64)| if weight > 0.0 { Ok(sum / weight) } else { Err(OUTSIDE.to_owned()) };
        match self {
            Self::Percentile(percent) => {
                // The nearest rank; AWS estimates, so that last digits differ.
                let rank = (percent / 100.0 * count - 1e-9).ceil().max(1.0) as usize;
                Ok(samples[rank.min(samples.len()) - 1])
            }
            Self::TrimmedMean(bounds) => mean(bounds.weigh(samples)),
            Self::Iqm => mean(Bounds::Percent(25.0, 75.0).weigh(samples)),
            Self::TrimmedCount(bounds) => Ok(bounds.weigh(samples).0),
            Self::TrimmedSum(bounds) => Ok(bounds.weigh(samples).1),
            Self::PercentileRank(bounds) => {
                Ok(100.0 * samples.iter().filter(|value| bounds.hold(**value)).count() as f64 / count)
            }
            Self::WinsorizedMean(bounds) => {
                let bounds = bounds.values_of(samples).ok_or(OUTSIDE)?;
                Ok(samples.iter().map(|value| bounds.moved(*value)).sum::<f64>() / count)
            }
            _ => Err(NONE.to_owned()),
        }
    }
}

impl Bounds {
    /// Whether a value lies within bounds that are values.
    fn hold(&self, value: f64) -> bool {
        match self {
            Self::Percent(..) => true,
            Self::Values(low, high) => low.is_none_or(|low| value > low) && high.is_none_or(|high| value <= high),
        }
    }

    /// A value, or the bound that it lies beyond.
    fn moved(&self, value: f64) -> f64 {
        match self {
            Self::Percent(..) => value,
            Self::Values(low, high) => {
                let value = low.map_or(value, |low| value.max(low));
                high.map_or(value, |high| value.min(high))
            }
        }
    }

    /// Number and sum of what is kept of sorted samples. Of a percentage a sample is kept by the part of it that lies within.
    fn weigh(&self, samples: &[f64]) -> (f64, f64) {
        let weight = |at: usize, value: f64| match self {
            Self::Percent(..) => self.share(at, samples.len()),
            Self::Values(..) => f64::from(u8::from(self.hold(value))),
        };
        samples.iter().enumerate().fold((0.0, 0.0), |(count, sum), (at, &value)| {
            let weight = weight(at, value);
            (count + weight, sum + weight * value)
        })
    }

    /// The part of a sample, by its place among so many, that lies within percentages.
    fn share(&self, at: usize, of: usize) -> f64 {
        let Self::Percent(from, to) = self else { return 1.0 };
        let (from, to) = (from / 100.0 * of as f64, to / 100.0 * of as f64);
        let share = to.min(at as f64 + 1.0) - from.max(at as f64);
        // Percentages are not exact in binary: a part of a millionth is none.
        if share < 1e-9 {
            0.0
        } else if share > 1.0 - 1e-9 {
            1.0
        } else {
            share
        }
    }

    /// The same bounds as values of sorted samples: the first and the last of which something is kept.
    fn values_of(&self, samples: &[f64]) -> Option<Self> {
        match self {
            Self::Values(..) => Some(*self),
            Self::Percent(..) => {
                let mut kept = (0..samples.len()).filter(|&at| self.share(at, samples.len()) > 0.0);
                let first = kept.next()?;
                Some(Self::Values(Some(samples[first]), Some(samples[kept.next_back().unwrap_or(first)])))
            }
        }
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |value: &Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        match self {
            Self::Values(low, high) => write!(f, "({}:{})", end(low), end(high)),
            Self::Percent(from, to) => {
                let from = if *from > 0.0 { format!("{from}%") } else { String::new() };
                let to = if *to < 100.0 { format!("{to}%") } else { String::new() };
                write!(f, "({from}:{to})")
            }
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut named = |name: &str, bounds: &Bounds| match bounds {
            Bounds::Percent(from, to) if *from == 0.0 && *to < 100.0 => write!(f, "{}{to}", name.to_lowercase()),
            bounds => write!(f, "{name}{bounds}"),
        };
        match self {
            Self::Percentile(percent) => write!(f, "p{percent}"),
            Self::TrimmedMean(bounds) => named("TM", bounds),
            Self::WinsorizedMean(bounds) => named("WM", bounds),
            Self::TrimmedCount(bounds) => named("TC", bounds),
            Self::TrimmedSum(bounds) => named("TS", bounds),
            Self::PercentileRank(bounds) => named("PR", bounds),
            Self::Iqm => f.write_str("IQM"),
            basic => write!(f, "{basic:?}"),
        }
    }
}
