//! The digest or log that is open: its verdict in words, what it rests on, and what would settle it.

use super::chain::{self, Before};
use super::copy::{Command, Copy};
use super::custody::{Custody, Item, Narrow, Tab, custody, mark_of_log, status_of};
use crate::app::icons;
use crate::app::shown::{counted, elided, grouped, visible, visible_lines, visible_text};
use crate::app::view::{Room, view};
use crate::integrity::verdict::{DigestVerdict, Judgement, LogVerdict};
use crate::integrity::{hex, words};
use crate::query::kql::written_value;
use crate::session::page::Session;
use leptos::prelude::*;
use std::sync::Arc;

/// Logs of a digest that are listed beside it; the table has them all.
const LOGS: usize = 60;

/// The panel; nothing while nothing is open.
#[component]
pub fn One() -> impl IntoView {
    let custody = custody();
    move || {
        let item = custody.open.get()?;
        let judgement = custody.shown();
        let (digest, log) = match item {
            Item::Digest(at) => (judgement.digests.get(at as usize), None),
            Item::Log(at) => (None, judgement.logs.get(at as usize)),
        };
        let object = digest.map(|digest| &digest.object).or(log.map(|log| &log.object))?;
        let (class, mark, status) = status_of(digest, log);
        let body = match (digest, item) {
            (Some(digest), Item::Digest(at)) => of_digest(custody, &judgement, at, digest).into_any(),
            _ => log.map(|log| of_log(custody, &judgement, log)).into_any(),
        };
        let sort = if digest.is_some() { "Digest" } else { "Log" };
        Some(view! {
            <aside id="custody-detail" aria-label="Selected digest or log">
                <div class="detail-head">
                    <div class="headline">
                        <h2 class=class><span class="worth-mark" aria-hidden="true">{mark}</span>{format!("{sort}: {}", lower(status))}</h2>
                        <p class="data who">{visible(object.name())}</p>
                    </div>
                    <button class="plain" aria-label="Close" on:click=move |_| custody.open.set(None)>{icons::close()}</button>
                </div>
                {body}
            </aside>
        })
    }
}

