//! What a person should know of a metric filter before believing its metric.

use super::{is_plain, sampled};
use crate::query::pattern::{self, Counting, Kind, Pattern};
use crate::query::predicate::{Compare, Op, Predicate, Select, Test, TextOp};
use crate::query::series::{self, Source};
use crate::watch::definitions::MetricFilter;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Good to know.
    Note,
    /// The filter most probably does not do what it is for.
    Warning,
    /// AWS would not take the filter.
    Refused,
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// AWS would refuse it.
    Refused,
    /// No event can match, whatever it says.
    NeverMatches,
    /// No event of the case matches.
    MatchesNothingHere,
    /// Every event matches, or every event of the case does.
    MatchesEverything,
    /// It relies on something that AWS does not document.
    Choice,
    /// Matches give no value, so that they publish nothing.
    WithoutValue,
    /// How the metric is to be read.
    Reading,
    /// Something that is shown and not evaluated.
    NotEvaluated,
}

/// Something to know of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// How much it matters.
    pub weight: Weight,
    /// What it is about.
    pub about: About,
    /// A sentence.
    pub text: String,
}

/// What a case says of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Events that it is applied to.
    pub events: u64,
    /// Of them those that match.
    pub matched: u64,
    /// Matches that gave no value or lacked a dimension.
    pub without_value: u64,
}

/// What there is to know of a filter, the weightiest first; `counts`: what the case says, where that is known.
#[must_use]
pub fn health(filter: &MetricFilter, counting: Counting, counts: Option<Counts>) -> Vec<Health> {
    let mut found = Vec::new();
    let mut tell = |weight, about, text: String| found.push(Health { weight, about, text });
    match pattern::parse(&filter.pattern, counting) {
        Err(fault) => tell(Weight::Refused, About::Refused, format!("Character {}: {}", fault.position, fault.message)),
        Ok(pattern) => of_pattern(filter, &pattern, counts, &mut tell),
    }
    if let Some(criteria) = &filter.selection {
        let text = format!("It is applied to some accounts or regions only ({criteria}): that is not evaluated here.");
        tell(Weight::Note, About::NotEvaluated, text);
    }
    if filter.on_transformed {
        let text = "It is applied to transformed events; here it is applied to events as they are in the files.";
        tell(Weight::Note, About::NotEvaluated, text.to_owned());
    }
    found.sort_by_key(|health| std::cmp::Reverse(health.weight));
    found
}

fn of_pattern(
    filter: &MetricFilter,
    pattern: &Pattern,
    counts: Option<Counts>,
    tell: &mut impl FnMut(Weight, About, String),
) {
    for metric in &filter.transformations {
        match sampled(pattern, metric, super::MINUTE) {
            Err(fault) => tell(Weight::Refused, About::Refused, fault.message),
            Ok(of) => {
                if matches!(of.value, Source::Number(_)) {
                    let text = "Every match is a sample of the same value: read the metric by Sum. Average, Minimum and Maximum say that value whatever happened.";
                    tell(Weight::Note, About::Reading, text.to_owned());
                }
            }
        }
    }
    if filter.transformations.len() > 1 {
        let text = "A filter has one transformation; only the first is tried here.".to_owned();
        tell(Weight::Refused, About::Refused, text);
    }
    let events = counts.map_or(0, |counts| counts.events);
    let matched = counts.map_or(0, |counts| counts.matched);
    if is_never(&pattern.predicate) {
        let text = "No event can match: its conditions exclude each other.".to_owned();
        tell(Weight::Warning, About::NeverMatches, text);
    } else if events > 0 && matched == 0 {
        let text = "No event of this case matches.".to_owned();
        tell(Weight::Note, About::MatchesNothingHere, text);
    }
    if pattern.kind == Kind::Everything {
        tell(Weight::Warning, About::MatchesEverything, "An empty pattern matches every event.".to_owned());
    } else if is_always(&pattern.predicate) {
        let text =
            "Every event that has these fields matches: conditions with != that are joined by || exclude nothing.";
        tell(Weight::Warning, About::MatchesEverything, text.to_owned());
    } else if events > 1 && matched == events {
        let text = "Every event that it is applied to matches.".to_owned();
        tell(Weight::Warning, About::MatchesEverything, text);
    }
    if let Some(counts) = counts.filter(|counts| counts.without_value > 0) {
        let all = counts.without_value == counts.matched;
        let weight = if all { Weight::Warning } else { Weight::Note };
        let how_many = if all { "All".to_owned() } else { format!("{} of", counts.without_value) };
        let text = format!(
            "{how_many} {} matches have no number there, or lack a dimension, and publish nothing.",
            counts.matched
        );
        tell(weight, About::WithoutValue, text);
    }
    for note in &pattern.notes {
        tell(Weight::Note, About::Choice, note.text.clone());
    }
}

