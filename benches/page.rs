//! The page in a real Chromium with real dropped files: the choice offered, first histogram, complete, questions until painted, long tasks,
//! memory, sizes. `cargo xtask bench` builds the page, runs this and prints its rows beside the targets.

use std::path::{Path, PathBuf};
use std::time::Duration;
use xtask::bench::{Row, corpora, corpus_at, record};
use xtask::browser::{Browser, Options, Page};
use xtask::corpus;
use xtask::corpus::custody::{BUCKET, BUCKETS};
use xtask::serve::Server;

const LIMIT: Duration = Duration::from_secs(300);

/// Notes, in the page, when things happen: the drop, the choice, the reading of all, the first histogram, the end of the
/// load, long tasks. What is offered for choosing is read at once, as by a person who presses Enter: the loading is measured
/// from there.
const WATCH: &str = r"
window.bench = { dropped: 0, offered: 0, read: 0, first: 0, done: 0, long: [] };
new PerformanceObserver(list => list.getEntries().forEach(entry => bench.long.push(entry.duration)))
    .observe({ entryTypes: ['longtask'] });
document.addEventListener('drop', () => { bench.dropped = performance.now(); }, true);
(function look() {
    const app = document.querySelector('#app').dataset;
    const read = document.querySelector('#choice-read');
    if (read && !bench.offered) {
        bench.offered = performance.now();
        read.click();
        bench.read = performance.now();
    }
    const shown = Number((document.querySelector('#shown')?.textContent ?? '0').replace(/\D/g, ''));
    if (!bench.first && shown > 0) bench.first = performance.now();
    if (!bench.done && bench.dropped && app.phase === 'done' && app.busy === 'false') bench.done = performance.now();
    else setTimeout(look, 10);
})();
";

/// Types a query and gives back the milliseconds until its answer is painted.
fn question(page: &Page, query: &str) -> Option<f64> {
    let js = format!(
        "(async () => {{
            const app = document.querySelector('#app').dataset, before = app.answered;
            const box = document.querySelector('#search');
            const started = performance.now();
            box.value = {query:?};
            box.dispatchEvent(new Event('input', {{ bubbles: true }}));
            box.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', bubbles: true }}));
            for (;;) {{
                await new Promise(requestAnimationFrame);
                if (app.answered !== before && app.busy === 'false') break;
                if (performance.now() - started > 20000) return null;
            }}
            return performance.now() - started;
        }})()"
    );
    page.eval_within::<Option<f64>>(&js, Duration::from_secs(30)).ok().flatten()
}

/// Turns the wheel over the timeline, as a person who zooms in, pans and zooms out again, and gives back the milliseconds
/// between frames meanwhile; and how long the sharp answer takes once the wheel rests.
fn gestures(page: &Page) -> Option<(Vec<f64>, f64)> {
    let js = r"(async () => {
        const plot = document.querySelector('#lane-plot'), room = document.querySelector('#timeline').dataset;
        const frame = () => new Promise(requestAnimationFrame);
        const turn = init => plot.querySelector('canvas').dispatchEvent(
            new WheelEvent('wheel', { bubbles: true, cancelable: true, clientX: innerWidth * 0.6, clientY: innerHeight * 0.6, ...init }));
        const between = [];
        let before = await frame();
        for (let at = 0; at < 180; at++) {
            if (at < 60) turn({ deltaY: -12, ctrlKey: true });
            else if (at < 120) turn({ deltaX: at < 90 ? 25 : -25 });
            // Not all the way: where one began there is nothing to ask.
            else turn({ deltaY: 6, ctrlKey: true });
            const now = await frame();
            between.push(now - before);
            before = now;
        }
        const rested = performance.now(), answered = room.answered;
        while (room.answered === answered || room.busy === 'true') {
            await frame();
            if (performance.now() - rested > 20000) return null;
        }
        return [between, performance.now() - rested];
    })()";
    page.eval_within::<Option<(Vec<f64>, f64)>>(js, Duration::from_secs(60)).ok().flatten()
}

struct Measured<'a> {
    group: String,
    corpus: &'a str,
}

