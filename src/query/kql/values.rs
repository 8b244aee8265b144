//! What a written value asks of a field.

use std::net::IpAddr;

use ipnet::IpNet;

use super::lexer::{Letter, Slashed, spelled};
use super::{Field, SyntaxError, times};
use crate::query::predicate::{Case, Compare, GlobPart, Op, Predicate, Select, Test, TextOp, TextTest, Types};
use crate::query::text;

/// A value as it stands in the query.
#[derive(Clone, Debug)]
pub(super) enum Written {
    Word(Vec<Letter>),
    Quoted(String),
    Slashed(Slashed),
}

const TIME: &str = "a time such as 2023-07-10, 2023-07-10T12:30 or now-6h";

/// `field: value`.
pub(super) fn equals(field: &Field, written: &Written, position: usize) -> Result<Predicate, SyntaxError> {
    match field {
        Field::Values(selects) => Ok(any_of(selects, &comparisons(written, position)?)),
        Field::File => match written {
            Written::Word(word) if is_lone_star(word) => Ok(Predicate::Everything),
            Written::Word(word) if is_null(word) => Ok(Predicate::Nothing),
            written => Ok(Predicate::File(whole_text(written, position)?)),
        },
        Field::Time => match written {
            Written::Word(word) if is_lone_star(word) => Ok(Predicate::Dated),
            Written::Word(word) if is_null(word) => Ok(Predicate::Not(Box::new(Predicate::Dated))),
            written => Ok(Predicate::Time(period(written, position)?.within())),
        },
    }
}

/// `field < value` and its like.
pub(super) fn ordered(field: &Field, op: Op, written: &Written, position: usize) -> Result<Predicate, SyntaxError> {
    match field {
        Field::Time => Ok(Predicate::Time(period(written, position)?.compared(op))),
        Field::File => Err(SyntaxError::malformed(position, "`:` before it").hint("files have no order, only names")),
        Field::Values(selects) => {
            let (text, number) = match written {
                Written::Word(word) => (spelled(word), number(word)),
                Written::Quoted(text) => (text.clone(), None),
                Written::Slashed(_) => return Err(SyntaxError::misplaced(position, "a number, text or time")),
            };
            Ok(any_of(selects, &[Compare::Order { op, text, number }]))
        }
    }
}

/// Text without a field: anywhere in the event.
pub(super) fn bare(written: &Written, position: usize) -> Result<Predicate, SyntaxError> {
    let test = match written {
        Written::Quoted(text) => TextTest { op: TextOp::Contains(text.clone()), case: Case::Ignored },
        Written::Slashed(_) => whole_text(written, position)?,
        // Nothing but stars, however many.
        Written::Word(word) if word.iter().all(|letter| letter.is('*')) => return Ok(Predicate::Everything),
        Written::Word(word) if has_wildcards(word) => {
            // Somewhere in the value, as without wildcards.
            let mut parts = glob(word);
            if parts.first() != Some(&GlobPart::AnyRun) {
                parts.insert(0, GlobPart::AnyRun);
            }
            if parts.last() != Some(&GlobPart::AnyRun) {
                parts.push(GlobPart::AnyRun);
            }
            TextTest { op: TextOp::Glob(parts), case: Case::Ignored }
        }
        Written::Word(word) => TextTest { op: TextOp::Contains(spelled(word)), case: Case::Ignored },
    };
    Ok(Predicate::AnyValue(test))
}

/// The same question of each way to read the field's name.
fn any_of(selects: &[Select], any: &[Compare]) -> Predicate {
    let mut tests: Vec<Predicate> = selects
        .iter()
        .map(|select| Predicate::Test(Test { select: select.clone(), any: any.to_vec(), absent: false }))
        .collect();
    if tests.len() == 1 { tests.remove(0) } else { Predicate::Or(tests) }
}

