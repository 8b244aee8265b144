//! The other answer: what the AWS command line would print. It is told word for word and apart from the evidence, since it
//! checks less and says nothing of what it does not see.

use super::copy::Command;
use super::custody::custody;
use crate::app::shown::{counted, grouped, visible};
use crate::integrity::names::{StreamId, written};
use crate::integrity::validate_logs::{Line, Printed, Request};
use crate::integrity::verdict::{DigestVerdict, Judgement, Reason, Stream};
use crate::session::page::Session;
use crate::shell::quoted;
use leptos::either::Either;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Lines that are shown; the command prints one for every file.
const MOST: usize = 2_000;

/// What the command would print of one stream.
#[component]
pub fn CommandLine() -> impl IntoView {
    let custody = custody();
    let cannot = Memo::new(move |_| cannot(&custody.shown()));
    view! {
        <div id="custody-command-line">
            <p>
                "What "<code>"aws cloudtrail validate-logs"</code>
                " (version 2) would print, worked out of your files. It is an answer of its own: the command checks less than the evidence above, and says nothing of what it does not see."
            </p>
            {move || match cannot.get() {
                Some(why) => Either::Left(view! { <p id="command-line-cannot" class="denied">{why}</p> }),
                None => Either::Right(view! { <Run/> }),
            }}
        </div>
    }
}

/// Why it cannot be told what the command would print.
fn cannot(judgement: &Judgement) -> Option<&'static str> {
    match () {
        () if !judgement.tree => Some(
            "Your files do not lie in folders as in a bucket (…/BUCKET/AWSLogs/ACCOUNT/…), so it cannot be told what the command would find where.",
        ),
        () if judgement.heads == 0 => Some(
            "The command reads the signature of every digest from S3's metadata, and no output of head-object was supplied. The table of digests has the commands that fetch them.",
        ),
        () if judgement.streams.is_empty() => {
            Some("No digest has the name of a trail, which the command is asked about.")
        }
        () => None,
    }
}

/// What makes the answer differ from the one that the bucket itself would give.
fn bare(judgement: &Judgement) -> Option<String> {
    let is_bare = |digest: &&DigestVerdict| digest.own_signature.is_none() && digest.reason != Some(Reason::Malformed);
    let without = judgement.digests.iter().filter(is_bare).count();
    (without > 0).then(|| {
        format!(
            "{} of {} have no signature in the metadata you supplied. Where they have one in the bucket, the command would find it there.",
            grouped(without as u64),
            counted(judgement.digests.len() as u64, "digest", "digests"),
        )
    })
}

/// One run of the command.
#[component]
fn Run() -> impl IntoView {
    let custody = custody();
    let session = expect_context::<Session>();
    let verbose = RwSignal::new(false);
    let request = Memo::new(move |_| {
        let judgement = custody.shown();
        let number = (custody.stream.get() as usize).min(judgement.streams.len().saturating_sub(1));
        judgement.streams.get(number).map(|stream| request(stream, &judgement.trails, verbose.get()))
    });
    let printed: RwSignal<Option<Printed>> = RwSignal::new(None);
    Effect::new(move |_| {
        let Some(wanted) = request.get() else { return };
        spawn_local(async move {
            let answer = session.validate_logs(wanted.clone()).await;
            // An answer to an older question is not shown.
            if request.try_get_untracked().flatten() == Some(wanted) {
                printed.try_set(answer.ok());
            }
        });
    });
    let streams = move || {
        let judgement = custody.shown();
        let chosen = custody.stream.get();
        let option = |(number, stream): (usize, &Stream)| {
            let words = name_of(&stream.id);
            view! { <option value=number.to_string() selected=number as u32 == chosen>{visible(&words).into_any()}</option> }
        };
        judgement.streams.iter().enumerate().filter(|(_, stream)| !stream.id.backfill).map(option).collect_view()
    };
    view! {
        <div class="chain-head">
            <label>
                "Trail, account and region "
                <select
                    id="command-line-stream"
                    on:change=move |event| {
                        if let Ok(number) = event_target_value(&event).parse() {
                            custody.stream.set(number);
                        }
                    }
                >
                    {streams}
                </select>
            </label>
            <label>
                <input
                    id="command-line-verbose"
                    type="checkbox"
                    prop:checked=move || verbose.get()
                    on:change=move |event| verbose.set(event_target_checked(&event))
                />
                " valid files too (--verbose)"
            </label>
        </div>
        {move || request.get().map(|request| view! { <Command text=command(&request)/> })}
        {move || bare(&custody.shown()).map(|words| view! { <p id="command-line-bare" class="denied">{words}</p> })}
        {move || printed.with(|printed| printed.as_ref().map(output))}
    }
}

