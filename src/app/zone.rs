//! The zone that times are shown in: UTC, as CloudTrail writes them, or the browser's own.

use crate::time;
use jiff::Timestamp;

/// See the module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// Coordinated Universal Time.
    #[default]
    Utc,
    /// Whatever the browser's clock says.
    Local,
}

impl Zone {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Utc => Self::Local,
            Self::Local => Self::Utc,
        }
    }

    /// A word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utc => "UTC",
            Self::Local => "local",
        }
    }

    /// Milliseconds to add to an instant so that reading it as UTC gives this zone's wall clock. Summer time changes it, so
    /// it is asked for every instant anew.
    #[must_use]
    pub fn offset(self, ms: i64) -> i64 {
        match self {
            Self::Utc => 0,
            Self::Local => {
                let minutes = js_sys::Date::new(&(ms as f64).into()).get_timezone_offset();
                -(minutes * 60_000.0) as i64
            }
        }
    }

    /// `2023-07-10 11:59:59`, with milliseconds only where there are any.
    #[must_use]
    pub fn full(self, ms: i64) -> String {
        time::format(ms.saturating_add(self.offset(ms))).replacen('T', " ", 1).trim_end_matches('Z').to_owned()
    }

    /// `2023-07-10 11:59:59.000`, with milliseconds whatever they are.
    #[must_use]
    pub fn exact(self, ms: i64) -> String {
        let full = self.full(ms);
        if full.contains('.') { full } else { full + ".000" }
    }

    fn pattern(self, ms: i64, pattern: &str) -> String {
        let shifted = ms.saturating_add(self.offset(ms));
        // Outside the years that a calendar has, the number itself is the honest answer.
        Timestamp::from_millisecond(shifted).map_or_else(|_| ms.to_string(), |at| at.strftime(pattern).to_string())
    }

    /// `11:59:59`, or `11:59` on a whole minute.
    #[must_use]
    pub fn clock(self, ms: i64) -> String {
        self.pattern(ms, if ms.rem_euclid(60_000) == 0 { "%H:%M" } else { "%H:%M:%S" })
    }

    /// `10 Jul`
    #[must_use]
    pub fn day(self, ms: i64) -> String {
        self.pattern(ms, "%-d %b")
    }

    /// `10 Jul 2023`
    #[must_use]
    pub fn date(self, ms: i64) -> String {
        self.pattern(ms, "%-d %b %Y")
    }

    /// `Jul 2023`
    #[must_use]
    pub fn month(self, ms: i64) -> String {
        self.pattern(ms, "%b %Y")
    }

    /// `10 Jul 11:40–12:40`, or with both days where they differ.
    #[must_use]
    pub fn span(self, from: i64, to: i64) -> String {
        if self.date(from) == self.date(to) {
            format!("{} {}–{}", self.day(from), self.clock(from), self.clock(to))
        } else {
            format!("{} {} – {} {}", self.day(from), self.clock(from), self.day(to), self.clock(to))
        }
    }

    /// Like [`Zone::span`], with the year: for the whole case, where nothing around says which year it is.
    #[must_use]
    pub fn span_with_year(self, from: i64, to: i64) -> String {
        if self.date(from) == self.date(to) {
            format!("{} {}–{}", self.date(from), self.clock(from), self.clock(to))
        } else {
            format!("{} {} – {} {}", self.date(from), self.clock(from), self.date(to), self.clock(to))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Zone;

    #[test]
    fn words_for_times() {
        let at = 1_688_990_399_000;
        assert_eq!(Zone::Utc.full(at), "2023-07-10 11:59:59");
        assert_eq!(Zone::Utc.full(at + 250), "2023-07-10 11:59:59.250");
        assert_eq!(Zone::Utc.span(at + 1_000, at + 3_601_000), "10 Jul 12:00–13:00");
        assert_eq!(Zone::Utc.span(at + 1_000, at + 86_401_000), "10 Jul 12:00 – 11 Jul 12:00");
        assert_eq!(Zone::Utc.span_with_year(at, at + 1_000), "10 Jul 2023 11:59:59–12:00");
    }
}
