//! How the chart that is edited is drawn: its form, its axes, levels that are marked, and what is added to it.

use super::charts::{self, change, line_of};
use crate::app::icons;
use crate::app::view::view;
use crate::watch::graph::{Axis, Form, Graph, Of, Threshold};
use leptos::prelude::*;

/// What a form is called.
fn title(form: Form) -> &'static str {
    match form {
        Form::Line => "Line",
        Form::Area => "Stacked area",
        Form::Bar => "Bar",
        Form::Number => "Number",
        Form::Gauge => "Gauge",
        Form::Pie => "Pie",
        Form::Table => "Table",
    }
}

/// A number as it is typed; an empty text is none.
fn number(text: &str) -> Option<Option<f64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    text.parse().ok().filter(|number: &f64| number.is_finite()).map(Some)
}

/// The tools above the table of lines.
#[component]
pub fn Tools() -> impl IntoView {
    let view = view();
    let graph = Memo::new(move |_| {
        let at = charts::edited(view);
        view.graphs.with(|graphs| at.and_then(|at| graphs.get(at).cloned()))
    });
    let form = Memo::new(move |_| graph.with(|graph| graph.as_ref().map(|graph| graph.form).unwrap_or_default()));
    let forms = Form::ALL.into_iter().enumerate().map(|(at, one)| {
        view! { <option value=at.to_string() prop:selected=move || form.get() == one>{title(one)}</option> }
    });
    let choose = move |event| {
        let at: Option<usize> = event_target_value(&event).parse().ok();
        if let Some(form) = at.and_then(|at| Form::ALL.get(at)) {
            change(view, |graph| graph.form = *form);
        }
    };
    let add = move |of: Of| {
        change(view, |graph| {
            if graph.lines.len() < charts::LINES_MAX {
                graph.lines.push(line_of(of, &graph.lines));
            }
        });
        // The keyboard goes where one is to write.
        let at = untrack(|| charts::edited(view))
            .and_then(|at| view.graphs.with_untracked(|graphs| graphs.get(at).map(|graph| graph.lines.len())))
            .unwrap_or(1);
        request_animation_frame(move || crate::app::dom::focus(&format!("line-text-{}", at - 1)));
    };
    let math = move |_| {
        let first = graph
            .with_untracked(|graph| graph.as_ref().and_then(|graph| graph.lines.first().map(|line| line.id.clone())));
        add(Of::Math(first.unwrap_or_default()));
    };
    let events = move |_| {
        let query = if view.fault.with_untracked(Option::is_none) { view.typed.get_untracked() } else { String::new() };
        add(Of::Events(query));
    };
    let level = move |_| {
        change(view, |graph| {
            graph.thresholds.push(Threshold { value: 0.0, label: String::new(), right: false });
        });
        let last = graph.with_untracked(|graph| graph.as_ref().map_or(0, |graph| graph.thresholds.len()));
        request_animation_frame(move || crate::app::dom::focus(&format!("level-value-{}", last.saturating_sub(1))));
    };
    let name =
        Memo::new(move |_| graph.with(|graph| graph.as_ref().map(|graph| graph.title.clone()).unwrap_or_default()));
    let toggle = move |id: &'static str, words: &'static str, hint: &'static str, of: fn(&mut Graph) -> &mut bool| {
        let on = Memo::new(move |_| graph.with(|graph| graph.clone().is_some_and(|mut graph| *of(&mut graph))));
        view! {
            <label class="check" title=hint>
                <input
                    id=id
                    type="checkbox"
                    prop:checked=move || on.get()
                    on:change=move |event| {
                        let now = event_target_checked(&event);
                        change(view, |graph| *of(graph) = now);
                    }
                />
                {words}
            </label>
        }
    };
    let count = Memo::new(move |_| graph.with(|graph| graph.as_ref().map_or(0, |graph| graph.thresholds.len())));
    let right = Memo::new(move |_| {
        graph.with(|graph| {
            graph
                .as_ref()
                .is_some_and(|graph| graph.lines.iter().any(|line| line.right) || graph.right != Axis::default())
        })
    });
    let gauge = move || {
        let open = graph.with(|graph| {
            graph.as_ref().is_some_and(|graph| {
                graph.form == Form::Gauge && (graph.left.min.is_none() || graph.left.max.is_none())
            })
        });
        open.then(|| view! { <p id="gauge-fault" class="denied"><span aria-hidden="true">"▲ "</span>"A gauge needs both ends of its scale: give the left axis a least and a greatest value."</p> })
    };
    view! {
        <div class="chart-tools" role="group" aria-label="The chart that is edited">
            <input
                id="graph-title"
                type="text"
                placeholder="Title"
                aria-label="Title of the chart"
                autocomplete="off"
                spellcheck="false"
                prop:value=move || name.get()
                on:input=move |event| {
                    let text = event_target_value(&event);
                    change(view, |graph| graph.title = text);
                }
            />
            <select id="graph-form" aria-label="Form of the chart" on:change=choose>{forms.collect_view()}</select>
            <button id="add-math" class="button" on:click=math>"Add math"</button>
            <button id="add-events" class="button" title="A count of the events that a query finds; at first that of the search box" on:click=events>"Add count of events"</button>
            <button id="add-level" class="button" on:click=level>"Add threshold"</button>
            {toggle("graph-before", "Period before", "The stretch of time before, as long, drawn onto this one", |graph| &mut graph.before)}
            {toggle("graph-marks", "Events as marks", "Marks where the search finds events", |graph| &mut graph.marks)}
            <AxisOf side="left" words="Left axis" of=|graph| &mut graph.left graph/>
            {move || right.get().then(|| view! { <AxisOf side="right" words="Right axis" of=|graph| &mut graph.right graph/> })}
        </div>
        {gauge}
        <ul class="levels" aria-label="Thresholds">
            <For each=move || 0..count.get() key=|at| *at children=move |at| view! { <Level at graph/> }/>
        </ul>
    }
    .into_any()
}

