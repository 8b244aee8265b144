//! Draws the base of a chart with plotters, on a canvas and as SVG alike: grid and labels, and the curves. What lies over it while a
//! person points and drags is drawn by [`super::frame`].

use super::super::plots::Picture;
use super::dash::dashes;
use super::scale::{Vertical, coloured, written};
use super::stack::{Band, bands};
use crate::app::dom;
use crate::app::strip::scale::{Tick, x};
use crate::app::view::Span;
use crate::watch::graph::{Form, Stretch};
use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Colours of lines; beyond them lines are dashed.
pub const COLOURS: usize = 8;

/// The custom property with the colour of a line, by its place.
#[must_use]
pub fn colour(line: usize) -> &'static str {
    ["--stack-1", "--stack-4", "--stack-3", "--stack-6", "--stack-2", "--stack-5", "--stack-7", "--stack-8"]
        [line % COLOURS]
}

/// Whether a line is dashed, as more lines are than there are colours.
#[must_use]
pub fn is_dashed(line: usize) -> bool {
    (line / COLOURS) % 2 == 1
}

/// The colours of the theme, read once for a drawing.
#[derive(Clone, Debug)]
pub struct Colours {
    /// What everything lies on.
    pub page: RGBColor,
    ink: RGBColor,
    dim: RGBColor,
    hairline: RGBColor,
    failed: RGBColor,
    lines: [RGBColor; COLOURS],
}

impl Colours {
    /// Those of now.
    #[must_use]
    pub fn new() -> Self {
        let of = |name: &str| {
            let text = dom::theme(name);
            let part = |at: usize| text.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(128);
            RGBColor(part(1), part(3), part(5))
        };
        Self {
            page: of("--page"),
            ink: of("--ink"),
            dim: of("--dim"),
            hairline: of("--hairline"),
            failed: of("--failed"),
            lines: std::array::from_fn(|line| of(colour(line))),
        }
    }

    fn line(&self, line: usize) -> RGBColor {
        self.lines[line % COLOURS]
    }
}

/// Where the plot lies in its drawing, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// Width of the whole drawing.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Space left of the plot.
    pub left: f64,
    /// Space right of it.
    pub right: f64,
    /// Space above it.
    pub top: f64,
    /// Space below it.
    pub bottom: f64,
}

impl Layout {
    /// That of a chart with labels around it; `inside`: the labels lie on the plot, which has all of the width.
    #[must_use]
    pub fn new(width: f64, height: f64, axes: &[Option<Vertical>; 2], inside: bool) -> Self {
        let side = |axis: &Option<Vertical>, none: f64| if axis.is_some() { 58.0 } else { none };
        match inside {
            true => Self { width, height, left: 0.0, right: 0.0, top: 6.0, bottom: 1.0 },
            false => {
                Self { width, height, left: side(&axes[0], 12.0), right: side(&axes[1], 12.0), top: 20.0, bottom: 22.0 }
            }
        }
    }

    /// Width of the plot.
    #[must_use]
    pub fn wide(&self) -> f64 {
        (self.width - self.left - self.right).max(1.0)
    }

    /// Height of the plot.
    #[must_use]
    pub fn high(&self) -> f64 {
        (self.height - self.top - self.bottom).max(1.0)
    }
}

type Area<DB> = DrawingArea<DB, Shift>;
type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

fn px(value: f64, density: f64) -> i32 {
    (value * density).round() as i32
}

fn text<'a>(colour: &RGBColor, size: f64, density: f64, h: HPos, v: VPos) -> TextStyle<'a> {
    ("system-ui, sans-serif", size * density).into_font().color(colour).pos(Pos::new(h, v))
}

