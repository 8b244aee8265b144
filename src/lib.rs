//! Trailglass: CloudTrail and CloudWatch, offline, in a browser tab. ARCHITECTURE.md has the map.

#[cfg(feature = "page")]
pub mod app;
pub mod import;
pub mod integrity;
pub mod problem;
pub mod query;
pub mod session;
pub mod shell;
pub mod store;
pub mod time;
pub mod trail;
pub mod watch;
