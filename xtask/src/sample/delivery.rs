//! How events become the log files of an organisation trail.
//!
//! CloudTrail closes a file some minutes after its first event and gathers what one account and region had until then. Half
//! an hour here: the whole case, digests included, stays below the number of files at which the page asks which to read.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::SEED;
use super::book::{Event, Told};
use super::intrusion::STOPPED;
use crate::corpus::clock::{self, Civil};
use crate::corpus::rng::{ALNUM, Rng};
use crate::corpus::world::{ACCOUNT, ORG, REGIONS};

/// The folder that all files of the trail lie in.
pub const ROOT: &str = "AWSLogs";

/// Seconds that one file gathers.
const GATHERED: i64 = 30 * 60;

/// A log file as CloudTrail delivers it.
#[derive(Debug)]
pub struct Log {
    /// Its path in the bucket.
    pub path: String,
    /// The account, as an index of the world's.
    pub account: usize,
    /// The region, likewise.
    pub region: usize,
    /// When it is delivered, in seconds since 1970.
    pub delivered: i64,
    /// When its oldest and its newest event happened.
    pub span: (i64, i64),
    /// Records in it.
    pub events: usize,
    /// Its content.
    pub json: String,
}

/// The log files that all that was told is delivered in, in the order of their paths.
pub fn logs(told: &Told) -> Vec<Log> {
    let mut windows: BTreeMap<(usize, usize, i64), Vec<&Event>> = BTreeMap::new();
    for event in &told.events {
        windows.entry((event.account, event.region, event.at.div_euclid(GATHERED))).or_default().push(event);
    }
    let mut logs: Vec<Log> = windows
        .into_iter()
        .map(|((account, region, window), mut inside)| {
            let mut rng = Rng::stream(SEED ^ 0xf11e, ((window as u64) << 8) | (account << 4 | region) as u64);
            // Records of a file are in no order.
            for n in (1..inside.len()).rev() {
                inside.swap(n, rng.below(n + 1));
            }
            // What a trail has when it is stopped is delivered soon, some minutes later at most.
            let delivered = if window == STOPPED.div_euclid(GATHERED) {
                STOPPED + 200 + 60 * rng.range(0, 1)
            } else {
                (window + 1) * GATHERED + 300 * rng.range(0, 1)
            };
            log(&inside, delivered, &rng.string(ALNUM, 16))
        })
        .collect();
    let lost: Vec<&Event> = told.lost.iter().collect();
    let delivered = lost.last().map_or(STOPPED, |event| event.at + 180);
    logs.push(log(&lost, delivered, &Rng::stream(SEED ^ 0xf11e, 0x1057).string(ALNUM, 16)));
    logs.sort_by(|a, b| a.path.cmp(&b.path));
    logs
}

/// A log file of some events of one account and region.
fn log(events: &[&Event], delivered: i64, unique: &str) -> Log {
    let (account, region) = events.first().map_or((0, 0), |event| (event.account, event.region));
    let times = || events.iter().map(|event| event.at);
    let records: Vec<&str> = events.iter().map(|event| event.text.as_str()).collect();
    let Civil { date: (year, month, day), time: (hour, minute, _) } = clock::civil(delivered);
    let (id, place) = (ACCOUNT[account].0, REGIONS[region]);
    Log {
        path: format!(
            "{ROOT}/{ORG}/{id}/CloudTrail/{place}/{year:04}/{month:02}/{day:02}/{id}_CloudTrail_{place}_{year:04}{month:02}{day:02}T{hour:02}{minute:02}Z_{unique}.json.gz"
        ),
        account,
        region,
        delivered,
        span: (times().min().unwrap_or(delivered), times().max().unwrap_or(delivered)),
        events: events.len(),
        json: format!(r#"{{"Records":[{}]}}"#, records.join(",")),
    }
}

/// Content as it lies in the bucket: one gzip stream.
pub fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::best());
    gz.write_all(content)?;
    Ok(gz.finish()?)
}
