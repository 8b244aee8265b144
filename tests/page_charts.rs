//! Charts in a real Chromium, looked at as pictures: what is drawn stands where the values say, no spike is lost, gaps stay gaps, and
//! what is saved is what the files hold.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, open, shared_folder};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use xtask::browser::Page;

/// 2023-07-10T12:00:00Z.
const FIRST: i64 = 1_688_990_400_000;
const MINUTE: i64 = 60_000;

/// A table of times and values; NaN where there is no point.
fn table(folder: &Path, name: &str, values: impl IntoIterator<Item = f64>) -> PathBuf {
    let mut text = String::from("timestamp,value\n");
    for (at, value) in values.into_iter().enumerate().filter(|(_, value)| !value.is_nan()) {
        let time = trailglass::time::format(FIRST + at as i64 * MINUTE);
        writeln!(text, "{time},{value}").unwrap();
    }
    let path = folder.join(format!("{name}.csv"));
    std::fs::write(&path, text).unwrap();
    path
}

#[track_caller]
fn wait(page: &Page, js: &str) {
    page.wait_for(js, SOON).unwrap_or_else(|error| panic!("{js}: {:?}: {error}", page.text("#metrics")));
}

/// Drops files, opens the room and puts metrics on one chart, in this order.
fn charted(files: &[PathBuf], metrics: &[&str]) -> OpenCase {
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", files).unwrap();
    case.settled();
    // A case of nothing but metrics opens in the room.
    wait(&case.page, "!!document.querySelector('#metric-list li')");
    for metric in metrics {
        let css = format!("#metric-list .pick[data-metric*=\"{metric}\"]");
        wait(&case.page, &format!("!!document.querySelector('{css}')"));
        case.page.eval::<()>(&format!("document.querySelector('{css}').click()")).unwrap();
    }
    drawn(&case.page, metrics.len());
    case
}

/// Waits until the first chart shows so many entries of its legend and nothing is on its way.
fn drawn(page: &Page, lines: usize) {
    wait(
        page,
        &format!(
            "(chart => chart?.dataset.busy === 'false' && chart.querySelectorAll('.legend .entry').length === {lines}\
             && +chart.querySelector('canvas')?.dataset.points > 0)(document.querySelector('.metric-chart'))"
        ),
    );
}

/// The pixels of the plot's canvas in a column at an instant's share of the range, from above: how far each is from the page's colour,
/// with its place as a share of the plot's height. Looked at in CSS pixels, from `left` to `right` of the place.
fn ink(page: &Page, share: f64, around: f64) -> Vec<(f64, [f64; 3])> {
    let rows: Vec<(f64, f64, f64, f64)> = page
        .eval(&format!(
            "(() => {{
                const canvas = document.querySelector('.metric-chart canvas'), density = devicePixelRatio;
                const left = +canvas.dataset.left, wide = +canvas.dataset.wide, top = 20, high = canvas.height / density - 42;
                const at = Math.round((left + {share} * wide - {around}) * density), to = Math.max(1, Math.round(2 * {around} * density));
                const data = canvas.getContext('2d').getImageData(at, 0, to, canvas.height).data;
                const rows = [];
                for (let y = Math.round(top * density); y < (top + high) * density; y++) for (let x = 0; x < to; x++) {{
                    const place = 4 * (y * to + x);
                    if (data[place + 3] > 128) rows.push([(y / density - top) / high, data[place], data[place + 1], data[place + 2]]);
                }}
                return rows;
            }})()"
        ))
        .unwrap();
    rows.into_iter().map(|(y, r, g, b)| (y, [r, g, b])).collect()
}

/// Only the pixels of a colour: the first line's is blue, the second's vermilion.
fn of_line(pixels: &[(f64, [f64; 3])], line: usize) -> Vec<f64> {
    let colour = [[0x00, 0x72, 0xb2], [0xd5, 0x5e, 0x00]][line].map(f64::from);
    let near = |pixel: &[f64; 3]| pixel.iter().zip(colour).all(|(a, b)| (a - b).abs() < 40.0);
    pixels.iter().filter(|(_, pixel)| near(pixel)).map(|(y, _)| *y).collect()
}

