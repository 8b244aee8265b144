//! The engine without a browser, on the generated corpora: load, memory, and every sort of question. `cargo xtask bench`
//! runs it and prints its rows beside the targets.

mod custody;
mod logs;
mod metrics;

use std::path::{Path, PathBuf};
use std::time::Instant;
use trailglass::query::aggregate::{Aggregate, By};
use trailglass::query::kql;
use trailglass::query::order::{Order, SortBy};
use trailglass::query::predicate::{Predicate, Select, TimeRange};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::protocol::{Ask, Reply};
use trailglass::session::questions;
use trailglass::session::shard::Shard;
use xtask::bench::{Row, corpora, corpus_at, record};
use xtask::corpus::formats::NAMES;

const SHARDS: usize = 2;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// The median of some runs, in milliseconds.
fn median(runs: usize, mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let started = Instant::now();
            run();
            started.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[runs / 2]
}

fn row(corpus: &str, what: &str, value: f64, unit: &str, target: Option<(&str, f64)>) {
    let row = Row {
        group: format!("native, corpus {corpus}, {SHARDS} threads"),
        what: what.to_owned(),
        value: Some(value),
        unit: unit.to_owned(),
        target: target.map(|(text, _)| text.to_owned()),
        target_value: target.map(|(_, value)| value),
        note: String::new(),
    };
    println!("{what}: {value:.1} {unit}");
    if let Err(error) = record(&row) {
        eprintln!("the row was not kept: {error:#}");
    }
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    for corpus in ["b", "c", "a"] {
        if !wanted.is_empty() && !wanted.iter().any(|name| name == corpus) {
            continue;
        }
        let folder = corpora().join(corpus);
        let files = files(&folder);
        if files.is_empty() {
            eprintln!("{} is empty: `cargo xtask corpus {corpus}` makes it", folder.display());
            continue;
        }
        let mut case = None;
        let load = median(3, || case = Some(NativeCase::load(&files, SHARDS)));
        let Some(case) = case else { continue };
        row(corpus, "load, copies found", load, "ms", None);
        questions_on(corpus, &case);
    }
    for corpus in ["custody", "b-digests", "c-digests"] {
        // c with its digests is made and measured only when asked for by name.
        let by_family = corpus != "c-digests" && (wanted.is_empty() || wanted.iter().any(|name| name == "custody"));
        if by_family || wanted.iter().any(|name| name == corpus) {
            custody::measure(corpus);
        }
    }
    if wanted.is_empty() || wanted.iter().any(|name| name == "formats") {
        match corpus_at("formats") {
            Ok(folder) => formats(&folder),
            Err(error) => eprintln!("the formats were not made: {error:#}"),
        }
    }
    if wanted.is_empty() || wanted.iter().any(|name| name == "logs") {
        match corpus_at("logs") {
            Ok(folder) => logs::measure(&folder),
            Err(error) => eprintln!("the log lines were not made: {error:#}"),
        }
    }
    if wanted.is_empty() || wanted.iter().any(|name| name == "metrics") {
        match corpus_at("metrics") {
            Ok(folder) => metrics::measure(&folder),
            Err(error) => eprintln!("the metrics were not made: {error:#}"),
        }
    }
}

/// Archives inside archives are followed no further.
const DEEPEST: usize = 3;

/// The same events in every format, each file read by one thread: events and megabytes of content a second.
fn formats(folder: &Path) {
    for (name, format) in NAMES {
        let bytes = match std::fs::read(folder.join(name)) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("{name}: {error}");
                continue;
            }
        };
        let (mut events, mut content) = (0, 0);
        let milliseconds = median(5, || {
            let mut shard = Shard::default();
            (events, content) = read(&mut shard, name, &bytes, 0);
            assert_eq!(events, u64::from(shard.store().rows()), "an event is a row");
        });
        let figures = [(events as f64, "events/s"), (content as f64 / 1e6, "MB/s")];
        for (amount, unit) in figures {
            let value = (events > 0).then_some(amount / milliseconds * 1_000.0);
            let note = if events > 0 { format!("{events} events, {content} bytes") } else { "not opened".to_owned() };
            let group = "native, formats, 1 thread".to_owned();
            let row = Row { group, what: format.to_owned(), value, unit: unit.to_owned(), note, ..Row::default() };
            println!("{format}: {} {unit} ({})", value.map_or("-".to_owned(), |value| format!("{value:.0}")), row.note);
            if let Err(error) = record(&row) {
                eprintln!("the row was not kept: {error:#}");
            }
        }
    }
}

