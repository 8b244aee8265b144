//! The cells of a row.

use crate::app::columns::{CHARACTER, ERROR_CODE, PADDING, RESULT, is_name, is_source, width};
use crate::app::logs::lines;
use crate::app::pages::Line;
use crate::app::shown::{elided, short, visible, visible_lines, visible_text};
use crate::app::view::{Column, View};
use crate::app::worth;
use crate::app::zone::Zone;
use leptos::either::{Either, EitherOf3, EitherOf7};
use leptos::prelude::*;

/// The id of a cell: column 0 is the time.
pub(super) fn id(position: u64, column: usize) -> String {
    format!("grid-{position}-{column}")
}

/// Characters that a column of principals has room for, and one of log groups or streams.
pub(super) fn room(columns: &[Column]) -> (usize, usize) {
    let room = |fields: &[&str]| {
        let found = columns.iter().filter(|column| fields.contains(&column.field.as_str()));
        let wide = found.map(|column| (f64::from(width(column).0.saturating_sub(PADDING)) / CHARACTER) as usize);
        wide.min().unwrap_or(0).max(8)
    };
    (room(&["actor"]), room(&[lines::STREAM, lines::GROUP]))
}

/// How cells are drawn.
#[derive(Clone, Copy)]
pub(super) struct Looks {
    zone: Zone,
    /// Characters that a column of principals has room for.
    room: usize,
    /// Characters that a column of log groups or streams has room for.
    names: usize,
    /// Log lines alone: their times always have milliseconds.
    lines: bool,
    /// Messages have several lines.
    wrap: bool,
}

impl Looks {
    /// As a person chose.
    pub fn now(view: View, (room, names): (usize, usize)) -> Self {
        let lines = view.in_logs();
        Self { zone: view.zone.get(), room, names, lines, wrap: lines && view.wrap.get() }
    }
}

/// The cells of a row; bars in place of words while it is awaited.
pub(super) fn cells(position: u64, line: Option<&Line>, drawn: &[String], looks: Looks) -> impl IntoView + use<> {
    let Looks { zone, room, names, .. } = looks;
    let Some(line) = line else {
        return Either::Left(
            (0..=drawn.len()).map(|_| view! { <div class="cell" role="gridcell"><i></i></div> }).collect_view(),
        );
    };
    let full = |at| if looks.lines { zone.exact(at) } else { zone.full(at) };
    let time = line.row.time.map_or_else(|| "no time".to_owned(), full);
    // A log line is no call: its message stands where a call has its name, as far as there is nothing else to show.
    let named = drawn.iter().position(|field| is_name(field) && line.text(field).is_none());
    let is_line = line.text(lines::FORMAT).is_some_and(|format| format != "CloudTrail");
    let named = named.filter(|_| is_line && line.text(lines::MESSAGE).is_some());
    let empty = |field: &&String| line.text(field).is_none() && !is_source(field) && *field != lines::MESSAGE;
    let gone = named.map_or(0..0, |at| at + 1..at + 1 + drawn[at + 1..].iter().take_while(empty).count());
    let rest = drawn.iter().enumerate().map(|(at, field)| {
        let (id, text) = (id(position, at + 1), line.text(field));
        match field.as_str() {
            _ if gone.contains(&at) => EitherOf7::G(view! { <div class="cell gone" role="gridcell" id=id></div> }),
            RESULT => EitherOf7::A(result(id, text, line.text(ERROR_CODE))),
            field if worth::is_integrity(field) => EitherOf7::B(integrity(id, text)),
            lines::SEVERITY => EitherOf7::C(severity(id, text)),
            lines::MESSAGE => EitherOf7::D(message(id, text, None, looks.wrap, 0)),
            _ if named == Some(at) => {
                let (text, severity) = (line.text(lines::MESSAGE), line.text(lines::SEVERITY));
                EitherOf7::D(message(id, text, severity, false, gone.len() + 1))
            }
            // Its group stands where a call has its service.
            field if text.is_none() && is_source(field) && is_line => {
                EitherOf7::E(source(id, line.text(lines::FORMAT), line.text(lines::GROUP)))
            }
            lines::STREAM | lines::GROUP => EitherOf7::F(cell(id, field, text, names)),
            field => EitherOf7::F(cell(id, field, text, room)),
        }
    });
    let rest = rest.collect_view();
    Either::Right((view! { <div class="cell time" role="gridcell" id=id(position, 0)>{time}</div> }, rest))
}

