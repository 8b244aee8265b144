//! The words of findings.

use crate::integrity::verdict::FindingKind;

impl FindingKind {
    /// In a few words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::LogModified => "Log modified",
            Self::LogAppended => "Data appended to a log",
            Self::LogDamaged => "Log damaged",
            Self::DigestNotAuthentic => "Digest not authentic",
            Self::DigestMalformed => "Digest cannot be read",
            Self::DigestWithRecords => "Digest and log in one file",
            Self::SameObjectTwice => "Different files of one name",
            Self::PlantedLog => "Log not named in covered time",
            Self::KeyFingerprintMismatch => "Key does not match its fingerprint",
            Self::KeyUnusable => "Key cannot be used",
            Self::KeyOfAnotherRegion => "Key of another region",
            Self::KeyOutsideValidity => "Key outside its validity",
            Self::KeyShort => "Short key",
            Self::MetadataOdd => "Metadata do not fit",
            Self::ChainDisagrees => "Chain disagrees with a proof",
            Self::DigestOddEntries => "Odd entries in a digest",
            Self::EndDiffersFromName => "End differs from the name",
            Self::ListingPoisoned => "Name that misleads the AWS command line",
            Self::RestartUnexplained => "Chain restart without a matching call",
            Self::Hole => "Hole in a chain",
            Self::LogAbsent => "Named and not supplied",
            Self::NewestUnproved => "Newest digest unproved",
            Self::DigestAppended => "Bytes after a digest",
            Self::Copied => "Not at its original location",
            Self::ContentUnderAnotherName => "Content under another name",
            Self::HeadUnpaired => "Metadata without a digest",
        }
    }

    /// How grave it is.
    #[must_use]
    pub fn weight(self) -> Weight {
        match self {
            Self::LogModified
            | Self::LogAppended
            | Self::LogDamaged
            | Self::DigestNotAuthentic
            | Self::DigestMalformed
            | Self::DigestWithRecords
            | Self::SameObjectTwice
            | Self::KeyFingerprintMismatch => Weight::Altered,
            Self::NewestUnproved
            | Self::DigestAppended
            | Self::Copied
            | Self::ContentUnderAnotherName
            | Self::HeadUnpaired => Weight::Note,
            _ => Weight::Open,
        }
    }
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Something is not as it was recorded.
    Altered,
    /// Something is open, and should be looked into.
    Open,
    /// Good to know.
    Note,
}
