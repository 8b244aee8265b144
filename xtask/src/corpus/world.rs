//! The made-up company whose logs a corpus is: accounts, roles, users, addresses and names of things.
//!
//! Nothing here exists. Account ids are the ones that AWS's own documentation uses, addresses come from the ranges
//! reserved for documentation (RFC 5737, RFC 3849) and from private ones.

use super::names::{self, Pool};
use super::rng::{BASE32, HEX, Rng, Weighted};

/// The organization's id, the first folder of every path.
pub const ORG: &str = "o-harborline00";
/// The regions; the global services log to the first one.
pub const REGIONS: [&str; 4] = ["us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2"];
/// How many accounts there are.
pub const ACCOUNTS: usize = 4;

/// One account: its id and the environment it stands for.
pub const ACCOUNT: [(&str, &str); ACCOUNTS] =
    [("111122223333", "prod"), ("444455556666", "stage"), ("777788889999", "shared"), ("123456789012", "lab")];

/// What uses a role, which decides how its sessions are named, issued and what they call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// An ECS task.
    Task,
    /// A function.
    Lambda,
    /// An EC2 instance.
    Instance,
    /// A Kubernetes pod, through a web identity.
    Pod,
    /// A pipeline.
    Ci,
    /// A human, through Identity Center.
    Person,
    /// A scanner in another account.
    Audit,
    /// An AWS service, through its service-linked role.
    Service,
}

/// How many classes there are.
pub const CLASSES: usize = 8;

/// A role in one account.
#[derive(Debug)]
pub struct Role {
    /// The account it belongs to.
    pub account: usize,
    /// What uses it.
    pub class: Class,
    /// Its name.
    pub name: String,
    /// Its path, `/` mostly.
    pub path: String,
    /// `AROA…`
    pub id: String,
}

/// An IAM user in one account.
#[derive(Debug)]
pub struct User {
    /// Its name.
    pub name: String,
    /// `AIDA…`
    pub id: String,
    /// Its long-term key.
    pub key: String,
    /// Where it works from (an index of `World::addresses`).
    pub address: usize,
    /// What it works with (an index of `World::agents`).
    pub agent: usize,
}

/// Everything that records refer to.
#[derive(Debug)]
pub struct World {
    /// 60 roles: 15 in each account, in the same order.
    pub roles: Vec<Role>,
    /// 40 users, dealt to the accounts in turn.
    pub users: Vec<User>,
    /// 80 user agents: see the `*_AGENTS` ranges.
    pub agents: Vec<String>,
    /// Addresses: see the `*_ADDRESSES` ranges.
    pub addresses: Vec<String>,
    /// How often which role of an account is used.
    pub role_weights: Weighted,
    /// How often which user of an account is used.
    pub user_weights: Weighted,
    names: Vec<[Vec<String>; ACCOUNTS]>,
    name_weights: Vec<Weighted>,
}

/// Command lines, by people.
pub const CLI_AGENTS: std::ops::Range<usize> = 0..14;
/// SDKs, by programs.
pub const SDK_AGENTS: std::ops::Range<usize> = 14..54;
/// Terraform and its like.
pub const TOOL_AGENTS: std::ops::Range<usize> = 54..64;
/// Browsers.
pub const BROWSER_AGENTS: std::ops::Range<usize> = 64..80;

/// Offices, homes, and a few addresses nobody knows.
pub const PEOPLE_ADDRESSES: std::ops::Range<usize> = 0..70;
/// NAT gateways and instances with public addresses.
pub const PUBLIC_ADDRESSES: std::ops::Range<usize> = 70..130;
/// Addresses inside a VPC, seen through its endpoints.
pub const PRIVATE_ADDRESSES: std::ops::Range<usize> = 130..330;
/// IPv6.
pub const V6_ADDRESSES: std::ops::Range<usize> = 330..360;
/// Where the bursts come from.
pub const STRANGE_ADDRESSES: std::ops::Range<usize> = 360..366;

