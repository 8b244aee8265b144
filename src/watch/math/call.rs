//! What the functions give.

use super::evaluate::{Part, Reading};
use super::functions::arity;
use super::line::{Filling, along, deviation, fill, grid, mean};
use super::parse::{Is, Node};
use super::{POINTS_MAX, Series, What, fault};
use crate::query::pattern::Fault;
use crate::watch::search::Search;
use crate::watch::statistic::Statistic;
use jiff::Timestamp;
use jiff::tz::TimeZone;

impl Reading<'_, '_> {
    pub fn call(&mut self, at: usize, name: &str, arguments: &[Node]) -> Result<Part, Fault> {
        arity(at, name, arguments.len())?;
        match name {
            "ABS" => self.each(&arguments[0], f64::abs, true),
            "CEIL" => self.each(&arguments[0], f64::ceil, true),
            "FLOOR" => self.each(&arguments[0], f64::floor, true),
            "LOG" => self.each(&arguments[0], f64::ln, false),
            "LOG10" => self.each(&arguments[0], f64::log10, false),
            "AVG" | "MIN" | "MAX" | "SUM" | "STDDEV" | "DATAPOINT_COUNT" => self.aggregate(name, &arguments[0]),
            "DIFF" => self.line(&arguments[0], true, |line| along(line, |a, b| b.1 - a.1)),
            "DIFF_TIME" => self.line(&arguments[0], false, |line| along(line, |a, b| (b.0 - a.0) as f64 / 1_000.0)),
            "RATE" => {
                self.depends("RATE");
                self.line(&arguments[0], false, |line| along(line, |a, b| (b.1 - a.1) / ((b.0 - a.0) as f64 / 1_000.0)))
            }
            "RUNNING_SUM" => {
                self.depends(name);
                self.line(&arguments[0], true, |line| {
                    let mut sum = 0.0;
                    line.iter()
                        .map(|&(time, value)| {
                            sum += value;
                            (time, sum)
                        })
                        .collect()
                })
            }
            "FILL" => self.fill(&arguments[0], &arguments[1]),
            "FIRST" | "LAST" => {
                let list = self.list(&arguments[0])?;
                let one = if name == "FIRST" { list.into_iter().next() } else { list.into_iter().next_back() };
                one.map(Part::Series).ok_or_else(|| fault(at, "The list is empty."))
            }
            "SLICE" => {
                let list = self.list(&arguments[0])?;
                let from = self.place(&arguments[1])?;
                let to = arguments.get(2).map(|node| self.place(node)).transpose()?.unwrap_or(list.len());
                Ok(Part::List(list.into_iter().take(to).skip(from).collect()))
            }
            "SORT" => self.sort(arguments),
            "REMOVE_EMPTY" => {
                self.depends(name);
                let list = self.list(&arguments[0])?;
                Ok(Part::List(list.into_iter().filter(|series| !series.points.is_empty()).collect()))
            }
            "METRIC_COUNT" => Ok(Part::Number(self.list(&arguments[0])?.len() as f64)),
            "METRICS" => self.metrics(at, arguments.first()),
            "MINUTE" | "HOUR" | "DAY" | "DATE" | "MONTH" | "YEAR" | "EPOCH" => self.clock(at, name, &arguments[0]),
            "PERIOD" => {
                let is_id = matches!(&arguments[0].is, Is::Id(_));
                match self.part(&arguments[0])? {
                    Part::Series(series) if series.is_metric && is_id => {
                        Ok(Part::Number(series.period as f64 / 1_000.0))
                    }
                    _ => Err(fault(arguments[0].at, "PERIOD takes the id of a metric.")),
                }
            }
            "TIME_SERIES" => match self.part(&arguments[0])? {
                Part::Number(number) => {
                    let period = self.usual_period();
                    let points = self.grid(at, period, None)?.into_iter().map(|time| (time, number)).collect();
                    Ok(Part::Series(Series { period, points, ..Series::default() }))
                }
                series @ Part::Series(_) => Ok(series),
                _ => Err(fault(arguments[0].at, "TIME_SERIES takes a number.")),
            },
            "IF" => self.choose(arguments),
            "ANOMALY_DETECTION_BAND" => self.band(arguments),
            "SEARCH" => self.search(arguments),
            _ => Err(fault(at, format!("{name} asks AWS, which is not available offline."))),
        }
    }

