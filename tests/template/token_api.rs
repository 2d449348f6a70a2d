//! The API of the token endpoints: what it logs and how much it lets through.

use std::collections::BTreeSet;

use cli::dev::{AUTHORIZE_PATHS, TOKEN_STATUS_PATHS};
use serde_json::{Map, Value};
use tests::Template;

/// The members of an entry of the access log, and the bytes of the format around them.
fn access_log() -> (Map<String, Value>, usize) {
    let template = Template::read();
    let format = template.resource("TokenStage")["AccessLogSettings"]["Format"].as_str().unwrap();
    let members: Map<String, Value> = serde_json::from_str(format).unwrap();
    let variables: usize = members.values().map(|variable| variable.as_str().unwrap().len()).sum();
    (members, format.len() - variables)
}

/// The longest value of each variable that a caller cannot fill as it likes; the path, the query and headers are none.
fn longest(variable: &str) -> usize {
    match variable {
        "$context.requestId" => 36,
        "$context.requestTime" => "21/Nov/2026:06:00:00 +0000".len(),
        "$context.identity.sourceIp" => 45,
        "$context.httpMethod" => "OPTIONS".len(),
        "$context.status" | "$context.integrationStatus" => 3,
        "$context.responseLatency" | "$context.integrationLatency" => "30000".len(),
        "$context.error.responseType" => "AUTHORIZER_CONFIGURATION_ERROR".len(),
        "$context.integrationErrorMessage" => 256,
        other => panic!("may a caller choose {other}, and how long is it?"),
    }
}

#[test]
fn an_entry_of_the_access_log_is_whole_and_holds_nothing_that_a_caller_writes() {
    let (members, around) = access_log();
    let variables = members.values().map(|variable| variable.as_str().unwrap());
    let bytes = around + variables.map(longest).sum::<usize>();
    assert!((400..1024).contains(&bytes), "{bytes}");
    assert_eq!(
        members.keys().next_back().map(String::as_str),
        Some("integration_error"),
        "a text of any length ends it"
    );
}

#[test]
fn the_limit_of_the_token_api_can_be_set_and_switched_off() {
    let template = Template::read();
    let settings = &template.resource("TokenStage")["DefaultRouteSettings"]["Fn::If"];
    assert_eq!(settings[0], "IsThrottled");
    assert_eq!(settings[1]["ThrottlingRateLimit"]["Ref"], "ThrottleRateLimit");
    assert_eq!(settings[1]["ThrottlingBurstLimit"]["Ref"], "ThrottleBurstLimit");
    assert_eq!(settings[2]["Ref"], "AWS::NoValue");
}

#[test]
fn the_routes_of_each_function_are_those_of_the_local_gateway() {
    let template = Template::read();
    for (integration, paths) in
        [("TokenStatusIntegration", &TOKEN_STATUS_PATHS[..]), ("AuthorizeIntegration", &AUTHORIZE_PATHS[..])]
    {
        let leads_there = |route: &Value| route["Target"]["Fn::Sub"] == format!("integrations/${{{integration}}}");
        let routes = template.resources("AWS::ApiGatewayV2::Route").filter(|(_, route)| leads_there(route));
        let keys: BTreeSet<String> = routes.map(|(_, route)| route["RouteKey"].as_str().unwrap().to_owned()).collect();
        assert_eq!(keys, paths.iter().map(|path| format!("ANY {path}")).collect(), "{integration}");
    }
}
