//! Three working days: programs around the clock, people and deployments in office hours, a backup at night.

use super::book::{Book, Call, Ending, HOME, at, session};
use super::cast::{self, DEVELOPMENT, PRODUCTION, SECURITY, VIRGINIA, address, user};
use super::{DAYS, SEED, intrusion};
use crate::corpus::actor::Who;
use crate::corpus::names::Pool;
use crate::corpus::rng::{Rng, Weighted};
use crate::corpus::world::{self, Class};

/// What a program does, with weights.
type Doings = &'static [(&'static str, u64)];

/// A program with a role of its own.
struct Program {
    account: usize,
    role: &'static str,
    /// What its sessions are called; an instance's is the instance.
    session: &'static str,
    /// How often a day it wakes up; each time it makes a few calls.
    a_day: usize,
    /// How busy it is at night, in percent of the busiest hour.
    night: u32,
    does: Doings,
    /// Where else it is, by its address and agent.
    place: usize,
}

const API: Doings = &[
    ("GetItem", 30),
    ("Query", 22),
    ("PutItem", 16),
    ("Decrypt", 12),
    ("GetParameter", 8),
    ("GetSecretValue", 4),
    ("Publish", 3),
];
const WORKER: Doings = &[
    ("GetItem", 12),
    ("PutItem", 14),
    ("GetQueueAttributes", 14),
    ("GetSecretValue", 5),
    ("Decrypt", 12),
    ("Publish", 8),
];
const STREAM: Doings = &[
    ("PutItem", 10),
    ("GetParameter", 6),
    ("Decrypt", 8),
    ("PutObject", 8),
    ("CreateLogStream", 2),
    ("GenerateDataKey", 5),
];
const MEDIA: Doings =
    &[("GetObject", 16), ("PutObject", 12), ("HeadObject", 8), ("ListObjects", 3), ("CreateLogStream", 1)];
const NODE: Doings = &[("UpdateInstanceInformation", 30), ("GetParameter", 3), ("BatchGetImage", 1), ("GetObject", 3)];
const DNS: Doings = &[("ChangeResourceRecordSets", 1)];
const SCALER: Doings = &[("DescribeAutoScalingGroups", 10), ("DescribeInstances", 4), ("DescribeTags", 2)];
const SANDBOX: Doings = &[
    ("GetItem", 8),
    ("PutItem", 6),
    ("GetObject", 6),
    ("GetParameter", 5),
    ("CreateLogStream", 2),
    ("DescribeTable", 2),
];
const POSTURE: Doings = &[
    ("DescribeSecurityGroups", 6),
    ("GetBucketPolicy", 5),
    ("GetBucketEncryption", 5),
    ("GetBucketAcl", 4),
    ("DescribeTrails", 2),
    ("ListRoles", 1),
    ("PutEvaluations", 8),
];
const CONFIG: Doings =
    &[("DescribeVolumes", 3), ("DescribeNetworkInterfaces", 3), ("DescribeSubnets", 2), ("DescribeTable", 2)];

const PROGRAMS: [Program; 14] = [
    Program {
        account: PRODUCTION,
        role: "prod-orders-api-task",
        session: "3f0c9e61b7d24a58a1c4e2f79b60d385",
        a_day: 350,
        night: 22,
        does: API,
        place: 0,
    },
    Program {
        account: PRODUCTION,
        role: "prod-orders-api-task",
        session: "91ab57d0c3e84f62b95d0a7e164fc28b",
        a_day: 300,
        night: 22,
        does: API,
        place: 1,
    },
    Program {
        account: PRODUCTION,
        role: "prod-payments-worker-task",
        session: "c26e8f1470b94d3ea58bd9036f7e12aa",
        a_day: 240,
        night: 30,
        does: WORKER,
        place: 2,
    },
    Program {
        account: PRODUCTION,
        role: "prod-ledger-stream-fn",
        session: "prod-ledger-stream",
        a_day: 230,
        night: 40,
        does: STREAM,
        place: 3,
    },
    Program {
        account: PRODUCTION,
        role: "prod-media-resize-fn",
        session: "prod-media-resize",
        a_day: 180,
        night: 15,
        does: MEDIA,
        place: 4,
    },
    Program {
        account: PRODUCTION,
        role: "prod-web-node",
        session: "i-05c2e8a91d7f3b640",
        a_day: 90,
        night: 100,
        does: NODE,
        place: 5,
    },
    Program {
        account: PRODUCTION,
        role: "prod-web-node",
        session: "i-09d17b4f6ea2c8350",
        a_day: 90,
        night: 100,
        does: NODE,
        place: 6,
    },
    Program {
        account: PRODUCTION,
        role: "prod-web-node",
        session: intrusion::INSTANCE,
        a_day: 80,
        night: 100,
        does: NODE,
        place: 7,
    },
    Program {
        account: PRODUCTION,
        role: "prod-external-dns-pod",
        session: "eks-prod-external-dns-5f7c9",
        a_day: 26,
        night: 5,
        does: DNS,
        place: 8,
    },
    Program {
        account: PRODUCTION,
        role: "prod-cluster-autoscaler-pod",
        session: "eks-prod-autoscaler-7b21d",
        a_day: 80,
        night: 40,
        does: SCALER,
        place: 9,
    },
    Program {
        account: DEVELOPMENT,
        role: "dev-orders-api-task",
        session: "7e40d1b95c3a4f8e92b6a0d3c81f5e27",
        a_day: 150,
        night: 0,
        does: API,
        place: 10,
    },
    Program {
        account: DEVELOPMENT,
        role: "dev-sandbox-fn",
        session: "dev-sandbox",
        a_day: 150,
        night: 0,
        does: SANDBOX,
        place: 11,
    },
    Program {
        account: SECURITY,
        role: "security-posture-fn",
        session: "security-posture",
        a_day: 95,
        night: 25,
        does: POSTURE,
        place: 12,
    },
    Program {
        account: SECURITY,
        role: "AWSServiceRoleForConfig",
        session: "AWSConfig-Describe",
        a_day: 70,
        night: 20,
        does: CONFIG,
        place: 13,
    },
];

