//! Who there is: the organisation's accounts, roles, people, programs and addresses, and the intruder.
//!
//! Addresses say where somebody is: 192.0.2.0/24 are the offices and the build machines, 198.51.100.0/24 people at home,
//! 10.0.0.0/8 the inside of the VPCs. 203.0.113.0/24 belongs to nobody of the organisation.

use super::intrusion;
use crate::corpus::rng::{BASE32, HEX, Rng};
use crate::corpus::world::{self, Class, Role, User, World};

/// The accounts, as indices of the world's.
pub const PRODUCTION: usize = 0;
pub const DEVELOPMENT: usize = 1;
/// The management account of the organisation, where the security team works and the trail ends.
pub const SECURITY: usize = 2;

/// The regions, as indices of the world's. The global services log to Virginia; in Ireland is nothing and nobody.
pub const VIRGINIA: usize = 0;
pub const IRELAND: usize = 1;
pub const FRANKFURT: usize = 2;

/// The trail of the organisation, and the bucket it delivers to.
pub const TRAIL: &str = "harborline-organization";
pub const TRAIL_BUCKET: &str = "harborline-organization-trail";

/// Where the build machines come from.
pub const BUILD: &str = "192.0.2.140";

/// IAM users, as indices of `World::users`.
pub mod user {
    /// The user of the build machines, at work.
    pub const CI: usize = 0;
    /// The same with the key that replaced the leaked one.
    pub const CI_RENEWED: usize = 1;
    /// The backup program.
    pub const BACKUP: usize = 2;
    /// The leaked key, in the intruder's hands.
    pub const LEAKED: usize = 3;
    /// The user that the intruder made, on a command line ...
    pub const BACKDOOR: usize = 4;
    /// ... and in a browser.
    pub const BACKDOOR_BROWSER: usize = 5;
    /// A developer from before single sign-on.
    pub const LEGACY: usize = 6;
}

/// Addresses, as indices of `World::addresses`.
pub mod address {
    /// Where the build machines come from.
    pub const BUILD: usize = 0;
    /// Where functions and backups come from.
    pub const NAT: usize = 1;
    /// The offices.
    pub const OFFICES: std::ops::Range<usize> = 2..4;
    /// The intruder.
    pub const INTRUDER: usize = 4;
    /// Homes, one a person.
    pub const HOMES: usize = 5;
    /// Inside the VPCs.
    pub const INSIDE: std::ops::Range<usize> = 24..64;
}

/// What the intruder works with, appended to the world's agents.
const INTRUDERS_AGENTS: [&str; 2] = [
    "aws-cli/1.32.101 md/Botocore#1.34.101 ua/2.0 os/linux#6.8.11-kali2-amd64 md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#legacy botocore/1.34.101",
    "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
];

/// Name, account, class and path of every role; `#` stands for the 16 digits that single sign-on appends.
const ROLES: [(&str, usize, Class); 23] = [
    ("prod-orders-api-task", PRODUCTION, Class::Task),
    ("prod-payments-worker-task", PRODUCTION, Class::Task),
    ("prod-ledger-stream-fn", PRODUCTION, Class::Lambda),
    ("prod-media-resize-fn", PRODUCTION, Class::Lambda),
    ("prod-web-node", PRODUCTION, Class::Instance),
    ("prod-external-dns-pod", PRODUCTION, Class::Pod),
    ("prod-cluster-autoscaler-pod", PRODUCTION, Class::Pod),
    ("prod-deploy-pipeline", PRODUCTION, Class::Ci),
    ("prod-infrastructure-apply", PRODUCTION, Class::Ci),
    ("AWSServiceRoleForAutoScaling", PRODUCTION, Class::Service),
    ("AWSReservedSSO_ReadOnlyAccess_#", PRODUCTION, Class::Person),
    ("AWSReservedSSO_PlatformEngineer_#", PRODUCTION, Class::Person),
    ("dev-orders-api-task", DEVELOPMENT, Class::Task),
    ("dev-sandbox-fn", DEVELOPMENT, Class::Lambda),
    ("dev-web-node", DEVELOPMENT, Class::Instance),
    ("AWSReservedSSO_Developer_#", DEVELOPMENT, Class::Person),
    ("AWSReservedSSO_ReadOnlyAccess_#", SECURITY, Class::Person),
    ("AWSReservedSSO_SecurityResponse_#", SECURITY, Class::Person),
    ("security-posture-fn", SECURITY, Class::Lambda),
    ("AWSServiceRoleForConfig", SECURITY, Class::Service),
    ("LandingZoneOperator", SECURITY, Class::Ci),
    ("AWSReservedSSO_SecurityResponse_#", PRODUCTION, Class::Person),
    ("AWSReservedSSO_SecurityResponse_#", DEVELOPMENT, Class::Person),
];

/// A person who signs in through single sign-on.
pub struct Person {
    /// Their name, which their sessions are called after.
    pub name: &'static str,
    /// The roles they take, as name and account.
    pub roles: &'static [(&'static str, usize)],
    /// How many of ten sessions are in a browser.
    pub browser: u32,
}

const ENGINEER: &[(&str, usize)] =
    &[("AWSReservedSSO_PlatformEngineer_", PRODUCTION), ("AWSReservedSSO_Developer_", DEVELOPMENT)];
