//! JSON patterns: conditions on the members of a message that is one JSON object (`spec/FILTERPATTERN.md` 4).

use super::cursor::Cursor;
use super::{Fault, Kind, Note, Pattern, exact, expression, is_json, test, text};
use crate::query::predicate::{Compare, GlobPart, Op, Predicate, Select, Step, Test, TextOp, Types};

/// Parentheses may be open so often at once.
const DEEPEST: usize = 100;

/// A selector may have one wildcard, a pattern three; more than two expressions are beyond the quota.
const WILDCARDS_MAX: usize = 3;
const EXPRESSIONS_MAX: usize = 2;

/// Reads a JSON pattern.
pub(super) fn parse(chars: &[char], before: usize) -> Result<Pattern, Fault> {
    let mut reader = Reader {
        cursor: Cursor::new(chars, before),
        notes: Vec::new(),
        fields: Vec::new(),
        wildcards: 0,
        expressions: 0,
        differs: false,
        depth: 0,
    };
    reader.cursor.next();
    let condition = reader.or()?;
    if !reader.cursor.take("}") {
        return Err(match reader.cursor.peek() {
            None => Fault::new(before + 1, "This brace is not closed."),
            Some(')') => reader.cursor.fault("No parenthesis is open here."),
            Some('&' | '|') => reader.cursor.fault("Conditions are joined by && or ||, two of a kind."),
            Some(_) => reader.cursor.fault("&&, || or the closing brace was expected here."),
        });
    }
    reader.cursor.skip_space();
    if !reader.cursor.is_over() {
        return Err(reader.cursor.fault("Nothing may stand behind the closing brace."));
    }
    if reader.expressions > EXPRESSIONS_MAX {
        reader.note(before + 1, "More than two regular expressions: AWS allows two in a pattern.".to_owned());
    }
    let predicate = Predicate::And(vec![is_json(), condition]);
    Ok(Pattern { notes: reader.notes, fields: reader.fields, ..Pattern::of(Kind::Json, predicate) })
}

struct Reader<'p> {
    cursor: Cursor<'p>,
    notes: Vec<Note>,
    fields: Vec<(String, Select)>,
    wildcards: usize,
    expressions: usize,
    /// It was noted what `!=` means where the field is absent.
    differs: bool,
    depth: usize,
}

/// A value as it was written.
enum Value {
    Bare(String),
    Quoted(String),
    Expression(TextOp),
}

