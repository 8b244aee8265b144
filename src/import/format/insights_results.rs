//! CloudWatch Logs Insights: `get-query-results` (signature 15), whose rows are lists of `{field, value}`, and the console's
//! JSON download (signature 16), whose rows are objects with names that begin with `@`. A row's `@message` may be a
//! CloudTrail record, as text or already parsed.

use super::{Found, Opening};
use crate::import::json::{Object, Value};

/// Opens a row of the console's download, or a whole answer of `get-query-results`.
pub(super) fn open(object: &Object<'_>, opening: &mut Opening<'_>) -> bool {
    if let Some(message) = object.get("@message") {
        take(message, opening);
        return true;
    }
    if ["@timestamp", "@logStream", "@log", "@ptr"].iter().any(|key| object.has(key)) {
        opening.tell(Found::Without);
        return true;
    }
    let Some(results) = object.get("results").filter(|results| results.is_array()) else { return false };
    if !object.has("statistics") && !object.has("status") {
        return false;
    }
    if object.get("nextToken").is_some_and(|token| !token.is_null()) {
        opening.tell(Found::OnePage);
    }
    opening.elements(results);
    true
}

/// Opens a row of `get-query-results`, a list of fields; whether it was one.
pub(super) fn row(array: Value<'_>, opening: &mut Opening<'_>) -> bool {
    let Some(first) = array.elements().next().map(Value::object) else { return false };
    if !first.has("field") || !first.has("value") {
        return false;
    }
    let message = array.elements().find_map(|field| {
        let field = field.object();
        if field.string("field")?.as_ref() == b"@message" { field.get("value") } else { None }
    });
    match message {
        Some(message) => take(message, opening),
        None => opening.tell(Found::Without),
    }
    true
}

fn take(message: Value<'_>, opening: &mut Opening<'_>) {
    match message.string() {
        Some(text) => opening.message(&text),
        None if opening.value(message) => {}
        None => opening.tell(Found::Without),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{RECORD, opened, quoted};

    #[test]
    fn both_shapes() {
        let expected = (vec![(RECORD.to_owned(), vec![])], 1);
        let cli = format!(
            r#"{{"results":[[{{"field":"@timestamp","value":"2023-07-10 11:42:36.000"}},{{"field":"@message","value":{}}},{{"field":"@ptr","value":"p"}}],[{{"field":"count(*)","value":"3"}}]],"statistics":{{}},"status":"Complete"}}"#,
            quoted(RECORD)
        );
        assert_eq!(opened(&cli), expected);
        for message in [RECORD.to_owned(), quoted(RECORD)] {
            let console =
                format!(r#"[{{"@timestamp":"t","@message":{message}}},{{"@timestamp":"t","@message":"START"}}]"#);
            assert_eq!(opened(&console), expected, "{console}");
        }
    }
}
