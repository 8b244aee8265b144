//! What the evidence covers, over all streams at once: for a strip that shows it under the events. The time is that of
//! deliveries, which is what digests are about.

use super::verdict::{Coverage, Interval, Stream};
use std::collections::BTreeMap;

/// What is known of a moment, the worst last: of several streams the worst is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// A proved digest covers it, and all logs that it names are as recorded.
    Proved,
    /// The same, but logs that it names were not supplied.
    Absent,
    /// The digest that covers it is not proved.
    Unproved,
    /// A chain begins anew after it.
    Restart,
    /// Digests are missing from a chain.
    Hole,
    /// A log is not as recorded, or a digest does not verify.
    Altered,
}

impl State {
    /// All of them, the worst last.
    pub const ALL: [Self; 6] = [Self::Proved, Self::Absent, Self::Unproved, Self::Restart, Self::Hole, Self::Altered];

    /// What a stretch of time is.
    #[must_use]
    pub fn of(coverage: &Coverage) -> Self {
        match coverage {
            Coverage::Covered { altered, .. } if *altered > 0 => Self::Altered,
            Coverage::Covered { named, unchanged, .. } if unchanged < named => Self::Absent,
            Coverage::Covered { .. } => Self::Proved,
            Coverage::Unproved => Self::Unproved,
            Coverage::NotAuthentic => Self::Altered,
            Coverage::Hole { .. } => Self::Hole,
            Coverage::Restart { .. } => Self::Restart,
        }
    }

    /// In a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Proved => "proved and intact",
            Self::Absent => "proved, logs not supplied",
            Self::Unproved => "not proved",
            Self::Restart => "chain restarts",
            Self::Hole => "hole in a chain",
            Self::Altered => "altered",
        }
    }
}

/// The worst that is known of each of `count` equal parts of a range of time; `None` where no digest says anything. What is
/// shorter than a part still shows in it.
#[must_use]
pub fn columns(streams: &[Stream], from: i64, to: i64, count: usize) -> Vec<Option<State>> {
    let mut columns = vec![None; count];
    let length = i128::from(to) - i128::from(from);
    if length <= 0 || count == 0 {
        return columns;
    }
    // Exact, so that stretches that meet leave no part empty between them.
    let column = |at: i64| ((i128::from(at) - i128::from(from)) * count as i128).div_euclid(length);
    for interval in streams.iter().flat_map(|stream| &stream.intervals) {
        if interval.to <= from || interval.from >= to || interval.to <= interval.from {
            continue;
        }
        let state = Some(State::of(&interval.coverage));
        let first = column(interval.from).max(0) as usize;
        let last = column(interval.to - 1).min(count as i128 - 1) as usize;
        for known in &mut columns[first..=last] {
            *known = (*known).max(state);
        }
    }
    columns
}

/// The stretches of a range of time with the worst that is known of each, in the order of time; those of which nothing is
/// known are left out.
#[must_use]
pub fn stretches(streams: &[Stream], from: i64, to: i64) -> Vec<(i64, i64, State)> {
    // Where how many intervals of which state begin and end.
    let mut changes: BTreeMap<i64, [i64; State::ALL.len()]> = BTreeMap::new();
    for interval in streams.iter().flat_map(|stream| &stream.intervals) {
        let (begin, end) = (interval.from.max(from), interval.to.min(to));
        if begin < end {
            let state = State::of(&interval.coverage) as usize;
            changes.entry(begin).or_default()[state] += 1;
            changes.entry(end).or_default()[state] -= 1;
        }
    }
    let mut open = [0; State::ALL.len()];
    let mut found: Vec<(i64, i64, State)> = Vec::new();
    let mut before: Option<(i64, State)> = None;
    for (at, change) in changes {
        if let Some((begin, state)) = before {
            match found.last_mut().filter(|(_, end, known)| *end == begin && *known == state) {
                Some((_, end, _)) => *end = at,
                None => found.push((begin, at, state)),
            }
        }
        open.iter_mut().zip(change).for_each(|(open, change)| *open += change);
        before = State::ALL.into_iter().rev().find(|state| open[*state as usize] > 0).map(|state| (at, state));
    }
    found
}

/// All that is known of an instant, the worst first, each with its stream.
#[must_use]
pub fn at(streams: &[Stream], instant: i64) -> Vec<(&Stream, &Interval)> {
    let holds = |interval: &&Interval| (interval.from..interval.to).contains(&instant);
    let mut found: Vec<_> =
        streams.iter().flat_map(|stream| stream.intervals.iter().filter(holds).map(move |one| (stream, one))).collect();
    found.sort_by_key(|(_, interval)| std::cmp::Reverse(State::of(&interval.coverage)));
    found
}

