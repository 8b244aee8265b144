//! Random queries about given events, in the search box's language: for tests that hold two evaluations against each
//! other. Nearly every query is about paths and values that the events have, since one about others tests nothing.

use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::Value;

/// What random queries are made of.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// Every leaf of the events once: where it is and its text.
    leaves: Vec<Leaf>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Leaf {
    path: Vec<Part>,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Key(String),
    Index(usize),
}

impl Vocabulary {
    /// The paths and values of some records.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut vocabulary = Self::default();
        for record in records {
            vocabulary.add(record, &mut Vec::new());
        }
        assert!(!vocabulary.leaves.is_empty(), "random queries need at least one value");
        vocabulary
    }

    fn add(&mut self, value: &Value, path: &mut Vec<Part>) {
        let text = match value {
            Value::Object(members) => {
                for (key, value) in members {
                    path.push(Part::Key(key.clone()));
                    self.add(value, path);
                    path.pop();
                }
                if !members.is_empty() {
                    return;
                }
                "{}".to_owned()
            }
            Value::Array(elements) => {
                for (index, value) in elements.iter().enumerate() {
                    path.push(Part::Index(index));
                    self.add(value, path);
                    path.pop();
                }
                if !elements.is_empty() {
                    return;
                }
                "[]".to_owned()
            }
            Value::String(text) => text.clone(),
            scalar => scalar.to_string(),
        };
        self.leaves.push(Leaf { path: path.clone(), text });
    }
}

/// A query over the vocabulary, always well-formed.
pub fn random_query(rng: &mut impl Rng, vocabulary: &Vocabulary) -> String {
    let depth = rng.random_range(0..4);
    expression(rng, depth, &mut |rng| clause(rng, vocabulary))
}

/// Parts joined by `and`, `or`, `not`, parentheses and nothing.
fn expression<R: Rng>(rng: &mut R, depth: u32, part: &mut impl FnMut(&mut R) -> String) -> String {
    if depth == 0 || rng.random_bool(0.3) {
        return part(rng);
    }
    match rng.random_range(0..8) {
        0 | 1 => format!("{} and {}", expression(rng, depth - 1, part), expression(rng, depth - 1, part)),
        2 | 3 => format!("{} OR {}", expression(rng, depth - 1, part), expression(rng, depth - 1, part)),
        4 => format!("{} {}", expression(rng, depth - 1, part), expression(rng, depth - 1, part)),
        5 => format!("({})", expression(rng, depth - 1, part)),
        6 => format!("not ({} or {})", expression(rng, depth - 1, part), expression(rng, depth - 1, part)),
        _ => format!("{}{}", ["not ", "-", "!", "NOT not "][rng.random_range(0..4)], part(rng)),
    }
}

fn clause(rng: &mut impl Rng, vocabulary: &Vocabulary) -> String {
    let leaf = vocabulary.leaves.choose(rng).expect("not empty");
    match rng.random_range(0..20) {
        0..5 => bare(rng, &leaf.text),
        5 => time(rng),
        6 => ["file: *", "file: /json/i", "file: *.JSON*", "file: \"other\"", "*", "?"][rng.random_range(0..6)]
            .to_owned(),
        7..9 => {
            let field = field(rng, &leaf.path);
            let group = expression(rng, 2, &mut |rng: &mut _| value(rng, vocabulary, &leaf.text, true));
            format!("{field}: ({group})")
        }
        9..12 => {
            let operator = ["<", "<=", ">", ">="][rng.random_range(0..4)];
            format!("{} {operator} {}", field(rng, &leaf.path), bound(rng, &leaf.text))
        }
        _ => format!("{}: {}", field(rng, &leaf.path), value(rng, vocabulary, &leaf.text, false)),
    }
}

