//! JSON, strictly and without recursion: the parts of a reader that the ingest, the raw texts and the file formats share.
//!
//! Every function takes a buffer that goes on for [`PADDING`] zero bytes after the text, and the position where the text
//! ends, so that words of eight bytes may be read anywhere without looking.

use std::fmt;

/// Zero bytes that a buffer must have after its text.
pub const PADDING: usize = 64;

/// Why a text is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Position in the buffer.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
    /// The text ended before the value did: more bytes could make it whole.
    pub ended: bool,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ended {
            write!(f, "the text ends where {} was expected", self.expected)
        } else {
            write!(f, "expected {}", self.expected)
        }
    }
}

pub(crate) fn error(at: usize, end: usize, expected: &'static str) -> JsonError {
    JsonError { at: at.min(end), expected, ended: at >= end }
}

#[inline]
pub(crate) fn word(buf: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(buf[at..at + 8].try_into().expect("8 bytes"))
}

/// The first position from `at` that is not JSON white space (at most `end`, since padding is not white space).
#[inline]
#[must_use]
pub fn skip_space(buf: &[u8], mut at: usize) -> usize {
    while matches!(buf[at], b' ' | b'\n' | b'\r' | b'\t') {
        at += 1;
    }
    at
}

/// The extent of a string.
#[derive(Clone, Copy, Debug)]
pub struct StringEnd {
    /// Position of the closing quote.
    pub end: usize,
    /// There is a backslash inside.
    pub escaped: bool,
    /// There is a byte above 127 inside.
    pub non_ascii: bool,
}

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Finds the end of the string whose first byte (after the quote) is at `at`.
///
/// # Errors
/// A control character, or the end of the text.
#[inline]
pub fn scan_string(buf: &[u8], at: usize, end: usize) -> Result<StringEnd, JsonError> {
    let mut pos = at;
    let mut escaped = false;
    let mut high = 0u64;
    loop {
        let w = word(buf, pos);
        let quote = w ^ (LOW * b'"' as u64);
        let slash = w ^ (LOW * b'\\' as u64);
        // The lowest marked byte is exact; a borrow can only mark bytes above a true one.
        let found = ((quote.wrapping_sub(LOW) & !quote)
            | (slash.wrapping_sub(LOW) & !slash)
            | (w.wrapping_sub(LOW * 0x20) & !w))
            & HIGH;
        if found == 0 {
            high |= w & HIGH;
            pos += 8;
            if pos > end {
                return Err(error(end, end, "the closing quote of a string"));
            }
            continue;
        }
        let offset = found.trailing_zeros() / 8;
        high |= w & HIGH & ((1u64 << (offset * 8)) - 1);
        pos += offset as usize;
        if pos >= end {
            return Err(error(end, end, "the closing quote of a string"));
        }
        match buf[pos] {
            b'"' => return Ok(StringEnd { end: pos, escaped, non_ascii: high != 0 }),
            b'\\' => {
                escaped = true;
                pos += 2;
                if pos > end {
                    return Err(error(end, end, "the rest of an escape"));
                }
            }
            _ => return Err(error(pos, end, "no raw control character inside a string")),
        }
    }
}

/// What a string with escapes says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unescaped {
    /// Plain text, now in the output.
    Text,
    /// It has half a surrogate pair, which no text can hold: keep the escaped form. The output is not to be used.
    LoneSurrogate,
}

