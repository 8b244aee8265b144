//! Made-up CloudTrail logs, as large as wanted and the same every time.
//!
//! Real logs may not be shared and public samples are small, yet every figure of the project is measured on millions of
//! records. So this module makes them: accounts, roles, sessions, office hours, bursts, 95 API calls with their own
//! requests and responses, laid out in the folders that CloudTrail writes. The same kind gives the same records on any
//! machine, so figures of two days can be compared. Nothing in them comes from a real log. The sample case
//! (`crate::sample`) is told with the same words.
//!
//! - `rng`, `clock`: numbers and time; - `names`, `world`: the company; - `template`, `calls`: what is called;
//! - `plan`: which file holds which minutes and sessions; - `actor`, `record`: one record; - `write`: files;
//! - `formats`: some of them in every format; - `custody`: with signed digests; - `logs`: lines of CloudWatch Logs instead;
//! - `metrics`: points of metrics instead.

pub(crate) mod actor;
pub(crate) mod calls;
pub(crate) mod clock;
pub mod custody;
pub mod formats;
pub mod logs;
pub mod metrics;
pub(crate) mod names;
pub(crate) mod plan;
pub(crate) mod record;
pub(crate) mod rng;
pub(crate) mod template;
pub(crate) mod world;
mod write;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use plan::{Plan, Size};
use record::Menu;
use world::World;

/// Raise this when a change alters what is written: corpora that lie on a disk are then made again.
const VERSION: u32 = 1;

/// The corpora that figures and tests speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The events of `B` as one `{"Records":[…]}` file, uncompressed.
    A,
    /// 200,000 events in 2,000 `.json.gz` files of 100.
    B,
    /// 1,000,000 events in 10,000 `.json.gz` files of 100.
    C,
    /// 1,000 events in 20 `.json.gz` files: for tests that run on every change.
    Tiny,
    /// 50,000 `.json.gz` files of one event each: the worst case for whatever costs something per file.
    Chaos,
    /// 30,000 events in 300 `.json.gz` files, most of them S3 data events with ids and keys that occur once.
    S3Heavy,
    /// A day of one account and region in 2,400 `.json.gz` files, 100 an hour, with its 24 digests, their metadata and keys.
    Custody,
    /// `B` in a bucket, with its digests.
    BDigests,
    /// `C` in a bucket, with its digests.
    CDigests,
    /// 144,500 events in 578 `.json.gz` files: as many bytes as the lines of [`logs`] are, to compare with.
    LogsTrail,
}

impl Kind {
    /// All kinds, with their names on a command line and on the disk.
    pub const ALL: [(Kind, &'static str); 10] = [
        (Kind::A, "a"),
        (Kind::B, "b"),
        (Kind::C, "c"),
        (Kind::Tiny, "tiny"),
        (Kind::Chaos, "chaos"),
        (Kind::S3Heavy, "s3heavy"),
        (Kind::Custody, "custody"),
        (Kind::BDigests, "b-digests"),
        (Kind::CDigests, "c-digests"),
        (Kind::LogsTrail, "logs-trail"),
    ];

    /// Its name on a command line and on the disk.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    fn size(self) -> Size {
        let (files, per_file, days, seed, issuing) = match self {
            // The same seed: A holds the events of B.
            Self::A | Self::B | Self::BDigests => (2_000, 100, 5, 0xb0b, 28),
            Self::C | Self::CDigests => (10_000, 100, 12, 0xca7, 14),
            Self::Tiny => (20, 50, 1, 0x717, 30),
            Self::Chaos => return tiny(50_000),
            Self::S3Heavy => (300, 100, 3, 0x53, 20),
            Self::Custody => (2_400, 25, 1, 0xd1, 20),
            Self::LogsTrail => (578, 250, 3, 0x10957, 20),
        };
        let (s3_heavy, one_stream) = (self == Self::S3Heavy, self == Self::Custody);
        Size { files, per_file, days, seed, s3_heavy, issuing, one_stream }
    }
}

impl std::str::FromStr for Kind {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|kind| kind.1 == name);
        found.map(|kind| kind.0).with_context(|| format!("no corpus is called {name:?}"))
    }
}

