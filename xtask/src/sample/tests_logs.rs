//! What the log groups of the sample promise: the files say what the lines say, one order is followed through three groups
//! and into the trail, and the night goes on where the trail stops.

use std::collections::{HashMap, HashSet};
use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::MultiGzDecoder;
use serde_json::{Deserializer, Value};

use super::logs::{self, FLOW, FUNCTION, Group, Line, ORDERS, ORGANIZATION_TRAIL, PAYMENTS, Tally, WEB};
use super::*;

fn groups() -> &'static [Group] {
    static GROUPS: LazyLock<Vec<Group>> = LazyLock::new(logs::groups);
    &GROUPS
}

fn of(name: &str) -> &'static [Line] {
    &groups().iter().find(|group| group.name == name).unwrap().lines
}

fn tally() -> &'static Tally {
    static TALLY: LazyLock<Tally> = LazyLock::new(logs::tally);
    &TALLY
}

fn with<'a>(lines: &'a [Line], text: &str) -> Vec<&'a Line> {
    lines.iter().filter(|line| line.message.contains(text)).collect()
}

/// The files of the log groups: path, content as it lies there, and unpacked, and the log events that it is said to have.
struct Read {
    path: String,
    stored: usize,
    text: String,
    events: usize,
}

fn unpacked() -> &'static [Read] {
    static READ: LazyLock<Vec<Read>> = LazyLock::new(|| {
        let open = |file: Delivered| {
            let mut text = String::new();
            if file.bytes.starts_with(b"\x1f\x8b") {
                MultiGzDecoder::new(&*file.bytes).read_to_string(&mut text).unwrap();
            } else {
                text.push_str(std::str::from_utf8(&file.bytes).unwrap());
            }
            Read { path: file.path, stored: file.bytes.len(), text, events: file.events }
        };
        logs::files(&told()).unwrap().into_iter().map(open).collect()
    });
    &READ
}

/// The output of a command.
fn printed(path: &str) -> Value {
    let file = unpacked().iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no {path}"));
    serde_json::from_str(&file.text).unwrap()
}

#[test]
fn the_files_hold_every_line_once() {
    let mut found: HashMap<&str, Vec<(i64, String)>> = HashMap::new();
    for Read { path, text, events, .. } in unpacked() {
        let mut lines = Vec::new();
        if path.ends_with("000.gz") || path.ends_with("001.gz") {
            // A log event begins with a time, and what follows belongs to it.
            let starts = |line: &str| {
                line.get(..25).is_some_and(|start| start.ends_with("Z ") && start.starts_with("2026-09-1"))
            };
            for line in text.split_inclusive('\n') {
                match (starts(line), lines.last_mut()) {
                    (true, _) => lines.push((0, line[25..].to_owned())),
                    (false, Some((_, message))) => message.push_str(line),
                    (false, None) => panic!("{path} begins with {line}"),
                }
            }
            lines.iter_mut().for_each(|(_, message)| assert_eq!(message.pop(), Some('\n')));
            let group = if path.contains("eni-") { FLOW } else { FUNCTION };
            assert_eq!(lines.len(), *events, "{path}");
            found.entry(group).or_default().extend(lines);
        } else if path.starts_with("firehose") {
            let group = if path.contains("payments") { PAYMENTS } else { ORDERS };
            for payload in Deserializer::from_str(text).into_iter::<Value>() {
                let payload = payload.unwrap();
                if payload["messageType"] == "CONTROL_MESSAGE" {
                    continue;
                }
                assert_eq!((&payload["logGroup"], &payload["owner"]), (&group.into(), &"111122223333".into()));
                lines.extend(payload["logEvents"].as_array().unwrap().iter().map(timed));
            }
            assert_eq!(lines.len(), *events, "{path}");
            found.entry(group).or_default().extend(lines);
        } else if path.contains("filter-log-events") {
            let value: Value = serde_json::from_str(text).unwrap();
            lines.extend(value["events"].as_array().unwrap().iter().map(timed));
            assert_eq!(lines.len(), *events);
            found.entry(WEB).or_default().extend(lines);
        } else {
            assert_eq!(*events, 0, "{path}");
        }
    }
    for group in groups() {
        let mut lines = found.remove(group.name).unwrap();
        assert_eq!(lines.len(), tally().lines[group.name], "{}", group.name);
        let mut expected: Vec<_> = group.lines.iter().map(|line| (line.at, line.message.clone())).collect();
        // What has no time of its own in the file is compared by its text.
        if lines[0].0 == 0 {
            expected.iter_mut().for_each(|line| line.0 = 0);
        }
        lines.sort();
        expected.sort();
        assert!(lines == expected, "{}", group.name);
    }
}

