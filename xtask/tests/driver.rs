//! The driver against a real Chromium: what the page's own tests take for granted.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use xtask::browser::{Browser, Options};
use xtask::serve::Server;

const PAGE: &str = r##"<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">
<style>body { margin: 0; height: 3000px } #zone { width: 400px; height: 200px; background: #ddd }
@media (prefers-color-scheme: dark) { body { background: rgb(1, 2, 3) } }</style></head><body>
<div id="zone" tabindex="0">drop here</div><input id="field"><input id="file" type="file" multiple>
<button id="button">press</button><div id="below" style="margin-top: 2000px">below</div>
<script type="module" src="page.js"></script></body></html>"##;

const SCRIPT: &str = r##"
const zone = document.querySelector("#zone");
window.clicks = []; window.keys = []; window.moves = 0; window.dropped = null; window.over = 0;
const readAll = reader => new Promise((yes, no) => reader.readEntries(yes, no));
async function list(entry) {
    if (entry.isFile) {
        const file = await new Promise((yes, no) => entry.file(yes, no));
        return [[entry.fullPath, await file.text()]];
    }
    const reader = entry.createReader(); const found = [];
    for (let batch; (batch = await readAll(reader)).length;) for (const inner of batch) found.push(...await list(inner));
    return found;
}
zone.addEventListener("dragover", event => { event.preventDefault(); window.over++; });
zone.addEventListener("dragleave", () => { window.left = true; });
zone.addEventListener("drop", async event => {
    event.preventDefault();
    const entries = [...event.dataTransfer.items].map(item => item.webkitGetAsEntry());
    window.kinds = entries.map(entry => entry.isDirectory);
    window.dropped = (await Promise.all(entries.map(list))).flat().sort();
});
zone.addEventListener("pointermove", event => { if (event.buttons) window.moves++; });
document.addEventListener("click", event => window.clicks.push([event.target.id, event.isTrusted, event.shiftKey]));
document.addEventListener("keydown", event => window.keys.push(event.key));
window.worker = new Worker("worker.js");
window.answers = [];
window.worker.onmessage = event => window.answers.push(event.data);
console.log("ready", 42);
"##;

const WORKER: &str = r##"
self.secret = 7;
console.warn("worker up");
self.onmessage = event => self.postMessage(event.data * self.secret);
"##;

struct Site {
    server: Server,
    folder: tempfile::TempDir,
}

fn site() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let dist = folder.path().join("dist");
    fs::create_dir(&dist).unwrap();
    for (name, content) in [("index.html", PAGE), ("page.js", SCRIPT), ("worker.js", WORKER)] {
        fs::write(dist.join(name), content).unwrap();
    }
    Site { server: Server::start(&dist, "/any/sub/folder/").unwrap(), folder }
}

const SOON: Duration = Duration::from_secs(10);

#[test]
fn a_dropped_folder_arrives_with_everything_below_it() {
    let site = site();
    let tree = site.folder.path().join("AWSLogs");
    fs::create_dir_all(tree.join("CloudTrail/2026")).unwrap();
    fs::write(tree.join("digest.json"), "d").unwrap();
    for number in 0..250 {
        fs::write(tree.join(format!("CloudTrail/2026/{number:03}.json")), number.to_string()).unwrap();
    }
    let single = site.folder.path().join("ünï code.log");
    fs::write(&single, "single").unwrap();

    let browser = Browser::launch(Options::default()).unwrap();
    let page = browser.new_page(&site.server.url()).unwrap();
    page.drag_files_over("#zone", std::slice::from_ref(&tree)).unwrap();
    page.wait_for("window.over > 0", SOON).unwrap();
    page.drag_files_over((700.0, 500.0), std::slice::from_ref(&tree)).unwrap();
    page.wait_for("window.left", SOON).unwrap();

    page.drop_files("#zone", &[tree.clone(), single]).unwrap();
    page.wait_for("window.dropped", SOON).unwrap();
    let dropped: Vec<(String, String)> = page.eval("window.dropped").unwrap();
    assert_eq!(dropped.len(), 252);
    assert_eq!(dropped[7], ("/AWSLogs/CloudTrail/2026/007.json".to_owned(), "7".to_owned()));
    assert!(dropped.contains(&("/AWSLogs/digest.json".to_owned(), "d".to_owned())));
    assert!(dropped.contains(&("/ünï code.log".to_owned(), "single".to_owned())));
    assert_eq!(page.eval::<Vec<bool>>("window.kinds").unwrap(), [true, false]);

    assert!(page.drop_files("#zone", &[PathBuf::from("not/there")]).is_err());
    page.choose_files("#file", &[tree.join("digest.json")]).unwrap();
    let name: String = page.eval("document.querySelector('#file').files[0].name").unwrap();
    assert_eq!(name, "digest.json");
}

