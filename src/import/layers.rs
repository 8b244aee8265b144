//! What may be wrapped around a text, by its first bytes and never by its name: gzip, base64 of gzip, UTF-16, one in the
//! other. Each is a [`Stage`] that turns bytes into bytes as they come.

use super::archive::Format;
use super::base64::{self, Base64};
use super::gzip::{self, Gunzip};
use super::utf16::{self, Utf16};
use crate::problem::ProblemKind;
use std::borrow::Cow;

/// Bytes of content that are enough to tell what is wrapped around it: a tar header.
pub(super) const SNIFF: usize = 512;

/// So many layers are taken off. Deliveries have two (`spec/FORMATS.md` 0.1), people add one.
pub(super) const LAYERS_MAX: usize = 3;

/// What stands around a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Gzip,
    Base64,
    Utf16(utf16::Order),
}

/// What the first bytes of a content say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrapping {
    Layer(Layer),
    Archive(Format),
}

/// What stands around the content that begins with `head` ([`SNIFF`] bytes, or all there are).
pub(super) fn sniff(head: &[u8]) -> Option<Wrapping> {
    if let Some(layer) = layer(head) {
        return Some(Wrapping::Layer(layer));
    }
    Format::of(head).map(Wrapping::Archive)
}

fn layer(head: &[u8]) -> Option<Layer> {
    if gzip::is_gzip(head) {
        return Some(Layer::Gzip);
    }
    if let Some(order) = utf16::order(head) {
        return Some(Layer::Utf16(order));
    }
    // The first three bytes of gzip data, in base64.
    let head = &head[..head.len().min(SNIFF)];
    (base64::first_characters(head) == *b"H4sI" && base64::is_base64(head)).then_some(Layer::Base64)
}

/// Why a content could not be had, or not all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The sort of problem.
    pub kind: ProblemKind,
    /// What was found and what was expected.
    pub what: String,
}

impl Refusal {
    fn new(kind: ProblemKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into() }
    }
}

/// A layer being taken off.
pub(super) struct Stage {
    form: Form,
    /// Bytes taken.
    pub taken: u64,
    /// Bytes made.
    pub made: u64,
}

enum Form {
    /// The outermost gzip of a file, whose inflater is the workbench's.
    Shared,
    Gzip(Box<Gunzip>),
    Base64(Base64),
    Utf16(Utf16),
}

/// Output buffers have at least this much room.
pub(super) const ROOM: usize = 16 << 10;

impl Stage {
    /// A stage that takes off `layer`; `shared` says that the workbench's inflater is free to be used.
    pub(super) fn new(layer: Layer, shared: bool) -> Self {
        let form = match layer {
            Layer::Gzip if shared => Form::Shared,
            Layer::Gzip => Form::Gzip(Box::default()),
            Layer::Base64 => Form::Base64(Base64::default()),
            Layer::Utf16(order) => Form::Utf16(Utf16::new(order)),
        };
        Self { form, taken: 0, made: 0 }
    }

    /// Turns `input` into `out` until either is used up: bytes taken and made, the same with a refusal.
    pub(super) fn pump(
        &mut self,
        shared: &mut Gunzip,
        input: &[u8],
        out: &mut [u8],
    ) -> (usize, usize, Result<(), Refusal>) {
        let (taken, made, result) = match &mut self.form {
            Form::Shared => inflate(shared, input, out),
            Form::Gzip(gunzip) => inflate(gunzip, input, out),
            Form::Base64(decoder) => {
                let (taken, made, foreign) = decoder.pump(input, out);
                let refusal = || Refusal::new(ProblemKind::NotBase64, "a character that is not base64 stands here");
                (taken, made, if foreign { Err(refusal()) } else { Ok(()) })
            }
            Form::Utf16(text) => {
                let (taken, made) = text.pump(input, out);
                (taken, made, Ok(()))
            }
        };
        self.taken += taken as u64;
        self.made += made as u64;
        (taken, made, result)
    }

