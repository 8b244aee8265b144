//! The forms in which CloudTrail records come wrapped, one file each. A form is a function that looks at an object (or an
//! array), takes the records out of it, and says whether the object was of its form at all.

pub(super) mod cut;
mod event_bridge;
pub(super) mod event_history;
mod insights_results;
mod kinesis;
pub(super) mod lake;
mod log_events;
pub(super) mod log_lines;
mod lookup_events;
mod notification;
mod presto;
mod recording;
pub(super) mod rows;
mod spreadsheet;
mod subscription;

use super::json::{Object, Value, padded};
use crate::problem::ProblemKind;
use crate::store::Around;
use crate::store::tokens::{self, JsonError, PADDING};
use std::borrow::Cow;

/// A payload inside a text is a message or a batch of log events: of some megabytes at most.
const PAYLOAD_MAX: usize = 64 << 20;

/// What the opening of a value gives.
pub(super) enum Found<'a> {
    /// A CloudTrail record.
    Record { value: Value<'a>, around: Around<'a> },
    /// A text that should be a CloudTrail record and is not JSON.
    Broken { text: &'a [u8], error: JsonError, around: Around<'a> },
    /// A log event, which may be a CloudTrail record or not.
    Line { message: Message<'a>, about: About<'a> },
    /// A row of results that stands for one log event and has no message: its members are `about.more`.
    Row { about: About<'a> },
    /// A row of results that counts or groups log events.
    Count,
    /// A message or envelope in which there is none.
    Without,
    /// The file is one page of a longer answer.
    OnePage,
    /// Something that a person should know about the record that came just before or comes next.
    Problem { kind: ProblemKind, what: String, outcome: &'static str },
}

/// What a log event says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Message<'a> {
    Text(&'a [u8]),
    /// Some tools parse the JSON of messages on the way.
    Parsed(Value<'a>),
}

/// What stands with a log event.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct About<'a> {
    /// Milliseconds since the epoch.
    pub time: Option<i64>,
    pub ingested: Option<i64>,
    pub group: Option<&'a str>,
    pub stream: Option<&'a str>,
    pub owner: Option<&'a str>,
    pub id: Option<&'a [u8]>,
    /// The time was written without a zone.
    pub zoneless: bool,
    /// It certainly is a log event, whatever the file is.
    pub sure: bool,
    /// Fields that were taken out of the message.
    pub more: &'a [(Cow<'a, [u8]>, Cell<'a>)],
}

/// The value of a field.
#[derive(Clone, Debug)]
pub(super) enum Cell<'a> {
    Text(Cow<'a, [u8]>),
    Json(Value<'a>),
}

impl<'a> Cell<'a> {
    /// A value of JSON.
    pub fn of(value: Value<'a>) -> Self {
        value.string().map_or(Self::Json(value), Self::Text)
    }

    /// What it says, when it is text.
    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text),
            Self::Json(_) => None,
        }
    }

    /// Writes it as JSON.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) => tokens::write_string(text, out),
            Self::Json(value) => out.extend_from_slice(value.text()),
        }
    }
}

/// Where the log events of a payload stand.
#[derive(Clone, Debug, Default)]
struct Where {
    owner: Option<String>,
    group: Option<String>,
    stream: Option<String>,
}

/// Envelopes are opened to this depth: an SQS message around an SNS message around an EventBridge event around a record
/// takes four, and what nests deeper was made to be hostile.
const DEPTH_MAX: u8 = 8;

/// The forms, in the order in which they are tried.
const FORMS: [fn(&Object<'_>, &mut Opening<'_>) -> bool; 9] = [
    event_bridge::open,
    lookup_events::open,
    subscription::open,
    kinesis::open,
    notification::open,
    log_events::open,
    insights_results::open,
    recording::open,
    lake::open,
];

/// Opens values and tells what is in them.
pub(super) struct Opening<'o> {
    out: &'o mut dyn FnMut(Found<'_>),
    depth: u8,
    /// Set while the log events of a payload are opened.
    at: Where,
}

