//! What each log is worth (9.3), and so the events of each file.

use super::digests::Judged;
use crate::import::content::{Container, Content};
use crate::import::kind::Kind;
use crate::integrity::digest::LogEntry;
use crate::integrity::paper::Paper;
use crate::integrity::place::Places;
use crate::integrity::verdict::{Coverage, FileVerdict, Flag, IdentifiedBy, LogStatus, LogVerdict, Stream, Worth};
use crate::integrity::{Object, Supplied, hex, names};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What became of the logs.
pub(super) struct Logs {
    /// In the order of bucket and key.
    pub verdicts: Vec<LogVerdict>,
    pub files: Vec<FileVerdict>,
    pub odd: Odd,
}

/// What findings are made of, and verdicts do not tell.
#[derive(Default)]
pub(super) struct Odd {
    /// Logs with more than one file that claims to be them: the log's verdicts, by number.
    pub twice: Vec<Vec<u32>>,
    /// Logs that only digests which are not proved name, and that were not supplied.
    pub unproved_absent: u32,
    /// A log that no digest names, with the content of one that a digest does: its file, and the object.
    pub same_content: Vec<(u32, Object)>,
}

/// A log as digests name it.
struct Named<'a> {
    object: &'a Object,
    /// The digests that name it and their entries, proved ones first.
    by: Vec<(u32, &'a LogEntry)>,
    /// How many of them are proved.
    proved: usize,
    /// The files that are it.
    files: Vec<(&'a Supplied, IdentifiedBy)>,
}

/// Judges every log, supplied or named.
pub(super) fn weigh<'a>(files: &'a [Supplied], places: &Places, judged: &mut Judged<'a>, coverage: &[Stream]) -> Logs {
    let mut named = named(judged);
    let logs: Vec<&Supplied> = files.iter().filter(|file| is_log(file)).collect();
    let unnamed = identify(&logs, places, &mut named);
    let mut verdicts = Vec::new();
    let mut odd = Odd::default();
    for (number, log) in named.iter().enumerate() {
        if log.files.is_empty() {
            if log.proved > 0 {
                verdicts.push((absent(log), Some(number)));
            } else {
                odd.unproved_absent += 1;
            }
        }
        for &(file, by) in &log.files {
            verdicts.push((supplied(log, file, by, places), Some(number)));
        }
    }
    // Content that an authentic digest records is what it is, wherever it lies.
    let recorded: HashMap<String, &Object> = named
        .iter()
        .flat_map(|log| {
            log.by[..log.proved].iter().filter_map(|(_, entry)| Some((entry.hash.as_ref()?.to_lowercase(), log.object)))
        })
        .collect();
    let mut copies = HashSet::new();
    for file in unnamed {
        let copied = file.content.as_ref().filter(|content| is_clean(content));
        if let Some(object) = copied.and_then(|content| recorded.get(&hex(&content.sha256))) {
            copies.insert(file.file);
            odd.same_content.push((file.file, (*object).clone()));
        }
        verdicts.push((unlisted(file, places, coverage), None));
    }
    verdicts.sort_by(|(a, _), (b, _)| (&a.object, a.file).cmp(&(&b.object, b.file)));
    let mut of_named = vec![Vec::new(); named.len()];
    for (at, (_, number)) in verdicts.iter().enumerate() {
        if let Some(number) = number {
            of_named[*number].push(at as u32);
        }
    }
    odd.twice = of_named.iter().filter(|places| places.len() > 1).cloned().collect();
    for (number, log) in named.iter().enumerate() {
        for (digest, _) in &log.by {
            // Of several files the best one counts for the digest.
            let best = of_named[number].iter().min_by_key(|&&at| (verdicts[at as usize].0.status, at));
            judged.digests[*digest as usize].verdict.logs.extend(best);
        }
    }
    let verdicts: Vec<LogVerdict> = verdicts.into_iter().map(|(verdict, _)| verdict).collect();
    Logs { files: worth(files, &verdicts, &copies), verdicts, odd }
}

/// Whether a file is a log: it has records as a log has, or the name of one.
fn is_log(file: &Supplied) -> bool {
    file.kind == Kind::CloudTrailLog || (names::log(&file.path).is_some() && !is_document(file))
}

fn is_document(file: &Supplied) -> bool {
    matches!(file.paper, Some(Paper::Keys(_) | Paper::Heads(_) | Paper::Listing(_) | Paper::Trails(_)))
}

