//! What the path of a file says about its content: `AWSLogs/[o-…/]ACCOUNT/KIND/REGION/YYYY/MM/DD/ACCOUNT_KIND_REGION_TIME_….gz`,
//! with anything before it, and any part of it missing. A path is a hint and no more: what a file is, its content decides
//! when it is read.

/// A day of the calendar.
pub type Day = jiff::civil::Date;

/// The kinds of log that CloudTrail delivers, as its paths call them.
pub const KINDS: [&str; 5] =
    ["CloudTrail", "CloudTrail-Insight", "CloudTrail-Digest", "CloudTrail-NetworkActivity", "CloudTrail-Aggregated"];

/// Logs of other services that are delivered in the same way.
pub const OTHER: &str = "other";

/// What a path says. Empty is what it does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Number of the account.
    pub account: String,
    /// Name of the region.
    pub region: String,
    /// One of [`KINDS`], or [`OTHER`].
    pub kind: &'static str,
    /// The day on which the file was delivered.
    pub day: Option<Day>,
}

impl Told {
    /// Whether the path said anything.
    #[must_use]
    pub fn says(&self) -> bool {
        *self != Self::default()
    }
}

/// Reads a path. What the file's own name says counts for more than its folders do.
#[must_use]
pub fn told(path: &str) -> Told {
    let mut folders: Vec<&str> = path.split('/').collect();
    let mut told = folders.pop().map(by_name).unwrap_or_default();
    if let Some(at) = folders.iter().rposition(|folder| is_account(folder)) {
        fill(&mut told.account, folders[at]);
        if told.kind.is_empty() && folders.len() > at + 1 && !is_region(folders[at + 1]) && !is_number(folders[at + 1])
        {
            told.kind = kind(folders[at + 1]);
        }
    }
    if told.kind.is_empty() {
        told.kind = KINDS.into_iter().find(|kind| folders.contains(kind)).unwrap_or_default();
    }
    if let Some(region) = folders.iter().rfind(|folder| is_region(folder)) {
        fill(&mut told.region, region);
    }
    if told.day.is_none() {
        told.day = folders.windows(3).rev().find_map(|three| match three {
            [year, month, day] if (year.len(), month.len(), day.len()) == (4, 2, 2) => date(year, month, day),
            _ => None,
        });
    }
    told
}

fn fill(place: &mut String, value: &str) {
    if place.is_empty() {
        value.clone_into(place);
    }
}

/// `ACCOUNT_KIND_REGION_TIME_….json.gz`; a digest's name has the trail and its home region before the time, and the name of
/// a trail may hold anything.
fn by_name(name: &str) -> Told {
    let parts: Vec<&str> = name.split('_').collect();
    let [account, service, region, rest @ ..] = parts.as_slice() else { return Told::default() };
    if !is_account(account) || !is_region(region) {
        return Told::default();
    }
    Told {
        account: (*account).to_owned(),
        region: (*region).to_owned(),
        kind: kind(service),
        day: rest.iter().rev().find_map(|part| time(part)),
    }
}

fn kind(text: &str) -> &'static str {
    KINDS.into_iter().find(|kind| *kind == text).unwrap_or(OTHER)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && is_number(text)
}

/// `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    let is_word = |word: &str| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    (2..=4).contains(&first.len())
        && is_word(first)
        && !middle.is_empty()
        && middle.iter().all(|word| is_word(word))
        && last.len() == 1
        && is_number(last)
}

/// `20240301T0005Z`, or with seconds, perhaps followed by the ending of the file's name.
fn time(text: &str) -> Option<Day> {
    let (day, clock) = text.split_at_checked(8)?;
    let clock = clock.strip_prefix('T')?;
    let (clock, _) = clock.split_once('Z').filter(|(_, after)| after.is_empty() || after.starts_with('.'))?;
    if !is_number(day) || !is_number(clock) || !matches!(clock.len(), 4 | 6) {
        return None;
    }
    date(&day[..4], &day[4..6], &day[6..])
}

