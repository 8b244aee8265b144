//! Every record that goes into the store comes out of it identical: value for value, in its own key order, numbers as they
//! were written. On real logs, and on generated JSON of every nasty sort.

mod common;

use proptest::prelude::*;
use serde_json::Value;
use trailglass::import::{self, Workbench, recognise::Kind, records::StoreSink};
use trailglass::store::{Store, write::Secrets};

/// Reads texts into one store and returns every row as JSON text.
fn through_store(texts: &[Vec<u8>]) -> (Store, Vec<String>) {
    let mut store = Store::default();
    let mut bench = Workbench::default();
    for (file, text) in texts.iter().enumerate() {
        import::read(text, &mut bench, &mut StoreSink { store: &mut store, file: file as u32 });
    }
    let rows = rows(&store);
    (store, rows)
}

fn rows(store: &Store) -> Vec<String> {
    (0..store.rows())
        .map(|row| {
            let mut out = Vec::new();
            store.write_record(row, Secrets::Revealed, &mut out);
            String::from_utf8(out).expect("rows are UTF-8")
        })
        .collect()
}

#[test]
fn real_records_come_back_identical() {
    let Some(shared) = common::shared() else { return };
    let (mut checked, mut exact) = (0, 0);
    for folder in ["invictus-ir", "cloudtrail-watcher", "traildiscover", "streamalert", "awsdocs-cloudtrail"] {
        let mut expected = Vec::new();
        let mut texts = Vec::new();
        for path in common::files_below(&shared.join("data").join(folder)) {
            let text = std::fs::read(&path).unwrap();
            let Ok(value) = serde_json::from_slice::<Value>(&text) else { continue };
            let kind = import::recognise::recognise(&text);
            if !matches!(kind, Kind::CloudTrailLog | Kind::CloudTrailRecords | Kind::CloudTrailArray) {
                continue;
            }
            match value {
                Value::Array(records) => expected.extend(records),
                Value::Object(mut object) => match object.remove("Records") {
                    Some(Value::Array(records)) => expected.extend(records),
                    _ => expected.push(serde_json::from_slice(&text).unwrap()),
                },
                _ => unreachable!("{}", path.display()),
            }
            texts.push(text);
        }
        let (mut store, got) = through_store(&texts);
        assert_eq!(got.len(), expected.len(), "{folder}");
        for (got, expected) in got.iter().zip(&expected) {
            // Through a `Value` both ways, since its text spells exponents its own way; key order counts.
            let back: Value = serde_json::from_str(got).unwrap();
            assert_eq!(back.to_string(), expected.to_string(), "{folder}");
            // Where the file has no white space of its own, the very bytes are the same.
            exact += usize::from(texts.iter().any(|text| memchr::memmem::find(text, got.as_bytes()).is_some()));
        }
        // Sealed and shrunk it is the same.
        store.settle();
        assert_eq!(rows(&store), got, "{folder}");
        // Loading goes on after that: the same files again make the same rows and not one shape more.
        let shapes = store.shapes().len();
        let mut bench = Workbench::default();
        for (file, text) in texts.iter().enumerate() {
            import::read(text, &mut bench, &mut StoreSink { store: &mut store, file: file as u32 });
        }
        assert_eq!(store.shapes().len(), shapes, "{folder}");
        assert!(rows(&store) == [&got[..], &got[..]].concat(), "{folder}");
        checked += got.len();
    }
    assert!(checked > 3_000 && exact > 2_800, "{checked} records were checked, {exact} to the byte");
}

