//! A text split at its spaces, as space-delimited filter patterns of CloudWatch Logs split it (`spec/FILTERPATTERN.md` 5):
//! what stands in brackets or in quotes is one field.

use super::predicate::{Op, TextTest};
use super::text::{CompiledText, InvalidRegex};
use serde::{Deserialize, Serialize};

/// What is asked of a text's fields: how many there are, and what some of them say.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Spaces {
    /// Columns before the `...`, or all of them where there is none.
    pub before: u32,
    /// There is a `...`, which takes any number of fields, none included ...
    pub any: bool,
    /// ... and this many columns after it.
    pub after: u32,
    /// Without `...`: a text with more fields than columns does not match. Otherwise the last column takes the rest of the line.
    pub strict: bool,
    /// What the columns say.
    pub when: When,
}

/// A condition on columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum When {
    /// Always holds.
    Always,
    /// All hold.
    And(Vec<When>),
    /// Any holds.
    Or(Vec<When>),
    /// The text of a column satisfies the test.
    Text {
        /// The column's place among the columns, from 0; `...` is none.
        column: u32,
        /// The test.
        test: TextTest,
        /// It must not satisfy it.
        not: bool,
    },
    /// The text of a column is a number in this order to the operand; text that is no number satisfies nothing.
    Number {
        /// The column's place among the columns.
        column: u32,
        /// Value `op` operand.
        op: Op,
        /// The operand as it was written.
        operand: String,
    },
}

/// A field of a split text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'t> {
    /// What it says, without the brackets or quotes around it.
    pub text: &'t str,
    /// Where it begins in the text, its delimiter included.
    start: usize,
}

/// The fields of a text. Brackets and quotes that do not close before a space or the end are ordinary characters; line ends
/// at the end of the text belong to no field.
#[must_use]
pub fn fields(text: &str) -> Vec<Field<'_>> {
    let text = text.trim_end_matches(['\n', '\r']);
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b' ' {
            at += 1;
            continue;
        }
        let closes = match bytes[at] {
            b'[' => Some(b']'),
            b'"' => Some(b'"'),
            _ => None,
        };
        let closed = closes.and_then(|close| {
            let end = at + 1 + memchr::memchr(close, &bytes[at + 1..])?;
            matches!(bytes.get(end + 1), None | Some(b' ')).then_some(end)
        });
        let end = match closed {
            Some(end) => {
                found.push(Field { text: &text[at + 1..end], start: at });
                end + 1
            }
            None => {
                let end = memchr::memchr(b' ', &bytes[at..]).map_or(bytes.len(), |space| at + space);
                found.push(Field { text: &text[at..end], start: at });
                end
            }
        };
        at = end;
    }
    found
}

/// [`Spaces`] ready to be asked.
#[derive(Clone, Debug)]
pub struct Split {
    before: usize,
    any: bool,
    after: usize,
    strict: bool,
    when: Ready,
}

#[derive(Clone, Debug)]
enum Ready {
    Always,
    And(Vec<Ready>),
    Or(Vec<Ready>),
    Text(usize, Box<CompiledText>, bool),
    Number(usize, Op, f64),
}

impl Ready {
    fn new(when: &When) -> Result<Self, InvalidRegex> {
        let all = |all: &[When]| all.iter().map(Self::new).collect::<Result<Vec<_>, _>>();
        Ok(match when {
            When::Always => Self::Always,
            When::And(parts) => Self::And(all(parts)?),
            When::Or(parts) => Self::Or(all(parts)?),
            When::Text { column, test, not } => Self::Text(*column as usize, Box::new(CompiledText::new(test)?), *not),
            When::Number { column, op, operand } => {
                Self::Number(*column as usize, *op, operand.parse().unwrap_or(f64::NAN))
            }
        })
    }

    fn holds<'t>(&self, column: &impl Fn(usize) -> &'t str) -> bool {
        match self {
            Self::Always => true,
            Self::And(all) => all.iter().all(|part| part.holds(column)),
            Self::Or(any) => any.iter().any(|part| part.holds(column)),
            Self::Text(at, test, not) => test.is_match(column(*at)) != *not,
            Self::Number(at, op, operand) => {
                let value = column(*at).parse::<f64>().ok().filter(|value| value.is_finite());
                value.and_then(|value| value.partial_cmp(operand)).is_some_and(|order| op.holds(order))
            }
        }
    }
}

impl Split {
    /// Makes it ready.
    ///
    /// # Errors
    /// When a regular expression in it does not compile.
    pub fn new(spaces: &Spaces) -> Result<Self, InvalidRegex> {
        Ok(Self {
            before: spaces.before as usize,
            any: spaces.any,
            after: spaces.after as usize,
            strict: spaces.strict,
            when: Ready::new(&spaces.when)?,
        })
    }

    /// Whether the text satisfies it.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        let fields = fields(text);
        self.fits(&fields) && self.when.holds(&|column| self.text(text, &fields, column))
    }

    /// What a column says in a text; `None` when the text has another number of fields.
    #[must_use]
    pub fn column<'t>(&self, text: &'t str, column: usize) -> Option<&'t str> {
        let fields = fields(text);
        self.fits(&fields).then(|| self.text(text, &fields, column))
    }

    fn fits(&self, fields: &[Field<'_>]) -> bool {
        let columns = self.before + self.after;
        fields.len() >= columns && (self.any || columns == 0 || !self.strict || fields.len() == columns)
    }

    /// What a column says, where the fields fit.
    fn text<'t>(&self, text: &'t str, fields: &[Field<'t>], column: usize) -> &'t str {
        if column >= self.before {
            let from_end = (self.before + self.after).saturating_sub(column);
            return fields.len().checked_sub(from_end).and_then(|at| fields.get(at)).map_or("", |field| field.text);
        }
        let Some(field) = fields.get(column) else { return "" };
        let last = !self.any && column + 1 == self.before;
        if last && fields.len() > self.before {
            return text[field.start..].trim_end_matches(['\n', '\r', ' ']);
        }
        field.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_as_the_guide_shows() {
        let texts = |text: &'static str| fields(text).into_iter().map(|field| field.text).collect::<Vec<_>>();
        assert_eq!(
            texts("127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /a HTTP/1.0\" 200 1534\n"),
            ["127.0.0.1", "-", "frank", "10/Oct/2000:13:25:15 -0700", "GET /a HTTP/1.0", "200", "1534"]
        );
        assert_eq!(texts("[open x  \"y"), ["[open", "x", "\"y"]);
        assert_eq!(texts("a\tb \"\" [x]y"), ["a\tb", "", "[x]y"]);
        assert!(texts(" \r\n").is_empty());
    }

    #[test]
    fn the_last_column_takes_the_rest_unless_strict() {
        let of = |strict, any, after| {
            Split::new(&Spaces { before: 2, any, after, strict, when: When::Always }).expect("no expression")
        };
        assert_eq!(of(false, false, 0).column("ERROR a [b] c\n", 1), Some("a [b] c"));
        assert_eq!(of(false, false, 0).column("ERROR [b]", 1), Some("b"));
        assert_eq!(of(true, false, 0).column("ERROR a b", 1), None);
        assert_eq!(of(false, true, 1).column("a b c d", 2), Some("d"));
        assert_eq!(of(false, true, 1).column("a b", 2), None);
    }
}
