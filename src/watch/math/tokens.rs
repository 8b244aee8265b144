//! An expression as tokens, each with the character where it begins, from 1.

use super::fault;
use crate::query::pattern::Fault;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    /// An id, the name of a function, or a word such as `DESC`.
    Name(String),
    /// A text in quotes.
    Text(String),
    /// An operator, parenthesis, bracket or comma.
    Sign(&'static str),
}

/// Signs, the longer ones first.
const SIGNS: [&str; 20] =
    ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", "{", "}"];

pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Fault> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        let start = at;
        let run = |from: usize, holds: &dyn Fn(char) -> bool| {
            chars[from..].iter().position(|char| !holds(*char)).map_or(chars.len(), |len| from + len)
        };
        let token = match char {
            char if char.is_whitespace() => {
                at += 1;
                continue;
            }
            '0'..='9' | '.' => {
                at = run(at, &|char| char.is_ascii_digit() || char == '.');
                if matches!(chars.get(at), Some('e' | 'E')) {
                    let sign = usize::from(matches!(chars.get(at + 1), Some('+' | '-')));
                    if chars.get(at + 1 + sign).is_some_and(char::is_ascii_digit) {
                        at = run(at + 1 + sign, &|char| char.is_ascii_digit());
                    }
                }
                let number: String = chars[start..at].iter().collect();
                let value = number.parse::<f64>().ok().filter(|value| value.is_finite());
                Token::Number(value.ok_or_else(|| fault(start + 1, format!("{number} is no number.")))?)
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                at = run(at, &|char| char.is_ascii_alphanumeric() || char == '_');
                Token::Name(chars[start..at].iter().collect())
            }
            '\'' | '"' => {
                let mut content = String::new();
                at += 1;
                loop {
                    match chars.get(at) {
                        None => return Err(fault(start + 1, "Nothing closes this quote.")),
                        Some(&end) if end == char => break,
                        Some('\\')
                            if chars.get(at + 1).is_some_and(|next| *next == char || *next == '\\') && char == '"' =>
                        {
                            content.push(chars[at + 1]);
                            at += 2;
                        }
                        Some(&other) => {
                            content.push(other);
                            at += 1;
                        }
                    }
                }
                at += 1;
                Token::Text(content)
            }
            _ => {
                let sign = SIGNS.into_iter().find(|sign| chars[at..].iter().copied().take(sign.len()).eq(sign.chars()));
                let sign = sign.ok_or_else(|| {
                    let hint = match char {
                        '=' => " Equality is ==.",
                        '!' => " Inequality is !=.",
                        '&' => " And is AND or &&.",
                        '|' => " Or is OR or ||.",
                        _ => "",
                    };
                    fault(start + 1, format!("{char:?} means nothing in an expression.{hint}"))
                })?;
                at += sign.len();
                Token::Sign(sign)
            }
        };
        out.push((start + 1, token));
    }
    Ok(out)
}
