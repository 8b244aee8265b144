//! Whether each digest is what CloudTrail wrote (9.2).

use super::heads::{self, Heads};
use super::keyring::{Found, Keyring};
use crate::import::content::Container;
use crate::integrity::digest::Digest;
use crate::integrity::head::Head;
use crate::integrity::keys::Form;
use crate::integrity::names::{self, StreamId};
use crate::integrity::paper::Paper;
use crate::integrity::place::Places;
use crate::integrity::verdict::{DigestStatus, DigestVerdict, Flag, Proof, Reason};
use crate::integrity::{Object, Supplied};
use std::collections::HashMap;

/// A digest being judged.
pub(super) struct Digested<'a> {
    pub file: &'a Supplied,
    pub digest: &'a Digest,
    pub stream: Option<StreamId>,
    pub heads: Vec<&'a Head>,
    pub verdict: DigestVerdict,
    /// A signature of it was at hand together with its key, and did not verify.
    refuted: bool,
    /// That a next digest gives, and no such signature verified.
    pub refuted_by_next: bool,
}

/// All digests, judged; in the order of bucket and key.
pub(super) struct Judged<'a> {
    pub digests: Vec<Digested<'a>>,
    pub heads: Heads,
}

impl Digested<'_> {
    /// Whether it cannot be read as a digest.
    pub fn is_malformed(&self) -> bool {
        let container = self.file.content.as_ref().map(|content| content.container);
        self.digest.fault.is_some() || !matches!(container, Some(Container::Gzip | Container::Plain | Container::Other))
    }

    /// Where CloudTrail put it, by its own words.
    pub fn identity(&self) -> &Object {
        if self.digest.object.key.is_empty() { &self.verdict.object } else { &self.digest.object }
    }

    pub fn is_authentic(&self) -> bool {
        self.verdict.status == DigestStatus::Authentic
    }

    fn flag(&mut self, flag: Flag) {
        if !self.verdict.flags.contains(&flag) {
            self.verdict.flags.push(flag);
        }
    }
}

/// Judges every digest.
pub(super) fn weigh<'a>(files: &'a [Supplied], places: &Places, keyring: &Keyring) -> Judged<'a> {
    let mut digests: Vec<Digested<'a>> = files.iter().filter_map(|file| digested(file, places)).collect();
    digests.sort_by(|a, b| (&a.verdict.object, &a.file.path).cmp(&(&b.verdict.object, &b.file.path)));
    let heads = heads::pair(files, &mut digests, keyring);
    link(&mut digests);
    for at in 0..digests.len() {
        flags(&mut digests[at], keyring);
        if !digests[at].is_malformed() {
            signatures(&mut digests, at, keyring);
        }
    }
    hashes(&mut digests);
    for digest in &mut digests {
        decide(digest, keyring);
    }
    Judged { digests, heads }
}

fn digested<'a>(file: &'a Supplied, places: &Places) -> Option<Digested<'a>> {
    let Some(Paper::Digest(digest)) = &file.paper else { return None };
    let lies = places.object(&file.path);
    let known = !digest.object.key.is_empty();
    let mut verdict = DigestVerdict { file: file.file, ..DigestVerdict::default() };
    verdict.object = match () {
        () if !lies.bucket.is_empty() => lies.clone(),
        () if known => digest.object.clone(),
        () if !lies.key.is_empty() => lies.clone(),
        () => Object { bucket: String::new(), key: file.path.clone() },
    };
    // Without a bucket in its path the key alone must fit; a heap without folders says nothing of where it was.
    let moved = match () {
        () if !known || lies.key.is_empty() => false,
        () if lies.bucket.is_empty() => !digest.object.key.ends_with(&lies.key),
        () => lies != digest.object,
    };
    if moved {
        verdict.original = Some(digest.object.clone());
        verdict.flags.push(Flag::NotAtItsOriginalLocation);
    }
    let sha256 = file.content.as_ref().map(|content| content.sha256);
    verdict.sha256 = sha256;
    verdict.span = digest.times().unwrap_or_default();
    verdict.fingerprint.clone_from(&digest.fingerprint);
    verdict.previous.clone_from(&digest.previous);
    let mut digested =
        Digested { file, digest, stream: None, heads: Vec::new(), verdict, refuted: false, refuted_by_next: false };
    if !digested.is_malformed() {
        digested.verdict.signing_string = sha256.map(|sha256| digest.signing_string(&sha256)).unwrap_or_default();
    }
    digested.stream = names::digest(&digested.identity().key).map(|name| name.stream);
    Some(digested)
}

