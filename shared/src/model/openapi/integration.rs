//! The integration: where a call goes that the authorizer let pass, and with which headers.

use serde_json::{Map, Value, json};

use super::{mapping, paths::Resource};
use crate::model::{HttpUri, ServiceDefinition};

/// `x-amazon-apigateway-integration` of an operation that the backend answers; `method` is `ANY` for the caller's own.
pub(super) fn http_proxy(service: &ServiceDefinition, resource: Resource, method: &str) -> Value {
    let mut integration = json!({
        "type": "http_proxy",
        "httpMethod": method,
        "uri": backend_uri(&service.backend, resource),
    });
    if let Some(link) = &service.vpc_link {
        integration["connectionType"] = json!("VPC_LINK");
        integration["connectionId"] = json!(link);
    }
    let mut parameters = Map::new();
    if resource == Resource::Below {
        parameters.insert("integration.request.path.proxy".into(), json!("method.request.path.proxy"));
    }
    parameters.extend(header_parameters(service).into_iter().map(|(target, source)| (target, json!(source))));
    if !parameters.is_empty() {
        integration["requestParameters"] = Value::Object(parameters);
    }
    integration
}

/// Targets and sources: every header of every region, so that no client's copy stands in for one that this call did
/// not get; and `Authorization`, which can be overwritten but not removed, in lower case only where it came so.
pub(super) fn header_parameters(service: &ServiceDefinition) -> Vec<(String, String)> {
    let injected = service.injected_headers().into_iter();
    let mut parameters: Vec<_> = injected
        .map(|header| (header_parameter(header.as_str()), mapping::authorizer_context(&header.context_key())))
        .collect();
    if service.blocks_authorization() {
        let fixed = mapping::fixed(ServiceDefinition::BLOCKED_AUTHORIZATION);
        let lower_case = mapping::authorizer_context(ServiceDefinition::BLOCKED_AUTHORIZATION_KEY);
        parameters.push((header_parameter("Authorization"), fixed));
        parameters.push((header_parameter("authorization"), lower_case));
    }
    parameters
}

fn header_parameter(name: &str) -> String {
    format!("integration.request.header.{name}")
}

/// `/` goes to the backend as it was written, any other path below it. Braces, which no URI has, would be a variable
/// to API Gateway and to the tools that fill the document.
pub(super) fn backend_uri(backend: &HttpUri, resource: Resource) -> String {
    let text = backend.as_str().replace('{', "%7B").replace('}', "%7D");
    if resource == Resource::Root {
        return text;
    }
    let (path, query) = text.split_at(text.find('?').unwrap_or(text.len()));
    format!("{}/{{proxy}}{query}", path.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;
    use crate::model::{Authorizer, SharedTokenPolicy};

    fn below(backend: &str) -> String {
        backend_uri(&HttpUri::parse(backend).unwrap(), Resource::Below)
    }

    #[test]
    fn the_path_is_appended_with_one_slash_and_before_a_query() {
        assert_eq!(below("http://127.0.0.1:9001"), "http://127.0.0.1:9001/{proxy}");
        assert_eq!(below("https://b.example/v1/"), "https://b.example/v1/{proxy}");
        assert_eq!(below("https://b.example/v1?tenant=7"), "https://b.example/v1/{proxy}?tenant=7");
    }

    #[test]
    fn the_root_goes_to_the_backend_as_it_was_written() {
        let backend = HttpUri::parse("https://b.example/v1/").unwrap();
        assert_eq!(backend_uri(&backend, Resource::Root), "https://b.example/v1/");
    }

    #[test]
    fn braces_of_a_backend_are_no_variables() {
        assert_eq!(below("https://b.example/${Region}"), "https://b.example/$%7BRegion%7D/{proxy}");
    }

    #[test]
    fn z9_every_header_of_every_region_is_mapped_for_every_call() {
        let parameters = header_parameters(&samples::travel());
        for header in ["X-User-Email", "X-User-Id"] {
            assert!(parameters.iter().any(|(target, _)| *target == header_parameter(header)), "{header}");
        }
    }

    #[test]
    fn z14_authorization_is_overwritten_unless_the_service_forwards_it() {
        let overwritten = |service: &ServiceDefinition| {
            let parameters = header_parameters(service).into_iter();
            let ours = parameters.filter(|(target, _)| target.to_ascii_lowercase().ends_with(".authorization"));
            ours.map(|(target, source)| format!("{target}: {source}")).collect::<Vec<_>>()
        };
        let mappings = [
            "integration.request.header.Authorization: '-'",
            "integration.request.header.authorization: context.authorizer.blocked_authorization",
        ];
        assert_eq!(overwritten(&samples::orders()), mappings);
        let policy = SharedTokenPolicy { forward_authorization: true, ..SharedTokenPolicy::default() };
        let forwarding = ServiceDefinition { authorizer: Authorizer::SharedToken(policy), ..samples::orders() };
        assert_eq!(overwritten(&forwarding), Vec::<String>::new());
    }
}
