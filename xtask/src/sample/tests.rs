//! What the sample case promises: the same bytes again, records as CloudTrail writes them, and the story as it is told.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::*;
use crate::corpus::world::{ACCOUNT, REGIONS};

fn records() -> &'static [Value] {
    static RECORDS: LazyLock<Vec<Value>> =
        LazyLock::new(|| events().iter().map(|event| serde_json::from_str(&event.text).unwrap()).collect());
    &RECORDS
}

fn text<'a>(record: &'a Value, pointer: &str) -> &'a str {
    record.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The records of a call from the intruder's address, in the order of time.
fn intruders<'a>(records: &'a [Value], name: &str) -> Vec<&'a Value> {
    let fits = |record: &&Value| text(record, "/eventName") == name && text(record, "/sourceIPAddress") == ADDRESS;
    records.iter().filter(fits).collect()
}

#[test]
fn the_same_bytes_every_time() {
    let one = packed().unwrap();
    assert_eq!(one, packed().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let (events, count) = write(dir.path()).unwrap();
    let again = files().unwrap();
    assert_eq!((events, count), (again.iter().map(|file| file.events).sum(), again.len()));
    for file in &again {
        assert_eq!(fs::read(dir.path().join(&file.path)).unwrap(), file.bytes);
    }
}

#[test]
fn about_twenty_five_thousand_in_fewer_than_nine_hundred_files() {
    let files = files().unwrap();
    let count = |trail: bool| -> usize {
        let of = files.iter().filter(|file| file.path.starts_with(delivery::ROOT) == trail);
        of.map(|file| file.events).sum()
    };
    assert!((19_000..21_000).contains(&count(true)), "{} records", count(true));
    assert!((3_500..6_000).contains(&count(false)), "{} log events", count(false));
    assert!(files.len() < 900, "{} files", files.len());
    let paths: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths.len(), files.len());
}

#[test]
fn every_record_has_what_a_record_has() {
    let (mut ids, mut keys) = (HashSet::new(), HashSet::new());
    for event in events() {
        let record: Value = serde_json::from_str(&event.text).unwrap();
        for field in [
            "eventVersion",
            "userIdentity",
            "eventTime",
            "eventSource",
            "eventName",
            "awsRegion",
            "sourceIPAddress",
            "userAgent",
            "requestParameters",
            "responseElements",
            "eventID",
            "readOnly",
            "eventType",
            "managementEvent",
            "recipientAccountId",
            "eventCategory",
        ] {
            assert!(record.get(field).is_some(), "{field} in {}", event.text);
        }
        assert_eq!(text(&record, "/awsRegion"), REGIONS[event.region]);
        assert_eq!(text(&record, "/recipientAccountId"), ACCOUNT[event.account].0);
        assert!(ids.insert(text(&record, "/eventID").to_owned()), "an eventID twice");
        let owner = text(&record, "/userIdentity/accountId");
        assert!(
            owner.is_empty()
                || owner == ACCOUNT[event.account].0
                || text(&record, "/userIdentity/type") == "AWSAccount",
            "{}",
            event.text
        );
        if text(&record, "/userIdentity/type") == "AssumedRole" {
            let issuer = text(&record, "/userIdentity/sessionContext/sessionIssuer/arn");
            assert!(issuer.contains(owner) && issuer.contains(":role/"), "{issuer}");
        }
        keys.insert(text(&record, "/responseElements/credentials/accessKeyId").to_owned());
    }
    // Sessions lead back to the call that began them, but for those of before the case or of the hours without a trail.
    let records = records();
    let of_sessions: HashSet<&str> = records
        .iter()
        .filter(|record| text(record, "/userIdentity/type") == "AssumedRole")
        .map(|record| text(record, "/userIdentity/accessKeyId"))
        .collect();
    let linked = of_sessions.iter().filter(|key| keys.contains(**key)).count();
    assert!(linked * 10 > of_sessions.len() * 8, "{linked} of {}", of_sessions.len());
}

#[test]
fn the_key_is_refused_until_a_role_lets_it_in() {
    let records = records();
    let of_key: Vec<&Value> = records
        .iter()
        .filter(|record| {
            text(record, "/userIdentity/accessKeyId") == KEY && text(record, "/sourceIPAddress") == ADDRESS
        })
        .collect();
    assert_eq!(text(of_key[0], "/eventName"), "GetCallerIdentity");
    assert_eq!(text(of_key[0], "/eventTime"), "2026-09-15T19:41:07Z");
    let denied = of_key.iter().filter(|record| {
        let code = text(record, "/errorCode");
        code == "AccessDenied" || code == "Client.UnauthorizedOperation"
    });
    assert!((120..200).contains(&denied.count()));
    // The key works elsewhere, too: where it belongs.
    let at_work = |record: &&Value| {
        text(record, "/userIdentity/accessKeyId") == KEY && text(record, "/sourceIPAddress") == "192.0.2.140"
    };
    assert!(records.iter().filter(at_work).count() > 200);
}

