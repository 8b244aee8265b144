//! zip, by the directory at its end, which `rawzip` reads; where that is missing or damaged, by the headers before each
//! entry (PKWARE's APPNOTE 4.3.7), which no library does. Inflating is `zlib-rs`'s work.

use super::super::{RATIO_MAX, SURELY_FINE};
use super::{Fault, Found, Place as AnyPlace, fault, names};
use crate::problem::ProblemKind;
use memchr::memmem;
use rawzip::extra_fields::{ExtraFieldId, ExtraFields};
use rawzip::{ErrorKind, ZipArchive, ZipFileHeaderRecord, ZipSliceArchive};
use std::ops::Range;
use zlib_rs::{Inflate, InflateFlush, Status, crc32::crc32};

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const END: &[u8; 4] = b"PK\x05\x06";
const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";

/// Flags of an entry.
const ENCRYPTED: u16 = 1;
const SIZES_FOLLOW: u16 = 8;

/// A size that stands in the extra field.
const WIDE: u64 = 0xffff_ffff;

/// Whether the bytes begin as a zip does: with an entry, with the end of one without entries, or as the first of several
/// parts.
pub(super) fn is_zip(head: &[u8]) -> bool {
    [LOCAL, END, DESCRIPTOR].iter().any(|signature| head.starts_with(*signature))
}

/// Where an entry is and how it is packed.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Its packed bytes; `None` when they are not where the directory says.
    packed: Option<Range<usize>>,
    /// The size that it states.
    bytes: u64,
    method: u16,
    flags: u16,
    /// `None`: not stated.
    crc: Option<u32>,
}

impl Place {
    /// The entry's content, of at most `cap` bytes. `work` is raised by what was inflated, kept or not.
    pub(super) fn content(
        &self,
        archive: &[u8],
        cap: u64,
        inflate: &mut Inflate,
        work: &mut u64,
    ) -> Result<Vec<u8>, Fault> {
        if self.flags & ENCRYPTED != 0 || self.method == 99 {
            return fault(ProblemKind::Encrypted, "the entry is encrypted; unpack the archive with its password");
        }
        if !matches!(self.method, 0 | 8) {
            let name = method(self.method);
            return fault(
                ProblemKind::UnknownPacking,
                format!("the entry is compressed with {name}, not with deflate"),
            );
        }
        if self.bytes > cap {
            let what = format!("the entry states {} MiB, {} MiB are the most here", self.bytes >> 20, cap >> 20);
            return fault(ProblemKind::TooLarge, what);
        }
        let Some(packed) = self.packed.clone().and_then(|range| archive.get(range)) else {
            return fault(ProblemKind::DamagedArchive, "the entry is not where the archive's directory says it is");
        };
        let mut content = Vec::new();
        if self.method == 0 {
            *work += packed.len() as u64;
            if content.try_reserve_exact(packed.len()).is_err() {
                return no_memory();
            }
            content.extend_from_slice(packed);
        } else {
            // No deflated byte makes more than 1,032, so a stated size that lies reserves little.
            let likely = self.bytes.min((packed.len() as u64).saturating_mul(1_032));
            if usize::try_from(likely).is_ok_and(|likely| content.try_reserve_exact(likely).is_err()) {
                return no_memory();
            }
            let mut memory = true;
            let inflated = unpack(inflate, packed, |piece| {
                *work += piece.len() as u64;
                memory = content.try_reserve(piece.len()).is_ok();
                if memory {
                    content.extend_from_slice(piece);
                }
                memory && !self.is_too_much(content.len() as u64, packed.len() as u64, cap)
            });
            match inflated {
                Ok(_) => {}
                Err(Deflate::Stopped) if !memory => return no_memory(),
                Err(Deflate::Stopped) if content.len() as u64 > self.bytes => {
                    let what = format!("the entry states {} bytes and holds more", self.bytes);
                    return fault(ProblemKind::DamagedArchive, what);
                }
                Err(Deflate::Stopped) => {
                    let what = format!("the entry unpacks to more than {RATIO_MAX} times its size");
                    return fault(ProblemKind::TooLarge, what);
                }
                Err(Deflate::Ended) => {
                    return fault(ProblemKind::DamagedArchive, "the entry's deflated data ends before its end mark");
                }
                Err(Deflate::Damaged) => {
                    return fault(ProblemKind::DamagedArchive, "the entry's deflated data is damaged");
                }
            }
        }
        if content.len() as u64 != self.bytes {
            let what = format!("the entry states {} bytes and holds {}", self.bytes, content.len());
            return fault(ProblemKind::DamagedArchive, what);
        }
        if self.crc.is_some_and(|crc| crc != crc32(0, &content)) {
            return fault(
                ProblemKind::DamagedArchive,
                "the entry does not have the check sum that the archive states (CRC-32)",
            );
        }
        Ok(content)
    }

