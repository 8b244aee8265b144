//! The same session without a browser: shards in threads, files from disk. For `examples/ask.rs`, tests and benches.

use super::duplicates::{Duplicates, drop_duplicates};
use super::protocol::{Ask, FileReport, Reply};
use super::questions::{Lost, Shards};
use super::shard::Shard;
use crate::import::Reading;
use crate::import::split::{Piece, Splitter, WORTH_CUTTING};
use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;

/// A case whose shards are threads.
pub struct NativeCase {
    shards: Vec<Mutex<Shard>>,
    /// Paths of the files by number, as they were given.
    pub paths: Vec<String>,
    /// What came of each file.
    pub reports: Vec<FileReport>,
    /// Copies of events that were left out.
    pub duplicates: Duplicates,
}

/// Something to read: a file, or a piece of a large one.
struct Unit {
    file: u32,
    piece: Option<Piece>,
}

impl NativeCase {
    /// Reads files into this many shards.
    #[must_use]
    pub fn load(files: &[PathBuf], shards: usize) -> Self {
        let mut case = Self {
            shards: (0..shards.max(1)).map(|_| Mutex::default()).collect(),
            paths: files.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
            reports: Vec::new(),
            duplicates: Duplicates::default(),
        };
        let units: Vec<Unit> = (0..files.len()).flat_map(|file| units(&files[file], file as u32)).collect();
        let next = AtomicUsize::new(0);
        let mut reports: Vec<FileReport> = thread::scope(|scope| {
            let workers: Vec<_> = case
                .shards
                .iter()
                .map(|shard| {
                    let (next, units, paths) = (&next, &units, &case.paths);
                    scope.spawn(move || {
                        let mut shard = shard.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                        let mut reports = Vec::new();
                        while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
                            let file = unit.file as usize;
                            reports.push(read(&mut shard, unit, &files[file], &paths[file]));
                        }
                        shard.answer(Ask::Settle);
                        reports
                    })
                })
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
        });
        reports.sort_by_key(|report| (report.file, report.problems.first().and_then(|problem| problem.at)));
        for report in reports {
            match case.reports.last_mut() {
                Some(known) if known.file == report.file => known.add(report),
                _ => case.reports.push(report),
            }
        }
        if let Ok(found) = block_on(drop_duplicates(&case, &case.paths)) {
            for conflict in &found.conflicts {
                let (first, record) = conflict.first;
                let what = format!(
                    "the eventID of this record also stands on record {record} of {}",
                    case.paths[first as usize]
                );
                case.reports[conflict.other.0 as usize].conflict(conflict.other.1, what);
            }
            case.duplicates = found;
        }
        case
    }

    /// One shard, to look at.
    pub fn with_shard<T>(&self, shard: usize, look: impl FnOnce(&Shard) -> T) -> T {
        look(&self.shards[shard].lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

fn units(path: &Path, file: u32) -> Vec<Unit> {
    let whole = vec![Unit { file, piece: None }];
    if fs::metadata(path).map_or(0, |data| data.len()) <= WORTH_CUTTING {
        return whole;
    }
    let Ok(bytes) = fs::read(path) else { return whole };
    if crate::import::gzip::is_gzip(&bytes) {
        return whole;
    }
    let mut splitter = Splitter::new(WORTH_CUTTING / 2);
    let mut pieces = Vec::new();
    splitter.push(&bytes, &mut pieces);
    if pieces.is_empty() {
        return whole;
    }
    pieces.push(splitter.finish());
    pieces.into_iter().map(|piece| Unit { file, piece: Some(piece) }).collect()
}

fn read(shard: &mut Shard, unit: &Unit, path: &Path, name: &str) -> FileReport {
    let Some(piece) = unit.piece else {
        return match fs::read(path) {
            Ok(bytes) => shard.read(unit.file, name, &bytes),
            Err(error) => Shard::unreadable(unit.file, &error.to_string()),
        };
    };
    let read = || {
        let mut file = fs::File::open(path)?;
        file.seek(SeekFrom::Start(piece.start))?;
        let mut bytes = Vec::new();
        file.take(piece.end.map_or(u64::MAX, |end| end - piece.start)).read_to_end(&mut bytes)?;
        std::io::Result::Ok(bytes)
    };
    match read() {
        Ok(bytes) => {
            let mut stream = shard.begin(unit.file, name, Reading::of(&piece));
            shard.push(&mut stream, &bytes, true);
            shard.finish(stream)
        }
        Err(error) => Shard::unreadable(unit.file, &error.to_string()),
    }
}

impl Shards for NativeCase {
    fn count(&self) -> usize {
        self.shards.len()
    }

    async fn ask(&self, asks: Vec<Ask>) -> Result<Vec<Reply>, Lost> {
        thread::scope(|scope| {
            let replies: Vec<_> = self
                .shards
                .iter()
                .zip(asks)
                .map(|(shard, ask)| {
                    scope.spawn(move || shard.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).answer(ask))
                })
                .collect();
            replies.into_iter().map(|reply| reply.join().map_err(|_| Lost)).collect()
        })
    }
}

/// Runs a future that never waits for anything but threads that it joins itself.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        thread::yield_now();
    }
}
