//! What the room says without any digest: what digests are good for, and how to fetch what belongs to them.

use super::copy::Command;
use crate::app::view::view;
use crate::integrity::names::written;
use leptos::prelude::*;

/// Keys are asked for with this much time around the events.
const AROUND: i64 = 24 * 3_600_000;

/// The three commands, with the times of the events that are here.
fn commands(whole: Option<(i64, i64)>) -> [String; 3] {
    let (from, to) = whole.map_or_else(
        || ("START".to_owned(), "END".to_owned()),
        |(from, to)| (written(from.saturating_sub(AROUND)), written(to.saturating_add(AROUND))),
    );
    [
        "aws s3 sync s3://BUCKET/PREFIX/AWSLogs/ACCOUNT/CloudTrail-Digest/ AWSLogs/ACCOUNT/CloudTrail-Digest/"
            .to_owned(),
        format!(
            "aws cloudtrail list-public-keys --region REGION --start-time {from} --end-time {to} > public-keys.REGION.json"
        ),
        "aws s3api head-object --bucket BUCKET --key KEY_OF_DIGEST > NAME_OF_DIGEST.head.json".to_owned(),
    ]
}

/// See the module.
#[component]
pub fn Empty() -> impl IntoView {
    let view = view();
    let commands = move || commands(view.whole.get().map(|whole| (whole.from, whole.to)));
    let [digests, keys, heads] = [0, 1, 2].map(|at| move || commands()[at].clone());
    view! {
        <div id="integrity-empty">
            <h2>"No digest files among what was read"</h2>
            <p>
                "Every hour CloudTrail signs a digest: a list of the log files it delivered, with the hash of each. Drop the digests \
                beside the logs, with the public keys of their regions, and this room shows which log files are unchanged since \
                delivery, which hours are covered, and where digests are missing. Nothing leaves the page."
            </p>
            <h3>"1. The digests, of the same days as the logs, and some after"</h3>
            {move || view! { <Command text=digests() id="fetch-digests"/> }}
            <h3>"2. The public keys, once for each region"</h3>
            {move || view! { <Command text=keys() id="fetch-keys"/> }}
            <h3>"3. The signature of the newest digest of each region, which only S3's metadata hold"</h3>
            {move || view! { <Command text=heads() id="fetch-heads"/> }}
            <p class="dim">"Words in capitals are yours to fill in. Older digests need no metadata: the digest after each holds its signature."</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn keys_are_asked_for_around_the_events() {
        let [_, keys, _] = commands(Some((86_400_000, 2 * 86_400_000)));
        assert!(keys.contains("--start-time 1970-01-01T00:00:00Z --end-time 1970-01-04T00:00:00Z"), "{keys}");
        assert!(commands(None)[1].contains("--start-time START"));
    }
}
