//! What a written time covers. A time is a period as long as its last written part (`2023-07-10` is a day, `…T12` an
//! hour), so that `time: 2023-07-10` means the whole day and `time > 2023-07-10` what comes after it.

use jiff::civil::Date;

use crate::query::predicate::{Instant, Op, TimeRange};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// `from <= t < to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    from: Instant,
    to: Instant,
}

impl Period {
    /// The times inside.
    pub(super) fn within(self) -> TimeRange {
        TimeRange { from: Some(self.from), to: Some(self.to) }
    }

    /// The times that compare so with the period as a whole.
    pub(super) fn compared(self, op: Op) -> TimeRange {
        match op {
            Op::Less => TimeRange { from: None, to: Some(self.from) },
            Op::LessOrEqual => TimeRange { from: None, to: Some(self.to) },
            Op::Greater => TimeRange { from: Some(self.to), to: None },
            Op::GreaterOrEqual => TimeRange { from: Some(self.from), to: None },
        }
    }
}

/// The period that a text names, absolute or relative to `now`, the newest event.
pub(super) fn period(text: &str) -> Option<Period> {
    let mut rest = Rest(text);
    if text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("now")) {
        rest.0 = &text[3..];
        let offset = relative(&mut rest)?;
        return Some(Period { from: Instant::Now(offset), to: Instant::Now(offset.checked_add(1)?) });
    }
    let (from, length) = absolute(&mut rest)?;
    rest.0.is_empty().then_some(Period { from: Instant::At(from), to: Instant::At(from + length) })
}

