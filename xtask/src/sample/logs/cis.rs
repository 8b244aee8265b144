//! The metric filters that the CIS AWS Foundations Benchmark asks for, as a normal account has them: 4.1 to 4.14 of version 5.
//!
//! Which events each one counts is what the benchmark says; the Apache-2.0 catalogue of
//! cloudposse/terraform-aws-cloudtrail-cloudwatch-alarms has the same fourteen. Patterns are put together here from the names
//! of events, in the benchmark's own way of writing, oddities included: 4.1 excludes less than it seems to, since `&&` binds
//! before `||`.

/// A filter: its name, its metric, its pattern.
pub type Filter = (String, &'static str, String);

const UNAUTHORIZED: &str = r#"($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*")"#;

const IAM_POLICY: &[&str] = &[
    "DeleteGroupPolicy",
    "DeleteRolePolicy",
    "DeleteUserPolicy",
    "PutGroupPolicy",
    "PutRolePolicy",
    "PutUserPolicy",
    "CreatePolicy",
    "DeletePolicy",
    "CreatePolicyVersion",
    "DeletePolicyVersion",
    "AttachRolePolicy",
    "DetachRolePolicy",
    "AttachUserPolicy",
    "DetachUserPolicy",
    "AttachGroupPolicy",
    "DetachGroupPolicy",
];
const TRAIL: &[&str] = &["CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"];
const KEY: &[&str] = &["DisableKey", "ScheduleKeyDeletion"];
const BUCKET: &[&str] = &[
    "PutBucketAcl",
    "PutBucketPolicy",
    "PutBucketCors",
    "PutBucketLifecycle",
    "PutBucketReplication",
    "DeleteBucketPolicy",
    "DeleteBucketCors",
    "DeleteBucketLifecycle",
    "DeleteBucketReplication",
];
const CONFIG: &[&str] =
    &["StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder"];
const SECURITY_GROUP: &[&str] = &[
    "AuthorizeSecurityGroupIngress",
    "AuthorizeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
    "RevokeSecurityGroupEgress",
    "CreateSecurityGroup",
    "DeleteSecurityGroup",
    "ModifySecurityGroupRules",
];
const NETWORK_ACL: &[&str] = &[
    "CreateNetworkAcl",
    "CreateNetworkAclEntry",
    "DeleteNetworkAcl",
    "DeleteNetworkAclEntry",
    "ReplaceNetworkAclEntry",
    "ReplaceNetworkAclAssociation",
];
const GATEWAY: &[&str] = &[
    "CreateCustomerGateway",
    "DeleteCustomerGateway",
    "AttachInternetGateway",
    "CreateInternetGateway",
    "DeleteInternetGateway",
    "DetachInternetGateway",
];
const ROUTE: &[&str] = &[
    "CreateRoute",
    "CreateRouteTable",
    "ReplaceRoute",
    "ReplaceRouteTableAssociation",
    "DeleteRouteTable",
    "DeleteRoute",
    "DisassociateRouteTable",
];
const VPC: &[&str] = &[
    "CreateVpc",
    "DeleteVpc",
    "ModifyVpcAttribute",
    "AcceptVpcPeeringConnection",
    "CreateVpcPeeringConnection",
    "DeleteVpcPeeringConnection",
    "RejectVpcPeeringConnection",
    "AttachClassicLinkVpc",
    "DetachClassicLinkVpc",
    "DisableVpcClassicLink",
    "EnableVpcClassicLink",
];

/// Any of these events.
fn any(names: &[&str]) -> String {
    names.iter().map(|name| format!("($.eventName = {name})")).collect::<Vec<_>>().join(" || ")
}

/// The same as three of the filters are written.
fn dense(names: &[&str]) -> String {
    names.iter().map(|name| format!("($.eventName={name})")).collect::<Vec<_>>().join("||")
}

/// The filters.
pub fn filters() -> Vec<Filter> {
    let filters = [
        (
            "unauthorized-api-calls",
            "UnauthorizedApiCalls",
            format!(
                r#"{{ {UNAUTHORIZED} && ($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }}"#
            ),
        ),
        (
            "console-sign-in-without-mfa",
            "ConsoleSignInWithoutMfa",
            r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }"#.to_owned(),
        ),
        (
            "root-usage",
            "RootUsage",
            r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#
                .to_owned(),
        ),
        ("iam-policy-changes", "IamPolicyChanges", format!("{{{}}}", dense(IAM_POLICY))),
        ("cloudtrail-changes", "CloudTrailChanges", format!("{{ {} }}", any(TRAIL))),
        (
            "console-authentication-failures",
            "ConsoleAuthenticationFailures",
            r#"{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }"#.to_owned(),
        ),
        ("cmk-changes", "CmkDisabledOrDeleted", format!("{{($.eventSource = kms.amazonaws.com) && ({}) }}", dense(KEY))),
        ("s3-bucket-policy-changes", "BucketPolicyChanges", format!("{{ ($.eventSource = s3.amazonaws.com) && ({}) }}", any(BUCKET))),
        ("config-changes", "ConfigChanges", format!("{{($.eventSource = config.amazonaws.com) && ({})}}", dense(CONFIG))),
        ("security-group-changes", "SecurityGroupChanges", format!("{{ {} }}", any(SECURITY_GROUP))),
        ("network-acl-changes", "NetworkAclChanges", format!("{{ {} }}", any(NETWORK_ACL))),
        ("network-gateway-changes", "NetworkGatewayChanges", format!("{{ {} }}", any(GATEWAY))),
        ("route-table-changes", "RouteTableChanges", format!("{{ {} }}", any(ROUTE))),
        ("vpc-changes", "VpcChanges", format!("{{ {} }}", any(VPC))),
    ];
    let numbered = filters.into_iter().enumerate();
    numbered.map(|(n, (name, metric, pattern))| (format!("cis-4.{}-{name}", n + 1), metric, pattern)).collect()
}

/// 4.1 as versions 1.4 and 1.5 of the benchmark had it: no event comes from one address and has one name in such a way that
/// neither of the last two holds, so it counts all there is.
pub fn whole() -> String {
    format!(
        r#"{{ {UNAUTHORIZED} || ($.sourceIPAddress!="delivery.logs.amazonaws.com") || ($.eventName!="HeadBucket") }}"#
    )
}
