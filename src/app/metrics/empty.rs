//! What the room says without any metric: what it shows, and how to fetch it.

use super::chart_search;
use crate::app::integrity::Command;
use crate::app::view::view;
use crate::time;
use leptos::prelude::*;

/// The commands, of the time of what is here.
fn commands(whole: Option<(i64, i64)>) -> [String; 5] {
    let (from, to) = whole
        .map_or_else(|| ("START".to_owned(), "END".to_owned()), |(from, to)| (time::format(from), time::format(to)));
    [
        "aws cloudwatch list-metrics > metrics.json".to_owned(),
        format!(
            "aws cloudwatch get-metric-data --metric-data-queries file://queries.json --start-time {from} --end-time {to} > data.json"
        ),
        format!(
            "aws cloudwatch get-metric-statistics --namespace AWS/EC2 --metric-name CPUUtilization --dimensions Name=InstanceId,Value=INSTANCE --statistics Average Maximum --period 300 --start-time {from} --end-time {to} > cpu.json"
        ),
        "aws s3 sync s3://BUCKET/metric-stream/ metrics/".to_owned(),
        "aws logs describe-metric-filters > metric-filters.json".to_owned(),
    ]
}

/// See the module.
#[component]
pub fn Empty() -> impl IntoView {
    let view = view();
    let commands = move || commands(view.whole.get().map(|whole| (whole.from, whole.to)));
    let [list, data, statistics, stream, filters] = [0, 1, 2, 3, 4].map(|at| move || commands()[at].clone());
    view! {
        <div id="metrics-empty">
            <h2>"No metrics among what was read"</h2>
            <p>
                "This room draws metrics over the same time as events and log lines: what the AWS command line prints of them, files of \
                metric streams, CSV out of the console, log events with embedded metrics, and what metric filters make of the events here."
            </p>
            <h3>"Many metrics at once; drop queries.json too, which names them"</h3>
            {move || view! { <Command text=data() id="fetch-data"/> }}
            <h3>"One metric"</h3>
            {move || view! { <Command text=statistics() id="fetch-statistics"/> }}
            <h3>"Which there are"</h3>
            {move || view! { <Command text=list() id="fetch-metrics"/> }}
            <h3>"What a metric stream delivered to a bucket"</h3>
            {move || view! { <Command text=stream() id="fetch-stream"/> }}
            <h3>"Metric filters, which are tried on the events of this case"</h3>
            {move || view! { <Command text=filters() id="fetch-metric-filters"/> }}
            <p class="dim">"Words in capitals are yours to fill in. Times are those of what is here."</p>
            <p>
                <button id="chart-events" class="button" on:click=move |_| chart_search(view)>"Chart the events of the search"</button>
                <span class="dim">" Counts of events need no metrics."</span>
            </p>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn metrics_are_asked_for_of_the_same_time() {
        assert!(commands(Some((0, 60_000)))[1].contains("--start-time 1970-01-01T00:00:00"));
        assert!(commands(None)[2].contains("--end-time END"));
    }
}