/// Reads a file and all that is in it; the events, and the bytes of content that they were in.
fn read(shard: &mut Shard, name: &str, bytes: &[u8], depth: usize) -> (u64, u64) {
    let report = shard.read(0, name, bytes);
    let Some(mut archive) = shard.take_archive().filter(|_| depth < DEEPEST) else {
        return (u64::from(report.events), report.content_bytes);
    };
    let (mut events, mut content) = (u64::from(report.events), 0);
    for entry in 0..archive.entries().len() {
        if let Ok(bytes) = archive.content(entry) {
            let (more, of) = read(shard, name, &bytes, depth + 1);
            (events, content) = (events + more, content + of);
        }
    }
    (events, content)
}

fn questions_on(corpus: &str, case: &NativeCase) {
    let mut bytes = 0;
    let mut events = 0;
    for reply in block_on(questions::ask_all(case, Ask::Memory)).unwrap_or_default() {
        if let Reply::Memory(parts, rows) = reply {
            bytes += parts.iter().map(|(_, bytes)| bytes).sum::<u64>();
            events += u64::from(rows);
        }
    }
    let target = (corpus == "c").then_some(("≤ 170", 170.0));
    row(corpus, "resident bytes an event", bytes as f64 / events as f64, "B", target);
    let group = format!("native, corpus {corpus}, {SHARDS} threads");
    let denied = r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }"#;
    logs::filter(&group, case, events, "JSON", denied, "1");
    let ask = |query: &str, aggregates: Vec<Aggregate>| {
        let predicate = kql::parse(query).map_or(Predicate::Nothing, |parsed| parsed.predicate);
        let aggregates = aggregates.into_iter().map(|aggregate| (TimeRange::default(), aggregate)).collect();
        // Another question in between, so that nothing of the last answer is reused.
        let _other = block_on(questions::aggregates(case, Predicate::Nothing, Vec::new()));
        let _answer = block_on(questions::aggregates(case, predicate, aggregates));
    };
    let count = || vec![Aggregate::Count];
    for (what, query, target) in [
        ("text, selective: harborline-nothing", "harborline-nothing", Some(("≤ 20", 20.0))),
        ("text, in every event: amazonaws", "amazonaws", Some(("≤ 20", 20.0))),
        ("text, hexadecimal: d9cb", "d9cb", Some(("≤ 80", 80.0))),
        ("text, digits: 2023", "2023", Some(("≤ 80", 80.0))),
        ("name: Terminate*", "name: Terminate*", Some(("≤ 33", 33.0))),
        ("nested, in arrays", "requestParameters.instancesSet.items.instanceId: i-0*", Some(("≤ 33", 33.0))),
        ("network: ip: 10.0.0.0/8", "ip: 10.0.0.0/8", Some(("≤ 33", 33.0))),
    ] {
        let target = target.filter(|_| corpus == "c");
        row(corpus, what, median(7, || ask(query, count())), "ms", target);
    }
    let facets = [
        "eventName",
        "eventSource",
        "awsRegion",
        "recipientAccountId",
        "userIdentity.arn",
        "userIdentity.type",
        "sourceIPAddress",
        "errorCode",
        "readOnly",
        "userAgent",
    ];
    let by = By { select: Select::keys("errorCode"), values: Vec::new() };
    let hour = 3_600_000;
    let start = 1_772_409_600_000;
    let mut all: Vec<Aggregate> = facets.iter().map(|field| Aggregate::Top(Select::keys(field))).collect();
    all.push(Aggregate::Histogram { start, width: hour, bins: 400, by: Some(by) });
    let target = (corpus == "c").then_some(("≤ 33", 33.0));
    row(
        corpus,
        "filter (not region us-east-1) + histogram + 10 facets",
        median(7, || ask("not region: us-east-1", all.clone())),
        "ms",
        target,
    );
    for (what, by) in [("time", SortBy::Time), ("eventName", SortBy::Field(Select::keys("eventName")))] {
        let order = Order { by, descending: true };
        let mut middle = 0.0;
        let made = median(5, || {
            let list = block_on(questions::list(case, Predicate::Everything, TimeRange::default(), order.clone()));
            if let Ok(list) = list {
                middle = median(5, || {
                    let _page = block_on(list.page(case, list.len() * 9 / 10, 60, &[]));
                });
            }
        });
        row(corpus, &format!("sort all by {what}, with five pages far in"), made, "ms", None);
        row(corpus, &format!("a page of 60 far in, by {what}"), middle, "ms", None);
    }
}
