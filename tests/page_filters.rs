//! The room of metric filters in a real Chromium: a pattern is typed, and what it matches, misses and publishes is held
//! against counts made here, out of the very files.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, open, shared_folder};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Apache's lines of FILTERPATTERN.md, with one that has no size and one with fields too many.
const LINES: [&str; 6] = [
    r#"127.0.0.1 - frank [10/Jul/2023:12:01:15 +0000] "GET /apache_pb.gif HTTP/1.0" 200 1534"#,
    r#"127.0.0.1 - frank [10/Jul/2023:12:02:22 +0000] "GET /apache_pb.gif HTTP/1.0" 500 5324"#,
    r#"127.0.0.1 - frank [10/Jul/2023:12:06:35 +0000] "GET /index.html HTTP/1.0" 404 4355"#,
    r#"127.0.0.1 - frank [10/Jul/2023:12:06:40 +0000] "GET /none.html HTTP/1.0" 404 -"#,
    r#"127.0.0.1 - frank [10/Jul/2023:12:07:35 +0000] "GET /index.html HTTP/1.0" 200 12 more fields"#,
    "Shutting down",
];

/// Milliseconds of the first line; the others follow by the minute.
const FIRST: i64 = 1_688_990_475_000;

/// The access log as a subscription delivers it, which names the group.
fn access_log() -> String {
    let events: Vec<Value> = LINES
        .iter()
        .enumerate()
        .map(|(at, line)| json!({ "id": format!("{at}"), "timestamp": FIRST + at as i64 * 60_000, "message": line }))
        .collect();
    let payload = json!({
        "messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "/web/access", "logStream": "i-1",
        "subscriptionFilters": ["all"], "logEvents": events,
    });
    payload.to_string()
}

/// What describe-metric-filters says: one that counts, one that sums, one that matches everything, one that AWS would refuse.
fn described() -> String {
    let one = |name: &str, pattern: &str, group: &str, value: &str| {
        json!({
            "filterName": name, "filterPattern": pattern, "creationTime": 1_688_000_000_000_i64, "logGroupName": group,
            "metricTransformations": [{ "metricName": name, "metricNamespace": "Web", "metricValue": value, "defaultValue": 0.0 }],
        })
    };
    json!({ "metricFilters": [
        one("denied", "{ $.errorCode = \"AccessDenied*\" }", "trail/main", "1"),
        one("bytes", "[ip, identity, user, timestamp, request, status, size]", "/web/access", "$size"),
        one("all", "", "/web/access", "1"),
        one("broken", "{ $.a IS NOT NULL }", "/web/access", "1"),
    ] })
    .to_string()
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Logs, trail and filters, dropped together, and the room opened.
fn opened() -> Option<(OpenCase, tempfile::TempDir)> {
    let trail = shared_folder("data/invictus-ir")?;
    let folder = tempfile::tempdir().unwrap();
    let files = [
        write(folder.path(), "access.json", &access_log()),
        write(folder.path(), "metric-filters.json", &described()),
        trail,
    ];
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &files).unwrap();
    case.settled();
    case.page.press("4").unwrap();
    case.page.wait_element("#pattern").unwrap();
    rests(&case);
    Some((case, folder))
}

/// Waits until the bench shows the answer to what stands in it.
#[track_caller]
fn rests(case: &OpenCase) {
    case.page
        .wait_for("document.querySelector('.bench')?.getAttribute('aria-busy') === 'false'", SOON)
        .unwrap_or_else(|error| panic!("{:?}: {error}", case.page.text(".bench-answer")));
}

/// Types another pattern in place of the one that stands there.
fn typed(case: &OpenCase, pattern: &str) {
    case.page.focus("#pattern").unwrap();
    case.page.press("Control+a").unwrap();
    case.page.insert_text(pattern).unwrap();
}

fn asked(case: &OpenCase, pattern: &str) {
    typed(case, pattern);
    rests(case);
}

