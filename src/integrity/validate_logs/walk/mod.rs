//! The command itself (8.1 to 8.4), step by step as it takes them: whatever it passes over is passed over here.

mod load;
mod logs;

use super::account::{Account, Delivery, NoBucket};
use super::dates::{self, When};
use super::{Abort, Line, Printed, Request, python};
use crate::integrity::digest::Digest;
use crate::integrity::keys::PublicKey;
use load::member;
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
const OTHER_HASH: &str = "hash value doesn't match";
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
