//! Answers of CloudWatch: `get-metric-data`, `get-metric-statistics`, `list-metrics`, and the file of queries that the first of them
//! takes (`spec/FORMATS.md` 3.1 to 3.3).

use super::{Metric, Request, Sheet, Values, told};
use crate::import::kind::Kind;
use crate::import::tally::Tally;
use crate::import::when;
use crate::problem::ProblemKind;
use hashbrown::{HashMap, HashSet};
use serde_json::Value;
use std::collections::BTreeMap;

/// What is kept when an element is lost.
const OTHERS: &str = "it was left out, the others were kept";

/// The statistics that stand beside the time itself.
const BASIC: [&str; 5] = ["SampleCount", "Sum", "Average", "Minimum", "Maximum"];

/// Reads a text of one answer, or of several pages one after the other. `at`: where it begins in the buffer.
pub(super) fn read(kind: Kind, text: &[u8], at: usize, tally: &mut Tally, sheet: &mut Sheet) {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
    loop {
        let pos = at + values.byte_offset();
        match values.next() {
            None => return,
            Some(Ok(value)) => {
                // A recorder of answers may have put one level around it.
                let value = value.get("data").filter(|inner| inner.is_object()).unwrap_or(&value);
                if ["NextToken", "nextToken"].iter().any(|key| value.get(*key).is_some_and(|token| !token.is_null())) {
                    tally.one_page();
                }
                let mut reading = Reading { tally, sheet, pos, len: at + values.byte_offset() - pos };
                match kind {
                    Kind::MetricData => reading.data(value),
                    Kind::MetricStatistics => reading.statistics(value),
                    Kind::MetricList => reading.list(value),
                    _ => reading.queries(value),
                }
            }
            Some(Err(error)) => {
                let kind = if error.is_eof() { ProblemKind::Truncated } else { ProblemKind::NotJson };
                let what = format!("it is not JSON from here on: {error}");
                tally.lose(kind, pos, text.len() + at - pos, what, "the answers before it were kept");
                return;
            }
        }
    }
}

/// A time, and statistics by name.
type Datapoint = (i64, BTreeMap<String, f64>);

/// One answer.
struct Reading<'a> {
    tally: &'a mut Tally,
    sheet: &'a mut Sheet,
    pos: usize,
    len: usize,
}

