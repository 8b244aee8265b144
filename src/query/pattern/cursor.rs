//! The characters of a pattern, one after the other, with their positions.

use super::Fault;

/// See the module.
pub(super) struct Cursor<'p> {
    chars: &'p [char],
    at: usize,
    /// Characters of the pattern before these.
    before: usize,
}

impl<'p> Cursor<'p> {
    pub fn new(chars: &'p [char], before: usize) -> Self {
        Self { chars, at: 0, before }
    }

    /// The position of the next character in the pattern, from 1.
    pub fn position(&self) -> usize {
        self.before + self.at + 1
    }

    pub fn is_over(&self) -> bool {
        self.at >= self.chars.len()
    }

    pub fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// What follows, to be looked at.
    pub fn rest(&self) -> &'p [char] {
        &self.chars[self.at..]
    }

    pub fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    /// Takes the text if it comes next.
    pub fn take(&mut self, text: &str) -> bool {
        let length = text.chars().count();
        let comes = self.rest().len() >= length && text.chars().eq(self.rest()[..length].iter().copied());
        self.at += if comes { length } else { 0 };
        comes
    }

    pub fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Takes characters as long as they are of a sort.
    pub fn take_while(&mut self, is: impl Fn(char) -> bool) -> String {
        let from = self.at;
        while self.peek().is_some_and(&is) {
            self.at += 1;
        }
        self.chars[from..self.at].iter().collect()
    }

    /// The text in quotes that begins here, without them; `\"` is a quote in it.
    pub fn quoted(&mut self) -> Result<String, Fault> {
        let open = self.position();
        self.next();
        let mut out = String::new();
        loop {
            match self.next() {
                None => return Err(Fault::new(open, "This quote is not closed.")),
                Some('"') => return Ok(out),
                Some('\\') if self.peek() == Some('"') => {
                    out.push('"');
                    self.next();
                }
                Some(c) => out.push(c),
            }
        }
    }

    /// A fault at the next character.
    pub fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.position(), message)
    }
}