/// Chooses in a select by the text of the option.
fn choose(case: &OpenCase, css: &str, option: &str) {
    let found: bool = case
        .page
        .eval(&format!(
            "(() => {{ const box = document.querySelector({css:?}); \
             const option = [...box.options].find(it => it.textContent.startsWith({option:?})); \
             if (option) {{ box.value = option.value; box.dispatchEvent(new Event('change', {{ bubbles: true }})); }} \
             return !!option; }})()"
        ))
        .unwrap();
    assert!(found, "{css} offers no {option}");
    rests(case);
}

/// The texts of the rows of a table that are on the screen, by cell.
fn rows(case: &OpenCase, css: &str) -> Vec<Vec<String>> {
    case.page
        .eval(&format!(
            "[...document.querySelectorAll('{css} .row')].map(row => [...row.children].map(cell => cell.textContent))"
        ))
        .unwrap()
}

/// The calls of the trail that were denied, by the start of their five minutes.
fn denied_by_period() -> BTreeMap<String, u64> {
    let mut periods = BTreeMap::new();
    for path in common::files_below(&shared_folder("data/invictus-ir").unwrap()) {
        let Ok(Value::Object(file)) = serde_json::from_slice(&std::fs::read(&path).unwrap()) else { continue };
        for record in file["Records"].as_array().into_iter().flatten() {
            if record["errorCode"].as_str().is_some_and(|code| code.starts_with("AccessDenied")) {
                let time = record["eventTime"].as_str().unwrap();
                let minute: u32 = time[14..16].parse().unwrap();
                *periods.entry(format!("{} {}{:02}", &time[..10], &time[11..14], minute / 5 * 5)).or_default() += 1;
            }
        }
    }
    periods
}

#[test]
fn denied_calls_are_matched_counted_by_period_and_followed() {
    let Some((case, _folder)) = opened() else { return };
    let page = &case.page;
    asked(&case, "{ $.errorCode = \"AccessDenied*\" }");
    choose(&case, "#metric-period", "5 minutes");
    let wanted = denied_by_period();
    let all: u64 = wanted.values().sum();
    assert!(all > 10);
    let sentence = page.text("#bench-sentence").unwrap();
    assert!(sentence.starts_with(&format!("{all} of 2,906 events match")), "{sentence}");
    assert!(page.text("#pattern-kind").unwrap().starts_with("JSON"));
    let found: BTreeMap<String, u64> =
        rows(&case, "#period-grid .rows").into_iter().map(|row| (row[0].clone(), row[2].parse().unwrap())).collect();
    assert_eq!(found, wanted);
    assert_eq!(page.text("#period-total .cell:nth-child(3)").unwrap(), all.to_string());
    assert_eq!(page.count("#period-grid .bar.largest").unwrap(), 1);
    // The values that the pattern names stand beside each event.
    let matches = rows(&case, "#bench-grid .rows");
    assert!(matches.len() as u64 <= all && matches.iter().all(|row| row[1].starts_with("AccessDenied")), "{matches:?}");
    // What does not match is there as well, page by page.
    page.click("#bench-misses").unwrap();
    rests(&case);
    assert!(
        page.text("#bench-listed").unwrap().starts_with("The first 100 of 2,8"),
        "{:?}",
        page.text("#bench-listed")
    );
    page.click("#bench-more").unwrap();
    page.wait_for("document.querySelector('#bench-listed').textContent.startsWith('The first 200 of')", SOON).unwrap();
    assert!(rows(&case, "#bench-grid .rows").iter().all(|row| !row[1].starts_with("AccessDenied")));
    page.click("#bench-matches").unwrap();
    rests(&case);
    // Opened, and followed: to all that its actor did.
    page.click("#bench-grid .row[data-index=\"1\"]").unwrap();
    page.wait_element("#pivots [data-pivot=\"actor\"]").unwrap();
    page.wait_for("document.querySelector('#detail').textContent.includes('AccessDenied')", SOON).unwrap();
    page.click("#pivots [data-pivot=\"actor\"]").unwrap();
    case.settled();
    let query: String = page.eval("document.querySelector('#search').value").unwrap();
    assert!(query.starts_with("actor:"), "{query}");
    // The bench does not mind the search.
    rests(&case);
    assert!(page.text("#bench-sentence").unwrap().starts_with(&format!("{all} of 2,906 ")));
    // A period leads to itself alone; the table of periods then has that one.
    let (first, count) = wanted.iter().max_by_key(|(_, count)| **count).unwrap();
    page.eval::<()>(&format!(
        "[...document.querySelectorAll('#period-grid .rows .row')].find(row => row.textContent.startsWith('{first}')).click()"
    ))
    .unwrap();
    case.settled();
    rests(&case);
    assert!(
        page.text("#bench-sentence").unwrap().starts_with(&format!("{count} of ")),
        "{:?}",
        page.text("#bench-sentence")
    );
    assert_eq!(rows(&case, "#period-grid .rows").len(), 1);
    assert_eq!(page.console(), [""; 0], "nothing is wrong in the console");
}

