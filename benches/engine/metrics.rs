//! What metrics cost: a stream of 100 series and ten tables of a million points read, what they take in memory, and charts asked
//! of them.

use super::{SHARDS, files, median};
use std::path::{Path, PathBuf};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::protocol::{Ask, Reply};
use trailglass::session::questions;
use trailglass::watch::graph::{Drawing, Line, Of, Wanted};
use xtask::bench::{Row, record};
use xtask::corpus::metrics::{SPIKE, SPIKE_TIME, SPIKE_VALUE, STREAM, TABLES};

/// Pixel columns of a chart over the whole page.
const COLUMNS: u32 = 1_400;

fn row(what: &str, value: f64, unit: &str, target: Option<f64>, note: &str) {
    let row = Row {
        group: format!("native, metrics, {SHARDS} threads"),
        what: what.to_owned(),
        value: Some(value),
        unit: unit.to_owned(),
        target: target.map(|target| format!("≤ {target}")),
        target_value: target,
        note: note.to_owned(),
    };
    println!("{what}: {value:.1} {unit} {note}");
    if let Err(error) = record(&row) {
        eprintln!("the row was not kept: {error:#}");
    }
}

/// Measures the corpus.
pub fn measure(folder: &Path) {
    let (stream, tables) = (files(&folder.join(STREAM)), files(&folder.join(TABLES)));
    if let Some(case) = load("100 series of 10,000 points, a metric stream", &stream, None) {
        charts(&case, "100 series of 10,000 points", Some(50.0));
    }
    if let Some(case) = load("10,000,000 points, ten tables", &tables, Some(200.0)) {
        charts(&case, "ten series of 1,000,000 points", None);
    }
    let spike = files(&folder.join(SPIKE));
    let case = NativeCase::load(&spike, SHARDS);
    let drawing = drawn(&case, lines(&case));
    let greatest = drawing.lines.iter().flatten().flat_map(|line| &line.curves).flat_map(|curve| &curve.points.points);
    let greatest = greatest.copied().max_by(|a, b| a.1.total_cmp(&b.1));
    let known = greatest == Some((SPIKE_TIME, SPIKE_VALUE));
    row("one sample of 1,000,000 that stands out is drawn", f64::from(u8::from(known)), "of 1", None, "");
}

/// Reads files; time, and memory of the points.
fn load(what: &str, files: &[PathBuf], megabytes: Option<f64>) -> Option<NativeCase> {
    let mut case = None;
    let time = median(3, || {
        // Never two of them in memory.
        drop(case.take());
        case = Some(NativeCase::load(files, SHARDS));
    });
    let case = case?;
    let stored = case.held.catalog.series.iter().flat_map(|series| &series.stored);
    let points: u64 = stored.map(|stored| stored.points).sum();
    let bytes: u64 = block_on(questions::ask_all(&case, Ask::Memory))
        .unwrap_or_default()
        .into_iter()
        .filter_map(|reply| if let Reply::Memory(parts, _) = reply { Some(parts) } else { None })
        .flatten()
        .filter(|(part, _)| part == "metrics")
        .map(|(_, bytes)| bytes)
        .sum();
    row(&format!("load {what}"), time, "ms", None, &format!("{} files, {points} points", files.len()));
    let note = format!("{:.1} bytes a point", bytes as f64 / points.max(1) as f64);
    row(&format!("resident, {what}"), bytes as f64 / 1e6, "MB", megabytes, &note);
    Some(case)
}

/// All series of a case as lines of one chart.
fn lines(case: &NativeCase) -> Vec<Line> {
    let series = case.held.catalog.series.iter().filter(|series| !series.stored.is_empty()).enumerate();
    let line = |(n, series): (usize, &trailglass::watch::series::Listed)| Line {
        id: format!("m{}", n + 1),
        of: Of::Metric(series.metric.clone()),
        label: None,
        statistic: "Average".to_owned(),
        period: None,
        right: false,
        hidden: false,
    };
    series.map(line).collect()
}

fn drawn(case: &NativeCase, lines: Vec<Line>) -> Drawing {
    let (from, to) = case.held.catalog.span.unwrap_or_default();
    case.draw(Wanted { lines, range: (from, to), columns: COLUMNS, ..Wanted::default() }).unwrap_or_default()
}

/// Times what a chart of all series asks for: whole, a tenth of it, and an expression over all.
fn charts(case: &NativeCase, what: &str, target: Option<f64>) {
    let lines = lines(case);
    let mut points = 0;
    let count = |drawing: &Drawing| {
        let curves = drawing.lines.iter().flatten().flat_map(|line| &line.curves);
        curves.map(|curve| curve.points.points.len()).sum::<usize>()
    };
    let time = median(7, || points = count(&drawn(case, lines.clone())));
    row(&format!("a chart of {what} at {COLUMNS} columns"), time, "ms", target, &format!("{points} points to draw"));
    let (from, to) = case.held.catalog.span.unwrap_or_default();
    let tenth = (from + (to - from) / 2, from + (to - from) * 6 / 10);
    let part = median(7, || {
        let wanted = Wanted { lines: lines.clone(), range: tenth, columns: COLUMNS, ..Wanted::default() };
        points = case.draw(wanted).map_or(0, |drawing| count(&drawing));
    });
    row("the same, a tenth of the time", part, "ms", None, &format!("{points} points to draw"));
    let mut with_sum: Vec<Line> = lines.iter().map(|line| Line { hidden: true, ..line.clone() }).collect();
    with_sum.push(Line {
        id: "e1".to_owned(),
        of: Of::Math("SUM(METRICS())".to_owned()),
        label: None,
        statistic: String::new(),
        period: None,
        right: false,
        hidden: false,
    });
    let mut fault = None;
    let time = median(3, || {
        let mut drawing = drawn(case, with_sum.clone());
        points = count(&drawing);
        fault = drawing.lines.pop().and_then(Result::err);
    });
    match fault {
        None => row(&format!("SUM(METRICS()) of {what}"), time, "ms", None, &format!("{points} points to draw")),
        Some(fault) => eprintln!("SUM(METRICS()): {fault}"),
    }
}
