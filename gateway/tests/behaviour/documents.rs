//! Documents with errors: each is found, and all of them at once.

use gateway::ApiKind;
use serde_json::{Value, json};

use crate::support::{Setup, answers, http_proxy, invocation, lambda_proxy, operation, rest_api, rest_authorizer};

fn errors(setup: Setup) -> Vec<(String, String)> {
    let setup = setup.function("authorizer", answers(json!({}))).function("backend", answers(json!({})));
    let errors = setup.read().err().expect("the document has errors");
    errors.into_iter().map(|error| (error.pointer, error.message)).collect()
}

#[track_caller]
fn one_error(setup: Setup, pointer: &str, says: &str) {
    let errors = errors(setup);
    assert!(errors.len() == 1 && errors[0].0 == pointer && errors[0].1.contains(says), "{errors:#?}");
}

fn rest_with(authorizer: Value, integration: Value) -> Setup {
    Setup::default().rest(rest_api(Some(authorizer), json!({ "/{proxy+}": { "get": operation(integration) } })))
}

fn backend() -> std::net::SocketAddr {
    ([127, 0, 0, 1], 9).into()
}

const INTEGRATION: &str = "/paths/~1{proxy+}/get/x-amazon-apigateway-integration";
const AUTHORIZER: &str = "/components/securitySchemes/auth/x-amazon-apigateway-authorizer";

#[test]
fn import_takes_openapi_3_0_only() {
    let mut document =
        rest_api(None, json!({ "/": { "get": { "x-amazon-apigateway-integration": lambda_proxy("backend") } } }));
    document["openapi"] = json!("3.1.0");
    one_error(Setup::default().rest(document), "/openapi", "3.0");
}

#[test]
fn every_error_of_a_document_is_reported_with_its_pointer() {
    let paths = json!({
        "pets": { "get": { "x-amazon-apigateway-integration": lambda_proxy("backend") } },
        "/a": { "get": {} },
        "/b": { "get": { "x-amazon-apigateway-integration": lambda_proxy("unknown") } },
        "/c": { "get": { "security": [{ "nobody": [] }], "x-amazon-apigateway-integration": { "type": "aws" } } },
    });
    let found: Vec<String> = errors(Setup::default().rest(rest_api(None, paths))).into_iter().map(|it| it.0).collect();
    assert_eq!(
        found,
        [
            "/paths/pets",
            "/paths/~1a/get/x-amazon-apigateway-integration",
            "/paths/~1b/get/x-amazon-apigateway-integration/uri",
            "/paths/~1c/get/security/0/nobody",
            "/paths/~1c/get/x-amazon-apigateway-integration/type",
        ]
    );
}

#[test]
fn cache_keeping_results_needs_identity_sources() {
    let setup = rest_with(rest_authorizer("", 300), lambda_proxy("backend"));
    one_error(setup, &format!("{AUTHORIZER}/identitySource"), "at least one");
    let settings = json!({
        "type": "request", "authorizerUri": invocation("authorizer"), "authorizerPayloadFormatVersion": "2.0",
        "authorizerResultTtlInSeconds": 60,
    });
    let mut document = rest_api(Some(settings), json!({ "/a": { "get": operation(lambda_proxy("backend")) } }));
    document["paths"]["/a"]["get"]["x-amazon-apigateway-integration"]["payloadFormatVersion"] = json!("2.0");
    one_error(Setup::default().http(document), &format!("{AUTHORIZER}/identitySource"), "at least one");
}

#[test]
fn cache_a_ttl_is_at_most_3600_s() {
    let setup = rest_with(rest_authorizer("method.request.header.A", 3_601), lambda_proxy("backend"));
    one_error(setup, &format!("{AUTHORIZER}/authorizerResultTtlInSeconds"), "3600");
}

#[test]
fn identity_path_variables_are_no_source() {
    let setup = rest_with(rest_authorizer("method.request.path.proxy", 300), lambda_proxy("backend"));
    assert!(errors(setup)[0].1.contains("identity"));
}

#[test]
fn import_of_an_authorizer_that_is_no_lambda_function_is_refused() {
    let settings = json!({ "type": "jwt", "authorizerUri": invocation("authorizer"), "jwtConfiguration": {} });
    let mut document = rest_api(Some(settings), json!({ "/a": { "get": operation(lambda_proxy("backend")) } }));
    document["paths"]["/a"]["get"]["x-amazon-apigateway-integration"]["payloadFormatVersion"] = json!("2.0");
    let errors = errors(Setup::default().http(document));
    assert!(errors[0].0 == format!("{AUTHORIZER}/type") && errors[0].1.contains("not modelled"), "{errors:?}");
}