const DEVELOPER: &[(&str, usize)] = &[
    ("AWSReservedSSO_Developer_", DEVELOPMENT),
    ("AWSReservedSSO_Developer_", DEVELOPMENT),
    ("AWSReservedSSO_ReadOnlyAccess_", PRODUCTION),
];
const SECURITY_TEAM: &[(&str, usize)] =
    &[("AWSReservedSSO_SecurityResponse_", SECURITY), ("AWSReservedSSO_ReadOnlyAccess_", PRODUCTION)];
const OFFICE: &[(&str, usize)] =
    &[("AWSReservedSSO_ReadOnlyAccess_", SECURITY), ("AWSReservedSSO_ReadOnlyAccess_", PRODUCTION)];

/// The people. The first one restores the trail.
pub const PEOPLE: [Person; 12] = [
    Person { name: "noor.haddad", roles: SECURITY_TEAM, browser: 6 },
    Person { name: "pavel.dragan", roles: SECURITY_TEAM, browser: 5 },
    Person { name: "mara.lindqvist", roles: ENGINEER, browser: 3 },
    Person { name: "tomas.okafor", roles: ENGINEER, browser: 2 },
    Person { name: "ines.barroso", roles: ENGINEER, browser: 4 },
    Person { name: "yuki.tanabe", roles: DEVELOPER, browser: 5 },
    Person { name: "felix.amsler", roles: DEVELOPER, browser: 6 },
    Person { name: "greta.holm", roles: DEVELOPER, browser: 7 },
    Person { name: "samir.qureshi", roles: DEVELOPER, browser: 4 },
    Person { name: "lucia.ferro", roles: DEVELOPER, browser: 5 },
    Person { name: "anton.vesely", roles: OFFICE, browser: 10 },
    Person { name: "bea.castillo", roles: OFFICE, browser: 10 },
];

/// The world of the sample: the corpus's names of things, and roles, users and addresses of its own.
pub struct Cast {
    /// What records refer to.
    pub world: World,
}

impl Cast {
    /// The same cast every time.
    pub fn new() -> Self {
        let mut world = World::named(["prod", "dev", "security", "lab"]);
        let mut rng = Rng::stream(super::SEED, 1);
        let kali = world.agents.len();
        world.agents.extend(INTRUDERS_AGENTS.map(str::to_owned));
        world.addresses = addresses(&mut rng);
        world.roles = ROLES.iter().map(|&(name, account, class)| role(name, account, class, &mut rng)).collect();
        let tool = world::TOOL_AGENTS.start;
        let user = |name: &str, id: &str, key: &str, address, agent| User {
            name: name.to_owned(),
            id: id.to_owned(),
            key: key.to_owned(),
            address,
            agent,
        };
        let (ci, id) = (intrusion::CI, "AIDAQ5ZK2M7WXBT3RNH4C");
        let (backdoor, backdoor_id) = (intrusion::BACKDOOR, intrusion::BACKDOOR_ID);
        world.users = vec![
            user(ci, id, intrusion::KEY, address::BUILD, tool + 2),
            user(ci, id, intrusion::RENEWED_KEY, address::BUILD, tool + 2),
            user(
                "backup-agent",
                "AIDAVW6Q3PL5YDT2MKXSA",
                "AKIAVW6Q3PL5YEXAMPLE",
                address::NAT,
                world::SDK_AGENTS.start,
            ),
            user(ci, id, intrusion::KEY, address::INTRUDER, kali),
            user(backdoor, backdoor_id, intrusion::BACKDOOR_KEY, address::INTRUDER, kali),
            user(backdoor, backdoor_id, "", address::INTRUDER, kali + 1),
            user("dario.conti", "AIDAQ5ZK2M7WY4LTC6PDE", "", address::HOMES + 14, world::BROWSER_AGENTS.start + 3),
        ];
        Self { world }
    }

    /// The role of an account whose name begins so.
    ///
    /// # Panics
    /// When there is none: the cast is a table in this file.
    pub fn role(&self, account: usize, name: &str) -> usize {
        let fits = |role: &Role| role.account == account && role.name.starts_with(name);
        self.world.roles.iter().position(fits).unwrap_or_else(|| panic!("no role {name} in account {account}"))
    }
}

fn role(name: &str, account: usize, class: Class, rng: &mut Rng) -> Role {
    let path = match class {
        Class::Person => "/aws-reserved/sso.amazonaws.com/eu-central-1/",
        Class::Service if name.ends_with("Config") => "/aws-service-role/config.amazonaws.com/",
        Class::Service => "/aws-service-role/autoscaling.amazonaws.com/",
        _ => "/",
    };
    let name = name.replace('#', &rng.string(HEX, 16));
    Role { account, class, name, path: path.to_owned(), id: format!("AROA{}", rng.string(BASE32, 17)) }
}

fn addresses(rng: &mut Rng) -> Vec<String> {
    let mut out: Vec<String> =
        [BUILD, "192.0.2.201", "192.0.2.10", "192.0.2.34", intrusion::ADDRESS].map(str::to_owned).into();
    out.extend((out.len()..address::INSIDE.start).map(|n| format!("198.51.100.{}", n * 11)));
    out.extend(address::INSIDE.map(|n| format!("10.20.{}.{}", n % 6, rng.range(4, 250))));
    out
}