/// The logs that digests name which can be read.
fn named<'a>(judged: &Judged<'a>) -> Vec<Named<'a>> {
    let mut named: BTreeMap<&Object, Named<'a>> = BTreeMap::new();
    for (at, digest) in judged.digests.iter().enumerate().filter(|(_, digest)| !digest.is_malformed()) {
        for entry in &digest.digest.logs {
            let log = named.entry(&entry.object).or_insert_with(|| Named {
                object: &entry.object,
                by: Vec::new(),
                proved: 0,
                files: Vec::new(),
            });
            let place = if digest.is_authentic() { log.proved } else { log.by.len() };
            log.by.insert(place, (at as u32, entry));
            log.proved += usize::from(digest.is_authentic());
        }
    }
    named.into_values().collect()
}

/// Finds which file is which log: by its place, then by its name, then by its content; more than one may be the same. The files
/// that are none.
fn identify<'a>(logs: &[&'a Supplied], places: &Places, named: &mut [Named<'a>]) -> Vec<&'a Supplied> {
    let mut rest: Vec<&Supplied> = logs.to_vec();
    let ways: [fn(&Supplied, &Places) -> Option<String>; 4] = [
        |file, places| {
            let object = places.object(&file.path);
            (!object.bucket.is_empty()).then(|| format!("{}/{}", object.bucket, object.key))
        },
        |file, places| Some(places.object(&file.path).key).filter(|key| !key.is_empty()),
        |file, _| Some(base_name(&file.path).to_owned()),
        |file, _| file.content.as_ref().map(|content| hex(&content.sha256)),
    ];
    for (way, key_of) in ways.into_iter().enumerate() {
        if rest.iter().all(|file| way > 0 && places.is_sure(&file.path)) {
            break;
        }
        let mut open: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, log) in named.iter().enumerate() {
            let keys: Vec<String> = match way {
                0 => vec![format!("{}/{}", log.object.bucket, log.object.key)],
                // A path may begin anywhere in the key; what lies before `AWSLogs/` is a prefix.
                1 => vec![from_logs(&log.object.key).to_owned()],
                2 => vec![base_name(&log.object.key).to_owned()],
                _ => log.by.iter().filter_map(|(_, entry)| Some(entry.hash.as_ref()?.to_lowercase())).collect(),
            };
            for key in keys {
                open.entry(key).or_default().push(number);
            }
        }
        let mut claimed: Vec<(usize, &'a Supplied)> = Vec::new();
        rest.retain(|file| {
            if way > 0 && places.is_sure(&file.path) {
                return true;
            }
            let key = key_of(file, places).map(|key| if way == 1 { from_logs(&key).to_owned() } else { key });
            let numbers = key.and_then(|key| open.get(&key)).map_or(&[][..], Vec::as_slice);
            // Of several with one name the one whose hash it has.
            let fits = |number: &&usize| {
                let sha256 = file.content.as_ref().map(|content| hex(&content.sha256));
                named[**number]
                    .by
                    .iter()
                    .any(|(_, entry)| entry.hash.as_ref().is_some_and(|hash| Some(hash.to_lowercase()) == sha256))
            };
            let Some(&number) = numbers.iter().find(fits).or(numbers.first()) else { return true };
            claimed.push((number, *file));
            false
        });
        let by = [IdentifiedBy::Path, IdentifiedBy::Path, IdentifiedBy::Name, IdentifiedBy::Content][way];
        claimed.into_iter().for_each(|(number, file)| named[number].files.push((file, by)));
    }
    rest
}

/// A key from `AWSLogs/` on, where it has that.
fn from_logs(key: &str) -> &str {
    key.rfind("AWSLogs/").map_or(key, |at| &key[at..])
}

/// The last part of a path, without `.gz`: people gunzip logs.
fn base_name(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".gz").unwrap_or(name)
}

fn is_clean(content: &Content) -> bool {
    !content.trailing && content.container != Container::Damaged
}

/// What its name, or that of a digest around it, tells of a log.
fn verdict_of(object: Object, file: Option<&Supplied>) -> LogVerdict {
    let name = names::log(&object.key).or_else(|| names::log(&file?.path));
    let (account, region, delivered) = match name {
        Some(name) => (name.account, name.region, Some(name.delivered)),
        None => Default::default(),
    };
    LogVerdict {
        object,
        file: file.map(|file| file.file),
        sha256: file.and_then(|file| Some(file.content.as_ref()?.sha256)),
        account,
        region,
        delivered,
        ..LogVerdict::default()
    }
}

fn absent(log: &Named<'_>) -> LogVerdict {
    let (digest, entry) = log.by[0];
    LogVerdict {
        status: LogStatus::ReferencedNotSupplied,
        digest: Some(digest),
        recorded: entry.hash.clone(),
        ..verdict_of(log.object.clone(), None)
    }
}

