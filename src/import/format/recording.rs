//! Recordings and test files, in which an event stands one or two levels down: `{"status_code":200,"data":{…}}` as
//! recorders of API calls write it, or `[{"data":{…},"description":"…"}]`. Whatever the members are called, the records in
//! them are taken.

use super::Opening;
use crate::import::json::Object;

/// Opens the objects and arrays that are members of an object, when anything in them is known.
pub(super) fn open(object: &Object<'_>, opening: &mut Opening<'_>) -> bool {
    // Only near the top: what stands deeper is content, not wrapping.
    if opening.depth > 3 {
        return false;
    }
    let mut known = false;
    for (_, member) in &object.members {
        if member.is_object() {
            known |= opening.value(*member);
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::super::tests::{RECORD, opened};

    #[test]
    fn one_level_down() {
        let expected = (vec![(RECORD.to_owned(), vec![])], 0);
        for text in [
            format!(r#"[{{"data":{RECORD},"log":"x","trigger_rules":["y"]}}]"#),
            format!(r#"[{{"data":{{"Records":[{RECORD}]}}}}]"#),
            format!(r#"{{"status_code":200,"data":{{"detail-type":"x","detail":{RECORD}}}}}"#),
        ] {
            assert_eq!(opened(&text), expected, "{text}");
        }
        assert_eq!(opened(r#"{"a":{"b":1},"c":[{"d":2}]}"#), (vec![], 1));
    }
}
