//! Records that are not whole: cut by the end of a file, or without the braces that close (or open) them. What is there
//! is kept: strings and containers that are open are closed, a key without a value is dropped, line breaks inside strings
//! are escaped. Nothing is guessed beyond that; where other text than JSON stands, nothing is repaired.

use super::json::{Object, Value, padded};
use crate::store::RECORD_KEYS;
use crate::store::tokens::{self, PADDING};
use crate::time;

/// A record put together from what was there of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repaired {
    /// Its JSON text.
    pub json: Vec<u8>,
    /// What was done, in words.
    pub what: String,
    /// Bytes of the broken text that are in it; what follows is none of the record's.
    pub used: usize,
}

/// Puts together a record from a text that begins with it and breaks. `None` when that cannot be done, or when what comes
/// of it tells too little to be an event.
pub(super) fn repair(text: &[u8]) -> Option<Repaired> {
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let mut mender =
        Mender { text, pos: start, json: Vec::with_capacity(text.len() + 16), open: Vec::new(), notes: Vec::new() };
    // The first brace may be what is missing.
    if text[start] == b'"' {
        mender.json.push(b'{');
        mender.open.push(true);
        mender.note("the brace that opens it was missing");
    } else if text[start] != b'{' {
        return None;
    }
    mender.run()?;
    if mender.notes.is_empty() {
        return None;
    }
    let Mender { json, notes, pos, .. } = mender;
    let buf = padded(&json);
    let object = Value::read(&buf, 0, buf.len() - PADDING).ok()?.object();
    tells_enough(&object).then(|| Repaired { json, what: notes.join("; "), used: pos })
}

/// Whether an object that was put together has enough of a record to be an event: something was done, at a time that can be
/// read. Less than that is a loss, and is told as one.
pub(super) fn tells_enough(object: &Object<'_>) -> bool {
    let said = |key| object.string(key).is_some_and(|text| !text.is_empty());
    let time = object.string("eventTime");
    let time = time.as_deref().and_then(|text| std::str::from_utf8(text).ok());
    (said("eventName") || said("eventSource")) && time.is_some_and(|text| time::parse(text).is_some())
}

struct Mender<'t> {
    text: &'t [u8],
    pos: usize,
    json: Vec<u8>,
    /// The containers that are open, `true` for an object.
    open: Vec<bool>,
    notes: Vec<String>,
}

