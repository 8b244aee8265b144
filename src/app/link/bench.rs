//! The metric filter in the bench as a part of a link.

use super::text::{escaped, parts};
use crate::app::filters::{DIMENSIONS, Draft, PERIODS};
use crate::watch::metric_filter::Scope;

/// What a scope that is a log group begins with.
const GROUP: &str = "group:";

/// Puts what differs from an empty bench.
pub fn put(draft: &Draft, put: &mut impl FnMut(&str, &str)) {
    let first = Draft::default();
    let texts = [
        ("pattern", &draft.pattern, &first.pattern),
        ("filter", &draft.name, &first.name),
        ("namespace", &draft.namespace, &first.namespace),
        ("metric", &draft.metric, &first.metric),
        ("value", &draft.value, &first.value),
        ("default", &draft.default, &first.default),
        ("unit", &draft.unit, &first.unit),
    ];
    texts.into_iter().filter(|(_, text, first)| text != first).for_each(|(key, text, _)| put(key, text));
    draft.dimensions.iter().for_each(|(name, value)| put("dim", &format!("{}~{}", escaped(name), escaped(value))));
    if let Some((_, word, _)) = PERIODS.iter().find(|(period, ..)| *period == draft.period && *period != first.period) {
        put("period", word);
    }
    match &draft.scope {
        Scope::All => {}
        Scope::CloudTrail => put("scope", "cloudtrail"),
        Scope::Group(group) => put("scope", &format!("{GROUP}{group}")),
    }
    if draft.strict {
        put("counting", "strict");
    }
}

/// Reads one part of a link.
pub fn read(draft: &mut Draft, key: &str, value: &str) {
    match key {
        "pattern" => value.clone_into(&mut draft.pattern),
        "filter" => value.clone_into(&mut draft.name),
        "namespace" => value.clone_into(&mut draft.namespace),
        "metric" => value.clone_into(&mut draft.metric),
        "value" => value.clone_into(&mut draft.value),
        "default" => value.clone_into(&mut draft.default),
        "unit" => value.clone_into(&mut draft.unit),
        "dim" if draft.dimensions.len() < DIMENSIONS => draft.dimensions.extend(parts(value).take(1)),
        "period" => {
            let known = PERIODS.iter().find(|(_, word, _)| *word == value);
            draft.period = known.map_or(draft.period, |(period, ..)| *period);
        }
        "scope" => {
            draft.scope = match value.strip_prefix(GROUP) {
                Some(group) => Scope::Group(group.to_owned()),
                None if value == "cloudtrail" => Scope::CloudTrail,
                None => Scope::All,
            }
        }
        "counting" => draft.strict = value == "strict",
        _ => {}
    }
}

/// Any metric filter, for the tests.
#[cfg(test)]
pub fn any_draft() -> impl proptest::strategy::Strategy<Value = Draft> {
    use proptest::prelude::*;
    let scope = prop_oneof![Just(Scope::All), Just(Scope::CloudTrail), any::<String>().prop_map(Scope::Group),];
    let texts = proptest::array::uniform7(any::<String>());
    let dimensions = proptest::collection::vec((any::<String>(), any::<String>()), 0..=DIMENSIONS);
    (texts, dimensions, 0..PERIODS.len(), scope, any::<bool>()).prop_map(
        |(texts, dimensions, period, scope, strict)| {
            let [name, pattern, namespace, metric, value, default, unit] = texts;
            let period = PERIODS[period].0;
            Draft { name, pattern, namespace, metric, value, default, unit, dimensions, period, scope, strict }
        },
    )
}