impl Reading<'_> {
    fn say(&mut self, kind: ProblemKind, what: String, outcome: &str) {
        self.tally.about(kind, self.pos, self.len, what, outcome);
    }

    fn refuse(&mut self, what: String) {
        self.tally.lose(ProblemKind::NotAPoint, self.pos, self.len, what, OTHERS);
    }

    fn elements<'v>(&mut self, value: &'v Value, key: &str) -> &'v [Value] {
        match value.get(key) {
            Some(Value::Array(elements)) => elements,
            None | Some(Value::Null) => &[],
            Some(_) => {
                self.refuse(format!("`{key}` is not an array"));
                &[]
            }
        }
    }

    fn data(&mut self, value: &Value) {
        let results = self.elements(value, "MetricDataResults");
        let mut labels: HashMap<&str, HashSet<&str>> = HashMap::new();
        for result in results {
            let text = |key: &str| result.get(key).and_then(Value::as_str).unwrap_or_default();
            labels.entry(text("Label")).or_default().insert(text("Id"));
        }
        for (at, result) in results.iter().enumerate() {
            let text = |key: &str| result.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            let id = text("Id").map(str::to_owned);
            let name = text("Label").or_else(|| text("Id")).map(str::to_owned);
            // A label that several ids have tells none of them apart.
            let shared = text("Label").is_some_and(|label| labels.get(label).is_some_and(|ids| ids.len() > 1));
            let name = name.map(|name| match &id {
                Some(id) if shared => format!("{name} ({id})"),
                _ => name,
            });
            let Some(name) = name else {
                self.refuse(format!("element {at} of `MetricDataResults` has neither `Id` nor `Label`"));
                continue;
            };
            if let Some(status) = text("StatusCode").filter(|status| *status != "Complete") {
                let what = format!("the values of {name} are not complete: CloudWatch said {status}");
                self.say(ProblemKind::OnePage, what, "what is there of them was kept; ask for them again");
            }
            let times = self.elements(result, "Timestamps");
            let values = self.elements(result, "Values");
            if times.len() != values.len() {
                let what = format!("{name} has {} timestamps and {} values", times.len(), values.len());
                self.say(
                    ProblemKind::NotAPoint,
                    what,
                    "each timestamp was kept with the value of its place, the rest was left out",
                );
            }
            let (mut kept, mut numbers, mut lost) = (Vec::new(), Vec::new(), 0_u32);
            for (time, value) in times.iter().zip(values) {
                match (instant(time), number(value)) {
                    (Some(time), Some(value)) => {
                        kept.push(time);
                        numbers.push(value);
                    }
                    _ => lost += 1,
                }
            }
            self.lost(lost, &name, "no finite number");
            let metric = Metric { name, ..Metric::default() };
            self.sheet.put(told(metric, id, None, kept, Values::Of(None, numbers)));
            self.tally.number += 1;
        }
        for message in self.elements(value, "Messages") {
            let text = |key: &str| message.get(key).and_then(Value::as_str).unwrap_or_default();
            let what = format!("CloudWatch said {}: {}", text("Code"), text("Value"));
            self.say(ProblemKind::OnePage, what, "what is there was kept");
        }
    }

    fn lost(&mut self, lost: u32, name: &str, lacking: &str) {
        if lost > 0 {
            let what = format!("{lost} points of {name} have no time or {lacking}");
            self.tally.rejected += lost;
            self.say(ProblemKind::NotAPoint, what, "they were left out, the others were kept");
        }
    }

    fn statistics(&mut self, value: &Value) {
        let name =
            value.get("Label").and_then(Value::as_str).filter(|name| !name.is_empty()).unwrap_or("unnamed").to_owned();
        let mut units: BTreeMap<Option<String>, BTreeMap<Vec<String>, Vec<Datapoint>>> = BTreeMap::new();
        let mut lost = 0;
        for point in self.elements(value, "Datapoints") {
            let time = point.get("Timestamp").and_then(instant);
            let mut statistics = BTreeMap::new();
            let extended = point.get("ExtendedStatistics").and_then(Value::as_object);
            let members = point.as_object().into_iter().flatten().chain(extended.into_iter().flatten());
            let mut odd = false;
            for (key, value) in members {
                if !matches!(key.as_str(), "Timestamp" | "Unit" | "ExtendedStatistics") {
                    match number(value) {
                        Some(value) => drop(statistics.insert(key.clone(), value)),
                        // Somebody's note beside the statistics is none.
                        None => odd |= BASIC.contains(&key.as_str()) || extended.is_some_and(|of| of.contains_key(key)),
                    }
                }
            }
            let of = |key: &str| statistics.get(key).copied();
            odd |= of("SampleCount").is_some_and(|samples| samples < 0.0);
            odd |= of("Minimum").zip(of("Maximum")).is_some_and(|(least, most)| least > most);
            odd |= point.get("Unit").is_some_and(|unit| !unit.is_string() && !unit.is_null());
            match time.filter(|_| !statistics.is_empty() && !odd) {
                Some(time) => {
                    let unit = point.get("Unit").and_then(Value::as_str).map(str::to_owned);
                    let keys = statistics.keys().cloned().collect();
                    units.entry(unit).or_default().entry(keys).or_default().push((time, statistics));
                }
                None => lost += 1,
            }
        }
        self.lost(lost, &name, "no statistics that could be of one period");
        for (unit, kinds) in units {
            for (keys, points) in kinds {
                let metric = Metric { name: name.clone(), unit: unit.clone(), ..Metric::default() };
                let times = |points: &[Datapoint]| points.iter().map(|(time, _)| *time).collect::<Vec<_>>();
                let column = |of: &dyn Fn(&BTreeMap<String, f64>) -> f64| {
                    points.iter().map(|(_, values)| of(values)).collect::<Vec<f64>>()
                };
                let has = |key: &str| keys.iter().any(|known| known == key);
                let set =
                    ["SampleCount", "Minimum", "Maximum"].iter().all(|key| has(key)) && (has("Sum") || has("Average"));
                if set {
                    let values = Values::Sets {
                        samples: column(&|of| of["SampleCount"]),
                        sums: column(&|of| of.get("Sum").copied().unwrap_or_else(|| of["Average"] * of["SampleCount"])),
                        minima: column(&|of| of["Minimum"]),
                        maxima: column(&|of| of["Maximum"]),
                    };
                    self.sheet.put(told(metric.clone(), None, None, times(&points), values));
                }
                for key in &keys {
                    let basic = BASIC.contains(&key.as_str());
                    if !(set && basic) {
                        let values = Values::Of(Some(key.clone()), column(&|of| of[key]));
                        self.sheet.put(told(metric.clone(), None, None, times(&points), values));
                    }
                }
                self.tally.number += 1;
            }
        }
    }

    fn list(&mut self, value: &Value) {
        for (at, element) in self.elements(value, "Metrics").iter().enumerate() {
            match metric(element) {
                Ok(metric) => self.sheet.listed.push(metric),
                Err(what) => self.refuse(format!("element {at} of `Metrics`: {what}")),
            }
        }
    }

    fn queries(&mut self, value: &Value) {
        let list = match value {
            Value::Array(list) => list.as_slice(),
            value => self.elements(value, "MetricDataQueries"),
        };
        for (at, query) in list.iter().enumerate() {
            let text = |key: &str| query.get(key).and_then(Value::as_str).map(str::to_owned);
            let Some(id) = text("Id") else {
                self.refuse(format!("query {at} has no `Id`"));
                continue;
            };
            let stat = query.get("MetricStat");
            let of_stat = |key: &str| stat.and_then(|stat| stat.get(key));
            let metric = match of_stat("Metric").map(metric).transpose() {
                Ok(metric) => metric,
                Err(what) => {
                    self.refuse(format!("the metric of query {id}: {what}"));
                    continue;
                }
            };
            let unit = of_stat("Unit").and_then(Value::as_str).map(str::to_owned);
            let period = of_stat("Period").or_else(|| query.get("Period")).and_then(Value::as_i64);
            self.sheet.requests.push(Request {
                id,
                metric: metric.map(|metric| Metric { unit, ..metric }),
                statistic: of_stat("Stat").and_then(Value::as_str).map(str::to_owned),
                period: period.filter(|seconds| (1..=31_536_000).contains(seconds)).map(|seconds| seconds * 1_000),
                expression: text("Expression"),
                label: text("Label"),
                file: 0,
            });
        }
    }
}

