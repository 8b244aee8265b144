//! `cargo xtask test`: everything that has to hold before a change goes in, one heading per step.
//!
//! A step that fails does not stop the others: one run tells all there is to mend.

use std::process::Command;

use anyhow::{Result, bail};

use crate::axe;
use crate::build;
use crate::run::{Target, cargo, dist, run, say, shared, targets, tee};
use crate::tools::{self, Tool};

/// A group of steps, for `--only`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Formatting and clippy.
    Lint,
    /// Tests that need no browser.
    Unit,
    /// The two programs for the browser compile without a warning, and the page builds.
    Wasm,
    /// Tests that drive the built page in Chromium.
    Page,
}

impl Group {
    /// The group of this name.
    pub fn named(name: &str) -> Option<Group> {
        Some(match name {
            "lint" => Group::Lint,
            "unit" => Group::Unit,
            "wasm" => Group::Wasm,
            "page" => Group::Page,
            _ => return None,
        })
    }
}

/// What the `test result:` lines add up to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Tally {
    /// Takes in a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; …`.
    fn add(&mut self, line: &str) {
        let Some(counts) = line.strip_prefix("test result: ") else { return };
        let words: Vec<&str> = counts.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<usize>() else { continue };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.skipped += count,
                _ => {}
            }
        }
    }
}

type Step = (Group, &'static str, fn(&mut Tally) -> Result<()>);

const STEPS: [Step; 10] = [
    (Group::Lint, "formatting", |_| {
        tools::ensure(&[Tool::RustComponents])?;
        run(cargo().args(["fmt", "--all", "--check"]))
    }),
    (Group::Lint, "clippy", |_| clippy(&["--workspace", "--all-targets"])),
    // The floors below the page must stand alone. Checked and not run: the same tests run below, once, with the page.
    (Group::Lint, "the floors without the page", |_| {
        clippy(&["--package", "trailglass", "--no-deps", "--no-default-features", "--lib", "--profile", "test"])
    }),
    (Group::Wasm, "clippy for the browser", |_| {
        tools::ensure(&[Tool::RustComponents, Tool::WasmTarget])?;
        clippy(&["--package", "trailglass", "--lib", "--bins", "--target", "wasm32-unknown-unknown"])
    }),
    (Group::Wasm, "the page, built", |_| build::build(build::Profile::Release).map(drop)),
    (Group::Unit, "tests", |tally| {
        let others = targets()?.into_iter().filter(|target| target.is("test") && !is_browser_test(target));
        let chosen: Vec<String> = others.flat_map(|target| ["--test".to_owned(), target.name]).collect();
        cargo_test(&["--lib", "--bins", "--examples"], &chosen, &[], tally)
    }),
    (Group::Unit, "examples in the documentation", |tally| cargo_test(&["--doc"], &[], &[], tally)),
    (Group::Page, "Chromium", |_| tools::ensure(&[Tool::Chromium])),
    (Group::Page, "axe-core", |_| {
        // Without it one test is skipped, and the last lines say so: no reason to fail, on a train for instance.
        if let Err(error) = axe::ensure() {
            say(&format!("axe-core: {error:#}"));
        }
        Ok(())
    }),
    (Group::Page, "tests of the page in Chromium", |tally| {
        build::build(build::Profile::Release)?;
        let pages = targets()?.into_iter().filter(|target| target.is("test") && is_browser_test(target));
        let chosen: Vec<String> = pages.flat_map(|target| ["--test".to_owned(), target.name]).collect();
        // Two browsers at a time are as many as two cores carry without one test timing out because of another.
        cargo_test(&[], &chosen, &["--test-threads=2"], tally)
    }),
];

/// Runs all steps, or those of one group, and answers whether all of them went well.
pub fn test(only: Option<Group>) -> bool {
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    for (group, name, step) in STEPS {
        if only.is_some_and(|only| only != group) {
            continue;
        }
        say(&format!("\n=== {name}"));
        let failed_before = tally.failed;
        if let Err(error) = step(&mut tally) {
            say(&format!("FAILED: {name}: {error:#}"));
            failures.push(name);
            // A step that names no failed test (a warning, a program that died) still counts as one: nobody who reads only
            // the last line may take the run for a good one.
            if tally.failed == failed_before {
                tally.failed += 1;
            }
        }
    }
    if shared().is_none() {
        say("\n!!! The spec vectors and other people's real data were NOT THERE, so nothing was tested against them.");
        say("!!! Put them into ../shared, or set TRAILGLASS_SHARED to their folder, and run this again.");
    }
    if only.is_none_or(|only| only == Group::Page) && axe::script().is_none() {
        say(&format!("\n{}", axe::missing()));
    }
    say("");
    for name in &failures {
        say(&format!("failed step: {name}"));
    }
    // Alone on its line and the last of the output: machines read it.
    let skipped = if tally.skipped > 0 { format!(", {} skipped", tally.skipped) } else { String::new() };
    println!("{} passed, {} failed{skipped}", tally.passed, tally.failed);
    failures.is_empty()
}

/// Tests that drive a browser: those of the page, and the one of the driver itself.
fn is_browser_test(target: &Target) -> bool {
    target.name.starts_with("page") || target.name == "driver"
}

fn clippy(options: &[&str]) -> Result<()> {
    run(cargo().arg("clippy").args(options).args(["--", "-D", "warnings"]))
}

fn cargo_test(options: &[&str], chosen: &[String], harness: &[&str], tally: &mut Tally) -> Result<()> {
    // Always the whole workspace, or cargo picks other features for the shared crates and compiles them once more.
    let mut command: Command = cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]).args(options).args(chosen).arg("--").args(harness);
    command.env("TRAILGLASS_DIST", dist());
    // Where RUST_BACKTRACE is set, errors would bring one of their own along with the panic's: pages around one line.
    command.env("RUST_LIB_BACKTRACE", "0");
    if let Some(shared) = shared() {
        command.env("TRAILGLASS_SHARED", shared.canonicalize()?);
    }
    let status = tee(&mut command, |line| tally.add(line))?;
    if status.success() { Ok(()) } else { bail!("cargo test ended with {status}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_the_result_lines() {
        let mut tally = Tally::default();
        tally.add("running 4 tests");
        tally.add("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.10s");
        tally.add("test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.10s");
        assert_eq!(tally, Tally { passed: 13, failed: 2, skipped: 1 });
    }
}
