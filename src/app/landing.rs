//! What is seen before anything was dropped, and the ways in besides dropping.

use super::{again, dom, icons, link};
use crate::session::page::{Session, fetch_sample};
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How the logs come out of the bucket.
const COMMAND: &str = "aws s3 sync s3://BUCKET/AWSLogs ./AWSLogs";

/// The empty page.
#[component]
pub fn Landing() -> impl IntoView {
    let copied = RwSignal::new(false);
    view! {
        <main id="landing">
            <div id="drop-zone">
                {icons::drop_in()}
                <h1>"Drop a folder of CloudTrail logs"</h1>
                <p>"Log files as CloudTrail delivers them to S3, gzipped or not, in folders of any depth."</p>
                <Choose/>
                <again::Again/>
                <link::Note/>
            </div>
            <Sample/>
            <div class="facts">
                <p>
                    <b>"Nothing is uploaded."</b>
                    " The files are read in this tab. The page’s policy forbids it to connect to any server but the one it came \
                    from, and once loaded it works offline."
                </p>
                <p>"To fetch the logs from the trail’s bucket:"</p>
                <div class="command">
                    <code class="data">{COMMAND}</code>
                    <button
                        class="plain"
                        on:click=move |_| {
                            dom::copy(COMMAND);
                            copied.set(true);
                        }
                    >
                        {move || if copied.get() { "Copied" } else { "Copy" }}
                    </button>
                </div>
            </div>
        </main>
    }
}

/// How far the fetching of the sample case is.
#[derive(Clone, PartialEq)]
enum Fetching {
    No,
    Yes,
    Failed(String),
}

/// The way in for those without logs at hand.
#[component]
fn Sample() -> impl IntoView {
    let session = expect_context::<Session>();
    let fetching = RwSignal::new(Fetching::No);
    let busy = move || fetching.get() == Fetching::Yes;
    let open = move |_| {
        fetching.set(Fetching::Yes);
        spawn_local(async move {
            let fetched = fetch_sample().await;
            // Whoever dropped something of their own meanwhile does not want it in the same case.
            if fetching.try_get_untracked().is_none() {
                return;
            }
            match fetched {
                Ok(file) => session.take(file),
                Err(sentence) => fetching.set(Fetching::Failed(sentence)),
            }
        });
    };
    view! {
        <div class="facts sample">
            <button id="open-sample" class="button" disabled=busy on:click=open>
                {move || if busy() { "Fetching the sample case…" } else { "Open the sample case" }}
            </button>
            <p>
                "An invented organisation of three accounts, three days, 25,000 events and log lines, one intrusion. 4.6 MB fetched \
                from this site; nothing of yours is sent."
            </p>
            <p id="sample-failed" class="failed" role="status">
                {move || match fetching.get() {
                    Fetching::Failed(sentence) => sentence,
                    _ => String::new(),
                }}
            </p>
        </div>
    }
}

/// Buttons that open the browser's dialogs for a folder and for files.
#[component]
pub fn Choose() -> impl IntoView {
    view! {
        <div class="choose">
            <Chooser id="choose-folder" words="Choose folder…" folder=true/>
            <Chooser id="choose-files" words="Choose files…" folder=false/>
        </div>
    }
}

#[component]
fn Chooser(id: &'static str, words: &'static str, folder: bool) -> impl IntoView {
    let session = expect_context::<Session>();
    let input = NodeRef::<Input>::new();
    Effect::new(move || {
        // The view macro does not know this attribute.
        if let Some(input) = input.get()
            && folder
        {
            let _ = input.set_attribute("webkitdirectory", "");
        }
    });
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        if let Some(files) = input.files() {
            session.choose(&files);
            // Emptied afterwards, so that the same folder can be chosen again; later, since the list is still being read.
            spawn_local(async move { input.set_value("") });
        }
    };
    let open = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    view! {
        <button class="button" on:click=open>{words}</button>
        <input
            id=id
            class="unseen"
            tabindex="-1"
            aria-hidden="true"
            type="file"
            multiple
            node_ref=input
            on:change=chosen
        />
    }
}
