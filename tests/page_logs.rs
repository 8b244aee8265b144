//! Log lines in the page: groups and streams, lines and their messages, the stream around a line, an id followed across logs.

mod common;
mod page_support;

use flate2::Compression;
use flate2::write::GzEncoder;
use page_support::{OpenCase, SOON, open};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

/// 2026-01-18T10:00:00Z
const START: i64 = 1_768_730_400_000;
/// Handed from the web server to the function, and from there to an API.
const REQUEST: &str = "b748ef58-0b8c-4b2a-9d3e-1c2d3e4f5a6b";
/// An export task, whose id is all that its files tell of the group.
const TASK: &str = "11111111-2222-4333-8444-555566667777";
const HOSTILE: &str =
    "ERROR \u{1b}[31mred\u{1b}[0m <img src=x onerror=\"window.hit=1\"> <b id=\"injected\">b</b> evil\u{202e}txt";

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn payload(group: &str, stream: &str, events: &[(i64, String)]) -> Value {
    let events: Vec<Value> = events
        .iter()
        .enumerate()
        .map(|(at, (time, message))| json!({ "id": format!("{group}{stream}{at}"), "timestamp": START + time, "message": message }))
        .collect();
    json!({
        "messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": group, "logStream": stream,
        "subscriptionFilters": ["all"], "logEvents": events,
    })
}

/// A folder with lines of three log groups, one of them not named, and with calls: 40 lines of a function in two streams, 6 of a
/// web server, 3 exported, 4 fetched; 5 calls.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let function = |stream: usize| {
        let line = |n: usize| {
            let level = if n % 10 == 3 { "error" } else { "info" };
            let message = json!({ "level": level, "msg": format!("step {n} of stream {stream}"), "order": { "id": n, "total": 12.5 } });
            (n as i64 * 1_000 + stream as i64, message.to_string())
        };
        (0..20).map(line).collect::<Vec<_>>()
    };
    let mut first = function(1);
    first[7].1 = json!({ "level": "warn", "msg": "slow", "aws_request_id": REQUEST }).to_string();
    let mut firehose = payload("/aws/lambda/shop", "2026/01/18/[$LATEST]one", &first).to_string();
    firehose += &payload("/aws/lambda/shop", "2026/01/18/[$LATEST]two", &function(2)).to_string();
    let web = [
        (500, format!("INFO handling {REQUEST}")),
        (600, "plain words without any level".to_owned()),
        (700, HOSTILE.to_owned()),
        (800, format!("WARN first line\n  at second line\n{}", "long ".repeat(120))),
        (900, "INFO another".to_owned()),
        (1_000, "INFO last".to_owned()),
    ];
    firehose += &payload("/var/log/web", "i-0abc", &web).to_string();
    write(at, "case/firehose.json", firehose);
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    let report = format!(
        "REPORT RequestId: {REQUEST}\tDuration: 2.73 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\tMax Memory Used: 67 MB\t"
    );
    let export = [format!("START RequestId: {REQUEST} Version: $LATEST"), format!("END RequestId: {REQUEST}"), report];
    for (n, message) in export.iter().enumerate() {
        writeln!(gz, "2026-01-18T10:00:2{n}.123Z {message}\n").unwrap();
    }
    write(at, &format!("case/export/{TASK}/2026-01-18-[$LATEST]one/000000.gz"), gz.finish().unwrap());
    let fetched: Vec<Value> = (0..4)
        .map(|n| {
            json!({
                "logStreamName": "worker-1", "timestamp": START + 30_000 + n, "ingestionTime": START + 31_450 + n,
                "message": format!("[INFO] job {n}\n"), "eventId": format!("3195{n}"),
            })
        })
        .collect();
    let page = json!({ "events": fetched, "searchedLogStreams": [{ "logStreamName": "worker-1", "searchedCompletely": true }] });
    write(at, "case/worker.json", page.to_string());
    let groups =
        json!({ "logGroups": [{ "logGroupName": "/aws/lambda/shop", "retentionInDays": 30, "storedBytes": 2048 }] });
    write(at, "case/log-groups.json", groups.to_string());
    let transformation = json!({ "metricName": "Errors", "metricNamespace": "Shop", "metricValue": "1" });
    let filter = json!({
        "filterName": "errors", "filterPattern": "ERROR", "logGroupName": "/aws/lambda/shop", "creationTime": START,
        "metricTransformations": [transformation],
    });
    write(at, "case/metric-filters.json", json!({ "metricFilters": [filter] }).to_string());
    let call = |n: usize| {
        json!({
            "eventVersion": "1.08", "eventName": "GetItem", "eventSource": "dynamodb.amazonaws.com", "eventID": format!("call-{n}"),
            "eventTime": format!("2026-01-18T10:00:0{n}Z"), "userIdentity": { "type": "IAMUser", "userName": "shop" },
            "requestID": if n == 2 { REQUEST.to_owned() } else { format!("other-{n}") },
        })
    };
    write(at, "case/trail.json", json!({ "Records": (0..5).map(call).collect::<Vec<_>>() }).to_string());
    folder
}

