//! The APIs that run: the token API, and the generated document of each service.

use gateway::{Api, ApiKind};
use serde_json::{Map, Value, json};
use shared::{
    model::{
        Authorizer, HttpUri, ServiceDefinition,
        openapi::{self, HttpAnswers, HttpApi, Placement},
    },
    protocol::Digest,
};

use super::{
    DevError,
    functions::{AUTHORIZE, INTROSPECTION, SHARED_TOKEN, TOKEN, TOKEN_STATUS, arn},
};

/// Every API; the services named in `http_apis`, or their spkeys, are HTTP APIs.
pub(super) fn apis(
    services: &[ServiceDefinition],
    http_apis: &[String],
    issuer: &HttpUri,
) -> Result<Vec<Api>, DevError> {
    let is_named = |service: &ServiceDefinition, text: &String| {
        [service.name.as_str(), service.spkey.as_str()].contains(&text.as_str())
    };
    if let Some(nobody) = http_apis.iter().find(|text| !services.iter().any(|service| is_named(service, text))) {
        return Err(DevError::HttpApi(format!("there is no service {nobody:?}")));
    }
    let api = |service: &ServiceDefinition| {
        let is_http = http_apis.iter().any(|text| is_named(service, text));
        if is_http { http_api(service) } else { Ok(rest_api(service, Some(issuer))) }
    };
    services.iter().map(api).chain([Ok(token_api())]).collect()
}

/// The REST API of a service, whose challenges lead to its metadata where the issuer is known.
pub(crate) fn rest_api(service: &ServiceDefinition, issuer: Option<&HttpUri>) -> Api {
    let authorizer_arn = authorizer_arn(service);
    let placement = Placement { issuer, ..Placement::of(gateway::REGION, &authorizer_arn) };
    let document = openapi::rest_document(service, &placement);
    service_api(service, ApiKind::Rest, document)
}

/// The listener that a VPC link leads to is not here, so the backend is called by its URL.
fn http_api(service: &ServiceDefinition) -> Result<Api, DevError> {
    let public = ServiceDefinition { vpc_link: None, ..service.clone() };
    let api = HttpApi::of(&public, HttpAnswers::Policy).map_err(|error| DevError::HttpApi(error.to_string()))?;
    let document = api.document(&Placement::of(gateway::REGION, &authorizer_arn(service)));
    Ok(service_api(service, ApiKind::Http, document))
}

/// The ARN of the function that guards a service here.
pub(crate) fn authorizer_arn(service: &ServiceDefinition) -> String {
    arn(match service.authorizer {
        Authorizer::Introspection(_) => INTROSPECTION,
        Authorizer::SharedToken(_) | Authorizer::None => SHARED_TOKEN,
    })
}

fn service_api(service: &ServiceDefinition, kind: ApiKind, document: Value) -> Api {
    let variables = openapi::stage_variables(service);
    let variables = variables.as_object().into_iter().flatten();
    Api {
        id: api_id(service),
        stage: if kind == ApiKind::Http { HTTP_STAGE.into() } else { "local".into() },
        base_path: service.base_path.prefix().to_owned(),
        stage_variables: variables
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
        document,
        kind,
    }
}

/// Ten lower-case letters and digits, the same at each start.
fn api_id(service: &ServiceDefinition) -> String {
    let digest = Digest::of(service.spkey.as_str().as_bytes());
    digest.as_bytes().iter().take(5).map(|byte| format!("{byte:02x}")).collect()
}

/// The endpoints: an HTTP API whose `$default` route goes to the function `token`.
fn token_api() -> Api {
    Api {
        id: "tokenapi00".into(),
        stage: HTTP_STAGE.into(),
        base_path: String::new(),
        stage_variables: [].into(),
        document: token_document(),
        kind: ApiKind::Http,
    }
}

fn token_document() -> Value {
    let routes = |function, paths: &'static [&str]| {
        paths.iter().map(move |path| (*path, json!({ ANY_METHOD: proxied(function) })))
    };
    let routes = routes(TOKEN_STATUS, &TOKEN_STATUS_PATHS).chain(routes(AUTHORIZE, &AUTHORIZE_PATHS));
    let mut default = proxied(TOKEN);
    default["isDefaultRoute"] = true.into();
    let paths: Map<String, Value> =
        routes.chain([("/$default", json!({ ANY_METHOD: default }))]).map(|(path, item)| (path.into(), item)).collect();
    json!({
        "openapi": "3.0.1",
        "info": { "title": "tollgate-token", "version": "1" },
        "paths": paths,
    })
}

/// An operation that a function serves.
fn proxied(function: &str) -> Value {
    let (region, function) = (gateway::REGION, arn(function));
    let uri = format!("arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function}/invocations");
    json!({ "x-amazon-apigateway-integration": {
        "type": "aws_proxy", "httpMethod": "POST", "payloadFormatVersion": "2.0", "uri": uri,
    } })
}

/// What the function `token-status` serves: the template's routes of it.
pub const TOKEN_STATUS_PATHS: [&str; 6] = [
    "/oauth2/introspect",
    "/oauth2/revoke",
    "/oauth2/tokeninfo",
    "/api/oauth/revoke",
    "/api/oauth/tokeninfo",
    "/.well-known/{document+}",
];

/// What the function `authorize` serves: the template's routes of it.
pub const AUTHORIZE_PATHS: [&str; 8] = [
    "/oauth2/authorize",
    "/oauth2/par",
    "/oauth2/login",
    "/oauth2/consent",
    "/oauth2/account",
    "/oauth2/account/password",
    "/oauth2/logout",
    "/api/oauth/authorize",
];

const ANY_METHOD: &str = "x-amazon-apigateway-any-method";
/// The stage that is no part of the path.
const HTTP_STAGE: &str = "$default";
