//! What the name of a field selects: a short name, or a path from the record's root.

use super::lexer::{Letter, spelled};
use super::{Field, SyntaxError};
use crate::query::predicate::{Arrays, Select, Step};
use crate::trail::Derived;

/// What a short name stands for.
enum Meaning {
    Path(&'static str),
    Derived(Derived),
    Message,
    Time,
    File,
}

/// The names that are not paths. A name that is to be one gets a line here and nothing else.
const SHORT_NAMES: &[(&str, Meaning)] = &[
    ("time", Meaning::Time),
    ("@time", Meaning::Time),
    ("file", Meaning::File),
    ("@file", Meaning::File),
    ("actor", Meaning::Derived(Derived::Actor)),
    ("@actor", Meaning::Derived(Derived::Actor)),
    ("actorType", Meaning::Derived(Derived::ActorType)),
    ("@actorType", Meaning::Derived(Derived::ActorType)),
    ("session", Meaning::Derived(Derived::Session)),
    ("@session", Meaning::Derived(Derived::Session)),
    ("human", Meaning::Derived(Derived::Human)),
    ("@human", Meaning::Derived(Derived::Human)),
    ("@via", Meaning::Derived(Derived::Via)),
    ("result", Meaning::Derived(Derived::Result)),
    ("@result", Meaning::Derived(Derived::Result)),
    ("family", Meaning::Derived(Derived::Family)),
    ("@family", Meaning::Derived(Derived::Family)),
    ("category", Meaning::Derived(Derived::Category)),
    ("@category", Meaning::Derived(Derived::Category)),
    ("access", Meaning::Derived(Derived::Access)),
    ("@access", Meaning::Derived(Derived::Access)),
    ("service", Meaning::Derived(Derived::Service)),
    ("@service", Meaning::Derived(Derived::Service)),
    ("integrity", Meaning::Derived(Derived::Integrity)),
    ("@integrity", Meaning::Derived(Derived::Integrity)),
    ("format", Meaning::Derived(Derived::Format)),
    ("@format", Meaning::Derived(Derived::Format)),
    ("logGroup", Meaning::Derived(Derived::LogGroup)),
    ("@logGroup", Meaning::Derived(Derived::LogGroup)),
    ("logStream", Meaning::Derived(Derived::LogStream)),
    ("@logStream", Meaning::Derived(Derived::LogStream)),
    ("severity", Meaning::Derived(Derived::Severity)),
    ("@severity", Meaning::Derived(Derived::Severity)),
    ("@ingestionTime", Meaning::Derived(Derived::IngestionTime)),
    ("@owner", Meaning::Derived(Derived::Owner)),
    ("@timestamp", Meaning::Time),
    ("@message", Meaning::Message),
    ("resource", Meaning::Derived(Derived::Resource)),
    ("@resource", Meaning::Derived(Derived::Resource)),
    ("user", Meaning::Path("userIdentity.userName")),
    ("name", Meaning::Path("eventName")),
    ("action", Meaning::Path("eventName")),
    ("source", Meaning::Path("eventSource")),
    ("ip", Meaning::Path("sourceIPAddress")),
    ("region", Meaning::Path("awsRegion")),
    ("account", Meaning::Path("recipientAccountId")),
    ("error", Meaning::Path("errorCode")),
    ("key", Meaning::Path("userIdentity.accessKeyId")),
    ("agent", Meaning::Path("userAgent")),
    ("id", Meaning::Path("eventID")),
];

/// The names that stand for something else than the record's own field of that name, to offer while a person types.
pub fn short_names() -> impl Iterator<Item = &'static str> {
    SHORT_NAMES.iter().map(|(name, _)| *name)
}

/// The field of an unquoted name, which is not empty; `behind` is the position after it.
pub(super) fn named(word: &[Letter], behind: usize) -> Result<Field, SyntaxError> {
    let name = spelled(word);
    let plain = word.iter().all(|letter| !letter.escaped);
    if let Some((_, meaning)) = SHORT_NAMES.iter().find(|(short, _)| plain && *short == name) {
        return Ok(match meaning {
            Meaning::Path(path) => Field::Values(vec![Select::keys(path)]),
            Meaning::Derived(derived) => Field::Values(vec![Select::of_derived(*derived)]),
            Meaning::Message => Field::Values(vec![Select::message()]),
            Meaning::Time => Field::Time,
            Meaning::File => Field::File,
        });
    }
    // `$.name` is the record's own field of a short name.
    let path = match word {
        [dollar, dot, path @ ..] if dollar.is('$') && dot.is('.') => path,
        path => path,
    };
    Ok(Field::Values(vec![Select { steps: steps(path, behind)?, arrays: Arrays::Through }]))
}

/// The field of a quoted name: the key literally so named at the root, or the path it spells. Short names and `*` mean
/// nothing special here.
pub(super) fn quoted(name: &str) -> Field {
    let mut selects = vec![Select { steps: vec![Step::Key(name.to_owned())], arrays: Arrays::Through }];
    let literal: Vec<Letter> = name.chars().map(|char| Letter { char, escaped: char == '*', position: 1 }).collect();
    if let Ok(steps) = steps(&literal, 1) {
        let path = Select { steps, arrays: Arrays::Through };
        if path != selects[0] {
            selects.push(path);
        }
    }
    Field::Values(selects)
}

/// The steps of a path; `behind` is the position after its last character.
fn steps(path: &[Letter], behind: usize) -> Result<Vec<Step>, SyntaxError> {
    let mut steps = Vec::new();
    let mut rest = path;
    loop {
        let dot = rest.iter().position(|letter| letter.is('.'));
        let (part, after) = rest.split_at(dot.unwrap_or(rest.len()));
        let end = after.first().map_or(behind, |dot| dot.position);
        match part {
            // A leading `*.` is any depth; `*` alone or further on is one key.
            [star] if star.is('*') && steps.is_empty() && dot.is_some() => steps.push(Step::AnyDepth),
            part => key_and_elements(part, end, &mut steps)?,
        }
        match after {
            [_, next @ ..] => rest = next,
            [] => return Ok(steps),
        }
    }
}

/// `key`, `key[]`, `key[0]`, and `key[0][1]` for arrays of arrays.
fn key_and_elements(part: &[Letter], end: usize, steps: &mut Vec<Step>) -> Result<(), SyntaxError> {
    let bracket = part.iter().position(|letter| letter.is('['));
    let (key, mut rest) = part.split_at(bracket.unwrap_or(part.len()));
    if key.is_empty() {
        return Err(SyntaxError::misplaced(part.first().map_or(end, |letter| letter.position), "a key"));
    }
    match key {
        [star] if star.is('*') => steps.push(Step::AnyKey),
        key => {
            if let Some(star) = key.iter().find(|letter| letter.is('*')) {
                return Err(SyntaxError::misplaced(star.position, "a key without `*`")
                    .hint("`*` stands for a whole key; one that contains the character is written \\*"));
            }
            steps.push(Step::Key(spelled(key)));
        }
    }
    while let [open, inside @ ..] = rest {
        if !open.is('[') {
            return Err(SyntaxError::misplaced(open.position, "`.` or `[`"));
        }
        let wrong = || SyntaxError::malformed(open.position, "a number or nothing between [ and ]");
        let close = inside.iter().position(|letter| letter.is(']')).ok_or_else(wrong)?;
        let index = spelled(&inside[..close]);
        steps.push(match index.as_str() {
            "" => Step::AnyElement,
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Step::Index(digits.parse().map_err(|_| wrong())?)
            }
            _ => return Err(wrong()),
        });
        rest = &inside[close + 1..];
    }
    Ok(())
}
