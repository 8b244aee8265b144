//! The clauses of a query: what stands between its outermost `and`s. The page shows each as a chip, and a click on a value
//! adds, changes or removes one. All of it works on the text, so that the search box and the chips never say two things.

use super::parser;
use super::typing::written_value;
use super::{Parsed, parse};
use crate::query::predicate::{Compare, Predicate, Select, Test, TextOp};

/// One clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Its first character in the query, from 0.
    pub from: usize,
    /// As it is written, `not` included.
    pub text: String,
    /// Whether it takes events away.
    pub negated: bool,
    /// The values it names, when it is `field: value` or `field: (a or b)`.
    pub values: Option<Named>,
}

/// What a clause of one field and plain values names.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The field as it is written.
    pub field: String,
    /// What it selects.
    pub select: Select,
    /// The values, each as text; `None` is `*`: any value at all.
    pub values: Vec<Option<String>>,
}

/// How a value stands in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is not named.
    Open,
    /// Only events with it (or with others named beside it) are left.
    Included,
    /// Events with it are taken away.
    Excluded,
}

/// The clauses of a query, in order; none when it is empty or no query. Alternatives on the outermost level are one clause.
#[must_use]
pub fn clauses(text: &str) -> Vec<Clause> {
    let Ok(parts) = parser::parts(text) else { return Vec::new() };
    let chars: Vec<char> = text.chars().collect();
    parts
        .into_iter()
        .map(|(from, to)| {
            let text: String = chars[from..to].iter().collect();
            let from = from + text.chars().take_while(|char| char.is_whitespace()).count();
            Clause { from, ..clause(text.trim().to_owned()) }
        })
        .filter(|clause| !clause.text.is_empty())
        .collect()
}

fn clause(text: String) -> Clause {
    let parsed = parse(&text);
    let (negated, values) = match &parsed {
        Ok(Parsed { predicate, fields }) => {
            let (negated, inner) = match predicate {
                Predicate::Not(inner) => (true, &**inner),
                inner => (false, inner),
            };
            let named = match &fields[..] {
                [only] => {
                    plain_values(inner).map(|(select, values)| Named { field: only.written.clone(), select, values })
                }
                _ => None,
            };
            (negated, named)
        }
        Err(_) => (false, None),
    };
    Clause { from: 0, text, negated, values }
}

/// The values that a condition names when it is about one field and nothing but whole values.
fn plain_values(predicate: &Predicate) -> Option<(Select, Vec<Option<String>>)> {
    match predicate {
        Predicate::Test(test) => Some((test.select.clone(), vec![plain_value(test)?])),
        Predicate::Or(any) => {
            let mut all = any.iter().map(plain_values);
            let (select, mut values) = all.next()??;
            for next in all {
                let (other, more) = next?;
                if other != select {
                    return None;
                }
                values.extend(more);
            }
            Some((select, values))
        }
        _ => None,
    }
}

fn plain_value(test: &Test) -> Option<Option<String>> {
    if test.absent {
        return None;
    }
    if matches!(test.any[..], [Compare::Present]) {
        return Some(None);
    }
    test.any.iter().find_map(|compare| match compare {
        Compare::Text { test, .. } => match &test.op {
            TextOp::Equals(text) => Some(Some(text.clone())),
            _ => None,
        },
        _ => None,
    })
}

fn same(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || a.to_lowercase() == b.to_lowercase(),
        (None, None) => true,
        _ => false,
    }
}

/// How a value of a field stands in the clauses of a query. `value` `None` is the absence of any.
#[must_use]
pub fn standing(clauses: &[Clause], select: &Select, value: Option<&str>) -> Standing {
    for clause in clauses {
        let Some(named) = clause.values.as_ref().filter(|named| named.select == *select) else { continue };
        match value {
            Some(value) if named.values.iter().any(|known| same(known.as_deref(), Some(value))) => {
                return if clause.negated { Standing::Excluded } else { Standing::Included };
            }
            // Absence is written the other way round: `not field: *` includes what has none.
            None if named.values == [None] => {
                return if clause.negated { Standing::Included } else { Standing::Excluded };
            }
            _ => {}
        }
    }
    Standing::Open
}

