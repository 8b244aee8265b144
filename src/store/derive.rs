//! Working out the derived values of a record as it is read. What they follow from repeats a great deal (the same caller, the
//! same call), so answers are remembered by the ids of the texts they follow from, and a text is looked at once.

use super::Around;
use super::dictionary::Dictionary;
use super::lines;
use super::path::{PathId, Paths};
use super::raw::{self, RawLeaf, RawStep};
use super::shape::{Column, Fixed, Kind};
use super::write::uuid_text;
use crate::time;
use crate::trail::line::Format;
use crate::trail::outcome::{self, Family, Outcome};
use crate::trail::resource::{self, Place};
use crate::trail::who::{Identity, who};
use crate::trail::{Derived, SINGLE, calls};
use hashbrown::HashMap;

/// The fields of a record that derived values follow from, by role. The first [`WHO`] tell who acted.
const PATHS: [&str; ROLES] = [
    "userIdentity.type",
    "userIdentity.arn",
    "userIdentity.principalId",
    "userIdentity.accountId",
    "userIdentity.userName",
    "userIdentity.accessKeyId",
    "userIdentity.invokedBy",
    "userIdentity.identityProvider",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "userIdentity.sessionContext.sourceIdentity",
    "userIdentity.sessionContext.attributes.sourceIdentity",
    "requestParameters.sourceIdentity",
    "userIdentity.onBehalfOf.identityStoreArn",
    "userIdentity.onBehalfOf.userId",
    "recipientAccountId",
    "eventName",
    "eventSource",
    "eventType",
    "eventCategory",
    "errorCode",
    "readOnly",
    "managementEvent",
    "insightDetails.eventSource",
    "insightEventSource",
    "errorMessage",
];
const ROLES: usize = 25;
const WHO: usize = 15;
const PARAMETER_SOURCE_IDENTITY: usize = 11;
const EVENT_NAME: usize = 15;
const EVENT_SOURCE: usize = 16;
const EVENT_TYPE: usize = 17;
const EVENT_CATEGORY: usize = 18;
const ERROR_CODE: usize = 19;
const READ_ONLY: usize = 20;
const MANAGEMENT_EVENT: usize = 21;
const INSIGHT_SOURCE: usize = 22;
const FLAT_INSIGHT_SOURCE: usize = 23;
const ERROR_MESSAGE: usize = 24;

/// A text by its dictionary and id: 0 for none, else one more than the dictionary in the upper half.
type Fact = u64;

/// The dictionary of texts that stand in no dictionary of the store (UUIDs, texts inside raw ones): [`Deriver::odd`].
const ODD: u32 = u32::MAX - 1;

fn fact(dictionary: u32, id: u32) -> Fact {
    u64::from(dictionary + 1) << 32 | u64::from(id)
}

/// This many answers are remembered; a log whose callers never repeat must not fill the memory.
const REMEMBERED: usize = 1 << 15;

/// What of the records of one shape derived values follow from.
#[derive(Debug, Default)]
pub(super) struct Plan {
    facts: Vec<(u8, u32)>,
    resources: Vec<(Place, u32)>,
    /// Members of `responseElements`, which tell how a sign-in ended: the key and the column.
    answers: Vec<(Box<str>, u32)>,
    /// Raw texts that such things may stand in, with the paths to them.
    raw: Vec<(String, u32)>,
    read_only: Option<bool>,
    managed: Option<bool>,
    /// Columns that may state the severity of a log line.
    pub severity: Vec<u32>,
}

fn answer_key(path: &str) -> Option<&str> {
    path.strip_prefix("responseElements.").filter(|key| !key.contains(['.', '[']))
}

impl Plan {
    /// Looks through the columns of a new shape.
    pub fn new(columns: &[Column], fixed: &[(PathId, Fixed)], paths: &Paths) -> Self {
        let mut plan = Self { severity: lines::severity_columns(columns, paths), ..Self::default() };
        for (number, column) in columns.iter().enumerate() {
            let number = number as u32;
            let exact = paths.text(column.path);
            if column.kind == Kind::Json {
                plan.raw.push((exact, number));
                continue;
            }
            if !matches!(column.kind, Kind::Text | Kind::Uuid | Kind::Time) {
                continue;
            }
            if let Some(role) = PATHS.iter().position(|known| *known == exact) {
                plan.facts.push((role as u8, number));
            }
            if let Some(key) = answer_key(&exact) {
                plan.answers.push((key.into(), number));
            }
            if let Some(place) = resource::place(&open_path(&exact)) {
                plan.resources.push((place, number));
            }
        }
        for &(path, fixed) in fixed {
            let value = match fixed {
                Fixed::True => true,
                Fixed::False => false,
                _ => continue,
            };
            match paths.text(path).as_str() {
                "readOnly" => plan.read_only = Some(value),
                "managementEvent" => plan.managed = Some(value),
                _ => {}
            }
        }
        plan
    }
}

