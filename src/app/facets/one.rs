//! One facet: a field, its commonest values with their counts, and what can be done with them.

use super::state::{Answered, STEP, State, clauses_of};
use crate::app::events::outcome_mark;
use crate::app::logs::lines;
use crate::app::shown::{counted, elided, grouped, short, visible, visible_text};
use crate::app::view::{FACETS, view};
use crate::app::{dom, field, icons, worth};
use crate::query::kql::clauses::{Clause, Standing, standing};
use crate::query::predicate::Select;
use crate::query::text::fold;
use leptos::prelude::*;
use std::sync::Arc;

/// A value as it is listed; `text` `None` is the absence of any.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Line {
    text: Option<String>,
    count: u64,
    /// Of so many events.
    of: u64,
    included: bool,
    excluded: bool,
}

/// The values in the order in which they are listed: first what the query names, which would be lost from sight otherwise.
fn lines(answered: &Answered, clauses: &[Clause], select: &Select, searching: bool) -> Vec<Line> {
    let values = &answered.values;
    let line = |text: Option<String>, count: u64| {
        let standing = standing(clauses, select, text.as_deref());
        let (included, excluded) = (standing == Standing::Included, standing == Standing::Excluded);
        Line { text, count, of: answered.rows, included, excluded }
    };
    let mut lines: Vec<Line> = Vec::new();
    for wanted in clauses.iter().filter_map(|clause| clause.values.as_ref()).flat_map(|named| named.values.iter()) {
        let Some(wanted) = wanted else { continue };
        let folded = fold(wanted);
        let there: Vec<_> = values.named.iter().filter(|(value, _)| fold(value) == folded).cloned().collect();
        let there = if there.is_empty() { vec![(wanted.clone(), 0)] } else { there };
        for (value, count) in there {
            if lines.iter().all(|line| line.text.as_ref() != Some(&value)) {
                lines.push(line(Some(value), count));
            }
        }
    }
    let none = line(None, values.none);
    if none.included || none.excluded {
        lines.push(none.clone());
    }
    for (value, count) in &values.top {
        if lines.iter().all(|line| line.text.as_ref() != Some(value)) {
            lines.push(line(Some(value.clone()), *count));
        }
    }
    if !none.included && !none.excluded && none.count > 0 && !searching {
        lines.push(none);
    }
    lines
}

/// `12.3 %`; what is there at all is never 0.
pub fn share(count: u64, of: u64) -> String {
    match 100.0 * count as f64 / of.max(1) as f64 {
        _ if count == 0 => "0 %".to_owned(),
        share if share < 0.1 => "under 0.1 %".to_owned(),
        share if count < of && share > 99.9 => "over 99.9 %".to_owned(),
        share => format!("{share:.1} %"),
    }
}

