//! Metrics, as many as a person may drop: a metric stream of 100 series, ten tables of a million points each, and one table of a
//! million points of which a single one stands out.
//!
//! Values walk, as those of machines do, and have as many digits; a table's stamps are those that databases write.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};

use super::clock::{self, Civil, EPOCH};
use super::rng::Rng;
use super::write::on_every_core;
use super::{Summary, once};

/// What the corpus is called.
pub const NAME: &str = "metrics";
/// The folder of the stream's objects.
pub const STREAM: &str = "stream";
/// The folder of the tables.
pub const TABLES: &str = "tables";
/// The folder of the table with one point that stands out.
pub const SPIKE: &str = "spike";
/// Which point it is, and its value.
pub const SPIKE_AT: usize = 654_321;
pub const SPIKE_VALUE: f64 = 997.0;
/// When it is, in milliseconds since 1970.
pub const SPIKE_TIME: i64 = (EPOCH + SPIKE_AT as i64 * STEP) * 1000;

const SEED: u64 = 0x3e7;
/// Seconds between two points.
const STEP: i64 = 60;

/// How much there is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Series of the stream, and points of each.
    pub series: usize,
    pub minutes: usize,
    /// Tables, and points of each; the one with the spike has as many.
    pub tables: usize,
    pub rows: usize,
}

/// The size that figures speak of.
pub const SIZE: Size = Size { series: 100, minutes: 10_000, tables: 10, rows: 1_000_000 };

/// Minutes of which one object of the stream tells.
const OBJECT: usize = 100;

/// What the series are of: namespace, name, dimension, unit, and how many of ten.
const METRICS: [(&str, &str, &str, &str); 10] = [
    ("AWS/EC2", "CPUUtilization", "InstanceId", "Percent"),
    ("AWS/EC2", "NetworkIn", "InstanceId", "Bytes"),
    ("AWS/EC2", "NetworkOut", "InstanceId", "Bytes"),
    ("AWS/Lambda", "Invocations", "FunctionName", "Count"),
    ("AWS/Lambda", "Duration", "FunctionName", "Milliseconds"),
    ("AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", "Seconds"),
    ("AWS/ApplicationELB", "RequestCount", "LoadBalancer", "Count"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "Seconds"),
    ("AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", "Count"),
    ("Harborline/Orders", "Latency", "Route", "Milliseconds"),
];

/// Makes the corpus in a folder, unless it is there already.
pub fn generate(dir: &Path) -> Result<Summary> {
    once(NAME, &[STREAM, TABLES, SPIKE], dir, |dir| write(dir, SIZE))
}

/// What is to be written: an object of the stream from this minute on, a table, the table with the spike.
#[derive(Clone, Copy)]
enum File {
    Object(usize),
    Table(usize),
    Spike,
}

