//! What the evidence covers, in a thin row under the time axis. The time is that of deliveries, which is what digests are
//! about: an event happened a few minutes before its log was delivered.

use super::scale;
use crate::app::dom;
use crate::app::shown::{counted, short, visible_text};
use crate::app::view::{Span, view};
use crate::app::zone::Zone;
use crate::integrity::cover::{self, State};
use crate::integrity::verdict::{Judgement, Stream};
use crate::session::page::Session;
use leptos::html::Canvas;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, PointerEvent};

/// Height of the row in CSS pixels; the style sheet says the same.
const HEIGHT: f64 = 8.0;

/// Stretches that the table lists at most.
const LISTED: usize = 300;

/// Whether there is anything to show: digests were supplied.
#[must_use]
pub fn judged(session: Session) -> Memo<bool> {
    Memo::new(move |_| {
        session.judgement.with(|judgement| judgement.as_ref().is_some_and(|judgement| !judgement.streams.is_empty()))
    })
}

/// The row, over the range that the bars show. `pointed` is where the pointer is, and `over` the instant while it is here.
#[component]
pub fn Coverage(
    domain: Memo<Option<Span>>,
    pointed: RwSignal<Option<f64>>,
    over: RwSignal<Option<i64>>,
) -> impl IntoView {
    let view = view();
    let session = expect_context::<Session>();
    let canvas = NodeRef::<Canvas>::new();
    let theme = RwSignal::new(());
    dom::on_theme_change(move || theme.set(()));
    let judgement = move || session.judgement.get();
    Effect::new(move || {
        theme.track();
        let (Some(canvas), Some(domain), Some(judgement)) = (canvas.get(), domain.get(), judgement()) else { return };
        draw(&canvas, view.width.get(), domain, &judgement.streams);
    });
    let stretches = Memo::new(move |_| {
        let (Some(domain), Some(judgement)) = (domain.get(), judgement()) else { return Arc::default() };
        Arc::new(cover::stretches(&judgement.streams, domain.from, domain.to))
    });
    let label = move || summary(&stretches.get(), domain.get(), view.zone.get());
    let moved = move |event: PointerEvent| {
        let x = f64::from(event.offset_x()).clamp(0.0, view.width.get_untracked());
        pointed.set(Some(x));
        over.set(domain.get_untracked().map(|domain| scale::at(x, domain, view.width.get_untracked())));
    };
    let left = move |_: PointerEvent| {
        pointed.set(None);
        over.set(None);
    };
    on_cleanup(move || over.set(None));
    let rows = move || {
        let zone = view.zone.get();
        let row = |(from, to, state): &(i64, i64, State)| {
            view! { <tr><th scope="row">{zone.span_with_year(*from, *to)}</th><td>{state.words()}</td></tr> }
        };
        stretches.with(|stretches| stretches.iter().take(LISTED).map(row).collect_view())
    };
    view! {
        <canvas
            id="coverage"
            node_ref=canvas
            role="img"
            aria-label=label
            on:pointermove=moved
            on:pointerleave=left
        ></canvas>
        <table id="coverage-table" class="unseen">
            <caption>"What digests say, by the time of delivery"</caption>
            <thead><tr><th scope="col">"Time"</th><th scope="col">"Coverage"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// How long each state lasts, in a sentence.
fn summary(stretches: &[(i64, i64, State)], domain: Option<Span>, zone: Zone) -> String {
    let Some(domain) = domain else { return "No time to cover.".to_owned() };
    let range = format!("{} {}", zone.span_with_year(domain.from, domain.to), zone.name());
    let length = |wanted: State| {
        stretches.iter().filter(|(.., state)| *state == wanted).map(|(from, to, _)| to - from).sum::<i64>()
    };
    let told: Vec<String> = State::ALL
        .into_iter()
        .rev()
        .filter(|state| length(*state) > 0)
        .map(|state| format!("{} for {}", state.words(), hours(length(state))))
        .collect();
    if told.is_empty() {
        return format!("What digests cover of {range}: nothing.");
    }
    format!(
        "What digests cover of {range}, by the time of delivery: {}. The table that follows has it all.",
        told.join(", ")
    )
}

/// `3 hours`, `20 minutes`
fn hours(ms: i64) -> String {
    let minutes = (ms / 60_000).max(1) as u64;
    if minutes < 90 { counted(minutes, "minute", "minutes") } else { counted((minutes + 30) / 60, "hour", "hours") }
}

/// What is known of an instant: of the worst stream, and how many others say something too.
#[must_use]
pub fn said(judgement: &Judgement, at: i64, zone: Zone) -> String {
    let found = cover::at(&judgement.streams, at);
    let Some((stream, interval)) = found.first() else {
        return format!("{} {} · no digest: nothing is said of logs delivered then", zone.full(at), zone.name());
    };
    let when = zone.span(interval.from, interval.to);
    let mut text = format!("delivered {when} {} · {}", zone.name(), cover::said(&interval.coverage));
    // Where there is but one, nobody asks which.
    if judgement.streams.len() > 1 {
        text.push_str(&format!(" · {}", visible_text(&short(&name(stream), 48))));
    }
    if found.len() > 1 {
        text.push_str(&format!(" · {} more", counted(found.len() as u64 - 1, "stream", "streams")));
    }
    text
}

fn name(stream: &Stream) -> String {
    format!("{} {} of {}", stream.id.region, stream.id.trail, stream.id.account)
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// Draws the row: every state has a form as well as a colour.
fn draw(canvas: &HtmlCanvasElement, width: f64, domain: Span, streams: &[Stream]) {
    let density = window().device_pixel_ratio().max(1.0);
    let (wide, high) = ((width * density).round() as u32, (HEIGHT * density).round() as u32);
    if wide == 0 || wide > 16_000 {
        return;
    }
    canvas.set_width(wide);
    canvas.set_height(high);
    let Some(context) = context(canvas) else { return };
    let px = density.round().max(1.0);
    let high = f64::from(high);
    let [sound, gap, altered] = ["--bar", "--bar-denied", "--bar-error"].map(dom::theme);
    // Cells of a CSS pixel, so that forms look alike on every screen.
    let count = (f64::from(wide) / px).ceil() as usize;
    let cells = cover::columns(streams, domain.from, domain.to, count);
    for state in State::ALL {
        context.set_fill_style_str(match state {
            State::Proved | State::Absent | State::Unproved => &sound,
            State::Restart | State::Hole => &gap,
            State::Altered => &altered,
        });
        for at in cells.iter().enumerate().filter(|(_, cell)| **cell == Some(state)).map(|(at, _)| at) {
            let x = at as f64 * px;
            let fill = |top: f64, height: f64| context.fill_rect(x, top, px, height);
            match state {
                // A full band; with teeth where logs are not at hand; only its edges where it is not proved.
                State::Proved => fill(2.0 * px, high - 4.0 * px),
                State::Absent if at % 4 < 2 => fill(2.0 * px, high - 4.0 * px),
                State::Absent => fill(high - 3.0 * px, px),
                State::Unproved => {
                    fill(2.0 * px, px);
                    fill(high - 3.0 * px, px);
                }
                // Bars with gaps, and a broken line.
                State::Hole if at % 4 < 2 => fill(0.0, high),
                State::Restart if at % 8 < 5 => fill((high / 2.0 - px).round(), 2.0 * px),
                State::Hole | State::Restart => {}
                State::Altered => fill(0.0, high),
            }
        }
    }
    // However short: two pixels are seen, one may not be.
    context.set_fill_style_str(&altered);
    for at in
        (0..count).filter(|&at| cells[at] == Some(State::Altered) && cells.get(at + 1) != Some(&Some(State::Altered)))
    {
        if at == 0 || cells[at - 1] != Some(State::Altered) {
            context.fill_rect(at as f64 * px - px, 0.0, 3.0 * px, high);
        }
    }
}
