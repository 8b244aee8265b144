//! The timeline: events in lanes, one for each value of a field.

mod chart;
mod draw;
mod gestures;
mod names;

use super::ask::asker;
use super::metrics::Under;
use super::scroll::ROW;
use super::shown::{counted, grouped, visible_text};
use super::strip::scale;
use super::view::{LaneOrder, Span, View, view};
use super::{dom, field};
use crate::query::lanes::Marked;
use crate::session::page::Session;
use chart::{Chart, MOST_LANES, Picture};
use gestures::{Gestures, Hit};
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Pixels that the time strip keeps at least when it is laid over the lanes.
const NARROWEST: f64 = 480.0;

/// Lanes that the table for those who do not see the chart has.
const IN_TABLE: usize = 200;

/// The room.
#[component]
pub fn Timeline() -> impl IntoView {
    let view = view();
    let asker = asker();
    let chart = Chart::new(expect_context::<Session>(), view, asker);
    let gestures = Gestures::new(chart);
    let scroller = NodeRef::<Div>::new();
    let plot = NodeRef::<Div>::new();
    let canvas = NodeRef::<Canvas>::new();
    let focus = RwSignal::new(false);
    Effect::new(move || {
        if let Some(node) = plot.get() {
            dom::on_resize(&node, move |width, height| {
                chart.size.set((width, height));
                align(width);
            });
        }
    });
    on_cleanup(unalign);
    draw_frames(chart, gestures, canvas, focus);

    let length = move || chart.picture.with(|picture| picture.as_ref().map_or(0, |picture| picture.len()));
    let scroll_to = move |top: f64| {
        if let Some(node) = scroller.get_untracked() {
            node.set_scroll_top(top as i32);
        }
    };
    let ticks = Memo::new(move |_| ticks(chart));
    let label = move || {
        format!(
            "Events in lanes by {}. Up and Down choose a lane, Left and Right go through its events, Enter opens one. \
             The table that follows has the counts.",
            view.lanes.with(|lanes| field::title(&lanes.field))
        )
    };
    view! {
        <main
            id="timeline"
            class="room"
            aria-label="Timeline"
            data-answered=move || chart.token.get().to_string()
            data-busy=move || (chart.busy.get() || chart.live.with(Option::is_some)).to_string()
        >
            <Tools chart/>
            <div class="lane-top">
                <span class="lane-titles">
                    <span class="grow">{move || view.lanes.with(|lanes| field::title(&lanes.field))}</span>
                    <span>"Events"</span>
                </span>
                <div class="lane-ticks data" aria-hidden="true">
                    {move || {
                        ticks.get().into_iter().map(|tick| {
                            view! { <span class="tick" style:left=format!("{:.0}px", tick.x)>{tick.label}</span> }
                        }).collect_view()
                    }}
                </div>
            </div>
            <div
                id="lanes"
                class:dimmed=move || (chart.busy.get() && asker.dimmed.get()) || view.fault.with(Option::is_some)
                node_ref=scroller
                on:scroll=move |_| {
                    if let Some(node) = scroller.get_untracked() {
                        chart.top.set(f64::from(node.scroll_top()));
                    }
                }
            >
                <div class="lane-spacer" style:height=move || format!("{}px", length() as f64 * ROW)>
                    <div class="lane-window">
                        <names::Names chart/>
                        <div
                            id="lane-plot"
                            node_ref=plot
                            tabindex="0"
                            role="application"
                            aria-label=label
                            data-from=move || chart.domain().map(|domain| domain.from.to_string())
                            data-to=move || chart.domain().map(|domain| domain.to.to_string())
                            on:focus=move |_| focus.set(true)
                            on:blur=move |_| focus.set(false)
                            on:pointerdown=move |event| gestures.down(&event)
                            on:pointermove=move |event| gestures.moved(&event)
                            on:pointerup=move |event| gestures.up(&event)
                            on:pointercancel=move |_| gestures.cancel()
                            on:pointerleave=move |_| gestures.left()
                            on:dblclick=move |event| gestures.double_click(&event)
                            on:wheel=move |event| gestures.wheel(&event)
                            on:keydown=move |event| {
                                if let Some(top) = gestures.key(&event) {
                                    scroll_to(top);
                                }
                            }
                        >
                            <canvas node_ref=canvas aria-hidden="true"></canvas>
                        </div>
                    </div>
                </div>
                <Nothing chart/>
            </div>
            <Show when=move || view.under.with(Option::is_some)>
                <Under/>
            </Show>
            <Foot chart gestures/>
            <LaneTable chart/>
        </main>
    }
}

