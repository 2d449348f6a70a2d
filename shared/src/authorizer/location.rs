//! Which service a call is for: the stage variable, else the alias of the API, else the function's own setting.

use super::{Call, missing::Missing};
use crate::{protocol::Spkey, store::Reader};

/// The stage variable.
const VARIABLE: &str = "spkey";

/// The service that a call is for.
///
/// # Errors
/// [`Missing`] when nothing names one, or the store does not answer.
pub(super) async fn locate(call: &Call, own: Option<&Spkey>, reader: &Reader) -> Result<Spkey, Missing> {
    if let Some(text) = call.stage_variables.get(VARIABLE).filter(|text| !text.is_empty()) {
        let unreadable = |error| Missing::configuration(format!("the stage variable spkey: {error}"));
        return Spkey::parse(text.as_str()).map_err(unreadable);
    }
    if let Some(alias) = reader.alias(call.target.api_id()).await? {
        return Ok(alias);
    }
    own.cloned().ok_or_else(|| {
        let api = call.target.api_id();
        let text = format!("no spkey: API {api} has neither stage variable nor alias, the function no SPKEY");
        Missing::Configuration(text)
    })
}
