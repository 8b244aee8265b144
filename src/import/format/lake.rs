//! CloudTrail as a table: CSV results of CloudTrail Lake and of Athena, and `cloudtrail get-query-results` (signature 34).
//! Column names come in lower case and are given the names CloudTrail has; a column that is not known keeps its own name.
//! `eventjson`, when it was selected, is the whole record and wins over everything else.

use super::rows::Made;
use super::spreadsheet::Holds;
use super::{Found, Opening, presto};
use crate::import::json::{Object, Value, padded};
use crate::store::tokens;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Text,
    Account,
    Time,
    Bool,
    /// JSON in a string, or a map that is kept as the text it is.
    Json,
    Identity,
    Tls,
    Resources,
}

const COLUMNS: [(&str, Type); 33] = [
    ("eventVersion", Type::Text),
    ("userIdentity", Type::Identity),
    ("eventTime", Type::Time),
    ("eventSource", Type::Text),
    ("eventName", Type::Text),
    ("awsRegion", Type::Text),
    ("sourceIPAddress", Type::Text),
    ("userAgent", Type::Text),
    ("errorCode", Type::Text),
    ("errorMessage", Type::Text),
    ("requestParameters", Type::Json),
    ("responseElements", Type::Json),
    ("additionalEventData", Type::Json),
    ("requestID", Type::Text),
    ("eventID", Type::Text),
    ("readOnly", Type::Bool),
    ("resources", Type::Resources),
    ("eventType", Type::Text),
    ("apiVersion", Type::Text),
    ("managementEvent", Type::Bool),
    ("recipientAccountId", Type::Account),
    ("sharedEventID", Type::Text),
    ("annotation", Type::Text),
    ("serviceEventDetails", Type::Json),
    ("vpcEndpointId", Type::Text),
    ("vpcEndpointAccountId", Type::Account),
    ("eventCategory", Type::Text),
    ("addendum", Type::Json),
    ("sessionCredentialFromConsole", Type::Text),
    ("edgeDeviceDetails", Type::Json),
    ("tlsDetails", Type::Tls),
    ("insightDetails", Type::Json),
    ("eventContext", Type::Json),
];

/// Two of these make a table one of CloudTrail.
const TELLING: [&str; 7] =
    ["eventtime", "eventname", "eventsource", "awsregion", "useridentity", "eventid", "eventjson"];

/// The columns of one table.
#[derive(Debug)]
pub(in crate::import) struct Lake {
    columns: Vec<Column>,
    json: Option<usize>,
    /// It was written by this program.
    ours: bool,
}

/// What a table that this program wrote begins with (`session/export`).
pub(in crate::import) const OURS: [&str; 5] = ["eventTime", "eventID", "eventSource", "eventName", "awsRegion"];

/// Whether a header is that of a table which this program wrote. Tables of AWS have these names in other orders, or in
/// lower case.
pub(in crate::import) fn is_ours(header: &[String]) -> bool {
    header.len() >= OURS.len() && header.iter().zip(OURS).all(|(name, ours)| name == ours)
}

#[derive(Debug)]
struct Column {
    /// The members from the top of the record down to the value.
    path: Vec<String>,
    holds: Type,
}

impl Lake {
    /// The columns that a header names; `None` when it is not one of a CloudTrail table.
    pub fn of(header: &[String]) -> Option<Self> {
        if is_ours(header) {
            let columns = header.iter().map(|name| own_column(unguarded(name.as_bytes()), name)).collect();
            return Some(Self { columns, json: None, ours: true });
        }
        let lower: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
        let telling = |name: &&String| {
            let top = name.split(['.', '_']).next().unwrap_or_default();
            TELLING.contains(&name.as_str()) || top == "useridentity"
        };
        if lower.iter().filter(telling).count() < 2 && !lower.iter().any(|name| name == "eventjson") {
            return None;
        }
        let columns = lower.iter().zip(header).map(|(lower, name)| column(lower, name.trim())).collect();
        Some(Self { columns, json: lower.iter().position(|name| name == "eventjson"), ours: false })
    }

