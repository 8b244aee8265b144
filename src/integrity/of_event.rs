//! Why an event is worth what it is worth, in words that claim no more than is known (`spec/INTEGRITY.md` 9.5).

use super::Object;
use super::verdict::{DigestStatus, DigestVerdict, Flag, Judgement, LogStatus, LogVerdict, Proof, Reason, Worth};

/// What can be said of one event.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence<'a> {
    /// What it is worth.
    pub worth: Worth,
    /// That in one sentence.
    pub title: String,
    /// Why: sentences, with the digest among them.
    pub why: Vec<Piece<'a>>,
    /// The command whose output would tell more, where something is open.
    pub command: Option<&'a str>,
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece<'a> {
    /// Words of our own.
    Words(String),
    /// An object of S3. Its key may hold anything: never to be shown raw.
    Object(&'a Object),
}

/// What can be said of a record of a file; `None` where the file was not judged.
#[must_use]
pub fn of_record(judgement: &Judgement, file: u32, record: u32) -> Option<Evidence<'_>> {
    let verdict = &judgement.files[judgement.files.binary_search_by_key(&file, |verdict| verdict.file).ok()?];
    let appended = verdict.appended_from.is_some_and(|from| record >= from);
    let worth = if appended { Worth::Appended } else { verdict.worth };
    let log = verdict.log.and_then(|log| judgement.logs.get(log as usize));
    let digest = log.and_then(|log| judgement.digests.get(log.digest? as usize));
    let mut why = Why::default();
    let title = match worth {
        Worth::Unchanged => {
            let keys = match judgement.keys.len() {
                1 => "the public key".to_owned(),
                more => format!("the {more} public keys"),
            };
            match digest {
                Some(_) => why.named(digest),
                None => why.words("Its content is that of a log that a proved digest names."),
            }
            if verdict.appended_from.is_some() {
                why.words("More follows in its file than what the digest recorded: later records are not proved.");
            }
            format!("Unchanged since CloudTrail delivered it, given {keys} you supplied")
        }
        Worth::Unproved => {
            why.unproved(digest, log);
            "Named by a digest that is not proved".to_owned()
        }
        Worth::Unlisted => {
            why.words(match log.and_then(|log| log.within_coverage) {
                Some(true) => {
                    "By its name it was delivered within time that proved digests of its account and region cover, and \
                     none of them names it. It may be of another trail, or await a backfill digest."
                }
                Some(false) => {
                    "By its name it was delivered outside the time that proved digests of its account and region cover."
                }
                None => "Its name does not tell when it was delivered.",
            });
            "No supplied digest names its file".to_owned()
        }
        Worth::Appended => {
            let agrees = log.is_some_and(|log| log.status == LogStatus::ExtraDataAppended);
            match digest.filter(|_| agrees) {
                Some(digest) => {
                    why.words("Its record stands behind the data whose hash is in digest ");
                    why.object(digest);
                    why.proved_by(digest);
                }
                None => why.words(
                    "Its record stands behind the first gzip member of its file, which is what a digest's hash is of.",
                ),
            }
            "Appended: not in what a digest recorded of its file".to_owned()
        }
        Worth::Modified => {
            why.recorded_another(digest);
            if log.is_some_and(|log| log.flags.contains(&Flag::GzipStreamIncomplete)) {
                why.words("Its gzip data ends too early.");
            }
            why.words("Which of its records differ cannot be told.");
            "Its file is not what a digest recorded".to_owned()
        }
        Worth::Damaged => {
            why.words("Its gzip data does not inflate as it should: what is shown is what could be read of it.");
            if let Some(digest) = digest {
                why.words("Its file is named by digest ");
                why.object(digest);
                why.proved_by(digest);
            }
            "Its file is damaged".to_owned()
        }
    };
    let open =
        matches!(worth, Worth::Unproved).then_some(digest).flatten().and_then(|digest| digest.command.as_deref());
    let command = open.or_else(|| log.and_then(|log| log.command.as_deref()));
    Some(Evidence { worth, title, why: why.0, command })
}

/// The sentences as they come to be.
#[derive(Default)]
struct Why<'a>(Vec<Piece<'a>>);

