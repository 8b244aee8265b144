//! The charts as a part of a link: `chart` begins one, and `line` and `level` belong to the chart before them. Each is a list of
//! words with what they say, so that a link of another version loses what it does not know and nothing else.

use super::text::{escaped, parts};
use crate::import::metrics::Metric;
use crate::watch::graph::{Axis, Form, Graph, Line, Of, Sampling, Threshold};

/// Charts that are read, lines and levels of each, and dimensions of a metric.
const CHARTS: usize = 40;
const LINES: usize = 100;
const LEVELS: usize = 50;
const DIMENSIONS: usize = 60;

/// The words of the forms.
const FORMS: [(&str, Form); 7] = [
    ("line", Form::Line),
    ("area", Form::Area),
    ("bar", Form::Bar),
    ("number", Form::Number),
    ("gauge", Form::Gauge),
    ("pie", Form::Pie),
    ("table", Form::Table),
];

/// All charts of a view.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Charts {
    /// Those of the room.
    pub graphs: Vec<Graph>,
    /// Which of them is edited.
    pub graph: usize,
    /// The one under the lanes of the timeline.
    pub under: Option<Graph>,
}

/// A list that is being written.
#[derive(Default)]
struct List(Vec<String>);

impl List {
    fn put(&mut self, word: &str, text: &str) {
        self.0.push(format!("{word}~{}", escaped(text)));
    }

    fn put_if(&mut self, word: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.put(word, text);
        }
    }

    fn flag(&mut self, word: &str, on: bool) {
        if on {
            self.0.push(word.to_owned());
        }
    }

    fn text(&self) -> String {
        self.0.join(",")
    }
}

fn chart(graph: &Graph, under: bool) -> String {
    let mut list = List::default();
    list.flag("under", under);
    let form = FORMS.iter().find(|(_, form)| *form == graph.form).map_or("line", |(word, _)| word);
    list.flag(form, true);
    if !graph.title.is_empty() {
        list.put("title", &graph.title);
    }
    for (side, axis) in [("left", &graph.left), ("right", &graph.right)] {
        for (end, value) in [("min", axis.min), ("max", axis.max)] {
            if let Some(value) = value {
                list.put(&format!("{side}-{end}"), &value.to_string());
            }
        }
        list.put_if(&format!("{side}-label"), axis.label.as_ref());
    }
    list.flag("before", graph.before);
    list.flag("marks", graph.marks);
    list.text()
}

fn line(line: &Line) -> String {
    let mut list = List::default();
    list.put("id", &line.id);
    match &line.of {
        Of::Metric(metric) => {
            list.put("metric", &metric.name);
            list.put_if("space", metric.namespace.as_ref());
            for (name, value) in &metric.dimensions {
                list.put("dim", name);
                list.put("is", value);
            }
            list.put_if("unit", metric.unit.as_ref());
            list.put_if("account", metric.account.as_ref());
            list.put_if("region", metric.region.as_ref());
        }
        Of::Math(text) => list.put("math", text),
        Of::Events(query) => list.put("events", query),
        Of::Filter(sampling) => {
            list.put("pattern", &sampling.pattern);
            list.put("value", &sampling.value);
            list.put_if("group", sampling.group.as_ref());
            list.flag("strict", sampling.strict);
        }
    }
    if line.statistic != "Average" {
        list.put("stat", &line.statistic);
    }
    if let Some(period) = line.period {
        list.put("period", &period.to_string());
    }
    list.put_if("label", line.label.as_ref());
    list.flag("right", line.right);
    list.flag("hidden", line.hidden);
    list.text()
}

fn level(level: &Threshold) -> String {
    let mut list = List::default();
    list.put("at", &level.value.to_string());
    if !level.label.is_empty() {
        list.put("label", &level.label);
    }
    list.flag("right", level.right);
    list.text()
}

