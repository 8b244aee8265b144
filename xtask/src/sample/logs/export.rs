//! Log groups as AWS hands them out: exported to S3, printed by `filter-log-events`, written by a delivery stream.

use anyhow::Result;
use serde_json::{Value, json};

use super::function::uuid;
use super::{FROM, Group, Line, stamp};
use crate::corpus::clock::{self, Civil};
use crate::corpus::rng::Rng;
use crate::corpus::world::ACCOUNT;
use crate::sample::SEED;
use crate::sample::cast::PRODUCTION;
use crate::sample::custody::{Delivered, pretty};
use crate::sample::delivery::gzip;

/// The folders that files of log groups begin with.
pub const EXPORTED: &str = "exportedlogs";
pub const FIREHOSE: &str = "firehose";
/// The output of commands.
pub const PRINTED: &str = "cloudwatch";

/// Lines in one object of an export.
const OBJECT: usize = 600;
/// Lines in one payload of a subscription, and payloads in one object of the delivery stream.
const PAYLOAD: usize = 90;
const PAYLOADS: usize = 5;

/// What CloudWatch Logs writes first, to see whether it may.
pub fn write_test() -> Delivered {
    let path = format!("{EXPORTED}/aws-logs-write-test");
    Delivered { path, bytes: b"Permission Check Successful".to_vec(), events: 0 }
}

/// What an export task writes: a folder for each stream, and no word of the group.
pub fn task(id: &str, group: &Group) -> Result<Vec<Delivered>> {
    let mut out = Vec::new();
    for stream in streams(group) {
        let lines: Vec<&Line> = group.lines.iter().filter(|line| line.stream == stream).collect();
        for (number, part) in lines.chunks(OBJECT).enumerate() {
            // A task reads in pieces, and puts them in no order.
            let mut pieces: Vec<&[&Line]> = part.chunks(OBJECT / 4).collect();
            if pieces.len() == 4 {
                pieces.swap(1, 2);
            }
            let texts = pieces.into_iter().flatten().map(|line| format!("{} {}\n", stamp(line.at), line.message));
            let bytes = gzip(texts.collect::<String>().as_bytes())?;
            let path = format!("{EXPORTED}/{id}/{}/{number:06}.gz", stream.replace('/', "-"));
            out.push(Delivered { path, bytes, events: part.len() });
        }
    }
    Ok(out)
}

/// The streams of a group, in the order in which they begin.
pub fn streams(group: &Group) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for line in &group.lines {
        if !out.contains(&line.stream.as_str()) {
            out.push(&line.stream);
        }
    }
    out
}

/// What `aws logs filter-log-events` printed, packed by whoever kept it. The group is named by the file alone.
pub fn filtered(group: &Group) -> Result<Delivered> {
    let mut rng = Rng::stream(SEED, 0x441);
    let events = group.lines.iter().enumerate().map(|(n, line)| {
        json!({
            "logStreamName": line.stream,
            "timestamp": line.at,
            "message": line.message,
            "ingestionTime": line.at + rng.range(300, 4_800),
            "eventId": id(line.at, n, 0x2f61),
        })
    });
    let printed = json!({ "events": events.collect::<Vec<_>>(), "searchedLogStreams": [] });
    let path = format!("{PRINTED}/{}.filter-log-events.json.gz", group.name.trim_start_matches('/').replace('/', "-"));
    Ok(Delivered { path, bytes: gzip(&pretty(&printed)?)?, events: group.lines.len() })
}