impl<'o> Opening<'o> {
    pub fn new(out: &'o mut dyn FnMut(Found<'_>)) -> Self {
        Self { out, depth: 0, at: Where::default() }
    }

    /// Tells something that was found.
    pub fn tell(&mut self, found: Found<'_>) {
        (self.out)(found);
    }

    /// Opens a value of any form; whether it was of a form that is known, so that what is in it has been told.
    pub fn value(&mut self, value: Value<'_>) -> bool {
        if self.depth >= DEPTH_MAX {
            return false;
        }
        self.depth += 1;
        let known = if value.is_array() {
            self.array(value)
        } else if value.is_object() {
            let object = value.object();
            if is_record(&object) {
                self.tell(Found::Record { value, around: Around::default() });
                true
            } else {
                FORMS.iter().any(|form| form(&object, self))
            }
        } else if let Some(text) = value.string() {
            self.text(&text)
        } else {
            false
        };
        self.depth -= 1;
        known
    }

    fn array(&mut self, value: Value<'_>) -> bool {
        if insights_results::row(value, self) || lake::json_row(value, self) {
            return true;
        }
        // A list of whatever: what holds no record in it counts only when something else does.
        let opened: Vec<bool> = value.elements().map(|element| self.value(element)).collect();
        let known = opened.contains(&true);
        if known {
            opened.iter().filter(|opened| !**opened).for_each(|_| self.tell(Found::Without));
        }
        known
    }

    /// Opens every element of an array; one that is of no known form counts as holding no record.
    pub fn elements(&mut self, array: Value<'_>) {
        for element in array.elements() {
            if !self.value(element) {
                self.tell(Found::Without);
            }
        }
    }

    /// Opens a text that may be JSON (one value, or several one after the other); whether anything in it was known.
    pub fn text(&mut self, text: &[u8]) -> bool {
        let text = text.trim_ascii();
        if !matches!(text.first(), Some(b'{' | b'[')) {
            return false;
        }
        let buf = padded(text);
        let mut pos = 0;
        let mut known = false;
        while pos < text.len() {
            match Value::read(&buf, pos, text.len()) {
                Ok(value) => {
                    known |= self.value(value);
                    pos = tokens::skip_space(&buf, value.end);
                }
                Err(error) => {
                    let rest = &text[pos..];
                    // Only what began as a record is a lost record.
                    if begins_as_record(rest) {
                        self.tell(Found::Broken { text: rest, error, around: Around::default() });
                        known = true;
                    }
                    break;
                }
            }
        }
        known
    }

    /// Tells a log event, with what its payload says of where it stands. What CloudWatch Logs sends to see whether somebody
    /// listens is none.
    pub fn log(&mut self, message: Message<'_>, about: &About<'_>) {
        if matches!(message, Message::Text(text) if text.starts_with(b"CWL CONTROL MESSAGE")) {
            return;
        }
        let at = &self.at;
        let about = About {
            owner: about.owner.or(at.owner.as_deref()),
            group: about.group.or(at.group.as_deref()),
            stream: about.stream.or(at.stream.as_deref()),
            sure: about.sure || at.group.is_some(),
            ..*about
        };
        (self.out)(Found::Line { message, about });
    }

    /// Opens the text of a message; one without a record is counted.
    pub fn message(&mut self, text: &[u8]) {
        // What CloudWatch Logs sends to see whether somebody listens is no log event.
        if !text.starts_with(b"CWL CONTROL MESSAGE") && !self.text(text) {
            self.tell(Found::Without);
        }
    }

    /// Opens bytes that may be packed (gzip, base64), as they travel in Kinesis records.
    pub fn payload(&mut self, bytes: &[u8]) {
        match super::unpack(bytes, PAYLOAD_MAX) {
            Ok(content) if content.as_slice() != bytes => self.message(&content),
            // Nothing was packed, so it must be text with JSON, or what CloudWatch Logs sends as a probe.
            Ok(content) if content.starts_with(b"CWL CONTROL MESSAGE") || self.text(&content) => {}
            // Too short to be taken for packed text, it says something else than a record all the same.
            Ok(content) if is_base64(&content) => self.tell(Found::Without),
            Ok(_) => self.tell(Found::Problem {
                kind: ProblemKind::NotBase64,
                what: "the data of this element is neither base64 nor JSON".to_owned(),
                outcome: "it was left out, the others were kept",
            }),
            Err(refusal) => self.tell(Found::Problem {
                kind: refusal.kind,
                what: format!("the data of this element could not be unpacked: {}", refusal.what),
                outcome: "it was left out, the others were kept",
            }),
        }
    }

    /// Gives a record that was made from something else, such as a row of a table.
    pub fn made(&mut self, json: &[u8], around: Around<'_>) {
        let buf = padded(json);
        match Value::read(&buf, 0, buf.len() - PADDING) {
            Ok(value) => self.tell(Found::Record { value, around }),
            Err(error) => self.tell(Found::Broken { text: json, error, around }),
        }
    }
}

