//! Token introspection (RFC 7662): what a token is worth now, told to its own client and to those that guard its services.

use super::{
    Answered, StatusEndpoint,
    presented::{LiveToken, PresentedToken, TokenFacts, TokenKind},
    unshown::Unshown,
};
use crate::{
    client_auth::{Caller, Dialect},
    endpoint::served::{Asker, Done, Told},
    model::Client,
    protocol::{ActiveToken, ErrorCode, Introspection, OAuthError, Request, Response, Spkey, Timestamp, TokenResponse},
};

impl StatusEndpoint {
    pub(super) async fn introspect(&self, request: &Request, asker: &mut Asker) -> Answered {
        let asked = self.asked(request, Dialect::Rfc6749, asker).await?;
        let caller = proven(&asked.caller)?;
        let grant = self.server.store.reader().grant_in(asked.located).await?;
        let facts = self.facts(grant, &asked.clients).await?;
        match decide(caller, &asked.token, &facts, self.server.world.clock.now()) {
            Ok(live) => {
                let answer = told(&live, asked.token.kind, self.server.issuer.as_str());
                Ok((Response::json(&answer), Done::Active(Told::from(live.grant))))
            }
            Err(reason) => Ok((Response::json(&Introspection::INACTIVE), Done::Inactive(reason))),
        }
    }
}

/// A public client proves nothing, so whoever knows its id could ask (RFC 7662 section 2.1).
fn proven(caller: &Caller) -> Result<&Client, OAuthError> {
    match caller {
        Caller::Authenticated(_) => Ok(caller.client()),
        Caller::Public(_) => Err(ErrorCode::InvalidClient
            .because("client authentication failed")
            .logged_as("a public client may not introspect tokens")),
    }
}

/// A client sees its own tokens, and access tokens of the services that it guards. It never sees another's refresh
/// token: it could take one for an access token.
fn decide<'a>(
    caller: &Client,
    token: &PresentedToken,
    facts: &'a TokenFacts,
    now: Timestamp,
) -> Result<LiveToken<'a>, Unshown> {
    let is_own = facts.grant.as_ref().is_some_and(|grant| grant.value.client_id == caller.client_id);
    let guards = |spkey: &Spkey| token.kind == TokenKind::Access && caller.introspects.contains(spkey);
    token.live(facts, |spkey| is_own || guards(spkey), now)
}

fn told<'a>(live: &LiveToken<'a>, kind: TokenKind, issuer: &'a str) -> Introspection<'a> {
    let grant = live.grant;
    let resources: Vec<String> = live.services.iter().map(|service| service.audience()).collect();
    Introspection::Active(ActiveToken {
        active: true,
        scope: live.scope,
        client_id: &grant.client_id,
        username: grant.is_of_a_person().then_some(&grant.subject),
        token_type: (kind == TokenKind::Access).then_some(TokenResponse::TOKEN_TYPE),
        exp: live.expires_at,
        iat: live.issued_at,
        sub: &grant.subject,
        aud: resources.into(),
        iss: issuer,
    })
}
