//! The field that the pattern is typed into. Behind its text stands the same text once more, unseen, broken into the same
//! lines: so the mark of a fault stands below its very character.

use super::bench::bench;
use super::draft::LONGEST;
use crate::app::dom;
use crate::app::shown::{grouped, visible_text};
use crate::app::view::view;
use crate::query::pattern::Kind;
use leptos::either::Either;
use leptos::prelude::*;

/// The length is told from here on.
const LONG: usize = LONGEST * 3 / 4;

/// The text before a fault, the character it is at, and the text behind.
fn cut(text: &str, position: usize) -> (String, String, String) {
    let mut chars = text.chars();
    let before: String = chars.by_ref().take(position.saturating_sub(1)).collect();
    // Behind the end there is room for the mark all the same.
    let at = chars.next().map_or_else(|| " ".to_owned(), String::from);
    (before, at, chars.collect())
}

/// What a pattern of a kind is.
fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Everything => "Empty: every event matches",
        Kind::Terms => "Terms: texts that occur, or do not occur, in the message",
        Kind::Json => "JSON: conditions on the members of a message that is one object",
        Kind::Columns => "Space-delimited: conditions on the columns of a message",
        Kind::Expression => "Regular expression: found anywhere in the message",
    }
}

/// See the module.
#[component]
pub fn PatternField() -> impl IntoView {
    let view = view();
    let bench = bench();
    let text = Memo::new(move |_| view.draft.with(|draft| draft.pattern.clone()));
    let fault = Memo::new(move |_| bench.reading.with(|reading| reading.pattern.as_ref().err().cloned()));
    let typed = move |event| view.draft.update(|draft| draft.pattern = event_target_value(&event));
    let key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            event.prevent_default();
            dom::focus("bench-grid");
        }
    };
    let mirror = move || {
        let text = text.get();
        let position = fault.with(|fault| fault.as_ref().map_or(usize::MAX, |fault| fault.position));
        // A line end at the very end begins a line that is there only with something in it.
        let (before, at, after) =
            if position == usize::MAX { (text, String::new(), String::new()) } else { cut(&text, position) };
        view! {
            {before}
            {(!at.is_empty()).then(|| view! { <span class="faulty">{at}</span> })}
            {after}"\u{200b}"
        }
    };
    let kind =
        move || bench.reading.with(|reading| reading.pattern.as_ref().ok().map(|pattern| kind_words(pattern.kind)));
    let length = move || {
        let length = text.with(|text| text.chars().count());
        (length >= LONG).then(|| format!("{} of {} characters", grouped(length as u64), grouped(LONGEST as u64)))
    };
    view! {
        <div class="pattern-place">
            <div class="pattern-head">
                <label for="pattern">"Filter pattern"</label>
                <span class="grow"></span>
                <span id="pattern-length" class="dim data">{length}</span>
            </div>
            <div class="pattern-box data">
                <div class="pattern-mirror" aria-hidden="true">{mirror}</div>
                <textarea
                    id="pattern"
                    rows="1"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder=r#"{ $.errorCode = "AccessDenied*" }   or   ERROR -timeout   or   [ip, user, ..., status = 4*, size]"#
                    aria-invalid=move || fault.with(Option::is_some).to_string()
                    aria-describedby="pattern-fault"
                    prop:value=move || text.get()
                    on:input=typed
                    on:keydown=key
                ></textarea>
            </div>
            <div class="pattern-said">
                {move || match fault.get() {
                    Some(fault) => Either::Left(view! {
                        <p id="pattern-fault" class="failed" role="alert" data-position=fault.position.to_string()>
                            <span aria-hidden="true">"✕ "</span>
                            {format!("Character {}: {}", fault.position, visible_text(&fault.message))}
                        </p>
                    }),
                    None => Either::Right(view! { <p id="pattern-kind" class="dim" role="status">{kind}</p> }),
                }}
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_fault_is_at_its_character() {
        let cut = |text, position| {
            let (before, at, after) = cut(text, position);
            format!("{before}|{at}|{after}")
        };
        assert_eq!(cut("{ $.é = }", 5), "{ $.|é| = }");
        assert_eq!(cut("{ a", 4), "{ a| |");
        assert_eq!(cut("", 1), "| |");
        assert_eq!(cut("ab", 0), "|a|b");
    }
}