fn date(year: &str, month: &str, day: &str) -> Option<Day> {
    if ![year, month, day].into_iter().all(is_number) {
        return None;
    }
    let day = Day::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    // CloudTrail began in 2013; years far from that are other numbers.
    (2006..=2199).contains(&day.year()).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says(path: &str, account: &str, region: &str, kind: &str, day: &str) {
        let told = told(path);
        let found = told.day.map(|day| day.to_string()).unwrap_or_default();
        assert_eq!(
            (told.account.as_str(), told.region.as_str(), told.kind, found.as_str()),
            (account, region, kind, day),
            "{path}"
        );
    }

    #[test]
    fn as_delivered() {
        let name = "218007301253_CloudTrail_us-east-1_20230710T1205Z_2xmKXMPHzPbVPNQm.json.gz";
        let tail = format!("218007301253/CloudTrail/us-east-1/2023/07/10/{name}");
        for before in ["AWSLogs/", "", "bucket/some/prefix/AWSLogs/", "AWSLogs/o-harborline00/", "a b/AWSLogs/o-x1y2/"]
        {
            says(&format!("{before}{tail}"), "218007301253", "us-east-1", "CloudTrail", "2023-07-10");
        }
        says(name, "218007301253", "us-east-1", "CloudTrail", "2023-07-10");
        says(&name.replace(".gz", ""), "218007301253", "us-east-1", "CloudTrail", "2023-07-10");
        says(&format!("all/{name}"), "218007301253", "us-east-1", "CloudTrail", "2023-07-10");
        for kind in ["CloudTrail-Insight", "CloudTrail-NetworkActivity", "CloudTrail-Aggregated"] {
            let path = format!("AWSLogs/{}", tail.replace("CloudTrail", kind));
            says(&path, "218007301253", "us-east-1", kind, "2023-07-10");
        }
        says(
            "111122223333_CloudTrail_us-gov-west-1_20240229T2355Z_x.json",
            "111122223333",
            "us-gov-west-1",
            "CloudTrail",
            "2024-02-29",
        );
    }

    #[test]
    fn digests_have_the_name_of_a_trail_in_theirs() {
        let head = "111122223333_CloudTrail-Digest_us-east-2";
        for trail in ["your-trail-name", "a_b", "20990101T0000Z", "x.json.gz", "a_20200101T000000Z_b"] {
            let path = format!("{head}_{trail}_eu-west-1_20150817T140131Z.json.gz");
            says(&path, "111122223333", "us-east-2", "CloudTrail-Digest", "2015-08-17");
        }
    }

    #[test]
    fn folders_tell_where_the_name_does_not() {
        says(
            "AWSLogs/111122223333/CloudTrail/eu-west-1/2024/03/04/part-000.gz",
            "111122223333",
            "eu-west-1",
            "CloudTrail",
            "2024-03-04",
        );
        says("CloudTrail/eu-west-1/2024/03/04/part-000.gz", "", "eu-west-1", "CloudTrail", "2024-03-04");
        says("2024/03/04/000.gz", "", "", "", "2024-03-04");
        says("AWSLogs/111122223333/Config/us-east-1/2024/3/4/x.gz", "111122223333", "us-east-1", "other", "");
        says("export/111122223333/us-east-1/x.gz", "111122223333", "us-east-1", "", "");
    }

    #[test]
    fn other_services_are_other() {
        let name = "123456789012_elasticloadbalancing_us-east-1_app.lb.f1e2_20240301T2355Z_10.0.0.1_5gq.log.gz";
        says(
            &format!("AWSLogs/123456789012/elasticloadbalancing/us-east-1/2024/03/01/{name}"),
            "123456789012",
            "us-east-1",
            "other",
            "2024-03-01",
        );
    }

    #[test]
    fn other_paths_say_nothing() {
        for path in [
            "",
            "/",
            "notes.txt",
            "src/main_us-east-1_test.rs",
            "photos/2024/13/40/a.jpg",
            "photos/1024/01/02/a.jpg",
            "12345/CloudTrails/x",
            "1234567890123_CloudTrail_us-east-1_x",
            "node_modules/a-b-1/index.js",
            "é_ü_ß_漢字",
        ] {
            assert!(!told(path).says(), "{path}: {:?}", told(path));
        }
    }
}
