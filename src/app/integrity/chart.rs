//! The map of what is covered: a row for each stream, a column for each hour of deliveries, or for more where there are too
//! many. Knows nothing of the page.

use crate::app::shown::{counted, grouped};
use crate::integrity::verdict::{Coverage, Interval, Judgement, LogStatus, LogVerdict};
use crate::integrity::words;
use std::collections::{BTreeMap, HashMap};

/// What is known of a cell, the worst last: of all that falls into it the worst is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// No supplied digest says anything.
    #[default]
    Nothing,
    /// A proved digest states that no log was delivered.
    Silent,
    /// Proved, and all logs as recorded.
    Intact,
    /// A digest that is not proved, and nothing speaks against it.
    Unproved,
    /// Signed digests name logs that were not supplied.
    Absent,
    /// Logs that no supplied digest names.
    Unnamed,
    /// A chain begins anew after it.
    Restart,
    /// Digests are missing.
    Hole,
    /// Something is not as a digest records it, or a digest is not authentic.
    Altered,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Nothing,
        Self::Silent,
        Self::Intact,
        Self::Unproved,
        Self::Absent,
        Self::Unnamed,
        Self::Restart,
        Self::Hole,
        Self::Altered,
    ];

    /// In two or three words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Nothing => "No digest",
            Self::Silent => "No log delivered",
            Self::Intact => "Signed and intact",
            Self::Unproved => "Intact, not proved",
            Self::Absent => "Logs not supplied",
            Self::Unnamed => "Logs not named",
            Self::Restart => "Restart gap",
            Self::Hole => "Hole",
            Self::Altered => "Altered",
        }
    }

    /// In a sentence.
    #[must_use]
    pub fn said(self) -> &'static str {
        match self {
            Self::Nothing => "No supplied digest covers it: nothing can be said.",
            Self::Silent => "A proved digest covers it, in which CloudTrail states that no log was delivered.",
            Self::Intact => "Proved digests cover it, and the logs are as they record them.",
            Self::Unproved => "A digest that is not proved covers it; nothing speaks against it.",
            Self::Absent => "A signed digest names logs that are not among the files you supplied.",
            Self::Unnamed => "Log files lie here that no supplied digest names.",
            Self::Restart => "A chain of digests begins anew after it: it is not covered.",
            Self::Hole => "Digests are missing from a chain: it is not covered.",
            Self::Altered => "A file is not as a digest records it, or a digest is not authentic.",
        }
    }

    /// Its class and name in the page.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Silent => "silent",
            Self::Intact => "intact",
            Self::Unproved => "unproved",
            Self::Absent => "absent",
            Self::Unnamed => "unnamed",
            Self::Restart => "restart",
            Self::Hole => "hole",
            Self::Altered => "altered",
        }
    }

    fn of_coverage(coverage: &Coverage) -> Self {
        match coverage {
            Coverage::Covered { named: 0, .. } => Self::Silent,
            Coverage::Covered { .. } => Self::Intact,
            Coverage::Unproved => Self::Unproved,
            Coverage::NotAuthentic => Self::Altered,
            Coverage::Hole { .. } => Self::Hole,
            Coverage::Restart { .. } => Self::Restart,
        }
    }

    fn of_log(status: LogStatus) -> Self {
        match status {
            LogStatus::Authentic => Self::Intact,
            LogStatus::UnprovenHashAgrees | LogStatus::UnprovenNoHashRecorded => Self::Unproved,
            LogStatus::ReferencedNotSupplied => Self::Absent,
            LogStatus::NotListedInAnyDigest => Self::Unnamed,
            LogStatus::ExtraDataAppended
            | LogStatus::Modified
            | LogStatus::Damaged
            | LogStatus::UnprovenHashDiffers => Self::Altered,
        }
    }
}

/// Logs by status.
type Counts = [u32; LogStatus::ALL.len()];

/// A row of the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its stream; `None` for logs of an account and region that no digest is of.
    pub stream: Option<u32>,
    /// Account and region, and the trail where there are several.
    pub name: String,
}

/// A cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// What is shown.
    pub state: State,
    logs: Counts,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// Its rows.
    pub rows: Vec<Row>,
    /// The first instant of the first column, in milliseconds since the epoch.
    pub from: i64,
    /// Milliseconds of a column.
    pub step: i64,
    /// How many columns.
    pub columns: usize,
    cells: Vec<Cell>,
    /// By log: its row, where there is one.
    row_of: Vec<Option<u32>>,
}

/// Milliseconds of an hour.
pub const HOUR: i64 = 3_600_000;

