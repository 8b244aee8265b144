//! Text tests made ready to run: a [`TextTest`] says what is asked, a [`CompiledText`] answers it many times over.
//!
//! "Case ignored" is one definition for the whole product ([`fold`]): every character lower-cased by itself, so that it
//! distributes over concatenation and a store may fold a text once and search fragments of it. Regular expressions are
//! the exception: there `(?i)` is the `regex` crate's own (Unicode simple folding).

use std::borrow::Cow;
use std::fmt;

use memchr::memmem::Finder;
use regex::{Regex, RegexBuilder};
use regex_automata::nfa::thompson;

use crate::query::predicate::{Case, GlobPart, TextOp, TextTest};
use crate::query::spaces::Split;

/// Bytes one compiled regular expression may take. A search box must not be able to fill a worker's memory
/// (`\w{1000}{1000}`); ordinary expressions take a few kilobytes.
const REGEX_SIZE_LIMIT: usize = 4 << 20;

/// The text with every character lower-cased by itself; borrowed when nothing changes.
///
/// Unlike `str::to_lowercase` this looks at no neighbours (the final sigma), so `fold(a + b) == fold(a) + fold(b)`.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    // Most values of a record are ASCII without capitals or nearly so: find out before allocating.
    if text.is_ascii() {
        return if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    if text.chars().all(|c| c.to_lowercase().eq([c])) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().flat_map(char::to_lowercase).collect())
}

/// Checks a regular expression under our limits, without building what searches with it: the page only checks, and stays
/// smaller by all of that. The error is the compiler's own message on one line.
///
/// # Errors
/// When the expression does not parse or would be too big.
pub fn check_regex(pattern: &str, case: Case) -> Result<(), InvalidRegex> {
    let syntax = regex_syntax::ParserBuilder::new().case_insensitive(case == Case::Ignored).build().parse(pattern);
    let parsed = syntax.map_err(|error| InvalidRegex { message: last_line(&error.to_string()) })?;
    let limit = thompson::Config::new().nfa_size_limit(Some(REGEX_SIZE_LIMIT));
    let compiled = thompson::Compiler::new().configure(limit).build_from_hir(&parsed);
    compiled.map(drop).map_err(|error| InvalidRegex {
        message: match error.size_limit() {
            Some(limit) => too_big(limit),
            None => last_line(&error.to_string()),
        },
    })
}

/// Compiles a regular expression under our limits.
///
/// # Errors
/// As [`check_regex`].
fn regex(pattern: &str, case: Case) -> Result<Regex, InvalidRegex> {
    let built = RegexBuilder::new(pattern).case_insensitive(case == Case::Ignored).size_limit(REGEX_SIZE_LIMIT).build();
    built.map_err(|error| InvalidRegex {
        message: match error {
            regex::Error::CompiledTooBig(limit) => too_big(limit),
            other => last_line(&other.to_string()),
        },
    })
}

/// A regular expression that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRegex {
    /// What is wrong with it, in the regex compiler's words, on one line.
    pub message: String,
}

impl fmt::Display for InvalidRegex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InvalidRegex {}

fn too_big(limit: usize) -> String {
    format!("needs more than {} MiB", limit >> 20)
}

/// The crate draws the expression with a caret under it over several lines and says what is wrong in the last one, which
/// is the only part that means anything in a line of a page.
fn last_line(text: &str) -> String {
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("invalid").trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

/// A text that every matching text contains, once both are folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Literal<'a> {
    /// The text, folded whatever the test's case is.
    pub folded: &'a str,
    /// It can only be at the start.
    pub at_start: bool,
    /// It can only be at the end (with `at_start`: it is the whole text).
    pub at_end: bool,
}

/// A [`TextTest`] ready to be asked.
#[derive(Clone, Debug)]
pub struct CompiledText {
    matcher: Matcher,
    case: Case,
    /// Kept apart from the matcher, because it is folded even where the case counts.
    literal: Option<OwnedLiteral>,
}

#[derive(Clone, Debug)]
struct OwnedLiteral {
    folded: String,
    at_start: bool,
    at_end: bool,
}

