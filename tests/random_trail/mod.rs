//! Records made up of everything that is odd about who did what: members absent, empty or of the wrong type, every type of
//! identity with parts of every other, error codes on the edge of two families.

#![allow(dead_code, reason = "each test binary uses some of it")]

use rand::Rng;
use rand::rngs::SmallRng;
use serde_json::{Map, Value, json};

/// Of these texts one; now and then none, an empty one, or something that is no text.
fn odd(rng: &mut SmallRng, texts: &[&str]) -> Option<Value> {
    match rng.random_range(0..12) {
        0..=1 => None,
        2 => Some(json!("")),
        3 => Some(
            [json!(null), json!(7), json!({}), json!([]), json!(true), json!(["x"])][rng.random_range(0..6)].clone(),
        ),
        _ => Some(json!(texts[rng.random_range(0..texts.len())])),
    }
}

/// An object of such members.
fn object(rng: &mut SmallRng, members: &[(&str, &[&str])]) -> Value {
    let mut object = Map::new();
    for (key, texts) in members {
        if let Some(value) = odd(rng, texts) {
            object.insert((*key).to_owned(), value);
        }
    }
    Value::Object(object)
}

/// Members of an object, dropped at random: most of a record is not there most of the time.
fn thinned(rng: &mut SmallRng, mut value: Value, keep: u32) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, _| rng.random_ratio(keep, 10));
    }
    value
}

/// Types of identity, known and not.
pub const TYPES: [&str; 14] = [
    "Root",
    "IAMUser",
    "AssumedRole",
    "Role",
    "FederatedUser",
    "SAMLUser",
    "WebIdentityUser",
    "IdentityCenterUser",
    "Directory",
    "AWSAccount",
    "AWSService",
    "Unknown",
    "Visitor",
    "iamuser",
];

fn made_up_identity(rng: &mut SmallRng) -> Value {
    let arns = [
        "arn:aws:iam::222233334444:user/Wren",
        "arn:aws:iam::222233334444:root",
        "arn:aws:sts::222233334444:assumed-role/Dock/wren@harbour.example",
        "arn:aws-us-gov:sts::222233334444:assumed-role/Dock/i-0a/b",
        "arn:aws:sts::222233334444:assumed-role/Dock",
        "arn:aws:sts::222233334444:federated-user/Gull",
        "arn:aws:sts::222233334444:assumed-role//x",
        "not an arn",
    ];
    let principals = [
        "AIDAWREN",
        "AROADOCK:wren@harbour.example",
        "AROADOCK:night shift@harbour.example",
        "AROADOCK:@",
        "AROADOCK:a:b@c",
        "AROADOCK:",
        "222233334444",
        "accounts.google.com:app:keeper",
        "one:two",
        "a::b",
    ];
    let names = ["Wren", "HIDDEN_DUE_TO_SECURITY_REASONS", "wren@harbour.example", "Ünï 名"];
    let mut identity = object(
        rng,
        &[
            ("type", &TYPES),
            ("arn", &arns),
            ("principalId", &principals),
            ("userName", &names),
            ("accountId", &["222233334444", "555566667777"]),
            ("accessKeyId", &["AKIAWREN", "ASIAWREN", "ASIA"]),
            ("identityProvider", &["accounts.google.com", "arn:aws:iam::222233334444:saml-provider/Port"]),
            ("invokedBy", &["AWS Internal", "cloudformation.amazonaws.com"]),
        ],
    );
    if rng.random() {
        identity["sessionContext"] = object(rng, &[("sourceIdentity", &["Keeper", "keeper@harbour.example"])]);
        if rng.random() {
            identity["sessionContext"]["sessionIssuer"] =
                object(rng, &[("arn", &["arn:aws:iam::222233334444:role/path/Dock", "arn:aws:iam::1:root"])]);
        }
        if rng.random() {
            identity["sessionContext"]["attributes"] = object(rng, &[("sourceIdentity", &["Inner Keeper"])]);
        }
    }
    if rng.random_ratio(1, 4) {
        identity["onBehalfOf"] =
            object(rng, &[("userId", &["u-1"]), ("identityStoreArn", &["arn:aws:identitystore::1:identitystore/d-1"])]);
    }
    // Mostly with little inside, so that every last resort is reached.
    let keep = rng.random_range(3..=10);
    let kind = identity.get("type").cloned();
    let mut identity = thinned(rng, identity, keep);
    if let Some(kind) = kind.filter(|_| rng.random_ratio(9, 10)) {
        identity["type"] = kind;
    }
    identity
}