#[test]
fn roles_are_taken_across_accounts() {
    let records = records();
    let taken = intruders(records, "AssumeRole");
    let taken: Vec<_> = taken.iter().filter(|record| record.get("errorCode").is_none()).collect();
    assert_eq!(taken.len(), 4);
    for (pair, (from, to)) in taken.chunks(2).zip([("444455556666", "111122223333"), ("111122223333", "777788889999")])
    {
        assert_eq!(text(pair[0], "/sharedEventID"), text(pair[1], "/sharedEventID"));
        assert_eq!(text(pair[0], "/requestID"), text(pair[1], "/requestID"));
        assert_ne!(text(pair[0], "/eventID"), text(pair[1], "/eventID"));
        assert_eq!([text(pair[0], "/recipientAccountId"), text(pair[1], "/recipientAccountId")], [from, to]);
        assert_eq!(text(pair[0], "/userIdentity/type"), "IAMUser");
        assert_eq!(text(pair[1], "/userIdentity/type"), "AWSAccount");
        assert_eq!(text(pair[0], "/userIdentity/principalId"), text(pair[1], "/userIdentity/principalId"));
        let key = text(pair[0], "/responseElements/credentials/accessKeyId");
        assert!(records.iter().any(|record| text(record, "/userIdentity/accessKeyId") == key));
    }
}

#[test]
fn the_backdoor_is_made_and_used() {
    let records = records();
    let one = |name: &str| {
        let found = intruders(records, name);
        assert_eq!(found.len(), 1, "{name}");
        found[0]
    };
    let user = one("CreateUser");
    assert_eq!(text(user, "/eventTime"), "2026-09-16T01:27:14Z");
    assert_eq!(text(user, "/responseElements/user/userName"), BACKDOOR);
    assert_eq!(text(user, "/awsRegion"), "us-east-1");
    assert_eq!(text(user, "/userIdentity/sessionContext/sessionIssuer/userName"), "prod-deploy-pipeline");
    let id = text(user, "/responseElements/user/userId");
    let key = text(one("CreateAccessKey"), "/responseElements/accessKey/accessKeyId");
    let policy = text(one("AttachUserPolicy"), "/requestParameters/policyArn");
    assert_eq!(policy, "arn:aws:iam::aws:policy/AdministratorAccess");
    one("CreateLoginProfile");
    let logins = intruders(records, "ConsoleLogin");
    let outcome = |login: &&Value| text(login, "/responseElements/ConsoleLogin").to_owned();
    assert_eq!(logins.iter().map(outcome).collect::<Vec<_>>(), ["Failure", "Success"]);
    assert_eq!(text(logins[1], "/additionalEventData/MFAUsed"), "No");
    let used = records.iter().filter(|record| text(record, "/userIdentity/accessKeyId") == key);
    assert!(used.into_iter().all(|record| text(record, "/userIdentity/principalId") == id));
    let secrets = intruders(records, "GetSecretValue");
    assert_eq!(secrets.iter().filter(|secret| text(secret, "/userIdentity/accessKeyId") == key).count(), 8);
    let snapshot = text(one("CreateSnapshot"), "/responseElements/snapshotId");
    assert_eq!(text(one("ModifySnapshotAttribute"), "/requestParameters/snapshotId"), snapshot);
}

#[test]
fn the_bucket_and_the_instance_are_gone() {
    let records = records();
    let keys = |name: &str| -> HashSet<String> {
        let objects = intruders(records, name);
        assert!(objects.iter().all(|record| text(record, "/requestParameters/bucketName") == BUCKET));
        objects.iter().map(|record| text(record, "/requestParameters/key").to_owned()).collect()
    };
    assert_eq!(keys("GetObject"), keys("DeleteObject"));
    assert_eq!(keys("GetObject").len(), 240);
    let bucket = intruders(records, "DeleteBucket");
    assert_eq!(bucket.iter().map(|record| text(record, "/errorCode")).collect::<Vec<_>>(), ["BucketNotEmpty", ""]);
    assert!(text(bucket[1], "/eventTime") > text(intruders(records, "DeleteObject")[239], "/eventTime"));

    let last = intruders(records, "TerminateInstances");
    assert_eq!(last.len(), 2);
    assert_eq!(text(last[0], "/errorCode"), "Client.OperationNotPermitted");
    assert_eq!(text(last[1], "/responseElements/instancesSet/items/0/instanceId"), INSTANCE);
    let story: Vec<&str> = records
        .iter()
        .filter(|record| record.to_string().contains(INSTANCE))
        .map(|record| text(record, "/eventName"))
        .collect();
    assert_eq!(story[0], "RunInstances");
    assert_eq!(story.last(), Some(&"TerminateInstances"));
    assert!(story.len() > 100);
}

#[test]
fn the_trail_is_stopped_and_started_again() {
    let records = records();
    let stop = intruders(records, "StopLogging");
    assert_eq!(stop.len(), 2);
    assert_eq!(text(stop[0], "/errorCode"), "AccessDenied");
    assert_eq!(text(stop[1], "/recipientAccountId"), "777788889999");
    let start: Vec<_> = records.iter().filter(|record| text(record, "/eventName") == "StartLogging").collect();
    assert_eq!(start.len(), 1);
    assert!(text(start[0], "/userIdentity/arn").ends_with("/noor.haddad@harborline.example"));
    let (from, to) = (text(stop[1], "/eventTime"), text(start[0], "/eventTime"));
    assert_eq!([from, to], ["2026-09-16T02:49:21Z", "2026-09-16T06:41:33Z"]);
    assert!(records.iter().all(|record| text(record, "/eventTime") <= from || text(record, "/eventTime") >= to));
    // Afterwards the intruder gets nowhere.
    let after =
        records.iter().filter(|record| text(record, "/sourceIPAddress") == ADDRESS && text(record, "/eventTime") > to);
    assert!(after.into_iter().all(|record| text(record, "/errorCode") == "AccessDenied"));
}
