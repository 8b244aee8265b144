//! The lines of the chart that is edited, as a table: what each is, how it is drawn, its numbers, and what it was made from.

use super::about::Dimension;
use super::chart::colour;
use super::charts::{self, PERIODS, STATISTICS, change, change_line, id_fault};
use super::formula::Formula;
use super::plots::{Picture, Which, plots};
use super::{room, words};
use crate::app::shown::{counted, elided, grouped, visible, visible_text};
use crate::app::view::view;
use crate::app::zone::Zone;
use crate::app::{dom, icons};
use crate::query::kql;
use crate::query::pattern::Fault;
use crate::time;
use crate::watch::graph::{Curve, Line, Of};
use crate::watch::math::{self, FUNCTIONS};
use crate::watch::statistic::Statistic;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlSelectElement, MouseEvent};

/// Origins of a line that are named in its cell.
const ORIGINS: usize = 2;

/// See the module.
#[component]
pub fn Lines() -> impl IntoView {
    let view = view();
    let count = Memo::new(move |_| {
        charts::edited(view)
            .map_or(0, |at| view.graphs.with(|graphs| graphs.get(at).map_or(0, |graph| graph.lines.len())))
    });
    // Another chart is another picture; lines of the same place stay the same rows.
    let edited = Memo::new(move |_| charts::edited(view));
    let rows = move || {
        edited.get().map(|at| {
            let picture = plots().of(Which::At(at));
            view! {
                <For each=move || 0..count.get() key=|at| *at children=move |at| view! { <One at picture/> }/>
            }
        })
    };
    let none = move || {
        (count.get() == 0).then(|| {
            view! { <p class="dim note" id="no-lines">"This chart has no line yet. Choose metrics at the left, or add an expression or a count of events."</p> }
        })
    };
    view! {
        <div class="graphed-table" tabindex="0" role="group" aria-label="Lines of the chart">
            <table id="graphed">
                <thead>
                    <tr>
                        <th scope="col"><span class="unseen">"Shown"</span></th>
                        <th scope="col">"Id"</th>
                        <th scope="col">"Label"</th>
                        <th scope="col">"What it is"</th>
                        <th scope="col">"Statistic"</th>
                        <th scope="col">"Period"</th>
                        <th scope="col">"Axis"</th>
                        <th scope="col" class="number">"Latest"</th>
                        <th scope="col" class="number">"Minimum"</th>
                        <th scope="col" class="number">"Mean"</th>
                        <th scope="col" class="number">"Maximum"</th>
                        <th scope="col" class="number">"Points"</th>
                        <th scope="col"><span class="unseen">"Remove"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {none}
            <datalist id="line-statistics">{STATISTICS.map(|name| view! { <option value=name></option> })}</datalist>
        </div>
    }
    .into_any()
}

/// Curves and notes of a line, or what is wrong with it; `None` while nothing is known.
type Found = Option<Result<(Vec<Curve>, Vec<String>), Fault>>;

/// What came of a line: its curves, or its fault.
fn drawn(picture: Signal<Option<Arc<Picture>>>, at: usize) -> Found {
    picture.with(|picture| {
        let found = picture.as_ref()?.drawing.lines.get(at)?;
        Some(found.as_ref().map(|drawn| (drawn.curves.clone(), drawn.notes.clone())).map_err(Clone::clone))
    })
}

