//! Space-delimited patterns: conditions on the fields of a message (`spec/FILTERPATTERN.md` 5).

use super::cursor::Cursor;
use super::json::{MIDDLE_STAR, glob, is_odd, number};
use super::{Counting, Fault, Kind, Note, Pattern, expression, said, test};
use crate::query::predicate::{Case, Compare, Op, Select, TextOp, TextTest};
use crate::query::spaces::{Spaces, When};

/// Reads a space-delimited pattern.
pub(super) fn parse(chars: &[char], before: usize, counting: Counting) -> Result<Pattern, Fault> {
    let mut reader =
        Reader { cursor: Cursor::new(chars, before), notes: Vec::new(), names: Vec::new(), expressions: 0 };
    reader.cursor.next();
    let mut ellipsis = None;
    let mut conditions = Vec::new();
    let mut first = true;
    loop {
        reader.cursor.skip_space();
        let position = reader.cursor.position();
        match reader.cursor.peek() {
            None => return Err(Fault::new(before + 1, "This bracket is not closed.")),
            // Nothing at all between the brackets is no column; nothing after a comma is one without a name.
            Some(']') if first => {
                reader.cursor.next();
                break;
            }
            Some('.') if reader.cursor.take("...") => {
                if ellipsis.replace(reader.names.len()).is_some() {
                    return Err(Fault::new(position, "A pattern has one ... at most."));
                }
            }
            _ => {
                let condition = reader.column()?;
                conditions.extend(condition);
            }
        }
        first = false;
        reader.cursor.skip_space();
        match reader.cursor.next() {
            Some(',') => {}
            Some(']') => break,
            None => return Err(Fault::new(before + 1, "This bracket is not closed.")),
            Some(c) => {
                let at = reader.cursor.position() - 1;
                return Err(Fault::new(
                    at,
                    format!("“{c}” cannot stand here; a comma or the closing bracket was expected."),
                ));
            }
        }
    }
    reader.cursor.skip_space();
    if !reader.cursor.is_over() {
        return Err(reader.cursor.fault(
            "Nothing may stand behind the closing bracket; a text in brackets as a term is written in quotes.",
        ));
    }
    if reader.expressions > 2 {
        reader.notes.push(note(before + 1, "More than two regular expressions: AWS allows two in a pattern."));
    }
    let count = reader.names.len();
    if ellipsis.is_none() && count > 0 {
        let text = match counting {
            Counting::Rest => {
                "A message with more fields than columns matches, and the last column takes the rest: the guides of AWS disagree. Count strictly to see the difference."
            }
            Counting::Strict => "A message with more fields than columns does not match: the guides of AWS disagree.",
        };
        reader.notes.push(note(before + chars.len(), text));
    }
    let spaces = Spaces {
        before: ellipsis.unwrap_or(count) as u32,
        any: ellipsis.is_some(),
        after: ellipsis.map_or(0, |at| count - at) as u32,
        strict: counting == Counting::Strict,
        when: match conditions.len() {
            0 => When::Always,
            1 => conditions.remove(0),
            _ => When::And(conditions),
        },
    };
    let every = count == 0 && ellipsis.is_none();
    let predicate = if every {
        test(Select::message(), vec![Compare::Present])
    } else {
        said(TextOp::Spaces(Box::new(spaces.clone())))
    };
    Ok(Pattern {
        notes: reader.notes,
        columns: reader.names,
        spaces: Some(spaces),
        ..Pattern::of(Kind::Columns, predicate)
    })
}

fn note(position: usize, text: &str) -> Note {
    Note { position, text: text.to_owned() }
}

struct Reader<'p> {
    cursor: Cursor<'p>,
    notes: Vec<Note>,
    /// Names of the columns so far.
    names: Vec<Option<String>>,
    expressions: usize,
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

impl Reader<'_> {
    /// One column, with or without a name and a condition.
    fn column(&mut self) -> Result<Option<When>, Fault> {
        let this = self.names.len();
        self.names.push(None);
        if matches!(self.cursor.peek(), Some(',' | ']')) {
            return Ok(None);
        }
        let mut any = Vec::new();
        let mut all = Vec::new();
        let mut first = true;
        loop {
            self.cursor.skip_space();
            let position = self.cursor.position();
            let name = self.cursor.take_while(is_name);
            if name.is_empty() {
                return Err(match self.cursor.peek() {
                    None => Fault::new(position, "The name of a field was expected here, and the closing bracket."),
                    Some(c) => {
                        Fault::new(position, format!("“{c}” cannot stand here; the name of a field was expected."))
                    }
                });
            }
            self.cursor.skip_space();
            let known = self.names.iter().position(|known| known.as_deref() == Some(&name));
            if matches!(self.cursor.peek(), None | Some(',' | ']')) && first {
                if known.is_some() {
                    return Err(Fault::new(position, format!("Two fields are called {name}.")));
                }
                self.names[this] = Some(name);
                return Ok(None);
            }
            let column = match known {
                Some(column) => column,
                None if self.names[this].is_none() => {
                    self.names[this] = Some(name);
                    this
                }
                None => {
                    let message = format!("{name} is neither this field nor one before it.");
                    return Err(Fault::new(position, message));
                }
            };
            first = false;
            all.push(self.compare(column as u32)?);
            self.cursor.skip_space();
            if self.cursor.take("&&") {
                continue;
            }
            any.push(When::And(std::mem::take(&mut all)));
            if self.cursor.take("||") {
                continue;
            }
            if let Some('&' | '|') = self.cursor.peek() {
                return Err(self.cursor.fault("Conditions are joined by && or ||, two of a kind."));
            }
            return Ok(Some(When::Or(any)));
        }
    }

    /// An operator and a value.
    fn compare(&mut self, column: u32) -> Result<When, Fault> {
        let position = self.cursor.position();
        let op = ["!=", "<=", ">=", "=", "<", ">"].into_iter().find(|op| self.cursor.take(op));
        let Some(op) = op else {
            return Err(Fault::new(
                position,
                "An operator was expected: =, !=, <, <=, > or >=; or a comma before the next field.",
            ));
        };
        if op == "=" && self.cursor.peek() == Some('=') {
            return Err(Fault::new(position, "== is no operator here; write =."));
        }
        self.cursor.skip_space();
        let at = self.cursor.position();
        let mut expression = None;
        let value = match self.cursor.peek() {
            Some('"') => self.cursor.quoted()?,
            Some('%') => {
                self.expressions += 1;
                let (text, from) = expression::read(&mut self.cursor)?;
                expression = Some(expression::compile(&text, from)?);
                String::new()
            }
            _ => self.cursor.take_while(|c| !c.is_whitespace() && !",]&|\"%".contains(c)),
        };
        if value.is_empty() && expression.is_none() && self.cursor.position() == at {
            return Err(Fault::new(at, "A value was expected here."));
        }
        let order = match op {
            "<" => Op::Less,
            "<=" => Op::LessOrEqual,
            ">" => Op::Greater,
            ">=" => Op::GreaterOrEqual,
            _ => {
                if expression.is_none() && is_odd(&value) {
                    // `*.html*` has its stars at the ends.
                    self.notes.push(note(at, MIDDLE_STAR));
                }
                let op_of = expression.unwrap_or_else(|| glob(&value));
                return Ok(When::Text { column, test: TextTest { op: op_of, case: Case::Kept }, not: op == "!=" });
            }
        };
        if expression.is_some() || number(&value).is_none() {
            return Err(Fault::new(at, format!("{op} takes a number.")));
        }
        Ok(When::Number { column, op: order, operand: value })
    }
}
