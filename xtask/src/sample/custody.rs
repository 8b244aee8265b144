//! What proves the logs: the digest files that the trail writes every hour, each signed, each naming the one before it; and
//! what somebody did to logs and digests while the trail stood still.
//!
//! The role of the management account that stopped the trail may write to the trail's bucket, too. In the hours that nobody
//! recorded a log was rewritten, so that the backdoor's access key seems to be made by the build machines ([`TAMPERED`]); a
//! log that tells what else was copied was taken away ([`MISSING`]), and so were the two digests for the hours in which the
//! leaked key looked around ([`HOLE`]). Nobody can sign the digests anew: all of it shows.
//!
//! Not everything is proved, as in a real case. Digests were downloaded for some regions only; the newest of a chain, and the
//! last one before the trail stopped, have no successor that would hold their signature; of one region its signature was asked
//! for ([`HEAD`]).

use anyhow::{Context as _, Result, ensure};
use data_encoding::HEXLOWER;
use md5::Md5;
use serde::Serialize as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::book::Told;
use super::cast::{BUILD, DEVELOPMENT, FRANKFURT, IRELAND, PRODUCTION, SECURITY, TRAIL, TRAIL_BUCKET, VIRGINIA};
use super::delivery::{self, Log, ROOT};
use super::intrusion::{ADDRESS, STARTED, STOPPED};
use super::key::{self, Key};
use super::{DAYS, START};
use crate::corpus::clock;
use crate::corpus::world::{ACCOUNT, ORG, REGIONS};

/// The log in which one event is rewritten: of production in us-east-1, where the backdoor was made.
pub const TAMPERED: &str = "AWSLogs/o-harborline00/111122223333/CloudTrail/us-east-1/2026/09/16/111122223333_CloudTrail_us-east-1_20260916T0130Z_RmIt4E3IUNMgPdck.json.gz";
/// The digest that says so.
pub const TAMPERED_DIGEST: &str = "AWSLogs/o-harborline00/111122223333/CloudTrail-Digest/us-east-1/2026/09/16/111122223333_CloudTrail-Digest_us-east-1_harborline-organization_eu-central-1_20260916T014739Z.json.gz";
/// The log that a digest names and that is not in the case: of production in eu-central-1, from the middle of the copying.
pub const MISSING: &str = "AWSLogs/o-harborline00/111122223333/CloudTrail/eu-central-1/2026/09/16/111122223333_CloudTrail_eu-central-1_20260916T0219Z_7X5LbCcYaRa4AGu2.json.gz";
/// The digest that names it.
pub const MISSING_DIGEST: &str = "AWSLogs/o-harborline00/111122223333/CloudTrail-Digest/eu-central-1/2026/09/16/111122223333_CloudTrail-Digest_eu-central-1_harborline-organization_eu-central-1_20260916T023817Z.json.gz";
/// The two digests, one after the other, that are not in the case: of development in eu-central-1.
pub const HOLE: [&str; 2] = [
    "AWSLogs/o-harborline00/444455556666/CloudTrail-Digest/eu-central-1/2026/09/16/444455556666_CloudTrail-Digest_eu-central-1_harborline-organization_eu-central-1_20260916T003817Z.json.gz",
    "AWSLogs/o-harborline00/444455556666/CloudTrail-Digest/eu-central-1/2026/09/16/444455556666_CloudTrail-Digest_eu-central-1_harborline-organization_eu-central-1_20260916T013817Z.json.gz",
];
/// The digests before and after them.
pub const AROUND_HOLE: [&str; 2] = [
    "AWSLogs/o-harborline00/444455556666/CloudTrail-Digest/eu-central-1/2026/09/15/444455556666_CloudTrail-Digest_eu-central-1_harborline-organization_eu-central-1_20260915T233817Z.json.gz",
    "AWSLogs/o-harborline00/444455556666/CloudTrail-Digest/eu-central-1/2026/09/16/444455556666_CloudTrail-Digest_eu-central-1_harborline-organization_eu-central-1_20260916T023817Z.json.gz",
];
/// The last digest before the trail was stopped, which nothing proves, and the first one after it was started again: of the
/// management account, whose logs tell of both. Every other stream has such a pair.
pub const RESTART: [&str; 2] = [
    "AWSLogs/o-harborline00/777788889999/CloudTrail-Digest/eu-central-1/2026/09/16/777788889999_CloudTrail-Digest_eu-central-1_harborline-organization_eu-central-1_20260916T025421Z.json.gz",
    "AWSLogs/o-harborline00/777788889999/CloudTrail-Digest/eu-central-1/2026/09/16/777788889999_CloudTrail-Digest_eu-central-1_harborline-organization_eu-central-1_20260916T073817Z.json.gz",
];
/// The only newest digest of a stream that can be proved, by [`HEAD`]: of production in eu-central-1.
pub const NEWEST_PROVED: &str = "AWSLogs/o-harborline00/111122223333/CloudTrail-Digest/eu-central-1/2026/09/16/111122223333_CloudTrail-Digest_eu-central-1_harborline-organization_eu-central-1_20260916T233817Z.json.gz";
/// The output of `head-object` for it.
pub const HEAD: &str = "AWSLogs/o-harborline00/111122223333/CloudTrail-Digest/eu-central-1/2026/09/16/111122223333_CloudTrail-Digest_eu-central-1_harborline-organization_eu-central-1_20260916T233817Z.json.gz.head.json";
/// What the sample says of itself.
pub const README: &str = "README.txt";

