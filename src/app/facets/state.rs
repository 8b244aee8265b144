//! What the facets ask and what they were answered. Every facet's answer is kept with its question, so that only what became
//! another question is asked again.

use super::focus;
use crate::app::ask::{Asker, asker};
use crate::app::chips::in_force;
use crate::app::logs::lines;
use crate::app::view::{FACETS, View, range, view};
use crate::app::{field, kept, worth};
use crate::query::facet::{Facet, FacetValues};
use crate::query::kql::{self, clauses};
use crate::query::predicate::{Compare, Predicate, Select, Test, TimeRange};
use crate::session::facets;
use crate::session::page::Session;
use crate::trail::Derived;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Questions over the same events, each with its field: they go to the shards together.
type Group = (Predicate, TimeRange, Vec<(String, Question)>);

/// Values listed at first.
const FIRST: usize = 5;

/// Values added at a time.
pub const STEP: usize = 20;

/// Where it is kept which facets are folded. Only fields with a name of our own are: a path tells of a log.
const FOLDED: &str = "trailglass-facets-folded";

/// What a person set for one facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Only the heading is shown.
    pub folded: bool,
    /// Values listed.
    pub limit: usize,
    /// Only values that contain this; `None` while nobody looks for one.
    pub inside: Option<String>,
}

impl Default for Setting {
    fn default() -> Self {
        Self { folded: false, limit: FIRST, inside: None }
    }
}

/// All that the values of one facet follow from.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    generation: u64,
    predicate: Predicate,
    range: TimeRange,
    facet: Facet,
}

/// The values of one facet.
#[derive(Debug, PartialEq)]
pub struct Answered {
    question: Question,
    /// The events that were counted.
    pub rows: u64,
    /// Their values.
    pub values: FacetValues,
}

/// The facets. A handle.
#[derive(Clone, Copy)]
pub struct State {
    session: Session,
    view: View,
    asker: Asker,
    /// By field, as it is written in a query.
    pub answers: RwSignal<BTreeMap<String, Arc<Answered>>>,
    settings: RwSignal<BTreeMap<String, Setting>>,
    /// The text of the query that was understood last.
    pub text: Memo<String>,
    /// The value that was chosen by the keyboard, until its row stands where it belongs.
    held: StoredValue<Option<focus::Held>>,
    /// Width of the panel in CSS pixels.
    pub width: RwSignal<f64>,
    token: StoredValue<u64>,
}

fn has_name(field: &str) -> bool {
    FACETS.contains(&field) || field::short().any(|name| name == field)
}

impl State {
    /// Begins to ask, as long as the owner lives.
    pub fn start(width: RwSignal<f64>) -> Self {
        let folded = kept::get(FOLDED).unwrap_or_default();
        let folded = folded.split(' ').filter(|field| has_name(field));
        let folded = folded.map(|field| (field.to_owned(), Setting { folded: true, ..Setting::default() })).collect();
        let state = Self {
            session: expect_context(),
            view: view(),
            asker: asker(),
            answers: RwSignal::default(),
            settings: RwSignal::new(folded),
            text: in_force(view()),
            held: StoredValue::new(None),
            width,
            token: StoredValue::new(0),
        };
        Effect::new(move || {
            state.text.track();
            focus::give_back(state.held.get_value());
        });
        // After each answer of the page, and when a person wants to see other values of the same events.
        Effect::new(move || {
            state.asker.answer.track();
            state.fields();
            state.settings.track();
            state.ask();
        });
        state
    }

    /// The fields that have a facet, in their order: those that a person chose, and what the evidence says of the events as
    /// soon as it says anything.
    pub fn fields(self) -> Vec<String> {
        let mut fields = self.view.facets.get();
        if !fields.iter().any(|field| worth::is_integrity(field)) && self.session.judgement.with(Option::is_some) {
            let place = fields.iter().position(|field| field == "result").map_or(0, |at| at + 1);
            fields.insert(place, worth::INTEGRITY.to_owned());
        }
        // Beside the list of log groups its facets would say the same again.
        let beside: &[&str] = match (self.view.has_lines.get(), self.view.in_logs()) {
            (false, _) => &[],
            (true, true) => &[lines::SEVERITY, lines::FORMAT],
            (true, false) => &lines::FACETS,
        };
        let place = fields.iter().position(|field| field == "result" && !self.view.in_logs()).map_or(0, |at| at + 1);
        let new: Vec<String> =
            beside.iter().map(|&field| field.to_owned()).filter(|field| !fields.contains(field)).collect();
        fields.splice(place..place, new);
        fields
    }

    /// Whether a facet is there without anybody's doing, and cannot be taken away.
    pub fn comes_by_itself(self, field: &str) -> bool {
        worth::is_integrity(field) && self.session.judgement.with_untracked(Option::is_some)
            || lines::FACETS.contains(&field) && self.view.has_lines.get_untracked()
    }

    /// Keeps the keyboard at the value that it is at, wherever its row goes.
    pub fn hold(self) {
        self.held.set_value(focus::held());
    }

    /// What a person set for a facet.
    pub fn setting(self, field: &str) -> Setting {
        self.settings.with(|settings| settings.get(field).cloned().unwrap_or_default())
    }

