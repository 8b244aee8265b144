//! Areas one on the other: a missing point adds nothing at its time.

use super::super::plots::Picture;
use super::scale::coloured;
use crate::watch::graph::Curve;
use std::collections::BTreeMap;

/// What lies between the curve below and its own, in pieces: time, lower and upper value.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Its line.
    pub line: usize,
    /// The number of its colour.
    pub place: usize,
    /// Its pieces.
    pub pieces: Vec<Vec<(i64, f64, f64)>>,
}

/// Time by which the points of all curves are brought together: where they were thinned a pixel column, of which each curve gives
/// its greatest value; else nothing.
fn column(all: &[(usize, usize, &Curve)], picture: &Picture) -> i64 {
    let thinned = all.iter().any(|(.., curve)| curve.summary.count as usize > curve.points.points.len());
    let most = all.iter().map(|(.., curve)| curve.points.points.len()).max().unwrap_or(0);
    // A thinned curve has two points a column, and as many before and behind the range as within it.
    if thinned { (picture.domain.length() * 2 / (most as i64 / 2).max(1)).max(1) } else { 1 }
}

/// The bands of a picture from below, of each axis by itself.
#[must_use]
pub fn bands(picture: &Picture) -> Vec<Band> {
    let mut all = Vec::new();
    for right in [false, true] {
        let curves: Vec<(usize, usize, &Curve)> =
            coloured(picture).filter(|(line, ..)| picture.graph.lines[*line].right == right).collect();
        let column = column(&curves, picture);
        let mut tops: BTreeMap<i64, f64> = BTreeMap::new();
        let place = |time: i64| time.div_euclid(column) * column;
        for (.., curve) in &curves {
            tops.extend(curve.points.points.iter().map(|(time, _)| (place(*time), 0.0)));
        }
        for (line, number, curve) in curves {
            let mut own: BTreeMap<i64, f64> = BTreeMap::new();
            for (time, value) in &curve.points.points {
                let known = own.entry(place(*time)).or_insert(f64::NEG_INFINITY);
                *known = known.max(*value);
            }
            // Where no curve has a point for long, nothing is drawn.
            let gap = curve.period.max(column) * 3 / 2;
            let mut pieces: Vec<Vec<(i64, f64, f64)>> = Vec::new();
            let mut before: Option<i64> = None;
            for (time, top) in &mut tops {
                let low = *top;
                let value = own.get(time).copied().unwrap_or(0.0);
                *top += value;
                if before.is_none_or(|before| time - before > gap) {
                    pieces.push(Vec::new());
                }
                before = Some(*time);
                if let Some(piece) = pieces.last_mut() {
                    piece.push((*time, low, *top));
                }
            }
            all.push(Band { line, place: number, pieces });
        }
    }
    all
}

/// The greatest sum of what is stacked, of the left and the right axis.
#[must_use]
pub fn tops(picture: &Picture) -> [f64; 2] {
    let mut tops = [0.0_f64; 2];
    for band in bands(picture) {
        let top = &mut tops[usize::from(picture.graph.lines[band.line].right)];
        for (time, _, high) in band.pieces.iter().flatten() {
            if picture.domain.from <= *time && *time < picture.domain.to {
                *top = top.max(*high);
            }
        }
    }
    tops
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::view::Span;
    use crate::watch::graph::{Drawing, Drawn, Form, Graph, Line, Of, Stretch, Summary};

    #[test]
    fn a_missing_point_adds_nothing() {
        let line = |id: &str| Line {
            id: id.to_owned(),
            of: Of::Math(String::new()),
            label: None,
            statistic: String::new(),
            period: None,
            right: false,
            hidden: false,
        };
        let drawn = |points: &[(i64, f64)]| {
            let curve = Curve {
                label: String::new(),
                metric: None,
                unit: None,
                statistic: None,
                period: 60,
                points: Stretch { points: points.to_vec(), breaks: Vec::new() },
                before: None,
                summary: Summary::of(points),
            };
            Ok(Drawn { curves: vec![curve], notes: Vec::new() })
        };
        let picture = Picture {
            graph: Graph { form: Form::Area, lines: vec![line("a"), line("b")], ..Graph::default() },
            drawing: Drawing { lines: vec![drawn(&[(0, 1.0), (60, 2.0)]), drawn(&[(60, 5.0), (120, 3.0)])] },
            domain: Span { from: 0, to: 180 },
            margin: 0,
        };
        let bands = bands(&picture);
        assert_eq!(bands[0].pieces, [[(0, 0.0, 1.0), (60, 0.0, 2.0), (120, 0.0, 0.0)]]);
        assert_eq!(bands[1].pieces, [[(0, 1.0, 1.0), (60, 2.0, 7.0), (120, 0.0, 3.0)]]);
        assert_eq!(tops(&picture), [7.0, 0.0]);
    }
}
