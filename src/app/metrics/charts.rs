//! What a person does with charts and their lines, as changes of plain values.

use crate::app::view::View;
use crate::import::metrics::{Metric, Origin};
use crate::watch::graph::{Graph, Line, Of};
use crate::watch::series::{Form, Listed};
use leptos::prelude::*;
use std::collections::HashSet;

/// Lines that one chart has at most: more can neither be told apart nor asked for quickly.
pub const LINES_MAX: usize = 100;

/// Charts of the room at most.
pub const CHARTS_MAX: usize = 40;

/// The statistics that are offered first.
pub const STATISTICS: [&str; 17] = [
    "Average",
    "Sum",
    "Minimum",
    "Maximum",
    "SampleCount",
    "p50",
    "p90",
    "p95",
    "p99",
    "p99.9",
    "tm90",
    "tm99",
    "TM(10%:90%)",
    "IQM",
    "wm95",
    "TS(:95%)",
    "PR(:100)",
];

/// Lengths of a period in milliseconds.
pub const PERIODS: [(i64, &str); 12] = [
    (1_000, "1 s"),
    (5_000, "5 s"),
    (10_000, "10 s"),
    (30_000, "30 s"),
    (60_000, "1 min"),
    (300_000, "5 min"),
    (900_000, "15 min"),
    (3_600_000, "1 h"),
    (21_600_000, "6 h"),
    (86_400_000, "1 day"),
    (604_800_000, "7 days"),
    (2_592_000_000, "30 days"),
];

/// Units whose samples are things that happened: of them one wants to know how many there were.
fn adds_up(unit: Option<&str>) -> bool {
    matches!(unit, Some("Count" | "Bytes" | "Kilobytes" | "Megabytes" | "Gigabytes" | "Terabytes" | "Bits"))
}

/// The statistic that a metric is shown by at first: one that is stored.
#[must_use]
pub fn statistic(listed: &Listed) -> String {
    // A metric filter counts, unless its unit says that it measures.
    let unit = listed.metric.unit.as_deref();
    let filter = |origin: &Origin| matches!(origin, Origin::MetricFilter(_));
    let counts = unit.is_none_or(|unit| unit == "None")
        && listed.stored.iter().flat_map(|stored| &stored.origins).any(|(origin, _)| filter(origin));
    let order: [&str; 5] = match counts || adds_up(unit) {
        true => ["Sum", "Average", "Maximum", "SampleCount", "Minimum"],
        false => ["Average", "Sum", "Maximum", "Minimum", "SampleCount"],
    };
    let any = listed.stored.iter().any(|stored| stored.form != Form::One);
    let told = |name: &&str| any || listed.stored.iter().any(|stored| stored.statistic.as_deref() == Some(*name));
    let known = order.into_iter().find(|name| told(name)).map(str::to_owned);
    let other = || listed.stored.iter().find_map(|stored| stored.statistic.clone());
    known.or_else(other).unwrap_or_else(|| "Average".to_owned())
}

/// The first id that no line has: `m1`, `m2`.
#[must_use]
pub fn free_id(lines: &[Line], letter: char) -> String {
    let is_free = |id: &String| lines.iter().all(|line| line.id != *id);
    (1..).map(|number| format!("{letter}{number}")).find(is_free).unwrap_or_default()
}

/// Why a text is no id of a line.
#[must_use]
pub fn id_fault(lines: &[Line], at: usize, id: &str) -> Option<&'static str> {
    let mut chars = id.chars();
    if !chars.next().is_some_and(|first| first.is_ascii_lowercase()) {
        return Some("An id begins with a small letter.");
    }
    if !chars.all(|char| char.is_ascii_alphanumeric() || char == '_') {
        return Some("An id has letters, digits and underscores.");
    }
    let taken = lines.iter().enumerate().any(|(other, line)| other != at && line.id == id);
    taken.then_some("Another line has this id.")
}

/// The unit that most of the left axis has.
fn unit_of(lines: &[Line]) -> Option<Option<&str>> {
    lines.iter().find(|line| !line.right).and_then(|line| match &line.of {
        Of::Metric(metric) => Some(metric.unit.as_deref()),
        _ => None,
    })
}

/// A metric as a line beside others: of another unit than theirs, it belongs to the right axis.
#[must_use]
pub fn line(listed: &Listed, lines: &[Line]) -> Line {
    let unit = listed.metric.unit.as_deref();
    Line {
        id: free_id(lines, 'm'),
        of: Of::Metric(listed.metric.clone()),
        label: None,
        statistic: statistic(listed),
        period: None,
        right: unit_of(lines).is_some_and(|left| left.is_some() && unit.is_some() && left != unit),
        hidden: false,
    }
}

