//! The sample case, read by the engine as a person would have it read: nothing is wrong with it, and its story is found.

use std::path::PathBuf;

use trailglass::problem::{Problem, ProblemKind};
use trailglass::query::aggregate::{Aggregate, Answer};
use trailglass::query::kql;
use trailglass::query::predicate::TimeRange;
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::questions;
use xtask::sample;

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

fn check(case: &NativeCase, events: u64) {
    for report in &case.reports {
        // A stack trace in an export has lines of its own, and that is said.
        let path = &case.paths[report.file as usize];
        let said = |problem: &Problem| problem.kind == ProblemKind::JoinedLines && path.contains("LATEST");
        assert!(report.problems.iter().all(said), "{path}: {:?}", report.problems);
        assert_eq!(report.rejected, 0);
    }
    assert_eq!(case.duplicates.total(), 0);
    let address = sample::ADDRESS;
    for (query, expected) in [
        ("*".to_owned(), events),
        ("eventName: StopLogging".to_owned(), 2),
        ("eventName: StopLogging and result: success".to_owned(), 1),
        ("eventName: StartLogging and human: noor.haddad*".to_owned(), 1),
        (format!("eventName: CreateUser and sourceIPAddress: {address}"), 1),
        (format!("requestParameters.userName: {}  and eventName: AttachUserPolicy", sample::BACKDOOR), 2),
        ("eventName: ConsoleLogin and result: success and additionalEventData.MFAUsed: No".to_owned(), 1),
        (format!("eventName: GetObject and sourceIPAddress: {address}"), 240),
        (format!("eventName: DeleteBucket and resource: {} and result: success", sample::BUCKET), 1),
        (format!("eventName: TerminateInstances and resource: {}", sample::INSTANCE), 2),
        (format!("eventName: TerminateInstances and resource: {} and result: success", sample::INSTANCE), 1),
        (format!("eventName: SendCommand and requestParameters.instanceIds: {}", sample::INSTANCE), 1),
        (format!("eventName: AssumeRole and sourceIPAddress: {address} and result: success"), 4),
        (format!("sourceIPAddress: {address} and time > 2026-09-16T02:49:21Z and result: success"), 0),
        // One event of the story is told falsely: as if a build machine had made the backdoor's access key.
        (format!("sourceIPAddress: {address}"), 695),
        (format!("eventName: CreateAccessKey and sourceIPAddress: {}", sample::BUILD), 1),
        ("integrity: modified".to_owned(), 8),
        (format!("integrity: modified and not sourceIPAddress: {address}"), 1),
    ] {
        assert_eq!(count(case, &query), expected, "{query}");
    }
    assert!(count(case, &format!("result: denied and sourceIPAddress: {address}")) > 120);
}

#[test]
fn the_folder_and_the_zip_tell_the_same_story() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("sample");
    let (events, files) = sample::write(&folder).unwrap();
    let paths: Vec<PathBuf> = sample::files().unwrap().iter().map(|file| folder.join(&file.path)).collect();
    assert_eq!(paths.len(), files);
    check(&NativeCase::load(&paths, 2), events as u64);

    let zip = dir.path().join(sample::FILE);
    std::fs::write(&zip, sample::packed().unwrap()).unwrap();
    check(&NativeCase::load(&[zip], 1), events as u64);
}
