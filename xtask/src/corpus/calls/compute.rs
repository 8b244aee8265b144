//! Machines, containers and functions.

use super::super::world::Class;
use super::{BUILDERS, Caller, READ, READERS, Spec, WORKLOADS, WRITE};

const EC2: Spec = Spec { source: "ec2", ..READ };
const EC2_WRITE: Spec = Spec { source: "ec2", ..WRITE };
const AGENT: &[(u64, Caller)] = &[(1, Caller::Session(Class::Instance))];

/// The calls of this file.
pub const CALLS: &[Spec] = &[
    Spec {
        name: "DescribeInstances",
        weight: 75,
        request: r#"{"maxResults":<int 50-1000>,"instancesSet":{<?30 "items":[<*1-3 {"instanceId":"<instance+>"}*>]?>},"filterSet":{<?50 "items":[<*1-2 {"name":"<pick instance-state-name|tag:Environment|vpc-id>","valueSet":{"items":[{"value":"<pick running|pending|stopped>"}]}}*>]?>}}"#,
        errors: &[(6, "Client.InvalidInstanceID.NotFound", "The instance ID '<instance>' does not exist")],
        ..EC2
    },
    Spec {
        name: "DescribeSecurityGroups",
        weight: 26,
        request: r#"{"securityGroupSet":{},"securityGroupIdSet":{<?60 "items":[<*1-3 {"groupId":"<sg+>"}*>]?>},"filterSet":{}}"#,
        ..EC2
    },
    Spec {
        name: "DescribeVolumes",
        weight: 18,
        request: r#"{"volumeSet":{<?40 "items":[<*1-2 {"volumeId":"<volume+>"}*>]?>},"filterSet":{<?40 "items":[{"name":"attachment.instance-id","valueSet":{"items":[{"value":"<instance>"}]}}]?>}}"#,
        ..EC2
    },
    Spec {
        name: "DescribeNetworkInterfaces",
        weight: 22,
        request: r#"{"networkInterfaceIdSet":{<?60 "items":[<*1-2 {"networkInterfaceId":"<eni+>"}*>]?>},"filterSet":{}}"#,
        errors: &[(40, "Client.InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '<eni>' does not exist")],
        ..EC2
    },
    Spec {
        name: "DescribeTags",
        weight: 12,
        request: r#"{"maxResults":1000,"filterSet":{"items":[{"name":"resource-id","valueSet":{"items":[{"value":"<instance>"}]}}]},"tagSet":{}}"#,
        ..EC2
    },
    Spec {
        name: "DescribeSubnets",
        weight: 9,
        request: r#"{"subnetSet":{"items":[<*1-3 {"subnetId":"<subnet+>"}*>]},"filterSet":{}}"#,
        ..EC2
    },
    Spec { name: "DescribeRegions", weight: 5, request: r#"{"regionSet":{},"allRegions":<bool>}"#, ..EC2 },
    Spec {
        name: "RunInstances",
        weight: 6,
        request: r#"{"instancesSet":{"items":[{"imageId":"<image>","minCount":1,"maxCount":<int 1-3>,"keyName":null}]},"instanceType":"<pick m7g.large|c7g.xlarge|t4g.medium|r7i.2xlarge>","blockDeviceMapping":{"items":[{"deviceName":"/dev/xvda","ebs":{"volumeSize":<pick 30|50|100>,"deleteOnTermination":true,"volumeType":"gp3","encrypted":true}}]},"monitoring":{"enabled":<bool>},"disableApiTermination":false,"ebsOptimized":true,"clientToken":"<uuid>","networkInterfaceSet":{"items":[{"deviceIndex":0,"subnetId":"<subnet>","groupSet":{"items":[<*1-3 {"groupId":"<sg+>"}*>]}}]},"iamInstanceProfile":{"name":"<role>"},"tagSpecificationSet":{"items":[{"resourceType":"instance","tags":[<*1-4 {"key":"<pick Environment|Team|CostCenter|Name>","value":"<pick prod|stage|Zürich|платформа|platform|4410>"}*>]}]}}"#,
        response: r#"{"requestId":"<uuid>","reservationId":"r-0<hex 16>","ownerId":"<account>","groupSet":{},"instancesSet":{"items":[<*1-2 {"instanceId":"<instance+>","imageId":"<image>","instanceState":{"code":0,"name":"pending"},"privateDnsName":"ip-10-20-4-<int 4-250>.ec2.internal","amiLaunchIndex":<int 0-2>,"productCodes":{},"instanceType":"<pick m7g.large|c7g.xlarge|t4g.medium>","launchTime":<at-ms>,"placement":{"availabilityZone":"<region>a","tenancy":"default"},"monitoring":{"state":"pending"},"subnetId":"<subnet>","vpcId":"<vpc>","privateIpAddress":"<ip>","stateReason":{"code":"pending","message":"pending"},"architecture":"arm64","rootDeviceType":"ebs","cpuOptions":{"coreCount":<int 1-4>,"threadsPerCore":1},"enclaveOptions":{"enabled":false}}*>]}}"#,
        errors: &[
            (
                60,
                "Client.InsufficientInstanceCapacity",
                "We currently do not have sufficient capacity in the Availability Zone you requested.",
            ),
            (40, "Client.DryRunOperation", "Request would have succeeded, but DryRun flag is set."),
        ],
        callers: &[
            (60, Caller::Forward(Class::Service, "autoscaling.amazonaws.com")),
            (25, Caller::Session(Class::Ci)),
            (10, Caller::Session(Class::Pod)),
            (4, Caller::Session(Class::Person)),
        ],
        ..EC2_WRITE
    },
    Spec {
        name: "TerminateInstances",
        weight: 4,
        request: r#"{"instancesSet":{"items":[<*1-3 {"instanceId":"<instance+>"}*>]}}"#,
        response: r#"{"requestId":"<uuid>","instancesSet":{"items":[<*1-3 {"instanceId":"<instance+>","currentState":{"code":32,"name":"shutting-down"},"previousState":{"code":16,"name":"running"}}*>]}}"#,
        ..EC2_WRITE
    },
    Spec {
        name: "CreateTags",
        weight: 9,
        request: r#"{"resourcesSet":{"items":[<*1-2 {"resourceId":"<volume+>"}*>]},"tagSet":{"items":[<*1-4 {"key":"<pick Environment|Team|CostCenter|Name|kubernetes.io/cluster/main>","value":"<pick prod|stage|owned|Zürich|platform|>"}*>]}}"#,
        response: r#"{"requestId":"<uuid>","_return":true}"#,
        ..EC2_WRITE
    },
    Spec {
        name: "AuthorizeSecurityGroupIngress",
        weight: 3,
        request: r#"{"groupId":"<sg>","ipPermissions":{"items":[<*1-2 {"ipProtocol":"tcp","fromPort":<pick 22|443|5432|8080>,"toPort":<pick 22|443|5432|8080>,"groups":{},"ipRanges":{"items":[<*1-2 {"cidrIp":"<pick 10.20.0.0/16|0.0.0.0/0|203.0.113.0/24>","description":"<pick office|peering|temporary>"}*>]},"ipv6Ranges":{},"prefixListIds":{}}*>]}}"#,
        response: r#"{"requestId":"<uuid>","_return":true,"securityGroupRuleSet":{"items":[{"groupOwnerId":"<account>","groupId":"<sg>","securityGroupRuleId":"sgr-0<hex 16>","isEgress":false,"ipProtocol":"tcp","fromPort":443,"toPort":443,"cidrIpv4":"10.20.0.0/16"}]}}"#,
        errors: &[(
            80,
            "Client.InvalidPermission.Duplicate",
            "the specified rule \\\"peer: 10.20.0.0/16, TCP, from port: 443, to port: 443, ALLOW\\\" already exists",
        )],
        ..EC2_WRITE
    },
    Spec {
        name: "CreateNetworkInterface",
        weight: 7,
        request: r#"{"subnetId":"<subnet>","description":"AWS Lambda VPC ENI-<function>-<uuid>","groupSet":{"items":[{"groupId":"<sg>"}]},"privateIpAddressesSet":{},"clientToken":"<UUID>"}"#,
        response: r#"{"requestId":"<uuid>","networkInterface":{"networkInterfaceId":"<eni>","subnetId":"<subnet>","vpcId":"<vpc>","availabilityZone":"<region>b","ownerId":"<account>","requesterManaged":false,"status":"pending","macAddress":"0a:<hex 2>:<hex 2>:<hex 2>:<hex 2>:<hex 2>","privateIpAddress":"<ip>","sourceDestCheck":true,"interfaceType":"lambda","groupSet":{"items":[{"groupId":"<sg>","groupName":"functions"}]},"privateIpAddressesSet":{"item":[{"privateIpAddress":"<ip>","primary":true}]},"ipv6AddressesSet":{},"tagSet":{}}}"#,
        callers: &[(1, Caller::Forward(Class::Lambda, "lambda.amazonaws.com"))],
        ..EC2_WRITE
    },
    Spec {
        name: "CreateSnapshot",
        weight: 4,
        request: r#"{"volumeId":"<volume>","description":"nightly","tagSpecificationSet":{"items":[{"resourceType":"snapshot","tags":[{"key":"Backup","value":"daily"}]}]}}"#,
        response: r#"{"requestId":"<uuid>","snapshotId":"snap-0<hex 16>","volumeId":"<volume>","status":"pending","startTime":<at-ms>,"progress":"","ownerId":"<account>","volumeSize":"<pick 30|50|100>","description":"nightly","encrypted":true}"#,
        callers: &[(1, Caller::Session(Class::Service))],
        ..EC2_WRITE
    },
    Spec {
        name: "SharedSnapshotVolumeCreated",
        kind: "AwsServiceEvent",
        callers: &[(1, Caller::Nobody("ec2.amazonaws.com"))],
        weight: 1,
        details: r#"{"snapshotId":"snap-0<hex 16>"}"#,
        ..EC2_WRITE
    },
    Spec {
        source: "autoscaling",
        name: "DescribeAutoScalingGroups",
        weight: 16,
        request: r#"{<?60 "autoScalingGroupNames":[<*1-4 "<asg+>"*>],?>"maxRecords":100}"#,
        callers: &[
            (70, Caller::Session(Class::Pod)),
            (20, Caller::Session(Class::Audit)),
            (10, Caller::Session(Class::Ci)),
        ],
        errors: &[(70, "ThrottlingException", "Rate exceeded")],
        ..READ
    },
    Spec {
        source: "elasticloadbalancing",
        name: "DescribeTargetHealth",
        weight: 22,
        request: r#"{"targetGroupArn":"arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/<targetgroup>"<?20 ,"targets":[<*1-2 {"id":"<ip>","port":8080}*>]?>}"#,
        api: "2015-12-01",
        ..READ
    },
    Spec {
        source: "elasticloadbalancing",
        name: "RegisterTargets",
        weight: 7,
        request: r#"{"targetGroupArn":"arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/<targetgroup>","targets":[<*1-3 {"id":"<ip>","port":8080,"availabilityZone":"<region><pick a|b|c>"}*>]}"#,
        response: "{}",
        api: "2015-12-01",
        callers: &[(3, Caller::Forward(Class::Service, "ecs.amazonaws.com")), (1, Caller::Session(Class::Ci))],
        ..WRITE
    },
    Spec {
        source: "ecs",
        name: "DescribeTasks",
        weight: 12,
        request: r#"{"cluster":"<cluster>","tasks":[<*1-4 "arn:aws:ecs:<region>:<account>:task/<cluster>/<task+>"*>],"include":[]}"#,
        ..READ
    },
    Spec {
        source: "ecs",
        name: "UpdateService",
        weight: 4,
        request: r#"{"cluster":"<cluster>","service":"<function>","taskDefinition":"arn:aws:ecs:<region>:<account>:task-definition/<function>:<int 1-400>","desiredCount":<int 1-12>,"forceNewDeployment":<bool>}"#,
        response: r#"{"service":{"serviceArn":"arn:aws:ecs:<region>:<account>:service/<cluster>/<function>","serviceName":"<function>","clusterArn":"arn:aws:ecs:<region>:<account>:cluster/<cluster>","loadBalancers":[{"targetGroupArn":"arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/<targetgroup>","containerName":"app","containerPort":8080}],"serviceRegistries":[],"status":"ACTIVE","desiredCount":<int 1-12>,"runningCount":<int 1-12>,"pendingCount":0,"launchType":"FARGATE","deploymentConfiguration":{"maximumPercent":200,"minimumHealthyPercent":100,"deploymentCircuitBreaker":{"enable":true,"rollback":true}},"deployments":[<*1-3 {"id":"ecs-svc/<int 1000000000-9999999999>","status":"<pick PRIMARY|ACTIVE>","desiredCount":<int 1-12>,"runningCount":<int 0-12>,"rolloutState":"IN_PROGRESS"}*>],"events":[],"propagateTags":"SERVICE"}}"#,
        ..WRITE
    },
    Spec { source: "ecr", name: "GetAuthorizationToken", weight: 18, request: "null", callers: WORKLOADS, ..READ },
    Spec {
        source: "ecr",
        name: "BatchGetImage",
        weight: 16,
        request: r#"{"registryId":"<account>","repositoryName":"<repository>","imageIds":[<*1-2 {"imageTag":"<pick latest|release|2026.9.1>"}*>],"acceptedMediaTypes":["application/vnd.docker.distribution.manifest.v2+json","application/vnd.oci.image.manifest.v1+json"]}"#,
        resources: r#"{"accountId":"<account>","ARN":"arn:aws:ecr:<region>:<account>:repository/<repository>"}"#,
        callers: WORKLOADS,
        ..READ
    },
    Spec {
        source: "lambda",
        name: "Invoke",
        weight: 75,
        data: true,
        request: r#"{"functionName":"arn:aws:lambda:<region>:<account>:function:<function>"<?40 ,"invocationType":"<pick Event|RequestResponse>"?><?60 ,"sourceArn":"arn:aws:<pick events|sqs|sns>:<region>:<account>:<queue>"?>}"#,
        resources: r#"{"accountId":"<account>","type":"AWS::Lambda::Function","ARN":"arn:aws:lambda:<region>:<account>:function:<function>"}"#,
        extra: r#"{"functionVersion":"arn:aws:lambda:<region>:<account>:function:<function>:<pick $LATEST|12|13|live>"}"#,
        callers: &[
            (45, Caller::Session(Class::Lambda)),
            (25, Caller::Session(Class::Task)),
            (30, Caller::Service("events.amazonaws.com")),
        ],
        errors: &[(20, "TooManyRequestsException", "Rate Exceeded.")],
        ..WRITE
    },
    Spec {
        source: "lambda",
        name: "GetFunction20150331v2",
        weight: 7,
        request: r#"{"functionName":"<function>"}"#,
        api: "2015-03-31",
        errors: &[(
            100,
            "ResourceNotFoundException",
            "Function not found: arn:aws:lambda:<region>:<account>:function:<function>",
        )],
        ..READ
    },
    Spec {
        source: "lambda",
        name: "UpdateFunctionCode20150331v2",
        weight: 3,
        request: r#"{"functionName":"<function>","s3Bucket":"<bucket>","s3Key":"releases/<function>/<hex 40>.zip","publish":<bool>,"dryRun":false}"#,
        response: r#"{"functionName":"<function>","functionArn":"arn:aws:lambda:<region>:<account>:function:<function>","runtime":"<pick nodejs20.x|python3.12|provided.al2023>","role":"arn:aws:iam::<account>:role/<role>","handler":"index.handler","codeSize":<int 20000-9000000>,"description":"","timeout":<pick 3|30|900>,"memorySize":<pick 128|512|1769>,"lastModified":"<at>","codeSha256":"<b64 43>=","version":"$LATEST","vpcConfig":{"subnetIds":[<*1-3 "<subnet+>"*>],"securityGroupIds":["<sg>"],"vpcId":"<vpc>"},"environment":{},"tracingConfig":{"mode":"PassThrough"},"revisionId":"<uuid>","layers":[],"state":"Active","lastUpdateStatus":"InProgress","packageType":"Zip","architectures":["arm64"],"ephemeralStorage":{"size":512}}"#,
        api: "2015-03-31",
        callers: BUILDERS,
        ..WRITE
    },
    Spec {
        source: "lambda",
        name: "ListFunctions20150331",
        weight: 4,
        request: r#"{"maxItems":50<?50 ,"marker":"<b64 64>"?>}"#,
        api: "2015-03-31",
        callers: READERS,
        ..READ
    },
    Spec {
        source: "ssm",
        name: "UpdateInstanceInformation",
        weight: 34,
        request: r#"{"instanceId":"<instance>","agentVersion":"3.3.<int 100-999>.0","agentStatus":"Active","platformType":"Linux","platformName":"Amazon Linux","platformVersion":"2023","iPAddress":"<ip>","computerName":"ip-10-20-4-<int 4-250>.ec2.internal","agentName":"amazon-ssm-agent","availabilityZone":"<region>a","availabilityZoneId":"use1-az2","sSMConnectionChannel":"ssmmessages"}"#,
        callers: AGENT,
        ..WRITE
    },
];
