//! The chain of a stream, drawn as links: each digest a mark, joined to the one before it that it names; a hole where that one
//! was not supplied, a restart where it names none.

use super::custody::{Item, custody, mark_of_digest};
use crate::app::dom;
use crate::app::shown::{counted, grouped, visible};
use crate::app::view::view;
use crate::app::zone::Zone;
use crate::integrity::verdict::{Coverage, DigestStatus, Interval, Judgement};
use crate::integrity::words;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Marks on the screen at once; of a longer chain a part is shown.
const MOST: usize = 336;

/// A mark of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A digest, by number.
    Digest(u32),
    /// A hole or a restart, by the number of its interval.
    Break(usize),
}

/// The marks of a stream in the order of time.
#[must_use]
pub fn marks(judgement: &Judgement, stream: u32) -> Vec<Mark> {
    let Some(stream) = judgement.streams.get(stream as usize) else { return Vec::new() };
    let is_break = |interval: &Interval| matches!(interval.coverage, Coverage::Hole { .. } | Coverage::Restart { .. });
    let mut breaks: Vec<(u32, usize)> = stream
        .intervals
        .iter()
        .enumerate()
        .filter(|(_, interval)| is_break(interval))
        .map(|(at, interval)| (interval.digest, at))
        .collect();
    breaks.sort_unstable();
    let before = |digest: u32| {
        let first = breaks.partition_point(|(of, _)| *of < digest);
        breaks[first..].iter().take_while(move |(of, _)| *of == digest).map(|(_, at)| Mark::Break(*at))
    };
    stream.digests.iter().flat_map(|&digest| before(digest).chain([Mark::Digest(digest)])).collect()
}

/// The chain.
#[component]
pub fn Chain() -> impl IntoView {
    let custody = custody();
    let view = view();
    let all = Memo::new(move |_| marks(&custody.shown(), custody.stream.get()));
    let first = RwSignal::new(0usize);
    // A digest that was opened comes into sight.
    Effect::new(move || {
        let open = custody.open.get();
        let (place, total) = all.with(|all| {
            let place = open.and_then(|open| match open {
                Item::Digest(at) => all.iter().position(|mark| *mark == Mark::Digest(at)),
                Item::Log(_) => None,
            });
            (place, all.len())
        });
        let now = first.get_untracked();
        match place {
            Some(place) if !(now..now + MOST).contains(&place) => first.set(place / MOST * MOST),
            None if now >= total => first.set(0),
            _ => {}
        }
    });
    let options = move || {
        let chart = custody.chart.get();
        let rows = chart.rows.iter().filter_map(|row| row.stream.map(|stream| (stream, row.name.clone())));
        rows.map(|(stream, name)| {
            let shown = crate::app::shown::visible_text(&name).into_owned();
            view! { <option value=stream.to_string() selected=move || custody.stream.get() == stream>{shown}</option> }
        })
        .collect_view()
    };
    let choose = move |event: web_sys::Event| {
        if let Ok(stream) = event_target_value(&event).parse() {
            custody.stream.set(stream);
            first.set(0);
        }
    };
    let links = move || {
        let (judgement, zone, stream) = (custody.shown(), view.zone.get(), custody.stream.get());
        let from = first.get();
        let all = all.get();
        let shown = &all[from.min(all.len())..(from + MOST).min(all.len())];
        let mut day = String::new();
        let marks = shown.iter().enumerate().map(|(at, mark)| {
            let (this, drawn) = one(&judgement, stream, *mark, at == 0, zone);
            let label = (this != day).then(|| {
                day.clone_from(&this);
                view! { <span class="day-of data">{this}</span> }
            });
            (label, drawn)
        });
        marks.collect_view()
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => 1,
            "ArrowLeft" | "ArrowUp" => -1,
            _ => return,
        };
        let buttons: Vec<_> =
            dom::children_of("#custody-links").into_iter().filter(|it| it.tag_name() == "BUTTON").collect();
        let now = document().active_element().and_then(|focus| buttons.iter().position(|button| *button == focus));
        let to = now.map_or(0, |now| now.saturating_add_signed(step)).min(buttons.len().saturating_sub(1));
        if let Some(button) = buttons.get(to).and_then(|button| button.dyn_ref::<web_sys::HtmlElement>()) {
            event.prevent_default();
            let _focused = button.focus();
        }
    };
    let pages = move || {
        let total = all.with(Vec::len);
        let from = first.get();
        (total > MOST).then(|| view! {
            <button class="plain" disabled=from == 0 on:click=move |_| first.set(from.saturating_sub(MOST))>"Earlier"</button>
            <span class="data dim">{format!("{}–{} of {}", grouped(from as u64 + 1), grouped((from + MOST).min(total) as u64), grouped(total as u64))}</span>
            <button class="plain" disabled=from + MOST >= total on:click=move |_| first.set(from + MOST)>"Later"</button>
        })
    };
    view! {
        <div id="custody-chain">
            <div class="chain-head">
                <label>"Chain of "<select id="custody-stream" on:change=choose>{options}</select></label>
                {pages}
                <span class="dim">"Each mark is a digest, joined to the one before it that it names. Arrow keys move, Enter opens."</span>
            </div>
            <div id="custody-links" role="toolbar" aria-label="Digests of the chain" on:keydown=key>{links}</div>
        </div>
    }
}

