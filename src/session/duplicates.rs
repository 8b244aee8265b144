//! The same event twice: delivered twice by CloudTrail, or dropped twice by a person. It counts once. Of several copies the
//! one with the lowest path, then record number, stays, so that the answer does not depend on the order of reading; but
//! never a row of a table (Event history CSV) where the whole record is there.
//!
//! Hashes of all ids go to the session once; only ids that more than one event has are looked at closely.

use super::protocol::{Ask, Candidate, Reply};
use super::questions::{Lost, Shards, ask_all};
use crate::store::Row;
use hashbrown::HashMap;

/// What was found and dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// Copies left out, by file.
    pub by_file: HashMap<u32, u32>,
    /// Events that share their eventID with another of different content: all were kept.
    pub conflicts: Vec<Conflict>,
}

/// Two events with one id and different content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// File and record of the first.
    pub first: (u32, u32),
    /// File and record of the other.
    pub other: (u32, u32),
}

impl Duplicates {
    /// Copies left out in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.by_file.values().map(|&count| u64::from(count)).sum()
    }
}

/// Finds the copies among all events and tells each shard which of its rows to leave out. `paths`: of the files by number.
///
/// # Errors
/// See [`Lost`].
pub async fn drop_duplicates(shards: &impl Shards, paths: &[String]) -> Result<Duplicates, Lost> {
    let mut lists = Vec::new();
    for reply in ask_all(shards, Ask::Identities).await? {
        let Reply::Identities(hashes) = reply else { return Err(Lost) };
        lists.push(hashes);
    }
    let repeated = repeated(&lists);
    drop(lists);
    let mut candidates: Vec<(usize, Candidate)> = Vec::new();
    if !repeated.is_empty() {
        for (shard, reply) in ask_all(shards, Ask::Candidates(repeated)).await?.into_iter().enumerate() {
            let Reply::Candidates(found) = reply else { return Err(Lost) };
            candidates.extend(found.into_iter().map(|candidate| (shard, candidate)));
        }
    }
    let (found, drops) = judge(candidates, paths, shards.count());
    shards.ask(drops.into_iter().map(Ask::Drop).collect()).await?;
    Ok(found)
}

/// The hashes that occur more than once in all of these rising lists.
fn repeated(lists: &[Vec<u64>]) -> Vec<u64> {
    let mut at = vec![0; lists.len()];
    let mut repeated: Vec<u64> = Vec::new();
    let mut last = None;
    loop {
        // Few lists: looking at each head is quicker than a heap.
        let heads = lists.iter().enumerate().filter_map(|(list, hashes)| Some((*hashes.get(at[list])?, list)));
        let Some((hash, list)) = heads.min() else { return repeated };
        at[list] += 1;
        if last == Some(hash) && repeated.last() != Some(&hash) {
            repeated.push(hash);
        }
        last = Some(hash);
    }
}

fn judge(mut candidates: Vec<(usize, Candidate)>, paths: &[String], shards: usize) -> (Duplicates, Vec<Vec<Row>>) {
    let mut found = Duplicates::default();
    let mut drops = vec![Vec::new(); shards];
    let path = |file: u32| paths.get(file as usize).map_or("", String::as_str);
    candidates.sort_unstable_by(|(_, a), (_, b)| {
        let place = path(a.file).cmp(path(b.file)).then(a.file.cmp(&b.file)).then(a.record.cmp(&b.record));
        a.identity.cmp(&b.identity).then(a.partial.cmp(&b.partial)).then(place)
    });
    for same in candidates.chunk_by(|(_, a), (_, b)| a.identity == b.identity) {
        if same.iter().all(|(_, candidate)| candidate.nameless) {
            drop_lines(same, &mut found, &mut drops);
            continue;
        }
        let mut kept: Vec<&Candidate> = Vec::new();
        for (shard, candidate) in same {
            // A row of a table says less than the record that it was made from, and so nothing else.
            let said = |known: &&Candidate| known.content == candidate.content || (candidate.partial && !known.partial);
            if kept.iter().any(said) {
                drops[*shard].push(candidate.row);
                *found.by_file.entry(candidate.file).or_default() += 1;
                continue;
            }
            if let Some(first) = kept.first() {
                let (first, other) = ((first.file, first.record), (candidate.file, candidate.record));
                found.conflicts.push(Conflict { first, other });
            }
            kept.push(candidate);
        }
    }
    (found, drops)
}

/// Of lines that say the same at the same time, as many are kept as the file has that has the most: a program may write a
/// line twice, and two exports may overlap. `same` is in the order of files.
fn drop_lines(same: &[(usize, Candidate)], found: &mut Duplicates, drops: &mut [Vec<Row>]) {
    let mut kept = 0;
    for of_file in same.chunk_by(|(_, a), (_, b)| a.file == b.file) {
        for (shard, candidate) in of_file.iter().take(kept) {
            drops[*shard].push(candidate.row);
            *found.by_file.entry(candidate.file).or_default() += 1;
        }
        kept = kept.max(of_file.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_path_stays_whatever_the_order() {
        let candidate = |identity, content, file, record, row| Candidate {
            identity,
            content,
            file,
            record,
            row,
            partial: false,
            nameless: false,
        };
        let paths: Vec<String> = ["b.json", "a.json", "c.json"].map(str::to_owned).into();
        let all = vec![
            (0, candidate(7, 70, 0, 3, 10)),
            (1, candidate(7, 70, 1, 5, 11)),
            (0, candidate(7, 71, 2, 0, 12)),
            (1, candidate(7, 71, 2, 1, 13)),
        ];
        let mut reversed = all.clone();
        reversed.reverse();
        for candidates in [all, reversed] {
            let (found, drops) = judge(candidates, &paths, 2);
            assert_eq!(drops, [vec![10], vec![13]]);
            assert_eq!(found.total(), 2);
            assert_eq!(found.conflicts, [Conflict { first: (1, 5), other: (2, 0) }]);
        }
    }

    #[test]
    fn equal_lines_of_one_file_are_no_copies() {
        let line = |file, record, row| {
            (0, Candidate { identity: 7, content: 70, file, record, row, partial: false, nameless: true })
        };
        let paths: Vec<String> = ["b.json", "a.json"].map(str::to_owned).into();
        let all = vec![line(0, 0, 1), line(0, 1, 2), line(0, 2, 3), line(1, 4, 4), line(1, 9, 5)];
        let (found, drops) = judge(all, &paths, 1);
        assert_eq!(drops, [vec![1, 2]], "the first file has two, so that of the second's three one is kept");
        assert_eq!((found.total(), found.conflicts.len()), (2, 0));
    }

    #[test]
    fn repeats_within_and_across_lists() {
        assert_eq!(repeated(&[vec![1, 2, 2, 5], vec![2, 3, 5, 9, 9, 9], vec![]]), [2, 5, 9]);
        assert!(repeated(&[vec![1], vec![2]]).is_empty());
    }
}
