//! Payloads that are packed inside a text: base64 around gzip around whatever.

use super::gzip::{self, Gunzip};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// A payload inside a text is a message or a batch of log events: it is of some megabytes at most.
const PAYLOAD_MAX: usize = 64 << 20;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The content of a payload: base64 is decoded where it is that, gzip is inflated as often as it was applied.
///
/// # Errors
/// In words, when gzip data is damaged or inflates to more than 64 MiB.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut content = BASE64.decode(bytes.trim_ascii()).unwrap_or_else(|_| bytes.to_vec());
    // Firehose adds a layer to what was packed already; more than three nobody makes.
    for _ in 0..3 {
        if !gzip::is_gzip(&content) {
            break;
        }
        content = inflate(&content)?;
    }
    Ok(content)
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut gunzip = Gunzip::default();
    gunzip.restart();
    let mut out = vec![0; (bytes.len() * 8).clamp(4_096, PAYLOAD_MAX)];
    let (mut at, mut filled) = (0, 0);
    loop {
        let (taken, made, result) = gunzip.pump(&bytes[at..], &mut out[filled..]);
        at += taken;
        filled += made;
        result.map_err(|error| error.what().to_string())?;
        if at == bytes.len() && filled < out.len() {
            out.truncate(filled);
            return Ok(out);
        }
        if out.len() >= PAYLOAD_MAX {
            return Err("it inflates to more than 64 MiB".to_owned());
        }
        if filled + 1_024 > out.len() || taken + made == 0 {
            let len = out.len();
            out.resize((len * 2).min(PAYLOAD_MAX), 0);
        }
    }
}
