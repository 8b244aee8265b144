//! What files say that somebody configured of log groups: retention, encryption, filters, and streams without lines.

use crate::watch::definitions::{Definitions, Document};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of one log group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defined {
    /// Days that its events are kept; `None` for ever, or unknown where it was not described.
    pub retention: Option<u64>,
    /// It was described, so that what is not said of it is not there.
    pub described: bool,
    /// Bytes that it stored.
    pub stored: Option<u64>,
    /// The key that encrypts it.
    pub key: Option<String>,
    /// Names of its metric filters.
    pub metric_filters: Vec<String>,
    /// Names of its subscription filters, and where they send to.
    pub subscriptions: Vec<(String, String)>,
    /// Its streams, as far as they were described.
    pub streams: BTreeSet<String>,
}

/// By name of the log group. What names no group is no use here: nothing says whose it is.
#[must_use]
pub fn defined(documents: &[Document]) -> BTreeMap<String, Defined> {
    let all = Definitions::read(documents);
    let mut groups: BTreeMap<String, Defined> = BTreeMap::new();
    for group in all.groups {
        let known = groups.entry(group.name).or_default();
        known.described = true;
        known.retention = group.retention_days;
        known.stored = group.stored_bytes;
        known.key = group.kms_key;
    }
    for stream in all.streams {
        if let Some(group) = stream.group {
            groups.entry(group).or_default().streams.insert(stream.name);
        }
    }
    for filter in all.metric_filters {
        if let Some(group) = filter.group {
            groups.entry(group).or_default().metric_filters.push(filter.name);
        }
    }
    for filter in all.subscription_filters {
        if let Some(group) = filter.group {
            groups.entry(group).or_default().subscriptions.push((filter.name, filter.destination));
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::kind::Kind;

    #[test]
    fn what_is_configured_stands_with_its_group() {
        let text = r#"{"logGroups":[{"logGroupName":"/a","retentionInDays":14,"storedBytes":2048}]}
            {"metricFilters":[{"filterName":"errors","filterPattern":"ERROR","logGroupName":"/a","metricTransformations":[]}]}
            {"logStreams":[{"logStreamName":"s","arn":"arn:aws:logs:eu-west-1:111122223333:log-group:/b:log-stream:s"}]}"#;
        let documents = [Document { file: 0, kind: Kind::LogsDescription, text: text.to_owned() }];
        let groups = defined(&documents);
        let a = &groups["/a"];
        assert!(a.described && a.key.is_none());
        assert_eq!((a.retention, a.stored, a.metric_filters.len()), (Some(14), Some(2_048), 1));
        assert!(!groups["/b"].described && groups["/b"].streams.contains("s"));
    }
}
