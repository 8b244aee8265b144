//! Every command by its name: a few letters of it and Enter. With nothing typed, those chosen last come first.

mod rank;

use super::commands::{Command, Commands, Group, commands};
use super::view::view;
use super::{dom, keys};
use leptos::html::{Dialog, Div, Input};
use leptos::prelude::*;
use web_sys::wasm_bindgen::JsCast;

/// So many of the commands chosen last are kept.
const RECENT: usize = 5;

/// What can be chosen.
#[derive(Clone, PartialEq)]
enum Entry {
    /// A command, and which characters of its title were typed.
    Command(Command, Vec<usize>),
    /// What was typed is not for the palette but for the search box.
    Search(String),
}

/// What can be chosen, under a heading.
type Part = (&'static str, Vec<Entry>);

/// What is offered for what was typed.
fn parts(all: &[Command], recent: &[String], typed: &str, can_search: bool) -> Vec<Part> {
    let typed = typed.trim();
    if typed.is_empty() {
        let plain = |command: &Command| Entry::Command(command.clone(), Vec::new());
        let last = recent.iter().filter_map(|id| all.iter().find(|command| command.id == *id)).map(plain).collect();
        let group = |group: Group| {
            let of_group = all.iter().filter(|command| command.group == group && !recent.contains(&command.id));
            (group.title(), of_group.map(plain).collect())
        };
        let parts = std::iter::once(("Last used", last)).chain(Group::ALL.into_iter().map(group));
        return parts.filter(|(_, entries): &Part| !entries.is_empty()).collect();
    }
    let mut found: Vec<_> =
        all.iter().filter_map(|command| rank::fit(typed, &command.title).map(|fit| (fit, command))).collect();
    // The sort is stable: what fits as well, and is as long, stays in the order of the list.
    found.sort_by_key(|(fit, command)| {
        let used = recent.iter().position(|id| *id == command.id).unwrap_or(usize::MAX);
        (std::cmp::Reverse(fit.score), used, command.title.len())
    });
    let found = found.into_iter().map(|(fit, command)| Entry::Command(command.clone(), fit.places));
    let search = can_search.then(|| Entry::Search(typed.to_owned()));
    vec![("Found", found.chain(search).collect())]
}

/// The palette.
#[component]
pub fn Palette() -> impl IntoView {
    let commands = commands();
    let view = view();
    let (dialog, input, list) = (NodeRef::<Dialog>::new(), NodeRef::<Input>::new(), NodeRef::<Div>::new());
    let typed = RwSignal::new(String::new());
    let active = RwSignal::new(0usize);
    let all = RwSignal::new(Vec::<Command>::new());
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if commands.palette.get() && !dialog.open() {
            all.set(commands.now());
            typed.set(String::new());
            active.set(0);
            let _ = dialog.show_modal();
        } else if !commands.palette.get() && dialog.open() {
            dialog.close();
        }
    });
    let parts = Memo::new(move |_| {
        let recent = commands.recent.get_untracked();
        all.with(|all| typed.with(|typed| parts(all, &recent, typed, commands.in_rooms.get())))
    });
    let count = move || parts.with(|parts| parts.iter().map(|(_, entries)| entries.len()).sum::<usize>());
    let close = move || {
        // Closed here and now, so that the focus is back where it was before the command moves it.
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        commands.palette.set(false);
    };
    let choose = move |at: usize| {
        let entry = parts.with_untracked(|parts| parts.iter().flat_map(|(_, entries)| entries).nth(at).cloned());
        close();
        match entry {
            Some(Entry::Command(command, _)) => chosen(commands, command),
            Some(Entry::Search(text)) => {
                view.search(text);
                dom::focus("search");
            }
            None => {}
        }
    };
    // What is chosen stays in sight.
    Effect::new(move || {
        let at = active.get();
        let (Some(list), Some(option)) = (list.get_untracked(), document().get_element_by_id(&format!("command-{at}")))
        else {
            return;
        };
        let Ok(option) = option.dyn_into::<web_sys::HtmlElement>() else { return };
        let (top, height) = (option.offset_top(), option.offset_height());
        if at == 0 {
            list.set_scroll_top(0);
        } else if top < list.scroll_top() {
            list.set_scroll_top(top);
        } else if top + height > list.scroll_top() + list.client_height() {
            list.set_scroll_top(top + height - list.client_height());
        }
    });
    let key = move |event: web_sys::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let last = untrack(count).saturating_sub(1);
        let now = active.get_untracked();
        match keys::named(&event).as_str() {
            "ArrowDown" => active.set(if now >= last { 0 } else { now + 1 }),
            "ArrowUp" => active.set(if now == 0 { last } else { now - 1 }),
            "PageDown" => active.set((now + 8).min(last)),
            "PageUp" => active.set(now.saturating_sub(8)),
            "Enter" => choose(now),
            "Escape" | "Ctrl+k" => close(),
            _ => return,
        }
        // The page's own keys must not see it: by now the palette may be closed.
        event.prevent_default();
        event.stop_propagation();
    };
    let options = move || {
        let mut at = 0;
        let part = |(heading, entries): Part| {
            let id = format!("commands-{}", heading.to_lowercase().replace(' ', "-"));
            let known = id.clone();
            let entries = entries.into_iter().map(|entry| {
                at += 1;
                option(entry, at - 1, active, choose)
            });
            view! {
                <div role="group" aria-labelledby=id>
                    <div id=known class="heading" role="presentation">{heading}</div>
                    {entries.collect_view()}
                </div>
            }
        };
        parts.get().into_iter().map(part).collect_view()
    };
    view! {
        <dialog
            id="palette"
            node_ref=dialog
            aria-label="Commands"
            on:close=move |_| commands.palette.set(false)
            on:mousedown=move |event| {
                if dom::is_backdrop(&event) {
                    close();
                }
            }
        >
            <input
                id="palette-input"
                node_ref=input
                type="text"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="Find a command"
                role="combobox"
                aria-label="Find a command"
                aria-autocomplete="list"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-activedescendant=move || (count() > 0).then(|| format!("command-{}", active.get()))
                prop:value=move || typed.get()
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    active.set(0);
                }
                on:keydown=key
            />
            <div id="palette-list" node_ref=list role="listbox" aria-label="Commands">{options}</div>
            {move || (count() == 0).then(|| view! { <p class="none">"No command is called so."</p> })}
        </dialog>
    }
}

