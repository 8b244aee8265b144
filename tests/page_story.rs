//! The question that the page is judged by: who stopped the logging, from which address, and what else came from there?
//! Answered once by clicks and once by keys, on real logs, and back to the start by one key.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, open, shared_folder};
use std::collections::BTreeMap;
use std::path::Path;

/// What the records themselves say, read without any of our code: how many events stopped the logging, from which
/// addresses, and how many events came from each address.
struct Truth {
    all: u64,
    stopped: u64,
    addresses: Vec<String>,
    by_address: BTreeMap<String, u64>,
}

fn truth(folder: &Path) -> Truth {
    let mut truth = Truth { all: 0, stopped: 0, addresses: Vec::new(), by_address: BTreeMap::new() };
    for path in common::files_below(folder) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Ok(log) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
        for record in log["Records"].as_array().into_iter().flatten() {
            truth.all += 1;
            let address = record["sourceIPAddress"].as_str().unwrap_or_default().to_owned();
            if matches!(record["eventName"].as_str(), Some("StopLogging" | "DeleteTrail")) {
                truth.stopped += 1;
                truth.addresses.push(address.clone());
            }
            *truth.by_address.entry(address).or_default() += 1;
        }
    }
    truth.addresses.sort();
    truth.addresses.dedup();
    truth
}

fn opened() -> Option<(OpenCase, Truth)> {
    let folder = shared_folder("data/invictus-ir")?;
    let truth = truth(&folder);
    assert_eq!(truth.addresses.len(), 1, "one address stopped the logging in these logs");
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &[folder]).unwrap();
    case.settled();
    case.shows(truth.all);
    Some((case, truth))
}

/// The event that is open tells what was done and from where; gives back who did it.
fn told(case: &OpenCase, address: &str) -> String {
    let page = &case.page;
    page.wait_for(&format!("document.querySelector('#sentence')?.textContent.includes({address:?})"), SOON).unwrap();
    let sentence = page.text("#sentence").unwrap();
    assert!(sentence.contains("StopLogging") || sentence.contains("DeleteTrail"), "{sentence}");
    sentence.split(" (").next().unwrap_or_default().to_owned()
}

/// All events of the address are shown, with what was done there beside them.
fn shows_address(case: &OpenCase, truth: &Truth) {
    let address = &truth.addresses[0];
    case.shows(truth.by_address[address]);
    assert_eq!(case.page.eval::<String>("document.querySelector('#search').value").unwrap(), format!("ip: {address}"));
    let actions = "#facets [data-field=action] .value";
    case.page.wait_for(&format!("document.querySelectorAll('{actions}').length > 4"), SOON).unwrap();
    assert_eq!(case.page.count(".row.here").unwrap(), 1, "the event that led there stays in sight");
}

fn back_at_the_start(case: &OpenCase, truth: &Truth) {
    case.page.press("0").unwrap();
    case.shows(truth.all);
    assert_eq!(case.page.eval::<String>("document.querySelector('#search').value").unwrap(), "");
    assert_eq!(case.page.count("#detail").unwrap(), 0);
}

#[test]
fn by_clicks_alone() {
    let Some((case, truth)) = opened() else { return };
    let page = &case.page;
    let pick = |field: &str, value: &str| format!("#facets [data-field={field}] .value[data-value={value}] .pick");
    // The service, then what was done with it.
    page.wait_element("#facets [data-field=service] .facet-more").unwrap();
    page.click("#facets [data-field=service] .facet-more").unwrap();
    page.wait_element(&pick("service", "cloudtrail")).unwrap();
    page.click(pick("service", "cloudtrail").as_str()).unwrap();
    case.settled();
    for action in ["StopLogging", "DeleteTrail"] {
        if page.count(&pick("action", action)).unwrap() == 0 {
            page.click("#facets [data-field=action] .facet-more").unwrap();
        }
        page.wait_element(&pick("action", action)).unwrap();
        page.click(pick("action", action).as_str()).unwrap();
        case.settled();
    }
    case.shows(truth.stopped);
    page.click(".row[data-index=\"0\"] .cell").unwrap();
    let who = told(&case, &truth.addresses[0]);
    assert_eq!(who, "bert-jan");
    page.click("[data-pivot=ip]").unwrap();
    shows_address(&case, &truth);
    back_at_the_start(&case, &truth);
}

#[test]
fn by_keys_alone() {
    let Some((case, truth)) = opened() else { return };
    let page = &case.page;
    page.press("/").unwrap();
    page.type_text("name: (StopLogging or DeleteTrail)").unwrap();
    page.press("Enter").unwrap();
    case.shows(truth.stopped);
    // Down into the table, to its first row, into the event, and into what it leads on to.
    for key in ["ArrowDown", "j", "Enter"] {
        page.press(key).unwrap();
    }
    assert_eq!(told(&case, &truth.addresses[0]), "bert-jan");
    page.press("e").unwrap();
    page.wait_for("document.activeElement?.closest('#pivots')", SOON).unwrap();
    for _ in 0..8 {
        if page.eval::<bool>("document.activeElement?.dataset.pivot === 'ip'").unwrap() {
            break;
        }
        page.press("Tab").unwrap();
    }
    page.press("Enter").unwrap();
    shows_address(&case, &truth);
    back_at_the_start(&case, &truth);
}
