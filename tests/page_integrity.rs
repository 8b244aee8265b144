//! The room of integrity in a real Chromium, with chains of custody whose truth is known.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, open, shared_folder};
use std::path::PathBuf;

/// What a person would have of a scenario: the bucket, the outputs of head-object where wanted, and the lists of keys. Not what
/// is said of it.
fn supplied(scenario: &str, heads: bool) -> Option<Vec<PathBuf>> {
    let folder = shared_folder(&format!("oracle/integrity/corpus/{scenario}"))?;
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name == "s3" || name.starts_with("public-keys") || (heads && name == "head")
    });
    paths.sort();
    Some(paths)
}

/// The room, open on a scenario.
fn opened(scenario: &str, heads: bool) -> Option<OpenCase> {
    let paths = supplied(scenario, heads)?;
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &paths).unwrap();
    case.settled();
    case.page.press("6").unwrap();
    case.page.wait_element("#custody-map .row[data-index=\"0\"]").unwrap();
    case.page.wait_element("#custody-grid .row[data-index=\"0\"]").unwrap();
    Some(case)
}

/// Presses what a selector finds, wherever it is scrolled to.
fn press(case: &OpenCase, css: &str) {
    case.page.wait_element(css).unwrap();
    case.page.eval::<()>(&format!("document.querySelector({css:?}).click()")).unwrap();
}

#[test]
fn a_modified_log_is_marked_with_its_hour_and_its_status() {
    let Some(case) = opened("log_modified", true) else { return };
    let page = &case.page;
    let sentence = page.text("#integrity-sentence").unwrap();
    assert!(sentence.contains("log files unchanged since CloudTrail delivered them, given the"), "{sentence}");
    assert!(sentence.contains("1 is modified"), "{sentence}");
    // The table begins with it.
    let first = "document.querySelector('#custody-grid .row[data-index=\"0\"]')";
    assert_eq!(
        page.eval::<String>(&format!("{first}.querySelector('[data-status]').dataset.status")).unwrap(),
        "MODIFIED"
    );
    assert!(page.eval::<String>(&format!("{first}.textContent")).unwrap().contains("records another hash"));
    assert_eq!(case.number("#custody-logs-modified"), 1);
    assert!(page.text("#room-integrity").unwrap().contains("✕ 1"), "{:?}", page.text("#room-integrity"));
    // One cell of the map has it; pressing that leaves the log and its digest.
    assert_eq!(page.count("#custody-map .state.altered").unwrap(), 1);
    let all = case.number("#custody-count");
    press(&case, "#custody-map .state.altered");
    page.wait_element("#custody-narrowed").unwrap();
    page.wait_for(
        &format!("+document.querySelector('#custody-count').textContent.replace(/[^0-9]/g, '') < {all}"),
        SOON,
    )
    .unwrap();
    assert_eq!(
        page.eval::<String>(&format!("{first}.querySelector('[data-status]').dataset.status")).unwrap(),
        "MODIFIED"
    );
    assert!(page.text("#custody-said").unwrap().contains("1 modified"), "{:?}", page.text("#custody-said"));
    // Its detail has both hashes, and leads to its digest and to its events.
    press(&case, "#custody-grid .row[data-index=\"0\"] .cell");
    page.wait_element("#custody-recorded").unwrap();
    let (recorded, found) = (page.text("#custody-recorded").unwrap(), page.text("#custody-found").unwrap());
    assert!(recorded.len() == 64 && found.len() == 64 && recorded != found, "{recorded} {found}");
    press(&case, "#custody-detail [data-digest]");
    page.wait_element("#custody-signing").unwrap();
    let signed = page.text("#custody-signing").unwrap();
    assert_eq!(signed.lines().count(), 4, "{signed}");
    assert!(signed.starts_with("2024-"), "{signed}");
    press(&case, "#custody-grid .row[data-index=\"0\"] .cell");
    press(&case, "#custody-events");
    page.wait_element("#grid").unwrap();
    case.settled();
    assert!(case.number("#shown") > 0 && case.number("#shown") < case.number("#total"));
}

#[test]
fn the_next_command_of_an_unproved_digest_is_copied() {
    let Some(case) = opened("log_modified", false) else { return };
    let page = &case.page;
    case.browser.grant(&case.server.url(), &["clipboardReadWrite", "clipboardSanitizedWrite"]).unwrap();
    assert_eq!(case.number("#custody-digests-unproven"), 1);
    press(&case, "#custody-digests-unproven");
    page.wait_for("document.querySelector('#custody-count').textContent.startsWith('1 ')", SOON).unwrap();
    page.wait_element("#custody-grid [data-status=\"UNPROVEN\"]").unwrap();
    // In the row, and in the detail.
    for button in ["#custody-grid .row[data-index=\"0\"] .next .copy", "#custody-command"] {
        page.eval::<()>("navigator.clipboard.writeText('nothing')").unwrap();
        if button == "#custody-command" {
            press(&case, "#custody-grid .row[data-index=\"0\"] .cell");
        }
        press(&case, button);
        page.wait_for(&format!("document.querySelector({button:?}).textContent === 'Copied'"), SOON).unwrap();
        let copied: String = page.eval("navigator.clipboard.readText()").unwrap();
        assert!(copied.starts_with("aws s3api head-object --bucket example-trail-bucket --key AWSLogs/"), "{copied}");
    }
    assert!(page.text("#custody-why").unwrap().contains("its signature is in S3 metadata"));
}

