//! What a person should know besides the verdicts, above all what the AWS command line does not see (8.5, 8.6, 9.2 to 9.4).

use super::digests::{Digested, Judged};
use super::logs::Odd;
use crate::integrity::digest::{Fault, JsonType};
use crate::integrity::names;
use crate::integrity::paper::Paper;
use crate::integrity::verdict::{
    Coverage, DigestStatus, Finding, FindingKind, Flag, Judgement, KeyVerdict, LogStatus, LogVerdict, Reason, Stream,
};
use crate::integrity::{Object, Supplied};
use std::collections::{BTreeSet, HashSet};

/// Bits that a key should have at least.
const BITS: u32 = 2_048;

/// All findings, the gravest first.
pub(super) fn of(files: &[Supplied], judged: &Judged<'_>, judgement: &Judgement, odd: Odd) -> Vec<Finding> {
    let mut findings = Vec::new();
    judgement.logs.iter().for_each(|log| of_log(log, judged, &mut findings));
    judged.digests.iter().for_each(|digest| of_digest(digest, judged, &mut findings));
    judgement.keys.iter().for_each(|key| of_key(key, &mut findings));
    judgement.streams.iter().for_each(|stream| of_stream(stream, judged, &mut findings));
    of_listings(files, judgement, &mut findings);
    poison(judged, &mut findings);
    for places in &odd.twice {
        let logs = || places.iter().map(|&at| &judgement.logs[at as usize]);
        let contents: HashSet<_> = logs().map(|log| log.sha256).collect();
        if contents.len() > 1 {
            for log in logs() {
                let what = format!("{} different files claim to be this log", places.len());
                findings.push(about(FindingKind::SameObjectTwice, &log.object, log.file, what));
            }
        }
    }
    for (file, object) in odd.same_content {
        let what = "its content is that of a log that a signed digest names, under another name or in another place";
        findings.push(about(FindingKind::ContentUnderAnotherName, &object, Some(file), what));
    }
    if odd.unproved_absent > 0 {
        let what =
            format!("{} logs that only digests which are not proved name are not among the files", odd.unproved_absent);
        findings.push(Finding { kind: FindingKind::LogAbsent, object: None, file: None, what });
    }
    for &file in &judged.heads.unpaired {
        let what = "this output of head-object belongs to none of the digests supplied".to_owned();
        findings.push(Finding { kind: FindingKind::HeadUnpaired, object: None, file: Some(file), what });
    }
    findings.sort_by(|a, b| (a.kind, &a.object, a.file, &a.what).cmp(&(b.kind, &b.object, b.file, &b.what)));
    findings
}

fn about(kind: FindingKind, object: &Object, file: Option<u32>, what: impl Into<String>) -> Finding {
    Finding { kind, object: Some(object.clone()), file, what: what.into() }
}

fn of_log(log: &LogVerdict, judged: &Judged<'_>, findings: &mut Vec<Finding>) {
    let mut add = |kind, what: &str| findings.push(about(kind, &log.object, log.file, what));
    match log.status {
        LogStatus::Modified if log.flags.contains(&Flag::GzipStreamIncomplete) => {
            add(
                FindingKind::LogModified,
                "it is cut off: its gzip data ends too early, and a signed digest records another hash",
            );
        }
        LogStatus::Modified => add(FindingKind::LogModified, "a signed digest records another hash for it"),
        LogStatus::ExtraDataAppended => {
            add(
                FindingKind::LogAppended,
                "its first part is as a signed digest records it, and more follows that no digest covers",
            );
        }
        LogStatus::Damaged => add(FindingKind::LogDamaged, "it is gzip data that does not inflate to its end"),
        LogStatus::ReferencedNotSupplied => {
            add(FindingKind::LogAbsent, "a signed digest names it; it is not among the files you supplied");
        }
        LogStatus::NotListedInAnyDigest if log.within_coverage == Some(true) => add(
            FindingKind::PlantedLog,
            "no supplied digest names it, though its delivery lies in time that signed digests of its account and region cover",
        ),
        _ => {}
    }
    if log.status == LogStatus::UnprovenNoHashRecorded {
        add(FindingKind::DigestOddEntries, "the digest that names it records no hash for it");
    }
    if log.flags.contains(&Flag::RecordedHashNotLowerCase) {
        let what = "its hash is recorded in capitals, which the AWS command line takes for another hash";
        add(FindingKind::DigestOddEntries, what);
    }
    let unproved = log.digest.is_some_and(|digest| !judged.digests[digest as usize].is_authentic());
    if unproved && log.status == LogStatus::UnprovenHashDiffers {
        add(FindingKind::LogModified, "a digest that is not proved records another hash for it");
    }
}

