//! Every real file that the project has at hand, dropped at once on the page in a real Chromium; and a record of which only
//! a part is there.

mod common;
mod page_support;

use page_support::{LONG, SOON, open, shared_folder};
use trailglass::query::aggregate::{Aggregate, Answer};
use trailglass::query::kql;
use trailglass::query::predicate::TimeRange;
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::questions;

/// Events that a query selects, by the engine without a browser.
fn count(case: &NativeCase, query: &str) -> u64 {
    let asked = vec![(TimeRange::default(), Aggregate::Count)];
    let predicate = kql::parse(query).unwrap().predicate;
    match block_on(questions::aggregates(case, predicate, asked)).unwrap().remove(0) {
        Answer::Count(count) => count.rows,
        other => panic!("{other:?}"),
    }
}

/// With separators, as the page writes numbers.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[test]
fn all_real_files_at_once() {
    let Some(folder) = shared_folder("data") else { return };
    let files = common::files_below(&folder);
    let native = NativeCase::load(&files, 2);
    let (events, rejected) = native.reports.iter().fold((0, 0), |(events, rejected), report| {
        (events + u64::from(report.events), rejected + u64::from(report.rejected))
    });
    let duplicates = native.duplicates.total();
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder]).unwrap();
    case.settled_within(LONG);
    // Paths of such folders say nothing about accounts and days, so nothing was offered for choosing.
    assert_eq!(case.number("#total"), count(&native, ""));
    for query in
        ["result: denied", "category: insight", "actor: *alice*", "resource: *", "access: write", "file: *csv*"]
    {
        case.query(query);
        case.shows(count(&native, query));
    }
    case.query("");
    page.click("#room-files").unwrap();
    page.wait_element("#file-summary").unwrap();
    let sums = format!("{} {}", page.text("#file-counts").unwrap(), page.text("#file-summary").unwrap());
    for part in [
        format!("{} files", grouped(native.reports.len() as u64)),
        format!("{} records", grouped(events + rejected)),
        format!("{} events", grouped(events - duplicates)),
        format!("{} duplicates", grouped(duplicates)),
        format!("{} rejected", grouped(rejected)),
    ] {
        assert!(sums.contains(&part), "{part} in {sums:?}");
    }
    let odd = page.console();
    assert!(odd.is_empty(), "{odd:?}");
}

#[test]
fn half_a_record_shows_what_is_there_of_it() {
    // A well-known sample: its braces are missing, and its ARN and its userName name different people.
    let folder = tempfile::tempdir().unwrap();
    let half = r#"{"Records": [{
        "eventVersion": "1.0",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "EX_PRINCIPAL_ID",
            "arn": "arn:aws:iam::123456789012:user/Alice",
            "accessKeyId": "EXAMPLE_KEY_ID",
            "accountId": "123456789012",
            "userName": "John"
        },
        "eventTime": "2014-03-06T21:22:54Z",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "StartInstances",
        "awsRegion": "us-east-2",
        "sourceIPAddress": "205.251.233.176",
        "userAgent": "ec2-api-tools 1.6.12.2",
        "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-ebeaf9e2"}]}},
        "responseElements": {"instancesSet": {"items": [{
            "instanceId": "i-ebeaf9e2",
            "currentState": {
                "code": 0,
                "name": "pending"
"#;
    std::fs::write(folder.path().join("half.json"), half).unwrap();
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.settled();
    assert_eq!(case.number("#total"), 1);
    // Who and on what can be asked, and both names are there.
    case.query("resource: i-ebeaf9e2 and actor: *user/Alice and user: John");
    case.shows(1);
    page.click(".row[data-index='0'] .cell").unwrap();
    page.wait_element("#derived").unwrap();
    page.click("#tab-json").unwrap();
    for word in ["user/Alice", "\"userName\": \"John\"", "pending"] {
        let js = format!("document.querySelector('#detail-body').textContent.includes({word:?})");
        page.wait_for(&js, SOON).unwrap_or_else(|_| panic!("{word} in {:?}", page.text("#detail-body")));
    }
    // How the call ended stood in the part that is missing.
    case.query("result: unknown");
    case.shows(1);
    page.click("#room-files").unwrap();
    page.wait_element("#problem-kinds [data-kind=Repaired]").unwrap();
}
