//! CloudWatch Logs subscription payloads (signatures 11 and 12): `{"messageType":"DATA_MESSAGE","logEvents":[…]}`, one or
//! many, and the same in gzip and base64 under `awslogs.data`, as Lambda gets it. It is the only form that tells account,
//! log group and stream of its log events. `CONTROL_MESSAGE` is a probe and is passed over.

use super::{Opening, Where};
use crate::import::json::Object;

/// Opens a payload, or the Lambda event around one.
pub(super) fn open(object: &Object<'_>, opening: &mut Opening<'_>) -> bool {
    if let Some(data) =
        object.get("awslogs").and_then(|awslogs| awslogs.object().string("data").map(|data| data.into_owned()))
    {
        opening.payload(&data);
        return true;
    }
    let Some(events) = object.get("logEvents") else { return false };
    if object.string("messageType").as_deref() != Some(b"CONTROL_MESSAGE") {
        let text = |key: &str| object.string(key).map(|text| String::from_utf8_lossy(&text).into_owned());
        let at = Where { owner: text("owner"), group: text("logGroup"), stream: text("logStream") };
        let around = std::mem::replace(&mut opening.at, at);
        opening.elements(events);
        opening.at = around;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::tests::{RECORD, opened, quoted};
    use base64::Engine;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    #[test]
    fn plain_packed_and_control() {
        let payload = format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":["f"],
            "logEvents":[{{"id":"1","timestamp":1432826855000,"message":{}}},{{"id":"2","timestamp":1,"message":"START"}}]}}"#,
            quoted(RECORD)
        );
        assert_eq!(opened(&payload), (vec![(RECORD.to_owned(), vec![])], 1));
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(payload.as_bytes()).unwrap();
        let data = base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap());
        assert_eq!(opened(&format!(r#"{{"awslogs":{{"data":"{data}"}}}}"#)), (vec![(RECORD.to_owned(), vec![])], 1));
        let control = r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Kinesis stream."}]}"#;
        assert_eq!(opened(control), (vec![], 0));
        // Half a gzip file is no reason to lose the rest.
        let half = format!(r#"[{{"awslogs":{{"data":"{}"}}}},{payload}]"#, &data[..40]);
        assert_eq!(opened(&half).0.len(), 1);
    }
}
