//! EventBridge events (signature 10): an envelope with `detail-type` and `source`, and a CloudTrail record as `detail` when
//! the event came through CloudTrail.

use super::{Found, Opening, is_record};
use crate::import::json::Object;
use crate::store::Around;

/// Opens an EventBridge event: its `detail` when that is a CloudTrail record.
pub(super) fn open(object: &Object<'_>, opening: &mut Opening<'_>) -> bool {
    if !object.has("detail-type") {
        return false;
    }
    match object.get("detail") {
        Some(detail) if detail.is_object() && is_record(&detail.object()) => {
            opening.tell(Found::Record { value: detail, around: Around::default() });
        }
        _ => opening.tell(Found::Without),
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::tests::{RECORD, opened};

    #[test]
    fn the_detail_comes_out_byte_for_byte() {
        let event = format!(
            r#"{{"version":"0","detail-type":"AWS API Call via CloudTrail","source":"aws.s3","resources":[],"detail": {RECORD} }}"#
        );
        assert_eq!(opened(&event), (vec![(RECORD.to_owned(), vec![])], 0));
        assert_eq!(opened(&format!("[{event},{event}]")).0.len(), 2);
        let other = r#"{"detail-type":"EC2 Instance State-change Notification","source":"aws.ec2","detail":{"state":"running"}}"#;
        assert_eq!(opened(other), (vec![], 1));
    }
}
