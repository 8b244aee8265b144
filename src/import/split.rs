//! Cutting one large plain file where a record ends, so that several shards can read it at once. The scan knows strings and
//! braces from the start of the records on; where it meets something it does not understand it cuts no more, and the rest
//! of the file is one piece.

use super::elements::find_records;
use super::recognise::{HEAD, Kind, recognise};
use crate::store::tokens::{self, PADDING};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A piece of a file: its bytes, and the number of its first record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// First byte.
    pub start: u64,
    /// The byte after the last; `None`: the file's end.
    pub end: Option<u64>,
    /// Number of the record that begins the piece.
    pub record: u32,
    /// What the file is.
    pub kind: Kind,
}

/// A file is cut when it is larger than this.
pub const WORTH_CUTTING: u64 = 24 << 20;

/// Finds the cuts of one file, whose bytes come in order.
#[derive(Debug)]
pub struct Splitter {
    piece_bytes: u64,
    hash: Sha256,
    hashing: bool,
    kind: Option<Kind>,
    /// Content that is not looked at yet, kept until there is enough to say what the file is.
    head: Vec<u8>,
    offset: u64,
    start: u64,
    first_record: u32,
    record: u32,
    depth: u32,
    in_string: bool,
    escaped: bool,
    lost: bool,
    /// The last record ended here; a cut is made when the next one begins as records do.
    ended_at: Option<u64>,
}

impl Splitter {
    /// A splitter that makes pieces of about this many bytes.
    #[must_use]
    pub fn new(piece_bytes: u64) -> Self {
        Self {
            piece_bytes,
            hash: Sha256::new(),
            hashing: true,
            kind: None,
            head: Vec::new(),
            offset: 0,
            start: 0,
            first_record: 0,
            record: 0,
            depth: 0,
            in_string: false,
            escaped: false,
            lost: false,
            ended_at: None,
        }
    }

    /// The same without hashing: somebody else does, who is quicker at it.
    #[must_use]
    pub fn without_hash(mut self) -> Self {
        self.hashing = false;
        self
    }

    /// Whether the rest of the file need not be looked at: it is one piece, or no file of records. When there were pieces,
    /// the rest has still to be pushed for the sake of [`Self::sha256`]; when there were none, the file is read as one, and
    /// its reading hashes it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.lost
    }

    /// Takes the next bytes and adds the pieces that end in them.
    pub fn push(&mut self, bytes: &[u8], pieces: &mut Vec<Piece>) {
        if self.hashing {
            self.hash.update(bytes);
        }
        if self.lost {
            return;
        }
        if self.kind.is_some() {
            self.scan(bytes, pieces);
            return;
        }
        self.head.extend_from_slice(bytes);
        if self.head.len() >= HEAD {
            let head = std::mem::take(&mut self.head);
            self.begin(&head, pieces);
        }
    }

    fn begin(&mut self, head: &[u8], pieces: &mut Vec<Piece>) {
        let kind = recognise(head);
        let mut buf = head.to_vec();
        buf.resize(head.len() + PADDING, 0);
        let from = tokens::skip_space(&buf, if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 });
        let inside = match kind {
            Kind::CloudTrailLog => find_records(&buf, from, head.len()),
            Kind::CloudTrailArray => Some(from + 1),
            Kind::CloudTrailRecords => Some(from),
            _ => None,
        };
        let Some(inside) = inside else {
            self.lost = true;
            return;
        };
        self.kind = Some(kind);
        self.offset = inside as u64;
        self.scan(&head[inside..], pieces);
    }

    fn scan(&mut self, bytes: &[u8], pieces: &mut Vec<Piece>) {
        let mut at = 0;
        while at < bytes.len() && !self.lost {
            if self.in_string {
                if self.escaped {
                    self.escaped = false;
                    at += 1;
                    continue;
                }
                match memchr::memchr2(b'"', b'\\', &bytes[at..]) {
                    Some(found) => {
                        at += found + 1;
                        self.escaped = bytes[at - 1] == b'\\';
                        self.in_string = self.escaped;
                    }
                    None => at = bytes.len(),
                }
                continue;
            }
            match bytes[at] {
                b'"' => {
                    // Between records only commas and white space may stand.
                    self.lost |= self.depth == 0;
                    self.in_string = true;
                }
                b'{' => {
                    if self.depth == 0 {
                        self.begins(self.offset + at as u64, pieces);
                    }
                    self.depth += 1;
                }
                b'[' => self.depth += 1,
                close @ (b'}' | b']') => match self.depth {
                    // The end of the array (or a mistake): what follows belongs to the last piece.
                    0 => self.lost = true,
                    1 => {
                        self.lost |= close != b'}';
                        self.depth = 0;
                        self.record += 1;
                        self.ended_at = Some(self.offset + at as u64 + 1);
                    }
                    _ => self.depth -= 1,
                },
                _ => {}
            }
            at += 1;
        }
        self.offset += bytes.len() as u64;
    }

    fn begins(&mut self, at: u64, pieces: &mut Vec<Piece>) {
        let (Some(kind), Some(end)) = (self.kind, self.ended_at) else { return };
        if end - self.start >= self.piece_bytes {
            pieces.push(Piece { start: self.start, end: Some(end), record: self.first_record, kind });
            self.start = at;
            self.first_record = self.record;
        }
    }

    /// SHA-256 of all bytes pushed, unless made [`Self::without_hash`]: of the file, when they were pushed to its end.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    /// The last piece.
    #[must_use]
    pub fn finish(self) -> Piece {
        let kind = self.kind.unwrap_or(Kind::OtherJson);
        Piece { start: self.start, end: None, record: self.first_record, kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_records_only() {
        let record = |n: usize| {
            format!(r#"{{"eventVersion":"1.08","eventName":"a}}{{\"[{n}","x":[{{"y":"\\"}},[1]],"eventSource":"s"}}"#)
        };
        let records: Vec<String> = (0..2_000).map(record).collect();
        for (text, name) in [
            (format!("{{\"Records\":[{}]}}", records.join(",")), "log"),
            (format!("{{ \"Records\" : [\n{}\n]\n}}", records.join(" ,\n")), "pretty"),
            (records.join("\n"), "lines"),
            (format!("[{}]", records.join(",")), "array"),
        ] {
            for step in [1_000, 7_919, 1 << 20] {
                let mut splitter = Splitter::new(10_000);
                let mut pieces = Vec::new();
                text.as_bytes().chunks(step).for_each(|chunk| splitter.push(chunk, &mut pieces));
                pieces.push(splitter.finish());
                assert!(pieces.len() > 10, "{name}: {}", pieces.len());
                let mut expected = 0;
                for (at, piece) in pieces.iter().enumerate() {
                    let end = piece.end.map_or(text.len(), |end| end as usize);
                    assert_eq!(piece.record as usize, expected, "{name} piece {at}");
                    expected += text[piece.start as usize..end].matches("\"eventVersion\"").count();
                    assert!(at == 0 || text[piece.start as usize..].starts_with(&record(piece.record as usize)));
                }
                assert_eq!(expected, 2_000);
            }
        }
    }

    #[test]
    fn does_not_guess() {
        let text = format!("{{\"Records\":[{}\"", r#"{"eventVersion":"1","eventName":"x"},"#.repeat(5_000));
        let mut splitter = Splitter::new(1_000);
        let mut pieces = Vec::new();
        splitter.push(text.as_bytes(), &mut pieces);
        assert!(splitter.is_over());
        assert_eq!(splitter.finish().end, None);
    }
}
