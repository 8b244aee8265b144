//! VPC flow log records of version 2, as they come without a header. Records of other columns come with one, in files.

use super::{Put, When, put_plain, put_text};

/// What Logs Insights calls the columns of version 2.
const NAMES: [&str; 14] = [
    "version",
    "accountId",
    "interfaceId",
    "srcAddr",
    "dstAddr",
    "srcPort",
    "dstPort",
    "protocol",
    "packets",
    "bytes",
    "startTime",
    "endTime",
    "action",
    "logStatus",
];

/// Reads one line.
pub(super) fn read<'a>(line: &'a str, put: Put<'_>) -> Option<When<'a>> {
    let (mut count, mut start, mut fits) = (0, "", true);
    for (at, column) in line.split(' ').enumerate() {
        fits &= match at {
            0 => column == "2",
            2 => column.starts_with("eni-") || column == "-",
            10 | 11 => column.bytes().all(|byte| byte.is_ascii_digit()),
            12 => matches!(column, "ACCEPT" | "REJECT" | "-"),
            13 => matches!(column, "OK" | "NODATA" | "SKIPDATA"),
            _ => at < 14,
        };
        if !fits {
            return None;
        }
        if at == 10 {
            start = column;
        }
        put_named(NAMES[at], column, put);
        count += 1;
    }
    (count == 14).then_some(When::Seconds(start))
}

/// Puts a column under its name; the id of an account is text, since it may begin with zeros.
pub(super) fn put_named(name: &str, column: &str, put: Put<'_>) {
    if name == "accountId" { put_text(name, column, put) } else { put_plain(name, column, put) }
}

/// What a column of a header is called: as Insights calls it where it does, else its name in the same style.
pub(super) fn name_of(column: &str) -> String {
    const KNOWN: [(&str, &str); 8] = [
        ("srcaddr", "srcAddr"),
        ("dstaddr", "dstAddr"),
        ("srcport", "srcPort"),
        ("dstport", "dstPort"),
        ("start", "startTime"),
        ("end", "endTime"),
        ("pkt-srcaddr", "pktSrcAddr"),
        ("pkt-dstaddr", "pktDstAddr"),
    ];
    if let Some((_, name)) = KNOWN.iter().find(|(known, _)| *known == column) {
        return (*name).to_owned();
    }
    let mut name = String::new();
    for (at, part) in column.split('-').enumerate() {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if at > 0 => {
                name.extend(first.to_uppercase());
                name.push_str(letters.as_str());
            }
            _ => name.push_str(part),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::super::fields;
    use super::name_of;
    use crate::trail::line::Format;

    #[test]
    fn records() {
        assert_eq!(
            fields("2 012345678910 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"),
            (
                Some(Format::VpcFlow),
                Some(1_418_530_010_000),
                "version=2 accountId=\"012345678910\" interfaceId=\"eni-1235b8ca123456789\" srcAddr=\"172.31.16.139\" dstAddr=\"172.31.16.21\" srcPort=20641 dstPort=22 protocol=6 packets=20 bytes=4249 startTime=1418530010 endTime=1418530070 action=\"ACCEPT\" logStatus=\"OK\"".to_owned()
            )
        );
        assert_eq!(
            fields("2 123456789010 eni-1 - - - - - - - 1431280876 1431280934 - NODATA").2,
            "version=2 accountId=\"123456789010\" interfaceId=\"eni-1\" startTime=1431280876 endTime=1431280934 logStatus=\"NODATA\""
        );
        assert_eq!(fields("2 files were changed").0, None);
        assert_eq!((name_of("vpc-id"), name_of("tcp-flags")), ("vpcId".to_owned(), "tcpFlags".to_owned()));
    }
}
