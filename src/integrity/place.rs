//! Which object of S3 a file is, by where it lies (`spec/INTEGRITY.md` 9.1).

use super::paper::Paper;
use super::{Object, Supplied};
use std::collections::BTreeSet;

/// Where files lie in what was dropped, as a tree of buckets.
#[derive(Debug, Default)]
pub struct Places {
    /// Folders (with `/` at the end, or empty) below which stands `<bucket>/<key>`.
    roots: BTreeSet<String>,
    /// Digests lie there where they say they do, so that a bucket's name in a path is what it seems.
    sure: bool,
}

/// The folder of a path that keys begin with, after any prefix.
const LOGS: &str = "AWSLogs/";

/// The end of the name of a file of metadata.
const HEAD: &str = ".head.json";

impl Places {
    /// Learns from the files: a digest says which bucket and key it has, so what stands before these in its path is the root
    /// of a tree of buckets. Where no digest lies so, a folder `s3` is such a root.
    #[must_use]
    pub fn of(files: &[Supplied]) -> Self {
        let mut roots = BTreeSet::new();
        for file in files {
            if let Some(Paper::Digest(digest)) = &file.paper
                && !digest.object.bucket.is_empty()
                && let Some(before) = before(&file.path, &digest.object)
            {
                roots.insert(before.to_owned());
            }
        }
        let sure = !roots.is_empty();
        if !sure {
            let folder = |path: &str| {
                let at = if path.starts_with("s3/") { 0 } else { path.find("/s3/")? + 1 };
                Some(path[..at + 3].to_owned())
            };
            roots.extend(files.iter().filter_map(|file| folder(&file.path)));
        }
        Self { roots, sure }
    }

    /// The object that a path stands for: its bucket is empty where nothing tells it, and so is its key for a path that is not
    /// laid out as CloudTrail does.
    #[must_use]
    pub fn object(&self, path: &str) -> Object {
        for root in &self.roots {
            if let Some((bucket, key)) = path.strip_prefix(root.as_str()).and_then(|rest| rest.split_once('/')) {
                return Object { bucket: bucket.to_owned(), key: key.to_owned() };
            }
        }
        let at = if path.starts_with(LOGS) { Some(0) } else { path.find(&format!("/{LOGS}")).map(|at| at + 1) };
        Object { bucket: String::new(), key: at.map(|at| path[at..].to_owned()).unwrap_or_default() }
    }

    /// Whether a file lies in a tree of buckets whose digests lie where CloudTrail put them: it is the object at its place, and
    /// no other.
    #[must_use]
    pub fn is_sure(&self, path: &str) -> bool {
        self.sure && self.roots.iter().any(|root| path.starts_with(root.as_str()))
    }

    /// Whether a tree of buckets was found, which is what the answer of the AWS command line needs.
    #[must_use]
    pub fn has_tree(&self) -> bool {
        !self.roots.is_empty()
    }
}

/// Whether a path is laid out as CloudTrail lays out its keys.
#[must_use]
pub fn is_laid_out(path: &str) -> bool {
    path.starts_with(LOGS) || path.contains(&format!("/{LOGS}"))
}

/// What stands before bucket and key in a path that ends with them.
fn before<'a>(path: &'a str, object: &Object) -> Option<&'a str> {
    let rest = path.strip_suffix(object.key.as_str())?.strip_suffix('/')?.strip_suffix(object.bucket.as_str())?;
    (rest.is_empty() || rest.ends_with('/')).then_some(rest)
}

/// The path of the object that a file of metadata is about, `<path>.head.json` (6); `None` when it is not named so.
#[must_use]
pub fn of_head(path: &str) -> Option<&str> {
    path.strip_suffix(HEAD)
}
