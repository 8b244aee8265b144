//! Archives: files that hold files. Their entries are files of the case like any other, each with its own report.

use crate::problem::Problem;

/// The files in an archive that was read, one after the other, ready to be read themselves.
#[derive(Debug, Default)]
pub struct Archive {
    entries: Vec<Entry>,
}

/// One file in an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its path inside the archive, `/` between folders.
    pub path: String,
    /// Its size as the archive states it, unpacked.
    pub bytes: u64,
}

impl Archive {
    /// The files in it, folders left out, in the archive's order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The content of an entry (by its place in [`Self::entries`]).
    ///
    /// # Errors
    /// What is wrong with the entry: damaged, encrypted, too large, packed in a way that is not known.
    pub fn content(&mut self, entry: usize) -> Result<Vec<u8>, Problem> {
        let _ = entry;
        Ok(Vec::new())
    }
}
