//! Drawings (for the time being).

use crate::app::view::{Span, View};
use crate::session::page::Session;
use crate::watch::graph::{Drawing, Graph, Wanted};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The chart.
    pub graph: Graph,
    /// The answer.
    pub drawing: Drawing,
    /// Of when.
    pub domain: Span,
}

/// The drawings.
#[derive(Clone, Copy)]
pub struct Plots {
    all: RwSignal<Vec<Option<Arc<Picture>>>>,
}

impl Plots {
    /// Of this page.
    #[must_use]
    pub fn new(session: Session, view: View) -> Self {
        let all = RwSignal::new(Vec::new());
        let token = StoredValue::new(0u64);
        Effect::new(move || {
            session.held.track();
            session.generation.track();
            let (graphs, Some(domain)) = (view.graphs.get(), view.domain()) else { return };
            token.update_value(|token| *token += 1);
            let mine = token.get_value();
            spawn_local(async move {
                let mut found = Vec::new();
                for graph in graphs {
                    let wanted = Wanted {
                        lines: graph.lines.clone(),
                        range: (domain.from, domain.to),
                        columns: 1_000,
                        before: graph.before,
                        ..Wanted::default()
                    };
                    let drawing = session.draw(wanted).await.ok();
                    found.push(drawing.map(|drawing| Arc::new(Picture { graph, drawing, domain })));
                }
                if token.get_value() == mine {
                    all.set(found);
                }
            });
        });
        Self { all }
    }

    /// The drawing of a chart.
    #[must_use]
    pub fn of(self, at: usize) -> Signal<Option<Arc<Picture>>> {
        Signal::derive(move || self.all.with(|all| all.get(at).cloned().flatten()))
    }
}

/// The drawings of the page.
#[must_use]
pub fn plots() -> Plots {
    expect_context()
}
