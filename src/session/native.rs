//! The same session without a browser: shards in threads, files from disk. For `examples/ask`, tests and benches.

use super::custody;
use super::definitions::definitions;
use super::duplicates::{Duplicates, drop_duplicates};
use super::metrics::{self, Held};
use super::protocol::{Ask, FileReport, Reply};
use super::questions::{Lost, Shards};
use super::shard::Shard;
use crate::import::archive::Archive;
use crate::import::split::{Piece, Splitter, WORTH_CUTTING};
use crate::import::{Reading, is_packed};
use crate::integrity::Supplied;
use crate::integrity::verdict::Judgement;
use crate::watch::definitions::{Definitions, Document};
use crate::watch::graph::{Drawing, Wanted};
use std::collections::{HashMap, VecDeque};
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

/// Large files are read in slices of this size.
const SLICE: usize = 4 << 20;

/// A case whose shards are threads.
pub struct NativeCase {
    shards: Vec<Mutex<Shard>>,
    /// Paths of the files by number, as they were given.
    pub paths: Vec<String>,
    /// What came of each file.
    pub reports: Vec<FileReport>,
    /// Copies of events that were left out.
    pub duplicates: Duplicates,
    /// What chains of custody say; `None` without any digest.
    pub judgement: Option<Judgement>,
    /// Files that say what somebody configured.
    pub definitions: Vec<Document>,
    /// Its series.
    pub held: Held,
    /// Files that were read in pieces, of which no shard knows the whole.
    cut: Vec<Supplied>,
}

/// Something to read.
struct Unit {
    file: u32,
    path: String,
    what: What,
}

enum What {
    File(PathBuf),
    Piece(PathBuf, Piece),
    Entry(Arc<Mutex<Archive>>, usize),
}

/// What is still to be read, and the files known. Archives add to both while they are read.
#[derive(Default)]
struct Work {
    waiting: VecDeque<Unit>,
    /// Units being read, any of which may turn out to be an archive.
    busy: usize,
    paths: Vec<String>,
}

#[derive(Default)]
struct Desk {
    work: Mutex<Work>,
    changed: Condvar,
}

impl Desk {
    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next thing to read; `None` when all is read.
    fn take(&self) -> Option<Unit> {
        let mut work = self.work();
        while work.waiting.is_empty() && work.busy > 0 {
            work = self.changed.wait(work).unwrap_or_else(PoisonError::into_inner);
        }
        let unit = work.waiting.pop_front()?;
        work.busy += 1;
        Some(unit)
    }

    /// One thing is read. The entries of an archive are numbered and go before all else, so that archives leave memory soon.
    fn done(&self, path: &str, archive: Option<Archive>) {
        let mut work = self.work();
        work.busy -= 1;
        if let Some(archive) = archive {
            let paths: Vec<String> = archive.entries().iter().map(|entry| format!("{path}/{}", entry.path)).collect();
            let archive = Arc::new(Mutex::new(archive));
            let first = work.paths.len() as u32;
            for (entry, path) in paths.iter().enumerate().rev() {
                let (file, what) = (first + entry as u32, What::Entry(archive.clone(), entry));
                work.waiting.push_front(Unit { file, path: path.clone(), what });
            }
            work.paths.extend(paths);
        }
        drop(work);
        self.changed.notify_all();
    }
}

/// Tells the desk that a unit is done, come what may: other threads wait for it.
struct Taken<'a> {
    desk: &'a Desk,
    path: &'a str,
    archive: Option<Archive>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.desk.done(self.path, self.archive.take());
    }
}

impl NativeCase {
    /// Reads files into this many shards. The files in an archive become files of the case, their paths below its own.
    #[must_use]
    pub fn load(files: &[PathBuf], shards: usize) -> Self {
        let mut case = Self {
            shards: (0..shards.max(1)).map(|_| Mutex::default()).collect(),
            paths: Vec::new(),
            reports: Vec::new(),
            duplicates: Duplicates::default(),
            judgement: None,
            definitions: Vec::new(),
            held: Held::default(),
            cut: Vec::new(),
        };
        let mut work = Work::default();
        let mut hashes = HashMap::new();
        for (number, path) in files.iter().enumerate() {
            let (units, hash) = units(path, number as u32);
            work.paths.push(path.to_string_lossy().into_owned());
            work.waiting.extend(units);
            hashes.extend(hash.map(|hash| (number as u32, hash)));
        }
        let desk = Desk { work: Mutex::new(work), ..Desk::default() };
        let mut reports: Vec<FileReport> = thread::scope(|scope| {
            let workers: Vec<_> = case
                .shards
                .iter()
                .map(|shard| {
                    let desk = &desk;
                    scope.spawn(move || {
                        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
                        let mut reports = Vec::new();
                        while let Some(unit) = desk.take() {
                            let mut taken = Taken { desk, path: &unit.path, archive: None };
                            reports.push(read(&mut shard, &unit));
                            taken.archive = shard.take_archive();
                        }
                        shard.answer(Ask::Settle);
                        reports
                    })
                })
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
        });
        case.paths = desk.work.into_inner().unwrap_or_else(PoisonError::into_inner).paths;
        reports.sort_by_key(|report| (report.file, report.problems.first().and_then(|problem| problem.at)));
        for report in reports {
            match case.reports.last_mut() {
                Some(known) if known.file == report.file => known.add(report),
                _ => case.reports.push(report),
            }
        }
        for report in &mut case.reports {
            report.sha256 = hashes.get(&report.file).copied().or(report.sha256);
        }
        case.definitions = block_on(definitions(&case)).unwrap_or_default();
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
        let defined = Definitions::read(&case.definitions);
        case.held = block_on(metrics::gather(&case, &case.paths, &defined, &[])).unwrap_or_default();
        let cut = case.reports.iter().filter_map(|report| {
            let sha256 = *hashes.get(&report.file)?;
            Some(custody::cut(report, &case.paths[report.file as usize], report.content_bytes, sha256))
        });
        case.cut = cut.collect();
        case.judgement = block_on(custody::judge(&case, case.cut.clone())).unwrap_or_default();
        case
    }

