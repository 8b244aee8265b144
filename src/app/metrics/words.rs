//! Words and figures of metrics.

use crate::app::shown::{counted, grouped};
use crate::app::zone::Zone;
use crate::import::metrics::{FILE, Metric, Origin};
use crate::time;
use crate::watch::series::{Form, Listed, StoredAs};

/// A value in a table: four digits that tell something, thousands set apart.
#[must_use]
pub fn figure(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e15).contains(&size) {
        return format!("{value:.3e}");
    }
    let decimals = match size {
        0.0 => 0,
        size => (3 - size.log10().floor() as i32).clamp(0, 7) as usize,
    };
    let text = format!("{size:.decimals$}");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = part.trim_end_matches('0');
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    let sign = if value < 0.0 { "−" } else { "" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// The values of the dimensions; of what has no name, its file.
#[must_use]
pub fn values(metric: &Metric) -> String {
    let values = metric.dimensions.iter().map(|(_, value)| value.as_str());
    values.collect::<Vec<_>>().join("  ")
}

/// Whether it is known by a label alone.
#[must_use]
pub fn is_unnamed(metric: &Metric) -> bool {
    metric.namespace.is_none()
}

/// Whether a dimension is one of the metric's own.
#[must_use]
pub fn is_own(name: &str) -> bool {
    name != FILE
}

/// What stored values are: `Average`, `statistic sets`.
#[must_use]
pub fn form(stored: &StoredAs) -> String {
    match (stored.form, &stored.statistic) {
        (Form::One, Some(statistic)) => statistic.clone(),
        (Form::One, None) => "statistic not told".to_owned(),
        (Form::Sets, _) => "statistic sets".to_owned(),
        (Form::Samples, _) => "samples".to_owned(),
    }
}

/// The length of the periods of stored values.
#[must_use]
pub fn period(stored: &StoredAs) -> String {
    match stored.period {
        0 => "no period".to_owned(),
        period if stored.inferred => format!("{} (inferred)", time::length(period)),
        period => time::length(period),
    }
}

/// What is stored of a metric, shortly: `Average · 5 min · 4,032`.
#[must_use]
pub fn held(listed: &Listed) -> String {
    match &listed.stored[..] {
        [] => "named only, no values".to_owned(),
        [one] => format!("{} · {} · {}", form(one), time::length(one.period), grouped(one.points)),
        several => {
            let points = several.iter().map(|stored| stored.points).sum();
            format!("{} forms · {}", several.len(), counted(points, "point", "points"))
        }
    }
}

/// Where values come from.
#[must_use]
pub fn origin(origin: &Origin, path: impl Fn(u32) -> String) -> String {
    match origin {
        Origin::File(file) => path(*file),
        Origin::Embedded => "log events with embedded metrics".to_owned(),
        Origin::MetricFilter(name) => format!("metric filter {name}"),
    }
}

/// What sort of origin stands beside a metric's name: short, and with its meaning.
#[must_use]
pub fn badge(listed: &Listed) -> Option<(&'static str, &'static str)> {
    let mut origins = listed.stored.iter().flat_map(|stored| &stored.origins).map(|(origin, _)| origin);
    match origins.next()? {
        Origin::MetricFilter(_) => Some(("filter", "Made by a metric filter out of the events of this case")),
        Origin::Embedded => Some(("EMF", "Taken out of log events with embedded metrics")),
        Origin::File(_) => Some(("file", "Told by files")),
    }
}

/// The stretch of time that stored values are of.
#[must_use]
pub fn stretch(stored: &StoredAs, zone: Zone) -> String {
    format!("{} {}", zone.span_with_year(stored.first, stored.last), zone.name())
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn figures_are_short() {
        assert_eq!(
            (figure(0.0), figure(1_234_567.0), figure(0.123_456)),
            ("0".into(), "1,234,567".into(), "0.1235".into())
        );
        assert_eq!((figure(99.5), figure(12.345_6), figure(-3.0)), ("99.5".into(), "12.35".into(), "−3".into()));
        assert_eq!((figure(1e20), figure(0.000_001)), ("1.000e20".into(), "1.000e-6".into()));
        assert_eq!((figure(f64::NAN), figure(2_535.4)), ("NaN".into(), "2,535".into()));
    }
}
