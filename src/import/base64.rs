//! base64 as people paste it: on one line or many, in quotes or not, the URL alphabet too, several values one after the
//! other. The `Data` of a Kinesis record and `awslogs.data` are gzip in this dress (`spec/FORMATS.md` 0.1). RFC 4648.

/// The value of each character; [`SKIPPED`] and [`FOREIGN`] for those that have none.
const VALUES: [u8; 256] = values();
const SKIPPED: u8 = 64;
const FOREIGN: u8 = 65;
const PAD: u8 = 66;

const fn values() -> [u8; 256] {
    let mut table = [FOREIGN; 256];
    let mut at = 0;
    while at < 26 {
        table[b'A' as usize + at] = at as u8;
        table[b'a' as usize + at] = at as u8 + 26;
        at += 1;
    }
    at = 0;
    while at < 10 {
        table[b'0' as usize + at] = at as u8 + 52;
        at += 1;
    }
    table[b'+' as usize] = 62;
    table[b'-' as usize] = 62;
    table[b'/' as usize] = 63;
    table[b'_' as usize] = 63;
    table[b'=' as usize] = PAD;
    // White space, quotes, commas between values, and the bytes of a UTF-8 mark.
    let skipped = b" \t\r\n\"',\xef\xbb\xbf";
    at = 0;
    while at < skipped.len() {
        table[skipped[at] as usize] = SKIPPED;
        at += 1;
    }
    table
}

/// Whether the text could be base64 all through.
#[must_use]
pub fn is_base64(text: &[u8]) -> bool {
    text.iter().all(|&byte| VALUES[byte as usize] != FOREIGN)
}

/// The first characters that count, white space and quotes left out.
#[must_use]
pub fn first_characters(text: &[u8]) -> [u8; 4] {
    let mut found = [0; 4];
    let characters = text.iter().filter(|&&byte| VALUES[byte as usize] != SKIPPED);
    found.iter_mut().zip(characters).for_each(|(slot, &byte)| *slot = byte);
    found
}

/// A decoder of text that comes in pieces.
#[derive(Debug, Default)]
pub struct Base64 {
    bits: u32,
    /// Characters in `bits`, 0 to 3.
    characters: u8,
}

impl Base64 {
    /// Decodes into `out` until it has no room for 3 more bytes or `input` is used up: bytes taken and made, and whether a
    /// character stands there that is not base64.
    pub fn pump(&mut self, input: &[u8], out: &mut [u8]) -> (usize, usize, bool) {
        let (mut taken, mut made) = (0, 0);
        while taken < input.len() && made + 3 <= out.len() {
            let value = VALUES[input[taken] as usize];
            match value {
                0..64 => {
                    self.bits = self.bits << 6 | u32::from(value);
                    self.characters += 1;
                    if self.characters == 4 {
                        out[made..made + 3].copy_from_slice(&self.bits.to_be_bytes()[1..]);
                        made += 3;
                        (self.bits, self.characters) = (0, 0);
                    }
                }
                SKIPPED => {}
                PAD => made += self.end(&mut out[made..]),
                _ => return (taken, made, true),
            }
            taken += 1;
        }
        (taken, made, false)
    }

    /// The end of a value, padded or not: the bytes that its last characters hold. `out` has room for 2.
    pub fn end(&mut self, out: &mut [u8]) -> usize {
        let bits = self.bits << (6 * (4 - u32::from(self.characters.max(1))));
        let bytes = usize::from(self.characters.saturating_sub(1)).min(out.len());
        out[..bytes].copy_from_slice(&bits.to_be_bytes()[1..=bytes]);
        (self.bits, self.characters) = (0, 0);
        bytes
    }

    /// Whether a value could end here without padding: one character alone is no byte.
    #[must_use]
    pub fn could_end(&self) -> bool {
        self.characters != 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes text that comes in pieces, into a buffer of `room` bytes.
    fn decode(text: &[u8], piece: usize, room: usize) -> Option<Vec<u8>> {
        let (mut decoder, mut all, mut out) = (Base64::default(), Vec::new(), vec![0; room]);
        for mut chunk in text.chunks(piece) {
            while !chunk.is_empty() {
                let (taken, made, foreign) = decoder.pump(chunk, &mut out);
                all.extend_from_slice(&out[..made]);
                if foreign {
                    return None;
                }
                chunk = &chunk[taken..];
            }
        }
        let made = decoder.could_end().then(|| decoder.end(&mut out))?;
        all.extend_from_slice(&out[..made]);
        Some(all)
    }

    #[test]
    fn vectors_of_the_rfc_in_any_pieces() {
        for (text, content) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
            ("Zm9vYmE", "fooba"),
            ("Zg", "f"),
            ("\"Zm9v\r\nYmFy\"\n", "foobar"),
            ("Zg==\nZm8=\nZm9v", "ffofoo"),
        ] {
            for (piece, room) in [(1, 3), (2, 4), (5, 64), (64, 64)] {
                assert_eq!(decode(text.as_bytes(), piece, room).as_deref(), Some(content.as_bytes()), "{text} {piece}");
            }
        }
        assert_eq!(decode(b"-_-_", 4, 64), decode(b"+/+/", 4, 64));
        assert_eq!(decode(b"Zm9v{", 9, 64), None);
        assert_eq!(decode(b"Zm9vY", 9, 64), None, "one character alone");
        assert!(is_base64(b"\"Zm9v\"\n") && !is_base64(b"{\"a\":1}"));
        assert_eq!(first_characters(b" \"\nH4sIAAAA"), *b"H4sI");
    }
}
