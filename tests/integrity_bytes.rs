//! Chains of custody are about bytes: whatever one changes, nothing that was changed is called authentic; and what is put
//! together to fool a verifier does not.

mod common;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use rand::rngs::SmallRng;
use rand::{RngCore, SeedableRng};
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use trailglass::integrity::judge::judge;
use trailglass::integrity::verdict::{DigestStatus, FindingKind, Judgement, LogStatus, Worth};
use trailglass::integrity::{Supplied, hex};
use trailglass::session::native::NativeCase;
use trailglass::session::protocol::{Ask, Reply};
use trailglass::session::shard::Shard;

/// What the files are to chains of custody.
fn evidence(files: &[(String, Vec<u8>)]) -> Vec<Supplied> {
    let mut shard = Shard::default();
    for (number, (path, bytes)) in files.iter().enumerate() {
        shard.read(number as u32, path, bytes);
    }
    match shard.answer(Ask::Evidence) {
        Reply::Evidence(evidence) => evidence,
        other => panic!("{other:?}"),
    }
}

fn gz(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Randomness for a key of a test.
struct Seeded(SmallRng);

impl rsa::rand_core::RngCore for Seeded {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}

impl rsa::rand_core::CryptoRng for Seeded {}

fn private_key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut Seeded(SmallRng::seed_from_u64(5)), 2048).unwrap())
}

fn key_list() -> (String, Vec<u8>) {
    let der = RsaPublicKey::from(private_key()).to_pkcs1_der().unwrap();
    let list = json!({"PublicKeyList": [{
        "Value": base64(der.as_bytes()),
        "ValidityStartTime": 0.0,
        "ValidityEndTime": 4_000_000_000.0,
        "Fingerprint": fingerprint(),
    }]});
    ("public-keys.us-east-1.json".to_owned(), list.to_string().into_bytes())
}

