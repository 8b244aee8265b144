//! Answer B: what the evidence says (`spec/INTEGRITY.md` 9). From any heap of files: what belongs together is found by what
//! the documents say, never by the folders they lie in.

mod commands;
mod coverage;
mod digests;
mod findings;
mod heads;
mod keyring;
mod logs;

use super::verdict::{FileVerdict, Judgement};
use super::{Supplied, Switch};
use crate::integrity::paper::Paper;
use crate::integrity::place::Places;
use keyring::Keyring;

/// Weighs the evidence. The order of the files makes no difference.
#[must_use]
pub fn judge(files: &[Supplied], switches: &[Switch]) -> Judgement {
    let places = Places::of(files);
    let keyring = Keyring::of(files);
    let mut judged = digests::weigh(files, &places, &keyring);
    let coverage = coverage::of(&mut judged, switches);
    let logs = logs::weigh(files, &places, &mut judged, &coverage);
    let mut judgement = Judgement {
        heads: judged.heads.supplied,
        tree: places.has_tree(),
        trails: trails(files),
        listed: listed(files),
        logs: logs.verdicts,
        files: logs.files,
        streams: coverage,
        keys: keyring.verdicts(&judged),
        ..Judgement::default()
    };
    coverage::count(&mut judgement.streams, &judged, &judgement.logs);
    judgement.findings = findings::of(files, &judged, &judgement, logs.odd);
    judgement.digests = judged.digests.into_iter().map(|digest| digest.verdict).collect();
    commands::fill(&mut judgement);
    judgement.files.sort_by_key(|verdict: &FileVerdict| verdict.file);
    judgement
}

fn trails(files: &[Supplied]) -> Vec<String> {
    let told = files.iter().filter_map(|file| match &file.paper {
        Some(Paper::Trails(trails)) => Some(trails.iter().map(|trail| trail.arn.clone())),
        _ => None,
    });
    let mut arns: Vec<String> = told.flatten().collect();
    arns.sort();
    arns.dedup();
    arns
}

/// When the newest object of the listings was written; `None` without a listing.
fn listed(files: &[Supplied]) -> Option<Option<i64>> {
    let listings = files.iter().filter_map(|file| match &file.paper {
        Some(Paper::Listing(listing)) => Some(listing),
        _ => None,
    });
    listings.map(|listing| listing.objects.iter().filter_map(|object| object.modified).max()).reduce(Ord::max)
}