/// A line.
#[component]
fn One(at: usize, picture: Signal<Option<Arc<Picture>>>) -> impl IntoView {
    let view = view();
    // While one row goes, the others look at what is not there any more.
    let line = Memo::new(move |_| {
        let edited = charts::edited(view);
        view.graphs.with(|graphs| edited.and_then(|edited| graphs.get(edited)?.lines.get(at).cloned()))
    });
    let get = move |look: fn(&Line) -> String| move || line.with(|line| line.as_ref().map(look).unwrap_or_default());
    let id = Memo::new(move |_| get(|line| line.id.clone())());
    let hidden = Memo::new(move |_| line.with(|line| line.as_ref().is_some_and(|line| line.hidden)));
    let refused = RwSignal::new(None::<&'static str>);
    let name = move |event| {
        let text: String = event_target_value(&event).trim().to_owned();
        let fault = untrack(|| charts::edited(view)).and_then(|edited| {
            view.graphs.with_untracked(|graphs| graphs.get(edited).and_then(|graph| id_fault(&graph.lines, at, &text)))
        });
        refused.set(fault);
        if fault.is_none() {
            change_line(view, at, |line| line.id = text);
        }
    };
    let label = move |event| {
        let text: String = event_target_value(&event);
        change_line(view, at, |line| line.label = Some(text).filter(|text| !text.is_empty()));
    };
    let show = move |event: MouseEvent| {
        let alone = event.ctrl_key() || event.meta_key() || event.alt_key();
        change(view, |graph| charts::toggle(graph, at, alone));
    };
    let remove = move |_| {
        change(view, |graph| {
            if at < graph.lines.len() {
                graph.lines.remove(at);
            }
        });
    };
    let found = Memo::new(move |_| drawn(picture, at));
    let called = move || {
        let first = found.with(|found| match found {
            Some(Ok((curves, _))) => curves.first().map(|curve| curve.label.clone()),
            _ => None,
        });
        first.unwrap_or_default()
    };
    let figures = move || figures(&found.get(), view.zone.get());
    let swatch = move || format!("var({})", colour(at));
    view! {
        <tr data-line=move || id.get() class:hidden=move || hidden.get()>
            <td>
                <button
                    class="swatch"
                    role="switch"
                    aria-checked=move || (!hidden.get()).to_string()
                    aria-label=move || format!("Draw {}", id.get())
                    title="Draw it or not; with Ctrl it alone"
                    on:click=show
                >
                    <i style:background=swatch></i>
                </button>
            </td>
            <td>
                <input
                    type="text"
                    class="data id"
                    id=format!("line-id-{at}")
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=format!("Id of line {}", at + 1)
                    aria-invalid=move || refused.with(Option::is_some).to_string()
                    prop:value=move || id.get()
                    on:change=name
                />
                {move || refused.get().map(|fault| view! { <p class="failed fault" role="alert"><span aria-hidden="true">"✕ "</span>{fault}</p> })}
            </td>
            <td>
                <input
                    type="text"
                    class="label"
                    id=format!("line-label-{at}")
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=move || format!("Label of {}", id.get())
                    placeholder=move || visible_text(&elided(&called(), 60)).into_owned()
                    prop:value=move || get(|line| line.label.clone().unwrap_or_default())()
                    on:change=label
                />
            </td>
            <td class="what">
                <What at line found/>
                <From line/>
                {move || notes(&found.get())}
            </td>
            <td><StatisticOf at line id/></td>
            <td><PeriodOf at line id/></td>
            <td class="axis-of">
                <select
                    id=format!("line-axis-{at}")
                    aria-label=move || format!("Axis of {}", id.get())
                    on:change=move |event| {
                        let right = event_target_value(&event) == "right";
                        change_line(view, at, |line| line.right = right);
                    }
                >
                    <option value="left" prop:selected=move || line.with(|line| line.as_ref().is_some_and(|line| !line.right))>"Left"</option>
                    <option value="right" prop:selected=move || line.with(|line| line.as_ref().is_some_and(|line| line.right))>"Right"</option>
                </select>
            </td>
            {figures}
            <td>
                <button class="plain remove" aria-label=move || format!("Remove {}", id.get()) title="Remove" on:click=remove>{icons::close()}</button>
            </td>
        </tr>
    }
    .into_any()
}

/// What a line shows; of one that is written, its text.
#[component]
fn What(at: usize, line: Memo<Option<Line>>, found: Memo<Found>) -> impl IntoView {
    let view = view();
    // The box stays the same while its text changes.
    let kind = Memo::new(move |_| {
        line.with(|line| match line.as_ref().map(|line| &line.of) {
            Some(Of::Metric(metric)) => Some(metric.clone()),
            _ => None,
        })
    });
    let sort = Memo::new(move |_| {
        line.with(|line| match line.as_ref().map(|line| &line.of) {
            None => 0,
            Some(Of::Metric(_)) => 1,
            Some(Of::Math(_)) => 2,
            Some(Of::Events(_)) => 3,
            Some(Of::Filter(_)) => 4,
        })
    });
    let text = Signal::derive(move || {
        line.with(|line| match line.as_ref().map(|line| &line.of) {
            Some(Of::Math(text) | Of::Events(text)) => text.clone(),
            Some(Of::Filter(sampling)) => sampling.pattern.clone(),
            _ => String::new(),
        })
    });
    let typed = Callback::new(move |now: String| {
        change_line(view, at, |line| match &mut line.of {
            Of::Math(text) | Of::Events(text) => *text = now,
            Of::Filter(sampling) => sampling.pattern = now,
            Of::Metric(_) => {}
        });
    });
    // What is typed says at once what is wrong with it; whether it can be drawn only who holds the series can say.
    let fault = Signal::derive(move || match sort.get() {
        3 => kql::parse(&text.get()).err().map(|error| Fault { position: error.position, message: error.sentence() }),
        2 if text.with(|text| text.trim().is_empty()) => None,
        2 => {
            let edited = charts::edited(view);
            let ids: Vec<String> = view.graphs.with(|graphs| {
                let graph = edited.and_then(|edited| graphs.get(edited));
                let others = graph.into_iter().flat_map(|graph| graph.lines.iter().enumerate());
                others.filter(|(other, _)| *other != at).map(|(_, line)| line.id.clone()).collect()
            });
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let of_answer = || found.with(|found| found.as_ref().and_then(|found| found.as_ref().err().cloned()));
            text.with(|text| math::check(text, &ids)).err().or_else(of_answer)
        }
        _ => found.with(|found| found.as_ref().and_then(|found| found.as_ref().err().cloned())),
    });
    let shown = move || match sort.get() {
        0 => EitherOf3::A(()),
        1 => EitherOf3::B(move || {
            kind.get().map(|metric| {
                let own = |(name, _): &&(String, String)| words::is_own(name);
                let dimensions = metric.dimensions.iter().filter(own).map(|(name, value)| {
                    let name = visible_text(&elided(name, 40)).into_owned();
                    view! { <span class="dimension-of"><span class="dim" title=name.clone()>{name.clone()}</span><Dimension value=value.clone()/></span> }
                });
                // The file of one without a name stands below, with what it was made from.
                let space = metric.namespace.clone().unwrap_or_default();
                let refusal = move || {
                    found.with(|found| match found {
                        Some(Err(fault)) => Some(view! { <p class="failed fault"><span aria-hidden="true">"✕ "</span>{visible(&fault.message)}</p> }),
                        _ => None,
                    })
                };
                view! {
                    <span title=visible_text(&metric.title()).into_owned()>
                        <span class="dim">{visible(&elided(&space, 40))}</span>" "<b>{visible(&elided(&metric.name, 60))}</b>
                    </span>
                    {dimensions.collect_view()}
                    {refusal}
                }
            })
        }),
        sort => {
            let (what, placeholder) = match sort {
                2 => ("Expression", "m1 / m2 * 100"),
                3 => ("Query of the events that are counted", "all events"),
                _ => ("Pattern of the metric filter", "every event"),
            };
            let word = match sort {
                2 => "math",
                3 => "events",
                _ => "filter",
            };
            let label = format!("{what} of line {}", at + 1);
            EitherOf3::C(view! {
                <div class="written" data-sort=word>
                    <span class="dim sort">{word}</span>
                    <Formula id=format!("line-text-{at}") label placeholder text fault typed/>
                    {(sort == 2).then(|| view! { <Functions at text typed/> })}
                </div>
            })
        }
    };
    shown.into_any()
}

/// The functions of metric math: the one chosen is put behind what stands there.
#[component]
fn Functions(at: usize, text: Signal<String>, typed: Callback<String>) -> impl IntoView {
    let put = move |event: Event| {
        let place: Option<usize> = event_target_value(&event).parse().ok();
        if let Some(function) = place.and_then(|place| FUNCTIONS.get(place)) {
            let now = text.get_untracked();
            let now = now.trim_end();
            let between = if now.is_empty() { "" } else { " " };
            typed.run(format!("{now}{between}{}", function.form));
            request_animation_frame(move || dom::focus(&format!("line-text-{at}")));
        }
        // It offers again what it offered.
        if let Some(select) = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok()) {
            select.set_value("");
        }
    };
    let options = FUNCTIONS.iter().enumerate().map(|(place, function)| {
        view! { <option value=place.to_string()>{format!("{}: {}", function.form, function.does)}</option> }
    });
    view! {
        <select id=format!("line-function-{at}") class="functions" aria-label="Put a function into the expression" title="Functions of metric math" on:change=put>
            <option value="">"ƒ"</option>
            {options.collect_view()}
        </select>
    }
    .into_any()
}

