//! The room of metrics in a real Chromium: metrics are found, charted, edited and followed to events and back, and what stands
//! there is held against the very files.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, open, shared_folder};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use xtask::browser::Page;

/// The instance whose processor is busy, and another one.
const BUSY: &str = "i-0a1b2c3d4e5f60718";
const QUIET: &str = "i-0ffffffffffffffff";

/// Milliseconds of the first period: 2023-07-10T12:00:00Z.
const FIRST: i64 = 1_688_990_400_000;
const MINUTE: i64 = 60_000;

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Drops files and waits until the series are there.
fn dropped(files: &[PathBuf]) -> OpenCase {
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", files).unwrap();
    case.settled();
    case
}

/// Opens the room, and waits until there is something to choose.
fn in_room(case: &OpenCase) {
    case.page.eval::<()>("document.activeElement?.blur()").unwrap();
    case.page.press("5").unwrap();
    case.page.wait_element("#metric-list li").unwrap();
}

/// Waits for a condition, and says what the room shows where that does not come true.
#[track_caller]
fn wait(page: &Page, js: &str) {
    page.wait_for(js, SOON).unwrap_or_else(|error| panic!("{js}: {:?}: {error}", page.text("#metrics")));
}

/// The button of a metric whose title ends so.
fn pick(title: &str) -> String {
    format!("#metric-list .pick[data-metric$=\"{title}\"]")
}

/// Puts a metric on the chart, or takes it away.
fn press(page: &Page, title: &str) {
    let css = pick(title);
    wait(page, &format!("!!document.querySelector('{css}')"));
    page.eval::<()>(&format!("document.querySelector('{css}').click()")).unwrap();
}

/// A text typed in place of the one that stands there.
fn typed(page: &Page, css: &str, text: &str) {
    page.focus(css).unwrap();
    page.press("Control+a").unwrap();
    page.press("Delete").unwrap();
    page.insert_text(text).unwrap();
}

/// Chooses in a select by the text of the option.
fn choose(page: &Page, css: &str, option: &str) {
    let found: bool = page
        .eval(&format!(
            "(() => {{ const box = document.querySelector({css:?}); \
             const option = [...box.options].find(it => it.textContent === {option:?}); \
             if (option) {{ box.value = option.value; box.dispatchEvent(new Event('change', {{ bubbles: true }})); }} \
             return !!option; }})()"
        ))
        .unwrap();
    assert!(found, "{css} offers no {option}");
}

/// The cells of the lines of the chart that is edited.
fn lines(page: &Page) -> Vec<Vec<String>> {
    page.eval("[...document.querySelectorAll('#graphed tbody tr')].map(row => [...row.children].map(cell => cell.textContent))")
        .unwrap()
}

/// Waits until the chart has so many lines, and each says how many points it has.
#[track_caller]
fn has_lines(page: &Page, count: usize) -> Vec<Vec<String>> {
    wait(
        page,
        &format!(
            "(() => {{ const rows = [...document.querySelectorAll('#graphed tbody tr')]; \
             return rows.length === {count} && rows.every(row => row.querySelectorAll('.number').length > 1); }})()"
        ),
    );
    lines(page)
}

fn number(text: &str) -> f64 {
    text.replace(',', "").replace('−', "-").parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

/// The values of a file of times and values.
fn values(path: &Path) -> Vec<f64> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().skip(1).filter_map(|line| line.split_once(',')?.1.trim().parse().ok()).collect()
}

