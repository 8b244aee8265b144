//! What is this file? Decided by its content, never by its name: browsers gunzip files behind one's back and exports have
//! names like `000000.gz` (`spec/FORMATS.md` 0.1 to 0.3, whose signature numbers stand beside the rules below).

use super::format::cut;
use super::format::event_history::EventHistory;
use super::format::lake::{Lake, is_ours};
use super::format::log_lines;
pub use super::kind::Kind;
use super::outline::Outline;
use super::when;
use crate::trail::vended::{self, Columns};

/// Bytes of content that are enough to tell what it is.
pub const HEAD: usize = 64 << 10;

/// What the content whose first bytes are `head` is (after gunzip). `head` may be cut anywhere; [`HEAD`] bytes are enough.
/// A container of log events or messages is named as one; whether there are CloudTrail records in it shows when it is read.
#[must_use]
pub fn recognise(head: &[u8]) -> Kind {
    let head = &head[..head.len().min(HEAD)];
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if text.is_empty() {
        return Kind::Empty;
    }
    magic(head).unwrap_or_else(|| match text[0] {
        b'{' | b'[' => json(text),
        b'"' => headless(text).unwrap_or_else(|| words(text)),
        _ => words(text),
    })
}

fn magic(head: &[u8]) -> Option<Kind> {
    let signatures: [(&[u8], Kind); 11] = [
        (b"\x1f\x8b", Kind::GzipInGzip),
        (b"PK\x03\x04", Kind::Zip),
        (b"PAR1", Kind::Parquet),
        (b"\xff\xfe", Kind::Utf16),
        (b"\xfe\xff", Kind::Utf16),
        (b"\x89PNG", Kind::Image),
        (b"\xff\xd8\xff", Kind::Image),
        (b"GIF8", Kind::Image),
        (b"RIFF", Kind::Image),
        (b"%PDF-", Kind::Pdf),
        (b"\0", Kind::Binary),
    ];
    signatures.iter().find(|(signature, _)| head.starts_with(signature)).map(|&(_, kind)| kind)
}

/// Text that is not JSON.
fn words(text: &[u8]) -> Kind {
    let sample = &text[..text.len().min(4_096)];
    let odd = sample.iter().filter(|&&byte| byte < 9 || (14..32).contains(&byte) && byte != 27).count();
    // A few bytes that are no text do not make a table of events another thing.
    let events = || matches!(table(text), Some(Kind::EventHistoryCsv | Kind::LakeCsv | Kind::TrailglassCsv));
    let log = || log_lines::time_prefix(text).is_some() || is_plain_log(text);
    if odd > 0 && (odd > sample.len() / 100 + 1 || !events()) && !log()
        || (std::str::from_utf8(sample).is_err_and(|error| error.error_len().is_some()) && !is_mostly_text(sample))
    {
        return Kind::Binary;
    }
    if text.trim_ascii() == b"Permission Check Successful" {
        return Kind::WriteTest;
    }
    let lower = sample.to_ascii_lowercase();
    // Headers of an answer of S3, as a browser or `curl -I` shows them.
    if memchr::memmem::find(&lower, b"x-amz-meta-signature:").is_some() {
        return Kind::HeadObject;
    }
    if [&b"<!doctype"[..], b"<html", b"<?xml"].iter().any(|start| lower.starts_with(start)) {
        return Kind::Html;
    }
    // Lines of services may begin with a time as those of exports do, but say more.
    let first = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let vended = std::str::from_utf8(first).is_ok_and(|line| vended::read(line, &mut |_, _| {}).is_some());
    if log_lines::time_prefix(text).is_some() && !vended {
        return Kind::LogLines;
    }
    if is_plain_log(text) {
        return Kind::PlainLog;
    }
    let late =
        || text.split(|&byte| byte == b'\n').take(20).filter(|line| log_lines::time_prefix(line).is_some()).count();
    let known = table(text).filter(|kind| *kind != Kind::OtherCsv).or_else(|| yaml(text));
    let known = known.or_else(|| (late() > 1).then_some(Kind::LogLines));
    known.or_else(|| table(text)).unwrap_or(Kind::Text)
}

