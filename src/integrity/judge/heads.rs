//! Which digest each output of head-object is about: it names neither bucket nor key (6).

use super::digests::Digested;
use super::keyring::{Found, Keyring};
use crate::integrity::head::Head;
use crate::integrity::paper::Paper;
use crate::integrity::{Object, Supplied, hex, place};
use std::collections::HashMap;

/// The outputs of head-object.
#[derive(Default)]
pub(super) struct Heads {
    /// How many were supplied.
    pub supplied: u32,
    /// The files of those that belong to no digest.
    pub unpaired: Vec<u32>,
}

/// Signatures are tried on digests at most so often, since each try is arithmetic with large numbers.
const TRIES: usize = 20_000;

/// Gives every digest its metadata: by the name of the file; by ETag and size; by trying the signature.
pub(super) fn pair<'a>(files: &'a [Supplied], digests: &mut [Digested<'a>], keyring: &Keyring) -> Heads {
    let mut heads = Heads::default();
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    let mut by_etag: HashMap<String, usize> = HashMap::new();
    for (at, digest) in digests.iter().enumerate() {
        by_name.entry(name(&digest.file.path).to_owned()).or_default().push(at);
        if let Some(md5) = digest.file.md5 {
            by_etag.entry(hex(&md5)).or_insert(at);
        }
    }
    let mut open: Vec<(u32, &Head)> = Vec::new();
    for file in files {
        let Some(Paper::Heads(list)) = &file.paper else { continue };
        heads.supplied += list.len() as u32;
        let named = place::of_head(&file.path).filter(|_| list.len() == 1).and_then(|path| {
            let same = by_name.get(name(path))?;
            same.iter().copied().max_by_key(|&at| (in_common(path, &digests[at].file.path), std::cmp::Reverse(at)))
        });
        for head in list {
            let etag = || {
                let at = *by_etag.get(head.etag.as_deref()?)?;
                (head.bytes == Some(digests[at].file.bytes)).then_some(at)
            };
            match named.or_else(etag) {
                Some(at) => digests[at].heads.push(head),
                None => open.push((file.file, head)),
            }
        }
    }
    let mut tries = 0;
    for (file, head) in open {
        let fits = |digest: &Digested<'_>| {
            let (true, Some(signature)) = (digest.heads.is_empty() && !digest.is_malformed(), &head.signature) else {
                return false;
            };
            tries += 1;
            let key = keyring.find(&digest.verdict.fingerprint);
            matches!(key, Found::Key(_, key) if tries <= TRIES && key.verifies(&digest.verdict.signing_string, signature))
        };
        match digests.iter().position(fits) {
            Some(at) => digests[at].heads.push(head),
            None => heads.unpaired.push(file),
        }
    }
    share(digests);
    heads
}

/// What proves a digest proves its copies, byte for byte.
fn share(digests: &mut [Digested<'_>]) {
    let mut known: HashMap<(Object, [u8; 32]), Vec<&Head>> = HashMap::new();
    let of = |digest: &Digested<'_>| Some((digest.identity().clone(), digest.verdict.sha256?));
    for digest in digests.iter().filter(|digest| !digest.heads.is_empty()) {
        known.extend(of(digest).map(|of| (of, digest.heads.clone())));
    }
    for digest in digests.iter_mut().filter(|digest| digest.heads.is_empty()) {
        if let Some(heads) = of(digest).and_then(|of| known.get(&of)) {
            digest.heads.clone_from(heads);
        }
    }
}

/// The last part of a path, without `.gz`: people gunzip digests and keep the metadata.
fn name(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".gz").unwrap_or(name)
}

/// How many folders two paths share at their ends.
fn in_common(a: &str, b: &str) -> usize {
    a.rsplit('/').skip(1).zip(b.rsplit('/').skip(1)).take_while(|(a, b)| a == b).count()
}
