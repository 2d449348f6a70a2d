//! Which service a call is for: the stage variable, else the alias of the API, else the function's own setting.

use std::sync::Arc;

use super::{Call, missing::Missing};
use crate::{
    model::{Alias, ServiceDefinition},
    protocol::Spkey,
    store::Reader,
};

/// The stage variable.
const VARIABLE: &str = "spkey";

/// What named the service that a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// The stage variable `spkey`.
    StageVariable,
    /// An alias of the API's id.
    Alias,
    /// The function's own `SPKEY`.
    Setting,
}

/// The service that a call is for. `own`: the function's `SPKEY`.
///
/// # Errors
/// [`Missing`] when nothing names one, there is none of that name, or the store does not answer.
pub(super) async fn called(
    call: &Call,
    own: Option<&Spkey>,
    reader: &Reader,
) -> Result<(Arc<ServiceDefinition>, NamedBy), Missing> {
    let (spkey, named_by) = locate(call, own, reader).await?;
    let called = reader.service(&spkey).await?;
    let called = called.ok_or_else(|| Missing::configuration(format!("there is no service {spkey}")))?;
    Ok((called, named_by))
}

async fn locate(call: &Call, own: Option<&Spkey>, reader: &Reader) -> Result<(Spkey, NamedBy), Missing> {
    if let Some(text) = call.stage_variables.get(VARIABLE).filter(|text| !text.is_empty()) {
        let unreadable = |error| Missing::configuration(format!("the stage variable spkey: {error}"));
        return Spkey::parse(text.as_str()).map(|spkey| (spkey, NamedBy::StageVariable)).map_err(unreadable);
    }
    if let Some(alias) = reader.alias(&Alias::Api(call.target.api_id().to_owned())).await? {
        return Ok((alias, NamedBy::Alias));
    }
    own.map(|own| (own.clone(), NamedBy::Setting)).ok_or_else(|| {
        let api = call.target.api_id();
        let text = format!("no spkey: API {api} has neither stage variable nor alias, the function no SPKEY");
        Missing::Configuration(text)
    })
}
