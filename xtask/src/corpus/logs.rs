//! A million lines of CloudWatch Logs, as export tasks write them: functions, services that log JSON, web servers.
//!
//! Nobody counts the lines of a stream before it is exported, so objects are of 2,000 to 20,000 lines. Ids occur once, routes
//! and names again and again, errors now and then, and a few messages have lines of their own: what decides how fast such
//! logs are read.

use std::fmt::{Arguments, Write as _};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};

use super::clock::{self, EPOCH};
use super::rng::{HEX, Rng, Weighted};
use super::write::on_every_core;
use super::{Summary, once};

/// The folder that the objects lie in.
pub const ROOT: &str = "exportedlogs";
/// What the corpus is called.
pub const NAME: &str = "logs";

/// Lines in all.
const LINES: usize = 1_000_000;
const SEED: u64 = 0x1095;
/// Streams of a log group.
const STREAMS: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Function,
    Service,
    Web,
}

/// Log groups, and how much of all they write.
const GROUPS: [(Style, &str, u64); 9] = [
    (Style::Function, "orders-events", 16),
    (Style::Function, "media-resize", 14),
    (Style::Function, "ledger-stream", 10),
    (Style::Function, "nightly-report", 5),
    (Style::Service, "orders-api", 15),
    (Style::Service, "payments-worker", 10),
    (Style::Service, "search", 8),
    (Style::Web, "shop", 14),
    (Style::Web, "partners", 8),
];

/// One object of an export.
struct Plan {
    group: usize,
    stream: usize,
    number: usize,
    lines: usize,
    /// When it begins, in milliseconds since 1970.
    start: i64,
}

/// Makes the corpus in a folder, unless it is there already.
pub fn generate(dir: &Path) -> Result<Summary> {
    once(NAME, &[ROOT], dir, |dir| write(dir, LINES))
}

/// Writes so many lines.
pub fn write(dir: &Path, lines: usize) -> Result<Summary> {
    let plans = plan(lines);
    let tasks: Vec<String> = (0..GROUPS.len()).map(task).collect();
    let (next, text_bytes, stored) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let work = || -> Result<()> {
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let Some(plan) = plans.get(n) else { return Ok(()) };
            let text = object(plan, n);
            let mut gz = GzEncoder::new(Vec::with_capacity(text.len() / 6), Compression::new(6));
            gz.write_all(text.as_bytes())?;
            let bytes = gz.finish()?;
            let folder =
                dir.join(ROOT).join(&tasks[plan.group]).join(stream(plan.group, plan.stream).replace('/', "-"));
            fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
            let path = folder.join(format!("{:06}.gz", plan.number));
            fs::write(&path, &bytes).with_context(|| format!("writing {}", path.display()))?;
            text_bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
            stored.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
    };
    on_every_core(work)?;
    Ok(Summary {
        events: lines as u64,
        files: plans.len() as u64,
        json_bytes: text_bytes.into_inner(),
        stored_bytes: stored.into_inner(),
    })
}

/// The export task of a group.
fn task(group: usize) -> String {
    let mut out = String::new();
    Rng::stream(SEED ^ 0x7a5c, group as u64).uuid(&mut out);
    out
}

/// The name of a stream.
fn stream(group: usize, number: usize) -> String {
    let mut rng = Rng::stream(SEED ^ 0x57e4, (group * STREAMS + number) as u64);
    let (style, name, _) = GROUPS[group];
    match style {
        Style::Function => format!("2026/03/02/[$LATEST]{}", rng.string(HEX, 32)),
        Style::Service => format!("{name}/app/{}", rng.string(HEX, 32)),
        Style::Web => format!("i-0{}", rng.string(HEX, 16)),
    }
}