/// What is known of a stretch of time, in words that claim no more (9.5).
#[must_use]
pub fn said(coverage: &Coverage) -> String {
    let logs = |count: u32| if count == 1 { "1 log".to_owned() } else { format!("{count} logs") };
    match coverage {
        Coverage::Covered { named: 0, .. } => "proved: CloudTrail states that no log was delivered".to_owned(),
        Coverage::Covered { named, altered, .. } if *altered > 0 => {
            format!("altered: {altered} of the {} delivered not as the digest recorded", logs(*named))
        }
        Coverage::Covered { named, absent, .. } if *absent > 0 => {
            format!("proved; {absent} of the {} delivered not among the files you supplied", logs(*named))
        }
        Coverage::Covered { named, unchanged, .. } if unchanged < named => {
            format!("proved; {unchanged} of the {} delivered unchanged, the others not proved", logs(*named))
        }
        Coverage::Covered { named, .. } => format!("proved and intact: {} delivered, unchanged", logs(*named)),
        Coverage::Unproved => "not proved: nothing supplied proves the digest of this time".to_owned(),
        Coverage::NotAuthentic => "altered: the digest of this time does not verify".to_owned(),
        Coverage::Hole { supplied: true, .. } => {
            "hole in the chain: the next digest points at one that does not verify; not covered".to_owned()
        }
        Coverage::Hole { open: true, .. } => {
            "hole in the chain: the digest before was not supplied, how far back is not known; not covered".to_owned()
        }
        Coverage::Hole { estimate, .. } => {
            let digests = if *estimate == 1 { "1 digest" } else { &format!("about {estimate} hourly digests") };
            format!("hole in the chain: {digests} not among the files you supplied; not covered")
        }
        Coverage::Restart { explained: true, .. } => {
            "the chain restarts after this; calls that stopped and started it are in the logs; not covered".to_owned()
        }
        Coverage::Restart { .. } => {
            "the chain restarts after this, no matching StopLogging seen: digests before it may have been removed"
                .to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(named: u32, altered: u32, absent: u32) -> Coverage {
        Coverage::Covered { named, unchanged: named - altered - absent, altered, absent }
    }

    fn hole() -> Coverage {
        Coverage::Hole { points_at: crate::integrity::Object::default(), supplied: false, estimate: 3, open: false }
    }

    fn stream(intervals: Vec<(i64, i64, Coverage)>) -> Stream {
        let interval = |(from, to, coverage)| Interval { from, to, coverage, digest: 0 };
        Stream { intervals: intervals.into_iter().map(interval).collect(), ..Stream::default() }
    }

    fn letters(columns: &[Option<State>]) -> String {
        let letter = |state: &Option<State>| match state {
            None => '.',
            Some(State::Proved) => 'p',
            Some(State::Absent) => 'l',
            Some(State::Unproved) => 'u',
            Some(State::Restart) => 'r',
            Some(State::Hole) => 'h',
            Some(State::Altered) => 'A',
        };
        columns.iter().map(letter).collect()
    }

    #[test]
    fn the_worst_of_all_streams_shows() {
        let one = stream(vec![(0, 100, covered(2, 0, 0)), (100, 200, covered(3, 1, 0)), (200, 300, hole())]);
        let other = stream(vec![(50, 150, Coverage::Unproved), (300, 400, covered(1, 0, 1))]);
        let both = [one.clone(), other.clone()];
        assert_eq!(letters(&columns(&both, -100, 500, 12)), "..puAAhhll..");
        assert_eq!(letters(&columns(&[other, one], -100, 500, 12)), "..puAAhhll..");
        // Zoomed in, and at the edges of what there is.
        assert_eq!(letters(&columns(&both, 90, 110, 4)), "uuAA");
        assert_eq!(letters(&columns(&both, 400, 500, 3)), "...");
        assert_eq!(letters(&columns(&both, 399, 401, 2)), "l.");
        assert_eq!(
            stretches(&both, -100, 500),
            [
                (0, 50, State::Proved),
                (50, 100, State::Unproved),
                (100, 200, State::Altered),
                (200, 300, State::Hole),
                (300, 400, State::Absent),
            ]
        );
        assert_eq!(stretches(&both, 110, 120), [(110, 120, State::Altered)]);
        let found = at(&both, 120);
        assert_eq!(found.len(), 2);
        assert_eq!(said(&found[0].1.coverage), "altered: 1 of the 3 logs delivered not as the digest recorded");
        assert!(at(&both, 400).is_empty() && at(&both, -1).is_empty());
    }

    #[test]
    fn what_is_shorter_than_a_pixel_is_seen_and_nothing_is_left_open() {
        let altered = (1_000, 1_001, covered(1, 1, 0));
        let stream = stream(vec![(0, 1_000, covered(1, 0, 0)), altered, (1_001, 1_000_000, covered(1, 0, 0))]);
        let found = columns(&[stream], 0, 1_000_000, 997);
        assert!(found.iter().all(Option::is_some));
        assert_eq!(found.iter().filter(|state| **state == Some(State::Altered)).count(), 1);
    }

    #[test]
    fn no_range_and_odd_intervals_do_no_harm() {
        let odd = [stream(vec![(5, 5, hole()), (9, 3, hole()), (i64::MIN, i64::MAX, Coverage::Unproved)])];
        assert_eq!(columns(&odd, 7, 7, 10), vec![None; 10]);
        assert_eq!(columns(&odd, 9, 7, 10), vec![None; 10]);
        assert!(columns(&odd, 0, 7, 0).is_empty());
        assert_eq!(letters(&columns(&odd, i64::MIN, i64::MAX, 3)), "uuu");
        assert_eq!(stretches(&odd, 0, 10), [(0, 10, State::Unproved)]);
    }

    #[test]
    fn words_claim_no_more_than_is_known() {
        let all = [
            covered(0, 0, 0),
            covered(1, 0, 0),
            covered(3, 1, 1),
            covered(3, 0, 1),
            Coverage::Unproved,
            Coverage::NotAuthentic,
            hole(),
            Coverage::Restart { switches: Vec::new(), explained: false },
            Coverage::Restart { switches: Vec::new(), explained: true },
        ];
        let words: Vec<String> = all.iter().map(said).collect();
        for word in ["deleted", "forged", "invalid", "genuine", "no activity"] {
            assert!(words.iter().all(|said| !said.contains(word)), "{word} in {words:#?}");
        }
        assert_eq!(words[0], "proved: CloudTrail states that no log was delivered");
        assert_eq!(words[1], "proved and intact: 1 log delivered, unchanged");
    }
}
