//! The derived values of one CloudTrail record, worked out over `serde_json::Value` as plainly as the specification says
//! them: who, what for, with which result. The tests hold the engine's against these. Nothing of the engine is used here,
//! so that a misreading of the specification would have to be made twice to go unnoticed.

#![allow(dead_code, reason = "each test binary uses some of it")]

use std::collections::BTreeSet;

use serde_json::Value;

/// What the console writes in place of a user name that was typed wrong, since people type passwords there.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// What such a user is called.
const UNKNOWN_HIDDEN: &str = "unknown (hidden)";

/// The derived values of a record; `None` where it has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// The stable identity to group by.
    pub actor: Option<String>,
    /// `userIdentity.type`, or `service event`.
    pub actor_type: Option<String>,
    /// The name (or key) of the session that the actor used.
    pub session: Option<String>,
    /// The person, where the record says who.
    pub human: Option<String>,
    /// The service that made the call for the actor.
    pub via: Option<String>,
    /// `success`, `denied`, `error`, `unknown` or `service event`.
    pub result: Option<String>,
    /// The family of the error.
    pub family: Option<String>,
    /// `management`, `data`, `network`, `insight`, `aggregated` or another.
    pub category: Option<String>,
    /// `read`, `write` or `unknown`.
    pub access: Option<String>,
    /// The service that was called.
    pub service: Option<String>,
    /// Everything that the record names as its object.
    pub resources: BTreeSet<String>,
}

/// Works out the values of a record. `envelope_resources` are names that stand around the record in its file;
/// `mute_sign_in`: the file's format does not tell failed sign-ins from good ones.
pub fn derive(record: &Value, envelope_resources: &[String], mute_sign_in: bool) -> Derived {
    let category = category(record);
    let failure = failure(record);
    Derived {
        actor: actor(record),
        actor_type: actor_type(record),
        session: session(record),
        human: human(record),
        via: via(record),
        result: result(record, failure, &category, mute_sign_in),
        family: failure.map(str::to_owned),
        access: Some(access(record, &category)),
        service: service(record),
        resources: resources(record, envelope_resources),
        category: Some(category),
    }
}

/// The text at a path of keys; an empty one, and anything but a string, counts as absent.
fn text(value: &Value, path: &[&str]) -> Option<String> {
    let mut at = value;
    for key in path {
        at = at.as_object()?.get(*key)?;
    }
    at.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn user(record: &Value, key: &str) -> Option<String> {
    text(record, &["userIdentity", key])
}

fn user_type(record: &Value) -> Option<String> {
    user(record, "type")
}

// --- who -------------------------------------------------------------------------------------------------------------

fn actor(record: &Value) -> Option<String> {
    let Some(kind) = user_type(record) else {
        return user(record, "invokedBy").or_else(|| anybody(record));
    };
    let own = match kind.as_str() {
        "AssumedRole" | "Role" => issuer(record).or_else(|| role_of_session(&user(record, "arn")?)),
        "FederatedUser" => issuer(record),
        "IAMUser" => iam_user(record),
        "Root" => root(record),
        "SAMLUser" | "WebIdentityUser" => outside_user(record),
        "IdentityCenterUser" => {
            let store = text(record, &["userIdentity", "onBehalfOf", "identityStoreArn"]);
            let user = text(record, &["userIdentity", "onBehalfOf", "userId"]);
            store.zip(user).map(|(store, user)| format!("{store}/{user}"))
        }
        "AWSAccount" => user(record, "principalId").or_else(|| user(record, "accountId")),
        "AWSService" => user(record, "invokedBy"),
        _ => None,
    };
    // A type says that there is somebody, even when nothing says who.
    own.or_else(|| anybody(record)).or_else(|| Some("unknown".to_owned()))
}

/// The first thing that could name somebody.
fn anybody(record: &Value) -> Option<String> {
    let name = || user(record, "userName").map(|name| if name == HIDDEN { UNKNOWN_HIDDEN.to_owned() } else { name });
    user(record, "arn").or_else(|| user(record, "principalId")).or_else(name).or_else(|| user(record, "accountId"))
}

fn issuer(record: &Value) -> Option<String> {
    text(record, &["userIdentity", "sessionContext", "sessionIssuer", "arn"])
}

/// `arn:P:sts::A:assumed-role/R/S` is a session of `arn:P:iam::A:role/R`.
fn role_of_session(arn: &str) -> Option<String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "sts", "", account, rest] = parts[..] else { return None };
    let (role, _session) = rest.strip_prefix("assumed-role/")?.split_once('/')?;
    (!role.is_empty()).then(|| format!("arn:{partition}:iam::{account}:role/{role}"))
}

