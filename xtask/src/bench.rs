//! `cargo xtask bench`: corpora, the two benches, other programs on the same files, and one table beside the targets.
//!
//! The benches write rows (`record`), one JSON object a line; this reads them back. So a bench that dies half-way loses
//! only what it had not measured yet, and what was not measured says so.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::corpus::{logs, metrics};
use crate::run::{cargo, dist, root, run, say, targets};
use crate::tools::{self, Tool};
use crate::{build, corpus, peers};

/// The corpora that the targets speak of.
const CORPORA: [&str; 7] = ["a", "b", "c", FORMATS, CUSTODY, LOGS, METRICS];

/// The corpus that is a slice of another in every format; only the engine's bench reads it.
const FORMATS: &str = "formats";

/// The corpus with digests, which is measured with them and without.
const CUSTODY: &str = "custody";

/// The corpus of log lines, which is measured beside one of CloudTrail records of the same bytes.
const LOGS: &str = logs::NAME;

/// The corpus of points of metrics.
const METRICS: &str = metrics::NAME;

/// One measured figure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What it belongs to: `"load"`, `"query"`, `"page"`, `"peer"` …
    pub group: String,
    /// What was measured, with the corpus.
    pub what: String,
    /// The figure; without one it is printed as "not run".
    pub value: Option<f64>,
    /// Its unit.
    #[serde(default)]
    pub unit: String,
    /// The target in words; one that begins with `≥` or `>=` is met by more, any other by less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The target as a figure of the same unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_value: Option<f64>,
    /// What a reader has to know about it.
    #[serde(default)]
    pub note: String,
}

/// Where the rows are gathered: `TRAILGLASS_BENCH_ROWS`, or `target/bench/rows.jsonl` in the project.
pub fn rows_path() -> PathBuf {
    env::var_os("TRAILGLASS_BENCH_ROWS").map_or_else(|| root().join("target/bench/rows.jsonl"), PathBuf::from)
}

/// Where the corpora are: `TRAILGLASS_CORPORA`, or `target/corpora` in the project; below it one folder for each.
pub fn corpora() -> PathBuf {
    env::var_os("TRAILGLASS_CORPORA").map_or_else(|| root().join("target/corpora"), PathBuf::from)
}

/// Adds a row to the file.
pub fn record(row: &Row) -> Result<()> {
    let path = rows_path();
    fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
    let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
    // One write for one line: two benches may run at once.
    let line = serde_json::to_string(row)? + "\n";
    file.write_all(line.as_bytes()).with_context(|| format!("writing {}", path.display()))
}

/// Measures; `only` names corpora (`a`, `b`, `c`, `formats`, `custody`, `logs`, `metrics`) and benches (`native`, `page`), and nothing
/// in it means all.
pub fn bench(peer: bool, only: &[String]) -> Result<()> {
    if let Some(unknown) =
        only.iter().find(|name| !CORPORA.iter().chain(&["native", "page"]).any(|known| known == name))
    {
        bail!("--only {unknown}: it is a, b, c, formats, custody, logs, metrics, native or page");
    }
    let all_or = |name: &str, family: &[&str]| {
        let named = only.iter().any(|one| family.contains(&one.as_str()));
        !named || only.iter().any(|one| one == name)
    };
    let chosen: Vec<&str> = CORPORA.into_iter().filter(|name| all_or(name, &CORPORA)).collect();
    for name in &chosen {
        corpus_at(name)?;
    }
    let rows = rows_path();
    let _ = fs::remove_file(&rows);
    for (bench, name) in [("engine", "native"), ("page", "page")] {
        if all_or(name, &["native", "page"]) {
            say(&format!("\n=== bench {bench}"));
            if let Err(error) = run_bench(bench, &chosen, &rows) {
                say(&format!("FAILED: {error:#}"));
                record(&not_run(bench, "the rest of this bench", &format!("{error:#}")))?;
            }
        }
    }
    if peer {
        say("\n=== other programs");
        for name in chosen.iter().filter(|name| ![FORMATS, CUSTODY, LOGS, METRICS].contains(name)) {
            measure_peers(name)?;
        }
        if chosen.contains(&METRICS) {
            let rows = peers::metrics(&corpus_at(METRICS)?)?;
            rows.into_iter().map(|row| peer_row(METRICS, row)).try_for_each(|row| record(&row))?;
        }
    } else {
        record(&not_run("peer", "other programs on the same files", "add --peer"))?;
    }
    let table = table(&read_rows(&rows)?);
    let path = rows.with_file_name("table.md");
    fs::write(&path, &table).with_context(|| format!("writing {}", path.display()))?;
    println!("\n{table}");
    Ok(())
}

