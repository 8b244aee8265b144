//! Answer A: what `aws cloudtrail validate-logs` (version 2 of the AWS command line) would print of a bucket's tree and the
//! metadata of its digests, its blind spots included (`spec/INTEGRITY.md` 8). Nothing here says what that is worth: see
//! [`super::judge`] for the evidence.

mod account;
mod dates;
mod python;
mod walk;

use super::Supplied;
use serde::{Deserialize, Serialize};

/// The arguments of the command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// `--trail-arn`
    pub trail_arn: String,
    /// `--start-time`
    pub start_time: String,
    /// `--end-time`; without it, now.
    pub end_time: Option<String>,
    /// `--s3-bucket`; without it, what `describe-trails` says of the trail, or would by its newest digest.
    pub s3_bucket: Option<String>,
    /// `--s3-prefix`
    pub s3_prefix: Option<String>,
    /// `--account-id`, which a trail of an organisation needs.
    pub account_id: Option<String>,
    /// `--region`: where the events come from, and whose public keys are asked for.
    pub region: Option<String>,
    /// The region that the environment or a profile gives where there is no `region`.
    pub default_region: Option<String>,
    /// `--verbose`: valid files are told too.
    pub verbose: bool,
    /// Now, in milliseconds since the epoch.
    pub now: i64,
}

/// A line of the command's output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// It goes to stderr.
    pub error: bool,
    /// The line. Keys of objects stand in it as they are, control characters and all: never to be shown raw.
    pub text: String,
}

/// What the command prints, in the order in which it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printed {
    /// The lines of both streams.
    pub lines: Vec<Line>,
    /// The exit code.
    pub exit: i32,
}

impl Printed {
    /// All that goes to one of the streams.
    #[must_use]
    pub fn stream(&self, error: bool) -> String {
        self.lines.iter().filter(|line| line.error == error).map(|line| format!("{}\n", line.text)).collect()
    }
}

/// What the command would print.
#[must_use]
pub fn validate(request: &Request, files: &[Supplied]) -> Printed {
    walk::run(request, &account::Account::of(files))
}

/// The command gives up: the code that it ends with and its last words.
#[derive(Debug)]
struct Abort {
    exit: i32,
    words: String,
}

impl Abort {
    /// As for anything that goes wrong inside it.
    fn new(words: impl Into<String>) -> Self {
        Self { exit: 255, words: words.into() }
    }

    /// As when a service answers with an error.
    fn no_such_bucket() -> Self {
        let operation = "when calling the GetBucketLocation operation: The specified bucket does not exist";
        Self { exit: 254, words: format!("An error occurred (NoSuchBucket) {operation}") }
    }
}
