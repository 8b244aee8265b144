//! The timeline in a real Chromium: the same lanes as the engine has natively, and what can be done in them.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, open, shared_folder};
use trailglass::query::kql::clauses::field_select;
use trailglass::query::lanes::{Bins, LaneOrder, Mark, Marked, Sums};
use trailglass::query::predicate::{Instant, Predicate, TimeRange};
use trailglass::session::lanes::{self, Events};
use trailglass::session::native::{NativeCase, block_on};

const QUIET: &str =
    "(t => t && t.dataset.busy === 'false' && +t.dataset.answered > 0)(document.querySelector('#timeline'))";

/// The case, open in the timeline, and the same in the native engine.
fn timeline() -> Option<(OpenCase, NativeCase)> {
    let folder = shared_folder("data/invictus-ir")?;
    let native = NativeCase::load(&common::files_below(&folder), 2);
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &[folder]).unwrap();
    case.settled();
    case.page.press("2").unwrap();
    case.page.wait_element("#timeline").unwrap();
    quiet(&case);
    Some((case, native))
}

fn quiet(case: &OpenCase) {
    case.settled();
    case.page.wait_for(QUIET, SOON).unwrap();
    case.settled();
    case.page.wait_for(QUIET, SOON).unwrap();
}

fn events(field: &str) -> Events {
    let select = field_select(field).unwrap();
    Events { predicate: Predicate::Everything, range: TimeRange::default(), select, marked: Marked::Failed }
}

fn native_lanes(native: &NativeCase, field: &str, order: LaneOrder) -> Vec<(String, Sums)> {
    block_on(lanes::lanes(native, &events(field), order, 500, &[], &[])).unwrap().lanes
}

/// The lanes in sight: names and counts.
fn shown(case: &OpenCase) -> Vec<(String, u64)> {
    let js = "[...document.querySelectorAll('#timeline .lane')].map(lane => [lane.dataset.value, \
              Number(lane.querySelector('.lane-count').textContent.replace(/[^0-9]/g, ''))])";
    case.page.eval(js).unwrap()
}

fn pairs(lanes: &[(String, Sums)]) -> Vec<(String, u64)> {
    lanes.iter().map(|(value, sums)| (value.clone(), sums.events)).collect()
}

fn choose(case: &OpenCase, id: &str, value: &str) {
    let js = format!(
        "(s => {{ s.value = {value:?}; s.dispatchEvent(new Event('change', {{ bubbles: true }})); }})(document.querySelector('#{id}'))"
    );
    case.page.eval::<()>(&js).unwrap();
    quiet(case);
}

/// The range drawn.
fn range(case: &OpenCase) -> (i64, i64) {
    case.page
        .eval("(p => [Number(p.dataset.from), Number(p.dataset.to)])(document.querySelector('#lane-plot'))")
        .unwrap()
}

/// The place on the screen of an instant in a lane.
fn place(case: &OpenCase, lane: usize, time: i64) -> (f64, f64) {
    let (x, y, width, _) = case.page.rect("#lane-plot").unwrap();
    let (from, to) = range(case);
    (x + (time - from) as f64 / (to - from) as f64 * width, y + 26.0 * lane as f64 + 14.0)
}

#[test]
fn lanes_are_those_of_the_engine_in_every_order() {
    let Some((case, native)) = timeline() else { return };
    for field in ["actor", "ip", "resource", "error"] {
        choose(&case, "lane-field", field);
        for (order, name) in [(LaneOrder::First, "first"), (LaneOrder::Last, "last"), (LaneOrder::Count, "count")] {
            choose(&case, "lane-order", name);
            let mut expected = pairs(&native_lanes(&native, field, order));
            assert_eq!(case.number("#lane-total"), expected.len() as u64, "{field}");
            let got = shown(&case);
            let none = block_on(lanes::lanes(&native, &events(field), order, 0, &[], &[])).unwrap().none.events;
            expected.extend((none > 0).then(|| ("none".to_owned(), none)));
            assert!(got.len() >= expected.len().min(15), "{field}: {got:?}");
            assert_eq!(got[..], expected[..got.len()], "{field} {name}");
        }
    }
    // For those who do not see the lanes.
    choose(&case, "lane-field", "actor");
    let (first, sums) = native_lanes(&native, "actor", LaneOrder::Count).remove(0);
    let row = case.page.text("#lane-table tbody tr").unwrap();
    assert!(row.starts_with(&first) && row.contains("2023-07-10"), "{row} {sums:?}");
}

