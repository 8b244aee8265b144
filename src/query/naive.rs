//! The predicate evaluated over one event's JSON, as plainly as it can be written: the reference that the tests hold
//! [`crate::query::predicate`]'s fast evaluation over a store against.
//!
//! It shares with the fast one only [`fold`], so that a mistake in walking paths or matching texts cannot be in both.

use std::net::IpAddr;

use regex::RegexBuilder;
use serde_json::Value;

use crate::query::predicate::{
    Arrays, Case, Compare, GlobPart, Instant, Op, Predicate, Select, Step, Test, TextOp, TextTest, Types,
};
use crate::query::spaces::{Spaces, When};
use crate::query::text::fold;

/// One event with what is known about it besides its record.
#[derive(Clone, Copy, Debug)]
pub struct NaiveEvent<'a> {
    /// The record.
    pub record: &'a Value,
    /// The event's time in milliseconds since 1970-01-01T00:00:00Z, where it has one.
    pub time_ms: Option<i64>,
    /// The path of the file that it came from.
    pub file: &'a str,
    /// Its text as a log message, where it has one.
    pub message: Option<&'a str>,
    /// Its derived values: an object of texts and arrays of texts by name (`@actor`); null when there are none.
    pub derived: &'a Value,
}

/// Whether the value at a path is secret. The path is the keys of the objects around the value from the record's root;
/// positions in arrays do not count.
pub type IsSecret<'a> = &'a dyn Fn(&[&str]) -> bool;

/// Whether the predicate holds for the event. Times relative to now must have been resolved
/// ([`Predicate::resolve_now`]); a range with an unresolved end holds for no event, a regular expression that does not
/// compile for no text.
#[must_use]
pub fn holds(predicate: &Predicate, event: &NaiveEvent<'_>, is_secret: IsSecret<'_>) -> bool {
    let root = Place { keys: Vec::new(), value: event.record };
    holds_at(predicate, &root, event, is_secret)
}

/// A value and the keys that lead to it from the record's root.
#[derive(Clone)]
struct Place<'v> {
    keys: Vec<&'v str>,
    value: &'v Value,
}

impl<'v> Place<'v> {
    fn member(&self, key: &'v str, value: &'v Value) -> Self {
        let mut keys = self.keys.clone();
        keys.push(key);
        Self { keys, value }
    }

    fn element(&self, value: &'v Value) -> Self {
        Self { keys: self.keys.clone(), value }
    }

    /// Everything directly inside.
    fn children(&self) -> Vec<Self> {
        match self.value {
            Value::Object(members) => members.iter().map(|(key, value)| self.member(key, value)).collect(),
            Value::Array(elements) => elements.iter().map(|value| self.element(value)).collect(),
            _ => Vec::new(),
        }
    }

    /// Directly inside, when this is an array.
    fn elements(&self) -> Vec<Self> {
        if self.value.is_array() { self.children() } else { Vec::new() }
    }
}

fn holds_at(predicate: &Predicate, root: &Place<'_>, event: &NaiveEvent<'_>, is_secret: IsSecret<'_>) -> bool {
    let inner = |predicate: &Predicate| holds_at(predicate, root, event, is_secret);
    match predicate {
        Predicate::Everything => true,
        Predicate::Nothing => false,
        Predicate::Not(predicate) => !inner(predicate),
        Predicate::And(all) => all.iter().all(inner),
        Predicate::Or(any) => any.iter().any(inner),
        Predicate::Test(test) if test.select.is_message() => {
            let message = event.message.filter(|_| std::ptr::eq(root.value, event.record));
            let message = message.map_or(Value::Null, |text| Value::String(text.to_owned()));
            let place = Place { keys: Vec::new(), value: &message };
            let holds = || test.any.iter().any(|compare| compare_holds(compare, &place, is_secret));
            if message.is_null() { test.absent } else { holds() }
        }
        Predicate::Test(test) => match test.select.derived() {
            // Derived values are of the event, so elements of its arrays have none.
            Some(_) if !std::ptr::eq(root.value, event.record) => test.absent,
            Some(derived) => {
                let test = Test { select: Select::keys(derived.name()), ..test.clone() };
                test_holds(&test, &Place { keys: Vec::new(), value: event.derived }, is_secret)
            }
            None => test_holds(test, root, is_secret),
        },
        Predicate::AnyValue(test) => any_value(test, root, is_secret),
        Predicate::Time(range) => event.time_ms.is_some_and(|time| {
            let end = |instant: Option<Instant>, otherwise: i64| match instant {
                None => Some(otherwise),
                Some(Instant::At(ms)) => Some(ms),
                Some(Instant::Now(_)) => None,
            };
            let after_start = end(range.from, i64::MIN).is_some_and(|from| from <= time);
            let before_end = range.to.is_none() || end(range.to, i64::MAX).is_some_and(|to| time < to);
            after_start && before_end
        }),
        Predicate::Dated => event.time_ms.is_some(),
        Predicate::File(test) => text_holds(test, event.file),
        Predicate::SomeElement { array, of } => selected(array, root)
            .iter()
            .flat_map(Place::elements)
            .any(|element| holds_at(of, &element, event, is_secret)),
    }
}

