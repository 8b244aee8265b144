//! What the bars are stacked by, and what their parts mean: a click on one filters.

use super::stack::{FAILURES, Histogram, Look, Part, RESULT, Series};
use super::words;
use crate::app::field;
use crate::app::shown::{elided, grouped, short, visible, visible_text};
use crate::app::view::{View, view};
use crate::query::kql::clauses::{self, Clause, Standing};
use crate::query::predicate::Select;
use leptos::html::Div;
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::{MouseEvent, WheelEvent};

/// Characters of a value that the legend shows.
const SHOWN: usize = 24;

/// The choice of the field, and whether the bars show shares.
#[component]
pub fn StackBy() -> impl IntoView {
    let view = view();
    let field_now = Memo::new(move |_| view.stack().with(|stack| stack.field.clone()));
    let share = move || view.stack().with(|stack| stack.share);
    let fields = Memo::new(move |_| {
        let mut fields: Vec<String> = field::short().map(str::to_owned).collect();
        let shown =
            view.shown().columns.with(|columns| columns.iter().map(|column| column.field.clone()).collect::<Vec<_>>());
        for more in view.facets.get().into_iter().chain(shown).chain([field_now.get()]) {
            if !fields.contains(&more) && field::select(&more).is_some() {
                fields.push(more);
            }
        }
        fields
    });
    view! {
        <label class="stack-by">
            "by "
            <select
                id="stack-by"
                title="Stack the bars by this field"
                prop:value=move || {
                    // Set again when the choices change: they are made after this value is.
                    fields.track();
                    field_now.get()
                }
                on:change=move |event| {
                    let field = event_target_value(&event);
                    untrack(|| view.stack()).update(|stack| stack.field = field);
                }
            >
                {move || {
                    let now = field_now.get_untracked();
                    fields.get().into_iter().map(|written| {
                        let title = visible_text(&elided(&field::title(&written), 40)).into_owned();
                        let selected = written == now;
                        view! { <option value=written selected=selected>{title}</option> }
                    }).collect_view()
                }}
            </select>
        </label>
        <button
            id="stack-share"
            class="toggle"
            title="Show the share of each bin instead of counts"
            aria-label="Share of each bin"
            aria-pressed=move || share().to_string()
            on:click=move |_| untrack(|| view.stack()).update(|stack| stack.share = !stack.share)
        >
            "%"
        </button>
    }
}

/// How a part stands in the query.
fn standing(part: &Part, select: &Select, clauses: &[Clause]) -> Standing {
    let of = |value: Option<&str>| clauses::standing(clauses, select, value);
    match part {
        Part::Value(value) => of(Some(value)),
        Part::None => of(None),
        Part::Other => Standing::Open,
        // Chosen when every failure is taken away, and the other way round.
        Part::NotFailed => match FAILURES.map(|value| of(Some(value))) {
            [Standing::Excluded, Standing::Excluded] => Standing::Included,
            [Standing::Included, Standing::Included] => Standing::Excluded,
            _ => Standing::Open,
        },
    }
}

/// A click on a part: only its events, or all but them. A second one takes that back.
fn choose(view: View, histogram: &Histogram, part: &Part, include: bool) {
    match part {
        Part::Value(value) => view.choose(&histogram.field, Some(value), include),
        Part::None => view.choose(&histogram.field, None, include),
        Part::Other => {
            // Without the named ones the others are left; what holds only named ones cannot be written shorter.
            for series in histogram.series.iter().filter(|_| include) {
                if let Part::Value(value) = &series.part {
                    view.choose(&histogram.field, Some(value), false);
                }
            }
        }
        Part::NotFailed => {
            let Some(select) = field::select(RESULT) else { return };
            let known = view.typed.with_untracked(|typed| clauses::clauses(typed));
            let whole = standing(part, &select, &known) != Standing::Open;
            let wanted = if include { Standing::Excluded } else { Standing::Included };
            for value in FAILURES {
                // What is as wanted already would be taken back by choosing it again, which is only right for both.
                if whole || clauses::standing(&known, &select, Some(value)) != wanted {
                    view.choose(RESULT, Some(value), !include);
                }
            }
        }
    }
}

/// The colour and hatch of a part.
fn swatch(look: Look) -> impl IntoView {
    let colour = format!("var({})", look.colour());
    view! {
        <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true" style:fill=colour>
            <path d=look.hatch().swatch()/>
        </svg>
    }
}

/// The parts with their counts.
#[component]
pub fn Legend(histogram: Memo<Option<Arc<Histogram>>>) -> impl IntoView {
    let view = view();
    let place = NodeRef::<Div>::new();
    let known = Memo::new(move |_| view.typed.with(|typed| clauses::clauses(typed)));
    // It scrolls sideways where it is too long; most wheels turn the other way.
    let wheel = move |event: WheelEvent| {
        if let Some(place) = place.get_untracked()
            && event.delta_x() == 0.0
        {
            place.set_scroll_left(place.scroll_left() + event.delta_y() as i32);
        }
    };
    let items = move || {
        let Some(histogram) = histogram.get() else { return Vec::new() };
        let select = field::select(&histogram.field);
        let item = |series: &Series| {
            let standing = {
                let (part, select) = (series.part.clone(), select.clone());
                Memo::new(move |_| {
                    known.with(|known| select.as_ref().map_or(Standing::Open, |select| standing(&part, select, known)))
                })
            };
            item(view, histogram.clone(), series, standing).into_any()
        };
        histogram.series.iter().map(item).collect::<Vec<_>>()
    };
    view! { <div id="legend" role="group" aria-label="Parts of the bars" node_ref=place on:wheel=wheel>{items}</div> }
}

fn item(view: View, histogram: Arc<Histogram>, series: &Series, standing: Memo<Standing>) -> impl IntoView + use<> {
    let name = words::name(series, &histogram);
    let shown = match &series.part {
        Part::Value(value) => short(value, SHOWN).into_owned(),
        _ => name.clone(),
    };
    let value = match &series.part {
        Part::Value(value) => Some(value.clone()),
        _ => None,
    };
    let quiet = value.is_none();
    let (part, again) = (series.part.clone(), series.part.clone());
    let whole = histogram.clone();
    let click = move |event: MouseEvent| choose(view, &whole, &part, !event.alt_key());
    // All but the others is only the named values: the query has no short way to say it.
    let exclude = (again != Part::Other).then(|| {
        view! {
            <button
                class="exclude"
                aria-label=format!("Exclude {name}")
                title="Exclude"
                on:click=move |_| choose(view, &histogram, &again, false)
            >
                "−"
            </button>
        }
    });
    view! {
        <span
            class="part"
            class:chosen=move || standing.get() == Standing::Included
            class:out=move || standing.get() == Standing::Excluded
            data-value=value
            data-count=series.total.to_string()
        >
            <button
                class="choose-part"
                aria-pressed=move || (standing.get() == Standing::Included).to_string()
                title=format!("{name}: click for only these events, Alt-click for all others")
                on:click=click
            >
                {swatch(series.look)}
                <span class="word" class:dim=quiet>{visible(&shown)}</span>
                <span class="data">{grouped(series.total)}</span>
            </button>
            {exclude}
        </span>
    }
}
