//! The console's Event history as CSV. Two families of headers are known; columns are matched by name, in any order, and
//! one that is not known keeps its own name. A row has no error message, no parameters, no type of identity, and does not
//! tell how a sign-in ended; none of that is made up.

use super::rows::Made;
use super::spreadsheet::Holds;
use crate::import::json::{Value, padded};
use crate::store::tokens::{self, PADDING};

/// The columns of one file.
#[derive(Debug)]
pub(in crate::import) struct EventHistory {
    columns: Vec<String>,
}

/// The members of the record in the order in which they are written, and the columns they come from.
const MEMBERS: [(&str, &str); 13] = [
    ("event time", "eventTime"),
    ("event source", "eventSource"),
    ("event name", "eventName"),
    ("aws region", "awsRegion"),
    ("source ip address", "sourceIPAddress"),
    ("user agent", "userAgent"),
    ("error code", "errorCode"),
    ("request id", "requestID"),
    ("event id", "eventID"),
    ("read-only", "readOnly"),
    ("event type", "eventType"),
    ("recipient account id", "recipientAccountId"),
    ("event category", "eventCategory"),
];

/// Columns that do not become a member by themselves.
const OTHERS: [&str; 4] = ["user name", "aws access key", "resources", "resource type"];

impl EventHistory {
    /// The columns that a header names; `None` when it is not one of Event history.
    pub fn of(header: &[String]) -> Option<Self> {
        let columns: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
        let has = |name: &str| columns.iter().any(|column| column == name);
        if !(has("event id") && has("event time") && has("event name")) {
            return None;
        }
        let kept = |(column, name): (String, &String)| {
            let known = OTHERS.contains(&column.as_str()) || MEMBERS.iter().any(|(known, _)| *known == column);
            if known { column } else { name.trim().to_owned() }
        };
        Some(Self { columns: columns.into_iter().zip(header).map(kept).collect() })
    }

    /// Writes the record of one row.
    pub fn row(&self, cells: &[&[u8]], made: &mut Made) {
        let cell = |name: &str| {
            let at = self.columns.iter().position(|column| column == name)?;
            cells.get(at).copied().filter(|cell| !cell.is_empty())
        };
        for (column, name) in MEMBERS {
            let Some(value) = cell(column) else { continue };
            let holds = match name {
                "eventTime" => Holds::Time,
                "recipientAccountId" => Holds::Account,
                _ => Holds::Text,
            };
            let damage = made.check(name, holds, value);
            made.key(name);
            match (name, damage) {
                ("readOnly", _) if value.eq_ignore_ascii_case(b"true") => made.json.extend_from_slice(b"true"),
                ("readOnly", _) if value.eq_ignore_ascii_case(b"false") => made.json.extend_from_slice(b"false"),
                (_, Some(time)) => made.text(time.as_bytes()),
                _ => made.text(value),
            }
            if name == "eventTime" {
                Self::identity(cell("user name"), cell("aws access key"), made);
            }
        }
        if !made.has("eventTime") {
            Self::identity(cell("user name"), cell("aws access key"), made);
        }
        Self::resources(cell("resources"), cell("resource type"), made);
        for (name, value) in self.columns.iter().zip(cells) {
            let known = OTHERS.contains(&name.as_str()) || MEMBERS.iter().any(|(column, _)| column == name);
            if !known && !value.is_empty() && !name.is_empty() {
                made.key(name);
                made.text(value);
            }
        }
        made.mute_sign_in = true;
    }

    fn identity(user: Option<&[u8]>, access_key: Option<&[u8]>, made: &mut Made) {
        if user.is_none() && access_key.is_none() {
            return;
        }
        made.key("userIdentity");
        made.json.push(b'{');
        for (name, value) in [("userName", user), ("accessKeyId", access_key)] {
            let Some(value) = value else { continue };
            made.check(name, Holds::Text, value);
            if made.json.last() != Some(&b'{') {
                made.json.push(b',');
            }
            tokens::write_string(name.as_bytes(), &mut made.json);
            made.json.push(b':');
            made.text(value);
        }
        made.json.push(b'}');
    }