/// Whether a text could be base64 by its letters and its length.
fn is_base64(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let letters = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    text.len().is_multiple_of(4)
        && letters.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// Whether an object is a CloudTrail record (signatures 5 to 7): an event of an account, an Insights event or a summary of
/// data events; not a notification of S3, whose members have the same names.
pub(super) fn is_record(object: &Object<'_>) -> bool {
    let has = |key| object.has(key);
    let kind = has("eventName") && (has("eventVersion") || has("eventSource") || has("eventTime"))
        || has("eventVersion") && (has("eventType") || has("userIdentity"));
    kind && !has("detail-type")
        && object.string("eventSource").is_none_or(|source| !source.starts_with(b"aws:"))
        && !has("kinesis")
        && !has("Sns")
}

/// Whether a text that is not JSON begins as CloudTrail records begin, or names what only they have.
fn begins_as_record(text: &[u8]) -> bool {
    let head = &text[..text.len().min(4_096)];
    let has = |key: &[u8]| memchr::memmem::find(head, key).is_some();
    text.first() == Some(&b'{')
        && has(b"\"eventVersion\"")
        && (has(b"\"userIdentity\"") || has(b"\"eventName\"") || has(b"\"eventSource\""))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What a text gives when it is opened: texts of records with the resources around them, and how many held none.
    pub fn opened(text: &str) -> (Vec<(String, Vec<String>)>, u32) {
        let buf = padded(text.as_bytes());
        let value = Value::read(&buf, 0, text.len()).unwrap();
        let (mut records, mut without) = (Vec::new(), 0);
        let mut out = |found: Found<'_>| match found {
            Found::Record { value, around } => {
                records.push((String::from_utf8_lossy(value.text()).into_owned(), around.resources.to_vec()));
            }
            Found::Broken { text, .. } => records.push((String::from_utf8_lossy(text).into_owned(), Vec::new())),
            Found::Line { message, .. } => {
                let text = match message {
                    Message::Text(text) => text,
                    Message::Parsed(value) => value.text(),
                };
                let before = records.len();
                let mut inner = |found: Found<'_>| {
                    if let Found::Record { value, .. } = found {
                        records.push((String::from_utf8_lossy(value.text()).into_owned(), Vec::new()));
                    }
                };
                Opening::new(&mut inner).text(text);
                without += u32::from(records.len() == before);
            }
            Found::Without | Found::Count | Found::Row { .. } => without += 1,
            Found::OnePage | Found::Problem { .. } => {}
        };
        if !Opening::new(&mut out).value(value) {
            without += 1;
        }
        (records, without)
    }

    /// A record as it stands in a string of JSON.
    pub fn quoted(record: &str) -> String {
        let mut out = Vec::new();
        tokens::write_string(record.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    pub const RECORD: &str = r#"{"eventVersion":"1.08","eventTime":"2023-07-10T11:42:36Z","eventName":"GetObject","eventSource":"s3.amazonaws.com","n":1.10,"q":"a\"b"}"#;

    #[test]
    fn a_record_is_told_from_what_only_looks_like_one() {
        for (text, records) in [
            (RECORD, 1),
            (
                r#"{"eventVersion":"1.0","eventId":"x","eventType":"AwsAggregatedEvent","eventSource":"s3.amazonaws.com"}"#,
                1,
            ),
            (r#"{"eventVersion":"1.07","eventType":"AwsCloudTrailInsight","insightDetails":{}}"#, 1),
            (r#"{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{}}"#, 0),
            (r#"{"eventName":"x"}"#, 0),
            (r#"{"detail-type":"x","source":"aws.ec2","detail":{"state":"running"}}"#, 0),
            ("[1,2]", 0),
            ("true", 0),
        ] {
            let (found, _) = opened(text);
            assert_eq!(found.len(), records, "{text}");
            assert!(found.iter().all(|(record, _)| record == text), "{text}");
        }
    }

    #[test]
    fn hostile_nesting_ends() {
        let text = format!("{}{RECORD}{}", "{\"Records\":[".repeat(500), "]}".repeat(500));
        assert_eq!(opened(&text).0.len(), 0);
        let mut text = RECORD.to_owned();
        for _ in 0..9 {
            text = format!("{{\"message\":{},\"timestamp\":1}}", quoted(&text));
        }
        assert_eq!(opened(&text).0.len(), 0);
    }
}
