//! Shared tokens, introspection, pre-inputs, kept verdicts.

use super::*;
use crate::model::{
    ApiKeyLocation, Authorization, HeaderName, IntrospectionPolicy, OutageStatus, Route, ValidationMethod,
};

const URI: &str = "token_validation_uri: { defaultURI: http://127.0.0.1:2/any }\nblock_authorization_header: true\n";

fn introspection(members: &str) -> String {
    service(&format!("authorizer: introspection\n{URI}{members}"))
}

/// An introspecting service whose backend sees `Authorization`.
fn forwarding(members: &str) -> String {
    introspection(members).replace("block_authorization_header: true", "block_authorization_header: false")
}

#[track_caller]
fn policy(text: &str) -> IntrospectionPolicy {
    match definition(text).authorizer {
        Authorizer::Introspection(policy) => *policy,
        other => panic!("{other:?}"),
    }
}

#[test]
fn z12_a_shared_token_spkey_names_another_service_of_the_file_by_its_spkey() {
    let file = |spkey: &str| {
        service("")
            + &format!("- {{ name: b, spkey: b1, base_path: /b, backend: http://h, shared_token_spkey: {spkey} }}\n")
    };
    assert_eq!(mistakes(&file("x1")), Vec::<String>::new());
    assert_mistake(&file("x2"), "services[1].shared_token_spkey", "`x2`", "(did you mean x1?)");
    assert_mistake(&file("orders"), "services[1].shared_token_spkey", "`orders`", "(did you mean x1?)");
    assert_mistake(&file("b1"), "services[1].shared_token_spkey", "the service's own spkey", "of another service");
    let own = configuration(&file("\"\"")).services.iter().map(complete).nth(1).unwrap();
    assert!(matches!(own.authorizer, Authorizer::SharedToken(policy) if policy.tokens == SharedToken::OwnOnly));
}

#[test]
fn z12_the_tokens_of_an_introspection_service_cannot_be_shared() {
    let text = introspection("") + "- { name: b, base_path: /b, backend: http://h, shared_token_spkey: x1 }\n";
    assert_mistake(&text, "services[1].shared_token_spkey", "`x1`, whose tokens another server issues", "without");
}

#[test]
fn a_pre_input_may_be_a_member_too_when_both_say_the_same() {
    let file = |line: &str| {
        let members = format!("pre_inputs: |\n  shared_token_spkey:{line}\nshared_token_spkey: b1");
        service(&members)
            + "- { name: b, spkey: b1, base_path: /b, backend: http://h }\n- { name: c, spkey: c1, base_path: /c, backend: http://h }\n"
    };
    assert_eq!(mistakes(&file("b1")), Vec::<String>::new());
    let found = "another value than the member shared_token_spkey in line 8";
    assert_mistake(&file("c1"), "services[0].pre_inputs.shared_token_spkey", found, "one of the two");
}

#[test]
fn members_say_what_pre_inputs_say() {
    let lines = "authorizer: introspection\npre_inputs: |\n  \
        token_validation_uri: { regionCodeHeader:REGION regionCodeValue: {\"FR\":\"http://127.0.0.1:2/fr\"} defaultURI: http://127.0.0.1:2/any }\n  \
        inject_headers: {\"FR\":{\"X-User-Email\":\"//uid\"},\"default\":{\"X-User-Id\":\"$.email\"}}\n  \
        block_authorization_header:true\n  http_proxy_server:squid.example.com\n  http_proxy_port:3128\n";
    let members = "authorizer: introspection\n\
        token_validation_uri: { regionCodeHeader: REGION, regionCodeValue: { FR: http://127.0.0.1:2/fr }, defaultURI: http://127.0.0.1:2/any }\n\
        inject_headers: { FR: { X-User-Email: //uid }, default: { X-User-Id: $.email } }\n\
        block_authorization_header: true\nhttp_proxy_server: squid.example.com:3128\n";
    assert_eq!(policy(&service(lines)), policy(&service(members)));
    let both = service(&format!("{lines}{}", members.strip_prefix("authorizer: introspection\n").unwrap()));
    assert_eq!(mistakes(&both), Vec::<String>::new());
}

