//! What the evidence says (`spec/INTEGRITY.md` 9): the types that [`super::judge`] fills and the page, the report and the
//! command line show. The names that JSON gives them are the vocabulary of the specification.

use super::Object;
use super::names::StreamId;
use serde::{Deserialize, Serialize};

/// The whole answer. Lists are in the order of bucket and key; places in them are told by number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Every digest supplied.
    pub digests: Vec<DigestVerdict>,
    /// Every log supplied or named by a digest.
    pub logs: Vec<LogVerdict>,
    /// What is covered, stream by stream, in the order of their names.
    pub streams: Vec<Stream>,
    /// What a person should know besides, in the order of [`FindingKind`].
    pub findings: Vec<Finding>,
    /// Every key supplied, each (fingerprint and value) once.
    pub keys: Vec<KeyVerdict>,
    /// Outputs of head-object that were supplied.
    pub heads: u32,
    /// Files lie as in a tree of buckets, which what the AWS command line would print follows from.
    pub tree: bool,
    /// The trails that `describe-trails` told of, by ARN.
    pub trails: Vec<String>,
    /// When the newest object of the listing was written, in milliseconds, where a listing was supplied.
    pub listed: Option<Option<i64>>,
    /// What the events of each file are worth; files that hold no events may be among them. In the order of their numbers.
    pub files: Vec<FileVerdict>,
}

/// A digest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DigestVerdict {
    /// Where it lies, when it was supplied in a tree of buckets; where CloudTrail put it, by its own words, otherwise.
    pub object: Object,
    /// Where CloudTrail put it, by its own words, when that is another place.
    pub original: Option<Object>,
    /// Its file.
    pub file: u32,
    /// Whether it is what CloudTrail wrote.
    pub status: DigestStatus,
    /// Why it is not authentic or not proved.
    pub reason: Option<Reason>,
    /// What proves it, in the order of [`Proof`].
    pub proofs: Vec<Proof>,
    /// What is odd about it, in the order of the words.
    pub flags: Vec<Flag>,
    /// The region whose key signed it, with [`Flag::SignedWithKeyOf`].
    pub key_region: Option<String>,
    /// Its stream, by number; `None` when its name tells none.
    pub stream: Option<u32>,
    /// What it covers in milliseconds since the epoch; 0 to 0 when it does not tell.
    pub span: (i64, i64),
    /// `digestPublicKeyFingerprint`.
    pub fingerprint: String,
    /// SHA-256 of its content.
    pub sha256: Option<[u8; 32]>,
    /// The string that its signature is over; empty when it is malformed.
    pub signing_string: String,
    /// Its own signature, from the metadata supplied.
    pub own_signature: Option<String>,
    /// Its signature as the next digest of its chain gives it.
    pub next_signature: Option<String>,
    /// The digest before it, by its own words.
    pub previous: Option<Object>,
    /// The digests that name it as the one before them, by number.
    pub next: Vec<u32>,
    /// The logs it names, by number, in the order of the list.
    pub logs: Vec<u32>,
    /// The command whose output would prove it or tell more; `None` when nothing is open.
    pub command: Option<String>,
}

/// Whether a digest is what CloudTrail wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DigestStatus {
    /// A proof holds, given the keys supplied.
    Authentic,
    /// A proof to the contrary holds, or it cannot be read as a digest.
    NotAuthentic,
    /// Neither.
    #[default]
    Unproven,
}

/// Why a digest is not authentic or not proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// It cannot be read as a digest.
    Malformed,
    /// Its signature does not verify, or an authentic digest records another hash for it.
    SignatureOrHashMismatch,
    /// Nothing supplied holds its signature.
    NoSignatureAvailable,
    /// The public key with its fingerprint was not supplied.
    KeyNotSupplied,
    /// That key cannot be used.
    KeyUnusable,
    /// The value of that key does not match its fingerprint.
    KeyDoesNotMatchFingerprint,
}

/// What proves a digest (9.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Proof {
    /// An authentic digest records its hash.
    HashInAuthenticNextDigest,
    /// Its own signature, from S3's metadata, verifies.
    OwnSignature,
    /// The signature that a next digest gives for it verifies.
    SignatureInNextDigest,
}