/// Puts the charts, the one under the timeline last.
pub fn put(charts: &Charts, put: &mut impl FnMut(&str, &str)) {
    let all = charts.graphs.iter().map(|graph| (graph, false)).chain(charts.under.iter().map(|graph| (graph, true)));
    for (graph, under) in all {
        put("chart", &chart(graph, under));
        graph.lines.iter().for_each(|one| put("line", &line(one)));
        graph.thresholds.iter().for_each(|one| put("level", &level(one)));
    }
    if charts.graph > 0 {
        put("edit", &charts.graph.to_string());
    }
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn read_chart(value: &str) -> (Graph, bool) {
    let (mut graph, mut under) = (Graph::default(), false);
    for (word, text) in parts(value) {
        let axis = |graph: &mut Graph, then: &dyn Fn(&mut Axis)| {
            then(if word.starts_with("left") { &mut graph.left } else { &mut graph.right });
        };
        match word.as_str() {
            "under" => under = true,
            "title" => graph.title = text,
            "left-min" | "right-min" => axis(&mut graph, &|axis| axis.min = finite(&text)),
            "left-max" | "right-max" => axis(&mut graph, &|axis| axis.max = finite(&text)),
            "left-label" | "right-label" => axis(&mut graph, &|axis| axis.label = Some(text.clone())),
            "before" => graph.before = true,
            "marks" => graph.marks = true,
            word => {
                let known = FORMS.iter().find(|(known, _)| *known == word);
                graph.form = known.map_or(graph.form, |(_, form)| *form);
            }
        }
    }
    (graph, under)
}

fn read_line(value: &str) -> Option<Line> {
    let (mut metric, mut sampling) = (Metric::default(), empty_sampling());
    let mut line = Line {
        id: String::new(),
        of: Of::Math(String::new()),
        label: None,
        statistic: "Average".to_owned(),
        period: None,
        right: false,
        hidden: false,
    };
    let mut sort = None;
    for (word, text) in parts(value) {
        match word.as_str() {
            "id" => line.id = text,
            "metric" => {
                metric.name = text;
                sort = sort.or(Some(0));
            }
            "space" => metric.namespace = Some(text),
            "dim" if metric.dimensions.len() < DIMENSIONS => metric.dimensions.push((text, String::new())),
            "is" => metric.dimensions.iter_mut().next_back().into_iter().for_each(|(_, value)| value.clone_from(&text)),
            "unit" => metric.unit = Some(text),
            "account" => metric.account = Some(text),
            "region" => metric.region = Some(text),
            "math" => {
                line.of = Of::Math(text);
                sort = sort.or(Some(1));
            }
            "events" => {
                line.of = Of::Events(text);
                sort = sort.or(Some(1));
            }
            "pattern" => {
                sampling.pattern = text;
                sort = sort.or(Some(2));
            }
            "value" => sampling.value = text,
            "group" => sampling.group = Some(text),
            "strict" => sampling.strict = true,
            "stat" => line.statistic = text,
            "period" => line.period = text.parse().ok(),
            "label" => line.label = Some(text),
            "right" => line.right = true,
            "hidden" => line.hidden = true,
            _ => {}
        }
    }
    match sort? {
        0 => line.of = Of::Metric(metric),
        2 => line.of = Of::Filter(sampling),
        _ => {}
    }
    Some(line)
}

fn empty_sampling() -> Sampling {
    Sampling { pattern: String::new(), value: "1".to_owned(), group: None, strict: false }
}

fn read_level(value: &str) -> Option<Threshold> {
    let (mut at, mut label, mut right) = (None, String::new(), false);
    for (word, text) in parts(value) {
        match word.as_str() {
            "at" => at = finite(&text),
            "label" => label = text,
            "right" => right = true,
            _ => {}
        }
    }
    Some(Threshold { value: at?, label, right })
}

/// Reads one part of a link; whether it was one of charts.
pub fn read(charts: &mut Charts, key: &str, value: &str) -> bool {
    match key {
        "chart" => {
            let (graph, under) = read_chart(value);
            if under {
                charts.under = Some(graph);
            } else if charts.graphs.len() < CHARTS {
                charts.graphs.push(graph);
            }
        }
        "line" => {
            let graph = charts.under.as_mut().or(charts.graphs.last_mut());
            if let Some(graph) = graph.filter(|graph| graph.lines.len() < LINES) {
                graph.lines.extend(read_line(value));
            }
        }
        "level" => {
            let graph = charts.under.as_mut().or(charts.graphs.last_mut());
            if let Some(graph) = graph.filter(|graph| graph.thresholds.len() < LEVELS) {
                graph.thresholds.extend(read_level(value));
            }
        }
        "edit" => charts.graph = value.parse().unwrap_or(0),
        _ => return false,
    }
    true
}

/// Any charts, for the tests.
#[cfg(test)]
pub fn any_charts() -> impl proptest::strategy::Strategy<Value = Charts> {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    let text = any::<String>;
    let number = || any::<f64>().prop_filter("finite", |number| number.is_finite());
    let metric = (
        (option::of(text()), text(), vec((text(), text()), 0..3)),
        (option::of(text()), option::of(text()), option::of(text())),
    )
        .prop_map(|((namespace, name, dimensions), (unit, account, region))| Metric {
            namespace,
            name,
            dimensions,
            unit,
            account,
            region,
        });
    let filter = (text(), text(), option::of(text()), any::<bool>())
        .prop_map(|(pattern, value, group, strict)| Of::Filter(Sampling { pattern, value, group, strict }));
    let of = prop_oneof![metric.prop_map(Of::Metric), text().prop_map(Of::Math), text().prop_map(Of::Events), filter,];
    let line = (of, text(), option::of(text()), text(), option::of(any::<i64>()), any::<(bool, bool)>()).prop_map(
        |(of, id, label, statistic, period, (right, hidden))| Line { id, of, label, statistic, period, right, hidden },
    );
    let axis = || {
        (option::of(number()), option::of(number()), option::of(text())).prop_map(|(min, max, label)| Axis {
            min,
            max,
            label,
        })
    };
    let level = (number(), text(), any::<bool>()).prop_map(|(value, label, right)| Threshold { value, label, right });
    let graph = (text(), 0..FORMS.len(), vec(line, 0..4), axis(), axis(), vec(level, 0..3), any::<(bool, bool)>())
        .prop_map(|(title, form, lines, left, right, thresholds, (before, marks))| Graph {
            title,
            form: FORMS[form].1,
            lines,
            left,
            right,
            thresholds,
            before,
            marks,
        });
    (vec(graph.clone(), 0..3), any::<usize>(), option::of(graph)).prop_map(|(graphs, graph, under)| Charts {
        graphs,
        graph,
        under,
    })
}