fn comparisons(written: &Written, position: usize) -> Result<Vec<Compare>, SyntaxError> {
    let whole = || Ok(Compare::Text { test: whole_text(written, position)?, types: Types::ALL });
    let Written::Word(word) = written else { return Ok(vec![whole()?]) };
    if is_lone_star(word) {
        return Ok(vec![Compare::Present]);
    }
    if is_null(word) {
        return Ok(vec![Compare::Null]);
    }
    if let Some(network) = network(word, position)? {
        return Ok(vec![Compare::Net(network)]);
    }
    let mut any = vec![whole()?];
    any.extend(number(word).map(Compare::Number));
    // A text that is an address equals every spelling of it: `2001:db8::7` and `2001:0db8:0:0:0:0:0:7`.
    any.extend(spelled(word).parse::<IpAddr>().ok().map(|address| Compare::Net(IpNet::from(address))));
    Ok(any)
}

/// The test of a whole text that is written as a word, in quotes or between slashes.
fn whole_text(written: &Written, position: usize) -> Result<TextTest, SyntaxError> {
    Ok(match written {
        Written::Word(word) if has_wildcards(word) => TextTest { op: TextOp::Glob(glob(word)), case: Case::Ignored },
        Written::Word(word) => TextTest { op: TextOp::Equals(spelled(word)), case: Case::Ignored },
        Written::Quoted(text) => TextTest { op: TextOp::Equals(text.clone()), case: Case::Kept },
        Written::Slashed(Slashed { pattern, ignore_case }) => {
            let case = if *ignore_case { Case::Ignored } else { Case::Kept };
            text::check_regex(pattern, case).map_err(|invalid| {
                let expected = format!("a valid regular expression, /{pattern}/ is not: {invalid}");
                SyntaxError::malformed(position, expected)
            })?;
            TextTest { op: TextOp::Regex(pattern.clone()), case }
        }
    })
}

fn period(written: &Written, position: usize) -> Result<times::Period, SyntaxError> {
    let text = match written {
        Written::Word(word) => spelled(word),
        Written::Quoted(text) => text.clone(),
        Written::Slashed(_) => return Err(SyntaxError::misplaced(position, TIME)),
    };
    times::period(&text).ok_or_else(|| SyntaxError::malformed(position, TIME))
}

fn is_lone_star(word: &[Letter]) -> bool {
    matches!(word, [letter] if letter.is('*'))
}

/// Case is ignored as in every other unquoted value.
fn is_null(word: &[Letter]) -> bool {
    spelled(word).eq_ignore_ascii_case("null")
}

fn has_wildcards(word: &[Letter]) -> bool {
    word.iter().any(|letter| letter.is('*') || letter.is('?'))
}

fn glob(word: &[Letter]) -> Vec<GlobPart> {
    let mut parts: Vec<GlobPart> = Vec::new();
    for letter in word {
        if letter.is('*') {
            // A second star in a row adds nothing.
            if parts.last() != Some(&GlobPart::AnyRun) {
                parts.push(GlobPart::AnyRun);
            }
        } else if letter.is('?') {
            parts.push(GlobPart::AnyOne);
        } else if let Some(GlobPart::Literal(text)) = parts.last_mut() {
            text.push(letter.char);
        } else {
            parts.push(GlobPart::Literal(letter.char.to_string()));
        }
    }
    parts
}

/// A number as JSON writes it. Leading zeros make it a name (account numbers have them), and what a float cannot hold is
/// left to the text.
fn number(word: &[Letter]) -> Option<f64> {
    let text = spelled(word);
    let unsigned = text.strip_prefix('-').unwrap_or(&text).as_bytes();
    let json = match unsigned {
        [b'0', next, ..] => !next.is_ascii_digit(),
        [first, ..] => first.is_ascii_digit(),
        [] => false,
    };
    // Rust's own syntax is JSON's, but for the start and for a dot without digits on both sides.
    let dot = text.find('.').is_none_or(|dot| text[dot + 1..].starts_with(|c: char| c.is_ascii_digit()));
    text.parse::<f64>().ok().filter(|number| json && dot && number.is_finite())
}

/// An address and a prefix length.
fn network(word: &[Letter], position: usize) -> Result<Option<IpNet>, SyntaxError> {
    let text = spelled(word);
    let Some((address, length)) = text.rsplit_once('/') else { return Ok(None) };
    let Ok(address) = address.parse::<IpAddr>() else { return Ok(None) };
    if !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let network = length.parse().ok().and_then(|length| IpNet::new(address, length).ok());
    match network {
        Some(network) => Ok(Some(network.trunc())),
        None => Err(SyntaxError::malformed(position, format!("a prefix length up to {longest}"))),
    }
}