/// Whether a predicate holds for no event, as far as can be told from what it says: conditions on one value that exclude
/// each other.
fn is_never(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::Nothing => true,
        Predicate::Or(any) => !any.is_empty() && any.iter().all(is_never),
        Predicate::And(_) => {
            let mut parts = Vec::new();
            flatten(predicate, &mut parts);
            parts.iter().any(|part| is_never(part)) || contradict(&parts)
        }
        _ => false,
    }
}

/// The parts of conditions that are joined by "and", however they are nested.
fn flatten<'p>(predicate: &'p Predicate, parts: &mut Vec<&'p Predicate>) {
    match predicate {
        Predicate::And(all) => all.iter().for_each(|part| flatten(part, parts)),
        other => parts.push(other),
    }
}

/// What one test asks of a single value.
enum Asks<'t> {
    Absent,
    /// Exactly this text, or the number that it spells.
    Equals(&'t str, &'t [Compare]),
    /// None of these.
    Differs(&'t [Compare]),
    Order(Op, f64),
    Null,
    Boolean(&'t str),
}

fn asks(test: &Test) -> Option<Asks<'_>> {
    if test.any.is_empty() && test.absent {
        return Some(Asks::Absent);
    }
    // What any text satisfies (`"*"`) excludes nothing.
    match test.any.as_slice() {
        [Compare::Null] => Some(Asks::Null),
        [Compare::Numeric { op, number }] => Some(Asks::Order(*op, *number)),
        [Compare::Not(none)] => spelled(none).map(|_| Asks::Differs(none)),
        [Compare::Text { test: text, types }] if types.boolean && !types.string => match &text.op {
            TextOp::Equals(text) => Some(Asks::Boolean(text)),
            _ => None,
        },
        any => spelled(any).map(|text| Asks::Equals(text, any)),
    }
}

/// The one text that comparisons ask for, beside the number that it may spell.
fn spelled(any: &[Compare]) -> Option<&str> {
    match any.last() {
        Some(Compare::Text { test, .. }) => match &test.op {
            TextOp::Equals(text) => Some(text.as_str()),
            _ => None,
        },
        _ => None,
    }
}

fn contradict(parts: &[&Predicate]) -> bool {
    let tests: Vec<(&Select, Asks<'_>)> = parts
        .iter()
        .filter_map(|part| match part {
            Predicate::Test(test) if is_plain(&test.select) => Some((&test.select, asks(test)?)),
            _ => None,
        })
        .collect();
    tests.iter().enumerate().any(|(at, (select, one))| {
        tests[..at].iter().filter(|(other, _)| other == select).any(|(_, other)| exclude(one, other))
    })
}

/// Whether no value satisfies both.
fn exclude(one: &Asks<'_>, other: &Asks<'_>) -> bool {
    use Asks::{Absent, Boolean, Differs, Equals, Null, Order};
    let number = |text: &str| text.parse::<f64>().ok();
    let equal = |a: &str, b: &str| a == b || (number(a).is_some() && number(a) == number(b));
    match (one, other) {
        (Absent, Absent) | (Null, Null) => false,
        (Absent, _) | (_, Absent) => true,
        (Null, Equals(..) | Order(..) | Boolean(_)) | (Equals(..) | Order(..) | Boolean(_), Null) => true,
        (Equals(a, _), Equals(b, _)) => !equal(a, b),
        // 5 and "5" are not the same: a number 5.0 is the one and not the other.
        (Equals(_, any), Differs(none)) | (Differs(none), Equals(_, any)) => any == none,
        (Boolean(a), Boolean(b)) => a != b,
        (Equals(text, _), Order(op, operand)) | (Order(op, operand), Equals(text, _)) => {
            series::number(text).is_none_or(|value| !op.holds_for(value, *operand))
        }
        (Order(a, x), Order(b, y)) => {
            let up = |op: &Op| matches!(op, Op::Greater | Op::GreaterOrEqual);
            let (low, high) = match (up(a), up(b)) {
                (true, false) => ((a, *x), (b, *y)),
                (false, true) => ((b, *y), (a, *x)),
                _ => return false,
            };
            low.1 > high.1 || (low.1 == high.1 && (*low.0 == Op::Greater || *high.0 == Op::Less))
        }
        _ => false,
    }
}

/// Whether a predicate holds for every event that has its fields: `a != x || b != y`, where not both can be equal, excludes
/// next to nothing.
fn is_always(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::And(all) => {
            // The condition that a message is JSON comes first.
            let asked: Vec<&Predicate> = all.iter().filter(|part| !is_of_format(part)).collect();
            !asked.is_empty() && asked.iter().all(|part| is_always(part))
        }
        Predicate::Or(any) => {
            let differing = any
                .iter()
                .filter(|part| matches!(part, Predicate::Test(test) if matches!(asks(test), Some(Asks::Differs(_)))));
            differing.count() > 1 || any.iter().any(is_always)
        }
        _ => false,
    }
}

