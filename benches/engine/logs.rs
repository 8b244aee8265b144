//! What log lines cost: loading a million of them against loading CloudTrail records of as many bytes, and metric filters over
//! a million events.

use super::{SHARDS, files, median};
use std::path::Path;
use trailglass::query::aggregate::{Aggregate, Answer};
use trailglass::query::pattern::{self, Counting};
use trailglass::query::predicate::{Predicate, TimeRange};
use trailglass::query::series::SeriesOf;
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::protocol::{Ask, Reply};
use trailglass::session::questions;
use xtask::bench::{Row, corpus_at, record};
use xtask::corpus;

/// The corpus of records that are as many bytes.
const TRAIL: &str = "logs-trail";

fn row(group: &str, what: &str, value: f64, unit: &str, target: Option<f64>, note: &str) {
    let row = Row {
        group: group.to_owned(),
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
    let trail = match corpus_at(TRAIL) {
        Ok(trail) => trail,
        Err(error) => return eprintln!("corpus {TRAIL} was not made: {error:#}"),
    };
    let group = format!("native, log lines, {SHARDS} threads");
    let bytes = |folder: &Path| corpus::summary(folder).map_or(0.0, |summary| summary.json_bytes as f64 / 1e6);
    let (lines_mb, records_mb) = (bytes(folder), bytes(&trail));
    let (lines, records) = (files(folder), files(&trail));
    let mut case = None;
    let (mut of_lines, mut of_records) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        // In turn, so that both meet the same company on the machine; and never both in memory.
        of_records.push(median(1, || drop(NativeCase::load(&records, SHARDS))));
        drop(case.take());
        of_lines.push(median(1, || case = Some(NativeCase::load(&lines, SHARDS))));
    }
    let Some(case) = case else { return };
    let [of_lines, of_records] = [of_lines, of_records].map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[1]
    });
    let (events, memory) = resident(&case);
    let note = format!("{lines_mb:.0} MB unpacked, {} files", lines.len());
    row(&group, &format!("load {events} log lines"), of_lines, "ms", None, &note);
    let note = format!("{records_mb:.0} MB unpacked, {} files", records.len());
    row(&group, "load CloudTrail records of as many bytes", of_records, "ms", None, &note);
    let ratio = (of_lines / lines_mb) / (of_records / records_mb);
    row(&group, "log lines against records, by the byte", ratio, "x", Some(1.5), "");
    row(&group, "resident bytes a log line", memory / events as f64, "B", None, "");
    for (name, pattern, value) in [
        ("terms", "?ERROR ?\"timed out\"", "1"),
        ("space-delimited, with value", "[ip, identity, user, timestamp, request, status_code, size, ...]", "$size"),
        ("JSON, with value", "{ $.latency > 40 && $.http.status = 200 }", "$.latency"),
    ] {
        filter(&group, &case, events, name, pattern, value);
    }
}

/// Events of a case, and the bytes that they take.
fn resident(case: &NativeCase) -> (u64, f64) {
    let (mut events, mut bytes) = (0, 0);
    for reply in block_on(questions::ask_all(case, Ask::Memory)).unwrap_or_default() {
        if let Reply::Memory(parts, rows) = reply {
            bytes += parts.iter().map(|(_, bytes)| bytes).sum::<u64>();
            events += u64::from(rows);
        }
    }
    (events, bytes as f64)
}

/// Measures a metric filter: what it publishes each minute.
pub fn filter(group: &str, case: &NativeCase, events: u64, name: &str, pattern: &str, value: &str) {
    let parsed = pattern::parse(pattern, Counting::default());
    let (predicate, value) = match parsed.and_then(|parsed| Ok((parsed.predicate.clone(), parsed.source(value)?))) {
        Ok(understood) => understood,
        Err(fault) => return eprintln!("{pattern}: {fault}"),
    };
    let of = SeriesOf { value, period: 60_000, dimensions: Vec::new() };
    let mut sums = (0, 0);
    let mut ask = || {
        // Another question in between, so that nothing of the last answer is reused.
        let _other = block_on(questions::aggregates(case, Predicate::Nothing, Vec::new()));
        let asked = vec![(TimeRange::default(), Aggregate::Series(of.clone()))];
        let answers = block_on(questions::aggregates(case, predicate.clone(), asked));
        if let Some(Answer::Series(series)) = answers.unwrap_or_default().into_iter().next() {
            let points = series.together();
            sums = (points.len(), points.iter().map(|(_, point)| point.samples).sum());
        }
    };
    // What a shard remembers of strings that were looked for does not help the first time.
    let first = median(1, &mut ask);
    let time = median(7, &mut ask);
    let note = format!("{} samples in {} minutes; the first time {first:.1} ms", sums.1, sums.0);
    let target = (events >= 1_000_000).then_some(60.0);
    row(group, &format!("metric filter, {name}, by the minute"), time, "ms", target, &note);
}
