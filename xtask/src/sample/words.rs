//! The calls that the story is told with: the corpus's, and those that only the story knows.
//!
//! Ids that several records have in common stand here as they are; a test holds them against the constants of
//! `intrusion`.

use std::collections::HashMap;

use crate::corpus::calls::{self, READ, Spec, WRITE};
use crate::corpus::record::Call;

const IAM: Spec = Spec { source: "iam", global: true, host: "iam.amazonaws.com", ..READ };
const IAM_WRITE: Spec = Spec { read: false, ..IAM };
const EC2: Spec = Spec { source: "ec2", ..READ };
const EC2_WRITE: Spec = Spec { source: "ec2", ..WRITE };
const ENTRY: Spec = Spec {
    source: "signin",
    name: "ConsoleLogin",
    kind: "AwsConsoleSignIn",
    response: r#"{"ConsoleLogin":"Success"}"#,
    failure: r#"{"ConsoleLogin":"Failure"}"#,
    host: "eu-central-1.signin.aws.amazon.com",
    ..WRITE
};
const TRAIL: Spec = Spec {
    source: "cloudtrail",
    request: r#"{"name":"arn:aws:cloudtrail:eu-central-1:777788889999:trail/harborline-organization"}"#,
    ..WRITE
};
const OBJECT_RESOURCES: &str = r#"{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::<bucket>/<key>"},{"accountId":"<account>","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::<bucket>"}"#;
const S3_EXTRA: &str = r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"<b64 75>=","bytesTransferredOut":<int 0-400>}"#;

