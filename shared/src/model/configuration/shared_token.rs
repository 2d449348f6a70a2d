//! The settings of `authorizer: shared-token`.

use super::{
    decode::{Field, Object},
    inputs::Inputs,
    report::{Placed, quoted},
};
use crate::{
    model::{ForwardedHeader, SharedToken, SharedTokenPolicy},
    protocol::Spkey,
};

/// The policy, and where it names the service that it shares from.
#[derive(Debug)]
pub(super) struct SharedTokenSettings {
    pub(super) policy: SharedTokenPolicy,
    pub(super) shared_from: Option<Placed<Spkey>>,
}

/// The settings that another authorizer does not have.
pub(super) const OWN_SETTINGS: [&str; 7] = [
    "shared_token_spkey",
    "accept_own_tokens",
    "require_client_on_service",
    "forwarded_headers",
    "mashery_header_names",
    "forward_authorization",
    "required_scopes",
];

pub(super) fn read(service: &Object<'_>, inputs: &Inputs<'_>) -> SharedTokenSettings {
    let shared_from = shared_from(inputs);
    let accept_own_tokens = service.flag("accept_own_tokens", false);
    let tokens = match &shared_from {
        Some(Placed { value: spkey, .. }) => SharedToken::IssuedBy { spkey: spkey.clone(), accept_own_tokens },
        None => SharedToken::OwnOnly,
    };
    let policy = SharedTokenPolicy {
        tokens,
        require_client_on_service: service.flag("require_client_on_service", false),
        forwarded_headers: service.read("forwarded_headers", Vec::new(), forwarded_headers),
        mashery_header_names: service.flag("mashery_header_names", false),
        forward_authorization: service.flag("forward_authorization", false),
    };
    SharedTokenSettings { policy, shared_from }
}

/// Missing and empty mean the same: the service's own tokens.
fn shared_from(inputs: &Inputs<'_>) -> Option<Placed<Spkey>> {
    let Placed { value, place } = inputs.shared_token_spkey().filter(|text| !text.value.is_empty())?;
    match Spkey::parse(value.as_str()) {
        Ok(spkey) => Some(Placed { value: spkey, place }),
        Err(error) => {
            inputs.findings().mistake(&place, quoted(&value), error.expected);
            None
        }
    }
}

fn forwarded_headers(field: &Field<'_>) -> Option<Vec<ForwardedHeader>> {
    let words = ForwardedHeader::ALL.map(|header| (header.as_str(), header));
    let headers = field.items(|item| item.choice(&words))?;
    let repeated = headers.iter().enumerate().find(|(at, header)| headers[..*at].contains(header));
    if let Some((_, header)) = repeated {
        return field.refuse(&format!("{} twice", header.as_str()), "each header once");
    }
    Some(headers)
}
