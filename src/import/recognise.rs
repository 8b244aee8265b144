//! What is this file? Decided by its content, never by its name: browsers gunzip files behind one's back and exports have
//! names like `000000.gz` (`spec/FORMATS.md` 0.1 to 0.3, whose signature numbers stand beside the rules below).

use crate::store::tokens::{self, PADDING};
use serde::{Deserialize, Serialize};

/// Bytes of content that are enough to tell what it is.
pub const HEAD: usize = 64 << 10;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// `{"Records":[…]}` as CloudTrail delivers to S3.
    CloudTrailLog,
    /// CloudTrail records one after the other, on lines or not.
    CloudTrailRecords,
    /// An array of CloudTrail records.
    CloudTrailArray,
    /// No content at all.
    Empty,
    /// A CloudTrail digest file.
    Digest,
    /// `cloudtrail list-public-keys`
    PublicKeys,
    /// `cloudtrail lookup-events`
    LookupEvents,
    /// `cloudtrail describe-trails`
    Trails,
    /// The signature beside CloudTrail Lake results.
    LakeSignature,
    /// CloudTrail Lake query results.
    LakeResults,
    /// The console's event history as CSV.
    EventHistoryCsv,
    /// `Records` of S3, SQS or SNS.
    Notification,
    /// `Records` of Kinesis.
    Kinesis,
    /// An EventBridge event.
    EventBridge,
    /// A CloudWatch Logs subscription payload.
    Subscription,
    /// `logs filter-log-events` or `get-log-events`
    LogEvents,
    /// Logs Insights results.
    InsightsResults,
    /// `logs describe-…`
    LogsDescription,
    /// `logs describe-metric-filters`
    MetricFilters,
    /// `cloudwatch get-metric-data`
    MetricData,
    /// `cloudwatch get-metric-statistics`
    MetricStatistics,
    /// `cloudwatch list-metrics`
    MetricList,
    /// Metric stream output.
    MetricStream,
    /// Embedded metric format.
    EmbeddedMetrics,
    /// `cloudwatch describe-alarms`
    Alarms,
    /// `cloudwatch describe-alarm-history`
    AlarmHistory,
    /// A dashboard or its body.
    Dashboard,
    /// `events list-rules`
    EventRules,
    /// `events list-targets-by-rule`
    EventTargets,
    /// `s3api head-object`
    HeadObject,
    /// OCSF, as Security Lake writes.
    Ocsf,
    /// Some other JSON.
    OtherJson,
    /// Some other CSV.
    OtherCsv,
    /// A zip archive.
    Zip,
    /// A tar archive, compressed with gzip or not.
    Tar,
    /// gzip inside gzip, a form that some deliveries have.
    GzipInGzip,
    /// Parquet.
    Parquet,
    /// Text in UTF-16.
    Utf16,
    /// A picture.
    Image,
    /// A PDF.
    Pdf,
    /// Other text.
    Text,
    /// Other bytes.
    Binary,
    /// Its bytes could not be read.
    Unreadable,
}

impl Kind {
    /// Whether events are read from it.
    #[must_use]
    pub fn is_opened(self) -> bool {
        matches!(self, Self::CloudTrailLog | Self::CloudTrailRecords | Self::CloudTrailArray)
    }

    /// What to call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::CloudTrailLog => "CloudTrail log file",
            Self::CloudTrailRecords => "CloudTrail records",
            Self::CloudTrailArray => "Array of CloudTrail records",
            Self::Empty => "Empty file",
            Self::Digest => "CloudTrail digest file",
            Self::PublicKeys => "CloudTrail public keys",
            Self::LookupEvents => "lookup-events output",
            Self::Trails => "describe-trails output",
            Self::LakeSignature => "CloudTrail Lake signature file",
            Self::LakeResults => "CloudTrail Lake query results",
            Self::EventHistoryCsv => "Event history CSV",
            Self::Notification => "S3, SQS or SNS notification",
            Self::Kinesis => "Kinesis records",
            Self::EventBridge => "EventBridge event",
            Self::Subscription => "CloudWatch Logs subscription payload",
            Self::LogEvents => "CloudWatch Logs events",
            Self::InsightsResults => "Logs Insights results",
            Self::LogsDescription => "CloudWatch Logs description",
            Self::MetricFilters => "Metric filters",
            Self::MetricData => "get-metric-data output",
            Self::MetricStatistics => "get-metric-statistics output",
            Self::MetricList => "list-metrics output",
            Self::MetricStream => "Metric stream output",
            Self::EmbeddedMetrics => "Embedded metric format log lines",
            Self::Alarms => "CloudWatch alarms",
            Self::AlarmHistory => "Alarm history",
            Self::Dashboard => "CloudWatch dashboard",
            Self::EventRules => "EventBridge rules",
            Self::EventTargets => "EventBridge targets",
            Self::HeadObject => "head-object output",
            Self::Ocsf => "OCSF events",
            Self::OtherJson => "Other JSON",
            Self::OtherCsv => "Other CSV",
            Self::Zip => "Zip archive",
            Self::Tar => "Tar archive",
            Self::GzipInGzip => "gzip inside gzip",
            Self::Parquet => "Parquet file",
            Self::Utf16 => "Text in UTF-16",
            Self::Image => "Picture",
            Self::Pdf => "PDF",
            Self::Text => "Text",
            Self::Binary => "Binary data",
            Self::Unreadable => "Unreadable file",
        }
    }
}

