//! Files that are broken, hostile or not there any more, in the real page: named, told, harmless.

mod common;
mod page_support;

use page_support::{LONG, SOON, open};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use xtask::browser::Page;
use xtask::serve::Server;

fn record(n: usize) -> Value {
    json!({
        "eventVersion": "1.08", "eventName": format!("Get{n}"), "eventSource": "s3.amazonaws.com", "eventID": format!("id-{n}"),
        "eventTime": format!("2023-07-10T11:{:02}:{:02}Z", n / 60 % 60, n % 60), "userIdentity": { "type": "IAMUser" },
    })
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

#[test]
fn bad_files_are_named_and_lose_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("mixed");
    let log = json!({ "Records": (0..10).map(record).collect::<Vec<_>>() }).to_string();
    write(&logs, "a/good.json", &log);
    write(&logs, "a/b/c/d/empty.json", "");
    write(&logs, "picture.json.gz", b"\x89PNG\r\n\x1a\n");
    write(&logs, "junk.json.gz", (0..255).cycle().skip(130).take(5_000).collect::<Vec<u8>>());
    write(&logs, "empty.json.gz", "");
    let other = json!({ "Records": (10..40).map(record).collect::<Vec<_>>() }).to_string();
    write(&logs, "cut.json", &other[..other.len() * 2 / 3]);
    write(&logs, "digest.json", r#"{"digestStartTime":"a","digestEndTime":"b","logFiles":[]}"#);
    write(&logs, "notification.json", r#"{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put"}]}"#);
    write(&logs, "object.json", r#"{"Records":{}}"#);
    write(
        &logs,
        "undated.json",
        json!({ "Records": [{ "eventName": "Odd", "eventTime": "yesterday" }, 7] }).to_string(),
    );

    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &[logs]).unwrap();
    case.settled();
    let total = case.number("#total");
    assert!((25..40).contains(&total), "{total}");
    case.page.press("7").unwrap();
    case.page.wait_element("#file-summary").unwrap();
    let summary = case.page.text("#file-summary").unwrap();
    assert!(summary.contains(&format!("{total} events")) && summary.contains("1 rejected"), "{summary}");
    let listed = case.page.text("#files").unwrap();
    for said in [
        "Picture",
        "Binary data",
        "Empty file",
        "CloudTrail digest file",
        "notification",
        "Without events",
        "Ends too early",
        // What is there of the last record says when it was and what was called, so it is kept.
        "Repaired record",
    ] {
        assert!(listed.contains(said), "{said} in {listed}");
    }
    // The problem of one file, in full.
    let row = "[...document.querySelectorAll('#files .row')].find(row => row.textContent.includes('cut.json'))";
    case.page.eval::<()>(&format!("{row}.click()")).unwrap();
    case.page.wait_element("#file-detail").unwrap();
    let detail = case.page.text("#file-detail").unwrap();
    assert!(detail.to_lowercase().contains("every complete record before it was kept"), "{detail}");
}

const HOSTILE: [&str; 6] = [
    "<img src=x onerror=\"window.owned=1\">",
    "javascript:window.owned=1",
    "<script>window.owned=1</script>",
    "</div><style>*{display:none}</style>",
    "admin\u{202e}gpj.exe\u{0007}",
    "=cmd|' /C calc'!A0",
];

#[test]
fn hostile_text_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let mut records: Vec<Value> = HOSTILE
        .iter()
        .enumerate()
        .map(|(n, text)| {
            let mut record = record(n);
            record["eventName"] = json!(text);
            record["errorCode"] = json!(text);
            record["userIdentity"] = json!({ "arn": text, *text: text });
            record["requestParameters"] = json!({ *text: [text, { *text: null }] });
            record
        })
        .collect();
    let mut long = record(50);
    long["requestParameters"] = json!({ "body": "<b>".repeat(400_000) });
    long["eventName"] = json!("Long");
    records.push(long);
    write(folder.path(), "<img src=x onerror=window.owned=1>.json", json!({ "Records": records }).to_string());
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.settled();
    assert_eq!(case.number("#total"), 7);
    for row in 0..7 {
        page.click(&format!(".row[data-index=\"{row}\"] .cell")).unwrap();
        page.wait_element("#detail").unwrap();
        case.settled();
        page.eval::<()>("[...document.querySelectorAll('#detail [role=tab]')].forEach(tab => tab.click())").unwrap();
        page.wait_element("#detail-json").unwrap();
    }
    let drawn = page.text("#grid").unwrap();
    assert!(drawn.contains("<img src=x onerror=") && drawn.contains("U+202E"), "{drawn}");
    assert!(!drawn.contains('\u{202e}') && !drawn.contains('\u{7}'));
    page.press("7").unwrap();
    page.wait_element("#file-summary").unwrap();
    for query in ["<img src=x onerror=window.owned=1>", "\"</div>\""] {
        case.query(query);
    }
    assert_eq!(page.count("img, script:not([src]), a[href^='javascript']").unwrap(), 0);
    assert!(page.eval::<bool>("window.owned === undefined").unwrap());
}

/// Tries to reach another origin in every way there is; gives back what succeeded.
const REACH_OUT: &str = r#"(async other => {
    const through = [];
    await fetch(other, { mode: 'no-cors' }).then(() => through.push('fetch'), () => {});
    await new Promise(done => {
        try {
            const socket = new WebSocket(other.replace('http', 'ws'));
            socket.onopen = () => { through.push('socket'); done(); };
            socket.onerror = done;
        } catch (refused) { done(); }
    });
    if (self.importScripts) { try { importScripts(other + 'x.js'); through.push('importScripts'); } catch (refused) {} }
    if (self.document) {
        await new Promise(done => {
            const image = new Image();
            image.onload = () => { through.push('image'); done(); };
            image.onerror = done;
            image.src = other + 'icon.svg';
        });
        const script = document.createElement('script');
        script.textContent = 'window.inline = 1';
        document.body.append(script);
        if (window.inline) through.push('inline script');
    }
    return through.join();
})"#;

