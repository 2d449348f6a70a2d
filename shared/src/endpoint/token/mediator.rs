//! The token service of webMethods Mediator at its path and at that of its successor: three ways to give credentials,
//! the header beats the body, JSON or XML by `Accept`.

use serde::Deserialize;

use super::{Answered, Granted, TokenEndpoint};
use crate::{
    client_auth::{Dialect, Freshness},
    endpoint::{
        form::{FORM, post_only},
        served::Seen,
    },
    grant::{GrantFlow, MediatorToken},
    protocol::{
        ErrorCode, Form, GrantType, OAuthError, Request, Response, ResponseFormat, Secret, error_xml, token_xml,
    },
};

/// webMethods Mediator's path, and API Gateway's.
pub(super) const PATHS: [&str; 2] =
    ["/rest/pub.mediator.oauth2.getOAuth2AccessToken", "/invoke/pub.apigateway.oauth2/getAccessToken"];

impl TokenEndpoint {
    pub(super) async fn mediator(&self, request: &Request, seen: &mut Seen) -> Answered {
        let result = self.mediator_token(request, seen).await;
        let namespace = self.server.issuer.at(&request.path);
        let asked = ResponseFormat::preferred(&request.headers);
        let own = || (request.media_type().as_deref() == Some(JSON)).then_some(ResponseFormat::Json);
        let response = match &result {
            Ok(granted) => match asked.or_else(own).unwrap_or(granted.issued.default_format) {
                ResponseFormat::Json => Response::json(&granted.answer),
                ResponseFormat::Xml => Response::xml(token_xml(&namespace, &granted.answer)),
            },
            Err(error) => error.response(match asked.unwrap_or_default() {
                ResponseFormat::Json => Response::json(&error.body()),
                ResponseFormat::Xml => Response::xml(error_xml(&namespace, &error.body())),
            }),
        };
        (response, result)
    }

    async fn mediator_token(&self, request: &Request, seen: &mut Seen) -> Result<Granted, OAuthError> {
        post_only(request)?;
        let mut form = body(request)?.without_empty();
        if form.get("grant_type").is_some_and(|grant| grant != "client_credentials") {
            return Err(ErrorCode::UnsupportedGrantType.because("this service serves client_credentials only"));
        }
        seen.grant_type = Some(GrantType::ClientCredentials);
        let caller = self
            .server
            .authenticate(request, &mut form, (Dialect::Mediator, Freshness::Kept), &mut seen.client)
            .await?;
        self.issue_by(&MediatorToken::parse(&mut form)?, &caller, &request.source).await
    }
}

/// The parameters, from a form, a JSON object or, with a Basic header, no body at all.
fn body(request: &Request) -> Result<Form, OAuthError> {
    match request.media_type().as_deref() {
        Some(JSON) => json(&request.body),
        Some(FORM) => Form::parse(&request.body),
        _ if request.body.is_empty() => Ok(Form::default()),
        _ => Err(ErrorCode::UnsupportedMediaType
            .because("the body must be application/json or application/x-www-form-urlencoded")),
    }
}

fn json(body: &[u8]) -> Result<Form, OAuthError> {
    if body.len() > Form::LIMIT {
        return Err(ErrorCode::ContentTooLarge.because("the body is over 64 KiB"));
    }
    let expected = "the body must be a JSON object with client_id, client_secret and scope as texts, each once";
    let credentials: Credentials =
        serde_json::from_slice(body).map_err(|_| ErrorCode::InvalidRequest.because(expected))?;
    let Credentials { grant_type, client_id, client_secret, scope } = credentials;
    let members =
        [("grant_type", grant_type), ("client_id", client_id), ("client_secret", client_secret), ("scope", scope)];
    Form::from_pairs(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Secret::new(value?)))))
}

/// The members of a JSON request; serde refuses a repeated one.
#[derive(Deserialize)]
struct Credentials {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    scope: Option<String>,
}

const JSON: &str = "application/json";
