//! What the digests of the sample promise: they prove every log that is as it was delivered, and no other, and what is missing
//! is what is meant to be missing. Read as a stranger would, from the files alone.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read as _;
use std::sync::LazyLock;

use data_encoding::{BASE64, HEXLOWER};
use flate2::read::GzDecoder;
use md5::Md5;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::corpus::clock;

/// A digest file, by the words in it.
struct Digest {
    path: String,
    content: Vec<u8>,
    says: Value,
}

impl Digest {
    fn text(&self, name: &str) -> Option<&str> {
        self.says[name].as_str()
    }

    /// Whether a signature over it verifies, with the key of its region.
    fn is_signed(&self, signature: &str) -> bool {
        let said = |name: &str| self.text(name).unwrap().to_owned();
        let signed = format!(
            "{}\n{}/{}\n{}\n{}",
            said("digestEndTime"),
            said("digestS3Bucket"),
            said("digestS3Object"),
            sha256(&self.content),
            self.text("previousDigestSignature").unwrap_or("null")
        );
        let region = self.path.split('/').nth(4).unwrap();
        let listed: Value = serde_json::from_slice(&FILES[&format!("public-keys.{region}.json")]).unwrap();
        let listed = &listed["PublicKeyList"][0];
        let key = BASE64.decode(listed["Value"].as_str().unwrap().as_bytes()).unwrap();
        assert_eq!(listed["Fingerprint"], HEXLOWER.encode(&Md5::digest(&key)));
        assert_eq!(listed["Fingerprint"], self.says["digestPublicKeyFingerprint"]);
        let key = RsaPublicKey::from_pkcs1_der(&key).unwrap();
        let signature = HEXLOWER.decode(signature.as_bytes()).unwrap();
        key.verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(signed), &signature).is_ok()
    }
}

static FILES: LazyLock<BTreeMap<String, Vec<u8>>> =
    LazyLock::new(|| files().unwrap().into_iter().map(|file| (file.path, file.bytes)).collect());

/// The digests in the order of their paths, which in a stream is that of time.
static DIGESTS: LazyLock<Vec<Digest>> = LazyLock::new(|| {
    let digest = |path: &str| path.contains("/CloudTrail-Digest/") && path.ends_with(".gz");
    let read = |(path, bytes): (&String, &Vec<u8>)| {
        let content = inflated(bytes);
        Digest { path: path.clone(), says: serde_json::from_slice(&content).unwrap(), content }
    };
    FILES.iter().filter(|file| digest(file.0)).map(read).collect()
});

fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut content).unwrap();
    content
}

fn sha256(content: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(content))
}

/// Account and region of a digest or log.
fn stream(path: &str) -> (&str, &str) {
    let folders: Vec<&str> = path.split('/').collect();
    (folders[2], folders[4])
}

fn iso(at: i64) -> String {
    let mut out = String::new();
    clock::iso(&mut out, at);
    out
}

/// The pairs of a digest and the one before it, where that is there.
fn links() -> Vec<(&'static Digest, &'static Digest)> {
    let digest = |path: &str| DIGESTS.iter().find(|digest| digest.path == path);
    let before = |next: &'static Digest| Some((digest(next.text("previousDigestS3Object")?)?, next));
    DIGESTS.iter().filter_map(before).collect()
}