#[test]
fn introspection_has_the_connectors_defaults() {
    let policy = policy(&introspection(""));
    assert_eq!(policy.api_key, Some(ApiKeyLocation::Query("api_key".into())));
    assert_eq!(policy.method, ValidationMethod::Bearer { judge_active: true });
    assert_eq!((policy.timeout_ms, policy.outage_status, policy.any_scheme), (3000, OutageStatus::Unauthorized, false));
    assert_eq!(policy.unset_header_value.as_deref(), Some("-"));
    assert_eq!(policy.authorization, Authorization::Strip);
    assert!(matches!(policy.route, Route::Configured(route) if route.region.is_none() && route.default_uri.is_some()));
}

#[test]
fn every_setting_of_introspection_reaches_the_policy() {
    let text = service(
        "authorizer: introspection\napi_key: { in: header, name: X-Api-Key }\nregion_required: true\nheader_encoding: utf8\n\
         unset_header_value: null\nhttp_proxy_server: squid.example.com:1\nhttp_proxy_port: 3128\n\
         token_validation_uri: { regionCodeHeader: R, regionCodeValue: { FR: http://h/fr }, defaultURI: http://h }\n\
         inject_headers: { X-User-Id: $.email }\nblock_authorization_header: false\n\
         validation: { method: introspection, client_id: gw, client_secret: \"${env:SHOP_SECRET}\", timeout_ms: 100, \
         outage_status: 503, any_scheme: true }",
    );
    let policy = policy(&text);
    assert_eq!(policy.api_key, Some(ApiKeyLocation::Header(HeaderName::parse("X-Api-Key").unwrap())));
    assert!(
        matches!(&policy.route, Route::Configured(route) if route.region.as_ref().is_some_and(|region| region.required))
    );
    assert_eq!(policy.unset_header_value, None);
    assert_eq!(policy.proxy.as_ref().map(|proxy| (proxy.host.as_str(), proxy.port)), Some(("squid.example.com", 3128)));
    assert_eq!(policy.group(Some("FR")).unwrap().rules[0].header.as_str(), "X-User-Id");
    assert_eq!(policy.authorization, Authorization::Forward);
    assert_eq!(policy.outage_status, OutageStatus::Unavailable);
    let ValidationMethod::Introspection { client_id, client_secret } = &policy.method else { panic!("{policy:?}") };
    let secret = DataKey::new(&[7; 32]).unwrap().open(client_secret, "spkey#x").unwrap();
    assert_eq!((client_id.as_str(), secret.expose()), ("gw", "a secret from the environment"));
    let configuration = configuration(&text);
    let ProviderSecret::Given(given) = configuration.services[0].provider_secret() else { panic!("a secret") };
    assert_eq!(given.expose(), secret.expose());
    assert_eq!(super::authorizers::policy(&introspection("api_key: null")).api_key, None);
}

#[test]
fn mistakes_in_introspection_are_named() {
    for (member, path, found, expected) in [
        ("validation: { timeout_ms: 99 }", "validation.timeout_ms", "`99`", "from 100 to 20000"),
        ("validation: { outage_status: 500 }", "validation.outage_status", "`500`", "one of 401, 503"),
        ("validation: { method: introspection }", "validation", "no client_id", "client_id: "),
        (
            "validation: { client_id: a }",
            "validation.client_id",
            "a setting of method: introspection",
            "method: introspection",
        ),
        ("validation: { ca_bundle: x }", "validation.ca_bundle", "another text", "certificates in PEM"),
        ("api_key: { in: header }", "api_key", "no name", "the name of the header"),
        ("api_key: { in: header, name: Authorization }", "api_key.name", "`Authorization`", "other than Authorization"),
        ("unset_header_value: ''", "unset_header_value", "``", "1 to 256 printable"),
        ("region_required: true", "region_required", "true", "regionCodeHeader"),
        ("http_proxy_server: squid", "http_proxy_server", "http_proxy_server without a port", "http_proxy_port"),
        ("http_proxy_port: 3128", "http_proxy_port", "http_proxy_port alone", "http_proxy_server beside it"),
        ("inject_headers: { X-A: $.a, FR: { X-B: $.b } }", "inject_headers", "headers beside regions", "a mapping"),
        (
            "inject_headers: { X-A: $.a.length() }",
            "inject_headers.X-A",
            "an expression that cannot be used: ",
            "a JSONPath",
        ),
        ("inject_headers: { 'X A': $.a }", "inject_headers.X A", "`X A`", "a header name"),
        ("forwarded_headers: [scope]", "forwarded_headers", "a setting for authorizer: shared-token", "shared-token"),
        ("required_scopes: []", "required_scopes", "a setting for authorizer: shared-token", "shared-token"),
        ("shared_token_spkey: x9", "shared_token_spkey", "a setting for authorizer: shared-token", "shared-token"),
    ] {
        let report = parse("f", &introspection(member), &Fixed).err().unwrap_or_else(|| panic!("{member}"));
        let [mistake] = &report.mistakes[..] else { panic!("{member}: {report}") };
        assert_eq!(mistake.path, format!("services[0].{path}"), "{mistake}");
        assert!(mistake.found.starts_with(found) && mistake.expected.contains(expected), "{mistake}");
    }
}

