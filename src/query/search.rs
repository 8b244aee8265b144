//! Finding a folded ASCII text in a long run of bytes whatever the letters' case: the search behind every question that
//! contains text. Two bytes of the needle are compared at 16 places at a time; what passes is looked at closely.

use wide::{CmpEq, i8x16};

/// How common bytes are in CloudTrail values, commonest first (measured by eye on values of ARNs, agents and ids; only the
/// order matters, and only for speed).
const COMMON: &[u8] = b"eaioastrnc-dl0m1/:.2u35w46g7p98hfby_xkvzjq";

fn rarity(byte: u8) -> usize {
    COMMON.iter().position(|&common| common == byte.to_ascii_lowercase()).unwrap_or(COMMON.len())
}

/// A text to look for.
pub(super) struct Folded<'a> {
    needle: &'a [u8],
    /// The two rarest places in the needle.
    places: (usize, usize),
}

impl<'a> Folded<'a> {
    /// `needle`: lower-case ASCII, not empty.
    pub fn new(needle: &'a [u8]) -> Self {
        debug_assert!(!needle.is_empty() && needle.is_ascii());
        let rarest = |besides: Option<usize>| {
            (0..needle.len()).filter(|&at| Some(at) != besides).max_by_key(|&at| rarity(needle[at])).unwrap_or(0)
        };
        let first = rarest(None);
        Self { needle, places: (first, rarest(Some(first))) }
    }

    /// The first place at or after `from` where the text stands.
    pub fn find(&self, haystack: &[u8], mut from: usize) -> Option<usize> {
        let last = haystack.len().checked_sub(self.needle.len())?;
        let (a, b) = self.places;
        // Setting bit 5 folds letters and confuses a few marks, which the closer look sorts out.
        let fold = i8x16::splat(0x20);
        let (want_a, want_b) =
            (i8x16::splat((self.needle[a] | 0x20) as i8), i8x16::splat((self.needle[b] | 0x20) as i8));
        let load = |at: usize| {
            let bytes: [u8; 16] = haystack[at..at + 16].try_into().expect("16 bytes");
            i8x16::new(bytes.map(|byte| byte as i8)) | fold
        };
        while from + a.max(b) + 16 <= haystack.len() {
            let hits = load(from + a).cmp_eq(want_a) & load(from + b).cmp_eq(want_b);
            let mut mask = hits.move_mask() as u32 & 0xffff;
            while mask != 0 {
                let at = from + mask.trailing_zeros() as usize;
                if at > last {
                    return None;
                }
                if haystack[at..at + self.needle.len()].eq_ignore_ascii_case(self.needle) {
                    return Some(at);
                }
                mask &= mask - 1;
            }
            from += 16;
        }
        (from..=last).find(|&at| haystack[at..at + self.needle.len()].eq_ignore_ascii_case(self.needle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_plain_search_finds() {
        let text: String =
            (0..400).map(|n| ["Alice", "arn:aws:IAM::1", "[x]{Y}", "@`", "äÖ", "0f8F"][n * n % 6]).collect();
        let bytes = text.as_bytes();
        for needle in ["a", "alice", "iam::1", "[x]", "{x}", "@", "`", "0f8f0f8f", "1[x]{y}", "zzz", "lice"] {
            let searcher = Folded::new(needle.as_bytes());
            let (mut at, mut got) = (0, Vec::new());
            while let Some(found) = searcher.find(bytes, at) {
                got.push(found);
                at = found + 1;
            }
            let plain: Vec<usize> = (0..bytes.len().saturating_sub(needle.len() - 1))
                .filter(|&at| bytes[at..at + needle.len()].eq_ignore_ascii_case(needle.as_bytes()))
                .collect();
            assert_eq!(got, plain, "{needle}");
        }
    }
}
