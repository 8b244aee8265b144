//! The filter as the AWS command line takes it.

use super::bench::bench;
use crate::app::dom;
use crate::app::shown::visible_text;
use leptos::prelude::*;

/// How long a button says what it did.
const SAID: std::time::Duration = std::time::Duration::from_secs(2);

/// The buttons, and why they cannot be pressed.
#[component]
pub fn Take() -> impl IntoView {
    let bench = bench();
    let why = Memo::new(move |_| bench.reading.with(|reading| reading.cannot_be_put()));
    let copied = RwSignal::new(false);
    let copy = move |_| {
        if let Some(command) = bench.reading.with_untracked(|reading| reading.command()) {
            dom::copy(&command);
            copied.set(true);
            set_timeout(
                move || {
                    // Whoever left the room has no button any more.
                    let _gone = copied.try_set(false);
                },
                SAID,
            );
        }
    };
    let save = move |_| {
        if let Some((name, json)) = bench.reading.with_untracked(|reading| reading.input()) {
            dom::save(&name, "application/json", &json);
        }
    };
    let said = move || match why.get() {
        Some(why) => Some(visible_text(&why).into_owned()),
        None => bench.reading.with(|reading| reading.put_note()).map(str::to_owned),
    };
    let held = move || why.with(Option::is_some);
    let title =
        move |free: &'static str| why.get().map_or_else(|| free.to_owned(), |why| visible_text(&why).into_owned());
    view! {
        <div class="bench-take">
            <button
                id="copy-put-metric-filter"
                class="button"
                disabled=held
                aria-describedby="take-why"
                title=move || title("The command that makes this filter: aws logs put-metric-filter …")
                on:click=copy
            >
                {move || if copied.get() { "Copied" } else { "Copy as put-metric-filter" }}
            </button>
            <button
                id="save-put-metric-filter"
                class="button"
                disabled=held
                aria-describedby="take-why"
                title=move || title("For aws logs put-metric-filter --cli-input-json")
                on:click=save
            >
                "Save JSON"
            </button>
            <span id="take-why" class="dim">{said}</span>
        </div>
    }
}