fn cell(id: String, field: &str, text: Option<&str>, room: usize) -> impl IntoView + use<> {
    let class = if is_name(field) { "cell name" } else { "cell" };
    let title = text.map(|text| visible_text(text).into_owned());
    let shown = match text {
        None => EitherOf3::A(()),
        Some(text) if matches!(field, "actor" | lines::STREAM | lines::GROUP) => {
            EitherOf3::B(visible(&short(text, room)))
        }
        Some(text) => EitherOf3::C(visible(&elided(text, 200))),
    };
    view! { <div class=class role="gridcell" id=id title=title>{shown}</div> }
}

/// How an event ended: a failure by its code, with a mark that needs no colour; what went well is not in the way.
fn result(id: String, result: Option<&str>, code: Option<&str>) -> impl IntoView + use<> {
    let (class, glyph) = outcome_mark(result.unwrap_or_default());
    let said = code.filter(|code| !code.is_empty() && !class.is_empty()).or(result).unwrap_or_default();
    let title = [result, code].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let class = if class.is_empty() { "dim" } else { class };
    let glyph = (!glyph.is_empty()).then(|| view! { <span aria-hidden="true">{glyph}" "</span> });
    let said = visible(&elided(said, 200));
    view! {
        <div class="cell" role="gridcell" id=id title=visible_text(&title).into_owned()>
            <span class=class>{glyph}{said}</span>
        </div>
    }
}

/// What the evidence says of an event, with a mark that needs no colour; what is unchanged is not in the way.
fn integrity(id: String, value: Option<&str>) -> impl IntoView + use<> {
    let (class, glyph) = worth::mark(value.unwrap_or_default());
    let class = if class.is_empty() { "dim" } else { class };
    let glyph = (!glyph.is_empty()).then(|| view! { <span aria-hidden="true">{glyph}" "</span> });
    let shown = value.map(visible);
    view! { <div class="cell" role="gridcell" id=id><span class=class>{glyph}{shown}</span></div> }
}

/// How bad a log line says things are, with a mark that needs no colour; what is ordinary is not in the way.
fn severity(id: String, value: Option<&str>) -> impl IntoView + use<> {
    let (class, glyph) = lines::mark(value.unwrap_or_default());
    let class = if class.is_empty() { "dim" } else { class };
    let glyph = (!glyph.is_empty()).then(|| view! { <span aria-hidden="true">{glyph}" "</span> });
    let shown = value.map(visible);
    view! { <div class="cell" role="gridcell" id=id><span class=class>{glyph}{shown}</span></div> }
}

/// A message, on one line or on several; `severity` marks one that stands among calls, where it goes on over `columns`.
fn message(
    id: String,
    text: Option<&str>,
    severity: Option<&str>,
    wrap: bool,
    columns: usize,
) -> impl IntoView + use<> {
    let text = text.map(lines::without_escapes);
    let title = text.as_ref().map(|text| lines::as_title(text));
    let (class, glyph) = severity.map_or(("", ""), lines::mark);
    let glyph = (!glyph.is_empty()).then(|| view! { <span class=class aria-hidden="true">{glyph}" "</span> });
    let shown = text.map(|text| {
        if wrap {
            Either::Left(visible_lines(text.trim_end()))
        } else {
            Either::Right(visible(&lines::on_one_line(&text)))
        }
    });
    let over = (columns > 1).then(|| format!("span {columns}"));
    view! { <div class="cell log-text" role="gridcell" id=id title=title style:grid-column=over>{glyph}{shown}</div> }
}

/// Where a log line stands.
fn source(id: String, format: Option<&str>, group: Option<&str>) -> impl IntoView + use<> {
    let said = [format, group].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let shown = visible(&elided(group.or(format).unwrap_or_default(), 200));
    view! { <div class="cell dim" role="gridcell" id=id title=visible_text(&said).into_owned()>{shown}</div> }
}

/// The class and mark of a result; empty for what is no failure.
pub(in crate::app) fn outcome_mark(result: &str) -> (&'static str, &'static str) {
    match result {
        "denied" => ("denied", "⊘"),
        "error" => ("failed", "✕"),
        _ => ("", ""),
    }
}
