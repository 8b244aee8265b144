//! Access logs of web servers: the common log format, and the combined one, which adds referer and user agent.

use super::{Put, Value, When, put_plain, put_text};
use crate::time;

/// Reads one line.
pub(super) fn read<'a>(line: &'a str, put: Put<'_>) -> Option<When<'a>> {
    let (head, rest) = line.split_once(" [")?;
    let (stamp, rest) = rest.split_once("] \"")?;
    let mut who = head.splitn(3, ' ');
    let (client, ident, user) = (who.next()?, who.next()?, who.next()?);
    if stamp.len() < 20 || stamp.as_bytes().get(2) != Some(&b'/') || client.is_empty() {
        return None;
    }
    // The request ends at the quote before the status: a hostile one may have quotes inside.
    let (request, rest) = rest.match_indices("\" ").find_map(|(at, _)| {
        let after = &rest[at + 2..];
        let status = after.get(..3)?.bytes().all(|byte| byte.is_ascii_digit());
        (status && matches!(after.as_bytes().get(3), None | Some(b' '))).then(|| (&rest[..at], after))
    })?;
    put_text("clientIp", client, put);
    put_text("ident", ident, put);
    put_text("user", user, put);
    let mut parts = request.splitn(3, ' ');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(method), Some(path), protocol) => {
            put_text("method", method, put);
            put_text("path", path, put);
            put_text("protocol", protocol.unwrap_or_default(), put);
        }
        _ => put_text("request", request, put),
    }
    let mut columns = super::columns(rest);
    put("status", Value::Number(columns.next()?));
    put_plain("bytes", columns.next().unwrap_or_default(), put);
    put_text("referer", columns.next().unwrap_or_default(), put);
    put_text("userAgent", columns.next().unwrap_or_default(), put);
    Some(When::Clf(stamp))
}

/// The time between the brackets.
pub(super) fn ms(stamp: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (date, zone) = stamp.split_once(' ').unwrap_or((stamp, "+0000"));
    let (day, month, year) = (date.get(..2)?, date.get(3..6)?, date.get(7..11)?);
    let month = MONTHS.iter().position(|known| *known == month)? + 1;
    let clock = date.get(12..20)?;
    let (hours, minutes) = (zone.get(..3)?, zone.get(3..5)?);
    time::parse(&format!("{year}-{month:02}-{day}T{clock}{hours}:{minutes}"))
}

#[cfg(test)]
mod tests {
    use super::super::fields;
    use crate::trail::line::Format;

    #[test]
    fn common_and_combined() {
        let common = r#"127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326"#;
        let expected = r#"clientIp="127.0.0.1" user="frank" method="GET" path="/apache_pb.gif" protocol="HTTP/1.0" status=200 bytes=2326"#;
        assert_eq!(fields(common), (Some(Format::WebServer), Some(971_211_336_000), expected.to_owned()));
        let combined = format!(r#"{common} "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)""#);
        let more = r#" referer="http://www.example.com/start.html" userAgent="Mozilla/4.08 [en] (Win98; I ;Nav)""#;
        assert_eq!(fields(&combined).2, format!("{expected}{more}"));
        let odd = r#"2001:db8::1 - - [10/Oct/2000:13:55:36 +0000] "\x16\x03" 400 -"#;
        assert_eq!(fields(odd).2, r#"clientIp="2001:db8::1" request="\\x16\\x03" status=400"#);
        let quoted = r#"a - - [10/Oct/2000:13:55:36 +0000] "GET /"x" HTTP/1.1" 404 12"#;
        assert!(fields(quoted).2.contains(r#"path="/\"x\"""#));
    }
}
