//! The query as chips: a clause each. The text of the search box is the query; a chip is a part of it, and what is done to a
//! chip is done to the text, so that the two never say different things.

use super::facets::focus;
use super::shown::{elided, visible, visible_text};
use super::view::{Room, View, view};
use super::{dom, icons};
use crate::query::kql::{self, clauses};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// Characters of a clause that a chip shows.
const LONGEST: usize = 44;

/// A clause of the query as a chip.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Chip {
    /// Its place among the clauses, or among those switched off.
    at: usize,
    text: String,
    negated: bool,
    disabled: bool,
}

/// What a chip says behind `not`.
fn without_not(text: &str) -> &str {
    match text.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("not") => text[3..].trim_start(),
        _ => text.trim_start_matches(['-', '!']),
    }
}

/// Replaces the clause at a place by what `change` makes of it; by nothing, when that is `None`.
fn change(view: View, query: &str, at: usize, change: impl FnOnce(&str) -> Option<String>) {
    let mut texts: Vec<String> = clauses::clauses(query).into_iter().map(|clause| clause.text).collect();
    if at >= texts.len() {
        return;
    }
    match change(&texts[at]) {
        Some(text) => texts[at] = text,
        None => _ = texts.remove(at),
    }
    view.search(clauses::joined(texts.iter().map(String::as_str)));
}

/// Where the clause at a place stands in a query, counted as the browser counts, in UTF-16.
fn units_of(query: &str, at: usize) -> Option<(u32, u32)> {
    let clause = clauses::clauses(query).into_iter().nth(at)?;
    let units = |chars: usize| query.chars().take(chars).map(|char| char.len_utf16() as u32).sum::<u32>();
    Some((units(clause.from), units(clause.from + clause.text.chars().count())))
}

/// Puts the caret into the search box, with a clause selected.
fn select_in_box(query: &str, at: usize) {
    let input = document().get_element_by_id("search").and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
    if let Some((input, (from, to))) = input.zip(units_of(query, at)) {
        dom::focus("search");
        let _ = input.set_selection_range(from, to);
    }
}

/// The text of the query that is in force: what is typed, unless it is no query, or was typed this very moment.
pub(super) fn in_force(view: View) -> Memo<String> {
    Memo::new(move |before: Option<&String>| {
        let typed = view.typed.get();
        let is_it = view.query.with(|query| kql::parse(&typed).is_ok_and(|parsed| parsed == **query));
        if is_it { typed } else { before.cloned().unwrap_or_default() }
    })
}

/// The row of chips, with the switch of the facets before it.
#[component]
pub fn Chips() -> impl IntoView {
    let view = view();
    let query = in_force(view);
    let chips = Memo::new(move |_| {
        let known = query.with(|query| clauses::clauses(query)).into_iter().enumerate();
        let off = view.disabled.get().into_iter().enumerate();
        let on = known.map(|(at, clause)| Chip { at, text: clause.text, negated: clause.negated, disabled: false });
        let off = off.map(|(at, text)| {
            let negated = clauses::clauses(&text).first().is_some_and(|clause| clause.negated);
            Chip { at, text, negated, disabled: true }
        });
        on.chain(off).collect::<Vec<_>>()
    });
    let clear = move |_| {
        view.disabled.set(Vec::new());
        view.search(String::new());
        dom::focus("search");
    };
    // Values of nothing say nothing, so that a room of lines has none without lines.
    let no_lines = move || view.room.get() == Room::Logs && !view.has_lines.get();
    let no_facets = move || !view.room.get().is_of_events() || no_lines();
    view! {
        <div id="chips">
            <button
                id="toggle-facets"
                title="Facets (f)"
                aria-label="Facets"
                aria-controls=move || (view.facets_open.get() && !no_facets()).then_some("facets")
                aria-expanded=move || (view.facets_open.get() && !no_facets()).to_string()
                disabled=no_facets
                on:click=move |_| view.facets_open.update(|open| *open = !*open)
            >
                {icons::facets()}
            </button>
            <ul id="clauses" aria-label="Filters">
                <For each=move || chips.get() key=Clone::clone children=move |chip| view! { <One chip query/> }/>
                {move || chips.with(Vec::is_empty).then(|| {
                    view! { <li class="no-filter dim">"No filter: click a value, or type a query"</li> }
                })}
            </ul>
            {move || (chips.with(Vec::len) > 1).then(|| {
                view! { <button id="clear-all" class="plain" on:click=clear>"Clear all"</button> }
            })}
        </div>
    }
}

