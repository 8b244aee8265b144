//! What the evidence says in words for people, the same in the room, in the report and wherever else it is shown. They claim
//! what is known and no more (`spec/INTEGRITY.md` 9.5): a condition stands beside every claim, and what was not supplied is
//! never said to be gone. Keys and names in them are as they came, never to be shown raw.

mod findings;

use super::names::StreamId;
use super::verdict::{
    Coverage, DigestStatus, DigestVerdict, Flag, IdentifiedBy, Judgement, KeyVerdict, LogStatus, LogVerdict, Proof,
    Reason,
};

pub use findings::Weight;

/// `20,118`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 log file`, `2,048 log files`
fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// `is` or `are`
fn verb(number: u64) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

/// The line that stands beside every claim that rests on keys.
pub const KEYS: &str = "Verified against the public keys you supplied: compare the fingerprints with";

/// The command that gives the keys that AWS itself lists.
pub const LIST_KEYS: &str = "aws cloudtrail list-public-keys";

/// `given the 2 public keys you supplied`: the keys that something could be verified with. `None` without any.
#[must_use]
pub fn condition(keys: &[KeyVerdict]) -> Option<String> {
    match keys.iter().filter(|key| key.problem.is_none()).count() {
        0 => None,
        1 => Some("given the public key you supplied".to_owned()),
        more => Some(format!("given the {} public keys you supplied", grouped(more as u64))),
    }
}

/// Log files by their status.
#[must_use]
pub fn count_logs(judgement: &Judgement) -> [u64; LogStatus::ALL.len()] {
    let mut counts = [0; LogStatus::ALL.len()];
    judgement.logs.iter().for_each(|log| counts[log.status as usize] += 1);
    counts
}

/// Digests by their status.
#[must_use]
pub fn count_digests(judgement: &Judgement) -> [u64; DigestStatus::ALL.len()] {
    let mut counts = [0; DigestStatus::ALL.len()];
    judgement.digests.iter().for_each(|digest| counts[digest.status as usize] += 1);
    counts
}

/// Files that are not as they were recorded: logs, and digests that are not authentic.
#[must_use]
pub fn count_altered(judgement: &Judgement) -> u64 {
    let logs = count_logs(judgement);
    let altered = [LogStatus::Modified, LogStatus::ExtraDataAppended, LogStatus::Damaged];
    altered.iter().map(|status| logs[*status as usize]).sum::<u64>()
        + count_digests(judgement)[DigestStatus::NotAuthentic as usize]
}

/// What is known of the log files in one sentence, with its conditions; the worst comes right behind the claim.
#[must_use]
pub fn sentence(judgement: &Judgement) -> String {
    let counts = count_logs(judgement);
    let of = |status: LogStatus| counts[status as usize];
    let supplied = judgement.logs.iter().filter(|log| log.file.is_some()).count() as u64;
    let unchanged = of(LogStatus::Authentic);
    let condition = condition(&judgement.keys);
    let mut parts = vec![match (&condition, unchanged) {
        _ if supplied == 0 => "No log files were supplied".to_owned(),
        (None, _) => format!(
            "None of {} can be shown to be unchanged: no usable public key was supplied",
            counted(supplied, "log file", "log files")
        ),
        (Some(condition), 0) => format!(
            "None of {} is proved to be unchanged since CloudTrail delivered it, {condition}",
            counted(supplied, "log file", "log files")
        ),
        (Some(condition), unchanged) => format!(
            "{} of {} unchanged since CloudTrail delivered {}, {condition}",
            grouped(unchanged),
            counted(supplied, "log file", "log files"),
            if supplied == 1 { "it" } else { "them" }
        ),
    }];
    let mut part = |count: u64, words: &str| {
        if count > 0 {
            parts.push(format!("{} {} {words}", grouped(count), verb(count)));
        }
    };
    part(of(LogStatus::Modified), "modified");
    part(of(LogStatus::ExtraDataAppended), "followed by data that no digest covers");
    part(of(LogStatus::Damaged), "damaged");
    part(of(LogStatus::UnprovenHashDiffers), "not as a digest that is not proved records");
    let unproved = of(LogStatus::UnprovenHashAgrees) + of(LogStatus::UnprovenNoHashRecorded);
    part(unproved, "named only by digests that are not proved");
    part(of(LogStatus::NotListedInAnyDigest), "named by no supplied digest");
    let absent = of(LogStatus::ReferencedNotSupplied);
    if absent > 0 {
        let more = if supplied == 0 { "" } else { " more" };
        parts.push(format!(
            "{}{more} {} named by a signed digest and not among the files you supplied",
            grouped(absent),
            verb(absent)
        ));
    }
    format!("{}.", parts.join("; "))
}