#[test]
fn metrics_are_found_charted_and_edited() {
    let Some(folder) = shared_folder("data/nab-cloudwatch/data/realAWSCloudwatch") else { return };
    let files = common::files_below(&folder);
    let case = dropped(&[folder]);
    let page = &case.page;
    // A case of nothing but metrics opens where they are.
    wait(page, "document.querySelectorAll('#metric-list .pick').length > 0");
    assert_eq!(page.text("#metric-count").unwrap(), format!("{} metrics", files.len()));
    // By keyboard alone: looked for, stepped to, put on the chart.
    let wanted: Vec<&PathBuf> = files.iter().filter(|path| path.to_string_lossy().contains("ec2_cpu")).collect();
    assert!(wanted.len() > 3);
    page.focus("#metric-search").unwrap();
    page.type_text("CPU ec2").unwrap();
    wait(page, &format!("document.querySelectorAll('#metric-list .pick').length === {}", wanted.len()));
    assert_eq!(page.text("#metric-count").unwrap(), format!("{} of {} metrics", wanted.len(), files.len()));
    page.press("ArrowDown").unwrap();
    page.press("Enter").unwrap();
    has_lines(page, 1);
    page.press("ArrowDown").unwrap();
    page.press(" ").unwrap();
    let rows = has_lines(page, 2);
    assert_eq!(page.count("#metric-list .pick[aria-pressed='true']").unwrap(), 2);
    assert_eq!(page.count(".chart-card").unwrap(), 1);
    // What is said of a line is what its file says.
    for (row, path) in rows.iter().zip(&wanted) {
        let values = values(path);
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert!(row[3].contains("ec2_cpu_utilization"), "{row:?}");
        assert!((number(&row[8]) - least).abs() <= least.abs() / 999.0, "{row:?} {least}");
        assert!((number(&row[10]) - most).abs() <= most.abs() / 999.0, "{row:?} {most}");
        assert!((number(&row[11]) - values.len() as f64).abs() <= 12.0, "{row:?} {}", values.len());
    }
    // What is no statistic says so, and where.
    typed(page, "#line-statistic-0", "p9x");
    page.press("Tab").unwrap();
    wait(page, "document.querySelector('.statistic-fault')?.dataset.position > 0");
    // Another statistic and period than what is stored: that is said.
    typed(page, "#line-statistic-0", "Maximum");
    page.press("Tab").unwrap();
    choose(page, "#line-period-0", "1 h");
    wait(page, "document.querySelectorAll('#graphed tr[data-line=m1] .what .note').length > 0");
    // An id that metric math could not read is refused where it stands.
    typed(page, "#line-id-0", "CPU");
    page.press("Tab").unwrap();
    wait(page, "document.querySelector('#line-id-0').getAttribute('aria-invalid') === 'true'");
    typed(page, "#line-id-0", "cpu");
    page.press("Tab").unwrap();
    wait(page, "!!document.querySelector('#graphed tr[data-line=cpu]')");
    // Hidden, shown alone, and removed.
    page.click("#graphed tr[data-line=cpu] .swatch").unwrap();
    wait(page, "!!document.querySelector('#graphed tr.hidden[data-line=cpu]')");
    page.click_with("#graphed tr[data-line=cpu] .swatch", "Control").unwrap();
    wait(
        page,
        "document.querySelectorAll('#graphed tr.hidden').length === 1 && !document.querySelector('#graphed tr.hidden[data-line=cpu]')",
    );
    page.click("#graphed tr[data-line=m2] .swatch").unwrap();
    has_lines(page, 2);
    // An expression with a fault has the mark below its very character.
    page.click("#add-math").unwrap();
    wait(page, "document.activeElement.id === 'line-text-2'");
    typed(page, "#line-text-2", "m2 + ) * 2");
    wait(page, "!!document.querySelector('#line-text-2-fault')");
    let position: f64 = page.eval("+document.querySelector('#line-text-2-fault').dataset.position").unwrap();
    let (left, letter): (f64, f64) = page
        .eval(
            "(() => { const mark = document.querySelector('.faulty').getBoundingClientRect(); \
             const box = document.querySelector('#line-text-2').getBoundingClientRect(); \
             return [mark.left - box.left, mark.width]; })()",
        )
        .unwrap();
    assert!((left - (7.0 + (position - 1.0) * letter)).abs() < 2.0, "{left}, not that of {position}");
    typed(page, "#line-text-2", "m2 * 2");
    let rows = has_lines(page, 3);
    let double = number(&rows[2][10]) / values(wanted[1]).into_iter().fold(f64::NEG_INFINITY, f64::max);
    assert!((double - 2.0).abs() < 0.01, "{rows:?}");
    page.eval::<()>("document.querySelector('#graphed tr[data-line=e1] .remove').click()").unwrap();
    page.eval::<()>("document.querySelector('#graphed tr[data-line=cpu] .remove').click()").unwrap();
    has_lines(page, 1);
    assert_eq!(page.count("#metric-list .pick[aria-pressed='true']").unwrap(), 1);
    assert_eq!(page.console(), [""; 0], "nothing is wrong in the console");
}

