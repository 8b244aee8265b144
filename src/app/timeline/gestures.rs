//! The pointer, the wheel and the keys over the lanes.

use super::chart::{Chart, Picture};
use crate::app::scroll::ROW;
use crate::app::strip::scale;
use crate::app::view::{Selected, Span};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::time::Duration;
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

/// Pixels that the pointer must move before it draws a brush.
const BRUSH: f64 = 4.0;

/// How near the pointer must come to an event, in pixels.
const NEAR: f64 = 6.0;

/// A gesture rests when nothing came for so long.
const REST: Duration = Duration::from_millis(150);

/// A second click within this time makes a double-click of the first: until then the panel that would come between waits.
const SECOND_CLICK: Duration = Duration::from_millis(220);

/// Bins on each side of what was double-clicked.
const AROUND: i64 = 8;

/// What is under the pointer.
#[derive(Clone, Debug, PartialEq)]
pub enum Hit {
    /// An event: its lane, and its place among the events there.
    Mark(usize, usize),
    /// Events counted: their lane and bin.
    Bin(usize, usize),
    /// Nothing in this lane.
    Lane(usize),
}

/// See the module. A handle.
#[derive(Clone, Copy)]
pub struct Gestures {
    chart: Chart,
    /// Where the pointer is over the lanes.
    pub pointer: RwSignal<Option<(f64, f64)>>,
    /// The range being brushed.
    brush: RwSignal<Option<(f64, f64)>>,
    /// Where a pan began: the pixel, and the range then.
    grip: StoredValue<Option<(f64, Span)>>,
    resting: StoredValue<Option<TimeoutHandle>>,
    opening: StoredValue<Option<TimeoutHandle>>,
}

impl Gestures {
    /// No gesture yet.
    #[must_use]
    pub fn new(chart: Chart) -> Self {
        let gestures = Self {
            chart,
            pointer: RwSignal::new(None),
            brush: RwSignal::new(None),
            grip: StoredValue::new(None),
            resting: StoredValue::new(None),
            opening: StoredValue::new(None),
        };
        on_cleanup(move || {
            for timer in [gestures.resting, gestures.opening] {
                timer.try_get_value().flatten().into_iter().for_each(|timer| timer.clear());
            }
        });
        gestures
    }

    /// The brush once it is one.
    #[must_use]
    pub fn brushed(&self) -> Option<(f64, f64)> {
        self.brush.get().filter(|(a, b)| (a - b).abs() >= BRUSH)
    }

    fn width(&self) -> f64 {
        self.chart.size.get_untracked().0
    }

    /// The instant of a pixel of the range that is drawn.
    #[must_use]
    pub fn at(&self, x: f64) -> Option<i64> {
        self.chart.domain().map(|domain| scale::at(x, domain, self.chart.size.get().0))
    }

    /// The stretch of time of two pixels.
    #[must_use]
    pub fn span(&self, (a, b): (f64, f64)) -> Option<Span> {
        Some(Span { from: self.at(a.min(b))?, to: self.at(a.max(b))? })
    }

    /// What is at a place.
    #[must_use]
    pub fn hit(&self, picture: &Picture, (x, y): (f64, f64)) -> Option<Hit> {
        let domain = self.chart.domain()?;
        let width = self.chart.size.get().0;
        let lane = ((y + self.chart.top.get()) / ROW) as usize;
        if lane >= picture.len() {
            return None;
        }
        if let Some(marks) = picture.marks(lane) {
            let off = |time: i64| (scale::x(time, domain, width) - x).abs();
            let near = marks.iter().enumerate().map(|(at, (_, mark))| (off(mark.time), at));
            let nearest = near.filter(|(off, _)| *off <= NEAR).min_by(|a, b| a.0.total_cmp(&b.0));
            return Some(nearest.map_or(Hit::Lane(lane), |(_, at)| Hit::Mark(lane, at)));
        }
        let bin = (scale::at(x, domain, width) - picture.bins.start).div_euclid(picture.bins.width);
        // A bin is two pixels wide, which is less than a hand is steady.
        let near = [0, -1, 1, -2, 2].into_iter().filter_map(|off| usize::try_from(bin + off).ok());
        let found = near.into_iter().find(|&bin| picture.bin(lane, bin).is_some_and(|(events, _)| events > 0));
        Some(found.map_or(Hit::Lane(lane), |bin| Hit::Bin(lane, bin)))
    }

