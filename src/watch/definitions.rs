//! Definitions: files that say what somebody configured, kept as text while they are read and understood here.

use crate::import::kind::Kind;
use serde::{Deserialize, Serialize};

/// A file that defines something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its number.
    pub file: u32,
    /// What it is; see [`Kind::is_definition`].
    pub kind: Kind,
    /// What it holds: JSON, or what should be.
    pub text: String,
}
