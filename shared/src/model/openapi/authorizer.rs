//! The security scheme: which function decides, for how long, and by what.

use std::fmt;

use serde_json::{Value, json};

use super::{HttpAnswers, Placement};
use crate::model::{ApiKeyLocation, Authorizer, IntrospectionPolicy, Route, ServiceDefinition};

/// The scheme's name in the document.
const SCHEME: &str = "tollgate";

/// `components.securitySchemes`.
pub(super) fn security_schemes(service: &ServiceDefinition, placement: &Placement<'_>) -> Value {
    let mut authorizer = json!({
        "type": "request",
        "authorizerUri": authorizer_uri(placement),
        "authorizerResultTtlInSeconds": service.authorizer_ttl,
    });
    // A source that is missing in a call is a 401 without a reason, so there are none where the function can name it.
    if service.authorizer_ttl > 0 {
        authorizer["identitySource"] = json!(identity_sources(service));
    }
    // API Gateway wants this name where the authorizer reads more than one header.
    json!({ SCHEME: {
        "type": "apiKey",
        "name": "Unused",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": authorizer,
    } })
}

/// `components.securitySchemes` of an HTTP API.
pub(super) fn http_security_schemes(
    service: &ServiceDefinition,
    placement: &Placement<'_>,
    answers: HttpAnswers,
) -> Value {
    let mut authorizer = json!({
        "type": "request",
        "authorizerUri": authorizer_uri(placement),
        "authorizerPayloadFormatVersion": "2.0",
        "enableSimpleResponses": answers == HttpAnswers::Simple,
        "authorizerResultTtlInSeconds": service.authorizer_ttl,
    });
    if service.authorizer_ttl > 0 {
        authorizer["identitySource"] = json!(http_identity_sources(service));
    }
    json!({ SCHEME: {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authorizer": authorizer,
    } })
}

/// `security` of an operation. It stands on each one: API Gateway ignores that of the whole document.
pub(super) fn security() -> Value {
    json!([{ SCHEME: [] }])
}

/// The address by which API Gateway invokes the function.
pub(super) fn authorizer_uri(placement: &Placement<'_>) -> String {
    let Placement { partition, region, authorizer_arn, .. } = placement;
    format!("arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{authorizer_arn}/invocations")
}

/// Every input of the verdict as an identity source of a REST API.
pub(super) fn identity_sources(service: &ServiceDefinition) -> String {
    inputs(service).iter().map(Input::rest_source).collect::<Vec<_>>().join(", ")
}

/// Every input of the verdict as an identity source of an HTTP API.
pub(super) fn http_identity_sources(service: &ServiceDefinition) -> String {
    inputs(service).iter().map(Input::http_source).collect::<Vec<_>>().join(", ")
}

/// A part of a call that a verdict depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input<'a> {
    Header(&'a str),
    Query(&'a str),
}

impl Input<'_> {
    fn rest_source(&self) -> String {
        match self {
            Self::Header(name) => format!("method.request.header.{name}"),
            Self::Query(name) => format!("method.request.querystring.{name}"),
        }
    }

    fn http_source(&self) -> String {
        match self {
            Self::Header(name) => format!("$request.header.{name}"),
            Self::Query(name) => format!("$request.querystring.{name}"),
        }
    }
}

/// In words.
impl fmt::Display for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "header `{name}`"),
            Self::Query(name) => write!(f, "query parameter `{name}`"),
        }
    }
}

/// What a verdict about a call depends on, the credentials first. Method and path are not among them: API Gateway
/// weighs a kept policy anew for each method ARN.
pub(super) fn inputs(service: &ServiceDefinition) -> Vec<Input<'_>> {
    let authorization = Input::Header("Authorization");
    match &service.authorizer {
        Authorizer::SharedToken(_) => vec![authorization],
        Authorizer::Introspection(policy) => {
            [Some(authorization), api_key(policy), region_header(policy)].into_iter().flatten().collect()
        }
        Authorizer::None => Vec::new(),
    }
}

fn api_key(policy: &IntrospectionPolicy) -> Option<Input<'_>> {
    policy.api_key.as_ref().map(|location| match location {
        ApiKeyLocation::Query(name) => Input::Query(name),
        ApiKeyLocation::Header(name) => Input::Header(name.as_str()),
    })
}

fn region_header(policy: &IntrospectionPolicy) -> Option<Input<'_>> {
    let Route::Configured(route) = &policy.route else { return None };
    route.region.as_ref().map(|region| Input::Header(region.header.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;

    fn authorizer(service: &ServiceDefinition) -> Value {
        security_schemes(service, &Placement::default())["tollgate"]["x-amazon-apigateway-authorizer"].clone()
    }

    #[test]
    fn without_a_ttl_there_is_no_identity_source_so_that_the_function_names_the_error() {
        let authorizer = authorizer(&samples::travel());
        assert_eq!(authorizer["authorizerResultTtlInSeconds"], 0);
        assert_eq!(authorizer.get("identitySource"), None);
    }

    #[test]
    fn z13_with_a_ttl_every_input_of_the_verdict_is_an_identity_source() {
        let service = ServiceDefinition { authorizer_ttl: 60, ..samples::travel() };
        let sources = "method.request.header.Authorization, method.request.querystring.api_key, \
                       method.request.header.HTTP-REQUEST-REGION-KEY";
        assert_eq!(authorizer(&service)["identitySource"], sources);
        let service = ServiceDefinition { authorizer_ttl: 300, ..samples::orders() };
        assert_eq!(authorizer(&service)["identitySource"], "method.request.header.Authorization");
    }

    #[test]
    fn the_authorizer_is_called_in_the_partition_of_its_arn() {
        let uri = |authorizer_arn| authorizer_uri(&Placement::of("cn-north-1", authorizer_arn));
        assert!(uri("arn:aws-cn:lambda:cn-north-1:1:function:f").starts_with("arn:aws-cn:apigateway:cn-north-1:"));
        assert!(uri("${AuthorizerArn}").starts_with("arn:aws:apigateway:cn-north-1:lambda:path/"));
    }
}
