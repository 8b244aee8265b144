//! Finding places in JSON text: the array with the records, the next element after a broken one, and where a value ends that
//! breaks somewhere.

use super::Form;
use crate::import::json::Value;
use crate::import::tally::Tally;
use crate::problem::ProblemKind;
use crate::store::tokens::{self, PADDING};

/// What was found in the search for an array.
pub(super) enum Search {
    /// The position after its `[`.
    Found(usize),
    Absent,
    /// The text ends before that can be told.
    Ended,
}

/// The next object after `start` whose first key is this one (in quotes), and which stands where an element may.
pub(super) fn next_with_key(buf: &[u8], start: usize, end: usize, key: &[u8]) -> Option<usize> {
    let before = |at: usize| buf[..at].iter().rposition(|byte| !byte.is_ascii_whitespace());
    let mut from = start + 1;
    while let Some(offset) = memchr::memmem::find(&buf[from.min(end)..end], key) {
        let at = from + offset;
        from = at + 1;
        let Some(brace) = before(at).filter(|&brace| buf[brace] == b'{' && brace > start) else { continue };
        // The value of a member is no element, unless it begins a line: then the member is what is broken.
        let member = before(brace).filter(|&colon| buf[colon] == b':');
        if member.is_none_or(|colon| buf[colon..brace].contains(&b'\n')) {
            return Some(brace);
        }
    }
    None
}

/// The first key of an object.
pub(super) fn first_key(buf: &[u8], pos: usize, end: usize) -> Option<Vec<u8>> {
    let pos = tokens::skip_space(buf, pos + 1);
    if pos >= end || buf[pos] != b'"' {
        return None;
    }
    let key = tokens::scan_string(buf, pos + 1, end).ok()?;
    (key.end - pos < 200).then(|| buf[pos + 1..key.end].to_vec())
}

/// The position after the `[` of `Records`, which need not be the first member.
pub(in crate::import) fn find_records(buf: &[u8], object: usize, end: usize) -> Option<usize> {
    let form = Form { key: "Records", ..Form::default() };
    match find_array(buf, object, end, form, &mut false) {
        Search::Found(inside) => Some(inside),
        _ => None,
    }
}

pub(super) fn is_token(key: Option<&[u8]>, value: Value<'_>, form: Form) -> bool {
    !form.token.is_empty() && key == Some(form.token.as_bytes()) && !value.is_null()
}

/// Tells of a query that had not come to its end.
pub(super) fn unfinished(key: Option<&[u8]>, value: Value<'_>, form: Form, tally: &mut Tally) {
    if form.key == "results" && key == Some(b"status") && value.text() != b"\"Complete\"" {
        let status = value.plain().unwrap_or_default();
        let what = format!("the query had not finished when its results were taken: its status is {status}");
        tally.problem(
            ProblemKind::OnePage,
            None,
            what,
            "the rows that are there were kept; export again once it is Complete",
        );
    }
}

/// Looks through the members of an object for the array; `token` is set when the token for more pages is met before.
pub(super) fn find_array(buf: &[u8], object: usize, end: usize, form: Form, token: &mut bool) -> Search {
    let mut pos = object;
    loop {
        if let Some(inside) = array_at(buf, pos, end, form.key) {
            return Search::Found(inside);
        }
        let member = Value::read(buf, tokens::skip_space(buf, pos + 1), end).and_then(|key| {
            let colon = tokens::skip_space(buf, key.end);
            Ok((key, Value::read(buf, colon + 1, end)?))
        });
        match member {
            Ok((key, value)) => {
                *token |= is_token(key.string().as_deref(), value, form);
                pos = tokens::skip_space(buf, value.end);
            }
            Err(error) if error.ended => return Search::Ended,
            Err(_) => return Search::Absent,
        }
        if pos >= end {
            return Search::Ended;
        }
        if buf[pos] != b',' {
            return Search::Absent;
        }
    }
}

/// When the object at `pos` begins with `"key": [`, or `pos` is a comma before it: the position after the bracket.
pub(super) fn array_at(buf: &[u8], pos: usize, end: usize, name: &str) -> Option<usize> {
    let key = tokens::skip_space(buf, pos + 1);
    let rest = buf[key..end.max(key)].strip_prefix(b"\"")?.strip_prefix(name.as_bytes())?;
    rest.strip_prefix(b"\"")?;
    let colon = tokens::skip_space(buf, key + name.len() + 2);
    let bracket = tokens::skip_space(buf, colon + 1);
    (buf[colon] == b':' && buf[bracket] == b'[').then_some(bracket + 1)
}

/// Where a value ends that breaks somewhere.
pub(super) enum Close {
    /// At this bracket, which closes it.
    Bracket(usize),
    /// Before the record that begins here, in the middle of it, where a key should stand.
    Record(usize),
}

/// Looks for the end of the value that starts at `start`. `None` when brackets do not pair or the text ends before: then
/// what is open is not known, and no bracket can be trusted.
pub(super) fn closing_bracket(buf: &[u8], start: usize, end: usize, keys: &[Vec<u8>]) -> Option<Close> {
    let mut open = Vec::new();
    let mut pos = start;
    let mut before = b':';
    while pos < end {
        let byte = buf[pos];
        match byte {
            b'"' => pos = tokens::scan_string(buf, pos + 1, end).ok()?.end,
            b'{' | b'[' => {
                let key = tokens::skip_space(buf, pos + 1);
                let astray = byte == b'{' && before != b':' && open.last() == Some(&b'}');
                if astray && keys.iter().any(|known| buf[key.min(end)..end].starts_with(known)) {
                    return Some(Close::Record(pos));
                }
                // The bracket that closes this one: two further on in ASCII.
                open.push(byte + 2);
            }
            b'}' | b']' => {
                if open.pop() != Some(byte) {
                    return None;
                }
                if open.is_empty() {
                    return Some(Close::Bracket(pos));
                }
            }
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
        pos += 1;
    }
    None
}

const _: () = assert!(PADDING >= 16, "array_at and constants look a few bytes ahead");
