//! Statistics: every vector of `../shared/spec/ALARMS.md` 4, and random samples against a reading of the rules written plainly here.

mod common;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::fs;
use trailglass::watch::statistic::{Set, Statistic};

fn of(statistic: &str, samples: &[f64]) -> Result<f64, String> {
    let parsed = Statistic::parse(statistic).unwrap_or_else(|fault| panic!("{statistic}: {fault:?}"));
    parsed.of_samples(&mut samples.to_vec())
}

fn to(last: i32) -> Vec<f64> {
    (1..=last).rev().map(f64::from).collect()
}

#[test]
fn vectors_of_the_specification() {
    let vectors: [(&str, Vec<f64>, f64); 16] = [
        ("TM(10%:90%)", to(10), 5.5),
        ("TC(10%:90%)", to(10), 8.0),
        ("TS(10%:90%)", to(10), 44.0),
        ("tm90", to(10), 5.0),
        ("IQM", to(10), 5.5),
        ("TC(25%:75%)", to(10), 5.0),
        ("WM(10%:90%)", to(10), 5.5),
        ("wm90", to(10), 5.4),
        ("TS(80%:)", to(10), 19.0),
        ("IQM", to(8), 4.5),
        ("p95", to(100), 95.0),
        ("p99", to(100), 99.0),
        ("PR(:300)", vec![100.0, 300.0, 301.0, 500.0], 50.0),
        ("PR(100:2000)", vec![100.0, 101.0, 2_000.0, 2_001.0], 50.0),
        ("TM(150:1000)", vec![150.0, 151.0, 1_000.0, 1_001.0], 575.5),
        ("TM(:90%)", to(10), 5.0),
    ];
    for (statistic, samples, expected) in vectors {
        let found = of(statistic, &samples).unwrap_or_else(|why| panic!("{statistic}: {why}"));
        assert!((found - expected).abs() < 1e-9, "{statistic}: {found}, not {expected}");
    }
    // The specification still says what is tested here.
    let Some(shared) = common::shared() else { return };
    let text = fs::read_to_string(shared.join("spec/ALARMS.md")).unwrap();
    for words in [
        "1..10: TM(10%:90%) 5.5, TC 8, TS 44, tm90 5, IQM 5.5 (TC 5), WM(10%:90%) 5.5, wm90 5.4, TS(80%:) 19",
        "1..8 IQM 4.5",
        "1..100 p95 95, p99 99",
        "{100,300,301,500} PR(:300)=50",
        "{100,101,2000,2001} PR(100:2000)=50",
        "{150,151,1000,1001} TM(150:1000)=575.5",
    ] {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn what_statistic_sets_give() {
    let set = Set { samples: 4.0, sum: 10.0, minimum: 1.0, maximum: 4.0 };
    let get = |statistic: &str, set: &Set| Statistic::parse(statistic).unwrap().of_set(set);
    for (statistic, expected) in
        [("SampleCount", 4.0), ("Sum", 10.0), ("Average", 2.5), ("Minimum", 1.0), ("Maximum", 4.0)]
    {
        assert_eq!(get(statistic, &set), Ok(expected));
    }
    assert!(get("p50", &set).is_err());
    let alike = Set { samples: 4.0, sum: 12.0, minimum: 3.0, maximum: 3.0 };
    for (statistic, expected) in [
        ("p99", 3.0),
        ("IQM", 3.0),
        ("tc90", 3.6),
        ("ts90", 10.8),
        ("wm50", 3.0),
        ("PR(:3)", 100.0),
        ("PR(3:)", 0.0),
        ("TC(2:3)", 4.0),
    ] {
        assert_eq!(get(statistic, &alike), Ok(expected), "{statistic}");
    }
    assert!(get("TM(5:)", &alike).is_err());
    let negative = Set { samples: 1.0, sum: -3.0, minimum: -3.0, maximum: -3.0 };
    assert!(get("p99", &negative).is_err() && get("Average", &negative) == Ok(-3.0));
    assert!(get("Average", &Set { samples: 0.0, sum: 0.0, minimum: 0.0, maximum: 0.0 }).is_err());
}

#[test]
fn negative_values_have_basic_statistics_only() {
    assert!(of("p50", &[-1.0, 2.0]).is_err() && of("TM(10%:90%)", &[-1.0]).is_err());
    assert_eq!(of("Average", &[-1.0, 2.0]), Ok(0.5));
    assert!(of("p50", &[]).is_err() && of("Sum", &[]).is_err());
}

#[test]
fn what_is_written_is_read_and_written_again() {
    for text in [
        "SampleCount",
        "Average",
        "Sum",
        "Minimum",
        "Maximum",
        "IQM",
        "p95",
        "p99.9",
        "p0.0000000001",
        "tm90",
        "wm98.5",
        "tc90",
        "ts80",
        "TM(10%:90%)",
        "TS(80%:)",
        "WM(10%:90%)",
        "TC(0.5:10)",
        "TM(150:1000)",
        "PR(:300)",
        "PR(100:2000)",
        "TM(:20)",
    ] {
        let statistic = Statistic::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        assert_eq!(statistic.to_string(), text);
    }
    assert_eq!(Statistic::parse("TM(:90%)").unwrap().to_string(), "tm90");
    for (text, position) in [
        ("", 1),
        ("average", 1),
        ("P99", 1),
        ("p101", 2),
        ("p99.12345678901", 2),
        ("tm", 1),
        ("TM90", 1),
        ("tm(10%:90%)", 1),
        ("TM(10%:90)", 8),
        ("TM(90%:10%)", 8),
        ("TM(10%", 7),
        ("TM(10%)", 7),
        ("TM(:)", 4),
        ("PR(10%:90%)", 4),
        ("TM(a:b)", 4),
        ("tm120", 3),
        ("PR(5:5)", 6),
        ("p9e9", 2),
        ("pr90", 1),
    ] {
        let fault = Statistic::parse(text).expect_err(text);
        assert_eq!(fault.position, position, "{text}: {}", fault.message);
    }
}

/// Of sorted samples, each cut into a thousand equal parts: what is kept is counted out.
fn plainly(samples: &[f64], from: f64, to: f64) -> (f64, f64) {
    const PARTS: usize = 1_000;
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let whole = (sorted.len() * PARTS) as f64;
    let parts = sorted.iter().flat_map(|value| std::iter::repeat_n(*value, PARTS)).enumerate();
    let kept: Vec<f64> = parts
        .filter(|(at, _)| {
            let middle = (*at as f64 + 0.5) / whole * 100.0;
            middle > from && middle < to
        })
        .map(|(_, value)| value)
        .collect();
    (kept.len() as f64 / PARTS as f64, kept.iter().sum::<f64>() / PARTS as f64)
}

#[test]
fn random_samples_against_a_plain_reading() {
    let mut rng = SmallRng::seed_from_u64(3);
    for _ in 0..300 {
        let samples: Vec<f64> =
            (0..rng.random_range(1..40)).map(|_| f64::from(rng.random_range(0..1_000)) / 4.0).collect();
        let (from, to) = (rng.random_range(0..50), rng.random_range(51..100));
        let (count, sum) = plainly(&samples, f64::from(from), f64::from(to));
        let close = |statistic: String, expected: f64| {
            let found = of(&statistic, &samples).unwrap();
            assert!((found - expected).abs() < 1e-6, "{statistic} of {samples:?}: {found}, not {expected}");
        };
        close(format!("TC({from}%:{to}%)"), count);
        close(format!("TS({from}%:{to}%)"), sum);
        close(format!("TM({from}%:{to}%)"), sum / count);
        // The least value that at least so many percent of the samples do not exceed.
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        let reached = |value: &&f64| {
            let below = samples.iter().filter(|sample| *sample <= *value).count() * 100;
            below >= to as usize * samples.len()
        };
        close(format!("p{to}"), *sorted.iter().find(reached).unwrap());
        let (low, high) = (f64::from(from), f64::from(to) + 100.0);
        let inside: Vec<f64> = samples.iter().copied().filter(|value| *value > low && *value <= high).collect();
        close(format!("PR({low}:{high})"), 100.0 * inside.len() as f64 / samples.len() as f64);
        close(format!("TC({low}:{high})"), inside.len() as f64);
        let moved = samples.iter().map(|value| value.clamp(low, high)).sum::<f64>();
        close(format!("WM({low}:{high})"), moved / samples.len() as f64);
    }
}