impl Measured<'_> {
    fn row(&self, what: &str, value: Option<f64>, unit: &str, target: Option<(&str, f64)>, note: Option<&str>) {
        let row = Row {
            group: self.group.clone(),
            what: what.to_owned(),
            value,
            unit: unit.to_owned(),
            target: target.map(|(text, _)| text.to_owned()),
            target_value: target.map(|(_, value)| value),
            note: note.unwrap_or_default().to_owned(),
        };
        println!("{} {what}: {value:?} {unit}", self.corpus);
        if let Err(error) = record(&row) {
            eprintln!("the row was not kept: {error:#}");
        }
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn main() -> anyhow::Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let dist = std::env::var_os("TRAILGLASS_DIST").map_or_else(xtask::run::dist, PathBuf::from);
    for corpus in ["b", "c", "a"] {
        if !wanted.is_empty() && !wanted.iter().any(|name| name == corpus) {
            continue;
        }
        let folder = corpora().join(corpus);
        if !folder.is_dir() {
            eprintln!("{} is not there: `cargo xtask corpus {corpus}` makes it", folder.display());
            continue;
        }
        measure(corpus, &dist, &folder)?;
    }
    if wanted.is_empty() || wanted.iter().any(|name| name == "custody") {
        custody(&dist)?;
    }
    if wanted.is_empty() || wanted.iter().any(|name| name == "logs") {
        logs(&dist)?;
    }
    if wanted.is_empty() || wanted.iter().any(|name| name == "metrics") {
        metrics(&dist)?;
    }
    Ok(())
}

/// Log lines dropped, and CloudTrail records of as many bytes.
fn logs(dist: &Path) -> anyhow::Result<()> {
    let measured = Measured { group: "page in Chromium, log lines".to_owned(), corpus: "logs" };
    let (lines, records) = (corpus_at("logs")?, corpus_at("logs-trail")?);
    let server = Server::start(dist, "/")?;
    let (mut of_lines, mut of_records) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        // In turn, so that both meet the same company on the machine.
        of_records.push(load(&server, &records)?.1);
        of_lines.push(load(&server, &lines)?.1);
    }
    let megabytes = |folder: &Path| corpus::summary(folder).map_or(0.0, |summary| summary.json_bytes as f64 / 1e6);
    let (lines, records) = (megabytes(&lines), megabytes(&records));
    let (of_lines, of_records) = (median(of_lines), median(of_records));
    let note = |megabytes: f64| format!("{megabytes:.0} MB unpacked; median of 3 cold browsers");
    measured.row("drop to complete: 1,000,000 log lines", of_lines, "ms", None, Some(&note(lines)));
    measured.row("drop to complete: CloudTrail records", of_records, "ms", None, Some(&note(records)));
    let ratio = of_lines.zip(of_records).map(|(of_lines, of_records)| (of_lines / lines) / (of_records / records));
    measured.row("log lines against records, by the byte", ratio, "x", Some(("≤ 1.5", 1.5)), None);
    Ok(())
}

/// What chains of custody add to loading in the browser: the logs of a day dropped alone, and dropped with their digests, keys
/// and metadata.
fn custody(dist: &Path) -> anyhow::Result<()> {
    let measured = Measured { group: "page in Chromium, custody".to_owned(), corpus: "custody" };
    let with = corpus_at("custody")?;
    let alone = with.join(BUCKETS).join(BUCKET).join("AWSLogs/o-harborline00/111122223333/CloudTrail");
    let server = Server::start(dist, "/")?;
    let (mut without_digests, mut with_digests) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        // In turn, so that both meet the same company on the machine.
        without_digests.push(load(&server, &alone)?.1);
        let (page, done) = load(&server, &with)?;
        with_digests.push(done);
        drop(page);
    }
    let (alone, judged) = (median(without_digests), median(with_digests));
    measured.row(
        "read all to complete: 2,400 logs alone",
        alone,
        "ms",
        None,
        Some("hashed; median of 3 cold browsers"),
    );
    measured.row(
        "read all to complete: with 24 digests, judged",
        judged,
        "ms",
        None,
        Some("median of 3 cold browsers"),
    );
    let on_top = alone.zip(judged).map(|(alone, judged)| (judged - alone) / alone * 100.0);
    let note = "without the hash of every log, which is made in both cases";
    measured.row("digests on top of loading", on_top, "%", Some(("≤ 60", 60.0)), Some(note));
    Ok(())
}