/// A line that is no metric.
#[must_use]
pub fn line_of(of: Of, lines: &[Line]) -> Line {
    let letter = if matches!(of, Of::Math(_)) { 'e' } else { 'm' };
    let statistic = match &of {
        Of::Filter(_) => "Sum",
        Of::Events(_) => "SampleCount",
        Of::Metric(_) | Of::Math(_) => "Average",
    };
    let statistic = statistic.to_owned();
    Line { id: free_id(lines, letter), of, label: None, statistic, period: None, right: false, hidden: false }
}

/// The metrics that a chart shows.
#[must_use]
pub fn metrics(graph: &Graph) -> HashSet<Metric> {
    let of = |line: &Line| match &line.of {
        Of::Metric(metric) => Some(metric.clone()),
        _ => None,
    };
    graph.lines.iter().filter_map(of).collect()
}

/// Adds metrics to a chart that it does not show yet; how many there was no room for.
pub fn add(graph: &mut Graph, listed: &[Listed]) -> usize {
    let known = metrics(graph);
    let mut left_out = 0;
    for one in listed.iter().filter(|one| !known.contains(&one.metric)) {
        if graph.lines.len() < LINES_MAX {
            let line = line(one, &graph.lines);
            graph.lines.push(line);
        } else {
            left_out += 1;
        }
    }
    left_out
}

/// Takes metrics away from a chart.
pub fn remove(graph: &mut Graph, wanted: &[Listed]) {
    graph.lines.retain(|line| match &line.of {
        Of::Metric(metric) => wanted.iter().all(|one| one.metric != *metric),
        _ => true,
    });
}

/// Shows or hides a line; `alone`: shows it and none other, or all when it was alone.
pub fn toggle(graph: &mut Graph, line: usize, alone: bool) {
    if !alone {
        if let Some(line) = graph.lines.get_mut(line) {
            line.hidden = !line.hidden;
        }
        return;
    }
    let is_alone = graph.lines.iter().enumerate().all(|(at, other)| other.hidden == (at != line));
    for (at, other) in graph.lines.iter_mut().enumerate() {
        other.hidden = !is_alone && at != line;
    }
}

/// The chart that is edited; `None` when there is none.
#[must_use]
pub fn edited(view: View) -> Option<usize> {
    let last = view.graphs.with(Vec::len).checked_sub(1)?;
    Some(view.graph.get().min(last))
}

/// Changes the chart that is edited; the first one begins here.
pub fn change(view: View, then: impl FnOnce(&mut Graph)) {
    batch(|| {
        if view.graphs.with_untracked(Vec::is_empty) {
            view.graphs.set(vec![Graph::default()]);
        }
        if let Some(at) = untrack(|| edited(view)) {
            view.graphs.update(|graphs| graphs.get_mut(at).into_iter().for_each(then_once(then)));
        }
    });
}

fn then_once(then: impl FnOnce(&mut Graph)) -> impl FnMut(&mut Graph) {
    let mut then = Some(then);
    move |graph| {
        if let Some(then) = then.take() {
            then(graph);
        }
    }
}

/// Changes a line of the chart that is edited.
pub fn change_line(view: View, at: usize, then: impl FnOnce(&mut Line)) {
    change(view, |graph| {
        if let Some(line) = graph.lines.get_mut(at) {
            then(line);
        }
    });
}

/// Puts charts behind the others and edits the first of them. One that is there already is not put there again.
pub fn open(view: View, graphs: Vec<Graph>) {
    let Some(first) = graphs.first().cloned() else { return };
    batch(|| {
        view.graphs.update(|known| {
            for graph in graphs {
                if known.len() < CHARTS_MAX && !known.contains(&graph) {
                    known.push(graph);
                }
            }
            // An empty one that nobody made anything of.
            if known.len() > 1 {
                known.retain(|graph| *graph != Graph::default());
            }
        });
        let at = view.graphs.with_untracked(|known| known.iter().position(|graph| *graph == first));
        view.graph.set(at.unwrap_or_default());
    });
}

