//! The time strip: stacked by a field, its legend, its shares and what it says under the pointer.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, open, shared_folder};

/// A small case, opened, its bars stacked by service.
fn by_service() -> Option<OpenCase> {
    let folder = shared_folder("data/invictus-ir")?;
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &[folder]).unwrap();
    case.settled();
    choose_field(&case, "service");
    Some(case)
}

fn choose_field(case: &OpenCase, field: &str) {
    let choose = format!(
        "{{ const choice = document.querySelector('#stack-by'); choice.value = {field:?}; \
         choice.dispatchEvent(new Event('change', {{ bubbles: true }})); }}"
    );
    case.page.eval::<()>(&format!("(() => {choose})()")).unwrap();
    case.settled();
}

/// The counts of the legend, by the words of its parts.
fn legend(case: &OpenCase) -> Vec<(String, u64)> {
    case.page
        .eval(
            "[...document.querySelectorAll('#legend .part')].map(part => \
             [part.querySelector('.word').textContent, Number(part.dataset.count)])",
        )
        .unwrap()
}

fn count_of(parts: &[(String, u64)], name: &str) -> u64 {
    parts.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name} in {parts:?}")).1
}

#[test]
fn the_legend_adds_up_and_filters() {
    let Some(case) = by_service() else { return };
    let page = &case.page;
    let parts = legend(&case);
    assert!(parts.len() > 4 && parts.len() <= 10, "{parts:?}");
    assert_eq!(parts.iter().map(|(_, count)| count).sum::<u64>(), 2_900, "{parts:?}");
    // Commonest first, and each in a look of its own.
    assert!(parts[0].1 >= parts[1].1);
    let looks: usize =
        page.eval("new Set([...document.querySelectorAll('#legend .swatch')].map(it => it.outerHTML)).size").unwrap();
    assert_eq!(looks, parts.len());
    // The table behind the chart has the same sums.
    let sums: Vec<u64> = page
        .eval(
            "(() => { const rows = [...document.querySelectorAll('#bins tbody tr')].map(row => \
             [...row.querySelectorAll('td')].map(cell => Number(cell.textContent.replaceAll(',', '')))); \
             return rows[0].map((_, at) => rows.reduce((sum, row) => sum + row[at], 0)); })()",
        )
        .unwrap();
    assert_eq!(sums, parts.iter().map(|(_, count)| *count).collect::<Vec<_>>());

    let (name, count) = parts[1].clone();
    let colour = |name: &str| -> String {
        page.eval(&format!("document.querySelector('#legend .part[data-value={name:?}] .swatch').style.fill")).unwrap()
    };
    let before = colour(&name);
    let part = format!("#legend .part[data-value={name:?}] .choose-part");
    page.click(part.as_str()).unwrap();
    case.shows(count);
    assert_eq!(legend(&case), [(name.clone(), count)]);
    assert_eq!(colour(&name), before, "a value keeps its colour");
    let pressed: String = page.eval(&format!("document.querySelector({part:?}).getAttribute('aria-pressed')")).unwrap();
    assert_eq!(pressed, "true");
    page.click(part.as_str()).unwrap();
    case.shows(2_900);
    // With Alt, and with the control that does the same, it is taken away.
    page.click_with(part.as_str(), "Alt").unwrap();
    case.shows(2_900 - count);
    assert!(legend(&case).iter().all(|(known, _)| *known != name));
    case.query("");
    case.shows(2_900);
    page.hover(part.as_str()).unwrap();
    page.click(format!("#legend .part[data-value={name:?}] .exclude").as_str()).unwrap();
    case.shows(2_900 - count);
}

#[test]
fn results_are_three_parts_and_one_can_go_back_and_forth() {
    let Some(case) = by_service() else { return };
    let page = &case.page;
    choose_field(&case, "result");
    let parts = legend(&case);
    let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["error", "denied", "not failed"]);
    let failed = count_of(&parts, "error") + count_of(&parts, "denied");
    assert!(failed > 0 && count_of(&parts, "denied") > 0);
    // What did not fail is written as what is not a failure.
    page.click("#legend .part:nth-child(3) .choose-part").unwrap();
    case.shows(2_900 - failed);
    page.click("#legend .part:nth-child(3) .choose-part").unwrap();
    case.shows(2_900);
    page.click_with("#legend .part:nth-child(3) .choose-part", "Alt").unwrap();
    case.shows(failed);
}

#[test]
fn shares_and_the_pointer_tell_of_one_bin() {
    let Some(case) = by_service() else { return };
    let page = &case.page;
    assert_eq!(page.text(".y-least").unwrap(), "0");
    page.click("#stack-share").unwrap();
    page.wait_for("document.querySelector('#stack-share').getAttribute('aria-pressed') === 'true'", SOON).unwrap();
    page.wait_for("document.querySelector('.y-most').textContent === '100%'", SOON).unwrap();
    // In shares, every bar that there is reaches the same height: no column of pixels ends lower.
    let heights: Vec<u32> = page
        .eval(
            "(() => { const canvas = document.querySelector('#histogram'); const { width, height } = canvas; \
             const data = canvas.getContext('2d').getImageData(0, 0, width, height).data; const tops = new Set(); \
             const grid = getComputedStyle(document.body).getPropertyValue('--hairline').trim().slice(1); \
             const is = at => [0, 1, 2].map(i => data[at + i].toString(16).padStart(2, '0')).join(''); \
             for (let x = 0; x < width; x++) { for (let y = 0; y < height - 2; y++) { const at = (y * width + x) * 4; \
             if (data[at + 3] && is(at) !== grid) { tops.add(y); break; } } } return [...tops]; })()",
        )
        .unwrap();
    assert_eq!(heights.len(), 1, "{heights:?}");

    // The bin under the pointer: its events are the sum of its parts.
    let (x, y, width, height) = page.rect("#overlay").unwrap();
    let mut told = String::new();
    for step in 0..200 {
        page.mouse_move(x + width * f64::from(step) / 200.0, y + height / 2.0).unwrap();
        told = page.text("#readout").unwrap();
        if told.contains("%)") && told.matches(" · ").count() > 2 && !told.contains(" more") {
            break;
        }
    }
    let mut numbers = told.split(" · ").skip(1).map(|part| {
        let part = part.split(" (").next().unwrap().trim_end_matches(" events");
        part.rsplit(' ').next().unwrap().replace(',', "").parse::<u64>().unwrap_or_else(|_| panic!("{told}"))
    });
    let sum = numbers.next().unwrap();
    assert_eq!(numbers.sum::<u64>(), sum, "{told}");
    page.mouse_move(2.0, 2.0).unwrap();
    page.wait_for("document.querySelector('#readout').textContent === ''", SOON).unwrap();
}

#[test]
fn any_path_can_be_stacked_by() {
    let Some(case) = by_service() else { return };
    // A path that most events do not have, and one with several values in an event: put in by the link.
    for field in ["requestParameters.bucketName", "resources.ARN", "resource"] {
        case.page.eval::<()>(&format!("(() => {{ location.hash = 'stack=' + {field:?}; }})()")).unwrap();
        case.page.wait_for(&format!("document.querySelector('#stack-by').value === {field:?}"), SOON).unwrap();
        case.settled();
        let parts = legend(&case);
        assert_eq!(parts.iter().map(|(_, count)| count).sum::<u64>(), 2_900, "{field}: {parts:?}");
        assert!(count_of(&parts, "none") > 0 && parts.len() > 2, "{field}: {parts:?}");
    }
}