fn of_digest(digest: &Digested<'_>, judged: &Judged<'_>, findings: &mut Vec<Finding>) {
    let verdict = &digest.verdict;
    let mut add = |kind, what: String| findings.push(about(kind, &verdict.object, Some(verdict.file), what));
    match &digest.digest.fault {
        Some(Fault::HoldsRecords) => {
            let what = "it has the members of a digest and the records of a log: it is trusted as neither";
            add(FindingKind::DigestWithRecords, what.to_owned());
        }
        Some(fault) => add(FindingKind::DigestMalformed, fault_words(fault)),
        None if digest.is_malformed() => {
            add(FindingKind::DigestMalformed, "its gzip data is damaged or ends too early".to_owned());
        }
        None => {}
    }
    let has = |flag| verdict.flags.contains(&flag);
    if verdict.status == DigestStatus::NotAuthentic && verdict.reason == Some(Reason::SignatureOrHashMismatch) {
        let why = match (has(Flag::NextDigestRecordsAnotherHash), verdict.own_signature.is_some()) {
            (true, _) => "an authentic next digest records another hash for it",
            (false, true) => "the signature in its S3 metadata does not verify",
            (false, false) => "the signature that the next digest gives for it does not verify",
        };
        add(FindingKind::DigestNotAuthentic, why.to_owned());
    }
    if digest.is_authentic() && has(Flag::NextDigestRecordsAnotherHash) {
        let what = "it is proved by a signature, and yet a proved next digest records another hash for it";
        add(FindingKind::ChainDisagrees, what.to_owned());
    }
    let mut next = verdict.next.iter().map(|&next| &judged.digests[next as usize]);
    if digest.is_authentic() && digest.refuted_by_next && next.any(Digested::is_authentic) {
        let what =
            "it is proved otherwise, and yet the signature that a proved next digest gives for it does not verify";
        add(FindingKind::ChainDisagrees, what.to_owned());
    }
    if has(Flag::MetadataSignatureDoesNotVerify) && digest.is_authentic() {
        let what = "the signature in its S3 metadata does not verify, though the digest is proved otherwise";
        add(FindingKind::MetadataOdd, what.to_owned());
    }
    if has(Flag::MetadataSignatureAbsent) {
        add(FindingKind::MetadataOdd, "its S3 metadata hold no signature".to_owned());
    }
    if has(Flag::MetadataAlgorithmUnexpected) {
        let what = "its S3 metadata do not name SHA256withRSA as the algorithm of the signature";
        add(FindingKind::MetadataOdd, what.to_owned());
    }
    if has(Flag::BytesAfterGzipStream) {
        let what =
            "bytes follow its gzip data; they are no part of the digest, and the AWS command line passes over them";
        add(FindingKind::DigestAppended, what.to_owned());
    }
    if has(Flag::DuplicateJsonKeys) {
        let what = "a member stands twice in its JSON, and programs differ in which of them they take";
        add(FindingKind::DigestOddEntries, what.to_owned());
    }
    if has(Flag::OutsideKeyValidity) {
        let what = format!("its key {} was not valid at its end, {}", verdict.fingerprint, digest.digest.end);
        add(FindingKind::KeyOutsideValidity, what);
    }
    if let Some(region) = &verdict.key_region {
        add(FindingKind::KeyOfAnotherRegion, format!("it names a key that was listed for {region}"));
    }
    if let Some(original) = &verdict.original {
        add(FindingKind::Copied, format!("CloudTrail put it at s3://{}/{}", original.bucket, original.key));
    }
    let name = names::digest(&digest.identity().key);
    let stated = digest.digest.end.replace(['-', ':'], "");
    if let Some(name) = name.filter(|name| !digest.is_malformed() && name.end != stated) {
        let what = format!("it ends at {}, and its name says {}", digest.digest.end, name.end);
        add(FindingKind::EndDiffersFromName, what);
    }
}

