//! The command itself (8.1 to 8.4), step by step as it takes them: whatever it passes over is passed over here.

use super::account::{Account, Delivery, NoBucket};
use super::dates::{self, When};
use super::{Abort, Line, Printed, Request, python};
use crate::import::content::Container;
use crate::integrity::digest::{Digest, Fault, REQUIRED};
use crate::integrity::keys::{Form, PublicKey, Usable};
use crate::integrity::paper::Paper;
use crate::integrity::{Supplied, hex};
use regex::Regex;
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::HashMap;

/// Why a digest is not valid.
enum Trouble {
    /// There is no such object.
    NotFound,
    /// The line about it says this.
    Told(String),
    /// Python says this.
    Python(String),
    /// The command ends.
    Abort(Abort),
}

impl From<String> for Trouble {
    fn from(words: String) -> Self {
        Self::Python(words)
    }
}

const INVALID_FORMAT: &str = "invalid format";
const BAD_SIGNATURE: &str = "signature verification failed";

fn told<T>(words: &str) -> Result<T, Trouble> {
    Err(Trouble::Told(words.to_owned()))
}

/// Both lists of digests of a bucket, from which the walks take: standard and backfill.
type Lists = [Vec<String>; 2];

struct Run<'a> {
    request: &'a Request,
    account: &'a Account<'a>,
    printed: Printed,
    /// The last thing written ended with an empty line.
    spaced: bool,
    start: When,
    end: When,
    delivery: Delivery,
    account_id: String,
    home: String,
    /// Where events come from.
    source: String,
    /// Whose public keys are asked for.
    region: String,
    trail: String,
    /// What was listed before is not listed again, and what was taken from it stays away.
    listed: Vec<(Value, When, Lists)>,
    found: Option<(When, When)>,
    /// Valid and not: digests, backfill digests, logs.
    counts: [(u32, u32); 3],
}

pub(super) fn run(request: &Request, account: &Account) -> Printed {
    let mut printed = Printed::default();
    let abort = match Run::new(request, account) {
        Ok(mut run) => {
            let ended = run.all();
            printed = run.printed;
            let bad = run.counts.iter().any(|(_, bad)| *bad > 0);
            printed.exit = i32::from(bad);
            ended.err()
        }
        Err(abort) => Some(abort),
    };
    if let Some(abort) = abort {
        let words = format!("aws: [ERROR]: {}", abort.words);
        printed.lines.extend([String::new(), words].map(|text| Line { error: true, text }));
        printed.exit = abort.exit;
    }
    printed
}

fn is_arn_of_trail(arn: &str) -> bool {
    Regex::new(r"^arn:.+:cloudtrail:.+:\d{12}:trail/.+").is_ok_and(|shape| shape.is_match(arn))
}

/// The characters of a text from so many before its end to so many before its end.
fn slice(text: &str, from: usize, to: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    let place = |before_end: usize| characters.len().saturating_sub(before_end);
    characters[place(from)..place(to).max(place(from))].iter().collect()
}

fn is_backfill(key: &str) -> bool {
    key.ends_with("_backfill.json.gz")
}

/// The date in the name of a digest, by its place alone.
fn date_in(key: &str) -> String {
    if is_backfill(key) { slice(key, 33, 17) } else { slice(key, 24, 8) }
}

