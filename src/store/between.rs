//! What stands between two values of a record, read strictly, token by token: the slow way of the ingest, for what was not
//! predicted. It also decides what is not shredded but kept as raw text.

use super::Store;
use super::ingest::{Shredding, Stop};
use super::path::{PathId, PathStep, ROOT};
use super::shape::Fixed;
use super::tokens::{self, Unescaped};
use super::trie::Class;

/// A record is nested no deeper than this in columns; what is deeper is kept as one raw text.
const DEPTH_MAX: u16 = 48;

/// Longer arrays are kept as one raw text.
const ELEMENTS_MAX: u32 = 256;

/// An object that has shown more different keys than this is a map keyed by ids: kept as one raw text from then on.
const KEYS_MAX: u32 = 384;

/// What was found between two values by reading it token by token.
pub(super) enum Found {
    Value { class: Class, path: PathId, at: usize },
    End { at: usize },
}

impl Store {
    /// Reads what stands between the value before (`node`) and the next one token by token; leaves the canonical text in
    /// `self.text` and the fixed values in `self.fixed`.
    pub(super) fn between(
        &mut self,
        buf: &[u8],
        at: usize,
        end: usize,
        node: u32,
        shredding: Shredding,
    ) -> Result<Found, Stop> {
        self.text.clear();
        self.fixed.clear();
        let mut pos = at;
        // The value that was just read, or None when one must come now.
        let slot = self.trie.nodes[node as usize].slot;
        let (mut path, mut after_value) =
            if slot == u32::MAX { (ROOT, false) } else { (self.trie.slots[slot as usize].path, true) };
        loop {
            pos = tokens::skip_space(buf, pos);
            if after_value {
                if path == ROOT {
                    return Ok(Found::End { at: pos });
                }
                let (parent, step) = (self.paths.node(path).parent, self.paths.node(path).step);
                match (step, buf[pos]) {
                    (PathStep::Key(_), b',') => {
                        self.text.push(b',');
                        (path, pos) = self.key(buf, pos + 1, end, parent, shredding)?;
                        after_value = false;
                    }
                    (PathStep::Index(index), b',') => {
                        if index + 1 >= ELEMENTS_MAX {
                            // The trie led into an array longer than any it was taught.
                            return Err(Stop::Coarser(Shredding::Measured));
                        }
                        self.text.push(b',');
                        path = self.paths.element_or_new(parent, index + 1);
                        after_value = false;
                        pos += 1;
                    }
                    (PathStep::Key(_), b'}') | (PathStep::Index(_), b']') => {
                        self.text.push(buf[pos]);
                        pos += 1;
                        path = parent;
                        if path == ROOT {
                            return Ok(Found::End { at: pos });
                        }
                    }
                    (PathStep::Key(_), _) => return Err(tokens::error(pos, end, "`,` or `}`").into()),
                    (PathStep::Index(_), _) => return Err(tokens::error(pos, end, "`,` or `]`").into()),
                }
                continue;
            }
            match buf[pos] {
                b'"' => return Ok(Found::Value { class: Class::String, path, at: pos + 1 }),
                b'-' | b'0'..=b'9' => return Ok(Found::Value { class: Class::Number, path, at: pos }),
                open @ (b'{' | b'[') => {
                    if self.stays_raw(buf, pos, end, path, shredding)? {
                        return Ok(Found::Value { class: Class::Json, path, at: pos });
                    }
                    let inside = tokens::skip_space(buf, pos + 1);
                    if buf[inside] == open + 2 {
                        self.text.extend_from_slice(&[open, open + 2]);
                        self.fixed.push((path, if open == b'{' { Fixed::EmptyObject } else { Fixed::EmptyArray }));
                        pos = inside + 1;
                        after_value = true;
                        if path == ROOT {
                            return Ok(Found::End { at: pos });
                        }
                    } else if open == b'{' {
                        self.text.push(b'{');
                        (path, pos) = self.key(buf, inside, end, path, shredding)?;
                    } else {
                        self.text.push(b'[');
                        path = self.paths.element_or_new(path, 0);
                        pos = inside;
                    }
                }
                _ => {
                    let text = tokens::constant(buf, pos).ok_or_else(|| tokens::no_value(pos, end))?;
                    self.text.extend_from_slice(text);
                    self.fixed.push((
                        path,
                        match text[0] {
                            b't' => Fixed::True,
                            b'f' => Fixed::False,
                            _ => Fixed::Null,
                        },
                    ));
                    pos += text.len();
                    after_value = true;
                }
            }
        }
    }

    /// Reads a key and its colon; the member's path and the position after.
    fn key(
        &mut self,
        buf: &[u8],
        at: usize,
        end: usize,
        parent: PathId,
        shredding: Shredding,
    ) -> Result<(PathId, usize), Stop> {
        let at = tokens::skip_space(buf, at);
        if buf[at] != b'"' {
            return Err(tokens::error(at, end, "a key in quotes").into());
        }
        let found = tokens::scan_string(buf, at + 1, end)?;
        let inside = &buf[at + 1..found.end];
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        let mut odd = false;
        if found.escaped {
            odd = tokens::unescape(inside, at + 1, &mut scratch)? == Unescaped::LoneSurrogate;
        } else {
            scratch.extend_from_slice(inside);
        }
        let key = String::from_utf8(scratch);
        let pos = tokens::skip_space(buf, found.end + 1);
        if buf[pos] != b':' {
            return Err(tokens::error(pos, end, "`:` after a key").into());
        }
        let Ok(key) = key else {
            // A key that is no text: only a raw text keeps it as it is.
            return Err(Stop::Coarser(Shredding::AllRaw));
        };
        if odd {
            return Err(Stop::Coarser(Shredding::AllRaw));
        }
        tokens::write_string(key.as_bytes(), &mut self.text);
        self.text.push(b':');
        let path = match self.paths.member(parent, &key) {
            Some(path) => path,
            None => {
                if self.paths.node(parent).keys >= KEYS_MAX {
                    self.paths.mark_raw(parent);
                    return Err(Stop::Coarser(shredding.max_of(Shredding::Measured)));
                }
                self.paths.member_or_new(parent, &key)
            }
        };
        self.scratch = key.into_bytes();
        Ok((path, pos + 1))
    }

    /// Whether the container at `pos` is to be kept as one raw text.
    fn stays_raw(&self, buf: &[u8], pos: usize, end: usize, path: PathId, shredding: Shredding) -> Result<bool, Stop> {
        let node = self.paths.node(path);
        if node.raw || shredding == Shredding::AllRaw || node.depth >= DEPTH_MAX {
            return Ok(true);
        }
        if shredding == Shredding::TopRaw && node.depth == 1 && self.paths.member(ROOT, "userIdentity") != Some(path) {
            return Ok(true);
        }
        if buf[pos] == b'[' || shredding >= Shredding::Measured {
            if path == ROOT {
                return Ok(false);
            }
            // Rare (only what was not predicted), so reading it twice is no matter.
            let extent = tokens::walk_value(buf, pos, end, None)?;
            let many = buf[pos] == b'[' && extent.children as u32 >= ELEMENTS_MAX;
            return Ok(many || extent.leaves > 8 * ELEMENTS_MAX as usize);
        }
        Ok(false)
    }
}

impl Shredding {
    fn max_of(self, other: Self) -> Self {
        if self < other { other } else { self }
    }
}