#[derive(Clone, Debug)]
enum Matcher {
    /// Equals, starts with, ends with, contains: what most globs come down to.
    /// Boxed, since a prepared search is ten times the size of the rest.
    Literal(Box<Needle>),
    Glob(Vec<Token>),
    Regex(Regex),
    Spaces(Box<Split>),
}

#[derive(Clone, Debug)]
struct Needle {
    /// Folded when case is ignored.
    text: String,
    at_start: bool,
    at_end: bool,
    /// Finds `text` as it stands.
    finder: Finder<'static>,
}

/// A glob character by character, so that ASCII texts can be matched as bytes without a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Char(char),
    AnyOne,
    AnyRun,
}

impl CompiledText {
    /// Makes the test ready.
    ///
    /// # Errors
    /// When it is a regular expression that does not compile (the search box has then already said so).
    pub fn new(test: &TextTest) -> Result<Self, InvalidRegex> {
        let ready = |text: &str| match test.case {
            Case::Kept => text.to_owned(),
            Case::Ignored => fold(text).into_owned(),
        };
        let (matcher, literal) = match &test.op {
            TextOp::Equals(text) => Matcher::literal(ready(text), true, true),
            TextOp::Contains(text) => Matcher::literal(ready(text), false, false),
            TextOp::Regex(pattern) => (Matcher::Regex(regex(pattern, test.case)?), None),
            TextOp::Glob(parts) => Matcher::glob(parts, ready),
            TextOp::Spaces(spaces) => (Matcher::Spaces(Box::new(Split::new(spaces)?)), None),
        };
        Ok(Self { matcher, case: test.case, literal })
    }

    /// Whether the text satisfies the test.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        match &self.matcher {
            Matcher::Regex(regex) => regex.is_match(text),
            Matcher::Spaces(split) => split.is_match(text),
            Matcher::Literal(needle) => match self.case {
                Case::Kept => needle.is_in(text),
                // A text without capitals or non-ASCII needs no folding, and one with only ASCII needs no allocation.
                Case::Ignored if text.is_ascii() => needle.is_in_ascii(text.as_bytes()),
                Case::Ignored => needle.is_in(&fold(text)),
            },
            Matcher::Glob(tokens) => match (self.case, text.is_ascii()) {
                (Case::Kept, true) => glob_matches(tokens, text.as_bytes(), char::from),
                (Case::Ignored, true) => {
                    glob_matches(tokens, text.as_bytes(), |byte| char::from(byte.to_ascii_lowercase()))
                }
                (Case::Kept, false) => glob_matches(tokens, &text.chars().collect::<Vec<_>>(), |c| c),
                (Case::Ignored, false) => glob_matches(tokens, &fold(text).chars().collect::<Vec<_>>(), |c| c),
            },
        }
    }

    /// The longest text that every match must contain, where there is one: the store searches its dictionary for it
    /// before it asks [`CompiledText::is_match`]. Folded, so a store that searches folded text finds a superset.
    #[must_use]
    pub fn literal(&self) -> Option<Literal<'_>> {
        self.literal.as_ref().map(|l| Literal { folded: &l.folded, at_start: l.at_start, at_end: l.at_end })
    }
}

impl Matcher {
    fn literal(text: String, at_start: bool, at_end: bool) -> (Self, Option<OwnedLiteral>) {
        let literal = OwnedLiteral { folded: fold(&text).into_owned(), at_start, at_end };
        let says_something = !text.is_empty() || (at_start && at_end);
        let finder = Finder::new(&text).into_owned();
        let needle = Needle { text, at_start, at_end, finder };
        (Self::Literal(Box::new(needle)), says_something.then_some(literal))
    }

