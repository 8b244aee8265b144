//! One metric: what is stored of it and where that comes from, its dimensions and what led to them; of one that files only
//! give a label, what a person says it is.

use super::charts::STATISTICS;
use super::{room, words};
use crate::app::commands::{Act, commands};
use crate::app::icons;
use crate::app::shown::{counted, elided, visible, visible_text};
use crate::app::view::view;
use crate::import::metrics::Metric;
use crate::session::metrics::Named;
use crate::session::page::Session;
use crate::watch::graph::Of;
use crate::watch::series::{Listed, StoredAs};
use leptos::either::Either;
use leptos::prelude::*;

/// Origins of values that are named one by one.
const ORIGINS: usize = 8;

/// The panel below the list.
#[component]
pub fn About() -> impl IntoView {
    let room = room();
    let session = room.session;
    let listed = Memo::new(move |_| {
        session.held.track();
        room.about.with(|about| about.as_ref().and_then(|metric| room.listed(metric)))
    });
    let shown = move || {
        let listed = listed.get()?;
        Some(view! {
            <section id="metric-about" aria-label="The metric chosen last">
                <div class="about-head">
                    <h3>{visible(&elided(&listed.metric.name, 80))}</h3>
                    <button class="plain" aria-label="Close" on:click=move |_| room.about.set(None)>{icons::close()}</button>
                </div>
                {told(&listed, session)}
            </section>
        })
    };
    shown.into_any()
}

fn told(listed: &Listed, session: Session) -> impl IntoView + use<> {
    let metric = &listed.metric;
    let unnamed = words::is_unnamed(metric);
    let mut facts: Vec<(&str, String)> = Vec::new();
    facts.extend(metric.namespace.iter().map(|text| ("Namespace", text.clone())));
    facts.extend(listed.id.iter().filter(|_| unnamed).map(|id| ("Id of its query", id.clone())));
    facts.push(("Unit", metric.unit.clone().unwrap_or_else(|| "not told".to_owned())));
    facts.extend(metric.account.iter().map(|text| ("Account", text.clone())));
    facts.extend(metric.region.iter().map(|text| ("Region", text.clone())));
    let facts = facts.into_iter().map(|(name, text)| view! { <dt>{name}</dt><dd>{visible(&elided(&text, 120))}</dd> });
    let own = |(name, _): &&(String, String)| words::is_own(name);
    let dimensions = metric.dimensions.iter().filter(own).map(|(name, value)| {
        view! {
            <dt class="data">{visible(&elided(name, 60))}</dt>
            <dd><Dimension value=value.clone()/></dd>
        }
    });
    let stored = if listed.stored.is_empty() {
        Either::Left(view! {
            <p class="denied">
                <span aria-hidden="true">"▲ "</span>
                "Only its name is told, by list-metrics: there are no values. get-metric-data or get-metric-statistics fetch them."
            </p>
        })
    } else {
        Either::Right(listed.stored.iter().map(|stored| stored_as(stored, session)).collect_view())
    };
    let naming = unnamed.then(|| view! { <Naming listed=listed.clone()/> });
    view! {
        <dl class="facts-of">{facts.collect_view()}{dimensions.collect_view()}</dl>
        {naming}
        {stored}
    }
}

/// What is stored, of when, and where it comes from.
fn stored_as(stored: &StoredAs, session: Session) -> impl IntoView + use<> {
    let view = view();
    let head =
        format!("{} · {} · {}", words::form(stored), words::period(stored), counted(stored.points, "point", "points"));
    let known = stored.clone();
    let when = move || words::stretch(&known, view.zone.get());
    let shown = stored.origins.iter().take(ORIGINS).map(|(origin, count)| {
        let from = words::origin(origin, |file| session.path(file));
        let title = visible_text(&from).into_owned();
        view! { <li title=title><span class="data">{visible(&elided(&from, 60))}</span>" "<span class="dim">{counted(*count, "point", "points")}</span></li> }
    });
    let more = stored.origins.len().saturating_sub(ORIGINS);
    let more = (more > 0).then(
        || view! { <li class="dim">{format!("and {}", counted(more as u64, "more source", "more sources"))}</li> },
    );
    let notes = stored.notes.iter().map(|note| {
        view! { <li class="denied"><span aria-hidden="true">"▲ "</span>{visible(note)}</li> }
    });
    view! {
        <div class="stored-as">
            <p>{visible(&head)}</p>
            <p class="dim data">{when}</p>
            <ul class="origins" aria-label="Made from">{shown.collect_view()}{more}</ul>
            <ul class="notes">{notes.collect_view()}</ul>
        </div>
    }
}

