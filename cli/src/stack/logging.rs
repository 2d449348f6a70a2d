//! Where the access logs go, and the role without which no REST API of an account can log.

use serde_json::{Map, Value, json};

use super::Product;

/// The log group.
pub(super) const GROUP: &str = "AccessLogs";

/// The log group, and for REST APIs the role.
pub(super) fn resources(product: Product) -> Map<String, Value> {
    let mut resources = Map::new();
    let mut group = json!({
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": { "RetentionInDays": { "Ref": RETENTION } },
    });
    if product == Product::Rest {
        // A dependency: the stages wait for the group, and the group for the role, where there is one to make.
        let role = json!({ "Fn::If": [MAKES_ROLE, { "Ref": ACCOUNT }, "of the account"] });
        group["Properties"]["Tags"] = json!([{ "Key": "api-gateway-log-role", "Value": role }]);
        resources.insert(ROLE.into(), role_resource());
        resources.insert(ACCOUNT.into(), account());
    }
    resources.insert(GROUP.into(), group);
    resources
}

/// Parameters of the log group and the role.
pub(super) fn parameters(product: Product) -> Vec<(String, Value)> {
    let retention = json!({
        "Type": "Number",
        "Default": 30,
        "AllowedValues": [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
        "Description": "Days that access logs are kept",
    });
    let role = json!({
        "Type": "String",
        "Default": "false",
        "AllowedValues": ["true", "false"],
        "Description": "true where API Gateway has no role for CloudWatch logs in this account and Region yet: REST APIs need one to log",
    });
    let role = (product == Product::Rest).then(|| (CREATE_ROLE.to_owned(), role));
    [(RETENTION.to_owned(), retention)].into_iter().chain(role).collect()
}

/// Whether the stack makes the role.
pub(super) fn conditions(product: Product) -> Option<(String, Value)> {
    (product == Product::Rest)
        .then(|| (MAKES_ROLE.to_owned(), json!({ "Fn::Equals": [{ "Ref": CREATE_ROLE }, "true"] })))
}

fn role_resource() -> Value {
    json!({
        "Type": "AWS::IAM::Role",
        "Condition": MAKES_ROLE,
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Allow",
                    "Principal": { "Service": "apigateway.amazonaws.com" },
                    "Action": "sts:AssumeRole",
                }],
            },
            "ManagedPolicyArns": [{
                "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
            }],
        },
    })
}

/// It is the account's, and other APIs may count on it: it stays when the stack goes.
fn account() -> Value {
    json!({
        "Type": "AWS::ApiGateway::Account",
        "Condition": MAKES_ROLE,
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": { "CloudWatchRoleArn": { "Fn::GetAtt": [ROLE, "Arn"] } },
    })
}

const ACCOUNT: &str = "LogAccount";
const ROLE: &str = "LogRole";
const RETENTION: &str = "LogRetentionDays";
const CREATE_ROLE: &str = "CreateLogRole";
const MAKES_ROLE: &str = "MakesLogRole";