fn iam_user(record: &Value) -> Option<String> {
    if let Some(arn) = user(record, "arn") {
        return Some(arn);
    }
    match (user(record, "userName"), user(record, "accountId")) {
        (Some(name), _) if name == HIDDEN => Some(UNKNOWN_HIDDEN.to_owned()),
        (Some(name), Some(account)) => Some(format!("{account}:{name}")),
        (Some(name), None) => Some(name),
        (None, _) => user(record, "principalId"),
    }
}

fn root(record: &Value) -> Option<String> {
    let own = user(record, "arn").filter(|arn| arn.ends_with(":root"));
    let account = || user(record, "accountId").or_else(|| text(record, &["recipientAccountId"]));
    own.or_else(|| Some(format!("arn:aws:iam::{}:root", account()?))).or_else(|| user(record, "principalId"))
}

fn outside_user(record: &Value) -> Option<String> {
    let hide = |name: String| if name == HIDDEN { UNKNOWN_HIDDEN.to_owned() } else { name };
    let (provider, name) = (user(record, "identityProvider"), user(record, "userName").map(hide));
    if let (Some(provider), Some(name)) = (&provider, &name) {
        return Some(format!("{provider}|{name}"));
    }
    let principal = user(record, "principalId");
    if let (None, Some(principal)) = (&provider, &principal) {
        let parts: Vec<&str> = principal.split(':').collect();
        if let [first, _, .., last] = parts[..] {
            return Some(format!("{first}|{last}"));
        }
    }
    name.or(principal)
}

fn actor_type(record: &Value) -> Option<String> {
    // Without a type the one thing known is that a service says it did this.
    user_type(record).or_else(|| user(record, "invokedBy").map(|_| "service event".to_owned()))
}

fn session(record: &Value) -> Option<String> {
    let behind_colon = || {
        let principal = user(record, "principalId")?;
        principal.split_once(':').map(|(_, name)| name.to_owned()).filter(|name| !name.is_empty())
    };
    let last_of = |arn: String| arn.rsplit_once('/').map(|(_, name)| name.to_owned()).filter(|name| !name.is_empty());
    match user_type(record)?.as_str() {
        "AssumedRole" | "Role" => behind_colon()
            .or_else(|| user(record, "arn").filter(|arn| arn.contains(":assumed-role/")).and_then(last_of)),
        "FederatedUser" => user(record, "arn").and_then(last_of).or_else(behind_colon),
        "IAMUser" => user(record, "accessKeyId").filter(|key| key.starts_with("ASIA")),
        _ => None,
    }
}

fn human(record: &Value) -> Option<String> {
    let requested = || {
        text(record, &["eventName"]).filter(|name| name.starts_with("AssumeRole"))?;
        text(record, &["requestParameters", "sourceIdentity"])
    };
    let stated = text(record, &["userIdentity", "sessionContext", "sourceIdentity"])
        .or_else(|| text(record, &["userIdentity", "sessionContext", "attributes", "sourceIdentity"]))
        .or_else(requested);
    if stated.is_some() {
        return stated;
    }
    match user_type(record)?.as_str() {
        "AssumedRole" | "Role" => session(record).filter(|name| is_address(name)),
        "IAMUser" => user(record, "userName").filter(|name| name != HIDDEN),
        "SAMLUser" | "WebIdentityUser" | "Directory" => user(record, "userName").filter(|name| name != HIDDEN),
        _ => None,
    }
}

