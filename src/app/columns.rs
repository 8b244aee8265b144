//! The columns of the table of events.

use crate::query::order::SortBy;
use crate::query::predicate::Select;

/// The field of each column behind the time.
pub const PATHS: [&str; 7] =
    ["eventName", "eventSource", "userIdentity.arn", "sourceIPAddress", "awsRegion", "errorCode", "recipientAccountId"];

/// Its heading.
pub const TITLES: [&str; 7] = ["Event name", "Service", "Principal", "Source IP", "Region", "Error code", "Account"];

/// Which of them is the event's name.
pub const NAME: usize = 0;
/// … the service.
pub const SERVICE: usize = 1;
/// … who did it.
pub const PRINCIPAL: usize = 2;
/// … the error code.
pub const ERROR: usize = 5;

/// What sorting by a column goes by.
#[must_use]
pub fn sort(column: usize) -> SortBy {
    SortBy::Field(Select::keys(PATHS[column]))
}