#[test]
fn lanes_are_pinned_hidden_and_chosen() {
    let Some((case, native)) = timeline() else { return };
    let page = &case.page;
    let all = pairs(&native_lanes(&native, "actor", LaneOrder::Count));
    assert!(all.len() > 3);
    page.click(&format!("[data-lane=\"{}\"] .lane-pin", 2)).unwrap();
    quiet(&case);
    assert_eq!(shown(&case)[..3], [all[2].clone(), all[0].clone(), all[1].clone()]);
    page.click("[data-lane=\"1\"] .lane-hide").unwrap();
    quiet(&case);
    assert_eq!(shown(&case)[..2], [all[2].clone(), all[1].clone()]);
    assert_eq!(case.number("#lane-total"), all.len() as u64 - 1);
    page.click("#lane-unpin").unwrap();
    page.click("#lane-show").unwrap();
    quiet(&case);
    assert_eq!(shown(&case)[..3], all[..3]);
    // A click on a name leaves only its events, as anywhere.
    page.click("[data-lane=\"1\"] .lane-name").unwrap();
    case.shows(all[1].1);
    quiet(&case);
    assert_eq!(shown(&case), all[1..2]);
    case.query("");
    case.shows(2_900);
    quiet(&case);
    page.click_with("[data-lane=\"0\"] .lane-name", "Alt").unwrap();
    case.shows(2_900 - all[0].1);
}

#[test]
fn events_are_read_off_opened_and_stepped_through() {
    let Some((case, native)) = timeline() else { return };
    let page = &case.page;
    choose(&case, "lane-field", "error");
    choose(&case, "lane-order", "count");
    let lanes = native_lanes(&native, "error", LaneOrder::Count);
    // The rarest error has few events: each is walked to, in order.
    let (lane, (value, sums)) = lanes.iter().enumerate().rfind(|(_, (_, sums))| sums.events > 1).unwrap();
    let bins = Bins { start: 0, width: i64::MAX, count: 1 };
    let marks =
        block_on(lanes::density(&native, &events("error"), vec![Some(value.clone())], bins, 4_000)).unwrap().marks;
    let marks: Vec<Mark> = marks.unwrap().into_iter().map(|(_, mark)| mark).collect();
    assert_eq!(marks.len() as u64, sums.events);
    let here = place(&case, lane, marks[0].time);
    page.mouse_move(here.0, here.1).unwrap();
    page.wait_for(&format!("document.querySelector('#lane-readout').textContent.includes({value:?})"), SOON).unwrap();
    let said = page.text("#lane-readout").unwrap();
    assert!(said.contains("1 of them failed") || said.contains(&marks[0].name) || said.contains("failed"), "{said}");
    // Near enough that the events are drawn one by one.
    case.query(&format!("errorCode: {value:?}"));
    quiet(&case);
    assert_eq!(shown(&case), [(value.clone(), sums.events)]);
    let here = place(&case, 0, marks[0].time);
    page.mouse_move(here.0, here.1).unwrap();
    let name = marks[0].name.clone();
    page.wait_for(&format!("document.querySelector('#lane-readout').textContent.includes({name:?})"), SOON).unwrap();
    page.click_at(here.0, here.1).unwrap();
    page.wait_element("#detail").unwrap();
    let opened = |mark: &Mark| {
        let path = native.paths[mark.file as usize].rsplit('/').next().unwrap().to_owned();
        let js = format!(
            "(d => d && d.textContent.includes({:?}) && d.outerHTML.includes({path:?}))(document.querySelector('#detail'))",
            mark.name
        );
        page.wait_for(&js, SOON).unwrap_or_else(|error| panic!("{mark:?}: {error} {:?}", page.text("#detail")));
    };
    opened(&marks[0]);
    quiet(&case);
    // Events at one instant stand in the order of their files, which the marks here do not tell.
    let mut times: Vec<i64> = marks.iter().map(|mark| mark.time).collect();
    times.sort_unstable();
    page.focus("#lane-plot").unwrap();
    let walked = |key: &str| {
        page.press(key).unwrap();
        case.settled();
        page.text("#timeline [role=status]").unwrap()
    };
    let mut back = 0;
    while walked("ArrowLeft") != "No earlier event in this lane" {
        back += 1;
        assert!(back <= marks.len());
    }
    let mut seen = 1;
    let mut before = String::new();
    loop {
        let said = walked("ArrowRight");
        if said.starts_with("No later") {
            break;
        }
        assert!(said >= before, "{said} after {before}");
        before = said;
        seen += 1;
        assert!(seen <= marks.len());
    }
    assert_eq!(seen, marks.len());
    let last = trailglass::time::format(*times.last().unwrap());
    assert_eq!(before.replace(' ', "T"), last.trim_end_matches('Z').trim_end_matches(".000"));
}

