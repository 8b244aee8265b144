//! The columns of the table of events.

use crate::query::order::SortBy;
use crate::query::predicate::Select;
use crate::trail::Derived;

/// The headings of the columns behind the time.
pub const TITLES: [&str; 8] =
    ["Event name", "Service", "Actor", "Result", "Resource", "Source IP", "Region", "Account"];

/// Which of them is the event's name.
pub const NAME: usize = 0;
/// … who did it.
pub const ACTOR: usize = 2;
/// … how it ended.
pub const RESULT: usize = 3;
/// Behind the columns shown comes the error code, which is a part of the result.
pub const ERROR_CODE: usize = TITLES.len();

/// The field of each column, and that of the error code.
#[must_use]
pub fn fields() -> [Select; TITLES.len() + 1] {
    [
        Select::keys("eventName"),
        Select::of_derived(Derived::Service),
        Select::of_derived(Derived::Actor),
        Select::of_derived(Derived::Result),
        Select::of_derived(Derived::Resource),
        Select::keys("sourceIPAddress"),
        Select::keys("awsRegion"),
        Select::keys("recipientAccountId"),
        Select::keys("errorCode"),
    ]
}

/// What sorting by a column goes by.
#[must_use]
pub fn sort(column: usize) -> SortBy {
    SortBy::Field(fields()[column].clone())
}