/// See the module.
#[component]
pub fn One(field: String, state: State) -> impl IntoView {
    let name = StoredValue::new(field.clone());
    let select = StoredValue::new(field::select(&field));
    let id = format!("facet-{field}");
    let setting = {
        let field = field.clone();
        Memo::new(move |_| state.setting(&field))
    };
    let answered = {
        let field = field.clone();
        Memo::new(move |_| state.answers.with(|answers| answers.get(&field).cloned()))
    };
    let set = move |change: fn(&mut super::state::Setting)| name.with_value(|field| state.set(field, change));
    let folded = Memo::new(move |_| setting.with(|setting| setting.folded));
    let searching = Memo::new(move |_| setting.with(|setting| setting.inside.is_some()));
    let all = Memo::new(move |_| {
        let Some((answered, select)) = answered.get().zip(select.get_value()) else { return Arc::default() };
        let clauses = state.text.with(|text| clauses_of(text, &select));
        Arc::new(lines(&answered, &clauses, &select, searching.get()))
    });
    let number = move || {
        answered.with(|answered| {
            let values = &answered.as_ref()?.values;
            let (more, title) = if values.all_known {
                ("", counted(values.distinct, "value", "values"))
            } else {
                ("+", format!("At least {} values", grouped(values.distinct)))
            };
            Some(view! { <span class="number data" title=title>{grouped(values.distinct)}{more}</span> })
        })
    };
    let more = move || {
        answered.with(|answered| {
            let values = &answered.as_ref()?.values;
            let left = values.distinct.saturating_sub(values.top.len() as u64);
            let words = if values.all_known { format!("{} more", grouped(left)) } else { "more".to_owned() };
            (left > 0).then(|| {
                view! { <button class="facet-more plain" on:click=move |_| set(|setting| setting.limit += STEP)>{words}</button> }
            })
        })
    };
    let note = move || {
        answered.with(|answered| {
            let Answered { values, rows, .. } = &**answered.as_ref()?;
            let words = if values.top.is_empty() && searching.get() {
                "No value contains this.".to_owned()
            } else if *rows == 0 {
                "No events.".to_owned()
            } else if values.top.is_empty() && values.none < *rows && values.named.is_empty() {
                "Its values are secret, or whole objects: they are not listed.".to_owned()
            } else if values.doubt > 0 {
                format!("Values not listed here may have up to {} as well.", counted(values.doubt, "event", "events"))
            } else {
                return None;
            };
            Some(view! { <p class="facet-note dim">{words}</p> })
        })
    };
    let title = field::title(&field);
    let is_path = title == field;
    let shown = if is_path { elided(&title, 34).into_owned() } else { title.clone() };
    let whole = if is_path { visible_text(&field).into_owned() } else { format!("{title}: {field}") };
    let added = !FACETS.contains(&field.as_str()) && !state.comes_by_itself(&field);
    let label = visible_text(&title).into_owned();
    let search_id = format!("{id}-search");
    let open_search = {
        let search_id = search_id.clone();
        move |_| {
            let closing = searching.get_untracked();
            set(|setting| {
                setting.inside = if setting.inside.is_some() { None } else { Some(String::new()) };
                setting.folded = false;
            });
            if !closing {
                let search_id = search_id.clone();
                request_animation_frame(move || dom::focus(&search_id));
            }
        }
    };
    let search = {
        let label = label.clone();
        move || {
            let search_id = search_id.clone();
            let label = label.clone();
            (searching.get() && !folded.get()).then(|| {
                let typed = move |event| {
                    let text = event_target_value(&event);
                    name.with_value(|field| state.set(field, |setting| setting.inside = Some(text)));
                };
                let key = move |event: web_sys::KeyboardEvent| {
                    if event.key() == "Escape" {
                        event.stop_propagation();
                        set(|setting| setting.inside = None);
                    }
                };
                view! {
                    <input
                        id=search_id
                        class="facet-search data"
                        type="text"
                        autocomplete="off"
                        spellcheck="false"
                        placeholder="contains…"
                        aria-label=format!("Search the values of {label}")
                        prop:value=move || setting.with(|setting| setting.inside.clone().unwrap_or_default())
                        on:input=typed
                        on:keydown=key
                    />
                }
            })
        }
    };
    let each = move || all.with(|all| Vec::clone(all));
    let list = {
        let field = field.clone();
        let label = label.clone();
        move || {
            let field = field.clone();
            (!folded.get()).then(|| {
                view! {
                    <ul class="values" aria-label=format!("Values of {label}")>
                        <For
                            each=each
                            key=Clone::clone
                            children=move |line| view! { <Value line field=field.clone() state/> }
                        />
                    </ul>
                    {note}
                    {more}
                }
            })
        }
    };
    // Of log lines most have nothing that calls have: a list of such facets would only hide those that say something.
    let says_nothing = move || {
        let empty = answered.with(|answered| {
            answered.as_ref().is_some_and(|answered| answered.rows > 0 && answered.values.none == answered.rows)
        });
        view().in_logs() && empty && !added && all.with(|all| all.iter().all(|line| !line.included && !line.excluded))
    };
    view! {
        <section class="facet" class:absent=says_nothing data-field=field aria-label=label.clone()>
            <div class="facet-head">
                <button
                    class="facet-fold"
                    title=whole
                    aria-expanded=move || (!folded.get()).to_string()
                    on:click=move |_| set(|setting| setting.folded = !setting.folded)
                >
                    <span class="fold" aria-hidden="true">{move || if folded.get() { "▸" } else { "▾" }}</span>
                    <span class="facet-title" class:data=is_path>{visible(&shown)}</span>
                    {number}
                </button>
                <button
                    class="facet-tool"
                    title="Search its values"
                    aria-label=format!("Search the values of {label}")
                    aria-pressed=move || searching.get().to_string()
                    on:click=open_search
                >
                    {icons::search()}
                </button>
                {added.then(|| view! {
                    <button
                        class="facet-tool facet-remove"
                        title="Remove this facet"
                        aria-label=format!("Remove the facet {label}")
                        on:click=move |_| name.with_value(|field| state.remove(field))
                    >
                        {icons::close()}
                    </button>
                })}
            </div>
            {search}
            {list}
        </section>
    }
}

