//! The function that writes the ledger, minute by minute, as its log lines tell: how often it ran and failed, how long it took.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Series, Set};
use crate::corpus::rng::Rng;
use crate::sample::SEED;
use crate::sample::intrusion::TERMINATED;
use crate::sample::logs::Line;

/// Its name.
pub const NAME: &str = "prod-ledger-stream";

/// Its runs: when each began, how long it took in thousandths of a millisecond, and whether it failed.
fn runs(lines: &[Line]) -> Vec<(i64, i64, bool)> {
    let (mut begun, mut failed) = (HashMap::new(), HashSet::new());
    let mut out = Vec::new();
    for line in lines {
        let message = line.message.trim_end();
        if let Some(rest) = message.strip_prefix("START RequestId: ") {
            begun.insert(rest.split(' ').next().unwrap_or_default(), line.at);
        } else if message.starts_with("[ERROR]\t") {
            failed.extend(message.split('\t').nth(2));
        } else if message.contains("Task timed out") {
            failed.extend(message.split(' ').nth(1));
        } else if let Some(rest) = message.strip_prefix("REPORT RequestId: ") {
            let mut parts = rest.split('\t');
            let id = parts.next().unwrap_or_default();
            let took = parts.next().and_then(|part| part.strip_prefix("Duration: ")?.strip_suffix(" ms"));
            let (Some(&at), Some(took)) = (begun.get(id), took.and_then(|took| took.parse::<f64>().ok())) else {
                continue;
            };
            out.push((at, (took * 1000.0).round() as i64, failed.contains(id)));
        }
    }
    out.sort_unstable();
    out
}

/// Its metrics. A minute in which it did not run has no points at all.
pub fn series(lines: &[Line]) -> Vec<Series> {
    let mut minutes: BTreeMap<i64, Vec<(i64, bool)>> = BTreeMap::new();
    for (at, took, failed) in runs(lines) {
        minutes.entry(at / 60_000 * 60).or_default().push((took, failed));
    }
    let series = |name: &'static str, unit: &'static str, sample: &mut dyn FnMut(i64, &(i64, bool)) -> i64| {
        let minutes = minutes.iter().filter_map(|(&minute, runs)| {
            let samples: Vec<i64> = runs.iter().map(|run| sample(minute, run)).collect();
            Set::of(minute, &samples, name == "Duration")
        });
        let dimension = ("FunctionName", NAME.to_owned());
        Series { namespace: "AWS/Lambda", name, dimension, unit, minutes: minutes.collect() }
    };
    // While it waits for a ledger that is gone, those that come next to be run are turned away.
    let mut rng = Rng::stream(SEED, 0x540);
    let waits = TERMINATED - 60..TERMINATED + 25 * 60;
    vec![
        series("Invocations", "Count", &mut |_, _| 1000),
        series("Errors", "Count", &mut |_, run| i64::from(run.1) * 1000),
        series("Throttles", "Count", &mut |minute, run| {
            if run.1 && waits.contains(&minute) { rng.range(1, 5) * 1000 } else { 0 }
        }),
        series("Duration", "Milliseconds", &mut |_, run| run.0),
    ]
}