/// What is known of the digests and of the time that they cover, in one sentence.
#[must_use]
pub fn coverage_sentence(judgement: &Judgement) -> String {
    let counts = count_digests(judgement);
    let total = counts.iter().sum::<u64>();
    let mut parts = vec![format!(
        "{} of {} proved",
        grouped(counts[DigestStatus::Authentic as usize]),
        counted(total, "digest", "digests")
    )];
    let unproved = counts[DigestStatus::Unproven as usize];
    if unproved > 0 {
        parts.push(format!("{} not proved", grouped(unproved)));
    }
    let refuted = counts[DigestStatus::NotAuthentic as usize];
    if refuted > 0 {
        parts.push(format!("{} not authentic", grouped(refuted)));
    }
    let (mut holes, mut missing, mut restarts, mut unexplained, mut silent) = (0u64, 0u64, 0u64, 0u64, 0u64);
    for interval in judgement.streams.iter().flat_map(|stream| &stream.intervals) {
        match &interval.coverage {
            Coverage::Hole { estimate, .. } => {
                holes += 1;
                missing += u64::from(*estimate);
            }
            Coverage::Restart { explained, .. } => {
                restarts += 1;
                unexplained += u64::from(!explained);
            }
            Coverage::Covered { named: 0, .. } => silent += 1,
            _ => {}
        }
    }
    if holes > 0 {
        let digests = counted(missing, "hourly digest", "hourly digests");
        parts.push(format!("{}, about {digests}, not covered", counted(holes, "hole", "holes")));
    }
    if restarts > 0 {
        let unexplained = match unexplained {
            0 => "with matching calls in the logs".to_owned(),
            all if all == restarts => "no matching StopLogging seen".to_owned(),
            some => format!("{} of them without a matching StopLogging", grouped(some)),
        };
        parts.push(format!("{}, {unexplained}", counted(restarts, "chain restart", "chain restarts")));
    }
    if silent > 0 {
        let digests = counted(silent, "proved digest states", "proved digests state");
        parts.push(format!("{digests} that no log was delivered"));
    }
    format!("{}.", parts.join("; "))
}

impl DigestStatus {
    /// All of them, in the order in which [`count_digests`] counts.
    pub const ALL: [Self; 3] = [Self::Authentic, Self::NotAuthentic, Self::Unproven];

    /// In two or three words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Authentic => "Proved",
            Self::NotAuthentic => "Not authentic",
            Self::Unproven => "Not proved",
        }
    }

    /// In one sentence.
    #[must_use]
    pub fn said(self) -> &'static str {
        match self {
            Self::Authentic => "It is as CloudTrail signed it, given the public keys you supplied.",
            Self::NotAuthentic => "What was supplied is not what CloudTrail signed, or it cannot be read as a digest.",
            Self::Unproven => "Nothing that was supplied proves it, and nothing speaks against it.",
        }
    }
}

impl Proof {
    /// In one sentence.
    #[must_use]
    pub fn said(self) -> &'static str {
        match self {
            Self::HashInAuthenticNextDigest => "A proved next digest records its hash.",
            Self::OwnSignature => "Its own signature, from S3's metadata, verifies.",
            Self::SignatureInNextDigest => "The signature that a next digest gives for it verifies.",
        }
    }
}

