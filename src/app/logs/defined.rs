//! What files say that somebody configured of log groups: retention, encryption, filters, and streams without lines.

use crate::watch::definitions::Document;
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

/// By name of the log group.
#[must_use]
pub fn defined(documents: &[Document]) -> BTreeMap<String, Defined> {
    let _ = documents;
    BTreeMap::new()
}
