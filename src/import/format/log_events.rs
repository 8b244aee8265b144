//! Log events of CloudWatch Logs as JSON: `logs filter-log-events` and `get-log-events` (signatures 13 and 14), and the
//! events inside subscription payloads. A message of CloudTrail's log group is one record as JSON text.

use super::{About, Cell, Found, Message, Opening};
use crate::import::json::{Object, Value};
use crate::import::when;

/// Opens one log event, or an answer with `events`.
pub(super) fn open(object: &Object<'_>, opening: &mut Opening<'_>) -> bool {
    if let Some(message) = object.get("message") {
        if !["timestamp", "ingestionTime", "eventId", "id"].iter().any(|key| object.has(key)) {
            return false;
        }
        let text = |key: &str| object.string(key).map(|text| String::from_utf8_lossy(&text).into_owned());
        let time = |key: &str| object.get(key).and_then(when::of_value);
        let (group, stream, owner) = (text("logGroupName"), text("logStreamName"), text("owner"));
        let id = object.string("eventId").or_else(|| object.string("id"));
        let extracted = object.get("extractedFields").map(Value::object);
        let more: Vec<_> = extracted
            .into_iter()
            .flat_map(|fields| fields.members)
            .map(|(name, value)| (name, Cell::of(value)))
            .collect();
        let about = About {
            time: time("timestamp"),
            ingested: time("ingestionTime"),
            group: group.as_deref(),
            stream: stream.as_deref(),
            owner: owner.as_deref(),
            id: id.as_deref().filter(|id| !id.is_empty()),
            sure: object.has("ingestionTime") || object.has("logStreamName"),
            more: &more,
            ..About::default()
        };
        match message.string() {
            Some(text) => opening.log(Message::Text(&text), &about),
            None => opening.log(Message::Parsed(message), &about),
        }
        return true;
    }
    let Some(events) = object.get("events").filter(|events| events.is_array()) else { return false };
    if object.get("nextToken").is_some_and(|token| !token.is_null()) {
        opening.tell(Found::OnePage);
    }
    opening.elements(events);
    true
}

#[cfg(test)]
mod tests {
    use super::super::tests::{RECORD, opened, quoted};

    #[test]
    fn messages_are_records_or_not() {
        let text = format!(
            r#"{{"events":[{{"timestamp":1,"message":{},"ingestionTime":2}},{{"timestamp":1,"message":{}}},{{"timestamp":1,"message":"END"}},{{"timestamp":1,"message":{RECORD}}}],"nextForwardToken":"f"}}"#,
            quoted(RECORD),
            quoted(&format!("{RECORD}\n")),
        );
        let (records, without) = opened(&text);
        assert_eq!((records.len(), without), (3, 1));
        assert!(records.iter().all(|(record, _)| record == RECORD));
        assert_eq!(opened(r#"{"message":"x"}"#), (vec![], 1));
    }
}