    fn is_too_much(&self, made: u64, packed: u64, cap: u64) -> bool {
        made > self.bytes.min(cap) || (made > SURELY_FINE && made > packed.saturating_mul(RATIO_MAX))
    }
}

fn no_memory<T>() -> Result<T, Fault> {
    fault(ProblemKind::TooLarge, "there is not enough memory to unpack the entry")
}

fn method(method: u16) -> String {
    let name = match method {
        9 => "Deflate64",
        12 => "bzip2",
        14 => "LZMA",
        93 => "Zstandard",
        95 => "xz",
        98 => "PPMd",
        _ => return format!("method {method}"),
    };
    name.to_owned()
}

enum Deflate {
    /// The data ends too early.
    Ended,
    /// The data makes no sense.
    Damaged,
    /// The taker wanted no more.
    Stopped,
}

/// Inflates deflated data piece by piece, as long as `take` wants more; how many bytes of it there were.
fn unpack(inflate: &mut Inflate, packed: &[u8], mut take: impl FnMut(&[u8]) -> bool) -> Result<usize, Deflate> {
    inflate.reset(false);
    let mut piece = vec![0; 64 << 10];
    loop {
        let (taken, made) = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(&packed[taken as usize..], &mut piece, InflateFlush::NoFlush);
        let produced = (inflate.total_out() - made) as usize;
        if produced > 0 && !take(&piece[..produced]) {
            return Err(Deflate::Stopped);
        }
        match status {
            Ok(Status::StreamEnd) => return Ok(inflate.total_in() as usize),
            Ok(_) if produced == 0 && inflate.total_in() == taken => return Err(Deflate::Ended),
            Ok(_) => {}
            Err(_) => return Err(Deflate::Damaged),
        }
    }
}

/// Finds the entries.
pub(super) fn entries(bytes: &[u8], found: &mut Found) {
    let damaged = match ZipArchive::from_slice(bytes) {
        Ok(archive) if listed(&archive, found) || found.full => return,
        Ok(archive) => Some(archive.directory_offset()),
        Err(error) => matches!(error.kind(), ErrorKind::InvalidEndOfCentralDirectory).then_some(bytes.len() as u64),
    };
    // What the directory does not list may be found by the headers.
    found.entries.clear();
    found.places.clear();
    let (kept, lost) = scan(bytes, found);
    if let Some(at) = damaged {
        found.problem(
            ProblemKind::DamagedArchive,
            Some(at),
            "the directory of the zip is damaged",
            &format!("the entries were found by their own headers ({kept}); some may be missing"),
        );
    } else {
        let lost = if lost { ", one incomplete entry was left out" } else { "" };
        found.problem(
            ProblemKind::Truncated,
            Some(bytes.len() as u64),
            "the directory at the end of the zip is missing: the file was not downloaded or written to its end",
            &format!("every complete entry was kept ({kept}){lost}; entries after them may be missing"),
        );
    }
}

/// Adds the entries of the directory; whether it is all there.
fn listed(archive: &ZipSliceArchive<&[u8]>, found: &mut Found) -> bool {
    let (mut entries, mut count) = (archive.entries(), 0);
    loop {
        match entries.next_entry() {
            Ok(Some(entry)) => {
                count += 1;
                // A link's content is the path that it leads to.
                if !entry.mode().is_symlink()
                    && !found.add(
                        &names::decoded(entry.file_path().as_bytes()),
                        entry.uncompressed_size_hint(),
                        AnyPlace::Zip(place(archive, &entry)),
                    )
                {
                    return true;
                }
            }
            Ok(None) => return count >= archive.entries_hint(),
            Err(_) => return false,
        }
    }
}

