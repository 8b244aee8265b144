//! Kinesis (signature 2): `kinesis get-records` with `Data`, Lambda's events with `kinesis.data`, and Firehose's
//! transformation events with `records[].data`. The data is base64 around a subscription payload (gzip), an EventBridge
//! event or a record.

use super::Opening;
use crate::import::json::Object;

/// Opens one record of a stream, or an answer or event with many.
pub(super) fn open(object: &Object<'_>, opening: &mut Opening<'_>) -> bool {
    let inner = object.get("kinesis").and_then(|kinesis| kinesis.object().string("data").map(|data| data.into_owned()));
    let get_records = || {
        let ours = object.has("PartitionKey") || object.has("SequenceNumber");
        if ours { object.string("Data").map(|data| data.into_owned()) } else { None }
    };
    let firehose = || if object.has("recordId") { object.string("data").map(|data| data.into_owned()) } else { None };
    if let Some(data) = inner.or_else(get_records).or_else(firehose) {
        opening.payload(&data);
        return true;
    }
    // Firehose writes `records`, and so do programs that rewrite a log.
    let (upper, lower) = (object.get("Records"), object.get("records"));
    let many =
        if object.has("deliveryStreamArn") { lower } else { upper.or(lower.filter(|records| records.is_array())) };
    let Some(records) = many else { return false };
    opening.elements(records);
    true
}

#[cfg(test)]
mod tests {
    use super::super::tests::{RECORD, opened};
    use base64::Engine;

    #[test]
    fn the_three_envelopes() {
        let data = base64::engine::general_purpose::STANDARD.encode(RECORD);
        let expected = (vec![(RECORD.to_owned(), vec![])], 1);
        for text in [
            format!(
                r#"{{"Records":[{{"SequenceNumber":"1","Data":"{data}","PartitionKey":"k"}},{{"SequenceNumber":"2","Data":"SGVsbG8="}}]}}"#
            ),
            format!(
                r#"{{"Records":[{{"kinesis":{{"data":"{data}"}},"eventSource":"aws:kinesis","eventVersion":"1.0","eventName":"aws:kinesis:record"}},{{"kinesis":{{"data":"SGVsbG8="}}}}]}}"#
            ),
            format!(
                r#"{{"invocationId":"i","deliveryStreamArn":"a","records":[{{"recordId":"1","data":"{data}"}},{{"recordId":"2","data":"SGVsbG8="}}]}}"#
            ),
        ] {
            assert_eq!(opened(&text), expected, "{text}");
        }
        assert_eq!(opened(&format!(r#"{{"records":[{RECORD}]}}"#)), (vec![(RECORD.to_owned(), vec![])], 0));
        assert_eq!(opened(r#"{"records":7}"#), (vec![], 1));
    }
}
