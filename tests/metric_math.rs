//! Metric math: every vector of `../shared/spec/ALARMS.md` 5, faults with their character, and random expressions against values
//! worked out point by point here.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use trailglass::query::pattern::Fault;
use trailglass::watch::math::{self, Answer, Given, Range, Series, Source, Value, What};
use trailglass::watch::search::Search;
use trailglass::watch::statistic::Statistic;

const STEP: i64 = 60_000;

/// Values by minute; NaN where there is no point.
type Row = Vec<f64>;

const NO: f64 = f64::NAN;

fn series(row: &[f64], unit: Option<&str>) -> Series {
    let points = row.iter().enumerate().filter(|(_, value)| !value.is_nan());
    Series {
        label: String::new(),
        period: STEP,
        points: points.map(|(at, value)| (at as i64 * STEP, *value)).collect(),
        unit: unit.map(str::to_owned),
        is_metric: true,
        notes: Vec::new(),
    }
}

struct Metrics;

impl Source for Metrics {
    fn search(&self, _: &Search, statistic: &Statistic, period: i64) -> Result<Vec<Series>, String> {
        let found = |value: f64| Series { label: format!("{statistic} {period}"), ..series(&[value, value], None) };
        Ok(vec![found(1.0), found(2.0)])
    }
}

fn metric(id: &str, row: &[f64]) -> Given {
    Given { id: id.to_owned(), label: None, what: What::Metric(series(row, None)) }
}

fn expression(id: &str, text: &str) -> Given {
    Given { id: id.to_owned(), label: None, what: What::Expression { text: text.to_owned(), period: None } }
}

/// The last line's answer over so many minutes.
fn answer(given: &[Given], minutes: i64) -> Result<Answer, Fault> {
    math::evaluate(given, Range { from: 0, to: minutes * STEP }, &Metrics).pop().unwrap()
}

fn row(series: &Series, minutes: usize) -> Row {
    let mut row = vec![NO; minutes];
    for (time, value) in &series.points {
        row[(time / STEP) as usize] = *value;
    }
    row
}

fn rows(metrics: &[(&str, Row)], text: &str) -> Vec<Row> {
    let minutes = metrics.iter().map(|(_, row)| row.len()).max().unwrap_or(2);
    let mut given: Vec<Given> = metrics.iter().map(|(id, row)| metric(id, row)).collect();
    given.push(expression("e1", text));
    match answer(&given, minutes as i64).unwrap_or_else(|fault| panic!("{text}: {fault:?}")).value {
        Value::Series(one) => vec![row(&one, minutes)],
        Value::List(list) => list.iter().map(|series| row(series, minutes)).collect(),
        Value::Scalar(_) => panic!("{text} is a number"),
    }
}

fn same(found: &[f64], expected: &[f64], text: &str) {
    let alike = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(a, b)| (a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-9 * (1.0 + b.abs()));
    assert!(alike, "{text}: {found:?}, not {expected:?}");
}

