//! The HTTP API of a service, where a service can have one.

use std::fmt;

use serde_json::{Value, json};

use super::{Placement, authorizer, http_routes, is_guarded};
use crate::{
    model::{Authorizer, ServiceDefinition},
    protocol::ServiceName,
};

/// How the authorizer answers an HTTP API. The function's `AUTHORIZER_SIMPLE_RESPONSES` has to say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpAnswers {
    /// With a policy, which API Gateway weighs anew for each route.
    #[default]
    Policy,
    /// With `isAuthorized`: one verdict for as long as it is kept.
    Simple,
}

/// A service that an HTTP API can serve as it is defined.
#[derive(Clone, Copy, Debug)]
pub struct HttpApi<'a> {
    service: &'a ServiceDefinition,
    answers: HttpAnswers,
}

/// Why no HTTP API can do what a service asks for. It displays as all reasons, each with what would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnHttpApi {
    service: ServiceName,
    reasons: Vec<String>,
}

impl fmt::Display for NotAnHttpApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service {} cannot be an HTTP API: {}", self.service, self.reasons.join("; "))
    }
}

impl std::error::Error for NotAnHttpApi {}

impl<'a> HttpApi<'a> {
    /// The HTTP API of a service.
    ///
    /// # Errors
    /// [`NotAnHttpApi`] with every reason against it.
    pub fn of(service: &'a ServiceDefinition, answers: HttpAnswers) -> Result<Self, NotAnHttpApi> {
        let reasons = obstacles(service, answers);
        if reasons.is_empty() {
            return Ok(Self { service, answers });
        }
        Err(NotAnHttpApi { service: service.name.clone(), reasons })
    }

    /// The OpenAPI 3.0.1 document of an HTTP API that guards the service and forwards to its backend.
    ///
    /// Like that of a REST API it is relative to the service's base path, and its stage needs the variables that
    /// [`super::stage_variables`] tells.
    pub fn document(&self, placement: &Placement<'_>) -> Value {
        let service = self.service;
        let mut document = json!({
            "openapi": "3.0.1",
            "info": { "title": service.name.as_str(), "version": "1" },
            "paths": http_routes::paths(service, placement),
        });
        if is_guarded(service) {
            let schemes = authorizer::http_security_schemes(service, placement, self.answers);
            document["components"] = json!({ "securitySchemes": schemes });
        }
        if let Some(cors) = http_routes::cors(service) {
            document["x-amazon-apigateway-cors"] = cors;
        }
        document
    }
}

/// What a service asks for and an HTTP API cannot do, each with what would help.
pub(super) fn obstacles(service: &ServiceDefinition, answers: HttpAnswers) -> Vec<String> {
    let mut reasons = Vec::new();
    if service.blocks_authorization() {
        reasons.push(format!(
            "it cannot keep Authorization from the backend (set {} if the backend may see it)",
            forwarding_switch(&service.authorizer),
        ));
    }
    if answers == HttpAnswers::Simple && service.authorizer_ttl > 0 && !service.required_scopes.is_empty() {
        reasons.push(
            "a simple answer that is kept opens every route, whatever scope the route needs (set authorizer_ttl: 0, \
             or let the authorizer answer with policies)"
                .into(),
        );
    }
    if service.usage_plan {
        reasons.push("it has no usage plans (set usage_plan: false)".into());
    }
    if service.vpc_link.is_some() && service.backend.url().path() != "/" {
        reasons.push(
            "behind a VPC link it calls a load balancer's listener, which has no path (set a backend without a path)"
                .into(),
        );
    }
    reasons
}

fn forwarding_switch(authorizer: &Authorizer) -> &'static str {
    match authorizer {
        Authorizer::Introspection(_) => "block_authorization_header: false",
        Authorizer::SharedToken(_) | Authorizer::None => "forward_authorization: true",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Methods, PathPattern, ScopeNeed, ScopeRule,
        samples::{forwarding, orders, private, travel},
    };
    use crate::protocol::Scope;

    #[track_caller]
    fn refused(service: &ServiceDefinition, answers: HttpAnswers) -> String {
        HttpApi::of(service, answers).unwrap_err().to_string()
    }

    #[test]
    fn z14_a_service_that_blocks_authorization_is_refused_and_told_which_switch() {
        let text = refused(&orders(), HttpAnswers::Policy);
        assert!(text.starts_with("the service orders ") && text.contains("forward_authorization: true"), "{text}");
        let text = refused(&travel(), HttpAnswers::Policy);
        assert!(text.contains("block_authorization_header: false"), "{text}");
    }

    #[test]
    fn z6_a_simple_answer_for_every_route_is_not_kept_where_routes_need_scopes() {
        let path = PathPattern::parse("/items").unwrap();
        let rule = ScopeRule { methods: Methods::Any, path, need: ScopeNeed::All(Scope::default()) };
        let kept = ServiceDefinition { authorizer_ttl: 60, required_scopes: vec![rule], ..forwarding() };
        assert!(refused(&kept, HttpAnswers::Simple).contains("authorizer_ttl: 0"));
        assert!(HttpApi::of(&kept, HttpAnswers::Policy).is_ok());
        assert!(HttpApi::of(&ServiceDefinition { authorizer_ttl: 0, ..kept.clone() }, HttpAnswers::Simple).is_ok());
        assert!(HttpApi::of(&ServiceDefinition { required_scopes: vec![], ..kept }, HttpAnswers::Simple).is_ok());
    }

    #[test]
    fn every_reason_is_told_at_once() {
        let service = ServiceDefinition { usage_plan: true, ..travel() };
        let text = refused(&service, HttpAnswers::Policy);
        assert!(text.contains("; it has no usage plans") && text.contains("; behind a VPC link"), "{text}");
        assert!(HttpApi::of(&private(), HttpAnswers::Policy).is_ok());
    }
}
