//! Lambda: the lines that the platform writes around an invocation, and the beginnings that its runtimes give to lines of a
//! function's own.

use super::{Put, Value, When, is_number, is_request_id};

/// Reads `START`, `END`, `REPORT`, `INIT_START` and their like; whether the line is one.
pub(super) fn platform(line: &str, put: Put<'_>) -> bool {
    let Some((kind, rest)) = line.split_once(' ') else { return false };
    match kind {
        "START" | "END" | "REPORT" => {
            let Some(rest) = rest.strip_prefix("RequestId: ") else { return false };
            let end = rest.find([' ', '\t', '\n']).unwrap_or(rest.len());
            put("@type", Value::Text(kind));
            put("@requestId", Value::Text(&rest[..end]));
            if kind == "REPORT" {
                rest[end..].split(['\t', '\n']).for_each(|part| report(part.trim(), put));
            }
            true
        }
        "INIT_START" | "INIT_REPORT" | "RESTORE_START" | "RESTORE_REPORT"
            if rest.starts_with("Runtime Version: ") || rest.contains("Duration: ") =>
        {
            put("@type", Value::Text(kind));
            rest.split('\t').for_each(|part| report(part.trim(), put));
            true
        }
        _ => false,
    }
}

/// One measure of a report.
fn report(part: &str, put: Put<'_>) {
    if let Some(rest) = part.strip_prefix("XRAY ") {
        let mut words = rest.split_ascii_whitespace();
        while let Some(word) = words.next() {
            let name = match word {
                "TraceId:" => "@xrayTraceId",
                "SegmentId:" => "@xraySegmentId",
                _ => continue,
            };
            if let Some(id) = words.next() {
                put(name, Value::Text(id));
            }
        }
        return;
    }
    let Some((name, value)) = part.split_once(": ") else { return };
    let number = value.split(' ').next().unwrap_or_default();
    let name = match name {
        "Duration" => "@duration",
        "Billed Duration" => "@billedDuration",
        "Init Duration" => "@initDuration",
        "Restore Duration" => "@restoreDuration",
        // A megabyte is a million bytes here: queries divide by 1000 twice to have it back.
        "Memory Size" | "Max Memory Used" => {
            if let Some(bytes) = number.parse::<i64>().ok().and_then(|megabytes| megabytes.checked_mul(1_000_000)) {
                put(if name == "Memory Size" { "@memorySize" } else { "@maxMemoryUsed" }, Value::Integer(bytes));
            }
            return;
        }
        _ => return,
    };
    if is_number(number) {
        put(name, Value::Number(number));
    }
}

/// Reads a line that a runtime began with the time and the request's id: `TIME\tID\tLEVEL\tmessage` of Node.js, and
/// `[LEVEL]\tTIME\tID\tmessage` of Python.
pub(super) fn application<'a>(line: &'a str, put: Put<'_>) -> Option<When<'a>> {
    let mut parts = line.splitn(4, '\t');
    let mut time = parts.next()?;
    if time.starts_with('[') {
        time = parts.next()?;
    }
    let id = parts.next().filter(|id| is_request_id(id))?;
    if time.len() < 20 || !time.ends_with('Z') {
        return None;
    }
    put("@requestId", Value::Text(id));
    Some(When::Iso(time))
}

#[cfg(test)]
mod tests {
    use super::super::fields;
    use crate::trail::line::Format;

    #[test]
    fn platform_lines() {
        let id = "b748ef58-9a8a-4b6b-b1c4-0e5c0e4bd8a5";
        assert_eq!(
            fields(&format!(
                "REPORT RequestId: {id}\tDuration: 2.73 ms\tBilled Duration: 3 ms\tMemory Size: 1024 MB\tMax Memory Used: 67 MB\tInit Duration: 177.11 ms\t\n\
                 XRAY TraceId: 1-5f-ab\tSegmentId: 6f\tSampled: true\t\n"
            )),
            (
                Some(Format::Lambda),
                None,
                format!(
                    "@type=\"REPORT\" @requestId=\"{id}\" @duration=2.73 @billedDuration=3 @memorySize=1024000000 @maxMemoryUsed=67000000 @initDuration=177.11 @xrayTraceId=\"1-5f-ab\""
                )
            )
        );
        assert!(
            fields("REPORT RequestId: 1\tXRAY TraceId: 1-a SegmentId: 6f Sampled: true")
                .2
                .ends_with("@xraySegmentId=\"6f\"")
        );
        assert_eq!(fields("START RequestId: 1 Version: $LATEST\n").2, "@type=\"START\" @requestId=\"1\"");
        assert_eq!(fields("END RequestId: 1").2, "@type=\"END\" @requestId=\"1\"");
        assert_eq!(fields("INIT_START Runtime Version: nodejs:18.v9").2, "@type=\"INIT_START\"");
        assert_eq!(fields("START of something").0, None);
    }

    #[test]
    fn lines_of_a_function() {
        let id = "b748ef58-9a8a-4b6b-b1c4-0e5c0e4bd8a5";
        for line in
            [format!("2023-08-22T13:34:51.724Z\t{id}\tINFO\thi"), format!("[INFO]\t2023-08-22T13:34:51.724Z\t{id}\thi")]
        {
            assert_eq!(fields(&line), (Some(Format::Text), Some(1_692_711_291_724), format!("@requestId=\"{id}\"")));
        }
        assert_eq!(fields("2023-08-22T13:34:51.724Z\tundefined\tINFO\thi").0, None);
    }
}
