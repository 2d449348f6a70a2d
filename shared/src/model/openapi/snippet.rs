//! What to set by hand on an API that exists already, so that it does what a generated one does.

use serde_json::Value;

use super::{
    Placement,
    authorizer::{self, Input},
    gateway_responses, http_snippet, integration, is_guarded,
};
use crate::model::{Authorizer, HeaderName, Route, ServiceDefinition};

/// The settings of an existing API whose authorizer decides for the service, as Markdown.
pub fn snippet(service: &ServiceDefinition, placement: &Placement<'_>) -> String {
    if !is_guarded(service) {
        return nothing_to_attach(service);
    }
    let sections = [
        attaching(service, placement),
        keeping(service, TTL, &authorizer::identity_sources(service)),
        token_type(service),
        headers(service),
        refusals(service, placement),
        http_api(service),
    ];
    format!(
        "# Service `{}` on an existing API\n\n\
         Attaching the authorizer gives the verdict alone; the rest is set as follows. Deploy the stage afterwards.\n\
         {}",
        service.name,
        sections.concat()
    )
}

pub(super) fn nothing_to_attach(service: &ServiceDefinition) -> String {
    format!("# Service `{}` on an existing API\n\nIt has no authorizer, so there is nothing to attach.\n", service.name)
}

fn attaching(service: &ServiceDefinition, placement: &Placement<'_>) -> String {
    format!(
        "\n## Authorizer\n\n\
         - Type REQUEST, on every method but CORS preflights. Function: `{}`\n\
         - Its URI: `{}`\n\
         - Stage variable: `spkey` = `{}` (or list the API's id among the service's `apis`)\n",
        placement.authorizer_arn,
        authorizer::authorizer_uri(placement),
        service.spkey,
    )
}

/// The section about the TTL: advice that ends in all that has to be an identity source, and what speaks against a TTL.
pub(super) fn keeping(service: &ServiceDefinition, advice: &str, sources: &str) -> String {
    let reasons = reasons_to_keep_nothing(service);
    let reasons: String = reasons.iter().map(|reason| format!("\nAgainst a TTL here: {reason}.\n")).collect();
    format!("\n## How long a verdict is kept\n\n{advice}\n\n    {sources}\n{reasons}")
}

fn reasons_to_keep_nothing(service: &ServiceDefinition) -> Vec<String> {
    let mut reasons = Vec::new();
    if !service.injected_headers().is_empty() {
        reasons.push(format!("{COPY}\nis refused only when the authorizer sees the call"));
    }
    if service.required_scopes.iter().any(|rule| rule.path.has_single_wildcard()) {
        reasons.push("a scope rule with `*` for one segment makes each verdict one for a single call".into());
    }
    if let Some(header) = optional_region(service) {
        reasons.push(format!("a call may come without `{header}`"));
    }
    reasons
}

fn optional_region(service: &ServiceDefinition) -> Option<&HeaderName> {
    let Authorizer::Introspection(policy) = &service.authorizer else { return None };
    let Route::Configured(route) = &policy.route else { return None };
    route.region.as_ref().filter(|region| !region.required).map(|region| &region.header)
}

fn token_type(service: &ServiceDefinition) -> String {
    let unseen: Vec<String> = authorizer::inputs(service)
        .into_iter()
        .filter(|input| *input != Input::Header("Authorization"))
        .map(|input| input.to_string())
        .collect();
    let text = if !unseen.is_empty() {
        format!("cannot serve this service: it does not see\n{}", unseen.join(" and "))
    } else if service.injected_headers().is_empty() {
        "serves this service as well".to_owned()
    } else {
        format!("does not see headers: {COPY}\ncan reach the backend")
    };
    format!("\nAn authorizer of type TOKEN {text}.\n")
}

fn headers(service: &ServiceDefinition) -> String {
    let injected = service.injected_headers();
    if injected.is_empty() && !service.blocks_authorization() {
        return "\n## Headers (REST API)\n\nThe service gives the backend no header, and takes none away.\n".into();
    }
    let note = if service.blocks_authorization() {
        "\n`Authorization` cannot be removed, so it is overwritten; HTTP needs no line for it, and a function behind\n\
         AWS_PROXY still gets it.\n"
    } else {
        ""
    };
    format!(
        "\n## Headers (REST API)\n\n\
         HTTP_PROXY and HTTP integrations, with or without a VPC link, map in the integration request:\n\n{}\n\
         They replace mappings of the same names. HTTP passes nothing but what is mapped; HTTP_PROXY passes every\n\
         other header of the client too.\n\
         {}{note}",
        request_mappings(service),
        lambda_mappings(&injected, "requestContext.authorizer"),
    )
}

fn request_mappings(service: &ServiceDefinition) -> String {
    let parameters = integration::header_parameters(service);
    parameters.iter().map(|(target, source)| format!("    {target}: {source}\n")).collect()
}

