//! A chart over time: pointer, wheel and keys, and what is drawn when.

use super::super::plots::{Picture, Which, plots};
use super::draw::{Layout, colour};
use super::frame::{self, Layer, Mark, Over, near};
use super::scale::{self, curves, written};
use super::stack::tops;
use crate::app::ask::asker;
use crate::app::dom;
use crate::app::shown::visible_text;
use crate::app::strip::scale as axis;
use crate::app::strip::stack::{Histogram, Look};
use crate::app::view::{Span, View, view};
use crate::watch::graph::Form;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;
use web_sys::{HtmlCanvasElement, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

/// Pixels that the pointer must move before it draws a brush.
const BRUSH: f64 = 4.0;

/// A gesture rests when nothing came for so long.
const REST: Duration = Duration::from_millis(150);

/// The shortest stretch of time, as everywhere on the page.
const SHORTEST: i64 = 1_000;

/// What goes on over a chart. A handle.
#[derive(Clone, Copy)]
struct Hand {
    view: View,
    /// Width of the plot in CSS pixels, and what lies left of it.
    plot: RwSignal<(f64, f64)>,
    /// The stretch of time while a gesture lasts, and until its answer is there.
    live: RwSignal<Option<Span>>,
    brush: RwSignal<Option<(f64, f64)>>,
    grip: StoredValue<Option<(f64, Span)>>,
    resting: StoredValue<Option<TimeoutHandle>>,
    /// What the keys lead to, in words.
    said: RwSignal<String>,
}

impl Hand {
    fn domain(&self) -> Option<Span> {
        self.live.get().or_else(|| self.view.domain())
    }

    /// The pixel of the plot that an event of the pointer is at.
    fn x(&self, event: &MouseEvent) -> f64 {
        f64::from(event.offset_x()) - self.plot.get_untracked().1
    }

    fn at(&self, x: f64) -> Option<i64> {
        let wide = self.plot.get_untracked().0;
        untrack(|| self.domain()).map(|domain| axis::at(x, domain, wide))
    }

    fn point(&self, x: Option<f64>) {
        let wide = self.plot.get_untracked().0;
        let at = x.filter(|x| (0.0..=wide).contains(x)).and_then(|x| self.at(x));
        if self.view.pointed.get_untracked() != at {
            self.view.pointed.set(at);
        }
    }

    fn drag_to(&self, span: Span) {
        let Some(whole) = self.view.whole.get_untracked() else { return };
        let length = span.length().clamp(SHORTEST, whole.length());
        let from = span.from.min(whole.to - length).max(whole.from);
        self.live.set(Some(Span { from, to: from + length }));
    }

    fn rest(&self) {
        if let Some(live) = self.live.get_untracked() {
            self.view.move_to(live);
            if untrack(|| self.view.domain()) == Some(live) {
                self.live.set(None);
            }
        }
    }

    fn down(&self, event: &PointerEvent) {
        let x = self.x(event);
        if event.button() == 1 || (event.button() == 0 && event.shift_key()) {
            event.prevent_default();
            self.grip.set_value(untrack(|| self.domain()).map(|domain| (x, domain)));
        } else if event.button() == 0 {
            self.brush.set(Some((x, x)));
        }
        if let Some(element) =
            event.target().and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(target).ok())
        {
            // Without the capture a gesture that leaves the plot would never end.
            let _held = element.set_pointer_capture(event.pointer_id());
        }
    }

    fn moved(&self, event: &PointerEvent) {
        let x = self.x(event);
        let wide = self.plot.get_untracked().0;
        if let Some((from, span)) = self.grip.get_value() {
            let by = ((from - x) / wide.max(1.0) * span.length() as f64) as i64;
            self.drag_to(Span { from: span.from + by, to: span.to + by });
        }
        self.brush.update(|brush| {
            if let Some(brush) = brush {
                brush.1 = x.clamp(0.0, wide);
            }
        });
        self.point(Some(x));
    }

    fn up(&self) {
        if self.grip.try_update_value(Option::take).flatten().is_some() {
            self.rest();
        }
        let Some((a, b)) = self.brush.try_update(Option::take).flatten() else { return };
        if (a - b).abs() >= BRUSH
            && let (Some(from), Some(to)) = (self.at(a.min(b)), self.at(a.max(b)))
        {
            self.view.zoom_to(Span { from, to });
        }
    }

    fn wheel(&self, event: &WheelEvent) {
        let unit = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => 26.0,
            WheelEvent::DOM_DELTA_PAGE => 400.0,
            _ => 1.0,
        };
        let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
        let Some(now) = untrack(|| self.domain()) else { return };
        let length = now.length() as f64;
        let wide = self.plot.get_untracked().0.max(1.0);
        if event.ctrl_key() || event.meta_key() {
            let stretch = (dy * 0.004).clamp(-1.0, 1.0).exp();
            let share = (self.x(event) / wide).clamp(0.0, 1.0);
            let to = (length * stretch).max(1.0);
            let from = now.from + ((length - to) * share) as i64;
            self.drag_to(Span { from, to: from + to as i64 });
        } else {
            let pixels = if event.shift_key() && dx == 0.0 { dy } else { dx };
            // What goes up and down scrolls the charts, which the browser does.
            if pixels == 0.0 || (pixels.abs() <= dy.abs() && !event.shift_key()) {
                return;
            }
            let by = (pixels / wide * length) as i64;
            self.drag_to(Span { from: now.from + by, to: now.to + by });
        }
        event.prevent_default();
        let hand = *self;
        let before = set_timeout_with_handle(move || hand.rest(), REST).ok();
        if let Some(before) = self.resting.try_update_value(|timer| std::mem::replace(timer, before)).flatten() {
            before.clear();
        }
    }

    /// The arrows go from point to point.
    fn key(&self, event: &KeyboardEvent, picture: Option<Arc<Picture>>) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let (Some(picture), Some(domain)) = (picture, untrack(|| self.view.domain())) else { return };
        let inside = |time: &i64| domain.from <= *time && *time < domain.to;
        let times =
            || curves(&picture).flat_map(|(_, curve)| curve.points.points.iter().map(|(time, _)| *time)).filter(inside);
        let now = self.view.pointed.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => times().filter(|time| now.is_none_or(|now| *time > now)).min(),
            "ArrowLeft" => times().filter(|time| now.is_none_or(|now| *time < now)).max(),
            "Home" => times().min(),
            "End" => times().max(),
            "Enter" => {
                let middle = now.unwrap_or(domain.from + domain.length() / 2);
                let around = (domain.length() / 8).max(SHORTEST);
                self.view.zoom_to(Span { from: middle - around, to: middle + around });
                None
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let Some(next) = next else { return };
        self.view.pointed.set(Some(next));
        let wide = self.plot.get_untracked().0;
        let values = curves(&picture).filter_map(|(_, curve)| {
            let (_, value) = near(curve, next, &picture, wide)?;
            Some(format!("{} {}", curve.label, written(value, curve.unit.as_deref())))
        });
        let values: Vec<String> = values.take(12).collect();
        let zone = self.view.zone.get_untracked();
        self.said.set(format!("{}: {}", zone.full(next), visible_text(&values.join(", "))));
    }
}

