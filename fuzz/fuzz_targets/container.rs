//! Any bytes may come packed: layers are taken off and archives opened without a panic, the caps hold, an entry is readable
//! or refused, and it makes no difference in which pieces the bytes arrive.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailglass::import::Reading;
use trailglass::import::archive::{Archive, DEPTH_MAX};
use trailglass::import::recognise::Kind;
use trailglass::session::protocol::FileReport;
use trailglass::session::shard::Shard;

/// What came of the file and of each entry, to the innermost.
fn read(bytes: &[u8], length: usize) -> Vec<(String, FileReport)> {
    let mut shard = Shard::default();
    let mut stream = shard.begin(0, "f", Reading::default());
    let mut rest = bytes;
    while rest.len() > length {
        let (piece, after) = rest.split_at(length);
        shard.push(&mut stream, piece, false);
        rest = after;
    }
    shard.push(&mut stream, rest, true);
    let mut reports = vec![("f".to_owned(), shard.finish(stream))];
    if let Some(archive) = shard.take_archive() {
        entries(&mut shard, "f", archive, &mut reports);
    }
    reports
}

fn entries(shard: &mut Shard, path: &str, mut archive: Archive, reports: &mut Vec<(String, FileReport)>) {
    assert!(archive.depth() <= DEPTH_MAX);
    for entry in 0..archive.entries().len().min(200) {
        let inside = &archive.entries()[entry].path;
        assert!(!inside.is_empty() && !inside.split('/').any(|part| matches!(part, "" | "." | "..")));
        let (path, stated) = (format!("{path}/{inside}"), archive.entries()[entry].bytes);
        let content = archive.content(entry);
        assert!(
            content.as_ref().map_or(true, |content| content.len() as u64 == stated),
            "no more and no less than stated"
        );
        let report = shard.read_entry(reports.len() as u32, &path, content, archive.depth());
        reports.push((path, report));
        if let Some(inner) = shard.take_archive() {
            entries(shard, &reports[reports.len() - 1].0.clone(), inner, reports);
        }
    }
}

fuzz_target!(|input: &[u8]| {
    // The first byte says how the others arrive.
    let Some((&first, bytes)) = input.split_first() else { return };
    let whole = read(bytes, usize::MAX);
    let pieces = read(bytes, 1 + usize::from(first) * 16);
    assert_eq!(whole.len(), pieces.len());
    for ((path, one), (_, other)) in whole.iter().zip(&pieces) {
        assert_eq!((one.kind, one.events, one.rejected), (other.kind, other.events, other.rejected), "{path}");
        assert_eq!(one.sha256, other.sha256, "{path}");
        // Of a text that turns out to hold no (more) records the rest is not looked at, however much of it there was.
        if matches!(one.kind, Kind::Zip | Kind::Tar) {
            let kinds = |report: &FileReport| report.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>();
            assert_eq!(kinds(one), kinds(other), "{path}");
        }
    }
});