/// The page with the folder in it, in the room of log lines.
fn logs() -> (OpenCase, TempDir) {
    let folder = folder();
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &[folder.path().join("case")]).unwrap();
    case.settled();
    case.page.click("#room-logs").unwrap();
    case.shows(53);
    (case, folder)
}

fn typed(case: &OpenCase) -> String {
    case.page.eval("document.querySelector('#search').value").unwrap()
}

fn message(case: &OpenCase, row: u64) -> String {
    case.page.eval(&format!("document.querySelector('.row[data-index=\"{row}\"] .log-text').textContent")).unwrap()
}

/// Opens the line whose message has a text.
fn open_line(case: &OpenCase, text: &str) {
    let js = format!(
        "(() => {{ const cell = [...document.querySelectorAll('#grid .row .log-text')].find(cell => cell.textContent.includes({text:?})); \
         return cell ? cell.closest('.row').dataset.index : null; }})()"
    );
    let row: Option<String> = case.page.eval(&js).unwrap();
    let row = row.unwrap_or_else(|| panic!("no line with {text} in sight"));
    case.page.click(format!(".row[data-index=\"{row}\"] .time").as_str()).unwrap();
    case.page.wait_element("#line-head").unwrap();
    case.settled();
}

#[test]
fn groups_and_streams_are_listed_and_chosen() {
    let (case, _folder) = logs();
    let page = &case.page;
    assert_eq!(case.number("#total"), 53);
    assert!(page.text("#status").unwrap().contains("53 of 53 log lines"), "{:?}", page.text("#status"));
    let rail: String = page.eval("document.querySelector('#room-logs .count').textContent").unwrap();
    assert_eq!(rail, "53");
    let groups: Vec<(String, String)> = page
        .eval(
            "[...document.querySelectorAll('.log-group')].map(group => [group.dataset.group, \
             group.querySelector('.count').firstChild.textContent])",
        )
        .unwrap();
    // Files of an export task tell the task, and not the group.
    let wanted = [("/aws/lambda/shop", "40"), ("/var/log/web", "6"), ("", "4"), (TASK, "3")];
    assert_eq!(groups, wanted.map(|(name, count)| (name.to_owned(), count.to_owned())));
    assert!(page.text(".log-group[data-group=\"\"]").unwrap().contains("Group not in the files"));
    assert_eq!(page.count(".log-group[data-group=\"\"] .log-stream[data-stream=worker-1]").unwrap(), 1);
    let task = page.text(&format!(".log-group[data-group=\"{TASK}\"]")).unwrap();
    assert!(task.contains("named after its export task") && task.contains("[$LATEST]one"), "{task}");
    let shop = page.text(".log-group[data-group=\"/aws/lambda/shop\"]").unwrap();
    for said in ["kept 30 days", "no KMS key", "1 metric filter", "account 111122223333"] {
        assert!(shop.contains(said), "{said} in {shop}");
    }
    let stream = ".log-stream[data-stream=\"2026/01/18/[$LATEST]two\"] .pick";
    assert!(page.text(stream).unwrap().contains("JSON"), "{:?}", page.text(stream));
    // The bars are of the lines, by severity.
    assert_eq!(page.eval::<String>("document.querySelector('#stack-by').value").unwrap(), "severity");
    page.click(stream).unwrap();
    case.shows(20);
    assert_eq!(typed(&case), "logStream: 2026/01/18/[$LATEST]two");
    // One stream: its name says nothing any more, and the others can still be chosen.
    page.wait_for("!document.querySelector('#grid .head [data-column=logStream]')", SOON).unwrap();
    assert_eq!(page.count(".log-stream").unwrap(), 5);
    page.click(stream).unwrap();
    case.shows(53);
    assert_eq!(page.count("#grid .head [data-column=logStream]").unwrap(), 1);
    page.click_with(".log-group[data-group=\"/aws/lambda/shop\"] .group-row .pick", "Alt").unwrap();
    case.shows(13);
    assert_eq!(typed(&case), "not logGroup: \"/aws/lambda/shop\"");
    page.click(".log-group[data-group=\"/aws/lambda/shop\"] .group-row .pick").unwrap();
    case.shows(53);
    page.click(".log-group[data-group=\"\"] .group-row .pick").unwrap();
    case.shows(4);
    // In the other rooms lines stand among the calls.
    case.query("");
    page.press("Escape").unwrap();
    page.click("#room-events").unwrap();
    case.shows(58);
    assert!(page.text("#status").unwrap().contains("58 of 58 events"));
    assert!(page.console().is_empty(), "{:?}", page.console());
}