#[test]
fn digests_are_written_as_cloudtrail_writes_them() {
    for digest in DIGESTS.iter() {
        assert_eq!(digest.text("digestS3Object"), Some(digest.path.as_str()));
        assert_eq!(digest.text("digestS3Bucket"), Some(TRAIL_BUCKET));
        assert_eq!(digest.text("awsAccountId"), Some(stream(&digest.path).0));
        let end = digest.text("digestEndTime").unwrap().replace(['-', ':'], "");
        assert!(digest.path.ends_with(&format!("_eu-central-1_{end}.json.gz")), "{}", digest.path);
        let content = std::str::from_utf8(&digest.content).unwrap();
        assert!(content.starts_with(r#"{"awsAccountId":"#) && content.contains(r#""logFiles":["#));
        // Every slash is escaped, and nothing is put between the members.
        assert_eq!(content.matches('/').count(), content.matches(r"\/").count());
        assert!(!content.contains([' ', '\n']));
    }
}

#[test]
fn signatures_and_hashes_in_the_next_digest_hold() {
    let links = links();
    // Of each of five streams but the ends of two chains each, and what points into the hole.
    assert_eq!(links.len(), DIGESTS.len() - 5 * 2 - 1);
    for (digest, next) in links {
        assert_eq!(stream(&digest.path), stream(&next.path));
        assert_eq!(next.text("previousDigestHashValue"), Some(sha256(&digest.content).as_str()));
        assert!(digest.is_signed(next.text("previousDigestSignature").unwrap()), "{}", digest.path);
        assert_eq!(digest.text("digestEndTime"), next.text("digestStartTime"));
    }
}

#[test]
fn one_newest_digest_is_proved_by_its_metadata_and_the_others_by_nothing() {
    let head: Value = serde_json::from_slice(&FILES[HEAD]).unwrap();
    let newest = DIGESTS.iter().find(|digest| digest.path == NEWEST_PROVED).unwrap();
    assert_eq!(HEAD, format!("{NEWEST_PROVED}.head.json"));
    assert!(newest.is_signed(head["Metadata"]["signature"].as_str().unwrap()));
    assert!(!newest.is_signed(newest.text("previousDigestSignature").unwrap()));
    assert_eq!(head["ContentLength"], FILES[NEWEST_PROVED].len());
    assert_eq!(head["ETag"], format!("\"{}\"", HEXLOWER.encode(&Md5::digest(&FILES[NEWEST_PROVED]))));
    assert_eq!(FILES.keys().filter(|path| path.ends_with(".head.json")).count(), 1);
    let followed: HashSet<&str> = links().iter().map(|(digest, _)| digest.path.as_str()).collect();
    let unproved: Vec<&str> = DIGESTS
        .iter()
        .map(|digest| digest.path.as_str())
        .filter(|path| !followed.contains(path) && *path != NEWEST_PROVED)
        .collect();
    // The last one before the stop and the newest of five streams, but one; and the one before the hole.
    assert_eq!(unproved.len(), 5 + 4 + 1, "{unproved:#?}");
    assert!(unproved.contains(&RESTART[0]) && unproved.contains(&AROUND_HOLE[0]));
}

#[test]
fn all_logs_are_as_recorded_but_one_that_is_rewritten_and_one_that_is_gone() {
    let mut named = HashMap::new();
    for digest in DIGESTS.iter() {
        for log in digest.says["logFiles"].as_array().unwrap() {
            let path = log["s3Object"].as_str().unwrap();
            assert_eq!(log["s3Bucket"], TRAIL_BUCKET);
            assert_eq!(stream(path), stream(&digest.path));
            assert!(named.insert(path, (digest.path.as_str(), log)).is_none(), "{path} is named twice");
        }
    }
    let (mut rewritten, mut gone) = (Vec::new(), Vec::new());
    for (path, (digest, log)) in &named {
        match FILES.get(*path) {
            None => gone.push((*path, *digest)),
            Some(bytes) => {
                let content = inflated(bytes);
                if log["hashValue"] != sha256(&content) {
                    rewritten.push((*path, *digest));
                }
                let records: Value = serde_json::from_slice(&content).unwrap();
                let times = || records["Records"].as_array().unwrap().iter().map(|record| record["eventTime"].as_str());
                assert_eq!(times().max().unwrap(), log["newestEventTime"].as_str());
                assert_eq!(times().min().unwrap(), log["oldestEventTime"].as_str());
            }
        }
    }
    assert_eq!(rewritten, [(TAMPERED, TAMPERED_DIGEST)]);
    assert_eq!(gone, [(MISSING, MISSING_DIGEST)]);
    // It is from the middle of the copying, by the digest's own words.
    let times = ["oldestEventTime", "newestEventTime"].map(|name| named[MISSING].1[name].as_str().unwrap());
    assert_eq!(times, ["2026-09-16T02:08:11Z", "2026-09-16T02:16:33Z"]);
    // Both digests are proved.
    let followed: HashSet<&str> = links().iter().map(|(digest, _)| digest.path.as_str()).collect();
    assert!(followed.contains(TAMPERED_DIGEST) && followed.contains(MISSING_DIGEST));
    // What no digest names: two streams without digests, what the lost ones named, and what came after the newest ones.
    let unlisted = FILES.keys().filter(|path| path.contains("/CloudTrail/") && !named.contains_key(path.as_str()));
    for path in unlisted {
        let time = path.rsplit('_').nth(1).unwrap();
        let hole = stream(path) == stream(HOLE[0]) && ("20260915T2339Z".."20260916T0139Z").contains(&time);
        let without = matches!(stream(path), ("444455556666" | "777788889999", "us-east-1"));
        assert!(hole || without || time > "20260916T2338Z", "{path}");
    }
}

#[test]
fn one_event_is_told_falsely() {
    let log: Value = serde_json::from_slice(&inflated(&FILES[TAMPERED])).unwrap();
    let truth: HashMap<String, Value> = events()
        .iter()
        .map(|event| serde_json::from_str::<Value>(&event.text).unwrap())
        .map(|record| (record["eventID"].to_string(), record))
        .collect();
    let records = log["Records"].as_array().unwrap();
    let untrue: Vec<&Value> =
        records.iter().filter(|record| truth[&record["eventID"].to_string()] != **record).collect();
    assert!(records.len() > 5);
    assert_eq!(untrue.len(), 1);
    assert_eq!(untrue[0]["eventName"], "CreateAccessKey");
    assert_eq!(untrue[0]["sourceIPAddress"], BUILD);
    let mut mended = untrue[0].clone();
    mended["sourceIPAddress"] = ADDRESS.into();
    assert_eq!(truth[&mended["eventID"].to_string()], mended);
}

#[test]
fn one_hole_of_two_digests_and_one_restart_a_stream() {
    let mut begun: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    let mut points_nowhere = Vec::new();
    for digest in DIGESTS.iter() {
        match digest.text("previousDigestS3Object") {
            None => {
                begun.entry(stream(&digest.path)).or_default().push(digest.text("digestStartTime").unwrap());
                for name in ["S3Bucket", "HashValue", "HashAlgorithm", "Signature"] {
                    assert!(digest.says[format!("previousDigest{name}")].is_null());
                }
            }
            Some(previous) if !FILES.contains_key(previous) => points_nowhere.push((previous, digest.path.as_str())),
            Some(_) => (),
        }
    }
    assert_eq!(points_nowhere, [(HOLE[1], AROUND_HOLE[1])]);
    assert!(HOLE.iter().all(|path| !FILES.contains_key(*path)));
    // From the end of the digest before to the start of the one after are two hours.
    let at = |path: &str, name: &str| {
        DIGESTS.iter().find(|digest| digest.path == path).unwrap().text(name).unwrap().to_owned()
    };
    assert_eq!(at(AROUND_HOLE[0], "digestEndTime"), "2026-09-15T23:38:17Z");
    assert_eq!(at(AROUND_HOLE[1], "digestStartTime"), "2026-09-16T01:38:17Z");

    assert_eq!(begun.len(), 5);
    for starts in begun.values() {
        assert_eq!(starts.len(), 2);
        assert!(starts[0] < "2026-09-14T00:00:00Z");
        assert_eq!(starts[1], iso(STARTED));
    }
    assert_eq!([at(RESTART[0], "digestEndTime"), at(RESTART[1], "digestStartTime")], [iso(FINAL), iso(STARTED)]);
    // Both are shorter than an hour, and the trail was stopped while the last one was gathered.
    assert_eq!(at(RESTART[0], "digestStartTime"), "2026-09-16T02:38:17Z");
    assert_eq!(at(RESTART[1], "digestEndTime"), "2026-09-16T07:38:17Z");
    // In the hours between nothing is said to be delivered, and nothing is.
    let between = |path: &&String| {
        let time = path.rsplit('_').nth(1).unwrap_or_default();
        path.contains("/CloudTrail/") && ("20260916T0254Z".."20260916T0641Z").contains(&time)
    };
    assert_eq!(FILES.keys().find(between), None);
}

#[test]
fn quiet_hours_have_digests_that_say_so() {
    let empty: Vec<&Digest> =
        DIGESTS.iter().filter(|digest| digest.says["logFiles"].as_array().unwrap().is_empty()).collect();
    assert!(empty.iter().all(|digest| digest.says["newestEventTime"].is_null()));
    assert!(empty.iter().all(|digest| digest.says["oldestEventTime"].is_null()));
    let of = |region: &str| empty.iter().filter(|digest| stream(&digest.path).1 == region).count();
    let all = |region: &str| DIGESTS.iter().filter(|digest| stream(&digest.path).1 == region).count();
    // Nobody is in Ireland; in Virginia are quiet hours; at home something is always going on in production.
    assert_eq!(of("eu-west-1"), all("eu-west-1"));
    assert!((10..60).contains(&of("us-east-1")), "{}", of("us-east-1"));
    assert!(of("eu-central-1") > 10);
}

#[test]
fn the_keys_are_said_to_be_test_keys() {
    let lists: Vec<&String> = FILES.keys().filter(|path| path.starts_with("public-keys.")).collect();
    assert_eq!(lists, ["public-keys.eu-central-1.json", "public-keys.eu-west-1.json", "public-keys.us-east-1.json"]);
    for path in lists.into_iter().map(String::as_str).chain([README]) {
        let text = std::str::from_utf8(&FILES[path]).unwrap();
        assert!(text.contains("test key of the Trailglass sample, not AWS's"), "{path}");
    }
}
