//! Random filter patterns over random messages: what a pattern means is worked out here from the conditions that it was
//! written from, and both the store's scan and the naive evaluator must find the same messages.

mod common;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use regex::Regex;
use serde_json::{Map, Value, json};
use trailglass::query::naive::{self, NaiveEvent};
use trailglass::query::pattern::{self, Counting};
use trailglass::query::scan;
use trailglass::store::Store;

struct Message {
    text: String,
    object: Option<Value>,
}

fn store_of(messages: &[Message]) -> Store {
    let mut store = Store::default();
    for message in messages {
        common::ingest_line(&mut store, &message.text, message.object.is_some(), 0);
    }
    store
}

/// Asks both evaluators; gives how many messages match.
fn check(
    store: &Store,
    messages: &[Message],
    text: &str,
    counting: Counting,
    expected: impl Fn(&Message) -> bool,
) -> usize {
    let parsed = pattern::parse(text, counting).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    let rows = scan::rows(store, &["f".to_owned()], &parsed.predicate);
    for (at, message) in messages.iter().enumerate() {
        let wanted = expected(message);
        assert_eq!(rows.contains(at), wanted, "the scan: {text} on {:?}", message.text);
        let format = if message.object.is_some() { "JSON" } else { "text" };
        let record = message.object.clone().unwrap_or_else(|| json!({ "@message": message.text }));
        let event = NaiveEvent {
            record: &record,
            time_ms: Some(0),
            file: "f",
            message: Some(&message.text),
            derived: &json!({ "@format": format }),
        };
        assert_eq!(naive::holds(&parsed.predicate, &event, &|_| false), wanted, "naive: {text} on {:?}", message.text);
    }
    rows.count_ones(..)
}

fn pick<'t>(rng: &mut SmallRng, all: &[&'t str]) -> &'t str {
    all[rng.random_range(0..all.len())]
}

fn value(rng: &mut SmallRng, depth: usize) -> Value {
    match rng.random_range(0..if depth == 0 { 7 } else { 10 }) {
        0 => Value::Null,
        1 => json!(rng.random::<bool>()),
        2 => serde_json::from_str(pick(rng, &["5", "5.0", "-1", "400", "1e400", "0.5"])).unwrap(),
        3..7 => {
            json!(pick(rng, &["x", "xy", "yx", "X", "5", "5.0", " 5", "400", "true", "", "x y", "inf", "x\ny", "x\n"]))
        }
        7 => Value::Array((0..rng.random_range(0..4)).map(|_| value(rng, depth - 1)).collect()),
        _ => Value::Object(members(rng, depth - 1)),
    }
}

fn members(rng: &mut SmallRng, depth: usize) -> Map<String, Value> {
    let mut members = Map::new();
    for key in ["a", "b", "c.d", "e-f"] {
        if rng.random_ratio(3, 5) {
            members.insert(key.to_owned(), value(rng, depth));
        }
    }
    members
}

fn messages(rng: &mut SmallRng) -> Vec<Message> {
    let words =
        ["ERROR", "WARN", "5", "-1", "400", "[a b]", "\"x y\"", "[open", "x\"y", "inf", "true", "xy", "é", "a]"];
    let mut all: Vec<Message> = (0..120)
        .map(|_| {
            let object = Value::Object(members(rng, 3));
            Message { text: object.to_string(), object: Some(object) }
        })
        .collect();
    for _ in 0..120 {
        let mut text = String::new();
        for at in 0..rng.random_range(0..6) {
            text.push_str(&" ".repeat(usize::from(at > 0) + usize::from(rng.random_ratio(1, 9))));
            text.push_str(pick(rng, &words));
        }
        text.push_str(pick(rng, &["", "", "\n", "\r\n", " "]));
        all.push(Message { text, object: None });
    }
    all
}

/// An operand: as written, and what it means.
struct Operand {
    written: &'static str,
    number: Option<f64>,
    /// `regex` syntax for the text that is equal to it.
    means: &'static str,
}