#[test]
fn one_sample_among_a_million_is_seen() {
    const COUNT: usize = 1_000_000;
    const SPIKE: usize = 654_321;
    let folder = tempfile::tempdir().unwrap();
    let values = (0..COUNT).map(|at| if at == SPIKE { 100.0 } else { 10.0 + (at % 7) as f64 });
    let file = table(folder.path(), "spike", values);
    let case = charted(&[file], &["spike"]);
    let page = &case.page;
    let points: u64 = page.eval("+document.querySelector('.metric-chart canvas').dataset.points").unwrap();
    assert!(points < 10_000, "{points} points are drawn of a million");
    let share = SPIKE as f64 / COUNT as f64;
    let spike = of_line(&ink(page, share, 2.0), 0);
    let top = spike.iter().copied().fold(1.0, f64::min);
    // The axis ends a little above 100, and the line of all others lies below a fifth of it.
    assert!(top < 0.25, "the spike ends at {top} of the height");
    let beside = of_line(&ink(page, share - 0.05, 2.0), 0);
    assert!(!beside.is_empty() && beside.iter().all(|y| *y > 0.7), "beside it the line is low: {beside:?}");
    // Its value stands in the table of lines, however far it is zoomed out.
    wait(page, "[...document.querySelectorAll('#graphed .number')].some(cell => cell.textContent === '100')");
}

#[test]
fn gaps_stay_gaps_and_a_lone_point_is_a_dot() {
    let folder = tempfile::tempdir().unwrap();
    // A line to a third, nothing, one point in the middle, nothing, a line from two thirds on.
    let value = |at: usize| match at {
        0..=99 | 201..=300 => 50.0,
        150 => 50.0,
        _ => f64::NAN,
    };
    let case = charted(&[table(folder.path(), "gaps", (0..=300).map(value))], &["gaps"]);
    let page = &case.page;
    let seen = |share: f64, around: f64| of_line(&ink(page, share, around), 0).len();
    assert!(seen(0.2, 1.0) > 0 && seen(0.8, 1.0) > 0);
    assert!(seen(0.5, 3.0) > 4, "the lone point is seen");
    assert_eq!((seen(0.42, 3.0), seen(0.58, 3.0)), (0, 0), "nothing is drawn where nothing is");
}

#[test]
fn crosshair_brush_and_legend() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        table(folder.path(), "rising", (0..=120).map(f64::from)),
        table(folder.path(), "level", (0..=120).map(|_| 20.0)),
    ];
    let case = charted(&files, &["rising", "level"]);
    let page = &case.page;
    assert!(!of_line(&ink(page, 0.5, 2.0), 0).is_empty() && !of_line(&ink(page, 0.5, 2.0), 1).is_empty());
    // A second chart: the pointer on the first shows in its legend, too.
    page.click(".chart-card[data-chart='0'] .card-copy").unwrap();
    wait(
        page,
        "document.querySelectorAll('.metric-chart').length === 2 && document.querySelectorAll('.metric-chart')[1].dataset.busy === 'false'",
    );
    let (x, y, wide, high) = page.rect(".chart-card[data-chart='0'] .metric-chart canvas").unwrap();
    let (left, plot): (f64, f64) = page
        .eval(
            "(canvas => [+canvas.dataset.left, +canvas.dataset.wide])(document.querySelector('.metric-chart canvas'))",
        )
        .unwrap();
    assert!(plot > 300.0 && left + plot <= wide);
    page.mouse_move(x + left + plot * 60.5 / 120.0, y + high / 2.0).unwrap();
    wait(
        page,
        "[...document.querySelectorAll('.legend')].every(legend => legend.querySelector('.value').textContent === '60')",
    );
    // The arrows go from point to point and say where they are.
    page.focus(".metric-chart canvas").unwrap();
    page.press("ArrowRight").unwrap();
    wait(page, "document.querySelector('.metric-chart [role=status]').textContent.includes('rising 61')");
    // Hidden in the legend, then alone.
    page.click(".metric-chart .entry[data-line='0']").unwrap();
    wait(
        page,
        "document.querySelector('.metric-chart .entry[data-line=\"0\"]').getAttribute('aria-pressed') === 'false'",
    );
    drawn(page, 2);
    assert!(of_line(&ink(page, 0.75, 2.0), 0).is_empty() && !of_line(&ink(page, 0.75, 2.0), 1).is_empty());
    // The keyboard stays where it was.
    wait(page, "document.activeElement.matches('.metric-chart .entry.off[data-line=\"0\"]')");
    page.click_with(".metric-chart .entry[data-line='0']", "Alt").unwrap();
    wait(
        page,
        "document.querySelector('.metric-chart .entry[data-line=\"1\"]').getAttribute('aria-pressed') === 'false'",
    );
    drawn(page, 2);
    assert!(!of_line(&ink(page, 0.75, 2.0), 0).is_empty() && of_line(&ink(page, 0.75, 2.0), 1).is_empty());
    // A brush on one zooms both.
    page.drag((x + left + plot * 0.25, y + high / 2.0), (x + left + plot * 0.5, y + high / 2.0)).unwrap();
    wait(page, "[...document.querySelectorAll('.metric-chart')].every(chart => chart.dataset.busy === 'false')");
    wait(page, "document.querySelector('.desk').textContent.includes('12:30')");
    page.press("Escape").unwrap();
    wait(page, "!document.querySelector('.desk').textContent.includes('12:30')");
}