#[test]
fn limit_an_api_has_at_most_ten_authorizers() {
    let mut document =
        rest_api(Some(rest_authorizer("", 0)), json!({ "/{proxy+}": { "get": operation(lambda_proxy("backend")) } }));
    let scheme = document["components"]["securitySchemes"]["auth"].clone();
    for number in 0..10 {
        document["components"]["securitySchemes"][format!("auth{number}")] = scheme.clone();
    }
    one_error(Setup::default().rest(document), "", "10 authorizers");
}

#[test]
fn mapping_reads_only_what_the_method_declares() {
    let mappings = json!({ "integration.request.header.X-Key": "method.request.header.X-Key" });
    let setup = rest_with(rest_authorizer("", 0), http_proxy(backend(), mappings));
    let pointer = format!("{INTEGRATION}/requestParameters/integration.request.header.X-Key");
    one_error(setup, &pointer, "declares no request parameter `header.X-Key`");
}

#[test]
fn a_path_variable_of_the_address_needs_a_mapping() {
    let mut integration = http_proxy(backend(), json!({}));
    integration["requestParameters"] = json!({});
    one_error(rest_with(rest_authorizer("", 0), integration), &format!("{INTEGRATION}/uri"), "{proxy}");
}

#[test]
fn mapping_by_request_override_is_not_modelled() {
    let integration = json!({
        "type": "mock", "requestTemplates": { "application/json":
            "#set($context.requestOverride.header.X = 'y'){\"statusCode\": 200}" },
        "responses": {},
    });
    let pointer = format!("{INTEGRATION}/requestTemplates/application~1json");
    one_error(rest_with(rest_authorizer("", 0), integration), &pointer, "requestOverride");
}

#[test]
fn a_mocks_header_must_be_declared_by_the_operation() {
    let integration = json!({
        "type": "mock", "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
        "responses": { "default": { "statusCode": 200, "responseParameters": { "method.response.header.Allow": "'GET'" } } },
    });
    let mut guarded = operation(integration);
    guarded["responses"] = json!({ "200": {} });
    let document = rest_api(Some(rest_authorizer("", 0)), json!({ "/{proxy+}": { "get": guarded } }));
    let pointer = format!("{INTEGRATION}/responses/default/responseParameters/method.response.header.Allow");
    one_error(Setup::default().rest(document), &pointer, "declares no header `Allow`");
}

#[test]
fn mapping_to_a_reserved_header_is_refused_on_http_apis() {
    let integration = json!({
        "type": "http_proxy", "httpMethod": "GET", "uri": "http://127.0.0.1:9/",
        "requestParameters": { "overwrite:header.Authorization": "-" },
    });
    let document =
        json!({ "openapi": "3.0.1", "paths": { "/a": { "get": { "x-amazon-apigateway-integration": integration } } } });
    let pointer = "/paths/~1a/get/x-amazon-apigateway-integration/requestParameters/overwrite:header.Authorization";
    one_error(Setup::default().http(document), pointer, "no mapping touch");
}

#[test]
fn mapping_of_an_answer_is_read_with_its_status() {
    let mut integration = lambda_proxy("backend");
    integration["payloadFormatVersion"] = json!("2.0");
    integration["responseParameters"] = json!({
        "2XX": { "remove:header.X": "''" },
        "500": { "overwrite:header.Via": "x" },
    });
    let operation = json!({ "x-amazon-apigateway-integration": integration });
    let document = json!({ "openapi": "3.0.1", "paths": { "/a": { "get": operation } } });
    let base = "/paths/~1a/get/x-amazon-apigateway-integration/responseParameters";
    let found: Vec<String> = errors(Setup::default().http(document)).into_iter().map(|it| it.0).collect();
    assert_eq!(found, [format!("{base}/2XX"), format!("{base}/500/overwrite:header.Via")]);
}

#[test]
fn response_a_type_must_exist() {
    let mut document =
        rest_api(None, json!({ "/a": { "get": { "x-amazon-apigateway-integration": lambda_proxy("backend") } } }));
    document["x-amazon-apigateway-gateway-responses"] = json!({ "FORBIDDEN": {} });
    one_error(Setup::default().rest(document), "/x-amazon-apigateway-gateway-responses/FORBIDDEN", "FORBIDDEN");
}

#[test]
fn two_apis_do_not_share_a_base_path() {
    let document =
        || rest_api(None, json!({ "/a": { "get": { "x-amazon-apigateway-integration": lambda_proxy("backend") } } }));
    let setup = Setup::default().api(ApiKind::Rest, "/a", document()).api(ApiKind::Rest, "/a", document());
    one_error(setup, "", "base path");
    one_error(Setup::default().api(ApiKind::Rest, "a/", document()), "", "begins with `/`");
}