/// A log as programs and services write them: the first line begins as an event does, and so do half of those that follow.
fn is_plain_log(text: &[u8]) -> bool {
    let lines = text.split(|&byte| byte == b'\n');
    let lines = lines.filter(|line| !line.trim_ascii().is_empty()).take(40).enumerate();
    let (mut begin, mut all) = (0, 0);
    let header = |line: &[u8]| std::str::from_utf8(line).is_ok_and(|line| Columns::of(line).is_some());
    for (at, line) in lines {
        // Comments stand before the header that names the columns.
        if at < 4 && (line.starts_with(b"#Version:") || line.starts_with(b"#Software:") || line.starts_with(b"#Date:"))
        {
            continue;
        }
        if all == 0 && header(line) {
            return true;
        }
        all += 1;
        begin += u32::from(line[0] != b'{' && log_lines::begins_plain(line));
        if begin == 0 {
            return false;
        }
    }
    begin > 0 && begin * 2 >= all
}

/// CSV by its header, and tables drawn with lines.
fn table(text: &[u8]) -> Option<Kind> {
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    let drawn = line.len() > 4 && line.iter().all(|byte| b"-+|=".contains(byte)) && line != b"---";
    // `--output text` sets the name of what is listed in capitals and tabs between the values.
    let first = line.split(|&byte| byte == b'\t').next().unwrap_or_default();
    let tabbed = first.len() > 1
        && first.len() < line.len()
        && first.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_');
    if drawn || tabbed {
        return Some(Kind::TextTable);
    }
    let (_, names, _) = cut::header(text, true)?;
    let has = |name: &str| names.iter().any(|column| column.trim().eq_ignore_ascii_case(name));
    let plain = names.len() > 1
        && names.iter().all(|name| name.len() < 60 && !name.contains(['{', '\n']))
        && names.iter().filter(|name| name.trim().contains(' ')).count() * 2 <= names.len();
    Some(match () {
        () if EventHistory::of(&names).is_some() => Kind::EventHistoryCsv,
        () if is_ours(&names) => Kind::TrailglassCsv,
        () if Lake::of(&names).is_some() => Kind::LakeCsv,
        () if has("@message") || has("@timestamp") => Kind::InsightsResults,
        () if has("timestamp") && has("message") => Kind::LogEvents,
        () if has("timestamp") && names.len() == 2 && has("value") => Kind::MetricCsv,
        () if is_of_times_and_numbers(text) => Kind::MetricCsv,
        () if plain => Kind::OtherCsv,
        () => return None,
    })
}

/// Whether below the header rows begin with a date and a time, and have nothing but numbers behind it.
fn is_of_times_and_numbers(text: &[u8]) -> bool {
    let (mut such, mut others) = (0, 0);
    for line in text.split_inclusive(|&byte| byte == b'\n').skip(1).take(32) {
        // The last line may be cut.
        if line.trim_ascii().is_empty() || such > 0 && !line.ends_with(b"\n") {
            continue;
        }
        let mut cells = line.split(|&byte| byte == b',').map(|cell| {
            let cell = cell.trim_ascii();
            cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\"")).unwrap_or(cell)
        });
        let time = cells.next().and_then(|cell| when::stamp(cell).filter(|stamp| stamp.len == cell.len()));
        let values: Vec<&[u8]> = cells.filter(|cell| !cell.is_empty()).collect();
        let number = |cell: &[u8]| std::str::from_utf8(cell).is_ok_and(|cell| cell.parse::<f64>().is_ok());
        if time.is_some_and(|stamp| stamp.zone != when::Zone::Epoch) && values.iter().all(|cell| number(cell)) {
            such += usize::from(!values.is_empty());
        } else if such > 0 {
            others += 1;
        }
    }
    such > others
}

