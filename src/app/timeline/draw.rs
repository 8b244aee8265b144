//! Draws lanes. Each answer is drawn once, into a canvas that nobody sees; every frame then moves and stretches that picture
//! and draws a few lines over it, so that a gesture costs the same however many events there are.

use super::chart::{Picked, Picture};
use crate::app::dom;
use crate::app::scroll::ROW;
use crate::app::strip::scale;
use crate::app::view::Span;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Pixels of the tallest bar.
const BAR: f64 = 17.0;

/// Pixels between a lane's lower edge and its base line.
const BASE: f64 = 3.0;

/// Half the width of a mark that stands for one event.
const TICK: f64 = 1.5;

/// The colours, read once for a picture.
struct Colours {
    plain: String,
    tick: String,
    denied: String,
    failed: String,
}

impl Colours {
    fn new() -> Self {
        let [plain, tick, denied, failed] = ["--bar", "--dim", "--denied", "--bar-error"].map(dom::theme);
        Self { plain, tick, denied, failed }
    }
}

/// A picture drawn beforehand, and where it belongs.
pub struct Drawn {
    canvas: HtmlCanvasElement,
    domain: Span,
    /// Device pixels of it before the range.
    before: f64,
    /// Lanes above it.
    first: usize,
    width: f64,
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// Device pixels of a CSS pixel.
fn density() -> f64 {
    window().device_pixel_ratio().max(1.0)
}

/// Draws an answer.
pub fn picture(picture: &Picture, width: f64) -> Option<Drawn> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    let density = density();
    let wide = (width * density).round();
    let (domain, bins) = (picture.domain, picture.bins);
    let end = bins.start + i64::from(bins.count) * bins.width;
    let before = (-scale::x(bins.start, domain, wide)).ceil().max(0.0);
    let after = (scale::x(end, domain, wide) - wide).ceil().max(0.0);
    let high = (picture.window.len() as f64 * ROW * density).ceil();
    if wide < 1.0 || high < 1.0 || before + wide + after > 16_000.0 {
        return None;
    }
    canvas.set_width((before + wide + after) as u32);
    canvas.set_height(high as u32);
    let context = context(&canvas)?;
    let colours = Colours::new();
    let x = |at: i64| before + scale::x(at, domain, wide);
    let most = picture.lanes.events.iter().copied().max().unwrap_or(0);
    for (at, lane) in picture.window.clone().enumerate() {
        let top = (at as f64 * ROW * density).round();
        match picture.marks(lane) {
            Some(marks) => ticks(
                &context,
                &colours,
                density,
                top,
                marks.iter().map(|(_, mark)| (x(mark.time), mark.result.as_str())),
            ),
            None => bars(&context, &colours, density, top, picture, lane, most, &x),
        }
    }
    Some(Drawn { canvas, domain, before, first: picture.window.start, width: wide })
}

/// The bars of a lane: as tall as the logarithm of their events, and a notch on the lane's upper edge for those that are marked.
#[allow(clippy::too_many_arguments, reason = "one lane of one picture")]
fn bars(
    context: &CanvasRenderingContext2d,
    colours: &Colours,
    density: f64,
    top: f64,
    picture: &Picture,
    lane: usize,
    most: u32,
    x: &impl Fn(i64) -> f64,
) {
    let base = top + (ROW - BASE) * density;
    let share = |count: u32| f64::from(count + 1).ln() / f64::from(most.max(1) + 1).ln();
    let each = |draw: &mut dyn FnMut(f64, f64, u32, u32)| {
        for bin in 0..picture.bins.count as usize {
            let Some((events, marked)) = picture.bin(lane, bin).filter(|(events, _)| *events > 0) else { continue };
            let span = picture.span(bin);
            let (left, right) = (x(span.from).round(), x(span.to).round());
            draw(left, (right - left).max(density.round()), events, marked);
        }
    };
    // One colour after the other: changing it costs more than a bar.
    context.set_fill_style_str(&colours.plain);
    each(&mut |left, wide, events, _| {
        let high = (share(events) * BAR * density).round().max(2.0 * density);
        context.fill_rect(left, base - high, wide, high);
    });
    // The notch is as strong as the share that is marked: where a little always fails, the bursts still stand out.
    context.set_fill_style_str(&colours.failed);
    each(&mut |left, wide, events, marked| {
        if marked > 0 {
            let high = ((2.0 + 4.0 * share(marked)) * density).round();
            context.set_global_alpha(0.4 + 0.6 * (f64::from(marked) / f64::from(events)).sqrt());
            context.fill_rect(left, top + density, wide, high);
        }
    });
    context.set_global_alpha(1.0);
}

