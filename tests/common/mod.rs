//! What the integration tests share: where the specifications and real logs of `../shared` are, and reading them.
#![allow(dead_code, reason = "each test binary uses some of it")]

use std::path::{Path, PathBuf};
use trailglass::store::tokens::{self, PADDING};
use trailglass::store::{Around, Line, Store};
use trailglass::trail::line::Format;

/// The folder of specifications and real data, or a loud word that it is not here.
pub fn shared() -> Option<PathBuf> {
    let path = std::env::var_os("TRAILGLASS_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    if path.join("spec").is_dir() {
        return Some(path);
    }
    eprintln!("\n!!! {} IS NOT HERE: THE TESTS ON SPECIFICATIONS AND REAL LOGS DID NOT RUN !!!\n", path.display());
    None
}

/// All files below a folder, in the order of their paths.
pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() { dirs.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// Adds a log line to a store, as its importer would: a message that is one JSON `object` is the record itself.
pub fn ingest_line(store: &mut Store, message: &str, object: bool, time: i64) {
    let mut buffer = Vec::new();
    let format = if object {
        buffer.extend_from_slice(message.as_bytes());
        Format::Json
    } else {
        buffer.extend_from_slice(b"{\"@message\":");
        tokens::write_string(message.as_bytes(), &mut buffer);
        buffer.push(b'}');
        Format::Text
    };
    let end = buffer.len();
    buffer.extend_from_slice(&[0; PADDING]);
    let line = Line {
        time: Some(time),
        ingested: None,
        group: None,
        stream: None,
        owner: None,
        id: None,
        format,
        severity: None,
        bytes: message.len() as u32,
    };
    let around = Around { line: Some(line), ..Around::default() };
    store.ingest(&buffer, 0, end, &around).unwrap_or_else(|error| panic!("{message}: {error:?}"));
    store.came_from(0, store.rows() - 1);
}
