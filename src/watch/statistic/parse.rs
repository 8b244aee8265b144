//! Statistics as AWS writes them.

use super::{Bounds, Statistic};
use crate::query::pattern::Fault;

/// What one may write.
const FORMS: &str = "A statistic is SampleCount, Average, Sum, Minimum, Maximum, IQM, p99, tm90, wm98, tc90, ts90, \
                     TM(10%:90%), WM(…), TC(…), TS(…) or PR(:300).";

/// Digits behind the point at most.
const DECIMALS_MAX: usize = 10;

impl Statistic {
    /// The statistic that a text names. Case matters: names of one number are in small letters, those with bounds in capitals.
    ///
    /// # Errors
    /// What is expected, and the character where it goes wrong.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let basic = match text {
            "SampleCount" => Some(Self::SampleCount),
            "Average" => Some(Self::Average),
            "Sum" => Some(Self::Sum),
            "Minimum" => Some(Self::Minimum),
            "Maximum" => Some(Self::Maximum),
            "IQM" => Some(Self::Iqm),
            _ => None,
        };
        if let Some(basic) = basic {
            return Ok(basic);
        }
        if let Some(rest) = text.strip_prefix('p').filter(|rest| begins_number(rest)) {
            return Ok(Self::Percentile(percent(rest, 2)?));
        }
        for (name, make) in [
            ("tm", Self::TrimmedMean as fn(Bounds) -> Self),
            ("wm", Self::WinsorizedMean),
            ("tc", Self::TrimmedCount),
            ("ts", Self::TrimmedSum),
            ("pr", Self::PercentileRank),
        ] {
            if let Some(rest) = text.strip_prefix(name).filter(|rest| name != "pr" && begins_number(rest)) {
                return Ok(make(Bounds::Percent(0.0, percent(rest, 3)?)));
            }
            if let Some(rest) = text.strip_prefix(&name.to_uppercase()).and_then(|rest| rest.strip_prefix('(')) {
                let bounds = bounds(rest)?;
                return match bounds {
                    Bounds::Percent(..) if name == "pr" => {
                        Err(fault(4, "PR has values as bounds and no percentages: PR(100:2000)."))
                    }
                    bounds => Ok(make(bounds)),
                };
            }
        }
        Err(fault(1, FORMS))
    }
}

fn fault(position: usize, message: impl Into<String>) -> Fault {
    Fault { position, message: message.into() }
}

fn begins_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

/// A plain number that begins at this character.
fn number(text: &str, at: usize) -> Result<f64, Fault> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if decimals > DECIMALS_MAX {
        return Err(fault(at, format!("A number has {DECIMALS_MAX} digits behind its point at most.")));
    }
    let number = text.parse().ok().filter(|_| plain);
    number.ok_or_else(|| fault(at, format!("A number is expected, such as 90 or 99.9, and not {text:?}.")))
}

fn percent(text: &str, at: usize) -> Result<f64, Fault> {
    let percent = number(text, at)?;
    if percent > 100.0 {
        return Err(fault(at, format!("A percentage is 0 to 100, and not {text}.")));
    }
    Ok(percent)
}

/// Bounds behind the parenthesis that opens them, at the fourth character.
fn bounds(text: &str) -> Result<Bounds, Fault> {
    const AT: usize = 4;
    let Some(inner) = text.strip_suffix(')') else {
        return Err(fault(AT + text.chars().count(), "A closing parenthesis is expected."));
    };
    let Some((low, high)) = inner.split_once(':') else {
        return Err(fault(AT + inner.chars().count(), "Two bounds with a colon between them are expected: (10%:90%)."));
    };
    let (low, high) = (low.trim(), high.trim());
    if low.is_empty() && high.is_empty() {
        return Err(fault(AT, "One of the two bounds is expected."));
    }
    let behind = AT + inner.split(':').next().map_or(0, |low| low.chars().count()) + 1;
    let is_percent = |text: &str| text.ends_with('%');
    if (is_percent(low) && !high.is_empty() && !is_percent(high))
        || (is_percent(high) && !low.is_empty() && !is_percent(low))
    {
        return Err(fault(behind, "Both bounds are percentages, or none is."));
    }
    if is_percent(low) || is_percent(high) {
        let end = |text: &str, at: usize, free: f64| match text.strip_suffix('%') {
            Some(text) => percent(text, at),
            None => Ok(free),
        };
        let (low, high) = (end(low, AT, 0.0)?, end(high, behind, 100.0)?);
        return if low < high { Ok(Bounds::Percent(low, high)) } else { Err(order(behind)) };
    }
    let end = |text: &str, at: usize| if text.is_empty() { Ok(None) } else { number(text, at).map(Some) };
    match (end(low, AT)?, end(high, behind)?) {
        (Some(low), Some(high)) if low >= high => Err(order(behind)),
        (low, high) => Ok(Bounds::Values(low, high)),
    }
}

fn order(at: usize) -> Fault {
    fault(at, "The upper bound is greater than the lower one.")
}
