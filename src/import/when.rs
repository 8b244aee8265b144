//! Times as they begin lines of logs, and as members of JSON lines state them. The forms are told apart, since a line that
//! belongs to the event before may begin with a time of another form.

use super::json::Value;
use crate::time::{self, canonical_seconds};

/// What stands behind the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// `Z`
    Utc,
    /// `+00:00` or another offset.
    Offset,
    /// Nothing.
    None,
    /// The time is a number.
    Epoch,
}

/// A time at the beginning of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Milliseconds since the epoch.
    pub ms: i64,
    /// Its length.
    pub len: usize,
    pub zone: Zone,
    /// Digits of the fraction of a second.
    pub digits: u8,
    /// `T` between date and clock, as ISO 8601 wants it, and hyphens in the date.
    pub iso: bool,
}

/// The time that the text begins with; in UTC where it has no zone.
pub(super) fn stamp(text: &[u8]) -> Option<Stamp> {
    if !text.first()?.is_ascii_digit() {
        return None;
    }
    if text.len() < 19 || text[4].is_ascii_digit() {
        return epoch(text);
    }
    let mut plain = *b"0000-00-00T00:00:00Z";
    plain[..19].copy_from_slice(&text[..19]);
    let slashes = text[4] == b'/' && text[7] == b'/';
    if slashes {
        (plain[4], plain[7]) = (b'-', b'-');
    }
    let iso = !slashes && text[10] == b'T';
    if text[10] == b' ' {
        plain[10] = b'T';
    }
    let seconds = i64::from(canonical_seconds(&plain)?);
    let (mut at, mut ms, mut digits) = (19, 0, 0u8);
    if matches!(text.get(at), Some(b'.' | b',')) && text.get(at + 1).is_some_and(u8::is_ascii_digit) {
        at += 1;
        while let Some(digit) = text.get(at).filter(|digit| digit.is_ascii_digit()).filter(|_| digits < 12) {
            if digits < 3 {
                ms = ms * 10 + i64::from(digit - b'0');
            }
            digits += 1;
            at += 1;
        }
        (digits..3).for_each(|_| ms *= 10);
    }
    let (zone, offset) = match text.get(at) {
        Some(b'Z') => {
            at += 1;
            (Zone::Utc, 0)
        }
        Some(sign @ (b'+' | b'-')) => match offset(&text[at + 1..]) {
            Some((minutes, len)) => {
                at += 1 + len;
                (Zone::Offset, if *sign == b'-' { -minutes } else { minutes })
            }
            None => (Zone::None, 0),
        },
        _ => (Zone::None, 0),
    };
    Some(Stamp { ms: seconds * 1_000 + ms - offset * 60_000, len: at, zone, digits, iso })
}

/// `hh:mm` or `hhmm`: minutes and length.
fn offset(text: &[u8]) -> Option<(i64, usize)> {
    let two = |at: usize| {
        let digits = text.get(at..at + 2)?;
        digits.iter().all(u8::is_ascii_digit).then(|| i64::from(digits[0] - b'0') * 10 + i64::from(digits[1] - b'0'))
    };
    let hours = two(0)?;
    let colon = usize::from(text.get(2) == Some(&b':'));
    Some((hours * 60 + two(2 + colon)?, 4 + colon))
}

/// Ten digits of seconds or thirteen of milliseconds, of a year that logs are of.
fn epoch(text: &[u8]) -> Option<Stamp> {
    let len = text.iter().take(14).take_while(|byte| byte.is_ascii_digit()).count();
    let number: i64 = text[..len].iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    let ms = match len {
        10 => number * 1_000,
        13 => number,
        _ => return None,
    };
    (946_684_800_000..4_102_444_800_000).contains(&ms).then_some(Stamp {
        ms,
        len,
        zone: Zone::Epoch,
        digits: 0,
        iso: false,
    })
}

