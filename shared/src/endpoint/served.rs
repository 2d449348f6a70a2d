//! A request that was served: its answer, and what the log may say of it.

use http::{HeaderName, HeaderValue};

use super::status::Unshown;
use crate::{
    grant::Issued,
    model::Grant,
    protocol::{ClientId, GrantType, OAuthError, Request, Response, Scope, Spkey, Subject, Timestamp},
};

/// A request that was served.
#[derive(Debug)]
pub struct Served {
    /// The answer.
    pub response: Response,
    /// The client.
    pub client: Asker,
    /// How a token was asked for.
    pub grant_type: Option<GrantType>,
    /// What the answer says.
    pub result: Result<Done, OAuthError>,
}

/// The client that asks, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Asker {
    /// Its id, when there is such a client.
    pub id: Option<ClientId>,
    /// When the secret ends that it proved itself by, where that is to end.
    pub secret_ends: Option<Timestamp>,
}

/// What is known of a request before it is answered: for the log.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) client: Asker,
    pub(super) grant_type: Option<GrantType>,
}

/// What was done for a request.
#[derive(Clone, Debug)]
pub enum Done {
    /// A token was given.
    Issued(Given),
    /// Whoever asked learned of a token that counts.
    Active(Told),
    /// Whoever asked learned nothing of a token: it does not count, or is none of theirs.
    Inactive(Unshown),
    /// An authorization, or one token of it, was taken back.
    Revoked(Told),
    /// There was nothing to take back, or nothing that is the client's.
    Ignored(Unshown),
    /// A resource owner's answer was given to a client: a code.
    Authorized(Told),
    /// A person was asked to log in or to agree.
    Asked,
    /// A person has logged in.
    LoggedIn(Subject),
    /// A person has another password now.
    PasswordChanged(Subject),
    /// A login was ended.
    LoggedOut,
    /// A client has pushed an authorization request.
    Pushed,
    /// A document was shown that needs no decision.
    Shown,
}

impl Served {
    /// What anybody may read.
    pub(super) fn shown(response: Response) -> Self {
        Self { response, client: Asker::default(), grant_type: None, result: Ok(Done::Shown) }
    }
}

/// A token that was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// What it opens and for whom.
    pub issued: Issued,
    /// Seconds it lives.
    pub expires_in: u64,
}

/// A token that exists, and what the log may say of it.
#[derive(Clone, Debug)]
pub struct Told {
    /// Who uses it.
    pub client_id: ClientId,
    /// The services it opens.
    pub services: Vec<Spkey>,
    /// On whose behalf.
    pub subject: Subject,
    /// What its grant allows.
    pub scope: Scope,
}

impl From<&Grant> for Told {
    fn from(grant: &Grant) -> Self {
        Self {
            client_id: grant.client_id.clone(),
            services: grant.services.clone(),
            subject: grant.subject.clone(),
            scope: grant.scope.clone(),
        }
    }
}

/// Names the request in the answer to it, so that support finds its line of the log.
pub(super) fn name_request(response: &mut Response, request: &Request) {
    if !request.request_id.is_empty()
        && let Ok(id) = HeaderValue::from_str(&request.request_id)
    {
        response.headers.insert(REQUEST_ID, id);
    }
}

/// API Gateway's id of the request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
