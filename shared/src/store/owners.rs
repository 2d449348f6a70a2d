//! Reads of resource owners: always anew and strongly consistent.

use std::sync::PoisonError;

use super::{Reader, StoreError, Stored, Table, item};
use crate::{
    model::{OwnerAuthorization, OwnerAuthorizationKey, Session, SessionKey, User},
    protocol::{ClientId, Subject},
};

impl Reader {
    /// A user as of now. **Security**: where the answer decides about a grant that enters an
    /// [`OwnerAuthorization`]'s list, that is read first. Whoever switches a user off revokes after it, so one of the
    /// two shows.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn user(&self, username: &Subject) -> Result<Option<Stored<User>>, StoreError> {
        let Some(found) = self.get(Table::Users, username.as_str()).await? else { return Ok(None) };
        let revision = item::number_of(&found, item::REVISION).unwrap_or(0);
        Ok(Some(Stored { value: item::from_item(username.as_str(), found)?, revision }))
    }

    /// A login session; whether it still counts is for its user to say.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(&self, key: &SessionKey) -> Result<Option<Session>, StoreError> {
        let found = self.get(Table::Tokens, key.as_str()).await?;
        found.map(|found| item::from_item(key.as_str(), found)).transpose()
    }

    /// What a resource owner has let a client do.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn owner_authorization(
        &self,
        client_id: &ClientId,
        owner: &Subject,
    ) -> Result<Option<OwnerAuthorization>, StoreError> {
        let key = OwnerAuthorizationKey::of(client_id, owner);
        let found = self.get(Table::Authorizations, key.as_str()).await?;
        found.map(|found| item::from_item(key.as_str(), found)).transpose()
    }

    /// The clients that a resource owner has ever let do something.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn clients_of(&self, owner: &Subject) -> Result<Vec<ClientId>, StoreError> {
        let key = item::owner_key(owner);
        let found = self.get(Table::Authorizations, &key).await?.unwrap_or_default();
        let stored = found.get("clients").and_then(|clients| clients.as_ss().ok()).cloned().unwrap_or_default();
        let malformed = |cause: String| StoreError::Malformed { id: key.clone(), cause };
        let stored = stored.into_iter().map(|id| ClientId::parse(id).map_err(|error| malformed(error.to_string())));
        stored.chain(self.foreseen_clients_of(owner).into_iter().map(Ok)).collect()
    }

    fn foreseen_clients_of(&self, owner: &Subject) -> Vec<ClientId> {
        let foreseen = self.foreseen.lock().unwrap_or_else(PoisonError::into_inner);
        foreseen.iter().filter(|(of, _)| of == owner).map(|(_, client_id)| client_id.clone()).collect()
    }
}
