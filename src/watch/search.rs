//! SEARCH: which metrics a text finds (`spec/DASHBOARD.md` 9). Names and values are taken apart where a word, a number or a capital
//! begins; a term of one such part is found whatever its case, one of several only as it is written.

use crate::import::metrics::Metric;
use crate::query::pattern::Fault;

/// Parentheses in each other at most.
const DEPTH_MAX: usize = 32;

/// What is searched for.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    schema: Option<Schema>,
    terms: Option<Node>,
}

#[derive(Clone, Debug, PartialEq)]
struct Schema {
    namespace: String,
    /// Names of the dimensions, in their order; none for any.
    dimensions: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Term { property: Option<String>, term: Term },
}

#[derive(Clone, Debug, PartialEq)]
enum Term {
    /// All of a name or value, as it is written.
    Exact(String),
    /// Pieces between punctuation, which are found one behind the other.
    Partial(Vec<String>),
}

impl Search {
    /// The search that a text is, without the quotes around it.
    ///
    /// # Errors
    /// What is expected, and the character where it goes wrong.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let chars: Vec<char> = text.chars().collect();
        let mut parser = Parser { chars: &chars, at: 0, depth: 0 };
        parser.blanks();
        let schema = if parser.peek() == Some('{') { Some(parser.schema()?) } else { None };
        parser.blanks();
        if schema.is_some() && parser.peek() == Some(',') {
            parser.at += 1;
        }
        parser.blanks();
        let terms = if parser.peek().is_some() { Some(parser.or()?) } else { None };
        if parser.peek().is_some() {
            return Err(parser.fault("A term is expected here, and no closing parenthesis."));
        }
        if schema.is_none() && terms.is_none() {
            return Err(
                parser.fault("A search has terms, or a namespace in braces: {AWS/EC2, InstanceId} CPUUtilization.")
            );
        }
        Ok(Self { schema, terms })
    }

    /// Whether it finds a metric.
    #[must_use]
    pub fn holds(&self, metric: &Metric) -> bool {
        let schema = self.schema.as_ref().is_none_or(|schema| {
            let names = || metric.dimensions.iter().map(|(name, _)| name);
            metric.namespace.as_ref() == Some(&schema.namespace)
                && (schema.dimensions.is_empty() || names().eq(schema.dimensions.iter()))
        });
        schema && self.terms.as_ref().is_none_or(|terms| terms.holds(metric))
    }
}

impl Node {
    fn holds(&self, metric: &Metric) -> bool {
        match self {
            Self::And(nodes) => nodes.iter().all(|node| node.holds(metric)),
            Self::Or(nodes) => nodes.iter().any(|node| node.holds(metric)),
            Self::Not(node) => !node.holds(metric),
            Self::Term { property, term } => texts(metric, property.as_deref()).iter().any(|text| term.finds(text)),
        }
    }
}

/// What a term is looked for in: one property, or all of them.
fn texts<'a>(metric: &'a Metric, property: Option<&str>) -> Vec<&'a str> {
    let namespace = metric.namespace.as_deref();
    let account = metric.account.as_deref();
    match property {
        Some("MetricName") => vec![metric.name.as_str()],
        Some("Namespace") => namespace.into_iter().collect(),
        Some(":aws.AccountId") => account.into_iter().collect(),
        Some(name) => {
            metric.dimensions.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
        }
        None => {
            let dimensions = metric.dimensions.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
            [metric.name.as_str()].into_iter().chain(namespace).chain(account).chain(dimensions).collect()
        }
    }
}

impl Term {
    fn finds(&self, text: &str) -> bool {
        let pieces = match self {
            Self::Exact(exact) => return exact == text,
            Self::Partial(pieces) => pieces,
        };
        let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        if plain(&pieces.concat()) == plain(text) {
            return true;
        }
        let parts = parts(text);
        // What is to be found one behind the other, and whether its case matters.
        let wanted: Vec<(String, bool)> = pieces
            .iter()
            .flat_map(|piece| {
                let parts = self::parts(piece);
                let strict = parts.len() > 1;
                parts.into_iter().map(move |part| (part, strict))
            })
            .collect();
        !wanted.is_empty()
            && parts.windows(wanted.len()).any(|window| {
                window.iter().zip(&wanted).all(|(part, (wanted, strict))| {
                    if *strict { part == wanted } else { part.to_lowercase() == wanted.to_lowercase() }
                })
            })
    }
}