/// The clauses joined to a query again.
#[must_use]
pub fn joined<'a>(clauses: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<&str> = clauses.into_iter().filter(|text| !text.trim().is_empty()).collect();
    match all[..] {
        [only] => only.to_owned(),
        _ => all.into_iter().map(in_conjunction).collect::<Vec<_>>().join(" and "),
    }
}

/// A clause as it can stand beside others: alternatives need parentheses there.
fn in_conjunction(text: &str) -> String {
    if parser::is_alternatives(text) { format!("({text})") } else { text.to_owned() }
}

/// The query with a value of a field chosen: a click on the value. Values of one field that are included stand beside each
/// other as alternatives; what is included already is taken out again. `value` `None` is the absence of any.
#[must_use]
pub fn include(text: &str, field: &str, select: &Select, value: Option<&str>) -> String {
    choose(text, field, select, value, false)
}

/// The query with the events of a value taken away, or given back when they were.
#[must_use]
pub fn exclude(text: &str, field: &str, select: &Select, value: Option<&str>) -> String {
    choose(text, field, select, value, true)
}

fn choose(text: &str, field: &str, select: &Select, value: Option<&str>, negate: bool) -> String {
    let known = clauses(text);
    let standing = standing(&known, select, value);
    let mut rest = taken_out(&known, select, value);
    let wanted = if negate { Standing::Excluded } else { Standing::Included };
    if standing == wanted {
        return joined(rest.iter().map(String::as_str));
    }
    let Some(value) = value else {
        rest.push(if negate { format!("{field}: *") } else { format!("not {field}: *") });
        return joined(rest.iter().map(String::as_str));
    };
    // Beside other included values of the same field.
    if !negate {
        let beside = rest.iter().position(|text| {
            let clause = clause(text.clone());
            !clause.negated
                && clause
                    .values
                    .is_some_and(|named| named.select == *select && named.values.iter().all(Option::is_some))
        });
        if let Some(at) = beside {
            let named = clause(rest[at].clone()).values;
            if let Some(named) = named {
                let values = named.values.into_iter().flatten().chain([value.to_owned()]);
                rest[at] = written(&named.field, values, false);
                return joined(rest.iter().map(String::as_str));
            }
        }
    }
    rest.push(written(field, [value.to_owned()], negate));
    joined(rest.iter().map(String::as_str))
}

/// The clauses without a value.
fn taken_out(clauses: &[Clause], select: &Select, value: Option<&str>) -> Vec<String> {
    let mut rest = Vec::new();
    for clause in clauses {
        let Some(named) = clause.values.as_ref().filter(|named| named.select == *select) else {
            rest.push(clause.text.clone());
            continue;
        };
        let kept: Vec<Option<String>> =
            named.values.iter().filter(|known| !same(known.as_deref(), value)).cloned().collect();
        if kept.len() == named.values.len() {
            rest.push(clause.text.clone());
            continue;
        }
        if !kept.is_empty() {
            rest.push(written(&named.field, kept.into_iter().flatten(), clause.negated));
        }
    }
    rest
}

/// A clause of a field and its values.
fn written(field: &str, values: impl IntoIterator<Item = String>, negated: bool) -> String {
    let values: Vec<String> = values.into_iter().map(|value| written_value(&value)).collect();
    let not = if negated { "not " } else { "" };
    match &values[..] {
        [only] => format!("{not}{field}: {only}"),
        several => format!("{not}{field}: ({})", several.join(" or ")),
    }
}

/// The query without its clauses about a field that include values: what the other values of the field are counted under.
#[must_use]
pub fn without_included(text: &str, select: &Select) -> String {
    let known = clauses(text);
    let rest = known
        .iter()
        .filter(|clause| clause.negated || clause.values.as_ref().is_none_or(|named| named.select != *select));
    joined(rest.map(|clause| clause.text.as_str()))
}

/// A clause that says the opposite.
#[must_use]
pub fn inverted(clause: &str) -> String {
    let plain = clause.trim_start();
    let keyword = plain.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("not"));
    let rest = match plain {
        _ if parser::is_alternatives(plain) => return format!("not ({plain})"),
        _ if keyword && plain[3..].starts_with(|next: char| next.is_whitespace() || next == '(') => {
            plain[3..].trim_start()
        }
        _ if plain.starts_with(['-', '!']) => plain[1..].trim_start(),
        _ => return format!("not {plain}"),
    };
    // `not (a or b)` without its parentheses, when nothing else stands behind them.
    match rest.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')) {
        Some(inside) if parse(inside).is_ok() => inside.to_owned(),
        _ => rest.to_owned(),
    }
}

