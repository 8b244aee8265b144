//! Files that say what somebody configured, gathered from the shards, and what the shards learn from them.

use super::protocol::{Ask, Reply};
use super::questions::{Lost, Shards, ask_all};
use crate::watch::definitions::{Definitions, Document};

/// The files, by number. Log groups that were read under the id of an export are called by their name from now on, where the
/// files tell it.
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
    let tasks = Definitions::read(&all).export_tasks;
    if !tasks.is_empty() {
        ask_all(shards, Ask::NameGroups(tasks)).await?;
    }
    Ok(all)
}