/// Tells each digest which others name it as the one before them.
fn link(digests: &mut [Digested<'_>]) {
    let mut next: HashMap<&Object, Vec<u32>> = HashMap::new();
    for (at, digest) in digests.iter().enumerate().filter(|(_, digest)| !digest.is_malformed()) {
        if let Some(previous) = &digest.digest.previous {
            next.entry(previous).or_default().push(at as u32);
        }
    }
    let next: Vec<Vec<u32>> =
        digests.iter().map(|digest| next.get(digest.identity()).cloned().unwrap_or_default()).collect();
    for (digest, next) in digests.iter_mut().zip(next) {
        digest.verdict.next = next;
    }
}

/// What is odd about a digest and its key, whatever comes of its signatures.
fn flags(digest: &mut Digested<'_>, keyring: &Keyring) {
    if digest.digest.duplicate_keys {
        digest.flag(Flag::DuplicateJsonKeys);
    }
    if let Some(content) = &digest.file.content {
        if content.trailing {
            digest.flag(Flag::BytesAfterGzipStream);
        }
        if content.container == Container::Plain && digest.file.path.ends_with(".gz") && !digest.is_malformed() {
            digest.flag(Flag::SuppliedUncompressed);
        }
    }
    if digest.is_malformed() {
        return;
    }
    let (end, region) = (digest.verdict.span.1, digest.stream.as_ref().map(|stream| stream.region.clone()));
    match keyring.find(&digest.digest.fingerprint) {
        Found::Key(entry, key) => {
            if key.form == Form::Spki {
                digest.flag(Flag::KeyGivenAsSubjectPublicKeyInfo);
            }
            // A backfill digest is signed when it is made, not when its logs were delivered.
            let backfill = digest.stream.as_ref().is_some_and(|stream| stream.backfill);
            let made = digest.heads.iter().find_map(|head| names::time(head.generation.as_deref()?));
            if made.or((!backfill).then_some(end)).is_some_and(|at| entry.is_outside(at)) {
                digest.flag(Flag::OutsideKeyValidity);
            }
            if let (Some(region), [known, ..]) = (region, entry.regions.as_slice())
                && !entry.regions.contains(&region)
            {
                digest.verdict.key_region = Some(known.clone());
                digest.flag(Flag::SignedWithKeyOf);
            }
        }
        Found::Mismatch => digest.flag(Flag::KeyValueDoesNotMatchItsFingerprint),
        Found::Unusable | Found::Absent => {}
    }
}

/// Tries every signature of one digest: its own (p1), and those that next digests give for it (p2).
fn signatures(digests: &mut [Digested<'_>], at: usize, keyring: &Keyring) {
    let given: Vec<&str> = digests[at]
        .verdict
        .next
        .iter()
        .filter_map(|&next| digests[next as usize].digest.previous_signature.as_deref())
        .collect();
    let key = match keyring.find(&digests[at].digest.fingerprint) {
        Found::Key(_, key) => Some(key),
        _ => None,
    };
    let digest = &mut digests[at];
    let verifies = |signature: &str| key.map(|key| key.verifies(&digest.verdict.signing_string, signature));
    let own: Vec<(&str, Option<bool>)> =
        digest.heads.iter().filter_map(|head| head.signature.as_deref()).map(|text| (text, verifies(text))).collect();
    let given: Vec<(&str, Option<bool>)> = given.into_iter().map(|text| (text, verifies(text))).collect();
    let (own_proves, given_proves) =
        (own.iter().any(|(_, good)| *good == Some(true)), given.iter().any(|(_, good)| *good == Some(true)));
    if !digest.heads.is_empty() {
        if own.is_empty() {
            digest.flag(Flag::MetadataSignatureAbsent);
        } else if own.iter().any(|(_, good)| *good == Some(false)) && !own_proves {
            digest.flag(Flag::MetadataSignatureDoesNotVerify);
        }
        let expected = |head: &&&Head| head.algorithm.as_deref() != Some("SHA256withRSA") && head.signature.is_some();
        if digest.heads.iter().any(|head| expected(&head)) {
            digest.flag(Flag::MetadataAlgorithmUnexpected);
        }
    }
    if own_proves {
        digest.verdict.proofs.push(Proof::OwnSignature);
    }
    if given_proves {
        digest.verdict.proofs.push(Proof::SignatureInNextDigest);
    }
    digest.refuted_by_next = !given_proves && given.iter().any(|(_, good)| *good == Some(false));
    digest.refuted = own.iter().chain(&given).any(|(_, good)| *good == Some(false));
    // Of several the one that proves something is the one to show.
    let best = |list: &[(&str, Option<bool>)]| {
        list.iter().max_by_key(|(_, good)| *good == Some(true)).map(|(text, _)| (*text).to_owned())
    };
    (digest.verdict.own_signature, digest.verdict.next_signature) = (best(&own), best(&given));
    if own_proves || given_proves {
        digest.verdict.status = DigestStatus::Authentic;
    }
}

/// An authentic digest vouches for the hash of the one before it (p3), and so on down the chain.
fn hashes(digests: &mut [Digested<'_>]) {
    let mut by_identity: HashMap<Object, Vec<usize>> = HashMap::new();
    for (at, digest) in digests.iter().enumerate().filter(|(_, digest)| !digest.is_malformed()) {
        by_identity.entry(digest.identity().clone()).or_default().push(at);
    }
    let mut open: Vec<usize> = (0..digests.len()).filter(|&at| digests[at].is_authentic()).collect();
    let mut done = vec![false; digests.len()];
    while let Some(at) = open.pop() {
        if std::mem::replace(&mut done[at], true) {
            continue;
        }
        let (Some(previous), Some(hash)) = (&digests[at].digest.previous, &digests[at].digest.previous_hash) else {
            continue;
        };
        for &before in by_identity.get(previous).map_or(&[][..], Vec::as_slice) {
            let digest = &mut digests[before];
            if digest.verdict.sha256.is_some_and(|sha256| crate::integrity::hex(&sha256).eq_ignore_ascii_case(hash)) {
                if !digest.verdict.proofs.contains(&Proof::HashInAuthenticNextDigest) {
                    digest.verdict.proofs.push(Proof::HashInAuthenticNextDigest);
                }
                digest.verdict.status = DigestStatus::Authentic;
                open.push(before);
            } else {
                digest.flag(Flag::NextDigestRecordsAnotherHash);
            }
        }
    }
}

/// What is left when all proofs are in.
fn decide(digest: &mut Digested<'_>, keyring: &Keyring) {
    digest.verdict.proofs.sort_unstable();
    digest.verdict.flags.sort_unstable();
    if digest.is_authentic() {
        return;
    }
    let contradicted = digest.verdict.flags.contains(&Flag::NextDigestRecordsAnotherHash);
    let (status, reason) = match () {
        () if digest.is_malformed() => (DigestStatus::NotAuthentic, Reason::Malformed),
        () if digest.refuted || contradicted => (DigestStatus::NotAuthentic, Reason::SignatureOrHashMismatch),
        () => {
            let reason = match keyring.find(&digest.digest.fingerprint) {
                Found::Absent => Reason::KeyNotSupplied,
                Found::Mismatch => Reason::KeyDoesNotMatchFingerprint,
                Found::Unusable => Reason::KeyUnusable,
                Found::Key(..) => Reason::NoSignatureAvailable,
            };
            (DigestStatus::Unproven, reason)
        }
    };
    (digest.verdict.status, digest.verdict.reason) = (status, Some(reason));
}