/// What an event and its end follow from, without the message.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct CallKey {
    facts: [Fact; FLAT_INSIGHT_SOURCE + 1 - EVENT_NAME],
    flags: [Option<bool>; 2],
    has_message: bool,
    mute_sign_in: bool,
    incomplete: bool,
}

/// Cells of [`Derived::Result`] to [`Derived::Service`], in the order of [`Derived::ALL`].
type CallCells = [u32; 5];

/// Cells of [`Derived::Actor`] to [`Derived::Via`].
type WhoCells = [u32; 5];

/// Works out derived values, and remembers.
#[derive(Default)]
pub(super) struct Deriver {
    odd: Dictionary,
    callers: HashMap<[Fact; WHO], WhoCells, foldhash::fast::FixedState>,
    calls: HashMap<CallKey, CallCells, foldhash::fast::FixedState>,
    /// By dictionary and id of a text one more than its id as a resource.
    as_resource: Vec<Vec<u32>>,
    // Of the record being read:
    facts: [Fact; ROLES],
    flags: [Option<bool>; 2],
    named: Vec<(Place, Fact)>,
    answers: Vec<(Box<str>, Fact)>,
    /// Ids of the record's resources, rising.
    pub resources: Vec<u32>,
}

impl std::fmt::Debug for Deriver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deriver").field("callers", &self.callers.len()).field("calls", &self.calls.len()).finish()
    }
}

/// The record being read, as the store has it: cells by column, and the dictionaries.
pub(super) struct Fresh<'a> {
    pub plan: &'a Plan,
    pub columns: &'a [Column],
    pub ids: &'a [u32],
    pub uuids: &'a [u8],
    pub dictionaries: &'a mut [Dictionary],
    /// The dictionaries of derived values, in the order of [`Derived::ALL`].
    pub derived: &'a [u32; SINGLE + 1],
}

impl Fresh<'_> {
    pub fn intern(&mut self, derived: Derived, text: &str) -> u32 {
        let dictionary = self.derived[derived as usize];
        // A dictionary that is full (4 GiB) has none.
        self.dictionaries[dictionary as usize].intern(text.as_bytes()).map_or(0, |id| id + 1)
    }
}

impl Deriver {
    /// One more than the ids of the record's derived values, 0 for none; its resources are in [`Self::resources`] after.
    pub fn derive(&mut self, fresh: &mut Fresh<'_>, around: &Around<'_>) -> [u32; SINGLE] {
        let mut cells = [0; SINGLE];
        self.resources.clear();
        match &around.line {
            Some(line) => lines::derive(fresh, line, &mut cells),
            None => cells[Derived::Format as usize] = fresh.intern(Derived::Format, Format::CloudTrail.name()),
        }
        // Whatever members a line of a program's log has, it is no call.
        if around.line.is_none_or(|line| line.format == Format::CloudTrail) {
            self.gather(fresh);
            cells[..5].copy_from_slice(&self.who(fresh));
            // `Integrity` stays empty: it is known once all files are.
            cells[5..10].copy_from_slice(&self.call(fresh, around));
            self.find_resources(fresh, around);
        }
        cells
    }

    fn odd(&mut self, text: &[u8]) -> Fact {
        self.odd.intern(text).map_or(0, |id| fact(ODD, id))
    }

    fn fact_of(&mut self, fresh: &Fresh<'_>, column: u32) -> Fact {
        let column = &fresh.columns[column as usize];
        let lane = column.lane as usize;
        match column.kind {
            Kind::Text => fact(column.dictionary, fresh.ids[lane]),
            Kind::Uuid => {
                let uuid: [u8; 16] = fresh.uuids[lane * 16..][..16].try_into().expect("16 bytes");
                self.odd(&uuid_text(&uuid))
            }
            _ => self.odd(&time::canonical_text(fresh.ids[lane])),
        }
    }

    fn text<'a>(&'a self, dictionaries: &'a [Dictionary], fact: Fact) -> Option<&'a str> {
        let dictionary = (fact >> 32).checked_sub(1)? as u32;
        let id = fact as u32;
        let dictionary = if dictionary == ODD { &self.odd } else { &dictionaries[dictionary as usize] };
        Some(dictionary.text(id)).filter(|text| !text.is_empty())
    }