/// Resolves the escapes of a string's inside (between the quotes, starting at `base` of the buffer for the error's sake).
///
/// # Errors
/// An escape that JSON does not have.
pub fn unescape(inside: &[u8], base: usize, out: &mut Vec<u8>) -> Result<Unescaped, JsonError> {
    out.clear();
    let mut at = 0;
    while at < inside.len() {
        let plain = memchr::memchr(b'\\', &inside[at..]).map_or(inside.len(), |offset| at + offset);
        out.extend_from_slice(&inside[at..plain]);
        at = plain;
        if at == inside.len() {
            break;
        }
        let bad = |expected| JsonError { at: base + at, expected, ended: false };
        let byte = match inside.get(at + 1) {
            Some(b'"') => b'"',
            Some(b'\\') => b'\\',
            Some(b'/') => b'/',
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                let unit = hex4(inside, at + 2).ok_or_else(|| bad("four hexadecimal digits after \\u"))?;
                at += 6;
                let code = match unit {
                    0xd800..=0xdbff => {
                        let low = (inside.get(at) == Some(&b'\\') && inside.get(at + 1) == Some(&b'u'))
                            .then(|| hex4(inside, at + 2))
                            .flatten();
                        match low {
                            Some(low @ 0xdc00..=0xdfff) => {
                                at += 6;
                                0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
                            }
                            _ => return check_rest(inside, at, base),
                        }
                    }
                    0xdc00..=0xdfff => return check_rest(inside, at, base),
                    code => code,
                };
                let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            _ => return Err(bad("an escape that JSON has (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u)")),
        };
        out.push(byte);
        at += 2;
    }
    Ok(Unescaped::Text)
}

/// A string with half a surrogate is kept as written, but its other escapes must still be JSON's.
fn check_rest(inside: &[u8], mut at: usize, base: usize) -> Result<Unescaped, JsonError> {
    while let Some(offset) = memchr::memchr(b'\\', &inside[at..]) {
        at += offset;
        let fine = match inside.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') if hex4(inside, at + 2).is_some() => 6,
            _ => return Err(JsonError { at: base + at, expected: "an escape that JSON has", ended: false }),
        };
        at += fine;
    }
    Ok(Unescaped::LoneSurrogate)
}

fn hex4(bytes: &[u8], at: usize) -> Option<u32> {
    let mut value = 0;
    for &byte in bytes.get(at..at + 4)? {
        value = value << 4 | (byte as char).to_digit(16)?;
    }
    Some(value)
}

/// The end of the number that starts at `at`.
///
/// # Errors
/// Whatever JSON's grammar of numbers refuses (`007`, `1.`, `.5`, `+1`, `1e`).
#[inline]
pub fn scan_number(buf: &[u8], at: usize, end: usize) -> Result<usize, JsonError> {
    let digits = |mut pos: usize| {
        while buf[pos].is_ascii_digit() {
            pos += 1;
        }
        pos
    };
    let mut pos = at + usize::from(buf[at] == b'-');
    let whole = pos;
    pos = digits(pos);
    if pos == whole || (buf[whole] == b'0' && pos > whole + 1) {
        return Err(error(whole, end, "a number as JSON writes it"));
    }
    if buf[pos] == b'.' {
        let fraction = pos + 1;
        pos = digits(fraction);
        if pos == fraction {
            return Err(error(pos, end, "a digit after the decimal point"));
        }
    }
    if matches!(buf[pos], b'e' | b'E') {
        pos += 1;
        pos += usize::from(matches!(buf[pos], b'+' | b'-'));
        let exponent = pos;
        pos = digits(exponent);
        if pos == exponent {
            return Err(error(pos, end, "a digit in the exponent"));
        }
    }
    if pos >= end {
        // A number that touches the end may go on; whoever knows that no more comes will say so.
        return Err(error(end, end, "the end of a number"));
    }
    Ok(pos)
}

/// What was met on the way through a value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extent {
    /// Position after the value.
    pub end: usize,
    /// Elements or members of the value itself, 0 for a scalar.
    pub children: usize,
    /// Scalars and empty containers inside.
    pub leaves: usize,
    /// Deepest nesting of containers.
    pub depth: usize,
}

