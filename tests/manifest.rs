//! Every real file of the shared data is named for what it is, and every CloudTrail record in it becomes an event.

mod common;

use std::collections::BTreeMap;
use trailglass::import::kind::Kind;
use trailglass::problem::ProblemKind;
use trailglass::session::protocol::FileReport;
use trailglass::session::shard::Shard;
use trailglass::session::shard::Stream;

/// A line of MANIFEST.tsv.
struct Listed {
    path: String,
    kind: String,
    records: u32,
    oddities: String,
}

fn manifest(text: &str) -> Vec<Listed> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let at = |name: &str| header.iter().position(|column| *column == name).unwrap_or_else(|| panic!("no {name}"));
    let (path, kind, records, oddities) = (at("path"), at("kind"), at("records"), at("oddities"));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            Listed {
                path: cells[path].to_owned(),
                kind: cells[kind].to_owned(),
                records: cells[records].parse().unwrap_or(0),
                oddities: cells[oddities].to_owned(),
            }
        })
        .collect()
}

/// What files of a kind in the manifest may be called, and whether its count of records is one of CloudTrail records.
fn expected(kind: &str) -> (&'static [Kind], bool) {
    use Kind as K;
    match kind {
        "cloudtrail-json" => (&[K::CloudTrailLog, K::CloudTrailRecords, K::CloudTrailArray, K::EmptyJson], true),
        "cloudtrail-ndjson" => (&[K::CloudTrailRecords], true),
        "cloudtrail-s3-gz" => (&[K::CloudTrailLog], true),
        "lookup-events" => (&[K::LookupEvents], true),
        "insight" => (&[K::CloudTrailRecords, K::CloudTrailLog], true),
        "insight(test-wrapped)" => (&[K::CloudTrailInWrapper], true),
        "cloudtrail/eventbridge(test-wrapped)" => (&[K::CloudTrailInWrapper, K::Wrapped], true),
        "eventbridge/cloudtrail-record" => {
            (&[K::CloudTrailInEventBridge, K::CloudTrailRecords, K::EventBridge, K::ConfigEvent], true)
        }
        "eventbridge" => (&[K::EventBridge, K::ConfigEvent, K::Notification], false),
        "cw-logs(subscription)" => (&[K::Subscription, K::CloudTrailInSubscription], false),
        "cw-logs(awslogs.data base64 gzip)" => (&[K::Subscription], false),
        "cw-logs(test-wrapped)" => (&[K::Wrapped, K::LogEvents], false),
        "cw-logs(get-log-events)" => (&[K::LogEvents], false),
        "cw-logs(lambda structured log lines)" => (&[K::StructuredLog], false),
        "lambda-event" => (&[K::WidgetEvent, K::EventBridge, K::Kinesis, K::Notification], false),
        "emf" => (&[K::EmbeddedMetrics, K::StructuredLog, K::JsonSchema, K::OtherJson], false),
        "digest" => (&[K::Digest], false),
        "digest-public-keys" => (&[K::PublicKeys], false),
        "trail-config" => (&[K::Trails], false),
        "alarm" => (&[K::Alarms], false),
        "alarm(placebo)" => (&[K::Alarms], false),
        "alarm(SNS payload)" | "alarm(lambda event)" => (&[K::AlarmMessage], false),
        "alarm-history" => (&[K::AlarmHistory], false),
        "alarm/metric-data/dashboard (recorded)" => (&[K::Recording], false),
        "dashboard" => (&[K::Dashboard], false),
        "dashboard(CloudFormation template, body as string)" => (&[K::CloudFormation], false),
        "metric-data" | "metric-data(placebo)" => (&[K::MetricData, K::MetricStatistics], false),
        "metric-data(csv timestamp,value)" => (&[K::MetricCsv], false),
        "metric-list" => (&[K::MetricList], false),
        "sigma-rule" => (&[K::SigmaRule], false),
        "licence" => (&[K::Text], false),
        "cw-json" => (&[K::MetricStatistics, K::EventBridge, K::Dashboard, K::CloudFormation], false),
        "api-response" => (
            &[
                K::Trails,
                K::TrailStatus,
                K::EventSelectors,
                K::ApiResponse,
                K::InsightRules,
                K::MetricStreams,
                K::Dashboard,
                K::LogsDescription,
            ],
            false,
        ),
        "api-response(placebo)" => (
            &[
                K::Trails,
                K::TrailStatus,
                K::EventSelectors,
                K::MetricFilters,
                K::LogsDescription,
                K::LogEvents,
                K::InsightRules,
                K::ApiResponse,
            ],
            false,
        ),
        _ => (&[], false),
    }
}

