//! `ask PATH… --series [NAMESPACE/NAME[,DIMENSION=VALUE]…]… [--stat S] [--period S] [--math EXPR]`: without a name which series
//! there are; with one their points, as one JSON object. In an expression the series that are named are `m1`, `m2` and so on, in
//! the order in which they are listed.

use serde_json::{Map, Value, json};
use std::time::Instant;
use trailglass::import::metrics::{Metric, Origin};
use trailglass::query::pattern::Fault;
use trailglass::session::native::NativeCase;
use trailglass::time;
use trailglass::watch::graph::{Curve, Line, Of, Wanted};
use trailglass::watch::series::{Form, Listed, StoredAs};
use trailglass::watch::statistic::Statistic;

/// What was asked of series.
#[derive(Default)]
pub struct Asked {
    /// `--series` stands there.
    pub wanted: bool,
    /// The series named, in the order in which they are.
    pub names: Vec<String>,
    /// Length of a period in seconds.
    pub period: Option<u32>,
    statistic: Option<String>,
    math: Option<String>,
    /// An option that means nothing without series.
    pub option: Option<String>,
}

impl Asked {
    /// Takes an argument; whether it was one of these.
    pub fn take(&mut self, argument: &str, value: impl FnOnce() -> Result<String, String>) -> Result<bool, String> {
        match argument {
            "--stat" => self.statistic = Some(value()?),
            "--math" => self.math = Some(value()?),
            _ => return Ok(false),
        }
        self.option = Some(argument.to_owned());
        Ok(true)
    }

    /// The answer to print.
    pub fn answer(&self, case: &NativeCase, load_seconds: f64) -> Result<Value, String> {
        let catalog = &case.held.catalog;
        if self.names.is_empty() {
            if let Some(option) = &self.option {
                return Err(format!("{option} needs a series: --series NAMESPACE/NAME"));
            }
            let faults = case.held.faults.iter().map(|(file, sentence)| {
                json!({ "path": file.and_then(|file| case.paths.get(file as usize)), "text": sentence })
            });
            return Ok(json!({
                "series": catalog.series.iter().map(|series| listed(case, series)).collect::<Vec<_>>(),
                "faults": faults.collect::<Vec<_>>(),
                "load_seconds": load_seconds,
            }));
        }
        let statistic = self.statistic.as_deref().unwrap_or("Average");
        Statistic::parse(statistic).map_err(|fault| pointed("--stat", statistic, &fault))?;
        let chosen = self.chosen(&catalog.series)?;
        let period = self.period.map(|seconds| i64::from(seconds) * 1_000);
        let line = |id: String, of: Of, hidden: bool| {
            let statistic = statistic.to_owned();
            Line { id, of, label: None, statistic, period, right: false, hidden }
        };
        let mut lines: Vec<Line> = Vec::new();
        for (n, series) in chosen.iter().enumerate() {
            lines.push(line(format!("m{}", n + 1), Of::Metric(series.metric.clone()), self.math.is_some()));
        }
        lines.extend(self.math.iter().map(|math| line("e1".to_owned(), Of::Math(math.clone()), false)));
        let ids: Vec<String> = lines.iter().map(|line| line.id.clone()).collect();
        let stored = || chosen.iter().flat_map(|series| &series.stored);
        let from = stored().map(|stored| stored.first).min().unwrap_or(0);
        let to = stored().map(|stored| stored.last.saturating_add(stored.period)).max().unwrap_or(0);
        // The range begins and ends with whole periods, as CloudWatch's own answers do.
        let from = period.map_or(from, |period| from.div_euclid(period) * period);
        let started = Instant::now();
        let drawing = case.draw(Wanted { lines, range: (from, to), ..Wanted::default() });
        let drawing = drawing.map_err(|_| "a shard was lost".to_owned())?;
        let answer_seconds = started.elapsed().as_secs_f64();
        let mut out = Vec::new();
        for ((id, series), drawn) in ids.iter().zip(chosen.iter().map(Some).chain([None])).zip(&drawing.lines) {
            match (drawn, series) {
                (Ok(drawn), _) => {
                    out.extend(drawn.curves.iter().map(|curve| shown(id, curve, &drawn.notes)));
                }
                (Err(fault), Some(series)) => {
                    out.push(json!({ "id": id, "metric": metric(&series.metric), "fault": fault.message }));
                }
                (Err(fault), None) => return Err(pointed("--math", self.math.as_deref().unwrap_or_default(), fault)),
            }
        }
        let used = |(id, series): (&String, &&Listed)| json!({ "id": id, "metric": metric(&series.metric) });
        Ok(json!({
            "from": time::format(from),
            "to": time::format(to),
            "series": ids.iter().zip(&chosen).map(used).collect::<Vec<_>>(),
            "lines": out,
            "answer_seconds": answer_seconds,
            "load_seconds": load_seconds,
        }))
    }

