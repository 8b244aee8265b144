//! Route 53: query log lines.

use super::{Put, When, put_plain, put_text};

const NAMES: [&str; 10] = [
    "version",
    "queryTimestamp",
    "hostZoneId",
    "queryName",
    "queryType",
    "responseCode",
    "protocol",
    "edgeLocation",
    "resolverIp",
    "ednsClientSubnet",
];

/// Reads one line.
pub(super) fn read<'a>(line: &'a str, put: Put<'_>) -> Option<When<'a>> {
    let mut time = None;
    let mut count = 0;
    for (at, column) in line.split(' ').enumerate() {
        match at {
            0 => put_plain(NAMES[0], column, put),
            1 if column.len() >= 20 && column.ends_with('Z') => {
                time = Some(column);
                put_text(NAMES[1], column, put);
            }
            6 if !matches!(column, "UDP" | "TCP" | "TLS" | "HTTPS") => return None,
            2..=9 => put_text(NAMES[at], column, put),
            _ => return None,
        }
        count += 1;
    }
    time.filter(|_| count >= 9).map(When::Iso)
}

#[cfg(test)]
mod tests {
    use super::super::fields;
    use crate::trail::line::Format;

    #[test]
    fn a_query() {
        assert_eq!(
            fields("1.0 2017-12-13T08:16:02.130Z Z123412341234 example.com AAAA NOERROR TCP IAD12 192.168.3.1 -"),
            (
                Some(Format::Route53),
                Some(1_513_152_962_130),
                "version=1.0 queryTimestamp=\"2017-12-13T08:16:02.130Z\" hostZoneId=\"Z123412341234\" queryName=\"example.com\" queryType=\"AAAA\" responseCode=\"NOERROR\" protocol=\"TCP\" edgeLocation=\"IAD12\" resolverIp=\"192.168.3.1\"".to_owned()
            )
        );
    }
}
