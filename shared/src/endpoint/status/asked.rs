//! Who asks about which token: the caller and the token's grant come in one request to the store.

use std::sync::Arc;

use http::Method;

use super::{
    StatusEndpoint,
    presented::{PresentedToken, TokenFacts},
};
use crate::{
    client_auth::{self, Caller, Dialect, Presented},
    endpoint::{form::posted_form, served::Asker},
    model::{Client, Grant},
    protocol::{AuthorizationHeader, ClientId, ErrorCode, OAuthError, Request, Secret},
    store::{Located, Seen, StoreError, Stored},
};

/// Who asks about which token.
pub(super) struct Asked {
    pub(super) caller: Caller,
    pub(super) token: PresentedToken,
    pub(super) located: Located,
    /// The clients that the request names, as they are now.
    pub(super) clients: Vec<Arc<Stored<Client>>>,
}

impl StatusEndpoint {
    /// The caller, authenticated as at the token endpoint, and the token of the form.
    pub(super) async fn asked(
        &self,
        request: &Request,
        dialect: Dialect,
        asker: &mut Asker,
    ) -> Result<Asked, OAuthError> {
        let mut form = posted_form(request)?;
        refuse_in_query(request, "token", "in the form of a POST")?;
        let presented = Presented::parse(request, &mut form, dialect)?;
        let token = form.take("token").ok_or_else(|| ErrorCode::InvalidRequest.because("token is missing"))?;
        let token = PresentedToken::of(&token);
        let ids: Vec<&ClientId> = presented.iter().map(Presented::client_id).collect();
        let (clients, located) = self.server.store.reader().clients_and_token(&ids, &token.item).await?;
        let now = self.server.world.clock.now();
        let readings = presented.into_iter().map(|presented| {
            let client = clients.iter().find(|client| client.value.client_id == *presented.client_id());
            let facts = client_auth::facts(&presented, client.cloned(), &self.server.proven, now);
            (presented, facts)
        });
        let caller = self.server.identify(readings.collect(), &request.source, asker).await?;
        Ok(Asked { caller, token, located, clients })
    }

    /// What an answer about a grant stands on. Its client is read anew, unless that was done for this request.
    pub(super) async fn facts(
        &self,
        grant: Option<Seen<Grant>>,
        clients: &[Arc<Stored<Client>>],
    ) -> Result<TokenFacts, StoreError> {
        let Some(seen) = grant else { return Ok(TokenFacts { grant: None, client: None, services: Vec::new() }) };
        let reader = self.server.store.reader();
        let id = &seen.value.client_id;
        let client = async {
            match clients.iter().find(|client| client.value.client_id == *id) {
                Some(client) => Ok(Some(Arc::clone(client))),
                None => reader.client_anew(id).await,
            }
        };
        let (client, services) = tokio::try_join!(client, reader.services(&seen.value.services))?;
        Ok(TokenFacts { grant: Some(seen), client, services })
    }
}

/// The access token that a request carries: in the form of a POST or in the header, and not in both (RFC 6750 section 2).
pub(super) fn bearer(request: &Request) -> Result<Secret, OAuthError> {
    refuse_in_query(request, "access_token", IN_HEADER)?;
    let header = request.header(http::header::AUTHORIZATION).and_then(AuthorizationHeader::parse);
    let in_header = header.as_ref().and_then(AuthorizationHeader::bearer);
    let has_form = request.method == Method::POST && !request.body.is_empty();
    let in_form = if has_form { posted_form(request)?.take("access_token") } else { None };
    match (in_form, in_header) {
        (Some(token), None) => Ok(token),
        (None, Some(token)) => Ok(Secret::new(token.expose().to_owned())),
        (Some(_), Some(_)) => Err(ErrorCode::InvalidRequest
            .because("the access token came twice: send it in the Authorization header or in the form")),
        (None, None) => Err(ErrorCode::InvalidRequest
            .because("send the access token as Authorization: Bearer TOKEN, or in the form as access_token")),
    }
}

/// URLs stand in logs and histories, so no token is taken from one.
fn refuse_in_query(request: &Request, name: &'static str, instead: &str) -> Result<(), OAuthError> {
    if request.in_query(&[name]).is_some() {
        let text = format!("{name} does not belong in the URL, which logs and histories keep: send it {instead}");
        return Err(ErrorCode::InvalidRequest.because(text));
    }
    Ok(())
}

/// Where token information takes its token.
const IN_HEADER: &str = "as Authorization: Bearer TOKEN, or in the form of a POST";
