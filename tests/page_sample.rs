//! The sample case in the real page: one click, and all of it is there; and a plain sentence when it cannot be had.

mod common;
mod page_support;

use page_support::{SOON, open};

#[test]
fn one_click_opens_the_sample_case() {
    let case = open(1440, 900);
    let page = &case.page;
    page.wait_element("#open-sample").unwrap();
    assert!(page.text("#landing").unwrap().contains("Nothing is uploaded."));
    page.click("#open-sample").unwrap();
    page.wait_for("document.querySelector('#app').dataset.phase === 'done'", SOON).unwrap();
    case.settled();
    let events: usize = xtask::sample::files().unwrap().iter().map(|file| file.events).sum();
    assert_eq!(case.number("#total"), events as u64);
    case.query(&format!("eventName: StopLogging and sourceIPAddress: {}", xtask::sample::ADDRESS));
    case.shows(2);
}

#[test]
fn a_sample_that_cannot_be_fetched_is_told_in_a_sentence() {
    let page_support::OpenCase { page, server, browser } = open(1440, 900);
    page.wait_element("#open-sample").unwrap();
    // The site goes away after the page was loaded.
    drop(server);
    page.click("#open-sample").unwrap();
    page.wait_for("document.querySelector('#sample-failed').textContent.includes('could not be fetched')", SOON)
        .unwrap();
    assert!(page.eval::<bool>("!document.querySelector('#open-sample').disabled").unwrap());
    assert!(page.eval::<bool>("document.querySelector('#landing') !== null").unwrap());
    drop((page, browser));
}