/// YAML: what the aws command prints, Sigma rules, CloudFormation templates.
fn yaml(text: &[u8]) -> Option<Kind> {
    let has = |key: &[u8]| {
        text.starts_with(key)
            || memchr::memmem::find_iter(text, key).any(|at| at > 0 && matches!(text[at - 1], b'\n' | b' '))
    };
    if has(b"detection:") && has(b"logsource:") {
        return Some(Kind::SigmaRule);
    }
    if has(b"AWSTemplateFormatVersion:") || has(b"Resources:") && has(b"Type: AWS::") {
        return Some(Kind::CloudFormation);
    }
    let mut lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty());
    let first = lines.find(|line| !line.starts_with(b"#") && *line != b"---")?;
    let first = first.strip_prefix(b"- ").unwrap_or(first);
    let name = first.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_' && *byte != b'-')?;
    let rest = &first[name..];
    let key = name > 0 && first[0].is_ascii_alphabetic() && rest[0] == b':' && (rest.len() == 1 || rest[1] == b' ');
    // One line of the sort may be the beginning of any text.
    (key && lines.next().is_some()).then_some(Kind::Yaml)
}

fn is_mostly_text(sample: &[u8]) -> bool {
    sample.iter().filter(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()).count() * 10 > sample.len() * 9
}

/// Text that begins with a member, so that the brace before it is missing.
fn headless(text: &[u8]) -> Option<Kind> {
    let quote = memchr::memchr(b'"', &text[1..])? + 2;
    if text[quote..].trim_ascii_start().first() != Some(&b':') {
        return None;
    }
    match json(&[b"{", text].concat()) {
        kind @ (Kind::CloudTrailRecords | Kind::EmbeddedMetrics) => Some(kind),
        _ => None,
    }
}

fn is_record(o: &Outline, prefix: &str) -> bool {
    let has = |key: &str| o.has(&format!("{prefix}{key}"));
    has("eventName") && (has("eventVersion") || has("eventSource") || has("eventTime"))
        || has("eventVersion") && (has("eventType") || has("userIdentity"))
}

fn json(text: &[u8]) -> Kind {
    let o = Outline::of(text);
    if o.is_empty() {
        let rest: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(3).collect();
        return if rest == b"[]" || rest == b"{}" { Kind::EmptyJson } else { Kind::OtherJson };
    }
    if o.array { array(&o) } else { object(&o, text) }
}

fn array(o: &Outline) -> Kind {
    let text = o.value("[]");
    let strings = || ["eventVersion", "userIdentity", "eventID", "awsRegion"].iter().any(|key| text.contains(key));
    match () {
        () if is_record(o, "[].") && !o.has("[].detail") => Kind::CloudTrailArray,
        () if text.starts_with('{') && strings() => Kind::CloudTrailStrings, // 9
        () if o.has("[].CloudTrailEvent") => Kind::LookupEvents,             // 8, as `--query Events` leaves it
        () if o.all(&["[].detail-type", "[].source"]) => Kind::EventBridge,  // 10
        () if o.all(&["[].messageType", "[].logEvents"]) || o.has("[].awslogs.data") => Kind::Subscription, // 11, 12
        () if o.any(&["[].@timestamp", "[].@message", "[].@logStream", "[].@log", "[].@ptr"]) => Kind::InsightsResults, // 16
        () if o.all(&["[][].field", "[][].value"]) => Kind::InsightsResults,
        () if is_log_line(o, "[].") => Kind::StructuredLog,
        () if o.all(&["[].message", "[].timestamp"]) => Kind::LogEvents,
        () if o.all(&["[].ETag", "[].ContentLength"]) || o.has("[].Metadata.signature") => Kind::HeadObject, // 32
        () if o.has("[].Id") && o.any(&["[].MetricStat.Metric.MetricName", "[].Expression"]) => Kind::MetricDataQueries,
        () if is_wrapped(o) => Kind::Wrapped,
        () => Kind::OtherJson,
    }
}