    /// What is to be drawn of some lines.
    ///
    /// # Errors
    /// See [`Lost`].
    pub fn draw(&self, wanted: Wanted) -> Result<Drawing, Lost> {
        block_on(metrics::draw(self, self.held.shard, wanted))
    }

    /// What all files are to chains of custody.
    #[must_use]
    pub fn evidence(&self) -> Vec<Supplied> {
        block_on(custody::evidence(self, self.cut.clone())).unwrap_or_default()
    }

    /// One shard, to look at.
    pub fn with_shard<T>(&self, shard: usize, look: impl FnOnce(&Shard) -> T) -> T {
        look(&self.shards[shard].lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

/// What there is to read of a file, and its hash when it is cut in pieces.
fn units(path: &Path, file: u32) -> (Vec<Unit>, Option<[u8; 32]>) {
    let unit = |what| Unit { file, path: path.to_string_lossy().into_owned(), what };
    let whole = || (vec![unit(What::File(path.to_owned()))], None);
    if fs::metadata(path).map_or(0, |data| data.len()) <= WORTH_CUTTING {
        return whole();
    }
    let Ok((pieces, hash)) = cut(path) else { return whole() };
    if pieces.is_empty() {
        return whole();
    }
    (pieces.into_iter().map(|piece| unit(What::Piece(path.to_owned(), piece))).collect(), Some(hash))
}

/// The pieces of a large plain file, and its hash; no pieces when it is better read as one.
fn cut(path: &Path) -> io::Result<(Vec<Piece>, [u8; 32])> {
    let mut splitter = Splitter::new(WORTH_CUTTING / 2);
    let mut pieces = Vec::new();
    let mut packed = false;
    let mut first = true;
    slices(path, |bytes, _| {
        packed |= std::mem::take(&mut first) && is_packed(bytes);
        splitter.push(bytes, &mut pieces);
        !(packed || splitter.is_over() && pieces.is_empty())
    })?;
    let hash = splitter.sha256();
    if !pieces.is_empty() {
        pieces.push(splitter.finish());
    }
    Ok((pieces, hash))
}

/// Hands a file's bytes on in slices, with whether they are the last, as long as more are wanted.
fn slices(path: &Path, mut take: impl FnMut(&[u8], bool) -> bool) -> io::Result<()> {
    let mut file = fs::File::open(path)?;
    let mut left = file.metadata()?.len();
    let mut slice = vec![0; SLICE];
    loop {
        let length = usize::try_from(left).map_or(SLICE, |left| left.min(SLICE));
        file.read_exact(&mut slice[..length])?;
        left -= length as u64;
        if !take(&slice[..length], left == 0) || left == 0 {
            return Ok(());
        }
    }
}

fn read(shard: &mut Shard, unit: &Unit) -> FileReport {
    let result = match &unit.what {
        What::Entry(archive, entry) => {
            let mut archive = archive.lock().unwrap_or_else(PoisonError::into_inner);
            let (content, depth) = (archive.content(*entry), archive.depth());
            drop(archive);
            return shard.read_entry(unit.file, &unit.path, content, depth);
        }
        What::File(path) => read_file(shard, unit, path),
        What::Piece(path, piece) => read_piece(shard, unit, path, piece),
    };
    result.unwrap_or_else(|error| Shard::unreadable(unit.file, &error.to_string()))
}

fn read_file(shard: &mut Shard, unit: &Unit, path: &Path) -> io::Result<FileReport> {
    if fs::metadata(path)?.len() <= WORTH_CUTTING {
        return Ok(shard.read(unit.file, &unit.path, &fs::read(path)?));
    }
    let mut stream = shard.begin(unit.file, &unit.path, Reading::default());
    let result = slices(path, |bytes, last| shard.push(&mut stream, bytes, last));
    let mut report = shard.finish(stream);
    if let Err(error) = result {
        // What was read before is in the store already: say both.
        report.add(Shard::unreadable(unit.file, &error.to_string()));
    }
    Ok(report)
}

fn read_piece(shard: &mut Shard, unit: &Unit, path: &Path, piece: &Piece) -> io::Result<FileReport> {
    let mut file = fs::File::open(path)?;
    file.seek(SeekFrom::Start(piece.start))?;
    let mut bytes = Vec::new();
    file.take(piece.end.map_or(u64::MAX, |end| end - piece.start)).read_to_end(&mut bytes)?;
    let mut stream = shard.begin(unit.file, &unit.path, Reading::of(piece));
    shard.push(&mut stream, &bytes, true);
    Ok(shard.finish(stream))
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