fn fault_words(fault: &Fault) -> String {
    match fault {
        Fault::NotJson(error) => format!("it cannot be read as JSON in UTF-8: {error}"),
        Fault::NotAnObject(is) => {
            let is = match is {
                JsonType::Null => "null",
                JsonType::Bool => "true or false",
                JsonType::Number => "a number",
                JsonType::String => "a string",
                JsonType::Array => "an array",
            };
            format!("it is {is}, where a JSON object was expected")
        }
        Fault::Missing(name) => format!("it has no member {name}"),
        Fault::NoLogFiles => "it has no member logFiles".to_owned(),
        Fault::OddMember(name) => format!("its member {name} is not of the type that it should be"),
        Fault::HoldsRecords => "it holds Records, as a log does".to_owned(),
    }
}

fn of_key(key: &KeyVerdict, findings: &mut Vec<Finding>) {
    let mut add = |kind, what: String| {
        findings.push(Finding { kind, object: None, file: key.files.first().copied(), what });
    };
    match (&key.problem, key.bits) {
        (Some(problem), Some(_)) => add(
            FindingKind::KeyFingerprintMismatch,
            format!("key {}: {problem}; nothing was verified with it", key.fingerprint),
        ),
        (Some(problem), None) => add(FindingKind::KeyUnusable, format!("key {}: {problem}", key.fingerprint)),
        (None, Some(bits)) if bits < BITS => {
            add(FindingKind::KeyShort, format!("key {} has {bits} bits; CloudTrail's have 2,048", key.fingerprint));
        }
        _ => {}
    }
}

fn of_stream(stream: &Stream, judged: &Judged<'_>, findings: &mut Vec<Finding>) {
    for interval in &stream.intervals {
        let digest = &judged.digests[interval.digest as usize];
        let span = format!("from {} to {}", names::written(interval.from), names::written(interval.to));
        match &interval.coverage {
            Coverage::Hole { points_at, supplied, estimate, open } => {
                let about_so_many = if *estimate == 1 {
                    "1 hourly digest".to_owned()
                } else {
                    format!("about {estimate} hourly digests")
                };
                let what = match (supplied, open) {
                    (true, _) => format!(
                        "{span} nothing is proved: the digest that the next one names is not authentic ({about_so_many})"
                    ),
                    (false, true) => format!(
                        "before {} nothing is proved: the digest that this one names was not supplied",
                        names::written(interval.to)
                    ),
                    (false, false) => {
                        format!("{span} {about_so_many} missing: the one that the next digest names was not supplied")
                    }
                };
                findings.push(about(FindingKind::Hole, points_at, None, what));
            }
            Coverage::Restart { explained: false, .. } => {
                let what = format!(
                    "the chain restarts here, {span}, and no matching StopLogging and StartLogging were seen: digests before it may have been removed"
                );
                findings.push(about(
                    FindingKind::RestartUnexplained,
                    &digest.verdict.object,
                    Some(digest.verdict.file),
                    what,
                ));
            }
            _ => {}
        }
    }
    // The last of a chain: nothing comes after it that could hold its signature.
    let last = stream.digests.last().map(|&at| &judged.digests[at as usize]);
    if let Some(last) = last.filter(|last| last.verdict.reason == Some(Reason::NoSignatureAvailable)) {
        let what = "the newest digest of its chain is unproved: its signature is in S3 metadata";
        findings.push(about(FindingKind::NewestUnproved, &last.verdict.object, Some(last.verdict.file), what));
    }
}

