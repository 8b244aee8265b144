//! What the fields of a CloudTrail record mean: who acted, how it ended, of what category and access it was, on which
//! resources. Plain functions of texts, without a store: [`crate::store`] calls them once for each record it reads, and keeps
//! what they say as columns. The rules are those of `spec/CLOUDTRAIL-RECORD.md`, sections 3 to 6.

pub mod calls;
pub mod embedded;
pub mod ids;
pub mod line;
pub mod outcome;
pub mod reason;
pub mod resource;
pub mod sentence;
pub mod vended;
pub mod who;

use serde::{Deserialize, Serialize};

/// A value that is derived from a record rather than in it. Its name begins with `@`, so that it cannot be taken for a field
/// of the record's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Derived {
    /// The stable identity that acted: a role rather than its sessions.
    Actor,
    /// `userIdentity.type`, or `service event`.
    ActorType,
    /// The session of the actor: a role session's name, or a temporary key.
    Session,
    /// The person behind, where the record tells: a source identity, a session named like an e-mail address, a user name.
    Human,
    /// The service that made the call on the actor's behalf.
    Via,
    /// `success`, `denied`, `error`, `unknown` or `service event`.
    Result,
    /// The family of the error.
    Family,
    /// `management`, `data`, `insight`, `network` or `aggregated`.
    Category,
    /// `read`, `write` or `unknown`.
    Access,
    /// The event source without `.amazonaws.com`.
    Service,
    /// What chains of custody say of the event: set once they are judged ([`crate::integrity::verdict::Worth`]), absent until
    /// then and where there is nothing to judge by.
    Integrity,
    /// The form of the event's message ([`line::Format`]).
    Format,
    /// The log group that the event stands in, where the file tells.
    LogGroup,
    /// The log stream.
    LogStream,
    /// How bad a log line says things are ([`line::Severity`]).
    Severity,
    /// When CloudWatch Logs got it.
    IngestionTime,
    /// The account that owns the log group.
    Owner,
    /// Every resource that the event names.
    Resource,
}

/// Number of derived values that an event has at most one of: all but [`Derived::Resource`].
pub const SINGLE: usize = 17;

impl Derived {
    /// All of them; the place in this list is the number of the column.
    pub const ALL: [Self; SINGLE + 1] = [
        Self::Actor,
        Self::ActorType,
        Self::Session,
        Self::Human,
        Self::Via,
        Self::Result,
        Self::Family,
        Self::Category,
        Self::Access,
        Self::Service,
        Self::Integrity,
        Self::Format,
        Self::LogGroup,
        Self::LogStream,
        Self::Severity,
        Self::IngestionTime,
        Self::Owner,
        Self::Resource,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Actor => "@actor",
            Self::ActorType => "@actorType",
            Self::Session => "@session",
            Self::Human => "@human",
            Self::Via => "@via",
            Self::Result => "@result",
            Self::Family => "@family",
            Self::Category => "@category",
            Self::Access => "@access",
            Self::Service => "@service",
            Self::Integrity => "@integrity",
            Self::Format => "@format",
            Self::LogGroup => "@logGroup",
            Self::LogStream => "@logStream",
            Self::Severity => "@severity",
            Self::IngestionTime => "@ingestionTime",
            Self::Owner => "@owner",
            Self::Resource => "@resource",
        }
    }
}
