//! Every word of the oracle's offline verdicts is one that the engine knows, and the engine's own are all different.

mod common;

use common::{files_below, shared};
use serde_json::Value;
use std::collections::BTreeSet;
use trailglass::integrity::Object;
use trailglass::integrity::verdict::{Coverage, DigestStatus, FindingKind, Flag, LogStatus, Proof, Reason};

const STATUSES: [DigestStatus; 3] = [DigestStatus::Authentic, DigestStatus::NotAuthentic, DigestStatus::Unproven];

const REASONS: [Reason; 6] = [
    Reason::Malformed,
    Reason::SignatureOrHashMismatch,
    Reason::NoSignatureAvailable,
    Reason::KeyNotSupplied,
    Reason::KeyUnusable,
    Reason::KeyDoesNotMatchFingerprint,
];

const PROOFS: [Proof; 3] = [Proof::HashInAuthenticNextDigest, Proof::OwnSignature, Proof::SignatureInNextDigest];

const FLAGS: [Flag; 14] = [
    Flag::BytesAfterGzipStream,
    Flag::DuplicateJsonKeys,
    Flag::GzipStreamIncomplete,
    Flag::KeyGivenAsSubjectPublicKeyInfo,
    Flag::KeyValueDoesNotMatchItsFingerprint,
    Flag::MetadataAlgorithmUnexpected,
    Flag::MetadataSignatureAbsent,
    Flag::MetadataSignatureDoesNotVerify,
    Flag::NextDigestRecordsAnotherHash,
    Flag::NotAtItsOriginalLocation,
    Flag::OutsideKeyValidity,
    Flag::RecordedHashNotLowerCase,
    Flag::SignedWithKeyOf,
    Flag::SuppliedUncompressed,
];

const LOGS: [LogStatus; 9] = [
    LogStatus::Authentic,
    LogStatus::ExtraDataAppended,
    LogStatus::Modified,
    LogStatus::Damaged,
    LogStatus::ReferencedNotSupplied,
    LogStatus::UnprovenHashAgrees,
    LogStatus::UnprovenHashDiffers,
    LogStatus::UnprovenNoHashRecorded,
    LogStatus::NotListedInAnyDigest,
];

fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> BTreeSet<&'static str> {
    let words: BTreeSet<_> = all.iter().map(|one| word(*one)).collect();
    assert_eq!(words.len(), all.len(), "two of {words:?} are the same");
    words
}

#[test]
fn all_words_of_the_oracle_are_known() {
    let Some(shared) = shared() else { return };
    let (statuses, reasons) = (words(&STATUSES, DigestStatus::word), words(&REASONS, Reason::word));
    let (proofs, flags, logs) = (words(&PROOFS, Proof::word), words(&FLAGS, Flag::word), words(&LOGS, LogStatus::word));
    let hole = |supplied| Coverage::Hole { points_at: Object::default(), supplied, estimate: 1, open: false };
    let restart = Coverage::Restart { switches: Vec::new(), explained: false };
    let known = |words: &BTreeSet<&str>, value: &Value| {
        let word = value.as_str().unwrap_or_else(|| panic!("{value} is no word"));
        assert!(words.contains(word), "{word} is not among {words:?}");
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_else(|| panic!("{value} is no list"));
    let mut seen = 0;
    for path in files_below(&shared.join("oracle/integrity/expected_offline")) {
        let expected: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for answer in [&expected["with_head_objects"], &expected["without_head_objects"]] {
            for digest in list(&answer["digests"]) {
                known(&statuses, &digest["status"]);
                if !digest["reason"].is_null() {
                    known(&reasons, &digest["reason"]);
                }
                list(&digest["proof"]).iter().for_each(|proof| known(&proofs, proof));
                for flag in list(&digest["flags"]) {
                    let text = flag.as_str().unwrap_or_default();
                    if text.strip_prefix(Flag::SignedWithKeyOf.word()).is_none_or(|rest| !rest.starts_with('-')) {
                        known(&flags, &flag);
                    }
                }
                seen += 1;
            }
            for log in list(&answer["logs"]) {
                known(&logs, &log["status"]);
                list(&log["flags"]).iter().for_each(|flag| known(&flags, flag));
            }
            for gap in list(&answer["gaps"]) {
                known(&BTreeSet::from([restart.word()]), &gap["kind"]);
            }
            for range in list(&answer["unverifiable_ranges"]) {
                known(&BTreeSet::from([hole(false).word(), hole(true).word()]), &range["kind"]);
            }
        }
    }
    assert!(seen > 600, "only {seen} digests were found in the oracle");
}

#[test]
fn the_word_of_a_finding_is_its_name() {
    let all = [
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
    for kind in all {
        let mut kebab = String::new();
        for char in format!("{kind:?}").chars() {
            if char.is_ascii_uppercase() && !kebab.is_empty() {
                kebab.push('-');
            }
            kebab.push(char.to_ascii_lowercase());
        }
        assert_eq!(kind.word(), kebab);
    }
}