const LOOKING: Doings = &[
    ("DescribeInstances", 12),
    ("DescribeAlarms", 8),
    ("DescribeStacks", 8),
    ("DescribeLogGroups", 6),
    ("FilterLogEvents", 9),
    ("StartQuery", 5),
    ("DescribeSecurityGroups", 4),
    ("DescribeDBInstances", 4),
    ("DescribeTasks", 5),
    ("ListFunctions20150331", 3),
    ("GetFunction20150331v2", 4),
    ("DescribeEventAggregates", 4),
    ("ListBuckets", 3),
    ("GetBucketLocation", 3),
    ("ListObjects", 4),
    ("DescribeTable", 3),
    ("GetRole", 3),
    ("ListRoles", 1),
    ("DescribeTargetHealth", 4),
    ("DescribeVolumes", 2),
];
const BUILDING: Doings = &[
    ("UpdateFunctionCode20150331v2", 5),
    ("PutMetricAlarm", 2),
    ("PutRetentionPolicy", 1),
    ("PutRule", 1),
    ("CreateTags", 2),
    ("PutRolePolicy", 1),
    ("UpdateService", 2),
    ("AuthorizeSecurityGroupIngress", 1),
];
const WATCHING: Doings = &[
    ("LookupEvents", 6),
    ("DescribeTrails", 3),
    ("GetTrailStatus", 3),
    ("ListUsers", 1),
    ("GetUser", 2),
    ("ListAccounts", 2),
    ("DescribeKey", 2),
    ("GetBucketPolicy", 3),
    ("GenerateCredentialReport", 1),
];
const DEPLOYING: [&str; 9] = [
    "GetCallerIdentity",
    "GetAuthorizationToken",
    "BatchGetImage",
    "DescribeStacks",
    "CreateChangeSet",
    "DescribeStacks",
    "UpdateFunctionCode20150331v2",
    "UpdateService",
    "DescribeTargetHealth",
];

/// Tells all of it.
pub fn tell(book: &mut Book) {
    for (n, it) in PROGRAMS.iter().enumerate() {
        program(book, &mut Rng::stream(SEED, 0x100 + n as u64), it);
    }
    for (n, person) in cast::PEOPLE.iter().enumerate() {
        for day in 1..=DAYS {
            working_day(book, &mut Rng::stream(SEED, 0x200 + n as u64 * 8 + day as u64), n, person, day);
        }
    }
    let mut rng = Rng::stream(SEED, 0x300);
    for day in 1..=DAYS {
        deployments(book, &mut rng, day);
        machines(book, &mut rng, day);
        services(book, &mut rng, day);
        backup(book, &mut rng, day);
    }
    legacy(book, &mut rng);
}

/// A moment of a day, by how busy the hours are: a bell around noon over what there is at night.
fn moment(rng: &mut Rng, day: i64, night: u32) -> i64 {
    loop {
        let second = rng.range(0, 86_399);
        let hour = second as f64 / 3600.0;
        let busy = (-((hour - 11.5) / 3.8).powi(2)).exp() * 1000.0;
        // Nobody at all works in the small hours where nothing runs at night.
        if rng.per_mille((busy as u32).max(night * 10)) && (night > 0 || (5..20).contains(&(second / 3600))) {
            return at(day, 0, 0, 0) + second;
        }
    }
}

