//! What the command line printed: `get-metric-data` with the queries that it was asked, `get-metric-statistics`, `list-metrics`.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Measured, Series, Set, in_periods, thousandths};
use crate::corpus::clock;
use crate::corpus::rng::Rng;
use crate::corpus::world::ACCOUNT;
use crate::sample::SEED;
use crate::sample::cast::PRODUCTION;
use crate::sample::custody::{Delivered, pretty};
use crate::sample::delivery::gzip;
use crate::sample::intrusion::INSTANCE;
use crate::sample::logs::{FROM, PRINTED, UNTIL};

const FIVE: i64 = 300;

/// Of the metrics that there are no values of: those of these instances ...
const OF_INSTANCES: [&str; 8] = [
    "DiskReadOps",
    "DiskWriteOps",
    "EBSReadBytes",
    "EBSWriteBytes",
    "NetworkIn",
    "NetworkPacketsIn",
    "NetworkPacketsOut",
    "StatusCheckFailed",
];
/// ... and of these functions.
const FUNCTIONS: [&str; 2] = [super::function::NAME, "prod-media-resize"];
const OF_FUNCTIONS: [&str; 6] =
    ["ConcurrentExecutions", "Duration", "Errors", "Invocations", "IteratorAge", "Throttles"];

/// A time as version 2 of the command line prints it.
fn stamp(at: i64) -> String {
    let mut out = String::new();
    clock::iso(&mut out, at);
    out.pop();
    out + "+00:00"
}

/// A query and its result.
struct Asked {
    id: String,
    label: String,
    /// What is asked for, as the request has it.
    of: Value,
    points: Vec<(i64, f64)>,
}

impl Asked {
    fn metric(id: &str, label: &str, series: &Series, statistic: &str, value: fn(&Set) -> f64) -> Self {
        let (name, of) = &series.dimension;
        let metric = json!({
            "Namespace": series.namespace,
            "MetricName": series.name,
            "Dimensions": [{ "Name": name, "Value": of }],
        });
        let points = in_periods(&series.minutes, FIVE).iter().map(|set| (set.at, value(set))).collect();
        let of = json!({ "MetricStat": { "Metric": metric, "Period": FIVE, "Stat": statistic } });
        Self { id: id.to_owned(), label: label.to_owned(), of, points }
    }
}

/// Processors at five minutes: each instance's, and the average of the web servers by metric math.
fn processors(processors: &[Series]) -> Vec<Asked> {
    let mut out: Vec<Asked> = Vec::new();
    for series in processors {
        let instance = series.dimension.1.as_str();
        let ledger = instance == INSTANCE;
        let id = if ledger { "ledger".to_owned() } else { format!("web_{}", &instance[2..6]) };
        out.push(Asked::metric(&id, instance, series, "Average", Set::average));
        if ledger {
            let greatest = |set: &Set| thousandths(set.range.1);
            out.push(Asked::metric("ledger_max", &format!("{instance} Maximum"), series, "Maximum", greatest));
        }
    }
    let web: Vec<&Asked> = out.iter().filter(|asked| asked.id.starts_with("web_")).take(2).collect();
    let mean = web[0].points.iter().zip(&web[1].points).map(|(a, b)| (a.0, f64::midpoint(a.1, b.1))).collect();
    let of = json!({ "Expression": format!("({} + {}) / 2", web[0].id, web[1].id) });
    let mean = Asked { id: "web_mean".to_owned(), label: "web servers, mean".to_owned(), of, points: mean };
    out.push(mean);
    out
}

/// The request file.
fn queries(asked: &[Asked]) -> Value {
    let query = |asked: &Asked| {
        let mut query = json!({ "Id": asked.id, "Label": asked.label, "ReturnData": true });
        if let (Value::Object(query), Value::Object(of)) = (&mut query, &asked.of) {
            query.extend(of.clone());
        }
        query
    };
    asked.iter().map(query).collect()
}

/// What came back: the newest first, and no word of what was asked for but its id and label.
fn results(asked: &[Asked]) -> Value {
    let result = |asked: &Asked| {
        let newest_first = || asked.points.iter().rev();
        json!({
            "Id": asked.id,
            "Label": asked.label,
            "Timestamps": newest_first().map(|point| stamp(point.0)).collect::<Vec<_>>(),
            "Values": newest_first().map(|point| point.1).collect::<Vec<_>>(),
            "StatusCode": "Complete",
        })
    };
    json!({ "MetricDataResults": asked.iter().map(result).collect::<Vec<_>>(), "Messages": [] })
}

