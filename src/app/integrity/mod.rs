//! The room of integrity: which files are as CloudTrail delivered them, which hours are covered, and what would settle what is
//! open. It shows a [`Judgement`](crate::integrity::verdict::Judgement) and judges nothing itself.

mod chain;
mod chart;
mod command_line;
mod copy;
mod custody;
mod empty;
mod findings;
mod keys;
mod list;
mod map;
mod one;
mod table;

use crate::app::report::ReportButtons;
use crate::app::shown::grouped;
use crate::integrity::verdict::{FindingKind, Judgement};
use crate::integrity::words::{self, Weight};
use crate::session::page::{Phase, Session};
pub(super) use copy::Command;
use custody::{Custody, Tab};
use leptos::either::EitherOf3;
use leptos::prelude::*;

/// The room.
#[component]
pub fn Integrity() -> impl IntoView {
    let session = expect_context::<Session>();
    let custody = Custody::new(session.judgement);
    provide_context(custody);
    let loading = Memo::new(move |_| session.progress.with(|progress| progress.phase != Phase::Done));
    let judged = Memo::new(move |_| custody.judgement.with(Option::is_some));
    view! {
        <main id="integrity" class="room" aria-label="Integrity">
            {move || match (judged.get(), loading.get()) {
                (true, _) => EitherOf3::A(view! { <Judged/> }),
                (false, true) => EitherOf3::B(view! {
                    <div class="nothing"><p id="integrity-waits" class="title">"Judged when all files are read"</p></div>
                }),
                (false, false) => EitherOf3::C(view! { <empty::Empty/> }),
            }}
        </main>
    }
}

/// What was judged.
#[component]
fn Judged() -> impl IntoView {
    let custody = custody::custody();
    let sentence = Memo::new(move |_| words::sentence(&custody.shown()));
    let coverage = Memo::new(move |_| words::coverage_sentence(&custody.shown()));
    view! {
        <div class="integrity-body">
            <div class="integrity-head">
                <div>
                    <p id="integrity-sentence">{move || sentence.get()}</p>
                    <p id="integrity-coverage" class="dim">{move || coverage.get()}</p>
                </div>
                <div id="integrity-report"><ReportButtons/></div>
            </div>
            <Gravest/>
            <map::Map/>
            <Tabs/>
            <div id="integrity-panel" role="tabpanel" aria-labelledby=move || id_of(custody.tab.get())>
                {move || match custody.tab.get() {
                    Tab::Files => table::Table().into_any(),
                    Tab::Chain => chain::Chain().into_any(),
                    Tab::Findings => findings::Findings().into_any(),
                    Tab::Keys => keys::Keys().into_any(),
                    Tab::CommandLine => command_line::CommandLine().into_any(),
                }}
            </div>
        </div>
        <one::One/>
    }
}

/// The findings that should be seen at once, by sort; the rest is in their tab.
#[component]
fn Gravest() -> impl IntoView {
    let custody = custody::custody();
    let kinds = Memo::new(move |_| {
        let kinds = findings::kinds(&custody.shown().findings);
        let grave = kinds.into_iter().filter(|(kind, _)| kind.weight() != Weight::Note);
        grave.map(|(kind, range)| (kind, range.len() as u64)).collect::<Vec<(FindingKind, u64)>>()
    });
    let one = move |(kind, count): (FindingKind, u64)| {
        let (class, mark) = findings::mark(kind.weight());
        view! {
            <li>
                <button class="chip" data-kind=kind.word() on:click=move |_| custody.tab.set(Tab::Findings)>
                    <span class=format!("worth-mark {class}") aria-hidden="true">{mark}</span>
                    {kind.title()}" "<span class="data dim">{grouped(count)}</span>
                </button>
            </li>
        }
    };
    move || {
        let kinds = kinds.get();
        (!kinds.is_empty()).then(|| {
            view! { <ul id="integrity-gravest" aria-label="Findings">{kinds.into_iter().map(one).collect_view()}</ul> }
        })
    }
}

fn id_of(tab: Tab) -> &'static str {
    match tab {
        Tab::Files => "integrity-tab-files",
        Tab::Chain => "integrity-tab-chain",
        Tab::Findings => "integrity-tab-findings",
        Tab::Keys => "integrity-tab-keys",
        Tab::CommandLine => "integrity-tab-command-line",
    }
}

/// What stands below the map.
#[component]
fn Tabs() -> impl IntoView {
    let custody = custody::custody();
    let button = move |tab: Tab, words: &'static str, count: Option<fn(&Judgement) -> usize>| {
        view! {
            <button
                id=id_of(tab)
                role="tab"
                aria-selected=move || (custody.tab.get() == tab).to_string()
                aria-controls="integrity-panel"
                on:click=move |_| custody.tab.set(tab)
            >
                {words}
                {count.map(|count| view! {
                    " "<span class="data dim">{move || grouped(count(&custody.shown()) as u64)}</span>
                })}
            </button>
        }
    };
    view! {
        <div class="tabs">
            <div role="tablist" aria-label="What stands below the map">
                {button(Tab::Files, "Digests and logs", Some(|it| it.digests.len() + it.logs.len()))}
                {button(Tab::Chain, "Chains", Some(|it| it.streams.len()))}
                {button(Tab::Findings, "Findings", Some(|it| it.findings.len()))}
                {button(Tab::Keys, "Public keys", Some(|it| it.keys.len()))}
                {button(Tab::CommandLine, "validate-logs", None)}
            </div>
        </div>
    }
}
