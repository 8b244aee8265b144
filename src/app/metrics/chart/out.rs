//! Charts taken out of the page: as a picture, as a drawing, as CSV, and under the timeline.

use super::super::plots::{Picture, Plots};
use super::draw::{self, Colours, Layout};
use super::frame;
use super::rows::Sheet;
use super::scale::{self, Vertical, coloured, written};
use super::stack::tops;
use crate::app::dom;
use crate::app::shown::visible_text;
use crate::app::strip::scale as axis;
use crate::app::view::{Room, View};
use crate::session::export::cell_of_csv;
use crate::time;
use crate::watch::graph::{Form, Graph};
use leptos::prelude::*;
use leptos::task::spawn_local;
use plotters::prelude::*;
use plotters_canvas::CanvasBackend;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::HtmlCanvasElement;

type Pictured = Signal<Option<Arc<Picture>>>;

/// Size of the chart in a picture, in CSS pixels.
const SIZE: (f64, f64) = (1_200.0, 360.0);

/// Space above it, for the title.
const HEAD: f64 = 28.0;

/// Height of a line of the legend.
const ROW: f64 = 16.0;

/// Lines of the legend at most.
const ROWS: usize = 40;

/// A file's name made of a title.
fn file_name(title: &str, ending: &str) -> String {
    let safe = |char: char| if char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.') { char } else { '-' };
    let name: String = title.chars().map(safe).take(60).collect();
    let name = name.trim_matches(['-', '.']);
    format!("{}.{ending}", if name.is_empty() { "chart" } else { name })
}

/// What is drawn around the curves.
struct Sheeted {
    layout: Layout,
    verticals: [Option<Vertical>; 2],
    ticks: Vec<axis::Tick>,
    title: String,
    range: String,
    legend: Vec<(usize, String)>,
}

fn sheeted(picture: &Picture, title: &str, view: View) -> Sheeted {
    let stacked = (picture.graph.form == Form::Area).then(|| tops(picture));
    let verticals = scale::axes(picture, picture.domain, stacked);
    let layout = Layout::new(SIZE.0, SIZE.1, &verticals, false);
    let zone = view.zone.get_untracked();
    let legend = coloured(picture).take(ROWS).map(|(_, line, curve)| {
        let last =
            curve.summary.last.map_or_else(|| "–".to_owned(), |(_, value)| written(value, curve.unit.as_deref()));
        let words = [Some(curve.label.clone()), curve.statistic.clone(), Some(format!("last {last}"))];
        let words: Vec<String> = words.into_iter().flatten().collect();
        (line, visible_text(&words.join("  ")).into_owned())
    });
    Sheeted {
        ticks: axis::ticks(picture.domain, layout.wide(), zone),
        range: format!("{} {}", zone.span_with_year(picture.domain.from, picture.domain.to), zone.name()),
        title: visible_text(title).into_owned(),
        legend: legend.collect(),
        layout,
        verticals,
    }
}

fn height(of: &Sheeted) -> f64 {
    HEAD + SIZE.1 + 12.0 + of.legend.len() as f64 * ROW
}

/// All of a chart on any area whose upper left corner is that of the picture.
fn draw_all<DB: DrawingBackend>(
    area: &DrawingArea<DB, plotters::coord::Shift>,
    picture: &Picture,
    of: &Sheeted,
    density: f64,
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    let colours = Colours::new();
    area.fill(&colours.page)?;
    let px = |value: f64| (value * density).round() as i32;
    let below = area.clone().shrink((0, px(HEAD)), (px(SIZE.0) as u32, px(height(of) - HEAD) as u32));
    draw::axes(&below, &colours, &of.layout, &of.verticals, &of.ticks, picture, density)?;
    let plot = below
        .clone()
        .shrink((px(of.layout.left), px(of.layout.top)), (px(of.layout.wide()) as u32, px(of.layout.high()) as u32));
    // Nothing cuts a drawing off at the plot's edges: only what lies within is drawn.
    let inside = Arc::new(within(picture));
    let size = (of.layout.wide(), of.layout.high());
    draw::lines(&plot, &colours, size, &of.verticals, &inside, picture.domain, density)?;
    draw::surroundings(&below, &colours, &of.layout, &of.title, &of.range, &of.legend, density)?;
    area.present()
}

