//! The words and numbers that a time is written in.

/// A text in runs of letters, runs of digits and single other characters.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut characters = text.chars().filter(|character| *character != '\0').peekable();
    while let Some(first) = characters.next() {
        let mut token = String::from(first);
        if first.is_whitespace() {
            found.push(" ".to_owned());
            continue;
        }
        let mut is_number = first.is_ascii_digit();
        if !is_number && !first.is_alphabetic() {
            found.push(token);
            continue;
        }
        let (mut letters, mut dotted) = (false, false);
        while let Some(&next) = characters.peek() {
            let after_dot = token.ends_with('.');
            letters |= !is_number;
            let fits = match (is_number, dotted) {
                (false, false) => next.is_alphabetic() || next == '.',
                (true, false) => next.is_ascii_digit() || next == '.' || (next == ',' && token.len() >= 2),
                (false, true) => next == '.' || next.is_alphabetic() || (next.is_ascii_digit() && after_dot),
                (true, true) => next == '.' || next.is_ascii_digit() || (next.is_alphabetic() && after_dot),
            };
            if !fits {
                break;
            }
            if dotted && next != '.' {
                is_number = next.is_ascii_digit();
            }
            dotted |= next == '.' || next == ',';
            token.push(next);
            characters.next();
        }
        let dots = token.matches('.').count();
        if dotted && (letters || dots > 1 || token.ends_with(['.', ','])) {
            let mut rest = token.as_str();
            while let Some(cut) = rest.find(['.', ',']) {
                found.extend([&rest[..cut], &rest[cut..=cut]].map(str::to_owned));
                rest = &rest[cut + 1..];
            }
            found.push(rest.to_owned());
            // The first part stays even when it is empty, which it never is.
            found.retain(|part| !part.is_empty());
        } else {
            found.push(if dotted && is_number && dots == 0 { token.replace(',', ".") } else { token });
        }
    }
    found
}

const JUMPS: [&str; 18] =
    [" ", ".", ",", ";", "-", "/", "'", "at", "on", "and", "ad", "m", "t", "of", "st", "nd", "rd", "th"];
pub(super) const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

pub(super) fn jump(token: &str) -> bool {
    JUMPS.contains(&token.to_lowercase().as_str())
}

/// The place of a name, whole or its first three letters, in a list.
pub(super) fn named(token: &str, names: &[&str]) -> Option<i64> {
    let token = token.to_lowercase();
    names.iter().position(|name| *name == token || name[..3] == token).map(|place| place as i64)
}

pub(super) fn month(token: &str) -> Option<i64> {
    if token.eq_ignore_ascii_case("sept") { Some(9) } else { named(token, &MONTHS).map(|place| place + 1) }
}

/// 0, 1 or 2 for a word that stands for hours, minutes or seconds.
pub(super) fn unit(token: &str) -> Option<i64> {
    match token.to_lowercase().as_str() {
        "h" | "hour" | "hours" => Some(0),
        "m" | "minute" | "minutes" => Some(1),
        "s" | "second" | "seconds" => Some(2),
        _ => None,
    }
}

pub(super) fn afternoon(token: &str) -> Option<bool> {
    match token.to_lowercase().as_str() {
        "am" | "a" => Some(false),
        "pm" | "p" => Some(true),
        _ => None,
    }
}

pub(super) fn is_utc(token: &str) -> bool {
    ["utc", "gmt", "z"].contains(&token.to_lowercase().as_str())
}

pub(super) fn digits(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn int(token: &str) -> Option<i64> {
    digits(token).then(|| token.parse().ok())?
}

pub(super) fn on_clock_of_12(hour: i64, afternoon: bool) -> i64 {
    match (hour, afternoon) {
        (..12, true) => hour + 12,
        (12, false) => 0,
        _ => hour,
    }
}

/// Seconds and microseconds.
pub(super) fn seconds(token: &str) -> Option<(i64, i64)> {
    match token.split_once('.') {
        None => Some((int(token)?, 0)),
        Some((whole, fraction)) => Some((int(whole)?, int(&format!("{fraction:0<6}")[..6])?)),
    }
}

/// Minutes, and the seconds in their fraction.
pub(super) fn minutes(value: f64) -> (i64, Option<i64>) {
    (value.trunc() as i64, (value.fract() != 0.0).then(|| (60.0 * value.fract()) as i64))
}