/// What a column may stand for.
const STEPS: [i64; 6] = [HOUR, 6 * HOUR, 24 * HOUR, 7 * 24 * HOUR, 28 * 24 * HOUR, 364 * 24 * HOUR];

impl Chart {
    /// Draws up the map, with at most so many columns.
    #[must_use]
    pub fn of(judgement: &Judgement, most: usize) -> Self {
        let most = most.max(1);
        let (mut rows, row_of) = rows(judgement);
        let intervals = || judgement.streams.iter().flat_map(|stream| &stream.intervals);
        let shown = judgement.logs.iter().zip(&row_of).filter_map(|(log, row)| row.and(log.delivered));
        let from = intervals().map(|interval| interval.from).chain(shown.clone()).min();
        let to = intervals().map(|interval| interval.to).chain(shown.map(|at| at.saturating_add(1))).max();
        let Some((from, to)) = from.zip(to) else {
            rows.clear();
            return Self { rows, step: HOUR, row_of, ..Self::default() };
        };
        let to = to.max(from.saturating_add(1));
        let count = |step: i64| to.saturating_sub(1).div_euclid(step) - from.div_euclid(step) + 1;
        let step = STEPS.into_iter().find(|step| count(*step) <= most as i64).unwrap_or_else(|| {
            // Digests of centuries are nobody's, but may be dropped.
            let year = STEPS[STEPS.len() - 1];
            (to.saturating_sub(from) / (most as i64 * year) + 2).saturating_mul(year)
        });
        let columns = count(step).clamp(1, most as i64) as usize;
        let mut chart = Self {
            cells: vec![Cell::default(); rows.len() * columns],
            rows,
            from: from.div_euclid(step).saturating_mul(step),
            step,
            columns,
            row_of,
        };
        for (row, stream) in judgement.streams.iter().enumerate() {
            for interval in &stream.intervals {
                let state = State::of_coverage(&interval.coverage);
                let (first, last) = chart.touched(interval);
                for cell in &mut chart.cells[row * columns + first..=row * columns + last] {
                    cell.state = cell.state.max(state);
                }
            }
        }
        for (at, log) in judgement.logs.iter().enumerate() {
            if let Some((row, delivered)) = chart.row_of[at].zip(log.delivered) {
                let column = chart.column(delivered);
                let cell = &mut chart.cells[row as usize * columns + column];
                cell.logs[log.status as usize] += 1;
                cell.state = cell.state.max(State::of_log(log.status));
            }
        }
        chart.without_an_empty_end();
        chart
    }

    /// A column at the end that only minutes of digests reach into, which show in the one before, is none.
    fn without_an_empty_end(&mut self) {
        let last = self.columns - 1;
        if last > 0 && self.cells.chunks(self.columns).all(|row| row[last] == Cell::default()) {
            self.cells = self.cells.chunks(self.columns).flat_map(|row| row[..last].iter().copied()).collect();
            self.columns = last;
        }
    }

    /// The column of an instant; the nearest, of one outside.
    #[must_use]
    pub fn column(&self, at: i64) -> usize {
        (at.saturating_sub(self.from).div_euclid(self.step)).clamp(0, self.columns.saturating_sub(1) as i64) as usize
    }

    /// The first instant of a column, and the first after it.
    #[must_use]
    pub fn span(&self, column: usize) -> (i64, i64) {
        let from = self.from.saturating_add(self.step.saturating_mul(column as i64));
        (from, from.saturating_add(self.step))
    }

    /// The first and last column that an interval shows in. Digests do not begin on the hour: a few minutes of one at its
    /// end would else make it stand in two.
    fn touched(&self, interval: &Interval) -> (usize, usize) {
        let (mut first, mut last) =
            (self.column(interval.from), self.column(interval.to.saturating_sub(1).max(interval.from)));
        let little = |part: i64| part.saturating_mul(4) < self.step;
        if first < last && little(self.span(first).1.saturating_sub(interval.from)) {
            first += 1;
        }
        if first < last && little(interval.to.saturating_sub(self.span(last).0)) {
            last -= 1;
        }
        (first, last)
    }