/// A line that a program's logger wrote as JSON.
fn is_log_line(o: &Outline, prefix: &str) -> bool {
    let has = |key: &str| o.has(&format!("{prefix}{key}"));
    let time = ["timestamp", "@timestamp", "time", "ts", "datetime", "asctime"].iter().any(|key| has(key));
    let level = ["level", "severity", "log_level", "levelname", "lvl", "log.level", "logLevel", "severityText"];
    let words = ["location", "function_name", "msg", "logger", "caller"];
    time && !has("id") && level.iter().chain(&words).any(|key| has(key))
}

fn is_wrapped(o: &Outline) -> bool {
    o.ends(&["eventVersion", "detail-type", "CloudTrailEvent", "messageType", "logEvents"])
}

fn object(o: &Outline, text: &[u8]) -> Kind {
    if o.all(&["status_code", "data"]) {
        // A recording of one answer: what counts is the answer.
        return match rules(&o.below("data")) {
            Kind::OtherJson => Kind::ApiResponse,
            kind => kind,
        };
    }
    if o.has("Records") && !o.has("digestStartTime") {
        let source = o.value("Records[].eventSource");
        return match () {
            () if o.any(&["Records[].kinesis", "Records[].PartitionKey", "Records[].SequenceNumber"]) => Kind::Kinesis, // 2
            () if o.value("Records[].Sns.Message").contains("AlarmName") => Kind::AlarmMessage,
            () if source.starts_with("aws:") || o.has("Records[].Sns") => Kind::Notification, // 3
            () if !o.has("Records[]") && text_has_array(text) => Kind::CloudTrailLog,         // 4: nothing inside
            () if o.has("Records[]") => Kind::CloudTrailLog,                                  // 4
            () => Kind::OtherJson,
        };
    }
    match rules(o) {
        Kind::OtherJson if is_wrapped(o) => Kind::Wrapped,
        kind => kind,
    }
}

