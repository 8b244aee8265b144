//! UTF-16 to UTF-8: Windows PowerShell 5 writes `aws … > file.json` as UTF-16LE with a mark before it
//! (`spec/FORMATS.md` 0.1). A half of a pair that stands alone becomes U+FFFD. The standard library decodes; here units are
//! made of bytes that come in pieces.

/// Which of a code unit's two bytes comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The less significant one, as on Windows.
    Little,
    /// The more significant one.
    Big,
}

/// The order of the text's bytes when it is UTF-16: by its mark, or because its first characters are plainly ASCII.
#[must_use]
pub fn order(head: &[u8]) -> Option<Order> {
    match head {
        [0xff, 0xfe, ..] => return Some(Order::Little),
        [0xfe, 0xff, ..] => return Some(Order::Big),
        _ => {}
    }
    let sample = head[..head.len().min(64)].chunks_exact(2);
    let ascii = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let little = sample.len() >= 2 && sample.clone().all(|unit| ascii(unit[0]) && unit[1] == 0);
    let big = sample.len() >= 2 && sample.clone().all(|unit| ascii(unit[1]) && unit[0] == 0);
    match (little, big) {
        (true, _) => Some(Order::Little),
        (_, true) => Some(Order::Big),
        _ => None,
    }
}

/// A transcoder of text that comes in pieces.
#[derive(Debug)]
pub struct Utf16 {
    order: Order,
    /// The first byte of a unit whose second has not come.
    odd: Option<u8>,
    /// The first half of a pair whose second has not come.
    high: Option<u16>,
    begun: bool,
    replaced: u32,
}

impl Utf16 {
    /// A transcoder of text whose bytes come in this order.
    #[must_use]
    pub fn new(order: Order) -> Self {
        Self { order, odd: None, high: None, begun: false, replaced: 0 }
    }

    /// Transcodes into `out` until its room is nearly used or `input` is used up: bytes taken and bytes made.
    pub fn pump(&mut self, input: &[u8], out: &mut [u8]) -> (usize, usize) {
        // No unit makes more than 3 bytes; one may be held from before.
        let most = (out.len() / 3).saturating_sub(1) * 2;
        let input = &input[..input.len().min(most)];
        let mut bytes = self.odd.take().into_iter().chain(input.iter().copied());
        let order = self.order;
        let odd = &mut self.odd;
        let mut units = std::iter::from_fn(|| {
            let first = bytes.next()?;
            let Some(second) = bytes.next() else {
                *odd = Some(first);
                return None;
            };
            Some(match order {
                Order::Little => u16::from_le_bytes([first, second]),
                Order::Big => u16::from_be_bytes([first, second]),
            })
        })
        .peekable();
        if !self.begun && units.peek().is_some() {
            self.begun = true;
            units.next_if_eq(&0xfeff);
        }
        let mut made = 0;
        let mut decoded = char::decode_utf16(self.high.take().into_iter().chain(units)).peekable();
        while let Some(character) = decoded.next() {
            let character = match character {
                Ok(character) => character,
                // The other half may be in the next piece.
                Err(lone) if lone.unpaired_surrogate() < 0xdc00 && decoded.peek().is_none() => {
                    self.high = Some(lone.unpaired_surrogate());
                    break;
                }
                Err(_) => {
                    self.replaced += 1;
                    char::REPLACEMENT_CHARACTER
                }
            };
            made += character.encode_utf8(&mut out[made..]).len();
        }
        (input.len(), made)
    }

    /// The end of the text: bytes made (at most 3, of which `out` has room), and whether it ended in the middle of a
    /// character.
    pub fn end(&mut self, out: &mut [u8]) -> (usize, bool) {
        let high = self.high.take().is_some();
        let made = if high { char::REPLACEMENT_CHARACTER.encode_utf8(out).len() } else { 0 };
        self.replaced += u32::from(high);
        (made, self.odd.take().is_some() || high)
    }

    /// Halves of pairs that stood alone.
    #[must_use]
    pub fn replaced(&self) -> u32 {
        self.replaced
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transcode(bytes: &[u8], order: Order, piece: usize) -> (String, u32, bool) {
        let (mut utf16, mut all, mut out) = (Utf16::new(order), Vec::new(), [0; 9]);
        for mut chunk in bytes.chunks(piece) {
            while !chunk.is_empty() {
                let (taken, made) = utf16.pump(chunk, &mut out);
                all.extend_from_slice(&out[..made]);
                chunk = &chunk[taken..];
            }
        }
        let (made, cut) = utf16.end(&mut out);
        all.extend_from_slice(&out[..made]);
        (String::from_utf8(all).unwrap(), utf16.replaced(), cut)
    }

    #[test]
    fn all_planes_in_any_pieces() {
        let text = "{\"a\":\"é€😀\u{10ffff}\u{e000}\"}\n";
        for mark in ["", "\u{feff}"] {
            let units: Vec<u16> = format!("{mark}{text}").encode_utf16().collect();
            let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
            for piece in [1, 2, 3, 7, 1_000] {
                assert_eq!(transcode(&little, Order::Little, piece), (text.to_owned(), 0, false));
                assert_eq!(transcode(&big, Order::Big, piece), (text.to_owned(), 0, false));
            }
            assert_eq!((order(&little[..8]), order(&big[..8])), (Some(Order::Little), Some(Order::Big)));
        }
    }

    #[test]
    fn lone_halves_and_cuts() {
        let bytes = |units: &[u16]| units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>();
        let told = |units: &[u16]| transcode(&bytes(units), Order::Little, 3);
        assert_eq!(told(&[0x61, 0xd83d, 0x62]), ("a\u{fffd}b".to_owned(), 1, false));
        assert_eq!(told(&[0xde00, 0xd83d, 0xd83d, 0xde00]), ("\u{fffd}\u{fffd}😀".to_owned(), 2, false));
        assert_eq!(told(&[0x61, 0xd83d]), ("a\u{fffd}".to_owned(), 1, true));
        assert_eq!(transcode(b"a\0b", Order::Little, 9), ("a".to_owned(), 0, true));
        assert_eq!(order(b"{\"a\":1}"), None);
        assert_eq!(order(b"\0\0\0\0"), None);
        assert_eq!(order(b"{\0"), None, "too little to tell");
    }
}
