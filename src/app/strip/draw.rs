//! Draws the histogram and what lies over it. The picture is only a picture: what the pointer is on is asked of the data.

use super::scale;
use super::stack::Histogram;
use crate::app::dom;
use crate::app::view::Span;
use plotters::prelude::*;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Height of the canvases in CSS pixels; `--bars` in the style sheet.
pub const HEIGHT: f64 = 70.0;

/// Space above the tallest bar.
const HEADROOM: f64 = 6.0;

/// Gives a canvas the size of its place in device pixels; `None` when it has no size.
fn fit(canvas: &HtmlCanvasElement, width: f64) -> Option<(u32, u32, f64)> {
    let density = leptos::prelude::window().device_pixel_ratio().max(1.0);
    let (wide, high) = ((width * density).round() as u32, (HEIGHT * density).round() as u32);
    if wide == 0 || wide > 16_000 {
        return None;
    }
    if (canvas.width(), canvas.height()) != (wide, high) {
        canvas.set_width(wide);
        canvas.set_height(high);
    }
    Some((wide, high, density))
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// A colour of the theme.
fn colour(name: &str) -> RGBColor {
    let text = dom::theme(name);
    let part = |at: usize| text.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(128);
    RGBColor(part(1), part(3), part(5))
}

/// Draws the bars, their parts from the base line up.
pub fn histogram(
    canvas: &HtmlCanvasElement,
    width: f64,
    domain: Span,
    ticks: &[scale::Tick],
    histogram: Option<&Histogram>,
    share: bool,
) {
    let Some((wide, high, density)) = fit(canvas, width) else { return };
    let Some(context) = context(canvas) else { return };
    context.clear_rect(0.0, 0.0, f64::from(wide), f64::from(high));
    let Some(backend) = CanvasBackend::with_canvas_object(canvas.clone()) else { return };
    let area = backend.into_drawing_area();
    // A canvas that refuses to be drawn on leaves the readout and the table behind the chart; nothing else can be done.
    let _ = frame(&area, (wide, high, density), ticks);
    if let Some(histogram) = histogram {
        bars(&context, (wide, high, density), domain, histogram, share);
    }
}

type Area<'a> = DrawingArea<CanvasBackend, plotters::coord::Shift>;

fn frame(
    area: &Area<'_>,
    (wide, high, density): (u32, u32, f64),
    ticks: &[scale::Tick],
) -> Result<(), DrawingAreaErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>> {
    let grid = colour("--hairline");
    let hair = density.round().max(1.0) as i32;
    let base = high as i32;
    for tick in ticks {
        let x = (tick.x * density).round() as i32;
        area.draw(&Rectangle::new([(x, 0), (x + hair, base)], grid.filled()))?;
    }
    area.draw(&Rectangle::new([(0, base - hair), (wide as i32, base)], grid.filled()))?;
    area.present()
}

/// A part of a bar in device pixels.
struct Block {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
}

/// The parts of all bars, one colour after the other: changing the colour is what costs.
fn bars(
    context: &CanvasRenderingContext2d,
    (wide, high, density): (u32, u32, f64),
    domain: Span,
    histogram: &Histogram,
    share: bool,
) {
    let hair = density.round().max(1.0) as i32;
    let floor = high as i32 - hair;
    let room = (f64::from(high) - HEADROOM * density) as u32 - hair as u32;
    let most = histogram.most();
    let mut blocks: Vec<Vec<Block>> = histogram.series.iter().map(|_| Vec::new()).collect();
    for bin in 0..histogram.bins() {
        let sum = histogram.sum(bin);
        if sum == 0 {
            continue;
        }
        let (left, right) = scale::bar(bin, histogram.start, histogram.width, domain, wide);
        let counts: Vec<u32> = histogram.series.iter().map(|series| series.counts[bin]).collect();
        let heights = scale::heights(&counts, if share { sum } else { most }, room, hair as u32);
        let mut bottom = floor;
        for (blocks, height) in blocks.iter_mut().zip(heights).filter(|(_, height)| *height > 0) {
            blocks.push(Block { left, right, top: bottom - height, bottom });
            bottom -= height;
        }
    }
    let fill = |left: i32, top: i32, right: i32, bottom: i32| {
        context.fill_rect(left.into(), top.into(), (right - left).into(), (bottom - top).into());
    };
    for (series, blocks) in histogram.series.iter().zip(&blocks) {
        context.set_fill_style_str(&dom::theme(series.look.colour()));
        blocks.iter().for_each(|block| fill(block.left, block.top, block.right, block.bottom));
    }
    // Hatched as well as coloured, where there is room for a hatch: not everybody sees the colours.
    context.set_fill_style_str(&dom::theme("--page"));
    for (series, blocks) in histogram.series.iter().zip(&blocks) {
        let hatch = series.look.hatch();
        for block in blocks.iter().filter(|block| block.bottom - block.top >= 6 * hair) {
            // A pixel at either end stays, so that parts do not run into each other.
            for row in (1..(block.bottom - block.top) / hair - 1).filter(|row| hatch.row(*row as u32)) {
                let bottom = block.bottom - row * hair;
                fill(block.left, bottom - hair, block.right, bottom);
            }
            for column in (0..(block.right - block.left) / hair).filter(|column| hatch.column(*column as u32)) {
                let left = block.left + column * hair;
                fill(left, block.top + hair, left + hair, block.bottom - hair);
            }
        }
    }
}

/// Draws the crosshair and the brush, in pixels of the strip.
pub fn overlay(canvas: &HtmlCanvasElement, width: f64, crosshair: Option<f64>, brush: Option<(f64, f64)>) {
    let Some((wide, high, density)) = fit(canvas, width) else { return };
    let Some(context) = context(canvas) else { return };
    let high = f64::from(high);
    context.clear_rect(0.0, 0.0, f64::from(wide), high);
    context.set_fill_style_str(&dom::theme("--accent"));
    if let Some((a, b)) = brush {
        let (left, right) = (a.min(b) * density, a.max(b) * density);
        context.set_global_alpha(0.22);
        context.fill_rect(left, 0.0, right - left, high);
        context.set_global_alpha(1.0);
        context.fill_rect(left.round(), 0.0, density, high);
        context.fill_rect(right.round(), 0.0, density, high);
    } else if let Some(x) = crosshair {
        context.fill_rect((x * density).round(), 0.0, density.round().max(1.0), high);
    }
}
