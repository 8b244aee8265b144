//! The arithmetic of the time axis: which bins, which labels, and which pixel is which instant.

use crate::app::view::Span;
use crate::app::zone::Zone;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Widths that a person can name.
const NICE: [i64; 25] = [
    SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    4 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
    91 * DAY,
    182 * DAY,
    364 * DAY,
];

/// Pixels that a bar may have at least.
const BAR: f64 = 4.0;

/// Pixels that a label with its surroundings needs.
const LABEL: f64 = 104.0;

fn nice(least: f64) -> i64 {
    NICE.into_iter().find(|&width| width as f64 >= least).unwrap_or_else(|| (least as i64 / DAY + 1) * DAY)
}

/// Width in milliseconds of the bins of a histogram that is so many pixels wide.
#[must_use]
pub fn bin_width(domain: Span, pixels: f64) -> i64 {
    nice(domain.length() as f64 / (pixels.max(200.0) / BAR))
}

/// Start of the first bin, width, and number of bins.
#[must_use]
pub fn bins(domain: Span, pixels: f64) -> (i64, i64, u32) {
    let width = bin_width(domain, pixels);
    let start = domain.from.div_euclid(width) * width;
    let bins = (domain.to - start).max(1) as u64;
    (start, width, bins.div_ceil(width as u64) as u32)
}

/// The pixel of an instant.
#[must_use]
pub fn x(at: i64, domain: Span, pixels: f64) -> f64 {
    (at - domain.from) as f64 / domain.length() as f64 * pixels
}

/// The instant of a pixel.
#[must_use]
pub fn at(x: f64, domain: Span, pixels: f64) -> i64 {
    domain.from + (x.clamp(0.0, pixels) / pixels.max(1.0) * domain.length() as f64) as i64
}

/// A label of the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where, in pixels.
    pub x: f64,
    /// What it says.
    pub label: String,
}

/// The labels of the axis: the time alone, and the day too where it begins or was not said yet.
#[must_use]
pub fn ticks(domain: Span, pixels: f64, zone: Zone) -> Vec<Tick> {
    let step = nice(domain.length() as f64 / (pixels / LABEL).max(1.0));
    // Ticks stand on whole steps of the zone's own clock.
    let offset = zone.offset(domain.from);
    let mut at = (domain.from + offset).div_euclid(step) * step - offset;
    let mut ticks = Vec::new();
    let mut day = String::new();
    while at < domain.to {
        let x = x(at, domain, pixels);
        if at >= domain.from && x <= pixels - 36.0 {
            let today = if step >= 91 * DAY { zone.month(at) } else { zone.day(at) };
            let label = if step >= DAY {
                today.clone()
            } else if today != day {
                format!("{today} {}", zone.clock(at))
            } else {
                zone.clock(at)
            };
            day = today;
            ticks.push(Tick { x, label });
        }
        at += step;
    }
    ticks
}

/// The bar of a bin, in device pixels: left edge, right edge.
#[must_use]
pub fn bar(bin: usize, start: i64, width: i64, domain: Span, pixels: u32) -> (i32, i32) {
    let edge =
        |bin: i64| x(start + bin * width, domain, f64::from(pixels)).clamp(0.0, f64::from(pixels)).round() as i32;
    let (left, right) = (edge(bin as i64), edge(bin as i64 + 1));
    // A hairline between bars that are wide enough to spare it.
    (left, if right - left >= 4 { right - 1 } else { right.max(left + 1) })
}

/// Heights of the parts of a bar, in device pixels, when `most` events fill all `pixels`. Whatever is there is seen: each
/// part has at least `least`, a bar of one part twice that, and the tallest part gives what the others have too much.
#[must_use]
pub fn heights(counts: &[u32], most: u32, pixels: u32, least: u32) -> Vec<i32> {
    let there = counts.iter().filter(|&&count| count > 0).count() as u32;
    let part = |count: u32| (f64::from(count) / f64::from(most.max(1)) * f64::from(pixels)).round() as i32;
    let mut heights: Vec<i32> =
        counts.iter().map(|&count| if count == 0 { 0 } else { part(count).max(least as i32) }).collect();
    let whole = part(counts.iter().sum()).max((there.max(2) * least) as i32);
    let excess = heights.iter().sum::<i32>() - whole;
    if let Some(tallest) = heights.iter_mut().max()
        && there > 0
    {
        *tallest = (*tallest - excess).max(least as i32);
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_cover_the_domain() {
        for (from, to, pixels) in
            [(0, 1, 1_000.0), (1_234, 99_999_999, 800.0), (1_688_990_399_000, 1_788_990_399_001, 1_400.0)]
        {
            let domain = Span { from, to };
            let (start, width, bins) = bins(domain, pixels);
            assert!(start <= from && start + width * i64::from(bins) >= to, "{from} {to}");
            assert!(f64::from(bins) <= pixels / BAR + 2.0);
        }
    }

    #[test]
    fn pixels_and_instants_agree() {
        let domain = Span { from: 1_000, to: 9_000 };
        assert_eq!(at(x(5_000, domain, 400.0), domain, 400.0), 5_000);
        assert_eq!(at(-5.0, domain, 400.0), 1_000);
        assert_eq!(bar(1, 0, 1_000, domain, 800), (0, 99));
    }

    #[test]
    fn labels_say_the_day_once() {
        let domain = Span { from: 1_688_990_400_000, to: 1_688_990_400_000 + 4 * HOUR };
        let labels: Vec<String> = ticks(domain, 900.0, Zone::Utc).into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels[..3], ["10 Jul 12:00", "12:30", "13:00"]);
    }

    #[test]
    fn what_is_there_is_seen() {
        assert_eq!(heights(&[1, 0], 1_000_000, 70, 1), [2, 0]);
        assert_eq!(heights(&[1, 999_999], 1_000_000, 70, 1), [1, 69]);
        assert_eq!(heights(&[1, 1, 0, 1], 1_000_000, 70, 2), [2, 2, 0, 2]);
        assert_eq!(heights(&[0, 0], 10, 70, 1), [0, 0]);
        // Shares fill the whole height, whatever rounding does.
        assert_eq!(heights(&[1; 7], 7, 70, 1).iter().sum::<i32>(), 70);
        assert_eq!(heights(&[1, 1, 1], 3, 70, 1).iter().sum::<i32>(), 70);
    }
}
