//! What the room says without any log line: what it shows, and how to fetch it.

use crate::app::integrity::Command;
use crate::app::view::view;

use leptos::prelude::*;

/// The commands, of the time of the events that are here: the lines of a group, many of them at once, and what is configured.
fn commands(whole: Option<(i64, i64)>) -> [String; 4] {
    let (from, to) = whole
        .map_or_else(|| ("START_MS".to_owned(), "END_MS".to_owned()), |(from, to)| (from.to_string(), to.to_string()));
    [
        format!("aws logs filter-log-events --log-group-name GROUP --start-time {from} --end-time {to} > GROUP.json"),
        format!(
            "aws logs create-export-task --log-group-name GROUP --from {from} --to {to} --destination BUCKET --destination-prefix logs"
        ),
        "aws s3 sync s3://BUCKET/logs/ logs/".to_owned(),
        "aws logs describe-log-groups > log-groups.json && aws logs describe-metric-filters > metric-filters.json"
            .to_owned(),
    ]
}

/// See the module.
#[component]
pub fn Empty() -> impl IntoView {
    let view = view();
    let commands = move || commands(view.whole.get().map(|whole| (whole.from, whole.to)));
    let [lines, task, sync, groups] = [0, 1, 2, 3].map(|at| move || commands()[at].clone());
    view! {
        <div id="logs-empty">
            <h2>"No log lines among what was read"</h2>
            <p>
                "This room shows lines of CloudWatch Logs by log group and stream, in the order of time, beside the CloudTrail events of \
                the same minutes: exports, filter-log-events, Logs Insights results, subscription payloads."
            </p>
            <h3>"The lines of one log group, up to some hundred thousand"</h3>
            {move || view! { <Command text=lines() id="fetch-lines"/> }}
            <h3>"Many lines: an export to a bucket, and then the bucket"</h3>
            {move || view! { <Command text=task() id="fetch-task"/> }}
            {move || view! { <Command text=sync() id="fetch-export"/> }}
            <h3>"What is configured: retention, encryption, metric filters"</h3>
            {move || view! { <Command text=groups() id="fetch-groups"/> }}
            <p class="dim">"Words in capitals are yours to fill in. Times are milliseconds since 1970, of the events that are here."</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn lines_are_asked_for_of_the_same_time() {
        assert!(commands(Some((5, 9)))[0].contains("--start-time 5 --end-time 9"));
        assert!(commands(None)[1].contains("--from START_MS --to END_MS"));
    }
}