#[test]
fn a_fault_stands_below_its_character() {
    let Some((case, _folder)) = opened() else { return };
    let page = &case.page;
    asked(&case, "{ $.errorCode = \"AccessDenied*\" }");
    let before = page.text("#bench-sentence").unwrap();
    typed(&case, "{ $.errorCode IS NOT NULL }");
    page.wait_element("#pattern-fault").unwrap();
    let position: usize = page.eval("+document.querySelector('#pattern-fault').dataset.position").unwrap();
    assert!((14..=19).contains(&position), "{position}: {:?}", page.text("#pattern-fault"));
    // The mark is below that character of the box: as far from its left edge as so many letters are wide.
    let (left, top): (f64, f64) = page
        .eval(
            "(() => { const mark = document.querySelector('.faulty').getBoundingClientRect(); \
             const box = document.querySelector('#pattern').getBoundingClientRect(); \
             return [mark.left - box.left, mark.top - box.top]; })()",
        )
        .unwrap();
    let letter: f64 = page.eval("document.querySelector('.faulty').getBoundingClientRect().width").unwrap();
    let wanted = 11.0 + (position - 1) as f64 * letter;
    assert!((left - wanted).abs() < 2.0 && (0.0..12.0).contains(&top), "{left} {top}, not {wanted}");
    // What was found before stays, and is marked as old; nothing can be taken along.
    assert_eq!(page.text("#bench-sentence").unwrap(), before);
    assert_eq!(page.count(".bench-answer.old").unwrap(), 1);
    assert!(page.eval::<bool>("document.querySelector('#copy-put-metric-filter').disabled").unwrap());
    assert!(!page.text("#take-why").unwrap().is_empty());
    asked(&case, "{ $.errorCode NOT EXISTS }");
    assert_eq!(page.count("#pattern-fault").unwrap(), 0);
    assert_eq!(page.count(".bench-answer.old").unwrap(), 0);
}

#[test]
fn columns_are_taken_out_of_lines_and_summed() {
    let Some((case, _folder)) = opened() else { return };
    let page = &case.page;
    choose(&case, "#metric-scope", "/web/access");
    asked(&case, "[ip, identity, user, timestamp, request, status, size]");
    // Five of six lines have the fields; the one with more gives its last column the rest of the line.
    assert!(
        page.text("#bench-sentence").unwrap().starts_with("5 of 6 events match"),
        "{:?}",
        page.text("#bench-sentence")
    );
    page.focus("#metric-value").unwrap();
    page.press("Control+a").unwrap();
    page.insert_text("$size").unwrap();
    rests(&case);
    let found: Vec<String> = rows(&case, "#bench-grid .rows").into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(found, ["1534", "5324", "4355", "-", "12 more fields"]);
    let health = page.text("#bench-health").unwrap();
    assert!(health.contains("2 of 5 matches have no number there"), "{health}");
    let total: Vec<String> =
        page.eval("[...document.querySelectorAll('#period-total .cell')].map(cell => cell.textContent)").unwrap();
    assert_eq!(total[1..6], ["3", "11,213", "1,534", "5,324", "3,737.7"]);
    // Counted strictly, the longer line is none.
    page.click("#strict-counting").unwrap();
    rests(&case);
    assert!(
        page.text("#bench-sentence").unwrap().starts_with("4 of 6 events match"),
        "{:?}",
        page.text("#bench-sentence")
    );
    // A value that the pattern does not have is said at its field; the matches stay.
    page.focus("#metric-value").unwrap();
    page.press("End").unwrap();
    page.insert_text("s").unwrap();
    page.wait_element("#metric-value-fault").unwrap();
    rests(&case);
    assert!(page.text("#bench-sentence").unwrap().starts_with("4 of 6 events match"));
}