const OPERANDS: [Operand; 19] = [
    Operand { written: "x", number: None, means: r"\Ax\z" },
    Operand { written: "\"x\"", number: None, means: r"\Ax\z" },
    Operand { written: "\"x y\"", number: None, means: r"\Ax y\z" },
    Operand { written: "x*", number: None, means: r"(?s)\Ax.*\z" },
    Operand { written: "*y", number: None, means: r"(?s)\A.*y\z" },
    Operand { written: "\"*x*\"", number: None, means: r"(?s)x" },
    Operand { written: "x*y", number: None, means: r"(?s)\Ax.*y\z" },
    Operand { written: "*", number: None, means: "" },
    Operand { written: "\"*\"", number: None, means: "" },
    Operand { written: "true", number: None, means: r"\Atrue\z" },
    Operand { written: "\"5\"", number: None, means: r"\A5\z" },
    Operand { written: "5", number: Some(5.0), means: r"\A5\z" },
    Operand { written: "5.0", number: Some(5.0), means: r"\A5\.0\z" },
    Operand { written: "+4e2", number: Some(400.0), means: r"\A\+4e2\z" },
    Operand { written: "-1", number: Some(-1.0), means: r"\A-1\z" },
    Operand { written: "%x.?y%", number: None, means: "x.?y" },
    Operand { written: r"%^\d+$%", number: None, means: r"\A[0-9]+(\r?\n)?\z" },
    Operand { written: r"%^x$|^[+--]%", number: None, means: r"\Ax(\r?\n)?\z|\A[+,\-]" },
    Operand { written: r"%[^\w]%", number: None, means: "[^0-9A-Za-z_]" },
];

impl Operand {
    fn is_equal(&self, value: &Value) -> bool {
        let found = |text: &str| Regex::new(self.means).unwrap().is_match(text);
        match value {
            Value::String(text) => found(text),
            Value::Number(number) => match self.number {
                Some(wanted) => number.to_string().parse::<f64>().unwrap() == wanted,
                None => found(&number.to_string()),
            },
            Value::Bool(truth) => self.number.is_none() && found(&truth.to_string()),
            _ => false,
        }
    }
}