/// What a person should know of what is drawn.
fn notes(found: &Found) -> impl IntoView + use<> {
    let notes = match found {
        Some(Ok((_, notes))) => notes.clone(),
        _ => Vec::new(),
    };
    let list = notes
        .into_iter()
        .map(|note| view! { <p class="note denied"><span aria-hidden="true">"▲ "</span>{visible(&note)}</p> });
    list.collect_view()
}

/// The statistic: one of the common ones, or whatever is typed.
#[component]
fn StatisticOf(at: usize, line: Memo<Option<Line>>, id: Memo<String>) -> impl IntoView {
    let view = view();
    let has = Memo::new(move |_| {
        line.with(|line| matches!(line.as_ref().map(|line| &line.of), Some(Of::Metric(_) | Of::Filter(_))))
    });
    let now =
        Memo::new(move |_| line.with(|line| line.as_ref().map(|line| line.statistic.clone()).unwrap_or_default()));
    // What is no statistic stays in the box and is not asked for.
    let typed = RwSignal::new(None::<String>);
    Effect::new(move || {
        let _ = now.get();
        typed.set(None);
    });
    let fault = Memo::new(move |_| {
        let text = typed.get().unwrap_or_else(|| now.get());
        Statistic::parse(&text).err()
    });
    let chosen = move |event| {
        let text: String = event_target_value(&event).trim().to_owned();
        if Statistic::parse(&text).is_ok() {
            typed.set(None);
            change_line(view, at, |line| line.statistic = text);
        } else {
            typed.set(Some(text));
        }
    };
    let shown = move || {
        has.get().then(|| {
            view! {
                <input
                    type="text"
                    class="data statistic"
                    id=format!("line-statistic-{at}")
                    list="line-statistics"
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=move || format!("Statistic of {}", id.get())
                    aria-invalid=move || fault.with(Option::is_some).to_string()
                    prop:value=move || typed.get().unwrap_or_else(|| now.get())
                    on:change=chosen
                />
                {move || fault.get().map(|fault| {
                    let said = format!("Character {}: {}", fault.position, visible_text(&fault.message));
                    view! {
                        <p class="failed fault statistic-fault" role="alert" data-position=fault.position.to_string()>
                            <span aria-hidden="true">"✕ "</span>{said}
                        </p>
                    }
                })}
            }
        })
    };
    shown.into_any()
}

