//! The command whose output would settle what is open, ready to be pasted into a shell.

use crate::integrity::names;
use crate::integrity::verdict::{DigestStatus, DigestVerdict, Judgement, LogStatus, LogVerdict, Reason};
use crate::integrity::{Object, keys};
use crate::shell::quoted;

/// Keys are asked for with this much time around a digest, as `validate-logs` does.
const AROUND: i64 = 2 * 3_600_000;

/// Gives every digest and log its next command.
pub(super) fn fill(judgement: &mut Judgement) {
    let regions: Vec<String> = judgement.streams.iter().map(|stream| stream.id.region.clone()).collect();
    for digest in &mut judgement.digests {
        let region = digest.stream.and_then(|stream| regions.get(stream as usize));
        digest.command = of_digest(digest, region.map(String::as_str));
    }
    let buckets: Vec<String> = judgement.digests.iter().map(|digest| digest.object.bucket.clone()).collect();
    for log in &mut judgement.logs {
        log.command = of_log(log, buckets.first().map(String::as_str));
    }
}

fn of_digest(digest: &DigestVerdict, region: Option<&str>) -> Option<String> {
    let object = digest.original.as_ref().unwrap_or(&digest.object);
    match (digest.status, digest.reason) {
        (DigestStatus::Authentic, _) => None,
        (_, Some(Reason::NoSignatureAvailable)) => {
            let to = quoted(&format!("{}.head.json", object.name()));
            Some(format!("aws s3api head-object {} > {to}", at(object)?))
        }
        (_, Some(Reason::KeyNotSupplied | Reason::KeyUnusable | Reason::KeyDoesNotMatchFingerprint)) => {
            // The region goes into the name of the file, since the answer does not tell it.
            let region = region.filter(|region| keys::region(region).is_some())?;
            let (from, to) = (names::written(digest.span.0), names::written(digest.span.1 + AROUND));
            Some(format!(
                "aws cloudtrail list-public-keys --region {region} --start-time {from} --end-time {to} > public-keys.{region}.json"
            ))
        }
        _ => versions(object),
    }
}

fn of_log(log: &LogVerdict, bucket: Option<&str>) -> Option<String> {
    match log.status {
        LogStatus::Authentic => None,
        LogStatus::Modified | LogStatus::Damaged | LogStatus::ExtraDataAppended => versions(&log.object),
        LogStatus::ReferencedNotSupplied => {
            let object = &log.object;
            let from = quoted(&format!("s3://{}/{}", object.bucket, object.key));
            (!object.bucket.is_empty()).then(|| format!("aws s3 cp {from} ."))
        }
        // The digest that names it is what must be proved, and it has a command of its own.
        LogStatus::UnprovenHashAgrees | LogStatus::UnprovenHashDiffers | LogStatus::UnprovenNoHashRecorded => None,
        LogStatus::NotListedInAnyDigest => digests_around(log, bucket),
    }
}

/// Fetches the digests of the day of a log that none names.
fn digests_around(log: &LogVerdict, bucket: Option<&str>) -> Option<String> {
    let bucket = if log.object.bucket.is_empty() { bucket? } else { &log.object.bucket };
    let (before, after) = log.object.key.split_once("/CloudTrail")?;
    let folders = after.split_once('/')?.1.rsplit_once('/')?.0;
    let folder = format!("{before}/CloudTrail-Digest/{folders}/");
    let from = quoted(&format!("s3://{bucket}/{folder}"));
    Some(format!("aws s3 cp --recursive {from} {}", quoted(&folder)))
}

/// Lists the versions that S3 has of an object, where versioning is on.
fn versions(object: &Object) -> Option<String> {
    (!object.bucket.is_empty() && !object.key.is_empty()).then(|| {
        let (bucket, key) = (quoted(&object.bucket), quoted(&object.key));
        format!("aws s3api list-object-versions --bucket {bucket} --prefix {key}")
    })
}

fn at(object: &Object) -> Option<String> {
    (!object.bucket.is_empty()).then(|| format!("--bucket {} --key {}", quoted(&object.bucket), quoted(&object.key)))
}
