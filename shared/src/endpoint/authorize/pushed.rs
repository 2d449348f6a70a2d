//! Pushed authorization requests (RFC 9126).

use http::{Method, StatusCode};
use serde::Serialize;

use super::AuthorizeEndpoint;
use crate::{
    client_auth::{Dialect, Freshness},
    endpoint::{Done, cors, form::posted_form, served::Seen},
    grant::authorization,
    model::{GrantKey, PushedRequest, SelfLocating},
    protocol::{ErrorCode, OAuthError, Parameters, Request, Response, Secret},
    store::Change,
};

/// RFC 9126 section 2.
pub(super) const PATH: &str = "/oauth2/par";

impl AuthorizeEndpoint {
    pub(super) async fn pushed(&self, request: &Request, seen: &mut Seen) -> (Response, Result<Done, OAuthError>) {
        if request.method == Method::OPTIONS {
            return (cors::preflight("POST"), Ok(Done::Shown));
        }
        let (mut response, result) = match self.push(request, seen).await {
            Ok(uri) => {
                let body = Body { request_uri: uri.expose(), expires_in: PushedRequest::LIFETIME };
                (Response::json(&body).with_status(StatusCode::CREATED), Ok(Done::Pushed))
            }
            Err(error) => (error.response(Response::json(&error.body())), Err(error)),
        };
        cors::open(&mut response);
        (response, result)
    }

    /// Who may push is who gets tokens; what may be pushed is what the authorization endpoint would take.
    async fn push(&self, request: &Request, seen: &mut Seen) -> Result<Secret, OAuthError> {
        let mut form = posted_form(request)?;
        let caller =
            self.server.authenticate(request, &mut form, (Dialect::Rfc6749, Freshness::Kept), &mut seen.client).await?;
        let client_id = caller.client().client_id.clone();
        if form.get("request_uri").is_some() {
            return Err(ErrorCode::InvalidRequest.because("request_uri cannot be pushed"));
        }
        let parameters = Parameters::of_form(&form)?.with("client_id", client_id.as_str());
        let facts = authorization::load(&parameters, self.server.store.reader()).await?;
        let env = self.server.world.env();
        let asked = authorization::ask(&parameters, facts, env.now).map_err(|refused| refused.error)?;
        seen.grant_type = Some(asked.request.response_type.grant_type());
        let id = env.random();
        let uri = SelfLocating::RequestUri.mint(&id, &env);
        let pushed = PushedRequest {
            id: GrantKey::of_id(&id),
            digest: uri.digest(),
            client_id,
            pushed: parameters.into_pairs(),
            expires_at: env.now.plus(PushedRequest::LIFETIME),
            revoked_at: None,
        };
        self.server.store.commit(Change::Push { request: pushed, attempt: env.attempt() }).await?;
        Ok(uri)
    }
}

/// RFC 9126 section 2.2.
#[derive(Serialize)]
struct Body<'a> {
    request_uri: &'a str,
    expires_in: u64,
}
