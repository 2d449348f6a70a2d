//! What to set by hand on an HTTP API that exists already.

use super::{
    HttpAnswers, Placement,
    authorizer::{self, http_identity_sources},
    http_api, http_routes, is_guarded,
    snippet::{keeping, lambda_mappings, nothing_to_attach},
};
use crate::model::{HeaderName, ServiceDefinition};

/// The settings of an existing HTTP API whose authorizer decides for the service, as Markdown.
pub fn http_snippet(service: &ServiceDefinition, placement: &Placement<'_>, answers: HttpAnswers) -> String {
    if !is_guarded(service) {
        return nothing_to_attach(service);
    }
    format!(
        "# Service `{}` on an existing HTTP API\n\n\
         Attaching the authorizer gives the verdict alone; the rest is set as follows.\n\
         {}{}{}{}{REFUSALS}",
        service.name,
        against(service, answers),
        attaching(service, placement, answers),
        keeping(service, TTL, &http_identity_sources(service)),
        headers(service),
    )
}

/// What attaching by hand does not mend either.
fn against(service: &ServiceDefinition, answers: HttpAnswers) -> String {
    let reasons = http_api::obstacles(service, answers);
    reasons.iter().map(|reason| format!("\nAgainst an HTTP API here: {reason}.\n")).collect()
}

fn attaching(service: &ServiceDefinition, placement: &Placement<'_>, answers: HttpAnswers) -> String {
    let (simple, variable) = match answers {
        HttpAnswers::Policy => ("off", "not set"),
        HttpAnswers::Simple => ("on", "`true`"),
    };
    format!(
        "\n## Authorizer\n\n\
         - Type REQUEST, payload format 2.0, on every route but those of OPTIONS. Function: `{}`\n\
         - Its URI: `{}`\n\
         - Simple responses {simple}; the function's `AUTHORIZER_SIMPLE_RESPONSES` {variable}\n\
         - Stage variable: `spkey` = `{}` (or list the API's id among the service's `apis`)\n",
        placement.authorizer_arn,
        authorizer::authorizer_uri(placement),
        service.spkey,
    )
}

/// How injected headers reach the backend; nothing where there are none.
fn headers(service: &ServiceDefinition) -> String {
    let injected = service.injected_headers();
    if injected.is_empty() { String::new() } else { format!("\n## Headers\n{}", mappings(service, &injected)) }
}

/// The mappings of an integration, and what a function reads in their place; nothing where no header is injected.
pub(super) fn mappings(service: &ServiceDefinition, injected: &[HeaderName]) -> String {
    if injected.is_empty() {
        return String::new();
    }
    let parameters = http_routes::header_parameters(service);
    let lines: String = parameters
        .iter()
        .map(|(target, source)| format!("    {target}: {}\n", source.as_str().unwrap_or_default()))
        .collect();
    format!(
        "\nHTTP integrations, with or without a VPC link, map in the integration's parameters:\n\n{lines}{}\n\
         Payload format 1.0 has no `lambda` there.\n",
        lambda_mappings(injected, "requestContext.authorizer.lambda"),
    )
}

const TTL: &str = "Set the TTL to 0, without identity sources: a call without one of them gets 401 before the authorizer is\n\
    asked. A TTL needs all of these, and answers of the policy kind where the service has scope rules:";

const REFUSALS: &str = "\n## What a refused caller gets\n\n\
    401, 403 or 500 with `{\"message\":…}` of API Gateway's own. There are no gateway responses, so no challenge and no\n\
    reason: the decision line of the authorizer's log has it.\n";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::{travel, weather};

    #[test]
    fn an_introspection_service_in_full() {
        let text = http_snippet(&travel(), &Placement::default(), HttpAnswers::Simple);
        assert_eq!(text, include_str!("testdata/travel-http.md"));
    }

    #[test]
    fn an_open_service_has_nothing_to_attach() {
        let text = http_snippet(&weather(), &Placement::default(), HttpAnswers::Policy);
        assert!(text.contains("nothing to attach"), "{text}");
    }
}
