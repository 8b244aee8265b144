//! The room of events: the table.

use super::ask::asker;
use super::columns::{self, ACTOR, ERROR_CODE, NAME, RESULT};
use super::grid::{Parts, grid};
use super::icons;
use super::pages::{Line, Pages};
use super::shown::{elided, visible, visible_text};
use super::view::view;
use super::zone::Zone;
use crate::query::order::SortBy;
use crate::session::page::{Phase, Session};
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

/// The room.
#[component]
pub fn Events() -> impl IntoView {
    let view = view();
    let asker = asker();
    let pages = expect_context::<Pages>();
    let row = move |position: u64| {
        let line = pages.line(position);
        let here = view.cursor.get() == Some(position);
        let zone = view.zone.get();
        view! {
            <div
                class="row"
                class:here=here
                class:awaited=line.is_none()
                role="row"
                id=format!("grid-{position}")
                data-index=position.to_string()
                aria-rowindex=(position + 2).to_string()
                aria-selected=here.to_string()
            >
                {cells(line.as_deref(), zone)}
            </div>
        }
    };
    let parts = Parts { id: "grid", label: "Events", columns: columns::TITLES.len() + 1, header: Header(), row };
    let table = grid(view.scroll, view.cursor, parts, move |position| {
        view.select(position);
        view.detail.set(true);
    });
    view! {
        <main id="events" class="room" aria-label="Events">
            <div class="table-place" class:dimmed=move || asker.dimmed.get() || view.fault.with(Option::is_some)>
                {table}
                <Nothing/>
            </div>
        </main>
    }
}

/// The cells of a row; bars in place of words while it is awaited.
fn cells(line: Option<&Line>, zone: Zone) -> impl IntoView + use<> {
    let Some(line) = line else {
        return Either::Left(
            (0..=columns::TITLES.len())
                .map(|_| view! { <div class="cell" role="gridcell"><i></i></div> })
                .collect_view(),
        );
    };
    let time = line.row.time.map_or_else(|| "no time".to_owned(), |at| zone.full(at));
    let text = |column: usize| line.row.cells.get(column).and_then(|cell| cell.as_deref());
    let rest = (0..columns::TITLES.len()).map(|column| match column {
        RESULT => Either::Left(result(text(RESULT), text(ERROR_CODE))),
        column => Either::Right(cell(column, text(column))),
    });
    Either::Right((view! { <div class="cell time" role="gridcell">{time}</div> }, rest.collect_view()))
}

fn cell(column: usize, text: Option<&str>) -> impl IntoView + use<> {
    let class = match column {
        NAME => "cell name",
        _ => "cell",
    };
    let title = text.map(|text| visible_text(text).into_owned());
    let shown = match text {
        None => EitherOf3::A(()),
        Some(text) if column == ACTOR => EitherOf3::B(visible(&principal(text))),
        Some(text) => EitherOf3::C(visible(&elided(text, 200))),
    };
    view! { <div class=class role="gridcell" title=title>{shown}</div> }
}

/// How an event ended: a failure by its code, with a mark that needs no colour; what went well is not in the way.
fn result(result: Option<&str>, code: Option<&str>) -> impl IntoView + use<> {
    let (class, glyph) = outcome_mark(result.unwrap_or_default());
    let said = code.filter(|code| !code.is_empty() && !class.is_empty()).or(result).unwrap_or_default();
    let title = [result, code].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let class = if class.is_empty() { "dim" } else { class };
    let glyph = (!glyph.is_empty()).then(|| view! { <span aria-hidden="true">{glyph}" "</span> });
    let said = visible(&elided(said, 200));
    view! { <div class="cell" role="gridcell" title=visible_text(&title).into_owned()><span class=class>{glyph}{said}</span></div> }
}