/// Name, class and weight of the roles that each account has; `*` stands for the environment.
const ROLES: [(&str, Class, u64); 15] = [
    ("*-orders-api-task", Class::Task, 220),
    ("*-payments-worker-task", Class::Task, 110),
    ("*-ledger-stream-fn", Class::Lambda, 120),
    ("*-media-resize-fn", Class::Lambda, 70),
    ("*-web-node", Class::Instance, 60),
    ("*-search-node", Class::Instance, 30),
    ("*-cluster-autoscaler-pod", Class::Pod, 60),
    ("*-external-dns-pod", Class::Pod, 20),
    ("*-deploy-pipeline", Class::Ci, 40),
    ("*-infrastructure-apply", Class::Ci, 25),
    ("AWSReservedSSO_ReadOnlyAccess_", Class::Person, 25),
    ("AWSReservedSSO_PlatformEngineer_", Class::Person, 18),
    ("posture-audit-reader", Class::Audit, 35),
    ("AWSServiceRoleForAutoScaling", Class::Service, 25),
    ("AWSServiceRoleForConfig", Class::Service, 20),
];

impl World {
    /// The world is the same for every corpus, so that saved sessions fit all of them.
    pub fn new() -> Self {
        Self::named(ACCOUNT.map(|account| account.1))
    }

    /// The same with accounts that stand for other environments.
    pub fn named(environments: [&str; ACCOUNTS]) -> Self {
        let mut rng = Rng::new(0x7261_696c_676c_6173);
        let roles = (0..ACCOUNTS)
            .flat_map(|account| ROLES.map(|(name, class, _)| (account, name, class)))
            .map(|(account, name, class)| role(account, name, class, &mut rng))
            .collect();
        let users = names::USERS
            .iter()
            .map(|name| User {
                name: (*name).to_owned(),
                id: format!("AIDA{}", rng.string(BASE32, 17)),
                key: format!("AKIA{}", rng.string(BASE32, 16)),
                address: PEOPLE_ADDRESSES.start + rng.below(PEOPLE_ADDRESSES.len()),
                agent: CLI_AGENTS.start + rng.below(CLI_AGENTS.len()),
            })
            .collect();
        let names = Pool::ALL
            .iter()
            .map(|&pool| std::array::from_fn(|account| names::pool(pool, environments[account], &mut rng)))
            .collect();
        Self {
            roles,
            users,
            agents: names::agents(&mut rng),
            addresses: addresses(&mut rng),
            role_weights: Weighted::new(ROLES.map(|role| role.2)),
            user_weights: Weighted::zipf(names::USERS.len() / ACCOUNTS, 0.9),
            names,
            name_weights: Pool::ALL.iter().map(|pool| Weighted::zipf(pool.size(), 1.15)).collect(),
        }
    }

    /// The name of one thing of a kind in an account, the first ones being the most frequent.
    pub fn name(&self, pool: Pool, account: usize, rng: &mut Rng) -> &str {
        let n = self.name_weights[pool as usize].draw(rng);
        &self.names[pool as usize][account][n]
    }
}

fn role(account: usize, name: &str, class: Class, rng: &mut Rng) -> Role {
    let mut name = name.replace('*', ACCOUNT[account].1);
    let path = match class {
        Class::Service if name.ends_with("Config") => "/aws-service-role/config.amazonaws.com/",
        Class::Service => "/aws-service-role/autoscaling.amazonaws.com/",
        Class::Person => {
            rng.chars(&mut name, HEX, 16);
            "/aws-reserved/sso.amazonaws.com/eu-west-1/"
        }
        _ => "/",
    };
    Role { account, class, name, path: path.to_owned(), id: format!("AROA{}", rng.string(BASE32, 17)) }
}

fn addresses(rng: &mut Rng) -> Vec<String> {
    let mut out = Vec::new();
    // 6 offices, the rest homes.
    out.extend((0..6).map(|n| format!("203.0.113.{}", 8 + n * 8)));
    out.extend((0..PEOPLE_ADDRESSES.len() - 6).map(|n| format!("198.51.100.{}", 3 + n * 3)));
    out.extend(PUBLIC_ADDRESSES.map(|n| format!("192.0.2.{}", n * 2 - 130)));
    out.extend(PRIVATE_ADDRESSES.map(|n| format!("10.{}.{}.{}", 20 + n % 3, n % 48, rng.range(4, 250))));
    out.extend(V6_ADDRESSES.map(|n| format!("2001:db8:{:x}:{}::{:x}", 0x40 + n % 6, n % 4, rng.range(1, 0xffff))));
    out.extend(STRANGE_ADDRESSES.map(|n| format!("203.0.113.{}", n - 160)));
    out
}
