//! Instances: when each runs, as the trail tells, and how busy its processor is.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use super::{Series, Set, WEB_SERVERS};
use crate::corpus::rng::Rng;
use crate::sample::book::{Told, at};
use crate::sample::cast::PRODUCTION;
use crate::sample::intrusion::{DUMPED, INSTANCE, LAUNCHED, PACKED, TERMINATED};
use crate::sample::{DAYS, SEED, START};

const NAMESPACE: &str = "AWS/EC2";
/// When the scaling group launches what the trail does not tell of: it was stopped.
const UNTOLD: i64 = at(3, 6, 11, 20);
/// When backups are made, every night, and how many minutes that takes.
const BACKUP: (i64, i64) = (30 * 60, 9);

/// Processors, one sample a minute: the ledger's, the web servers', and those that come and go.
pub fn processors(told: &Told) -> Vec<Series> {
    let all = START..START + DAYS * 86_400;
    let always = WEB_SERVERS.map(|server| (server, all.clone()));
    let once = [(INSTANCE, LAUNCHED..TERMINATED)].into_iter().chain(always);
    let mut running: Vec<(&str, Vec<Range<i64>>)> = once.map(|(instance, run)| (instance, vec![run])).collect();
    let mut scaled = scaled(told);
    scaled.remove(INSTANCE);
    running.extend(scaled.iter().map(|(instance, runs)| (instance.as_str(), runs.clone())));
    let series = running.into_iter().enumerate().map(|(n, (instance, runs))| {
        let mut rng = Rng::stream(SEED, 0x500 + n as u64);
        let runs = runs.into_iter().flat_map(|run| processor(instance, run, &mut rng));
        Series {
            namespace: NAMESPACE,
            name: "CPUUtilization",
            dimension: ("InstanceId", instance.to_owned()),
            unit: "Percent",
            minutes: runs.collect(),
        }
    });
    series.collect()
}

/// When instances run that somebody launches or terminates.
fn scaled(told: &Told) -> BTreeMap<String, Vec<Range<i64>>> {
    let mut out: BTreeMap<String, Vec<Range<i64>>> = BTreeMap::new();
    let marked = |text: &str| text.contains(r#""RunInstances""#) || text.contains(r#""TerminateInstances""#);
    for event in told.events.iter().filter(|event| event.account == PRODUCTION && marked(&event.text)) {
        let Ok(record) = serde_json::from_str::<Value>(&event.text) else { continue };
        let Some(instance) = record.pointer("/responseElements/instancesSet/items/0/instanceId") else { continue };
        let runs = out.entry(instance.as_str().unwrap_or_default().to_owned()).or_default();
        let open = runs.last_mut().filter(|run| run.end == i64::MAX);
        match (record["eventName"] == "RunInstances", open) {
            (true, None) => runs.push(event.at..i64::MAX),
            (false, Some(run)) => run.end = event.at,
            (false, None) => runs.push(UNTOLD.min(event.at)..event.at),
            (true, Some(_)) => {}
        }
    }
    for run in out.values_mut().flatten() {
        run.end = run.end.min(START + DAYS * 86_400);
    }
    out
}

/// How busy the hours are, in thousandths: a bell around noon.
fn busy(minute: i64) -> i64 {
    let hour = (minute - START).rem_euclid(86_400) as f64 / 3600.0;
    ((-((hour - 11.5) / 3.8).powi(2)).exp() * 1000.0).round() as i64
}

/// Thousandths of a percent, each minute that begins while the instance runs.
fn processor(instance: &str, run: Range<i64>, rng: &mut Rng) -> Vec<Set> {
    let ledger = instance == INSTANCE;
    let (idle, full) = if ledger { (6_400, 17) } else { (4_100, 38) };
    let first = run.start.div_euclid(60) * 60 + 60;
    let mut drift = 0;
    let minute = |(n, minute): (usize, i64)| {
        // What keeps a processor busy lasts longer than a minute.
        drift = drift * 4 / 5 + rng.range(-900, 900);
        let backup = ledger && (minute - START).rem_euclid(86_400) - BACKUP.0 < BACKUP.1 * 60;
        let backup = backup && (minute - START).rem_euclid(86_400) >= BACKUP.0;
        let value = if ledger && dumps(minute) {
            rng.range(93_200, 99_700)
        } else if n < 3 {
            // It starts.
            rng.range(52_000, 88_000) - n as i64 * 14_000
        } else {
            idle + busy(minute) * full + drift + if backup { rng.range(19_000, 27_000) } else { 0 }
        };
        Set::of(minute, &[value.clamp(300, 100_000)], false)
    };
    (first..run.end - 59).step_by(60).enumerate().filter_map(minute).collect()
}

/// Whether the ledger is being packed in this minute.
fn dumps(minute: i64) -> bool {
    (DUMPED - 30..PACKED - 30).contains(&minute)
}

/// Bytes that the ledger's instance sends, in thousandths, one sample a minute.
pub fn sent() -> Series {
    let mut rng = Rng::stream(SEED, 0x520);
    let first = LAUNCHED.div_euclid(60) * 60 + 60;
    let minute = |minute: i64| {
        let bytes = 90_000 + busy(minute) * rng.range(300, 420) + rng.range(0, 60_000);
        let packed = if dumps(minute) { rng.range(13_000_000, 16_500_000) } else { 0 };
        Set::of(minute, &[(bytes + packed) * 1000], false)
    };
    Series {
        namespace: NAMESPACE,
        name: "NetworkOut",
        dimension: ("InstanceId", INSTANCE.to_owned()),
        unit: "Bytes",
        minutes: (first..TERMINATED - 59).step_by(60).filter_map(minute).collect(),
    }
}