    fn depends(&mut self, name: &str) {
        self.warnings.insert(format!("May differ from AWS: {name} depends on the range of time that is fetched."));
    }

    fn each(&mut self, node: &Node, of: impl Fn(f64) -> f64 + Copy, unit: bool) -> Result<Part, Fault> {
        let part = self.part(node)?;
        self.map(node.at, part, of, unit)
    }

    /// Something of a whole line.
    fn line(&mut self, node: &Node, unit: bool, of: impl Fn(&[(i64, f64)]) -> super::Line) -> Result<Part, Fault> {
        let series = |series: Series| Series {
            points: of(&series.points),
            unit: series.unit.filter(|_| unit),
            is_metric: false,
            ..series
        };
        match self.part(node)? {
            Part::Series(one) => Ok(Part::Series(series(one))),
            Part::List(list) => Ok(Part::List(list.into_iter().map(series).collect())),
            _ => Err(fault(node.at, "A series is expected.")),
        }
    }

    fn list(&mut self, node: &Node) -> Result<Vec<Series>, Fault> {
        match self.part(node)? {
            Part::List(list) => Ok(list),
            Part::Series(series) => Ok(vec![series]),
            _ => Err(fault(node.at, "A list of series is expected, such as [m1, m2] or METRICS().")),
        }
    }

    fn place(&mut self, node: &Node) -> Result<usize, Fault> {
        match self.part(node)? {
            Part::Number(number) if number >= 0.0 && number.fract() == 0.0 => Ok(number.min(1e6) as usize),
            _ => Err(fault(node.at, "A whole number is expected that is not negative.")),
        }
    }

    /// Of a series one number; of a list a series across its members.
    fn aggregate(&mut self, name: &str, node: &Node) -> Result<Part, Fault> {
        let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum = |values: &[f64]| values.iter().sum::<f64>();
        match self.part(node)? {
            Part::Series(series) => {
                self.depends(name);
                let values: Vec<f64> = series.points.iter().map(|(_, value)| *value).collect();
                if name == "DATAPOINT_COUNT" {
                    return Ok(Part::Number(values.len() as f64));
                }
                if values.is_empty() {
                    return Err(fault(node.at, format!("The series has no point, and so no {name}.")));
                }
                Ok(Part::Number(match name {
                    "AVG" => mean(&values),
                    "MIN" => least(&values),
                    "MAX" => most(&values),
                    "SUM" => sum(&values),
                    _ => deviation(&values),
                }))
            }
            Part::List(list) => {
                let members = list.len() as f64;
                let series = match name {
                    // Who has no point counts as 0.
                    "AVG" => self.across(&list, |values| sum(values) / members, true),
                    "MIN" => self.across(&list, least, true),
                    "MAX" => self.across(&list, most, true),
                    "SUM" => self.across(&list, sum, true),
                    "STDDEV" => self.across(&list, deviation, true),
                    _ => self.across(&list, |values| values.len() as f64, false),
                };
                Ok(Part::Series(series))
            }
            _ => Err(fault(node.at, "A series or a list of series is expected.")),
        }
    }

    fn grid(&self, at: usize, period: i64, point: Option<i64>) -> Result<Vec<i64>, Fault> {
        grid(self.run.range, period, point).ok_or_else(|| {
            fault(
                at,
                format!("It would have more than {POINTS_MAX} points: a longer period or a shorter range has fewer."),
            )
        })
    }

    /// The period of a series that is made of nothing: that of the expression, or the longest of the metrics.
    fn usual_period(&self) -> i64 {
        let metrics = self.run.given.iter().filter_map(|line| match &line.what {
            What::Metric(series) => Some(series.period),
            _ => None,
        });
        self.period.or(metrics.max()).unwrap_or(60_000).max(1_000)
    }

