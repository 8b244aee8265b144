//! What a person is in the middle of typing, so that the page can offer how it may go on. Works on texts that are no queries
//! yet, so it follows quotes, parentheses and colons and nothing else of the grammar.

use super::{Field, parse};
use crate::query::predicate::Select;

/// The part of a query around the caret that an offer would replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typing {
    /// First character of the part, from 0.
    pub from: usize,
    /// The character behind it.
    pub to: usize,
    /// What is typed of it before the caret, quotes and escapes undone.
    pub typed: String,
    /// What it is.
    pub what: Typed,
}

/// What a part of a query is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The name of a field, or a word to look for.
    Field,
    /// A value of these fields.
    Value(Vec<Select>),
}

/// What stands around the caret, which is before the character with this number (from 0). `None`: nothing that could be
/// completed, such as a time or a regular expression.
#[must_use]
pub fn typing(text: &str, caret: usize) -> Option<Typing> {
    let chars: Vec<char> = text.chars().collect();
    let caret = caret.min(chars.len());
    // The field of the group that is open, by parenthesis; and the field whose value comes next.
    let mut groups: Vec<Option<String>> = Vec::new();
    let mut field: Option<String> = None;
    let mut start = 0;
    let mut quote = None;
    let mut at = 0;
    while at < caret {
        let char = chars[at];
        at += 1;
        if quote.is_some() {
            match char {
                '\\' => at += 1,
                '"' => {
                    quote = None;
                    field = None;
                    start = at;
                }
                _ => {}
            }
            continue;
        }
        let in_group = groups.last().is_some_and(Option::is_some);
        match char {
            '\\' => at += 1,
            '"' if start == at - 1 => quote = Some(at - 1),
            '(' if start == at - 1 => {
                groups.push(field.take().or_else(|| groups.last().cloned().flatten()));
                start = at;
            }
            ')' => {
                groups.pop();
                field = None;
                start = at;
            }
            ':' if field.is_none() && !in_group && start < at - 1 => {
                field = Some(chars[start..at - 1].iter().collect());
                start = at;
            }
            _ if char.is_whitespace() => {
                if start < at - 1 {
                    field = None;
                }
                start = at;
            }
            _ => {}
        }
    }
    let caret = caret.min(at);
    let (from, inside) = match quote {
        Some(quote) => (quote, quote + 1),
        None => (start, start),
    };
    let of = field.or_else(|| groups.last().cloned().flatten());
    let rest = chars[caret..].iter();
    let length = match quote {
        Some(_) => rest.clone().position(|&char| char == '"').map_or(rest.len(), |quote| quote + 1),
        None => rest.take_while(|char| !char.is_whitespace() && !matches!(char, ')' | ':')).count(),
    };
    let written: String = chars.get(inside..caret).unwrap_or_default().iter().collect();
    let typed = written.replace("\\\"", "\"").replace("\\\\", "\\");
    match of {
        Some(of) => {
            let Field::Values(selects) =
                parse(&format!("{}: *", of.trim_start_matches(['-', '!']))).ok()?.fields.pop()?.field
            else {
                return None;
            };
            let is_regex = quote.is_none() && typed.starts_with('/');
            (!is_regex).then_some(Typing { from, to: caret + length, typed, what: Typed::Value(selects) })
        }
        None if quote.is_some() => None,
        None => {
            let signs = typed.chars().take_while(|char| matches!(char, '-' | '!')).count();
            let typed = typed.chars().skip(signs).collect();
            Some(Typing { from: from + signs, to: caret + length, typed, what: Typed::Field })
        }
    }
}

/// How a value is written in a query so that it means itself: bare where nothing in it means anything else.
#[must_use]
pub fn written_value(value: &str) -> String {
    let special = |char: char| char.is_whitespace() || matches!(char, '(' | ')' | '"' | '\\' | '*' | '?' | '<' | '>');
    let keyword = ["and", "or", "not", "null"].iter().any(|word| value.eq_ignore_ascii_case(word));
    if value.is_empty() || keyword || value.contains(special) || value.starts_with(['/', '-', '!']) {
        return format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    }
    value.to_owned()
}

/// How a field is written: a key with other characters than a path has is escaped by quotes.
#[must_use]
pub fn written_field(path: &str) -> String {
    let plain = |char: char| char.is_alphanumeric() || matches!(char, '.' | '_' | '-' | '@' | '[' | ']' | '$' | '/');
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The query with the caret as `|`: what is typed, what of, and the part that would be replaced.
    fn at(query: &str) -> Option<(String, Option<Vec<Select>>, String)> {
        let caret = query.chars().position(|char| char == '|').expect("a caret");
        let text = query.replacen('|', "", 1);
        let typing = typing(&text, caret)?;
        let part = text.chars().skip(typing.from).take(typing.to - typing.from).collect();
        let of = match typing.what {
            Typed::Field => None,
            Typed::Value(selects) => Some(selects),
        };
        Some((typing.typed, of, part))
    }

    #[test]
    fn knows_what_is_typed() {
        let keys = |path| Some(vec![Select::keys(path)]);
        for (query, typed, of, part) in [
            ("|", "", None, ""),
            ("ev|", "ev", None, "ev"),
            ("ev|ent", "ev", None, "event"),
            ("-ev|", "ev", None, "ev"),
            ("a: b and eve|", "eve", None, "eve"),
            ("(eve|", "eve", None, "eve"),
            ("eventName:|", "", keys("eventName"), ""),
            ("eventName: Del|", "Del", keys("eventName"), "Del"),
            ("eventName: Del|ete)", "Del", keys("eventName"), "Delete"),
            ("-name: Del|", "Del", keys("eventName"), "Del"),
            ("eventName: \"Del|", "Del", keys("eventName"), "\"Del"),
            ("eventName: \"Del|x\" and", "Del", keys("eventName"), "\"Delx\""),
            ("eventName: (Get* or Del|)", "Del", keys("eventName"), "Del"),
            ("eventName: Del foo|", "foo", None, "foo"),
            ("eventName: (a) foo|", "foo", None, "foo"),
            ("ip: 2001:db8::|", "2001:db8::", keys("sourceIPAddress"), "2001:db8::"),
        ] {
            assert_eq!(at(query), Some((typed.to_owned(), of, part.to_owned())), "{query}");
        }
        for query in ["time: 20|", "name: /De|", "\"free te|", "file: x|"] {
            assert_eq!(at(query), None, "{query}");
        }
    }

    #[test]
    fn values_are_written_so_that_they_mean_themselves() {
        for (value, written) in [
            ("DeleteBucket", "DeleteBucket"),
            ("arn:aws:iam::1:user/x", "arn:aws:iam::1:user/x"),
            ("service event", "\"service event\""),
            ("a\"b\\", "\"a\\\"b\\\\\""),
            ("/aws/lambda", "\"/aws/lambda\""),
            ("NOT", "\"NOT\""),
            ("x*", "\"x*\""),
            ("", "\"\""),
        ] {
            assert_eq!(written_value(value), written);
            let parsed = parse(&format!("f: {written}")).expect(written);
            assert_eq!(parsed.fields.len(), 1, "{value}");
        }
    }
}
