//! Choosing what to read, from the paths of files alone: which accounts, regions, kinds of log and days there are, how many
//! files and bytes each has, and which files a selection takes.

mod path;

pub use path::{Day, KINDS, OTHER, Told, told};

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A drop of this many files is offered for choosing, if its paths say anything. Fewer are read sooner than a person could
/// have chosen among them.
pub const ENOUGH: usize = 1_000;

/// The columns of values to choose among; days are beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The account that the events are of.
    Account,
    /// The region.
    Region,
    /// The kind of log.
    Kind,
}

impl Column {
    /// All of them, as they are shown.
    pub const ALL: [Self; 3] = [Self::Account, Self::Region, Self::Kind];

    fn of(self, told: &Told) -> &str {
        match self {
            Self::Account => &told.account,
            Self::Region => &told.region,
            Self::Kind => told.kind,
        }
    }
}

/// What a person selected. Starts as everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// By column: `None` is every value, also those that are still to be found.
    columns: [Option<BTreeSet<String>>; 3],
    /// First and last day; `None`: all.
    days: Option<(Day, Day)>,
    /// Also the files whose path says no day.
    undated: bool,
}

impl Default for Selection {
    fn default() -> Self {
        Self { columns: [None, None, None], days: None, undated: true }
    }
}

impl Selection {
    /// Whether it leaves nothing out.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a value of a column is selected; the empty one is that of paths that do not say.
    #[must_use]
    pub fn has(&self, column: Column, value: &str) -> bool {
        self.columns[column as usize].as_ref().is_none_or(|some| some.contains(value))
    }

    /// Whether every value of a column is.
    #[must_use]
    pub fn has_all(&self, column: Column) -> bool {
        self.columns[column as usize].is_none()
    }

    /// Selects a value that was not, and the other way round. `all`: the values that the column has.
    pub fn toggle<'a>(&mut self, column: Column, value: &str, all: impl Iterator<Item = &'a str>) {
        let all: BTreeSet<String> = all.map(str::to_owned).collect();
        let mut some = self.columns[column as usize].take().unwrap_or_else(|| all.clone());
        if !some.remove(value) {
            some.insert(value.to_owned());
        }
        self.columns[column as usize] = (!all.is_subset(&some)).then_some(some);
    }

    /// Selects one value alone.
    pub fn only(&mut self, column: Column, value: &str) {
        self.columns[column as usize] = Some(BTreeSet::from([value.to_owned()]));
    }

    /// Selects every value of a column, or none.
    pub fn every(&mut self, column: Column, selected: bool) {
        self.columns[column as usize] = (!selected).then(BTreeSet::new);
    }

    /// The first and the last day, where not all are selected.
    #[must_use]
    pub fn days(&self) -> Option<(Day, Day)> {
        self.days
    }

    /// Selects the days from one to another, whichever comes first, or all of them.
    pub fn set_days(&mut self, days: Option<(Day, Day)>) {
        self.days = days.map(|(from, to)| (from.min(to), from.max(to)));
    }

    /// Whether files are taken whose path says no day.
    #[must_use]
    pub fn undated(&self) -> bool {
        self.undated
    }

    /// Takes files whose path says no day, or not.
    pub fn set_undated(&mut self, taken: bool) {
        self.undated = taken;
    }

    fn has_day(&self, day: Option<Day>) -> bool {
        match (day, self.days) {
            (None, _) => self.undated,
            (Some(day), Some((from, to))) => from <= day && day <= to,
            (Some(_), None) => true,
        }
    }

    /// Whether it takes a file of which the path tells this.
    #[must_use]
    pub fn takes(&self, told: &Told) -> bool {
        self.has_day(told.day) && Column::ALL.into_iter().all(|column| self.has(column, column.of(told)))
    }
}

/// A number of files, and of bytes as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Files.
    pub files: u32,
    /// Their bytes, where known.
    pub bytes: u64,
    /// Files whose size is not known yet.
    pub unsized_files: u32,
}

impl Tally {
    fn add(&mut self, bytes: Option<u64>) {
        self.files += 1;
        match bytes {
            Some(bytes) => self.bytes += bytes,
            None => self.unsized_files += 1,
        }
    }
}

/// A value that files can be chosen by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What the paths say; empty for those that do not say.
    pub name: String,
    /// The files that have it, among those that the *other* columns select: the selected values of any one column add up
    /// to what will be read.
    pub tally: Tally,
    /// All files that have it.
    pub of: u32,
    /// Whether it is selected.
    pub selected: bool,
}