#[test]
fn filters_of_a_file_are_listed_with_their_health_and_loaded() {
    let Some((case, _folder)) = opened() else { return };
    let page = &case.page;
    let entry = |at: usize| format!("#filter-list [data-filter=\"{at}\"]");
    assert_eq!(page.count("#filter-list [data-filter]").unwrap(), 4);
    let denied: u64 = denied_by_period().values().sum();
    for (at, name, count) in
        [(0, "denied", denied.to_string()), (1, "bytes", "5".into()), (2, "all", "6".into()), (3, "broken", "–".into())]
    {
        let css = entry(at);
        page.wait_for(
            &format!("document.querySelector('{css} .filter-count').textContent.trim().endsWith({count:?})"),
            SOON,
        )
        .unwrap_or_else(|error| panic!("{name}: {:?}: {error}", page.text(&css)));
        assert!(page.text(&css).unwrap().starts_with(name), "{:?}", page.text(&css));
    }
    assert!(page.text(&entry(2)).unwrap().contains("▲"), "{:?}", page.text(&entry(2)));
    assert!(page.text(&entry(3)).unwrap().contains("✕"), "{:?}", page.text(&entry(3)));
    page.click(entry(1).as_str()).unwrap();
    rests(&case);
    assert_eq!(page.eval::<String>("document.querySelector('#metric-value').value").unwrap(), "$size");
    assert_eq!(page.eval::<String>("document.querySelector('#metric-namespace').value").unwrap(), "Web");
    assert!(page.text("#bench-about").unwrap().starts_with("Lines of /web/access"), "{:?}", page.text("#bench-about"));
    assert_eq!(page.count("#filter-list [aria-current]").unwrap(), 1);
    page.click(entry(2).as_str()).unwrap();
    rests(&case);
    let health = page.text("#bench-health").unwrap();
    assert!(health.contains("every") || health.contains("everything"), "{health}");
    page.click("#new-filter").unwrap();
    rests(&case);
    assert_eq!(page.eval::<String>("document.querySelector('#pattern').value").unwrap(), "");
}

#[test]
fn a_filter_goes_to_the_command_line_and_into_a_link() {
    let Some((case, folder)) = opened() else { return };
    let page = &case.page;
    case.browser.grant(&case.server.url(), &["clipboardReadWrite", "clipboardSanitizedWrite"]).unwrap();
    case.browser.allow_downloads(folder.path()).unwrap();
    choose(&case, "#metric-scope", "/web/access");
    asked(&case, "[ip, identity, user, timestamp, request, status = 4*, size]");
    for (css, text) in
        [("#metric-value", "$size"), ("#metric-namespace", "Web"), ("#metric-name", "Bytes"), ("#filter-name", "bytes")]
    {
        page.focus(css).unwrap();
        page.press("Control+a").unwrap();
        page.insert_text(text).unwrap();
    }
    rests(&case);
    page.wait_for("!document.querySelector('#copy-put-metric-filter').disabled", SOON).unwrap();
    page.click("#copy-put-metric-filter").unwrap();
    page.wait_for("document.querySelector('#copy-put-metric-filter').textContent === 'Copied'", SOON).unwrap();
    let copied: String = page.eval("navigator.clipboard.readText()").unwrap();
    assert!(copied.starts_with("aws logs put-metric-filter --cli-input-json "), "{copied}");
    assert!(copied.contains("status = 4*") && copied.contains("/web/access") && copied.contains("$size"), "{copied}");
    page.click("#save-put-metric-filter").unwrap();
    let saved = (0..100).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        let files = common::files_below(folder.path());
        let file = files.iter().find(|path| {
            path.to_string_lossy().contains("put-metric-filter") && path.extension().is_some_and(|end| end == "json")
        })?;
        serde_json::from_slice::<Value>(&std::fs::read(file).unwrap()).ok()
    });
    let saved = saved.expect("a file is saved");
    assert_eq!(saved["logGroupName"], "/web/access");
    assert_eq!(saved["metricTransformations"][0]["metricValue"], "$size");
    // The address has the bench, and nothing of the files.
    page.wait_for("location.hash.includes('pattern=') && location.hash.includes('namespace=Web')", SOON).unwrap();
    let hash: String = page.eval("location.hash").unwrap();
    assert!(!hash.contains("apache"), "{hash}");
    let other = case.browser.new_page(&format!("{}{hash}", case.server.url())).unwrap();
    other.wait_element("#drop-zone").unwrap();
    let files = [write(folder.path(), "access.json", &access_log())];
    other.drop_files("#drop-zone", &files).unwrap();
    other.wait_element("#pattern").unwrap();
    other
        .wait_for("document.querySelector('#bench-sentence').textContent.startsWith('2 of 6 events match')", SOON)
        .unwrap_or_else(|error| panic!("{:?}: {error}", other.text("#bench-sentence")));
    assert_eq!(other.eval::<String>("document.querySelector('#metric-name').value").unwrap(), "Bytes");
}