fn timed(event: &Value) -> (i64, String) {
    (event["timestamp"].as_i64().unwrap(), event["message"].as_str().unwrap().to_owned())
}

#[test]
fn small_enough_to_be_fetched() {
    let bytes: usize = unpacked().iter().map(|file| file.stored).sum();
    assert!(bytes < 400_000, "{bytes}");
}

#[test]
fn an_order_is_followed_through_three_groups_and_a_run_into_the_trail() {
    let [well, lost] = &tally().orders;
    for (order, ending) in [(well, "entry written"), (lost, "waiting for the ledger")] {
        assert_eq!(with(of(WEB), order).len(), 1);
        assert_eq!(with(of(ORDERS), order).len(), 2);
        let written = with(of(FUNCTION), order);
        if ending == "entry written" {
            let [line] = written[..] else { panic!("{order} is written once") };
            let line: Value = serde_json::from_str(&line.message).unwrap();
            assert_eq!(line["message"], ending);
            let run = line["function_request_id"].as_str().unwrap();
            let lines = with(of(FUNCTION), run);
            for part in ["START", "entry written", "END", "REPORT"] {
                assert!(lines.iter().any(|line| line.message.contains(part)), "{part} of {run}");
            }
        } else {
            // Nothing is written when time runs out.
            assert_eq!(written.len(), 0);
        }
    }
    let ids: HashSet<String> = events()
        .iter()
        .filter(|event| event.text.contains("/prod-ledger-stream\""))
        .map(|event| serde_json::from_str::<Value>(&event.text).unwrap()["requestID"].as_str().unwrap().to_owned())
        .collect();
    assert!(tally().calls.len() > 150);
    for call in &tally().calls {
        assert!(ids.contains(call), "{call} is in the trail");
        assert_eq!(with(of(FUNCTION), call).len(), 1, "{call}");
    }
}

#[test]
fn what_breaks_breaks_when_the_instance_is_gone() {
    let gone = intrusion::TERMINATED * 1000;
    let function = of(FUNCTION);
    assert_eq!((tally().timeouts, with(function, "Status: timeout").len()), (2, 2));
    for (group, text) in [(FUNCTION, "Task timed out"), (FUNCTION, "ConnectionTimeout"), (ORDERS, "LedgerUnavailable")]
    {
        let lines = with(of(group), text);
        assert!(!lines.is_empty() && lines.iter().all(|line| line.at > gone), "{text}");
    }
    // Of the whole trace each one is one line.
    assert!(with(function, "Traceback").iter().all(|line| line.message.lines().count() == 7));
    assert_eq!(tally().errors, with(function, "[ERROR]").len());
    assert!(tally().errors > 50);
    assert!(with(function, "entry written").iter().all(|line| line.at < gone));
    assert!(of(FLOW).iter().all(|line| line.at < gone + 60_000));
}

