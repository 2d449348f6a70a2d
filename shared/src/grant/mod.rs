//! Ways to get a token: one file each, with the steps `parse`, `load` and `decide`. A grant cannot write.

pub mod authorization;
mod authorization_code;
mod client_credentials;
mod full_list;
mod issue;
mod listing;
mod mediator;
mod owner;
mod owner_proof;
mod password;
mod refresh_token;
mod sample;
mod strictest;
mod target;
mod terms;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::{
    future::{Future, ready},
    sync::Arc,
};

pub use authorization_code::Redemption;
pub use client_credentials::ClientCredentials;
pub use full_list::FullList;
pub use listing::{Enlisting, Others};
pub use mediator::MediatorToken;
pub use owner::{Entering, Entry, OwnerFacts, allows_refresh, enter, live_until};
pub use owner_proof::{WrongPassword, prove_owner};
pub use password::Password;
pub use refresh_token::Refresh;
pub use sample::sample;

use crate::{
    client_auth::{Caller, Freshness, ProvenSecrets},
    env::Env,
    model::{Client, ServiceDefinition, ThrottleKey},
    protocol::{
        ErrorCode, Form, GrantType, OAuthError, ResponseFormat, Scope, ServiceName, Spkey, Subject, TokenResponse,
    },
    store::{Change, Reader},
};

/// One way to get a token.
pub trait GrantFlow: Sized {
    /// What the decision stands on.
    type Facts: Send;

    /// How old what is known of the client may be.
    const CLIENT: Freshness = Freshness::Kept;

    /// Reads the parameters.
    ///
    /// # Errors
    /// [`OAuthError`] for a parameter that is missing or malformed.
    fn parse(form: &mut Form) -> Result<Self, OAuthError>;

    /// Lets one token be for several services, as at the path of an older product.
    #[must_use]
    fn for_several_services(self) -> Self {
        self
    }

    /// Lets the flow recall secrets that this process has compared before.
    #[must_use]
    fn remembering(self, _proven: &Arc<ProvenSecrets>) -> Self {
        self
    }

    /// The counters that have to admit the request first, in this order, where it tries a secret that guessing could
    /// find from this place. Only `invalid_grant` counts in the end.
    ///
    /// # Errors
    /// [`OAuthError`] for a request that no secret would help: it is neither counted nor tried.
    fn guesses(
        &self,
        _caller: &Caller,
        _source: &str,
        _reader: &Reader,
    ) -> impl Future<Output = Result<Vec<ThrottleKey>, OAuthError>> + Send {
        ready(Ok(Vec::new()))
    }

    /// Reads the facts.
    ///
    /// # Errors
    /// [`OAuthError`] when the store does not answer.
    fn load(&self, caller: &Caller, reader: &Reader) -> impl Future<Output = Result<Self::Facts, OAuthError>> + Send;

    /// Decides: no store, no clock, no I/O.
    ///
    /// # Errors
    /// [`OAuthError`] when no token is given.
    fn decide(&self, caller: &Caller, facts: &Self::Facts, env: &Env<'_>) -> Result<Verdict, OAuthError>;
}

/// What a decision comes to.
#[derive(Debug)]
pub enum Verdict {
    /// A token is given.
    Issue(Issuance),
    /// This change comes first; then the facts are read and the decision is made anew.
    First(Change),
    /// No token, and the end of the grant: what was presented shows that somebody has a copy.
    Revoke {
        /// The end.
        change: Change,
        /// What the caller is told.
        error: OAuthError,
        /// What the caller is told instead, and the grant lives on, where this same request was about to get the next
        /// tokens and others were quicker: what it presented was no copy when it came. `None` = it ends all the same.
        overtaken: Option<OAuthError>,
    },
}

#[cfg(test)]
impl Verdict {
    /// The token that is given.
    #[track_caller]
    pub(crate) fn issued(self) -> Issuance {
        match self {
            Self::Issue(issuance) => issuance,
            other => panic!("{other:?}"),
        }
    }
}

/// A token to be given: the changes to make first, then the answer.
#[derive(Debug)]
pub struct Issuance {
    /// What the store has to remember before anyone hears of the token, in this order. A request that was cut short
    /// before its grant was put can be sent again.
    pub changes: Vec<Change>,
    /// The answer.
    pub answer: TokenResponse,
    /// What the log may say.
    pub issued: Issued,
}

/// What the log may say about a token.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The services it opens.
    pub services: Vec<Spkey>,
    /// On whose behalf.
    pub subject: Subject,
    /// What it allows.
    pub scope: Scope,
    /// The format of the answer when the request leaves it open.
    pub default_format: ResponseFormat,
}

/// Refuses a grant type that the client may not use.
fn allow_client(caller: &Caller, grant: GrantType) -> Result<(), OAuthError> {
    may_use(caller.client(), grant)
}

/// Refuses a grant type the client may not use.
fn may_use(client: &Client, grant: GrantType) -> Result<(), OAuthError> {
    if client.grant_types.contains(&grant) {
        return Ok(());
    }
    let text = format!("this client may not use the grant type {grant}");
    let reason = format!("grant_types of the client {} does not list {grant}{}", client.client_id, listing(grant));
    Err(ErrorCode::UnauthorizedClient.because(text).logged_as(reason))
}

/// Refuses a grant type that the service does not take.
fn allow_service(service: &ServiceDefinition, grant: GrantType) -> Result<(), OAuthError> {
    if service.oauth.grant_types.contains(&grant) { Ok(()) } else { Err(not_given(&service.name, grant)) }
}

/// The error for a grant type that a service does not take. Anybody may come to hear of it, so the log alone names the
/// service.
fn not_given(service: &ServiceName, grant: GrantType) -> OAuthError {
    let text = format!("the service gives no tokens by the grant type {grant}");
    let reason = format!("grant_types of the service {service} does not list {grant}{}", listing(grant));
    ErrorCode::UnauthorizedClient.because(text).logged_as(reason)
}

/// What else the log says of a grant type that is off unless it is named.
fn listing(grant: GrantType) -> &'static str {
    match grant {
        GrantType::Implicit | GrantType::Password => ": it is off until both client and service list it",
        _ => "",
    }
}

/// A `scope` parameter.
fn scope_of(form: &Form) -> Result<Scope, OAuthError> {
    Ok(Scope::parse(form.get("scope").unwrap_or_default())?)
}