    /// Sets something for a facet.
    pub fn set(self, field: &str, change: impl FnOnce(&mut Setting)) {
        self.settings.update(|settings| change(settings.entry(field.to_owned()).or_default()));
        let folded: Vec<String> = self.settings.with_untracked(|settings| {
            let folded = settings.iter().filter(|(field, setting)| setting.folded && has_name(field));
            folded.map(|(field, _)| field.clone()).collect()
        });
        kept::put(FOLDED, &folded.join(" "));
    }

    fn question(&self, field: &str, text: &str, known: &[clauses::Clause]) -> Option<Question> {
        let setting = untrack(|| self.setting(field));
        if setting.folded {
            return None;
        }
        let select = field::select(field)?;
        let own = |clause: &&clauses::Clause| clause.values.as_ref().is_some_and(|named| named.select == select);
        let mut predicate = untrack(|| self.view.asked());
        if known.iter().filter(own).any(|clause| !clause.negated) {
            let without = kql::parse(&clauses::without_included(text, &select)).ok()?.predicate;
            predicate = untrack(|| self.view.asked_of(&without));
            // Summaries are counted only where a query asks for the category, as that of the page does.
            if select.derived() == Some(Derived::Category) {
                let any = Test { select: select.clone(), any: vec![Compare::Present], absent: true };
                predicate = Predicate::And(vec![predicate, Predicate::Test(any)]);
            }
        }
        if let Some(whole) = self.view.whole.get_untracked() {
            predicate = predicate.resolve_now(whole.to - 1);
        }
        let named = known.iter().filter(own).filter_map(|clause| clause.values.as_ref());
        let named: BTreeSet<String> = named.flat_map(|named| named.values.iter().flatten().cloned()).collect();
        let contains = setting.inside.unwrap_or_default();
        Some(Question {
            generation: self.session.generation.get_untracked(),
            predicate,
            range: self.view.zoom.with_untracked(|zoom| zoom.last().copied().map_or_else(TimeRange::default, range)),
            facet: Facet { select, contains, limit: setting.limit, named: named.into_iter().collect() },
        })
    }

    /// Asks what is not answered yet.
    fn ask(self) {
        if self.asker.answer.with_untracked(|answer| answer.token == 0) {
            return;
        }
        let text = self.text.get_untracked();
        let known = clauses::clauses(&text);
        let fields = untrack(|| self.fields());
        let mut groups: Vec<Group> = Vec::new();
        for field in fields {
            let Some(question) = self.question(&field, &text, &known) else { continue };
            let answered =
                self.answers.with_untracked(|all| all.get(&field).is_some_and(|all| all.question == question));
            if answered {
                continue;
            }
            match groups.iter_mut().find(|group| group.0 == question.predicate && group.1 == question.range) {
                Some((.., group)) => group.push((field, question)),
                None => groups.push((question.predicate.clone(), question.range, vec![(field, question)])),
            }
        }
        // Also when nothing is left to ask: an answer to what was asked before would be too old.
        self.token.update_value(|token| *token += 1);
        let token = self.token.get_value();
        if groups.is_empty() {
            return;
        }
        let shards = self.session.shards();
        spawn_local(async move {
            let mut found = Vec::new();
            for (predicate, range, group) in groups {
                let wanted = group.iter().map(|(_, question)| question.facet.clone()).collect();
                // After a loss the next generation asks again.
                let Ok((rows, values)) = facets::facets(&shards, &predicate, range, wanted).await else { return };
                // Closed meanwhile, or asked something else.
                if self.token.try_get_value() != Some(token) {
                    return;
                }
                for ((field, question), values) in group.into_iter().zip(values) {
                    found.push((field, Arc::new(Answered { question, rows, values })));
                }
            }
            let focused = self.held.get_value().or_else(focus::held);
            self.held.set_value(None);
            self.answers.update(|answers| answers.extend(found));
            focus::give_back(focused);
        });
    }

    /// Which events are asked about now, for the list of all fields.
    pub fn now(self) -> (Predicate, TimeRange) {
        let mut predicate = untrack(|| self.view.asked());
        if let Some(whole) = self.view.whole.get_untracked() {
            predicate = predicate.resolve_now(whole.to - 1);
        }
        let range = self.view.zoom.with_untracked(|zoom| zoom.last().copied().map_or_else(TimeRange::default, range));
        (predicate, range)
    }

    /// Adds a field to the facets, where one sees it.
    pub fn add(self, field: &str) {
        self.set(field, |setting| setting.folded = false);
        self.view.facets.update(|facets| {
            if !facets.iter().any(|known| known == field) {
                facets.insert(0, field.to_owned());
            }
        });
    }

    /// Takes a field out of the facets.
    pub fn remove(self, field: &str) {
        self.view.facets.update(|facets| facets.retain(|known| known != field));
        self.answers.update(|answers| _ = answers.remove(field));
    }
}

/// How the values of a field stand in a query.
pub fn clauses_of(text: &str, select: &Select) -> Vec<clauses::Clause> {
    let all = clauses::clauses(text).into_iter();
    all.filter(|clause| clause.values.as_ref().is_some_and(|named| named.select == *select)).collect()
}
