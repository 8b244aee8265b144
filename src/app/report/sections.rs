//! What follows the first page: findings, what was not checked, coverage, and the files one by one.

use super::first::{is_covered, name, span, time};
use super::rows::Rows;
use super::{Findings, PRINTED, left_to_json};
use crate::app::shown::{counted, grouped, visible};
use crate::integrity::hex;
use crate::integrity::report::{DigestLine, FileLine, Finding, Interval, LogLine, Place, Stream};
use crate::integrity::verdict::{DigestStatus, LogStatus};
use leptos::prelude::*;
use std::sync::Arc;

/// The pages behind the first.
#[component]
pub(super) fn Sections(report: Arc<Findings>, rows: Rows) -> impl IntoView {
    view! {
        {findings(&report.findings)}
        <section>
            <h2>"What was not checked"</h2>
            <ul id="report-limits">
                {report.not_checked.iter().map(|limit| view! { <li>{limit.clone()}</li> }).collect_view()}
            </ul>
        </section>
        <section>
            <h2>"Coverage"</h2>
            <p class="small">
                "Times are UTC, and of delivery: an event is delivered some minutes after it happened. Between and around the \
                 stretches listed nothing is stated."
            </p>
            {report.coverage.iter().map(|stream| coverage(stream, rows)).collect_view()}
        </section>
        {altered(&report.logs, rows)}
        {digests(&report.digests, rows)}
        {manifest(&report.manifest, rows)}
    }
}

