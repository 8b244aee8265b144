//! Chains of custody in a case of shards: gathered from all, weighed by one, told to all.

use super::protocol::{Ask, FileReport, Reply};
use super::questions::{Lost, Shards, ask_all};
use crate::import::content::{Container, Content};
use crate::import::records::Outcome;
use crate::integrity::validate_logs::{Printed, Request};
use crate::integrity::verdict::{FileVerdict, Judgement, Worth};
use crate::integrity::{Supplied, Switch, names, paper, place};
use crate::query::cell;
use crate::query::kql;
use crate::query::predicate::{Predicate, Select};
use crate::store::{Row, Store};
use crate::trail::Derived;
use md5::{Digest, Md5};
use std::collections::HashMap;

/// The calls that switch the recording of a trail, where they succeeded.
const SWITCHES: &str = "eventSource: cloudtrail.amazonaws.com and result: success and \
                        eventName: (StopLogging or StartLogging or CreateTrail or UpdateTrail or DeleteTrail)";

/// What a file is to chains of custody, from what came of it; takes its document. `bytes`: the whole file, where it is at
/// hand. `None` when it is nothing to them.
pub(super) fn supplied(file: u32, path: &str, outcome: &mut Outcome, bytes: Option<&[u8]>) -> Option<Supplied> {
    let digest = names::is_digest(path);
    let document = outcome.document.take();
    let paper = document.and_then(|text| paper::read(outcome.kind, &text, digest));
    // Whatever lies where CloudTrail puts its files is there for the AWS command line to stumble over.
    if paper.is_none() && outcome.content.is_none() && !place::is_laid_out(path) {
        return None;
    }
    let is_digest = matches!(paper, Some(paper::Paper::Digest(_)));
    Some(Supplied {
        file,
        path: path.to_owned(),
        kind: outcome.kind,
        bytes: outcome.bytes,
        sha256: outcome.sha256,
        md5: bytes.filter(|_| is_digest).map(|bytes| Md5::digest(bytes).into()),
        content: outcome.content.take(),
        paper,
    })
}

/// What a file is that was read in pieces: only plain files are, whose bytes are their content.
#[must_use]
pub fn cut(report: &FileReport, path: &str, bytes: u64, sha256: [u8; 32]) -> Supplied {
    let container = Container::Plain;
    Supplied {
        file: report.file,
        path: path.to_owned(),
        kind: report.kind,
        bytes,
        sha256: Some(sha256),
        md5: None,
        content: Some(Content { sha256, bytes, container, gzip_outside: false, trailing: false, appended_from: None }),
        paper: None,
    }
}

/// Which events switch the recording of a trail.
pub(super) fn switches() -> Predicate {
    kql::parse(SWITCHES).map_or(Predicate::Nothing, |parsed| parsed.predicate)
}

/// What such an event says; `None` when it has no time.
pub(super) fn switch(store: &Store, row: Row) -> Option<Switch> {
    let text = |select: &Select| cell::text(store, row, select).unwrap_or_default();
    let keys = |path: &str| text(&Select::keys(path));
    Some(Switch {
        at: store.hot().time(row)?,
        name: keys("eventName"),
        trail: keys("requestParameters.name"),
        account: keys("recipientAccountId"),
        actor: text(&Select::of_derived(Derived::Actor)),
        validation: match keys("requestParameters.enableLogFileValidation").as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        record: store.provenance(row),
    })
}

/// Fills the field `integrity` of all rows. Events of files that nothing was said of have none.
pub(super) fn set_worth(store: &mut Store, files: &[FileVerdict]) {
    let by_file: HashMap<u32, &FileVerdict> = files.iter().map(|verdict| (verdict.file, verdict)).collect();
    store.set_integrity(|file, record| {
        let verdict = by_file.get(&file)?;
        let appended = verdict.appended_from.is_some_and(|from| record >= from);
        Some(if appended { Worth::Appended } else { verdict.worth }.name())
    });
}

/// All that the shards know of files, in the order of their numbers, and what was not told by any: `others`, such as files that
/// were read in pieces.
///
/// # Errors
/// See [`Lost`].
pub async fn evidence(shards: &impl Shards, others: Vec<Supplied>) -> Result<Vec<Supplied>, Lost> {
    let mut files = others;
    for reply in ask_all(shards, Ask::Evidence).await? {
        let Reply::Evidence(known) = reply else { return Err(Lost) };
        files.extend(known);
    }
    files.sort_by_key(|supplied| supplied.file);
    files.dedup_by_key(|supplied| supplied.file);
    Ok(files)
}

/// Whether there is anything to judge by: a digest, or something named like one.
#[must_use]
pub fn can_judge(files: &[Supplied]) -> bool {
    files.iter().any(|supplied| matches!(supplied.paper, Some(paper::Paper::Digest(_))))
}

/// What the AWS command line would print of the files of the case.
///
/// # Errors
/// See [`Lost`].
pub async fn validate_logs(shards: &impl Shards, others: Vec<Supplied>, request: Request) -> Result<Printed, Lost> {
    let files = evidence(shards, others).await?;
    match ask_one(shards, Ask::ValidateLogs(Box::new(request), files)).await? {
        Reply::Printed(printed) => Ok(printed),
        _ => Err(Lost),
    }
}

/// Asks the first shard what any could answer; the others are asked for nothing.
async fn ask_one(shards: &impl Shards, ask: Ask) -> Result<Reply, Lost> {
    let mut asks = vec![Ask::Counts(Vec::new()); shards.count()];
    *asks.first_mut().ok_or(Lost)? = ask;
    shards.ask(asks).await?.into_iter().next().ok_or(Lost)
}

/// Weighs the evidence and tells every shard what its events are worth. `None` without any digest; the field `integrity` is
/// empty then.
///
/// # Errors
/// See [`Lost`].
pub async fn judge(shards: &impl Shards, others: Vec<Supplied>) -> Result<Option<Judgement>, Lost> {
    let mut files = evidence(shards, others).await?;
    // Of several files that say the same the first is named: the same one whatever the order in which they came.
    files.sort_by(|a, b| a.path.cmp(&b.path).then(a.file.cmp(&b.file)));
    if !can_judge(&files) {
        ask_all(shards, Ask::Worth(Vec::new())).await?;
        return Ok(None);
    }
    let mut switches = Vec::new();
    for reply in ask_all(shards, Ask::Switches).await? {
        let Reply::Switches(found) = reply else { return Err(Lost) };
        switches.extend(found);
    }
    switches.sort_by_key(|switch| (switch.at, switch.record));
    let Reply::Judged(judgement) = ask_one(shards, Ask::Judge(files, switches)).await? else { return Err(Lost) };
    ask_all(shards, Ask::Worth(judgement.files.clone())).await?;
    Ok(Some(*judgement))
}