/// Grid, labels and thresholds. `density`: pixels of the area in a CSS pixel.
pub fn axes<DB: DrawingBackend>(
    area: &Area<DB>,
    colours: &Colours,
    layout: &Layout,
    verticals: &[Option<Vertical>; 2],
    ticks: &[Tick],
    picture: &Picture,
    density: f64,
) -> Drawn<DB> {
    let hair = density.round().max(1.0) as i32;
    let (left, right) = (px(layout.left, density), px(layout.left + layout.wide(), density));
    let (top, bottom) = (px(layout.top, density), px(layout.top + layout.high(), density));
    let inside = layout.left == 0.0;
    for tick in ticks {
        let x = left + px(tick.x, density);
        area.draw(&Rectangle::new([(x, top), (x + hair, bottom)], colours.hairline.filled()))?;
        if !inside {
            let style = text(&colours.dim, 11.0, density, HPos::Left, VPos::Top);
            area.draw(&Text::new(tick.label.clone(), (x, bottom + px(5.0, density)), style))?;
        }
    }
    for (side, vertical) in verticals.iter().enumerate() {
        let Some(vertical) = vertical else { continue };
        for &value in &vertical.labels {
            let y = top + px(vertical.y(value, layout.high()), density);
            if side == 0 || verticals[0].is_none() {
                area.draw(&Rectangle::new([(left, y), (right, y + hair)], colours.hairline.filled()))?;
            }
            let (at, h) = match (side, inside) {
                (0, false) => (left - px(6.0, density), HPos::Right),
                (0, true) => (left + px(4.0, density), HPos::Left),
                (_, false) => (right + px(6.0, density), HPos::Left),
                (_, true) => (right - px(4.0, density), HPos::Right),
            };
            let v = if inside { VPos::Bottom } else { VPos::Center };
            // At the upper end there is no room above the line.
            if inside && y - top < px(12.0, density) {
                continue;
            }
            let style = text(&colours.dim, 11.0, density, h, v);
            area.draw(&Text::new(written(value, vertical.unit.as_deref()), (at, y), style))?;
        }
        let title = vertical.title.clone().or_else(|| match vertical.mixed.is_empty() {
            true => vertical.unit.clone().filter(|unit| unit != "None"),
            false => Some(format!("mixed: {}", vertical.mixed.join(", "))),
        });
        if let Some(title) = title.filter(|_| !inside) {
            let (at, h) =
                if side == 0 { (px(2.0, density), HPos::Left) } else { (px(layout.width - 2.0, density), HPos::Right) };
            let colour = if vertical.mixed.is_empty() { &colours.dim } else { &colours.failed };
            let style = text(colour, 11.0, density, h, VPos::Top);
            area.draw(&Text::new(title, (at, px(2.0, density)), style))?;
        }
    }
    for threshold in &picture.graph.thresholds {
        let Some(vertical) = &verticals[usize::from(threshold.right)] else { continue };
        let y = top + px(vertical.y(threshold.value, layout.high()), density);
        if !(top..=bottom).contains(&y) {
            continue;
        }
        let style = colours.failed.stroke_width(hair as u32);
        area.draw(&DashedPathElement::new([(left, y), (right, y)], 6 * hair, 4 * hair, style))?;
        let words = match threshold.label.trim() {
            "" => written(threshold.value, vertical.unit.as_deref()),
            label => format!("{label} {}", written(threshold.value, vertical.unit.as_deref())),
        };
        let v = if y - top > px(14.0, density) { VPos::Bottom } else { VPos::Top };
        let style = text(&colours.failed, 11.0, density, HPos::Right, v);
        area.draw(&Text::new(words, (right - px(4.0, density), y), style))?;
    }
    Ok(())
}