impl<'a> Run<'a> {
    fn new(request: &'a Request, account: &'a Account<'a>) -> Result<Self, Abort> {
        let time = |text: &str| dates::parse(text, request.now).map(When::normalized).map_err(Abort::new);
        let start = time(&request.start_time)?;
        let end = match request.end_time.as_deref() {
            None | Some("") => When::at(request.now),
            Some(text) => time(text)?,
        };
        if start.compare(end).map_err(Abort::new)? == Ordering::Greater {
            return Err(Abort::new("Invalid time range specified: start-time must occur before end-time"));
        }
        let region = request.region.as_ref().or(request.default_region.as_ref()).ok_or_else(|| Abort {
            exit: 253,
            words: "An error occurred (NoRegion): You must specify a region. You can also configure your region by running \
                    \"aws configure\"."
                .to_owned(),
        })?;
        let arn = request.trail_arn.as_str();
        if !is_arn_of_trail(arn) {
            return Err(Abort::new(format!("Invalid trail ARN provided: {arn}")));
        }
        let given = request.account_id.clone().filter(|account| !account.is_empty());
        let delivery = match &request.s3_bucket {
            Some(bucket) => Delivery { bucket: bucket.clone(), prefix: request.s3_prefix.clone(), organization: None },
            None => account.delivery(request)?,
        };
        if delivery.organization.is_some() && given.is_none() {
            return Err(Abort::new("Missing required parameter for organization trail: '--account-id'"));
        }
        let part = |at: usize| arn.split(':').nth(at).unwrap_or_default().to_owned();
        let home = part(3);
        Ok(Self {
            request,
            account,
            printed: Printed::default(),
            spaced: true,
            start,
            end,
            delivery,
            account_id: given.unwrap_or_else(|| part(4)),
            source: request.region.clone().filter(|region| !region.is_empty()).unwrap_or_else(|| home.clone()),
            home,
            region: region.clone(),
            trail: arn.rsplit('/').next().unwrap_or_default().to_owned(),
            listed: Vec::new(),
            found: None,
            counts: [(0, 0); 3],
        })
    }

    fn all(&mut self) -> Result<(), Abort> {
        let arn = &self.request.trail_arn;
        let (start, end) = (self.start.display(), self.end.display());
        self.out(format!("Validating log files for trail {arn} between {start} and {end}"));
        self.out(String::new());
        self.walk(false)?;
        self.walk(true)?;
        self.summary();
        Ok(())
    }

    fn out(&mut self, text: String) {
        self.printed.lines.push(Line { error: false, text });
    }

    /// Says what is valid, to those who want to know.
    fn valid(&mut self, text: String) {
        if self.request.verbose {
            self.spaced = false;
            self.out(text);
        }
    }

    /// Says what is not.
    fn error(&mut self, text: String) {
        if !self.spaced {
            self.printed.lines.push(Line { error: true, text: String::new() });
        }
        self.printed.lines.extend([text, String::new()].map(|text| Line { error: true, text }));
        self.spaced = true;
    }

    fn find_bucket(&self, bucket: &Value) -> Result<(), Trouble> {
        let Value::String(bucket) = bucket else {
            return Err(Trouble::Python(match bucket {
                Value::Array(_) | Value::Object(_) => format!("unhashable type: '{}'", python::class(bucket)),
                _ => format!("expected string or bytes-like object, got '{}'", python::class(bucket)),
            }));
        };
        self.account.find_bucket(bucket).map_err(|answer| match answer {
            NoBucket::Refused(words) => Trouble::Python(words),
            NoBucket::Absent => Trouble::Abort(Abort::no_such_bucket()),
        })
    }

    /// Lists the digests in a bucket that end before an hour after `end`: the place of the lists.
    fn list(&mut self, bucket: &Value, end: When) -> Result<usize, Trouble> {
        if let Some(known) = self.listed.iter().position(|(of, to, _)| of == bucket && *to == end) {
            return Ok(known);
        }
        self.find_bucket(bucket)?;
        let organization = self.delivery.organization.as_ref().map_or(String::new(), |name| format!("{name}/"));
        let prefix = self.delivery.prefix.as_ref().filter(|prefix| !prefix.is_empty());
        let before = prefix.map_or(String::new(), |prefix| format!("{prefix}/"));
        let (account, source, trail, home) = (&self.account_id, &self.source, &self.trail, &self.home);
        let (date, day) = self.start.plus(-60).in_names();
        let name = format!("{account}_CloudTrail-Digest_{source}_{trail}_{home}_");
        let folder = format!("{before}AWSLogs/{organization}{account}/CloudTrail-Digest/{source}");
        let marker = format!("{folder}/{day}/{name}{date}.json.gz");
        let shape = format!(r"^{}/\d+/\d+/\d+/{}.+\.json\.gz\n?$", regex::escape(&folder), regex::escape(&name));
        let shape = Regex::new(&shape).map_err(|error| Trouble::Abort(Abort::new(error.to_string())))?;
        let (first, last) = (self.start.in_names().0, end.plus(3_600).in_names().0);
        let mut lists = Lists::default();
        for key in self.account.list(bucket.as_str().unwrap_or_default(), &folder, &marker) {
            if !shape.is_match(key) {
                continue;
            }
            let date = date_in(key);
            if date > last {
                break;
            }
            if date >= first {
                lists[usize::from(is_backfill(key))].push(key.to_owned());
            }
        }
        self.listed.push((bucket.clone(), end, lists));
        Ok(self.listed.len() - 1)
    }

