//! A chart over time on the page: its curves are drawn once for an answer, into a canvas that nobody sees and wider than the plot; every
//! frame moves and stretches that picture and draws grid, labels, marks, crosshair and brush around it.

use super::super::plots::Picture;
use super::draw::{self, Colours, Layout};
use super::scale::{Vertical, coloured};
use crate::app::dom;
use crate::app::strip::scale::{Tick, x};
use crate::app::view::Span;
use crate::watch::graph::Curve;
use leptos::prelude::{document, window};
use plotters::prelude::*;
use plotters_canvas::CanvasBackend;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// A canvas has no more pixels than this at a side.
const SIDE_MAX: f64 = 16_000.0;

/// Curves drawn beforehand.
pub struct Layer {
    canvas: HtmlCanvasElement,
    /// The stretch of time that it spans.
    pub domain: Span,
    /// What it was drawn of.
    pub picture: Arc<Picture>,
    /// Its axes.
    pub verticals: [Option<Vertical>; 2],
    /// Points in it.
    pub points: usize,
    /// Milliseconds that drawing took.
    pub took: f64,
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// Device pixels of a CSS pixel.
#[must_use]
pub fn density() -> f64 {
    window().device_pixel_ratio().max(1.0)
}

/// Draws the curves of a picture for a plot of this size in CSS pixels.
#[must_use]
pub fn layer(picture: &Arc<Picture>, verticals: [Option<Vertical>; 2], (wide, high): (f64, f64)) -> Option<Layer> {
    let began = dom::now();
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    let density = density();
    let Span { from, to } = picture.domain;
    let domain = Span { from: from.saturating_sub(picture.margin), to: to.saturating_add(picture.margin) };
    // As wide in pixels as in time, so that at rest every pixel lies on a pixel.
    let stretch = domain.length() as f64 / picture.domain.length() as f64;
    let (wide, high) = ((wide * stretch * density).round(), (high * density).round());
    if wide < 1.0 || high < 1.0 || wide > SIDE_MAX || high > SIDE_MAX {
        return None;
    }
    canvas.set_width(wide as u32);
    canvas.set_height(high as u32);
    let area = CanvasBackend::with_canvas_object(canvas.clone())?.into_drawing_area();
    let size = (wide / density, high / density);
    // A canvas that refuses to be drawn on leaves the legend and the table behind the chart.
    let points = draw::lines(&area, &Colours::new(), size, &verticals, picture, domain, density).unwrap_or(0);
    drop(area);
    Some(Layer { canvas, domain, picture: picture.clone(), verticals, points, took: dom::now() - began })
}

/// Events in a stretch of time, as a mark over a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// When.
    pub at: i64,
    /// 2 for an error, 1 for what was denied, 0 for all else.
    pub rank: u8,
}

/// What lies around and over the curves.
pub struct Over<'a> {
    /// The stretch of time shown.
    pub domain: Span,
    /// Where everything is.
    pub layout: Layout,
    /// Labels of the time axis.
    pub ticks: &'a [Tick],
    /// The instant under the pointer, here or elsewhere on the page.
    pub pointed: Option<i64>,
    /// What stands there in words.
    pub clock: String,
    /// The stretch that is being brushed, in pixels of the plot.
    pub brush: Option<(f64, f64)>,
    /// Events.
    pub marks: &'a [Mark],
}

/// Puts a frame together.
pub fn frame(canvas: &HtmlCanvasElement, layer: Option<&Layer>, over: &Over<'_>) {
    let density = density();
    let Layout { left, top, .. } = over.layout;
    let (wide, high) = ((over.layout.width * density).round(), (over.layout.height * density).round());
    if wide < 1.0 || high < 1.0 || wide > SIDE_MAX || high > SIDE_MAX {
        return;
    }
    if (f64::from(canvas.width()), f64::from(canvas.height())) != (wide, high) {
        canvas.set_width(wide as u32);
        canvas.set_height(high as u32);
    }
    let Some(context) = context(canvas) else { return };
    context.clear_rect(0.0, 0.0, wide, high);
    let Some(layer) = layer else { return };
    let colours = Colours::new();
    if let Some(backend) = CanvasBackend::with_canvas_object(canvas.clone()) {
        let area = backend.into_drawing_area();
        let _ = draw::axes(&area, &colours, &over.layout, &layer.verticals, over.ticks, &layer.picture, density);
    }
    let plot = (over.layout.wide() * density, over.layout.high() * density);
    context.save();
    context.begin_path();
    context.rect(left * density, top * density, plot.0, plot.1);
    context.clip();
    let stretch = layer.domain.length() as f64 / over.domain.length() as f64 * plot.0 / f64::from(layer.canvas.width());
    let still = (stretch - 1.0).abs() < 2e-3;
    let at = left * density + x(layer.domain.from, over.domain, plot.0);
    context.set_image_smoothing_enabled(!still);
    let (at, stretch) = if still { (at.round(), 1.0) } else { (at, stretch) };
    let _drawn = context.draw_image_with_html_canvas_element_and_dw_and_dh(
        &layer.canvas,
        at,
        (top * density).round(),
        f64::from(layer.canvas.width()) * stretch,
        f64::from(layer.canvas.height()),
    );
    marks(&context, over, density);
    pointer(&context, layer, over, density);
    context.restore();
    if let Some((a, b)) = over.brush {
        let accent = dom::theme("--accent");
        let hair = density.round();
        context.set_fill_style_str(&accent);
        let (from, to) = ((left + a.min(b)) * density, (left + a.max(b)) * density);
        context.set_global_alpha(0.22);
        context.fill_rect(from, top * density, to - from, plot.1);
        context.set_global_alpha(1.0);
        context.fill_rect(from.round(), top * density, hair, plot.1);
        context.fill_rect(to.round(), top * density, hair, plot.1);
    }
}

