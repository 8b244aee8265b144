//! What the report does not speak of (`spec/INTEGRITY.md` 9.5): said in it, so that nobody reads more into it.

use super::Sums;

/// What was not checked, a sentence or two each.
pub(super) fn not_checked(supplied: &Sums) -> Vec<String> {
    let mut out = vec![
        "AWS was not asked anything. All that is said here follows from the files supplied.".to_owned(),
        "That the public keys are those of AWS. Everything that is called authentic or unchanged is so given the keys \
         listed in this report: compare their fingerprints with the output of \"aws cloudtrail list-public-keys\" for the \
         region and time, got from a source that you trust. A fingerprint is the MD5 of the key, which finds mistakes \
         and proves nothing by itself."
            .to_owned(),
        match supplied.head_objects {
            0 => "The metadata in S3: no output of head-object was supplied. The newest digest of a chain can only be \
                  proved with it."
                .to_owned(),
            1 => "The metadata in S3 beyond the one output of head-object supplied.".to_owned(),
            many => format!("The metadata in S3 beyond the {many} outputs of head-object supplied."),
        },
        "Other versions of the objects, delete markers, Object Lock, and who wrote or removed an object.".to_owned(),
        "Time before the first and after the last proved digest of each stream. The latest hour or two has no digest \
         yet, as a rule."
            .to_owned(),
        "Whether all trails, regions and accounts of interest are among the files: a stream of which no digest was \
         supplied is not missed here."
            .to_owned(),
        "What the trails are set to record, now or then, and whether they could deliver: describe-trails, \
         get-event-selectors and get-trail-status tell that online. An hour that is covered tells which logs were \
         delivered, not that nothing else happened."
            .to_owned(),
        "How logs and digests were compressed: hashes are of what is inside. Packing a file anew changes its SHA-256 on \
         disk and nothing else."
            .to_owned(),
    ];
    out.insert(
        3,
        match (supplied.listing, &supplied.listing_newest_object) {
            (false, _) => "What is in the bucket: no listing of it was supplied. A log or digest that is named and was \
                           not supplied may still be there."
                .to_owned(),
            (true, None) => "What is in the bucket beyond the listing supplied.".to_owned(),
            (true, Some(newest)) => format!(
                "What is in the bucket beyond the listing supplied, whose newest object was written at {newest}. It may \
                 have changed since."
            ),
        },
    );
    if supplied.files_not_read > 0 {
        let files = supplied.files_not_read;
        let (files, are) = if files == 1 { ("1 file".to_owned(), "was") } else { (format!("{files} files"), "were") };
        out.push(format!("{files} of those supplied {are} not read; the manifest says which."));
    }
    out
}
