//! What CloudWatch Logs kept of the same night, as somebody took it home who looks into it: from Tuesday evening, before the
//! leaked key is first tried, until Wednesday morning, when the doors are shut.
//!
//! Five log groups of production and one story: an order comes in at the web servers (`web`), is taken by the orders API
//! (`orders`), and is written to the ledger by a function (`function`), all three under one request id; the function's calls
//! stand in the trail under the ids that it logs. The ledger's instance has flow logs (`flow`). When it is terminated the
//! function times out, and orders cannot be looked at. And the logs go on while the trail is stopped: what the intruder
//! does in those hours stands nowhere else. The payments worker (`payments`) logs nothing but metrics.
//!
//! `export` packs lines as AWS hands them out, each group in another way; `config` is what the account says of its log
//! groups, streams and filters; `cis` the filters that a benchmark wants.

mod cis;
mod config;
mod export;
mod flow;
mod function;
mod orders;
mod payments;
mod web;

use std::collections::BTreeMap;

use anyhow::Result;

use super::book::{Told, at};
use super::cast::Cast;
use super::custody::Delivered;
use super::intrusion::ADDRESS;
use crate::corpus::clock;

pub(super) use export::{PRINTED, object};

pub use config::{NEVER, ORGANIZATION_TRAIL, WHOLE};

/// What was taken home, in seconds since 1970.
pub(super) const FROM: i64 = at(2, 18, 0, 0);
pub(super) const UNTIL: i64 = at(3, 8, 0, 0);

/// The function's log group, exported to S3.
pub const FUNCTION: &str = "/aws/lambda/prod-ledger-stream";
/// The orders API's, as a delivery stream wrote it.
pub const ORDERS: &str = "/ecs/prod-orders-api";
/// The web servers' access log, as the command line printed it.
pub const WEB: &str = "/prod/web/access";
/// The payments worker's, as another delivery stream wrote it: metrics in the embedded format.
pub const PAYMENTS: &str = "/ecs/prod-payments-worker";
/// The flow logs, exported to S3.
pub const FLOW: &str = "/prod/vpc/flow";

/// The folders that their files begin with.
pub(super) const ROOTS: [&str; 3] = [export::EXPORTED, export::FIREHOSE, export::PRINTED];

/// One log event.
#[derive(Debug)]
pub struct Line {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Its log stream.
    pub stream: String,
    /// Its text, which may have lines of its own.
    pub message: String,
}

/// All that was taken home of one log group, in the order of time.
#[derive(Debug)]
pub struct Group {
    /// Its name.
    pub name: &'static str,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// The night, as it went.
struct Night {
    invocations: Vec<function::Invocation>,
    requests: Vec<web::Request>,
    groups: [Group; 5],
}

impl Night {
    fn new(told: &Told) -> Self {
        let invocations = function::invocations(told);
        let requests = web::requests(&invocations);
        let group = |name, mut lines: Vec<Line>| {
            lines.retain(|line| (FROM * 1000..UNTIL * 1000).contains(&line.at));
            lines.sort_by_key(|line| line.at);
            Group { name, lines }
        };
        let groups = [
            group(FUNCTION, function::lines(&invocations)),
            group(ORDERS, orders::lines(&requests, &invocations)),
            group(WEB, web::lines(&requests)),
            group(FLOW, flow::lines(&Cast::new())),
            group(PAYMENTS, payments::lines()),
        ];
        Self { invocations, requests, groups }
    }
}

/// The lines of each group.
pub fn groups() -> Vec<Group> {
    of(&super::told())
}

/// The lines of each group, of what the trail recorded.
pub(super) fn of(told: &Told) -> Vec<Group> {
    Night::new(told).groups.into()
}

/// The files they are in, and those that say what the account has.
pub(super) fn files(told: &Told) -> Result<Vec<Delivered>> {
    let [function, orders, web, flow, payments] = Night::new(told).groups;
    let mut files = config::files(&[&function, &orders, &web, &flow, &payments])?;
    files.push(export::write_test());
    files.extend(export::task(config::FUNCTION_TASK, &function)?);
    files.extend(export::task(config::FLOW_TASK, &flow)?);
    files.extend(export::delivered(&orders)?);
    files.extend(export::delivered(&payments)?);
    files.push(export::filtered(&web)?);
    Ok(files)
}

/// What a reader of the files has to find, counted where they are made.
#[derive(Debug, Default)]
pub struct Tally {
    /// Lines of each group.
    pub lines: BTreeMap<&'static str, usize>,
    /// Lines of the function with `ERROR` in them.
    pub errors: usize,
    /// Times that it ran out of time.
    pub timeouts: usize,
    /// Requests in the access log, and the bytes of their answers.
    pub requests: (usize, u64),
    /// Answers of 400 to 499, and of 500 to 599.
    pub refused: (usize, usize),
    /// Requests from the intruder's address, and those of them while the trail was stopped.
    pub intruders: (usize, usize),
    /// Lines of the orders API with a latency, and its sum in tenths of a millisecond, by route.
    pub latencies: BTreeMap<String, (usize, u64)>,
    /// Lines in the embedded metric format.
    pub metrics: usize,
    /// Records of flows, and those of the intruder's that were rejected.
    pub flows: (usize, usize),
    /// The request id of an order that the ledger got, and of one that it did not get.
    pub orders: [String; 2],
    /// The ids of the calls that the function logs, each of which the trail tells of.
    pub calls: Vec<String>,
}

/// Counts it.
pub fn tally() -> Tally {
    let night = Night::new(&super::told());
    let mut tally = Tally::default();
    for group in &night.groups {
        tally.lines.insert(group.name, group.lines.len());
    }
    let [function, _, _, flow, payments] = &night.groups;
    let with = |group: &Group, text: &str| group.lines.iter().filter(|line| line.message.contains(text)).count();
    tally.errors = with(function, "ERROR");
    tally.timeouts = with(function, "Task timed out");
    tally.metrics = [function, payments].iter().map(|group| with(group, r#"{"_aws":"#)).sum();
    let rejected = |line: &&Line| line.message.contains(ADDRESS) && line.message.contains(" REJECT ");
    tally.flows = (flow.lines.len(), flow.lines.iter().filter(rejected).count());
    let stopped = super::STOPPED * 1000..super::STARTED * 1000;
    for request in &night.requests {
        let count = |fits: bool| usize::from(fits);
        tally.requests.0 += 1;
        tally.requests.1 += request.size;
        tally.refused.0 += count((400..500).contains(&request.status));
        tally.refused.1 += count(request.status >= 500);
        tally.intruders.0 += count(request.from == ADDRESS);
        tally.intruders.1 += count(request.from == ADDRESS && stopped.contains(&request.at));
        if let Some(route) = orders::route(request) {
            let sum = tally.latencies.entry(route).or_default();
            *sum = (sum.0 + 1, sum.1 + u64::from(request.tenths));
        }
    }
    let order = |well: bool| {
        let found = night.invocations.iter().find(|one| (one.ending == function::Ending::Well) == well);
        found.and_then(|one| one.orders.first()).map(|order| order.request.clone()).unwrap_or_default()
    };
    tally.orders = [order(true), order(false)];
    tally.calls = night.invocations.iter().flat_map(|one| one.calls.iter().map(|call| call.id.clone())).collect();
    tally
}

/// `2026-09-15T18:00:00.000Z`, of milliseconds since 1970.
pub(super) fn stamp(at: i64) -> String {
    let mut out = String::new();
    clock::iso_ms(&mut out, at);
    out
}