fn output(printed: &Printed) -> impl IntoView + use<> {
    let one = |line: &Line| {
        let tab = line.text.replace('\t', "    ");
        view! { <div class:failed=line.error>{if line.error { "! " } else { "  " }}{visible(&tab)}</div> }
    };
    let more = printed.lines.len().saturating_sub(MOST);
    view! {
        <div id="command-line-printed" class="data" tabindex="0" role="region" aria-label="What the command would print">
            {printed.lines.iter().take(MOST).map(one).collect_view()}
        </div>
        {(more > 0).then(|| view! { <p class="dim">{format!("{} follow.", counted(more as u64, "more line", "more lines"))}</p> })}
        <p id="command-line-exit">
            {format!("It would end with exit code {}. Lines with ! go to stderr.", printed.exit)}
        </p>
    }
}

/// The run that covers all that is known of a stream.
fn request(stream: &Stream, trails: &[String], verbose: bool) -> Request {
    let id = &stream.id;
    let from = stream.intervals.iter().map(|interval| interval.from).min().unwrap_or_default();
    let to = stream.intervals.iter().map(|interval| interval.to).max().unwrap_or_default();
    Request {
        trail_arn: arn(id, trails),
        start_time: written(from),
        end_time: Some(written(to)),
        account_id: id.organization.is_some().then(|| id.account.clone()),
        region: Some(id.region.clone()),
        verbose,
        ..Request::default()
    }
}

/// The ARN of a stream's trail: as `describe-trails` told it, or else put together. Of an organisation's trail the account in it
/// is that of the organisation, which no digest tells.
fn arn(id: &StreamId, trails: &[String]) -> String {
    let end = format!(":trail/{}", id.trail);
    let home = format!(":{}:", id.home);
    if let Some(told) = trails.iter().find(|arn| arn.ends_with(&end) && arn.contains(&home)) {
        return told.clone();
    }
    let partition = match id.home.split('-').take(2).collect::<Vec<_>>()[..] {
        ["cn", ..] => "aws-cn",
        [_, "gov"] => "aws-us-gov",
        _ => "aws",
    };
    format!("arn:{partition}:cloudtrail:{}:{}{end}", id.home, id.account)
}

fn name_of(id: &StreamId) -> String {
    format!("{}, {}, {}", id.trail, id.account, id.region)
}

/// The command as it would be typed.
fn command(request: &Request) -> String {
    let mut text = format!(
        "aws cloudtrail validate-logs --trail-arn {} --start-time {}",
        quoted(&request.trail_arn),
        request.start_time
    );
    let options =
        [("--end-time", &request.end_time), ("--account-id", &request.account_id), ("--region", &request.region)];
    for (option, value) in options {
        if let Some(value) = value {
            text.push_str(&format!(" {option} {}", quoted(value)));
        }
    }
    if request.verbose {
        text.push_str(" --verbose");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arn_of_a_trail() {
        let id = |home: &str| StreamId {
            account: "111122223333".to_owned(),
            trail: "main".to_owned(),
            home: home.to_owned(),
            ..StreamId::default()
        };
        assert_eq!(arn(&id("us-east-1"), &[]), "arn:aws:cloudtrail:us-east-1:111122223333:trail/main");
        assert_eq!(arn(&id("us-gov-west-1"), &[]), "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/main");
        assert_eq!(arn(&id("cn-north-1"), &[]), "arn:aws-cn:cloudtrail:cn-north-1:111122223333:trail/main");
        let told = ["arn:aws:cloudtrail:us-east-1:999988887777:trail/main".to_owned()];
        assert_eq!(arn(&id("us-east-1"), &told), told[0]);
    }
}
