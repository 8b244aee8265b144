//! API Gateway's execution log: `(request id) message`.

use super::{Put, Value, is_request_id, put_plain};

/// Reads one line.
pub(super) fn read(line: &str, put: Put<'_>) -> Option<()> {
    let (id, message) = line.strip_prefix('(')?.split_once(") ")?;
    // Newer APIs have ids that are shorter and no UUID; then the message must be one that is known.
    let known = [
        "Extended Request Id: ",
        "Verifying Usage Plan",
        "API Key ",
        "Starting ",
        "HTTP Method: ",
        "Method ",
        "Endpoint ",
        "Execution ",
        "Successfully completed execution",
        "Gateway response ",
        "Received response",
    ];
    let word = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte));
    let ours = is_request_id(id) || word && known.iter().any(|start| message.starts_with(start));
    if !ours {
        return None;
    }
    put("@requestId", Value::Text(id));
    if let Some(rest) = message.strip_prefix("HTTP Method: ") {
        let (method, path) = rest.split_once(", Resource Path: ").unwrap_or((rest, ""));
        put_plain("httpMethod", method, put);
        put_plain("resourcePath", path, put);
    } else if let Some((_, status)) = message.split_once("completed with status: ") {
        put_plain("status", status.trim(), put);
    } else if let Some(rest) = message.strip_prefix("Received response. Status: ") {
        let (status, latency) = rest.split_once(", Integration latency: ").unwrap_or((rest, ""));
        put_plain("integrationStatus", status.trim(), put);
        put_plain("integrationLatency", latency.trim_end_matches(" ms").trim(), put);
    } else if let Some(rest) = message.strip_prefix("Extended Request Id: ") {
        put_plain("extendedRequestId", rest.trim(), put);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::fields;
    use crate::trail::line::Format;

    #[test]
    fn lines() {
        let id = "b748ef58-9a8a-4b6b-b1c4-0e5c0e4bd8a5";
        for (message, more) in [
            ("HTTP Method: GET, Resource Path: /pets", " httpMethod=\"GET\" resourcePath=\"/pets\""),
            ("Method completed with status: 200", " status=200"),
            (
                "Received response. Status: 200, Integration latency: 12 ms",
                " integrationStatus=200 integrationLatency=12",
            ),
            ("Endpoint request headers: {a=b}", ""),
        ] {
            let line = format!("({id}) {message}");
            assert_eq!(fields(&line), (Some(Format::ApiGateway), None, format!("@requestId=\"{id}\"{more}")), "{line}");
        }
        assert_eq!(fields("(see below) Method completed").0, None);
        assert_eq!(fields("(DwLBFH2oIAMEm3w=) Method completed with status: 502").0, Some(Format::ApiGateway));
    }
}
