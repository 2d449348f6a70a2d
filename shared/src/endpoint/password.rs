//! Passwords of resource owners at the login page: counted, and compared.

use super::server::Server;
use crate::{
    client_auth,
    grant::prove_owner,
    model::{ThrottleKey, User},
    protocol::{ErrorCode, OAuthError, Secret, Subject},
};

impl Server {
    /// Finds out whether a password is that of a user who may log in. A right one is not counted.
    pub(super) async fn prove_password(
        &self,
        username: &str,
        password: &Secret,
        source: &str,
    ) -> Result<User, OAuthError> {
        let counters = || ThrottleKey::of_password(username, source).into();
        self.counted(counters, client_auth::too_many_failures, self.compare(username, password)).await
    }

    async fn compare(&self, username: &str, password: &Secret) -> Result<User, OAuthError> {
        let user = match Subject::parse(username) {
            Ok(username) => self.store.reader().user(&username).await?.map(|user| user.value),
            Err(_) => None,
        };
        let proven = prove_owner(user.as_ref(), password, (&self.proven, &self.world.env())).cloned();
        proven.map_err(|wrong| wrong.told_as(ErrorCode::WrongPassword))
    }
}