/// The folder of a corpus, made when it is missing.
pub fn corpus_at(name: &str) -> Result<PathBuf> {
    let dir = corpora().join(name);
    if corpus::summary(&dir).is_none() {
        say(&format!("making corpus {name} (once)"));
    }
    match name {
        FORMATS => corpus::in_formats(&dir)?,
        LOGS => logs::generate(&dir)?,
        METRICS => metrics::generate(&dir)?,
        _ => corpus::generate(name.parse()?, &dir)?,
    };
    Ok(dir)
}

fn run_bench(bench: &str, chosen: &[&str], rows: &Path) -> Result<()> {
    if !targets()?.iter().any(|target| target.is("bench") && target.name == bench) {
        bail!("there is no such bench");
    }
    if bench == "page" {
        tools::ensure(&[Tool::Chromium])?;
        build::build(build::Profile::Release)?;
    }
    let mut command = cargo();
    command.args(["bench", "--no-default-features", "--bench", bench, "--"]);
    command.args(chosen.iter().filter(|name| bench == "engine" || **name != FORMATS));
    command.env("TRAILGLASS_CORPORA", corpora()).env("TRAILGLASS_DIST", dist()).env("TRAILGLASS_BENCH_ROWS", rows);
    run(&mut command)
}

fn measure_peers(name: &str) -> Result<()> {
    let dir = corpus_at(name)?;
    type Peer = fn(&Path) -> Result<Vec<peers::Row>>;
    let programs: [(&str, Peer); 2] = [("DuckDB", peers::duckdb), ("jq", peers::jq)];
    for (program, measure) in programs {
        match measure(&dir) {
            Ok(rows) => rows.into_iter().map(|row| peer_row(name, row)).try_for_each(|row| record(&row))?,
            Err(error) => record(&not_run("peer", &format!("{name}: {program}"), &format!("{error:#}")))?,
        }
    }
    Ok(())
}

fn peer_row(corpus: &str, row: peers::Row) -> Row {
    let what = format!("{corpus}: {}", row.what);
    Row { group: "peer".to_owned(), what, value: row.seconds, unit: "s".to_owned(), note: row.note, ..Row::default() }
}

fn not_run(group: &str, what: &str, why: &str) -> Row {
    Row { group: group.to_owned(), what: what.to_owned(), note: why.to_owned(), ..Row::default() }
}

fn read_rows(path: &Path) -> Result<Vec<Row>> {
    let content = fs::read_to_string(path).unwrap_or_default();
    content.lines().map(|line| serde_json::from_str(line).with_context(|| format!("the row {line}"))).collect()
}

fn table(rows: &[Row]) -> String {
    let mut table = String::from("| group | what | measured | target | | note |\n|---|---|--:|---|---|---|\n");
    for row in rows {
        let measured = row.value.map_or("not run".to_owned(), |value| format!("{} {}", figure(value), row.unit));
        let note = row.note.replace('|', "\\|").replace('\n', " ");
        let (target, verdict) = (row.target.as_deref().unwrap_or(""), verdict(row));
        table += &format!("| {} | {} | {} | {target} | {verdict} | {note} |\n", row.group, row.what, measured.trim());
    }
    table
}

fn verdict(row: &Row) -> &'static str {
    let (Some(value), Some(target)) = (row.value, row.target_value) else { return "" };
    let more_is_better = row.target.as_deref().is_some_and(|words| words.starts_with('≥') || words.starts_with(">="));
    let met = if more_is_better { value >= target } else { value <= target };
    if met { "met" } else { "MISSED" }
}

/// Three digits that mean something, and no more.
fn figure(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        1.0.. => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_rows_beside_their_targets() {
        let lines = r#"{"group":"load","what":"c","value":4.61,"unit":"s","target":"≤ 4.5 s","target_value":4.5,"note":""}
{"group":"load","what":"c against DuckDB","value":4.2,"unit":"x","target":"≥ 4x","target_value":4}
{"group":"peer","what":"jq","value":null,"note":"no jq"}"#;
        let rows: Vec<Row> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let table = table(&rows);
        let body: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(body[0], "| load | c | 4.61 s | ≤ 4.5 s | MISSED |  |");
        assert_eq!(body[1], "| load | c against DuckDB | 4.20 x | ≥ 4x | met |  |");
        assert_eq!(body[2], "| peer | jq | not run |  |  | no jq |");
    }
}