fn rules(o: &Outline) -> Kind {
    let any = |paths: &[&str]| o.any(paths);
    let all = |paths: &[&str]| o.all(paths);
    let rules: &[(bool, Kind)] = &[
        (all(&["digestStartTime", "digestEndTime"]), Kind::Digest), // 1
        (all(&["deliveryStreamArn", "records"]), Kind::Kinesis),    // 2, for Firehose
        (o.has("detail-type"), Kind::EventBridge),                  // 10
        (o.has("Events[].CloudTrailEvent") || is_record(o, "Events[]."), Kind::LookupEvents), // 8
        (all(&["messageType", "logEvents"]) || any(&["awslogs.data", "logEvents[].message"]), Kind::Subscription), // 11, 12
        (o.has("events") && any(&["searchedLogStreams", "nextForwardToken", "events[].message"]), Kind::LogEvents), // 13, 14
        (
            o.has("message")
                && o.has("timestamp")
                && any(&["logStreamName", "logGroupName", "ingestionTime", "eventId"]),
            Kind::LogEvents,
        ), // 13, an event alone
        (o.has("results") && any(&["statistics", "status", "results[][].field"]), Kind::InsightsResults), // 15
        (any(&["@message", "@timestamp"]), Kind::InsightsResults),                                        // 16, one row
        (o.has("Messages[].Body"), Kind::Notification),
        (all(&["AlarmName", "NewStateValue"]) || all(&["alarmArn", "alarmData"]), Kind::AlarmMessage),
        (o.value("Message").contains("AlarmName"), Kind::AlarmMessage),
        (all(&["Type", "TopicArn", "Message"]), Kind::Notification),
        (o.has("MetricDataResults"), Kind::MetricData), // 17
        (any(&["MetricDataQueries", "MetricDataQueries[].Id"]), Kind::MetricDataQueries),
        (
            all(&["Datapoints", "Label"]) || o.has("Datapoints[].Timestamp") || o.has("Datapoints[].SampleCount"),
            Kind::MetricStatistics,
        ), // 18
        (o.has("Metrics[].Namespace"), Kind::MetricList), // 19
        (all(&["metric_stream_name", "metric_name"]), Kind::MetricStream), // 20
        (any(&["MetricAlarms", "CompositeAlarms", "LogAlarms"]), Kind::Alarms), // 21
        (o.has("AlarmHistoryItems"), Kind::AlarmHistory), // 22
        (any(&["DashboardBody", "DashboardEntries", "widgets", "DashboardValidationMessages"]), Kind::Dashboard), // 23 to 25
        (o.has("metricFilters"), Kind::MetricFilters),                                                            // 26
        (
            any(&[
                "subscriptionFilters",
                "logGroups",
                "logStreams",
                "exportTasks",
                "queryDefinitions",
                "resourcePolicies",
            ]),
            Kind::LogsDescription,
        ), // 27
        (o.value("Rules[].Arn").contains(":rule/"), Kind::EventRules),                                            // 28
        (all(&["Targets[].Id", "Targets[].Arn"]), Kind::EventTargets),                                            // 29
        (any(&["trailList", "trail.TrailARN"]) || all(&["TrailARN", "S3BucketName"]), Kind::Trails),              // 30
        (any(&["EventSelectors", "AdvancedEventSelectors"]), Kind::EventSelectors),
        (o.has("IsLogging"), Kind::TrailStatus),
        (any(&["PublicKeyList", "publicKeyList"]), Kind::PublicKeys), // 31
        (all(&["ETag", "ContentLength"]) || o.has("Metadata.signature"), Kind::HeadObject), // 32
        (o.has("Contents[].Key"), Kind::Listing),
        (any(&["_aws", "CloudWatchMetrics"]), Kind::EmbeddedMetrics), // 33
        (o.has("QueryResultRows"), Kind::LakeResults),                // 34
        (all(&["hashSignature", "publicKeyFingerprint"]), Kind::LakeSignature), // 35
        (any(&["InsightRules", "AnomalyDetectors"]) || all(&["KeyLabels", "Contributors"]), Kind::InsightRules), // 36
        (any(&["Entries[].FirehoseArn", "FirehoseArn"]), Kind::MetricStreams), // 36
        (all(&["class_uid", "metadata.product"]), Kind::Ocsf),        // 37
        (is_record(o, "") && !o.has("detail"), Kind::CloudTrailRecords), // 5 to 7
        (all(&["Version", "Statement"]), Kind::IamPolicy),
        (o.has("configRuleName"), Kind::ConfigEvent),
        (o.has("widgetContext"), Kind::WidgetEvent),
        (o.has("AWSTemplateFormatVersion") || o.value("Type").starts_with("AWS::"), Kind::CloudFormation),
        (o.has("properties") && any(&["$schema", "required"]), Kind::JsonSchema),
        (is_log_line(o, "") || all(&["Type", "ClusterName"]), Kind::StructuredLog),
        (o.ends(&["recorded-content"]), Kind::Recording),
        (
            any(&["ResponseMetadata", "ResourceTagList", "Tags[].Key", "nextSequenceToken", "Failures", "Arn"]),
            Kind::ApiResponse,
        ),
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
            (&record[1..], Kind::CloudTrailRecords),
            (&format!("[{record},{record}]"), Kind::CloudTrailArray),
            (&format!("[{record:?}]"), Kind::CloudTrailStrings),
            (&format!("{{\"detail-type\":\"x\",\"source\":\"aws.s3\",\"detail\":{record}}}"), Kind::EventBridge),
            (&format!("[{{\"data\":{record}}}]"), Kind::Wrapped),
            (&format!("2023-07-10T11:42:36.000Z {record}"), Kind::LogLines),
            (&format!("1692711291724 {record}"), Kind::LogLines),
            (r#"{"MetricAlarms":[]}"#, Kind::Alarms),
            (r#"{"status_code":200,"data":{"MetricAlarms":[],"ResponseMetadata":{}}}"#, Kind::Alarms),
            (r#"{"status_code":200,"data":{"ResponseMetadata":{}}}"#, Kind::ApiResponse),
            (r#"{"AlarmName":"a","NewStateValue":"ALARM"}"#, Kind::AlarmMessage),
            (r#"{"a":1}"#, Kind::OtherJson),
            ("[]", Kind::EmptyJson),
            ("[ {} ]", Kind::OtherJson),
            ("Event ID,Event time,User name,Event name\n", Kind::EventHistoryCsv),
            ("\"Event ID\",\"Event time\",\"User name\",\"Event name\"\n", Kind::EventHistoryCsv),
            ("sep=;\nEvent ID;Event time;User name;Event name\n", Kind::EventHistoryCsv),
            ("eventTime,eventname,x\n", Kind::LakeCsv),
            ("useridentity.arn,eventname,x\n", Kind::LakeCsv),
            ("eventjson\n", Kind::LakeCsv),
            ("eventTime,eventID,eventSource,eventName,awsRegion\r\n", Kind::TrailglassCsv),
            ("eventTime,eventID,eventSource,eventName,awsRegion,actor\n", Kind::TrailglassCsv),
            ("eventTime,eventName,eventID,eventSource,awsRegion\n", Kind::LakeCsv),
            ("@timestamp,@message\n", Kind::InsightsResults),
            ("timestamp,message\n", Kind::LogEvents),
            ("timestamp,value\n2014-01-01,3\n", Kind::MetricCsv),
            ("a,b,c\n", Kind::OtherCsv),
            ("START RequestId: 1\n", Kind::PlainLog),
            ("Permission Check Successful", Kind::WriteTest),
            ("2023-07-10 11:42:36,120 INFO root: x\nTraceback\n", Kind::PlainLog),
            ("127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1, 2\n", Kind::PlainLog),
            ("version vpc-id srcaddr dstaddr\n3 vpc-1 10.0.0.1 10.0.0.2\n", Kind::PlainLog),
            ("  at x\n2023-07-10T11:42:36.000Z a\n2023-07-10T11:42:36.000Z b\n", Kind::LogLines),
            ("{\"time\":\"2023-07-10T11:42:36Z\",\"level\":\"info\",\"msg\":\"x\"}\n", Kind::StructuredLog),
            ("Permission is granted, free of charge, to any person\n", Kind::Text),
            ("Events:\n- CloudTrailEvent: x\n", Kind::Yaml),
            ("- EventId: x\n  EventName: y\n", Kind::Yaml),
            ("title: x\nlogsource:\n  product: aws\ndetection:\n  a: b\n", Kind::SigmaRule),
            ("AWSTemplateFormatVersion: 2010-09-09\nResources:\n", Kind::CloudFormation),
            ("-----------\n|  x  |\n", Kind::TextTable),
            ("+---------+\n|  x  |\n", Kind::TextTable),
            ("EVENTS\tx\t1424476529.0\n", Kind::TextTable),
            ("<!DOCTYPE html><html>", Kind::Html),
            ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", Kind::Html),
            ("\u{89}PNG", Kind::Text),
            ("PK\u{3}\u{4}", Kind::Zip),
        ] {
            assert_eq!(recognise(text.as_bytes()), kind, "{text}");
        }
        assert_eq!(recognise(b"\x89PNG\r\n"), Kind::Image);
        assert_eq!(recognise(&[7; 100]), Kind::Binary);
    }

    #[test]
    fn a_head_cut_anywhere_is_no_trouble() {
        let text = br#"{"a":[{"b":"c\u0041"},1.5,true],"Records":[{"eventVersion":"1.08"}]}"#;
        for cut in 0..text.len() {
            let kind = recognise(&text[..cut]);
            assert!(
                matches!(kind, Kind::Empty | Kind::OtherJson | Kind::Wrapped | Kind::CloudTrailLog),
                "{cut}: {kind:?}"
            );
        }
    }
}
