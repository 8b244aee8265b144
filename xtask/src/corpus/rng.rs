//! Random numbers that are the same on every machine and in every year.
//!
//! WHY not the `rand` crate: its documentation reserves the right to change what a seed yields between versions, and
//! a corpus whose bytes change with a dependency makes two benchmark runs incomparable. SplitMix64 is ten lines and
//! never changes.

/// Lower-case hexadecimal digits.
pub const HEX: &[u8] = b"0123456789abcdef";
/// The alphabet of access key ids and S3 request ids.
pub const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The alphabet of tokens and of `x-amz-id-2`.
pub const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Letters and digits, as in the last part of a delivered file's name.
pub const ALNUM: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A SplitMix64 generator: one word of state, any seed is a good one.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator for one seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator for one stream of a seed: file 17 yields the same records whichever thread writes it.
    pub fn stream(seed: u64, stream: u64) -> Self {
        let mut mixer = Self(seed ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Self(mixer.word())
    }

    /// The next 64 bits.
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.word()) * n as u128) >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    /// True `n` times of a thousand.
    pub fn per_mille(&mut self, n: u32) -> bool {
        self.below(1000) < n as usize
    }

    /// One element of a slice, all being equally likely.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Appends `n` characters of an ASCII alphabet.
    pub fn chars(&mut self, out: &mut String, alphabet: &[u8], n: usize) {
        let bits = alphabet.len().trailing_zeros();
        let (mut pool, mut left) = (0u64, 0u32);
        for _ in 0..n {
            let index = if alphabet.len().is_power_of_two() {
                // One word serves several characters: tokens are most of the randomness of a corpus.
                if left < bits {
                    (pool, left) = (self.word(), 64);
                }
                let index = pool as usize & (alphabet.len() - 1);
                pool >>= bits;
                left -= bits;
                index
            } else {
                self.below(alphabet.len())
            };
            out.push(alphabet[index] as char);
        }
    }

    /// Appends `n` characters of base64 that decode: the last one leaves no bits over.
    pub fn base64(&mut self, out: &mut String, n: usize) {
        let unused = [0, 0, 4, 2][n % 4];
        self.chars(out, BASE64, n.saturating_sub(1));
        let last = self.below(BASE64.len()) >> unused << unused;
        out.push(BASE64[last] as char);
    }

    /// A string of `n` characters of an alphabet.
    pub fn string(&mut self, alphabet: &[u8], n: usize) -> String {
        let mut out = String::with_capacity(n);
        self.chars(&mut out, alphabet, n);
        out
    }

    /// Appends a lower-case version 4 UUID.
    pub fn uuid(&mut self, out: &mut String) {
        let mut bits = (u128::from(self.word()) << 64) | u128::from(self.word());
        bits = (bits & !(0xf << 76)) | (0x4 << 76);
        bits = (bits & !(0x3 << 62)) | (0x2 << 62);
        for digit in 0..32 {
            if matches!(digit, 8 | 12 | 16 | 20) {
                out.push('-');
            }
            out.push(HEX[(bits >> (124 - 4 * digit)) as usize & 0xf] as char);
        }
    }
}

/// Draws an index with given weights.
#[derive(Clone, Debug)]
pub struct Weighted {
    cumulative: Vec<u64>,
}

impl Weighted {
    /// A table for a list of weights, of which at least one is positive.
    pub fn new(weights: impl IntoIterator<Item = u64>) -> Self {
        let mut sum = 0;
        let cumulative = weights.into_iter().map(|weight| {
            sum += weight;
            sum
        });
        Self { cumulative: cumulative.collect() }
    }

    /// `n` ranks of which rank r has the weight 1/r^exponent, as names and addresses in production do.
    pub fn zipf(n: usize, exponent: f64) -> Self {
        Self::new((1..=n).map(|rank| (1e9 / (rank as f64).powf(exponent)) as u64 + 1))
    }

    /// One index.
    pub fn draw(&self, rng: &mut Rng) -> usize {
        let total = self.cumulative.last().copied().unwrap_or(1);
        let at = rng.below(total as usize) as u64;
        self.cumulative.partition_point(|&sum| sum <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_yields_the_same_words_for_ever() {
        let mut rng = Rng::new(42);
        assert_eq!([rng.word(), rng.word()], [0xbdd7_3226_2feb_6e95, 0x28ef_e333_b266_f103]);
    }

    #[test]
    fn uuids_are_version_4() {
        let mut rng = Rng::new(7);
        for _ in 0..100 {
            let mut text = String::new();
            rng.uuid(&mut text);
            assert_eq!(text.len(), 36);
            assert_eq!(&text[14..15], "4");
            assert!("89ab".contains(&text[19..20]), "{text}");
        }
    }

    #[test]
    fn weights_are_respected() {
        let (table, mut rng) = (Weighted::new([0, 3, 1]), Rng::new(1));
        let mut seen = [0; 3];
        (0..4000).for_each(|_| seen[table.draw(&mut rng)] += 1);
        assert_eq!(seen[0], 0);
        assert!((2800..3200).contains(&seen[1]), "{seen:?}");
    }
}