fn program(book: &mut Book, rng: &mut Rng, it: &Program) {
    let role = book.cast.role(it.account, it.role);
    let class = book.world().roles[role].class;
    let life = if class == Class::Lambda { 4 * 3600 } else { 6 * 3600 };
    let place = match class {
        Class::Lambda | Class::Service => address::NAT,
        _ => address::INSIDE.start + it.place,
    };
    let place = (place, world::SDK_AGENTS.start + it.place * 3 + 1);
    let weights = Weighted::new(it.does.iter().map(|doing| doing.1));
    let mut times: Vec<i64> =
        (1..=DAYS).flat_map(|day| (0..it.a_day).map(move |_| day)).map(|day| moment(rng, day, it.night)).collect();
    times.sort_unstable();
    // Whoever runs when the case begins got its credentials before that.
    let begin =
        if it.session == intrusion::INSTANCE { at(0, 0, 0, 0) } else { at(1, 0, 0, 0) - rng.range(60, life / 2) };
    let mut current = session(rng, role, it.session, begin, life, place);
    for time in times {
        // The instance that is terminated says nothing more.
        if it.session == intrusion::INSTANCE && !(intrusion::LAUNCHED + 90..intrusion::TERMINATED).contains(&time) {
            continue;
        }
        if time >= current.start + life {
            let issued = time - rng.range(1, 3);
            current = session(rng, role, it.session, issued, life, place);
            book.issue(rng, HOME, &current);
        }
        let instance = [(Pool::Instance, it.session)];
        let mut time = time;
        for _ in 0..rng.range(1, 4) {
            let name = it.does[weights.draw(rng)].0;
            let about: &[_] = if class == Class::Instance { &instance } else { &[] };
            let call = Call { about, ..Call::ordinary(time, HOME, name) };
            let by = if class == Class::Service { Some("config.amazonaws.com") } else { None };
            book.call(rng, it.account, Who::Session(&current, by), &call);
            time += rng.range(0, 2);
        }
    }
}

fn working_day(book: &mut Book, rng: &mut Rng, n: usize, person: &cast::Person, day: i64) {
    // Somebody is always away.
    if rng.per_mille(120) {
        return;
    }
    let home = address::HOMES + n;
    let office = *rng.pick(&[address::OFFICES.start, address::OFFICES.start + 1, home]);
    for round in 0..rng.range(2, 4) {
        let &(role, account) = rng.pick(person.roles);
        let start = at(day, 6, 30, 0) + round * 2 * 3600 + rng.range(0, 5400);
        let browser = rng.below(10) < person.browser as usize;
        let agent = if browser { world::BROWSER_AGENTS.start } else { world::CLI_AGENTS.start } + n;
        let role = book.cast.role(account, role);
        let name = format!("{}@harborline.example", person.name);
        let held = session(rng, role, &name, start, 8 * 3600, (office, agent));
        book.issue(rng, HOME, &held);
        let mut doings: Vec<(&str, u64)> = LOOKING.to_vec();
        let title = &book.world().roles[role].name;
        if title.contains("Engineer") || title.contains("Developer") {
            doings.extend(BUILDING);
        } else if account == SECURITY {
            doings.extend(WATCHING.iter().map(|(name, weight)| (*name, weight * 6)));
        }
        let weights = Weighted::new(doings.iter().map(|doing| doing.1));
        let region = if rng.per_mille(150) { VIRGINIA } else { HOME };
        let mut time = start + rng.range(4, 30);
        for _ in 0..rng.range(10, 34) {
            let name = doings[weights.draw(rng)].0;
            // People try what they may not, now and then.
            let ending = if rng.per_mille(14) { Ending::Denied } else { Ending::Ordinary };
            book.call(rng, account, Who::Session(&held, None), &Call { ending, ..Call::ordinary(time, region, name) });
            time += if rng.per_mille(200) { rng.range(60, 600) } else { rng.range(1, 25) };
        }
    }
}