/// The file that a click saves.
fn saved(case: &OpenCase, folder: &Path, out: &str) -> Vec<u8> {
    case.page.click(&*format!(".metric-chart [data-out='{out}']")).unwrap();
    let until = Instant::now() + SOON;
    loop {
        let mut found = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
        if let Some(path) = found.find(|path| path.extension().is_some_and(|ending| ending == out)) {
            let bytes = std::fs::read(path).unwrap();
            if !bytes.is_empty() {
                return bytes;
            }
        }
        assert!(Instant::now() < until, "nothing was saved as {out}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn charts_are_saved_and_the_table_lies_behind() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = "=cmd <script>alert(1)</script>";
    let mut text = format!("timestamp,\"{hostile}\"\n");
    for at in 0..500 {
        writeln!(text, "{},{}", trailglass::time::format(FIRST + at * MINUTE), at as f64 / 4.0).unwrap();
    }
    let path = folder.path().join("hostile.csv");
    std::fs::write(&path, text).unwrap();
    let case = charted(&[path], &["script"]);
    let downloads = tempfile::tempdir().unwrap();
    case.browser.allow_downloads(downloads.path()).unwrap();
    let png = saved(&case, downloads.path(), "png");
    assert!(png.starts_with(b"\x89PNG") && png.len() > 5_000, "{} bytes", png.len());
    let svg = String::from_utf8(saved(&case, downloads.path(), "svg")).unwrap();
    assert!(
        svg.starts_with("<svg")
            && svg.contains("<polyline")
            && !svg.contains("<script")
            && svg.contains("&lt;script&gt;")
    );
    let csv = String::from_utf8(saved(&case, downloads.path(), "csv")).unwrap();
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some(format!("timestamp,'{hostile}").as_str()));
    assert_eq!(lines.clone().count(), 500);
    assert_eq!(lines.nth(2), Some("2023-07-10T12:02:00Z,0.5"));
    case.page.click(".metric-chart [data-out='table']").unwrap();
    wait(&case.page, "document.querySelector('.chart-rows')?.dataset.rows === '500'");
    assert_eq!(case.page.count(".chart-rows tbody tr").unwrap(), 200);
    assert_eq!(case.page.count("script[src*=alert]").unwrap(), 0);
    assert!(case.page.text(".chart-rows thead").unwrap().contains("=cmd <script>"));
}

fn choose(page: &Page, form: &str) {
    page.eval::<()>(&format!(
        "(() => {{ const box = [...document.querySelectorAll('.chart-tools select')].find(it => [...it.options].some(option => option.textContent === 'Pie')); \
         box.value = [...box.options].find(option => option.textContent === {form:?}).value; \
         box.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
    ))
    .unwrap();
}

#[test]
fn values_of_different_units_are_no_parts_of_one_whole() {
    let folder = tempfile::tempdir().unwrap();
    let statistics = |name: &str, unit: &str, value: f64| {
        let point = |at: i64| serde_json::json!({ "Timestamp": trailglass::time::format(FIRST + at * MINUTE), "Sum": value, "Unit": unit });
        let points: Vec<Value> = (0..30).map(point).collect();
        let path = folder.path().join(format!("{name}.json"));
        std::fs::write(&path, serde_json::json!({ "Label": name, "Datapoints": points }).to_string()).unwrap();
        path
    };
    let files =
        [statistics("used", "Percent", 50.0), statistics("sent", "Bytes", 2e6), statistics("got", "Bytes", 1e6)];
    let case = charted(&files, &["used", "sent", "got"]);
    let page = &case.page;
    choose(page, "Pie");
    wait(page, "document.querySelector('.pies')?.textContent.includes('no parts of one whole: Bytes, Percent')");
    assert!(!page.eval::<bool>("!!document.querySelector('.pie')").unwrap());
    choose(page, "Stacked area");
    let note = "document.querySelector('.metric-chart .note')";
    assert!(!page.eval::<bool>(&format!("!!{note}")).unwrap(), "each unit has an axis of its own");
    page.eval::<()>(
        "document.querySelectorAll('[id^=line-axis-]').forEach(box => { box.value = 'left'; box.dispatchEvent(new Event('change', { bubbles: true })); })",
    )
    .unwrap();
    wait(page, &format!("{note}?.textContent.includes('means nothing: Bytes, Percent')"));
    // Each unit has its own scale: 50 % is as long as 2 MB, and 1 MB half as long.
    choose(page, "Bar");
    wait(
        page,
        "[...document.querySelectorAll('.bars td.bar span')].map(it => it.style.width).sort().join() === '100%,100%,50%'",
    );
    page.click(".legend .entry").unwrap();
    choose(page, "Pie");
    wait(page, "document.querySelector('.pies')?.textContent.includes('33.3 %')");
}

#[test]
fn every_form_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        table(folder.path(), "one", (0..=60).map(|at| f64::from(at) / 2.0)),
        table(folder.path(), "three", (0..=60).map(|_| 10.0)),
    ];
    let case = charted(&files, &["one", "three"]);
    let page = &case.page;
    let choose = |form: &str| choose(page, form);
    choose("Stacked area");
    drawn(page, 2);
    // The second lies on the first: at the end 10 of 40 above 30.
    let of_second = of_line(&ink(page, 0.98, 2.0), 1);
    assert!(!of_second.is_empty() && of_second.iter().all(|y| *y < 0.4), "{of_second:?}");
    choose("Bar");
    wait(page, "[...document.querySelectorAll('.bars td.data')].map(it => it.textContent).join() === '30,10'");
    choose("Number");
    wait(page, "[...document.querySelectorAll('.figure strong')].map(it => it.textContent).join() === '30,10'");
    choose("Gauge");
    wait(page, "document.querySelector('.chart-form, .metric-chart').textContent.includes('both ends')");
    choose("Pie");
    wait(
        page,
        "document.querySelector('.pies')?.textContent.includes('75.0 %') && document.querySelectorAll('.pie path').length === 2",
    );
    choose("Table");
    wait(page, "document.querySelectorAll('.summaries tbody tr').length === 2");
}