/// The length of its periods.
#[component]
fn PeriodOf(at: usize, line: Memo<Option<Line>>, id: Memo<String>) -> impl IntoView {
    let view = view();
    let now = Memo::new(move |_| line.with(|line| line.as_ref().and_then(|line| line.period)));
    let of_math = Memo::new(move |_| line.with(|line| matches!(line.as_ref().map(|line| &line.of), Some(Of::Math(_)))));
    let odd = move || {
        let period = now.get()?;
        let known = PERIODS.iter().any(|(length, _)| *length == period);
        (!known).then(|| view! { <option value=period.to_string() selected>{time::length(period)}</option> })
    };
    let options = move || {
        PERIODS.map(|(length, words)| {
            view! { <option value=length.to_string() prop:selected=move || now.get() == Some(length)>{words}</option> }
        })
    };
    let stored = move || {
        let of_metric = line.with(|line| matches!(line.as_ref().map(|line| &line.of), Some(Of::Metric(_))));
        if of_metric { "as stored" } else { "to suit" }
    };
    let shown = move || {
        (!of_math.get()).then(|| {
            view! {
                <select
                    id=format!("line-period-{at}")
                    aria-label=move || format!("Period of {}", id.get())
                    on:change=move |event| {
                        let period = event_target_value(&event).parse().ok();
                        change_line(view, at, |line| line.period = period);
                    }
                >
                    <option value="" prop:selected=move || now.with(Option::is_none)>{stored}</option>
                    {options()}
                    {odd}
                </select>
            }
        })
    };
    shown.into_any()
}