fn lower(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// A line of a list of facts.
fn fact(name: &'static str, value: Option<impl IntoView + 'static>) -> impl IntoView {
    value.map(|value| view! { <dt>{name}</dt><dd class="data">{value}</dd> })
}

fn text(value: &str) -> Option<impl IntoView + use<>> {
    (!value.is_empty()).then(|| visible(value))
}

/// What is open and the command that would settle it.
fn settle(command: Option<String>) -> impl IntoView {
    command.map(|command| {
        view! {
            <section class="settle">
                <h3>"What would tell more"</h3>
                <Command text=command id="custody-command"/>
            </section>
        }
    })
}

fn flags(flags: Vec<String>) -> impl IntoView {
    let list =
        flags.into_iter().map(|said| view! { <li><span class="denied" aria-hidden="true">"! "</span>{said}</li> });
    view! { <ul class="flags">{list.collect_view()}</ul> }
}

/// A way to another digest.
fn to_digest(custody: Custody, judgement: &Judgement, at: u32) -> impl IntoView + use<> {
    let name = judgement.digests.get(at as usize).map(|digest| digest.object.name().to_owned()).unwrap_or_default();
    view! { <button class="plain name" data-digest=at.to_string() on:click=move |_| custody.open(Item::Digest(at))>{visible(&name)}</button> }
}

fn of_digest(custody: Custody, judgement: &Arc<Judgement>, at: u32, digest: &DigestVerdict) -> impl IntoView + use<> {
    let session = expect_context::<Session>();
    let view = view();
    let reason = words::digest_reason(judgement, digest);
    let (from, to) = digest.span;
    let covers = (to > from)
        .then_some(move || format!("{} {}", view.zone.get().span_with_year(from, to), view.zone.get().name()));
    let stream = digest.stream.and_then(|stream| judgement.streams.get(stream as usize));
    let stream = stream.map(|stream| visible_text(&words::stream_name(&stream.id, true)).into_owned());
    let proofs = chain::proofs(digest).into_iter().map(|said| view! { <li>"✓ "{said}</li> }).collect_view();
    let previous = match (chain::previous(judgement, at), &digest.previous) {
        (Some(previous), _) => to_digest(custody, judgement, previous).into_any(),
        (None, Some(object)) => view! { <span>{visible(&object.key)}" (not supplied)"</span> }.into_any(),
        (None, None) => view! { <span class="dim">"none: a chain begins with it"</span> }.into_any(),
    };
    let next: Vec<_> = digest.next.iter().take(4).map(|&next| to_digest(custody, judgement, next)).collect();
    let next = if next.is_empty() {
        view! { <span class="dim">"none supplied"</span> }.into_any()
    } else {
        next.collect_view().into_any()
    };
    let logs = digest.logs.iter().take(LOGS).map(|&at| {
        let log = judgement.logs.get(at as usize)?;
        let (class, mark) = mark_of_log(log.status);
        Some(view! {
            <li>
                <span class=format!("worth-mark {class}") title=log.status.title()>{mark}</span>
                <button class="plain data name" on:click=move |_| custody.open(Item::Log(at))>{visible(&elided(log.object.name(), 64))}</button>
                <span class=class>{log.status.title()}</span>
            </li>
        })
    });
    let logs = logs.collect_view();
    let list_logs = move |_| {
        custody.narrow.set(Some(Narrow::Digest(at)));
        custody.tab.set(Tab::Files);
    };
    let count = digest.logs.len() as u64;
    let signature = digest.own_signature.clone().map(|it| (it, "from S3's metadata"));
    let signature = signature.or_else(|| digest.next_signature.clone().map(|it| (it, "from the next digest")));
    view! {
        <p class="verdict">{digest.status.said()}</p>
        {(digest.status != crate::integrity::verdict::DigestStatus::Authentic).then(|| view! { <p class="verdict" id="custody-why">{visible(&reason)}</p> })}
        <ul class="proofs">{proofs}</ul>
        {flags(chain::flags(digest))}
        <Before at/>
        {settle(digest.command.clone())}
        <dl class="facts-of">
            {fact("Covers", covers)}
            {fact("Stream", stream)}
            {fact("Previous", Some(previous))}
            {fact("Next", Some(next))}
            {fact("Key", text(&digest.fingerprint))}
            {fact("SHA-256", digest.sha256.map(|hash| hex(&hash)))}
            {fact("Signature", signature.map(|(hex, from)| view! { <span title=visible_text(&hex).into_owned()>{visible(&elided(&hex, 32))}</span>" "{from}" "<Copy text=hex.clone() what="the signature"/> }))}
            {fact("Bucket", text(&digest.object.bucket))}
            {fact("Object", text(&digest.object.key))}
            {fact("Original", digest.original.as_ref().map(|object| visible(&format!("s3://{}/{}", object.bucket, object.key))))}
            {fact("File", text(&session.path(digest.file)))}
        </dl>
        {(!digest.signing_string.is_empty()).then(|| view! {
            <section class="signing">
                <h3>"The string that is signed "<Copy text=digest.signing_string.clone() what="the string that is signed"/></h3>
                <pre id="custody-signing" tabindex="0">{visible_lines(&digest.signing_string)}</pre>
            </section>
        })}
        <section class="digest-logs">
            <h3>
                {match count {
                    0 => "CloudTrail states that no log was delivered".to_owned(),
                    count => format!("{} that it names", counted(count, "log", "logs")),
                }}" "
                {(count > 0).then(|| view! { <button class="plain" on:click=list_logs>"List them"</button> })}
            </h3>
            <ul>{logs}</ul>
            {(count > LOGS as u64).then(|| view! { <p class="dim">{format!("and {} more", grouped(count - LOGS as u64))}</p> })}
        </section>
    }
}

fn of_log(custody: Custody, judgement: &Arc<Judgement>, log: &LogVerdict) -> impl IntoView + use<> {
    let session = expect_context::<Session>();
    let view = view();
    let delivered = log.delivered.map(|at| move || format!("{} {}", view.zone.get().full(at), view.zone.get().name()));
    let path = log.file.map(|file| session.path(file)).unwrap_or_default();
    let events = log
        .file
        .map_or(0, |file| session.files(|files| files.get(file as usize).map_or(0, |file| u64::from(file.events()))));
    let query = format!("file: {}", written_value(&path));
    let show = move |_| {
        view.search(query.clone());
        view.room.set(Room::Events);
    };
    let said = log.flags.iter().map(|flag| words::flag_said(*flag, None)).collect();
    let digest = log.digest.map(|at| to_digest(custody, judgement, at));
    view! {
        <p class="verdict" id="custody-why">{words::log_reason(log)}</p>
        {log.identified_by.said().map(|said| view! { <p class="verdict dim">{said}</p> })}
        {flags(said)}
        {settle(log.command.clone())}
        <dl class="facts-of">
            {fact("Recorded", log.recorded.as_deref().map(|hash| view! { <span id="custody-recorded">{visible(&elided(hash, 200))}</span> }))}
            {fact("Found", log.sha256.map(|hash| view! { <span id="custody-found">{hex(&hash)}</span> }))}
            {fact("Digest", digest)}
            {fact("Delivered", delivered)}
            {fact("Account", text(&log.account))}
            {fact("Region", text(&log.region))}
            {fact("Bucket", text(&log.object.bucket))}
            {fact("Object", text(&log.object.key))}
            {fact("File", text(&path))}
        </dl>
        {(events > 0).then(|| view! {
            <p class="verdict"><button id="custody-events" class="plain" on:click=show>{format!("Show its {}", counted(events, "event", "events"))}</button></p>
        })}
    }
}
