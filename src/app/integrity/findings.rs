//! The findings, the gravest first. Of many of one sort the first are shown, and the others on demand.

use super::custody::{Custody, Item, Tab, custody};
use crate::app::shown::{grouped, visible};
use crate::integrity::verdict::{Finding, FindingKind, Judgement};
use crate::integrity::words::Weight;
use crate::session::page::Session;
use leptos::prelude::*;
use std::sync::Arc;

/// Findings of one sort that are shown at first, and at most.
const FIRST: usize = 5;
const MOST: usize = 500;

/// Class and mark of a weight.
pub fn mark(weight: Weight) -> (&'static str, &'static str) {
    match weight {
        Weight::Altered => ("failed", "✕"),
        Weight::Open => ("denied", "!"),
        Weight::Note => ("dim", "·"),
    }
}

/// Findings of one sort, which stand side by side.
pub fn kinds(findings: &[Finding]) -> Vec<(FindingKind, std::ops::Range<usize>)> {
    let mut kinds: Vec<(FindingKind, std::ops::Range<usize>)> = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        match kinds.last_mut().filter(|(kind, _)| *kind == finding.kind) {
            Some((_, range)) => range.end = at + 1,
            None => kinds.push((finding.kind, at..at + 1)),
        }
    }
    kinds
}

/// The list.
#[component]
pub fn Findings() -> impl IntoView {
    let custody = custody();
    move || {
        let judgement = custody.shown();
        let kinds = kinds(&judgement.findings);
        if kinds.is_empty() {
            return view! { <p class="none-found dim">"No findings."</p> }.into_any();
        }
        let sections = kinds.into_iter().map(|(kind, range)| {
            let judgement = Arc::clone(&judgement);
            view! { <Kind judgement kind range/> }
        });
        view! { <div id="custody-findings">{sections.collect_view()}</div> }.into_any()
    }
}

#[component]
fn Kind(judgement: Arc<Judgement>, kind: FindingKind, range: std::ops::Range<usize>) -> impl IntoView {
    let custody = custody();
    let session = expect_context::<Session>();
    let all = RwSignal::new(false);
    let (class, mark) = mark(kind.weight());
    let count = range.len();
    let shown = move || {
        let most = if all.get() { MOST } else { FIRST };
        let findings = &judgement.findings[range.clone()];
        findings.iter().take(most).map(|finding| one(custody, session, &judgement, finding)).collect_view()
    };
    let fold = (count > FIRST).then(|| {
        let words = move || match (all.get(), count > MOST) {
            (false, _) => format!("Show {} more", grouped((count.min(MOST) - FIRST) as u64)),
            (true, true) => format!("Show fewer; {} more are in the report", grouped((count - MOST) as u64)),
            (true, false) => "Show fewer".to_owned(),
        };
        view! {
            <button class="plain" aria-expanded=move || all.get().to_string() on:click=move |_| all.update(|all| *all = !*all)>{words}</button>
        }
    });
    view! {
        <section class="finding" data-kind=kind.word()>
            <h3>
                <span class=format!("worth-mark {class}") aria-hidden="true">{mark}</span>
                {kind.title()}" "<span class="data dim">{grouped(count as u64)}</span>
            </h3>
            <ul>{shown}</ul>
            {fold}
        </section>
    }
}

/// The digest or log that a finding is about.
fn item_of(judgement: &Judgement, finding: &Finding) -> Option<Item> {
    let object = finding.object.as_ref()?;
    let file_fits = |file: Option<u32>| finding.file.is_none() || finding.file == file;
    let digest = judgement.digests.iter().position(|it| it.object == *object && file_fits(Some(it.file)));
    let log = || judgement.logs.iter().position(|it| it.object == *object && file_fits(it.file));
    digest.map(|at| Item::Digest(at as u32)).or_else(|| log().map(|at| Item::Log(at as u32)))
}

fn one(custody: Custody, session: Session, judgement: &Judgement, finding: &Finding) -> impl IntoView + use<> {
    let item = item_of(judgement, finding);
    let name = match (&finding.object, finding.file) {
        (Some(object), _) if !object.key.is_empty() => object.key.clone(),
        (_, Some(file)) => session.path(file),
        _ => String::new(),
    };
    let open = move |item: Item| {
        custody.open(item);
        custody.tab.update(|tab| {
            if *tab != Tab::Findings {
                *tab = Tab::Files;
            }
        });
    };
    let shown = match item {
        Some(item) => {
            view! { <button class="plain data name" on:click=move |_| open(item)>{visible(&name)}</button> }.into_any()
        }
        None => view! { <span class="data name">{visible(&name)}</span> }.into_any(),
    };
    view! { <li>{(!name.is_empty()).then_some(shown)}<span>{visible(&finding.what)}</span></li> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_of_one_sort_stand_together() {
        let finding = |kind| Finding { kind, object: None, file: None, what: String::new() };
        let findings = [FindingKind::LogModified, FindingKind::LogModified, FindingKind::Hole].map(finding);
        assert_eq!(kinds(&findings), [(FindingKind::LogModified, 0..2), (FindingKind::Hole, 2..3)]);
        assert!(kinds(&[]).is_empty());
    }
}
