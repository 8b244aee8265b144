//! Archives: files that hold files. Their entries are files of the case like any other, each with its own report.
//!
//! `rawzip` and `tar` read them, from memory. Here is what libraries for well-formed archives do not give: entries of the
//! same name kept apart, the complete entries of a download that broke off, and sizes that are never believed.

mod names;
mod tar;
mod zip;

use super::recognise::Kind;
use super::{RATIO_MAX, SURELY_FINE};
use crate::problem::{Problem, ProblemKind};
use std::fmt;
use zlib_rs::Inflate;

/// Archives in archives are opened this deep, the outermost counted.
pub const DEPTH_MAX: u8 = 3;

/// An archive of more bytes is not opened: it has to stand in memory while its entries are read.
pub const ARCHIVE_MAX: usize = 1 << 30;

/// An entry of more bytes is not unpacked.
const ENTRY_MAX: u64 = 2 << 30;

/// Entries beyond this many are left out.
const ENTRIES_MAX: usize = 1_000_000;

/// The sorts of archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    Tar,
}

impl Format {
    /// What archive begins with these bytes; 512 of them are enough.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            _ if zip::is_zip(head) => Some(Self::Zip),
            _ if tar::is_tar(head) => Some(Self::Tar),
            _ => None,
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Zip => Kind::Zip,
            Self::Tar => Kind::Tar,
        }
    }
}

/// The files in an archive that was read, one after the other, ready to be read themselves.
pub struct Archive {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    places: Vec<Place>,
    inflate: Inflate,
    /// Bytes unpacked so far, kept or not: many small bombs are one bomb.
    unpacked: u64,
    depth: u8,
}

/// One file in an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its path inside the archive, `/` between folders.
    pub path: String,
    /// Its size as the archive states it, unpacked.
    pub bytes: u64,
}

/// Where an entry is, as the archive states it.
#[derive(Clone, Debug)]
enum Place {
    Zip(zip::Place),
    Tar(tar::Place),
}

/// Entries as a reader finds them.
#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
    places: Vec<Place>,
    problems: Vec<Problem>,
    full: bool,
}

impl Found {
    /// Adds an entry, unless it is a folder or a thing that macOS adds. Whether there is room for more.
    fn add(&mut self, name: &str, bytes: u64, place: Place) -> bool {
        let path = names::harmless(name);
        if name.ends_with(['/', '\\']) || names::is_clutter(&path) {
            return true;
        }
        if self.entries.len() == ENTRIES_MAX {
            if !self.full {
                self.full = true;
                self.problem(
                    ProblemKind::TooLarge,
                    None,
                    format!("the archive has more than {ENTRIES_MAX} entries"),
                    "the first were kept, the others were left out",
                );
            }
            return false;
        }
        self.entries.push(Entry { path, bytes });
        self.places.push(place);
        true
    }

    fn problem(&mut self, kind: ProblemKind, at: Option<u64>, what: impl Into<String>, outcome: &str) {
        self.problems.push(problem(kind, at, what, outcome));
    }
}

fn problem(kind: ProblemKind, at: Option<u64>, what: impl Into<String>, outcome: &str) -> Problem {
    Problem { kind, record: None, at, len: None, what: what.into(), outcome: outcome.to_owned(), times: 1 }
}

/// What is wrong with an entry.
type Fault = (ProblemKind, String);

fn fault<T>(kind: ProblemKind, what: impl Into<String>) -> Result<T, Fault> {
    Err((kind, what.into()))
}

impl Archive {
    /// The archive that these bytes are, and what is wrong with it as a whole.
    pub(super) fn open(format: Format, bytes: Vec<u8>) -> (Self, Vec<Problem>) {
        let mut found = Found::default();
        match format {
            Format::Zip => zip::entries(&bytes, &mut found),
            Format::Tar => tar::entries(&bytes, &mut found),
        }
        names::tell_apart(&mut found.entries);
        let Found { entries, places, problems, .. } = found;
        (Self { bytes, entries, places, inflate: Inflate::new(false, 15), unpacked: 0, depth: 1 }, problems)
    }

    /// The files in it, folders left out, in the archive's order. No two have the same path.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How deep it lies in other archives: 1 is a file of its own.
    #[must_use]
    pub fn depth(&self) -> u8 {
        self.depth
    }

    /// The same archive, found as an entry of one of the depth before.
    #[must_use]
    pub fn at_depth(mut self, depth: u8) -> Self {
        self.depth = depth;
        self
    }

    /// The content of an entry (by its place in [`Self::entries`]).
    ///
    /// # Errors
    /// What is wrong with the entry: damaged, encrypted, too large, packed in a way that is not known.
    pub fn content(&mut self, entry: usize) -> Result<Vec<u8>, Problem> {
        let most = SURELY_FINE.max(self.bytes.len() as u64 * RATIO_MAX);
        let cap = ENTRY_MAX.min(most.saturating_sub(self.unpacked));
        let result = match self.places.get(entry) {
            Some(Place::Zip(place)) => place.content(&self.bytes, cap, &mut self.inflate, &mut self.unpacked),
            Some(Place::Tar(place)) => place.content(&self.bytes, cap),
            None => fault(ProblemKind::DamagedArchive, "the archive has no such entry"),
        };
        result.map_err(|(kind, what)| {
            problem(kind, None, what, "nothing was read from this entry; the others are not affected")
        })
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("bytes", &self.bytes.len()).field("entries", &self.entries).finish()
    }
}

/// What to say of an archive that lies too deep to be opened.
#[must_use]
pub fn too_deep() -> Problem {
    problem(
        ProblemKind::TooDeep,
        None,
        format!("this is an archive in an archive, more than {DEPTH_MAX} deep"),
        "it was not opened: unpack the outer archive and drop the folder",
    )
}
