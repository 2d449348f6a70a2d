//! Token revocation (RFC 7009): a client takes back an access token, or with a refresh token the whole authorization.

use super::{
    Answered, StatusEndpoint,
    presented::{PresentedToken, TokenKind},
    unshown::Unshown,
};
use crate::{
    client_auth::Dialect,
    endpoint::{
        contention::{Contention, settled},
        served::{Asker, Done, Told},
        server::Server,
    },
    env::Env,
    model::{Grant, PresentedRefreshToken, TokenFault},
    protocol::{ClientId, Request, Response},
    store::{Change, Seen},
};

impl StatusEndpoint {
    /// Whatever the token is, its client gets the same empty answer (RFC 7009 section 2.2).
    pub(super) async fn revoke(&self, request: &Request, dialect: Dialect, asker: &mut Asker) -> Answered {
        let asked = self.asked(request, dialect, asker).await?;
        let client_id = &asked.caller.client().client_id;
        let Server { store, world, .. } = &self.server;
        let mut grant = store.reader().grant_in(asked.located).await?;
        let mut contention = Contention::new(world);
        loop {
            let Some(seen) = &grant else {
                return Ok((Response::empty(), Done::Ignored(TokenFault::Unknown.into())));
            };
            let change = match decide(client_id, &asked.token, seen, &world.env()) {
                Ok(change) => change,
                Err(reason) => return Ok((Response::empty(), Done::Ignored(reason))),
            };
            if settled(store.commit(change).await)?.is_some() {
                return Ok((Response::empty(), Done::Revoked(Told::from(&seen.value))));
            }
            contention.again().await?;
            grant = store.reader().grant_at(&seen.value.id).await?;
        }
    }
}

/// The change that ends a token of the client. Any refresh token of the grant will do, also one that was used before:
/// who logs out must not be kept logged in by a lost answer.
fn decide(
    client_id: &ClientId,
    token: &PresentedToken,
    Seen { value: grant, attempt: over }: &Seen<Grant>,
    env: &Env<'_>,
) -> Result<Change, Unshown> {
    let is_known = match token.kind {
        TokenKind::Access => grant.token(&token.digest).is_some(),
        TokenKind::Refresh => grant
            .refresh_tokens
            .as_ref()
            .is_some_and(|tokens| tokens.presented(&token.digest) != PresentedRefreshToken::Unknown),
    };
    if !is_known {
        return Err(TokenFault::Unknown.into());
    }
    if grant.client_id != *client_id {
        return Err(Unshown::foreign(grant, "nobody else takes it back"));
    }
    if let Some(at) = grant.revoked_at {
        return Err(TokenFault::Revoked { at }.into());
    }
    match token.kind {
        TokenKind::Refresh => Ok(Change::Revoke { id: grant.id.clone(), at: env.now, attempt: env.attempt() }),
        TokenKind::Access => {
            grant.live_token(&token.digest, env.now)?;
            let grant = grant.without(&token.digest, env.now);
            Ok(Change::Advance { grant, over: over.clone(), attempt: env.attempt() })
        }
    }
}