    fn glob(parts: &[GlobPart], ready: impl Fn(&str) -> String) -> (Self, Option<OwnedLiteral>) {
        // Joined first, so that two literals or two runs side by side are one and the short cuts below see them.
        let mut joined: Vec<GlobPart> = Vec::new();
        for part in parts {
            match (joined.last_mut(), part) {
                (Some(GlobPart::Literal(before)), GlobPart::Literal(text)) => before.push_str(text),
                (Some(GlobPart::AnyRun), GlobPart::AnyRun) => {}
                (_, GlobPart::Literal(text)) if text.is_empty() => {}
                _ => joined.push(part.clone()),
            }
        }
        match joined.as_slice() {
            [] => return Self::literal(String::new(), true, true),
            [GlobPart::AnyRun] => return Self::literal(String::new(), false, false),
            [GlobPart::Literal(text)] => return Self::literal(ready(text), true, true),
            [GlobPart::Literal(text), GlobPart::AnyRun] => return Self::literal(ready(text), true, false),
            [GlobPart::AnyRun, GlobPart::Literal(text)] => return Self::literal(ready(text), false, true),
            [GlobPart::AnyRun, GlobPart::Literal(text), GlobPart::AnyRun] => {
                return Self::literal(ready(text), false, false);
            }
            _ => {}
        }
        let last = joined.len() - 1;
        let longest = joined
            .iter()
            .enumerate()
            .filter_map(|(place, part)| match part {
                GlobPart::Literal(text) => {
                    Some(OwnedLiteral { folded: fold(text).into_owned(), at_start: place == 0, at_end: place == last })
                }
                _ => None,
            })
            .max_by_key(|literal| literal.folded.len());
        let mut tokens = Vec::new();
        for part in &joined {
            match part {
                GlobPart::Literal(text) => tokens.extend(ready(text).chars().map(Token::Char)),
                GlobPart::AnyRun => tokens.push(Token::AnyRun),
                GlobPart::AnyOne => tokens.push(Token::AnyOne),
            }
        }
        (Self::Glob(tokens), longest)
    }
}

impl Needle {
    fn is_in(&self, text: &str) -> bool {
        match (self.at_start, self.at_end) {
            (true, true) => text == self.text,
            (true, false) => text.starts_with(&self.text),
            (false, true) => text.ends_with(&self.text),
            (false, false) => self.finder.find(text.as_bytes()).is_some(),
        }
    }

    /// The needle is folded, the text is ASCII in any case.
    fn is_in_ascii(&self, text: &[u8]) -> bool {
        let needle = self.text.as_bytes();
        let Some(room) = text.len().checked_sub(needle.len()) else { return false };
        match (self.at_start, self.at_end) {
            (true, true) => room == 0 && text.eq_ignore_ascii_case(needle),
            (true, false) => text[..needle.len()].eq_ignore_ascii_case(needle),
            (false, true) => text[room..].eq_ignore_ascii_case(needle),
            (false, false) => {
                let Some(first) = needle.first() else { return true };
                // The first byte by memchr, the rest by comparing: values are short, so nothing cleverer pays.
                memchr::memchr2_iter(*first, first.to_ascii_uppercase(), &text[..=room])
                    .any(|at| text[at..at + needle.len()].eq_ignore_ascii_case(needle))
            }
        }
    }
}

