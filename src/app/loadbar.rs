//! How far the loading is, as a thin line under the time strip.

use crate::session::page::{Phase, Session};
use leptos::prelude::*;

/// The line.
#[component]
pub fn LoadBar() -> impl IntoView {
    let session = expect_context::<Session>();
    let share = move || {
        session.progress.with(|progress| match progress.phase {
            Phase::Reading => f64::from(progress.files_done) / f64::from(progress.files_wanted().max(1)),
            Phase::Checking => 1.0,
            Phase::Empty | Phase::Looking | Phase::Choosing | Phase::Done => 0.0,
        })
    };
    let idle = move || session.progress.with(|progress| !matches!(progress.phase, Phase::Reading | Phase::Checking));
    view! {
        <div
            id="load-bar"
            class:idle=idle
            role="progressbar"
            aria-label="Files read"
            aria-hidden=move || idle().to_string()
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || format!("{:.0}", share() * 100.0)
        >
            <div class="done" style:width=move || format!("{:.1}%", share() * 100.0)></div>
        </div>
    }
}