/// What a delivery stream wrote of a subscription: payloads as they came, each packed by itself, one behind the other. The
/// first only asks whether somebody listens. The delivery stream is called as the group is.
pub fn delivered(group: &Group) -> Result<Vec<Delivered>> {
    let name = group.name.rsplit('/').next().unwrap_or_default();
    let (draws, ids) = if group.name == super::ORDERS { (0x442, 0x9c04) } else { (0x443, 0x51d7) };
    let mut rng = Rng::stream(SEED, draws);
    let mut payloads = vec![(control(), FROM * 1000, 0)];
    let mut number = 0;
    // As much as came in the same hours, one payload for each stream.
    for lines in group.lines.chunks(PAYLOAD * 2) {
        for stream in streams(group) {
            let of_stream: Vec<&Line> = lines.iter().filter(|line| line.stream == stream).collect();
            let Some(last) = of_stream.last() else { continue };
            let events = of_stream.iter().map(|line| {
                number += 1;
                json!({ "id": id(line.at, number, ids), "timestamp": line.at, "message": line.message })
            });
            let payload = json!({
                "messageType": "DATA_MESSAGE",
                "owner": ACCOUNT[PRODUCTION].0,
                "logGroup": group.name,
                "logStream": stream,
                "subscriptionFilters": [super::config::SUBSCRIPTION],
                "logEvents": events.collect::<Vec<_>>(),
            });
            payloads.push((payload, last.at, of_stream.len()));
        }
    }
    let mut out = Vec::new();
    for part in payloads.chunks(PAYLOADS) {
        let (mut bytes, mut events) = (Vec::new(), 0);
        for (payload, _, lines) in part {
            bytes.extend(gzip(payload.to_string().as_bytes())?);
            events += lines;
        }
        let last = part.last().map_or(FROM * 1000, |(_, at, _)| *at);
        out.push(Delivered { path: object(name, last / 1000 + 61, &mut rng), bytes, events });
    }
    Ok(out)
}

/// The path of an object that a delivery stream writes at this second.
pub fn object(stream: &str, at: i64, rng: &mut Rng) -> String {
    let Civil { date: (year, month, day), time: (hour, minute, second) } = clock::civil(at);
    format!(
        "{FIREHOSE}/{stream}/{year}/{month:02}/{day:02}/{hour:02}/{stream}-1-{year}-{month:02}-{day:02}-{hour:02}-{minute:02}-{second:02}-{}",
        uuid(rng)
    )
}

fn control() -> Value {
    json!({
        "messageType": "CONTROL_MESSAGE",
        "owner": "CloudwatchLogs",
        "logGroup": "",
        "logStream": "",
        "subscriptionFilters": [],
        "logEvents": [{
            "id": "",
            "timestamp": FROM * 1000,
            "message": "CWL CONTROL MESSAGE: Checking health of destination Firehose.",
        }],
    })
}

/// The id of a log event: 56 digits, the time in the highest of 190 bits. No two groups have the same.
fn id(at: i64, number: usize, group: u64) -> String {
    // Nine decimal digits each, the lowest first: the time, doubled 144 times, the number well below it, then the group.
    const BASE: u64 = 1_000_000_000;
    let mut digits = [0_u64; 7];
    let mut put = |shift: usize, value: u64| {
        let mut carry = value;
        for digit in &mut digits {
            carry += *digit;
            *digit = carry % BASE;
            carry /= BASE;
        }
        for _ in 0..shift {
            let mut carry = 0;
            for digit in &mut digits {
                let doubled = *digit * 2 + carry;
                (*digit, carry) = (doubled % BASE, doubled / BASE);
            }
        }
    };
    put(64, at.unsigned_abs());
    put(80, number as u64);
    put(0, group);
    let text: String = digits.iter().rev().map(|digit| format!("{digit:09}")).collect();
    text.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_56_digits_and_rise_with_time() {
        // The time of the documented example, in the highest bits of its id.
        assert_eq!(id(1_432_826_855_000, 0, 0)[..13], "31953106606966983378809025079804211143289615424298221568"[..13]);
        let ids = [id(1_789_000_000_000, 0, 9), id(1_789_000_000_000, 1, 7), id(1_789_000_000_001, 0, 0)];
        assert!(ids.is_sorted() && ids.iter().all(|id| id.len() == 56), "{ids:?}");
    }
}