/// Greedy matching that on failure returns only to the last `*`: whatever an earlier one could have taken, the later one
/// can take as well. At worst tokens × text, in practice linear.
fn glob_matches<T: Copy>(tokens: &[Token], text: &[T], as_char: impl Fn(T) -> char) -> bool {
    let (mut token, mut at) = (0, 0);
    // Where to go on when what follows the last run fails: behind the run, one character later each time.
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match tokens.get(token) {
            Some(Token::AnyRun) => {
                token += 1;
                retry = Some((token, at));
                continue;
            }
            Some(Token::AnyOne) => {}
            Some(Token::Char(c)) if *c == as_char(text[at]) => {}
            _ => {
                let Some((behind_run, from)) = retry else { return false };
                retry = Some((behind_run, from + 1));
                (token, at) = (behind_run, from + 1);
                continue;
            }
        }
        token += 1;
        at += 1;
    }
    tokens[token..].iter().all(|token| *token == Token::AnyRun)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(pattern: &str) -> TextOp {
        TextOp::Glob(
            pattern
                .chars()
                .map(|c| match c {
                    '*' => GlobPart::AnyRun,
                    '?' => GlobPart::AnyOne,
                    c => GlobPart::Literal(c.to_string()),
                })
                .collect(),
        )
    }

    fn compiled(op: TextOp, case: Case) -> CompiledText {
        CompiledText::new(&TextTest { op, case }).unwrap()
    }

    #[test]
    fn folding_is_character_by_character() {
        assert!(matches!(fold("already-lower 1"), Cow::Borrowed(_)));
        assert!(matches!(fold("größe"), Cow::Borrowed(_)));
        assert_eq!(fold("AbC"), "abc");
        assert_eq!(fold("ÅΣ"), "åσ", "no final sigma: neighbours do not count");
        assert_eq!(fold("İ"), "i\u{307}");
        assert_eq!(fold("\u{212A}"), "k", "the Kelvin sign");
    }

    #[test]
    fn literals_ignore_case_in_ascii_and_beyond() {
        let equals = compiled(TextOp::Equals("ÉcoleK".to_owned()), Case::Ignored);
        assert!(equals.is_match("éCOLEk") && equals.is_match("École\u{212A}") && !equals.is_match("ecolek"));
        let contains = compiled(TextOp::Contains("KeY".to_owned()), Case::Ignored);
        assert!(contains.is_match("a kEy") && contains.is_match("é\u{212A}ey") && !contains.is_match("ke"));
        let kept = compiled(TextOp::Contains("KeY".to_owned()), Case::Kept);
        assert!(kept.is_match("a KeY") && !kept.is_match("a key"));
        assert!(compiled(TextOp::Contains(String::new()), Case::Ignored).is_match(""));
    }

    #[test]
    fn globs_agree_with_trying_everything() {
        fn all_ways(glob: &[char], text: &[char]) -> bool {
            match (glob, text) {
                ([], rest) => rest.is_empty(),
                (['*', glob @ ..], text) => (0..=text.len()).any(|n| all_ways(glob, &text[n..])),
                (['?', glob @ ..], [_, text @ ..]) => all_ways(glob, text),
                ([c, glob @ ..], [d, text @ ..]) => c == d && all_ways(glob, text),
                (_, []) => false,
            }
        }
        let words = |alphabet: &[char], longest: u32| -> Vec<String> {
            (0..=longest)
                .flat_map(|len| (0..alphabet.len().pow(len)).map(move |n| (len, n)))
                .map(|(len, n)| (0..len).map(|at| alphabet[n / alphabet.len().pow(at) % alphabet.len()]).collect())
                .collect()
        };
        let texts = words(&['a', 'b', 'é'], 4);
        for pattern in words(&['a', 'é', '*', '?'], 5) {
            let test = compiled(glob(&pattern), Case::Kept);
            let ignoring = compiled(glob(&pattern.to_uppercase()), Case::Ignored);
            let chars: Vec<char> = pattern.chars().collect();
            for text in &texts {
                let expected = all_ways(&chars, &text.chars().collect::<Vec<_>>());
                assert_eq!(test.is_match(text), expected, "{pattern} on {text}");
                assert_eq!(ignoring.is_match(text), expected, "{pattern} on {text}, case ignored");
                if let (true, Some(literal)) = (expected, test.literal()) {
                    let held = match (literal.at_start, literal.at_end) {
                        (true, true) => text == literal.folded,
                        (true, false) => text.starts_with(literal.folded),
                        (false, true) => text.ends_with(literal.folded),
                        (false, false) => text.contains(literal.folded),
                    };
                    assert!(held, "{literal:?} of {pattern} on {text}");
                }
            }
        }
    }

    #[test]
    fn the_longest_literal_is_offered() {
        let test = compiled(glob("ab*LONGER?c"), Case::Kept);
        assert_eq!(test.literal(), Some(Literal { folded: "longer", at_start: false, at_end: false }));
        assert_eq!(compiled(glob("??*"), Case::Kept).literal(), None);
        assert_eq!(compiled(TextOp::Regex("abc".to_owned()), Case::Kept).literal(), None);
    }

    #[test]
    fn a_regex_is_limited_and_its_error_is_one_line() {
        let both = |pattern| {
            let checked = check_regex(pattern, Case::Kept).unwrap_err().message;
            assert_eq!(checked, regex(pattern, Case::Kept).unwrap_err().message);
            checked
        };
        assert_eq!(both("("), "unclosed group");
        assert!(both(r"(\w{200}){200}").contains("4 MiB"));
        assert!(regex("^inVoke$", Case::Ignored).unwrap().is_match("Invoke"));
    }
}
