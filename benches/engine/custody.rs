//! What chains of custody cost: loading logs with their digests against loading them alone.

use super::{SHARDS, files, median};
use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha256};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use trailglass::integrity::Supplied;
use trailglass::integrity::keys::Usable;
use trailglass::integrity::paper::Paper;
use trailglass::integrity::validate_logs::{Request, validate};
use trailglass::integrity::verdict::DigestStatus;
use trailglass::session::native::NativeCase;
use xtask::bench::{Row, corpus_at, record};
use xtask::corpus::custody::TRAIL;

/// A command line that validates the very files of corpus `custody`, put into a bucket before, for comparison: `aws cloudtrail
/// validate-logs …` with the address of that bucket's service.
const AWS: &str = "TRAILGLASS_AWS_VALIDATE_LOGS";

struct Measured<'a> {
    group: &'a str,
}

impl Measured<'_> {
    fn row(&self, what: &str, value: Option<f64>, unit: &str, target: Option<f64>, note: &str) {
        let row = Row {
            group: self.group.to_owned(),
            what: what.to_owned(),
            value,
            unit: unit.to_owned(),
            target: target.map(|target| format!("≤ {target}")),
            target_value: target,
            note: note.to_owned(),
        };
        println!("{what}: {} {unit} {note}", value.map_or("not run".to_owned(), |value| format!("{value:.1}")));
        if let Err(error) = record(&row) {
            eprintln!("the row was not kept: {error:#}");
        }
    }
}

/// Measures a corpus that has digests.
pub fn measure(corpus: &str) {
    let folder = match corpus_at(corpus) {
        Ok(folder) => folder,
        Err(error) => return eprintln!("corpus {corpus} was not made: {error:#}"),
    };
    let group = format!("native, custody, corpus {corpus}, {SHARDS} threads");
    let measured = Measured { group: &group };
    let all = files(&folder);
    let is_log = |path: &&PathBuf| path.components().any(|part| part.as_os_str() == "CloudTrail");
    let logs: Vec<PathBuf> = all.iter().filter(is_log).cloned().collect();
    let mut case = None;
    let (mut alone, mut with) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        // In turn, so that both meet the same company on the machine.
        alone.push(median(1, || drop(NativeCase::load(&logs, SHARDS))));
        with.push(median(1, || case = Some(NativeCase::load(&all, SHARDS))));
    }
    let Some(case) = case else { return };
    let [alone, with] = [alone, with].map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[1]
    });
    let digests = all.iter().filter(|path| path.to_string_lossy().contains("CloudTrail-Digest")).count();
    let counted = format!("{} logs", logs.len());
    measured.row("load the logs alone, hashed", Some(alone), "ms", None, &counted);
    let proved = case.judgement.as_ref().map_or(0, |judgement| {
        judgement.digests.iter().filter(|digest| digest.status == DigestStatus::Authentic).count()
    });
    let note = format!("{digests} files of digests and metadata more, {proved} digests proved");
    measured.row("load with digests, judged", Some(with), "ms", None, &note);
    let (hashing, bytes) = hashing(&logs);
    let note = format!("{:.0} MB/s, 1 thread", bytes as f64 / 1e3 / hashing);
    measured.row("SHA-256 of all contents", Some(hashing), "ms", None, &note);
    // Logs are hashed as they are parsed, in every case: what that costs is taken off what loading costs by itself.
    let share = hashing / SHARDS as f64;
    let on_top = (with - alone + share) / (alone - share) * 100.0;
    measured.row("integrity on top of loading", Some(on_top), "%", Some(30.0), "the share of the hash computed");
    let evidence = case.evidence();
    if let Some(a_second) = verifications(&evidence) {
        measured.row("RSA verifications, 2,048 bits", Some(a_second), "/s", None, "1 thread");
    }
    if corpus == "custody" {
        validate_logs(&measured, &folder, &evidence);
    }
}

/// Milliseconds that hashing the contents takes, inflated before; and their bytes.
fn hashing(logs: &[PathBuf]) -> (f64, u64) {
    let (mut milliseconds, mut bytes) = (0.0, 0);
    for path in logs {
        let packed = std::fs::read(path).unwrap_or_default();
        let mut content = Vec::new();
        let _read = GzDecoder::new(packed.as_slice()).read_to_end(&mut content);
        let started = Instant::now();
        std::hint::black_box(Sha256::digest(&content));
        milliseconds += started.elapsed().as_secs_f64() * 1_000.0;
        bytes += content.len() as u64;
    }
    (milliseconds, bytes)
}

/// Signatures verified a second: that of a digest as the one after it gives it.
fn verifications(evidence: &[Supplied]) -> Option<f64> {
    let key: Usable = evidence.iter().find_map(|file| match &file.paper {
        Some(Paper::Keys(keys)) => keys.first()?.usable().ok(),
        _ => None,
    })?;
    let digests = || {
        evidence.iter().filter_map(|file| match &file.paper {
            Some(Paper::Digest(digest)) => Some((digest, file.content.as_ref()?)),
            _ => None,
        })
    };
    let (next, _) = digests().find(|(digest, _)| digest.previous.is_some())?;
    let (digest, content) = digests().find(|(digest, _)| Some(&digest.object) == next.previous.as_ref())?;
    let (signed, signature) = (digest.signing_string(&content.sha256), next.previous_signature.as_deref()?);
    const TIMES: u32 = 500;
    let started = Instant::now();
    let good = (0..TIMES).filter(|_| key.verifies(std::hint::black_box(&signed), signature)).count();
    let seconds = started.elapsed().as_secs_f64();
    (good == TIMES as usize).then(|| f64::from(TIMES) / seconds)
}

/// Answer A, and the command itself where there is one to run.
fn validate_logs(measured: &Measured, folder: &Path, evidence: &[Supplied]) {
    let request = Request {
        trail_arn: format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{TRAIL}"),
        start_time: "2026-03-02T00:00:00Z".to_owned(),
        end_time: Some("2026-03-03T01:00:00Z".to_owned()),
        account_id: Some("111122223333".to_owned()),
        region: Some("us-east-1".to_owned()),
        verbose: true,
        ..Request::default()
    };
    let mut said = String::new();
    let time = median(3, || said = validate(&request, evidence).stream(false));
    let said: Vec<&str> = said.lines().rev().take(2).collect();
    let note = format!("what it would print of files loaded before: {}; {}", said[1], said[0]);
    measured.row("validate-logs, said from files", Some(time), "ms", None, &note);
    let what = "aws cloudtrail validate-logs";
    let Some(command) = std::env::var_os(AWS) else {
        let note = format!("{AWS} gives no command line that validates {}", folder.display());
        return measured.row(what, None, "s", None, &note);
    };
    let started = Instant::now();
    let ended = Command::new("sh").arg("-c").arg(&command).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let seconds = started.elapsed().as_secs_f64();
    match ended {
        Ok(status) if status.success() => measured.row(what, Some(seconds), "s", None, "once"),
        Ok(status) => measured.row(what, None, "s", None, &format!("it ended with {status}")),
        Err(error) => measured.row(what, None, "s", None, &error.to_string()),
    }
}
