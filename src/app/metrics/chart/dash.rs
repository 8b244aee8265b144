//! Dashes along the time axis: a curve is cut where a column of pixels is left out, and never where it rises or falls steeply, so
//! that a spike is not lost between two dashes and a noisy curve is not a hundred thousand of them.

/// A point of a drawing, in pixels.
type Point = (i32, i32);

/// The parts of a curve that are drawn, when `on` pixels are followed by `off` that are not. Points must go from left to right.
#[must_use]
pub fn dashes(points: &[Point], on: i32, off: i32) -> Vec<Vec<Point>> {
    let mut parts = Parts::default();
    let period = on + off;
    for pair in points.windows(2) {
        let [a, b] = [pair[0], pair[1]];
        let (wide, high) = (b.0 - a.0, b.1 - a.1);
        if high.abs() > wide {
            parts.line(a, b);
            continue;
        }
        let at = |x: i32| {
            let share = if wide == 0 { 0.0 } else { f64::from(x - a.0) / f64::from(wide) };
            (x, a.1 + (share * f64::from(high)).round() as i32)
        };
        let mut x = a.0;
        while x < b.0 {
            let begun = x.div_euclid(period) * period;
            let (dark, next) = (begun + on, begun + period);
            if x < dark {
                parts.line(at(x), at(dark.min(b.0)));
            }
            x = next;
        }
    }
    parts.0
}

#[derive(Default)]
struct Parts(Vec<Vec<Point>>);

impl Parts {
    /// One more stretch of the line, at the end of the last where that ends.
    fn line(&mut self, from: Point, to: Point) {
        match self.0.last_mut() {
            Some(last) if last.last() == Some(&from) => last.push(to),
            _ => self.0.push(vec![from, to]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_line_is_cut_at_the_same_columns_whatever_its_points() {
        let parts = vec![vec![(0, 5), (7, 5)], vec![(11, 5), (18, 5)], vec![(22, 5), (25, 5)]];
        assert_eq!(dashes(&[(0, 5), (25, 5)], 7, 4), parts);
        let cut = dashes(&[(0, 5), (9, 5), (13, 5), (25, 5)], 7, 4);
        assert_eq!(cut, [vec![(0, 5), (7, 5)], vec![(11, 5), (13, 5), (18, 5)], vec![(22, 5), (25, 5)]]);
    }

    #[test]
    fn a_spike_between_two_dashes_is_drawn() {
        let parts = dashes(&[(0, 90), (9, 90), (9, 10), (10, 90), (30, 90)], 7, 4);
        assert!(parts.contains(&vec![(9, 90), (9, 10), (10, 90)]), "{parts:?}");
    }

    #[test]
    fn a_noisy_curve_stays_one_line() {
        let noisy: Vec<Point> = (0..1000).map(|x| (x, if x % 2 == 0 { 10 } else { 200 })).collect();
        assert_eq!(dashes(&noisy, 7, 4), [noisy]);
    }
}
