//! The field `integrity`: what an event is worth as evidence, and the marks it has wherever the page shows it.

use crate::integrity::verdict::Worth;

/// The field, as it is written in a query.
pub const INTEGRITY: &str = "integrity";

/// Whether a field is this one, however it is written.
#[must_use]
pub fn is_integrity(written: &str) -> bool {
    matches!(written, INTEGRITY | "@integrity")
}

/// The class and mark of a value; both empty for what is unchanged.
#[must_use]
pub fn mark(value: &str) -> (&'static str, &'static str) {
    let worth = Worth::ALL.into_iter().find(|worth| worth.name() == value);
    worth.map_or(("", ""), |worth| match worth {
        Worth::Unchanged => ("", ""),
        Worth::Unproved => ("unsure", "?"),
        Worth::Unlisted => ("unsure", "○"),
        Worth::Appended => ("failed", "⊕"),
        Worth::Modified => ("failed", "≠"),
        Worth::Damaged => ("failed", "⊗"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_but_the_calm_one_has_a_mark_of_its_own() {
        let mut marks: Vec<&str> = Worth::ALL.iter().map(|worth| mark(worth.name()).1).collect();
        marks.sort_unstable();
        marks.dedup();
        assert_eq!(marks.len(), Worth::ALL.len());
        for (written, is) in [("integrity", true), ("@integrity", true), ("$.integrity", false), ("result", false)] {
            let select = crate::app::field::select(written);
            assert_eq!(select.and_then(|select| select.derived()) == Some(crate::trail::Derived::Integrity), is);
            assert_eq!(is_integrity(written), is);
        }
    }
}
