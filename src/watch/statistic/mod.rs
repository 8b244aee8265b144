//! Statistics (for the time being).
use crate::query::pattern::Fault;
use std::fmt;
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq)]
pub enum Statistic {
    SampleCount,
    Average,
    Sum,
    Minimum,
    Maximum,
    Other(String),
}
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug)]
pub struct Set {
    pub samples: f64,
    pub sum: f64,
    pub minimum: f64,
    pub maximum: f64,
}
#[allow(missing_docs, clippy::missing_errors_doc)]
impl Set {
    pub fn merge(&mut self, other: &Self) {
        self.samples += other.samples;
        self.sum += other.sum;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
    }
}
#[allow(missing_docs, clippy::missing_errors_doc)]
impl Statistic {
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Ok(match text {
            "SampleCount" => Self::SampleCount,
            "Average" => Self::Average,
            "Sum" => Self::Sum,
            "Minimum" => Self::Minimum,
            "Maximum" => Self::Maximum,
            other => Self::Other(other.to_owned()),
        })
    }
    pub fn needs_samples(&self) -> bool {
        matches!(self, Self::Other(_))
    }
    pub fn of_set(&self, set: &Set) -> Result<f64, String> {
        Ok(match self {
            Self::SampleCount => set.samples,
            Self::Average => set.sum / set.samples,
            Self::Sum => set.sum,
            Self::Minimum => set.minimum,
            Self::Maximum => set.maximum,
            Self::Other(_) => return Err("no".to_owned()),
        })
    }
    pub fn of_samples(&self, samples: &mut [f64]) -> Result<f64, String> {
        let mut set = Set { samples: 0.0, sum: 0.0, minimum: f64::INFINITY, maximum: f64::NEG_INFINITY };
        samples.iter().for_each(|&v| set.merge(&Set { samples: 1.0, sum: v, minimum: v, maximum: v }));
        self.of_set(&set)
    }
}
impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(text) => f.write_str(text),
            other => write!(f, "{other:?}"),
        }
    }
}