/// The curves, in an area that is the plot and spans `domain`. The number of points that were drawn.
pub fn lines<DB: DrawingBackend>(
    area: &Area<DB>,
    colours: &Colours,
    size: (f64, f64),
    verticals: &[Option<Vertical>; 2],
    picture: &Picture,
    domain: Span,
    density: f64,
) -> Result<usize, DrawingAreaErrorKind<DB::ErrorType>> {
    let (wide, high) = size;
    // What is clipped may lie far away: a little beyond the edge is as good.
    let y = |vertical: &Vertical, value: f64| vertical.y(value, high).clamp(-8.0, high + 8.0);
    let place = |time: i64, vertical: &Vertical, value: f64| {
        (px(x(time, domain, wide), density), px(y(vertical, value), density))
    };
    let strong = (1.5 * density).round().max(1.0) as u32;
    let mut drawn = 0;
    if picture.graph.form == Form::Area {
        for Band { line, place: number, pieces } in bands(picture) {
            let Some(vertical) = &verticals[usize::from(picture.graph.lines[line].right)] else { continue };
            let colour = colours.line(number);
            for piece in pieces {
                drawn += piece.len();
                let upper: Vec<(i32, i32)> =
                    piece.iter().map(|(time, _, high)| place(*time, vertical, *high)).collect();
                let lower = piece.iter().rev().map(|(time, low, _)| place(*time, vertical, *low));
                // A piece that is hardly wider than its line is a bar.
                let narrow =
                    upper.last().zip(upper.first()).is_some_and(|(last, first)| last.0 - first.0 < px(3.0, density));
                if narrow {
                    let half = px(1.0, density);
                    for (&(x, top), (time, low, _)) in upper.iter().zip(&piece) {
                        let (_, bottom) = place(*time, vertical, *low);
                        area.draw(&Rectangle::new([(x - half, top), (x + half, bottom)], colour.filled()))?;
                    }
                    continue;
                }
                let outline: Vec<(i32, i32)> = upper.iter().copied().chain(lower).collect();
                area.draw(&Polygon::new(outline, colour.mix(0.45).filled()))?;
                area.draw(&PathElement::new(upper, colour.stroke_width(strong)))?;
            }
        }
        return Ok(drawn);
    }
    for ghost in [true, false] {
        for (line, number, curve) in coloured(picture) {
            let Some(vertical) = &verticals[usize::from(picture.graph.lines[line].right)] else { continue };
            let stretch: Option<&Stretch> = if ghost { curve.before.as_ref() } else { Some(&curve.points) };
            let colour = colours.line(number);
            for piece in stretch.into_iter().flat_map(Stretch::pieces) {
                drawn += piece.len();
                let points: Vec<(i32, i32)> =
                    piece.iter().map(|(time, value)| place(*time, vertical, *value)).collect();
                // A piece that is hardly wider than its line is a dot, too.
                let narrow =
                    points.last().zip(points.first()).is_some_and(|(last, first)| last.0 - first.0 < px(3.0, density));
                if narrow {
                    let colour = if ghost { colour.mix(0.45) } else { colour.to_rgba() };
                    for point in [points[0], points[points.len() - 1]] {
                        area.draw(&Circle::new(point, (2.5 * density).round() as i32, colour.filled()))?;
                    }
                }
                if points.len() == 1 {
                    continue;
                }
                let hair = density.round().max(1.0) as i32;
                let (parts, style) = match (ghost, is_dashed(number)) {
                    (true, _) => (dashes(&points, 3 * hair, 3 * hair), colour.mix(0.5).stroke_width(hair as u32)),
                    (_, true) => (dashes(&points, 7 * hair, 4 * hair), colour.stroke_width(strong)),
                    _ => (vec![points], colour.stroke_width(strong)),
                };
                for part in parts {
                    area.draw(&PathElement::new(part, style))?;
                }
            }
        }
    }
    Ok(drawn)
}

/// Title and legend of a drawing that is taken out of the page: the title above, a line for each curve below.
pub fn surroundings<DB: DrawingBackend>(
    area: &Area<DB>,
    colours: &Colours,
    layout: &Layout,
    title: &str,
    range: &str,
    legend: &[(usize, String)],
    density: f64,
) -> Drawn<DB> {
    let style = text(&colours.ink, 13.0, density, HPos::Left, VPos::Top);
    area.draw(&Text::new(title.to_owned(), (px(8.0, density), px(-24.0, density)), style))?;
    let style = text(&colours.dim, 11.0, density, HPos::Right, VPos::Top);
    area.draw(&Text::new(range.to_owned(), (px(layout.width - 8.0, density), px(-22.0, density)), style))?;
    for (row, (line, words)) in legend.iter().enumerate() {
        let y = px(layout.height + 6.0 + row as f64 * 16.0, density);
        let swatch = [(px(8.0, density), y + px(5.0, density)), (px(20.0, density), y + px(8.0, density))];
        area.draw(&Rectangle::new(swatch, colours.line(*line).filled()))?;
        let style = text(&colours.ink, 11.0, density, HPos::Left, VPos::Top);
        area.draw(&Text::new(words.clone(), (px(26.0, density), y), style))?;
    }
    Ok(())
}
