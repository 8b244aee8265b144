//! One night: from a leaked key to a stopped trail.
//!
//! The key of a CI user in development is tried on Tuesday evening and used at night. It may do little, but may take a role
//! in production, and that role may make users. The new user is an administrator: it signs in, reads secrets, shares a
//! snapshot with a stranger's account, has the ledger's instance dump its database, copies and deletes a bucket, terminates
//! that instance. The trail belongs to another
//! account, so stopping it is refused, until a role is found that production trusts too much. In the morning somebody of
//! the security team starts the trail again and shuts the doors.

use std::ops::Range;

use super::book::{Book, Call, Ending, HOME, at, session};
use super::cast::{DEVELOPMENT, PRODUCTION, SECURITY, VIRGINIA, address, user};
use super::{SEED, cast};
use crate::corpus::actor::Who;
use crate::corpus::names::Pool;
use crate::corpus::plan::Session;
use crate::corpus::record::Failure;
use crate::corpus::rng::Rng;
use crate::corpus::world;

/// Where the intruder is.
pub const ADDRESS: &str = "203.0.113.66";
/// The CI user whose key leaked, and ...
pub(super) const CI: &str = "ci-deploy";
/// ... the key, and ...
pub const KEY: &str = "AKIAQ5ZK2M7WLEXAMPLE";
/// ... the one that takes its place.
pub(super) const RENEWED_KEY: &str = "AKIAQ5ZK2M7WREXAMPLE";
/// The user that the intruder makes in production.
pub const BACKDOOR: &str = "svc-backup-sync";
pub(super) const BACKDOOR_ID: &str = "AIDAVW6Q3PL5ZH4EOBK7R";
pub(super) const BACKDOOR_KEY: &str = "AKIAVW6Q3PL5ZEXAMPLE";
/// The instance somebody misses: the ledger's database.
pub const INSTANCE: &str = "i-0c5d83ae41f7b92d6";
/// The bucket that is copied and deleted.
pub const BUCKET: &str = "harborline-prod-customer-exports";

const VOLUME: &str = "vol-07ae92c4d1f35b860";
/// Secrets that are read, the last one being the way to the trail.
const SECRETS: [&str; 8] = [
    "prod/orders/api-credentials-k2VxQ9",
    "prod/payments/worker-credentials-Zt81mB",
    "prod/ledger/database-credentials-hR5cWy",
    "prod/billing/export-credentials-P0nE7d",
    "prod/partner/sftp-credentials-uJ3sLa",
    "prod/search/cluster-credentials-9GvXoT",
    "prod/fraud/model-credentials-bC6iMf",
    "prod/landing-zone/operator-settings-Yq4rHe",
];
/// Roles that are guessed before one is found.
const GUESSES: [&str; 6] =
    ["Admin", "Administrator", "OrganizationAccountAccessRole", "prod-admin", "prod-infrastructure-apply", "terraform"];

/// When the ledger's instance is launched, and when it is terminated.
pub(super) const LAUNCHED: i64 = at(1, 9, 12, 8);
pub const TERMINATED: i64 = at(3, 2, 41, 52);
/// When a command is sent to the ledger's instance, and when what it does is done: all that the ledger has is read, packed
/// and sent away, which takes every core.
pub const DUMPED: i64 = at(3, 2, 4, 18);
pub(super) const PACKED: i64 = at(3, 2, 32, 40);
/// When the trail is stopped and started again.
pub const STOPPED: i64 = at(3, 2, 49, 21);
pub const STARTED: i64 = at(3, 6, 41, 33);
/// What the trail did not see.
pub(super) const GAP: Range<i64> = STOPPED + 1..STARTED;
/// When the leaked key is made useless, and when the build machines have a new one.
pub(super) const DISARMED: i64 = at(3, 6, 52, 40);
pub(super) const RENEWED: i64 = at(3, 8, 15, 0);

