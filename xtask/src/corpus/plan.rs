//! Which file holds what: account, region and minutes of each file, and the sessions whose credentials are issued in
//! it.
//!
//! WHY a plan before any record: files are written by several threads in any order, yet a session issued in one file
//! must be used in later ones under the same key (that is what linking AssumeRole to its session is tested on).

use super::clock::{EPOCH, Rhythm};
use super::names::Pool;
use super::rng::{BASE32, HEX, Rng, Weighted};
use super::world::{self, ACCOUNT, ACCOUNTS, CLASSES, Class, World};

/// How large a corpus is and what it is made of.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Number of files.
    pub files: usize,
    /// Records in each of them.
    pub per_file: usize,
    /// Days they are spread over.
    pub days: usize,
    /// What all randomness starts from.
    pub seed: u64,
    /// Whether most of the records are S3 data events.
    pub s3_heavy: bool,
    /// How many of a thousand records issue the credentials of a session that is used later.
    pub issuing: usize,
    /// Whether all files are of one account and region and come evenly, hour by hour.
    pub one_stream: bool,
}

/// Temporary credentials and who holds them.
#[derive(Debug)]
pub struct Session {
    /// The role, as an index of `World::roles`.
    pub role: usize,
    /// The session's name.
    pub name: String,
    /// `ASIA…`
    pub key: String,
    /// When they were issued.
    pub start: i64,
    /// How long they are valid, in seconds.
    pub life: i64,
    /// Where they are used from, as an index of `World::addresses`.
    pub address: usize,
    /// What uses them, as an index of `World::agents`.
    pub agent: usize,
}

/// One file to write.
#[derive(Clone, Debug)]
pub struct FilePlan {
    /// The account, as an index of `ACCOUNT`.
    pub account: usize,
    /// The region, as an index of `REGIONS`.
    pub region: usize,
    /// The last second that it covers; it covers five minutes.
    pub end: i64,
    /// The sessions issued in it, as indices of `Plan::sessions`.
    pub issued: std::ops::Range<usize>,
    /// The burst it lies in.
    pub burst: Option<usize>,
}

/// All files of a corpus and all sessions in it.
#[derive(Debug)]
pub struct Plan {
    /// How large it is.
    pub size: Size,
    /// The files, in the order of time.
    pub files: Vec<FilePlan>,
    /// The sessions, in the order of their files.
    pub sessions: Vec<Session>,
    by_class: [[Vec<usize>; CLASSES]; ACCOUNTS],
}

/// Sessions of a class that are in use at one time: more would make every record's session look unique.
const IN_USE: usize = 6;
/// Seconds that a file covers.
pub const WINDOW: i64 = 300;

impl Plan {
    /// Plans a corpus.
    pub fn new(size: Size, world: &World) -> Self {
        let mut rng = Rng::stream(size.seed, u64::MAX);
        let rhythm = Rhythm::new(size.days, &mut rng);
        let (accounts, regions) = (Weighted::new([50, 22, 16, 12]), Weighted::new([46, 30, 15, 9]));
        let mut plan =
            Self { size, files: Vec::with_capacity(size.files), sessions: Vec::new(), by_class: Default::default() };
        // Credentials from before the corpus begins: the root of their chain is unknown, as in every real export.
        for role in 0..world.roles.len() {
            (0..3).for_each(|n| plan.issue(world, role, EPOCH - 200 * n, &mut rng));
        }
        for n in 0..size.files {
            let end = rhythm.at((n as f64 + 0.5) / size.files as f64).max(EPOCH + WINDOW);
            let evenly = EPOCH + WINDOW + (n * size.days * 86_400 / size.files) as i64;
            let end = if size.one_stream { evenly } else { end };
            let burst = rhythm.burst(end);
            let account = match burst {
                Some(burst) if rng.per_mille(800) => burst % 2,
                _ => accounts.draw(&mut rng),
            };
            let region = regions.draw(&mut rng);
            let (account, region) = if size.one_stream { (0, 0) } else { (account, region) };
            let first = plan.sessions.len();
            let wanted = size.per_file * size.issuing;
            for _ in 0..wanted / 1000 + usize::from(rng.per_mille((wanted % 1000) as u32)) {
                let per_account = world.roles.len() / ACCOUNTS;
                let role = account * per_account + world.role_weights.draw(&mut rng);
                let start = end - rng.range(0, WINDOW);
                plan.issue(world, role, start, &mut rng);
            }
            plan.files.push(FilePlan { account, region, end, issued: first..plan.sessions.len(), burst });
        }
        plan
    }

