//! Reads of grants and of what becomes one: always anew and strongly consistent.

use super::{
    Reader, StoreError, Table,
    item::{self, Item},
};
use crate::model::{Grant, GrantKey, Pointer, PushedRequest, TokenKey};

/// What was read, and the attempt that wrote it: a change names it, so that it is made over this state or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<T> {
    /// The value.
    pub value: T,
    /// Names the write that made it.
    pub attempt: String,
}

/// What the item of a token is.
#[derive(Clone, Debug, PartialEq)]
pub enum Located {
    /// The grant itself.
    Here(Box<Seen<Grant>>),
    /// What leads to the grant of this key.
    At(GrantKey),
    /// No item of a grant.
    Nowhere,
}

impl Located {
    pub(super) fn of(key: &GrantKey, found: Item) -> Result<Self, StoreError> {
        if found.contains_key(POINTER) {
            let pointer: Pointer = item::from_item(key.as_str(), found)?;
            return Ok(Self::At(pointer.grant));
        }
        let grant = seen(key, found, GRANT)?;
        Ok(grant.map_or(Self::Nowhere, |grant| Self::Here(Box::new(grant))))
    }
}

impl Reader {
    /// The grant of a presented access token. One request, or two where the token's item leads to a grant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grant(&self, token: &TokenKey) -> Result<Option<Grant>, StoreError> {
        Ok(self.grant_of(token).await?.map(|seen| seen.value))
    }

    /// The grant of a presented access token, with the attempt that wrote it, to be changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grant_of(&self, token: &TokenKey) -> Result<Option<Seen<Grant>>, StoreError> {
        let key = token.item();
        let Some(found) = self.get(Table::Tokens, key.as_str()).await? else { return Ok(None) };
        self.grant_in(Located::of(&key, found)?).await
    }

    /// The grant that the item of a token is or leads to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grant_in(&self, located: Located) -> Result<Option<Seen<Grant>>, StoreError> {
        match located {
            Located::Here(grant) => Ok(Some(*grant)),
            Located::At(key) => self.grant_at(&key).await,
            Located::Nowhere => Ok(None),
        }
    }

    /// The grant of a key, to be changed. One that was revoked before it was put is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grant_at(&self, key: &GrantKey) -> Result<Option<Seen<Grant>>, StoreError> {
        let found = self.get(Table::Tokens, key.as_str()).await?;
        found.map_or(Ok(None), |found| seen(key, found, GRANT))
    }

    /// The grants of several keys, in one request per hundred. Those that are not there are left out, as by
    /// [`Reader::grant_at`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grants_at(&self, keys: &[GrantKey]) -> Result<Vec<Grant>, StoreError> {
        Ok(self.put_or_revoked_at(keys).await?.into_iter().filter_map(|(_, grant)| grant).collect())
    }

    /// The same with the keys; `None` = it was revoked before it was put.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_or_revoked_at(&self, keys: &[GrantKey]) -> Result<Vec<(GrantKey, Option<Grant>)>, StoreError> {
        let wanted: Vec<_> = keys.iter().map(|key| (Table::Tokens, key.as_str().to_owned())).collect();
        let found = self.batch_get(&wanted).await?.into_iter();
        let counts = |item: &Item| item.contains_key(GRANT) || item.contains_key(REVOKED);
        let counting = found.filter(|(_, item)| counts(item)).map(|(key, item)| (GrantKey::parse(&key), item));
        counting.map(|(key, item)| Ok((key.clone(), seen(&key, item, GRANT)?.map(|seen| seen.value)))).collect()
    }

    /// A pushed authorization request that is not a grant yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pushed_request(&self, key: &GrantKey) -> Result<Option<Seen<PushedRequest>>, StoreError> {
        let found = self.get(Table::Tokens, key.as_str()).await?;
        found.map_or(Ok(None), |found| seen(key, found, PUSHED))
    }
}

/// The value of an item that has the attribute of its kind.
fn seen<T: serde::de::DeserializeOwned>(
    key: &GrantKey,
    found: Item,
    kind: &str,
) -> Result<Option<Seen<T>>, StoreError> {
    if !found.contains_key(kind) {
        return Ok(None);
    }
    let attempt = item::text_of(&found, item::ATTEMPT).unwrap_or_default().to_owned();
    Ok(Some(Seen { value: item::from_item(key.as_str(), found)?, attempt }))
}

/// Attributes that tell the items of the table apart.
const GRANT: &str = "grant_type";
const POINTER: &str = "grant";
const PUSHED: &str = "pushed";

/// Attribute of what has been revoked, also where a grant is still to be put.
const REVOKED: &str = "revoked_at";