    fn resources(cell: Option<&[u8]>, kind: Option<&[u8]>, made: &mut Made) {
        let Some(cell) = cell else { return };
        let buf = padded(cell);
        match Value::read(&buf, 0, buf.len() - PADDING) {
            Ok(array) if array.is_array() => {
                if array.elements().next().is_some() {
                    made.key("resources");
                    made.json.extend_from_slice(array.text());
                }
                made.resources.extend(super::lookup_events::names(Some(array), "resourceName"));
            }
            // The older header has the kind and the name as two plain texts.
            _ => {
                made.key("resources");
                made.json.extend_from_slice(b"[{");
                if let Some(kind) = kind {
                    made.json.extend_from_slice(b"\"resourceType\":");
                    made.text(kind);
                    made.json.push(b',');
                }
                made.json.extend_from_slice(b"\"resourceName\":");
                made.text(cell);
                made.json.extend_from_slice(b"}]");
                made.resources.push(String::from_utf8_lossy(cell).into_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::tests::read;
    use crate::problem::ProblemKind;

    const HEADER: &str = "User name,AWS access key,Event time,Event source,Event name,AWS region,Source IP address,User agent,Error code,Resources,Request ID,Event ID,Read-only,Event type,Recipient Account Id,Event category";

    #[test]
    fn the_vector_of_the_specification() {
        let row = r#"CloudTrail,ASIAXLRU6HUNU,2021-01-26T22:43:11Z,s3.amazonaws.com,PutBucketPublicAccessBlock,us-east-1,198.51.100.7,"[AWSCloudTrail, aws-internal/3]",AccessDenied,"[{""resourceType"":""AWS::S3::Bucket"",""resourceName"":""aws-cloudtrail-logs""}]",66EC74F058E8C61E,5b40e88b,false,AwsApiCall,111122223333,Management"#;
        let report = read(&format!("{HEADER}\n{row}\n"));
        assert_eq!(
            report.records,
            [
                r#"{"eventTime":"2021-01-26T22:43:11Z","userIdentity":{"userName":"CloudTrail","accessKeyId":"ASIAXLRU6HUNU"},"eventSource":"s3.amazonaws.com","eventName":"PutBucketPublicAccessBlock","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","userAgent":"[AWSCloudTrail, aws-internal/3]","errorCode":"AccessDenied","requestID":"66EC74F058E8C61E","eventID":"5b40e88b","readOnly":false,"eventType":"AwsApiCall","recipientAccountId":"111122223333","eventCategory":"Management","resources":[{"resourceType":"AWS::S3::Bucket","resourceName":"aws-cloudtrail-logs"}]}"#
            ]
        );
        assert_eq!(report.resources, [vec!["aws-cloudtrail-logs".to_owned()]]);
        assert!(report.mute_sign_in && report.problems.is_empty(), "{:?}", report.problems);
        // CRLF, a BOM and no line end at the last row make no difference.
        let other = read(&format!("\u{feff}{HEADER}\r\n{row}"));
        assert_eq!(other.records, report.records);
    }

    #[test]
    fn older_header_reordered_and_extra_columns() {
        let report = read(
            "Event ID,Event time,User name,Event name,Resource type,Resources,AWS access key,AWS region,Error code,Source IP address\n\
             e,2015-02-20T23:55:29Z,root,ConsoleLogin,,,,us-east-2,,203.0.113.4\nf,2015-02-20T23:55:29Z,,CreateBucket,S3 Bucket,b,,us-east-2,,\n",
        );
        assert_eq!(
            report.records,
            [
                r#"{"eventTime":"2015-02-20T23:55:29Z","userIdentity":{"userName":"root"},"eventName":"ConsoleLogin","awsRegion":"us-east-2","sourceIPAddress":"203.0.113.4","eventID":"e"}"#,
                r#"{"eventTime":"2015-02-20T23:55:29Z","eventName":"CreateBucket","awsRegion":"us-east-2","eventID":"f","resources":[{"resourceType":"S3 Bucket","resourceName":"b"}]}"#,
            ]
        );
        let report = read("Event name,New Column,Event time,Event ID\n\"a,\nb\",x,2015-02-20T23:55:29Z,1\n");
        assert_eq!(
            report.records,
            [r#"{"eventTime":"2015-02-20T23:55:29Z","eventName":"a,\nb","eventID":"1","New Column":"x"}"#]
        );
    }

    #[test]
    fn a_spreadsheet_was_here() {
        let header = HEADER.replace(',', ";");
        let text = format!(
            "sep=;\n{header}\nAlice;#NAME?;1/26/2021 22:48;s3.amazonaws.com;GetObject;us-east-1;;;;[];;1;TRUE;AwsApiCall;1.11122E+11;Management\n\
             Bob;;3/4/2021 1:00;s3.amazonaws.com;GetObject;us-east-1;;;;[];;2;FALSE;AwsApiCall;1122223333;Management\n"
        );
        let report = read(&text);
        assert!(report.records[0].contains(r#""eventTime":"2021-01-26T22:48:00Z""#), "{}", report.records[0]);
        assert!(report.records[0].contains(r#""recipientAccountId":"1.11122E+11""#));
        assert!(
            report.records[0].contains(r#""readOnly":true"#)
                && report.records[0].contains(r##""accessKeyId":"#NAME?""##)
        );
        assert!(report.records[1].contains(r#""eventTime":"3/4/2021 1:00""#));
        assert!(report.records[1].contains(r#""recipientAccountId":"1122223333""#));
        let damaged: Vec<_> = report.problems.iter().filter(|problem| problem.kind == ProblemKind::Damaged).collect();
        assert_eq!(damaged.len(), 2, "{:?}", report.problems);
        for value in ["1/26/2021 22:48", "1.11122E+11", "#NAME?"] {
            assert!(damaged[0].what.contains(value), "{}", damaged[0].what);
        }
        assert_eq!((damaged[0].record, damaged[1].record), (Some(0), Some(1)));
        assert!(report.problems.iter().any(|problem| problem.kind == ProblemKind::Undated));
    }
}
