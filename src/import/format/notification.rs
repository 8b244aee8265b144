//! Notifications of S3, SQS and SNS (signature 3). They look like CloudTrail (`Records`, `eventVersion`, `eventName`) and
//! are not; but a message may carry a CloudTrail record or an EventBridge event as its body, and SQS may carry SNS.

use super::{Found, Opening};
use crate::import::json::Object;

/// Opens a message: what SQS has as `body` (`Body` in the command line's answer), SNS as `Sns.Message` or `Message`.
pub(super) fn open(object: &Object<'_>, opening: &mut Opening<'_>) -> bool {
    let sqs = object.string("body").or_else(|| object.string("Body")).filter(|_| {
        object.has("messageId")
            || object.has("MessageId")
            || object.has("receiptHandle")
            || object.has("eventSourceARN")
    });
    let sns = || {
        let inner = object.get("Sns").and_then(|sns| sns.object().string("Message").map(|text| text.into_owned()));
        inner.or_else(|| {
            let ours = object.has("TopicArn") || object.string("Type").as_deref() == Some(b"Notification");
            if ours { object.string("Message").map(|text| text.into_owned()) } else { None }
        })
    };
    if let Some(text) = sqs.map(|text| text.into_owned()).or_else(sns) {
        opening.message(&text);
        return true;
    }
    if object.string("eventSource").is_some_and(|source| source.starts_with(b"aws:")) {
        opening.tell(Found::Without);
        return true;
    }
    // What `sqs receive-message` prints.
    let Some(messages) = object.get("Messages").filter(|messages| messages.is_array()) else { return false };
    opening.elements(messages);
    true
}

#[cfg(test)]
mod tests {
    use super::super::tests::{RECORD, opened, quoted};

    #[test]
    fn bodies_are_unwrapped() {
        let event = format!(r#"{{"detail-type":"x","source":"aws.s3","detail":{RECORD}}}"#);
        let expected = (vec![(RECORD.to_owned(), vec![])], 0);
        for body in [RECORD.to_owned(), event.clone(), format!("[{event}]")] {
            let sqs = format!(
                r#"{{"Records":[{{"messageId":"1","body":{},"eventSource":"aws:sqs","eventSourceARN":"a"}}]}}"#,
                quoted(&body)
            );
            assert_eq!(opened(&sqs), expected, "{sqs}");
            let sns = format!(
                r#"{{"Records":[{{"EventSource":"aws:sns","EventVersion":"1.0","Sns":{{"Message":{}}}}}]}}"#,
                quoted(&body)
            );
            assert_eq!(opened(&sns), expected, "{sns}");
            let notification = format!(r#"{{"Type":"Notification","TopicArn":"t","Message":{}}}"#, quoted(&body));
            let both = format!(r#"{{"Messages":[{{"MessageId":"1","Body":{}}}]}}"#, quoted(&notification));
            assert_eq!(opened(&both), expected, "{both}");
        }
        let s3 =
            r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{}}]}"#;
        assert_eq!(opened(s3), (vec![], 1));
        let text = r#"{"Records":[{"messageId":"1","body":"hello","eventSource":"aws:sqs"}]}"#;
        assert_eq!(opened(text), (vec![], 1));
    }
}
