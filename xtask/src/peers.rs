//! What people use today, on the same files: DuckDB, and `zcat` with `jq`.
//!
//! A peer that is not there, or that fails, becomes a row that says so: a figure measured on another day or another
//! machine is never put in its place.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};

/// One measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// How long it took; nothing when it was not run.
    pub seconds: Option<f64>,
    /// What it answered and with which version, or why it was not run.
    pub note: String,
}

impl Row {
    fn not_run(what: &str, why: impl std::fmt::Display) -> Self {
        Self { what: what.to_owned(), seconds: None, note: format!("not run: {why}") }
    }
}

/// Loads, counts and searches in both ways that DuckDB offers, and prints one line for each: what, seconds, note.
///
/// WHY both: with the structure inferred from a sample it loads and counts faster, as JSON it searches faster and keeps each
/// record as it was; whoever compares takes the better of the two. DuckDB allocates buffers in proportion to
/// `maximum_object_size`: 64 MB is more than any file that CloudTrail delivers, a gigabyte takes all memory there is.
const DUCKDB: &str = r#"
import sys, time
import duckdb

files = sys.argv[1] + "/**/*.json.gz"
version = "DuckDB " + duckdb.__version__ + ", 2 threads"

for way, columns in [("structure inferred", ""), ("as JSON", "columns = {'Records': 'JSON[]'},")]:
    con = duckdb.connect()
    con.execute("SET threads = 2")
    con.execute("SET enable_progress_bar = false")

    def timed(what, sql, parameters, note):
        start = time.perf_counter()
        rows = con.execute(sql, parameters).fetchall()
        seconds = time.perf_counter() - start
        print(what + ", " + way, seconds, note(rows) + ", " + version, sep="\t", flush=True)

    timed("load with read_json and unnest", f"""
        CREATE TABLE records AS SELECT unnest(Records) AS record
        FROM read_json(?, {columns} maximum_object_size = 67108864)
    """, [files], lambda rows: f"{rows[0][0]} records")
    name = "record->>'eventName'" if columns else "record.eventName"
    timed("count by eventName", f"""
        SELECT {name} AS name, count(*) AS n FROM records GROUP BY name ORDER BY n DESC
    """, [], lambda rows: f"{len(rows)} names")
    timed("search in whole records", """
        SELECT count(*) FROM records WHERE contains(record::VARCHAR, ?)
    """, ["203.0.113."], lambda rows: f"{rows[0][0]} records")
    con.close()
"#;

/// Times DuckDB on all `.json.gz` files below a folder; installs it into `target/peers` when it is missing.
///
/// One run, warm or cold as the machine happens to be: the caller repeats it when it wants a median.
pub fn duckdb(files_glob_dir: &Path) -> Result<Vec<Row>> {
    let peer = "DuckDB";
    let run = || -> Result<Vec<Row>> {
        let python = python_with("duckdb")?;
        let text = output(Command::new(python).arg("-c").arg(DUCKDB).arg(files_glob_dir))?;
        let rows: Vec<Row> = text.lines().filter_map(|line| row(peer, line)).collect();
        ensure!(!rows.is_empty(), "it printed nothing");
        Ok(rows)
    };
    check(files_glob_dir)?;
    Ok(run().unwrap_or_else(|error| vec![Row::not_run(peer, format_args!("{error:#}"))]))
}