/// Calls that the leaked key looks around with, and whether they are told of in both regions.
const LOOKS: [(&str, bool); 28] = [
    ("ListAttachedUserPolicies", false),
    ("ListUserPolicies", false),
    ("ListGroupsForUser", false),
    ("GetUser", false),
    ("ListUsers", false),
    ("ListRoles", false),
    ("ListGroups", false),
    ("ListPolicies", false),
    ("GetAccountAuthorizationDetails", false),
    ("GetAccountSummary", false),
    ("GetAccountPasswordPolicy", false),
    ("ListAccountAliases", false),
    ("DescribeOrganization", false),
    ("ListAccounts", false),
    ("DescribeInstances", true),
    ("DescribeSecurityGroups", true),
    ("DescribeVolumes", true),
    ("DescribeSnapshots", true),
    ("DescribeKeyPairs", true),
    ("DescribeVpcs", true),
    ("DescribeDBInstances", true),
    ("ListSecrets", true),
    ("DescribeParameters", true),
    ("ListKeys", true),
    ("ListAliases", true),
    ("ListTables", true),
    ("ListClusters", true),
    ("ListDetectors", true),
];

/// Somebody who acts in the story, and where.
struct Telling<'b, 'w> {
    book: &'b mut Book<'w>,
    rng: Rng,
}

