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
    // Two letters, words the last of which is a point of the compass, and a number.
    let is_region = |part: &&str| {
        let Some((words, number)) = part.rsplit_once('-') else { return false };
        let Some((country, points)) = words.split_once('-') else { return false };
        country.len() == 2
            && words.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            && ["north", "south", "east", "west", "central"].iter().any(|point| points.ends_with(point))
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
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
        Usable::read(&self.bytes().ok_or(Unusable::NotBase64)?)
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
    /// The key in these bytes.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(bytes: &[u8]) -> Result<Self, Unusable> {
        let (n, e, form) = match rsa::pkcs1::RsaPublicKey::try_from(bytes) {
            Ok(key) => (big(key.modulus.as_bytes()), big(key.public_exponent.as_bytes()), Form::Pkcs1),
            Err(_) => {
                let (n, e) = spki(bytes).ok_or(Unusable::NotAKey)?;
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
        Ok(Self { key, form })
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use rsa::pkcs1::EncodeRsaPublicKey;
    use rsa::pkcs8::EncodePublicKey;

    fn listed(bytes: &[u8]) -> PublicKey {
        let value = base64::engine::general_purpose::STANDARD.encode(bytes);
        PublicKey { fingerprint: hex(&Md5::digest(bytes)), value, from: None, to: None }
    }

    /// A key with a modulus of so many bits, whose lowest bits are these.
    fn key(bits: usize, low: u8, exponent: u64) -> RsaPublicKey {
        let mut bytes = vec![0x5a; bits.div_ceil(8)];
        bytes[0] = 0xff >> ((8 - bits % 8) % 8);
        *bytes.last_mut().unwrap() = low;
        RsaPublicKey::new_unchecked(big(&bytes), BigUint::from(exponent))
    }

    fn state(key: &RsaPublicKey) -> Result<usize, Unusable> {
        listed(key.to_pkcs1_der().unwrap().as_bytes()).usable().map(|key| key.bits())
    }

    #[test]
    fn keys_that_prove_nothing_are_refused() {
        assert_eq!(state(&key(2_048, 1, 65_537)), Ok(2_048));
        assert_eq!(state(&key(1_024, 1, 3)), Ok(1_024));
        assert_eq!(state(&key(8_192, 1, 65_537)), Ok(8_192));
        assert_eq!(state(&key(8_193, 1, 65_537)), Err(Unusable::HugeModulus));
        assert_eq!(state(&key(80_000, 1, 65_537)), Err(Unusable::HugeModulus));
        assert_eq!(state(&key(1_023, 1, 65_537)), Err(Unusable::TinyModulus));
        assert_eq!(state(&key(8, 1, 3)), Err(Unusable::TinyModulus));
        assert_eq!(state(&key(2_048, 2, 65_537)), Err(Unusable::EvenModulus));
        for exponent in [0, 1, 2, 65_536, u64::MAX] {
            assert_eq!(state(&key(2_048, 1, exponent)), Err(Unusable::OddExponent), "{exponent}");
        }
        for bytes in [&b""[..], b"0", b"\x30\x03\x02\x01", &[0x30, 0x80, 0, 0], &[0xff; 400]] {
            assert_eq!(listed(bytes).usable(), Err(Unusable::NotAKey));
        }
        assert_eq!(PublicKey { value: "!!!".to_owned(), ..listed(b"") }.usable(), Err(Unusable::NotBase64));
        // With exponent 1 a "signature" would be the padded hash itself.
        assert!(key(2_048, 1, 1).to_pkcs1_der().is_ok());
    }

    #[test]
    fn both_forms_and_line_breaks_are_read() {
        let key = key(2_048, 1, 65_537);
        let spki = listed(key.to_public_key_der().unwrap().as_bytes());
        assert_eq!(spki.usable().unwrap().form, Form::Spki);
        let pkcs1 = listed(key.to_pkcs1_der().unwrap().as_bytes());
        assert_eq!(pkcs1.usable().unwrap().form, Form::Pkcs1);
        assert_eq!(pkcs1.md5(), Some(pkcs1.fingerprint.clone()));
        let broken = pkcs1.value.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap());
        let lines = PublicKey { value: broken.collect::<Vec<_>>().join("\n"), ..pkcs1.clone() };
        assert_eq!(lines.usable(), pkcs1.usable());
    }

    #[test]
    fn every_shape_of_the_list() {
        let at = 1_453_076_702_000;
        for (name, start) in [
            ("PublicKeyList", "1453076702.0"),
            ("PublicKeyList", "\"1453076702.0\""),
            ("publicKeyList", "\"2016-01-18T00:25:02+00:00\""),
            ("PublicKeyList", "\"2016-01-18T01:25:02+01:00\""),
        ] {
            let text = format!(
                r#"{{"{name}":[{{"Value":"AA==","Fingerprint":"ff","ValidityStartTime":{start}}},{{"Value":"AA=="}},7]}}"#
            );
            let keys = read(text.as_bytes());
            assert_eq!(keys.len(), 1, "{text}");
            assert_eq!((keys[0].from, keys[0].to), (Some(at), None), "{text}");
        }
        assert!(read(b"{").is_empty() && read(b"[]").is_empty() && read(b"{\"PublicKeyList\":{}}").is_empty());
    }

    #[test]
    fn regions_in_names_of_files() {
        for (path, region_of) in [
            ("x/public-keys.us-east-1.json", Some("us-east-1")),
            ("keys_ap-southeast-2.json", Some("ap-southeast-2")),
            ("public-keys.us-gov-west-1.json", Some("us-gov-west-1")),
            ("us-east-1/public-keys.json", None),
            ("public-keys.json", None),
            ("my-own-1.json", None),
        ] {
            assert_eq!(region(path), region_of, "{path}");
        }
    }

    #[test]
    fn hex_of_either_case() {
        assert_eq!(unhex("0aFf"), Some(vec![10, 255]));
        assert_eq!((unhex("0"), unhex("0g"), unhex("é")), (None, None, None));
        assert_eq!(unhex(""), Some(Vec::new()));
    }
}