fn plan(lines: usize) -> Vec<Plan> {
    let mut rng = Rng::stream(SEED, u64::MAX);
    let weights = Weighted::new(GROUPS.map(|group| group.2));
    let mut known = [[(0, EPOCH * 1000); STREAMS]; GROUPS.len()];
    let (mut out, mut left) = (Vec::new(), lines);
    while left > 0 {
        let (group, stream) = (weights.draw(&mut rng), rng.below(STREAMS));
        let lines = (rng.range(2_000, 20_000) as usize).min(left);
        let (number, start) = &mut known[group][stream];
        out.push(Plan { group, stream, number: *number, lines, start: *start });
        // As long as a line may take, so that no stream goes back in time.
        (*number, *start) = (*number + 1, *start + lines as i64 * 1_200);
        left -= lines;
    }
    out
}

/// The text of an object, as far as it is written.
struct Object {
    rng: Rng,
    text: String,
    at: i64,
    left: usize,
}

fn object(plan: &Plan, number: usize) -> String {
    let rng = Rng::stream(SEED, number as u64);
    let mut it = Object { rng, text: String::with_capacity(plan.lines * 230), at: plan.start, left: plan.lines };
    let (style, name, _) = GROUPS[plan.group];
    while it.left > 0 {
        match style {
            Style::Function => it.run(name),
            Style::Service => it.service(name),
            Style::Web => it.request(),
        }
    }
    it.text
}

const DOINGS: [&str; 8] = [
    "batch of {} records taken",
    "cache has {} entries, none expired",
    "table read in {} ms",
    "object of {} bytes written",
    "{} messages put back on the queue",
    "next token after {} rows",
    "lease of shard {} renewed",
    "settings of version {} in use",
];
const ROUTES: [(&str, &str); 8] = [
    ("GET", "/api/products"),
    ("GET", "/api/products/{id}"),
    ("POST", "/api/orders"),
    ("GET", "/api/orders/{id}"),
    ("PUT", "/api/basket/{id}"),
    ("POST", "/api/payments"),
    ("GET", "/api/search"),
    ("DELETE", "/api/basket/{id}"),
];
const AGENTS: [&str; 5] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
    "HarborlineApp/7.12.0 (Android 15)",
    "python-requests/2.32.4",
];

