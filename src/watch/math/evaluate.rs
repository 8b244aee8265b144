//! The values of expressions, each worked out once; what one needs of others first.

use super::line::{self, combine, each};
use super::parse::{Is, Node, no_such, parse};
use super::{Answer, Given, Line, Range, SERIES_MAX, Series, Source, Value, What, fault, is_id};
use crate::query::pattern::Fault;
use crate::time;
use std::collections::BTreeSet;

/// Expressions that stand on each other at most.
const CHAIN_MAX: usize = 100;

/// Parts in parts at most, through all expressions that stand on each other.
const DEEP_MAX: usize = 320;

/// The answers of all lines in their order: of a metric itself, of an expression its value, or what is wrong with it. A line at fault
/// costs itself and those that use it.
#[must_use]
pub fn evaluate(given: &[Given], range: Range, source: &dyn Source) -> Vec<Result<Answer, Fault>> {
    let mut run = Run { given, range, source, known: vec![Known::Not; given.len()], chain: Vec::new(), deep: 0 };
    (0..given.len()).map(|at| run.last(at)).collect()
}

#[derive(Clone)]
enum Known {
    Not,
    /// It is being worked out.
    Begun,
    Done(Result<Answer, Fault>),
}

/// The state of an evaluation.
pub(super) struct Run<'a> {
    pub given: &'a [Given],
    pub range: Range,
    pub source: &'a dyn Source,
    known: Vec<Known>,
    /// The lines being worked out, outermost first.
    chain: Vec<usize>,
    /// Parts being worked out.
    deep: usize,
}

/// What a part of an expression gives.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Number(f64),
    Series(Series),
    List(Vec<Series>),
    Text,
    Word(String),
}

/// One expression being worked out.
pub(super) struct Reading<'a, 'b> {
    pub run: &'a mut Run<'b>,
    pub warnings: BTreeSet<String>,
    /// Its own period in milliseconds.
    pub period: Option<i64>,
}

impl Run<'_> {
    /// The answer of a line as it is drawn: a number alone is none.
    fn last(&mut self, at: usize) -> Result<Answer, Fault> {
        match self.line(at)? {
            Answer { value: Value::Scalar(_), .. } => Err(fault(
                1,
                "An expression is drawn as a series, and this one gives one number. TIME_SERIES(…) makes a series of it.",
            )),
            answer => Ok(answer),
        }
    }

    fn line(&mut self, at: usize) -> Result<Answer, Fault> {
        match &self.known[at] {
            Known::Done(answer) => return answer.clone(),
            Known::Begun => {
                let from = self.chain.iter().position(|known| *known == at).unwrap_or(0);
                let ids: Vec<&str> =
                    self.chain[from..].iter().chain([&at]).map(|&at| self.given[at].id.as_str()).collect();
                return Err(fault(1, format!("It stands on itself: {}.", ids.join(" → "))));
            }
            Known::Not => {}
        }
        if self.chain.len() >= CHAIN_MAX {
            return Err(fault(1, format!("More than {CHAIN_MAX} expressions stand on each other.")));
        }
        self.known[at] = Known::Begun;
        self.chain.push(at);
        let answer = self.work_out(at);
        self.chain.pop();
        self.known[at] = Known::Done(answer.clone());
        answer
    }

    fn work_out(&mut self, at: usize) -> Result<Answer, Fault> {
        let line = &self.given[at];
        if !is_id(&line.id) {
            let words =
                format!("{:?} is no id: one begins with a small letter and has letters, digits and _.", line.id);
            return Err(fault(1, words));
        }
        if self.given.iter().filter(|other| other.id == line.id).count() > 1 {
            return Err(fault(1, format!("Two lines have the id {}.", line.id)));
        }
        match &line.what {
            What::Metric(series) => Ok(Answer { value: Value::Series(series.clone()), warnings: series.notes.clone() }),
            What::Failed(why) => Err(fault(1, why.clone())),
            What::Expression { text, period } => {
                let node = parse(text)?;
                let mut reading = Reading { run: self, warnings: BTreeSet::new(), period: *period };
                let label = || line.label.clone().unwrap_or_else(|| text.clone());
                let value = match reading.part(&node)? {
                    Part::Number(number) => Value::Scalar(number),
                    Part::Series(series) => Value::Series(Series { label: label(), is_metric: false, ..series }),
                    Part::List(list) => {
                        Value::List(list.into_iter().map(|series| Series { is_metric: false, ..series }).collect())
                    }
                    Part::Text | Part::Word(_) => {
                        return Err(fault(node.at, "A text alone is no expression."));
                    }
                };
                Ok(Answer { value, warnings: reading.warnings.into_iter().collect() })
            }
        }
    }

    /// The value of the line with an id, for an expression that names it at a character.
    fn of_id(&mut self, at: usize, id: &str) -> Result<Answer, Fault> {
        let line = self.given.iter().position(|line| line.id == id).ok_or_else(|| no_such(at, id))?;
        self.line(line).map_err(|known| match known.message {
            message if message.starts_with("It stands on itself") => fault(at, message),
            message => fault(at, format!("{id} has no value: {message}")),
        })
    }
}

