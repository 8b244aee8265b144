//! The bench of metric filters: a pattern is typed, and what it matches, what it misses, the values that it takes out and the
//! metric that comes of them are seen at once, over log lines and CloudTrail events alike.

mod answer;
mod bench;
mod draft;
mod examples;
mod field;
mod lines;
mod loaded;
mod periods;
mod reading;
mod settings;
mod take;

pub use bench::Bench;
pub use draft::{DIMENSIONS, Draft, PERIODS};

use leptos::prelude::*;

/// The room.
#[component]
pub fn Filters() -> impl IntoView {
    let bench = bench::bench();
    view! {
        <main id="filters" class="room" aria-label="Metric filters">
            <loaded::Loaded/>
            <div class="bench" aria-busy=move || bench.waits().to_string()>
                <field::PatternField/>
                <settings::Settings/>
                <answer::Answer/>
                <div class="bench-results">
                    <lines::Lines/>
                    <periods::Periods/>
                </div>
            </div>
        </main>
    }
}
