//! The report of chains of custody in the page: opened, read, printed, and saved as the same bytes that the engine writes
//! natively.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, open, shared_folder};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use trailglass::integrity::report::{self, Listed, READ, Tool};
use trailglass::session::native::NativeCase;

/// What is dropped of a scenario; `scenario.json` is the truth about it and no input.
const DROPPED: [&str; 3] = ["s3", "head", "public-keys.json"];

fn dropped(scenario: &str) -> Option<(PathBuf, OpenCase)> {
    let folder = shared_folder(&format!("oracle/integrity/corpus/{scenario}"))?;
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &DROPPED.map(|name| folder.join(name))).unwrap();
    case.settled();
    Some((folder, case))
}

/// Opens the report by its command.
fn open_report(case: &OpenCase) {
    case.page.press("Control+k").unwrap();
    case.page.insert_text("Integrity report").unwrap();
    case.page.wait_element("#command-0").unwrap();
    case.page.press("Enter").unwrap();
    case.page.wait_element("#report").unwrap();
    case.page.wait_for("document.querySelector('#report').dataset.linesMissing === '0'", SOON).unwrap();
    case.page.wait_element("#report-hash").unwrap();
}

fn saved(folder: &Path) -> String {
    let until = Instant::now() + SOON;
    loop {
        let found = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).next();
        if let Some(path) = found.filter(|path| path.extension().is_some_and(|ending| ending == "json")) {
            assert_eq!(path.file_name().unwrap(), "trailglass-integrity-report.json");
            return fs::read_to_string(path).unwrap();
        }
        assert!(Instant::now() < until, "nothing was saved");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The report of the same files natively, with the page's build.
fn natively(folder: &Path, build: &str) -> String {
    // Paths are part of the report: those of a drop begin with what was dropped.
    std::env::set_current_dir(folder).unwrap();
    let mut files = Vec::new();
    for name in DROPPED {
        let path = PathBuf::from(name);
        if path.is_dir() { files.extend(common::files_below(&path)) } else { files.push(path) }
    }
    let case = NativeCase::load(&files, 3);
    let listed = case.paths.iter().zip(&case.reports).map(|(path, report)| Listed {
        path: path.clone(),
        kind: report.kind.title(),
        state: READ,
        bytes: Some(fs::metadata(path).unwrap().len()),
        sha256: report.sha256,
    });
    let tool = Tool { build: build.to_owned().leak(), ..Tool::this("") };
    report::json(case.judgement.as_ref().unwrap(), &listed.collect::<Vec<_>>(), &tool)
}

#[test]
fn it_names_what_was_modified_and_is_printed_and_saved() {
    let Some((folder, case)) = dropped("log_modified") else { return };
    open_report(&case);
    let page = &case.page;

    // All in one look.
    let first = page.text(".first").unwrap();
    assert!(first.contains("log files"), "{first}");
    assert_eq!(page.text("#report-logs tr[data-status=MODIFIED] .number").unwrap(), "1");
    let keys = page.text("#report-keys").unwrap();
    let text = fs::read_to_string(folder.join("public-keys.json")).unwrap();
    let known: serde_json::Value = serde_json::from_str(&text).unwrap();
    for key in known["PublicKeyList"].as_array().unwrap() {
        let fingerprint = key["Fingerprint"].as_str().unwrap();
        assert!(keys.contains(fingerprint), "{fingerprint} is not in {keys}");
    }
    // The file that was modified, with both hashes.
    let native = natively(&folder, "x");
    let native: serde_json::Value = serde_json::from_str(&native).unwrap();
    let modified = native["logs"].as_array().unwrap().iter().find(|log| log["status"] == "MODIFIED").unwrap();
    let altered = page.text("#report-altered tr[data-status=MODIFIED]").unwrap();
    for member in ["key", "recorded_sha256", "found_sha256"] {
        assert!(altered.contains(modified[member].as_str().unwrap()), "{member} is not in {altered}");
    }
    let manifest = page.text("#report-manifest").unwrap();
    for line in native["manifest"].as_array().unwrap() {
        let (path, hash) = (line["path"].as_str().unwrap(), line["sha256"].as_str().unwrap());
        assert!(manifest.contains(path) && manifest.contains(hash), "{path}, {hash}");
    }

    // What is saved is what the engine writes, and what the printed page names by its hash.
    let downloads = tempfile::tempdir().unwrap();
    case.browser.allow_downloads(downloads.path()).unwrap();
    page.click("#report-save").unwrap();
    let text = saved(downloads.path());
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    let build = found["tool"]["build"].as_str().unwrap().to_owned();
    assert!(first.contains(&build), "{build}");
    let native = natively(&folder, &build);
    let differ = || text.lines().zip(native.lines()).find(|(one, other)| one != other);
    assert!(text == native, "{:?}", differ());
    use sha2::Digest;
    let hash = trailglass::integrity::hex(&sha2::Sha256::digest(&text));
    assert_eq!(page.text("#report-hash").unwrap(), hash);

    // The button prints.
    page.eval::<()>("window.print = () => { window.printed = true; }").unwrap();
    page.click("#report-now").unwrap();
    page.wait_for("window.printed", SOON).unwrap();
    let pdf = page.print_to_pdf().unwrap();
    assert!(pdf.starts_with(b"%PDF") && pdf.len() > 20_000, "{} bytes", pdf.len());
    let pages = pages(&pdf);
    assert!((3..30).contains(&pages), "{pages} pages");
    // Without the report a page of the program itself is printed: another thing.
    page.press("Escape").unwrap();
    page.wait_for("!document.querySelector('#report')", SOON).unwrap();
    assert!(self::pages(&page.print_to_pdf().unwrap()) < pages);
    assert_eq!(page.count("#app.reporting").unwrap(), 0);
    assert!(page.console().iter().all(|line| !line.contains("error")), "{:?}", page.console());
}

/// The pages of a PDF.
fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.matches("/Type /Page\n").count() + text.matches("/Type /Page ").count() + text.matches("/Type /Page/").count()
}

#[test]
fn without_digests_there_is_no_report() {
    let Some(folder) = shared_folder("oracle/integrity/corpus/digest_deleted_all") else { return };
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &[folder.join("s3")]).unwrap();
    case.settled();
    case.page.press("Control+k").unwrap();
    case.page.insert_text("Integrity report").unwrap();
    case.page.wait_element("#palette").unwrap();
    let offered = case.page.text("#palette").unwrap();
    assert!(!offered.lines().any(|line| line.trim() == "Integrity report"), "{offered}");
}
