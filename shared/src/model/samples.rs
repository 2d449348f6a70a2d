//! Service definitions, a client and a user for tests.

use http::Method;

use crate::{
    model::{
        ApiKeyLocation, AuthMethod, Authorization, Authorizer, BasePath, Client, ClientTexts, ForwardedHeader,
        HeaderGroup, HeaderName, HeaderRule, HttpUri, IntrospectionPolicy, IntrospectionRoute, Methods, OutageStatus,
        Region, RegionEndpoint, Route, SecretDigest, SecurityProfile, ServiceDefinition, ServiceScope,
        SharedTokenPolicy, User, ValidationMethod,
        expression::{Expression, HeaderEncoding},
    },
    protocol::{ApplicationName, ClientId, GrantType, ResponseFormat, Scope, ScopeToken, ServiceName, Spkey, Subject},
};

/// Tollgate's own tokens, two methods, three forwarded headers.
pub(crate) fn orders() -> ServiceDefinition {
    let forwarded_headers = vec![ForwardedHeader::ClientId, ForwardedHeader::UserContext, ForwardedHeader::Scope];
    let policy = SharedTokenPolicy { forwarded_headers, ..SharedTokenPolicy::default() };
    ServiceDefinition {
        backend: uri("http://127.0.0.1:9001"),
        methods: Methods::Only(vec![Method::GET, Method::POST]),
        ..service("942yzkggypg5dq6c4ucfv3ed", "orders", Authorizer::SharedToken(policy))
    }
}

/// Tollgate's own tokens, which the backend sees too.
pub(crate) fn forwarding() -> ServiceDefinition {
    let mut service = orders();
    if let Authorizer::SharedToken(policy) = &mut service.authorizer {
        policy.forward_authorization = true;
    }
    service
}

/// Another server's tokens, which the backend sees too, behind a listener.
pub(crate) fn private() -> ServiceDefinition {
    let mut service = travel();
    service.backend = uri("https://travel.internal.example");
    if let Authorizer::Introspection(policy) = &mut service.authorizer {
        policy.authorization = Authorization::Forward;
    }
    service
}

/// Another server's tokens, two regions, behind a VPC link.
pub(crate) fn travel() -> ServiceDefinition {
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
pub(crate) fn weather() -> ServiceDefinition {
    ServiceDefinition {
        backend: uri("https://weather.example/api"),
        cors_origins: vec!["https://app.example".into()],
        ..service("wx", "weather", Authorizer::None)
    }
}

/// A service of this authorizer, everything else by default.
pub(crate) fn service(spkey: &str, name: &str, authorizer: Authorizer) -> ServiceDefinition {
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
    let rule = |(name, text): &(&str, &str)| HeaderRule {
        header: header(name),
        expression: Expression::parse(text).unwrap().into(),
    };
    HeaderGroup { region: region.into(), rules: rules.iter().map(rule).collect() }
}

pub(crate) fn header(name: &str) -> HeaderName {
    HeaderName::parse(name).unwrap()
}

pub(crate) fn uri(text: &str) -> HttpUri {
    HttpUri::parse(text).unwrap()
}

/// A service with these scopes; those with a `+` in front are given by default.
pub(crate) fn with_scopes(spkey: &str, name: &str, scopes: &[&str]) -> ServiceDefinition {
    let scope = |text: &&str| ServiceScope {
        name: ScopeToken::parse(text.trim_start_matches('+')).unwrap(),
        default: text.starts_with('+'),
    };
    let oauth = SecurityProfile { scopes: scopes.iter().map(scope).collect(), ..SecurityProfile::default() };
    ServiceDefinition { oauth, ..service(spkey, name, Authorizer::SharedToken(SharedTokenPolicy::default())) }
}

/// The client of RFC 6749's examples, with these services and this `scope` member.
pub(crate) fn client(services: &[&str], scope: Option<&str>) -> Client {
    Client {
        client_id: ClientId::parse("s6BhdRkqt3").unwrap(),
        application: ApplicationName::parse("Example").unwrap(),
        enabled: true,
        application_enabled: true,
        secrets: Vec::new(),
        keys: Vec::new(),
        auth_method: AuthMethod::ClientSecret,
        grant_types: [GrantType::ClientCredentials].into(),
        redirect_uris: Vec::new(),
        scope: scope.map(|scope| Scope::parse(scope).unwrap()),
        services: services.iter().map(|spkey| Spkey::parse(*spkey).unwrap()).collect(),
        introspects: Vec::new(),
        access_token_ttl: None,
        texts: ClientTexts::default(),
    }
}

/// A user who may log in with the password of this digest.
pub(crate) fn user(username: &str, password: SecretDigest) -> User {
    User {
        username: Subject::parse(username).unwrap(),
        enabled: true,
        password,
        name: None,
        email: None,
        roles: Vec::new(),
        revocation_due: false,
        times_disabled: 0,
    }
}

/// Whether an IAM resource pattern covers a text: `*` is any text, `?` any one character.
pub(crate) fn covers(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => (0..=text.len()).any(|at| covers(&pattern[1..], &text[at..])),
        Some(c) => text.starts_with(|t| t == c || c == '?') && covers(&pattern[1..], &text[1..]),
    }
}
