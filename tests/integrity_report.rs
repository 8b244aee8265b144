//! The report of a chain of custody: the same bytes whatever the number of shards and the order of files, and in it what the
//! oracle says of every scenario.

mod common;

use common::{files_below, shared};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use trailglass::integrity::report::{Listed, READ, Report, Tool};
use trailglass::integrity::{hex, report};
use trailglass::session::native::NativeCase;

/// The scenarios, and the folder of each.
fn scenarios() -> Vec<PathBuf> {
    let Some(shared) = shared() else { return Vec::new() };
    let corpus = shared.join("oracle/integrity/corpus");
    let mut folders: Vec<PathBuf> = fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() >= 43, "{} scenarios", folders.len());
    folders
}

/// The files of one; `scenario.json` is the truth about it and no input.
fn files(folder: &Path, heads: bool) -> Vec<PathBuf> {
    let mut files = files_below(folder);
    files.retain(|path| {
        let inside = path.strip_prefix(folder).unwrap();
        !inside.ends_with("scenario.json") && (heads || !inside.starts_with("head"))
    });
    files
}

/// The files of a case as the report wants them.
fn listed(case: &NativeCase) -> Vec<Listed> {
    let listed = case.paths.iter().zip(&case.reports).enumerate().map(|(number, (path, report))| {
        assert_eq!(number as u32, report.file);
        Listed {
            path: path.clone(),
            kind: report.kind.title(),
            state: READ,
            bytes: fs::metadata(path).map(|data| data.len()).ok(),
            sha256: report.sha256,
        }
    });
    listed.collect()
}

/// The report of some files; `None` when there is no digest among them.
fn reported(files: &[PathBuf], shards: usize) -> Option<String> {
    let case = NativeCase::load(files, shards);
    let judgement = case.judgement.as_ref()?;
    Some(report::json(judgement, &listed(&case), &Tool::this("native")))
}

#[test]
fn the_same_files_give_the_same_bytes() {
    for folder in scenarios() {
        let mut files = files(&folder, true);
        let Some(text) = reported(&files, 1) else {
            assert!(folder.ends_with("digest_deleted_all"), "{}", folder.display());
            continue;
        };
        for (shards, seed) in [(2, 1), (8, 2)] {
            files.shuffle(&mut SmallRng::seed_from_u64(seed));
            let again = reported(&files, shards).unwrap();
            let differ = || text.lines().zip(again.lines()).find(|(one, other)| one != other);
            assert!(text == again, "{}, {shards} shards: {:?}", folder.display(), differ());
        }
    }
}

#[test]
fn it_says_what_the_oracle_says() {
    let mut seen = 0;
    for folder in scenarios() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let expected = fs::read(folder.join("../../expected_offline").join(format!("{name}.json"))).unwrap();
        let expected: Value = serde_json::from_slice(&expected).unwrap();
        for (heads, expected) in [(true, &expected["with_head_objects"]), (false, &expected["without_head_objects"])] {
            let files = files(&folder, heads);
            let Some(text) = reported(&files, 2) else { continue };
            assert!(text.is_ascii());
            let found: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(found["format"], "trailglass-integrity-report/1");
            assert_eq!(found["tool"]["build"], "native");
            for (list, members) in
                [("digests", &["status", "reason", "proof", "flags"][..]), ("logs", &["status", "flags"][..])]
            {
                let facts = |answer: &Value| -> Vec<String> {
                    let fact = |entry: &Value| {
                        let said: Vec<&Value> = members.iter().map(|member| &entry[member]).collect();
                        json!([entry["bucket"], entry["key"], said]).to_string()
                    };
                    let mut facts: Vec<String> = answer[list].as_array().unwrap().iter().map(fact).collect();
                    facts.sort();
                    facts
                };
                assert_eq!(facts(&found), facts(expected), "{name}, heads {heads}, {list}");
                seen += facts(&found).len();
            }
            // Every digest and log that is counted stands in the list.
            for (counts, list) in [("digest_statuses", "digests"), ("log_statuses", "logs")] {
                let counted: u64 =
                    found[counts].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
                assert_eq!(counted, found[list].as_array().unwrap().len() as u64, "{name}, {counts}");
            }
            manifest_is_of(&found, &files);
            let kinds = found["coverage"].as_array().unwrap().iter().flat_map(|stream| {
                stream["intervals"].as_array().unwrap().iter().map(|interval| interval["kind"].as_str().unwrap())
            });
            let kinds: Vec<&str> = kinds.collect();
            let of = |kind: &str| kinds.iter().filter(|known| **known == kind).count();
            let ranges = expected["unverifiable_ranges"].as_array().unwrap().len();
            assert_eq!(of("previous-digest-not-supplied") + of("previous-digest-not-authentic"), ranges, "{name}");
        }
    }
    assert!(seen == 0 || seen > 2_000, "only {seen} digests and logs");
}