#[test]
fn the_wheel_and_the_brush_change_the_range_of_the_page() {
    let Some((case, native)) = timeline() else { return };
    let page = &case.page;
    let whole = range(&case);
    // One line is one instant in the strip and in the lanes.
    let (plot, strip) = (page.rect("#lane-plot").unwrap(), page.rect("#overlay").unwrap());
    assert!((plot.0 - strip.0).abs() < 1.0 && (plot.2 - strip.2).abs() < 1.0, "{plot:?} {strip:?}");
    let wheel = |dx: f64, dy: f64, modifiers: u32| {
        let (x, y) = (plot.0 + plot.2 / 2.0, plot.1 + 30.0);
        let params = serde_json::json!({ "type": "mouseWheel", "x": x, "y": y, "deltaX": dx, "deltaY": dy, "modifiers": modifiers });
        page.cdp("Input.dispatchMouseEvent", params).unwrap();
    };
    let count = |(from, to): (i64, i64)| {
        let mut events = events("result");
        events.range = TimeRange { from: Some(Instant::At(from)), to: Some(Instant::At(to)) };
        let found = block_on(lanes::lanes(&native, &events, LaneOrder::Count, 99, &[], &[])).unwrap();
        found.lanes.iter().map(|(_, sums)| sums.events).sum::<u64>() + found.none.events
    };
    let control = 2;
    wheel(0.0, -200.0, control);
    page.wait_for("document.querySelectorAll('#crumbs button').length > 1", SOON).unwrap();
    quiet(&case);
    let near = range(&case);
    assert!(
        near.0 > whole.0 && near.1 < whole.1 && near.1 - near.0 < (whole.1 - whole.0) * 2 / 3,
        "{near:?} in {whole:?}"
    );
    assert_eq!(case.number("#shown"), count(near));
    // Sideways is another time of the same length.
    wheel(100.0, 0.0, 0);
    page.wait_for(&format!("document.querySelector('#lane-plot').dataset.from > {}", near.0), SOON).unwrap();
    quiet(&case);
    let later = range(&case);
    assert_eq!(later.1 - later.0, near.1 - near.0);
    assert_eq!(case.number("#shown"), count(later));
    // Back to all, by the key of the whole page.
    page.press("Escape").unwrap();
    case.shows(2_900);
    quiet(&case);
    assert_eq!(range(&case), whole);
    // A brush zooms as in the strip.
    page.drag((plot.0 + plot.2 * 0.25, plot.1 + 40.0), (plot.0 + plot.2 * 0.5, plot.1 + 40.0)).unwrap();
    page.wait_for("document.querySelectorAll('#crumbs button').length > 1", SOON).unwrap();
    quiet(&case);
    let brushed = range(&case);
    assert!(brushed.1 - brushed.0 < (whole.1 - whole.0) * 3 / 10);
    assert_eq!(case.number("#shown"), count(brushed));
    page.press("s").unwrap();
    case.shows(2_900);
    quiet(&case);
    assert_eq!(range(&case), whole);
    // Another room has the strip's own place back.
    page.press("1").unwrap();
    page.wait_element("#grid").unwrap();
    let strip = page.rect("#overlay").unwrap();
    assert!(strip.2 > plot.2 + 100.0, "{strip:?}");
}
