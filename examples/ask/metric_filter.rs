//! `ask PATH… --metric-filter PATTERN [--value V] [--period S] [--strict]`: what a metric filter makes of the events, as one
//! JSON object; `--query` says which events it is shown.

use serde_json::{Value, json};
use std::time::Instant;
use trailglass::query::aggregate::{Aggregate, Answer, Count};
use trailglass::query::pattern::{self, Counting};
use trailglass::query::predicate::{Predicate, TimeRange};
use trailglass::query::series::SeriesOf;
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::questions::{self, Lost};
use trailglass::time;

/// What was asked of a metric filter.
#[derive(Default)]
pub struct Asked {
    pub pattern: Option<String>,
    value: Option<String>,
    /// Length of a period in seconds.
    pub period: Option<u32>,
    strict: bool,
    /// An option that means nothing without a pattern.
    pub option: Option<String>,
}

impl Asked {
    /// Takes an argument; whether it was one of these.
    pub fn take(&mut self, argument: &str, value: impl FnOnce() -> Result<String, String>) -> Result<bool, String> {
        match argument {
            "--metric-filter" => {
                self.pattern = Some(value()?);
                return Ok(true);
            }
            "--value" => self.value = Some(value()?),
            "--strict" => self.strict = true,
            _ => return Ok(false),
        }
        self.option = Some(argument.to_owned());
        Ok(true)
    }

    /// The answer to print.
    pub fn answer(&self, case: &NativeCase, scope: Predicate) -> Result<Value, String> {
        let text = self.pattern.as_deref().unwrap_or_default();
        let counting = if self.strict { Counting::Strict } else { Counting::Rest };
        let parsed = pattern::parse(text, counting)
            .map_err(|fault| format!("pattern, character {}: {}", fault.position, fault.message))?;
        let value = self.value.as_deref().unwrap_or("1");
        let source =
            parsed.source(value).map_err(|fault| format!("value, character {}: {}", fault.position, fault.message))?;
        let period = i64::from(self.period.unwrap_or(60)) * 1_000;
        let of = SeriesOf { value: source, period, dimensions: Vec::new() };
        let matches = Predicate::And(vec![scope.clone(), parsed.predicate.clone()]);
        let started = Instant::now();
        let (all, answers) = block_on(ask(case, scope, matches, of)).map_err(|_| "a shard was lost".to_owned())?;
        let [Answer::Count(matched), Answer::Series(series)] = &answers[..] else {
            return Err("another answer than was asked for".to_owned());
        };
        let points = series.together().into_iter().map(|(start, of)| {
            json!({
                "start": time::format(start), "sample_count": of.samples, "sum": of.sum(), "minimum": of.minimum,
                "maximum": of.maximum, "average": of.average(),
            })
        });
        let notes = parsed.notes.iter().map(|note| json!({ "position": note.position, "text": note.text }));
        Ok(json!({
            "kind": parsed.kind.name(),
            "notes": notes.collect::<Vec<_>>(),
            "events": all.rows,
            "matched": matched.rows,
            "undated": series.undated,
            "without_value": series.without_value,
            "period_seconds": period / 1_000,
            "answer_seconds": started.elapsed().as_secs_f64(),
            "points": points.collect::<Vec<_>>(),
        }))
    }
}

async fn ask(
    case: &NativeCase,
    scope: Predicate,
    matches: Predicate,
    of: SeriesOf,
) -> Result<(Count, Vec<Answer>), Lost> {
    let everything = TimeRange::default();
    let all = questions::aggregates(case, scope, vec![(everything, Aggregate::Count)]).await?;
    let wanted = vec![(everything, Aggregate::Count), (everything, Aggregate::Series(of))];
    let answers = questions::aggregates(case, matches, wanted).await?;
    let [Answer::Count(all)] = all[..] else { return Err(Lost) };
    Ok((all, answers))
}
