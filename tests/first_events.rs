//! The first events of a predicate, page after page: the same as the list that the table stands on, whatever the number of
//! shards and the order of the files.

mod common;

use std::path::PathBuf;
use trailglass::query::kql;
use trailglass::query::order::{Order, SortBy};
use trailglass::query::predicate::{Instant, Predicate, Select, TimeRange};
use trailglass::query::series::Source;
use trailglass::session::first::{First, first};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::protocol::EventRow;
use trailglass::session::questions;

/// Which event it is, whatever the shard, and what is shown of it.
fn told(case: &NativeCase, row: EventRow) -> (String, u32, Option<i64>, Vec<Option<String>>) {
    (case.paths[row.file as usize].clone(), row.record, row.time, row.cells)
}

fn made_up() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let record = |at: usize| {
        // Many equal times, and every seventh without one.
        let time = format!("\"eventTime\":\"2024-05-01T00:00:{:02}Z\",", at * 7 % 10);
        let time = if at % 7 == 3 { String::new() } else { time };
        let long = "x".repeat(at % 30);
        format!(
            "{{\"eventVersion\":\"1.08\",{time}\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"N{}\",\"eventID\":\"{at}\",\"size\":{at},\"long\":\"é{long}\"}}",
            at % 3
        )
    };
    let files = (0..5).map(|file| {
        let path = folder.path().join(format!("{file}.json"));
        let records: Vec<String> = (file * 40..file * 40 + 40).map(record).collect();
        std::fs::write(&path, format!("{{\"Records\":[{}]}}", records.join(","))).unwrap();
        path
    });
    let files = files.collect();
    (folder, files)
}

#[test]
fn pages_follow_each_other_as_in_the_list() {
    let (_folder, mut files) = made_up();
    let everything = Predicate::Everything;
    let some = kql::parse("name: N1 or size < 50").unwrap().predicate;
    let none = kql::parse("name: nothing").unwrap().predicate;
    let from = trailglass::time::parse("2024-05-01T00:00:03Z").unwrap();
    let ranges =
        [TimeRange::default(), TimeRange { from: Some(Instant::At(from)), to: Some(Instant::At(from + 4_000)) }];
    let columns = [Select::keys("eventName"), Select::keys("size")];
    let mut seen = 0;
    for shards in [1, 2, 8] {
        files.reverse();
        let case = NativeCase::load(&files, shards);
        for predicate in [&everything, &some, &none] {
            for range in ranges {
                for descending in [false, true] {
                    let order = Order { by: SortBy::Time, descending };
                    let list = block_on(questions::list(&case, predicate.clone(), range, order)).unwrap();
                    let all = block_on(list.page(&case, 0, 1_000, &columns)).unwrap();
                    let all: Vec<_> = all.into_iter().map(|(_, row)| told(&case, row)).collect();
                    let mut found = Vec::new();
                    let mut after = None;
                    loop {
                        let wanted = First {
                            predicate: predicate.clone(),
                            range,
                            after,
                            count: 17,
                            columns: columns.iter().cloned().map(Source::Field).collect(),
                            longest: 100,
                            descending,
                        };
                        let page = block_on(first(&case, wanted)).unwrap();
                        assert!(page.len() <= 17);
                        after = page.last().map(|(key, ..)| key.clone());
                        found.extend(page.into_iter().map(|(.., row)| told(&case, row)));
                        if after.is_none() {
                            break;
                        }
                    }
                    assert_eq!(found, all, "{shards} shards, {predicate:?}, {range:?}, descending: {descending}");
                    seen += found.len();
                }
            }
        }
    }
    assert!(seen > 1_000, "{seen}");
}

#[test]
fn long_values_are_cut_at_whole_characters() {
    let (_folder, files) = made_up();
    let case = NativeCase::load(&files, 2);
    let wanted = First {
        predicate: kql::parse("size: 29").unwrap().predicate,
        range: TimeRange::default(),
        after: None,
        count: 5,
        columns: vec![Source::Field(Select::keys("long")), Source::Number(2.5), Source::Field(Select::keys("nowhere"))],
        longest: 4,
        descending: false,
    };
    let found = block_on(first(&case, wanted)).unwrap();
    let cells: Vec<_> = found.into_iter().map(|(.., row)| row.cells).collect();
    assert_eq!(cells, [vec![Some("éxxx…".to_owned()), Some("2.5".to_owned()), None]]);
}
