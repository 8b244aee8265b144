//! When things happen: a calendar without dependencies and a rhythm of working days.

use std::fmt::Write as _;

use super::rng::Rng;

/// Monday 2026-03-02T00:00:00Z: every corpus begins here.
pub const EPOCH: i64 = 1_772_409_600;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment taken apart, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Year, month (1 to 12) and day (1 to 31).
    pub date: (i64, u32, u32),
    /// Hour, minute and second.
    pub time: (i64, i64, i64),
}

/// Takes seconds since 1970 apart (Howard Hinnant's `civil_from_days`).
pub fn civil(at: i64) -> Civil {
    let (days, second) = (at.div_euclid(86_400), at.rem_euclid(86_400));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
    let year = yoe + era * 400 + i64::from(month <= 2);
    Civil { date: (year, month, day), time: (second / 3600, second / 60 % 60, second % 60) }
}

/// Appends `2026-03-02T08:15:00Z`.
pub fn iso(out: &mut String, at: i64) {
    let Civil { date: (year, month, day), time: (hour, minute, second) } = civil(at);
    let _ = write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
}

/// Appends `2026-03-02T08:15:00.250Z`, of milliseconds since 1970.
pub fn iso_ms(out: &mut String, at: i64) {
    iso(out, at.div_euclid(1000));
    out.pop();
    let _ = write!(out, ".{:03}Z", at.rem_euclid(1000));
}

/// Appends `2026/03/02`.
pub fn day(out: &mut String, at: i64) {
    let (year, month, day) = civil(at).date;
    let _ = write!(out, "{year:04}/{month:02}/{day:02}");
}

/// Appends `Mar 2, 2026, 8:15:00 AM`, the way STS writes the end of credentials.
pub fn us(out: &mut String, at: i64) {
    let Civil { date: (year, month, day), time: (hour, minute, second) } = civil(at);
    let (half, twelve) = (if hour < 12 { "AM" } else { "PM" }, (hour + 11) % 12 + 1);
    let month = MONTHS[month as usize - 1];
    let _ = write!(out, "{month} {day}, {year}, {twelve}:{minute:02}:{second:02} {half}");
}

/// How busy each minute of a corpus is.
#[derive(Clone, Debug)]
pub struct Rhythm {
    cumulative: Vec<f64>,
    bursts: Vec<std::ops::Range<usize>>,
}

impl Rhythm {
    /// Office hours from Monday to Friday, quiet nights and weekends, jobs on the full hour, and a burst every other
    /// day.
    pub fn new(days: usize, rng: &mut Rng) -> Self {
        let bursts: Vec<_> = (0..days.div_ceil(2))
            .map(|n| {
                let start = n * 2 * 1440 + 8 * 60 + rng.below(10 * 60);
                start..start + 6 + rng.below(15)
            })
            .collect();
        let mut sum = 0.0;
        let cumulative = (0..days * 1440).map(|minute| {
            let hour = (minute % 1440) as f64 / 60.0;
            let weekend = minute / 1440 % 7 >= 5;
            // A bell around 13:00 UTC: offices in Europe and on the American east coast.
            let office = (-((hour - 13.0) / 3.6).powi(2)).exp();
            let mut weight = 0.35 + office * if weekend { 0.3 } else { 2.0 };
            if minute % 60 == 0 {
                weight *= 3.0;
            }
            if bursts.iter().any(|burst| burst.contains(&minute)) {
                weight *= 12.0;
            }
            sum += weight;
            sum
        });
        let cumulative = cumulative.collect();
        Self { cumulative, bursts }
    }

    /// The moment by which the share `quantile` (0 to 1) of all events has happened.
    pub fn at(&self, quantile: f64) -> i64 {
        let total = self.cumulative.last().copied().unwrap_or(1.0);
        let wanted = quantile * total;
        let minute = self.cumulative.partition_point(|&sum| sum < wanted).min(self.cumulative.len() - 1);
        let before = if minute == 0 { 0.0 } else { self.cumulative[minute - 1] };
        let inside = (wanted - before) / (self.cumulative[minute] - before);
        EPOCH + minute as i64 * 60 + (inside * 60.0) as i64
    }

    /// Which burst a moment belongs to.
    pub fn burst(&self, at: i64) -> Option<usize> {
        let minute = ((at - EPOCH) / 60) as usize;
        self.bursts.iter().position(|burst| burst.contains(&minute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        let mut text = String::new();
        iso(&mut text, EPOCH + 8 * 3600 + 61);
        text.push(' ');
        us(&mut text, EPOCH + 12 * 3600);
        text.push(' ');
        us(&mut text, EPOCH - 1);
        text.push(' ');
        day(&mut text, 951_827_696);
        assert_eq!(text, "2026-03-02T08:01:01Z Mar 2, 2026, 12:00:00 PM Mar 1, 2026, 11:59:59 PM 2000/02/29");
    }

    #[test]
    fn time_rises_and_stays_inside() {
        let rhythm = Rhythm::new(5, &mut Rng::new(3));
        let times: Vec<_> = (0..=1000).map(|n| rhythm.at(f64::from(n) / 1000.0)).collect();
        assert!(times.is_sorted());
        assert!(times[0] >= EPOCH && times[1000] <= EPOCH + 5 * 86_400);
        // More than half of all events fall between 8:00 and 18:00.
        let office = times.iter().filter(|&&at| (8..18).contains(&civil(at).time.0)).count();
        assert!(office > 550, "{office}");
    }
}