#[test]
fn charts_are_added_copied_moved_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let case = dropped(&[write(folder.path(), "stream.json", &stream())]);
    let page = &case.page;
    in_room(&case);
    press(page, BUSY);
    has_lines(page, 1);
    page.click("#new-chart").unwrap();
    wait(page, "document.querySelectorAll('.chart-card').length === 2");
    wait(
        page,
        "document.querySelector('.chart-card.edited').dataset.chart === '1' && !!document.querySelector('#no-lines')",
    );
    press(page, QUIET);
    has_lines(page, 1);
    typed(page, "#graph-title", "Quiet");
    page.click(".chart-card[data-chart='1'] .card-up").unwrap();
    wait(
        page,
        "document.querySelector('.chart-card.edited').dataset.chart === '0' && document.querySelector('#graph-title').value === 'Quiet'",
    );
    page.click(".chart-card[data-chart='0'] .card-copy").unwrap();
    wait(page, "document.querySelectorAll('.chart-card').length === 3");
    page.click(".chart-card[data-chart='0'] .card-remove").unwrap();
    wait(page, "document.querySelectorAll('.chart-card').length === 2");
    page.click(".chart-card[data-chart='1'] .card-edit").unwrap();
    wait(page, "document.querySelector('#graph-title').value === ''");
    // A gauge asks for its ends; a level is marked.
    choose(page, "#graph-form", "Gauge");
    wait(page, "!!document.querySelector('#gauge-fault')");
    for (css, text) in [("#left-min", "0"), ("#left-max", "100")] {
        typed(page, css, text);
        page.press("Tab").unwrap();
    }
    wait(page, "!document.querySelector('#gauge-fault')");
    page.click("#add-level").unwrap();
    wait(page, "document.activeElement.id === 'level-value-0'");
    typed(page, "#level-value-0", "80");
    page.press("Tab").unwrap();
    // All of it stands in the link, and comes back with it.
    wait(page, "decodeURIComponent(location.hash).includes('level=at~80')");
    let address: String = page.eval("location.href").unwrap();
    let other = case.browser.new_page(&address).unwrap();
    other.wait_element("#drop-zone").unwrap();
    other.drop_files("#drop-zone", &[folder.path().join("stream.json")]).unwrap();
    wait(&other, "document.querySelectorAll('.chart-card').length === 2");
    wait(&other, "document.querySelector('.chart-card.edited').dataset.chart === '1'");
    wait(&other, "document.querySelector('#graph-form').selectedOptions[0].textContent === 'Gauge'");
    let read: (String, String, String) = other
        .eval("['#level-value-0', '#left-max', '#line-statistic-0'].map(css => document.querySelector(css).value)")
        .unwrap();
    assert_eq!(read, ("80".to_owned(), "100".to_owned(), "Average".to_owned()));
    assert_eq!(page.console(), [""; 0], "nothing is wrong in the console");
}