#[test]
fn a_line_is_read_and_its_stream_around_it() {
    let (case, _folder) = logs();
    let page = &case.page;
    case.query("severity: error");
    case.shows(5);
    let marked: Vec<String> = page
        .eval("[...document.querySelectorAll('#grid .row .cell:nth-child(2)')].map(cell => cell.textContent)")
        .unwrap();
    assert_eq!(marked, ["✕ error"; 5]);
    open_line(&case, "step 13 of stream 1");
    assert!(
        page.text("#line-head").unwrap().contains("error") && page.text("#line-head").unwrap().contains("10:00:13.001")
    );
    assert!(page.text("#line-place").unwrap().contains("/aws/lambda/shop"));
    // JSON is a tree, whose values are fields of the query.
    page.wait_element("#detail-fields [data-field=\"order.id\"]").unwrap();
    assert!(page.text("#detail-fields").unwrap().contains("12.5"));
    let before: String = page.eval("location.hash").unwrap();
    page.click("[data-pivot=stream]").unwrap();
    case.shows(20);
    page.wait_for(
        "document.querySelector('#grid .row.here .log-text')?.textContent.includes('step 13 of stream 1')",
        SOON,
    )
    .unwrap();
    let order: Vec<String> =
        page.eval("[...document.querySelectorAll('#grid .row .time')].map(cell => cell.textContent)").unwrap();
    assert!(order.is_sorted() && order.len() > 10, "{order:?}");
    page.wait_for(&format!("location.hash !== {before:?}"), SOON).unwrap();
    page.eval::<()>("history.back()").unwrap();
    case.shows(5);
    assert_eq!(typed(&case), "severity: error");
    // By its key, too.
    page.wait_element("#line-head").unwrap();
    page.focus("#grid").unwrap();
    page.press("i").unwrap();
    case.shows(20);
}

#[test]
fn an_id_is_followed_across_streams_and_into_the_trail() {
    let (case, _folder) = logs();
    let page = &case.page;
    case.query("@message: *handling*");
    case.shows(1);
    open_line(&case, "handling");
    let follow = "[data-pivot=follow]";
    page.wait_for("document.querySelector('[data-pivot=follow] .count')?.textContent === '6 events'", SOON).unwrap();
    assert!(page.text(follow).unwrap().contains(REQUEST));
    page.click(follow).unwrap();
    case.shows(6);
    // One of the six is a call, so they stand in the room of events.
    page.wait_element("#events #grid").unwrap();
    assert_eq!(typed(&case), format!("\"{REQUEST}\""));
    assert!((0..6).any(|row| case.cell(row, 1) == "GetItem"));
    assert!((0..6).any(|row| case.cell(row, 1).contains("handling")));
    // Facets of lines stand beside those of calls.
    for field in ["severity", "logGroup", "logStream", "format"] {
        page.wait_element(&format!("#facets [data-field={field}]")).unwrap();
    }
}

