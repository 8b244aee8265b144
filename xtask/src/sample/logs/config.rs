//! What two accounts say of their log groups: what the command line prints when it is asked for groups, streams, metric
//! filters, subscriptions and exports.

use anyhow::Result;
use serde_json::{Value, json};

use super::export::{PRINTED, streams};
use super::{FLOW, FROM, FUNCTION, Group, ORDERS, PAYMENTS, UNTIL, WEB, cis};
use crate::corpus::world::{ACCOUNT, REGIONS};
use crate::sample::book::{HOME, at};
use crate::sample::cast::{PRODUCTION, SECURITY};
use crate::sample::custody::{Delivered, pretty};

/// The log group that the trail is delivered to, in the management account; nobody took it home, since the log files say the
/// same.
pub const ORGANIZATION_TRAIL: &str = "aws-cloudtrail-logs-harborline-organization";
/// The metric filter that can never match: whoever wrote it meant one call or the other.
pub const NEVER: &str = "user-with-key-created";
/// The metric filter that matches everything, kept from an older version of the benchmark.
pub const WHOLE: &str = "unauthorized-api-calls-v1.4";

/// The export tasks.
pub const FUNCTION_TASK: &str = "6f0f7c0e-4b1d-4f2a-9d35-8e21b7a4c9d0";
pub const FLOW_TASK: &str = "b83d51a7-09ce-47e6-a1f4-25c60d9e7b13";
/// The subscription of the orders API's group.
pub const SUBSCRIPTION: &str = "to-delivery-stream";

/// Milliseconds of the day on which somebody set all this up.
const MADE: i64 = at(1, 0, 0, 0) * 1000 - 412 * 86_400_000 + 34_567_000;

/// Log groups: account, name, days that lines are kept, bytes.
const GROUPS: [(usize, &str, Option<u32>, u64); 9] = [
    (PRODUCTION, FUNCTION, Some(30), 41_872_330),
    (PRODUCTION, "/aws/lambda/prod-media-resize", None, 903_118_204),
    (PRODUCTION, ORDERS, Some(14), 1_204_771_925),
    (PRODUCTION, PAYMENTS, Some(14), 388_204_117),
    (PRODUCTION, FLOW, Some(7), 90_441_852),
    (PRODUCTION, WEB, Some(90), 2_730_118_442),
    (PRODUCTION, "/prod/web/error", Some(30), 18_220_705),
    (SECURITY, ORGANIZATION_TRAIL, Some(365), 61_774_320_118),
    (SECURITY, "/aws/lambda/security-posture", None, 77_204_551),
];

/// A metric filter of an account.
fn filter(group: &str, name: &str, pattern: &str, metric: Value) -> (String, Value) {
    let filter = json!({
        "filterName": name,
        "filterPattern": pattern,
        "metricTransformations": [metric],
        "creationTime": MADE + 86_400_000,
        "logGroupName": group,
        "applyOnTransformedLogs": false,
    });
    (group.to_owned(), filter)
}

/// Those of the account that has the trail.
fn of_trail() -> Vec<(String, Value)> {
    let count = |metric: &str| json!({ "metricName": metric, "metricNamespace": "CISBenchmark", "metricValue": "1" });
    let cis = cis::filters();
    let mut out: Vec<_> =
        cis.iter().map(|(name, metric, pattern)| filter(ORGANIZATION_TRAIL, name, pattern, count(metric))).collect();
    out.push(filter(ORGANIZATION_TRAIL, WHOLE, &cis::whole(), count("UnauthorizedApiCallsBefore")));
    let never = "{ ($.eventName = CreateUser) && ($.eventName = CreateAccessKey) }";
    let metric = json!({
        "metricName": "UsersWithKey",
        "metricNamespace": "Harborline/Security",
        "metricValue": "1",
        "defaultValue": 0.0,
    });
    out.push(filter(ORGANIZATION_TRAIL, NEVER, never, metric));
    out
}

/// Those of the account that has the shop.
fn of_shop() -> Vec<(String, Value)> {
    let metric = |namespace: &str, name: &str, value: &str| json!({ "metricName": name, "metricNamespace": namespace, "metricValue": value });
    let with = |mut metric: Value, more: Value| {
        if let (Value::Object(metric), Value::Object(more)) = (&mut metric, more) {
            metric.extend(more);
        }
        metric
    };
    vec![
        filter(FUNCTION, "ledger-stream-errors", "ERROR", metric("Harborline/Ledger", "StreamErrors", "1")),
        filter(
            FUNCTION,
            "ledger-stream-timeouts",
            "\"Task timed out\"",
            metric("Harborline/Ledger", "StreamTimeouts", "1"),
        ),
        filter(
            WEB,
            "web-bytes-sent",
            "[ip, identity, user, timestamp, request, status_code, size, ...]",
            with(metric("Harborline/Web", "BytesSent", "$size"), json!({ "unit": "Bytes" })),
        ),
        filter(
            WEB,
            "web-refused",
            "[ip, identity, user, timestamp, request, status_code=4*, size, ...]",
            with(metric("Harborline/Web", "Refused", "1"), json!({ "defaultValue": 0.0, "unit": "Count" })),
        ),
        filter(
            ORDERS,
            "orders-latency",
            "{ $.latency = * }",
            with(
                metric("Harborline/Orders", "Latency", "$.latency"),
                json!({ "dimensions": { "Route": "$.route" }, "unit": "Milliseconds" }),
            ),
        ),
    ]
}