#[test]
fn a_default_uri_is_required() {
    let none = service("authorizer: introspection");
    assert_mistake(&none, "services[0]", "no token_validation_uri", "with a defaultURI");
    let regions = service(
        "authorizer: introspection\ntoken_validation_uri: { regionCodeHeader: R, regionCodeValue: { FR: http://h } }",
    );
    assert_mistake(&regions, "services[0].token_validation_uri", "no defaultURI", "http or https");
    let header_alone =
        service("authorizer: introspection\ntoken_validation_uri: { regionCodeHeader: R, defaultURI: http://h }");
    let path = "services[0].token_validation_uri.regionCodeHeader";
    assert_mistake(&header_alone, path, "regionCodeHeader alone", "regionCodeValue");
}

#[test]
fn settings_of_the_other_authorizer_are_mistakes_in_pre_inputs_too() {
    let text = service("pre_inputs: |\n  block_authorization_header:true\n");
    let path = "services[0].pre_inputs.block_authorization_header";
    assert_mistake(&text, path, "a setting for authorizer: introspection", "authorizer: introspection");
    let text = service("authorizer: none\nvalidation: {}\nforward_authorization: true");
    assert_eq!(mistakes(&text).len(), 2);
}

#[test]
fn z9_headers_that_http_or_the_gateway_reserves_are_refused() {
    for header in [
        "Authorization",
        "host",
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailers",
        "Transfer_Encoding",
        "Upgrade",
        "Content-Type",
        "Expect",
        "Via",
        "Forwarded",
        "Origin",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "X-Forwarded-For",
        "X-Amz-Date",
        "X-Amzn-Trace-Id",
        "apigw-requestid",
        "Access-Control-Allow-Origin",
    ] {
        let text = introspection(&format!("inject_headers: {{ {header}: $.a }}"));
        assert_mistake(
            &text,
            &format!("services[0].inject_headers.{header}"),
            &format!("the header `{header}`"),
            "reserves",
        );
    }
}

#[test]
fn z9_two_headers_cannot_share_a_context_key() {
    let clash = introspection("inject_headers: { FR: { X-User-Id: $.a }, default: { X_User_Id: $.a } }");
    let found = "`X_User_Id`, which shares the context key h_x_user_id with `X-User-Id`";
    assert_mistake(&clash, "services[0].inject_headers.default.X_User_Id", found, "differ by more");
    let twice = introspection("inject_headers: { X-User-Id: $.a, x-user-id: $.a }");
    let found = "`x-user-id`, which shares the context key h_x_user_id with `X-User-Id`";
    assert_mistake(&twice, "services[0].inject_headers.x-user-id", found, "differ by more");
    let regions = introspection("inject_headers: { FR: { X-User-Id: $.a }, default: { X-User-Id: $.b } }");
    assert_eq!(mistakes(&regions), Vec::<String>::new());
}