impl<'a> Why<'a> {
    fn words(&mut self, words: &str) {
        match self.0.last_mut() {
            Some(Piece::Words(before)) => {
                if before.ends_with('.') {
                    before.push(' ');
                }
                before.push_str(words);
            }
            _ => self.0.push(Piece::Words(words.to_owned())),
        }
    }

    fn object(&mut self, digest: &'a DigestVerdict) {
        self.0.push(Piece::Object(&digest.object));
    }

    fn named(&mut self, digest: Option<&'a DigestVerdict>) {
        if let Some(digest) = digest {
            self.words("Its file is named by digest ");
            self.object(digest);
            self.proved_by(digest);
        }
    }

    /// Goes on after a digest, to the end of the sentence.
    fn proved_by(&mut self, digest: &DigestVerdict) {
        let proof = |proof: &Proof| match proof {
            Proof::OwnSignature => "its own signature",
            Proof::SignatureInNextDigest => "its signature in the next digest",
            Proof::HashInAuthenticNextDigest => "its hash in the next digest, which is proved",
        };
        // What anybody can check without another file first.
        let mut proofs = digest.proofs.clone();
        proofs.sort_by_key(|proof| match proof {
            Proof::OwnSignature => 0,
            Proof::SignatureInNextDigest => 1,
            Proof::HashInAuthenticNextDigest => 2,
        });
        let proofs: Vec<&str> = proofs.iter().map(proof).collect();
        match (digest.status, proofs.as_slice()) {
            (DigestStatus::Authentic, [only]) => self.words(&format!(", proved by {only}.")),
            (DigestStatus::Authentic, [first @ .., last]) => {
                self.words(&format!(", proved by {} and {last}.", first.join(", ")));
            }
            (DigestStatus::Authentic, []) => self.words(", which is proved."),
            (DigestStatus::Unproven, _) => self.words(", which is not proved."),
            (DigestStatus::NotAuthentic, _) => self.words(", which does not verify."),
        }
    }

    fn unproved(&mut self, digest: Option<&'a DigestVerdict>, log: Option<&LogVerdict>) {
        let Some(digest) = digest else { return };
        self.words("Its file is named by digest ");
        self.object(digest);
        let why = match digest.reason {
            Some(Reason::NoSignatureAvailable) => {
                ", whose signature is in S3 metadata, which were not supplied.".to_owned()
            }
            Some(Reason::KeyNotSupplied) => ", whose public key was not supplied.".to_owned(),
            Some(Reason::KeyUnusable) => ", whose public key cannot be used.".to_owned(),
            Some(Reason::KeyDoesNotMatchFingerprint) => ", whose public key does not match its fingerprint.".to_owned(),
            Some(Reason::SignatureOrHashMismatch) => {
                ", which does not verify: its signature, or its hash in the next digest, is another.".to_owned()
            }
            Some(Reason::Malformed) => ", which cannot be read as a digest.".to_owned(),
            None => ".".to_owned(),
        };
        self.words(&why);
        match log.map(|log| log.status) {
            Some(LogStatus::UnprovenHashAgrees) => self.words("The hash it records is that of the file."),
            Some(LogStatus::UnprovenHashDiffers) => self.words("The hash it records is not that of the file."),
            Some(LogStatus::UnprovenNoHashRecorded) => self.words("It records no hash for the file."),
            _ => {}
        }
    }