/// Times `find | xargs zcat | jq` on all `.json.gz` files below a folder.
pub fn jq(dir: &Path) -> Result<Vec<Row>> {
    check(dir)?;
    let questions = [
        ("find, zcat, jq: every record on a line", "jq -c '.Records[]' | wc -l", "records"),
        ("find, zcat, jq: count by eventName", "jq -r '.Records[].eventName' | sort | uniq -c | wc -l", "names"),
    ];
    let version = match output(Command::new("jq").arg("--version")) {
        Ok(version) => version.trim().to_owned(),
        Err(error) => {
            return Ok(questions.map(|(what, ..)| Row::not_run(what, format_args!("{error:#}"))).into());
        }
    };
    let time = |(what, tail, unit): (&str, &str, &str)| {
        // The folder is an argument, not part of the script: its name may hold anything.
        let script = format!(r#"find "$1" -name '*.json.gz' -print0 | xargs -0 zcat | {tail}"#);
        let start = Instant::now();
        match output(Command::new("sh").args(["-c", &script, "sh"]).arg(dir)) {
            Ok(count) => Row {
                what: what.to_owned(),
                seconds: Some(start.elapsed().as_secs_f64()),
                note: format!("{} {unit}, {version}", count.trim()),
            },
            Err(error) => Row::not_run(what, format_args!("{error:#}")),
        }
    };
    Ok(questions.map(time).into())
}

/// Reads one of the tables of the corpus of metrics and finds the least and the greatest value of each of 1,400 stretches of
/// its time, as a chart of so many columns needs them. Plain Python, since that is what everybody has.
const PYTHON: &str = r#"
import csv, sys, time
from array import array
from calendar import timegm

version = "Python " + sys.version.split()[0] + ", csv module, one of the ten tables"
start = time.perf_counter()
times, values = array("q"), array("d")
with open(sys.argv[1], newline="") as file:
    rows = csv.reader(file)
    next(rows)
    for stamp, value in rows:
        times.append(timegm((int(stamp[0:4]), int(stamp[5:7]), int(stamp[8:10]), int(stamp[11:13]), int(stamp[14:16]), int(stamp[17:19]))))
        values.append(float(value))
print("read a table of a million points", time.perf_counter() - start, f"{len(times)} points, {version}", sep="\t")
start = time.perf_counter()
first, width = times[0], (times[-1] - times[0] + 60) / 1400
least, most = [float("inf")] * 1400, [float("-inf")] * 1400
for at, value in zip(times, values):
    column = int((at - first) / width)
    if value < least[column]: least[column] = value
    if value > most[column]: most[column] = value
print("least and greatest of 1,400 columns", time.perf_counter() - start, f"greatest {max(most)}, {version}", sep="\t")
"#;

/// The same in SQLite's shell.
const SQLITE: [(&str, &str); 2] = [
    ("read a table of a million points", ".mode csv\n.import '<file>' points\nSELECT count(*) FROM points;\n"),
    (
        "read it, least and greatest of 1,400 columns",
        ".mode csv\n.import '<file>' points\n\
         WITH p AS (SELECT unixepoch(timestamp) AS at, CAST(value AS REAL) AS value FROM points), \
         ends AS (SELECT min(at) AS a, (max(at) - min(at) + 60) / 1400.0 AS w FROM p), \
         columns AS (SELECT min(value), max(value) FROM p, ends GROUP BY CAST((at - a) / w AS INTEGER)) \
         SELECT count(*) FROM columns;\n",
    ),
];

/// Times programs that everybody has on the corpus of metrics: Python and SQLite on one of its tables, `jq` on its stream.
pub fn metrics(dir: &Path) -> Result<Vec<Row>> {
    use crate::corpus::metrics::{STREAM, TABLES};
    check(dir)?;
    let table = dir.join(TABLES).join("series-00.csv");
    let mut out = Vec::new();
    match output(Command::new("python3").args(["-c", PYTHON]).arg(&table)) {
        Ok(text) => out.extend(text.lines().filter_map(|line| row("Python", line))),
        Err(error) => out.push(Row::not_run("Python", format_args!("{error:#}"))),
    }
    for (what, script) in SQLITE {
        let what = format!("SQLite, {what}");
        // The shell reads its commands from a file: it has no arguments for paths.
        let run = || -> Result<Row> {
            let commands = tempfile::NamedTempFile::new()?;
            let file =
                table.to_str().filter(|path| !path.contains('\'')).context("a path that SQLite does not take")?;
            std::fs::write(commands.path(), script.replace("<file>", file))?;
            let start = Instant::now();
            let script = r#"sqlite3 :memory: < "$1""#;
            let count = output(Command::new("sh").args(["-c", script, "sh"]).arg(commands.path()))?;
            let seconds = Some(start.elapsed().as_secs_f64());
            Ok(Row { what: what.clone(), seconds, note: format!("{} rows, one of the ten tables", count.trim()) })
        };
        out.push(run().unwrap_or_else(|error| Row::not_run(&what, format_args!("{error:#}"))));
    }
    let what = "find, zcat, jq: the average of every line of the stream";
    let script = r#"find "$1" -name '*.gz' -print0 | xargs -0 zcat | jq -c '.value.sum / .value.count' | wc -l"#;
    let start = Instant::now();
    out.push(match output(Command::new("sh").args(["-c", script, "sh"]).arg(dir.join(STREAM))) {
        Ok(count) => Row {
            what: what.to_owned(),
            seconds: Some(start.elapsed().as_secs_f64()),
            note: format!("{} points", count.trim()),
        },
        Err(error) => Row::not_run(what, format_args!("{error:#}")),
    });
    Ok(out)
}

fn check(dir: &Path) -> Result<()> {
    ensure!(dir.is_dir(), "{} is not a folder", dir.display());
    Ok(())
}

/// One line of the script: what, seconds and note, with tabs between.
fn row(peer: &str, line: &str) -> Option<Row> {
    let mut fields = line.splitn(3, '\t');
    let what = format!("{peer}, {}", fields.next()?);
    let seconds = fields.next()?.parse().ok()?;
    Some(Row { what, seconds: Some(seconds), note: fields.next()?.to_owned() })
}

/// A Python that can import a package, installing that into an environment of the project's own.
fn python_with(package: &str) -> Result<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers/python");
    let python = home.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let import = format!("import {package}");
    if python.is_file() && output(Command::new(&python).args(["-c", &import])).is_ok() {
        return Ok(python);
    }
    let system = ["python3", "python"].into_iter().find(|name| output(Command::new(name).arg("--version")).is_ok());
    let system = system.context("there is no Python")?;
    output(Command::new(system).args(["-m", "venv", "--clear"]).arg(&home))
        .context("making an environment for Python")?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", package];
    output(Command::new(&python).args(pip)).with_context(|| format!("installing {package}"))?;
    Ok(python)
}