/// The ends of an axis, and its label.
#[component]
fn AxisOf(
    side: &'static str,
    words: &'static str,
    of: fn(&mut Graph) -> &mut Axis,
    graph: Memo<Option<Graph>>,
) -> impl IntoView {
    let view = view();
    let axis = Memo::new(move |_| {
        graph.with(|graph| graph.clone().map(|mut graph| of(&mut graph).clone()).unwrap_or_default())
    });
    let end = move |id: String, label: String, placeholder: &'static str, end: fn(&mut Axis) -> &mut Option<f64>| {
        let wrong = RwSignal::new(false);
        let now = Memo::new(move |_| *end(&mut axis.get()));
        view! {
            <input
                id=id
                type="text"
                inputmode="decimal"
                class="data end"
                autocomplete="off"
                placeholder=placeholder
                aria-label=label
                aria-invalid=move || wrong.get().to_string()
                prop:value=move || now.get().map(|number| number.to_string()).unwrap_or_default()
                on:change=move |event| {
                    let typed = number(&event_target_value(&event));
                    wrong.set(typed.is_none());
                    if let Some(typed) = typed {
                        change(view, |graph| *end(of(graph)) = typed);
                    }
                }
            />
        }
    };
    view! {
        <span class="axis" role="group" aria-label=words>
            <span class="dim">{words}</span>
            {end(format!("{side}-min"), format!("Least value of the {side} axis"), "min", |axis| &mut axis.min)}
            <span class="dim" aria-hidden="true">"–"</span>
            {end(format!("{side}-max"), format!("Greatest value of the {side} axis"), "max", |axis| &mut axis.max)}
            <input
                id=format!("{side}-label")
                type="text"
                class="axis-label"
                autocomplete="off"
                spellcheck="false"
                placeholder="label"
                aria-label=format!("Label of the {side} axis")
                prop:value=move || axis.with(|axis| axis.label.clone().unwrap_or_default())
                on:change=move |event| {
                    let text: String = event_target_value(&event);
                    change(view, |graph| of(graph).label = Some(text).filter(|text| !text.is_empty()));
                }
            />
        </span>
    }
    .into_any()
}

/// A level that is marked.
#[component]
fn Level(at: usize, graph: Memo<Option<Graph>>) -> impl IntoView {
    let view = view();
    let level =
        Memo::new(move |_| graph.with(|graph| graph.as_ref().and_then(|graph| graph.thresholds.get(at).cloned())));
    let wrong = RwSignal::new(false);
    let edit = move |then: &dyn Fn(&mut Threshold)| {
        change(view, |graph| {
            if let Some(level) = graph.thresholds.get_mut(at) {
                then(level);
            }
        });
    };
    let value = move |event| match number(&event_target_value(&event)) {
        Some(Some(value)) => {
            wrong.set(false);
            edit(&|level| level.value = value);
        }
        _ => wrong.set(true),
    };
    let label = move |event| {
        let text: String = event_target_value(&event);
        edit(&|level| level.label.clone_from(&text));
    };
    let axis = move |event| {
        let right = event_target_value(&event) == "right";
        edit(&|level| level.right = right);
    };
    let remove = move |_| {
        change(view, |graph| {
            if at < graph.thresholds.len() {
                graph.thresholds.remove(at);
            }
        });
    };
    let right = move || level.with(|level| level.as_ref().is_some_and(|level| level.right));
    view! {
        <li data-level=at.to_string()>
            <span class="dim">"Threshold"</span>
            <input
                id=format!("level-value-{at}")
                type="text"
                inputmode="decimal"
                class="data end"
                autocomplete="off"
                aria-label=format!("Value of threshold {}", at + 1)
                aria-invalid=move || wrong.get().to_string()
                prop:value=move || level.with(|level| level.as_ref().map(|level| level.value.to_string()).unwrap_or_default())
                on:change=value
            />
            <input
                id=format!("level-label-{at}")
                type="text"
                class="axis-label"
                autocomplete="off"
                spellcheck="false"
                placeholder="label"
                aria-label=format!("Label of threshold {}", at + 1)
                prop:value=move || level.with(|level| level.as_ref().map(|level| level.label.clone()).unwrap_or_default())
                on:change=label
            />
            <select id=format!("level-axis-{at}") aria-label=format!("Axis of threshold {}", at + 1) on:change=axis>
                <option value="left" prop:selected=move || !right()>"Left"</option>
                <option value="right" prop:selected=right>"Right"</option>
            </select>
            <button class="plain remove" aria-label=format!("Remove threshold {}", at + 1) title="Remove" on:click=remove>{icons::close()}</button>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn ends_are_numbers_or_nothing() {
        assert_eq!((number(""), number(" 1.5 "), number("-2e3")), (Some(None), Some(Some(1.5)), Some(Some(-2_000.0))));
        assert_eq!((number("x"), number("inf"), number("NaN"), number("1,5")), (None, None, None, None));
    }
}
