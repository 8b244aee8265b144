//! The real page in a real Chromium, driven as a person would: drop, click, type, read.

mod common;
mod page_support;

use page_support::{SOON, invictus, open, shared_folder};

#[test]
fn a_dropped_folder_is_a_timeline_that_answers_questions() {
    let Some(folder) = shared_folder("data/invictus-ir") else { return };
    let case = open(1440, 900);
    let page = &case.page;
    page.wait_element("#drop-zone").unwrap();
    assert!(page.text("#landing").unwrap().contains("upload"), "the privacy sentence");
    page.drop_files("#drop-zone", &[folder]).unwrap();
    case.settled();
    assert_eq!(case.number("#total"), 2_900);
    assert_eq!(case.number("#shown"), 2_900);

    // Typing filters.
    page.press("/").unwrap();
    page.type_text("errorCode: *").unwrap();
    case.shows(300);
    // Brushing the histogram narrows, Escape steps back.
    let (x, y, width, height) = page.rect("#overlay").unwrap();
    let middle = y + height / 2.0;
    page.drag((x + width * 0.25, middle), (x + width * 0.5, middle)).unwrap();
    page.wait_for("document.querySelectorAll('#crumbs button').length > 0", SOON).unwrap();
    case.settled();
    let brushed = case.number("#shown");
    assert!(brushed > 0 && brushed < 300, "{brushed} after brushing");

    // Sorting by a column, both ways.
    let header = "[role=columnheader][data-column=eventName] button, [role=columnheader]:nth-child(2) button";
    page.click(header).unwrap();
    case.settled();
    let first = case.cell(0, 1);
    page.click(header).unwrap();
    case.settled();
    let last = case.cell(0, 1);
    assert!(first < last, "{first} before {last}");

    // Opening an event shows its JSON, to the letter.
    page.click(".row[data-index=\"0\"]").unwrap();
    page.press("Enter").unwrap();
    page.wait_element("#detail").unwrap();
    page.wait_for(&format!("document.querySelector('#detail').textContent.includes({last:?})"), SOON).unwrap();
    page.eval::<()>(
        "[...document.querySelectorAll('#detail [role=tab]')].find(tab => tab.textContent.includes('JSON')).click()",
    )
    .unwrap();
    page.wait_element("#detail-json").unwrap();
    let json: serde_json::Value = serde_json::from_str(&page.text("#detail-json").unwrap()).unwrap();
    assert_eq!(json["eventName"].as_str(), Some(last.as_str()));
    assert!(json["eventVersion"].is_string() && json["errorCode"].is_string());
    let provenance: String = page.eval("document.querySelector('#provenance').outerHTML").unwrap();
    assert!(provenance.contains("218007301253_CloudTrail_us-east-1_20230710T"), "{provenance}");
}

#[test]
fn the_same_folder_twice_counts_once() {
    let Some(folder) = shared_folder("data/invictus-ir") else { return };
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", std::slice::from_ref(&folder)).unwrap();
    case.settled();
    case.page.drop_files("#app", &[folder]).unwrap();
    case.page.wait_for("document.querySelector('#app').dataset.phase !== 'done'", SOON).unwrap();
    case.settled();
    assert_eq!(case.number("#total"), 2_900);
    case.page.press("7").unwrap();
    case.page.wait_element("#file-summary").unwrap();
    let summary = case.page.text("#file-summary").unwrap();
    for part in ["5,800 records", "2,900 events", "2,900 duplicates", "0 rejected"] {
        assert!(summary.contains(part), "{part} in {summary:?}");
    }
}

#[test]
fn a_query_says_what_is_wrong_with_it_and_what_it_does_not_know() {
    let Some(case) = invictus() else { return };
    let page = &case.page;
    case.query("eventName: StopLogging");
    let shown = case.number("#shown");
    assert!(shown > 0 && shown < 50);
    // A mistake does not take the answer away; it is pointed at.
    case.query("eventName: (StopLogging or ");
    // Ways to go on are offered; without them it is said what is missing.
    page.wait_for("document.querySelector('#offers').childElementCount > 0", SOON).unwrap();
    page.press("Escape").unwrap();
    let error = page.text("#search-error").unwrap();
    assert!(error.contains("28"), "{error}");
    assert_eq!(case.number("#shown"), shown);
    case.query("eventNam: x");
    let warning = page.text("#search-warning").unwrap();
    assert!(warning.contains("eventNam") && warning.contains("eventName"), "{warning}");
    case.shows(0);
    case.query("");
    case.shows(2_900);
    // By keyboard alone: down to an event, into it and out again.
    page.press("Escape").unwrap();
    page.focus("#grid").unwrap();
    for key in ["Home", "j", "ArrowDown", "Enter"] {
        page.press(key).unwrap();
    }
    page.wait_element("#detail").unwrap();
    case.settled();
    let name = case.cell(2, 1);
    page.wait_for(&format!("document.querySelector('#detail').textContent.includes({name:?})"), SOON).unwrap();
    page.press("Escape").unwrap();
    page.wait_for("!document.querySelector('#detail')", SOON).unwrap();
}

#[test]
fn fields_and_values_are_offered_while_they_are_typed() {
    let Some(case) = invictus() else { return };
    let page = &case.page;
    let offered = |count: &str| {
        page.wait_for(&format!("document.querySelector('#offers').childElementCount {count}"), SOON).unwrap();
        page.text("#offers").unwrap()
    };
    page.press("/").unwrap();
    page.type_text("resu").unwrap();
    let fields = offered("> 0");
    assert!(fields.starts_with("result"), "{fields}");
    page.press("ArrowDown").unwrap();
    page.press("Enter").unwrap();
    page.wait_for("document.querySelector('#search').value === 'result: '", SOON).unwrap();
    // The values of the data, the commonest first, with their counts.
    let values = offered("=== 4");
    let at = |word: &str| values.find(word).unwrap_or_else(|| panic!("{word} in {values:?}"));
    assert!(
        at("success") < at("error") && at("error") < at("denied") && at("denied") < at("service event"),
        "{values}"
    );
    page.type_text("den").unwrap();
    offered("=== 1");
    page.click("#offer-0").unwrap();
    page.wait_for("document.querySelector('#search').value === 'result: denied '", SOON).unwrap();
    let denied = 44 + 16;
    case.settled();
    assert!(case.number("#shown") >= denied, "{}", case.number("#shown"));
    // Escape takes the offers away first, and only then the text.
    page.type_text("and acto").unwrap();
    offered("> 0");
    page.press("Escape").unwrap();
    offered("=== 0");
    assert_eq!(page.eval::<String>("document.querySelector('#search').value").unwrap(), "result: denied and acto");
    page.press("Escape").unwrap();
    case.shows(2_900);
    // A value that means something else when bare comes in quotes.
    case.query("result: serv");
    page.press("Control+Space").unwrap();
    offered("=== 1");
    page.press("ArrowDown").unwrap();
    page.press("Tab").unwrap();
    page.wait_for(r#"document.querySelector('#search').value === 'result: "service event" '"#, SOON).unwrap();
    case.settled();
    assert!(case.number("#shown") > 0);
}
