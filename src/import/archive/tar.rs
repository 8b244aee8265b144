//! tar: POSIX ustar, with the long names and large sizes of GNU and pax, and the headers from before them. The `tar` crate
//! reads them, up to the first thing that is wrong; here it is started again behind it.

use super::{Fault, Found, Place as AnyPlace, fault};
use crate::problem::ProblemKind;
use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use tar::{Archive, Entry, EntryType, Header};

const BLOCK: usize = 512;

/// Where an entry's content is.
#[derive(Clone, Debug)]
pub(super) struct Place {
    content: Range<usize>,
    sparse: bool,
}

impl Place {
    pub(super) fn content(&self, archive: &[u8], cap: u64) -> Result<Vec<u8>, Fault> {
        if self.sparse {
            return fault(ProblemKind::UnknownPacking, "a sparse file, whose content is stored in fragments");
        }
        if self.content.len() as u64 > cap {
            return fault(ProblemKind::TooLarge, format!("an entry of {} MiB", self.content.len() >> 20));
        }
        match archive.get(self.content.clone()) {
            Some(content) => Ok(content.to_vec()),
            None => fault(ProblemKind::DamagedArchive, "the entry reaches beyond the archive's end"),
        }
    }
}

/// Whether the bytes begin with a tar header.
pub(super) fn is_tar(head: &[u8]) -> bool {
    header(head).is_some()
}

/// The header that the bytes begin with, which its check sum makes one.
fn header(bytes: &[u8]) -> Option<&Header> {
    let block = bytes.get(..BLOCK)?;
    // Asked of every file: what is plainly no number need not be turned into an error message.
    if !block[148..156].iter().all(|byte| matches!(byte, b'0'..=b'7' | b' ' | 0)) {
        return None;
    }
    let header = Header::from_byte_slice(block);
    let stated = header.cksum().ok()?;
    let mut counted = header.clone();
    counted.set_cksum();
    (counted.cksum().ok()? == stated).then_some(header)
}

/// Where the block begins that follows content of so many bytes; `None` if the content is not all there.
fn behind(bytes: &[u8], start: usize, size: u64) -> Option<usize> {
    let end = start.checked_add(usize::try_from(size).ok()?).filter(|&end| end <= bytes.len())?;
    end.checked_next_multiple_of(BLOCK)
}

/// Bytes as the crate reads them. It skips contents, so what it does read between two entries are headers and what
/// describes the second: of that it shall not gather more than a little.
struct Metered<'a> {
    bytes: Cursor<&'a [u8]>,
    left: &'a Cell<usize>,
}

/// More than the longest path and what else describes an entry.
const DESCRIPTION_MAX: usize = 1 << 20;

impl Read for Metered<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buf)?;
        self.left.set(self.left.get().checked_sub(read).ok_or(io::ErrorKind::FileTooLarge)?);
        Ok(read)
    }
}

impl Seek for Metered<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

/// Finds the entries.
pub(super) fn entries(bytes: &[u8], found: &mut Found) {
    let (mut at, mut damaged) = (0, None);
    let left = Cell::new(DESCRIPTION_MAX);
    let ended = loop {
        let from = at;
        left.set(DESCRIPTION_MAX);
        let mut archive = Archive::new(Metered { bytes: Cursor::new(&bytes[from..]), left: &left });
        // What comes after the last entry that it gives is looked at below.
        for entry in archive.entries_with_seek().into_iter().flatten().map_while(Result::ok) {
            let Some(next) = add(bytes, from, entry, found) else { return };
            at = next;
            left.set(DESCRIPTION_MAX);
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let marks = rest.chunks_exact(BLOCK).take_while(|block| block.iter().all(|&byte| byte == 0)).count();
        at += marks * BLOCK;
        if at + BLOCK > bytes.len() {
            break marks > 0;
        }
        match header(&bytes[at..]) {
            // Archives that were joined go on after the end of the first.
            Some(_) if marks > 0 => {}
            // Something is wrong with what this header says, or with those that it belongs to.
            Some(header) => match header.entry_size().ok().and_then(|size| behind(bytes, at + BLOCK, size)) {
                Some(next) if next + BLOCK <= bytes.len() => {
                    damaged = damaged.or(Some(at));
                    at = next;
                }
                _ => return truncated(bytes, at, header, found),
            },
            None => {
                damaged = damaged.or((marks == 0).then_some(at));
                // In the midst of damage only what is surely a header is taken for one.
                let is_header = |&next: &usize| header(&bytes[next..]).is_some_and(is_ustar);
                let next = (at + BLOCK..bytes.len()).step_by(BLOCK).find(is_header);
                let Some(next) = next else { break true };
                at = next;
            }
        }
    };
    if let Some(at) = damaged {
        found.problem(
            ProblemKind::DamagedArchive,
            Some(at as u64),
            "a header was expected, other bytes stand here",
            "reading went on at the next header; what lies between them is lost",
        );
    } else if !ended {
        found.problem(
            ProblemKind::Truncated,
            Some(bytes.len() as u64),
            "the archive ends without its end mark",
            "every complete entry was kept; entries after them may be missing",
        );
    }
}

fn is_ustar(header: &Header) -> bool {
    header.as_ustar().is_some() || header.as_gnu().is_some()
}

/// Adds an entry of the archive that begins at `from`. The place behind it; `None` if nothing comes after it that could be
/// read.
fn add(bytes: &[u8], from: usize, mut entry: Entry<'_, Metered<'_>>, found: &mut Found) -> Option<usize> {
    let start = from + entry.raw_file_position() as usize;
    let kind = entry.header().entry_type();
    let in_pax =
        entry.pax_extensions().ok().flatten().is_some_and(|mut pairs| {
            pairs.any(|pair| pair.is_ok_and(|pair| pair.key_bytes().starts_with(b"GNU.sparse.")))
        });
    // The size of a sparse file is that of its content, which is more than is stored.
    let stored = if kind == EntryType::GNUSparse { entry.header().entry_size().unwrap_or(0) } else { entry.size() };
    let Some(next) = behind(bytes, start, stored) else {
        truncated(bytes, start - BLOCK, entry.header(), found);
        return None;
    };
    let place = Place { content: start..start + stored as usize, sparse: in_pax || kind == EntryType::GNUSparse };
    // Files only: no folders, links or devices.
    let file = matches!(kind, EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse);
    let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
    (!file || found.add(&name, entry.size(), AnyPlace::Tar(place))).then_some(next)
}

fn truncated(bytes: &[u8], at: usize, header: &Header, found: &mut Found) {
    let name = String::from_utf8_lossy(&header.path_bytes()).into_owned();
    let (what, left) = (header.entry_size().unwrap_or(u64::MAX), bytes.len().saturating_sub(at + BLOCK));
    found.problem(
        ProblemKind::Truncated,
        Some(at as u64),
        format!("the archive ends in the middle of {name}, which should have {what} bytes and has {left}"),
        "every complete entry before it was kept",
    );
}
