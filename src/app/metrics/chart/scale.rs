//! The vertical axes of a chart: which values are in it, where its labels stand, and how a value is written with its unit.

use super::super::plots::Picture;
use crate::app::view::Span;
use crate::watch::graph::{Axis, Curve, Drawn, Form};

/// Labels of an axis at most.
const LABELS: f64 = 5.0;

/// A vertical axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Vertical {
    /// The value at its lower end.
    pub low: f64,
    /// That at its upper end, which is greater.
    pub high: f64,
    /// Its labels: values, rising.
    pub labels: Vec<f64>,
    /// The unit of all that belongs to it; `None` where none is told or there are several.
    pub unit: Option<String>,
    /// The units, where there are several.
    pub mixed: Vec<String>,
    /// What a person calls it.
    pub title: Option<String>,
}

impl Vertical {
    /// The pixel of a value, from the upper end of an axis so many pixels high.
    #[must_use]
    pub fn y(&self, value: f64, pixels: f64) -> f64 {
        (1.0 - (value - self.low) / (self.high - self.low)) * pixels
    }
}

/// A step between labels that is 1, 2 or 5 times a power of ten; of bytes of a power of two.
fn step(length: f64, unit: Option<&str>) -> f64 {
    let least = length / LABELS;
    let base = if is_bytes(unit) && least >= 512.0 { 1024f64.powf((least.ln() / 1024f64.ln()).floor()) } else { 1.0 };
    let power = 10f64.powf((least / base).log10().floor()) * base;
    let digit = least / power;
    power * [1.0, 2.0, 5.0, 10.0].into_iter().find(|nice| digit <= nice * 1.000_001).unwrap_or(10.0)
}

/// An axis that holds these values.
#[must_use]
pub fn vertical(values: impl Iterator<Item = f64>, units: &[Option<String>], axis: &Axis, from_zero: bool) -> Vertical {
    let (mut low, mut high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        (low, high) = (0.0, 1.0);
    }
    // From nothing, unless that would flatten what there is to see.
    if from_zero || (low > 0.0 && low < 0.7 * high) {
        low = low.min(0.0);
    }
    if from_zero {
        high = high.max(0.0);
    }
    if high - low <= f64::EPSILON * high.abs().max(1.0) {
        let half = if high == 0.0 { 1.0 } else { high.abs() * 0.1 };
        (low, high) = (if low == 0.0 { 0.0 } else { low - half }, high + half);
    }
    let mut known: Vec<String> = units.iter().flatten().cloned().collect();
    known.sort();
    known.dedup();
    let unit = if known.len() == 1 && units.iter().all(Option::is_some) { known.first().cloned() } else { None };
    let step = step(high - low, unit.as_deref());
    let low = axis.min.unwrap_or_else(|| (low / step).floor() * step);
    let high = axis.max.filter(|high| *high > low).unwrap_or_else(|| {
        let room = (high / step * 1.000_001).ceil() * step;
        // What reaches the upper end would be cut by it.
        if room - high < 0.02 * (high - low) { room + 0.25 * step } else { room }
    });
    let high = if high > low { high } else { low + 1.0 };
    let mut labels = Vec::new();
    let mut at = (low / step).ceil();
    while at * step <= high + step * 1e-9 && labels.len() < 40 {
        labels.push(at * step);
        at += 1.0;
    }
    Vertical {
        low,
        high,
        labels,
        unit,
        mixed: if known.len() > 1 { known } else { Vec::new() },
        title: axis.label.clone(),
    }
}