#[test]
fn the_intruder_is_seen_before_the_key_and_while_nobody_records() {
    let web = with(of(WEB), ADDRESS);
    assert_eq!(web.len(), tally().intruders.0);
    let forgotten = with(of(WEB), "GET /deploy/.env.bak HTTP/1.1\" 200");
    let first = events().iter().find(|event| event.text.contains(ADDRESS)).unwrap().at * 1000;
    assert!(forgotten.len() == 1 && forgotten[0].at < first && first - forgotten[0].at < 300_000);
    let dark = STOPPED * 1000..STARTED * 1000;
    let unseen = web.iter().filter(|line| dark.contains(&line.at)).count();
    assert_eq!((unseen, tally().intruders.1), (33, 33));
    assert!(tally().flows.1 > 15);
    assert!(with(of(FLOW), ADDRESS).iter().all(|line| line.message.ends_with("REJECT OK")));
}

#[test]
fn what_is_counted_is_what_the_lines_say() {
    let (mut bytes, mut refused) = (0, (0, 0));
    for line in of(WEB) {
        // Behind the request stand the status and the size.
        let rest: Vec<&str> = line.message.split('"').nth(2).unwrap().split(' ').collect();
        bytes += rest[2].parse::<u64>().unwrap();
        refused.0 += usize::from(rest[1].starts_with('4'));
        refused.1 += usize::from(rest[1].starts_with('5'));
    }
    assert_eq!((of(WEB).len(), bytes, refused), (tally().requests.0, tally().requests.1, tally().refused));
    assert!(refused.0 > 60 && refused.1 > 20);
    let mut routes: HashMap<String, (usize, u64)> = HashMap::new();
    for line in of(ORDERS) {
        let line: Value = serde_json::from_str(&line.message).unwrap();
        if let Some(latency) = line["latency"].as_f64() {
            let sum = routes.entry(line["route"].as_str().unwrap().to_owned()).or_default();
            *sum = (sum.0 + 1, sum.1 + (latency * 10.0).round() as u64);
        }
    }
    assert_eq!(routes, tally().latencies.clone().into_iter().collect());
}

#[test]
fn filters_are_those_of_groups_that_there_are() {
    for (account, filters, own) in [("111122223333", 5, 0), ("777788889999", 16, 14)] {
        let listed = printed(&format!("cloudwatch/{account}/describe-metric-filters.json"));
        let listed = listed["metricFilters"].as_array().unwrap();
        assert_eq!(listed.len(), filters);
        let groups = printed(&format!("cloudwatch/{account}/describe-log-groups.json"));
        let groups = groups["logGroups"].as_array().unwrap();
        for group in groups {
            let count = listed.iter().filter(|filter| filter["logGroupName"] == group["logGroupName"]).count();
            assert_eq!(group["metricFilterCount"], count);
        }
        let mut names = HashSet::new();
        for filter in listed {
            assert!(filter["filterPattern"].as_str().unwrap().len() <= 1024);
            assert!(groups.iter().any(|group| group["logGroupName"] == filter["logGroupName"]));
            assert!(names.insert(filter["filterName"].as_str().unwrap()));
            assert_eq!(filter["metricTransformations"].as_array().unwrap().len(), 1);
        }
        assert_eq!(names.iter().filter(|name| name.starts_with("cis-4.")).count(), own);
        if own > 0 {
            assert!(names.contains(logs::NEVER) && names.contains(logs::WHOLE));
            assert!(listed.iter().all(|filter| filter["logGroupName"] == ORGANIZATION_TRAIL));
        }
        let subscribed = printed(&format!("cloudwatch/{account}/describe-subscription-filters.json"));
        let group = &subscribed["subscriptionFilters"][0]["logGroupName"];
        assert!(groups.iter().any(|one| one["logGroupName"] == *group));
    }
    for (name, group) in [
        ("prod-ledger-stream", FUNCTION),
        ("prod-orders-api", ORDERS),
        ("prod-payments-worker", PAYMENTS),
        ("access", WEB),
        ("flow", FLOW),
    ] {
        let streams = printed(&format!("cloudwatch/111122223333/describe-log-streams.{name}.json"));
        let named: HashSet<&str> = streams["logStreams"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["logStreamName"].as_str().unwrap())
            .collect();
        assert_eq!(named, of(group).iter().map(|line| line.stream.as_str()).collect());
    }
}
