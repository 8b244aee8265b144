//! The engine without a browser: reads files, answers questions, prints one JSON object.
//!
//! `cargo run --release --example ask -- PATH… [--query KQL] [--facet FIELD[:N]]… [--histogram SECONDS] [--rows N]
//! [--sort FIELD:asc|desc] [--shards N] [--report]`
//!
//! `… ask -- PATH… --metric-filter PATTERN [--value V] [--period SECONDS] [--strict]` prints what a metric filter of CloudWatch Logs
//! makes of log lines and records: `matched`, and `points` with the statistics of each period. `--query` says which events it is
//! shown.
//!
//! `… ask -- PATH… --series [NAMESPACE/NAME[,DIMENSION=VALUE]…]… [--stat S] [--period SECONDS] [--math EXPR]` prints which series
//! there are; of those that are named every point; of an expression over them (`m1`, `m2` …) its points.
//!
//! `… ask -- PATH… --integrity` prints what the evidence says of digests and logs, as one JSON object: `digests`, `logs`, `gaps`,
//! `unverifiable_ranges`, `findings`.
//!
//! `… ask -- PATH… --validate-logs --trail-arn ARN --start-time TIME [--end-time TIME] [--s3-bucket B] [--s3-prefix P]
//! [--account-id A] [--region R] [--verbose]` prints what `aws cloudtrail validate-logs` would print of a bucket's tree, public
//! keys and outputs of head-object, and ends with its exit code.

mod metric_filter;
mod series;
mod validate_logs;

use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use trailglass::integrity::judge::judge;
use trailglass::integrity::vocabulary;
use trailglass::query::aggregate::{Aggregate, Answer, Count};
use trailglass::query::kql::{self, Field};
use trailglass::query::order::{Order, SortBy};
use trailglass::query::predicate::{Predicate, Select, TimeRange};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::protocol::{Ask, Reply};
use trailglass::session::questions::{self, Shards};
use trailglass::store::hot;
use trailglass::time;

struct Arguments {
    paths: Vec<PathBuf>,
    query: String,
    facets: Vec<(String, usize)>,
    histogram: Option<i64>,
    rows: Option<u32>,
    sort: Order,
    shards: usize,
    report: bool,
    integrity: bool,
    validate_logs: validate_logs::Asked,
    metric_filter: metric_filter::Asked,
    series: series::Asked,
}

const USAGE: &str = "usage: ask PATH… [--query KQL] [--facet FIELD[:N]]… [--histogram SECONDS] [--rows N] \
                     [--sort FIELD:asc|desc] [--shards N] [--report]\n\
                     or: ask PATH… --metric-filter PATTERN [--value V] [--period SECONDS] [--strict] [--query KQL]\n\
                     or: ask PATH… --series [NAMESPACE/NAME[,DIMENSION=VALUE]…]… [--stat S] [--period SECONDS] \
                     [--math EXPR]\n\
                     or: ask PATH… --integrity\n\
                     or: ask PATH… --validate-logs --trail-arn ARN --start-time TIME [--end-time TIME] [--s3-bucket B] \
                     [--s3-prefix P] [--account-id A] [--region R] [--verbose]";