/// Whether a session's name looks like somebody's e-mail address.
fn is_address(name: &str) -> bool {
    let at = name.char_indices().any(|(at, c)| c == '@' && at > 0 && at + 1 < name.len());
    at && !name.contains(char::is_whitespace)
}

fn via(record: &Value) -> Option<String> {
    let principals = [
        "Root",
        "IAMUser",
        "AssumedRole",
        "Role",
        "FederatedUser",
        "SAMLUser",
        "WebIdentityUser",
        "IdentityCenterUser",
        "Directory",
    ];
    user_type(record).filter(|kind| principals.contains(&kind.as_str()))?;
    user(record, "invokedBy")
}

// --- result ----------------------------------------------------------------------------------------------------------

fn is_sign_in(record: &Value) -> bool {
    text(record, &["eventSource"]).is_some_and(|source| source == "signin.amazonaws.com")
}

/// The family of the failure (or of the dry run); `None` when nothing failed.
fn failure(record: &Value) -> Option<&'static str> {
    let message = text(record, &["errorMessage"]);
    if let Some(code) = text(record, &["errorCode"]) {
        return Some(match family_of_code(&code) {
            Some(family) => family,
            None if message.is_some_and(|message| speaks_of_permission(&message)) => "authorization",
            None => "other",
        });
    }
    if is_sign_in(record) {
        let step = text(record, &["eventName"]);
        let refused =
            step.and_then(|step| text(record, &["responseElements", &step])).is_some_and(|it| it == "Failure");
        return (refused || message.is_some()).then_some("authentication");
    }
    message.map(|message| if speaks_of_permission(&message) { "authorization" } else { "other" })
}

fn speaks_of_permission(message: &str) -> bool {
    let message = message.to_lowercase();
    ["explicit deny", "not authorized to perform", "because no identity-based policy allows"]
        .iter()
        .any(|words| message.contains(words))
}

/// The tables, in the order in which they are asked. A `*` stands at the start, the end, or between two ends.
const FAMILIES: [(&str, &[&str]); 9] = [
    ("dry run", &["DryRunOperation"]),
    (
        "throttling",
        &[
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "SlowDown",
            "ProvisionedThroughputExceededException",
        ],
    ),
    (
        "authorization",
        &[
            "AccessDenied",
            "AccessDeniedException",
            "UnauthorizedOperation",
            "UnauthorizedException",
            "UnauthorizedAccess",
            "AuthorizationError",
            "AuthorizationErrorException",
            "NotAuthorized",
            "NotAuthorizedException",
            "VpceAccessDenied",
        ],
    ),
    (
        "authentication",
        &[
            "InvalidClientTokenId",
            "SignatureDoesNotMatch",
            "ExpiredToken",
            "ExpiredTokenException",
            "AuthFailure",
            "UnrecognizedClientException",
        ],
    ),
    ("not found", &["NoSuch*", "*NotFound*", "ResourceNotFoundException", "*DoesNotExist"]),
    (
        "conflict",
        &[
            "*AlreadyExists*",
            "ConflictException",
            "DependencyViolation",
            "Incorrect*State",
            "InvalidDBInstanceStateFault",
            "BucketNotEmpty",
            "ResourceInUse*",
        ],
    ),
    ("validation", &["InvalidParameter*", "ValidationError", "ValidationException", "Malformed*", "Missing*"]),
    ("quota", &["*LimitExceeded*", "ServiceQuotaExceededException"]),
    ("server", &["InternalError", "InternalFailure", "ServiceUnavailable*"]),
];

fn family_of_code(code: &str) -> Option<&'static str> {
    let code = code.to_lowercase();
    let server = code.starts_with("server.");
    let bare = code.strip_prefix("client.").or_else(|| code.strip_prefix("server.")).unwrap_or(&code);
    let listed = FAMILIES.iter().find(|(_, names)| names.iter().any(|name| matches(&name.to_lowercase(), bare)));
    listed.map(|(family, _)| *family).or(server.then_some("server"))
}

