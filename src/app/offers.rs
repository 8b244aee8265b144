//! How what is being typed in the search box may go on: fields, and values of a field, from the data.

use super::shown::{grouped, visible};
use super::view::View;
use crate::query::kql::{self, Typed, Typing};
use crate::session::page::Session;
use crate::session::questions;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// So many are offered at a time.
const MOST: usize = 10;

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offer {
    /// What is put in place of the part being typed.
    insert: String,
    /// What is shown.
    label: String,
    /// Behind it: how many events have the value, or what a short name stands for.
    note: String,
}

/// The offers of the page, and which of them is chosen.
#[derive(Clone, Copy)]
pub struct Offers {
    session: Session,
    view: View,
    list: RwSignal<Vec<Offer>>,
    /// The offer that Enter takes.
    active: RwSignal<Option<usize>>,
    /// The part that an offer replaces.
    typing: StoredValue<Option<Typing>>,
    /// Answers to older texts are dropped by it.
    token: StoredValue<u64>,
    /// All paths, by the generation of the events.
    paths: StoredValue<Option<(u64, Vec<String>)>>,
}

/// What short names stand for, as far as their names do not say.
fn meaning(name: &str) -> &'static str {
    match name {
        "actor" => "who acted: the user, or the role behind a session",
        "actorType" => "type of identity",
        "session" => "role session, or temporary key",
        "human" => "the person behind, where known",
        "@via" => "service that called on somebody's behalf",
        "result" => "success, denied, error, unknown, service event",
        "family" => "family of the error",
        "category" => "management, data, insight, network",
        "access" => "read or write",
        "service" => "event source without .amazonaws.com",
        "resource" => "any resource that the event names",
        "integrity" => "unchanged, unproved, unlisted, appended, modified, damaged; needs digest files",
        "time" => "2023-07-10, or >= now-6h",
        "file" => "path of the file",
        "user" => "userIdentity.userName",
        "name" | "action" => "eventName",
        "source" => "eventSource",
        "ip" => "sourceIPAddress; also 10.0.0.0/8",
        "region" => "awsRegion",
        "account" => "recipientAccountId",
        "error" => "errorCode",
        "key" => "userIdentity.accessKeyId",
        "agent" => "userAgent",
        "id" => "eventID",
        "severity" => "fatal, error, warn, info, debug, trace: what a log line states",
        "logGroup" => "log group, where the file tells",
        "logStream" => "log stream",
        "format" => "CloudTrail, JSON, EMF, Lambda, VPC flow, text and others",
        "message" => "the whole message of a log line",
        "ingestionTime" => "when CloudWatch Logs got the line",
        "owner" => "account that owns the log group",
        "timestamp" => "the time, as Logs Insights calls it",
        _ => "",
    }
}

fn field_offers(typed: &str, paths: &[String]) -> Vec<Offer> {
    let typed = typed.to_lowercase();
    // `@actor` and `actor` are the same: the one with the sign is offered to who types the sign.
    let only = ["@via", "@message", "@ingestionTime", "@owner"];
    let short =
        kql::short_names().filter(|name| only.contains(name) || name.starts_with('@') == typed.starts_with('@'));
    let short = short.map(|name| (name.to_owned(), name.to_owned(), meaning(name.trim_start_matches('@')).to_owned()));
    let long = paths.iter().map(|path| (kql::written_field(path), path.clone(), String::new()));
    let mut found: Vec<(bool, usize, Offer)> = short
        .chain(long)
        .filter_map(|(written, label, note)| {
            let lower = label.to_lowercase();
            let at = lower.find(&typed)?;
            // A name that begins with it, or whose last key does, comes before one that has it in the middle.
            let inside = at > 0 && !lower[..at].ends_with('.');
            let rank = if note.is_empty() { label.len() } else { 0 };
            Some((inside, rank, Offer { insert: format!("{written}: "), label, note }))
        })
        .collect();
    found.sort_by_key(|(inside, length, _)| (*inside, *length));
    found.into_iter().take(MOST).map(|(.., offer)| offer).collect()
}

impl Offers {
    /// No offers yet.
    #[must_use]
    pub fn new(session: Session, view: View) -> Self {
        Self {
            session,
            view,
            list: RwSignal::default(),
            active: RwSignal::new(None),
            typing: StoredValue::new(None),
            token: StoredValue::new(0),
            paths: StoredValue::new(None),
        }
    }