/// All that there is to choose from, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All files.
    pub all: Tally,
    /// Those selected.
    pub chosen: Tally,
    /// By column: values, the commonest first; paths that do not say last.
    pub columns: [Vec<Value>; 3],
    /// The days that paths say, in order, with the files that the other columns select.
    pub days: Vec<(Day, Tally)>,
    /// Files whose path says no day, like [`Value::tally`]; and all of them.
    pub undated: (Tally, u32),
}

/// The files offered.
#[derive(Debug, Default)]
pub struct Choice {
    names: [Names; 3],
    files: Vec<Line>,
}

#[derive(Debug, Default)]
struct Names {
    list: Vec<String>,
    known: HashMap<String, u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.known.get(name) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.list.push(name.to_owned());
        self.known.insert(name.to_owned(), number);
        number
    }
}

#[derive(Debug)]
struct Line {
    file: u32,
    values: [u32; 3],
    day: Option<Day>,
    bytes: Option<u64>,
}

impl Choice {
    /// Adds a file; numbers must rise.
    pub fn add(&mut self, file: u32, path: &str, bytes: Option<u64>) {
        let told = told(path);
        let values = Column::ALL.map(|column| self.names[column as usize].number(column.of(&told)));
        self.files.push(Line { file, values, day: told.day, bytes });
    }

    /// The size of a file was found.
    pub fn sized(&mut self, file: u32, bytes: u64) {
        if let Ok(at) = self.files.binary_search_by_key(&file, |line| line.file) {
            self.files[at].bytes = Some(bytes);
        }
    }

    /// The files there are.
    pub fn files(&self) -> impl Iterator<Item = u32> {
        self.files.iter().map(|line| line.file)
    }

    /// The files, and for each whether a selection takes it.
    pub fn chosen(&self, selection: &Selection) -> impl Iterator<Item = (u32, bool)> {
        let masks = self.masks(selection);
        self.files.iter().map(move |line| {
            let takes =
                Column::ALL.into_iter().all(|column| masks[column as usize][line.values[column as usize] as usize]);
            (line.file, takes && selection.has_day(line.day))
        })
    }

    fn masks(&self, selection: &Selection) -> [Vec<bool>; 3] {
        Column::ALL.map(|column| {
            self.names[column as usize].list.iter().map(|name| selection.has(column, name)).collect::<Vec<_>>()
        })
    }