    /// Writes the record of one row.
    pub fn row(&self, cells: &[&[u8]], made: &mut Made) {
        if let Some(cell) = self.json.and_then(|at| cells.get(at)).filter(|cell| cell.trim_ascii().starts_with(b"{")) {
            made.whole(cell.trim_ascii());
            return;
        }
        let mut rest: Vec<(&Column, &[u8])> =
            self.columns.iter().zip(cells.iter().copied()).filter(|(_, cell)| !cell.is_empty()).collect();
        if self.ours {
            rest.iter_mut().for_each(|(_, cell)| *cell = unguarded(cell));
        }
        while !rest.is_empty() {
            // Columns that flatten one object (`useridentity.arn`) come together where the first of them stands.
            let top = &rest[0].0.path[0];
            let (same, others): (Vec<_>, Vec<_>) = rest.iter().partition(|(column, _)| &column.path[0] == top);
            made.key(top);
            members(&same, 1, made);
            rest = others;
        }
        // How a sign-in ended stands in the one or the other, and a query may have selected neither.
        made.mute_sign_in = !made.has("responseElements") && !made.has("errorMessage");
    }
}

fn members(columns: &[(&Column, &[u8])], depth: usize, made: &mut Made) {
    if let Some((column, cell)) = columns.iter().find(|(column, _)| column.path.len() == depth) {
        value(column, cell, made);
        return;
    }
    made.json.push(b'{');
    let mut rest = columns.to_vec();
    let mut first = true;
    while !rest.is_empty() {
        let name = rest[0].0.path[depth].clone();
        let (same, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(column, _)| column.path[depth] == name);
        if !std::mem::replace(&mut first, false) {
            made.json.push(b',');
        }
        tokens::write_string(name.as_bytes(), &mut made.json);
        made.json.push(b':');
        members(&same, depth + 1, made);
        rest = others;
    }
    made.json.push(b'}');
}

fn column(lower: &str, name: &str) -> Column {
    if let Some((name, holds)) = COLUMNS.iter().find(|(known, _)| known.eq_ignore_ascii_case(lower)) {
        return Column { path: vec![(*name).to_owned()], holds: *holds };
    }
    let mut parts = lower.split(['.', '_']);
    let first = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.collect();
    let path = match first {
        "useridentity" => spelled(&parts, presto::USER_IDENTITY).map(|path| ("userIdentity", path)),
        "tlsdetails" => spelled(&parts, presto::TLS).map(|path| ("tlsDetails", path)),
        _ => None,
    };
    let Some((top, mut path)) = path else {
        return Column { path: vec![name.to_owned()], holds: Type::Text };
    };
    path.insert(0, top.to_owned());
    let account = path.last().is_some_and(|last| last == "accountId");
    Column { path, holds: if account { Type::Account } else { Type::Text } }
}

/// A column of a table that this program wrote: its name is a field of a query.
fn own_column(name: &[u8], whole: &str) -> Column {
    let name = std::str::from_utf8(name).unwrap_or(whole);
    let quoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
    let path = quoted.map_or_else(|| name.to_owned(), |name| name.replace("\\\"", "\"").replace("\\\\", "\\"));
    if let Some((_, holds)) = COLUMNS.iter().find(|(known, _)| *known == path) {
        return Column { path: vec![path], holds: *holds };
    }
    let account = path == "userIdentity.accountId";
    let holds = if account { Type::Account } else { Type::Text };
    // A field that stands for several places of a record is a member by its own name.
    let several = path.contains(['*', '[']);
    let own = path.strip_prefix("$.").unwrap_or(&path);
    let steps: Vec<String> = own.split('.').map(str::to_owned).collect();
    let plain = !several && steps.iter().all(|step| !step.is_empty());
    Column { path: if plain { steps } else { vec![path] }, holds }
}

/// A value without the apostrophe that was put before it so that no spreadsheet takes it for a formula.
fn unguarded(cell: &[u8]) -> &[u8] {
    let Some(rest) = cell.strip_prefix(b"'") else { return cell };
    let bare = &rest[rest.iter().take_while(|&&byte| byte == b'\'').count()..];
    let guards = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"];
    if guards.iter().any(|guard| bare.starts_with(guard.as_bytes())) { rest } else { cell }
}

fn spelled<K: presto::Level>(parts: &[&str], keys: &'static [K]) -> Option<Vec<String>> {
    let (first, rest) = parts.split_first()?;
    let key = keys.iter().find(|key| key.name().0 == *first)?;
    let mut path = vec![key.name().1.to_owned()];
    if !rest.is_empty() {
        path.extend(spelled(rest, key.inner())?);
    }
    Some(path)
}