/// The left and the right axis of a picture, as far as it has curves there. `stacked`: the upper edges of what is stacked, by axis.
#[must_use]
pub fn axes(picture: &Picture, domain: Span, stacked: Option<[f64; 2]>) -> [Option<Vertical>; 2] {
    let graph = &picture.graph;
    [false, true].map(|right| {
        let curves: Vec<&Curve> =
            curves(picture).filter(|(line, _)| graph.lines[*line].right == right).map(|(_, curve)| curve).collect();
        let thresholds =
            graph.thresholds.iter().filter(|threshold| threshold.right == right).map(|threshold| threshold.value);
        if curves.is_empty()
            && (right || graph.lines.iter().all(|line| line.right))
            && thresholds.clone().next().is_none()
        {
            return None;
        }
        let units: Vec<Option<String>> = curves.iter().map(|curve| curve.unit.clone()).collect();
        let seen = |points: &[(i64, f64)]| {
            let inside = points.iter().filter(|(time, _)| domain.from <= *time && *time < domain.to);
            inside.map(|(_, value)| *value).collect::<Vec<f64>>()
        };
        let area = graph.form == Form::Area;
        let mut values: Vec<f64> = match stacked.filter(|_| area) {
            Some(tops) => vec![0.0, tops[usize::from(right)]],
            None => curves
                .iter()
                .flat_map(|curve| {
                    let ghosts = curve.before.iter().flat_map(|before| seen(&before.points));
                    seen(&curve.points.points).into_iter().chain(ghosts).collect::<Vec<f64>>()
                })
                .collect(),
        };
        values.extend(thresholds);
        let axis = if right { &graph.right } else { &graph.left };
        Some(vertical(values.into_iter(), &units, axis, area))
    })
}

/// The curves of a picture with the line of each.
pub fn curves(picture: &Picture) -> impl Iterator<Item = (usize, &Curve)> {
    let drawn = picture.drawing.lines.iter().enumerate().filter_map(|(at, line)| Some((at, line.as_ref().ok()?)));
    drawn.flat_map(|(at, drawn)| drawn.curves.iter().map(move |curve| (at, curve)))
}

/// The number of a curve's colour: that of its line, and of the further curves of an expression those behind all lines, so that none
/// has the colour of another line.
#[must_use]
pub fn place(picture: &Picture, line: usize, curve: usize) -> usize {
    if curve == 0 {
        return line;
    }
    let lines = &picture.drawing.lines;
    let further = |drawn: &Drawn| drawn.curves.len().saturating_sub(1);
    let before: usize = lines.iter().take(line).filter_map(|line| line.as_ref().ok()).map(further).sum();
    lines.len() + before + curve - 1
}

/// The curves of a picture with the line of each and the number of its colour, see [`place`].
pub fn coloured(picture: &Picture) -> impl Iterator<Item = (usize, usize, &Curve)> {
    let drawn = picture.drawing.lines.iter().enumerate().filter_map(|(at, line)| Some((at, line.as_ref().ok()?)));
    drawn.flat_map(move |(at, drawn)| {
        drawn.curves.iter().enumerate().map(move |(number, curve)| (at, place(picture, at, number), curve))
    })
}

fn is_bytes(unit: Option<&str>) -> bool {
    unit.is_some_and(|unit| unit.starts_with("Bytes"))
}

/// A value as a person reads it, with its unit: `1.5 k`, `3.4 MiB`, `95 %`.
#[must_use]
pub fn written(value: f64, unit: Option<&str>) -> String {
    let (divisor, prefix) = prefix(value.abs(), unit);
    let number = digits(value / divisor);
    let unit = match unit {
        None | Some("None") => String::new(),
        Some("Percent") => "%".to_owned(),
        Some("Count") => String::new(),
        Some("Seconds") => "s".to_owned(),
        Some("Milliseconds") => "ms".to_owned(),
        Some("Microseconds") => "µs".to_owned(),
        Some(unit) if is_bytes(Some(unit)) => unit.replace("Bytes", "B").replace("/Second", "/s"),
        Some(unit) => format!(" {}", unit.replace("/Second", "/s")),
    };
    match format!("{prefix}{unit}").trim() {
        "" => number,
        behind => format!("{number} {behind}"),
    }
}