/// What the content whose first bytes are `head` is (after gunzip). `head` may be cut anywhere; [`HEAD`] bytes are enough.
#[must_use]
pub fn recognise(head: &[u8]) -> Kind {
    let head = &head[..head.len().min(HEAD)];
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len());
    let text = &text[start..];
    if text.is_empty() {
        return Kind::Empty;
    }
    magic(head).unwrap_or_else(|| match text[0] {
        b'{' | b'[' => json(text),
        _ => words(text),
    })
}

fn magic(head: &[u8]) -> Option<Kind> {
    let signatures: [(&[u8], Kind); 10] = [
        (b"\x1f\x8b", Kind::GzipInGzip),
        (b"PK\x03\x04", Kind::Zip),
        (b"PAR1", Kind::Parquet),
        (b"\xff\xfe", Kind::Utf16),
        (b"\xfe\xff", Kind::Utf16),
        (b"\x89PNG", Kind::Image),
        (b"\xff\xd8\xff", Kind::Image),
        (b"GIF8", Kind::Image),
        (b"%PDF-", Kind::Pdf),
        (b"\0", Kind::Binary),
    ];
    signatures.iter().find(|(signature, _)| head.starts_with(signature)).map(|&(_, kind)| kind)
}

/// Text that is not JSON.
fn words(text: &[u8]) -> Kind {
    let sample = &text[..text.len().min(4_096)];
    let odd = sample.iter().filter(|&&byte| byte < 9 || (14..32).contains(&byte)).count();
    if odd > 0
        || (std::str::from_utf8(sample).is_err_and(|error| error.error_len().is_some()) && !is_mostly_text(sample))
    {
        return Kind::Binary;
    }
    let line = sample.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line).to_lowercase();
    let has = |names: &[&str]| names.iter().all(|name| line.contains(name));
    if has(&["event id", "event time", "event name"]) {
        Kind::EventHistoryCsv
    } else if has(&["eventtime", "eventname"]) && line.contains(',') {
        Kind::LakeResults
    } else if has(&["@timestamp", ","]) || has(&["@message"]) {
        Kind::InsightsResults
    } else if line.matches(',').count() >= 1 && !line.contains('{') && line.split(',').all(|cell| cell.len() < 60) {
        Kind::OtherCsv
    } else {
        Kind::Text
    }
}

fn is_mostly_text(sample: &[u8]) -> bool {
    sample.iter().filter(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()).count() * 10 > sample.len() * 9
}

/// The paths of the first values of a text that may be cut: object members by name, the first element of arrays as `[]`.
struct Outline {
    /// Path and text of each value; containers have an empty text.
    seen: Vec<(String, String)>,
    array: bool,
}

/// Deep or long texts are looked at no further than this.
const OUTLINE_MAX: usize = 600;

impl Outline {
    /// Goes through the text until it ends, breaks or has shown enough.
    fn of(text: &[u8]) -> Self {
        let mut buf = text.to_vec();
        buf.resize(text.len() + PADDING, 0);
        let mut outline = Self { seen: Vec::new(), array: text[0] == b'[' };
        // What could be read before a break still tells what the file is.
        let _broken = outline.read(&buf, text.len());
        outline
    }

