//! Real logs by others, and what others counted in them: the answers of `../shared/data/answers` must come out of the
//! engine exactly, whichever way the files are dealt to shards.

mod common;

use serde_json::{Value, json};
use trailglass::query::aggregate::{Aggregate, Answer, Count, Counts};
use trailglass::query::kql::{self, Field};
use trailglass::query::order::{Order, SortBy};
use trailglass::query::predicate::{Predicate, Select, TimeRange};
use trailglass::session::native::{NativeCase, block_on};
use trailglass::session::questions;
use trailglass::time;

fn predicate(query: &str) -> Predicate {
    kql::parse(query).unwrap_or_else(|error| panic!("{query}: {error}")).predicate
}

fn select(field: &str) -> Select {
    match kql::parse(&format!("{field}: *")).unwrap().fields.remove(0).field {
        Field::Values(mut selects) => selects.remove(0),
        other => panic!("{other:?}"),
    }
}

fn ask(case: &NativeCase, query: &str, aggregate: Aggregate) -> Answer {
    let asked = questions::aggregates(case, predicate(query), vec![(TimeRange::default(), aggregate)]);
    block_on(asked).unwrap().remove(0)
}

fn count(case: &NativeCase, query: &str) -> Count {
    let Answer::Count(count) = ask(case, query, Aggregate::Count) else { panic!("a count") };
    count
}

fn counts(case: &NativeCase, query: &str, field: &str) -> Counts {
    let Answer::Top(counts) = ask(case, query, Aggregate::Top(select(field))) else { panic!("counts") };
    counts
}

fn top(case: &NativeCase, query: &str, field: &str, limit: usize) -> Value {
    json!(counts(case, query, field).top(limit))
}

/// The same with the events that have no such field among them.
fn all(case: &NativeCase, field: &str, none: &str) -> Value {
    let mut counts = counts(case, "", field);
    if counts.none > 0 {
        counts.values.push((none.to_owned(), counts.none));
    }
    json!(counts.top(usize::MAX))
}

/// Events by bins of this many seconds, keyed by the first `chars` of the time.
fn bins(case: &NativeCase, seconds: i64, chars: usize) -> Vec<(String, u32)> {
    let span = count(case, "");
    let width = seconds * 1_000;
    let start = span.first.unwrap() / width * width;
    let bins = ((span.last.unwrap() - start) / width + 1) as u32;
    let Answer::Histogram(series) = ask(case, "", Aggregate::Histogram { start, width, bins, by: None }) else {
        panic!("a histogram")
    };
    let text = |bin: usize| time::format(start + bin as i64 * width)[..chars].to_owned();
    series[0].iter().enumerate().filter(|(_, count)| **count > 0).map(|(bin, count)| (text(bin), *count)).collect()
}

fn second(ms: Option<i64>) -> Value {
    ms.map_or(Value::Null, |ms| json!(time::format(ms)[..19]))
}

