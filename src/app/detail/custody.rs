//! What the evidence says of an event, below its sentence: the verdict, why, and what would tell more.

use super::act::copy_button;
use crate::app::shown::{elided, visible, visible_text};
use crate::app::view::{Room, Selected, view};
use crate::app::worth;
use crate::integrity::Object;
use crate::integrity::of_event::{self, Piece};
use crate::session::page::Session;
use leptos::either::Either;
use leptos::prelude::*;

/// Characters of a digest's name that are shown.
const NAME: usize = 64;

/// The mark; nothing where no digest was supplied.
#[component]
pub fn Custody(event: Selected) -> impl IntoView {
    let session = expect_context::<Session>();
    let view = view();
    move || {
        session.judgement.with(|judgement| {
            let evidence = of_event::of_record(judgement.as_ref()?, event.file, event.record)?;
            let value = evidence.worth.name();
            let (class, glyph) = match worth::mark(value) {
                ("", _) => ("sound", "="),
                marked => marked,
            };
            let why = evidence.why.into_iter().map(|piece| match piece {
                Piece::Words(words) => Either::Left(words),
                Piece::Object(object) => Either::Right(named(object)),
            });
            let command = evidence.command.map(|command| {
                let whole = command.to_owned();
                view! {
                    <p class="settle">
                        "What would tell more: "
                        <code class="data">{visible(&elided(command, 120))}</code>
                        <span class="acts">{copy_button("the command", move || whole.clone())}</span>
                    </p>
                }
            });
            Some(view! {
                <section id="custody" aria-label="Integrity" data-worth=value>
                    <p class="verdict">
                        <b class=class><span aria-hidden="true">{glyph}" "</span>{evidence.title}</b>
                    </p>
                    <p class="why">{why.collect_view()}</p>
                    {command}
                    <button id="to-integrity" class="plain" on:click=move |_| view.room.set(Room::Integrity)>
                        "Show in Integrity"
                    </button>
                </section>
            })
        })
    }
}

/// A digest by its name, with all of its place when the pointer rests on it.
fn named(object: &Object) -> impl IntoView + use<> {
    let place = if object.bucket.is_empty() { object.key.clone() } else { format!("{}/{}", object.bucket, object.key) };
    let title = visible_text(&elided(&place, 400)).into_owned();
    view! { <span class="datum data" title=title>{visible(&elided(object.name(), NAME))}</span> }
}
