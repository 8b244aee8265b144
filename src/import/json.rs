//! A look into JSON that stands in a buffer: values by their place, so that what is found inside can be handed on as it is.

use crate::store::tokens::{self, JsonError, PADDING, Unescaped};
use std::borrow::Cow;

/// A value of a text, known to be JSON.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'a> {
    /// The text, at least [`PADDING`] bytes longer than the value.
    pub buf: &'a [u8],
    /// Its first byte.
    pub at: usize,
    /// The byte after its last.
    pub end: usize,
}

impl<'a> Value<'a> {
    /// The value that starts at `at` or after white space there, checked; the text ends at `end`.
    ///
    /// # Errors
    /// The first place that is not JSON.
    pub fn read(buf: &'a [u8], at: usize, end: usize) -> Result<Self, JsonError> {
        let at = tokens::skip_space(buf, at);
        Ok(Self { buf, at, end: tokens::walk_value(buf, at, end, None)?.end })
    }

    /// Its text.
    pub fn text(self) -> &'a [u8] {
        &self.buf[self.at..self.end]
    }

    pub fn is_object(self) -> bool {
        self.buf[self.at] == b'{'
    }

    pub fn is_array(self) -> bool {
        self.buf[self.at] == b'['
    }

    pub fn is_null(self) -> bool {
        self.text() == b"null"
    }

    /// What a string says; a string with half a surrogate pair keeps its escapes. `None` for every other value.
    pub fn string(self) -> Option<Cow<'a, [u8]>> {
        if self.buf[self.at] != b'"' {
            return None;
        }
        let inside = &self.buf[self.at + 1..self.end - 1];
        if !inside.contains(&b'\\') {
            return Some(Cow::Borrowed(inside));
        }
        let mut out = Vec::new();
        Some(match tokens::unescape(inside, 0, &mut out) {
            Ok(Unescaped::Text) => Cow::Owned(out),
            _ => Cow::Borrowed(inside),
        })
    }

    /// What a string says, or the text of a number or constant.
    pub fn plain(self) -> Option<String> {
        match self.string() {
            Some(text) => Some(String::from_utf8_lossy(&text).into_owned()),
            None if self.is_object() || self.is_array() => None,
            None => Some(String::from_utf8_lossy(self.text()).into_owned()),
        }
    }

    /// The elements of an array; none for every other value.
    pub fn elements(self) -> impl Iterator<Item = Value<'a>> {
        let mut pos = if self.is_array() { self.at + 1 } else { self.end };
        std::iter::from_fn(move || {
            pos = tokens::skip_space(self.buf, pos);
            if pos >= self.end || self.buf[pos] == b']' {
                return None;
            }
            let value = Self::read(self.buf, pos, self.end).ok()?;
            pos = tokens::skip_space(self.buf, value.end);
            pos += usize::from(self.buf[pos] == b',');
            Some(value)
        })
    }

    /// The members of an object; none for every other value.
    pub fn object(self) -> Object<'a> {
        let mut members = Vec::new();
        let mut pos = if self.is_object() { self.at + 1 } else { self.end };
        loop {
            pos = tokens::skip_space(self.buf, pos);
            if pos >= self.end || self.buf[pos] != b'"' {
                break;
            }
            let Ok(key) = Self::read(self.buf, pos, self.end) else { break };
            let colon = tokens::skip_space(self.buf, key.end);
            let Ok(value) = Self::read(self.buf, colon + 1, self.end) else { break };
            members.push((key.string().unwrap_or_default(), value));
            pos = tokens::skip_space(self.buf, value.end);
            pos += usize::from(self.buf[pos] == b',');
        }
        Object { members }
    }
}

/// An object with its members looked up.
#[derive(Debug)]
pub(super) struct Object<'a> {
    /// Its members in order; a key that stands twice is here twice.
    pub members: Vec<(Cow<'a, [u8]>, Value<'a>)>,
}

impl<'a> Object<'a> {
    /// The first member of this name.
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.members.iter().find(|(known, _)| known.as_ref() == key.as_bytes()).map(|(_, value)| *value)
    }

    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// What the string member of this name says.
    pub fn string(&self, key: &str) -> Option<Cow<'a, [u8]>> {
        self.get(key)?.string()
    }
}

/// A text with the padding that every reader of JSON here wants.
pub(super) fn padded(text: &[u8]) -> Vec<u8> {
    let mut buf = Vec::with_capacity(text.len() + PADDING);
    buf.extend_from_slice(text);
    buf.resize(text.len() + PADDING, 0);
    buf
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_members_and_elements() {
        let text = br#" {"a" : [1, {"b":2} ,"x\ny"],"c\u0041":null ,"d":{}} "#;
        let buf = padded(text);
        let object = Value::read(&buf, 0, text.len()).unwrap().object();
        assert_eq!(object.members.len(), 3);
        let elements: Vec<_> = object.get("a").unwrap().elements().map(Value::text).collect();
        assert_eq!(elements, [&b"1"[..], b"{\"b\":2}", b"\"x\\ny\""]);
        assert_eq!(object.get("a").unwrap().elements().last().unwrap().string().unwrap().as_ref(), b"x\ny");
        assert!(object.get("cA").unwrap().is_null() && !object.has("e"));
        assert_eq!(object.get("d").unwrap().object().members.len(), 0);
        assert!(Value::read(&buf, 0, 20).is_err());
    }
}
