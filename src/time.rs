//! Times. An instant is milliseconds since 1970-01-01T00:00:00Z in an `i64`; CloudTrail itself has whole seconds.

use jiff::Timestamp;

/// The text form that CloudTrail writes, `2023-07-10T11:59:59Z`, as seconds since the epoch; `None` for every other text,
/// among them dates that do not exist, leap seconds, and years outside 1970..=2105 (a column cell has 32 bits).
///
/// Hand-written, since every record passes through here; [`parse`] is the patient one.
#[must_use]
pub fn canonical_seconds(text: &[u8]) -> Option<u32> {
    let text: &[u8; 20] = text.try_into().ok()?;
    let digit = |at: usize| {
        let value = text[at].wrapping_sub(b'0');
        (value < 10).then_some(u32::from(value))
    };
    let two = |at: usize| Some(digit(at)? * 10 + digit(at + 1)?);
    if text[4] != b'-'
        || text[7] != b'-'
        || text[10] != b'T'
        || text[13] != b':'
        || text[16] != b':'
        || text[19] != b'Z'
    {
        return None;
    }
    let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    if !(1970..=2105).contains(&year) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    if day == 0 || !(1..=12).contains(&month) || day > days_in_month(year, month) {
        return None;
    }
    Some(days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, counting years from March so that the leap day comes last.
fn days_from_civil(year: u32, month: u32, day: u32) -> u32 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

/// Writes the 20 bytes that [`canonical_seconds`] reads.
#[must_use]
pub fn canonical_text(seconds: u32) -> [u8; 20] {
    // Days to civil, the inverse of the above (era of 400 years, counted from March).
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u32::from(month <= 2);
    let mut out = *b"0000-00-00T00:00:00Z";
    let mut two = |at: usize, value: u32| {
        out[at] = b'0' + (value / 10) as u8;
        out[at + 1] = b'0' + (value % 10) as u8;
    };
    two(0, year / 100);
    two(2, year % 100);
    two(5, month);
    two(8, day);
    two(11, seconds / 3_600 % 24);
    two(14, seconds / 60 % 60);
    two(17, seconds % 60);
    out
}

/// Any RFC 3339 time (offset, fraction, lower-case or blank separator) as milliseconds since the epoch, fractions of a
/// millisecond cut off; `None` when it is not one.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    if let Some(seconds) = canonical_seconds(text.as_bytes()) {
        return Some(i64::from(seconds) * 1_000);
    }
    let text = text.trim();
    // jiff reads more than a log may mean by a time (such as bare dates): ask for the full form.
    if text.len() < 20 || !text.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    text.parse::<Timestamp>().ok().map(|timestamp| timestamp.as_millisecond())
}

/// `2023-07-10T11:59:59Z`, or with `.mmm` where milliseconds are not zero. Out of range for a date: the number itself.
#[must_use]
pub fn format(ms: i64) -> String {
    if let Ok(seconds) = u32::try_from(ms.div_euclid(1_000))
        && seconds <= LAST_CANONICAL
    {
        let text = canonical_text(seconds);
        let text = String::from_utf8_lossy(&text);
        let rest = ms.rem_euclid(1_000);
        return if rest == 0 { text.into_owned() } else { format!("{}.{rest:03}Z", &text[..19]) };
    }
    Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |timestamp| timestamp.to_string())
}

/// 2105-12-31T23:59:59Z.
const LAST_CANONICAL: u32 = 4_291_747_199;

/// A length of time in words, such as `5 min`, `1 h 4 min` or `250 ms`; of more than two units the largest two.
#[must_use]
pub fn length(ms: i64) -> String {
    const UNITS: [(i64, &str); 5] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"), (1, "ms")];
    let mut rest = ms.max(0);
    let mut words = Vec::new();
    for (unit, word) in UNITS {
        if rest >= unit && words.len() < 2 {
            words.push(format!("{} {word}", rest / unit));
            rest %= unit;
        }
    }
    if words.is_empty() { "0 s".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_agrees_with_jiff() {
        let mut seconds = 0u32;
        while seconds < LAST_CANONICAL - 400_000 {
            let text = canonical_text(seconds);
            assert_eq!(canonical_seconds(&text), Some(seconds));
            let text = std::str::from_utf8(&text).unwrap();
            assert_eq!(text.parse::<Timestamp>().unwrap().as_second(), i64::from(seconds), "{text}");
            seconds += 391_177;
        }
        assert_eq!(canonical_seconds(b"2105-12-31T23:59:59Z"), Some(LAST_CANONICAL));
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in ["2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-00-10T00:00:00Z", "2023-04-31T00:00:00Z"] {
            assert_eq!(canonical_seconds(text.as_bytes()), None, "{text}");
            assert_eq!(parse(text), None, "{text}");
        }
        for text in ["", "now", "2023-07-10", "1688990082", "2023-07-10T24:00:00Z", "2023-07-10 at 10:00:00 o'clock"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(canonical_seconds(b"2016-12-31T23:59:60Z"), None);
    }

    #[test]
    fn reads_offsets_and_fractions() {
        assert_eq!(parse("2021-11-18T09:41:02-08:00"), parse("2021-11-18T17:41:02Z"));
        assert_eq!(parse("2021-11-18T17:41:02.250Z").map(format).as_deref(), Some("2021-11-18T17:41:02.250Z"));
        assert_eq!(parse("1969-12-31T23:59:59Z").map(format).as_deref(), Some("1969-12-31T23:59:59Z"));
    }
}