/// Files that the manifest's kind or count does not describe: what they are, and the events and losses that come of them.
fn special(path: &str) -> Option<(Kind, u32, u32)> {
    Some(match path {
        // Examples of the documentation, cut short with dots.
        "awsdocs-cloudwatch/GetSingleMetricAllDimensions.2.json"
        | "awsdocs-cloudwatch/US_SingleMetricPerAMI.2.json"
        | "awsdocs-cloudwatch/US_SingleMetricPerInstance.2.json" => (Kind::MetricStatistics, 0, 1),
        // Log events that were cut on the page they were printed on: of three records each a version and a type of caller,
        // which tell of no event, and stay lines of text.
        "awsdocs-cwlogs/SubscriptionFilters.14.json"
        | "awsdocs-cwlogs/SubscriptionFilters.21.json"
        | "awsdocs-cwlogs/ValidateLogEventFlow.3.json" => (Kind::Subscription, 3, 0),
        // The brace that opens the record is missing, and those that close it.
        "awsdocs-cloudtrail/cloudtrail-event-reference-user-identity.4.json" => (Kind::CloudTrailRecords, 1, 0),
        // `... additional entries ...` stands after the record.
        "awsdocs-cloudtrail/cloudtrail-event-reference.1.json" => (Kind::CloudTrailRecords, 1, 1),
        // A line break stands inside a string.
        "awsdocs-cloudtrail/cloudtrail-log-file-examples.8.json" => (Kind::CloudTrailLog, 1, 0),
        // `"eventVersion": String`: a description of records.
        "awsdocs-cloudtrail/query-event-data-store-config-schema.1.json"
        | "awsdocs-cloudtrail/query-integration-event-schema.1.json" => (Kind::OtherJson, 0, 0),
        // Line breaks in the string, and a quote that is not escaped.
        "awsdocs-cloudtrail/view-cloudtrail-events-cli.3.json" => (Kind::LookupEvents, 1, 0),
        "trailscraper/smoke/policy-to-guess.json" => (Kind::IamPolicy, 0, 0),
        "datadog-forwarder/tools/integration_tests/snapshots/cloudwatch_log_cloudtrail.json" => {
            (Kind::CloudTrailInSubscription, 4, 0)
        }
        "streamalert/classifier/cloudwatch/cloudwatch_cloudtrail.json" => (Kind::CloudTrailInWrapper, 1, 0),
        // It is told apart by its text only, and is a finding, not a record.
        "streamalert/community/guardduty/guard_duty_all.json" => (Kind::Wrapped, 0, 0),
        _ => return None,
    })
}

fn in_pieces(bytes: &[u8]) -> FileReport {
    let mut shard = Shard::default();
    let mut stream: Stream = shard.begin(0, "file", trailglass::import::Reading::default());
    let chunks: Vec<&[u8]> = bytes.chunks(70_001).collect();
    for (at, chunk) in chunks.iter().enumerate() {
        shard.push(&mut stream, chunk, at + 1 == chunks.len());
    }
    shard.finish(stream)
}

#[test]
fn every_file_is_named_and_every_record_comes_out() {
    let Some(shared) = common::shared() else { return };
    let data = shared.join("data");
    let listed = manifest(&std::fs::read_to_string(data.join("MANIFEST.tsv")).unwrap());
    assert!(listed.len() > 1_000, "{} files are listed", listed.len());
    let mut wrong = Vec::new();
    let mut kinds: BTreeMap<(String, Kind), u32> = BTreeMap::new();
    let mut events = 0;
    for file in &listed {
        let bytes = std::fs::read(data.join(&file.path)).unwrap();
        let mut shard = Shard::default();
        let report = shard.read(0, &file.path, &bytes);
        let mut tell = |what: String| wrong.push(format!("{} [{}]: {what}", file.path, file.kind));
        let pieces = in_pieces(&bytes);
        if (pieces.kind, pieces.events, pieces.rejected) != (report.kind, report.events, report.rejected) {
            tell(format!("in pieces it is {pieces:?}, whole {report:?}"));
        }
        let counted = (report.kind, report.events, report.rejected);
        if let Some(special) = special(&file.path) {
            if counted != special {
                tell(format!("{counted:?}, expected {special:?}: {:?}", report.problems));
            }
        } else {
            let (names, count) = expected(&file.kind);
            if !names.contains(&report.kind) {
                tell(format!("it is called {:?}", report.kind));
            }
            if !count && report.kind.is_log() && report.events != report.lines {
                tell(format!("{} events, {} of them lines", report.events, report.lines));
            }
            let records = if !count || !report.kind.is_opened() { 0 } else { file.records };
            if count && !report.kind.is_opened() && file.oddities.contains("valid JSON") && file.records > 0 {
                tell(format!("{} records, called {:?}", file.records, report.kind));
            }
            // A wrapper may hold other events beside those of CloudTrail.
            let others = match report.kind {
                Kind::CloudTrailInWrapper => without(&report),
                _ => 0,
            };
            // Lines of other logs are counted by `log_import`, not by the manifest.
            if (report.events - report.lines + others, report.rejected) != (records, 0) {
                tell(format!("{counted:?} of {records}: {:?}", report.problems));
            }
        }
        if report.events != shard.store().rows() {
            tell("the store has another number of rows".to_owned());
        }
        let lost: u32 =
            report.problems.iter().filter(|problem| is_loss(problem.kind)).map(|problem| problem.times).sum();
        if lost < report.rejected {
            tell(format!("{} are lost, {lost} losses are told", report.rejected));
        }
        if report.events == 0 && report.kind.why_no_events().is_empty() || report.events > 0 && !report.kind.is_opened()
        {
            tell("it does not say why there are (no) events".to_owned());
        }
        *kinds.entry((file.kind.clone(), report.kind)).or_default() += 1;
        events += report.events;
    }
    for ((listed, kind), files) in &kinds {
        println!("{files:>4} {listed} -> {}", kind.title());
    }
    println!("{events} events of {} files", listed.len());
    assert!(wrong.is_empty(), "{} files:\n{}", wrong.len(), wrong.join("\n"));
    assert!(events > 3_700, "{events}");
}

fn without(report: &FileReport) -> u32 {
    report.problems.iter().filter(|problem| problem.kind == ProblemKind::NoRecord).map(|problem| problem.times).sum()
}

fn is_loss(kind: ProblemKind) -> bool {
    use ProblemKind as P;
    matches!(kind, P::Truncated | P::TooLarge | P::NotJson | P::NotARecord | P::BrokenRow | P::DamagedGzip)
}