    /// The end of the input, all of it taken: the last bytes made (`out` has room for them), and what is wrong with ending
    /// here.
    pub(super) fn end(&mut self, shared: &Gunzip, out: &mut [u8]) -> (usize, Result<(), Refusal>) {
        let truncated = |what: &str| Err(Refusal::new(ProblemKind::Truncated, what));
        let gzip = |gunzip: &Gunzip| match gunzip.is_complete() {
            true => Ok(()),
            false => truncated("the gzip data ends before its end mark"),
        };
        let (made, result) = match &mut self.form {
            Form::Shared => (0, gzip(shared)),
            Form::Gzip(gunzip) => (0, gzip(gunzip)),
            Form::Base64(decoder) => match decoder.could_end() {
                true => (decoder.end(out), Ok(())),
                false => (0, truncated("the base64 text ends in the middle of a byte")),
            },
            Form::Utf16(text) => match text.end(out) {
                (made, true) => (made, truncated("the UTF-16 text ends in the middle of a character")),
                (made, false) => (made, Ok(())),
            },
        };
        self.made += made as u64;
        (made, result)
    }

    /// The inflater, of a stage of gzip.
    pub(super) fn gunzip<'a>(&'a self, shared: &'a Gunzip) -> Option<&'a Gunzip> {
        match &self.form {
            Form::Shared => Some(shared),
            Form::Gzip(gunzip) => Some(gunzip),
            Form::Base64(_) | Form::Utf16(_) => None,
        }
    }

    /// Whether it is a stage of gzip.
    pub(super) fn is_gzip(&self) -> bool {
        matches!(self.form, Form::Shared | Form::Gzip(_))
    }

    /// Halves of UTF-16 pairs that stood alone.
    pub(super) fn replaced(&self) -> u32 {
        match &self.form {
            Form::Utf16(text) => text.replaced(),
            _ => 0,
        }
    }
}

fn inflate(gunzip: &mut Gunzip, input: &[u8], out: &mut [u8]) -> (usize, usize, Result<(), Refusal>) {
    let (taken, made, result) = gunzip.pump(input, out);
    (taken, made, result.map_err(|error| Refusal::new(ProblemKind::DamagedGzip, error.what())))
}

/// A payload from inside a text, such as the `Data` of a Kinesis record or `awslogs.data`, as the text it holds: base64
/// (when it is so wrapped), gzip in gzip and UTF-16 are taken off, and a UTF-8 mark. No more than `cap` bytes are made.
///
/// # Errors
/// What is wrong with the payload. Unlike a file it is refused whole when it is damaged.
pub(crate) fn unpack(bytes: &[u8], cap: usize) -> Result<Vec<u8>, Refusal> {
    let mut content = Cow::Borrowed(bytes);
    for depth in 0.. {
        let head = &content[..content.len().min(SNIFF)];
        let unpacked = match layer(head) {
            Some(_) if depth == LAYERS_MAX => {
                return Err(Refusal::new(ProblemKind::TooDeep, format!("it is packed more than {LAYERS_MAX} times")));
            }
            Some(layer) => taken_off(layer, &content, cap)?,
            None => match json_in_base64(&content, cap) {
                Some(json) => json,
                None => break,
            },
        };
        content = Cow::Owned(unpacked);
    }
    if content.len() > cap {
        return Err(too_large(cap));
    }
    let mut content = content.into_owned();
    if content.starts_with(b"\xef\xbb\xbf") {
        content.drain(..3);
    }
    Ok(content)
}

