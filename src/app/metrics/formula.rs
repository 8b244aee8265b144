//! A box for an expression, a query or a pattern. Behind its text stands the same text once more, unseen, broken into the same
//! lines: so the mark of a fault stands below its very character.

use crate::app::shown::visible_text;
use crate::query::pattern::Fault;
use leptos::prelude::*;

/// The text before a fault, the character it is at, and the text behind.
fn cut(text: &str, position: usize) -> (String, String, String) {
    let mut chars = text.chars();
    let before: String = chars.by_ref().take(position.saturating_sub(1)).collect();
    // Behind the end there is room for the mark all the same.
    let at = chars.next().map_or_else(|| " ".to_owned(), String::from);
    (before, at, chars.collect())
}

/// See the module.
#[component]
pub fn Formula(
    /// Its id on the page.
    id: String,
    /// What it is, for those who do not see what stands around it.
    label: String,
    /// What stands in it while it is empty.
    placeholder: &'static str,
    /// Its text.
    #[prop(into)]
    text: Signal<String>,
    /// What is wrong with it.
    #[prop(into)]
    fault: Signal<Option<Fault>>,
    /// Takes what is typed.
    typed: Callback<String>,
) -> impl IntoView {
    let said = format!("{id}-fault");

    let mirror = move || {
        let text = text.get();
        let position = fault.with(|fault| fault.as_ref().map(|fault| fault.position));
        let (before, at, after) = match position {
            None => (text, String::new(), String::new()),
            Some(position) => cut(&text, position),
        };
        // A line end at the very end begins a line that is there only with something in it.
        view! {
            {before}
            {(!at.is_empty()).then(|| view! { <span class="faulty">{at}</span> })}
            {after}"\u{200b}"
        }
    };
    let said_id = said.clone();
    let told = move || {
        let id = said_id.clone();
        fault.get().map(|fault| {
            let words = format!("Character {}: {}", fault.position, visible_text(&fault.message));
            view! {
                <p id=id class="failed fault" role="alert" data-position=fault.position.to_string()>
                    <span aria-hidden="true">"✕ "</span>{words}
                </p>
            }
        })
    };
    view! {
        <div class="formula">
            <div class="formula-box data">
                <div class="formula-mirror" aria-hidden="true">{mirror}</div>
                <textarea
                    id=id
                    rows="1"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder=placeholder
                    aria-label=label
                    aria-invalid=move || fault.with(Option::is_some).to_string()
                    aria-describedby=said
                    prop:value=move || text.get()
                    on:input=move |event| typed.run(event_target_value(&event))
                ></textarea>
            </div>
            {told}
        </div>
    }
    .into_any()
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
        assert_eq!((cut("m1 + é", 6), cut("m1 +", 5), cut("", 1)), ("m1 + |é|".into(), "m1 +| |".into(), "| |".into()));
    }
}
