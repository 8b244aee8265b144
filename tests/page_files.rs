//! Choosing what to read, archives, and the room of files, driven by clicks in a real Chromium.

mod common;
mod page_support;

use flate2::Compression;
use flate2::write::GzEncoder;
use page_support::{LONG, OpenCase, SOON, open};
use serde_json::{Value, json};
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::time::{Duration, Instant};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn record(n: usize) -> Value {
    json!({
        "eventVersion": "1.08", "eventTime": format!("2024-03-01T{:02}:{:02}:00Z", n / 60 % 24, n % 60),
        "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "awsRegion": "us-east-1",
        "eventID": format!("00000000-0000-4000-8000-{n:012}"),
    })
}

fn log(records: std::ops::Range<usize>) -> Vec<u8> {
    json!({ "Records": records.map(record).collect::<Vec<_>>() }).to_string().into_bytes()
}

fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default().compression_level(Some(1))).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        writer.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    writer.into_inner().unwrap()
}

/// 1,200 files of one event each: two accounts, two regions, three days, and ten notes of which the path says nothing.
fn delivered(folder: &Path) {
    for n in 0..1_190 {
        let account = if n % 5 == 0 { "222222222222" } else { "111111111111" };
        let region = if n % 2 == 0 { "us-east-1" } else { "eu-west-1" };
        let day = n % 3 + 1;
        write(
            folder,
            &format!(
                "AWSLogs/o-abc123/{account}/CloudTrail/{region}/2024/03/0{day}/\
                 {account}_CloudTrail_{region}_2024030{day}T0005Z_{n:016}.json.gz"
            ),
            &gzip(&log(n..n + 1)),
        );
    }
    for n in 0..10 {
        write(folder, &format!("notes/{n}.txt"), b"hello");
    }
}

impl Room for OpenCase {}

/// What is looked at in the room of files.
trait Room: AsCase {
    fn files(&self) {
        let page = &self.case().page;
        page.click("#room-files").unwrap();
        page.wait_element("#file-summary").unwrap();
    }

    fn says(&self, css: &str, words: &str) {
        let js = format!("document.querySelector({css:?})?.textContent.includes({words:?})");
        let page = &self.case().page;
        page.wait_for(&js, SOON).unwrap_or_else(|_| panic!("{words:?} should be in {css}: {:?}", page.text(css)));
    }

    /// The file of this path is shown in full.
    fn opens(&self, path: &str) {
        let page = &self.case().page;
        let row = format!(
            "[...document.querySelectorAll('#file-grid .row')].find(row => row.children[0]?.title.endsWith('/' + {path:?}))"
        );
        page.wait_for(&row, SOON).unwrap_or_else(|_| panic!("{path} should be listed"));
        page.eval::<()>(&format!("{row}.click()")).unwrap();
        self.says("#file-detail .who", path);
    }

    /// The first column of the rows on the screen.
    fn listed(&self) -> Vec<String> {
        let js = "[...document.querySelectorAll('#file-grid .row')].map(row => row.children[0]?.title).filter(Boolean)";
        self.case().page.eval(js).unwrap()
    }
}

trait AsCase {
    fn case(&self) -> &OpenCase;
}

impl AsCase for OpenCase {
    fn case(&self) -> &OpenCase {
        self
    }
}

#[test]
fn many_files_are_offered_and_enter_reads_them_all() {
    let folder = tempfile::tempdir().unwrap();
    delivered(folder.path());
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    page.wait_element("#choice").unwrap();
    page.wait_for("document.querySelector('#app').dataset.phase === 'choosing'", SOON).unwrap();
    case.says("#choice-read", "Read all 1,200 files");
    page.wait_for("document.activeElement?.id === 'choice-read'", SOON).unwrap();
    // Nothing is read behind one's back.
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(page.eval::<String>("document.querySelector('#app').dataset.generation").unwrap(), "0");
    page.press("Enter").unwrap();
    case.settled_within(LONG);
    assert_eq!(case.number("#total"), 1_190);
    assert_eq!(page.count("#left-out").unwrap(), 0);
    case.files();
    case.says("#file-counts", "1,200 files = 1,200 read");
}