/// What a metric stream delivers: a processor that is busy for five minutes, and one that is not.
fn stream() -> String {
    let mut text = String::new();
    for minute in 0..30 {
        for instance in [BUSY, QUIET] {
            let load = if instance == BUSY && (10..15).contains(&minute) { 97.5 } else { 3.0 };
            let record = json!({
                "metric_stream_name": "all", "account_id": "111122223333", "region": "eu-west-1", "namespace": "AWS/EC2",
                "metric_name": "CPUUtilization", "dimensions": { "InstanceId": instance },
                "timestamp": FIRST + minute * MINUTE,
                "value": { "max": load, "min": load, "sum": load, "count": 1.0 }, "unit": "Percent",
            });
            text += &format!("{record}\n");
        }
    }
    text
}

/// Calls on the two instances: the busy one was made, stopped and ended.
fn trail() -> String {
    let record = |n: usize, minute: i64, name: &str, request: Value, answer: Value| {
        json!({
            "eventVersion": "1.08", "eventTime": format!("2023-07-10T12:{minute:02}:05Z"), "eventSource": "ec2.amazonaws.com",
            "eventName": name, "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "recipientAccountId": "111122223333",
            "userAgent": "aws-cli/2.15", "eventID": format!("00000000-0000-4000-8000-{n:012}"), "eventType": "AwsApiCall",
            "userIdentity": { "type": "IAMUser", "userName": "eve", "accessKeyId": "AKIAIOSFODNN7EXAMPLE" },
            "requestParameters": request, "responseElements": answer,
        })
    };
    let set = |instance: &str| json!({ "instancesSet": { "items": [{ "instanceId": instance }] } });
    let records = vec![
        record(1, 1, "RunInstances", json!({ "instanceType": "p4d.24xlarge" }), set(BUSY)),
        record(2, 2, "RunInstances", json!({ "instanceType": "t3.micro" }), set(QUIET)),
        record(3, 16, "StopInstances", set(BUSY), json!(null)),
        record(4, 20, "TerminateInstances", set(BUSY), json!(null)),
        record(5, 25, "DescribeInstances", json!({}), json!(null)),
    ];
    json!({ "Records": records }).to_string()
}

#[test]
fn a_peak_leads_to_the_calls_on_its_instance_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let files = [write(folder.path(), "stream.json", &stream()), write(folder.path(), "trail.json", &trail())];
    let case = dropped(&files);
    let page = &case.page;
    case.shows(5);
    in_room(&case);
    press(page, BUSY);
    let rows = has_lines(page, 1);
    assert_eq!((number(&rows[0][8]), number(&rows[0][10]), number(&rows[0][11])), (3.0, 97.5, 30.0));
    // Where it comes from is always told.
    assert!(rows[0][3].contains("stream.json"), "{:?}", rows[0]);
    wait(page, "document.querySelector('#metric-about')?.textContent.includes('stream.json')");
    // The way to the calls that name the instance, in requests and in answers.
    page.click(format!("#graphed [data-dimension='{BUSY}']").as_str()).unwrap();
    case.shows(3);
    let query: String = page.eval("document.querySelector('#search').value").unwrap();
    assert_eq!(query, format!("\"{BUSY}\""));
    let names: Vec<String> = (0..3).map(|row| case.cell(row, 1)).collect();
    assert!(names[0].contains("RunInstances") && names[2].contains("TerminateInstances"), "{names:?}");
    // And back, from any of them.
    page.press("j").unwrap();
    page.press("Enter").unwrap();
    let way = format!("#metrics-of [data-metrics-of='{BUSY}']");
    page.wait_element(&way).unwrap();
    assert_eq!(page.count("#metrics-of button").unwrap(), 1);
    page.click(way.as_str()).unwrap();
    page.wait_element("#graphed").unwrap();
    has_lines(page, 1);
    assert_eq!(page.eval::<String>("document.querySelector('#graph-title').value").unwrap(), BUSY);
    // The search as a line: how many calls there were.
    page.click("#add-events").unwrap();
    let rows = has_lines(page, 2);
    assert_eq!(page.eval::<String>("document.querySelector('#line-text-1').value").unwrap(), format!("\"{BUSY}\""));
    assert!(rows[1][3].starts_with("events"), "{:?}", rows[1]);
    // How many of these are in sight is told, and one gets there.
    wait(page, "document.querySelectorAll('.way-count')[1]?.textContent === '3 events'");
    wait(page, "document.querySelectorAll('.way-count')[0]?.textContent === '5 events'");
    page.click("[data-way='0']").unwrap();
    case.shows(5);
    assert_eq!(page.console(), [""; 0], "nothing is wrong in the console");
}

