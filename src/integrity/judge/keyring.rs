//! All public keys supplied, and what is to be said of each (5).

use super::digests::Judged;
use crate::integrity::Supplied;
use crate::integrity::keys::{self, PublicKey, Unusable, Usable};
use crate::integrity::paper::Paper;
use crate::integrity::verdict::KeyVerdict;
use std::collections::BTreeMap;

/// The keys, each (fingerprint and value) once.
pub(super) struct Keyring {
    entries: Vec<Entry>,
    by_fingerprint: BTreeMap<String, Vec<usize>>,
}

/// One key.
pub(super) struct Entry {
    pub fingerprint: String,
    pub state: Result<Usable, Unusable>,
    /// Its bytes have another MD5 than its fingerprint.
    pub mismatch: bool,
    /// The regions that the names of its files tell, rising.
    pub regions: Vec<String>,
    pub files: Vec<u32>,
    /// Every time that it is said to be valid in.
    validity: Vec<(Option<i64>, Option<i64>)>,
}

/// What the keys say to one fingerprint.
pub(super) enum Found<'a> {
    /// A key to verify with.
    Key(&'a Entry, &'a Usable),
    /// Only keys whose value does not match it.
    Mismatch,
    /// Only keys that cannot be used.
    Unusable,
    Absent,
}

impl Keyring {
    pub fn of(files: &[Supplied]) -> Self {
        let mut all: BTreeMap<(&str, &str), Entry> = BTreeMap::new();
        for file in files {
            let Some(Paper::Keys(list)) = &file.paper else { continue };
            for key in list {
                let entry = all.entry((&key.fingerprint, &key.value)).or_insert_with(|| entry(key));
                if !entry.files.contains(&file.file) {
                    entry.files.push(file.file);
                }
                entry.validity.push((key.from, key.to));
                if let Some(region) = keys::region(&file.path)
                    && let Err(at) = entry.regions.binary_search_by(|known| known.as_str().cmp(region))
                {
                    entry.regions.insert(at, region.to_owned());
                }
            }
        }
        let entries: Vec<Entry> = all.into_values().collect();
        let mut by_fingerprint: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, entry) in entries.iter().enumerate() {
            by_fingerprint.entry(entry.fingerprint.clone()).or_default().push(number);
        }
        Self { entries, by_fingerprint }
    }

    /// The key for a fingerprint. One that can be used and matches it goes before all others.
    pub fn find(&self, fingerprint: &str) -> Found<'_> {
        let numbers = self.by_fingerprint.get(fingerprint).map_or(&[][..], Vec::as_slice);
        let entries = || numbers.iter().map(|&number| &self.entries[number]);
        if let Some((entry, key)) =
            entries().filter(|entry| !entry.mismatch).find_map(|entry| Some((entry, entry.state.as_ref().ok()?)))
        {
            return Found::Key(entry, key);
        }
        match () {
            () if numbers.is_empty() => Found::Absent,
            () if entries().any(|entry| entry.mismatch) => Found::Mismatch,
            () => Found::Unusable,
        }
    }

    pub fn verdicts(&self, judged: &Judged) -> Vec<KeyVerdict> {
        let named = |fingerprint: &str| {
            judged.digests.iter().filter(|digest| digest.verdict.fingerprint == fingerprint).count() as u32
        };
        let verdict = |entry: &Entry| {
            let problem = match &entry.state {
                Err(why) => Some(why.what().to_owned()),
                Ok(_) if entry.mismatch => Some("its fingerprint is not the MD5 of its value".to_owned()),
                Ok(_) => None,
            };
            KeyVerdict {
                fingerprint: entry.fingerprint.clone(),
                regions: entry.regions.clone(),
                files: entry.files.clone(),
                validity: entry.validity(),
                bits: entry.state.as_ref().ok().map(|key| key.bits() as u32),
                problem,
                digests: named(&entry.fingerprint),
            }
        };
        self.entries.iter().map(verdict).collect()
    }
}

fn entry(key: &PublicKey) -> Entry {
    let mismatch = key.md5().is_some_and(|md5| !md5.eq_ignore_ascii_case(&key.fingerprint));
    Entry {
        fingerprint: key.fingerprint.clone(),
        state: key.usable(),
        mismatch,
        regions: Vec::new(),
        files: Vec::new(),
        validity: Vec::new(),
    }
}

impl Entry {
    /// The first and the last instant that it is said to be valid at.
    fn validity(&self) -> (Option<i64>, Option<i64>) {
        let from = self.validity.iter().filter_map(|(from, _)| *from).min();
        (from, self.validity.iter().filter_map(|(_, to)| *to).max())
    }

    /// Whether an instant lies in none of the times that it is said to be valid in.
    pub fn is_outside(&self, at: i64) -> bool {
        let inside = |&(from, to): &(Option<i64>, Option<i64>)| {
            from.is_none_or(|from| from <= at) && to.is_none_or(|to| at <= to)
        };
        !self.validity.iter().any(inside)
    }
}
