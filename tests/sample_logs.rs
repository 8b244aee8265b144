//! The log groups of the sample case, read by the engine as a person would have them read: every line is there, one request is
//! followed from group to group and into the trail, and the metric filters count what the lines say.

use std::path::PathBuf;

use trailglass::query::aggregate::{Aggregate, Answer};
use trailglass::query::kql;
use trailglass::query::predicate::TimeRange;
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
        ("@message: \"Task timed out\"".to_owned(), tally.timeouts),
        (format!("format: \"VPC flow\" and action: REJECT and srcAddr: {ADDRESS}"), tally.flows.1),
        (format!("format: \"web server\" and @message: \"{ADDRESS} \""), tally.intruders.0),
        ("logStream: \"orders-api/*\" and latency: *".to_owned(), tally.latencies.values().map(|sum| sum.0).sum()),
        // While nobody records, the logs tell on.
        ("format: CloudTrail and time > 2026-09-16T02:49:21Z and time < 2026-09-16T06:41:33Z".to_owned(), 0),
        (
            format!(
                "\"{ADDRESS}\" and time > 2026-09-16T02:49:21Z and time < 2026-09-16T06:41:33Z and format: \"web server\""
            ),
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
