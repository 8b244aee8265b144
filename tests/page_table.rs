//! The table of events as an analyst makes it their own: columns, widths, density, selections and cells that filter.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, invictus, shared_folder};

/// The fields of the columns, as the header has them.
fn columns(case: &OpenCase) -> Vec<String> {
    case.page
        .eval("[...document.querySelectorAll('#grid .head [data-column]')].map(cell => cell.dataset.column)")
        .unwrap()
}

fn has_columns(case: &OpenCase, wanted: &[&str]) {
    let js = format!(
        "[...document.querySelectorAll('#grid .head [data-column]')].map(cell => cell.dataset.column).join() === {:?}",
        wanted.join(",")
    );
    case.page.wait_for(&js, SOON).unwrap_or_else(|_| panic!("{wanted:?}, not {:?}", columns(case)));
    case.settled();
}

fn rect(case: &OpenCase, field: &str) -> (f64, f64, f64, f64) {
    case.page.rect(&format!("#grid .head [data-column=\"{field}\"]")).unwrap()
}

fn typed(case: &OpenCase) -> String {
    case.page.eval("document.querySelector('#search').value").unwrap()
}

fn clipboard(case: &OpenCase) -> String {
    case.page.eval("navigator.clipboard.readText()").unwrap()
}

const USUAL: [&str; 9] = ["time", "action", "actor", "result", "ip", "resource", "service", "region", "account"];
const BUCKET: &str = "requestParameters.bucketName";

#[test]
fn columns_are_added_moved_removed_and_kept() {
    let Some(case) = invictus() else { return };
    let page = &case.page;
    has_columns(&case, &USUAL);
    page.click("#columns").unwrap();
    page.wait_for("document.activeElement?.id === 'column-search'", SOON).unwrap();
    page.type_text("bucketname").unwrap();
    let offer = format!("#columns-others [data-add=\"{BUCKET}\"]");
    page.wait_element(&offer).unwrap();
    page.click(offer.as_str()).unwrap();
    let mut all: Vec<&str> = USUAL.to_vec();
    all.push(BUCKET);
    has_columns(&case, &all);
    // To the front, from the last place.
    for place in (1..all.len() - 1).rev() {
        page.click(format!("#columns-chosen [data-field=\"{BUCKET}\"] button").as_str()).unwrap();
        all.swap(place, place + 1);
        has_columns(&case, &all);
    }
    for gone in ["account", "region"] {
        page.click(format!("#columns-chosen [data-field=\"{gone}\"] button:last-child").as_str()).unwrap();
        all.retain(|field| *field != gone);
        has_columns(&case, &all);
    }
    page.press("Escape").unwrap();
    page.wait_for("!document.querySelector('#column-list') && document.activeElement.id === 'columns'", SOON).unwrap();
    // Sorting by the path that was added brings the events that have it.
    page.click(format!("#grid .head [data-column=\"{BUCKET}\"] .sort").as_str()).unwrap();
    case.settled();
    let first = case.cell(0, 1);
    page.click(format!("#grid .head [data-column=\"{BUCKET}\"] .sort").as_str()).unwrap();
    case.settled();
    assert!(!first.is_empty() && first < case.cell(0, 1), "{first} before {}", case.cell(0, 1));
    // A heading is dragged behind another; that is no click that sorts.
    let (from, to) = (rect(&case, BUCKET), rect(&case, "result"));
    page.drag((from.0 + 30.0, from.1 + 13.0), (to.0 + to.2 - 20.0, to.1 + 13.0)).unwrap();
    all.remove(1);
    all.insert(4, BUCKET);
    has_columns(&case, &["time", "action", "actor", "result", BUCKET, "ip", "resource", "service"]);
    let said: String =
        page.eval("document.querySelector('#grid .head [aria-sort=descending]').dataset.column").unwrap();
    assert_eq!(said, BUCKET);
    // Dropped and read again in another session of the same browser, they are there.
    page.reload().unwrap();
    page.drop_files("#drop-zone", &[shared_folder("data/invictus-ir").unwrap()]).unwrap();
    case.settled();
    has_columns(&case, &["time", "action", "actor", "result", BUCKET, "ip", "resource", "service"]);
    page.click("#columns").unwrap();
    page.wait_element("#columns-reset").unwrap();
    page.click("#columns-reset").unwrap();
    has_columns(&case, &USUAL);
}

#[test]
fn widths_and_density_are_kept() {
    let Some(case) = invictus() else { return };
    let page = &case.page;
    let (left, top, width, height) = rect(&case, "result");
    let edge = (left + width - 3.0, top + height / 2.0);
    page.drag(edge, (edge.0 + 60.0, edge.1)).unwrap();
    case.settled();
    let wide = rect(&case, "result").2;
    assert!((wide - width - 60.0).abs() < 3.0, "{width} to {wide}");
    page.focus("#grid .head [data-column=result] .edge").unwrap();
    page.press("ArrowLeft").unwrap();
    case.settled();
    let less = rect(&case, "result").2;
    assert!((wide - less - 16.0).abs() < 2.0, "{wide} to {less}");
    // A double-click makes room for what is there.
    let (left, top, width, _) = rect(&case, "action");
    page.double_click((left + width - 3.0, top + 13.0)).unwrap();
    case.settled();
    let whole =
        "[...document.querySelectorAll('#grid .row .cell.name')].every(cell => cell.scrollWidth <= cell.clientWidth)";
    assert!(page.eval::<bool>(whole).unwrap());

    let row = "document.querySelector('#grid .row').getBoundingClientRect().height";
    let rows = "document.querySelectorAll('#grid .row').length";
    assert_eq!(page.eval::<f64>(row).unwrap(), 26.0);
    let before: u32 = page.eval(rows).unwrap();
    page.click("#density").unwrap();
    page.wait_for(&format!("{row} === 20"), SOON).unwrap();
    case.settled();
    assert!(page.eval::<u32>(rows).unwrap() > before);
    // The last row is the last row, and whole.
    page.focus("#grid").unwrap();
    page.press("End").unwrap();
    case.settled();
    page.wait_element(".row[data-index=\"2899\"]").unwrap();
    let (_, top, _, height) = page.rect(".row[data-index=\"2899\"]").unwrap();
    let (_, grid, _, tall) = page.rect("#grid").unwrap();
    assert!(top + height <= grid + tall + 1.0, "{top} + {height} in {grid} + {tall}");

    page.reload().unwrap();
    page.drop_files("#drop-zone", &[shared_folder("data/invictus-ir").unwrap()]).unwrap();
    case.settled();
    assert_eq!(page.eval::<f64>(row).unwrap(), 20.0);
    assert!((rect(&case, "result").2 - less).abs() < 2.0);
}

