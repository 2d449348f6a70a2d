//! The grant that comes of an authorization request: a code, or with the implicit grant a token.

use std::collections::BTreeMap;

use super::{Asked, Owner};
use crate::{
    env::Env,
    grant::{Entering, Entry, Issued, enter, terms::Terms},
    model::{AccessToken, AuthorizationCode, Grant, GrantKey, HttpUri, MintedToken, Pointer, SelfLocating},
    protocol::{Digest, ResponseType, Secret, Subject, TokenResponse},
    store::Change,
};

/// What the client gets.
#[derive(Debug)]
pub enum Allowed {
    /// A code.
    Code(Secret),
    /// A token.
    Token(TokenResponse),
}

/// What has to be written before anyone hears of it.
#[derive(Debug)]
pub enum Allowing {
    /// The owner's index has to name the client first; then all is read and decided anew.
    Index(Box<Change>),
    /// These changes in their order, then the answer.
    Grant {
        /// Those before the grant is put are harmless alone.
        changes: Vec<Change>,
        /// What the client gets.
        allowed: Allowed,
        /// What the log may say.
        issued: Issued,
    },
}

/// Makes the grant of a resource owner. `consents`: whether they were asked now, and agreed.
pub fn allow(asked: &Asked, owner: &Owner, consents: bool, env: &Env<'_>) -> Allowing {
    let made = Made::of(asked, &owner.session.username, env);
    let until = match asked.request.response_type {
        ResponseType::Code => asked.target.live_until(&asked.client.value, env),
        ResponseType::Token => made.grant.ends_at(),
    };
    let Made { mut grant, allowed, pointer } = made;
    let consents = if consents { owner.all_agreed(asked) } else { BTreeMap::new() };
    let entering = Entering { until, consents, in_place_of: owner.in_place_of(asked) };
    let enlisting = match enter(&mut grant, entering, (&owner.facts, env)) {
        Entry::Index(change) => return Allowing::Index(change),
        Entry::List(enlisting) => enlisting,
    };
    let issued = Issued {
        services: grant.services.clone(),
        subject: grant.subject.clone(),
        scope: grant.scope.clone(),
        default_format: asked.target.first.mediator_default_format,
    };
    let point = pointer.map(|pointer| Change::Point { pointer, attempt: env.attempt() });
    let put = match &asked.pushed {
        None => Change::Issue { grant, attempt: env.attempt() },
        Some(seen) => Change::Advance { grant, over: seen.attempt.clone(), attempt: env.attempt() },
    };
    Allowing::Grant { changes: enlisting.around(point.into_iter().chain([put])), allowed, issued }
}

/// A grant and what leads to it.
struct Made {
    grant: Grant,
    allowed: Allowed,
    pointer: Option<Pointer>,
}

impl Made {
    fn of(asked: &Asked, owner: &Subject, env: &Env<'_>) -> Self {
        let id = asked.pushed.as_ref().and_then(|seen| seen.value.id.id()).unwrap_or_else(|| env.random());
        let terms = Terms { id, client: &asked.client.value, target: asked.target.clone() };
        let grant = terms.granted_by(owner, asked.request.response_type.grant_type(), env);
        match asked.request.response_type {
            ResponseType::Code => Self::code(asked, grant, SelfLocating::AuthorizationCode.mint(&id, env), env),
            ResponseType::Token => {
                Self::token(asked, grant, asked.target.first.oauth.access_token.format.mint(&id, env), env)
            }
        }
    }

    fn code(asked: &Asked, mut grant: Grant, code: Secret, env: &Env<'_>) -> Self {
        let destination = &asked.destination;
        let named = destination.uri.as_ref().filter(|_| destination.is_named);
        grant.code = Some(AuthorizationCode {
            digest: code.digest(),
            expires_at: env.now.plus(asked.code_ttl()),
            redirect_uri: named.map(|uri| Digest::of(uri.as_str().as_bytes())),
            code_challenge: asked.request.code_challenge,
            redeemed_at: None,
        });
        Self { grant, allowed: Allowed::Code(code), pointer: None }
    }

    fn token(asked: &Asked, mut grant: Grant, token: MintedToken, env: &Env<'_>) -> Self {
        let expires_in = asked.target.access_ttl(&asked.client.value);
        let expires_at = env.now.plus(expires_in);
        let pointer = Pointer { id: GrantKey::of_digest(&token.digest), grant: grant.id.clone(), expires_at };
        grant.access_tokens = vec![AccessToken { digest: token.digest, issued_at: env.now, expires_at, scope: None }];
        let answer =
            TokenResponse { access_token: token.text, expires_in, refresh_token: None, scope: grant.scope.clone() };
        Self { grant, allowed: Allowed::Token(answer), pointer: (!token.carries_key).then_some(pointer) }
    }
}

impl Asked {
    /// The redirect with the answer; `None` where a page shows the code.
    pub fn redirect(&self, allowed: &Allowed, issuer: &HttpUri) -> Option<String> {
        match allowed {
            Allowed::Code(code) => self.destination.with(&[("code", code.expose())], issuer),
            Allowed::Token(answer) => {
                let (expires_in, scope) = (answer.expires_in.to_string(), answer.scope.to_string());
                let members = [
                    ("access_token", answer.access_token.expose()),
                    ("token_type", TokenResponse::TOKEN_TYPE),
                    ("expires_in", &expires_in),
                    ("scope", &scope),
                ];
                self.destination.with(&members, issuer)
            }
        }
    }
}