fn is_of_format(predicate: &Predicate) -> bool {
    matches!(predicate, Predicate::Test(test) if test.select.derived().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::definitions::Transformation;

    fn of(pattern: &str, counts: Option<Counts>) -> Vec<About> {
        let filter = MetricFilter {
            name: "f".to_owned(),
            pattern: pattern.to_owned(),
            transformations: vec![Transformation { value: "1".to_owned(), ..Transformation::default() }],
            ..MetricFilter::default()
        };
        health(&filter, Counting::Rest, counts).into_iter().map(|health| health.about).collect()
    }

    #[test]
    fn what_can_never_match_and_what_always_does() {
        for (pattern, about, told) in [
            (r#"{ $.a = "x" && $.a = "y" }"#, About::NeverMatches, true),
            (r#"{ $.a = 1 && $.a = 1.0 }"#, About::NeverMatches, false),
            (r#"{ $.a > 5 && ($.b = 1 && $.a < 3) }"#, About::NeverMatches, true),
            (r#"{ $.a >= 5 && $.a <= 5 }"#, About::NeverMatches, false),
            (r#"{ $.a NOT EXISTS && $.a = "x" }"#, About::NeverMatches, true),
            (r#"{ $.a != "x" && $.a = "x" }"#, About::NeverMatches, true),
            (r#"{ $.a != "5" && $.a = 5 }"#, About::NeverMatches, false),
            (r#"{ $.a = " 6" && $.a > 5 }"#, About::NeverMatches, false),
            (r#"{ $.a = "x*" && $.a = "y*" }"#, About::NeverMatches, false),
            (r#"{ $.a[*] = "x" && $.a[*] = "y" }"#, About::NeverMatches, false),
            (r#"{ ($.a = 1 && $.a = 2) || $.b = 1 }"#, About::NeverMatches, false),
            (r#"{ ($.a = 1 && $.a = 2) || ($.b = 1 && $.b IS NULL) }"#, About::NeverMatches, true),
            (r#"{ $.a IS TRUE && $.a IS FALSE }"#, About::NeverMatches, true),
            (
                r#"{ ($.errorCode = "AccessDenied*") || ($.sourceIPAddress!="x") || ($.eventName!="HeadBucket") }"#,
                About::MatchesEverything,
                true,
            ),
            (
                r#"{ ($.errorCode = "AccessDenied*") && ($.sourceIPAddress!="x") && ($.eventName!="HeadBucket") }"#,
                About::MatchesEverything,
                false,
            ),
            ("", About::MatchesEverything, true),
            ("{ $.a EXISTS }", About::Refused, true),
            ("ERROR", About::Refused, false),
        ] {
            assert_eq!(of(pattern, None).contains(&about), told, "{pattern}: {about:?}");
        }
        let counts = |matched| Some(Counts { events: 10, matched, without_value: 0 });
        assert!(of("ERROR", counts(10)).contains(&About::MatchesEverything));
        assert!(of("ERROR", counts(0)).contains(&About::MatchesNothingHere));
    }
}
