//! The Logs room: log groups and streams, and their lines. The lines are the table of events with other columns; that they
//! alone are listed is a part of the question ([`lines::and`]), so that all counts of the page are of them.

mod defined;
mod empty;
mod groups;
pub mod lines;
pub mod streams;

use super::ask::asker;
use super::events::Table;
use super::field;
use super::icons;
use super::view::{Room, View, view};
use crate::query::kql::{clauses, written_value};
use crate::query::order::{Order, SortBy};
use crate::session::page::{Phase, Session};
use crate::session::questions;
use crate::trail::Derived;
pub use groups::Groups;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// See the module.
#[component]
pub fn Logs() -> impl IntoView {
    let view = view();
    let asker = asker();
    let session = expect_context::<Session>();
    let answered = Memo::new(move |_| asker.answer.with(|answer| answer.token > 0));
    let loading = Memo::new(move |_| session.progress.with(|progress| progress.phase != Phase::Done));
    view! {
        <main id="logs" class="room" aria-label="Logs">
            {move || match (view.has_lines.get(), answered.get() && !loading.get()) {
                (true, _) => EitherOf3::A(view! { <Table label="Log lines"/> }),
                (false, true) => EitherOf3::B(view! { <empty::Empty/> }),
                (false, false) => EitherOf3::C(()),
            }}
        </main>
    }
}

/// The button that wraps messages, where there are any.
#[component]
pub fn Wrap() -> impl IntoView {
    let view = view();
    move || {
        view.in_logs().then(|| {
            view! {
                <button
                    id="wrap"
                    class="tool"
                    aria-label="Wrap messages"
                    title="Wrap messages (z)"
                    aria-pressed=move || view.wrap.get().to_string()
                    on:click=move |_| view.wrap.update(|wrap| *wrap = !*wrap)
                >
                    {icons::wrap()}
                </button>
            }
        })
    }
}

/// The query for all lines of the stream that an event stands in; of a line whose file names none, for those of its file.
/// `None` for what is no log line.
#[must_use]
pub fn stream_of(derived: &[(Derived, String)], path: &str) -> Option<String> {
    let one = |wanted: Derived| derived.iter().find(|(known, _)| *known == wanted).map(|(_, text)| text.as_str());
    let (group, stream) = (one(Derived::LogGroup), one(Derived::LogStream));
    let named = [(lines::GROUP, group), (lines::STREAM, stream)];
    let query = named.into_iter().fold(String::new(), |text, (written, value)| match (field::select(written), value) {
        (Some(select), Some(value)) => clauses::include(&text, written, &select, Some(value)),
        _ => text,
    });
    match one(Derived::Format) {
        _ if !query.is_empty() => Some(query),
        None | Some("CloudTrail") => None,
        Some(_) => Some(format!("file: {}", written_value(path))),
    }
}

/// Shows the lines of a stream alone, in the order of time. What is selected stays so and is scrolled to.
pub fn show_stream(view: View, query: String) {
    batch(|| {
        view.zoom.set(Vec::new());
        view.order.set(Order { by: SortBy::Time, descending: false });
        // Where nothing is open, the new list would be read from its top.
        view.detail.set(true);
        view.search(query);
        view.room.set(Room::Logs);
    });
}

/// Shows the stream of the selected line.
pub fn in_stream(session: Session, view: View) {
    let Some(event) = view.selected.get_untracked() else { return };
    spawn_local(async move {
        let values = questions::derived(&session.shards(), event.shard, event.row).await;
        // Another may have been selected meanwhile.
        if let Ok(values) = values
            && view.selected.get_untracked() == Some(event)
            && let Some(query) = stream_of(&values, &session.path(event.file))
        {
            show_stream(view, query);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stands_in_its_stream_or_its_file() {
        let of = |values: &[(Derived, &str)]| {
            let values: Vec<_> = values.iter().map(|(derived, text)| (*derived, (*text).to_owned())).collect();
            stream_of(&values, "a b.log")
        };
        let text = (Derived::Format, "text");
        assert_eq!(
            of(&[text, (Derived::LogGroup, "/aws/x"), (Derived::LogStream, "2026/[$LATEST]a")]).as_deref(),
            Some("logGroup: \"/aws/x\" and logStream: 2026/[$LATEST]a")
        );
        assert_eq!(of(&[text]).as_deref(), Some("file: \"a b.log\""));
        assert_eq!(of(&[(Derived::Format, "CloudTrail")]), None);
    }
}
