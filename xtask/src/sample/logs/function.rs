//! The function that writes the ledger, from a stream of orders. The trail tells of its calls: it ran when they were made.

use serde_json::{Value, json};

use super::{FROM, Line, UNTIL, stamp};
use crate::corpus::rng::{HEX, Rng};
use crate::sample::SEED;
use crate::sample::book::{Event, Told};
use crate::sample::cast::PRODUCTION;
use crate::sample::intrusion::{STARTED, STOPPED, TERMINATED};

/// A call to AWS that it makes.
#[derive(Debug)]
pub struct Call {
    at: i64,
    source: String,
    name: String,
    /// The call's request id, in the trail and here.
    pub id: String,
    error: String,
}

/// An order that came in at the web servers and goes to the ledger.
#[derive(Debug)]
pub struct Order {
    /// When it came in, in milliseconds since 1970.
    pub at: i64,
    /// The request that it came with.
    pub request: String,
    /// Its number.
    pub number: i64,
    /// How many things were ordered.
    pub items: i64,
    /// What they cost.
    pub cents: i64,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The ledger has the orders.
    Well,
    /// The ledger is gone: the function waits for it until its own time is over.
    Timeout,
    /// The ledger is gone, which the function knows by now: it gives up in time.
    Unreachable,
}

/// One run of the function.
#[derive(Debug)]
pub struct Invocation {
    id: String,
    from: i64,
    until: i64,
    /// What it calls.
    pub calls: Vec<Call>,
    /// What it writes, or would.
    pub orders: Vec<Order>,
    /// How it ends.
    pub ending: Ending,
}

/// Seconds between two calls that belong to one run.
const TOGETHER: i64 = 4;
/// Milliseconds that it may take.
const LIMIT: i64 = 30_000;
/// Milliseconds that a sandbox is kept.
const KEPT: i64 = 7_000_000;

/// All runs of the night: those that the trail tells of by their calls, and those of the hours without a trail.
pub fn invocations(told: &Told) -> Vec<Invocation> {
    let mut rng = Rng::stream(SEED, 0x400);
    let mut runs: Vec<Vec<Call>> = Vec::new();
    let mut last = i64::MIN;
    for event in told.events.iter().filter(|event| event.account == PRODUCTION && (FROM..UNTIL).contains(&event.at)) {
        let Some(call) = call(event, &mut rng) else { continue };
        match runs.last_mut() {
            Some(run) if event.at - last <= TOGETHER => run.push(call),
            _ => runs.push(vec![call]),
        }
        last = event.at;
    }
    let mut out: Vec<Invocation> = Vec::new();
    for mut calls in runs {
        calls.sort_by_key(|call| call.at);
        let (from, until) = (calls[0].at, calls[calls.len() - 1].at);
        out.push(invocation(from - rng.range(40, 300), until + rng.range(15, 400), calls, &mut rng));
    }
    let mut at = STOPPED * 1000 + rng.range(20_000, 60_000);
    while at < STARTED * 1000 {
        let takes = rng.range(300, 2_500);
        out.push(invocation(at, at + takes, Vec::new(), &mut rng));
        at += rng.range(110_000, 290_000);
    }
    out.sort_by_key(|invocation| invocation.from);
    // The first ones that miss the ledger wait too long; then the program waits no longer than it has to.
    let gone = TERMINATED * 1000;
    for (n, run) in out.iter_mut().filter(|run| run.until > gone).enumerate() {
        run.ending = if n < 2 { Ending::Timeout } else { Ending::Unreachable };
        run.until = match run.ending {
            Ending::Timeout => run.from + LIMIT + rng.range(4, 60),
            _ => run.until + 5_000 + rng.range(1, 30),
        };
    }
    for (n, order) in out.iter_mut().flat_map(|run| &mut run.orders).enumerate() {
        order.number = 481_200 + n as i64;
    }
    out
}