/// The class and mark of a result; empty for what is no failure.
pub(super) fn outcome_mark(result: &str) -> (&'static str, &'static str) {
    match result {
        "denied" => ("denied", "⊘"),
        "error" => ("failed", "✕"),
        _ => ("", ""),
    }
}

/// Characters of a principal that the narrowest column has room for.
const PRINCIPAL_LENGTH: usize = 38;

/// A principal as short as it has to be: of a long ARN what stands before the resource goes first, and of an assumed role
/// the beginnings of both the role and the session stay in sight.
fn principal(text: &str) -> String {
    let length = |text: &str| text.chars().count();
    if length(text) <= PRINCIPAL_LENGTH {
        return text.to_owned();
    }
    let resource = text.rsplit_once(':').map_or(text, |(_, resource)| resource);
    let session = resource.strip_prefix("assumed-role/").and_then(|role| role.rsplit_once('/'));
    let Some((role, session)) = session else { return format!("…{}", elided(resource, PRINCIPAL_LENGTH - 1)) };
    // What one does not need of the room, the other has.
    let room = PRINCIPAL_LENGTH - 3;
    let role = begun(role, room.saturating_sub(length(session)).max(room * 2 / 5));
    let session = begun(session, room - length(&role));
    format!("…/{role}/{session}")
}

/// A text's beginning.
fn begun(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}

#[component]
fn Header() -> impl IntoView {
    let view = view();
    let heading = move |by: SortBy, title: Signal<String>| {
        let column = by.clone();
        let sorted = Memo::new(move |_| view.order.with(|order| (order.by == column).then_some(order.descending)));
        let said = move || match sorted.get() {
            None => "none",
            Some(false) => "ascending",
            Some(true) => "descending",
        };
        view! {
            <div class="cell" role="columnheader" aria-sort=said>
                <button class="sort" on:click=move |_| view.sort(by.clone())>
                    {title}
                    <span class="arrow" aria-hidden="true">
                        {move || sorted.get().map(|descending| if descending { " ↓" } else { " ↑" })}
                    </span>
                </button>
            </div>
        }
    };
    let time = Signal::derive(move || format!("Time ({})", view.zone.get().name()));
    let rest = columns::TITLES.iter().enumerate();
    let rest = rest.map(|(column, title)| heading(columns::sort(column), Signal::stored((*title).to_owned())));
    (heading(SortBy::Time, time), rest.collect_view())
}

/// What stands in the place of rows where there are none.
#[component]
fn Nothing() -> impl IntoView {
    let view = view();
    let asker = asker();
    let session = expect_context::<Session>();
    move || {
        let (shown, total) = asker.answer.with(|answer| (answer.shown, answer.total));
        let phase = session.progress.with(|progress| progress.phase);
        if shown > 0 {
            return None;
        }
        let (head, what) = match (total, phase) {
            (0, Phase::Looking | Phase::Reading | Phase::Checking) => {
                ("Reading", "Events appear here as the files come in.")
            }
            (0, _) => {
                ("No events", "None of the files holds CloudTrail records that could be read. Files has the reasons.")
            }
            _ => ("No event matches", "Clear the search with Esc, or go back to a longer range of time."),
        };
        let back = (total > 0 && !view.zoom.with(Vec::is_empty)).then(|| {
            view! { <button class="plain" on:click=move |_| view.zoom.set(Vec::new())>"Show all of time"</button> }
        });
        Some(view! { <div class="nothing">{icons::search()}<p class="title">{head}</p><p>{what}</p>{back}</div> })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_keep_what_tells_them_apart() {
        assert_eq!(principal("AWS Internal"), "AWS Internal");
        assert_eq!(principal("arn:aws:iam::777788889999:user/felix.amsler"), "…user/felix.amsler");
        let role = "arn:aws:sts::777788889999:assumed-role/AWSReservedSSO_ReadOnly_0123/greta.holm@harborline.example";
        assert_eq!(principal(role), "…/AWSReservedSS…/greta.holm@harborlin…");
    }
}