/// A metric as `list-metrics` and queries write it.
fn metric(value: &Value) -> Result<Metric, String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let dimension = |value: &Value| {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        text("Name").zip(text("Value")).ok_or_else(|| "a dimension lacks `Name` or `Value`".to_owned())
    };
    let dimensions = value.get("Dimensions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut dimensions = dimensions.iter().map(dimension).collect::<Result<Vec<_>, _>>()?;
    dimensions.sort();
    Ok(Metric {
        namespace: Some(text("Namespace").ok_or("`Namespace` is absent or not a string")?),
        name: text("MetricName").ok_or("`MetricName` is absent or not a string")?,
        dimensions,
        ..Metric::default()
    })
}

/// The time that a value states, in milliseconds since the epoch (`spec/FORMATS.md` 0.4).
fn instant(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => when::of_text(text.as_bytes()),
        Value::Number(number) => when::of_number(number.as_f64()?),
        Value::Object(parts) => {
            // Recorders of answers write a time as its parts, in UTC.
            let part = |key: &str| parts.get(key)?.as_u64();
            let date = format!("{:04}-{:02}-{:02}", part("year")?, part("month")?, part("day")?);
            let clock = [part("hour")?, part("minute")?, part("second")?];
            let text = format!("{date}T{:02}:{:02}:{:02}Z", clock[0], clock[1], clock[2]);
            Some(when::of_text(text.as_bytes())? + (part("microsecond").unwrap_or(0) / 1_000) as i64)
        }
        _ => None,
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64().filter(|number| number.is_finite()),
        _ => None,
    }
}