#[test]
fn a_narrower_choice_is_read_and_the_rest_can_be_added() {
    let folder = tempfile::tempdir().unwrap();
    delivered(folder.path());
    let case = open(900, 700);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.says("#choice-read", "Read all 1,200 files");
    let value = |column: &str, value: &str| format!("#choice-{column} .choice-value[data-value=\"{value}\"] label");
    case.says(&value("account", "111111111111"), "952");
    case.says(&value("account", "222222222222"), "238");
    case.says(&value("region", "us-east-1"), "595");
    case.says(&value("kind", "CloudTrail"), "1,190");
    page.click(value("account", "111111111111").as_str()).unwrap();
    case.says("#choice-read", "Read 248 of 1,200 files");
    // The other columns count what is left, and so does the button.
    case.says(&value("region", "us-east-1"), "119");
    page.click(value("region", "eu-west-1").as_str()).unwrap();
    case.says("#choice-read", "Read 129 of 1,200 files");
    page.click("#choice-undated").unwrap();
    case.says("#choice-read", "Read 119 of 1,200 files");
    // Sizes come while one looks, and then the button says them.
    page.wait_for("/\\(\\d[\\d.]* kB\\)/.test(document.querySelector('#choice-read').textContent)", SOON).unwrap();
    // The last day alone, by its date.
    page.click("#choice-from").unwrap();
    page.press("Control+a").unwrap();
    page.insert_text("2024-03-03").unwrap();
    page.press("Tab").unwrap();
    case.says("#choice-day header", "1 of 3 days");
    let button = page.text("#choice-read").unwrap();
    let wanted: u64 =
        button.split(' ').nth(1).and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("{button}"));
    page.click("#choice-read").unwrap();
    case.settled_within(LONG);
    assert_eq!(case.number("#total"), wanted);
    case.says("#left-out", "were left out");
    assert_eq!(case.number("#left-out"), 1_200 - wanted);

    case.files();
    case.says("#file-counts", &format!("1,200 files = {wanted} read + 0 unreadable + 0 cancelled + "));
    page.click("#filter-left-out").unwrap();
    page.wait_for("document.querySelector('#file-grid .row')?.textContent.endsWith('left out')", SOON).unwrap();
    page.click("#file-grid .row").unwrap();
    case.says("#why-no-events", "left out");

    page.click("#add-left-out").unwrap();
    case.says("#choice-title", "files were left out");
    page.press("Escape").unwrap();
    page.wait_element("#add-left-out").unwrap();
    assert_eq!(case.number("#total"), wanted);
    page.click("#add-left-out").unwrap();
    case.says("#choice-read", "Read all ");
    case.read_all();
    page.wait_for("document.querySelector('#app').dataset.phase !== 'choosing'", SOON).unwrap();
    case.settled_within(LONG);
    assert_eq!(case.number("#total"), 1_190);
    assert_eq!(page.count("#left-out").unwrap(), 0);
}

#[test]
fn days_are_selected_by_dragging_over_them() {
    let folder = tempfile::tempdir().unwrap();
    delivered(folder.path());
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.says("#choice-read", "Read all 1,200 files");
    let (x, y, width, height) = page.rect("#choice-days").unwrap();
    let middle = y + height / 2.0;
    page.drag((x + width * 0.1, middle), (x + width * 0.5, middle)).unwrap();
    case.says("#choice-day header", "2 of 3 days");
    assert_eq!(page.eval::<String>("document.querySelector('#choice-to').value").unwrap(), "2024-03-02");
    case.says("#choice-read", "Read 804 of 1,200 files");
    page.click("#choice-day-all").unwrap();
    case.says("#choice-read", "Read all 1,200 files");
    page.click("#choice-cancel").unwrap();
    case.settled();
    assert_eq!(case.number("#left-out"), 1_200);
}

#[test]
fn few_files_are_read_without_a_question() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.json", &log(0..10));
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.settled();
    assert_eq!(case.number("#total"), 10);
    assert_eq!(case.page.count("#choice").unwrap(), 0);
}

/// A folder with archives in it: 90 events in all, ten of them twice.
fn archives(folder: &Path) {
    let inner = zip(&[("deep/one.json", log(0..10)), ("deep/two.json.gz", gzip(&log(10..30)))]);
    write(
        folder,
        "export.zip",
        &zip(&[("a.json", log(30..50)), ("inner.zip", inner), ("readme.txt", b"hello".to_vec())]),
    );
    write(folder, "export.tar.gz", &gzip(&tar(&[("t/1.json", log(50..60)), ("t/2.json", log(60..90))])));
    write(folder, "copy.json", &log(30..40));
}

