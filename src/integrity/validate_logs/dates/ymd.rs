//! Which of the numbers in a date is the year, the month and the day.

use super::days_in;
use super::words::{digits, int};

/// The numbers of a date in the order in which they came, and which of them is known to be what.
#[derive(Default)]
pub(super) struct Date {
    pub numbers: Vec<i64>,
    pub year: Option<usize>,
    pub month: Option<usize>,
    pub century: bool,
}

impl Date {
    pub(super) fn push(&mut self, token: &str) -> Option<()> {
        if digits(token) && token.len() > 2 {
            self.century = true;
            self.set_year()?;
        }
        self.numbers.push(int(token)?);
        Some(())
    }

    pub(super) fn push_number(&mut self, value: i64) -> Option<()> {
        if value > 100 {
            self.century = true;
            self.set_year()?;
        }
        self.numbers.push(value);
        Some(())
    }

    pub(super) fn push_month(&mut self, month: i64) -> Option<()> {
        self.month.is_none().then_some(())?;
        self.month = Some(self.numbers.len());
        self.numbers.push(month);
        Some(())
    }

    /// The next number is the year; there is only one.
    pub(super) fn set_year(&mut self) -> Option<()> {
        self.year.is_none().then_some(())?;
        self.year = Some(self.numbers.len());
        Some(())
    }

    pub(super) fn could_be_day(&self, value: f64) -> Option<bool> {
        let most = match (self.month, self.year) {
            (None, _) => 31,
            (Some(month), None) => days_in(2_000, self.numbers[month])?,
            (Some(month), Some(year)) => days_in(self.numbers[year], self.numbers[month])?,
        };
        Some(value >= 1.0 && value <= most as f64)
    }

    /// Year, month and day.
    pub(super) fn resolve(&self) -> Option<[Option<i64>; 3]> {
        let numbers = self.numbers.as_slice();
        if let (Some(year), Some(month), 3) = (self.year, self.month, numbers.len()) {
            return Some([Some(numbers[year]), Some(numbers[month]), Some(numbers[3 - year - month])]);
        }
        let known = usize::from(self.year.is_some()) + usize::from(self.month.is_some());
        if !numbers.is_empty() && known == numbers.len() {
            return Some([self.year.map(|at| numbers[at]), self.month.map(|at| numbers[at]), None]);
        }
        Some(match (numbers, self.month) {
            ([], _) => [None; 3],
            ([one], _) if *one > 31 => [Some(*one), None, None],
            ([one], _) => [None, None, Some(*one)],
            ([a, b], Some(month)) => {
                let (month, other) = if month == 0 { (*a, *b) } else { (*b, *a) };
                if other > 31 { [Some(other), Some(month), None] } else { [None, Some(month), Some(other)] }
            }
            ([a, b], None) if *a > 31 => [Some(*a), Some(*b), None],
            ([a, b], None) if *b > 31 => [Some(*b), Some(*a), None],
            ([a, b], None) => [None, Some(*a), Some(*b)],
            ([a, b, c], month) => {
                let [year, month, day] = match month {
                    Some(0) if *b > 31 => [b, a, c],
                    Some(0) => [c, a, b],
                    Some(1) if *a > 31 => [a, b, c],
                    Some(1) => [c, b, a],
                    Some(_) if *b > 31 => [b, c, a],
                    Some(_) => [a, c, b],
                    None if *a > 31 || self.year == Some(0) => [a, b, c],
                    None if *a > 12 => [c, b, a],
                    None => [c, a, b],
                };
                [Some(*year), Some(*month), Some(*day)]
            }
            _ => return None,
        })
    }
}
