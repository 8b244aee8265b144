//! The web servers' access log: customers, the load balancer, and somebody who looks for doors and finds one.
//!
//! On Tuesday evening the intruder tries paths until a forgotten file of the build machines answers: that is how the key
//! leaked, minutes before it is first used. At night, with the secrets read, they page through the customers as an
//! administrator of the shop; and go on while the trail is stopped.

use super::function::{Invocation, uuid};
use super::{FROM, Line, UNTIL};
use crate::corpus::clock::{self, Civil};
use crate::corpus::rng::{Rng, Weighted};
use crate::sample::SEED;
use crate::sample::book::at;
use crate::sample::intrusion::{ADDRESS, TERMINATED};

/// The web servers, as the trail knows them.
const SERVERS: [&str; 2] = ["i-05c2e8a91d7f3b640", "i-09d17b4f6ea2c8350"];

/// A request and its answer.
#[derive(Debug)]
pub struct Request {
    /// When it was answered, in milliseconds since 1970.
    pub at: i64,
    /// Who asked.
    pub from: String,
    /// Who they say they are.
    pub user: &'static str,
    /// The method.
    pub method: &'static str,
    /// What they asked for.
    pub path: String,
    /// How it ended.
    pub status: u16,
    /// Bytes of the answer.
    pub size: u64,
    /// What they asked with.
    pub agent: &'static str,
    /// How long it took, in tenths of a millisecond.
    pub tenths: u32,
    /// Its id, behind the web servers too; none of files and of the load balancer.
    pub id: String,
    /// Which server answered.
    server: usize,
}

const AGENTS: [&str; 6] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
    "HarborlineApp/7.12.0 (Android 15)",
];
/// The intruder's browser, which signs in to the console later.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0";
const SCANNER: &str = "gobuster/3.6";
const SCRIPT: &str = "curl/8.8.0";

/// How busy the hours are, from 18:00 on.
const HOURS: [u64; 14] = [10, 11, 12, 11, 8, 5, 3, 2, 2, 2, 2, 3, 5, 8];
/// How many customers come by.
const CUSTOMERS: usize = 120;

/// What is tried, and how it is answered.
const PROBED: [(&str, u16); 52] = [
    ("/robots.txt", 200),
    ("/.env", 404),
    ("/.env.local", 404),
    ("/.env.production", 404),
    ("/.git/config", 404),
    ("/.git/HEAD", 404),
    ("/.svn/entries", 404),
    ("/.aws/credentials", 404),
    ("/.ssh/id_rsa", 404),
    ("/.DS_Store", 404),
    ("/.vscode/settings.json", 404),
    ("/.gitlab-ci.yml", 404),
    ("/admin", 301),
    ("/admin/", 403),
    ("/administrator/", 404),
    ("/api/", 404),
    ("/api/v1/swagger.json", 404),
    ("/api/openapi.json", 404),
    ("/api/graphql", 404),
    ("/api/orders/1'", 500),
    ("/api/orders/1%27%20OR%20%271%27=%271", 500),
    ("/api/orders/-1", 404),
    ("/api/orders/0", 404),
    ("/actuator/env", 404),
    ("/actuator/health", 404),
    ("/backup.sql", 404),
    ("/backup.tar.gz", 404),
    ("/backup.zip", 404),
    ("/backup/", 404),
    ("/cgi-bin/test.cgi", 404),
    ("/config.json", 404),
    ("/config.php.bak", 404),
    ("/console/", 404),
    ("/debug/pprof/", 404),
    ("/docker-compose.yml", 404),
    ("/dump.sql", 404),
    ("/id_rsa", 404),
    ("/info.php", 404),
    ("/jenkins/", 404),
    ("/login", 200),
    ("/old/", 404),
    ("/phpmyadmin/", 404),
    ("/server-status", 403),
    ("/sitemap.xml", 200),
    ("/solr/admin/", 404),
    ("/staging/", 404),
    ("/terraform.tfstate", 404),
    ("/wp-admin/", 404),
    ("/wp-login.php", 404),
    ("/deploy/", 403),
    ("/deploy/.env", 404),
    ("/deploy/build.log", 404),
];

/// The forgotten file.
const FORGOTTEN: &str = "/deploy/.env.bak";

