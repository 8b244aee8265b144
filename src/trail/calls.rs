//! Of what category a call is, and whether it changes anything (`spec/CLOUDTRAIL-RECORD.md` 1).

/// The event source of signing in.
pub const SIGN_IN: &str = "signin.amazonaws.com";

/// The value of `@category` of a five-minute summary of data events: no call, and so in no count of calls unless asked for
/// (`spec/FORMATS.md` 1.7).
pub const SUMMARY: &str = "aggregated";

/// The value of `@service`: an event source without the domain.
#[must_use]
pub fn service(event_source: &str) -> &str {
    let source = event_source.strip_suffix(".cn").unwrap_or(event_source);
    source.strip_suffix(".amazonaws.com").unwrap_or(event_source)
}

/// Beginnings of the names of calls that only read, for records that do not say. Names mislead, so this is a guess.
const READING: [&str; 9] = ["Get", "List", "Describe", "Head", "Lookup", "BatchGet", "Query", "Scan", "Select"];

/// Whether a call of this name is taken to change something where the record does not say.
#[must_use]
pub fn seems_to_write(event_name: &str) -> bool {
    !READING.iter().any(|beginning| event_name.starts_with(beginning))
}

const S3_DATA: [&str; 20] = [
    "GetObject",
    "PutObject",
    "DeleteObject",
    "DeleteObjects",
    "CopyObject",
    "HeadObject",
    "ListObjects",
    "ListObjectsV2",
    "CreateMultipartUpload",
    "UploadPart",
    "UploadPartCopy",
    "CompleteMultipartUpload",
    "AbortMultipartUpload",
    "ListParts",
    "GetObjectAcl",
    "PutObjectAcl",
    "GetObjectTagging",
    "PutObjectTagging",
    "DeleteObjectTagging",
    "SelectObjectContent",
];

const DYNAMODB_DATA: [&str; 13] = [
    "GetItem",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchGetItem",
    "BatchWriteItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "ExecuteStatement",
    "BatchExecuteStatement",
    "ExecuteTransaction",
];

/// Whether a call is known to be a data event: of records older than `eventCategory`, which never say.
#[must_use]
pub fn is_data_event(event_source: &str, event_name: &str) -> bool {
    match service(event_source) {
        "s3" => S3_DATA.contains(&event_name) || event_name == "RestoreObject",
        "lambda" => matches!(event_name, "Invoke" | "InvokeFunction"),
        "dynamodb" => DYNAMODB_DATA.contains(&event_name),
        _ => false,
    }
}

/// The value of `@category` by `eventCategory`.
#[must_use]
pub fn category(event_category: &str) -> String {
    let lower = event_category.to_ascii_lowercase();
    if lower == "networkactivity" { "network".to_owned() } else { lower }
}

/// The value of `@category` by `eventType`, for the types that have one.
#[must_use]
pub fn category_of_type(event_type: &str) -> Option<&'static str> {
    match event_type {
        "AwsCloudTrailInsight" => Some("insight"),
        "AwsVpceEvent" | "AwsVpceEvents" => Some("network"),
        "AwsAggregatedEvent" => Some(SUMMARY),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_lose_their_domain() {
        assert_eq!(service("s3.amazonaws.com"), "s3");
        assert_eq!(service("ec2.amazonaws.com.cn"), "ec2");
        assert_eq!(service("aws-marketplace"), "aws-marketplace");
        assert_eq!(service("custom.cn"), "custom.cn");
    }

    #[test]
    fn only_known_calls_are_data_events() {
        assert!(is_data_event("s3.amazonaws.com", "GetObject"));
        assert!(!is_data_event("s3.amazonaws.com", "GetBucketAcl"));
        assert!(!is_data_event("ec2.amazonaws.com", "GetObject"));
    }
}
