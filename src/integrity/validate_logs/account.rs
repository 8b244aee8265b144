//! What AWS would answer the command, from files: objects and their metadata, public keys by region, trails.

use super::dates::When;
use super::{Abort, Request};
use crate::integrity::head::Head;
use crate::integrity::keys::{self, PublicKey};
use crate::integrity::names::{self, DigestName};
use crate::integrity::paper::Paper;
use crate::integrity::place::{self, Places};
use crate::integrity::trails::Trail;
use crate::integrity::{Object, Supplied, hex};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;

/// The files as an account of AWS.
pub(super) struct Account<'a> {
    /// Bucket, key and file.
    buckets: BTreeMap<String, BTreeMap<String, &'a Supplied>>,
    /// The metadata of digests, by the number of their file.
    heads: HashMap<u32, &'a Head>,
    /// Lists of public keys, with the region that the name of their file gives.
    keys: Vec<(Option<&'a str>, &'a [PublicKey])>,
    /// The answer of `describe-trails`, where it was supplied.
    trails: Option<Vec<&'a Trail>>,
}

/// Where a trail delivers.
pub(super) struct Delivery {
    pub bucket: String,
    pub prefix: Option<String>,
    /// It is of an organisation: which.
    pub organization: Option<String>,
}

/// Why a bucket cannot be asked.
pub(super) enum NoBucket {
    /// The command does not even ask.
    Refused(String),
    /// AWS says that there is none.
    Absent,
}

impl<'a> Account<'a> {
    pub(super) fn of(files: &'a [Supplied]) -> Self {
        let places = Places::of(files);
        let mut account = Self { buckets: BTreeMap::new(), heads: HashMap::new(), keys: Vec::new(), trails: None };
        let mut digests: Vec<(Object, &Supplied)> = Vec::new();
        let mut heads: Vec<(&str, &[Head])> = Vec::new();
        for file in files {
            match &file.paper {
                Some(Paper::Keys(list)) => account.keys.push((keys::region(&file.path), list)),
                Some(Paper::Trails(list)) => account.trails.get_or_insert_default().extend(list),
                Some(Paper::Heads(list)) => heads.push((&file.path, list)),
                _ => {}
            }
            let object = places.object(&file.path);
            if object.bucket.is_empty() || object.key.is_empty() {
                continue;
            }
            if matches!(file.paper, Some(Paper::Digest(_))) || names::digest(&object.key).is_some() {
                digests.push((object.clone(), file));
            }
            account.buckets.entry(object.bucket).or_default().entry(object.key).or_insert(file);
        }
        account.heads = pair(&digests, &heads);
        account
    }

