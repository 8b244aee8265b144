//! Taking events away: onto the clipboard, or as a file. They are written in the shards, piece by piece, and secret values
//! are masked whatever is shown.

use super::popup::Popup;
use super::selection::Selection;
use crate::app::pages::{Pages, Taking};
use crate::app::shown::{counted, grouped};
use crate::app::view::{View, view};
use crate::app::{dom, field, icons};
use crate::query::predicate::Select;
use crate::session::export::walk::{self, Walk};
use crate::session::export::{self, Form};
use crate::session::page::Session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::ops::Range;
use wasm_bindgen_futures::JsFuture;

/// Events that are copied at most: a clipboard is no place for more.
const COPIED: u64 = 10_000;

/// Characters that are gathered before the browser gets them.
const PART: usize = 1 << 20;

/// A form that events are copied or saved in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    Tsv,
    Json,
    Csv,
    Ndjson,
    Records,
}

impl As {
    fn form(self, columns: Vec<Select>) -> Form {
        match self {
            Self::Tsv | Self::Csv => Form::Table { tabs: self == Self::Tsv, columns },
            Self::Json | Self::Ndjson | Self::Records => Form::Json,
        }
    }

    /// What stands before the first event, between two, and behind the last.
    fn around(self, columns: &[Select]) -> (String, &'static str, &'static str) {
        match self {
            Self::Tsv => (export::header(true, columns), "", ""),
            // The mark tells spreadsheets that the text is Unicode.
            Self::Csv => (format!("\u{feff}{}", export::header(false, columns)), "", ""),
            Self::Json => ("[\n".to_owned(), ",\n", "\n]\n"),
            Self::Ndjson => (String::new(), "\n", "\n"),
            Self::Records => ("{\"Records\":[\n".to_owned(), ",\n", "\n]}\n"),
        }
    }

    fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Csv => ("csv", "text/csv"),
            Self::Tsv => ("tsv", "text/tab-separated-values"),
            Self::Ndjson => ("ndjson", "application/x-ndjson"),
            Self::Json | Self::Records => ("json", "application/json"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Tsv => "TSV",
            Self::Csv => "CSV",
            Self::Ndjson => "NDJSON",
            Self::Json | Self::Records => "JSON",
        }
    }
}

/// What takes events. A handle.
#[derive(Clone, Copy)]
pub(super) struct Taker {
    view: View,
    pages: Pages,
    session: Session,
    selection: Selection,
}

/// Why not all of it came.
enum Stopped {
    /// A person wanted that.
    Cancelled,
    /// The table changed at that moment, or a shard was lost.
    Changed,
}

impl Taker {
    pub fn new(selection: Selection) -> Self {
        Self { view: view(), pages: expect_context(), session: expect_context(), selection }
    }

    /// Puts the selected events on the clipboard.
    pub fn copy(self, how: As) {
        let wanted = self.selection.or_all();
        let range = wanted.start..wanted.end.min(wanted.start + COPIED);
        let capped = range != wanted;
        self.take(how, range, move |text, count| async move {
            let Some(text) = text.concat() else { return "Nothing to copy.".to_owned() };
            match JsFuture::from(window().navigator().clipboard().write_text(&text)).await {
                Err(_) => "The browser did not let the clipboard be used.".to_owned(),
                Ok(_) if capped => {
                    let all = grouped(wanted.end - wanted.start);
                    format!(
                        "Copied the first {} of {all} events as {}: no more fit a clipboard well.",
                        grouped(count),
                        how.name()
                    )
                }
                Ok(_) => format!("Copied {} as {}.", counted(count, "event", "events"), how.name()),
            }
        });
    }

    /// Saves the events of the table, or those selected where several are.
    pub fn save(self, how: As) {
        let range = self.selection.several().unwrap_or(0..self.view.scroll.total.get_untracked());
        self.take(how, range, move |text, count| async move {
            let (ending, mime) = how.file();
            let name = format!("trailglass-{}-{count}-events.{ending}", self.stamp());
            if dom::save_parts(&name, mime, &text.parts) {
                format!("Saved {} as {name}.", counted(count, "event", "events"))
            } else {
                "The browser did not take the file.".to_owned()
            }
        });
    }

    /// `20230710-1142`, now.
    fn stamp(&self) -> String {
        let now = js_sys::Date::now() as i64;
        let text = crate::time::format(now + self.view.zone.get_untracked().offset(now));
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        format!("{}-{}", digits.get(..8).unwrap_or_default(), digits.get(8..12).unwrap_or_default())
    }

    fn take<F: Future<Output = String>>(
        self,
        how: As,
        range: Range<u64>,
        then: impl FnOnce(Gathered, u64) -> F + 'static,
    ) {
        let taking = self.pages.taking;
        if taking.with_untracked(|taking| taking.progress.is_some()) || range.is_empty() {
            return;
        }
        let all = range.end - range.start;
        taking.set(Taking { progress: Some((0, all)), ..Taking::default() });
        spawn_local(async move {
            let said = match self.gather(how, range).await {
                Ok((text, count)) => then(text, count).await,
                Err(Stopped::Cancelled) => "Cancelled.".to_owned(),
                Err(Stopped::Changed) => "The table changed meanwhile. Try again.".to_owned(),
            };
            // What the shards keep for this they need not keep any longer; one that was lost has nothing.
            let _ended = walk::end(&self.session.shards()).await;
            taking.set(Taking { said: said.clone(), ..Taking::default() });
            gloo::timers::future::TimeoutFuture::new(8_000).await;
            if taking.with_untracked(|taking| taking.said == said) {
                taking.set(Taking::default());
            }
        });
    }

