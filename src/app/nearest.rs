//! What somebody probably meant by a field that no event has.

use crate::query::kql;

/// The known names nearest to a written one, nearest first, at most three; none that are merely somewhat alike.
#[must_use]
pub fn nearest(written: &str, paths: &[String]) -> Vec<String> {
    let wanted = written.to_lowercase();
    let allowed = (wanted.chars().count() / 3).clamp(1, 4);
    let mut known: Vec<&str> = paths.iter().map(String::as_str).collect();
    kql::short_names().for_each(|name| known.push(name));
    let mut near: Vec<(usize, usize, &str)> = known
        .into_iter()
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let last = lower.rsplit('.').next().unwrap_or(&lower);
            // A person who forgets the way to a field still knows its name; that counts a little less than the whole.
            let distance = distance(&wanted, &lower, allowed)
                .into_iter()
                .chain(self::distance(&wanted, last, allowed).map(|d| d + 1))
                .min()?;
            Some((distance, name.len(), name))
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(.., name)| name.to_owned()).collect()
}

/// Whether what was read as a field is the beginning of a value with a colon in it that was pasted bare: an ARN, an IPv6
/// address or a time.
#[must_use]
pub fn is_pasted_value(written: &str) -> bool {
    let is_address = written.len() <= 4 && written.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_time =
        matches!(written.as_bytes(), [a, b, c, d, b'-', ..] if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()));
    let is_clock = written.len() == 2 && written.bytes().all(|byte| byte.is_ascii_digit());
    written == "arn" || is_address || is_time || is_clock
}

/// The number of characters to insert, drop or change to make one text the other (Levenshtein); `None` beyond `most`.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let b: Vec<char> = b.chars().collect();
    let length = a.chars().count();
    if length.abs_diff(b.len()) > most {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    row.last().copied().filter(|&distance| distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let paths = ["eventName", "eventSource", "userIdentity.arn", "errorCode"].map(str::to_owned);
        assert_eq!(nearest("evntName", &paths)[0], "eventName");
        assert_eq!(nearest("EVENTNAME", &paths)[0], "eventName");
        assert_eq!(nearest("arn", &paths)[0], "userIdentity.arn");
        assert!(nearest("somethingElse", &paths).is_empty());
    }

    #[test]
    fn knows_pasted_values() {
        assert!(["arn", "2001", "fe80", "2023-07-10T11", "11"].into_iter().all(is_pasted_value));
        assert!(!["eventName", "action", "user"].into_iter().any(is_pasted_value));
    }
}
