//! Logs whose columns a header names: CloudFront's standard log and other W3C logs (`#Fields:`), VPC flow logs in files.
//! CloudFront's columns are known when the header is missing.

use super::{Format, Known, Put, When, put_plain, put_text, vpc_flow};

/// The columns of CloudFront's standard log.
const CLOUDFRONT: [&str; 33] = [
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-uri-query",
    "cs(Cookie)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "fle-status",
    "fle-encrypted-fields",
    "c-port",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
    "sc-range-start",
    "sc-range-end",
];

/// Reads a line of CloudFront's without a header.
pub(super) fn read<'a>(line: &'a str, put: Put<'_>) -> Option<When<'a>> {
    let columns = line.split('\t');
    // Older lines have fewer columns than newer ones, and never as few as this.
    if columns.clone().count() < 12 {
        return None;
    }
    let (date, rest) = line.split_once('\t')?;
    let clock = rest.split('\t').next()?;
    let fits = date.len() == 10 && date.as_bytes()[4] == b'-' && clock.len() == 8 && clock.as_bytes()[2] == b':';
    fits.then(|| CLOUDFRONT.iter().zip(columns).for_each(|(name, column)| put_column(name, column, put)))?;
    Some(When::DateTime(date, clock))
}

fn put_column(name: &str, column: &str, put: Put<'_>) {
    match name {
        "date" | "time" | "x-edge-request-id" | "cs-uri-query" => put_text(name, column, put),
        _ => put_plain(name, column, put),
    }
}

/// The columns that a header names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    format: Format,
    names: Vec<String>,
    tabs: bool,
}

impl Columns {
    /// The columns that this line names; `None` when it is no header.
    #[must_use]
    pub fn of(line: &str) -> Option<Self> {
        let line = line.trim_end();
        if let Some(fields) = line.strip_prefix("#Fields:") {
            let names: Vec<String> = fields.split_ascii_whitespace().map(str::to_owned).collect();
            let cloudfront = names.iter().any(|name| name == "x-edge-location");
            let format = if cloudfront { Format::CloudFront } else { Format::WebServer };
            return (names.len() > 1).then_some(Self { format, names, tabs: cloudfront });
        }
        let known = [
            "srcaddr",
            "dstaddr",
            "interface-id",
            "vpc-id",
            "account-id",
            "pkt-srcaddr",
            "flow-direction",
            "log-status",
        ];
        let plain =
            line.bytes().all(|byte| byte.is_ascii_lowercase() || b" -".contains(&byte) || byte.is_ascii_digit());
        let flow = plain && line.split(' ').filter(|column| known.contains(column)).count() >= 2;
        flow.then(|| Self {
            format: Format::VpcFlow,
            names: line.split(' ').map(vpc_flow::name_of).collect(),
            tabs: false,
        })
    }

    /// Reads a line of these columns; `None` when it has another number of them.
    pub fn read<'a>(&self, line: &'a str, put: Put<'_>) -> Option<Known<'a>> {
        let line = line.trim_end_matches(['\r', '\n']);
        let blank = if self.tabs { '\t' } else { ' ' };
        if line.split(blank).count() != self.names.len() {
            return None;
        }
        let (mut date, mut clock, mut start) = (None, None, None);
        for (name, column) in self.names.iter().zip(line.split(blank)) {
            match name.as_str() {
                "date" => date = Some(column),
                "time" => clock = Some(column),
                "startTime" if column != "-" => start = Some(column),
                _ => {}
            }
            match self.format {
                Format::VpcFlow => vpc_flow::put_named(name, column, put),
                _ => put_column(name, column, put),
            }
        }
        let when = match (date, clock, start) {
            (Some(date), Some(clock), _) => When::DateTime(date, clock),
            (_, _, Some(start)) => When::Seconds(start),
            _ => When::Nowhere,
        };
        Some(Known { format: self.format, when })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Value, fields};
    use super::*;

    #[test]
    fn with_and_without_a_header() {
        let header = format!("#Fields: {}", CLOUDFRONT.join(" "));
        let line = "2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.100\tGET\td111111abcdef8.cloudfront.net\t/index.html\t200\t-\tMozilla/5.0%20(Windows)\t-\t-\tHit\tSOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==\td111111abcdef8.cloudfront.net\thttps\t23\t0.001\t-\tTLSv1.2\tECDHE-RSA-AES128-GCM-SHA256\tHit\tHTTP/2.0\t-\t-\t11040\t0.001\tHit\ttext/html\t78\t-\t-";
        let (format, time, told) = fields(line);
        assert_eq!((format, time), (Some(Format::CloudFront), Some(1_575_493_351_000)));
        assert!(told.contains("sc-status=200 cs(User-Agent)=\"Mozilla/5.0%20(Windows)\""), "{told}");
        let columns = Columns::of(&header).unwrap();
        let mut count = 0;
        let known = columns.read(line, &mut |_, _| count += 1).unwrap();
        assert_eq!((known.format, known.when.ms(), count), (Format::CloudFront, time, 25));
        assert_eq!(columns.read("a\tb", &mut |_, _| {}), None);
        assert_eq!(Columns::of("#Version: 1.0"), None);
    }

    #[test]
    fn flow_logs_of_other_columns() {
        let columns = Columns::of("version vpc-id srcaddr dstaddr start end tcp-flags account-id").unwrap();
        let mut told = String::new();
        let known = columns
            .read("3 vpc-1 10.0.0.1 - 1418530010 1418530070 2 012345678910\n", &mut |name, value| {
                let value = match value {
                    Value::Text(text) | Value::Number(text) => text.to_owned(),
                    Value::Integer(number) => number.to_string(),
                };
                told.push_str(&format!("{name}={value} "));
            })
            .unwrap();
        assert_eq!((known.format, known.when.ms()), (Format::VpcFlow, Some(1_418_530_010_000)));
        assert_eq!(
            told,
            "version=3 vpcId=vpc-1 srcAddr=10.0.0.1 startTime=1418530010 endTime=1418530070 tcpFlags=2 accountId=012345678910 "
        );
        assert_eq!(Columns::of("the srcaddr is not known"), None);
    }
}