    fn place(event: &MouseEvent) -> (f64, f64) {
        (f64::from(event.offset_x()), f64::from(event.offset_y()))
    }

    /// The pointer went down.
    pub fn down(&self, event: &PointerEvent) {
        let (x, _) = Self::place(event);
        let pans = event.button() == 1 || (event.button() == 0 && event.shift_key());
        if pans {
            // The middle button would begin to scroll by itself.
            event.prevent_default();
            self.grip.set_value(untrack(|| self.chart.domain()).map(|domain| (x, domain)));
        } else if event.button() == 0 {
            self.brush.set(Some((x, x)));
        }
        if let Some(target) = event.target()
            && let Ok(element) = wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(target)
        {
            // Without the capture a gesture that leaves the lanes would never end.
            let _held = element.set_pointer_capture(event.pointer_id());
        }
    }

    /// The pointer moved.
    pub fn moved(&self, event: &PointerEvent) {
        let (x, y) = Self::place(event);
        if let Some((from, span)) = self.grip.get_value() {
            let by = ((from - x) / self.width().max(1.0) * span.length() as f64) as i64;
            self.chart.drag_to(Span { from: span.from + by, to: span.to + by });
        }
        self.brush.update(|brush| {
            if let Some(brush) = brush {
                brush.1 = x.clamp(0.0, self.width());
            }
        });
        self.pointer.set(Some((x, y)));
        self.point();
    }

    /// Tells the page which instant the pointer is at.
    pub fn point(&self) {
        let at = self.pointer.get_untracked().and_then(|(x, _)| untrack(|| self.at(x)));
        if self.chart.view.pointed.get_untracked() != at {
            self.chart.view.pointed.set(at);
        }
    }

    /// The pointer left.
    pub fn left(&self) {
        self.pointer.set(None);
        self.point();
    }

    /// A gesture was broken off.
    pub fn cancel(&self) {
        self.brush.set(None);
        self.end_pan();
    }

    fn end_pan(&self) {
        if self.grip.try_update_value(Option::take).flatten().is_some() {
            self.chart.rest();
        }
    }

    /// The pointer went up: the end of a brush or of a pan, or a click.
    pub fn up(&self, event: &PointerEvent) {
        self.end_pan();
        let Some((a, b)) = self.brush.try_update(Option::take).flatten() else { return };
        if (a - b).abs() < BRUSH {
            self.click(Self::place(event));
        } else if let Some(span) = untrack(|| self.span((a, b))) {
            self.chart.view.zoom_to(span);
        }
    }

    fn click(&self, place: (f64, f64)) {
        let Some(picture) = self.chart.picture.get_untracked() else { return };
        let Some(hit) = untrack(|| self.hit(&picture, place)) else { return };
        let (Hit::Mark(lane, _) | Hit::Bin(lane, _) | Hit::Lane(lane)) = hit;
        self.chart.lane.set(lane);
        let chart = self.chart;
        let open: Box<dyn FnOnce()> = match hit {
            Hit::Mark(lane, at) => {
                let Some(&(shard, ref mark)) = picture.marks(lane).and_then(|marks| marks.get(at)) else { return };
                let event = Selected { shard, row: mark.row, file: mark.file, record: mark.record };
                chart.view.cursor.set(None);
                chart.view.selected.set(Some(event));
                Box::new(move || chart.open(event))
            }
            Hit::Bin(lane, bin) => {
                let span = picture.span(bin);
                Box::new(move || chart.open_first(lane, span))
            }
            Hit::Lane(_) => return,
        };
        self.not_yet();
        if chart.view.detail.get_untracked() {
            open();
        } else {
            self.opening.set_value(set_timeout_with_handle(open, SECOND_CLICK).ok());
        }
    }

