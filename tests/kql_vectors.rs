//! The search box's language against vectors: those of the specification (read from the founders' shared folder, where
//! it is at hand) and our own in `tests/data/kql`. Evaluated by the engine, and by the naive reference where the question
//! is about the record's own fields.

mod random_kql;

use std::path::{Path, PathBuf};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use random_kql::{Vocabulary, random_query};
use serde_json::Value;
use trailglass::import::records::{Sink, StoreSink};
use trailglass::query::kql::{self, DEEPEST_NESTING, Field, FieldUse, Parsed};
use trailglass::query::naive::{NaiveEvent, holds};
use trailglass::query::predicate::Predicate;
use trailglass::query::scan;
use trailglass::store::tokens::PADDING;
use trailglass::store::{Around, RecordError, Store};

/// Queries of the specification that were checked when this was written; fewer means that the test no longer reads it.
const SPEC_QUERIES: usize = 56;
const SPEC_ERRORS: usize = 7;

const FILE: &str = "Evidence/2023/trail_eu-west-1.json.gz";

/// A numbered event.
struct Event {
    number: String,
    record: Value,
    time_ms: Option<i64>,
}

impl Event {
    /// From a line `1 {…}`.
    fn parse(line: &str) -> Self {
        let (number, json) = line.split_once(' ').expect("a number and a record");
        let record: Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {line}"));
        let time_ms =
            record["eventTime"].as_str().map(|time| time.parse::<jiff::Timestamp>().expect("a time").as_millisecond());
        Self { number: number.to_owned(), record, time_ms }
    }
}

/// Stands for the store's list of secret paths, with one path of each kind: a value, and all that is inside.
fn is_secret(keys: &[&str]) -> bool {
    keys.last() == Some(&"sessionToken") || keys.starts_with(&["requestParameters", "userData"])
}

/// The events that the engine finds, and those that the naive evaluator does unless derived values are asked for.
fn evaluate(query: &str, parsed: &Parsed, events: &[Event]) -> Vec<String> {
    let newest = events.iter().filter_map(|event| event.time_ms).max().unwrap_or_default();
    let predicate = parsed.predicate.clone().resolve_now(newest);
    let naive = || -> Vec<String> {
        let holding = events.iter().filter(|event| {
            let (record, time_ms, derived) = (&event.record, event.time_ms, &Value::Null);
            holds(&predicate, &NaiveEvent { record, time_ms, file: FILE, message: None, derived }, &is_secret)
        });
        holding.map(|event| event.number.clone()).collect()
    };
    let mut store = Store::default();
    for event in events {
        let mut json = event.record.to_string().into_bytes();
        let end = json.len();
        json.resize(end + PADDING, 0);
        let taken = StoreSink { store: &mut store, file: 0 }.record(&json, 0, end, 0, &Around::default());
        match taken {
            Ok(_) => {}
            // Some of our own events are about the language alone, and no CloudTrail records.
            Err(RecordError::NotARecord(_)) => return naive(),
            Err(error) => panic!("{error:?}: {}", event.record),
        }
    }
    let found = scan::rows(&store, &[FILE.to_owned()], &predicate);
    let found: Vec<String> = found.ones().map(|row| events[row].number.clone()).collect();
    let derived = |field: &FieldUse| match &field.field {
        Field::Values(selects) => selects.iter().any(|select| select.derived().is_some()),
        _ => false,
    };
    if !parsed.fields.iter().any(derived) {
        assert_eq!(found, naive(), "engine and naive evaluator differ on {query}");
    }
    found
}

fn numbers(answer: &str) -> Vec<String> {
    if answer.starts_with("none") { Vec::new() } else { answer.split_whitespace().map(str::to_owned).collect() }
}

mod specification {
    use super::*;

