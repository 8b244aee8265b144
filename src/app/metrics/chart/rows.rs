//! The table behind a chart: every point of the range, a row for each time.

use super::super::plots::{Picture, Which, plots};
use super::scale::curves;
use crate::app::shown::{grouped, visible_text};
use crate::app::view::view;
use crate::watch::graph::Drawing;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of a page.
const PAGE: usize = 200;

/// Columns at most.
const COLUMNS: usize = 24;

/// Points by time, with the heads of the columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// What each column is called.
    pub heads: Vec<String>,
    /// Starts of periods in milliseconds since the epoch, rising, and the value of each column.
    pub rows: Vec<(i64, Vec<Option<f64>>)>,
}

impl Sheet {
    /// Of all curves of an answer.
    #[must_use]
    pub fn of(drawing: &Drawing) -> Self {
        let curves: Vec<_> =
            drawing.lines.iter().filter_map(|line| line.as_ref().ok()).flat_map(|drawn| &drawn.curves).collect();
        let mut rows: BTreeMap<i64, Vec<Option<f64>>> = BTreeMap::new();
        for (column, curve) in curves.iter().enumerate() {
            for (time, value) in &curve.points.points {
                rows.entry(*time).or_insert_with(|| vec![None; curves.len()])[column] = Some(*value);
            }
        }
        let head = |curve: &&crate::watch::graph::Curve| {
            let unit = curve.unit.as_deref().filter(|unit| *unit != "None");
            let parts = [Some(curve.label.as_str()), curve.statistic.as_deref(), unit];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        };
        Self { heads: curves.iter().map(head).collect(), rows: rows.into_iter().collect() }
    }

    /// Only the rows of a stretch of time.
    #[must_use]
    pub fn within(mut self, from: i64, to: i64) -> Self {
        self.rows.retain(|(time, _)| from <= *time && *time < to);
        self
    }
}

/// The table.
#[component]
pub fn Rows(which: Which) -> impl IntoView {
    let page = view();
    let plots = plots();
    let picture = plots.of(which);
    let sheet = RwSignal::new(None::<Arc<Sheet>>);
    let first = RwSignal::new(0usize);
    let asked = StoredValue::new(None::<Arc<Picture>>);
    Effect::new(move || {
        let Some(picture) = picture.get() else { return };
        if asked.get_value().is_some_and(|known| Arc::ptr_eq(&known, &picture)) {
            return;
        }
        asked.set_value(Some(picture.clone()));
        spawn_local(async move {
            let found = plots.all_points(&picture.graph, picture.domain).await;
            let current = asked.try_get_value().flatten().is_some_and(|known| Arc::ptr_eq(&known, &picture));
            if let (Ok(drawing), true) = (found, current) {
                let (from, to) = (picture.domain.from, picture.domain.to);
                first.set(0);
                sheet.set(Some(Arc::new(Sheet::of(&drawing).within(from, to))));
            }
        });
    });
    let label = move || picture.with(|picture| picture.as_ref().map_or(0, |picture| curves(picture).count()));
    let body = move || {
        let Some(sheet) = sheet.get() else { return view! { <p class="dim note">"…"</p> }.into_any() };
        let from = first.get().min(sheet.rows.len());
        let rows = sheet.rows[from..(from + PAGE).min(sheet.rows.len())].iter().map(|(time, values)| {
            let cells = values.iter().take(COLUMNS).map(|value| {
                view! { <td class="data">{value.map_or_else(|| "–".to_owned(), |value| value.to_string())}</td> }
            });
            view! { <tr><th scope="row" class="data">{page.zone.get().full(*time)}</th>{cells.collect_view()}</tr> }
        });
        let rows = rows.collect_view();
        let heads = sheet
            .heads
            .iter()
            .take(COLUMNS)
            .map(|head| view! { <th scope="col">{visible_text(head).into_owned()}</th> });
        let heads = heads.collect_view();
        let total = sheet.rows.len();
        let more = (sheet.heads.len() > COLUMNS)
            .then(|| view! { <span>{format!("{COLUMNS} of {} lines; the CSV has all", sheet.heads.len())}</span> });
        let to = (from + PAGE).min(total);
        let turn = move |later: bool| {
            first.update(|first| {
                *first = if later { (*first + PAGE).min(total.saturating_sub(1)) } else { first.saturating_sub(PAGE) }
            });
        };
        let place = match total {
            0 => "no points in this range".to_owned(),
            total => format!("{} – {} of {}", grouped(from as u64 + 1), grouped(to as u64), grouped(total as u64)),
        };
        view! {
            <table>
                <caption class="unseen">{format!("The values of {} lines by time", label())}</caption>
                <thead><tr><th scope="col">"Time"</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <p class="turn dim">
                <button class="plain" disabled=from == 0 on:click=move |_| turn(false)>"Earlier"</button>
                <span class="data">{place}</span>
                <button class="plain" disabled=to >= total on:click=move |_| turn(true)>"Later"</button>
                {more}
            </p>
        }
        .into_any()
    };
    view! { <div class="chart-form chart-rows" tabindex="0" data-rows=move || sheet.with(|sheet| sheet.as_ref().map(|sheet| sheet.rows.len().to_string()))>{body}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::graph::{Curve, Drawn, Stretch, Summary};

    #[test]
    fn points_of_several_curves_stand_by_time() {
        let curve = |label: &str, points: &[(i64, f64)]| Curve {
            label: label.to_owned(),
            metric: None,
            unit: Some("Percent".to_owned()),
            statistic: Some("Average".to_owned()),
            period: 60,
            points: Stretch { points: points.to_vec(), breaks: Vec::new() },
            before: None,
            summary: Summary::default(),
        };
        let drawn =
            Drawn { curves: vec![curve("a", &[(0, 1.0), (60, 2.0)]), curve("b", &[(60, 3.0)])], notes: Vec::new() };
        let sheet = Sheet::of(&Drawing { lines: vec![Ok(drawn)] });
        assert_eq!(sheet.heads, ["a, Average, Percent", "b, Average, Percent"]);
        assert_eq!(sheet.rows, [(0, vec![Some(1.0), None]), (60, vec![Some(2.0), Some(3.0)])]);
        assert_eq!(sheet.within(60, 61).rows.len(), 1);
    }
}
