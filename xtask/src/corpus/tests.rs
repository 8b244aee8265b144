//! What a corpus promises: valid JSON, the same bytes again, linked sessions, the shapes of production.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::Value;

use super::*;

/// All files below a folder, with what is in them.
fn files(dir: &Path, out: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else {
            out.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
}

fn records(dir: &Path) -> Vec<Value> {
    let mut found = BTreeMap::new();
    files(dir, &mut found);
    let mut out = Vec::new();
    for bytes in found.values() {
        let mut text = String::new();
        GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        let mut file: Value = serde_json::from_str(&text).unwrap();
        out.append(file["Records"].as_array_mut().unwrap());
    }
    out
}

fn text<'a>(record: &'a Value, pointer: &str) -> &'a str {
    record.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn the_same_again_and_nothing_when_there() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    let summary = generate(Kind::Tiny, &one).unwrap();
    assert_eq!(generate(Kind::Tiny, &two).unwrap(), summary);
    assert_eq!((summary.events, summary.files), (1000, 20));
    let (mut first, mut second) = (BTreeMap::new(), BTreeMap::new());
    files(&one, &mut first);
    files(&two, &mut second);
    assert_eq!(first.len(), 20);
    assert!(first.values().eq(second.values()));
    assert_eq!(first.values().map(|bytes| bytes.len() as u64).sum::<u64>(), summary.stored_bytes);
    // A complete corpus is left alone, even by a run that could not write.
    fs::remove_dir_all(one.join(write::ROOT)).unwrap();
    assert_eq!(generate(Kind::Tiny, &one).unwrap(), summary);
    assert!(!one.join(write::ROOT).exists());
    assert_eq!(super::summary(&one), Some(summary));
}

#[test]
fn records_look_like_production() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("s");
    let size = Size { files: 200, ..Kind::B.size() };
    make("sample".into(), size, write::tree, &dir).unwrap();
    let records = records(&dir);
    assert_eq!(records.len(), 20_000);
    let distinct = |pointer: &str| records.iter().map(|record| text(record, pointer)).collect::<BTreeSet<_>>().len();
    assert!((75..100).contains(&distinct("/eventName")), "{} calls", distinct("/eventName"));
    assert!((18..30).contains(&distinct("/eventSource")), "{} services", distinct("/eventSource"));
    assert_eq!(distinct("/eventID"), records.len());
    let types = distinct("/userIdentity/type");
    assert!(types >= 9, "{types} types of identity");
    let failed = records.iter().filter(|record| record.get("errorCode").is_some()).count();
    assert!((1200..2200).contains(&failed), "{failed} of 20000 failed");
}

#[test]
fn sessions_are_linked_by_their_keys() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("s");
    make("sample".into(), Size { files: 200, ..Kind::B.size() }, write::tree, &dir).unwrap();
    let records = records(&dir);
    let issued: BTreeMap<_, _> = records
        .iter()
        .map(|record| (text(record, "/responseElements/credentials/accessKeyId"), text(record, "/eventTime")))
        .filter(|(key, _)| !key.is_empty())
        .collect();
    let (mut linked, mut unlinked) = (0, 0);
    for record in records.iter().filter(|record| text(record, "/userIdentity/type") == "AssumedRole") {
        match issued.get(text(record, "/userIdentity/accessKeyId")) {
            Some(&time) => {
                linked += 1;
                assert_eq!(text(record, "/userIdentity/sessionContext/attributes/creationDate"), time);
                assert!(text(record, "/eventTime") >= time);
            }
            None => unlinked += 1,
        }
    }
    assert!(linked > unlinked, "{linked} linked, {unlinked} not");
}

#[test]
fn a_is_b_in_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let (one, many) = (dir.path().join("one"), dir.path().join("many"));
    let size = Size { files: 12, ..Kind::B.size() };
    let summary = make("one".into(), size, write::one_file, &one).unwrap();
    make("many".into(), size, write::tree, &many).unwrap();
    let whole: Value = serde_json::from_slice(&fs::read(one.join(write::ONE_FILE)).unwrap()).unwrap();
    let ids =
        |records: &[Value]| records.iter().map(|record| text(record, "/eventID").to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(ids(whole["Records"].as_array().unwrap()), ids(&records(&many)));
    assert_eq!((summary.events, summary.files), (1200, 1));
}

#[test]
fn tiny_files_hold_one_event_each() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("t");
    let summary = tiny_files(&dir, 300).unwrap();
    assert_eq!((summary.events, summary.files), (300, 300));
    assert_eq!(records(&dir).len(), 300);
}

#[test]
fn digests_name_every_log_once_and_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("custody");
    let size = Size { files: 120, days: 1, ..Kind::Custody.size() };
    make("sample".into(), size, custody::tree, &dir).unwrap();
    let bucket = dir.join(custody::BUCKETS).join(custody::BUCKET);
    let mut found = BTreeMap::new();
    files(&bucket, &mut found);
    let (mut digests, mut logs) = (Vec::new(), BTreeMap::new());
    for (path, bytes) in &found {
        let key = path.strip_prefix(&bucket).unwrap().to_str().unwrap().to_owned();
        let mut text = Vec::new();
        GzDecoder::new(&bytes[..]).read_to_end(&mut text).unwrap();
        if key.contains("Digest") { digests.push((key, text)) } else { drop(logs.insert(key, text)) }
    }
    assert_eq!((digests.len(), logs.len()), (24, 120));
    let sha256 = |text: &[u8]| {
        use sha2::Digest as _;
        data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(text))
    };
    let mut previous = None;
    for (key, content) in &digests {
        let digest: Value = serde_json::from_slice(content).unwrap();
        assert_eq!(text(&digest, "/digestS3Object"), key);
        assert_eq!(digest["previousDigestHashValue"].as_str().map(str::to_owned), previous);
        for log in digest["logFiles"].as_array().unwrap() {
            let content = logs.remove(text(log, "/s3Object")).unwrap();
            assert_eq!(text(log, "/hashValue"), sha256(&content));
        }
        let head = fs::read(dir.join(custody::HEADS).join(custody::BUCKET).join(format!("{key}.head.json"))).unwrap();
        assert!(text(&serde_json::from_slice(&head).unwrap(), "/Metadata/signature").len() == 512);
        previous = Some(sha256(content));
    }
    assert!(logs.is_empty(), "no digest names {:?}", logs.keys());
}
