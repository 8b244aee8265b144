//! The keys of the tree, which is one stop of the tab key: arrows move, fold and unfold, `c` copies, `+` and `-` include and
//! exclude. A key that does something here does nothing else on the page.

use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, HtmlElement, KeyboardEvent};

const ITEM: &str = "[role=treeitem]";

/// Lets the tab key reach the first item.
pub fn begin(tree: &Element) {
    if let Ok(Some(first)) = tree.query_selector(ITEM) {
        let _ = first.set_attribute("tabindex", "0");
    }
}

/// The item that has the focus is the one that the tab key comes back to.
pub fn focused(event: FocusEvent) {
    let Some(item) = item_of(event.target()) else { return };
    let Ok(Some(tree)) = item.closest("[role=tree]") else { return };
    if let Ok(Some(before)) = tree.query_selector("[role=treeitem][tabindex='0']") {
        let _ = before.set_attribute("tabindex", "-1");
    }
    let _ = item.set_attribute("tabindex", "0");
}

/// Does what a key does.
pub fn pressed(event: KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
        return;
    }
    let Some(item) = item_of(event.target()) else { return };
    if did(&item, &event.key()) {
        event.prevent_default();
        event.stop_propagation();
    }
}

fn item_of(target: Option<web_sys::EventTarget>) -> Option<Element> {
    target?.dyn_into::<Element>().ok()?.closest(ITEM).ok().flatten()
}

fn did(item: &Element, key: &str) -> bool {
    let expanded = item.get_attribute("aria-expanded");
    match key {
        "ArrowDown" => go(next(item)),
        "ArrowUp" => go(previous(item)),
        "Home" => go(tree_of(item).and_then(|tree| tree.first_element_child())),
        "End" => go(tree_of(item).and_then(|tree| tree.last_element_child()).map(lowest)),
        "ArrowRight" if expanded.as_deref() == Some("false") => click(item, ".branch"),
        "ArrowRight" => go(first_inside(item)),
        "ArrowLeft" if expanded.as_deref() == Some("true") => click(item, ".branch"),
        "ArrowLeft" => go(outside(item)),
        "Enter" | " " => click(item, ".branch") || click(item, ".more"),
        "c" => click(item, ".act-copy"),
        "+" | "=" => click(item, ".act-include"),
        "-" => click(item, ".act-exclude"),
        _ => false,
    }
}

/// The item around an item.
fn outside(item: &Element) -> Option<Element> {
    item.parent_element()?.closest(ITEM).ok().flatten()
}

fn tree_of(item: &Element) -> Option<Element> {
    item.closest("[role=tree]").ok().flatten()
}

fn first_inside(item: &Element) -> Option<Element> {
    item.query_selector(":scope > [role=group] > [role=treeitem]").ok().flatten()
}

/// The last item that is seen inside of an item, or the item itself.
fn lowest(item: Element) -> Element {
    let mut last = item;
    while let Ok(Some(inside)) = last.query_selector(":scope > [role=group] > [role=treeitem]:last-child") {
        last = inside;
    }
    last
}

fn next(item: &Element) -> Option<Element> {
    if let Some(inside) = first_inside(item) {
        return Some(inside);
    }
    let mut at = item.clone();
    loop {
        if let Some(next) = at.next_element_sibling() {
            return Some(next);
        }
        at = outside(&at)?;
    }
}

fn previous(item: &Element) -> Option<Element> {
    item.previous_element_sibling().map(lowest).or_else(|| outside(item))
}

/// Moves the focus. The key is the tree's also where there is nowhere to go.
fn go(item: Option<Element>) -> bool {
    if let Some(item) = item.and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        let _ = item.focus();
    }
    true
}

/// Presses a button of the item's own line.
fn click(item: &Element, button: &str) -> bool {
    let found = item.query_selector(&format!(":scope > .line {button}")).ok().flatten();
    let Some(button) = found.and_then(|button| button.dyn_into::<HtmlElement>().ok()) else { return false };
    button.click();
    true
}