    /// Whether any are shown.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.list.with(|list| !list.is_empty())
    }

    /// The id of the chosen one's element.
    #[must_use]
    pub fn active_id(self) -> Option<String> {
        self.active.get().map(|at| format!("offer-{at}"))
    }

    /// Takes them away.
    pub fn close(self) {
        self.token.update_value(|token| *token += 1);
        self.typing.set_value(None);
        if self.list.with_untracked(|list| !list.is_empty()) {
            self.list.set(Vec::new());
        }
        self.active.set(None);
    }

    /// Looks for ways to go on from the caret, which is before this character. `asked`: a person wants to see them, even
    /// with nothing typed.
    pub fn look(self, caret: usize, asked: bool) {
        self.active.set(None);
        let typing = self.view.typed.with_untracked(|text| kql::typing(text, caret));
        let wanted = typing.filter(|typing| asked || !typing.typed.is_empty() || typing.what != Typed::Field);
        let Some(typing) = wanted.filter(|_| self.session.generation.get_untracked() > 0) else {
            self.close();
            return;
        };
        self.token.update_value(|token| *token += 1);
        let token = self.token.get_value();
        self.typing.set_value(Some(typing.clone()));
        spawn_local(async move {
            let found = match typing.what {
                Typed::Field => field_offers(&typing.typed, &self.all_paths().await),
                Typed::Value(selects) => {
                    let shards = self.session.shards();
                    let found = questions::suggestions(&shards, selects, typing.typed.clone(), MOST).await;
                    // Nothing is offered where a worker was lost: the next key asks again.
                    let found = found.unwrap_or_default().into_iter();
                    found
                        .map(|(value, count)| Offer {
                            insert: format!("{} ", kql::written_value(&value)),
                            note: count.map(|count| format!("{} events", grouped(count))).unwrap_or_default(),
                            label: value,
                        })
                        .collect()
                }
            };
            if self.token.get_value() == token {
                // What is already there in full needs no offer.
                let whole = matches!(found.as_slice(), [only] if only.insert.trim_end() == typing.typed);
                self.list.set(if whole { Vec::new() } else { found });
            }
        });
    }

    async fn all_paths(self) -> Vec<String> {
        let generation = self.session.generation.get_untracked();
        if let Some((known, paths)) = self.paths.get_value()
            && known == generation
        {
            return paths;
        }
        let Ok(paths) = questions::paths(&self.session.shards()).await else { return Vec::new() };
        self.paths.set_value(Some((generation, paths.clone())));
        paths
    }

    /// Chooses the next offer, or with `back` the one before; past the ends none is.
    pub fn step(self, back: bool) {
        let count = self.list.with_untracked(Vec::len);
        self.active.update(|active| {
            *active = match (*active, back) {
                (None, false) => Some(0),
                (None, true) => count.checked_sub(1),
                (Some(at), false) => Some(at + 1).filter(|&at| at < count),
                (Some(at), true) => at.checked_sub(1),
            };
        });
    }

    /// The text with the chosen offer in it, and where the caret is after (in characters); the offers go.
    pub fn take(self) -> Option<(String, usize)> {
        let at = self.active.get_untracked()?;
        self.take_at(at)
    }

    fn take_at(self, at: usize) -> Option<(String, usize)> {
        let offer = self.list.with_untracked(|list| list.get(at).cloned())?;
        let typing = self.typing.get_value()?;
        let text: Vec<char> = self.view.typed.with_untracked(|text| text.chars().collect());
        let mut rest: &[char] = &text[typing.to.min(text.len())..];
        // The offer brings its own colon and space.
        if offer.insert.ends_with(": ") && rest.first() == Some(&':') {
            rest = &rest[1..];
        }
        if rest.first() == Some(&' ') {
            rest = &rest[1..];
        }
        let before: String = text[..typing.from.min(text.len())].iter().collect();
        let caret = before.chars().count() + offer.insert.chars().count();
        let all = before + &offer.insert + &rest.iter().collect::<String>();
        self.close();
        Some((all, caret))
    }
}

/// The list below the box. `taken` gets the new text and caret when one is clicked.
#[component]
pub fn OfferList(offers: Offers, taken: Callback<(String, usize)>) -> impl IntoView {
    let items = move || {
        offers
            .list
            .get()
            .into_iter()
            .enumerate()
            .map(|(at, offer)| {
                let press = move |event: web_sys::MouseEvent| {
                    // The box keeps the focus.
                    event.prevent_default();
                    if let Some(text) = offers.take_at(at) {
                        taken.run(text);
                    }
                };
                view! {
                    <li
                        id=format!("offer-{at}")
                        role="option"
                        aria-selected=move || (offers.active.get() == Some(at)).to_string()
                        on:mousedown=press
                    >
                        <span class="data">{visible(&offer.label)}</span>
                        <span class="aside">{offer.note}</span>
                    </li>
                }
            })
            .collect::<Vec<_>>()
    };
    let open = move || offers.is_open();
    view! {
        <ul id="offers" role="listbox" aria-label="Ways to go on" hidden=move || !open()>
            {items}
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::field_offers;

    fn labels(typed: &str) -> Vec<String> {
        let paths = ["eventName", "requestParameters.bucketName", "userIdentity.arn", "odd key", "x.beventName"];
        let paths = paths.map(str::to_owned);
        field_offers(typed, &paths).into_iter().map(|offer| offer.insert).collect()
    }

    #[test]
    fn fields_that_begin_so_come_first() {
        assert_eq!(labels("eventn"), ["eventName: ", "x.beventName: "]);
        assert_eq!(labels("bucket"), ["requestParameters.bucketName: "]);
        assert_eq!(labels("acto"), ["actor: ", "actorType: "]);
        assert_eq!(labels("@act"), ["@actor: ", "@actorType: "]);
        assert_eq!(labels("odd"), ["\"odd key\": "]);
    }
}