fn supplied(log: &Named<'_>, file: &Supplied, by: IdentifiedBy, places: &Places) -> LogVerdict {
    let lies = places.object(&file.path);
    let object = if lies.bucket.is_empty() { log.object.clone() } else { lies };
    let sha256 = file.content.as_ref().map(|content| hex(&content.sha256));
    let agrees = |entry: &LogEntry| entry.hash.as_ref().map(|hash| sha256.as_deref() == Some(&hash.to_lowercase()));
    // What a proved digest says goes before what others say.
    let list = if log.proved > 0 { &log.by[..log.proved] } else { &log.by[..] };
    let best = list.iter().enumerate().max_by_key(|(at, (_, entry))| (agrees(entry), std::cmp::Reverse(*at)));
    let (digest, entry) = best.map_or(log.by[0], |(_, &best)| best);
    let agreed = agrees(entry);
    let mut flags = Vec::new();
    let content = file.content.as_ref();
    let trailing = content.is_some_and(|content| content.trailing);
    let container = content.map_or(Container::Damaged, |content| content.container);
    if trailing {
        flags.push(Flag::BytesAfterGzipStream);
    }
    if container == Container::Incomplete {
        flags.push(Flag::GzipStreamIncomplete);
    }
    if agreed == Some(true)
        && entry.hash.as_ref().is_some_and(|hash| hash.bytes().any(|byte| byte.is_ascii_uppercase()))
    {
        flags.push(Flag::RecordedHashNotLowerCase);
    }
    if container == Container::Plain && file.path.ends_with(".gz") && agreed == Some(true) {
        flags.push(Flag::SuppliedUncompressed);
    }
    let status = match agreed {
        _ if container == Container::Damaged => LogStatus::Damaged,
        None => LogStatus::UnprovenNoHashRecorded,
        Some(true) if log.proved == 0 => LogStatus::UnprovenHashAgrees,
        Some(false) if log.proved == 0 => LogStatus::UnprovenHashDiffers,
        Some(true) if trailing => LogStatus::ExtraDataAppended,
        Some(true) => LogStatus::Authentic,
        Some(false) => LogStatus::Modified,
    };
    LogVerdict {
        status,
        flags,
        digest: Some(digest),
        recorded: entry.hash.clone(),
        identified_by: by,
        ..verdict_of(object, Some(file))
    }
}

fn unlisted(file: &Supplied, places: &Places, coverage: &[Stream]) -> LogVerdict {
    let lies = places.object(&file.path);
    let object = if lies.key.is_empty() { Object { bucket: String::new(), key: file.path.clone() } } else { lies };
    let mut verdict = verdict_of(object, Some(file));
    let content = file.content.as_ref();
    if content.is_some_and(|content| content.trailing) {
        verdict.flags.push(Flag::BytesAfterGzipStream);
    }
    if content.is_some_and(|content| content.container == Container::Incomplete) {
        verdict.flags.push(Flag::GzipStreamIncomplete);
    }
    verdict.within_coverage = verdict.delivered.map(|at| {
        let mut streams =
            coverage.iter().filter(|stream| stream.id.account == verdict.account && stream.id.region == verdict.region);
        streams.any(|stream| {
            let covers = |coverage: &Coverage| matches!(coverage, Coverage::Covered { .. });
            stream
                .intervals
                .iter()
                .any(|interval| covers(&interval.coverage) && interval.from <= at && at < interval.to)
        })
    });
    verdict
}

/// What the events of every file are worth.
fn worth(files: &[Supplied], logs: &[LogVerdict], copies: &HashSet<u32>) -> Vec<FileVerdict> {
    let by_file: HashMap<u32, u32> =
        logs.iter().enumerate().filter_map(|(at, log)| Some((log.file?, at as u32))).collect();
    let verdict = |file: &Supplied| {
        let content = file.content.as_ref()?;
        let log = by_file.get(&file.file).copied();
        let worth = match log.map(|log| logs[log as usize].status) {
            Some(LogStatus::Authentic | LogStatus::ExtraDataAppended) => Worth::Unchanged,
            Some(LogStatus::Modified) => Worth::Modified,
            Some(LogStatus::Damaged) => Worth::Damaged,
            Some(
                LogStatus::UnprovenHashAgrees | LogStatus::UnprovenHashDiffers | LogStatus::UnprovenNoHashRecorded,
            ) => Worth::Unproved,
            Some(LogStatus::NotListedInAnyDigest) if copies.contains(&file.file) => Worth::Unchanged,
            _ => Worth::Unlisted,
        };
        Some(FileVerdict { file: file.file, worth, appended_from: content.appended_from, log })
    };
    files.iter().filter_map(verdict).collect()
}