/// The parts of a name: what stands between punctuation, cut where a number begins or ends and where a capital begins a word.
fn parts(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    for (at, &char) in chars.iter().enumerate() {
        if !char.is_alphanumeric() {
            if !part.is_empty() {
                parts.push(std::mem::take(&mut part));
            }
            continue;
        }
        let before = at.checked_sub(1).map(|at| chars[at]).filter(|before| before.is_alphanumeric());
        let after = chars.get(at + 1);
        let begins = before.is_some_and(|before| {
            let number = before.is_numeric() != char.is_numeric();
            let step = char.is_uppercase()
                && (before.is_lowercase()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase())));
            number || step
        });
        if begins && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        part.push(char);
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

struct Parser<'a> {
    chars: &'a [char],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn fault(&self, message: &str) -> Fault {
        Fault { position: self.at + 1, message: message.to_owned() }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn schema(&mut self) -> Result<Schema, Fault> {
        self.at += 1;
        let mut names = Vec::new();
        loop {
            self.blanks();
            let name = match self.peek() {
                Some('"') => self.quoted()?,
                _ => {
                    let name = self.run(|char| !matches!(char, ',' | '}' | '"'));
                    name.trim().to_owned()
                }
            };
            if name.is_empty() {
                return Err(self.fault("A namespace is expected in braces, then names of dimensions."));
            }
            names.push(name);
            self.blanks();
            match self.peek() {
                Some(',') => self.at += 1,
                Some('}') => {
                    self.at += 1;
                    let namespace = names.remove(0);
                    names.sort();
                    return Ok(Schema { namespace, dimensions: names });
                }
                _ => return Err(self.fault("A comma or a closing brace is expected.")),
            }
        }
    }

    fn run(&mut self, holds: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(&holds) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    fn quoted(&mut self) -> Result<String, Fault> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                None => {
                    self.at = start;
                    return Err(self.fault("Nothing closes this quote."));
                }
                Some('"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some('\\')
                    if self.chars.get(self.at + 1).is_some_and(|next| matches!(next, '"' | '\\' | '(' | ')')) =>
                {
                    text.push(self.chars[self.at + 1]);
                    self.at += 2;
                }
                Some(char) => {
                    text.push(char);
                    self.at += 1;
                }
            }
        }
    }

    /// Whether this word stands next, as a word; it is passed over.
    fn word(&mut self, word: &str) -> bool {
        self.blanks();
        let end = self.at + word.len();
        let is = self.chars.get(self.at..end).is_some_and(|chars| chars.iter().copied().eq(word.chars()))
            && self.chars.get(end).is_none_or(|next| next.is_whitespace() || matches!(next, '(' | ')' | '"'));
        if is {
            self.at = end;
        }
        is
    }

    fn or(&mut self) -> Result<Node, Fault> {
        let mut nodes = vec![self.and()?];
        while self.word("OR") {
            nodes.push(self.and()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Or(nodes) })
    }

    fn and(&mut self) -> Result<Node, Fault> {
        let mut nodes = vec![self.not()?];
        loop {
            self.blanks();
            let at = self.at;
            if self.peek().is_none_or(|char| char == ')') {
                break;
            }
            if self.word("OR") {
                self.at = at;
                break;
            }
            let _ = self.word("AND");
            nodes.push(self.not()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::And(nodes) })
    }

    fn not(&mut self) -> Result<Node, Fault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.fault("It is nested too deep."));
        }
        let node = if self.word("NOT") { Ok(Node::Not(Box::new(self.not()?))) } else { self.term() };
        self.depth -= 1;
        node
    }

    fn term(&mut self) -> Result<Node, Fault> {
        self.blanks();
        if self.peek() == Some('(') {
            self.at += 1;
            let node = self.or()?;
            self.blanks();
            if self.peek() != Some(')') {
                return Err(self.fault("A closing parenthesis is expected."));
            }
            self.at += 1;
            return Ok(node);
        }
        let start = self.at;
        let first = self.value()?;
        if self.peek() != Some('=') {
            return Ok(Node::Term { property: None, term: self.made(first, start)? });
        }
        self.at += 1;
        let begins = self.at;
        if self.peek() == Some('(') {
            // The same property for several terms.
            let (Value::Exact(name) | Value::Plain(name)) = first;
            let node = self.term()?;
            return Ok(with_property(node, &name));
        }
        let (Value::Exact(name) | Value::Plain(name)) = first;
        let second = self.value()?;
        Ok(Node::Term { property: Some(name), term: self.made(second, begins)? })
    }

    fn made(&self, value: Value, at: usize) -> Result<Term, Fault> {
        match value {
            Value::Exact(text) => Ok(Term::Exact(text)),
            Value::Plain(text) => {
                let pieces: Vec<String> = text
                    .split(|char: char| !char.is_alphanumeric())
                    .filter(|piece| !piece.is_empty())
                    .map(str::to_owned)
                    .collect();
                if pieces.is_empty() {
                    let message = "A term with letters or digits is expected.".to_owned();
                    return Err(Fault { position: at + 1, message });
                }
                Ok(Term::Partial(pieces))
            }
        }
    }

    fn value(&mut self) -> Result<Value, Fault> {
        if self.peek() == Some('"') {
            return self.quoted().map(Value::Exact);
        }
        let text = self.run(|char| !char.is_whitespace() && !matches!(char, '(' | ')' | '"' | '='));
        Ok(Value::Plain(text))
    }
}

