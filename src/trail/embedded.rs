//! JSON inside a text of a record: policies that IAM writes percent-encoded, documents that services take as text.

use serde_json::Value;

/// Longer texts are left as they are.
const LONGEST: usize = 256 << 10;

/// How often what was decoded may hold a text that is decoded again.
pub const TIMES: usize = 3;

/// A text that holds an object or an array.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedded {
    /// The JSON, percent signs undone.
    pub text: String,
    /// What it says.
    pub value: Value,
}

/// The object or array with something in it that a text holds, as JSON or percent-encoded JSON.
#[must_use]
pub fn embedded(text: &str) -> Option<Embedded> {
    if text.len() > LONGEST {
        return None;
    }
    let plain = text.trim();
    let text = match plain.as_bytes() {
        [b'{', .., b'}'] | [b'[', .., b']'] => plain.to_owned(),
        // Encoded white space may come before the first brace.
        [b'%', ..] => {
            let decoded = unescaped(plain)?;
            let decoded = decoded.trim();
            matches!(decoded.as_bytes(), [b'{', .., b'}'] | [b'[', .., b']']).then(|| decoded.to_owned())?
        }
        _ => return None,
    };
    let value: Value = serde_json::from_str(&text).ok()?;
    let any = match &value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        _ => false,
    };
    any.then_some(Embedded { text, value })
}

/// A text with its `%7B` undone; `None` when what comes of it is no text.
fn unescaped(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let (high, low) = (char::from(bytes.next()?).to_digit(16)?, char::from(bytes.next()?).to_digit(16)?);
            out.push((high * 16 + low) as u8);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn policies_are_read_as_json_and_percent_encoded() {
        let policy = json!({ "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Sid": "é %" }] });
        let plain = policy.to_string();
        let encoded: String = plain.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let lower: String = plain.bytes().map(|byte| format!("%{byte:02x}")).collect();
        for text in [plain.clone(), format!(" \n{plain} "), encoded.clone(), format!("%20%0A{encoded}"), lower] {
            let found = embedded(&text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.value, found.text), (policy.clone(), plain.clone()));
        }
    }

    #[test]
    fn other_texts_stay_texts() {
        let long = format!("[\"{}\"]", "a".repeat(LONGEST));
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        for text in
            ["", "{}", "[]", "{", "{x}", "%", "%7", "%zz", "%7B%FF%7D", "true", "\"{}\"", "e30=", "%41", &long, &deep]
        {
            assert_eq!(embedded(text), None, "{}", &text[..text.len().min(40)]);
        }
    }
}
