//! The outline of JSON text: which members there are, and how their values begin.

use crate::store::tokens::{self, PADDING};

/// The paths of the first values of a text that may be cut: object members by name, the first element of arrays as `[]`.
pub(super) struct Outline {
    /// Path and text of each value; containers have an empty text.
    seen: Vec<(String, String)>,
    pub array: bool,
}

/// Deep or long texts are looked at no further than this.
const OUTLINE_MAX: usize = 600;

impl Outline {
    /// Goes through the text until it ends, breaks or has shown enough.
    pub fn of(text: &[u8]) -> Self {
        let mut buf = text.to_vec();
        buf.resize(text.len() + PADDING, 0);
        let mut outline = Self { seen: Vec::new(), array: text[0] == b'[' };
        // What could be read before a break still tells what the file is.
        let _broken = outline.read(&buf, text.len());
        outline
    }

    fn read(&mut self, buf: &[u8], end: usize) -> Result<(), tokens::JsonError> {
        // Of each open container: its path, whether it is an object, and whether its members are still looked at.
        let mut open: Vec<(String, bool)> = Vec::new();
        let mut path = String::new();
        let mut pos = 0;
        loop {
            pos = tokens::skip_space(buf, pos);
            if self.seen.len() > OUTLINE_MAX {
                return Ok(());
            }
            match buf[pos] {
                container @ (b'{' | b'[') => {
                    let inside = tokens::skip_space(buf, pos + 1);
                    self.seen.push((path.clone(), String::new()));
                    if buf[inside] == container + 2 {
                        pos = inside + 1;
                    } else if open.len() >= 6 {
                        pos = tokens::walk_value(buf, pos, end, None)?.end;
                    } else if container == b'[' {
                        open.push((path.clone(), false));
                        path.push_str("[]");
                        pos = inside;
                        continue;
                    } else {
                        open.push((path.clone(), true));
                        (path, pos) = member(buf, inside, end, &path)?;
                        continue;
                    }
                }
                b'"' => {
                    let found = tokens::scan_string(buf, pos + 1, end).inspect_err(|_| {
                        // That there is such a member is worth something, whatever is wrong with it.
                        self.seen.push((path.clone(), String::new()));
                    })?;
                    let value = String::from_utf8_lossy(&buf[pos + 1..found.end.min(pos + 200)]).into_owned();
                    self.seen.push((path.clone(), value));
                    pos = found.end + 1;
                }
                _ => {
                    let after = tokens::walk_value(buf, pos, end, None)?.end;
                    self.seen.push((path.clone(), String::from_utf8_lossy(&buf[pos..after]).into_owned()));
                    pos = after;
                }
            }
            loop {
                let Some((around, object)) = open.last().cloned() else { return Ok(()) };
                pos = tokens::skip_space(buf, pos);
                match buf[pos] {
                    b',' if object => {
                        (path, pos) = member(buf, tokens::skip_space(buf, pos + 1), end, &around)?;
                        break;
                    }
                    // Only the first element tells; the others are passed over.
                    b',' => pos = tokens::walk_value(buf, pos + 1, end, None)?.end,
                    b'}' | b']' => {
                        open.pop();
                        pos += 1;
                    }
                    _ => return Err(tokens::JsonError { at: pos, expected: "more", ended: false }),
                }
            }
        }
    }

    /// The outline of what stands under this member.
    pub fn below(&self, member: &str) -> Self {
        let prefix = format!("{member}.");
        let seen =
            self.seen.iter().filter_map(|(path, value)| Some((path.strip_prefix(&prefix)?.to_owned(), value.clone())));
        Self { seen: seen.collect(), array: false }
    }

    /// Whether the last step of any path below the top is one of these.
    pub fn ends(&self, names: &[&str]) -> bool {
        let last = |path: &str| path.rsplit('.').next().is_some_and(|last| path.contains('.') && names.contains(&last));
        self.seen.iter().any(|(path, _)| last(path))
    }

    /// Whether there is nothing in it but the outermost container.
    pub fn is_empty(&self) -> bool {
        self.seen.len() == 1
    }

    /// Whether there is a value at this path.
    pub fn has(&self, path: &str) -> bool {
        self.seen.iter().any(|(seen, _)| seen == path)
    }

    /// Whether there are values at all of these paths.
    pub fn all(&self, paths: &[&str]) -> bool {
        paths.iter().all(|path| self.has(path))
    }

    /// Whether there is a value at any of these paths.
    pub fn any(&self, paths: &[&str]) -> bool {
        paths.iter().any(|path| self.has(path))
    }

    /// The beginning of the text of the value at a path, as it is written; empty for containers and where there is none.
    pub fn value(&self, path: &str) -> &str {
        self.seen.iter().find(|(seen, _)| seen == path).map_or("", |(_, value)| value)
    }
}

fn member(buf: &[u8], at: usize, end: usize, around: &str) -> Result<(String, usize), tokens::JsonError> {
    if buf[at] != b'"' {
        return Err(tokens::JsonError { at, expected: "a key", ended: at >= end });
    }
    let found = tokens::scan_string(buf, at + 1, end)?;
    let key = String::from_utf8_lossy(&buf[at + 1..found.end]);
    let colon = tokens::skip_space(buf, found.end + 1);
    if buf[colon] != b':' {
        return Err(tokens::JsonError { at: colon, expected: "`:`", ended: colon >= end });
    }
    let path = if around.is_empty() { key.into_owned() } else { format!("{around}.{key}") };
    Ok((path, tokens::skip_space(buf, colon + 1)))
}
