//! base64 as people paste it: on one line or many, in quotes or not, the URL alphabet too, several values one after the
//! other. The `Data` of a Kinesis record and `awslogs.data` are gzip in this dress (`spec/FORMATS.md` 0.1). The `base64`
//! crate decodes; here is only what it wants taken away before.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Characters are decoded when this many have come, whole groups of four.
const BATCH: usize = 4096;

/// White space, quotes, commas between values, and the bytes of a UTF-8 mark.
fn is_skipped(byte: u8) -> bool {
    b" \t\r\n\"',\xef\xbb\xbf".contains(&byte)
}

/// The character of the standard alphabet that stands for the same as this one of either alphabet.
fn standard(byte: u8) -> Option<u8> {
    match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        b'+' | b'/' => Some(byte),
        _ => byte.is_ascii_alphanumeric().then_some(byte),
    }
}

/// Whether the text could be base64 all through.
#[must_use]
pub fn is_base64(text: &[u8]) -> bool {
    text.iter().all(|&byte| standard(byte).is_some() || byte == b'=' || is_skipped(byte))
}

/// The first characters that count, white space and quotes left out.
#[must_use]
pub fn first_characters(text: &[u8]) -> [u8; 4] {
    let mut found = [0; 4];
    let characters = text.iter().filter(|&&byte| !is_skipped(byte));
    found.iter_mut().zip(characters).for_each(|(slot, &byte)| *slot = byte);
    found
}

/// A decoder of text that comes in pieces.
#[derive(Debug, Default)]
pub struct Base64 {
    /// Characters that are not decoded yet, less than [`BATCH`]; between two pieces at most 3.
    held: Vec<u8>,
}

impl Base64 {
    /// Decodes into `out` until it has no room for 3 more bytes or `input` is used up: bytes taken and made, and whether a
    /// character stands there that is not base64.
    pub fn pump(&mut self, input: &[u8], out: &mut [u8]) -> (usize, usize, bool) {
        let (mut taken, mut made, mut foreign) = (0, 0, false);
        while taken < input.len() && made + self.held.len() / 4 * 3 + 3 <= out.len() {
            let byte = input[taken];
            if let Some(character) = standard(byte) {
                self.held.push(character);
                if self.held.len() == BATCH {
                    made += self.decode(BATCH, &mut out[made..]);
                }
            } else if byte == b'=' {
                made += self.end(&mut out[made..]);
            } else if !is_skipped(byte) {
                foreign = true;
                break;
            }
            taken += 1;
        }
        made += self.decode(self.held.len() & !3, &mut out[made..]);
        (taken, made, foreign)
    }

    /// The end of a value, padded or not: the bytes that its last characters hold. `out` has room for 3.
    pub fn end(&mut self, out: &mut [u8]) -> usize {
        if !self.could_end() {
            self.held.pop();
        }
        self.decode(self.held.len(), out)
    }

    /// Whether a value could end here without padding: one character alone is no byte.
    #[must_use]
    pub fn could_end(&self) -> bool {
        self.held.len() % 4 != 1
    }

    fn decode(&mut self, characters: usize, out: &mut [u8]) -> usize {
        // Only characters of the alphabet are held, in a number that bytes have: nothing can be wrong with them.
        let made = ENGINE.decode_slice(&self.held[..characters], out).unwrap_or(0);
        self.held.drain(..characters);
        made
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
