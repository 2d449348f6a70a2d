//! Items: every key in one place, and values to attributes and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use super::StoreError;
use crate::protocol::{ClientId, Digest, Spkey, Subject};

/// Attributes by name.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The layout of every item this version writes.
const LAYOUT: u32 = 1;

/// Attribute: the layout version.
pub(super) const VERSION: &str = "v";
/// Attribute: how often a user has changed the item.
pub(super) const REVISION: &str = "revision";
/// Attribute: which attempt wrote the item last.
pub(super) const ATTEMPT: &str = "attempt";
/// Attribute: when DynamoDB may delete the item. Never used to decide.
pub(super) const PURGE_AT: &str = "purge_at";

/// The key of a service's item, which is also the place that its secret for a provider is sealed for.
pub fn service_key(spkey: &Spkey) -> String {
    format!("spkey#{spkey}")
}

/// The key of the item about the server as a whole.
pub(super) const SERVER_KEY: &str = "server";

pub(super) fn application_key(name: &str) -> String {
    format!("app#{name}")
}

pub(super) fn client_key(client_id: &ClientId) -> String {
    format!("client#{client_id}")
}

pub(super) fn api_key_key(digest: &Digest) -> String {
    format!("key#{}", digest.to_key())
}

/// The index of a resource owner: the digest keeps the name's characters out of the key.
pub(super) fn owner_key(owner: &Subject) -> String {
    format!("owner#{}", Digest::of(owner.as_str().as_bytes()).to_key())
}

/// A value inside an item.
pub(super) fn value<T: Serialize>(value: &T) -> AttributeValue {
    serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value).expect("our own types are plain values")
}

/// The attributes of a value, with the layout version.
pub(super) fn to_item<T: Serialize>(value: &T) -> Item {
    let mut item: Item =
        serde_dynamo::aws_sdk_dynamodb_1::to_item(value).expect("our own types are maps of plain values");
    item.insert(VERSION.into(), layout());
    item
}

/// The value of an item.
pub(super) fn from_item<T: DeserializeOwned>(id: &str, item: Item) -> Result<T, StoreError> {
    let malformed = |cause: String| StoreError::Malformed { id: id.to_owned(), cause };
    match number_of(&item, VERSION) {
        Some(version) if version == u64::from(LAYOUT) => {}
        version => return Err(malformed(format!("its layout version is {version:?}, this version reads {LAYOUT}"))),
    }
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(|error| malformed(error.to_string()))
}

/// The layout version that this version writes.
pub(super) fn layout() -> AttributeValue {
    number(LAYOUT.into())
}

pub(super) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number_of(item: &Item, name: &str) -> Option<u64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

pub(super) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}