fn value(column: &Column, cell: &[u8], made: &mut Made) {
    let text = String::from_utf8_lossy(cell);
    let from = made.json.len();
    match column.holds {
        Type::Bool if text.eq_ignore_ascii_case("true") => return made.json.extend_from_slice(b"true"),
        Type::Bool if text.eq_ignore_ascii_case("false") => return made.json.extend_from_slice(b"false"),
        Type::Time => return time(&text, cell, made),
        Type::Json | Type::Identity | Type::Tls | Type::Resources => {
            let read = match column.holds {
                Type::Identity => presto::object(&text, presto::USER_IDENTITY, &mut made.json),
                Type::Tls => presto::object(&text, presto::TLS, &mut made.json),
                Type::Resources => presto::list(&text, presto::RESOURCE, &mut made.json),
                _ => None,
            };
            if read.is_some() {
                return;
            }
            made.json.truncate(from);
            let buf = padded(cell);
            let whole = Value::read(&buf, 0, cell.len())
                .ok()
                .filter(|value| tokens::skip_space(&buf, value.end) >= cell.len())
                .filter(|value| value.is_object() || value.is_array() || value.is_null());
            if let Some(value) = whole {
                return made.json.extend_from_slice(value.text());
            }
        }
        _ => {}
    }
    let holds = if column.holds == Type::Account { Holds::Account } else { Holds::Text };
    let name = column.path.last().map_or("", String::as_str);
    made.check(name, holds, cell);
    made.text(cell);
}

/// `2023-07-10 11:42:36.000` is how Presto prints times; CloudTrail has `2023-07-10T11:42:36Z`.
fn time(text: &str, cell: &[u8], made: &mut Made) {
    let plain = text.trim().trim_end_matches(" UTC");
    let bytes = plain.as_bytes();
    if bytes.len() >= 19 && bytes[10] == b' ' && bytes[4] == b'-' && plain.is_ascii() {
        let (seconds, fraction) = plain[11..].split_at(8);
        let whole = fraction.trim_end_matches('0');
        let fraction = if whole == "." { "" } else { fraction };
        let candidate = format!("{}T{seconds}{fraction}Z", &plain[..10]);
        if crate::time::parse(&candidate).is_some() {
            return made.text(candidate.as_bytes());
        }
    }
    match made.check("eventTime", Holds::Time, cell) {
        Some(time) => made.text(time.as_bytes()),
        None => made.text(cell),
    }
}

/// Opens the answer of `get-query-results`.
pub(super) fn open(object: &Object<'_>, opening: &mut Opening<'_>) -> bool {
    let Some(rows) = object.get("QueryResultRows") else { return false };
    if object.get("NextToken").is_some_and(|token| !token.is_null()) {
        opening.tell(Found::OnePage);
    }
    opening.elements(rows);
    true
}

/// Opens one row of it, a list of objects with one member each; whether it was a row of a CloudTrail table.
pub(super) fn json_row(array: Value<'_>, opening: &mut Opening<'_>) -> bool {
    let mut names = Vec::new();
    let mut cells: Vec<Vec<u8>> = Vec::new();
    for field in array.elements() {
        for (name, value) in field.object().members {
            names.push(String::from_utf8_lossy(&name).into_owned());
            cells.push(match value.string() {
                Some(text) => text.into_owned(),
                None if value.is_null() => Vec::new(),
                None => value.text().to_vec(),
            });
        }
    }
    let Some(lake) = Lake::of(&names) else { return false };
    let mut made = Made::default();
    made.begin();
    lake.row(&cells.iter().map(Vec::as_slice).collect::<Vec<_>>(), &mut made);
    made.end();
    opening.made(&made.json, made.around());
    made.tell(&mut |kind, what, outcome| opening.tell(Found::Problem { kind, what, outcome }));
    true
}

#[cfg(test)]
mod tests {
    use super::super::rows::tests::read;
    use super::super::tests::{RECORD, opened, quoted};