/// The value of a dimension: a way to the events that name it.
#[component]
pub fn Dimension(value: String) -> impl IntoView {
    let view = view();
    let title = format!("Show its events: all that have {} anywhere", visible_text(&value));
    let label = title.clone();
    let shown = elided(&value, 60).into_owned();
    let go = move |_| super::events::show(view, &value);
    view! {
        <button class="plain dimension data" data-dimension=shown.clone() title=title aria-label=label on:click=go>{visible(&shown)}</button>
    }
    .into_any()
}

/// The dimensions that a text says: `InstanceId=i-1, Type=a`; `None` where it is not made so.
fn dimensions(text: &str) -> Option<Vec<(String, String)>> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let pair = |part: &str| {
        let (name, value) = part.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        (!name.is_empty() && !value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
    };
    let mut all = parts.map(pair).collect::<Option<Vec<_>>>()?;
    all.sort();
    Some(all)
}

/// What a metric is whose file tells but a label.
#[component]
fn Naming(listed: Listed) -> impl IntoView {
    let room = room();
    let view = room.view;
    let commands = commands();
    let text = |text: &str| RwSignal::new(text.to_owned());
    let told = listed.stored.iter().find_map(|stored| stored.statistic.clone());
    let (space, name, dims) = (text(""), text(&listed.metric.name), text(""));
    let statistic = text(told.as_deref().unwrap_or_default());
    let fault = RwSignal::new(None::<&'static str>);
    let listed = listed.metric;
    let give = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (space, name) = (space.get_untracked().trim().to_owned(), name.get_untracked().trim().to_owned());
        let found = dims.with_untracked(|text| dimensions(text));
        let Some(dimensions) = found.filter(|_| !space.is_empty() && !name.is_empty()) else {
            fault
                .set(Some("A metric has a namespace, a name, and dimensions as Name=value, with commas between them."));
            return;
        };
        let metric = Metric { namespace: Some(space), name, dimensions, ..listed.clone() };
        let statistic = Some(statistic.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
        batch(|| {
            // Charts that show it go on showing it.
            view.graphs.update(|graphs| {
                for line in graphs.iter_mut().flat_map(|graph| &mut graph.lines) {
                    if line.of == Of::Metric(listed.clone()) {
                        line.of = Of::Metric(metric.clone());
                        line.statistic = statistic.clone().unwrap_or_else(|| line.statistic.clone());
                    }
                }
            });
            room.about.set(Some(metric.clone()));
        });
        room.session.name_metric(Named { listed: listed.clone(), metric, statistic });
    };
    let input = |id: &'static str, label: &'static str, placeholder: &'static str, text: RwSignal<String>| {
        view! {
            <label for=id>{label}</label>
            <input
                id=id
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder=placeholder
                list=(id == "name-statistic").then_some("statistics")
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            />
        }
    };
    view! {
        <form id="name-metric" on:submit=give aria-label="Name this metric">
            <p class="dim">
                "What get-metric-data and get-metric-statistics print tells an id or a label, and not which metric it is. The file \
                with its --metric-data-queries says so: drop it too, or say here what it is."
            </p>
            {input("name-space", "Namespace", "AWS/EC2", space)}
            {input("name-name", "Metric name", "CPUUtilization", name)}
            {input("name-dimensions", "Dimensions", "InstanceId=i-0123456789abcdef0", dims)}
            {input("name-statistic", "Statistic", "Average", statistic)}
            <datalist id="statistics">{STATISTICS.map(|name| view! { <option value=name></option> })}</datalist>
            {move || fault.get().map(|fault| view! { <p id="name-fault" class="failed" role="alert"><span aria-hidden="true">"✕ "</span>{fault}</p> })}
            <div class="form-buttons">
                <button id="name-give" class="button" type="submit">"Name it"</button>
                <button class="plain" type="button" on:click=move |_| _ = commands.run(&Act::Choose("choose-files"))>"Choose the request file…"</button>
            </div>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::dimensions;

    #[test]
    fn dimensions_are_pairs() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(dimensions(""), Some(Vec::new()));
        assert_eq!(dimensions("b=2, a = x=y,"), Some(vec![pair("a", "x=y"), pair("b", "2")]));
        assert_eq!((dimensions("a"), dimensions("=1"), dimensions("a=")), (None, None, None));
    }
}
