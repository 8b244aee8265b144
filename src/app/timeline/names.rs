//! The names of lanes, at their left: what they hold, and what can be done with them.

use super::chart::{Chart, Line};
use crate::app::icons;
use crate::app::scroll::ROW;
use crate::app::shown::{grouped, short, visible, visible_text};
use crate::app::view::{View, view};
use leptos::prelude::*;
use std::borrow::Cow;

/// Characters that a name has room for.
const LENGTH: usize = 24;

/// Keeps a lane on top, or no longer.
fn pin(view: View, value: &str) {
    view.lanes.update(|lanes| match lanes.pinned.iter().position(|known| known == value) {
        Some(at) => {
            lanes.pinned.remove(at);
        }
        None => lanes.pinned.push(value.to_owned()),
    });
}

/// Takes a lane out of sight.
fn hide(view: View, value: &str) {
    view.lanes.update(|lanes| {
        lanes.pinned.retain(|known| known != value);
        if !lanes.hidden.iter().any(|known| known == value) {
            lanes.hidden.push(value.to_owned());
        }
    });
}

/// The names of the lanes in sight.
#[component]
pub fn Names(chart: Chart) -> impl IntoView {
    let first = Memo::new(move |_| chart.rows().start);
    let slots = Memo::new(move |_| {
        let fit = (chart.size.get().1 / ROW).ceil() as usize + 1;
        fit.min(chart.picture.with(|picture| picture.as_ref().map_or(0, |picture| picture.len())))
    });
    let shift = move || format!("translateY({:.1}px)", first.get() as f64 * ROW - chart.top.get());
    view! {
        <div class="lane-names" role="list" aria-label="Lanes">
            <div role="presentation" style:transform=shift>
                <For
                    each=move || 0..slots.get()
                    key=|slot| *slot
                    children=move |slot| {
                        // A name is made anew only when its lane is another.
                        let line = Memo::new(move |_| {
                            let at = first.get() + slot;
                            chart.picture.with(|picture| {
                                let picture = picture.as_ref().filter(|picture| at < picture.len())?;
                                Some((at, picture.line(at).cloned()))
                            })
                        });
                        move || line.get().map(|(at, line)| name(chart, at, line))
                    }
                />
            </div>
        </div>
    }
}

fn name(chart: Chart, at: usize, line: Option<Line>) -> impl IntoView {
    let view = view();
    let Some(Line { value, sums, pinned }) = line else {
        // Scrolled to, and on its way.
        return view! { <div class="lane awaited" role="listitem"><i></i></div> }.into_any();
    };
    let field = view.lanes.with_untracked(|lanes| lanes.field.clone());
    let whole = value.as_deref().map_or(Cow::Borrowed("none"), visible_text).into_owned();
    let choose = {
        let value = value.clone();
        move |event: web_sys::MouseEvent| view.choose(&field, value.as_deref(), !event.alt_key())
    };
    let words = match &value {
        Some(value) => visible(&short(value, LENGTH)).into_any(),
        None => view! { <i>"none"</i> }.into_any(),
    };
    let events = grouped(sums.events);
    let tools = value.clone().map(|value| {
        let (pin_value, hide_value) = (value.clone(), value);
        view! {
            <span class="lane-acts">
            <button
                class="lane-pin"
                aria-pressed=pinned.to_string()
                aria-label=format!("Pin {whole}")
                title=if pinned { "Unpin" } else { "Pin: keep this lane on top" }
                on:click=move |_| pin(view, &pin_value)
            >
                {icons::pin()}
            </button>
            <button
                class="lane-hide"
                aria-label=format!("Hide {whole}")
                title="Hide this lane"
                on:click=move |_| hide(view, &hide_value)
            >
                {icons::hide()}
            </button>
            </span>
        }
    });
    let title = format!("{whole}\nClick: only events with it. Alt-click: without them.");
    view! {
        <div
            class="lane"
            class:pinned=pinned
            class:here=move || chart.lane.get() == at
            role="listitem"
            data-lane=at.to_string()
            data-value=whole.clone()
        >
            <button class="lane-name data" title=title on:click=choose>{words}</button>
            {tools}
            <span class="lane-count data">{events}</span>
        </div>
    }
    .into_any()
}