fn matches(pattern: &str, code: &str) -> bool {
    let parts: Vec<&str> = pattern.split('*').collect();
    match parts[..] {
        [exact] => code == exact,
        [start, end] => code.len() >= start.len() + end.len() && code.starts_with(start) && code.ends_with(end),
        ["", inside, ""] => code.contains(inside),
        _ => unreachable!("{pattern} is no pattern of the tables"),
    }
}

fn result(record: &Value, failure: Option<&str>, category: &str, mute_sign_in: bool) -> Option<String> {
    let has = |key: &str| text(record, &[key]).is_some();
    let event_name = text(record, &["eventName"]);
    let result = match failure {
        Some("dry run") => "success",
        Some("authorization") => "denied",
        Some(_) => "error",
        None if text(record, &["eventType"]).is_some_and(|kind| kind == "AwsServiceEvent") => "service event",
        // These sum up calls and are none: they neither succeed nor fail.
        None if category == "insight" || category == "aggregated" => return None,
        None if mute_sign_in && event_name.is_some_and(|name| name == "ConsoleLogin") => "unknown",
        None if !has("eventName") && !has("eventSource") => "unknown",
        None => "success",
    };
    Some(result.to_owned())
}

// --- what ------------------------------------------------------------------------------------------------------------

fn category(record: &Value) -> String {
    match text(record, &["eventCategory"]).map(|written| written.to_lowercase()) {
        Some(written) if written == "networkactivity" => "network".to_owned(),
        Some(written) => written,
        None => match text(record, &["eventType"]).as_deref() {
            Some("AwsCloudTrailInsight") => "insight".to_owned(),
            Some("AwsVpceEvent" | "AwsVpceEvents") => "network".to_owned(),
            Some("AwsAggregatedEvent") => "aggregated".to_owned(),
            _ => match record.get("managementEvent").and_then(Value::as_bool) {
                Some(false) => "data".to_owned(),
                Some(true) => "management".to_owned(),
                None if is_known_data_event(record) => "data".to_owned(),
                None => "management".to_owned(),
            },
        },
    }
}

fn is_known_data_event(record: &Value) -> bool {
    let (Some(service), Some(name)) = (service(record), text(record, &["eventName"])) else { return false };
    let names: &[&str] = match service.as_str() {
        "s3" => &[
            "GetObject",
            "PutObject",
            "DeleteObject",
            "DeleteObjects",
            "CopyObject",
            "HeadObject",
            "ListObjects",
            "ListObjectsV2",
            "CreateMultipartUpload",
            "UploadPart",
            "UploadPartCopy",
            "CompleteMultipartUpload",
            "AbortMultipartUpload",
            "ListParts",
            "GetObjectAcl",
            "PutObjectAcl",
            "GetObjectTagging",
            "PutObjectTagging",
            "DeleteObjectTagging",
            "SelectObjectContent",
            "RestoreObject",
        ],
        "lambda" => &["Invoke", "InvokeFunction"],
        "dynamodb" => &[
            "GetItem",
            "PutItem",
            "UpdateItem",
            "DeleteItem",
            "BatchGetItem",
            "BatchWriteItem",
            "Query",
            "Scan",
            "TransactGetItems",
            "TransactWriteItems",
            "ExecuteStatement",
            "BatchExecuteStatement",
            "ExecuteTransaction",
        ],
        _ => return false,
    };
    names.contains(&name.as_str())
}

fn access(record: &Value, category: &str) -> String {
    let stated = match record.get("readOnly") {
        Some(Value::Bool(read)) => Some(*read),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Some(true),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    };
    let guessed = || {
        let name = text(record, &["eventName"]).filter(|_| category != "insight" && category != "aggregated")?;
        let reading = ["Get", "List", "Describe", "Head", "Lookup", "BatchGet", "Query", "Scan", "Select"];
        Some(reading.iter().any(|start| name.starts_with(start)))
    };
    let access = match stated.or_else(guessed) {
        Some(true) => "read",
        Some(false) => "write",
        None => "unknown",
    };
    access.to_owned()
}

