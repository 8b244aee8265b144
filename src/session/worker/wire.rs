//! What the page and its workers send each other around the questions: files to read, what came of them, signs of life.
//! A message is an array: its bytes first, then the `File` handles that it speaks of.

use crate::import::split::Piece;
use crate::session::protocol::{Ask, FileReport, Reply};
use serde::{Deserialize, Serialize};

/// Which build a program is of: a worker's file may come from a cache and be older than the page.
pub const BUILD: &str = match option_env!("TRAILGLASS_BUILD") {
    Some(build) => build,
    None => "dev",
};

/// To a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToShard {
    /// Read these files; their handles follow in this order.
    Read(Vec<FileToRead>),
    /// Find the cuts of a large file; its handle follows.
    Cut(FileToRead),
    /// Read a piece of a large file; its handle follows.
    Piece(FileToRead, Piece),
    /// How large are these files? Their handles follow in this order.
    Sizes(Vec<u32>),
    /// The files in this archive have the numbers from the second one on.
    Numbers(u32, u32),
    /// Stop reading what was asked to be read.
    Cancel,
    /// A question.
    Ask(u32, Ask),
    /// Are you there?
    Ping(u32),
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileToRead {
    /// Its number.
    pub file: u32,
    /// Its path.
    pub path: String,
    /// Read it in one go however large it is: it was looked at and cannot be cut.
    pub whole: bool,
}

/// From a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromShard {
    /// The program runs.
    Ready(String),
    /// Some files, or a piece of one, are read: what came of them, and their sizes on disk.
    Read(Vec<(FileReport, u64)>),
    /// These files (or the pieces of them that were asked for) were not read, since a person cancelled.
    Skipped(Vec<u32>),
    /// A file is so large that it may be worth cutting: it was not read. Its number and size.
    Large(u32, u64),
    /// Pieces of a file, as they are found.
    Pieces(u32, Vec<Piece>),
    /// All pieces of a file were found; `false`: there are none, it must be read as a whole. With the SHA-256 of its bytes.
    CutDone(u32, bool, Option<[u8; 32]>),
    /// A file is an archive of these files (path inside it, and bytes as it states them), which will be read one after the
    /// other once they have numbers. Said before the archive itself is reported.
    Archive(u32, Vec<(String, u64)>),
    /// Sizes of files; `None` where one could not be opened.
    Sizes(Vec<(u32, Option<u64>)>),
    /// Bytes read of a file that takes long, since the last such message, and its events so far.
    Reading(u64, u32),
    /// The answer to the question with this number.
    Reply(u32, Reply),
    /// Yes.
    Pong(u32),
}
