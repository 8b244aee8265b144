//! Names of things, and the lists they are made of. All of them are invented.

use super::rng::{ALNUM, HEX, Rng};

/// 40 user names, ten for each account in turn; some with characters outside ASCII, as there are in real logs.
pub const USERS: [&str; 40] = [
    "mara.lindqvist",
    "tomas.okafor",
    "ines.barroso",
    "yuki.tanabe",
    "pavel.dragan",
    "noor.haddad",
    "felix.amsler",
    "greta.holm",
    "samir.qureshi",
    "lucia.ferro",
    "anton.vesely",
    "bea.castillo",
    "dario.conti",
    "elif.aksoy",
    "hugo.martel",
    "iris.vandam",
    "jonas.eklund",
    "kira.petrov",
    "leo.santoro",
    "mina.zhou",
    "nils.aagaard",
    "olga.marin",
    "priya.nair",
    "quinn.doyle",
    "rosa.delgado",
    "sven.brandt",
    "tara.osei",
    "uma.krishnan",
    "viktor.szabo",
    "wanda.kowal",
    "xenia.bauer",
    "zoe.lambert",
    "ci-legacy",
    "backup-agent",
    "metrics-export",
    "søren.kjær",
    "zoë.müller",
    "partner-sftp",
    "break-glass",
    "terraform-bootstrap",
];

/// What names are built of: the business.
const NOUNS: [&str; 24] = [
    "orders",
    "payments",
    "ledger",
    "catalog",
    "search",
    "billing",
    "media",
    "audit",
    "telemetry",
    "profile",
    "shipping",
    "pricing",
    "reviews",
    "loyalty",
    "returns",
    "forecast",
    "inventory",
    "checkout",
    "invoice",
    "fraud",
    "partner",
    "support",
    "coupon",
    "warehouse",
];

/// What names are built of: the part a thing plays.
const PARTS: [&str; 12] =
    ["api", "worker", "cache", "ingest", "export", "events", "archive", "batch", "web", "stream", "sync", "gateway"];

/// A kind of thing that has names; each variant is the thing it is called after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    Bucket,
    Table,
    Function,
    TargetRole,
    TargetUser,
    Policy,
    Secret,
    Parameter,
    KmsKey,
    LogGroup,
    Queue,
    Topic,
    Cluster,
    Repository,
    Stack,
    Alarm,
    Database,
    Instance,
    Volume,
    SecurityGroup,
    Subnet,
    Vpc,
    Image,
    Interface,
    Zone,
    Trail,
    Rule,
    TargetGroup,
    ScalingGroup,
    Endpoint,
    TaskId,
}

