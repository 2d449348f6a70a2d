//! What API Gateway logs of each call, one JSON object in a line of at most 1,024 bytes.

use shared::model::ServiceDefinition;

use super::Product;

/// The format. Everything is a text: a value that is not there is logged as `-`. The path is left out, for it may hold
/// anything and be of any length. The values that clients do not choose come first.
pub(super) fn format(service: &ServiceDefinition, product: Product) -> String {
    let spkey = service.spkey.as_str();
    let specific: &[(&str, &str)] = match product {
        Product::Rest => &[("trace_id", "$context.xrayTraceId"), ("resource", "$context.resourcePath")],
        Product::Http(_) => &[("route", "$context.routeKey")],
    };
    let ids = [("request_id", "$context.requestId"), ("spkey", spkey)];
    let members = ids.iter().chain(specific).chain(&COMMON);
    let members: Vec<String> = members.map(|(name, value)| format!(r#""{name}":"{value}""#)).collect();
    format!("{{{}}}", members.join(","))
}

const COMMON: [(&str, &str); 10] = [
    ("method", "$context.httpMethod"),
    ("status", "$context.status"),
    ("latency", "$context.responseLatency"),
    ("integration_latency", "$context.integrationLatency"),
    ("authorizer_status", "$context.authorizer.status"),
    ("authorizer_latency", "$context.authorizer.latency"),
    ("authorizer_error", "$context.authorizer.error"),
    ("error", "$context.error.responseType"),
    ("client_id", "$context.authorizer.client_id"),
    ("application", "$context.authorizer.application"),
];

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use shared::model::openapi::HttpAnswers;

    use super::*;
    use crate::stack::tests::services;

    const PRODUCTS: [Product; 2] = [Product::Rest, Product::Http(HttpAnswers::Policy)];

    fn service() -> ServiceDefinition {
        services(&format!("- {{ name: orders, spkey: {}, base_path: /orders, backend: 'http://b' }}\n", "k".repeat(64)))
            .remove(0)
    }

    /// The longest value of each variable; names are counted in ASCII.
    fn longest(variable: &str) -> usize {
        match variable {
            "$context.requestId" => 36,
            "$context.xrayTraceId" => 35,
            "$context.resourcePath" | "$context.routeKey" => "OPTIONS /{proxy+}".len(),
            "$context.httpMethod" => "OPTIONS".len(),
            "$context.status" | "$context.authorizer.status" => 3,
            "$context.authorizer.error" => "the call cannot be judged now, see the log".len(),
            "$context.error.responseType" => "AUTHORIZER_CONFIGURATION_ERROR".len(),
            "$context.authorizer.client_id" => 256,
            "$context.authorizer.application" => 128,
            other if other.ends_with("atency") => "29000".len(),
            other => panic!("how long is {other}?"),
        }
    }

    #[test]
    fn an_entry_is_a_json_object_with_the_ids_that_lead_to_the_decision() {
        for product in PRODUCTS {
            let format: Value = serde_json::from_str(&format(&service(), product)).unwrap();
            assert_eq!(format["spkey"], "k".repeat(64));
            for (member, variable) in [
                ("request_id", "$context.requestId"),
                ("client_id", "$context.authorizer.client_id"),
                ("application", "$context.authorizer.application"),
                ("authorizer_error", "$context.authorizer.error"),
            ] {
                assert_eq!(format[member], variable);
            }
        }
    }

    #[test]
    fn an_entry_with_the_longest_values_has_less_than_1024_bytes() {
        for product in PRODUCTS {
            let text = format(&service(), product);
            let members: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();
            let variables = members.values().filter_map(Value::as_str).filter(|value| value.starts_with('$'));
            let bytes = text.len() + variables.map(longest).sum::<usize>()
                - members
                    .values()
                    .filter_map(Value::as_str)
                    .filter(|it| it.starts_with('$'))
                    .map(str::len)
                    .sum::<usize>();
            assert!((700..1024).contains(&bytes), "{bytes}");
        }
    }
}
