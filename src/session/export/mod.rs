//! Events written out: as a table of separated values, and as JSON. Secret values are always masked. Rows are written in
//! the shards; [`walk`] brings them into one order piece by piece, so that nobody ever holds the text of all.

pub mod walk;

use crate::query::cell;
use crate::query::kql::{short_names, written_field};
use crate::query::message;
use crate::query::predicate::{Select, Step};
use crate::store::write::Secrets;
use crate::store::{Row, Store};
use crate::time;
use crate::trail::Derived;
use crate::trail::line::MESSAGE;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// How a shard writes an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// The values of these fields.
    Table {
        /// With tabs between them, not commas.
        tabs: bool,
        /// The fields.
        columns: Vec<Select>,
    },
    /// The record as JSON; a log line as `aws logs filter-log-events` gives it.
    Json,
}

/// What every table begins with: enough to find an event again, and for the table to be read as events again.
const FIRST: [&str; 5] = ["eventTime", "eventID", "eventSource", "eventName", "awsRegion"];

/// The columns of a table that shows these. All begin alike, so that their header tells who wrote them.
#[must_use]
pub fn columns(shown: impl IntoIterator<Item = Select>) -> Vec<Select> {
    let mut all: Vec<Select> = FIRST.map(Select::keys).into();
    for select in shown {
        if !all.contains(&select) {
            all.push(select);
        }
    }
    all
}

/// The name of a field in a header: as it can be written in a query, and the same whatever short name it was shown by.
#[must_use]
pub fn heading(select: &Select) -> String {
    if let Some(derived) = select.derived() {
        let name = derived.name();
        let short = name.trim_start_matches('@');
        return if is_short(short) { short } else { name }.to_owned();
    }
    let mut out = String::new();
    for step in &select.steps {
        let dot = if out.is_empty() { "" } else { "." };
        let (before, text) = match step {
            Step::Key(key) => (dot, key.clone()),
            Step::AnyKey | Step::AnyDepth => (dot, "*".to_owned()),
            Step::AnyElement => ("", "[]".to_owned()),
            Step::Index(index) => ("", format!("[{index}]")),
            Step::Derived(derived) => (dot, derived.name().to_owned()),
            Step::Message => (dot, MESSAGE.to_owned()),
        };
        out.push_str(before);
        out.push_str(&text);
    }
    match () {
        () if select.is_message() => out,
        // A short name means something else than the member that is so called.
        () if is_short(&out) => format!("$.{out}"),
        () if out.contains('*') => out,
        () => written_field(&out),
    }
}

fn is_short(name: &str) -> bool {
    short_names().any(|short| short == name)
}

/// The header of a table, its line end included.
#[must_use]
pub fn header(tabs: bool, columns: &[Select]) -> String {
    let mut out = String::new();
    line(&mut out, tabs, columns.iter().map(|select| Some(Cow::Owned(heading(select)))));
    out
}

/// Writes an event: a line of a table with its end, or a record without one.
pub fn write(store: &Store, row: Row, form: &Form) -> String {
    match form {
        Form::Table { tabs, columns } => {
            let mut out = String::new();
            let time = Select::keys(FIRST[0]);
            let cells = columns.iter().map(|select| match select {
                // A log line has its time beside its record.
                select if *select == time && !store.is_call(row) => store.hot().time(row).map(time::format),
                select => cell::text(store, row, select),
            });
            line(&mut out, *tabs, cells.map(|cell| cell.map(Cow::Owned)));
            out
        }
        Form::Json if !store.is_call(row) => log_event(store, row),
        Form::Json => {
            let mut out = Vec::new();
            store.write_record(row, Secrets::Masked, &mut out);
            String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
        }
    }
}

