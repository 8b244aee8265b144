//! The eight CloudWatch series of the Numenta benchmark, of which real files are in `../shared/data/nab-cloudwatch`: the least, the
//! greatest and the mean value of every day, against arithmetic of its own; and that no point of a chart is made up.

mod common;

use std::collections::BTreeMap;
use std::fs;
use trailglass::session::native::NativeCase;
use trailglass::watch::graph::{Line, Of, Wanted};

const DAY: i64 = 86_400_000;

/// The values of a file by time: `2014-02-14 14:30:00,0.132`, in UTC. Of a time told twice the greater one, as the store settles it.
fn plainly(text: &str) -> BTreeMap<i64, f64> {
    let mut values: BTreeMap<i64, f64> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let (time, value) = line.split_once(',').unwrap();
        let time = trailglass::time::parse(&format!("{}Z", time.replace(' ', "T"))).unwrap();
        let value: f64 = value.parse().unwrap();
        values.entry(time).and_modify(|known| *known = known.max(value)).or_insert(value);
    }
    values
}

#[test]
fn days_of_real_series() {
    let Some(shared) = common::shared() else { return };
    let folder = shared.join("data/nab-cloudwatch/data/realAWSCloudwatch");
    let files = common::files_below(&folder);
    assert_eq!(files.len(), 8);
    let case = NativeCase::load(&files, 2);
    let series = &case.held.catalog.series;
    assert_eq!(series.len(), 8);
    for file in &files {
        let stem = file.file_stem().unwrap().to_string_lossy();
        let values = plainly(&fs::read_to_string(file).unwrap());
        let listed = series.iter().find(|listed| listed.metric.name == stem).unwrap_or_else(|| panic!("{stem}"));
        assert_eq!((listed.stored.len(), listed.stored[0].points as usize), (1, values.len()), "{stem}");
        assert_eq!((listed.stored[0].period, listed.stored[0].inferred), (300_000, true), "{stem}");
        let draw = |range: (i64, i64), columns: u32| {
            let line = Line {
                id: "m1".to_owned(),
                of: Of::Metric(listed.metric.clone()),
                label: None,
                statistic: "Average".to_owned(),
                period: None,
                right: false,
                hidden: false,
            };
            let drawing = case.draw(Wanted { lines: vec![line], range, columns, ..Wanted::default() }).unwrap();
            drawing.lines.into_iter().next().unwrap().unwrap().curves.pop().unwrap()
        };
        let (first, last) = (*values.keys().next().unwrap(), *values.keys().next_back().unwrap());
        let mut day = first.div_euclid(DAY) * DAY;
        while day <= last {
            let of_day: Vec<f64> = values.range(day..day + DAY).map(|(_, value)| *value).collect();
            let summary = draw((day, day + DAY), 1_000).summary;
            assert_eq!(summary.count as usize, of_day.len(), "{stem} {day}");
            let least = of_day.iter().copied().reduce(f64::min);
            let most = of_day.iter().copied().reduce(f64::max);
            assert_eq!(summary.min.map(|(_, value)| value), least, "{stem} {day}");
            assert_eq!(summary.max.map(|(_, value)| value), most, "{stem} {day}");
            let mean = (!of_day.is_empty()).then(|| of_day.iter().sum::<f64>() / of_day.len() as f64);
            let off = summary.mean().zip(mean).map_or(0.0, |(found, mean)| (found - mean).abs());
            assert!(summary.mean().is_some() == mean.is_some() && off < 1e-9, "{stem} {day}");
            day += DAY;
        }
        // Thinned to what can be seen, every point is one of the file's, and the extremes are among them.
        let curve = draw((first, last + 1), 300);
        assert!(curve.points.points.len() <= 600 + 2);
        assert!(curve.points.points.iter().all(|(time, value)| values.get(time) == Some(value)), "{stem}");
        for extreme in [curve.summary.min, curve.summary.max] {
            let value = extreme.unwrap().1;
            assert!(curve.points.points.iter().any(|(_, known)| *known == value), "{stem}");
        }
        // Gaps are where the file has them: a distance of more than one and a half periods, wide enough to be seen.
        let column = (last + 1 - first) as f64 / 300.0;
        let times: Vec<i64> = values.keys().copied().collect();
        let gaps = times.windows(2).filter(|pair| (pair[1] - pair[0]) as f64 > column.max(450_000.0)).count();
        assert_eq!(curve.points.breaks.len(), gaps, "{stem}");
    }
}