    /// A session of a class that is valid at a time, seen from file number `file`.
    pub fn session(&self, file: usize, class: Class, at: i64, rng: &mut Rng) -> Option<&Session> {
        let plan = &self.files[file];
        let all = &self.by_class[plan.account][class as usize];
        let known = all.partition_point(|&session| session < plan.issued.end);
        let recent = &all[known.saturating_sub(IN_USE)..known];
        let valid = |session: &&Session| (session.start..session.start + session.life).contains(&at);
        // The newest are used most: most credentials live for minutes.
        let first = (0..4).map(|_| rng.below(recent.len())).max()?;
        let (newer, older) = recent.split_at(first);
        older.iter().chain(newer.iter().rev()).map(|&session| &self.sessions[session]).find(valid)
    }

    fn issue(&mut self, world: &World, role: usize, start: i64, rng: &mut Rng) {
        let class = world.roles[role].class;
        let account = world.roles[role].account;
        let life = match class {
            Class::Ci => 3600,
            Class::Task | Class::Instance | Class::Lambda | Class::Service => 6 * 3600,
            _ => 12 * 3600,
        };
        let addresses = match class {
            Class::Task | Class::Instance => world::PRIVATE_ADDRESSES,
            Class::Person if rng.per_mille(150) => world::V6_ADDRESSES,
            Class::Person => world::PEOPLE_ADDRESSES,
            _ => world::PUBLIC_ADDRESSES,
        };
        let agents = match class {
            Class::Ci => world::TOOL_AGENTS,
            Class::Person if rng.per_mille(600) => world::BROWSER_AGENTS,
            Class::Person => world::CLI_AGENTS,
            _ => world::SDK_AGENTS,
        };
        let session = Session {
            role,
            name: session_name(world, class, account, start, rng),
            key: format!("ASIA{}", rng.string(BASE32, 16)),
            start,
            life,
            address: skewed(addresses, rng),
            agent: skewed(agents, rng),
        };
        self.by_class[account][class as usize].push(self.sessions.len());
        self.sessions.push(session);
    }
}

/// An index of a range, the low ones being much more frequent.
pub fn skewed(range: std::ops::Range<usize>, rng: &mut Rng) -> usize {
    let first = rng.below(range.len()) + 1;
    range.start + rng.below(first)
}

fn session_name(world: &World, class: Class, account: usize, start: i64, rng: &mut Rng) -> String {
    match class {
        Class::Task => world.name(Pool::TaskId, account, rng).to_owned(),
        Class::Lambda => world.name(Pool::Function, account, rng).to_owned(),
        Class::Instance => world.name(Pool::Instance, account, rng).to_owned(),
        Class::Pod => format!("eks-{}-{}", ACCOUNT[account].1, rng.string(HEX, 8)),
        Class::Ci if rng.per_mille(500) => format!("deploy-{}", 40_000 + (start - EPOCH) / 600),
        Class::Ci => format!("aws-go-sdk-{start}{:09}", rng.below(1_000_000_000)),
        Class::Person => format!("{}@harborline.example", world.name(Pool::TargetUser, account, rng)),
        Class::Audit => format!("posture-scan-{}", (start - EPOCH).div_euclid(86_400) + 112),
        Class::Service => "AutomatedOperation".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_valid_when_used() {
        let world = World::new();
        let size =
            Size { files: 200, per_file: 100, days: 2, seed: 5, s3_heavy: false, issuing: 30, one_stream: false };
        let plan = Plan::new(size, &world);
        assert_eq!(plan.sessions.len(), 180 + 600);
        let mut rng = Rng::new(1);
        let mut found = 0;
        for (n, file) in plan.files.iter().enumerate() {
            if let Some(session) = plan.session(n, Class::Task, file.end, &mut rng) {
                found += 1;
                assert_eq!(world.roles[session.role].account, file.account);
                assert!(session.start <= file.end && file.end < session.start + session.life);
            }
        }
        assert!(found > 190, "{found}");
    }
}
