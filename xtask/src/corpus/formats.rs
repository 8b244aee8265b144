//! A slice of corpus B in every format that CloudTrail records come in, one file each: what reading them costs can be
//! compared, since the events are the same.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use flate2::{Compression, Crc, write::GzEncoder};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Summary;
use super::plan::Plan;
use super::record::{Menu, file_body};
use super::world::World;

/// Files of the corpus that are taken: 20,000 events.
const FILES: usize = 200;

/// The files that are written, each with the format that it is in.
pub const NAMES: [(&str, &str); 11] = [
    ("log.json", "log file"),
    ("array.json", "bare array"),
    ("records.ndjson", "records on lines"),
    ("lookup-events.json", "lookup-events"),
    ("event_history.csv", "event history CSV"),
    ("lake.csv", "Lake CSV with eventjson"),
    ("eventbridge.ndjson", "EventBridge on lines"),
    ("subscription.gz", "subscription payloads, gzip"),
    ("logs.zip", "zip of .json.gz"),
    ("logs.tar.gz", "tar.gz of .json"),
    ("log-utf16.json", "log file in UTF-16"),
];

/// A record as text and as what it says.
type Record = (Box<RawValue>, Value);

/// Writes the files.
pub fn write(dir: &Path, menu: &Menu, world: &World, plan: &Plan) -> Result<Summary> {
    // Log by log, as they lie in corpus B.
    let mut logs: Vec<String> = Vec::new();
    let mut records: Vec<Record> = Vec::new();
    for number in 0..FILES.min(plan.files.len()) {
        let mut text = String::from("[");
        file_body(&mut text, menu, world, plan, number);
        text.push(']');
        for record in serde_json::from_str::<Vec<Box<RawValue>>>(&text).context("what was made up is JSON")? {
            let value = serde_json::from_str(record.get())?;
            records.push((record, value));
        }
        logs.push(format!("{{\"Records\":{text}}}"));
    }
    let mut summary = Summary { events: records.len() as u64, files: 0, json_bytes: 0, stored_bytes: 0 };
    let joined = |between: &str| {
        let texts: Vec<&str> = records.iter().map(|(text, _)| text.get()).collect();
        texts.join(between)
    };
    for (name, _) in NAMES {
        let content = match name {
            "log.json" => format!("{{\"Records\":[{}]}}", joined(",")).into_bytes(),
            "array.json" => format!("[{}]", joined(",")).into_bytes(),
            "records.ndjson" => (joined("\n") + "\n").into_bytes(),
            "lookup-events.json" => lookup_events(&records).into_bytes(),
            "event_history.csv" => event_history(&records).into_bytes(),
            "lake.csv" => lake(&records).into_bytes(),
            "eventbridge.ndjson" => eventbridge(&records).into_bytes(),
            "subscription.gz" => subscription(&records)?,
            "logs.zip" => zip(&logs)?,
            "logs.tar.gz" => gzip(&tar(&logs))?,
            _ => utf16(&format!("{{\"Records\":[{}]}}", joined(","))),
        };
        let path = dir.join(name);
        fs::write(&path, &content).with_context(|| format!("writing {}", path.display()))?;
        summary.files += 1;
        summary.json_bytes += records.iter().map(|(text, _)| text.get().len() as u64).sum::<u64>();
        summary.stored_bytes += content.len() as u64;
    }
    Ok(summary)
}

/// The text of a member; empty when it is not there.
fn text<'a>(record: &'a Value, path: &str) -> &'a str {
    record.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn truth(record: &Value, key: &str) -> &'static str {
    match record[key].as_bool() {
        Some(true) => "true",
        Some(false) => "false",
        None => "",
    }
}

/// What the console and the command line show as the user: for a role that is the session's name.
fn user_name(record: &Value) -> &str {
    match text(record, "/userIdentity/userName") {
        "" => text(record, "/userIdentity/principalId").split_once(':').map_or("", |(_, session)| session),
        name => name,
    }
}

/// The resources of a record as the console and the command line name them.
fn resources(record: &Value) -> Vec<(&str, &str)> {
    let list = record["resources"].as_array().into_iter().flatten();
    list.map(|resource| (text(resource, "/type"), text(resource, "/ARN"))).collect()
}

fn lookup_events(records: &[Record]) -> String {
    let mut out = String::from("{\n    \"Events\": [");
    for (number, (record, value)) in records.iter().enumerate() {
        let around: Vec<Value> = resources(value)
            .into_iter()
            .map(|(kind, name)| json!({ "ResourceType": kind, "ResourceName": name }))
            .collect();
        let event = json!({
            "EventId": value["eventID"],
            "EventName": value["eventName"],
            "ReadOnly": truth(value, "readOnly"),
            "EventTime": value["eventTime"],
            "EventSource": value["eventSource"],
            "Username": user_name(value),
            "Resources": around,
            "CloudTrailEvent": record.get(),
        });
        let comma = if number == 0 { "" } else { "," };
        let _infallible = write!(out, "{comma}\n        {event}");
    }
    out + "\n    ]\n}\n"
}