impl Reader<'_> {
    fn note(&mut self, position: usize, text: String) {
        self.notes.push(Note { position, text });
    }

    fn or(&mut self) -> Result<Predicate, Fault> {
        let mut any = vec![self.and()?];
        while self.joint("||") {
            any.push(self.and()?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Predicate::Or(any) })
    }

    fn and(&mut self) -> Result<Predicate, Fault> {
        let mut all = vec![self.one()?];
        while self.joint("&&") {
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Predicate::And(all) })
    }

    fn joint(&mut self, text: &str) -> bool {
        self.cursor.skip_space();
        self.cursor.take(text)
    }

    fn one(&mut self) -> Result<Predicate, Fault> {
        self.cursor.skip_space();
        match self.cursor.peek() {
            Some('(') => {
                let open = self.cursor.position();
                self.cursor.next();
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(Fault::new(open, format!("More than {DEEPEST} parentheses are open at once.")));
                }
                let inside = self.or()?;
                self.depth -= 1;
                self.cursor.skip_space();
                match self.cursor.peek() {
                    Some(')') => {
                        self.cursor.next();
                        Ok(inside)
                    }
                    None | Some('}') => Err(Fault::new(open, "This parenthesis is not closed.")),
                    Some('&' | '|') => Err(self.cursor.fault("Conditions are joined by && or ||, two of a kind.")),
                    Some(_) => Err(self.cursor.fault("&&, || or the closing parenthesis was expected here.")),
                }
            }
            Some('$') => self.condition(),
            Some('!') => Err(self.cursor.fault("A condition cannot be negated as a whole; write != or NOT EXISTS.")),
            Some('}') | None => {
                Err(self.cursor.fault("A condition was expected here, such as $.eventName = \"StopLogging\"."))
            }
            Some(_) => Err(self.cursor.fault("A condition begins with a selector, such as $.eventName.")),
        }
    }

    fn condition(&mut self) -> Result<Predicate, Fault> {
        let written = self.cursor.rest();
        let select = self.selector()?;
        let written = written[..written.len() - self.cursor.rest().len()].iter().collect();
        self.fields.push((written, select.clone()));
        self.cursor.skip_space();
        let position = self.cursor.position();
        let Some(next) = self.cursor.peek() else {
            return Err(Fault::new(position, "An operator was expected: =, !=, <, <=, >, >=, IS or NOT EXISTS."));
        };
        if next.is_ascii_alphabetic() {
            return self.keywords(select, position);
        }
        let op = ["!=", "<=", ">=", "=", "<", ">"].into_iter().find(|op| self.cursor.take(op));
        let Some(op) = op else {
            return Err(Fault::new(
                position,
                format!("“{next}” is no operator; =, !=, <, <=, >, >=, IS and NOT EXISTS are."),
            ));
        };
        if op == "=" && self.cursor.peek() == Some('=') {
            return Err(Fault::new(position, "== is no operator here; write =."));
        }
        self.cursor.skip_space();
        let at = self.cursor.position();
        let value = self.value()?;
        let order = match op {
            "<" => Op::Less,
            "<=" => Op::LessOrEqual,
            ">" => Op::Greater,
            ">=" => Op::GreaterOrEqual,
            _ => {
                let equal = self.equal(value, at);
                if op == "=" {
                    return Ok(test(select, equal));
                }
                if !std::mem::replace(&mut self.differs, true) {
                    let text = "An event without this field does not match !=. AWS does not say so; add || … NOT EXISTS where it should.";
                    self.note(position, text.to_owned());
                }
                return Ok(test(select, vec![Compare::Not(equal)]));
            }
        };
        let number = match &value {
            Value::Bare(text) | Value::Quoted(text) => number(text),
            Value::Expression(_) => None,
        };
        let number = number.ok_or_else(|| Fault::new(at, format!("{op} takes a number.")))?;
        Ok(test(select, vec![Compare::Numeric { op: order, number }]))
    }

    /// `IS NULL`, `IS TRUE`, `IS FALSE`, `NOT EXISTS`.
    fn keywords(&mut self, select: Select, position: usize) -> Result<Predicate, Fault> {
        let first = self.word();
        let upper = first.to_ascii_uppercase();
        let second_at = {
            self.cursor.skip_space();
            self.cursor.position()
        };
        let second = if matches!(upper.as_str(), "IS" | "NOT") { self.word() } else { String::new() };
        if (first.as_str(), second.as_str()) != (upper.as_str(), second.to_ascii_uppercase().as_str()) {
            self.note(
                position,
                "Keywords are written in capitals in every example of AWS; others are taken, too.".to_owned(),
            );
        }
        let boolean = |value: &str| Compare::Text {
            test: crate::query::predicate::TextTest {
                op: TextOp::Equals(value.to_owned()),
                case: crate::query::predicate::Case::Kept,
            },
            types: Types { string: false, number: false, boolean: true },
        };
        match (upper.as_str(), second.to_ascii_uppercase().as_str()) {
            ("IS", "NULL") => Ok(test(select, vec![Compare::Null])),
            ("IS", "TRUE") => Ok(test(select, vec![boolean("true")])),
            ("IS", "FALSE") => Ok(test(select, vec![boolean("false")])),
            ("NOT", "EXISTS") => Ok(Predicate::Test(Test { select, any: Vec::new(), absent: true })),
            ("IS", "NOT") => Err(Fault::new(second_at, "IS NOT is not known; write != or NOT EXISTS.")),
            ("IS", _) => Err(Fault::new(second_at, "NULL, TRUE or FALSE was expected after IS.")),
            ("NOT", _) => Err(Fault::new(second_at, "EXISTS was expected after NOT.")),
            ("EXISTS", _) => Err(Fault::new(
                position,
                "EXISTS is not known; write = \"*\" for a field that is there, or NOT EXISTS.",
            )),
            ("IN", _) => Err(Fault::new(position, "IN is not known; join conditions by ||.")),
            _ => Err(Fault::new(
                position,
                format!("“{first}” is no operator; =, !=, <, <=, >, >=, IS and NOT EXISTS are."),
            )),
        }
    }

    fn word(&mut self) -> String {
        self.cursor.take_while(|c| c.is_ascii_alphabetic())
    }

    fn selector(&mut self) -> Result<Select, Fault> {
        let at = self.cursor.position();
        let select = selector(&mut self.cursor)?;
        self.wildcards += wildcards(&select);
        if wildcards(&select) > 1 {
            return Err(Fault::new(at, "A selector has one wildcard at most."));
        }
        if self.wildcards > WILDCARDS_MAX {
            return Err(Fault::new(at, format!("A pattern has {WILDCARDS_MAX} wildcard selectors at most.")));
        }
        Ok(select)
    }

    fn value(&mut self) -> Result<Value, Fault> {
        let at = self.cursor.position();
        match self.cursor.peek() {
            Some('"') => Ok(Value::Quoted(self.cursor.quoted()?)),
            Some('%') => {
                self.expressions += 1;
                let (expression, from) = expression::read(&mut self.cursor)?;
                Ok(Value::Expression(expression::compile(&expression, from)?))
            }
            _ => {
                let bare = self.cursor.take_while(|c| c.is_alphanumeric() || "_.-:*/@+".contains(c));
                if bare.is_empty() {
                    let message = match self.cursor.peek() {
                        Some(c) if !c.is_whitespace() && !"})".contains(c) => {
                            format!("“{c}” cannot stand in a value without quotes.")
                        }
                        _ => "A value was expected here.".to_owned(),
                    };
                    return Err(Fault::new(at, message));
                }
                if number(&bare).is_none()
                    && let Some(odd) = bare.chars().find(|c| !c.is_alphanumeric() && !"_*".contains(*c))
                {
                    let text = format!(
                        "“{odd}” stands in a value without quotes: AWS says that this needs quotes, and has examples without."
                    );
                    self.note(at, text);
                }
                Ok(Value::Bare(bare))
            }
        }
    }

    /// The comparisons of which one must hold for a value to be equal.
    fn equal(&mut self, value: Value, at: usize) -> Vec<Compare> {
        match value {
            Value::Expression(op) => vec![text(op)],
            Value::Bare(bare) => match number(&bare) {
                // A number in the record is compared as a number, a text that spells one as text.
                Some(number) => {
                    let Compare::Text { test, .. } = text(TextOp::Equals(bare)) else { return Vec::new() };
                    let types = Types { string: true, number: false, boolean: false };
                    vec![Compare::Number(number), Compare::Text { test, types }]
                }
                None => vec![self.glob(&bare, at)],
            },
            Value::Quoted(quoted) => vec![self.glob(&quoted, at)],
        }
    }

    fn glob(&mut self, written: &str, at: usize) -> Compare {
        if is_odd(written) {
            self.note(at, MIDDLE_STAR.to_owned());
        }
        text(glob(written))
    }
}

