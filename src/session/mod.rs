//! The open case: which files are in, the shards that hold their events, the question on the page, answers merged. Floor 4.
//!
//! What does not need a browser (the shard itself, merging, duplicates, paging) is here without one, and runs natively
//! behind [`native`] for `examples/ask` and the tests; [`questions`] is the same code for both.

pub mod choice;
pub mod custody;
pub mod definitions;
pub mod duplicates;
mod embedded;
pub mod export;
pub mod facets;
pub mod file_list;
pub mod first;
pub mod lanes;
pub mod metrics;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
#[cfg(feature = "page")]
pub mod page;
pub mod protocol;
pub mod questions;
pub mod shard;
#[cfg(feature = "worker")]
pub mod worker;