/// A log line as `aws logs filter-log-events` gives them, with its group and owner where they are known: so it is read again
/// as the same line.
fn log_event(store: &Store, row: Row) -> String {
    let text = |derived: Derived| cell::text(store, row, &Select::of_derived(derived));
    let mut event = serde_json::Map::new();
    let mut set = |key: &str, value: Option<Value>| {
        event.extend(value.map(|value| (key.to_owned(), value)));
    };
    set("owner", text(Derived::Owner).map(Value::from));
    set("logGroupName", text(Derived::LogGroup).map(Value::from));
    set("logStreamName", text(Derived::LogStream).map(Value::from));
    set("timestamp", store.hot().time(row).map(Value::from));
    set("ingestionTime", text(Derived::IngestionTime).and_then(|text| time::parse(&text)).map(Value::from));
    match message::of(store, row) {
        Some(message) => set("message", Some(message.into())),
        // A row of Insights results has members and no message.
        None => {
            let mut out = Vec::new();
            store.write_record(row, Secrets::Masked, &mut out);
            set("fields", serde_json::from_slice(&out).ok());
        }
    }
    Value::Object(event).to_string()
}

/// One line: RFC 4180 with its CRLF, or tabs, where a value has no tab and no line end of its own.
fn line<'a>(out: &mut String, tabs: bool, cells: impl Iterator<Item = Option<Cow<'a, str>>>) {
    for (at, text) in cells.enumerate() {
        if at > 0 {
            out.push(if tabs { '\t' } else { ',' });
        }
        let Some(text) = text else { continue };
        if tabs {
            guarded(&text.replace(['\t', '\r', '\n'], " "), |part| out.push_str(part));
        } else {
            cell_of_csv(out, &text);
        }
    }
    out.push_str(if tabs { "\n" } else { "\r\n" });
}

/// Writes a value as a cell of CSV.
pub fn cell_of_csv(out: &mut String, text: &str) {
    let quoted = text.contains([',', '"', '\r', '\n']);
    if quoted {
        out.push('"');
        guarded(text, |part| out.push_str(&part.replace('"', "\"\"")));
        out.push('"');
    } else {
        guarded(text, |part| out.push_str(part));
    }
}

/// A spreadsheet takes text that begins with one of these for a formula, the wide forms of East Asian keyboards included.
/// An apostrophe before it keeps it text. What has apostrophes there already gets one more, so that taking one away gives
/// the value back.
fn guarded(text: &str, mut out: impl FnMut(&str)) {
    if text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        out("'");
    }
    out(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::kql::clauses::field_select;

    #[test]
    fn cells() {
        for (text, csv) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=cmd|'/c calc'!A0", "'=cmd|'/c calc'!A0"),
            ("-5", "'-5"),
            ("＝1", "'＝1"),
            ("\ttab", "'\ttab"),
            ("\rx", "\"'\rx\""),
            ("'=x", "''=x"),
            ("'x", "'x"),
            ("", ""),
        ] {
            let mut out = String::new();
            cell_of_csv(&mut out, text);
            assert_eq!(out, csv, "{text:?}");
        }
        let mut out = String::new();
        line(&mut out, true, ["a\tb\nc", "@x", "é"].into_iter().map(|text| Some(text.into())));
        assert_eq!(out, "a b c\t'@x\té\n");
    }

    #[test]
    fn headings_select_what_they_name() {
        for (written, said) in [
            ("ip", "sourceIPAddress"),
            ("actor", "actor"),
            ("@actor", "actor"),
            ("@via", "@via"),
            ("requestParameters.bucketName", "requestParameters.bucketName"),
            ("$.actor", "$.actor"),
            ("resources[0].ARN", "resources[0].ARN"),
            ("requestParameters.*", "requestParameters.*"),
            ("*.bucketName", "*.bucketName"),
        ] {
            let select = field_select(written).expect(written);
            assert_eq!(heading(&select), said);
            assert_eq!(field_select(said), Some(select), "{written}");
        }
        let columns = columns(["ip", "name", "actor"].map(|name| field_select(name).expect("a field")));
        assert_eq!(
            header(false, &columns),
            "eventTime,eventID,eventSource,eventName,awsRegion,sourceIPAddress,actor\r\n"
        );
    }
}