    /// The series named, each once.
    fn chosen<'a>(&self, series: &'a [Listed]) -> Result<Vec<&'a Listed>, String> {
        let mut chosen: Vec<&Listed> = Vec::new();
        for name in &self.names {
            let mut parts = name.split(',');
            let of = parts.next().unwrap_or_default();
            let whole = series.iter().any(|series| full_name(&series.metric) == *name);
            let dimensions: Vec<(&str, &str)> = parts
                .filter(|_| !whole)
                .map(|part| part.split_once('=').ok_or(format!("{part}: DIMENSION=VALUE was expected")))
                .collect::<Result<_, _>>()?;
            let fits = |series: &&Listed| {
                // A label may have commas of its own.
                full_name(&series.metric) == *name
                    || full_name(&series.metric) == of
                        && dimensions.iter().all(|&(name, value)| {
                            series
                                .metric
                                .dimensions
                                .iter()
                                .any(|known| (known.0.as_str(), known.1.as_str()) == (name, value))
                        })
            };
            let before = chosen.len();
            for series in series.iter().filter(fits) {
                if !chosen.iter().any(|known| std::ptr::eq(*known, series)) {
                    chosen.push(series);
                }
            }
            if chosen.len() == before && !series.iter().any(|series| fits(&series)) {
                return Err(format!("no series is called {name}; --series without a name lists all"));
            }
        }
        Ok(chosen)
    }
}

/// `AWS/EC2/CPUUtilization`; of a metric without a namespace its name.
fn full_name(metric: &Metric) -> String {
    metric.namespace.as_ref().map_or_else(|| metric.name.clone(), |namespace| format!("{namespace}/{}", metric.name))
}

/// A fault as a command line tells it: the text, and below it a caret under the character.
fn pointed(option: &str, text: &str, fault: &Fault) -> String {
    // Tabs and line breaks would put the caret elsewhere.
    let line: String = text.chars().map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c }).collect();
    let before = fault.position.saturating_sub(1).min(line.chars().count());
    format!("{option}, character {}: {}\n{line}\n{}^", fault.position, fault.message, " ".repeat(before))
}

fn metric(metric: &Metric) -> Value {
    let dimensions: Map<String, Value> =
        metric.dimensions.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "namespace": metric.namespace,
        "name": metric.name,
        "dimensions": dimensions,
        "unit": metric.unit,
        "account": metric.account,
        "region": metric.region,
    })
}

fn listed(case: &NativeCase, series: &Listed) -> Value {
    let mut out = metric(&series.metric);
    out["id"] = json!(series.id);
    out["stored"] = series.stored.iter().map(|stored| stored_as(case, stored)).collect();
    out
}

fn stored_as(case: &NativeCase, stored: &StoredAs) -> Value {
    let form = match stored.form {
        Form::One => "statistic",
        Form::Sets => "sets",
        Form::Samples => "samples",
    };
    let origins = stored.origins.iter().map(|(origin, points)| match origin {
        Origin::File(file) => json!({ "file": case.paths.get(*file as usize), "points": points }),
        Origin::Embedded => json!({ "embedded": true, "points": points }),
        Origin::MetricFilter(name) => json!({ "metric_filter": name, "points": points }),
    });
    json!({
        "form": form,
        "statistic": stored.statistic,
        "period_seconds": seconds(stored.period),
        "period_inferred": stored.inferred,
        "points": stored.points,
        "first": time::format(stored.first),
        "last": time::format(stored.last),
        "origins": origins.collect::<Vec<_>>(),
        "notes": stored.notes,
    })
}

/// Whole seconds as a whole number.
fn seconds(milliseconds: i64) -> Value {
    if milliseconds % 1_000 == 0 { json!(milliseconds / 1_000) } else { json!(milliseconds as f64 / 1_000.0) }
}

fn shown(id: &str, curve: &Curve, notes: &[String]) -> Value {
    let point = |point: &(i64, f64)| json!([time::format(point.0), point.1]);
    let summary = &curve.summary;
    json!({
        "id": id,
        "label": curve.label,
        "metric": curve.metric.as_ref().map(metric),
        "unit": curve.unit,
        "statistic": curve.statistic,
        "period_seconds": seconds(curve.period),
        "count": summary.count,
        "minimum": summary.min.as_ref().map(point),
        "maximum": summary.max.as_ref().map(point),
        "mean": summary.mean(),
        "sum": summary.sum,
        "notes": notes,
        "points": curve.points.points.iter().map(point).collect::<Vec<_>>(),
    })
}
