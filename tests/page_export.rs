//! Events saved by the page and dropped on it again: every form brings back what was taken away.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, open, shared_folder};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Saves the events by a button; the file.
fn save(case: &OpenCase, saved: &Path, button: &str) -> PathBuf {
    let known: Vec<PathBuf> = listed(saved);
    case.page.click("#export").unwrap();
    case.page.wait_element(button).unwrap();
    case.page.click(button).unwrap();
    case.page.wait_for("document.querySelector('#taken').textContent.startsWith('Saved ')", SOON).unwrap();
    let until = Instant::now() + SOON;
    loop {
        let new = listed(saved).into_iter().find(|path| !known.contains(path));
        if let Some(path) = new.filter(|path| path.extension().is_some_and(|ending| ending != "crdownload")) {
            return path;
        }
        assert!(Instant::now() < until, "nothing was saved by {button}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Opens files in a fresh page; how many events there are.
fn opened(path: &Path) -> OpenCase {
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &[path.to_owned()]).unwrap();
    case.settled();
    case
}

#[test]
fn what_is_saved_is_read_again() {
    let Some(folder) = shared_folder("data/invictus-ir") else { return };
    let case = opened(&folder);
    case.page.watch_requests().unwrap();
    let saved = tempfile::tempdir().unwrap();
    case.browser.allow_downloads(saved.path()).unwrap();
    for (button, ending) in [
        ("#export-events-csv", "-2900-events.csv"),
        ("#export-events-ndjson", "-2900-events.ndjson"),
        ("#export-events-records", "-2900-events.json"),
    ] {
        let file = save(&case, saved.path(), button);
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("trailglass-20") && name.ends_with(ending), "{name}");
        let again = opened(&file);
        assert_eq!((again.number("#shown"), again.number("#total")), (2_900, 2_900), "{name}");
        again.query("eventName: GetBucketAcl or errorCode: AccessDenied");
        case.query("eventName: GetBucketAcl or errorCode: AccessDenied");
        if ending.ends_with("csv") {
            // The code of an error is no column; what is, counts the same.
            again.query("eventName: GetBucketAcl");
            case.query("eventName: GetBucketAcl");
        }
        assert!(case.number("#shown") > 0);
        assert_eq!(again.number("#shown"), case.number("#shown"), "{name}");
        case.query("");
        case.shows(2_900);
    }
    // Only what the query leaves.
    case.query("errorCode: *");
    case.shows(300);
    let some = save(&case, saved.path(), "#export-events-ndjson");
    let text = fs::read_to_string(&some).unwrap();
    assert!(text.lines().count() == 300 && text.lines().all(|line| line.contains("\"errorCode\"")));
    let requests = case.page.requests();
    assert!(requests.iter().all(|url| url.starts_with("blob:") || url.starts_with(&case.server.url())), "{requests:?}");
}

#[test]
fn hostile_cells_are_no_formulas_and_secrets_stay_masked() {
    let folder = tempfile::tempdir().unwrap();
    let agent = "=cmd|'/c calc'!A0";
    let records: Vec<_> = (0..3)
        .map(|n| {
            serde_json::json!({
                "eventVersion": "1.08", "eventTime": format!("2024-03-01T00:00:0{n}Z"), "eventSource": "iam.amazonaws.com",
                "eventName": "CreateLoginProfile", "awsRegion": "us-east-1", "eventID": format!("e-{n}"),
                "userAgent": agent, "sourceIPAddress": "@SUM(1,2)", "requestParameters": { "password": "hunter2" },
            })
        })
        .collect();
    let log = folder.path().join("log.json");
    fs::write(&log, serde_json::json!({ "Records": records }).to_string()).unwrap();
    let case = opened(&log);
    let page = &case.page;
    page.click("#columns").unwrap();
    page.wait_for("document.activeElement?.id === 'column-search'", SOON).unwrap();
    for field in ["agent", "requestParameters.password"] {
        page.press("Control+a").unwrap();
        page.type_text(field).unwrap();
        page.wait_element(&format!("#columns-others [data-add=\"{field}\"]")).unwrap();
        page.click(format!("#columns-others [data-add=\"{field}\"]").as_str()).unwrap();
    }
    page.press("Escape").unwrap();
    case.settled();
    let saved = tempfile::tempdir().unwrap();
    case.browser.allow_downloads(saved.path()).unwrap();
    // Two of three, since two are selected.
    page.focus("#grid").unwrap();
    page.press("Home").unwrap();
    page.press("Shift+ArrowDown").unwrap();
    let file = save(&case, saved.path(), "#export-events-csv");
    assert!(file.to_str().unwrap().ends_with("-2-events.csv"), "{}", file.display());
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(&format!(",'{agent},")) && text.contains("\"'@SUM(1,2)\""), "{text}");
    assert!(!text.contains("hunter2") && text.contains("(secret, masked)"), "{text}");
    for button in ["#export-events-ndjson", "#export-events-records"] {
        let text = fs::read_to_string(save(&case, saved.path(), button)).unwrap();
        assert!(!text.contains("hunter2") && text.contains("(secret, masked)"), "{text}");
    }
    // Back on the page it is what it was.
    let again = opened(&file);
    assert_eq!(again.number("#total"), 2);
    again.query(&format!("agent: \"{agent}\" and ip: \"@SUM(1,2)\""));
    again.shows(2);
}
