//! The legend of a chart: what each line is, its value at the instant under the pointer or its last one, and what is wrong with it.
//! A click hides a line, which metric math goes on using; with Alt it shows that line alone.

use super::super::charts::toggle;
use super::super::plots::{Picture, Which, plots};
use super::draw::is_dashed;
use super::frame::near;
use super::over_time::swatch;
use super::scale::{place, written};
use crate::app::shown::visible_text;
use crate::app::view::{View, view};
use crate::watch::graph::{Curve, Drawn, Graph, Line, Of};
use leptos::html::Ul;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Curves that are listed at most; the table behind has all.
const LISTED: usize = 120;

/// Changes a chart.
fn change(view: View, which: Which, then: impl FnOnce(&mut Graph)) {
    match which {
        Which::At(at) => view.graphs.update(|graphs| {
            if let Some(graph) = graphs.get_mut(at) {
                then(graph);
            }
        }),
        Which::Under => view.under.update(|under| {
            if let Some(graph) = under {
                then(graph);
            }
        }),
    }
}

/// What a line is called that has no curve.
fn plain_name(line: &Line) -> String {
    line.label.clone().unwrap_or_else(|| match &line.of {
        Of::Metric(metric) => metric.title(),
        Of::Math(text) | Of::Events(text) => text.clone(),
        Of::Filter(of) => of.pattern.clone(),
    })
}

/// The legend.
#[component]
pub fn Legend(which: Which) -> impl IntoView {
    let view = view();
    let picture = plots().of(which);
    let list = NodeRef::<Ul>::new();
    let rows = move || {
        let picture = picture.get()?;
        keep_focus(list);
        let lines = picture.graph.lines.iter().zip(&picture.drawing.lines).enumerate();
        let rows = lines.flat_map(|(at, (line, drawn))| match drawn {
            Ok(drawn) if !drawn.curves.is_empty() => {
                let curves = (0..drawn.curves.len()).map(|curve| of_curve(view, which, &picture, at, curve).into_any());
                curves.collect::<Vec<_>>()
            }
            other => vec![without(view, which, at, line, other).into_any()],
        });
        Some(rows.take(LISTED).collect_view())
    };
    view! { <ul class="legend" node_ref=list>{rows}</ul> }
}

/// The entries are about to be made anew: that of the same line takes the focus of the one that has it now.
fn keep_focus(list: NodeRef<Ul>) {
    let Some(element) = list.get_untracked() else { return };
    let focused = document().active_element().filter(|focused| element.contains(Some(focused)));
    let Some(line) = focused.and_then(|focused| focused.get_attribute("data-line")) else { return };
    request_animation_frame(move || {
        if list.try_get_untracked().flatten().is_some()
            && let Ok(Some(entry)) = element.query_selector(&format!("[data-line='{line}']"))
            && let Ok(entry) = entry.dyn_into::<HtmlElement>()
        {
            let _taken = entry.focus();
        }
    });
}

fn entry(
    view: View,
    which: Which,
    (at, number): (usize, usize),
    hidden: bool,
    name: String,
    inner: impl IntoView + 'static,
) -> impl IntoView + 'static {
    let dashed = is_dashed(number);
    view! {
        <li>
            <button
                class="entry"
                class:off=hidden
                data-line=at.to_string()
                aria-pressed=(!hidden).to_string()
                title=format!("{name}\nClick: show or hide it. Alt-click: it alone.")
                on:click=move |event| {
                    let alone = event.alt_key();
                    change(view, which, |graph| toggle(graph, at, alone));
                }
                on:dblclick=move |_| change(view, which, |graph| toggle(graph, at, true))
            >
                <span class="line-swatch" class:dashed=dashed style:--line=swatch(number)></span>
                <span class="name">{name.clone()}</span>
                {inner}
            </button>
        </li>
    }
}

fn of_curve(view: View, which: Which, picture: &Arc<Picture>, at: usize, curve: usize) -> impl IntoView + 'static {
    let width = view.width;
    let one = |picture: &Picture| -> Option<Curve> {
        picture.drawing.lines.get(at)?.as_ref().ok()?.curves.get(curve).cloned()
    };
    let Some(known) = one(picture) else { return ().into_any() };
    let drawn: Option<Drawn> = picture.drawing.lines[at].as_ref().ok().cloned();
    let notes = drawn.map(|drawn| drawn.notes).unwrap_or_default();
    let statistic = known.statistic.clone().unwrap_or_default();
    let number = place(picture, at, curve);
    let picture = picture.clone();
    let unit = known.unit.clone();
    let name = visible_text(&known.label).into_owned();
    let value = move || {
        let point = match view.pointed.get() {
            Some(instant) => near(&known, instant, &picture, width.get()),
            None => known.summary.last,
        };
        point.map_or_else(|| "–".to_owned(), |(_, value)| written(value, unit.as_deref()))
    };
    let note = (curve == 0 && !notes.is_empty()).then(|| {
        let words = notes.join("\n");
        view! { <span class="noted" title=words.clone()>"▲"<span class="unseen">{words.clone()}</span></span> }
    });
    let inner = view! {
        <span class="dim stat">{statistic}</span>
        {note}
        <span class="value data">{value}</span>
    };
    entry(view, which, (at, number), false, name, inner).into_any()
}

/// A line that is hidden, or at fault.
fn without(
    view: View,
    which: Which,
    at: usize,
    line: &Line,
    drawn: &Result<Drawn, crate::query::pattern::Fault>,
) -> impl IntoView + use<> {
    let name = visible_text(&plain_name(line)).into_owned();
    match drawn {
        Err(fault) => {
            let words = visible_text(&fault.message).into_owned();
            let inner = view! { <span class="fault" title=words.clone()>"✕ "{words.clone()}</span> };
            entry(view, which, (at, at), line.hidden, name, inner).into_any()
        }
        Ok(_) => {
            let inner = view! { <span class="dim stat">{if line.hidden { "hidden" } else { "no points" }}</span> };
            entry(view, which, (at, at), line.hidden, name, inner).into_any()
        }
    }
}
