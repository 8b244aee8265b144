//! The page at real size: a million events in ten thousand files, one file of 300 MB, a worker that dies on the way.

mod common;
mod page_support;

use page_support::{LONG, SOON, open};
use std::path::PathBuf;
use xtask::corpus::{Kind, generate};

/// A generated corpus, made when it is not there.
fn corpus(kind: Kind) -> PathBuf {
    let folder = xtask::run::root().join("target/corpora").join(kind.name());
    generate(kind, &folder).unwrap();
    folder
}

#[test]
fn a_million_events_and_the_last_of_them() {
    let folder = corpus(Kind::C);
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder]).unwrap();
    case.read_all();
    case.settled_within(LONG);
    assert_eq!(case.number("#total"), 1_000_000);
    page.focus("#grid").unwrap();
    page.press("End").unwrap();
    let there = "document.querySelector('.row[data-index=\"999999\"] .cell')?.textContent.length > 5";
    page.wait_for(there, LONG).unwrap_or_else(|error| {
        let state = "[document.querySelector('#total')?.textContent, document.activeElement?.id, document.querySelector('#grid')?.scrollTop, \
                     document.querySelector('.row')?.dataset.index, JSON.stringify(document.querySelector('#app').dataset)]";
        panic!("the last row should be in sight: {:?} {error}", page.eval::<Vec<serde_json::Value>>(state))
    });
    case.settled();
    let times: Vec<String> = page
        .eval(
            "[...document.querySelectorAll('#grid .row')].map(row => row.children[0].textContent).filter(text => text)",
        )
        .unwrap();
    assert!(times.len() > 10 && times.is_sorted(), "{times:?}");
    // In the middle by the scroll bar, and sorted by another column to its end.
    page.eval::<()>("{ const grid = document.querySelector('#grid'); grid.scrollTop = grid.scrollHeight / 2; }")
        .unwrap();
    case.settled();
    let index: u64 = page.eval("Number(document.querySelector('#grid .row').dataset.index)").unwrap();
    assert!((300_000..700_000).contains(&index), "{index}");
    case.query("eventName: TerminateInstances and errorCode: *");
    let few = case.number("#shown");
    assert!(few > 0 && few < 20_000, "{few}");
}

#[test]
fn a_worker_that_dies_costs_nothing_but_time() {
    let folder = corpus(Kind::B);
    let case = open(1440, 900);
    let page = &case.page;
    let workers = page.wait_workers(2, SOON).unwrap();
    page.drop_files("#drop-zone", &[folder]).unwrap();
    case.read_all();
    page.wait_for("Number(document.querySelector('#loading')?.textContent.match(/([\\d,]+) events/)?.[1].replace(/,/g, '')) > 5000", LONG)
        .unwrap();
    workers[0].close().unwrap();
    page.wait_for("document.querySelector('#restarts')", LONG).unwrap();
    case.settled_within(LONG);
    assert_eq!(case.number("#total"), 200_000);
    page.press("7").unwrap();
    page.wait_element("#file-summary").unwrap();
    let summary = page.text("#file-summary").unwrap();
    assert!(summary.contains("200,000 records") && summary.contains("0 duplicates"), "{summary}");
}

#[test]
fn one_large_file_is_cut_between_all_shards() {
    let folder = corpus(Kind::A);
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder]).unwrap();
    case.settled_within(LONG);
    assert_eq!(case.number("#total"), 200_000);
    page.press("7").unwrap();
    page.wait_element("#file-summary").unwrap();
    let summary = page.text("#file-summary").unwrap();
    assert!(summary.contains("200,000 events") && summary.contains("0 rejected"), "{summary}");
}

#[test]
fn cancelling_keeps_what_was_read() {
    let folder = corpus(Kind::B);
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder]).unwrap();
    case.read_all();
    // Clicked by the page itself: on a fast machine all is read before a click from outside arrives.
    page.eval::<()>(
        "new Promise(done => { const look = () => { \
         const read = document.querySelector('#loading')?.textContent.match(/([\\d,]+) events/)?.[1].replace(/,/g, ''); \
         if (Number(read) > 5000) { document.querySelector('#cancel').click(); done(); } else setTimeout(look, 5); }; \
         look(); })",
    )
    .unwrap();
    case.settled_within(LONG);
    let total = case.number("#total");
    assert!(total > 0 && total < 200_000, "{total}");
    page.press("7").unwrap();
    page.wait_element("#file-summary").unwrap();
    let summary = page.text("#file-summary").unwrap().replace(',', "");
    assert!(summary.contains(&format!("{total} events")), "{total}: {summary}");
    // Nothing goes on in the background.
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(case.number("#total"), total);
}

#[test]
fn cancelling_one_large_file_comes_to_rest() {
    let folder = corpus(Kind::A);
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &[folder]).unwrap();
    page.wait_for("document.querySelector('#cancel')", SOON).unwrap();
    page.click("#cancel").unwrap();
    case.settled_within(LONG);
    page.press("7").unwrap();
    page.wait_element("#file-summary").unwrap();
    let summary = page.text("#file-summary").unwrap().replace(',', "");
    assert!(summary.contains(&format!("{} events", case.number("#total"))), "{summary}");
}