/// One value.
#[component]
fn Value(line: Line, field: String, state: State) -> impl IntoView {
    let view = view();
    let Line { text, count, of, included, excluded } = line;
    let (class, mark) = match (&text, field.as_str()) {
        (Some(text), "result" | "@result") => outcome_mark(text),
        (Some(text), field) if worth::is_integrity(field) => worth::mark(text),
        (Some(text), lines::SEVERITY) => lines::mark(text),
        _ => ("", ""),
    };
    let whole = match &text {
        Some(text) if text.is_empty() => "an empty text".to_owned(),
        Some(text) => visible_text(text).into_owned(),
        None => format!("no {}", visible_text(&field::title(&field))),
    };
    let shares = share(count, of);
    let title = format!("{whole}\n{}, {shares}", counted(count, "event", "events"));
    let word = if excluded { ", excluded" } else { "" };
    let standing = if included {
        "included"
    } else if excluded {
        "excluded"
    } else {
        "open"
    };
    let glyph = if included {
        "✓"
    } else if excluded {
        "−"
    } else {
        "+"
    };
    let label = {
        let text = text.clone();
        move || match &text {
            None => view! { <i>"none"</i> }.into_any(),
            Some(text) if text.is_empty() => view! { <i>"empty"</i> }.into_any(),
            // As many characters as there is room for beside the count.
            Some(text) => {
                let room = (state.width.get() - 60.0) / 7.3 - grouped(count).len() as f64 - mark.chars().count() as f64;
                visible(&short(text, (room as usize).max(8))).into_any()
            }
        }
    };
    let choose = {
        let (field, text) = (field.clone(), text.clone());
        move |include: bool| {
            state.hold();
            view.choose(&field, text.as_deref(), include);
        }
    };
    let picked = {
        let choose = choose.clone();
        // What was taken away is given back by a click, not asked for alone.
        move |event: web_sys::MouseEvent| choose(!event.alt_key() && !excluded)
    };
    let wide = format!("{:.2}%", 100.0 * count as f64 / of.max(1) as f64);
    let minus = if excluded { format!("Give back {whole}") } else { format!("Exclude {whole}") };
    let minus_title = if excluded { "Give back" } else { "Exclude (Alt-click)" };
    view! {
        <li class="value" data-value=text data-standing=standing>
            <button class="pick" title=title aria-pressed=included.to_string() on:click=picked>
                <span class="sign" aria-hidden="true">{glyph}</span>
                <span class=format!("label data {class}")>
                    {(!mark.is_empty()).then(|| view! { <span aria-hidden="true">{mark}" "</span> })}
                    <span class="words">{label}</span>
                </span>
                <span class="count data">{grouped(count)}</span>
                <span class="unseen">{format!(" events, {shares}{word}")}</span>
            </button>
            <button class="minus" title=minus_title aria-label=minus aria-pressed=excluded.to_string() on:click=move |_| choose(false)>
                {if excluded { icons::include().into_any() } else { icons::exclude().into_any() }}
            </button>
            <span class="share" aria-hidden="true"><span style:width=wide></span></span>
        </li>
    }
}