/// Why a digest is not authentic or not proved, in one sentence; for a proved one what proves it.
#[must_use]
pub fn digest_reason(judgement: &Judgement, digest: &DigestVerdict) -> String {
    let has = |flag| digest.flags.contains(&flag);
    let fingerprint = &digest.fingerprint;
    match digest.reason {
        None if digest.status == DigestStatus::Authentic => {
            digest.proofs.first().map_or_else(String::new, |proof| proof.said().to_owned())
        }
        None => digest.status.said().to_owned(),
        Some(Reason::Malformed) => "It cannot be read as a digest.".to_owned(),
        Some(Reason::SignatureOrHashMismatch) => match (has(Flag::NextDigestRecordsAnotherHash), &digest.own_signature)
        {
            (true, _) => "A proved next digest records another hash for it.".to_owned(),
            (false, Some(_)) => "The signature in its S3 metadata does not verify.".to_owned(),
            (false, None) => "The signature that the next digest gives for it does not verify.".to_owned(),
        },
        Some(Reason::NoSignatureAvailable) if is_newest(judgement, digest) => {
            "The newest digest of its chain, unproved: its signature is in S3 metadata.".to_owned()
        }
        Some(Reason::NoSignatureAvailable) => {
            "Its signature is in S3 metadata and in the digest after it; neither was supplied.".to_owned()
        }
        Some(Reason::KeyNotSupplied) => format!("The public key {fingerprint} was not supplied."),
        Some(Reason::KeyUnusable) => format!("The public key {fingerprint} that was supplied cannot be used."),
        Some(Reason::KeyDoesNotMatchFingerprint) => {
            format!("The value of the public key supplied as {fingerprint} does not match that fingerprint.")
        }
    }
}

/// Whether no digest of its stream ends later.
fn is_newest(judgement: &Judgement, digest: &DigestVerdict) -> bool {
    let stream = digest.stream.and_then(|stream| judgement.streams.get(stream as usize));
    let last = stream.and_then(|stream| stream.digests.last()).and_then(|&at| judgement.digests.get(at as usize));
    last.is_some_and(|last| last.file == digest.file)
}

/// What a flag of a digest or log says, in one sentence; `region` is [`DigestVerdict::key_region`].
#[must_use]
pub fn flag_said(flag: Flag, region: Option<&str>) -> String {
    let said = match flag {
        Flag::BytesAfterGzipStream => "Bytes follow its gzip data that are no part of what was hashed.",
        Flag::DuplicateJsonKeys => "A member stands twice in its JSON, and programs differ in which of them they take.",
        Flag::GzipStreamIncomplete => "Its gzip data ends too early.",
        Flag::KeyGivenAsSubjectPublicKeyInfo => {
            "Its key was supplied as a SubjectPublicKeyInfo, which the AWS command line cannot load."
        }
        Flag::KeyValueDoesNotMatchItsFingerprint => "The value of its key does not match its fingerprint.",
        Flag::MetadataAlgorithmUnexpected => {
            "Its S3 metadata do not name SHA256withRSA as the algorithm of the signature."
        }
        Flag::MetadataSignatureAbsent => "Its S3 metadata hold no signature.",
        Flag::MetadataSignatureDoesNotVerify => "The signature in its S3 metadata does not verify.",
        Flag::NextDigestRecordsAnotherHash => "The next digest records another hash for it.",
        Flag::NotAtItsOriginalLocation => {
            "It was not supplied from where CloudTrail put it; copies of evidence often are not."
        }
        Flag::OutsideKeyValidity => "Its key was not valid at its end.",
        Flag::RecordedHashNotLowerCase => {
            "Its hash is recorded in capitals, which the AWS command line takes for another hash."
        }
        Flag::SignedWithKeyOf => {
            let region = region.unwrap_or("another region");
            return format!("It names a key that was listed for {region}.");
        }
        Flag::SuppliedUncompressed => "It was supplied without the gzip around it that its name promises.",
    };
    said.to_owned()
}

impl LogStatus {
    /// All of them, in the order in which [`count_logs`] counts.
    pub const ALL: [Self; 9] = [
        Self::Authentic,
        Self::ExtraDataAppended,
        Self::Modified,
        Self::Damaged,
        Self::ReferencedNotSupplied,
        Self::UnprovenHashAgrees,
        Self::UnprovenHashDiffers,
        Self::UnprovenNoHashRecorded,
        Self::NotListedInAnyDigest,
    ];

