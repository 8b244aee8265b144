//! The search box.

use super::offers::{OfferList, Offers};
use super::view::{View, view};
use super::{dom, icons, shown::visible_text, worth};
use crate::query::kql;
use crate::session::page::Session;
use leptos::html::Input;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// How long nothing must have been typed before the question is asked.
const PAUSE: Duration = Duration::from_millis(150);

/// Reads the box. A text that is no query changes nothing but the message: what was found before stays.
pub fn apply(view: View) {
    match view.typed.with_untracked(|typed| kql::parse(typed)) {
        Ok(parsed) => {
            view.fault.set(None);
            if view.query.with_untracked(|query| **query != parsed) {
                view.unknown.set(Vec::new());
                view.query.set(Arc::new(parsed));
            }
        }
        Err(error) => view.fault.set(Some(error)),
    }
}

/// The character before which the caret stands, from 0: the browser counts in UTF-16.
fn caret_of(input: &web_sys::HtmlInputElement) -> usize {
    let units = input.selection_start().ok().flatten().unwrap_or(u32::MAX) as usize;
    let text = input.value();
    let mut left = units;
    text.chars()
        .take_while(|char| {
            let inside = left > 0;
            left = left.saturating_sub(char.len_utf16());
            inside
        })
        .count()
}

/// The box, with what is wrong with its text below it, and how it may go on.
#[component]
pub fn Search() -> impl IntoView {
    let view = view();
    let input = NodeRef::<Input>::new();
    let focused = RwSignal::new(false);
    let left = RwSignal::new(0);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timeout) = waiting.try_update_value(Option::take).flatten() {
            timeout.clear();
        }
    };
    let offers = Offers::new(expect_context::<Session>(), view);
    let later = move || {
        stop();
        waiting.set_value(set_timeout_with_handle(move || apply(view), PAUSE).ok());
    };
    let look = move |asked: bool| {
        if let Some(input) = input.get_untracked() {
            offers.look(caret_of(&input), asked);
        }
    };
    let typed = move |event| {
        view.typed.set(event_target_value(&event));
        later();
        look(false);
    };
    let taken = move |(text, caret): (String, usize)| {
        if let Some(input) = input.get_untracked() {
            // Set here and now, so that the caret has its place to go to.
            input.set_value(&text);
            let units = text.chars().take(caret).map(char::len_utf16).sum::<usize>() as u32;
            let _ = input.set_selection_range(units, units);
        }
        view.typed.set(text);
        later();
        look(false);
    };
    let key = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        // While an input method composes, Enter and Esc are its own.
        _ if event.is_composing() => {}
        "Enter" => match offers.take() {
            Some(text) => taken(text),
            None => {
                stop();
                offers.close();
                apply(view);
            }
        },
        "Tab" => {
            if let Some(text) = offers.take() {
                event.prevent_default();
                taken(text);
            }
        }
        " " if event.ctrl_key() => {
            event.prevent_default();
            look(true);
        }
        "Escape" if offers.is_open() => {
            event.stop_propagation();
            offers.close();
        }
        "ArrowDown" | "ArrowUp" if offers.is_open() => {
            event.prevent_default();
            event.stop_propagation();
            offers.step(event.key() == "ArrowUp");
        }
        "Escape" => {
            event.stop_propagation();
            stop();
            if view.typed.with_untracked(String::is_empty) {
                dom::focus("grid");
            } else {
                view.typed.set(String::new());
                apply(view);
            }
        }
        "ArrowDown" => {
            event.prevent_default();
            event.stop_propagation();
            dom::focus("grid");
        }
        _ => {}
    };
    let follow = move || {
        if let Some(input) = input.get_untracked() {
            left.set(input.scroll_left());
        }
    };
    // The message stands below the very character, wherever the box is scrolled to.
    Effect::new(move || {
        view.fault.track();
        follow();
    });
    let error = move || {
        let fault = view.fault.get()?;
        // What merely is not finished needs no reproach while it is shown how it may go on.
        if offers.is_open() && fault.position > view.typed.with(|typed| typed.chars().count()) {
            return None;
        }
        let before: String = view.typed.with(|typed| typed.chars().take(fault.position - 1).collect());
        Some(view! {
            <div id="search-error" class="message" role="alert" data-position=fault.position.to_string()>
                <div class="caret-line" aria-hidden="true">
                    <div class="caret-text" style:transform=move || format!("translateX({}px)", -left.get())>
                        <span class="ghost">{before}</span><span class="caret">"▲"</span>
                    </div>
                </div>
                <p>{visible_text(&fault.sentence()).into_owned()}</p>
            </div>
        })
    };
    let has_fault = move || view.fault.with(Option::is_some);
    let warning = move || {
        if has_fault() || !focused.get() {
            return None;
        }
        let unknown = view.unknown.get();
        let lines = unknown.into_iter().map(|unknown| {
            let written = visible_text(&unknown.written).into_owned();
            let said = if worth::is_integrity(&unknown.written) {
                "Nothing is known of the integrity of any event: no digest files are among those you opened.".to_owned()
            } else if unknown.pasted {
                format!("No event has a field “{written}”. A value with a colon in it has to stand in quotes: \"arn:aws:…\".")
            } else if unknown.nearest.is_empty() {
                format!("No event has a field “{written}”.")
            } else {
                format!("No event has a field “{written}”. Similar: {}.", unknown.nearest.join(", "))
            };
            view! { <p>{said}</p> }
        });
        let lines: Vec<_> = lines.collect();
        (!lines.is_empty()).then(|| view! { <div id="search-warning" class="message warn" role="status">{lines}</div> })
    };
    let badge = move || {
        if has_fault() {
            Some(view! { <span class="badge failed">"✕ not a query"</span> })
        } else if view.unknown.with(|unknown| !unknown.is_empty()) {
            Some(view! { <span class="badge denied">"▲ unknown field"</span> })
        } else {
            None
        }
    };
    view! {
        <div class="search" role="search">
            {icons::search()}
            <input
                id="search"
                node_ref=input
                type="text"
                class="data"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-label="Search events (KQL)"
                aria-invalid=move || has_fault().to_string()
                role="combobox"
                aria-autocomplete="list"
                aria-controls="offers"
                aria-expanded=move || offers.is_open().to_string()
                aria-activedescendant=move || offers.active_id()
                aria-describedby="search-error"
                placeholder="Search everything, or  actor: *alice* and result: denied"
                prop:value=move || view.typed.get()
                on:input=typed
                on:keydown=key
                on:scroll=move |_| follow()
                on:focus=move |_| focused.set(true)
                on:click=move |_| offers.close()
                on:blur=move |_| {
                    focused.set(false);
                    offers.close();
                }
            />
            {badge}
            <kbd class="hint" aria-hidden="true">"/"</kbd>
            <div class="below">
                {error}
                {warning}
                <OfferList offers taken=Callback::new(taken)/>
            </div>
        </div>
    }
}
