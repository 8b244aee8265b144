//! `cargo xtask fuzz`: every target in `fuzz/`, one after the other, for a share of the time.
//!
//! With `--sanitizer none`, because that is what a stable compiler can do, and because the code below the page is safe
//! Rust: what is looked for are panics, endless loops and memory that grows without end, and those show without it.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, root, run, say, targets_of, watch_errors};
use crate::tools::{self, Tool};

/// What one target did.
struct Outcome {
    target: String,
    runs: u64,
    /// The input that broke it, relative to the project.
    crash: Option<String>,
    failed: bool,
}

/// Runs one fuzz target, or all, for so many minutes in total.
pub fn fuzz(minutes: f64, only: Option<&str>) -> Result<()> {
    let manifest = root().join("fuzz/Cargo.toml");
    if !manifest.is_file() {
        bail!("there is no fuzz/Cargo.toml");
    }
    let mut names: Vec<String> =
        targets_of(&manifest)?.into_iter().filter(|target| target.is("bin")).map(|target| target.name).collect();
    if let Some(only) = only {
        if !names.iter().any(|name| name == only) {
            bail!("no fuzz target is called {only}; there are: {}", names.join(", "));
        }
        names.retain(|name| name == only);
    }
    if names.is_empty() {
        bail!("fuzz/Cargo.toml has no targets");
    }
    tools::ensure(&[Tool::Fuzz])?;
    // All of them first: compiling is not counted as fuzzing.
    run(&mut cargo_fuzz("build"))?;
    let seconds = ((minutes * 60.0 / names.len() as f64) as u64).max(1);
    let outcomes = names.iter().map(|name| fuzz_one(name, seconds)).collect::<Result<Vec<Outcome>>>()?;
    say("");
    for outcome in &outcomes {
        let crash = outcome.crash.as_deref().map(|path| format!("  CRASH: {path}")).unwrap_or_default();
        let failed = if outcome.failed && outcome.crash.is_none() { "  FAILED" } else { "" };
        println!("{:>14} runs  {}{crash}{failed}", outcome.runs, outcome.target);
    }
    let broken = outcomes.iter().filter(|outcome| outcome.failed).count();
    if broken > 0 { bail!("{broken} of {} fuzz targets failed", outcomes.len()) } else { Ok(()) }
}

fn cargo_fuzz(verb: &str) -> Command {
    let mut command = cargo();
    command.args(["fuzz", verb, "--sanitizer", "none"]);
    command
}

fn fuzz_one(target: &str, seconds: u64) -> Result<Outcome> {
    say(&format!("\n=== {target}, {seconds} s"));
    let corpus = root().join("fuzz/corpus").join(target);
    fs::create_dir_all(&corpus).context("making the corpus folder")?;
    let mut command = cargo_fuzz("run");
    command.arg(target).arg(&corpus);
    // Inputs that are worth starting from, kept with the project; what is found goes to the first folder, never here.
    let seeds = root().join("fuzz/seeds").join(target);
    if seeds.is_dir() {
        command.arg(seeds);
    }
    command.args(["--", &format!("-max_total_time={seconds}"), "-timeout=20", "-rss_limit_mb=4096"]);
    let mut outcome = Outcome { target: target.to_owned(), runs: 0, crash: None, failed: false };
    let status = watch_errors(&mut command, |line| {
        // "#8388608 pulse cov: …" is the fuzzer's heartbeat: counted, but not shown.
        if let Some(runs) = line.strip_prefix('#').and_then(|rest| rest.split_whitespace().next()?.parse().ok()) {
            outcome.runs = runs;
            return;
        }
        if let Some((_, path)) = line.split_once("Test unit written to ") {
            let root = root();
            outcome.crash = Some(path.strip_prefix(&*root.to_string_lossy()).unwrap_or(path).trim_matches('/').into());
        }
        println!("{line}");
    })?;
    outcome.failed = !status.success();
    Ok(outcome)
}
