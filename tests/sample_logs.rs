//! The log groups of the sample case, read by the engine as a person would have them read: every line is there, one request is
//! followed from group to group and into the trail, and the metric filters count what the lines say.

use std::path::PathBuf;

use serde_json::Value;
use trailglass::query::aggregate::{Aggregate, Answer};
use trailglass::query::kql;
use trailglass::query::pattern::{self, Counting};
use trailglass::query::predicate::{Predicate, TimeRange};
use trailglass::query::series::{Series, SeriesOf};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::questions;
use xtask::sample::logs::{self, FLOW, FUNCTION, ORDERS, WEB};
use xtask::sample::{self, ADDRESS};

/// How many events of a case a query finds.
fn count(case: &NativeCase, query: &str) -> u64 {
    let parsed = kql::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    let predicate = parsed.predicate.resolve_now(0);
    let asked = vec![(TimeRange::default(), Aggregate::Count)];
    match block_on(questions::aggregates(case, predicate, asked)).unwrap().into_iter().next() {
        Some(Answer::Count(count)) => count.rows,
        _ => panic!("{query}: a count was asked for"),
    }
}

fn case() -> (tempfile::TempDir, NativeCase) {
    let dir = tempfile::tempdir().unwrap();
    sample::write(dir.path()).unwrap();
    let paths: Vec<PathBuf> = sample::files().unwrap().iter().map(|file| dir.path().join(&file.path)).collect();
    let case = NativeCase::load(&paths, 2);
    (dir, case)
}

#[test]
fn every_line_is_there_and_says_what_it_is() {
    let (_dir, case) = case();
    let tally = logs::tally();
    let groups = logs::groups();
    let starting = |group: &str, starts: &[&str]| -> usize {
        let lines = groups.iter().filter(|one| one.name == group).flat_map(|one| &one.lines);
        lines.filter(|line| starts.iter().any(|start| line.message.starts_with(start))).count()
    };
    let whole: usize = tally.lines.values().sum();
    for (query, expected) in [
        ("not format: CloudTrail".to_owned(), whole),
        (format!("logGroup: \"{ORDERS}\""), tally.lines[ORDERS]),
        ("format: EMF".to_owned(), tally.metrics),
        ("format: Lambda".to_owned(), starting(FUNCTION, &["START ", "END ", "REPORT ", "INIT_START "])),
        ("format: \"VPC flow\"".to_owned(), tally.lines[FLOW]),
        ("format: \"web server\"".to_owned(), tally.lines[WEB]),
        ("\"Task timed out\"".to_owned(), tally.timeouts),
        (format!("format: \"VPC flow\" and $.action: REJECT and srcAddr: {ADDRESS}"), tally.flows.1),
        (format!("format: \"web server\" and clientIp: {ADDRESS}"), tally.intruders.0),
        ("logStream: orders-api/* and latency: *".to_owned(), tally.latencies.values().map(|sum| sum.0).sum()),
        // While nobody records, the logs tell on.
        ("format: CloudTrail and time > 2026-09-16T02:49:21Z and time < 2026-09-16T06:41:33Z".to_owned(), 0),
        (
            format!("clientIp: {ADDRESS} and time > 2026-09-16T02:49:21Z and time < 2026-09-16T06:41:33Z"),
            tally.intruders.1,
        ),
    ] {
        assert_eq!(count(&case, &query), expected as u64, "{query}");
    }
}

#[test]
fn a_request_is_followed_from_group_to_group_and_into_the_trail() {
    let (_dir, case) = case();
    let tally = logs::tally();
    // At the web servers, twice in the API, and in the function, which only knows of what it could write.
    for (order, expected) in tally.orders.iter().zip([4, 3]) {
        assert_eq!(count(&case, &format!("\"{order}\"")), expected, "{order}");
    }
    for call in tally.calls.iter().step_by(20) {
        assert_eq!(count(&case, &format!("\"{call}\"")), 2, "{call}");
        assert_eq!(count(&case, &format!("requestID: {call}")), 1, "{call}");
    }
}

/// A metric filter as the command line printed it.
struct Filter {
    name: String,
    pattern: String,
    metric: Value,
}

fn filters(dir: &tempfile::TempDir, account: &str) -> Vec<Filter> {
    let path = dir.path().join(format!("cloudwatch/{account}/describe-metric-filters.json"));
    let printed: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let filter = |filter: &Value| Filter {
        name: text(&filter["filterName"]),
        pattern: text(&filter["filterPattern"]),
        metric: filter["metricTransformations"][0].clone(),
    };
    printed["metricFilters"].as_array().unwrap().iter().map(filter).collect()
}

