//! Whole documents against files that were written by hand, and what holds for the document of any definition.

use http::Method;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{
    model::{
        ApiKeyLocation, Methods,
        samples::{forwarding, header, orders, private, travel, uri, weather},
    },
    protocol::ServiceName,
};

fn eu() -> Placement<'static> {
    Placement::of("eu-west-1", "arn:aws:lambda:eu-west-1:123456789012:function:shared-token-authorizer")
}

#[test]
fn shared_token_service_with_methods_and_forwarded_headers() {
    assert_document(&rest_document(&orders(), &eu()), include_str!("testdata/orders.json"));
}

#[test]
fn introspection_service_with_two_regions_and_blocked_authorization_as_a_template() {
    assert_document(&rest_document(&travel(), &Placement::default()), include_str!("testdata/travel.json"));
}

#[test]
fn open_service_that_pages_call() {
    assert_document(&rest_document(&weather(), &eu()), include_str!("testdata/weather.json"));
}

#[test]
fn http_api_of_a_shared_token_service_with_methods_and_forwarded_headers() {
    let document = HttpApi::of(&forwarding(), HttpAnswers::Policy).unwrap().document(&eu());
    assert_document(&document, include_str!("testdata/orders-http.json"));
}

#[test]
fn http_api_of_an_introspection_service_behind_a_vpc_link_with_simple_answers_that_are_kept() {
    let service = ServiceDefinition { authorizer_ttl: 60, ..private() };
    let document = HttpApi::of(&service, HttpAnswers::Simple).unwrap().document(&Placement::default());
    assert_document(&document, include_str!("testdata/travel-http.json"));
}

#[test]
fn http_api_of_an_open_service_that_pages_call() {
    let document = HttpApi::of(&weather(), HttpAnswers::Policy).unwrap().document(&eu());
    assert_document(&document, include_str!("testdata/weather-http.json"));
}

#[test]
fn the_stage_tells_the_authorizer_the_spkey() {
    assert_eq!(stage_variables(&travel()).to_string(), r#"{"spkey":"tpx1"}"#);
}

#[track_caller]
fn assert_document(document: &Value, expected: &str) {
    let expected: Value = serde_json::from_str(expected).unwrap();
    // As texts, so that a failure shows the lines and the order counts too: mappings are applied in it.
    assert_eq!(format!("{document:#}"), format!("{expected:#}"));
}

proptest! {
    #[test]
    fn every_mapped_value_is_an_expression_or_a_whole_static_value(service in any_service()) {
        for value in mapped_values(&rest_document(&service, &Placement::default())) {
            let is_expression = ["context.authorizer.", "context.requestId", "method.request."].iter().any(|start| value.starts_with(start));
            let inner = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            prop_assert!(is_expression || inner.is_some_and(|inner| !inner.contains('\'')), "{value}");
        }
    }

    #[test]
    fn nothing_but_the_placement_is_a_placeholder(service in any_service()) {
        for document in documents(&service) {
            let text = document.to_string();
            let text = ["${Region}", "${AuthorizerArn}", "${ListenerArn}"].iter().fold(text, |text, it| text.replace(it, ""));
            for opening in ["${", "%{"] {
                prop_assert!(!text.contains(opening), "{text}");
            }
        }
    }

    #[test]
    fn z1_no_operation_that_forwards_is_open(service in any_service()) {
        for document in documents(&service) {
            for operation in document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap()) {
                let forwards = operation.1["x-amazon-apigateway-integration"]["type"] != "mock";
                let guarded = operation.1["security"] == serde_json::json!([{ "tollgate": [] }]);
                prop_assert_eq!(guarded, forwards && is_guarded(&service), "{}", operation.0);
            }
        }
    }
}

/// The REST API's, and the HTTP API's where there can be one.
fn documents(service: &ServiceDefinition) -> Vec<Value> {
    let placement = Placement::default();
    let http_api = HttpApi::of(service, HttpAnswers::Policy).map(|api| api.document(&placement));
    http_api.into_iter().chain([rest_document(service, &placement)]).collect()
}

/// Definitions that stretch every text that reaches the document; the origin even beyond what a file may say.
fn any_service() -> impl Strategy<Value = ServiceDefinition> {
    let template = prop_oneof![Just(orders()), Just(forwarding()), Just(travel()), Just(weather())];
    let methods = proptest::sample::subsequence(vec![Method::GET, Method::OPTIONS, Method::PUT], 0..=3);
    let texts = ("[A-Za-z0-9._:-]{1,64}", "[!#-&(-\\[\\]-~]{0,20}", "[A-Za-z0-9!#$%&*+.^_`|~-]{1,20}");
    let origin = proptest::option::of("https://[a-z']{1,9}");
    (template, methods, texts, origin, 0..=3600_u32).prop_map(|(template, methods, texts, origin, authorizer_ttl)| {
        let mut service = ServiceDefinition {
            name: ServiceName::parse(texts.0).unwrap(),
            backend: uri(&format!("https://backend.example/{}", texts.1.replace('#', ""))),
            methods: if methods.is_empty() { Methods::Any } else { Methods::Only(methods) },
            cors_origins: origin.into_iter().collect(),
            authorizer_ttl,
            ..template
        };
        if let Authorizer::Introspection(policy) = &mut service.authorizer {
            policy.api_key = Some(ApiKeyLocation::Header(header(&texts.2)));
            policy.inject_headers[0].rules[0].header = header(&texts.2);
        }
        service
    })
}

/// The values of every `requestParameters` and `responseParameters`.
fn mapped_values<'v>(value: &'v Value) -> Vec<&'v str> {
    let Value::Object(members) = value else { return Vec::new() };
    let of_member = |(name, member): (&String, &'v Value)| match member {
        Value::Object(mappings) if ["requestParameters", "responseParameters"].contains(&name.as_str()) => {
            mappings.values().filter_map(Value::as_str).collect()
        }
        member => mapped_values(member),
    };
    members.iter().flat_map(of_member).collect()
}