/// What a call is about.
type About<'a> = &'a [(Pool, &'static str)];

const ON_BACKDOOR: About = &[(Pool::TargetUser, BACKDOOR)];
const ON_CI: About = &[(Pool::TargetUser, CI)];
const ON_BUCKET: About = &[(Pool::Bucket, BUCKET)];
const ON_BACKUPS: About = &[(Pool::Bucket, "harborline-prod-ledger-backups")];
const ON_INSTANCE: About = &[(Pool::Instance, INSTANCE), (Pool::Volume, VOLUME)];

impl Telling<'_, '_> {
    fn tell(&mut self, at: i64, (account, region): (usize, usize), who: Who, name: &str, about: About, ending: Ending) {
        let call = Call { about, ending, ..Call::ordinary(at, region, name) };
        self.book.call(&mut self.rng, account, who, &call);
    }

    /// Something that succeeds where the organisation is at home.
    fn done(&mut self, at: i64, account: usize, who: Who, name: &str, about: About) {
        self.tell(at, (account, HOME), who, name, about, Ending::Well);
    }

    fn object(&mut self, at: i64, who: Who, name: &str, key: &str) {
        let call = Call { about: ON_BUCKET, key, ending: Ending::Well, ..Call::ordinary(at, HOME, name) };
        self.book.call(&mut self.rng, PRODUCTION, who, &call);
    }
}

/// Tells the night, and what came before and after it.
pub fn tell(book: &mut Book) {
    let mut it = Telling { rng: Rng::stream(SEED, 0x1e4), book };
    launch(&mut it);
    way_in(&mut it);
    let console = backdoor(&mut it);
    damage(&mut it, &console);
    // Drawn apart: nothing else of the night changes with it.
    dump(&mut Telling { rng: Rng::stream(SEED, 0xd0b), book: it.book });
    trail(&mut it);
    morning(&mut it, &console);
}

/// Monday: the ledger's instance is launched by the pipeline that builds the infrastructure.
fn launch(it: &mut Telling) {
    let role = it.book.cast.role(PRODUCTION, "prod-infrastructure-apply");
    let place = (address::BUILD, world::TOOL_AGENTS.start);
    let held = session(&mut it.rng, role, "infrastructure-apply-2291", LAUNCHED - 40, 3600, place);
    it.book.cross(&mut it.rng, DEVELOPMENT, user::CI, &held);
    let who = Who::Session(&held, None);
    it.done(LAUNCHED - 36, PRODUCTION, who, "DescribeSubnets", &[]);
    it.done(LAUNCHED, PRODUCTION, who, "RunInstances/ledger", ON_INSTANCE);
    it.done(LAUNCHED + 9, PRODUCTION, who, "CreateTags", ON_INSTANCE);
}

/// The leaked key: tried, turned over, refused again and again, and let into production.
fn way_in(it: &mut Telling) {
    let leaked = Who::User(&it.book.world().users[user::LEAKED]);
    let here = (DEVELOPMENT, VIRGINIA);
    it.tell(at(2, 19, 41, 7), here, leaked, "GetCallerIdentity", &[], Ending::Well);
    it.tell(at(3, 1, 12, 30), here, leaked, "GetCallerIdentity", &[], Ending::Well);
    it.tell(at(3, 1, 12, 48), here, leaked, "ListBuckets", &[], Ending::Well);
    it.done(at(3, 1, 13, 2), DEVELOPMENT, leaked, "DescribeStacks", &[]);
    let mut time = at(3, 1, 13, 20);
    for (name, both) in LOOKS {
        let about = if name == "GetUser" || name.contains("User") { ON_CI } else { &[] };
        for region in [VIRGINIA, HOME].into_iter().take(if both { 2 } else { 1 }) {
            it.tell(time, (DEVELOPMENT, region), leaked, name, about, Ending::Denied);
            time += it.rng.range(1, 3);
        }
    }
    // What it saw by name it asks for one by one.
    for name in ["GetBucketAcl", "GetBucketPolicy", "ListObjects", "GetRole", "GetParameter", "GetSecretValue"] {
        for _ in 0..18 {
            it.tell(time, (DEVELOPMENT, HOME), leaked, name, &[], Ending::Denied);
            time += it.rng.range(1, 3);
        }
    }
    let mut time = at(3, 1, 21, 36);
    for guess in GUESSES {
        let refused = Failure::new(
            "AccessDenied",
            &format!(
                "User: <arn> is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/{guess} because no identity-based policy allows the sts:AssumeRole action"
            ),
        );
        it.tell(time, here, leaked, "AssumeRole/guessed", &[], Ending::Failed(&refused));
        time += it.rng.range(9, 20);
    }
}

/// A role in production, a user made with it, and the console. Returns the session in the browser.
fn backdoor(it: &mut Telling) -> (String, i64) {
    let role = it.book.cast.role(PRODUCTION, "prod-deploy-pipeline");
    let taken = at(3, 1, 24, 39);
    let (name, place) = (format!("botocore-session-{taken}"), intruder(it));
    let held = session(&mut it.rng, role, &name, taken, 3600, place);
    it.book.cross(&mut it.rng, DEVELOPMENT, user::LEAKED, &held);
    let who = Who::Session(&held, None);
    it.tell(at(3, 1, 24, 58), (PRODUCTION, VIRGINIA), who, "GetCallerIdentity", &[], Ending::Well);
    it.done(
        at(3, 1, 25, 31),
        PRODUCTION,
        who,
        "ListAttachedRolePolicies",
        &[(Pool::TargetRole, "prod-deploy-pipeline")],
    );
    it.done(at(3, 1, 26, 12), PRODUCTION, who, "ListUsers", &[]);
    it.done(at(3, 1, 27, 14), PRODUCTION, who, "CreateUser/backdoor", ON_BACKDOOR);
    it.done(at(3, 1, 27, 20), PRODUCTION, who, "CreateAccessKey/backdoor", ON_BACKDOOR);
    it.done(at(3, 1, 27, 33), PRODUCTION, who, "AttachUserPolicy/all", ON_BACKDOOR);
    it.done(at(3, 1, 27, 51), PRODUCTION, who, "CreateLoginProfile", ON_BACKDOOR);

    let person = &it.book.world().users[user::BACKDOOR_BROWSER];
    let mistyped = Failure::new("", "Failed authentication");
    let entry = "ConsoleLogin/no MFA";
    it.tell(at(3, 1, 30, 41), (PRODUCTION, HOME), Who::SignIn(person), entry, ON_BACKDOOR, Ending::Failed(&mistyped));
    it.done(at(3, 1, 31, 2), PRODUCTION, Who::Entering(person), entry, ON_BACKDOOR);
    let console = (session(&mut it.rng, role, "", 0, 0, (0, 0)).key, at(3, 1, 31, 2));
    let who = Who::Entered(person, &console.0, console.1);
    let mut time = at(3, 1, 31, 9);
    for name in [
        "DescribeEventAggregates",
        "GetAccountSummary",
        "ListUsers",
        "DescribeInstances",
        "DescribeDBInstances",
        "ListFunctions20150331",
        "ListBuckets",
        "ListSecrets",
        "DescribeTrails",
    ] {
        it.done(time, PRODUCTION, who, name, &[]);
        time += it.rng.range(12, 40);
    }
    console
}

/// What the new user does with its rights.
fn damage(it: &mut Telling, console: &(String, i64)) {
    let world = it.book.world();
    let who = Who::User(&world.users[user::BACKDOOR]);
    let browser = Who::Entered(&world.users[user::BACKDOOR_BROWSER], &console.0, console.1);
    let forbidden = Failure::new(
        "AccessDenied",
        "User: <arn> is not authorized to perform: cloudtrail:StopLogging on resource: arn:aws:cloudtrail:eu-central-1:777788889999:trail/harborline-organization with an explicit deny in a service control policy",
    );
    it.tell(at(3, 1, 38, 26), (PRODUCTION, HOME), browser, "StopLogging", &[], Ending::Failed(&forbidden));

    it.done(at(3, 1, 41, 10), PRODUCTION, who, "ListSecrets", &[]);
    let mut time = at(3, 1, 41, 32);
    for secret in SECRETS {
        it.done(time, PRODUCTION, who, "GetSecretValue", &[(Pool::Secret, secret)]);
        time += it.rng.range(4, 11);
    }
    it.done(at(3, 1, 57, 44), PRODUCTION, who, "DescribeVolumes", ON_INSTANCE);
    it.done(at(3, 1, 58, 20), PRODUCTION, who, "CreateSnapshot/taken", ON_INSTANCE);
    it.done(at(3, 2, 3, 6), PRODUCTION, who, "ModifySnapshotAttribute", &[]);

    let keys: Vec<String> =
        (0..240).map(|n| format!("exports/customers/2026/{:02}/part-{:05}.parquet", n / 30 + 1, n % 30)).collect();
    let mut time = at(3, 2, 5, 50);
    it.done(time, PRODUCTION, who, "ListObjects", ON_BUCKET);
    for key in &keys {
        time += it.rng.range(3, 7);
        it.object(time, who, "GetObject", key);
    }
    // Meanwhile something else was copied, too. Nobody will know: the log of it is gone (see `custody`).
    it.book.lose(|book| {
        let mut it = Telling { book, rng: Rng::stream(SEED, 0x105e) };
        it.done(at(3, 2, 8, 11), PRODUCTION, who, "ListObjects", ON_BACKUPS);
        for n in 0..24 {
            let (key, at) = (format!("full/ledger-2026-09-14.{n:02}.dump"), at(3, 2, 8, 30) + n * 21);
            let call =
                Call { about: ON_BACKUPS, key: &key, ending: Ending::Well, ..Call::ordinary(at, HOME, "GetObject") };
            it.book.call(&mut it.rng, PRODUCTION, who, &call);
        }
    });
    let mut time = at(3, 2, 33, 15);
    for (n, key) in keys.iter().enumerate() {
        if n == 205 {
            let full = Failure::new("BucketNotEmpty", "The bucket you tried to delete is not empty");
            it.tell(time + 4, (PRODUCTION, HOME), who, "DeleteBucket", ON_BUCKET, Ending::Failed(&full));
            time += 31;
        }
        it.object(time, who, "DeleteObject", key);
        time += it.rng.range(0, 2);
    }
    it.done(at(3, 2, 39, 40), PRODUCTION, who, "DeleteBucket", ON_BUCKET);

    let protected = Failure::new(
        "Client.OperationNotPermitted",
        "The instance '<instance>' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.",
    );
    let there = (PRODUCTION, HOME);
    it.tell(at(3, 2, 41, 10), there, who, "TerminateInstances", ON_INSTANCE, Ending::Failed(&protected));
    it.done(at(3, 2, 41, 37), PRODUCTION, who, "ModifyInstanceAttribute", ON_INSTANCE);
    it.done(TERMINATED, PRODUCTION, who, "TerminateInstances", ON_INSTANCE);
}

/// A snapshot takes its time. So the ledger's instance is told to read its database itself, and asked until it is done.
fn dump(it: &mut Telling) {
    let who = Who::User(&it.book.world().users[user::BACKDOOR]);
    it.done(DUMPED - 23, PRODUCTION, who, "DescribeInstanceInformation", &[]);
    it.done(DUMPED, PRODUCTION, who, "SendCommand/dump", ON_INSTANCE);
    for asked in [DUMPED + 44, at(3, 2, 19, 51), PACKED + 29] {
        it.done(asked, PRODUCTION, who, "GetCommandInvocation", ON_INSTANCE);
    }
}

/// A role of the management account that trusts all of production: no service control policy holds there.
fn trail(it: &mut Telling) {
    let role = it.book.cast.role(SECURITY, "LandingZoneOperator");
    let taken = at(3, 2, 47, 30);
    let (name, place) = (format!("botocore-session-{taken}"), intruder(it));
    let held = session(&mut it.rng, role, &name, taken, 3600, place);
    it.book.cross(&mut it.rng, PRODUCTION, user::BACKDOOR, &held);
    let who = Who::Session(&held, None);
    it.done(at(3, 2, 48, 5), SECURITY, who, "DescribeTrails", &[]);
    it.done(at(3, 2, 48, 31), SECURITY, who, "GetTrailStatus", &[]);
    it.done(STOPPED, SECURITY, who, "StopLogging", &[]);
}

/// Somebody of the security team finds the trail stopped, starts it, and shuts the doors one by one.
fn morning(it: &mut Telling, console: &(String, i64)) {
    let name = format!("{}@harborline.example", cast::PEOPLE[0].name);
    let place = (address::HOMES, world::BROWSER_AGENTS.start);
    let enter = |it: &mut Telling, account, start| -> Session {
        let role = it.book.cast.role(account, "AWSReservedSSO_SecurityResponse_");
        let held = session(&mut it.rng, role, &name, start, 8 * 3600, place);
        it.book.issue(&mut it.rng, HOME, &held);
        held
    };
    let held = enter(it, SECURITY, STARTED - 193);
    let who = Who::Session(&held, None);
    it.done(STARTED, SECURITY, who, "StartLogging", &[]);
    it.done(STARTED + 21, SECURITY, who, "GetTrailStatus", &[]);
    it.done(STARTED + 64, SECURITY, who, "LookupEvents", &[]);
    it.done(STARTED + 118, SECURITY, who, "LookupEvents", &[]);

    let held = enter(it, PRODUCTION, at(3, 6, 45, 2));
    let who = Who::Session(&held, None);
    it.done(at(3, 6, 45, 40), PRODUCTION, who, "ListAccessKeys", ON_BACKDOOR);
    it.done(at(3, 6, 46, 3), PRODUCTION, who, "AttachUserPolicy/none", ON_BACKDOOR);
    it.done(at(3, 6, 50, 12), PRODUCTION, who, "UpdateAccessKey/backdoor", ON_BACKDOOR);
    it.done(at(3, 6, 50, 30), PRODUCTION, who, "DeleteLoginProfile", ON_BACKDOOR);
    it.done(at(3, 7, 4, 51), PRODUCTION, who, "LookupEvents", &[]);

    // The intruder is still there, and finds the doors shut.
    let browser = Who::Entered(&it.book.world().users[user::BACKDOOR_BROWSER], &console.0, console.1);
    let shut = Failure::new(
        "AccessDenied",
        "User: <arn> is not authorized to perform this action with an explicit deny in an identity-based policy: arn:aws:iam::aws:policy/AWSDenyAll",
    );
    let mut time = at(3, 6, 47, 10);
    for name in
        ["ListBuckets", "ListSecrets", "ListUsers", "DescribeTrails", "ListSecrets", "GetAccountSummary", "ListUsers"]
    {
        it.tell(time, (PRODUCTION, HOME), browser, name, &[], Ending::Failed(&shut));
        time += it.rng.range(6, 25);
    }

    let held = enter(it, DEVELOPMENT, at(3, 6, 52, 4));
    let who = Who::Session(&held, None);
    it.done(at(3, 6, 52, 22), DEVELOPMENT, who, "ListAccessKeys", ON_CI);
    it.done(DISARMED, DEVELOPMENT, who, "UpdateAccessKey/leaked", ON_CI);
    it.done(at(3, 8, 12, 5), DEVELOPMENT, who, "CreateAccessKey/renewed", ON_CI);
}

/// Where the intruder sits and what with.
fn intruder(it: &Telling) -> (usize, usize) {
    let user = &it.book.world().users[user::LEAKED];
    (user.address, user.agent)
}
