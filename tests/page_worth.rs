//! What every event is worth as evidence, on the page: its facet, its column, its detail, the colours of the bars and lanes, and
//! the row of coverage under the time axis.

mod common;
mod page_support;

use flate2::read::GzDecoder;
use page_support::{OpenCase, SOON, open, shared_folder};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Opens the page with a scenario of the oracle, without what that says of itself. `heads`: with outputs of head-object.
fn judged(name: &str, heads: bool) -> Option<(OpenCase, PathBuf)> {
    let folder = shared_folder(&format!("oracle/integrity/corpus/{name}"))?;
    let case = open(1440, 900);
    let mut parts = vec![folder.join("s3"), folder.join("public-keys.json")];
    parts.extend(heads.then(|| folder.join("head")));
    case.page.drop_files("#drop-zone", &parts).unwrap();
    case.settled();
    Some((case, folder))
}

/// Events of the logs that the oracle says are as recorded, and of those that are not.
fn counted(folder: &Path, name: &str) -> (u64, u64) {
    let expected = folder.join(format!("../../expected_offline/{name}.json"));
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(expected).unwrap()).unwrap();
    let logs = expected["with_head_objects"]["logs"].as_array().unwrap();
    let said: BTreeMap<&str, &str> =
        logs.iter().map(|log| (log["key"].as_str().unwrap(), log["status"].as_str().unwrap())).collect();
    let (mut unchanged, mut modified) = (0, 0);
    for path in common::files_below(&folder.join("s3")) {
        let Some(key) = path.to_str().unwrap().split("example-trail-bucket/").nth(1) else { continue };
        let Some(status) = said.get(key) else { continue };
        let mut text = String::new();
        GzDecoder::new(std::fs::File::open(&path).unwrap()).read_to_string(&mut text).unwrap();
        let events = serde_json::from_str::<Value>(&text).unwrap()["Records"]
            .as_array()
            .map_or(0, |records| records.len() as u64);
        match *status {
            "AUTHENTIC" => unchanged += events,
            "MODIFIED" => modified += events,
            other => panic!("{other}: {key}"),
        }
    }
    assert!(unchanged > 0 && modified > 0);
    (unchanged, modified)
}

fn value(worth: &str) -> String {
    format!("#facets [data-field=integrity] .value[data-value={worth}]")
}

fn choose(case: &OpenCase, id: &str, field: &str) {
    let choose = format!(
        "{{ const choice = document.querySelector('{id}'); choice.value = {field:?}; \
         choice.dispatchEvent(new Event('change', {{ bubbles: true }})); }}"
    );
    case.page.eval::<()>(&format!("(() => {choose})()")).unwrap();
    case.settled();
}

/// The parts of the bars: name, events, colour.
fn legend(case: &OpenCase) -> Vec<(String, u64, String)> {
    case.page
        .eval(
            "[...document.querySelectorAll('#legend .part')].map(part => [part.querySelector('.word').textContent, \
             Number(part.dataset.count), part.querySelector('.swatch').style.fill])",
        )
        .unwrap()
}

/// What the readout says with the pointer in the row of coverage, at so much of its width.
fn told(case: &OpenCase, share: f64) -> String {
    let (x, y, width, height) = case.page.rect("#coverage").unwrap();
    case.page.mouse_move(x + width * share, y + height / 2.0).unwrap();
    case.page.wait_for("document.querySelector('#readout').textContent !== ''", SOON).unwrap();
    case.page.text("#readout").unwrap()
}

