//! The keys that sign the sample's digests, one a region as with AWS: test keys, made for this sample and known to everybody.

use anyhow::{Result, anyhow, bail};
use data_encoding::{BASE64, HEXLOWER};
use md5::{Digest as _, Md5};
use rsa::RsaPrivateKey;
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// What a person who looks into a list of these keys must not miss.
pub const NOTE: &str = "test key of the Trailglass sample, not AWS's";

/// A key of a region.
pub struct Key {
    private: SigningKey<Sha256>,
    public: Vec<u8>,
    /// What AWS calls its fingerprint: MD5 of the public key.
    pub fingerprint: String,
}

impl Key {
    /// The key of a region.
    pub fn of(region: &str) -> Result<Self> {
        let pem = match region {
            "us-east-1" => include_str!("keys/test-key-us-east-1.pem"),
            "eu-west-1" => include_str!("keys/test-key-eu-west-1.pem"),
            "eu-central-1" => include_str!("keys/test-key-eu-central-1.pem"),
            other => bail!("the sample has no key for {other}"),
        };
        let lines = pem.lines().skip_while(|line| !line.starts_with("-----BEGIN")).skip(1);
        let base64: String = lines.take_while(|line| !line.starts_with("-----END")).collect();
        let der = BASE64.decode(base64.as_bytes())?;
        let private = RsaPrivateKey::from_pkcs1_der(&der).map_err(|error| anyhow!("the key of {region}: {error}"))?;
        let public = private.to_public_key().to_pkcs1_der().map_err(|error| anyhow!("the key of {region}: {error}"))?;
        let public = public.into_vec();
        let fingerprint = HEXLOWER.encode(&Md5::digest(&public));
        Ok(Self { private: SigningKey::new(private), public, fingerprint })
    }

    /// The signature of a text, in hex.
    pub fn sign(&self, text: &str) -> String {
        HEXLOWER.encode(&self.private.sign(text.as_bytes()).to_bytes())
    }

    /// What `aws cloudtrail list-public-keys` (version 2) prints of it, with a note that AWS would not write.
    pub fn listed(&self) -> Value {
        json!({
            "PublicKeyList": [{
                "Value": BASE64.encode(&self.public),
                "ValidityStartTime": "2026-09-01T00:00:00+00:00",
                "ValidityEndTime": "2026-10-01T00:00:00+00:00",
                "Fingerprint": self.fingerprint,
            }],
            "Note": NOTE,
        })
    }
}
