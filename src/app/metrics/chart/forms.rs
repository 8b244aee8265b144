//! Charts that are not over time: bars, figures, gauges, a pie and a table of the latest values.

use super::super::plots::Picture;
use super::draw::colour;
use super::scale::{coloured, written};
use crate::app::shown::visible_text;
use crate::app::view::view;
use crate::watch::graph::Curve;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::sync::Arc;

type Pictured = Signal<Option<Arc<Picture>>>;

fn latest(picture: Option<&Arc<Picture>>) -> Vec<(usize, Curve, Option<f64>)> {
    let Some(picture) = picture else { return Vec::new() };
    let last = |curve: &Curve| curve.summary.last.map(|(_, value)| value);
    coloured(picture).map(|(_, number, curve)| (number, curve.clone(), last(curve))).collect()
}

/// The units of what has a value, each once; what has none is told apart from what has one.
fn units(all: &[(usize, Curve, Option<f64>)]) -> Vec<&str> {
    let valued = all.iter().filter(|(.., value)| value.is_some());
    let mut units: Vec<&str> = valued.map(|(_, curve, _)| curve.unit.as_deref().unwrap_or("no unit")).collect();
    units.sort_unstable();
    units.dedup();
    units
}

fn paint(line: usize) -> String {
    format!("var({})", colour(line))
}

fn name(curve: &Curve) -> String {
    visible_text(&curve.label).into_owned()
}

/// A bar for each curve: its latest value. Bars are of one scale with those of their unit.
#[component]
pub fn Bars(picture: Pictured) -> impl IntoView {
    let rows = move || {
        let all = picture.with(|picture| latest(picture.as_ref()));
        let mut greatest: BTreeMap<Option<String>, f64> = BTreeMap::new();
        for (_, curve, value) in &all {
            let most = greatest.entry(curve.unit.clone()).or_default();
            *most = most.max(value.map_or(0.0, f64::abs));
        }
        let row = move |(line, curve, value): (usize, Curve, Option<f64>)| {
            let most = greatest.get(&curve.unit).copied().unwrap_or_default();
            let share = value.map_or(0.0, |value| if most > 0.0 { value.abs() / most * 100.0 } else { 0.0 });
            let negative = value.is_some_and(|value| value < 0.0);
            view! {
                <tr>
                    <th scope="row">{name(&curve)}</th>
                    <td class="bar"><span class:negative=negative style:width=format!("{share:.2}%") style:background=paint(line)></span></td>
                    <td class="data">{value.map_or_else(|| "–".to_owned(), |value| written(value, curve.unit.as_deref()))}</td>
                </tr>
            }
        };
        all.into_iter().map(row).collect_view()
    };
    let scales = move || {
        let all = picture.with(|picture| latest(picture.as_ref()));
        (units(&all).len() > 1).then(|| view! { <p class="note">"Each unit has a scale of its own."</p> })
    };
    view! {
        <div class="chart-form bars" tabindex="0">
            <table>
                <caption class="unseen">"Latest value of each line"</caption>
                <tbody>{rows}</tbody>
            </table>
            {scales}
        </div>
    }
}

/// A small line of a curve.
fn spark(curve: &Curve, picture: &Picture, line: usize) -> impl IntoView + use<> {
    let (from, length) = (picture.domain.from, picture.domain.length() as f64);
    let (low, high) = match (curve.summary.min, curve.summary.max) {
        (Some((_, low)), Some((_, high))) if high > low => (low, high),
        (Some((_, low)), _) => (low - 1.0, low + 1.0),
        _ => (0.0, 1.0),
    };
    let mut path = String::new();
    for piece in curve.points.pieces() {
        for (at, (time, value)) in
            piece.iter().filter(|(time, _)| (0..=picture.domain.length()).contains(&(time - from))).enumerate()
        {
            let x = (time - from) as f64 / length * 200.0;
            let y = 38.0 - (value - low) / (high - low) * 36.0;
            path.push_str(&format!("{}{x:.1} {y:.1}", if at == 0 { "M" } else { "L" }));
        }
    }
    view! {
        <svg class="spark" viewBox="0 0 200 40" preserveAspectRatio="none" aria-hidden="true">
            <path d=path style:stroke=paint(line)></path>
        </svg>
    }
}

/// The latest value of each curve in figures, with a small line.
#[component]
pub fn Numbers(picture: Pictured) -> impl IntoView {
    let page = view();
    let figures = move || {
        let Some(of) = picture.get() else { return ().into_any() };
        let one = |(line, curve, value): (usize, Curve, Option<f64>)| {
            let when = curve.summary.last.map(|(time, _)| page.zone.get().full(time)).unwrap_or_default();
            view! {
                <div class="figure">
                    <span class="dim">{name(&curve)}</span>
                    <strong class="data">{value.map_or_else(|| "–".to_owned(), |value| written(value, curve.unit.as_deref()))}</strong>
                    {spark(&curve, &of, line)}
                    <span class="dim data">{when}</span>
                </div>
            }
        };
        latest(Some(&of)).into_iter().map(one).collect_view().into_any()
    };
    view! { <div class="chart-form numbers" tabindex="0">{figures}</div> }
}