/// Does a command, and remembers that it was chosen.
fn chosen(commands: Commands, command: Command) {
    commands.recent.update(|recent| {
        recent.retain(|id| *id != command.id);
        recent.insert(0, command.id.clone());
        recent.truncate(RECENT);
    });
    commands.run(&command.act);
}

fn option(entry: Entry, at: usize, active: RwSignal<usize>, choose: impl Fn(usize) + 'static) -> impl IntoView {
    let (id, words, keys) = match entry {
        Entry::Command(command, places) => (Some(command.id), marked(&command.title, &places).into_any(), command.keys),
        Entry::Search(text) => {
            (None, view! { "Search for “"<b>{super::shown::visible(&text)}</b>"”" }.into_any(), &[][..])
        }
    };
    view! {
        <div
            id=format!("command-{at}")
            class="option"
            role="option"
            aria-selected=move || (active.get() == at).to_string()
            data-command=id
            data-keys=(!keys.is_empty()).then(|| keys.join(" "))
            on:mousemove=move |_| {
                if active.get_untracked() != at {
                    active.set(at);
                }
            }
            // The box keeps the focus.
            on:mousedown=move |event| event.prevent_default()
            on:click=move |_| choose(at)
        >
            <span class="what">{words}</span>
            <span class="keys">{keys::shown(keys)}</span>
        </div>
    }
}

/// A title with the characters that were typed set apart.
fn marked(title: &str, places: &[usize]) -> impl IntoView + use<> {
    let chars: Vec<char> = title.chars().collect();
    let mut pieces: Vec<(bool, String)> = Vec::new();
    for (at, char) in chars.into_iter().enumerate() {
        let typed = places.contains(&at);
        match pieces.last_mut().filter(|(known, _)| *known == typed) {
            Some((_, piece)) => piece.push(char),
            None => pieces.push((typed, char.to_string())),
        }
    }
    let pieces = pieces.into_iter().map(|(typed, piece)| match typed {
        true => view! { <b>{piece}</b> }.into_any(),
        false => piece.into_any(),
    });
    pieces.collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::commands::fixed;

    fn ids(recent: &[&str], typed: &str) -> Vec<String> {
        let recent: Vec<String> = recent.iter().map(|id| (*id).to_owned()).collect();
        let entries = parts(&fixed(), &recent, typed, true).into_iter().flat_map(|(_, entries)| entries);
        let id = |entry| match entry {
            Entry::Command(command, _) => command.id,
            Entry::Search(text) => format!("“{text}”"),
        };
        entries.map(id).collect()
    }

    #[test]
    fn what_was_chosen_last_comes_first() {
        let all = ids(&[], "");
        assert_eq!(all.len(), fixed().len());
        let all = ids(&["zone", "keys"], "");
        assert_eq!((all[0].as_str(), all[1].as_str(), all.len()), ("zone", "keys", fixed().len()));
    }

    #[test]
    fn a_few_letters_find_a_command_and_the_search_is_last() {
        assert_eq!(ids(&[], "zoom in")[0], "zoom-in");
        assert_eq!(ids(&[], "tl")[0], "room-timeline");
        assert_eq!(ids(&[], " nothing like it ").last().map(String::as_str), Some("“nothing like it”"));
        assert_eq!(ids(&["zoom-out"], "zoom")[0], "zoom-out");
    }
}
