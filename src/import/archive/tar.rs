//! tar: POSIX ustar, with the long names and large sizes of GNU and pax, and the headers from before them. Blocks of 512
//! bytes; a header's check sum is what makes it one.

use super::{Fault, Found, Place as AnyPlace, fault};
use crate::problem::ProblemKind;

const BLOCK: usize = 512;

/// Where an entry's content is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    start: usize,
    pub(super) bytes: u64,
    sparse: bool,
}

impl Place {
    pub(super) fn content(&self, archive: &[u8], cap: u64) -> Result<Vec<u8>, Fault> {
        if self.sparse {
            return fault(ProblemKind::UnknownPacking, "a sparse file, whose content is stored in fragments");
        }
        if self.bytes > cap {
            return fault(ProblemKind::TooLarge, format!("an entry of {} MiB", self.bytes >> 20));
        }
        match usize::try_from(self.bytes).ok().and_then(|bytes| archive.get(self.start..self.start.checked_add(bytes)?))
        {
            Some(content) => Ok(content.to_vec()),
            None => fault(ProblemKind::DamagedArchive, "the entry reaches beyond the archive's end"),
        }
    }
}

/// Whether the bytes begin with a tar header.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.len() >= BLOCK && Header(&head[..BLOCK]).is_valid()
}

struct Header<'a>(&'a [u8]);

impl<'a> Header<'a> {
    /// Whether the check sum is right, with bytes taken as unsigned as everybody does, or signed as some old tars did.
    fn is_valid(&self) -> bool {
        let Some(stated) = octal(&self.0[148..156]) else { return false };
        let counted = || self.0[..148].iter().chain(&[b' '; 8]).chain(&self.0[156..]);
        let unsigned: u64 = counted().map(|&byte| u64::from(byte)).sum();
        let signed: i64 = counted().map(|&byte| i64::from(byte.cast_signed())).sum();
        stated == unsigned || i64::try_from(stated) == Ok(signed)
    }

    fn is_ustar(&self) -> bool {
        &self.0[257..262] == b"ustar"
    }

    fn name(&self) -> Vec<u8> {
        let name = until_zero(&self.0[..100]);
        // GNU has other things where POSIX has the folder.
        let posix = &self.0[257..263] == b"ustar\0";
        let prefix = if posix { until_zero(&self.0[345..500]) } else { &[] };
        if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
    }

    /// `None`: not a number.
    fn size(&self) -> Option<u64> {
        let field = &self.0[124..136];
        if field[0] & 0x80 == 0 {
            return octal(field);
        }
        // GNU's binary sizes. What needs more than 8 bytes is in no archive that was ever written.
        let wide = field[..4] == [0x80, 0, 0, 0];
        wide.then(|| field[4..].iter().fold(0, |size, &byte| size << 8 | u64::from(byte)))
    }

    fn kind(&self) -> u8 {
        self.0[156]
    }
}

fn until_zero(field: &[u8]) -> &[u8] {
    &field[..memchr::memchr(0, field).unwrap_or(field.len())]
}

fn octal(field: &[u8]) -> Option<u64> {
    let digits = until_zero(field).trim_ascii();
    if digits.is_empty() || !digits.iter().all(|digit| (b'0'..b'8').contains(digit)) {
        return None;
    }
    Some(digits.iter().fold(0u64, |value, digit| value << 3 | u64::from(digit - b'0')))
}

/// What extended headers say about the entry that follows them.
#[derive(Default)]
struct Extended {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl Extended {
    /// pax: lines of `length key=value`, the length of the whole line in decimal.
    fn read(&mut self, mut text: &[u8]) {
        while let Some(space) = memchr::memchr(b' ', text) {
            let length = std::str::from_utf8(&text[..space]).ok().and_then(|digits| digits.parse::<usize>().ok());
            let Some(line) = length.and_then(|length| text.get(space + 1..length)) else { return };
            text = &text[space + 1 + line.len()..];
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let Some(equals) = memchr::memchr(b'=', line) else { continue };
            let (key, value) = (&line[..equals], &line[equals + 1..]);
            match key {
                b"path" => self.name = Some(value.to_vec()),
                b"size" => self.size = std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok()),
                _ if key.starts_with(b"GNU.sparse.") => self.sparse = true,
                _ => {}
            }
        }
    }
}

/// Finds the entries.
pub(super) fn entries(bytes: &[u8], found: &mut Found) {
    let mut at = 0;
    let mut extended = Extended::default();
    let (mut damaged, mut end_marks) = (None, 0);
    while let Some(block) = bytes.get(at..at + BLOCK) {
        let header = Header(block);
        if block.iter().all(|&byte| byte == 0) {
            // Archives that were joined go on after the end of the first.
            end_marks += 1;
            at += BLOCK;
            continue;
        }
        // In the midst of damage only what is surely a header is taken for one.
        let size = header.size().filter(|_| header.is_valid() && (damaged.is_none() || header.is_ustar()));
        let Some(stated) = size else {
            damaged = damaged.or((end_marks == 0).then_some(at));
            at += BLOCK;
            continue;
        };
        end_marks = 0;
        let size = if b"xgLK".contains(&header.kind()) { stated } else { extended.size.unwrap_or(stated) };
        let start = at + BLOCK;
        let end = usize::try_from(size).ok().and_then(|size| start.checked_add(size)).filter(|&end| end <= bytes.len());
        let Some(end) = end else {
            let name = String::from_utf8_lossy(&header.name()).into_owned();
            found.problem(
                ProblemKind::Truncated,
                Some(at as u64),
                format!("the archive ends in the middle of {name}, which should have {size} bytes"),
                "every complete entry before it was kept",
            );
            return;
        };
        let content = &bytes[start..end];
        match header.kind() {
            b'x' => extended.read(content),
            b'L' => extended.name = Some(until_zero(content).to_vec()),
            b'g' | b'K' => {}
            kind => {
                let Extended { name, sparse, .. } = std::mem::take(&mut extended);
                let name = name.unwrap_or_else(|| header.name());
                let place = Place { start, bytes: size, sparse: sparse || kind == b'S' };
                // Files only: no folders, links or devices.
                if matches!(kind, 0 | b'0' | b'7' | b'S')
                    && !found.add(&String::from_utf8_lossy(&name), size, AnyPlace::Tar(place))
                {
                    return;
                }
            }
        }
        at = end.checked_next_multiple_of(BLOCK).unwrap_or(usize::MAX - BLOCK);
    }
    if let Some(at) = damaged {
        found.problem(
            ProblemKind::DamagedArchive,
            Some(at as u64),
            "a header was expected, other bytes stand here",
            "reading went on at the next header; what lies between them is lost",
        );
    } else if end_marks == 0 {
        found.problem(
            ProblemKind::Truncated,
            Some(bytes.len() as u64),
            "the archive ends without its end mark",
            "every complete entry was kept; entries after them may be missing",
        );
    }
}
