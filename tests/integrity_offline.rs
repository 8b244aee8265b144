//! Answer B against the oracle's opinion of 43 tampered and untampered buckets: `expected_offline/`, file for file, with and
//! without the metadata of digests; and again when all files lie in one folder, gunzipped and in another order.

mod common;

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