/// What the engine says to a question of the answers file; `None` for those it has no single question for.
/// `once`: the answers are about events counted once, however often they were delivered.
fn answer(case: &NativeCase, id: &str, once: bool) -> Option<Value> {
    let delivered: u64 = case.reports.iter().map(|report| u64::from(report.events)).sum();
    let counted = count(case, "").rows;
    assert_eq!(counted + case.duplicates.total(), delivered);
    Some(match id {
        "Q01" => json!(if once { counted } else { delivered }),
        "Q02" => json!(counts(case, "", "eventID").values.len()),
        "Q03" if once => json!(counted - counts(case, "", "eventID").values.len() as u64),
        "Q03" => json!(case.duplicates.total()),
        "Q04" => second(count(case, "").first),
        "Q05" => second(count(case, "").last),
        "Q06" => json!(counts(case, "", "eventName").values.len()),
        "Q07" => top(case, "", "eventName", 10),
        "Q08" => json!(counts(case, "", "eventSource").values.len()),
        "Q09" => top(case, "", "eventSource", 10),
        "Q10" => all(case, "awsRegion", "(none)"),
        "Q11" => all(case, "recipientAccountId", "(none)"),
        "Q12" => all(case, "userIdentity.type", "(none)"),
        "Q13" => top(case, "", "userIdentity.arn", 10),
        "Q14" => top(case, "", "sourceIPAddress", 10),
        "Q15" => json!(counts(case, "", "ip").values.len()),
        "Q16" => json!(count(case, "errorCode: *").rows),
        "Q17" => top(case, "", "errorCode", usize::MAX),
        "Q18" => {
            let mut refused = counts(case, "errorCode: (*AccessDenied* or *Unauthorized*)", "userIdentity.arn");
            if refused.none > 0 {
                refused.values.push(("(none)".to_owned(), refused.none));
            }
            json!(refused.top(5))
        }
        "Q19" => all(case, "readOnly", "absent"),
        "Q20" => top(case, "userIdentity.type: Root", "eventName", 10),
        "Q21" => {
            let mut logins = counts(case, "eventName: \"ConsoleLogin\"", "responseElements.ConsoleLogin");
            if logins.none > 0 {
                logins.values.push(("(none)".to_owned(), logins.none));
            }
            json!(logins.top(usize::MAX))
        }
        "Q22" => {
            let query = "eventName: \"ConsoleLogin\" and responseElements.ConsoleLogin: \"Success\" \
                         and not additionalEventData.MFAUsed: \"Yes\"";
            let columns = ["userIdentity.type", "userIdentity.userName"].map(select);
            let order = Order { by: SortBy::Time, descending: false };
            let rows = block_on(async {
                let list = questions::list(case, predicate(query), TimeRange::default(), order).await?;
                list.page(case, 0, 1_000, &columns).await
            });
            let rows = rows.unwrap().into_iter().map(|(_, row)| {
                let cell = |at: usize| row.cells[at].clone().unwrap_or("(none)".to_owned());
                json!([second(row.time), cell(0), cell(1)])
            });
            rows.collect()
        }
        "Q23" => {
            let keys = counts(case, "", "userIdentity.accessKeyId").values;
            json!(keys.iter().filter(|(key, _)| !key.is_empty()).count())
        }
        "Q24" => top(case, "not userIdentity.accessKeyId: \"\"", "userIdentity.accessKeyId", 5),
        "Q25" => json!(bins(case, 3_600, 13)),
        "Q26" => {
            let minutes = bins(case, 60, 16);
            let most = minutes.iter().map(|(_, count)| *count).max()?;
            json!(minutes.iter().find(|(_, count)| *count == most)?)
        }
        "Q27" => all(case, "eventVersion", "(none)"),
        "Q28" => json!([all(case, "eventType", "(none)"), all(case, "eventCategory", "(none)")]),
        "Q29" => {
            top(case, "source: \"iam.amazonaws.com\" and readOnly: false and not errorCode: *", "name", usize::MAX)
        }
        "Q30" => json!([counts(case, "", "userAgent").values.len(), top(case, "", "userAgent", 5)]),
        _ => return None,
    })
}

#[test]
fn answers_of_others() {
    let Some(shared) = common::shared() else { return };
    for (corpus, answers) in [
        ("invictus-ir", "invictus-ir.json"),
        ("cloudtrail-watcher", "cloudtrail-watcher.json"),
        ("traildiscover", "traildiscover.dedup.json"),
    ] {
        let path = shared.join("data/answers").join(answers);
        let expected: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let mut files = common::files_below(&shared.join("data").join(corpus));
        for shards in [1, 2, 8] {
            // A different order each time: nothing may depend on it.
            let len = files.len();
            files.rotate_left(len / 3);
            let case = NativeCase::load(&files, shards);
            let mut checked = 0;
            for question in expected["questions"].as_array().unwrap() {
                let id = question["id"].as_str().unwrap();
                let got = answer(&case, id, answers.contains(".dedup.")).unwrap_or_else(|| panic!("{id} is not asked"));
                assert_eq!(got, question["answer"], "{corpus} {id}: {} ({shards} shards)", question["question"]);
                checked += 1;
            }
            assert_eq!(checked, 30);
            let reports: Vec<_> = case.reports.iter().filter(|report| !report.problems.is_empty()).collect();
            assert!(reports.is_empty(), "{reports:?}");
        }
    }
}