/// A payload need not be gzip inside its base64: producers put JSON into streams. A word that could be base64 stays a word.
fn json_in_base64(payload: &[u8], cap: usize) -> Option<Vec<u8>> {
    let first = base64::first_characters(&payload[..payload.len().min(SNIFF)]);
    let mut begin = [0; 3];
    let (_, made, foreign) = Base64::default().pump(&first, &mut begin);
    let json = !foreign && begin[..made].trim_ascii_start().first().is_some_and(|byte| b"{[".contains(byte));
    if !json || payload.contains(&b' ') || !base64::is_base64(payload) {
        return None;
    }
    taken_off(Layer::Base64, payload, cap).ok().filter(|text| std::str::from_utf8(text).is_ok())
}

fn taken_off(layer: Layer, input: &[u8], cap: usize) -> Result<Vec<u8>, Refusal> {
    let (mut stage, mut unused) = (Stage::new(layer, false), Gunzip::default());
    let mut out = vec![0; (input.len() * 4).clamp(ROOM, 1 << 20)];
    let (mut at, mut filled) = (0, 0);
    loop {
        let (taken, made, result) = stage.pump(&mut unused, &input[at..], &mut out[filled..]);
        at += taken;
        filled += made;
        result?;
        if filled > cap {
            return Err(too_large(cap));
        }
        if at == input.len() && filled + 8 < out.len() {
            break;
        }
        let len = out.len();
        out.resize(len * 2, 0);
    }
    let (made, result) = stage.end(&unused, &mut out[filled..]);
    result?;
    out.truncate(filled + made);
    Ok(out)
}

fn too_large(cap: usize) -> Refusal {
    Refusal::new(ProblemKind::TooLarge, format!("it unpacks to more than {} KiB", cap >> 10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gz(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn payloads_are_unpacked() {
        let text = br#"{"messageType":"DATA_MESSAGE"}"#;
        // `printf '{"messageType":"DATA_MESSAGE"}' | gzip -n | base64`
        let known = b"H4sIAAAAAAAAA6tWyk0tLk5MTw2pLEhVslJycQxxjPd1DQ52dHdVqgUADNdx3R4AAAA=";
        let utf16: Vec<u8> = text.iter().flat_map(|&byte| [byte, 0]).collect();
        for (packed, name) in [
            (text.to_vec(), "as it is"),
            (known.to_vec(), "base64 of gzip"),
            (gz(text), "gzip"),
            (gz(&gz(text)), "gzip in gzip"),
            (gz(&gz(&gz(text))), "gzip in gzip in gzip"),
            (gz(&utf16), "UTF-16 in gzip"),
            (b"eyJtZXNzYWdlVHlwZSI6IkRBVEFfTUVTU0FHRSJ9".to_vec(), "base64 of JSON"),
            (gz(&[b"\xef\xbb\xbf", &text[..]].concat()), "a mark"),
        ] {
            assert_eq!(unpack(&packed, 1 << 20).as_deref(), Ok(&text[..]), "{name}");
        }
        assert_eq!(unpack(b"eyJ said nobody", 99).as_deref(), Ok(&b"eyJ said nobody"[..]), "text stays text");
        assert_eq!(unpack(b"", 99).as_deref(), Ok(&b""[..]));
    }

    #[test]
    fn payloads_are_refused() {
        let kind = |bytes: &[u8], cap| unpack(bytes, cap).unwrap_err().kind;
        let packed = gz(&vec![b'a'; 100_000]);
        assert_eq!(kind(&packed, 99_999), ProblemKind::TooLarge);
        assert!(unpack(&packed, 100_000).is_ok());
        assert_eq!(kind(b"plain", 4), ProblemKind::TooLarge);
        assert_eq!(kind(&packed[..packed.len() - 9], 1 << 20), ProblemKind::Truncated);
        assert_eq!(kind(b"\x1f\x8bnonsense", 1 << 20), ProblemKind::DamagedGzip);
        assert_eq!(kind(&gz(&gz(&gz(&gz(b"x")))), 1 << 20), ProblemKind::TooDeep);
        let long = [&b"H4sI"[..], &[b'A'; 600], b"{"].concat();
        assert_eq!(kind(&long, 1 << 20), ProblemKind::NotBase64);
    }
}