    /// The cell at a place.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        self.cells.get(row * self.columns + column).copied().unwrap_or_default()
    }

    /// How many cells have each state.
    #[must_use]
    pub fn counts(&self) -> [u64; State::ALL.len()] {
        let mut counts = [0; State::ALL.len()];
        self.cells.iter().for_each(|cell| counts[cell.state as usize] += 1);
        counts
    }

    /// The row of a log.
    #[must_use]
    pub fn row_of(&self, log: usize) -> Option<u32> {
        self.row_of.get(log).copied().flatten()
    }

    /// What a column stands for.
    #[must_use]
    pub fn column_name(&self) -> String {
        match self.step / HOUR {
            1 => "hour".to_owned(),
            6 => "six hours".to_owned(),
            24 => "day".to_owned(),
            168 => "week".to_owned(),
            hours => counted(hours as u64 / 24, "day", "days"),
        }
    }

    /// The intervals that show in a cell.
    fn intervals<'a>(&self, judgement: &'a Judgement, row: usize, column: usize) -> Vec<&'a Interval> {
        let stream = judgement.streams.get(row);
        let shows = |interval: &&Interval| {
            let (first, last) = self.touched(interval);
            (first..=last).contains(&column)
        };
        stream.iter().flat_map(|stream| &stream.intervals).filter(shows).collect()
    }

    /// What is known of a cell, in sentences; `span` writes a stretch of time.
    #[must_use]
    pub fn told(&self, judgement: &Judgement, row: usize, column: usize, span: impl Fn(i64, i64) -> String) -> String {
        let intervals = self.intervals(judgement, row, column);
        let (covered, others): (Vec<_>, Vec<_>) =
            intervals.into_iter().partition(|interval| matches!(interval.coverage, Coverage::Covered { .. }));
        let mut said = Vec::new();
        match covered.as_slice() {
            [] if others.is_empty() => said.push("No supplied digest covers this time.".to_owned()),
            [] => {}
            [one] => said.push(one.coverage.said()),
            many => {
                let named = |interval: &&&Interval| match interval.coverage {
                    Coverage::Covered { named, .. } => u64::from(named),
                    _ => 0,
                };
                let logs: u64 = many.iter().map(|interval| named(&interval)).sum();
                let silent = many.iter().filter(|interval| named(interval) == 0).count() as u64;
                let mut words =
                    format!("{} proved digests cover it and name {}", many.len(), counted(logs, "log", "logs"));
                if silent > 0 {
                    words.push_str(&format!("; {} that no log was delivered", counted(silent, "states", "state")));
                }
                said.push(words + ".");
            }
        }
        for interval in others.iter().take(3) {
            said.push(format!("{}: {}", span(interval.from, interval.to), interval.coverage.said()));
        }
        if others.len() > 3 {
            said.push(format!("{} more such stretches of time.", grouped(others.len() as u64 - 3)));
        }
        let logs = self.cell(row, column).logs;
        let known = LogStatus::ALL.into_iter().filter(|status| logs[*status as usize] > 0);
        let known: Vec<String> = known
            .map(|status| format!("{} {}", grouped(u64::from(logs[status as usize])), status.title().to_lowercase()))
            .collect();
        if !known.is_empty() {
            said.push(format!("Logs delivered in it: {}.", known.join(", ")));
        }
        said.join(" ")
    }
}