/// A chart of a hundred series of ten thousand points each: the drawing of its base, and the frames of a gesture over it.
fn metrics(dist: &Path) -> anyhow::Result<()> {
    let measured = Measured { group: "page in Chromium, metrics".to_owned(), corpus: "metrics" };
    let server = Server::start(dist, "/")?;
    let ((page, _browser), complete) = load(&server, &corpus_at("metrics")?.join("stream"))?;
    measured.row("drop to complete: a stream of 1,000,000 points", Some(complete), "ms", None, None);
    page.press("5")?;
    page.wait_element("#metric-list .all-of")?;
    page.eval::<()>(
        "[...document.querySelectorAll('#metric-list > ul > li > .group-line .all-of')].forEach(it => it.click())",
    )?;
    let ready = "(chart => chart?.dataset.busy === 'false' && +chart.querySelector('canvas')?.dataset.points > 1000)\
                 (document.querySelector('.metric-chart'))";
    page.wait_for(ready, LIMIT)?;
    let lines = page.eval::<f64>("document.querySelectorAll('#graphed tbody tr').length")?;
    let mut drawn = Vec::new();
    for _ in 0..7 {
        // Another theme is another drawing of the same points.
        page.set_media(drawn.len() % 2 == 0, false)?;
        std::thread::sleep(Duration::from_millis(600));
        drawn.extend(page.eval::<Option<f64>>("+document.querySelector('.metric-chart canvas').dataset.drawnMs")?);
    }
    let note = format!("{lines} lines; median of 7");
    measured.row("chart: drawing 100 series of 10,000 points", median(drawn), "ms", Some(("≤ 50", 50.0)), Some(&note));
    let js = r"(async () => {
        const canvas = document.querySelector('.metric-chart canvas'), box = canvas.getBoundingClientRect();
        const frame = () => new Promise(requestAnimationFrame);
        const turn = init => canvas.dispatchEvent(new WheelEvent('wheel',
            { bubbles: true, cancelable: true, clientX: box.x + box.width * 0.6, clientY: box.y + 80, ...init }));
        const between = [];
        let before = await frame();
        for (let at = 0; at < 180; at++) {
            if (at < 60) turn({ deltaY: -12, ctrlKey: true });
            else if (at < 120) turn({ deltaX: at < 90 ? 25 : -25 });
            else turn({ deltaY: 6, ctrlKey: true });
            const now = await frame();
            between.push(now - before);
            before = now;
        }
        return between;
    })()";
    let mut frames: Vec<f64> = page.eval_within(js, Duration::from_secs(60))?;
    frames.sort_by(f64::total_cmp);
    let share = |percent: usize| frames.get(frames.len() * percent / 100).copied();
    let target = Some(("≤ 17", 17.0));
    measured.row("chart: frame while zooming and panning", share(50), "ms", target, Some("median of 180"));
    measured.row("chart: slow frame", share(95), "ms", None, Some("95 of 100 are quicker"));
    Ok(())
}

/// Drops a folder on the page of a fresh browser and reads all of it: milliseconds from there until everything is shown.
fn load(server: &Server, folder: &Path) -> anyhow::Result<((Page, Browser), f64)> {
    let browser = Browser::launch(Options { width: 1440, height: 900, ..Options::default() })?;
    let page = browser.new_page(&server.url())?;
    page.wait_element("#drop-zone")?;
    page.eval::<()>(WATCH)?;
    page.drop_files("#drop-zone", &[folder.to_owned()])?;
    page.wait_for("bench.done > 0", LIMIT)?;
    let done = page.eval("bench.done - (bench.read || bench.dropped)")?;
    Ok(((page, browser), done))
}

