//! Service definitions for the tests of this folder.

use http::Method;

use crate::{
    model::{
        ApiKeyLocation, Authorization, Authorizer, BasePath, ForwardedHeader, HeaderGroup, HeaderName, HeaderRule,
        HttpUri, IntrospectionPolicy, IntrospectionRoute, Methods, OutageStatus, Region, RegionEndpoint, Route,
        SecurityProfile, ServiceDefinition, SharedTokenPolicy, ValidationMethod,
        expression::{Expression, HeaderEncoding},
    },
    protocol::{ResponseFormat, ServiceName, Spkey},
};

/// Tollgate's own tokens, two methods, three forwarded headers.
pub(super) fn orders() -> ServiceDefinition {
    let forwarded_headers = vec![ForwardedHeader::ClientId, ForwardedHeader::UserContext, ForwardedHeader::Scope];
    let policy = SharedTokenPolicy { forwarded_headers, ..SharedTokenPolicy::default() };
    ServiceDefinition {
        backend: uri("http://127.0.0.1:9001"),
        methods: Methods::Only(vec![Method::GET, Method::POST]),
        ..service("942yzkggypg5dq6c4ucfv3ed", "orders", Authorizer::SharedToken(policy))
    }
}

/// Another server's tokens, two regions, behind a VPC link.
pub(super) fn travel() -> ServiceDefinition {
    let region = Region {
        header: header("HTTP-REQUEST-REGION-KEY"),
        required: false,
        endpoints: ["FR", "US"]
            .map(|code| RegionEndpoint { code: code.into(), uri: uri("https://idp.example/") })
            .into(),
    };
    let route = IntrospectionRoute { region: Some(region), default_uri: Some(uri("https://idp.example/any")) };
    let policy = IntrospectionPolicy {
        api_key: Some(ApiKeyLocation::default()),
        method: ValidationMethod::Bearer { judge_active: true },
        timeout_ms: 3000,
        outage_status: OutageStatus::default(),
        any_scheme: false,
        ca_bundle: None,
        route: Route::Configured(route),
        proxy: None,
        inject_headers: vec![
            group("FR", &[("X-User-Email", "//uid"), ("X-User-Id", "//id")]),
            group("US", &[("X-User-Email", "$.email")]),
        ],
        header_encoding: HeaderEncoding::Percent,
        unset_header_value: Some("-".into()),
        authorization: Authorization::Strip,
    };
    ServiceDefinition {
        backend: uri("https://travel.internal.example/v1/"),
        vpc_link: Some("a1b2c3".into()),
        ..service("tpx1", "travel", Authorizer::Introspection(Box::new(policy)))
    }
}

/// An open service that pages of one origin call.
pub(super) fn weather() -> ServiceDefinition {
    ServiceDefinition {
        backend: uri("https://weather.example/api"),
        cors_origins: vec!["https://app.example".into()],
        ..service("wx", "weather", Authorizer::None)
    }
}

fn service(spkey: &str, name: &str, authorizer: Authorizer) -> ServiceDefinition {
    ServiceDefinition {
        spkey: Spkey::parse(spkey).unwrap(),
        name: ServiceName::parse(name).unwrap(),
        enabled: true,
        base_path: BasePath::parse(format!("/{name}")).unwrap(),
        backend: uri("https://backend.example"),
        resource: None,
        methods: Methods::Any,
        authorizer,
        authorizer_ttl: 0,
        apis: Vec::new(),
        oauth: SecurityProfile::default(),
        required_scopes: Vec::new(),
        usage_plan: false,
        cors_origins: Vec::new(),
        vpc_link: None,
        mediator_default_format: ResponseFormat::Json,
    }
}

fn group(region: &str, rules: &[(&str, &str)]) -> HeaderGroup {
    let rule =
        |(name, text): &(&str, &str)| HeaderRule { header: header(name), expression: Expression::parse(text).unwrap() };
    HeaderGroup { region: region.into(), rules: rules.iter().map(rule).collect() }
}

pub(super) fn header(name: &str) -> HeaderName {
    HeaderName::parse(name).unwrap()
}

pub(super) fn uri(text: &str) -> HttpUri {
    HttpUri::parse(text).unwrap()
}