#[test]
fn files_in_archives_are_files_of_the_case() {
    let folder = tempfile::tempdir().unwrap();
    archives(folder.path());
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.settled();
    assert_eq!(case.number("#total"), 90);
    case.files();
    case.says("#file-counts", "10 files (7 of them in archives) = 10 read");
    case.says("#file-summary", "100 records = 90 events + 10 duplicates + 0 rejected");
    let listed = case.listed();
    let tails: Vec<&str> = listed.iter().map(|path| path.split_once('/').unwrap().1).collect();
    assert_eq!(
        tails,
        [
            "copy.json",
            "export.tar.gz",
            "export.tar.gz/t/1.json",
            "export.tar.gz/t/2.json",
            "export.zip",
            "export.zip/a.json",
            "export.zip/inner.zip",
            "export.zip/inner.zip/deep/one.json",
            "export.zip/inner.zip/deep/two.json.gz",
            "export.zip/readme.txt",
        ]
    );
    case.opens("export.zip/inner.zip/deep/two.json.gz");
    case.says("#file-detail", "20");
    case.opens("export.zip");
    case.says("#why-no-events", "archive");
}

#[test]
fn an_archive_is_read_again_when_its_worker_dies() {
    let folder = tempfile::tempdir().unwrap();
    let many: Vec<(String, Vec<u8>)> = (0..400).map(|n| (format!("logs/{n}.json"), log(n * 20..n * 20 + 20))).collect();
    let many: Vec<(&str, Vec<u8>)> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    write(folder.path(), "all.zip", &zip(&many));
    let case = open(1440, 900);
    let page = &case.page;
    let workers = page.wait_workers(2, SOON).unwrap();
    page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.settled_within(LONG);
    assert_eq!(case.number("#total"), 8_000);
    // One of the two had the archive.
    for (at, worker) in workers.iter().take(2).enumerate() {
        worker.close().unwrap();
        page.wait_for(
            &format!("/restarted( {} times)?;/.test(document.querySelector('#restarts')?.textContent)", at + 1),
            LONG,
        )
        .unwrap();
        case.settled_within(LONG);
        assert_eq!(case.number("#total"), 8_000);
    }
    case.files();
    case.says("#file-counts", "401 files (400 of them in archives) = 401 read");
    case.says("#file-summary", "8,000 records = 8,000 events + 0 duplicates");
}

#[test]
fn cancelling_inside_an_archive_lists_the_rest_as_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let many: Vec<(String, Vec<u8>)> = (0..5_000).map(|n| (format!("{n}.json"), log(n * 100..n * 100 + 100))).collect();
    let many: Vec<(&str, Vec<u8>)> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    write(folder.path(), "all.zip", &zip(&many));
    let case = open(1440, 900);
    let page = &case.page;
    // From inside the page: on a busy machine all may be read before a click from outside arrives.
    let click = "setInterval(() => { if (/[1-9][\\d,]* events/.test(document.querySelector('#loading')?.textContent)) \
                 document.querySelector('#cancel')?.click(); }, 5)";
    page.eval::<f64>(click).unwrap();
    page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.settled_within(LONG);
    let total = case.number("#total");
    assert!(total > 0 && total < 500_000, "{total}");
    case.files();
    let counts = page.text("#file-counts").unwrap().replace(',', "");
    let numbers: Vec<u64> = counts.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    let [files, inside, read, unreadable, cancelled, left_out] = numbers[..] else { panic!("{counts}") };
    assert_eq!((files, inside, unreadable, left_out), (5_001, 5_000, 0, 0));
    assert_eq!(read + cancelled, files, "{counts}");
    assert_eq!((read - 1) * 100, total, "every file that counts as read is there");
}