fn call(event: &Event, rng: &mut Rng) -> Option<Call> {
    let marked = event.text.contains(r#":assumed-role/prod-ledger-stream-fn/prod-ledger-stream""#);
    let record: Value = serde_json::from_str(marked.then_some(&event.text)?).ok()?;
    let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
    let source = text("eventSource").trim_end_matches(".amazonaws.com").to_owned();
    let at = event.at * 1000 + rng.range(0, 999);
    Some(Call { at, source, name: text("eventName"), id: text("requestID"), error: text("errorCode") })
}

fn invocation(from: i64, until: i64, calls: Vec<Call>, rng: &mut Rng) -> Invocation {
    let id = uuid(rng);
    let orders = (0..rng.range(1, 3)).map(|_| Order {
        at: from - rng.range(400, 2_600),
        request: uuid(rng),
        number: 0,
        items: rng.range(1, 6),
        cents: rng.range(490, 24_900),
    });
    let mut orders: Vec<Order> = orders.collect();
    orders.sort_by_key(|order| order.at);
    Invocation { id, from, until, calls, orders, ending: Ending::Well }
}

/// A request id.
pub fn uuid(rng: &mut Rng) -> String {
    let mut out = String::new();
    rng.uuid(&mut out);
    out
}

/// Where the function runs: one log stream.
struct Sandbox {
    stream: String,
    born: i64,
    free: i64,
}

/// What it logs.
pub fn lines(invocations: &[Invocation]) -> Vec<Line> {
    let mut rng = Rng::stream(SEED, 0x401);
    let mut sandboxes: Vec<Sandbox> = Vec::new();
    let mut out = Vec::new();
    for run in invocations {
        let free = |sandbox: &&mut Sandbox| sandbox.free < run.from && run.from < sandbox.born + KEPT;
        let (sandbox, cold) = match sandboxes.iter_mut().find(free) {
            Some(sandbox) => (sandbox, false),
            None => {
                let day = &stamp(run.from)[..10].replace('-', "/");
                let stream = format!("{day}/[$LATEST]{}", rng.string(HEX, 32));
                sandboxes.push(Sandbox { stream, born: run.from, free: 0 });
                let last = sandboxes.len() - 1;
                (&mut sandboxes[last], true)
            }
        };
        sandbox.free = run.until;
        told(run, cold, &sandbox.stream, &mut rng, &mut out);
    }
    out
}

/// Where a run's lines go to, each with the line break that Lambda ends them with.
struct Teller<'a> {
    run: &'a Invocation,
    stream: &'a str,
    out: &'a mut Vec<Line>,
}

impl Teller<'_> {
    fn line(&mut self, at: i64, message: &str) {
        self.out.push(Line { at, stream: self.stream.to_owned(), message: format!("{message}\n") });
    }

    /// As the runtime's own logger writes.
    fn text(&mut self, at: i64, level: &str, message: &str) {
        self.line(at, &format!("[{level}]\t{}\t{}\t{message}", stamp(at), self.run.id));
    }

    /// As the program's logger writes.
    fn json(&mut self, at: i64, level: &str, location: &str, message: &str, more: Value) {
        let time = stamp(at).replace('T', " ").replace('.', ",").replace('Z', "+0000");
        let mut line = json!({
            "level": level,
            "location": location,
            "message": message,
            "timestamp": time,
            "service": "ledger-stream",
            "function_request_id": self.run.id,
        });
        if let (Value::Object(line), Value::Object(more)) = (&mut line, more) {
            line.extend(more);
        }
        self.line(at, &line.to_string());
    }
}

const RUNTIME: &str = "INIT_START Runtime Version: python:3.13.v64\tRuntime Version ARN: arn:aws:lambda:eu-central-1::runtime:7c1b0e2f85d94a63b8e0f4127ad5639ce02b8f41d6937a5c08e6d1f2b4a79c35";