/// What a listing of the bucket says against what signed digests name: only of prefixes that it plainly shows.
fn of_listings(files: &[Supplied], judgement: &Judgement, findings: &mut Vec<Finding>) {
    let listings = files.iter().filter_map(|file| match &file.paper {
        Some(Paper::Listing(listing)) if !listing.cut => Some((file.file, listing)),
        _ => None,
    });
    for (file, listing) in listings {
        let keys: HashSet<&str> = listing.objects.iter().map(|object| object.key.as_str()).collect();
        let (Some(first), Some(last)) = (keys.iter().min(), keys.iter().max()) else { continue };
        let shown = |object: &Object| {
            let bucket = listing.bucket.as_ref().is_none_or(|bucket| *bucket == object.bucket);
            bucket
                && *first <= object.key.as_str()
                && object.key.as_str() <= *last
                && !keys.contains(object.key.as_str())
        };
        let when = listing.objects.iter().filter_map(|object| object.modified).max().map(names::written);
        let when = when.map(|when| format!(" (its newest object is of {when})")).unwrap_or_default();
        let named = judgement.logs.iter().filter(|log| log.status == LogStatus::ReferencedNotSupplied);
        let holes = judgement.streams.iter().flat_map(|stream| &stream.intervals);
        let holes = holes.filter_map(|interval| match &interval.coverage {
            Coverage::Hole { points_at, .. } => Some(points_at),
            _ => None,
        });
        for object in named.map(|log| &log.object).chain(holes).filter(|object| shown(object)) {
            let what = format!("a signed digest names it, and it is not in the listing of the bucket{when}");
            findings.push(about(FindingKind::LogAbsent, object, Some(file), what));
        }
    }
}

/// Names that lead the AWS command line astray (8.6): junk that ends its listing, and a trail whose name begins like another's.
fn poison(judged: &Judged<'_>, findings: &mut Vec<Finding>) {
    let mut add = |digest: &Digested<'_>, what: &str| {
        findings.push(about(FindingKind::ListingPoisoned, &digest.verdict.object, Some(digest.verdict.file), what));
    };
    let ends = judged.digests.iter().filter(|digest| digest.is_authentic());
    let newest = ends.map(|digest| digest.verdict.span.1).max();
    let streams: BTreeSet<_> = judged.digests.iter().filter_map(|digest| digest.stream.as_ref()).collect();
    let mut shadowed = HashSet::new();
    for digest in &judged.digests {
        let name = names::digest(&digest.verdict.object.key);
        let end = name.as_ref().and_then(|name| jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", &name.end).ok());
        let end =
            end.and_then(|end| end.to_zoned(jiff::tz::TimeZone::UTC).ok()).map(|end| end.timestamp().as_millisecond());
        match (end, newest) {
            (None, _) if names::is_digest(&digest.verdict.object.key) => {
                add(digest, "its name holds no date: the AWS command line stops with an error at it");
            }
            (Some(end), Some(newest)) if digest.is_malformed() && end > newest => add(
                digest,
                "it is no digest, and its name says it ends after all others: the AWS command line stops its listing at it",
            ),
            _ => {}
        }
        // `main` also takes in `main_us-east-1_shadow`, whose home is looked for at the end.
        let Some(stream) = &digest.stream else { continue };
        let other = streams.iter().find(|other| {
            other.account == stream.account
                && other.region == stream.region
                && other.trail != stream.trail
                && stream.trail.starts_with(&format!("{}_{}_", other.trail, other.home))
        });
        if let Some(other) = other
            && shadowed.insert((stream, *other))
        {
            add(
                digest,
                "its trail's name begins with another trail's name and region: asked for that one, the AWS command line follows this chain",
            );
        }
    }
}