/// Codes of every family, some on the edge of two, some of none.
const CODES: [&str; 52] = [
    "AccessDenied",
    "Client.AccessDenied",
    "Server.AccessDenied",
    "client.unauthorizedoperation",
    "AccessDeniedException",
    "UnauthorizedException",
    "UnauthorizedAccess",
    "AuthorizationErrorException",
    "NotAuthorized",
    "VpceAccessDenied",
    "InvalidClientTokenId",
    "ExpiredTokenException",
    "ExpiredToken",
    "AuthFailure",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "Throttling",
    "Client.RequestLimitExceeded",
    "ThrottledException",
    "SlowDown",
    "ProvisionedThroughputExceededException",
    "TooManyRequestsException",
    "NoSuchBucketPolicy",
    "Client.InvalidRouteTableID.NotFound",
    "ObjectLockConfigurationNotFoundError",
    "ResourceNotFoundException",
    "QueueDoesNotExist",
    "QueueDoesNotExistException",
    "EntityAlreadyExists",
    "BucketAlreadyExistsOwnedByYou",
    "ConflictException",
    "DependencyViolation",
    "IncorrectInstanceState",
    "IncorrectState",
    "InvalidDBInstanceStateFault",
    "ResourceInUseException",
    "BucketNotEmpty",
    "InvalidParameterValue",
    "ValidationException",
    "MalformedPolicyDocument",
    "MissingParameter",
    "Client.VcpuLimitExceeded",
    "ServiceQuotaExceededException",
    "LimitExceededException",
    "Client.DryRunOperation",
    "DryRunOperation",
    "InternalFailure",
    "Server.InternalError",
    "Server.SomethingOdd",
    "ServiceUnavailableException",
    "Client.Server.Odd",
    "Failure",
];