/// What a value is divided by, and the letter of that.
fn prefix(value: f64, unit: Option<&str>) -> (f64, &'static str) {
    let own = unit.is_some_and(|unit| {
        matches!(unit, "Percent" | "Milliseconds" | "Microseconds")
            || unit.starts_with("Kilo")
            || unit.starts_with("Mega")
            || unit.starts_with("Giga")
            || unit.starts_with("Tera")
    });
    let letters: [&str; 5] = if is_bytes(unit) { ["", "Ki", "Mi", "Gi", "Ti"] } else { ["", "k", "M", "G", "T"] };
    let base: f64 = if is_bytes(unit) { 1_024.0 } else { 1_000.0 };
    if own || value < base {
        return (1.0, "");
    }
    let power = ((value * 1.000_000_1).ln() / base.ln()).floor().clamp(0.0, 4.0);
    (base.powf(power), letters[power as usize])
}

/// At most four digits that say something.
fn digits(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e15).contains(&size) {
        return format!("{value:.2e}");
    }
    let decimals = match size {
        size if size >= 1_000.0 => 0,
        size if size >= 100.0 => 1,
        size if size >= 10.0 => 2,
        size if size >= 1.0 => 3,
        _ => 4,
    };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::graph::{Drawing, Graph, Stretch, Summary};

    #[test]
    fn values_are_written_for_people() {
        for (value, unit, expected) in [
            (0.0, None, "0"),
            (95.0, Some("Percent"), "95 %"),
            (1_536.0, Some("Bytes"), "1.5 KiB"),
            (3_565_158.4, Some("Bytes/Second"), "3.4 MiB/s"),
            (12_345.0, Some("Count"), "12.35 k"),
            (0.132, None, "0.132"),
            (1_500.0, Some("Milliseconds"), "1500 ms"),
            (-2_500_000.0, None, "-2.5 M"),
            (1e-7, None, "1.00e-7"),
            (3.0, Some("Kilobytes"), "3 Kilobytes"),
            (999.99, Some("Count"), "1000"),
        ] {
            assert_eq!(written(value, unit), expected, "{value} {unit:?}");
        }
    }

    #[test]
    fn axes_hold_what_is_in_them() {
        let of = |values: &[f64], zero| vertical(values.iter().copied(), &[], &Axis::default(), zero);
        for values in [&[0.0, 97.3][..], &[50.0, 51.0], &[-3.0, 8.0], &[5.0], &[0.0], &[], &[1e9, 3e9], &[1e-6, 2e-6]] {
            let axis = of(values, false);
            assert!(axis.low < axis.high && (2..=40).contains(&axis.labels.len()), "{values:?} {axis:?}");
            assert!(values.iter().all(|value| axis.low <= *value && *value <= axis.high), "{values:?} {axis:?}");
        }
        assert_eq!(of(&[20.0, 97.0], false).low, 0.0);
        assert!(of(&[95.0, 97.0], false).low > 90.0);
        assert_eq!(of(&[95.0, 97.0], true).low, 0.0);
        let clipped =
            vertical([1.0, 500.0].into_iter(), &[], &Axis { min: Some(0.0), max: Some(100.0), label: None }, false);
        assert_eq!((clipped.low, clipped.high), (0.0, 100.0));
        let units = [Some("Bytes".to_owned()), Some("Count".to_owned())];
        assert_eq!(vertical([1.0].into_iter(), &units, &Axis::default(), false).mixed.len(), 2);
    }

    #[test]
    fn no_curve_has_the_colour_of_another_line() {
        let curve = Curve {
            label: String::new(),
            metric: None,
            unit: None,
            statistic: None,
            period: 60,
            points: Stretch { points: Vec::new(), breaks: Vec::new() },
            before: None,
            summary: Summary::of(&[]),
        };
        let of = |curves: usize| Ok(Drawn { curves: vec![curve.clone(); curves], notes: Vec::new() });
        let picture = Picture {
            graph: Graph::default(),
            drawing: Drawing { lines: vec![of(3), of(1), of(2)] },
            domain: Span { from: 0, to: 1 },
            margin: 0,
            columns: 100,
        };
        let places: Vec<_> = coloured(&picture).map(|(line, place, _)| (line, place)).collect();
        assert_eq!(places, [(0, 0), (0, 3), (0, 4), (1, 1), (2, 2), (2, 5)]);
    }
}