    /// The specification's text, or nothing on a machine without the shared folder.
    fn text() -> Option<String> {
        let shared = std::env::var_os("TRAILGLASS_SHARED")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
        let path = shared.join("spec/KQL.md");
        match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) => {
                eprintln!("\n*** NOT TESTED: the specification's KQL vectors; {}: {error} ***\n", path.display());
                None
            }
        }
    }

    /// The rows of the table under a heading, cells undone of Markdown's `\|`.
    fn rows(text: &str, header: &str) -> Vec<Vec<String>> {
        text.lines()
            .skip_while(|line| *line != header)
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .map(|line| {
                let line = line.replace("\\|", "\u{0}");
                let cells = line.trim_matches('|').split('|');
                cells.map(|cell| cell.trim().replace('\u{0}', "|")).collect()
            })
            .collect()
    }

    /// The queries of a cell: what stands between backticks.
    fn queries(cell: &str) -> Vec<String> {
        if cell == "(empty)" {
            return vec![String::new()];
        }
        let mut queries: Vec<String> = Vec::new();
        for written in cell.split('`').skip(1).step_by(2) {
            // `…items[0].x` abbreviates the query before it up to the word that follows.
            let query = match (written.strip_prefix('…'), queries.last()) {
                (Some(rest), Some(before)) => {
                    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
                    let shared = before.find(&word).expect("the abbreviation's word in the query before");
                    format!("{}{rest}", &before[..shared])
                }
                _ => written.to_owned(),
            };
            queries.push(query);
        }
        queries
    }

    #[test]
    fn queries_select_what_it_says() {
        let Some(text) = text() else { return };
        let events: Vec<Event> = text
            .lines()
            .skip_while(|line| *line != "Events:")
            .skip(2)
            .take_while(|line| !line.starts_with("```"))
            .map(Event::parse)
            .collect();
        assert_eq!(events.len(), 4);
        let (mut checked, mut wrong) = (0, Vec::new());
        for row in rows(&text, "| query | events |") {
            let answers: Vec<&str> = row[1].split(" · ").collect();
            let queries = queries(&row[0]);
            assert_eq!(queries.len(), answers.len(), "{row:?}");
            for (query, answer) in queries.iter().zip(answers) {
                let parsed = kql::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
                checked += 1;
                let selected = evaluate(query, &parsed, &events);
                if selected != numbers(answer) {
                    wrong.push(format!("{query}: {selected:?}, not {answer}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(checked >= SPEC_QUERIES, "only {checked} queries were checked");
    }

    #[test]
    fn errors_say_where_and_what() {
        let Some(text) = text() else { return };
        let mut checked = 0;
        for row in rows(&text, "| query | message says |") {
            let query = &queries(&row[0])[0];
            let error = kql::parse(query).expect_err(query);
            let (position, expected) = row[1].split_once(": ").expect("a position");
            assert_eq!(error.position.to_string(), position, "{query}: {error}");
            if expected.contains("its own message") {
                assert!(error.expected.contains("/(/") && error.expected.contains("unclosed group"), "{error}");
            } else {
                assert_eq!(error.expected, expected, "{query}");
            }
            checked += 1;
        }
        assert!(checked >= SPEC_ERRORS, "only {checked} errors were checked");
    }
}

/// Each file of `tests/data/kql` is sections of lines: `== events` with `number record`, `== queries` with
/// `query => numbers or none`, `== errors` with `query => position: expected`. Lines that start with `#` are comments.
#[test]
fn our_own_vectors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/kql");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let (mut section, mut events) = ("", Vec::new());
        for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix("== ") {
                section = name;
                continue;
            }
            if section == "events" {
                events.push(Event::parse(line));
                continue;
            }
            let (query, answer) = line.rsplit_once(" => ").unwrap_or_else(|| panic!("no answer in {line}"));
            let got = match (section, kql::parse(query)) {
                ("queries", Ok(parsed)) => {
                    let selected = evaluate(query, &parsed, &events);
                    if selected == numbers(answer) { continue } else { format!("selects {selected:?}") }
                }
                ("errors", Err(error)) if error.to_string() == answer => continue,
                (_, Ok(_)) => "is understood".to_owned(),
                (_, Err(error)) => format!("says {error}"),
            };
            wrong.push(format!("{}:{}: {line} — {got}", file.display(), place + 1));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nesting_is_bounded_and_bounded_nesting_fits_a_small_stack() {
    let nested = |depth: usize, open: &str, middle: &str| {
        format!("{}{middle}{}", open.repeat(depth), ")".repeat(depth * open.matches('(').count()))
    };
    let worker = std::thread::Builder::new().stack_size(512 << 10);
    let checks = move || {
        for open in ["(", "not (", "x or (y and not ("] {
            let deepest = DEEPEST_NESTING / open.matches('(').count();
            let parsed = kql::parse(&nested(deepest, open, "a")).expect("the deepest allowed");
            assert_eq!(parsed.clone(), parsed);
            let too_deep = kql::parse(&nested(deepest + 1, open, "a")).unwrap_err();
            assert_eq!(too_deep.expected, "at most 200 parentheses inside each other");
            kql::parse(&nested(100_000, open, "a")).unwrap_err();
            kql::parse(&open.repeat(100_000)).unwrap_err();
        }
        let group = nested(DEEPEST_NESTING - 1, "(", "a");
        kql::parse(&format!("f: ({group})")).expect("the deepest allowed");
        kql::parse(&format!("(f: ({group}))")).unwrap_err();
        // These nest without parentheses.
        for (signs, negated) in [("!", false), ("-", false), ("not ", false), ("not -!", true)] {
            let parsed = kql::parse(&format!("{}a", signs.repeat(100_000))).unwrap();
            let negated = negated && 100_000 * 3 % 2 == 1;
            assert_eq!(matches!(parsed.predicate, Predicate::Not(_)), negated);
        }
    };
    worker.spawn(checks).unwrap().join().unwrap();
}

#[test]
fn long_queries_take_linear_time() {
    let started = std::time::Instant::now();
    for part in ["a ", "a:b ", "f: (a b) or ", "\"q\" ", "\\", " ", "a:\"", "and ", "/x/ ", "a/", "*a", "a.b[0].", "f:"]
    {
        let _ = kql::parse(&part.repeat(200_000));
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn any_characters_are_a_query_or_an_error_inside_it() {
    const PIECES: [&str; 48] = [
        "a",
        "and",
        "or",
        "not",
        " ",
        "\u{a0}",
        "(",
        ")",
        ":",
        "<",
        ">",
        "=",
        "\"",
        "\\",
        "/",
        "*",
        "?",
        "-",
        "!",
        "$.",
        "@",
        "[",
        "]",
        "[0]",
        ".",
        ",",
        "é",
        "İ",
        "\u{1F600}",
        "\u{0}",
        "\n",
        "now",
        "now-6h",
        "time",
        "time:",
        "file:",
        "2023-07-10",
        "T12:30",
        "+02:00",
        "10.0.0.0/8",
        "::1",
        "/0",
        "null",
        "1e5",
        "f: ",
        "i",
        "(?i)",
        "99999999999",
    ];
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..50_000 {
        let query: String = (0..rng.random_range(0..14)).map(|_| PIECES[rng.random_range(0..PIECES.len())]).collect();
        match kql::parse(&query) {
            Ok(parsed) => {
                for field in &parsed.fields {
                    let written: String =
                        query.chars().skip(field.position - 1).take(field.written.chars().count()).collect();
                    assert_eq!(written, field.written, "{query:?}");
                }
            }
            Err(error) => {
                let length = query.chars().count();
                assert!((1..=length + 1).contains(&error.position), "{query:?}: {error}");
                assert_eq!(error.found, query.chars().nth(error.position - 1));
                assert!(!error.expected.is_empty() && error.sentence().ends_with('.'));
            }
        }
    }
}

#[test]
fn fields_are_reported_as_written_with_what_they_select() {
    let parsed = kql::parse("(user: a or \"a.b\": (x or y)) and é\\ x.y < 3 file: * @time > now free").unwrap();
    let fields: Vec<(&str, usize, usize)> = parsed
        .fields
        .iter()
        .map(|field| match &field.field {
            Field::Values(selects) => (field.written.as_str(), field.position, selects.len()),
            Field::Time | Field::File => (field.written.as_str(), field.position, 0),
        })
        .collect();
    assert_eq!(fields, [("user", 2, 1), ("\"a.b\"", 13, 2), ("é\\ x.y", 34, 1), ("file", 45, 0), ("@time", 53, 0)]);
}

#[test]
fn an_error_is_a_sentence_too() {
    let sentence = |query: &str| kql::parse(query).unwrap_err().sentence();
    assert_eq!(sentence("eventName:"), "The query ends where a value is expected, at character 11.");
    assert_eq!(sentence("a or )"), "Character 6 is “)” where a clause is expected.");
    assert_eq!(sentence("f: \"x"), "What starts at character 4 is not right, expected: closing quote.");
    assert!(sentence("size: >5").ends_with("(a comparison is written without the colon)."));
}

#[test]
fn random_queries_are_understood_and_mostly_select_something() {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/kql/shapes.txt")).unwrap();
    let events: Vec<Event> = text
        .lines()
        .skip(1)
        .skip_while(|line| *line != "== events")
        .skip(1)
        .map_while(|line| (!line.starts_with("==")).then(|| (!line.is_empty()).then(|| Event::parse(line))))
        .flatten()
        .collect();
    let vocabulary = Vocabulary::of(events.iter().map(|event| &event.record));
    let mut rng = StdRng::seed_from_u64(7);
    let mut selective = 0;
    for _ in 0..3_000 {
        let query = random_query(&mut rng, &vocabulary);
        let parsed = kql::parse(&query).unwrap_or_else(|error| panic!("{query}: {error}"));
        let selected = evaluate(&query, &parsed, &events);
        selective += usize::from(!selected.is_empty() && selected.len() < events.len());
        let opposite =
            evaluate(&query, &Parsed { predicate: Predicate::Not(Box::new(parsed.predicate)), ..parsed }, &events);
        assert_eq!(selected.len() + opposite.len(), events.len(), "{query}");
    }
    assert!(selective > 900, "only {selective} of 3000 tell events apart");
}