/// Draws answers and frames whenever what they show changes.
fn draw_frames(chart: Chart, gestures: Gestures, canvas: NodeRef<Canvas>, focus: RwSignal<bool>) {
    let drawn = StoredValue::new_local(None::<draw::Drawn>);
    let theme = RwSignal::new(());
    dom::on_theme_change(move || theme.set(()));
    let width = Memo::new(move |_| chart.size.get().0);
    Effect::new(move || {
        theme.track();
        let width = width.get();
        drawn.set_value(chart.picture.with(|picture| draw::picture(picture.as_ref()?, width)));
    });
    let frame = move || {
        let Some(canvas) = canvas.try_get_untracked().flatten() else { return };
        untrack(|| {
            let Some(domain) = chart.domain() else { return };
            let picked = chart.picked.get();
            let values = picked.as_ref().map(|picked| &picked.values);
            let (lanes, picked_in) = chart.picture.with(|picture| {
                let Some(picture) = picture.as_ref() else { return (0, Vec::new()) };
                let holds = |at: &usize| match (values, picture.line(*at)) {
                    (Some(values), Some(line)) => match &line.value {
                        Some(value) => values.contains(value),
                        None => values.is_empty(),
                    },
                    _ => false,
                };
                (picture.len(), chart.rows().filter(holds).collect())
            });
            let over = draw::Over {
                domain,
                size: chart.size.get(),
                top: chart.top.get(),
                lanes,
                lane: focus.get().then(|| chart.lane.get()),
                pointed: chart.view.pointed.get(),
                brush: gestures.brushed(),
                picked: picked.as_ref(),
                picked_in,
                ticks: ticks(chart).into_iter().map(|tick| tick.x).collect(),
            };
            drawn.with_value(|drawn| draw::frame(&canvas, drawn.as_ref(), &over));
        });
    };
    let waiting = StoredValue::new(false);
    Effect::new(move || {
        theme.track();
        chart.picture.track();
        chart.live.track();
        chart.size.track();
        chart.top.track();
        chart.lane.track();
        chart.picked.track();
        chart.view.pointed.track();
        chart.view.zone.track();
        focus.track();
        canvas.track();
        let _tracked = gestures.brushed();
        // However much changes, there is one frame.
        if !waiting.get_value() {
            waiting.set_value(true);
            request_animation_frame(move || {
                if waiting.try_set_value(false).is_none() {
                    frame();
                }
            });
        }
    });
}

fn ticks(chart: Chart) -> Vec<scale::Tick> {
    let zone = chart.view.zone.get();
    chart.domain().map_or_else(Vec::new, |domain| scale::ticks(domain, chart.size.get().0, zone))
}