/// A record of which nothing can be relied on but its id and time.
pub fn made_up_record(rng: &mut SmallRng, number: usize) -> Value {
    let messages = [
        "Failed authentication",
        "User: x is not authorized to perform: s3:GetObject",
        "with an EXPLICIT DENY in a service control policy",
        "because no identity-based policy allows the action",
        "The bucket does not exist",
    ];
    let sources = [
        "s3.amazonaws.com",
        "dynamodb.amazonaws.com",
        "lambda.amazonaws.com",
        "signin.amazonaws.com",
        "iam.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "sts.amazonaws.com",
        "s3.amazonaws.com.cn",
        "odd.source",
        ".amazonaws.com",
    ];
    let names = [
        "GetObject",
        "ListObjectsV2",
        "HeadObject",
        "Query",
        "Scan",
        "TransactGetItems",
        "ExecuteTransaction",
        "Invoke",
        "InvokeFunction",
        "ConsoleLogin",
        "CheckMfa",
        "AssumeRole",
        "AssumeRoleWithSAML",
        "CreateUser",
        "GetUser",
        "getObject",
        "BatchGetBuilds",
        "SelectResourceConfig",
        "LookupEvents",
        "Listless",
    ];
    let mut record = object(
        rng,
        &[
            ("eventName", &names),
            ("eventSource", &sources),
            ("errorMessage", &messages),
            (
                "eventType",
                &[
                    "AwsApiCall",
                    "AwsServiceEvent",
                    "AwsConsoleSignIn",
                    "AwsVpceEvent",
                    "AwsVpceEvents",
                    "AwsCloudTrailInsight",
                    "AwsAggregatedEvent",
                    "AwsOther",
                ],
            ),
            (
                "eventCategory",
                &["Management", "Data", "Insight", "NetworkActivity", "Aggregated", "management", "Odd One"],
            ),
            ("errorCode", &CODES),
            ("readOnly", &["true", "false", "True", "FALSE", "maybe"]),
            ("recipientAccountId", &["222233334444"]),
        ],
    );
    for key in ["errorMessage", "eventCategory", "errorCode", "readOnly", "eventType"] {
        if rng.random_ratio(2, 3) {
            record.as_object_mut().unwrap().remove(key);
        }
    }
    record["eventVersion"] = json!("1.08");
    record["eventTime"] = json!("2024-02-05T08:30:00Z");
    record["eventID"] = json!(format!("made-up-{number}"));
    if rng.random_ratio(1, 4) {
        record["readOnly"] = json!(rng.random::<bool>());
    }
    if rng.random_ratio(1, 4) {
        record["managementEvent"] =
            [json!(true), json!(false), json!(null), json!("x")][rng.random_range(0..4)].clone();
    }
    match rng.random_range(0..12) {
        0 => {}
        1 => {
            record["userIdentity"] = [json!(null), json!("Wren"), json!([]), json!({})][rng.random_range(0..4)].clone()
        }
        _ => record["userIdentity"] = made_up_identity(rng),
    }
    for part in ["requestParameters", "responseElements"] {
        if rng.random_ratio(1, 2) {
            record[part] = made_up_parameters(rng);
        }
    }
    if let Some(name) = record["eventName"].as_str().map(str::to_owned).filter(|_| rng.random_ratio(1, 4)) {
        let parts = record["responseElements"].as_object().cloned().unwrap_or_default();
        record["responseElements"] = Value::Object(parts);
        record["responseElements"][name] = odd(rng, &["Failure", "Success", "failure"]).unwrap_or(Value::Null);
    }
    if rng.random_ratio(1, 4) {
        let list = (0..rng.random_range(0..3)).map(|_| {
            object(
                rng,
                &[
                    ("ARN", &["arn:aws:s3:::tide"]),
                    ("ARNPrefix", &["arn:aws:s3:::tide/"]),
                    ("resourceName", &["tide", "dock"]),
                    ("arn", &["arn:lower"]),
                    ("type", &["no name"]),
                ],
            )
        });
        record["resources"] = list.collect();
    }
    if rng.random_ratio(1, 10) {
        record["serviceEventDetails"] = object(rng, &[("keyId", &["key-1"]), ("rotationType", &["AUTOMATIC"])]);
    }
    if rng.random_ratio(1, 10) {
        record["insightDetails"] =
            object(rng, &[("eventSource", &["ec2.amazonaws.com"]), ("eventName", &["RunInstances"])]);
    }
    if rng.random_ratio(1, 20) {
        record["insightEventSource"] = json!("ssm.amazonaws.com");
    }
    record
}

fn made_up_parameters(rng: &mut SmallRng) -> Value {
    let names = ["tide", "dock", "arn:aws:iam::222233334444:role/Dock", "a, b", "x\"y\\z", "*", "Ünï 名"];
    let keys = [
        "bucketName",
        "key",
        "roleName",
        "roleArn",
        "userName",
        "groupName",
        "policyArn",
        "functionName",
        "tableName",
        "keyId",
        "instanceId",
        "name",
        "trailName",
        "secretId",
        "dBInstanceIdentifier",
        "queueUrl",
        "accessKeyId",
        "resourceArn",
        "arn",
        "password",
        "secretString",
        "description",
    ];
    let mut all: Vec<(&str, &[&str])> = keys.iter().map(|key| (*key, &names[..])).collect();
    all.retain(|_| rng.random_ratio(1, 3));
    let mut parameters = object(rng, &all);
    for (set, member) in [
        ("instancesSet", "instanceId"),
        ("groupSet", "groupId"),
        ("volumeSet", "volumeId"),
        ("snapshotSet", "snapshotId"),
    ] {
        if rng.random_ratio(1, 8) {
            let items: Vec<Value> =
                (0..rng.random_range(0..4)).map(|_| object(rng, &[(member, &["i-0a", "sg-0b", "vol-0c"])])).collect();
            parameters[set] = if rng.random() { json!({ "items": items }) } else { json!(items) };
        }
    }
    for made in ["user", "role", "group", "policy", "accessKey", "instanceProfile", "other"] {
        if rng.random_ratio(1, 10) {
            parameters[made] = object(
                rng,
                &[
                    ("arn", &names),
                    ("userName", &names),
                    ("roleName", &names),
                    ("accessKeyId", &["AKIAMADE"]),
                    ("policyName", &names),
                    ("secretAccessKey", &["hush"]),
                ],
            );
        }
    }
    parameters
}
