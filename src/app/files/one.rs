//! One file: what it is, what came of it, why not more, and its problems in full.

use crate::app::dom;
use crate::app::icons;
use crate::app::shown::{bytes, counted, grouped, visible};
use crate::problem::Problem;
use crate::session::file_list::Standing;
use crate::session::page::CaseFile;
use leptos::prelude::*;

/// The panel.
#[component]
pub(super) fn One(file: CaseFile, close: impl Fn() + 'static) -> impl IntoView {
    let standing = file.standing();
    let why = file.why_no_events();
    let hash = file.sha256();
    let problems = file.report.as_ref().map(|report| report.problems.clone()).unwrap_or_default();
    let title = match (&file.report, standing) {
        (Some(report), _) => report.kind.title(),
        (None, Standing::LeftOut) => "Left out",
        (None, Standing::Cancelled) => "Not read (cancelled)",
        (None, _) => "Waiting",
    };
    let fact = |name: &'static str, value: Option<String>| {
        value.map(|value| view! { <dt>{name}</dt><dd class="data">{value}</dd> })
    };
    let report = file.report.as_ref();
    let content = report.map(|report| report.content_bytes).filter(|content| Some(*content) != file.bytes);
    let rejected = report.filter(|report| report.rejected > 0).map(|report| grouped(u64::from(report.rejected)));
    let duplicates = (file.duplicates > 0).then(|| grouped(u64::from(file.duplicates)));
    view! {
        <aside id="file-detail" aria-label="Selected file">
            <div class="detail-head">
                <div class="headline">
                    <h2>{title}</h2>
                    <p class="data who">{visible(&file.path)}</p>
                </div>
                <button class="plain" aria-label="Close" on:click=move |_| close()>{icons::close()}</button>
            </div>
            {why.map(|why| view! { <p id="why-no-events"><b>"Why no events? "</b>{visible(&why)}</p> })}
            <dl class="facts-of">
                {fact("State", Some(standing.title().to_owned()))}
                {fact("Size", file.bytes.map(bytes))}
                {fact("Unpacked", content.filter(|content| *content > 0).map(bytes))}
                {fact("Events", report.map(|report| grouped(u64::from(report.events.saturating_sub(file.duplicates)))))}
                {fact("Data points", report.filter(|report| report.points > 0).map(|report| grouped(report.points)))}
                {fact("Duplicates", duplicates)}
                {fact("Rejected", rejected)}
                {fact("Files in it", (file.entries > 0).then(|| grouped(u64::from(file.entries))))}
                {hash.map(|hash| view! { <Hash hash/> })}
            </dl>
            {problems.is_empty().then(|| view! { <p class="dim none">"No problems."</p> })}
            {problems.into_iter().map(|problem| view! { <OneProblem problem/> }).collect_view()}
        </aside>
    }
}

#[component]
fn Hash(hash: String) -> impl IntoView {
    let copied = RwSignal::new(false);
    let text = StoredValue::new(hash.clone());
    let copy = move |_| {
        text.with_value(|text| dom::copy(text));
        copied.set(true);
    };
    view! {
        <dt>"SHA-256"</dt>
        <dd>
            <span id="file-sha256" class="data">{hash}</span>
            <button id="copy-sha256" class="plain" on:click=copy>{move || if copied.get() { "Copied" } else { "Copy" }}</button>
        </dd>
    }
}

/// Where a problem is: `record 7, bytes 1,024 to 1,080`.
fn place(problem: &Problem) -> Option<String> {
    let record = problem.record.map(|record| format!("record {}", grouped(u64::from(record))));
    let bytes = match (problem.at, problem.len) {
        (Some(at), Some(len)) if len > 1 => Some(format!("bytes {} to {}", grouped(at), grouped(at + len))),
        (Some(at), _) => Some(format!("byte {}", grouped(at))),
        (None, Some(len)) => Some(counted(len, "byte", "bytes")),
        (None, None) => None,
    };
    let parts: Vec<String> = record.into_iter().chain(bytes).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[component]
fn OneProblem(problem: Problem) -> impl IntoView {
    let place = place(&problem);
    let Problem { kind, what, outcome, times, .. } = problem;
    view! {
        <section class="problem" data-kind=format!("{kind:?}")>
            <h3><span class="failed" aria-hidden="true">"✕ "</span>{kind.title()}</h3>
            {place.map(|place| view! { <p class="data dim place">{place}</p> })}
            <p class="reason">{visible(&what)}</p>
            <p class="outcome">{visible(&outcome)}</p>
            {(times > 1).then(|| view! { <p class="dim">{format!("Found {} times in this file; the first is described.", grouped(u64::from(times)))}</p> })}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemKind;

    #[test]
    fn a_place_says_what_is_known() {
        let problem = |record, at, len| Problem {
            kind: ProblemKind::NotJson,
            record,
            at,
            len,
            what: String::new(),
            outcome: String::new(),
            times: 1,
        };
        assert_eq!(place(&problem(None, None, None)), None);
        assert_eq!(place(&problem(Some(1_007), None, None)).as_deref(), Some("record 1,007"));
        assert_eq!(place(&problem(Some(7), Some(1_024), Some(56))).as_deref(), Some("record 7, bytes 1,024 to 1,080"));
        assert_eq!(place(&problem(None, Some(3), None)).as_deref(), Some("byte 3"));
    }
}
