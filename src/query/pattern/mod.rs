//! Filter patterns of CloudWatch Logs, as metric filters, subscription filters, `filter-log-events` and Live Tail have them
//! (`spec/FILTERPATTERN.md`), compiled to a [`Predicate`].
//!
//! `terms`, `json` and `columns` read the three kinds of pattern, `expression` the regular expressions that all may hold, and
//! `source` where a metric's value comes from. Where AWS does not say what a pattern means, we choose, and say so in a [`Note`].

mod columns;
mod cursor;
mod expression;
mod json;
mod source;
mod terms;

use crate::query::predicate::{Arrays, Case, Compare, Predicate, Select, Test, TextOp, TextTest, Types};
use crate::query::spaces::Spaces;
use crate::trail::Derived;
use crate::trail::line::Format;
use serde::{Deserialize, Serialize};

/// A pattern may have this many characters.
pub const LENGTH_MAX: usize = 1_024;

/// A pattern that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// Of which kind it is.
    pub kind: Kind,
    /// Which events it matches.
    pub predicate: Predicate,
    /// What it relies on that AWS does not say, or says two ways.
    pub notes: Vec<Note>,
    /// Names of the columns of a space-delimited pattern, `None` for one without a name; `...` is none.
    pub columns: Vec<Option<String>>,
    /// How a space-delimited pattern splits a message.
    pub spaces: Option<Spaces>,
    /// The selectors of a JSON pattern as they were written, and what they select; in the order of the pattern.
    pub fields: Vec<(String, Select)>,
}

/// The kinds of pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An empty one: it matches every event.
    Everything,
    /// Terms that occur or do not occur in the message.
    Terms,
    /// A condition on the members of a message that is a JSON object.
    Json,
    /// Conditions on the fields of a message that is split at spaces.
    Columns,
    /// A regular expression that is found in the message.
    Expression,
}

impl Kind {
    /// What to call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Terms => "terms",
            Self::Json => "JSON",
            Self::Columns => "space-delimited",
            Self::Expression => "regular expression",
        }
    }
}

/// What becomes of a message with more fields than a space-delimited pattern has columns, where it has no `...`: the
/// evidence conflicts, so that a person may choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counting {
    /// The last column takes the rest of the line, as examples of the current guide do.
    #[default]
    Rest,
    /// It does not match, as the guide of 2020 says.
    Strict,
}

/// Something that a pattern relies on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The character of the pattern that it is about, from 1.
    pub position: usize,
    /// A sentence.
    pub text: String,
}

/// Why AWS would refuse a pattern, or a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The character where it goes wrong, from 1; one behind the last when it ends too early.
    pub position: usize,
    /// A sentence.
    pub message: String,
}

impl Fault {
    fn new(position: usize, message: impl Into<String>) -> Self {
        Self { position, message: message.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "character {}: {}", self.position, self.message)
    }
}

impl std::error::Error for Fault {}

/// Understands a pattern.
///
/// # Errors
/// When AWS would refuse it: the first place where it goes wrong, and why.
pub fn parse(text: &str, counting: Counting) -> Result<Pattern, Fault> {
    let length = text.chars().count();
    if length > LENGTH_MAX {
        let message = format!("A pattern has at most {LENGTH_MAX} characters; this one has {length}.");
        return Err(Fault::new(LENGTH_MAX + 1, message));
    }
    let chars: Vec<char> = text.chars().collect();
    let from = chars.iter().position(|c| !c.is_whitespace()).unwrap_or(chars.len());
    let to = chars.iter().rposition(|c| !c.is_whitespace()).map_or(from, |last| last + 1);
    let inside = &chars[from..to];
    if inside.is_empty() || matches!(inside, ['"', blank @ .., '"'] if blank.iter().all(|c| *c == ' ')) {
        return Ok(Pattern::of(Kind::Everything, Predicate::Everything));
    }
    match inside {
        ['{', ..] => json::parse(inside, from),
        ['[', ..] => columns::parse(inside, from, counting),
        ['%', ..] => {
            let mut cursor = cursor::Cursor::new(inside, from);
            let (expression, position) = expression::read(&mut cursor)?;
            cursor.skip_space();
            if !cursor.is_over() {
                let message =
                    "A pattern with an expression between % is that expression alone; terms cannot stand beside it.";
                return Err(cursor.fault(message));
            }
            let op = expression::compile(&expression, position)?;
            Ok(Pattern::of(Kind::Expression, said(op)))
        }
        _ => terms::parse(inside, from),
    }
}

impl Pattern {
    fn of(kind: Kind, predicate: Predicate) -> Self {
        Self { kind, predicate, notes: Vec::new(), columns: Vec::new(), spaces: None, fields: Vec::new() }
    }
}

/// The message satisfies a test.
fn said(op: TextOp) -> Predicate {
    test(Select::message(), vec![text(op)])
}

fn test(select: Select, any: Vec<Compare>) -> Predicate {
    Predicate::Test(Test { select, any, absent: false })
}

/// A comparison with the text of a value of any type.
fn text(op: TextOp) -> Compare {
    Compare::Text { test: TextTest { op, case: Case::Kept }, types: Types::ALL }
}

/// The message is one JSON object.
fn is_json() -> Predicate {
    let names = Format::ALL.into_iter().filter(|format| format.is_json());
    let any = names.map(|format| text(TextOp::Equals(format.name().to_owned())));
    test(Select::of_derived(Derived::Format), any.collect())
}

/// A path that means exactly what it says.
fn exact(steps: Vec<crate::query::predicate::Step>) -> Select {
    Select { steps, arrays: Arrays::Exact }
}