/// One run, line by line.
fn told(run: &Invocation, cold: bool, stream: &str, rng: &mut Rng, out: &mut Vec<Line>) {
    let mut it = Teller { run, stream, out };
    let starts = rng.range(380, 620);
    if cold {
        it.line(run.from - starts, RUNTIME);
    }
    it.line(run.from, &format!("START RequestId: {} Version: $LATEST", run.id));
    if cold {
        it.text(run.from + 2, "INFO", "Found credentials in environment variables.");
    }
    for call in &run.calls {
        let Call { at, source, name, id, error } = call;
        match error.as_str() {
            "" => it.text(*at, "INFO", &format!("{source} {name} ok, request {id}")),
            _ => it.text(*at, "WARNING", &format!("{source} {name} failed with {error}, request {id}: skipped")),
        }
    }
    let end = run.until - rng.range(3, 9);
    match run.ending {
        Ending::Well => written(&mut it, end, rng),
        Ending::Timeout => {
            it.json(run.from + 12, "WARN", "store:31", "waiting for the ledger", json!({ "host": LEDGER }));
            let took = (run.until - run.from) as f64 / 1000.0;
            it.line(run.until, &format!("{} {} Task timed out after {took:.2} seconds\n", stamp(run.until), run.id));
        }
        Ending::Unreachable => unreachable(&mut it, end),
    }
    it.line(run.until, &format!("END RequestId: {}", run.id));
    let took = (run.until - run.from) as f64 - rng.range(1, 99) as f64 / 100.0;
    let mut report = format!(
        "REPORT RequestId: {}\tDuration: {took:.2} ms\tBilled Duration: {} ms\tMemory Size: 512 MB\tMax Memory Used: {} MB\t",
        run.id,
        took.ceil(),
        rng.range(104, 131)
    );
    if cold {
        report += &format!("Init Duration: {}.{:02} ms\t", starts - 3, rng.range(0, 99));
    }
    if run.ending == Ending::Timeout {
        report += "Status: timeout";
    } else if rng.per_mille(60) {
        let (trace, segment) = (rng.string(HEX, 24), rng.string(HEX, 16));
        report += &format!("\nXRAY TraceId: 1-{:x}-{trace}\tSegmentId: {segment}\tSampled: true\t", run.from / 1000);
    }
    it.line(run.until, &report);
}

/// The ledger's instance.
const LEDGER: &str = "10.20.4.17";

/// The orders are in the ledger, and their number and how long each took is a metric.
fn written(it: &mut Teller, end: i64, rng: &mut Rng) {
    let (run, mut took) = (it.run, Vec::new());
    for order in &run.orders {
        took.push(rng.range(41, 380) as f64 / 10.0);
        let more = json!({ "correlation_id": order.request, "order_id": format!("ord-{}", order.number) });
        it.json(end - 2, "INFO", "handler:64", "entry written", more);
    }
    let metrics = json!({
        "_aws": {
            "Timestamp": end,
            "CloudWatchMetrics": [{
                "Namespace": "Harborline/Ledger",
                "Dimensions": [["service"]],
                "Metrics": [
                    { "Name": "EntriesWritten", "Unit": "Count" },
                    { "Name": "WriteTime", "Unit": "Milliseconds" },
                ],
            }],
        },
        "service": "ledger-stream",
        "function_request_id": run.id,
        "EntriesWritten": run.orders.len(),
        "WriteTime": took,
    });
    it.line(end, &metrics.to_string());
}

/// The orders are not in the ledger.
fn unreachable(it: &mut Teller, end: i64) {
    let trace = format!(
        "ledger is unreachable: connection to server at \"{LEDGER}\", port 5432 failed: timeout expired\n\
         Traceback (most recent call last):\n\
         \x20 File \"/var/task/ledger/handler.py\", line 61, in handler\n\
         \x20   ledger.append(entries)\n\
         \x20 File \"/var/task/ledger/store.py\", line 34, in append\n\
         \x20   with psycopg.connect(self.dsn, connect_timeout=5) as connection:\n\
         psycopg.errors.ConnectionTimeout: connection timeout expired"
    );
    it.text(end - 3, "ERROR", &trace);
    for order in &it.run.orders {
        let more = json!({ "correlation_id": order.request, "order_id": format!("ord-{}", order.number) });
        it.json(end - 2, "WARN", "handler:71", "entry put back", more);
    }
}
