//! The view as a link: another tab shows the same, and the history goes back and forth.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, open, shared_folder};
use serde_json::{Value, json};
use std::time::Instant;
use xtask::browser::Page;

fn loaded() -> Option<(OpenCase, std::path::PathBuf)> {
    let folder = shared_folder("data/invictus-ir")?;
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", std::slice::from_ref(&folder)).unwrap();
    case.settled();
    Some((case, folder))
}

fn hash(page: &Page) -> String {
    page.eval("location.hash").unwrap()
}

/// Waits until the address has followed the view.
fn says(page: &Page, part: &str) {
    page.wait_for(&format!("location.hash.includes({part:?})"), SOON)
        .unwrap_or_else(|error| panic!("{part} in {}: {error}", hash(page)));
}

/// What is seen, in words.
fn seen(page: &Page) -> Value {
    page.eval(
        "({ query: document.querySelector('#search').value, shown: document.querySelector('#shown').textContent, \
         crumbs: document.querySelector('#crumbs').textContent, legend: document.querySelector('#legend')?.textContent, \
         stack: document.querySelector('#stack-by').value, share: document.querySelector('#stack-share').ariaPressed, \
         room: document.querySelector('#rail [aria-current]').id, zone: document.querySelector('#zone').textContent, \
         columns: [...document.querySelectorAll('#grid [role=columnheader]')].map(it => it.textContent), \
         row: document.querySelector('.row.here')?.textContent, index: document.querySelector('.row.here')?.dataset.index, \
         detail: document.querySelector('#provenance')?.textContent })",
    )
    .unwrap()
}

/// The pixels of the page, as the bytes of a PNG.
fn pixels(page: &Page) -> String {
    // No pointer over it, no caret in it, no focus ring around it.
    page.mouse_move(1.0, 899.0).unwrap();
    page.eval::<()>("document.activeElement?.blur()").unwrap();
    page.eval::<()>("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))").unwrap();
    // The whole page but the status bar, which says how long the answer took.
    page.eval::<()>("(() => { document.querySelector('#status').style.visibility = 'hidden'; })()").unwrap();
    let shot = page.cdp("Page.captureScreenshot", json!({ "format": "png" })).unwrap();
    shot["data"].as_str().unwrap().to_owned()
}

#[test]
fn a_link_shows_the_same_view_in_another_tab() {
    let Some((case, folder)) = loaded() else { return };
    let page = &case.page;
    case.query("errorCode: *");
    let (x, y, width, height) = page.rect("#overlay").unwrap();
    page.drag((x + width * 0.02, y + height / 2.0), (x + width * 0.9, y + height / 2.0)).unwrap();
    page.wait_for("document.querySelectorAll('#crumbs button').length > 1", SOON).unwrap();
    case.settled();
    page.eval::<()>(
        "(() => { const choice = document.querySelector('#stack-by'); choice.value = 'service'; \
         choice.dispatchEvent(new Event('change', { bubbles: true })); })()",
    )
    .unwrap();
    case.settled();
    page.click("#grid [role=columnheader]:nth-child(2) button").unwrap();
    case.settled();
    page.click(".row[data-index=\"3\"]").unwrap();
    page.wait_element("#detail").unwrap();
    page.wait_element("#provenance").unwrap();
    says(page, "e=");
    says(page, "detail=open");
    case.settled();
    let link: String = page.eval("location.href").unwrap();
    for part in ["q=errorCode:+*", "t=", "stack=service", "sort=action", "e="] {
        assert!(link.contains(part), "{part} in {link}");
    }
    let (wanted, picture) = (seen(page), pixels(page));
    assert_eq!(wanted["index"], "3");

    let page = case.browser.new_page(&link).unwrap();
    let note = {
        page.wait_element("#link-note").unwrap();
        page.text("#link-note").unwrap()
    };
    assert!(note.contains("errorCode: *") && note.contains("2023"), "{note}");
    page.drop_files("#drop-zone", &[folder]).unwrap();
    let other = OpenCase { page, ..case };
    other.settled();
    other.page.wait_element("#provenance").unwrap();
    other.settled();
    assert_eq!(seen(&other.page), wanted);
    assert_eq!(other.page.eval::<String>("location.href").unwrap(), link, "nothing was added to the link");
    assert!(pixels(&other.page) == picture, "the stage looks different");
}