enum Value {
    Exact(String),
    Plain(String),
}

fn with_property(node: Node, name: &str) -> Node {
    let all = |nodes: Vec<Node>| nodes.into_iter().map(|node| with_property(node, name)).collect();
    match node {
        Node::And(nodes) => Node::And(all(nodes)),
        Node::Or(nodes) => Node::Or(all(nodes)),
        Node::Not(node) => Node::Not(Box::new(with_property(*node, name))),
        Node::Term { property, term } => Node::Term { property: property.or_else(|| Some(name.to_owned())), term },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Metric {
        Metric {
            namespace: Some(namespace.to_owned()),
            name: name.to_owned(),
            dimensions: dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            ..Metric::default()
        }
    }

    fn finds(search: &str, metric: &Metric) -> bool {
        Search::parse(search).unwrap_or_else(|fault| panic!("{search}: {fault:?}")).holds(metric)
    }

    #[test]
    fn names_are_taken_apart() {
        for (name, expected) in [
            ("CustomCount1", vec!["Custom", "Count", "1"]),
            ("SDBFailure", vec!["SDB", "Failure"]),
            ("Project2-trial333", vec!["Project", "2", "trial", "333"]),
        ] {
            assert_eq!(parts(name), expected);
        }
    }

    #[test]
    fn terms_of_the_documentation() {
        let count = metric("N", "CustomCount1", &[]);
        for term in ["count", "Count", "COUNT", "CustomCount", "Count1", "\"CustomCount1\""] {
            assert!(finds(term, &count), "{term}");
        }
        for term in ["couNT", "customcount", "count1", "\"customcount1\"", "\"Custom\""] {
            assert!(!finds(term, &count), "{term}");
        }
        for name in ["Network-Errors-2", "NetworkErrors2"] {
            for term in ["network/errors", "network+errors", "network-errors", "Network_Errors"] {
                assert!(finds(term, &metric("N", name, &[])), "{term} {name}");
            }
            assert!(!finds("\"Network_Errors-2\"", &metric("N", name, &[])));
        }
    }

    #[test]
    fn schemas_and_properties() {
        let cpu = metric("AWS/EC2", "CPUUtilization", &[("InstanceId", "i-123")]);
        let group = metric("AWS/EC2", "CPUUtilization", &[("AutoScalingGroupName", "a")]);
        let errors = metric("AWS/Lambda", "Errors", &[("FunctionName", "ProjectA-f")]);
        let custom = metric("Shop", "Latency", &[]);
        for (search, expected) in [
            ("{AWS/EC2,InstanceId} MetricName=\"CPUUtilization\"", [true, false, false, false]),
            ("{AWS/EC2,InstanceId} MetricName=\"CPUUtilization\" NOT i-123", [false, false, false, false]),
            ("{AWS/EC2}", [true, true, false, false]),
            ("NOT Namespace=AWS", [false, false, false, true]),
            ("\"AWS/EC2\" MetricName=\"CPUUtilization\"", [true, true, false, false]),
            (
                "{AWS/Lambda,FunctionName} MetricName=\"Errors\" OR (MetricName=\"Invocations\" AND (ProjectA OR ProjectB))",
                [false, false, true, false],
            ),
            ("FunctionName=ProjectA", [false, false, true, false]),
            ("{\"AWS/EC2\", InstanceId}, cpu", [true, false, false, false]),
            ("cpuutilization", [true, true, false, false]),
        ] {
            let found = [&cpu, &group, &errors, &custom].map(|metric| finds(search, metric));
            assert_eq!(found, expected, "{search}");
        }
    }

    #[test]
    fn faults_have_their_character() {
        for (search, position) in [("", 1), ("{AWS/EC2", 9), ("(a", 3), ("a)", 2), ("\"a", 1), ("a=", 3), ("{}", 2)] {
            assert_eq!(Search::parse(search).expect_err(search).position, position, "{search}");
        }
    }
}
