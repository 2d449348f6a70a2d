//! Where the APIs are found: under one custom domain by their base paths, or at addresses of API Gateway's own.

use serde_json::{Map, Value, json};
use shared::model::BasePath;

use super::{NamedService, Product, StackError, apis::STAGE};

/// The domain, and a mapping for each service. Those of version 2 take REST APIs as well, and paths of several segments.
pub(super) fn resources(services: &[NamedService<'_>]) -> Result<Map<String, Value>, StackError> {
    let domain = json!({
        "Type": "AWS::ApiGatewayV2::DomainName",
        "Condition": HAS_DOMAIN,
        "Properties": {
            "DomainName": { "Ref": "DomainName" },
            "DomainNameConfigurations": [{
                "CertificateArn": { "Ref": "CertificateArn" },
                "EndpointType": "REGIONAL",
                "SecurityPolicy": "TLS_1_2",
            }],
        },
    });
    let mappings = services.iter().map(|named| Ok((format!("{}Mapping", named.id), mapping(named)?)));
    [Ok((DOMAIN.to_owned(), domain))].into_iter().chain(mappings).collect()
}

/// Whether there is a domain.
pub(super) fn conditions() -> Map<String, Value> {
    let has_both = json!({ "Fn::And": [is_given("DomainName"), is_given("CertificateArn")] });
    [(HAS_DOMAIN.to_owned(), has_both)].into_iter().collect()
}

/// A domain without a certificate is a mistake, and no wish for API Gateway's own addresses.
pub(super) fn rules() -> Value {
    json!({ "DomainNeedsCertificate": {
        "RuleCondition": is_given("DomainName"),
        "Assertions": [{ "Assert": is_given("CertificateArn"), "AssertDescription": "DomainName needs CertificateArn" }],
    } })
}

fn is_given(parameter: &str) -> Value {
    json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": parameter }, ""] }] })
}

/// The URL of each service, and what the domain's name has to lead to.
pub(super) fn outputs(services: &[NamedService<'_>], product: Product) -> Map<String, Value> {
    let urls = services.iter().map(|named| (format!("{}Url", named.id), url(named, product)));
    let target = [("DomainTarget", "RegionalDomainName"), ("DomainHostedZoneId", "RegionalHostedZoneId")];
    let target = target.into_iter().map(|(name, attribute)| {
        let value = json!({
            "Condition": HAS_DOMAIN,
            "Description": "For the alias record of the custom domain",
            "Value": { "Fn::GetAtt": [DOMAIN, attribute] },
        });
        (name.to_owned(), value)
    });
    urls.chain(target).collect()
}

fn mapping(named: &NamedService<'_>) -> Result<Value, StackError> {
    let mut properties = json!({
        "ApiId": { "Ref": named.api() },
        "DomainName": { "Ref": DOMAIN },
        "Stage": { "Ref": format!("{}.Stage", named.api()) },
    });
    let key = mapping_key(&named.service.base_path)?;
    if !key.is_empty() {
        properties["ApiMappingKey"] = json!(key);
    }
    Ok(json!({ "Type": "AWS::ApiGatewayV2::ApiMapping", "Condition": HAS_DOMAIN, "Properties": properties }))
}

/// A key has no slash at its start, and of the characters of a base path all but one.
fn mapping_key(base_path: &BasePath) -> Result<&str, StackError> {
    let key = base_path.prefix().trim_start_matches('/');
    if key.contains('~') { Err(StackError::BasePath(base_path.to_string())) } else { Ok(key) }
}

fn url(named: &NamedService<'_>, product: Product) -> Value {
    let prefix = named.service.base_path.prefix();
    let stage = if product == Product::Rest { format!("/{STAGE}") } else { String::new() };
    let api = named.api();
    json!({
        "Description": format!("Where the service {} is found", named.service.name),
        "Value": { "Fn::If": [
            HAS_DOMAIN,
            { "Fn::Sub": format!("https://${{DomainName}}{prefix}") },
            { "Fn::Sub": format!("https://${{{api}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}{stage}") },
        ] },
    })
}

const DOMAIN: &str = "Domain";
const HAS_DOMAIN: &str = "HasDomain";