/// Any JSON value: numbers of every spelling, strings of every sort, empty and nested containers.
fn any_json() -> impl Strategy<Value = String> {
    let string = prop_oneof![
        "[a-z]{0,12}",
        "[ -~]{0,20}",
        "\\PC{0,8}",
        Just("0f8fad5b-d9cb-469f-a165-70867728950e".to_owned()),
        Just("0F8FAD5B-d9cb-469f-a165-70867728950e".to_owned()),
        Just("2023-07-10T11:59:59Z".to_owned()),
        Just("2023-02-30T11:59:59Z".to_owned()),
        Just("\u{0}\u{1}\n\t\"\\/\u{7f}\u{2028}".to_owned()),
    ]
    .prop_map(|text| Value::String(text).to_string());
    let number = prop_oneof![
        any::<i32>().prop_map(|n| n.to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,12})?([eE][+-]?[0-9]{1,3})?",
    ];
    let other = prop_oneof![Just("true"), Just("false"), Just("null"), Just("{}"), Just("[]"), Just("\"a\\ud800b\"")]
        .prop_map(str::to_owned);
    let leaf = prop_oneof![4 => string, 2 => number, 2 => other];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(("[a-c]{1,2}|\\PC{0,3}", inner), 0..8).prop_map(|members| {
                let members: Vec<String> =
                    members.into_iter().map(|(key, value)| format!("{}:{value}", Value::String(key))).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn generated_records_come_back_identical(values in prop::collection::vec(any_json(), 1..30), pretty in any::<bool>()) {
        let records: Vec<String> =
            values.iter().map(|value| format!("{{\"eventName\":\"E\",\"x\":{value},\"y\":[{value},{value}]}}")).collect();
        let mut text = format!("{{\"Records\":[{}]}}", records.join(","));
        if pretty {
            // White space wherever JSON allows it, made by hand since duplicate keys would not survive a `Value`.
            text = spaced(&text);
        }
        let (mut store, got) = through_store(&[text.into_bytes()]);
        prop_assert_eq!(&got, &records);
        store.settle();
        prop_assert_eq!(rows(&store), records);
    }
}

/// The same JSON with a line break and blanks around every punctuation mark outside strings.
fn spaced(text: &str) -> String {
    let mut out = String::new();
    let (mut inside, mut escaped) = (false, false);
    for c in text.chars() {
        if inside {
            out.push(c);
            inside = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if "{}[],:".contains(c) {
            out.push_str(&format!("\n\t{c} \r\n"));
        } else {
            out.push(c);
            inside = c == '"';
        }
    }
    out
}

#[test]
fn odd_records_survive() {
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let deep_objects = format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    let long = "x".repeat(3 << 20);
    let array: Vec<String> = (0..3_000).map(|n| n.to_string()).collect();
    let mut records = vec![
        format!(r#"{{"eventID":"1","deep":{deep}}}"#),
        format!(r#"{{"eventID":"2","deep":{deep_objects}}}"#),
        format!(r#"{{"eventID":"3","long":"{long}"}}"#),
        format!(r#"{{"eventID":"4","array":[{}],"after":1}}"#, array.join(",")),
        r#"{"eventID":"5","dup":1,"dup":2,"dup":{"a":1,"a":1}}"#.to_owned(),
        r#"{"eventID":"6","n":[1.10,1e5,1E+5,-0,-0.0,123456789,1234567890,12345678901234567890123]}"#.to_owned(),
        r#"{"eventID":"7","":{"":""},"a\"b\n":[[],[[]],{}]}"#.to_owned(),
        r#"{"eventName":null}"#.to_owned(),
        r#"{"a\ud800":1,"eventID":"8"}"#.to_owned(),
    ];
    // Objects with other keys every time, at the top and below; arrays of every length.
    for n in 0..3_000 {
        records.push(format!(r#"{{"eventID":"m{n}","tags":{{"k{n}":"v{n}","l{}":{n}}},"end":true}}"#, n * 7));
    }
    for n in 0..1_500 {
        records.push(format!(r#"{{"eventID":"t{n}","top{n}":"v","eventTime":"2023-07-10T11:59:59Z"}}"#));
    }
    for n in 0..600 {
        let items: Vec<String> = (0..n % 300).map(|n| format!(r#"{{"i":{n}}}"#)).collect();
        records.push(format!(r#"{{"eventID":"a{n}","items":[{}]}}"#, items.join(",")));
    }
    let text = format!("{{\"Records\":[{}]}}", records.join(","));
    let (mut store, got) = through_store(&[text.into_bytes()]);
    assert_eq!(got.len(), records.len());
    for (got, expected) in got.iter().zip(&records) {
        assert!(got == expected, "{}\nis not\n{}", &got[..got.len().min(300)], &expected[..expected.len().min(300)]);
    }
    assert!(store.shapes().len() < 6_000, "{} shapes", store.shapes().len());
    store.settle();
    assert_eq!(rows(&store), got);
}
