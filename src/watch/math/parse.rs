//! The form of an expression.

use super::functions::{self, FUNCTIONS};
use super::tokens::{Token, tokens};
use super::{fault, is_id};
use crate::query::pattern::Fault;

/// Parentheses, lists and functions in each other at most.
const DEPTH_MAX: usize = 64;

/// Operators of an expression at most: each makes the tree of it deeper by one.
const OPERATORS_MAX: usize = 256;

/// Words that stand as arguments of functions.
pub(super) const WORDS: [&str; 10] = ["AVG", "MIN", "MAX", "SUM", "STDDEV", "ASC", "DESC", "REPEAT", "LINEAR", "COUNT"];

/// A part of an expression and the character where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub at: usize,
    pub is: Is,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Is {
    Number(f64),
    Text(String),
    Id(String),
    Word(String),
    Negative(Box<Node>),
    Binary(&'static str, Box<Node>, Box<Node>),
    List(Vec<Node>),
    Call(String, Vec<Node>),
}

/// The operators, those that bind least first.
const LEVELS: [&[&str]; 6] =
    [&["OR", "||"], &["AND", "&&"], &["==", "!=", "<=", ">=", "<", ">"], &["+", "-"], &["*", "/"], &["^"]];

pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, at: 0, end: text.chars().count() + 1, depth: 0, operators: 0 };
    if parser.tokens.is_empty() {
        return Err(fault(1, "An expression is expected, such as m1 / m2 * 100."));
    }
    let node = parser.level(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(node),
        Some((at, token)) => {
            Err(fault(*at, format!("An operator is expected here, or the end, and not {}.", shown(token))))
        }
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Number(number) => number.to_string(),
        Token::Name(name) => name.clone(),
        Token::Text(text) => format!("{text:?}"),
        Token::Sign(sign) => (*sign).to_owned(),
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    at: usize,
    end: usize,
    depth: usize,
    operators: usize,
}

impl Parser {
    fn next(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    /// The character of the next token, or of the end.
    fn place(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |(at, _)| *at)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is = matches!(self.next(), Some(Token::Sign(next)) if *next == sign);
        self.at += usize::from(is);
        is
    }

    fn level(&mut self, level: usize) -> Result<Node, Fault> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.level(level + 1)?;
        loop {
            let operator = match self.next() {
                Some(Token::Sign(sign)) => operators.iter().find(|operator| *operator == sign),
                Some(Token::Name(name)) => operators.iter().find(|operator| *operator == name),
                _ => None,
            };
            let Some(&operator) = operator else { return Ok(left) };
            self.operators += 1;
            if self.operators > OPERATORS_MAX {
                let words =
                    format!("It has more than {OPERATORS_MAX} operators: SUM([…]) adds up as many as there are.");
                return Err(fault(self.place(), words));
            }
            self.at += 1;
            let right = self.level(level + 1)?;
            let operator = match operator {
                "&&" => "AND",
                "||" => "OR",
                operator => operator,
            };
            left = Node { at: left.at, is: Is::Binary(operator, Box::new(left), Box::new(right)) };
        }
    }

    fn unary(&mut self) -> Result<Node, Fault> {
        let at = self.place();
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(fault(at, format!("It is nested more than {DEPTH_MAX} deep.")));
        }
        let node =
            if self.takes("-") { Ok(Node { at, is: Is::Negative(Box::new(self.unary()?)) }) } else { self.primary() };
        self.depth -= 1;
        node
    }

    fn primary(&mut self) -> Result<Node, Fault> {
        let at = self.place();
        let is = |is| Ok(Node { at, is });
        match self.next().cloned() {
            Some(Token::Number(number)) => {
                self.at += 1;
                is(Is::Number(number))
            }
            Some(Token::Text(text)) => {
                self.at += 1;
                is(Is::Text(text))
            }
            Some(Token::Name(name)) => {
                self.at += 1;
                if self.takes("(") {
                    let arguments = self.until(")")?;
                    return is(Is::Call(name, arguments));
                }
                match name.as_str() {
                    name if is_id(name) => is(Is::Id(name.to_owned())),
                    word if WORDS.contains(&word) => is(Is::Word(word.to_owned())),
                    name if functions::find(name).is_some() => {
                        Err(fault(self.place(), format!("{name} is a function: an opening parenthesis is expected.")))
                    }
                    name => Err(fault(
                        at,
                        format!("{name} is neither an id, which begins with a small letter, nor a function."),
                    )),
                }
            }
            Some(Token::Sign("(")) => {
                self.at += 1;
                let node = self.level(0)?;
                if !self.takes(")") {
                    return Err(fault(self.place(), "A closing parenthesis is expected."));
                }
                Ok(node)
            }
            Some(Token::Sign("[")) => {
                self.at += 1;
                let members = self.until("]")?;
                is(Is::List(members))
            }
            Some(token) => {
                Err(fault(at, format!("An id, a number or a function is expected, and not {}.", shown(&token))))
            }
            None => Err(fault(at, "It ends too early: an id, a number or a function is expected.")),
        }
    }

    fn until(&mut self, end: &str) -> Result<Vec<Node>, Fault> {
        let mut nodes = Vec::new();
        if self.takes(end) {
            return Ok(nodes);
        }
        loop {
            nodes.push(self.level(0)?);
            if self.takes(end) {
                return Ok(nodes);
            }
            if !self.takes(",") {
                return Err(fault(self.place(), format!("A comma or {end} is expected.")));
            }
        }
    }
}

impl Node {
    fn parts(&self) -> Vec<&Self> {
        match &self.is {
            Is::Number(_) | Is::Text(_) | Is::Id(_) | Is::Word(_) => Vec::new(),
            Is::Negative(node) => vec![node],
            Is::Binary(_, left, right) => vec![left, right],
            Is::List(nodes) | Is::Call(_, nodes) => nodes.iter().collect(),
        }
    }

    /// Whether all functions and ids are there, and each function has its arguments.
    pub fn check(&self, ids: &[&str]) -> Result<(), Fault> {
        match &self.is {
            Is::Id(id) if !ids.contains(&id.as_str()) => Err(no_such(self.at, id)),
            Is::Call(name, arguments) => {
                functions::arity(self.at, name, arguments.len())?;
                arguments.iter().try_for_each(|argument| argument.check(ids))
            }
            _ => self.parts().into_iter().try_for_each(|part| part.check(ids)),
        }
    }

    /// The ids in it; `None` where it takes all metrics.
    pub fn names(&self) -> Option<Vec<String>> {
        match &self.is {
            Is::Id(id) => Some(vec![id.clone()]),
            Is::Call(name, _) if name == "METRICS" => None,
            _ => self.parts().into_iter().map(Self::names).try_fold(Vec::new(), |mut all, names| {
                all.extend(names?);
                Some(all)
            }),
        }
    }
}

pub(super) fn no_such(at: usize, id: &str) -> Fault {
    fault(at, format!("No line of this chart has the id {id}."))
}

/// The function of a name, or the nearest.
pub(super) fn unknown(at: usize, name: &str) -> Fault {
    let known = FUNCTIONS.iter().find(|function| function.name.eq_ignore_ascii_case(name));
    match known {
        Some(function) => fault(at, format!("Functions are written in capitals: {}.", function.name)),
        None => fault(at, format!("There is no function {name}.")),
    }
}
