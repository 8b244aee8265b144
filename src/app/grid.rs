//! A table that shows the rows on the screen and no others, whatever their number.

use super::dom;
use super::scroll::{HEAD, Scroll};
use leptos::ev::WheelEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// What a table consists of. `row` makes the row at a position; what it reads from signals it follows.
pub struct Parts<H, R> {
    /// Id of the element that scrolls.
    pub id: &'static str,
    /// What it is, for those who do not see it.
    pub label: &'static str,
    /// Number of columns.
    pub columns: Signal<usize>,
    /// Whether several rows can be selected.
    pub several: bool,
    /// Id of the cell that the keys are at, if they are at one.
    pub cell: Signal<Option<String>>,
    /// The cells of the header row.
    pub header: H,
    /// The row at a position.
    pub row: R,
}

/// Makes the table. `chosen` is told the position of a row that was clicked, and the click.
pub fn grid<H, R, V>(
    scroll: Scroll,
    cursor: RwSignal<Option<u64>>,
    parts: Parts<H, R>,
    chosen: impl Fn(u64, &web_sys::MouseEvent) + 'static,
) -> impl IntoView
where
    H: IntoView + 'static,
    R: Fn(u64) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let Parts { id, label, columns, several, cell, header, row } = parts;
    let rows = NodeRef::<leptos::html::Div>::new();
    // Cells that stick are costly to draw, and do so only then.
    let sideways = RwSignal::new(false);
    Effect::new(move || {
        if let Some(node) = scroll.node.get() {
            dom::on_resize(&node, move |_, _| {
                // The inside, without scroll bars, and without the header row.
                if let Some(node) = scroll.node.get_untracked() {
                    scroll.resized(f64::from(node.client_height()) - HEAD);
                }
            });
            scroll.attached();
        }
    });
    let wheel = move |event: WheelEvent| {
        let unit = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => untrack(|| scroll.row()),
            WheelEvent::DOM_DELTA_PAGE => scroll.page() as f64 * untrack(|| scroll.row()),
            _ => 1.0,
        };
        if !event.ctrl_key() && !event.shift_key() && event.delta_y() != 0.0 && scroll.wheel(event.delta_y() * unit) {
            event.prevent_default();
        }
    };
    let click = move |event: web_sys::MouseEvent| {
        let row = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let row = row.and_then(|element| element.closest("[data-index]").ok().flatten());
        let position = row.and_then(|row| row.get_attribute("data-index")).and_then(|index| index.parse().ok());
        if let Some(position) = position {
            chosen(position, &event);
        }
    };
    let slots = Memo::new(move |_| scroll.fit().min(scroll.total.get()));
    let first = Memo::new(move |_| scroll.first());
    let shift = move || format!("translateY({:.1}px)", -scroll.hidden());
    let active = move || cell.get().or_else(|| cursor.get().map(|row| format!("{id}-{row}")));
    view! {
        <div
            id=id
            class="grid"
            class:sideways=sideways
            node_ref=scroll.node
            role="grid"
            tabindex="0"
            aria-label=label
            aria-rowcount=move || (scroll.total.get() + 1).to_string()
            aria-colcount=move || columns.get().to_string()
            aria-multiselectable=several.to_string()
            aria-activedescendant=active
            on:scroll=move |_| {
                if let Some(node) = scroll.node.get_untracked() {
                    scroll.moved(node.scroll_top());
                    sideways.set(node.scroll_left() > 0);
                }
            }
            on:wheel=wheel
        >
            <div class="spacer" role="presentation" style:height=move || format!("{}px", scroll.spacer() + HEAD)>
                <div class="window" role="presentation">
                    <div class="head" role="row" aria-rowindex="1">{header}</div>
                    <div class="rows" role="rowgroup" node_ref=rows on:click=click style:transform=shift>
                        <For
                            each=move || 0..slots.get()
                            key=|slot| *slot
                            children=move |slot| {
                                let row = row.clone();
                                move || {
                                    let position = first.get() + slot;
                                    (position < scroll.total.get()).then(|| row(position))
                                }
                            }
                        />
                    </div>
                </div>
            </div>
        </div>
    }
}

/// Moves a cursor by a key; whether the key does so.
pub fn step(key: &str, scroll: Scroll, cursor: RwSignal<Option<u64>>, shift: bool) -> bool {
    let total = scroll.total.get_untracked();
    let Some(last) = total.checked_sub(1) else { return false };
    let now = cursor.get_untracked();
    let page = scroll.page();
    let to = match key {
        "ArrowDown" | "j" => now.map_or(0, |now| now + 1),
        "ArrowUp" | "k" => now.map_or(0, |now| now.saturating_sub(1)),
        "PageDown" => now.unwrap_or_default() + page,
        "PageUp" => now.unwrap_or_default().saturating_sub(page),
        " " if shift => now.unwrap_or_default().saturating_sub(page),
        " " => now.unwrap_or_default() + page,
        "Home" => 0,
        "End" => last,
        _ => return false,
    };
    let to = to.min(last);
    cursor.set(Some(to));
    scroll.reveal(to);
    true
}
