//! A corpus as a bucket with its chain of custody: the logs, and for every hour of every account and region a digest that is
//! signed and names the one before it. Signed with a test key of the sample.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context as _, Result, anyhow};
use data_encoding::HEXLOWER;
use flate2::{Compression, write::GzEncoder};
use md5::Md5;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;

use super::Summary;
use super::clock::{self, EPOCH};
use super::plan::{Plan, WINDOW};
use super::record::Menu;
use super::world::{ACCOUNT, ORG, REGIONS, World};
use super::write;
use crate::sample::key::Key;

/// The folder of buckets.
pub const BUCKETS: &str = "s3";
/// The folder of what `head-object` says of digests, laid out as the buckets are.
pub const HEADS: &str = "head";
/// The bucket.
pub const BUCKET: &str = "harborline-cloudtrail";
/// The trail.
pub const TRAIL: &str = "harborline-organization";

/// The region in which the trail was made.
const HOME: &str = REGIONS[0];
/// Hours begin at this second after the corpus does: the first that a log is delivered after.
const BEGIN: i64 = EPOCH + WINDOW;

/// Writes logs, digests, their metadata and lists of public keys. Of a corpus of one stream the metadata of all digests are
/// there, as the AWS command line would ask for them; of others only those that nothing else proves.
pub fn tree(dir: &Path, menu: &Menu, world: &World, plan: &Plan) -> Result<Summary> {
    let bucket = dir.join(BUCKETS).join(BUCKET);
    let hashes: Mutex<Vec<Option<String>>> = Mutex::new(vec![None; plan.files.len()]);
    let summary = write::tree_with(&bucket, menu, world, plan, &|n, text| {
        let hash = HEXLOWER.encode(&Sha256::digest(text));
        if let Ok(mut hashes) = hashes.lock() {
            hashes[n] = Some(hash);
        }
    })?;
    let hashes = hashes.into_inner().map_err(|_| anyhow!("a thread panicked"))?;
    let mut streams: BTreeMap<(usize, usize), BTreeMap<i64, Vec<usize>>> = BTreeMap::new();
    for (n, file) in plan.files.iter().enumerate() {
        let hour = (write::delivered(plan, n) - BEGIN - 1).div_euclid(3_600);
        streams.entry((file.account, file.region)).or_default().entry(hour).or_default().push(n);
    }
    let key = Key::of(HOME)?;
    for (&(account, region), hours) in &streams {
        let (Some((&first, _)), Some((&last, _))) = (hours.first_key_value(), hours.last_key_value()) else { continue };
        let mut previous: Option<Digest> = None;
        for hour in first..=last {
            let none = Vec::new();
            let logs = hours.get(&hour).unwrap_or(&none).iter().map(|&n| {
                let end = plan.files[n].end;
                json!({
                    "s3Bucket": BUCKET,
                    "s3Object": write::path(plan, n),
                    "hashValue": hashes[n],
                    "hashAlgorithm": "SHA-256",
                    "newestEventTime": iso(end),
                    "oldestEventTime": iso(end - WINDOW),
                })
            });
            let start = BEGIN + hour * 3_600;
            let digest = Digest::new((account, region), start, logs.collect(), &key, previous.as_ref());
            digest.write(dir, plan.size.one_stream || hour == last)?;
            previous = Some(digest);
        }
    }
    for region in REGIONS {
        let mut list = key.listed();
        list["PublicKeyList"][0]["ValidityStartTime"] = "2026-02-01T00:00:00+00:00".into();
        list["PublicKeyList"][0]["ValidityEndTime"] = "2026-05-01T00:00:00+00:00".into();
        file(&dir.join(format!("public-keys.{region}.json")), list.to_string().as_bytes())?;
    }
    Ok(summary)
}

struct Digest {
    path: String,
    content: String,
    signature: String,
}

impl Digest {
    fn new(stream: (usize, usize), start: i64, logs: Vec<Value>, key: &Key, previous: Option<&Self>) -> Self {
        let (account, region) = (ACCOUNT[stream.0].0, REGIONS[stream.1]);
        let end = iso(start + 3_600);
        let mut day = String::new();
        clock::day(&mut day, start + 3_600);
        let name =
            format!("{account}_CloudTrail-Digest_{region}_{TRAIL}_{HOME}_{}.json.gz", end.replace(['-', ':'], ""));
        let path = format!("{}/{ORG}/{account}/CloudTrail-Digest/{region}/{day}/{name}", write::ROOT);
        let newest = |name: &str| logs.iter().map(|log| log[name].clone()).max_by_key(Value::to_string);
        let given = |of: &dyn Fn(&Self) -> String| previous.map_or(Value::Null, |digest| of(digest).into());
        let content = json!({
            "awsAccountId": account,
            "digestStartTime": iso(start),
            "digestEndTime": end,
            "digestS3Bucket": BUCKET,
            "digestS3Object": path,
            "digestPublicKeyFingerprint": key.fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": newest("newestEventTime"),
            "oldestEventTime": newest("oldestEventTime"),
            "previousDigestS3Bucket": given(&|_| BUCKET.to_owned()),
            "previousDigestS3Object": given(&|digest| digest.path.clone()),
            "previousDigestHashValue": given(&|digest| HEXLOWER.encode(&Sha256::digest(&digest.content))),
            "previousDigestHashAlgorithm": given(&|_| "SHA-256".to_owned()),
            "previousDigestSignature": given(&|digest| digest.signature.clone()),
            "logFiles": logs,
        });
        let content = content.to_string().replace('/', r"\/");
        let before = previous.map_or("null", |digest| &digest.signature);
        let hash = HEXLOWER.encode(&Sha256::digest(&content));
        let signature = key.sign(&format!("{end}\n{BUCKET}/{path}\n{hash}\n{before}"));
        Self { path, content, signature }
    }

    /// Writes it, and what `head-object` says of it.
    fn write(&self, dir: &Path, with_head: bool) -> Result<()> {
        let mut gz = GzEncoder::new(Vec::new(), Compression::new(6));
        gz.write_all(self.content.as_bytes())?;
        let bytes = gz.finish()?;
        file(&dir.join(BUCKETS).join(BUCKET).join(&self.path), &bytes)?;
        if !with_head {
            return Ok(());
        }
        let head = json!({
            "AcceptRanges": "bytes",
            "ContentLength": bytes.len(),
            "ETag": format!("\"{}\"", HEXLOWER.encode(&Md5::digest(&bytes))),
            "ContentEncoding": "gzip",
            "ContentType": "application/json",
            "ServerSideEncryption": "AES256",
            "Metadata": { "signature": self.signature, "signature-algorithm": "SHA256withRSA" },
        });
        file(&dir.join(HEADS).join(BUCKET).join(format!("{}.head.json", self.path)), head.to_string().as_bytes())
    }
}

fn file(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

fn iso(at: i64) -> String {
    let mut out = String::new();
    clock::iso(&mut out, at);
    out
}
