//! gzip, member after member, in pieces as they come: CloudTrail writes one member a file, but files joined with `cat` and
//! what Firehose delivers have several (`spec/FORMATS.md` 0.1). The format is RFC 1952.

use zlib_rs::{Inflate, InflateFlush, Status, crc32::crc32};

/// Whether the bytes begin as gzip does.
#[must_use]
pub fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b])
}

/// What is wrong with gzip data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GzipError {
    /// The header is not one of deflated data.
    Header,
    /// The deflated data makes no sense.
    Data,
    /// The check sum after a member differs from that of its content.
    CheckSum,
    /// The length after a member differs from that of its content.
    Length,
    /// Bytes that are not gzip follow the last member.
    Junk,
}

impl GzipError {
    /// What was found and expected, for a person.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::Header => "the gzip header is damaged",
            Self::Data => "the deflated data is damaged here",
            Self::CheckSum => "the content does not have the check sum that the gzip trailer states",
            Self::Length => "the content does not have the length that the gzip trailer states",
            Self::Junk => "bytes that are not gzip follow the end of the gzip data",
        }
    }
}

enum State {
    Header,
    Body,
    Trailer,
    /// After a member, where another may begin.
    Between,
    /// Zero bytes after the last member (tape padding), or an error: nothing more is read.
    Over,
}

/// An inflater of any number of gzip members. Reused from file to file with [`Gunzip::restart`]: making its window anew
/// for each of ten thousand small files would cost as much as inflating them.
pub struct Gunzip {
    inflate: Inflate,
    state: State,
    /// Bytes of a header or trailer that is not yet whole.
    partial: Vec<u8>,
    crc: u32,
    length: u32,
    /// The data of the first member is over; its trailer may still be missing.
    first_over: bool,
    /// Its trailer came and is right.
    first_good: bool,
    /// Bytes came after it.
    more: bool,
}

impl Default for Gunzip {
    fn default() -> Self {
        let inflate = Inflate::new(false, 15);
        Self {
            inflate,
            state: State::Header,
            partial: Vec::new(),
            crc: 0,
            length: 0,
            first_over: false,
            first_good: false,
            more: false,
        }
    }
}

impl Gunzip {
    /// Ready for another file.
    pub fn restart(&mut self) {
        self.inflate.reset(false);
        self.state = State::Header;
        self.partial.clear();
        (self.crc, self.length) = (0, 0);
        (self.first_over, self.first_good, self.more) = (false, false, false);
    }

    /// Whether the data could end here.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        matches!(self.state, State::Between | State::Over)
    }

    /// Whether all that the first member inflates to was made. Where that happens [`Self::pump`] returns, so that what was
    /// made so far is of the first member and what is made from then on is not.
    #[must_use]
    pub fn first_is_over(&self) -> bool {
        self.first_over
    }

    /// Whether the first member is whole and what it states of its content is right.
    #[must_use]
    pub fn first_is_good(&self) -> bool {
        self.first_good
    }

    /// Whether nothing more is read: padding follows the last member, or something was wrong.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Whether any bytes came after the first member.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// Inflates into `out` until it is full, `input` is used up or the first member's data is over: bytes taken and bytes
    /// made, the same with an error.
    pub fn pump(&mut self, input: &[u8], out: &mut [u8]) -> (usize, usize, Result<(), GzipError>) {
        let (mut taken, mut made) = (0, 0);
        let result = self.run(input, out, &mut taken, &mut made);
        if result.is_err() {
            self.state = State::Over;
        }
        (taken, made, result)
    }

    fn run(&mut self, input: &[u8], out: &mut [u8], taken: &mut usize, made: &mut usize) -> Result<(), GzipError> {
        loop {
            let rest = &input[*taken..];
            match self.state {
                State::Over => {
                    *taken = input.len();
                    return Ok(());
                }
                State::Between => {
                    if rest.is_empty() {
                        return Ok(());
                    }
                    self.more = true;
                    self.state = State::Header;
                    if rest[0] == 0 {
                        self.state = State::Over;
                    } else if rest[0] != 0x1f {
                        return Err(GzipError::Junk);
                    }
                }
                State::Header => {
                    let before = self.partial.len();
                    self.partial.extend_from_slice(&rest[..rest.len().min(70_000)]);
                    let Some(len) = header_length(&self.partial)? else {
                        *taken = (*taken + 70_000).min(input.len());
                        if self.partial.len() > 140_000 {
                            return Err(GzipError::Header);
                        }
                        if *taken == input.len() {
                            return Ok(());
                        }
                        continue;
                    };
                    *taken += len - before;
                    self.partial.clear();
                    self.inflate.reset(false);
                    (self.crc, self.length) = (0, 0);
                    self.state = State::Body;
                }
                State::Body => {
                    if *made == out.len() {
                        return Ok(());
                    }
                    let (in_before, out_before) = (self.inflate.total_in(), self.inflate.total_out());
                    let status = self.inflate.decompress(rest, &mut out[*made..], InflateFlush::NoFlush);
                    let produced = (self.inflate.total_out() - out_before) as usize;
                    let fresh = &out[*made..*made + produced];
                    self.crc = crc32(self.crc, fresh);
                    self.length = self.length.wrapping_add(produced as u32);
                    *taken += (self.inflate.total_in() - in_before) as usize;
                    *made += produced;
                    match status {
                        Ok(Status::StreamEnd) => {
                            self.state = State::Trailer;
                            if !std::mem::replace(&mut self.first_over, true) {
                                return Ok(());
                            }
                        }
                        Ok(Status::Ok) if *made < out.len() && *taken < input.len() => {}
                        Ok(Status::Ok | Status::BufError) => return Ok(()),
                        Err(_) => return Err(GzipError::Data),
                    }
                }
                State::Trailer => {
                    let want = 8 - self.partial.len();
                    let have = rest.len().min(want);
                    self.partial.extend_from_slice(&rest[..have]);
                    *taken += have;
                    if self.partial.len() < 8 {
                        return Ok(());
                    }
                    let number = |at: usize| u32::from_le_bytes(self.partial[at..at + 4].try_into().expect("4 bytes"));
                    let (crc, length) = (number(0), number(4));
                    self.partial.clear();
                    self.state = State::Between;
                    if crc != self.crc {
                        return Err(GzipError::CheckSum);
                    }
                    if length != self.length {
                        return Err(GzipError::Length);
                    }
                    self.first_good |= !self.more;
                }
            }
        }
    }
}