fn arguments() -> Result<Arguments, String> {
    let mut parsed = Arguments {
        paths: Vec::new(),
        query: String::new(),
        facets: Vec::new(),
        histogram: None,
        rows: None,
        sort: Order { by: SortBy::Time, descending: false },
        shards: std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(1, 8)),
        report: false,
        integrity: false,
        validate_logs: validate_logs::Asked::default(),
        metric_filter: metric_filter::Asked::default(),
        series: series::Asked::default(),
    };
    let mut period = None;
    let mut arguments = std::env::args().skip(1).peekable();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value\n{USAGE}"));
        if parsed.validate_logs.take(&argument, &mut value)?
            || parsed.metric_filter.take(&argument, &mut value)?
            || parsed.series.take(&argument, &mut value)?
        {
            continue;
        }
        let number = |text: String| text.parse::<u32>().map_err(|_| format!("{text} is not a whole number"));
        match argument.as_str() {
            "--query" => parsed.query = value()?,
            "--facet" => {
                let facet = value()?;
                let (field, limit) = match facet.rsplit_once(':') {
                    Some((field, limit)) if limit.parse::<usize>().is_ok() => (field, limit.parse().unwrap_or(10)),
                    _ => (facet.as_str(), 10),
                };
                parsed.facets.push((field.to_owned(), limit));
            }
            "--histogram" => parsed.histogram = Some(i64::from(number(value()?)?.max(1))),
            "--rows" => parsed.rows = Some(number(value()?)?),
            "--shards" => parsed.shards = number(value()?)?.clamp(1, 64) as usize,
            "--sort" => {
                let sort = value()?;
                let (name, way) = sort.rsplit_once(':').unwrap_or((&sort, "asc"));
                let descending = match way {
                    "asc" => false,
                    "desc" => true,
                    other => return Err(format!("{other}: asc or desc was expected")),
                };
                let by = if name == "time" { SortBy::Time } else { SortBy::Field(field(name)?) };
                parsed.sort = Order { by, descending };
            }
            "--period" => {
                let text = value()?;
                let seconds = text.parse().ok().filter(|&seconds: &u32| seconds > 0);
                period = Some(seconds.ok_or(format!("{text} is not a number of seconds"))?);
            }
            "--series" => {
                parsed.series.wanted = true;
                parsed.series.names.extend(arguments.next_if(|next| !next.starts_with("--")));
            }
            "--report" => parsed.report = true,
            "--integrity" => parsed.integrity = true,
            flag if flag.starts_with("--") => return Err(format!("{flag} is not known\n{USAGE}")),
            path => parsed.paths.push(path.into()),
        }
    }
    if parsed.paths.is_empty() {
        return Err(USAGE.to_owned());
    }
    if let (false, Some(option)) = (parsed.validate_logs.wanted, &parsed.validate_logs.option) {
        return Err(format!("{option} goes with --validate-logs\n{USAGE}"));
    }
    if let (None, Some(option)) = (&parsed.metric_filter.pattern, &parsed.metric_filter.option) {
        return Err(format!("{option} goes with --metric-filter\n{USAGE}"));
    }
    if let (false, Some(option)) = (parsed.series.wanted, &parsed.series.option) {
        return Err(format!("{option} goes with --series\n{USAGE}"));
    }
    if period.is_some() && parsed.metric_filter.pattern.is_none() && !parsed.series.wanted {
        return Err(format!("--period goes with --metric-filter or --series\n{USAGE}"));
    }
    (parsed.metric_filter.period, parsed.series.period) = (period, period);
    Ok(parsed)
}

/// A field as the search box reads it, short names included.
fn field(name: &str) -> Result<Select, String> {
    let parsed = kql::parse(&format!("{name}: *")).map_err(|error| format!("field {name}: {error}"))?;
    match parsed.fields.first().map(|used| &used.field) {
        Some(Field::Values(selects)) => Ok(selects[0].clone()),
        _ => Err(format!("{name} cannot be counted or sorted by; use --histogram for time")),
    }
}

/// The files named, and all files below the folders named, in the order of their paths.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    fn walk(path: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
        if !path.is_dir() {
            found.push(path.to_owned());
            return Ok(());
        }
        let mut inside: Vec<_> = std::fs::read_dir(path)?.collect::<Result<_, _>>()?;
        inside.sort_by_key(std::fs::DirEntry::path);
        inside.iter().try_for_each(|entry| walk(&entry.path(), found))
    }
    let mut found = Vec::new();
    for path in paths {
        walk(path, &mut found).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(found)
}

