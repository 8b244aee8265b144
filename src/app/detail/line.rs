//! What a log line says, above its fields: how bad, when, where, its message, and what is in it with units.

use super::act::copy_button;
use super::{SHOWN, Values};
use crate::app::logs::lines;
use crate::app::shown::{bytes, counted, elided, grouped, visible, visible_lines, visible_text};
use crate::app::view::view;
use crate::time;
use crate::trail::Derived;
use crate::trail::line::{Format, MESSAGE};
use leptos::either::Either;
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;

/// Members of a JSON line that say what happened, the likeliest first.
const SAID: [&str; 5] = ["message", "msg", "@message", "errorMessage", "error"];

/// A derived value.
fn one(values: &[(Derived, String)], wanted: Derived) -> Option<&str> {
    values.iter().find(|(known, _)| *known == wanted).map(|(_, text)| text.as_str())
}

/// Whether an event is a log line and no record of CloudTrail.
pub fn is_line(values: &[(Derived, String)]) -> bool {
    one(values, Derived::Format).is_some_and(|format| format != Format::CloudTrail.name())
}

/// See the module.
#[component]
pub fn About(tree: Arc<Value>, values: Arc<Values>, time: Option<i64>) -> impl IntoView {
    let view = view();
    let severity = one(&values, Derived::Severity).map(|value| {
        let (class, glyph) = lines::mark(value);
        let glyph = (!glyph.is_empty()).then(|| view! { <span aria-hidden="true">{glyph}" "</span> });
        view! { <b class=class data-severity=value.to_owned()>{glyph}{value.to_owned()}</b>" " }
    });
    let at = move || {
        time.map_or_else(
            || "no time".to_owned(),
            |at| format!("{} {}", view.zone.get().exact(at), view.zone.get().name()),
        )
    };
    let format = one(&values, Derived::Format).unwrap_or_default().to_owned();
    let known = Format::ALL.into_iter().find(|known| known.name() == format);
    let message = match known {
        Some(format) if format.is_text() => text(&tree, MESSAGE).map(|text| Either::Left(message(text))),
        // The tree is the message; what happened is said in one of its members.
        _ => SAID.iter().find_map(|key| text(&tree, key)).map(|said| {
            let said: Arc<str> = lines::without_escapes(said).into();
            Either::Right(view! { <p id="message" class="data">{super::tree::long(said)}</p> })
        }),
    };
    let fields = known.filter(|format| format.is_text()).and_then(|_| fields(&tree));
    view! {
        <div class="about">
            <p id="line-head">
                {severity}
                <span class="data main">{at}</span>
                <span class="dim form">{format}</span>
            </p>
            <Place values=values.clone()/>
            <Delay values time/>
            {message}
            {fields}
        </div>
    }
}

/// The group and the stream that something stands in; nothing for what is no log line.
#[component]
pub fn Place(values: Arc<Values>) -> impl IntoView {
    let name = |text: &str| {
        let title = visible_text(&elided(text, 300)).into_owned();
        view! { <span class="datum data" title=title>{visible(&elided(text, 96))}</span> }
    };
    let group = one(&values, Derived::LogGroup);
    let stream = one(&values, Derived::LogStream);
    let is_line = is_line(&values);
    (group.is_some() || stream.is_some() || is_line).then(|| {
        let group = match group {
            Some(group) => Either::Left(name(group)),
            None => Either::Right(view! { <span class="dim">"group not in the files"</span> }),
        };
        let stream = stream.map(|stream| view! { <span class="dim">" / "</span>{name(stream)} });
        let owner =
            one(&values, Derived::Owner).map(|owner| view! { <span class="dim">" of account "</span>{name(owner)} });
        view! { <p id="line-place">{group}{stream}{owner}</p> }
    })
}

/// When CloudWatch Logs got it, and how much later that was.
#[component]
fn Delay(values: Arc<Values>, time: Option<i64>) -> impl IntoView {
    let view = view();
    let ingested = one(&values, Derived::IngestionTime).and_then(time::parse);
    ingested.map(|ingested| {
        let delay = time.map_or_else(String::new, |time| format!(", {}", delay(ingested.saturating_sub(time))));
        let at = move || format!("{} {}", view.zone.get().exact(ingested), view.zone.get().name());
        view! { <p id="line-ingested" class="dim">"Ingested "<span class="data">{at}</span>{delay}</p> }
    })
}

/// `340 ms after its time`
fn delay(ms: i64) -> String {
    let length = match ms.unsigned_abs() {
        ms if ms < 1_000 => format!("{ms} ms"),
        ms if ms < 120_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        ms if ms < 7_200_000 => format!("{} min", ms / 60_000),
        ms if ms < 172_800_000 => format!("{} h", ms / 3_600_000),
        ms => format!("{} days", grouped(ms / 86_400_000)),
    };
    if ms < 0 { format!("{length} before its time: a clock is wrong") } else { format!("{length} after its time") }
}