struct Log {
    rng: Rng,
    out: Vec<Request>,
}

/// All requests of the night, in the order of time.
pub fn requests(invocations: &[Invocation]) -> Vec<Request> {
    let mut log = Log { rng: Rng::stream(SEED, 0x410), out: Vec::new() };
    customers(&mut log);
    for order in invocations.iter().flat_map(|run| &run.orders) {
        let (from, agent) = log.somebody();
        let size = log.rng.range(180, 260) as u64;
        log.ask(order.at, &from, "POST", "/api/orders", (202, size), agent);
        if let Some(request) = log.out.last_mut() {
            request.id.clone_from(&order.request);
        }
    }
    for at in (FROM..UNTIL).step_by(15 * 60) {
        for server in 0..SERVERS.len() {
            let at = at * 1000 + 417 + server as i64 * 5_003;
            log.ask(at, &format!("10.20.{server}.9"), "GET", "/health", (200, 2), "ELB-HealthChecker/2.0");
            if let Some(request) = log.out.last_mut() {
                request.server = server;
            }
        }
    }
    intruder(&mut log);
    log.out.retain(|request| (FROM * 1000..UNTIL * 1000).contains(&request.at));
    log.out.sort_by_key(|request| request.at);
    log.out
}

impl Log {
    fn ask(
        &mut self,
        at: i64,
        from: &str,
        method: &'static str,
        path: &str,
        (status, size): (u16, u64),
        agent: &'static str,
    ) {
        let rng = &mut self.rng;
        let behind = path.starts_with("/api/");
        let tenths = match status {
            503 => rng.range(50_020, 50_900),
            500 => rng.range(60, 200),
            _ if behind => rng.range(60, 900) + if rng.per_mille(40) { rng.range(1_000, 9_000) } else { 0 },
            _ => rng.range(4, 60),
        };
        let id = if behind { uuid(rng) } else { "-".to_owned() };
        let (tenths, server) = (tenths as u32, rng.below(SERVERS.len()));
        let (from, path) = (from.to_owned(), path.to_owned());
        self.out.push(Request { at, from, user: "-", method, path, status, size, agent, tenths, id, server });
    }

    /// The intruder asks.
    fn probe(&mut self, at: i64, method: &'static str, path: &str, answer: (u16, u64), agent: &'static str) {
        self.ask(at, ADDRESS, method, path, answer, agent);
    }

    /// A customer and what they shop with.
    fn somebody(&mut self) -> (String, &'static str) {
        let rng = &mut self.rng;
        let from = if rng.per_mille(250) {
            format!("2001:db8:{:x}::{:x}", rng.range(0x10, 0x6f), rng.range(1, 0xffff))
        } else {
            // The intruder's network, though not their address.
            let n = rng.range(1, 250);
            format!("203.0.113.{}", if n == 66 { 67 } else { n })
        };
        (from, AGENTS[rng.below(AGENTS.len())])
    }
}

/// People who look, sign in, and look after their orders.
fn customers(log: &mut Log) {
    let hours = Weighted::new(HOURS);
    for _ in 0..CUSTOMERS {
        let (from, agent) = log.somebody();
        let mut at = (FROM + hours.draw(&mut log.rng) as i64 * 3600) * 1000 + log.rng.range(0, 3_599_999);
        log.ask(at, &from, "GET", "/", (200, 18_204), agent);
        for (path, size) in [("/assets/app.css", 41_877), ("/assets/app.js", 187_310)] {
            at += log.rng.range(30, 160);
            let known = log.rng.per_mille(600);
            log.ask(at, &from, "GET", path, if known { (304, 0) } else { (200, size) }, agent);
        }
        for _ in 0..log.rng.range(1, 6) {
            at += log.rng.range(1_500, 40_000);
            let gone = at > TERMINATED * 1000;
            let size = log.rng.range(600, 9_000) as u64;
            match log.rng.below(10) {
                0..4 => {
                    let page = log.rng.range(1, 12);
                    log.ask(at, &from, "GET", &format!("/api/products?page={page}"), (200, size), agent);
                }
                4..6 => {
                    let path = format!("/products/{}", log.rng.range(1_000, 1_400));
                    let missing = log.rng.per_mille(60);
                    log.ask(at, &from, "GET", &path, (if missing { 404 } else { 200 }, size), agent);
                }
                6 => {
                    let wrong = log.rng.per_mille(120);
                    log.ask(at, &from, "POST", "/api/login", (if wrong { 401 } else { 200 }, 312), agent);
                }
                _ => {
                    let path = format!("/api/orders/{}", log.rng.range(470_000, 481_199));
                    // What an order cost stands in the ledger; what is in a cache is still found.
                    let lost = gone && log.rng.per_mille(750);
                    log.ask(at, &from, "GET", &path, if lost { (503, 97) } else { (200, size) }, agent);
                }
            }
        }
    }
}

