//! A chart: its lines over time, drawn plainly.

use super::plots::{Picture, plots};
use super::words::figure;
use crate::app::shown::{elided, visible, visible_text};
use crate::watch::graph::{Axis, Curve};
use leptos::prelude::*;

/// The size of the drawing in its own units: it is stretched to the room there is.
const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 160.0;

/// Entries of the legend.
const NAMED: usize = 12;

/// The custom property with the colour of a line.
#[must_use]
pub fn colour(line: usize) -> &'static str {
    const COLOURS: [&str; 8] =
        ["--stack-1", "--stack-2", "--stack-3", "--stack-4", "--stack-5", "--stack-6", "--stack-7", "--stack-8"];
    COLOURS[line % COLOURS.len()]
}

/// The curves that are drawn, with the places of their lines.
fn curves(picture: &Picture) -> Vec<(usize, bool, &Curve)> {
    let lines = picture.graph.lines.iter().zip(&picture.drawing.lines).enumerate();
    let drawn = lines.filter_map(|(at, (line, drawn))| Some((at, line.right, drawn.as_ref().ok()?)));
    drawn.flat_map(|(at, right, drawn)| drawn.curves.iter().map(move |curve| (at, right, curve))).collect()
}

/// The ends of an axis: those that are wanted, else those of the values.
fn ends(axis: &Axis, values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    values.for_each(|value| (least, most) = (least.min(value), most.max(value)));
    if least > most {
        (least, most) = (0.0, 1.0);
    }
    let least = axis.min.unwrap_or(if least >= 0.0 { 0.0 } else { least });
    let most = axis.max.unwrap_or(most);
    if most > least { (least, most) } else { (least, least + 1.0) }
}

/// A curve as the path of a drawing.
fn path(curve: &Curve, picture: &Picture, (least, most): (f64, f64)) -> String {
    let length = picture.domain.length() as f64;
    let mut path = String::new();
    for piece in curve.points.pieces() {
        for (at, &(time, value)) in piece.iter().enumerate() {
            let x = (time - picture.domain.from) as f64 / length * WIDTH;
            let y = HEIGHT - (value - least) / (most - least) * HEIGHT;
            path += &format!(
                "{}{:.2} {:.2}",
                if at == 0 { 'M' } else { 'L' },
                x.clamp(-WIDTH, 2.0 * WIDTH),
                y.clamp(-1.0, HEIGHT + 1.0)
            );
        }
        // A point without neighbours is seen all the same.
        if piece.len() == 1 {
            path += "h1";
        }
    }
    path
}

/// See the module.
#[component]
pub fn Chart(at: usize) -> impl IntoView {
    let picture = plots().of(at);
    let drawn = move || {
        let picture = picture.get()?;
        let all = curves(&picture);
        let of = |wanted: bool| {
            let values = all.iter().filter(move |(_, right, _)| *right == wanted);
            values.flat_map(|(_, _, curve)| curve.points.points.iter().map(|(_, value)| *value)).collect::<Vec<f64>>()
        };
        let left = ends(&picture.graph.left, of(false).into_iter());
        let right = ends(&picture.graph.right, of(true).into_iter());
        let paths = all.iter().map(|(line, is_right, curve)| {
            let path = path(curve, &picture, if *is_right { right } else { left });
            let colour = format!("var({})", colour(*line));
            view! { <path d=path style:stroke=colour></path> }
        });
        let paths = paths.collect_view();
        let named = all.iter().take(NAMED).map(|(line, _, curve)| {
            let colour = format!("var({})", colour(*line));
            let last = curve.summary.last.map(|(_, value)| figure(value));
            let unit = curve.unit.clone().filter(|unit| unit != "None").unwrap_or_default();
            view! {
                <li>
                    <i style:background=colour aria-hidden="true"></i>
                    <span>{visible(&elided(&curve.label, 60))}</span>
                    " "<span class="data">{last}</span>" "<span class="dim">{visible_text(&unit).into_owned()}</span>
                </li>
            }
        });
        let named = named.collect_view();
        let beside = all.iter().any(|(_, right, _)| *right).then(|| {
            view! { <span class="end-right data">{figure(right.1)}</span> }
        });
        let title = picture.graph.title.clone();
        Some(view! {
            <h3 class="plain-title">{visible(&elided(&title, 120))}</h3>
            <div class="plain-plot">
                <span class="end-left data">{figure(left.1)}</span>
                {beside}
                <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">{paths}</svg>
                <span class="end-least data">{figure(left.0)}</span>
            </div>
            <ul class="plain-legend">{named}</ul>
        })
    };
    drawn.into_any()
}
