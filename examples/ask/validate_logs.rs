//! `ask PATH… --validate-logs`: the lines and the exit code of `aws cloudtrail validate-logs`, from files alone.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};
use trailglass::integrity::validate_logs::{Request, validate};
use trailglass::session::native::NativeCase;

/// What is asked of the command so far.
#[derive(Default)]
pub struct Asked {
    request: Request,
    /// `--validate-logs` was given.
    pub wanted: bool,
    /// An option was given that means something only with it.
    pub option: Option<String>,
}

impl Asked {
    /// Takes an option of the command; whether it is one.
    pub fn take(&mut self, option: &str, value: impl FnOnce() -> Result<String, String>) -> Result<bool, String> {
        let request = &mut self.request;
        match option {
            "--validate-logs" => {
                self.wanted = true;
                return Ok(true);
            }
            "--verbose" => request.verbose = true,
            "--trail-arn" => request.trail_arn = value()?,
            "--start-time" => request.start_time = value()?,
            "--end-time" => request.end_time = Some(value()?),
            "--s3-bucket" => request.s3_bucket = Some(value()?),
            "--s3-prefix" => request.s3_prefix = Some(value()?),
            "--account-id" => request.account_id = Some(value()?),
            "--region" => request.region = Some(value()?),
            _ => return Ok(false),
        }
        self.option = Some(option.to_owned());
        Ok(true)
    }

    /// Prints what the command would print.
    pub fn run(mut self, files: &[PathBuf], shards: usize) -> Result<ExitCode, String> {
        for (given, option) in [(&self.request.trail_arn, "--trail-arn"), (&self.request.start_time, "--start-time")] {
            if given.is_empty() {
                return Err(format!("--validate-logs needs {option}"));
            }
        }
        let environment = ["AWS_REGION", "AWS_DEFAULT_REGION"].map(|name| std::env::var(name).ok());
        self.request.default_region = environment.into_iter().flatten().find(|region| !region.is_empty());
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.request.now = i64::try_from(since_1970.as_millis()).unwrap_or_default();
        let printed = validate(&self.request, &NativeCase::load(files, shards).evidence());
        let to_screen = [stdout().is_terminal(), stderr().is_terminal()];
        for line in &printed.lines {
            let text = if to_screen[usize::from(line.error)] { visible(&line.text) } else { line.text.clone() };
            let written = if line.error { writeln!(stderr(), "{text}") } else { writeln!(stdout(), "{text}") };
            written.map_err(|error| error.to_string())?;
        }
        Ok(ExitCode::from(u8::try_from(printed.exit).unwrap_or(255)))
    }
}

/// A line for a screen, which keys of objects must not command.
fn visible(line: &str) -> String {
    let shown = |character: char| match character {
        '\t' => "\t".to_owned(),
        hidden if hidden.is_control() => hidden.escape_default().to_string(),
        plain => plain.to_string(),
    };
    line.chars().map(shown).collect()
}
