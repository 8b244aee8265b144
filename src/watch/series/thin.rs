//! Points thinned to what can be seen: of each pixel column the least and the greatest, so that no spike is lost.

use crate::watch::graph::Stretch;
use std::ops::Range;

/// Thins rising points for a chart of `columns` pixel columns between two instants (milliseconds since the epoch); points outside
/// of them fall into columns as wide. A distance of more than one and a half periods is a gap, if it can be seen. `columns` 0: all
/// points.
#[must_use]
pub fn thin(points: &[(i64, f64)], period: i64, range: &Range<i64>, columns: u32) -> Stretch {
    let mut out = Stretch::default();
    let wide = if columns == 0 { 0.0 } else { (range.end - range.start).max(1) as f64 / f64::from(columns) };
    let gap = (period as f64 * 1.5).max(wide);
    let few = columns == 0 || points.len() <= 2 * columns as usize;
    let column = |time: i64| if few { 0 } else { ((time - range.start) as f64 / wide).floor() as i64 };
    let mut at = 0;
    let mut before: Option<i64> = None;
    while let Some(&first) = points.get(at) {
        if before.is_some_and(|before| (first.0 - before) as f64 > gap) {
            out.breaks.push(out.points.len() as u32);
        }
        if few {
            out.points.push(first);
            before = Some(first.0);
            at += 1;
            continue;
        }
        let place = column(first.0);
        let (mut least, mut most) = (first, first);
        let mut last = first.0;
        at += 1;
        // A gap that is seen is wider than a column, so none lies inside of one.
        while let Some(&next) = points.get(at).filter(|next| column(next.0) == place) {
            if next.1 < least.1 {
                least = next;
            }
            if next.1 > most.1 {
                most = next;
            }
            last = next.0;
            at += 1;
        }
        before = Some(last);
        let (one, two) = if least.0 <= most.0 { (least, most) } else { (most, least) };
        out.points.push(one);
        if one.0 != two.0 {
            out.points.push(two);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_among_a_million_is_kept() {
        let mut points: Vec<(i64, f64)> = (0..1_000_000).map(|at| (at * 60_000, 1.0)).collect();
        points[654_321].1 = 99.0;
        points[12_345].1 = -7.0;
        let thinned = thin(&points, 60_000, &(0..60_000_000_000), 1_000);
        assert!(thinned.points.len() <= 2_000 && thinned.breaks.is_empty());
        assert!(
            thinned.points.contains(&(654_321 * 60_000, 99.0)) && thinned.points.contains(&(12_345 * 60_000, -7.0))
        );
        assert!(thinned.points.is_sorted_by_key(|&(time, _)| time));
    }

    #[test]
    fn gaps_that_can_be_seen_break_the_line() {
        let points = [(0, 1.0), (60, 2.0), (240, 3.0), (300, 4.0), (420, 5.0)];
        let all = thin(&points, 60, &(0..480), 0);
        assert_eq!((all.points.len(), all.breaks.as_slice()), (5, &[2, 4][..]));
        assert_eq!(all.pieces().map(<[_]>::len).collect::<Vec<_>>(), [2, 2, 1]);
        // A column of 240: the gaps are narrower than it.
        let narrow = thin(&points, 60, &(0..480), 2);
        assert_eq!((narrow.points.len(), narrow.breaks.len()), (4, 0), "{narrow:?}");
    }
}