/// Goes through one value of any depth, checking all of it, and writes it without white space when `compact` is given
/// (strings keep the escapes they were written with, except `\/`, which loses its backslash).
///
/// # Errors
/// The first place that is not JSON.
pub fn walk_value(buf: &[u8], at: usize, end: usize, mut compact: Option<&mut Vec<u8>>) -> Result<Extent, JsonError> {
    let mut extent = Extent::default();
    // One bit a container, true for an object; depth is bounded only by the text.
    let mut stack: Vec<bool> = Vec::new();
    let mut scratch = Vec::new();
    let mut pos = at;
    macro_rules! emit {
        ($bytes:expr) => {
            if let Some(out) = compact.as_deref_mut() {
                out.extend_from_slice($bytes);
            }
        };
    }
    let mut string = |pos: usize, compact: &mut Option<&mut Vec<u8>>| -> Result<usize, JsonError> {
        let found = scan_string(buf, pos + 1, end)?;
        let inside = &buf[pos + 1..found.end];
        let lone = found.escaped && unescape(inside, pos + 1, &mut scratch)? == Unescaped::LoneSurrogate;
        if let Some(out) = compact.as_deref_mut() {
            if found.escaped && !lone {
                write_string(&scratch, out);
            } else {
                out.push(b'"');
                out.extend_from_slice(inside);
                out.push(b'"');
            }
        }
        Ok(found.end + 1)
    };
    'value: loop {
        pos = skip_space(buf, pos);
        match buf[pos] {
            b'"' => pos = string(pos, &mut compact)?,
            b'{' | b'[' => {
                let object = buf[pos] == b'{';
                emit!(&buf[pos..=pos]);
                pos = skip_space(buf, pos + 1);
                if buf[pos] == if object { b'}' } else { b']' } {
                    emit!(&buf[pos..=pos]);
                    pos += 1;
                } else {
                    stack.push(object);
                    extent.depth = extent.depth.max(stack.len());
                    extent.children += usize::from(stack.len() == 1);
                    if object {
                        pos = key(buf, pos, end, &mut compact, &mut string)?;
                    }
                    continue 'value;
                }
            }
            b'-' | b'0'..=b'9' => {
                let number = scan_number(buf, pos, end)?;
                emit!(&buf[pos..number]);
                pos = number;
            }
            _ => {
                let text = constant(buf, pos).ok_or_else(|| no_value(pos, end))?;
                emit!(text);
                pos += text.len();
            }
        }
        extent.leaves += 1;
        loop {
            let Some(&object) = stack.last() else {
                extent.end = pos;
                return Ok(extent);
            };
            pos = skip_space(buf, pos);
            match buf[pos] {
                b',' => {
                    emit!(b",");
                    extent.children += usize::from(stack.len() == 1);
                    pos = skip_space(buf, pos + 1);
                    if object {
                        pos = key(buf, pos, end, &mut compact, &mut string)?;
                    }
                    continue 'value;
                }
                b'}' if object => {}
                b']' if !object => {}
                _ => return Err(error(pos, end, if object { "`,` or `}`" } else { "`,` or `]`" })),
            }
            emit!(&buf[pos..=pos]);
            pos += 1;
            stack.pop();
        }
    }
}

fn key(
    buf: &[u8],
    pos: usize,
    end: usize,
    compact: &mut Option<&mut Vec<u8>>,
    string: &mut impl FnMut(usize, &mut Option<&mut Vec<u8>>) -> Result<usize, JsonError>,
) -> Result<usize, JsonError> {
    if buf[pos] != b'"' {
        return Err(error(pos, end, "a key in quotes"));
    }
    let pos = skip_space(buf, string(pos, compact)?);
    if buf[pos] != b':' {
        return Err(error(pos, end, "`:` after a key"));
    }
    if let Some(out) = compact.as_deref_mut() {
        out.push(b':');
    }
    Ok(pos + 1)
}

/// `true`, `false` or `null` at this place.
#[inline]
pub(crate) fn constant(buf: &[u8], at: usize) -> Option<&'static [u8]> {
    let texts: [&'static [u8]; 3] = [b"true", b"false", b"null"];
    texts.into_iter().find(|text| &buf[at..at + text.len()] == *text)
}

/// What to say where no value starts: a constant cut by the end of the text could still become one.
pub(crate) fn no_value(at: usize, end: usize) -> JsonError {
    JsonError { at: at.min(end), expected: "a value", ended: at + 5 > end }
}