    /// A time in a text, and what Python says of what is none.
    fn time(&self, value: &Value) -> Result<When, String> {
        match value {
            Value::String(text) => dates::parse(text, self.request.now),
            other => Err(format!("Parser must be a string or character stream, not {}", python::class(other))),
        }
    }

    /// The newest digest that is left in a list and older than `key` by their names, and the date in its name.
    fn older(&mut self, list: usize, backfill: bool, key: Option<&Value>) -> Result<Option<(String, When)>, String> {
        let now = self.request.now;
        let date = |key: &str| dates::parse(&date_in(key), now);
        let list = &mut self.listed[list].2[usize::from(backfill)];
        if list.is_empty() {
            return Ok(None);
        }
        let before = match key {
            None => None,
            Some(Value::String(key)) => Some(date(key)?),
            Some(other) => return Err(format!("'{}' object has no attribute 'endswith'", python::class(other))),
        };
        while let Some(next) = list.pop() {
            let end = date(&next)?.normalized();
            let fits = match before {
                None => true,
                Some(before) => end.compare(before)? == Ordering::Less,
            };
            if fits {
                return Ok(Some((next, end)));
            }
        }
        Ok(None)
    }

    fn public_keys(&self, from: When, to: When) -> Result<HashMap<&'a str, &'a PublicKey>, String> {
        let keys = self.account.public_keys(&self.region, from, to);
        if keys.is_empty() {
            return Err(format!("No public keys found between {} and {}", from.display(), to.display()));
        }
        Ok(keys)
    }

    fn walk(&mut self, backfill: bool) -> Result<(), Abort> {
        let mut bucket = Value::String(self.delivery.bucket.clone());
        let mut list = self.list(&bucket, self.end).map_err(|trouble| match trouble {
            Trouble::Abort(abort) => abort,
            Trouble::Python(words) | Trouble::Told(words) => Abort::new(words),
            Trouble::NotFound => Abort::new(String::new()),
        })?;
        let mut keys = match backfill {
            true => HashMap::new(),
            false => self.public_keys(self.start, self.end.plus(7_200)).map_err(Abort::new)?,
        };
        let kind = if backfill { "(backfill) " } else { "" };
        let Some((key, mut last_start)) = self.older(list, backfill, None).map_err(Abort::new)? else { return Ok(()) };
        let mut key = Some(Value::String(key));
        while let Some(here) = key.clone().filter(python::is_true)
            && self.start.compare(last_start).map_err(Abort::new)? != Ordering::Greater
        {
            let step = self.step(&mut bucket, &here, &mut list, &mut last_start, &mut keys, backfill)?;
            let trouble = match step {
                Ok(next) => {
                    key = next;
                    continue;
                }
                Err((trouble, at)) => {
                    key = Some(at);
                    trouble
                }
            };
            let last = key.clone().unwrap_or_default();
            let next = match trouble {
                Trouble::Abort(abort) => return Err(abort),
                _ => self.older(list, backfill, Some(&last)).map_err(Abort::new)?,
            };
            let words = match trouble {
                Trouble::NotFound => "not found".to_owned(),
                Trouble::Told(words) | Trouble::Python(words) => words,
                Trouble::Abort(abort) => return Err(abort),
            };
            self.counts[usize::from(backfill)].1 += 1;
            let (bucket, key_text) = (python::text(&bucket), python::text(&last));
            self.error(format!("{kind}Digest file\ts3://{bucket}/{key_text}\tINVALID: {words}"));
            key = next.map(|(key, _)| Value::String(key));
        }
        Ok(())
    }