/// Files of every sort of trouble.
fn troubles(folder: &Path) {
    write(folder, "good.json", &log(0..10));
    let cut = log(10..40);
    write(folder, "cut.json", &cut[..cut.len() * 2 / 3]);
    write(folder, "cut2.json", &cut[..cut.len() / 2]);
    write(folder, "=cmd,x.csv", b"a,b\n1,2\n");
    write(folder, "empty.json", b"");
    write(folder, "norecords.json", br#"{"Records":[]}"#);
    write(folder, "picture.png", b"\x89PNG\r\n\x1a\n");
}

#[test]
fn the_files_sort_group_their_problems_and_say_why_they_have_no_events() {
    let folder = tempfile::tempdir().unwrap();
    troubles(folder.path());
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.settled();
    case.files();
    // Sorted by a click, largest first; once more, smallest first.
    let header = |column: &str| format!("[role=columnheader][data-column={column:?}]");
    let sorted = |column: &str| -> String {
        page.eval(&format!(
            "document.querySelector('{}').getAttribute('aria-sort')",
            header(column).replace('"', "\\\"")
        ))
        .unwrap()
    };
    assert_eq!(sorted("Path"), "ascending");
    page.click(format!("{} button", header("Events")).as_str()).unwrap();
    case.says(&header("Events"), "↓");
    assert_eq!((sorted("Path").as_str(), sorted("Events").as_str()), ("none", "descending"));
    let events: Vec<u64> = page
        .eval("[...document.querySelectorAll('#file-grid .row')].filter(row => row.children[3]).map(row => Number(row.children[3].textContent))")
        .unwrap();
    assert!(events.len() == 7 && events.is_sorted_by(|a, b| a >= b), "{events:?}");
    page.click(format!("{} button", header("Events")).as_str()).unwrap();
    case.says(&header("Events"), "↑");
    assert_eq!(sorted("Events"), "ascending");

    // Problems by kind, and a click lists the files that have one.
    case.says("#problem-kinds [data-kind=Truncated]", "2 files");
    page.click("#problem-kinds [data-kind=Truncated]").unwrap();
    page.wait_for("document.querySelectorAll('#file-grid .row[data-index]').length === 2", SOON).unwrap();
    case.opens("cut.json");
    case.says("#file-detail .problem[data-kind=Truncated]", "Ends too early");
    case.says("#file-detail .problem .place", "byte");
    case.says("#file-detail .problem .outcome", "kept");
    page.click("#problem-kinds [data-kind=Truncated]").unwrap();

    // Why there are no events: one sentence for each of them.
    page.click("#filter-no-events").unwrap();
    page.wait_for("document.querySelectorAll('#file-grid .row[data-index]').length === 4", SOON).unwrap();
    let mut reasons = Vec::new();
    for path in ["=cmd,x.csv", "empty.json", "norecords.json", "picture.png"] {
        case.opens(path);
        reasons.push(page.text("#why-no-events").unwrap());
    }
    reasons.sort();
    reasons.dedup();
    assert_eq!(reasons.len(), 4, "{reasons:?}");
}

#[test]
fn hashes_are_shown_and_the_list_can_be_saved() {
    let folder = tempfile::tempdir().unwrap();
    troubles(folder.path());
    // Larger than what is read in one go, and nothing that is read to its end for its records.
    let mut large = b"\x89PNG\r\n\x1a\n".to_vec();
    large.resize(30 << 20, 7);
    write(folder.path(), "large.png", &large);
    // Large enough to be cut between the workers.
    let mut records = log(0..150_000);
    records.extend_from_slice(b"\n");
    assert!(records.len() > 25 << 20);
    write(folder.path(), "records.json", &records);
    let case = open(1440, 900);
    let page = &case.page;
    page.watch_requests().unwrap();
    page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.settled_within(LONG);
    case.files();
    for name in ["good.json", "cut.json", "empty.json", "large.png", "records.json"] {
        case.opens(name);
        let expected = sha256(&folder.path().join(name));
        case.says("#file-sha256", &expected);
    }

    let saved = tempfile::tempdir().unwrap();
    case.browser.allow_downloads(saved.path()).unwrap();
    page.click("#export-csv").unwrap();
    let csv = arrived(&saved.path().join("trailglass-files.csv"));
    assert!(
        csv.starts_with("path,kind,bytes,content bytes,events,rejected,duplicates,sha256,state,problems\r\n"),
        "{csv}"
    );
    let lines = csv.split("\r\n").filter(|line| !line.is_empty()).count();
    assert_eq!(lines, 10, "{csv}");
    assert!(csv.contains(&sha256(&folder.path().join("good.json"))));
    page.click("#filter-problems").unwrap();
    page.click("#export-json").unwrap();
    let list: Vec<Value> = serde_json::from_str(&arrived(&saved.path().join("trailglass-files.json"))).unwrap();
    let paths: Vec<&str> = list.iter().map(|file| file["path"].as_str().unwrap().rsplit('/').next().unwrap()).collect();
    assert!(paths.contains(&"cut.json") && !paths.contains(&"good.json"), "{paths:?}");
    assert!(list.iter().all(|file| file["problems"].as_array().is_some_and(|problems| !problems.is_empty())));
    // It never left the page.
    let requests = page.requests();
    assert!(requests.iter().all(|url| url.starts_with("blob:") || url.starts_with(&case.server.url())), "{requests:?}");
}

/// The content of a file that a browser is saving.
fn arrived(path: &Path) -> String {
    let until = Instant::now() + SOON;
    loop {
        match fs::read_to_string(path) {
            Ok(text) if !text.is_empty() => return text,
            _ => assert!(Instant::now() < until, "{} was not saved", path.display()),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn sha256(path: &Path) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}