/// Length of the member header at the start of `bytes`; `None` while it is not all there.
fn header_length(bytes: &[u8]) -> Result<Option<usize>, GzipError> {
    let magic = [0x1f, 0x8b, 8];
    if !bytes.iter().zip(magic).all(|(byte, wanted)| *byte == wanted) {
        return Err(GzipError::Header);
    }
    if bytes.len() < 10 {
        return Ok(None);
    }
    let flags = bytes[3];
    if flags & 0xe0 != 0 {
        return Err(GzipError::Header);
    }
    let mut at = 10;
    if flags & 4 != 0 {
        let Some(extra) = bytes.get(at..at + 2) else { return Ok(None) };
        at += 2 + usize::from(u16::from_le_bytes([extra[0], extra[1]]));
    }
    for flag in [8, 16] {
        // The file's name and a comment, each up to a zero byte.
        if flags & flag != 0 {
            let Some(zero) = bytes.get(at..).and_then(|rest| memchr::memchr(0, rest)) else { return Ok(None) };
            at += zero + 1;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    Ok((at <= bytes.len()).then_some(at))
}

/// The content's length by the trailer of the last member: right for one member below 4 GiB, a hint otherwise.
#[must_use]
pub fn stated_length(bytes: &[u8]) -> usize {
    bytes.last_chunk::<4>().map_or(0, |trailer| u32::from_le_bytes(*trailer) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, GzBuilder};
    use std::io::Write;

    fn gz(content: &[u8], named: bool) -> Vec<u8> {
        let builder = GzBuilder::new();
        let builder = if named { builder.filename("a.json").comment("c").extra(vec![1, 2, 3]) } else { builder };
        let mut writer = builder.write(Vec::new(), Compression::default());
        writer.write_all(content).unwrap();
        writer.finish().unwrap()
    }

    /// Feeds `input` in pieces, with an output buffer of `room` bytes.
    fn inflate(input: &[u8], piece: usize, room: usize) -> (Vec<u8>, Option<GzipError>, bool) {
        let mut gunzip = Gunzip::default();
        let mut all = Vec::new();
        for chunk in input.chunks(piece) {
            let mut at = 0;
            loop {
                let mut out = vec![0; room];
                let (taken, made, result) = gunzip.pump(&chunk[at..], &mut out);
                all.extend_from_slice(&out[..made]);
                at += taken;
                if let Err(error) = result {
                    return (all, Some(error), gunzip.is_complete());
                }
                if at == chunk.len() && made < room {
                    break;
                }
            }
        }
        (all, None, gunzip.is_complete())
    }

    #[test]
    fn members_in_any_pieces() {
        let first: Vec<u8> = (0..50_000u32).flat_map(|n| (n * n).to_le_bytes()).collect();
        let input = [gz(&first, true), gz(b"", false), gz(b"tail", false)].concat();
        let whole = [&first[..], b"tail"].concat();
        for (piece, room) in [(1, 1_000), (7, 13), (4_096, 1 << 20), (usize::MAX, 1 << 20), (usize::MAX, 100)] {
            let piece = piece.min(input.len());
            assert_eq!(inflate(&input, piece, room), (whole.clone(), None, true), "{piece} {room}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let content = vec![b'x'; 10_000];
        let good = gz(&content, false);
        let mut crc = good.clone();
        let at = crc.len() - 8;
        crc[at] ^= 1;
        assert_eq!(inflate(&crc, 999, 999).1, Some(GzipError::CheckSum));
        let mut length = good.clone();
        *length.last_mut().unwrap() ^= 1;
        assert_eq!(inflate(&length, 999, 999).1, Some(GzipError::Length));
        assert_eq!(inflate(&[&good[..], b"junk"].concat(), 999, 999).1, Some(GzipError::Junk));
        assert_eq!(inflate(&[&good[..], &[0; 512]].concat(), 999, 999), (content.clone(), None, true));
        let (kept, error, complete) = inflate(&good[..good.len() - 12], 999, 999);
        assert!(error.is_none() && !complete && content.starts_with(&kept));
        assert_eq!(inflate(&[0x1f, 0x8b, 8, 0xff, 0, 0, 0, 0, 0, 0], 99, 99).1, Some(GzipError::Header));
    }
}
