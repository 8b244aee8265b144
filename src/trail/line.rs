//! What a line of CloudWatch Logs is: the form of its message, and how bad it says things are.

use serde::{Deserialize, Serialize};

/// The form of an event's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// A record of CloudTrail, wherever it came from.
    CloudTrail,
    /// One JSON object.
    Json,
    /// One JSON object in the embedded metric format.
    EmbeddedMetrics,
    /// A row of Logs Insights results without the message that it was made from.
    InsightsRow,
    /// What Lambda writes around an invocation: `START`, `END`, `REPORT`, `INIT_START`.
    Lambda,
    /// A VPC flow log record.
    VpcFlow,
    /// A Route 53 query log line.
    Route53,
    /// A line of API Gateway's execution log.
    ApiGateway,
    /// A line of a load balancer's access log.
    LoadBalancer,
    /// A line of CloudFront's standard log.
    CloudFront,
    /// A line of a web server's access log, common or combined.
    WebServer,
    /// Any other text.
    Text,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::CloudTrail,
        Self::Json,
        Self::EmbeddedMetrics,
        Self::InsightsRow,
        Self::Lambda,
        Self::VpcFlow,
        Self::Route53,
        Self::ApiGateway,
        Self::LoadBalancer,
        Self::CloudFront,
        Self::WebServer,
        Self::Text,
    ];

    /// What `@format` calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CloudTrail => "CloudTrail",
            Self::Json => "JSON",
            Self::EmbeddedMetrics => "EMF",
            Self::InsightsRow => "Insights row",
            Self::Lambda => "Lambda",
            Self::VpcFlow => "VPC flow",
            Self::Route53 => "Route 53",
            Self::ApiGateway => "API Gateway",
            Self::LoadBalancer => "load balancer",
            Self::CloudFront => "CloudFront",
            Self::WebServer => "web server",
            Self::Text => "text",
        }
    }

    /// Whether the event's record is the message: one JSON object.
    #[must_use]
    pub fn is_json(self) -> bool {
        matches!(self, Self::CloudTrail | Self::Json | Self::EmbeddedMetrics)
    }

    /// Whether the message stands in the record as its member [`MESSAGE`].
    #[must_use]
    pub fn is_text(self) -> bool {
        !self.is_json() && self != Self::InsightsRow
    }
}

/// The member of a record that has the message, where the message is no JSON object. Logs Insights calls it so.
pub const MESSAGE: &str = "@message";

/// How bad a line says things are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// The program cannot go on.
    Fatal,
    /// Something failed.
    Error,
    /// Something may fail.
    Warn,
    /// Ordinary.
    Info,
    /// For whoever looks for a fault.
    Debug,
    /// More of that.
    Trace,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 6] = [Self::Fatal, Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    /// What `@severity` calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }

    /// The severity that a logger's word stands for, whatever its case: `WARNING`, `err`, `Critical`.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        let is = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        Some(match () {
            () if is(&["info", "information", "notice", "log"]) => Self::Info,
            () if is(&["error", "err", "severe", "failure"]) => Self::Error,
            () if is(&["warn", "warning"]) => Self::Warn,
            () if is(&["debug", "fine"]) => Self::Debug,
            () if is(&["trace", "verbose", "silly", "finer", "finest"]) => Self::Trace,
            () if is(&["fatal", "critical", "crit", "emergency", "emerg", "panic", "alert"]) => Self::Fatal,
            () => return None,
        })
    }

    /// The severity of a number, as bunyan and pino write it (10 to 60).
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        Some(match number {
            10 => Self::Trace,
            20 => Self::Debug,
            30 => Self::Info,
            40 => Self::Warn,
            50 => Self::Error,
            60 => Self::Fatal,
            _ => return None,
        })
    }

    /// The severity that a line of text states: a word in capitals, or any in brackets or before a colon, among the first
    /// few of the line.
    #[must_use]
    pub fn of_text(message: &str) -> Option<Self> {
        let mut end = message.len().min(200);
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        let head = &message[..end];
        let head = head.split('\n').next().unwrap_or(head);
        for word in head.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).take(24) {
            let at = word.as_ptr() as usize - head.as_ptr() as usize;
            let after = at + word.len();
            if word.len() >= 3 && word.len() <= 11 && word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                let capitals = word.bytes().all(|byte| byte.is_ascii_uppercase());
                let around = (at.checked_sub(1).map(|at| head.as_bytes()[at]), head.as_bytes().get(after).copied());
                let set_off = matches!(around, (Some(b'['), Some(b']')) | (Some(b'<'), Some(b'>')))
                    || (around.1 == Some(b':') && matches!(around.0, None | Some(b' ' | b'\t')));
                // `log`, `alert`, `failure` are words of plain English, too.
                let plain = ["log", "alert", "failure", "notice", "fine", "panic"];
                let taken = if capitals {
                    !["LOG", "FINE", "ALERT"].contains(&word)
                } else {
                    set_off && !plain.iter().any(|known| known.eq_ignore_ascii_case(word))
                };
                if taken && let Some(severity) = Self::of_word(word) {
                    return Some(severity);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_of_texts() {
        for (text, severity) in [
            ("[ERROR] Unhandled exception", Some(Severity::Error)),
            ("2023-08-22T13:34:51.724Z\tb748ef58\tINFO\tstarted", Some(Severity::Info)),
            ("2023-08-22 13:34:51,724 WARNING root: low", Some(Severity::Warn)),
            ("error: cannot open", Some(Severity::Error)),
            ("no error here", None),
            ("GET /error HTTP/1.1", None),
            ("[warn] slow", Some(Severity::Warn)),
            ("START RequestId: 1", None),
            ("log: x", None),
            ("FATAL out of memory", Some(Severity::Fatal)),
            ("", None),
            ("é[ERROR]", Some(Severity::Error)),
        ] {
            assert_eq!(Severity::of_text(text), severity, "{text}");
        }
        assert_eq!(Severity::of_word("Critical"), Some(Severity::Fatal));
        assert_eq!(Severity::of_number(50), Some(Severity::Error));
    }
}
