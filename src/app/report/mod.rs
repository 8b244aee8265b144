//! The report that an auditor can file, as a page to print and as a JSON file: both of the same [`Report`].
//!
//! It lies over the page as a sheet of paper, black on white whatever the theme is, and is what gets printed.

mod first;
mod rows;
mod sections;

use super::dom;
use super::shown::{counted, grouped};
use super::view::view;
use crate::integrity::report::{self, Listed, Report as Findings, Tool};
use crate::integrity::verdict::Judgement;
use crate::session::file_list::Standing;
use crate::session::page::{CaseFile, Session};
use crate::session::worker::wire::BUILD;
use leptos::prelude::*;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// Files that are listed on paper one by one. Of more only those are that are not proved unchanged; the JSON has all.
const PRINTED: usize = 2_000;

/// Up to so many files the JSON's hash is worked out to be printed: of more it would keep the page busy.
const HASHED: usize = 20_000;

/// The name of the JSON file.
const NAME: &str = "trailglass-integrity-report.json";

/// A file as the report wants it.
fn listed(file: &CaseFile) -> Listed {
    Listed {
        path: file.path.clone(),
        kind: file.what(),
        // Its word is the one that the report knows.
        state: if file.standing() == Standing::Read { report::READ } else { file.standing().title() },
        bytes: file.bytes,
        sha256: file.report.as_ref().and_then(|report| report.sha256),
    }
}

/// The report of the case as it stands.
fn drawn_up(session: Session, judgement: &Judgement) -> Findings {
    let files: Vec<Listed> = session.files(|files| files.iter().map(listed).collect());
    Findings::of(judgement, &files, &Tool::this(BUILD))
}

/// Saves the report of the case as JSON.
fn save(session: Session) {
    if let Some(judgement) = session.judgement.get_untracked() {
        dom::save(NAME, "application/json", &drawn_up(session, &judgement).json());
    }
}

/// The two ways to take the report away.
#[component]
pub fn ReportButtons() -> impl IntoView {
    let view = view();
    let session = expect_context::<Session>();
    view! {
        <div class="report-buttons" role="group" aria-label="Report">
            <button id="report-print" class="button" on:click=move |_| view.report.set(true)>"Report to print"</button>
            <button id="report-json" class="button" on:click=move |_| save(session)>"Report as JSON"</button>
        </div>
    }
}

/// The sheet, while it is open.
#[component]
pub fn Report() -> impl IntoView {
    let view = view();
    let session = expect_context::<Session>();
    move || {
        let judgement = session.judgement.get().filter(|_| view.report.get())?;
        Some(view! { <Sheet judgement/> })
    }
}

#[component]
fn Sheet(judgement: Arc<Judgement>) -> impl IntoView {
    let view = view();
    let session = expect_context::<Session>();
    let report = Arc::new(drawn_up(session, &judgement));
    let rows = rows::Rows::new();
    let close = move || {
        view.report.set(false);
        request_animation_frame(|| {
            let _found = dom::focus_first("#report-print") || dom::focus_first("#grid");
        });
    };
    // A press on the paper takes the focus from wherever it was, so this listens to the window.
    let escape = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            close();
        }
    });
    on_cleanup(move || escape.remove());
    request_animation_frame(|| dom::focus("report-now"));
    let hash = hash(&report);
    let still = move || match rows.missing() {
        0 => "Everything is on the sheet.".to_owned(),
        missing => format!("Writing {}…", counted(missing as u64, "more line", "more lines")),
    };
    let print = move |_| {
        let _refused = window().print();
    };
    view! {
        <dialog id="report" open aria-labelledby="report-title" data-lines-missing=move || rows.missing().to_string()>
            <div class="report-bar">
                <button id="report-now" class="button" disabled=move || rows.missing().gt(&0) on:click=print>
                    "Print or save as PDF"
                </button>
                <button id="report-save" class="button" on:click=move |_| save(session)>"Save as JSON"</button>
                <span class="dim" role="status">{still}</span>
                <button id="report-close" class="plain" title="Close (Esc)" on:click=move |_| close()>"Close"</button>
            </div>
            <div class="report-desk" tabindex="0" role="region" aria-label="The report">
                <article class="paper">
                    <first::First report=report.clone() hash/>
                    <sections::Sections report rows/>
                </article>
            </div>
        </dialog>
    }
}

/// The SHA-256 of the JSON, once it is known: it ties a printed page to a file.
fn hash(report: &Arc<Findings>) -> RwSignal<Option<String>> {
    let known = RwSignal::new(None);
    if report.manifest.len() <= HASHED {
        let report = report.clone();
        // The sheet is to be seen first.
        set_timeout(
            move || {
                let hash = crate::integrity::hex(&Sha256::digest(report.json()));
                // The sheet may be gone by then.
                let _gone = known.try_set(Some(hash));
            },
            Duration::from_millis(50),
        );
    }
    known
}

/// A sentence about lines that are only in the JSON; `None` when all are printed.
fn left_to_json(all: usize, what: &str) -> Option<String> {
    (all > PRINTED).then(|| {
        format!(
            "These are {} {what}, too many for paper: only those that are not proved unchanged are listed here. The JSON \
             file of this report lists all of them.",
            grouped(all as u64)
        )
    })
}
