//! `x-amazon-apigateway-gateway-responses`: what a REST API says when it refuses a request by itself.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{answer::Answer, call::Call, headers::Headers, mapping::Source, response_type::ResponseType, template};

/// A refusal on its way to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) response: ResponseType,
    /// Instead of the type's own message.
    pub(crate) message: Option<&'static str>,
}

/// The configured responses, by type.
#[derive(Clone, Debug, Default)]
pub(crate) struct GatewayResponses(pub(crate) BTreeMap<String, GatewayResponse>);

/// One configured response.
#[derive(Clone, Debug, Default)]
pub(crate) struct GatewayResponse {
    /// `None` keeps the type's own status.
    pub(crate) status: Option<u16>,
    pub(crate) headers: Vec<(String, Source)>,
    /// The `application/json` template; `None` is AWS's own body.
    pub(crate) template: Option<String>,
}

impl From<ResponseType> for Refusal {
    fn from(response: ResponseType) -> Self {
        Self { response, message: None }
    }
}

impl GatewayResponses {
    /// The answer to a refused call: the type's configuration, else that of `DEFAULT_4XX` or `DEFAULT_5XX`, else AWS's.
    pub(crate) fn render(&self, refusal: &Refusal, call: &mut Call<'_>) -> Answer {
        let response = refusal.response;
        let message = refusal.message.or(response.message());
        call.refusal = Some((response, message));
        call.exchange.gateway_response = Some(response.name());
        let configured = self.0.get(response.name()).or_else(|| self.0.get(response.default_name()));
        let status = configured.and_then(|configured| configured.status).unwrap_or(response.status());
        let template = configured.and_then(|configured| configured.template.as_deref());
        let body = template.map_or_else(|| default_body(response, message), |text| template::render(text, call));
        let mut answer = Answer::json(status, body);
        answer.headers.push("x-amzn-ErrorType", response.error_type());
        for (name, source) in configured.map_or(&[][..], |configured| &configured.headers) {
            put(&mut answer.headers, name, source.resolve(call));
        }
        answer
    }
}

/// An absent or empty value leaves the header out.
fn put(headers: &mut Headers, name: &str, value: Option<String>) {
    if let Some(value) = value {
        headers.set(name, value);
    }
}

/// AWS spells the member `Message` where a policy denied the call.
fn default_body(response: ResponseType, message: Option<&str>) -> String {
    let member = if response == ResponseType::AccessDenied { "Message" } else { "message" };
    format!(r#"{{"{member}":{}}}"#, message.map_or(Value::Null, Value::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::with_call;

    fn rendered(configured: &[(&str, GatewayResponse)], response: ResponseType) -> Answer {
        let responses = GatewayResponses(
            configured.iter().map(|(name, response)| ((*name).to_owned(), response.clone())).collect(),
        );
        let mut answer = None;
        with_call(|call| answer = Some(responses.render(&response.into(), call)));
        answer.unwrap()
    }

    fn status(status: u16) -> GatewayResponse {
        GatewayResponse { status: Some(status), ..GatewayResponse::default() }
    }

    #[test]
    fn response_says_what_aws_says_when_nothing_is_configured() {
        let answer = rendered(&[], ResponseType::AuthorizerFailure);
        assert_eq!((answer.status, &answer.body[..]), (500, &br#"{"message":null}"#[..]));
        let answer = rendered(&[], ResponseType::AccessDenied);
        assert_eq!(answer.body, r#"{"Message":"User is not authorized to access this resource"}"#);
        assert_eq!(answer.headers.last("x-amzn-errortype"), Some("AccessDeniedException"));
    }

    #[test]
    fn response_the_own_type_counts_before_the_default_of_its_class() {
        let configured = [("DEFAULT_4XX", status(418)), ("ACCESS_DENIED", status(401)), ("DEFAULT_5XX", status(503))];
        assert_eq!(rendered(&configured, ResponseType::AccessDenied).status, 401);
        assert_eq!(rendered(&configured, ResponseType::Unauthorized).status, 418);
        assert_eq!(rendered(&configured, ResponseType::BadGateway).status, 503);
    }

    #[test]
    fn response_a_template_escapes_nothing() {
        let template = Some(r#"{"a":"$stageVariables.quoted","m":$context.error.messageString}"#.to_owned());
        let configured = [("UNAUTHORIZED", GatewayResponse { template, ..GatewayResponse::default() })];
        let answer = rendered(&configured, ResponseType::Unauthorized);
        assert_eq!(answer.body, r#"{"a":"say "hi"","m":"Unauthorized"}"#);
    }
}