#[test]
fn the_metric_of_a_filter_leads_to_what_it_matched() {
    let Some(real) = shared_folder("data/invictus-ir") else { return };
    let folder = tempfile::tempdir().unwrap();
    let filters = json!({ "metricFilters": [{
        "filterName": "denied calls", "filterPattern": "{ $.errorCode = \"AccessDenied*\" }", "creationTime": 1_688_000_000_000_i64,
        "logGroupName": "trail/main",
        "metricTransformations": [{ "metricName": "Denied", "metricNamespace": "Trail", "metricValue": "1" }],
    }] });
    let case = dropped(&[real.clone(), write(folder.path(), "metric-filters.json", &filters.to_string())]);
    let page = &case.page;
    in_room(&case);
    press(page, "Trail Denied");
    let rows = has_lines(page, 1);
    assert!(rows[0][3].contains("metric filter denied calls"), "{:?}", rows[0]);
    assert_eq!(page.text("#metric-list .badge").unwrap(), "filter");
    // The times of the calls that were denied, out of the very files.
    let mut denied = Vec::new();
    for path in common::files_below(&real) {
        let Ok(Value::Object(file)) = serde_json::from_slice(&std::fs::read(&path).unwrap()) else { continue };
        for record in file["Records"].as_array().into_iter().flatten() {
            if record["errorCode"].as_str().is_some_and(|code| code.starts_with("AccessDenied")) {
                denied.push(record["eventTime"].as_str().unwrap().to_owned());
            }
        }
    }
    wait(page, &format!("document.querySelectorAll('.way-count')[1]?.textContent === '{} events'", denied.len()));
    // A stretch of time in which there were some, and not all of them.
    let (x, y, width, height) = page.rect("#overlay").unwrap();
    page.drag((x + width * 0.3, y + height / 2.0), (x + width * 0.8, y + height / 2.0)).unwrap();
    case.settled();
    wait(page, "!!document.querySelector('#metrics-zoom-out')");
    let span: String = page.eval("decodeURIComponent(location.hash).match(/t=(-?\\d+\\.\\.-?\\d+)/)[1]").unwrap();
    let (from, to): (i64, i64) =
        span.split_once("..").map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap())).unwrap();
    let within =
        denied.iter().filter(|time| trailglass::time::parse(time).is_some_and(|time| (from..to).contains(&time)));
    let within = within.count();
    assert!(within > 0 && within < denied.len(), "{within} of {}", denied.len());
    wait(page, &format!("document.querySelectorAll('.way-count')[1]?.textContent.startsWith('{within} event')"));
    let all: u64 = {
        let text: String = page.eval("document.querySelectorAll('.way-count')[0].textContent").unwrap();
        text.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
    };
    // On the bench stand these events, one by one.
    page.click("[data-way='1']").unwrap();
    page.wait_element("#bench-sentence").unwrap();
    wait_text(page, "#bench-sentence", &format!("{within} of "));
    // And all events of the same time in their table.
    in_room(&case);
    page.click("[data-way='0']").unwrap();
    case.shows(all);
    // The bench makes a chart of what stands in it.
    page.press("4").unwrap();
    page.wait_element("#chart-filter").unwrap();
    page.click("#chart-filter").unwrap();
    page.wait_element("#graphed").unwrap();
    let rows = has_lines(page, 1);
    assert!(rows[0][3].starts_with("filter"), "{:?}", rows[0]);
    assert_eq!(page.console(), [""; 0], "nothing is wrong in the console");
}