fn test_holds(test: &Test, root: &Place<'_>, is_secret: IsSecret<'_>) -> bool {
    let places = selected(&test.select, root);
    if places.is_empty() {
        return test.absent;
    }
    places.iter().any(|place| test.any.iter().any(|compare| compare_holds(compare, place, is_secret)))
}

/// Every place that the pattern selects; one may be there twice, which changes no answer.
fn selected<'v>(select: &Select, root: &Place<'v>) -> Vec<Place<'v>> {
    let mut found = Vec::new();
    walk(root, &select.steps, select.arrays, &mut found);
    found
}

fn walk<'v>(place: &Place<'v>, steps: &[Step], arrays: Arrays, found: &mut Vec<Place<'v>>) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(place.clone());
        if arrays == Arrays::Through {
            place.elements().iter().for_each(|element| walk(element, steps, arrays, found));
        }
        return;
    };
    match (step, place.value) {
        (Step::Key(wanted), Value::Object(members)) => {
            for (key, value) in members.iter().filter(|(key, _)| *key == wanted) {
                walk(&place.member(key, value), rest, arrays, found);
            }
        }
        (Step::AnyKey, Value::Object(_)) => {
            place.children().iter().for_each(|child| walk(child, rest, arrays, found));
        }
        (Step::Key(_) | Step::AnyKey, Value::Array(_)) if arrays == Arrays::Through => {
            place.elements().iter().for_each(|element| walk(element, steps, arrays, found));
        }
        (Step::AnyDepth, _) => {
            walk(place, rest, arrays, found);
            place.children().iter().for_each(|child| walk(child, steps, arrays, found));
        }
        (Step::Index(index), Value::Array(elements)) => {
            let element = usize::try_from(*index).ok().and_then(|index| elements.get(index));
            element.iter().for_each(|value| walk(&place.element(value), rest, arrays, found));
        }
        (Step::AnyElement, Value::Array(_)) => {
            place.elements().iter().for_each(|element| walk(element, rest, arrays, found));
        }
        _ => {}
    }
}

fn any_value(test: &TextTest, place: &Place<'_>, is_secret: IsSecret<'_>) -> bool {
    match text_of(place.value) {
        Some((text, _)) => !is_secret(&place.keys) && text_holds(test, &text),
        None => place.children().iter().any(|child| any_value(test, child, is_secret)),
    }
}

