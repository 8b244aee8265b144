//! What a spreadsheet program does to a CSV file that is opened and saved: times in its own manner, long numbers rounded
//! to `1.11E+11`, zeros in front dropped, text that begins with `=` or `-` turned into `#NAME?`. None of it can be undone
//! with certainty, so values are kept as they are and named; only a time that can mean one thing is read.

use jiff::civil;

/// What a column holds, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// A time.
    Time,
    /// A number of twelve digits.
    Account,
    /// Anything else.
    Text,
}

/// A value that was changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Damage {
    /// What is wrong with it, in words.
    pub what: String,
    /// The time that it means, as CloudTrail writes times, when that is certain.
    pub time: Option<String>,
}

/// Looks at a value of the member `name`; `None` when nothing was done to it.
pub(super) fn damage(name: &str, holds: Holds, cell: &[u8]) -> Option<Damage> {
    let text = std::str::from_utf8(cell).ok()?.trim();
    let told = |what: &str| Some(Damage { what: format!("{name} `{text}`: {what}"), time: None });
    if ["#NAME?", "#VALUE!", "#REF!", "#N/A", "#NUM!", "#DIV/0!"].contains(&text) {
        return told("the text was taken for a formula and is lost");
    }
    if !text.is_empty() && text.len() > 4 && text.bytes().all(|byte| byte == b'#') {
        return told("the column was too narrow to show it, and it is lost");
    }
    if is_rounded(text) {
        return told("a long number was rounded, its last digits are lost");
    }
    match holds {
        Holds::Account if text.len() < 12 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            told("an account has twelve digits; zeros in front were dropped")
        }
        Holds::Time => {
            if crate::time::parse(text).is_some() && text.contains('T') || text.is_empty() {
                return None;
            }
            match local(text) {
                Local::Certain(time) => Some(Damage {
                    what: format!(
                        "{name} `{text}`: the time was written anew; it was read as {time}, seconds may be lost"
                    ),
                    time: Some(time),
                }),
                Local::Uncertain => told("day and month cannot be told apart"),
                Local::No => {
                    let number = text.parse::<f64>().is_ok_and(|days| (20_000.0..80_000.0).contains(&days));
                    if number { told("a time became a number of days") } else { None }
                }
            }
        }
        _ => None,
    }
}

/// Whether this is a number as spreadsheets shorten it: `1.11E+11`.
fn is_rounded(text: &str) -> bool {
    let Some((number, exponent)) = text.split_once("E+") else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    digits(whole) && digits(fraction) && digits(exponent)
}

enum Local {
    Certain(String),
    Uncertain,
    No,
}

/// A time as a spreadsheet writes it: `1/26/2021 22:48`, `26.01.2021 22:48:41`, `2021-01-26 22:48`, `1/26/21 10:48 PM`.
fn local(text: &str) -> Local {
    parts(text).unwrap_or(Local::No)
}

fn parts(text: &str) -> Option<Local> {
    let (date, clock) = text.split_once([' ', 'T'])?;
    let separator = date.chars().find(|c| !c.is_ascii_digit())?;
    let numbers: Vec<i16> = date.split(separator).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [a, b, c] = numbers[..] else { return None };
    let (clock, half) = match clock.trim_end().rsplit_once(' ') {
        Some((clock, half)) if half.eq_ignore_ascii_case("am") || half.eq_ignore_ascii_case("pm") => {
            (clock, Some(half))
        }
        _ => (clock.trim_end().trim_end_matches('Z'), None),
    };
    let mut hms: Vec<i8> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    if !(2..=3).contains(&hms.len()) {
        return None;
    }
    if let Some(half) = half {
        hms[0] = hms[0] % 12 + if half.eq_ignore_ascii_case("pm") { 12 } else { 0 };
    }
    let year = |year: i16| if year < 100 { 2_000 + year } else { year };
    let (year, month, day, certain) = match (a, b, c) {
        (a, b, c) if a > 31 => (a, b, c, true),
        (a, b, c) if a > 12 => (year(c), b, a, true),
        (a, b, c) if b > 12 => (year(c), a, b, true),
        (a, b, c) => (year(c), a, b, a == b),
    };
    let date = civil::Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let time = civil::Time::new(hms[0], hms[1], hms.get(2).copied().unwrap_or(0), 0).ok()?;
    Some(if certain { Local::Certain(format!("{date}T{time}Z")) } else { Local::Uncertain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_was_done_and_reads_only_what_is_certain() {
        for (holds, text, damaged, time) in [
            (Holds::Time, "2021-01-26T22:48:41Z", false, None),
            (Holds::Time, "2021-01-26T22:48:41+02:00", false, None),
            (Holds::Time, "", false, None),
            (Holds::Time, "yesterday", false, None),
            (Holds::Time, "1/26/2021 22:48", true, Some("2021-01-26T22:48:00Z")),
            (Holds::Time, "26/1/2021 22:48:41", true, Some("2021-01-26T22:48:41Z")),
            (Holds::Time, "26.01.2021 22:48", true, Some("2021-01-26T22:48:00Z")),
            (Holds::Time, "1/26/21 10:48 PM", true, Some("2021-01-26T22:48:00Z")),
            (Holds::Time, "1/26/21 12:48 AM", true, Some("2021-01-26T00:48:00Z")),
            (Holds::Time, "2021-01-26 22:48", true, Some("2021-01-26T22:48:00Z")),
            (Holds::Time, "3/3/2021 1:00", true, Some("2021-03-03T01:00:00Z")),
            (Holds::Time, "3/4/2021 1:00", true, None),
            (Holds::Time, "44222.95", true, None),
            (Holds::Time, "31/31/2021 1:00", false, None),
            (Holds::Account, "111122223333", false, None),
            (Holds::Account, "1.11122E+11", true, None),
            (Holds::Account, "1,11E+11", true, None),
            (Holds::Account, "1122223333", true, None),
            (Holds::Account, "", false, None),
            (Holds::Text, "#NAME?", true, None),
            (Holds::Text, "########", true, None),
            (Holds::Text, "6.6E+12", true, None),
            (Holds::Text, "66EC74F058E8C61E", false, None),
            (Holds::Text, "1E5", false, None),
        ] {
            let found = damage("x", holds, text.as_bytes());
            assert_eq!(found.is_some(), damaged, "{text}: {found:?}");
            assert_eq!(found.and_then(|damage| damage.time).as_deref(), time, "{text}");
        }
    }
}
