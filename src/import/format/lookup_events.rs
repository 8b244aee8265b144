//! `aws cloudtrail lookup-events` (signature 8): each element of `Events` has the whole record as JSON text in
//! `CloudTrailEvent`. That text wins over what the envelope says; only the names of the resources, which the record itself
//! often lacks, are taken from around it.

use super::{Found, Opening};
use crate::import::json::{Object, Value, padded};
use crate::store::Around;

/// Opens an element of `Events`, or a whole answer.
pub(super) fn open(object: &Object<'_>, opening: &mut Opening<'_>) -> bool {
    if let Some(text) = object.string("CloudTrailEvent") {
        let resources: Vec<String> = names(object.get("Resources"), "ResourceName");
        let around = Around { resources: &resources, ..Around::default() };
        let buf = padded(&text);
        match Value::read(&buf, 0, text.len()) {
            Ok(value) if value.is_object() => opening.tell(Found::Record { value, around }),
            Ok(_) => opening.tell(Found::Without),
            Err(error) => opening.tell(Found::Broken { text: &text, error, around }),
        }
        return true;
    }
    let Some(events) = object.get("Events") else { return false };
    if events.elements().next().is_some_and(|first| !first.object().has("CloudTrailEvent")) {
        return false;
    }
    if object.get("NextToken").is_some_and(|token| !token.is_null()) {
        opening.tell(Found::OnePage);
    }
    opening.elements(events);
    true
}

/// The strings under a key in an array of objects.
pub(super) fn names(array: Option<Value<'_>>, key: &str) -> Vec<String> {
    let Some(array) = array else { return Vec::new() };
    let names = array.elements().filter_map(|element| element.object().get(key)?.plain());
    names.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{RECORD, opened, quoted};

    #[test]
    fn the_record_wins_and_resources_are_kept() {
        let event = format!(
            r#"{{"EventId":"e","EventName":"Other","ReadOnly":"true","EventTime":1424476529.0,"Username":"root",
            "Resources":[{{"ResourceType":"AWS::S3::Bucket","ResourceName":"b"}},{{"ResourceName":"c"}}],"CloudTrailEvent":{}}}"#,
            quoted(RECORD)
        );
        let names = vec!["b".to_owned(), "c".to_owned()];
        assert_eq!(opened(&event).0, [(RECORD.to_owned(), names)]);
        assert_eq!(opened(&format!(r#"{{"NextToken":"x","Events":[{event},{event}]}}"#)).0.len(), 2);
        assert_eq!(opened(r#"{"Events":[{"CloudTrailEvent":"[1]"}]}"#), (vec![], 1));
        // Other services list `Events` too.
        assert_eq!(opened(r#"{"Events":[{"StackName":"x"}]}"#).1, 1);
    }
}