/// Nothing, or a signed number and a unit, and then the end.
fn relative(rest: &mut Rest<'_>) -> Option<i64> {
    if rest.0.is_empty() {
        return Some(0);
    }
    let sign = if rest.eat("-") {
        -1
    } else if rest.eat("+") {
        1
    } else {
        return None;
    };
    let digits = rest.0.len() - rest.0.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = rest.0.split_at(digits);
    let unit = match unit {
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        "w" => 7 * DAY,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(unit)?.checked_mul(sign)
}

/// Start and length in milliseconds.
fn absolute(rest: &mut Rest<'_>) -> Option<(i64, i64)> {
    let year = rest.number(4, 9999)?;
    if rest.0.is_empty() {
        let first = Date::new(year, 1, 1).ok()?;
        return Some((start(first)?, i64::from(first.days_in_year()) * DAY));
    }
    let month = rest.after("-")?.number(2, 12)?;
    if rest.0.is_empty() {
        let first = Date::new(year, i8::try_from(month).ok()?, 1).ok()?;
        return Some((start(first)?, i64::from(first.days_in_month()) * DAY));
    }
    let day = rest.after("-")?.number(2, 31)?;
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let (mut from, mut length) = (start(date)?, DAY);
    if rest.eat("T") || rest.eat("t") || rest.eat(" ") {
        from += i64::from(rest.number(2, 23)?) * HOUR;
        length = HOUR;
        if rest.eat(":") {
            from += i64::from(rest.number(2, 59)?) * MINUTE;
            length = MINUTE;
            if rest.eat(":") {
                from += i64::from(rest.number(2, 59)?) * SECOND;
                length = SECOND;
                if rest.eat(".") {
                    from += rest.milliseconds()?;
                    length = 1;
                }
            }
        }
    }
    Some((from - offset(rest)?, length))
}

/// Milliseconds east of UTC: nothing, `Z`, `+02`, `+02:00`, `+0200`.
fn offset(rest: &mut Rest<'_>) -> Option<i64> {
    if rest.0.is_empty() || rest.eat("Z") || rest.eat("z") {
        return Some(0);
    }
    let sign = if rest.eat("-") {
        -1
    } else if rest.eat("+") {
        1
    } else {
        return None;
    };
    let hours = i64::from(rest.number(2, 23)?);
    let minutes = if rest.eat(":") || !rest.0.is_empty() { i64::from(rest.number(2, 59)?) } else { 0 };
    Some(sign * (hours * HOUR + minutes * MINUTE))
}

/// By days since 1970 rather than by jiff's `Timestamp`, which ends some hours before the year 9999 does.
fn start(date: Date) -> Option<i64> {
    i64::try_from(date.duration_since(Date::constant(1970, 1, 1)).as_millis()).ok()
}

/// What is left of the text.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn eat(&mut self, wanted: &str) -> bool {
        let rest = self.0.strip_prefix(wanted);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Itself, behind what must stand next.
    fn after(&mut self, wanted: &str) -> Option<&mut Self> {
        self.eat(wanted).then_some(self)
    }

    /// A number of exactly so many digits, at most `most`.
    fn number(&mut self, digits: usize, most: i16) -> Option<i16> {
        let number = self.0.get(..digits).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
        self.0 = &self.0[digits..];
        number.parse().ok().filter(|number| *number <= most)
    }

    /// One to nine digits behind the decimal point; what is finer than a millisecond is dropped, as it is from events.
    fn milliseconds(&mut self) -> Option<i64> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if !(1..=9).contains(&digits) {
            return None;
        }
        let (fraction, rest) = self.0.split_at(digits);
        self.0 = rest;
        format!("{fraction:0<3}")[..3].parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<(i64, i64)> {
        match period(text)? {
            Period { from: Instant::At(from), to: Instant::At(to) } => Some((from, to - from)),
            Period { from: Instant::Now(from), to: Instant::Now(to) } => Some((from, to - from)),
            _ => unreachable!("both ends are of one kind"),
        }
    }

    #[test]
    fn a_period_is_as_long_as_its_last_part() {
        let day = 1_688_947_200_000;
        assert_eq!(at("2023-07-10"), Some((day, DAY)));
        assert_eq!(at("2023-07-10T12"), Some((day + 12 * HOUR, HOUR)));
        assert_eq!(at("2023-07-10 12:30"), Some((day + 12 * HOUR + 30 * MINUTE, MINUTE)));
        assert_eq!(at("2023-07-10t12:30:15Z"), Some((day + 12 * HOUR + 30 * MINUTE + 15 * SECOND, SECOND)));
        assert_eq!(at("2023-07-10T00:00:00.0429"), Some((day + 42, 1)));
        assert_eq!(at("2023-07-10T00:00:00.5+02:00"), Some((day + 500 - 2 * HOUR, 1)));
        assert_eq!(at("2023-07-10-0530"), Some((day + 5 * HOUR + 30 * MINUTE, DAY)));
        assert_eq!(at("2023-07"), Some((day - 9 * DAY, 31 * DAY)));
        assert_eq!(at("1970"), Some((0, 365 * DAY)));
        assert_eq!(at("9999-12-31"), Some((253_402_214_400_000, DAY)));
    }

    #[test]
    fn now_is_relative() {
        assert_eq!(at("now"), Some((0, 1)));
        assert_eq!(at("now-6h"), Some((-6 * HOUR, 1)));
        assert_eq!(at("NOW+2w"), Some((14 * DAY, 1)));
    }

    #[test]
    fn what_is_not_a_time() {
        for text in [
            "",
            "now-",
            "now-h",
            "now6h",
            "now-6",
            "now-6y",
            "now-99999999999999999999h",
            "now-9223372036854775807w",
            "nöw",
            "2023-02-30",
            "2023-13",
            "2023-00-10",
            "202",
            "20230710",
            "2023-7-1",
            "2023-07-10T24",
            "2023-07-10T12:60",
            "2023-07-10T12:30:15.",
            "2023-07-10T12:30:15.1234567890",
            "2023-07-10T",
            "2023-07-10T12+",
            "2023-07-10T12+25",
            "2023-07-10T12Zx",
            "2023-07-1*",
            "2023-07-10T12:30é",
            "+023-07-10",
        ] {
            assert_eq!(period(text), None, "{text}");
        }
    }
}
