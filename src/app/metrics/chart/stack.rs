//! Areas one on the other: a missing point adds nothing at its time, and its own area has a gap there.

use super::super::plots::Picture;
use super::scale::coloured;
use crate::app::view::Span;
use crate::watch::graph::Curve;
use std::collections::{BTreeMap, BTreeSet};

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

fn is_thinned(curve: &Curve, domain: Span) -> bool {
    let inside = |(time, _): &&(i64, f64)| domain.from <= *time && *time < domain.to;
    curve.summary.count as usize > curve.points.points.iter().filter(inside).count()
}

/// Milliseconds by which the points of all curves are brought together: where they were thinned a pixel column, of which each curve
/// gives its greatest value; else one.
fn column(all: &[(usize, usize, &Curve)], picture: &Picture) -> f64 {
    let thinned = all.iter().any(|(.., curve)| is_thinned(curve, picture.domain));
    if thinned { (picture.domain.length() as f64 / f64::from(picture.columns.max(1))).max(1.0) } else { 1.0 }
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
        let from = picture.domain.from;
        let place = |time: i64| from + (((time - from) as f64 / column).floor() * column) as i64;
        for (.., curve) in &curves {
            tops.extend(curve.points.points.iter().map(|(time, _)| (place(*time), 0.0)));
        }
        for (line, number, curve) in curves {
            let mut own: BTreeMap<i64, f64> = BTreeMap::new();
            for (time, value) in &curve.points.points {
                let known = own.entry(place(*time)).or_insert(f64::NEG_INFINITY);
                *known = known.max(*value);
            }
            // A value is that of its whole period, in which curves of shorter ones have several; columns begin before what is in them.
            let lasts = curve.period + column as i64 - 1;
            let mut pieces: Vec<Vec<(i64, f64, f64)>> = Vec::new();
            let mut before: Option<i64> = None;
            for (time, top) in &mut tops {
                let Some((_, value)) = own.range(..=time).next_back().filter(|(at, _)| *time - **at < lasts) else {
                    before = None;
                    continue;
                };
                let low = *top;
                *top += value;
                if before.is_none_or(|before| time - before > lasts * 3 / 2) {
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

/// What a person should know of the sums that areas show.
#[must_use]
pub fn notes(picture: &Picture) -> Vec<String> {
    let mut notes = Vec::new();
    for right in [false, true] {
        let curves = coloured(picture).filter(|(line, ..)| picture.graph.lines[*line].right == right);
        let units: BTreeSet<Option<&str>> = curves.map(|(.., curve)| curve.unit.as_deref()).collect();
        let told: Vec<&str> = units.iter().copied().flatten().collect();
        match told[..] {
            [unit] if units.contains(&None) => notes.push(format!("Not every line tells its unit: it may be another than {unit}.")),
            [] | [_] => (),
            _ => notes.push(format!(
                "Values of different units lie one on the other, and their sum means nothing: {}. Hide all but those of one, or use \
                 the other axis.",
                told.join(", ")
            )),
        }
    }
    let several = coloured(picture).nth(1).is_some();
    if several && coloured(picture).any(|(.., curve)| is_thinned(curve, picture.domain)) {
        notes.push(
            "More points than pixels: each column adds up the greatest values of the lines in it, which may be of different times."
                .to_owned(),
        );
    }
    notes
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
    use crate::watch::graph::{Drawing, Drawn, Form, Graph, Line, Of, Stretch, Summary};

    fn picture(units: [Option<&str>; 2], points: [&[(i64, f64)]; 2]) -> Picture {
        let line = |id: &str| Line {
            id: id.to_owned(),
            of: Of::Math(String::new()),
            label: None,
            statistic: String::new(),
            period: None,
            right: false,
            hidden: false,
        };
        let drawn = |unit: Option<&str>, points: &[(i64, f64)]| {
            let curve = Curve {
                label: String::new(),
                metric: None,
                unit: unit.map(str::to_owned),
                statistic: None,
                period: 60,
                points: Stretch { points: points.to_vec(), breaks: Vec::new() },
                before: None,
                summary: Summary::of(points),
            };
            Ok(Drawn { curves: vec![curve], notes: Vec::new() })
        };
        Picture {
            graph: Graph { form: Form::Area, lines: vec![line("a"), line("b")], ..Graph::default() },
            drawing: Drawing { lines: vec![drawn(units[0], points[0]), drawn(units[1], points[1])] },
            domain: Span { from: 0, to: 180 },
            margin: 0,
            columns: 100,
        }
    }

    #[test]
    fn a_missing_point_adds_nothing() {
        let picture = picture([None; 2], [&[(0, 1.0), (60, 2.0)], &[(60, 5.0), (120, 3.0)]]);
        let bands = bands(&picture);
        assert_eq!(bands[0].pieces, [[(0, 0.0, 1.0), (60, 0.0, 2.0)]]);
        assert_eq!(bands[1].pieces, [[(60, 2.0, 7.0), (120, 0.0, 3.0)]]);
        assert_eq!(tops(&picture), [7.0, 0.0]);
        assert!(notes(&picture).is_empty());
    }

    #[test]
    fn a_value_lies_below_all_of_its_period() {
        let mut picture = picture([None; 2], [&[(0, 1.0), (120, 3.0)], &[(0, 5.0), (60, 5.0), (120, 5.0)]]);
        if let Ok(drawn) = &mut picture.drawing.lines[0] {
            drawn.curves[0].period = 120;
        }
        assert_eq!(bands(&picture)[1].pieces, [[(0, 1.0, 6.0), (60, 1.0, 6.0), (120, 3.0, 8.0)]]);
    }

    #[test]
    fn columns_add_up_their_greatest_values() {
        let mut picture = picture([None; 2], [&[(10, 1.0), (50, 9.0), (70, 2.0)], &[(20, 4.0), (65, 1.0)]]);
        picture.columns = 3;
        if let Ok(drawn) = &mut picture.drawing.lines[0] {
            drawn.curves[0].summary.count = 100;
        }
        assert_eq!(bands(&picture)[1].pieces, [[(0, 9.0, 13.0), (60, 2.0, 3.0)]]);
    }

    #[test]
    fn sums_that_mean_nothing_are_said_to() {
        let mut picture = picture([Some("Bytes"), Some("Percent")], [&[(0, 1.0)], &[(0, 2.0)]]);
        assert!(notes(&picture)[0].contains("means nothing: Bytes, Percent."));
        picture.graph.lines[1].right = true;
        assert!(notes(&picture).is_empty());
        let untold = self::picture([Some("Bytes"), None], [&[(0, 1.0)], &[(0, 2.0)]]);
        assert_eq!(notes(&untold), ["Not every line tells its unit: it may be another than Bytes."]);
        if let Ok(drawn) = &mut picture.drawing.lines[0] {
            drawn.curves[0].summary.count = 9;
        }
        assert!(notes(&picture)[0].starts_with("More points than pixels"));
    }
}