/// `get-metric-statistics` of the night, in no order.
fn statistics(series: &Series, more: impl Fn(&Set) -> Value) -> Value {
    let night: Vec<Set> = series.minutes.iter().filter(|set| (FROM..UNTIL).contains(&set.at)).copied().collect();
    let mut rng = Rng::stream(SEED, 0x560);
    let mut points: Vec<Value> = in_periods(&night, FIVE)
        .iter()
        .map(|set| {
            let mut point = json!({ "Timestamp": stamp(set.at) });
            if let (Value::Object(point), Value::Object(more)) = (&mut point, more(set)) {
                point.extend(more);
                point.insert("Unit".to_owned(), series.unit.into());
            }
            point
        })
        .collect();
    for n in (1..points.len()).rev() {
        points.swap(n, rng.below(n + 1));
    }
    json!({ "Label": series.name, "Datapoints": points })
}

/// Every metric that the account has had of late, which is more than anybody took home.
fn listed(measured: &Measured) -> Value {
    let metric = |namespace: &str, name: &str, dimensions: &[(&str, &str)]| {
        let dimension = |&(name, value): &(&str, &str)| json!({ "Name": name, "Value": value });
        let dimensions: Vec<Value> = dimensions.iter().map(dimension).collect();
        json!({ "Namespace": namespace, "MetricName": name, "Dimensions": dimensions })
    };
    let mut out = Vec::new();
    for series in &measured.processors {
        let of = [("InstanceId", series.dimension.1.as_str())];
        for name in OF_INSTANCES.iter().chain(&["CPUUtilization", "NetworkOut"]) {
            out.push(metric("AWS/EC2", name, &of));
        }
    }
    for function in FUNCTIONS {
        out.extend(OF_FUNCTIONS.map(|name| metric("AWS/Lambda", name, &[("FunctionName", function)])));
    }
    out.extend(OF_FUNCTIONS.map(|name| metric("AWS/Lambda", name, &[])));
    for name in ["PaymentTime", "Payments", "Declined"] {
        out.push(metric("Harborline/Checkout", name, &[("Service", "payments-worker")]));
        for provider in ["cards", "wallet"] {
            let of = [("Service", "payments-worker"), ("Provider", provider)];
            out.push(metric("Harborline/Checkout", name, &of));
        }
    }
    for name in ["EntriesWritten", "WriteTime"] {
        out.push(metric("Harborline/Ledger", name, &[("service", "ledger-stream")]));
    }
    for (namespace, name) in [
        ("Harborline/Ledger", "StreamErrors"),
        ("Harborline/Ledger", "StreamTimeouts"),
        ("Harborline/Web", "BytesSent"),
        ("Harborline/Web", "Refused"),
    ] {
        out.push(metric(namespace, name, &[]));
    }
    json!({ "Metrics": out })
}

/// All that was printed.
pub fn files(measured: &Measured) -> Result<Vec<Delivered>> {
    let asked = processors(&measured.processors);
    let duration = measured.function.iter().find(|series| series.name == "Duration");
    let sent =
        statistics(&measured.sent, |set| json!({ "Sum": thousandths(set.sum), "SampleCount": set.count as f64 }));
    let duration = duration.map(|series| {
        let all = &series.minutes;
        statistics(series, |set| {
            // The function runs too seldom for percentiles to be anything but one of its runs.
            let inside = all.iter().filter(|minute| (set.at..set.at + FIVE).contains(&minute.at));
            let p99 = inside.filter_map(|minute| minute.p99).max().unwrap_or(set.range.1);
            json!({
                "SampleCount": set.count as f64,
                "Average": set.average(),
                "Minimum": thousandths(set.range.0),
                "Maximum": thousandths(set.range.1),
                "ExtendedStatistics": { "p99": thousandths(p99) },
            })
        })
    });
    let mut out = Vec::new();
    let mut put = |name: &str, printed: &Value, packed: bool| -> Result<()> {
        let bytes = pretty(printed)?;
        let (end, bytes) = if packed { (".gz", gzip(&bytes)?) } else { ("", bytes) };
        out.push(Delivered { path: format!("{PRINTED}/{}/{name}.json{end}", ACCOUNT[PRODUCTION].0), bytes, events: 0 });
        Ok(())
    };
    put("metric-data-queries.processors", &queries(&asked), false)?;
    put("get-metric-data.processors", &results(&asked), true)?;
    put("get-metric-statistics.ledger-network-out", &sent, false)?;
    put("get-metric-statistics.ledger-stream-duration", &duration.unwrap_or_default(), false)?;
    put("list-metrics", &listed(measured), false)?;
    Ok(out)
}