    fn recorded_another(&mut self, digest: Option<&'a DigestVerdict>) {
        match digest {
            Some(digest) => {
                self.words("Another hash is recorded for it in digest ");
                self.object(digest);
                self.proved_by(digest);
            }
            None => self.words("A digest records another hash for it."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrity::verdict::{FileVerdict, KeyVerdict};

    fn judgement(worth: Worth, status: LogStatus, digest: DigestVerdict) -> Judgement {
        let object = Object { bucket: "logs".to_owned(), key: "AWSLogs/x/digest.json.gz".to_owned() };
        Judgement {
            digests: vec![DigestVerdict { object, ..digest }],
            logs: vec![LogVerdict { status, digest: Some(0), file: Some(7), ..LogVerdict::default() }],
            keys: vec![KeyVerdict::default(), KeyVerdict::default()],
            files: vec![FileVerdict { file: 7, worth, appended_from: None, log: Some(0) }],
            ..Judgement::default()
        }
    }

    fn authentic(proofs: &[Proof]) -> DigestVerdict {
        DigestVerdict { status: DigestStatus::Authentic, proofs: proofs.to_vec(), ..DigestVerdict::default() }
    }

    fn text(evidence: &Evidence<'_>) -> String {
        let piece = |piece: &Piece<'_>| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Object(object) => object.name().to_owned(),
        };
        evidence.why.iter().map(piece).collect()
    }

    #[test]
    fn what_is_unchanged_says_by_which_proofs_and_keys() {
        let proofs = [Proof::HashInAuthenticNextDigest, Proof::OwnSignature, Proof::SignatureInNextDigest];
        let known = judgement(Worth::Unchanged, LogStatus::Authentic, authentic(&proofs));
        let evidence = of_record(&known, 7, 3).unwrap();
        assert_eq!(evidence.title, "Unchanged since CloudTrail delivered it, given the 2 public keys you supplied");
        assert_eq!(
            text(&evidence),
            "Its file is named by digest digest.json.gz, proved by its own signature, its signature in the next digest and \
             its hash in the next digest, which is proved."
        );
        assert_eq!(of_record(&known, 8, 0), None);
    }

    #[test]
    fn records_behind_what_was_hashed_are_never_called_unchanged() {
        let mut known = judgement(Worth::Unchanged, LogStatus::ExtraDataAppended, authentic(&[Proof::OwnSignature]));
        known.files[0].appended_from = Some(2);
        let before = of_record(&known, 7, 1).unwrap();
        assert_eq!(before.worth, Worth::Unchanged);
        assert!(text(&before).ends_with(
            "own signature. More follows in its file than what the digest recorded: later records are not proved."
        ));
        let behind = of_record(&known, 7, 2).unwrap();
        assert_eq!(behind.worth, Worth::Appended);
        assert!(behind.title.starts_with("Appended"), "{}", behind.title);
        assert!(!behind.title.contains("nchanged") && !text(&behind).contains("nchanged"));
    }

    #[test]
    fn what_is_not_proved_says_why_and_what_would_settle_it() {
        let digest = DigestVerdict {
            reason: Some(Reason::NoSignatureAvailable),
            command: Some("aws s3api head-object".to_owned()),
            ..DigestVerdict::default()
        };
        let known = judgement(Worth::Unproved, LogStatus::UnprovenHashAgrees, digest.clone());
        let evidence = of_record(&known, 7, 0).unwrap();
        assert!(text(&evidence).contains("whose signature is in S3 metadata"), "{}", text(&evidence));
        assert_eq!(evidence.command, Some("aws s3api head-object"));
        let known = judgement(Worth::Modified, LogStatus::UnprovenHashDiffers, digest);
        let said = text(&of_record(&known, 7, 0).unwrap());
        assert!(said.contains("digest.json.gz, which is not proved."), "{said}");
    }

    #[test]
    fn no_word_is_stronger_than_what_is_known() {
        let digests = [
            authentic(&[Proof::OwnSignature]),
            DigestVerdict { status: DigestStatus::NotAuthentic, ..DigestVerdict::default() },
            DigestVerdict { reason: Some(Reason::KeyNotSupplied), ..DigestVerdict::default() },
        ];
        for worth in Worth::ALL {
            for digest in &digests {
                for within in [None, Some(true), Some(false)] {
                    let mut known = judgement(worth, LogStatus::Modified, digest.clone());
                    known.logs[0].within_coverage = within;
                    let evidence = of_record(&known, 7, 0).unwrap();
                    let said = format!("{} {}", evidence.title, text(&evidence)).to_lowercase();
                    for word in ["genuine", "forged", "deleted", "invalid", "not found", "attacker", "tamper"] {
                        assert!(!said.contains(word), "{word} in {said}");
                    }
                    assert!(!said.contains("  ") && !said.contains(".."), "{said}");
                }
            }
        }
    }
}