#[test]
fn a_modified_log_is_marked_wherever_its_events_are() {
    let Some((case, folder)) = judged("log_modified", true) else { return };
    let page = &case.page;
    let (unchanged, modified) = counted(&folder, "log_modified");
    case.shows(unchanged + modified);

    // The facet came by itself, behind that of the result, with a mark beside the word, and does not go.
    page.wait_element(&value("modified")).unwrap();
    assert_eq!(case.number(&format!("{} .count", value("modified"))), modified);
    assert_eq!(case.number(&format!("{} .count", value("unchanged"))), unchanged);
    assert!(page.text(&format!("{} .label", value("modified"))).unwrap().contains('≠'));
    let order: Vec<String> =
        page.eval("[...document.querySelectorAll('#facets .facet')].map(facet => facet.dataset.field)").unwrap();
    assert_eq!(order[..3], ["actor", "result", "integrity"]);
    assert_eq!(page.count("#facets [data-field=integrity] .facet-remove").unwrap(), 0);

    // Choosing it shows those events, in words too; a column says it of each.
    page.click(format!("{} .pick", value("modified")).as_str()).unwrap();
    case.shows(modified);
    page.wait_for("document.querySelector('#search').value === 'integrity: modified'", SOON).unwrap();
    case.query("-integrity: unchanged");
    case.shows(modified);
    page.eval::<()>("(() => { location.hash = 'cols=action,integrity&q=integrity:%20modified' })()").unwrap();
    page.wait_for("document.querySelector('.row')?.children[2]?.textContent === '≠ modified'", SOON).unwrap();

    // The detail says why, and by what that is proved.
    page.click(".row[data-index=\"0\"]").unwrap();
    page.wait_element("#custody[data-worth=modified]").unwrap();
    assert!(page.text("#custody .verdict").unwrap().contains("Its file is not what a digest recorded"));
    let why = page.text("#custody .why").unwrap();
    assert!(why.contains("CloudTrail-Digest_us-east-1_audit-trail") || why.contains('…'), "{why}");
    assert!(why.contains("proved by its own signature"), "{why}");
    assert!(page.text("#derived").unwrap().contains("@integrity"));
    case.query("integrity: unchanged");
    case.shows(unchanged);
    page.click(".row[data-index=\"0\"]").unwrap();
    page.wait_element("#custody[data-worth=unchanged]").unwrap();
    let title = page.text("#custody .verdict").unwrap();
    assert!(
        title.contains("Unchanged since CloudTrail delivered it, given the") && title.contains("you supplied"),
        "{title}"
    );
    for word in ["genuine", "forged", "deleted", "invalid"] {
        assert!(!page.text("#custody").unwrap().contains(word));
    }
}

#[test]
fn bars_and_lanes_have_its_colours_and_the_row_of_coverage_tells_the_altered_hour() {
    let Some((case, folder)) = judged("log_modified", true) else { return };
    let page = &case.page;
    let (unchanged, modified) = counted(&folder, "log_modified");
    choose(&case, "#stack-by", "integrity");
    let parts = legend(&case);
    let expected = [
        ("modified".to_owned(), modified, "var(--bar-error)".to_owned()),
        ("unchanged".to_owned(), unchanged, "var(--bar)".to_owned()),
    ];
    assert_eq!(parts, expected);
    page.click("#legend .part[data-value=modified] .choose-part").unwrap();
    case.shows(modified);
    page.click("#legend .part[data-value=modified] .choose-part").unwrap();
    case.shows(unchanged + modified);

    // The row: as wide as the bars, 8 pixels high, its altered hour in words and in the colour for it.
    let (bars, row) = (page.rect("#histogram").unwrap(), page.rect("#coverage").unwrap());
    assert_eq!((row.0, row.2, row.3), (bars.0, bars.2, 8.0));
    assert!(row.1 >= page.rect(".ticks").unwrap().1 + 18.0, "below the labels");
    let label: String = page.eval("document.querySelector('#coverage').getAttribute('aria-label')").unwrap();
    assert!(label.contains("altered for 1 hour") || label.contains("altered for 60 minutes"), "{label}");
    assert!(label.contains("proved and intact for"), "{label}");
    let altered: Vec<f64> = page
        .eval(
            "(() => { const canvas = document.querySelector('#coverage'); const { width, height } = canvas; \
             const data = canvas.getContext('2d').getImageData(0, 0, width, height).data; \
             const red = getComputedStyle(document.body).getPropertyValue('--bar-error').trim().slice(1); \
             const is = at => [0, 1, 2].map(i => data[at + i].toString(16).padStart(2, '0')).join(''); \
             const found = []; for (let x = 0; x < width; x++) { if (is(x * 4) === red) found.push((x + 0.5) / width); } \
             return [Math.min(...found), Math.max(...found)]; })()",
        )
        .unwrap();
    let text = told(&case, (altered[0] + altered[1]) / 2.0);
    assert!(text.contains("4 Mar 03:04:04–04:04:04 UTC"), "{text}");
    assert!(text.contains("altered") && text.contains("names 3 logs: 2 unchanged, 1 not as recorded"), "{text}");
    let text = told(&case, altered[1] + 0.05);
    assert!(text.contains("proved and intact") && text.contains("names 3 logs: 3 unchanged"), "{text}");
    assert!(page.text("#coverage-table").unwrap().contains("altered"));

    // It follows the range of the strip.
    let (x, y, width, _) = page.rect("#overlay").unwrap();
    let at = |share: f64| (x + width * share, y + 20.0);
    page.drag(at(altered[0] + 0.02), at(altered[1] - 0.02)).unwrap();
    case.settled();
    page.wait_for("!document.querySelector('#coverage').getAttribute('aria-label').includes('proved')", SOON).unwrap();
    assert!(told(&case, 0.5).contains("altered"), "nothing else is in it");

    // Lanes, one for each value.
    page.press("Escape").unwrap();
    case.settled();
    page.press("2").unwrap();
    page.wait_element("#lane-field").unwrap();
    choose(&case, "#lane-field", "integrity");
    page.wait_for(
        "[...document.querySelectorAll('#lane-table tbody th')].map(th => th.textContent).join() === 'unchanged,modified'",
        SOON,
    )
    .unwrap();
    // As the bars are stacked by it, lanes of whatever field set the altered events off.
    page.wait_element("#lane-marked").unwrap();
    choose(&case, "#lane-field", "action");
    let marked = "[...document.querySelectorAll('#lane-table tbody tr')].reduce((sum, row) => \
                  sum + Number(row.children[2].textContent), 0)";
    let is = |events: u64| {
        format!("{marked} === {events} && document.querySelector('#lane-table').tBodies[0].rows.length > 5")
    };
    page.wait_for(&is(modified), SOON).unwrap();
    assert!(page.text("#lane-table thead").unwrap().contains("Altered"));
    choose(&case, "#stack-by", "result");
    page.wait_for("!document.querySelector('#lane-marked')", SOON).unwrap();
    page.wait_for("document.querySelector('#lane-table thead').textContent.includes('Failed')", SOON).unwrap();
}