/// Lays the time strip over the lanes, so that one line is one instant in both.
fn align(width: f64) {
    let rect = |id: &str| document().get_element_by_id(id).map(|element| element.get_bounding_client_rect());
    let (Some(plot), Some(strip)) = (rect("lane-plot"), rect("time")) else { return };
    // Series below the lanes end where these do, which may have a scroll bar beside them.
    let room = document().get_element_by_id("timeline").and_then(|room| room.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(room) = room {
        let gap = room.get_bounding_client_rect().right() - plot.right();
        let _set = web_sys::HtmlElement::style(&room).set_property("--lane-gap", &format!("{gap}px"));
    }
    if width < NARROWEST {
        unalign();
        return;
    }
    set_margins(Some((plot.left() - strip.left(), strip.right() - plot.right())));
}

/// Gives the time strip its own place back.
fn unalign() {
    set_margins(None);
}

fn set_margins(margins: Option<(f64, f64)>) {
    let strip = document().get_element_by_id("time").and_then(|strip| strip.dyn_into::<web_sys::HtmlElement>().ok());
    let Some(style) = strip.map(|strip| web_sys::HtmlElement::style(&strip)) else { return };
    // A browser that refuses leaves the strip as wide as it is.
    match margins {
        Some((left, right)) => {
            let _set = style.set_property("--gutter", &format!("{left}px"));
            let _set = style.set_property("--strip-right", &format!("{right}px"));
        }
        None => {
            let _gone = style.remove_property("--gutter");
            let _gone = style.remove_property("--strip-right");
        }
    }
}

/// What the lanes are of, and in which order.
#[component]
fn Tools(chart: Chart) -> impl IntoView {
    let view = view();
    let fields = move || {
        let now = view.lanes.with(|lanes| lanes.field.clone());
        let mut all: Vec<String> = field::short().map(str::to_owned).collect();
        // A field that is shown elsewhere on the page is at hand here, too.
        let others =
            view.facets.get().into_iter().chain(view.events.columns.get().into_iter().map(|column| column.field));
        for other in others.chain([now.clone()]) {
            if !all.contains(&other) && field::select(&other).is_some() {
                all.push(other);
            }
        }
        all.into_iter()
            .map(|written| {
                let title = visible_text(&field::title(&written)).into_owned();
                view! { <option value=written.clone() selected=written == now>{title}</option> }
            })
            .collect_view()
    };
    let by = move |event: web_sys::Event| {
        let written = event_target_value(&event);
        view.lanes.update(|lanes| {
            if lanes.field != written {
                lanes.field = written;
                // They are values of the field before.
                lanes.pinned.clear();
                lanes.hidden.clear();
            }
        });
    };
    let order = move |event: web_sys::Event| {
        let order = match event_target_value(&event).as_str() {
            "first" => LaneOrder::First,
            "last" => LaneOrder::Last,
            _ => LaneOrder::Count,
        };
        view.lanes.update(|lanes| lanes.order = order);
    };
    let ordered = move |wanted: LaneOrder| view.lanes.with(|lanes| lanes.order == wanted);
    let total = move || {
        chart.picture.with(|picture| {
            let Some(picture) = picture.as_ref() else { return String::new() };
            let all = counted(picture.total, "lane", "lanes");
            if picture.total > MOST_LANES {
                return format!("the first {} of {all}; a search finds the others", grouped(MOST_LANES));
            }
            all
        })
    };
    let hidden = Memo::new(move |_| view.lanes.with(|lanes| lanes.hidden.len()));
    let pinned = Memo::new(move |_| view.lanes.with(|lanes| lanes.pinned.len()));
    view! {
        <div class="lane-tools">
            <label for="lane-field">"Lanes by"</label>
            <select id="lane-field" on:change=by>{fields}</select>
            <label for="lane-order" class="unseen">"Order of the lanes"</label>
            <select id="lane-order" on:change=order>
                <option value="count" prop:selected=move || ordered(LaneOrder::Count)>"by count"</option>
                <option value="first" prop:selected=move || ordered(LaneOrder::First)>"by first event"</option>
                <option value="last" prop:selected=move || ordered(LaneOrder::Last)>"by last event"</option>
            </select>
            <span id="lane-total" class="dim">{total}</span>
            {move || (hidden.get() > 0).then(|| view! {
                <span class="dim">{format!("{} hidden", grouped(hidden.get() as u64))}</span>
                <button id="lane-show" class="plain" on:click=move |_| view.lanes.update(|lanes| lanes.hidden.clear())>"show"</button>
            })}
            {move || (pinned.get() > 0).then(|| view! {
                <span class="dim">{format!("{} pinned", grouped(pinned.get() as u64))}</span>
                <button id="lane-unpin" class="plain" on:click=move |_| view.lanes.update(|lanes| lanes.pinned.clear())>"unpin"</button>
            })}
            {move || {
                let altered = chart.picture.with(|picture| {
                    picture.as_ref().is_some_and(|picture| picture.marked == Marked::Altered)
                });
                altered.then(|| view! { <span id="lane-marked" class="dim">"marked: altered, as in the bars"</span> })
            }}
            <span class="grow"></span>
            <span class="lane-hint">"Drag zooms to a range · Ctrl wheel zooms · Shift wheel or Shift drag pans"</span>
        </div>
    }
}

/// What is under the pointer in words, and the ways through a lane.
#[component]
fn Foot(chart: Chart, gestures: Gestures) -> impl IntoView {
    let view = view();
    let readout = move || {
        if let Some(span) = gestures.brushed().and_then(|brush| gestures.span(brush)) {
            return format!("Zoom to {} {}", view.zone.get().span(span.from, span.to), view.zone.get().name());
        }
        let Some(place) = gestures.pointer.get() else { return chart.said.get() };
        chart
            .picture
            .with(|picture| {
                let picture = picture.as_ref()?;
                Some(said(picture, &gestures.hit(picture, place)?, view))
            })
            .unwrap_or_default()
    };
    view! {
        <div class="lane-foot">
            <span id="lane-readout" class="data">{readout}</span>
            <span class="unseen" role="status">{move || chart.said.get()}</span>
            <button id="lane-previous" class="plain" title="Previous event in the lane (←)" on:click=move |_| chart.step(false)>
                "‹ previous in lane"
            </button>
            <button id="lane-next" class="plain" title="Next event in the lane (→)" on:click=move |_| chart.step(true)>
                "next in lane ›"
            </button>
        </div>
    }
}

/// What marked events did, or what happened to them.
fn words(marked: Marked) -> &'static str {
    match marked {
        Marked::Failed => "failed",
        Marked::Altered => "altered",
    }
}