#[track_caller]
fn wait_text(page: &Page, css: &str, begins: &str) {
    let js = format!("document.querySelector({css:?})?.textContent.startsWith({begins:?})");
    page.wait_for(&js, SOON).unwrap_or_else(|error| panic!("{begins:?}: {:?}: {error}", page.text(css)));
}

/// What get-metric-data prints: ids and labels, and no word of what the metrics are.
fn data() -> String {
    let times: Vec<String> = (0..10).map(|minute| format!("2023-07-10T12:{minute:02}:00Z")).collect();
    let values: Vec<f64> = (0..10).map(|minute| f64::from(minute) * 1.5).collect();
    json!({ "MetricDataResults": [
        { "Id": "cpu", "Label": "load of the server", "Timestamps": times, "Values": values, "StatusCode": "Complete" },
    ], "Messages": [] })
    .to_string()
}

#[test]
fn metrics_without_a_name_are_named_by_hand_or_by_their_request() {
    let folder = tempfile::tempdir().unwrap();
    let data = write(folder.path(), "data.json", &data());
    let case = dropped(std::slice::from_ref(&data));
    let page = &case.page;
    wait(page, "document.querySelectorAll('#metric-list .pick').length === 1");
    assert!(page.text("#metric-list").unwrap().contains("Not named by their file"));
    let css = "#metric-list .pick";
    page.eval::<()>(&format!("document.querySelector('{css}').click()")).unwrap();
    has_lines(page, 1);
    page.wait_element("#name-metric").unwrap();
    // What is missing is asked for.
    page.click("#name-give").unwrap();
    page.wait_element("#name-fault").unwrap();
    for (css, text) in [
        ("#name-space", "AWS/EC2"),
        ("#name-name", "CPUUtilization"),
        ("#name-dimensions", "InstanceId=i-0a1b2c3d4e5f60718"),
        ("#name-statistic", "Maximum"),
    ] {
        typed(page, css, text);
    }
    page.press("Enter").unwrap();
    wait(page, "!!document.querySelector('#metric-list [data-group=\"AWS/EC2\"]')");
    wait(page, &format!("!!document.querySelector('{}')", pick(&format!("CPUUtilization InstanceId={BUSY}"))));
    // The chart goes on showing it, under its name.
    let rows = has_lines(page, 1);
    assert!(rows[0][3].contains("AWS/EC2 CPUUtilization"), "{:?}", rows[0]);
    assert_eq!((number(&rows[0][10]), number(&rows[0][11])), (13.5, 10.0));
    // The request says the same by itself.
    let queries = json!([{
        "Id": "cpu",
        "MetricStat": {
            "Metric": { "Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Dimensions": [{ "Name": "InstanceId", "Value": BUSY }] },
            "Period": 60, "Stat": "Maximum",
        },
    }]);
    let case = dropped(&[data, write(folder.path(), "queries.json", &queries.to_string())]);
    let page = &case.page;
    wait(page, &format!("!!document.querySelector('{}')", pick(&format!("CPUUtilization InstanceId={BUSY}"))));
    assert!(!page.text("#metric-list").unwrap().contains("Not named"));
    press(page, BUSY);
    let rows = has_lines(page, 1);
    assert!((number(&rows[0][11]) - 10.0).abs() < 0.5);
    assert_eq!(page.eval::<String>("document.querySelector('#line-statistic-0').value").unwrap(), "Maximum");
    assert_eq!(page.console(), [""; 0], "nothing is wrong in the console");
}