/// What is odd about a file of either sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Flag {
    /// Bytes follow the first gzip member.
    BytesAfterGzipStream,
    /// A member stands twice in one object of the JSON.
    DuplicateJsonKeys,
    /// The gzip data ends too early.
    GzipStreamIncomplete,
    /// Its key is a `SubjectPublicKeyInfo`, which the AWS command line cannot load.
    KeyGivenAsSubjectPublicKeyInfo,
    /// The value of its key does not match its fingerprint.
    KeyValueDoesNotMatchItsFingerprint,
    /// The metadata name an algorithm other than `SHA256withRSA`.
    MetadataAlgorithmUnexpected,
    /// Metadata were supplied, without a signature.
    MetadataSignatureAbsent,
    /// The signature in the metadata does not verify.
    MetadataSignatureDoesNotVerify,
    /// The next digest records another hash.
    NextDigestRecordsAnotherHash,
    /// It was not supplied from where CloudTrail put it.
    NotAtItsOriginalLocation,
    /// It was made outside the time in which its key was valid.
    OutsideKeyValidity,
    /// The digest records its hash in capitals, which the AWS command line takes for another.
    RecordedHashNotLowerCase,
    /// It was signed with the key of another region: see [`DigestVerdict::key_region`].
    SignedWithKeyOf,
    /// It was supplied without gzip around it, under a name that promises gzip.
    SuppliedUncompressed,
}

/// A log file, supplied or named.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LogVerdict {
    /// Where CloudTrail put it.
    pub object: Object,
    /// Its file; `None` when it was not supplied.
    pub file: Option<u32>,
    /// What it is worth.
    pub status: LogStatus,
    /// What is odd about it, in the order of the words.
    pub flags: Vec<Flag>,
    /// The digest that decides, by number.
    pub digest: Option<u32>,
    /// The hash that the digest records, verbatim.
    pub recorded: Option<String>,
    /// SHA-256 of its content.
    pub sha256: Option<[u8; 32]>,
    /// When it was delivered by its name, in milliseconds since the epoch.
    pub delivered: Option<i64>,
    /// The account and region in its name, or in that of the digest that names it; empty when neither tells.
    pub account: String,
    /// See `account`.
    pub region: String,
    /// Of a log that no digest names: whether its delivery lies within the proved coverage of a stream of its account and
    /// region. `None` when its name does not tell.
    pub within_coverage: Option<bool>,
    /// It was told by its content or its name alone, not by the place where it lies.
    pub identified_by: IdentifiedBy,
    /// The command whose output would tell more; `None` when nothing is open.
    pub command: Option<String>,
}

/// How a supplied file was found to be the object that a digest names (9.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum IdentifiedBy {
    /// Its path ends with the key.
    #[default]
    Path,
    /// Its name is the last part of the key.
    Name,
    /// Its content has the hash that the digest records, under another name.
    Content,
}

/// What a log is worth (9.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LogStatus {
    /// An authentic digest records its hash.
    Authentic,
    /// That of its first gzip member, and more follows.
    ExtraDataAppended,
    /// An authentic digest records another hash.
    Modified,
    /// It is gzip that does not inflate.
    Damaged,
    /// An authentic digest names it, and it was not supplied.
    ReferencedNotSupplied,
    /// Only digests that are not proved name it, with its hash.
    UnprovenHashAgrees,
    /// Only digests that are not proved name it, with another hash.
    UnprovenHashDiffers,
    /// It is named without a hash.
    UnprovenNoHashRecorded,
    /// No supplied digest names it.
    #[default]
    NotListedInAnyDigest,
}

/// What the events of one file are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileVerdict {
    /// The file.
    pub file: u32,
    /// Its events' ...
    pub worth: Worth,
    /// ... but of those from this record on, which are not in what was hashed.
    pub appended_from: Option<u32>,
    /// The log in [`Judgement::logs`] that it is, where it is one.
    pub log: Option<u32>,
}

/// What an event is worth: the field `integrity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Worth {
    /// Unchanged since delivery, given the keys supplied.
    Unchanged,
    /// Named only by digests that are not proved.
    Unproved,
    /// No supplied digest names its file.
    Unlisted,
    /// Its record stands behind what a digest's hash covers.
    Appended,
    /// Its file is not what a digest recorded.
    Modified,
    /// Its file is damaged gzip.
    Damaged,
}

impl Worth {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Unchanged, Self::Unproved, Self::Unlisted, Self::Appended, Self::Modified, Self::Damaged];

    /// The value of the field `integrity`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Unproved => "unproved",
            Self::Unlisted => "unlisted",
            Self::Appended => "appended",
            Self::Modified => "modified",
            Self::Damaged => "damaged",
        }
    }
}

/// What is covered of one stream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// Which.
    pub id: StreamId,
    /// Its digests in the order of their ends, by number.
    pub digests: Vec<u32>,
    /// What is known, in the order of time; between and around them there is no statement. Digests that are not proved have
    /// intervals too, so that the map can show them.
    pub intervals: Vec<Interval>,
}

