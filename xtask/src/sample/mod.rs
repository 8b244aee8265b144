//! The sample case: what a person sees who has no logs at hand. An invented organisation of three accounts, three days,
//! one intrusion, from a fixed seed; told in the words of the corpus, delivered as a trail delivers.
//!
//! WHY not a corpus: a corpus is drawn by chance and has no plot. Here people, programs and one intruder act in the order
//! of a story, and every id that is handed out is the one that is used later.
//!
//! - `cast`: who there is; - `words`: the calls that only this story knows; - `book`: what is told, record by record;
//! - `ordinary`: three working days; - `intrusion`: one night; - `delivery`: the log files; - `key`: what signs digests;
//! - `custody`: the digests that prove the logs, and what somebody did to both; - `logs`: what CloudWatch Logs kept of that
//!   night; - `metrics`: what CloudWatch measured; - `zip`: all of it in one file.
//!
//! The digests are signed with keys that lie in `keys/`: **test keys, made for this sample, not AWS's**. Anybody may know
//! them.

mod book;
mod cast;
mod custody;
mod delivery;
mod intrusion;
pub(crate) mod key;
pub mod logs;
pub mod metrics;
mod ordinary;
mod words;
mod zip;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

pub use book::Event;
pub use cast::{BUILD, TRAIL_BUCKET};
pub use custody::{
    AROUND_HOLE, Delivered, FINAL, HEAD, HOLE, MISSING, MISSING_DIGEST, NEWEST_PROVED, README, RESTART, TAMPERED,
    TAMPERED_DIGEST,
};
pub use intrusion::{ADDRESS, BACKDOOR, BUCKET, DUMPED, INSTANCE, KEY, STARTED, STOPPED, TERMINATED};

/// The name of the packed sample beside the page.
pub const FILE: &str = "sample.zip";

/// Monday 2026-09-14T00:00:00Z.
const START: i64 = 1_789_344_000;
/// Days told.
const DAYS: i64 = 3;
/// What all randomness starts from.
const SEED: u64 = 0x5a3d_1e5e;

/// All that the trail recorded.
fn told() -> book::Told {
    let cast = cast::Cast::new();
    let words = words::Words::new();
    let mut book = book::Book::new(&cast, &words);
    ordinary::tell(&mut book);
    intrusion::tell(&mut book);
    book.finish()
}

/// The whole case as CloudTrail recorded it, in the order of time. One of these events is told falsely in the files: see
/// [`TAMPERED`].
pub fn events() -> Vec<Event> {
    told().events
}

/// The files of the case: the trail's logs, digests, and what else is needed to prove them; what CloudWatch Logs kept; and what
/// CloudWatch measured.
pub fn files() -> Result<Vec<Delivered>> {
    let told = told();
    let mut files = custody::files(&told)?;
    files.extend(logs::files(&told)?);
    files.extend(metrics::files(&told)?);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Writes the files into a folder, and says how many events and files there are.
pub fn write(dir: &Path) -> Result<(usize, usize)> {
    let files = files()?;
    // What an earlier generator wrote would be read with it.
    for stale in [&[delivery::ROOT][..], &logs::ROOTS].concat().into_iter().map(|root| dir.join(root)) {
        if stale.is_dir() {
            fs::remove_dir_all(&stale).with_context(|| format!("removing {}", stale.display()))?;
        }
    }
    for file in &files {
        let path = dir.join(&file.path);
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        fs::write(&path, &file.bytes).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok((files.iter().map(|file| file.events).sum(), files.len()))
}

/// The files as one zip, which the page fetches.
pub fn packed() -> Result<Vec<u8>> {
    let files = files()?;
    zip::stored(files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())))
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_custody;
#[cfg(test)]
mod tests_logs;