    /// One turn of the walk: the digest at `key`, its logs, and the key to go on with. Of trouble, the key that it is about.
    #[expect(clippy::type_complexity, reason = "trouble ends a turn, an abort the walk")]
    fn step(
        &mut self,
        bucket: &mut Value,
        key: &Value,
        list: &mut usize,
        last_start: &mut When,
        keys: &mut HashMap<&'a str, &'a PublicKey>,
        backfill: bool,
    ) -> Result<Result<Option<Value>, (Trouble, Value)>, Abort> {
        let loaded = self.load(bucket, key, keys, backfill).and_then(|(digest, end)| {
            let start = self.time(&member(digest, "digestStartTime").unwrap_or_default())?;
            Ok((digest, start, end))
        });
        let (digest, start, end) = match loaded {
            Ok(loaded) => loaded,
            Err(trouble) => return Ok(Err((trouble, key.clone()))),
        };
        *last_start = start.normalized();
        self.report(digest, start, end, backfill)?;
        let previous = [member(digest, "previousDigestS3Bucket"), member(digest, "previousDigestS3Object")];
        let [Some(previous_bucket), Some(previous_key)] = previous else {
            return Ok(match self.older(*list, backfill, Some(key)) {
                Err(words) => Err((Trouble::Python(words), key.clone())),
                Ok(None) => Ok(None),
                Ok(Some((next, end))) => {
                    let kind = if backfill { "(backfill) " } else { "" };
                    let (from, to) = (end.display(), last_start.display());
                    self.error(format!("{kind}No log files were delivered by CloudTrail between {from} and {to}"));
                    Ok(Some(Value::String(next)))
                }
            });
        };
        if previous_bucket != *bucket {
            *bucket = previous_bucket;
            match self.list(bucket, end.normalized()) {
                Ok(lists) => *list = lists,
                Err(trouble) => return Ok(Err((trouble, previous_key))),
            }
        }
        Ok(Ok(Some(previous_key)))
    }

    /// 8.3: the digest at this place and its end, or the first thing that is wrong with it.
    fn load(
        &self,
        bucket: &Value,
        key: &Value,
        keys: &mut HashMap<&'a str, &'a PublicKey>,
        backfill: bool,
    ) -> Result<(&'a Digest, When), Trouble> {
        self.find_bucket(bucket)?;
        let key = match key {
            Value::String(key) => key,
            Value::Object(_) => return Err(Trouble::Python("unhashable type: 'dict'".to_owned())),
            _ => return Err(Trouble::Python("Value (Key) is the wrong type. Must be <class 'str'>.".to_owned())),
        };
        let bucket = bucket.as_str().unwrap_or_default();
        let file = self.account.object(bucket, key).ok_or(Trouble::NotFound)?;
        // What follows the first member does not matter here.
        let content = file.content.as_ref().filter(|content| content.container == Container::Gzip);
        let (Some(content), Some(Paper::Digest(digest))) = (content, &file.paper) else { return told(INVALID_FORMAT) };
        if let Some(Fault::NotJson(_)) = digest.fault {
            return told(INVALID_FORMAT);
        }
        let head = self.account.head(file);
        let Some(signature) = head.filter(|head| head.algorithm.is_some()).and_then(|head| head.signature.as_ref())
        else {
            return told(BAD_SIGNATURE);
        };
        if let Some(Fault::NotAnObject(_)) = digest.fault {
            let document = member(digest, "").unwrap_or_default();
            return Err(Trouble::Python(match document {
                Value::Array(_) => "list indices must be integers or slices, not str".to_owned(),
                other => format!("'{}' object does not support item assignment", python::class(&other)),
            }));
        }
        let generation = head.and_then(|head| head.generation.as_ref());
        if is_backfill(key) && generation.is_none() {
            return told(INVALID_FORMAT);
        }
        let wanted = |name: &str| member(digest, name).unwrap_or_default();
        if REQUIRED.iter().any(|name| digest.absent.iter().any(|absent| absent == name)) {
            return told(INVALID_FORMAT);
        }
        if wanted("digestS3Bucket") != *bucket || wanted("digestS3Object") != **key {
            return told("has been moved from its original location");
        }
        let fingerprint = wanted("digestPublicKeyFingerprint");
        if matches!(fingerprint, Value::Array(_) | Value::Object(_)) {
            return Err(Trouble::Python(format!("unhashable type: '{}'", python::class(&fingerprint))));
        }
        let known = |keys: &HashMap<&'a str, &'a PublicKey>| keys.get(fingerprint.as_str()?).copied();
        if known(keys).is_none() && backfill {
            let generation = generation.filter(|_| is_backfill(key));
            let generation = generation.ok_or_else(|| python::quoted("_backfill_generation_timestamp"))?;
            let at = dates::parse(generation, self.request.now)?.normalized();
            keys.extend(self.public_keys(at.plus(-3_600), at.plus(3_600))?);
        }
        let fingerprint = python::text(&fingerprint);
        let Some(public_key) = known(keys) else {
            let home = &self.home;
            return told(&format!("public key not found in region {home} for fingerprint {fingerprint}"));
        };
        let Some(usable) = loadable(&python::from_base64(&public_key.value)?) else {
            return told(&format!("Unable to load PKCS #1 key with fingerprint {fingerprint}"));
        };
        if let Some(words) = python::not_hex(signature) {
            return Err(Trouble::Python(words.to_owned()));
        }
        let previous = match wanted("previousDigestSignature") {
            Value::Null => "null".to_owned(),
            other => python::text(&other),
        };
        let end = wanted("digestEndTime");
        let signed = format!("{}\n{bucket}/{key}\n{}\n{previous}", python::text(&end), hex(&content.sha256));
        if !usable.verifies(&signed, signature) {
            return told(BAD_SIGNATURE);
        }
        Ok((digest, self.time(&end)?))
    }

