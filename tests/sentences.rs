//! Events in plain sentences: the cases of `tests/data/sentences`, a few real events by their ids, and for every real record
//! at hand that nothing is said that nobody would say.

mod common;

use common::{files_below, shared};
use serde_json::{Value, json};
use std::path::Path;
use trailglass::session::protocol::{Ask, Reply};
use trailglass::session::shard::Shard;
use trailglass::time;
use trailglass::trail::Derived;
use trailglass::trail::sentence::{Part, plain, sentence};

/// `5 Feb 2024 at 08:30:00 UTC`
fn when(ms: i64) -> String {
    let text = time::format(ms);
    let at: jiff::Timestamp = text.parse().unwrap();
    at.strftime("%-d %b %Y at %H:%M:%S UTC").to_string()
}

/// The records of a shard with their derived values, as the page has them.
fn records(shard: &mut Shard) -> Vec<(Value, Vec<(Derived, String)>)> {
    let rows = shard.store().rows();
    let mut all = Vec::new();
    for row in 0..rows {
        let Reply::Record(text) = shard.answer(Ask::Record { row, reveal: false }) else { panic!("no record") };
        let Reply::Derived(derived) = shard.answer(Ask::Derived(row)) else { panic!("no derived values") };
        // A record nested too deep for a tree has no sentence on the page.
        if let Ok(record) = serde_json::from_str(&text) {
            all.push((record, derived));
        }
    }
    all
}

fn said(record: &Value) -> String {
    let mut shard = Shard::default();
    let report = shard.read(0, "a.json", json!({ "Records": [record] }).to_string().as_bytes());
    assert_eq!(report.events, 1, "{report:#?}");
    let (record, derived) = records(&mut shard).remove(0);
    plain(&sentence(&record, &derived, &when))
}

#[test]
fn cases_are_told_in_plain_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sentences");
    let files = files_below(&folder);
    assert!(files.len() >= 25, "{} cases", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let case: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let said = said(&case["record"]);
        if said != case["sentence"].as_str().unwrap() {
            wrong.push(format!("{}\n  said   {said}\n  wanted {}", file.display(), case["sentence"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn real_events_are_told_in_plain_words() {
    let Some(shared) = shared() else { return };
    let mut shard = Shard::default();
    for (file, path) in files_below(&shared.join("data/invictus-ir")).iter().enumerate() {
        shard.read(file as u32, &path.to_string_lossy(), &std::fs::read(path).unwrap());
    }
    let all = records(&mut shard);
    assert_eq!(all.len(), 2_900);
    for (id, expected) in [
        (
            "f6e10706-705c-47f2-94d4-112a9527ab8b",
            "bert-jan (IAM user, account 123837392027) called StopLogging in cloudtrail on \
             stratus-red-team-ct-stop-trail-qzbgnfqisx on 10 Jul 2023 at 12:01:27 UTC from 192.168.10.20 \
             (stratus-red-team_e27c7b82-502b-4432-a99a-be984762c413). It failed: TrailNotFoundException.",
        ),
        (
            "fcec2e46-3cc3-4ac2-8144-3674f06990e4",
            "bert-jan (IAM user, account 123837392027) called DeleteTrail in cloudtrail on \
             stratus-red-team-ctes-trail-qyxyekjbtk on 10 Jul 2023 at 12:08:04 UTC from 192.168.10.20 (Terraform/1.1.2). \
             It succeeded.",
        ),
        (
            "8feee4c2-5e27-4857-8475-bfa7e7b6d791",
            "bert-jan (IAM user, account 123837392027) signed in to the console (ConsoleLogin) with MFA on 10 Jul 2023 at \
             12:27:45 UTC from 10.8.8.10 (Firefox/102.0).",
        ),
    ] {
        let (record, derived) = all.iter().find(|(record, _)| record["eventID"] == id).expect(id);
        assert_eq!(plain(&sentence(record, derived, &when)), expected);
    }
}

#[test]
fn no_real_record_is_told_badly() {
    let Some(shared) = shared() else { return };
    let mut told = 0;
    for path in files_below(&shared.join("data")) {
        let mut shard = Shard::default();
        shard.read(0, &path.to_string_lossy(), &std::fs::read(&path).unwrap());
        for (record, derived) in records(&mut shard) {
            let parts = sentence(&record, &derived, &when);
            let text = plain(&parts);
            told += 1;
            let lower = text.to_lowercase();
            for bad in ["unknown unknown", "  ", "\"\"", "''", "``", "()", "( ", " )", " ,", ",."] {
                assert!(!lower.contains(bad), "{bad:?} in {text:?} of {}", path.display());
            }
            assert!(text.ends_with('.') && text.len() > 10, "{text:?} of {}", path.display());
            for part in &parts {
                if let Part::Datum { shown, value, .. } = part {
                    assert!(!shown.trim().is_empty() && !value.trim().is_empty(), "{text:?} of {}", path.display());
                }
            }
        }
    }
    assert!(told > 3_000, "{told} records");
}
