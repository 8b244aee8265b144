//! The API calls of a corpus: what each one asks, answers and fails with, and who makes it.

mod compute;
mod identity;
mod operations;
mod storage;

use super::world::Class;

/// Who makes a call: decides `userIdentity`, `sourceIPAddress` and `userAgent`.
#[derive(Clone, Copy, Debug)]
pub enum Caller {
    /// A session of a role of this class.
    Session(Class),
    /// The same, through a service that acts on its behalf (`invokedBy`).
    Forward(Class, &'static str),
    /// An IAM user with a long-term key.
    User,
    /// An IAM user in the console.
    Console,
    /// Somebody who signs in: an IAM user without credentials yet.
    SignIn,
    /// The account's root user.
    Root,
    /// A service, as itself.
    Service(&'static str),
    /// A principal of another account.
    Foreign,
    /// No `type` at all, as in events of a service.
    Nobody(&'static str),
    /// A token of Identity Center.
    IdentityCenter,
}

/// One API call. Texts are templates.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The service: `eventSource` up to the first dot.
    pub source: &'static str,
    /// `eventName`
    pub name: &'static str,
    /// How frequent it is.
    pub weight: u64,
    /// Who makes it, with weights.
    pub callers: &'static [(u64, Caller)],
    /// `readOnly`
    pub read: bool,
    /// A data event (`managementEvent` false).
    pub data: bool,
    /// Logged in the first region only.
    pub global: bool,
    /// `requestParameters`
    pub request: &'static str,
    /// `responseElements` of a call that succeeds.
    pub response: &'static str,
    /// `responseElements` of a call that fails.
    pub failure: &'static str,
    /// The elements of `resources`; empty for a record without that field.
    pub resources: &'static str,
    /// `additionalEventData`; empty for a record without it.
    pub extra: &'static str,
    /// `serviceEventDetails`; empty for a record without it.
    pub details: &'static str,
    /// `eventType`
    pub kind: &'static str,
    /// `apiVersion`; empty for a record without it.
    pub api: &'static str,
    /// `clientProvidedHostHeader`; empty for the usual one.
    pub host: &'static str,
    /// Failures of its own: per mille, code, message. An empty code leaves `errorCode` out, as a refused sign-in does.
    pub errors: &'static [(u32, &'static str, &'static str)],
}

/// Programs at work.
const WORKLOADS: &[(u64, Caller)] = &[
    (52, Caller::Session(Class::Task)),
    (26, Caller::Session(Class::Lambda)),
    (12, Caller::Session(Class::Instance)),
    (6, Caller::Session(Class::Pod)),
    (20, Caller::User),
    (8, Caller::Console),
];
/// Scanners, inventories and consoles that look at everything.
const READERS: &[(u64, Caller)] = &[
    (30, Caller::Session(Class::Audit)),
    (24, Caller::Session(Class::Person)),
    (18, Caller::Session(Class::Pod)),
    (12, Caller::Session(Class::Service)),
    (8, Caller::Session(Class::Ci)),
    (18, Caller::User),
    (22, Caller::Console),
    (1, Caller::Root),
];
/// Pipelines and engineers who change things.
const BUILDERS: &[(u64, Caller)] = &[
    (45, Caller::Session(Class::Ci)),
    (20, Caller::Session(Class::Person)),
    (15, Caller::Forward(Class::Ci, "cloudformation.amazonaws.com")),
    (14, Caller::User),
    (14, Caller::Console),
    (1, Caller::Root),
];

/// A call that reads; the base of most entries.
pub const READ: Spec = Spec {
    source: "",
    name: "",
    weight: 10,
    callers: READERS,
    read: true,
    data: false,
    global: false,
    request: "null",
    response: "null",
    failure: "null",
    resources: "",
    extra: "",
    details: "",
    kind: "AwsApiCall",
    api: "",
    host: "",
    errors: &[],
};

/// A call that changes something.
pub const WRITE: Spec = Spec { read: false, callers: BUILDERS, ..READ };

/// All calls.
pub fn all() -> impl Iterator<Item = &'static Spec> {
    [compute::CALLS, storage::CALLS, identity::CALLS, operations::CALLS].into_iter().flatten()
}