fn is_container(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

fn in_order(op: &str, value: f64, operand: f64) -> bool {
    match op {
        "<" => value < operand,
        "<=" => value <= operand,
        ">" => value > operand,
        _ => value >= operand,
    }
}

type Holds = Box<dyn Fn(&Value) -> bool>;
type Selects = Box<dyn Fn(&Value) -> Vec<Value>>;
type HoldsOfText = Box<dyn Fn(&str) -> bool>;

/// A field: as written, and the values that it selects.
fn selector(rng: &mut SmallRng, wildcards: &mut usize) -> (String, Selects) {
    let mut written = "$".to_owned();
    let mut steps = Vec::new();
    let mut own = false;
    for at in 0..rng.random_range(1..4) {
        let mut step = rng.random_range(0..if at == 0 { 5 } else { 9 });
        if step == 4 || step == 8 {
            if own || *wildcards == 3 {
                step = 0;
            } else {
                own = true;
                *wildcards += 1;
            }
        }
        written.push_str(match step {
            0 => ".a",
            1 => ".b",
            2 => pick(rng, &[".['c.d']", "['c.d']"]),
            3 => ".e-f",
            4 => ".*",
            5 => "[0]",
            6 => "[1]",
            7 => "[9]",
            _ => "[*]",
        });
        steps.push(step);
    }
    let select = move |root: &Value| {
        let mut found = vec![root.clone()];
        for step in &steps {
            let inside = |value: &Value| -> Vec<Value> {
                let key = |key: &str| value.as_object().and_then(|members| members.get(key)).cloned();
                let index = |at: usize| value.as_array().and_then(|elements| elements.get(at)).cloned();
                match step {
                    0 => key("a").into_iter().collect(),
                    1 => key("b").into_iter().collect(),
                    2 => key("c.d").into_iter().collect(),
                    3 => key("e-f").into_iter().collect(),
                    4 => value.as_object().map(|members| members.values().cloned().collect()).unwrap_or_default(),
                    5 => index(0).into_iter().collect(),
                    6 => index(1).into_iter().collect(),
                    7 => index(9).into_iter().collect(),
                    _ => value.as_array().cloned().unwrap_or_default(),
                }
            };
            found = found.iter().flat_map(inside).collect();
        }
        found
    };
    (written, Box::new(select))
}

fn condition(rng: &mut SmallRng, wildcards: &mut usize) -> (String, Holds) {
    let (field, select) = selector(rng, wildcards);
    let blank = pick(rng, &[" ", ""]);
    match rng.random_range(0..8) {
        0 => (format!("{field} NOT EXISTS"), Box::new(move |root| select(root).is_empty())),
        1 => {
            let word = pick(rng, &["NULL", "TRUE", "FALSE"]);
            let wanted = [Value::Null, json!(true), json!(false)]
                [["NULL", "TRUE", "FALSE"].iter().position(|known| *known == word).unwrap()]
            .clone();
            (format!("{field} IS {word}"), Box::new(move |root| select(root).contains(&wanted)))
        }
        2 => {
            let op = pick(rng, &["<", "<=", ">", ">="]);
            let (written, operand) = [("5", 5.0), ("+4e2", 400.0), ("-0.5", -0.5)][rng.random_range(0..3)];
            let holds = move |value: &Value| {
                let number = match value {
                    Value::Number(number) => number.to_string().parse::<f64>().ok(),
                    Value::String(text) => text.trim().parse::<f64>().ok(),
                    _ => None,
                };
                number.filter(|number| number.is_finite()).is_some_and(|number| in_order(op, number, operand))
            };
            (format!("{field}{blank}{op}{blank}{written}"), Box::new(move |root| select(root).iter().any(&holds)))
        }
        kind => {
            let operand = &OPERANDS[rng.random_range(0..OPERANDS.len())];
            let differs = kind > 5;
            let op = if differs { "!=" } else { "=" };
            let holds = move |value: &Value| !is_container(value) && operand.is_equal(value) != differs;
            let written = operand.written;
            (format!("{field}{blank}{op}{blank}{written}"), Box::new(move |root| select(root).iter().any(&holds)))
        }
    }
}

/// Conditions joined at random; `tight`: it stands beside an `&&`.
fn joined(rng: &mut SmallRng, depth: usize, tight: bool, wildcards: &mut usize) -> (String, Holds) {
    if depth == 0 || rng.random_ratio(1, 3) {
        return condition(rng, wildcards);
    }
    let all = rng.random::<bool>();
    let (left, one) = joined(rng, depth - 1, all, wildcards);
    let (right, other) = joined(rng, depth - 1, all, wildcards);
    let holds: Holds = if all {
        Box::new(move |root| one(root) && other(root))
    } else {
        Box::new(move |root| one(root) || other(root))
    };
    let text = format!("{left} {} {right}", if all { "&&" } else { "||" });
    // Only an `||` beside an `&&` needs them.
    if (!all && tight) || rng.random_ratio(1, 4) { (format!("({text})"), holds) } else { (text, holds) }
}

#[test]
fn json_patterns() {
    let mut rng = SmallRng::seed_from_u64(6);
    let mut matched = 0;
    for _ in 0..25 {
        let messages = messages(&mut rng);
        let store = store_of(&messages);
        for _ in 0..60 {
            let (text, holds) = joined(&mut rng, 3, false, &mut 0);
            let text = format!("{{ {text} }}");
            let holds = |message: &Message| message.object.as_ref().is_some_and(&holds);
            matched += usize::from(check(&store, &messages, &text, Counting::Rest, holds) > 0);
        }
    }
    assert!(matched > 500, "only {matched} patterns matched anything");
}

#[test]
fn patterns_of_terms_and_expressions() {
    let mut rng = SmallRng::seed_from_u64(7);
    let terms =
        ["ERROR", "WARN", "x", "5", "é", "ERR", "\"x y\"", "\"[a\"", "\" \"", "\"\\\"x\"", "true", "\"\\\":\"", "null"];
    let plain = |term: &str| {
        let inner = term.strip_prefix('"').and_then(|term| term.strip_suffix('"'));
        inner.map_or_else(|| term.to_owned(), |inner| inner.replace("\\\"", "\""))
    };
    let mut matched = 0;
    for _ in 0..20 {
        let messages = messages(&mut rng);
        let store = store_of(&messages);
        for _ in 0..40 {
            let mut chosen = Vec::new();
            for _ in 0..rng.random_range(1..4) {
                chosen.push((pick(&mut rng, &["", "", "-", "?"]), pick(&mut rng, &terms)));
            }
            if chosen == [("", "\" \"")] {
                continue;
            }
            let text = chosen.iter().map(|(sign, term)| format!("{sign}{term}")).collect::<Vec<_>>().join(" ");
            let only_optional = chosen.iter().all(|(sign, _)| *sign == "?");
            let holds = |message: &Message| {
                let has = |term: &str| message.text.contains(&plain(term));
                if only_optional {
                    return chosen.iter().any(|(_, term)| has(term));
                }
                chosen.iter().all(|(sign, term)| match *sign {
                    "" => has(term),
                    "-" => !has(term),
                    _ => true,
                })
            };
            matched += usize::from(check(&store, &messages, &text, Counting::Rest, holds) > 0);
        }
        for (text, means) in [
            (r"%^\[%", r"\A\["),
            (r"%\d$%", r"[0-9](\r?\n)?\z"),
            ("%ERR.R|x y%", "ERR.R|x y"),
            (r"%[+--]1%", r"[+,\-]1"),
            (r"%^\S+\s\S+$%", r"\A[^ \t\n\r\x0b\x0c]+[ \t\n\r\x0b\x0c][^ \t\n\r\x0b\x0c]+(\r?\n)?\z"),
        ] {
            let means = Regex::new(means).unwrap();
            check(&store, &messages, text, Counting::Rest, |message| means.is_match(&message.text));
        }
    }
    assert!(matched > 200, "only {matched} patterns matched anything");
}

/// The fields of a line, and where each begins, by a plain reading of the rules.
fn split(text: &str) -> Vec<(String, usize)> {
    let field = Regex::new(r#"(?s)\[([^\]]*)\](?: |\z)|"([^"]*)"(?: |\z)|([^ ]+)"#).unwrap();
    let mut found = Vec::new();
    for parts in field.captures_iter(text) {
        let inner = parts.iter().skip(1).flatten().next().unwrap();
        found.push((inner.as_str().to_owned(), parts.get(0).unwrap().start()));
    }
    found
}

#[test]
fn patterns_of_columns() {
    let means = Regex::new(r"R|^[0-9]+(\r?\n)?\z").unwrap();
    let mut rng = SmallRng::seed_from_u64(8);
    let mut matched = 0;
    for _ in 0..25 {
        let messages = messages(&mut rng);
        let store = store_of(&messages);
        for _ in 0..60 {
            let columns = rng.random_range(1..4);
            let ellipsis = rng.random_ratio(1, 3).then(|| rng.random_range(0..=columns));
            let counting = if rng.random() { Counting::Rest } else { Counting::Strict };
            let mut written = Vec::new();
            let mut asked: Vec<(usize, HoldsOfText)> = Vec::new();
            for at in 0..columns {
                if ellipsis == Some(at) {
                    written.push("...".to_owned());
                }
                let name = format!("w{at}");
                written.push(match rng.random_range(0..6) {
                    0 => String::new(),
                    1 => name,
                    2 => {
                        let op = pick(&mut rng, &["<", "<=", ">", ">="]);
                        asked.push((
                            at,
                            Box::new(move |text| {
                                let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
                                number.is_some_and(|number| in_order(op, number, 5.0))
                            }),
                        ));
                        format!("{name} {op} 5")
                    }
                    3 => {
                        asked.push((at, Box::new(|text| text == "ERROR" || text.starts_with('x'))));
                        format!("{name}=ERROR || {name} = \"x*\"")
                    }
                    4 => {
                        asked.push((at, Box::new(|text| text != "WARN" && !text.contains('5'))));
                        format!("{name}!=WARN && {name} != *5*")
                    }
                    _ => {
                        let means = means.clone();
                        asked.push((at, Box::new(move |text| means.is_match(text))));
                        format!(r"{name}=%R|^\d+$%")
                    }
                });
            }
            if ellipsis == Some(columns) {
                written.push("...".to_owned());
            }
            let text = format!("[{}]", written.join(pick(&mut rng, &[",", ", "])));
            // A single column without a name is none at all.
            if text.trim_matches(['[', ']', ' ']).is_empty() {
                continue;
            }
            let holds = |message: &Message| {
                let line = message.text.trim_end_matches(['\r', '\n']);
                let fields = split(line);
                if fields.len() < columns
                    || (fields.len() > columns && ellipsis.is_none() && counting == Counting::Strict)
                {
                    return false;
                }
                asked.iter().all(|(at, holds)| {
                    if ellipsis.is_some_and(|before| *at >= before) {
                        return holds(&fields[fields.len() - (columns - at)].0);
                    }
                    if ellipsis.is_none() && at + 1 == columns && fields.len() > columns {
                        return holds(line[fields[*at].1..].trim_end_matches(' '));
                    }
                    holds(&fields[*at].0)
                })
            };
            matched += usize::from(check(&store, &messages, &text, counting, holds) > 0);
        }
    }
    assert!(matched > 500, "only {matched} patterns matched anything");
}