impl Mender<'_> {
    fn note(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.notes.contains(&what) {
            self.notes.push(what);
        }
    }

    fn space(&mut self) -> Option<u8> {
        while self.text.get(self.pos).is_some_and(u8::is_ascii_whitespace) {
            self.pos += 1;
        }
        self.text.get(self.pos).copied()
    }

    /// Goes through the text until the record is over.
    fn run(&mut self) -> Option<()> {
        if self.open.is_empty() {
            self.begin(b'{');
        }
        let mut comma = false;
        loop {
            // Here a member, an element or the end of a container may stand.
            let Some(byte) = self.space() else { return self.close_all() };
            let Some(&object) = self.open.last() else { return Some(()) };
            match byte {
                b',' => {
                    self.pos += 1;
                    comma = true;
                    continue;
                }
                b'}' | b']' => {
                    if std::mem::take(&mut comma) {
                        self.note("a comma stood where nothing follows");
                    }
                    self.end(byte);
                    if self.open.is_empty() {
                        return Some(());
                    }
                    continue;
                }
                _ => {}
            }
            let from = self.json.len();
            if !matches!(self.json.last(), Some(b'{' | b'[')) {
                // Where a comma is missing inside the record, more than its end is broken.
                let next = object && matches!(byte, b'{' | b'[');
                if !std::mem::take(&mut comma) && !next {
                    return None;
                }
                self.json.push(b',');
            }
            if object {
                if byte != b'"' {
                    // Another record begins here, or the array goes on: this one is over.
                    self.json.truncate(from);
                    return if matches!(byte, b'{' | b'[') { self.close_all() } else { None };
                }
                let whole = self.string();
                let colon = self.space() == Some(b':');
                if !whole || !colon {
                    self.json.truncate(from);
                    if self.space().is_none() {
                        self.note("the text ends in a key without a value, which was dropped");
                        return self.close_all();
                    }
                    return None;
                }
                self.pos += 1;
                self.json.push(b':');
            }
            self.value(from)?;
        }
    }

    /// A value, or as much of it as there is. `from` is where the member begins in what was written.
    fn value(&mut self, from: usize) -> Option<()> {
        match self.space() {
            None => {
                self.json.truncate(from);
                self.note("the text ends in a key without a value, which was dropped");
            }
            Some(b'"') => {
                if !self.string() {
                    let member = self.json[from..].strip_prefix(b",").unwrap_or(&self.json[from..]);
                    let named = |key: &&&str| {
                        let rest = member.strip_prefix(b"\"").and_then(|rest| rest.strip_prefix(key.as_bytes()));
                        rest.is_some_and(|rest| rest.starts_with(b"\":"))
                    };
                    // Half a name is another name, and half an id another record's.
                    match RECORD_KEYS.iter().find(named).filter(|_| self.open.len() == 1) {
                        Some(key) => {
                            self.json.truncate(from);
                            self.note(format!("the text ends inside {key}, which was dropped"));
                        }
                        None => self.note("the text ends inside a string, which was closed there"),
                    }
                }
            }
            Some(byte @ (b'{' | b'[')) => self.begin(byte),
            Some(_) => {
                let rest = &self.text[self.pos..];
                let length = rest.iter().position(|&byte| b",}] \t\r\n{[\":".contains(&byte)).unwrap_or(rest.len());
                let word = &rest[..length];
                let buf = padded(&[word, b" "].concat());
                let whole = Value::read(&buf, 0, word.len() + 1).is_ok_and(|value| value.end == word.len());
                if length < rest.len() && whole {
                    self.json.extend_from_slice(word);
                } else if length == rest.len() {
                    // What stands at the very end may be the beginning of something else.
                    self.json.truncate(from);
                    self.note("the text ends inside a value, which was dropped");
                } else {
                    return None;
                }
                self.pos += length;
            }
        }
        Some(())
    }

    fn begin(&mut self, bracket: u8) {
        self.json.push(bracket);
        self.open.push(bracket == b'{');
        self.pos += 1;
    }

    /// A closing bracket: of the innermost container, or of one around it whose own closing bracket was forgotten.
    fn end(&mut self, bracket: u8) {
        let object = bracket == b'}';
        if self.open.contains(&object) {
            while let Some(open) = self.open.pop() {
                self.json.push(if open { b'}' } else { b']' });
                if open == object {
                    break;
                }
                self.note("brackets were missing; they were closed where the next one closes");
            }
            self.pos += 1;
        } else {
            // It closes what is around the record, which therefore ends here.
            self.close();
        }
    }

    fn close_all(&mut self) -> Option<()> {
        self.close();
        Some(())
    }

    fn close(&mut self) {
        let missing = self.open.len();
        if missing > 0 {
            let braces = if missing == 1 { "a brace was missing" } else { "braces were missing" };
            let pos = self.pos;
            self.note(format!("{braces}; {missing} closed at byte {pos} of the record"));
        }
        while let Some(open) = self.open.pop() {
            self.json.push(if open { b'}' } else { b']' });
        }
    }

    /// A string, written as JSON has it; `false` when the text ends inside it.
    fn string(&mut self) -> bool {
        self.json.push(b'"');
        self.pos += 1;
        while let Some(&byte) = self.text.get(self.pos) {
            match byte {
                b'"' => {
                    self.json.push(b'"');
                    self.pos += 1;
                    return true;
                }
                b'\\' => {
                    let length = if self.text.get(self.pos + 1) == Some(&b'u') { 6 } else { 2 };
                    let Some(escape) = self.text.get(self.pos..self.pos + length) else {
                        self.pos = self.text.len();
                        break;
                    };
                    self.json.extend_from_slice(escape);
                    self.pos += length;
                }
                0..0x20 => {
                    let mut quoted = Vec::new();
                    tokens::write_string(&[byte], &mut quoted);
                    self.json.extend_from_slice(&quoted[1..quoted.len() - 1]);
                    self.note("line breaks or control characters stood inside a string; they were escaped");
                    self.pos += 1;
                }
                _ => {
                    self.json.push(byte);
                    self.pos += 1;
                }
            }
        }
        self.json.push(b'"');
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> Option<(String, usize)> {
        repair(text.as_bytes()).map(|repaired| (String::from_utf8(repaired.json).unwrap(), repaired.used))
    }

    #[test]
    fn closes_what_is_open_and_nothing_else() {
        let head = r#"{"eventTime":"2024-03-02T10:01:00Z","eventName":"X""#;
        for (rest, closed) in [
            ("", "}"),
            (",", "}"),
            (r#","a"#, "}"),
            (r#","a""#, "}"),
            (r#","a":"#, "}"),
            (r#","a":"b"#, r#","a":"b"}"#),
            (r#","a":"b\"#, r#","a":"b"}"#),
            (r#","a":"b\u00"#, r#","a":"b"}"#),
            (r#","a":12"#, "}"),
            (r#","a":tru"#, "}"),
            (r#","a":{"b":[1,{"c":"d"#, r#","a":{"b":[1,{"c":"d"}]}}"#),
            (r#","a":{"b":[1,2"#, r#","a":{"b":[1]}}"#),
            (r#","a":{"b":[1,2]"#, r#","a":{"b":[1,2]}}"#),
            (r#","a":{"b":[1}}"#, r#","a":{"b":[1]}}"#),
            (r#","a":null,}x"#, r#","a":null}"#),
        ] {
            let whole = format!("{head}{rest}");
            let found = repaired(&whole).map(|(json, _)| json);
            assert_eq!(found, Some(format!("{head}{closed}")), "{whole}");
        }
        // The line breaks of printed documents.
        assert_eq!(
            repaired("{\"eventTime\":\"2024-03-02T10:01:00Z\",\"eventName\":\"a\n b\"}").unwrap().0,
            r#"{"eventTime":"2024-03-02T10:01:00Z","eventName":"a\n b"}"#
        );
        // Where the record lost its braces the array around it, or the next record, ends it.
        for tail in ["]}", r#",{"eventVersion":"1.08"}]"#] {
            let text = format!("{head}{tail}");
            assert_eq!(repaired(&text).unwrap().0, format!("{head}}}"), "{text}");
        }
        assert_eq!(repaired(&format!("{head}]}}")).unwrap().1, head.len());
    }

    #[test]
    fn the_two_names_of_a_half_record_are_kept() {
        let text = r#"{"eventVersion": "1.0", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/Alice",
            "accountId": "123456789012", "userName": "John"}, "eventTime": "2014-03-06T21:22:54Z", "eventSource": "ec2.amazonaws.com",
            "eventName": "StartInstances", "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-ebeaf9e2""#;
        let found = repair(text.as_bytes()).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&found.json).unwrap();
        assert_eq!(value["userIdentity"]["userName"], "John");
        assert!(value["userIdentity"]["arn"].as_str().unwrap().ends_with("user/Alice"));
        assert_eq!(value["requestParameters"]["instancesSet"]["items"][0]["instanceId"], "i-ebeaf9e2");
        assert!(found.what.starts_with("braces were missing; 5 closed at byte"), "{}", found.what);
        // The brace in front is what is missing.
        let found = repair(&text.as_bytes()[1..]).unwrap();
        assert!(found.what.contains("opens it was missing"), "{}", found.what);
    }

    #[test]
    fn what_tells_too_little_is_not_kept() {
        let time = r#""eventTime":"2024-03-02T10:01:00Z""#;
        for (text, kept) in [
            (format!(r#"{{{time},"eventName":"X","a":"b"#), true),
            (format!(r#"{{{time},"eventSource":"x.amazonaws.com","a"#), true),
            (format!(r#"{{{time},"eventVersion":"1.08","eventID":"1","eventType":"AwsApiCall""#), false),
            (format!(r#"{{{time},"eventName":"","eventSource":7"#), false),
            (r#"{"eventVersion":"1.08","eventName":"X","eventSource":"x.amazonaws.com""#.to_owned(), false),
            (r#"{"eventName":"X","eventTime":"yesterday","a":1"#.to_owned(), false),
            (r#"{"eventName":"X","userIdentity":{"eventTime":"2024-03-02T10:01:00Z""#.to_owned(), false),
            // What is cut is not what it says.
            (format!(r#"{{{time},"eventName":"Delete"#), false),
            (r#"{"eventName":"X","eventTime":"2024-03-02T10:01:00Z"#.to_owned(), false),
        ] {
            assert_eq!(repaired(&text).is_some(), kept, "{text}");
        }
        let text = format!(r#"{{{time},"eventSource":"x.amazonaws.com","eventName":"Delete"#);
        assert_eq!(repaired(&text).unwrap().0, format!(r#"{{{time},"eventSource":"x.amazonaws.com"}}"#));
    }

    #[test]
    fn refuses_what_is_no_record_or_no_json() {
        for text in [
            "",
            "x",
            "{}",
            "[1",
            r#"{"a":1"#,
            r#"{"eventVersion":"1.08""#,
            r#"{"eventTime":"2024-03-02T10:01:00Z","eventName":"X","n":007}"#,
            r#"{"eventTime":"2024-03-02T10:01:00Z","eventName":"X","n":String,"#,
            r#"{"eventTime":"2024-03-02T10:01:00Z","eventName":"X" y"#,
            r#"{"eventTime":"2024-03-02T10:01:00Z","eventName":"X" "y":1}"#,
            r#"{"eventTime":"2024-03-02T10:01:00Z,"eventName":"X"}"#,
            r#"{"eventTime":"2024-03-02T10:01:00Z","eventName":"\x","a":1"#,
        ] {
            assert_eq!(repaired(text), None, "{text}");
        }
    }
}