/// When the last digests before the trail stopped end, in seconds since 1970.
pub const FINAL: i64 = STOPPED + 300;

/// Words for whoever unpacks the sample.
const WORDS: &str = include_str!("README.txt");

/// A file of the case.
pub struct Delivered {
    /// Its path; that of logs and digests is the key in the trail's bucket.
    pub path: String,
    /// Its content; of logs and digests gzipped.
    pub bytes: Vec<u8>,
    /// Records in it.
    pub events: usize,
}

/// A chain of digests, of one account and region.
struct Stream {
    account: usize,
    region: usize,
    /// The second of the hour at which its digests end.
    second: i64,
}

/// The streams whose digests were downloaded: all of production's, and of the others where they are at home.
const STREAMS: [Stream; 5] = [
    Stream { account: PRODUCTION, region: VIRGINIA, second: 47 * 60 + 39 },
    Stream { account: PRODUCTION, region: IRELAND, second: 19 * 60 + 48 },
    Stream { account: PRODUCTION, region: FRANKFURT, second: 38 * 60 + 17 },
    Stream { account: DEVELOPMENT, region: FRANKFURT, second: 38 * 60 + 17 },
    Stream { account: SECURITY, region: FRANKFURT, second: 38 * 60 + 17 },
];

/// A digest file.
struct Digest {
    path: String,
    content: String,
    signature: String,
    end: i64,
}