fn fingerprint() -> String {
    use md5::{Digest, Md5};
    hex(&Md5::digest(RsaPublicKey::from(private_key()).to_pkcs1_der().unwrap().as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

const FOLDER: &str = "AWSLogs/111122223333";
const BUCKET: &str = "a-bucket";

fn log_key(name: &str) -> String {
    format!("{FOLDER}/CloudTrail/us-east-1/2024/03/04/111122223333_CloudTrail_us-east-1_20240304T0014Z_{name}.json.gz")
}

fn digest_key(end: &str) -> String {
    format!(
        "{FOLDER}/CloudTrail-Digest/us-east-1/2024/03/04/111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_{end}.json.gz"
    )
}

/// A digest over some logs, and its metadata, signed with the test's key.
fn digest(logs: &[(String, Vec<u8>)], change: impl Fn(&mut Value)) -> Vec<(String, Vec<u8>)> {
    let key = digest_key("20240304T010000Z");
    let entries: Vec<Value> = logs
        .iter()
        .map(|(key, content)| {
            json!({"s3Bucket": BUCKET, "s3Object": key, "hashValue": hex(&Sha256::digest(content)), "hashAlgorithm": "SHA-256"})
        })
        .collect();
    let mut document = json!({
        "awsAccountId": "111122223333", "digestStartTime": "2024-03-04T00:00:00Z", "digestEndTime": "2024-03-04T01:00:00Z",
        "digestS3Bucket": BUCKET, "digestS3Object": key, "digestPublicKeyFingerprint": fingerprint(),
        "digestSignatureAlgorithm": "SHA256withRSA", "previousDigestS3Bucket": null, "previousDigestS3Object": null,
        "previousDigestHashValue": null, "previousDigestHashAlgorithm": null, "previousDigestSignature": null,
        "logFiles": entries,
    });
    change(&mut document);
    let text = document.to_string();
    let signed = format!("2024-03-04T01:00:00Z\n{BUCKET}/{key}\n{}\nnull", hex(&Sha256::digest(text.as_bytes())));
    let signature = private_key().sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(signed)).unwrap();
    let head = json!({"ETag": "\"x\"", "ContentLength": 1, "Metadata": {"signature": hex(&signature), "signature-algorithm": "SHA256withRSA"}});
    let name = key.rsplit('/').next().unwrap().to_owned();
    vec![(key, gz(text.as_bytes())), (format!("{name}.head.json"), head.to_string().into_bytes())]
}

fn record(id: u32) -> String {
    format!(
        r#"{{"eventVersion":"1.08","eventTime":"2024-03-04T00:10:00Z","eventSource":"s3.amazonaws.com","eventName":"Get{id}","awsRegion":"us-east-1","eventID":"{id:08}-0000-4000-8000-000000000000","recipientAccountId":"111122223333"}}"#
    )
}

fn log(ids: std::ops::Range<u32>) -> Vec<u8> {
    let records: Vec<String> = ids.map(record).collect();
    format!(r#"{{"Records":[{}]}}"#, records.join(",")).into_bytes()
}

/// Files written to a folder, read by the engine, judged.
fn case(files: &[(String, Vec<u8>)], shards: usize) -> NativeCase {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = files
        .iter()
        .map(|(path, bytes)| {
            let path: PathBuf = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
            std::fs::write(&path, bytes).unwrap();
            path
        })
        .collect();
    NativeCase::load(&paths, shards)
}

fn count(case: &NativeCase, query: &str) -> u64 {
    use trailglass::query::kql;
    use trailglass::query::predicate::TimeRange;
    use trailglass::session::{native::block_on, questions};
    let predicate = kql::parse(query).unwrap().predicate;
    block_on(questions::counts(case, vec![(predicate, TimeRange::default())])).unwrap()[0]
}

fn kinds(judgement: &Judgement) -> Vec<FindingKind> {
    judgement.findings.iter().map(|finding| finding.kind).collect()
}

/// A path and its bytes.
type File = (String, Vec<u8>);

/// A chain of the oracle's, all of whose digests and logs are authentic.
fn valid() -> Option<&'static (Vec<File>, Vec<Supplied>)> {
    static VALID: OnceLock<Option<(Vec<File>, Vec<Supplied>)>> = OnceLock::new();
    VALID
        .get_or_init(|| {
            let root = common::shared()?.join("oracle/integrity/corpus/key_rotation");
            let mut files = Vec::new();
            let mut folders = vec![root.clone()];
            while let Some(folder) = folders.pop() {
                for entry in std::fs::read_dir(folder).unwrap() {
                    let path = entry.unwrap().path();
                    if path.is_dir() {
                        folders.push(path);
                    } else if path.file_name().is_none_or(|name| name != "scenario.json") {
                        let inside = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                        files.push((inside, std::fs::read(&path).unwrap()));
                    }
                }
            }
            files.sort();
            let evidence = evidence(&files);
            Some((files, evidence))
        })
        .as_ref()
}

#[test]
fn the_chain_to_be_changed_is_authentic() {
    let Some((_, evidence)) = valid() else { return };
    let judgement = judge(evidence, &[]);
    assert!(judgement.digests.len() == 8 && judgement.logs.len() >= 8);
    assert!(judgement.digests.iter().all(|digest| digest.status == DigestStatus::Authentic));
    assert!(judgement.logs.iter().all(|log| log.status == LogStatus::Authentic));
    assert!(judgement.files.iter().all(|file| file.worth == Worth::Unchanged || file.log.is_none()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_byte_is_never_authentic(pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), mask in 1u8..) {
        let Some((files, all)) = valid() else { return Ok(()) };
        let objects: Vec<usize> = (0..files.len()).filter(|&at| files[at].0.starts_with("s3/")).collect();
        let number = objects[pick.index(objects.len())];
        let (path, mut bytes) = files[number].clone();
        let place = at.index(bytes.len());
        bytes[place] ^= mask;
        let mut shard = Shard::default();
        shard.read(number as u32, &path, &bytes);
        let Reply::Evidence(changed) = shard.answer(Ask::Evidence) else { panic!() };
        let mut evidence = all.clone();
        let before = all.iter().find(|known| known.file == number as u32).unwrap().content.clone().unwrap();
        evidence.retain(|known| known.file != number as u32);
        let same = changed.first().and_then(|changed| changed.content.as_ref()).is_some_and(|content| content.sha256 == before.sha256);
        evidence.extend(changed);
        evidence.sort_by_key(|known| known.file);
        let judgement = judge(&evidence, &[]);
        let digest = judgement.digests.iter().find(|digest| digest.file == number as u32);
        let log = judgement.logs.iter().find(|log| log.file == Some(number as u32));
        prop_assert!(digest.is_some() || log.is_some(), "{path} byte {place}: told by nobody");
        let authentic = digest.is_some_and(|digest| digest.status == DigestStatus::Authentic)
            || log.is_some_and(|log| log.status == LogStatus::Authentic);
        prop_assert!(!authentic || same, "{path} byte {place} mask {mask}");
        let unchanged = judgement.files.iter().any(|file| file.file == number as u32 && file.worth == Worth::Unchanged);
        prop_assert!(!unchanged || same, "{path} byte {place} mask {mask}: events");
    }
}

#[test]
fn a_second_member_is_appended_and_never_proved() {
    let content = log(0..3);
    let key = log_key("AAAAAAAAAAAAAAAA");
    // Large enough that the first records are read before the rest has come, and small.
    for (before, after) in [(3, 2), (3_000, 2_000)] {
        let content = if before == 3 { content.clone() } else { log(0..before) };
        let mut files = digest(&[(key.clone(), content.clone())], |_| {});
        files.push(key_list());
        files.push((key.clone(), [gz(&content), gz(&log(before..before + after))].concat()));
        for shards in [1, 3] {
            let case = case(&files, shards);
            let judgement = case.judgement.as_ref().unwrap();
            assert_eq!(judgement.logs[0].status, LogStatus::ExtraDataAppended);
            assert!(kinds(judgement).contains(&FindingKind::LogAppended));
            assert_eq!(count(&case, "integrity: unchanged"), u64::from(before));
            assert_eq!(count(&case, "integrity: appended"), u64::from(after));
            assert_eq!(count(&case, &format!("integrity: appended and eventName: Get{before}")), 1);
        }
    }
    // A record that begins in the first member and ends in the second is not proved either.
    let (head, tail) = content.split_at(content.len() - 40);
    let mut files = digest(&[(key.clone(), head.to_vec())], |_| {});
    files.push(key_list());
    files.push((key, [gz(head), gz(tail)].concat()));
    let case = case(&files, 1);
    assert_eq!((count(&case, "integrity: unchanged"), count(&case, "integrity: appended")), (2, 1));
}

#[test]
fn a_document_that_is_digest_and_log_is_neither_trusted_nor_lost() {
    let records: Value = serde_json::from_slice(&log(0..4)).unwrap();
    let mut files = digest(&[], |document| document["Records"] = records["Records"].clone());
    files.push(key_list());
    let case = case(&files, 2);
    let judgement = case.judgement.as_ref().unwrap();
    assert_eq!(judgement.digests[0].status, DigestStatus::NotAuthentic);
    assert!(kinds(judgement).contains(&FindingKind::DigestWithRecords));
    assert_eq!(count(&case, "*"), 4, "its records are read");
    assert_eq!(count(&case, "integrity: unchanged"), 0);
}

#[test]
fn control_characters_in_keys_stay_out_of_commands() {
    let evil = format!("{FOLDER}/CloudTrail/us-east-1/2024/03/04/x\u{1b}[2J\n$(reboot)\u{202e}.json.gz");
    let mut files = digest(&[(evil.clone(), log(0..1))], |_| {});
    files.push(key_list());
    let judgement = judge(&evidence(&files), &[]);
    assert_eq!(judgement.logs[0].object.key, evil);
    assert_eq!(judgement.logs[0].status, LogStatus::ReferencedNotSupplied);
    let command = judgement.logs[0].command.as_deref().unwrap();
    assert!(command.chars().all(|character| character == ' ' || character.is_ascii_graphic()), "{command:?}");
    assert!(command.contains(r"\x1b[2J\x0a$(reboot)\xe2\x80\xae") && command.contains("$'"), "{command}");
}

#[test]
fn a_log_is_found_by_place_name_and_content() {
    let (one, two, three) = (log(0..1), log(1..2), log(2..3));
    let keys = ["AAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBB", "CCCCCCCCCCCCCCCC"].map(log_key);
    let logs = [(keys[0].clone(), one.clone()), (keys[1].clone(), two.clone()), (keys[2].clone(), three.clone())];
    let mut files = digest(&logs, |_| {});
    files.push(key_list());
    files.push((format!("evidence/2024/{}", keys[0]), gz(&one)));
    files.push((keys[1].rsplit('/').next().unwrap().trim_end_matches(".gz").to_owned(), two));
    files.push(("renamed.json".to_owned(), three));
    files.push(("other.json".to_owned(), log(9..10)));
    let judgement = judge(&evidence(&files), &[]);
    use trailglass::integrity::verdict::IdentifiedBy::{Content, Name, Path};
    let found: Vec<_> = judgement.logs.iter().map(|log| (log.status, log.identified_by)).collect();
    let authentic = LogStatus::Authentic;
    assert_eq!(found[1..], [(authentic, Path), (authentic, Name), (authentic, Content)], "{:?}", judgement.logs);
    assert_eq!(found[0].0, LogStatus::NotListedInAnyDigest);
}

#[test]
fn a_changed_log_is_changed_wherever_it_lies() {
    let (content, changed) = (log(0..2), log(5..7));
    let key = log_key("AAAAAAAAAAAAAAAA");
    let signed = digest(&[(key.clone(), content)], |_| {});
    let mut files = vec![(key.clone(), gz(&changed)), (format!("evidence/{key}"), gz(&changed)), key_list()];
    // The digest lies in a tree of buckets, and so does a third copy; the first two lie in none.
    files.push((format!("s3/{BUCKET}/{}", signed[0].0), signed[0].1.clone()));
    files.push(signed[1].clone());
    files.push((format!("s3/{BUCKET}/{key}"), gz(&changed)));
    let case = case(&files, 2);
    let judgement = case.judgement.as_ref().unwrap();
    let statuses: Vec<LogStatus> = judgement.logs.iter().map(|log| log.status).collect();
    assert_eq!(statuses, [LogStatus::Modified; 3], "{:?}", judgement.logs);
    assert_eq!(count(&case, "integrity: modified"), 2, "copies of events are left out, and what stays is modified");
    assert_eq!(judgement.digests[0].logs.len(), 1);
}

#[test]
fn a_listing_says_what_is_not_in_the_bucket() {
    let (there, gone) = (log_key("AAAAAAAAAAAAAAAA"), log_key("BBBBBBBBBBBBBBBB"));
    let last = log_key("ZZZZZZZZZZZZZZZZ");
    let mut files = digest(&[(there.clone(), log(0..1)), (gone.clone(), log(1..2))], |_| {});
    files.push(key_list());
    let object =
        |key: &str| json!({"Key": key, "LastModified": "2024-03-05T00:00:00+00:00", "ETag": "\"x\"", "Size": 1});
    for (cut, found) in [(false, true), (true, false)] {
        let listing = json!({"IsTruncated": cut, "Contents": [object(&there), object(&last), object(&digest_key("20240304T010000Z"))]});
        let mut files = files.clone();
        files.push(("listing.json".to_owned(), listing.to_string().into_bytes()));
        let judgement = judge(&evidence(&files), &[]);
        let said: Vec<&str> = judgement
            .findings
            .iter()
            .filter(|finding| finding.object.as_ref().is_some_and(|object| object.key == gone))
            .map(|finding| finding.what.as_str())
            .collect();
        let listed = said
            .iter()
            .any(|what| what.contains("not in the listing of the bucket (its newest object is of 2024-03-05"));
        assert_eq!(listed, found, "a listing that is cut says nothing of what it lacks: {said:?}");
        // Both named logs are absent from the files, but only one from the bucket.
        let of_there = judgement
            .findings
            .iter()
            .filter(|finding| finding.object.as_ref().is_some_and(|object| object.key == there));
        assert!(of_there.clone().count() == 1 && of_there.clone().all(|finding| !finding.what.contains("listing")));
    }
}
