//! The collection of bad files in `tests/bad`: what each is taken for, how many events it yields, what is lost and what is
//! said about it. `expected.tsv` has a line for each file, and for each file inside an archive.
//!
//! Each file is read whole and again in pieces of several sizes, which must make no difference. After a change of what is
//! said about files, `TRAILGLASS_BLESS=1 cargo test --test bad_corpus` writes what is so now into `expected.tsv`; the
//! difference is then read by a person.

mod common;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use trailglass::import::Reading;
use trailglass::session::protocol::{Ask, FileReport, Reply};
use trailglass::session::shard::Shard;

/// Files that there are at least; fewer means that the test looks in the wrong place.
const FILES: usize = 60;

/// Archives inside archives are followed no further than this, so that no file can keep the test busy.
const DEEPEST: usize = 4;

const HEADER: &str = "file\tkind\tevents\trejected\tproblems";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad")
}

/// What came of a file, as a line says it: kind, events, rejected, problems.
fn words(report: &FileReport) -> String {
    // In which order they were met may depend on the size of the pieces, and is nobody's concern.
    let mut sums: BTreeMap<&str, u32> = BTreeMap::new();
    for problem in &report.problems {
        *sums.entry(problem.kind.title()).or_default() += problem.times;
    }
    let problems: Vec<String> = sums
        .into_iter()
        .map(|(title, times)| if times == 1 { title.to_owned() } else { format!("{title} ×{times}") })
        .collect();
    format!("{}\t{}\t{}\t{}", report.kind.title(), report.events, report.rejected, problems.join(", "))
}

/// Reads a file in pieces of this length.
fn in_pieces(name: &str, bytes: &[u8], length: usize) -> (FileReport, Shard) {
    let mut shard = Shard::default();
    let mut stream = shard.begin(0, name, Reading::default());
    let mut rest = bytes;
    while rest.len() > length {
        let (piece, after) = rest.split_at(length);
        shard.push(&mut stream, piece, false);
        rest = after;
    }
    shard.push(&mut stream, rest, true);
    (shard.finish(stream), shard)
}

/// The events of a shard, in the order of the file.
fn events(shard: &mut Shard) -> Vec<String> {
    let rows = shard.store().rows();
    let record = |row| match shard.answer(Ask::Record { row, reveal: true }) {
        Reply::Record(text) => text,
        other => panic!("{other:?}"),
    };
    (0..rows).map(record).collect()
}

/// Reads a file, and the files in it if it is an archive; `found` gets a line for each.
fn read(name: &str, bytes: &[u8], depth: usize, found: &mut BTreeMap<String, String>) {
    let mut shard = Shard::default();
    let whole = shard.read(0, name, bytes);
    let archive = shard.take_archive();
    let line = words(&whole);
    let kept = events(&mut shard);
    assert_eq!(kept.len(), whole.events as usize, "{name}: an event is a row");
    for event in &kept {
        serde_json::from_str::<Box<serde_json::value::RawValue>>(event)
            .unwrap_or_else(|error| panic!("{name}: {error}: {event}"));
    }
    for problem in &whole.problems {
        assert!(!problem.what.is_empty() && !problem.outcome.is_empty() && problem.times > 0, "{name}: {problem:?}");
        assert!(problem.at.is_none_or(|at| at <= whole.content_bytes.max(bytes.len() as u64)), "{name}: {problem:?}");
    }
    assert!(whole.rejected == 0 || !whole.problems.is_empty(), "{name} loses records without a word");
    for length in [4_096, 4_099, (bytes.len() / 7).max(4_099), (bytes.len() / 2).max(4_097)] {
        let (pieces, mut shard) = in_pieces(name, bytes, length);
        assert_eq!(words(&pieces), line, "{name} in pieces of {length}");
        assert_eq!(pieces.content_bytes, whole.content_bytes, "{name} in pieces of {length}");
        assert!(events(&mut shard) == kept, "{name} in pieces of {length} has other events");
    }
    found.insert(name.to_owned(), line);
    let Some(mut archive) = archive else { return };
    for (at, entry) in archive.entries().to_vec().iter().enumerate() {
        let inner = format!("{name}!{}", entry.path);
        match archive.content(at) {
            Ok(content) if depth < DEEPEST => read(&inner, &content, depth + 1, found),
            Ok(_) => panic!("{inner}: archives in archives without end"),
            Err(problem) => {
                assert!(!problem.what.is_empty() && !problem.outcome.is_empty(), "{inner}: {problem:?}");
                found.insert(inner, format!("not read\t0\t0\t{}", problem.kind.title()));
            }
        }
    }
}

#[test]
fn bad_files_are_what_they_are_said_to_be() {
    let list = folder().join("expected.tsv");
    let mut found = BTreeMap::new();
    let mut files = 0;
    for path in common::files_below(&folder()) {
        if path != list {
            files += 1;
            // Names are the paths below the folder, and are written the same on every system.
            let name = path.strip_prefix(folder()).unwrap().to_string_lossy().replace('\\', "/");
            read(&name, &std::fs::read(&path).unwrap(), 1, &mut found);
        }
    }
    assert!(files >= FILES, "{files} files");
    let expected = std::fs::read_to_string(&list).unwrap();
    if std::env::var_os("TRAILGLASS_BLESS").is_some() {
        let mut text = format!("{HEADER}\n");
        found.iter().for_each(|(name, line)| writeln!(text, "{name}\t{line}").unwrap());
        std::fs::write(&list, text).unwrap();
        return;
    }
    let mut lines = expected.lines();
    assert_eq!(lines.next(), Some(HEADER));
    let mut expected: BTreeMap<&str, &str> = lines.map(|line| line.split_once('\t').expect("a tab")).collect();
    let mut wrong = Vec::new();
    for (name, line) in &found {
        match expected.remove(name.as_str()) {
            Some(known) if known == line => {}
            known => wrong.push(format!("{name}\n   expected {}\n        got {line}", known.unwrap_or("nothing"))),
        }
    }
    wrong.extend(expected.iter().map(|(name, known)| format!("{name}\n   expected {known}\n        is not there")));
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), found.len(), wrong.join("\n"));
}

#[test]
fn bombs_are_stopped() {
    // Made here, not kept: text that packs 1,000 times smaller, in each container that can hold it.
    let record = format!("{{\"eventVersion\":\"1.08\",\"eventName\":\"x\",\"pad\":\"{}\"}},", "a".repeat(1 << 20));
    let pack = |times: usize| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, b"{\"Records\":[").unwrap();
        for _ in 0..times {
            std::io::Write::write_all(&mut encoder, record.as_bytes()).unwrap();
        }
        encoder.finish().unwrap()
    };
    let once = pack(330);
    let report = Shard::default().read(0, "bomb.json.gz", &once);
    assert!(report.content_bytes < 300 << 20, "{report:#?}");
    assert!(report.problems.iter().any(|problem| problem.kind.title() == "Larger than the cap"), "{report:#?}");
    // The same once more packed: the outer layer inflates little, the inner one as before.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, &once).unwrap();
    let twice = encoder.finish().unwrap();
    assert!(twice.len() < 16 << 10);
    let report = Shard::default().read(0, "bomb.json.gz.gz", &twice);
    assert!(report.content_bytes < 600 << 20 && report.events < 330, "{report:#?}");
}