#[test]
fn nothing_reaches_another_origin() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "log.json", json!({ "Records": [record(1)] }).to_string());
    write(folder.path(), "site/icon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    write(folder.path(), "site/x.js", "");
    let other = Server::start(folder.path().join("site"), "/").unwrap();
    let case = open(1440, 900);
    let page = &case.page;
    page.watch_requests().unwrap();
    page.drop_files("#drop-zone", &[folder.path().join("log.json")]).unwrap();
    case.settled();
    let asked = format!("{REACH_OUT}({:?})", other.url());
    assert_eq!(page.eval::<String>(&asked).unwrap(), "", "the page reached another origin");
    let workers = page.wait_workers(2, SOON).unwrap();
    for worker in workers {
        assert_eq!(worker.eval::<String>(&asked).unwrap(), "", "a shard reached another origin");
        assert!(worker.eval::<bool>("typeof fetch === 'function' && typeof WebSocket === 'function'").unwrap());
    }
    // All that was ever asked for is the page's own files, and no name or text out of a log is in an address.
    for url in page.requests() {
        let own = url.starts_with(&case.server.url()) || url.starts_with("blob:") || url.starts_with("data:");
        assert!(own || url.starts_with(&other.url()), "{url}");
        assert!(!url.contains("Get1"), "{url}");
    }
}

#[test]
fn files_that_vanish_after_the_drop_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..3_000 {
        write(folder.path(), &format!("logs/{n:04}.json"), json!({ "Records": [record(n)] }).to_string());
    }
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &[folder.path().join("logs")]).unwrap();
    for n in (0..3_000).rev().step_by(2) {
        // Some have been read by now, some have not.
        fs::remove_file(folder.path().join(format!("logs/{n:04}.json"))).unwrap();
    }
    case.settled_within(LONG);
    let total = case.number("#total");
    assert!((1_500..=3_000).contains(&total), "{total}");
    case.page.press("7").unwrap();
    case.page.wait_element("#files").unwrap();
    if total < 3_000 {
        let listed = case.page.text("#files").unwrap();
        assert!(listed.contains("Could not be read"), "{listed}");
    }
}

#[test]
fn fifty_thousand_tiny_files() {
    let folder = tempfile::tempdir().unwrap();
    xtask::corpus::tiny_files(&folder.path().join("tiny"), 50_000).unwrap();
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &[folder.path().join("tiny")]).unwrap();
    case.page.wait_element("#choice-read").unwrap();
    alive(&case.page);
    case.read_all();
    // The page answers while it loads: a key opens the help, and closes it.
    case.page.wait_for("document.querySelector('#app').dataset.phase === 'reading'", LONG).unwrap();
    alive(&case.page);
    case.settled_within(LONG);
    assert_eq!(case.number("#total"), 50_000);
    case.page.press("7").unwrap();
    case.page.wait_element("#file-summary").unwrap();
    assert!(case.page.text("#file-summary").unwrap().contains("50,000 events"));
    assert!(case.page.count("#files .row").unwrap() < 200, "the list of files is not drawn whole");
}

fn alive(page: &Page) {
    page.press("?").unwrap();
    page.wait_for("document.querySelector('#keys').open", SOON).unwrap();
    page.press("Escape").unwrap();
    page.wait_for("!document.querySelector('#keys').open", SOON).unwrap();
}
