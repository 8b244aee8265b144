//! Answer A against the AWS command line itself: for every scenario of `../shared/oracle/integrity/corpus` and every run of
//! it, the text and exit code that `aws cloudtrail validate-logs` 2.36.7 gave. Not a line is left out, but for one that Python
//! prints about itself: see [`without_warnings`].

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPublicKey};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use trailglass::import::content::{Container, Content};
use trailglass::import::kind::Kind;
use trailglass::integrity::head::Head;
use trailglass::integrity::paper::Paper;
use trailglass::integrity::validate_logs::{Request, validate};
use trailglass::integrity::{self, Supplied, digest, keys};
use trailglass::session::native::NativeCase;

#[derive(Deserialize)]
struct Scenario {
    runs: Vec<Run>,
}

/// A run as the scenario asks for it.
#[derive(Deserialize)]
struct Run {
    label: String,
    trail_arn: String,
    region: Option<String>,
    env_region: Option<String>,
    start_time: String,
    end_time: Option<String>,
    s3_bucket: Option<String>,
    s3_prefix: Option<String>,
    account_id: Option<String>,
    verbose: Option<bool>,
}

#[derive(Deserialize)]
struct Expected {
    runs: Vec<Printed>,
}

/// What the command printed of it.
#[derive(Deserialize)]
struct Printed {
    label: String,
    exit_code: i32,
    stdout: String,
    stderr: String,
    interleaved: String,
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn request(run: &Run) -> Request {
    Request {
        trail_arn: run.trail_arn.clone(),
        start_time: run.start_time.clone(),
        end_time: run.end_time.clone(),
        s3_bucket: run.s3_bucket.clone(),
        s3_prefix: run.s3_prefix.clone(),
        account_id: run.account_id.clone(),
        region: run.region.clone(),
        default_region: run.env_region.clone(),
        verbose: run.verbose.unwrap_or(true),
        now: 1_800_000_000_000,
    }
}

/// The text without the warning about a time zone of which only the name is known: Python's `warnings` module writes it, with
/// the place in the program's source and that line of source, which differ from one release to the next.
fn without_warnings(text: &str) -> String {
    let is_warning = |line: &str| line.contains(": UnknownTimezoneWarning: ") || line.starts_with("  warnings.warn(");
    text.split_inclusive('\n').filter(|line| !is_warning(line)).collect()
}

fn evidence(folder: &Path, shards: usize) -> Vec<Supplied> {
    NativeCase::load(&common::files_below(folder), shards).evidence()
}

/// Holds all runs over a corpus against what was printed of them; how many there were.
fn hold(corpus: &Path, expected: &Path) -> usize {
    let mut names: Vec<_> = std::fs::read_dir(expected).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    names.sort();
    let (mut checked, mut wrong) = (0, Vec::new());
    for (number, path) in names.iter().enumerate() {
        let folder = corpus.join(path.file_stem().unwrap());
        let scenario: Scenario = read(&folder.join("scenario.json"));
        let expected: Expected = read(path);
        let files = evidence(&folder, number % 3 + 1);
        assert_eq!(scenario.runs.len(), expected.runs.len());
        for (run, expected) in scenario.runs.iter().zip(&expected.runs) {
            assert_eq!(run.label, expected.label);
            let printed = validate(&request(run), &files);
            let both: String = printed.lines.iter().map(|line| format!("{}\n", line.text)).collect();
            let got = [both, printed.stream(false), printed.stream(true), printed.exit.to_string()];
            let (text, exit) = ([&expected.interleaved, &expected.stdout, &expected.stderr], expected.exit_code);
            let [both, out, err] = text.map(|text| without_warnings(text));
            checked += 1;
            if got != [both.clone(), out, err, exit.to_string()] {
                let differs = got[0].lines().zip(both.lines()).find(|(got, expected)| got != expected);
                wrong.push(format!(
                    "{} / {}: exit {} for {exit}, {} lines for {}\n{differs:#?}",
                    folder.display(),
                    run.label,
                    printed.exit,
                    got[0].lines().count(),
                    both.lines().count(),
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {checked} runs differ:\n{}", wrong.len(), wrong.join("\n\n"));
    checked
}

#[test]
fn prints_what_the_command_prints() {
    let Some(shared) = common::shared() else { return };
    let oracle = shared.join("oracle/integrity");
    assert_eq!(hold(&oracle.join("corpus"), &oracle.join("expected_v2")), 66, "runs");
}

/// The key that signs the digests made here: one of the test keys of the sample.
fn signing_key() -> RsaPrivateKey {
    let pem = include_str!("../xtask/src/sample/keys/test-key-us-east-1.pem");
    let lines = pem.lines().skip_while(|line| !line.starts_with("-----BEGIN")).skip(1);
    let text: String = lines.take_while(|line| !line.starts_with("-----END")).collect();
    RsaPrivateKey::from_pkcs1_der(&STANDARD.decode(text).unwrap()).unwrap()
}

fn supplied(file: u32, path: &str, kind: Kind, paper: Paper) -> Supplied {
    let path = path.to_owned();
    Supplied { file, path, kind, bytes: 0, sha256: None, md5: None, content: None, paper: Some(paper) }
}

/// Three digests, of which `change` makes the middle one odd before it is signed.
fn chain(change: &Value) -> Vec<Supplied> {
    let key = signing_key();
    let public = key.to_public_key().to_pkcs1_der().unwrap().into_vec();
    let fingerprint = "0123456789abcdef0123456789abcdef";
    let listed = json!({ "PublicKeyList": [{ "Value": STANDARD.encode(public), "Fingerprint": fingerprint }] });
    let keys = Paper::Keys(keys::read(listed.to_string().as_bytes()));
    let mut files = vec![supplied(0, "public-keys.us-east-1.json", Kind::PublicKeys, keys)];
    let mut previous: Option<(String, String)> = None;
    for hour in 1..=3 {
        let name = format!("111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20240304T0{hour}0404Z.json.gz");
        let object = format!("AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2024/03/04/{name}");
        let end = format!("2024-03-04T0{hour}:04:04Z");
        let mut digest = json!({
            "digestStartTime": format!("2024-03-04T0{}:04:04Z", hour - 1),
            "digestEndTime": end,
            "digestS3Bucket": "trail-bucket",
            "digestS3Object": object,
            "digestPublicKeyFingerprint": fingerprint,
            "previousDigestS3Bucket": previous.as_ref().map(|_| "trail-bucket"),
            "previousDigestS3Object": previous.as_ref().map(|(object, _)| object),
            "previousDigestSignature": previous.as_ref().map(|(_, signature)| signature),
            "logFiles": [],
        });
        for (name, value) in change.as_object().unwrap().iter().filter(|_| hour == 2) {
            match value.as_str() {
                Some("(absent)") => drop(digest.as_object_mut().unwrap().remove(name)),
                _ => digest[name] = value.clone(),
            }
        }
        let text = digest.to_string();
        let sha256: [u8; 32] = Sha256::digest(&text).into();
        let before = previous.as_ref().map_or("null", |(_, signature)| signature);
        let signed = format!("{end}\ntrail-bucket/{object}\n{}\n{before}", integrity::hex(&sha256));
        let signature = key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(signed)).unwrap();
        let signature = integrity::hex(&signature);
        let algorithm = Some("SHA256withRSA".to_owned());
        let head = Head { signature: Some(signature.clone()), algorithm, ..Head::default() };
        let path = format!("head/trail-bucket/{object}.head.json");
        files.push(supplied(hour * 2, &path, Kind::HeadObject, Paper::Heads(vec![head])));
        let paper = Paper::Digest(Box::new(digest::read(text.as_bytes())));
        let mut file = supplied(hour * 2 + 1, &format!("s3/trail-bucket/{object}"), Kind::Digest, paper);
        file.content = Some(Content {
            sha256,
            bytes: text.len() as u64,
            container: Container::Gzip,
            gzip_outside: true,
            trailing: false,
            appended_from: None,
        });
        files.push(file);
        previous = Some((object, signature));
    }
    files
}

/// Documents that are signed and odd: what version 1 of the command, which differs from version 2 in nothing that matters here,
/// printed of the same oddities.
#[test]
fn odd_documents() {
    let log = |bucket: &str| json!({ "s3Bucket": bucket, "s3Object": "a", "hashValue": "" });
    for (change, exit, words) in [
        (json!({}), 0, ""),
        (json!({ "digestStartTime": 5 }), 1, "INVALID: Parser must be a string or character stream, not int\n"),
        (json!({ "digestStartTime": "soon" }), 1, "INVALID: Unable to parse date value: soon\n"),
        (json!({ "digestStartTime": "(absent)" }), 1, "INVALID: invalid format\n"),
        (json!({ "digestPublicKeyFingerprint": null }), 1, "key not found in region us-east-1 for fingerprint None\n"),
        (json!({ "digestPublicKeyFingerprint": [1] }), 1, "INVALID: unhashable type: 'list'\n"),
        (json!({ "digestS3Bucket": 7 }), 1, "INVALID: has been moved from its original location\n"),
        (
            json!({ "previousDigestS3Bucket": "not one" }),
            1,
            "INVALID: Parameter validation failed:\nInvalid bucket name",
        ),
        (json!({ "previousDigestS3Bucket": "elsewhere" }), 254, "aws: [ERROR]: An error occurred (NoSuchBucket)"),
        (json!({ "previousDigestS3Object": "" }), 0, ""),
        (json!({ "previousDigestS3Object": 1 }), 255, "aws: [ERROR]: 'int' object has no attribute 'endswith'\n"),
        (json!({ "logFiles": null }), 0, ""),
        (json!({ "logFiles": "(absent)" }), 255, "aws: [ERROR]: 'logFiles'\n"),
        (json!({ "logFiles": 3 }), 255, "aws: [ERROR]: 'int' object is not iterable\n"),
        (json!({ "logFiles": ["a"] }), 255, "aws: [ERROR]: string indices must be integers, not 'str'\n"),
        (json!({ "logFiles": [null] }), 255, "aws: [ERROR]: 'NoneType' object is not subscriptable\n"),
        (json!({ "logFiles": [{ "s3Bucket": "trail-bucket" }] }), 255, "aws: [ERROR]: 's3Object'\n"),
        (json!({ "logFiles": [log("trail-bucket")] }), 1, "Log file\ts3://trail-bucket/a\tINVALID: not found\n"),
        (json!({ "logFiles": [log("not one")] }), 1, "Log file\ts3://not one/a\tINVALID: invalid format\n"),
        (json!({ "logFiles": [log("elsewhere")] }), 254, "aws: [ERROR]: An error occurred (NoSuchBucket)"),
    ] {
        let request = Request {
            trail_arn: "arn:aws:cloudtrail:us-east-1:111122223333:trail/t".to_owned(),
            start_time: "2024-03-04".to_owned(),
            end_time: Some("2024-03-04T03:04:04+05:00".to_owned()),
            region: Some("us-east-1".to_owned()),
            ..Request::default()
        };
        let printed = validate(&request, &chain(&change));
        let errors = printed.stream(true);
        assert_eq!(printed.exit, exit, "{change}: {errors}");
        assert!(errors.contains(words) && errors.is_empty() == words.is_empty(), "{change}: {errors}");
    }
}