/// What a status is called.
pub(super) fn status(word: &'static str) -> &'static str {
    word
}

/// An object, its bucket first; both may be as long as they like.
fn object(place: &Place) -> impl IntoView + use<> {
    let slash = if place.bucket.is_empty() { "" } else { "/" };
    view! { <span class="data">{visible(&format!("{}{slash}{}", place.bucket, place.key))}</span> }
}

/// The last part of a key, which is what tells one from the next.
fn last(place: &Place) -> &str {
    place.key.rsplit('/').next().unwrap_or_default()
}

fn findings(findings: &[Finding]) -> impl IntoView + use<> {
    let line = |finding: &Finding| {
        let object = finding.key.as_ref().map(|key| {
            let place = Place { bucket: finding.bucket.clone().unwrap_or_default(), key: key.clone() };
            object(&place)
        });
        // Most paths end with the key, and then tell nothing more.
        let path =
            finding.path.as_ref().filter(|path| finding.key.as_ref().is_none_or(|key| !path.ends_with(key.as_str())));
        view! {
            <tr data-kind=finding.kind>
                <td>{visible(&finding.what)}</td>
                <td>{object}{path.map(|path| view! { <span class="data">" "{visible(path)}</span> })}</td>
            </tr>
        }
    };
    let none = findings.is_empty().then(|| view! { <p>"None."</p> });
    view! {
        <section>
            <h2>"Findings"</h2>
            {none}
            <table id="report-findings" class="fixed">
                <colgroup><col class="half"/><col/></colgroup>
                <thead><tr><th>"What was found"</th><th>"Object or file"</th></tr></thead>
                <tbody>{findings.iter().map(line).collect_view()}</tbody>
            </table>
        </section>
    }
}

/// Stretches of time of one kind, one after the other.
struct Run {
    first: Interval,
    last: Interval,
    intervals: u64,
    /// Logs named, unchanged, altered, not supplied.
    logs: [u64; 4],
}

impl Run {
    fn of(interval: &Interval) -> Self {
        let number = |number: Option<u32>| u64::from(number.unwrap_or(0));
        let logs = [
            number(interval.logs_named),
            number(interval.logs_unchanged),
            number(interval.logs_altered),
            number(interval.logs_not_supplied),
        ];
        Self { first: interval.clone(), last: interval.clone(), intervals: 1, logs }
    }

    /// Whether all its logs are there and as recorded.
    fn is_whole(&self) -> bool {
        is_covered(&self.first) && self.logs[0] == self.logs[1]
    }
}

/// Hours in a row of which the same is to be said make one line.
fn runs(intervals: &[Interval]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for interval in intervals {
        let next = Run::of(interval);
        match runs.last_mut() {
            Some(run) if run.is_whole() && next.is_whole() && Some(&run.last.to) == next.first.from.as_ref() => {
                run.last = next.last;
                run.intervals += 1;
                for (sum, more) in run.logs.iter_mut().zip(next.logs) {
                    *sum += more;
                }
            }
            _ => runs.push(next),
        }
    }
    runs
}

fn coverage(stream: &Stream, rows: Rows) -> impl IntoView + use<> {
    let line = |run: &Run| {
        let whole = Interval { from: run.first.from.clone(), to: run.last.to.clone(), ..Interval::default() };
        let [named, unchanged, altered, absent] = run.logs.map(grouped);
        let (logs, says) = match () {
            () if is_covered(&run.first) && run.logs[0] == 0 => {
                ("CloudTrail states that no log was delivered".to_owned(), None)
            }
            () if is_covered(&run.first) => {
                let mut words = vec![format!("{named} named"), format!("{unchanged} unchanged")];
                if run.logs[2] > 0 {
                    words.push(format!("{altered} altered"));
                }
                if run.logs[3] > 0 {
                    words.push(format!("{absent} not supplied"));
                }
                (words.join(", "), None)
            }
            () => (String::new(), run.first.points_at.as_ref().or(run.first.digest.as_ref())),
        };
        let calls = run.first.calls.as_ref().map(|calls| {
            let call = |call: &crate::integrity::report::Call| {
                let words = format!("{} at {} by {}", call.name, time(&call.time), call.actor);
                view! { <div>{visible(&words)}" "<span class="data">{visible(&call.path)}</span>{format!(", record {}", call.record)}</div> }
            };
            let none = calls.is_empty().then_some("No call that explains it was found.");
            view! { {none}{calls.iter().map(call).collect_view()} }
        });
        view! {
            <tr data-kind=run.first.kind>
                <td>{span(&whole)}</td>
                <td>{status(run.first.kind)}</td>
                <td class="number">{is_covered(&run.first).then(|| grouped(run.intervals))}</td>
                <td>{logs}{says.map(|place| view! { <span class="data">{visible(last(place))}</span> })}{calls}</td>
            </tr>
        }
    };
    let digests = counted(stream.digests, "digest", "digests");
    view! {
        <h3>{visible(&format!("{} (made in {}): {digests}", name(stream), stream.home_region))}</h3>
        <table class="fixed coverage">
            <colgroup><col class="time"/><col class="state"/><col class="few"/><col/></colgroup>
            <thead>
                <tr><th>"From and to (UTC)"</th><th>"State"</th><th class="number">"Digests"</th><th>"Logs, or the digest it hangs on"</th></tr>
            </thead>
            {rows.bodies(runs(&stream.intervals), line)}
        </table>
    }
}

/// Logs of which it is not proved that they are unchanged.
fn altered(logs: &[LogLine], rows: Rows) -> impl IntoView + use<> {
    let lines: Vec<LogLine> = logs.iter().filter(|log| log.verdict() != LogStatus::Authentic).cloned().collect();
    if lines.is_empty() {
        return None;
    }
    let all = lines.len();
    let lines: Vec<LogLine> = lines.into_iter().take(PRINTED).collect();
    let cut = (all > PRINTED).then(|| {
        let words =
            format!("The first {} of {}; the JSON file lists all.", grouped(PRINTED as u64), grouped(all as u64));
        view! { <p class="small">{words}</p> }
    });
    let line = |log: &LogLine| {
        let flags = (!log.flags.is_empty()).then(|| view! { <div class="small">{log.flags.join(", ")}</div> });
        let hash = |title: &'static str, hash: Option<String>| {
            hash.map(|hash| view! { <div><span class="small">{title}</span>" "<span class="data">{visible(&hash)}</span></div> })
        };
        let by = log.digest.as_ref().map(|digest| {
            view! { <div><span class="small">"by digest"</span>" "<span class="data">{visible(last(digest))}</span></div> }
        });
        let path = log.path.as_ref().filter(|path| !path.ends_with(&log.object.key) || log.object.key.is_empty());
        view! {
            <tr data-status=log.status>
                <td>{status(log.status)}{flags}</td>
                <td>
                    {object(&log.object)}
                    {path.map(|path| view! { <div><span class="small">"supplied as"</span>" "<span class="data">{visible(path)}</span></div> })}
                    {hash("recorded", log.recorded_sha256.clone())}
                    {hash("found", log.found_sha256.map(|hash| hex(&hash)))}
                    {by}
                </td>
            </tr>
        }
    };
    Some(view! {
        <section>
            <h2>"Log files that are not proved unchanged"</h2>
            {cut}
            <table id="report-altered" class="fixed">
                <colgroup><col class="state"/><col/></colgroup>
                <thead><tr><th>"State"</th><th>"Log, and SHA-256 of its content"</th></tr></thead>
                {rows.bodies(lines, line)}
            </table>
        </section>
    })
}

