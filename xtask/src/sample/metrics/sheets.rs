//! Tables, as somebody saved them from a chart of the console and from a script.

use crate::corpus::clock;
use crate::sample::custody::Delivered;
use crate::sample::logs::{self, FROM, Group, Line, PRINTED, UNTIL};

/// Requests and answers of the web servers in a quarter of an hour, one column each.
pub const REQUESTS: &str = "cloudwatch/console/web-requests.csv";
/// Orders that wait for the ledger, every five minutes.
pub const WAITING: &str = "cloudwatch/console/orders-waiting.csv";

/// The tables.
pub fn files(groups: &[Group]) -> Vec<Delivered> {
    debug_assert!([REQUESTS, WAITING].iter().all(|path| path.starts_with(PRINTED)));
    let lines = |name: &str| groups.iter().find(|group| group.name == name).map_or(&[][..], |group| &group.lines);
    let file = |path: &str, text: String| Delivered { path: path.to_owned(), bytes: text.into_bytes(), events: 0 };
    vec![file(REQUESTS, requests(lines(logs::WEB))), file(WAITING, waiting(lines(logs::FUNCTION)))]
}

/// `2026-09-15T18:00:00Z`
fn stamp(at: i64) -> String {
    let mut out = String::new();
    clock::iso(&mut out, at);
    out
}

/// The class of an answer, such as `4`.
fn class(line: &Line) -> Option<char> {
    line.message.split('"').nth(2)?.trim_start().chars().next()
}

fn requests(lines: &[Line]) -> String {
    let mut out = String::from("timestamp,RequestCount,\"HTTP 4xx, all targets\",\"HTTP 5xx, all targets\"\n");
    for from in (FROM..UNTIL).step_by(900) {
        let inside: Vec<&Line> =
            lines.iter().filter(|line| (from * 1000..(from + 900) * 1000).contains(&line.at)).collect();
        let of = |wanted: char| inside.iter().filter(|line| class(line) == Some(wanted)).count();
        // Nothing is published of answers that there were none of.
        let cell = |count: usize| if count == 0 { String::new() } else { count.to_string() };
        out += &format!("{},{},{},{}\n", stamp(from), inside.len(), cell(of('4')), cell(of('5')));
    }
    out
}

fn waiting(lines: &[Line]) -> String {
    let mut out = String::from("timestamp,value\n");
    for at in (FROM..UNTIL).step_by(300) {
        let back = lines.iter().filter(|line| line.at < at * 1000 && line.message.contains("entry put back"));
        out += &format!("{},{}\n", stamp(at), back.count());
    }
    out
}
