//! CloudWatch Logs Insights: `get-query-results` (signature 15), whose rows are lists of `{field, value}`, and the console's
//! JSON download (signature 16), whose rows are objects with names that begin with `@`. A row's `@message` may be a
//! CloudTrail record, as text or already parsed.

use super::{About, Cell, Found, Message, Opening};
use crate::import::json::{Object, Value};
use crate::import::when;
use std::borrow::Cow;

/// Opens a row of the console's download, or a whole answer of `get-query-results`.
pub(super) fn open(object: &Object<'_>, opening: &mut Opening<'_>) -> bool {
    if ["@message", "@timestamp", "@logStream", "@log", "@ptr"].iter().any(|key| object.has(key)) {
        let members = object.members.iter().map(|(name, value)| (name.clone(), Cell::of(*value))).collect();
        tell_row(members, opening);
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
    let member = |field: Value<'_>| {
        let field = field.object();
        let (name, value) = (field.string("field")?.into_owned(), field.string("value")?.into_owned());
        Some((Cow::Owned(name), Cell::Text(Cow::Owned(value))))
    };
    tell_row(array.elements().filter_map(member).collect(), opening);
    true
}

/// Tells a row by its members: a log event when it has its message, or at least its time. What is empty was not there.
pub(super) fn tell_row(mut members: Vec<(Cow<'_, [u8]>, Cell<'_>)>, opening: &mut Opening<'_>) {
    members.retain(|(name, value)| name.as_ref() != b"@ptr" && value.text().is_none_or(|text| !text.is_empty()));
    let find = |key: &str| {
        members.iter().find(|(name, _)| name.eq_ignore_ascii_case(key.as_bytes())).map(|(_, value)| value.clone())
    };
    let text = |key: &str| {
        let value = find(key)?;
        Some(String::from_utf8_lossy(value.text()?).into_owned())
    };
    let time = |key: &str| find(key).and_then(|value| when::of_text(value.text()?));
    let message = find("@message");
    // `@log` is the account and the group.
    let log = text("@log");
    let owner = log.as_deref().and_then(|log| log.split_once(':')).filter(|(owner, _)| is_account(owner));
    let group = owner.map_or(log.as_deref(), |(_, group)| Some(group));
    let stream = text("@logStream");
    let about = About {
        time: time("@timestamp"),
        ingested: time("@ingestionTime"),
        group,
        stream: stream.as_deref(),
        owner: owner.map(|(owner, _)| owner),
        zoneless: true,
        sure: true,
        ..About::default()
    };
    match message {
        Some(message) => {
            let more: Vec<_> = members.iter().filter(|(name, _)| !name.starts_with(b"@")).cloned().collect();
            let about = About { more: &more, ..about };
            match &message {
                Cell::Text(text) => opening.log(Message::Text(text), &about),
                Cell::Json(value) => opening.log(Message::Parsed(*value), &about),
            }
        }
        None if find("@timestamp").is_some() => opening.tell(Found::Row { about: About { more: &members, ..about } }),
        None => opening.tell(Found::Count),
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
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