    fn read(&mut self, buf: &[u8], end: usize) -> Result<(), tokens::JsonError> {
        // Of each open container: its path, whether it is an object, and whether its members are still looked at.
        let mut open: Vec<(String, bool)> = Vec::new();
        let mut path = String::new();
        let mut pos = 0;
        loop {
            pos = tokens::skip_space(buf, pos);
            if self.seen.len() > OUTLINE_MAX {
                return Ok(());
            }
            match buf[pos] {
                container @ (b'{' | b'[') => {
                    let inside = tokens::skip_space(buf, pos + 1);
                    self.seen.push((path.clone(), String::new()));
                    if buf[inside] == container + 2 {
                        pos = inside + 1;
                    } else if open.len() >= 4 {
                        pos = tokens::walk_value(buf, pos, end, None)?.end;
                    } else if container == b'[' {
                        open.push((path.clone(), false));
                        path.push_str("[]");
                        pos = inside;
                        continue;
                    } else {
                        open.push((path.clone(), true));
                        (path, pos) = member(buf, inside, end, &path)?;
                        continue;
                    }
                }
                b'"' => {
                    let found = tokens::scan_string(buf, pos + 1, end)?;
                    let value = String::from_utf8_lossy(&buf[pos + 1..found.end.min(pos + 200)]).into_owned();
                    self.seen.push((path.clone(), value));
                    pos = found.end + 1;
                }
                _ => {
                    let after = tokens::walk_value(buf, pos, end, None)?.end;
                    self.seen.push((path.clone(), String::from_utf8_lossy(&buf[pos..after]).into_owned()));
                    pos = after;
                }
            }
            loop {
                let Some((around, object)) = open.last().cloned() else { return Ok(()) };
                pos = tokens::skip_space(buf, pos);
                match buf[pos] {
                    b',' if object => {
                        (path, pos) = member(buf, tokens::skip_space(buf, pos + 1), end, &around)?;
                        break;
                    }
                    // Only the first element tells; the others are passed over.
                    b',' => pos = tokens::walk_value(buf, pos + 1, end, None)?.end,
                    b'}' | b']' => {
                        open.pop();
                        pos += 1;
                    }
                    _ => return Err(tokens::JsonError { at: pos, expected: "more", ended: false }),
                }
            }
        }
    }

    fn has(&self, path: &str) -> bool {
        self.seen.iter().any(|(seen, _)| seen == path)
    }

    fn all(&self, paths: &[&str]) -> bool {
        paths.iter().all(|path| self.has(path))
    }

    fn any(&self, paths: &[&str]) -> bool {
        paths.iter().any(|path| self.has(path))
    }

    fn value(&self, path: &str) -> &str {
        self.seen.iter().find(|(seen, _)| seen == path).map_or("", |(_, value)| value)
    }
}

fn member(buf: &[u8], at: usize, end: usize, around: &str) -> Result<(String, usize), tokens::JsonError> {
    if buf[at] != b'"' {
        return Err(tokens::JsonError { at, expected: "a key", ended: at >= end });
    }
    let found = tokens::scan_string(buf, at + 1, end)?;
    let key = String::from_utf8_lossy(&buf[at + 1..found.end]);
    let colon = tokens::skip_space(buf, found.end + 1);
    if buf[colon] != b':' {
        return Err(tokens::JsonError { at: colon, expected: "`:`", ended: colon >= end });
    }
    let path = if around.is_empty() { key.into_owned() } else { format!("{around}.{key}") };
    Ok((path, tokens::skip_space(buf, colon + 1)))
}

