//! The documents that chains of custody are made of, told apart by their content (`spec/INTEGRITY.md` 9.1).

use super::digest::{self, Digest};
use super::head::{self, Head};
use super::keys::{self, PublicKey};
use super::listing::{self, Listing};
use super::trails::{self, Trail};
use crate::import::kind::Kind;
use serde::{Deserialize, Serialize};

/// What a document says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Paper {
    /// A digest file, or what stands where one should: see [`Digest::fault`].
    Digest(Box<Digest>),
    /// The output of `cloudtrail list-public-keys`.
    Keys(Vec<PublicKey>),
    /// Outputs of `s3api head-object` or `get-object`, or headers of an answer of S3.
    Heads(Vec<Head>),
    /// The output of `s3api list-objects-v2`.
    Listing(Listing),
    /// The output of `cloudtrail describe-trails`.
    Trails(Vec<Trail>),
}

/// Reads the text of a file of this kind. `named_digest`: its name is that of a digest file, so that whatever it holds stands
/// where a digest should.
#[must_use]
pub fn read(kind: Kind, text: &[u8], named_digest: bool) -> Option<Paper> {
    match kind {
        Kind::Digest => Some(Paper::Digest(Box::new(digest::read(text)))),
        Kind::PublicKeys => Some(Paper::Keys(keys::read(text))),
        Kind::HeadObject => Some(Paper::Heads(head::read(text))),
        Kind::Listing => Some(Paper::Listing(listing::read(text))),
        Kind::Trails => Some(Paper::Trails(trails::read(text))),
        _ if named_digest => Some(Paper::Digest(Box::new(digest::read(text)))),
        _ => None,
    }
}
