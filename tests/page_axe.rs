//! axe-core looks at every room, light and dark: nothing that keeps people from using the page. It is fetched by
//! `cargo xtask test`; where it is not, that is said and nothing is tested.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, open};
use serde::Deserialize;
use std::fs;
use std::io::Write;
use std::path::Path;
use xtask::axe;

/// Something to look at: its name, and how to get there from anywhere in the open case.
type Place = (&'static str, fn(&OpenCase));

/// Everything that there is to look at once events are there. What comes to the page comes here.
const PLACES: [Place; 15] = [
    ("Events", |case| home(case)),
    ("Events, an event open", |case| {
        home(case);
        opened(case);
        case.page.wait_for("document.querySelector('#detail-body').textContent.includes('eventName')", SOON).unwrap();
    }),
    ("Events, an event open as JSON", |case| {
        home(case);
        opened(case);
        case.page.click("#tab-json").unwrap();
        case.page.wait_element("#detail-json").unwrap();
    }),
    ("Events, zoomed in", |case| {
        home(case);
        case.page.press("w").unwrap();
        case.settled();
    }),
    ("Events, a search with a mistake", |case| {
        home(case);
        case.query("eventName: x)");
        case.page.wait_element("#search-error").unwrap();
    }),
    ("Events, a search with a field that is not there, and nothing found", |case| {
        home(case);
        case.query("eventNam: x");
        case.page.wait_element("#search-warning").unwrap();
    }),
    ("Events, offers in the search box", |case| {
        home(case);
        case.query("");
        case.page.type_text("resu").unwrap();
        case.page.wait_element("#offers li").unwrap();
        case.page.press("ArrowDown").unwrap();
    }),
    ("Timeline", |case| {
        home(case);
        case.page.press("2").unwrap();
        case.settled();
    }),
    ("Logs, without lines", |case| {
        home(case);
        case.page.press("3").unwrap();
        case.page.wait_element("#logs-empty").unwrap();
    }),
    ("Filters, a pattern at fault", |case| {
        home(case);
        case.page.press("4").unwrap();
        case.page.wait_element("#pattern").unwrap();
        case.page.focus("#pattern").unwrap();
        case.page.type_text("{ $.a EXISTS }").unwrap();
        case.page.wait_element("#pattern-fault[data-position]").unwrap();
        case.page.eval::<()>("document.querySelector('#new-filter').click()").unwrap();
    }),
    ("Metrics, without any", |case| {
        home(case);
        case.page.press("5").unwrap();
        case.page.wait_element("#metrics-empty").unwrap();
    }),
    ("Integrity, without digests", |case| {
        home(case);
        case.page.press("6").unwrap();
        case.page.wait_element("#fetch-digests").unwrap();
    }),
    ("Files, one open", |case| {
        home(case);
        case.page.press("7").unwrap();
        case.page.wait_element("#file-grid .row[data-index=\"0\"]").unwrap();
        // Not by the mouse: where it is narrow, the middle of a row is out of sight.
        case.page.eval::<()>("document.querySelector('#file-grid .row[data-index=\"0\"] .cell').click()").unwrap();
        case.page.wait_element("#file-detail").unwrap();
    }),
    ("the palette", |case| {
        home(case);
        case.page.press("Control+k").unwrap();
        case.page.wait_element("#palette .option").unwrap();
        case.page.type_text("zo").unwrap();
    }),
    ("the help", |case| {
        home(case);
        case.page.press("?").unwrap();
        case.page.wait_element("#keys-body").unwrap();
    }),
];

/// The table of events with nothing open.
fn home(case: &OpenCase) {
    let page = &case.page;
    page.eval::<()>("document.querySelectorAll('dialog[open]').forEach(dialog => dialog.close())").unwrap();
    page.eval::<()>("document.querySelector('#close-detail')?.click()").unwrap();
    page.wait_for("!document.querySelector('dialog[open], #detail')", SOON).unwrap();
    page.eval::<()>("document.activeElement?.blur()").unwrap();
    page.press("0").unwrap();
    page.wait_element("#grid .row[data-index=\"0\"]").unwrap();
    case.settled();
}

/// Opens the second event.
fn opened(case: &OpenCase) {
    for key in ["j", "j", "Enter"] {
        case.page.press(key).unwrap();
    }
    case.page.wait_element("#detail-body > *").unwrap();
}

/// A rule that the page breaks.
#[derive(Debug, Deserialize)]
struct Violation {
    id: String,
    impact: Option<String>,
    help: String,
    targets: Vec<String>,
}

/// What axe-core finds.
fn violations(case: &OpenCase, tags: &[&str]) -> Vec<Violation> {
    let options = serde_json::json!({ "runOnly": { "type": "tag", "values": tags }, "resultTypes": ["violations"] });
    let js = format!(
        "axe.run(document, {options}).then(found => found.violations.map(one => ({{ id: one.id, impact: one.impact, \
         help: one.help, targets: one.nodes.slice(0, 8).map(node => node.target.join(' ') + '  ' + \
         (node.any[0] ?? node.all[0] ?? node.none[0])?.message) }})))"
    );
    case.page.eval_within(&js, page_support::LONG).unwrap()
}

/// Looks at what is on the page, in both themes; adds what is serious to `found`.
fn look(case: &OpenCase, name: &str, found: &mut Vec<String>) {
    for dark in [false, true] {
        case.page.set_media(dark, true).unwrap();
        let theme = if dark { "dark" } else { "light" };
        for violation in violations(case, &["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]) {
            let Violation { id, impact, help, targets } = violation;
            let said = format!("{name}, {theme}: {id} ({impact:?}: {help})\n    {}", targets.join("\n    "));
            match impact.as_deref() {
                Some("serious" | "critical") => found.push(said),
                _ => println!("not serious: {said}"),
            }
        }
        if !dark {
            for Violation { id, help, targets, .. } in violations(case, &["best-practice", "wcag22aa"]) {
                println!("best practice: {name}: {id} ({help})\n    {}", targets.join("\n    "));
            }
        }
    }
    case.page.set_media(false, true).unwrap();
}

/// The page with axe-core in it; `None` where that was not fetched.
fn open_with_axe(width: u32, height: u32) -> Option<OpenCase> {
    let Some(script) = axe::script() else {
        // Not by `eprintln!`: what a test prints that passes is not shown.
        let _said = writeln!(std::io::stderr(), "\n{}\n", axe::missing());
        return None;
    };
    let case = open(width, height);
    // Evaluated by the browser's own hand, since the page's policy rightly lets no other script in.
    case.page.eval::<()>(&fs::read_to_string(script).unwrap()).unwrap();
    assert!(case.page.eval::<bool>("typeof axe.run === 'function'").unwrap());
    Some(case)
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Files of all sorts: events that went well or not, one cut off, one that is none.
fn case_of_all_sorts(folder: &Path) {
    let record = |n: usize| {
        let mut record = serde_json::json!({
            "eventVersion": "1.08", "eventTime": format!("2024-03-01T{:02}:{:02}:00Z", n / 7 % 24, n % 60),
            "eventSource": if n.is_multiple_of(2) { "s3.amazonaws.com" } else { "iam.amazonaws.com" },
            "eventName": if n.is_multiple_of(2) { "GetObject" } else { "CreateUser" },
            "awsRegion": "us-east-1", "sourceIPAddress": format!("198.51.100.{}", n % 9), "recipientAccountId": "111122223333",
            "userAgent": "aws-cli/2.15", "eventID": format!("00000000-0000-4000-8000-{n:012}"),
            "userIdentity": { "type": "IAMUser", "userName": format!("user-{}", n % 3), "accessKeyId": "AKIAIOSFODNN7EXAMPLE" },
            "requestParameters": { "bucketName": "logs", "secretKey": "x", "policy": "{\"Statement\":[]}" },
        });
        if n.is_multiple_of(5) {
            record["errorCode"] = "AccessDenied".into();
            record["errorMessage"] = "not authorized".into();
        }
        record
    };
    let log = |range: std::ops::Range<usize>| {
        serde_json::json!({ "Records": range.map(record).collect::<Vec<_>>() }).to_string()
    };
    write(folder, "AWSLogs/111122223333/CloudTrail/us-east-1/a.json", &log(0..150));
    let whole = log(150..200);
    write(folder, "AWSLogs/111122223333/CloudTrail/us-east-1/cut.json", &whole[..whole.len() - 40]);
    write(folder, "notes.txt", "hello");
}

#[test]
fn every_room_can_be_used_by_everybody() {
    let Some(case) = open_with_axe(1440, 900) else { return };
    let folder = tempfile::tempdir().unwrap();
    case_of_all_sorts(folder.path());
    let mut found = Vec::new();
    case.page.wait_element("#drop-zone").unwrap();
    look(&case, "the first page", &mut found);
    case.page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.settled();
    assert!(case.number("#total") > 150);
    for (name, get_there) in PLACES {
        get_there(&case);
        look(&case, name, &mut found);
    }
    assert!(found.is_empty(), "{} serious violations:\n{}", found.len(), found.join("\n"));
}

#[test]
fn narrow_rooms_can_be_used_by_everybody() {
    let Some(case) = open_with_axe(720, 450) else { return };
    let folder = tempfile::tempdir().unwrap();
    case_of_all_sorts(folder.path());
    let mut found = Vec::new();
    look(&case, "the first page", &mut found);
    case.page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.settled();
    for (name, get_there) in PLACES {
        get_there(&case);
        look(&case, name, &mut found);
    }
    assert!(found.is_empty(), "{} serious violations:\n{}", found.len(), found.join("\n"));
}

/// Looks at what the sample case has of evidence: the room of integrity with each of its tabs, an event, the report.
fn look_at_evidence(width: u32, height: u32) {
    let Some(case) = open_with_axe(width, height) else { return };
    let page = &case.page;
    page.click("#open-sample").unwrap();
    page.wait_for("document.querySelector('#app').dataset.phase === 'done'", page_support::LONG).unwrap();
    case.settled();
    let mut found = Vec::new();
    page.press("6").unwrap();
    page.wait_element("#custody-grid .row[data-index=\"0\"]").unwrap();
    page.eval::<()>("document.querySelector('#custody-grid .row[data-index=\"0\"] .cell').click()").unwrap();
    page.wait_element("#custody-detail").unwrap();
    look(&case, "Integrity, a log open", &mut found);
    for tab in ["chain", "findings", "keys", "command-line"] {
        page.eval::<()>(&format!("document.querySelector('#integrity-tab-{tab}').click()")).unwrap();
        page.wait_element(&format!("#custody-{}", if tab == "chain" { "links" } else { tab })).unwrap();
        look(&case, tab, &mut found);
    }
    page.eval::<()>("document.querySelector('#report-print').click()").unwrap();
    page.wait_for("document.querySelector('#report')?.dataset.linesMissing === '0'", page_support::LONG).unwrap();
    look(&case, "the report", &mut found);
    page.press("Escape").unwrap();
    home(&case);
    page.press("3").unwrap();
    // Where it is narrow the groups are not shown before one asks for them.
    page.wait_element("#grid .row[data-index=\"0\"]").unwrap();
    case.settled();
    opened(&case);
    page.wait_element("#line-message").unwrap();
    look(&case, "Logs, a line open", &mut found);
    page.press("4").unwrap();
    page.wait_element("#filter-list [data-filter]").unwrap();
    page.eval::<()>("document.querySelector('#filter-list [data-filter]').click()").unwrap();
    page.wait_element("#bench-sentence").unwrap();
    case.settled();
    look(&case, "Filters, one of the sample's", &mut found);
    home(&case);
    page.press("5").unwrap();
    page.wait_element("#metrics-range").unwrap();
    // Where it is narrow the list is not shown before one asks for it.
    page.eval::<()>("document.querySelector('#open-browse[aria-pressed=\"false\"]')?.click()").unwrap();
    page.wait_element("#metric-list .fold").unwrap();
    page.focus("#metric-search").unwrap();
    page.type_text("cpu").unwrap();
    page.wait_element("#metric-list .pick").unwrap();
    page.eval::<()>("document.querySelector('#metric-list .pick').click()").unwrap();
    page.wait_element("#graphed tbody tr").unwrap();
    page.eval::<()>("document.querySelector('#add-math').click(); document.querySelector('#add-level').click()")
        .unwrap();
    page.wait_element("#level-value-0").unwrap();
    case.settled();
    look(&case, "Metrics, a chart edited", &mut found);
    home(&case);
    opened(&case);
    page.wait_element("#custody .verdict").unwrap();
    look(&case, "an event with its verdict", &mut found);
    assert!(found.is_empty(), "{} serious violations:\n{}", found.len(), found.join("\n"));
}

#[test]
fn evidence_can_be_used_by_everybody() {
    look_at_evidence(1440, 900);
}

#[test]
fn narrow_evidence_can_be_used_by_everybody() {
    look_at_evidence(720, 450);
}

#[test]
fn choosing_what_to_read_can_be_used_by_everybody() {
    let Some(case) = open_with_axe(1440, 900) else { return };
    let folder = tempfile::tempdir().unwrap();
    for n in 0..1_000 {
        let (account, region, day) =
            (111_111_111_111u64 + n % 3, ["us-east-1", "eu-west-1"][n as usize % 2], n % 4 + 1);
        let name = format!("{account}_CloudTrail_{region}_2024030{day}T0005Z_{n:016}.json");
        let path = format!("AWSLogs/{account}/CloudTrail/{region}/2024/03/0{day}/{name}");
        write(folder.path(), &path, "{\"Records\":[]}");
    }
    case.page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.page.wait_element("#choice-read").unwrap();
    case.page.wait_for("document.querySelector('#choice-title').textContent.includes('1,000')", SOON).unwrap();
    let mut found = Vec::new();
    look(&case, "all of it chosen", &mut found);
    case.page.click("#choice-region .only").unwrap();
    look(&case, "some of it chosen", &mut found);
    assert!(found.is_empty(), "{} serious violations:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_page_that_shuts_people_out_is_found() {
    // What is looked for would be found.
    let Some(case) = open_with_axe(1440, 900) else { return };
    case.page
        .eval::<()>(
            "document.querySelector('#drop-zone').append(Object.assign(document.createElement('input'), { type: 'text' }))",
        )
        .unwrap();
    let mut found = Vec::new();
    look(&case, "a box without a name", &mut found);
    assert!(found.iter().any(|said| said.contains(": label (")), "{found:?}");
}