#[test]
fn the_bench_is_used_by_the_keyboard_alone() {
    let Some((case, _folder)) = opened() else { return };
    let page = &case.page;
    page.focus("#pattern").unwrap();
    page.type_text("{ $.errorCode = \"AccessDenied*\" }").unwrap();
    rests(&case);
    // Out of the box and into the matches, to the third, and open it.
    page.press("Escape").unwrap();
    assert_eq!(page.eval::<String>("document.activeElement.id").unwrap(), "bench-grid");
    for _ in 0..3 {
        page.press("ArrowDown").unwrap();
    }
    assert_eq!(page.eval::<String>("document.querySelector('#bench-grid .row.here').dataset.index").unwrap(), "2");
    page.press("Enter").unwrap();
    page.wait_element("#detail #pivots").unwrap();
    // The keys go on to the next event while one is open; Escape closes it.
    let first = page.text("#detail").unwrap();
    page.press("ArrowDown").unwrap();
    page.wait_for("document.querySelector('#bench-grid .row.here').dataset.index === '3'", SOON).unwrap();
    page.wait_for(&format!("document.querySelector('#detail').innerText !== {first:?}"), SOON).unwrap();
    page.press("Escape").unwrap();
    page.wait_for("!document.querySelector('#detail')", SOON).unwrap();
    // From the matches to the periods, and one of them alone.
    page.focus("#period-grid").unwrap();
    page.press("ArrowDown").unwrap();
    page.press("Enter").unwrap();
    page.wait_for("location.hash.includes('t=')", SOON).unwrap();
    rests(&case);
    assert_eq!(rows(&case, "#period-grid .rows").len(), 1);
}

#[test]
fn a_bench_without_events_or_filters_says_what_to_drop() {
    let folder = tempfile::tempdir().unwrap();
    let case = open(900, 700);
    let page = &case.page;
    page.drop_files("#drop-zone", &[write(folder.path(), "metric-filters.json", &described())]).unwrap();
    case.settled();
    page.press("4").unwrap();
    page.wait_element("#pattern").unwrap();
    page.wait_for("document.querySelectorAll('#filter-list [data-filter]').length === 4", SOON).unwrap();
    page.wait_for(
        "document.querySelector('#bench-sentence').textContent.startsWith('There is no event to match')",
        SOON,
    )
    .unwrap_or_else(|error| panic!("{:?}: {error}", page.text("#bench-sentence")));
    // And the other way round: events, and no filter.
    let case = open(900, 700);
    let page = &case.page;
    page.drop_files("#drop-zone", &[write(folder.path(), "access.json", &access_log())]).unwrap();
    case.settled();
    page.press("4").unwrap();
    page.wait_element("#no-filters").unwrap();
    assert!(page.text("#no-filters").unwrap().contains("aws logs describe-metric-filters"));
    page.click("[data-example=\"spaces\"]").unwrap();
    page.wait_for("document.querySelector('#bench-sentence').textContent.startsWith('2 of 6 events match')", SOON)
        .unwrap_or_else(|error| panic!("{:?}: {error}", page.text("#bench-sentence")));
}