#[test]
fn ten_headers_and_ten_regions_are_the_most() {
    let headers = |count| (0..count).map(|at| format!("X-{at}: $.a, ")).collect::<String>();
    assert_eq!(mistakes(&introspection(&format!("inject_headers: {{ {} }}", headers(10)))), Vec::<String>::new());
    let surplus = introspection(&format!("inject_headers: {{ {} }}", headers(11)));
    assert_mistake(&surplus, "services[0].inject_headers.X-10", "11 headers for `default`", "at most 10");
    let regions = (0..11).map(|at| format!("R{at}: http://h, ")).collect::<String>();
    let text = service(&format!(
        "authorizer: introspection\ntoken_validation_uri: {{ regionCodeHeader: R, regionCodeValue: {{ {regions} }}, defaultURI: http://h }}"
    ));
    assert_mistake(&text, "services[0].token_validation_uri.regionCodeValue.R10", "11 regions", "at most 10");
}

#[test]
fn z9_a_kept_verdict_allows_neither_headers_nor_regions_nor_single_stars() {
    let region = "authorizer: introspection\nblock_authorization_header: false\n\
                  token_validation_uri: { regionCodeHeader: R, regionCodeValue: { FR: http://h }, defaultURI: http://h }";
    for (text, found) in [
        (service("forward_authorization: true\nforwarded_headers: [scope]\nauthorizer_ttl: 60"), "forwarded_headers"),
        (
            service("forward_authorization: true\nrequired_scopes: [{ path: /a/*, all: [a] }]\nauthorizer_ttl: 60"),
            "a path with a single '*'",
        ),
        (forwarding("inject_headers: { X-A: $.a }\nauthorizer_ttl: 60"), "inject_headers"),
        (forwarding("unset_header_value: null\nauthorizer_ttl: 60"), "unset_header_value: null"),
        (introspection("authorizer_ttl: 60"), "a blocked Authorization"),
        (service(&format!("{region}\nauthorizer_ttl: 60")), "a regionCodeHeader"),
        (service("authorizer_ttl: 60"), "a blocked Authorization"),
    ] {
        let report = mistakes(&text);
        assert!(
            report.len() == 1 && report[0].contains(&format!("found {found} with authorizer_ttl 60")),
            "{report:?}"
        );
        assert_eq!(mistakes(&text.replace("authorizer_ttl: 60", "authorizer_ttl: 0")), Vec::<String>::new());
    }
    assert_eq!(
        mistakes(&service(&format!("{region}\nauthorizer_ttl: 60\nregion_required: true"))),
        Vec::<String>::new()
    );
}

#[test]
fn z8_a_verdict_is_kept_no_longer_than_the_tokens_live() {
    let own = service("forward_authorization: true\naccess_token: { ttl: 59 }\nauthorizer_ttl: 60");
    assert_mistake(&own, "services[0].authorizer_ttl", "60", "at most 59");
    let shared = service("access_token: { ttl: 59 }")
        + "- { name: b, base_path: /b, backend: http://h, shared_token_spkey: x1, authorizer_ttl: 60, forward_authorization: true }\n";
    assert_mistake(&shared, "services[1].authorizer_ttl", "60", "at most 59");
}

#[test]
fn forwarding_the_providers_token_and_open_services_are_warnings() {
    let forwarding = service("authorizer: introspection\ntoken_validation_uri: { defaultURI: http://h }");
    assert!(warnings(&forwarding)[0].contains("services[0]: found block_authorization_header: false"));
    assert!(warnings(&service("authorizer: none"))[0].contains("services[0].authorizer: found none"));
}

#[test]
fn a_provider_that_tokens_reach_in_clear_is_a_doubt() {
    let members = |uri: &str| {
        let route = format!("token_validation_uri: {{ defaultURI: '{uri}' }}");
        format!("authorizer: introspection\n{route}\nblock_authorization_header: true")
    };
    let asked = |uri: &str| warnings(&service(&members(uri)));
    let told = asked("http://idp.example.com/check");
    assert!(told.len() == 1 && told[0].contains("found `http://idp.example.com/check`, expected https"), "{told:?}");
    for safe in ["https://idp.example.com", "http://127.0.0.1:9004", "http://localhost:9004", "http://[::1]:9004"] {
        assert_eq!(asked(safe), Vec::<String>::new(), "{safe}");
    }
}
