//! Corpora on the disk: the folders and names that CloudTrail uses, or one large file.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::{collections::BTreeSet, thread};

use anyhow::{Context as _, Result, anyhow};
use flate2::{Compression, write::GzEncoder};

use super::Summary;
use super::clock::{self, Civil};
use super::plan::{FilePlan, Plan};
use super::record::{Menu, file_body};
use super::rng::{ALNUM, Rng};
use super::world::{ACCOUNT, ORG, REGIONS, World};

/// The folder that a corpus in many files begins with.
pub const ROOT: &str = "AWSLogs";
/// The file that a corpus in one file is.
pub const ONE_FILE: &str = "cloudtrail-records.json";

/// Writes each file of the plan, gzipped, on all cores.
pub fn tree(dir: &Path, menu: &Menu, world: &World, plan: &Plan) -> Result<Summary> {
    tree_with(dir, menu, world, plan, &|_, _| {})
}

/// The same; `seen` is told the number and text of each file.
pub fn tree_with(
    dir: &Path,
    menu: &Menu,
    world: &World,
    plan: &Plan,
    seen: &(impl Fn(usize, &str) + Sync),
) -> Result<Summary> {
    let paths: Vec<PathBuf> = (0..plan.files.len()).map(|n| dir.join(path(plan, n))).collect();
    for folder in paths.iter().filter_map(|path| path.parent()).collect::<BTreeSet<_>>() {
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    }
    let (next, json, stored) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let work = || -> Result<()> {
        let mut text = String::new();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = paths.get(n) else { return Ok(()) };
            text.clear();
            text.push_str(r#"{"Records":["#);
            file_body(&mut text, menu, world, plan, n);
            text.push_str("]}");
            seen(n, &text);
            let mut gz = GzEncoder::new(Vec::with_capacity(text.len() / 4), Compression::new(6));
            gz.write_all(text.as_bytes())?;
            let bytes = gz.finish()?;
            fs::write(path, &bytes).with_context(|| format!("writing {}", path.display()))?;
            json.fetch_add(text.len() as u64, Ordering::Relaxed);
            stored.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
    };
    on_every_core(work)?;
    Ok(Summary {
        events: (plan.files.len() * plan.size.per_file) as u64,
        files: plan.files.len() as u64,
        json_bytes: json.into_inner(),
        stored_bytes: stored.into_inner(),
    })
}

/// Writes the records of all files of the plan into one.
pub fn one_file(dir: &Path, menu: &Menu, world: &World, plan: &Plan) -> Result<Summary> {
    let path = dir.join(ONE_FILE);
    let file = File::create(&path).with_context(|| format!("creating {}", path.display()))?;
    let mut file = BufWriter::with_capacity(1 << 20, file);
    let (mut text, mut bytes) = (String::from(r#"{"Records":["#), 0);
    for n in 0..plan.files.len() {
        file_body(&mut text, menu, world, plan, n);
        text.push_str(if n + 1 < plan.files.len() { "," } else { "]}" });
        file.write_all(text.as_bytes())?;
        bytes += text.len() as u64;
        text.clear();
    }
    file.flush()?;
    let events = (plan.files.len() * plan.size.per_file) as u64;
    Ok(Summary { events, files: 1, json_bytes: bytes, stored_bytes: bytes })
}

/// When a file is delivered: at the next full five minutes.
pub fn delivered(plan: &Plan, n: usize) -> i64 {
    (plan.files[n].end / 300 + 1) * 300
}

/// `AWSLogs/<org>/<account>/CloudTrail/<region>/YYYY/MM/DD/<account>_CloudTrail_<region>_<time>_<16 random>.json.gz`
pub fn path(plan: &Plan, n: usize) -> String {
    let FilePlan { account, region, .. } = plan.files[n];
    let (account, region) = (ACCOUNT[account].0, REGIONS[region]);
    let at = delivered(plan, n);
    let Civil { date: (year, month, day), time: (hour, minute, _) } = clock::civil(at);
    let mut folder = String::new();
    clock::day(&mut folder, at);
    // Apart from the stream that the records come from, so that names do not change with what is in a file.
    let unique = Rng::stream(plan.size.seed ^ 0x6e61_6d65, n as u64).string(ALNUM, 16);
    format!(
        "{ROOT}/{ORG}/{account}/CloudTrail/{region}/{folder}/{account}_CloudTrail_{region}_{year:04}{month:02}{day:02}T{hour:02}{minute:02}Z_{unique}.json.gz"
    )
}

/// Has the same work done by a thread for each core, until all are through.
pub(super) fn on_every_core(work: impl Fn() -> Result<()> + Copy + Send) -> Result<()> {
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, |n| n.get());
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        handles.into_iter().try_for_each(|handle| handle.join().map_err(|_| anyhow!("a thread panicked"))?)
    })
}