#[test]
fn rows_are_selected_and_copied() {
    let Some(case) = invictus() else { return };
    let page = &case.page;
    case.browser.grant(&case.server.url(), &["clipboardReadWrite", "clipboardSanitizedWrite"]).unwrap();
    page.focus("#grid").unwrap();
    page.press("Home").unwrap();
    for _ in 0..3 {
        page.press("Shift+ArrowDown").unwrap();
    }
    let selected = "document.querySelectorAll('#grid .row[aria-selected=true]').length";
    page.wait_for(&format!("{selected} === 4"), SOON).unwrap();
    let said = |words: &str| {
        page.wait_for(&format!("document.querySelector('#taken').textContent.includes({words:?})"), SOON)
            .unwrap_or_else(|_| panic!("{words}: {:?}", page.text("#taken")));
    };
    page.press("Control+c").unwrap();
    said("Copied 4 events as TSV");
    let text = clipboard(&case);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(
        lines[0].starts_with("eventTime\teventID\teventSource\teventName\tawsRegion\tactor\tresult"),
        "{}",
        lines[0]
    );
    assert_eq!(lines[1].split('\t').nth(3).unwrap(), case.cell(0, 1));
    // By mouse: from there to here.
    page.click(".row[data-index=\"2\"] .name").unwrap();
    page.press("Escape").unwrap();
    page.click_with(".row[data-index=\"11\"] .name", "Shift").unwrap();
    page.wait_for(&format!("{selected} === 10"), SOON).unwrap();
    page.click("#copy").unwrap();
    page.wait_element("#copy-json").unwrap();
    assert!(page.text("#copy-menu").unwrap().contains("10 selected events"), "{:?}", page.text("#copy-menu"));
    page.click("#copy-json").unwrap();
    said("Copied 10 events as JSON");
    let records: Vec<serde_json::Value> = serde_json::from_str(&clipboard(&case)).unwrap();
    assert_eq!(records.len(), 10);
    assert_eq!(records[0]["eventName"].as_str().unwrap(), case.cell(2, 1));
    // Another move, and it is one row again.
    page.press("ArrowDown").unwrap();
    page.wait_for(&format!("{selected} === 1"), SOON).unwrap();
}

#[test]
fn a_cell_filters() {
    let Some(case) = invictus() else { return };
    let page = &case.page;
    let name = case.cell(3, 1);
    // By the controls over the cell under the pointer.
    page.hover(".row[data-index=\"3\"] .name").unwrap();
    page.wait_for("!document.querySelector('#cell-actions').classList.contains('none')", SOON).unwrap();
    let (left, top, width, height) = page.rect(".row[data-index=\"3\"] .name").unwrap();
    let (x, y, w, h) = page.rect("#cell-actions").unwrap();
    assert!(x >= left && x + w <= left + width + 1.0 && y >= top - 1.0 && y + h <= top + height + 1.0);
    page.click("#cell-include").unwrap();
    page.wait_for(&format!("document.querySelector('#search').value === 'action: ' + {name:?}"), SOON).unwrap();
    case.settled();
    assert!(case.number("#shown") < 2_900 && case.number("#shown") > 0);
    assert!((0..3).all(|row| case.cell(row, 1) == name));
    case.query("");
    case.shows(2_900);
    // By keys alone.
    page.press("Escape").unwrap();
    page.focus("#grid").unwrap();
    page.press("Home").unwrap();
    page.press("ArrowRight").unwrap();
    page.press("ArrowRight").unwrap();
    page.wait_for("document.querySelector('#grid').getAttribute('aria-activedescendant') === 'grid-0-2'", SOON)
        .unwrap();
    page.press("-").unwrap();
    page.wait_for("document.querySelector('#search').value.startsWith('not actor: ')", SOON).unwrap();
    case.settled();
    let rest = case.number("#shown");
    assert!(rest > 0 && rest < 2_900);
    page.focus("#grid").unwrap();
    page.press("Home").unwrap();
    page.press("+").unwrap();
    page.wait_for("document.querySelector('#search').value.includes(' and actor: ')", SOON).unwrap();
    case.settled();
    assert!(case.number("#shown") <= rest, "{}", typed(&case));
    case.query("");
    case.shows(2_900);
    // By clicks with a key held.
    page.click_with(".row[data-index=\"0\"] .name", "Alt").unwrap();
    page.wait_for("document.querySelector('#search').value.startsWith('not action: ')", SOON).unwrap();
    assert!(!page.eval::<bool>("!!document.querySelector('#detail')").unwrap(), "such a click opens nothing");
}
