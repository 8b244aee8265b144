//! A small language in which the calls are written down: JSON with holes.
//!
//! - `<bucket>`, `<table>`, … (a `Pool`): a name, the same one wherever it occurs in one record; `<bucket+>` is a
//!   fresh one.
//! - `<key>`: the key of an S3 object, the same one wherever it occurs in one record.
//! - `<account>`, `<region>`, `<arn>` (the caller's), `<at>` (the event's time), `<at-ms>`, `<ago>` (a time before
//!   it), `<soon>`
//! - `<int 1-500>`, `<hex 17>`, `<b64 76>`, `<id32 16>`, `<alnum 8>`, `<uuid>`, `<UUID>`, `<bool>`, `<ip>`, `<pick
//!   a|b|c>`
//! - `<*1-4 BODY*>`: the body one to four times, with commas between; short lists are likelier than long ones.
//! - `<?30 BODY?>`: the body, 30 times of a hundred.
//!
//! WHY a language: 95 calls as functions are lines nobody reads; as templates they look like the records
//! they make, and compiled to a list of literals and holes they are written as fast as memory allows.

use std::fmt::Write as _;

use super::clock;
use super::names::Pool;
use super::rng::{ALNUM, BASE32, BASE64, HEX, Rng};
use super::world::{ACCOUNT, REGIONS, World};

/// A compiled template.
#[derive(Clone, Debug, Default)]
pub struct Template(Vec<Op>);

#[derive(Clone, Debug)]
enum Op {
    Text(String),
    Hole(Hole),
    Repeat(usize, usize, Template),
    Maybe(u32, Template),
}

#[derive(Clone, Debug)]
enum Hole {
    Name(Pool),
    Fresh(Pool),
    Key,
    Account,
    Region,
    Arn,
    At,
    AtMs,
    Ago,
    Soon,
    Int(i64, i64),
    Chars(&'static [u8], usize),
    Uuid,
    UpperUuid,
    Bool,
    Ip,
    Pick(Vec<String>),
}

/// What holes are filled from while one record is written.
pub struct Scene<'a> {
    /// Everything that has a name.
    pub world: &'a World,
    /// The randomness of this file.
    pub rng: Rng,
    /// The account, as an index of `ACCOUNT`.
    pub account: usize,
    /// The region, as an index of `REGIONS`.
    pub region: usize,
    /// When the event happens.
    pub at: i64,
    /// The caller's ARN.
    pub arn: String,
    /// The object's key drawn for this record, if any.
    key: String,
    /// The names drawn for this record so far, by `Pool`.
    names: [Option<&'a str>; Pool::ALL.len()],
}

impl<'a> Scene<'a> {
    /// A scene for one file.
    pub fn new(world: &'a World, rng: Rng, account: usize, region: usize) -> Self {
        Self {
            world,
            rng,
            account,
            region,
            at: 0,
            arn: String::new(),
            key: String::new(),
            names: [None; Pool::ALL.len()],
        }
    }

    /// Forgets the names of the last record.
    pub fn next(&mut self, at: i64) {
        self.at = at;
        self.key.clear();
        self.names.fill(None);
    }

    /// Says which thing of a kind this record is about, so that none is drawn.
    pub fn pin(&mut self, pool: Pool, name: &'a str) {
        self.names[pool as usize] = Some(name);
    }

    /// Says which object this record is about.
    pub fn pin_key(&mut self, key: &str) {
        key.clone_into(&mut self.key);
    }

    /// The name that this record uses for a kind of thing.
    pub fn name(&mut self, pool: Pool) -> &'a str {
        let (world, account) = (self.world, self.account);
        match self.names[pool as usize] {
            Some(name) => name,
            None => self.names[pool as usize].insert(world.name(pool, account, &mut self.rng)),
        }
    }
}

impl Template {
    /// Compiles a template.
    ///
    /// # Panics
    /// On a mistake in the template; a test compiles all of them.
    pub fn new(source: &str) -> Self {
        let (template, rest) = compile(source, None);
        assert!(rest.is_empty(), "unbalanced: {source}");
        template
    }

    /// Whether it writes nothing at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes the template with its holes filled.
    pub fn write(&self, out: &mut String, scene: &mut Scene) {
        for op in &self.0 {
            match op {
                Op::Text(text) => out.push_str(text),
                Op::Hole(hole) => hole.write(out, scene),
                Op::Repeat(low, high, body) => {
                    // The smaller of two draws: most lists are short.
                    let (a, b) = (scene.rng.below(high - low + 1), scene.rng.below(high - low + 1));
                    for n in 0..low + a.min(b) {
                        if n > 0 {
                            out.push(',');
                        }
                        body.write(out, scene);
                    }
                }
                Op::Maybe(percent, body) => {
                    if scene.rng.per_mille(percent * 10) {
                        body.write(out, scene);
                    }
                }
            }
        }
    }
}

/// Compiles up to the closing mark `?>` or `*>` of the block it is in, and returns what follows that.
fn compile<'t>(mut rest: &'t str, closing: Option<&str>) -> (Template, &'t str) {
    let (mut ops, mut text) = (Vec::new(), String::new());
    loop {
        if closing.is_some_and(|mark| rest.starts_with(mark)) {
            rest = &rest[2..];
            break;
        }
        let Some(next) = rest.chars().next() else {
            assert!(closing.is_none(), "a block is not closed");
            break;
        };
        if next != '<' {
            text.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        }
        if !text.is_empty() {
            ops.push(Op::Text(std::mem::take(&mut text)));
        }
        rest = &rest[1..];
        if let Some(block) = rest.strip_prefix('*') {
            let (range, body) = block.split_once(' ').expect("a body after <*1-4");
            let (low, high) = range_of(range);
            let (body, after) = compile(body, Some("*>"));
            ops.push(Op::Repeat(low as usize, high as usize, body));
            rest = after;
        } else if let Some(block) = rest.strip_prefix('?') {
            let (percent, body) = block.split_once(' ').expect("a body after <?30");
            let (body, after) = compile(body, Some("?>"));
            ops.push(Op::Maybe(percent.parse().expect("a percentage"), body));
            rest = after;
        } else {
            let (hole, after) = rest.split_once('>').expect("a closed hole");
            ops.push(Op::Hole(Hole::new(hole)));
            rest = after;
        }
    }
    if !text.is_empty() {
        ops.push(Op::Text(text));
    }
    (Template(ops), rest)
}

