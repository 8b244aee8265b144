//! Files that say what somebody configured, gathered from the shards, and what the shards learn from them.

use super::protocol::{Ask, Reply};
use super::questions::{Lost, Shards, ask_all};
use crate::watch::definitions::{Definitions, Document};

/// The files, by number. Log groups that were read under the id of an export, or without a name, are called by their name from
/// now on, where these files tell it.
///
/// # Errors
/// See [`Lost`].
pub async fn definitions(shards: &impl Shards) -> Result<Vec<Document>, Lost> {
    let mut all = Vec::new();
    for reply in ask_all(shards, Ask::Definitions).await? {
        let Reply::Definitions(documents) = reply else { return Err(Lost) };
        all.extend(documents);
    }
    all.sort_by_key(|document| document.file);
    let known = Definitions::read(&all);
    let streams = known.groups_of_streams();
    if !(known.export_tasks.is_empty() && streams.is_empty()) {
        ask_all(shards, Ask::NameGroups(known.export_tasks, streams)).await?;
    }
    Ok(all)
}