/// The least, the greatest and the mean value of each day of a file.
fn days(text: &str) -> BTreeMap<String, (f64, f64, f64)> {
    let mut days: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let (time, value) = line.trim().split_once(',').unwrap();
        let value: f64 = value.parse().unwrap();
        let of_day = days.entry(time[..10].to_owned()).or_default();
        // Of a time told twice the greater value is kept.
        of_day.entry(time[11..16].to_owned()).and_modify(|known| *known = known.max(value)).or_insert(value);
    }
    let numbers = |values: BTreeMap<String, f64>| {
        let count = values.len() as f64;
        let values = || values.values().copied();
        (
            values().fold(f64::INFINITY, f64::min),
            values().fold(f64::NEG_INFINITY, f64::max),
            values().sum::<f64>() / count,
        )
    };
    days.into_iter().map(|(day, values)| (day, numbers(values))).collect()
}

#[test]
fn what_is_saved_of_real_series_is_what_the_files_hold() {
    let Some(folder) = shared_folder("data/nab-cloudwatch/data/realAWSCloudwatch") else { return };
    let mut files = common::files_below(&folder);
    files.retain(|file| file.extension().is_some_and(|ending| ending == "csv"));
    assert_eq!(files.len(), 8);
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", std::slice::from_ref(&folder)).unwrap();
    case.settled();
    wait(&case.page, "!!document.querySelector('#metric-list li')");
    for file in &files {
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        let press = format!("document.querySelector('#metric-list .pick[data-metric*=\"{stem}\"]').click()");
        case.page.eval::<()>(&press).unwrap();
        drawn(&case.page, 1);
        let downloads = tempfile::tempdir().unwrap();
        case.browser.allow_downloads(downloads.path()).unwrap();
        let csv = String::from_utf8(saved(&case, downloads.path(), "csv")).unwrap();
        let expected = days(&std::fs::read_to_string(file).unwrap());
        let found = days(&csv);
        assert_eq!(found.len(), expected.len(), "{stem}");
        for (day, (least, most, mean)) in expected {
            let (low, high, middle) = found[&day];
            assert!(low == least && high == most && (middle - mean).abs() < 1e-9 * (1.0 + mean.abs()), "{stem} {day}");
        }
        case.page.eval::<()>(&press).unwrap();
        wait(&case.page, "document.querySelectorAll('.metric-chart .legend .entry').length === 0");
    }
    let console: Vec<Value> = case.page.console().into_iter().map(Value::from).collect();
    assert_eq!(console, Vec::<Value>::new());
}