/// The manifest names each file once, with the hash of its bytes.
fn manifest_is_of(found: &Value, files: &[PathBuf]) {
    let of_files: BTreeSet<String> = files
        .iter()
        .map(|path| {
            let bytes = fs::read(path).unwrap();
            json!([path.to_str().unwrap(), bytes.len(), hex(&Sha256::digest(&bytes))]).to_string()
        })
        .collect();
    let lines = found["manifest"].as_array().unwrap();
    let of_lines: BTreeSet<String> =
        lines.iter().map(|line| json!([line["path"], line["bytes"], line["sha256"]]).to_string()).collect();
    assert_eq!(of_lines, of_files);
    assert_eq!(lines.len(), files.len());
    // Of a digest or log that was supplied, the hash of the content stands there and in the verdict.
    for line in lines.iter().filter(|line| line["status"] == "AUTHENTIC") {
        assert!(line["content_sha256"].as_str().is_some_and(|hash| hash.len() == 64), "{line}");
    }
    assert_eq!(found["supplied"]["files"], files.len());
}

#[test]
fn a_modified_log_is_named_with_both_hashes() {
    let Some(folder) = scenarios().into_iter().find(|folder| folder.ends_with("log_modified")) else { return };
    let found: Value = serde_json::from_str(&reported(&files(&folder, true), 2).unwrap()).unwrap();
    let logs = found["logs"].as_array().unwrap();
    let modified: Vec<&Value> = logs.iter().filter(|log| log["status"] == "MODIFIED").collect();
    assert_eq!(modified.len(), 1);
    let log = modified[0];
    let (recorded, changed) = (log["recorded_sha256"].as_str().unwrap(), log["found_sha256"].as_str().unwrap());
    assert!(recorded.len() == 64 && changed.len() == 64 && recorded != changed, "{log}");
    let path = log["path"].as_str().unwrap();
    assert!(path.ends_with(log["key"].as_str().unwrap()), "{log}");
    assert!(found["findings"].as_array().unwrap().iter().any(|finding| {
        finding["kind"] == "log-modified" && finding["key"] == log["key"] && finding["path"] == log["path"]
    }));
    let line = found["manifest"].as_array().unwrap().iter().find(|line| line["path"] == path).unwrap();
    assert_eq!(line["content_sha256"], log["found_sha256"]);
    // The digest that decides is in the report, proved.
    let digests = found["digests"].as_array().unwrap();
    let decides = digests.iter().find(|digest| digest["key"] == log["digest"]["key"]).unwrap();
    assert_eq!(decides["status"], "AUTHENTIC");
    assert!(decides["signing_string"].as_str().unwrap().lines().count() == 4);
    for key in found["keys"].as_array().unwrap() {
        assert_eq!(key["bits"], 2048);
        assert_eq!(key["fingerprint"].as_str().unwrap().len(), 32);
    }
}

#[test]
fn what_was_not_read_is_said() {
    let judgement = trailglass::integrity::verdict::Judgement::default();
    let read = Listed { path: "b".to_owned(), kind: "CloudTrail log file", state: READ, bytes: Some(7), sha256: None };
    let left = Listed { path: "a\u{202e}".to_owned(), state: "left out", kind: "", bytes: None, ..read.clone() };
    let tool = Tool::this("native");
    let report = Report::of(&judgement, &[read.clone(), left], &tool);
    assert_eq!((report.supplied.files, report.supplied.files_not_read, report.supplied.bytes), (2, 1, 7));
    assert_eq!(report.supplied.kinds.len(), 1);
    assert!(report.not_checked.iter().any(|limit| limit.starts_with("1 file ")), "{:?}", report.not_checked);
    assert_eq!(report.manifest[0].state, "left out");
    assert!(report.json().contains(r#""path": "a\u202e""#));
    let whole = Report::of(&judgement, &[read], &tool);
    assert_eq!(whole.not_checked.len() + 1, report.not_checked.len());
}
