//! Public keys as `list-public-keys` gives them, and the one question asked of them (`spec/INTEGRITY.md` 4 and 5).

use super::{hex, names};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use md5::Md5;
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPublicKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// One entry of a list of public keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// `Fingerprint`, verbatim.
    pub fingerprint: String,
    /// `Value`, verbatim: base64.
    pub value: String,
    /// `ValidityStartTime` in milliseconds since the epoch.
    pub from: Option<i64>,
    /// `ValidityEndTime` in milliseconds since the epoch.
    pub to: Option<i64>,
}

/// How the value of a usable key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// `RSAPublicKey` of PKCS #1, as CloudTrail gives it.
    Pkcs1,
    /// `SubjectPublicKeyInfo`, which the AWS command line cannot load.
    Spki,
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unusable {
    /// The value is not base64.
    NotBase64,
    /// The bytes are no RSA public key.
    NotAKey,
    /// The modulus is even.
    EvenModulus,
    /// The modulus has more than 8,192 bits.
    HugeModulus,
    /// The modulus has fewer than 1,024 bits, which anybody can take apart.
    TinyModulus,
    /// The exponent is even, 1, or larger than anybody uses.
    OddExponent,
}

impl Unusable {
    /// What is wrong, in plain words.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::NotBase64 => "its value is not base64",
            Self::NotAKey => "its value is not an RSA public key (PKCS #1 or SubjectPublicKeyInfo)",
            Self::EvenModulus => "its modulus is even, which no RSA modulus is",
            Self::HugeModulus => "its modulus has more than 8,192 bits",
            Self::TinyModulus => "its modulus has fewer than 1,024 bits",
            Self::OddExponent => "its exponent is 1, even or too large, with which anything could be signed",
        }
    }
}

/// A key that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usable {
    key: RsaPublicKey,
    /// How it was written.
    pub form: Form,
}

/// Keys have no more bits than this.
const BITS_MAX: usize = 8_192;
/// And no fewer.
const BITS_MIN: usize = 1_024;

/// Reads a list of public keys, in any of the shapes that the command line and the guide print it in.
#[must_use]
pub fn read(text: &[u8]) -> Vec<PublicKey> {
    let mut keys = Vec::new();
    for document in serde_json::Deserializer::from_slice(text).into_iter::<Value>() {
        let Ok(document) = document else { break };
        let list = document.get("PublicKeyList").or_else(|| document.get("publicKeyList"));
        let list = list.and_then(Value::as_array);
        keys.extend(list.into_iter().flatten().filter_map(|entry| {
            Some(PublicKey {
                fingerprint: entry.get("Fingerprint")?.as_str()?.to_owned(),
                value: entry.get("Value")?.as_str()?.to_owned(),
                from: entry.get("ValidityStartTime").and_then(time),
                to: entry.get("ValidityEndTime").and_then(time),
            })
        }));
    }
    keys
}

/// A time as a number of seconds, a text that holds one, or ISO 8601.
fn time(value: &Value) -> Option<i64> {
    match value {
        Value::Number(seconds) => Some((seconds.as_f64()? * 1_000.0) as i64),
        Value::String(text) => match text.parse::<f64>() {
            Ok(seconds) => Some((seconds * 1_000.0) as i64),
            Err(_) => names::time(text),
        },
        _ => None,
    }
}

/// The region in the name of a file of keys, `public-keys.<region>.json` (5): the answer of AWS names none.
#[must_use]
pub fn region(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let inner = name.strip_suffix(".json").unwrap_or(name);
    let is_region = |part: &&str| {
        let parts: Vec<&str> = part.split('-').collect();
        let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
        parts.len() >= 3
            && parts[0].len() == 2
            && parts[..parts.len() - 1].iter().all(|part| letters(part))
            && parts[parts.len() - 1].bytes().all(|byte| byte.is_ascii_digit())
            && !parts[parts.len() - 1].is_empty()
    };
    inner.split(['.', '_']).find(is_region)
}

impl PublicKey {
    /// The bytes of its value, white space left out.
    fn bytes(&self) -> Option<Vec<u8>> {
        let engine = GeneralPurpose::new(
            &alphabet::STANDARD,
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
        );
        let text: String = self.value.chars().filter(|character| !character.is_ascii_whitespace()).collect();
        engine.decode(text).ok()
    }

    /// MD5 of its bytes in lower-case hex, which its fingerprint should be; `None` when its value is not base64.
    #[must_use]
    pub fn md5(&self) -> Option<String> {
        self.bytes().map(|bytes| hex(&Md5::digest(&bytes)))
    }

    /// The key, to verify with.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn usable(&self) -> Result<Usable, Unusable> {
        let bytes = self.bytes().ok_or(Unusable::NotBase64)?;
        let (n, e, form) = match rsa::pkcs1::RsaPublicKey::try_from(bytes.as_slice()) {
            Ok(key) => (big(key.modulus.as_bytes()), big(key.public_exponent.as_bytes()), Form::Pkcs1),
            Err(_) => {
                let (n, e) = spki(&bytes).ok_or(Unusable::NotAKey)?;
                (n, e, Form::Spki)
            }
        };
        if n.bits() > BITS_MAX {
            return Err(Unusable::HugeModulus);
        }
        if n.bits() < BITS_MIN {
            return Err(Unusable::TinyModulus);
        }
        let is_even = |number: &BigUint| number.to_bytes_le().first().is_none_or(|byte| byte % 2 == 0);
        if is_even(&n) {
            return Err(Unusable::EvenModulus);
        }
        if is_even(&e) || e.bits() < 2 {
            return Err(Unusable::OddExponent);
        }
        let key = RsaPublicKey::new_with_max_size(n, e, BITS_MAX).map_err(|_| Unusable::OddExponent)?;
        Ok(Usable { key, form })
    }
}

fn big(bytes: &[u8]) -> BigUint {
    BigUint::from_bytes_be(bytes)
}

/// Modulus and exponent in a `SubjectPublicKeyInfo`.
fn spki(bytes: &[u8]) -> Option<(BigUint, BigUint)> {
    let info = rsa::pkcs8::SubjectPublicKeyInfoRef::try_from(bytes).ok()?;
    let key = rsa::pkcs1::RsaPublicKey::try_from(info.subject_public_key.as_bytes()?).ok()?;
    Some((big(key.modulus.as_bytes()), big(key.public_exponent.as_bytes())))
}

impl Usable {
    /// Bits of the modulus.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.key.n().bits()
    }

    /// Whether a signature, in hex of either case, is this key's RSASSA-PKCS1-v1_5 with SHA-256 over a text (4): as long as
    /// the modulus, and a number below it.
    #[must_use]
    pub fn verifies(&self, text: &str, signature: &str) -> bool {
        let Some(signature) = unhex(signature) else { return false };
        self.key.verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(text), &signature).is_ok()
    }
}

/// The bytes that hex of either case stands for.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some((digit(pair[0])? * 16 + digit(*pair.get(1)?)?) as u8)).collect()
}