    /// Finds what the record says.
    fn gather(&mut self, fresh: &Fresh<'_>) {
        let plan = fresh.plan;
        self.facts = [0; ROLES];
        self.flags = [plan.read_only, plan.managed];
        self.named.clear();
        self.answers.clear();
        for &(role, column) in &plan.facts {
            self.facts[usize::from(role)] = self.fact_of(fresh, column);
        }
        for &(place, column) in &plan.resources {
            let fact = self.fact_of(fresh, column);
            self.named.push((place, fact));
        }
        for (path, column) in &plan.raw {
            let column = &fresh.columns[*column as usize];
            let text = fresh.dictionaries[column.dictionary as usize].bytes(fresh.ids[column.lane as usize]);
            self.gather_raw(path, text);
        }
    }

    #[cold]
    fn gather_raw(&mut self, path: &str, text: &[u8]) {
        raw::leaves(text, &mut |steps, leaf| {
            let (mut exact, mut open) = (path.to_owned(), open_path(path));
            for step in steps {
                match step {
                    RawStep::Key(key) => {
                        for path in [&mut exact, &mut open] {
                            if !path.is_empty() {
                                path.push('.');
                            }
                            path.push_str(&String::from_utf8_lossy(key));
                        }
                    }
                    RawStep::Index(index) => {
                        exact.push_str(&format!("[{index}]"));
                        open.push_str("[]");
                    }
                }
            }
            match leaf {
                RawLeaf::Bool(value) if exact == "readOnly" => self.flags[0] = Some(value),
                RawLeaf::Bool(value) if exact == "managementEvent" => self.flags[1] = Some(value),
                RawLeaf::String(text) => {
                    let role = PATHS.iter().position(|known| *known == exact);
                    let place = resource::place(&open);
                    let answer = answer_key(&exact);
                    if role.is_none() && place.is_none() && answer.is_none() {
                        return;
                    }
                    let fact = self.odd(&text);
                    if let Some(role) = role {
                        self.facts[role] = fact;
                    }
                    if let Some(place) = place {
                        self.named.push((place, fact));
                    }
                    if let Some(key) = answer {
                        self.answers.push((key.into(), fact));
                    }
                }
                _ => {}
            }
        });
    }

    fn who(&mut self, fresh: &mut Fresh<'_>) -> WhoCells {
        let mut key: [Fact; WHO] = self.facts[..WHO].try_into().expect("the first of them");
        if key[PARAMETER_SOURCE_IDENTITY] != 0 {
            // Only the call that opens a session says there who is behind it.
            let name = self.text(fresh.dictionaries, self.facts[EVENT_NAME]);
            if !name.is_some_and(|name| name.starts_with("AssumeRole")) {
                key[PARAMETER_SOURCE_IDENTITY] = 0;
            }
        }
        if let Some(&cells) = self.callers.get(&key) {
            return cells;
        }
        let text = |role: usize| self.text(fresh.dictionaries, key[role]);
        let found = who(&Identity {
            kind: text(0),
            arn: text(1),
            principal_id: text(2),
            account_id: text(3),
            user_name: text(4),
            access_key_id: text(5),
            invoked_by: text(6),
            identity_provider: text(7),
            issuer_arn: text(8),
            source_identity: text(9).or(text(10)).or(text(PARAMETER_SOURCE_IDENTITY)),
            identity_store_arn: text(12),
            identity_user_id: text(13),
            recipient_account_id: text(14),
        });
        let actor = found.actor.map(std::borrow::Cow::into_owned);
        let others = [found.actor_type, found.session, found.human, found.via].map(|text| text.map(str::to_owned));
        let mut cells = [0; 5];
        let kinds = [Derived::Actor, Derived::ActorType, Derived::Session, Derived::Human, Derived::Via];
        for ((cell, kind), text) in cells.iter_mut().zip(kinds).zip([actor].into_iter().chain(others)) {
            *cell = text.map_or(0, |text| fresh.intern(kind, &text));
        }
        if self.callers.len() >= REMEMBERED {
            self.callers.clear();
        }
        self.callers.insert(key, cells);
        cells
    }