    /// A valid digest and its logs.
    fn report(&mut self, digest: &Digest, start: When, end: When, backfill: bool) -> Result<(), Abort> {
        let is = |a: When, b: When, order| a.compare(b).map(|found| found == order).map_err(Abort::new);
        let from = if is(self.start, start, Ordering::Greater)? { self.start } else { start };
        let to = if is(self.end, end, Ordering::Less)? { self.end } else { end };
        self.found = Some(match self.found {
            None => (from, to),
            Some((first, last)) => (
                if is(from, first, Ordering::Less)? { from } else { first },
                if is(to, last, Ordering::Greater)? { to } else { last },
            ),
        });
        self.counts[usize::from(backfill)].0 += 1;
        let kind = if backfill { "(backfill) " } else { "" };
        let (bucket, key) = (&digest.object.bucket, &digest.object.key);
        self.valid(format!("{kind}Digest file\ts3://{bucket}/{key}\tvalid"));
        if let Some((_, text)) = digest.odd.iter().find(|(name, _)| name == "logFiles") {
            let logs = serde_json::from_str(text).unwrap_or_default();
            return self.odd_logs(&logs);
        }
        if digest.absent.iter().any(|name| name == "logFiles") {
            return Err(Abort::new(python::quoted("logFiles")));
        }
        for log in &digest.logs {
            let hash = log.hash.clone().map(Value::String);
            self.log(&Value::String(log.object.bucket.clone()), &Value::String(log.object.key.clone()), hash)?;
        }
        Ok(())
    }

    /// Logs of which not all are as they should be.
    fn odd_logs(&mut self, logs: &Value) -> Result<(), Abort> {
        let entries = match logs {
            logs if !python::is_true(logs) => return Ok(()),
            Value::Array(entries) => entries.as_slice(),
            // Names of members, or characters: either way texts.
            Value::Object(_) | Value::String(_) => &[Value::String(String::new())],
            other => return Err(Abort::new(format!("'{}' object is not iterable", python::class(other)))),
        };
        for entry in entries {
            let Value::Object(members) = entry else {
                return Err(Abort::new(match entry {
                    Value::String(_) => "string indices must be integers, not 'str'".to_owned(),
                    Value::Array(_) => "list indices must be integers or slices, not str".to_owned(),
                    other => format!("'{}' object is not subscriptable", python::class(other)),
                }));
            };
            let Some(bucket) = members.get("s3Bucket") else { return Err(Abort::new(python::quoted("s3Bucket"))) };
            let Some(key) = members.get("s3Object") else {
                let absent = bucket.as_str().is_some_and(|bucket| self.no_such_bucket(bucket));
                return Err(if absent { Abort::no_such_bucket() } else { Abort::new(python::quoted("s3Object")) });
            };
            self.log(bucket, key, members.get("hashValue").cloned())?;
        }
        Ok(())
    }