/// A cell of a CSV file, quoted where it has to be.
fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn event_history(records: &[Record]) -> String {
    let mut out = String::from(
        "User name,AWS access key,Event time,Event source,Event name,AWS region,Source IP address,User agent,Error code,\
         Resources,Request ID,Event ID,Read-only,Event type,Recipient Account Id,Event category\n",
    );
    for (_, record) in records {
        let named: Vec<Value> = resources(record)
            .into_iter()
            .map(|(kind, name)| json!({ "resourceType": kind, "resourceName": name }))
            .collect();
        let named = Value::from(named).to_string();
        let cells = [
            user_name(record),
            text(record, "/userIdentity/accessKeyId"),
            text(record, "/eventTime"),
            text(record, "/eventSource"),
            text(record, "/eventName"),
            text(record, "/awsRegion"),
            text(record, "/sourceIPAddress"),
            text(record, "/userAgent"),
            text(record, "/errorCode"),
            &named,
            text(record, "/requestID"),
            text(record, "/eventID"),
            truth(record, "readOnly"),
            text(record, "/eventType"),
            text(record, "/recipientAccountId"),
            text(record, "/eventCategory"),
        ];
        out += &cells.map(cell).join(",");
        out.push('\n');
    }
    out
}

fn lake(records: &[Record]) -> String {
    let mut out = String::from("eventid,eventtime,eventjson\n");
    for (text_of, record) in records {
        let time = text(record, "/eventTime").replace('T', " ").replace('Z', ".000");
        let cells = [text(record, "/eventID"), &time, text_of.get()];
        out += &cells.map(cell).join(",");
        out.push('\n');
    }
    out
}

fn eventbridge(records: &[Record]) -> String {
    let mut out = String::new();
    for (text_of, record) in records {
        let service = text(record, "/eventSource").split('.').next().unwrap_or_default();
        let (id, account) = (text(record, "/eventID"), text(record, "/recipientAccountId"));
        let (time, region) = (text(record, "/eventTime"), text(record, "/awsRegion"));
        let _infallible = writeln!(
            out,
            "{{\"version\":\"0\",\"id\":\"{id}\",\"detail-type\":\"AWS API Call via CloudTrail\",\
             \"source\":\"aws.{service}\",\"account\":\"{account}\",\"time\":\"{time}\",\"region\":\"{region}\",\
             \"resources\":[],\"detail\":{}}}",
            text_of.get()
        );
    }
    out
}

/// One gzip member for each hundred records, as a delivery stream strings them together.
fn subscription(records: &[Record]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for (number, hundred) in records.chunks(100).enumerate() {
        let events: Vec<Value> = hundred
            .iter()
            .enumerate()
            .map(|(at, (record, _))| {
                let time = 1_772_409_600_000_u64 + number as u64 * 60_000;
                json!({ "id": format!("{:056}", number * 100 + at), "timestamp": time, "message": record.get() })
            })
            .collect();
        let payload = json!({
            "messageType": "DATA_MESSAGE",
            "owner": "111122223333",
            "logGroup": "trail",
            "logStream": format!("111122223333_CloudTrail_us-east-1_{}", number % 4),
            "subscriptionFilters": ["everything"],
            "logEvents": events,
        });
        out.extend(gzip(payload.to_string().as_bytes())?);
    }
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::new(6));
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// A zip archive of gzipped logs. They are packed already, so they are only stored.
fn zip(logs: &[String]) -> Result<Vec<u8>> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (number, log) in logs.iter().enumerate() {
        let content = gzip(log.as_bytes())?;
        let name = format!("AWSLogs/{number:04}.json.gz");
        let mut crc = Crc::new();
        crc.update(&content);
        let size = u32::try_from(content.len())?;
        let offset = u32::try_from(out.len())?;
        let mut common: Vec<u8> = Vec::new();
        // Version 2.0, no flags, stored, 2026-03-02 00:00.
        for field in [20_u16, 0, 0, 0, (46 << 9) | (3 << 5) | 2] {
            common.extend(field.to_le_bytes());
        }
        for field in [crc.sum(), size, size] {
            common.extend(field.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(&content);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        // No comment, first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, size) = (u32::try_from(out.len())?, u32::try_from(directory.len())?);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((logs.len() as u16).to_le_bytes());
    out.extend((logs.len() as u16).to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    Ok(out)
}

/// A tar archive of logs.
fn tar(logs: &[String]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, log) in logs.iter().enumerate() {
        let mut header = [0_u8; 512];
        let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
        put(0, &format!("AWSLogs/{number:04}.json"));
        put(100, "0000644\0");
        put(108, "0000000\0");
        put(116, "0000000\0");
        put(124, &format!("{:011o}\0", log.len()));
        put(136, "15151240000\0");
        // The sum is taken with blanks in its own place.
        put(148, "        ");
        put(156, "0");
        put(257, "ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.extend(header);
        out.extend(log.as_bytes());
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1_024, 0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_ones_that_others_open() {
        let logs = ["{\"Records\":[]}".to_owned(), "{\"Records\":[1]}".repeat(100)];
        let tar = tar(&logs);
        assert_eq!(tar.len() % 512, 0);
        let sum: u32 = (0..512).map(|at| if (148..156).contains(&at) { 32 } else { u32::from(tar[at]) }).sum();
        assert_eq!(u32::from_str_radix(std::str::from_utf8(&tar[148..154]).unwrap(), 8).unwrap(), sum);
        let zip = zip(&logs).unwrap();
        let end = &zip[zip.len() - 22..];
        let start = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
        assert_eq!((&end[..4], &zip[start..start + 4], end[10]), (&b"PK\x05\x06"[..], &b"PK\x01\x02"[..], 2));
    }
}
