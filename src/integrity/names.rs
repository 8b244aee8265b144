//! Names of objects as CloudTrail gives them (`spec/INTEGRITY.md` 1).

use serde::{Deserialize, Serialize};

/// A chain of digests: they never cross from one stream to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamId {
    /// The organisation, as in `o-exampleorgid`.
    pub organization: Option<String>,
    /// The account whose events it holds, twelve digits.
    pub account: String,
    /// The region that the events come from.
    pub region: String,
    /// The trail's name.
    pub trail: String,
    /// The region in which the trail was made.
    pub home: String,
    /// Its digests were made later, for logs delivered before.
    pub backfill: bool,
}

/// What the name of a digest file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestName {
    /// Its stream; the organisation from the key around it.
    pub stream: StreamId,
    /// The end of what it covers, `YYYYMMDDTHHMMSSZ`.
    pub end: String,
}

/// Reads the key, or path, of a digest file, its name from both ends since a trail's name may hold `_`. `None` when it is not
/// named like one.
#[must_use]
pub fn digest(key: &str) -> Option<DigestName> {
    let name = key.rsplit('/').next()?;
    let name = name.strip_suffix(".gz").unwrap_or(name).strip_suffix(".json")?;
    let (name, backfill) = match name.strip_suffix("_backfill") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let (account, rest) = account(name)?;
    let rest = rest.strip_prefix("CloudTrail-Digest_")?;
    let (region, rest) = rest.split_once('_')?;
    let (rest, end) = rest.rsplit_once('_')?;
    let (trail, home) = rest.rsplit_once('_')?;
    let shape = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    if !end.bytes().map(shape).eq(*b"00000000T000000Z") {
        return None;
    }
    let stream = StreamId {
        organization: organization(key),
        account: account.to_owned(),
        region: region.to_owned(),
        trail: trail.to_owned(),
        home: home.to_owned(),
        backfill,
    };
    Some(DigestName { stream, end: end.to_owned() })
}

/// Whether a path names something that stands among the digests: what `validate-logs` would take for one, whatever its date.
#[must_use]
pub fn is_digest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let name = name.strip_suffix(".gz").unwrap_or(name);
    name.ends_with(".json") && account(name).is_some_and(|(_, rest)| rest.starts_with("CloudTrail-Digest_"))
}

/// What the name of a log file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogName {
    /// The account, twelve digits.
    pub account: String,
    /// The region that the events come from.
    pub region: String,
    /// When it was delivered, in milliseconds since the epoch, to the minute.
    pub delivered: i64,
}

/// Reads the key, or path, of a log file of any family (`CloudTrail`, `CloudTrail-Insight` and so on).
#[must_use]
pub fn log(key: &str) -> Option<LogName> {
    let name = key.rsplit('/').next()?;
    let name = name.strip_suffix(".gz").unwrap_or(name).strip_suffix(".json")?;
    let (account, rest) = account(name)?;
    let (family, rest) = rest.split_once('_')?;
    if !family.starts_with("CloudTrail") || family == "CloudTrail-Digest" {
        return None;
    }
    let (region, rest) = rest.split_once('_')?;
    let (time, _) = rest.split_once('_')?;
    let delivered = jiff::civil::DateTime::strptime("%Y%m%dT%H%MZ", time).ok()?;
    let delivered = delivered.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
    Some(LogName { account: account.to_owned(), region: region.to_owned(), delivered })
}

/// The account at the start of a name, and what follows its `_`.
fn account(name: &str) -> Option<(&str, &str)> {
    let (account, rest) = name.split_once('_')?;
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some((account, rest))
}

/// The organisation in a key: the folder between `AWSLogs` and the account.
fn organization(key: &str) -> Option<String> {
    let mut folders = key.split('/').skip_while(|folder| *folder != "AWSLogs").skip(1);
    folders.next().filter(|folder| folder.starts_with("o-")).map(str::to_owned)
}

/// Milliseconds since the epoch of `YYYY-MM-DDTHH:MM:SSZ` as digests write it.
#[must_use]
pub fn time(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

/// A time as digests write it.
#[must_use]
pub fn written(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_digests_are_read_from_both_ends() {
        let name = |trail: &str, backfill: &str| {
            format!(
                "p/q/AWSLogs/o-abc/111122223333/CloudTrail-Digest/eu-west-1/2024/03/04/111122223333_CloudTrail-Digest_eu-west-1_{trail}_us-east-1_20240304T010404Z{backfill}.json.gz"
            )
        };
        for trail in ["audit-trail", "a_b", "main_us-east-1_shadow", "x.y_20240304T010404Z"] {
            let read = digest(&name(trail, "")).unwrap();
            let stream = StreamId {
                organization: Some("o-abc".to_owned()),
                account: "111122223333".to_owned(),
                region: "eu-west-1".to_owned(),
                trail: trail.to_owned(),
                home: "us-east-1".to_owned(),
                backfill: false,
            };
            assert_eq!((read.stream, read.end.as_str()), (stream, "20240304T010404Z"), "{trail}");
        }
        assert!(digest(&name("t", "_backfill")).unwrap().stream.backfill);
        for odd in [
            "",
            "x",
            "111122223333_CloudTrail-Digest_r_t_h_2024.json.gz",
            "11112222333_CloudTrail-Digest_r_t_h_20240304T010404Z.json.gz",
        ] {
            assert_eq!(digest(odd), None, "{odd}");
        }
        assert!(is_digest("a/111122223333_CloudTrail-Digest_r_t_h_20240304T010404Q.json.gz"));
        assert!(!is_digest("a/111122223333_CloudTrail_r_20240304T0104Z_x.json.gz"));
    }

    #[test]
    fn names_of_logs() {
        for (family, known) in
            [("CloudTrail", true), ("CloudTrail-Insight", true), ("CloudTrail-Digest", false), ("vpcflowlogs", false)]
        {
            let read = log(&format!("a/111122223333_{family}_us-east-1_20240304T0104Z_AAAA.json.gz"));
            assert_eq!(read.is_some(), known, "{family}");
            let at = read.map(|name| (name.region, written(name.delivered)));
            assert!(at.is_none_or(|at| at == ("us-east-1".to_owned(), "2024-03-04T01:04:00Z".to_owned())));
        }
        assert_eq!(log("111122223333_CloudTrail_us-east-1_20241304T0104Z_A.json"), None);
    }
}