/// Runs a command to its end; what it printed, or what it complained about.
fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_owned();
    let done = command.stdin(Stdio::null()).output().with_context(|| format!("{} does not start", show(&name)))?;
    if !done.status.success() {
        let complaint = String::from_utf8_lossy(&done.stderr);
        // Python names the exception in the middle, below the trace and above the hints; others have one line.
        let lines = || complaint.lines().filter(|line| !line.trim().is_empty());
        let named = |line: &&str| !line.starts_with(' ') && (line.contains("Error: ") || line.contains("Exception: "));
        let told = lines().find(named).or_else(|| lines().next_back()).unwrap_or("no message");
        bail!("{} ended with {}: {told}", show(&name), done.status);
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

fn show(name: &OsStr) -> String {
    // The last part only: reports are shared, and paths of somebody's machine do not belong in them.
    Path::new(name).file_name().unwrap_or(name).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_failures_are_told() {
        let read = row("DuckDB", "load\t1.5\t200000 records, DuckDB 2").unwrap();
        assert_eq!((read.what.as_str(), read.seconds), ("DuckDB, load", Some(1.5)));
        assert_eq!(row("DuckDB", "a warning"), None);
        let error = output(&mut Command::new("no-such-program-here")).unwrap_err();
        assert_eq!(Row::not_run("peer", error).note, "not run: no-such-program-here does not start");
        assert!(jq(Path::new("no-such-folder-here")).is_err());
    }
}