/// What is said of a star inside a value.
pub(super) const MIDDLE_STAR: &str =
    "A star in the middle stands for any text here; the guide of 2020 says that it stands for itself.";

/// Whether a star stands in the middle of a value.
pub(super) fn is_odd(written: &str) -> bool {
    written.trim_matches('*').contains('*')
}

/// The test that a value with stars is.
pub(super) fn glob(written: &str) -> TextOp {
    if !written.contains('*') {
        return TextOp::Equals(written.to_owned());
    }
    let mut parts = Vec::new();
    for (at, literal) in written.split('*').enumerate() {
        if at > 0 {
            parts.push(GlobPart::AnyRun);
        }
        if !literal.is_empty() {
            parts.push(GlobPart::Literal(literal.to_owned()));
        }
    }
    TextOp::Glob(parts)
}

/// The number that a value spells: sign, decimals, exponent.
pub(super) fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let spelled = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    text.parse::<f64>().ok().filter(|number| spelled && number.is_finite())
}

fn wildcards(select: &Select) -> usize {
    select.steps.iter().filter(|step| matches!(step, Step::AnyKey | Step::AnyElement)).count()
}

/// Reads a selector: `$.a.b[0]['c.d'][*].*`.
pub(super) fn selector(cursor: &mut Cursor<'_>) -> Result<Select, Fault> {
    let at = cursor.position();
    cursor.next();
    let mut steps = Vec::new();
    loop {
        let position = cursor.position();
        if cursor.take(".[") || cursor.take("[") {
            if cursor.take("'") {
                let key = cursor.take_while(|c| c != '\'');
                if !(cursor.take("'") && cursor.take("]")) {
                    return Err(Fault::new(position, "This bracket is not closed: '] was expected."));
                }
                steps.push(Step::Key(key));
                continue;
            }
            let inside = cursor.take_while(|c| c == '*' || c.is_ascii_digit());
            if !cursor.take("]") {
                return Err(Fault::new(
                    position,
                    "A whole number, * or a key in single quotes was expected in this bracket, and ] after it.",
                ));
            }
            steps.push(match inside.as_str() {
                "*" => Step::AnyElement,
                digits => Step::Index(digits.parse().map_err(|_| {
                    Fault::new(position, "A whole number, * or a key in single quotes was expected in this bracket.")
                })?),
            });
            continue;
        }
        if !cursor.take(".") {
            break;
        }
        if cursor.take("*") {
            steps.push(Step::AnyKey);
            continue;
        }
        let key = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if key.is_empty() {
            return Err(cursor.fault("A key was expected after the dot; one with other characters than letters, digits, - and _ is written $.['key']."));
        }
        steps.push(Step::Key(key));
    }
    if steps.is_empty() {
        return Err(Fault::new(at, "A selector needs a key, such as $.eventName."));
    }
    match cursor.peek() {
        Some(c) if !c.is_whitespace() && !"=!<>)}&|".contains(c) => {
            Err(cursor.fault(format!("“{c}” cannot stand in a selector; a key that has it is written $.['key'].")))
        }
        _ => Ok(exact(steps)),
    }
}