fn digests(digests: &[DigestLine], rows: Rows) -> impl IntoView + use<> {
    let is_printed = |line: &&DigestLine| digests.len() <= PRINTED || line.verdict() != DigestStatus::Authentic;
    let lines: Vec<DigestLine> = digests.iter().filter(is_printed).take(PRINTED).cloned().collect();
    let line = |digest: &DigestLine| {
        let why =
            digest.reason.map(str::to_owned).into_iter().chain(digest.proof.iter().map(|proof| (*proof).to_owned()));
        let why: Vec<String> = why.chain(digest.flags.iter().cloned()).collect();
        let span =
            digest.from.as_ref().zip(digest.to.as_ref()).map(|(from, to)| format!("{} to {}", time(from), time(to)));
        let path =
            (!digest.path.ends_with(&digest.object.key) || digest.object.key.is_empty()).then(|| digest.path.clone());
        let settle = digest.command.as_ref().filter(|_| digest.verdict() != DigestStatus::Authentic);
        view! {
            <tr data-status=digest.status>
                <td>
                    {status(digest.status)}
                    {why.iter().map(|word| view! { <div class="small">{visible(word)}</div> }).collect_view()}
                </td>
                <td>
                    {object(&digest.object)}
                    {path.map(|path| view! { <div><span class="small">"supplied as"</span>" "<span class="data">{visible(&path)}</span></div> })}
                    {digest.sha256.map(|hash| view! { <div><span class="small">"SHA-256"</span>" "<span class="data">{hex(&hash)}</span></div> })}
                    <div class="small">
                        {span}{format!(", {}, key ", counted(digest.logs, "log named", "logs named"))}
                        <span class="data">{visible(&digest.fingerprint)}</span>
                    </div>
                    {settle.map(|command| view! { <div><span class="small">"to settle it"</span>" "<span class="data">{visible(command)}</span></div> })}
                </td>
            </tr>
        }
    };
    view! {
        <section>
            <h2>"Digest files"</h2>
            {left_to_json(digests.len(), "digests").map(|words| view! { <p>{words}</p> })}
            <table id="report-digest-files" class="fixed">
                <colgroup><col class="state"/><col/></colgroup>
                <thead><tr><th>"State"</th><th>"Digest"</th></tr></thead>
                {rows.bodies(lines, line)}
            </table>
        </section>
    }
}

fn manifest(files: &[FileLine], rows: Rows) -> impl IntoView + use<> {
    let is_printed = |line: &&FileLine| {
        files.len() <= PRINTED || line.status.is_none_or(|status| status != LogStatus::Authentic.word())
    };
    let lines: Vec<FileLine> = files.iter().filter(is_printed).take(PRINTED).cloned().collect();
    let line = |file: &FileLine| {
        let hash = |title: &'static str, hash: Option<[u8; 32]>| {
            hash.map(
                |hash| view! { <div><span class="small">{title}</span>" "<span class="data">{hex(&hash)}</span></div> },
            )
        };
        // Of a plain file both are the same.
        let content = file.content_sha256.filter(|hash| Some(*hash) != file.sha256);
        let state = file.status.map_or(file.state, status);
        view! {
            <tr data-status=file.status>
                <td>
                    <span class="data">{visible(&file.path)}</span>
                    {hash("on disk", file.sha256)}
                    {hash("content", content)}
                </td>
                <td class="number">{file.bytes.map(grouped)}</td>
                <td>{state}<div class="small">{file.kind}</div></td>
            </tr>
        }
    };
    view! {
        <section>
            <h2>"Manifest of all files"</h2>
            {left_to_json(files.len(), "files").map(|words| view! { <p id="report-left-out">{words}</p> })}
            <table id="report-manifest" class="fixed">
                <colgroup><col/><col class="bytes"/><col class="state"/></colgroup>
                <thead><tr><th>"Path and SHA-256"</th><th class="number">"Bytes"</th><th>"State"</th></tr></thead>
                {rows.bodies(lines, line)}
            </table>
        </section>
    }
}