    /// In two or three words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Authentic => "Unchanged",
            Self::ExtraDataAppended => "Data appended",
            Self::Modified => "Modified",
            Self::Damaged => "Damaged",
            Self::ReferencedNotSupplied => "Not supplied",
            Self::UnprovenHashAgrees => "Agrees, not proved",
            Self::UnprovenHashDiffers => "Differs, not proved",
            Self::UnprovenNoHashRecorded => "No hash recorded",
            Self::NotListedInAnyDigest => "Not named",
        }
    }

    /// In one sentence.
    #[must_use]
    pub fn said(self) -> &'static str {
        match self {
            Self::Authentic => "Unchanged since CloudTrail delivered it, given the public keys you supplied.",
            Self::ExtraDataAppended => {
                "Its first part is as a proved digest records it; more follows that no digest covers."
            }
            Self::Modified => "A proved digest records another hash for it.",
            Self::Damaged => "Its gzip data does not inflate to its end.",
            Self::ReferencedNotSupplied => "Named by a signed digest, not among the files you supplied.",
            Self::UnprovenHashAgrees => "A digest that is not proved records the same hash for it.",
            Self::UnprovenHashDiffers => "A digest that is not proved records another hash for it.",
            Self::UnprovenNoHashRecorded => "The digest that names it records no hash for it.",
            Self::NotListedInAnyDigest => "No supplied digest names this file.",
        }
    }
}

/// Why a log is worth what it is worth: its status in one sentence, and what belongs to it.
#[must_use]
pub fn log_reason(log: &LogVerdict) -> String {
    let more = match (log.status, log.within_coverage) {
        (LogStatus::NotListedInAnyDigest, Some(true)) => {
            " Its delivery lies in time that proved digests of its account and region cover. It may be of another trail, or await a backfill digest."
        }
        (LogStatus::NotListedInAnyDigest, Some(false)) => {
            " Its delivery lies outside the time that proved digests of its account and region cover."
        }
        (LogStatus::NotListedInAnyDigest, None) => " Its name does not tell when it was delivered.",
        (LogStatus::Modified | LogStatus::Damaged, _) if log.flags.contains(&Flag::GzipStreamIncomplete) => {
            " It is cut off: its gzip data ends too early."
        }
        _ => "",
    };
    format!("{}{more}", log.status.said())
}

impl IdentifiedBy {
    /// How a file was found to be an object, where that is worth saying.
    #[must_use]
    pub fn said(self) -> Option<&'static str> {
        match self {
            Self::Path => None,
            Self::Name => Some("The file was told by its name; it lies in another folder."),
            Self::Content => Some("The file was told by its content; it has another name."),
        }
    }
}

impl Coverage {
    /// What is known of a stretch of time, in one sentence.
    #[must_use]
    pub fn said(&self) -> String {
        let logs = |count: u32| counted(u64::from(count), "log", "logs");
        match self {
            Self::Covered { named: 0, .. } => {
                "Covered by a proved digest: CloudTrail states that no log was delivered.".to_owned()
            }
            Self::Covered { named, unchanged, altered, absent } => {
                let mut parts = vec![format!(
                    "Covered by a proved digest that names {}: {} unchanged",
                    logs(*named),
                    grouped(u64::from(*unchanged))
                )];
                if *altered > 0 {
                    parts.push(format!("{} not as recorded", grouped(u64::from(*altered))));
                }
                if *absent > 0 {
                    parts.push(format!("{} not among the files you supplied", grouped(u64::from(*absent))));
                }
                let rest = named.saturating_sub(unchanged + altered + absent);
                if rest > 0 {
                    parts.push(format!("{} not proved", grouped(u64::from(rest))));
                }
                format!("{}.", parts.join(", "))
            }
            Self::Unproved => "The digest of this time is not proved.".to_owned(),
            Self::NotAuthentic => "The digest supplied for this time is not authentic: this time is not covered.".to_owned(),
            Self::Hole { supplied: true, estimate, .. } => format!(
                "Hole: the next digest names one before it that was supplied and is not authentic; {} not covered.",
                about_hours(*estimate)
            ),
            Self::Hole { open: true, .. } => {
                "Hole: the next digest names one before it that was not supplied. How far back it goes is not known.".to_owned()
            }
            Self::Hole { estimate, .. } => format!(
                "Hole: the next digest names one before it that was not supplied; {} not covered.",
                about_hours(*estimate)
            ),
            Self::Restart { explained: true, .. } => {
                "The chain restarts after this, and the logs hold calls that stopped and started it; this time is not covered."
                    .to_owned()
            }
            Self::Restart { .. } => {
                "The chain restarts here, no matching StopLogging seen: digests before it may have been removed.".to_owned()
            }
        }
    }
}