/// One chip.
#[component]
fn One(chip: Chip, query: Memo<String>) -> impl IntoView {
    let view = view();
    let Chip { at, text, negated, disabled } = chip;
    let whole = visible_text(&text).into_owned();
    let shown = if negated { without_not(&text) } else { &text };
    let shown = visible(&elided(shown, LONGEST));
    let off = StoredValue::new(text.clone());
    let enable = move || {
        let text = off.get_value();
        let known = query.get_untracked();
        view.disabled.update(|disabled| {
            if at < disabled.len() {
                disabled.remove(at);
            }
        });
        let all = clauses::clauses(&known);
        view.search(clauses::joined(all.iter().map(|clause| clause.text.as_str()).chain([text.as_str()])));
    };
    let remove = move |_| {
        if disabled {
            view.disabled.update(|disabled| {
                if at < disabled.len() {
                    disabled.remove(at);
                }
            });
        } else {
            change(view, &query.get_untracked(), at, |_| None);
        }
        focus_near(at);
    };
    let switch = move |_| {
        if disabled {
            enable();
        } else {
            change(view, &query.get_untracked(), at, |_| None);
            view.disabled.update(|disabled| disabled.push(off.get_value()));
        }
        focus_near(at);
    };
    let invert = move |_| {
        change(view, &query.get_untracked(), at, |text| Some(clauses::inverted(text)));
        focus_near(at);
    };
    let pick = move |_| {
        if disabled {
            enable();
        } else {
            // What is typed and is no query yet is not thrown away for it: then there is nothing to select.
            select_in_box(&view.typed.get_untracked(), at);
        }
    };
    let turn = if negated { "Include instead" } else { "Exclude instead" };
    let switched = if disabled { "Enable" } else { "Disable" };
    let pick_title = if disabled { format!("{whole}\nSwitched off: click to enable") } else { whole.clone() };
    let state = if disabled { "disabled" } else { "enabled" };
    view! {
        <li class="clause" class:negated=negated class:off=disabled data-clause=text data-state=state>
            <button class="clause-text data" title=pick_title on:click=pick>
                {negated.then(|| view! { <span class="not">"not"</span>" " })}
                <span class="words">{shown}</span>
                {disabled.then(|| view! { <span class="unseen">", switched off"</span> })}
            </button>
            {(!disabled).then(|| view! {
                <button class="clause-tool invert" title=turn aria-label=format!("{turn}: {whole}") on:click=invert>
                    {if negated { icons::include().into_any() } else { icons::exclude().into_any() }}
                </button>
            })}
            <button class="clause-tool switch" title=switched aria-label=format!("{switched}: {whole}") on:click=switch>
                {if disabled { icons::include().into_any() } else { icons::hide().into_any() }}
            </button>
            <button class="clause-tool remove" title="Remove" aria-label=format!("Remove: {whole}") on:click=remove>
                {icons::close()}
            </button>
        </li>
    }
}

/// Keeps the keyboard in the row: the chip that had the focus is gone or another.
fn focus_near(at: usize) {
    request_animation_frame(move || {
        let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        if !lost {
            return;
        }
        let all = focus::elements("#clauses .clause-text");
        match all.get(at).or(all.last()) {
            Some(button) => _ = button.focus(),
            None => dom::focus("toggle-facets"),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_found_in_the_text() {
        let query = "é: 1 and not 𝒳: (a or b) and a: 1";
        assert_eq!(units_of(query, 0), Some((0, 4)));
        assert_eq!(units_of(query, 1), Some((9, 25)));
        assert_eq!(units_of(query, 2), Some((30, 34)));
        assert_eq!(units_of(query, 3), None);
        // The same text once more, inside another clause.
        assert_eq!(units_of("xa and a", 1), Some((7, 8)));
    }

    #[test]
    fn the_word_not_stands_apart() {
        assert_eq!(without_not("not a: 1"), "a: 1");
        assert_eq!(without_not("NOT (a)"), "(a)");
        assert_eq!(without_not("-a: 1"), "a: 1");
    }
}
