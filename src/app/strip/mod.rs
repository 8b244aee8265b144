//! The time strip: events over time, always in sight. Its range is the range of everything else on the page.

mod coverage;
mod draw;
mod legend;
mod look;
pub mod scale;
pub mod stack;
mod words;

use super::ask::asker;
use super::shown::grouped;
use super::view::{Span, view};
use super::{dom, loadbar::LoadBar};
use crate::session::page::Session;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use web_sys::PointerEvent;

/// Pixels that the pointer must move before it draws a brush.
const BRUSH: f64 = 4.0;

/// The strip.
#[component]
pub fn Strip() -> impl IntoView {
    let view = view();
    let asker = asker();
    let session = expect_context::<Session>();
    let judged = coverage::judged(session);
    // The instant under the pointer while it is in the row of coverage.
    let covered = RwSignal::new(None::<i64>);
    let place = NodeRef::<Div>::new();
    let (bars, over) = (NodeRef::<Canvas>::new(), NodeRef::<Canvas>::new());
    let pointed = RwSignal::new(None::<f64>);
    let brush = RwSignal::new(None::<(f64, f64)>);
    let theme = RwSignal::new(());
    dom::on_theme_change(move || theme.set(()));
    Effect::new(move || {
        if let Some(place) = place.get() {
            dom::on_resize(&place, move |width, _| view.width.set(width));
        }
    });
    let histogram = Memo::new(move |_| asker.answer.with(|answer| answer.histogram.clone()));
    let share = Memo::new(move |_| view.stack().with(|stack| stack.share));
    // The picture stays that of the answer until the next answer, even when the range asked for is another already.
    let domain = Memo::new(move |_| histogram.with(|histogram| histogram.as_ref().map(|histogram| histogram.domain)));
    let ticks = Memo::new(move |_| {
        domain.get().map_or_else(Vec::new, |domain| scale::ticks(domain, view.width.get(), view.zone.get()))
    });
    Effect::new(move || {
        theme.track();
        let (Some(canvas), Some(domain)) = (bars.get(), domain.get()) else { return };
        let (histogram, share) = (histogram.get(), share.get());
        ticks.with(|ticks| draw::histogram(&canvas, view.width.get(), domain, ticks, histogram.as_deref(), share));
    });
    Effect::new(move || {
        theme.track();
        if let Some(canvas) = over.get() {
            // The instant may be pointed at elsewhere on the page, over a chart or the lanes.
            let elsewhere = || {
                let (domain, at) = domain.get().zip(view.pointed.get())?;
                (domain.from..domain.to).contains(&at).then(|| scale::x(at, domain, view.width.get()))
            };
            let pointed = pointed.get().or_else(elsewhere);
            draw::overlay(&canvas, view.width.get(), pointed, brush.get());
        }
    });
    Effect::new(move || {
        let at = domain.get().zip(pointed.get()).map(|(domain, x)| scale::at(x, domain, view.width.get()));
        view.pointed.set(at);
    });

    let place_of = move |event: &PointerEvent| f64::from(event.offset_x()).clamp(0.0, view.width.get_untracked());
    let down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        let x = place_of(&event);
        brush.set(Some((x, x)));
        if let Some(canvas) = over.get_untracked() {
            // Without the capture a brush that leaves the strip would never end.
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
    };
    let moved = move |event: PointerEvent| {
        let x = place_of(&event);
        pointed.set(Some(x));
        brush.update(|brush| {
            if let Some(brush) = brush {
                brush.1 = x;
            }
        });
    };
    let up = move |_: PointerEvent| {
        if let (Some((a, b)), Some(domain)) = (brush.get_untracked(), domain.get_untracked())
            && (a - b).abs() >= BRUSH
        {
            let width = view.width.get_untracked();
            view.zoom_to(Span { from: scale::at(a.min(b), domain, width), to: scale::at(a.max(b), domain, width) });
        }
        brush.set(None);
    };
    let drawn = move || brush.get().filter(|(a, b)| (a - b).abs() >= BRUSH);
    let readout = move || {
        if let (Some(at), Some(judgement)) = (covered.get(), session.judgement.get()) {
            return coverage::said(&judgement, at, view.zone.get());
        }
        let (Some(histogram), Some(x)) = (histogram.get(), pointed.get()) else { return String::new() };
        let width = view.width.get();
        match drawn() {
            Some((a, b)) => {
                let (from, to) =
                    (scale::at(a.min(b), histogram.domain, width), scale::at(a.max(b), histogram.domain, width));
                format!("Zoom to {} {}", view.zone.get().span(from, to), view.zone.get().name())
            }
            None => words::said(&histogram, scale::at(x, histogram.domain, width), view),
        }
    };
    let most = move || {
        let most = histogram.with(|histogram| histogram.as_ref().map_or(0, |histogram| histogram.most()));
        match (most, share.get()) {
            (0, _) => None,
            (_, true) => Some("100%".to_owned()),
            (most, false) => Some(grouped(u64::from(most))),
        }
    };
    let readout = Memo::new(move |_| readout());
    let summary = move || words::summary(histogram.get().as_deref(), view);

    view! {
        <section id="time" aria-label="Events over time">
            <div class="strip-head">
                <Crumbs/>
                <legend::StackBy/>
                <div class="said" class:telling=move || readout.with(|readout| !readout.is_empty())>
                    <legend::Legend histogram/>
                    <span id="readout" class="data">{readout}</span>
                </div>
            </div>
            <div class="chart" class:judged=judged>
                <span class="y-most data" title=move || if share.get() { "All events of a bin" } else { "Events in the fullest bin" }>{most}</span>
                <span class="y-least data">{move || if share.get() { "0%" } else { "0" }}</span>
                <div class="plot" node_ref=place>
                    <canvas id="histogram" node_ref=bars aria-hidden="true"></canvas>
                    <canvas
                        id="overlay"
                        node_ref=over
                        role="img"
                        aria-label=summary
                        on:pointerdown=down
                        on:pointermove=moved
                        on:pointerup=up
                        on:pointercancel=move |_| brush.set(None)
                        on:pointerleave=move |_| pointed.set(None)
                        on:dblclick=move |_| view.zoom_out()
                    ></canvas>
                    <div class="ticks data" aria-hidden="true">
                        {move || {
                            ticks.get().into_iter().map(|tick| {
                                view! { <span class="tick" style:left=format!("{:.0}px", tick.x)>{tick.label}</span> }
                            }).collect_view()
                        }}
                    </div>
                    <Show when=move || judged.get()>
                        <coverage::Coverage domain pointed over=covered/>
                    </Show>
                </div>
            </div>
            <LoadBar/>
            <words::BinTable histogram/>
        </section>
    }
}

