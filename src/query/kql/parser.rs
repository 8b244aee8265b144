//! The grammar, by recursive descent. Clauses (`a or (b and not c)`) and the values of one field
//! (`f: (a or (b and not c))`) are joined in the same way, so one set of functions parses both: [`Scope`] says which.

use super::lexer::{Cursor, Keyword, Letter};
use super::values::{self, Written};
use super::{DEEPEST_NESTING, Field, FieldUse, Parsed, SyntaxError, fields};
use crate::query::predicate::{Op, Predicate};

/// What the parts of an expression are.
#[derive(Clone, Copy)]
enum Scope<'a> {
    /// Whole clauses.
    Clauses,
    /// Values of one field.
    Values(&'a Field),
}

impl Scope<'_> {
    fn expected(self) -> &'static str {
        match self {
            Self::Clauses => "a clause",
            Self::Values(_) => "a value",
        }
    }
}

/// What stands between a field and its value.
#[derive(Clone, Copy)]
enum Operator {
    Is,
    Order(Op),
}

struct Parser {
    cursor: Cursor,
    fields: Vec<FieldUse>,
    /// Parentheses open around the cursor.
    depth: usize,
    /// Where the parts of the outermost conjunction stand, in characters from 0; of alternatives, of all of them.
    parts: Vec<(usize, usize)>,
    /// There is an `or` outside of all parentheses.
    alternatives: bool,
}

/// Where the clauses between the outermost `and`s stand, in characters from 0. Alternatives are one.
pub(super) fn parts(text: &str) -> Result<Vec<(usize, usize)>, SyntaxError> {
    let parser = parsed(text)?.1;
    Ok(if parser.alternatives { vec![(0, text.chars().count())] } else { parser.parts })
}

/// Whether a text is a query with an `or` outside of all parentheses.
pub(super) fn is_alternatives(text: &str) -> bool {
    parsed(text).is_ok_and(|(_, parser)| parser.alternatives)
}

pub(super) fn parse(text: &str) -> Result<Parsed, SyntaxError> {
    let (predicate, parser) = parsed(text)?;
    Ok(Parsed { predicate, fields: parser.fields })
}

fn parsed(text: &str) -> Result<(Predicate, Parser), SyntaxError> {
    let cursor = Cursor::new(text);
    let mut parser = Parser { cursor, fields: Vec::new(), depth: 0, parts: Vec::new(), alternatives: false };
    parser.cursor.skip_space();
    if parser.cursor.peek().is_none() {
        return Ok((Predicate::Everything, parser));
    }
    let predicate = parser.alternatives(Scope::Clauses)?;
    if parser.cursor.peek().is_some() {
        // Only a `)` ends an expression early.
        return Err(SyntaxError::misplaced(parser.cursor.position(), "a clause or the end")
            .hint("no ( is open here; a ) inside a value is written \\) or in quotes"));
    }
    Ok((predicate, parser))
}

impl Parser {
    /// `a or b or c`; leaves the cursor at a `)` or the end.
    fn alternatives(&mut self, scope: Scope<'_>) -> Result<Predicate, SyntaxError> {
        let mut any = vec![self.conjunction(scope)?];
        while self.cursor.eat_keyword(Keyword::Or) {
            any.push(self.conjunction(scope)?);
            self.alternatives |= self.is_outermost(scope);
        }
        Ok(one_or(any, Predicate::Or))
    }

    /// `a and b c`; leaves the cursor at an `or`, a `)` or the end.
    fn conjunction(&mut self, scope: Scope<'_>) -> Result<Predicate, SyntaxError> {
        let mut all = vec![self.part(scope)?];
        loop {
            self.cursor.skip_space();
            if matches!(self.cursor.peek(), None | Some(')')) || self.cursor.keyword() == Some(Keyword::Or) {
                return Ok(one_or(all, Predicate::And));
            }
            self.cursor.eat_keyword(Keyword::And);
            all.push(self.part(scope)?);
        }
    }

    fn is_outermost(&self, scope: Scope<'_>) -> bool {
        self.depth == 0 && matches!(scope, Scope::Clauses)
    }

    /// A part of a conjunction; where the outermost ones stand is noted.
    fn part(&mut self, scope: Scope<'_>) -> Result<Predicate, SyntaxError> {
        self.cursor.skip_space();
        let from = self.cursor.position() - 1;
        let predicate = self.negation(scope)?;
        if self.is_outermost(scope) {
            self.parts.push((from, self.cursor.position() - 1));
        }
        Ok(predicate)
    }

    /// `not a`. A loop rather than recursion, since `!!!!…` nests without any parenthesis to count; two cancel out.
    fn negation(&mut self, scope: Scope<'_>) -> Result<Predicate, SyntaxError> {
        let mut negated = false;
        loop {
            self.cursor.skip_space();
            // Among values `-1` is a number (a port range of "all" says so), among clauses it is not.
            let number = matches!(scope, Scope::Values(_))
                && self.cursor.peek_second().is_some_and(|next| next.is_ascii_digit());
            if self.cursor.eat_keyword(Keyword::Not) || self.cursor.eat('!') || (!number && self.cursor.eat('-')) {
                negated = !negated;
            } else {
                break;
            }
        }
        let predicate = if self.cursor.peek() == Some('(') {
            self.group(scope)?
        } else {
            match scope {
                Scope::Clauses => self.clause()?,
                Scope::Values(field) => self.value(field)?,
            }
        };
        Ok(if negated { Predicate::Not(Box::new(predicate)) } else { predicate })
    }