/// What a field of one meaning selects, by its name as it is written in a query: `actor`, `requestParameters.bucketName`.
/// `None` for times, files and what is no field.
#[must_use]
pub fn field_select(written: &str) -> Option<Select> {
    let mut fields = parse(&format!("{written}: *")).ok()?.fields;
    let field = fields.pop()?;
    // `a: b` would be read as a field with a value.
    if !fields.is_empty() || field.written != written {
        return None;
    }
    match field.field {
        // A quoted name with dots in it is rather the path that a list of paths shows than one key.
        super::Field::Values(mut selects) => selects.pop(),
        super::Field::Time | super::Field::File => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        clauses(text).into_iter().map(|clause| clause.text).collect()
    }

    #[test]
    fn a_query_falls_into_its_clauses() {
        assert_eq!(texts("a: 1 and not b: 2 c"), ["a: 1", "not b: 2", "c"]);
        assert_eq!(texts("a: (1 or 2) and (b or c)"), ["a: (1 or 2)", "(b or c)"]);
        assert_eq!(texts("a or b and c"), ["a or b and c"]);
        assert_eq!(texts("\"x and y\" and z"), ["\"x and y\"", "z"]);
        assert!(texts("a: (").is_empty() && texts("  ").is_empty());
    }

    #[test]
    fn values_are_chosen_and_given_back() {
        let actor = field_select("actor").expect("a field");
        let yes = |text: &str, value| include(text, "actor", &actor, Some(value));
        let no = |text: &str, value| exclude(text, "actor", &actor, Some(value));
        assert_eq!(yes("", "alice"), "actor: alice");
        assert_eq!(yes("actor: alice", "bob smith"), "actor: (alice or \"bob smith\")");
        assert_eq!(yes("actor: (alice or \"bob smith\") and x", "alice"), "actor: \"bob smith\" and x");
        assert_eq!(yes("actor: alice", "alice"), "");
        assert_eq!(no("actor: alice", "bob"), "actor: alice and not actor: bob");
        assert_eq!(no("actor: alice and not actor: bob", "alice"), "not actor: bob and not actor: alice");
        assert_eq!(no("not actor: bob", "bob"), "");
        assert_eq!(yes("a or b", "x"), "(a or b) and actor: x");
        assert_eq!(yes("ip: 1.2.3.4", "x"), "ip: 1.2.3.4 and actor: x");
        assert_eq!(include("", "actor", &actor, None), "not actor: *");
        assert_eq!(exclude("not actor: *", "actor", &actor, None), "actor: *");
    }

    #[test]
    fn what_is_chosen_means_itself() {
        for value in ["alice", "a*b", "x (y)", "NOT", "arn:aws:iam::1:user/é \"q\"", "-5", "/path", ""] {
            let select = Select::keys("a.b");
            let text = include("z", "a.b", &select, Some(value));
            assert_eq!(standing(&clauses(&text), &select, Some(value)), Standing::Included, "{text}");
            let text = exclude("z", "a.b", &select, Some(value));
            assert_eq!(standing(&clauses(&text), &select, Some(value)), Standing::Excluded, "{text}");
        }
    }

    #[test]
    fn what_is_no_field_selects_nothing() {
        for written in ["", "a: b", "a:b", "a or b", "(a", "not a", "time", "file", "a b"] {
            assert_eq!(field_select(written), None, "{written}");
        }
        assert!(["actor", "a.b", "\"odd key\"", "a.\\*"].into_iter().all(|written| field_select(written).is_some()));
    }

    #[test]
    fn opposites() {
        for (clause, opposite) in [
            ("a: 1", "not a: 1"),
            ("not a: 1", "a: 1"),
            ("-a: 1", "a: 1"),
            ("not (a or b)", "a or b"),
            ("a or b", "not (a or b)"),
            ("not (a) or (b)", "not (not (a) or (b))"),
        ] {
            assert_eq!(inverted(clause), opposite, "{clause}");
        }
    }

    #[test]
    fn a_field_is_counted_without_its_own_choice() {
        let actor = field_select("actor").expect("a field");
        assert_eq!(without_included("actor: a and b and not actor: c", &actor), "b and not actor: c");
    }
}