#[test]
fn the_peak_of_the_sample_leads_to_the_command_that_made_it() {
    const INSTANCE: &str = "i-0c5d83ae41f7b92d6";
    const HOUR: f64 = 3_600_000.0;
    let case = open(1440, 900);
    let page = &case.page;
    page.click("#open-sample").unwrap();
    case.settled();
    page.press("5").unwrap();
    page.wait_element("#metric-search").unwrap();
    page.focus("#metric-search").unwrap();
    page.insert_text("CPUUtilization 0c5d83").unwrap();
    wait(page, "document.querySelectorAll('#metric-list .pick').length === 1");
    page.click("#metric-list .pick").unwrap();
    drawn(page, 1);
    // The case is of three days from midnight; the peak lies at 02:04 to 02:32 of the third.
    let (x, y, _, high) = page.rect(".metric-chart canvas").unwrap();
    let (left, plot): (f64, f64) = page
        .eval(
            "(canvas => [+canvas.dataset.left, +canvas.dataset.wide])(document.querySelector('.metric-chart canvas'))",
        )
        .unwrap();
    let at = |hours: f64, minutes: f64| x + left + plot * (hours * HOUR + minutes * 60_000.0) / (72.0 * HOUR);
    page.drag((at(49.0, 45.0), y + high / 2.0), (at(50.0, 36.0), y + high / 2.0)).unwrap();
    drawn(page, 1);
    wait(page, "[...document.querySelectorAll('#graphed .number')].some(cell => parseFloat(cell.textContent) > 90)");
    let dimension = format!(
        "[...document.querySelectorAll('#graphed [data-dimension]')].find(it => it.textContent.includes('{INSTANCE}')).click()"
    );
    page.eval::<()>(&dimension).unwrap();
    wait(page, "!!document.querySelector('#grid')");
    case.settled();
    let rows: String = page.eval("document.querySelector('#grid').textContent").unwrap();
    assert!(rows.contains("SendCommand"), "{rows}");
    let typed: String = page.eval("document.querySelector('#search').value").unwrap();
    assert!(typed.contains(INSTANCE), "{typed}");
}