    /// Counts everything under a selection.
    #[must_use]
    pub fn count(&self, selection: &Selection) -> Counts {
        let masks = self.masks(selection);
        let mut counts = Counts::default();
        let mut tallies = [0, 1, 2].map(|column: usize| vec![(Tally::default(), 0_u32); masks[column].len()]);
        let mut days: BTreeMap<Day, Tally> = BTreeMap::new();
        for line in &self.files {
            counts.all.add(line.bytes);
            let has = [0, 1, 2].map(|column: usize| masks[column][line.values[column] as usize]);
            let has_day = selection.has_day(line.day);
            let missed = has.iter().filter(|has| !**has).count() + usize::from(!has_day);
            if missed == 0 {
                counts.chosen.add(line.bytes);
            }
            for column in 0..3 {
                let (tally, of) = &mut tallies[column][line.values[column] as usize];
                *of += 1;
                // All the others select it: its own value alone may not.
                if missed == usize::from(!has[column]) {
                    tally.add(line.bytes);
                }
            }
            let others = missed == usize::from(!has_day);
            match line.day {
                Some(day) => {
                    let tally = days.entry(day).or_default();
                    if others {
                        tally.add(line.bytes);
                    }
                }
                None => {
                    counts.undated.1 += 1;
                    if others {
                        counts.undated.0.add(line.bytes);
                    }
                }
            }
        }
        counts.days = days.into_iter().collect();
        for (column, tallies) in tallies.into_iter().enumerate() {
            let values = tallies.into_iter().zip(&self.names[column].list).zip(&masks[column]);
            let mut values: Vec<Value> = values
                .map(|(((tally, of), name), &selected)| Value { name: name.clone(), tally, of, selected })
                .collect();
            values.sort_by(|a, b| (a.name.is_empty(), b.of, &a.name).cmp(&(b.name.is_empty(), a.of, &b.name)));
            counts.columns[column] = values;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn choice() -> Choice {
        let mut choice = Choice::default();
        let paths = [
            "AWSLogs/111111111111/CloudTrail/us-east-1/2024/03/01/111111111111_CloudTrail_us-east-1_20240301T0005Z_a.json.gz",
            "AWSLogs/111111111111/CloudTrail/eu-west-1/2024/03/01/111111111111_CloudTrail_eu-west-1_20240301T0010Z_b.json.gz",
            "AWSLogs/111111111111/CloudTrail/us-east-1/2024/03/04/111111111111_CloudTrail_us-east-1_20240304T0010Z_c.json.gz",
            "AWSLogs/222222222222/CloudTrail-Digest/us-east-1/2024/03/04/222222222222_CloudTrail-Digest_us-east-1_t_us-east-1_20240304T010404Z.json.gz",
            "notes/readme.txt",
        ];
        for (file, path) in paths.into_iter().enumerate() {
            choice.add(file as u32 * 2, path, (file != 1).then_some(100));
        }
        choice
    }

    fn values(counts: &Counts, column: Column) -> Vec<(&str, u32, bool)> {
        counts.columns[column as usize]
            .iter()
            .map(|value| (value.name.as_str(), value.tally.files, value.selected))
            .collect()
    }

    #[test]
    fn everything_is_selected_at_first() {
        let choice = choice();
        let counts = choice.count(&Selection::default());
        assert_eq!(counts.all, Tally { files: 5, bytes: 400, unsized_files: 1 });
        assert_eq!(counts.chosen, counts.all);
        assert_eq!(
            values(&counts, Column::Account),
            [("111111111111", 3, true), ("222222222222", 1, true), ("", 1, true)]
        );
        assert_eq!(
            values(&counts, Column::Kind),
            [("CloudTrail", 3, true), ("CloudTrail-Digest", 1, true), ("", 1, true)]
        );
        let days: Vec<(Day, u32)> = counts.days.iter().map(|(day, tally)| (*day, tally.files)).collect();
        assert_eq!(days, [(day("2024-03-01"), 2), (day("2024-03-04"), 2)]);
        assert_eq!(counts.undated.1, 1);
        assert!(choice.chosen(&Selection::default()).all(|(_, taken)| taken));
    }

    #[test]
    fn selected_values_of_any_column_add_up_to_what_is_read() {
        let mut choice = choice();
        let mut selection = Selection::default();
        selection.only(Column::Region, "us-east-1");
        selection.set_days(Some((day("2024-03-04"), day("2024-03-04"))));
        let counts = choice.count(&selection);
        // Whatever is selected, a path without a day stays until it is left out itself; its region is not the one wanted.
        assert_eq!(counts.chosen, Tally { files: 2, bytes: 200, unsized_files: 0 });
        for column in Column::ALL {
            let sum: u32 = values(&counts, column).iter().filter(|value| value.2).map(|value| value.1).sum();
            assert_eq!(sum, 2, "{column:?}");
        }
        assert_eq!(values(&counts, Column::Region), [("us-east-1", 2, true), ("eu-west-1", 0, false), ("", 1, false)]);
        let days: Vec<u32> = counts.days.iter().map(|(_, tally)| tally.files).collect();
        assert_eq!(days, [1, 2]);
        let taken: Vec<u32> = choice.chosen(&selection).filter(|(_, taken)| *taken).map(|(file, _)| file).collect();
        assert_eq!(taken, [4, 6]);
        choice.sized(2, 50);
        assert_eq!(choice.count(&selection).all, Tally { files: 5, bytes: 450, unsized_files: 0 });
    }

    #[test]
    fn a_narrowed_column_takes_no_value_that_is_found_later() {
        let mut selection = Selection::default();
        selection.toggle(Column::Account, "1", ["1", "2", ""].into_iter());
        assert!(!selection.has(Column::Account, "1") && selection.has(Column::Account, "2"));
        assert!(!selection.has(Column::Account, "3") && !selection.has_all(Column::Account));
        selection.toggle(Column::Account, "1", ["1", "2", ""].into_iter());
        assert!(selection.is_everything() && selection.has(Column::Account, "3"));
        selection.every(Column::Kind, false);
        assert!(!selection.takes(&Told::default()));
        selection.every(Column::Kind, true);
        assert!(selection.takes(&Told::default()));
        selection.set_undated(false);
        assert!(!selection.takes(&Told::default()));
    }

    #[test]
    fn days_may_be_given_from_either_end() {
        let mut selection = Selection::default();
        selection.set_days(Some((day("2024-03-04"), day("2024-03-01"))));
        assert_eq!(selection.days(), Some((day("2024-03-01"), day("2024-03-04"))));
    }
}
