//! Samples of a value by period: what a metric filter makes of the events that it matches (`spec/FILTERPATTERN.md` 6), as
//! statistic sets, which add up exactly in whatever order.

use super::aggregate::each_value;
use super::message;
use super::predicate::Select;
use super::scan::Rows;
use super::spaces::{self, Spaces, Split};
use crate::store::{Row, Store};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// What is sampled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesOf {
    /// The value of each sample.
    pub value: Source,
    /// Length of a period in milliseconds, more than 0; periods begin at whole multiples of it since the epoch.
    pub period: i64,
    /// Names of dimensions, and where their values stand. A sample without all of them is none.
    pub dimensions: Vec<(String, Source)>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// The same for every event.
    Number(f64),
    /// A field of the record; of several values the first.
    Field(Select),
    /// A column of the message, split so.
    Column(Spaces, u32),
    /// The field of the message with this number, from 1, whatever the columns are.
    Place(u32),
}

/// A statistic set: samples of one period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Samples.
    pub samples: u64,
    /// Their sum, in an order-independent form; see [`Statistics::sum`].
    total: Total,
    /// The least.
    pub minimum: f64,
    /// The greatest.
    pub maximum: f64,
}

/// A sum that does not depend on the order of adding: ordinary numbers in fixed point, others beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Total {
    /// In units of 2⁻⁴⁰.
    fixed: i128,
    /// What is too large for that.
    large: f64,
}

/// 2⁴⁰.
const UNIT: f64 = 1_099_511_627_776.0;

/// 2⁸⁰: beyond it a number is not kept in fixed point.
const LARGE: f64 = 1.208_925_819_614_629_2e24;

impl Statistics {
    /// That of one sample.
    #[must_use]
    pub fn of(value: f64) -> Self {
        let small = value.abs() < LARGE;
        let total = Total {
            fixed: if small { (value * UNIT).round() as i128 } else { 0 },
            large: if small { 0.0 } else { value },
        };
        Self { samples: 1, total, minimum: value, maximum: value }
    }

    /// Adds another set's samples.
    pub fn merge(&mut self, other: &Self) {
        self.samples += other.samples;
        self.total.fixed = self.total.fixed.saturating_add(other.total.fixed);
        self.total.large += other.total.large;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
    }

    /// The sum of the samples.
    #[must_use]
    pub fn sum(&self) -> f64 {
        // Whole numbers come out whole.
        let whole = (self.total.fixed >> 40) as f64;
        let rest = (self.total.fixed & ((1 << 40) - 1)) as f64 / UNIT;
        whole + rest + self.total.large
    }

    /// The mean of the samples.
    #[must_use]
    pub fn average(&self) -> f64 {
        self.sum() / self.samples as f64
    }
}

/// Periods in their order: start in milliseconds since the epoch, and samples.
pub type Points = Vec<(i64, Statistics)>;

/// Samples by values of dimensions and by period, and what gave none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Events looked at.
    pub events: u64,
    /// Of them, without a time.
    pub undated: u64,
    /// Without the value, or where it is no number.
    pub without_value: u64,
    /// Without one of the dimensions.
    pub without_dimension: u64,
    /// The samples: values of the dimensions in the order asked for, and for each its periods (start in milliseconds since
    /// the epoch) in their order. In the order of the values.
    pub parts: Vec<(Vec<String>, Points)>,
}

impl Series {
    /// Adds what another shard has.
    pub fn merge(&mut self, other: Self) {
        self.events += other.events;
        self.undated += other.undated;
        self.without_value += other.without_value;
        self.without_dimension += other.without_dimension;
        for (dimensions, points) in other.parts {
            match self.parts.binary_search_by(|(known, _)| known.cmp(&dimensions)) {
                Err(at) => self.parts.insert(at, (dimensions, points)),
                Ok(at) => {
                    let known = &mut self.parts[at].1;
                    known.extend(points);
                    known.sort_by_key(|&(start, _)| start);
                    known.dedup_by(|next, kept| {
                        let same = next.0 == kept.0;
                        if same {
                            kept.1.merge(&next.1);
                        }
                        same
                    });
                }
            }
        }
    }

    /// The samples of all dimensions together, by period.
    #[must_use]
    pub fn together(&self) -> Points {
        let mut all = Self::default();
        for (_, points) in &self.parts {
            all.merge(Self { parts: vec![(Vec::new(), points.clone())], ..Self::default() });
        }
        all.parts.pop().map(|(_, points)| points).unwrap_or_default()
    }
}

