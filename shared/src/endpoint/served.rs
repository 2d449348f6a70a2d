//! A request that was served: its answer, and what the log may say of it.

use http::{HeaderName, HeaderValue};

use crate::{
    grant::Issued,
    protocol::{ClientId, GrantType, OAuthError, Request, Response},
};

/// A request that was served.
#[derive(Debug)]
pub struct Served {
    /// The answer.
    pub response: Response,
    /// The client, as far as it is known.
    pub client_id: Option<ClientId>,
    /// How a token was asked for.
    pub grant_type: Option<GrantType>,
    /// What the answer says.
    pub result: Result<Given, OAuthError>,
}

/// A token that was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// What it opens and for whom.
    pub issued: Issued,
    /// Seconds it lives.
    pub expires_in: u64,
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