    fn no_such_bucket(&self, bucket: &str) -> bool {
        matches!(self.account.find_bucket(bucket), Err(NoBucket::Absent))
    }

    /// A log that a valid digest names (7).
    fn log(&mut self, bucket: &Value, key: &Value, hash: Option<Value>) -> Result<(), Abort> {
        if bucket.as_str().is_some_and(|bucket| self.no_such_bucket(bucket)) {
            return Err(Abort::no_such_bucket());
        }
        let words = match (bucket, key) {
            (Value::String(bucket), Value::String(key))
                if self.account.find_bucket(bucket).is_ok() && !key.is_empty() =>
            {
                self.account.object(bucket, key).map_or(Some("not found"), |file| wrong_with_log(file, hash.as_ref()))
            }
            _ => Some(INVALID_FORMAT),
        };
        let log = format!("Log file\ts3://{}/{}\t", python::text(bucket), python::text(key));
        match words {
            None => {
                self.counts[2].0 += 1;
                self.valid(format!("{log}valid"));
            }
            Some(words) => {
                self.counts[2].1 += 1;
                self.error(format!("{log}INVALID: {words}"));
            }
        }
        Ok(())
    }

    fn summary(&mut self) {
        if !self.spaced {
            self.out(String::new());
        }
        self.out(format!("Results requested for {} to {}", self.start.display(), self.end.display()));
        if self.counts[..2].iter().all(|counts| *counts == (0, 0)) {
            return self.out("No digests found".to_owned());
        }
        self.out(match self.found {
            None => "No valid digests found in range".to_owned(),
            Some((from, to)) => format!("Results found for {} to {}:", from.display(), to.display()),
        });
        self.out(String::new());
        for ((valid, bad), what) in self.counts.into_iter().zip(["digest", "backfill digest", "log"]) {
            let all = valid + bad;
            match bad {
                _ if all == 0 => {}
                0 => self.out(format!("{valid}/{all} {what} files valid")),
                _ => self.out(format!("{valid}/{all} {what} files valid, {bad}/{all} {what} files INVALID")),
            }
        }
    }
}

/// A member of a digest as JSON has it; `None` when it is absent or, of those that may be, null.
fn member(digest: &Digest, name: &str) -> Option<Value> {
    if let Some((_, text)) = digest.odd.iter().find(|(odd, _)| odd == name) {
        return Some(serde_json::from_str(text).unwrap_or_default());
    }
    let previous = digest.previous.as_ref();
    let text = match name {
        "digestS3Bucket" => Some(&digest.object.bucket),
        "digestS3Object" => Some(&digest.object.key),
        "digestStartTime" => Some(&digest.start),
        "digestEndTime" => Some(&digest.end),
        "digestPublicKeyFingerprint" => Some(&digest.fingerprint),
        "previousDigestS3Bucket" => previous.map(|object| &object.bucket),
        "previousDigestS3Object" => previous.map(|object| &object.key),
        "previousDigestSignature" => digest.previous_signature.as_ref(),
        _ => None,
    };
    text.cloned().map(Value::String)
}

/// The key in these bytes, if the command's library loads it.
fn loadable(bytes: &[u8]) -> Option<Usable> {
    let key = Usable::read(bytes).ok().filter(|key| key.form == Form::Pkcs1)?;
    (key.bits() <= 4_096 && key.bits() % 8 == 0).then_some(key)
}

/// What is wrong with the object that a log lies in.
fn wrong_with_log(file: &Supplied, hash: Option<&Value>) -> Option<&'static str> {
    let Some(content) = &file.content else { return Some(INVALID_FORMAT) };
    match content.container {
        Container::Gzip | Container::Incomplete => {}
        // A single byte is too little for a wrong beginning.
        Container::Plain if file.bytes == 1 => {}
        Container::Plain | Container::Damaged | Container::Other => return Some(INVALID_FORMAT),
    }
    if content.trailing {
        return Some("unexpected data after end of compressed stream");
    }
    match hash {
        None => Some(INVALID_FORMAT),
        Some(Value::String(hash)) if *hash == hex(&content.sha256) => None,
        Some(_) => Some("hash value doesn't match"),
    }
}