/// The events of a lane one by one. Where several fall together the tick grows; one that is marked reaches the lane's upper edge
/// and has a head there: a full diamond for an error or what was altered, a hollow square for what was denied.
fn ticks<'a>(
    context: &CanvasRenderingContext2d,
    colours: &Colours,
    density: f64,
    top: f64,
    marks: impl Iterator<Item = (f64, &'a str)>,
) {
    let base = top + (ROW - BASE) * density;
    // Places of three pixels: events, the worst result, the left edge.
    let mut cells: Vec<(f64, u32, u8)> = Vec::new();
    let cell = 2.0 * TICK * density;
    for (x, result) in marks {
        let left = (x - TICK * density).round();
        let rank = match result {
            "error" | "modified" | "appended" | "damaged" => 2,
            "denied" => 1,
            _ => 0,
        };
        match cells.last_mut().filter(|(known, ..)| left - *known < cell) {
            Some((_, count, worst)) => {
                *count += 1;
                *worst = rank.max(*worst);
            }
            None => cells.push((left, 1, rank)),
        }
    }
    for (rank, colour) in [(0, &colours.tick), (1, &colours.denied), (2, &colours.failed)] {
        context.set_fill_style_str(colour);
        for &(left, count, _) in cells.iter().filter(|(.., worst)| *worst == rank) {
            let grown = (f64::from(count).log2() * 1.2).min(7.0);
            let high = if rank == 0 { (9.0 + grown) * density } else { (ROW - BASE - 6.0) * density };
            context.fill_rect(left, (base - high).round(), cell.round(), high.round());
            let middle = left + cell.round() / 2.0;
            let (head, half) = (top + 5.0 * density, 3.5 * density);
            match rank {
                1 => {
                    context.fill_rect(middle - half, head - half, 2.0 * half, 2.0 * half);
                    context.clear_rect(
                        middle - half + density,
                        head - half + density,
                        2.0 * (half - density),
                        2.0 * (half - density),
                    );
                }
                2 => {
                    context.begin_path();
                    context.move_to(middle, head - half - density);
                    context.line_to(middle + half + density, head);
                    context.line_to(middle, head + half + density);
                    context.line_to(middle - half - density, head);
                    context.fill();
                }
                _ => {}
            }
        }
    }
}

/// What lies over the lanes.
pub struct Over<'a> {
    /// The range shown.
    pub domain: Span,
    /// Size in CSS pixels.
    pub size: (f64, f64),
    /// Pixels of lanes above the first visible one.
    pub top: f64,
    /// Lanes there are.
    pub lanes: usize,
    /// The lane that the keys are in, while they are.
    pub lane: Option<usize>,
    /// The instant under the pointer, here or in the time strip.
    pub pointed: Option<i64>,
    /// The range that is being brushed, in pixels.
    pub brush: Option<(f64, f64)>,
    /// The selected event.
    pub picked: Option<&'a Picked>,
    /// The lanes in which it stands.
    pub picked_in: Vec<usize>,
    /// Places of the axis' labels.
    pub ticks: Vec<f64>,
}

/// Puts a frame together.
pub fn frame(canvas: &HtmlCanvasElement, drawn: Option<&Drawn>, over: &Over<'_>) {
    let density = density();
    let (wide, high) = ((over.size.0 * density).round(), (over.size.1 * density).round());
    if wide < 1.0 || high < 1.0 || wide > 16_000.0 || high > 16_000.0 {
        return;
    }
    if (f64::from(canvas.width()), f64::from(canvas.height())) != (wide, high) {
        canvas.set_width(wide as u32);
        canvas.set_height(high as u32);
    }
    let Some(context) = context(canvas) else { return };
    let hair = density.round().max(1.0);
    let x = |at: i64| scale::x(at, over.domain, wide);
    let y = |lane: usize| (lane as f64 * ROW - over.top) * density;
    context.clear_rect(0.0, 0.0, wide, high);
    if let Some(lane) = over.lane {
        context.set_fill_style_str(&dom::theme("--chosen"));
        context.fill_rect(0.0, y(lane).round(), wide, (ROW * density).round());
    }
    context.set_fill_style_str(&dom::theme("--hairline"));
    for &tick in &over.ticks {
        context.fill_rect((tick * density).round(), 0.0, hair, high);
    }
    let first = (over.top / ROW) as usize;
    for lane in first..over.lanes.min(first + (over.size.1 / ROW) as usize + 2) {
        context.fill_rect(0.0, y(lane + 1).round() - hair, wide, hair);
    }
    if let Some(drawn) = drawn {
        let stretch = drawn.domain.length() as f64 / over.domain.length() as f64 * wide / drawn.width;
        let left = x(drawn.domain.from) - drawn.before * stretch;
        let whole = (f64::from(drawn.canvas.width()), f64::from(drawn.canvas.height()));
        // What is sharp stays sharp: at rest every pixel lies on a pixel.
        let still = (stretch - 1.0).abs() < 1e-9;
        context.set_image_smoothing_enabled(!still);
        let left = if still { left.round() } else { left };
        // A picture that could not be put up leaves the list of lanes and their counts.
        let _drawn = context.draw_image_with_html_canvas_element_and_dw_and_dh(
            &drawn.canvas,
            left,
            y(drawn.first).round(),
            whole.0 * stretch,
            whole.1,
        );
    }
    let accent = dom::theme("--accent");
    context.set_fill_style_str(&accent);
    if let Some(at) =
        over.picked.and_then(|picked| picked.time).filter(|at| over.domain.from <= *at && *at <= over.domain.to)
    {
        let at = x(at).round();
        context.fill_rect(at, 0.0, hair, high);
        context.set_stroke_style_str(&accent);
        context.set_line_width(2.0 * density);
        for &lane in &over.picked_in {
            context.begin_path();
            // A radius that is more than 0 is never refused.
            let _ring = context.arc(at + hair / 2.0, y(lane) + (ROW - BASE - 5.0) * density, 7.0 * density, 0.0, 7.0);
            context.stroke();
        }
    }
    if let Some((a, b)) = over.brush {
        let (left, right) = (a.min(b) * density, a.max(b) * density);
        context.set_global_alpha(0.22);
        context.fill_rect(left, 0.0, right - left, high);
        context.set_global_alpha(1.0);
        context.fill_rect(left.round(), 0.0, hair, high);
        context.fill_rect(right.round(), 0.0, hair, high);
    } else if let Some(at) = over.pointed.filter(|at| over.domain.from <= *at && *at <= over.domain.to) {
        context.fill_rect(x(at).round(), 0.0, hair, high);
    }
}
