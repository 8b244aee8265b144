//! What is to be drawn of charts: lines of events are sampled by all shards, the rest is for the one that holds the series.

use super::super::protocol::{Ask, Reply};
use super::super::questions::{Lost, Shards};
use super::events;
use crate::query::pattern::Fault;
use crate::time;
use crate::watch::graph::{Drawing, Of, Wanted};
use std::collections::HashMap;

/// Events are counted by no more periods than this; by longer ones where it would be more.
const PERIODS_MAX: i64 = 100_000;

/// What is to be drawn of some lines; `wanted.given` is filled here.
///
/// # Errors
/// See [`Lost`].
pub async fn draw(shards: &impl Shards, holder: usize, mut wanted: Wanted) -> Result<Drawing, Lost> {
    let mut faults: HashMap<usize, Fault> = HashMap::new();
    let mut notes: HashMap<usize, String> = HashMap::new();
    // The stretch before is counted along, and what a person may pan to.
    let (from, to) = wanted.range;
    let reach = if wanted.before { (to - from).max(wanted.margin) } else { wanted.margin };
    let wide = (from.saturating_sub(reach), to.saturating_add(wanted.margin));
    for (at, line) in wanted.lines.iter_mut().enumerate() {
        if matches!(line.of, Of::Metric(_) | Of::Math(_)) {
            continue;
        }
        let (period, note) = feasible(line.period, wanted.range);
        let found = match &line.of {
            Of::Events(query) => events::counted_by(shards, query, period, wide).await?,
            Of::Filter(of) => events::sampled_by(shards, of, period, wide).await?,
            Of::Metric(_) | Of::Math(_) => continue,
        };
        line.period = Some(period);
        match found {
            Ok(told) => {
                wanted.given.push((at as u32, told));
                notes.extend(note.map(|note| (at, note)));
            }
            Err(fault) => {
                faults.insert(at, fault);
            }
        }
    }
    let mut asks = vec![Ask::Counts(Vec::new()); shards.count()];
    *asks.get_mut(holder).ok_or(Lost)? = Ask::Draw(Box::new(wanted));
    let reply = shards.ask(asks).await?.into_iter().nth(holder);
    let Some(Reply::Drawing(mut drawing)) = reply else { return Err(Lost) };
    for (at, line) in drawing.lines.iter_mut().enumerate() {
        if let Some(fault) = faults.remove(&at) {
            *line = Err(fault);
        } else if let (Ok(drawn), Some(note)) = (line, notes.remove(&at)) {
            drawn.notes.push(note);
        }
    }
    Ok(*drawing)
}

/// The period in milliseconds that suits a range (`spec/DASHBOARD.md` 3).
#[must_use]
pub fn period_of(range: (i64, i64)) -> i64 {
    const HOUR: i64 = 3_600_000;
    match range.1 - range.0 {
        length if length <= 3 * HOUR => 60_000,
        length if length <= 24 * HOUR => 300_000,
        length if length <= 3 * 24 * HOUR => 900_000,
        length if length <= 15 * 24 * HOUR => HOUR,
        _ => 24 * HOUR,
    }
}

/// The period wanted, or one that suits the range where there would be too many; with a word on that.
fn feasible(period: Option<i64>, range: (i64, i64)) -> (i64, Option<String>) {
    let wanted = period.filter(|&period| period > 0).unwrap_or_else(|| period_of(range));
    if (range.1 - range.0) / wanted <= PERIODS_MAX {
        return (wanted, None);
    }
    let longer = period_of(range);
    let words = (time::length(longer), time::length(wanted));
    (longer, Some(format!("Counted by {}: by {} it would be more than {PERIODS_MAX} periods.", words.0, words.1)))
}
