//! From metrics to events and back: the events that name a dimension's value, and the metrics of what an event names.

use super::charts;
use crate::app::shown::{counted, elided, short, visible, visible_text};
use crate::app::view::{Room, View, view};
use crate::session::page::Session;
use crate::watch::series::{Catalog, Listed};
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Values that ways on are offered for.
const VALUES: usize = 6;

/// Shorter ones are found in anything.
const SHORTEST: usize = 3;

/// A text to be found anywhere in an event, as it is written in a query: requests name what they are about, answers what they
/// made, and each in its own place.
#[must_use]
pub fn anywhere(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Shows the events that have a value anywhere, of the stretch of time shown.
pub fn show(view: View, value: &str) {
    batch(|| {
        view.disabled.set(Vec::new());
        view.search(anywhere(value));
        view.room.set(Room::Events);
    });
}

/// The texts of a record: values, and the last parts of ARNs and paths.
fn texts<'a>(record: &'a Value, found: &mut BTreeSet<&'a str>) {
    match record {
        Value::String(text) => {
            found.insert(text);
            if text.starts_with("arn:") {
                found.extend(text.rsplit_once('/').map(|(_, last)| last));
                found.extend(text.rsplit_once(':').map(|(_, last)| last));
            }
        }
        Value::Array(all) => all.iter().for_each(|one| texts(one, found)),
        Value::Object(all) => all.values().for_each(|one| texts(one, found)),
        _ => {}
    }
}

/// The values of dimensions that a record names, each with its metrics.
fn metrics_of(record: &Value, catalog: &Catalog) -> Vec<(String, Vec<Listed>)> {
    let mut named = BTreeSet::new();
    texts(record, &mut named);
    let mut found: Vec<(String, Vec<Listed>)> = Vec::new();
    for listed in catalog.series.iter().filter(|listed| listed.metric.namespace.is_some() && !listed.stored.is_empty())
    {
        for (_, value) in &listed.metric.dimensions {
            if value.len() < SHORTEST || !named.contains(value.as_str()) {
                continue;
            }
            match found.iter_mut().find(|(known, _)| known == value) {
                Some((_, metrics)) => metrics.push(listed.clone()),
                None => found.push((value.clone(), vec![listed.clone()])),
            }
        }
    }
    found
}

/// The ways from an event to the metrics of what it names.
#[component]
pub fn MetricsOf(record: Arc<Value>) -> impl IntoView {
    let view = view();
    let session = expect_context::<Session>();
    let found = Memo::new(move |_| session.held.with(|held| metrics_of(&record, &held.catalog)));
    let list = move || {
        let one = |(value, metrics): &(String, Vec<Listed>)| {
            let title = format!("Charts of the metrics with the dimension {}", visible_text(&elided(value, 200)));
            let count = counted(metrics.len() as u64, "metric", "metrics");
            let (shown, value, metrics) = (short(value, 54).into_owned(), value.clone(), metrics.clone());
            let go = move |_| {
                batch(|| {
                    charts::open(view, charts::by_unit(&value, &metrics));
                    view.room.set(Room::Metrics);
                });
            };
            view! {
                <li>
                    <button data-metrics-of=shown.clone() title=title on:click=go>
                        <span class="words">"Metrics of"</span>
                        <span class="data">{visible(&shown)}</span>
                        <span class="count">{count}</span>
                    </button>
                </li>
            }
        };
        found.with(|found| {
            let list = found.iter().take(VALUES).map(one).collect_view();
            (!found.is_empty())
                .then(|| view! { <ul id="metrics-of" aria-label="Metrics of what this event names">{list}</ul> })
        })
    };
    list.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::metrics::Metric;
    use crate::watch::series::{Form, StoredAs};
    use serde_json::json;

    #[test]
    fn an_event_leads_to_the_metrics_of_what_it_names() {
        let listed = |name: &str, value: &str| Listed {
            metric: Metric {
                namespace: Some("AWS/X".into()),
                name: name.into(),
                dimensions: vec![("D".into(), value.into())],
                ..Metric::default()
            },
            id: None,
            stored: vec![StoredAs {
                statistic: None,
                form: Form::Sets,
                period: 60_000,
                inferred: false,
                points: 1,
                first: 0,
                last: 0,
                origins: Vec::new(),
                notes: Vec::new(),
            }],
        };
        let catalog = Catalog {
            series: vec![
                listed("a", "i-1"),
                listed("b", "i-1"),
                listed("c", "fn"),
                listed("d", "payments"),
                listed("e", "i-2"),
            ],
            ..Catalog::default()
        };
        let record = json!({
            "responseElements": { "instancesSet": { "items": [{ "instanceId": "i-1" }] } },
            "resources": [{ "ARN": "arn:aws:lambda:eu-west-1:1:function:payments" }],
        });
        let found = metrics_of(&record, &catalog);
        let told: Vec<_> = found.iter().map(|(value, metrics)| (value.as_str(), metrics.len())).collect();
        assert_eq!(told, [("i-1", 2), ("payments", 1)]);
        assert!(metrics_of(&json!({ "a": "xi-1" }), &catalog).is_empty());
    }

    #[test]
    fn a_value_is_found_as_it_is() {
        assert_eq!(anywhere("i-1"), "\"i-1\"");
        let text = anywhere("a\"b\\c");
        assert!(crate::query::kql::parse(&text).is_ok(), "{text}");
    }
}