fn json(text: &[u8]) -> Kind {
    let o = Outline::of(text);
    let record = |prefix: &str| {
        let has = |key: &str| o.has(&format!("{prefix}{key}"));
        has("eventName") && (has("eventVersion") || has("eventSource") || has("eventTime"))
            || has("eventVersion") && has("eventType")
    };
    if o.array {
        return match () {
            () if record("[].") && !o.has("[].detail") => Kind::CloudTrailArray,
            () if o.any(&["[].@timestamp", "[].@message"]) => Kind::InsightsResults,
            () => Kind::OtherJson,
        };
    }
    if o.all(&["digestStartTime", "digestEndTime"]) {
        return Kind::Digest; // 1
    }
    if o.has("Records") {
        return match () {
            () if o.any(&["Records[].kinesis", "Records[].PartitionKey", "Records[].SequenceNumber"]) => Kind::Kinesis, // 2
            () if o.value("Records[].eventSource").starts_with("aws:") || o.has("Records[].Sns") => Kind::Notification, // 3
            () if !o.any(&["Records[]"]) && text_has_array(text) => Kind::CloudTrailLog, // 4: nothing inside
            () if o.has("Records[]") => Kind::CloudTrailLog,                             // 4
            () => Kind::OtherJson,
        };
    }
    let rules: [(bool, Kind); 24] = [
        (o.all(&["detail-type", "source"]), Kind::EventBridge),  // 10
        (o.has("Events[].CloudTrailEvent"), Kind::LookupEvents), // 8
        (o.all(&["messageType", "logEvents"]) || o.has("awslogs.data"), Kind::Subscription), // 11, 12
        (o.has("events") && o.any(&["searchedLogStreams", "nextForwardToken", "events[].message"]), Kind::LogEvents), // 13, 14
        (o.has("results") && o.any(&["statistics", "status"]), Kind::InsightsResults), // 15
        (o.has("MetricDataResults"), Kind::MetricData),                                // 17
        (o.all(&["Datapoints", "Label"]), Kind::MetricStatistics),                     // 18
        (o.has("Metrics[].Namespace"), Kind::MetricList),                              // 19
        (o.all(&["metric_stream_name", "metric_name"]), Kind::MetricStream),           // 20
        (o.any(&["MetricAlarms", "CompositeAlarms", "LogAlarms"]), Kind::Alarms),      // 21
        (o.has("AlarmHistoryItems"), Kind::AlarmHistory),                              // 22
        (o.any(&["DashboardBody", "DashboardEntries", "widgets"]), Kind::Dashboard),   // 23 to 25
        (o.has("metricFilters"), Kind::MetricFilters),                                 // 26
        (
            o.any(&["subscriptionFilters", "logGroups", "logStreams", "exportTasks", "queryDefinitions"]),
            Kind::LogsDescription,
        ), // 27
        (o.value("Rules[].Arn").contains(":rule/"), Kind::EventRules),                 // 28
        (o.all(&["Targets[].Id", "Targets[].Arn"]), Kind::EventTargets),               // 29
        (o.has("trailList"), Kind::Trails),                                            // 30
        (o.any(&["PublicKeyList", "publicKeyList"]), Kind::PublicKeys),                // 31
        (o.all(&["ETag", "ContentLength"]), Kind::HeadObject),                         // 32
        (o.has("_aws.CloudWatchMetrics"), Kind::EmbeddedMetrics),                      // 33
        (o.has("QueryResultRows"), Kind::LakeResults),                                 // 34
        (o.all(&["hashSignature", "publicKeyFingerprint"]), Kind::LakeSignature),      // 35
        (o.all(&["class_uid", "metadata.product"]), Kind::Ocsf),                       // 37
        (record("") && !o.has("detail"), Kind::CloudTrailRecords),                     // 5 to 7
    ];
    rules.iter().find(|(holds, _)| *holds).map_or(Kind::OtherJson, |&(_, kind)| kind)
}

/// Whether `Records` at the top is an array: `{"Records":[]}` is a valid log file without events.
fn text_has_array(text: &[u8]) -> bool {
    let Some(at) = memchr::memmem::find(text, b"\"Records\"") else { return false };
    let rest = text[at + 9..].iter().filter(|byte| !byte.is_ascii_whitespace());
    rest.take(2).eq(b":[".iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_files_apart() {
        let record = r#"{"eventVersion":"1.08","userIdentity":{},"eventTime":"2023-01-01T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject"}"#;
        for (text, kind) in [
            ("", Kind::Empty),
            (" \n", Kind::Empty),
            (r#"{"Records":[]}"#, Kind::CloudTrailLog),
            (r#"{ "Records" : [ ] }"#, Kind::CloudTrailLog),
            (r#"{"Records":{}}"#, Kind::OtherJson),
            (r#"{"Records":[1,2]}"#, Kind::CloudTrailLog),
            (
                r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put"}]}"#,
                Kind::Notification,
            ),
            (r#"{"Records":[{"eventVersion":"1.0"#, Kind::CloudTrailLog),
            (record, Kind::CloudTrailRecords),
            (&format!("[{record},{record}]"), Kind::CloudTrailArray),
            (&format!("{{\"detail-type\":\"x\",\"source\":\"aws.s3\",\"detail\":{record}}}"), Kind::EventBridge),
            (r#"{"MetricAlarms":[]}"#, Kind::Alarms),
            (r#"{"a":1}"#, Kind::OtherJson),
            ("[]", Kind::OtherJson),
            ("Event ID,Event time,User name,Event name\n", Kind::EventHistoryCsv),
            ("timestamp,value\n2014-01-01,3\n", Kind::OtherCsv),
            ("START RequestId: 1\n", Kind::Text),
            ("\u{89}PNG", Kind::Text),
            ("PK\u{3}\u{4}", Kind::Zip),
        ] {
            assert_eq!(recognise(text.as_bytes()), kind, "{text}");
        }
        assert_eq!(recognise(b"\x89PNG\r\n"), Kind::Image);
        assert_eq!(recognise(&[7; 100]), Kind::Binary);
    }
}