/// A name for the path: as it is, or with parts made more general or left out.
fn field(rng: &mut impl Rng, path: &[Part]) -> String {
    const SHORT: [&str; 8] = ["user", "name", "action", "source", "ip", "region", "error", "key"];
    if rng.random_bool(0.1) {
        return SHORT[rng.random_range(0..SHORT.len())].to_owned();
    }
    let shorter = if rng.random_bool(0.15) { rng.random_range(1..=path.len().max(1)) } else { path.len() };
    let mut steps: Vec<String> = Vec::new();
    for part in &path[..shorter.min(path.len())] {
        match part {
            Part::Key(key) => steps.push(match plain_key(key) {
                Some(key) if rng.random_bool(0.93) => key,
                _ => "*".to_owned(),
            }),
            Part::Index(index) => {
                let element = match rng.random_range(0..5) {
                    0 => format!("[{index}]"),
                    1 => format!("[{}]", rng.random_range(0..3)),
                    2 => "[]".to_owned(),
                    _ => String::new(),
                };
                match steps.last_mut() {
                    Some(step) => step.push_str(&element),
                    None => steps.push("*".to_owned()),
                }
            }
        }
    }
    if steps.is_empty() {
        steps.push("*".to_owned());
    }
    match rng.random_range(0..10) {
        0 => format!("*.{}", steps[rng.random_range(0..steps.len())..].join(".")),
        // In quotes only what means the same there: `*` is ordinary in a quoted name.
        1 if !steps.iter().any(|step| step.contains(['*', '\\', '"'])) => format!("\"{}\"", steps.join(".")),
        2 => format!("$.{}", steps.join(".")),
        // A short name would have been read instead of the path.
        _ if steps.len() == 1 => format!("$.{}", steps[0]),
        _ => steps.join("."),
    }
}

/// The key as a step of an unquoted path, unless it has characters that no step can have.
fn plain_key(key: &str) -> Option<String> {
    (!key.is_empty() && !key.contains(['.', '[', ']'])).then(|| escaped(key))
}

/// A value to compare with; `in_group` is true between parentheses, where `-` and `not` at its start mean not.
fn value(rng: &mut impl Rng, vocabulary: &Vocabulary, text: &str, in_group: bool) -> String {
    let other = vocabulary.leaves.choose(rng).map_or("", |leaf| leaf.text.as_str());
    let text = if rng.random_bool(0.15) { other } else { text };
    match rng.random_range(0..14) {
        0 => "*".to_owned(),
        1 => "null".to_owned(),
        2 => quoted(text),
        3 => regex(rng, text),
        4 => format!("*{}*", escaped(fragment(rng, text))),
        5 => format!("*{}", escaped(&text[text.len() - fragment_end(rng, text)..])),
        6 => word(&prefix_star(rng, text), in_group),
        7 => word(&holes(rng, text), in_group),
        8 => network(rng, text),
        9 => number(rng, text),
        10 => word(&escaped(&recased(rng, text)), in_group),
        _ => word(&escaped(text), in_group),
    }
}

fn prefix_star(rng: &mut impl Rng, text: &str) -> String {
    let start = fragment(rng, text);
    let end = text.find(start).map_or(0, |at| at + start.len());
    format!("{}*", escaped(&text[..end]))
}

/// The text with some characters replaced by wildcards.
fn holes(rng: &mut impl Rng, text: &str) -> String {
    text.chars()
        .map(|c| match rng.random_range(0..12) {
            0 => "?".to_owned(),
            1 => "*".to_owned(),
            _ => escaped(&c.to_string()),
        })
        .collect()
}

/// A network around the text if it is an address, else any.
fn network(rng: &mut impl Rng, text: &str) -> String {
    match text.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(ip)) => format!("{ip}/{}", rng.random_range(0..=32)),
        Ok(std::net::IpAddr::V6(ip)) => format!("{ip}/{}", rng.random_range(0..=128)),
        Err(_) => ["10.0.0.0/8", "0.0.0.0/0", "::/0", "2001:db8::/32", "10.1.2.3"][rng.random_range(0..5)].to_owned(),
    }
}

