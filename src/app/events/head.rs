//! The header of the table: a click sorts, dragging a heading moves its column, dragging its edge makes it wider.

use crate::app::columns::{self, CHARACTER, NARROWEST, PADDING, WIDEST};
use crate::app::pages::Pages;
use crate::app::shown::visible;
use crate::app::view::{Column, View, view};
use crate::app::{dom, field};
use crate::query::order::SortBy;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

/// A press that moves less than this is a click.
const DRAG: f64 = 5.0;
/// What a key on an edge moves it by.
const STEP: f64 = 16.0;

/// A heading that is being dragged.
#[derive(Clone, PartialEq)]
struct Dragged {
    field: String,
    /// Where it was pressed.
    from: f64,
    /// The place it would be dropped at, once it is dragged and not only pressed.
    to: Option<usize>,
}

#[component]
pub(super) fn Head() -> impl IntoView {
    let view = view();
    let pages = expect_context::<Pages>();
    let dragged = RwSignal::new(None::<Dragged>);
    let time = Signal::derive(move || format!("Time ({})", view.zone.get().name()));
    let fields = move || pages.drawn.get().iter().cloned().collect::<Vec<_>>();
    view! {
        <div class="cell" role="columnheader" aria-sort=move || said(view, Some(&SortBy::Time)) data-column="time">
            <SortButton by=Some(SortBy::Time) title=time/>
        </div>
        <For each=fields key=Clone::clone children=move |field| view! { <Heading field dragged/> }/>
        // Room for what stands at the end of the header.
        <div class="cell end" role="presentation"></div>
    }
}

fn said(view: View, by: Option<&SortBy>) -> &'static str {
    view.order.with(|order| match by {
        Some(by) if order.by == *by && order.descending => "descending",
        Some(by) if order.by == *by => "ascending",
        _ => "none",
    })
}

#[component]
fn SortButton(by: Option<SortBy>, title: Signal<String>) -> impl IntoView {
    let view = view();
    let wanted = by.clone();
    let arrow = Memo::new(move |_| match said(view, by.as_ref()) {
        "ascending" => " ↑",
        "descending" => " ↓",
        _ => "",
    });
    view! {
        <button
            class="sort"
            on:click=move |_| {
                if let Some(by) = wanted.clone() {
                    view.sort(by);
                }
            }
        >
            {move || visible(&title.get())}
            <span class="arrow" aria-hidden="true">{arrow}</span>
        </button>
    }
}

#[component]
fn Heading(field: String, dragged: RwSignal<Option<Dragged>>) -> impl IntoView {
    let view = view();
    let pages = expect_context::<Pages>();
    let cell = NodeRef::<leptos::html::Div>::new();
    let by = columns::sort(&field);
    let sorted = by.clone();
    let name = StoredValue::new(field.clone());
    let title = Signal::stored(field::title(&field));
    let place =
        Memo::new(move |_| pages.drawn.with(|drawn| name.with_value(|name| drawn.iter().position(|one| one == name))));
    // A line shows where the column would go: before this one, or behind it when it is the last.
    let marked = move |behind: bool| {
        let to = dragged.with(|dragged| dragged.as_ref().and_then(|dragged| dragged.to));
        let last = pages.drawn.with(|drawn| drawn.len());
        to.zip(place.get())
            .is_some_and(|(to, place)| if behind { to == last && place + 1 == last } else { to == place })
    };
    let press = move |event: PointerEvent| {
        if event.button() == 0 {
            let from = f64::from(event.client_x());
            dragged.set(Some(Dragged { field: name.get_value(), from, to: None }));
        }
    };
    let drag = move |event: PointerEvent| {
        let Some(mut now) = dragged.get_untracked() else { return };
        let at = f64::from(event.client_x());
        if event.buttons() & 1 == 0 {
            dragged.set(None);
        } else if now.to.is_some() || (at - now.from).abs() > DRAG {
            if let (None, Some(cell)) = (now.to, cell.get_untracked()) {
                let _caught = cell.set_pointer_capture(event.pointer_id());
            }
            now.to = Some(place_at(at));
            dragged.set(Some(now));
        }
    };
    let release = move |_: PointerEvent| {
        let Some(Dragged { field, to: Some(to), .. }) = dragged.get_untracked() else { return dragged.set(None) };
        dragged.set(None);
        let from = pages.drawn.with_untracked(|drawn| drawn.iter().position(|one| *one == field));
        // Without it, all behind it stand one place further to the front.
        columns::move_to(view, &field, if from.is_some_and(|from| from < to) { to - 1 } else { to });
    };
    view! {
        <div
            class="cell"
            class:before=move || marked(false)
            class:behind=move || marked(true)
            role="columnheader"
            node_ref=cell
            aria-sort=move || said(view, sorted.as_ref())
            data-column=field
            on:pointerdown=press
            on:pointermove=drag
            on:pointerup=release
            on:pointercancel=move |_| dragged.set(None)
        >
            <SortButton by title/>
            <Edge field=name/>
        </div>
    }
}

