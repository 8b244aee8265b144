//! Buckets, tables, queues and databases.

use super::super::world::Class;
use super::{Caller, READ, Spec, WORKLOADS, WRITE};

const BUCKET_HOST: &str = "<bucket>.s3.<region>.amazonaws.com";
const S3: Spec = Spec {
    source: "s3",
    host: BUCKET_HOST,
    resources: r#"{"accountId":"<account>","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::<bucket>"}"#,
    extra: r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"<b64 75>=","bytesTransferredOut":<int 180-900>}"#,
    ..READ
};
const S3_WRITE: Spec = Spec { read: false, callers: WRITE.callers, ..S3 };
const OBJECT: Spec = Spec {
    data: true,
    callers: &[
        (38, Caller::Session(Class::Task)),
        (26, Caller::Session(Class::Lambda)),
        (10, Caller::Session(Class::Instance)),
        (6, Caller::Session(Class::Person)),
        (15, Caller::User),
        (3, Caller::Foreign),
        (2, Caller::IdentityCenter),
    ],
    resources: r#"{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::<bucket>/<key>"},{"accountId":"<account>","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::<bucket>"}"#,
    errors: &[
        (30, "NoSuchKey", "The specified key does not exist."),
        (6, "SlowDown", "Please reduce your request rate."),
    ],
    ..S3
};
const MOVED: &str = r#"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":<int 200-90000>,"SSEApplied":"<pick SSE_S3|SSE_KMS|Default_SSE_S3>","AuthenticationMethod":"AuthHeader","x-amz-id-2":"<b64 75>=","bytesTransferredOut":<int 0-4000000>}"#;
const DYNAMO: Spec = Spec {
    source: "dynamodb",
    data: true,
    callers: WORKLOADS,
    api: "",
    resources: r#"{"accountId":"<account>","type":"AWS::DynamoDB::Table","ARN":"arn:aws:dynamodb:<region>:<account>:table/<table>"}"#,
    errors: &[(
        15,
        "ProvisionedThroughputExceededException",
        "The level of configured provisioned throughput for the table was exceeded.",
    )],
    ..READ
};

