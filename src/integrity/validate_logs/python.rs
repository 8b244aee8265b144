//! What Python makes of odd values, and the words in which it complains: the command line prints them as they come.

use serde_json::Value;

/// The class of a value.
pub(super) fn class(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.to_string().contains(['.', 'e', 'E']) => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// Whether a condition takes it for true.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// The value as `str` writes it.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => written(other),
    }
}

/// The value as `repr` writes it.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(list) => format!("[{}]", list.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| format!("{}: {}", quoted(name), written(value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A text in the quotes that `repr` chooses.
pub(super) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if other == quote => out.extend(['\\', quote]),
            other if (other as u32) < 0x20 || (0x7f..0xa1).contains(&(other as u32)) => {
                out.push_str(&format!("\\x{:02x}", other as u32));
            }
            other => out.push(other),
        }
    }
    out.push(quote);
    out
}

const NOT_ASCII: &str = "string argument should contain only ASCII characters";

/// What `base64.b64decode` makes of a text: it passes over whatever is not of the alphabet, and stops at the padding.
pub(super) fn from_base64(text: &str) -> Result<Vec<u8>, String> {
    if !text.is_ascii() {
        return Err(NOT_ASCII.to_owned());
    }
    let mut out: Vec<u8> = Vec::new();
    let (mut place, mut pads, mut left) = (0, 0, 0);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' if place >= 2 => {
                pads += 1;
                if place + pads >= 4 {
                    return Ok(out);
                }
                continue;
            }
            _ => continue,
        };
        pads = 0;
        match place {
            0 => {}
            1 => out.push(left << 2 | value >> 4),
            2 => out.push((left & 15) << 4 | value >> 2),
            _ => out.push((left & 3) << 6 | value),
        }
        left = value;
        place = (place + 1) % 4;
    }
    match place {
        0 => Ok(out),
        1 => Err(format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            out.len() / 3 * 4 + 1
        )),
        _ => Err("Incorrect padding".to_owned()),
    }
}

/// What `binascii.unhexlify` complains of.
pub(super) fn not_hex(text: &str) -> Option<&'static str> {
    if !text.is_ascii() {
        return Some(NOT_ASCII);
    }
    if text.len() % 2 == 1 {
        return Some("Odd-length string");
    }
    (!text.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some("Non-hexadecimal digit found")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn base64_as_python_takes_it() {
        let read = |text: &str| from_base64(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert_eq!(read("aGVsbG8="), Ok("hello".to_owned()));
        assert_eq!(read("aGV\nsbG8="), Ok("hello".to_owned()));
        assert_eq!(read("!!!aGVsbG8=trailing"), Ok("hello".to_owned()));
        assert_eq!(read("=aGVsbG8="), Ok("hello".to_owned()));
        assert_eq!(read("aGVsbG8"), Err("Incorrect padding".to_owned()));
        assert!(read("aGVsbG8hh").is_err_and(|words| words.contains("(9)")));
        assert_eq!(read("aGVsbG8\u{e9}"), Err(NOT_ASCII.to_owned()));
    }

    #[test]
    fn values_as_python_writes_them() {
        let value = json!({"a": [null, true, 5, 1.5, "it's", "\"'"]});
        assert_eq!(text(&value), r#"{'a': [None, True, 5, 1.5, "it's", '"\'']}"#);
        assert_eq!(text(&json!("plain")), "plain");
        assert_eq!([class(&json!(1)), class(&json!(1.5)), class(&json!(null))], ["int", "float", "NoneType"]);
    }
}