/// Events of the strip's bars as marks over a chart.
fn marks(histogram: &Histogram) -> Vec<Mark> {
    let mut marks = Vec::new();
    for bin in 0..histogram.bins() {
        if histogram.sum(bin) == 0 {
            continue;
        }
        let at = histogram.start + bin as i64 * histogram.width + histogram.width / 2;
        let rank = histogram.series.iter().filter(|series| series.counts[bin] > 0).map(|series| match series.look {
            Look::Error => 2,
            Look::Denied => 1,
            _ => 0,
        });
        marks.push(Mark { at, rank: rank.max().unwrap_or(0) });
    }
    marks
}

/// The plot of a chart over time. `inside`: the labels lie on the plot, which has all of the width.
#[component]
pub fn OverTime(which: Which, inside: bool) -> impl IntoView {
    let view = view();
    let plots = plots();
    let asker = asker();
    let picture = plots.of(which);
    let hand = Hand {
        view,
        plot: RwSignal::new((1.0, 0.0)),
        live: RwSignal::new(None),
        brush: RwSignal::new(None),
        grip: StoredValue::new(None),
        resting: StoredValue::new(None),
        said: RwSignal::default(),
    };
    on_cleanup(move || {
        if let Some(timer) = hand.resting.try_get_value().flatten() {
            timer.clear();
        }
    });
    let size = RwSignal::new((0.0, 0.0));
    let theme = RwSignal::new(0u32);
    dom::on_theme_change(move || theme.update(|theme| *theme += 1));
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    let holder = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        if let Some(element) = holder.get() {
            let element: HtmlElement = element.into();
            dom::on_resize(&element, move |wide, high| {
                if size.try_get_untracked().is_some_and(|known| known != (wide, high)) {
                    size.set((wide, high));
                }
            });
        }
    });
    let drawn = RwSignal::new_local(None::<Arc<Layer>>);
    let layout = Signal::derive_local(move || {
        let (wide, high) = size.get();
        drawn.with(|layer| match layer {
            Some(layer) => Layout::new(wide, high, &layer.verticals, inside),
            None => Layout::new(wide, high, &[None, None], inside),
        })
    });
    Effect::new(move || {
        theme.track();
        let (wide, high) = size.get();
        let Some(picture) = picture.get() else {
            drawn.set(None);
            return;
        };
        if wide < 1.0 || high < 1.0 {
            return;
        }
        let stacked = (picture.graph.form == Form::Area).then(|| tops(&picture));
        let verticals = scale::axes(&picture, picture.domain, stacked);
        let layout = Layout::new(wide, high, &verticals, inside);
        hand.plot.set((layout.wide(), layout.left));
        drawn.set(frame::layer(&picture, verticals, (layout.wide(), layout.high())).map(Arc::new));
        // What a gesture led to is there now.
        if hand.live.get_untracked() == Some(picture.domain) {
            hand.live.set(None);
        }
    });
    let with_marks =
        Memo::new(move |_| picture.with(|picture| picture.as_ref().is_some_and(|picture| picture.graph.marks)));
    let events = Signal::derive(move || match with_marks.get() {
        true => asker.answer.with(|answer| answer.histogram.as_deref().map(marks).unwrap_or_default()),
        false => Vec::new(),
    });
    Effect::new(move || {
        let (Some(canvas), Some(domain)) = (canvas.get(), hand.domain()) else { return };
        let canvas: HtmlCanvasElement = canvas;
        let (layout, zone, pointed) = (layout.get(), view.zone.get(), view.pointed.get());
        let ticks = axis::ticks(domain, layout.wide(), zone);
        let brush = hand.brush.get().filter(|(a, b)| (a - b).abs() >= BRUSH);
        let clock = pointed.map(|at| zone.full(at)).unwrap_or_default();
        events.with(|marks| {
            let over = Over { domain, layout, ticks: &ticks, pointed, clock, brush, marks };
            drawn.with(|layer| frame::frame(&canvas, layer.as_deref(), &over));
        });
    });
    let words = move || {
        picture.with(|picture| {
            let Some(picture) = picture else { return "A chart without points".to_owned() };
            let labels: Vec<String> =
                curves(picture).take(8).map(|(_, curve)| visible_text(&curve.label).into_owned()).collect();
            format!("Chart of {}. Arrows go from point to point, Enter zooms.", labels.join(", "))
        })
    };
    let layer = move |of: fn(&Layer) -> String| drawn.with(|layer| layer.as_deref().map(of));
    view! {
        <div class="graph-plot" class:inside=inside node_ref=holder>
            <canvas
                node_ref=canvas
                tabindex="0"
                role="img"
                aria-label=words
                data-points=move || layer(|layer| layer.points.to_string())
                data-drawn-ms=move || layer(|layer| format!("{:.1}", layer.took))
                data-left=move || hand.plot.get().1.to_string()
                data-wide=move || hand.plot.get().0.to_string()
                on:pointerdown=move |event| hand.down(&event)
                on:pointermove=move |event| hand.moved(&event)
                on:pointerup=move |_| hand.up()
                on:pointercancel=move |_| {
                    hand.brush.set(None);
                    hand.grip.set_value(None);
                    hand.live.set(None);
                }
                on:pointerleave=move |_| hand.point(None)
                on:dblclick=move |_| view.zoom_out()
                on:wheel=move |event| hand.wheel(&event)
                on:keydown=move |event| hand.key(&event, picture.get_untracked())
            ></canvas>
            <span class="unseen" role="status">{move || hand.said.get()}</span>
        </div>
    }
}

/// The swatch of a line, as a style of its colour.
#[must_use]
pub fn swatch(line: usize) -> String {
    format!("var({})", colour(line))
}