#[test]
fn what_is_not_proved_says_what_would_settle_it() {
    let Some((case, _)) = judged("log_modified", false) else { return };
    let page = &case.page;
    page.wait_element(&value("unproved")).unwrap();
    page.click(format!("{} .pick", value("unproved")).as_str()).unwrap();
    case.settled();
    page.click(".row[data-index=\"0\"]").unwrap();
    page.wait_element("#custody[data-worth=unproved]").unwrap();
    assert!(page.text("#custody .why").unwrap().contains("signature is in S3 metadata"));
    assert!(page.text("#custody .settle").unwrap().contains("aws s3api head-object"));
    // The newest hour is drawn as not proved.
    assert!(told(&case, 0.99).contains("not proved"));
}

#[test]
fn without_digests_there_is_no_sign_of_it() {
    let Some(folder) = shared_folder("oracle/integrity/corpus/log_modified") else { return };
    let case = open(1440, 900);
    let logs = folder.join("s3/example-trail-bucket/AWSLogs/111122223333/CloudTrail");
    case.page.drop_files("#drop-zone", std::slice::from_ref(&logs)).unwrap();
    case.settled();
    case.page.wait_element("#facets [data-field=result] .value").unwrap();
    for css in ["#coverage", "#coverage-table", "#facets [data-field=integrity]", "#custody"] {
        assert_eq!(case.page.count(css).unwrap(), 0, "{css}");
    }
    case.page.click(".row[data-index=\"0\"]").unwrap();
    case.page.wait_element("#sentence").unwrap();
    assert_eq!(case.page.count("#custody").unwrap(), 0);
    // Asked for all the same, nothing found is not taken for a finding.
    case.query("not integrity: unchanged");
    case.page.wait_element("#search-warning").unwrap();
    assert!(case.page.text("#search-warning").unwrap().contains("no digest files"));
    case.query("");
    case.page.press("Escape").unwrap();
    case.settled();
    // A second drop with the digests adds it, and moves nothing but by its height.
    let before = case.page.rect("#below").unwrap().1;
    let digests = logs.with_file_name("CloudTrail-Digest");
    case.page.drop_files("#app", &[digests, folder.join("head"), folder.join("public-keys.json")]).unwrap();
    case.page.wait_element("#coverage").unwrap();
    case.settled();
    assert_eq!(case.page.rect("#below").unwrap().1, before + 8.0);
    case.page.wait_element("#facets [data-field=integrity] .value[data-value=modified]").unwrap();
}
