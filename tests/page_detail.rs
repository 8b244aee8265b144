//! The detail of an event in the real page: the sentence, the ways on from it, its tree.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, invictus, open};
use serde_json::json;

/// The first event that a query finds, opened.
fn opened(case: &OpenCase, query: &str) {
    case.query(query);
    case.page.click(".row[data-index=\"0\"]").unwrap();
    let there = case.page.wait_for("document.querySelector('#sentence')", SOON);
    there.unwrap_or_else(|error| {
        panic!("{error}: {:?}", case.page.eval::<String>("document.querySelector('#below').innerHTML.slice(-3000)"))
    });
    case.settled();
}

#[test]
fn an_event_is_told_and_leads_on() {
    let Some(case) = invictus() else { return };
    let page = &case.page;
    opened(&case, "eventName: StopLogging");
    let sentence = page.text("#sentence").unwrap();
    for part in ["bert-jan", "StopLogging", "192.168.10.20", "10 Jul 2023", "failed", "TrailNotFoundException"] {
        assert!(sentence.contains(part), "{part} in {sentence}");
    }
    assert!(page.text("#message").unwrap().contains("Unknown trail"));

    // Every way on leads to as many events as it says, and back to the event.
    page.wait_for("[...document.querySelectorAll('#pivots .count')].every(count => count.textContent)", SOON).unwrap();
    let kinds: Vec<String> =
        page.eval("[...document.querySelectorAll('[data-pivot]')].map(pivot => pivot.dataset.pivot)").unwrap();
    for kind in ["actor", "key", "ip", "resource", "request", "around"] {
        assert!(kinds.iter().any(|known| known == kind), "{kind} in {kinds:?}");
    }
    for at in 0..kinds.len() {
        let pivot = format!("document.querySelectorAll('[data-pivot]')[{at}]");
        let said: String = page.eval(&format!("{pivot}.querySelector('.count').textContent")).unwrap();
        let count: u64 = said.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
        assert!(count > 0, "{said}");
        page.eval::<()>(&format!("{pivot}.click()")).unwrap();
        case.shows(count);
        assert!(page.text("#sentence").unwrap().contains("StopLogging"), "the event stays open");
        assert_eq!(page.count(".row.here").unwrap(), 1, "its row stays in sight");
    }
}

#[test]
fn the_tree_is_one_stop_with_keys_of_its_own() {
    let Some(case) = invictus() else { return };
    let page = &case.page;
    opened(&case, "eventName: StopLogging");
    case.shows(3);
    let leaf = "#detail-fields [data-field=\"userIdentity.userName\"]";
    page.focus(leaf).unwrap();
    assert_eq!(page.count("#detail-fields [tabindex='0']").unwrap(), 1);
    page.press("-").unwrap();
    case.shows(0);
    page.press("-").unwrap();
    case.shows(3);
    page.press("+").unwrap();
    case.settled();
    let typed: String = page.eval("document.querySelector('#search').value").unwrap();
    assert!(typed.contains("userIdentity.userName: bert-jan"), "{typed}");
    // Left goes out and then folds; nothing else of the page moves.
    page.focus(leaf).unwrap();
    page.press("ArrowLeft").unwrap();
    page.press("ArrowLeft").unwrap();
    page.wait_for("document.activeElement.getAttribute('aria-expanded') === 'false'", SOON).unwrap();
    page.press("ArrowRight").unwrap();
    page.press("ArrowRight").unwrap();
    page.wait_for("document.activeElement.getAttribute('aria-level') === '2'", SOON).unwrap();
    page.press("Home").unwrap();
    page.wait_for("document.activeElement.dataset.field === 'eventVersion'", SOON).unwrap();
    assert_eq!(page.count("#detail").unwrap(), 1);
    // What has a text in it, and nothing else.
    page.focus("#find-in-event").unwrap();
    page.insert_text("bert").unwrap();
    page.wait_for("!document.querySelector('#detail-fields [data-field=eventVersion]')", SOON).unwrap();
    assert_eq!(page.count(leaf).unwrap(), 1);
}

#[test]
fn policies_are_read_and_hostile_text_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = "<img src=x onerror=\"window.owned=1\">";
    let policy =
        json!({ "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Sid": hostile }] }).to_string();
    let encoded: String = policy.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let record = json!({
        "eventVersion": "1.08", "eventID": "one", "eventName": hostile, "eventSource": hostile, "eventTime": "2024-02-05T08:30:00Z",
        "sourceIPAddress": hostile, "userAgent": hostile, "errorCode": hostile, "errorMessage": hostile,
        "userIdentity": { "type": "IAMUser", "userName": hostile, "arn": hostile, "accountId": hostile },
        "requestParameters": { "assumeRolePolicyDocument": encoded, "policy": policy, "password": policy, "roleName": hostile },
    });
    std::fs::write(folder.path().join("log.json"), json!({ "Records": [record] }).to_string()).unwrap();
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder.path().to_owned()]).unwrap();
    case.settled();
    page.click(".row[data-index=\"0\"]").unwrap();
    page.wait_for("document.querySelector('#sentence')", SOON).unwrap();
    page.wait_element("#detail-fields [data-decoded]").unwrap();
    // Both policies, and nothing behind the mask.
    assert_eq!(page.count("#detail-fields [data-decoded]").unwrap(), 2);
    page.eval::<()>("document.querySelector('#detail-fields [data-decoded] .branch').click()").unwrap();
    page.wait_for("document.querySelector('#detail-fields').textContent.includes('Statement')", SOON).unwrap();
    page.eval::<()>("document.querySelectorAll('#detail [role=tab]').forEach(tab => tab.click())").unwrap();
    page.wait_element("#detail-json").unwrap();
    assert_eq!(page.count("img, script:not([src])").unwrap(), 0);
    assert!(page.eval::<bool>("window.owned === undefined").unwrap());
    assert!(page.text("#sentence").unwrap().contains("<img src=x"));
}