/// A number that states a time: seconds, milliseconds, or what is finer, by its size.
pub(super) fn of_number(number: f64) -> Option<i64> {
    let ms = match number {
        number if number < 1e8 => return None,
        number if number < 1e11 => number * 1e3,
        number if number < 1e14 => number,
        number if number < 1e17 => number / 1e3,
        number => number / 1e6,
    };
    (ms < 2e14).then_some(ms.round() as i64)
}

/// The time that a value of JSON states.
pub(super) fn of_value(value: Value<'_>) -> Option<i64> {
    match value.string() {
        Some(text) => of_text(&text),
        None => of_number(std::str::from_utf8(value.text()).ok()?.parse().ok()?),
    }
}

/// The time that a text is, all of it.
pub(super) fn of_text(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii();
    if let Some(stamp) = stamp(text).filter(|stamp| stamp.len == text.len()) {
        return Some(stamp.ms);
    }
    let text = std::str::from_utf8(text).ok()?;
    time::parse(text).or_else(|| of_number(text.parse().ok()?))
}

/// Members of a JSON line that state its time, the most believable first.
const MEMBERS: [&[u8]; 13] = [
    b"@timestamp",
    b"timestamp",
    b"Timestamp",
    b"time",
    b"ts",
    b"datetime",
    b"date",
    b"asctime",
    b"eventTime",
    b"event_time",
    b"_timestamp",
    b"timestampMs",
    b"start_time",
];

/// The time that an object states.
pub(super) fn of_object(value: Value<'_>) -> Option<i64> {
    let object = value.object();
    let embedded = || object.get("_aws").and_then(|aws| aws.object().get("Timestamp")).and_then(of_value);
    let member = |name: &&[u8]| {
        let (_, value) = object.members.iter().find(|(key, _)| key.as_ref() == *name)?;
        of_value(*value)
    };
    embedded().or_else(|| MEMBERS.iter().find_map(member))
}

/// The first time with a zone near the beginning of a message: what the program itself says.
pub(super) fn inside(message: &[u8]) -> Option<i64> {
    let head = &message[..message.len().min(256)];
    let at =
        memchr::memchr_iter(b'T', head).find(|&at| at >= 10 && head.get(at + 1).is_some_and(u8::is_ascii_digit))?;
    stamp(&head[at - 10..]).filter(|stamp| matches!(stamp.zone, Zone::Utc | Zone::Offset)).map(|stamp| stamp.ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms() {
        for (text, ms, len) in [
            ("2023-08-22T13:34:51.724Z END", 1_692_711_291_724, 24),
            ("2023-08-22T13:34:51Z", 1_692_711_291_000, 20),
            ("2026-01-18T10:00:00.123456+00:00 s", 1_768_730_400_123, 32),
            ("2026-01-18T12:00:00+02:00 s", 1_768_730_400_000, 25),
            ("2026-01-18 10:00:00,5 x", 1_768_730_400_500, 21),
            ("2026/01/18 10:00:00 x", 1_768_730_400_000, 19),
            ("2026-01-18T10:00:00-0130", 1_768_735_800_000, 24),
            ("1692711291724 x", 1_692_711_291_724, 13),
            ("1692711291\t", 1_692_711_291_000, 10),
        ] {
            let stamp = stamp(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((stamp.ms, stamp.len), (ms, len), "{text}");
        }
        for text in
            ["", "2", "2023-08-22", "2023-13-22T13:34:51Z", "123456789012", "99999999999999", "2023-08-22X13:34:51"]
        {
            assert_eq!(stamp(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn numbers_by_their_size() {
        for (number, ms) in [(1_692_711_291.724, 1_692_711_291_724), (1.692_711_291_724e12, 1_692_711_291_724)] {
            assert_eq!(of_number(number), Some(ms));
        }
        assert_eq!(of_number(1_692_711_291_724_000.0), Some(1_692_711_291_724));
        assert_eq!((of_number(7.0), of_number(f64::INFINITY), of_number(f64::NAN)), (None, None, None));
        assert_eq!(inside(b"x 2023-08-22T13:34:51.724Z\tb"), Some(1_692_711_291_724));
        assert_eq!(inside(b"T2 TT"), None);
    }
}