/// Writes a string with quotes, escaping what JSON must have escaped and nothing else (as serde_json does).
pub fn write_string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut from = 0;
    let mut at = 0;
    loop {
        // Eight bytes at a time while nothing in them needs an escape, which is nearly always so.
        while let Some(chunk) = text[at..].first_chunk() {
            if needs_escape(u64::from_le_bytes(*chunk)) {
                break;
            }
            at += 8;
        }
        let Some(&byte) = text.get(at) else { break };
        at += 1;
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            8 => b'b',
            12 => b'f',
            0..0x20 => 0,
            _ => continue,
        };
        out.extend_from_slice(&text[from..at - 1]);
        from = at;
        if short == 0 {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        } else {
            out.extend_from_slice(&[b'\\', short]);
        }
    }
    out.extend_from_slice(&text[from..]);
    out.push(b'"');
}

/// Whether any of eight bytes is a quote, a backslash or a control character.
fn needs_escape(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let has_zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH != 0;
    let below_space = word.wrapping_sub(ONES * 0x20) & !word & HIGH != 0;
    below_space || has_zero(word ^ (ONES * 0x22)) || has_zero(word ^ (ONES * 0x5c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn padded(text: &[u8]) -> Vec<u8> {
        let mut buf = text.to_vec();
        buf.resize(text.len() + PADDING, 0);
        buf
    }

    fn compacted(text: &str) -> Result<String, JsonError> {
        let buf = padded(text.as_bytes());
        let mut out = Vec::new();
        let extent = walk_value(&buf, 0, text.len(), Some(&mut out))?;
        assert_eq!(skip_space(&buf, extent.end), text.len(), "{text}");
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn agrees_with_serde_json() {
        let deep = "[".repeat(100) + &"]".repeat(100);
        for text in [
            r#"{"a":[1,2,{"b":null}],"c":"x\"y\\","d":{},"e":[],"f":-1.50e+3}"#,
            " { \"a\" : [ true , false ] , \"\\u0041\\n\" : \"\\u00e9 \\ud83d\\ude00\" } ",
            "[\"\",\"1234567\",\"12345678\",\"123456789\",\"ä\",\"0123456789abcdefä\"]",
            &deep,
            "[123456789012345678901234567890,1.10,0,-0]",
        ] {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(compacted(text).unwrap(), value.to_string());
        }
    }

    #[test]
    fn refuses_what_json_refuses() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "007 ",
            "1. ",
            ".5 ",
            "+1 ",
            "1e ",
            "\"\\x\"",
            "\"\u{1}\"",
            "\"\\u12g4\"",
            "[1 2]",
            "nul ",
            "tru",
            "[}",
            "{]",
            "{\"a\":1,}",
            "--1 ",
        ] {
            assert!(compacted(text).is_err(), "{text:?}");
            assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn says_when_more_could_come() {
        for text in ["{\"a\":\"bcdefghijk", "[1,2", "{\"a\":tr", "[12", "\"a\\", "{\"a\""] {
            let buf = padded(text.as_bytes());
            let failed = walk_value(&buf, 0, text.len(), None).unwrap_err();
            assert!(failed.ended, "{text}: {failed:?}");
        }
    }

    #[test]
    fn goes_ten_thousand_deep() {
        let text = "[".repeat(10_000) + "1" + &"]".repeat(10_000);
        let buf = padded(text.as_bytes());
        assert_eq!(walk_value(&buf, 0, text.len(), None).unwrap().depth, 10_000);
    }

    #[test]
    fn strings_are_written_as_json_whatever_is_in_them_and_where() {
        for byte in 0u8..=127 {
            for at in 0..20 {
                let mut text = "abcdefghéijklmnopqrst".to_owned();
                let at = (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
                text.insert(at, char::from(byte));
                let mut out = Vec::new();
                write_string(text.as_bytes(), &mut out);
                assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text, "{byte} at {at}");
            }
        }
    }

    #[test]
    fn keeps_half_a_surrogate_as_written() {
        assert_eq!(compacted(r#""a\ud83dz\n""#).unwrap(), r#""a\ud83dz\n""#);
    }
}
