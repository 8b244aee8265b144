//! Which events are log lines, and how their messages are shown.

use crate::app::shown::visible_text;
use crate::query::predicate::{Case, Compare, Predicate, Select, Test, TextOp, TextTest, Types};
use crate::trail::Derived;
use crate::trail::line::{Format, Severity};
use std::borrow::Cow;

/// The field of the whole message, as it is written in a query.
pub const MESSAGE: &str = "@message";
/// The field of how bad a line says things are.
pub const SEVERITY: &str = "severity";
/// The field of the log group.
pub const GROUP: &str = "logGroup";
/// The field of the log stream.
pub const STREAM: &str = "logStream";
/// The field of the form of the message.
pub const FORMAT: &str = "format";

/// The facets that come by themselves where there are log lines.
pub const FACETS: [&str; 4] = [SEVERITY, GROUP, STREAM, FORMAT];

/// Characters of a message that one line has room for, on the widest screen.
const ONE_LINE: usize = 400;

/// Holds for log lines: what is no record of CloudTrail, and a record of CloudTrail that was delivered to a log group.
#[must_use]
pub fn are() -> Predicate {
    let test = |derived, compare| {
        Predicate::Test(Test { select: Select::of_derived(derived), any: vec![compare], absent: false })
    };
    let trail = TextTest { op: TextOp::Equals(Format::CloudTrail.name().to_owned()), case: Case::Kept };
    let trail = test(Derived::Format, Compare::Text { test: trail, types: Types::ALL });
    Predicate::Or(vec![
        Predicate::Not(Box::new(trail)),
        test(Derived::LogGroup, Compare::Present),
        test(Derived::LogStream, Compare::Present),
    ])
}

/// The log lines among the events of a query.
#[must_use]
pub fn and(query: Predicate) -> Predicate {
    match query {
        Predicate::Everything => are(),
        query => Predicate::And(vec![query, are()]),
    }
}

/// The class and mark of a severity; both empty for what is ordinary.
#[must_use]
pub fn mark(value: &str) -> (&'static str, &'static str) {
    match Severity::ALL.into_iter().find(|severity| severity.name() == value) {
        Some(Severity::Fatal) => ("failed", "✖"),
        Some(Severity::Error) => ("failed", "✕"),
        Some(Severity::Warn) => ("denied", "▲"),
        Some(Severity::Info | Severity::Debug | Severity::Trace) | None => ("", ""),
    }
}

/// A message without the escape codes by which a terminal is told of colours. What the file has stands in the JSON.
#[must_use]
pub fn without_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains(['\u{1b}', '\u{9b}']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\u{1b}', '\u{9b}']) {
        out.push_str(&rest[..at]);
        rest = after_escape(&rest[at..]);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What follows an escape code, which the text begins with. One that breaks off ends where the text does.
fn after_escape(text: &str) -> &str {
    let mut chars = text.chars();
    let inside = match chars.next() {
        Some('\u{9b}') => '[',
        _ => match chars.next() {
            Some(kind) => kind,
            None => return "",
        },
    };
    match inside {
        // Parameters, then the letter that says what they are for. Anything else was no code after all.
        '[' => {
            let rest = chars.as_str();
            let end = rest.find(|char: char| !matches!(char, ' '..='?')).unwrap_or(rest.len());
            let rest = &rest[end..];
            match rest.chars().next() {
                Some(last @ '@'..='~') => &rest[last.len_utf8()..],
                _ => rest,
            }
        }
        // A text of its own, such as a title or a link, up to a bell or a closing code on the same line.
        ']' => {
            let rest = chars.as_str();
            let line = rest.find('\n').unwrap_or(rest.len());
            match (rest[..line].find('\u{7}'), rest[..line].find("\u{1b}\\")) {
                (Some(bell), Some(code)) if code < bell => &rest[code + 2..],
                (Some(bell), _) => &rest[bell + 1..],
                (None, Some(code)) => &rest[code + 2..],
                (None, None) => rest,
            }
        }
        '(' | ')' | '#' => {
            chars.next();
            chars.as_str()
        }
        '@'..='_' | '`'..='~' | '0'..='?' => chars.as_str(),
        // The next character belongs to the message.
        _ => &text[1..],
    }
}

/// A message as a row of a table has it: what ends a line is a space, and what would not fit is left out.
#[must_use]
pub fn on_one_line(text: &str) -> String {
    let mut out = String::new();
    let mut count = 0;
    for char in text.trim_end().chars() {
        let char = if matches!(char, '\n' | '\r' | '\t') { ' ' } else { char };
        if char == ' ' && out.ends_with(' ') {
            continue;
        }
        if count == ONE_LINE {
            out.push('…');
            break;
        }
        out.push(char);
        count += 1;
    }
    out
}

/// A message for the pointer that rests on it: its lines, with what a screen would obey in silence spelled out.
#[must_use]
pub fn as_title(text: &str) -> String {
    let lines =
        text.trim_end().split('\n').map(|line| visible_text(line.trim_end_matches('\r')).replace("⟨U+0009⟩", "\t"));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_codes_go() {
        for (text, shown) in [
            ("plain é", "plain é"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}[1;38;5;196mé\u{1b}[Kx", "éx"),
            ("\u{9b}32mgreen", "green"),
            ("\u{1b}]8;;http://x\u{7}link\u{1b}]8;;\u{1b}\\.", "link."),
            ("\u{1b}]0;title without end\nnext", "0;title without end\nnext"),
            ("\u{1b}(Bx\u{1b}=y\u{1b}7z", "xyz"),
            ("end\u{1b}", "end"),
            ("end\u{1b}[31", "end"),
            ("\u{1b}[31\nx", "\nx"),
            ("\u{1b}é", "é"),
        ] {
            assert_eq!(without_escapes(text), shown, "{text:?}");
        }
    }

    #[test]
    fn messages_stand_on_one_line() {
        assert_eq!(on_one_line("a\n\tat b\r\n"), "a at b");
        assert_eq!(on_one_line(&"é".repeat(500)).chars().count(), ONE_LINE + 1);
        assert_eq!(as_title("a\u{202e}\r\n\tb\n"), "a⟨U+202E⟩\n\tb");
    }

    #[test]
    fn only_what_is_bad_is_marked() {
        let marked: Vec<&str> = Severity::ALL.map(|severity| mark(severity.name()).1).into();
        assert_eq!(marked, ["✖", "✕", "▲", "", "", ""]);
    }
}