/// The latest value of each curve on a scale from one end of the left axis to the other.
#[component]
pub fn Gauges(picture: Pictured) -> impl IntoView {
    let gauges = move || {
        let Some(of) = picture.get() else { return ().into_any() };
        let (Some(low), Some(high)) = (of.graph.left.min, of.graph.left.max) else {
            return view! { <p class="note">"A gauge has both ends of the left axis: set its minimum and maximum below."</p> }.into_any();
        };
        if high <= low {
            return view! { <p class="note">"The maximum of a gauge is greater than its minimum."</p> }.into_any();
        }
        let arc = |share: f64| {
            let angle = std::f64::consts::PI * (1.0 - share);
            format!("M10 60A50 50 0 0 1 {:.2} {:.2}", 60.0 + 50.0 * angle.cos(), 60.0 - 50.0 * angle.sin())
        };
        let one = |(line, curve, value): (usize, Curve, Option<f64>)| {
            let share = value.map_or(0.0, |value| ((value - low) / (high - low)).clamp(0.0, 1.0));
            let unit = curve.unit.clone();
            let words = value.map_or_else(|| "–".to_owned(), |value| written(value, unit.as_deref()));
            view! {
                <div class="figure">
                    <svg class="gauge" viewBox="0 0 120 66" role="img" aria-label=format!("{}: {words}", name(&curve))>
                        <path class="scale" d=arc(1.0)></path>
                        <path d=arc(share) style:stroke=paint(line)></path>
                        <text x="60" y="58" text-anchor="middle">{words.clone()}</text>
                    </svg>
                    <span class="dim data">{format!("{} … {}", written(low, unit.as_deref()), written(high, unit.as_deref()))}</span>
                    <span class="dim">{name(&curve)}</span>
                </div>
            }
        };
        latest(Some(&of)).into_iter().map(one).collect_view().into_any()
    };
    view! { <div class="chart-form numbers" tabindex="0">{gauges}</div> }
}

/// A sector for each curve: its latest value.
#[component]
pub fn Pie(picture: Pictured) -> impl IntoView {
    let pie = move || {
        let all = picture.with(|picture| latest(picture.as_ref()));
        if all.iter().any(|(.., value)| value.is_some_and(|value| value < 0.0)) {
            return view! { <p class="note">"A value below zero has no sector: the table and bars show it."</p> }
                .into_any();
        }
        let units = units(&all);
        if units.len() > 1 {
            let words = format!(
                "Values of different units are no parts of one whole: {}. Hide all but those of one.",
                units.join(", ")
            );
            return view! { <p class="note">{visible_text(&words).into_owned()}</p> }.into_any();
        }
        let sum: f64 = all.iter().filter_map(|(.., value)| *value).sum();
        if sum <= 0.0 {
            return view! { <p class="note">"There is nothing to share out: every latest value is zero or missing."</p> }.into_any();
        }
        let mut from = 0.0;
        let sectors = all.iter().filter_map(|(line, curve, value)| {
            let share = (*value)? / sum;
            let (a, b) = (from * TAU, (from + share.min(0.999_999)) * TAU);
            from += share;
            let at = |angle: f64| format!("{:.2} {:.2}", 60.0 + 55.0 * angle.sin(), 60.0 - 55.0 * angle.cos());
            let large = i32::from(share > 0.5);
            let path = format!("M60 60L{}A55 55 0 {large} 1 {}Z", at(a), at(b));
            let title =
                format!("{}: {} ({:.1} %)", name(curve), written((*value)?, curve.unit.as_deref()), share * 100.0);
            Some(view! { <path d=path style:fill=paint(*line)><title>{title}</title></path> })
        });
        let sectors = sectors.collect_view();
        let rows = all.iter().filter_map(|(line, curve, value)| {
            let share = (*value)? / sum * 100.0;
            Some(view! {
                <tr>
                    <td><span class="line-swatch" style:--line=paint(*line)></span></td>
                    <th scope="row">{name(curve)}</th>
                    <td class="data">{format!("{share:.1} %")}</td>
                </tr>
            })
        });
        let rows = rows.collect_view();
        view! {
            <svg class="pie" viewBox="0 0 120 120" aria-hidden="true">{sectors}</svg>
            <table><caption class="unseen">"Shares of the latest values"</caption><tbody>{rows}</tbody></table>
        }
        .into_any()
    };
    view! { <div class="chart-form pies" tabindex="0">{pie}</div> }
}

/// A row for each curve: numbers of the points shown.
#[component]
pub fn Summaries(picture: Pictured) -> impl IntoView {
    let rows = move || {
        let row = |(_, curve, last): (usize, Curve, Option<f64>)| {
            let unit = curve.unit.clone();
            let cell =
                |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| written(value, unit.as_deref()));
            let of = curve.summary;
            let some = of.count > 0;
            view! {
                <tr>
                    <th scope="row">{name(&curve)}</th>
                    <td>{curve.statistic.clone().unwrap_or_else(|| "–".to_owned())}</td>
                    <td class="data">{cell(last)}</td>
                    <td class="data">{cell(of.min.map(|(_, value)| value))}</td>
                    <td class="data">{cell(of.mean())}</td>
                    <td class="data">{cell(of.max.map(|(_, value)| value))}</td>
                    <td class="data">{cell(some.then_some(of.sum))}</td>
                    <td class="data">{of.count.to_string()}</td>
                </tr>
            }
        };
        picture.with(|picture| latest(picture.as_ref())).into_iter().map(row).collect_view()
    };
    view! {
        <div class="chart-form summaries" tabindex="0">
            <table>
                <caption class="unseen">"Numbers of the points shown"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Line"</th>
                        <th scope="col">"Statistic"</th>
                        <th scope="col">"Latest"</th>
                        <th scope="col">"Min"</th>
                        <th scope="col">"Mean"</th>
                        <th scope="col">"Max"</th>
                        <th scope="col">"Sum"</th>
                        <th scope="col">"Points"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