    #[test]
    fn athena_rows_get_their_names_and_types_back() {
        let text = "eventversion,useridentity,eventtime,eventsource,eventname,requestparameters,responseelements,readonly,managementevent,resources,recipientaccountid,tlsdetails,my_column\n\
            1.08,\"{type=IAMUser, arn=arn:aws:iam::1:user/a, username=a, b}\",2023-07-10 11:42:36.000,s3.amazonaws.com,GetObject,\"{\"\"bucketName\"\":\"\"b\"\"}\",null,true,false,\"[{arn=x, accountid=1, type=t}]\",111122223333,\"{tlsversion=TLSv1.2, ciphersuite=null}\",7\n\
            ,,2023-07-10T11:42:36Z,,PutObject,\"{bucketName=b, x=y}\",,,,,,,\n";
        let report = read(text);
        assert_eq!(
            report.records,
            [
                r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","userName":"a, b"},"eventTime":"2023-07-10T11:42:36Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","requestParameters":{"bucketName":"b"},"responseElements":null,"readOnly":true,"managementEvent":false,"resources":[{"ARN":"x","accountId":"1","type":"t"}],"recipientAccountId":"111122223333","tlsDetails":{"tlsVersion":"TLSv1.2"},"my_column":"7"}"#,
                r#"{"eventTime":"2023-07-10T11:42:36Z","eventName":"PutObject","requestParameters":"{bucketName=b, x=y}"}"#,
            ]
        );
        assert!(report.problems.is_empty(), "{:?}", report.problems);
    }

    #[test]
    fn flattened_columns_and_event_json() {
        let report = read(
            "EventName,useridentity.arn,eventTime,useridentity.sessioncontext.sessionissuer.username,useridentity_type\nX,a,2023-07-10 11:42:36.120 UTC,r,Role\n",
        );
        assert_eq!(
            report.records,
            [
                r#"{"eventName":"X","userIdentity":{"arn":"a","sessionContext":{"sessionIssuer":{"userName":"r"}},"type":"Role"},"eventTime":"2023-07-10T11:42:36.120Z"}"#
            ]
        );
        let csv = RECORD.replace('"', "\"\"");
        let report = read(&format!("eventname,eventjson\nOther,\"{csv}\"\n"));
        assert_eq!(report.records, [RECORD]);
        let report = read("eventname,n,eventid\nX,3,\n");
        assert_eq!(report.records, [r#"{"eventName":"X","n":"3"}"#]);
    }

    #[test]
    fn our_own_tables() {
        let text = "\u{feff}eventTime,eventID,eventSource,eventName,awsRegion,actor,sourceIPAddress,userAgent,\
            requestParameters.bucketName,readOnly,$.result,\"\"\"a b.c\"\"\",'@via,resources[0].ARN\r\n\
            2023-07-10T11:42:36Z,e,s3.amazonaws.com,GetObject,us-east-1,alice,1.2.3.4,'=cmd(),''-b,true,x,y,z,w\r\n\
            2023-07-10T11:42:37Z,f,s3.amazonaws.com,GetObject,us-east-1,,,'quoted',,,,,,\r\n";
        let report = read(text);
        assert_eq!(
            report.records,
            [
                r#"{"eventTime":"2023-07-10T11:42:36Z","eventID":"e","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","actor":"alice","sourceIPAddress":"1.2.3.4","userAgent":"=cmd()","requestParameters":{"bucketName":"'-b"},"readOnly":true,"result":"x","a b":{"c":"y"},"@via":"z","resources[0].ARN":"w"}"#,
                r#"{"eventTime":"2023-07-10T11:42:37Z","eventID":"f","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","userAgent":"'quoted'"}"#,
            ]
        );
        assert!(report.problems.is_empty() && report.mute_sign_in, "{:?}", report.problems);
    }

    #[test]
    fn rows_of_the_command_line() {
        let text = format!(
            r#"{{"QueryStatus":"FINISHED","QueryResultRows":[[{{"eventName":"GetObject"}},{{"eventTime":"2023-07-10 11:42:36.000"}},{{"readOnly":"true"}}],[{{"eventJson":{}}}],[{{"count":"3"}}]],"NextToken":"t"}}"#,
            quoted(RECORD)
        );
        let (records, without) = opened(&text);
        let records: Vec<_> = records.into_iter().map(|(record, _)| record).collect();
        assert_eq!(
            records,
            [r#"{"eventName":"GetObject","eventTime":"2023-07-10T11:42:36Z","readOnly":true}"#, RECORD]
        );
        assert_eq!(without, 1);
    }
}