/// A sample: its time in milliseconds since the epoch, and its value.
pub type Sample = (i64, f64);

/// Samples one by one: values of the dimensions in the order asked for, and for each its samples (time in milliseconds since the
/// epoch, value) in the order of time, then value. In the order of the values of the dimensions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Samples {
    /// See above.
    pub parts: Vec<(Vec<String>, Vec<Sample>)>,
}

impl Samples {
    /// Adds what another shard has.
    pub fn merge(&mut self, other: Self) {
        for (dimensions, samples) in other.parts {
            match self.parts.binary_search_by(|(known, _)| known.cmp(&dimensions)) {
                Err(at) => self.parts.insert(at, (dimensions, samples)),
                Ok(at) => {
                    self.parts[at].1.extend(samples);
                    in_order(&mut self.parts[at].1);
                }
            }
        }
    }
}

fn in_order(samples: &mut [(i64, f64)]) {
    samples.sort_unstable_by(|(a, low), (b, high)| a.cmp(b).then(low.total_cmp(high)));
}

/// The samples of a value over rows, one by one; the period says nothing here.
#[must_use]
pub(super) fn samples(store: &Store, rows: &Rows, of: &SeriesOf) -> Samples {
    let value = Numbers::new(store, rows, &of.value);
    let dimensions: Vec<Texts> = of.dimensions.iter().map(|(_, source)| Texts::new(store, rows, source)).collect();
    let mut parts: HashMap<Vec<String>, Vec<(i64, f64)>> = HashMap::new();
    for row in rows.ones().map(|row| row as Row) {
        let texts: Option<Vec<String>> = dimensions.iter().map(|values| values.get(row)).collect();
        if let (Some(number), Some(texts), Some(time)) = (value.get(row), texts, store.hot().time(row)) {
            parts.entry(texts).or_default().push((time, number));
        }
    }
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.iter_mut().for_each(|(_, samples)| in_order(samples));
    parts.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Samples { parts }
}

/// The number that a text is; that of a log may have blanks around it.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    // `inf`, `nan` and the like are words in a log.
    let begins = text.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit() || c == '.');
    text.parse::<f64>().ok().filter(|number| begins && number.is_finite())
}

/// Samples a value over rows.
#[must_use]
pub(super) fn series(store: &Store, rows: &Rows, of: &SeriesOf) -> Series {
    let mut series = Series { events: rows.count_ones(..) as u64, ..Series::default() };
    let value = Numbers::new(store, rows, &of.value);
    let dimensions: Vec<Texts> = of.dimensions.iter().map(|(_, source)| Texts::new(store, rows, source)).collect();
    let period = of.period.max(1);
    let mut parts: HashMap<Vec<String>, HashMap<i64, Statistics>> = HashMap::new();
    // Most filters count, without dimensions: one map, and the period before is often this one's.
    let mut plain: HashMap<i64, Statistics> = HashMap::new();
    let mut last: Option<(i64, Statistics)> = None;
    for row in rows.ones() {
        let row = row as Row;
        let Some(number) = value.get(row) else {
            series.without_value += 1;
            continue;
        };
        let texts: Option<Vec<String>> = dimensions.iter().map(|values| values.get(row)).collect();
        let Some(texts) = texts else {
            series.without_dimension += 1;
            continue;
        };
        let Some(time) = store.hot().time(row) else {
            series.undated += 1;
            continue;
        };
        let start = time.div_euclid(period) * period;
        let sample = Statistics::of(number);
        if texts.is_empty() {
            match &mut last {
                Some((known, sum)) if *known == start => sum.merge(&sample),
                _ => {
                    if let Some((start, sum)) = last.replace((start, sample)) {
                        add(&mut plain, start, &sum);
                    }
                }
            }
            continue;
        }
        add(parts.entry(texts).or_default(), start, &sample);
    }
    if let Some((start, sum)) = last {
        add(&mut plain, start, &sum);
    }
    if !plain.is_empty() {
        parts.insert(Vec::new(), plain);
    }
    series.parts = parts
        .into_iter()
        .map(|(texts, points)| {
            let mut points: Vec<_> = points.into_iter().collect();
            points.sort_unstable_by_key(|&(start, _)| start);
            (texts, points)
        })
        .collect();
    series.parts.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    series
}