/// The place among the columns that a point of the header is nearest to the front of.
fn place_at(x: f64) -> usize {
    let cells = dom::children_of("#grid .head").into_iter().skip(1).filter(|cell| cell.has_attribute("data-column"));
    cells.map(|cell| cell.get_bounding_client_rect()).filter(|rect| rect.left() + rect.width() / 2.0 < x).count()
}

/// The right edge of a heading.
#[component]
fn Edge(field: StoredValue<String>) -> impl IntoView {
    let view = view();
    let pages = expect_context::<Pages>();
    let node = NodeRef::<leptos::html::Div>::new();
    // Where it was pressed, and the width then.
    let pressed = RwSignal::new(None::<(f64, f64)>);
    let column = move || {
        let find = |all: &Vec<Column>| field.with_value(|field| all.iter().find(|one| one.field == *field).cloned());
        view.shown().columns.with(find)
    };
    let set = move |width: f64| field.with_value(|field| columns::set_width(view, field, width));
    let seen = move || {
        let cell = node.get_untracked().and_then(|edge| edge.parent_element());
        cell.map(|cell| cell.get_bounding_client_rect().width())
    };
    let press = move |event: PointerEvent| {
        event.stop_propagation();
        if let (0, Some(edge), Some(width)) = (event.button(), node.get_untracked(), seen()) {
            let _caught = edge.set_pointer_capture(event.pointer_id());
            pressed.set(Some((f64::from(event.client_x()), width)));
        }
    };
    let drag = move |event: PointerEvent| {
        event.stop_propagation();
        if let Some((from, width)) = pressed.get_untracked() {
            set(width + f64::from(event.client_x()) - from);
        }
    };
    let release = move |event: PointerEvent| {
        event.stop_propagation();
        if pressed.get_untracked().is_some() {
            pressed.set(None);
            columns::keep(view);
        }
    };
    let fit = move || {
        let place =
            pages.drawn.with_untracked(|drawn| field.with_value(|field| drawn.iter().position(|one| one == field)));
        let Some(place) = place else { return };
        set(widest(place + 1).max(4.0) * CHARACTER + f64::from(PADDING));
        columns::keep(view);
    };
    let key = move |event: KeyboardEvent| {
        let Some(width) = seen() else { return };
        match event.key().as_str() {
            "ArrowLeft" => set(width - STEP),
            "ArrowRight" => set(width + STEP),
            "Enter" => return fit(),
            _ => return,
        }
        columns::keep(view);
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <div
            class="edge"
            class:held=move || pressed.get().is_some()
            node_ref=node
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=move || format!("Width of {}", field::title(&field.get_value()))
            aria-valuemin=NARROWEST.to_string()
            aria-valuemax=WIDEST.to_string()
            aria-valuenow=move || column().map(|column| columns::width(&column).0.to_string())
            title="Drag to resize, double-click to fit"
            on:pointerdown=press
            on:pointermove=drag
            on:pointerup=release
            on:pointercancel=move |_| pressed.set(None)
            on:dblclick=move |_| fit()
            on:keydown=key
        ></div>
    }
}

/// Characters of the longest text that a column has on the screen.
fn widest(place: usize) -> f64 {
    let rows = dom::children_of("#grid .rows");
    let cells = rows.iter().filter_map(|row| dom::children(row).nth(place));
    let texts = cells.map(|cell| cell.get_attribute("title").or_else(|| cell.text_content()).unwrap_or_default());
    texts.map(|text| text.chars().count()).max().unwrap_or(0).min(200) as f64
}