    /// `( … )`, of which the first stands next.
    fn group(&mut self, scope: Scope<'_>) -> Result<Predicate, SyntaxError> {
        if self.depth == DEEPEST_NESTING {
            let expected = format!("at most {DEEPEST_NESTING} parentheses inside each other");
            return Err(SyntaxError::malformed(self.cursor.position(), expected));
        }
        self.depth += 1;
        self.cursor.eat('(');
        let predicate = self.alternatives(scope)?;
        if !self.cursor.eat(')') {
            return Err(SyntaxError::misplaced(self.cursor.position(), "`)`"));
        }
        self.depth -= 1;
        Ok(predicate)
    }

    /// A field and its test, or bare text.
    fn clause(&mut self) -> Result<Predicate, SyntaxError> {
        let start = self.cursor.position();
        if matches!(self.cursor.peek(), None | Some(')')) || self.cursor.keyword().is_some() {
            return Err(SyntaxError::misplaced(start, Scope::Clauses.expected()));
        }
        if self.cursor.at_slashed() {
            let slashed = self.cursor.slashed()?;
            return values::bare(&Written::Slashed(slashed), start);
        }
        let name = if self.cursor.peek() == Some('"') {
            Written::Quoted(self.cursor.quoted()?)
        } else {
            Written::Word(self.cursor.word(&[':', '<', '>']))
        };
        let end = self.cursor.position();
        self.cursor.skip_space();
        let Some(operator) = self.operator() else {
            // Back, so that a missing space behind a quote is seen.
            self.cursor.return_to(end);
            if matches!(name, Written::Quoted(_)) {
                self.cursor.boundary("white space")?;
            }
            return values::bare(&name, start);
        };
        let field = match &name {
            Written::Word(word) if word.is_empty() => {
                return Err(SyntaxError::misplaced(start, Scope::Clauses.expected()));
            }
            Written::Word(word) => fields::named(word, end)?,
            Written::Quoted(name) => fields::quoted(name),
            Written::Slashed(_) => unreachable!("returned above"),
        };
        self.fields.push(FieldUse { written: self.cursor.written(start, end), position: start, field: field.clone() });
        self.cursor.skip_space();
        match operator {
            Operator::Is if self.cursor.peek() == Some('(') => self.group(Scope::Values(&field)),
            Operator::Is => self.value(&field),
            Operator::Order(op) => self.bound(&field, op),
        }
    }

    fn operator(&mut self) -> Option<Operator> {
        if self.cursor.eat(':') {
            return Some(Operator::Is);
        }
        let less = self.cursor.eat('<');
        if !less && !self.cursor.eat('>') {
            return None;
        }
        Some(Operator::Order(match (less, self.cursor.eat('=')) {
            (true, false) => Op::Less,
            (true, true) => Op::LessOrEqual,
            (false, false) => Op::Greater,
            (false, true) => Op::GreaterOrEqual,
        }))
    }

    /// A value that the field equals.
    fn value(&mut self, field: &Field) -> Result<Predicate, SyntaxError> {
        let position = self.cursor.position();
        if matches!(self.cursor.peek(), Some('<' | '>')) {
            return Err(SyntaxError::misplaced(position, "a value").hint("a comparison is written without the colon"));
        }
        let written = self.written("a value")?;
        values::equals(field, &written, position)
    }

    /// A value that the field is compared with.
    fn bound(&mut self, field: &Field, op: Op) -> Result<Predicate, SyntaxError> {
        const EXPECTED: &str = "a number, text or time";
        let position = self.cursor.position();
        let lone_star = |word: &[Letter]| matches!(word, [letter] if letter.is('*'));
        if self.cursor.peek() == Some('(') {
            return Err(SyntaxError::misplaced(position, EXPECTED));
        }
        match self.written(EXPECTED)? {
            Written::Word(word) if lone_star(&word) => Err(SyntaxError::misplaced(position, EXPECTED)),
            Written::Slashed(_) => Err(SyntaxError::misplaced(position, EXPECTED)),
            written => values::ordered(field, op, &written, position),
        }
    }

    fn written(&mut self, expected: &'static str) -> Result<Written, SyntaxError> {
        if matches!(self.cursor.peek(), None | Some(')')) {
            return Err(SyntaxError::misplaced(self.cursor.position(), expected));
        }
        if self.cursor.keyword().is_some() {
            return Err(SyntaxError::misplaced(self.cursor.position(), expected)
                .hint("`and`, `or` and `not` as values are written in quotes, and `not` stands before the field"));
        }
        if self.cursor.peek() == Some('"') {
            let text = self.cursor.quoted()?;
            self.cursor.boundary("white space")?;
            return Ok(Written::Quoted(text));
        }
        if self.cursor.at_slashed() {
            return Ok(Written::Slashed(self.cursor.slashed()?));
        }
        Ok(Written::Word(self.cursor.word(&[])))
    }
}

/// The only one as it is, several joined.
fn one_or(mut several: Vec<Predicate>, join: fn(Vec<Predicate>) -> Predicate) -> Predicate {
    match several.pop() {
        Some(only) if several.is_empty() => only,
        last => {
            several.extend(last);
            join(several)
        }
    }
}