/// What is at a place, in words.
fn said(picture: &Picture, hit: &Hit, view: View) -> String {
    let zone = view.zone.get();
    let (Hit::Mark(lane, _) | Hit::Bin(lane, _) | Hit::Lane(lane)) = *hit;
    let Some(line) = picture.line(lane) else { return String::new() };
    let name = visible_text(line.value.as_deref().unwrap_or("none")).into_owned();
    let counts = |events: u64, marked: u64| {
        format!("{}, {} of them {}", counted(events, "event", "events"), grouped(marked), words(picture.marked))
    };
    match *hit {
        Hit::Mark(_, at) => {
            let Some(marks) = picture.marks(lane) else { return String::new() };
            let Some((_, mark)) = marks.get(at) else { return String::new() };
            let others = marks.iter().filter(|(_, other)| other.time == mark.time).count() - 1;
            let others = match others {
                0 => String::new(),
                others => format!(" · {} more at this instant", grouped(others as u64)),
            };
            let (event, result) = (visible_text(&mark.name), visible_text(&mark.result));
            format!("{} {} · {event} · {result} · {name}{others}", zone.full(mark.time), zone.name())
        }
        Hit::Bin(_, bin) => {
            let (events, marked) = picture.bin(lane, bin).unwrap_or_default();
            let span = picture.span(bin);
            let counts = counts(events.into(), marked.into());
            format!("{} {} · {counts} · {name}", zone.span(span.from, span.to), zone.name())
        }
        Hit::Lane(_) => {
            let sums = line.sums;
            let span = sums
                .first
                .zip(sums.last)
                .map(|(first, last)| format!(" · {} {}", zone.span_with_year(first, last), zone.name()));
            format!("{name} · {}{}", counts(sums.events, sums.marked), span.unwrap_or_default())
        }
    }
}

/// What stands in the place of lanes where there are none.
#[component]
fn Nothing(chart: Chart) -> impl IntoView {
    let view = view();
    move || {
        let none = chart.picture.with(|picture| picture.as_ref().is_some_and(|picture| picture.len() == 0));
        none.then(|| {
            let hidden = view.lanes.with(|lanes| !lanes.hidden.is_empty());
            let what = match hidden {
                true => "The lanes there are were hidden; show brings them back.",
                false => "Clear the search with Esc, or go back to a longer range of time.",
            };
            view! { <div class="nothing"><p class="title">"No lane"</p><p>{what}</p></div> }
        })
    }
}

/// The lanes as a table, for those who do not see them.
#[component]
fn LaneTable(chart: Chart) -> impl IntoView {
    let view = view();
    let time = move |at: Option<i64>| at.map_or_else(|| "no time".to_owned(), |at| view.zone.get().full(at));
    let rows = move || {
        chart.picture.with(|picture| {
            let picture = picture.as_ref()?;
            let lines = picture.lines.iter().take(IN_TABLE).chain(&picture.none);
            let row = |line: &chart::Line| {
                view! {
                    <tr>
                        <th scope="row">{visible_text(line.value.as_deref().unwrap_or("none")).into_owned()}</th>
                        <td>{grouped(line.sums.events)}</td>
                        <td>{grouped(line.sums.marked)}</td>
                        <td>{time(line.sums.first)}</td>
                        <td>{time(line.sums.last)}</td>
                    </tr>
                }
            };
            Some(lines.map(row).collect_view())
        })
    };
    let head = move || match chart.picture.with(|picture| picture.as_ref().map(|picture| picture.marked)) {
        Some(Marked::Altered) => "Altered",
        _ => "Failed",
    };
    let caption = move || {
        let title = view.lanes.with(|lanes| field::title(&lanes.field));
        let span = chart.domain().map(|Span { from, to }| view.zone.get().span_with_year(from, to));
        format!("Lanes by {title}, {} {}", span.unwrap_or_default(), view.zone.get().name())
    };
    view! {
        <table id="lane-table" class="unseen">
            <caption>{caption}</caption>
            <thead><tr><th>"Lane"</th><th>"Events"</th><th>{head}</th><th>"First"</th><th>"Last"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
