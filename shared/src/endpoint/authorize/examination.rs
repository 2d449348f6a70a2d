//! What the next decision about an authorization request would stand on, for those who explain it.

use super::{AuthorizeEndpoint, CONSENT, LOGIN};
use crate::{
    grant::authorization::{self, Asked, Owner, Refused},
    protocol::{OAuthError, Request},
};

/// An authorization request on its way, and who would answer it.
#[derive(Debug)]
pub struct Examination {
    /// The request, judged.
    pub asked: Result<Asked, Box<Refused>>,
    /// Whether the browser has a session's cookie, or one that stands for nothing yet.
    pub has_cookie: bool,
    /// Who has logged in, if anybody has.
    pub owner: Option<Owner>,
}

impl AuthorizeEndpoint {
    /// Examines what a request carries; `None` where it is none about an authorization.
    ///
    /// # Errors
    /// [`OAuthError`] for a query that cannot be read, and when the store does not answer.
    pub async fn examine(&self, request: &Request) -> Result<Option<Examination>, OAuthError> {
        let visit = self.visit(request)?;
        let is_account = request.path == LOGIN && !visit.carries_request();
        if is_account || !AUTHORIZATION.contains(&request.path.as_str()) {
            return Ok(None);
        }
        let facts = authorization::load(&visit.parameters, self.server.store.reader()).await?;
        let asked = authorization::ask(&visit.parameters, facts, self.server.world.clock.now());
        let owner = match &asked {
            Ok(asked) => self.owner(visit.cookie.as_ref(), asked).await?,
            Err(_) => None,
        };
        Ok(Some(Examination { asked, has_cookie: visit.cookie.is_some(), owner }))
    }
}

/// The pages that an authorization request leads over.
const AUTHORIZATION: [&str; 4] = [super::AUTHORIZE, super::AXWAY, LOGIN, CONSENT];