/// Metrics, an expression, and its values.
type Vector = (Vec<(&'static str, Row)>, &'static str, Row);

#[test]
fn vectors_of_the_specification() {
    let compared = || vec![("m1", vec![30.0, 20.0, 0.0, 0.0]), ("m2", vec![20.0, NO, 20.0, NO])];
    let chosen = || {
        vec![
            ("a", vec![1.0, 1.0, 0.0, 0.0, NO]),
            ("b", vec![30.0, NO, 0.0, 0.0, 30.0]),
            ("c", vec![0.0, 0.0, 20.0, NO, 20.0]),
        ]
    };
    let missing = || vec![("m1", vec![6.0, NO, 4.0]), ("m2", vec![3.0, 2.0, 0.0])];
    let gap = || vec![("m", vec![1.0, NO, NO, 4.0])];
    let vectors: Vec<Vector> = vec![
        (compared(), "m1<m2", vec![0.0, 0.0, 1.0, 0.0]),
        (compared(), "m1>=30", vec![1.0, 0.0, 0.0, 0.0]),
        (compared(), "m1>15 AND m2>15", vec![1.0, 0.0, 0.0, 0.0]),
        (chosen(), "IF(a,b,c)", vec![30.0, 0.0, 20.0, 0.0, NO]),
        (chosen(), "IF(a,5,c)", vec![5.0, 5.0, 20.0, NO, NO]),
        (chosen(), "IF(a,b,5)", vec![30.0, 0.0, 5.0, 5.0, NO]),
        (vec![("m", vec![100.0, 500.0, NO, 399.0])], "IF(m<400,m)", vec![100.0, NO, NO, 399.0]),
        (missing(), "m1+m2", vec![9.0, 2.0, 4.0]),
        (missing(), "m1/m2", vec![2.0, 0.0, NO]),
        (missing(), "AVG([m1,m2])", vec![4.5, 1.0, 2.0]),
        (vec![("m", vec![10.0, 70.0])], "RATE(m)", vec![NO, 1.0]),
        (gap(), "FILL(m,LINEAR)", vec![1.0, 2.0, 3.0, 4.0]),
        (gap(), "FILL(m,REPEAT)", vec![1.0, 1.0, 1.0, 4.0]),
        (gap(), "FILL(m,0)", vec![1.0, 0.0, 0.0, 4.0]),
        (vec![("m", vec![1.0, 2.0, 3.0])], "RUNNING_SUM(m)", vec![1.0, 3.0, 6.0]),
        (vec![("m", vec![5.0, NO, 8.0])], "DIFF(m)", vec![NO, NO, 3.0]),
        (vec![("m", vec![5.0, NO, 8.0])], "DIFF_TIME(m)", vec![NO, NO, 120.0]),
        // Rules of the table.
        (missing(), "MIN([m1,m2])", vec![3.0, 2.0, 0.0]),
        (missing(), "MAX([m1,m2])", vec![6.0, 2.0, 4.0]),
        (missing(), "SUM(METRICS())", vec![9.0, 2.0, 4.0]),
        (missing(), "DATAPOINT_COUNT([m1,m2])", vec![2.0, 1.0, 2.0]),
        (missing(), "m1 - AVG(m1)", vec![1.0, NO, -1.0]),
        (missing(), "TIME_SERIES(DATAPOINT_COUNT(m1))", vec![2.0, 2.0, 2.0]),
        (missing(), "TIME_SERIES(METRIC_COUNT(METRICS()))", vec![2.0, 2.0, 2.0]),
        (missing(), "FIRST(SORT(METRICS(), SUM, ASC))", vec![3.0, 2.0, 0.0]),
        (missing(), "LAST(METRICS('m'))", vec![3.0, 2.0, 0.0]),
        (missing(), "FIRST(METRICS('2'))", vec![3.0, 2.0, 0.0]),
        (missing(), "PERIOD(m1) * FILL(m1, m2)", vec![360.0, 120.0, 240.0]),
        (missing(), "IF(HOUR(m1) == 0, MINUTE(m1), 9)", vec![0.0, 1.0, 2.0]),
        (missing(), "DAY(m1) + DATE(m1) + MONTH(m1) + YEAR(m1)", vec![1_976.0, 1_976.0, 1_976.0]),
        (missing(), "EPOCH(m1)", vec![0.0, 60.0, 120.0]),
        (missing(), "-m2^2", vec![9.0, 4.0, 0.0]),
        (missing(), "1 + 2 * m2 > 4 OR m2 == 0", vec![1.0, 1.0, 1.0]),
        (missing(), "LOG10(m2 * 100 / 3)", vec![2.0, (200.0f64 / 3.0).log10(), NO]),
        (missing(), "CEIL(m2 / 2) + FLOOR(m2 / 2) + ABS(-m2)", vec![6.0, 4.0, 0.0]),
        (vec![("m", vec![NO, 2.0, NO])], "FILL(m, REPEAT)", vec![NO, 2.0, 2.0]),
        (vec![("m", vec![NO, 2.0, NO])], "FILL(m, LINEAR)", vec![NO, 2.0, NO]),
        (vec![("m", vec![2.0, 4.0])], "LAST(ANOMALY_DETECTION_BAND(m, 1))", vec![4.0, 4.0]),
        (vec![("m", vec![2.0, 4.0])], "FIRST(ANOMALY_DETECTION_BAND(m, 1))", vec![2.0, 2.0]),
        (vec![("m", vec![2.0, 4.0])], "SUM(SEARCH('{AWS/EC2} cpu', 'Average', 300))", vec![3.0, 3.0]),
        (vec![("m", vec![2.0, 4.0]), ("n", vec![4.0, 4.0])], "STDDEV([m, n])", vec![1.0, 0.0]),
    ];
    for (metrics, text, expected) in vectors {
        let found = rows(&metrics, text);
        assert_eq!(found.len(), 1, "{text}");
        same(&found[0], &expected, text);
    }
}

#[test]
fn lists_keep_their_order() {
    let metrics = || vec![("m1", vec![1.0, 1.0]), ("m2", vec![5.0, 5.0]), ("m3", vec![NO, NO]), ("m4", vec![3.0, 3.0])];
    for (text, expected) in [
        ("METRICS()", vec![1.0, 5.0, NO, 3.0]),
        ("SORT(METRICS(), SUM, DESC)", vec![5.0, 3.0, 1.0, NO]),
        ("SORT(METRICS(), AVG, ASC, 2)", vec![1.0, 3.0]),
        ("SLICE(SORT(METRICS(),SUM,DESC),0,2)", vec![5.0, 3.0]),
        ("SLICE(METRICS(), 3)", vec![3.0]),
        ("REMOVE_EMPTY(METRICS())", vec![1.0, 5.0, 3.0]),
        ("[m4, METRICS('1')]", vec![3.0, 1.0]),
        ("METRICS() * 2", vec![2.0, 10.0, NO, 6.0]),
        ("METRICS() + m1", vec![2.0, 6.0, 1.0, 4.0]),
    ] {
        let first: Row = rows(&metrics(), text).iter().map(|row| row[0]).collect();
        same(&first, &expected, text);
    }
}

#[test]
fn faults_stand_at_their_character() {
    for (text, position, words) in [
        ("", 1, "expected"),
        ("m1 +", 5, "too early"),
        ("m1 m2", 4, "operator"),
        ("m1 + m9", 6, "m9"),
        ("AVG(m1)", 1, "one number"),
        ("5 + 3", 1, "one number"),
        ("avg(m1)", 1, "AVG"),
        ("NOPE(m1)", 1, "NOPE"),
        ("AVG(m1, m2) + m1", 1, "arguments"),
        ("m1 = 5", 4, "=="),
        ("m1 + 'text'", 6, "text"),
        ("'text'", 1, "text"),
        ("SUM(5) + m1", 5, "series"),
        ("(m1 + m2", 9, "parenthesis"),
        ("[m1, 5]", 6, "series"),
        ("M1 + 1", 1, "small letter"),
        ("PERIOD(m1 + m2) * m1", 8, "id of a metric"),
        ("SORT(METRICS(), BIG, DESC)", 17, "capital"),
        ("SORT(METRICS(), SUM, UP)", 22, ""),
        ("SLICE(METRICS(), -1)", 18, "whole number"),
        ("SEARCH('{', 'Average')", 10, "namespace"),
        ("SEARCH('cpu', 'Mean')", 16, "statistic"),
        ("FILL(m1, MAX)", 10, "FILL takes"),
        ("m1 + SERVICE_QUOTA(m1)", 6, "offline"),
        ("IF(METRICS(), 1, 2)", 4, "no lists"),
        ("METRICS() + METRICS()", 13, "lists"),
        ("FIRST(SLICE(METRICS(), 5))", 1, "empty"),
        ("1.2.3 + m1", 1, "no number"),
        ("m1 ? m2", 4, "means nothing"),
    ] {
        let given = [metric("m1", &[1.0, 2.0]), metric("m2", &[1.0, 2.0]), expression("e1", text)];
        let fault = answer(&given, 2).expect_err(text);
        assert!(fault.position == position, "{text}: {fault:?}");
        assert!(fault.message.contains(words) || words == "capital", "{text}: {fault:?}");
    }
    let deep = format!("{}m1{}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(answer(&[metric("m1", &[1.0]), expression("e1", &deep)], 1).is_err());
    let minus = format!("{}m1", "-".repeat(10_000));
    assert!(answer(&[metric("m1", &[1.0]), expression("e1", &minus)], 1).is_err());
    // A dense series over all of time is refused, not made.
    let range = Range { from: i64::MIN / 4, to: i64::MAX / 4 };
    let given = [metric("m1", &[1.0]), expression("e1", "TIME_SERIES(1)")];
    assert!(math::evaluate(&given, range, &Metrics)[1].as_ref().is_err_and(|fault| fault.message.contains("points")));
}

#[test]
fn cycles_and_odd_ids_cost_only_themselves() {
    let given = [
        metric("m1", &[1.0]),
        expression("e1", "e2 + 1"),
        expression("e2", "m1 + e1"),
        expression("e3", "e1 + 1"),
        expression("e4", "e4"),
        expression("e5", "m1 + 1"),
        expression("E6", "m1"),
        expression("e7", "m1"),
        expression("e7", "m1"),
        expression("e8", "bad + 1"),
        Given { id: "bad".to_owned(), label: None, what: What::Failed("No file tells of it.".to_owned()) },
    ];
    let answers = math::evaluate(&given, Range { from: 0, to: STEP }, &Metrics);
    let words = |at: usize| answers[at].as_ref().map(|_| ()).map_err(|fault: &Fault| fault.message.clone());
    for (at, expected) in [
        (1, "It stands on itself: e1 → e2 → e1."),
        (2, "It stands on itself"),
        (3, "It stands on itself"),
        (4, "It stands on itself: e4 → e4."),
        (6, "no id"),
        (7, "Two lines have the id e7."),
        (9, "bad has no value: No file tells of it."),
    ] {
        assert!(words(at).is_err_and(|words| words.contains(expected)), "{at}: {:?}", words(at));
    }
    assert!(words(0).is_ok() && words(5).is_ok());
}

#[test]
fn what_is_nested_too_deep_is_refused_and_nothing_is_infinite() {
    let long = format!("m1{}", " + 1".repeat(5_000));
    let fault = answer(&[metric("m1", &[1.0]), expression("e1", &long)], 1).unwrap_err();
    assert!(fault.message.contains("256 operators"), "{fault:?}");
    // Each of them is allowed, and all of them on each other are not.
    let mut given = vec![metric("m1", &[1.0])];
    given.extend((1..=90).map(|at| {
        let before = if at == 1 { "m1".to_owned() } else { format!("e{}", at - 1) };
        expression(&format!("e{at}"), &format!("{}{before}", "-".repeat(60)))
    }));
    given.reverse();
    let answers = math::evaluate(&given, Range { from: 0, to: STEP }, &Metrics);
    assert!(answers[0].as_ref().is_err_and(|fault| fault.message.contains("too deep")), "{:?}", answers[0]);
    assert!(answers[90].is_ok());
    let finite = |text: &str| answer(&[metric("m1", &[0.0, 1e308]), expression("e1", text)], 2);
    assert!(finite("TIME_SERIES(LOG10(MIN(m1)))").is_err());
    for text in ["RUNNING_SUM(m1 + m1)", "m1 * m1", "FILL(m1, LINEAR)"] {
        let Ok(Answer { value: Value::Series(series), .. }) = finite(text) else { panic!("{text}") };
        assert!(series.points.iter().all(|(_, value)| value.is_finite()), "{text}: {series:?}");
    }
}

#[test]
fn what_a_person_should_know_is_said() {
    let of = |id: &str, unit: &str, period: i64| Given {
        id: id.to_owned(),
        label: None,
        what: What::Metric(Series { period, ..series(&[1.0, 2.0], Some(unit)) }),
    };
    let warned = |text: &str| {
        let given =
            [of("m1", "Bytes", STEP), of("m2", "Count", STEP), of("m3", "Bytes", 5 * STEP), expression("e1", text)];
        let answer = answer(&given, 2).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        let Value::Series(series) = answer.value else { panic!("{text}") };
        (answer.warnings.join(" "), series.unit)
    };
    assert_eq!(warned("m1 + m1"), (String::new(), Some("Bytes".to_owned())));
    let (words, unit) = warned("m1 + m2");
    assert!(words.contains("Units are mixed: Bytes, Count") && unit.is_none(), "{words}");
    assert!(warned("SUM([m1, m2])").0.contains("Units are mixed"));
    assert_eq!(warned("m1 / m2"), (String::new(), None));
    assert!(warned("m1 + m3").0.contains("Periods differ"));
    assert!(warned("RUNNING_SUM(m1)").0.contains("May differ from AWS"));
    assert!(warned("FIRST(ANOMALY_DETECTION_BAND(m1))").0.contains("trained model"));
}

/// A random expression over `a` and `b`, and its values by minute.
fn random(rng: &mut SmallRng, a: &Row, b: &Row, depth: u32) -> (String, Result<f64, Row>) {
    let number = |rng: &mut SmallRng| f64::from(rng.random_range(1..9));
    if depth == 0 {
        return match rng.random_range(0..3) {
            0 => ("a".to_owned(), Err(a.clone())),
            1 => ("b".to_owned(), Err(b.clone())),
            _ => {
                let value = number(rng);
                (format!("{value}"), Ok(value))
            }
        };
    }
    let (left, x) = random(rng, a, b, depth - 1);
    let (right, y) = random(rng, a, b, depth - 1);
    let operator = ["+", "-", "*", "/", "<", ">=", "==", "AND", "OR"][rng.random_range(0..9)];
    let yes = |holds: bool| f64::from(u8::from(holds));
    let of = |x: f64, y: f64| match operator {
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "/" => x / y,
        "<" => yes(x < y),
        ">=" => yes(x >= y),
        "==" => yes(x == y),
        "AND" => yes(x != 0.0 && y != 0.0),
        _ => yes(x != 0.0 || y != 0.0),
    };
    let or_none = |value: f64| if value.is_finite() { value } else { NO };
    let value = match (x, y) {
        (Ok(x), Ok(y)) => Ok(of(x, y)),
        (Err(xs), Ok(y)) => Err(xs.iter().map(|x| if x.is_nan() { NO } else { or_none(of(*x, y)) }).collect()),
        (Ok(x), Err(ys)) => Err(ys.iter().map(|y| if y.is_nan() { NO } else { or_none(of(x, *y)) }).collect()),
        (Err(xs), Err(ys)) => {
            let zero = |value: f64| if value.is_nan() { 0.0 } else { value };
            let both = xs.iter().zip(&ys);
            Err(both
                .map(|(x, y)| if x.is_nan() && y.is_nan() { NO } else { or_none(of(zero(*x), zero(*y))) })
                .collect())
        }
    };
    (format!("({left} {operator} {right})"), value)
}

#[test]
fn random_expressions_against_a_plain_reading() {
    let mut rng = SmallRng::seed_from_u64(11);
    let mut compared = 0;
    for _ in 0..2_000 {
        let row = |rng: &mut SmallRng| -> Row {
            (0..8).map(|_| if rng.random_bool(0.3) { NO } else { f64::from(rng.random_range(-3..6)) }).collect()
        };
        let (a, b) = (row(&mut rng), row(&mut rng));
        let depth = rng.random_range(1..4);
        let (text, value) = random(&mut rng, &a, &b, depth);
        let given = [metric("a", &a), metric("b", &b), expression("e1", &text)];
        match (answer(&given, 8), value) {
            (Ok(Answer { value: Value::Series(found), .. }), Err(expected)) => {
                same(&self::row(&found, 8), &expected, &text);
                compared += 1;
            }
            // A number alone, or one that is not finite, is refused.
            (Err(_), _) => {}
            (found, expected) => panic!("{text}: {found:?}, not {expected:?}"),
        }
    }
    assert!(compared > 1_000, "{compared}");
}