/// The numbers of what is drawn of a line.
fn figures(found: &Found, zone: Zone) -> impl IntoView + use<> {
    let curves = match found {
        Some(Ok((curves, _))) => curves.clone(),
        _ => Vec::new(),
    };
    if curves.len() > 1 {
        let points: u64 = curves.iter().map(|curve| curve.summary.count).sum();
        let said = counted(curves.len() as u64, "series", "series");
        return view! {
            <td class="number dim" colspan="4">{said}", in the chart’s own table"</td>
            <td class="number data">{grouped(points)}</td>
        }
        .into_any();
    }
    let Some(curve) = curves.into_iter().next() else {
        return view! { <td class="number dim" colspan="5">{(found.is_some()).then_some("–")}</td> }.into_any();
    };
    let unit = curve.unit.clone().filter(|unit| unit != "None").unwrap_or_default();
    let summary = curve.summary;
    let moment = |point: Option<(i64, f64)>| {
        let title =
            point.map(|(at, value)| format!("{value} {} at {} {}", visible_text(&unit), zone.full(at), zone.name()));
        view! { <td class="number data" title=title>{point.map(|(_, value)| words::figure(value))}</td> }
    };
    let shown = match (&curve.statistic, curve.period) {
        (Some(statistic), period) if period > 0 => format!("{statistic} of {}", time::length(period)),
        (None, period) if period > 0 => format!("of {}", time::length(period)),
        _ => String::new(),
    };
    view! {
        {moment(summary.last)}
        {moment(summary.min)}
        <td class="number data">{summary.mean().map(words::figure)}</td>
        {moment(summary.max)}
        <td class="number data" title=visible_text(&shown).into_owned()>{grouped(summary.count)}</td>
    }
    .into_any()
}

/// What a line's values were made from.
#[component]
fn From(line: Memo<Option<Line>>) -> impl IntoView {
    let room = room();
    let session = room.session;
    let from = Memo::new(move |_| {
        session.held.track();
        let mut all: Vec<String> = match line.with(|line| line.as_ref().map(|line| line.of.clone())) {
            Some(Of::Metric(metric)) => {
                let listed = room.listed(&metric);
                let stored = listed.iter().flat_map(|listed| &listed.stored);
                stored
                    .flat_map(|stored| &stored.origins)
                    .map(|(origin, _)| words::origin(origin, |file| session.path(file)))
                    .collect()
            }
            Some(Of::Events(_)) => vec!["events".to_owned()],
            Some(Of::Filter(_)) => vec!["events".to_owned()],
            Some(Of::Math(_)) => vec!["the other lines".to_owned()],
            None => Vec::new(),
        };
        all.sort();
        all.dedup();
        all
    });
    let shown = move || {
        let all = from.get();
        let title =
            visible_text(&all.iter().take(20).cloned().collect::<Vec<_>>().join("\n")).replace("⟨U+000A⟩", "\n");
        let shown = all.iter().take(ORIGINS).map(|one| {
            let name = one.rsplit_once('/').map_or(one.as_str(), |(_, name)| name);
            view! { <span class="data">{visible(&elided(name, 36))}</span> }
        });
        let more = all.len().saturating_sub(ORIGINS);
        let more = (more > 0).then(|| view! { <span>{format!("and {} more", grouped(more as u64))}</span> });
        (!all.is_empty()).then(|| {
            view! { <div class="origins-of" title=title>"from "{shown.collect_view()}{more}</div> }
        })
    };
    shown.into_any()
}