fn range_of(text: &str) -> (i64, i64) {
    let (low, high) = text.split_once('-').expect("a range low-high");
    (low.parse().expect("a number"), high.parse().expect("a number"))
}

impl Hole {
    fn new(source: &str) -> Self {
        let (word, argument) = source.split_once(' ').unwrap_or((source, ""));
        let count = || argument.parse().unwrap_or_else(|_| panic!("<{source}>: a length is missing"));
        match word {
            "key" => Self::Key,
            "account" => Self::Account,
            "region" => Self::Region,
            "arn" => Self::Arn,
            "at" => Self::At,
            "at-ms" => Self::AtMs,
            "ago" => Self::Ago,
            "soon" => Self::Soon,
            "int" => {
                let (low, high) = range_of(argument);
                Self::Int(low, high)
            }
            "hex" => Self::Chars(HEX, count()),
            "b64" => Self::Chars(BASE64, count()),
            "id32" => Self::Chars(BASE32, count()),
            "alnum" => Self::Chars(ALNUM, count()),
            "uuid" => Self::Uuid,
            "UUID" => Self::UpperUuid,
            "bool" => Self::Bool,
            "ip" => Self::Ip,
            "pick" => Self::Pick(argument.split('|').map(str::to_owned).collect()),
            name => {
                let pool = Pool::named(name.trim_end_matches('+'));
                let pool = pool.unwrap_or_else(|| panic!("<{source}>: nothing has this name"));
                if name.ends_with('+') { Self::Fresh(pool) } else { Self::Name(pool) }
            }
        }
    }

    fn write(&self, out: &mut String, scene: &mut Scene) {
        match self {
            Self::Name(pool) => out.push_str(scene.name(*pool)),
            Self::Fresh(pool) => out.push_str(scene.world.name(*pool, scene.account, &mut scene.rng)),
            Self::Key => {
                if scene.key.is_empty() {
                    object_key(&mut scene.key, &mut scene.rng, scene.at);
                }
                out.push_str(&scene.key);
            }
            Self::Account => out.push_str(ACCOUNT[scene.account].0),
            Self::Region => out.push_str(REGIONS[scene.region]),
            Self::Arn => out.push_str(&scene.arn),
            Self::At => clock::iso(out, scene.at),
            Self::AtMs => {
                let _ = write!(out, "{}", scene.at * 1000 + scene.rng.range(0, 999));
            }
            Self::Ago => clock::iso(out, scene.at - scene.rng.range(60, 86_400)),
            Self::Soon => clock::us(out, scene.at + 3600),
            Self::Int(low, high) => {
                let _ = write!(out, "{}", scene.rng.range(*low, *high));
            }
            Self::Chars(BASE64, n) => scene.rng.base64(out, *n),
            Self::Chars(alphabet, n) => scene.rng.chars(out, alphabet, *n),
            Self::Uuid => scene.rng.uuid(out),
            Self::UpperUuid => {
                let start = out.len();
                scene.rng.uuid(out);
                out[start..].make_ascii_uppercase();
            }
            Self::Bool => out.push_str(if scene.rng.per_mille(500) { "true" } else { "false" }),
            Self::Ip => {
                let _ = write!(out, "10.20.{}.{}", scene.rng.below(48), scene.rng.range(4, 250));
            }
            Self::Pick(words) => out.push_str(scene.rng.pick::<String>(words)),
        }
    }
}

/// Appends the key of an object: three of four are touched once, the others again and again.
fn object_key(out: &mut String, rng: &mut Rng, at: i64) {
    const FOLDERS: [&str; 4] = ["exports", "landing", "curated", "uploads"];
    const KINDS: [(&str, &str); 4] =
        [("orders", "parquet"), ("clicks", "json.gz"), ("invoices", "csv"), ("images", "jpg")];
    let mut popular = Rng::stream(3, rng.below(400) as u64);
    let (rng, at) = if rng.per_mille(250) { (&mut popular, clock::EPOCH) } else { (rng, at) };
    let (kind, extension) = rng.pick(&KINDS);
    let _ = write!(out, "{}/{kind}/dt=", rng.pick(&FOLDERS));
    clock::day(out, at);
    let _ = write!(out, "/part-{:05}-", rng.below(100_000));
    rng.chars(out, HEX, 12);
    let _ = write!(out, ".{extension}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_blocks_and_shared_names() {
        let world = World::new();
        let mut scene = Scene::new(&world, Rng::new(9), 0, 1);
        scene.next(clock::EPOCH);
        let template = Template::new(
            r#"{"b":"<bucket>","c":"<bucket>","l":[<*2-2 {"n":<int 5-5>}*>],"t":"<at>"<?0 ,"never":1?><?100 ,"r":"<region>"?>}"#,
        );
        let mut out = String::new();
        template.write(&mut out, &mut scene);
        let bucket = scene.name(Pool::Bucket);
        assert_eq!(
            out,
            format!(
                r#"{{"b":"{bucket}","c":"{bucket}","l":[{{"n":5}},{{"n":5}}],"t":"2026-03-02T00:00:00Z","r":"eu-west-1"}}"#
            )
        );
    }
}