/// A picture without the points before and behind its range.
fn within(picture: &Picture) -> Picture {
    let mut inside = picture.clone();
    let domain = picture.domain;
    for curve in
        inside.drawing.lines.iter_mut().filter_map(|line| line.as_mut().ok()).flat_map(|drawn| &mut drawn.curves)
    {
        let stretch = &mut curve.points;
        let pieces: Vec<Vec<(i64, f64)>> = stretch
            .pieces()
            .map(|piece| piece.iter().copied().filter(|(time, _)| domain.from <= *time && *time < domain.to).collect())
            .filter(|piece: &Vec<_>| !piece.is_empty())
            .collect();
        stretch.points.clear();
        stretch.breaks.clear();
        for piece in pieces {
            if !stretch.points.is_empty() {
                stretch.breaks.push(stretch.points.len() as u32);
            }
            stretch.points.extend(piece);
        }
    }
    inside
}

/// Saves a chart as a drawing.
pub fn svg(picture: Pictured, title: String, view: View) {
    let Some(picture) = picture.get_untracked() else { return };
    let of = sheeted(&picture, &title, view);
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (SIZE.0 as u32, height(&of) as u32)).into_drawing_area();
        // A text cannot refuse to be written.
        let _ = draw_all(&area, &picture, &of, 1.0);
    }
    dom::save(&file_name(&title, "svg"), "image/svg+xml", &text);
}

/// Saves a chart as a picture, in twice as many pixels as it is large.
pub fn png(picture: Pictured, title: String, view: View) {
    let Some(picture) = picture.get_untracked() else { return };
    let of = sheeted(&picture, &title, view);
    let canvas =
        document().create_element("canvas").ok().and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
    let Some(canvas) = canvas else { return };
    let density = frame::density().max(2.0);
    canvas.set_width((SIZE.0 * density) as u32);
    canvas.set_height((height(&of) * density) as u32);
    let Some(backend) = CanvasBackend::with_canvas_object(canvas.clone()) else { return };
    let area = backend.into_drawing_area();
    let _ = draw_all(&area, &picture, &of, density);
    drop(area);
    let name = file_name(&title, "png");
    let taken = Closure::once_into_js(move |blob: web_sys::Blob| {
        let _saved = dom::save_parts(&name, "image/png", &js_sys::Array::of1(&blob));
    });
    let _begun = canvas.to_blob(taken.unchecked_ref());
}

/// Saves every point of a chart's range as CSV.
pub fn csv(plots: Plots, picture: Pictured, title: String) {
    let Some(picture) = picture.get_untracked() else { return };
    spawn_local(async move {
        let Ok(drawing) = plots.all_points(&picture.graph, picture.domain).await else { return };
        let sheet = Sheet::of(&drawing).within(picture.domain.from, picture.domain.to);
        dom::save(&file_name(&title, "csv"), "text/csv", &text_of(&sheet));
    });
}

/// A sheet as CSV: a time in UTC, then a value or nothing for each curve.
fn text_of(sheet: &Sheet) -> String {
    let mut text = String::from("timestamp");
    for head in &sheet.heads {
        text.push(',');
        cell_of_csv(&mut text, head);
    }
    text.push_str("\r\n");
    for (at, values) in &sheet.rows {
        text.push_str(&time::format(*at));
        for value in values {
            text.push(',');
            if let Some(value) = value {
                text.push_str(&value.to_string());
            }
        }
        text.push_str("\r\n");
    }
    text
}

/// Shows a chart under the event timeline.
pub fn under(graph: Graph, view: View) {
    let form = if graph.form == Form::Area { Form::Area } else { Form::Line };
    batch(|| {
        view.under.set(Some(Graph { form, marks: false, ..graph }));
        view.room.set(Room::Timeline);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain() {
        assert_eq!(file_name("AWS/EC2 CPU <b>", "png"), "AWS-EC2-CPU--b.png");
        assert_eq!(file_name("…", "svg"), "chart.svg");
    }

    #[test]
    fn no_cell_is_a_formula() {
        let sheet = Sheet {
            heads: vec!["=HYPERLINK(\"x\"), Sum".to_owned(), "a".to_owned()],
            rows: vec![(0, vec![Some(-1.5), None])],
        };
        let text = text_of(&sheet);
        assert_eq!(text, "timestamp,\"'=HYPERLINK(\"\"x\"\"), Sum\",a\r\n1970-01-01T00:00:00Z,-1.5,\r\n");
    }
}