#[test]
fn ten_thousand_metrics_are_a_few_hundred_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::new();
    for n in 0..10_000 {
        let record = json!({
            "metric_stream_name": "all", "account_id": "111122223333", "region": "eu-west-1", "namespace": format!("App/{}", n % 4),
            "metric_name": format!("metric{}", n % 50), "dimensions": { "Host": format!("host-{n:05}") }, "timestamp": FIRST,
            "value": { "max": 1.0, "min": 1.0, "sum": 1.0, "count": 1.0 }, "unit": "Count",
        });
        text += &format!("{record}\n");
    }
    let case = dropped(&[write(folder.path(), "stream.json", &text)]);
    let page = &case.page;
    wait(page, "document.querySelector('#metric-count')?.textContent === '10,000 metrics'");
    assert_eq!(page.count("#metric-list .metric-row").unwrap(), 0);
    page.focus("#metric-search").unwrap();
    page.type_text("host").unwrap();
    wait(page, "document.querySelectorAll('#metric-list .metric-row').length > 100");
    assert!(page.count("#metric-list li").unwrap() < 700);
    page.type_text("-01234").unwrap();
    wait(page, "document.querySelectorAll('#metric-list .metric-row').length === 1");
    // The search of metric math; what is not understood yet leaves the list as it is.
    typed(page, "#metric-search", "{App/1, Host} MetricName=\"metric1\"");
    wait(page, "document.querySelector('#metric-count').textContent === '100 of 10,000 metrics'");
    page.insert_text(" AND (").unwrap();
    wait(page, "!!document.querySelector('#metric-search-fault')");
    assert_eq!(page.text("#metric-count").unwrap(), "100 of 10,000 metrics");
    assert_eq!(page.console(), [""; 0], "nothing is wrong in the console");
}

#[test]
fn without_metrics_it_is_told_how_to_fetch_some() {
    let folder = tempfile::tempdir().unwrap();
    let case = dropped(&[write(folder.path(), "trail.json", &trail())]);
    let page = &case.page;
    case.shows(5);
    page.press("5").unwrap();
    page.wait_element("#metrics-empty").unwrap();
    // Of the time of what is here.
    let said = page.text("#metrics-empty").unwrap();
    assert!(said.contains("--start-time 2023-07-10T12:01:05"), "{said}");
    // Events are counted all the same.
    page.click("#chart-events").unwrap();
    page.wait_element("#graphed").unwrap();
    let rows = has_lines(page, 1);
    assert!(rows[0][3].starts_with("events"), "{:?}", rows[0]);
    assert_eq!(page.console(), [""; 0], "nothing is wrong in the console");
}

#[test]
#[ignore = "pictures to look at, in the folder that TRAILGLASS_PICTURES names"]
fn pictures() {
    let Some(to) = std::env::var_os("TRAILGLASS_PICTURES").map(PathBuf::from) else { return };
    let folder = tempfile::tempdir().unwrap();
    let files = [
        write(folder.path(), "stream.json", &stream()),
        write(folder.path(), "trail.json", &trail()),
        write(folder.path(), "data.json", &data()),
    ];
    let case = dropped(&files);
    let page = &case.page;
    page.press("5").unwrap();
    page.wait_element("#metric-list li").unwrap();
    for title in [BUSY, QUIET] {
        press(page, title);
    }
    page.click("#add-events").unwrap();
    page.click("#add-math").unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1));
    page.screenshot(to.join("loaded.png")).unwrap();
    page.eval::<()>("document.querySelector('#metric-list .pick[data-metric*=load]').click()").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    page.set_media(true, false).unwrap();
    page.screenshot(to.join("dark.png")).unwrap();
    page.set_media(false, false).unwrap();
    page.resize(900, 700).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    std::thread::sleep(std::time::Duration::from_millis(500));
    page.screenshot(to.join("narrow.png")).unwrap();
    let case = dropped(&[folder.path().join("trail.json")]);
    case.page.press("5").unwrap();
    case.page.wait_element("#metrics-empty").unwrap();
    case.page.screenshot(to.join("empty.png")).unwrap();
}