    fn fill(&mut self, node: &Node, with: &Node) -> Result<Part, Fault> {
        let part = self.part(node)?;
        let filling = self.part(with)?;
        let filling = match &filling {
            Part::Number(number) => Filling::Number(*number),
            Part::Series(series) => Filling::Line(&series.points),
            Part::Word(word) if word == "REPEAT" => Filling::Repeat,
            Part::Word(word) if word == "LINEAR" => Filling::Linear,
            _ => return Err(fault(with.at, "FILL takes a number, a series, REPEAT or LINEAR.")),
        };
        self.depends("FILL");
        let members = if let Part::List(list) = &part { list.len() } else { 1 };
        let filled = |series: Series| {
            let grid = self.grid(node.at, series.period, series.points.first().map(|(time, _)| *time))?;
            if grid.len().saturating_mul(members) > 10 * POINTS_MAX {
                let words = format!("{members} series would have more than {} points.", 10 * POINTS_MAX);
                return Err(fault(node.at, words));
            }
            Ok(Series { points: fill(&series.points, &grid, &filling), is_metric: false, ..series })
        };
        match part {
            Part::Series(series) => Ok(Part::Series(filled(series)?)),
            Part::List(list) => Ok(Part::List(list.into_iter().map(filled).collect::<Result<_, _>>()?)),
            _ => Err(fault(node.at, "A series is expected.")),
        }
    }

    fn sort(&mut self, arguments: &[Node]) -> Result<Part, Fault> {
        let mut list = self.list(&arguments[0])?;
        let word = |node: &Node, of: &[&str]| match &node.is {
            Is::Word(word) if of.contains(&word.as_str()) => Ok(word.clone()),
            _ => Err(fault(node.at, format!("One of {} is expected.", of.join(", ")))),
        };
        let by = word(&arguments[1], &["AVG", "MIN", "MAX", "SUM"])?;
        let descending = word(&arguments[2], &["ASC", "DESC"])? == "DESC";
        let value = |series: &Series| {
            let values = series.points.iter().map(|(_, value)| *value);
            match by.as_str() {
                "MIN" => values.fold(f64::INFINITY, f64::min),
                "MAX" => values.fold(f64::NEG_INFINITY, f64::max),
                "SUM" => values.sum(),
                _ => values.sum::<f64>() / series.points.len() as f64,
            }
        };
        // What has no point comes last either way.
        list.sort_by(|a, b| {
            let empty = a.points.is_empty().cmp(&b.points.is_empty());
            let order = value(a).total_cmp(&value(b));
            empty.then(if descending { order.reverse() } else { order })
        });
        if let Some(count) = arguments.get(3) {
            list.truncate(self.place(count)?);
        }
        self.depends("SORT");
        Ok(Part::List(list))
    }

    fn metrics(&mut self, at: usize, part: Option<&Node>) -> Result<Part, Fault> {
        let text = match part.map(|node| &node.is) {
            None => String::new(),
            Some(Is::Text(text)) => text.clone(),
            Some(_) => return Err(fault(at, "METRICS takes a text in quotes.")),
        };
        let list = self.run.given.iter().filter(|line| line.id.contains(&text)).filter_map(|line| match &line.what {
            What::Metric(series) => Some(series.clone()),
            _ => None,
        });
        let list = self.bounded(at, list.collect())?;
        self.warnings.extend(list.iter().flat_map(|series| series.notes.clone()));
        Ok(Part::List(list))
    }

    fn clock(&mut self, at: usize, name: &str, node: &Node) -> Result<Part, Fault> {
        let Part::Series(series) = self.part(node)? else { return Err(fault(node.at, "A series is expected.")) };
        let grid = self.grid(at, series.period, series.points.first().map(|(time, _)| *time))?;
        let value = |ms: i64| {
            if name == "EPOCH" {
                return Some(ms as f64 / 1_000.0);
            }
            let time = Timestamp::from_millisecond(ms).ok()?.to_zoned(TimeZone::UTC);
            Some(f64::from(match name {
                "MINUTE" => i16::from(time.minute()),
                "HOUR" => i16::from(time.hour()),
                "DAY" => i16::from(time.weekday().to_monday_one_offset()),
                "DATE" => i16::from(time.day()),
                "MONTH" => i16::from(time.month()),
                _ => time.year(),
            }))
        };
        let points = grid.into_iter().filter_map(|time| Some((time, value(time)?))).collect();
        Ok(Part::Series(Series { label: series.label, period: series.period, points, ..Series::default() }))
    }

