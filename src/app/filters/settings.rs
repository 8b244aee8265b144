//! What stands around the pattern: the metric, its value, and the events that the filter is applied to.

use super::bench::bench;
use super::draft::{DIMENSIONS, Draft, PERIODS, UNITS};
use super::take::Take;
use crate::app::icons;
use crate::app::shown::{counted, elided, visible_text};
use crate::app::view::view;
use crate::query::pattern::Kind;
use crate::watch::metric_filter::Scope;
use leptos::prelude::*;

/// A text of the draft.
type Text = fn(&mut Draft) -> &mut String;

/// A labelled box for a text, with what is wrong with it below.
#[component]
fn TextBox(
    id: &'static str,
    label: &'static str,
    of: Text,
    #[prop(default = "")] placeholder: &'static str,
    #[prop(default = "data")] class: &'static str,
    #[prop(optional, into)] fault: Option<Signal<Option<String>>>,
) -> impl IntoView {
    let view = view();
    let text = Memo::new(move |_| view.draft.with(|draft| of(&mut draft.clone()).clone()));
    let fault = move || fault.and_then(|fault| fault.get());
    let fault = Memo::new(move |_| fault());
    let said = format!("{id}-fault");
    view! {
        <div class="setting" data-setting=id>
            <label for=id>{label}</label>
            <input
                id=id
                type="text"
                class=class
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder=placeholder
                aria-invalid=move || fault.with(Option::is_some).to_string()
                aria-describedby=said.clone()
                prop:value=move || text.get()
                on:input=move |event| {
                    let text = event_target_value(&event);
                    view.draft.update(|draft| text.clone_into(of(draft)));
                }
            />
            {move || fault.get().map(|fault| view! { <p id=said.clone() class="failed"><span aria-hidden="true">"✕ "</span>{visible_text(&fault).into_owned()}</p> })}
        </div>
    }
}

/// See the module.
#[component]
pub fn Settings() -> impl IntoView {
    let bench = bench();
    let value = move || bench.reading.with(|reading| reading.value.as_ref().err().cloned());
    let default = move || bench.reading.with(|reading| reading.default.as_ref().err().cloned());
    view! {
        <div class="settings" role="group" aria-label="Metric">
            <AppliesTo/>
            <Period/>
            <TextBox id="metric-value" label="Metric value" of=|draft| &mut draft.value placeholder="1, $.latency, $size" fault=Signal::derive(value)/>
            <TextBox id="metric-default" label="Default value" of=|draft| &mut draft.default placeholder="none" fault=Signal::derive(default)/>
            <Unit/>
            <Dimensions/>
            <Counting/>
        </div>
        <div class="settings" role="group" aria-label="Names">
            <TextBox id="filter-name" label="Filter name" of=|draft| &mut draft.name placeholder="access-denied"/>
            <TextBox id="metric-namespace" label="Metric namespace" of=|draft| &mut draft.namespace placeholder="LogMetrics"/>
            <TextBox id="metric-name" label="Metric name" of=|draft| &mut draft.metric placeholder="AccessDenied"/>
            <Take/>
        </div>
    }
}

/// The events that the filter is applied to.
#[component]
fn AppliesTo() -> impl IntoView {
    let view = view();
    let bench = bench();
    let chosen = Memo::new(move |_| view.draft.with(|draft| draft.scope.clone()));
    let options = move || {
        let groups = bench.groups.get();
        let mut all = vec![
            (Scope::All, "All events".to_owned()),
            (Scope::CloudTrail, format!("CloudTrail, {}", counted(bench.trail.get(), "event", "events"))),
        ];
        all.extend(groups.iter().map(|(group, lines)| {
            let name = visible_text(&elided(group, 60)).into_owned();
            (Scope::Group(group.clone()), format!("{name}, {}", counted(*lines, "line", "lines")))
        }));
        let chosen = chosen.get();
        if let Scope::Group(group) = &chosen
            && groups.iter().all(|(known, _)| known != group)
        {
            all.push((chosen.clone(), format!("{}, not in this case", visible_text(&elided(group, 60)))));
        }
        all
    };
    let options = Memo::new(move |_| options());
    let choose = move |event| {
        let place: Option<usize> = event_target_value(&event).parse().ok();
        let scope = options
            .with_untracked(|options| place.and_then(|place| options.get(place).map(|(scope, _)| scope.clone())));
        if let Some(scope) = scope {
            view.draft.update(|draft| draft.scope = scope);
        }
    };
    view! {
        <div class="setting wide">
            <label for="metric-scope">"Applies to"</label>
            <select id="metric-scope" on:change=choose>
                {move || options.get().into_iter().enumerate().map(|(at, (scope, words))| {
                    view! { <option value=at.to_string() prop:selected=move || chosen.get() == scope>{words}</option> }
                }).collect_view()}
            </select>
        </div>
    }
}

