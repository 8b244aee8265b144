//! The search box: Kibana Query Language as analysts type it, compiled to a [`Predicate`].
//!
//! `lexer` knows characters (words, quotes, escapes, and where each stood), `parser` the grammar, `fields` what a field
//! name selects, `values` what a written value asks of it, `times` what a written time covers. Nothing here looks at an
//! event: [`crate::query::naive`] and the store's scan do.

pub mod clauses;
mod fields;
mod lexer;
mod parser;
mod path;
mod times;
mod typing;
mod values;

use std::fmt;

use crate::query::predicate::{Predicate, Select};

pub use fields::short_names;
pub use path::written_path;
pub use typing::{Typed, Typing, typing, written_field, written_value};

/// How many parentheses may be open at once. People need three or four; the bound keeps a pasted file of `(((((` from
/// exhausting the stack of a worker, which would take the whole shard with it.
pub const DEEPEST_NESTING: usize = 200;

/// A query that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The condition.
    pub predicate: Predicate,
    /// Every field that the query names, in the order and as often as written.
    pub fields: Vec<FieldUse>,
}

/// A field named in a query, so that the session can warn of one that no loaded event has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldUse {
    /// As it was written, quotes and backslashes included.
    pub written: String,
    /// Its first character's position in the query, from 1.
    pub position: usize,
    /// What it names.
    pub field: Field,
}

/// What a field name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The event's time.
    Time,
    /// The path of the file that the event came from.
    File,
    /// Values of the record. A quoted name can be read in two ways and then means both; otherwise there is one.
    Values(Vec<Select>),
}

/// Why a query was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The character where the query goes wrong, from 1; one behind the last when it ends too early.
    pub position: usize,
    /// What was expected there: `a value`, `closing quote`.
    pub expected: String,
    /// In which way it goes wrong.
    pub fault: Fault,
    /// How to write what was probably meant, where that can be guessed.
    pub hint: Option<&'static str>,
    /// The character at the position, where there is one.
    pub found: Option<char>,
}

/// The two ways in which a query goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Something else should stand at the position.
    Misplaced,
    /// What starts at the position is of the right kind, but not right.
    Malformed,
}

impl SyntaxError {
    fn misplaced(position: usize, expected: &str) -> Self {
        Self { position, expected: expected.to_owned(), fault: Fault::Misplaced, hint: None, found: None }
    }

    fn malformed(position: usize, expected: impl Into<String>) -> Self {
        Self { position, expected: expected.into(), fault: Fault::Malformed, hint: None, found: None }
    }

    fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// A sentence for the person who typed the query.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { position, expected, .. } = self;
        let what = match (self.fault, self.found) {
            (Fault::Malformed, _) => {
                format!("What starts at character {position} is not right, expected: {expected}")
            }
            (Fault::Misplaced, None) => format!("The query ends where {expected} is expected, at character {position}"),
            (Fault::Misplaced, Some(found)) => {
                format!("Character {position} is “{found}” where {expected} is expected")
            }
        };
        match self.hint {
            None => format!("{what}."),
            Some(hint) => format!("{what} ({hint})."),
        }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.expected)
    }
}

impl std::error::Error for SyntaxError {}

/// Understands a query; an empty one is everything.
///
/// # Errors
/// When the text is not a query: the first place where it stops being one.
pub fn parse(text: &str) -> Result<Parsed, SyntaxError> {
    // Known only here, so that the code that notices an error needs no access to the text.
    parser::parse(text).map_err(|error| SyntaxError { found: text.chars().nth(error.position - 1), ..error })
}
