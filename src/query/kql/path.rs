//! How the path of a value in a record is written in a query.

use super::clauses::field_select;
use super::{short_names, written_field};
use crate::query::predicate::{Arrays, Select, Step};

/// The keys from the root of a record down to a value, elements of arrays left out, as a field of a query: it means the
/// values at that path in every element. `None` when no field can mean it.
#[must_use]
pub fn written_path(keys: &[&str]) -> Option<String> {
    let steps = keys.iter().map(|key| Step::Key((*key).to_owned())).collect();
    let wanted = Select { steps, arrays: Arrays::Through };
    let plain = keys.join(".");
    // A key named like a short name means itself only from the root.
    let short = short_names().any(|name| name == plain);
    let written = match written_field(&plain) {
        field if short => format!("$.{field}"),
        field => field,
    };
    (field_select(&written).as_ref() == Some(&wanted)).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::written_path;

    #[test]
    fn paths_mean_themselves_or_are_not_written() {
        let written = |keys: &[&str]| written_path(keys);
        assert_eq!(written(&["eventName"]).as_deref(), Some("eventName"));
        assert_eq!(written(&["requestParameters", "x-amz-acl"]).as_deref(), Some("requestParameters.x-amz-acl"));
        assert_eq!(written(&["a", "b c", "d:e"]).as_deref(), Some("\"a.b c.d:e\""));
        assert_eq!(written(&["name"]).as_deref(), Some("$.name"));
        assert_eq!(written(&["time"]).as_deref(), Some("$.time"));
        // A dot inside a key cannot be told from one between keys.
        assert_eq!(written(&["tags", "kubernetes.io/name"]), None);
        for keys in [&[][..], &[""], &["a", ""], &["*"], &["a[0]"], &["not"], &["a\"b", "\\"]] {
            // Whatever is written means the same path, which the function itself makes sure of.
            let _ = written_path(keys);
        }
    }
}