/// What a function behind a Lambda proxy integration reads, for it gets no mapped header.
pub(super) fn lambda_mappings(injected: &[HeaderName], context: &str) -> String {
    if injected.is_empty() {
        return String::new();
    }
    let lines: String =
        injected.iter().map(|header| format!("    {header}: {context}.{}\n", header.context_key())).collect();
    format!(
        "\nAWS_PROXY integrations map nothing. The function reads these members of its event, and ignores headers of\n\
         the same names, which are the client's:\n\n{lines}"
    )
}

fn refusals(service: &ServiceDefinition, placement: &Placement<'_>) -> String {
    let responses = Value::Object(gateway_responses::authorizer_responses(service, placement.issuer));
    format!(
        "\n## Challenges and statuses (REST API)\n\n\
         These gateway responses are the whole API's, so one API has one authorizer. In the API's OpenAPI document\n\
         they are `x-amazon-apigateway-gateway-responses`:\n\n```json\n{responses:#}\n```\n"
    )
}

fn http_api(service: &ServiceDefinition) -> String {
    let authorization =
        if service.blocks_authorization() { "\nIt cannot keep `Authorization` from the backend.\n" } else { "" };
    format!(
        "\n## HTTP API\n\n\
         It gives the verdict alone: 401, 403 or 500 with bodies of its own. It has no gateway responses, so no\n\
         challenge either. A TTL above 0 needs all of these identity sources, and answers of the policy kind where\n\
         the service has scope rules:\n\n    {}\n{}{authorization}",
        authorizer::http_identity_sources(service),
        http_snippet::mappings(service, &service.injected_headers()),
    )
}

const TTL: &str = "An authorizer attached without a TTL keeps each verdict for 300 s. Set the TTL to 0, without identity\n\
    sources. With a TTL, every input of the verdict has to be an identity source, and a call without one of\n\
    them gets 401 before the authorizer is asked:";

/// What API Gateway compares with case, and many a backend without.
const COPY: &str = "a client's own copy of an injected header, spelled differently,";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;
    use crate::model::{IntrospectionPolicy, Methods, PathPattern, ScopeNeed, ScopeRule, SharedTokenPolicy};
    use crate::protocol::Scope;

    fn without_api_key_region_and_headers() -> ServiceDefinition {
        let mut service = samples::travel();
        if let Authorizer::Introspection(policy) = &mut service.authorizer {
            **policy = IntrospectionPolicy {
                api_key: None,
                route: Route::Unusable,
                inject_headers: Vec::new(),
                ..policy.as_ref().clone()
            };
        }
        service
    }

    #[test]
    fn an_introspection_service_in_full() {
        assert_eq!(snippet(&samples::travel(), &Placement::default()), include_str!("testdata/travel.md"));
    }

    #[test]
    fn an_open_service_has_nothing_to_attach() {
        assert!(snippet(&samples::weather(), &Placement::default()).contains("nothing to attach"));
    }

    #[test]
    fn a_token_authorizer_cannot_serve_what_it_does_not_see() {
        let text = token_type(&samples::travel());
        assert!(
            text.contains("cannot serve") && text.contains("`api_key`") && text.contains("`HTTP-REQUEST-REGION-KEY`")
        );
        assert!(token_type(&without_api_key_region_and_headers()).contains("serves this service as well"));
    }

    #[test]
    fn z9_a_token_authorizer_lets_a_differently_spelled_copy_pass() {
        assert!(token_type(&samples::orders()).contains("can reach the backend"));
        let authorizer = Authorizer::SharedToken(SharedTokenPolicy::default());
        assert!(!token_type(&ServiceDefinition { authorizer, ..samples::orders() }).contains("can reach the backend"));
    }

    #[test]
    fn tells_each_reason_against_keeping_a_verdict() {
        let service = without_api_key_region_and_headers();
        assert_eq!(reasons_to_keep_nothing(&service), Vec::<String>::new());
        let path = PathPattern::parse("/items/*").unwrap();
        let rule = ScopeRule { methods: Methods::Any, path, need: ScopeNeed::All(Scope::default()) };
        let reasons = reasons_to_keep_nothing(&ServiceDefinition { required_scopes: vec![rule], ..service });
        assert!(reasons.len() == 1 && reasons[0].contains("single call"));
        assert_eq!(reasons_to_keep_nothing(&samples::travel()).len(), 2);
    }

    #[test]
    fn a_service_that_touches_no_header_says_so() {
        let policy = SharedTokenPolicy { forward_authorization: true, ..SharedTokenPolicy::default() };
        let service = ServiceDefinition { authorizer: Authorizer::SharedToken(policy), ..samples::orders() };
        assert!(headers(&service).contains("gives the backend no header"));
        assert!(http_snippet::mappings(&service, &service.injected_headers()).is_empty());
    }
}