    fn call(&mut self, fresh: &mut Fresh<'_>, around: &Around<'_>) -> CallCells {
        let key = CallKey {
            facts: self.facts[EVENT_NAME..=FLAT_INSIGHT_SOURCE].try_into().expect("these roles"),
            flags: self.flags,
            has_message: self.facts[ERROR_MESSAGE] != 0,
            mute_sign_in: around.mute_sign_in,
            incomplete: around.incomplete,
        };
        if let Some(&cells) = self.calls.get(&key) {
            return cells;
        }
        let (texts, for_all) = self.judge(fresh, around);
        let kinds = [Derived::Result, Derived::Family, Derived::Category, Derived::Access, Derived::Service];
        let mut cells = [0; 5];
        for ((cell, kind), text) in cells.iter_mut().zip(kinds).zip(texts) {
            *cell = text.map_or(0, |text| fresh.intern(kind, &text));
        }
        if for_all {
            if self.calls.len() >= REMEMBERED {
                self.calls.clear();
            }
            self.calls.insert(key, cells);
        }
        cells
    }

    /// Result, family, category, access and service; and whether they are the same for every record with the same
    /// [`CallKey`], that is, whether neither the message nor the response was looked at.
    fn judge(&mut self, fresh: &Fresh<'_>, around: &Around<'_>) -> ([Option<String>; 5], bool) {
        let mut for_all = true;
        if self.is_sign_in(fresh) {
            for (key, column) in &fresh.plan.answers {
                let fact = self.fact_of(fresh, *column);
                self.answers.push((key.clone(), fact));
            }
        }
        let text = |role: usize| self.text(fresh.dictionaries, self.facts[role]);
        let (name, source) = (text(EVENT_NAME), text(EVENT_SOURCE));
        let sign_in = source == Some(calls::SIGN_IN);

        let mut failure: Option<Family> = None;
        if let Some(code) = text(ERROR_CODE) {
            let mut family = outcome::family(code);
            if family == Family::Other {
                for_all &= self.facts[ERROR_MESSAGE] == 0;
                if text(ERROR_MESSAGE).is_some_and(outcome::words_a_denial) {
                    family = Family::Authorization;
                }
            }
            failure = Some(family);
        } else {
            let message = text(ERROR_MESSAGE);
            for_all &= self.facts[ERROR_MESSAGE] == 0 && !sign_in;
            let said_no = sign_in
                && self.answers.iter().any(|(key, answer)| {
                    name == Some(key) && self.text(fresh.dictionaries, *answer) == Some("Failure")
                });
            if said_no || message.is_some() {
                failure = Some(outcome::family_without_code(sign_in, message.unwrap_or_default()));
            }
        }

        let event_type = text(EVENT_TYPE);
        let flag = |flag: Option<bool>, role: usize| {
            flag.or_else(|| match text(role).map(str::to_ascii_lowercase).as_deref() {
                Some("true") => Some(true),
                Some("false") => Some(false),
                _ => None,
            })
        };
        let category = text(EVENT_CATEGORY)
            .map(calls::category)
            .or_else(|| event_type.and_then(calls::category_of_type).map(str::to_owned))
            .unwrap_or_else(|| {
                let data = match flag(self.flags[1], MANAGEMENT_EVENT) {
                    Some(managed) => !managed,
                    None => calls::is_data_event(source.unwrap_or_default(), name.unwrap_or_default()),
                };
                if data { "data".to_owned() } else { "management".to_owned() }
            });
        // What an insight or a summary tells of is no call, so it neither succeeded nor changed anything.
        let no_call = matches!(category.as_str(), "insight" | calls::SUMMARY);

        let result = match failure {
            Some(family) => Some(family.outcome()),
            None if event_type == Some("AwsServiceEvent") => Some(Outcome::ServiceEvent),
            None if no_call => None,
            // The code of a failure may stand in what is missing.
            None if around.incomplete => Some(Outcome::Unknown),
            None if around.mute_sign_in && name == Some("ConsoleLogin") => Some(Outcome::Unknown),
            None if name.is_none() && source.is_none() => Some(Outcome::Unknown),
            None => Some(Outcome::Success),
        };
        let access = match (flag(self.flags[0], READ_ONLY), name) {
            (Some(true), _) => "read",
            (Some(false), _) => "write",
            (None, _) if no_call => "unknown",
            (None, None) => "unknown",
            (None, Some(name)) if calls::seems_to_write(name) => "write",
            (None, Some(_)) => "read",
        };
        let service = source
            .or(text(INSIGHT_SOURCE))
            .or(text(FLAT_INSIGHT_SOURCE))
            .map(calls::service)
            .filter(|service| !service.is_empty());
        let texts = [
            result.map(|result| result.name().to_owned()),
            failure.map(|family| family.name().to_owned()),
            Some(category),
            Some(access.to_owned()),
            service.map(str::to_owned),
        ];
        (texts, for_all)
    }

