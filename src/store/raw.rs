//! Reading the raw texts: objects and arrays that were not shredded but kept as JSON without white space. The texts were
//! checked when they came in, so this reader does not check again.

use super::secret;
use super::tokens;
use std::borrow::Cow;

/// A step inside a raw text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RawStep<'a> {
    /// A member, by its key (escapes resolved).
    Key(Cow<'a, [u8]>),
    /// An element.
    Index(u32),
}

/// A value without children inside a raw text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RawLeaf<'a> {
    /// A string, escapes resolved.
    String(Cow<'a, [u8]>),
    /// A string that no text can hold, as written.
    Escaped(&'a [u8]),
    /// A number, as written.
    Number(&'a [u8]),
    /// `true` or `false`.
    Bool(bool),
    /// `null`
    Null,
    /// `{}`
    EmptyObject,
    /// `[]`
    EmptyArray,
}

/// Where the string that starts after the quote at `at` ends, and whether it has escapes.
fn string_end(text: &[u8], mut at: usize) -> (usize, bool) {
    let mut escaped = false;
    loop {
        match memchr::memchr2(b'"', b'\\', &text[at..]) {
            Some(offset) if text[at + offset] == b'"' => return (at + offset, escaped),
            Some(offset) => {
                escaped = true;
                at += offset + 2;
            }
            None => return (text.len(), escaped),
        }
    }
}

fn resolve(inside: &[u8], escaped: bool) -> Result<Cow<'_, [u8]>, &[u8]> {
    if !escaped {
        return Ok(Cow::Borrowed(inside));
    }
    let mut out = Vec::new();
    match tokens::unescape(inside, 0, &mut out) {
        Ok(tokens::Unescaped::Text) => Ok(Cow::Owned(out)),
        _ => Err(inside),
    }
}

/// Calls `each` with every value that has no children, and the steps that lead to it, in order.
pub fn leaves<'a>(text: &'a [u8], each: &mut impl FnMut(&[RawStep<'a>], RawLeaf<'a>)) {
    walk(text, &mut |steps, leaf, _| each(steps, leaf));
}

/// Writes the text with every value at a secret key masked.
pub fn write_masked(text: &[u8], out: &mut Vec<u8>) {
    let mut from = 0;
    walk(text, &mut |steps, leaf, (start, end)| {
        let secret = steps
            .iter()
            .any(|step| matches!(step, RawStep::Key(key) if std::str::from_utf8(key).is_ok_and(secret::is_secret_key)));
        if secret && matches!(leaf, RawLeaf::String(_) | RawLeaf::Escaped(_) | RawLeaf::Number(_)) {
            out.extend_from_slice(&text[from..start]);
            tokens::write_string(secret::MASK.as_bytes(), out);
            from = end;
        }
    });
    out.extend_from_slice(&text[from..]);
}

fn walk<'a>(text: &'a [u8], each: &mut impl FnMut(&[RawStep<'a>], RawLeaf<'a>, (usize, usize))) {
    let mut steps: Vec<RawStep<'a>> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let start = at;
        let leaf = match text[at] {
            b'"' => {
                let (end, escaped) = string_end(text, at + 1);
                at = end + 1;
                match resolve(&text[start + 1..end], escaped) {
                    Ok(text) => RawLeaf::String(text),
                    Err(inside) => RawLeaf::Escaped(inside),
                }
            }
            open @ (b'{' | b'[') => {
                if text.get(at + 1) == Some(&(open + 2)) {
                    at += 2;
                    if open == b'{' { RawLeaf::EmptyObject } else { RawLeaf::EmptyArray }
                } else {
                    at += 1;
                    if open == b'{' {
                        at = key(text, at, &mut steps);
                    } else {
                        steps.push(RawStep::Index(0));
                    }
                    continue;
                }
            }
            b't' => {
                at += 4;
                RawLeaf::Bool(true)
            }
            b'f' => {
                at += 5;
                RawLeaf::Bool(false)
            }
            b'n' => {
                at += 4;
                RawLeaf::Null
            }
            _ => {
                let len =
                    text[at..].iter().position(|byte| matches!(byte, b',' | b'}' | b']')).unwrap_or(text.len() - at);
                at += len.max(1);
                RawLeaf::Number(&text[start..at])
            }
        };
        each(&steps, leaf, (start, at));
        // Close what closes here, then go on to the next member or element.
        loop {
            match text.get(at) {
                Some(b'}' | b']') => {
                    steps.pop();
                    at += 1;
                }
                Some(b',') => {
                    at += 1;
                    match steps.pop() {
                        Some(RawStep::Index(index)) => steps.push(RawStep::Index(index + 1)),
                        _ => at = key(text, at, &mut steps),
                    }
                    break;
                }
                _ => return,
            }
        }
    }
}

fn key<'a>(text: &'a [u8], at: usize, steps: &mut Vec<RawStep<'a>>) -> usize {
    let (end, escaped) = string_end(text, at + 1);
    let inside = &text[(at + 1).min(text.len())..end];
    steps.push(RawStep::Key(resolve(inside, escaped).unwrap_or(Cow::Borrowed(inside))));
    end + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_leaf() {
        let text = br#"{"a":[1,{"b\n":"x"},[],{}],"c":null,"d":[[true,"\ud800"]],"e":-1.5e3}"#;
        let mut seen = Vec::new();
        leaves(text, &mut |steps, leaf| {
            let path: Vec<String> = steps
                .iter()
                .map(|step| match step {
                    RawStep::Key(key) => String::from_utf8_lossy(key).into_owned(),
                    RawStep::Index(index) => index.to_string(),
                })
                .collect();
            seen.push(format!("{}={leaf:?}", path.join("/")));
        });
        assert_eq!(seen.len(), 8, "{seen:#?}");
        assert!(seen[1].starts_with("a/1/b\n=String"), "{seen:#?}");
        assert_eq!(seen[2], "a/2=EmptyArray");
        assert_eq!(seen[6], "d/0/1=Escaped([92, 117, 100, 56, 48, 48])");
        assert_eq!(seen[5], "d/0/0=Bool(true)");
    }

    #[test]
    fn masks() {
        let mut out = Vec::new();
        write_masked(br#"{"a":{"password":"p","b":1},"userData":{"x":["y",2]},"c":"password"}"#, &mut out);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.matches(secret::MASK).count(), 3, "{text}");
        assert!(text.contains(r#""b":1"#) && text.contains(r#""c":"password""#), "{text}");
        assert!(!text.contains("\"p\"") && !text.contains("\"y\""));
    }
}