fn compare_holds(compare: &Compare, place: &Place<'_>, is_secret: IsSecret<'_>) -> bool {
    match compare {
        Compare::Present => return !place.value.is_null(),
        Compare::Null => return place.value.is_null(),
        _ => {}
    }
    if is_secret(&place.keys) {
        return false;
    }
    if let Compare::Not(none) = compare {
        let scalar = !place.value.is_object() && !place.value.is_array();
        return scalar && !none.iter().any(|compare| compare_holds(compare, place, is_secret));
    }
    let Some((text, kind)) = text_of(place.value) else { return false };
    match compare {
        Compare::Present | Compare::Null | Compare::Not(_) => unreachable!("answered above"),
        Compare::Numeric { op, number } => {
            let value = match kind {
                Kind::Boolean => None,
                Kind::Number => number_of(place.value),
                Kind::String => {
                    let text = text.trim();
                    let digit =
                        text.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit() || c == '.');
                    text.parse::<f64>().ok().filter(|value| digit && value.is_finite())
                }
            };
            value.is_some_and(|value| match op {
                Op::Less => value < *number,
                Op::LessOrEqual => value <= *number,
                Op::Greater => value > *number,
                Op::GreaterOrEqual => value >= *number,
            })
        }
        Compare::Text { test, types } => kind.is_in(*types) && text_holds(test, &text),
        Compare::Number(number) => number_of(place.value) == Some(*number),
        Compare::Net(net) => kind == Kind::String && text.parse::<IpAddr>().is_ok_and(|ip| net.contains(&ip)),
        Compare::Order { op, text: operand, number } => {
            let order = match (number_of(place.value), number) {
                (Some(value), Some(operand)) => value.partial_cmp(operand),
                // Rust orders texts by bytes of UTF-8, which is the order of code points.
                _ => Some(text.as_str().cmp(operand)),
            };
            order.is_some_and(|order| match op {
                Op::Less => order.is_lt(),
                Op::LessOrEqual => order.is_le(),
                Op::Greater => order.is_gt(),
                Op::GreaterOrEqual => order.is_ge(),
            })
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    String,
    Number,
    Boolean,
}

impl Kind {
    fn is_in(self, types: Types) -> bool {
        match self {
            Self::String => types.string,
            Self::Number => types.number,
            Self::Boolean => types.boolean,
        }
    }
}

/// The text of a value, where it has one: not of containers and null.
fn text_of(value: &Value) -> Option<(String, Kind)> {
    match value {
        Value::String(text) => Some((text.clone(), Kind::String)),
        Value::Number(number) => Some((number.to_string(), Kind::Number)),
        Value::Bool(truth) => Some((truth.to_string(), Kind::Boolean)),
        _ => None,
    }
}

/// A JSON number's value; one too large for a float has none and is compared as text alone.
fn number_of(value: &Value) -> Option<f64> {
    let Value::Number(number) = value else { return None };
    number.to_string().parse::<f64>().ok().filter(|number| number.is_finite())
}

fn text_holds(test: &TextTest, text: &str) -> bool {
    let ready = |text: &str| match test.case {
        Case::Kept => text.to_owned(),
        Case::Ignored => fold(text).into_owned(),
    };
    match &test.op {
        TextOp::Equals(wanted) => ready(text) == ready(wanted),
        TextOp::Contains(wanted) => ready(text).contains(&ready(wanted)),
        TextOp::Glob(parts) => {
            let parts: Vec<GlobPart> = parts
                .iter()
                .map(|part| match part {
                    GlobPart::Literal(literal) => GlobPart::Literal(ready(literal)),
                    wildcard => wildcard.clone(),
                })
                .collect();
            glob_holds(&parts, &ready(text))
        }
        TextOp::Regex(pattern) => RegexBuilder::new(pattern)
            .case_insensitive(test.case == Case::Ignored)
            .build()
            .is_ok_and(|regex| regex.is_match(text)),
        TextOp::Spaces(spaces) => spaces_hold(spaces, text),
    }
}

/// The fields one by one by hand: brackets and quotes that close before a space or the end are one field.
fn spaces_hold(spaces: &Spaces, text: &str) -> bool {
    let text = text.trim_end_matches(['\n', '\r']);
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut rest = text.trim_start_matches(' ');
    while !rest.is_empty() {
        let close = match rest.chars().next() {
            Some('[') => Some(']'),
            Some('"') => Some('"'),
            _ => None,
        };
        let closed = close.and_then(|close| {
            let end = rest[1..].find(close)? + 2;
            (rest[end..].is_empty() || rest[end..].starts_with(' ')).then_some(end)
        });
        let end = closed.unwrap_or_else(|| rest.find(' ').unwrap_or(rest.len()));
        let field = if closed.is_some() { &rest[1..end - 1] } else { &rest[..end] };
        fields.push((field.to_owned(), rest.trim_end_matches(' ').to_owned()));
        rest = rest[end..].trim_start_matches(' ');
    }
    let columns = (spaces.before + spaces.after) as usize;
    let fits = match fields.len().cmp(&columns) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => true,
        std::cmp::Ordering::Greater => spaces.any || columns == 0 || !spaces.strict,
    };
    let column = |at: u32| -> &str {
        let at = at as usize;
        if at >= spaces.before as usize {
            return &fields[fields.len() - (columns - at)].0;
        }
        let last = !spaces.any && at + 1 == columns && fields.len() > columns;
        if last { &fields[at].1 } else { &fields[at].0 }
    };
    fn when(of: &When, column: &dyn Fn(u32) -> String) -> bool {
        match of {
            When::Always => true,
            When::And(all) => all.iter().all(|part| when(part, column)),
            When::Or(any) => any.iter().any(|part| when(part, column)),
            When::Text { column: at, test, not } => text_holds(test, &column(*at)) != *not,
            When::Number { column: at, op, operand } => {
                let (Ok(value), Ok(operand)) = (column(*at).parse::<f64>(), operand.parse::<f64>()) else {
                    return false;
                };
                // `inf` is a word in a log.
                if !value.is_finite() {
                    return false;
                }
                match op {
                    Op::Less => value < operand,
                    Op::LessOrEqual => value <= operand,
                    Op::Greater => value > operand,
                    Op::GreaterOrEqual => value >= operand,
                }
            }
        }
    }
    fits && when(&spaces.when, &|at| column(at).to_owned())
}

/// Part by part the set of places in the text where the parts so far can end. `?` is one character of the text as
/// compared, which differs from the text as written only for `İ`, two characters when folded.
fn glob_holds(parts: &[GlobPart], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut ends = vec![false; text.len() + 1];
    ends[0] = true;
    for part in parts {
        let mut next = vec![false; text.len() + 1];
        for at in (0..=text.len()).filter(|at| ends[*at]) {
            match part {
                GlobPart::AnyRun => next[at..].fill(true),
                GlobPart::AnyOne if at < text.len() => next[at + 1] = true,
                GlobPart::AnyOne => {}
                GlobPart::Literal(literal) => {
                    let literal: Vec<char> = literal.chars().collect();
                    if text[at..].starts_with(&literal) {
                        next[at + literal.len()] = true;
                    }
                }
            }
        }
        ends = next;
    }
    ends[text.len()]
}