#[test]
fn a_hole_is_seen_in_the_map_and_in_the_chain() {
    let Some(case) = opened("digest_deleted_middle", true) else { return };
    let page = &case.page;
    assert!(page.count("#custody-map .state.hole").unwrap() >= 1);
    assert!(page.text("#integrity-coverage").unwrap().contains("1 hole"), "{:?}", page.text("#integrity-coverage"));
    press(&case, "#integrity-tab-chain");
    page.wait_element("#custody-links .link").unwrap();
    // The chain drawn is the first one; the hole may be in another's.
    let streams: u32 = page.count("#custody-stream option").unwrap() as u32;
    let found = (0..streams).any(|stream| {
        page.eval::<()>(&format!(
            "{{ const box = document.querySelector('#custody-stream'); box.value = '{stream}'; \
             box.dispatchEvent(new Event('change', {{ bubbles: true }})); }}"
        ))
        .unwrap();
        case.settled();
        page.count("#custody-links [data-break=\"hole\"]").unwrap() == 1
    });
    assert!(found);
    press(&case, "#custody-links [data-break=\"hole\"]");
    page.wait_element("#custody-detail .break-said").unwrap();
    assert!(page.text("#custody-detail").unwrap().contains("not supplied"));
    let all = page.text("#integrity").unwrap().to_lowercase();
    for too_strong in ["genuine", "forged", "no activity", "invalid"] {
        assert!(!all.contains(too_strong), "{too_strong}: {all}");
    }
}

#[test]
fn proved_silence_is_none_of_the_other_states() {
    let Some(case) = opened("empty_digests", true) else { return };
    let page = &case.page;
    assert!(page.count("#custody-map .state.silent").unwrap() >= 1);
    page.focus("#custody-map").unwrap();
    for _ in 0..40 {
        page.press("ArrowRight").unwrap();
        if page.count("#custody-map .state.silent.here").unwrap() == 1 {
            break;
        }
    }
    page.wait_for(
        "document.querySelector('#custody-said').textContent.includes('CloudTrail states that no log was delivered')",
        SOON,
    )
    .unwrap();
    // Enter narrows the table to it; once more lists all again.
    page.press("Enter").unwrap();
    page.wait_element("#custody-narrowed").unwrap();
    page.press("Enter").unwrap();
    page.wait_for("!document.querySelector('#custody-narrowed')", SOON).unwrap();
}

#[test]
fn without_digests_the_room_says_how_to_fetch_them() {
    let case = open(1440, 900);
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.json");
    std::fs::write(
        &log,
        r#"{"Records":[{"eventVersion":"1.08","eventTime":"2024-03-04T01:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","eventID":"1"}]}"#,
    )
    .unwrap();
    case.page.drop_files("#drop-zone", &[log]).unwrap();
    case.settled();
    case.page.press("6").unwrap();
    case.page.wait_element("#fetch-digests").unwrap();
    let words = case.page.text("#integrity-empty").unwrap();
    for command in ["aws s3 sync s3://", "aws cloudtrail list-public-keys --region", "aws s3api head-object"] {
        assert!(words.contains(command), "{words}");
    }
    assert!(words.contains("--start-time 2024-03-03T01:00:00Z"), "{words}");
}

#[test]
fn what_validate_logs_would_print_is_an_answer_of_its_own() {
    let Some(case) = opened("log_modified", true) else { return };
    let page = &case.page;
    press(&case, "#integrity-tab-command-line");
    page.wait_for("document.querySelector('#command-line-exit')?.textContent.includes('exit code 1')", SOON).unwrap();
    let printed = page.text("#command-line-printed").unwrap();
    assert!(printed.contains("6/6 digest files valid"), "{printed}");
    assert!(printed.contains("17/18 log files valid, 1/18 log files INVALID"), "{printed}");
    let lines = || page.count("#command-line-printed > div").unwrap();
    let few = lines();
    press(&case, "#command-line-verbose");
    page.wait_for(&format!("document.querySelectorAll('#command-line-printed > div').length >= {few} + 23"), SOON)
        .unwrap();
    assert_eq!(page.count("#command-line-bare").unwrap(), 0, "every digest has its metadata");
    // Without metadata the command would have found other things than it does here: nothing is printed.
    let Some(case) = opened("log_modified", false) else { return };
    press(&case, "#integrity-tab-command-line");
    case.page.wait_element("#command-line-cannot").unwrap();
    assert_eq!(case.page.count("#command-line-printed").unwrap(), 0);
}