fn measure(corpus: &str, dist: &Path, folder: &Path) -> anyhow::Result<()> {
    let measured = Measured { group: format!("page in Chromium, corpus {corpus}"), corpus };
    let server = Server::start(dist, "/")?;
    let (mut offers, mut firsts, mut dones, mut paints) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut last = None;
    for _ in 0..3 {
        // A fresh browser each time: a cold one is what a person has.
        drop(last.take());
        let ((page, browser), _) = load(&server, folder)?;
        offers.extend(page.eval::<Option<f64>>("bench.offered ? bench.offered - bench.dropped : null")?);
        let (first, done): (f64, f64) =
            page.eval("(begun => [bench.first - begun, bench.done - begun])(bench.read || bench.dropped)")?;
        firsts.push(first);
        paints.extend(
            page.eval::<Option<f64>>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null")?,
        );
        dones.push(done);
        last = Some((page, browser));
    }
    let Some((page, browser)) = last else { return Ok(()) };
    let complete = match corpus {
        "b" => ("≤ 1000", 1_000.0),
        "a" => ("≤ 1200", 1_200.0),
        _ => ("≤ 4500", 4_500.0),
    };
    measured.row("first contentful paint", median(paints), "ms", Some(("≤ 1000", 1_000.0)), None);
    let first = (corpus == "c").then_some(("≤ 700", 700.0));
    let begun = if offers.is_empty() { "drop" } else { "read all" };
    measured.row("drop to choice", median(offers), "ms", None, Some("1,000 files and more are offered for choosing"));
    measured.row(
        &format!("{begun} to first histogram"),
        median(firsts),
        "ms",
        first,
        Some("median of 3 cold browsers"),
    );
    measured.row(
        &format!("{begun} to complete"),
        median(dones),
        "ms",
        Some(complete),
        Some("median of 3 cold browsers"),
    );
    let long: Vec<f64> = page.eval("bench.long")?;
    let longest = long.iter().copied().fold(0.0, f64::max);
    measured.row("longest task on the page's thread", Some(longest), "ms", Some(("≤ 50", 50.0)), None);
    measured.row("tasks over 50 ms while loading", Some(long.len() as f64), "", None, None);
    for (what, query, target) in [
        ("filter painted: eventName: Terminate*", "eventName: Terminate*", 33.0),
        ("filter painted: not region: us-east-1", "not region: us-east-1", 33.0),
        ("nested in arrays painted", "requestParameters.instancesSet.items.instanceId: i-0*", 33.0),
        ("text painted: harborline", "harborline", 33.0),
        ("text, hexadecimal painted: d9cb", "d9cb", 80.0),
        ("text, digits painted: 2023", "2023", 80.0),
    ] {
        let times: Vec<f64> = (0..5)
            .filter_map(|_| {
                let time = question(&page, query);
                question(&page, "");
                time
            })
            .collect();
        let target = (corpus == "c").then(|| (format!("≤ {target}"), target));
        let target = target.as_ref().map(|(text, value)| (text.as_str(), *value));
        measured.row(what, median(times), "ms", target, Some("from the key to the painted answer, table included"));
    }
    question(&page, "");
    page.press("2")?;
    page.wait_for(
        "(t => t?.dataset.busy === 'false' && +t.dataset.answered > 0)(document.querySelector('#timeline'))",
        LIMIT,
    )?;
    if let Some((mut between, sharp)) = gestures(&page) {
        between.sort_by(f64::total_cmp);
        let share =
            |part: usize| between.get((between.len() * part / 100).min(between.len().saturating_sub(1))).copied();
        let target = Some(("≤ 17", 17.0));
        measured.row("timeline: frame while zooming and panning", share(50), "ms", target, Some("median of 180"));
        measured.row("timeline: slow frame", share(95), "ms", None, Some("95 of 100 are quicker"));
        measured.row(
            "timeline: sharp answer after the wheel rests",
            Some(sharp),
            "ms",
            None,
            Some("150 ms of rest included"),
        );
    }
    let resident: u64 = browser
        .processes()?
        .iter()
        .filter(|process| process.kind == "renderer")
        .filter_map(|p| p.resident)
        .max()
        .unwrap_or(0);
    measured.row("renderer's memory", Some(resident as f64 / 1e6), "MB", None, Some("page and workers together"));
    Ok(())
}
