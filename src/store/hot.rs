//! Hot columns: the few values that the timeline, the table and most questions want of every event, one dense column
//! each over all rows, whatever their shapes.

use super::column::Dense;

/// The paths that have a hot column, in the order of the columns. Besides these every row has its time.
pub const PATHS: [&str; COUNT] = [
    "eventName",
    "eventSource",
    "awsRegion",
    "recipientAccountId",
    "userIdentity.arn",
    "userIdentity.type",
    "sourceIPAddress",
    "errorCode",
    "eventCategory",
    "userIdentity.accessKeyId",
];

/// Number of hot columns of text.
pub const COUNT: usize = 10;

/// The seconds of an undated row.
const UNDATED: u32 = u32::MAX;

/// The hot columns of a store.
#[derive(Debug, Default)]
pub struct Hot {
    seconds: Vec<u32>,
    /// Milliseconds within the second; empty while all are 0, which for CloudTrail they are.
    millis: Vec<u16>,
    /// One more than the id in the path's dictionary of texts; 0 where there is no plain string at the path.
    columns: [Dense; COUNT],
    /// Set where some value at the path is not in the column (a number, an array, …).
    inexact: [bool; COUNT],
}

impl Hot {
    pub(super) fn push(&mut self, ms: Option<i64>, cells: &[u32; COUNT]) {
        let seconds = ms.map(|ms| ms.div_euclid(1_000)).and_then(|seconds| u32::try_from(seconds).ok());
        self.seconds.push(seconds.unwrap_or(UNDATED));
        let millis = ms.map_or(0, |ms| ms.rem_euclid(1_000)) as u16;
        if millis != 0 && self.millis.is_empty() {
            self.millis = vec![0; self.seconds.len() - 1];
        }
        if millis != 0 || !self.millis.is_empty() {
            self.millis.push(millis);
        }
        for (column, &cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell);
        }
    }

    /// The time of a row in milliseconds since the epoch; `None` when undated (or outside the years 1970 to 2106).
    #[inline]
    #[must_use]
    pub fn time(&self, row: u32) -> Option<i64> {
        let seconds = self.seconds[row as usize];
        if seconds == UNDATED {
            return None;
        }
        let millis = self.millis.get(row as usize).copied().unwrap_or(0);
        Some(i64::from(seconds) * 1_000 + i64::from(millis))
    }

    /// Seconds since the epoch of every row, `u32::MAX` where undated.
    #[must_use]
    pub fn seconds(&self) -> &[u32] {
        &self.seconds
    }

    /// Whether any row's time has milliseconds.
    #[must_use]
    pub fn has_millis(&self) -> bool {
        !self.millis.is_empty()
    }

    /// A hot column: ids plus 1, 0 for none.
    #[must_use]
    pub fn column(&self, column: usize) -> &Dense {
        &self.columns[column]
    }

    /// Whether the column says all there is about its path.
    #[must_use]
    pub fn is_exact(&self, column: usize) -> bool {
        !self.inexact[column]
    }

    pub(super) fn mark_inexact(&mut self, column: usize) {
        self.inexact[column] = true;
    }

    pub(super) fn settle(&mut self) {
        self.seconds.shrink_to_fit();
        self.millis.shrink_to_fit();
        self.columns.iter_mut().for_each(Dense::settle);
    }

    /// Heap bytes held.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.seconds.capacity() * 4
            + self.millis.capacity() * 2
            + self.columns.iter().map(Dense::heap_bytes).sum::<usize>()
    }
}