/// What the intruder does at the web servers.
fn intruder(log: &mut Log) {
    // Before the key: from one path to the next.
    let mut time = at(2, 19, 17, 52) * 1000;
    log.probe(time, "GET", "/", (200, 18_204), BROWSER);
    for (path, status) in PROBED {
        time += log.rng.range(4_000, 38_000);
        let size = if status == 404 { 153 } else { log.rng.range(150, 700) as u64 };
        log.probe(time, "GET", path, (status, size), SCANNER);
    }
    let found = at(2, 19, 38, 44) * 1000 + 201;
    log.probe(found, "HEAD", FORGOTTEN, (200, 0), SCANNER);
    log.probe(found + 14_630, "GET", FORGOTTEN, (200, 1_184), BROWSER);

    // Before the night's first call: guesses.
    let mut time = at(3, 1, 5, 11) * 1000;
    log.probe(time, "GET", "/login", (200, 5_120), BROWSER);
    for _ in 0..14 {
        time += log.rng.range(2_500, 19_000);
        log.probe(time, "POST", "/api/login", (401, 58), BROWSER);
    }

    // With the secrets of the orders API: the customers, page by page.
    let mut time = at(3, 1, 44, 20) * 1000;
    log.probe(time, "GET", "/api/admin/customers?page=1", (401, 58), SCRIPT);
    for page in 1..=36 {
        time += log.rng.range(3_000, 22_000);
        let size = log.rng.range(41_000, 56_000) as u64;
        log.admin(time, &format!("/api/admin/customers?page={page}"), 200, size);
    }

    // Is it gone?
    for second in [24, 43, 71] {
        log.admin(at(3, 2, 42, 0) * 1000 + second * 1000 + 318, "/api/admin/ledger/status", 503, 97);
    }

    // While nobody records: everything that customers ever ordered.
    let mut time = at(3, 3, 12, 5) * 1000;
    for part in 1..=32 {
        time += log.rng.range(30_000, 75_000);
        let size = log.rng.range(880_000, 1_420_000) as u64;
        log.admin(time, &format!("/api/admin/export?part={part}"), 200, size);
    }
    log.admin(time + 41_000, "/api/admin/audit", 403, 61);

    // In the morning the shop's doors are shut, too.
    let mut time = at(3, 7, 1, 40) * 1000;
    for _ in 0..6 {
        time += log.rng.range(8_000, 40_000);
        log.admin(time, "/api/admin/customers?page=1", 403, 61);
    }
}

impl Log {
    fn admin(&mut self, at: i64, path: &str, status: u16, size: u64) {
        self.probe(at, "GET", path, (status, size), SCRIPT);
        if let Some(request) = self.out.last_mut() {
            request.user = "orders-admin";
        }
    }
}

/// The log that they leave: the combined format, with the request's id at the end.
pub fn lines(requests: &[Request]) -> Vec<Line> {
    let line = |request: &Request| {
        let Request { from, user, method, path, status, size, agent, id, .. } = request;
        let Civil { date: (year, _, day), time: (hour, minute, second) } = clock::civil(request.at / 1000);
        let referrer = if path.starts_with("/assets/") { "https://shop.harborline.example/" } else { "-" };
        let message = format!(
            "{from} - {user} [{day:02}/Sep/{year}:{hour:02}:{minute:02}:{second:02} +0000] \"{method} {path} HTTP/1.1\" {status} {size} \"{referrer}\" \"{agent}\" \"{id}\""
        );
        Line { at: request.at, stream: SERVERS[request.server].to_owned(), message }
    };
    requests.iter().map(line).collect()
}