fn add(points: &mut HashMap<i64, Statistics>, start: i64, sample: &Statistics) {
    points.entry(start).and_modify(|sum| sum.merge(sample)).or_insert(*sample);
}

/// Calls `each` with the text of a source in every row that has it, more than once where a field has several values.
fn each_text(store: &Store, rows: &Rows, source: &Source, mut each: impl FnMut(Row, &str)) {
    match source {
        Source::Number(number) => {
            let text = number.to_string();
            rows.ones().for_each(|row| each(row as Row, &text));
        }
        Source::Field(select) => each_value(store, rows, select, &mut |value, row| match value.known_text(store) {
            Some(text) => each(row, text),
            None => each(row, &value.text(store)),
        }),
        Source::Column(of, column) => {
            // An expression that does not compile was refused where it was typed.
            let Ok(split) = Split::new(of) else { return };
            message::each(store, rows, |row, text| {
                if let Some(text) = split.column(text, *column as usize) {
                    each(row, text);
                }
            });
        }
        Source::Place(place) => message::each(store, rows, |row, text| {
            let field = (*place as usize).checked_sub(1).and_then(|at| spaces::fields(text).get(at).copied());
            if let Some(field) = field {
                each(row, field.text);
            }
        }),
    }
}

/// The numbers of a source by row.
enum Numbers {
    Same(f64),
    /// NaN where there is none.
    Each(Vec<f64>),
}

impl Numbers {
    fn new(store: &Store, rows: &Rows, source: &Source) -> Self {
        if let Source::Number(number) = source {
            return Self::Same(*number);
        }
        let mut numbers = vec![f64::NAN; store.rows() as usize];
        let mut seen = Rows::with_capacity(store.rows() as usize);
        each_text(store, rows, source, |row, text| {
            if !seen.put(row as usize) {
                numbers[row as usize] = number(text).unwrap_or(f64::NAN);
            }
        });
        Self::Each(numbers)
    }

    fn get(&self, row: Row) -> Option<f64> {
        match self {
            Self::Same(number) => Some(*number),
            Self::Each(numbers) => Some(numbers[row as usize]).filter(|number| !number.is_nan()),
        }
    }
}

/// The texts of a source by row.
struct Texts(HashMap<Row, String>);

impl Texts {
    fn new(store: &Store, rows: &Rows, source: &Source) -> Self {
        let mut texts = HashMap::new();
        each_text(store, rows, source, |row, text| {
            texts.entry(row).or_insert_with(|| text.to_owned());
        });
        Self(texts)
    }

    fn get(&self, row: Row) -> Option<String> {
        self.0.get(&row).filter(|text| !text.is_empty()).cloned()
    }
}

/// The first text of a source in each of some rows; of one with more than `longest` characters its beginning.
pub(crate) fn texts(store: &Store, rows: &[Row], source: &Source, longest: usize) -> Vec<Option<String>> {
    let mut wanted = Rows::with_capacity(store.rows() as usize);
    rows.iter().for_each(|&row| wanted.insert(row as usize));
    let mut texts: HashMap<Row, String> = HashMap::with_capacity(rows.len());
    each_text(store, &wanted, source, |row, text| {
        texts.entry(row).or_insert_with(|| match text.char_indices().nth(longest) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        });
    });
    rows.iter().map(|row| texts.remove(row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_depend_on_the_order() {
        let values = [0.1, 1e22, -3.25, 7.0, 1e-9, 1e300, 12_345_678.9];
        let sum = |values: &mut dyn Iterator<Item = f64>| {
            values.map(Statistics::of).reduce(|mut sum, next| {
                sum.merge(&next);
                sum
            })
        };
        assert_eq!(sum(&mut values.into_iter()), sum(&mut values.into_iter().rev()));
        let whole = sum(&mut (1..=1_000).map(f64::from)).unwrap();
        assert_eq!((whole.sum(), whole.average(), whole.minimum, whole.maximum), (500_500.0, 500.5, 1.0, 1_000.0));
        assert_eq!(Statistics::of(-2.5).sum(), -2.5);
    }

    #[test]
    fn numbers_of_texts() {
        for (text, value) in [
            ("5", Some(5.0)),
            (" 1e3\n", Some(1_000.0)),
            ("-.5", Some(-0.5)),
            ("nan", None),
            ("inf", None),
            ("12ms", None),
            ("", None),
            ("1e999", None),
        ] {
            assert_eq!(number(text), value, "{text}");
        }
    }
}
