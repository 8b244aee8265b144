//! The part of the report that is about time: what is covered of each stream.

use super::Place;
use crate::integrity::names::written;
use crate::integrity::verdict::{self, Coverage, Judgement};
use serde::Serialize;

/// A stream: the digests of one trail for one account and region.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stream {
    /// The organisation.
    pub organization: Option<String>,
    /// The account whose events it holds.
    pub account: String,
    /// The region that the events come from.
    pub region: String,
    /// The trail.
    pub trail: String,
    /// The region in which the trail was made.
    pub home_region: String,
    /// Its digests were made later, for logs delivered before.
    pub backfill: bool,
    /// Digests of it that were supplied.
    pub digests: u64,
    /// Start of the first interval that a proved digest covers; before it nothing is stated.
    pub first_proved: Option<String>,
    /// End of the last interval that a proved digest covers; after it nothing is stated.
    pub last_proved: Option<String>,
    /// What is known, in the order of time. Times are those of deliveries.
    pub intervals: Vec<Interval>,
}

/// A stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Interval {
    /// First instant; null when a hole reaches back to who knows when.
    pub from: Option<String>,
    /// First instant after.
    pub to: String,
    /// What is known of it.
    pub kind: &'static str,
    /// The same in a sentence.
    pub explanation: String,
    /// The digest that says so.
    pub digest: Option<Place>,
    /// Of covered time: logs that the digest names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs_named: Option<u32>,
    /// Of them supplied and as recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs_unchanged: Option<u32>,
    /// Of them supplied and not as recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs_altered: Option<u32>,
    /// Of them not supplied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs_not_supplied: Option<u32>,
    /// Of a hole: the digest that is named and not there, or not authentic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points_at: Option<Place>,
    /// Of a hole: how many hourly digests would fill it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digests_estimated: Option<u32>,
    /// Of a restart: calls that stop and start the recording were found near its ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explained: Option<bool>,
    /// Of a restart: these calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<Vec<Call>>,
}

/// A call that switches the recording of a trail.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Call {
    /// When.
    pub time: String,
    /// The call.
    pub name: String,
    /// Who called.
    pub actor: String,
    /// The file that its record is in.
    pub path: String,
    /// The record's number there, from 0.
    pub record: u32,
}

pub(super) fn streams(judgement: &Judgement, path: &impl Fn(u32) -> String) -> Vec<Stream> {
    let mut streams: Vec<_> = judgement.streams.iter().collect();
    streams.sort_by(|a, b| a.id.cmp(&b.id));
    streams.into_iter().map(|stream| one(judgement, stream, path)).collect()
}

fn one(judgement: &Judgement, stream: &verdict::Stream, path: &impl Fn(u32) -> String) -> Stream {
    let id = &stream.id;
    let proved = || stream.intervals.iter().filter(|interval| matches!(interval.coverage, Coverage::Covered { .. }));
    Stream {
        organization: id.organization.clone(),
        account: id.account.clone(),
        region: id.region.clone(),
        trail: id.trail.clone(),
        home_region: id.home.clone(),
        backfill: id.backfill,
        digests: stream.digests.len() as u64,
        first_proved: proved().map(|interval| interval.from).min().map(written),
        last_proved: proved().map(|interval| interval.to).max().map(written),
        intervals: stream.intervals.iter().map(|interval| stretch(judgement, interval, path)).collect(),
    }
}

fn stretch(judgement: &Judgement, interval: &verdict::Interval, path: &impl Fn(u32) -> String) -> Interval {
    let mut line = Interval {
        from: Some(written(interval.from)),
        to: written(interval.to),
        kind: interval.coverage.word(),
        explanation: interval.coverage.said(),
        digest: judgement.digests.get(interval.digest as usize).map(|digest| Place::of(&digest.object)),
        ..Interval::default()
    };
    match &interval.coverage {
        Coverage::Covered { named, unchanged, altered, absent } => {
            line.logs_named = Some(*named);
            line.logs_unchanged = Some(*unchanged);
            line.logs_altered = Some(*altered);
            line.logs_not_supplied = Some(*absent);
        }
        Coverage::Hole { points_at, estimate, open, .. } => {
            line.points_at = Some(Place::of(points_at));
            line.digests_estimated = Some(*estimate);
            if *open {
                line.from = None;
            }
        }
        Coverage::Restart { switches, explained } => {
            line.explained = Some(*explained);
            let call = |switched: &verdict::Switched| Call {
                time: written(switched.at),
                name: switched.name.clone(),
                actor: switched.actor.clone(),
                path: path(switched.record.0),
                record: switched.record.1,
            };
            line.calls = Some(super::sorted(switches.iter().map(call)));
        }
        Coverage::Unproved | Coverage::NotAuthentic => {}
    }
    line
}
