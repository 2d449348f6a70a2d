//! Which service a call is for: the stage variable, else the alias of the API, else the function's own setting.

use super::Call;
use crate::{
    protocol::Spkey,
    store::{Reader, StoreError},
};

/// The stage variable.
const VARIABLE: &str = "spkey";

/// The service, or what the log says when there is none.
///
/// # Errors
/// [`Unlocated`].
pub(super) async fn locate(call: &Call, own: Option<&Spkey>, reader: &Reader) -> Result<Spkey, Unlocated> {
    if let Some(text) = call.stage_variables.get(VARIABLE).filter(|text| !text.is_empty()) {
        return Spkey::parse(text.as_str())
            .map_err(|error| Unlocated::Unset(format!("the stage variable spkey: {error}")));
    }
    if let Some(alias) = reader.alias(call.target.api_id()).await.map_err(Unlocated::Store)? {
        return Ok(alias);
    }
    own.cloned().ok_or_else(|| {
        let api = call.target.api_id();
        Unlocated::Unset(format!("no spkey: API {api} has neither stage variable nor alias, the function no SPKEY"))
    })
}

/// Why no service was found.
#[derive(Debug)]
pub(super) enum Unlocated {
    /// Nothing names one.
    Unset(String),
    /// The store did not answer.
    Store(StoreError),
}