/// The files of the case: logs, digests and keys, as somebody has them who took them home.
pub fn files(told: &Told) -> Result<Vec<Delivered>> {
    let logs = delivery::logs(told);
    let mut files = Vec::new();
    for stream in &STREAMS {
        let key = Key::of(REGIONS[stream.region])?;
        for digest in stream.digests(&key, &logs) {
            let bytes = delivery::gzip(digest.content.as_bytes())?;
            if digest.path == NEWEST_PROVED {
                let head = pretty(&digest.head(&bytes))?;
                files.push(Delivered { path: format!("{}.head.json", digest.path), bytes: head, events: 0 });
            }
            if !HOLE.contains(&digest.path.as_str()) {
                files.push(Delivered { path: digest.path, bytes, events: 0 });
            }
        }
        let path = format!("public-keys.{}.json", REGIONS[stream.region]);
        if files.iter().all(|file| file.path != path) {
            files.push(Delivered { path, bytes: pretty(&key.listed())?, events: 0 });
        }
    }
    for log in logs {
        let json = match log.path.as_str() {
            MISSING => continue,
            TAMPERED => tampered(&log, told)?,
            _ => log.json,
        };
        files.push(Delivered { path: log.path, bytes: delivery::gzip(json.as_bytes())?, events: log.events });
    }
    ensure!(WORDS.contains(key::NOTE), "the words of the sample do not say whose keys these are");
    files.push(Delivered { path: README.to_owned(), bytes: WORDS.into(), events: 0 });
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

impl Stream {
    /// Its digests, in the order of time: one chain until the trail is stopped, another from when it is started again.
    fn digests(&self, key: &Key, logs: &[Log]) -> Vec<Digest> {
        let mut digests = Vec::new();
        for chain in [self.before(), self.after()] {
            let mut previous = None;
            for (start, end) in chain {
                let digest = self.digest(key, (start, end), logs, previous.as_ref());
                digests.extend(previous.replace(digest));
            }
            digests.extend(previous);
        }
        digests
    }

    /// What the digests before the stop cover. Log files were validated since the evening before the case.
    fn before(&self) -> Vec<(i64, i64)> {
        let mut hours = vec![(self.next_end(START) - 3600, self.next_end(START))];
        while let Some(&(_, start)) = hours.last().filter(|hour| hour.1 < FINAL) {
            hours.push((start, self.next_end(start).min(FINAL)));
        }
        hours
    }

    /// What the digests after the start cover: until the end of the case, but for the last hour, which has none yet.
    fn after(&self) -> Vec<(i64, i64)> {
        let mut hours = vec![(STARTED, self.next_end(STARTED))];
        while let Some(&(_, start)) = hours.last().filter(|hour| self.next_end(hour.1) <= START + DAYS * 86_400) {
            hours.push((start, self.next_end(start)));
        }
        hours
    }

    /// When the digest ends that covers what follows this moment.
    fn next_end(&self, at: i64) -> i64 {
        (at - self.second).div_euclid(3600) * 3600 + 3600 + self.second
    }

    /// The digest of what was delivered after a moment and until another.
    fn digest(&self, key: &Key, (start, end): (i64, i64), logs: &[Log], previous: Option<&Digest>) -> Digest {
        let inside: Vec<&Log> = logs
            .iter()
            .filter(|log| (log.account, log.region) == (self.account, self.region))
            .filter(|log| start < log.delivered && log.delivered <= end)
            .collect();
        let time = |log: Option<i64>| log.map_or(Value::Null, |at| iso(at).into());
        let given = |of: fn(&Digest) -> String| previous.map_or(Value::Null, |digest| of(digest).into());
        let path = self.path(end);
        // The fields in CloudTrail's order, and as it writes slashes.
        let content = json!({
            "awsAccountId": ACCOUNT[self.account].0,
            "digestStartTime": iso(start),
            "digestEndTime": iso(end),
            "digestS3Bucket": TRAIL_BUCKET,
            "digestS3Object": path,
            "digestPublicKeyFingerprint": key.fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": time(inside.iter().map(|log| log.span.1).max()),
            "oldestEventTime": time(inside.iter().map(|log| log.span.0).min()),
            "previousDigestS3Bucket": given(|_| TRAIL_BUCKET.to_owned()),
            "previousDigestS3Object": given(|digest| digest.path.clone()),
            "previousDigestHashValue": given(|digest| sha256(&digest.content)),
            "previousDigestHashAlgorithm": given(|_| "SHA-256".to_owned()),
            "previousDigestSignature": given(|digest| digest.signature.clone()),
            "logFiles": inside.iter().map(|log| json!({
                "s3Bucket": TRAIL_BUCKET,
                "s3Object": log.path,
                "hashValue": sha256(&log.json),
                "hashAlgorithm": "SHA-256",
                "newestEventTime": iso(log.span.1),
                "oldestEventTime": iso(log.span.0),
            })).collect::<Vec<_>>(),
        });
        let content = content.to_string().replace('/', r"\/");
        let signed = [
            iso(end),
            format!("{TRAIL_BUCKET}/{path}"),
            sha256(&content),
            previous.map_or_else(|| "null".to_owned(), |digest| digest.signature.clone()),
        ];
        Digest { path, content, signature: key.sign(&signed.join("\n")), end }
    }

    /// The path of the digest that ends then.
    fn path(&self, end: i64) -> String {
        let (account, region, home) = (ACCOUNT[self.account].0, REGIONS[self.region], REGIONS[FRANKFURT]);
        let mut day = String::new();
        clock::day(&mut day, end);
        let end = iso(end).replace(['-', ':'], "");
        format!(
            "{ROOT}/{ORG}/{account}/CloudTrail-Digest/{region}/{day}/{account}_CloudTrail-Digest_{region}_{TRAIL}_{home}_{end}.json.gz"
        )
    }
}

impl Digest {
    /// What `aws s3api head-object` prints of it, where it lies in these bytes.
    fn head(&self, bytes: &[u8]) -> Value {
        json!({
            "AcceptRanges": "bytes",
            "LastModified": iso(self.end + 17 * 60).replace('Z', "+00:00"),
            "ContentLength": bytes.len(),
            "ETag": format!("\"{}\"", HEXLOWER.encode(&Md5::digest(bytes))),
            "ContentEncoding": "gzip",
            "ContentType": "application/json",
            "ServerSideEncryption": "AES256",
            "Metadata": { "signature": self.signature, "signature-algorithm": "SHA256withRSA" },
        })
    }
}

/// A log in which the backdoor's access key is made from the address of the build machines, and nothing else is changed.
fn tampered(log: &Log, told: &Told) -> Result<String> {
    let making = |text: &&str| text.contains(r#""eventName":"CreateAccessKey""#) && log.json.contains(*text);
    let record = told.events.iter().map(|event| event.text.as_str()).find(making);
    let record = record.with_context(|| format!("nobody makes an access key in {}", log.path))?;
    let from = |address: &str| format!(r#""sourceIPAddress":"{address}""#);
    let untrue = record.replacen(&from(ADDRESS), &from(BUILD), 1);
    ensure!(untrue != record, "the access key in {} is not made by the intruder", log.path);
    Ok(log.json.replacen(record, &untrue, 1))
}

fn iso(at: i64) -> String {
    let mut out = String::new();
    clock::iso(&mut out, at);
    out
}

fn sha256(content: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(content))
}

/// JSON as the AWS command line prints it.
pub(super) fn pretty(value: &Value) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, format))?;
    out.push(b'\n');
    Ok(out)
}
