//! Every vector of `spec/FILTERPATTERN.md`, through the real store and scan, and beside it through the naive evaluator.

mod common;

use serde_json::{Value, json};
use trailglass::query::aggregate::{Aggregate, Answer, aggregate};
use trailglass::query::naive::{self, NaiveEvent};
use trailglass::query::pattern::{self, Counting, Kind, Pattern};
use trailglass::query::scan;
use trailglass::query::series::SeriesOf;
use trailglass::store::Store;
use trailglass::watch::definitions::{MetricFilter, Transformation};
use trailglass::watch::metric_filter::{counted, published, sampled, sampling};

/// A store of log lines with these messages, a second apart or at the times given.
fn store_of(messages: &[(&str, i64)]) -> Store {
    let mut store = Store::default();
    for &(message, time) in messages {
        let object = serde_json::from_str::<Value>(message).is_ok_and(|value| value.is_object());
        common::ingest_line(&mut store, message, object, time);
    }
    store
}

fn parsed(text: &str, counting: Counting) -> Pattern {
    pattern::parse(text, counting).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

/// Which of the messages a pattern matches, by the scan and by the naive evaluator.
fn matching_as(pattern: &str, messages: &[&str], counting: Counting) -> Vec<usize> {
    let pattern = parsed(pattern, counting);
    let timed: Vec<(&str, i64)> = messages.iter().map(|message| (*message, 0)).collect();
    let store = store_of(&timed);
    let rows: Vec<usize> = scan::rows(&store, &["f".to_owned()], &pattern.predicate).ones().collect();
    let naive = messages.iter().enumerate().filter(|(_, message)| {
        let value = serde_json::from_str::<Value>(message).ok().filter(Value::is_object);
        let format = if value.is_some() { "JSON" } else { "text" };
        let record = value.unwrap_or_else(|| json!({ "@message": message }));
        let written = if format == "JSON" { record.to_string() } else { message.to_string() };
        let derived = json!({ "@format": format });
        let event =
            NaiveEvent { record: &record, time_ms: Some(0), file: "f", message: Some(&written), derived: &derived };
        naive::holds(&pattern.predicate, &event, &|_| false)
    });
    let naive: Vec<usize> = naive.map(|(at, _)| at).collect();
    assert_eq!(rows, naive, "the naive evaluator differs: {pattern:?}");
    rows
}

fn matching(pattern: &str, messages: &[&str]) -> Vec<usize> {
    matching_as(pattern, messages, Counting::Rest)
}

fn yes(pattern: &str, message: &str) {
    assert_eq!(matching(pattern, &[message]), [0], "{pattern} should match {message}");
}

fn no(pattern: &str, message: &str) {
    assert!(matching(pattern, &[message]).is_empty(), "{pattern} should not match {message}");
}

#[test]
fn kinds() {
    for (text, kind) in [
        ("", Kind::Everything),
        ("  ", Kind::Everything),
        ("\"\"", Kind::Everything),
        ("\" \"", Kind::Everything),
        ("{ $.a = 1 }", Kind::Json),
        ("[a, b]", Kind::Columns),
        ("%a%", Kind::Expression),
        ("ERROR", Kind::Terms),
        ("\"[ERROR]\"", Kind::Terms),
    ] {
        assert_eq!(parsed(text, Counting::Rest).kind, kind, "{text}");
    }
    let long = format!("{{ $.a = \"{}\" }}", "x".repeat(1_024));
    assert_eq!(pattern::parse(&long, Counting::Rest).unwrap_err().position, 1_025);
}

#[test]
fn terms() {
    yes("ERROR", "[ERROR 400] BAD REQUEST");
    yes("ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS");
    no("ERROR ARGUMENTS", "[ERROR 401] UNAUTHORIZED REQUEST");
    yes("?ERROR ?ARGUMENTS", "[ERROR 400] BAD REQUEST");
    no("?ERROR ?ARGUMENTS", "[INFO] OK");
    yes("?ERROR ?ARGUMENTS REQUEST", "[INFO] REQUEST FAILED");
    no("?ERROR ?ARGUMENTS REQUEST", "[ERROR 419] MISSING ARGUMENTS");
    yes("\"INTERNAL SERVER ERROR\"", "[ERROR 500] INTERNAL SERVER ERROR");
    yes("ERROR -ARGUMENTS", "[ERROR 400] BAD REQUEST");
    no("ERROR -ARGUMENTS", "[ERROR 420] INVALID ARGUMENTS");
    yes("\" \"", "anything");
    yes("\" \"", "withoutaspace");
    yes("\"[ERROR]\"", "x [ERROR] Unhanded exception: InvalidQueryException");
    no("\"[ERROR]\"", "x [INFO] Starting");
    yes("\"[ERROR]\" Exception", "x [ERROR] Unhanded exception: InvalidQueryException");
    no("\"[ERROR]\" Exception", "x [ERROR] Terminating the application");
    yes("ERROR", "Exiting with ERRORCODE: -1");
    let lines = ["ERROR WARN message", "ERROR message", "WARN message"];
    assert_eq!(matching("ERROR", &lines), [0, 1]);
    assert_eq!(matching("?ERROR ?WARN", &lines), [0, 1, 2]);
    assert_eq!(matching("ERROR WARN", &lines), [0]);
    assert_eq!(matching("ERROR -WARN", &lines), [1]);
    assert_eq!(matching("\"ERROR\" - \"WARN\"", &lines), [1]);
    assert_eq!(matching("-ERROR", &lines), [2]);
    yes(r#""say \"hi\"""#, r#"they say "hi""#);
    no("error", "ERROR");
    // Of a JSON line the text is looked at, keys included, with and without what stands between values.
    yes("level", r#"{"level":"x"}"#);
    yes(r#""\"level\":\"ERROR\"""#, r#"{"level":"ERROR"}"#);
    no(r#""\"level\":\"ERROR\"""#, r#"{"level":"WARN","text":"ERROR"}"#);
    yes("true", r#"{"ok":true}"#);
    yes("null", r#"{"ok":null}"#);
    yes("1500", r#"{"n":1500}"#);
}

#[test]
fn expressions() {
    yes("%^[hc]at%", "hat x");
    yes("%^[hc]at%", "cat x");
    no("%^[hc]at%", "a hat");
    yes("%colou?r%", "color");
    yes("%colou?r%", "a colour");
    for (text, holds) in [("aa", false), ("aaa", true), ("aaaa", true), ("aaaaaa", true)] {
        assert_eq!(!matching("%a{3,5}%", &[text]).is_empty(), holds, "{text}");
    }
    yes("%^starting|^initializing|^shutting down%", "initializing x");
    no("%^starting|^initializing|^shutting down%", "skipping initializing x");
    for text in ["[a]", "[7]", "[ ]"] {
        yes(r"%\[.\]%", text);
    }
    no(r"%\[.\]%", "[]");
    yes(r"%10\.10\.0\.1%", "10.10.0.1");
    no(r"%10\.10\.0\.1%", "10010,051");
    yes("%10.10.0.1%", "10010,051");
    for text in ["ac", "abc", "abbbc"] {
        yes("%ab*c%", text);
    }
    no("%ab+c%", "ac");
    yes("%ab+c%", "abbc");
    yes(r"%\x28%", "(");
    yes("%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST");
    yes("%AUTHORIZED%", "[SUCCESS 200] AUTHORIZED REQUEST");
    yes("%gra|ey%", "grap");
    yes("%gra|ey%", "they");
    yes("%end$%", "the end\n");
    no(r"%^\d+$%", "٣");
    yes(r"%^\w+\s\S$%", "ab c");
}

const A: &str = r#"{"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111","arrayKey":["value","another value"],"objectList":[{"name":"a","id":1},{"name":"b","id":2}],"SomeObject":null,"cluster.name":"c","ThisFlag":true}"#;
const B: &str = r#"{"user":{"id":1,"email":"John.Stiles@example.com"},"users":[{"id":2,"email":"John.Doe@example.com"},{"id":3,"email":"Jane.Doe@example.com"}],"actions":["GET","PUT","DELETE"],"coordinates":[[0,1,2],[4,5,6],[7,8,9]]}"#;
const C: &str = r#"{"users":[1,2,3]}"#;
const D: &str = r#"{"latency":50,"requestType":"GET"}"#;

#[test]
fn json() {
    for pattern in [
        r#"{ $.eventType = "UpdateTrail" }"#,
        "{ $.sourceIPAddress != 123.123.* }",
        r#"{ $.arrayKey[0] = "value" }"#,
        "{ $.objectList[1].id = 2 }",
        "{ $.SomeObject IS NULL }",
        "{ $.SomeOtherObject NOT EXISTS }",
        "{ $.ThisFlag IS TRUE }",
        "{ $.eventType = %Trail% }",
        "{ $.arrayKey[*] = %val.{2}% }",
        r"{ $.* = %111\.111\.111\.1[0-9]{1,2}% }",
        r#"{ $.['cluster.name'] = "c" }"#,
        r#"{ $.eventType = "*" && $.sourceIPAddress != 123.123.* }"#,
        r#"{ $.arrayKey[*] != "value" }"#,
    ] {
        yes(pattern, A);
    }
    yes(r#"{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }"#, B);
    yes(
        r#"{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" }"#,
        B,
    );
    no(
        r#"{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" }"#,
        B,
    );
    no(r#"{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }"#, B);
    for pattern in ["{ $.users = 1 }", "{ $.users != 1 }", "{ $.users = * }", "{ $.users[5] = 1 }"] {
        no(pattern, C);
    }
    yes("{ $.latency = * }", D);
    no("{ $.user = \"*\" }", B);
    yes("{ $.foo = bar || $.foo = baz }", r#"{"foo":"baz"}"#);
    for (name, holds) in [("PutEvent", true), ("GetEvent", true), ("EventId", false)] {
        let message = format!(r#"{{"eventName":"{name}"}}"#);
        assert_eq!(!matching("{ $.eventName = *Event }", &[&message]).is_empty(), holds, "{name}");
    }
    yes("{ $.number[0] = 1e+3 }", r#"{"number":[1000]}"#);
    yes("{ $.latency > +1000 }", r#"{"latency":1000.5}"#);
    no("{ $.latency > +1000 }", r#"{"latency":"n/a"}"#);
    yes("{ $.latency >= 400 }", r#"{"latency":"400"}"#);
    yes("{ $.a = 400 }", r#"{"a":400.0}"#);
    yes("{ $.a = 123456789012 }", r#"{"a":"123456789012"}"#);
    no("{ $.a = 400 }", r#"{"a":"400.0"}"#);
    no("{ $.missing != 5 }", r#"{"a":1}"#);
    yes("{ $.missing != 5 || $.missing NOT EXISTS }", r#"{"a":1}"#);
    no("{ $.SomeObject NOT EXISTS }", A);
    no(r#"{ $.eventtype = "UpdateTrail" }"#, A);
    yes("{ $.readOnly = true }", r#"{"readOnly":true}"#);
    yes("{ $.readOnly != true }", r#"{"readOnly":false}"#);
    no("{ $.readOnly IS FALSE }", r#"{"readOnly":"false"}"#);
    no("{ $.SomeObject != null }", r#"{"SomeObject":{}}"#);
    yes(
        r#"{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }"#,
        r#"{"eventName":"ConsoleLogin","errorMessage":"Failed authentication"}"#,
    );
    let groups = "{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = AuthorizeSecurityGroupEgress) || ($.eventName = RevokeSecurityGroupIngress) || ($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || ($.eventName = DeleteSecurityGroup) }";
    yes(groups, r#"{"eventName":"CreateSecurityGroup"}"#);
    no(groups, r#"{"eventName":"DescribeSecurityGroups"}"#);
    let root = r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#;
    yes(root, r#"{"userIdentity":{"type":"Root"},"eventType":"AwsApiCall"}"#);
    no(root, r#"{"userIdentity":{"type":"Root","invokedBy":"x"},"eventType":"AwsApiCall"}"#);
    let denied = r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }"#;
    yes(denied, r#"{"errorCode":"Client.UnauthorizedOperation"}"#);
    yes(denied, r#"{"errorCode":"AccessDeniedException"}"#);
    no(denied, r#"{"eventName":"x"}"#);
    // What is no JSON object never matches, whatever is asked.
    for text in ["plain", "[1,2]", "2023-01-01 INFO {\"a\":1}", "\"x\"", "7"] {
        no("{ $.a NOT EXISTS }", text);
        no("{ $.* = \"*\" }", text);
    }
    yes("{ $.a is null }", r#"{"a":null}"#);
    yes("{ $.a = Ev*ent }", r#"{"a":"Evolvent"}"#);
    assert!(parsed("{ $.a = Ev*ent }", Counting::Rest).notes.iter().any(|note| note.position == 9));
}

const L: [&str; 3] = [
    r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534"#,
    r#"127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /apache_pb.gif HTTP/1.0" 500 5324"#,
    r#"127.0.0.1 - frank [10/Oct/2000:13:50:35 -0700] "GET /apache_pb.gif HTTP/1.0" 200 4355"#,
];

fn extracted(pattern: &str, message: &str, value: &str) -> Option<String> {
    let pattern = parsed(pattern, Counting::Rest);
    let source = pattern.source(value).unwrap_or_else(|fault| panic!("{value}: {fault}"));
    let of = SeriesOf {
        value: trailglass::query::series::Source::Number(1.0),
        period: 60_000,
        dimensions: vec![("d".to_owned(), source)],
    };
    let store = store_of(&[(message, 0)]);
    let rows = scan::rows(&store, &["f".to_owned()], &pattern.predicate);
    let Answer::Series(series) = aggregate(&store, &rows, &Aggregate::Series(of)) else { return None };
    series.parts.first().and_then(|(values, _)| values.first().cloned())
}

#[test]
fn columns() {
    let all = "[ip, identity, user_id, timestamp, request, status_code, size]";
    assert_eq!(matching(all, &L), [0, 1, 2]);
    for (name, value) in [
        ("$ip", "127.0.0.1"),
        ("$identity", "-"),
        ("$user_id", "frank"),
        ("$timestamp", "10/Oct/2000:13:25:15 -0700"),
        ("$request", "GET /apache_pb.gif HTTP/1.0"),
        ("$status_code", "200"),
        ("$size", "1534"),
    ] {
        assert_eq!(extracted(all, L[0], name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(matching("[..., size]", &L), [0, 1, 2]);
    assert_eq!(extracted("[..., size]", L[0], "$size").as_deref(), Some("1534"));
    assert_eq!(extracted("[..., size]", L[0], "$6").as_deref(), Some("200"));
    assert_eq!(matching("[]", &L), [0, 1, 2]);
    assert_eq!(extracted("[]", L[1], "$7").as_deref(), Some("5324"));
    assert_eq!(matching("[..., status_code=200, size]", &L), [0, 2]);
    let h = [
        r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#,
        r#"127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /about-us/index.html HTTP/1.0" 200 5324"#,
        r#"127.0.0.1 - frank [10/Oct/2000:13:50:35 -0700] "GET /apache_pb.gif HTTP/1.0" 404 4355"#,
        r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /products/index.html HTTP/1.0" 400 1534"#,
    ];
    let html = "[..., request=*.html*, status_code=4*,]";
    assert_eq!(matching(html, &h), [0, 3]);
    assert_eq!(extracted(html, h[0], "$7").as_deref(), Some("1534"));
    let line = r#"127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#;
    yes("[ip, server, username, timestamp, request, status_code, bytes > 1000]", line);
    yes(r"[ip=%127\.0\.0\.[1-9]%, user, username, timestamp, request =*.html*, status_code = 4*, bytes]", line);
    yes("[ip, user, username, timestamp, request =*.html*, status_code = 404 || status_code = 410, bytes]", line);
    yes("[ip, user, username, timestamp, request, status_code, bytes > 1000 && status_code = 4*]", line);
    let s = [
        "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200",
        "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310",
        "WARNING 09/25/2014 12:00:02 Invalid user request",
        "ERROR 09/25/2014 12:00:02 Failed to process request",
    ];
    assert_eq!(matching("[w1=ERROR, w2]", &s), [3]);
    assert_eq!(matching("[w1=ERROR || w1=WARNING, w2]", &s), [2, 3]);
    assert_eq!(matching("[w1!=ERROR && w1!=WARNING, w2]", &s), [0, 1]);
    assert_eq!(matching("[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]", &s), [0]);
    assert_eq!(
        matching("[logLevel, date, time, method, url=%/service/resource/[0-9]+/part/[0-9]+$%, response_time]", &s),
        [1]
    );
    // The guide of 2020 counts strictly.
    assert!(matching_as("[w1=ERROR, w2]", &s, Counting::Strict).is_empty());
    assert_eq!(matching_as("[w1=ERROR, w2]", &["ERROR message", "ERROR WARN message"], Counting::Strict), [0]);
    no("[a, b, c]", "only two");
}

#[test]
fn faults() {
    for (text, position, words) in [
        ("{ $.a = 1", 1, "not closed"),
        ("[a, b", 1, "not closed"),
        ("%abc", 1, "not closed"),
        ("ERROR \"abc", 7, "not closed"),
        ("{ $.a = \"x }", 9, "not closed"),
        ("{ ($.a = 1 }", 3, "parenthesis is not closed"),
        ("{ $.a = 1) }", 10, "No parenthesis is open"),
        ("{ $.a ~ 1 }", 7, "no operator"),
        ("{ $.a LIKE 1 }", 7, "no operator"),
        ("{ $.a == 1 }", 7, "=="),
        ("{ $.a IN (1) }", 7, "IN is not known"),
        ("{ $.a IS NOT NULL }", 10, "IS NOT"),
        ("{ $.a EXISTS }", 7, "EXISTS is not known"),
        ("{ NOT ($.a = 1) }", 3, "selector"),
        ("{ !($.a = 1) }", 3, "negated"),
        ("{ $.a = 1 & $.b = 1 }", 11, "two of a kind"),
        ("{ $.a = 1 | $.b = 1 }", 11, "two of a kind"),
        ("{ $.a[*].b[*] = 1 }", 3, "one wildcard"),
        ("{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.* = 1 }", 45, "3 wildcard"),
        ("{ $.a = }", 9, "value"),
        ("{ $.a > x }", 9, "number"),
        ("{ $.a@b = 1 }", 6, "selector"),
        ("{ $.a = 1 } x", 13, "behind the closing brace"),
        ("{}", 2, "condition"),
        ("%something!%", 11, "!"),
        ("%(a|b)%", 2, "parentheses"),
        ("%a% b", 5, "alone"),
        ("-%a%", 2, "cannot be excluded"),
        ("%[a%", 2, "compile"),
        ("%%", 1, "no expression"),
        ("[a, ..., b, ...]", 13, "one ..."),
        ("[a, b=1 || c=2 || d=3]", 12, "neither this field"),
        ("[a, a]", 5, "Two fields"),
        ("[a > x]", 6, "number"),
        ("[a] b", 5, "behind the closing bracket"),
        ("-", 1, "missing"),
        ("$.eventName = \"AcceptHandshake\"\"", 32, "not closed"),
    ] {
        let fault = pattern::parse(text, Counting::Rest).err().unwrap_or_else(|| panic!("{text} was taken"));
        assert!(fault.message.contains(words), "{text}: {}", fault.message);
        assert_eq!(fault.position, position, "{text}: {}", fault.message);
    }
}

fn transformation(value: &str) -> Transformation {
    Transformation { name: "m".into(), namespace: "n".into(), value: value.into(), ..Transformation::default() }
}

/// What a filter publishes of these messages: start, samples, sum, whether a default.
fn series(pattern: &str, metric: &Transformation, messages: &[(&str, i64)], period: i64) -> Vec<(i64, u64, f64, bool)> {
    let pattern = parsed(pattern, Counting::Rest);
    let store = store_of(messages);
    let files = ["f".to_owned()];
    let rows = scan::rows(&store, &files, &pattern.predicate);
    let all = scan::rows(&store, &files, &trailglass::query::predicate::Predicate::Everything);
    let step = sampling(period, metric.default);
    let of = sampled(&pattern, metric, step).unwrap_or_else(|fault| panic!("{fault}"));
    let answer = |rows, of| match aggregate(&store, rows, &Aggregate::Series(of)) {
        Answer::Series(series) => series,
        _ => panic!("another answer"),
    };
    published(&answer(&rows, of), &answer(&all, counted(step)), metric.default, period)
        .into_iter()
        .map(|point| (point.start, point.statistics.samples, point.statistics.sum(), point.default))
        .collect()
}

#[test]
fn metrics() {
    // Two records a minute, value 1, default 0: both match, none does, there are none.
    let minute = 60_000;
    let lines = [("ERROR a", 1_000), ("ERROR b", 2_000), ("fine", minute), ("fine", minute + 5), ("ERROR", 4 * minute)];
    let metric = Transformation { default: Some(0.0), ..transformation("1") };
    assert_eq!(
        series("ERROR", &metric, &lines, minute),
        [(0, 2, 2.0, false), (minute, 1, 0.0, true), (4 * minute, 1, 1.0, false)]
    );
    // By five minutes a default stands for each minute with events and without a match.
    let metric = Transformation { default: Some(10.0), ..transformation("1") };
    assert_eq!(series("ERROR", &metric, &lines, 5 * minute), [(0, 4, 13.0, false)]);
    // The example of the guide: bytes by minute.
    let line = |status: &str, size: &str| {
        format!(r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET / HTTP/1.0" {status} {size}"#)
    };
    let base = 11 * 3_600_000 + 49 * minute;
    let texts = [line("404", "287"), line("200", "3"), line("404", "308")];
    let lines = [
        (texts[0].as_str(), base + 52_000),
        (texts[0].as_str(), base + 52_000),
        (texts[1].as_str(), base + minute + 51_000),
        (texts[2].as_str(), base + minute + 51_000),
        (texts[2].as_str(), base + minute + 51_000),
        (texts[1].as_str(), base + 2 * minute + 34_000),
    ];
    let pattern = "[ip, id, user, timestamp, request, status_code, size]";
    let metric = Transformation { default: Some(0.0), unit: Some("Bytes".into()), ..transformation("$size") };
    assert_eq!(
        series(pattern, &metric, &lines, minute),
        [(base, 2, 574.0, false), (base + minute, 3, 619.0, false), (base + 2 * minute, 1, 3.0, false)]
    );
    // A value that is no number publishes nothing.
    assert_eq!(
        series("{ $.a = * }", &transformation("$.a"), &[(r#"{"a":"x"}"#, 0), (r#"{"a":"7"}"#, 0)], minute),
        [(0, 1, 7.0, false)]
    );
    // Dimensions.
    assert_eq!(extracted("{ $.eventType = * }", A, "$.eventType").as_deref(), Some("UpdateTrail"));
    let line = r#"127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#;
    assert_eq!(
        extracted("[ip, server, username, timestamp, request, status_code, bytes]", line, "$server").as_deref(),
        Some("Prod")
    );
}

#[test]
fn transformations_that_aws_refuses() {
    let with = |count: usize, default| Transformation {
        default,
        dimensions: (0..count).map(|at| (format!("d{at}"), "$.a".to_owned())).collect(),
        ..transformation("1")
    };
    for (pattern, metric, words) in [
        ("[a, b]", transformation("$c"), "no field called c"),
        ("[a, b]", transformation("$3"), "no field called 3"),
        ("ERROR", transformation("$.a"), "number"),
        ("{ $.a = 1 }", transformation("size"), "begins with $"),
        ("{ $.a = 1 }", with(1, Some(0.0)), "not both"),
        ("ERROR", with(1, None), "Only JSON"),
        ("{ $.a = 1 }", with(4, None), "3 dimensions"),
    ] {
        let fault = sampled(&parsed(pattern, Counting::Rest), &metric, 60_000).expect_err(pattern);
        assert!(fault.message.contains(words), "{pattern}: {}", fault.message);
    }
    let filter = MetricFilter { pattern: "[a, b".into(), ..MetricFilter::default() };
    assert!(!trailglass::watch::metric_filter::health::health(&filter, Counting::Rest, None).is_empty());
}
