//! Arithmetic on lines: point by point, along one, across several.

use super::{Line, POINTS_MAX, Range};

/// The finite values.
pub(super) fn each(line: &[(i64, f64)], of: impl Fn(f64) -> f64) -> Line {
    line.iter().map(|&(time, value)| (time, of(value))).filter(|(_, value)| value.is_finite()).collect()
}

/// The times at which at least one of two lines has a point, with the value of each.
pub(super) fn both<'a>(
    a: &'a [(i64, f64)],
    b: &'a [(i64, f64)],
) -> impl Iterator<Item = (i64, Option<f64>, Option<f64>)> + 'a {
    let (mut left, mut right) = (0, 0);
    std::iter::from_fn(move || {
        let (one, two) = (a.get(left), b.get(right));
        let time = match (one, two) {
            (Some(one), Some(two)) => one.0.min(two.0),
            (Some(one), None) => one.0,
            (None, Some(two)) => two.0,
            (None, None) => return None,
        };
        let at = |point: Option<&(i64, f64)>| point.filter(|(known, _)| *known == time).map(|(_, value)| *value);
        let (one, two) = (at(one), at(two));
        left += usize::from(one.is_some());
        right += usize::from(two.is_some());
        Some((time, one, two))
    })
}

/// Two lines point by point: a missing point counts as 0 where the other has one; what is not finite is no point.
pub(super) fn combine(a: &[(i64, f64)], b: &[(i64, f64)], of: impl Fn(f64, f64) -> f64) -> Line {
    let values = both(a, b).map(|(time, a, b)| (time, of(a.unwrap_or(0.0), b.unwrap_or(0.0))));
    values.filter(|(_, value)| value.is_finite()).collect()
}

/// The values that several lines have at each time at which any has one: time, and the values there are.
pub(super) fn across(lines: &[&Line], mut of: impl FnMut(&[f64]) -> f64) -> Line {
    let mut all: Vec<(i64, f64)> = lines.iter().flat_map(|line| line.iter().copied()).collect();
    all.sort_by_key(|&(time, _)| time);
    let mut out = Line::new();
    let mut values = Vec::new();
    for points in all.chunk_by(|a, b| a.0 == b.0) {
        values.clear();
        values.extend(points.iter().map(|(_, value)| *value));
        let value = of(&values);
        if value.is_finite() {
            out.push((points[0].0, value));
        }
    }
    out
}

/// Something of each point and the one before it, which the first has not.
pub(super) fn along(line: &[(i64, f64)], of: impl Fn((i64, f64), (i64, f64)) -> f64) -> Line {
    let values = line.windows(2).map(|pair| (pair[1].0, of(pair[0], pair[1])));
    values.filter(|(_, value)| value.is_finite()).collect()
}

/// Starts of the periods in a range, in step with a point where there is one. `None` when they are too many.
pub(super) fn grid(range: Range, period: i64, point: Option<i64>) -> Option<Vec<i64>> {
    let period = period.max(1);
    let phase = point.unwrap_or(0).rem_euclid(period);
    let first = range.from.saturating_sub(phase).div_euclid(period).saturating_mul(period).saturating_add(phase);
    let first = if first < range.from { first.saturating_add(period) } else { first };
    let count = range.to.saturating_sub(first).max(0) as u64 / period as u64 + 1;
    if count > POINTS_MAX as u64 {
        return None;
    }
    Some((0..count as i64).map(|at| first + at * period).filter(|time| *time < range.to).collect())
}

/// How missing points are filled.
pub(super) enum Filling<'a> {
    Number(f64),
    Line(&'a Line),
    Repeat,
    Linear,
}

/// A line with points at all times of a grid where there may be some.
pub(super) fn fill(line: &Line, grid: &[i64], with: &Filling<'_>) -> Line {
    let empty: Line = grid.iter().map(|time| (*time, 0.0)).collect();
    let mut last: Option<(i64, f64)> = None;
    let mut next = 0;
    let other = |time: i64, line: &Line| line.binary_search_by_key(&time, |(time, _)| *time).ok().map(|at| line[at].1);
    both(line, &empty)
        .filter_map(|(time, value, _)| {
            if let Some(value) = value {
                last = Some((time, value));
                return last;
            }
            while line.get(next).is_some_and(|(known, _)| *known <= time) {
                next += 1;
            }
            let value = match with {
                Filling::Number(number) => Some(*number),
                Filling::Line(line) => other(time, line),
                Filling::Repeat => last.map(|(_, value)| value),
                Filling::Linear => last
                    .zip(line.get(next))
                    .map(|((from, a), (to, b))| a + (b - a) * (time - from) as f64 / (to - from) as f64),
            };
            value.map(|value| (time, value))
        })
        .collect()
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Of the whole population.
pub(super) fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}