/// What a filter makes of the events of a query, hour by hour.
fn series(case: &NativeCase, filter: &Filter, of: &str) -> Series {
    let pattern = pattern::parse(&filter.pattern, Counting::default());
    let pattern = pattern.unwrap_or_else(|fault| panic!("{}: {fault}", filter.name));
    let source = |text: &Value| pattern.source(text.as_str().unwrap()).unwrap();
    let dimensions = filter.metric["dimensions"].as_object().into_iter().flatten();
    let dimensions = dimensions.map(|(name, value)| (name.clone(), source(value))).collect();
    let value = source(&filter.metric["metricValue"]);
    let asked = vec![(TimeRange::default(), Aggregate::Series(SeriesOf { value, period: 3_600_000, dimensions }))];
    let predicate = Predicate::And(vec![kql::parse(of).unwrap().predicate.resolve_now(0), pattern.predicate.clone()]);
    match block_on(questions::aggregates(case, predicate, asked)).unwrap().into_iter().next() {
        Some(Answer::Series(series)) => series,
        _ => panic!("a series was asked for"),
    }
}

/// Samples and their sum.
fn total(series: &Series) -> (u64, f64) {
    let points = series.together();
    (points.iter().map(|(_, point)| point.samples).sum(), points.iter().map(|(_, point)| point.sum()).sum())
}

#[test]
fn the_filters_of_the_shop_count_what_its_lines_say() {
    let (dir, case) = case();
    let tally = logs::tally();
    for filter in filters(&dir, "111122223333") {
        let (function, web) = ("logStream: *LATEST*", "format: \"web server\"");
        let (of, expected) = match filter.name.as_str() {
            "ledger-stream-errors" => (function, (tally.errors as u64, tally.errors as f64)),
            "ledger-stream-timeouts" => (function, (tally.timeouts as u64, tally.timeouts as f64)),
            "web-bytes-sent" => (web, (tally.requests.0 as u64, tally.requests.1 as f64)),
            "web-refused" => (web, (tally.refused.0 as u64, tally.refused.0 as f64)),
            "orders-latency" => {
                let series = series(&case, &filter, "logStream: orders-api/*");
                let by_route = series.parts.iter().map(|(routes, points)| {
                    let samples: u64 = points.iter().map(|(_, point)| point.samples).sum();
                    let tenths: f64 = points.iter().map(|(_, point)| point.sum() * 10.0).sum();
                    (routes[0].clone(), (samples as usize, tenths.round() as u64))
                });
                assert_eq!(by_route.collect::<std::collections::BTreeMap<_, _>>(), tally.latencies);
                continue;
            }
            other => panic!("{other} is new"),
        };
        assert_eq!(total(&series(&case, &filter, of)), expected, "{}", filter.name);
    }
}

#[test]
fn the_filters_of_the_trail_count_what_its_records_say() {
    let (dir, case) = case();
    let records: Vec<Value> = sample::events().iter().map(|event| serde_json::from_str(&event.text).unwrap()).collect();
    let text = |record: &Value, path: &str| record.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    // `&&` binds before `||`: the exclusions of 4.1 are of no consequence for the first part.
    let denied = |record: &Value| {
        let code = text(record, "/errorCode");
        code.ends_with("UnauthorizedOperation")
            || code.starts_with("AccessDenied")
                && text(record, "/sourceIPAddress") != "delivery.logs.amazonaws.com"
                && text(record, "/eventName") != "HeadBucket"
    };
    let mut seen = 0;
    for filter in filters(&dir, "777788889999") {
        // What most of them say: a service, if any, and one of some events.
        let names: Vec<&str> = filter
            .pattern
            .split("$.eventName")
            .skip(1)
            .filter_map(|part| part.trim_start_matches([' ', '=']).split(')').next())
            .collect();
        let service = filter.pattern.split_once("$.eventSource = ").and_then(|(_, rest)| rest.split(')').next());
        let expected = records.iter().filter(|record| match filter.name.as_str() {
            logs::WHOLE => true,
            logs::NEVER => false,
            "cis-4.1-unauthorized-api-calls" => denied(record),
            // Absent is not different.
            "cis-4.2-console-sign-in-without-mfa" => {
                let used = text(record, "/additionalEventData/MFAUsed");
                text(record, "/eventName") == "ConsoleLogin" && !used.is_empty() && used != "Yes"
            }
            "cis-4.3-root-usage" => {
                text(record, "/userIdentity/type") == "Root"
                    && record.pointer("/userIdentity/invokedBy").is_none()
                    && text(record, "/eventType") != "AwsServiceEvent"
            }
            "cis-4.6-console-authentication-failures" => text(record, "/errorMessage") == "Failed authentication",
            _ => {
                service.is_none_or(|service| text(record, "/eventSource") == service)
                    && names.contains(&text(record, "/eventName").as_str())
            }
        });
        let expected = expected.count();
        seen += usize::from(expected > 0);
        let counted = total(&series(&case, &filter, "format: CloudTrail"));
        assert_eq!(counted, (expected as u64, expected as f64), "{}", filter.name);
    }
    // What the intruder did is counted by some of them.
    assert!(seen >= 6, "{seen}");
}
