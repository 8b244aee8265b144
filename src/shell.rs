//! Words of a shell, for commands that people paste.

/// A text as one word of a shell. Keys hold whatever somebody put into a bucket: characters that are not plain are quoted,
/// and what could not be seen is written as an escape.
#[must_use]
pub fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !text.is_empty() && !text.starts_with('-') && text.bytes().all(plain) {
        return text.to_owned();
    }
    if text.chars().all(|character| character == ' ' || character.is_ascii_graphic()) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let escaped = text.bytes().map(|byte| match byte {
        b'\'' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    });
    format!("$'{}'", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_of_a_shell() {
        for (text, word) in [
            ("AWSLogs/1_2-3.json.gz", "AWSLogs/1_2-3.json.gz"),
            ("a b", "'a b'"),
            ("$(reboot)`x`", "'$(reboot)`x`'"),
            ("it's", r"'it'\''s'"),
            ("a\nb\u{202e}'\\", r"$'a\x0ab\xe2\x80\xae\'\\'"),
            ("-rf", "'-rf'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(text), word);
        }
    }
}