#[test]
fn vended_lines_have_units_and_delays() {
    let (case, _folder) = logs();
    let page = &case.page;
    case.query("format: Lambda and @message: REPORT*");
    case.shows(1);
    open_line(&case, "REPORT");
    let fields = page.text("#line-fields").unwrap();
    assert!(fields.contains("2.73 ms") && fields.contains("128 MB") && fields.contains("67.0 MB"), "{fields}");
    case.query("@message: *job*");
    case.shows(4);
    open_line(&case, "job 2");
    assert!(page.text("#line-place").unwrap().contains("group not in the files"));
    assert!(page.text("#line-ingested").unwrap().contains("1.4 s after its time"), "{:?}", page.text("#line-ingested"));
}

#[test]
fn a_hostile_line_is_only_text() {
    let (case, _folder) = logs();
    let page = &case.page;
    case.query("logGroup: \"/var/log/web\"");
    case.shows(6);
    let shown = message(&case, 2);
    assert!(shown.starts_with("ERROR red <img src=x") && shown.contains("evil⟨U+202E⟩txt"), "{shown}");
    open_line(&case, "evil");
    let shown = page.text("#line-message").unwrap();
    assert!(shown.contains("ERROR red <img") && !shown.contains("[31m"), "{shown}");
    page.click("#tab-json").unwrap();
    page.wait_element("#detail-json").unwrap();
    // As it stands in the file, nothing is left out.
    assert!(page.text("#detail-json").unwrap().contains("\\u001b[31mred"));
    assert!(page.eval::<bool>("window.hit === undefined && !document.querySelector('#injected, #app img')").unwrap());
}

#[test]
fn messages_are_wrapped_and_all_of_it_goes_by_keys() {
    let (case, _folder) = logs();
    let page = &case.page;
    case.query("logGroup: \"/var/log/web\"");
    case.shows(6);
    let low = page.rect(".row[data-index=\"3\"]").unwrap().3;
    assert!(!message(&case, 3).contains('\n'));
    page.focus("#grid").unwrap();
    page.press("z").unwrap();
    page.wait_for("document.querySelector('#grid .row[data-index=\"3\"] .log-text').textContent.includes('\\n')", SOON)
        .unwrap();
    assert!(page.rect(".row[data-index=\"3\"]").unwrap().3 > 2.0 * low);
    page.wait_for("location.hash.includes('wrap=on')", SOON).unwrap();
    page.press("z").unwrap();
    page.wait_for(
        "!document.querySelector('#grid .row[data-index=\"3\"] .log-text').textContent.includes('\\n')",
        SOON,
    )
    .unwrap();
    for key in ["Home", "j", "j", "k", "Enter"] {
        page.press(key).unwrap();
    }
    page.wait_element("#line-head").unwrap();
    page.wait_for("document.querySelector('#grid .row.here')?.dataset.index === '1'", SOON).unwrap();
    page.press("Escape").unwrap();
    page.wait_for("!document.querySelector('#detail')", SOON).unwrap();
    // The list of groups: arrows move, Enter chooses, and the place is kept.
    case.query("");
    page.focus(".log-group .pick").unwrap();
    page.press("ArrowDown").unwrap();
    page.press("Enter").unwrap();
    case.shows(20);
    let held: bool = page.eval("document.activeElement.closest('.log-stream') !== null").unwrap();
    assert!(held, "the keyboard stays at the stream");
    page.press("ArrowLeft").unwrap();
    page.wait_for(
        "document.querySelectorAll('.log-group[data-group=\"/aws/lambda/shop\"] .log-stream').length === 0",
        SOON,
    )
    .unwrap();
    page.focus("#grid").unwrap();
    page.press("g").unwrap();
    page.wait_for("!document.querySelector('#log-groups')", SOON).unwrap();
}

#[test]
fn without_lines_the_room_says_how_to_fetch_some() {
    let folder = folder();
    let case = open(900, 700);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder.path().join("case/trail.json")]).unwrap();
    case.settled();
    page.press("3").unwrap();
    page.wait_element("#logs-empty").unwrap();
    let said = page.text("#logs-empty").unwrap();
    for command in ["aws logs filter-log-events", "aws logs create-export-task", "aws logs describe-log-groups"] {
        assert!(said.contains(command), "{command}");
    }
    assert!(!page.eval::<bool>("!!document.querySelector('#log-groups, #facets [data-field=severity]')").unwrap());
    // Lines that come later take its place.
    page.drop_files("#app", &[folder.path().join("case/worker.json")]).unwrap();
    case.shows(4);
    assert_eq!(page.count("#logs-empty").unwrap(), 0);
}
