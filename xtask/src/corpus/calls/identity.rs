//! Who may do what: roles, users, sign-ins, sessions.

use super::super::world::Class;
use super::{BUILDERS, Caller, READ, READERS, Spec, WORKLOADS, WRITE};

const IAM: Spec = Spec { source: "iam", global: true, host: "iam.amazonaws.com", ..READ };
const IAM_WRITE: Spec = Spec { source: "iam", global: true, host: "iam.amazonaws.com", callers: BUILDERS, ..WRITE };
const NO_ROLE: (u32, &str, &str) = (80, "NoSuchEntity", "The role with name <role> cannot be found.");
const PEOPLE: &[(u64, Caller)] =
    &[(50, Caller::Session(Class::Person)), (25, Caller::User), (20, Caller::Console), (2, Caller::Root)];

/// The calls of this file.
pub const CALLS: &[Spec] = &[
    Spec { name: "GetRole", weight: 22, request: r#"{"roleName":"<role>"}"#, errors: &[NO_ROLE], ..IAM },
    Spec { name: "ListRoles", weight: 6, request: r#"{"maxItems":<pick 100|1000><?40 ,"marker":"<b64 40>"?>}"#, ..IAM },
    Spec {
        name: "ListAttachedRolePolicies",
        weight: 14,
        request: r#"{"roleName":"<role>"}"#,
        errors: &[NO_ROLE],
        ..IAM
    },
    Spec {
        name: "GetUser",
        weight: 8,
        request: r#"{"userName":"<user>"}"#,
        errors: &[(100, "NoSuchEntityException", "The user with name <user> cannot be found.")],
        ..IAM
    },
    Spec { name: "ListUsers", weight: 4, request: "null", ..IAM },
    Spec { name: "GenerateCredentialReport", weight: 2, request: "null", response: r#"{"state":"COMPLETE"}"#, ..IAM },
    Spec {
        name: "CreateRole",
        weight: 3,
        request: r#"{"roleName":"<role>","description":"<pick |created by the pipeline|temporary>","assumeRolePolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"<pick lambda|ecs-tasks|ec2>.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}","maxSessionDuration":<pick 3600|43200>,"tags":[<*1-3 {"key":"<pick Team|CostCenter|Owner>","value":"<pick platform|4410|søren.kjær>"}*>]}"#,
        response: r#"{"role":{"path":"/","roleName":"<role>","roleId":"AROA<id32 17>","arn":"arn:aws:iam::<account>:role/<role>","createDate":"<at>","assumeRolePolicyDocument":"%7B%22Version%22%3A%222012-10-17%22%7D","tags":[]}}"#,
        errors: &[(100, "EntityAlreadyExistsException", "Role with name <role> already exists.")],
        ..IAM_WRITE
    },
    Spec {
        name: "PutRolePolicy",
        weight: 4,
        request: r#"{"roleName":"<role>","policyName":"<policy>","policyDocument":"{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n<*1-3 {\"Effect\": \"Allow\", \"Action\": [\"<pick s3:GetObject|dynamodb:Query|kms:Decrypt|*>\"], \"Resource\": \"<pick *|arn:aws:s3:::harborline-shared/*>\"}*>  ]\n}"}"#,
        errors: &[(60, "MalformedPolicyDocumentException", "Syntax errors in policy.")],
        ..IAM_WRITE
    },
    Spec {
        name: "AttachRolePolicy",
        weight: 4,
        request: r#"{"roleName":"<role>","policyArn":"arn:aws:iam::<pick aws:policy/ReadOnlyAccess|aws:policy/PowerUserAccess|111122223333:policy/baseline>"}"#,
        errors: &[NO_ROLE],
        ..IAM_WRITE
    },
    Spec {
        name: "CreateUser",
        weight: 1,
        request: r#"{"userName":"<user>","path":"/","tags":[]}"#,
        response: r#"{"user":{"path":"/","userName":"<user>","userId":"AIDA<id32 17>","arn":"arn:aws:iam::<account>:user/<user>","createDate":"<at>"}}"#,
        callers: PEOPLE,
        ..IAM_WRITE
    },
    Spec {
        name: "CreateAccessKey",
        weight: 2,
        request: r#"{"userName":"<user>"}"#,
        response: r#"{"accessKey":{"userName":"<user>","accessKeyId":"AKIA<id32 16>","status":"Active","createDate":"<at>"}}"#,
        callers: PEOPLE,
        errors: &[(100, "LimitExceededException", "Cannot exceed quota for AccessKeysPerUser: 2")],
        ..IAM_WRITE
    },
    Spec {
        name: "DeleteAccessKey",
        weight: 1,
        request: r#"{"userName":"<user>","accessKeyId":"AKIA<id32 16>"}"#,
        callers: PEOPLE,
        ..IAM_WRITE
    },
    Spec {
        name: "EnableMFADevice",
        weight: 1,
        request: r#"{"userName":"<user>","serialNumber":"arn:aws:iam::<account>:mfa/<user>"}"#,
        callers: &[(4, Caller::Console), (1, Caller::Root)],
        ..IAM_WRITE
    },
    Spec {
        source: "sts",
        name: "AssumeRole",
        weight: 26,
        // Sessions whose use lies outside the data: the linked ones come from `issue`.
        request: r#"{"roleArn":"arn:aws:iam::<account>:role/<role>","roleSessionName":"<pick worker|reader|sync>-<alnum 6>","durationSeconds":<pick 900|3600><?30 ,"externalId":"<hex 16>"?><?30 ,"incomingTransitiveTags":{}?>}"#,
        response: r#"{"credentials":{"accessKeyId":"ASIA<id32 16>","sessionToken":"<b64 100>","expiration":"<soon>"},"assumedRoleUser":{"assumedRoleId":"AROA<id32 17>:worker","arn":"arn:aws:sts::<account>:assumed-role/<role>/worker"}}"#,
        resources: r#"{"accountId":"<account>","type":"AWS::IAM::Role","ARN":"arn:aws:iam::<account>:role/<role>"}"#,
        callers: &[
            (40, Caller::Session(Class::Task)),
            (20, Caller::Session(Class::Lambda)),
            (15, Caller::User),
            (15, Caller::Foreign),
            (10, Caller::Service("lambda.amazonaws.com")),
        ],
        errors: &[(
            90,
            "AccessDenied",
            "User: <arn> is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::<account>:role/<role> because no identity-based policy allows the sts:AssumeRole action",
        )],
        ..READ
    },
    Spec {
        source: "sts",
        name: "GetCallerIdentity",
        weight: 26,
        callers: &[
            (30, Caller::Session(Class::Ci)),
            (40, Caller::Session(Class::Pod)),
            (20, Caller::Session(Class::Person)),
            (10, Caller::User),
        ],
        ..READ
    },
    Spec {
        source: "sts",
        name: "GetSessionToken",
        weight: 2,
        request: r#"{"durationSeconds":<pick 3600|43200>,"serialNumber":"arn:aws:iam::<account>:mfa/<user>"}"#,
        response: r#"{"credentials":{"accessKeyId":"ASIA<id32 16>","sessionToken":"<b64 100>","expiration":"<soon>"}}"#,
        callers: &[(1, Caller::User)],
        ..READ
    },
    Spec {
        source: "signin",
        name: "ConsoleLogin",
        weight: 9,
        kind: "AwsConsoleSignIn",
        response: r#"{"ConsoleLogin":"Success"}"#,
        failure: r#"{"ConsoleLogin":"Failure"}"#,
        extra: r#"{"LoginTo":"https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&nc2=h_ct&state=hashArgsFromTB_<region>_<hex 16>","MobileVersion":"<pick No|No|No|Yes>","MFAUsed":"<pick Yes|No>"<?40 ,"MFAIdentifier":"arn:aws:iam::<account>:mfa/<user>"?>}"#,
        callers: &[(20, Caller::SignIn), (1, Caller::Root)],
        host: "<region>.signin.aws.amazon.com",
        errors: &[(180, "", "Failed authentication")],
        ..WRITE
    },
    Spec {
        source: "sso",
        name: "GetRoleCredentials",
        weight: 8,
        request: r#"{"role_name":"<pick ReadOnlyAccess|PlatformEngineer>","account_id":"<account>"}"#,
        details: r#"{"role_name":"<pick ReadOnlyAccess|PlatformEngineer>","account_id":"<account>"}"#,
        kind: "AwsServiceEvent",
        callers: &[(1, Caller::IdentityCenter)],
        host: "portal.sso.<region>.amazonaws.com",
        ..READ
    },
    Spec {
        source: "organizations",
        name: "ListAccounts",
        weight: 3,
        global: true,
        request: r#"{<?30 "maxResults":20?>}"#,
        callers: READERS,
        ..READ
    },
    Spec {
        source: "organizations",
        name: "DescribeOrganization",
        weight: 4,
        global: true,
        callers: WORKLOADS,
        errors: &[(60, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")],
        ..READ
    },
];
