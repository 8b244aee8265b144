//! What is told, record by record: a scene, somebody who acts, a call, how it ended.

use super::cast::{Cast, FRANKFURT, VIRGINIA};
use super::words::Words;
use super::{DAYS, START, intrusion};
use crate::corpus::actor::{Actor, Who};
use crate::corpus::names::Pool;
use crate::corpus::plan::Session;
use crate::corpus::record::{self, Failure};
use crate::corpus::rng::{BASE32, Rng};
use crate::corpus::template::Scene;
use crate::corpus::world::World;

/// One record and where it is delivered.
#[derive(Debug)]
pub struct Event {
    /// When, in seconds since 1970.
    pub at: i64,
    /// The account that gets the record, as an index of the world's.
    pub account: usize,
    /// The region, likewise.
    pub region: usize,
    /// The record's JSON.
    pub text: String,
}

/// How a call ends.
#[derive(Clone, Copy)]
pub enum Ending<'f> {
    /// It succeeds.
    Well,
    /// As on an ordinary day: well, mostly.
    Ordinary,
    /// It is refused for want of permission.
    Denied,
    /// It fails in this way.
    Failed(&'f Failure),
}

/// A call that is about to be told.
pub struct Call<'c> {
    /// When.
    pub at: i64,
    /// Where; a global service's calls are told of in Virginia wherever they come from.
    pub region: usize,
    /// Its name among the words.
    pub name: &'c str,
    /// What it is about; the rest is drawn.
    pub about: &'c [(Pool, &'static str)],
    /// The object it is about.
    pub key: &'c str,
    /// How it ends.
    pub ending: Ending<'c>,
}

impl Call<'_> {
    /// An ordinary call.
    pub fn ordinary(at: i64, region: usize, name: &str) -> Call<'_> {
        Call { at, region, name, about: &[], key: "", ending: Ending::Ordinary }
    }
}

/// The book that all is told to.
pub struct Book<'w> {
    /// Who there is.
    pub cast: &'w Cast,
    words: &'w Words,
    events: Vec<Event>,
    lost: Vec<Event>,
}

/// All that the trail recorded, each in the order of time.
#[derive(Debug)]
pub struct Told {
    /// What there is to read.
    pub events: Vec<Event>,
    /// What was delivered as a log of its own that is missing from the case: nobody reads it.
    pub lost: Vec<Event>,
}

impl<'w> Book<'w> {
    /// An empty book.
    pub fn new(cast: &'w Cast, words: &'w Words) -> Self {
        Self { cast, words, events: Vec::new(), lost: Vec::new() }
    }

    /// The world that records refer to.
    pub fn world(&self) -> &'w World {
        &self.cast.world
    }

    /// Tells one call of somebody, in an account's log.
    pub fn call(&mut self, rng: &mut Rng, account: usize, who: Who, call: &Call) {
        let word = self.words.call(call.name);
        let region = if word.spec.global { VIRGINIA } else { call.region };
        let mut scene = Scene::new(self.world(), rng.clone(), account, region);
        scene.next(call.at);
        call.about.iter().for_each(|&(pool, name)| scene.pin(pool, name));
        scene.pin_key(call.key);
        let actor = Actor::new(who, &mut scene);
        let failure = match call.ending {
            Ending::Well => None,
            Ending::Ordinary => word.mishap(&mut scene),
            Ending::Denied => word.denial(),
            Ending::Failed(failure) => Some(failure),
        };
        let mut text = String::new();
        word.write_ending(&mut text, &mut scene, &actor, failure);
        *rng = scene.rng;
        self.events.push(Event { at: call.at, account, region, text });
    }

    /// Tells how a session of a service, a program or a person gets its credentials.
    pub fn issue(&mut self, rng: &mut Rng, region: usize, session: &Session) {
        let account = self.world().roles[session.role].account;
        let mut scene = Scene::new(self.world(), rng.clone(), account, region);
        let mut text = String::new();
        record::issue(&mut text, &mut scene, session);
        *rng = scene.rng;
        self.events.push(Event { at: session.start, account, region, text });
    }

    /// Tells how a user of one account takes a role of another: each of the two accounts has a record of it, and they share
    /// an id.
    pub fn cross(&mut self, rng: &mut Rng, account: usize, user: usize, session: &Session) {
        let owner = self.world().roles[session.role].account;
        let user = &self.world().users[user];
        let shared = [(); 2].map(|()| {
            let mut id = String::new();
            rng.uuid(&mut id);
            id
        });
        for (account, who) in [(account, Who::User(user)), (owner, Who::Neighbour(user, account))] {
            let mut scene = Scene::new(self.world(), rng.clone(), account, VIRGINIA);
            let mut text = String::new();
            record::issue_to(&mut text, &mut scene, session, "AssumeRole", who, "", Some(&shared));
            *rng = scene.rng;
            self.events.push(Event { at: session.start, account, region: VIRGINIA, text });
        }
    }

    /// What is told meanwhile gets lost.
    pub fn lose(&mut self, tell: impl FnOnce(&mut Self)) {
        let told = self.events.len();
        tell(self);
        self.lost.extend(self.events.drain(told..));
    }

    /// All that the trail recorded: nothing of before and after the case, nothing of the hours in which it was stopped.
    pub fn finish(self) -> Told {
        let recorded = |mut events: Vec<Event>| {
            let told = START..START + DAYS * 86_400;
            events.retain(|event| told.contains(&event.at) && !intrusion::GAP.contains(&event.at));
            events.sort_by_key(|event| event.at);
            events
        };
        Told { events: recorded(self.events), lost: recorded(self.lost) }
    }
}

/// Temporary credentials of a role.
pub fn session(rng: &mut Rng, role: usize, name: &str, start: i64, life: i64, place: (usize, usize)) -> Session {
    let (address, agent) = place;
    let key = format!("ASIA{}", rng.string(BASE32, 16));
    Session { role, name: name.to_owned(), key, start, life, address, agent }
}

/// A moment of the case: day (1 to 3), hour, minute, second; UTC.
pub const fn at(day: i64, hour: i64, minute: i64, second: i64) -> i64 {
    START + (day - 1) * 86_400 + hour * 3600 + minute * 60 + second
}

/// Where most of the organisation's things are.
pub const HOME: usize = FRANKFURT;