    /// Asks where a bucket is, which the command does before all else that it does with it.
    pub(super) fn find_bucket(&self, bucket: &str) -> Result<(), NoBucket> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if bucket.is_empty() || bucket.len() > 255 || !bucket.bytes().all(fits) {
            return Err(NoBucket::Refused(format!(
                "Parameter validation failed:\nInvalid bucket name \"{bucket}\": Bucket name must match the regex \
                 \"^[a-zA-Z0-9.\\-_]{{1,255}}$\" or be an ARN matching the regex \
                 \"^arn:(aws).*:(s3|s3-object-lambda):[a-z\\-0-9]*:[0-9]{{12}}:accesspoint[/:][a-zA-Z0-9\\-.]{{1,63}}$|\
                 ^arn:(aws).*:s3-outposts:[a-z\\-0-9]+:[0-9]{{12}}:outpost[/:][a-zA-Z0-9\\-]{{1,63}}[/:]accesspoint[/:]\
                 [a-zA-Z0-9\\-]{{1,63}}$\""
            )));
        }
        if self.buckets.contains_key(bucket) { Ok(()) } else { Err(NoBucket::Absent) }
    }

    pub(super) fn object(&self, bucket: &str, key: &str) -> Option<&'a Supplied> {
        self.buckets.get(bucket)?.get(key).copied()
    }

    pub(super) fn head(&self, file: &Supplied) -> Option<&'a Head> {
        self.heads.get(&file.file).copied()
    }

    /// The keys in a bucket that begin with a prefix and come after a marker, in the order of their bytes.
    pub(super) fn list(&self, bucket: &str, prefix: &str, marker: &str) -> impl Iterator<Item = &str> {
        let keys = self.buckets.get(bucket).into_iter();
        let keys = keys.flat_map(move |keys| keys.range::<str, _>((Bound::Excluded(marker), Bound::Unbounded)));
        keys.map(|(key, _)| key.as_str()).filter(move |key| key.starts_with(prefix))
    }

    /// The public keys of a region whose validity touches a range, by fingerprint.
    pub(super) fn public_keys(&self, region: &str, from: When, to: When) -> HashMap<&'a str, &'a PublicKey> {
        let of_regions = || self.keys.iter().filter(|(region, _)| region.is_some()).flat_map(|(_, list)| *list);
        let of_this = self.keys.iter().filter(|(of, _)| *of == Some(region)).flat_map(|(_, list)| *list);
        let mut wanted: Vec<&PublicKey> = of_this.collect();
        if !self.keys.iter().any(|(of, _)| *of == Some(region)) {
            // A list that names no region may be of any; but its keys that are in the list of another region are that one's.
            let taken: HashSet<(&str, &str)> =
                of_regions().map(|key| (key.fingerprint.as_str(), key.value.as_str())).collect();
            let free = self.keys.iter().filter(|(of, _)| of.is_none()).flat_map(|(_, list)| *list);
            wanted.extend(free.filter(|key| !taken.contains(&(key.fingerprint.as_str(), key.value.as_str()))));
        }
        let (from, to) = (from.seconds_as_ms(), to.seconds_as_ms());
        let touches = |key: &&PublicKey| key.from.is_none_or(|at| at <= to) && key.to.is_none_or(|at| at >= from);
        wanted.into_iter().filter(touches).map(|key| (key.fingerprint.as_str(), key)).collect()
    }

    /// What `describe-trails` and `describe-organization` say of the trail. Where no answer of theirs was supplied, what they
    /// would say by its newest digest: the trail delivered there last.
    pub(super) fn delivery(&self, request: &Request) -> Result<Delivery, Abort> {
        let arn = request.trail_arn.as_str();
        let unknown = || Abort::new(format!("A trail could not be found for {arn}"));
        if let Some(trails) = &self.trails {
            let trail = trails.iter().find(|trail| trail.arn == arn).ok_or_else(unknown)?;
            let organization = trail.organization.then(|| self.organization(arn).unwrap_or_default());
            return Ok(Delivery { bucket: trail.bucket.clone(), prefix: trail.prefix.clone(), organization });
        }
        let mut newest: Option<((bool, bool, i64), Object, DigestName)> = None;
        let mut others = false;
        for (place, file) in self.objects() {
            let digest = match &file.paper {
                Some(Paper::Digest(digest)) if !digest.object.key.is_empty() => Some(digest),
                _ => None,
            };
            let own = digest.map(|digest| digest.object.clone());
            let Some((object, name)) = [own, Some(place.clone())]
                .into_iter()
                .flatten()
                .find_map(|object| names::digest(&object.key).map(|name| (object, name)))
            else {
                continue;
            };
            if !is_of(&name, arn) {
                others = true;
                continue;
            }
            // Documents that lie where they belong say most, then other documents, then mere names.
            let end = digest.and_then(|digest| names::time(&digest.end)).unwrap_or(i64::MIN);
            let rank = (digest.is_some_and(|digest| digest.object == place), digest.is_some(), end);
            if newest.as_ref().is_none_or(|(known, ..)| rank > *known) {
                newest = Some((rank, object, name));
            }
        }
        if let Some((_, object, name)) = newest {
            let before = object.key.find("AWSLogs/").map_or("", |at| &object.key[..at]).trim_end_matches('/');
            let prefix = (!before.is_empty()).then(|| before.to_owned());
            return Ok(Delivery { bucket: object.bucket, prefix, organization: name.stream.organization });
        }
        match self.buckets.keys().next() {
            Some(bucket) if !others => Ok(Delivery { bucket: bucket.clone(), prefix: None, organization: None }),
            _ => Err(unknown()),
        }
    }

    /// The organisation in the keys of a trail's digests, or in any key.
    fn organization(&self, arn: &str) -> Option<String> {
        let digests = || self.objects().filter_map(|(object, _)| names::digest(&object.key));
        let of_trail = digests().filter(|name| is_of(name, arn)).find_map(|name| name.stream.organization);
        of_trail.or_else(|| digests().find_map(|name| name.stream.organization))
    }

    fn objects(&self) -> impl Iterator<Item = (Object, &'a Supplied)> {
        self.buckets.iter().flat_map(|(bucket, keys)| {
            keys.iter().map(|(key, file)| (Object { bucket: bucket.clone(), key: key.clone() }, *file))
        })
    }
}

/// Whether a digest of this name is of the trail. In an organisation the account is any member's.
fn is_of(name: &DigestName, arn: &str) -> bool {
    let mut parts = arn.split(':').skip(3);
    let (home, account) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    name.stream.trail == arn.rsplit('/').next().unwrap_or_default()
        && name.stream.home == home
        && (name.stream.organization.is_some() || name.stream.account == account)
}

/// Which output of `head-object` is of which digest (6): by the path around it, by its name, by size and ETag.
fn pair<'a>(digests: &[(Object, &'a Supplied)], heads: &[(&'a str, &'a [Head])]) -> HashMap<u32, &'a Head> {
    let mut paired: HashMap<u32, &Head> = HashMap::new();
    let mut taken: HashSet<usize> = HashSet::new();
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    let stem = |at: usize| place::of_head(heads[at].0).unwrap_or_default();
    for (at, (path, list)) in heads.iter().enumerate() {
        if let (Some(stem), [_]) = (place::of_head(path), list) {
            by_name.entry(stem.rsplit('/').next().unwrap_or_default()).or_default().push(at);
        }
    }
    for (object, file) in digests {
        let Some(named) = by_name.get(object.name()) else { continue };
        let place = format!("{}/{}", object.bucket, object.key);
        let in_tree =
            |at: &&usize| stem(**at).strip_suffix(&place).is_some_and(|root| root.is_empty() || root.ends_with('/'));
        let beside = named.iter().find(|at| stem(**at) == file.path);
        if let Some(&at) = beside.or_else(|| named.iter().find(in_tree)) {
            taken.insert(at);
            paired.insert(file.file, &heads[at].1[0]);
        }
    }
    for (object, file) in digests {
        if paired.contains_key(&file.file) {
            continue;
        }
        let free = by_name.get(object.name()).into_iter().flatten().find(|at| !taken.contains(at));
        let md5 = file.md5.map(|md5| hex(&md5));
        let same = |head: &&Head| head.etag.is_some() && head.etag == md5 && head.bytes == Some(file.bytes);
        let others = || heads.iter().enumerate().filter(|(at, _)| !taken.contains(at)).flat_map(|(_, (_, list))| *list);
        if let Some(head) = free.map(|&at| &heads[at].1[0]).or_else(|| others().find(same)) {
            paired.insert(file.file, head);
        }
    }
    paired
}
