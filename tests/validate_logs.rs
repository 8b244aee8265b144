//! Answer A against the AWS command line itself: for every scenario of `../shared/oracle/integrity/corpus` and every run of
//! it, the text and exit code that `aws cloudtrail validate-logs` 2.36.7 gave. Not a line is left out, but for one that Python
//! prints about itself: see [`without_warnings`].

mod common;

use serde::Deserialize;
use std::path::Path;
use trailglass::integrity::Supplied;
use trailglass::integrity::validate_logs::{Request, validate};
use trailglass::session::native::NativeCase;

#[derive(Deserialize)]
struct Scenario {
    runs: Vec<Run>,
}

/// A run as the scenario asks for it.
#[derive(Deserialize)]
struct Run {
    label: String,
    trail_arn: String,
    region: Option<String>,
    env_region: Option<String>,
    start_time: String,
    end_time: Option<String>,
    s3_bucket: Option<String>,
    s3_prefix: Option<String>,
    account_id: Option<String>,
    verbose: Option<bool>,
}

#[derive(Deserialize)]
struct Expected {
    runs: Vec<Printed>,
}

/// What the command printed of it.
#[derive(Deserialize)]
struct Printed {
    label: String,
    exit_code: i32,
    stdout: String,
    stderr: String,
    interleaved: String,
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn request(run: &Run) -> Request {
    Request {
        trail_arn: run.trail_arn.clone(),
        start_time: run.start_time.clone(),
        end_time: run.end_time.clone(),
        s3_bucket: run.s3_bucket.clone(),
        s3_prefix: run.s3_prefix.clone(),
        account_id: run.account_id.clone(),
        region: run.region.clone(),
        default_region: run.env_region.clone(),
        verbose: run.verbose.unwrap_or(true),
        now: 1_800_000_000_000,
    }
}

/// The text without the warning about a time zone of which only the name is known: Python's `warnings` module writes it, with
/// the place in the program's source and that line of source, which differ from one release to the next.
fn without_warnings(text: &str) -> String {
    let is_warning = |line: &str| line.contains(": UnknownTimezoneWarning: ") || line.starts_with("  warnings.warn(");
    text.split_inclusive('\n').filter(|line| !is_warning(line)).collect()
}

fn evidence(folder: &Path, shards: usize) -> Vec<Supplied> {
    NativeCase::load(&common::files_below(folder), shards).evidence()
}

/// Holds all runs over a corpus against what was printed of them; how many there were.
fn hold(corpus: &Path, expected: &Path) -> usize {
    let mut names: Vec<_> = std::fs::read_dir(expected).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    names.sort();
    let (mut checked, mut wrong) = (0, Vec::new());
    for (number, path) in names.iter().enumerate() {
        let folder = corpus.join(path.file_stem().unwrap());
        let scenario: Scenario = read(&folder.join("scenario.json"));
        let expected: Expected = read(path);
        let files = evidence(&folder, number % 3 + 1);
        assert_eq!(scenario.runs.len(), expected.runs.len());
        for (run, expected) in scenario.runs.iter().zip(&expected.runs) {
            assert_eq!(run.label, expected.label);
            let printed = validate(&request(run), &files);
            let both: String = printed.lines.iter().map(|line| format!("{}\n", line.text)).collect();
            let got = [both, printed.stream(false), printed.stream(true), printed.exit.to_string()];
            let (text, exit) = ([&expected.interleaved, &expected.stdout, &expected.stderr], expected.exit_code);
            let [both, out, err] = text.map(|text| without_warnings(text));
            checked += 1;
            if got != [both.clone(), out, err, exit.to_string()] {
                let differs = got[0].lines().zip(both.lines()).find(|(got, expected)| got != expected);
                wrong.push(format!(
                    "{} / {}: exit {} for {exit}, {} lines for {}\n{differs:#?}",
                    folder.display(),
                    run.label,
                    printed.exit,
                    got[0].lines().count(),
                    both.lines().count(),
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {checked} runs differ:\n{}", wrong.len(), wrong.join("\n\n"));
    checked
}

#[test]
fn prints_what_the_command_prints() {
    let Some(shared) = common::shared() else { return };
    let oracle = shared.join("oracle/integrity");
    assert_eq!(hold(&oracle.join("corpus"), &oracle.join("expected_v2")), 66, "runs");
}
