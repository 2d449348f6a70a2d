//! The routes of an HTTP API: `/` and everything below it, each with the backend behind it.

use serde_json::{Map, Value, json};

use super::{
    Placement, authorizer,
    cors::{self, MAX_AGE_SECONDS},
    integration::backend_uri,
    is_guarded,
    paths::{ANY_METHOD, Resource, method_names, path_parameter},
};
use crate::model::{HeaderName, Methods, ServiceDefinition};

/// `paths`.
pub(super) fn paths(service: &ServiceDefinition, placement: &Placement<'_>) -> Value {
    let routes = |resource| routes(service, placement, resource);
    json!({ "/": routes(Resource::Root), "/{proxy+}": routes(Resource::Below) })
}

/// `x-amazon-apigateway-cors` of a service that pages call. Of the backend's own headers API Gateway keeps none, so
/// every header of an answer is exposed; the star stands for every header of a request but Authorization.
pub(super) fn cors(service: &ServiceDefinition) -> Option<Value> {
    cors::origin(service).map(|origin| {
        json!({
            "allowOrigins": [origin],
            "allowMethods": method_names(service),
            "allowHeaders": ["authorization", "*"],
            "exposeHeaders": ["*"],
            "maxAge": MAX_AGE_SECONDS,
        })
    })
}

/// A method that is not served has no route, so it is a 404.
fn routes(service: &ServiceDefinition, placement: &Placement<'_>, resource: Resource) -> Map<String, Value> {
    let route = |method: &str| route(service, placement, (resource, method));
    if service.methods == Methods::Any && cors::origin(service).is_none() {
        return [(ANY_METHOD.to_owned(), route("ANY"))].into_iter().collect();
    }
    let methods = method_names(service).into_iter().filter(|method| is_route(service, method));
    methods.map(|method| (method.to_ascii_lowercase(), route(method))).collect()
}

/// API Gateway answers preflights by itself only where no route takes OPTIONS, and a route with an authorizer would
/// refuse them, for browsers send no credentials.
fn is_route(service: &ServiceDefinition, method: &str) -> bool {
    method != "OPTIONS" || cors::origin(service).is_none()
}

fn route(service: &ServiceDefinition, placement: &Placement<'_>, at: (Resource, &str)) -> Value {
    let mut route = json!({
        "responses": { "200": { "description": "What the backend answers" } },
        "x-amazon-apigateway-integration": integration(service, placement, at),
    });
    if is_guarded(service) {
        route["security"] = authorizer::security();
    }
    if at.0 == Resource::Below {
        route["parameters"] = path_parameter();
    }
    route
}

fn integration(service: &ServiceDefinition, placement: &Placement<'_>, at: (Resource, &str)) -> Value {
    let (resource, method) = at;
    let mut integration = json!({
        "type": "http_proxy",
        "httpMethod": method,
        "uri": backend_uri(&service.backend, resource),
        "payloadFormatVersion": "1.0",
    });
    let mut parameters = header_parameters(service);
    if let Some(link) = &service.vpc_link {
        integration["connectionType"] = json!("VPC_LINK");
        integration["connectionId"] = json!(link);
        integration["uri"] = json!(placement.listener_arn);
        // Else a stage other than `$default` stands in the path.
        parameters.insert("overwrite:path".into(), json!("$request.path"));
        if service.backend.url().scheme() == "https" {
            integration["tlsConfig"] = json!({ "serverNameToVerify": service.backend.url().host_str() });
        }
    }
    if !parameters.is_empty() {
        integration["requestParameters"] = Value::Object(parameters);
    }
    integration
}

/// Every header of every region is overwritten in every call, whatever the case of a client's copy.
pub(super) fn header_parameters(service: &ServiceDefinition) -> Map<String, Value> {
    let injected = service.injected_headers().into_iter();
    let mapping = |header: HeaderName| {
        (format!("overwrite:header.{header}"), json!(format!("$context.authorizer.{}", header.context_key())))
    };
    injected.map(mapping).collect()
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::model::samples::{orders, private, travel, uri, weather};

    fn methods(service: &ServiceDefinition) -> Vec<String> {
        paths(service, &Placement::default())["/{proxy+}"].as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn a_service_that_pages_call_has_no_route_for_preflights() {
        assert_eq!(methods(&weather()), ["delete", "get", "head", "patch", "post", "put"]);
        let listed = Methods::Only(vec![Method::GET, Method::OPTIONS]);
        assert_eq!(methods(&ServiceDefinition { methods: listed.clone(), ..weather() }), ["get"]);
        assert_eq!(methods(&ServiceDefinition { methods: listed, ..orders() }), ["get", "options"]);
        assert_eq!(methods(&travel()), [ANY_METHOD]);
    }

    #[test]
    fn a_private_backend_is_its_listener_and_its_certificate_is_that_of_its_url() {
        let service = private();
        let placement = Placement { listener_arn: "arn:aws:elasticloadbalancing:…", ..Placement::default() };
        let below = integration(&service, &placement, (Resource::Below, "ANY"));
        assert_eq!(below["uri"], placement.listener_arn);
        assert_eq!(below["connectionId"], "a1b2c3");
        assert_eq!(below["requestParameters"]["overwrite:path"], "$request.path");
        assert_eq!(below["tlsConfig"]["serverNameToVerify"], "travel.internal.example");
        let clear = ServiceDefinition { backend: uri("http://travel.internal.example"), ..private() };
        assert_eq!(integration(&clear, &placement, (Resource::Root, "ANY")).get("tlsConfig"), None);
    }

    #[test]
    fn z9_every_header_of_every_region_is_overwritten() {
        let parameters = Value::Object(header_parameters(&travel()));
        let expected = json!({
            "overwrite:header.X-User-Email": "$context.authorizer.h_x_user_email",
            "overwrite:header.X-User-Id": "$context.authorizer.h_x_user_id",
        });
        assert_eq!(parameters, expected);
    }
}