fn text<'a>(tree: &'a Value, key: &str) -> Option<&'a str> {
    tree.get(key)?.as_str().filter(|text| !text.trim().is_empty())
}

/// A message whole, without what only a terminal reads. What is longer than a browser lays out at once is there when wanted.
fn message(text: &str) -> impl IntoView + use<> {
    let whole = text.to_owned();
    let plain: Arc<str> = lines::without_escapes(text).trim_end().into();
    let coded = plain.len() < text.trim_end().len();
    let length = plain.chars().count();
    let all = RwSignal::new(false);
    let shown = move || {
        if all.get() || length <= SHOWN {
            Either::Left(visible_lines(&plain))
        } else {
            Either::Right(visible_lines(&plain.chars().take(SHOWN).collect::<String>()))
        }
    };
    view! {
        <div class="line-message">
            <pre id="line-message" class="data" tabindex="0" aria-label="Message">{shown}</pre>
            <span class="acts">{copy_button("the message", move || whole.clone())}</span>
        </div>
        {move || (length > SHOWN && !all.get()).then(|| {
            let words = format!("Show all {}", counted(length as u64, "character", "characters"));
            view! { <button class="button" on:click=move |_| all.set(true)>{words}</button> }
        })}
        {coded.then(|| view! { <p class="dim note">"Without its terminal codes; JSON has them."</p> })}
    }
}

/// What a number in a vended line counts.
#[derive(Clone, Copy)]
enum Unit {
    Milliseconds,
    Seconds,
    Bytes,
    /// Seconds since 1970.
    Time,
}

fn unit(name: &str) -> Option<Unit> {
    Some(match name {
        "@duration" | "@billedDuration" | "@initDuration" | "@restoreDuration" | "@billedRestoreDuration" => {
            Unit::Milliseconds
        }
        "connectionTime" | "tlsHandshakeTime" => Unit::Milliseconds,
        "@memorySize" | "@maxMemoryUsed" | "bytes" | "receivedBytes" | "sentBytes" | "sc-bytes" | "cs-bytes" => {
            Unit::Bytes
        }
        "requestProcessingTime"
        | "targetProcessingTime"
        | "backendProcessingTime"
        | "responseProcessingTime"
        | "time-taken"
        | "time-to-first-byte" => Unit::Seconds,
        "startTime" | "endTime" => Unit::Time,
        _ => return None,
    })
}

/// A value with its unit; text where it is no number.
fn measured(name: &str, value: &str) -> String {
    let Ok(number) = value.parse::<f64>() else { return value.to_owned() };
    match unit(name) {
        Some(Unit::Milliseconds) => format!("{value} ms"),
        Some(Unit::Seconds) if number >= 0.0 => format!("{value} s"),
        Some(Unit::Bytes) if number >= 0.0 => bytes(number as u64),
        Some(Unit::Time) => {
            time::format((number * 1_000.0) as i64).replacen('T', " ", 1).trim_end_matches('Z').to_owned() + " UTC"
        }
        _ => value.to_owned(),
    }
}

/// The fields of a line of text whose form is known, with units.
fn fields(tree: &Value) -> Option<impl IntoView + use<>> {
    let members = tree.as_object()?.iter().filter(|(key, _)| *key != MESSAGE);
    let rows: Vec<_> = members
        .filter_map(|(key, value)| {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(value) => value.to_string(),
                Value::Null | Value::Array(_) | Value::Object(_) => return None,
            };
            let said = measured(key, &value);
            let title = visible_text(&elided(&value, 300)).into_owned();
            Some(view! { <dt>{visible(&elided(key, 40))}</dt><dd title=title>{visible(&elided(&said, 120))}</dd> })
        })
        .collect();
    (!rows.is_empty())
        .then(|| view! { <dl id="line-fields" class="data" aria-label="Fields of the message">{rows}</dl> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_units() {
        for (name, value, said) in [
            ("@duration", "2.73", "2.73 ms"),
            ("@memorySize", "128000000", "128 MB"),
            ("@maxMemoryUsed", "67000000", "67.0 MB"),
            ("bytes", "4000", "4.0 kB"),
            ("startTime", "1418530010", "2014-12-14 04:06:50 UTC"),
            ("bytes", "-", "-"),
            ("@requestId", "5", "5"),
        ] {
            assert_eq!(measured(name, value), said, "{name}");
        }
    }

    #[test]
    fn delays_are_told_in_one_unit() {
        assert_eq!(delay(340), "340 ms after its time");
        assert_eq!(delay(1_450), "1.4 s after its time");
        assert_eq!(delay(600_000), "10 min after its time");
        assert_eq!(delay(-5_000), "5.0 s before its time: a clock is wrong");
    }
}