impl Object {
    /// A line; `end` is what stands behind it.
    fn line(&mut self, message: Arguments, end: &str) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        clock::iso_ms(&mut self.text, self.at);
        let _infallible = writeln!(self.text, " {message}{end}");
    }

    fn pass(&mut self, most: i64) {
        self.at += self.rng.range(0, most);
    }

    fn uuid(&mut self) -> String {
        let mut out = String::new();
        self.rng.uuid(&mut out);
        out
    }

    /// One run of a function: what Lambda says around it, and what it says itself, as text and as JSON.
    fn run(&mut self, service: &str) {
        let id = self.uuid();
        let started = self.at;
        self.line(format_args!("START RequestId: {id} Version: $LATEST"), "\n");
        for _ in 0..self.rng.range(2, 6) {
            self.pass(60);
            let (doing, number) = (*self.rng.pick(&DOINGS), self.rng.range(1, 99_999).to_string());
            let (doing, time) = (doing.replace("{}", &number), self.stamp());
            if self.rng.per_mille(400) {
                let (correlation, attempt) = (self.uuid(), self.rng.range(1, 3));
                self.line(
                    format_args!(
                        r#"{{"level":"INFO","location":"handler:{}","message":"{doing}","timestamp":"{time}","service":"{service}","cold_start":false,"function_request_id":"{id}","correlation_id":"{correlation}","attempt":{attempt}}}"#,
                        40 + doing.len()
                    ),
                    "\n",
                );
            } else {
                self.line(format_args!("[INFO]\t{time}\t{id}\t{doing}"), "\n");
            }
        }
        if self.rng.per_mille(25) {
            let time = self.stamp();
            self.line(
                format_args!(
                    "[ERROR]\t{time}\t{id}\tThe record was not written\nTraceback (most recent call last):\n  File \"/var/task/{service}/handler.py\", line 61, in handler\n    store.append(records)\n  File \"/var/task/{service}/store.py\", line 34, in append\n    raise Conflict(record.id)\n{service}.store.Conflict: {}",
                    self.rng.clone().range(1, 9_999_999)
                ),
                "\n",
            );
        }
        self.pass(40);
        self.line(format_args!("END RequestId: {id}"), "\n");
        let took = (self.at - started) as f64 + self.rng.range(1, 99) as f64 / 100.0;
        let memory = self.rng.range(84, 240);
        self.line(
            format_args!(
                "REPORT RequestId: {id}\tDuration: {took:.2} ms\tBilled Duration: {} ms\tMemory Size: 512 MB\tMax Memory Used: {memory} MB\t",
                took.ceil()
            ),
            "\n",
        );
        self.pass(7_500);
    }

    /// A line of a service, in JSON.
    fn service(&mut self, service: &str) {
        self.pass(1_200);
        let (time, id, client) = (self.stamp(), self.uuid(), self.client());
        let (method, route) = *self.rng.pick(&ROUTES);
        let level = match self.rng.below(1000) {
            0..12 => "ERROR",
            12..50 => "WARN",
            50..200 => "DEBUG",
            _ => "INFO",
        };
        let status = if level == "ERROR" { 500 } else { *self.rng.pick(&[200, 200, 200, 201, 304, 404]) };
        let latency = self.rng.range(8, 900) as f64 / 10.0;
        self.line(
            format_args!(
                r#"{{"time":"{time}","level":"{level}","service":"{service}","message":"request handled","requestId":"{id}","route":"{method} {route}","http":{{"method":"{method}","status":{status},"client":"{client}"}},"latency":{latency}}}"#
            ),
            "",
        );
    }

    /// A line of a web server's access log.
    fn request(&mut self) {
        self.pass(1_200);
        let client = self.client();
        let (method, route) = *self.rng.pick(&ROUTES);
        let path = route.replace("{id}", &self.rng.range(1, 999_999).to_string());
        let status = *self.rng.pick(&[200, 200, 200, 200, 200, 201, 304, 304, 404, 503]);
        let size = if status == 304 { 0 } else { self.rng.range(90, 48_000) };
        let (agent, at) = (*self.rng.pick(&AGENTS), clock::civil(self.at / 1000));
        let ((_, _, day), (hour, minute, second)) = (at.date, at.time);
        self.line(
            format_args!(
                r#"{client} - - [{day:02}/Mar/2026:{hour:02}:{minute:02}:{second:02} +0000] "{method} {path} HTTP/1.1" {status} {size} "https://shop.harborline.example/" "{agent}""#
            ),
            "",
        );
    }

    fn stamp(&self) -> String {
        let mut out = String::new();
        clock::iso_ms(&mut out, self.at);
        out
    }

    fn client(&mut self) -> String {
        let (net, host) = (self.rng.range(0, 60), self.rng.range(1, 254));
        format!("100.{}.{net}.{host}", 64 + self.rng.below(3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_lines_as_wanted_and_the_same_every_time() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let made = write(one.path(), 30_000).unwrap();
        assert_eq!(made, write(two.path(), 30_000).unwrap());
        // About as long as lines are: a million of them are about 200 MB.
        assert!(
            (180..220).contains(&(made.json_bytes / made.events)),
            "{} bytes a line",
            made.json_bytes / made.events
        );
        let plans = plan(30_000);
        assert_eq!(plans.len() as u64, made.files);
        let mut lines = 0;
        for (n, plan) in plans.iter().enumerate() {
            let text = object(plan, n);
            lines += text.lines().filter(|line| line.starts_with("2026-03-") && line[..25].ends_with("Z ")).count();
            assert!(text.starts_with("2026-03-02T"));
        }
        assert_eq!(lines, 30_000);
    }
}