fn place(archive: &ZipSliceArchive<&[u8]>, entry: &ZipFileHeaderRecord<'_>) -> Place {
    let range = archive.get_entry(entry.wayfinder()).map(|entry| entry.compressed_data_range());
    Place {
        // Both are within the archive's bytes.
        packed: range.ok().map(|(start, end)| start as usize..end as usize),
        bytes: entry.uncompressed_size_hint(),
        method: entry.compression_method().as_u16(),
        flags: entry.flags().bits(),
        crc: Some(entry.crc32()),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// What stands before an entry's data.
struct Local<'a> {
    name: &'a [u8],
    /// Of the header itself.
    length: usize,
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    bytes: u64,
}

impl<'a> Local<'a> {
    fn read(header: &'a [u8]) -> Option<Self> {
        let name_end = 30 + usize::from(u16_at(header, 26)?);
        let length = name_end + usize::from(u16_at(header, 28)?);
        let (mut packed, mut bytes) = (u64::from(u32_at(header, 18)?), u64::from(u32_at(header, 22)?));
        let mut extra = ExtraFields::new(header.get(name_end..length)?);
        if let Some((_, wide)) = extra.find(|(id, _)| *id == ExtraFieldId::ZIP64) {
            // The sizes that the header has no room for, in this order.
            let sizes = [&mut bytes, &mut packed].into_iter().filter(|size| **size == WIDE);
            for (size, wide) in sizes.zip(wide.as_chunks().0) {
                *size = u64::from_le_bytes(*wide);
            }
        }
        Some(Self {
            name: &header[30..name_end],
            length,
            flags: u16_at(header, 6)?,
            method: u16_at(header, 8)?,
            crc: u32_at(header, 14)?,
            packed,
            bytes,
        })
    }
}

/// Adds the complete entries that stand one after the other from the archive's start; how many, and whether one begins that
/// is not complete.
fn scan(bytes: &[u8], found: &mut Found) -> (usize, bool) {
    let mut inflate = Inflate::new(false, 15);
    // Finding the ends of entries must not cost more than reading them may.
    let mut work = SURELY_FINE.max(bytes.len() as u64 * RATIO_MAX);
    let mut at = 0;
    while let Some(next) = bytes.get(at..).and_then(|rest| memmem::find(rest, LOCAL)) {
        at += next;
        let rest = &bytes[at..];
        let Some(local) = Local::read(rest) else { return (found.entries.len(), true) };
        let data = &rest[local.length..];
        // An entry that is not all there is the last: what it may have in it that looks like an entry is none.
        let Some(extent) = extent(&local, data, &mut inflate, &mut work) else { return (found.entries.len(), true) };
        let start = at + local.length;
        at = start + extent.packed;
        let place = Place {
            packed: Some(start..at),
            bytes: extent.bytes,
            method: local.method,
            flags: local.flags,
            crc: extent.crc,
        };
        if !found.add(&names::decoded(local.name), extent.bytes, AnyPlace::Zip(place)) {
            break;
        }
    }
    (found.entries.len(), false)
}

struct Extent {
    packed: usize,
    bytes: u64,
    crc: Option<u32>,
}

/// How long an entry's data is; `None` when it is not all there.
fn extent(local: &Local<'_>, data: &[u8], inflate: &mut Inflate, work: &mut u64) -> Option<Extent> {
    if local.flags & SIZES_FOLLOW == 0 || local.packed > 0 {
        let packed = usize::try_from(local.packed).ok().filter(|&packed| packed <= data.len())?;
        return Some(Extent { packed, bytes: local.bytes, crc: Some(local.crc) });
    }
    if local.method == 8 && local.flags & ENCRYPTED == 0 {
        let (mut bytes, mut crc) = (0, 0);
        let packed = unpack(inflate, data, |piece| {
            bytes += piece.len() as u64;
            crc = crc32(crc, piece);
            *work = work.saturating_sub(piece.len() as u64);
            *work > 0
        });
        let packed = packed.ok()?;
        let descriptor = &data[packed..];
        let stated = if descriptor.starts_with(DESCRIPTOR) { u32_at(descriptor, 4) } else { u32_at(descriptor, 0) };
        return Some(Extent { packed, bytes, crc: stated });
    }
    // Stored, its size only behind it: the place where a size stands that is right.
    memmem::find_iter(data, DESCRIPTOR).find_map(|at| {
        let crc = u32_at(data, at + 4)?;
        let right = u32_at(data, at + 8).map(u64::from) == Some(at as u64);
        right.then_some(Extent { packed: at, bytes: at as u64, crc: Some(crc) })
    })
}