fn finite(mut series: Series) -> Series {
    series.points.retain(|(_, value)| value.is_finite());
    series
}

impl Reading<'_, '_> {
    /// The value of a part: finite numbers alone.
    pub fn part(&mut self, node: &Node) -> Result<Part, Fault> {
        if self.run.deep >= DEEP_MAX {
            return Err(fault(node.at, "Expressions are nested too deep in each other."));
        }
        self.run.deep += 1;
        let part = self.any_part(node);
        self.run.deep -= 1;
        match part? {
            Part::Number(number) if !number.is_finite() => Err(fault(node.at, "It gives no finite number.")),
            Part::Series(series) => Ok(Part::Series(finite(series))),
            Part::List(list) => Ok(Part::List(list.into_iter().map(finite).collect())),
            part => Ok(part),
        }
    }

    fn any_part(&mut self, node: &Node) -> Result<Part, Fault> {
        match &node.is {
            Is::Number(number) => Ok(Part::Number(*number)),
            Is::Text(_) => Ok(Part::Text),
            Is::Word(word) => Ok(Part::Word(word.clone())),
            Is::Id(id) => {
                let answer = self.run.of_id(node.at, id)?;
                self.warnings.extend(answer.warnings);
                Ok(match answer.value {
                    Value::Scalar(number) => Part::Number(number),
                    Value::Series(series) => Part::Series(series),
                    Value::List(list) => Part::List(list),
                })
            }
            Is::Negative(inner) => {
                let part = self.part(inner)?;
                self.map(inner.at, part, |value| -value, true)
            }
            Is::List(members) => {
                let mut list = Vec::new();
                for member in members {
                    match self.part(member)? {
                        Part::Series(series) => list.push(series),
                        Part::List(more) => list.extend(more),
                        _ => return Err(fault(member.at, "A list has series as members.")),
                    }
                    list = self.bounded(node.at, list)?;
                }
                Ok(Part::List(list))
            }
            Is::Binary(operator, left, right) => {
                let (a, b) = (self.part(left)?, self.part(right)?);
                self.binary(operator, (left.at, a), (right.at, b))
            }
            Is::Call(name, arguments) => self.call(node.at, name, arguments),
        }
    }

    pub fn bounded(&self, at: usize, list: Vec<Series>) -> Result<Vec<Series>, Fault> {
        if list.len() > SERIES_MAX {
            return Err(fault(at, format!("A list has {SERIES_MAX} series at most, and this one {}.", list.len())));
        }
        Ok(list)
    }

    /// Something of every point. `unit`: what it gives has the same unit.
    pub fn map(&mut self, at: usize, part: Part, of: impl Fn(f64) -> f64 + Copy, unit: bool) -> Result<Part, Fault> {
        let series = |series: Series| Series {
            points: each(&series.points, of),
            unit: series.unit.filter(|_| unit),
            is_metric: false,
            ..series
        };
        match part {
            Part::Number(number) => Ok(Part::Number(of(number))),
            Part::Series(one) => Ok(Part::Series(series(one))),
            Part::List(list) => Ok(Part::List(list.into_iter().map(series).collect())),
            Part::Text | Part::Word(_) => Err(fault(at, "A number or a series is expected.")),
        }
    }