fn subscriptions(account: usize) -> Value {
    let id = ACCOUNT[account].0;
    let region = REGIONS[HOME];
    let filter = |group: &str, name: &str, pattern: &str, destination: String| {
        json!({
            "filterName": name,
            "logGroupName": group,
            "filterPattern": pattern,
            "destinationArn": destination,
            "distribution": "ByLogStream",
            "applyOnTransformedLogs": false,
            "creationTime": MADE + 7_200_000,
        })
    };
    let filters: Vec<Value> = if account == PRODUCTION {
        let delivered = |group: &&str| {
            let stream = group.rsplit('/').next().unwrap_or_default();
            let stream = format!("arn:aws:firehose:{region}:{id}:deliverystream/{stream}");
            let mut filter = filter(group, SUBSCRIPTION, "", stream);
            filter["roleArn"] = format!("arn:aws:iam::{id}:role/logs-to-delivery-stream").into();
            filter
        };
        [ORDERS, PAYMENTS].iter().map(delivered).collect()
    } else {
        let function = format!("arn:aws:lambda:{region}:{id}:function:security-posture");
        let pattern = r#"{ $.userIdentity.type = "Root" || $.eventName = ConsoleLogin }"#;
        vec![filter(ORGANIZATION_TRAIL, "root-and-sign-in", pattern, function)]
    };
    json!({ "subscriptionFilters": filters })
}

fn arn(account: usize, group: &str) -> String {
    format!("arn:aws:logs:{}:{}:log-group:{group}", REGIONS[HOME], ACCOUNT[account].0)
}

fn log_groups(account: usize, filters: &[(String, Value)]) -> Value {
    let groups = GROUPS.iter().filter(|group| group.0 == account).map(|&(_, name, days, bytes)| {
        let mut group = json!({ "logGroupName": name, "creationTime": MADE });
        if let Some(days) = days {
            group["retentionInDays"] = days.into();
        }
        group["metricFilterCount"] = filters.iter().filter(|filter| filter.0 == name).count().into();
        group["arn"] = format!("{}:*", arn(account, name)).into();
        group["storedBytes"] = bytes.into();
        group["logGroupClass"] = "STANDARD".into();
        group["logGroupArn"] = arn(account, name).into();
        group
    });
    json!({ "logGroups": groups.collect::<Vec<_>>() })
}

fn log_streams(group: &Group) -> Value {
    let of = streams(group).into_iter().map(|stream| {
        let times: Vec<i64> = group.lines.iter().filter(|line| line.stream == stream).map(|line| line.at).collect();
        let (first, last) = (times.first().copied().unwrap_or(0), times.last().copied().unwrap_or(0));
        json!({
            "logStreamName": stream,
            "creationTime": first - 900,
            "firstEventTimestamp": first,
            "lastEventTimestamp": last,
            "lastIngestionTime": last + 2_100,
            "uploadSequenceToken": format!("4903995{:049}", last),
            "arn": format!("{}:log-stream:{stream}", arn(PRODUCTION, group.name)),
            "storedBytes": 0,
        })
    });
    json!({ "logStreams": of.collect::<Vec<_>>() })
}

fn export_tasks() -> Value {
    let task = |id: &str, group: &str, minute: i64| {
        let asked = at(3, 8, minute, 12) * 1000;
        json!({
            "taskId": id,
            "taskName": format!("night-of-{}", &group[1..].replace('/', "-")),
            "logGroupName": group,
            "from": FROM * 1000,
            "to": UNTIL * 1000,
            "destination": "harborline-security-evidence",
            "destinationPrefix": super::export::EXPORTED,
            "status": { "code": "COMPLETED", "message": "Completed successfully" },
            "executionInfo": { "creationTime": asked, "completionTime": asked + 48_311 },
        })
    };
    json!({ "exportTasks": [task(FLOW_TASK, FLOW, 24), task(FUNCTION_TASK, FUNCTION, 21)] })
}

/// All that was printed.
pub fn files(groups: &[&Group]) -> Result<Vec<Delivered>> {
    let mut out = Vec::new();
    let mut put = |account: usize, name: &str, printed: &Value| -> Result<()> {
        let path = format!("{PRINTED}/{}/{name}.json", ACCOUNT[account].0);
        out.push(Delivered { path, bytes: pretty(printed)?, events: 0 });
        Ok(())
    };
    for (account, filters) in [(PRODUCTION, of_shop()), (SECURITY, of_trail())] {
        put(account, "describe-log-groups", &log_groups(account, &filters))?;
        let listed: Vec<&Value> = filters.iter().map(|filter| &filter.1).collect();
        put(account, "describe-metric-filters", &json!({ "metricFilters": listed }))?;
        put(account, "describe-subscription-filters", &subscriptions(account))?;
    }
    put(PRODUCTION, "describe-export-tasks", &export_tasks())?;
    for group in groups {
        let name = group.name.rsplit('/').next().unwrap_or_default();
        put(PRODUCTION, &format!("describe-log-streams.{name}"), &log_streams(group))?;
    }
    Ok(out)
}