    fn is_sign_in(&self, fresh: &Fresh<'_>) -> bool {
        self.text(fresh.dictionaries, self.facts[EVENT_SOURCE]) == Some(calls::SIGN_IN)
    }

    fn find_resources(&mut self, fresh: &mut Fresh<'_>, around: &Around<'_>) {
        self.resources.clear();
        let mut named = std::mem::take(&mut self.named);
        let arns: Vec<Fact> = match named.iter().any(|(place, _)| *place == Place::Key) {
            true => named.iter().filter(|(place, _)| *place == Place::Arn).map(|&(_, fact)| fact).collect(),
            false => Vec::new(),
        };
        let bucket = named.iter().find(|(place, _)| *place == Place::Bucket).map(|&(_, fact)| fact);
        for &(place, fact) in &named {
            match place {
                Place::Named | Place::Arn | Place::Bucket => self.resource(fresh, fact),
                Place::Of(service) => {
                    if self.text(fresh.dictionaries, self.facts[EVENT_SOURCE]) == Some(service) {
                        self.resource(fresh, fact);
                    }
                }
                Place::Key => {
                    let bucket = bucket.and_then(|bucket| self.text(fresh.dictionaries, bucket));
                    let key = self.text(fresh.dictionaries, fact);
                    let (Some(bucket), Some(key)) = (bucket, key) else { continue };
                    // An ARN says bucket and key already; putting them together again would double the memory that a log
                    // of S3 data events takes.
                    let named = arns.iter().filter_map(|&arn| self.text(fresh.dictionaries, arn)).any(|arn| {
                        let object = arn.split_once(":::").map(|(_, object)| object);
                        object.and_then(|object| object.strip_prefix(bucket)?.strip_prefix('/')) == Some(key)
                    });
                    if !named {
                        let object = format!("{bucket}/{key}");
                        self.resource_named(fresh, &object);
                    }
                }
            }
        }
        for name in around.resources.iter().filter(|name| !name.is_empty()) {
            self.resource_named(fresh, name);
        }
        named.clear();
        self.named = named;
        self.resources.sort_unstable();
        self.resources.dedup();
        let dictionary = &fresh.dictionaries[fresh.derived[Derived::Resource as usize] as usize];
        if !dictionary.is_distinct() && self.resources.len() > 1 {
            // Equal texts may have different ids there.
            let mut seen: Vec<&[u8]> = Vec::new();
            self.resources.retain(|&id| {
                let text = dictionary.bytes(id);
                let new = !seen.contains(&text);
                seen.push(text);
                new
            });
        }
    }

    fn resource(&mut self, fresh: &mut Fresh<'_>, fact: Fact) {
        let Some(dictionary) = (fact >> 32).checked_sub(1).map(|dictionary| dictionary as usize) else { return };
        let id = fact as u32 as usize;
        if dictionary as u32 == ODD {
            let text = self.odd.text(id as u32).to_owned();
            if !text.is_empty() {
                self.resource_named(fresh, &text);
            }
            return;
        }
        if self.as_resource.len() <= dictionary {
            self.as_resource.resize_with(dictionary + 1, Vec::new);
        }
        let known = &mut self.as_resource[dictionary];
        if known.len() <= id {
            known.resize(id + 1, 0);
        }
        if known[id] == 0 {
            let text = fresh.dictionaries[dictionary].text(id as u32).to_owned();
            if text.is_empty() {
                return;
            }
            known[id] = fresh.intern(Derived::Resource, &text);
        }
        self.resources.extend(known[id].checked_sub(1));
    }

    fn resource_named(&mut self, fresh: &mut Fresh<'_>, name: &str) {
        self.resources.extend(fresh.intern(Derived::Resource, name).checked_sub(1));
    }

    /// Forgets what only helps while reading.
    pub fn settle(&mut self) {
        *self = Self::default();
    }

    /// Heap bytes held, about.
    pub fn heap_bytes(&self) -> usize {
        self.odd.heap_bytes()
            + self.callers.capacity() * size_of::<([Fact; WHO], WhoCells)>()
            + self.calls.capacity() * size_of::<(CallKey, CallCells)>()
            + self.as_resource.iter().map(|ids| ids.capacity() * 4).sum::<usize>()
    }
}

/// A path with every array index left open, as in `resources[].ARN`.
fn open_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for part in path.split_inclusive(['[', ']']) {
        match part.strip_suffix(']') {
            Some(_) => out.push(']'),
            None => out.push_str(part),
        }
    }
    out
}