/// What a corpus amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Records in all files together.
    pub events: u64,
    /// Files.
    pub files: u64,
    /// Bytes of JSON, uncompressed.
    pub json_bytes: u64,
    /// Bytes on the disk.
    pub stored_bytes: u64,
}

/// A summary on the disk, with what decides whether it still holds.
#[derive(Serialize, Deserialize)]
struct Saved {
    generator: u32,
    kind: String,
    #[serde(flatten)]
    summary: Summary,
}

/// Makes a corpus in a folder, unless it is there already.
///
/// The summary goes to `<name>.summary.json` beside the folder, not into it: the folder is dropped on the page as it
/// is.
pub fn generate(kind: Kind, dir: &Path) -> Result<Summary> {
    let write = match kind {
        Kind::A => write::one_file,
        Kind::Custody | Kind::BDigests | Kind::CDigests => custody::tree,
        _ => write::tree,
    };
    make(kind.name().to_owned(), kind.size(), write, dir)
}

/// Makes 20,000 events of corpus B in each format of [`formats::NAMES`], unless they are there already.
pub fn in_formats(dir: &Path) -> Result<Summary> {
    make("formats".to_owned(), Kind::B.size(), formats::write, dir)
}

/// Makes `n` files of one event each in a folder, unless they are there already.
pub fn tiny_files(dir: &Path, n: usize) -> Result<Summary> {
    make(format!("tiny-files-{n}"), tiny(n), write::tree, dir)
}

/// One event in each file.
fn tiny(files: usize) -> Size {
    Size { files, per_file: 1, days: 3, seed: 0xc0a5, s3_heavy: false, issuing: 30, one_stream: false }
}

/// The summary of a corpus that is on the disk, whichever kind it is.
pub fn summary(dir: &Path) -> Option<Summary> {
    Some(saved(dir)?.summary)
}

fn saved(dir: &Path) -> Option<Saved> {
    let text = fs::read_to_string(summary_path(dir).ok()?).ok()?;
    serde_json::from_str(&text).ok()
}

fn summary_path(dir: &Path) -> Result<PathBuf> {
    let name = dir.file_name().with_context(|| format!("{} has no name", dir.display()))?;
    let mut name = name.to_owned();
    name.push(".summary.json");
    Ok(dir.with_file_name(name))
}

/// Writes what a plan says into a folder.
type Write = fn(&Path, &Menu, &World, &Plan) -> Result<Summary>;

fn make(kind: String, size: Size, write: Write, dir: &Path) -> Result<Summary> {
    once(&kind, &[write::ROOT, write::ONE_FILE, custody::BUCKETS, custody::HEADS], dir, |dir| {
        let world = World::new();
        let plan = Plan::new(size, &world);
        let menu = Menu::new(size.s3_heavy);
        write(dir, &menu, &world, &plan)
    })
}

/// Has a corpus written into a folder, unless it is there already. `stale`: what an earlier run may have left.
fn once(kind: &str, stale: &[&str], dir: &Path, write: impl FnOnce(&Path) -> Result<Summary>) -> Result<Summary> {
    if let Some(saved) = saved(dir)
        && saved.generator == VERSION
        && saved.kind == kind
        && dir.is_dir()
    {
        return Ok(saved.summary);
    }
    // A run that was interrupted leaves files without a summary. Only what this module writes is removed, never the
    // folder as a whole: the caller may have given a folder of their own.
    let _ = fs::remove_file(summary_path(dir)?);
    for stale in stale.iter().map(|name| dir.join(name)) {
        if stale.is_dir() {
            fs::remove_dir_all(&stale).with_context(|| format!("removing {}", stale.display()))?;
        } else if stale.is_file() {
            fs::remove_file(&stale).with_context(|| format!("removing {}", stale.display()))?;
        }
    }
    fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    let summary = write(dir)?;
    let saved = Saved { generator: VERSION, kind: kind.to_owned(), summary };
    // Written last: a summary says that the corpus is complete.
    fs::write(summary_path(dir)?, serde_json::to_string_pretty(&saved)? + "\n")?;
    Ok(summary)
}

#[cfg(test)]
mod tests;