/// Waits until the page shows what it showed, and says what differs if it does not.
#[track_caller]
fn shows_again(case: &OpenCase, wanted: &Value) {
    let until = Instant::now() + SOON;
    loop {
        case.settled();
        let now = seen(&case.page);
        if now == *wanted {
            return;
        }
        if Instant::now() > until {
            assert_eq!(now, *wanted, "at {}", hash(&case.page));
        }
    }
}

#[test]
fn back_and_forth_through_five_steps() {
    let Some((case, _)) = loaded() else { return };
    let page = &case.page;
    let mut steps = vec![(hash(page), seen(page))];
    let before: usize = page.eval("history.length").unwrap();
    let step = |part: &str, steps: &mut Vec<(String, Value)>| {
        says(page, part);
        case.settled();
        steps.push((hash(page), seen(page)));
    };
    case.query("service: s3");
    step("q=service:+s3", &mut steps);
    let (x, y, width, height) = page.rect("#overlay").unwrap();
    page.drag((x + width * 0.02, y + height / 2.0), (x + width * 0.9, y + height / 2.0)).unwrap();
    page.mouse_move(1.0, 899.0).unwrap();
    step("t=", &mut steps);
    page.click(".row[data-index=\"1\"]").unwrap();
    page.wait_element("#provenance").unwrap();
    step("detail=open", &mut steps);
    page.click("#stack-share").unwrap();
    step("stack=result~share", &mut steps);
    page.click("#grid [role=columnheader]:nth-child(2) button").unwrap();
    step("sort=action", &mut steps);
    // Each is one step of the history, and going through them makes no more.
    let entries = before + steps.len() - 1;
    let move_to = |way: &str, (address, wanted): &(String, Value)| {
        page.eval::<()>(&format!("history.{way}()")).unwrap();
        page.wait_for(&format!("location.hash === {address:?}"), SOON)
            .unwrap_or_else(|error| panic!("{way}: {} instead of {address}: {error}", hash(page)));
        shows_again(&case, wanted);
        assert_eq!(page.eval::<usize>("history.length").unwrap(), entries, "{way} at {address}");
    };
    steps[..5].iter().rev().for_each(|step| move_to("back", step));
    steps[1..].iter().for_each(|step| move_to("forward", step));
}

#[test]
fn a_broken_link_does_no_harm() {
    let Some((case, _)) = loaded() else { return };
    let page = &case.page;
    let before = seen(page);
    for broken in ["%", "q=%ff%fe", "t=9..1&t=x&cols=%00&stack=((&e=zz&room=cellar", "&&&===&q", "lanes=~~~&sort=\\"] {
        page.eval::<()>(&format!("(() => {{ location.hash = {broken:?}; }})()")).unwrap();
        case.settled();
        let now = seen(page);
        for part in ["query", "shown", "stack", "room", "crumbs"] {
            assert_eq!(now[part], before[part], "{part} after {broken}");
        }
    }
    // A hash changed by hand is obeyed.
    page.eval::<()>("(() => { location.hash = 'q=service:+iam&room=files&zone=local'; })()").unwrap();
    page.wait_for("document.querySelector('#search').value === 'service: iam'", SOON).unwrap();
    case.settled();
    assert_eq!(seen(page)["room"], "room-files");
    assert!(case.number("#shown") < 2_900);
    assert!(page.console().iter().all(|line| !line.contains("panicked")), "{:?}", page.console());
}

#[test]
fn the_folder_dropped_last_is_offered_again() {
    let Some((case, _)) = loaded() else { return };
    let page = &case.page;
    page.reload().unwrap();
    page.wait_element("#open-again").unwrap();
    assert_eq!(page.text("#open-again").unwrap(), "Open folder invictus-ir again");
    page.click("#forget-folder").unwrap();
    page.wait_for("!document.querySelector('#open-again')", SOON).unwrap();
    page.reload().unwrap();
    page.wait_element("#drop-zone").unwrap();
    // What is offered comes from the database, and there it is no more.
    let left = "new Promise(done => { const opening = indexedDB.open('trailglass', 1); opening.onsuccess = () => { \
                const all = opening.result.transaction('folders').objectStore('folders').count(); \
                all.onsuccess = () => done(all.result); }; })";
    assert_eq!(page.eval::<usize>(left).unwrap(), 0);
    assert_eq!(page.count("#open-again").unwrap(), 0);
}