    fn binary(&mut self, operator: &str, left: (usize, Part), right: (usize, Part)) -> Result<Part, Fault> {
        let yes = |holds: bool| if holds { 1.0 } else { 0.0 };
        let of = |a: f64, b: f64| match operator {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            "^" => a.powf(b),
            "==" => yes(a == b),
            "!=" => yes(a != b),
            "<=" => yes(a <= b),
            ">=" => yes(a >= b),
            "<" => yes(a < b),
            ">" => yes(a > b),
            "AND" => yes(a != 0.0 && b != 0.0),
            _ => yes(a != 0.0 || b != 0.0),
        };
        let adds = matches!(operator, "+" | "-");
        let is_number = |at: usize| Err(fault(at, "A number or a series is expected, and not a text."));
        match (left, right) {
            ((at, Part::Number(a)), (_, Part::Number(b))) => {
                let value = of(a, b);
                if value.is_finite() {
                    Ok(Part::Number(value))
                } else {
                    Err(fault(at, format!("{a} {operator} {b} is no number.")))
                }
            }
            ((at, part @ (Part::Series(_) | Part::List(_))), (_, Part::Number(b))) => {
                self.map(at, part, |a| of(a, b), adds)
            }
            ((_, Part::Number(a)), (at, part @ (Part::Series(_) | Part::List(_)))) => {
                self.map(at, part, |b| of(a, b), adds)
            }
            ((_, Part::Series(a)), (_, Part::Series(b))) => Ok(Part::Series(self.pair(&a, &b, operator, of))),
            ((_, Part::List(list)), (_, Part::Series(b))) => Ok(Part::List(
                list.iter().map(|a| Series { label: a.label.clone(), ..self.pair(a, &b, operator, of) }).collect(),
            )),
            ((_, Part::Series(a)), (_, Part::List(list))) => Ok(Part::List(
                list.iter().map(|b| Series { label: b.label.clone(), ..self.pair(&a, b, operator, of) }).collect(),
            )),
            ((_, Part::List(_)), (at, Part::List(_))) => {
                Err(fault(at, format!("Two lists have no {operator}: SUM(…), AVG(…) and others make a series of one.")))
            }
            ((at, Part::Text | Part::Word(_)), _) | (_, (at, Part::Text | Part::Word(_))) => is_number(at),
        }
    }

    fn pair(&mut self, a: &Series, b: &Series, operator: &str, of: impl Fn(f64, f64) -> f64) -> Series {
        let unit = match operator {
            "+" | "-" => self.unit(&[a, b]),
            _ => None,
        };
        self.periods(&[a, b]);
        Series {
            label: a.label.clone(),
            period: a.period.max(b.period),
            points: combine(&a.points, &b.points, of),
            unit,
            ..Series::default()
        }
    }

    /// The unit that several series have in common; that there are several is said.
    pub fn unit(&mut self, series: &[&Series]) -> Option<String> {
        let units: BTreeSet<&str> = series.iter().filter_map(|series| series.unit.as_deref()).collect();
        if units.len() > 1 {
            let units: Vec<&str> = units.into_iter().collect();
            self.warnings.insert(format!("Units are mixed: {}.", units.join(", ")));
            return None;
        }
        let unit = series.first()?.unit.clone();
        unit.filter(|_| series.iter().all(|series| series.unit.is_some()))
    }

    /// That periods differ is said: points are then matched by their starts.
    pub fn periods(&mut self, series: &[&Series]) {
        let periods: BTreeSet<i64> =
            series.iter().filter(|series| !series.points.is_empty()).map(|series| series.period).collect();
        if periods.len() > 1 {
            let periods: Vec<String> = periods.into_iter().map(time::length).collect();
            self.warnings.insert(format!(
                "Periods differ ({}): values meet where their periods begin together, and elsewhere the missing one counts as 0.",
                periods.join(", ")
            ));
        }
    }

    /// Across the series of a list.
    pub fn across(&mut self, list: &[Series], of: impl FnMut(&[f64]) -> f64, unit: bool) -> Series {
        let all: Vec<&Series> = list.iter().collect();
        let unit = if unit { self.unit(&all) } else { None };
        self.periods(&all);
        let lines: Vec<&Line> = list.iter().map(|series| &series.points).collect();
        let period = list.iter().map(|series| series.period).max().unwrap_or(60_000);
        Series { period, points: line::across(&lines, of), unit, ..Series::default() }
    }
}