    /// A condition, and what stands for true and false (`spec/ALARMS.md` 5, vectors): a branch that is a series counts as 0 where
    /// it has no point, unless the other branch is a number that stands before it.
    fn choose(&mut self, arguments: &[Node]) -> Result<Part, Fault> {
        let condition = self.part(&arguments[0])?;
        let yes = self.part(&arguments[1])?;
        let no = arguments.get(2).map(|node| self.part(node)).transpose()?;
        for (part, node) in [Some(&condition), Some(&yes), no.as_ref()].into_iter().zip(arguments) {
            if matches!(part, Some(Part::List(_) | Part::Text | Part::Word(_))) {
                return Err(fault(node.at, "IF takes numbers and series, no lists."));
            }
        }
        let condition = match condition {
            Part::Number(number) if number != 0.0 => return Ok(yes),
            Part::Number(_) => {
                return no
                    .ok_or_else(|| fault(arguments[0].at, "The condition never holds, and there is nothing else."));
            }
            Part::Series(series) => series,
            _ => return Err(fault(arguments[0].at, "A condition is a number or a series.")),
        };
        let branches: Vec<&Series> = [Some(&yes), no.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|part| match part {
                Part::Series(series) => Some(series),
                _ => None,
            })
            .collect();
        let unit = if branches.is_empty() { None } else { self.unit(&branches) };
        let value = |part: &Part, time: i64| match part {
            Part::Number(number) => Some(*number),
            Part::Series(series) => {
                series.points.binary_search_by_key(&time, |(time, _)| *time).ok().map(|place| series.points[place].1)
            }
            _ => None,
        };
        let yes_is_number = matches!(yes, Part::Number(_));
        let points = condition.points.iter().filter_map(|&(time, holds)| {
            let value = match (holds != 0.0, &no) {
                // Without another branch there is nothing that a missing point could count as.
                (true, None) => value(&yes, time)?,
                (true, Some(_)) => value(&yes, time).unwrap_or(0.0),
                (false, Some(no)) if yes_is_number => value(no, time)?,
                (false, Some(no)) => value(no, time).unwrap_or(0.0),
                (false, None) => return None,
            };
            Some((time, value))
        });
        let points = points.collect();
        Ok(Part::Series(Series { label: condition.label, period: condition.period, points, unit, ..Series::default() }))
    }

    /// Mean and deviation of the points that are there: AWS's band follows from a model of two weeks before.
    fn band(&mut self, arguments: &[Node]) -> Result<Part, Fault> {
        let Part::Series(series) = self.part(&arguments[0])? else {
            return Err(fault(arguments[0].at, "A series is expected."));
        };
        let wide = match arguments.get(1).map(|node| self.part(node)).transpose()? {
            None => 2.0,
            Some(Part::Number(wide)) if wide > 0.0 => wide,
            Some(_) => return Err(fault(arguments[1].at, "A number greater than 0 is expected.")),
        };
        self.warnings.insert(
            "The band is the mean of the points shown and so many standard deviations around it; AWS's is that of a trained model."
                .to_owned(),
        );
        let values: Vec<f64> = series.points.iter().map(|(_, value)| *value).collect();
        let band = |sign: f64, label: &str| {
            let level = if values.is_empty() { 0.0 } else { mean(&values) + sign * wide * deviation(&values) };
            Series {
                label: format!("{} {label}", series.label),
                points: series.points.iter().map(|(time, _)| (*time, level)).collect(),
                is_metric: false,
                ..series.clone()
            }
        };
        Ok(Part::List(vec![band(-1.0, "low"), band(1.0, "high")]))
    }

    fn search(&mut self, arguments: &[Node]) -> Result<Part, Fault> {
        let text = |node: &Node| match &node.is {
            Is::Text(text) => Ok(text.clone()),
            _ => Err(fault(node.at, "A text in quotes is expected.")),
        };
        let search = Search::parse(&text(&arguments[0])?)
            .map_err(|inner| fault(arguments[0].at + inner.position, inner.message))?;
        let statistic = Statistic::parse(&text(&arguments[1])?)
            .map_err(|inner| fault(arguments[1].at + inner.position, inner.message))?;
        let period = match arguments.get(2) {
            None => self.usual_period(),
            Some(node) => match self.part(node)? {
                Part::Number(seconds) if (1.0..=31_536_000.0).contains(&seconds) => (seconds * 1_000.0) as i64,
                _ => return Err(fault(node.at, "A period in seconds is expected.")),
            },
        };
        let found = self.run.source.search(&search, &statistic, period).map_err(|why| fault(arguments[0].at, why))?;
        let found = self.bounded(arguments[0].at, found)?;
        self.warnings.extend(found.iter().flat_map(|series| series.notes.clone()));
        Ok(Part::List(found))
    }
}