/// The way back out of the ranges zoomed into.
#[component]
fn Crumbs() -> impl IntoView {
    let view = view();
    let all = move || {
        let span = view.whole.get().map(|whole| view.zone.get().span_with_year(whole.from, whole.to));
        span.map_or_else(|| "All".to_owned(), |span| format!("All · {span} {}", view.zone.get().name()))
    };
    let deeper = move || {
        let zoom = view.zoom.get();
        let last = zoom.len();
        // The two innermost are named; the ones between them and all are reached by going back twice.
        zoom.into_iter().enumerate().skip(last.saturating_sub(2)).map(|(at, span)| {
            let here = (at + 1 == last).then_some("true");
            let between = if at > 0 && at + 2 == last { "› … ›" } else { "›" };
            view! {
                <span class="crumb-mark" aria-hidden="true">{between}</span>
                <button class="crumb" aria-current=here on:click=move |_| view.zoom.update(|zoom| zoom.truncate(at + 1))>
                    {move || view.zone.get().span(span.from, span.to)}
                </button>
            }
        }).collect_view()
    };
    view! {
        <nav id="crumbs" aria-label="Zoom" class="data">
            <button
                class="crumb"
                aria-current=move || view.zoom.with(Vec::is_empty).then_some("true")
                on:click=move |_| {
                    if view.zoom.with_untracked(|zoom| !zoom.is_empty()) {
                        view.zoom.set(Vec::new());
                    }
                }
            >
                {all}
            </button>
            {deeper}
        </nav>
    }
}
