//! Answer B against the oracle's opinion of 43 tampered and untampered buckets: `expected_offline/`, file for file, with and
//! without the metadata of digests; and again when all files lie in one folder, gunzipped and in another order.

mod common;

use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use trailglass::integrity::judge::judge;
use trailglass::integrity::vocabulary::answer;
use trailglass::session::native::NativeCase;

/// The corpora, and what is expected of each.
struct Oracle {
    corpus: PathBuf,
    expected: PathBuf,
}

impl Oracle {
    fn find() -> Option<Self> {
        let shared = common::shared()?.join("oracle/integrity");
        Some(Self { corpus: shared.join("corpus"), expected: shared.join("expected_offline") })
    }

    fn scenarios(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.expected)
            .unwrap()
            .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".json")?.to_owned()))
            .collect();
        names.sort();
        assert!(names.len() >= 43, "{} scenarios", names.len());
        names
    }

    fn expected(&self, name: &str, heads: bool) -> Value {
        let text = fs::read(self.expected.join(format!("{name}.json"))).unwrap();
        let mut all: Value = serde_json::from_slice(&text).unwrap();
        all[if heads { "with_head_objects" } else { "without_head_objects" }].take()
    }

    /// The files of a scenario: objects of buckets, keys, and metadata if wanted.
    fn files(&self, name: &str, heads: bool) -> Vec<PathBuf> {
        let root = self.corpus.join(name);
        let mut files = Vec::new();
        walk(&root.join("s3"), &mut files);
        if heads {
            walk(&root.join("head"), &mut files);
        }
        files.extend(
            fs::read_dir(&root)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("public-keys"))),
        );
        files
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(inside) = fs::read_dir(folder) else { return };
    let mut inside: Vec<PathBuf> = inside.map(|entry| entry.unwrap().path()).collect();
    inside.sort();
    for path in inside {
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

/// The answer for some files; without any digest there is none, and every log is listed by no digest.
fn judged(files: &[PathBuf], shards: usize) -> Value {
    let case = NativeCase::load(files, shards);
    answer(&case.judgement.clone().unwrap_or_else(|| judge(&case.evidence(), &[])))
}

/// Digests and logs by bucket and key, each with all that is said of it.
fn by_object(list: &Value) -> BTreeMap<(String, String), Vec<Value>> {
    let mut all: BTreeMap<_, Vec<Value>> = BTreeMap::new();
    for entry in list.as_array().unwrap() {
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        all.entry((text("bucket"), text("key"))).or_default().push(entry.clone());
    }
    all
}

/// A restart between a digest and its copy in another bucket, from its end back to its start, is none.
const ABSURD: &str = "bucket_copied";

#[test]
fn every_file_of_every_scenario() {
    let Some(oracle) = Oracle::find() else { return };
    let mut wrong = Vec::new();
    for name in oracle.scenarios() {
        for heads in [true, false] {
            let expected = oracle.expected(&name, heads);
            let found = judged(&oracle.files(&name, heads), 2);
            for list in ["digests", "logs"] {
                let (expected, found) = (by_object(&expected[list]), by_object(&found[list]));
                for (object, entries) in &expected {
                    if found.get(object) != Some(entries) {
                        wrong.push(format!(
                            "{name}, heads {heads}, {list}: expected {entries:?}, found {:?}",
                            found.get(object)
                        ));
                    }
                }
                for object in found.keys().filter(|object| !expected.contains_key(*object)) {
                    wrong.push(format!("{name}, heads {heads}, {list}: {object:?} was not expected"));
                }
            }
            for list in ["gaps", "unverifiable_ranges"] {
                if expected[list] != found[list] && name != ABSURD {
                    wrong.push(format!(
                        "{name}, heads {heads}, {list}: expected {}, found {}",
                        expected[list], found[list]
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Scenarios that are about what a heap cannot show: whether only when it is unpacked, and why.
const CANNOT_SHOW: [(&str, bool, &str); 4] = [
    ("bucket_copied", false, "what is a copy is told by its bucket, which is part of its path"),
    ("digest_moved_key", false, "a digest under a key that is not its own is named by that key, which is its path"),
    ("log_bucket_missing", false, "that a log lies in another bucket than its digest says is told by its path"),
    ("log_container_variants", true, "what follows the first gzip member is gone once it is unpacked"),
];

/// Flags about the place or the container, which a heap of unpacked files has lost.
const LOST: [&str; 4] =
    ["not-at-its-original-location", "supplied-uncompressed", "gzip-stream-incomplete", "bytes-after-gzip-stream"];

fn base_name(key: &str) -> String {
    let name = key.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".gz").unwrap_or(name).to_owned()
}

/// What is said of each digest and log, by the last part of its key, without what a heap cannot tell.
fn by_name(answer: &Value, list: &str) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in answer[list].as_array().unwrap() {
        let flags: Vec<&str> = entry["flags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|flag| flag.as_str().unwrap())
            .filter(|flag| !LOST.contains(flag))
            .collect();
        let said = format!("{} {} {} {flags:?}", entry["status"], entry["reason"], entry["proof"]);
        all.entry(base_name(entry["key"].as_str().unwrap())).or_default().push(said);
    }
    all.values_mut().for_each(|said| said.sort());
    all
}

/// All files of a scenario in one folder, in an order of their own, gunzipped where they can be.
fn heap(oracle: &Oracle, name: &str, heads: bool, gunzip: bool, folder: &Path) -> Vec<PathBuf> {
    let mut heap = Vec::new();
    for path in oracle.files(name, heads) {
        let bytes = fs::read(&path).unwrap();
        let mut plain = Vec::new();
        let unpacked = gunzip && flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain).is_ok();
        let base = path.file_name().unwrap().to_str().unwrap();
        let base = if unpacked { base.strip_suffix(".gz").unwrap_or(base) } else { base };
        let to = folder.join(base);
        fs::write(&to, if unpacked { &plain } else { &bytes }).unwrap();
        heap.push(to);
    }
    heap.shuffle(&mut SmallRng::seed_from_u64(name.len() as u64));
    heap
}

#[test]
fn a_heap_says_the_same() {
    let Some(oracle) = Oracle::find() else { return };
    let mut wrong = Vec::new();
    for name in oracle.scenarios() {
        for (heads, gunzip) in [(true, false), (false, false), (false, true), (true, true)] {
            if CANNOT_SHOW.iter().any(|&(cannot, unpacked, _)| cannot == name && (gunzip || !unpacked)) {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            let files = heap(&oracle, &name, heads, gunzip, folder.path());
            let (expected, found) = (oracle.expected(&name, heads), judged(&files, 3));
            for list in ["digests", "logs"] {
                let (expected, found) = (by_name(&expected, list), by_name(&found, list));
                for (object, said) in expected.iter().filter(|(object, said)| found.get(*object) != Some(*said)) {
                    let instead = found.get(object);
                    wrong.push(format!(
                        "{name}, heads {heads}, gunzipped {gunzip}: {object} expected {said:?}, found {instead:?}"
                    ));
                }
                let more = found.keys().filter(|object| !expected.contains_key(*object));
                wrong.extend(
                    more.map(|object| format!("{name}, heads {heads}, gunzipped {gunzip}: {object} not expected")),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