/// The text's number in another spelling if it is one, else any.
fn number(rng: &mut impl Rng, text: &str) -> String {
    match text.parse::<f64>() {
        Ok(number) if rng.random_bool(0.5) => format!("{number:e}"),
        Ok(number) if number.is_finite() => format!("{}", number + f64::from(rng.random_range(-1..=1))),
        _ => ["0", "400", "4.0e2", "-1", "1.5"][rng.random_range(0..5)].to_owned(),
    }
}

fn bound(rng: &mut impl Rng, text: &str) -> String {
    match rng.random_range(0..4) {
        0 => quoted(text),
        1 => number(rng, text),
        2 => word(&escaped(fragment(rng, text)), false),
        _ => word(&escaped(text), false),
    }
}

fn bare(rng: &mut impl Rng, text: &str) -> String {
    let piece = fragment(rng, text);
    match rng.random_range(0..6) {
        0 => regex(rng, text),
        1 => quoted(piece),
        2 => word(&holes(rng, piece), true),
        3 => word(&escaped(&recased(rng, piece)), true),
        _ => word(&escaped(piece), true),
    }
}

fn time(rng: &mut impl Rng) -> String {
    let day = rng.random_range(9..13);
    let time = match rng.random_range(0..7) {
        0 => format!("2023-07-{day:02}"),
        1 => format!("2023-07-{day:02}T{:02}", rng.random_range(0..24)),
        2 => format!("2023-07-{day:02}T{:02}:00:00Z", rng.random_range(0..24)),
        3 => format!("2023-07-{day:02}T12:30+02:00"),
        4 => format!("now-{}{}", rng.random_range(0..90), ["s", "m", "h", "d", "w"][rng.random_range(0..5)]),
        5 => return ["time: *", "@time: null"][rng.random_range(0..2)].to_owned(),
        _ => "2023".to_owned(),
    };
    format!("time{} {time}", [":", " <", " <=", " >", " >="][rng.random_range(0..5)])
}

/// A piece of the text: never empty unless the text is.
fn fragment<'a>(rng: &mut impl Rng, text: &'a str) -> &'a str {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    if places.len() < 2 {
        return text;
    }
    let from = rng.random_range(0..places.len() - 1);
    let to = rng.random_range(from + 1..places.len().min(from + 12));
    &text[places[from]..places[to]]
}

/// The length in bytes of an ending of the text.
fn fragment_end(rng: &mut impl Rng, text: &str) -> usize {
    let end = fragment(rng, text);
    text.rfind(end).map_or(0, |at| text.len() - at)
}

fn recased(rng: &mut impl Rng, text: &str) -> String {
    if rng.random_bool(0.5) { text.to_uppercase() } else { text.to_lowercase() }
}

/// A regular expression that finds a piece of the text, mostly.
fn regex(rng: &mut impl Rng, text: &str) -> String {
    let piece: String = fragment(rng, text)
        .chars()
        .map(|c| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() })
        .collect();
    // White space right behind the first slash would make it a lone one.
    let body = match rng.random_range(0..4) {
        0 => format!("^{piece}"),
        1 => format!("{piece}$"),
        2 => format!("(?:{piece}|nothing)"),
        _ => format!("(?:){piece}"),
    };
    format!("/{body}/{}", if rng.random_bool(0.5) { "i" } else { "" })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The escaped text as an unquoted word, or in quotes where it would be read as something else.
fn word(escaped: &str, at_clause_start: bool) -> String {
    let keyword = ["and", "or", "not"].iter().any(|keyword| escaped.eq_ignore_ascii_case(keyword));
    let sign = at_clause_start && escaped.starts_with(['-', '!']);
    if escaped.is_empty() || keyword || sign || escaped.starts_with('/') {
        let plain: String = escaped.chars().filter(|c| !matches!(c, '\\' | '"')).collect();
        return quoted(&plain);
    }
    escaped.to_owned()
}

/// What must not be read as the language's own written with backslashes.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_whitespace() || matches!(c, '\\' | '(' | ')' | '"' | '*' | '?' | '<' | '>' | ':') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
