//! Draws the histogram and what lies over it. The picture is only a picture: what the pointer is on is asked of the data.

use super::scale;
use crate::app::ask::Histogram;
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

/// Draws the bars: events that failed from the base line up, so that they compare, and the others on top of them.
pub fn histogram(
    canvas: &HtmlCanvasElement,
    width: f64,
    domain: Span,
    ticks: &[scale::Tick],
    histogram: Option<&Histogram>,
) {
    let Some((wide, high, density)) = fit(canvas, width) else { return };
    if let Some(context) = context(canvas) {
        context.clear_rect(0.0, 0.0, f64::from(wide), f64::from(high));
    }
    let Some(backend) = CanvasBackend::with_canvas_object(canvas.clone()) else { return };
    let area = backend.into_drawing_area();
    // A canvas that refuses to be drawn on leaves the readout and the table behind the chart; nothing else can be done.
    let _ = paint(&area, (wide, high, density), domain, ticks, histogram);
}

type Area<'a> = DrawingArea<CanvasBackend, plotters::coord::Shift>;

fn paint(
    area: &Area<'_>,
    (wide, high, density): (u32, u32, f64),
    domain: Span,
    ticks: &[scale::Tick],
    histogram: Option<&Histogram>,
) -> Result<(), DrawingAreaErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>> {
    let (grid, plain, failed) = (colour("--hairline"), colour("--bar"), colour("--bar-error"));
    let gap = colour("--page");
    let hair = density.round().max(1.0) as i32;
    let base = high as i32;
    for tick in ticks {
        let x = (tick.x * density).round() as i32;
        area.draw(&Rectangle::new([(x, 0), (x + hair, base)], grid.filled()))?;
    }
    area.draw(&Rectangle::new([(0, base - hair), (wide as i32, base)], grid.filled()))?;
    let Some(histogram) = histogram else { return area.present() };
    let most = histogram.plain.iter().zip(&histogram.failed).map(|(a, b)| a + b).max().unwrap_or(0);
    let room = (f64::from(high) - HEADROOM * density) as u32 - hair as u32;
    let least = hair as u32;
    for (bin, (&ok, &bad)) in histogram.plain.iter().zip(&histogram.failed).enumerate() {
        if ok + bad == 0 {
            continue;
        }
        let (left, right) = scale::bar(bin, histogram.start, histogram.width, domain, wide);
        let (bad, ok) = scale::heights(bad, ok, most, room, least);
        let floor = base - hair;
        let middle = floor - bad;
        area.draw(&Rectangle::new([(left, middle - ok), (right, middle)], plain.filled()))?;
        area.draw(&Rectangle::new([(left, middle), (right, floor)], failed.filled()))?;
        // Striped as well as red, where there is room for stripes: not everybody sees the red.
        let mut stripe = floor - 3 * hair;
        while bad >= 8 * hair && stripe > middle + hair {
            area.draw(&Rectangle::new([(left, stripe - hair), (right, stripe)], gap.filled()))?;
            stripe -= 4 * hair;
        }
    }
    area.present()
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
