//! The kinds of file there are: what each is called, whether events are read from it, and why none come where none do.

use serde::{Deserialize, Serialize};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// `{"Records":[…]}` as CloudTrail delivers to S3.
    CloudTrailLog,
    /// CloudTrail records one after the other, on lines or not.
    CloudTrailRecords,
    /// An array of CloudTrail records.
    CloudTrailArray,
    /// An array of strings, each a CloudTrail record as JSON text.
    CloudTrailStrings,
    /// `cloudtrail lookup-events`
    LookupEvents,
    /// The console's Event history as CSV.
    EventHistoryCsv,
    /// Rows of a CloudTrail table as CSV, from CloudTrail Lake or Athena.
    LakeCsv,
    /// A table of events as CSV that this program wrote.
    TrailglassCsv,
    /// CloudTrail Lake query results, `cloudtrail get-query-results`.
    LakeResults,
    /// EventBridge events that hold CloudTrail records.
    CloudTrailInEventBridge,
    /// CloudWatch Logs subscription payloads that hold CloudTrail records.
    CloudTrailInSubscription,
    /// CloudWatch Logs events that hold CloudTrail records.
    CloudTrailInLogEvents,
    /// Lines of a log export that hold CloudTrail records.
    CloudTrailInLogLines,
    /// Logs Insights results that hold CloudTrail records.
    CloudTrailInInsights,
    /// Kinesis or Firehose records that hold CloudTrail records.
    CloudTrailInKinesis,
    /// SQS or SNS messages that hold CloudTrail records.
    CloudTrailInNotification,
    /// Other JSON with CloudTrail records one or two levels down.
    CloudTrailInWrapper,
    /// EventBridge events.
    EventBridge,
    /// A CloudWatch Logs subscription payload.
    Subscription,
    /// `logs filter-log-events` or `get-log-events`, or the console's CSV of log events.
    LogEvents,
    /// Log events as lines of text: an export to S3, or `logs tail`.
    LogLines,
    /// Logs Insights results.
    InsightsResults,
    /// Records of Kinesis or Firehose.
    Kinesis,
    /// Messages of S3, SQS or SNS.
    Notification,
    /// Other JSON in which events stand one or two levels down.
    Wrapped,
    /// No content at all.
    Empty,
    /// `[]` or `{}`.
    EmptyJson,
    /// A CloudTrail digest file.
    Digest,
    /// `cloudtrail list-public-keys`
    PublicKeys,
    /// `cloudtrail describe-trails`, `get-trail`, `create-trail`, `update-trail`
    Trails,
    /// `cloudtrail get-trail-status`
    TrailStatus,
    /// `cloudtrail get-event-selectors` or `put-event-selectors`
    EventSelectors,
    /// The signature beside CloudTrail Lake results.
    LakeSignature,
    /// `logs describe-…`
    LogsDescription,
    /// `logs describe-metric-filters`
    MetricFilters,
    /// `cloudwatch get-metric-data`
    MetricData,
    /// A file of queries for `cloudwatch get-metric-data`.
    MetricDataQueries,
    /// `cloudwatch get-metric-statistics`
    MetricStatistics,
    /// `cloudwatch list-metrics`
    MetricList,
    /// A metric's values as CSV.
    MetricCsv,
    /// Output of a metric stream.
    MetricStream,
    /// `cloudwatch list-metric-streams` or `get-metric-stream`
    MetricStreams,
    /// Embedded metric format.
    EmbeddedMetrics,
    /// Log lines of a program as JSON.
    StructuredLog,
    /// Log lines of a program or a service as text.
    PlainLog,
    /// What CloudWatch Logs writes into a bucket to see whether it may.
    WriteTest,
    /// `cloudwatch describe-alarms`
    Alarms,
    /// `cloudwatch describe-alarm-history`
    AlarmHistory,
    /// What an alarm sends to SNS, Lambda or EventBridge.
    AlarmMessage,
    /// A dashboard, its body, or a list of dashboards.
    Dashboard,
    /// What a custom widget of a dashboard sends to Lambda.
    WidgetEvent,
    /// Contributor Insights rules, their reports, and anomaly detectors.
    InsightRules,
    /// `events list-rules`
    EventRules,
    /// `events list-targets-by-rule`
    EventTargets,
    /// What AWS Config sends to a rule's function.
    ConfigEvent,
    /// An IAM policy document.
    IamPolicy,
    /// `s3api head-object`
    HeadObject,
    /// `s3api list-objects-v2`
    Listing,
    /// Another answer of the AWS command line or an SDK.
    ApiResponse,
    /// Recorded answers of AWS calls, many in one file.
    Recording,
    /// A CloudFormation template or part of one.
    CloudFormation,
    /// A JSON schema.
    JsonSchema,
    /// OCSF, as Security Lake writes.
    Ocsf,
    /// Some other JSON.
    OtherJson,
    /// Some other CSV.
    OtherCsv,
    /// A Sigma rule.
    SigmaRule,
    /// YAML, as `aws --output yaml` prints it.
    Yaml,
    /// A text table, as `aws --output table` or `--output text` prints it.
    TextTable,
    /// A web page, or XML.
    Html,
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
    /// Every kind.
    pub const ALL: [Self; 79] = [
        Self::CloudTrailLog,
        Self::CloudTrailRecords,
        Self::CloudTrailArray,
        Self::CloudTrailStrings,
        Self::LookupEvents,
        Self::EventHistoryCsv,
        Self::LakeCsv,
        Self::TrailglassCsv,
        Self::LakeResults,
        Self::CloudTrailInEventBridge,
        Self::CloudTrailInSubscription,
        Self::CloudTrailInLogEvents,
        Self::CloudTrailInLogLines,
        Self::CloudTrailInInsights,
        Self::CloudTrailInKinesis,
        Self::CloudTrailInNotification,
        Self::CloudTrailInWrapper,
        Self::EventBridge,
        Self::Subscription,
        Self::LogEvents,
        Self::LogLines,
        Self::InsightsResults,
        Self::Kinesis,
        Self::Notification,
        Self::Wrapped,
        Self::Empty,
        Self::EmptyJson,
        Self::Digest,
        Self::PublicKeys,
        Self::Trails,
        Self::TrailStatus,
        Self::EventSelectors,
        Self::LakeSignature,
        Self::LogsDescription,
        Self::MetricFilters,
        Self::MetricData,
        Self::MetricDataQueries,
        Self::MetricStatistics,
        Self::MetricList,
        Self::MetricCsv,
        Self::MetricStream,
        Self::MetricStreams,
        Self::EmbeddedMetrics,
        Self::StructuredLog,
        Self::PlainLog,
        Self::WriteTest,
        Self::Alarms,
        Self::AlarmHistory,
        Self::AlarmMessage,
        Self::Dashboard,
        Self::WidgetEvent,
        Self::InsightRules,
        Self::EventRules,
        Self::EventTargets,
        Self::ConfigEvent,
        Self::IamPolicy,
        Self::HeadObject,
        Self::Listing,
        Self::ApiResponse,
        Self::Recording,
        Self::CloudFormation,
        Self::JsonSchema,
        Self::Ocsf,
        Self::OtherJson,
        Self::OtherCsv,
        Self::SigmaRule,
        Self::Yaml,
        Self::TextTable,
        Self::Html,
        Self::Zip,
        Self::Tar,
        Self::GzipInGzip,
        Self::Parquet,
        Self::Utf16,
        Self::Image,
        Self::Pdf,
        Self::Text,
        Self::Binary,
        Self::Unreadable,
    ];

    /// Whether events are read from it. A container of messages has one kind when there are CloudTrail records in it, which
    /// is opened, and another when there are none, which is not.
    #[must_use]
    pub fn is_opened(self) -> bool {
        matches!(
            self,
            Self::CloudTrailLog
                | Self::CloudTrailRecords
                | Self::CloudTrailArray
                | Self::CloudTrailStrings
                | Self::LookupEvents
                | Self::EventHistoryCsv
                | Self::LakeCsv
                | Self::TrailglassCsv
                | Self::LakeResults
                | Self::CloudTrailInEventBridge
                | Self::CloudTrailInSubscription
                | Self::CloudTrailInLogEvents
                | Self::CloudTrailInLogLines
                | Self::CloudTrailInInsights
                | Self::CloudTrailInKinesis
                | Self::CloudTrailInNotification
                | Self::CloudTrailInWrapper
        ) || self.is_log()
    }

    /// Whether it is a log that need not be CloudTrail's: every log event in it is an event.
    #[must_use]
    pub fn is_log(self) -> bool {
        matches!(
            self,
            Self::Subscription
                | Self::LogEvents
                | Self::LogLines
                | Self::InsightsResults
                | Self::StructuredLog
                | Self::EmbeddedMetrics
                | Self::PlainLog
        )
    }

    /// Whether whatever has the form of a log event in it is one. In other containers it may be anything.
    pub(super) fn keeps_lines(self) -> bool {
        self.is_log() || self == Self::Kinesis
    }

    /// Whether a file of this kind is read through for records: it is opened, or a container that may turn out to be.
    #[must_use]
    pub fn may_hold_records(self) -> bool {
        self.is_opened() || self.with_records() != self
    }

    /// Whether it is a document that chains of custody are made of.
    #[must_use]
    pub fn is_document(self) -> bool {
        matches!(self, Self::Digest | Self::PublicKeys | Self::HeadObject | Self::Listing | Self::Trails)
    }

    /// Whether it tells of metrics: values over time, what they are of, or which there are.
    #[must_use]
    pub fn is_metrics(self) -> bool {
        matches!(
            self,
            Self::MetricData
                | Self::MetricDataQueries
                | Self::MetricStatistics
                | Self::MetricList
                | Self::MetricCsv
                | Self::MetricStream
        )
    }

    /// Whether it says what somebody configured and is kept whole, to be understood by [`crate::watch`].
    #[must_use]
    pub fn is_definition(self) -> bool {
        matches!(self, Self::MetricFilters | Self::LogsDescription)
    }

    /// What a container is called once log events were found in it that are no records of CloudTrail.
    #[must_use]
    pub(super) fn with_lines(self) -> Self {
        match self {
            Self::Kinesis => Self::Subscription,
            Self::Wrapped | Self::EventBridge | Self::Notification => Self::LogEvents,
            kind => kind,
        }
    }

    /// What a container is called once nothing but CloudTrail records was found in it; every other kind stays what it is.
    #[must_use]
    pub(super) fn with_records(self) -> Self {
        match self {
            Self::Wrapped => Self::CloudTrailInWrapper,
            Self::EventBridge => Self::CloudTrailInEventBridge,
            Self::Subscription => Self::CloudTrailInSubscription,
            Self::LogEvents => Self::CloudTrailInLogEvents,
            Self::LogLines => Self::CloudTrailInLogLines,
            Self::InsightsResults => Self::CloudTrailInInsights,
            Self::Kinesis => Self::CloudTrailInKinesis,
            Self::Notification => Self::CloudTrailInNotification,
            kind => kind,
        }
    }

    /// What to call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::CloudTrailLog => "CloudTrail log file",
            Self::CloudTrailRecords => "CloudTrail records",
            Self::CloudTrailArray => "Array of CloudTrail records",
            Self::CloudTrailStrings => "Array of CloudTrail records as strings",
            Self::LookupEvents => "lookup-events output",
            Self::EventHistoryCsv => "Event history CSV",
            Self::LakeCsv => "CloudTrail Lake or Athena CSV",
            Self::TrailglassCsv => "Trailglass CSV export",
            Self::LakeResults => "CloudTrail Lake query results",
            Self::CloudTrailInEventBridge => "CloudTrail events from EventBridge",
            Self::CloudTrailInSubscription => "CloudTrail records from a log subscription",
            Self::CloudTrailInLogEvents => "CloudTrail records in log events",
            Self::CloudTrailInLogLines => "CloudTrail records in a log export",
            Self::CloudTrailInInsights => "CloudTrail records in Logs Insights results",
            Self::CloudTrailInKinesis => "CloudTrail records from Kinesis",
            Self::CloudTrailInNotification => "CloudTrail events in SQS or SNS messages",
            Self::CloudTrailInWrapper => "CloudTrail records wrapped in other JSON",
            Self::EventBridge => "EventBridge event",
            Self::Subscription => "CloudWatch Logs subscription payload",
            Self::LogEvents => "CloudWatch Logs events",
            Self::LogLines => "CloudWatch Logs lines",
            Self::InsightsResults => "Logs Insights results",
            Self::Kinesis => "Kinesis records",
            Self::Notification => "S3, SQS or SNS notification",
            Self::Wrapped => "Wrapped events",
            Self::Empty => "Empty file",
            Self::EmptyJson => "Empty JSON",
            Self::Digest => "CloudTrail digest file",
            Self::PublicKeys => "CloudTrail public keys",
            Self::Trails => "CloudTrail trails",
            Self::TrailStatus => "Status of a trail",
            Self::EventSelectors => "Event selectors of a trail",
            Self::LakeSignature => "CloudTrail Lake signature file",
            Self::LogsDescription => "CloudWatch Logs description",
            Self::MetricFilters => "Metric filters",
            Self::MetricData => "get-metric-data output",
            Self::MetricDataQueries => "get-metric-data queries",
            Self::MetricStatistics => "get-metric-statistics output",
            Self::MetricList => "list-metrics output",
            Self::MetricCsv => "Metric values CSV",
            Self::MetricStream => "Metric stream output",
            Self::MetricStreams => "Metric streams",
            Self::EmbeddedMetrics => "Embedded metric format log lines",
            Self::StructuredLog => "Structured log lines",
            Self::PlainLog => "Log lines",
            Self::WriteTest => "Write test of an export",
            Self::Alarms => "CloudWatch alarms",
            Self::AlarmHistory => "Alarm history",
            Self::AlarmMessage => "Alarm message",
            Self::Dashboard => "CloudWatch dashboard",
            Self::WidgetEvent => "Custom widget event",
            Self::InsightRules => "Contributor Insights rules or anomaly detectors",
            Self::EventRules => "EventBridge rules",
            Self::EventTargets => "EventBridge targets",
            Self::ConfigEvent => "AWS Config rule event",
            Self::IamPolicy => "IAM policy",
            Self::HeadObject => "head-object output",
            Self::Listing => "list-objects output",
            Self::ApiResponse => "AWS API response",
            Self::Recording => "Recorded AWS API responses",
            Self::CloudFormation => "CloudFormation template",
            Self::JsonSchema => "JSON schema",
            Self::Ocsf => "OCSF events",
            Self::OtherJson => "Other JSON",
            Self::OtherCsv => "Other CSV",
            Self::SigmaRule => "Sigma rule",
            Self::Yaml => "YAML",
            Self::TextTable => "Text table",
            Self::Html => "HTML or XML",
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

    /// What such a file is, and why no events come of it, in one plain sentence.
    #[must_use]
    pub fn why_no_events(self) -> &'static str {
        match self {
            Self::CloudTrailLog => {
                "It is a CloudTrail log file without a record: `Records` is empty, or nothing in it could be read."
            }
            Self::CloudTrailRecords => "It begins as CloudTrail records do, but no record in it could be read.",
            Self::CloudTrailArray => "It begins as an array of CloudTrail records, but no record in it could be read.",
            Self::CloudTrailStrings => {
                "It is an array of texts that begin as CloudTrail records do, but none of them could be read."
            }
            Self::LookupEvents => "It is the output of lookup-events, and it lists no events that could be read.",
            Self::EventHistoryCsv => "It is an Event history download without a row that could be read.",
            Self::LakeCsv => "It has the columns of a CloudTrail table, but no row that could be read.",
            Self::TrailglassCsv => "It has the columns of an export of this page, but no row that could be read.",
            Self::LakeResults => {
                "It is a query result of CloudTrail Lake, and its rows are no CloudTrail records, as when a query counts or groups."
            }
            Self::CloudTrailInEventBridge => {
                "Its EventBridge events came through CloudTrail, but none of their records could be read."
            }
            Self::CloudTrailInSubscription => {
                "The log events sent to the subscription begin as CloudTrail records do, but none could be read."
            }
            Self::CloudTrailInLogEvents => "Its log events begin as CloudTrail records do, but none could be read.",
            Self::CloudTrailInLogLines => "Its lines begin as CloudTrail records do, but none could be read.",
            Self::CloudTrailInInsights => {
                "What `@message` holds begins as CloudTrail records do, but none could be read."
            }
            Self::CloudTrailInKinesis => "Its data begins as CloudTrail records do, but none could be read.",
            Self::CloudTrailInNotification => "Its messages begin as CloudTrail records do, but none could be read.",
            Self::CloudTrailInWrapper => "It wraps what begins as CloudTrail records do, but none could be read.",
            Self::EventBridge => {
                "These EventBridge events did not come through CloudTrail, so they hold no CloudTrail record."
            }
            Self::Subscription => {
                "It is what CloudWatch Logs sends to a subscription, and there is no log event in it: a probe, or a batch of none."
            }
            Self::LogEvents => "It is an answer of CloudWatch Logs that lists no log event.",
            Self::LogLines => "It begins as a log exported from CloudWatch Logs does, but no line in it could be read.",
            Self::InsightsResults => {
                "It is the result of a Logs Insights query whose rows are no log events, as when a query counts or groups."
            }
            Self::Kinesis => "These are Kinesis or Firehose records, and there is no CloudTrail record in their data.",
            Self::Notification => {
                "It is a notification: it tells that something happened in S3, SQS or SNS, and carries no CloudTrail record."
            }
            Self::Wrapped => "It wraps events in other JSON, and none of them is a CloudTrail record.",
            Self::Empty => "The file is empty.",
            Self::EmptyJson => "It is an empty JSON list or object: whatever was exported, there was nothing.",
            Self::Digest => {
                "A digest file holds the hashes of delivered log files, not events; it serves to check that they were not changed."
            }
            Self::PublicKeys => "These are the keys with which digest files are verified; there are no events in them.",
            Self::Trails => {
                "It describes how trails are set up; the events are in the log files that these trails deliver."
            }
            Self::TrailStatus => {
                "It tells whether a trail is logging and when it last delivered; there are no events in it."
            }
            Self::EventSelectors => "It tells which events a trail records; there are no events in it.",
            Self::LakeSignature => "It signs the result files of a CloudTrail Lake query; the rows are in those files.",
            Self::LogsDescription => {
                "It describes log groups, streams or tasks of CloudWatch Logs; the log events themselves are not in it."
            }
            Self::MetricFilters => "It lists the metric filters of log groups; there are no events in it.",
            Self::MetricData => "These are values of metrics over time, not events; they are in the room of metrics.",
            Self::MetricDataQueries => {
                "It says which metrics the values of get-metric-data are of; there are no events in it."
            }
            Self::MetricStatistics => {
                "These are statistics of a metric over time, not events; they are in the room of metrics."
            }
            Self::MetricList => "It lists which metrics there are, not events.",
            Self::MetricCsv => "These are times and values of a metric, not events; they are in the room of metrics.",
            Self::MetricStream => {
                "These are values of metrics as a metric stream delivers them, not events; they are in the room of metrics."
            }
            Self::MetricStreams => "It describes how metric streams are set up; there are no events in it.",
            Self::EmbeddedMetrics => "It begins as a log event with embedded metrics does, but could not be read.",
            Self::StructuredLog => "It begins as JSON lines of a program's log do, but none could be read.",
            Self::PlainLog => "It begins as a log of lines does, but no line in it could be read.",
            Self::WriteTest => {
                "CloudWatch Logs wrote it into the bucket before an export, to see whether it may; there are no log events in it."
            }
            Self::Alarms => "It describes alarms and their state; there are no events in it.",
            Self::AlarmHistory => {
                "It tells when alarms changed, not who did what; there are no CloudTrail records in it."
            }
            Self::AlarmMessage => "It is the message of an alarm that changed its state, not a CloudTrail record.",
            Self::Dashboard => "It describes what a dashboard shows; there are no events in it.",
            Self::WidgetEvent => "It is what a dashboard's custom widget asks a function for, not a CloudTrail record.",
            Self::InsightRules => "It describes rules or detectors of CloudWatch; there are no events in it.",
            Self::EventRules => "It lists rules of EventBridge; the events that they match are not in it.",
            Self::EventTargets => "It lists where EventBridge rules send events; there are no events in it.",
            Self::ConfigEvent => "It is what AWS Config asks a rule to evaluate, not a CloudTrail record.",
            Self::IamPolicy => "It says what is allowed, not what was done; there are no events in it.",
            Self::HeadObject => {
                "It describes one object in S3, such as the signature of a digest file; there are no events in it."
            }
            Self::Listing => {
                "It lists the objects of a bucket, against which digests can be checked; there are no events in it."
            }
            Self::ApiResponse => "It is the answer to some other AWS call; there are no CloudTrail records in it.",
            Self::Recording => {
                "It is a file of recorded API answers as test suites keep them; they hold no CloudTrail records."
            }
            Self::CloudFormation => "It describes resources to be created; there are no events in it.",
            Self::JsonSchema => "It describes what JSON of some sort looks like; there are no events in it.",
            Self::Ocsf => {
                "These are events in the OCSF form of Security Lake, which Trailglass does not read; CloudTrail's own log files hold the same events."
            }
            Self::OtherJson => "It is JSON, but of no kind that holds CloudTrail records.",
            Self::OtherCsv => "It is a table without the columns of an Event history, Lake or Athena export.",
            Self::SigmaRule => "It is a detection rule: it says what to look for, and holds no events.",
            Self::Yaml => "YAML is not read. If it is output of the aws command, export it again with --output json.",
            Self::TextTable => {
                "Tables of text are not read. If it is output of the aws command, export it again with --output json."
            }
            Self::Html => {
                "It is a web page or XML, perhaps an error or sign-in page that was saved in place of the file."
            }
            Self::Zip => "It is a zip archive; its files are listed by themselves.",
            Self::Tar => "It is a tar archive; its files are listed by themselves.",
            Self::GzipInGzip => "It is packed with gzip more often than anything known packs files.",
            Self::Parquet => "Parquet is not read; query the table with Athena and download the rows as CSV.",
            Self::Utf16 => "It is text in UTF-16 that could not be read as UTF-8.",
            Self::Image => "It is a picture.",
            Self::Pdf => "It is a PDF document; pages of it are not read.",
            Self::Text => {
                "It is text, such as notes or a licence: its lines do not begin with times, as those of a log do."
            }
            Self::Binary => "It is neither text nor a format that is known.",
            Self::Unreadable => "The browser or the file system would not give its bytes.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_kind_has_its_own_words() {
        let titles: HashSet<_> = Kind::ALL.iter().map(|kind| kind.title()).collect();
        let reasons: HashSet<_> = Kind::ALL.iter().map(|kind| kind.why_no_events()).collect();
        assert_eq!((titles.len(), reasons.len()), (Kind::ALL.len(), Kind::ALL.len()));
        for kind in Kind::ALL {
            assert!(kind.why_no_events().ends_with('.') && kind.why_no_events().len() > 15, "{kind:?}");
            assert!(kind.with_records() == kind || kind.with_records().is_opened(), "{kind:?}");
            assert!(kind.with_lines() == kind || kind.with_lines().is_log(), "{kind:?}");
        }
    }
}
