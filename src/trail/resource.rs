//! Which places of a record name a resource (`spec/CLOUDTRAIL-RECORD.md` 4). All of them count, so that the question who
//! deleted `i-0b` needs no knowledge of where EC2 writes an instance's id.

/// What the text at a place means for `@resource`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is a resource.
    Named,
    /// An ARN in `resources`: a resource, and an object's bucket and key need not be put together.
    Arn,
    /// A resource when the event is of this service.
    Of(&'static str),
    /// The bucket of [`Place::Key`]; a resource itself.
    Bucket,
    /// The key of an object, which only its bucket makes a name.
    Key,
}

/// Members of `requestParameters` and `responseElements` that name a resource whatever the service.
const MEMBERS: [&str; 52] = [
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
    "arn",
    "instancesSet.items[].instanceId",
    "groupSet.items[].groupId",
    "volumeSet.items[].volumeId",
];

/// Objects of `responseElements` that describe what a call has made, and their members that name it.
const MADE: [&str; 6] = ["user", "role", "group", "policy", "accessKey", "instanceProfile"];
const MADE_MEMBERS: [&str; 5] = ["arn", "userName", "roleName", "groupName", "accessKeyId"];

/// What the text at a path means, array indices written as `[]`; `None`: it names no resource.
#[must_use]
pub fn place(path: &str) -> Option<Place> {
    let (top, rest) = path.split_once(['.', '['])?;
    match top {
        "resources" => match rest {
            "].ARN" | "].arn" => Some(Place::Arn),
            "].ARNPrefix" | "].resourceName" => Some(Place::Named),
            _ => None,
        },
        "serviceEventDetails" => (rest == "keyId").then_some(Place::Named),
        "requestParameters" | "responseElements" => {
            let request = top == "requestParameters";
            match rest {
                "bucketName" if request => Some(Place::Bucket),
                "bucketName" => Some(Place::Named),
                "key" if request => Some(Place::Key),
                "name" => Some(Place::Of("cloudtrail.amazonaws.com")),
                "accessKeyId" if request => Some(Place::Of("iam.amazonaws.com")),
                _ if MEMBERS.contains(&rest) => Some(Place::Named),
                _ if !request => {
                    let (made, member) = rest.split_once('.')?;
                    (MADE.contains(&made) && MADE_MEMBERS.contains(&member)).then_some(Place::Named)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_names() {
        assert_eq!(place("resources[].ARN"), Some(Place::Arn));
        assert_eq!(place("requestParameters.instancesSet.items[].instanceId"), Some(Place::Named));
        assert_eq!(place("requestParameters.key"), Some(Place::Key));
        assert_eq!(place("responseElements.key"), None);
        assert_eq!(place("responseElements.user.arn"), Some(Place::Named));
        assert_eq!(place("requestParameters.user.arn"), None);
        assert_eq!(place("userIdentity.arn"), None);
        assert_eq!(place("requestParameters"), None);
    }
}
