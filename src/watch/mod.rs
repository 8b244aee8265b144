//! What somebody configured to watch an account: log groups, metric filters and what they make of events. Floor 3: knows
//! queries, nothing of shards or screens.

pub mod definitions;
pub mod graph;
pub mod math;
pub mod metric_filter;
pub mod search;
pub mod series;
pub mod statistic;