/// The rows, and the row of each log.
fn rows(judgement: &Judgement) -> (Vec<Row>, Vec<Option<u32>>) {
    let mut trails: HashMap<(&str, &str, bool), u32> = HashMap::new();
    for stream in &judgement.streams {
        *trails.entry((&stream.id.account, &stream.id.region, stream.id.backfill)).or_default() += 1;
    }
    let name = |stream: &crate::integrity::verdict::Stream| {
        let id = &stream.id;
        words::stream_name(id, trails[&(id.account.as_str(), id.region.as_str(), id.backfill)] > 1)
    };
    let streams = judgement.streams.iter().enumerate();
    let mut rows: Vec<Row> = streams.map(|(at, stream)| Row { stream: Some(at as u32), name: name(stream) }).collect();
    let mut by_place: HashMap<(&str, &str), u32> = HashMap::new();
    // A log that no digest names is in none of them; it stands with the first that is of its account and region.
    for (at, stream) in judgement.streams.iter().enumerate().filter(|(_, stream)| !stream.id.backfill) {
        by_place.entry((&stream.id.account, &stream.id.region)).or_insert(at as u32);
    }
    let stream_of = |log: &LogVerdict| judgement.digests.get(log.digest? as usize)?.stream;
    let mut strays: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let place = |log: &LogVerdict| {
        stream_of(log).or_else(|| by_place.get(&(log.account.as_str(), log.region.as_str())).copied())
    };
    for log in judgement.logs.iter().filter(|log| place(log).is_none() && log.delivered.is_some()) {
        strays.insert((&log.account, &log.region), 0);
    }
    for ((account, region), row) in &mut strays {
        *row = rows.len() as u32;
        rows.push(Row { stream: None, name: format!("{account} {region}") });
    }
    let stray = |log: &LogVerdict| strays.get(&(log.account.as_str(), log.region.as_str())).copied();
    let row_of = judgement.logs.iter().map(|log| place(log).or_else(|| stray(log))).collect();
    (rows, row_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrity::names::StreamId;
    use crate::integrity::verdict::{DigestVerdict, Stream};

    const MINUTE: i64 = 60_000;

    fn covered(named: u32) -> Coverage {
        Coverage::Covered { named, unchanged: named, altered: 0, absent: 0 }
    }

    fn judgement() -> Judgement {
        let hour = |at: i64, coverage| Interval {
            from: at * HOUR + 4 * MINUTE,
            to: (at + 1) * HOUR + 4 * MINUTE,
            coverage,
            digest: 0,
        };
        let hole = Coverage::Hole {
            points_at: crate::integrity::Object::default(),
            supplied: false,
            estimate: 1,
            open: false,
        };
        let intervals = vec![
            hour(0, covered(2)),
            hour(1, covered(0)),
            hour(2, hole),
            hour(3, covered(1)),
            hour(4, Coverage::Unproved),
        ];
        let id = StreamId { account: "1".to_owned(), region: "r".to_owned(), ..StreamId::default() };
        let log = |at: i64, status, digest: Option<u32>, region: &str| LogVerdict {
            status,
            digest,
            delivered: Some(at * HOUR + 10 * MINUTE),
            account: "1".to_owned(),
            region: region.to_owned(),
            ..LogVerdict::default()
        };
        Judgement {
            digests: vec![DigestVerdict { stream: Some(0), ..DigestVerdict::default() }],
            streams: vec![Stream { id, intervals, ..Stream::default() }],
            logs: vec![
                log(0, LogStatus::Authentic, Some(0), "r"),
                log(0, LogStatus::Authentic, Some(0), "r"),
                log(3, LogStatus::Modified, Some(0), "r"),
                log(2, LogStatus::NotListedInAnyDigest, None, "elsewhere"),
            ],
            ..Judgement::default()
        }
    }

    #[test]
    fn every_hour_has_its_state_and_silence_is_none_of_the_others() {
        let chart = Chart::of(&judgement(), 90);
        assert_eq!((chart.rows.len(), chart.columns, chart.step), (2, 5, HOUR));
        let states = |row| (0..chart.columns).map(|column| chart.cell(row, column).state).collect::<Vec<_>>();
        assert_eq!(states(0), [State::Intact, State::Silent, State::Hole, State::Altered, State::Unproved]);
        assert_eq!(states(1), [State::Nothing, State::Nothing, State::Unnamed, State::Nothing, State::Nothing]);
        assert_eq!(chart.counts().iter().sum::<u64>(), 10);
        let told = |row, column| chart.told(&judgement(), row, column, |_, _| "then".to_owned());
        assert!(told(0, 0).ends_with("Logs delivered in it: 2 unchanged."), "{}", told(0, 0));
        assert!(told(0, 1).contains("states that no log was delivered"), "{}", told(0, 1));
        assert!(told(1, 0).starts_with("No supplied digest covers"), "{}", told(1, 0));
        assert!(told(0, 2).starts_with("then: Hole"), "{}", told(0, 2));
    }

    #[test]
    fn a_long_case_has_no_more_columns_than_there_is_room_for() {
        let mut judgement = judgement();
        let chart = Chart::of(&judgement, 2);
        assert_eq!((chart.columns, chart.step, chart.cell(0, 0).state), (1, 6 * HOUR, State::Altered));
        for (from, to) in [(0, 400 * HOUR), (0, i64::MAX), (i64::MIN, i64::MAX), (i64::MIN, 0)] {
            judgement.streams[0].intervals[0].from = from;
            judgement.streams[0].intervals[0].to = to;
            let chart = Chart::of(&judgement, 90);
            assert!((1..=90).contains(&chart.columns), "{from} {to}: {}", chart.columns);
        }
        assert!(Chart::of(&Judgement::default(), 90).rows.is_empty());
    }

    #[test]
    fn minutes_at_the_end_are_no_column() {
        let mut judgement = judgement();
        let columns = Chart::of(&judgement, 90).columns;
        let last = judgement.streams[0].intervals.iter_mut().max_by_key(|interval| interval.to).unwrap();
        last.to += 4 * 60_000;
        assert_eq!(Chart::of(&judgement, 90).columns, columns);
    }

    #[test]
    fn trails_are_named_where_there_are_several() {
        let mut judgement = judgement();
        judgement.streams.push(judgement.streams[0].clone());
        judgement.streams[0].id.trail = "a".to_owned();
        judgement.streams[1].id.trail = "b".to_owned();
        let chart = Chart::of(&judgement, 90);
        assert!(chart.rows[0].name.starts_with("1 r a"), "{:?}", chart.rows);
        assert_eq!(chart.rows[2].name, "1 elsewhere");
    }
}