    /// What a click was about to open stays closed.
    fn not_yet(&self) {
        if let Some(timer) = self.opening.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }

    /// Zooms to the surroundings of what is under the pointer.
    pub fn double_click(&self, event: &MouseEvent) {
        self.not_yet();
        let Some(picture) = self.chart.picture.get_untracked() else { return };
        let place = Self::place(event);
        let (Some(hit), Some(at)) = untrack(|| (self.hit(&picture, place), self.at(place.0))) else { return };
        let middle = match hit {
            Hit::Mark(lane, mark) => {
                picture.marks(lane).and_then(|marks| marks.get(mark)).map_or(at, |(_, mark)| mark.time)
            }
            Hit::Bin(_, bin) => picture.span(bin).from + picture.bins.width / 2,
            Hit::Lane(_) => at,
        };
        let around = AROUND * picture.bins.width + picture.bins.width / 2;
        self.chart.view.zoom_to(Span { from: middle - around, to: middle + around });
    }

    /// The wheel: with Ctrl (which a pinch says too) it zooms around the pointer, sideways or with Shift it pans, and else it
    /// scrolls the lanes, which the browser does.
    pub fn wheel(&self, event: &WheelEvent) {
        let unit = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => ROW,
            WheelEvent::DOM_DELTA_PAGE => 20.0 * ROW,
            _ => 1.0,
        };
        let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
        let Some(now) = untrack(|| self.chart.domain()) else { return };
        let length = now.length() as f64;
        let wide = self.width().max(1.0);
        if event.ctrl_key() || event.meta_key() {
            // A notch of a mouse is some 100 pixels, a step of a pinch a few.
            let stretch = (dy * 0.004).clamp(-1.0, 1.0).exp();
            let share = (f64::from(event.offset_x()) / wide).clamp(0.0, 1.0);
            let to = (length * stretch).max(1.0);
            let from = now.from + ((length - to) * share) as i64;
            self.chart.drag_to(Span { from, to: from + to as i64 });
        } else {
            let pixels = if event.shift_key() && dx == 0.0 { dy } else { dx };
            if pixels.abs() <= dy.abs() && !event.shift_key() {
                return;
            }
            let by = (pixels / wide * length) as i64;
            self.chart.drag_to(Span { from: now.from + by, to: now.to + by });
        }
        event.prevent_default();
        self.point();
        let chart = self.chart;
        let before = set_timeout_with_handle(move || chart.rest(), REST).ok();
        if let Some(before) = self.resting.try_update_value(|timer| std::mem::replace(timer, before)).flatten() {
            before.clear();
        }
    }

    /// A key, while the lanes have the focus; where to scroll to when another lane has the keys now.
    pub fn key(&self, event: &KeyboardEvent) -> Option<f64> {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return None;
        }
        let lane = self.chart.lane.get_untracked();
        let scrolled = match event.key().as_str() {
            "ArrowDown" => Some(self.chart.to_lane(lane + 1)),
            "ArrowUp" => Some(self.chart.to_lane(lane.saturating_sub(1))),
            "Home" => Some(self.chart.to_lane(0)),
            "End" => Some(self.chart.to_lane(usize::MAX)),
            "ArrowRight" => {
                self.chart.step(true);
                None
            }
            "ArrowLeft" => {
                self.chart.step(false);
                None
            }
            "Enter" => {
                match self.chart.view.selected.get_untracked() {
                    Some(event) => self.chart.open(event),
                    None => {
                        let domain = untrack(|| self.chart.view.domain())?;
                        self.chart.open_first(lane, domain);
                    }
                }
                None
            }
            _ => return None,
        };
        event.prevent_default();
        event.stop_propagation();
        // What the keys lead to is said now, not what the pointer was left on.
        self.left();
        scrolled
    }
}