#[test]
fn two_axes_a_threshold_the_period_before_and_the_timeline() {
    let folder = tempfile::tempdir().unwrap();
    let record = |at: i64| {
        serde_json::json!({
            "eventVersion": "1.08", "eventTime": trailglass::time::format(FIRST + at * MINUTE), "eventName": "StopInstances",
            "eventSource": "ec2.amazonaws.com", "awsRegion": "eu-west-1", "eventID": format!("00000000-0000-4000-8000-{at:012}"),
            "eventType": "AwsApiCall", "userIdentity": {"type": "IAMUser", "userName": "a"}, "errorCode": "AccessDenied",
        })
    };
    let trail = folder.path().join("trail.json");
    let records: Vec<Value> = (0..20).map(|at| record(at * 6)).collect();
    std::fs::write(&trail, serde_json::json!({ "Records": records }).to_string()).unwrap();
    let files = [
        trail,
        table(folder.path(), "small", (0..=120).map(|at| f64::from(at % 10))),
        table(folder.path(), "large", (0..=120).map(|at| 1e6 + f64::from(at) * 1e4)),
    ];
    let case = open(1440, 900);
    let page = &case.page;
    page.drop_files("#drop-zone", &files).unwrap();
    case.settled();
    page.press("5").unwrap();
    wait(page, "document.querySelectorAll('#metric-list .pick').length === 2");
    for metric in ["small", "large"] {
        page.eval::<()>(&format!("document.querySelector('#metric-list .pick[data-metric*=\"{metric}\"]').click()"))
            .unwrap();
    }
    drawn(page, 2);
    let number = |name: &str| -> f64 {
        page.eval(&format!("+document.querySelector('.metric-chart canvas').dataset.{name}")).unwrap()
    };
    // On one axis with millions the small one lies flat on the ground.
    let order: Vec<String> =
        page.eval("[...document.querySelectorAll('.metric-chart .legend .name')].map(it => it.textContent)").unwrap();
    let small = order.iter().position(|name| name == "small").unwrap();
    assert!(of_line(&ink(page, 0.5, 3.0), small).iter().all(|y| *y > 0.9));
    let alone = number("wide");
    let large = 1 - small;
    page.eval::<()>(&format!(
        "(box => {{ box.value = 'right'; box.dispatchEvent(new Event('change', {{ bubbles: true }})); }})(document.querySelector('#line-axis-{large}'))"
    ))
    .unwrap();
    wait(page, &format!("+document.querySelector('.metric-chart canvas').dataset.wide < {alone} - 20"));
    drawn(page, 2);
    assert!(of_line(&ink(page, 0.5, 8.0), small).iter().any(|y| *y < 0.6), "on an axis of its own it has the height");
    // A threshold beyond the values: the axis is extended so that it fits, and the line lies lower.
    let button = "[...document.querySelectorAll('#chart-editor button')].find(it => it.textContent.includes('Add threshold')).click()";
    page.eval::<()>(button).unwrap();
    page.wait_element("#level-value-0").unwrap();
    page.eval::<()>(
        "(box => { box.value = '40'; box.dispatchEvent(new Event('input', { bubbles: true })); \
         box.dispatchEvent(new Event('change', { bubbles: true })); })(document.querySelector('#level-value-0'))",
    )
    .unwrap();
    wait(page, "document.querySelector('.metric-chart').dataset.busy === 'false'");
    std::thread::sleep(Duration::from_millis(300));
    assert!(of_line(&ink(page, 0.5, 8.0), small).iter().all(|y| *y > 0.6), "the threshold has its place above");
    // Of the second half the first is the period before: as many points again.
    let (x, y, _, high) = page.rect(".metric-chart canvas").unwrap();
    let (left, plot) = (number("left"), number("wide"));
    page.drag((x + left + plot * 0.5, y + high / 2.0), (x + left + plot * 0.99, y + high / 2.0)).unwrap();
    drawn(page, 2);
    let without = number("points");
    page.click("#graph-before").unwrap();
    wait(page, &format!("+document.querySelector('.metric-chart canvas').dataset.points > {without} + 50"));
    // Under the timeline it lies on the axis of the lanes.
    page.click(".metric-chart [data-out='under']").unwrap();
    wait(
        page,
        "document.querySelector('#timeline #under')?.dataset.busy === 'false' && +document.querySelector('#under canvas').dataset.points > 0",
    );
    let (lanes, _, wide, _) = page.rect("#lane-plot").unwrap();
    let (under, _, width, _) = page.rect("#under canvas").unwrap();
    assert!((lanes - under).abs() < 1.5 && (wide - width).abs() < 1.5, "{lanes} {wide}, {under} {width}");
    page.click("#under-remove").unwrap();
    wait(page, "!document.querySelector('#under')");
}
