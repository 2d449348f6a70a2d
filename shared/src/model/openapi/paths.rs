//! The paths: the whole API is `/` and everything below it.

use http::Method;
use serde_json::{Map, Value, json};

use super::{authorizer, cors, integration, is_guarded, mock};
use crate::model::{Methods, ServiceDefinition};

/// One of the two paths; `/{proxy+}` does not match `/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    Root,
    Below,
}

/// `paths`.
pub(super) fn paths(service: &ServiceDefinition) -> Value {
    json!({ "/": operations(service, Resource::Root), "/{proxy+}": operations(service, Resource::Below) })
}

/// The value of `Allow`, or of a preflight.
pub(super) fn served_methods(service: &ServiceDefinition) -> String {
    method_names(service).join(",")
}

/// The methods that the API answers, each once.
pub(super) fn method_names(service: &ServiceDefinition) -> Vec<&str> {
    let mut names: Vec<&str> = match &service.methods {
        Methods::Any => Methods::KNOWN.to_vec(),
        Methods::Only(list) => list.iter().map(Method::as_str).collect(),
    };
    if cors::origin(service).is_some() {
        names.push(Method::OPTIONS.as_str());
    }
    let once = names.iter().enumerate().filter(|(at, name)| !names[..*at].contains(name));
    once.map(|(_, name)| *name).collect()
}

/// A preflight is answered here also where the service lists OPTIONS: browsers send no credentials with it.
fn operations(service: &ServiceDefinition, resource: Resource) -> Map<String, Value> {
    let mut operations = Map::new();
    match &service.methods {
        Methods::Any => operations.insert(ANY_METHOD.into(), forward(service, resource, "ANY")),
        Methods::Only(list) => {
            for method in list {
                operations.insert(method.as_str().to_ascii_lowercase(), forward(service, resource, method.as_str()));
            }
            operations.insert(ANY_METHOD.into(), mock::method_not_allowed(service))
        }
    };
    if let Some(origin) = cors::origin(service) {
        operations.insert("options".into(), cors::preflight(service, origin));
    }
    if resource == Resource::Below {
        operations.values_mut().for_each(|operation| operation["parameters"] = path_parameter());
    }
    operations
}

fn forward(service: &ServiceDefinition, resource: Resource, method: &str) -> Value {
    let mut operation = json!({
        "responses": { "200": { "description": "What the backend answers" } },
        "x-amazon-apigateway-integration": integration::http_proxy(service, resource, method),
    });
    if is_guarded(service) {
        operation["security"] = authorizer::security();
    }
    operation
}

/// The declaration of `{proxy}`.
pub(super) fn path_parameter() -> Value {
    json!([{ "name": "proxy", "in": "path", "required": true, "schema": { "type": "string" } }])
}

/// The operation for every method that has none of its own.
pub(super) const ANY_METHOD: &str = "x-amazon-apigateway-any-method";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;

    #[test]
    fn a_method_that_is_listed_twice_is_allowed_once() {
        let methods = Methods::Only(vec![Method::GET, Method::POST, Method::GET]);
        assert_eq!(served_methods(&ServiceDefinition { methods, ..samples::orders() }), "GET,POST");
    }

    #[test]
    fn every_operation_but_the_mocks_is_guarded() {
        let paths = paths(&ServiceDefinition { cors_origins: vec!["*".into()], ..samples::orders() });
        for path in ["/", "/{proxy+}"] {
            for (name, operation) in paths[path].as_object().unwrap() {
                let is_mock = operation["x-amazon-apigateway-integration"]["type"] == "mock";
                assert_eq!(operation.get("security").is_none(), is_mock, "{path} {name}");
            }
        }
    }

    #[test]
    fn a_preflight_needs_no_token_even_where_options_is_listed() {
        let methods = Methods::Only(vec![Method::OPTIONS]);
        let paths = paths(&ServiceDefinition { methods, cors_origins: vec!["*".into()], ..samples::orders() });
        assert_eq!(paths["/"]["options"]["x-amazon-apigateway-integration"]["type"], "mock");
    }
}
