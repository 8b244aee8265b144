//! The keyboard's place among values: it goes up and down by arrow keys, and stays at a value whose row moves.

use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// All elements that `css` finds.
pub fn elements(css: &str) -> Vec<HtmlElement> {
    let page = document();
    let ask = Reflect::get(&page, &"querySelectorAll".into()).and_then(JsCast::dyn_into::<Function>);
    let found = ask.and_then(|ask| ask.call1(&page, &css.into()));
    let found = found.map_or_else(|_| Array::new(), |list| Array::from(&list));
    found.iter().filter_map(|element| element.dyn_into().ok()).collect()
}

/// Moves the focus to the next of the elements that `css` finds, or with `back` to the one before.
pub fn step(css: &str, back: bool) {
    let Some(now) = document().active_element() else { return };
    let all = elements(css);
    // Inside one of them, or above the first.
    let at = all.iter().position(|element| element.contains(Some(&now)));
    let to = match (at, back) {
        (None, false) => Some(0),
        (None, true) => None,
        (Some(at), false) => Some(at + 1),
        (Some(at), true) => at.checked_sub(1),
    };
    if let Some(element) = to.and_then(|to| all.get(to)) {
        let _ = element.focus();
    }
}

/// A value that has the focus: its field, its text, and which of its buttons.
pub type Held = (String, Option<String>, String);

fn place(element: &Element) -> Option<Held> {
    let row = element.closest(".value").ok()??;
    let facet = row.closest("[data-field]").ok()??;
    Some((facet.get_attribute("data-field")?, row.get_attribute("data-value"), element.class_name()))
}

/// The value that has the focus.
pub fn held() -> Option<Held> {
    place(&document().active_element()?)
}

/// Gives the focus back to a value whose row was made anew.
pub fn give_back(held: Option<Held>) {
    let Some(held) = held else { return };
    request_animation_frame(move || {
        let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        if !lost {
            return;
        }
        let found = elements("#facets .value button").into_iter().find(|button| place(button).as_ref() == Some(&held));
        if let Some(button) = found {
            let _ = button.focus();
        }
    });
}

/// Gives the focus to the facet of a field, and brings it into sight.
pub fn facet(field: &str) {
    let all = elements("#facets .facet");
    let found = all.into_iter().find(|facet| facet.get_attribute("data-field").as_deref() == Some(field));
    if let Some(button) = found.and_then(|facet| facet.query_selector(".facet-fold").ok().flatten())
        && let Ok(button) = button.dyn_into::<HtmlElement>()
    {
        let _ = button.focus();
    }
}