/// The calls of this file.
pub const CALLS: &[Spec] = &[
    Spec {
        name: "ListBuckets",
        weight: 7,
        request: r#"{"Host":"s3.<region>.amazonaws.com"}"#,
        resources: "",
        host: "s3.<region>.amazonaws.com",
        ..S3
    },
    Spec {
        name: "GetBucketAcl",
        weight: 18,
        request: r#"{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com","acl":""}"#,
        callers: &[
            (5, Caller::Service("cloudtrail.amazonaws.com")),
            (5, Caller::Session(Class::Audit)),
            (1, Caller::Console),
        ],
        ..S3
    },
    Spec {
        name: "GetBucketLocation",
        weight: 10,
        request: r#"{"bucketName":"<bucket>","location":"","Host":"<bucket>.s3.<region>.amazonaws.com"}"#,
        ..S3
    },
    Spec {
        name: "GetBucketPolicy",
        weight: 7,
        request: r#"{"bucketName":"<bucket>","policy":"","Host":"<bucket>.s3.<region>.amazonaws.com"}"#,
        errors: &[(250, "NoSuchBucketPolicy", "The bucket policy does not exist")],
        ..S3
    },
    Spec {
        name: "GetBucketEncryption",
        weight: 6,
        request: r#"{"bucketName":"<bucket>","encryption":"","Host":"<bucket>.s3.<region>.amazonaws.com"}"#,
        ..S3
    },
    Spec {
        name: "PutBucketPolicy",
        weight: 2,
        request: r#"{"bucketName":"<bucket>","policy":"","Host":"<bucket>.s3.<region>.amazonaws.com","bucketPolicy":{"Version":"2012-10-17","Statement":[<*1-3 {"Sid":"<pick Deliver|ReadPartner|DenyInsecure>","Effect":"<pick Allow|Deny>","Principal":{"AWS":"arn:aws:iam::<account>:root"},"Action":["s3:GetObject"<?50 ,"s3:PutObject"?>],"Resource":"arn:aws:s3:::<bucket>/*","Condition":{"Bool":{"aws:SecureTransport":"<bool>"}}}*>]}}"#,
        ..S3_WRITE
    },
    Spec {
        name: "PutBucketPublicAccessBlock",
        weight: 1,
        request: r#"{"bucketName":"<bucket>","publicAccessBlock":"","Host":"<bucket>.s3.<region>.amazonaws.com","PublicAccessBlockConfiguration":{"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/","BlockPublicAcls":<bool>,"IgnorePublicAcls":true,"BlockPublicPolicy":<bool>,"RestrictPublicBuckets":true}}"#,
        ..S3_WRITE
    },
    Spec {
        name: "GetObject",
        weight: 42,
        request: r#"{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com","key":"<key>"}"#,
        extra: MOVED,
        ..OBJECT
    },
    Spec {
        name: "PutObject",
        weight: 28,
        read: false,
        request: r#"{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com","key":"<key>"<?50 ,"x-amz-server-side-encryption":"AES256"?><?20 ,"x-amz-storage-class":"STANDARD_IA"?>}"#,
        response: r#"{"x-amz-server-side-encryption":"AES256","x-amz-version-id":"<alnum 32>"}"#,
        extra: MOVED,
        ..OBJECT
    },
    Spec {
        name: "HeadObject",
        weight: 18,
        request: r#"{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com","key":"<key>"}"#,
        extra: MOVED,
        ..OBJECT
    },
    Spec {
        name: "ListObjects",
        weight: 14,
        request: r#"{"list-type":"2","bucketName":"<bucket>","max-keys":"1000","prefix":"<pick exports|landing|curated|uploads>/<pick orders|clicks|invoices>/","delimiter":"/","encoding-type":"url","Host":"<bucket>.s3.<region>.amazonaws.com"}"#,
        resources: r#"{"type":"AWS::S3::Object","ARNPrefix":"arn:aws:s3:::<bucket>/"},{"accountId":"<account>","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::<bucket>"}"#,
        extra: MOVED,
        ..OBJECT
    },
    Spec {
        name: "DeleteObject",
        weight: 6,
        read: false,
        request: r#"{"bucketName":"<bucket>","Host":"<bucket>.s3.<region>.amazonaws.com","key":"<key>"}"#,
        response: r#"{"x-amz-version-id":"<alnum 32>","x-amz-delete-marker":"true"}"#,
        extra: MOVED,
        ..OBJECT
    },
    Spec {
        name: "GetItem",
        weight: 34,
        request: r#"{"tableName":"<table>","key":["<pick pk|id|orderId>"],"consistentRead":<bool>}"#,
        ..DYNAMO
    },
    Spec {
        name: "Query",
        weight: 26,
        request: r#"{"tableName":"<table>","indexName":"by-<pick status|date|owner>","keyConditionExpression":"pk = :v","limit":<int 10-100>,"scanIndexForward":<bool>}"#,
        ..DYNAMO
    },
    Spec {
        name: "PutItem",
        weight: 20,
        read: false,
        request: r#"{"tableName":"<table>","key":{"<pick pk|id>":"HIDDEN_DUE_TO_SECURITY_REASONS"},"items":["<pick pk|id>","<pick status|total>","updatedAt"]}"#,
        errors: &[(60, "ConditionalCheckFailedException", "The conditional request failed")],
        ..DYNAMO
    },
    Spec {
        name: "DescribeTable",
        weight: 12,
        data: false,
        request: r#"{"tableName":"<table>"}"#,
        api: "2012-08-10",
        errors: &[(50, "ResourceNotFoundException", "Requested resource not found: Table: <table> not found")],
        ..DYNAMO
    },
    Spec {
        source: "sqs",
        name: "GetQueueAttributes",
        weight: 14,
        request: r#"{"attributeNames":["<pick All|ApproximateNumberOfMessages>"],"queueUrl":"https://sqs.<region>.amazonaws.com/<account>/<queue>"}"#,
        callers: WORKLOADS,
        ..READ
    },
    Spec {
        source: "sns",
        name: "Publish",
        weight: 12,
        data: true,
        read: false,
        request: r#"{"topicArn":"arn:aws:sns:<region>:<account>:<topic>","message":"HIDDEN_DUE_TO_SECURITY_REASONS","subject":"HIDDEN_DUE_TO_SECURITY_REASONS","messageAttributes":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#,
        response: r#"{"messageId":"<uuid>"}"#,
        resources: r#"{"accountId":"<account>","type":"AWS::SNS::Topic","ARN":"arn:aws:sns:<region>:<account>:<topic>"}"#,
        callers: &[(7, Caller::Session(Class::Task)), (3, Caller::Service("cloudwatch.amazonaws.com"))],
        ..WRITE
    },
    Spec {
        source: "rds",
        name: "DescribeDBInstances",
        weight: 9,
        request: r#"{<?60 "dBInstanceIdentifier":"<database>",?>"maxRecords":100,"filters":[]}"#,
        errors: &[(60, "DBInstanceNotFound", "DBInstance <database> not found.")],
        ..READ
    },
    Spec {
        source: "rds",
        name: "CreateDBSnapshot",
        weight: 2,
        request: r#"{"dBInstanceIdentifier":"<database>","dBSnapshotIdentifier":"<database>-<alnum 8>","tags":[<*1-2 {"key":"<pick Backup|Team>","value":"daily"}*>]}"#,
        response: r#"{"dBSnapshotIdentifier":"<database>-manual","dBInstanceIdentifier":"<database>","engine":"postgres","engineVersion":"16.4","allocatedStorage":<pick 100|500>,"status":"creating","port":5432,"availabilityZone":"<region>a","vpcId":"<vpc>","masterUsername":"postgres","licenseModel":"postgresql-license","snapshotType":"manual","percentProgress":0,"storageThroughput":<pick 125|250>,"iops":3000,"storageType":"gp3","encrypted":true,"kmsKeyId":"arn:aws:kms:<region>:<account>:key/<kms>","dBSnapshotArn":"arn:aws:rds:<region>:<account>:snapshot:<database>-manual","iAMDatabaseAuthenticationEnabled":<bool>,"processorFeatures":[],"tagList":[]}"#,
        ..WRITE
    },
];