/// Metrics as charts: one of each unit, since two scales are as many as one chart can bear.
#[must_use]
pub fn by_unit(title: &str, listed: &[Listed]) -> Vec<Graph> {
    let mut graphs: Vec<(Option<String>, Graph)> = Vec::new();
    for one in listed {
        let unit = one.metric.unit.clone();
        let at = graphs.iter().position(|(known, _)| *known == unit).unwrap_or_else(|| {
            graphs.push((unit.clone(), Graph::default()));
            graphs.len() - 1
        });
        let _left_out = add(&mut graphs[at].1, std::slice::from_ref(one));
    }
    let several = graphs.len() > 1;
    let titled = graphs.into_iter().map(|(unit, graph)| Graph {
        title: match unit {
            Some(unit) if several => format!("{title}, {unit}"),
            _ => title.to_owned(),
        },
        ..graph
    });
    titled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::series::StoredAs;

    fn listed(name: &str, unit: Option<&str>, stored: &[(Option<&str>, Form)]) -> Listed {
        let stored = stored.iter().map(|(statistic, form)| StoredAs {
            statistic: statistic.map(str::to_owned),
            form: *form,
            period: 60_000,
            inferred: false,
            points: 1,
            first: 0,
            last: 0,
            origins: Vec::new(),
            notes: Vec::new(),
        });
        let metric = Metric {
            namespace: Some("N".into()),
            name: name.into(),
            unit: unit.map(str::to_owned),
            ..Metric::default()
        };
        Listed { metric, id: None, stored: stored.collect() }
    }

    #[test]
    fn what_is_stored_is_shown_first() {
        let of = |unit, stored: &[(Option<&str>, Form)]| statistic(&listed("m", unit, stored));
        assert_eq!(of(Some("Percent"), &[(None, Form::Sets)]), "Average");
        assert_eq!(of(Some("Count"), &[(None, Form::Samples)]), "Sum");
        assert_eq!(of(Some("Percent"), &[(Some("Maximum"), Form::One)]), "Maximum");
        assert_eq!(of(Some("Count"), &[(Some("Average"), Form::One), (Some("Sum"), Form::One)]), "Sum");
        assert_eq!(of(None, &[(Some("p99"), Form::One)]), "p99");
        assert_eq!(of(None, &[(None, Form::One)]), "Average");
        assert_eq!(of(None, &[]), "Average");
    }

    #[test]
    fn lines_are_added_once_and_another_unit_has_the_right_axis() {
        let all = [listed("a", Some("Percent"), &[]), listed("b", Some("Bytes"), &[]), listed("c", None, &[])];
        let mut graph = Graph::default();
        assert_eq!(add(&mut graph, &all), 0);
        assert_eq!(add(&mut graph, &all), 0);
        let lines: Vec<_> = graph.lines.iter().map(|line| (line.id.as_str(), line.right)).collect();
        assert_eq!(lines, [("m1", false), ("m2", true), ("m3", false)]);
        remove(&mut graph, &all[..1]);
        assert_eq!((graph.lines.len(), free_id(&graph.lines, 'm')), (2, "m1".to_owned()));
        let many: Vec<_> = (0..LINES_MAX).map(|n| listed(&format!("n{n}"), None, &[])).collect();
        assert_eq!(add(&mut graph, &many), 2);
    }

    #[test]
    fn ids_are_those_of_metric_math() {
        let mut graph = Graph::default();
        let _none = add(&mut graph, &[listed("a", None, &[]), listed("b", None, &[])]);
        let fault = |id| id_fault(&graph.lines, 0, id).is_some();
        assert!(!fault("m1") && !fault("cpu_1") && !fault("aB"));
        assert!(fault("") && fault("M1") && fault("1m") && fault("a b") && fault("é") && fault("m2"));
    }

    #[test]
    fn every_unit_has_a_chart() {
        let all =
            [listed("a", Some("Percent"), &[]), listed("b", Some("Bytes"), &[]), listed("c", Some("Percent"), &[])];
        let graphs = by_unit("i-1", &all);
        let told: Vec<_> = graphs.iter().map(|graph| (graph.title.as_str(), graph.lines.len())).collect();
        assert_eq!(told, [("i-1, Percent", 2), ("i-1, Bytes", 1)]);
        assert_eq!(by_unit("i-1", &all[..1])[0].title, "i-1");
    }

    #[test]
    fn a_line_is_hidden_shown_alone_and_all_come_back() {
        let line = |id: &str| Line {
            id: id.to_owned(),
            of: Of::Math(String::new()),
            label: None,
            statistic: String::new(),
            period: None,
            right: false,
            hidden: false,
        };
        let mut graph = Graph { lines: vec![line("a"), line("b"), line("c")], ..Graph::default() };
        let hidden = |graph: &Graph| graph.lines.iter().map(|line| line.hidden).collect::<Vec<_>>();
        toggle(&mut graph, 1, false);
        assert_eq!(hidden(&graph), [false, true, false]);
        toggle(&mut graph, 0, true);
        assert_eq!(hidden(&graph), [false, true, true]);
        toggle(&mut graph, 0, true);
        assert_eq!(hidden(&graph), [false; 3]);
    }
}