#[test]
fn hands_and_eyes() {
    let site = site();
    let browser = Browser::launch(Options { width: 900, height: 600, dark: true, ..Options::default() }).unwrap();
    let page = browser.new_page(&site.server.url()).unwrap();
    page.wait_for("window.worker", SOON).unwrap();

    page.click("#button").unwrap();
    page.click_with("#button", "Shift").unwrap();
    page.click_at(10.0, 10.0).unwrap();
    page.click("#below").unwrap();
    let clicks: Value = page.eval("window.clicks").unwrap();
    let expected =
        json!([["button", true, false], ["button", true, true], ["zone", true, false], ["below", true, false]]);
    assert_eq!(clicks, expected);
    assert!(page.eval::<f64>("scrollY").unwrap() > 0.0);
    page.eval::<()>("scrollTo(0, 0)").unwrap();

    page.focus("#field").unwrap();
    page.type_text("eventName: \"Delete*\" (é 漢)").unwrap();
    assert_eq!(page.eval::<String>("field.value").unwrap(), "eventName: \"Delete*\" (é 漢)");
    page.press("Control+a").unwrap();
    page.press("Backspace").unwrap();
    page.press("/").unwrap();
    page.type_text(&"long ".repeat(100)).unwrap();
    assert_eq!(page.eval::<usize>("field.value.length").unwrap(), 501);
    page.press("Escape").unwrap();
    page.press("ArrowDown").unwrap();
    let keys: Vec<String> = page.eval("window.keys").unwrap();
    assert!(keys.ends_with(&["a", "Backspace", "/", "Escape", "ArrowDown"].map(String::from)), "{keys:?}");

    page.drag((20.0, 20.0), (300.0, 100.0)).unwrap();
    assert_eq!(page.eval::<u32>("window.moves").unwrap(), 10);
    page.wheel((450.0, 300.0), 0.0, 240.0).unwrap();
    page.wait_for("scrollY > 100", SOON).unwrap();

    let background = "getComputedStyle(document.body).backgroundColor";
    assert_eq!(page.eval::<String>(background).unwrap(), "rgb(1, 2, 3)");
    page.set_media(false, true).unwrap();
    assert_ne!(page.eval::<String>(background).unwrap(), "rgb(1, 2, 3)");
    assert!(page.eval::<bool>("matchMedia('(prefers-reduced-motion: reduce)').matches").unwrap());
    assert_eq!(page.eval::<(u32, u32)>("[innerWidth, innerHeight]").unwrap(), (900, 600));
    page.resize(500, 400).unwrap();
    assert_eq!(page.eval::<(u32, u32)>("[innerWidth, innerHeight]").unwrap(), (500, 400));

    let shot = site.folder.path().join("shot.png");
    page.screenshot(&shot).unwrap();
    assert!(fs::read(shot).unwrap().starts_with(b"\x89PNG"));
    assert_eq!(page.text("#zone").unwrap(), "drop here");
    assert!(page.metrics().unwrap()["JSHeapUsedSize"] > 0.0);
    assert!(browser.processes().unwrap().iter().any(|process| process.kind == "renderer"));
}

#[test]
fn workers_errors_and_two_pages_at_once() {
    let site = site();
    let browser = Browser::launch(Options::default()).unwrap();
    let page = browser.new_page(&site.server.url()).unwrap();
    page.watch_requests().unwrap();
    let workers = page.wait_workers(1, SOON).unwrap();
    let worker = &workers[0];
    assert!(worker.url.ends_with("/any/sub/folder/worker.js"));
    worker.wait_for("self.onmessage", SOON).unwrap();
    worker.eval::<()>("self.secret = 6").unwrap();
    page.eval::<()>("worker.postMessage(7)").unwrap();
    page.wait_for("answers[0] === 42", SOON).unwrap();
    assert_eq!(worker.eval::<u16>("fetch('page.js').then(answer => answer.status)").unwrap(), 200);
    assert!(page.requests().iter().any(|url| url.ends_with("/page.js")), "{:?}", page.requests());
    worker.close().unwrap();
    for _ in 0..500 {
        if page.workers().is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(page.workers().is_empty() && !worker.alive());
    assert!(worker.eval::<u8>("1").is_err());

    let thrown = page.eval::<u8>("null.x").unwrap_err().to_string();
    assert!(thrown.contains("TypeError"), "{thrown}");
    let rejected = page.eval::<u8>("Promise.reject(new Error('no such trail'))").unwrap_err().to_string();
    assert!(rejected.contains("no such trail"), "{rejected}");
    page.eval::<()>("void setTimeout(() => { throw new Error('later') })").unwrap();
    let gave_up = page.wait_for("window.never.there", Duration::from_millis(300)).unwrap_err().to_string();
    for part in ["window.never.there", "TypeError", "log: ready 42", "worker warning: worker up", "later"] {
        assert!(gave_up.contains(part), "{part} is missing in: {gave_up}");
    }

    // Both pages get animation frames, each on its own thread.
    let second = browser.new_page(&format!("{}index.html#here", site.server.url())).unwrap();
    let frames =
        "new Promise(done => { let n = 0; const f = () => ++n < 10 ? requestAnimationFrame(f) : done(n); f() })";
    std::thread::scope(|scope| {
        let other = scope.spawn(|| second.eval_within::<u8>(frames, SOON).unwrap());
        assert_eq!(page.eval_within::<u8>(frames, SOON).unwrap(), 10);
        assert_eq!(other.join().unwrap(), 10);
    });
    second.goto(&format!("{}index.html#there", site.server.url())).unwrap();
    assert_eq!(second.eval::<String>("location.hash").unwrap(), "#there");
    second.reload().unwrap();
    assert_eq!(second.eval::<Vec<u8>>("window.answers").unwrap(), Vec::<u8>::new());
    assert!(second.goto("http://127.0.0.1:1/").is_err());
    // A command that is answered late does not disturb the others.
    let slow: u8 = second.eval("new Promise(done => setTimeout(() => done(1), 1500))").unwrap();
    assert_eq!(slow, 1);
}
