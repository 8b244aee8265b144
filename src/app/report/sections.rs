//! What follows the first page: findings, what was not checked, coverage, and the files one by one.

use super::first::{is_covered, name, span, time};
use super::rows::Rows;
use super::{Findings, PRINTED, left_to_json};
use crate::app::shown::{counted, grouped, visible};
use crate::integrity::hex;
use crate::integrity::report::{Call, DigestLine, FileLine, Finding, Interval, LogLine, Place, Stream};
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
                <td><b>{finding.title}</b><div>{visible(&finding.what)}</div></td>
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

/// What is known of a run.
fn known(run: &Run) -> String {
    let [named, ..] = run.logs;
    if run.intervals == 1 {
        return run.first.explanation.clone();
    }
    let digests = grouped(run.intervals);
    match named {
        0 => format!("Covered by {digests} proved digests: CloudTrail states that no log was delivered."),
        1 => format!("Covered by {digests} proved digests that name 1 log, which is unchanged."),
        named => format!("Covered by {digests} proved digests that name {} logs, all unchanged.", grouped(named)),
    }
}

fn call(call: &Call) -> impl IntoView + use<> {
    let words = format!("{} at {} by {}", call.name, time(&call.time), call.actor);
    view! {
        <div>
            {visible(&words)}" "<span class="data">{visible(&call.path)}</span>{format!(", record {}", call.record)}
        </div>
    }
}

fn coverage(stream: &Stream, rows: Rows) -> impl IntoView + use<> {
    let line = |run: &Run| {
        let whole = Interval { from: run.first.from.clone(), to: run.last.to.clone(), ..Interval::default() };
        // A covered stretch hangs on its digests, which are listed below; any other on one that should be looked at.
        let hangs_on = run.first.points_at.as_ref().or(run.first.digest.as_ref()).filter(|_| !is_covered(&run.first));
        let title = if run.first.points_at.is_some() { "named" } else { "digest" };
        let calls = run.first.calls.iter().flatten().map(call).collect_view();
        view! {
            <tr data-kind=run.first.kind>
                <td>{span(&whole)}</td>
                <td>{known(run)}{hangs_on.map(|place| labelled(title, last(place)))}{calls}</td>
            </tr>
        }
    };
    let digests = counted(stream.digests, "digest", "digests");
    view! {
        <h3>{visible(&format!("{} (made in {}): {digests}", name(stream), stream.home_region))}</h3>
        <table class="fixed coverage">
            <colgroup><col class="time"/><col/></colgroup>
            <thead>
                <tr><th>"From and to (UTC)"</th><th>"What is known"</th></tr>
            </thead>
            {rows.bodies(runs(&stream.intervals), line)}
        </table>
    }
}

/// Something with what it is before it.
fn labelled(title: &'static str, text: &str) -> impl IntoView + use<> {
    view! { <div><span class="small">{title}</span>" "<span class="data">{visible(text)}</span></div> }
}

fn hashed(title: &'static str, hash: Option<[u8; 32]>) -> impl IntoView + use<> {
    hash.map(|hash| labelled(title, &hex(&hash)))
}

/// The path of a file, where its object's key does not tell it.
fn supplied_as(path: &str, object: &Place) -> impl IntoView + use<> {
    let told = !object.key.is_empty() && path.ends_with(&object.key);
    (!told).then(|| labelled("supplied as", path))
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
        view! {
            <tr data-status=log.status>
                <td><b>{log.verdict().title()}</b><div class="small">{visible(&log.explanation)}</div></td>
                <td>
                    {object(&log.object)}
                    {log.path.as_ref().map(|path| supplied_as(path, &log.object))}
                    {log.recorded_sha256.as_ref().map(|hash| labelled("recorded", hash))}
                    {hashed("found", log.found_sha256)}
                    {log.digest.as_ref().map(|digest| labelled("by digest", last(digest)))}
                    {log.command.as_ref().map(|command| labelled("to settle it", command))}
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
        let span = digest.from.as_ref().zip(digest.to.as_ref());
        let span = span.map(|(from, to)| format!("{} to {}, ", time(from), time(to)));
        let proved = digest.verdict() == DigestStatus::Authentic;
        let settle = digest.command.as_ref().filter(|_| !proved);
        let proofs = digest.proof.join(", ");
        view! {
            <tr data-status=digest.status>
                <td>
                    <b>{digest.verdict().title()}</b>
                    <div class="small">{visible(&digest.explanation)}</div>
                    <div class="small">{(!proofs.is_empty()).then(|| format!("Proofs: {proofs}"))}</div>
                </td>
                <td>
                    {object(&digest.object)}
                    {supplied_as(&digest.path, &digest.object)}
                    {hashed("content", digest.sha256)}
                    <div class="small">
                        {span}{format!("{}, key ", counted(digest.logs, "log named", "logs named"))}
                        <span class="data">{visible(&digest.fingerprint)}</span>
                    </div>
                    {settle.map(|command| labelled("to settle it", command))}
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
        // Of a plain file both are the same.
        let content = file.content_sha256.filter(|hash| Some(*hash) != file.sha256);
        view! {
            <tr data-status=file.status>
                <td>
                    <span class="data">{visible(&file.path)}</span>
                    {hashed("on disk", file.sha256)}
                    {hashed("content", content)}
                </td>
                <td class="number">{file.bytes.map(grouped)}</td>
                <td>{file.title.unwrap_or(file.state)}<div class="small">{file.kind}</div></td>
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrity::verdict::Coverage;

    fn hour(from: u32, named: u32, altered: u32) -> Interval {
        let coverage = Coverage::Covered { named, unchanged: named - altered, altered, absent: 0 };
        Interval {
            from: Some(format!("{from:02}")),
            to: format!("{:02}", from + 1),
            kind: coverage.word(),
            explanation: coverage.said(),
            logs_named: Some(named),
            logs_unchanged: Some(named - altered),
            logs_altered: Some(altered),
            logs_not_supplied: Some(0),
            ..Interval::default()
        }
    }

    #[test]
    fn hours_that_are_whole_make_one_line() {
        let lines = |intervals: &[Interval]| -> Vec<(Option<String>, String, u64)> {
            runs(intervals).into_iter().map(|run| (run.first.from, run.last.to, run.intervals)).collect()
        };
        let line = |from: &str, to: &str, count| (Some(from.to_owned()), to.to_owned(), count);
        let intervals = [hour(0, 3, 0), hour(1, 0, 0), hour(2, 3, 1), hour(3, 1, 0), hour(5, 1, 0)];
        assert_eq!(
            lines(&intervals),
            [line("00", "02", 2), line("02", "03", 1), line("03", "04", 1), line("05", "06", 1)],
            "what was altered, and what does not follow at once, stands alone"
        );
        let said: Vec<String> = runs(&intervals[..2]).iter().map(known).collect();
        assert_eq!(said, ["Covered by 2 proved digests that name 3 logs, all unchanged."]);
        assert!(runs(&[]).is_empty());
    }
}
