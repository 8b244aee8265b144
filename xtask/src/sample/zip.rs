//! A zip of stored entries: what is gzipped already is not deflated again.
//!
//! WHY by hand: it is forty lines, the same bytes every time, and xtask is what everybody's first command waits for.

use anyhow::{Context as _, Result};
use flate2::Crc;

/// 1980-01-01, the first day that a zip knows: the same bytes whenever they are made.
const DATE: u16 = 0x21;

/// Packs files, given by path and content.
pub fn stored<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<Vec<u8>> {
    let (mut out, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (path, bytes) in files {
        let offset = u32::try_from(out.len()).context("a zip beyond 4 GB")?;
        let mut common = Vec::new();
        // Version 2.0 to extract; names are UTF-8; stored; time and date.
        for field in [20, 0x0800, 0, 0, DATE] {
            common.extend(u16::to_le_bytes(field));
        }
        let mut crc = Crc::new();
        crc.update(bytes);
        let size = u32::try_from(bytes.len())?;
        for field in [crc.sum(), size, size] {
            common.extend(field.to_le_bytes());
        }
        common.extend(u16::try_from(path.len())?.to_le_bytes());
        // No extra field.
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(path.as_bytes());
        out.extend(bytes);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        // No comment, disk 0, no attributes.
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(path.as_bytes());
        count = count.checked_add(1).context("a zip of more than 65,535 files")?;
    }
    let start = u32::try_from(out.len()).context("a zip beyond 4 GB")?;
    let length = u32::try_from(directory.len())?;
    out.append(&mut directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend(length.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    Ok(out)
}