/// The build machines deploy to development many times a day, and to production with a role of that account.
fn deployments(book: &mut Book, rng: &mut Rng, day: i64) {
    let mut times: Vec<i64> = (0..26).map(|_| moment(rng, day, 0)).collect();
    times.sort_unstable();
    for (n, start) in times.into_iter().enumerate() {
        // Between the leaked key's end and its successor no machine builds.
        if (intrusion::DISARMED..intrusion::RENEWED).contains(&start) {
            continue;
        }
        let user = if start < intrusion::RENEWED { user::CI } else { user::CI_RENEWED };
        let mut time = start;
        let mut step = |rng: &mut Rng| {
            time += rng.range(2, 40);
            time
        };
        for name in DEPLOYING {
            let call = Call::ordinary(step(rng), HOME, name);
            let builder = &book.world().users[user];
            book.call(rng, DEVELOPMENT, Who::User(builder), &call);
        }
        if n % 5 == 2 {
            let begin = step(rng);
            let name = format!("ci-deploy-{}", 4000 + day * 40 + n as i64);
            let (role, agent) = (book.cast.role(PRODUCTION, "prod-deploy-pipeline"), world::TOOL_AGENTS.start + 2);
            let held = session(rng, role, &name, begin, 3600, (address::BUILD, agent));
            book.cross(rng, DEVELOPMENT, user, &held);
            for name in DEPLOYING {
                let call = Call::ordinary(step(rng), HOME, name);
                book.call(rng, PRODUCTION, Who::Session(&held, None), &call);
            }
        }
    }
}

/// Web servers come with the morning and go in the evening, as the scaling group says.
fn machines(book: &mut Book, rng: &mut Rng, day: i64) {
    const SERVERS: [&str; 3] = ["i-0b8e3f57c1d94a206", "i-02f6a9d8e4b1705c3", "i-0e71c5b3a98d24f60"];
    let role = book.cast.role(PRODUCTION, "AWSServiceRoleForAutoScaling");
    for (hour, name) in [(6, "RunInstances"), (18, "TerminateInstances")] {
        let start = at(day, hour, 4, 0) + rng.range(0, 900);
        let held = session(rng, role, "AutoScaling", start, 3600, (address::NAT, world::SDK_AGENTS.start));
        book.issue(rng, HOME, &held);
        for n in 0..1 + day as usize % 2 {
            let about = [(Pool::Instance, SERVERS[(day as usize + n) % SERVERS.len()])];
            let call = Call { about: &about, ending: Ending::Well, ..Call::ordinary(start + 1 + n as i64, HOME, name) };
            book.call(rng, PRODUCTION, Who::Session(&held, Some("autoscaling.amazonaws.com")), &call);
        }
    }
}

/// What services do by themselves: the trail looks after its bucket, keys are used on somebody's behalf.
fn services(book: &mut Book, rng: &mut Rng, day: i64) {
    let trail = Who::Service("cloudtrail.amazonaws.com");
    for (account, name, count, night) in [
        (SECURITY, "GetBucketAcl", 190, 25),
        (SECURITY, "GenerateDataKey", 120, 25),
        (PRODUCTION, "Decrypt", 60, 30),
        (PRODUCTION, "Invoke", 240, 60),
    ] {
        let who = match name {
            "Decrypt" => Who::Service("rds.amazonaws.com"),
            "Invoke" => Who::Service("events.amazonaws.com"),
            _ => trail,
        };
        for _ in 0..count {
            let time = moment(rng, day, night);
            let about = [(Pool::Bucket, cast::TRAIL_BUCKET), (Pool::Trail, cast::TRAIL)];
            let about: &[_] = if account == SECURITY { &about } else { &[] };
            let call = Call { about, ending: Ending::Well, ..Call::ordinary(time, HOME, name) };
            book.call(rng, account, who, &call);
        }
    }
}

fn backup(book: &mut Book, rng: &mut Rng, day: i64) {
    let mut time = at(day, 0, 30, 0) + rng.range(0, 60);
    for n in 0..24 {
        let name = ["DescribeVolumes", "CreateSnapshot", "CreateTags"][n % 3];
        let name = if n == 21 { "CreateDBSnapshot" } else { name };
        let call = Call::ordinary(time, HOME, name);
        let agent = &book.world().users[user::BACKUP];
        book.call(rng, PRODUCTION, Who::User(agent), &call);
        time += rng.range(3, 25);
    }
}

/// The one who never moved to single sign-on signs in with a password and a second factor, once not at the first try.
fn legacy(book: &mut Book, rng: &mut Rng) {
    let failed = crate::corpus::record::Failure::new("", "Failed authentication");
    let person = &book.world().users[user::LEGACY];
    let about = [(Pool::TargetUser, "dario.conti")];
    for (day, hour, minute, well) in [(1, 8, 12, true), (2, 7, 58, false), (2, 7, 59, true), (3, 9, 3, true)] {
        let time = at(day, hour, minute, 11 + day * 7);
        let ending = if well { Ending::Well } else { Ending::Failed(&failed) };
        let who = if well { Who::Entering(person) } else { Who::SignIn(person) };
        book.call(rng, DEVELOPMENT, who, &Call { about: &about, ending, ..Call::ordinary(time, HOME, "ConsoleLogin") });
    }
}