/// A mark, and the day it stands at.
fn one(judgement: &Judgement, stream: u32, mark: Mark, first: bool, zone: Zone) -> (String, AnyView) {
    let custody = custody();
    match mark {
        Mark::Digest(at) => {
            let Some(digest) = judgement.digests.get(at as usize) else { return (String::new(), ().into_any()) };
            let (from, to) = digest.span;
            let mark = match digest.status {
                DigestStatus::Authentic if digest.logs.is_empty() => "·",
                DigestStatus::Authentic => "",
                _ => mark_of_digest(digest.status).1,
            };
            let class = match digest.status {
                DigestStatus::Authentic => "proved",
                DigestStatus::NotAuthentic => "refuted",
                DigestStatus::Unproven => "open",
            };
            let said = format!(
                "{}: {}, {}",
                zone.span_with_year(from, to),
                digest.status.title(),
                counted(digest.logs.len() as u64, "log", "logs")
            );
            let drawn = view! {
                <button
                    class=format!("link {class}")
                    class:here=move || custody.open.get() == Some(Item::Digest(at))
                    class:alone=digest.previous.is_none()
                    data-digest=at.to_string()
                    tabindex=if first { "0" } else { "-1" }
                    aria-label=said.clone()
                    title=said
                    on:click=move |_| custody.open(Item::Digest(at))
                >
                    {mark}
                </button>
            };
            (zone.day(to), drawn.into_any())
        }
        Mark::Break(at) => {
            let interval = judgement.streams.get(stream as usize).and_then(|stream| stream.intervals.get(at));
            let Some(interval) = interval else { return (String::new(), ().into_any()) };
            let (class, mark) = match interval.coverage {
                Coverage::Restart { .. } => ("restart", "↻"),
                _ => ("hole", "✕"),
            };
            let after = interval.digest;
            let said = format!("{}: {}", zone.span_with_year(interval.from, interval.to), interval.coverage.said());
            let words = match &interval.coverage {
                Coverage::Hole { estimate, open: false, .. } => format!("{mark} {}", grouped(u64::from(*estimate))),
                _ => mark.to_owned(),
            };
            let drawn = view! {
                <button
                    class=format!("break {class}")
                    data-break=class
                    tabindex=if first { "0" } else { "-1" }
                    aria-label=said.clone()
                    title=said
                    on:click=move |_| custody.open(Item::Digest(after))
                >
                    {words}
                </button>
            };
            (zone.day(interval.to), drawn.into_any())
        }
    }
}

/// The break before a digest, told in the detail of the digest.
#[component]
pub fn Before(at: u32) -> impl IntoView {
    let custody = custody();
    let view = view();
    let judgement = custody.now();
    let stream = judgement.digests.get(at as usize).and_then(|digest| digest.stream);
    let stream = stream.and_then(|stream| judgement.streams.get(stream as usize));
    let breaks: Vec<Interval> = stream
        .iter()
        .flat_map(|stream| &stream.intervals)
        .filter(|interval| {
            interval.digest == at && matches!(interval.coverage, Coverage::Hole { .. } | Coverage::Restart { .. })
        })
        .cloned()
        .collect();
    let told = move |interval: Interval| {
        let zone = view.zone.get();
        let names = match &interval.coverage {
            Coverage::Hole { points_at, .. } => {
                Some(view! { <p class="data key">{visible(&points_at.key)}</p> }.into_any())
            }
            Coverage::Restart { switches, .. } if !switches.is_empty() => {
                let lines = switches.iter().take(8).map(|switch| {
                    view! { <li class="data">{zone.full(switch.at)}" "{visible(&switch.name)}" "{visible(&switch.actor)}</li> }
                });
                Some(view! { <ul>{lines.collect_view()}</ul> }.into_any())
            }
            _ => None,
        };
        view! {
            <p class="break-said"><span class="denied" aria-hidden="true">"! "</span>{zone.span(interval.from, interval.to)}": "{interval.coverage.said()}</p>
            {names}
        }
    };
    move || breaks.clone().into_iter().map(told).collect_view()
}

/// The digests before and after one, by name: known ones can be gone to.
#[must_use]
pub fn previous(judgement: &Judgement, at: u32) -> Option<u32> {
    let digest = judgement.digests.get(at as usize)?;
    // Whoever names this one is its next; so its previous is whoever has it as that.
    let stream = judgement.streams.get(digest.stream? as usize)?;
    stream.digests.iter().copied().find(|&other| judgement.digests[other as usize].next.contains(&at))
}

/// What a proof says, in the order in which they are known.
#[must_use]
pub fn proofs(digest: &crate::integrity::verdict::DigestVerdict) -> Vec<&'static str> {
    digest.proofs.iter().map(|proof| proof.said()).collect()
}

/// What is odd about a digest, in words.
#[must_use]
pub fn flags(digest: &crate::integrity::verdict::DigestVerdict) -> Vec<String> {
    digest.flags.iter().map(|flag| words::flag_said(*flag, digest.key_region.as_deref())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrity::Object;
    use crate::integrity::verdict::{DigestVerdict, Stream};

    #[test]
    fn breaks_stand_before_the_digest_that_tells_of_them() {
        let interval = |digest, coverage| Interval { from: 0, to: 1, coverage, digest };
        let hole = Coverage::Hole { points_at: Object::default(), supplied: false, estimate: 1, open: false };
        let intervals = vec![
            interval(4, Coverage::Unproved),
            interval(2, hole),
            interval(2, Coverage::Unproved),
            interval(7, Coverage::Restart { switches: Vec::new(), explained: true }),
        ];
        let judgement = Judgement {
            digests: vec![DigestVerdict::default(); 8],
            streams: vec![Stream { digests: vec![4, 2, 7], intervals, ..Stream::default() }],
            ..Judgement::default()
        };
        let (digest, broken) = (Mark::Digest, Mark::Break);
        assert_eq!(marks(&judgement, 0), [digest(4), broken(1), digest(2), broken(3), digest(7)]);
        assert!(marks(&judgement, 1).is_empty());
    }
}