    async fn gather(self, how: As, range: Range<u64>) -> Result<(Gathered, u64), Stopped> {
        let taking = self.pages.taking;
        let list = self.pages.list().ok_or(Stopped::Changed)?;
        let shown = self.pages.drawn.get_untracked();
        let columns = export::columns(shown.iter().filter_map(|name| field::select(name)));
        let (head, between, tail) = how.around(&columns);
        let shards = self.session.shards();
        let all = range.end - range.start;
        let walk = Walk::begin(&shards, (*list).clone(), range, how.form(columns)).await;
        let mut walk = walk.map_err(|_| Stopped::Changed)?;
        // Where in the list a range begins is asked of the list itself, which may have been replaced meanwhile.
        if self.pages.list() != Some(list) {
            return Err(Stopped::Changed);
        }
        let mut text = Gathered { open: head, parts: js_sys::Array::new() };
        let mut count = 0;
        loop {
            let piece = walk.next(&shards).await.map_err(|_| Stopped::Changed)?;
            if piece.is_empty() {
                break;
            }
            for event in &piece {
                if count > 0 {
                    text.open.push_str(between);
                }
                text.open.push_str(event);
                count += 1;
            }
            if text.open.len() > PART {
                text.close();
            }
            taking.update(|taking| taking.progress = Some((count, all)));
            if taking.with_untracked(|taking| taking.cancelled) {
                return Err(Stopped::Cancelled);
            }
        }
        text.open.push_str(tail);
        if count == all { Ok((text.done(), count)) } else { Err(Stopped::Changed) }
    }
}

/// Text on its way to the browser, which need not keep it in memory.
struct Gathered {
    open: String,
    parts: js_sys::Array,
}

impl Gathered {
    fn close(&mut self) {
        self.parts.push(&std::mem::take(&mut self.open).into());
        // A text that the browser has is one that the page need not have.
        if let Some(blob) = dom::blob(&js_sys::Array::of1(&self.parts.pop()), "") {
            self.parts.push(&blob);
        }
    }

    /// All of it in parts, or as one text while it is small enough to be one.
    fn done(mut self) -> Self {
        if self.parts.length() > 0 {
            self.close();
        } else {
            self.parts.push(&self.open.as_str().into());
        }
        self
    }

    fn concat(self) -> Option<String> {
        (!self.open.is_empty()).then_some(self.open)
    }
}

/// The button for copying.
#[component]
pub(super) fn Copy(open: RwSignal<Option<&'static str>>, taker: Taker) -> impl IntoView {
    let what = move || {
        let range = taker.selection.or_all();
        let all = range.end - range.start;
        let selected = if taker.selection.any() { "selected " } else { "" };
        let events = counted(all, &format!("{selected}event"), &format!("{selected}events"));
        if all > COPIED { format!("The first {} of {events}", grouped(COPIED)) } else { events }
    };
    let copy = move |how: As| {
        open.set(None);
        taker.copy(how);
        dom::focus("grid");
    };
    view! {
        <Popup id="copy" panel="copy-menu" label="Copy" open icon=icons::copy()>
            <p>{what}", secret values masked"</p>
            <button id="copy-tsv" class="choice" on:click=move |_| copy(As::Tsv)>
                <b>"Copy as TSV"</b><span class="dim">"The columns shown, for a spreadsheet (Ctrl-C)"</span>
            </button>
            <button id="copy-json" class="choice" on:click=move |_| copy(As::Json)>
                <b>"Copy as JSON"</b><span class="dim">"An array of whole records"</span>
            </button>
        </Popup>
    }
}

/// The button for saving.
#[component]
pub(super) fn Save(open: RwSignal<Option<&'static str>>, taker: Taker) -> impl IntoView {
    let what = move || match taker.selection.several() {
        Some(range) => format!("{} selected events", grouped(range.end - range.start)),
        None => format!("All {} of the table, in its order", counted(taker.view.scroll.total.get(), "event", "events")),
    };
    let save = move |how: As| {
        open.set(None);
        taker.save(how);
        dom::focus("grid");
    };
    view! {
        <Popup id="export" panel="export-menu" label="Save as a file" open icon=icons::save()>
            <p>{what}", secret values masked"</p>
            <button id="export-events-csv" class="choice" on:click=move |_| save(As::Csv)>
                <b>"CSV"</b><span class="dim">"The columns shown, for a spreadsheet"</span>
            </button>
            <button id="export-events-ndjson" class="choice" on:click=move |_| save(As::Ndjson)>
                <b>"NDJSON"</b><span class="dim">"Whole records, one a line"</span>
            </button>
            <button id="export-events-records" class="choice" on:click=move |_| save(As::Records)>
                <b>"CloudTrail log file"</b><span class="dim">"Whole records, as CloudTrail delivers them"</span>
            </button>
        </Popup>
    }
}

/// How far it has come, and how it ended.
#[component]
pub(super) fn Progress() -> impl IntoView {
    let pages = expect_context::<Pages>();
    let words = move || {
        pages.taking.with(|taking| match taking.progress {
            Some((count, all)) => format!("Exporting {} of {}…", grouped(count), grouped(all)),
            None => taking.said.clone(),
        })
    };
    let going = Memo::new(move |_| pages.taking.with(|taking| taking.progress.is_some()));
    view! {
        <div id="taken" class:none=move || words().is_empty()>
            <span role="status">{words}</span>
            <Show when=move || going.get()>
                <button
                    id="export-cancel"
                    class="plain"
                    on:click=move |_| pages.taking.update(|taking| taking.cancelled = true)
                >
                    "Cancel"
                </button>
            </Show>
        </div>
    }
}