fn about_hours(estimate: u32) -> String {
    let estimate = u64::from(estimate);
    format!("{} {}", counted(estimate, "hour", "hours"), verb(estimate))
}

/// A stream by what tells it apart for people: account and region, and the trail where there are several.
#[must_use]
pub fn stream_name(id: &StreamId, with_trail: bool) -> String {
    let mut name = format!("{} {}", id.account, id.region);
    if with_trail {
        name.push(' ');
        name.push_str(&id.trail);
        if id.home != id.region {
            name.push_str(&format!(" (made in {})", id.home));
        }
    }
    if id.backfill {
        name.push_str(" backfill");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrity::Object;
    use crate::integrity::verdict::FindingKind;
    use crate::integrity::verdict::{Interval, Stream};

    fn log(status: LogStatus) -> LogVerdict {
        let file = (status != LogStatus::ReferencedNotSupplied).then_some(0);
        LogVerdict { status, file, ..LogVerdict::default() }
    }

    fn judgement(logs: &[(LogStatus, usize)], keys: usize) -> Judgement {
        let logs = logs.iter().flat_map(|&(status, count)| std::iter::repeat_n(log(status), count));
        Judgement { logs: logs.collect(), keys: vec![KeyVerdict::default(); keys], ..Judgement::default() }
    }

    #[test]
    fn the_sentence_has_its_conditions() {
        use LogStatus::{Authentic, ExtraDataAppended, Modified, NotListedInAnyDigest, ReferencedNotSupplied};
        let said = |logs: &[(LogStatus, usize)], keys| sentence(&judgement(logs, keys));
        assert_eq!(
            said(&[(Authentic, 3_412), (NotListedInAnyDigest, 6), (Modified, 2)], 2),
            "3,412 of 3,420 log files unchanged since CloudTrail delivered them, given the 2 public keys you supplied; \
             2 are modified; 6 are named by no supplied digest."
        );
        assert_eq!(
            said(&[(Authentic, 1), (ReferencedNotSupplied, 1)], 1),
            "1 of 1 log file unchanged since CloudTrail delivered it, given the public key you supplied; \
             1 more is named by a signed digest and not among the files you supplied."
        );
        assert_eq!(
            said(&[(LogStatus::UnprovenHashAgrees, 2)], 0),
            "None of 2 log files can be shown to be unchanged: no usable public key was supplied; \
             2 are named only by digests that are not proved."
        );
        assert_eq!(
            said(&[(ExtraDataAppended, 1)], 1),
            "None of 1 log file is proved to be unchanged since CloudTrail delivered it, given the public key you supplied; \
             1 is followed by data that no digest covers."
        );
        assert_eq!(
            said(&[(ReferencedNotSupplied, 2)], 1),
            "No log files were supplied; 2 are named by a signed digest and not among the files you supplied."
        );
    }

    #[test]
    fn keys_that_cannot_be_used_are_no_condition() {
        let bad = KeyVerdict { problem: Some("x".to_owned()), ..KeyVerdict::default() };
        assert_eq!(condition(std::slice::from_ref(&bad)), None);
        assert_eq!(condition(&[bad, KeyVerdict::default()]).as_deref(), Some("given the public key you supplied"));
    }

    #[test]
    fn coverage_in_one_sentence() {
        let interval = |coverage| Interval { from: 0, to: 3_600_000, coverage, digest: 0 };
        let hole = Coverage::Hole { points_at: Object::default(), supplied: false, estimate: 3, open: false };
        let silent = Coverage::Covered { named: 0, unchanged: 0, altered: 0, absent: 0 };
        let restart = |explained| Coverage::Restart { switches: Vec::new(), explained };
        let stream = Stream {
            intervals: [hole, silent, restart(true), restart(false)].map(interval).into(),
            ..Stream::default()
        };
        let digest = |status| DigestVerdict { status, ..DigestVerdict::default() };
        let judgement = Judgement {
            digests: vec![
                digest(DigestStatus::Authentic),
                digest(DigestStatus::Authentic),
                digest(DigestStatus::Unproven),
            ],
            streams: vec![stream],
            ..Judgement::default()
        };
        assert_eq!(
            coverage_sentence(&judgement),
            "2 of 3 digests proved; 1 not proved; 1 hole, about 3 hourly digests, not covered; \
             2 chain restarts, 1 of them without a matching StopLogging; \
             1 proved digest states that no log was delivered."
        );
    }

    #[test]
    fn an_unproved_digest_says_why() {
        let digest = |file, reason| DigestVerdict {
            file,
            reason: Some(reason),
            stream: Some(0),
            fingerprint: "ab".to_owned(),
            ..DigestVerdict::default()
        };
        let digests = vec![digest(0, Reason::NoSignatureAvailable), digest(1, Reason::NoSignatureAvailable)];
        let streams = vec![Stream { digests: vec![0, 1], ..Stream::default() }];
        let judgement = Judgement { digests, streams, ..Judgement::default() };
        let reason = |at: usize| digest_reason(&judgement, &judgement.digests[at]);
        assert!(reason(0).contains("neither was supplied"), "{}", reason(0));
        assert!(reason(1).starts_with("The newest digest"), "{}", reason(1));
        let keyless = digest(2, Reason::KeyNotSupplied);
        assert_eq!(digest_reason(&judgement, &keyless), "The public key ab was not supplied.");
    }

    #[test]
    fn no_word_claims_more_than_is_known() {
        let mut all: Vec<String> = Vec::new();
        let digest_counts = DigestStatus::ALL.map(|status| status as usize);
        let log_counts = LogStatus::ALL.map(|status| status as usize);
        assert!(digest_counts.into_iter().eq(0..3) && log_counts.into_iter().eq(0..9));
        all.extend(DigestStatus::ALL.into_iter().flat_map(|status| [status.title(), status.said()]).map(str::to_owned));
        for status in LogStatus::ALL {
            all.push(status.title().to_owned());
            for within_coverage in [None, Some(true), Some(false)] {
                let flags = vec![Flag::GzipStreamIncomplete];
                all.push(log_reason(&LogVerdict { status, within_coverage, flags, ..LogVerdict::default() }));
            }
        }
        let kinds = [
            FindingKind::LogModified,
            FindingKind::LogAppended,
            FindingKind::LogDamaged,
            FindingKind::DigestNotAuthentic,
            FindingKind::DigestMalformed,
            FindingKind::DigestWithRecords,
            FindingKind::SameObjectTwice,
            FindingKind::PlantedLog,
            FindingKind::KeyFingerprintMismatch,
            FindingKind::KeyUnusable,
            FindingKind::KeyOfAnotherRegion,
            FindingKind::KeyOutsideValidity,
            FindingKind::KeyShort,
            FindingKind::MetadataOdd,
            FindingKind::ChainDisagrees,
            FindingKind::DigestOddEntries,
            FindingKind::EndDiffersFromName,
            FindingKind::ListingPoisoned,
            FindingKind::RestartUnexplained,
            FindingKind::Hole,
            FindingKind::LogAbsent,
            FindingKind::NewestUnproved,
            FindingKind::DigestAppended,
            FindingKind::Copied,
            FindingKind::ContentUnderAnotherName,
            FindingKind::HeadUnpaired,
        ];
        all.extend(kinds.map(|kind| kind.title().to_owned()));
        for (supplied, open) in [(false, false), (false, true), (true, false)] {
            all.push(Coverage::Hole { points_at: Object::default(), supplied, estimate: 2, open }.said());
        }
        all.push(Coverage::Restart { switches: Vec::new(), explained: false }.said());
        all.push(Coverage::Restart { switches: Vec::new(), explained: true }.said());
        all.push(Coverage::Covered { named: 0, unchanged: 0, altered: 0, absent: 0 }.said());
        all.push(Coverage::Covered { named: 9, unchanged: 2, altered: 1, absent: 3 }.said());
        for words in all {
            for too_strong in ["genuine", "forged", "deleted", "no activity", "invalid", "not found", "tampered"] {
                assert!(!words.to_lowercase().contains(too_strong), "{words}");
            }
        }
    }

    #[test]
    fn streams_are_told_apart() {
        let id = StreamId {
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            trail: "audit".to_owned(),
            home: "us-east-1".to_owned(),
            ..StreamId::default()
        };
        assert_eq!(stream_name(&id, false), "111122223333 eu-west-1");
        assert_eq!(stream_name(&id, true), "111122223333 eu-west-1 audit (made in us-east-1)");
        assert_eq!(stream_name(&StreamId { backfill: true, ..id }, false), "111122223333 eu-west-1 backfill");
    }
}
