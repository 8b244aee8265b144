//! One repair on the built programs.
//!
//! Binaryen 108, which is what Debian 12 has, writes every exported table as table 0. wasm-bindgen exports its table of
//! JavaScript values, which is table 1 beside the function table, and so the page would die at its first line with
//! "WebAssembly.Table.set(): Argument 1 is invalid". The export is the only thing wrong, so it is set right here: that
//! is quicker than a wasm-opt in JavaScript, and needs nothing that a machine may not have.

use anyhow::{Context, Result, bail};

const TABLES: u8 = 4;
const EXPORTS: u8 = 7;
const KIND_TABLE: u8 = 1;
const EXTERNREF: u8 = 0x6f;

/// The name under which wasm-bindgen exports its table of JavaScript values.
const EXPORT: &str = "__wbindgen_externrefs";

/// Makes the export of JavaScript values name a table of JavaScript values. Returns whether it had to.
pub fn repair_table_export(module: &mut [u8]) -> Result<bool> {
    if module.get(..4) != Some(b"\0asm") {
        bail!("this is not WebAssembly");
    }
    let mut wanted = None;
    let mut at = 8;
    while at < module.len() {
        let section = module[at];
        let mut reader = Reader { bytes: module, at: at + 1 };
        let size = reader.number()?;
        let end = reader.at + size;
        match section {
            TABLES => wanted = reader.first_externref_table()?,
            EXPORTS => {
                let (Some(wanted), Some(place)) = (wanted, reader.table_export()?) else { return Ok(false) };
                let found = module.get_mut(place).context("an export is cut off")?;
                // Below 128 a number is one byte, so it can be replaced without moving the rest.
                if *found >= 128 || wanted >= 128 {
                    bail!("more tables than were ever expected");
                }
                let wrong = *found != wanted;
                *found = wanted;
                return Ok(wrong);
            }
            _ => {}
        }
        at = end;
    }
    Ok(false)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).context("the module is cut off")?;
        self.at += 1;
        Ok(byte)
    }

    /// An unsigned LEB128 number.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= ((byte & 127) as usize) << shift;
            if byte < 128 {
                return Ok(number);
            }
        }
        bail!("a number without an end")
    }

    /// In the table section: the number of the first table of JavaScript values. (No table is imported.)
    fn first_externref_table(&mut self) -> Result<Option<u8>> {
        for index in 0..self.number()? {
            let kind = self.byte()?;
            if kind == EXTERNREF {
                return Ok(u8::try_from(index).ok());
            }
            // The limits: a flag for a maximum, the minimum, the maximum.
            let bounded = self.byte()? & 1 == 1;
            self.number()?;
            if bounded {
                self.number()?;
            }
        }
        Ok(None)
    }

    /// In the export section: where the number stands that `EXPORT` exports.
    fn table_export(&mut self) -> Result<Option<usize>> {
        for _ in 0..self.number()? {
            let length = self.number()?;
            let name = self.bytes.get(self.at..self.at + length).context("a name is cut off")?;
            self.at += length;
            let kind = self.byte()?;
            if kind == KIND_TABLE && name == EXPORT.as_bytes() {
                return Ok(Some(self.at));
            }
            self.number()?;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(table: u8) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        // A function table with a maximum, then a table of JavaScript values.
        module.extend([TABLES, 8, 2, 0x70, 1, 10, 10, EXTERNREF, 0, 64]);
        let mut exports = vec![2, 4];
        exports.extend(b"main");
        exports.extend([0, 3, EXPORT.len() as u8]);
        exports.extend(EXPORT.as_bytes());
        exports.extend([KIND_TABLE, table]);
        module.extend([EXPORTS, exports.len() as u8]);
        module.extend(exports);
        module
    }

    #[test]
    fn sets_the_export_right() {
        let mut wrong = module(0);
        assert!(repair_table_export(&mut wrong).unwrap());
        assert_eq!(wrong, module(1));
        assert!(!repair_table_export(&mut wrong).unwrap());
        assert!(!repair_table_export(&mut b"\0asm\x01\0\0\0".to_vec()).unwrap());
        for cut in 9..wrong.len() {
            // Whatever is missing: an error or nothing to do, but no panic.
            let _ = repair_table_export(&mut wrong[..cut].to_vec());
        }
        assert!(repair_table_export(&mut b"<html>".to_vec()).is_err());
    }
}
