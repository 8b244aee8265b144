//! What time each stream is covered for (9.4).

use super::digests::{Digested, Judged};
use crate::integrity::names::StreamId;
use crate::integrity::verdict::{Coverage, DigestStatus, Interval, LogStatus, LogVerdict, Stream, Switched};
use crate::integrity::{Object, Switch};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Milliseconds of the hour that a digest usually covers.
const HOUR: i64 = 3_600_000;

/// The digests supplied, by where CloudTrail put them, and whether one is proved.
type Identities<'a> = HashMap<&'a Object, bool>;

/// The streams, and what is known of each; tells every digest which is its.
pub(super) fn of(judged: &mut Judged<'_>, switches: &[Switch]) -> Vec<Stream> {
    let mut streams: BTreeMap<StreamId, Vec<u32>> = BTreeMap::new();
    for (at, digest) in judged.digests.iter().enumerate() {
        if let Some(stream) = &digest.stream {
            streams.entry(stream.clone()).or_default().push(at as u32);
        }
    }
    for (number, members) in streams.values_mut().enumerate() {
        members.sort_by_key(|&at| {
            let digest = &judged.digests[at as usize];
            (digest.verdict.span.1, digest.identity().clone(), digest.file.path.clone())
        });
        for &at in members.iter() {
            judged.digests[at as usize].verdict.stream = Some(number as u32);
        }
    }
    let mut supplied = Identities::new();
    for digest in judged.digests.iter().filter(|digest| !digest.is_malformed()) {
        *supplied.entry(digest.identity()).or_default() |= digest.is_authentic();
    }
    let stream = |(id, digests): (StreamId, Vec<u32>)| {
        let intervals = intervals(&id, &digests, judged, &supplied, switches);
        Stream { id, digests, intervals }
    };
    streams.into_iter().map(stream).collect()
}

fn intervals(
    id: &StreamId,
    members: &[u32],
    judged: &Judged<'_>,
    supplied: &Identities<'_>,
    switches: &[Switch],
) -> Vec<Interval> {
    let mut intervals = Vec::new();
    let mut seen = HashSet::new();
    // The digest before, by the order of their ends, that nothing speaks against.
    let mut older: Option<&Digested<'_>> = None;
    for &at in members {
        let digest = &judged.digests[at as usize];
        let (from, to) = digest.verdict.span;
        if digest.is_malformed() || to <= from {
            continue;
        }
        if !digest.is_authentic() {
            let coverage = match digest.verdict.status {
                DigestStatus::NotAuthentic => Coverage::NotAuthentic,
                _ => Coverage::Unproved,
            };
            if coverage == Coverage::Unproved {
                older = Some(digest);
            }
            intervals.push(Interval { from, to, coverage, digest: at });
            continue;
        }
        // A copy of a digest says nothing new.
        if !seen.insert((digest.identity().clone(), digest.verdict.sha256)) {
            continue;
        }
        intervals.extend(before(id, digest, at, older, supplied, switches));
        let coverage = Coverage::Covered { named: 0, unchanged: 0, altered: 0, absent: 0 };
        intervals.push(Interval { from, to, coverage, digest: at });
        older = Some(digest);
    }
    intervals.sort_by_key(|interval| (interval.from, interval.to));
    intervals
}

/// What lies between a proved digest and the one before it.
fn before(
    id: &StreamId,
    digest: &Digested<'_>,
    at: u32,
    older: Option<&Digested<'_>>,
    supplied: &Identities<'_>,
    switches: &[Switch],
) -> Option<Interval> {
    let to = digest.verdict.span.0;
    let Some(points_at) = &digest.digest.previous else {
        let older = older?;
        let from = older.verdict.span.1;
        let switches = switched(id, older, digest, switches);
        let stops = |name: &str| matches!(name, "StopLogging" | "DeleteTrail");
        let is_stop = |switch: &&Switch| stops(&switch.name) || switch.validation == Some(false);
        let explained = switches.iter().any(is_stop) && switches.iter().any(|switch| !is_stop(switch));
        let switches = switches.into_iter().map(|switch| Switched {
            at: switch.at,
            name: switch.name.clone(),
            actor: switch.actor.clone(),
            record: switch.record,
        });
        let coverage = Coverage::Restart { switches: switches.collect(), explained };
        return Some(Interval { from: from.min(to), to, coverage, digest: at });
    };
    let known = supplied.get(points_at);
    if known == Some(&true) {
        return None;
    }
    let supplied = known.is_some();
    let open = older.is_none();
    let from = older.map_or(to - HOUR, |older| older.verdict.span.1).min(to);
    let estimate = (((to - from) as f64 / HOUR as f64).round() as u32).max(1);
    let coverage = Coverage::Hole { points_at: points_at.clone(), supplied, estimate, open };
    Some(Interval { from, to, coverage, digest: at })
}

/// The calls that may explain why a chain begins anew: a stop while the older digest was being gathered or soon after its
/// end, a start about when the newer one begins.
fn switched<'a>(id: &StreamId, older: &Digested<'_>, newer: &Digested<'_>, switches: &'a [Switch]) -> Vec<&'a Switch> {
    let of_this = |switch: &&Switch| {
        let name = switch.trail.rsplit('/').next().unwrap_or_default();
        name.is_empty() || name == id.trail
    };
    let fits = |switch: &&Switch| {
        let stop = matches!(switch.name.as_str(), "StopLogging" | "DeleteTrail") || switch.validation == Some(false);
        let start = matches!(switch.name.as_str(), "StartLogging" | "CreateTrail") || switch.validation == Some(true);
        let stopped = older.verdict.span.0..=older.verdict.span.1 + HOUR;
        let started = newer.verdict.span.0 - HOUR..=newer.verdict.span.1;
        stop && stopped.contains(&switch.at) || start && started.contains(&switch.at)
    };
    switches.iter().filter(of_this).filter(fits).collect()
}

/// Counts what became of the logs that each covered interval names.
pub(super) fn count(streams: &mut [Stream], judged: &Judged<'_>, logs: &[LogVerdict]) {
    for interval in streams.iter_mut().flat_map(|stream| &mut stream.intervals) {
        let digest = &judged.digests[interval.digest as usize].verdict;
        let Coverage::Covered { named, unchanged, altered, absent } = &mut interval.coverage else { continue };
        for &log in &digest.logs {
            *named += 1;
            match logs[log as usize].status {
                LogStatus::Authentic => *unchanged += 1,
                LogStatus::Modified | LogStatus::Damaged | LogStatus::ExtraDataAppended => *altered += 1,
                LogStatus::ReferencedNotSupplied => *absent += 1,
                _ => {}
            }
        }
    }
}