fn service(record: &Value) -> Option<String> {
    let source = text(record, &["eventSource"])
        .or_else(|| text(record, &["insightDetails", "eventSource"]))
        .or_else(|| text(record, &["insightEventSource"]))?;
    let bare = source.strip_suffix(".amazonaws.com").or_else(|| source.strip_suffix(".amazonaws.com.cn"));
    Some(bare.unwrap_or(&source).to_owned()).filter(|bare| !bare.is_empty())
}

/// Members of requests and responses that name what the call was about.
const NAMING: [&str; 49] = [
    "bucketName",
    "roleName",
    "roleArn",
    "userName",
    "groupName",
    "policyArn",
    "policyName",
    "functionName",
    "tableName",
    "tableArn",
    "keyId",
    "groupId",
    "instanceId",
    "secretId",
    "dBInstanceIdentifier",
    "dBClusterIdentifier",
    "clusterName",
    "repositoryName",
    "logGroupName",
    "topicArn",
    "queueUrl",
    "streamName",
    "snapshotId",
    "volumeId",
    "imageId",
    "vpcId",
    "subnetId",
    "networkInterfaceId",
    "routeTableId",
    "internetGatewayId",
    "natGatewayId",
    "vpcEndpointId",
    "allocationId",
    "keyName",
    "launchTemplateId",
    "stackName",
    "domainName",
    "distributionId",
    "hostedZoneId",
    "detectorId",
    "alarmName",
    "ruleName",
    "certificateArn",
    "loadBalancerArn",
    "targetGroupArn",
    "instanceProfileName",
    "dBSnapshotIdentifier",
    "fileSystemId",
    "resourceArn",
];

fn resources(record: &Value, envelope: &[String]) -> BTreeSet<String> {
    let mut found: Vec<Option<String>> = envelope.iter().cloned().map(Some).collect();
    for resource in record.get("resources").and_then(Value::as_array).into_iter().flatten() {
        for key in ["ARN", "ARNPrefix", "resourceName", "arn"] {
            found.push(text(resource, &[key]));
        }
    }
    let listed = || record.get("resources").and_then(Value::as_array).into_iter().flatten();
    let arns: Vec<Option<String>> = listed().flat_map(|it| ["ARN", "arn"].map(|key| text(it, &[key]))).collect();
    let source = text(record, &["eventSource"]).unwrap_or_default();
    for part in ["requestParameters", "responseElements"] {
        let Some(named) = record.get(part) else { continue };
        found.extend(NAMING.iter().map(|key| text(named, &[key])));
        found.push(text(named, &["arn"]));
        if let (Some(bucket), Some(key)) = (text(named, &["bucketName"]), text(named, &["key"]))
            && part == "requestParameters"
        {
            // An ARN that says the same names the object already.
            let object = format!("{bucket}/{key}");
            let named = arns.iter().flatten().any(|name| name.ends_with(&format!(":::{object}")));
            found.extend((!named).then_some(Some(object)));
        }
        if source == "cloudtrail.amazonaws.com" {
            found.push(text(named, &["name"]));
        }
        if source == "iam.amazonaws.com" && part == "requestParameters" {
            found.push(text(named, &["accessKeyId"]));
        }
        for (set, member) in [("instancesSet", "instanceId"), ("groupSet", "groupId"), ("volumeSet", "volumeId")] {
            let items = named.get(set).and_then(|set| set.get("items")).and_then(Value::as_array);
            found.extend(items.into_iter().flatten().map(|item| text(item, &[member])));
        }
    }
    if let Some(response) = record.get("responseElements") {
        for made in ["user", "role", "group", "policy", "accessKey", "instanceProfile"] {
            for member in ["arn", "userName", "roleName", "groupName", "accessKeyId"] {
                found.push(text(response, &[made, member]));
            }
        }
    }
    found.push(text(record, &["serviceEventDetails", "keyId"]));
    found.into_iter().flatten().filter(|name| !name.is_empty()).collect()
}
