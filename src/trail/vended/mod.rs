//! The lines that services write into logs in a form of their own, one file a form: plain functions of a line that name its
//! fields as Logs Insights does, or as the service's documentation does where Insights has no name (`spec/FORMATS.md` 2.10).
//! A field that a line leaves out (`-`) is left out.

mod api_gateway;
mod cloudfront;
mod lambda;
mod load_balancer;
mod route53;
mod vpc_flow;
mod web_server;

pub use cloudfront::Columns;

use super::line::Format;
use crate::time;

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Text.
    Text(&'a str),
    /// A number as it is written, which JSON allows as it is.
    Number(&'a str),
    /// A number that was worked out.
    Integer(i64),
}

/// Takes the fields of a line in order. What was put counts only when the reader says that the line is of its form.
pub type Put<'p> = &'p mut dyn FnMut(&str, Value<'_>);

/// Where the time of a line stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When<'a> {
    /// The form has none.
    Nowhere,
    /// ISO 8601, in UTC where it has no zone.
    Iso(&'a str),
    /// Seconds since the epoch.
    Seconds(&'a str),
    /// `10/Oct/2000:13:55:36 -0700`
    Clf(&'a str),
    /// A date and a time in UTC.
    DateTime(&'a str, &'a str),
}

impl When<'_> {
    /// Milliseconds since the epoch.
    #[must_use]
    pub fn ms(self) -> Option<i64> {
        match self {
            Self::Nowhere => None,
            Self::Iso(text) => time::parse(text).or_else(|| time::parse(&format!("{text}Z"))),
            Self::Seconds(text) => text.parse::<i64>().ok()?.checked_mul(1_000),
            Self::Clf(text) => web_server::ms(text),
            Self::DateTime(date, clock) => time::parse(&format!("{date}T{clock}Z")),
        }
    }
}

/// A line of a known form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// Its form.
    pub format: Format,
    /// Its own time.
    pub when: When<'a>,
}

/// Reads a line of whatever known form; `None` when it is of none.
pub fn read<'a>(line: &'a str, put: Put<'_>) -> Option<Known<'a>> {
    let line = line.trim_end();
    let known = |format, when| Some(Known { format, when });
    // The first byte says which forms a line can be of, so that ordinary text costs nothing.
    match *line.as_bytes().first()? {
        b'(' => api_gateway::read(line, put).and_then(|()| known(Format::ApiGateway, When::Nowhere)),
        b'S' | b'E' | b'R' | b'I' if lambda::platform(line, put) => known(Format::Lambda, When::Nowhere),
        b'[' => lambda::application(line, put).and_then(|when| known(Format::Text, when)),
        b'0'..=b'9' => {
            let (first, _) = line.split_at(line.find([' ', '\t'])?);
            if first.len() == 24 && first.ends_with('Z') && line.as_bytes()[24] == b'\t' {
                return lambda::application(line, put).and_then(|when| known(Format::Text, when));
            }
            if first.len() <= 2 {
                return vpc_flow::read(line, put).and_then(|when| known(Format::VpcFlow, when));
            }
            if first == "1.0" {
                return route53::read(line, put).and_then(|when| known(Format::Route53, when));
            }
            if first.len() == 10 && line.as_bytes()[10] == b'\t' {
                return cloudfront::read(line, put).and_then(|when| known(Format::CloudFront, when));
            }
            if first.ends_with('Z') && first.len() >= 20 {
                return load_balancer::classic(line, put).and_then(|when| known(Format::LoadBalancer, when));
            }
            web_server::read(line, put).and_then(|when| known(Format::WebServer, when))
        }
        _ => {
            let first = &line[..line.find(' ')?];
            match first {
                "http" | "https" | "h2" | "grpcs" | "ws" | "wss" => {
                    load_balancer::application(line, put).and_then(|when| known(Format::LoadBalancer, when))
                }
                "tls" => load_balancer::network(line, put).and_then(|when| known(Format::LoadBalancer, when)),
                // An IPv6 address, or the name of a host.
                _ if line.contains(" [") => web_server::read(line, put).and_then(|when| known(Format::WebServer, when)),
                _ => None,
            }
        }
    }
}

/// Puts a field: a number as one, and nothing where it is left out.
fn put_plain(name: &str, text: &str, put: Put<'_>) {
    if text == "-" || text.is_empty() {
        return;
    }
    put(name, if is_number(text) { Value::Number(text) } else { Value::Text(text) });
}

/// Puts a field that is a text, whatever it looks like.
fn put_text(name: &str, text: &str, put: Put<'_>) {
    if text != "-" && !text.is_empty() {
        put(name, Value::Text(text));
    }
}

/// Whether JSON takes this text as a number, and no digit of it is lost on the way.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    all(whole) && all(fraction) && (whole == "0" || !whole.starts_with('0'))
}

/// Whether it is a UUID, as request ids are.
fn is_request_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The columns of a line: separated by blanks, and in quotes where they have blanks inside.
fn columns(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(' ');
        if rest.is_empty() {
            return None;
        }
        if let Some(inside) = rest.strip_prefix('"') {
            // A quote inside is escaped, where the service does so at all.
            let mut end = 0;
            let bytes = inside.as_bytes();
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' && end + 1 < bytes.len() { 2 } else { 1 };
            }
            let end = end.min(bytes.len());
            let column = inside.get(..end)?;
            rest = inside.get(end + 1..).unwrap_or("");
            return Some(column);
        }
        let end = rest.find(' ').unwrap_or(rest.len());
        let column = &rest[..end];
        rest = &rest[end..];
        Some(column)
    })
}

/// The fields of one line, as a test compares them.
#[cfg(test)]
pub(crate) fn fields(line: &str) -> (Option<Format>, Option<i64>, String) {
    let mut out = String::new();
    let known = read(line, &mut |name, value| {
        let value = match value {
            Value::Text(text) => format!("{text:?}"),
            Value::Number(text) => text.to_owned(),
            Value::Integer(number) => number.to_string(),
        };
        out.push_str(&format!("{name}={value} "));
    });
    (known.map(|known| known.format), known.and_then(|known| known.when.ms()), out.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_of_no_form() {
        for line in [
            "",
            " ",
            "(",
            "( )",
            "S",
            "START",
            "REPORT",
            "[",
            "[ERROR] x",
            "2",
            "2 x",
            "1.0 x",
            "tls x",
            "http x",
            "2023-08-22T13:34:51.724Z\tx",
            "2015-05-13T23:39:43.945958Z x",
            "é",
            "a [",
            "1.2.3.4 - - [x",
            "\"",
            "2019-12-04\t21:02:31\tx",
            "INIT_START",
            "a - - [10/Oct/2000:13:55:36 -0700] \"GET",
        ] {
            assert_eq!(read(line, &mut |_, _| {}), None, "{line}");
        }
        assert!(is_number("0.5") && is_number("-12") && !is_number("007") && !is_number("1e5") && !is_number("1."));
        assert_eq!(columns(r#"a "b \" c" d"#).collect::<Vec<_>>(), ["a", r#"b \" c"#, "d"]);
        assert_eq!(columns("a \"b").collect::<Vec<_>>(), ["a", "b"]);
    }
}