/// Calls by what the story calls them, which is the name of the call where nothing follows a `/`.
const OWN: [(&str, Spec); 40] = [
    // A look around.
    ("ListAttachedUserPolicies", Spec { name: "ListAttachedUserPolicies", request: r#"{"userName":"<user>"}"#, ..IAM }),
    ("ListUserPolicies", Spec { name: "ListUserPolicies", request: r#"{"userName":"<user>"}"#, ..IAM }),
    ("ListGroupsForUser", Spec { name: "ListGroupsForUser", request: r#"{"userName":"<user>"}"#, ..IAM }),
    ("ListAccessKeys", Spec { name: "ListAccessKeys", request: r#"{"userName":"<user>"}"#, ..IAM }),
    ("ListGroups", Spec { name: "ListGroups", ..IAM }),
    ("ListPolicies", Spec { name: "ListPolicies", request: r#"{"scope":"Local","onlyAttached":false}"#, ..IAM }),
    ("GetAccountAuthorizationDetails", Spec { name: "GetAccountAuthorizationDetails", ..IAM }),
    ("GetAccountPasswordPolicy", Spec { name: "GetAccountPasswordPolicy", ..IAM }),
    ("GetAccountSummary", Spec { name: "GetAccountSummary", ..IAM }),
    ("ListAccountAliases", Spec { name: "ListAccountAliases", ..IAM }),
    (
        "DescribeSnapshots",
        Spec {
            name: "DescribeSnapshots",
            request: r#"{"maxResults":1000,"snapshotSet":{},"ownersSet":{"items":[{"owner":"self"}]},"sharedUsersSet":{},"filterSet":{}}"#,
            ..EC2
        },
    ),
    ("DescribeKeyPairs", Spec { name: "DescribeKeyPairs", request: r#"{"keySet":{},"filterSet":{}}"#, ..EC2 }),
    ("DescribeVpcs", Spec { name: "DescribeVpcs", request: r#"{"vpcSet":{},"filterSet":{}}"#, ..EC2 }),
    (
        "DescribeInstanceAttribute",
        Spec {
            name: "DescribeInstanceAttribute",
            request: r#"{"instanceId":"<instance>","attribute":"userData"}"#,
            ..EC2
        },
    ),
    ("ListSecrets", Spec { source: "secretsmanager", name: "ListSecrets", request: r#"{"maxResults":100}"#, ..READ }),
    ("ListKeys", Spec { source: "kms", name: "ListKeys", request: r#"{"limit":1000}"#, ..READ }),
    ("ListAliases", Spec { source: "kms", name: "ListAliases", ..READ }),
    (
        "ListTables",
        Spec { source: "dynamodb", name: "ListTables", request: r#"{"limit":100}"#, api: "2012-08-10", ..READ },
    ),
    ("DescribeParameters", Spec { source: "ssm", name: "DescribeParameters", request: r#"{"maxResults":50}"#, ..READ }),
    ("ListDetectors", Spec { source: "guardduty", name: "ListDetectors", request: r#"{"maxResults":"50"}"#, ..READ }),
    ("ListClusters", Spec { source: "eks", name: "ListClusters", request: r#"{"maxResults":"100"}"#, ..READ }),
    ("GetTrailStatus", Spec { name: "GetTrailStatus", read: true, ..TRAIL }),
    // The ways in and out of the console.
    (
        "ConsoleLogin",
        Spec {
            extra: r#"{"LoginTo":"https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&state=hashArgsFromTB_eu-central-1_<hex 16>","MobileVersion":"No","MFAIdentifier":"arn:aws:iam::<account>:mfa/<user>","MFAUsed":"Yes"}"#,
            ..ENTRY
        },
    ),
    (
        "ConsoleLogin/no MFA",
        Spec {
            extra: r#"{"LoginTo":"https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&state=hashArgsFromTB_eu-central-1_<hex 16>","MobileVersion":"No","MFAUsed":"No"}"#,
            ..ENTRY
        },
    ),
    // The backdoor, made and shut.
    (
        "CreateUser/backdoor",
        Spec {
            name: "CreateUser",
            request: r#"{"userName":"<user>"}"#,
            response: r#"{"user":{"path":"/","userName":"<user>","userId":"AIDAVW6Q3PL5ZH4EOBK7R","arn":"arn:aws:iam::<account>:user/<user>","createDate":"<at>"}}"#,
            ..IAM_WRITE
        },
    ),
    (
        "CreateAccessKey/backdoor",
        Spec {
            name: "CreateAccessKey",
            request: r#"{"userName":"<user>"}"#,
            response: r#"{"accessKey":{"userName":"<user>","accessKeyId":"AKIAVW6Q3PL5ZEXAMPLE","status":"Active","createDate":"<at>"}}"#,
            ..IAM_WRITE
        },
    ),
    (
        "CreateAccessKey/renewed",
        Spec {
            name: "CreateAccessKey",
            request: r#"{"userName":"<user>"}"#,
            response: r#"{"accessKey":{"userName":"<user>","accessKeyId":"AKIAQ5ZK2M7WREXAMPLE","status":"Active","createDate":"<at>"}}"#,
            ..IAM_WRITE
        },
    ),
    (
        "AttachUserPolicy/all",
        Spec {
            name: "AttachUserPolicy",
            request: r#"{"userName":"<user>","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
            ..IAM_WRITE
        },
    ),
    (
        "AttachUserPolicy/none",
        Spec {
            name: "AttachUserPolicy",
            request: r#"{"userName":"<user>","policyArn":"arn:aws:iam::aws:policy/AWSDenyAll"}"#,
            ..IAM_WRITE
        },
    ),
    (
        "CreateLoginProfile",
        Spec {
            name: "CreateLoginProfile",
            request: r#"{"userName":"<user>","passwordResetRequired":false}"#,
            response: r#"{"loginProfile":{"userName":"<user>","createDate":"<at>","passwordResetRequired":false}}"#,
            ..IAM_WRITE
        },
    ),
    ("DeleteLoginProfile", Spec { name: "DeleteLoginProfile", request: r#"{"userName":"<user>"}"#, ..IAM_WRITE }),
    (
        "UpdateAccessKey/leaked",
        Spec {
            name: "UpdateAccessKey",
            request: r#"{"userName":"<user>","accessKeyId":"AKIAQ5ZK2M7WLEXAMPLE","status":"Inactive"}"#,
            ..IAM_WRITE
        },
    ),
    (
        "UpdateAccessKey/backdoor",
        Spec {
            name: "UpdateAccessKey",
            request: r#"{"userName":"<user>","accessKeyId":"AKIAVW6Q3PL5ZEXAMPLE","status":"Inactive"}"#,
            ..IAM_WRITE
        },
    ),
    // What is taken and what is destroyed.
    (
        "CreateSnapshot/taken",
        Spec {
            name: "CreateSnapshot",
            request: r#"{"volumeId":"<volume>"}"#,
            response: r#"{"requestId":"<uuid>","snapshotId":"snap-0d41c7b8e2f95a603","volumeId":"<volume>","status":"pending","startTime":<at-ms>,"progress":"","ownerId":"<account>","volumeSize":"500","description":"","encrypted":false}"#,
            ..EC2_WRITE
        },
    ),
    (
        "ModifySnapshotAttribute",
        Spec {
            name: "ModifySnapshotAttribute",
            request: r#"{"snapshotId":"snap-0d41c7b8e2f95a603","createVolumePermission":{"add":{"items":[{"userId":"999988887777"}]}},"attributeType":"CREATE_VOLUME_PERMISSION"}"#,
            response: r#"{"requestId":"<uuid>","_return":true}"#,
            ..EC2_WRITE
        },
    ),
    (
        "DeleteObject",
        Spec {
            source: "s3",
            name: "DeleteObject",
            data: true,
            request: r#"{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com","key":"<key>"}"#,
            host: "<bucket>.s3.<region>.amazonaws.com",
            resources: OBJECT_RESOURCES,
            extra: S3_EXTRA,
            ..WRITE
        },
    ),
    (
        "DeleteBucket",
        Spec {
            source: "s3",
            name: "DeleteBucket",
            request: r#"{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com"}"#,
            host: "<bucket>.s3.<region>.amazonaws.com",
            resources: r#"{"accountId":"<account>","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::<bucket>"}"#,
            extra: S3_EXTRA,
            ..WRITE
        },
    ),
    (
        "ModifyInstanceAttribute",
        Spec {
            name: "ModifyInstanceAttribute",
            request: r#"{"instanceId":"<instance>","disableApiTermination":{"value":false}}"#,
            response: r#"{"requestId":"<uuid>","_return":true}"#,
            ..EC2_WRITE
        },
    ),
    (
        "TerminateInstances",
        Spec {
            name: "TerminateInstances",
            request: r#"{"instancesSet":{"items":[{"instanceId":"<instance>"}]}}"#,
            response: r#"{"requestId":"<uuid>","instancesSet":{"items":[{"instanceId":"<instance>","currentState":{"code":32,"name":"shutting-down"},"previousState":{"code":16,"name":"running"}}]}}"#,
            ..EC2_WRITE
        },
    ),
    (
        "RunInstances",
        Spec {
            name: "RunInstances",
            request: r#"{"instancesSet":{"items":[{"imageId":"<image>","minCount":1,"maxCount":1}]},"instanceType":"<pick m7g.large|c7g.xlarge>","blockDeviceMapping":{"items":[{"deviceName":"/dev/xvda","ebs":{"volumeSize":100,"deleteOnTermination":true,"volumeType":"gp3","encrypted":true}}]},"monitoring":{"enabled":true},"disableApiTermination":false,"ebsOptimized":true,"clientToken":"<uuid>","subnetId":"<subnet>","iamInstanceProfile":{"name":"prod-web-node"},"tagSpecificationSet":{"items":[{"resourceType":"instance","tags":[{"key":"Name","value":"prod-web"}]}]}}"#,
            response: r#"{"requestId":"<uuid>","reservationId":"r-0<hex 16>","ownerId":"<account>","groupSet":{},"instancesSet":{"items":[{"instanceId":"<instance>","imageId":"<image>","instanceState":{"code":0,"name":"pending"},"privateDnsName":"ip-10-20-4-<int 4-250>.<region>.compute.internal","amiLaunchIndex":0,"productCodes":{},"instanceType":"m7g.large","launchTime":<at-ms>,"placement":{"availabilityZone":"<region>a","tenancy":"default"},"monitoring":{"state":"pending"},"subnetId":"<subnet>","vpcId":"<vpc>","privateIpAddress":"<ip>","stateReason":{"code":"pending","message":"pending"},"architecture":"arm64","rootDeviceType":"ebs"}]}}"#,
            ..EC2_WRITE
        },
    ),
];

/// More of them: an array's length is part of its type, and the trail's own calls are few.
const TRAIL_CALLS: [(&str, Spec); 7] = [
    ("AssumeRole/guessed", Spec { source: "sts", name: "AssumeRole", host: "sts.us-east-1.amazonaws.com", ..READ }),
    ("StopLogging", Spec { name: "StopLogging", ..TRAIL }),
    ("StartLogging", Spec { name: "StartLogging", ..TRAIL }),
    (
        "DescribeInstanceInformation",
        Spec { source: "ssm", name: "DescribeInstanceInformation", request: r#"{"maxResults":50}"#, ..READ },
    ),
    (
        "SendCommand/dump",
        Spec {
            source: "ssm",
            name: "SendCommand",
            request: r#"{"documentName":"AWS-RunShellScript","instanceIds":["<instance>"],"interactive":false,"parameters":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#,
            response: r#"{"command":{"commandId":"d2f6b0c4-7e19-4a83-95bd-61c8e03fa27b","documentName":"AWS-RunShellScript","documentVersion":"$DEFAULT","comment":"","expiresAfter":"<soon>","parameters":"HIDDEN_DUE_TO_SECURITY_REASONS","instanceIds":["<instance>"],"targets":[],"requestedDateTime":"<soon>","status":"Pending","statusDetails":"Pending","outputS3BucketName":"","maxConcurrency":"50","maxErrors":"0","targetCount":1,"completedCount":0,"errorCount":0,"deliveryTimedOutCount":0,"serviceRole":"","notificationConfig":{"notificationArn":"","notificationEvents":[],"notificationType":""},"cloudWatchOutputConfig":{"cloudWatchLogGroupName":"","cloudWatchOutputEnabled":false},"hasCancelCommandSignature":false,"hasSendCommandSignature":false}}"#,
            ..WRITE
        },
    ),
    (
        "GetCommandInvocation",
        Spec {
            source: "ssm",
            name: "GetCommandInvocation",
            request: r#"{"commandId":"d2f6b0c4-7e19-4a83-95bd-61c8e03fa27b","instanceId":"<instance>"}"#,
            ..READ
        },
    ),
    (
        "RunInstances/ledger",
        Spec {
            name: "RunInstances",
            request: r#"{"instancesSet":{"items":[{"imageId":"<image>","minCount":1,"maxCount":1}]},"instanceType":"r7i.2xlarge","blockDeviceMapping":{"items":[{"deviceName":"/dev/xvda","ebs":{"volumeSize":500,"deleteOnTermination":false,"volumeType":"gp3","encrypted":false}}]},"monitoring":{"enabled":true},"disableApiTermination":true,"ebsOptimized":true,"clientToken":"<uuid>","subnetId":"<subnet>","iamInstanceProfile":{"name":"prod-web-node"},"tagSpecificationSet":{"items":[{"resourceType":"instance","tags":[{"key":"Name","value":"prod-ledger-primary"},{"key":"Team","value":"platform"}]}]}}"#,
            response: r#"{"requestId":"<uuid>","reservationId":"r-0<hex 16>","ownerId":"<account>","groupSet":{},"instancesSet":{"items":[{"instanceId":"<instance>","imageId":"<image>","instanceState":{"code":0,"name":"pending"},"privateDnsName":"ip-10-20-4-17.<region>.compute.internal","amiLaunchIndex":0,"productCodes":{},"instanceType":"r7i.2xlarge","launchTime":<at-ms>,"placement":{"availabilityZone":"<region>a","tenancy":"default"},"monitoring":{"state":"pending"},"subnetId":"<subnet>","vpcId":"<vpc>","privateIpAddress":"10.20.4.17","stateReason":{"code":"pending","message":"pending"},"architecture":"x86_64","rootDeviceType":"ebs"}]}}"#,
            ..EC2_WRITE
        },
    ),
];

/// All calls, compiled.
pub struct Words(HashMap<&'static str, Call>);

impl Words {
    /// Compiles them.
    pub fn new() -> Self {
        static ALL: [&[(&str, Spec)]; 2] = [&OWN, &TRAIL_CALLS];
        let own = ALL.into_iter().flatten().map(|(word, spec)| (*word, Call::new(spec)));
        // The story's own come last: they take the place of the corpus's.
        Self(calls::all().map(|spec| (spec.name, Call::new(spec))).chain(own).collect())
    }

    /// The call of a name.
    ///
    /// # Panics
    /// When there is none: names stand in the tables of this module's neighbours, and all of them are told every time.
    pub fn call(&self, word: &str) -> &Call {
        self.0.get(word).unwrap_or_else(|| panic!("no call is called {word}"))
    }
}
