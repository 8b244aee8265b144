//! What the judge says of the sample case is what was done to it: one log rewritten, one gone, one hole, one stop of the trail
//! that its own calls explain; the rest is proved, or honestly not.

use std::path::PathBuf;

use trailglass::integrity::verdict::{
    Coverage, DigestStatus, FindingKind, Interval, Judgement, LogStatus, LogVerdict, Proof, Stream, Worth,
};
use trailglass::session::native::NativeCase;
use xtask::sample;

/// The digest of this key, by number and status.
fn digest(judged: &Judgement, key: &str) -> (u32, DigestStatus, Vec<Proof>) {
    let at = judged.digests.iter().position(|digest| digest.object.key == key).unwrap();
    (u32::try_from(at).unwrap(), judged.digests[at].status, judged.digests[at].proofs.clone())
}

/// The logs of a status.
fn logs(judged: &Judgement, status: LogStatus) -> Vec<&LogVerdict> {
    judged.logs.iter().filter(|log| log.status == status).collect()
}

fn intervals(stream: &Stream, fits: fn(&Coverage) -> bool) -> Vec<&Interval> {
    stream.intervals.iter().filter(|interval| fits(&interval.coverage)).collect()
}

fn check(judged: &Judgement) {
    let (tampered, missing) = (logs(judged, LogStatus::Modified), logs(judged, LogStatus::ReferencedNotSupplied));
    for (found, path, by) in
        [(tampered, sample::TAMPERED, sample::TAMPERED_DIGEST), (missing, sample::MISSING, sample::MISSING_DIGEST)]
    {
        assert_eq!(found.iter().map(|log| log.object.key.as_str()).collect::<Vec<_>>(), [path]);
        let (at, status, _) = digest(judged, by);
        assert_eq!((found[0].digest, status), (Some(at), DigestStatus::Authentic));
    }
    // Most logs are proved; what is not is of hours and regions without digests, or waits for a signature.
    assert!(logs(judged, LogStatus::Authentic).len() > 400);
    let unlisted = logs(judged, LogStatus::NotListedInAnyDigest);
    assert!((50..100).contains(&unlisted.len()), "{}", unlisted.len());
    assert!(unlisted.iter().all(|log| log.within_coverage == Some(false)));
    let waiting = logs(judged, LogStatus::UnprovenHashAgrees);
    assert!(!waiting.is_empty() && waiting.len() < 10);
    assert_eq!(
        judged.logs.len(),
        logs(judged, LogStatus::Authentic).len() + unlisted.len() + waiting.len() + 2,
        "a status that the story does not have"
    );

    let (_, status, proofs) = digest(judged, sample::NEWEST_PROVED);
    assert_eq!((status, proofs.as_slice()), (DigestStatus::Authentic, &[Proof::OwnSignature][..]));
    assert!(judged.digests.iter().all(|digest| digest.status != DigestStatus::NotAuthentic && digest.flags.is_empty()));
    // The newest of four streams, the last before the stop of five, and the one before the hole.
    let unproved = judged.digests.iter().filter(|digest| digest.status == DigestStatus::Unproven);
    assert_eq!(unproved.count(), 4 + 5 + 1);
    assert!(judged.keys.iter().all(|key| key.bits == Some(2048) && key.problem.is_none()));

    assert_eq!(judged.streams.len(), 5);
    for stream in &judged.streams {
        let holes = intervals(stream, |coverage| matches!(coverage, Coverage::Hole { .. }));
        assert_eq!(holes.len(), usize::from(stream.id.account == "444455556666"), "{:?}", stream.id);
        for hole in holes {
            assert_eq!(hole.digest, digest(judged, sample::AROUND_HOLE[1]).0);
            let Coverage::Hole { points_at, estimate, supplied, .. } = &hole.coverage else { unreachable!() };
            assert_eq!((points_at.key.as_str(), *estimate, *supplied), (sample::HOLE[1], 2, false));
        }
        let restarts = intervals(stream, |coverage| matches!(coverage, Coverage::Restart { .. }));
        assert_eq!(restarts.len(), 1);
        assert_eq!((restarts[0].from, restarts[0].to), (sample::FINAL * 1000, sample::STARTED * 1000));
        let Coverage::Restart { switches, explained } = &restarts[0].coverage else { unreachable!() };
        let calls: Vec<(&str, i64)> = switches.iter().map(|call| (call.name.as_str(), call.at)).collect();
        assert_eq!(calls, [("StopLogging", sample::STOPPED * 1000), ("StartLogging", sample::STARTED * 1000)]);
        assert!(explained);
    }

    use FindingKind::{Hole, LogAbsent, LogModified, NewestUnproved};
    let kinds: Vec<FindingKind> = judged.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [&[LogModified, Hole, LogAbsent][..], &[NewestUnproved; 4]].concat());
    // The events of one file are in doubt.
    assert_eq!(judged.files.iter().filter(|file| file.worth == Worth::Modified).count(), 1);
}

#[test]
fn the_sample_is_judged_as_its_story_has_it() {
    let dir = tempfile::tempdir().unwrap();
    sample::write(dir.path()).unwrap();
    let paths: Vec<PathBuf> = sample::files().unwrap().iter().map(|file| dir.path().join(&file.path)).collect();
    check(NativeCase::load(&paths, 2).judgement.as_ref().unwrap());

    let zip = dir.path().join(sample::FILE);
    std::fs::write(&zip, sample::packed().unwrap()).unwrap();
    check(NativeCase::load(&[zip], 3).judgement.as_ref().unwrap());
}