fn run() -> Result<ExitCode, String> {
    let arguments = arguments()?;
    if arguments.validate_logs.wanted {
        return arguments.validate_logs.run(&files(&arguments.paths)?, arguments.shards);
    }
    let parsed = kql::parse(&arguments.query).map_err(|error| format!("{error}\n{}", error.sentence()))?;
    let facets: Vec<(String, Select, usize)> = arguments
        .facets
        .iter()
        .map(|(name, limit)| Ok((name.clone(), field(name)?, *limit)))
        .collect::<Result<_, String>>()?;
    let files = files(&arguments.paths)?;
    let started = Instant::now();
    let case = NativeCase::load(&files, arguments.shards);
    if arguments.integrity {
        // Without a digest there is nothing to judge events by, but logs can still be told that none names them.
        let judgement = case.judgement.clone().unwrap_or_else(|| judge(&case.evidence(), &[]));
        println!("{}", vocabulary::answer(&judgement));
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.metric_filter.pattern.is_some() {
        let newest = block_on(questions::aggregates(
            &case,
            Predicate::Everything,
            vec![(TimeRange::default(), Aggregate::Count)],
        ));
        let newest = counted(newest.map_err(|_| "a shard was lost".to_owned())?).last.unwrap_or(0);
        println!("{}", arguments.metric_filter.answer(&case, parsed.predicate.resolve_now(newest))?);
        return Ok(ExitCode::SUCCESS);
    }
    let load_seconds = started.elapsed().as_secs_f64();
    if arguments.series.wanted {
        println!("{}", arguments.series.answer(&case, load_seconds)?);
        return Ok(ExitCode::SUCCESS);
    }
    let answer = block_on(answer(&case, &arguments, parsed, &facets, load_seconds));
    println!("{}", answer.map_err(|_| "a shard was lost".to_owned())?);
    Ok(ExitCode::SUCCESS)
}

async fn answer(
    case: &NativeCase,
    arguments: &Arguments,
    parsed: kql::Parsed,
    facets: &[(String, Select, usize)],
    load_seconds: f64,
) -> Result<Value, questions::Lost> {
    let everything = TimeRange::default();
    let all = counted(questions::aggregates(case, Predicate::Everything, vec![(everything, Aggregate::Count)]).await?);
    let predicate = parsed.predicate.resolve_now(all.last.unwrap_or(0));
    let count = counted(questions::aggregates(case, predicate.clone(), vec![(everything, Aggregate::Count)]).await?);

    let mut wanted: Vec<_> = facets.iter().map(|(_, select, _)| (everything, Aggregate::Top(select.clone()))).collect();
    let mut histogram_start = 0;
    if let (Some(seconds), Some(first), Some(last)) = (arguments.histogram, count.first, count.last) {
        let width = seconds * 1_000;
        histogram_start = first.div_euclid(width) * width;
        let bins = u32::try_from((last - histogram_start) / width + 1).unwrap_or(u32::MAX).min(10_000_000);
        wanted.push((everything, Aggregate::Histogram { start: histogram_start, width, bins, by: None }));
    }
    let mut answers = questions::aggregates(case, predicate.clone(), wanted).await?.into_iter();

    let mut out = Map::new();
    let duplicates = &case.duplicates;
    let rejected: u64 = case.reports.iter().map(|report| u64::from(report.rejected)).sum();
    let listed = case.reports.iter().map(|report| {
        let problems: Vec<Value> = report.problems.iter().map(|problem| json!(problem)).collect();
        let copies = duplicates.by_file.get(&report.file).copied().unwrap_or(0);
        json!({
            "path": case.paths[report.file as usize], "kind": report.kind, "events": report.events - copies,
            "duplicates": copies, "rejected": report.rejected, "problems": problems,
        })
    });
    out.insert("files".into(), listed.collect());
    out.insert("events".into(), json!(all.rows));
    out.insert("duplicates".into(), json!(duplicates.total()));
    out.insert("rejected".into(), json!(rejected));
    out.insert("count".into(), json!(count.rows));
    out.insert("first".into(), json!(count.first.map(time::format)));
    out.insert("last".into(), json!(count.last.map(time::format)));

    let mut found = Map::new();
    for (name, _, limit) in facets {
        let Some(Answer::Top(counts)) = answers.next() else { continue };
        let mut values: Vec<(Option<String>, u64)> =
            if counts.none > 0 { vec![(None, counts.none)] } else { Vec::new() };
        values.extend(counts.top(usize::MAX).into_iter().map(|(value, count)| (Some(value), count)));
        values.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
        values.truncate(*limit);
        found.insert(name.clone(), json!(values));
    }
    out.insert("facets".into(), found.into());

    if let Some(seconds) = arguments.histogram {
        let series = match answers.next() {
            Some(Answer::Histogram(series)) => series.into_iter().next().unwrap_or_default(),
            _ => Vec::new(),
        };
        let bins = series.iter().enumerate().filter(|(_, count)| **count > 0);
        let bins = bins.map(|(bin, count)| json!([histogram_start / 1_000 + bin as i64 * seconds, count]));
        out.insert("histogram".into(), bins.collect());
    }
    if let Some(rows) = arguments.rows {
        out.insert("rows".into(), list(case, predicate, &arguments.sort, rows).await?);
    }
    out.insert("load_seconds".into(), json!(load_seconds));
    let mut resident = 0;
    let mut parts: Vec<Value> = Vec::new();
    for reply in questions::ask_all(case, Ask::Memory).await? {
        let Reply::Memory(memory, events) = reply else { continue };
        resident += memory.iter().map(|(_, bytes)| bytes).sum::<u64>();
        parts.push(json!({ "events": events, "bytes": memory.into_iter().map(|(part, bytes)| (part, json!(bytes))).collect::<Map<String, Value>>() }));
    }
    out.insert("resident_bytes".into(), json!(resident));
    if arguments.report {
        let conflicts = duplicates.conflicts.iter().map(|conflict| {
            let place = |(file, record): (u32, u32)| json!({ "path": case.paths[file as usize], "record": record });
            json!([place(conflict.first), place(conflict.other)])
        });
        let fields: Vec<Select> = parsed
            .fields
            .iter()
            .filter_map(|used| match &used.field {
                Field::Values(selects) => selects.first().cloned(),
                _ => None,
            })
            .collect();
        let unknown = if fields.is_empty() { Vec::new() } else { questions::unknown_fields(case, fields).await?.0 };
        let written = parsed.fields.iter().filter(|used| matches!(used.field, Field::Values(_)));
        let unknown: Vec<&str> =
            written.zip(unknown).filter(|(_, unknown)| *unknown).map(|(used, _)| used.written.as_str()).collect();
        out.insert("report".into(), json!({
            "undated": all.undated, "conflicts": conflicts.collect::<Vec<_>>(), "unknown_fields": unknown, "shards": parts,
        }));
    }
    Ok(out.into())
}

fn counted(answers: Vec<Answer>) -> Count {
    match answers.into_iter().next() {
        Some(Answer::Count(count)) => count,
        _ => Count::default(),
    }
}

async fn list(case: &NativeCase, predicate: Predicate, order: &Order, rows: u32) -> Result<Value, questions::Lost> {
    let list = questions::list(case, predicate, TimeRange::default(), order.clone()).await?;
    let columns: Vec<Select> = hot::PATHS.iter().map(|path| Select::keys(path)).collect();
    let mut out = Vec::new();
    for (shard, row) in list.page(case, 0, rows, &columns).await? {
        let mut shown = Map::new();
        shown.insert("time".into(), json!(row.time.map(time::format)));
        for (path, cell) in hot::PATHS.iter().zip(&row.cells) {
            shown.insert((*path).into(), json!(cell));
        }
        shown.insert("file".into(), json!(case.paths[row.file as usize]));
        shown.insert("record".into(), json!(row.record));
        let text = questions::record(case, shard, row.row, false).await?;
        // A record nested more deeply than serde_json reads is given as text.
        shown.insert("raw".into(), serde_json::from_str(&text).unwrap_or(Value::String(text)));
        out.push(Value::Object(shown));
    }
    debug_assert!(case.count() > 0);
    Ok(out.into())
}

fn main() -> ExitCode {
    run().unwrap_or_else(|message| {
        eprintln!("ask: {message}");
        ExitCode::from(2)
    })
}
