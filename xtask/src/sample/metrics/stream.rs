//! A metric stream of the night: the ledger's instance, which is measured minute by minute, and the function.

use std::fmt::Write as _;

use anyhow::Result;

use super::{Measured, STREAM, Series, Set, thousandths};
use crate::corpus::rng::Rng;
use crate::corpus::world::{ACCOUNT, REGIONS};
use crate::sample::SEED;
use crate::sample::book::HOME;
use crate::sample::cast::PRODUCTION;
use crate::sample::custody::Delivered;
use crate::sample::delivery::gzip;
use crate::sample::intrusion::INSTANCE;
use crate::sample::logs::{FROM, UNTIL, object};

/// The delivery stream, as the console calls it when it makes one for a metric stream.
const DELIVERY: &str = "MetricStreams-harborline-prod-0Qf3kTze";
/// Seconds of which one object tells.
const GATHERED: i64 = 2 * 3600;

/// The objects, each a line for each metric and minute.
pub fn files(measured: &Measured) -> Result<Vec<Delivered>> {
    let mut rng = Rng::stream(SEED, 0x580);
    let ledger = measured.processors.iter().filter(|series| series.dimension.1 == INSTANCE);
    let all: Vec<&Series> = ledger.chain([&measured.sent]).chain(&measured.function).collect();
    let mut out = Vec::new();
    for from in (FROM..UNTIL).step_by(GATHERED as usize) {
        let inside = from..(from + GATHERED).min(UNTIL);
        // Minute by minute, as it is sent; a minute late now and then.
        let mut lines: Vec<(i64, usize, String)> = Vec::new();
        for (n, series) in all.iter().enumerate() {
            let sets = series.minutes.iter().filter(|set| inside.contains(&set.at));
            lines.extend(sets.map(|set| (set.at + 60 * i64::from(rng.per_mille(40)), n, line(series, set))));
        }
        lines.sort();
        let text: String = lines.into_iter().map(|(_, _, line)| line).collect();
        let path = object(DELIVERY, inside.end + rng.range(90, 200), &mut rng);
        out.push(Delivered { path, bytes: gzip(text.as_bytes())?, events: 0 });
    }
    Ok(out)
}

/// One line: a statistic set, with the percentile that the stream was asked to have.
fn line(series: &Series, set: &Set) -> String {
    let (name, of) = &series.dimension;
    let mut line = format!(
        r#"{{"metric_stream_name":"{STREAM}","account_id":"{}","region":"{}","namespace":"{}","metric_name":"{}","dimensions":{{"{name}":"{of}"}},"timestamp":{},"value":{{"max":{:?},"min":{:?},"sum":{:?},"count":{:?}"#,
        ACCOUNT[PRODUCTION].0,
        REGIONS[HOME],
        series.namespace,
        series.name,
        set.at * 1000,
        thousandths(set.range.1),
        thousandths(set.range.0),
        thousandths(set.sum),
        set.count as f64,
    );
    if let Some(p99) = set.p99 {
        let _ = write!(line, r#","p99":{:?}"#, thousandths(p99));
    }
    let _ = writeln!(line, r#"}},"unit":"{}"}}"#, series.unit);
    line
}
