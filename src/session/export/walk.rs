//! The events of a list from one position to another, in its order, piece by piece.

use super::Form;
use crate::query::order::SortKey;
use crate::session::protocol::{Ask, Reply};
use crate::session::questions::{List, Lost, Shards, ask_all};
use std::collections::VecDeque;
use std::ops::Range;

/// Events that a shard writes at once: a few milliseconds' work, so that other questions are not kept waiting.
const PIECE: u32 = 400;

/// See the module. The list is kept in the shards for as long as the walk lasts: what a person asks meanwhile changes
/// nothing of it.
pub struct Walk {
    list: List,
    form: Form,
    /// Of each shard, the places of its list that are still to be fetched.
    places: Vec<Range<u32>>,
    /// Of each shard, what was fetched and not yet given.
    fetched: Vec<VecDeque<(SortKey, String)>>,
}

impl Walk {
    /// Begins at the list that stands in the shards now; `range` are positions in it. Of walks there is one at a time.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn begin(shards: &impl Shards, list: List, range: Range<u64>, form: Form) -> Result<Self, Lost> {
        let lengths = ask_all(shards, Ask::Keep(true)).await?.into_iter().map(|reply| match reply {
            Reply::List(length) => Ok(length),
            _ => Err(Lost),
        });
        let lengths: Vec<u32> = lengths.collect::<Result<_, _>>()?;
        if lengths != list.lengths() {
            return Err(Lost);
        }
        let whole = range == (0..list.len());
        let (starts, ends) = if whole {
            (vec![0; lengths.len()], lengths)
        } else {
            (list.split(shards, range.start).await?, list.split(shards, range.end).await?)
        };
        let places: Vec<Range<u32>> = starts.into_iter().zip(ends).map(|(start, end)| start..end).collect();
        let fetched = vec![VecDeque::new(); places.len()];
        Ok(Self { list, form, places, fetched })
    }

    /// The next events, each as it was written; none when all were given.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn next(&mut self, shards: &impl Shards) -> Result<Vec<String>, Lost> {
        let wanted = |places: &Range<u32>, fetched: &VecDeque<_>| {
            let to = if fetched.is_empty() { places.end.min(places.start.saturating_add(PIECE)) } else { places.start };
            places.start..to
        };
        let pieces: Vec<Range<u32>> = self.places.iter().zip(&self.fetched).map(|(a, b)| wanted(a, b)).collect();
        if pieces.iter().any(|piece| !piece.is_empty()) {
            let ask = |piece: &Range<u32>| Ask::Write { from: piece.start, to: piece.end, form: self.form.clone() };
            let replies = shards.ask(pieces.iter().map(ask).collect()).await?;
            for (shard, (reply, piece)) in replies.into_iter().zip(pieces).enumerate() {
                let Reply::Written(found) = reply else { return Err(Lost) };
                if found.len() != piece.len() {
                    return Err(Lost);
                }
                self.places[shard].start = piece.end;
                self.fetched[shard].extend(found);
            }
        }
        // As far as every shard's next event is known.
        let mut out = Vec::new();
        while (0..self.places.len()).all(|at| !self.fetched[at].is_empty() || self.places[at].is_empty()) {
            let heads = self.fetched.iter().enumerate().filter_map(|(at, queue)| Some((at, &queue.front()?.0)));
            let Some((first, _)) = heads.min_by(|(_, a), (_, b)| self.list.order.cmp(a, b)) else { break };
            out.extend(self.fetched[first].pop_front().map(|(_, text)| text));
        }
        Ok(out)
    }
}

/// Gives up the list that was kept for a walk.
///
/// # Errors
/// See [`Lost`].
pub async fn end(shards: &impl Shards) -> Result<(), Lost> {
    ask_all(shards, Ask::Keep(false)).await.map(drop)
}
