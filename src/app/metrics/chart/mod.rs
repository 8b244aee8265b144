//! A chart (for the time being).

use super::plots::plots;
use leptos::prelude::*;

/// The custom property with the colour of a line.
#[must_use]
pub fn colour(line: usize) -> &'static str {
    ["--stack-1", "--stack-2", "--stack-3", "--stack-4", "--stack-5", "--stack-6", "--stack-7", "--stack-8"][line % 8]
}

/// A chart.
#[component]
pub fn Chart(at: usize) -> impl IntoView {
    let picture = plots().of(at);
    let said = move || {
        picture.with(|picture| {
            picture.as_ref().map(|picture| {
                let of = |line: &Result<crate::watch::graph::Drawn, _>| match line {
                    Ok(drawn) => {
                        drawn.curves.iter().map(|curve| format!("{} {:?}", curve.label, curve.summary)).collect()
                    }
                    Err(_) => "fault".to_owned(),
                };
                picture.drawing.lines.iter().map(of).collect::<Vec<String>>().join("\n")
            })
        })
    };
    view! { <pre class="chart-plot">{said}</pre> }
}
