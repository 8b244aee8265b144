//! Characters of a query and where they stand. There is no separate pass over tokens: what a character means depends on
//! where it stands (`:` ends a field's name and is ordinary in a value), so the parser asks for what it expects next.

use super::SyntaxError;

/// A character of a word, after escapes are undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) char: char,
    /// A backslash stood before it, so it is never a wildcard or separator.
    pub(super) escaped: bool,
    /// Position in the query, from 1 (of the backslash, if there was one).
    pub(super) position: usize,
}

impl Letter {
    /// Whether it is this character with its special meaning.
    pub(super) fn is(self, special: char) -> bool {
        self.char == special && !self.escaped
    }
}

/// The text that a word spells.
pub(super) fn spelled(word: &[Letter]) -> String {
    word.iter().map(|letter| letter.char).collect()
}

/// The words that join clauses. They are words of the language everywhere outside quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    And,
    Or,
    Not,
}

/// A regular expression between slashes.
#[derive(Clone, Debug)]
pub(super) struct Slashed {
    pub(super) pattern: String,
    pub(super) ignore_case: bool,
}

/// A place in the query.
pub(super) struct Cursor {
    chars: Vec<char>,
    at: usize,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Self {
        Self { chars: text.chars().collect(), at: 0 }
    }

    /// Of the next character, from 1.
    pub(super) fn position(&self) -> usize {
        self.at + 1
    }

    /// Goes back to a position that [`Cursor::position`] gave.
    pub(super) fn return_to(&mut self, position: usize) {
        self.at = position - 1;
    }

    /// The query as written between two positions.
    pub(super) fn written(&self, from: usize, to: usize) -> String {
        self.chars[from - 1..to - 1].iter().collect()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(super) fn peek_second(&self) -> Option<char> {
        self.chars.get(self.at + 1).copied()
    }

    /// Steps over the next character if it is this one.
    pub(super) fn eat(&mut self, wanted: char) -> bool {
        let eaten = self.peek() == Some(wanted);
        self.at += usize::from(eaten);
        eaten
    }

    pub(super) fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// The keyword that stands next. `not(x)` is one as well; `not:` is a field, `notable` and `not-x` are values.
    pub(super) fn keyword(&self) -> Option<Keyword> {
        let spelled = |word: &str| {
            let end = self.at + word.len();
            let same = self.chars.get(self.at..end).is_some_and(|found| {
                found.iter().zip(word.chars()).all(|(found, wanted)| found.eq_ignore_ascii_case(&wanted))
            });
            same && self.chars.get(end).is_none_or(|next| next.is_whitespace() || matches!(next, '(' | ')' | '"'))
        };
        [("and", Keyword::And), ("or", Keyword::Or), ("not", Keyword::Not)]
            .into_iter()
            .find_map(|(word, keyword)| spelled(word).then_some(keyword))
    }

    pub(super) fn eat_keyword(&mut self, wanted: Keyword) -> bool {
        let eaten = self.keyword() == Some(wanted);
        if eaten {
            self.at += if wanted == Keyword::Or { 2 } else { 3 };
        }
        eaten
    }

    /// A run of characters up to white space, `)` or one of `ends`, escapes undone. A backslash before any other
    /// character than those it escapes is itself, so `C:\Users` needs nothing.
    pub(super) fn word(&mut self, ends: &[char]) -> Vec<Letter> {
        let mut word = Vec::new();
        while let Some(char) = self.peek() {
            let position = self.position();
            let escaped = char == '\\' && self.peek_second().is_some_and(can_be_escaped);
            if escaped {
                self.at += 1;
            } else if char.is_whitespace() || char == ')' || ends.contains(&char) {
                break;
            }
            word.push(Letter { char: self.chars[self.at], escaped, position });
            self.at += 1;
        }
        word
    }

    /// The text between quotes, of which the first stands next. Only the quote and the backslash are escaped inside.
    pub(super) fn quoted(&mut self) -> Result<String, SyntaxError> {
        let start = self.position();
        let mut text = String::new();
        self.at += 1;
        while let Some(char) = self.peek() {
            self.at += 1;
            match char {
                '"' => return Ok(text),
                '\\' if matches!(self.peek(), Some('"' | '\\')) => {
                    text.push(self.chars[self.at]);
                    self.at += 1;
                }
                char => text.push(char),
            }
        }
        Err(SyntaxError::malformed(start, "closing quote"))
    }

    /// Whether a regular expression starts here. A lone `/` is a value (the path of most IAM users), not one.
    pub(super) fn at_slashed(&self) -> bool {
        self.peek() == Some('/') && self.peek_second().is_some_and(|next| !next.is_whitespace() && next != ')')
    }

    /// The regular expression that starts here. Refuses what looks like a path rather than guess: of `/aws/lambda/x` a
    /// reader cannot say whether it is a path or an expression with a forgotten backslash, and each guess is silently
    /// wrong for the other.
    pub(super) fn slashed(&mut self) -> Result<Slashed, SyntaxError> {
        const HINT: &str = "a value that begins with / is written in quotes, and a / inside an expression as \\/";
        let start = self.position();
        self.at += 1;
        let mut pattern = String::new();
        loop {
            match self.peek() {
                None => return Err(SyntaxError::malformed(start, "closing /").hint(HINT)),
                Some('/') => break,
                Some('\\') if self.peek_second().is_some() => {
                    pattern.extend(&self.chars[self.at..self.at + 2]);
                    self.at += 2;
                }
                Some(char) => {
                    pattern.push(char);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        let ignore_case = self.eat('i');
        self.boundary("white space or the flag i").map_err(|error| error.hint(HINT))?;
        Ok(Slashed { pattern, ignore_case })
    }

    /// Refuses anything but white space, `)` or the end: `"a"b` is far more often a slip than two clauses.
    pub(super) fn boundary(&self, expected: &str) -> Result<(), SyntaxError> {
        match self.peek() {
            Some(next) if !next.is_whitespace() && next != ')' => {
                Err(SyntaxError::misplaced(self.position(), expected))
            }
            _ => Ok(()),
        }
    }
}

/// What a backslash takes the meaning from. The `?` is ours: without it a question mark could only be written in quotes,
/// where case counts.
fn can_be_escaped(char: char) -> bool {
    matches!(char, '\\' | '(' | ')' | '"' | '*' | '?' | '<' | '>' | ':') || char.is_whitespace()
}