/// Writes so much.
pub fn write(dir: &Path, size: Size) -> Result<Summary> {
    for folder in [STREAM, TABLES, SPIKE] {
        fs::create_dir_all(dir.join(folder)).with_context(|| format!("creating {folder}"))?;
    }
    let mut files: Vec<File> = (0..size.tables).map(File::Table).chain([File::Spike]).collect();
    files.extend((0..size.minutes).step_by(OBJECT).map(File::Object));
    let (next, text_bytes, stored) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let work = || -> Result<()> {
        loop {
            let Some(&file) = files.get(next.fetch_add(1, Ordering::Relaxed)) else { return Ok(()) };
            let (path, text) = match file {
                File::Object(from) => (format!("{STREAM}/metrics-{from:06}.gz"), object(size, from)),
                File::Table(number) => (format!("{TABLES}/series-{number:02}.csv"), table(size.rows, number, None)),
                File::Spike => (format!("{SPIKE}/one-in-a-million.csv"), table(size.rows, size.tables, Some(SPIKE_AT))),
            };
            text_bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
            let bytes = if matches!(file, File::Object(_)) {
                let mut gz = GzEncoder::new(Vec::with_capacity(text.len() / 6), Compression::new(6));
                gz.write_all(text.as_bytes())?;
                gz.finish()?
            } else {
                text.into_bytes()
            };
            let path = dir.join(path);
            fs::write(&path, &bytes).with_context(|| format!("writing {}", path.display()))?;
            stored.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
    };
    on_every_core(work)?;
    Ok(Summary {
        events: (size.series * size.minutes + (size.tables + 1) * size.rows) as u64,
        files: files.len() as u64,
        json_bytes: text_bytes.into_inner(),
        stored_bytes: stored.into_inner(),
    })
}

/// Some minutes of all series, as a stream sends them: minute by minute.
fn object(size: Size, from: usize) -> String {
    let mut text = String::with_capacity(size.series * OBJECT * 330);
    let mut rngs: Vec<Rng> = (0..size.series).map(|n| Rng::stream(SEED ^ (n as u64) << 32, from as u64)).collect();
    for minute in from..(from + OBJECT).min(size.minutes) {
        for (n, rng) in rngs.iter_mut().enumerate() {
            let (namespace, name, dimension, unit) = METRICS[n % METRICS.len()];
            // A wave of an hour and noise, in hundredths.
            let wave = ((minute as f64 / 60.0 + n as f64).sin() * 2_000.0) as i64;
            let count = rng.range(1, 40);
            let middle = 4_000 + wave + rng.range(-300, 300);
            let (low, high) = (middle - rng.range(0, 900), middle + rng.range(0, 1_900));
            let sum = middle * count;
            let _ = writeln!(
                text,
                r#"{{"metric_stream_name":"everything","account_id":"111122223333","region":"eu-central-1","namespace":"{namespace}","metric_name":"{name}","dimensions":{{"{dimension}":"{:08x}"}},"timestamp":{},"value":{{"max":{:?},"min":{:?},"sum":{:?},"count":{:?}}},"unit":"{unit}"}}"#,
                n * 2_654_435_761 % 0xffff_ffff,
                (EPOCH + minute as i64 * STEP) * 1000,
                hundredths(high),
                hundredths(low),
                hundredths(sum),
                count as f64,
            );
        }
    }
    text
}

fn hundredths(value: i64) -> f64 {
    value as f64 / 100.0
}

/// A table of points, one of which may stand out.
fn table(rows: usize, number: usize, spike: Option<usize>) -> String {
    let mut rng = Rng::stream(SEED ^ 0x7ab1e, number as u64);
    let mut text = String::with_capacity(rows * 28);
    text.push_str("timestamp,value\n");
    let mut drift = 0;
    for row in 0..rows {
        let Civil { date: (year, month, day), time: (hour, minute, second) } = clock::civil(EPOCH + row as i64 * STEP);
        drift = drift * 15 / 16 + rng.range(-400, 400);
        // A day's wave, in thousandths.
        let wave = ((row % 1440) as f64 / 229.2).sin() * 20_000.0;
        let value = (45_000.0 + wave) as i64 + drift;
        let value = if spike == Some(row) { SPIKE_VALUE } else { value as f64 / 1000.0 };
        let _ = writeln!(text, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02},{value}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read as _;

    #[test]
    fn as_much_as_wanted_and_the_same_every_time() {
        let size = Size { series: 20, minutes: 250, tables: 2, rows: 3_000 };
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let made = write(one.path(), size).unwrap();
        assert_eq!(made, write(two.path(), size).unwrap());
        assert_eq!((made.events, made.files), (20 * 250 + 3 * 3_000, 3 + 3));
        let mut lines = 0;
        for from in [0, 100, 200] {
            let bytes = fs::read(one.path().join(format!("{STREAM}/metrics-{from:06}.gz"))).unwrap();
            let mut text = String::new();
            GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
            for line in text.lines() {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                let [count, sum, min, max] =
                    ["count", "sum", "min", "max"].map(|key| line["value"][key].as_f64().unwrap());
                assert!(min <= sum / count + 1e-9 && sum / count <= max + 1e-9 && count >= 1.0, "{line}");
                lines += 1;
            }
        }
        assert_eq!(lines, 20 * 250);
        let table = fs::read_to_string(one.path().join(format!("{TABLES}/series-01.csv"))).unwrap();
        assert_eq!(table.lines().count(), 3_001);
        assert!(table.lines().nth(1).unwrap().starts_with("2026-03-02 00:00:00,"));
        assert!(table.lines().nth(1_441).unwrap().starts_with("2026-03-03 00:00:00,"));
    }

    #[test]
    fn one_point_stands_out() {
        let text = table(2_000, 3, Some(1_234));
        let values: Vec<f64> =
            text.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().parse().unwrap()).collect();
        let out: Vec<usize> = (0..values.len()).filter(|&row| values[row] > 100.0).collect();
        assert_eq!((out, values[1_234]), (vec![1_234], SPIKE_VALUE));
    }
}
