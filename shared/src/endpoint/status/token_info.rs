//! Token information as Axway API Gateway gives it: holding a token is proof enough to read what it is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Answered, StatusEndpoint,
    asked::bearer,
    presented::{LiveToken, PresentedToken, TokenKind},
    unshown::Unshown,
};
use crate::{
    endpoint::served::{Done, Told},
    model::TokenFault,
    protocol::{Request, Response, Timestamp},
};

impl StatusEndpoint {
    pub(super) async fn token_info(&self, request: &Request) -> Answered {
        let token = PresentedToken::of(&bearer(request)?);
        if token.kind != TokenKind::Access {
            return Ok(unknown(TokenFault::Unknown.into()));
        }
        let reader = self.server.store.reader();
        let (_, located) = reader.clients_and_token(&[], &token.item).await?;
        let facts = self.facts(reader.grant_in(located).await?, &[]).await?;
        let now = self.server.world.clock.now();
        Ok(match token.live(&facts, |_| true, now) {
            Ok(live) => (Response::json(&TokenInfo::of(&live, now)), Done::Active(Told::from(live.grant))),
            Err(reason) => unknown(reason),
        })
    }
}

/// The members of Axway's answer, and what the services keep with every token.
#[derive(Debug, Serialize)]
struct TokenInfo<'a> {
    /// The application that the token was given to.
    audience: &'a str,
    user_id: &'a str,
    scope: String,
    /// Seconds that are left.
    expires_in: u64,
    #[serde(flatten)]
    metadata: BTreeMap<&'a str, &'a str>,
}

impl<'a> TokenInfo<'a> {
    fn of(live: &LiveToken<'a>, now: Timestamp) -> Self {
        let metadata = live.services.iter().flat_map(|service| &service.oauth.token_metadata);
        let metadata = metadata.map(|(name, value)| (name.as_str(), value.as_str()));
        Self {
            audience: live.grant.application.as_str(),
            user_id: live.grant.subject.as_str(),
            scope: live.scope.to_string(),
            expires_in: live.expires_at.since(now),
            metadata: metadata.filter(|(name, _)| !OWN.contains(name)).collect(),
        }
    }
}

/// The product answers 400 to whatever is no live token.
fn unknown(reason: Unshown) -> (Response, Done) {
    let body = serde_json::json!({ "error": "invalid_token" });
    (Response::json(&body).with_status(http::StatusCode::BAD_REQUEST), Done::Inactive(reason))
}

/// Members that no metadata can take the place of.
const OWN: [&str; 4] = ["audience", "user_id", "scope", "expires_in"];
