//! Patterns of terms: words and phrases that occur, or do not occur, in a message (`spec/FILTERPATTERN.md` 2).

use super::cursor::Cursor;
use super::{Fault, Kind, Note, Pattern, said};
use crate::query::predicate::{Predicate, TextOp};

/// Reads a pattern of terms.
pub(super) fn parse(chars: &[char], before: usize) -> Result<Pattern, Fault> {
    let mut cursor = Cursor::new(chars, before);
    let (mut all, mut none, mut any) = (Vec::new(), Vec::new(), Vec::new());
    let mut notes = Vec::new();
    let mut first_optional = None;
    loop {
        cursor.skip_space();
        let Some(first) = cursor.peek() else { break };
        let position = cursor.position();
        let sign = Some(first).filter(|c| matches!(c, '-' | '?'));
        if sign.is_some() {
            cursor.next();
        }
        if sign == Some('-') && cursor.peek().is_some_and(char::is_whitespace) {
            cursor.skip_space();
            notes.push(note(position, "A minus that stands alone is taken for that of the term after it, as in an example of the guide of 2020."));
        }
        let term = match cursor.peek() {
            None => return Err(Fault::new(position, "A term is missing after this character.")),
            Some('%') => {
                let message = if sign.is_some() {
                    "An expression between % cannot be excluded or optional."
                } else {
                    "An expression between % stands alone; terms cannot stand beside it."
                };
                return Err(cursor.fault(message));
            }
            Some('"') => cursor.quoted()?,
            Some(_) => bare(&mut cursor, &mut notes)?,
        };
        match sign {
            Some('-') => none.push(term),
            Some(_) => {
                first_optional = first_optional.or(Some(position));
                any.push(term);
            }
            None => all.push(term),
        }
    }
    let has = |term: String| said(TextOp::Contains(term));
    if let Some(position) = first_optional
        && !(all.is_empty() && none.is_empty())
    {
        any.clear();
        notes.push(note(position, "Optional terms are ignored: there are terms without a question mark beside them."));
    }
    if all.is_empty() && any.is_empty() {
        notes.push(note(
            before + 1,
            "Only excluded terms: taken to match every message without them, which AWS does not document.",
        ));
    }
    let mut parts: Vec<Predicate> = all.into_iter().map(has).collect();
    if !any.is_empty() {
        parts.push(Predicate::Or(any.into_iter().map(has).collect()));
    }
    // A row of Insights results has no message, and what is not there does not lack the term.
    if parts.is_empty() {
        parts.push(super::test(
            crate::query::predicate::Select::message(),
            vec![crate::query::predicate::Compare::Present],
        ));
    }
    parts.extend(none.into_iter().map(|term| Predicate::Not(Box::new(has(term)))));
    let predicate = if parts.len() == 1 { parts.remove(0) } else { Predicate::And(parts) };
    Ok(Pattern { notes, ..Pattern::of(Kind::Terms, predicate) })
}

/// A term without quotes.
fn bare(cursor: &mut Cursor<'_>, notes: &mut Vec<Note>) -> Result<String, Fault> {
    let position = cursor.position();
    let term = cursor.take_while(|c| !c.is_whitespace() && c != '"');
    if cursor.peek() == Some('"') {
        return Err(cursor.fault("A quote begins inside a term; put a space before it, or the whole term in quotes."));
    }
    if let Some(odd) = term.chars().find(|c| !c.is_alphanumeric() && *c != '_') {
        notes.push(note(
            position,
            &format!(
                "“{odd}” stands in a term without quotes, which AWS refuses; it is taken as if the term were in quotes."
            ),
        ));
    }
    Ok(term)
}

fn note(position: usize, text: &str) -> Note {
    Note { position, text: text.to_owned() }
}