/// The length of a period.
#[component]
fn Period() -> impl IntoView {
    let view = view();
    let period = Memo::new(move |_| view.draft.with(|draft| draft.period));
    let choose = move |event| {
        if let Ok(period) = event_target_value(&event).parse() {
            view.draft.update(|draft| draft.period = period);
        }
    };
    let options = PERIODS.map(|(length, _, words)| {
        view! { <option value=length.to_string() prop:selected=move || period.get() == length>{words}</option> }
    });
    view! {
        <div class="setting">
            <label for="metric-period">"Period"</label>
            <select id="metric-period" on:change=choose>{options}</select>
        </div>
    }
}

/// The unit of the metric.
#[component]
fn Unit() -> impl IntoView {
    let view = view();
    let unit = Memo::new(move |_| view.draft.with(|draft| draft.unit.clone()));
    // A file may have one that CloudWatch does not know.
    let odd = move || {
        let unit = unit.get();
        (!unit.is_empty() && !UNITS.contains(&unit.as_str())).then(|| {
            view! { <option value=unit.clone() selected>{visible_text(&unit).into_owned()}</option> }
        })
    };
    let options =
        UNITS.map(|name| view! { <option value=name prop:selected=move || unit.get() == name>{name}</option> });
    view! {
        <div class="setting">
            <label for="metric-unit">"Unit"</label>
            <select id="metric-unit" on:change=move |event| view.draft.update(|draft| draft.unit = event_target_value(&event))>
                <option value="" prop:selected=move || unit.with(String::is_empty)>"not given"</option>
                {options}
                {odd}
            </select>
        </div>
    }
}

/// Up to three dimensions.
#[component]
fn Dimensions() -> impl IntoView {
    let view = view();
    let bench = bench();
    let count = Memo::new(move |_| view.draft.with(|draft| draft.dimensions.len()));
    let text = move |at: usize, value: bool| {
        view.draft.with(|draft| {
            let pair = draft.dimensions.get(at).cloned().unwrap_or_default();
            if value { pair.1 } else { pair.0 }
        })
    };
    let typed = move |at: usize, value: bool, text: String| {
        view.draft.update(|draft| {
            if let Some(pair) = draft.dimensions.get_mut(at) {
                *(if value { &mut pair.1 } else { &mut pair.0 }) = text;
            }
        });
    };
    let take_away = move |at: usize| {
        view.draft.update(|draft| {
            if at < draft.dimensions.len() {
                draft.dimensions.remove(at);
            }
        });
    };
    let one = move |at: usize| {
        let fault = Memo::new(move |_| {
            bench
                .reading
                .with(|reading| reading.dimensions.get(at)?.as_ref().err().filter(|fault| !fault.is_empty()).cloned())
        });
        view! {
            <li>
                <input
                    id=format!("dimension-name-{at}")
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="Name"
                    aria-label=format!("Name of dimension {}", at + 1)
                    prop:value=move || text(at, false)
                    on:input=move |event| typed(at, false, event_target_value(&event))
                />
                <span aria-hidden="true">"="</span>
                <input
                    id=format!("dimension-value-{at}")
                    type="text"
                    class="data"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="$.field or $column"
                    aria-label=format!("Value of dimension {}", at + 1)
                    aria-invalid=move || fault.with(Option::is_some).to_string()
                    prop:value=move || text(at, true)
                    on:input=move |event| typed(at, true, event_target_value(&event))
                />
                <button class="plain" aria-label=format!("Remove dimension {}", at + 1) on:click=move |_| take_away(at)>{icons::close()}</button>
                {move || fault.get().map(|fault| view! { <p class="failed"><span aria-hidden="true">"✕ "</span>{visible_text(&fault).into_owned()}</p> })}
            </li>
        }
    };
    let add = move |_| view.draft.update(|draft| draft.dimensions.push(Default::default()));
    view! {
        <div class="setting dimensions" role="group" aria-label="Dimensions">
            <span class="label">"Dimensions"</span>
            <ul>{move || (0..count.get()).map(one).collect_view()}</ul>
            {move || (count.get() < DIMENSIONS).then(|| view! { <button id="add-dimension" class="plain" on:click=add>"Add a dimension"</button> })}
        </div>
    }
}

/// How space-delimited patterns count the fields of a line.
#[component]
fn Counting() -> impl IntoView {
    let view = view();
    let bench = bench();
    let spaces = Memo::new(move |_| {
        bench.reading.with(|reading| reading.pattern.as_ref().is_ok_and(|pattern| pattern.kind == Kind::Columns))
    });
    view! {
        <div class="setting">
            <span class="label">"Lines with more columns"</span>
            <label
                class="check"
                title="AWS does not document what a space-delimited pattern without … does with lines that have more fields than it: match, the last field taking the rest, or not match"
            >
                <input
                    id="strict-counting"
                    type="checkbox"
                    disabled=move || !spaces.get()
                    prop:checked=move || view.draft.with(|draft| draft.strict)
                    on:change=move |event| view.draft.update(|draft| draft.strict = event_target_checked(&event))
                />
                " do not match"
            </label>
        </div>
    }
}
