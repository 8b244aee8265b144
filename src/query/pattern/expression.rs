//! Regular expressions between `%`, in the part of the language that CloudWatch Logs takes (`spec/FILTERPATTERN.md` 3).

use super::Fault;
use super::cursor::Cursor;
use crate::query::predicate::{Case, TextOp};
use crate::query::text::check_regex;

/// Characters that mean themselves, besides letters, digits and the space.
const PLAIN: &str = ":_#=@/;,-";

/// Characters that mean something.
const OPERATORS: &str = "^$?[]{}|\\*+.";

/// Reads `%…%`; the expression and the position of its first character.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<(String, usize), Fault> {
    let open = cursor.position();
    cursor.next();
    let from = cursor.position();
    let mut out = String::new();
    loop {
        match cursor.next() {
            None => return Err(Fault::new(open, "This expression is not closed: a second % is missing.")),
            Some('%') => break,
            Some('\\') => {
                out.push('\\');
                out.extend(cursor.next());
            }
            Some(c) => out.push(c),
        }
    }
    if out.is_empty() {
        return Err(Fault::new(open, "There is no expression between these two %."));
    }
    Ok((out, from))
}

/// The test that an expression is; `from`: the position of its first character.
pub(super) fn compile(expression: &str, from: usize) -> Result<TextOp, Fault> {
    let mut out = String::new();
    let mut chars = expression.chars().enumerate().peekable();
    let mut in_class = false;
    while let Some((at, c)) = chars.next() {
        let position = from + at;
        match c {
            '(' | ')' => {
                let message =
                    format!("Expressions have no parentheses here; write \\x{:02x} for the character.", u32::from(c));
                return Err(Fault::new(position, message));
            }
            '\\' => {
                let Some((_, escaped)) = chars.next() else {
                    return Err(Fault::new(position, "A backslash needs a character after it."));
                };
                match escaped {
                    // Without Unicode's digits and spaces: the guide's are ASCII's.
                    'd' => out.push_str(if in_class { "0-9" } else { "[0-9]" }),
                    'D' => out.push_str("[^0-9]"),
                    's' => out.push_str(if in_class { r" \t\n\r\x0B\f" } else { r"[ \t\n\r\x0B\f]" }),
                    'S' => out.push_str(r"[^ \t\n\r\x0B\f]"),
                    'w' => out.push_str(if in_class { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }),
                    'W' => out.push_str("[^0-9A-Za-z_]"),
                    'x' => {
                        let digits: String =
                            std::iter::from_fn(|| chars.next_if(|(_, c)| c.is_ascii_hexdigit()).map(|(_, c)| c))
                                .take(2)
                                .collect();
                        if digits.len() < 2 {
                            return Err(Fault::new(position, "\\x needs two hexadecimal digits."));
                        }
                        out.push_str(&format!("\\x{digits}"));
                    }
                    c if OPERATORS.contains(c) => {
                        out.push('\\');
                        out.push(c);
                    }
                    // A backslash before a character that means itself is that character.
                    c if PLAIN.contains(c) => out.push_str(&regex_syntax::escape(&c.to_string())),
                    c => {
                        let message = format!(
                            "\\{c} is not known; \\d \\D \\s \\S \\w \\W \\xhh are, and a backslash before an operator."
                        );
                        return Err(Fault::new(position, message));
                    }
                }
            }
            '[' if in_class => out.push_str("\\["),
            '[' => {
                in_class = true;
                out.push('[');
                if let Some((_, c)) = chars.next_if(|(_, c)| *c == '^') {
                    out.push(c);
                }
                // A bracket that comes first in a class is a member of it.
                if chars.next_if(|(_, c)| *c == ']').is_some() {
                    out.push_str("\\]");
                }
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            // The message may end with the line end that its program wrote.
            '$' if !in_class => out.push_str("(?:\\r?\\n)?$"),
            '.' if !in_class => out.push('.'),
            // In a class two of these side by side would be an operation that AWS does not know.
            '-' if in_class && (out.ends_with('-') || chars.peek().is_some_and(|(_, c)| *c == '-')) => {
                let ends_range = out.ends_with('-') && !out.ends_with("\\-");
                let begins_range = !out.ends_with('-') && !out.ends_with(['[', '^']);
                out.push_str(if begins_range && !ends_range { "-" } else { "\\-" });
            }
            '-' if in_class => out.push('-'),
            c if c == ' ' || c.is_ascii_alphanumeric() || PLAIN.contains(c) || OPERATORS.contains(c) => {
                if in_class && "&~".contains(c) {
                    out.push('\\');
                }
                out.push(c);
            }
            c => {
                let message = format!(
                    "“{c}” cannot stand in an expression here; letters, digits, spaces and {PLAIN} can, and the operators {OPERATORS}"
                );
                return Err(Fault::new(position, message));
            }
        }
    }
    check_regex(&out, Case::Kept)
        .map_err(|error| Fault::new(from, format!("This expression does not compile: {}.", error.message)))?;
    Ok(TextOp::Regex(out))
}