/// Events along the upper edge: a tick, for a denial a hollow square, for an error a full diamond.
fn marks(context: &CanvasRenderingContext2d, over: &Over<'_>, density: f64) {
    let wide = over.layout.wide();
    let colours = ["--dim", "--bar-denied", "--bar-error"].map(dom::theme);
    for rank in 0..3u8 {
        let colour = &colours[usize::from(rank)];
        context.set_fill_style_str(colour);
        context.set_stroke_style_str(colour);
        context.set_line_width(density);
        for mark in over.marks.iter().filter(|mark| mark.rank == rank) {
            let at = ((over.layout.left + x(mark.at, over.domain, wide)) * density).round();
            let top = over.layout.top * density;
            match rank {
                0 => context.fill_rect(at, top, density.round(), 7.0 * density),
                1 => {
                    context.fill_rect(at, top, density.round(), 12.0 * density);
                    context.stroke_rect(at - 3.0 * density, top + 1.0 * density, 6.0 * density, 6.0 * density);
                }
                _ => {
                    context.fill_rect(at, top, density.round(), 14.0 * density);
                    context.begin_path();
                    context.move_to(at, top);
                    context.line_to(at + 4.0 * density, top + 4.5 * density);
                    context.line_to(at, top + 9.0 * density);
                    context.line_to(at - 4.0 * density, top + 4.5 * density);
                    context.fill();
                }
            }
        }
    }
}

/// The crosshair: a line at the instant, a ring on the nearest point of every curve, and the time.
fn pointer(context: &CanvasRenderingContext2d, layer: &Layer, over: &Over<'_>, density: f64) {
    let Some(at) = over.pointed.filter(|at| over.domain.from <= *at && *at <= over.domain.to) else { return };
    let Layout { left, top, .. } = over.layout;
    let (wide, high) = (over.layout.wide(), over.layout.high());
    let hair = density.round().max(1.0);
    context.set_fill_style_str(&dom::theme("--accent"));
    let place = ((left + x(at, over.domain, wide)) * density).round();
    context.fill_rect(place, top * density, hair, high * density);
    let page = dom::theme("--page");
    // More than a few dozen rings would hide what they stand on.
    for (line, number, curve) in coloured(&layer.picture).take(40) {
        let vertical = &layer.verticals[usize::from(layer.picture.graph.lines[line].right)];
        let (Some((time, value)), Some(vertical)) = (near(curve, at, &layer.picture, wide), vertical) else { continue };
        let (x, y) = ((left + x(time, over.domain, wide)) * density, (top + vertical.y(value, high)) * density);
        context.begin_path();
        // A radius that is more than 0 is never refused.
        let _ring = context.arc(x, y, 3.5 * density, 0.0, 7.0);
        context.set_fill_style_str(&page);
        context.fill();
        context.set_stroke_style_str(&dom::theme(draw::colour(number)));
        context.set_line_width(1.5 * density);
        context.stroke();
    }
    if over.layout.left > 0.0 {
        context.set_font(&format!("{}px system-ui, sans-serif", 11.0 * density));
        let width = context.measure_text(&over.clock).map_or(0.0, |size| size.width());
        let behind = place + 6.0 * density + width < (left + wide) * density;
        let from = if behind { place + 4.0 * density } else { place - width - 8.0 * density };
        let bottom = (top + high) * density;
        context.set_fill_style_str(&page);
        context.fill_rect(from, bottom - 16.0 * density, width + 4.0 * density, 15.0 * density);
        context.set_fill_style_str(&dom::theme("--ink"));
        let _written = context.fill_text(&over.clock, from + 2.0 * density, bottom - 4.0 * density);
    }
}

/// The point of a curve nearest to an instant, if one is so near that the instant belongs to it: within its period, or where points
/// are thinned within two pixel columns.
#[must_use]
pub fn near(curve: &Curve, at: i64, picture: &Picture, wide: f64) -> Option<(i64, f64)> {
    let points = &curve.points.points;
    let place = points.partition_point(|(time, _)| *time <= at);
    let column = (picture.domain.length() as f64 / wide.max(1.0) * 2.0) as i64;
    let before = place.checked_sub(1).and_then(|place| points.get(place));
    // A period is named by its start: an instant belongs to the one that it lies in.
    if let Some(&before) = before.filter(|(time, _)| at - time < curve.period) {
        return Some(before);
    }
    let off = |point: &&(i64, f64)| (point.0 - at).abs();
    let nearest = before.into_iter().chain(points.get(place)).min_by_key(off)?;
    (off(&nearest) <= column).then_some(*nearest)
}
