//! Patterns to begin with, one of each kind.

use super::draft::Draft;

/// A metric filter that can be put on the bench.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it is called in the page's own code.
    pub id: &'static str,
    /// What it finds.
    pub title: &'static str,
    /// Its pattern.
    pub pattern: &'static str,
    /// What each match publishes.
    pub value: &'static str,
    /// The unit; empty for none.
    pub unit: &'static str,
}

/// All of them.
pub const EXAMPLES: [Example; 7] = [
    Example {
        id: "json",
        title: "JSON: calls that were denied",
        pattern: r#"{ $.errorCode = "AccessDenied*" }"#,
        value: "1",
        unit: "Count",
    },
    Example {
        id: "exists",
        title: "JSON: the root user itself",
        pattern: r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }"#,
        value: "1",
        unit: "Count",
    },
    Example {
        id: "number",
        title: "JSON: slow requests, by latency",
        pattern: "{ $.latency > 1000 }",
        value: "$.latency",
        unit: "Milliseconds",
    },
    Example { id: "term", title: "Terms: errors, not timeouts", pattern: "ERROR -timeout", value: "1", unit: "Count" },
    Example {
        id: "any-term",
        title: "Terms: any of three",
        pattern: "?ERROR ?WARN ?Exception",
        value: "1",
        unit: "Count",
    },
    Example {
        id: "spaces",
        title: "Columns: bytes of 4xx answers",
        pattern: "[ip, identity, user, timestamp, request, status = 4*, size]",
        value: "$size",
        unit: "Bytes",
    },
    Example {
        id: "regex",
        title: "Regular expression: either of two",
        pattern: "%AccessDenied|Unauthorized%",
        value: "1",
        unit: "Count",
    },
];

impl Draft {
    /// The draft that an example is.
    #[must_use]
    pub fn example(example: &Example) -> Self {
        Self {
            pattern: example.pattern.to_owned(),
            value: example.value.to_owned(),
            unit: example.unit.to_owned(),
            ..Self::default()
        }
    }
}
