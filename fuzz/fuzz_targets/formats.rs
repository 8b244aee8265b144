//! Any bytes, in any of the wrappings that CloudTrail records come in. However they arrive, the same events come out;
//! nothing panics, and memory stays in proportion to what was read.
#![no_main]

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;
use trailglass::import::Reading;
use trailglass::session::protocol::{Ask, FileReport, Reply};
use trailglass::session::shard::Shard;

/// A record that stands beside the input where a format holds several: it must survive whatever stands next to it.
const GOOD: &str = r#"{"eventVersion":"1.08","eventTime":"2024-03-01T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetBucketAcl","eventID":"f0220000-0000-4000-8000-000000000001","userIdentity":{"type":"IAMUser"}}"#;

/// Bytes that a shard may take for each byte of content, beside what it takes when empty.
const BYTES_FOR_A_BYTE: usize = 100;
const BYTES_FOR_NOTHING: usize = 64 << 20;

/// Archives inside archives are followed no further.
const DEEPEST: usize = 3;

/// A text as a JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text as a cell of a CSV file.
fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at)) as usize & 63];
            text.push(if at > group.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

/// Puts the input where a record, a cell or a message stands in a format.
fn wrap(wrapper: u8, bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let payload = |message: &str| {
        format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":[],"logEvents":[{{"id":"1","timestamp":1709287200000,"message":{message}}},{{"id":"2","timestamp":1709287200001,"message":{}}}]}}"#,
            quoted(GOOD)
        )
    };
    let wrapped = match wrapper % 20 {
        1 => format!(
            r#"{{"Events":[{{"EventId":"1","EventName":"x","CloudTrailEvent":{}}},{{"CloudTrailEvent":{}}}]}}"#,
            quoted(&text),
            quoted(GOOD)
        ),
        2 => format!("Event ID,Event time,Event name,Resources\n1,2024-03-01T10:00:00Z,x,{}\n2,,y,[]\n", cell(&text)),
        3 => format!("eventid,eventtime,eventjson\n1,2024-03-01 10:00:00.000,{}\n2,,{}\n", cell(&text), cell(GOOD)),
        4 => format!("eventtime,eventname,useridentity,requestparameters\n,x,{},{}\n", cell(&text), cell(&text)),
        5 => format!(r#"{{"detail-type":"AWS API Call via CloudTrail","source":"aws.s3","detail":{text}}}"#),
        6 => payload(&quoted(&text)),
        7 => format!(r#"{{"awslogs":{{"data":"{}"}}}}"#, base64(&gzip(payload(&quoted(&text)).as_bytes()))),
        8 => format!("[{GOOD},{text},{GOOD}]"),
        9 => format!("{GOOD}\n{text}\n{GOOD}\n"),
        10 => format!("{{\"Records\":[{GOOD},{text},{GOOD}]}}"),
        11 => format!("[{},{}]", quoted(GOOD), quoted(&text)),
        12 => format!(
            r#"{{"QueryStatus":"FINISHED","QueryResultRows":[[{{"eventjson":{}}}],[{{"eventname":{}}}]]}}"#,
            quoted(&text),
            quoted(&text)
        ),
        13 => format!(r#"{{"Records":[{{"Data":"{}","PartitionKey":"p","SequenceNumber":"1"}}]}}"#, base64(bytes)),
        14 => base64(&gzip(bytes)),
        15 => return gzip(bytes),
        16 => return gzip(&gzip(bytes)),
        17 => return [b"\xff\xfe".to_vec(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(),
        18 => return [b"\xfe\xff", bytes].concat(),
        19 => return [gzip(&bytes[..bytes.len() / 2]), gzip(&bytes[bytes.len() / 2..])].concat(),
        _ => return bytes.to_vec(),
    };
    wrapped.into_bytes()
}

/// Reads a file in pieces of this length.
fn in_pieces(bytes: &[u8], length: usize) -> (FileReport, Shard) {
    let mut shard = Shard::default();
    let mut stream = shard.begin(0, "file", Reading::default());
    let mut rest = bytes;
    while rest.len() > length {
        let (piece, after) = rest.split_at(length);
        shard.push(&mut stream, piece, false);
        rest = after;
    }
    shard.push(&mut stream, rest, true);
    (shard.finish(stream), shard)
}

fn events(shard: &mut Shard) -> Vec<Reply> {
    (0..shard.store().rows()).map(|row| shard.answer(Ask::Record { row, reveal: true })).collect()
}

fn read(bytes: &[u8], length: usize, depth: usize) {
    let mut shard = Shard::default();
    let whole = shard.read(0, "file", bytes);
    assert_eq!(whole.events, shard.store().rows(), "an event is a row");
    assert!(whole.rejected == 0 || !whole.problems.is_empty(), "nothing is lost without a word");
    let allowed = BYTES_FOR_NOTHING + BYTES_FOR_A_BYTE * (bytes.len() + whole.content_bytes as usize);
    assert!(shard.store().heap_bytes() <= allowed, "{} bytes for {bytes:?}", shard.store().heap_bytes());
    let (pieces, mut other) = in_pieces(bytes, length);
    assert_eq!((pieces.kind, pieces.events, pieces.rejected), (whole.kind, whole.events, whole.rejected));
    assert!(events(&mut shard) == events(&mut other), "the same events, however the bytes arrive");
    let Some(mut archive) = shard.take_archive() else { return };
    if depth < DEEPEST {
        for entry in 0..archive.entries().len().min(50) {
            if let Ok(content) = archive.content(entry) {
                read(&content, length, depth + 1);
            }
        }
    }
}

fuzz_target!(|input: &[u8]| {
    // The first byte picks what stands around the others, and with it in which pieces they arrive. Pieces shorter than
    // 4 KB are no case of the page's, which reads at least a megabyte at once.
    let Some((&wrapper, bytes)) = input.split_first() else { return };
    read(&wrap(wrapper, bytes), 4_096 + usize::from(wrapper) * 16, 1);
});
