//! A REST API at work: route, authorizer, integration, and gateway responses for everything that goes wrong.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    answer::Answer,
    api::Deployment,
    authorizer::{Authorizer, Refused},
    call::Call,
    edge::REMAPPED,
    gateway_response::{GatewayResponses, Refusal},
    headers::Headers,
    integration::{Backends, Failure, Integration},
    request::{MAX_HEAD, RequestBody},
    response_type::ResponseType,
    route::Template,
};

/// A deployed REST API.
pub(crate) struct RestApi {
    pub(crate) deployment: Deployment,
    pub(crate) resources: Vec<Resource>,
    pub(crate) responses: GatewayResponses,
}

/// One path template with its methods.
pub(crate) struct Resource {
    pub(crate) template: Template,
    /// By method; [`ANY`] for `x-amazon-apigateway-any-method`.
    pub(crate) methods: BTreeMap<String, Method>,
}

/// One method of a resource.
pub(crate) struct Method {
    pub(crate) authorizer: Option<Arc<Authorizer>>,
    pub(crate) integration: Integration,
}

impl RestApi {
    pub(crate) async fn answer<'a>(&'a self, call: &mut Call<'a>, backends: &Backends) -> Answer {
        let mut answer = match self.respond(call, backends).await {
            Ok(answer) => answer,
            Err(refusal) => self.responses.render(&refusal, call),
        };
        answer.headers.set("x-amzn-RequestId", call.id);
        answer.headers.set("x-amz-apigw-id", call.id);
        answer
    }

    async fn respond<'a>(&'a self, call: &mut Call<'a>, backends: &Backends) -> Result<Answer, Refusal> {
        if call.request.head_size() > MAX_HEAD {
            return Err(ResponseType::HeadersTooLarge.into());
        }
        let method = self.route(call).ok_or(ResponseType::MissingAuthenticationToken)?;
        if let RequestBody::TooLarge = call.request.body {
            return Err(ResponseType::RequestTooLarge.into());
        }
        if let Some(authorizer) = &method.authorizer {
            if call.arn().len() > MAX_ARN {
                return Err(ResponseType::UriTooLong.into());
            }
            authorizer.admit(call).await.map_err(refusal)?;
        }
        let mut answer = method.integration.answer(call, backends).await.map_err(|failure| failed(&failure))?;
        answer.headers = remapped(&answer.headers);
        Ok(answer)
    }

    /// The most specific resource that matches, and only then its method.
    fn route<'a>(&'a self, call: &mut Call<'a>) -> Option<&'a Method> {
        let matching = self.resources.iter().filter_map(|it| Some((it, it.template.matched(call.path)?)));
        let (resource, variables) = matching.max_by_key(|(resource, _)| resource.template.specificity())?;
        call.resource = resource.template.text();
        call.path_variables = variables;
        resource.methods.get(&call.request.method).or_else(|| resource.methods.get(ANY))
    }
}

fn refusal(refused: Refused) -> Refusal {
    match refused {
        Refused::Unauthorized => ResponseType::Unauthorized.into(),
        Refused::Denied => Refusal { response: ResponseType::AccessDenied, message: Some(EXPLICIT_DENY) },
        Refused::NotAllowed => ResponseType::AccessDenied.into(),
        Refused::Failed => ResponseType::AuthorizerFailure.into(),
        Refused::Malformed => ResponseType::AuthorizerConfigurationError.into(),
    }
}

fn failed(failure: &Failure) -> Refusal {
    match failure {
        Failure::Network(_) => ResponseType::IntegrationFailure,
        Failure::TimedOut(_) => ResponseType::IntegrationTimeout,
        Failure::Configuration(_) => ResponseType::ApiConfigurationError,
        Failure::Malformed(_) | Failure::Function(_) => ResponseType::BadGateway,
        Failure::UnsupportedMediaType => ResponseType::UnsupportedMediaType,
    }
    .into()
}

/// Renames the fields that API Gateway keeps for itself; framing is its own in any case.
fn remapped(headers: &Headers) -> Headers {
    let kept = headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("transfer-encoding"));
    kept.map(|(name, value)| {
        let own = RENAMED.iter().any(|own| own.eq_ignore_ascii_case(name));
        (if own { format!("{REMAPPED}{name}") } else { name.to_owned() }, value)
    })
    .collect()
}

/// The key of `x-amazon-apigateway-any-method` among a resource's methods.
pub(crate) const ANY: &str = "ANY";
/// The longest method ARN of a method with an authorizer, in bytes.
const MAX_ARN: usize = 1_600;
const EXPLICIT_DENY: &str = "User is not authorized to access this resource with an explicit deny";
const RENAMED: [&str; 14] = [
    "Authorization",
    "Connection",
    "Content-Length",
    "Content-MD5",
    "Date",
    "Host",
    "Max-Forwards",
    "Proxy-Authenticate",
    "Server",
    "Trailer",
    "Upgrade",
    "User-Agent",
    "Via",
    "WWW-Authenticate",
];
