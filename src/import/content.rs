//! What the bytes of a file hold once its packing is off: the very bytes that are parsed and shown, their SHA-256, and what
//! was odd about the gzip around them. Chains of custody are about these (`spec/INTEGRITY.md` 3 and 7).

use serde::{Deserialize, Serialize};

/// The content of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// SHA-256 of the content. Of gzip it is that of what the FIRST member inflates to, as far as it could be inflated;
    /// what comes of further members is parsed, but never hashed with it.
    pub sha256: [u8; 32],
    /// Bytes that were hashed.
    pub bytes: u64,
    /// What stood around it.
    pub container: Container,
    /// The outermost of what stood around it is gzip, whole or not.
    pub gzip_outside: bool,
    /// Bytes follow the first gzip member, whatever they are.
    pub trailing: bool,
    /// The number of the first record that does not stand wholly in what was hashed; `None` when all do.
    pub appended_from: Option<u32>,
}

/// What stood around a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Container {
    /// Nothing: the file's bytes are the content.
    Plain,
    /// gzip, whole.
    Gzip,
    /// gzip that ends before its end mark: inside the header, the data or the trailer, or a file of no bytes at all.
    Incomplete,
    /// gzip whose header, data, check sum or length is wrong.
    Damaged,
    /// Something else that was taken off, such as base64, UTF-16, or gzip around gzip.
    Other,
}
