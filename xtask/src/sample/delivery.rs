//! How events become the files of an organisation trail.
//!
//! CloudTrail closes a file some minutes after its first event and gathers what one account and region had until then. A
//! quarter of an hour here: the whole case stays below the number of files at which the page asks which of them to read.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::SEED;
use super::book::Event;
use crate::corpus::clock::{self, Civil};
use crate::corpus::rng::{ALNUM, Rng};
use crate::corpus::world::{ACCOUNT, ORG, REGIONS};

/// The folder that all files lie in.
pub const ROOT: &str = "AWSLogs";

/// Seconds that one file gathers.
const GATHERED: i64 = 15 * 60;

/// A file of the trail.
pub struct Delivered {
    /// Its path in the bucket.
    pub path: String,
    /// Its content, gzipped.
    pub bytes: Vec<u8>,
    /// Records in it.
    pub events: usize,
}

/// The files that the events are delivered in, in the order of their paths.
pub fn files(events: &[Event]) -> Result<Vec<Delivered>> {
    let mut windows: BTreeMap<(usize, usize, i64), Vec<&Event>> = BTreeMap::new();
    for event in events {
        windows.entry((event.account, event.region, event.at.div_euclid(GATHERED))).or_default().push(event);
    }
    let mut files = Vec::with_capacity(windows.len());
    for ((account, region, window), mut inside) in windows {
        let mut rng = Rng::stream(SEED ^ 0xf11e, ((window as u64) << 8) | (account << 4 | region) as u64);
        // Records of a file are in no order.
        for n in (1..inside.len()).rev() {
            inside.swap(n, rng.below(n + 1));
        }
        let mut gz = GzEncoder::new(Vec::new(), Compression::best());
        gz.write_all(br#"{"Records":["#)?;
        for (n, event) in inside.iter().enumerate() {
            gz.write_all(if n == 0 { b"" } else { b"," })?;
            gz.write_all(event.text.as_bytes())?;
        }
        gz.write_all(b"]}")?;
        let delivered = (window + 1) * GATHERED + 300 * rng.range(0, 1);
        let path = path(account, region, delivered, &rng.string(ALNUM, 16));
        files.push(Delivered { path, bytes: gz.finish()?, events: inside.len() });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn path(account: usize, region: usize, at: i64, unique: &str) -> String {
    let (account, region) = (ACCOUNT[account].0, REGIONS[region]);
    let Civil { date: (year, month, day), time: (hour, minute, _) } = clock::civil(at);
    format!(
        "{ROOT}/{ORG}/{account}/CloudTrail/{region}/{year:04}/{month:02}/{day:02}/{account}_CloudTrail_{region}_{year:04}{month:02}{day:02}T{hour:02}{minute:02}Z_{unique}.json.gz"
    )
}
