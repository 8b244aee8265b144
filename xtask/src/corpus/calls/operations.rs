//! Keys, secrets, logs, alarms, stacks and the trail itself.

use super::super::world::Class;
use super::{BUILDERS, Caller, READ, READERS, Spec, WORKLOADS, WRITE};

const KEY: &str =
    r#"{"accountId":"<account>","type":"AWS::KMS::Key","ARN":"arn:aws:kms:<region>:<account>:key/<kms>"}"#;
const KMS: Spec = Spec { source: "kms", resources: KEY, callers: WORKLOADS, ..READ };

/// The calls of this file.
pub const CALLS: &[Spec] = &[
    Spec {
        name: "Decrypt",
        weight: 95,
        request: r#"{"keyId":"arn:aws:kms:<region>:<account>:key/<kms>","encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::<bucket>"}}"#,
        callers: &[
            (40, Caller::Forward(Class::Task, "secretsmanager.amazonaws.com")),
            (20, Caller::Session(Class::Task)),
            (20, Caller::Service("rds.amazonaws.com")),
            (20, Caller::Forward(Class::Lambda, "AWS Internal")),
        ],
        ..KMS
    },
    Spec {
        name: "GenerateDataKey",
        weight: 46,
        request: r#"{"keyId":"arn:aws:kms:<region>:<account>:key/<kms>","keySpec":"AES_256","encryptionContext":{"aws:cloudtrail:arn":"arn:aws:cloudtrail:<region>:<account>:trail/<trail>","aws:s3:arn":"arn:aws:s3:::<bucket>/AWSLogs/<account>/<alnum 16>"}}"#,
        callers: &[
            (40, Caller::Service("cloudtrail.amazonaws.com")),
            (40, Caller::Forward(Class::Task, "s3.amazonaws.com")),
            (20, Caller::Session(Class::Lambda)),
        ],
        ..KMS
    },
    Spec {
        name: "Encrypt",
        weight: 8,
        request: r#"{"keyId":"alias/<pick app|data|backup>","encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"PARAMETER_ARN":"arn:aws:ssm:<region>:<account>:parameter<parameter>"}}"#,
        ..KMS
    },
    Spec {
        name: "DescribeKey",
        weight: 10,
        request: r#"{"keyId":"<kms>"}"#,
        callers: READERS,
        errors: &[(60, "NotFoundException", "Key 'arn:aws:kms:<region>:<account>:key/<kms>' does not exist")],
        ..KMS
    },
    Spec {
        name: "RotateKey",
        weight: 1,
        kind: "AwsServiceEvent",
        read: false,
        details: r#"{"rotationType":"AUTOMATIC","keyId":"<kms>","keyOrigin":"AWS_KMS"}"#,
        callers: &[(1, Caller::Nobody("AWS Internal"))],
        ..KMS
    },
    Spec {
        source: "secretsmanager",
        name: "GetSecretValue",
        weight: 40,
        request: r#"{"secretId":"arn:aws:secretsmanager:<region>:<account>:secret:<secret>"<?20 ,"versionStage":"AWSCURRENT"?>}"#,
        callers: WORKLOADS,
        errors: &[(40, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")],
        ..READ
    },
    Spec {
        source: "secretsmanager",
        name: "PutSecretValue",
        weight: 2,
        request: r#"{"clientRequestToken":"<uuid>","secretId":"<secret>","versionStages":["AWSPENDING"]}"#,
        response: r#"{"arn":"arn:aws:secretsmanager:<region>:<account>:secret:<secret>"}"#,
        ..WRITE
    },
    Spec {
        source: "secretsmanager",
        name: "RotationStarted",
        weight: 2,
        kind: "AwsServiceEvent",
        callers: &[(1, Caller::Nobody("secretsmanager.amazonaws.com"))],
        details: r#"{"SecretId":"arn:aws:secretsmanager:<region>:<account>:secret:<secret>","VersionId":"<uuid>"}"#,
        extra: r#"{"SecretId":"arn:aws:secretsmanager:<region>:<account>:secret:<secret>"}"#,
        ..WRITE
    },
    Spec {
        source: "secretsmanager",
        name: "BatchGetSecretValue",
        weight: 4,
        request: r#"{"secretIdList":[<*1-4 "<secret+>"*>],"filters":[],"maxResults":20}"#,
        callers: WORKLOADS,
        ..READ
    },
    Spec {
        source: "ssm",
        name: "GetParameter",
        weight: 34,
        request: r#"{"name":"<parameter>","withDecryption":<bool>}"#,
        resources: r#"{"accountId":"<account>","ARN":"arn:aws:ssm:<region>:<account>:parameter<parameter>"}"#,
        callers: WORKLOADS,
        errors: &[(50, "ParameterNotFound", "")],
        ..READ
    },
    Spec {
        source: "ssm",
        name: "GetParametersByPath",
        weight: 10,
        request: r#"{"path":"/<pick prod|stage|shared>/<pick orders|payments|media>","recursive":true,"withDecryption":true,"maxResults":10<?30 ,"nextToken":"<b64 48>"?>}"#,
        callers: WORKLOADS,
        ..READ
    },
    Spec {
        source: "ssm",
        name: "SendCommand",
        weight: 2,
        request: r#"{"documentName":"AWS-RunShellScript","instanceIds":[<*1-4 "<instance+>"*>],"parameters":"HIDDEN_DUE_TO_SECURITY_REASONS","timeoutSeconds":600,"interactive":false}"#,
        response: r#"{"command":{"commandId":"<uuid>","documentName":"AWS-RunShellScript","documentVersion":"$DEFAULT","comment":"","expiresAfter":"<soon>","parameters":"HIDDEN_DUE_TO_SECURITY_REASONS","instanceIds":[<*1-4 "<instance+>"*>],"targets":[],"requestedDateTime":"<soon>","status":"Pending","statusDetails":"Pending","outputS3BucketName":"","maxConcurrency":"50","maxErrors":"0","targetCount":<int 1-4>,"completedCount":0,"errorCount":0,"deliveryTimedOutCount":0,"serviceRole":"","notificationConfig":{"notificationArn":"","notificationEvents":[],"notificationType":""},"cloudWatchOutputConfig":{"cloudWatchLogGroupName":"","cloudWatchOutputEnabled":false},"hasCancelCommandSignature":false,"hasSendCommandSignature":false}}"#,
        ..WRITE
    },
    Spec {
        source: "logs",
        name: "CreateLogStream",
        weight: 44,
        request: r#"{"logGroupName":"<loggroup>","logStreamName":"2026/03/<pick 02|03|04|05>/[$LATEST]<hex 32>"}"#,
        api: "2014-03-28",
        callers: WORKLOADS,
        errors: &[(40, "ResourceAlreadyExistsException", "The specified log stream already exists")],
        ..WRITE
    },
    Spec {
        source: "logs",
        name: "DescribeLogGroups",
        weight: 10,
        request: r#"{<?60 "logGroupNamePrefix":"/aws/lambda/",?>"limit":50}"#,
        api: "2014-03-28",
        ..READ
    },
    Spec {
        source: "logs",
        name: "FilterLogEvents",
        weight: 8,
        request: r#"{"logGroupName":"<loggroup>","startTime":<at-ms>,"endTime":<at-ms>,"filterPattern":"<pick ERROR|?timeout ?refused|{ $.status = 500 }>","limit":<pick 100|10000>,"interleaved":true}"#,
        api: "2014-03-28",
        errors: &[(80, "ThrottlingException", "Rate exceeded")],
        ..READ
    },
    Spec {
        source: "logs",
        name: "StartQuery",
        weight: 4,
        request: r#"{"logGroupNames":[<*1-4 "<loggroup+>"*>],"startTime":<int 1772400000-1772900000>,"endTime":<int 1772900000-1773300000>,"queryString":"fields @timestamp, @message\n| filter level = \"error\"\n| sort @timestamp desc","limit":1000}"#,
        response: r#"{"queryId":"<uuid>"}"#,
        api: "2014-03-28",
        ..READ
    },
    Spec {
        source: "logs",
        name: "PutRetentionPolicy",
        weight: 1,
        request: r#"{"logGroupName":"<loggroup>","retentionInDays":<pick 14|30|365>}"#,
        api: "2014-03-28",
        ..WRITE
    },
    Spec {
        source: "monitoring",
        name: "DescribeAlarms",
        weight: 10,
        request: r#"{<?50 "alarmNames":[<*1-3 "<alarm+>"*>],?>"maxRecords":100}"#,
        ..READ
    },
    Spec {
        source: "monitoring",
        name: "GetMetricData",
        weight: 14,
        data: true,
        request: r#"{"metricDataQueries":[<*1-4 {"id":"m<int 0-99>","metricStat":{"metric":{"namespace":"<pick AWS/Lambda|AWS/ECS|AWS/ApplicationELB>","metricName":"<pick Errors|CPUUtilization|TargetResponseTime>","dimensions":[{"name":"<pick FunctionName|ServiceName>","value":"<function>"}]},"period":<pick 60|300>,"stat":"<pick Sum|Average|p99>"}}*>],"startTime":"<ago>","endTime":"<at>","scanBy":"TimestampDescending"}"#,
        callers: &[(3, Caller::User), (4, Caller::Session(Class::Pod)), (1, Caller::Session(Class::Person))],
        ..READ
    },
    Spec {
        source: "monitoring",
        name: "PutMetricAlarm",
        weight: 2,
        request: r#"{"alarmName":"<alarm>","actionsEnabled":true,"alarmActions":[<*1-2 "arn:aws:sns:<region>:<account>:<topic+>"*>],"metricName":"Errors","namespace":"AWS/Lambda","statistic":"Sum","dimensions":[{"name":"FunctionName","value":"<function>"}],"period":60,"evaluationPeriods":5,"datapointsToAlarm":3,"threshold":<pick 0.5|1.0|80.25|1.5E3>,"comparisonOperator":"GreaterThanThreshold","treatMissingData":"notBreaching","tags":[]}"#,
        ..WRITE
    },
    Spec {
        source: "cloudformation",
        name: "DescribeStacks",
        weight: 10,
        request: r#"{"stackName":"<stack>"}"#,
        errors: &[(100, "ValidationException", "Stack with id <stack> does not exist")],
        ..READ
    },
    Spec {
        source: "cloudformation",
        name: "CreateChangeSet",
        weight: 3,
        request: r#"{"stackName":"<stack>","changeSetName":"pipeline-<int 1000-9999>","changeSetType":"UPDATE","capabilities":["CAPABILITY_NAMED_IAM"],"parameters":[<*1-4 {"parameterKey":"<pick Environment|ImageTag|DesiredCount|VpcId>","usePreviousValue":true}*>],"tags":[<*1-3 {"key":"<pick Team|Service|Env>","value":"<pick platform|orders|prod>"}*>],"templateURL":"https://s3.<region>.amazonaws.com/<bucket>/<hex 32>.template"}"#,
        response: r#"{"id":"arn:aws:cloudformation:<region>:<account>:changeSet/pipeline/<uuid>","stackId":"arn:aws:cloudformation:<region>:<account>:stack/<stack>/<uuid>"}"#,
        callers: BUILDERS,
        ..WRITE
    },
    Spec {
        source: "cloudtrail",
        name: "LookupEvents",
        weight: 4,
        request: r#"{"lookupAttributes":[<*1-2 {"attributeKey":"<pick EventName|Username|ResourceName>","attributeValue":"<user>"}*>],"startTime":"<ago>","endTime":"<at>","maxResults":50}"#,
        ..READ
    },
    Spec {
        source: "cloudtrail",
        name: "DescribeTrails",
        weight: 5,
        request: r#"{"trailNameList":[],"includeShadowTrails":<bool>}"#,
        ..READ
    },
    Spec {
        source: "cloudtrail",
        name: "StopLogging",
        weight: 1,
        request: r#"{"name":"arn:aws:cloudtrail:<region>:<account>:trail/<trail>"}"#,
        errors: &[(
            400,
            "AccessDenied",
            "User: <arn> is not authorized to perform: cloudtrail:StopLogging on resource: arn:aws:cloudtrail:<region>:<account>:trail/<trail> with an explicit deny in a service control policy",
        )],
        ..WRITE
    },
    Spec {
        source: "config",
        name: "PutEvaluations",
        weight: 9,
        request: r#"{"evaluations":[<*1-3 {"complianceResourceType":"AWS::EC2::<pick Instance|Volume|SecurityGroup>","complianceResourceId":"<instance+>","complianceType":"<pick COMPLIANT|NON_COMPLIANT>","orderingTimestamp":"<at>"}*>],"resultToken":"<b64 64>","testMode":false}"#,
        response: r#"{"failedEvaluations":[]}"#,
        callers: &[(1, Caller::Session(Class::Lambda))],
        ..WRITE
    },
    Spec {
        source: "route53",
        name: "ChangeResourceRecordSets",
        weight: 4,
        global: true,
        request: r#"{"hostedZoneId":"<zone>","changeBatch":{"comment":null,"changes":[<*1-3 {"action":"<pick UPSERT|CREATE|DELETE>","resourceRecordSet":{"name":"<pick orders|media|api>.harborline.example.","type":"<pick A|TXT|CNAME>","tTL":<pick 60|300>,"resourceRecords":[{"value":"<ip>"}]}}*>]}}"#,
        response: r#"{"changeInfo":{"id":"/change/C0<id32 18>","status":"PENDING","submittedAt":"<soon>"}}"#,
        api: "2013-04-01",
        host: "route53.amazonaws.com",
        callers: &[(3, Caller::Session(Class::Pod)), (1, Caller::Session(Class::Ci))],
        errors: &[(60, "Throttling", "Rate exceeded")],
        ..WRITE
    },
    Spec {
        source: "health",
        name: "DescribeEventAggregates",
        weight: 8,
        request: r#"{"filter":{"eventStatusCodes":["open","upcoming"],"startTimes":[{"from":"<ago>"}]},"aggregateField":"eventTypeCategory"}"#,
        callers: &[(3, Caller::Console), (2, Caller::Session(Class::Person))],
        ..READ
    },
    Spec {
        source: "events",
        name: "PutRule",
        weight: 2,
        request: r#"{"name":"<rule>","scheduleExpression":"rate(<pick 1|5|15> minutes)","state":"ENABLED","eventBusName":"default","tags":[<*1-2 {"key":"Team","value":"<pick orders|media>"}*>]}"#,
        response: r#"{"ruleArn":"arn:aws:events:<region>:<account>:rule/<rule>"}"#,
        ..WRITE
    },
];