/// A stretch of the time of deliveries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// First instant, in milliseconds since the epoch.
    pub from: i64,
    /// First instant after.
    pub to: i64,
    /// What is known of it.
    pub coverage: Coverage,
    /// The digest that says so, by number: the one that covers it, or the first one after a hole or restart.
    pub digest: u32,
}

/// What is known of a stretch of time (9.4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Coverage {
    /// A proved digest covers it.
    Covered {
        /// Logs that it names.
        named: u32,
        /// Of them supplied and as recorded.
        unchanged: u32,
        /// Of them supplied and not as recorded.
        altered: u32,
        /// Of them not supplied.
        absent: u32,
    },
    /// A digest that is not proved covers it.
    Unproved,
    /// A digest that is not authentic claims it, and it lies in a hole too.
    NotAuthentic,
    /// The digest after it names one before it that was not supplied, or is not authentic.
    Hole {
        /// The digest that it names.
        points_at: Object,
        /// That one was supplied, and is not authentic.
        supplied: bool,
        /// How many hourly digests would fill the hole, at least 1.
        estimate: u32,
        /// There is no older digest of the stream: how far back the hole goes is not known, and the interval shows one hour.
        open: bool,
    },
    /// A chain begins anew after it.
    Restart {
        /// The calls that explain it, in the order of time; none when no matching call was found.
        switches: Vec<Switched>,
        /// Both a stop near its start and a start near its end were found.
        explained: bool,
    },
}

/// A call that explains a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switched {
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// The call.
    pub name: String,
    /// Who called.
    pub actor: String,
    /// Its file and record.
    pub record: (u32, u32),
}

/// A public key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyVerdict {
    /// Its fingerprint as it was supplied.
    pub fingerprint: String,
    /// The region, by the names of the files it was in, where they tell.
    pub regions: Vec<String>,
    /// The files it was in.
    pub files: Vec<u32>,
    /// From when to when it is valid, in milliseconds since the epoch.
    pub validity: (Option<i64>, Option<i64>),
    /// Bits of its modulus; `None` when it cannot be used.
    pub bits: Option<u32>,
    /// What is wrong with it, in plain words.
    pub problem: Option<String>,
    /// Digests that name it.
    pub digests: u32,
}

/// Something that a person should know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Of what sort.
    pub kind: FindingKind,
    /// The object it is about, where there is one.
    pub object: Option<Object>,
    /// The file it is about, where there is one.
    pub file: Option<u32>,
    /// What was found, and what that means; may hold keys and names as they came, never to be shown raw.
    pub what: String,
}

/// Sorts of findings, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FindingKind {
    /// A log is not as a digest recorded it.
    LogModified,
    /// More follows in a log than what was hashed.
    LogAppended,
    /// A log is damaged.
    LogDamaged,
    /// A digest is not what CloudTrail wrote.
    DigestNotAuthentic,
    /// A digest cannot be read as one.
    DigestMalformed,
    /// A file is both a digest and a log by its members.
    DigestWithRecords,
    /// Two different files claim to be the same object.
    SameObjectTwice,
    /// A log that no digest names lies in time that is covered.
    PlantedLog,
    /// The value of a key does not match its fingerprint.
    KeyFingerprintMismatch,
    /// A key cannot be used.
    KeyUnusable,
    /// A key signs for a region that it was not listed for.
    KeyOfAnotherRegion,
    /// A key signed outside the time in which it was valid.
    KeyOutsideValidity,
    /// A key has fewer than 2,048 bits.
    KeyShort,
    /// Metadata do not fit the digest they belong to.
    MetadataOdd,
    /// The next digest records another hash or signature, though both are proved otherwise.
    ChainDisagrees,
    /// A digest has odd entries, such as a hash in capitals or none.
    DigestOddEntries,
    /// A digest's end differs from the one in its name.
    EndDiffersFromName,
    /// A key in the bucket would make the AWS command line stop its listing, or follow another trail's chain.
    ListingPoisoned,
    /// A chain begins anew without a call that explains it: digests before may have been removed.
    RestartUnexplained,
    /// Digests are missing from a chain.
    Hole,
    /// A log that a digest names is not among the files, or not in the listing.
    LogAbsent,
    /// The newest digests of a chain cannot be proved without metadata.
    NewestUnproved,
    /// Bytes that do not belong there follow a digest's gzip data.
    DigestAppended,
    /// A file was supplied from another place than where CloudTrail put it.
    Copied,
    /// A file has another name than the object whose content it has.
    ContentUnderAnotherName,
    /// Outputs of head-object belong to none of the digests.
    HeadUnpaired,
}