impl Pool {
    /// All kinds with their names in templates and how many there are in one account, in the order of the enum.
    const TABLE: [(Pool, &'static str, usize); 31] = [
        (Pool::Bucket, "bucket", 60),
        (Pool::Table, "table", 40),
        (Pool::Function, "function", 120),
        (Pool::TargetRole, "role", 80),
        (Pool::TargetUser, "user", 30),
        (Pool::Policy, "policy", 50),
        (Pool::Secret, "secret", 50),
        (Pool::Parameter, "parameter", 120),
        (Pool::KmsKey, "kms", 20),
        (Pool::LogGroup, "loggroup", 140),
        (Pool::Queue, "queue", 40),
        (Pool::Topic, "topic", 30),
        (Pool::Cluster, "cluster", 6),
        (Pool::Repository, "repository", 40),
        (Pool::Stack, "stack", 40),
        (Pool::Alarm, "alarm", 80),
        (Pool::Database, "database", 16),
        (Pool::Instance, "instance", 300),
        (Pool::Volume, "volume", 400),
        (Pool::SecurityGroup, "sg", 80),
        (Pool::Subnet, "subnet", 24),
        (Pool::Vpc, "vpc", 5),
        (Pool::Image, "image", 20),
        (Pool::Interface, "eni", 400),
        (Pool::Zone, "zone", 8),
        (Pool::Trail, "trail", 2),
        (Pool::Rule, "rule", 40),
        (Pool::TargetGroup, "targetgroup", 30),
        (Pool::ScalingGroup, "asg", 20),
        (Pool::Endpoint, "vpce", 6),
        (Pool::TaskId, "task", 400),
    ];

    /// All kinds.
    pub const ALL: [Pool; 31] = {
        let mut all = [Pool::Bucket; 31];
        let mut n = 0;
        while n < all.len() {
            all[n] = Self::TABLE[n].0;
            assert!(all[n] as usize == n, "TABLE and the enum must have the same order");
            n += 1;
        }
        all
    };

    /// The kind that a template calls by this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// How many there are in one account.
    pub fn size(self) -> usize {
        Self::TABLE[self as usize].2
    }
}

/// The names of all things of a kind in one account.
pub fn pool(pool: Pool, env: &str, rng: &mut Rng) -> Vec<String> {
    (0..pool.size()).map(|n| name(pool, env, n, rng)).collect()
}

fn name(pool: Pool, env: &str, n: usize, rng: &mut Rng) -> String {
    // Stepping by numbers prime to the lists' lengths goes through all pairs before one comes back.
    let (noun, part) = (NOUNS[n * 7 % NOUNS.len()], PARTS[(n * 5 + n / NOUNS.len()) % PARTS.len()]);
    let hex = |rng: &mut Rng, prefix: &str, digits: usize| format!("{prefix}-0{}", rng.string(HEX, digits - 1));
    match pool {
        Pool::Bucket => format!("harborline-{env}-{noun}-{part}"),
        Pool::Table | Pool::Queue | Pool::Topic => format!("{env}-{noun}-{part}"),
        Pool::Function => format!("{env}-{noun}-{part}-{}", ["handler", "fn", "task"][n % 3]),
        Pool::TargetRole => format!("{env}-{noun}-{part}-role"),
        Pool::TargetUser => USERS[n].to_owned(),
        Pool::Policy => format!("{env}-{noun}-{part}-access"),
        Pool::Secret => format!("{env}/{noun}/{part}-credentials-{}", rng.string(ALNUM, 6)),
        Pool::Parameter => format!("/{env}/{noun}/{part}/setting-{}", n % 9),
        Pool::KmsKey => {
            let mut key = String::new();
            rng.uuid(&mut key);
            key
        }
        Pool::LogGroup => match n % 3 {
            0 => format!("/aws/lambda/{env}-{noun}-{part}"),
            1 => format!("/ecs/{env}/{noun}-{part}"),
            _ => format!("/{env}/{noun}/{part}"),
        },
        Pool::Cluster => format!("{env}-{noun}-cluster"),
        Pool::Repository => format!("{noun}/{part}"),
        Pool::Stack => format!("{env}-{noun}-{part}-stack"),
        Pool::Alarm => format!("{env} {noun} {part} latency p{}", [50, 90, 99][n % 3]),
        Pool::Database => format!("{env}-{noun}-db-{}", n % 2 + 1),
        Pool::Instance => hex(rng, "i", 17),
        Pool::Volume => hex(rng, "vol", 17),
        Pool::SecurityGroup => hex(rng, "sg", 17),
        Pool::Subnet => hex(rng, "subnet", 17),
        Pool::Vpc => hex(rng, "vpc", 17),
        Pool::Image => hex(rng, "ami", 17),
        Pool::Interface => hex(rng, "eni", 17),
        Pool::Endpoint => hex(rng, "vpce", 17),
        Pool::Zone => format!("Z0{}", rng.string(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 19)),
        Pool::Trail => format!("harborline-{}", ["organization", "data-events"][n]),
        Pool::Rule => format!("{env}-{noun}-schedule"),
        Pool::TargetGroup => format!("{env}-{noun}-{}/{}", n % 7, rng.string(HEX, 16)),
        Pool::ScalingGroup => format!("{env}-{noun}-{part}-asg"),
        Pool::TaskId => rng.string(HEX, 32),
    }
}

/// 80 user agents, in the order that the ranges of `world` promise.
pub fn agents(rng: &mut Rng) -> Vec<String> {
    let mut out = Vec::with_capacity(80);
    for n in 0..14 {
        let os = [
            "md/arch#x86_64 os/linux#6.8.0-52-generic",
            "md/arch#arm64 os/macos#24.3.0",
            "md/arch#amd64 os/windows#11",
        ][n % 3];
        let (minor, python) = (15 + n, 11 + n % 3);
        out.push(format!(
            "aws-cli/2.{minor}.{} md/awscrt#0.23.{} ua/2.0 {os} md/pyimpl#CPython lang/python#3.{python}.{} cfg/retry-mode#standard",
            rng.below(40), n % 9, n % 7
        ));
    }
    for n in 0..14 {
        let version = format!("1.{}.{}", 34 + n % 5, rng.below(140));
        out.push(format!(
            "Boto3/{version} md/Botocore#{version} ua/2.0 os/linux#5.10.{}-{}.amzn2.x86_64 md/arch#x86_64 lang/python#3.{}.{} md/pyimpl#CPython cfg/retry-mode#legacy Botocore/{version}",
            200 + n, 180 + n, 9 + n % 4, n
        ));
    }
    for n in 0..12 {
        out.push(format!(
            "aws-sdk-go-v2/1.{}.{} ua/2.1 os/linux lang/go#1.{}.{} md/GOOS#linux md/GOARCH#{} api/{}#1.{}.0",
            25 + n,
            n % 4,
            21 + n % 4,
            n % 9,
            ["amd64", "arm64"][n % 2],
            ["s3", "dynamodb", "ec2", "sts"][n % 4],
            40 + n
        ));
    }
    for n in 0..8 {
        out.push(format!(
            "aws-sdk-java/2.{}.{} md/io#async md/http#NettyNio ua/2.1 os/Linux#6.1.{} lang/java#21.0.{} md/OpenJDK_64-Bit_Server_VM#21.0.{}+7-LTS md/vendor#Amazon.com_Inc. md/en_US exec-env/AWS_ECS_FARGATE",
            20 + n, rng.below(60), 90 + n, n % 5, n % 5
        ));
    }
    for n in 0..6 {
        out.push(format!(
            "aws-sdk-js/3.{}.0 ua/2.1 os/linux#5.10.{} lang/js md/nodejs#20.{}.0 api/lambda#3.{}.0 exec-env/AWS_Lambda_nodejs20.x",
            500 + 17 * n, 220 + n, 9 + n, 500 + 17 * n
        ));
    }
    for n in 0..10 {
        out.push(format!(
            "APN/1.0 HashiCorp/1.0 Terraform/1.{}.{} (+https://www.terraform.io) terraform-provider-aws/5.{}.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.{}.0 ua/2.1 os/linux lang/go#1.22.{} md/GOOS#linux md/GOARCH#amd64",
            6 + n % 4, n, 40 + 3 * n, 26 + n % 5, n
        ));
    }
    for n in 0..16 {
        let system = [
            "Windows NT 10.0; Win64; x64",
            "Macintosh; Intel Mac OS X 10_15_7",
            "X11; Linux x86_64",
            "X11; Ubuntu; Linux x86_64; rv:128.0",
        ][n % 4];
        out.push(match n % 4 {
            3 => format!("Mozilla/5.0 ({system}) Gecko/20100101 Firefox/{}.0", 128 + n),
            _ => format!(
                "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36",
                118 + n
            ),
        });
    }
    out
}
